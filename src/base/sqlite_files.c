/* sqlite_files: SQLite's files as this house opens them: SQLite's own file system for Unix, but for
 * two answers, and an opening that is tried again.
 *
 * The wal-index (FILE-shm) is mapped by all processes that have a database open, and SQLite grows
 * it by one byte for each 4 KB. Where the file system's blocks are smaller than a page of memory
 * the rest is holes; whoever first writes to one through the map once the disk is full is ended by
 * SIGBUS. So here a part of it is taken only when all of it is there, and else SQLite hears that
 * the disk is full.
 *
 * A read that the device refuses (EIO) SQLite takes for a damaged database. Here it is what it is:
 * what stands behind it may be read in a moment.
 *
 * What cannot be opened just now, the database, its log or that one's index, SQLite opens to be
 * read only, and never writes to it again while it is open. Here it is opened once more. */
#include "base.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    METHODS_MAX = 4, /* SQLite has one table for databases, one for logs and journals */
    OPEN_TRIES = 3,
};

static struct {
    const sqlite3_io_methods *plain;
    sqlite3_io_methods guarded;
} tables[METHODS_MAX];
static pthread_mutex_t tables_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sqlite3_vfs ours;
static const sqlite3_vfs *theirs; /* NULL: there is none */

/* Touches each page as a write would, and answers instead of ending us. What stands there stays, so
 * others may be writing to it. A kernel older than 5.14, and a map that may only be read, are none
 * the worse for it. */
static bool has_room(volatile void *part, int bytes)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)part & ~(page - 1);
    size_t n = (uintptr_t)part + (size_t)bytes - from;
    return madvise((void *)from, n, MADV_POPULATE_WRITE) == 0 || errno != EFAULT;
}

static const sqlite3_io_methods *plain_of(const sqlite3_file *f)
{
    for (size_t i = 0; i < COUNT(tables); i++)
        if (f->pMethods == &tables[i].guarded) return tables[i].plain;
    must(!"a file that was opened here");
}

/* NULL, so that SQLite asks again the next time. */
static int map_whole(sqlite3_file *f, int part, int bytes, int grow, void volatile **out)
{
    int rc = plain_of(f)->xShmMap(f, part, bytes, grow, out);
    if (rc != SQLITE_OK || !*out || has_room(*out, bytes)) return rc;
    *out = NULL;
    return SQLITE_FULL;
}

static int read_or_say(sqlite3_file *f, void *to, int bytes, sqlite3_int64 at)
{
    int rc = plain_of(f)->xRead(f, to, bytes, at);
    return rc == SQLITE_IOERR_CORRUPTFS ? SQLITE_IOERR_READ : rc;
}

/* Under the lock. There is no room for a table that SQLite does not have: its files stay plain. */
static const sqlite3_io_methods *guarded_of(const sqlite3_io_methods *plain)
{
    size_t i = 0;
    while (i < COUNT(tables) && tables[i].plain && tables[i].plain != plain) i++;
    if (i == COUNT(tables)) return plain;
    if (tables[i].plain) return &tables[i].guarded;
    tables[i].guarded = *plain;
    tables[i].guarded.xRead = read_or_say;
    if (plain->iVersion >= 2 && plain->xShmMap) tables[i].guarded.xShmMap = map_whole;
    tables[i].plain = plain;
    return &tables[i].guarded;
}

static int open_file(sqlite3_vfs *v, sqlite3_filename name, sqlite3_file *f, int flags, int *out)
{
    int rc = theirs->xOpen(v, name, f, flags, out);
    if (rc != SQLITE_OK || !f->pMethods) return rc;
    must(pthread_mutex_lock(&tables_lock) == 0);
    f->pMethods = guarded_of(f->pMethods);
    must(pthread_mutex_unlock(&tables_lock) == 0);
    return rc;
}

static void set_up(void)
{
    const sqlite3_vfs *v = sqlite3_vfs_find("unix");
    if (!v) return;
    ours = *v;
    ours.pNext = NULL;
    ours.zName = "broadsheet";
    ours.xOpen = open_file;
    theirs = v;
    must(sqlite3_vfs_register(&ours, 0) == SQLITE_OK);
}

static const char *files(void)
{
    pthread_once(&once, set_up);
    return theirs && sqlite3_vfs_find(NULL) == theirs ? ours.zName : NULL;
}

/* Is what is opened for writing never written, though the database itself may be? Others may be
 * writing: BUSY is as good. */
static bool is_half_open(sqlite3 *h)
{
    int rc = sqlite3_exec(h, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc == SQLITE_OK) (void)sqlite3_exec(h, "ROLLBACK", NULL, NULL, NULL);
    return (rc & 0xff) == SQLITE_READONLY;
}

int sqlite_open(const char *path, int flags, sqlite3 **out)
{
    bool writes = flags & SQLITE_OPEN_READWRITE;
    for (int tries = 1;; tries++) {
        int rc = sqlite3_open_v2(path, out, flags, files());
        if (rc != SQLITE_OK || !writes) return rc;
        bool is_last = tries == OPEN_TRIES, may_not = sqlite3_db_readonly(*out, "main") == 1;
        if (may_not ? is_last : !is_half_open(*out)) return SQLITE_OK;
        must(sqlite3_close(*out) == SQLITE_OK);
        *out = NULL;
        if (is_last) return SQLITE_CANTOPEN;
    }
}
