/* folder: the watched folder. Whole files go out; files that are being written are never read (V7).
 * done/ and quarantine/ below it are ours. A file counts as whole when its writer has closed it or
 * renamed it into place (inotify), or when it stood unchanged for FOLDER_STABLE_MS and nobody holds
 * a lease-breaking write on it (network file systems send no events). Never follows links, never
 * opens what is no regular file. */
#include "clock.h"
#include "transport.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FOLDER_NAMES_MAX = 200000, /* waiting files looked at in one scan */
    FOLDER_BATCH_BYTES = 24 << 20,
    FOLDER_NUMBER_MAX = 10000, /* of a name taken in done/ */
    FOLDER_CLOSED_MAX = 4096,  /* names known to be closed by their writers */
};

struct seen { /* a file met before it counted as whole */
    char name[NAME_MAX + 1];
    int64_t size, mtime_ns, since_ms;
    bool closed;
};
struct folder {
    int dir, done, bad, notify;
    struct seen *seen;
    size_t seen_count, seen_cap;
    bool newest_turn;
};

/* Standing still is a matter of real time, also when a rehearsal drives the house's clock. */
static int64_t mono_ms(void)
{
    return clock_mono_us() / 1000;
}

/* ---- opening ---- */
static int open_below(int dir, const char *name)
{
    if (mkdirat(dir, name, 0750) != 0 && errno != EEXIST) return -1;
    return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

enum result folder_open(const char *path, struct folder **out, const char **why_out)
{
    struct folder *f = calloc(1, sizeof *f);
    must(f);
    f->done = f->bad = f->notify = -1;
    enum result r = dir_make(path);
    f->dir = r == OK ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (f->dir >= 0) {
        f->done = open_below(f->dir, "done");
        f->bad = open_below(f->dir, "quarantine");
        f->notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    }
    if (f->dir < 0 || f->done < 0 || f->bad < 0 || f->notify < 0) {
        *why_out = strerror(errno);
        folder_close(f);
        return ERR_IO;
    }
    if (inotify_add_watch(f->notify, path, IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR) < 0)
        log_warn("%s sends no events (%s): it is looked through every %d ms", path, strerror(errno),
            FOLDER_RESCAN_MS);
    *out = f;
    return OK;
}

void folder_close(struct folder *f)
{
    if (!f) return;
    int fds[] = {f->dir, f->done, f->bad, f->notify};
    for (size_t i = 0; i < COUNT(fds); i++)
        if (fds[i] >= 0) close(fds[i]);
    free(f->seen);
    free(f);
}

int folder_fd(const struct folder *f)
{
    return f->notify;
}

/* ---- what is whole ---- */
static bool is_temporary(struct span name)
{
    static const char *ends[] = {".tmp", ".part", ".filepart", ".crdownload", ".swp", "~"};
    if (span_starts(name, S("."))) return true;
    for (size_t i = 0; i < COUNT(ends); i++)
        if (span_ends(name, span_of(ends[i]))) return true;
    return false;
}

static struct seen *seen_named(struct folder *f, const char *name, bool make)
{
    for (size_t i = 0; i < f->seen_count; i++)
        if (strcmp(f->seen[i].name, name) == 0) return &f->seen[i];
    if (!make || f->seen_count >= FOLDER_CLOSED_MAX) return NULL;
    if (f->seen_count == f->seen_cap) {
        f->seen_cap = f->seen_cap ? f->seen_cap * 2 : 16;
        f->seen = realloc(f->seen, f->seen_cap * sizeof *f->seen);
        must(f->seen);
    }
    struct seen *s = &f->seen[f->seen_count++];
    memset(s, 0, sizeof *s);
    snprintf(s->name, sizeof s->name, "%s", name);
    s->size = -1;
    return s;
}

static void seen_drop(struct folder *f, const char *name)
{
    struct seen *s = seen_named(f, name, false);
    if (s) *s = f->seen[--f->seen_count];
}

static void read_events(struct folder *f)
{
    char room[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
    for (ssize_t n; (n = read(f->notify, room, sizeof room)) > 0;)
        for (char *p = room; p < room + n;) {
            const struct inotify_event *e = (const struct inotify_event *)(void *)p;
            p += sizeof *e + e->len;
            if (!e->len || is_temporary(span_of(e->name))) continue;
            struct seen *s = seen_named(f, e->name, true);
            if (s) s->closed = true;
        }
}

/* Does any process hold it open for writing? A read lease can only be had when none does
 * (fcntl(2)); where leases are unknown, time must tell. */
static bool has_no_writer(int fd)
{
    if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
        (void)fcntl(fd, F_SETLEASE, F_UNLCK);
        return true;
    }
    return errno != EAGAIN && errno != EBUSY;
}

static bool stood_still(struct folder *f, const char *name, const struct stat *st, int *wait_ms)
{
    struct seen *s = seen_named(f, name, true);
    int64_t mtime_ns = st->st_mtim.tv_sec * 1000000000LL + st->st_mtim.tv_nsec;
    if (!s) return false;
    if (s->closed) return true;
    if (s->size != st->st_size || s->mtime_ns != mtime_ns) {
        s->size = st->st_size;
        s->mtime_ns = mtime_ns;
        s->since_ms = mono_ms();
    }
    int64_t left = FOLDER_STABLE_MS - (mono_ms() - s->since_ms);
    if (left <= 0) return true;
    if (left < *wait_ms) *wait_ms = (int)left;
    return false;
}

/* ---- taking ---- */
struct waiting {
    const char *name;
    int64_t mtime_ns;
};

static int by_time(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    if (x->mtime_ns != y->mtime_ns) return x->mtime_ns < y->mtime_ns ? -1 : 1;
    return strcmp(x->name, y->name);
}

static enum result move_bad(struct folder *f, int from, const char *name, struct span why)
{
    char note[NAME_MAX + 16];
    snprintf(note, sizeof note, "%.240s.why.txt", name);
    int fd = openat(f->bad, note, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0) return ERR_IO;
    enum result r = write_all(fd, why.p, why.n);
    close(fd);
    if (renameat(from, name, f->bad, name) != 0) return errno == ENOENT ? ERR_ABSENT : ERR_IO;
    return r;
}

static void refuse(struct folder *f, struct arena *a, const char *name, const char *why)
{
    log_warn("quarantined: %s: %s", name, why);
    if (move_bad(f, f->dir, name, arena_printf(a, "%s: %s\n", name, why)) != OK)
        log_warn("%s cannot be moved to quarantine/: %s", name, strerror(errno));
    seen_drop(f, name);
}

static bool list_waiting(struct folder *f, struct arena *a, struct waiting **out, size_t *count)
{
    int again = openat(f->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = again >= 0 ? fdopendir(again) : NULL;
    if (!d) return false;
    size_t cap = 0;
    *count = 0;
    *out = NULL;
    for (struct dirent *e; (e = readdir(d)) && *count < FOLDER_NAMES_MAX;) {
        struct stat st;
        if (is_temporary(span_of(e->d_name)) ||
            fstatat(f->dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || S_ISDIR(st.st_mode))
            continue;
        *ARENA_PUSH(a, *out, *count, cap) = (struct waiting){arena_cstr(a, span_of(e->d_name)),
            st.st_mtim.tv_sec * 1000000000LL + st.st_mtim.tv_nsec};
    }
    closedir(d);
    if (*count) qsort(*out, *count, sizeof **out, by_time);
    return true;
}

static struct span read_whole(int fd, struct arena *a, size_t n)
{
    char *p = arena_alloc(a, n + 1);
    size_t got = 0;
    while (got < n) {
        ssize_t k = pread(fd, p + got, n - got, (off_t)got);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) break;
        got += (size_t)k;
    }
    return (struct span){p, got};
}

static struct span delivery_of(
    struct arena *a, const char *name, int64_t mtime_ns, struct span bytes)
{
    struct hash h = hash_of(bytes);
    return arena_printf(a, "file:%s:%lld:%.32s", name, (long long)mtime_ns, hash_hex(a, &h).p);
}

/* One file, if it is whole. */
static bool take_one(struct folder *f, struct arena *a, const struct waiting *w,
    struct folder_file *out, int *wait_ms)
{
    struct stat st;
    int fd = openat(f->dir, w->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        if (errno == EACCES)
            refuse(f, a, w->name, "it may not be read: give it to the user that runs Broadsheet");
        if (errno == ELOOP) refuse(f, a, w->name, "it is a link, not a file");
        return false;
    }
    bool taken = false;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        refuse(f, a, w->name, "it is no regular file");
    } else if (st.st_size > FOLDER_FILE_MAX) {
        refuse(f, a, w->name, "it is larger than 32 MB, the most that one delivery may be");
    } else if (stood_still(f, w->name, &st, wait_ms) && has_no_writer(fd)) {
        struct span bytes = read_whole(fd, a, (size_t)st.st_size);
        taken = bytes.n == (size_t)st.st_size;
        if (taken)
            *out = (struct folder_file){span_of(w->name), bytes,
                delivery_of(a, w->name, w->mtime_ns, bytes), w->mtime_ns / 1000000};
    }
    close(fd);
    return taken;
}

/* Newest and oldest alternately: after an outage neither today's news nor yesterday's starves. */
enum result folder_take(struct folder *f, struct arena *a, struct folder_file *out, size_t n,
    size_t *count_out, int *wait_ms_out)
{
    struct waiting *list;
    size_t waiting = 0, bytes = 0;
    *count_out = 0;
    *wait_ms_out = FOLDER_RESCAN_MS;
    read_events(f);
    if (!list_waiting(f, a, &list, &waiting)) return ERR_IO;
    for (size_t low = 0, high = waiting; low < high && *count_out < n && bytes < FOLDER_BATCH_BYTES;
         f->newest_turn = !f->newest_turn) {
        const struct waiting *w = f->newest_turn ? &list[--high] : &list[low++];
        if (!take_one(f, a, w, &out[*count_out], wait_ms_out)) continue;
        bytes += out[(*count_out)++].bytes.n;
    }
    return OK;
}

/* ---- afterwards ---- */
enum result folder_done(struct folder *f, const struct folder_file *file)
{
    char name[NAME_MAX + 1], to[NAME_MAX + 16];
    snprintf(name, sizeof name, "%.*s", FMT(file->name));
    snprintf(to, sizeof to, "%s", name);
    seen_drop(f, name);
    for (int i = 1; i < FOLDER_NUMBER_MAX; i++) {
        if (renameat2(f->dir, name, f->done, to, RENAME_NOREPLACE) == 0) return OK;
        if (errno == EINVAL)
            return renameat(f->dir, name, f->done, to) == 0
                       ? OK
                       : ERR_IO; /* a file system without the flag */
        if (errno != EEXIST) return errno == ENOENT ? ERR_ABSENT : ERR_IO;
        snprintf(to, sizeof to, "%.240s~%d", name, i);
    }
    return ERR_FULL;
}

enum result folder_quarantine(struct folder *f, struct span name, struct span why)
{
    char text[NAME_MAX + 1];
    if (!name.n || name.n >= sizeof text || span_find_char(name, '/') >= 0) return ERR_ABSENT;
    snprintf(text, sizeof text, "%.*s", FMT(name));
    struct stat st;
    int from = fstatat(f->done, text, &st, AT_SYMLINK_NOFOLLOW) == 0 ? f->done : f->dir;
    if (fstatat(from, text, &st, AT_SYMLINK_NOFOLLOW) != 0) return ERR_ABSENT;
    return move_bad(f, from, text, why);
}
