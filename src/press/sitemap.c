/* sitemap: what search engines may index, and nothing else: the index of shards, a shard, and the
 * news sitemap (sitemaps.org/protocol.html; Google's news schema 0.9). On a site that asks not to
 * be indexed they are there, and empty. */
#include "picture.h"
#include "press_private.h"
#include "xml_out.h"

enum {
    /* URLs of a shard. Not the 50,000 of the protocol: each story on a kept page stands in the
     * page's ids, and its first picture, by which a kill finds it (PRESS_IDS_MAX). */
    SHARD_URLS = 1000,
};
_Static_assert(2 * (int)SHARD_URLS <= (int)PRESS_IDS_MAX && (int)SHARD_URLS <= (int)STORE_LIST_MAX,
    "a shard is one list, and all of it is known to the cache");

#define SITEMAP_SPACE "http://www.sitemaps.org/schemas/sitemap/0.9"
#define IMAGE_SPACE "http://www.google.com/schemas/sitemap-image/1.1"
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

/* W3C's Datetime to the second: Google's news schema knows no fraction. */
static void put_instant(struct xml_out *o, const char *name, int64_t ms)
{
    xml_time(o, name, ms - ms % 1000);
}

/* ---- the index ---- */
static void put_shard(const struct press *p, struct xml_out *o, size_t number, int64_t changed_ms)
{
    buf_lit(o->b, "<sitemap>");
    put_location(p, o, arena_printf(o->a, "/sitemap-%zu.xml", number));
    if (changed_ms > 0) put_instant(o, "lastmod", changed_ms);
    buf_lit(o->b, "</sitemap>\n");
}

/* The first one is there without a story, too: it names the front. */
static enum result make_index(
    const struct press *p, struct reader *r, struct xml_out *o, struct page *out)
{
    size_t n = 0;
    int64_t *changed = NULL;
    enum result result = p->site->noindex ? OK : reader_shards(r, SHARD_URLS, o->a, &changed, &n);
    if (result != OK) return result;
    buf_lit(o->b, "<sitemapindex xmlns=\"" SITEMAP_SPACE "\">\n");
    for (size_t i = 0; i < n; i++) put_shard(p, o, i + 1, changed[i]);
    if (!n && !p->site->noindex) put_shard(p, o, 1, 0);
    buf_lit(o->b, "</sitemapindex>\n");
    page_of_xml(p, r, out);
    return OK;
}

/* ---- a shard ---- */
/* The first picture, as on lists, while its own rights last (Google's image sitemaps 1.1). */
static void put_image(const struct press *p, struct xml_out *o, const struct view_picture *pic)
{
    buf_lit(o->b, "<image:image>");
    xml_element(o, "image:loc",
        press_absolute(p, o->a,
            arena_printf(
                o->a, "/pictures/%.*s-%u.jpg", FMT(pic->hash), picture_width_for(pic->width))));
    buf_lit(o->b, "</image:image>\n");
}

static void put_url(
    const struct press *p, struct xml_out *o, struct view *v, int64_t now_ms, struct page *out)
{
    press_keep_shown(o->a, v, now_ms, out);
    buf_lit(o->b, "<url>");
    put_location(p, o, v->path);
    put_instant(o, "lastmod", v->changed_ms);
    if (v->picture_count) put_image(p, o, &v->pictures[0]);
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
    buf_lit(o->b, "<urlset xmlns=\"" SITEMAP_SPACE "\" xmlns:image=\"" IMAGE_SPACE "\">\n");
    if (number == 1 && !p->site->noindex) {
        buf_lit(o->b, "<url>");
        put_location(p, o, S("/"));
        buf_lit(o->b, "</url>\n");
    }
    for (size_t i = 0; i < n; i++) {
        put_url(p, o, &list[i], reader_now_ms(r), out);
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
/* The language's own code, without region or script; but for Chinese, which has two. */
static struct span news_language(struct span tag)
{
    ptrdiff_t dash = span_find_char(tag, '-');
    struct span code = dash < 0 ? tag : span_cut(tag, 0, (size_t)dash);
    if (!span_eq_nocase(code, S("zh"))) return code;
    bool traditional = span_find_nocase(tag, S("hant")) >= 0 ||
                       span_find_nocase(tag, S("-tw")) >= 0 || span_find_nocase(tag, S("-hk")) >= 0;
    return traditional ? S("zh-tw") : S("zh-cn");
}

static void put_news(const struct press *p, struct xml_out *o, const struct view *v)
{
    buf_lit(o->b, "<url>");
    put_location(p, o, v->path);
    buf_lit(o->b, "<news:news>\n<news:publication>");
    xml_element(o, "news:name", p->site->name);
    xml_element(o, "news:language", news_language(v->language.n ? v->language : p->site->language));
    buf_lit(o->b, "</news:publication>\n");
    put_instant(o, "news:publication_date", v->published_ms);
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
