/* sitemap: what search engines may index, and nothing else: the index of shards, a shard, and the
 * news sitemap (sitemaps.org/protocol.html; Google's news schema 0.9). On a site that asks not to
 * be indexed they are there, and empty. */
#include "press_private.h"
#include "xml_out.h"

enum {
    /* URLs of a shard. Not the 50,000 of the protocol: each story on a kept page stands in the
     * page's ids, by which a kill finds it (PRESS_IDS_MAX). */
    SHARD_URLS = 1000,
};
_Static_assert((int)SHARD_URLS <= (int)PRESS_IDS_MAX && (int)SHARD_URLS <= (int)STORE_LIST_MAX,
    "a shard is one list, and all of it is known to the cache");

#define SITEMAP_SPACE "http://www.sitemaps.org/schemas/sitemap/0.9"
static const int64_t news_ms = NEWS_SITEMAP_HOURS * 3600000LL;

static void page_of_xml(const struct press *p, struct reader *r, struct page *out)
{
    out->status = 200;
    out->content_type = "application/xml; charset=utf-8";
    out->noindex = p->site->noindex;
    page_key(out, "site", S(""));
    page_key(out, "all", S(""));
    page_until(out, reader_next_change(r));
}

static void put_location(const struct press *p, struct xml_out *o, struct span path)
{
    xml_element(o, "loc", press_absolute(p, o->a, path));
}

/* ---- the index ---- */
static enum result make_index(
    const struct press *p, struct reader *r, struct xml_out *o, struct page *out)
{
    size_t count = 0;
    enum result result = reader_count(r, LIST_INDEXABLE, S(""), &count);
    if (result != OK) return result;
    size_t shards = p->site->noindex ? 0 : count ? (count + SHARD_URLS - 1) / SHARD_URLS : 1;
    buf_lit(o->b, "<sitemapindex xmlns=\"" SITEMAP_SPACE "\">\n");
    for (size_t i = 1; i <= shards; i++) {
        buf_lit(o->b, "<sitemap>");
        put_location(p, o, arena_printf(o->a, "/sitemap-%zu.xml", i));
        buf_lit(o->b, "</sitemap>\n");
    }
    buf_lit(o->b, "</sitemapindex>\n");
    page_of_xml(p, r, out);
    return OK;
}

/* ---- a shard ---- */
static void put_url(const struct press *p, struct xml_out *o, const struct view *v)
{
    buf_lit(o->b, "<url>");
    put_location(p, o, v->path);
    xml_time(o, "lastmod", v->changed_ms);
    buf_lit(o->b, "</url>\n");
}

static enum result make_shard(
    const struct press *p, size_t number, struct reader *r, struct xml_out *o, struct page *out)
{
    struct list_query q = {
        .kind = LIST_INDEXABLE, .offset = (number - 1) * SHARD_URLS, .limit = SHARD_URLS};
    struct view *list = NULL;
    size_t n = 0;
    enum result result = p->site->noindex ? OK : reader_list(r, &q, o->a, &list, &n);
    if (result != OK) return result;
    if (number < 1 || (number > 1 && !n)) return ERR_ABSENT;
    buf_lit(o->b, "<urlset xmlns=\"" SITEMAP_SPACE "\">\n");
    if (number == 1 && !p->site->noindex) {
        buf_lit(o->b, "<url>");
        put_location(p, o, S("/"));
        buf_lit(o->b, "</url>\n");
    }
    for (size_t i = 0; i < n; i++) {
        put_url(p, o, &list[i]);
        if (list[i].changed_ms > out->modified_ms) out->modified_ms = list[i].changed_ms;
    }
    buf_lit(o->b, "</urlset>\n");
    page_views(out, list, n);
    page_of_xml(p, r, out);
    return OK;
}

enum result page_sitemap(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct buf b;
    struct xml_out o = {&b, a};
    buf_init(&b, a, 0);
    buf_lit(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    enum result result = ask->kind == PAGE_SITEMAP_SHARD ? make_shard(p, ask->page, r, &o, out)
                                                         : make_index(p, r, &o, out);
    out->body = buf_span(&b);
    return result;
}

/* ---- news ---- */
static void put_news(const struct press *p, struct xml_out *o, const struct view *v)
{
    buf_lit(o->b, "<url>");
    put_location(p, o, v->path);
    buf_lit(o->b, "<news:news>\n<news:publication>");
    xml_element(o, "news:name", p->site->name);
    xml_element(o, "news:language", v->language.n ? v->language : p->site->language);
    buf_lit(o->b, "</news:publication>\n");
    xml_time(o, "news:publication_date", v->published_ms);
    xml_element(o, "news:title", v->headline);
    buf_lit(o->b, "</news:news></url>\n");
}

/* A story leaves when it is older than 48 hours: the page is good up to the first such instant. */
enum result page_news_sitemap(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct list_query q = {
        .kind = LIST_NEWS, .day_from_ms = reader_now_ms(r) - news_ms, .limit = NEWS_SITEMAP_MAX};
    struct view *list = NULL;
    size_t n = 0;
    struct buf b;
    struct xml_out o = {&b, a};
    (void)ask;
    enum result result = p->site->noindex ? OK : reader_list(r, &q, a, &list, &n);
    if (result != OK) return result;
    buf_init(&b, a, 0);
    buf_lit(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"" SITEMAP_SPACE "\""
                " xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n");
    for (size_t i = 0; i < n; i++) {
        put_news(p, &o, &list[i]);
        page_until(out, list[i].published_ms + news_ms + 1);
        if (list[i].changed_ms > out->modified_ms) out->modified_ms = list[i].changed_ms;
    }
    buf_lit(&b, "</urlset>\n");
    page_views(out, list, n);
    page_of_xml(p, r, out);
    out->body = buf_span(&b);
    return OK;
}
