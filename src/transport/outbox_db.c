/* outbox_db: the outbox's file: a small SQLite file of the courier's own, opened, and asked in as
 * few words as it needs. What a body said is gone from the file once its job is over (K20): no WAL,
 * and freed pages are wiped. */
#include "outbox_db.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUSY_MS = 5000 };

static const char tables[] =
    "CREATE TABLE job(key TEXT PRIMARY KEY, kind TEXT, subject TEXT, body TEXT, at_ms INTEGER,"
    " due_ms INTEGER, tries INTEGER, state INTEGER, result TEXT, done_ms INTEGER) WITHOUT ROWID;"
    "CREATE INDEX job_due ON job(due_ms,at_ms) WHERE state=0;"
    "CREATE INDEX job_subject ON job(kind,subject);"
    "CREATE TABLE alarm(kind TEXT, subject TEXT, text TEXT, since_ms INTEGER, last_ms INTEGER,"
    " told_ms INTEGER, count INTEGER, open INTEGER, PRIMARY KEY(kind,subject)) WITHOUT ROWID;"
    "CREATE TABLE note(name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;";

#define JOB "key,kind,subject,body,at_ms,due_ms,tries,state,result"

static const char *const texts[SQLS] = {
    [SQL_PUT] = "INSERT OR IGNORE INTO job(" JOB ",done_ms) VALUES(?1,?2,?3,?4,?5,?6,0,0,'',0)",
    [SQL_ADD] = "UPDATE job SET body=body||?2 WHERE key=?1 AND state=0",
    [SQL_DUE] = "SELECT " JOB " FROM job WHERE state=0 AND due_ms<=?1"
                " ORDER BY kind<>'cdn',substr(key,1,7)<>'recall:',due_ms,at_ms,key LIMIT ?2",
    [SQL_NEXT] = "SELECT min(due_ms) FROM job WHERE state=0 AND due_ms>?1",
    [SQL_END] = "UPDATE job SET state=?2,result=?3,done_ms=?4,tries=tries+?5,"
                "body='' WHERE key=?1",
    [SQL_LATER] = "UPDATE job SET due_ms=?2,result=?3,tries=tries+1 WHERE key=?1 AND state=0",
    [SQL_TAKE_BACK] =
        "UPDATE job SET state=3,done_ms=?3,body='' WHERE kind=?1 AND subject=?2 AND state=0",
    [SQL_COUNT_SENT] =
        "SELECT count(*) FROM job WHERE kind=?1 AND subject=?2 AND (state=1 OR tries>0)",
    [SQL_FORGET] = "UPDATE job SET state=3,done_ms=?2,body='' WHERE state=0"
                   " AND kind NOT IN('deliver','cdn','ping') AND (subject=?1 OR instr(body,?1)>0)",
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

/* ---- asking ---- */
static enum result result_of(struct outbox *o, int rc)
{
    if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW) return OK;
    log_error("outbox: %s", sqlite3_errmsg(o->db));
    return rc == SQLITE_FULL                             ? ERR_FULL
           : rc == SQLITE_BUSY                           ? ERR_BUSY
           : rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB ? ERR_CORRUPT
                                                         : ERR_IO;
}

sqlite3_stmt *outbox_sql(struct outbox *o, enum sql which)
{
    if (!o->stmts[which])
        (void)!sqlite3_prepare_v3(
            o->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT, &o->stmts[which], NULL);
    if (o->stmts[which]) sqlite3_reset(o->stmts[which]);
    return o->stmts[which];
}

void outbox_bind(sqlite3_stmt *q, int at, struct span s)
{
    sqlite3_bind_text64(q, at, s.p ? s.p : "", s.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

enum result outbox_run(struct outbox *o, sqlite3_stmt *q)
{
    int rc = sqlite3_step(q);
    sqlite3_reset(q);
    return result_of(o, rc);
}

bool outbox_row(struct outbox *o, sqlite3_stmt *q, enum result *r)
{
    int rc = sqlite3_step(q);
    if (rc == SQLITE_ROW) return true;
    sqlite3_reset(q);
    *r = result_of(o, rc);
    return false;
}

struct span outbox_keep(struct arena *a, sqlite3_stmt *q, int column)
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
            o, sqlite_open(
                   path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, &o->db));
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
