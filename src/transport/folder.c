/* folder: the watched folder. Whole files go out; files that are being written are never read (V7).
 * done/ and quarantine/ below it are ours. A file counts as whole when its writer has closed it or
 * renamed it into place (inotify), or when it stood unchanged for FOLDER_STABLE_MS, and nobody
 * holds it open for writing (network file systems send no events). Never follows links, never opens
 * what is no regular file. The folder is listed once and then known by its events; it is listed
 * again when events were lost, when not all names had room, and now and then, for file systems
 * without events: so rarely that listing is a small part of the work, however many files wait. */
#include "clock.h"
#include "folder_testing.h"
#include "queue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FOLDER_NAMES_MAX = 200000, /* of one listing: of more, the oldest and the newest */
    FOLDER_BATCH_BYTES = 24 << 20,
    FOLDER_NUMBERS_MAX = 64,   /* tried for a name that is taken: first in order, then at random */
    FOLDER_STEM = 235,         /* of a name, before its number */
    FOLDER_READS_MAX = 16,     /* of events in one call: a storm of them must not stop the taking */
    LISTING_SHARE = 20,        /* listing takes at most one part in so many of the time */
    LISTING_ARENA = 512 << 20, /* twice FOLDER_NAMES_MAX names of the longest kind */
};

struct folder {
    int dir, done, bad, notify;
    struct queue *queue;
    struct name *out;         /* given by the last call */
    size_t names_max, popped; /* popped: since the last listing */
    uint64_t listings;
    int64_t list_ms; /* when it is listed again at the latest */
    bool lost;       /* events: the queue does not know all */
    bool cut;        /* there were more names than names_max */
    bool newest_turn;
    bool plain; /* renames know no flags here */
    bool away;  /* nothing stands under its path: said */
    char path[];
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
static bool is_temporary(struct span name)
{
    static const char *ends[] = {".tmp", ".part", ".filepart", ".crdownload", ".swp", "~"};
    if (span_starts(name, S("."))) return true;
    for (size_t i = 0; i < COUNT(ends); i++)
        if (span_ends(name, span_of(ends[i]))) return true;
    return false;
}

static struct file_id id_of(const struct stat *st)
{
    return (struct file_id){st->st_mtim.tv_sec * 1000000000LL + st->st_mtim.tv_nsec,
        (int64_t)st->st_size, (uint64_t)st->st_ino};
}

static bool same_file(struct file_id a, struct file_id b)
{
    return a.mtime_ns == b.mtime_ns && a.size == b.size && a.inode == b.inode;
}

/* What waits under a name; false: nothing, or a folder. */
static bool look_at(int dir, const char *name, struct stat *st)
{
    return fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st->st_mode);
}

/* An event: its writer has closed it, or it was renamed into place, perhaps over one that waits. */
static void name_came(struct folder *f, const char *text)
{
    struct stat st;
    bool there = look_at(f->dir, text, &st);
    struct name *n = there ? queue_meet(f->queue, text) : queue_find(f->queue, text);
    if (!there && n && n->state != NAME_AWAY) queue_drop(f->queue, n);
    if (!there || (n->state == NAME_RIPE && same_file(n->id, id_of(&st)))) return;
    n->id = id_of(&st);
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
            if (e->len && !is_temporary(span_of(e->name))) name_came(f, e->name);
        }
}

/* ---- listing ---- */
struct seen {
    const char *text;
    struct file_id id;
    bool regular;
};
struct listing {
    struct arena *a, *spare;
    struct seen *at;
    size_t n, cap;
};

static int by_time(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    if (x->id.mtime_ns != y->id.mtime_ns) return x->id.mtime_ns < y->id.mtime_ns ? -1 : 1;
    return strcmp(x->text, y->text);
}

/* More names than there is room for: what is neither old nor new waits for the next listing, which
 * comes before either end of this one is used up. So the order is that of all of them. */
static void cut_middle(struct listing *l, size_t names_max)
{
    size_t half = names_max / 2, n = 0;
    struct seen *kept = ARENA_ARRAY(l->spare, struct seen, l->cap);
    qsort(l->at, l->n, sizeof *l->at, by_time);
    for (size_t i = 0; i < l->n; i++) {
        if (i >= half && i < l->n - half) continue;
        kept[n] = l->at[i];
        kept[n++].text = arena_cstr(l->spare, span_of(l->at[i].text));
    }
    struct arena *used = l->a;
    l->a = l->spare;
    l->spare = used;
    arena_reset(used);
    l->at = kept;
    l->n = n;
}

static bool read_names(struct folder *f, struct listing *l)
{
    int again = openat(f->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = again >= 0 ? fdopendir(again) : NULL;
    if (!d) return false;
    f->cut = false;
    for (struct dirent *e; (e = readdir(d));) {
        struct stat st;
        if (is_temporary(span_of(e->d_name)) || !look_at(f->dir, e->d_name, &st)) continue;
        if (l->n >= 2 * f->names_max) {
            cut_middle(l, f->names_max);
            f->cut = true;
        }
        *ARENA_PUSH(l->a, l->at, l->n, l->cap) =
            (struct seen){arena_cstr(l->a, span_of(e->d_name)), id_of(&st), S_ISREG(st.st_mode)};
    }
    closedir(d);
    if (l->n > f->names_max) {
        cut_middle(l, f->names_max);
        f->cut = true;
    }
    return true;
}

/* Into the new queue, with what the old one knew of it. A file met for the first time has to stand
 * still, for nobody has said that it is whole. */
static void put_name(struct queue *q, const struct queue *old, const struct seen *s, int64_t now_ms)
{
    const struct name *was = queue_find(old, s->text);
    struct name *n = queue_meet(q, s->text);
    bool known = was && same_file(was->id, s->id);
    n->id = s->id;
    n->regular = s->regular;
    if (!s->regular || (known && was->state == NAME_RIPE))
        queue_ripe(q, n);
    else
        queue_late(
            q, n, known && was->state == NAME_LATE ? was->due_ms : now_ms + FOLDER_STABLE_MS);
}

static bool list(struct folder *f)
{
    struct listing l = {.a = arena_new(LISTING_ARENA), .spare = arena_new(LISTING_ARENA)};
    int64_t start_ms = mono_ms();
    bool read = read_names(f, &l);
    if (read) {
        struct queue *q = queue_new();
        for (size_t i = 0; i < l.n; i++) put_name(q, f->queue, &l.at[i], start_ms);
        queue_free(f->queue);
        f->queue = q;
        f->lost = false;
        f->popped = 0;
        f->listings++;
        int64_t pause_ms = (mono_ms() - start_ms) * LISTING_SHARE;
        f->list_ms = mono_ms() + (pause_ms > FOLDER_RESCAN_MS ? pause_ms : FOLDER_RESCAN_MS);
    }
    arena_free(l.a);
    arena_free(l.spare);
    return read;
}

/* Of a listing that was cut, half at most is taken, from both ends: a quarter of each end's. The
 * queue's memory grows with its moves; a fresh listing makes at most two a name. */
static bool list_is_due(const struct folder *f)
{
    bool worn = queue_moves(f->queue) > 6 * f->names_max;
    bool used_up = f->cut && (f->popped >= f->names_max / 2 || !queue_waiting(f->queue));
    return !f->listings || f->lost || worn || used_up || mono_ms() >= f->list_ms;
}

/* The descriptor holds the folder that was opened, whatever the path names by now. */
static bool is_replaced(struct folder *f)
{
    struct stat now, ours;
    bool there = stat(f->path, &now) == 0 && fstat(f->dir, &ours) == 0;
    if (!there && !f->away) log_warn("%s is not there any more: it is waited for", f->path);
    f->away = !there;
    return there && (now.st_dev != ours.st_dev || now.st_ino != ours.st_ino);
}

/* ---- afterwards ---- */
/* Never over another file: with a flag, where there is none with a second name for a moment, and
 * where files have one name only, after a look. */
static int rename_new(const struct folder *f, int from, const char *name, int to, const char *as)
{
    struct stat st;
    if (!f->plain && renameat2(from, name, to, as, RENAME_NOREPLACE) == 0) return 0;
    if (!f->plain && errno != EINVAL) return -1;
    if (linkat(from, name, to, as, 0) == 0) return unlinkat(from, name, 0);
    if (errno == EEXIST || errno == ENOENT) return -1;
    if (fstatat(to, as, &st, AT_SYMLINK_NOFOLLOW) != 0) return renameat(from, name, to, as);
    errno = EEXIST;
    return -1;
}

/* A name that is taken gets a number: a small one, or, where a sender uses one name for all that it
 * sends, any. */
static enum result move_numbered(const struct folder *f, int from, const char *name, int to,
    const char *as, char moved[NAME_MAX + 16])
{
    snprintf(moved, NAME_MAX + 16, "%.255s", as);
    for (int i = 1; i <= FOLDER_NUMBERS_MAX; i++) {
        if (rename_new(f, from, name, to, moved) == 0) return OK;
        if (errno != EEXIST) return errno == ENOENT ? ERR_ABSENT : ERR_IO;
        uint32_t any;
        random_bytes(&any, sizeof any);
        snprintf(moved, NAME_MAX + 16, "%.*s~%u", FOLDER_STEM, as,
            i < FOLDER_NUMBERS_MAX / 2 ? (uint32_t)i : any);
    }
    return ERR_FULL;
}

/* The note is whole before anybody sees it. */
static enum result move_bad(
    struct folder *f, int from, const char *name, const char *as, struct span why)
{
    static const char unnamed[] = ".why.part";
    char moved[NAME_MAX + 16], note[NAME_MAX + 32];
    int fd = openat(f->bad, unnamed, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0) return ERR_IO;
    enum result written = write_all(fd, why.p, why.n);
    close(fd);
    enum result r = move_numbered(f, from, name, f->bad, as, moved);
    snprintf(note, sizeof note, "%.247s.why.txt", moved);
    if (r == OK && renameat(f->bad, unnamed, f->bad, note) != 0) r = ERR_IO;
    if (r != OK) (void)unlinkat(f->bad, unnamed, 0);
    return r == OK ? written : r;
}

static void refuse(struct folder *f, struct arena *a, struct name *n, const char *why)
{
    log_warn("quarantined: %s: %s", n->text, why);
    if (move_bad(f, f->dir, n->text, n->text, arena_printf(a, "%s: %s\n", n->text, why)) != OK)
        log_warn("%s cannot be moved to quarantine/: %s", n->text, strerror(errno));
    queue_drop(f->queue, n);
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

/* Is it still the file that was looked at, and nobody writes to it? */
static bool is_settled(int fd, struct file_id id)
{
    struct stat st;
    return fstat(fd, &st) == 0 && same_file(id_of(&st), id) && has_no_writer(fd);
}

static bool is_settled_at(int dir, const char *name, struct file_id id)
{
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return false;
    bool settled = is_settled(fd, id);
    close(fd);
    return settled;
}

/* What was read is durable. Whoever has put another file under that name since, or has written to
 * it, must not see that vanish unread: so it is asked before the move, and again after it, when
 * nobody can reach the file by the name any more. */
enum result folder_done(struct folder *f, const struct folder_file *file)
{
    char name[NAME_MAX + 1], moved[NAME_MAX + 16], back[NAME_MAX + 16];
    struct stat st;
    snprintf(name, sizeof name, "%.*s", FMT(file->name));
    struct name *n = queue_find(f->queue, name);
    if (!look_at(f->dir, name, &st)) return ERR_ABSENT;
    if (!same_file(id_of(&st), file->id)) return OK;
    enum result r = move_numbered(f, f->dir, name, f->done, name, moved);
    if (r == OK && !is_settled_at(f->done, moved, file->id))
        return move_numbered(f, f->done, moved, f->dir, moved, back);
    if (n && n->state == NAME_OUT && r == OK) queue_drop(f->queue, n);
    if (n && n->state == NAME_OUT && r != OK) queue_late(f->queue, n, mono_ms() + FOLDER_STABLE_MS);
    return r;
}

/* ---- taking ---- */
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

/* ---- one that turned out bad ---- */
/* Is the file of that name in done/ the delivery that is wanted? */
static bool is_wanted(struct folder *f, const char *text, const struct folder_wanted *w)
{
    struct stat st;
    bool found = false;
    int fd = openat(f->done, text, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return false;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == w->size &&
        st.st_size <= FOLDER_FILE_MAX) {
        struct arena *a = arena_new((size_t)st.st_size + (1 << 20));
        struct span bytes = read_whole(fd, a, (size_t)st.st_size);
        const char *name = arena_cstr(a, w->name);
        found = w->is_it(w->with, delivery_of(a, name, id_of(&st).mtime_ns, bytes));
        arena_free(a);
    }
    close(fd);
    return found;
}

/* NAME~NUMBER, as move_numbered makes them. */
static bool is_numbered(const char *text, struct span name)
{
    struct span s = span_of(text), stem = span_cut(name, 0, FOLDER_STEM);
    uint64_t number;
    return span_starts(s, stem) && s.n > stem.n && s.p[stem.n] == '~' &&
           span_to_u64(span_cut(s, stem.n + 1, s.n), &number);
}

static bool find_wanted(struct folder *f, const struct folder_wanted *w, char text[NAME_MAX + 1])
{
    snprintf(text, NAME_MAX + 1, "%.*s", FMT(w->name));
    if (is_wanted(f, text, w)) return true;
    int again = openat(f->done, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = again >= 0 ? fdopendir(again) : NULL;
    bool found = false;
    for (struct dirent *e; d && !found && (e = readdir(d));) {
        if (!is_numbered(e->d_name, w->name) || !is_wanted(f, e->d_name, w)) continue;
        snprintf(text, NAME_MAX + 1, "%.255s", e->d_name);
        found = true;
    }
    if (d) closedir(d);
    return found;
}

enum result folder_quarantine(struct folder *f, const struct folder_wanted *wanted, struct span why)
{
    char text[NAME_MAX + 1], as[NAME_MAX + 1];
    if (!wanted->name.n || wanted->name.n >= sizeof as || span_find_char(wanted->name, '/') >= 0)
        return ERR_ABSENT;
    snprintf(as, sizeof as, "%.*s", FMT(wanted->name));
    return find_wanted(f, wanted, text) ? move_bad(f, f->done, text, as, why) : ERR_ABSENT;
}

/* Not to be had now: it must stand still from here on, unless an event comes first. */
static bool not_yet(struct folder *f, struct name *n, struct file_id id)
{
    n->id = id;
    queue_late(f->queue, n, mono_ms() + FOLDER_STABLE_MS);
    return false;
}

static bool never(struct folder *f, struct arena *a, struct name *n, const char *why)
{
    if (why)
        refuse(f, a, n, why);
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
    if (!is_settled(fd, n->id)) return not_yet(f, n, id_of(&st));
    struct span bytes = read_whole(fd, a, (size_t)st.st_size);
    if (bytes.n != (size_t)st.st_size || !is_settled(fd, n->id)) return not_yet(f, n, id_of(&st));
    *out = (struct folder_file){arena_keep(a, span_of(n->text)), bytes,
        delivery_of(a, n->text, n->id.mtime_ns, bytes), n->id.mtime_ns / 1000000, n->id};
    return true;
}

/* One file, if it is whole. */
static bool take_one(struct folder *f, struct arena *a, struct name *n, struct folder_file *out)
{
    struct stat st;
    if (!n->regular) {
        if (!look_at(f->dir, n->text, &st)) return never(f, a, n, NULL);
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
    int64_t left = (due_ms < f->list_ms ? due_ms : f->list_ms) - mono_ms();
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
    bool due = list_is_due(f);
    if (due && is_replaced(f)) return ERR_CLOSED;
    if (due && !list(f)) return ERR_IO;
    queue_wake(f->queue, mono_ms());
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
