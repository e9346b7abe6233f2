/* complaints.c: DATA/grievances/cases.db: who complained, how they are reached, and their words.
 * Small and rarely written: a rollback journal, every commit synced, what is deleted overwritten;
 * so that roles whose fence lets them only read it can. Fatal: no memory. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "office.h"
#include "text.h"

enum { BUSY_MS = 5000, APPLICATION = 0x42534752 /* "BSGR" */, VERSION = 1 };
#define DAY_MS INT64_C(86400000)
#define COLUMNS "number,at_ms,token,name,contact,about,text,wish"

struct complaints {
    sqlite3 *db;
};

/* ---- what may be kept ---- */
static bool has_at_most(struct span s, size_t characters)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n <= characters && utf8_valid(s);
}

bool complaint_fits(const struct complaint *c)
{
    return c->number && c->token.n == COMPLAINT_TOKEN && utf8_valid(c->token) && c->name.n &&
           c->contact.n && c->text.n && has_at_most(c->name, COMPLAINT_NAME_MAX) &&
           has_at_most(c->contact, COMPLAINT_CONTACT_MAX) &&
           has_at_most(c->about, COMPLAINT_ABOUT_MAX) && has_at_most(c->text, COMPLAINT_TEXT_MAX) &&
           has_at_most(c->wish, COMPLAINT_WISH_MAX);
}

/* Narrower than RFC 5321: nothing that would have to be quoted, and no second address. */
bool complaint_has_mail(struct span s)
{
    ptrdiff_t at = span_find_char(s, '@');
    if (at < 1 || s.n > 254 || (size_t)at > 64) return false;
    struct span host = span_cut(s, (size_t)at + 1, s.n);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        bool fits = (size_t)at < i ? c == '.' || c == '-' : c && strchr("._+-", c);
        if (!is_plain && !fits && i != (size_t)at) return false;
    }
    return s.p[0] != '-' && s.p[0] != '.' && host.n > 2 && span_find_char(host, '.') > 0 &&
           host.p[0] != '-' && host.p[host.n - 1] != '.' && span_find(host, S("..")) < 0;
}

/* ---- plumbing ---- */
static enum result result_of(struct complaints *c, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return OK;
    case SQLITE_NOMEM: must(!"memory for the complaints"); return ERR_IO;
    case SQLITE_FULL: return ERR_FULL;
    case SQLITE_BUSY: return ERR_BUSY;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return ERR_CORRUPT;
    default: log_error("grievances: %s", c->db ? sqlite3_errmsg(c->db) : sqlite3_errstr(rc));
    }
    return ERR_IO;
}

static sqlite3_stmt *query(struct complaints *c, const char *sql, const struct span *texts,
    size_t n, const int64_t *numbers, size_t m)
{
    sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(c->db, sql, -1, &q, NULL) != SQLITE_OK) return NULL;
    for (size_t i = 0; i < m; i++) sqlite3_bind_int64(q, (int)i + 1, numbers[i]);
    for (size_t i = 0; i < n; i++)
        sqlite3_bind_text64(q, (int)(m + i) + 1, texts[i].p ? texts[i].p : "", texts[i].n,
            SQLITE_TRANSIENT, SQLITE_UTF8);
    return q;
}

static struct span text_at(struct arena *a, sqlite3_stmt *q, int column)
{
    const char *p = (const char *)sqlite3_column_text(q, column);
    return arena_keep(a, (struct span){p ? p : "", (size_t)sqlite3_column_bytes(q, column)});
}

static int64_t number_of(struct complaints *c, const char *sql, int64_t with)
{
    sqlite3_stmt *q = query(c, sql, NULL, 0, &with, 1);
    int64_t n = q && sqlite3_step(q) == SQLITE_ROW ? sqlite3_column_int64(q, 0) : -1;
    sqlite3_finalize(q);
    return n;
}

/* ---- opening ---- */
enum result complaints_folder(const char *data)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/grievances", data);
    mode_t before = umask(077);
    enum result r = dir_make(folder);
    umask(before);
    return r;
}

static enum result make_tables(struct complaints *c)
{
    char sql[512];
    snprintf(sql, sizeof sql,
        "BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS complaint(number INTEGER PRIMARY KEY,"
        " at_ms INTEGER NOT NULL, token TEXT NOT NULL, name TEXT NOT NULL, contact TEXT NOT NULL,"
        " about TEXT NOT NULL, text TEXT NOT NULL, wish TEXT NOT NULL);"
        "CREATE INDEX IF NOT EXISTS complaint_at ON complaint(at_ms);"
        "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
        APPLICATION, VERSION);
    return result_of(c, sqlite3_exec(c->db, sql, NULL, NULL, NULL));
}

static enum result check(struct complaints *c, bool writes)
{
    int64_t application = number_of(c, "PRAGMA application_id", 0),
            version = number_of(c, "PRAGMA user_version", 0);
    if (application < 0) return ERR_CORRUPT;
    if (!application && !version) return writes ? make_tables(c) : ERR_ABSENT;
    if (application != APPLICATION) return ERR_CORRUPT;
    return version > VERSION ? ERR_NEWER : OK;
}

enum result complaints_open(const char *data, bool writes, struct complaints **out)
{
    char file[4200];
    struct stat st;
    snprintf(file, sizeof file, "%s/grievances/cases.db", data);
    if (writes) TRY(complaints_folder(data));
    if (!writes && stat(file, &st) != 0) return ERR_ABSENT;
    struct complaints *c = calloc(1, sizeof *c);
    must(c != NULL);
    mode_t before = umask(077);
    int how = writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    enum result r = result_of(c, sqlite_open(file, how | SQLITE_OPEN_NOMUTEX, &c->db));
    if (r == OK) {
        sqlite3_busy_timeout(c->db, BUSY_MS);
        sqlite3_exec(c->db,
            "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;"
            "PRAGMA synchronous=FULL",
            NULL, NULL, NULL);
        r = check(c, writes);
    }
    umask(before);
    if (r == OK)
        *out = c;
    else
        complaints_close(c);
    return r;
}

void complaints_close(struct complaints *c)
{
    if (!c) return;
    sqlite3_close(c->db);
    free(c);
}

enum result complaints_copy(struct complaints *c, const char *to)
{
    struct complaints *other = NULL;
    TRY(complaints_open(to, true, &other));
    sqlite3_backup *b = sqlite3_backup_init(other->db, "main", c->db, "main");
    int rc = b ? sqlite3_backup_step(b, -1) : sqlite3_errcode(other->db);
    if (b && sqlite3_backup_finish(b) != SQLITE_OK) rc = SQLITE_IOERR;
    enum result r = result_of(other, rc);
    complaints_close(other);
    return r;
}

/* ---- complaints ---- */
static struct complaint read_row(struct arena *a, sqlite3_stmt *q)
{
    return (struct complaint){.number = (story_id)sqlite3_column_int64(q, 0),
        .at_ms = sqlite3_column_int64(q, 1),
        .token = text_at(a, q, 2),
        .name = text_at(a, q, 3),
        .contact = text_at(a, q, 4),
        .about = text_at(a, q, 5),
        .text = text_at(a, q, 6),
        .wish = text_at(a, q, 7)};
}

enum result complaints_put(struct complaints *c, const struct complaint *t)
{
    const int64_t numbers[] = {(int64_t)t->number, t->at_ms};
    const struct span texts[] = {t->token, t->name, t->contact, t->about, t->text, t->wish};
    bool is_known =
        number_of(c, "SELECT count(*) FROM complaint WHERE number=?1", (int64_t)t->number) > 0;
    if (is_known) return OK;
    if (number_of(c, "SELECT count(*) FROM complaint WHERE at_ms>?1", t->at_ms - DAY_MS) >=
        COMPLAINTS_A_DAY)
        return ERR_BUSY;
    sqlite3_stmt *q = query(c, "INSERT INTO complaint(" COLUMNS ") VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
        texts, COUNT(texts), numbers, COUNT(numbers));
    if (!q) return ERR_CORRUPT;
    enum result r = result_of(c, sqlite3_step(q));
    sqlite3_finalize(q);
    return r;
}

enum result complaints_find(
    struct complaints *c, story_id number, struct arena *a, struct complaint *out)
{
    int64_t n = (int64_t)number;
    sqlite3_stmt *q = query(c, "SELECT " COLUMNS " FROM complaint WHERE number=?1", NULL, 0, &n, 1);
    int rc = q ? sqlite3_step(q) : SQLITE_CORRUPT;
    if (rc == SQLITE_ROW) *out = read_row(a, q);
    sqlite3_finalize(q);
    return rc == SQLITE_ROW ? OK : rc == SQLITE_DONE ? ERR_ABSENT : result_of(c, rc);
}

enum result complaints_of(struct complaints *c, struct span who, struct arena *a,
    struct complaint **out, size_t *count_out)
{
    story_id number = 0;
    size_t cap = 0;
    if (!story_id_read(who, &number)) number = 0;
    int64_t n = (int64_t)number;
    sqlite3_stmt *q = query(c,
        "SELECT " COLUMNS " FROM complaint WHERE number=?1 OR name=?2 OR contact=?2 COLLATE NOCASE"
        " ORDER BY at_ms",
        &who, 1, &n, 1);
    int rc = SQLITE_CORRUPT;
    *out = NULL;
    *count_out = 0;
    while (q && (rc = sqlite3_step(q)) == SQLITE_ROW)
        *ARENA_PUSH(a, *out, *count_out, cap) = read_row(a, q);
    sqlite3_finalize(q);
    return result_of(c, rc);
}

enum result complaints_erase(struct complaints *c, story_id number)
{
    int64_t n = (int64_t)number;
    sqlite3_stmt *q = query(c, "DELETE FROM complaint WHERE number=?1", NULL, 0, &n, 1);
    if (!q) return ERR_CORRUPT;
    enum result r = result_of(c, sqlite3_step(q));
    sqlite3_finalize(q);
    return r == OK && !sqlite3_changes(c->db) ? ERR_ABSENT : r;
}
