/* ledger/count.c: grow-only counters (reads of a story, likes), one number a node, summed on read.
 * They stand in counts.db beside the ledger and are no part of the truth: a power cut may cost the
 * last clicks, and they enter the site only as counts events. Never makes an append wait for the
 * disk. */
#include "handle.h"

enum {
    COUNT_SHIFT_MAX = 53
}; /* a counter stops at 2^53: every language that reads the API can hold it */

static enum result open_counts(struct ledger *l);
static enum result prepare_counts(struct ledger *l);

enum result ledger_count(
    struct ledger *l, struct span name, struct span key, struct span node, uint64_t add)
{
    enum result r = open_counts(l);
    if (r != OK) return r;
    uint64_t most = 1ULL << COUNT_SHIFT_MAX;
    sqlite3_stmt *s = l->count_add;
    bind_bytes(s, 1, name);
    bind_bytes(s, 2, key);
    bind_bytes(s, 3, node);
    sqlite3_bind_int64(s, 4, (int64_t)(add < most ? add : most));
    r = ledger_db_result(l->counts, sqlite3_step(s));
    sqlite3_reset(s);
    return r;
}

enum result ledger_count_get(struct ledger *l, struct span name, struct span key, uint64_t *sum_out)
{
    *sum_out = 0;
    enum result r = open_counts(l);
    if (r != OK) return r;
    sqlite3_stmt *s = l->count_sum;
    bind_bytes(s, 1, name);
    bind_bytes(s, 2, key);
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) *sum_out = (uint64_t)sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return ledger_db_result(l->counts, rc);
}

static enum result open_counts(struct ledger *l)
{
    if (l->count_sum) return OK;
    enum result r = prepare_counts(l);
    if (r == OK) return OK;
    sqlite3_finalize(l->count_add);
    l->count_add = NULL;
    must(sqlite3_close(l->counts) == SQLITE_OK);
    l->counts = NULL;
    return r;
}

static enum result prepare_counts(struct ledger *l)
{
    const char *path = arena_printf(l->scratch, "%s/counts.db", l->folder).p;
    int rc = sqlite3_open_v2(
        path, &l->counts, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK) return ledger_db_result(l->counts, rc);
    sqlite3_busy_handler(l->counts, db_busy, l);
    for (int tries = 0;; tries++) {
        rc = sqlite3_exec(l->counts,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            "CREATE TABLE IF NOT EXISTS count(name BLOB, key BLOB, node BLOB,"
            " value INTEGER NOT NULL, PRIMARY KEY(name, key, node)) WITHOUT ROWID",
            NULL, NULL, NULL);
        if (rc != SQLITE_BUSY || !db_busy(l, tries)) break;
    }
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v3(l->counts,
            "INSERT INTO count(name, key, node, value) VALUES(?1, ?2, ?3, ?4)"
            " ON CONFLICT(name, key, node)"
            " DO UPDATE SET value = min(value + excluded.value, 1 << 53)",
            -1, SQLITE_PREPARE_PERSISTENT, &l->count_add, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v3(l->counts,
            "SELECT coalesce(sum(value), 0) FROM count WHERE name = ?1 AND key = ?2", -1,
            SQLITE_PREPARE_PERSISTENT, &l->count_sum, NULL);
    return ledger_db_result(l->counts, rc);
}
