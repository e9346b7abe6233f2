/* battery_disk: the files of SQLite kept in this process's memory, for the stage of tables: one
 * process and one thread, where a crash is that all handles are closed and opened again. The
 * product's code opens its paths as ever; what stands at one on the real disk is an empty file that
 * says: it is there, so that folders are made, looked for and removed as on a disk. It locks like a
 * disk's files (a second writer is told that it is busy) and has WAL's shared index. Not for
 * threads. Fatal: no memory. */
#include "battery.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PATH_BYTES = 512,
    INDEX_PARTS = 64,
    SECTOR = 4096,
    FILE_LEAST = 64 << 10,
    LOOKASIDE_BYTES = 1200,
    LOOKASIDE_ROOMS = 200, /* enough to prepare our longest statement */
};

struct memory_file {
    struct memory_file *next;
    char path[PATH_BYTES]; /* empty: of a handle alone */
    unsigned char *bytes;
    sqlite3_int64 size, room, kept_size; /* kept_size -1: it was not there */
    unsigned char *kept;
    bool is_there;
    int handles, readers;        /* that have it open; that hold SHARED or more */
    const struct handle *writer; /* holds RESERVED or more */
    bool no_new_readers;         /* the writer waits for EXCLUSIVE or has it */
    void *index[INDEX_PARTS];    /* WAL's */
    int index_handles, index_shared[SQLITE_SHM_NLOCK];
    const struct handle *index_owner[SQLITE_SHM_NLOCK];
};
struct handle {
    sqlite3_file base;
    struct memory_file *f;
    int lock;
    bool keeps_wal, has_index;
    unsigned index_shared;
};
_Static_assert(SQLITE_SHM_NLOCK <= 32, "one bit a lock");

static struct memory_file *files;

static struct handle *handle_of(sqlite3_file *f)
{
    return (struct handle *)f;
}

/* ---- the files ---- */
static struct memory_file *find(const char *path)
{
    for (struct memory_file *f = files; f; f = f->next)
        if (strcmp(f->path, path) == 0) return f;
    return NULL;
}

static struct memory_file *make(const char *path)
{
    struct memory_file *f = calloc(1, sizeof *f);
    must(f && strlen(path) < PATH_BYTES);
    strcpy(f->path, path);
    f->next = files;
    return files = f;
}

static void forget(const char *path, const char *suffix)
{
    char name[PATH_BYTES];
    must(snprintf(name, sizeof name, "%s%s", path, suffix) < PATH_BYTES);
    struct memory_file *f = find(name);
    if (!f) return;
    f->size = 0;
    f->is_there = false;
}

static void make_room(struct memory_file *f, sqlite3_int64 size)
{
    if (size <= f->room) return;
    sqlite3_int64 room = f->room ? f->room : FILE_LEAST;
    while (room < size) room *= 2;
    f->bytes = realloc(f->bytes, (size_t)room);
    must(f->bytes);
    f->room = room;
}

void disk_keep(void)
{
    for (struct memory_file *f = files; f; f = f->next) {
        must(!f->handles && !f->kept);
        f->kept_size = f->is_there ? f->size : -1;
        f->kept = malloc((size_t)f->size + 1);
        must(f->kept);
        if (f->size) memcpy(f->kept, f->bytes, (size_t)f->size);
    }
}

void disk_again(void)
{
    for (struct memory_file *f = files; f; f = f->next) {
        must(!f->handles);
        f->is_there = f->kept && f->kept_size >= 0;
        f->size = f->is_there ? f->kept_size : 0;
        if (f->size) memcpy(f->bytes, f->kept, (size_t)f->size);
    }
}

/* ---- reading and writing ---- */
static int disk_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
    const struct memory_file *f = handle_of(file)->f;
    sqlite3_int64 there = f->size - at < n ? f->size - at : n;
    if (there < 0) there = 0;
    if (there) memcpy(out, f->bytes + at, (size_t)there);
    if (there == n) return SQLITE_OK;
    memset((char *)out + there, 0, (size_t)(n - there));
    return SQLITE_IOERR_SHORT_READ;
}

static int disk_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
    struct memory_file *f = handle_of(file)->f;
    make_room(f, at + n);
    if (at > f->size) memset(f->bytes + f->size, 0, (size_t)(at - f->size));
    memcpy(f->bytes + at, p, (size_t)n);
    if (at + n > f->size) f->size = at + n;
    return SQLITE_OK;
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct memory_file *f = handle_of(file)->f;
    if (size < f->size) f->size = size;
    return SQLITE_OK;
}

static int disk_sync(sqlite3_file *file, int flags)
{
    (void)file, (void)flags;
    return SQLITE_OK;
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *out)
{
    *out = handle_of(file)->f->size;
    return SQLITE_OK;
}

/* ---- locks: SQLite, "File Locking And Concurrency", section 3 ---- */
static int disk_unlock(sqlite3_file *file, int level)
{
    struct handle *h = handle_of(file);
    if (h->lock <= level) return SQLITE_OK;
    if (h->f->writer == h) h->f->writer = NULL, h->f->no_new_readers = false;
    if (h->lock >= SQLITE_LOCK_SHARED && level == SQLITE_LOCK_NONE) h->f->readers--;
    h->lock = level;
    return SQLITE_OK;
}

static int disk_lock(sqlite3_file *file, int level)
{
    struct handle *h = handle_of(file);
    struct memory_file *f = h->f;
    if (h->lock >= level) return SQLITE_OK;
    bool others_write = f->writer && f->writer != h;
    if (level == SQLITE_LOCK_SHARED) {
        if (others_write && f->no_new_readers) return SQLITE_BUSY;
        f->readers++;
    } else {
        if (others_write) return SQLITE_BUSY;
        f->writer = h;
        f->no_new_readers |= level > SQLITE_LOCK_RESERVED;
        if (level == SQLITE_LOCK_EXCLUSIVE && f->readers > 1) {
            h->lock = SQLITE_LOCK_PENDING;
            return SQLITE_BUSY;
        }
    }
    h->lock = level;
    return SQLITE_OK;
}

static int disk_reserved(sqlite3_file *file, int *out)
{
    *out = handle_of(file)->f->writer != NULL;
    return SQLITE_OK;
}

/* ---- WAL's index: SQLite, "The WAL-Index File Format", section 2.3 ---- */
static int index_map(sqlite3_file *file, int part, int bytes, int extend, void volatile **out)
{
    struct handle *h = handle_of(file);
    must(part < INDEX_PARTS);
    if (!h->has_index) h->has_index = true, h->f->index_handles++;
    if (!h->f->index[part] && extend) {
        h->f->index[part] = calloc(1, (size_t)bytes);
        must(h->f->index[part]);
    }
    *out = h->f->index[part];
    return SQLITE_OK;
}

static void index_unlock(struct handle *h, int i)
{
    if (h->f->index_owner[i] == h) h->f->index_owner[i] = NULL;
    if (h->index_shared >> i & 1) h->f->index_shared[i]--;
    h->index_shared &= ~(1u << i);
}

static bool index_is_free(const struct handle *h, int i, bool exclusive)
{
    int others = h->f->index_shared[i] - (int)(h->index_shared >> i & 1);
    return (!h->f->index_owner[i] || h->f->index_owner[i] == h) && !(exclusive && others);
}

static int index_lock(sqlite3_file *file, int from, int n, int flags)
{
    struct handle *h = handle_of(file);
    bool exclusive = flags & SQLITE_SHM_EXCLUSIVE, lock = flags & SQLITE_SHM_LOCK;
    for (int i = from; lock && i < from + n; i++)
        if (!index_is_free(h, i, exclusive)) return SQLITE_BUSY;
    for (int i = from; i < from + n; i++) {
        if (!lock) {
            index_unlock(h, i);
        } else if (exclusive) {
            h->f->index_owner[i] = h;
        } else if (!(h->index_shared >> i & 1)) {
            h->f->index_shared[i]++;
            h->index_shared |= 1u << i;
        }
    }
    return SQLITE_OK;
}

static void index_barrier(sqlite3_file *file)
{
    (void)file;
}

/* When nobody has it any more it is gone: the next one makes it anew from the WAL, as after a
 * crash. */
static int index_unmap(sqlite3_file *file, int is_last)
{
    struct handle *h = handle_of(file);
    (void)is_last;
    if (!h->has_index) return SQLITE_OK;
    h->has_index = false;
    for (int i = 0; i < SQLITE_SHM_NLOCK; i++) index_unlock(h, i);
    if (--h->f->index_handles) return SQLITE_OK;
    for (int i = 0; i < INDEX_PARTS; i++) {
        free(h->f->index[i]);
        h->f->index[i] = NULL;
    }
    return SQLITE_OK;
}

/* ---- the rest of a handle ---- */
static int disk_close(sqlite3_file *file)
{
    struct handle *h = handle_of(file);
    disk_unlock(file, SQLITE_LOCK_NONE);
    index_unmap(file, 0);
    h->f->handles--;
    if (!h->f->path[0]) {
        free(h->f->bytes);
        free(h->f);
    }
    return SQLITE_OK;
}

static int disk_control(sqlite3_file *file, int what, void *with)
{
    int *on = with;
    if (what != SQLITE_FCNTL_PERSIST_WAL) return SQLITE_NOTFOUND;
    if (*on < 0)
        *on = handle_of(file)->keeps_wal;
    else
        handle_of(file)->keeps_wal = *on;
    return SQLITE_OK;
}

static int disk_sector(sqlite3_file *file)
{
    (void)file;
    return SECTOR;
}

static int disk_traits(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = disk_close,
    .xRead = disk_read,
    .xWrite = disk_write,
    .xTruncate = disk_truncate,
    .xSync = disk_sync,
    .xFileSize = disk_size,
    .xLock = disk_lock,
    .xUnlock = disk_unlock,
    .xCheckReservedLock = disk_reserved,
    .xFileControl = disk_control,
    .xSectorSize = disk_sector,
    .xDeviceCharacteristics = disk_traits,
    .xShmMap = index_map,
    .xShmLock = index_lock,
    .xShmBarrier = index_barrier,
    .xShmUnmap = index_unmap,
};

/* ---- names ---- */
/* A database whose name is gone from the real disk is another one that has the name now. */
static bool stand_in(const char *path, int flags)
{
    if (access(path, F_OK) == 0) return true;
    forget(path, "");
    forget(path, "-wal");
    forget(path, "-journal");
    if (!(flags & SQLITE_OPEN_CREATE)) return false;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

static int disk_open(
    sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *flags_out)
{
    struct handle *h = handle_of(file);
    (void)vfs;
    *h = (struct handle){.base = {NULL}};
    if (path && flags & SQLITE_OPEN_MAIN_DB && !stand_in(path, flags)) return SQLITE_CANTOPEN;
    h->f = path ? find(path) : NULL;
    if (!(flags & SQLITE_OPEN_MAIN_DB) && path && !(h->f && h->f->is_there) &&
        !(flags & SQLITE_OPEN_CREATE))
        return SQLITE_CANTOPEN;
    if (!h->f && path) h->f = make(path);
    if (!h->f) h->f = calloc(1, sizeof *h->f);
    must(h->f);
    h->f->is_there = true;
    h->f->handles++;
    h->base.pMethods = &methods;
    if (flags_out) *flags_out = flags;
    return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    (void)vfs, (void)sync;
    forget(path, "");
    return SQLITE_OK;
}

static int disk_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
    (void)vfs, (void)flags;
    const struct memory_file *f = find(path);
    *out = f && f->is_there;
    return SQLITE_OK;
}

static int disk_full_name(sqlite3_vfs *vfs, const char *path, int n, char *out)
{
    (void)vfs;
    return snprintf(out, (size_t)n, "%s", path) < n ? SQLITE_OK : SQLITE_CANTOPEN;
}

void disk_in_memory(void)
{
    static sqlite3_vfs vfs;
    if (vfs.zName) return;
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)sqlite3_config(SQLITE_CONFIG_LOOKASIDE, LOOKASIDE_BYTES, LOOKASIDE_ROOMS);
    must(sqlite3_initialize() == SQLITE_OK);
    vfs = *sqlite3_vfs_find(NULL);
    vfs.zName = "battery";
    vfs.pNext = NULL;
    vfs.szOsFile = sizeof(struct handle);
    vfs.mxPathname = PATH_BYTES - 16;
    vfs.xOpen = disk_open;
    vfs.xDelete = disk_delete;
    vfs.xAccess = disk_access;
    vfs.xFullPathname = disk_full_name;
    must(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}
