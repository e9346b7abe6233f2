/* readers: comments that wait for their writers to confirm them by mail, and the addresses of those
 * who did, by comment. A SQLite file of its own, FOLDER/readers.db, for its owner alone (0600):
 * nothing of it is in the ledger, so that no rebuild, backup or chain holds an address. Of a link's
 * token only the hash is kept. What is forgotten leaves the file: no WAL, freed pages are wiped.
 * Intake puts comments aside and takes the confirmed ones; the courier asks which letters are due.
 */
#include "transport.h"

#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 2000, KEY_BYTES = 32, TOKEN_BYTES = 16, DAY_MS = 24 * 3600 * 1000 };

static const char tables[] =
    "CREATE TABLE comment(id TEXT PRIMARY KEY, story INTEGER, name TEXT, text TEXT, parent TEXT,"
    " address TEXT, bytes INTEGER, at_ms INTEGER, until_ms INTEGER, confirmed_ms INTEGER,"
    " due_ms INTEGER, tries INTEGER);"
    "CREATE INDEX comment_waits ON comment(bytes) WHERE confirmed_ms=0;"
    "CREATE INDEX comment_due ON comment(due_ms) WHERE due_ms>0;"
    "CREATE INDEX comment_address ON comment(address COLLATE NOCASE);"
    "CREATE INDEX comment_until ON comment(until_ms);"
    "CREATE INDEX comment_confirmed ON comment(confirmed_ms) WHERE confirmed_ms>0;"
    "CREATE TABLE token(hash BLOB PRIMARY KEY, id TEXT, until_ms INTEGER) WITHOUT ROWID;"
    "CREATE INDEX token_id ON token(id);"
    "CREATE TABLE letter(who BLOB, at_ms INTEGER);"
    "CREATE INDEX letter_who ON letter(who);"
    "CREATE TABLE secret(key BLOB);";

#define COMMENT "id,story,name,text,parent,address,at_ms,confirmed_ms,tries"

struct readers {
    sqlite3 *db;
    unsigned char key[KEY_BYTES]; /* of what stands for an address where letters are counted */
};

/* ---- asking ---- */
static enum result result_of(struct readers *r, int rc)
{
    if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW) return OK;
    log_error("readers' addresses: %s", sqlite3_errstr(rc)); /* the longer message may quote one */
    (void)r;
    return rc == SQLITE_FULL                             ? ERR_FULL
           : rc == SQLITE_BUSY                           ? ERR_BUSY
           : rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB ? ERR_CORRUPT
                                                         : ERR_IO;
}

static enum result run(struct readers *r, const char *sql)
{
    return result_of(r, sqlite3_exec(r->db, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *ask(struct readers *r, const char *sql)
{
    sqlite3_stmt *q = NULL;
    (void)result_of(r, sqlite3_prepare_v2(r->db, sql, -1, &q, NULL));
    return q; /* of NULL each call below says SQLITE_MISUSE */
}

static void bind(sqlite3_stmt *q, int at, struct span s)
{
    sqlite3_bind_text64(q, at, s.p ? s.p : "", s.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void bind_hash(sqlite3_stmt *q, int at, const struct hash *h)
{
    sqlite3_bind_blob(q, at, h->b, sizeof h->b, SQLITE_TRANSIENT);
}

static enum result end(struct readers *r, sqlite3_stmt *q)
{
    int rc = sqlite3_step(q);
    sqlite3_finalize(q);
    return result_of(r, rc);
}

/* true: a row stands ready; else the statement is over, and *out says how. */
static bool row(struct readers *r, sqlite3_stmt *q, enum result *out)
{
    int rc = sqlite3_step(q);
    if (rc == SQLITE_ROW) return true;
    sqlite3_finalize(q);
    *out = result_of(r, rc);
    return false;
}

static enum result numbers(struct readers *r, sqlite3_stmt *q, int64_t *one, int64_t *two)
{
    enum result result = OK;
    *one = 0;
    if (!row(r, q, &result)) return result;
    *one = sqlite3_column_int64(q, 0);
    if (two) *two = sqlite3_column_int64(q, 1);
    sqlite3_finalize(q);
    return OK;
}

static struct span text_in(struct arena *a, sqlite3_stmt *q, int column)
{
    const char *p = (const char *)sqlite3_column_text(q, column);
    return arena_keep(a, (struct span){p ? p : "", (size_t)sqlite3_column_bytes(q, column)});
}

static void take_row(sqlite3_stmt *q, struct arena *a, struct reader_comment *out)
{
    *out = (struct reader_comment){.id = text_in(a, q, 0),
        .story = (uint64_t)sqlite3_column_int64(q, 1),
        .name = text_in(a, q, 2),
        .text = text_in(a, q, 3),
        .parent = text_in(a, q, 4),
        .address = text_in(a, q, 5),
        .at_ms = sqlite3_column_int64(q, 6),
        .confirmed_ms = sqlite3_column_int64(q, 7),
        .tries = (uint32_t)sqlite3_column_int(q, 8)};
}

static enum result read_rows(struct readers *r, sqlite3_stmt *q, struct arena *a,
    struct reader_comment **out, size_t *count_out)
{
    enum result result = OK;
    size_t cap = 0;
    *out = NULL;
    *count_out = 0;
    while (row(r, q, &result)) take_row(q, a, ARENA_PUSH(a, *out, *count_out, cap));
    return result;
}

/* All or nothing of what stands between. */
static enum result whole(struct readers *r, enum result result)
{
    if (result == OK) result = run(r, "COMMIT");
    if (result != OK && !sqlite3_get_autocommit(r->db))
        (void)!sqlite3_exec(r->db, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

/* ---- opening ---- */
/* Before SQLite, whose own mode would be that of any file; its journal takes the file's. */
static enum result make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return ERR_IO;
    enum result r = fchmod(fd, 0600) == 0 ? OK : ERR_IO;
    close(fd);
    return r;
}

static enum result make_tables(struct readers *r)
{
    unsigned char key[KEY_BYTES];
    char version[40];
    random_bytes(key, sizeof key);
    snprintf(version, sizeof version, "PRAGMA user_version=%d", READERS_VERSION);
    enum result result = run(r, tables);
    if (result == OK) {
        sqlite3_stmt *q = ask(r, "INSERT INTO secret VALUES(?1)");
        sqlite3_bind_blob(q, 1, key, sizeof key, SQLITE_TRANSIENT);
        result = end(r, q);
    }
    return result == OK ? run(r, version) : result;
}

static enum result open_tables(struct readers *r, const char **why)
{
    int64_t version = 0;
    enum result result = run(r, "BEGIN IMMEDIATE");
    if (result != OK) return result;
    result = numbers(r, ask(r, "PRAGMA user_version"), &version, NULL);
    if (version > READERS_VERSION) {
        *why = "it was written by a newer Broadsheet";
        return whole(r, ERR_NEWER);
    }
    if (result == OK && !version) result = make_tables(r);
    sqlite3_stmt *q = result == OK ? ask(r, "SELECT key FROM secret") : NULL;
    if (q && row(r, q, &result)) {
        if (sqlite3_column_bytes(q, 0) == KEY_BYTES)
            memcpy(r->key, sqlite3_column_blob(q, 0), KEY_BYTES);
        sqlite3_finalize(q);
    }
    return whole(r, result);
}

enum result readers_open(const char *folder, struct readers **out, const char **why)
{
    char path[PATH_MAX];
    *why = "its folder cannot be made";
    TRY(dir_make(folder));
    (void)!chmod(folder, 0700);
    snprintf(path, sizeof path, "%s/readers.db", folder);
    *why = "it cannot be opened";
    TRY(make_file(path));
    struct readers *r = calloc(1, sizeof *r);
    must(r);
    enum result result =
        result_of(r, sqlite_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, &r->db));
    sqlite3_busy_timeout(r->db, BUSY_MS);
    if (result == OK)
        result =
            run(r, "PRAGMA journal_mode=TRUNCATE;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;"
                   "PRAGMA temp_store=MEMORY");
    if (result == OK) result = open_tables(r, why);
    if (result == OK)
        *out = r;
    else
        readers_close(r);
    return result;
}

void readers_close(struct readers *r)
{
    if (!r) return;
    sqlite3_close(r->db);
    free(r);
}

/* ---- one is put aside ---- */
static struct hash who_is(const struct readers *r, struct span address)
{
    struct arena *a = arena_new(4096);
    struct hash h = hash_keyed(
        (struct span){(const char *)r->key, sizeof r->key}, text_mailbox_owner(a, address));
    arena_free(a);
    return h;
}

/* One more letter to this address within a day; false: it has had enough. */
static enum result count_letter(struct readers *r, struct span address, int64_t now_ms, bool *may)
{
    struct hash who = who_is(r, address);
    int64_t count = 0;
    sqlite3_stmt *q = ask(r, "SELECT count(*) FROM letter WHERE who=?1 AND at_ms>?2");
    bind_hash(q, 1, &who);
    sqlite3_bind_int64(q, 2, now_ms - DAY_MS);
    TRY(numbers(r, q, &count, NULL));
    *may = count < LETTERS_OF_ADDRESS;
    if (!*may) return OK;
    q = ask(r, "INSERT INTO letter VALUES(?1,?2)");
    bind_hash(q, 1, &who);
    sqlite3_bind_int64(q, 2, now_ms);
    return end(r, q);
}

static enum result has_room(struct readers *r, int64_t bytes)
{
    int64_t count = 0, sum = 0;
    TRY(numbers(
        r, ask(r, "SELECT count(*),total(bytes) FROM comment WHERE confirmed_ms=0"), &count, &sum));
    return count < READERS_WAITING_MAX && sum + bytes <= READERS_BYTES_MAX ? OK : ERR_FULL;
}

/* The same form sent again changes nothing, but for an address that was mistyped. */
static enum result is_known(struct readers *r, const struct reader_comment *c, bool *known)
{
    int64_t count = 0;
    sqlite3_stmt *q =
        ask(r, "SELECT count(*) FROM comment WHERE id=?1 AND (confirmed_ms>0 OR address=?2)");
    bind(q, 1, c->id);
    bind(q, 2, c->address);
    TRY(numbers(r, q, &count, NULL));
    *known = count > 0;
    return OK;
}

static enum result forget_one(struct readers *r, struct span id)
{
    static const char *const from[] = {
        "DELETE FROM token WHERE id=?1", "DELETE FROM comment WHERE id=?1"};
    for (size_t i = 0; i < COUNT(from); i++) {
        sqlite3_stmt *q = ask(r, from[i]);
        bind(q, 1, id);
        TRY(end(r, q));
    }
    return OK;
}

static enum result insert(
    struct readers *r, const struct reader_comment *c, int64_t bytes, int64_t now_ms)
{
    const struct span texts[] = {c->name, c->text, c->parent, c->address};
    sqlite3_stmt *q = ask(r, "INSERT INTO comment VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,0,?8,0)");
    bind(q, 1, c->id);
    sqlite3_bind_int64(q, 2, (int64_t)c->story);
    for (size_t i = 0; i < COUNT(texts); i++) bind(q, (int)i + 3, texts[i]);
    sqlite3_bind_int64(q, 7, bytes);
    sqlite3_bind_int64(q, 8, now_ms);
    sqlite3_bind_int64(q, 9, now_ms + READERS_WAIT_MS);
    return end(r, q);
}

static enum result put(struct readers *r, const struct reader_comment *c, int64_t now_ms)
{
    int64_t bytes = (int64_t)(c->name.n + c->text.n + c->address.n);
    bool known = false, may = false;
    TRY(is_known(r, c, &known));
    if (known) return OK;
    TRY(has_room(r, bytes));
    TRY(count_letter(r, c->address, now_ms, &may));
    if (!may) return OK;
    TRY(forget_one(r, c->id));
    return insert(r, c, bytes, now_ms);
}

enum result readers_put(struct readers *r, const struct reader_comment *c, int64_t now_ms)
{
    if (!c->id.n || !text_is_mailbox(c->address)) return ERR_DENIED;
    TRY(run(r, "BEGIN IMMEDIATE"));
    return whole(r, put(r, c, now_ms));
}

/* ---- its letter ---- */
enum result readers_due(struct readers *r, int64_t now_ms, struct arena *a,
    struct reader_comment **out, size_t *count_out, size_t most)
{
    sqlite3_stmt *q = ask(r, "SELECT " COMMENT " FROM comment WHERE due_ms>0 AND due_ms<=?1 AND"
                             " until_ms>?1 AND confirmed_ms=0 ORDER BY due_ms LIMIT ?2");
    sqlite3_bind_int64(q, 1, now_ms);
    sqlite3_bind_int64(q, 2, (int64_t)most);
    return read_rows(r, q, a, out, count_out);
}

static int64_t wait_after(uint32_t tries)
{
    int64_t wait = OUTBOX_TRY_FIRST_MS;
    for (uint32_t i = 0; i < tries && wait < OUTBOX_TRY_MAX_MS; i++) wait *= 2;
    return wait < OUTBOX_TRY_MAX_MS ? wait : OUTBOX_TRY_MAX_MS;
}

/* Those of letters that did not arrive stay good: one may have arrived all the same. */
static enum result put_token(struct readers *r, const struct reader_comment *c, struct hash *h)
{
    sqlite3_stmt *q = ask(r, "INSERT INTO token VALUES(?1,?2,?3)");
    bind_hash(q, 1, h);
    bind(q, 2, c->id);
    sqlite3_bind_int64(q, 3, c->at_ms + READERS_WAIT_MS);
    TRY(end(r, q));
    q = ask(r, "UPDATE comment SET tries=tries+1 WHERE id=?1");
    bind(q, 1, c->id);
    return end(r, q);
}

enum result readers_write(struct readers *r, const struct reader_comment *c, int64_t now_ms,
    struct arena *a, struct span *token_out)
{
    unsigned char token[TOKEN_BYTES];
    random_bytes(token, sizeof token);
    *token_out = bytes_hex(a, token, sizeof token);
    struct hash h = hash_of(*token_out);
    TRY(run(r, "BEGIN IMMEDIATE"));
    enum result result = put_token(r, c, &h);
    if (result == OK) result = readers_letter(r, c->id, now_ms + wait_after(c->tries));
    return whole(r, result);
}

enum result readers_letter(struct readers *r, struct span id, int64_t due_ms)
{
    sqlite3_stmt *q = ask(r, "UPDATE comment SET due_ms=?2 WHERE id=?1");
    bind(q, 1, id);
    sqlite3_bind_int64(q, 2, due_ms);
    return end(r, q);
}

/* ---- its link ---- */
enum result readers_find(struct readers *r, uint64_t story, struct span id, struct span token,
    int64_t now_ms, struct arena *a, struct reader_comment *out)
{
    enum result result = OK;
    struct hash h = hash_of(token);
    sqlite3_stmt *q = ask(r, "SELECT " COMMENT " FROM comment WHERE id=?1 AND story=?2 AND EXISTS("
                             "SELECT 1 FROM token WHERE hash=?3 AND id=?1 AND until_ms>?4)");
    bind(q, 1, id);
    sqlite3_bind_int64(q, 2, (int64_t)story);
    bind_hash(q, 3, &h);
    sqlite3_bind_int64(q, 4, now_ms);
    if (!row(r, q, &result)) return result == OK ? ERR_ABSENT : result;
    take_row(q, a, out);
    sqlite3_finalize(q);
    return OK;
}

/* Known until no form brings it again; then as long as its address. */
static enum result confirmed(
    struct readers *r, const struct reader_comment *c, int64_t now_ms, int64_t keep_ms)
{
    int64_t link_ms = c->at_ms + READERS_WAIT_MS, until_ms = now_ms + keep_ms;
    sqlite3_stmt *q = ask(r, "UPDATE comment SET name='',text='',parent='',bytes=0,due_ms=0,"
                             "confirmed_ms=?2,until_ms=?3,address=CASE WHEN ?4 THEN address ELSE ''"
                             " END WHERE id=?1");
    bind(q, 1, c->id);
    sqlite3_bind_int64(q, 2, now_ms);
    sqlite3_bind_int64(q, 3, until_ms > link_ms ? until_ms : link_ms);
    sqlite3_bind_int(q, 4, keep_ms > 0);
    TRY(end(r, q));
    q = ask(r, "DELETE FROM token WHERE id=?1");
    bind(q, 1, c->id);
    return end(r, q);
}

enum result readers_confirmed(
    struct readers *r, const struct reader_comment *c, int64_t now_ms, int64_t keep_ms)
{
    TRY(run(r, "BEGIN IMMEDIATE"));
    return whole(r, confirmed(r, c, now_ms, keep_ms));
}

/* ---- whose they are ---- */
enum result readers_of(struct readers *r, struct span who, struct arena *a,
    struct reader_comment **out, size_t *count_out)
{
    sqlite3_stmt *q =
        ask(r, "SELECT " COMMENT " FROM comment WHERE id=?1 OR (name=?1 AND ?1<>'') OR"
               " (address=?1 COLLATE NOCASE AND ?1<>'') ORDER BY at_ms,id");
    bind(q, 1, who);
    return read_rows(r, q, a, out, count_out);
}

static enum result erase(struct readers *r, const struct reader_comment *c)
{
    struct hash who = who_is(r, c->address);
    sqlite3_stmt *q = ask(r, "DELETE FROM letter WHERE who=?1");
    bind_hash(q, 1, &who);
    TRY(end(r, q));
    return forget_one(r, c->id);
}

enum result readers_erase(struct readers *r, const struct reader_comment *c)
{
    TRY(run(r, "BEGIN IMMEDIATE"));
    return whole(r, erase(r, c));
}

/* ---- what goes by itself ---- */
static enum result delete_by(struct readers *r, const char *sql, int64_t number)
{
    sqlite3_stmt *q = ask(r, sql);
    sqlite3_bind_int64(q, 1, number);
    return end(r, q);
}

static enum result forget_story(struct readers *r, uint64_t story)
{
    TRY(delete_by(r, "DELETE FROM token WHERE id IN (SELECT id FROM comment WHERE story=?1)",
        (int64_t)story));
    return delete_by(r, "DELETE FROM comment WHERE story=?1", (int64_t)story);
}

enum result readers_forget_story(struct readers *r, uint64_t story)
{
    TRY(run(r, "BEGIN IMMEDIATE"));
    return whole(r, forget_story(r, story));
}

static enum result sweep(struct readers *r, int64_t now_ms)
{
    TRY(delete_by(r, "DELETE FROM token WHERE until_ms<=?1", now_ms));
    TRY(delete_by(r, "DELETE FROM letter WHERE at_ms<=?1", now_ms - DAY_MS));
    TRY(delete_by(r, "DELETE FROM comment WHERE until_ms<=?1", now_ms));
    return delete_by(r,
        "DELETE FROM comment WHERE rowid IN (SELECT rowid FROM comment WHERE confirmed_ms>0"
        " ORDER BY confirmed_ms DESC LIMIT -1 OFFSET ?1)",
        READERS_KEPT_MAX);
}

enum result readers_sweep(struct readers *r, int64_t now_ms)
{
    TRY(run(r, "BEGIN IMMEDIATE"));
    return whole(r, sweep(r, now_ms));
}
