/* Every public path of the site and what it means; and everything beside them that means nothing.
 */
#include "site_private.h"

#include "tap.h"

#define ID "0123456789ab"
static struct arena *a;

static bool finds(const char *path, const char *query, struct route *r)
{
    return route_find(a, span_of(path), span_of(query), r);
}

static const struct {
    const char *path, *query;
    enum page_kind kind;
    enum list_kind list;
    const char *name;
    size_t page;
    const char *key; /* NULL: never cached */
} pages[] = {
    {"/", "", PAGE_FRONT, LIST_FRONT, "", 1, "/"},
    {"/", "utm_source=x&page=2", PAGE_FRONT, LIST_FRONT, "", 1, "/"},
    {"/section/sport", "", PAGE_SECTION, LIST_SECTION, "sport", 1, "/section/sport"},
    {"/section/sport", "page=2", PAGE_SECTION, LIST_SECTION, "sport", 2, NULL},
    {"/tag/bridges", "", PAGE_TAG, LIST_TAG, "bridges", 1, "/tag/bridges"},
    {"/tag/पुल", "", PAGE_TAG, LIST_TAG, "पुल", 1, "/tag/पुल"},
    {"/author/ines-marlow", "", PAGE_AUTHOR, LIST_AUTHOR, "ines-marlow", 1, "/author/ines-marlow"},
    {"/person/a", "page=2", PAGE_PERSON, LIST_PERSON, "a", 2, NULL},
    {"/place/a", "", PAGE_PLACE, LIST_PLACE, "a", 1, "/place/a"},
    {"/author/a/rss.xml", "", PAGE_RSS, LIST_AUTHOR, "a", 1, "/author/a/rss.xml"},
    {"/person/a/atom.xml", "", PAGE_ATOM, LIST_PERSON, "a", 1, "/person/a/atom.xml"},
    {"/place/a/feed.json", "", PAGE_JSONFEED, LIST_PLACE, "a", 1, "/place/a/feed.json"},
    {"/popular/rss.xml", "", PAGE_RSS, LIST_POPULAR, "", 1, "/popular/rss.xml"},
    {"/archive/2026/02/01/atom.xml", "", PAGE_ATOM, LIST_DAY, "", 1,
        "/archive/2026/02/01/atom.xml"},
    {"/opensearch.xml", "", PAGE_OPENSEARCH, LIST_FRONT, "", 1, "/opensearch.xml"},
    {"/suggest", "q=a", PAGE_SUGGEST, LIST_FRONT, "", 1, NULL},
    {"/search/rss.xml", "q=a", PAGE_RSS, LIST_FRONT, "", 1, NULL},
    {"/rss.xml", "", PAGE_RSS, LIST_FRONT, "", 1, "/rss.xml"},
    {"/atom.xml", "", PAGE_ATOM, LIST_FRONT, "", 1, "/atom.xml"},
    {"/feed.json", "", PAGE_JSONFEED, LIST_FRONT, "", 1, "/feed.json"},
    {"/section/a/rss.xml", "", PAGE_RSS, LIST_SECTION, "a", 1, "/section/a/rss.xml"},
    {"/section/a/atom.xml", "", PAGE_ATOM, LIST_SECTION, "a", 1, "/section/a/atom.xml"},
    {"/section/a/feed.json", "", PAGE_JSONFEED, LIST_SECTION, "a", 1, "/section/a/feed.json"},
    {"/tag/a/rss.xml", "", PAGE_RSS, LIST_TAG, "a", 1, "/tag/a/rss.xml"},
    {"/tag/a/atom.xml", "", PAGE_ATOM, LIST_TAG, "a", 1, "/tag/a/atom.xml"},
    {"/tag/a/feed.json", "", PAGE_JSONFEED, LIST_TAG, "a", 1, "/tag/a/feed.json"},
    {"/corrections", "", PAGE_CORRECTIONS, LIST_CORRECTIONS, "", 1, "/corrections"},
    {"/popular", "", PAGE_POPULAR, LIST_POPULAR, "", 1, "/popular"},
    {"/page/about", "", PAGE_HOUSE, LIST_FRONT, "about", 1, "/page/about"},
    {"/2026/01/23/ferry-sails-0123456789ab/lite", "", PAGE_LITE, LIST_FRONT, "", 1,
        "/2026/01/23/ferry-sails-0123456789ab/lite"},
    {"/2026/01/23/ferry-sails-0123456789ab.txt", "", PAGE_TEXT, LIST_FRONT, "", 1,
        "/2026/01/23/ferry-sails-0123456789ab.txt"},
    {"/archive", "", PAGE_ARCHIVE_DAYS, LIST_DAY, "", 1, "/archive"},
    {"/sitemap.xml", "", PAGE_SITEMAP, LIST_INDEXABLE, "", 1, "/sitemap.xml"},
    {"/sitemap-7.xml", "", PAGE_SITEMAP_SHARD, LIST_FRONT, "", 7, "/sitemap-7.xml"},
    {"/news-sitemap.xml", "", PAGE_NEWS_SITEMAP, LIST_NEWS, "", 1, "/news-sitemap.xml"},
    {"/robots.txt", "", PAGE_ROBOTS, LIST_FRONT, "", 1, "/robots.txt"},
    {"/api/v1/stories", "", PAGE_API_STORIES, LIST_NEWEST, "", 1, "/api/v1/stories"},
    {"/api/v1/stories", "page=3", PAGE_API_STORIES, LIST_NEWEST, "", 3, NULL},
    {"/assets/style-3f.css", "", PAGE_ASSET, LIST_FRONT, "style-3f.css", 1, "/assets/style-3f.css"},
    {"/favicon.ico", "", PAGE_ASSET, LIST_FRONT, "favicon.svg", 1, "/favicon.ico"},
};

static void public_paths(void)
{
    for (size_t i = 0; i < COUNT(pages); i++) {
        struct route r;
        bool found = finds(pages[i].path, pages[i].query, &r);
        check(found && r.ask.kind == pages[i].kind && r.ask.list == pages[i].list &&
                  r.ask.page == pages[i].page && span_eq(r.ask.name, span_of(pages[i].name)),
            "%s?%s", pages[i].path, pages[i].query);
        if (found && pages[i].key)
            check_span(r.key, span_of(pages[i].key), "its copies lie under its path");
    }
}

/* What narrows a search; what is not understood is not there. */
static void searches(void)
{
    struct route r;
    check(finds("/search", "q=a&section=sport&agency=Meridian%20X&lang=hi&period=week&sort=newest",
              &r),
        "a search that is narrowed");
    const struct page_narrow *n = &r.ask.narrow;
    check(span_eq(n->section, S("sport")) && span_eq(n->agency, S("Meridian X")) &&
              span_eq(n->language, S("hi")) && n->period == PERIOD_WEEK && n->newest && !r.key.n,
        "by all that narrows it, and never kept");
    check(finds("/search", "q=a&from=2026-02-01&to=2026-02-30&period=x&sort=x", &r) &&
              n->from_day_ms == civil_to_ms((struct civil){2026, 2, 1, 0, 0, 0, 0}) &&
              !n->to_day_ms && !n->period && !n->newest,
        "by a day; what is none narrows nothing");
    check(finds("/search", "q=a&from=2026-02&to=2026-02-03-04", &r) && !n->from_day_ms &&
              !n->to_day_ms,
        "nor half a day, nor more than one");
    check(finds("/search/feed.json", "q=a&lang=en", &r) && r.ask.of_search &&
              span_eq(r.ask.words, S("a")) && span_eq(n->language, S("en")),
        "its feed");
}

static void stories(void)
{
    struct route r;
    story_id id;
    must(story_id_read(S(ID), &id));
    check(finds("/2026/01/23/harbour-bridge-" ID, "", &r) && r.ask.kind == PAGE_ARTICLE &&
              r.ask.id == id &&
              r.ask.day_ms == civil_to_ms((struct civil){2026, 1, 23, 0, 0, 0, 0}),
        "an article by its id");
    check(finds("/2024/02/29/" ID, "", &r) && r.ask.kind == PAGE_ARTICLE && r.ask.id == id,
        "with nothing before the id, on a leap day");
    check(finds("/2026/01/23/x-" ID "/revisions", "", &r) && r.ask.kind == PAGE_REVISIONS,
        "its revisions");
    check(finds("/archive/2026/01/23", "", &r) && r.ask.kind == PAGE_ARCHIVE &&
              span_eq(r.key, S("/archive/2026/01/23")),
        "a day of the archive");
    check(finds("/archive/2026/01/23", "page=2", &r) && r.ask.page == 2 &&
              span_eq(r.key, S("/archive/2026/01/23\n2")),
        "and its second page");
    check(finds("/api/v1/stories/" ID, "", &r) && r.ask.kind == PAGE_API_STORY && r.ask.id == id,
        "a story of the API");
    check(finds("/pictures/card.jpg", "", &r) && r.extra == ROUTE_PICTURE &&
              span_eq(r.file, S("card.jpg")),
        "a picture");
}

static void strangers(void)
{
    static const char *const none[] = {"", "x", "//", "/nothing", "/section", "/section/",
        "/section//rss.xml", "/section/a/b", "/section/a/rss.xml/", "/section/a/rss.xml/b", "/tag",
        "/author/a/x.xml", "/author", "/Section/a", "/RSS.XML", "/rss.xml/a", "/feed.json.bak",
        "/2026/01/23", "/2026/01/23/slug", "/2026/01/23/slug" ID, "/2026/1/23/slug-" ID,
        "/2026/02/30/slug-" ID, "/2026/13/01/slug-" ID, "/2026/00/01/slug-" ID,
        "/1899/01/01/slug-" ID, "/2200/01/01/slug-" ID, "/2026/01/23/slug-0123456789aB",
        "/2026/01/23/slug-0123456789a", "/2026/01/23/slug-0123456789au",
        "/2026/01/23/slug-" ID "/edit", "/2026/01/23/slug-" ID "/revisions/1", "/2026/01/+3/a-" ID,
        "/archive/2026/02/30", "/archive/2026/02", "/archive/2026/02/01/x", "/api", "/api/v1",
        "/api/v2/stories", "/api/v1/stories/0123", "/api/v1/stories/" ID "0",
        "/api/v1/stories/slug-" ID, "/sitemap-0.xml", "/sitemap-100001.xml", "/sitemap-.xml",
        "/sitemap--1.xml", "/sitemap-1e1.xml", "/assets", "/assets/..", "/assets/.env",
        "/assets/a/b", "/assets/a b", "/pictures/.x", "/pictures/a\\b", "/pictures/a/b.jpg",
        "/1/2/3/4/5/6/7/8/9", "/search/x", "/suggest/rss.xml", "/archive/2026/02/30/rss.xml"};
    struct route r;
    for (size_t i = 0; i < COUNT(none); i++) {
        bool found = finds(none[i], "", &r);
        /* a slash at the end is found, and tidied away by a redirect */
        bool tidied = span_ends(span_of(none[i]), S("/")) && found;
        check(!found || (tidied && span_eq(r.key, span_of(none[i]))), "no page: %s", none[i]);
    }
}

static void long_ones(void)
{
    char path[4096] = "/tag/";
    struct route r;
    memset(path + 5, 'a', 200);
    check(finds(path, "", &r), "a name of 200 bytes");
    memset(path + 5, 'a', 201);
    check(!finds(path, "", &r), "one of 201 is none");
    memset(path + 5, 'a', sizeof path - 6);
    check(!finds(path, "", &r), "nor one of four thousand");
    strcpy(path, "/assets/");
    memset(path + 8, 'a', 201);
    path[209] = 0;
    check(!finds(path, "", &r), "nor such a file");
}

static void queries(void)
{
    static const struct {
        const char *query;
        size_t page;
    } rows[] = {{"page=1", 1}, {"page=2", 2}, {"page=1000", 1000}, {"page=1001", 1}, {"page=0", 1},
        {"page=-1", 1}, {"page=", 1}, {"page", 1}, {"page=2x", 1}, {"page=%32", 2}, {"page=%", 1},
        {"page=%00", 1}, {"Page=2", 1}, {"a=1&page=4", 4}, {"page=5&page=6", 5},
        {"page=99999999999999999999", 1}, {"&&&page=7", 7}, {"xpage=2", 1}};
    struct route r;
    for (size_t i = 0; i < COUNT(rows); i++)
        check(finds("/section/a", rows[i].query, &r) && r.ask.page == rows[i].page, "?%s",
            rows[i].query);
    check(finds("/search", "q=Harbour+bridge%21&x=1", &r) && r.ask.kind == PAGE_SEARCH && !r.key.n,
        "a search is found, and never kept");
    check_span(r.ask.words, S("Harbour bridge!"), "by its words");
    check(finds("/search", "", &r) && !r.ask.words.n, "no words");
    check(finds("/search", "q=%ff%fe", &r) && !r.ask.words.n, "words that are no text");
    check(finds("/search", "q=a%00b", &r) && !r.ask.words.n, "nor with a NUL");
    char words[4096] = "q=";
    memset(words + 2, 'w', sizeof words - 3);
    check(finds("/search", words, &r) && r.ask.words.n <= SITE_QUERY_MAX, "too many are cut");
    check(finds("/search", "q=a&page=3", &r) && r.ask.page == 3, "a page of what was found");
}

/* Two addresses that mean different things never share a copy. */
static void keys_differ(void)
{
    struct route page, odd;
    check(
        finds("/section/a", "page=2", &page) && page.key.n && finds("/section/a?page=2", "", &odd),
        "a page of a section, and a section with an odd name");
    check(!span_eq(page.key, odd.key), "are two pages in the cache");
    check(finds("/tag/a", "page=2", &odd) && !span_eq(page.key, odd.key), "so is a tag's");
    check(finds("/section/a", "page=3", &odd) && !span_eq(page.key, odd.key), "and the next page");
    check(finds("/section/a", "page=2&utm=1", &odd) && span_eq(page.key, odd.key),
        "a stranger's words make no copy of their own");
}

/* What programs ask: kept where few others could be asked beside it. */
static void machines(void)
{
    static const struct {
        const char *path, *query;
        enum page_kind kind;
        bool kept;
    } rows[] = {{"/api/v1/stories", "utm=1", PAGE_API_STORIES, true},
        {"/api/v1/stories", "section=a", PAGE_API_STORIES, false},
        {"/api/v1/stories", "limit=x", PAGE_API_STORIES, false},
        {"/api/v1/stories/" ID "/ninjs", "", PAGE_API_NINJS, true},
        {"/api/v1/sections", "", PAGE_API_SECTIONS, true},
        {"/openapi.json", "", PAGE_OPENAPI, true}, {"/wp-json", "", PAGE_WP_INDEX, true},
        {"/wp-json/", "", PAGE_WP_INDEX, true}, {"/wp-json/wp/v2/posts/", "", PAGE_WP_POSTS, true},
        {"/wp-json/wp/v2/posts", "per_page=20&_embed&x=1", PAGE_WP_POSTS, true},
        {"/wp-json/wp/v2/posts", "page=6", PAGE_WP_POSTS, false},
        {"/wp-json/wp/v2/posts", "categories=7", PAGE_WP_POSTS, false},
        {"/wp-json/wp/v2/posts", "search=x", PAGE_WP_POSTS, false},
        {"/wp-json/wp/v2/posts", "per_page=x", PAGE_WP_POSTS, false},
        {"/wp-json/wp/v2/posts/7", "", PAGE_WP_POST, false},
        {"/wp-json/wp/v2/media/7", "", PAGE_WP_MEDIA, false},
        {"/wp-json/wp/v2/categories", "", PAGE_WP_CATEGORIES, false},
        {"/wp-json/wp/v2/tags", "slug=x", PAGE_WP_TAGS, false},
        {"/wp-json/wp/v2/types/post", "", PAGE_WP_TYPES, false}};
    static const char *const none[] = {"/wp-json/wp/v2/posts/x", "/wp-json/wp/v2/posts/0",
        "/wp-json/wp/v2/posts/7/revisions", "/wp-json/wp/v2/users", "/wp-json/wp/v3/posts",
        "/wp-json/wp/v2/types/page", "/wp-json/wp/v2/media", "/wp-jsonx",
        "/api/v1/stories/" ID "/ninjs/x", "/api/v1/stories/ninjs", "/api/v1/sections/a"};
    struct route r, other;
    for (size_t i = 0; i < COUNT(rows); i++)
        check(finds(rows[i].path, rows[i].query, &r) && r.ask.kind == rows[i].kind &&
                  (r.key.n > 0) == rows[i].kept,
            "%s?%s", rows[i].path, rows[i].query);
    for (size_t i = 0; i < COUNT(none); i++)
        check(!finds(none[i], "", &r), "no address: %s", none[i]);
    check(finds("/wp-json/wp/v2/posts", "per_page=20", &r) && r.key.n &&
              finds("/wp-json/wp/v2/posts", "per_page=20&_embed", &other) &&
              !span_eq(r.key, other.key) &&
              finds("/wp-json/wp/v2/posts", "per_page=20&_=17", &other) &&
              span_eq(r.key, other.key),
        "what matters of a question is in its key, a stranger's words are not");
}

static void oembed(void)
{
    static const struct press_site site = {.url = {"https://a.example", 17}, .base = {"/wire", 5}};
    static const char *const ours[] = {"https%3A%2F%2Fa.example%2Fwire%2F2026%2F01%2F23%2Fx-" ID,
        "https://a.example/wire/2026/01/23/x-" ID "?utm=1%23top", "/2026/01/23/x-" ID};
    static const char *const others[] = {"https://a.example/2026/01/23/x-" ID,
        "https://b.example/wire/2026/01/23/x-" ID, "https://a.example.evil/wire/2026/01/23/x-" ID,
        "http://a.example/wire/2026/01/23/x-" ID, "//a.example/wire/2026/01/23/x-" ID,
        "https://a.example/wire/2026/01/23/x-" ID "/revisions", "https://a.example/wire/", "",
        "https://a.example/wire/../wire/2026/01/23/x-" ID "%00"};
    struct route r;
    bool other_format;
    for (size_t i = 0; i < COUNT(ours); i++)
        check(route_oembed(
                  a, &site, S("/oembed"), arena_printf(a, "url=%s", ours[i]), &r, &other_format) &&
                  r.ask.id && r.key.n && !other_format,
            "of a story: %s", ours[i]);
    for (size_t i = 0; i < COUNT(others); i++)
        check(route_oembed(a, &site, S("/oembed"), arena_printf(a, "url=%s", others[i]), &r,
                  &other_format) &&
                  !r.ask.id && !r.key.n,
            "of none: %s", others[i]);
    check(route_oembed(a, &site, S("/oembed"), S("url=/2026/01/23/x-" ID "&format=yaml"), &r,
              &other_format) &&
              other_format,
        "no other format");
}

int main(void)
{
    a = arena_new(16 << 20);
    machines();
    oembed();
    public_paths();
    searches();
    stories();
    strangers();
    long_ones();
    queries();
    keys_differ();
    arena_free(a);
    return tap_end();
}
