/* disk: how full the disk is that a file lies on, and what follows from it. Never fatal: a disk
 * that cannot be asked has room. */
#include "base.h"

#include <sys/statvfs.h>

enum {
    DISK_ALARM_PERCENT_MIN = 80, /* used, as df counts */
    DISK_STOP_PERCENT_MIN = 95,
    DISK_ALARM_FREE_MB_MAX = 20 << 10, /* a large disk has room for years behind these percents */
    DISK_STOP_FREE_MB_MAX = 2 << 10,   /* … and for kills, indexes and logs behind those */
};

struct disk disk_look(const char *path)
{
    struct statvfs v;
    if (statvfs(path, &v) != 0 || !v.f_blocks) return (struct disk){0};
    uint64_t used = v.f_blocks - v.f_bfree, own = used + v.f_bavail; /* without root's reserve */
    return (struct disk){
        .bytes = own * v.f_frsize,
        .free = (uint64_t)v.f_bavail * v.f_frsize,
        .used_percent = own ? (unsigned)((used * 100 + own - 1) / own) : 100,
    };
}

static bool is_over(const struct disk *d, unsigned percent, uint64_t free_mb)
{
    return d->used_percent >= percent && d->free >> 20 < free_mb;
}

bool disk_is_low(const struct disk *d)
{
    return is_over(d, DISK_ALARM_PERCENT_MIN, DISK_ALARM_FREE_MB_MAX);
}

bool disk_is_full(const struct disk *d)
{
    return is_over(d, DISK_STOP_PERCENT_MIN, DISK_STOP_FREE_MB_MAX);
}
