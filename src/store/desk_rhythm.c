/* desk_rhythm: how many deliveries each feed brought in each quarter of an hour of the last weeks:
 * against that its silence is measured. Counts of deliveries, whatever could be read of them. */
#include "inside.h"

enum {
    KEPT_SLOTS = (RHYTHM_WEEKS + 1) * 7 * 24 * 60 * 60 / (RHYTHM_SLOT_MS / 1000),
    DAY_SLOTS = 24 * 60 * 60 / (RHYTHM_SLOT_MS / 1000),
    FEEDS_MAX = 1000,
};

static int64_t slot_of(int64_t ms)
{
    return ms / RHYTHM_SLOT_MS;
}

enum result store_note_delivery(struct store *s, struct span feed, int64_t at_ms)
{
    int64_t slot = slot_of(at_ms), known = 0;
    enum result r = db_number(&s->desk, DESK_RHYTHM_BETWEEN,
        ARGS(arg_text(feed), arg_int(slot), arg_int(slot + 1)), &known);
    if (r == OK && !known) /* a new slot: the oldest one goes */
        r = db_do(&s->desk, DESK_RHYTHM_FORGET, ARGS(arg_text(feed), arg_int(slot - KEPT_SLOTS)));
    if (r != OK) return r;
    return db_do(&s->desk, DESK_RHYTHM_NOTE, ARGS(arg_text(feed), arg_int(slot), arg_int(at_ms)));
}

enum result store_note_unread(struct store *s, struct span feed, int64_t at_ms)
{
    return db_do(&s->desk, DESK_RHYTHM_UNREAD, ARGS(arg_text(feed), arg_int(slot_of(at_ms))));
}

enum result store_came_between(
    struct store *s, struct span feed, int64_t from_ms, int64_t until_ms, uint64_t *out)
{
    int64_t n = 0;
    enum result r = db_number(&s->desk, DESK_RHYTHM_BETWEEN,
        ARGS(arg_text(feed), arg_int(slot_of(from_ms)), arg_int(slot_of(until_ms))), &n);
    *out = (uint64_t)n;
    return r;
}

enum result store_came_ends(
    struct store *s, struct span feed, int64_t *first_ms_out, int64_t *last_ms_out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->desk, DESK_RHYTHM_ENDS, ARGS(arg_text(feed)));
    if (!db_row(&s->desk, q, &r)) return r == OK ? ERR_ABSENT : r;
    bool any = sqlite3_column_type(q, 0) != SQLITE_NULL;
    *first_ms_out = sqlite3_column_int64(q, 0) * RHYTHM_SLOT_MS;
    *last_ms_out = sqlite3_column_int64(q, 1);
    sqlite3_reset(q);
    return any ? OK : ERR_ABSENT;
}

enum result store_feeds_came(
    struct store *s, int64_t now_ms, struct arena *a, struct feed_came **out, size_t *count)
{
    enum result r = OK;
    size_t cap = 0;
    *out = NULL;
    *count = 0;
    sqlite3_stmt *q = db_query(&s->desk, DESK_RHYTHM_FEEDS,
        ARGS(arg_int(slot_of(now_ms) - DAY_SLOTS), arg_int(FEEDS_MAX)));
    while (db_row(&s->desk, q, &r))
        *ARENA_PUSH(a, *out, *count, cap) = (struct feed_came){.feed = db_keep(a, q, 0),
            .last_ms = sqlite3_column_int64(q, 1),
            .of_a_day = (uint64_t)sqlite3_column_int64(q, 2),
            .unread = (uint64_t)sqlite3_column_int64(q, 3)};
    return r;
}
