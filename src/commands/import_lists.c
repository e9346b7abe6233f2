/* import_lists: the addresses of lists: categories, tags, authors, days, feeds. Only those on which
 * a public post stood are kept: the others are nobody's business. */
#include "import.h"

static bool told(struct import *m, struct span address)
{
    if (map_get(m->lists, address)) return true;
    *map_at(m->lists, arena_keep(m->lists_arena, address)) = m;
    return false;
}

/* The path below which the old site stood: "/blog", or "". */
static struct span base_path(struct import *m)
{
    struct url u;
    if (!url_parse(m->post_arena, m->site->base, &u)) return S("");
    while (u.path.n && u.path.p[u.path.n - 1] == '/') u.path.n--;
    return u.path;
}

static enum result tell(
    struct import *m, struct span address, enum address_leads leads, struct span to)
{
    struct span old = arena_printf(m->post_arena, "%.*s%.*s", FMT(base_path(m)), FMT(address));
    return told(m, old) ? OK : import_addresses(m, &old, 1, leads, 0, to);
}

/* Lists stand behind what every post's permalink begins with ("/archives/category/sport"). */
static enum result tell_list(
    struct import *m, struct span address, enum address_leads leads, struct span to)
{
    struct span front = m->site->front;
    if (front.n)
        TRY(tell(m, arena_printf(m->post_arena, "%.*s%.*s", FMT(front), FMT(address)), leads, to));
    return tell(m, address, leads, to);
}

/* Behind the base that the site has given such lists, and behind WordPress's own, which is what a
 * query ("?tag=fog") is read as. */
static enum result tell_term(struct import *m, struct span base, const char *usual,
    struct span path, enum address_leads leads, struct span to)
{
    struct arena *a = m->post_arena;
    TRY(tell_list(m, arena_printf(a, "%.*s/%.*s", FMT(base), FMT(path)), leads, to));
    return tell(m, arena_printf(a, "%s/%.*s", usual, FMT(path)), leads, to);
}

/* "sport/football": below those above it. */
static struct span category_path(struct import *m, struct span slug)
{
    struct span path = slug;
    for (int i = 0; i < 8; i++) {
        const struct wxr_category *c = map_get(m->site->categories, slug);
        if (!c || !c->parent.n) break;
        slug = c->parent;
        path = arena_printf(m->post_arena, "%.*s/%.*s", FMT(slug), FMT(path));
    }
    return path;
}

static enum result tell_category(struct import *m, const struct wxr_term *t)
{
    const struct config_section *c = config_section_named(m->config, t->slug);
    const struct wxr_category *k = map_get(m->site->categories, t->slug);
    enum address_leads leads = c ? ADDRESS_PATH : ADDRESS_TAG;
    struct span to = c ? arena_printf(m->post_arena, "/section/%.*s", FMT(c->name))
                       : text_fold(m->post_arena, html_to_text(m->post_arena, t->name));
    if (span_eq(t->slug, S("uncategorized"))) leads = ADDRESS_PATH, to = S("/archive"); /* no tag */
    if (k && k->number.n)
        TRY(tell(m, arena_printf(m->post_arena, "/?cat=%.*s", FMT(k->number)), leads, to));
    TRY(tell_term(m, m->category_base, "/category", category_path(m, t->slug), leads, to));
    return tell_term(m, m->category_base, "/category", t->slug, leads, to);
}

/* "post-format-aside": such lists there are none here. */
static enum result tell_format(struct import *m, struct span slug)
{
    if (span_starts(slug, S("post-format-"))) slug = span_cut(slug, 12, slug.n);
    return tell_list(
        m, arena_printf(m->post_arena, "/type/%.*s", FMT(slug)), ADDRESS_PATH, S("/archive"));
}

static enum result tell_terms(struct import *m, const struct wxr_item *i)
{
    for (size_t k = 0; k < i->term_count; k++) {
        const struct wxr_term *t = &i->terms[k];
        if (!t->slug.n || !t->name.n) continue;
        if (span_eq(t->domain, S("category"))) TRY(tell_category(m, t));
        if (span_eq(t->domain, S("post_format"))) TRY(tell_format(m, t->slug));
        if (span_eq(t->domain, S("post_tag")) || span_eq(t->domain, S("tag")))
            TRY(tell_term(m, m->tag_base, "/tag", t->slug, ADDRESS_TAG,
                text_fold(m->post_arena, html_to_text(m->post_arena, t->name))));
    }
    return OK;
}

/* Where posts stand under their numbers WordPress puts days behind "date". */
static enum result tell_day(struct import *m, struct span day, struct span to)
{
    TRY(tell_list(m, day, ADDRESS_PATH, to));
    return tell_list(m, arena_printf(m->post_arena, "/date%.*s", FMT(day)), ADDRESS_PATH, to);
}

static enum result tell_days(struct import *m, int64_t since_ms)
{
    struct arena *a = m->post_arena;
    const struct zone *z = m->config->zone;
    struct civil c = civil_of(since_ms + (z ? zone_offset_s(z, since_ms) * 1000LL : 0));
    struct span day = arena_printf(a, "/%04d/%02d/%02d", c.year, c.month, c.day);
    TRY(tell_day(m, day, arena_printf(a, "/archive%.*s", FMT(day))));
    TRY(tell_day(m, arena_printf(a, "/%04d/%02d", c.year, c.month), S("/archive")));
    return tell_day(m, arena_printf(a, "/%04d", c.year), S("/archive"));
}

/* Later pages of the front; the sitemaps of WordPress and of the plugins most used; readers' words
 * have no feed here. */
static enum result tell_site(struct import *m)
{
    static const struct {
        const char *old, *to;
    } rows[] = {{"/feed", "/rss.xml"}, {"/feed/rss2", "/rss.xml"}, {"/feed/rss", "/rss.xml"},
        {"/feed/rdf", "/rss.xml"}, {"/feed/atom", "/atom.xml"}, {"/page", "/archive"},
        {"/sitemap_index.xml", "/sitemap.xml"}, {"/wp-sitemap.xml", "/sitemap.xml"},
        {"/wp-sitemap-taxonomies-category-1.xml", "/sitemap.xml"},
        {"/wp-sitemap-taxonomies-post_tag-1.xml", "/sitemap.xml"},
        {"/wp-sitemap-taxonomies-post_format-1.xml", "/sitemap.xml"},
        {"/wp-sitemap-users-1.xml", "/sitemap.xml"}, {"/category-sitemap.xml", "/sitemap.xml"},
        {"/post_tag-sitemap.xml", "/sitemap.xml"}, {"/author-sitemap.xml", "/sitemap.xml"},
        {"/news-sitemap.xml", "/sitemap.xml"}, {"/index.php", "/"}};
    static const char *const gone[] = {
        "/comments/feed", "/comments/feed/rss2", "/comments/feed/rdf", "/comments/feed/atom"};
    for (size_t i = 0; i < COUNT(rows); i++)
        TRY(tell(m, span_of(rows[i].old), ADDRESS_PATH, span_of(rows[i].to)));
    for (size_t i = 0; i < COUNT(gone); i++)
        TRY(tell(m, span_of(gone[i]), ADDRESS_GONE, S("gone")));
    return OK;
}

/* A file of the old sitemap for so many posts of a kind. */
static enum result tell_sitemaps(struct import *m, struct span type)
{
    enum { WORDPRESS_FILE = 2000, PLUGIN_FILE = 1000 };
    struct arena *a = m->post_arena;
    size_t n = ++m->posts_told;
    TRY(tell(m,
        arena_printf(a, "/wp-sitemap-posts-%.*s-%zu.xml", FMT(type), 1 + n / WORDPRESS_FILE),
        ADDRESS_PATH, S("/sitemap.xml")));
    struct span number = n < PLUGIN_FILE ? S("") : arena_printf(a, "%zu", 1 + n / PLUGIN_FILE);
    return tell(m, arena_printf(a, "/%.*s-sitemap%.*s.xml", FMT(type), FMT(number)), ADDRESS_PATH,
        S("/sitemap.xml"));
}

static enum result tell_author(struct import *m, const struct wxr_item *i, struct span byline)
{
    struct span slug = wxr_slug(m->post_arena, i->creator);
    const struct wxr_author *w = i->creator.n ? map_get(m->site->authors, i->creator) : NULL;
    if (!slug.n || !byline.n) return OK;
    if (w && w->number.n)
        TRY(tell(m, arena_printf(m->post_arena, "/?author=%.*s", FMT(w->number)), ADDRESS_AUTHOR,
            byline));
    return tell_list(
        m, arena_printf(m->post_arena, "/author/%.*s", FMT(slug)), ADDRESS_AUTHOR, byline);
}

enum result import_lists(
    struct import *m, const struct wxr_item *i, const struct story *s, int64_t since_ms)
{
    TRY(tell_site(m));
    TRY(tell_sitemaps(m, i->type));
    TRY(tell_terms(m, i));
    TRY(tell_days(m, since_ms));
    return tell_author(m, i, s->byline);
}
