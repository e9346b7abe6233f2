/* grievance: how each complaint to the grievance officer stands, for the web, the desk and the
 * newsroom. Never who complains, nor the words: those lie where only the house's own roles look. */
#include "inside.h"

static void read_row(sqlite3_stmt *q, struct arena *a, struct stored_grievance *out)
{
    *out = (struct stored_grievance){.number = (story_id)sqlite3_column_int64(q, 0),
        .pos = (uint64_t)sqlite3_column_int64(q, 1),
        .story = (story_id)sqlite3_column_int64(q, 2),
        .key = db_keep(a, q, 3),
        .received_ms = sqlite3_column_int64(q, 4),
        .acknowledge_by_ms = sqlite3_column_int64(q, 5),
        .answer_by_ms = sqlite3_column_int64(q, 6),
        .acknowledged_ms = sqlite3_column_int64(q, 7),
        .forwarded_ms = sqlite3_column_int64(q, 8),
        .decided_ms = sqlite3_column_int64(q, 9),
        .is_upheld = sqlite3_column_int(q, 10),
        .wording = db_keep(a, q, 11)};
}

static enum result read_one(
    struct db *db, sqlite3_stmt *q, struct arena *a, struct stored_grievance *out)
{
    enum result r = OK;
    if (!db_row(db, q, &r)) return r == OK ? ERR_ABSENT : r;
    read_row(q, a, out);
    sqlite3_reset(q);
    return OK;
}

static enum result read_all(struct db *db, sqlite3_stmt *q, struct arena *a,
    struct stored_grievance **out, size_t *count_out)
{
    enum result r = OK;
    size_t cap = 0;
    *out = NULL;
    *count_out = 0;
    while (db_row(db, q, &r)) read_row(q, a, ARENA_PUSH(a, *out, *count_out, cap));
    return r;
}

/* ---- the newsroom's ---- */
enum result store_put_grievance(struct store *s, const struct stored_grievance *g)
{
    return db_do(&s->site, SITE_GRIEVANCE_PUT,
        ARGS(arg_int((int64_t)g->number), arg_int((int64_t)g->pos), arg_int((int64_t)g->story),
            arg_text(g->key), arg_int(g->received_ms), arg_int(g->acknowledge_by_ms),
            arg_int(g->answer_by_ms), arg_int(g->acknowledged_ms), arg_int(g->forwarded_ms),
            arg_int(g->decided_ms), arg_int(g->is_upheld),
            arg_text(g->wording.n ? g->wording : S(""))));
}

enum result store_grievance(
    struct store *s, story_id number, struct arena *a, struct stored_grievance *out)
{
    return read_one(
        &s->site, db_query(&s->site, SITE_GRIEVANCE, ARGS(arg_int((int64_t)number))), a, out);
}

enum result store_grievances_open(
    struct store *s, struct arena *a, struct stored_grievance **out, size_t *count_out)
{
    return read_all(&s->site, db_query(&s->site, SITE_GRIEVANCES_OPEN, NO_ARGS), a, out, count_out);
}

/* ---- readers' ---- */
enum result reader_grievance(
    struct reader *r, story_id number, struct arena *a, struct stored_grievance *out)
{
    return read_one(
        &r->db, db_query(&r->db, READ_GRIEVANCE, ARGS(arg_int((int64_t)number))), a, out);
}

enum result reader_grievances(struct reader *r, size_t offset, size_t n, struct arena *a,
    struct stored_grievance **out, size_t *count_out)
{
    return read_all(&r->db,
        db_query(&r->db, READ_GRIEVANCES, ARGS(arg_int((int64_t)offset), arg_int((int64_t)n))), a,
        out, count_out);
}

size_t reader_grievance_count(struct reader *r)
{
    enum result result = OK;
    sqlite3_stmt *q = db_query(&r->db, READ_GRIEVANCE_COUNT, NO_ARGS);
    size_t n = db_row(&r->db, q, &result) ? (size_t)sqlite3_column_int64(q, 0) : 0;
    sqlite3_reset(q);
    return n;
}

enum result reader_grievances_since(struct reader *r, int64_t since_ms, struct arena *a,
    struct stored_grievance **out, size_t *count_out)
{
    return read_all(&r->db,
        db_query(
            &r->db, READ_GRIEVANCES_SINCE, ARGS(arg_int(since_ms), arg_int(GRIEVANCES_COUNTED))),
        a, out, count_out);
}
