/* folder_list: the whole watched folder, looked through: once at its opening, again when events
 * were lost, when not all names had room, and now and then, for file systems without events: so
 * rarely that listing is a small part of the work, however many files wait. */
#include "folder_inside.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LISTING_SHARE = 20,        /* listing takes at most one part in so many of the time */
    LISTING_ARENA = 512 << 20, /* twice FOLDER_NAMES_MAX names of the longest kind */
};

/* Of a listing that was cut, half at most is taken, from both ends: a quarter of each end's. The
 * queue's memory grows with its moves; a fresh listing makes at most two a name. */
bool folder_list_is_due(const struct folder *f)
{
    bool worn = queue_moves(f->queue) > 6 * f->names_max;
    bool used_up = f->cut && (f->popped >= f->names_max / 2 || !queue_waiting(f->queue));
    return !f->listings || f->lost || worn || used_up || folder_mono_ms() >= f->list_ms;
}

/* The descriptor holds the folder that was opened, whatever the path names by now. */
bool folder_is_replaced(struct folder *f)
{
    struct stat now, ours;
    bool there = stat(f->path, &now) == 0 && fstat(f->dir, &ours) == 0;
    if (!there && !f->away) log_warn("%s is not there any more: it is waited for", f->path);
    f->away = !there;
    return there && (now.st_dev != ours.st_dev || now.st_ino != ours.st_ino);
}

/* ---- reading the names ---- */
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
        if (folder_leaves_alone(span_of(e->d_name)) || !folder_look_at(f->dir, e->d_name, &st))
            continue;
        if (l->n >= 2 * f->names_max) {
            cut_middle(l, f->names_max);
            f->cut = true;
        }
        *ARENA_PUSH(l->a, l->at, l->n, l->cap) = (struct seen){
            arena_cstr(l->a, span_of(e->d_name)), file_id_of(&st), S_ISREG(st.st_mode)};
    }
    closedir(d);
    if (l->n > f->names_max) {
        cut_middle(l, f->names_max);
        f->cut = true;
    }
    return true;
}

/* ---- into the queue ---- */
/* Into the new queue, with what the old one knew of it. A file met for the first time has to stand
 * still, for nobody has said that it is whole. */
static void put_name(struct queue *q, const struct queue *old, const struct seen *s, int64_t now_ms)
{
    const struct name *was = queue_find(old, s->text);
    struct name *n = queue_meet(q, s->text);
    bool known = was && file_id_same(was->id, s->id);
    n->id = s->id;
    n->regular = s->regular;
    if (!s->regular || (known && was->state == NAME_RIPE))
        queue_ripe(q, n);
    else
        queue_late(
            q, n, known && was->state == NAME_LATE ? was->due_ms : now_ms + FOLDER_STABLE_MS);
}

bool folder_list(struct folder *f)
{
    struct listing l = {.a = arena_new(LISTING_ARENA), .spare = arena_new(LISTING_ARENA)};
    int64_t start_ms = folder_mono_ms();
    bool read = read_names(f, &l);
    if (read) {
        struct queue *q = queue_new();
        for (size_t i = 0; i < l.n; i++) put_name(q, f->queue, &l.at[i], start_ms);
        queue_free(f->queue);
        f->queue = q;
        f->lost = false;
        f->popped = 0;
        f->listings++;
        int64_t pause_ms = (folder_mono_ms() - start_ms) * LISTING_SHARE;
        f->list_ms = folder_mono_ms() + (pause_ms > FOLDER_RESCAN_MS ? pause_ms : FOLDER_RESCAN_MS);
    }
    arena_free(l.a);
    arena_free(l.spare);
    return read;
}
