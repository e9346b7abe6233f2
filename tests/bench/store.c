/* Measures what a page's reads of the store cost, on a store of many stories; not a test, prints
 * figures only. Build and run: ninja -C build-release bench-store && build-release/bench-store
 * [STORIES] */
#include "../../src/store/try.h"
#include "clock.h"

static struct reader *r;
static struct arena *a;

static double list_us(struct list_query q, int times)
{
    int64_t t0 = clock_mono_us();
    for (int i = 0; i < times; i++) {
        struct view *list;
        size_t n;
        arena_reset(a);
        must(reader_list(r, &q, a, &list, &n) == OK && n > 0);
    }
    return (double)(clock_mono_us() - t0) / times;
}

static double count_us(enum list_kind kind, struct span name, size_t *n)
{
    int64_t t0 = clock_mono_us();
    must(reader_count(r, kind, name, n) == OK);
    return (double)(clock_mono_us() - t0);
}

static void fill(uint64_t stories)
{
    struct store *s = try_open(true);
    must(store_begin(s) == OK);
    for (uint64_t i = 0; i < stories; i++) {
        arena_reset(a);
        struct view *v = try_view(a, i);
        try_put(s, v, v->published_ms, INT64_MAX);
    }
    must(store_commit(s, stories) == OK && store_switch(s) == OK);
    store_close(s);
}

int main(int argc, char **argv)
{
    uint64_t stories = argc > 1 ? strtoull(argv[1], NULL, 10) : 50000;
    size_t n;
    try_start();
    a = arena_new(256 << 20);
    fill(stories);
    r = try_reader(NULL, NULL);
    must(reader_begin(r, NOW + (int64_t)stories * 60000) == OK);
    struct list_query front = {.kind = LIST_FRONT, .limit = 40},
                      tag = {.kind = LIST_TAG, .name = S("rivers"), .limit = 41},
                      bodies = {.kind = LIST_FRONT, .limit = 40, .with_body = true}, deep = tag;
    deep.offset = stories / 5;
    printf("%llu stories\n", (unsigned long long)stories);
    printf("front, 40 rows            %9.1f us\n", list_us(front, 200));
    printf("front with bodies         %9.1f us\n", list_us(bodies, 200));
    printf("tag, first page           %9.1f us\n", list_us(tag, 200));
    printf("tag, a page half way down %9.1f us\n", list_us(deep, 5));
    double us = count_us(LIST_TAG, S("rivers"), &n);
    printf("count of a tag            %9.1f us (%zu)\n", us, n);
    us = count_us(LIST_INDEXABLE, S(""), &n);
    printf("count for the sitemap     %9.1f us (%zu)\n", us, n);
    reader_end(r);
    reader_close(r);
    arena_free(a);
    try_end();
    return 0;
}
