/* folder_move: files out of the watched folder: to done/ once they are durable, to quarantine/ with
 * a note of why. Never over another file, and never one that somebody has put there, or written to,
 * since it was read. */
#include "folder_inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FOLDER_NUMBERS_MAX = 64, /* tried for a name that is taken: first in order, then at random */
    FOLDER_STEM = 235,       /* of a name, before its number */
};

/* ---- moving ---- */
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

void folder_refuse(struct folder *f, struct arena *a, struct name *n, const char *why)
{
    log_warn("quarantined: %s: %s", n->text, why);
    if (move_bad(f, f->dir, n->text, n->text, arena_printf(a, "%s: %s\n", n->text, why)) != OK)
        log_warn("%s cannot be moved to quarantine/: %s", n->text, strerror(errno));
    queue_drop(f->queue, n);
}

/* ---- to done/ ---- */
static bool is_settled_at(int dir, const char *name, struct file_id id)
{
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return false;
    bool settled = file_is_settled(fd, id);
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
    if (!folder_look_at(f->dir, name, &st)) return ERR_ABSENT;
    if (!file_id_same(file_id_of(&st), file->id)) return OK;
    enum result r = move_numbered(f, f->dir, name, f->done, name, moved);
    if (r == OK && !is_settled_at(f->done, moved, file->id))
        return move_numbered(f, f->done, moved, f->dir, moved, back);
    if (n && n->state == NAME_OUT && r == OK) queue_drop(f->queue, n);
    if (n && n->state == NAME_OUT && r != OK)
        queue_late(f->queue, n, folder_mono_ms() + FOLDER_STABLE_MS);
    return r;
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
        struct span bytes = file_read_whole(fd, a, (size_t)st.st_size);
        const char *name = arena_cstr(a, w->name);
        found = w->is_it(w->with, file_delivery(a, name, file_id_of(&st).mtime_ns, bytes));
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
