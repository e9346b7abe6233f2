/* amiss: what a feed's own messages say that it lacks: numbers that did not come, and a clock that
 * is ahead of ours. Facts are the store's; here they become words. */
#include "newsroom.h"

enum {
    GAPS_MAX = 200, /* of a feed, that are looked at */
    GAPS_NAMED = 5,
    GAP_TOLD_MS = 10 * 60 * 1000,  /* what was sent in another order has come by then */
    AHEAD_TOLD_MS = 2 * 60 * 1000, /* minutes are all that some wires write */
};

static void name_gap(struct buf *b, const struct gap *g)
{
    if (b->n) buf_lit(b, ", ");
    if (g->line.n) buf_printf(b, "%.*s ", FMT(g->line));
    if (g->first == g->last)
        buf_u64(b, g->first);
    else
        buf_printf(b, "%llu to %llu", (unsigned long long)g->first, (unsigned long long)g->last);
}

static struct span name_gaps(
    struct arena *a, const struct gap *list, size_t count, uint64_t missing, int64_t now_ms)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < count && i < GAPS_NAMED; i++) name_gap(&b, &list[i]);
    if (count > GAPS_NAMED) buf_lit(&b, " …");
    return arena_printf(a,
        "messages that it numbers have not come: %.*s; %llu in all, for %lld minutes",
        FMT(text_plain(a, buf_span(&b))), (unsigned long long)missing,
        (long long)((now_ms - list[count - 1].since_ms) / 60000));
}

void feed_amiss(
    struct store *s, struct span feed, int64_t now_ms, struct arena *a, struct feed_amiss *out)
{
    struct gap *list = ARENA_ARRAY(a, struct gap, GAPS_MAX);
    size_t count = 0;
    *out = (struct feed_amiss){0};
    if (store_gaps(s, feed, now_ms, a, list, GAPS_MAX, &count) != OK) count = 0;
    for (size_t i = 0; i < count; i++) out->missing += list[i].last - list[i].first + 1;
    out->gaps_are_told = count && now_ms - list[count - 1].since_ms >= GAP_TOLD_MS;
    if (count) out->gaps = name_gaps(a, list, count, out->missing, now_ms);
    if (store_ahead(s, feed, &out->ahead_ms) != OK || out->ahead_ms <= AHEAD_TOLD_MS)
        out->ahead_ms = 0;
    if (out->ahead_ms)
        out->clock = arena_printf(a,
            "its messages are dated %lld seconds ahead of this machine's clock: its clock, ours, "
            "or "
            "the feed's timezone is wrong",
            (long long)(out->ahead_ms / 1000));
}
