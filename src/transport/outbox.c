/* outbox: what is to leave the house, each job known by its key. Owns the rules of trying again;
 * never sends anything itself, never looks into a body. Not part of what a rebuild makes: it
 * remembers what has left, which no ledger can undo. */
#include "outbox_db.h"

enum { RESULT_BYTES_MAX = 500 };

enum result outbox_put(struct outbox *o, const struct outbox_job *job, bool *new_out)
{
    if (job->body.n > OUTBOX_BODY_MAX || !job->key.n) return ERR_FULL;
    sqlite3_stmt *q = outbox_sql(o, SQL_PUT);
    outbox_bind(q, 1, job->key);
    outbox_bind(q, 2, job->kind);
    outbox_bind(q, 3, job->subject);
    outbox_bind(q, 4, job->body);
    sqlite3_bind_int64(q, 5, job->at_ms);
    sqlite3_bind_int64(q, 6, job->due_ms > job->at_ms ? job->due_ms : job->at_ms);
    enum result r = outbox_run(o, q);
    if (new_out) *new_out = r == OK && sqlite3_changes(o->db) > 0;
    return r;
}

enum result outbox_add(struct outbox *o, struct span key, struct span more)
{
    sqlite3_stmt *q = outbox_sql(o, SQL_ADD);
    outbox_bind(q, 1, key);
    outbox_bind(q, 2, more);
    enum result r = outbox_run(o, q);
    return r == OK && !sqlite3_changes(o->db) ? ERR_ABSENT : r;
}

/* ---- reading ---- */
static void read_job(sqlite3_stmt *q, struct arena *a, struct outbox_job *out)
{
    *out = (struct outbox_job){.key = outbox_keep(a, q, 0),
        .kind = outbox_keep(a, q, 1),
        .subject = outbox_keep(a, q, 2),
        .body = outbox_keep(a, q, 3),
        .at_ms = sqlite3_column_int64(q, 4),
        .due_ms = sqlite3_column_int64(q, 5),
        .tries = (uint32_t)sqlite3_column_int(q, 6),
        .state = (enum outbox_state)sqlite3_column_int(q, 7),
        .result = outbox_keep(a, q, 8)};
}

static enum result read_jobs(struct outbox *o, sqlite3_stmt *q, struct arena *a,
    struct outbox_job *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    *count_out = 0;
    while (*count_out < n && outbox_row(o, q, &r)) read_job(q, a, &out[(*count_out)++]);
    sqlite3_reset(q);
    return r;
}

enum result outbox_due(struct outbox *o, int64_t now_ms, struct arena *a, struct outbox_job *out,
    size_t n, size_t *count_out, int64_t *next_out)
{
    sqlite3_stmt *q = outbox_sql(o, SQL_DUE);
    sqlite3_bind_int64(q, 1, now_ms);
    sqlite3_bind_int64(q, 2, (int64_t)n);
    enum result r = read_jobs(o, q, a, out, n, count_out);
    if (r != OK) return r;
    q = outbox_sql(o, SQL_NEXT);
    sqlite3_bind_int64(q, 1, now_ms);
    *next_out = INT64_MAX;
    if (outbox_row(o, q, &r) && sqlite3_column_type(q, 0) != SQLITE_NULL)
        *next_out = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return r;
}

enum result outbox_list(struct outbox *o, struct span kind, struct arena *a, struct outbox_job *out,
    size_t n, size_t *count_out)
{
    sqlite3_stmt *q = outbox_sql(o, SQL_LIST);
    outbox_bind(q, 1, kind);
    sqlite3_bind_int64(q, 2, (int64_t)n);
    return read_jobs(o, q, a, out, n, count_out);
}

enum result outbox_job(struct outbox *o, struct span key, struct arena *a, struct outbox_job *out)
{
    size_t count = 0;
    sqlite3_stmt *q = outbox_sql(o, SQL_JOB);
    outbox_bind(q, 1, key);
    enum result r = read_jobs(o, q, a, out, 1, &count);
    return r == OK && !count ? ERR_ABSENT : r;
}

/* ---- its end ---- */
static enum result end(
    struct outbox *o, struct span key, enum outbox_state state, struct span result, int64_t now_ms)
{
    sqlite3_stmt *q = outbox_sql(o, SQL_END);
    outbox_bind(q, 1, key);
    sqlite3_bind_int(q, 2, state);
    outbox_bind(q, 3, span_cut(result, 0, RESULT_BYTES_MAX));
    sqlite3_bind_int64(q, 4, now_ms);
    sqlite3_bind_int(q, 5, 1);
    return outbox_run(o, q);
}

enum result outbox_sent(struct outbox *o, struct span key, struct span result, int64_t now_ms)
{
    return end(o, key, JOB_SENT, result, now_ms);
}

static int64_t wait_after(const struct outbox_job *job)
{
    bool urgent = span_eq(job->kind, S("cdn"));
    int64_t wait = urgent ? OUTBOX_URGENT_FIRST_MS : OUTBOX_TRY_FIRST_MS,
            most = urgent ? OUTBOX_URGENT_MAX_MS : OUTBOX_TRY_MAX_MS;
    for (uint32_t i = 0; i < job->tries && wait < most; i++) wait *= 2;
    return wait < most ? wait : most;
}

enum result outbox_failed(struct outbox *o, struct span key, struct span why, bool final,
    int64_t now_ms, bool *given_up_out)
{
    unsigned char memory[OUTBOX_BODY_MAX + 8192];
    struct outbox_job job;
    enum result r = outbox_job(o, key, arena_on(memory, sizeof memory), &job);
    if (r != OK) return r;
    *given_up_out = final || now_ms - job.at_ms > OUTBOX_GIVE_UP_MS;
    if (*given_up_out) return end(o, key, JOB_GIVEN_UP, why, now_ms);
    sqlite3_stmt *q = outbox_sql(o, SQL_LATER);
    outbox_bind(q, 1, key);
    sqlite3_bind_int64(q, 2, now_ms + wait_after(&job));
    outbox_bind(q, 3, span_cut(why, 0, RESULT_BYTES_MAX));
    return outbox_run(o, q);
}

/* ---- taken back, forgotten ---- */
enum result outbox_take_back(
    struct outbox *o, struct span kind, struct span subject, int64_t now_ms, size_t *sent_out)
{
    enum result r = OK;
    sqlite3_stmt *q = outbox_sql(o, SQL_COUNT_SENT);
    outbox_bind(q, 1, kind);
    outbox_bind(q, 2, subject);
    *sent_out = outbox_row(o, q, &r) ? (size_t)sqlite3_column_int64(q, 0) : 0;
    sqlite3_reset(q);
    if (r != OK) return r;
    q = outbox_sql(o, SQL_TAKE_BACK);
    outbox_bind(q, 1, kind);
    outbox_bind(q, 2, subject);
    sqlite3_bind_int64(q, 3, now_ms);
    return outbox_run(o, q);
}

enum result outbox_forget(struct outbox *o, struct span word, int64_t now_ms)
{
    if (!word.n) return OK;
    sqlite3_stmt *q = outbox_sql(o, SQL_FORGET);
    outbox_bind(q, 1, word);
    sqlite3_bind_int64(q, 2, now_ms);
    enum result r = outbox_run(o, q);
    if (r != OK) return r;
    q = outbox_sql(o, SQL_FORGET_ALARM);
    outbox_bind(q, 1, word);
    return outbox_run(o, q);
}

enum result outbox_sweep(struct outbox *o, int64_t now_ms)
{
    sqlite3_stmt *q = outbox_sql(o, SQL_SWEEP);
    sqlite3_bind_int64(q, 1, now_ms - OUTBOX_KEEP_MS);
    return outbox_run(o, q);
}
