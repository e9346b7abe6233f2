/* newsroom_grievances: complaints to the grievance officer: how each stands, by its own event and
 * the desk's acts; who is rung, and what whoever complained is told by mail. Everything follows
 * from the ledger, which holds neither names nor words of theirs; only the courier looks those up.
 */
#include "newsroom.h"

#define HOUR_MS INT64_C(3600000)

static struct span local_time(struct newsroom *n, int64_t ms)
{
    struct civil c = civil_of(ms + zone_offset_s(n->config->zone, ms) * 1000);
    return arena_printf(
        n->job, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

static struct grievance_clock clock_of(const struct stored_grievance *g)
{
    return (struct grievance_clock){.received_ms = g->received_ms,
        .acknowledge_by_ms = g->acknowledge_by_ms,
        .answer_by_ms = g->answer_by_ms,
        .acknowledged_ms = g->acknowledged_ms,
        .decided_ms = g->decided_ms};
}

/* The page of the months' figures hangs on it. */
static enum result put(struct newsroom *n, const struct stored_grievance *g)
{
    newsroom_bump(n, "grievances", S(""));
    return store_put_grievance(n->store, g);
}

/* What has to be done by then rings under a name of its own, and ends under it. */
static struct span subject_of(struct newsroom *n, const struct stored_grievance *g, bool of_answer)
{
    return arena_printf(
        n->job, "%.*s%s", FMT(story_id_text(n->job, g->number)), of_answer ? " (its answer)" : "");
}

/* ---- alarms ---- */
static struct span text_of(
    struct newsroom *n, const struct stored_grievance *g, enum grievance_bell b)
{
    static const char *const words[] = {
        [BELL_ACKNOWLEDGE_SOON] = "is to be acknowledged by",
        [BELL_ACKNOWLEDGE_LATE] = "was to be acknowledged, and is not; the deadline was",
        [BELL_ANSWER_SOON] = "is to be decided by",
        [BELL_ANSWER_LATE] = "was to be decided, and is not; the deadline was",
    };
    bool is_answer = b == BELL_ANSWER_SOON || b == BELL_ANSWER_LATE;
    return arena_printf(n->job, "complaint %.*s %s %.*s", FMT(story_id_text(n->job, g->number)),
        words[b], FMT(local_time(n, is_answer ? g->answer_by_ms : g->acknowledge_by_ms)));
}

static enum result ring(struct newsroom *n, const struct stored_grievance *g, bool of_answer,
    struct span text, int64_t at_ms)
{
    struct alarm al = {.kind = S("grievance"), .text = text, .at_ms = at_ms, .pos = g->pos};
    return newsroom_alarm(n, "grievance", subject_of(n, g, of_answer), &al);
}

static enum result ring_new(struct newsroom *n, const struct stored_grievance *g)
{
    return ring(n, g, false,
        arena_printf(n->job, "complaint %.*s has come: it is to be acknowledged by %.*s",
            FMT(story_id_text(n->job, g->number)), FMT(local_time(n, g->acknowledge_by_ms))),
        g->received_ms);
}

/* Nobody is told who was not rung: the courier knows. */
static enum result all_clear(
    struct newsroom *n, const struct stored_grievance *g, bool of_answer, const struct event *e)
{
    struct span subject = subject_of(n, g, of_answer);
    struct buf b;
    buf_init(&b, n->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "kind", S("grievance"));
    json_string(&o, "subject", subject);
    json_close(&o, '}');
    struct out out = {
        .key = arena_printf(n->job, "clear:%llu:%.*s", (unsigned long long)e->pos, FMT(subject)),
        .kind = S("clear"),
        .at_ms = e->received_ms,
        .due_ms = e->received_ms,
        .body = buf_span(&b)};
    return store_put_out(n->store, &out);
}

/* ---- a complaint comes ---- */
enum result newsroom_apply_grievance(struct newsroom *n, const struct event *e)
{
    const struct config_grievance *c = &n->config->grievance;
    struct stored_grievance g = {.pos = e->pos, .received_ms = e->received_ms}, known;
    struct grievance_clock terms = {.received_ms = e->received_ms};
    if (e->forgotten || !grievance_read(n->job, e->meta, &g.number, &g.story, &g.key)) return OK;
    enum result r = store_grievance(n->store, g.number, n->job, &known);
    if (r != ERR_ABSENT) return r;
    grievance_terms(&terms, c->acknowledge_hours, c->answer_days);
    g.acknowledge_by_ms = terms.acknowledge_by_ms;
    g.answer_by_ms = terms.answer_by_ms;
    TRY(put(n, &g));
    return ring_new(n, &g);
}

/* ---- the desk's acts ---- */
/* What whoever complained is told; to whom, the courier looks up. */
static enum result mail(
    struct newsroom *n, const struct stored_grievance *g, const char *what, const struct event *e)
{
    struct span number = story_id_text(n->job, g->number);
    struct buf b;
    buf_init(&b, n->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "number", number);
    json_string(&o, "what", span_of(what));
    if (g->decided_ms) json_string(&o, "wording", g->wording);
    json_number(&o, "answer_by_ms", g->answer_by_ms);
    json_close(&o, '}');
    struct out out = {.key = arena_printf(
                          n->job, "complainant:%.*s:%llu", FMT(number), (unsigned long long)e->pos),
        .kind = S("complainant"),
        .at_ms = e->received_ms,
        .due_ms = e->received_ms,
        .body = buf_span(&b)};
    return store_put_out(n->store, &out);
}

/* Who decides has acknowledged. A decision may be worded anew; when it was made stays. */
static bool take_act(struct stored_grievance *g, const struct act *act, int64_t at_ms)
{
    bool decides = act->kind == ACT_UPHOLD || act->kind == ACT_REJECT;
    if (act->kind == ACT_FORWARD && !g->forwarded_ms) g->forwarded_ms = at_ms;
    if ((decides || act->kind == ACT_ACKNOWLEDGE) && !g->acknowledged_ms)
        g->acknowledged_ms = at_ms;
    if (!decides) return false;
    if (!g->decided_ms) g->decided_ms = at_ms;
    g->is_upheld = act->kind == ACT_UPHOLD;
    g->wording = act->text;
    return true;
}

enum result newsroom_apply_grievance_act(
    struct newsroom *n, const struct event *e, const struct act *act, struct stored_act *stored)
{
    struct stored_grievance g;
    story_id number;
    if (!story_id_read(act->target, &number)) return OK;
    enum result r = store_grievance(n->store, number, n->job, &g);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    stored->page = number;
    TRY(store_put_act(n->store, stored));
    bool was_new = !g.acknowledged_ms, was_open = !g.decided_ms;
    bool decides = take_act(&g, act, e->received_ms);
    TRY(put(n, &g));
    if (was_new && g.acknowledged_ms) TRY(all_clear(n, &g, false, e));
    if (was_open && g.decided_ms) TRY(all_clear(n, &g, true, e));
    if (decides) return mail(n, &g, g.is_upheld ? "upheld" : "rejected", e);
    return was_new && g.acknowledged_ms ? mail(n, &g, "acknowledged", e) : OK;
}

/* ---- deadlines ---- */
static int64_t soon_ms(const struct newsroom *n, enum grievance_bell b)
{
    const struct config_grievance *c = &n->config->grievance;
    return (b == BELL_ANSWER_SOON ? c->answer_alarm_hours : c->acknowledge_alarm_hours) * HOUR_MS;
}

/* In order of time, so that the desk's list tells them as they passed. */
static enum result ring_one(
    struct newsroom *n, const struct stored_grievance *g, int64_t after_ms, int64_t now_ms)
{
    struct grievance_clock c = clock_of(g);
    for (int b = 0; b < GRIEVANCE_BELLS; b++) {
        enum grievance_bell bell = (enum grievance_bell)b;
        int64_t at = grievance_rings_ms(&c, bell, soon_ms(n, bell));
        if (at && at > after_ms && at <= now_ms)
            TRY(ring(n, g, bell >= BELL_ANSWER_SOON, text_of(n, g, bell), at));
    }
    return OK;
}

enum result newsroom_tell_grievances(struct newsroom *n, int64_t after_ms, int64_t now_ms)
{
    struct stored_grievance *list;
    size_t count = 0;
    TRY(store_grievances_open(n->store, n->job, &list, &count));
    for (size_t i = 0; i < count; i++) TRY(ring_one(n, &list[i], after_ms, now_ms));
    return OK;
}
