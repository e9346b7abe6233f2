/* wal_index: the room of SQLite's wal-index (FILE-shm), which all processes map that have a
 * database open. SQLite grows that file by one byte for each 4 KB. Where the file system's blocks
 * are smaller than a page of memory the rest is holes; whoever first writes to one through the map
 * once the disk is full is ended by SIGBUS. So here a part of it is taken only when all of it is
 * there, and else SQLite hears that the disk is full. Owns nothing but a copy of SQLite's table of
 * methods. */
#include "base.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const sqlite3_io_methods *plain; /* SQLite's own, of databases */
static sqlite3_io_methods guarded;      /* the same, but for one */
static pthread_mutex_t setting_up = PTHREAD_MUTEX_INITIALIZER;

/* Touches each page as a write would, and answers instead of ending us. What stands there stays, so
 * others may be writing to it. A kernel older than 5.14, and a map that may only be read, are none
 * the worse for it. */
static bool has_room(volatile void *part, int bytes)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)part & ~(page - 1);
    size_t n = (uintptr_t)part + (size_t)bytes - from;
    return madvise((void *)from, n, MADV_POPULATE_WRITE) == 0 || errno != EFAULT;
}

/* NULL, so that SQLite asks again the next time. */
static int map_whole(sqlite3_file *f, int part, int bytes, int grow, void volatile **out)
{
    int rc = plain->xShmMap(f, part, bytes, grow, out);
    if (rc != SQLITE_OK || !*out || has_room(*out, bytes)) return rc;
    *out = NULL;
    return SQLITE_FULL;
}

static void set_up(const sqlite3_io_methods *methods)
{
    must(pthread_mutex_lock(&setting_up) == 0);
    if (!plain) {
        guarded = *methods;
        guarded.xShmMap = map_whole;
        plain = methods;
    }
    must(pthread_mutex_unlock(&setting_up) == 0);
}

void wal_index_guard(struct sqlite3 *db)
{
    sqlite3_vfs *vfs = NULL;
    sqlite3_file *f = NULL;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_VFS_POINTER, &vfs) != SQLITE_OK) return;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &f) != SQLITE_OK) return;
    if (!vfs || strcmp(vfs->zName, "unix") != 0 || !f || !f->pMethods) return;
    if (f->pMethods->iVersion < 2 || !f->pMethods->xShmMap) return;
    set_up(f->pMethods);
    if (f->pMethods == plain) f->pMethods = &guarded;
}
