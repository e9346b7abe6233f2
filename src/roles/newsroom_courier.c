/* newsroom_courier: what the newsroom hands to the courier, until it has it: news and receipts that
 * are due, alarms; and the pictures that it fetched. */
#include "newsroom_room.h"

#include <stdio.h>

enum {
    OUTS_AT_ONCE = 64,               /* handed to the courier before it has said that it has them */
    OUTS_WAIT_MS = 10000,            /* then they are offered again: it knows what it has */
    OUTS_ARENA = 32 << 20,           /* so many bodies of the largest size */
    OUT_FRESH_MS = 24 * 3600 * 1000, /* what is older is no news, and after a rebuild all is old */
    SILENCE_LOOK_MS = 15 * 1000,
    SILENCE_JUMP_MS = 2 * 60 * 1000, /* beyond it the clock was put on, or the machine slept */
};

static void put_out(struct buf *b, const struct out *o)
{
    b->n = 0;
    put_span(b, o->key);
    put_span(b, o->kind);
    put_span(b, o->body);
    put_u64(b, o->page);
    put_u64(b, (uint64_t)o->at_ms);
    put_u64(b, (uint64_t)o->due_ms);
}

static bool offer(struct peer *p, const struct out *o)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    put_out(&b, o);
    bool sent = channel_send(p, MSG_OUT, buf_span(&b));
    buf_free(&b);
    return sent;
}

void room_urgent(void *with, const struct out *o)
{
    struct desk_room *d = with;
    struct peer *p = channel_to(&d->channels, ROLE_COURIER, 0);
    if (p && !channel_would_wait(p)) (void)!offer(p, o);
}

/* News of what is dead by now is not told, though its recall has not come to its turn (K18). */
static bool is_too_late(struct desk_room *d, const struct out *o)
{
    if (!span_eq(o->kind, S("push")) || !tombs_dead(newsroom_tombs(d->newsroom), o->page))
        return false;
    return store_drop_out(newsroom_store(d->newsroom), o->key) == OK;
}

static void hand_over_lane(struct desk_room *d, struct peer *p, enum out_lane lane)
{
    /* It says nothing of what it could not keep. */
    int64_t now_us = clock_mono_us(), now = clock_now_ms();
    if (d->lanes[lane].away && now_us - d->lanes[lane].away_us < OUTS_WAIT_MS * 1000LL) return;
    d->lanes[lane].away = 0;
    d->lanes[lane].away_us = now_us;
    struct out outs[OUTS_AT_ONCE];
    size_t count = 0;
    struct arena *a = arena_new(OUTS_ARENA);
    if (store_outs(newsroom_store(d->newsroom), lane, now - OUT_FRESH_MS, now, a, outs, COUNT(outs),
            &count) != OK)
        count = 0;
    for (size_t i = 0; i < count && !channel_would_wait(p); i++) {
        if (is_too_late(d, &outs[i])) continue;
        if (!offer(p, &outs[i])) break;
        d->lanes[lane].away++;
    }
    arena_free(a);
}

void room_hand_over(struct desk_room *d)
{
    struct peer *p = channel_to(&d->channels, ROLE_COURIER, 0);
    if (!p || d->rebuilding) return;
    for (enum out_lane l = 0; l < OUT_LANES; l++) hand_over_lane(d, p, l);
}

/* Which lane it came by, its key tells. */
static void is_there(struct desk_room *d, struct span key)
{
    bool urgent = span_starts(key, S("cdn:")) || span_starts(key, S("recall:"));
    size_t *away = &d->lanes[urgent ? OUTS_URGENT : OUTS_REST].away;
    if (*away) --*away;
}

static enum result mark_taken(struct desk_room *d, const struct later *l)
{
    struct take t = take_of(l->body);
    struct span key = take_span(&t);
    if (!take_done(&t)) return OK;
    is_there(d, key);
    return store_out_told(newsroom_store(d->newsroom), key);
}

/* All that it has taken since we looked, in one transaction. What cannot be marked is offered
 * again, and it knows it. */
void room_outs_taken(struct desk_room *d)
{
    struct store *s = newsroom_store(d->newsroom);
    enum result r = OK;
    bool begun = false;
    for (struct later *l = d->later; l; l = l->next) {
        if (l->type != MSG_OUT_TAKEN) continue;
        if (!begun) r = store_begin(s);
        begun = true;
        if (r == OK) r = mark_taken(d, l);
    }
    if (!begun) return;
    if (r == OK) r = store_commit(s, newsroom_position(d->newsroom));
    if (r != OK) store_rollback(s);
}

void room_fetched(struct desk_room *d, struct span body)
{
    struct take t = take_of(body);
    struct span key = take_span(&t), feed = take_span(&t), url = take_span(&t),
                bytes = take_span(&t);
    if (!take_done(&t) || newsroom_fetched(d->newsroom, feed, url, bytes) != OK)
        log_warn("a fetched picture could not be kept: it is fetched again");
    else
        channel_send(channel_to(&d->channels, ROLE_COURIER, 0), MSG_FETCHED, key);
}

/* ---- alarms ---- */
void room_alarm(
    struct desk_room *d, bool over, const char *kind, struct span subject, struct span text)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    put_u8(&b, over);
    put_span(&b, span_of(kind));
    put_span(&b, subject);
    put_span(&b, text);
    channel_send(channel_to(&d->channels, ROLE_COURIER, 0), MSG_ALARM, buf_span(&b));
    buf_free(&b);
}

/* The alarm itself came with what was over; here it ends. */
static void watch_limits(struct desk_room *d)
{
    const struct config *c = newsroom_config(d->newsroom);
    struct arena *a = arena_new(1 << 20);
    for (uint32_t i = 0; i < c->feed_count; i++) {
        struct span subjects[LIMITS_OF_A_FEED];
        size_t count = newsroom_within_limits(d->newsroom, c->feeds[i].name, a, subjects);
        for (size_t k = 0; k < count; k++)
            room_alarm(d, true, "rate", subjects[k], S("it is within its limits again"));
    }
    arena_free(a);
}

/* Numbers that did not come, a clock that is ahead: true when one of them is told. */
static bool watch_amiss(struct desk_room *d, const struct config_feed *f, int64_t now,
    struct arena *a, struct metric_feed *out)
{
    struct feed_amiss is;
    feed_amiss(newsroom_store(d->newsroom), f->name, now, a, &is);
    bool gaps = is.gaps_are_told && f->gaps_by_number == GAPS_RING;
    room_alarm(d, !gaps, "gap", f->name, gaps ? is.gaps : S("no number is missing any more"));
    room_alarm(d, !is.ahead_ms, "feed-clock", f->name,
        is.ahead_ms ? is.clock : S("its clock is ahead of ours no more"));
    out->missing = is.missing;
    out->ahead_ms = (uint64_t)is.ahead_ms;
    return gaps || is.ahead_ms;
}

/* The site file says how long a feed may be silent; the ledger's part of it does not hold that. */
static void watch_silence(struct desk_room *d, int64_t now)
{
    const struct config *c = newsroom_config(d->newsroom);
    struct arena *a = arena_new(1 << 20);
    uint64_t silent = 0, amiss = 0;
    metric_feeds_begin();
    for (uint32_t i = 0; i < c->feed_count; i++) {
        const struct config_feed *f = config_feed_named(d->own, c->feeds[i].name);
        struct feed_silence said;
        if (!f) continue;
        arena_reset(a);
        enum silence is = newsroom_silence(d->newsroom, f, now, a, &said);
        silent += is == SILENT;
        if (is != SILENCE_UNKNOWN) room_alarm(d, is == NOT_SILENT, "feed", f->name, said.text);
        struct metric_feed m = {.last_ms = said.last_ms, .is_silent = is == SILENT};
        amiss += watch_amiss(d, f, now, a, &m);
        metric_feed(f->name, &m);
    }
    clock_slot_set(SLOT_FEEDS_SILENT, silent);
    clock_slot_set(SLOT_FEEDS_AMISS, amiss);
    arena_free(a);
}

void room_watch_feeds(struct desk_room *d)
{
    int64_t now = clock_now_ms();
    if (now < d->silence_ms) return;
    if (d->silence_ms && now - d->silence_ms > SILENCE_JUMP_MS) newsroom_listen_anew(d->newsroom);
    d->silence_ms = now + SILENCE_LOOK_MS;
    watch_silence(d, now);
    if (!d->rebuilding && newsroom_tell_deadlines(d->newsroom, now) != OK)
        log_warn("deadlines of takedowns cannot be looked at now: they are in a moment");
    watch_limits(d);
}
