/* Packages without a text of their own are public while a member is: at every instant, whatever the
 * tombstones say, in circles and in chains (P1, P5, P7, E10). */
#include "try.h"

static story_id dead_id;

static bool is_dead(story_id id, void *with)
{
    (void)with;
    return id == dead_id;
}

/* Story n as a package of these. */
static void put_package(struct store *s, struct arena *a, uint64_t n, const uint64_t *members,
    uint32_t count, int64_t from_ms)
{
    struct view *v = try_view(a, n);
    v->needs_member = true;
    v->refs = ARENA_ARRAY(a, struct view_ref, count + 1);
    v->ref_count = count;
    for (uint32_t i = 0; i < count; i++)
        v->refs[i] = (struct view_ref){.kind = REF_MEMBER, .page = try_view(a, members[i])->id};
    try_put(s, v, from_ms, INT64_MAX);
}

static bool is_public(struct reader *r, struct arena *a, uint64_t n, int64_t now_ms)
{
    struct view v;
    must(reader_begin(r, now_ms) == OK);
    bool page = reader_story(r, try_view(a, n)->id, a, &v) == OK;
    struct span front = try_list(r, a, (struct list_query){.kind = LIST_FRONT});
    struct span number = arena_printf(a, ",%llu,", (unsigned long long)n);
    bool listed = span_find(arena_printf(a, ",%.*s,", FMT(front)), number) >= 0;
    reader_end(r);
    check(page == listed, "page and front agree on %llu", (unsigned long long)n);
    return page;
}

static void members_come_and_go(struct arena *a, struct store *s)
{
    must(store_begin(s) == OK);
    put_package(s, a, 10, (uint64_t[]){11, 12}, 2, NOW);
    must(store_commit(s, 1) == OK);
    struct reader *r = try_reader(is_dead, NULL);
    check(!is_public(r, a, 10, NOW + 10), "without a member a package waits");
    must(store_begin(s) == OK);
    try_put(s, try_view(a, 11), NOW + 1000, INT64_MAX);
    try_put(s, try_view(a, 12), NOW + 2000, NOW + 5000);
    must(store_commit(s, 2) == OK);
    check(!is_public(r, a, 10, NOW + 999), "before its first member's release");
    must(reader_begin(r, NOW + 10) == OK);
    check(reader_next_change(r) == NOW + 1000, "whose instant pages know");
    reader_end(r);
    check(is_public(r, a, 10, NOW + 1000), "from that instant on it is there");
    dead_id = try_view(a, 11)->id;
    check(!is_public(r, a, 10, NOW + 1500), "with its one member killed it is not");
    check(is_public(r, a, 10, NOW + 2000), "with another it is again");
    check(!is_public(r, a, 10, NOW + 5000), "and ends with that one's right");
    dead_id = try_view(a, 10)->id;
    check(!is_public(r, a, 10, NOW + 2000) && is_public(r, a, 12, NOW + 2000),
        "a package that is killed takes no member with it");
    dead_id = 0;
    must(store_begin(s) == OK);
    put_package(s, a, 10, (uint64_t[]){11}, 1, NOW + 9000);
    must(store_commit(s, 3) == OK);
    check(!is_public(r, a, 10, NOW + 8999) && is_public(r, a, 11, NOW + 8999),
        "a package's embargo is not its member's");
    check(is_public(r, a, 10, NOW + 9000), "it opens by its own");
    reader_close(r);
}

static void in_circles(struct arena *a, struct store *s)
{
    must(store_begin(s) == OK);
    put_package(s, a, 20, (uint64_t[]){20, 21}, 2, NOW);
    put_package(s, a, 21, (uint64_t[]){22, 20}, 2, NOW);
    put_package(s, a, 22, (uint64_t[]){20, 21, 23}, 3, NOW);
    must(store_commit(s, 4) == OK);
    struct reader *r = try_reader(is_dead, NULL);
    check(!is_public(r, a, 20, NOW + 1), "packages that only hold each other are not public");
    must(store_begin(s) == OK);
    try_put(s, try_view(a, 23), NOW + 100, INT64_MAX);
    must(store_commit(s, 5) == OK);
    check(is_public(r, a, 20, NOW + 100) && is_public(r, a, 22, NOW + 100),
        "with a story somewhere within they are");
    dead_id = try_view(a, 22)->id;
    check(!is_public(r, a, 20, NOW + 100), "but not through a package that is dead itself");
    dead_id = 0;
    reader_close(r);
}

/* P5: 10,000 deep. It ends, and what lies deeper than anybody looks does not count. */
static void in_chains(struct arena *a, struct store *s)
{
    enum { DEPTH = 10000, FIRST = 1000 };
    must(store_begin(s) == OK);
    for (uint64_t n = FIRST; n < FIRST + DEPTH; n++)
        put_package(s, a, n, (uint64_t[]){n + 1}, 1, NOW);
    try_put(s, try_view(a, FIRST + DEPTH), NOW, INT64_MAX);
    must(store_commit(s, 6) == OK);
    struct reader *r = try_reader(is_dead, NULL);
    struct view v;
    must(reader_begin(r, NOW + 1) == OK);
    check(reader_story(r, try_view(a, FIRST)->id, a, &v) == ERR_ABSENT, "10,000 deep: it ends");
    check(reader_story(r, try_view(a, FIRST + DEPTH - 900)->id, a, &v) == OK, "900 deep is seen");
    reader_end(r);
    reader_close(r);
}

int main(void)
{
    struct arena *a = arena_new((size_t)1 << 30);
    try_start();
    struct store *s = try_open(false);
    members_come_and_go(a, s);
    in_circles(a, s);
    in_chains(a, s);
    check(try_whole(s), "the store is whole");
    store_close(s);
    try_end();
    arena_free(a);
    return tap_end();
}
