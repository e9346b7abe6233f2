/* beside: what stands in a house beside its ledger, and cannot be built again from anything. A
 * backup and a spare have it too. Databases are read as they are at one instant; the rest are files
 * that others put in place whole. Names that come from elsewhere are believed only where they are
 * of the kind that is made here. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keep.h"

static const char *const databases[] = {"desk/accounts.db", "grievances/cases.db"};
static const char *const folders[] = {"keys", "receipts"};

static bool is_database(const char *name)
{
    for (size_t i = 0; i < COUNT(databases); i++)
        if (!strcmp(name, databases[i])) return true;
    return false;
}

/* What is being written bears an ending of its own, and is no file of ours yet. */
static bool is_plain(const char *s)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t n = strlen(s);
    bool is_being_written = n > 4 && !strcmp(s + n - 4, ".new");
    return n && s[0] != '.' && strspn(s, good) == n && !is_being_written;
}

bool beside_is(const char *name)
{
    if (is_database(name)) return true;
    if (strlen(name) >= TAR_NAME_BYTES) return false;
    for (size_t i = 0; i < COUNT(folders); i++) {
        size_t n = strlen(folders[i]);
        if (!strncmp(name, folders[i], n) && name[n] == '/') return is_plain(name + n + 1);
    }
    return false;
}

static const char *below(struct arena *a, const char *folder, const char *name)
{
    return arena_printf(a, "%s/%s", folder, name).p;
}

/* ---- which there are ---- */
struct found {
    struct arena *a;
    const char *data;
    struct beside *list;
    size_t count, cap;
};

static void add(struct found *f, const char *name)
{
    struct stat st;
    if (!beside_is(name) || lstat(below(f->a, f->data, name), &st) != 0 || !S_ISREG(st.st_mode))
        return;
    *ARENA_PUSH(f->a, f->list, f->count, f->cap) = (struct beside){.name = name,
        .at_ns = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec,
        .bytes = st.st_size,
        .is_database = is_database(name)};
}

static enum result add_folder(struct found *f, const char *folder)
{
    DIR *d = opendir(below(f->a, f->data, folder));
    if (!d) return errno == ENOENT ? OK : ERR_IO;
    const struct dirent *e;
    while ((e = readdir(d))) add(f, below(f->a, folder, e->d_name));
    closedir(d);
    return OK;
}

static int by_time(const void *x, const void *y)
{
    const struct beside *a = x, *b = y;
    return a->at_ns != b->at_ns ? (a->at_ns < b->at_ns ? -1 : 1) : strcmp(a->name, b->name);
}

enum result beside_list(struct arena *a, const char *data, struct beside **out, size_t *count_out)
{
    struct found f = {.a = a, .data = data};
    for (size_t i = 0; i < COUNT(databases); i++) add(&f, databases[i]);
    for (size_t i = 0; i < COUNT(folders); i++) TRY(add_folder(&f, folders[i]));
    if (f.count) qsort(f.list, f.count, sizeof *f.list, by_time);
    *out = f.list;
    *count_out = f.count;
    return OK;
}

/* ---- one ---- */
enum result beside_read(struct arena *a, const char *data, const char *name, struct span *out)
{
    const char *path = below(a, data, name);
    return is_database(name) ? office_snapshot(path, BESIDE_FILE_MAX, a, out)
                             : file_read(a, path, BESIDE_FILE_MAX, out);
}

static enum result write_there(const char *path, struct span bytes, int64_t at_ns)
{
    const struct timespec at = {at_ns / 1000000000, at_ns % 1000000000};
    char folder[4096];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    TRY(dir_make(folder));
    TRY(file_write_durable(path, bytes));
    return utimensat(AT_FDCWD, path, (const struct timespec[]){at, at}, 0) == 0 ? OK : ERR_IO;
}

enum result beside_write(const char *data, const char *name, struct span bytes, int64_t at_ns)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", data, name);
    mode_t before = umask(077);
    enum result r = write_there(path, bytes, at_ns);
    umask(before);
    return r;
}

enum result beside_drop_others(
    struct arena *a, const char *to, const struct beside *list, size_t count)
{
    struct beside *there;
    size_t n;
    struct map *stay = map_new(a);
    for (size_t i = 0; i < count; i++) *map_at(stay, span_of(list[i].name)) = stay;
    TRY(beside_list(a, to, &there, &n));
    for (size_t i = 0; i < n; i++)
        if (!map_get(stay, span_of(there[i].name)) && unlink(below(a, to, there[i].name)) != 0)
            return ERR_IO;
    return OK;
}
