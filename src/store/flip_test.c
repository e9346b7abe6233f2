/* X5: one flipped bit anywhere in site.db. Readers serve every story as it was or not at all, never
 * crash, and the check finds what could be served wrong. Random; prints its seed. */
#include "try.h"

#include <fcntl.h>
#include <time.h>

enum { STORIES = 60, FLIPS = 300 };

static struct span packed[STORIES];

static void fill(struct arena *a)
{
    struct store *s = try_open(false);
    must(store_begin(s) == OK);
    for (uint64_t i = 0; i < STORIES; i++) {
        struct view *v = try_view(a, i);
        packed[i] = view_pack(a, v);
        /* The last ten are embargoed: no flip may open them. */
        try_put(s, v, i < STORIES - 10 ? v->published_ms : NOW + 9 * (int64_t)DAY_MS, INT64_MAX);
    }
    must(store_commit(s, 1) == OK);
    try_index(s, NOW + DAY_MS);
    must(db_exec(&s->site, "PRAGMA wal_checkpoint(TRUNCATE)") == OK);
    store_close(s);
}

static bool is_as_it_was(struct arena *a, const struct view *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct span bytes = view_pack(a, &list[i]);
        bool found = false;
        for (size_t k = 0; k < STORIES - 10 && !found; k++) found = span_eq(bytes, packed[k]);
        if (!found) return false;
    }
    return true;
}

/* Asks for everything; true: nothing that came was other than it should be. */
static bool all_true(struct arena *a)
{
    struct reader *r;
    struct view *list, v;
    size_t n, total;
    bool good = true;
    if (reader_open(try_folder, (struct reader_hooks){0}, &r) != OK) return true;
    if (reader_begin(r, NOW + DAY_MS) == OK) {
        for (int k = 0; k <= LIST_POPULAR; k++) {
            struct list_query q = {.kind = (enum list_kind)k, .limit = 100, .with_body = true};
            q.name = k == LIST_SECTION ? S("world")
                     : k == LIST_TAG   ? S("harbour")
                                       : S("ines-marlow");
            q.day_until_ms = INT64_MAX;
            if (reader_list(r, &q, a, &list, &n) == OK) good = is_as_it_was(a, list, n) && good;
        }
        if (reader_search(r, S("ferry quay"), 0, 100, a, &list, &n, &total) == OK)
            good = is_as_it_was(a, list, n) && good;
        for (uint64_t i = 0; i < STORIES; i++)
            if (reader_story(r, try_view(a, i)->id, a, &v) == OK)
                good = is_as_it_was(a, &v, 1) && good;
    }
    reader_close(r);
    return good;
}

static void flip(const char *path, size_t bit)
{
    unsigned char c;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    must(fd >= 0 && pread(fd, &c, 1, (off_t)(bit / 8)) == 1);
    c ^= (unsigned char)(1 << bit % 8);
    must(pwrite(fd, &c, 1, (off_t)(bit / 8)) == 1);
    close(fd);
}

int main(void)
{
    const char *given = getenv("BROADSHEET_SEED");
    uint64_t generation, seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    char path[PATH_MAX];
    struct span file;
    struct arena *a = arena_new(256 << 20);
    printf("# BROADSHEET_SEED=%llu\n", (unsigned long long)seed);
    try_start();
    fill(a);
    must(folder_current(try_folder, &generation) == OK);
    folder_path(try_folder, generation, FILE_SITE, path);
    must(file_read(a, path, 64 << 20, &file) == OK);
    check(all_true(a), "before any flip all is as it was");
    int wrong = 0;
    for (int i = 0; i < FLIPS; i++) {
        struct arena *b = arena_new(64 << 20);
        size_t bit =
            fast_hash(arena_printf(b, "%llu %d", (unsigned long long)seed, i)) % (file.n * 8);
        flip(path, bit);
        if (!all_true(b)) {
            wrong++;
            printf("# bit %zu of byte %zu opened or changed a story\n", bit % 8, bit / 8);
        }
        flip(path, bit);
        arena_free(b);
    }
    check(wrong == 0, "%d flipped bits: every story as it was, or not at all", FLIPS);
    try_end();
    arena_free(a);
    return tap_end();
}
