/* ledger/forget.c: a payload is removed for good (K20): out of the table, the free pages, the WAL.
 * The row stays with its metadata and salted hash, so that the chains still hold.
 * Never touches raw files outside the ledger, backups or the store: the purge command sees to
 * those. */
#include "handle.h"

#include <stdlib.h>

static enum result wipe(struct ledger *l);
static enum result forget_row(struct ledger *l, uint64_t pos);
static enum result drop_blob(struct ledger *l, const struct hash *h);
static enum result truncate_wal(struct ledger *l);

enum result ledger_forget(struct ledger *l, uint64_t pos)
{
    return ledger_forget_all(l, &pos, 1);
}

/* The same call again, after one that failed half way, ends it. */
enum result ledger_forget_all(struct ledger *l, const uint64_t *positions, size_t n)
{
    for (size_t i = 0; i < n; i++) /* the genesis: without its key every address changes */
        if (positions[i] == 1) return ERR_DENIED;
    enum result r = n ? db_begin(l) : OK;
    if (r != OK || !n) return r;
    for (size_t i = 0; i < n && r == OK; i++) r = forget_row(l, positions[i]);
    r = db_finish(l, r);
    return r == OK ? wipe(l) : r;
}

/* secure_delete wipes cells that are freed; only VACUUM wipes what page splits left behind. Its
 * copy of the whole file stands where the file stands: the system's folder for such things may be
 * small, or be read by others. */
static enum result wipe(struct ledger *l)
{
    must(setenv("SQLITE_TMPDIR", l->folder, 1) == 0);
    enum result r = ledger_db_exec(l, "VACUUM");
    return r == OK ? truncate_wal(l) : r;
}

static enum result forget_row(struct ledger *l, uint64_t pos)
{
    struct event e;
    arena_reset(l->scratch);
    enum result r = ledger_event(l, pos, &e, l->scratch);
    if (r != OK || e.forgotten) return r;
    sqlite3_stmt *s = ledger_db_query(l, Q_FORGET);
    sqlite3_bind_int64(s, 1, (int64_t)pos);
    r = db_run(l, s);
    return r == OK ? drop_blob(l, &e.blob) : r;
}

static enum result drop_blob(struct ledger *l, const struct hash *h)
{
    sqlite3_stmt *s = ledger_db_query(l, Q_BLOB_NEEDED);
    bind_hash(s, 1, h);
    enum result r = ledger_db_row(l, s);
    sqlite3_reset(s);
    if (r != ERR_ABSENT) return r;
    s = ledger_db_query(l, Q_BLOB_DROP);
    bind_hash(s, 1, h);
    return db_run(l, s);
}

/* Waits for readers of older snapshots to end; ERR_BUSY: some did not, the bytes may still stand in
 * the WAL. */
static enum result truncate_wal(struct ledger *l)
{
    for (int tries = 0;; tries++) {
        int rc = sqlite3_wal_checkpoint_v2(l->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        if (rc != SQLITE_BUSY) return ledger_db_result(l->db, rc);
        if (!db_busy(l, tries)) return ERR_BUSY;
    }
}
