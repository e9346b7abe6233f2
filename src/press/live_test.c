/* Running stories and reading without a line: when a story counts as running, what its page and its
 * small file say then, until when; the worker, its switch, the manifest. */
#include "pages_kit.h"

#include <string.h>

static struct view *running(uint64_t n, uint32_t count, int64_t apart_ms)
{
    struct view *v = kit_view(n);
    v->revisions = ARENA_ARRAY(kit_arena, struct view_revision, count);
    for (uint32_t i = 0; i < count; i++)
        v->revisions[i] = (struct view_revision){.from_ms = v->published_ms + i * apart_ms,
            .until_ms = INT64_MAX,
            .change = i ? CHANGE_UPDATE : CHANGE_NONE,
            .lead = arena_printf(kit_arena, "News %u & <more>", i),
            .kept = 1};
    v->revision_count = count;
    v->changed_ms = v->revisions[count - 1].from_ms;
    kit_put(v);
    return v;
}

static bool made_at(enum page_kind kind, story_id id, int64_t now_ms)
{
    return kit_page_at((struct page_ask){.kind = kind, .id = id}, now_ms) == OK;
}

static void test_counts(void)
{
    struct view *calm = running(1, 3, MINUTE), *quick = running(2, 4, HOUR),
                *slow = running(3, 4, 2 * HOUR);
    int64_t last = quick->revisions[3].from_ms;
    kit_site.live = (struct press_live){.on = true, .push = true, .updates = 3, .hours = 2};
    check(made_at(PAGE_ARTICLE, calm->id, NOON + HOUR) && !kit_says("id=\"live\""),
        "two updates are none of three");
    check(made_at(PAGE_ARTICLE, slow->id, NOON + 9 * HOUR) && !kit_says("id=\"live\""),
        "nor are three in four hours");
    check(made_at(PAGE_ARTICLE, quick->id, last + MINUTE) && kit_is_sound() &&
              kit_says(" data-running") && kit_says(" data-push") &&
              kit_says("data-address=\"/wire/live/") && kit_says("data-updates=\"3\""),
        "three within two hours are");
    check(kit_made.valid_until_ms == last + 2 * HOUR, "the page stands until it is over");
    check(kit_times("<li id=\"update-") == 4 && kit_says("News 3 &amp; &lt;more&gt;"),
        "the timeline, escaped");
    check(kit_says("\"LiveBlogPosting\"") && kit_says("\"coverageEndTime\"") &&
              kit_times("\"BlogPosting\"") == 4,
        "JSON-LD says so");
    check(made_at(PAGE_ARTICLE, quick->id, last + 2 * HOUR) && !kit_says("data-running") &&
              kit_says("id=\"updates\"") && kit_says("\"NewsArticle\"") &&
              !kit_says("LiveBlogPosting"),
        "over: the timeline stays, nobody listens, an article as others");
    kit_site.live.push = false;
    check(made_at(PAGE_ARTICLE, quick->id, last + MINUTE) && !kit_says("data-push") &&
              kit_says("data-running"),
        "without push it is asked for");
    kit_site.live.on = false;
    check(made_at(PAGE_ARTICLE, quick->id, last + MINUTE) && !kit_says("id=\"updates\"") &&
              !made_at(PAGE_LIVE, quick->id, last) && !made_at(PAGE_LIVE_FRONT, 0, last),
        "switched off there is nothing of it");
    kit_site.live.on = true;
}

static void test_small_file(void)
{
    struct view *v = running(4, 4, MINUTE);
    check(made_at(PAGE_LIVE, v->id, NOON + HOUR) && kit_says(" data") == false && kit_names(v) &&
              kit_hangs_on(arena_printf(kit_arena, "story:%.*s", FMT(v->id_text)).p) &&
              !strcmp(kit_made.content_type, "application/json") && kit_made.noindex,
        "the small file hangs on its story");
    struct span first = arena_keep(kit_arena, kit_made.body);
    check(span_find(first, v->headline) < 0 && span_find(first, S("News")) < 0, "no words in it");
    v->correction_note = S("Another hour");
    kit_put(v);
    check(made_at(PAGE_LIVE, v->id, NOON + HOUR) && !span_eq(first, kit_made.body),
        "another version when the words are others");
    check(!made_at(PAGE_LIVE, v->id, v->published_ms - 1), "none before it is public");
    check(made_at(PAGE_LIVE_FRONT, 0, NOON + HOUR) && span_find(kit_made.body, v->id_text) >= 0 &&
              kit_hangs_on("front") && kit_names(v),
        "the front's ids");
}

static void test_offline(void)
{
    kit_site.offline = (struct press_offline){0};
    check(made_at(PAGE_WORKER, 0, NOON) && kit_says("unregister()") && !kit_says("BASE"),
        "switched off, the worker removes the one before");
    check(!made_at(PAGE_OFFLINE, 0, NOON), "and there is no page for it");
    check(made_at(PAGE_FRONT, 0, NOON) && kit_says("rel=\"manifest\"") && !kit_says("data-worker"),
        "no page sets one up");
    kit_site.offline = (struct press_offline){.on = true,
        .articles = 7,
        .short_name = S("Kit \"</script>"),
        .colour = S("#123456"),
        .background = S("#ffffff")};
    check(made_at(PAGE_WORKER, 0, NOON) && kit_says("const BASE=\"/wire\";") &&
              kit_says("const KEEP=7;") && kit_says("\"/wire/assets/style-") &&
              kit_says("self.addEventListener"),
        "the worker knows base, number and files");
    check(made_at(PAGE_OFFLINE, 0, NOON) && kit_is_sound() && kit_made.noindex &&
              kit_says("data-worker=\"/wire/sw.js\""),
        "the page without a line");
    check(made_at(PAGE_MANIFEST, 0, NOON), "the manifest");
    struct reject why = {0};
    struct json *j = json_parse(kit_arena, kit_made.body, &why);
    check(j && kit_says("\"start_url\":\"/wire/\"") && kit_says("#123456") &&
              kit_says("/wire/assets/icon-192-") && kit_says("\"maskable\""),
        "has name, colours and icons below the base");
}

int main(void)
{
    kit_start();
    test_counts();
    test_small_file();
    test_offline();
    return kit_end();
}
