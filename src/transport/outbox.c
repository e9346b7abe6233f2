/* outbox: what is to leave the house, in a small SQLite file of the courier's own. Owns the rules
 * of trying again and of telling an alarm once; never sends anything itself, never looks into a
 * body. Not part of what a rebuild makes: it remembers what has left, which no ledger can undo.
 * What a body said is gone from the file once its job is over (K20): no WAL, and freed pages are
 * wiped. */
#include "transport.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_MS = 5000, RESULT_BYTES_MAX = 500 };

static const char tables[] =
    "CREATE TABLE job(key TEXT PRIMARY KEY, kind TEXT, subject TEXT, body TEXT, at_ms INTEGER,"
    " due_ms INTEGER, tries INTEGER, state INTEGER, result TEXT, done_ms INTEGER) WITHOUT ROWID;"
    "CREATE INDEX job_due ON job(due_ms,at_ms) WHERE state=0;"
    "CREATE INDEX job_subject ON job(kind,subject);"
    "CREATE TABLE alarm(kind TEXT, subject TEXT, text TEXT, since_ms INTEGER, last_ms INTEGER,"
    " told_ms INTEGER, count INTEGER, open INTEGER, PRIMARY KEY(kind,subject)) WITHOUT ROWID;"
    "CREATE TABLE note(name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;";

#define JOB "key,kind,subject,body,at_ms,due_ms,tries,state,result"
enum sql {
    SQL_PUT,
    SQL_DUE,
    SQL_NEXT,
    SQL_END,
    SQL_LATER,
    SQL_TAKE_BACK,
    SQL_COUNT_SENT,
    SQL_FORGET,
    SQL_FORGET_ALARM,
    SQL_LIST,
    SQL_JOB,
    SQL_SWEEP,
    SQL_ALARM,
    SQL_ALARM_PUT,
    SQL_ALARMS,
    SQL_NOTE,
    SQL_NOTE_PUT,
    SQLS
};
static const char *const texts[SQLS] = {
    [SQL_PUT] = "INSERT OR IGNORE INTO job(" JOB ",done_ms) VALUES(?1,?2,?3,?4,?5,?6,0,0,'',0)",
    [SQL_DUE] = "SELECT " JOB " FROM job WHERE state=0 AND due_ms<=?1"
                " ORDER BY kind<>'cdn',due_ms,at_ms,key LIMIT ?2",
    [SQL_NEXT] = "SELECT min(due_ms) FROM job WHERE state=0 AND due_ms>?1",
    [SQL_END] = "UPDATE job SET state=?2,result=?3,done_ms=?4,tries=tries+?5,"
                "body='' WHERE key=?1",
    [SQL_LATER] = "UPDATE job SET due_ms=?2,result=?3,tries=tries+1 WHERE key=?1 AND state=0",
    [SQL_TAKE_BACK] =
        "UPDATE job SET state=3,done_ms=?3,body='' WHERE kind=?1 AND subject=?2 AND state=0",
    [SQL_COUNT_SENT] =
        "SELECT count(*) FROM job WHERE kind=?1 AND subject=?2 AND (state=1 OR tries>0)",
    [SQL_FORGET] = "UPDATE job SET state=3,done_ms=?2,body='' WHERE state=0"
                   " AND kind NOT IN('deliver','cdn') AND (subject=?1 OR instr(body,?1)>0)",
    [SQL_FORGET_ALARM] = "UPDATE alarm SET text='' WHERE subject=?1 OR instr(text,?1)>0",
    [SQL_LIST] = "SELECT " JOB " FROM job WHERE ?1='' OR kind=?1 ORDER BY at_ms DESC,key LIMIT ?2",
    [SQL_JOB] = "SELECT " JOB " FROM job WHERE key=?1",
    [SQL_SWEEP] = "DELETE FROM job WHERE state<>0 AND done_ms<?1",
    [SQL_ALARM] = "SELECT open,told_ms,since_ms,count FROM alarm WHERE kind=?1 AND subject=?2",
    [SQL_ALARM_PUT] = "INSERT OR REPLACE INTO alarm VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
    [SQL_ALARMS] = "SELECT kind,subject,text,since_ms,last_ms,count FROM alarm WHERE open=1"
                   " ORDER BY last_ms DESC,kind,subject LIMIT ?1",
    [SQL_NOTE] = "SELECT value FROM note WHERE name=?1",
    [SQL_NOTE_PUT] = "INSERT OR REPLACE INTO note VALUES(?1,?2)",
};
struct outbox {
    sqlite3 *db;
    sqlite3_stmt *stmts[SQLS];
    char why[400];
};

/* ---- SQLite in as few words as this file needs ---- */
static enum result result_of(struct outbox *o, int rc)
{
    if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW) return OK;
    log_error("outbox: %s", sqlite3_errmsg(o->db));
    return rc == SQLITE_FULL                             ? ERR_FULL
           : rc == SQLITE_BUSY                           ? ERR_BUSY
           : rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB ? ERR_CORRUPT
                                                         : ERR_IO;
}

static sqlite3_stmt *statement(struct outbox *o, enum sql which)
{
    if (!o->stmts[which])
        (void)!sqlite3_prepare_v3(
            o->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT, &o->stmts[which], NULL);
    if (o->stmts[which]) sqlite3_reset(o->stmts[which]);
    return o->stmts[which];
}

static void bind_text(sqlite3_stmt *q, int at, struct span s)
{
    sqlite3_bind_text64(q, at, s.p ? s.p : "", s.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static enum result run(struct outbox *o, sqlite3_stmt *q)
{
    int rc = sqlite3_step(q);
    sqlite3_reset(q);
    return result_of(o, rc);
}

/* A row stands ready in q; false: none, and the statement is reset. */
static bool row(struct outbox *o, sqlite3_stmt *q, enum result *r)
{
    int rc = sqlite3_step(q);
    if (rc == SQLITE_ROW) return true;
    sqlite3_reset(q);
    *r = result_of(o, rc);
    return false;
}

static struct span keep(struct arena *a, sqlite3_stmt *q, int column)
{
    const char *p = (const char *)sqlite3_column_text(q, column);
    return arena_keep(a, (struct span){p ? p : "", (size_t)sqlite3_column_bytes(q, column)});
}

/* ---- opening ---- */
static enum result check_version(struct outbox *o, const char **why)
{
    sqlite3_stmt *q = NULL;
    int version = -1;
    if (sqlite3_prepare_v2(o->db, "PRAGMA user_version", -1, &q, NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW)
        version = sqlite3_column_int(q, 0);
    sqlite3_finalize(q);
    if (version > OUTBOX_VERSION) {
        *why = "it was written by a newer Broadsheet";
        return ERR_NEWER;
    }
    if (version > 0) return OK;
    char make[64];
    snprintf(make, sizeof make, "PRAGMA user_version=%d;COMMIT", OUTBOX_VERSION);
    int rc = sqlite3_exec(o->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_exec(o->db, tables, NULL, NULL, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_exec(o->db, make, NULL, NULL, NULL);
    *why = "its tables cannot be made";
    return result_of(o, rc);
}

enum result outbox_open(const char *folder, struct outbox **out, const char **why)
{
    char path[PATH_MAX];
    struct outbox *o = calloc(1, sizeof *o);
    must(o);
    *why = "its folder cannot be made";
    enum result r = dir_make(folder);
    if (r == OK) {
        snprintf(path, sizeof path, "%s/outbox.db", folder);
        *why = "it cannot be opened";
        r = result_of(
            o, sqlite3_open_v2(path, &o->db,
                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
    }
    if (r == OK) {
        sqlite3_busy_timeout(o->db, BUSY_MS);
        r = result_of(
            o, sqlite3_exec(o->db,
                   "PRAGMA journal_mode=TRUNCATE;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON",
                   NULL, NULL, NULL));
    }
    if (r == OK) r = check_version(o, why);
    if (r == OK)
        *out = o;
    else
        outbox_close(o);
    return r;
}

void outbox_close(struct outbox *o)
{
    if (!o) return;
    for (size_t i = 0; i < COUNT(o->stmts); i++) sqlite3_finalize(o->stmts[i]);
    sqlite3_close(o->db);
    free(o);
}

enum result outbox_begin(struct outbox *o)
{
    return result_of(o, sqlite3_exec(o->db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
}

enum result outbox_end(struct outbox *o, enum result r)
{
    enum result end =
        result_of(o, sqlite3_exec(o->db, r == OK ? "COMMIT" : "ROLLBACK", NULL, NULL, NULL));
    if (r == OK && end != OK) (void)!sqlite3_exec(o->db, "ROLLBACK", NULL, NULL, NULL);
    return r == OK ? end : r;
}

/* ---- jobs ---- */
enum result outbox_put(struct outbox *o, const struct outbox_job *job, bool *new_out)
{
    if (job->body.n > OUTBOX_BODY_MAX || !job->key.n) return ERR_FULL;
    sqlite3_stmt *q = statement(o, SQL_PUT);
    bind_text(q, 1, job->key);
    bind_text(q, 2, job->kind);
    bind_text(q, 3, job->subject);
    bind_text(q, 4, job->body);
    sqlite3_bind_int64(q, 5, job->at_ms);
    sqlite3_bind_int64(q, 6, job->due_ms > job->at_ms ? job->due_ms : job->at_ms);
    enum result r = run(o, q);
    if (new_out) *new_out = r == OK && sqlite3_changes(o->db) > 0;
    return r;
}

static void read_job(sqlite3_stmt *q, struct arena *a, struct outbox_job *out)
{
    *out = (struct outbox_job){.key = keep(a, q, 0),
        .kind = keep(a, q, 1),
        .subject = keep(a, q, 2),
        .body = keep(a, q, 3),
        .at_ms = sqlite3_column_int64(q, 4),
        .due_ms = sqlite3_column_int64(q, 5),
        .tries = (uint32_t)sqlite3_column_int(q, 6),
        .state = (enum outbox_state)sqlite3_column_int(q, 7),
        .result = keep(a, q, 8)};
}

static enum result read_jobs(struct outbox *o, sqlite3_stmt *q, struct arena *a,
    struct outbox_job *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    *count_out = 0;
    while (*count_out < n && row(o, q, &r)) read_job(q, a, &out[(*count_out)++]);
    sqlite3_reset(q);
    return r;
}

enum result outbox_due(struct outbox *o, int64_t now_ms, struct arena *a, struct outbox_job *out,
    size_t n, size_t *count_out, int64_t *next_out)
{
    sqlite3_stmt *q = statement(o, SQL_DUE);
    sqlite3_bind_int64(q, 1, now_ms);
    sqlite3_bind_int64(q, 2, (int64_t)n);
    enum result r = read_jobs(o, q, a, out, n, count_out);
    if (r != OK) return r;
    q = statement(o, SQL_NEXT);
    sqlite3_bind_int64(q, 1, now_ms);
    *next_out = INT64_MAX;
    if (row(o, q, &r) && sqlite3_column_type(q, 0) != SQLITE_NULL)
        *next_out = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return r;
}

static enum result end(
    struct outbox *o, struct span key, enum outbox_state state, struct span result, int64_t now_ms)
{
    sqlite3_stmt *q = statement(o, SQL_END);
    bind_text(q, 1, key);
    sqlite3_bind_int(q, 2, state);
    bind_text(q, 3, span_cut(result, 0, RESULT_BYTES_MAX));
    sqlite3_bind_int64(q, 4, now_ms);
    sqlite3_bind_int(q, 5, 1);
    return run(o, q);
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
    sqlite3_stmt *q = statement(o, SQL_LATER);
    bind_text(q, 1, key);
    sqlite3_bind_int64(q, 2, now_ms + wait_after(&job));
    bind_text(q, 3, span_cut(why, 0, RESULT_BYTES_MAX));
    return run(o, q);
}

enum result outbox_take_back(
    struct outbox *o, struct span kind, struct span subject, int64_t now_ms, size_t *sent_out)
{
    enum result r = OK;
    sqlite3_stmt *q = statement(o, SQL_COUNT_SENT);
    bind_text(q, 1, kind);
    bind_text(q, 2, subject);
    *sent_out = row(o, q, &r) ? (size_t)sqlite3_column_int64(q, 0) : 0;
    sqlite3_reset(q);
    if (r != OK) return r;
    q = statement(o, SQL_TAKE_BACK);
    bind_text(q, 1, kind);
    bind_text(q, 2, subject);
    sqlite3_bind_int64(q, 3, now_ms);
    return run(o, q);
}

enum result outbox_forget(struct outbox *o, struct span word, int64_t now_ms)
{
    if (!word.n) return OK;
    sqlite3_stmt *q = statement(o, SQL_FORGET);
    bind_text(q, 1, word);
    sqlite3_bind_int64(q, 2, now_ms);
    enum result r = run(o, q);
    if (r != OK) return r;
    q = statement(o, SQL_FORGET_ALARM);
    bind_text(q, 1, word);
    return run(o, q);
}

enum result outbox_list(struct outbox *o, struct span kind, struct arena *a, struct outbox_job *out,
    size_t n, size_t *count_out)
{
    sqlite3_stmt *q = statement(o, SQL_LIST);
    bind_text(q, 1, kind);
    sqlite3_bind_int64(q, 2, (int64_t)n);
    return read_jobs(o, q, a, out, n, count_out);
}

enum result outbox_job(struct outbox *o, struct span key, struct arena *a, struct outbox_job *out)
{
    size_t count = 0;
    sqlite3_stmt *q = statement(o, SQL_JOB);
    bind_text(q, 1, key);
    enum result r = read_jobs(o, q, a, out, 1, &count);
    return r == OK && !count ? ERR_ABSENT : r;
}

enum result outbox_sweep(struct outbox *o, int64_t now_ms)
{
    sqlite3_stmt *q = statement(o, SQL_SWEEP);
    sqlite3_bind_int64(q, 1, now_ms - OUTBOX_KEEP_MS);
    return run(o, q);
}

/* ---- alarms ---- */
struct known_alarm {
    bool open;
    int64_t told_ms, since_ms;
    uint64_t count;
};

static enum result find_alarm(
    struct outbox *o, struct span kind, struct span subject, struct known_alarm *out)
{
    enum result r = OK;
    sqlite3_stmt *q = statement(o, SQL_ALARM);
    bind_text(q, 1, kind);
    bind_text(q, 2, subject);
    *out = (struct known_alarm){0};
    if (row(o, q, &r))
        *out = (struct known_alarm){.open = sqlite3_column_int(q, 0),
            .told_ms = sqlite3_column_int64(q, 1),
            .since_ms = sqlite3_column_int64(q, 2),
            .count = (uint64_t)sqlite3_column_int64(q, 3)};
    sqlite3_reset(q);
    return r;
}

static enum result put_alarm(struct outbox *o, struct span kind, struct span subject,
    struct span text, const struct known_alarm *k, int64_t now_ms)
{
    sqlite3_stmt *q = statement(o, SQL_ALARM_PUT);
    bind_text(q, 1, kind);
    bind_text(q, 2, subject);
    bind_text(q, 3, text);
    sqlite3_bind_int64(q, 4, k->since_ms);
    sqlite3_bind_int64(q, 5, now_ms);
    sqlite3_bind_int64(q, 6, k->told_ms);
    sqlite3_bind_int64(q, 7, (int64_t)k->count);
    sqlite3_bind_int(q, 8, k->open);
    return run(o, q);
}

enum result outbox_raise(struct outbox *o, struct span kind, struct span subject, struct span text,
    int64_t now_ms, bool *tell_out)
{
    struct known_alarm k;
    enum result r = find_alarm(o, kind, subject, &k);
    if (r != OK) return r;
    *tell_out = !k.open || now_ms - k.told_ms >= ALARM_REPEAT_MS;
    if (!k.open) k = (struct known_alarm){.open = true, .since_ms = now_ms};
    if (*tell_out) k.told_ms = now_ms;
    k.count++;
    return put_alarm(o, kind, subject, text, &k, now_ms);
}

enum result outbox_clear(
    struct outbox *o, struct span kind, struct span subject, int64_t now_ms, bool *tell_out)
{
    struct known_alarm k;
    *tell_out = false;
    enum result r = find_alarm(o, kind, subject, &k);
    if (r != OK || !k.open) return r;
    *tell_out = true;
    k.open = false;
    return put_alarm(o, kind, subject, S(""), &k, now_ms);
}

enum result outbox_alarms(
    struct outbox *o, struct arena *a, struct outbox_alarm *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    sqlite3_stmt *q = statement(o, SQL_ALARMS);
    sqlite3_bind_int64(q, 1, (int64_t)n);
    *count_out = 0;
    while (*count_out < n && row(o, q, &r))
        out[(*count_out)++] = (struct outbox_alarm){.kind = keep(a, q, 0),
            .subject = keep(a, q, 1),
            .text = keep(a, q, 2),
            .since_ms = sqlite3_column_int64(q, 3),
            .last_ms = sqlite3_column_int64(q, 4),
            .count = (uint64_t)sqlite3_column_int64(q, 5),
            .open = true};
    sqlite3_reset(q);
    return r;
}

enum result outbox_note(struct outbox *o, struct span name, int64_t *value, bool write)
{
    enum result r = OK;
    sqlite3_stmt *q = statement(o, write ? SQL_NOTE_PUT : SQL_NOTE);
    bind_text(q, 1, name);
    if (write) {
        sqlite3_bind_int64(q, 2, *value);
        return run(o, q);
    }
    *value = row(o, q, &r) ? sqlite3_column_int64(q, 0) : 0;
    sqlite3_reset(q);
    return r;
}
