/* Pages and feeds of people, places and authors; searches, their feeds, suggestions: what stands on
 * them, what they hang on, and that hostile words stay words. */
#include "pages_kit.h"

static struct view *named(uint64_t n)
{
    struct view *v = kit_view(n);
    kit_tag(v, S("elections"), S("Elections"));
    kit_tag(v, S("ada-moor"), S("Ada Moor"));
    v->tags[1].kind = LABEL_PERSON;
    kit_tag(v, S("velmara"), S("Velmara"));
    v->tags[2].kind = LABEL_PLACE;
    v->authors[v->author_count++] = (struct view_tag){S("asha-rao"), S("Asha Rao"), LABEL_AUTHOR};
    v->body = html_clean(kit_arena,
        S("<p>Nothing happened.</p><p>Then the m\xc3\xa9tro <b>stopped</b> & went on.</p>"));
    v->body_text = html_to_text(kit_arena, v->body.s);
    kit_put(v);
    return v;
}

static const struct {
    enum page_kind page;
    enum list_kind list;
    const char *word, *slug, *name, *json;
} kinds[] = {
    {PAGE_PERSON, LIST_PERSON, "person", "ada-moor", "Ada Moor",
        "\"about\":{\"@type\":\"Person\",\"name\":\"Ada Moor\""},
    {PAGE_PLACE, LIST_PLACE, "place", "velmara", "Velmara",
        "\"about\":{\"@type\":\"Place\",\"name\":\"Velmara\""},
    {PAGE_AUTHOR, LIST_AUTHOR, "author", "asha-rao", "Asha Rao",
        "\"@type\":\"ProfilePage\",\"name\":\"Asha Rao\""},
};

static bool has_feeds(const char *word, const char *slug)
{
    char text[200];
    snprintf(text, sizeof text, "/wire/%s/%s/rss.xml\">RSS", word, slug);
    return kit_says(text);
}

static bool is_called(const char *name)
{
    char text[200];
    snprintf(text, sizeof text, "<h1>%s</h1>", name);
    return kit_says(text);
}

static void test_labels(void)
{
    static const enum page_kind feeds[] = {PAGE_RSS, PAGE_ATOM, PAGE_JSONFEED};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct page_ask ask = {.kind = kinds[i].page, .name = span_of(kinds[i].slug)};
        char key[64];
        snprintf(key, sizeof key, "%s:%s", kinds[i].word, kinds[i].slug);
        check(kit_page(ask) == OK && kit_is_sound() && is_called(kinds[i].name), "the page of a %s",
            kinds[i].word);
        check(kit_hangs_on(key) && kit_says(kinds[i].json), "its key, and what it is about");
        check(has_feeds(kinds[i].word, kinds[i].slug), "its feeds");
        for (size_t f = 0; f < COUNT(feeds); f++) {
            struct page_ask feed = {
                .kind = feeds[f], .list = kinds[i].list, .name = span_of(kinds[i].slug)};
            check(kit_page(feed) == OK && kit_hangs_on(key) && kit_made.id_count == 2,
                "feed %zu of a %s", f, kinds[i].word);
            feed.name = S("nobody");
            check(kit_page(feed) == ERR_ABSENT, "none where there is no story");
        }
    }
    struct page_ask tag = {.kind = PAGE_TAG, .name = S("ada-moor")};
    check(kit_page(tag) == ERR_ABSENT, "a person is no tag");
    static const struct page_filter by_program = {.tag = {"ada-moor", 8}};
    struct page_ask asked = {.kind = PAGE_API_STORIES, .page = 1, .filter = &by_program};
    check(kit_page(asked) == OK && kit_says("Ada Moor") && kit_says("\"kind\":\"person\""),
        "but programs ask for whatever the API calls a tag");
}

static void test_article(const struct view *v)
{
    check(kit_article(v), "an article");
    check(
        kit_says("<h2>Subjects</h2>") && kit_says("<h2>People</h2>") && kit_says("<h2>Places</h2>"),
        "its subjects, people and places");
    check(kit_says("href=\"/wire/person/ada-moor\"") && kit_says("href=\"/wire/place/velmara\"") &&
              kit_says("href=\"/wire/tag/elections\""),
        "each leads to its own page");
    check(kit_hangs_on("person:ada-moor") && kit_hangs_on("place:velmara"), "and it hangs on them");
    check(kit_says("rel=\"search\"") && kit_says("/wire/opensearch.xml"), "the site's search");
}

static void test_lists(void)
{
    struct page_ask ask = {.kind = PAGE_RSS, .list = LIST_DAY, .day_ms = 1769126400000};
    check(kit_page(ask) == OK && kit_hangs_on("day:2026-01-23") && kit_made.id_count == 2,
        "the feed of a day");
    check(kit_says("/wire/archive/2026/01/23/rss.xml"), "knows its address");
    ask.day_ms += 24 * HOUR;
    check(kit_page(ask) == ERR_ABSENT, "no day without stories");
    ask = (struct page_ask){.kind = PAGE_JSONFEED, .list = LIST_POPULAR};
    check(kit_page(ask) == OK && kit_hangs_on("popular") && kit_hangs_on("all"),
        "the feed of what is read most");
}

static void test_search(void)
{
    struct page_ask ask = {.kind = PAGE_SEARCH, .words = S("metro")};
    check(kit_page(ask) == OK && kit_is_sound() && kit_says("2 stories found"), "a search");
    check(kit_says("Then the <mark>m\xc3\xa9tro</mark> stopped &amp; went on."),
        "marks where the word stands in the text, which stays text");
    check(kit_says("<option value=\"sport\">Sport</option>") &&
              kit_says("<option value=\"Coastal News\">Coastal News</option>"),
        "what can be chosen");
    ask.narrow.section = S("sport");
    check(kit_page(ask) == OK && kit_says("<option value=\"sport\" selected>") &&
              kit_says("<details class=\"narrow\" open>") && kit_says("Nothing was found"),
        "what was chosen");
    ask = (struct page_ask){.kind = PAGE_SEARCH, .words = S("mterop")};
    check(kit_page(ask) == OK && !kit_says("Did you mean"), "too far from any word");
    ask.words = S("merto");
    check(kit_page(ask) == OK && kit_says("Did you mean <a href=\"/wire/search?q=m%C3%A9tro\""),
        "what is meant");
    ask.words = S("\"><script>alert(1)</script>");
    check(kit_page(ask) == OK && kit_is_sound() && !kit_says("<script>alert"), "hostile words");
    ask = (struct page_ask){.kind = PAGE_RSS, .words = S("metro & <b>"), .of_search = true};
    check(kit_page(ask) == OK && kit_made.no_store && kit_made.noindex && !kit_says("<b>") &&
              !kit_says("rel=\"hub\""),
        "a search's feed: kept nowhere, and no hub's");
    ask.words = S("metro");
    check(kit_page(ask) == OK && kit_made.id_count == 2 &&
              kit_says("https://kit.example/wire/search/rss.xml?q=metro"),
        "it holds what was found");
    ask.words = S("");
    check(kit_page(ask) == ERR_ABSENT, "none of nothing");
}

static void test_suggest(void)
{
    struct page_ask ask = {.kind = PAGE_SUGGEST, .words = S("moo")};
    check(kit_page(ask) == OK && kit_made.no_store && kit_made.noindex, "suggestions");
    check_span(kit_made.body,
        S("[\"moo\",[\"Ada Moor\"],[\"Person\"],[\"https://kit.example/wire/person/ada-moor\"]]\n"),
        "in OpenSearch's form");
    check(kit_made.id_count == 1, "it names a story that says so");
    ask.words = S("ferry");
    check(
        kit_page(ask) == OK && kit_says("\"Ferry 1 sails\"") && kit_says("\"Story\""), "headlines");
    ask.words = S("\"]</script>");
    check(kit_page(ask) == OK && !kit_says("</script>"), "hostile words stay a string");
    ask = (struct page_ask){.kind = PAGE_OPENSEARCH};
    check(kit_page(ask) == OK &&
              kit_says("template=\"https://kit.example/wire/suggest?q={searchTerms}\""),
        "the description of the search");
}

int main(void)
{
    kit_start();
    struct view *v = named(0);
    named(1);
    test_labels();
    test_article(v);
    test_lists();
    test_search();
    test_suggest();
    return kit_end();
}
