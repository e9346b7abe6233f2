/* revisions: what became of a story in public: times, labels, the agency's reason. Words that a
 * correction took back are not repeated (C11). */
#include "frame.h"

static const char *change_word(const struct view_revision *v, bool is_first)
{
    switch (v->change) {
    case CHANGE_CORRECTION: return "change_correction";
    case CHANGE_REFILE: return "change_refile";
    case CHANGE_REPEAT: return "change_repeat";
    case CHANGE_UPDATE: return "change_update";
    default: return is_first ? "change_first" : "change_update";
    }
}

static void put_revision(struct sheet *s, const struct view *v, uint32_t i, bool *reason_told)
{
    const struct view_revision *rev = &v->revisions[i];
    struct record *r = record_item(s->root, "revisions");
    record_text(r, "change", press_word(s->p, change_word(rev, i == 0)));
    story_time(s, r, "from", rev->from_ms, press_date_long);
    story_time(s, r, "wire_time", rev->wire_ms, press_date_long);
    story_badges(s, r, NULL, rev->label);
    record_flag(r, "present", i + 1 == v->revision_count);
    /* The note that the story carries is of its newest correction. */
    bool corrects = rev->change == CHANGE_CORRECTION && !*reason_told;
    record_text(r, "reason", corrects ? v->correction_note : S(""));
    *reason_told |= corrects;
}

enum result page_revisions(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct view v;
    bool reason_told = false;
    enum result result = reader_story(r, ask->id, a, &v);
    if (result != OK) return result;
    out->noindex = true; /* nothing to find here that the story does not have */
    struct span path = arena_printf(a, "%.*s/revisions", FMT(v.path));
    struct sheet s = frame_open(
        p, a, out, "revisions", press_say(p, a, "history_of", "title", v.headline), path);
    frame_section(&s, v.section);
    record_text(s.root, "headline", v.headline);
    record_text(s.root, "agency", v.agency);
    record_text(s.root, "href", press_path(p, a, v.path));
    story_language(&s, s.root, &v);
    for (uint32_t i = v.revision_count; i-- > 0;) put_revision(&s, &v, i, &reason_told);
    page_id(out, v.id);
    page_key(out, "story:", v.id_text);
    page_until(out, reader_next_change(r));
    frame_close(&s, "revisions");
    return OK;
}
