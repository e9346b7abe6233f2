/* json.c: the desk's lists and one story as JSON: what the API answers and `broadsheet desk …
 * --json` prints. Times are UTC, ISO 8601. */
#include "office.h"

enum { LISTED_MAX = 1000, DUTIES_LOOKED_AT = 200 }; /* each story is read whole for its duties */

struct sought { /* of a list */
    struct span words;
    size_t page;
    struct sift_page slice; /* what was given; count 0 and no more: it has no pages */
    bool has_count;
};

static struct sift_page slice_of(struct sought *q, size_t count)
{
    q->has_count = true;
    return q->slice = sift_page(count, q->page, LISTED_MAX);
}

static void json_time(struct json_out *o, const char *key, int64_t ms)
{
    char text[25];
    if (ms <= 0 || ms == FOREVER) return;
    utc_text(ms, text);
    json_string(o, key, span_of(text));
}

static void json_id(struct office_eyes *e, struct json_out *o, story_id id)
{
    json_string(o, "id", story_id_text(e->a, id));
}

static void put_view(struct office_eyes *e, struct json_out *o, const struct view *v)
{
    json_open(o, NULL, '{');
    json_id(e, o, v->id);
    json_string(o, "headline", v->headline);
    json_string(o, "section", v->section);
    json_string(o, "feed", v->feed);
    json_string(o, "url",
        arena_printf(e->a, "%.*s%.*s%.*s", FMT(e->site->url), FMT(e->site->base), FMT(v->path)));
    json_time(o, "published", v->published_ms);
    json_time(o, "changed", v->changed_ms);
    json_close(o, '}');
}

static enum result list_live(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    struct view *list;
    size_t count = 0, offset = (q->page - 1) * OFFICE_LIST_MAX;
    struct list_query l = {.kind = LIST_NEWEST, .offset = offset, .limit = OFFICE_LIST_MAX + 1};
    q->has_count = q->words.n > 0;
    if (q->has_count)
        TRY(reader_search(e->reader, q->words, offset, OFFICE_LIST_MAX + 1, e->a, &list, &count,
            &q->slice.count));
    else
        TRY(reader_list(e->reader, &l, e->a, &list, &count));
    q->slice.page = q->page;
    q->slice.more = count > OFFICE_LIST_MAX;
    for (size_t i = 0; i < count && i < OFFICE_LIST_MAX; i++) put_view(e, o, &list[i]);
    return OK;
}

static void put_held(struct office_eyes *e, struct json_out *o, const struct held *h)
{
    json_id(e, o, h->page);
    json_string(o, "guid", h->guid);
    json_string(o, "headline", h->headline);
    json_string(o, "feed", h->feed);
    json_string(o, "why", h->why);
    json_time(o, "since", h->since_ms);
    json_time(o, "release", h->from_ms);
}

static enum result list_held(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    struct held *list;
    size_t count;
    TRY(store_held(e->store, e->a, &list, &count));
    struct sift_page p = slice_of(q, sift_held(e->a, q->words, list, count));
    for (size_t i = p.from; i < p.until; i++) {
        json_open(o, NULL, '{');
        put_held(e, o, &list[i]);
        json_close(o, '}');
    }
    return OK;
}

static void put_reasons(struct json_out *o, const struct verdict *w)
{
    json_open(o, "reasons", '[');
    for (size_t i = 0; i < w->reason_count; i++) {
        json_open(o, NULL, '{');
        json_string(o, "text", span_of(reason_text(w->reasons[i].code)));
        if (w->reasons[i].detail.n) json_string(o, "detail", w->reasons[i].detail);
        if (w->reasons[i].rule_line) json_number(o, "rule_line", w->reasons[i].rule_line);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_verdict(struct office_eyes *e, struct json_out *o, const struct verdict *w)
{
    bool shows = !w->is_dead && !w->interval.held && w->shown != SIZE_MAX;
    json_string(o, "would",
        w->is_dead                        ? S("be gone")
        : !shows                          ? S("be held")
        : w->interval.from_ms > e->now_ms ? S("wait for its release")
                                          : S("be public"));
    if (shows) json_string(o, "section", w->section);
    put_reasons(o, w);
}

/* One story at a time lies in memory: o has what is said of it. */
static void put_would(
    struct office_eyes *e, struct arena *scratch, struct json_out *o, const struct held *h)
{
    struct verdict would;
    if (eyes_trial(e, scratch, h->page, &would) == OK) put_verdict(e, o, &would);
}

/* Of each feed in turn: what is over its limits, or what came in its shadow. */
static enum result list_kept(
    struct office_eyes *e, struct sought *q, bool shadow, struct json_out *o)
{
    struct held *all = NULL;
    size_t n = 0, cap = 0;
    for (uint32_t f = 0; f < e->site->feed_count; f++) {
        struct held *list;
        size_t count;
        TRY(eyes_kept_back(e, e->site->feeds[f].name, shadow, &list, &count));
        for (size_t i = 0; i < count; i++) *ARENA_PUSH(e->a, all, n, cap) = list[i];
    }
    struct arena *scratch = arena_new(OFFICE_STORY_ARENA);
    struct sift_page p = slice_of(q, sift_held(e->a, q->words, all, n));
    for (size_t i = p.from; i < p.until; i++) {
        json_open(o, NULL, '{');
        put_held(e, o, &all[i]);
        if (shadow) put_would(e, scratch, o, &all[i]);
        json_close(o, '}');
    }
    arena_free(scratch);
    return OK;
}

static enum result list_kept_back(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    return list_kept(e, q, false, o);
}

static enum result list_shadow(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    return list_kept(e, q, true, o);
}

static enum result list_quarantine(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    struct quarantined *list;
    size_t count;
    TRY(store_quarantine(e->store, e->a, &list, &count));
    struct sift_page p = slice_of(q, sift_quarantine(e->a, q->words, list, count));
    for (size_t i = p.from; i < p.until; i++) {
        json_open(o, NULL, '{');
        json_string(o, "id", unread_id(e->a, list[i].pos, list[i].number));
        json_number(o, "event", (int64_t)list[i].pos);
        json_string(o, "name", list[i].name);
        json_string(o, "feed", list[i].feed);
        json_string(o, "why", list[i].why);
        json_number(o, "line", list[i].line);
        json_number(o, "column", list[i].column);
        json_close(o, '}');
    }
    return OK;
}

static enum result list_alarms(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    struct alarm *list;
    size_t count;
    TRY(store_alarms(e->store, e->a, &list, &count));
    struct sift_page p = slice_of(q, sift_alarms(e->a, q->words, list, count));
    for (size_t i = p.from; i < p.until; i++) {
        json_open(o, NULL, '{');
        json_string(o, "kind", list[i].kind);
        json_string(o, "text", list[i].text);
        json_time(o, "at", list[i].at_ms);
        json_close(o, '}');
    }
    return OK;
}

static enum result list_pauses(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    (void)q;
    for (size_t i = 0; i < e->brakes.pause_count; i++) {
        struct held *pile;
        size_t waiting = 0;
        if (e->brakes.pauses[i].until_ms != FOREVER) continue;
        TRY(eyes_pile(e, e->brakes.pauses[i].target, &pile, &waiting));
        json_open(o, NULL, '{');
        json_string(o, "target", e->brakes.pauses[i].target);
        json_time(o, "since", e->brakes.pauses[i].from_ms);
        json_number(o, "waiting", (int64_t)waiting);
        json_close(o, '}');
    }
    return OK;
}

static void put_act(struct json_out *o, const struct act *t)
{
    json_string(o, "act", span_of(act_kind_name(t->kind)));
    json_string(o, "by", t->by);
    if (t->via.n) json_string(o, "via", t->via);
    if (t->text.n) json_string(o, "text", t->text);
    if (t->picture.n) json_string(o, "picture", t->picture);
    if (t->reference.n) json_string(o, "reference", t->reference);
    if (t->requested_by.n) json_string(o, "requested_by", t->requested_by);
    json_time(o, "deadline", t->deadline_ms);
    json_time(o, "at", t->at_ms);
    json_number(o, "event", (int64_t)t->pos);
}

static enum result list_takedowns(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    struct office_case *list;
    TRY(eyes_cases(e, q->words, q->page, LISTED_MAX, &list, &q->slice));
    q->has_count = true;
    for (size_t i = 0; i < q->slice.until - q->slice.from; i++) {
        json_open(o, NULL, '{');
        json_id(e, o, list[i].page);
        json_string(o, "headline", list[i].headline);
        put_act(o, &list[i].act);
        json_bool(o, "open", list[i].is_open);
        json_close(o, '}');
    }
    return OK;
}

/* What is not met, of the stories that are public, newest first: as far as the rows alone tell. */
static enum result list_duties(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    struct view *live;
    size_t count = 0;
    struct list_query all = {
        .kind = LIST_NEWEST, .offset = (q->page - 1) * DUTIES_LOOKED_AT, .limit = DUTIES_LOOKED_AT};
    TRY(reader_list(e->reader, &all, e->a, &live, &count));
    q->slice.page = q->page;
    q->slice.more = count == DUTIES_LOOKED_AT;
    for (size_t i = 0; i < count; i++) {
        struct office_story s;
        struct duty list[DUTIES];
        enum result r = eyes_story(e, live[i].id, &s);
        if (r != OK && r != ERR_ABSENT) return r;
        size_t n = r == OK ? duties_of(e, &s, list) : 0;
        for (size_t k = 0; k < n; k++) {
            if (list[k].state != DUTY_BROKEN) continue;
            json_open(o, NULL, '{');
            json_id(e, o, live[i].id);
            json_string(o, "headline", live[i].headline);
            json_string(o, "duty", span_of(duty_name(list[k].kind)));
            json_string(o, "text", span_of(duty_text(list[k].kind)));
            if (list[k].detail.n) json_string(o, "detail", list[k].detail);
            json_time(o, "due", list[k].due_ms);
            json_close(o, '}');
        }
    }
    return OK;
}

/* The table itself: a client need not know it by heart. */
static enum result list_acts(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    static const char *const text[] = {
        [ACT_NO_TEXT] = "none", [ACT_MAY_TEXT] = "optional", [ACT_NEEDS_TEXT] = "needed"};
    (void)e, (void)q;
    for (int k = 0; k < ACT_UNKNOWN; k++) {
        const struct act_row *row = act_row((enum act_kind)k);
        json_open(o, NULL, '{');
        json_string(o, "act", span_of(row->name));
        json_string(o, "of",
            row->of_story       ? S("story")
            : row->of_grievance ? S("complaint")
                                : S("target"));
        json_string(o, "text", span_of(text[row->text]));
        json_string(o, "role", span_of(desk_role_name(row->role)));
        json_bool(o, "destructive", row->destructive);
        json_bool(o, "confirm", row->twice);
        json_string(o, "what", span_of(row->what));
        json_close(o, '}');
    }
    return OK;
}

/* What readers have written, as the desk's pages have it. */
static enum result put_comments_list(
    struct office_eyes *e, struct sought *q, bool waiting, struct json_out *o)
{
    static const char *const states[COMMENT_STATES] = {[COMMENT_WAITS] = "waits",
        [COMMENT_SHOWN] = "shown",
        [COMMENT_HIDDEN] = "hidden",
        [COMMENT_WITHDRAWN] = "withdrawn"};
    struct office_comment *list;
    size_t count;
    q->slice.page = q->page;
    TRY(eyes_comments(e, waiting, q->page, &list, &count, &q->slice.more));
    for (size_t i = 0; i < count; i++) {
        const struct stored_comment *c = &list[i].said;
        json_open(o, NULL, '{');
        json_string(o, "text_id", c->id);
        json_string(o, "story", story_id_text(e->a, c->page));
        json_string(o, "name", c->name);
        json_string(o, "said", c->text);
        json_string(o, "state", span_of(states[list[i].state]));
        json_time(o, "at", c->at_ms);
        if (c->parent.n) json_string(o, "answers", c->parent);
        if (c->changed_pos) json_time(o, "changed", c->changed_ms);
        if (c->score >= 0) json_number(o, "score", c->score);
        if (list[i].reports) json_number(o, "reports", (int64_t)list[i].reports);
        if (list[i].reports) json_string(o, "reported_for", list[i].whys);
        json_close(o, '}');
    }
    return OK;
}

static enum result list_comments(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    return put_comments_list(e, q, false, o);
}

static enum result list_waiting(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    return put_comments_list(e, q, true, o);
}

static enum result list_complaints(struct office_eyes *e, struct sought *q, struct json_out *o)
{
    struct stored_grievance *list;
    size_t count = 0, offset = (q->page - 1) * OFFICE_LIST_MAX;
    TRY(reader_grievances(e->reader, offset, OFFICE_LIST_MAX + 1, e->a, &list, &count));
    q->slice.page = q->page;
    q->slice.more = count > OFFICE_LIST_MAX;
    q->slice.count = reader_grievance_count(e->reader);
    q->has_count = true;
    for (size_t i = 0; i < count && i < OFFICE_LIST_MAX; i++) {
        struct office_complaint c;
        complaint_of(e, &list[i], &c);
        json_open(o, NULL, '{');
        complaint_json(e, o, &c);
        json_close(o, '}');
    }
    return OK;
}

enum result office_json_list(
    struct office_eyes *e, struct span what, struct span words, size_t page, struct json_out *o)
{
    static const struct {
        const char *name;
        enum result (*list)(struct office_eyes *e, struct sought *q, struct json_out *o);
    } table[] = {{"live", list_live}, {"held", list_held}, {"quarantine", list_quarantine},
        {"alarms", list_alarms}, {"pauses", list_pauses}, {"kept-back", list_kept_back},
        {"shadow", list_shadow}, {"takedowns", list_takedowns}, {"comments", list_comments},
        {"waiting", list_waiting}, {"complaints", list_complaints}, {"duties", list_duties},
        {"acts", list_acts}};
    struct sought q = {.words = words, .page = page ? page : 1};
    for (size_t i = 0; i < COUNT(table); i++) {
        if (!span_eq(what, span_of(table[i].name))) continue;
        json_open(o, NULL, '{');
        json_open(o, table[i].name, '[');
        TRY(table[i].list(e, &q, o));
        json_close(o, ']');
        if (q.has_count) json_number(o, "total", (int64_t)q.slice.count);
        if (q.slice.page) json_number(o, "page", (int64_t)q.slice.page);
        if (q.slice.page) json_bool(o, "more", q.slice.more);
        if (q.slice.is_cut) json_bool(o, "older_left_out", true);
        json_close(o, '}');
        return OK;
    }
    return ERR_ABSENT;
}

/* ---- one story ---- */
static void put_versions(struct json_out *o, const struct office_story *s)
{
    json_open(o, "versions", '[');
    for (size_t i = 0; i < s->set.version_count; i++) {
        const struct desk_version *dv = &s->set.versions[i];
        const struct story *sent = desk_sent(dv);
        json_open(o, NULL, '{');
        json_number(o, "event", (int64_t)dv->pos);
        json_string(o, "guid", sent->guid);
        json_string(o, "version", sent->version);
        json_string(o, "status", span_of(story_status_name(sent->status)));
        json_string(o, "headline", sent->headline);
        json_string(o, "body", sent->body.s);
        json_time(o, "received", dv->received_ms);
        json_bool(o, "shown", s->shown == dv && s->is_public);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_duties(struct office_eyes *e, const struct office_story *s, struct json_out *o)
{
    struct duty list[DUTIES];
    size_t n = duties_of(e, s, list);
    json_open(o, "duties", '[');
    for (size_t i = 0; i < n; i++) {
        json_open(o, NULL, '{');
        json_string(o, "duty", span_of(duty_name(list[i].kind)));
        json_string(o, "state", span_of(duty_state_name(list[i].state)));
        if (list[i].detail.n) json_string(o, "detail", list[i].detail);
        json_time(o, "due", list[i].due_ms);
        json_close(o, '}');
    }
    json_close(o, ']');
}

void office_json_story(struct office_eyes *e, const struct office_story *s, struct json_out *o)
{
    static const int status[] = {404, 200, 410, 301};
    const struct verdict *w = &s->verdict;
    json_open(o, NULL, '{');
    json_id(e, o, s->set.page);
    json_string(o, "headline", w->headline);
    json_string(o, "section", w->section);
    json_bool(o, "public", s->is_public);
    json_number(o, "answers", status[s->answers]);
    if (s->is_public)
        json_string(o, "url",
            arena_printf(
                e->a, "%.*s%.*s%.*s", FMT(e->site->url), FMT(e->site->base), FMT(s->path)));
    if (!w->interval.held) json_time(o, "from", w->interval.from_ms);
    if (!w->interval.held) json_time(o, "until", w->interval.until_ms);
    put_reasons(o, w);
    if (s->in_shadow) {
        json_open(o, "were_it_live", '{');
        json_bool(o, "public", !s->would.is_dead && story_is_public(&s->would.interval, e->now_ms));
        put_reasons(o, &s->would);
        json_close(o, '}');
    }
    if (w->lead_ms) json_time(o, "lead", w->lead_ms);
    put_versions(o, s);
    put_duties(e, s, o);
    json_open(o, "acts", '[');
    for (size_t i = 0; i < s->set.act_count; i++) {
        json_open(o, NULL, '{');
        put_act(o, &s->set.acts[i]);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
}
