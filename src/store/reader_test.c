/* What a web thread sees: only what is public at the snapshot's instant and not dead, in order, by
 * indexes; and nothing damaged. */
#include "try.h"

static story_id dead_id;

static bool is_dead(story_id id, void *with)
{
    (void)with;
    return id == dead_id;
}

static struct store *filled(struct arena *a, uint64_t n)
{
    struct store *s = try_open(true);
    must(store_begin(s) == OK);
    for (uint64_t i = 0; i < n; i++) {
        struct view *v = try_view(a, i);
        try_put(s, v, v->published_ms, INT64_MAX);
    }
    must(store_commit(s, n) == OK && store_switch(s) == OK);
    return s;
}

static void put_one(struct store *s, const struct view *v, int64_t from_ms, int64_t until_ms)
{
    must(store_begin(s) == OK);
    try_put(s, v, from_ms, until_ms);
    must(store_commit(s, store_position(s) + 1) == OK);
}

static struct span listed(struct reader *r, struct arena *a, int64_t now_ms, struct list_query q)
{
    must(reader_begin(r, now_ms) == OK);
    struct span ids = try_list(r, a, q);
    reader_end(r);
    return ids;
}

#define MINUTE 60000
#define LIST(...) ((struct list_query){__VA_ARGS__})

static void instants(struct arena *a)
{
    struct store *s = filled(a, 6);
    struct reader *r = try_reader(is_dead, NULL);
    struct view v;
    struct view *embargoed = try_view(a, 3), *expiring = try_view(a, 1);
    put_one(s, embargoed, NOW + 100 * MINUTE, INT64_MAX);
    put_one(s, expiring, NOW, NOW + 50 * MINUTE);
    check_span(listed(r, a, NOW + 10 * MINUTE, LIST(.kind = LIST_FRONT)), S("5,4,2,1,0"),
        "an embargoed story is not listed");
    check_span(listed(r, a, NOW + 50 * MINUTE, LIST(.kind = LIST_FRONT)), S("5,4,2,0"),
        "an expired one is not, at its instant");
    check_span(listed(r, a, NOW + 100 * MINUTE, LIST(.kind = LIST_FRONT)), S("5,4,3,2,0"),
        "at its instant the embargoed one is");
    must(reader_begin(r, NOW + 10 * MINUTE) == OK);
    check(reader_story(r, embargoed->id, a, &v) == ERR_ABSENT, "an embargoed page is absent");
    check(reader_story(r, 12345, a, &v) == ERR_ABSENT, "as one that never existed");
    check(reader_next_change(r) == NOW + 50 * MINUTE, "the next change is the expiry");
    size_t n;
    must(reader_count(r, LIST_SECTION, S("world"), &n) == OK);
    check(n == 1, "counts leave out the embargoed");
    reader_end(r);
    must(reader_begin(r, NOW + 60 * MINUTE) == OK);
    check(reader_next_change(r) == NOW + 100 * MINUTE, "then the release");
    reader_end(r);
    must(reader_begin(r, NOW + 200 * MINUTE) == OK);
    check(reader_next_change(r) == INT64_MAX, "then nothing");
    check(reader_story(r, embargoed->id, a, &v) == OK, "the page is there");
    check_span(v.body_text, embargoed->body_text, "with its body");
    check_span(v.body.s, embargoed->body.s, "as markup too");
    reader_end(r);
    check(store_next_due(s, NOW + 10 * MINUTE) == NOW + 50 * MINUTE,
        "the writer knows the instants too");
    story_id due[4];
    must(store_due(s, NOW + 10 * MINUTE, NOW + 100 * MINUTE, 0, due, 4, &n) == OK);
    check(n == 2 && due[0] < due[1], "and whose they are");
    story_id last = due[1];
    must(store_due(s, NOW + 10 * MINUTE, NOW + 100 * MINUTE, 0, due, 1, &n) == OK && n == 1);
    must(store_due(s, NOW + 10 * MINUTE, NOW + 100 * MINUTE, due[0], due, 4, &n) == OK);
    check(n == 1 && due[0] == last, "part by part, where they are many");
    reader_close(r);
    store_close(s);
}

static void tombstones(struct arena *a)
{
    struct store *s = filled(a, 6);
    struct reader *r = try_reader(is_dead, NULL);
    struct view v;
    size_t n;
    int64_t now = NOW + DAY_MS;
    dead_id = try_view(a, 4)->id;
    try_index(s, now);
    check_span(listed(r, a, now, LIST(.kind = LIST_FRONT)), S("5,3,2,1,0"),
        "a tombstone takes a story from the front before the store knows");
    check_span(listed(r, a, now, LIST(.kind = LIST_SECTION, .name = S("business"))), S("1"),
        "from its section");
    check_span(
        listed(r, a, now, LIST(.kind = LIST_TAG, .name = S("harbour"))), S("2"), "from its tags");
    check_span(listed(r, a, now, LIST(.kind = LIST_AUTHOR, .name = S("ines-marlow"))),
        S("5,3,2,1,0"), "from its author");
    must(reader_begin(r, now) == OK);
    check(reader_story(r, dead_id, a, &v) == ERR_ABSENT, "its page is absent");
    must(reader_count(r, LIST_NEWEST, S(""), &n) == OK);
    check(n == 5, "no count has it");
    struct view *found;
    size_t total;
    must(reader_search(r, S("number4"), 0, 10, a, &found, &n, &total) == OK);
    check(n == 0 && total == 0, "no search finds it");
    must(reader_search(r, S("number3"), 0, 10, a, &found, &n, &total) == OK);
    check(n == 1 && total == 1, "others are found");
    reader_end(r);
    dead_id = 0;
    reader_close(r);
    store_close(s);
}

static void kinds(struct arena *a)
{
    struct store *s = filled(a, 7);
    struct reader *r = try_reader(NULL, NULL);
    int64_t now = NOW + 3 * DAY_MS;
    struct view *old = try_view(a, 6), *hidden = try_view(a, 5), *corrected = try_view(a, 2);
    old->on_fronts = false;
    old->front_ms -= 10 * DAY_MS;
    hidden->noindex = true;
    corrected->is_corrected = true;
    corrected->corrected_ms = NOW + DAY_MS;
    put_one(s, old, old->published_ms, INT64_MAX);
    put_one(s, hidden, hidden->published_ms, INT64_MAX);
    put_one(s, corrected, corrected->published_ms, INT64_MAX);
    check_span(listed(r, a, now, LIST(.kind = LIST_FRONT)), S("5,4,3,2,1,0"),
        "what is not for fronts is not on the front");
    check_span(listed(r, a, now, LIST(.kind = LIST_SECTION, .name = S("world"))), S("3,0"),
        "nor on a section's");
    check_span(listed(r, a, now, LIST(.kind = LIST_TAG, .name = S("bridges"))), S("4,1,6"),
        "its tag has it, at its place");
    check_span(listed(r, a, now, LIST(.kind = LIST_NEWEST, .limit = 3, .offset = 2)), S("3,2,1"),
        "offset and limit");
    check_span(listed(r, a, now, LIST(.kind = LIST_INDEXABLE)), S("0,1,2,3,4,6"),
        "noindex stories are not indexable; oldest first");
    check_span(listed(r, a, now, LIST(.kind = LIST_NEWS, .day_from_ms = NOW + 3 * MINUTE)),
        S("4,3"), "news since an instant; what is not for fronts is no news (V11)");
    check_span(
        listed(r, a, now,
            LIST(.kind = LIST_DAY, .day_from_ms = NOW + MINUTE, .day_until_ms = NOW + 4 * MINUTE)),
        S("1,2,3"), "a day");
    check_span(listed(r, a, now, LIST(.kind = LIST_CORRECTIONS)), S("2"), "corrections");
    struct span name = S("");
    must(reader_begin(r, now) == OK);
    check(reader_tag_name(r, LIST_AUTHOR, S("ines-marlow"), a, &name) == OK,
        "an author's shown name");
    check_span(name, S("Ines Marlow"), "is as in the byline");
    check(reader_tag_name(r, LIST_TAG, S("nobody"), a, &name) == ERR_ABSENT,
        "an unknown tag has none");
    struct view *related, self;
    size_t n;
    must(reader_story(r, try_view(a, 0)->id, a, &self) == OK);
    must(reader_related(r, &self, 2, a, &related, &n) == OK);
    check(n == 2 && related[0].id == try_view(a, 5)->id,
        "the story with both tags is the most related");
    int64_t *days;
    must(reader_days(r, a, &days, &n) == OK);
    check(n == 1 && days[0] == NOW, "days with stories");
    reader_end(r);
    reader_close(r);
    store_close(s);
}

static void pins(struct arena *a)
{
    struct store *s = filled(a, 6);
    struct reader *r = try_reader(NULL, NULL);
    int64_t now = NOW + DAY_MS;
    struct view *late = try_view(a, 1), *soon = try_view(a, 3), *old = try_view(a, 4);
    late->pinned_until_ms = now + 2 * MINUTE;
    soon->pinned_until_ms = now + MINUTE;
    old->pinned_until_ms = now + MINUTE;
    old->on_fronts = false;
    put_one(s, late, late->published_ms, INT64_MAX);
    put_one(s, soon, soon->published_ms, INT64_MAX);
    put_one(s, old, old->published_ms, INT64_MAX);
    check_span(listed(r, a, now, LIST(.kind = LIST_PINNED)), S("1,3"),
        "what is pinned, the longest first, and only what is for fronts");
    check_span(listed(r, a, now + MINUTE, LIST(.kind = LIST_PINNED)), S("1"),
        "until the instant at which it ends");
    check_span(listed(r, a, now + 2 * MINUTE, LIST(.kind = LIST_PINNED)), S(""), "none is left");
    reader_close(r);
    store_close(s);
}

static void popularity(struct arena *a)
{
    struct store *s = filled(a, 4);
    struct reader *r = try_reader(NULL, NULL);
    int64_t now = NOW + DAY_MS, six_hours = 6 * 60 * MINUTE;
    must(store_begin(s) == OK);
    must(store_put_counts(s, try_view(a, 0)->id, 100, NOW) == OK);
    must(store_put_counts(s, try_view(a, 1)->id, 60, NOW + six_hours) == OK);
    must(store_put_counts(s, try_view(a, 2)->id, 40, NOW + six_hours) == OK);
    must(store_put_counts(s, 999, 1000, NOW + six_hours) == OK);
    must(store_commit(s, 10) == OK);
    check_span(listed(r, a, now, LIST(.kind = LIST_POPULAR)), S("1,0,2"),
        "views lose half their weight in six hours");
    must(store_begin(s) == OK);
    must(store_put_counts(s, try_view(a, 2)->id, 25, NOW + six_hours + 1) == OK);
    must(store_put_counts(s, try_view(a, 0)->id, 100, NOW) == OK);
    must(store_commit(s, 11) == OK);
    check_span(listed(r, a, now, LIST(.kind = LIST_POPULAR)), S("2,1,0"),
        "they add up, and a replay adds nothing");
    struct view *v = try_view(a, 1);
    v->on_fronts = false;
    put_one(s, v, v->published_ms, INT64_MAX);
    check_span(listed(r, a, now, LIST(.kind = LIST_POPULAR)), S("2,0"),
        "what is not for fronts is not popular");
    reader_close(r);
    store_close(s);
}

static bool is_picture_dead(story_id id, void *with)
{
    return id == *(const story_id *)with;
}

/* K15: a tombstone under the picture's own id counts at once; its story and the others stay. */
static void killed_picture(struct arena *a)
{
    story_id killed = 0;
    struct store *s = filled(a, 1);
    struct reader *r = try_reader(is_picture_dead, &killed);
    struct view *v = try_view(a, 1), got;
    uint32_t w, h;
    struct view_picture p[] = {{.hash = S("aa"), .item = 71, .until_ms = INT64_MAX},
        {.hash = S("bb"), .item = 72, .until_ms = INT64_MAX},
        {.hash = S("aa"), .item = 73, .from_ms = NOW + 50 * MINUTE, .until_ms = INT64_MAX}};
    v->pictures = p;
    v->picture_count = COUNT(p);
    put_one(s, v, NOW, INT64_MAX);
    must(store_put_picture(s, S("aa"), 640, 480, 7) == OK &&
         store_put_picture(s, S("bb"), 64, 48, 7) == OK);
    must(reader_begin(r, NOW) == OK && reader_story(r, v->id, a, &got) == OK);
    check(got.picture_count == 3 && got.pictures[0].item == 71, "three pictures");
    check(reader_picture(r, S("aa"), &w, &h) == OK, "and their files");
    killed = 71;
    must(reader_story(r, v->id, a, &got) == OK);
    check(got.picture_count == 2 && got.pictures[0].item == 72, "the killed one is gone");
    check(reader_picture(r, S("aa"), &w, &h) == ERR_ABSENT &&
              reader_picture(r, S("bb"), &w, &h) == OK,
        "with its file, and no other");
    reader_end(r);
    must(reader_begin(r, NOW + 50 * MINUTE) == OK);
    check(reader_picture(r, S("aa"), &w, &h) == OK,
        "the same bytes under another id are another picture");
    reader_end(r);
    reader_close(r);
    store_close(s);
}

static void pictures_and_gone(struct arena *a)
{
    struct store *s = filled(a, 1);
    struct reader *r = try_reader(NULL, NULL);
    struct view *v = try_view(a, 1);
    struct view_picture *p = ARENA_ARRAY(a, struct view_picture, 2);
    p[0] = (struct view_picture){.hash = S("aa"), .until_ms = INT64_MAX};
    p[1] =
        (struct view_picture){.hash = S("bb"), .from_ms = NOW + 50 * MINUTE, .until_ms = INT64_MAX};
    v->pictures = p;
    v->picture_count = 2;
    put_one(s, v, NOW + 10 * MINUTE, NOW + 90 * MINUTE);
    must(store_put_picture(s, S("aa"), 640, 480, 1) == OK &&
         store_put_picture(s, S("bb"), 64, 48, 1) == OK);
    uint32_t w = 0, h = 0;
    struct {
        int minute;
        enum result aa, bb;
    } want[] = {{9, ERR_ABSENT, ERR_ABSENT}, {10, OK, ERR_ABSENT}, {50, OK, OK},
        {90, ERR_ABSENT, ERR_ABSENT}};
    for (size_t i = 0; i < COUNT(want); i++) {
        must(reader_begin(r, NOW + want[i].minute * MINUTE) == OK);
        check(reader_picture(r, S("aa"), &w, &h) == want[i].aa &&
                  reader_picture(r, S("bb"), &w, &h) == want[i].bb,
            "pictures at minute %d", want[i].minute);
        reader_end(r);
    }
    struct gone g = {.id = 77,
                    .state = 3,
                    .since_ms = NOW,
                    .path = S("/x"),
                    .agency = S("Coastal"),
                    .as_404 = true,
                    .wording = S("At the request of a court")},
                got;
    must(store_put_gone(s, &g) == OK);
    must(reader_begin(r, NOW) == OK);
    check(reader_gone(r, 77, a, &got) == OK && got.state == 3 && got.as_404 && got.since_ms == NOW,
        "a gone page's row");
    check_span(got.agency, S("Coastal"), "with who withdrew it");
    check_span(got.wording, g.wording, "and the desk's public words");
    struct gone *list;
    size_t gone_count;
    check(reader_withdrawn(r, 9, a, &list, &gone_count) == OK && gone_count == 0,
        "what is to answer 404 is not told among the withdrawn");
    reader_end(r);
    struct gone open = {.id = 78, .state = 4, .since_ms = NOW + 1, .wire_ms = NOW},
                older = {.id = 79, .state = 3, .since_ms = NOW - 1},
                expired = {.id = 80, .state = 5, .since_ms = NOW};
    must(store_put_gone(s, &open) == OK && store_put_gone(s, &older) == OK &&
         store_put_gone(s, &expired) == OK && reader_begin(r, NOW) == OK);
    check(reader_withdrawn(r, 9, a, &list, &gone_count) == OK && gone_count == 2 &&
              list[0].id == 78 && list[0].wire_ms == NOW && list[1].id == 79,
        "kills and takedowns, newest first; what has expired is not one (C15)");
    reader_end(r);
    must(store_drop_gone(s, 77) == OK && reader_begin(r, NOW) == OK);
    check(reader_gone(r, 77, a, &got) == ERR_ABSENT, "and dropped again");
    reader_end(r);
    reader_close(r);
    store_close(s);
}

static bool refused(struct reader *r, const char *sql)
{
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v2(r->db.h, sql, -1, &q, NULL);
    sqlite3_finalize(q);
    struct span said = span_of(sqlite3_errmsg(r->db.h));
    return rc == SQLITE_AUTH || (rc != SQLITE_OK && span_starts(said, S("not authorized")));
}

static void put_old(struct store *s, struct span to, bool by_hand)
{
    struct old_address old = {.address = S("/feed"), .target = to, .by_hand = by_hand};
    must(store_begin(s) == OK && store_put_old(s, &old) == OK);
    must(store_commit(s, store_position(s) + 1) == OK);
}

static void old_addresses(struct arena *a)
{
    struct store *s = filled(a, 1);
    struct reader *r = try_reader(is_dead, NULL);
    const struct {
        const char *to, *want;
        bool by_hand;
    } steps[] = {{"/one", "/one", false}, {"/two", "/two", false}, {"/hand", "/hand", true},
        {"/three", "/hand", false}, {"/other", "/other", true}};
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct old_address old;
        put_old(s, span_of(steps[i].to), steps[i].by_hand);
        must(reader_begin(r, NOW) == OK && reader_old(r, S("/feed"), a, &old) == OK);
        check_span(old.target, span_of(steps[i].want), "what was written by hand an export leaves");
        check(old.by_hand == (i >= 2), "and it is known for that");
        reader_end(r);
    }
    reader_close(r);
    store_close(s);
}

static void guarded(struct arena *a)
{
    static const char *const denied[] = {"SELECT id FROM story", "SELECT count(*) FROM story",
        "SELECT body FROM body", "SELECT slug FROM label", "SELECT id FROM popular",
        "SELECT hash FROM shown", "SELECT words FROM doc", "SELECT id FROM queue",
        "SELECT name FROM sqlite_master",
        "SELECT s.id FROM public_story p JOIN story s ON s.row=p.row",
        "SELECT (SELECT min(from_ms) FROM story)", "DELETE FROM story", "UPDATE note SET value=1",
        "INSERT INTO gone(id) VALUES(1)", "CREATE TABLE x(y)", "DROP VIEW public_story",
        "CREATE TEMP VIEW public_story AS SELECT * FROM story", "ATTACH 'x' AS x",
        "PRAGMA user_version", "PRAGMA writable_schema=ON", "SELECT bm25(search) FROM search",
        "SELECT snippet(search,0,'','','',9) FROM search", "SELECT fts5(NULL)",
        "CREATE TEMP TABLE t AS SELECT term FROM search_terms", "SELECT load_extension('x')",
        "WITH RECURSIVE t(x) AS (SELECT 1 UNION SELECT x FROM t) SELECT x FROM t"};
    struct store *s = filled(a, 1);
    struct reader *r = try_reader(NULL, NULL);
    for (size_t i = 0; i < COUNT(denied); i++)
        check(refused(r, denied[i]), "refused: %s", denied[i]);
    check(!refused(r, "SELECT id FROM public_story"), "the view may be read");
    reader_close(r);
    store_close(s);
}

static struct span plan_of(struct reader *r, struct arena *a, int which)
{
    struct buf b;
    sqlite3_stmt *q;
    buf_init(&b, a, 0);
    char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", reader_statements[which]);
    must(sqlite3_prepare_v2(r->db.h, sql, -1, &q, NULL) == SQLITE_OK);
    sqlite3_free(sql);
    while (sqlite3_step(q) == SQLITE_ROW) {
        buf_put(&b, db_span(q, 3));
        buf_lit(&b, "; ");
    }
    sqlite3_finalize(q);
    return buf_span(&b);
}

static void plans(struct arena *a)
{
    static const struct {
        int which;
        const char *index;
    } want[] = {{READ_LIST + LIST_FRONT, "story_front"},
        {READ_LIST + LIST_SECTION, "story_section"}, {READ_LIST + LIST_TAG, "SEARCH l USING"},
        {READ_LIST + LIST_AUTHOR, "SEARCH l USING"}, {READ_LIST + LIST_DAY, "story_published"},
        {READ_LIST + LIST_NEWEST, "story_newest"}, {READ_LIST + LIST_INDEXABLE, "story_published"},
        {READ_LIST + LIST_CORRECTIONS, "story_corrected"}, {READ_LIST + LIST_LED, "story_lead"},
        {READ_LIST + LIST_PINNED, "story_pinned"}, {READ_LIST + LIST_POPULAR, "popular_score"},
        {READ_STORY, "(id=?)"}, {READ_DAY, "story_day"}, {READ_NAME, "SEARCH l USING"},
        {READ_RELATED, "SEARCH l USING"}, {READ_PICTURE, "SEARCH p USING"},
        {READ_NEXT_FROM, "story_from"}, {READ_NEXT_UNTIL, "story_until"},
        {READ_NEXT_DUE, "story_due"}, {READ_MATCHES, "VIRTUAL TABLE"},
        {READ_RANKED, "VIRTUAL TABLE"}, {READ_LIST + LIST_PERSON, "SEARCH l USING"},
        {READ_LIST + LIST_PLACE, "SEARCH l USING"},
        {READ_COUNT + LIST_SECTION, "COVERING INDEX story_section"},
        {READ_COUNT + LIST_FRONT, "COVERING INDEX story_front"}, {READ_WITHDRAWN, "gone_since"},
        {READ_LEFT, "gone_left"}, {READ_NEXT_LEFT, "gone_left"},
        {READ_PICK + PICK_ALL, "story_newest"}, {READ_PICK + PICK_PUBLISHED, "story_published"},
        {READ_PICK + PICK_SECTION, "story_section"}, {READ_PICK + PICK_LABEL, "SEARCH l USING"},
        {READ_SHARDS, "story_published"}, {READ_NUMBERED, "(id>? AND id<?)"},
        {READ_OLD_NUMBER, "old_story"}};
    struct store *s = filled(a, 1);
    struct reader *r = try_reader(NULL, NULL);
    for (size_t i = 0; i < COUNT(want); i++) {
        struct span plan = plan_of(r, a, want[i].which);
        bool ok =
            span_find(plan, span_of(want[i].index)) >= 0 && span_find(plan, S("TEMP B-TREE")) < 0;
        check(ok, "%s by %s", reader_statements[want[i].which], want[i].index);
        if (!ok) printf("# %.*s\n", FMT(plan));
    }
    struct span news = plan_of(r, a, READ_LIST + LIST_NEWS);
    check(span_find(news, S("story_published")) >= 0, "news by publication: %.*s", FMT(news));
    reader_close(r);
    store_close(s);
}

static void spoil(struct store *s, const char *sql)
{
    must(db_exec(&s->site, sql) == OK);
}

/* X5: a damaged row is found by the check and served by nobody. */
static void damaged(struct arena *a)
{
    static const char *const harms[] = {"UPDATE story SET view=zeroblob(40) WHERE row=2",
        "UPDATE story SET from_ms=from_ms-1 WHERE row=2",
        "UPDATE story SET section='sport' WHERE row=2",
        "UPDATE body SET body=substr(body,1,9)||x'00'||substr(body,11) WHERE story=2"};
    for (size_t i = 0; i < COUNT(harms); i++) {
        struct store *s = filled(a, 3);
        struct reader *r = try_reader(NULL, NULL);
        struct view v;
        check(try_whole(s), "a whole store passes its check");
        spoil(s, harms[i]);
        check(!try_whole(s), "found");
        check_span(listed(r, a, NOW + DAY_MS, LIST(.kind = LIST_FRONT, .with_body = true)),
            S("2,0"), harms[i]);
        must(reader_begin(r, NOW + DAY_MS) == OK);
        check(reader_story(r, try_view(a, 1)->id, a, &v) == ERR_CORRUPT, "its page is refused");
        check(reader_story(r, try_view(a, 0)->id, a, &v) == OK, "another stands");
        reader_end(r);
        reader_close(r);
        store_close(s);
    }
}

int main(void)
{
    struct arena *a = arena_new((size_t)1 << 30);
    try_start();
    store_close(try_open(false));
    instants(a);
    tombstones(a);
    kinds(a);
    pins(a);
    popularity(a);
    killed_picture(a);
    pictures_and_gone(a);
    old_addresses(a);
    guarded(a);
    plans(a);
    damaged(a);
    try_end();
    arena_free(a);
    return tap_end();
}
