/* report.c: what the verdict tells of the replay: the interval, the state of the address and what
 * it will be, the revisions that were public, the reasons. */
#include "decide.h"

/* ---- intervals and states ---- */
void report_interval(struct desk *d, const struct timeline *t)
{
    struct verdict *v = d->out;
    size_t r = 0;
    while (r < t->run_count && t->runs[r].until_ms <= t->last_ms) r++;
    v->was_public = t->run_count && t->runs[0].from_ms <= t->last_ms;
    if (t->run_count) v->published_ms = t->runs[0].from_ms;
    if (r == t->run_count) return;
    size_t first = r;
    while (first > 0 && t->runs[first - 1].until_ms == t->runs[first].from_ms) first--;
    v->interval = (struct interval){t->runs[first].from_ms, t->runs[r].until_ms, false};
    v->right_ms = v->interval.until_ms;
    v->shown = t->runs[r].k->index;
    v->changed_ms = t->runs[r].k->shown_ms;
    if (r + 1 == t->run_count) return;
    v->then = (struct interval){t->runs[r + 1].from_ms, t->runs[r + 1].until_ms, false};
    v->then_shown = t->runs[r + 1].k->index;
    if (v->then.from_ms != v->interval.until_ms) return;
    /* R1: however many follow each other, what is known to end hides what was before it too */
    size_t last = r + 1;
    while (last + 1 < t->run_count && t->runs[last].until_ms == t->runs[last + 1].from_ms) last++;
    int64_t end = t->runs[r].end_ms, end_of_all = t->runs[last].until_ms;
    v->right_ms = end < end_of_all ? end : end_of_all;
}

void report_state(struct verdict *v, const struct timeline *t)
{
    bool ends = !v->interval.held && v->interval.until_ms != FOREVER;
    enum answer_state after = v->then_shown != SIZE_MAX ? STATE_WITHHELD : STATE_EXPIRED;
    if (v->is_dead) {
        if (!v->was_public) v->state = STATE_NEVER;
    } else if (t->cause == CAUSE_SHOWN) {
        v->state = ends ? after : STATE_PUBLIC;
        v->state_ms = ends ? v->interval.until_ms : t->cause_ms;
    } else {
        v->state = !v->was_public              ? STATE_NEVER
                   : t->cause == CAUSE_EXPIRED ? STATE_EXPIRED
                                               : STATE_WITHHELD;
        v->state_ms = t->cause_ms;
    }
    v->state_after = ends ? after : v->state;
    v->after_ms = ends ? v->interval.until_ms : FOREVER;
    if (v->is_dead || !t->expired_ms || t->expired_ms >= v->after_ms) return;
    v->state_after = STATE_EXPIRED;
    v->after_ms = t->expired_ms;
}

/* ---- revisions ---- */
/* C11: whatever the order in which they came, what ranks below a correction that counts is what it
 * has put right. */
static size_t last_correction(struct desk *d, int64_t at_ms)
{
    if (d->out->shown == SIZE_MAX) return 0;
    const struct known *shown = &d->known[d->out->shown];
    for (size_t i = shown->place + 1; i-- > 0;) {
        struct known *k = d->rank[i];
        const struct story *s = k->v->story;
        if (s->change == CHANGE_CORRECTION && !desk_is_corrective(s) &&
            (k == shown || known_may_show(d, k, at_ms)))
            return i;
    }
    return 0;
}

/* Behind a gap nothing of before is told, but the version that came back itself. */
static void take_back(struct revision *list, size_t count, size_t but)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].version != but) list[i].taken_back = true;
}

/* D3: what was public, and what is or will be in the interval; never what waits behind it. */
void report_revisions(struct desk *d, const struct timeline *t)
{
    struct verdict *v = d->out;
    int64_t limit = v->interval.held ? t->last_ms + 1 : v->interval.until_ms;
    struct revision *list = NULL;
    size_t count = 0, cap = 0, correction = last_correction(d, t->last_ms);
    for (size_t i = 0; i < t->run_count && t->runs[i].from_ms < limit; i++) {
        const struct run *r = &t->runs[i];
        if (i && t->runs[i - 1].until_ms < r->from_ms) take_back(list, count, r->k->index);
        if (count && list[count - 1].version == r->k->index)
            list[count - 1].until_ms = r->until_ms;
        else
            *ARENA_PUSH(d->a, list, count, cap) = (struct revision){.version = r->k->index,
                .from_ms = r->from_ms,
                .until_ms = r->until_ms,
                .corrected = r->k->place < correction,
                .ends = r->k->expires_ms != FOREVER || (r->k->feed && r->k->feed->retention_days)};
    }
    size_t skip = count > DESK_REVISIONS_MAX ? count - DESK_REVISIONS_MAX : 0;
    v->revisions = list ? list + skip : NULL;
    v->revision_count = count - skip;
}

/* ---- reasons: of the versions from the highest down to the one that decides ---- */
static enum reason_code why_it_waits(const struct desk *d, const struct known *k)
{
    static const enum reason_code codes[] = {[MARK_NONE] = WHY_PAUSED,
        [MARK_SHADOW] = WHY_SHADOW,
        [MARK_STORIES] = WHY_MANY_STORIES,
        [MARK_UPDATES] = WHY_MANY_UPDATES,
        [MARK_OLD] = WHY_TOO_OLD,
        [MARK_REWRITES] = WHY_FROZEN};
    uint64_t pos;
    return let_go(d, k->v, &pos) == FOREVER ? codes[k->v->mark] : WHY_PAUSED;
}

static void report_version(struct desk *d, struct known *k, const struct timeline *t)
{
    const struct judged *j = judge(d, k);
    bool released = j->stance != STANCE_SHOW && j->desk_may && k->approved_ms <= t->last_ms;
    if (released) add_reason(d, WHY_DESK_PUBLISH, 0, false, S(""));
    for (size_t i = 0; i < j->reason_count; i++) {
        const struct reason *r = &j->reasons[i];
        bool is_late = r->code == WHY_EMBARGO && d->out->was_public && k->embargo_ms > t->last_ms;
        bool is_block = reason_row(r->code)->stance > STANCE_SHOW;
        if (!released || !is_block)
            add_reason(d, r->code, r->rule_line, r->alarm || is_late, r->detail);
    }
    if (k->use_ms <= t->last_ms || k->arrive_ms > t->last_ms) return;
    const struct routed *r = route(d, k);
    if (k->wait_ms)
        add_reason(d, WHY_RULE_WAIT, routed_line(r), false, r->by->name);
    else
        add_reason(d, why_it_waits(d, k), 0, false, S(""));
}

static enum reason_code why_suspended(const struct hit *h)
{
    return h->effect == NOTICE_HOLD   ? WHY_NOTICE_HOLD
           : h->effect == NOTICE_COPY ? WHY_COPY
                                      : WHY_NOTICE_DOUBT;
}

void report_reasons(struct desk *d, const struct timeline *t)
{
    for (size_t i = d->rank_count; i-- > 0;) {
        report_version(d, d->rank[i], t);
        if (d->rank[i] == t->decisive || i + 8 < d->rank_count) break;
    }
    const struct hit *by = suspended_by(d, t->last_ms);
    if (by) add_reason(d, why_suspended(by), 0, true, by->guid);
    if (t->cause == CAUSE_DESK_HOLD) add_reason(d, WHY_DESK_HOLD, 0, false, S(""));
    if (t->cause == CAUSE_EXPIRED) add_reason(d, WHY_EXPIRED, 0, false, S(""));
    if (t->cause != CAUSE_SHOWN) return;
    add_reason(d, WHY_PUBLISHED, routed_line(route(d, t->decisive)), false, S(""));
    if (t->decisive->feed && t->decisive->feed->retention_days)
        add_reason(d, WHY_RETENTION, 0, false, S(""));
    if (d->out->restored_ms) {
        d->out->is_restored = true;
        add_reason(d, WHY_RESTORED, 0, false, S(""));
    }
}
