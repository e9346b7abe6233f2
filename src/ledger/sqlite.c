/* ledger/sqlite.c: the ledger's file: opening and making it, its version, statements, transactions,
 * and what SQLite's codes mean. Several processes hold handles on one file at once; a handle
 * belongs to one thread. Never decides what an event means. Never changes a file of a newer version
 * or of another program. Fatal: no memory. Everything the disk says is a result. */
#include "handle.h"
#include "clock.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static enum result make_ledger(struct ledger *l);
static enum result be_one_file(struct ledger *l);
static enum result check_version(struct ledger *l, bool *fresh_out, const char **why_out);
static enum result prepare_queries(struct ledger *l);
static enum result load_genesis(struct ledger *l);
static enum result set_up(struct ledger *l, enum handle_mode mode);

static const char schema[] =
    "CREATE TABLE event("
    "  pos INTEGER PRIMARY KEY, kind INTEGER NOT NULL, received_ms INTEGER NOT NULL,"
    "  appender BLOB NOT NULL, feed BLOB NOT NULL, delivery BLOB, blob BLOB,"
    "  blob_bytes INTEGER NOT NULL, meta BLOB, salt BLOB, payload BLOB NOT NULL,"
    "  chain BLOB NOT NULL, forgotten INTEGER NOT NULL DEFAULT 0);"
    "CREATE UNIQUE INDEX event_delivery ON event(feed, delivery) WHERE delivery IS NOT NULL;"
    "CREATE INDEX event_blob ON event(blob) WHERE blob IS NOT NULL;"
    "CREATE TABLE blob(hash BLOB PRIMARY KEY, size INTEGER NOT NULL, coding INTEGER NOT NULL,"
    "  bytes BLOB NOT NULL);"
    "CREATE TABLE head(appender BLOB PRIMARY KEY, pos INTEGER NOT NULL, chain BLOB NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE lease(name BLOB PRIMARY KEY, holder BLOB NOT NULL, until_ms INTEGER NOT NULL,"
    "  fence INTEGER NOT NULL) WITHOUT ROWID;";

#define EVENT_COLUMNS "pos, kind, received_ms, feed, delivery, meta, blob, blob_bytes, forgotten"
static const char *const query_text[QUERIES] = {
    [Q_BEGIN] = "BEGIN IMMEDIATE",
    [Q_BEGIN_READ] = "BEGIN",
    [Q_COMMIT] = "COMMIT",
    [Q_LAST] = "SELECT pos, received_ms FROM event ORDER BY pos DESC LIMIT 1",
    [Q_HEAD_GET] = "SELECT chain FROM head WHERE appender = ?1",
    [Q_HEAD_SET] = "INSERT OR REPLACE INTO head(appender, pos, chain) VALUES(?1, ?2, ?3)",
    [Q_HEADS] = "SELECT appender, pos, chain FROM head",
    [Q_FIND_POS] = "SELECT pos FROM event WHERE feed = ?1 AND delivery = ?2",
    [Q_EVENT_ADD] = "INSERT INTO event(pos, kind, received_ms, appender, feed, delivery, blob,"
                    " blob_bytes, meta, salt, payload, chain)"
                    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [Q_BLOB_HAS] = "SELECT 1 FROM blob WHERE hash = ?1",
    [Q_BLOB_ADD] = "INSERT INTO blob(hash, size, coding, bytes) VALUES(?1, ?2, ?3, ?4)",
    [Q_BLOB_GET] = "SELECT size, coding, bytes FROM blob WHERE hash = ?1",
    [Q_TAIL] = "SELECT " EVENT_COLUMNS " FROM event WHERE pos > ?1 ORDER BY pos LIMIT ?2",
    [Q_FIND] = "SELECT " EVENT_COLUMNS " FROM event WHERE feed = ?1 AND delivery = ?2",
    [Q_LAST_OF] = "SELECT " EVENT_COLUMNS " FROM event WHERE kind = ?1 AND received_ms <= ?2"
                  " ORDER BY pos DESC LIMIT 1",
    [Q_NEXT_OF] = "SELECT pos FROM event WHERE kind = ?1 AND pos > ?2 AND pos <= ?3"
                  " ORDER BY pos LIMIT 1",
    [Q_LEASE_GET] = "SELECT holder, until_ms, fence FROM lease WHERE name = ?1",
    [Q_LEASE_SET] = "INSERT OR REPLACE INTO lease(name, holder, until_ms, fence)"
                    " VALUES(?1, ?2, ?3, ?4)",
    [Q_VERIFY] = "SELECT pos, kind, received_ms, appender, feed, delivery, blob, blob_bytes, meta,"
                 " salt, payload, chain, forgotten, (SELECT size FROM blob WHERE hash = event.blob)"
                 " FROM event ORDER BY pos",
    [Q_VERIFY_BLOBS] = "SELECT hash, size, coding, bytes,"
                       " (SELECT min(pos) FROM event WHERE event.blob = blob.hash) FROM blob",
    [Q_ROW] = "SELECT event.pos, kind, received_ms, appender, feed, delivery, blob, blob_bytes,"
              " meta, salt, payload, chain, forgotten, b.size, b.coding, b.bytes FROM event"
              " LEFT JOIN blob AS b ON b.hash = event.blob AND NOT EXISTS(SELECT 1 FROM event AS e"
              "  WHERE e.blob = event.blob AND e.pos < event.pos)"
              " WHERE event.pos > ?1 ORDER BY event.pos LIMIT 1",
    [Q_ROW_ADD] = "INSERT INTO event(pos, kind, received_ms, appender, feed, delivery, blob,"
                  " blob_bytes, meta, salt, payload, chain, forgotten)"
                  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    [Q_MARK] = "SELECT pos, received_ms, chain FROM event WHERE pos <= ?1"
               " ORDER BY pos DESC LIMIT 1",
    [Q_FORGOTTEN] = "SELECT pos FROM event WHERE forgotten <> 0 AND pos <= ?1 ORDER BY pos",
    [Q_FORGET] = "UPDATE event SET forgotten = 1, blob = NULL, meta = NULL, salt = NULL"
                 " WHERE pos = ?1",
    [Q_BLOB_NEEDED] = "SELECT 1 FROM event WHERE blob = ?1 LIMIT 1",
    [Q_BLOB_DROP] = "DELETE FROM blob WHERE hash = ?1",
    [Q_TOTALS] = "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM blob)",
};

static enum result open_as(const char *folder, const char *appender, enum handle_mode mode,
    struct ledger **out, const char **why)
{
    struct ledger *l = handle_new(folder, appender);
    const char *path = arena_printf(l->a, "%s/ledger.db", folder).p;
    enum result r = handle_open_file(l, path, mode, why);
    if (r != OK) {
        ledger_close(l);
        return r;
    }
    *why = "";
    *out = l;
    return OK;
}

enum result ledger_open(
    const char *folder, const char *appender, bool make, struct ledger **out, const char **why_out)
{
    const char *ignored;
    const char **why = why_out ? why_out : &ignored;
    *why = "the ledger's folder cannot be made";
    *out = NULL;
    if (make) {
        enum result made = dir_make(folder);
        if (made != OK) return made;
    }
    return open_as(folder, appender, make ? HANDLE_MAKE : HANDLE_WRITE, out, why);
}

enum result ledger_look(const char *folder, struct ledger **out, const char **why_out)
{
    *out = NULL;
    return open_as(folder, "look", HANDLE_READ, out, why_out);
}

void ledger_close(struct ledger *l)
{
    if (!l) return;
    for (int i = 0; i < QUERIES; i++) sqlite3_finalize(l->query[i]);
    must(sqlite3_close(l->db) == SQLITE_OK);
    if (l->bell_fd >= 0) close(l->bell_fd);
    arena_free(l->scratch);
    arena_free(l->a);
}

struct span ledger_key(const struct ledger *l)
{
    return (struct span){(const char *)l->key, sizeof l->key};
}

struct ledger *handle_new(const char *folder, const char *appender)
{
    must(strlen(appender) <= LEDGER_NAME_MAX);
    struct arena *a = arena_new(1 << 20);
    struct ledger *l = ARENA_NEW(a, struct ledger);
    l->a = a;
    l->scratch = arena_new(LEDGER_SCRATCH);
    l->folder = arena_cstr(a, span_of(folder));
    l->appender = arena_keep(a, span_of(appender));
    l->bell_fd = -1;
    return l;
}

/* A file that is not there and one that a crash left before its genesis are the same to the caller:
 * absent. */
enum result handle_open_file(
    struct ledger *l, const char *path, enum handle_mode mode, const char **why_out)
{
    static const int flags[] = {
        [HANDLE_READ] = SQLITE_OPEN_READONLY,
        [HANDLE_WRITE] = SQLITE_OPEN_READWRITE,
        [HANDLE_MAKE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
        [HANDLE_COPY] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
    };
    *why_out = "there is no ledger here";
    bool makes = mode == HANDLE_MAKE || mode == HANDLE_COPY;
    if (!makes && access(path, F_OK) < 0) return ERR_ABSENT;
    *why_out = "the ledger's file cannot be opened";
    int rc = sqlite_open(path, flags[mode] | SQLITE_OPEN_NOMUTEX, &l->db);
    if (rc != SQLITE_OK) return ledger_db_result(l->db, rc);
    if (mode != HANDLE_READ && sqlite3_db_readonly(l->db, "main")) {
        *why_out = "the ledger's file may not be written";
        return ERR_DENIED;
    }
    sqlite3_busy_handler(l->db, db_busy, l);

    bool fresh;
    enum result r = check_version(l, &fresh, why_out);
    if (r != OK) return r;
    *why_out = "there is no ledger here";
    if (fresh && !makes) return ERR_ABSENT;
    *why_out = "the ledger's file cannot be set up";
    r = mode == HANDLE_COPY ? be_one_file(l) : set_up(l, mode);
    if (r == OK && fresh && mode == HANDLE_MAKE) r = make_ledger(l);
    if (r != OK || (fresh && mode == HANDLE_COPY)) return r; /* its first row brings the tables */
    *why_out = "the ledger is damaged: its tables or its first event cannot be read; restore a "
               "backup, see docs/operations.md";
    r = prepare_queries(l);
    return r == OK ? load_genesis(l) : r;
}

/* Asks only; a file that we must not touch is left as it is. */
static enum result check_version(struct ledger *l, bool *fresh_out, const char **why_out)
{
    static _Thread_local char sentence[160];
    sqlite3_stmt *s = NULL;
    *why_out = "the ledger's file is damaged or no SQLite database";
    int rc = sqlite3_prepare_v2(l->db,
        "SELECT (SELECT application_id FROM pragma_application_id),"
        " (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)",
        -1, &s, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(s);
    int application = sqlite3_column_int(s, 0), version = sqlite3_column_int(s, 1);
    *fresh_out = application == 0 && version == 0 && sqlite3_column_int(s, 2) == 0;
    sqlite3_finalize(s);
    if (rc != SQLITE_ROW) return ledger_db_result(l->db, rc);

    if (*fresh_out) return OK;
    if (application != LEDGER_APPLICATION) {
        *why_out = "the file ledger.db belongs to another program";
        return ERR_CORRUPT;
    }
    if (version > LEDGER_VERSION) {
        snprintf(sentence, sizeof sentence,
            "the ledger has version %d, and this program knows version %d: "
            "use the newer program",
            version, LEDGER_VERSION);
        *why_out = sentence;
        return ERR_NEWER;
    }
    return OK;
}

/* secure_delete for K20. A persistent WAL, because read-only connections of other processes cannot
 * make one. */
static enum result set_up(struct ledger *l, enum handle_mode mode)
{
    sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (mode == HANDLE_READ) return OK;
    int persist = 1;
    sqlite3_file_control(l->db, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
    enum result r;
    l->busy_since_us = 0;
    /* SQLite does not ask the busy handler when the journal mode changes. */
    for (int tries = 0; (r = ledger_db_exec(l, "PRAGMA journal_mode = WAL")) == ERR_BUSY; tries++) {
        if (!db_busy(l, tries)) break;
    }
    if (r == OK) r = ledger_db_exec(l, "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON");
    char limit[64];
    snprintf(limit, sizeof limit, "PRAGMA journal_size_limit = %d", LEDGER_WAL_KEEP);
    return r == OK ? ledger_db_exec(l, limit) : r;
}

/* A copy is one file, without a WAL, after every commit. */
static enum result be_one_file(struct ledger *l)
{
    sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return ledger_db_exec(l, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;"
                             "PRAGMA secure_delete = ON");
}

enum result handle_make_tables(struct ledger *l)
{
    char versions[96];
    snprintf(versions, sizeof versions, "PRAGMA application_id = %d; PRAGMA user_version = %d",
        LEDGER_APPLICATION, LEDGER_VERSION);
    enum result r = ledger_db_exec(l, schema);
    if (r == OK) r = ledger_db_exec(l, versions);
    return r == OK ? prepare_queries(l) : r;
}

/* Schema, versions and genesis in one transaction: a ledger without its genesis is never seen. */
static enum result make_ledger(struct ledger *l)
{
    enum result r = ledger_db_exec(l, "BEGIN IMMEDIATE");
    if (r != OK) return r;
    bool fresh = false;
    const char *why;
    r = check_version(l, &fresh, &why);
    if (r == OK && fresh) {
        r = handle_make_tables(l);
        unsigned char key[LEDGER_KEY_BYTES];
        random_bytes(key, sizeof key);
        struct append genesis = {
            .kind = EVENT_GENESIS,
            .meta = arena_printf(l->a, "{\"version\":%d}", LEDGER_VERSION),
            .blob = {(const char *)key, sizeof key},
        };
        if (r == OK) r = append_event(l, &genesis);
    }
    if (r == OK) r = ledger_db_exec(l, "COMMIT");
    if (!sqlite3_get_autocommit(l->db)) sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
    if (r != OK) return r;
    int folder = open(l->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return ERR_IO;
    r = fsync(folder) == 0 ? OK : ERR_IO;
    close(folder);
    return r;
}

static enum result prepare_queries(struct ledger *l)
{
    for (int i = 0; i < QUERIES; i++) {
        if (l->query[i]) continue;
        int rc = sqlite3_prepare_v3(
            l->db, query_text[i], -1, SQLITE_PREPARE_PERSISTENT, &l->query[i], NULL);
        if (rc == SQLITE_ERROR) return ERR_CORRUPT; /* a table or column is not there */
        if (rc != SQLITE_OK) return ledger_db_result(l->db, rc);
    }
    return OK;
}

static enum result load_genesis(struct ledger *l)
{
    struct event first;
    struct span key;
    enum result r = ledger_event(l, 1, &first, l->a);
    if (r == ERR_ABSENT || (r == OK && first.kind != EVENT_GENESIS)) return ERR_CORRUPT;
    if (r == OK) r = ledger_blob(l, &first.blob, &key, l->a);
    if (r != OK) return r == ERR_ABSENT ? ERR_CORRUPT : r;
    if (key.n != sizeof l->key) return ERR_CORRUPT;
    memcpy(l->key, key.p, sizeof l->key);

    sqlite3_stmt *s = ledger_db_query(l, Q_VERIFY);
    r = ledger_db_row(l, s);
    if (r == OK && !column_hash(s, 11, &l->root)) r = ERR_CORRUPT;
    sqlite3_reset(s);
    return r;
}

/* ---- what SQLite says ---- */

enum result ledger_db_result(sqlite3 *db, int rc)
{
    int code = rc & 0xff;
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return OK;
    must(code != SQLITE_NOMEM && code != SQLITE_MISUSE);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) return ERR_BUSY;
    int error = db ? sqlite3_system_errno(db) : errno;
    log_warn(
        "ledger: %s (SQLite %d, errno %d)", db ? sqlite3_errmsg(db) : "cannot open", rc, error);
    errno = error;
    if (code == SQLITE_FULL || code == SQLITE_TOOBIG) return ERR_FULL;
    if (code == SQLITE_IOERR && (error == ENOSPC || error == EDQUOT)) return ERR_FULL;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) return ERR_CORRUPT;
    if (code == SQLITE_READONLY || code == SQLITE_PERM || code == SQLITE_AUTH) return ERR_DENIED;
    return ERR_IO;
}

/* Short naps: a story waits milliseconds for its place, and SQLite's own handler soon sleeps 100.
 */
int db_busy(void *handle, int tries)
{
    struct ledger *l = handle;
    if (tries == 0) l->busy_since_us = clock_mono_us();
    if (clock_mono_us() - l->busy_since_us > LEDGER_BUSY_MS * 1000LL) return 0;
    long nap_us = tries < 10 ? 100 : tries < 100 ? 500 : 2000;
    nanosleep(&(struct timespec){.tv_nsec = nap_us * 1000}, NULL);
    return 1;
}

enum result ledger_db_exec(struct ledger *l, const char *sql)
{
    return ledger_db_result(l->db, sqlite3_exec(l->db, sql, NULL, NULL, NULL));
}

sqlite3_stmt *ledger_db_query(struct ledger *l, enum query q)
{
    sqlite3_stmt *s = l->query[q];
    must(s);
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return s;
}

enum result db_run(struct ledger *l, sqlite3_stmt *s)
{
    enum result r = ledger_db_result(l->db, sqlite3_step(s));
    sqlite3_reset(s);
    return r;
}

enum result ledger_db_row(struct ledger *l, sqlite3_stmt *s)
{
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) return OK;
    enum result r = rc == SQLITE_DONE ? ERR_ABSENT : ledger_db_result(l->db, rc);
    sqlite3_reset(s);
    return r;
}

enum result db_begin(struct ledger *l)
{
    must(sqlite3_get_autocommit(l->db));
    return db_run(l, ledger_db_query(l, Q_BEGIN));
}

enum result db_finish(struct ledger *l, enum result so_far)
{
    enum result r = so_far == OK ? db_run(l, ledger_db_query(l, Q_COMMIT)) : so_far;
    if (!sqlite3_get_autocommit(l->db)) sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
    return r;
}

void bind_bytes(sqlite3_stmt *s, int at, struct span b)
{
    must(sqlite3_bind_blob(s, at, b.n ? b.p : "", (int)b.n, SQLITE_STATIC) == SQLITE_OK);
}

void bind_hash(sqlite3_stmt *s, int at, const struct hash *h)
{
    must(sqlite3_bind_blob(s, at, h->b, sizeof h->b, SQLITE_STATIC) == SQLITE_OK);
}

struct span column_bytes(sqlite3_stmt *s, int at)
{
    const char *p = sqlite3_column_blob(s, at);
    /* Else want of memory would be taken for damage (X4). */
    must(p || sqlite3_errcode(sqlite3_db_handle(s)) != SQLITE_NOMEM);
    return (struct span){p ? p : "", (size_t)sqlite3_column_bytes(s, at)};
}

bool column_hash(sqlite3_stmt *s, int at, struct hash *out)
{
    struct span b = column_bytes(s, at);
    if (b.n != sizeof out->b) return false;
    memcpy(out->b, b.p, sizeof out->b);
    return true;
}
