/* place_test.c: a story that is bound to countries is not public elsewhere, in any question; and
 * what does not depend on the place does not say so. */
#include "try.h"

static struct arena *a;
static struct store *s;
static struct reader *r;
static const struct reader_place unknown,
    london = {.country = {"GB", 2}}, boston = {.country = {"US", 2}},
    paris = {.country = {"FR", 2}}, lenient = {.unknown_is_inside = true};

static void put(struct view *v)
{
    must(store_begin(s) == OK);
    try_put(s, v, v->published_ms, INT64_MAX);
    must(store_commit(s, store_position(s) + 1) == OK);
    bool more = true;
    while (more) must(store_index_some(s, NOW + DAY_MS, 10, &more) == OK);
}

static void put_bound(uint64_t n, const char *territory)
{
    struct view *v = try_view(a, n);
    v->territory = span_of(territory);
    put(v);
}

static bool sees(const struct reader_place *p, uint64_t n)
{
    struct view v;
    must(reader_begin_at(r, NOW + DAY_MS, p) == OK);
    bool seen = reader_story(r, try_view(a, n)->id, a, &v) == OK;
    reader_end(r);
    return seen;
}

static void territories(void)
{
    static const struct {
        const char *territory;
        bool gb, us, unknown, lenient;
    } cases[] = {{"", true, true, true, true}, {"+GB,IE", true, false, false, true},
        {"+IE,GB", true, false, false, true}, {"-US", true, false, false, true},
        {"-US,CA", true, false, false, true}, {"-GB", false, true, false, true},
        {"+", false, false, false, true}, {"-", true, true, false, true},
        {"GB", false, false, false, true}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span t = span_of(cases[i].territory);
        check(territory_has(t, &london) == cases[i].gb &&
                  territory_has(t, &boston) == cases[i].us &&
                  territory_has(t, &unknown) == cases[i].unknown &&
                  territory_has(t, &lenient) == cases[i].lenient &&
                  territory_has(t, &(struct reader_place){.anywhere = true}),
            "territory “%s”", cases[i].territory);
    }
}

static void story(void)
{
    check(sees(&london, 1) && !sees(&boston, 1) && !sees(&unknown, 1) && sees(&lenient, 1),
        "a story for two countries");
    check(sees(&paris, 2) && !sees(&boston, 2) && !sees(&unknown, 2), "one for all but one");
    check(sees(&boston, 0) && sees(&unknown, 0), "one for everybody");
    struct view v;
    must(reader_begin(r, NOW + DAY_MS) == OK);
    check(reader_story(r, try_view(a, 1)->id, a, &v) == OK, "who is not placed sees all");
    check_span(v.territory, S("+GB,IE"), "and to where it is bound");
    reader_end(r);
}

static void elsewhere(void)
{
    must(reader_begin_at(r, NOW + DAY_MS, &boston) == OK);
    check(reader_elsewhere(r, try_view(a, 1)->id) && !reader_elsewhere(r, try_view(a, 0)->id) &&
              !reader_elsewhere(r, try_view(a, 99)->id) &&
              !reader_elsewhere(r, try_view(a, 1)->id + 1),
        "it is known that it is public elsewhere; of no other");
    struct view v;
    check(reader_story(r, try_view(a, 1)->id, a, &v) == ERR_ABSENT, "and still it is not here");
    reader_end(r);
    must(reader_begin_at(r, NOW, &boston) == OK);
    check(!reader_elsewhere(r, try_view(a, 1)->id) && !reader_asked_place(r),
        "before its hour it is nowhere, and nobody asked where");
    reader_end(r);
}

static int count_one(unsigned event, void *count, void *statement, void *text)
{
    (void)event;
    (void)statement;
    (void)text;
    ++*(int *)count;
    return 0;
}

/* Most addresses that are not public are of no country at all: they cost nothing more. */
static int asked_for(const struct reader_place *p, uint64_t n, bool *elsewhere_out)
{
    struct view v;
    int asked = 0;
    must(reader_begin_at(r, NOW + DAY_MS, p) == OK);
    must(reader_story(r, try_view(a, n)->id, a, &v) == ERR_ABSENT);
    sqlite3_trace_v2(r->db.h, SQLITE_TRACE_STMT, count_one, &asked);
    *elsewhere_out = reader_elsewhere(r, try_view(a, n)->id);
    sqlite3_trace_v2(r->db.h, 0, NULL, NULL);
    reader_end(r);
    return asked;
}

static void asked_once(void)
{
    bool is_elsewhere;
    int asked = asked_for(&boston, 99, &is_elsewhere);
    check(!is_elsewhere && asked == 0, "what is nowhere is not asked for again (%d times)", asked);
    asked = asked_for(&boston, 1, &is_elsewhere);
    check(is_elsewhere && asked == 2, "what is bound to countries is (%d times)", asked);
}

static bool lists_it(enum list_kind k, struct span name)
{
    struct view *list;
    size_t n;
    struct list_query q = {.kind = k, .name = name, .limit = 50, .day_until_ms = INT64_MAX};
    must(reader_list(r, &q, a, &list, &n) == OK);
    for (size_t i = 0; i < n; i++)
        if (list[i].id == try_view(a, 1)->id) return true;
    return false;
}

static bool is_anywhere(const struct reader_place *p)
{
    struct view *found, v0 = *try_view(a, 0);
    size_t n, total;
    uint32_t w, h;
    struct span name;
    const struct view *v = try_view(a, 1);
    must(reader_begin_at(r, NOW + DAY_MS, p) == OK);
    bool there = lists_it(LIST_FRONT, S("")) || lists_it(LIST_SECTION, v->section) ||
                 lists_it(LIST_TAG, v->tags[0].slug) || lists_it(LIST_AUTHOR, v->authors[0].slug) ||
                 lists_it(LIST_DAY, S("")) || lists_it(LIST_NEWEST, S("")) ||
                 lists_it(LIST_INDEXABLE, S("")) || lists_it(LIST_NEWS, S("")) ||
                 lists_it(LIST_CORRECTIONS, S("")) || lists_it(LIST_LED, S("")) ||
                 lists_it(LIST_PINNED, S("")) || lists_it(LIST_POPULAR, S(""));
    must(reader_search(r, S("number1"), 0, 10, a, &found, &n, &total) == OK);
    there |= n || total;
    must(reader_related(r, &v0, 10, a, &found, &n) == OK);
    for (size_t i = 0; i < n; i++) there |= found[i].id == v->id;
    there |= reader_picture(r, S("abcd"), &w, &h) == OK;
    must(reader_count(r, LIST_FRONT, S(""), &n) == OK);
    there |= n == 4;
    there |= reader_tag_name(r, LIST_TAG, S("only"), a, &name) == OK;
    check(reader_asked_place(r), "what depends on the place says so");
    reader_end(r);
    return there;
}

/* The bound story on every list that there is. */
static void put_everywhere(void)
{
    struct view *v = try_view(a, 1);
    v->territory = S("+GB,IE");
    v->is_corrected = true;
    v->corrected_ms = v->lead_ms = v->published_ms;
    v->pinned_until_ms = NOW + 2 * DAY_MS;
    v->tags[1] = (struct view_tag){S("only"), S("Only")};
    v->pictures = ARENA_NEW(a, struct view_picture);
    v->pictures[0] = (struct view_picture){
        .hash = S("abcd"), .width = 10, .height = 10, .forms = 1, .until_ms = INT64_MAX};
    v->picture_count = 1;
    put(v);
    must(store_begin(s) == OK);
    must(store_put_picture(s, S("abcd"), 10, 10, 1) == OK);
    must(store_put_counts(s, v->id, 5, NOW) == OK);
    must(store_commit(s, store_position(s) + 1) == OK);
}

static void everywhere(void)
{
    put_everywhere();
    must(reader_begin_at(r, NOW + DAY_MS, &london) == OK);
    static const enum list_kind kinds[] = {LIST_FRONT, LIST_DAY, LIST_NEWEST, LIST_INDEXABLE,
        LIST_NEWS, LIST_CORRECTIONS, LIST_LED, LIST_PINNED, LIST_POPULAR};
    for (size_t i = 0; i < COUNT(kinds); i++)
        check(lists_it(kinds[i], S("")), "in its country list %d has it", kinds[i]);
    uint32_t w, h;
    check(reader_picture(r, S("abcd"), &w, &h) == OK, "its picture is there");
    reader_end(r);
    check(!is_anywhere(&boston) && !is_anywhere(&unknown), "elsewhere nothing has it");
    check(is_anywhere(&london), "at home all have it");
}

/* A package of it alone, and the same news from another agency. */
static void around(void)
{
    struct view *pack = try_view(a, 5), *twin = try_view(a, 6), v;
    pack->needs_member = true;
    pack->refs = ARENA_NEW(a, struct view_ref);
    pack->refs[0] = (struct view_ref){.kind = REF_MEMBER, .page = try_view(a, 1)->id};
    pack->ref_count = 1;
    put(pack);
    twin->refs = ARENA_NEW(a, struct view_ref);
    twin->refs[0] = (struct view_ref){.kind = REF_ALSO, .page = try_view(a, 1)->id};
    twin->ref_count = 1;
    put(twin);
    for (int home = 0; home < 2; home++) {
        must(reader_begin_at(r, NOW + DAY_MS, home ? &london : &boston) == OK);
        check((reader_story(r, pack->id, a, &v) == OK) == home, "a package of what is here (%d)",
            home);
        check(reader_asked_place(r), "which depends on the place");
        struct view *list;
        size_t n;
        bool listed = false;
        must(reader_list(r, &(struct list_query){.kind = LIST_FRONT, .limit = 50}, a, &list, &n) ==
             OK);
        for (size_t i = 0; i < n; i++) listed |= list[i].id == twin->id;
        check(listed == !home, "the other agency's story leads where the first is not (%d)", home);
        reader_end(r);
    }
}

static void asks_nothing(void)
{
    struct view v;
    must(reader_begin_at(r, NOW + DAY_MS, &boston) == OK);
    check(reader_story(r, try_view(a, 0)->id, a, &v) == OK && !reader_asked_place(r),
        "a story for everybody is the same everywhere, and says so");
    reader_end(r);
}

int main(void)
{
    try_start();
    a = arena_new(64 << 20);
    s = try_open(false);
    put(try_view(a, 0));
    put_bound(1, "+GB,IE");
    put_bound(2, "-US");
    put(try_view(a, 3));
    r = try_reader(NULL, NULL);
    territories();
    story();
    elsewhere();
    asked_once();
    asks_nothing();
    everywhere();
    around();
    reader_close(r);
    store_close(s);
    arena_free(a);
    try_end();
    return tap_end();
}
