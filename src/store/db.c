/* db: the plumbing over SQLite. Owns connections and prepared statements; knows no table.
 * The SQL function bs_sum(…) gives a row's checksum: 64 bits over every value with its type. It is
 * fast_hash and not a CRC: ten times faster, and a damaged row passes once in 2^64. Never retries,
 * never waits. Fatal: no memory. */
#include "db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUM_VALUES_MAX = 24 };

static uint64_t value_sum(sqlite3_value *v)
{
    int type = sqlite3_value_type(v);
    if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
        const char *p = sqlite3_value_blob(v);
        return fast_hash((struct span){p, p ? (size_t)sqlite3_value_bytes(v) : 0});
    }
    int64_t i = type == SQLITE_INTEGER ? sqlite3_value_int64(v) : 0;
    double r = type == SQLITE_FLOAT ? sqlite3_value_double(v) : 0;
    uint64_t bits = (uint64_t)i;
    if (type == SQLITE_FLOAT) memcpy(&bits, &r, sizeof bits);
    return bits;
}

static void sum_values(sqlite3_context *c, int n, sqlite3_value **values)
{
    uint64_t words[2 * SUM_VALUES_MAX];
    must(n <= SUM_VALUES_MAX);
    for (int i = 0; i < n; i++) {
        words[2 * i] = (uint64_t)sqlite3_value_type(values[i]);
        words[2 * i + 1] = value_sum(values[i]);
    }
    struct span s = {(const char *)words, (size_t)n * 2 * sizeof words[0]};
    sqlite3_result_int64(c, (int64_t)fast_hash(s));
}

enum result db_open(const char *path, int flags, struct db *out)
{
    *out = (struct db){0};
    int rc = sqlite_open(path, flags | SQLITE_OPEN_NOMUTEX, &out->h);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function_v2(out->h, "bs_sum", -1,
            SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL, sum_values, NULL, NULL,
            NULL);
    /* A cage cannot make the files that a large transaction or sort would else spill into. */
    if (rc == SQLITE_OK) rc = sqlite3_exec(out->h, "PRAGMA temp_store=MEMORY", NULL, NULL, NULL);
    if (rc == SQLITE_OK) return OK;
    bool absent = rc == SQLITE_CANTOPEN && access(path, F_OK) != 0;
    enum result r = absent ? ERR_ABSENT : db_result(out, rc);
    db_close(out);
    return r;
}

void db_statements(struct db *d, const char *const *sql, size_t count)
{
    d->sql = sql;
    d->count = count;
    d->stmts = calloc(count, sizeof(sqlite3_stmt *));
    must(d->stmts != NULL);
}

void db_close(struct db *d)
{
    for (size_t i = 0; d->stmts && i < d->count; i++) sqlite3_finalize(d->stmts[i]);
    free(d->stmts);
    if (d->h) must(sqlite3_close(d->h) == SQLITE_OK);
    *d = (struct db){0};
}

static bool is_full(const struct db *d)
{
    int error = d->h ? sqlite3_system_errno(d->h) : 0;
    return error == ENOSPC || error == EDQUOT;
}

static enum result result_of(int rc)
{
    switch (rc & 0xFF) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW: return OK;
    case SQLITE_FULL: return ERR_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ERR_BUSY;
    case SQLITE_AUTH:
    case SQLITE_PERM:
    case SQLITE_READONLY: return ERR_DENIED;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: return ERR_IO;
    default: return ERR_CORRUPT;
    }
}

enum result db_result(const struct db *d, int rc)
{
    must((rc & 0xFF) != SQLITE_NOMEM);
    enum result r = result_of(rc);
    if (r == ERR_IO && is_full(d)) r = ERR_FULL; /* of its log's index SQLite says no more */
    if (r != OK && r != ERR_BUSY)
        log_error(
            "store: %s", d->h && rc != SQLITE_MISUSE ? sqlite3_errmsg(d->h) : sqlite3_errstr(rc));
    return r;
}

enum result db_exec(struct db *d, const char *sql)
{
    return db_result(d, sqlite3_exec(d->h, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *prepared(struct db *d, int which)
{
    must(which >= 0 && (size_t)which < d->count && d->sql[which]);
    if (!d->stmts[which]) {
        int rc = d->unprepared = sqlite3_prepare_v3(
            d->h, d->sql[which], -1, SQLITE_PREPARE_PERSISTENT, &d->stmts[which], NULL);
        if (rc != SQLITE_OK) log_error("store: %s: %s", d->sql[which], sqlite3_errmsg(d->h));
    } else {
        sqlite3_reset(d->stmts[which]);
    }
    return d->stmts[which];
}

static int bind(sqlite3_stmt *q, int at, const struct arg *g)
{
    const char *p = g->s.p ? g->s.p : "";
    switch (g->kind) {
    case ARG_INT: return sqlite3_bind_int64(q, at, g->i);
    case ARG_REAL: return sqlite3_bind_double(q, at, g->r);
    case ARG_TEXT: return sqlite3_bind_text64(q, at, p, g->s.n, SQLITE_STATIC, SQLITE_UTF8);
    default: return sqlite3_bind_blob64(q, at, p, g->s.n, SQLITE_STATIC);
    }
}

sqlite3_stmt *db_query(struct db *d, int which, const struct arg *args, size_t n)
{
    sqlite3_stmt *q = prepared(d, which);
    for (size_t i = 0; q && i < n; i++) must(bind(q, (int)i + 1, &args[i]) == SQLITE_OK);
    return q;
}

bool db_row(struct db *d, sqlite3_stmt *q, enum result *r)
{
    int rc = q ? sqlite3_step(q) : d->unprepared;
    if (rc == SQLITE_ROW) return true;
    *r = db_result(d, rc);
    if (*r != OK && d->failed == OK) d->failed = *r;
    sqlite3_reset(q);
    return false;
}

enum result db_list(struct db *d, sqlite3_stmt *q, struct arena *a, size_t size, db_read_fn *read,
    void *list_out, size_t *count_out)
{
    enum result r = OK;
    size_t n = 0, cap = 0;
    bool whole = true;
    char *list = NULL;
    for (; db_row(d, q, &r); n++) {
        if (n == cap) list = arena_grow(a, list, size, n, &cap);
        memset(list + n * size, 0, size);
        whole = read(a, q, list + n * size) && whole;
    }
    memcpy(list_out, &list, sizeof list);
    *count_out = n;
    return r == OK && !whole ? ERR_CORRUPT : r;
}

enum result db_do(struct db *d, int which, const struct arg *args, size_t n)
{
    enum result r;
    sqlite3_stmt *q = db_query(d, which, args, n);
    while (db_row(d, q, &r)) {}
    return r;
}

enum result db_number(struct db *d, int which, const struct arg *args, size_t n, int64_t *out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(d, which, args, n);
    if (!db_row(d, q, &r)) return r == OK ? ERR_ABSENT : r;
    bool there = sqlite3_column_type(q, 0) != SQLITE_NULL;
    if (there) *out = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return there ? OK : ERR_ABSENT;
}

struct span db_span(sqlite3_stmt *q, int column)
{
    const char *p = sqlite3_column_blob(q, column);
    return (struct span){p ? p : "", p ? (size_t)sqlite3_column_bytes(q, column) : 0};
}

struct span db_keep(struct arena *a, sqlite3_stmt *q, int column)
{
    return arena_keep(a, db_span(q, column));
}
