/* desk_numbers: which numbers an agency's messages had, and by how much they were of the future:
 * what a feed lacks is told by what it brought itself. All of it comes from deliveries alone, in
 * the ledger's order, so that a rebuild and a restart know the same. */
#include "inside.h"

enum { NUMBERED_LEAST = 20, NUMBERED_GAPS = 10 }; /* of so many numbers at most one gap in ten */

/* What comes late lies in a gap that is known; what comes again makes no second one. */
static enum result note_gap(
    struct store *s, struct span feed, struct span line, uint64_t number, int64_t at_ms)
{
    enum result r = OK;
    int64_t n = (int64_t)number, since = at_ms - NUMBERS_WINDOW_MS, around = 0;
    sqlite3_stmt *q = db_query(&s->desk, DESK_NUMBER_BELOW,
        ARGS(
            arg_text(feed), arg_text(line), arg_int(n), arg_int(n - NUMBERS_LEAP), arg_int(since)));
    if (!db_row(&s->desk, q, &r)) return r;
    int64_t below = sqlite3_column_int64(q, 0), below_ms = sqlite3_column_int64(q, 1);
    sqlite3_reset(q);
    if (below == n - 1) return OK;
    TRY(db_number(&s->desk, DESK_GAP_AROUND,
        ARGS(arg_text(feed), arg_text(line), arg_int(n), arg_int(since), arg_int(n - NUMBERS_LEAP)),
        &around));
    if (around) return OK;
    TRY(db_do(&s->desk, DESK_GAP_FORGET, ARGS(arg_text(feed), arg_int(at_ms - NUMBERS_KEPT_MS))));
    return db_do(&s->desk, DESK_GAP_PUT,
        ARGS(arg_text(feed), arg_text(line), arg_int(below + 1), arg_int(n - 1), arg_int(below_ms),
            arg_int(at_ms)));
}

enum result store_note_number(
    struct store *s, struct span feed, struct span line, uint64_t number, int64_t at_ms)
{
    int64_t old = at_ms - NUMBERS_KEPT_MS;
    TRY(note_gap(s, feed, line, number, at_ms));
    TRY(db_do(&s->desk, DESK_NUMBER_FORGET, ARGS(arg_text(feed), arg_text(line), arg_int(old))));
    return db_do(&s->desk, DESK_NUMBER_PUT,
        ARGS(arg_text(feed), arg_text(line), arg_int((int64_t)number), arg_int(at_ms)));
}

/* What was seen when a number came without those below it; some of them may have come since. */
struct seen {
    struct span line;
    int64_t first, last, below_ms, since_ms;
};

/* Who gets a part of a service sees a gap at nearly every message. */
static enum result is_numbered(struct store *s, struct span feed, const struct seen *list,
    size_t count, struct span line, bool *out)
{
    int64_t came = 0;
    size_t gaps = 0;
    for (size_t i = 0; i < count; i++) gaps += span_eq(list[i].line, line);
    enum result r =
        db_number(&s->desk, DESK_NUMBER_COUNT, ARGS(arg_text(feed), arg_text(line)), &came);
    *out = r == OK && came >= NUMBERED_LEAST && (int64_t)gaps * NUMBERED_GAPS <= came;
    return r;
}

/* What lies between the numbers that have come since. */
static enum result put_missing(struct store *s, struct span feed, const struct seen *g,
    struct gap *out, size_t n, size_t *count)
{
    enum result r = OK;
    int64_t from = g->first;
    sqlite3_stmt *q = db_query(&s->desk, DESK_NUMBERS,
        ARGS(arg_text(feed), arg_text(g->line), arg_int(g->first), arg_int(g->last),
            arg_int(g->below_ms), arg_int(g->last + 1)));
    while (db_row(&s->desk, q, &r)) {
        int64_t came = sqlite3_column_int64(q, 0);
        if (came > from && *count < n)
            out[(*count)++] = (struct gap){.line = g->line,
                .first = (uint64_t)from,
                .last = (uint64_t)came - 1,
                .since_ms = g->since_ms};
        from = came + 1;
    }
    return r;
}

enum result store_gaps(struct store *s, struct span feed, int64_t now_ms, struct arena *a,
    struct gap *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    size_t count = 0;
    struct seen *all = ARENA_ARRAY(a, struct seen, n);
    *count_out = 0;
    sqlite3_stmt *q = db_query(&s->desk, DESK_GAPS,
        ARGS(arg_text(feed), arg_int(now_ms - NUMBERS_WINDOW_MS), arg_int((int64_t)n)));
    while (db_row(&s->desk, q, &r))
        if (count < n)
            all[count++] = (struct seen){.line = db_keep(a, q, 0),
                .first = sqlite3_column_int64(q, 1),
                .last = sqlite3_column_int64(q, 2),
                .below_ms = sqlite3_column_int64(q, 3),
                .since_ms = sqlite3_column_int64(q, 4)};
    for (size_t i = 0; r == OK && i < count; i++) {
        bool is = false;
        r = is_numbered(s, feed, all, count, all[i].line, &is);
        if (r == OK && is) r = put_missing(s, feed, &all[i], out, n, count_out);
    }
    return r;
}

enum result store_note_ahead(struct store *s, struct span feed, uint64_t pos, int64_t ahead_ms)
{
    TRY(db_do(
        &s->desk, DESK_AHEAD_PUT, ARGS(arg_text(feed), arg_int((int64_t)pos), arg_int(ahead_ms))));
    return db_do(&s->desk, DESK_AHEAD_FORGET, ARGS(arg_text(feed), arg_int(AHEAD_KEPT)));
}

enum result store_ahead(struct store *s, struct span feed, int64_t *out)
{
    int64_t count = 0;
    *out = 0;
    TRY(db_number(&s->desk, DESK_AHEAD_COUNT, ARGS(arg_text(feed)), &count));
    if (count < AHEAD_LEAST) return OK;
    enum result r = db_number(&s->desk, DESK_AHEAD_MIDDLE, ARGS(arg_text(feed)), out);
    if (r == OK && *out < 0) *out = 0;
    return r;
}
