/* What programs ask: places in lists, spans of publication, numbers, parts of the sitemap; nothing
 * of what is not public. */
#include "try.h"

#define MINUTE INT64_C(60000)

static struct span found(struct reader *r, struct arena *a, struct pick_query q)
{
    struct view *list;
    size_t n;
    struct buf b;
    buf_init(&b, a, 0);
    if (!q.at_ms) q.at_ms = INT64_MAX, q.at_id = STORY_ID_LAST;
    if (!q.limit) q.limit = 100;
    must(reader_pick(r, &q, a, &list, &n) == OK);
    for (size_t i = 0; i < n; i++) {
        struct span rest = list[i].headline, word;
        must(span_next(&rest, ' ', &word) && span_next(&rest, ' ', &word));
        buf_printf(&b, "%s%.*s", i ? "," : "", FMT(word));
    }
    return buf_span(&b);
}
#define FIND(...) found(r, a, (struct pick_query){__VA_ARGS__})

static void lists(struct reader *r, struct arena *a)
{
    struct view *list;
    size_t n;
    check_span(FIND(.limit = 3), S("8,6,5"), "newest first, without what is embargoed");
    struct pick_query q = {.limit = 2, .at_ms = INT64_MAX, .at_id = STORY_ID_LAST};
    must(reader_pick(r, &q, a, &list, &n) == OK && n == 2);
    check_span(FIND(.limit = 2, .at_ms = list[1].front_ms, .at_id = list[1].id), S("5,4"),
        "and on from any place");
    check_span(FIND(.section = S("world")), S("6,3,0"), "of a section");
    check_span(FIND(.tag = S("rivers"), .limit = 2), S("8,5"), "of a tag");
    check_span(FIND(.author = S("ines-marlow"), .offset = 6), S("1,0"), "of an author");
    check_span(FIND(.section = S("none")), S(""), "of nothing");
    check_span(
        FIND(.by_publication = true, .since_ms = NOW + 2 * MINUTE, .until_ms = NOW + 5 * MINUTE),
        S("4,3,2"), "published from one instant to another");
    check_span(FIND(.by_publication = true, .until_ms = INT64_MAX, .limit = 1), S("8"),
        "what is embargoed is in no span");
}

static void numbers(struct reader *r, struct arena *a)
{
    struct view v;
    uint64_t number;
    const struct view *plain = try_view(a, 2), *imported = try_view(a, 3), *hidden = try_view(a, 7);
    check(reader_number(r, plain->id, &number) == OK && number == story_number(plain->id) &&
              number >= UINT64_C(1) << 52 && number < UINT64_C(1) << 53,
        "a number of 53 bits");
    check(reader_numbered(r, number, a, &v) == OK && v.id == plain->id, "that leads back");
    check(reader_number(r, imported->id, &number) == OK && number == 417,
        "an imported post keeps its own");
    check(reader_numbered(r, 417, a, &v) == OK && v.id == imported->id, "that leads back, too");
    check(reader_numbered(r, story_number(hidden->id), a, &v) == ERR_ABSENT &&
              reader_numbered(r, 418, a, &v) == ERR_ABSENT,
        "of what is embargoed there is none");
    check(reader_numbered(r, 0, a, &v) == ERR_ABSENT &&
              reader_numbered(r, 5, a, &v) == ERR_ABSENT &&
              reader_numbered(r, UINT64_MAX, a, &v) == ERR_ABSENT &&
              reader_numbered(r, story_number(plain->id) ^ 1, a, &v) == ERR_ABSENT,
        "nor of nothing");
}

static void shards(struct reader *r, struct arena *a)
{
    int64_t *changed;
    size_t n;
    check(reader_shards(r, 3, a, &changed, &n) == OK && n == 3, "eight in parts of three");
    check(changed[0] == NOW + 99 * MINUTE, "a correction is a change");
    check(changed[2] == NOW + 8 * MINUTE, "so is what is new");
}

int main(void)
{
    try_start();
    struct arena *a = arena_new(64 << 20);
    struct store *s = try_open(false);
    must(store_begin(s) == OK);
    for (uint64_t i = 0; i < 9; i++) {
        struct view *v = try_view(a, i);
        if (i == 1) v->is_corrected = true, v->corrected_ms = NOW + 99 * MINUTE;
        try_put(s, v, i == 7 ? NOW + 900 * MINUTE : v->published_ms, INT64_MAX);
    }
    must(store_put_old(s,
             &(struct old_address){
                 .address = S("?p=417"), .story = try_view(a, 3)->id, .target = S("")}) == OK &&
         store_put_old(s,
             &(struct old_address){
                 .address = S("/ferry"), .story = try_view(a, 3)->id, .target = S("")}) == OK &&
         store_put_old(
             s, &(struct old_address){
                    .address = S("?p=418"), .story = try_view(a, 7)->id, .target = S("")}) == OK);
    must(store_commit(s, 1) == OK);
    struct reader *r = try_reader(NULL, NULL);
    must(reader_begin(r, NOW + 100 * MINUTE) == OK);
    lists(r, a);
    numbers(r, a);
    shards(r, a);
    reader_end(r);
    reader_close(r);
    store_close(s);
    arena_free(a);
    try_end();
    return tap_end();
}
