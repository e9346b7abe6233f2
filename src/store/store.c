/* store: the writer's handle: opening, the job's two transactions, the switch to a rebuilt store.
 * desk.db is committed before site.db, each with the ledger position; the position of the store is
 * the lower of both, and every put may be repeated: whatever a crash cuts off is applied again from
 * the ledger and ends in the same tables. WAL with synchronous=NORMAL: after a power cut each file
 * is a consistent prefix of its commits. Never decides anything about a story. Fatal: no memory, a
 * job begun twice. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WRITER_WAIT_MS = 5000 }; /* for a backup or a check that holds the file */

static int note_wal(void *with, sqlite3 *h, const char *name, int pages)
{
    (void)h;
    (void)name;
    ((struct db *)with)->wal_pages = pages;
    return SQLITE_OK;
}

/* The pages are copied by store_index_some, behind publication, and not by the commit that makes
 * the thousandth. */
static enum result keep_wal(struct db *d)
{
    int on = 1;
    sqlite3_wal_hook(d->h, note_wal, d);
    sqlite3_busy_timeout(d->h, WRITER_WAIT_MS);
    return db_result(d, sqlite3_file_control(d->h, "main", SQLITE_FCNTL_PERSIST_WAL, &on));
}

static enum result pragma_number(struct db *d, const char *sql, int64_t *out)
{
    sqlite3_stmt *q;
    int rc = sqlite3_prepare_v2(d->h, sql, -1, &q, NULL);
    if (rc != SQLITE_OK) return db_result(d, rc);
    rc = sqlite3_step(q);
    *out = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
    sqlite3_finalize(q);
    return rc == SQLITE_ROW ? OK : db_result(d, rc);
}

static enum result make_tables(struct db *d, enum folder_file f)
{
    enum result r = db_exec(d, "BEGIN IMMEDIATE");
    for (int i = 0; r == OK && i < SCHEMA_PARTS; i++) r = db_exec(d, schema_of[f][i]);
    char *sql = sqlite3_mprintf("PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
        STORE_APPLICATION_ID, STORE_VERSION);
    must(sql != NULL);
    if (r == OK) r = db_exec(d, sql);
    sqlite3_free(sql);
    return r;
}

enum result store_check_version(struct db *d, const char **why_out)
{
    int64_t application = 0, version = 0;
    enum result r = pragma_number(d, "PRAGMA application_id", &application);
    if (r == OK) r = pragma_number(d, "PRAGMA user_version", &version);
    if (r == ERR_CORRUPT || (r == OK && application != STORE_APPLICATION_ID)) {
        *why_out = "the store is damaged; `broadsheet rebuild` makes it anew from the ledger";
        return ERR_CORRUPT;
    }
    if (r != OK || version == STORE_VERSION) return r;
    if (version > STORE_VERSION) {
        *why_out = "the store was written by a newer version of broadsheet";
        return ERR_NEWER;
    }
    *why_out = "the store is of an older version; `broadsheet rebuild` makes it anew";
    return ERR_CORRUPT;
}

static enum result open_file(
    struct store *s, struct db *d, enum folder_file f, bool make, const char **why_out)
{
    char path[PATH_MAX];
    folder_path(s->folder, s->generation, f, path);
    int flags = SQLITE_OPEN_READWRITE | (make ? SQLITE_OPEN_CREATE : 0);
    enum result r = db_open(path, flags, d);
    if (r == ERR_ABSENT && !make) {
        *why_out = "a file of the store is missing; `broadsheet rebuild` makes it anew";
        return ERR_CORRUPT;
    }
    if (r == OK && !make) r = store_check_version(d, why_out);
    if (r == OK)
        r = db_exec(d, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                       "PRAGMA secure_delete=ON; PRAGMA cache_size=-16000");
    if (r == OK) r = keep_wal(d);
    if (r == OK && make) r = make_tables(d, f);
    if (f == FILE_SITE)
        db_statements(d, site_statements, SITE_STATEMENTS);
    else
        db_statements(d, desk_statements, DESK_STATEMENTS);
    return r;
}

static enum result read_position(struct store *s)
{
    int64_t site = 0, desk = 0;
    enum result r = db_number(&s->site, SITE_POSITION, NO_ARGS, &site);
    if (r == OK) r = db_number(&s->desk, DESK_POSITION, NO_ARGS, &desk);
    s->position = (uint64_t)(site < desk ? site : desk);
    return r == ERR_ABSENT ? ERR_CORRUPT : r;
}

static enum result open_files(struct store *s, bool make, const char **why_out)
{
    enum result r = open_file(s, &s->desk, FILE_DESK, make, why_out);
    if (r == OK) r = open_file(s, &s->site, FILE_SITE, make, why_out);
    if (r == OK) r = read_position(s);
    if (r == ERR_CORRUPT && !*why_out)
        *why_out = "the store is damaged; `broadsheet rebuild` makes it anew from the ledger";
    return r;
}

static enum result open_generation(struct store *s, bool fresh, const char **why_out)
{
    enum result r = fresh ? ERR_ABSENT : folder_current(s->folder, &s->generation);
    bool make = r == ERR_ABSENT;
    if (make)
        r = folder_make(s->folder, &s->generation, &s->lock);
    else if (r == OK)
        r = folder_lock(s->folder, s->generation, &s->lock);
    if (r == ERR_ABSENT) r = ERR_CORRUPT; /* `current` names a folder that is not there */
    if (r == ERR_BUSY) *why_out = "another process is writing this store";
    if (r == ERR_CORRUPT)
        *why_out = "the store is damaged; `broadsheet rebuild` makes it anew from the ledger";
    if (r == OK) r = open_files(s, make, why_out);
    if (r == OK && make && !fresh) r = folder_switch(s->folder, s->generation);
    s->fresh = fresh;
    return r;
}

enum result store_open(const char *folder, bool fresh, struct store **out, const char **why_out)
{
    struct store *s = calloc(1, sizeof *s);
    must(s != NULL && strlen(folder) < PATH_MAX - 32);
    *why_out = NULL;
    strcpy(s->folder, folder);
    s->lock = -1;
    s->scratch = arena_new(STORE_SCRATCH_MAX);
    enum result r = open_generation(s, fresh, why_out);
    if (r != OK) {
        if (!*why_out) *why_out = result_name(r);
        store_close(s);
        return r;
    }
    if (!fresh) {
        folder_sweep(folder);
        clock_slot_set(SLOT_STORE_EPOCH, s->generation);
    }
    *out = s;
    return OK;
}

/* The newsroom holds the lock and writes; WAL lets another process read beside it. */
enum result store_look(const char *folder, struct store **out, const char **why_out)
{
    struct store *s = calloc(1, sizeof *s);
    must(s != NULL && strlen(folder) < PATH_MAX - 32);
    strcpy(s->folder, folder);
    s->lock = -1;
    s->scratch = arena_new(STORE_SCRATCH_MAX);
    char path[PATH_MAX];
    enum result r = folder_current(folder, &s->generation);
    if (r == OK) {
        folder_path(folder, s->generation, FILE_DESK, path);
        r = db_open(path, SQLITE_OPEN_READONLY, &s->desk);
    }
    if (r == OK) {
        sqlite3_busy_timeout(s->desk.h, WRITER_WAIT_MS);
        db_statements(&s->desk, desk_statements, DESK_STATEMENTS);
        int64_t position = 0;
        *why_out = NULL;
        r = store_check_version(&s->desk, why_out);
        if (r == OK) r = db_number(&s->desk, DESK_POSITION, NO_ARGS, &position);
        s->position = (uint64_t)position;
    }
    if (r == OK) {
        *out = s;
        return OK;
    }
    if (r == ERR_ABSENT || !*why_out) *why_out = "the store cannot be read";
    store_close(s);
    return r;
}

void store_close(struct store *s)
{
    if (!s) return;
    store_rollback(s);
    db_close(&s->site);
    db_close(&s->desk);
    if (s->lock >= 0) close(s->lock);
    arena_free(s->scratch);
    free(s);
}

enum result store_switch(struct store *s)
{
    must(s->fresh && !s->site.open);
    enum result r = db_exec(&s->desk, "PRAGMA wal_checkpoint(TRUNCATE)");
    if (r == OK) r = db_exec(&s->site, "PRAGMA wal_checkpoint(TRUNCATE)");
    if (r == OK) r = folder_switch(s->folder, s->generation);
    if (r != OK) return r;
    s->fresh = false;
    clock_slot_set(SLOT_STORE_EPOCH, s->generation);
    folder_sweep(s->folder);
    return OK;
}

enum result store_failed(const struct store *s)
{
    return s->desk.failed != OK ? s->desk.failed : s->site.failed;
}

uint64_t store_position(const struct store *s)
{
    return s->position;
}

static void touch_nothing(struct store *s)
{
    s->touched_count = 0;
    memset(s->touched_bits, 0, sizeof s->touched_bits);
}

enum result store_begin(struct store *s)
{
    must(!s->site.open);
    enum result r = db_exec(&s->desk, "BEGIN IMMEDIATE");
    if (r != OK) return r;
    r = db_exec(&s->site, "BEGIN IMMEDIATE");
    s->desk.open = s->site.open = true;
    s->desk.failed = s->site.failed = OK;
    touch_nothing(s);
    if (r != OK) store_rollback(s);
    return r;
}

enum result store_commit_file(struct db *d, int set_position, uint64_t position)
{
    enum result r = d->failed;
    if (r == OK) r = db_do(d, set_position, ARGS(arg_int((int64_t)position)));
    if (r == OK) r = db_exec(d, "COMMIT");
    if (r == OK) d->open = false;
    if (r == OK && d->wal_pages > STORE_WAL_MAX_PAGES)
        sqlite3_wal_checkpoint_v2(d->h, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return r;
}

enum result store_commit(struct store *s, uint64_t position)
{
    must(s->site.open);
    enum result r = store_commit_file(&s->desk, DESK_SET_POSITION, position);
    if (r == OK) r = store_commit_file(&s->site, SITE_SET_POSITION, position);
    if (r != OK) {
        store_rollback(s);
        return r;
    }
    s->position = position;
    return OK;
}

static void rollback_file(struct db *d)
{
    if (d->h && !sqlite3_get_autocommit(d->h))
        must(sqlite3_exec(d->h, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK ||
             sqlite3_get_autocommit(d->h));
    d->open = false;
}

void store_rollback(struct store *s)
{
    rollback_file(&s->site);
    rollback_file(&s->desk);
    touch_nothing(s);
}

struct arena *store_scratch(struct store *s)
{
    arena_reset(s->scratch);
    return s->scratch;
}

void store_touch(struct store *s, const char *kind, struct span name)
{
    struct span key = arena_printf(s->scratch, "%s%.*s", kind, FMT(name));
    uint32_t slot = keys_slot(key);
    uint64_t *word = &s->touched_bits[slot / 64], bit = (uint64_t)1 << slot % 64;
    if (!(*word & bit)) s->touched[s->touched_count++] = slot;
    *word |= bit;
}

const uint32_t *store_touched(const struct store *s, size_t *count_out)
{
    *count_out = s->touched_count;
    return s->touched;
}
