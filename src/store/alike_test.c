/* The same news from several agencies (V8): of stories that name each other lists show the first
 * that is public, where both would stand; and what is looked for by what it says. */
#include "try.h"

static story_id dead_id;

static bool is_dead(story_id id, void *with)
{
    (void)with;
    return id == dead_id;
}

static struct view *with_twin(struct arena *a, uint64_t n, uint64_t other)
{
    struct view *v = try_view(a, n);
    v->refs = ARENA_NEW(a, struct view_ref);
    *v->refs = (struct view_ref){.kind = REF_ALSO, .page = try_view(a, other)->id};
    v->ref_count = 1;
    return v;
}

static struct store *filled(struct arena *a, int64_t first_from_ms)
{
    struct store *s = try_open(true);
    must(store_begin(s) == OK);
    for (uint64_t i = 0; i < 7; i++) {
        struct view *v = i == 0   ? with_twin(a, 0, 3)
                         : i == 3 ? with_twin(a, 3, 0)
                         : i == 4 ? with_twin(a, 4, 3)
                                  : try_view(a, i);
        try_put(s, v, i ? v->published_ms : first_from_ms, INT64_MAX);
    }
    must(store_commit(s, 7) == OK && store_switch(s) == OK);
    return s;
}

static struct span listed(
    struct reader *r, struct arena *a, enum list_kind kind, const char *name, size_t *count)
{
    struct list_query q = {.kind = kind, .name = span_of(name)};
    must(reader_begin(r, NOW + DAY_MS) == OK);
    struct span ids = try_list(r, a, q);
    if (count) must(reader_count(r, kind, q.name, count) == OK);
    reader_end(r);
    return ids;
}

static void lists(struct arena *a)
{
    struct store *s = filled(a, NOW);
    struct reader *r = try_reader(is_dead, NULL);
    struct view v;
    size_t n;
    check_span(listed(r, a, LIST_FRONT, "", &n), S("6,5,2,1,0"),
        "of two that tell the same the front shows the first, and what stands behind the second");
    check(n == 5, "and counts it so");
    check_span(listed(r, a, LIST_SECTION, "world", &n), S("6,0"), "so does a section");
    check_span(listed(r, a, LIST_SECTION, "business", &n), S("4,1"),
        "where the first does not stand the second is shown");
    check_span(listed(r, a, LIST_TAG, "rivers", &n), S("5,0"), "so does a tag");
    check(n == 2, "and counts it so");
    check_span(
        listed(r, a, LIST_TAG, "budget", &n), S("6,3,1"), "a tag of the second alone has it");
    check_span(listed(r, a, LIST_NEWEST, "", NULL), S("6,5,4,3,2,1,0"), "the whole list has all");
    check_span(listed(r, a, LIST_AUTHOR, "ines-marlow", NULL), S("6,5,4,3,2,1,0"),
        "and so has an author's");
    must(reader_begin(r, NOW + DAY_MS) == OK);
    check(reader_story(r, try_view(a, 3)->id, a, &v) == OK && v.ref_count == 1 &&
              v.refs[0].kind == REF_ALSO,
        "the second has its page");
    reader_end(r);
    dead_id = try_view(a, 0)->id;
    check_span(
        listed(r, a, LIST_FRONT, "", &n), S("6,5,3,2,1"), "a tombstone puts it in its place");
    check_span(listed(r, a, LIST_SECTION, "world", &n), S("6,3"), "in its section");
    dead_id = 0;
    must(store_begin(s) == OK);
    must(store_drop_story(s, try_view(a, 3)->id) == OK);
    must(store_commit(s, 8) == OK);
    check_span(listed(r, a, LIST_FRONT, "", &n), S("6,5,4,2,1,0"),
        "what stood behind the second stands by itself without it");
    check(try_whole(s), "the store is whole");
    reader_close(r);
    store_close(s);
}

static void embargoed(struct arena *a)
{
    struct store *s = filled(a, NOW + 2 * DAY_MS);
    struct reader *r = try_reader(is_dead, NULL);
    check_span(
        listed(r, a, LIST_FRONT, "", NULL), S("6,5,3,2,1"), "an embargoed one hides no other");
    reader_close(r);
    store_close(s);
}

static struct span found(struct store *s, struct arena *a, enum alike_kind kind, uint64_t key,
    int64_t since_ms, const char *but, size_t n)
{
    story_id ids[8];
    size_t count = 0;
    struct buf b;
    buf_init(&b, a, 0);
    must(n <= COUNT(ids));
    must(store_alike(s, kind, key, since_ms, span_of(but), ids, n, &count) == OK);
    for (size_t i = 0; i < count; i++)
        buf_printf(&b, "%s%llu", i ? "," : "", (unsigned long long)ids[i]);
    return buf_span(&b);
}

static void alike(struct arena *a)
{
    struct store *s = try_open(true);
    uint64_t keys[] = {1, UINT64_MAX};
    struct alike_row rows[] = {{ALIKE_ARRIVED, 11, S("Wire"), 100},
        {ALIKE_ARRIVED, 12, S("Kestrel"), 200}, {ALIKE_ARRIVED, 13, S("Wire"), 300},
        {ALIKE_KILLED, 14, S("Wire"), 400}};
    must(store_begin(s) == OK);
    for (int again = 0; again < 2; again++)
        for (size_t i = 0; i < COUNT(rows); i++)
            must(store_put_alike(s, &rows[i], keys, COUNT(keys)) == OK);
    check_span(found(s, a, ALIKE_ARRIVED, UINT64_MAX, 0, "", 8), S("13,12,11"), "newest first");
    check_span(found(s, a, ALIKE_ARRIVED, 1, 0, "Wire", 8), S("12"), "but not of this provider");
    check_span(found(s, a, ALIKE_ARRIVED, 1, 200, "", 8), S("13,12"), "since an instant");
    check_span(found(s, a, ALIKE_ARRIVED, 1, 0, "", 2), S("13,12"), "no more than asked for");
    check_span(found(s, a, ALIKE_KILLED, 1, 0, "", 8), S("14"), "killed ones apart");
    check_span(found(s, a, ALIKE_KILLED, 2, 0, "", 8), S(""), "another key finds none");
    for (int i = 0; i < 1000; i++) {
        struct alike_row many = {ALIKE_KILLED, 15, S("Wire"), 500 + i};
        must(store_put_alike(s, &many, keys, COUNT(keys)) == OK);
    }
    check_span(found(s, a, ALIKE_KILLED, 1, 0, "", 2), S("15,14"),
        "a story of a thousand versions hides no other");
    must(store_drop_alike(s, 300) == OK);
    check_span(found(s, a, ALIKE_ARRIVED, 1, 0, "", 8), S("13"), "old ones are dropped");
    store_rollback(s);
    store_close(s);
}

int main(void)
{
    struct arena *a = arena_new(256 << 20);
    try_start();
    lists(a);
    embargoed(a);
    alike(a);
    try_end();
    arena_free(a);
    return tap_end();
}
