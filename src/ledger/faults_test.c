/* X4: the disk says no at the first, second, third … operation of an append. Whatever it says and
 * whenever: the batch is in the ledger whole or not at all, the answer is never OK for what is not
 * there, and the same batch again stands once. */
#include "handle.h"
#include "ledger_testing.h"

/* ---- a disk that fails: SQLite's own, with some operations replaced ---- */

static sqlite3_vfs *disk, failing;
static const sqlite3_io_methods *sound_methods;
static sqlite3_io_methods failing_main, failing_wal; /* they lock differently, and write alike */
static int operations_left = -1; /* until the fault; below zero: none is planned */
static bool stays;               /* the fault: once, or from then on */
static bool fired;

static bool fails(void)
{
    if (operations_left < 0) return false;
    if (operations_left > 0) return operations_left--, false;
    fired = true;
    if (!stays) operations_left = -1;
    return true;
}

static int failing_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    if (fails()) return stays ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    return sound_methods->xWrite(f, p, n, at);
}

static int failing_sync(sqlite3_file *f, int flags)
{
    return fails() ? SQLITE_IOERR_FSYNC : sound_methods->xSync(f, flags);
}

static int failing_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return fails() ? SQLITE_IOERR_READ : sound_methods->xRead(f, p, n, at);
}

static int failing_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return fails() ? SQLITE_IOERR_TRUNCATE : sound_methods->xTruncate(f, size);
}

static int failing_lock(sqlite3_file *f, int at, int n, int flags)
{
    bool takes = flags & SQLITE_SHM_LOCK;
    return takes && fails() ? SQLITE_IOERR_SHMLOCK : sound_methods->xShmLock(f, at, n, flags);
}

static const sqlite3_io_methods *with_faults(
    const sqlite3_io_methods *sound, sqlite3_io_methods *faulty)
{
    *faulty = *sound;
    faulty->xWrite = failing_write;
    faulty->xRead = failing_read;
    faulty->xSync = failing_sync;
    faulty->xTruncate = failing_truncate;
    if (sound->iVersion >= 2 && sound->xShmLock) faulty->xShmLock = failing_lock;
    return faulty;
}

static int failing_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    (void)v;
    int rc = disk->xOpen(disk, name, f, flags, out);
    if (rc != SQLITE_OK || !f->pMethods) return rc;
    if (flags & SQLITE_OPEN_MAIN_DB) {
        sound_methods = f->pMethods;
        f->pMethods = with_faults(f->pMethods, &failing_main);
    } else if (flags & SQLITE_OPEN_WAL) {
        f->pMethods = with_faults(f->pMethods, &failing_wal);
    }
    return rc;
}

static void install_failing_disk(void)
{
    disk = sqlite3_vfs_find(NULL);
    failing = *disk;
    failing.zName = "failing";
    failing.xOpen = failing_open;
    must(sqlite3_vfs_register(&failing, 1) == SQLITE_OK);
}

/* ---- the test ---- */

enum { BATCH = 3, FAULTS_MAX = 400 };

static enum result append_round(struct ledger *l, int round)
{
    static char noise[BATCH][9000];
    char names[BATCH][24];
    struct append batch[BATCH];
    for (int i = 0; i < BATCH; i++) {
        snprintf(names[i], sizeof names[i], "%d/%d", round, i);
        memset(noise[i], 0, sizeof noise[i]);
        for (size_t at = 0; at < sizeof noise[i]; at += 32) {
            struct hash h = hash_of(span_of(names[i]));
            h.b[0] ^= (unsigned char)at, h.b[1] ^= (unsigned char)(at >> 8);
            memcpy(noise[i] + at, h.b, at + 32 <= sizeof noise[i] ? 32 : sizeof noise[i] - at);
        }
        batch[i] = (struct append){.kind = EVENT_DELIVERY,
            .feed = S("f"),
            .delivery = span_of(names[i]),
            .blob = {noise[i], sizeof noise[i]}};
    }
    return ledger_append(l, batch, BATCH);
}

static int events_of(struct ledger *l, int round)
{
    struct arena *a = arena_new(1 << 20);
    int count = 0;
    for (int i = 0; i < BATCH; i++) {
        char name[24];
        struct event e;
        snprintf(name, sizeof name, "%d/%d", round, i);
        count += ledger_find(l, S("f"), span_of(name), &e, a) == OK;
    }
    arena_free(a);
    return count;
}

static struct ledger *open_small(void)
{
    struct ledger *l = open_as("intake");
    must(ledger_db_exec(l, "PRAGMA wal_autocheckpoint = 4; PRAGMA cache_size = 5") == OK);
    return l;
}

/* One append with a fault at operation n; true: it held. */
static bool survives(int round, int n, bool fault_stays, bool *fired_out)
{
    struct ledger *l = open_small();
    fired = false;
    stays = fault_stays;
    operations_left = n;
    enum result r = append_round(l, round);
    operations_left = -1;
    *fired_out = fired;
    int same_handle = events_of(l, round);
    ledger_close(l);

    l = open_small();
    struct ledger_report report;
    int after = events_of(l, round);
    bool held = r == OK ? after == BATCH && same_handle == BATCH : after == 0 || after == BATCH;
    held = held && (r == OK || r == ERR_FULL || r == ERR_IO);
    held = held && append_round(l, round) == OK && events_of(l, round) == BATCH;
    held = held && ledger_verify(l, false, NULL, NULL, &report) == OK;
    held = held && report.events == 1 + (uint64_t)(round + 1) * BATCH;
    ledger_close(l);
    if (!held) printf("# fault at operation %d: %s, %d there after\n", n, result_name(r), after);
    return held;
}

static void test_faults(bool fault_stays, const char *what)
{
    folder_new();
    int wrong = 0, n = 0;
    for (bool reached = true; reached && n < FAULTS_MAX; n++)
        wrong += !survives(n, n, fault_stays, &reached);
    check(wrong == 0 && n > 10 && n < FAULTS_MAX, "%s at each of %d operations", what, n - 1);
    folder_end();
}

int main(void)
{
    log_quiet(LOG_ERROR);
    install_failing_disk();
    test_faults(false, "an input/output error");
    test_faults(true, "a full disk");
    return tap_end();
}
