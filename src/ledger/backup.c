/* ledger/backup.c: a whole copy of the ledger in one file, taken while others append, verified
 * before it gets its name; and the same copy brought up to date. Never leaves an unverified file
 * under the name asked for. The tombstones are copied by whoever calls (docs/ledger.md). */
#include "handle.h"
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <unistd.h>

enum {
    BACKUP_PAGES = 256, /* 1 MB a step: between two steps progress is told */
    MORE_EVENTS = 256,  /* a commit: what was copied before a cut stays */
    MORE_BYTES = 8 << 20,
};

static enum result copy_pages(
    struct ledger *l, sqlite3 *to, void (*progress)(uint64_t, uint64_t, void *), void *with);
static enum result make_single_file(const char *path);
static enum result verify_file(struct ledger *l, const char *path);
static enum result sync_path(const char *path, int flags);

static enum result copy_forgotten(struct ledger *l, struct ledger *copy, uint64_t until_pos);
static enum result copy_some(
    struct ledger *l, struct ledger *copy, struct arena *a, uint64_t *pos, uint64_t to_pos);

enum result ledger_backup_more(struct ledger *l, const char *file,
    void (*progress)(uint64_t done, uint64_t of, void *), void *with, uint64_t *added_out)
{
    struct ledger *copy = NULL;
    struct ledger_mark at = {0};
    const char *why;
    uint64_t head = 0;
    *added_out = 0;
    if (access(file, F_OK) != 0) return ERR_ABSENT;
    enum result r = ledger_copy_open(file, &copy, &why);
    if (r == OK) r = ledger_mark(copy, UINT64_MAX, &at);
    if (r == ERR_CORRUPT || (r == OK && !at.pos)) r = ERR_ABSENT;
    if (r == OK) r = db_run(l, ledger_db_query(l, Q_BEGIN_READ));
    if (r == OK) r = ledger_head(l, &head);
    if (r == OK) r = ledger_holds(l, &at);
    if (r == OK) r = copy_forgotten(l, copy, at.pos);
    struct arena *a = arena_new(MORE_BYTES + LEDGER_SCRATCH);
    for (uint64_t pos = at.pos; r == OK && pos < head;) {
        r = copy_some(l, copy, a, &pos, head);
        if (r == OK && progress) progress(pos - at.pos, head - at.pos, with);
    }
    if (r == OK) *added_out = head - at.pos;
    arena_free(a);
    if (!sqlite3_get_autocommit(l->db)) sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
    ledger_close(copy);
    return r;
}

/* A purge reaches the copy too. */
static enum result copy_forgotten(struct ledger *l, struct ledger *copy, uint64_t until_pos)
{
    struct arena *a = arena_new(64 << 20);
    uint64_t *there, *here;
    size_t n = 0, known = 0, k = 0, missing = 0;
    enum result r = ledger_forgotten(l, until_pos, a, &there, &n);
    if (r == OK) r = ledger_forgotten(copy, until_pos, a, &here, &known);
    for (size_t i = 0; r == OK && i < n; i++) {
        while (k < known && here[k] < there[i]) k++;
        if (k == known || here[k] != there[i]) there[missing++] = there[i];
    }
    if (r == OK) r = ledger_forget_all(copy, there, missing);
    arena_free(a);
    return r;
}

static enum result copy_some(
    struct ledger *l, struct ledger *copy, struct arena *a, uint64_t *pos, uint64_t to_pos)
{
    struct span rows[MORE_EVENTS];
    size_t n = 0, bytes = 0;
    enum result r = OK;
    arena_reset(a);
    while (n < MORE_EVENTS && bytes < MORE_BYTES && *pos + n < to_pos && r == OK) {
        r = ledger_pack(l, *pos + n, a, &rows[n]);
        if (r == OK) bytes += rows[n++].n;
    }
    if (r == OK) r = ledger_land(copy, rows, n);
    if (r == OK) *pos += n;
    return r == ERR_ABSENT ? ERR_CORRUPT : r; /* a gap */
}

enum result ledger_backup(struct ledger *l, const char *to_file,
    void (*progress)(uint64_t done, uint64_t of, void *), void *with)
{
    struct arena *a = arena_new(1 << 20);
    const char *partial = arena_printf(a, "%s.partial", to_file).p;
    const char *folder = dirname(arena_cstr(a, span_of(to_file)));
    unlink(partial);
    sqlite3 *to = NULL;
    int rc = sqlite3_open_v2(
        partial, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    enum result r = ledger_db_result(to, rc);
    if (r == OK) r = copy_pages(l, to, progress, with);
    must(sqlite3_close(to) == SQLITE_OK);
    if (r == OK) r = make_single_file(partial);
    if (r == OK) r = sync_path(partial, O_RDONLY);
    if (r == OK) r = verify_file(l, partial);
    if (r == OK && rename(partial, to_file) < 0) r = ERR_IO;
    if (r == OK) r = sync_path(folder, O_RDONLY | O_DIRECTORY);
    if (r != OK) unlink(partial);
    arena_free(a);
    return r;
}

/* Our read transaction stays open over all steps: without it every append of another process starts
 * the copy anew. */
static enum result copy_pages(
    struct ledger *l, sqlite3 *to, void (*progress)(uint64_t, uint64_t, void *), void *with)
{
    uint64_t pos;
    enum result r = db_run(l, ledger_db_query(l, Q_BEGIN_READ));
    if (r == OK) r = ledger_head(l, &pos);
    int rc =
        sqlite3_exec(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL, NULL, NULL);
    if (r == OK) r = ledger_db_result(to, rc);
    sqlite3_backup *copy = r == OK ? sqlite3_backup_init(to, "main", l->db, "main") : NULL;
    if (r == OK && !copy) r = ledger_db_result(to, sqlite3_errcode(to));
    rc = SQLITE_OK;
    while (copy && (rc = sqlite3_backup_step(copy, BACKUP_PAGES)) == SQLITE_OK) {
        uint64_t of = (uint64_t)sqlite3_backup_pagecount(copy);
        if (progress) progress(of - (uint64_t)sqlite3_backup_remaining(copy), of, with);
    }
    sqlite3_backup_finish(copy);
    if (r == OK) r = ledger_db_result(to, rc);
    if (!sqlite3_get_autocommit(l->db)) sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
    return r;
}

/* The copy says of itself that it has a WAL; a backup is one file, readable from a read-only disk.
 */
static enum result make_single_file(const char *path)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_exec(db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    enum result r = ledger_db_result(db, rc);
    must(sqlite3_close(db) == SQLITE_OK);
    return r;
}

static enum result verify_file(struct ledger *l, const char *path)
{
    struct ledger_report report;
    const char *why;
    struct ledger *copy = handle_new(l->folder, "keeper");
    enum result r = handle_open_file(copy, path, HANDLE_READ, &why);
    if (r == OK) r = ledger_verify(copy, true, NULL, NULL, &report);
    if (r == ERR_CORRUPT) log_warn("ledger: the backup does not verify: the ledger is damaged");
    ledger_close(copy);
    return r;
}

static enum result sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) return ERR_IO;
    enum result r = fsync(fd) == 0 ? OK : ERR_IO;
    close(fd);
    return r;
}
