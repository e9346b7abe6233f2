/* desk_audience: how often each story was read on each day, for how long, and from where readers
 * came. Sums alone, from the ledger's events alone, so that a rebuild comes to the same. */
#include "inside.h"

uint32_t audience_day(const struct zone *z, int64_t ms)
{
    struct civil c = civil_of(ms + zone_offset_s(z, ms) * 1000);
    return (uint32_t)(c.year * 10000 + c.month * 100 + c.day);
}

enum result store_add_audience(struct store *s, const struct audience *of, uint64_t pos)
{
    const uint64_t *t = of->times;
    if (of->host.n)
        return db_do(&s->desk, DESK_FROM_ADD,
            ARGS(arg_int(of->day), arg_text(of->host), arg_int((int64_t)of->pages),
                arg_int((int64_t)of->beacons), arg_int((int64_t)pos)));
    return db_do(&s->desk, DESK_READ_ADD,
        ARGS(arg_int(of->day), arg_int((int64_t)of->story), arg_int((int64_t)of->pages),
            arg_int((int64_t)of->beacons), arg_int((int64_t)t[0]), arg_int((int64_t)t[1]),
            arg_int((int64_t)t[2]), arg_int((int64_t)t[3]), arg_int((int64_t)t[4]),
            arg_int((int64_t)t[5]), arg_int((int64_t)pos)));
}

enum result store_forget_audience(struct store *s, uint32_t before_day)
{
    TRY(db_do(&s->desk, DESK_READ_FORGET, ARGS(arg_int(before_day))));
    return db_do(&s->desk, DESK_FROM_FORGET, ARGS(arg_int(before_day)));
}

static void take_row(struct arena *a, sqlite3_stmt *q, bool hosts, struct audience *out)
{
    *out = (struct audience){.day = (uint32_t)sqlite3_column_int64(q, 0),
        .host = S(""),
        .pages = (uint64_t)sqlite3_column_int64(q, 2),
        .beacons = (uint64_t)sqlite3_column_int64(q, 3)};
    if (hosts) {
        out->host = db_keep(a, q, 1);
        return;
    }
    out->story = (story_id)sqlite3_column_int64(q, 1);
    for (int k = 0; k < READING_TIMES; k++)
        out->times[k] = (uint64_t)sqlite3_column_int64(q, 4 + k);
}

static enum result take_rows(struct store *s, struct arena *a, sqlite3_stmt *q, bool hosts,
    struct audience *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    *count_out = 0;
    while (db_row(&s->desk, q, &r))
        if (*count_out < n) take_row(a, q, hosts, &out[(*count_out)++]);
    return r;
}

enum result store_audience_rows(struct store *s, bool hosts, uint32_t from_day, uint32_t to_day,
    const struct audience *after, struct arena *a, struct audience *out, size_t n,
    size_t *count_out)
{
    struct audience none = {.host = S("")};
    if (!after) after = &none;
    return take_rows(s, a,
        db_query(&s->desk, hosts ? DESK_FROM_ROWS : DESK_READ_ROWS,
            ARGS(arg_int(from_day), arg_int(to_day), arg_int(after->day),
                hosts ? arg_text(after->host) : arg_int((int64_t)after->story),
                arg_int((int64_t)n))),
        hosts, out, n, count_out);
}

enum result store_audience_most(struct store *s, bool hosts, uint32_t from_day, uint32_t to_day,
    struct arena *a, struct audience *out, size_t n, size_t *count_out)
{
    return take_rows(s, a,
        db_query(&s->desk, hosts ? DESK_FROM_MOST : DESK_READ_MOST,
            ARGS(arg_int(from_day), arg_int(to_day), arg_int((int64_t)n))),
        hosts, out, n, count_out);
}

enum result store_audience_all(
    struct store *s, uint32_t from_day, uint32_t to_day, struct audience *out)
{
    size_t count;
    return take_rows(s, NULL,
        db_query(&s->desk, DESK_READ_ALL, ARGS(arg_int(from_day), arg_int(to_day))), false, out, 1,
        &count);
}
