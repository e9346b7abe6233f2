/* file: whole files and folders, durably. Never follows a link when removing.
 * The world's errors come back as results with errno left as the system set it. */
#include "base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REMOVE_DEPTH_MAX = 64 }; /* our own folders are at most 6 deep; more is somebody's trap */

static enum result result_of_errno(void)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR: return ERR_ABSENT;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP: return ERR_DENIED;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return ERR_FULL;
    case EAGAIN:
    case EBUSY: return ERR_BUSY;
    case EPIPE:
    case ECONNRESET: return ERR_CLOSED;
    default: return ERR_IO;
    }
}

static void close_quiet(int fd)
{
    int kept = errno;
    close(fd);
    errno = kept;
}

static enum result read_open(struct arena *a, int fd, size_t max_bytes, struct span *out)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return result_of_errno();
    if (S_ISDIR(st.st_mode)) return errno = EISDIR, ERR_IO;
    if (st.st_size > 0 && (uintmax_t)st.st_size > max_bytes) return errno = EFBIG, ERR_FULL;
    size_t cap = (size_t)st.st_size + 1, n = 0; /* one more, to see a file that grows */
    char *p = arena_alloc(a, cap + 1);
    for (;;) {
        ssize_t got = read(fd, p + n, cap - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return result_of_errno();
        if (got == 0) break;
        n += (size_t)got;
        if (n > max_bytes) return errno = EFBIG, ERR_FULL;
        if (n == cap) {
            p = arena_resize(a, p, cap + 1, cap * 2 + 1);
            cap *= 2;
        }
    }
    p[n] = 0;
    *out = (struct span){p, n};
    return OK;
}

enum result file_read(struct arena *a, const char *path, size_t max_bytes, struct span *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return result_of_errno();
    enum result r = read_open(a, fd, max_bytes, out);
    close_quiet(fd);
    return r;
}

/* Fsyncs the folder that holds path, so that a new name in it survives a power cut. */
static enum result sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (!slash)
        strcpy(folder, ".");
    else
        slash[slash == folder] = 0;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return result_of_errno();
    enum result r = fsync(fd) == 0 ? OK : result_of_errno();
    close_quiet(fd);
    return r;
}

enum result file_write_durable(const char *path, struct span s)
{
    char temporary[PATH_MAX];
    uint32_t random;
    random_bytes(&random, sizeof random);
    int n = snprintf(temporary, sizeof temporary, "%s.%08x.new", path, random);
    if (n < 0 || (size_t)n >= sizeof temporary) return errno = ENAMETOOLONG, ERR_IO;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0) return result_of_errno();
    enum result r = write_all(fd, s.p, s.n);
    if (r == OK && fsync(fd) != 0) r = result_of_errno();
    close_quiet(fd);
    if (r == OK && rename(temporary, path) != 0) r = result_of_errno();
    if (r == OK) return sync_folder_of(path);
    int kept = errno;
    unlink(temporary);
    errno = kept;
    return r;
}

static enum result make_one(const char *path)
{
    struct stat st;
    if (mkdir(path, 0750) == 0) return OK;
    if (errno != EEXIST) return result_of_errno();
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) return OK;
    errno = ENOTDIR;
    return ERR_IO;
}

enum result dir_make(const char *path)
{
    char part[PATH_MAX];
    int n = snprintf(part, sizeof part, "%s", path);
    if (n <= 0 || (size_t)n >= sizeof part) return errno = ENAMETOOLONG, ERR_IO;
    for (char *p = part + 1; *p; p++) {
        if (*p != '/') continue;
        *p = 0;
        enum result r = make_one(part);
        if (r != OK) return r;
        *p = '/';
    }
    return make_one(part);
}

/* Removes everything in the folder fd, which it closes. */
static enum result empty_dir(int fd, int depth)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close_quiet(fd);
        return result_of_errno();
    }
    enum result r = OK;
    for (struct dirent *e; r == OK && (e = readdir(dir));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        if (unlinkat(dirfd(dir), e->d_name, 0) == 0) continue;
        if (errno != EISDIR && errno != EPERM) {
            r = result_of_errno();
            break;
        }
        int below = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below < 0)
            r = result_of_errno();
        else if (depth == 0)
            close(below), errno = ELOOP, r = ERR_IO;
        else
            r = empty_dir(below, depth - 1);
        if (r == OK && unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR) != 0) r = result_of_errno();
    }
    int kept = errno;
    closedir(dir);
    errno = kept;
    return r;
}

enum result dir_remove(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return result_of_errno();
    enum result r = empty_dir(fd, REMOVE_DEPTH_MAX);
    if (r == OK && rmdir(path) != 0) r = result_of_errno();
    return r;
}

enum result dir_lock(const char *path, int *fd_out)
{
    char name[PATH_MAX];
    int n = snprintf(name, sizeof name, "%s/lock", path);
    if (n < 0 || (size_t)n >= sizeof name) return errno = ENAMETOOLONG, ERR_IO;
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0) return result_of_errno();
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        enum result r = errno == EWOULDBLOCK ? ERR_BUSY : result_of_errno();
        close_quiet(fd);
        return r;
    }
    *fd_out = fd;
    return OK;
}

enum result write_all(int fd, const void *p, size_t n)
{
    const char *bytes = p;
    while (n > 0) {
        ssize_t put = write(fd, bytes, n);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return result_of_errno();
        bytes += put;
        n -= (size_t)put;
    }
    return OK;
}

enum result file_reserve(int fd, size_t n)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return result_of_errno();
    if ((size_t)st.st_size >= n && (size_t)st.st_blocks * 512 >= (size_t)st.st_size) return OK;
    errno = posix_fallocate(fd, 0, (off_t)n);
    return errno ? result_of_errno() : OK;
}

bool set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

bool fd_read_whole(int fd, void *to, size_t n)
{
    char *p = to;
    while (n) {
        ssize_t got = read(fd, p, n);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}
