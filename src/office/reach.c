/* reach.c: does an act reach anything, and may it? One check for the desk's pages, its API and the
 * terminal, so that none of them calls done what was done to nothing. Reads only. */
#include "office.h"

static bool is_section(const struct office_site *site, struct span name)
{
    for (uint32_t i = 0; i < site->section_count; i++)
        if (span_eq(site->sections[i].name, name)) return true;
    return false;
}

static bool is_feed(const struct office_site *site, struct span name)
{
    for (uint32_t i = 0; i < site->feed_count; i++)
        if (span_eq(site->feeds[i].name, name)) return true;
    return false;
}

static bool is_paused(const struct office_eyes *e, struct span target)
{
    for (size_t i = 0; i < e->brakes.pause_count; i++)
        if (e->brakes.pauses[i].until_ms == FOREVER && span_eq(e->brakes.pauses[i].target, target))
            return true;
    return false;
}

static bool lies_in_quarantine(struct office_eyes *e, struct span id)
{
    uint64_t pos;
    uint32_t number;
    struct quarantined *list;
    size_t count = 0;
    return unread_id_read(id, &pos, &number) &&
           store_quarantine_of(e->store, pos, number, e->a, &list, &count) == OK && count > 0;
}

static enum act_reach complaint_reaches(
    struct office_eyes *e, const struct act *t, const char **why_out)
{
    story_id number;
    struct stored_grievance g;
    if (story_id_read(t->target, &number) && reader_grievance(e->reader, number, e->a, &g) == OK)
        return REACHES;
    *why_out = "there is no complaint of this number: `broadsheet desk complaints` lists them";
    return REACHES_NOTHING;
}

static enum act_reach brake_reaches(
    struct office_eyes *e, const struct act *t, const char **why_out)
{
    bool all = span_eq(t->target, S("all"));
    if (t->kind == ACT_PAUSE && !all && !is_feed(e->site, t->target) &&
        !is_section(e->site, t->target))
        *why_out = "what is to be paused? all, a feed or a section";
    bool of_feed = t->kind == ACT_RELEASE || t->kind == ACT_GO_LIVE;
    if (of_feed && !is_feed(e->site, t->target)) *why_out = "there is no feed of this name";
    if (t->kind == ACT_RESUME && !all && !is_paused(e, t->target))
        *why_out = "this is not paused: `broadsheet desk pauses` lists what is";
    bool of_unread = t->kind == ACT_RETRY || t->kind == ACT_DROP;
    if (of_unread && !lies_in_quarantine(e, t->target))
        *why_out = "nothing in quarantine has this id: `broadsheet quarantine list` names them";
    return *why_out ? REACHES_NOTHING : REACHES;
}

enum act_reach act_reaches(struct office_eyes *e, struct act *t, const char **why_out)
{
    struct office_story s;
    *why_out = NULL;
    if (act_row(t->kind)->of_grievance) return complaint_reaches(e, t, why_out);
    if (!act_row(t->kind)->of_story) return brake_reaches(e, t, why_out);
    if (!t->story && !eyes_find(e, t->target, &t->story)) {
        if (act_row(t->kind)->is_case || t->kind == ACT_LIFT) return REACHES_LATER;
        *why_out = "no story is known by this URL, id or guid";
        return REACHES_NOTHING;
    }
    if (t->kind == ACT_SECTION && !is_section(e->site, t->text))
        *why_out = "there is no section of this name";
    if (t->kind == ACT_HEADLINE && eyes_story(e, t->story, &s) == OK)
        duty_lets(e->site, &s, t->kind, why_out);
    return *why_out ? REACHES_NOTHING : REACHES;
}
