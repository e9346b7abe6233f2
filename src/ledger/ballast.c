/* ledger/ballast.c: room on the disk that is kept for what cannot wait (K19): FOLDER/ballast,
 * allocated while there is room. An urgent append that finds the disk full cuts it and has that
 * place: half at once, for what follows from the act has to be written too; the rest step by step,
 * for whatever fills the disk takes what becomes free, and further acts shall fit. It is the same
 * file always: the desk's fence names it, and lets nothing in the folder be made or removed. Owns
 * that file. Never judges what is urgent. */
#include "handle.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Room for the ballast and as much again: a try that fails must not take, for its moment, the room
 * that was just let go for others. */
static bool has_room(const struct ledger *l)
{
    struct statvfs s;
    if (statvfs(l->folder, &s) != 0) return false;
    return (uint64_t)s.f_bavail * s.f_frsize >= UINT64_C(2) * LEDGER_BALLAST_BYTES;
}

static int open_file(const struct ledger *l, int more)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/ballast", l->folder);
    return open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | more, 0640);
}

static off_t size_of(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 ? st.st_size : 0;
}

bool ledger_keep_ballast(struct ledger *l)
{
    struct disk d = disk_look(l->folder);
    int fd = open_file(l, O_CREAT);
    if (fd < 0) return false;
    off_t size = size_of(fd); /* half a ballast is shorter, so it does not pass for one */
    bool whole = size >= LEDGER_BALLAST_BYTES;
    if (!whole && has_room(l)) {
        whole = posix_fallocate(fd, 0, LEDGER_BALLAST_BYTES) == 0;
        if (!whole) (void)!ftruncate(fd, size);
    }
    close(fd);
    return whole && !disk_is_full(&d);
}

bool ballast_let_go(struct ledger *l)
{
    int fd = open_file(l, 0);
    if (fd < 0) return false;
    off_t size = size_of(fd), half = LEDGER_BALLAST_BYTES / 2,
          less = size > half                  ? half
                 : size > LEDGER_BALLAST_STEP ? size - LEDGER_BALLAST_STEP
                                              : 0;
    bool gone = size > 0 && ftruncate(fd, less) == 0;
    close(fd);
    return gone;
}
