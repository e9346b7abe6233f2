/* api.c: the desk for programs: the same lists and acts under /desk/api/v1/, by a bearer token;
 * never by a cookie, so that no page of another site can use it. Errors say what to do next. */
#include "visit.h"

static const char prefix[] = "/desk/api/v1/";

static void bad(struct visit *v, int status, const char *what)
{
    visit_message(v, status, "", span_of(what));
}

/* ---- reading ---- */
/* "stories/ID/receipt", "stories/ID/receipt.jws". false: it is neither. */
static bool answer_receipt(struct visit *v, struct span target)
{
    static const char *const ends[] = {"/receipt", "/receipt.jws"};
    story_id page;
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct span end = span_of(ends[i]);
        if (!span_ends(target, end)) continue;
        bool good = story_id_read(span_cut(target, 0, target.n - end.n), &page);
        if (!good || !api_receipt(v, page, i == 1))
            bad(v, 404,
                "there is no receipt of this story: it was not withdrawn, was never public, or the "
                "receipt is still being made");
        return true;
    }
    return false;
}

static void answer_story(struct visit *v, struct office_eyes *e, struct span target)
{
    story_id page;
    struct office_story s;
    struct buf b;
    buf_init(&b, v->a, 0);
    struct json_out o = {.b = &b};
    enum result r = eyes_find(e, target, &page) ? eyes_story(e, page, &s) : ERR_ABSENT;
    if (r == ERR_ABSENT) bad(v, 404, "no story is known by this URL, id or guid");
    if (r != OK && r != ERR_ABSENT) bad(v, 503, "the store cannot be read just now; ask again");
    if (r != OK) return;
    office_json_story(e, &s, &o);
    buf_char(&b, '\n');
    visit_json(v, 200, buf_span(&b));
}

/* Who complained, and the words, are for editors. */
static void answer_complaint(struct visit *v, struct office_eyes *e, struct span target)
{
    story_id number;
    struct office_complaint c;
    struct buf b;
    buf_init(&b, v->a, 0);
    struct json_out o = {.b = &b};
    const char *data = v->role >= DESK_EDITOR ? v->office->config.data : NULL;
    enum result r =
        story_id_read(target, &number) ? eyes_complaint(e, data, number, &c) : ERR_ABSENT;
    if (r == ERR_ABSENT) bad(v, 404, "there is no complaint of this number");
    if (r != OK && r != ERR_ABSENT) bad(v, 503, "the store cannot be read just now; ask again");
    if (r != OK) return;
    json_open(&o, NULL, '{');
    complaint_json(e, &o, &c);
    json_close(&o, '}');
    buf_char(&b, '\n');
    visit_json(v, 200, buf_span(&b));
}

static void answer_list(struct visit *v, struct office_eyes *e, struct span what)
{
    struct buf b;
    buf_init(&b, v->a, 0);
    struct json_out o = {.b = &b};
    uint64_t page = 1;
    struct span asked = form_get(&v->query, "page");
    if (asked.n && (!span_to_u64(asked, &page) || !page || page > OFFICE_PAGES_MAX)) {
        bad(v, 422, "`page` is a number from 1 on");
        return;
    }
    struct span words = span_trim(form_get(&v->query, "q"));
    if (words.n > OFFICE_WORDS_MAX) {
        bad(v, 422, "`q` is too long: 500 bytes of words to look for");
        return;
    }
    enum result r = office_json_list(e, what, words, page, &o);
    if (r == ERR_ABSENT)
        bad(v, 404,
            "there is: live, held, quarantine, alarms, pauses, kept-back, shadow, takedowns, "
            "comments, waiting, duties, complaints, complaints/NUMBER, acts, stories/ID");
    if (r != OK && r != ERR_ABSENT) bad(v, 503, "the store cannot be read just now; ask again");
    if (r != OK) return;
    buf_char(&b, '\n');
    visit_json(v, 200, buf_span(&b));
}

static void answer_get(struct visit *v, struct span rest)
{
    struct office_eyes e;
    if (span_starts(rest, S("stories/")) && answer_receipt(v, span_cut(rest, 8, rest.n))) return;
    if (!visit_eyes(v, &e)) return;
    if (span_starts(rest, S("stories/"))) {
        answer_story(v, &e, span_cut(rest, 8, rest.n));
    } else if (span_eq(rest, S("stories"))) {
        answer_story(v, &e, form_get(&v->query, "of"));
    } else if (span_starts(rest, S("complaints/"))) {
        answer_complaint(v, &e, span_cut(rest, 11, rest.n));
    } else {
        answer_list(v, &e, rest);
    }
    eyes_close(&e);
}

/* ---- acting ---- */
static void act_done(struct visit *v)
{
    struct buf b;
    act_sent(v);
    buf_init(&b, v->a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    if (v->done.kept) {
        json_number(&o, "event", (int64_t)v->done.pos);
        if (v->acts[v->act_count - 1].story)
            json_string(&o, "story", story_id_text(v->a, v->acts[v->act_count - 1].story));
        json_bool(&o, "applied", v->done.applied);
        json_bool(&o, "acknowledged", v->done.acknowledged);
        json_number(&o, "applied_us", v->done.applied_us);
        json_number(&o, "acknowledged_us", v->done.acknowledged_us);
        if (v->done.gone) json_number(&o, "gone_us", v->done.gone_us);
    } else {
        json_string(&o, "error", span_of(v->done.why));
    }
    json_close(&o, '}');
    buf_char(&b, '\n');
    visit_json(v,
        v->done.is_other       ? 409
        : !v->done.kept        ? 503
        : v->done.acknowledged ? 200
                               : 202,
        buf_span(&b));
    visit_send(v);
}

/* false: answered, or why_out says what is wrong. */
static bool reaches(struct visit *v, struct act *t, const char **why_out)
{
    struct office_eyes e;
    *why_out = "";
    if (!visit_eyes(v, &e)) return false;
    bool good = act_reaches(&e, t, why_out) != REACHES_NOTHING;
    eyes_close(&e);
    return good;
}

/* "publish": "all" or ids, or "hold": true. false: what is meant cannot be read. */
static bool read_choice(struct visit *v, const struct json *j, struct pile_choice *c)
{
    const struct json *publish = json_get(j, "publish");
    bool hold = json_is_true(j, "hold");
    *c = (struct pile_choice){.what = hold ? PILE_HOLD : PILE_ASK};
    if (!publish) return true;
    c->what = publish->type == JSON_ARRAY ? PILE_PICK : PILE_PUBLISH;
    if (hold || (c->what == PILE_PUBLISH && !span_eq(json_text(j, "publish"), S("all"))))
        return false;
    story_id *picks = ARENA_ARRAY(v->a, story_id, OFFICE_PILE_MAX);
    c->picks = picks;
    for (const struct json *i = c->what == PILE_PICK ? publish->first : NULL; i; i = i->next)
        if (c->pick_count == OFFICE_PILE_MAX || !story_id_read(i->text, &picks[c->pick_count++]))
            return false;
    return true;
}

/* What waits, so that whoever asked can choose. */
static void answer_pile(struct visit *v, struct office_eyes *e, struct span target, const char *why)
{
    struct held *pile = NULL;
    size_t count = 0;
    struct buf b;
    buf_init(&b, v->a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "error",
        arena_printf(v->a, "%s; say \"publish\": \"all\" or [IDs], or \"hold\": true", why));
    if (eyes_pile(e, target, &pile, &count) == OK) pile_json(e, pile, count, &o);
    json_close(&o, '}');
    buf_char(&b, '\n');
    visit_json(v, 422, buf_span(&b));
}

static void answer_resume(
    struct visit *v, const struct act *brake, const struct json *j, struct span once)
{
    struct office_eyes e;
    struct pile_choice choice;
    struct act *acts = NULL;
    size_t n = 0;
    if (!read_choice(v, j, &choice)) {
        bad(v, 422, "\"publish\" is \"all\" or a list of stories' ids, or \"hold\" is true");
        return;
    }
    if (!visit_eyes(v, &e)) return;
    const char *why = pile_acts(&e, brake, &choice, &acts, &n);
    if (why) answer_pile(v, &e, brake->target, why);
    eyes_close(&e);
    if (!why) act_send(v, acts, n, act_once(v, once), act_done);
}

static void answer_act(struct visit *v)
{
    struct reject reject;
    const char *why = NULL;
    const struct json *j = json_parse(v->a, v->body, &reject);
    if (!j || j->type != JSON_OBJECT) {
        bad(v, 400, "the body is not a JSON object: {\"act\": \"hold\", \"story\": \"ID\"}");
        return;
    }
    struct act *t = ARENA_NEW(v->a, struct act);
    *t = (struct act){.kind = act_kind_of(json_text(j, "act")),
        .text = json_text(j, "text"),
        .picture = json_text(j, "picture"),
        .reference = json_text(j, "reference"),
        .requested_by = json_text(j, "requested_by")};
    if (t->kind == ACT_UNKNOWN) {
        bad(v, 422, "there is no such act: GET /desk/api/v1/acts lists them");
        return;
    }
    const struct act_row *row = act_row(t->kind);
    t->target = span_trim(json_text(j, row->of_story ? "story" : "target"));
    if (!row->of_story && !t->target.n) t->target = S("all");
    if (v->role < row->role) {
        visit_refuse(v, 403, "role too low", "make a token with the role for it");
        return;
    }
    if (!act_of_fields(v, t, json_text(j, "deadline"), &why) || !reaches(v, t, &why)) {
        if (*why) bad(v, 422, why);
        return;
    }
    struct span id = t->story ? story_id_text(v->a, t->story) : t->target;
    if (row->twice && !span_eq(json_text(j, "confirm"), id)) {
        bad(v, 422, "this cannot be undone: say it again with \"confirm\": the story's id");
        return;
    }
    struct span once = span_trim(json_text(j, "once"));
    if (once.n && !act_is_uuid(once)) {
        bad(v, 422, "`once` is no UUID: 6ba7b810-9dad-11d1-80b4-00c04fd430c8");
        return;
    }
    if (t->kind == ACT_RESUME)
        answer_resume(v, t, j, once);
    else
        act_send(v, t, 1, act_once(v, once), act_done);
}

void api_answer(struct visit *v)
{
    struct span rest = span_cut(v->path, sizeof prefix - 1, v->path.n);
    if (v->role == DESK_NOBODY)
        visit_refuse(v, 401, "no token, or not one of ours",
            "send Authorization: Bearer TOKEN; `broadsheet desk token add` makes one");
    else if (!span_starts(v->path, span_of(prefix)))
        bad(v, 404, "the API stands under /desk/api/v1/");
    else if (v->method == HTTP_GET)
        answer_get(v, rest);
    else if (v->method == HTTP_POST && span_eq(rest, S("acts")))
        answer_act(v);
    else
        bad(v, 405, "lists are read by GET, acts are done by POST to /desk/api/v1/acts");
}
