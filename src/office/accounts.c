/* accounts.c: DATA/desk/accounts.db: its opening, its version, and the accounts in it. Small and
 * rarely written: a rollback journal, every commit synced. Several processes may hold it: the role
 * and the command line. Passwords are kept as argon2id alone. Fatal: no memory. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "accounts_db.h"

enum { BUSY_MS = 5000, APPLICATION = 0x4253444b /* "BSDK" */ };

static const char schema[] =
    "CREATE TABLE account(name TEXT PRIMARY KEY, role INTEGER NOT NULL, hash TEXT NOT NULL,"
    " made_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE session(token BLOB PRIMARY KEY, account TEXT NOT NULL, made_ms INTEGER NOT NULL,"
    " used_ms INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE token(name TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, role INTEGER NOT NULL,"
    " made_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE tries(key BLOB PRIMARY KEY, failures INTEGER NOT NULL, until_ms INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE known(key BLOB PRIMARY KEY, account TEXT NOT NULL, at_ms INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE audit(n INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, what TEXT NOT NULL,"
    " who TEXT NOT NULL, address TEXT NOT NULL, detail TEXT NOT NULL);";

/* ---- plumbing ---- */
static enum result result_of(struct accounts *c, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return OK;
    case SQLITE_NOMEM: must(!"memory for the accounts"); return ERR_IO;
    case SQLITE_FULL: return ERR_FULL;
    case SQLITE_BUSY:
    case SQLITE_CONSTRAINT: return ERR_BUSY;
    case SQLITE_READONLY:
    case SQLITE_PERM: return ERR_DENIED;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return ERR_CORRUPT;
    default: log_error("accounts: %s", c->db ? sqlite3_errmsg(c->db) : sqlite3_errstr(rc));
    }
    return ERR_IO;
}

static sqlite3_stmt *query_bound(
    struct accounts *c, const char *sql, const char *types, va_list args)
{
    sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(c->db, sql, -1, &q, NULL) != SQLITE_OK) {
        log_error("accounts: %s", sqlite3_errmsg(c->db));
        return NULL;
    }
    for (int i = 1; *types; types++, i++) {
        if (*types == 't') {
            struct span s = va_arg(args, struct span);
            sqlite3_bind_text64(q, i, s.p ? s.p : "", s.n, SQLITE_TRANSIENT, SQLITE_UTF8);
        } else if (*types == 'b') {
            sqlite3_bind_blob(q, i, va_arg(args, const void *), TOKEN_BYTES, SQLITE_TRANSIENT);
        } else {
            sqlite3_bind_int64(q, i, va_arg(args, int64_t));
        }
    }
    return q;
}

sqlite3_stmt *accounts_query(struct accounts *c, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *q = query_bound(c, sql, types, args);
    va_end(args);
    return q;
}

enum result accounts_do(
    struct accounts *c, int *changed_out, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *q = query_bound(c, sql, types, args);
    va_end(args);
    if (!q) return ERR_CORRUPT;
    enum result r = result_of(c, sqlite3_step(q));
    if (changed_out) *changed_out = sqlite3_changes(c->db);
    sqlite3_finalize(q);
    return r;
}

struct span column_text(struct arena *a, sqlite3_stmt *q, int column)
{
    const char *p = (const char *)sqlite3_column_text(q, column);
    return arena_keep(a, (struct span){p ? p : "", (size_t)sqlite3_column_bytes(q, column)});
}

/* ---- opening ---- */
static int64_t number_of(struct accounts *c, const char *sql)
{
    sqlite3_stmt *q = accounts_query(c, sql, "");
    int64_t n = q && sqlite3_step(q) == SQLITE_ROW ? sqlite3_column_int64(q, 0) : -1;
    sqlite3_finalize(q);
    return n;
}

static enum result refuse(struct accounts *c, const char *file, const char *what, enum result r)
{
    snprintf(c->why, sizeof c->why, "%.250s: %s", file, what);
    return r;
}

static enum result make_tables(struct accounts *c)
{
    char sql[96];
    snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
        APPLICATION, OFFICE_VERSION);
    int rc = sqlite3_exec(c->db, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
    if (rc == SQLITE_OK && number_of(c, "SELECT count(*) FROM sqlite_schema") > 0)
        rc = sqlite3_exec(c->db, "COMMIT", NULL, NULL, NULL); /* another process was first */
    else if (rc == SQLITE_OK && (rc = sqlite3_exec(c->db, schema, NULL, NULL, NULL)) == SQLITE_OK)
        rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    return result_of(c, rc);
}

static enum result check_file(struct accounts *c, const char *file)
{
    if (number_of(c, "SELECT count(*) FROM sqlite_schema") == 0) {
        enum result r = make_tables(c);
        if (r != OK) return refuse(c, file, "the accounts cannot be made here", r);
    }
    int64_t application = number_of(c, "PRAGMA application_id"),
            version = number_of(c, "PRAGMA user_version");
    if (application != APPLICATION)
        return refuse(c, file,
            "is damaged, or not a file of accounts: move it away and add the accounts again "
            "(broadsheet desk account add)",
            ERR_CORRUPT);
    if (version > OFFICE_VERSION)
        return refuse(c, file,
            "was written by a newer Broadsheet: use that one, or move the file away and add the "
            "accounts again (broadsheet desk account add)",
            ERR_NEWER);
    return version == OFFICE_VERSION
               ? OK
               : refuse(c, file,
                     "is of a version that this Broadsheet no longer reads: move it away and add "
                     "the accounts again (broadsheet desk account add)",
                     ERR_CORRUPT);
}

enum result accounts_open(const char *data, struct accounts **out, const char **why_out)
{
    static _Thread_local char why[512];
    char folder[4096], file[4200];
    struct accounts *c = calloc(1, sizeof *c);
    must(c != NULL && sodium_init() >= 0);
    snprintf(folder, sizeof folder, "%s/desk", data);
    snprintf(file, sizeof file, "%s/accounts.db", folder);
    enum result r = dir_make(folder);
    if (r != OK) r = refuse(c, folder, "this folder cannot be made", r);
    mode_t before = umask(077); /* hashes of passwords are nobody else's */
    int rc = r == OK ? sqlite_open(file,
                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, &c->db)
                     : SQLITE_OK;
    if (rc != SQLITE_OK) r = refuse(c, file, "cannot be opened by this user", result_of(c, rc));
    if (r == OK) {
        sqlite3_busy_timeout(c->db, BUSY_MS);
        sqlite3_exec(c->db, "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON", NULL, NULL, NULL);
        r = check_file(c, file);
    }
    umask(before);
    if (r == OK) {
        *out = c;
        return OK;
    }
    memcpy(why, c->why, sizeof why);
    *why_out = why;
    accounts_close(c);
    return r;
}

void accounts_close(struct accounts *c)
{
    if (!c) return;
    sqlite3_close(c->db);
    free(c);
}

/* ---- accounts ---- */
bool account_name_fits(struct span name)
{
    if (!name.n || name.n > OFFICE_NAME_MAX) return false;
    for (size_t i = 0; i < name.n; i++) {
        char x = name.p[i];
        bool fits =
            (x >= 'a' && x <= 'z') || (x >= '0' && x <= '9') || x == '.' || x == '-' || x == '_';
        if (!fits) return false;
    }
    return true;
}

enum result accounts_add(struct accounts *c, const struct account *account)
{
    if (number_of(c, "SELECT count(*) FROM account") >= OFFICE_ACCOUNTS_MAX) return ERR_FULL;
    return accounts_do(c, NULL, "INSERT INTO account VALUES(?1,?2,?3,?4,?4)", "titi", account->name,
        (int64_t)account->role, span_of(account->hash), account->made_ms);
}

/* A password and its sessions change together or not at all. */
static enum result begin_step(struct accounts *c)
{
    return sqlite3_exec(c->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK ? OK : ERR_BUSY;
}

static enum result end_step(struct accounts *c, enum result r)
{
    if (r == OK && sqlite3_exec(c->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) r = ERR_IO;
    if (r != OK) sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
    return r;
}

enum result accounts_change(struct accounts *c, struct span name, const char *hash,
    enum desk_role role, const unsigned char *except, int64_t now_ms)
{
    static const unsigned char none[TOKEN_BYTES];
    int changed = 0;
    TRY(begin_step(c));
    enum result r = accounts_do(c, &changed,
        "UPDATE account SET hash=CASE WHEN ?2='' THEN hash ELSE ?2 END,"
        " role=CASE WHEN ?3=0 THEN role ELSE ?3 END, changed_ms=?4 WHERE name=?1",
        "ttii", name, span_of(hash), (int64_t)role, now_ms);
    if (r == OK && changed)
        r = accounts_do(c, NULL, "DELETE FROM session WHERE account=?1 AND token<>?2", "tb", name,
            except ? except : none);
    return end_step(c, r == OK && !changed ? ERR_ABSENT : r);
}

enum result accounts_remove(struct accounts *c, struct span name)
{
    int changed = 0;
    TRY(begin_step(c));
    enum result r = accounts_do(c, &changed, "DELETE FROM account WHERE name=?1", "t", name);
    if (r == OK) r = accounts_do(c, NULL, "DELETE FROM session WHERE account=?1", "t", name);
    if (r == OK) r = accounts_do(c, NULL, "DELETE FROM known WHERE account=?1", "t", name);
    return end_step(c, r == OK && !changed ? ERR_ABSENT : r);
}

static struct account read_account(struct arena *a, sqlite3_stmt *q)
{
    struct account t = {.name = column_text(a, q, 0),
        .role = (enum desk_role)sqlite3_column_int(q, 1),
        .made_ms = sqlite3_column_int64(q, 3),
        .changed_ms = sqlite3_column_int64(q, 4)};
    snprintf(t.hash, sizeof t.hash, "%.*s", FMT(column_text(a, q, 2)));
    return t;
}

enum result accounts_find(
    struct accounts *c, struct span name, struct arena *a, struct account *out)
{
    sqlite3_stmt *q = accounts_query(
        c, "SELECT name, role, hash, made_ms, changed_ms FROM account WHERE name=?1", "t", name);
    int rc = q ? sqlite3_step(q) : SQLITE_CORRUPT;
    if (rc == SQLITE_ROW) *out = read_account(a, q);
    sqlite3_finalize(q);
    return rc == SQLITE_ROW ? OK : rc == SQLITE_DONE ? ERR_ABSENT : result_of(c, rc);
}

enum result accounts_list(
    struct accounts *c, struct arena *a, struct account **out, size_t *count_out)
{
    sqlite3_stmt *q = accounts_query(
        c, "SELECT name, role, hash, made_ms, changed_ms FROM account ORDER BY name", "");
    size_t n = 0, cap = 0;
    struct account *list = NULL;
    int rc = SQLITE_CORRUPT;
    while (q && (rc = sqlite3_step(q)) == SQLITE_ROW)
        *ARENA_PUSH(a, list, n, cap) = read_account(a, q);
    sqlite3_finalize(q);
    *out = list;
    *count_out = n;
    return result_of(c, rc);
}

/* Who has signed out has no session any more: of the audit the newest lines say so. */
enum result accounts_seen(struct accounts *c, enum desk_role role, int64_t *seen_ms_out)
{
    sqlite3_stmt *q = accounts_query(c,
        "SELECT max(at) FROM (SELECT made_ms AS at FROM account WHERE role>=?1"
        " UNION ALL SELECT used_ms FROM session WHERE account IN"
        " (SELECT name FROM account WHERE role>=?1)"
        " UNION ALL SELECT max(made_ms,used_ms) FROM token WHERE role>=?1"
        " UNION ALL SELECT at_ms FROM (SELECT * FROM audit ORDER BY n DESC LIMIT 1000)"
        " WHERE what='signed in' AND who IN (SELECT name FROM account WHERE role>=?1))",
        "i", (int64_t)role);
    int rc = q ? sqlite3_step(q) : SQLITE_CORRUPT;
    *seen_ms_out = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
    sqlite3_finalize(q);
    return result_of(c, rc);
}
