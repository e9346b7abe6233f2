/* newsroom_quarantine: what could not be read: onto the desk's list with its alarm; read again by
 * the act `retry`, off the list by the act `drop`. What reads now is as if it had been read when it
 * came: the same versions under the same place in the ledger, so that a rebuild, which reads it so
 * at once and finds nothing left for the act, comes to the same. */
#include "newsroom.h"

static const char kind[] = "quarantine";

static struct alarm alarm_of(struct newsroom *n, const struct quarantined *q, int64_t at_ms)
{
    return (struct alarm){.kind = span_of(kind),
        .text = arena_printf(n->job, "%.*s: %.*s", FMT(q->name), FMT(q->why)),
        .at_ms = at_ms,
        .pos = q->pos};
}

static struct quarantined row_of(
    const struct event *e, uint32_t number, const struct reject *r, struct span name)
{
    struct span why =
        r->why.n ? r->why
                 : S("no reader knows this format: see `broadsheet read` and docs/formats");
    return (struct quarantined){.pos = e->pos,
        .number = number,
        .name = name,
        .feed = e->feed,
        .why = why,
        .line = r->line,
        .column = r->column};
}

enum result newsroom_quarantine(struct newsroom *n, const struct event *e, uint32_t number,
    const struct reject *why, struct span name)
{
    struct quarantined q = row_of(e, number, why, name);
    metric_add(M_REJECTS, 1);
    metric_feed_unread(e->feed);
    TRY(store_note_unread(n->store, e->feed, e->received_ms));
    TRY(store_put_quarantine(n->store, &q));
    struct alarm al = alarm_of(n, &q, e->received_ms);
    TRY(newsroom_alarm(n, kind, name, &al));
    if (n->hooks.quarantined) n->hooks.quarantined(n->hooks.with, &q);
    return OK;
}

/* ---- acts ---- */
/* Several items of a delivery may share an alarm: those that are left have theirs. It has been sent
 * when it was new. */
static enum result set_alarms(struct newsroom *n, const struct event *delivery)
{
    struct quarantined *left;
    size_t count;
    TRY(store_drop_alarms(n->store, delivery->pos, kind));
    TRY(store_quarantine_of(n->store, delivery->pos, UNREAD_WHOLE, n->job, &left, &count));
    for (size_t i = 0; i < count; i++) {
        struct alarm al = alarm_of(n, &left[i], delivery->received_ms);
        TRY(store_put_alarm(n->store, &al));
    }
    return OK;
}

/* What the act names and still lies there, and the delivery that brought it. count_out 0: nothing.
 */
static enum result named(struct newsroom *n, const struct act *t, struct event *delivery,
    struct quarantined **out, size_t *count_out)
{
    uint64_t pos;
    uint32_t number;
    *count_out = 0;
    if (!unread_id_read(t->target, &pos, &number)) return OK;
    TRY(store_quarantine_of(n->store, pos, number, n->job, out, count_out));
    if (!*count_out) return OK;
    return newsroom_of_ledger(ledger_event(n->ledger, pos, delivery, n->job));
}

bool newsroom_is_retry(struct newsroom *n, const struct event *e)
{
    struct act t;
    return e->kind == EVENT_ACT && !e->forgotten && act_read(n->job, e->meta, &t) &&
           t.kind == ACT_RETRY;
}

bool newsroom_retries(struct newsroom *n, const struct event *e, struct event *delivery_out)
{
    struct act t;
    struct quarantined *rows;
    size_t count;
    return newsroom_is_retry(n, e) && act_read(n->job, e->meta, &t) &&
           named(n, &t, delivery_out, &rows, &count) == OK && count > 0;
}

/* One row, off the list: its item is put in its place, or listed again with what is wrong now. */
static enum result retry_item(struct newsroom *n, const struct event *delivery,
    const struct quarantined *was, const struct wire_result *read)
{
    const struct wire_item *item = was->number < read->count ? &read->items[was->number] : NULL;
    if (item && item->story) return newsroom_put_story(n, delivery, was->number, item->story);
    struct reject gone = {.why = S("the delivery has no such item, as it is read now")};
    const struct reject *why = read->end != WIRE_STORIES ? &read->reject
                               : item                    ? &item->reject
                                                         : &gone;
    struct quarantined now = row_of(delivery, was->number, why, was->name);
    now.told = was->told;
    return store_put_quarantine(n->store, &now);
}

static enum result retry_whole(
    struct newsroom *n, const struct event *delivery, const struct wire_result *read)
{
    struct span name = newsroom_name_of(n, delivery);
    for (size_t i = 0; i < read->count; i++) {
        const struct wire_item *item = &read->items[i];
        TRY(item->story ? newsroom_put_story(n, delivery, (uint32_t)i, item->story)
                        : newsroom_quarantine(n, delivery, (uint32_t)i, &item->reject, name));
    }
    return OK;
}

enum result newsroom_retried(
    struct newsroom *n, const struct act *t, const struct wire_result *read)
{
    struct event delivery;
    struct quarantined *rows;
    size_t count;
    TRY(named(n, t, &delivery, &rows, &count));
    if (!count) return OK;
    for (size_t i = 0; i < count; i++) {
        TRY(store_drop_quarantine(n->store, rows[i].pos, rows[i].number));
        bool reads = rows[i].number == UNREAD_WHOLE && read->end == WIRE_STORIES;
        TRY(reads ? retry_whole(n, &delivery, read) : retry_item(n, &delivery, &rows[i], read));
    }
    return set_alarms(n, &delivery);
}

enum result newsroom_drop(struct newsroom *n, const struct act *t)
{
    struct event delivery;
    struct quarantined *rows;
    size_t count;
    TRY(named(n, t, &delivery, &rows, &count));
    if (!count) return OK;
    for (size_t i = 0; i < count; i++)
        TRY(store_drop_quarantine(n->store, rows[i].pos, rows[i].number));
    return set_alarms(n, &delivery);
}
