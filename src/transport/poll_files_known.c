/* poll_files_known: which files of a server's folder have been seen, and which are in the ledger.
 * What is taken stands in a file of its own, a line each: as many as the folder may hold, and no
 * more. It is written after the ledger has the bytes. What is seen lives in memory alone: after a
 * start a file has to settle once more. Fatal: no memory. */
#include "poll_files.h"

#include <stdlib.h>

enum {
    MARK_DIGITS = 16,
    FILE_BYTES_MAX = (FILES_MAX + 2) * (MARK_DIGITS + 1) + FETCH_FIELD_BYTES_MAX,
    FILE_ARENA = 16 << 20,
};

uint64_t known_state(const struct listed *f)
{
    struct {
        uint64_t name, size, stamp;
    } all = {fast_hash(f->name), (uint64_t)f->size, f->stamp};
    return fast_hash((struct span){(const char *)&all, sizeof all});
}

struct known *known_new(void)
{
    struct known *k = calloc(1, sizeof *k);
    must(k != NULL);
    return k;
}

void known_free(struct known *k)
{
    if (!k) return;
    free(k->sights);
    free(k->taken);
    free(k);
}

/* ---- taken ---- */
static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Where it is, or would be. */
static size_t place_of(const uint64_t *list, size_t n, uint64_t v)
{
    size_t from = 0;
    while (from < n) {
        size_t mid = from + (n - from) / 2;
        if (list[mid] < v)
            from = mid + 1;
        else
            n = mid;
    }
    return from;
}

static bool holds(const uint64_t *list, size_t n, uint64_t v)
{
    size_t at = place_of(list, n, v);
    return at < n && list[at] == v;
}

bool known_is_taken(const struct known *k, uint64_t state)
{
    return holds(k->taken, k->taken_count, state);
}

void known_take(struct known *k, uint64_t state)
{
    size_t at = place_of(k->taken, k->taken_count, state);
    if ((at < k->taken_count && k->taken[at] == state) || k->taken_count == FILES_MAX) return;
    if ((k->taken_count & (k->taken_count - 1)) == 0) /* full, or emptier than it was once */
        k->taken = realloc(k->taken, (2 * k->taken_count + 1) * sizeof *k->taken);
    must(k->taken != NULL);
    memmove(k->taken + at + 1, k->taken + at, (k->taken_count - at) * sizeof *k->taken);
    k->taken[at] = state;
    k->taken_count++;
    k->has_changed = true;
}

static void forget(struct known *k, const uint64_t *listed, size_t n)
{
    size_t left = 0;
    for (size_t i = 0; i < k->taken_count; i++)
        if (holds(listed, n, k->taken[i])) k->taken[left++] = k->taken[i];
    k->has_changed |= left != k->taken_count;
    k->taken_count = left;
}

/* ---- seen ---- */
static int by_name(const void *a, const void *b)
{
    const struct sight *x = a, *y = b;
    return (x->name > y->name) - (x->name < y->name);
}

static struct sight *sight_of(const struct known *k, uint64_t name)
{
    struct sight key = {.name = name};
    return k->sight_count ? bsearch(&key, k->sights, k->sight_count, sizeof key, by_name) : NULL;
}

void known_saw(
    struct known *k, struct sight *now, size_t n, const uint64_t *listed, size_t listed_count)
{
    for (size_t i = 0; i < n; i++) {
        const struct sight *before = sight_of(k, now[i].name);
        if (!before || before->state != now[i].state) continue;
        now[i].since_us = before->since_us;
        now[i].tries = before->tries;
    }
    free(k->sights);
    k->sights = calloc(n + 1, sizeof *now);
    must(k->sights != NULL);
    if (n) memcpy(k->sights, now, n * sizeof *now);
    k->sight_count = n;
    qsort(k->sights, n, sizeof *now, by_name);
    if (k->taken_count <= FILES_MAX / 2) return;
    uint64_t *order = calloc(listed_count + 1, sizeof *order);
    must(order != NULL);
    if (listed_count) memcpy(order, listed, listed_count * sizeof *order);
    qsort(order, listed_count, sizeof *order, by_value);
    forget(k, order, listed_count);
    free(order);
}

void known_tried(struct known *k, uint64_t name)
{
    struct sight *s = sight_of(k, name);
    if (s) s->tries++;
}

void known_changed(struct known *k, uint64_t name, int64_t now_us)
{
    struct sight *s = sight_of(k, name);
    if (s) s->since_us = now_us;
}

/* ---- on disk ---- */
static const char *path_of(struct arena *a, const char *folder, struct span feed)
{
    return arena_printf(a, "%s/%.*s.taken", folder, FMT(feed)).p;
}

static bool read_line(struct known *k, struct span line)
{
    unsigned char b[MARK_DIGITS / 2];
    uint64_t v = 0;
    if (!hex_to_bytes(line, b, sizeof b)) return false;
    for (size_t i = 0; i < sizeof b; i++) v = v << 8 | b[i];
    known_take(k, v);
    return true;
}

static bool read_all(struct known *k, struct span bytes, struct span url)
{
    struct span line;
    if (!span_next(&bytes, '\n', &line) || !span_eq(line, url)) return false;
    while (bytes.n && span_next(&bytes, '\n', &line))
        if (!read_line(k, line)) return false;
    return true;
}

enum result known_read(struct known *k, const char *folder, struct span feed, struct span url)
{
    struct arena *a = arena_new(FILE_ARENA);
    struct span bytes;
    enum result r = file_read(a, path_of(a, folder, feed), FILE_BYTES_MAX, &bytes);
    if (r == OK && !read_all(k, bytes, url)) {
        k->taken_count = 0;
        r = ERR_CORRUPT;
    }
    k->has_changed = false;
    arena_free(a);
    return r;
}

enum result known_write(struct known *k, const char *folder, struct span feed, struct span url)
{
    if (!k->has_changed) return OK;
    struct arena *a = arena_new(FILE_ARENA);
    struct buf b;
    buf_init(&b, a, 0);
    buf_put(&b, url);
    buf_char(&b, '\n');
    for (size_t i = 0; i < k->taken_count; i++)
        buf_printf(&b, "%016llx\n", (unsigned long long)k->taken[i]);
    enum result r = file_write_durable(path_of(a, folder, feed), buf_span(&b));
    if (r == OK) k->has_changed = false;
    arena_free(a);
    return r;
}
