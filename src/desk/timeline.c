/* timeline.c: the replay: from one instant to the next, which version was, is or will be shown.
 * Between two instants (an arrival, an act, a resume, an embargo's end) nothing changes but what
 * ends by itself: a right or a licence. now does not appear. */
#include <stdlib.h>

#include "decide.h"

static int cmp_ms(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

struct instants {
    int64_t *list;
    size_t count, cap;
};

static void add_instant(struct desk *d, struct instants *in, int64_t ms)
{
    if (ms > 0 && ms != FOREVER) *ARENA_PUSH(d->a, in->list, in->count, in->cap) = ms;
}

static void collect_instants(
    struct desk *d, const struct kills *kills, struct instants *in, int64_t *last_ms)
{
    for (size_t i = 0; i < d->rank_count; i++) {
        const struct known *k = d->rank[i];
        add_instant(d, in, k->arrive_ms);
        if (!k->wait_ms) add_instant(d, in, k->use_ms);
        add_instant(d, in, k->approved_ms);
    }
    for (size_t i = 0; i < d->set->act_count; i++) add_instant(d, in, d->set->acts[i].at_ms);
    for (size_t i = 0; d->rank_count && i < d->set->hit_count; i++)
        add_instant(d, in, d->set->hits[i].at_ms);
    for (size_t i = 0; i < kills->count; i++) add_instant(d, in, kills->list[i].kill.at_ms);
    if (d->rank_count) add_instant(d, in, d->set->reached_ms);
    for (size_t i = 0; i < in->count; i++)
        if (in->list[i] > *last_ms) *last_ms = in->list[i];
    for (size_t i = 0; i < d->rank_count; i++) {
        const struct known *k = d->rank[i];
        if (k->embargo_ms > k->arrive_ms) add_instant(d, in, k->embargo_ms);
        add_instant(d, in, k->wait_ms); /* comes by itself, as an embargo's end */
    }
    if (in->count) qsort(in->list, in->count, sizeof *in->list, cmp_ms);
    size_t n = 0;
    for (size_t i = 0; i < in->count; i++)
        if (!n || in->list[n - 1] != in->list[i]) in->list[n++] = in->list[i];
    in->count = n;
}

static enum stance stance_at(const struct known *k, const struct judged *j, int64_t at_ms)
{
    return j->desk_may && k->approved_ms <= at_ms ? STANCE_SHOW : j->stance;
}

bool known_may_show(struct desk *d, struct known *k, int64_t at_ms)
{
    const struct judged *j = judge(d, k);
    return k->arrive_ms <= at_ms && k->use_ms <= at_ms && k->embargo_ms <= at_ms &&
           stance_at(k, j, at_ms) == STANCE_SHOW;
}

static bool feed_keeps(const struct known *k)
{
    const struct story *s = k->v->story;
    return k->feed && k->feed->late_embargo_keeps && s->status == STATUS_USABLE &&
           s->embargo.kind != WHEN_ABSENT;
}

/* The version that decides at this instant, from the highest down. E5-E7, K14: the highest one's
 * embargo and withhold count; a version that is merely not fit for use leaves the one before it up.
 * keep: E6's policy; only what was on the page before the embargo came may stay. */
static struct known *decisive_at(struct desk *d, int64_t at_ms, enum cause *cause)
{
    int64_t before_ms = FOREVER;
    struct known *hidden_by = NULL;
    *cause = CAUSE_NOTHING;
    for (size_t i = d->rank_count; i-- > 0;) {
        struct known *k = d->rank[i];
        if (k->arrive_ms > at_ms) continue;
        const struct judged *j = judge(d, k);
        enum stance stance = stance_at(k, j, at_ms);
        bool hides = stance >= STANCE_HIDE, waits = k->embargo_ms > at_ms;
        if (hides || waits) {
            if (!hidden_by) *cause = waits && stance < STANCE_KILL ? CAUSE_EMBARGO : CAUSE_HIDDEN;
            if (!hidden_by) hidden_by = k;
            if (!feed_keeps(k)) return hidden_by;
            if (k->arrive_ms < before_ms) before_ms = k->arrive_ms;
            continue;
        }
        bool was_up = before_ms == FOREVER || k->shown_ms < before_ms;
        if (stance == STANCE_PASS || k->use_ms > at_ms || !was_up) continue;
        *cause = k->expires_ms <= at_ms ? CAUSE_EXPIRED : CAUSE_SHOWN;
        return k;
    }
    return hidden_by;
}

/* R1, R5, R6: when what is shown from at_ms on ends by itself. Counted from the version's first
 * instant: a licence is not renewed by our own pauses. */
static int64_t end_of(const struct known *k, int64_t at_ms)
{
    int64_t end = k->expires_ms;
    if (!k->feed) return end;
    if (k->feed->contract_ends_ms && k->feed->contract_ends_ms < end)
        end = k->feed->contract_ends_ms;
    if (!k->feed->retention_days) return end;
    int64_t first = k->shown_ms < at_ms ? k->shown_ms : at_ms;
    int64_t kept = first + (int64_t)k->feed->retention_days * DAY_MS;
    return kept < end ? kept : end;
}

/* A version that is kept back by a mark may still end the right to its story. */
static int64_t end_of_kept_back(const struct desk *d, const struct known *shown, int64_t at_ms)
{
    int64_t end = FOREVER;
    for (size_t i = shown->place + 1; i < d->rank_count; i++) {
        const struct known *k = d->rank[i];
        bool counts = k->v->mark && k->arrive_ms <= at_ms && k->use_ms > at_ms;
        if (counts && k->expires_ms < end) end = k->expires_ms;
    }
    return end;
}

static void add_run(struct desk *d, struct timeline *t, struct run run)
{
    struct run *last = t->run_count ? &t->runs[t->run_count - 1] : NULL;
    if (run.k->shown_ms > run.from_ms) run.k->shown_ms = run.from_ms;
    if (last && last->k == run.k && last->until_ms == run.from_ms) {
        last->until_ms = run.until_ms;
        last->end_ms = run.end_ms;
        return;
    }
    *ARENA_PUSH(d->a, t->runs, t->run_count, t->run_cap) = run;
}

static void note_cause(struct timeline *t, enum cause cause, int64_t at_ms, struct known *k)
{
    if (cause != t->cause || !t->cause_ms) t->cause_ms = at_ms;
    t->cause = cause;
    t->decisive = k;
}

static bool is_on_hold(const struct desk *d, int64_t at_ms)
{
    bool hold = false;
    for (size_t i = 0; i < d->set->act_count; i++) {
        const struct act *t = &d->set->acts[i];
        if (t->at_ms > at_ms) continue;
        if (t->kind == ACT_HOLD) hold = true;
        if (t->kind == ACT_PUBLISH) hold = false;
    }
    return hold;
}

/* A hold in words ends by a release in words or a usable version that came after it (K14); a doubt
 * by the desk alone (K9); a copy's by the desk, or with the kill (T4). */
static bool is_released(struct desk *d, const struct hit *h, int64_t at_ms)
{
    for (size_t i = 0; i < d->set->act_count; i++) {
        const struct act *t = &d->set->acts[i];
        if (t->kind == ACT_PUBLISH && t->pos > h->pos && t->at_ms <= at_ms) return true;
    }
    for (size_t i = 0; h->effect == NOTICE_COPY && i < d->set->hit_count; i++) {
        const struct hit *r = &d->set->hits[i];
        if (r->effect == NOTICE_FREED && span_eq(r->guid, h->guid) && r->pos > h->pos &&
            r->at_ms <= at_ms)
            return true;
    }
    if (h->effect != NOTICE_HOLD) return false;
    for (size_t i = 0; i < d->set->hit_count; i++) {
        const struct hit *r = &d->set->hits[i];
        if (r->effect == NOTICE_RELEASE && r->pos > h->pos && r->at_ms <= at_ms) return true;
    }
    for (size_t i = 0; i < d->rank_count; i++) {
        struct known *k = d->rank[i];
        bool kept_back = k->v->mark && k->use_ms > at_ms;
        if (k->v->pos > h->pos && k->arrive_ms <= at_ms && !kept_back &&
            judge(d, k)->stance == STANCE_SHOW)
            return true;
    }
    return false;
}

const struct hit *suspended_by(struct desk *d, int64_t at_ms)
{
    for (size_t i = 0; i < d->set->hit_count; i++) {
        const struct hit *h = &d->set->hits[i];
        bool suspends =
            h->effect == NOTICE_HOLD || h->effect == NOTICE_DOUBT || h->effect == NOTICE_COPY;
        if (suspends && h->at_ms <= at_ms && !is_released(d, h, at_ms)) return h;
    }
    return NULL;
}

static void step(
    struct desk *d, const struct kills *kills, struct timeline *t, int64_t at_ms, int64_t next_ms)
{
    enum cause cause;
    struct known *k = decisive_at(d, at_ms, &cause);
    if (is_on_hold(d, at_ms)) cause = CAUSE_DESK_HOLD;
    if (suspended_by(d, at_ms)) cause = CAUSE_HIDDEN;
    if (kills_stand(kills, at_ms)) cause = CAUSE_DEAD;
    int64_t end = cause == CAUSE_SHOWN ? end_of(k, at_ms) : FOREVER;
    int64_t sooner = cause == CAUSE_SHOWN ? end_of_kept_back(d, k, at_ms) : FOREVER;
    if (sooner < end) end = sooner;
    if (end <= at_ms) cause = CAUSE_EXPIRED;
    bool is_known = at_ms <= t->last_ms;
    if (is_known) note_cause(t, cause, at_ms, k);
    if (!is_known && cause == CAUSE_EXPIRED && t->run_count && !t->expired_ms)
        t->expired_ms = at_ms;
    if (cause != CAUSE_SHOWN) return;
    add_run(d, t, (struct run){at_ms, end < next_ms ? end : next_ms, end, k});
    if (is_known && end < next_ms && next_ms <= t->last_ms) note_cause(t, CAUSE_EXPIRED, end, k);
}

void timeline_replay(struct desk *d, const struct kills *kills, struct timeline *t)
{
    struct instants in = {0};
    collect_instants(d, kills, &in, &t->last_ms);
    for (size_t i = 0; i < in.count; i++)
        step(d, kills, t, in.list[i], i + 1 < in.count ? in.list[i + 1] : FOREVER);
}
