/* rehearse_disk: a disk that fills up: a small file system of memory, mounted for this scenario's
 * process and its children alone, so that it goes with them. It is full when nothing can grow any
 * more; what was set aside can still be written. Where nothing may be mounted, the scenario is
 * skipped. */
#include "rehearse.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

enum { DISK_MB = 64, FILL_BYTES = 64 << 10 };

static bool wants_disk(const struct scenario *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->steps[i].kind == STEP_DISK) return true;
    return false;
}

/* Root may mount in a mount namespace of its own; others in a user namespace, where they may make
 * one. */
static bool own_mounts(void)
{
    char map[64];
    uid_t uid = getuid();
    if (uid == 0 && unshare(CLONE_NEWNS) == 0) return true;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    snprintf(map, sizeof map, "%u %u 1", (unsigned)uid, (unsigned)uid);
    return file_write_durable("/proc/self/uid_map", span_of(map)) == OK;
}

bool disk_prepare(struct play *p)
{
    char size[32];
    if (!wants_disk(p->scenario)) return true;
    p->disk = arena_printf(p->arena, "%s/disk", p->root).p;
    snprintf(size, sizeof size, "size=%dm", DISK_MB);
    if (dir_make(p->disk) != OK) return troubled(p, "%s cannot be made", p->disk);
    if (!own_mounts() || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", p->disk, "tmpfs", 0, size) != 0)
        return skip(p, "a small disk cannot be mounted here");
    p->data = arena_printf(p->arena, "%s/data", p->disk).p;
    return true;
}

static const char *filler(struct play *p)
{
    return arena_printf(p->step_arena, "%s/filler", p->disk).p;
}

static bool fill(struct play *p)
{
    static char nothing[FILL_BYTES];
    int fd = open(filler(p), O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0640);
    if (fd < 0) return troubled(p, "the disk cannot be filled: %s", strerror(errno));
    for (size_t n = FILL_BYTES; n; n /= 2)
        while (write(fd, nothing, n) == (ssize_t)n) continue;
    close(fd);
    return true;
}

bool step_disk(struct play *p, const struct step *s)
{
    bool full = span_eq(s->value->text, S("full"));
    if (!full && !span_eq(s->value->text, S("free")))
        return troubled(p, "disk wants “full” or “free”");
    p->disk_full = full;
    if (full) return fill(p);
    if (unlink(filler(p)) != 0) return troubled(p, "there is no full disk: %s", strerror(errno));
    for (size_t i = 0; i < p->sent_count; i++) /* what waited in its folder */
        if (!p->stage->taken(p, p->sent[i].feed, p->sent[i].name)) return false;
    return true;
}
