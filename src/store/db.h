/* db: SQLite as this floor uses it: one connection, its statements kept prepared, arguments bound
 * by type. Private to the floor. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <sqlite3.h>
#include "base.h"

struct db {
    sqlite3 *h;
    const char *const *sql; /* the texts; index = the statement's number */
    sqlite3_stmt **stmts;
    size_t count;
    int wal_pages;      /* of the last commit */
    int unprepared;     /* why the last statement could not be prepared: SQLite's code */
    bool open;          /* a transaction is under way … */
    enum result failed; /* … in which a statement failed, whoever heard of it: no commit */
};

/* flags: SQLITE_OPEN_…; always NOMUTEX: a handle belongs to one thread. Registers bs_sum.
 * ERR_ABSENT: no such file. */
enum result db_open(const char *path, int flags, struct db *out) CHECKED;
void db_statements(struct db *d, const char *const *sql, size_t count);
void db_close(struct db *d);
enum result db_result(const struct db *d, int rc) CHECKED; /* logs what is not ordinary */
enum result db_exec(struct db *d, const char *sql) CHECKED;

struct arg {
    enum { ARG_INT, ARG_TEXT, ARG_BYTES, ARG_REAL } kind;
    int64_t i;
    double r;
    struct span s;
};
static inline struct arg arg_int(int64_t v)
{
    return (struct arg){.kind = ARG_INT, .i = v};
}
static inline struct arg arg_text(struct span s)
{
    return (struct arg){.kind = ARG_TEXT, .s = s};
}
static inline struct arg arg_bytes(struct span s)
{
    return (struct arg){.kind = ARG_BYTES, .s = s};
}
static inline struct arg arg_real(double v)
{
    return (struct arg){.kind = ARG_REAL, .r = v};
}
#define ARGS(...)                                                                                  \
    (struct arg[]){__VA_ARGS__}, sizeof((struct arg[]){__VA_ARGS__}) / sizeof(struct arg)
#define NO_ARGS NULL, 0

/* Binds and gives the statement, ready to step; NULL: the file's tables are not ours (stepping NULL
 * is ERR_CORRUPT). */
sqlite3_stmt *db_query(struct db *d, int which, const struct arg *args, size_t n);
/* True: a row stands ready. False: no more, or an error: *r says; the statement is reset. */
bool db_row(struct db *d, sqlite3_stmt *q, enum result *r);
/* All rows of q, `size` bytes each, in a list of the arena: *list_out is a pointer to such. read
 * fills one, and says whether its sum is right: one that is wrong makes the list ERR_CORRUPT, when
 * all of it is there. */
typedef bool db_read_fn(struct arena *a, sqlite3_stmt *q, void *row);
enum result db_list(struct db *d, sqlite3_stmt *q, struct arena *a, size_t size, db_read_fn *read,
    void *list_out, size_t *count_out) CHECKED;
/* Runs a statement that gives no rows. */
enum result db_do(struct db *d, int which, const struct arg *args, size_t n) CHECKED;
/* The first column of the first row as a number; ERR_ABSENT: no row, or NULL in it. */
enum result db_number(
    struct db *d, int which, const struct arg *args, size_t n, int64_t *out) CHECKED;
struct span db_span(sqlite3_stmt *q, int column); /* valid until the next step or reset */
struct span db_keep(struct arena *a, sqlite3_stmt *q, int column);

/* Bytes at rest: one head byte, then as they are or by zstd where that saves an eighth. Damaged: p
 * NULL. */
struct span shrink(struct arena *a, struct span s);
struct span unshrink(struct arena *a, struct span s, size_t max_bytes);

#endif
