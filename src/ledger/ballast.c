/* ledger/ballast.c: room on the disk that is kept for what cannot wait (K19): FOLDER/ballast,
 * allocated while there is room. An urgent append that finds the disk full lets it go and has its
 * place. Owns that file. Never judges what is urgent. */
#include "handle.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

static void path_of(const struct ledger *l, const char *end, char out[4096])
{
    snprintf(out, 4096, "%s/ballast%s", l->folder, end);
}

/* Room for the ballast and as much again: a try that fails must not take, for its moment, the room
 * that was just let go for others. */
static bool has_room(const struct ledger *l)
{
    struct statvfs s;
    if (statvfs(l->folder, &s) != 0) return false;
    return (uint64_t)s.f_bavail * s.f_frsize >= UINT64_C(2) * LEDGER_BALLAST_BYTES;
}

/* Under another name until it is whole: half a ballast would pass for one. */
bool ledger_keep_ballast(struct ledger *l)
{
    char path[4096], aside[4096];
    path_of(l, "", path);
    path_of(l, ".new", aside);
    if (access(path, F_OK) == 0) return true;
    if (!has_room(l)) return false;
    int fd = open(aside, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) return false;
    bool whole = posix_fallocate(fd, 0, LEDGER_BALLAST_BYTES) == 0;
    close(fd);
    if (whole && rename(aside, path) == 0) return true;
    unlink(aside);
    return false;
}

bool ballast_let_go(struct ledger *l)
{
    char path[4096];
    path_of(l, "", path);
    return unlink(path) == 0;
}
