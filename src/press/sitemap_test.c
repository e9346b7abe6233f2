/* Sitemaps and robots: only what may be indexed; the news sitemap's 48 hours to the millisecond. */
#include "feed_kit.h"

static size_t count_urls(void)
{
    size_t n = 0;
    const struct xml_node *x = kit_xml();
    if (!check(x != NULL, "it is well-formed")) return 0;
    for (x = x->first; x; x = x->next) n += x->name.n > 0;
    return n;
}

static enum result make(enum page_kind kind, size_t number, int64_t now_ms)
{
    page_maker *maker = kind == PAGE_NEWS_SITEMAP ? page_news_sitemap
                        : kind == PAGE_ROBOTS     ? page_robots
                                                  : page_sitemap;
    return kit_page(maker, (struct page_ask){.kind = kind, .page = number}, now_ms);
}

static void test_index(void)
{
    check(make(PAGE_SITEMAP, 1, NOW) == OK && count_urls() == 1, "one shard");
    check(kit_says("<loc>https://kit.example/wire/sitemap-1.xml</loc>"), "its address is absolute");
    check(make(PAGE_SITEMAP_SHARD, 1, NOW) == OK, "the shard is there");
    check(count_urls() == 3, "with the front page and two stories");
    check(kit_says("<lastmod>2026-01-01T00:00:00Z</lastmod>"), "told when it changed");
    check(kit_made.id_count == 2, "it knows its stories");
    check(kit_hangs_on("all"), "any story may change it");
    check(make(PAGE_SITEMAP_SHARD, 2, NOW) == ERR_ABSENT, "there is no second shard");
}

static void test_policy(void)
{
    struct view *hidden = kit_view(2), *quiet = kit_view(1);
    hidden->noindex = true;
    quiet->nonews = true;
    kit_put(hidden);
    kit_put(quiet);
    check(make(PAGE_SITEMAP_SHARD, 1, NOW) == OK && count_urls() == 3, "noindex: in no sitemap");
    check(span_find(kit_made.body, hidden->id_text) < 0, "its address is nowhere");
    check(make(PAGE_NEWS_SITEMAP, 1, NOW) == OK && count_urls() == 1, "nonews: in no news sitemap");
    check(span_find(kit_made.body, quiet->id_text) < 0, "its address is nowhere there");
    check(kit_says("<news:name>The Kit &lt;Courier&gt;</news:name>"), "the publication is named");
    check(kit_says("<news:language>en</news:language>"), "with the story's language");
}

static void test_edge(void)
{
    struct view *v = kit_view(0);
    int64_t last = v->published_ms + NEWS_SITEMAP_HOURS * (int64_t)KIT_HOUR;
    check(make(PAGE_NEWS_SITEMAP, 1, last) == OK && count_urls() == 1, "there for 48 hours");
    check(kit_made.valid_until_ms == last + 1, "the page is good up to that instant");
    check(make(PAGE_NEWS_SITEMAP, 1, last + 1) == OK && count_urls() == 0, "and not longer");
}

static void test_noindex(void)
{
    check(make(PAGE_ROBOTS, 1, NOW) == OK, "robots.txt is there");
    check(kit_says("Sitemap: https://kit.example/wire/sitemap.xml\n"), "it names the sitemap");
    kit_site.noindex = true;
    check(make(PAGE_SITEMAP, 1, NOW) == OK && count_urls() == 0, "noindex: an empty index");
    check(make(PAGE_SITEMAP_SHARD, 1, NOW) == OK && count_urls() == 0, "an empty shard");
    check(make(PAGE_NEWS_SITEMAP, 1, NOW) == OK && count_urls() == 0, "an empty news sitemap");
    check(make(PAGE_ROBOTS, 1, NOW) == OK, "robots.txt is there");
    check(!kit_says("Sitemap") && !kit_says("Disallow"), "no sitemap; robots may come and see it");
    kit_site.noindex = false;
}

static void test_shards(void)
{
    for (uint64_t n = 10; n < 1010; n++) kit_put(kit_view(n));
    check(make(PAGE_SITEMAP, 1, NOW) == OK && count_urls() == 2, "a thousand and more: two shards");
    check(make(PAGE_SITEMAP_SHARD, 1, NOW) == OK && kit_made.id_count == 1000, "a full one");
    check(make(PAGE_SITEMAP_SHARD, 2, NOW) == OK && count_urls() == 2, "and the rest");
    check(make(PAGE_NEWS_SITEMAP, 1, NOW) == OK && kit_made.id_count == NEWS_SITEMAP_MAX,
        "the news sitemap takes a thousand");
}

int main(void)
{
    kit_start();
    struct view *hidden = kit_view(2);
    hidden->noindex = true;
    kit_put(kit_view(0));
    kit_put(kit_view(1));
    kit_put(hidden);
    test_index();
    test_policy();
    test_edge();
    test_noindex();
    test_shards();
    return kit_end();
}
