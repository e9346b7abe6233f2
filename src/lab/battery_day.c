/* battery_day: a house of tables is opened once by each child; every later schedule begins in the
 * same folder, put back as it stood. Most of it is SQLite's and lies in memory (battery_disk.c).
 * Else a house writes little: the tombstones, its clock, which generation of the store is in force.
 * What is never written twice (keys, version, ballast) stays. */
#include "battery.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DAY_ARENA = 16 << 20, TOMBSTONES_MAX = 4 << 20 };

static const char *const of_store[] = {"store", "store.desk"};

struct first_day {
    struct arena *a, *step;
    struct span key, tombstones;
    uint64_t store_stamp;
};

struct first_day *first_day_new(void)
{
    struct first_day *f = calloc(1, sizeof *f);
    must(f);
    f->a = arena_new(DAY_ARENA);
    f->step = arena_new(DAY_ARENA);
    return f;
}

void first_day_free(struct first_day *f)
{
    if (!f) return;
    arena_free(f->a);
    arena_free(f->step);
    free(f);
}

bool first_day_is_kept(const struct first_day *f)
{
    return f->key.n > 0;
}

static const char *in(struct first_day *f, const char *folder, const char *name)
{
    return arena_printf(f->step, "%s/%s", folder, name).p;
}

static const char *aside(struct first_day *f, const char *data, const char *name)
{
    return arena_printf(f->step, "%s.first.%s", data, name).p;
}

/* Changes whenever a generation is put in force; 0: none is. */
static uint64_t store_stamp(struct first_day *f, const char *data)
{
    struct stat s;
    if (stat(in(f, data, "store/current"), &s) != 0) return 0;
    uint64_t parts[] = {s.st_ino, (uint64_t)s.st_ctim.tv_sec, (uint64_t)s.st_ctim.tv_nsec};
    return fast_hash((struct span){(const char *)parts, sizeof parts}) | 1;
}

bool first_day_keep(struct first_day *f, const char *data, struct span key)
{
    if (file_read(f->a, in(f, data, "tombstones"), TOMBSTONES_MAX, &f->tombstones) != OK)
        return false;
    for (size_t i = 0; i < COUNT(of_store); i++)
        if (!folder_copy(in(f, data, of_store[i]), aside(f, data, of_store[i]))) return false;
    disk_keep();
    f->store_stamp = store_stamp(f, data);
    f->key = arena_keep(f->a, key);
    return f->store_stamp != 0;
}

static bool put_back(const char *path, struct span bytes)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    bool fine = fd >= 0 && write_all(fd, bytes.p, bytes.n) == OK;
    if (fd >= 0) close(fd);
    return fine;
}

static bool put_store_back(struct first_day *f, const char *data)
{
    for (size_t i = 0; i < COUNT(of_store); i++) {
        const char *folder = in(f, data, of_store[i]);
        if (dir_remove(folder) != OK || !folder_copy(aside(f, data, of_store[i]), folder))
            return false;
    }
    f->store_stamp = store_stamp(f, data);
    return true;
}

bool first_day_again(struct first_day *f, const char *data, struct span *key_out)
{
    arena_reset(f->step);
    *key_out = f->key;
    disk_again();
    unlink(in(f, data, "run/clock")); /* it has seen another day */
    if (!put_back(in(f, data, "tombstones"), f->tombstones)) return false;
    return store_stamp(f, data) == f->store_stamp || put_store_back(f, data);
}
