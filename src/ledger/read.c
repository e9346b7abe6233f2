/* ledger/read.c: events and their bytes come out.
 * Never writes. What it gives was checked: a blob against its hash; the chains are for
 * ledger_verify. */
#include "handle.h"
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

static enum result take_event(sqlite3_stmt *s, struct event *out, struct arena *a);

enum result ledger_tail(struct ledger *l, uint64_t after_pos, struct event *out, size_t n,
    size_t *count_out, struct arena *a)
{
    *count_out = 0;
    if (after_pos > INT64_MAX) return OK;
    sqlite3_stmt *s = ledger_db_query(l, Q_TAIL);
    sqlite3_bind_int64(s, 1, (int64_t)after_pos);
    sqlite3_bind_int64(s, 2, n > INT32_MAX ? INT32_MAX : (int64_t)n);
    enum result r = OK;
    while (r == OK && *count_out < n && (r = ledger_db_row(l, s)) == OK) {
        r = take_event(s, &out[*count_out], a);
        *count_out += r == OK;
    }
    sqlite3_reset(s);
    return r == ERR_ABSENT ? OK : r;
}

enum result ledger_event(struct ledger *l, uint64_t pos, struct event *out, struct arena *a)
{
    size_t count;
    if (pos == 0) return ERR_ABSENT;
    enum result r = ledger_tail(l, pos - 1, out, 1, &count, a);
    if (r != OK) return r;
    return count == 1 && out->pos == pos ? OK : ERR_ABSENT;
}

enum result ledger_find(
    struct ledger *l, struct span feed, struct span delivery, struct event *out, struct arena *a)
{
    if (delivery.n == 0 || delivery.n > LEDGER_DELIVERY_MAX || feed.n > LEDGER_NAME_MAX)
        return ERR_ABSENT;
    sqlite3_stmt *s = ledger_db_query(l, Q_FIND);
    bind_bytes(s, 1, feed);
    bind_bytes(s, 2, delivery);
    enum result r = ledger_db_row(l, s);
    if (r == OK) r = take_event(s, out, a);
    sqlite3_reset(s);
    return r;
}

enum result ledger_next(struct ledger *l, enum event_kind kind, uint64_t after_pos,
    uint64_t until_pos, uint64_t *pos_out)
{
    sqlite3_stmt *s = ledger_db_query(l, Q_NEXT_OF);
    sqlite3_bind_int(s, 1, (int)kind);
    sqlite3_bind_int64(s, 2, (int64_t)after_pos);
    sqlite3_bind_int64(s, 3, (int64_t)until_pos);
    enum result r = ledger_db_row(l, s);
    if (r == OK) *pos_out = (uint64_t)sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return r;
}

enum result ledger_last(
    struct ledger *l, enum event_kind kind, int64_t at_ms, struct event *out, struct arena *a)
{
    sqlite3_stmt *s = ledger_db_query(l, Q_LAST_OF);
    sqlite3_bind_int(s, 1, (int)kind);
    sqlite3_bind_int64(s, 2, at_ms);
    enum result r = ledger_db_row(l, s);
    if (r == OK) r = take_event(s, out, a);
    sqlite3_reset(s);
    return r;
}

static enum result take_event(sqlite3_stmt *s, struct event *out, struct arena *a)
{
    *out = (struct event){
        .pos = (uint64_t)sqlite3_column_int64(s, 0),
        .kind = (enum event_kind)sqlite3_column_int(s, 1),
        .received_ms = sqlite3_column_int64(s, 2),
        .feed = arena_keep(a, column_bytes(s, 3)),
        .delivery = arena_keep(a, column_bytes(s, 4)),
        .meta = arena_keep(a, column_bytes(s, 5)),
        .blob_bytes = (uint64_t)sqlite3_column_int64(s, 7),
        .forgotten = sqlite3_column_int(s, 8) != 0,
    };
    bool has_blob = sqlite3_column_type(s, 6) != SQLITE_NULL;
    return !has_blob || column_hash(s, 6, &out->blob) ? OK : ERR_CORRUPT;
}

enum result ledger_blob(struct ledger *l, const struct hash *h, struct span *out, struct arena *a)
{
    sqlite3_stmt *s = ledger_db_query(l, Q_BLOB_GET);
    bind_hash(s, 1, h);
    enum result r = ledger_db_row(l, s);
    if (r != OK) return r;
    r = blob_unpack(a, h, (uint64_t)sqlite3_column_int64(s, 0), sqlite3_column_int(s, 1),
        column_bytes(s, 2), out);
    sqlite3_reset(s);
    return r;
}

enum result blob_unpack(struct arena *a, const struct hash *h, uint64_t size, int coding,
    struct span bytes, struct span *out)
{
    if (size > LEDGER_BLOB_MAX) return ERR_CORRUPT;
    if (coding == CODING_PLAIN) {
        *out = arena_keep(a, bytes);
    } else if (coding == CODING_ZSTD) {
        char *p = arena_alloc(a, size + 1);
        size_t got = ZSTD_decompress(p, size, bytes.p, bytes.n);
        must(ZSTD_getErrorCode(got) != ZSTD_error_memory_allocation);
        if (ZSTD_isError(got)) return ERR_CORRUPT;
        *out = (struct span){p, got};
    } else {
        return ERR_CORRUPT;
    }
    struct hash is = hash_of(*out);
    return out->n == size && hash_eq(&is, h) ? OK : ERR_CORRUPT;
}

enum result ledger_head(struct ledger *l, uint64_t *pos_out)
{
    sqlite3_stmt *s = ledger_db_query(l, Q_LAST);
    enum result r = ledger_db_row(l, s);
    *pos_out = r == OK ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
    sqlite3_reset(s);
    return r == ERR_ABSENT ? OK : r;
}
