/* past_test.c: a page as it stood: nothing that came later counts, brakes are on that were on, and
 * what is dead today gives no word; the front's newest in their order, whatever the order of ids.
 */
#include <stdlib.h>

#include "office.h"
#include "tap.h"

#define NOW INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define MINUTE INT64_C(60000)
enum { STORIES = 40, NEWEST = 5, DEAD = 7 };

static char folder[] = "/tmp/broadsheet-past-XXXXXX";
static struct office_eyes eyes;

static bool is_dead(story_id id, void *with)
{
    (void)with;
    return id == DEAD;
}

static int mark; /* of the versions that are put next */

static void put_version(struct store *s, struct arena *a, story_id id, int64_t at_ms, uint64_t pos,
    const char *headline)
{
    struct story *story = ARENA_NEW(a, struct story);
    story->guid = arena_printf(a, "urn:quay:%llu", (unsigned long long)id);
    story->headline = span_of(headline);
    story->body = (struct html){S("<p>Words.</p>")};
    story->body_text = S("Words.");
    story->kind = KIND_TEXT;
    story->status = STATUS_USABLE;
    story->language = S("en");
    story->provider = S("Coastal");
    story->version_created = (struct when){WHEN_UTC, at_ms};
    struct stored_version v = {.item = id,
        .page = id,
        .feed = S("coastal"),
        .packed = story_pack(a, story),
        .received_ms = at_ms,
        .pos = pos,
        .mark = mark};
    must(store_put_version(s, &v) == OK);
}

static void put_act(
    struct store *s, struct arena *a, enum act_kind kind, story_id id, int64_t at_ms, uint64_t pos)
{
    struct span target = kind == ACT_RELEASE ? S("coastal") : S("all");
    struct act act = {.kind = kind, .story = id, .target = target, .by = S("anna")};
    struct stored_act stored = {.pos = pos, .page = id, .json = act_write(a, &act), .at_ms = at_ms};
    must(store_put_act(s, &stored) == OK);
}

/* Story n came in minute n, under an id that says nothing of it; story 3 was updated in minute 100,
 * held in minute 110; a brake was on from minute 120 to 130, in which story 4 was updated; story
 * 5's update of minute 140 was one too many, and let go in minute 150. */
static story_id id_of(uint64_t n)
{
    return n == DEAD ? DEAD : n * UINT64_C(0x9e3779b97f4a7c15) >> 4;
}

static void fill(struct store *s, struct arena *a)
{
    must(store_begin(s) == OK);
    for (uint64_t n = 1; n <= STORIES; n++)
        put_version(s, a, id_of(n), NOW + (int64_t)n * MINUTE, n,
            arena_printf(a, "Story %llu", (unsigned long long)n).p);
    put_version(s, a, id_of(3), NOW + 100 * MINUTE, 100, "Story 3 again");
    put_act(s, a, ACT_HOLD, id_of(3), NOW + 110 * MINUTE, 110);
    put_act(s, a, ACT_PAUSE, 0, NOW + 120 * MINUTE, 120);
    put_version(s, a, id_of(4), NOW + 125 * MINUTE, 125, "Story 4 again");
    put_act(s, a, ACT_RESUME, 0, NOW + 130 * MINUTE, 130);
    mark = MARK_UPDATES;
    put_version(s, a, id_of(5), NOW + 140 * MINUTE, 140, "Story 5 again");
    put_act(s, a, ACT_RELEASE, 0, NOW + 150 * MINUTE, 150);
    must(store_commit(s, 150) == OK);
}

static struct office_past at(uint64_t n, int minute)
{
    struct office_past p;
    must(past_story(&eyes, id_of(n), NOW + minute * MINUTE, &p) == OK);
    return p;
}

static void test_story(void)
{
    struct office_past p;
    check(
        past_story(&eyes, id_of(3), NOW + 2 * MINUTE, &p) == ERR_ABSENT, "before it came: nothing");
    p = at(3, 3);
    check(p.was_public && p.set.version_count == 1, "in the millisecond in which it came: there");
    check_span(p.verdict.headline, S("Story 3"), "as it was");
    p = at(3, 100);
    check_span(p.verdict.headline, S("Story 3 again"), "updated");
    check(at(3, 109).was_public && !at(3, 110).was_public, "then held");
    p = at(4, 126);
    check(p.was_public, "under a brake the version before stood");
    check_span(p.verdict.headline, S("Story 4"), "though the newer had come");
    p = at(4, 131);
    check_span(p.verdict.headline, S("Story 4 again"), "let go, the newer");
    p = at(5, 149);
    check_span(p.verdict.headline, S("Story 5"), "what a limit kept back was not seen");
    p = at(5, 150);
    check_span(p.verdict.headline, S("Story 5 again"), "until the desk let it go");
    check(at(DEAD, 50).is_dead && at(DEAD, 50).was_public && !at(4, 50).is_dead,
        "dead today is told");
}

static void count_pages(size_t pages, void *with)
{
    *(size_t *)with = pages;
}

static void test_front(void)
{
    struct office_teaser *list;
    size_t n, seen = 0;
    must(past_front(&eyes, NOW + 50 * MINUTE, S(""), NEWEST, count_pages, &seen, &list, &n) == OK);
    check(n == NEWEST && seen == STORIES, "the newest of all");
    for (size_t i = 0; i < n; i++)
        check(list[i].page == id_of(STORIES - i), "number %zu of the front", i + 1);
    must(past_front(&eyes, NOW + 8 * MINUTE, S(""), NEWEST, NULL, NULL, &list, &n) == OK);
    check(n == NEWEST && list[1].is_dead && !list[1].headline.n && list[0].headline.n,
        "what is dead today has its place and no word");
    must(past_front(&eyes, NOW + 2 * MINUTE, S(""), NEWEST, NULL, NULL, &list, &n) == OK);
    check(n == 2 && list[0].page == id_of(2), "when there were two");
    must(past_front(&eyes, NOW, S("sport"), NEWEST, NULL, NULL, &list, &n) == OK);
    check(n == 0, "of a section without stories");
}

int main(void)
{
    struct store *s;
    const char *why = NULL;
    struct arena *a = arena_new(64 << 20);
    log_quiet(LOG_ERROR + 1);
    must(mkdtemp(folder) != NULL);
    must(store_open(folder, true, &s, &why) == OK);
    must(store_switch(s) == OK);
    fill(s, a);
    struct desk_feed feed = {.name = S("coastal"), .provider = S("Coastal")};
    struct desk_rules rules = {.feeds = &feed, .feed_count = 1};
    struct office_site site = {.language = S("en"), .zone = zone_utc()};
    struct office_look look = {folder, &site, &rules, {is_dead, NULL}};
    must(eyes_open(&look, a, &eyes, &why) == OK);
    test_story();
    test_front();
    eyes_close(&eyes);
    store_close(s);
    must(dir_remove(folder) == OK);
    arena_free(a);
    return tap_end();
}
