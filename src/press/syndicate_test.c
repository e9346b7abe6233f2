/* Feeds: well-formed whatever the words, whole, stable under corrections, absent for what is not
 * there. */
#include "feed_kit.h"

static const struct {
    enum page_kind kind;
    const char *name;
} formats[] = {{PAGE_RSS, "rss"}, {PAGE_ATOM, "atom"}, {PAGE_JSONFEED, "json feed"}};

static enum result make(enum page_kind kind, enum list_kind list, const char *name)
{
    return kit_page(
        page_feed, (struct page_ask){.kind = kind, .list = list, .name = span_of(name)}, NOW);
}

/* The text of an item's member, by each format's own reader. */
struct item {
    struct span id, title, published, updated, content, url;
};

static bool item_at(enum page_kind kind, size_t n, struct item *out)
{
    struct arena *a = kit_arena;
    if (kind == PAGE_JSONFEED) {
        const struct json *j = kit_json(), *i = j ? json_get(j, "items") : NULL;
        for (i = i ? i->first : NULL; i && n; n--) i = i->next;
        *out =
            (struct item){json_text(i, "id"), json_text(i, "title"), json_text(i, "date_published"),
                json_text(i, "date_modified"), json_text(i, "content_html"), json_text(i, "url")};
        return i != NULL;
    }
    bool rss = kind == PAGE_RSS;
    const struct xml_node *x = kit_xml();
    if (rss) x = xml_child(x, "channel");
    x = xml_child(x, rss ? "item" : "entry");
    for (; x && n; n--) x = xml_next(x, rss ? "item" : "entry");
    *out = (struct item){xml_text(a, xml_child(x, rss ? "guid" : "id")),
        xml_text(a, xml_child(x, "title")),
        xml_text(a, xml_child(x, rss ? "pubDate" : "published")),
        xml_text(a, xml_child(x, "updated")),
        xml_text(a, xml_child(x, rss ? "encoded" : "content")),
        rss ? xml_text(a, xml_child(x, "link")) : xml_attr(xml_child(x, "link"), "href")};
    return x != NULL;
}

static void test_whole(void)
{
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct item it;
        const char *name = formats[i].name;
        check(make(formats[i].kind, LIST_FRONT, "") == OK, "%s: the front's feed is there", name);
        check(item_at(formats[i].kind, 0, &it), "%s: it is well-formed and has an item", name);
        check_span(it.title, S("Ferry 0 sails"), "the newest stands first");
        check(span_starts(it.url, S("https://kit.example/wire/2025/")), "%s: absolute link", name);
        check(span_find(it.content, S("number0 left at dawn")) > 0, "%s: whole body", name);
        check(span_find(it.content, S("QUAYSIDE · Coastal News")) > 0, "%s: dateline", name);
        check(
            span_find(it.content, S("From Coastal News, unedited by The Kit &lt;Courier&gt;.")) > 0,
            "%s: the disclaimer stands at the end", name);
        check(kit_made.modified_ms == NOW, "%s: last modified is the newest change", name);
        check(kit_made.id_count == 3, "%s: it knows the stories on it", name);
        check(kit_hangs_on("front") && kit_hangs_on("site"), "%s: it hangs on the front", name);
    }
}

static void test_lists(void)
{
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct item it;
        enum page_kind k = formats[i].kind;
        const char *name = formats[i].name;
        check(make(k, LIST_SECTION, "world") == OK && item_at(k, 2, &it), "%s: section", name);
        check(kit_hangs_on("section:world"), "%s: hangs on its section", name);
        check(make(k, LIST_TAG, "rivers") == OK && item_at(k, 2, &it), "%s: tag", name);
        check(kit_hangs_on("tag:rivers"), "%s: hangs on its tag", name);
        check(make(k, LIST_SECTION, "empty") == OK, "%s: a section without stories", name);
        check(!item_at(k, 0, &it), "%s: well-formed and empty", name);
        check(make(k, LIST_SECTION, "nowhere") == ERR_ABSENT, "%s: unknown section", name);
        check(make(k, LIST_TAG, "nothing") == ERR_ABSENT, "%s: tag of no story", name);
    }
}

/* C6: a correction leaves the item's name and its first date as they were. */
static void test_corrected(void)
{
    struct view *v = kit_view(0);
    struct item before[COUNT(formats)], after;
    for (size_t i = 0; i < COUNT(formats); i++) {
        must(make(formats[i].kind, LIST_FRONT, "") == OK);
        must(item_at(formats[i].kind, 0, &before[i]));
    }
    v->path = S("/2025/12/31/another-slug");
    v->is_corrected = true;
    v->changed_ms = v->corrected_ms = NOW + 5000;
    v->correction_note = S("Corrects the pier's <name>.");
    kit_put(v);
    for (size_t i = 0; i < COUNT(formats); i++) {
        must(make(formats[i].kind, LIST_FRONT, "") == OK);
        must(item_at(formats[i].kind, 0, &after));
        check_span(after.id, before[i].id, "the item's name is kept");
        check_span(after.published, before[i].published, "so is its first date");
        check(!span_eq(after.updated, before[i].updated), "the date of change moves");
        check(span_find(after.content, S("the pier&#39;s &lt;name&gt;")) > 0 ||
                  span_find(after.content, S("the pier's &lt;name&gt;")) > 0,
            "what was corrected is told, as text");
    }
}

/* C15: what was corrected is an entry of its own, with its own dates, and stands in its own feed.
 */
static void test_corrections(void)
{
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct item it, other;
        const char *name = formats[i].name;
        check(make(formats[i].kind, LIST_CORRECTIONS, "") == OK && item_at(formats[i].kind, 0, &it),
            "%s: corrections have a feed", name);
        check(!item_at(formats[i].kind, 1, &other), "%s: of corrections alone", name);
        check(span_ends(it.id, S("#corrected")), "%s: an entry beside the story's", name);
        check(
            span_find(it.content, S("<name>")) < 0 && span_find(it.content, S("Corrects the")) > 0,
            "%s: what was corrected", name);
        check(span_find(it.content, S("left at dawn")) < 0, "%s: and not the story again", name);
        check(kit_says("/wire/corrections"), "%s: it goes with the page", name);
        check(kit_made.modified_ms == NOW + 5000, "%s: dated by the correction", name);
    }
}

static struct gone gone(uint64_t n, int state, int64_t since_ms)
{
    const struct view *v = kit_view(n);
    return (struct gone){.id = v->id,
        .state = state,
        .since_ms = since_ms,
        .published_ms = v->published_ms,
        .path = S("/2025/12/31/a-secret-slug"),
        .agency = S("Coastal News"),
        .by = S("agency"),
        .wording = S("a secret reason")};
}

/* K11, RFC 6721: Atom says by its id alone that an entry is to be forgotten. */
static void test_deleted(void)
{
    enum { WITHHELD = 2, KILLED, TAKEN_DOWN, EXPIRED, MERGED, PURGED, TOLD = 5 }; /* desk.h */
    struct gone list[] = {gone(10, WITHHELD, NOW + 10), gone(11, KILLED, NOW + 20),
        gone(12, TAKEN_DOWN, NOW + 30), gone(13, EXPIRED, NOW + 40), gone(14, PURGED, NOW + 50),
        gone(15, MERGED, NOW + 60), gone(16, KILLED, NOW + KIT_HOUR), gone(17, KILLED, NOW + 70),
        gone(18, KILLED, NOW + 80)};
    const char *want = "<at:deleted-entry ref=\"tag:kit.example,2025-12-31:";
    list[7].as_404 = true;
    list[8].published_ms = 0;
    must(store_begin(kit_store) == OK);
    for (size_t i = 0; i < COUNT(list); i++) must(store_put_gone(kit_store, &list[i]) == OK);
    must(store_commit(kit_store, 1000) == OK);
    struct page_ask ask = {.kind = PAGE_ATOM};
    must(kit_page(page_feed, ask, NOW + 1000) == OK);
    check(kit_xml() && kit_says(want), "a well-formed feed names what left");
    check(kit_hangs_on("gone"), "and hangs on what leaves");
    for (size_t i = 0; i < COUNT(list); i++) {
        struct span id = story_id_text(kit_arena, list[i].id);
        check((span_find(kit_made.body, id) >= 0) == (i < TOLD), "state %d of story %zu is%s told",
            list[i].state, i, i < TOLD ? "" : " not");
    }
    check(!kit_says("secret") && !kit_says("Coastal News</at"), "without a word of it");
    struct gone back = gone(1, WITHHELD, NOW + 100);
    must(store_begin(kit_store) == OK);
    must(store_put_gone(kit_store, &back) == OK);
    must(store_commit(kit_store, 1002) == OK);
    must(kit_page(page_feed, ask, NOW + 1000) == OK);
    check(!kit_says(arena_cstr(kit_arena,
              arena_printf(kit_arena, "%.*s\" when", FMT(story_id_text(kit_arena, back.id))))),
        "what is public again is not told to be forgotten");
    kit_site.feed_items = 2;
    for (uint64_t n = 0; n < 3; n++) list[n].since_ms = NOW - 2 * KIT_HOUR;
    must(store_begin(kit_store) == OK);
    for (size_t i = 0; i < 3; i++) must(store_put_gone(kit_store, &list[i]) == OK);
    must(store_commit(kit_store, 1003) == OK);
    must(kit_page(page_feed, ask, NOW + 1000) == OK);
    check(kit_says(want) && span_find(kit_made.body, story_id_text(kit_arena, list[1].id)) < 0,
        "only while the feed reaches back as far");
    kit_site.feed_items = 20;
    ask.kind = PAGE_RSS;
    must(kit_page(page_feed, ask, NOW + 1000) == OK);
    check(!kit_says("deleted-entry"), "RSS has no word for it");
}

static void test_hostile(void)
{
    struct view *v = kit_view(0);
    v->headline = S("</title>]]><script>alert(1)</script> & \x01 \"x\" 'y' \xEF\xBF\xBE");
    v->abstract = v->dateline = v->byline = v->agency = v->copyright = v->label = v->headline;
    v->tags[0].name = v->authors[0].name = v->headline;
    v->language = S("en\"><x y='");
    kit_put(v);
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct item it;
        const char *name = formats[i].name;
        check(make(formats[i].kind, LIST_FRONT, "") == OK && item_at(formats[i].kind, 0, &it),
            "%s: hostile words keep it well-formed", name);
        check(span_find(it.title, S("<script>alert(1)")) > 0, "%s: they stand as text", name);
        check(!kit_says("<script"), "%s: and never as markup", name);
        check(span_find(it.content, S("<script")) < 0, "%s: nor inside the content", name);
    }
}

/* R1 for pictures: outside its own times a picture is in no feed, and the page's life ends there.
 */
static void test_picture(void)
{
    struct view *v = kit_view(1);
    char hash[65] = {0};
    memset(hash, 'a', 64);
    v->picture_count = 1;
    v->pictures = ARENA_NEW(kit_arena, struct view_picture);
    *v->pictures = (struct view_picture){.hash = span_of(hash),
        .caption = S("A quay."),
        .width = 1000,
        .height = 500,
        .from_ms = 0,
        .until_ms = NOW + 1000};
    kit_put(v);
    for (size_t i = 0; i < COUNT(formats); i++) {
        must(make(formats[i].kind, LIST_FRONT, "") == OK);
        check(kit_says("-800.jpg"), "%s: the largest rendition made is named", formats[i].name);
        check(kit_made.valid_until_ms <= NOW + 1000, "it is good while its right lasts");
    }
    v->pictures->until_ms = NOW;
    kit_put(v);
    for (size_t i = 0; i < COUNT(formats); i++) {
        must(make(formats[i].kind, LIST_FRONT, "") == OK);
        check(!kit_says("-800.jpg"), "%s: after it there is no picture", formats[i].name);
    }
}

int main(void)
{
    kit_start();
    for (uint64_t n = 0; n < 3; n++) kit_put(kit_view(n));
    test_whole();
    test_lists();
    test_corrected();
    test_corrections();
    test_deleted();
    test_picture();
    test_hostile();
    return kit_end();
}
