/* brakes.c: the hand brake: what is paused, since when and by whom; pausing; and going on with the
 * pile in sight: publish all that waits, or hold it back story by story. */
#include "visit.h"

static struct span target_label(const struct visit *v, struct span name)
{
    if (span_eq(name, S("all"))) return dress_word(v->book.dress, "target_all");
    for (uint32_t i = 0; i < v->book.site->section_count; i++)
        if (span_eq(v->book.site->sections[i].name, name)) return v->book.site->sections[i].title;
    return name;
}

static bool is_on(const struct office_eyes *e, struct span target)
{
    for (size_t i = 0; i < e->brakes.pause_count; i++)
        if (e->brakes.pauses[i].until_ms == FOREVER && span_eq(e->brakes.pauses[i].target, target))
            return true;
    return false;
}

static void put_target(struct visit *v, struct record *r, const struct office_eyes *e,
    struct span name, struct span label)
{
    if (is_on(e, name)) return;
    struct record *item = record_item(r, "targets");
    record_text(item, "name", name);
    record_text(item, "label", label);
    record_flag(item, "here", span_eq(name, form_get(&v->form, "target")));
}

static void put_who(struct visit *v, struct record *item, const struct office_eyes *e, uint64_t pos)
{
    struct stored_act stored;
    struct act t;
    if (store_act_of_none(e->store, pos, v->a, &stored) != OK || !act_read(v->a, stored.json, &t))
        return;
    record_text(item, "by", t.by);
    record_text(item, "text", t.text);
}

static void put_running(struct visit *v, struct record *r, struct office_eyes *e)
{
    for (size_t i = 0; i < e->brakes.pause_count; i++) {
        const struct pause *p = &e->brakes.pauses[i];
        struct held *pile;
        size_t count;
        if (p->until_ms != FOREVER) continue;
        struct record *item = record_item(r, "rows");
        record_text(item, "label", target_label(v, p->target));
        record_text(item, "href",
            arena_printf(v->a, "/desk/resume?target=%.*s", FMT(url_escape(v->a, p->target))));
        put_time(v, item, "since", p->from_ms);
        put_who(v, item, e, p->from_pos);
        if (eyes_pile(e, p->target, &pile, &count) == OK)
            record_text(item, "waiting",
                dress_say(v->book.dress, v->a, "waiting", "n", arena_printf(v->a, "%zu", count)));
    }
}

/* why: what is amiss; NULL: nothing. What was written for a part stands in its form again. */
static void brakes_page(struct visit *v, int status, const struct span *why)
{
    struct office_eyes e;
    if (!visit_eyes(v, &e)) return;
    struct record *r = visit_record(v, "brakes", "menu_brakes");
    put_outcome(v, r);
    if (why) put_why(v->book.dress, record_item(r, "trouble"), *why);
    put_running(v, r, &e);
    put_kept_back(v, r, &e);
    bool may = v->role >= act_row(ACT_PAUSE)->role;
    record_flag(r, "may", may);
    record_flag(r, "all_free", !is_on(&e, S("all")));
    record_text(r, "once", visit_once(v));
    record_text(r, "once_part", visit_once(v));
    record_text(r, "text", form_get(&v->form, "text"));
    for (uint32_t i = 0; i < v->book.site->feed_count; i++)
        put_target(v, r, &e, v->book.site->feeds[i].name,
            dress_say(v->book.dress, v->a, "target_feed", "name", v->book.site->feeds[i].name));
    for (uint32_t i = 0; i < v->book.site->section_count; i++)
        put_target(v, r, &e, v->book.site->sections[i].name,
            dress_say(
                v->book.dress, v->a, "target_section", "name", v->book.site->sections[i].title));
    visit_page(v, status, "brakes", r);
    eyes_close(&e);
}

void page_brakes(struct visit *v)
{
    brakes_page(v, 200, NULL);
}

static bool is_ticked(struct visit *v, struct span id)
{
    return form_get(&v->form, arena_printf(v->a, "pick.%.*s", FMT(id)).p).n > 0;
}

/* The pile behind a brake. why: what is amiss; NULL: nothing. What was picked stays picked. */
static void resume_page(struct visit *v, int status, struct span target, const struct span *why)
{
    struct office_eyes e;
    struct held *pile;
    struct arena *row;
    size_t count = 0;
    if (v->role < act_row(ACT_RESUME)->role) {
        visit_refuse(v, 403, "role too low", "ask an editor");
        return;
    }
    if (!visit_eyes(v, &e)) return;
    if (!is_on(&e, target) || eyes_pile(&e, target, &pile, &count) != OK) {
        visit_redirect(v, S("/desk/brakes"));
        eyes_close(&e);
        return;
    }
    struct record *r = visit_record(v, "brakes", "act_resume");
    if (why) put_why(v->book.dress, record_item(r, "trouble"), *why);
    record_text(r, "target", target);
    record_text(r, "label", target_label(v, target));
    record_text(r, "once", visit_once(v));
    record_text(r, "waiting",
        dress_say(v->book.dress, v->a, "waiting", "n", arena_printf(v->a, "%zu", count)));
    record_flag(r, "none", count == 0);
    bool may_pick = count > 0 && count <= OFFICE_PILE_MAX;
    record_flag(r, "may_hold", may_pick);
    record_text(r, "too_many",
        count > OFFICE_PILE_MAX ? dress_say(v->book.dress, v->a, "pile_too_many", "n",
                                      arena_printf(v->a, "%d", OFFICE_PILE_MAX))
                                : S(""));
    row = arena_new(OFFICE_STORY_ARENA);
    for (size_t i = 0; i < count && i < OFFICE_PILE_MAX; i++) {
        struct record *item = record_item(r, "rows");
        struct span id = story_id_text(v->a, pile[i].page);
        bool update = eyes_is_public(&e, row, pile[i].page);
        bool has = span_trim(pile[i].headline).n > 0;
        record_text(
            item, "headline", has ? pile[i].headline : dress_word(v->book.dress, "no_headline"));
        record_text(item, "id", id);
        record_text(item, "href", arena_printf(v->a, "/desk/story/%.*s", FMT(id)));
        put_time(v, item, "since", pile[i].since_ms);
        record_flag(item, "update", update);
        record_flag(item, "may_pick", may_pick && !update);
        record_flag(item, "picked", is_ticked(v, id));
    }
    arena_free(row);
    visit_page(v, status, "resume", r);
    eyes_close(&e);
}

void page_resume(struct visit *v)
{
    resume_page(v, 200, form_get(&v->query, "target"), NULL);
}

/* The page that the form came from, with what is amiss. */
static void page_again(struct visit *v, int status, struct span why)
{
    switch (act_kind_of(form_get(&v->form, "act"))) {
    case ACT_RESUME: resume_page(v, status, form_get(&v->form, "target"), &why); break;
    case ACT_RETRY:
    case ACT_DROP: quarantine_page(v, status, &why); break;
    case ACT_GO_LIVE: shadow_page(v, status, &why); break;
    default: brakes_page(v, status, &why); break;
    }
}

void brakes_again(struct visit *v, int status, const char *why)
{
    page_again(v, status, dress_word(v->book.dress, why));
}

/* What the form chose. What came after the pile was shown was not picked. */
static struct pile_choice choice_of(struct visit *v, struct office_eyes *e, struct span target)
{
    struct span said = form_get(&v->form, "pile");
    struct pile_choice c = {.what = span_eq(said, S("publish")) ? PILE_PUBLISH
                                    : span_eq(said, S("hold"))  ? PILE_HOLD
                                    : span_eq(said, S("pick"))  ? PILE_PICK
                                                                : PILE_ASK};
    struct held *pile;
    size_t count = 0;
    if (c.what != PILE_PICK || eyes_pile(e, target, &pile, &count) != OK) return c;
    story_id *picks = ARENA_ARRAY(v->a, story_id, count + 1);
    for (size_t i = 0; i < count; i++)
        if (is_ticked(v, story_id_text(v->a, pile[i].page))) picks[c.pick_count++] = pile[i].page;
    c.picks = picks;
    return c;
}

static struct act *acts_of_brake(
    struct visit *v, struct office_eyes *e, struct act brake, size_t *n, const char **why_out)
{
    struct act *acts = ARENA_NEW(v->a, struct act);
    *acts = brake;
    *n = 1;
    if (brake.kind != ACT_RESUME) return acts;
    struct pile_choice c = choice_of(v, e, brake.target);
    *n = 0;
    *why_out = pile_acts(e, &brake, &c, &acts, n);
    return *why_out ? NULL : acts;
}

static const char *page_of(enum act_kind kind)
{
    if (kind == ACT_RETRY || kind == ACT_DROP) return "quarantine";
    return kind == ACT_GO_LIVE ? "shadow" : "brakes";
}

static void brake_done(struct visit *v)
{
    act_sent(v);
    if (v->done.kept)
        visit_redirect(
            v, arena_printf(v->a, "/desk/%s?event=%llu", page_of(v->acts[v->act_count - 1].kind),
                   (unsigned long long)v->done.pos));
    else
        visit_message(v, 503, "busy", span_of(v->done.why));
    visit_send(v);
}

void post_brake(struct visit *v)
{
    struct office_eyes e;
    const char *why = NULL;
    size_t n = 0;
    struct act brake = {.kind = act_kind_of(form_get(&v->form, "act")),
        .target = form_get(&v->form, "target"),
        .text = form_get(&v->form, "text")};
    bool is_brake = brake.kind != ACT_UNKNOWN && !act_row(brake.kind)->of_story &&
                    !act_row(brake.kind)->of_grievance;
    if (is_brake && v->role < act_row(brake.kind)->role) {
        visit_refuse(v, 403, "role too low", "ask somebody with the role for it");
        return;
    }
    if (!visit_eyes(v, &e)) return;
    if (!is_brake) why = "pause, or resume?";
    struct act *acts = NULL;
    if (!why && act_of_fields(v, &brake, S(""), &why) && act_reaches(&e, &brake, &why) == REACHES) {
        acts = acts_of_brake(v, &e, brake, &n, &why);
    }
    eyes_close(&e);
    if (why)
        page_again(v, 422, span_of(why));
    else
        act_send(v, acts, n, act_once(v, form_get(&v->form, "once")), brake_done);
}
