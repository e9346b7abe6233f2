/* backup: ledger, tombstones, version and what stands beside them are copied while the site runs:
 * into a folder, whole the first time and what is new after it; or as one tar on standard output.
 * Wherever it is cut off the backup before it stands, or is further. Never touches the house. */
#include "keep.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { TOMBS_FILE_MAX = 1 << 30 };

/* In the order in which they stand in a tar: the ledger behind all others. */
static const char *const own_files[] = {"version", "tombstones", "ledger.db"};

bool backup_has(const char *name)
{
    for (size_t i = 0; i < COUNT(own_files); i++)
        if (!strcmp(name, own_files[i])) return true;
    return beside_is(name);
}

static char copied[] = "copied";

struct backup {
    struct house *house;
    const char *to;
    bool is_whole; /* asked for, or there was none */
    uint64_t head, added;
};

void keep_progress(uint64_t done, uint64_t of, void *with)
{
    char *what = with;
    if (!isatty(2)) return;
    fprintf(stderr, "\r%s %llu of %llu", what, (unsigned long long)done, (unsigned long long)of);
    if (done >= of) fputc('\n', stderr);
}

int keep_fail(const char *verb, const char *what, enum result r)
{
    fprintf(stderr, "broadsheet %s: %s: %s%s%s\n", verb, what, result_name(r),
        r == ERR_IO ? ": " : "", r == ERR_IO ? strerror(errno) : "");
    return exit_code(r);
}

static const char *in(struct backup *b, const char *folder, const char *name)
{
    return arena_printf(b->house->arena, "%s/%s", folder, name).p;
}

/* ---- the ledger ---- */
/* What the copy has, not what the site has by now: news came while it was made. */
static enum result head_of_copy(const char *file, uint64_t *out)
{
    struct ledger *copy = NULL;
    struct ledger_mark m = {0};
    const char *why;
    enum result r = ledger_copy_open(file, &copy, &why);
    if (r == OK) r = ledger_mark(copy, UINT64_MAX, &m);
    if (copy) ledger_close(copy);
    *out = m.pos;
    return r;
}

static enum result copy_ledger(struct backup *b, struct ledger *l)
{
    const char *file = in(b, b->to, "ledger.db");
    enum result r =
        b->is_whole ? ERR_ABSENT : ledger_backup_more(l, file, keep_progress, copied, &b->added);
    if (r == ERR_ABSENT) {
        b->is_whole = true;
        r = ledger_backup(l, file, keep_progress, copied);
    }
    return r == OK ? head_of_copy(file, &b->head) : r;
}

static int say_why(struct backup *b, enum result r)
{
    if (r == ERR_DENIED)
        fprintf(stderr,
            "broadsheet backup: what is in %s is no beginning of this ledger: the backup of "
            "another "
            "site, or of this one before an older backup was restored; give another folder, or "
            "--whole to put this one in its place\n",
            b->to);
    else
        keep_fail("backup",
            "the ledger could not be copied and verified; the old backup, if any, stands", r);
    return exit_code(r);
}

/* ---- what lies beside it ---- */
static enum result copy_file(struct backup *b, const char *name)
{
    struct span bytes;
    enum result r = file_read(b->house->arena, in(b, b->house->data, name), TOMBS_FILE_MAX, &bytes);
    return r == OK ? file_write_durable(in(b, b->to, name), bytes) : r;
}

/* The backup's own may know of a kill that this machine has lost: two sets that only grow. */
static enum result copy_tombs(struct backup *b)
{
    struct tombs *t = NULL;
    size_t added;
    if (b->is_whole || access(in(b, b->to, "tombstones"), F_OK) != 0 ||
        tombs_open(b->to, true, &t) != OK)
        return copy_file(b, "tombstones");
    enum result r = tombs_union(t, in(b, b->house->data, "tombstones"), &added);
    tombs_close(t);
    return r;
}

static bool is_there(struct backup *b, const struct beside *f)
{
    struct stat st;
    return !f->is_database && stat(in(b, b->to, f->name), &st) == 0 && st.st_size == f->bytes &&
           st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec == f->at_ns;
}

/* What is gone here, by a purge, goes there too. */
static enum result copy_beside(struct backup *b, const char **what)
{
    struct arena *a = arena_new(BESIDE_ARENA), *one = arena_new(BESIDE_ARENA);
    struct beside *list;
    size_t count;
    enum result r = beside_list(a, b->house->data, &list, &count);
    if (r == OK) r = beside_drop_others(a, b->to, list, count);
    for (size_t i = 0; i < count && r == OK; i++) {
        struct span bytes;
        if (is_there(b, &list[i])) continue;
        arena_reset(one);
        r = beside_read(one, b->house->data, list[i].name, &bytes);
        if (r == OK) r = beside_write(b->to, list[i].name, bytes, list[i].at_ns);
        if (r == ERR_ABSENT) r = OK;
        if (r != OK) *what = arena_cstr(b->house->arena, span_of(list[i].name));
    }
    arena_free(one);
    arena_free(a);
    return r;
}

/* Tombstones after the ledger: they may only be ahead of it. */
static int copy_all(struct backup *b)
{
    struct ledger *l = NULL;
    const char *why = NULL;
    enum result r = ledger_open(b->house->data, "backup", false, &l, &why);
    if (r != OK) return keep_fail("backup", why ? why : b->house->data, r);
    r = copy_ledger(b, l);
    ledger_close(l);
    if (r != OK) return say_why(b, r);
    r = copy_tombs(b);
    if (r == OK) r = copy_file(b, "version");
    if (r != OK) return keep_fail("backup", "tombstones", r);
    const char *what = b->to;
    r = copy_beside(b, &what);
    return r == OK ? EX_OK : keep_fail("backup", what, r);
}

static void say_done(const struct backup *b, FILE *to, const char *where)
{
    fprintf(to, "backup of %s %s: up to event %llu, verified", b->house->data, where,
        (unsigned long long)b->head);
    if (!b->is_whole) fprintf(to, "; new in it: %llu", (unsigned long long)b->added);
    fputc('\n', to);
}

static int into_folder(struct backup *b)
{
    int lock = -1;
    enum result r = dir_make(b->to);
    if (r == OK) r = dir_lock(b->to, &lock);
    if (r == ERR_BUSY) return keep_fail("backup", "another backup into this folder is at work", r);
    if (r != OK) return keep_fail("backup", b->to, r);
    int code = copy_all(b);
    close(lock);
    if (code == EX_OK) say_done(b, stdout, arena_printf(b->house->arena, "in %s", b->to).p);
    return code;
}

static enum result send_all(struct backup *b, const char *folder)
{
    struct beside *list;
    size_t count, n = 0;
    TRY(beside_list(b->house->arena, folder, &list, &count));
    const char **names = ARENA_ARRAY(b->house->arena, const char *, count + COUNT(own_files));
    for (size_t i = 0; i + 1 < COUNT(own_files); i++) names[n++] = own_files[i];
    for (size_t i = 0; i < count; i++) names[n++] = list[i].name;
    names[n++] = own_files[COUNT(own_files) - 1];
    return tar_write(STDOUT_FILENO, folder, names, n);
}

/* Copied and verified first: what has gone out cannot be taken back. */
static int as_stream(const char *folder, void *with)
{
    struct backup *b = with;
    b->to = folder;
    b->is_whole = true;
    int code = copy_all(b);
    if (code != EX_OK) return code;
    enum result r = send_all(b, folder);
    if (r != OK) return keep_fail("backup", "the stream has broken off", r);
    say_done(b, stderr, "as a stream");
    return EX_OK;
}

int command_backup(int argc, char **argv)
{
    const char *data = NULL, *to = NULL, *rest[1];
    bool whole = false, follow = false;
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}, {"--to", &to},
        {"--whole", NULL, &whole}, {"--follow", NULL, &follow}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    bool streams = follow || (to && strcmp(to, "-") == 0);
    if (!to == !follow) return usage_error("backup", "give --to a folder or -, or --follow");
    if (streams && isatty(STDOUT_FILENO))
        return usage_error("backup", "standard output is a terminal: send it into a file or pipe");
    struct house h;
    int code = house_visit_or_say(&h, data);
    struct backup b = {.house = &h, .to = to, .is_whole = whole};
    if (code == EX_OK)
        code = follow    ? follow_send(&h, STDIN_FILENO, STDOUT_FILENO)
               : streams ? tar_spooled("backup", as_stream, &b)
                         : into_folder(&b);
    house_close(&h);
    return code;
}
