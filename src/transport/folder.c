/* folder: the watched folder. Whole files go out; files that are being written are never read (V7).
 * done/ and quarantine/ below it are ours. A file counts as whole when its writer has closed it or
 * renamed it into place (inotify), or when it stood unchanged for FOLDER_STABLE_MS, and nobody
 * holds it open for writing (network file systems send no events). Never follows links, never opens
 * what is no regular file. The folder is listed once (folder_list.c) and then known by its events.
 */
#include "folder_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FOLDER_BATCH_BYTES = 24 << 20,
    FOLDER_READS_MAX = 16, /* of events in one call: a storm of them must not stop the taking */
};

/* ---- opening ---- */
static int open_below(int dir, const char *name)
{
    if (mkdirat(dir, name, 0750) != 0 && errno != EEXIST) return -1;
    return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

enum result folder_open(const char *path, struct folder **out, const char **why_out)
{
    struct folder *f = calloc(1, sizeof *f + strlen(path) + 1);
    must(f);
    strcpy(f->path, path);
    (void)signal(SIGIO, SIG_IGN); /* comes to who holds a lease when a writer opens the file */
    f->done = f->bad = f->notify = -1;
    f->names_max = FOLDER_NAMES_MAX;
    f->queue = queue_new();
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
    queue_free(f->queue);
    free(f);
}

int folder_fd(const struct folder *f)
{
    return f->notify;
}

uint64_t folder_listings(const struct folder *f)
{
    return f->listings;
}

void folder_set_names(struct folder *f, size_t names_max)
{
    f->names_max = names_max;
}

void folder_no_flags(struct folder *f)
{
    f->plain = true;
}

void folder_deafen(struct folder *f)
{
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    must(fd >= 0 && dup3(fd, f->notify, O_CLOEXEC) >= 0);
    close(fd);
}

/* ---- one name ---- */
/* Standing still is a matter of real time, also when a rehearsal drives the house's clock. */
int64_t folder_mono_ms(void)
{
    return clock_mono_us() / 1000;
}

bool folder_leaves_alone(struct span name)
{
    static const char *ends[] = {".tmp", ".part", ".filepart", ".crdownload", ".swp", "~"};
    if (span_starts(name, S("."))) return true;
    for (size_t i = 0; i < COUNT(ends); i++)
        if (span_ends(name, span_of(ends[i]))) return true;
    return false;
}

struct file_id file_id_of(const struct stat *st)
{
    return (struct file_id){st->st_mtim.tv_sec * 1000000000LL + st->st_mtim.tv_nsec,
        (int64_t)st->st_size, (uint64_t)st->st_ino};
}

bool file_id_same(struct file_id a, struct file_id b)
{
    return a.mtime_ns == b.mtime_ns && a.size == b.size && a.inode == b.inode;
}

bool folder_look_at(int dir, const char *name, struct stat *st)
{
    return fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st->st_mode);
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

bool file_is_settled(int fd, struct file_id id)
{
    struct stat st;
    return fstat(fd, &st) == 0 && file_id_same(file_id_of(&st), id) && has_no_writer(fd);
}

/* ---- events ---- */
/* An event: its writer has closed it, or it was renamed into place, perhaps over one that waits. */
static void name_came(struct folder *f, const char *text)
{
    struct stat st;
    bool there = folder_look_at(f->dir, text, &st);
    struct name *n = there ? queue_meet(f->queue, text) : queue_find(f->queue, text);
    if (!there && n && n->state != NAME_AWAY) queue_drop(f->queue, n);
    if (!there || (n->state == NAME_RIPE && file_id_same(n->id, file_id_of(&st)))) return;
    n->id = file_id_of(&st);
    n->regular = S_ISREG(st.st_mode);
    queue_ripe(f->queue, n);
}

static void read_events(struct folder *f)
{
    char room[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t n;
    for (int i = 0; i < FOLDER_READS_MAX && (n = read(f->notify, room, sizeof room)) > 0; i++)
        for (char *p = room; p < room + n;) {
            const struct inotify_event *e = (const struct inotify_event *)(void *)p;
            p += sizeof *e + e->len;
            if (e->mask & IN_Q_OVERFLOW) f->lost = true;
            if (e->len && !folder_leaves_alone(span_of(e->name))) name_came(f, e->name);
        }
}

/* ---- one file ---- */
struct span file_read_whole(int fd, struct arena *a, size_t n)
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

struct span file_delivery(struct arena *a, const char *name, int64_t mtime_ns, struct span bytes)
{
    struct hash h = hash_of(bytes);
    return arena_printf(a, "file:%s:%lld:%.32s", name, (long long)mtime_ns, hash_hex(a, &h).p);
}

/* Not to be had now: it must stand still from here on, unless an event comes first. */
static bool not_yet(struct folder *f, struct name *n, struct file_id id)
{
    n->id = id;
    queue_late(f->queue, n, folder_mono_ms() + FOLDER_STABLE_MS);
    return false;
}

static bool never(struct folder *f, struct arena *a, struct name *n, const char *why)
{
    if (why)
        folder_refuse(f, a, n, why);
    else
        queue_drop(f->queue, n);
    return false;
}

static bool cannot_open(struct folder *f, struct arena *a, struct name *n)
{
    switch (errno) {
    case ENOENT: return never(f, a, n, NULL);
    case EACCES:
        return never(f, a, n, "it may not be read: give it to the user that runs Broadsheet");
    case ELOOP: return never(f, a, n, "it is a link, not a file");
    default: return not_yet(f, n, n->id);
    }
}

static bool read_file(
    struct folder *f, struct arena *a, struct name *n, int fd, struct folder_file *out)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return not_yet(f, n, n->id);
    if (!S_ISREG(st.st_mode)) return never(f, a, n, "it is no regular file");
    if (st.st_size > FOLDER_FILE_MAX)
        return never(f, a, n, "it is larger than 32 MB, the most that one delivery may be");
    if (!file_is_settled(fd, n->id)) return not_yet(f, n, file_id_of(&st));
    struct span bytes = file_read_whole(fd, a, (size_t)st.st_size);
    if (bytes.n != (size_t)st.st_size || !file_is_settled(fd, n->id))
        return not_yet(f, n, file_id_of(&st));
    *out = (struct folder_file){arena_keep(a, span_of(n->text)), bytes,
        file_delivery(a, n->text, n->id.mtime_ns, bytes), n->id.mtime_ns / 1000000, n->id};
    return true;
}

/* One file, if it is whole. */
static bool take_one(struct folder *f, struct arena *a, struct name *n, struct folder_file *out)
{
    struct stat st;
    if (!n->regular) {
        if (!folder_look_at(f->dir, n->text, &st)) return never(f, a, n, NULL);
        if (!S_ISREG(st.st_mode))
            return never(f, a, n,
                S_ISLNK(st.st_mode) ? "it is a link, not a file" : "it is no regular file");
        n->regular = true;
    }
    int fd = openat(f->dir, n->text, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return cannot_open(f, a, n);
    bool taken = read_file(f, a, n, fd, out);
    close(fd);
    return taken;
}

/* ---- taking ---- */
/* What was given and not moved has not become durable, or could not be moved. */
static void take_back(struct folder *f)
{
    for (struct name *n = f->out; n; n = n->out)
        if (n->state == NAME_OUT) queue_ripe(f->queue, n);
    f->out = NULL;
}

static int wait_ms(struct folder *f)
{
    int64_t due_ms = queue_next_ms(f->queue);
    int64_t left = (due_ms < f->list_ms ? due_ms : f->list_ms) - folder_mono_ms();
    return left < 1 ? 1 : left > FOLDER_RESCAN_MS ? FOLDER_RESCAN_MS : (int)left;
}

/* Newest and oldest alternately: after an outage neither today's news nor yesterday's starves. */
enum result folder_take(struct folder *f, struct arena *a, struct folder_file *out, size_t n,
    size_t *count_out, int *wait_ms_out)
{
    size_t bytes = 0;
    *count_out = 0;
    *wait_ms_out = FOLDER_RESCAN_MS;
    take_back(f);
    read_events(f);
    bool due = folder_list_is_due(f);
    if (due && folder_is_replaced(f)) return ERR_CLOSED;
    if (due && !folder_list(f)) return ERR_IO;
    queue_wake(f->queue, folder_mono_ms());
    for (struct name *w; *count_out < n && bytes < FOLDER_BATCH_BYTES &&
                         (w = queue_pop(f->queue, f->newest_turn));) {
        f->newest_turn = !f->newest_turn;
        f->popped++;
        if (!take_one(f, a, w, &out[*count_out])) continue;
        bytes += out[(*count_out)++].bytes.n;
        w->out = f->out;
        f->out = w;
    }
    *wait_ms_out = wait_ms(f);
    return OK;
}
