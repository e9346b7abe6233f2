/* tar: the few files of a backup as one stream that every tar reads (POSIX ustar; sizes from 8 GB
 * on in base 256, as GNU tar and others have them), and back. What comes in is a stranger's: only
 * names that are asked for, only plain files, each once, to its end. */
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    TAR_BLOCK = 512,
    TAR_PIECE = 1 << 20,
    NAME_AT = 0,
    MODE_AT = 100,
    SIZE_AT = 124,
    SIZE_BYTES = 12,
    TIME_AT = 136,
    SUM_AT = 148,
    KIND_AT = 156,
    MAGIC_AT = 257,
};
static const uint64_t octal_max = (UINT64_C(1) << 33) - 1; /* eleven digits */
static const uint64_t tar_file_max = UINT64_C(1) << 46;    /* 64 TB: a ledger of lifetimes */

/* ---- out ---- */
static unsigned sum_of(const unsigned char h[TAR_BLOCK])
{
    unsigned sum = 0;
    for (int i = 0; i < TAR_BLOCK; i++) sum += i >= SUM_AT && i < SUM_AT + 8 ? ' ' : h[i];
    return sum;
}

static void put_size(unsigned char *at, uint64_t size)
{
    if (size <= octal_max) {
        snprintf((char *)at, SIZE_BYTES, "%011llo", (unsigned long long)size);
        return;
    }
    at[0] = 0x80;
    for (int i = SIZE_BYTES - 1; i > 0; i--, size >>= 8) at[i] = (unsigned char)size;
}

static void make_head(unsigned char h[TAR_BLOCK], const char *name, const struct stat *st)
{
    memset(h, 0, TAR_BLOCK);
    memcpy(h + NAME_AT, name, strlen(name));
    memcpy(h + MODE_AT,
        "0000600\0"
        "0000000\0"
        "0000000",
        24);
    put_size(h + SIZE_AT, (uint64_t)st->st_size);
    snprintf((char *)h + TIME_AT, 12, "%011llo", (unsigned long long)st->st_mtime);
    h[KIND_AT] = '0';
    memcpy(h + MAGIC_AT,
        "ustar\0"
        "00",
        8);
    snprintf((char *)h + SUM_AT, 8, "%06o", sum_of(h));
    h[SUM_AT + 7] = ' ';
}

static enum result send_bytes(int to, int from, uint64_t size)
{
    static char piece[TAR_PIECE];
    static const char zeros[TAR_BLOCK];
    uint64_t left = size;
    while (left) {
        ssize_t got = read(from, piece, left < TAR_PIECE ? (size_t)left : TAR_PIECE);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return ERR_IO;
        enum result r = write_all(to, piece, (size_t)got);
        if (r != OK) return r;
        left -= (uint64_t)got;
    }
    return write_all(to, zeros, (size_t)(-size % TAR_BLOCK));
}

static enum result send_file(int fd, const char *path, const char *name)
{
    unsigned char head[TAR_BLOCK];
    struct stat st;
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (from < 0) return errno == ENOENT ? OK : ERR_IO;
    enum result r = fstat(from, &st) == 0 ? OK : ERR_IO;
    if (r == OK) {
        make_head(head, name, &st);
        r = write_all(fd, head, sizeof head);
    }
    if (r == OK) r = send_bytes(fd, from, (uint64_t)st.st_size);
    close(from);
    return r;
}

enum result tar_write(int fd, const char *folder, const char *const *names, size_t n)
{
    static const char end[2 * TAR_BLOCK];
    char path[4096];
    enum result r = OK;
    for (size_t i = 0; i < n && r == OK; i++) {
        must(strlen(names[i]) < TAR_NAME_BYTES);
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        r = send_file(fd, path, names[i]);
    }
    return r == OK ? write_all(fd, end, sizeof end) : r;
}

/* ---- in ---- */
static bool take_octal(const unsigned char *at, size_t n, uint64_t *out)
{
    size_t i = 0;
    *out = 0;
    while (i < n && at[i] == ' ') i++;
    size_t first = i;
    for (; i < n && at[i] >= '0' && at[i] <= '7'; i++) *out = *out << 3 | (uint64_t)(at[i] - '0');
    return i > first && (i == n || at[i] == ' ' || at[i] == 0);
}

static bool take_size(const unsigned char *at, uint64_t *out)
{
    if (at[0] != 0x80) return take_octal(at, SIZE_BYTES, out);
    *out = 0;
    if (at[1] || at[2] || at[3]) return false;
    for (int i = 4; i < SIZE_BYTES; i++) *out = *out << 8 | at[i];
    return *out <= tar_file_max;
}

static bool is_end(const unsigned char h[TAR_BLOCK])
{
    for (int i = 0; i < TAR_BLOCK; i++)
        if (h[i]) return false;
    return true;
}

/* Ended, and without a "./" before it. */
static void name_of(const unsigned char h[TAR_BLOCK], char out[TAR_NAME_BYTES + 1])
{
    const char *name = (const char *)h + NAME_AT;
    size_t skip = name[0] == '.' && name[1] == '/' ? 2 : 0;
    memcpy(out, name + skip, TAR_NAME_BYTES - skip);
    out[TAR_NAME_BYTES - skip] = 0;
}

static enum result take_bytes(int fd, const char *path, uint64_t size, const char **why)
{
    static char piece[TAR_PIECE];
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    *why = "what comes cannot be kept";
    if (to < 0 && errno == EEXIST) return *why = "it has a file twice", ERR_CORRUPT;
    if (to < 0) return errno == ENOSPC ? ERR_FULL : ERR_IO;
    uint64_t left = size, padded = size + -size % TAR_BLOCK;
    enum result r = OK;
    while (padded && r == OK) {
        size_t some = padded < TAR_PIECE ? (size_t)padded : TAR_PIECE;
        size_t own = left < some ? (size_t)left : some;
        if (fd_read_whole(fd, piece, some))
            r = write_all(to, piece, own);
        else
            *why = "it breaks off", r = ERR_CORRUPT;
        padded -= some;
        left -= own;
    }
    if (close(to) != 0 && r == OK) r = ERR_IO;
    return r;
}

static enum result take_file(int fd, const unsigned char head[TAR_BLOCK], const char *folder,
    bool (*is_ours)(const char *name), const char **why)
{
    uint64_t size, sum;
    char path[4096], name[TAR_NAME_BYTES + 1], *slash;
    *why = "it is no tar of a backup";
    if (!take_octal(head + SUM_AT, 8, &sum) || sum != sum_of(head) ||
        memcmp(head + MAGIC_AT, "ustar", 5) != 0 || !take_size(head + SIZE_AT, &size))
        return ERR_CORRUPT;
    name_of(head, name);
    if (!is_ours(name) || (head[KIND_AT] != '0' && head[KIND_AT])) return ERR_CORRUPT;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    slash = strrchr(path, '/');
    *slash = 0;
    if (dir_make(path) != OK) return ERR_IO;
    *slash = '/';
    return take_bytes(fd, path, size, why);
}

enum result tar_read(
    int fd, const char *folder, bool (*is_ours)(const char *name), const char **why)
{
    unsigned char head[TAR_BLOCK];
    for (;;) {
        *why = "it breaks off";
        if (!fd_read_whole(fd, head, sizeof head)) return ERR_CORRUPT;
        if (is_end(head)) return OK;
        enum result r = take_file(fd, head, folder, is_ours, why);
        if (r != OK) return r;
    }
}

/* ---- a folder for the while ---- */
static void woken(int number)
{
    (void)number;
}

static int wait_and_end(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno == EINTR) kill(child, SIGTERM);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EX_TEMPFAIL;
}

int tar_spooled(const char *verb, int (*work)(const char *folder, void *with), void *with)
{
    const char *tmp = getenv("TMPDIR");
    char folder[4096];
    snprintf(
        folder, sizeof folder, "%s/broadsheet-%s-XXXXXX", tmp && *tmp ? tmp : "/var/tmp", verb);
    if (!mkdtemp(folder)) return keep_fail(verb, folder, ERR_IO);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int code = work(folder, with);
        fflush(NULL);
        _exit(code);
    }
    struct sigaction wake = {.sa_handler = woken};
    const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < COUNT(ends); i++) sigaction(ends[i], &wake, NULL);
    int code =
        child > 0 ? wait_and_end(child) : keep_fail(verb, "no process can be started", ERR_IO);
    if (dir_remove(folder) != OK) fprintf(stderr, "broadsheet %s: %s is left over\n", verb, folder);
    return code;
}
