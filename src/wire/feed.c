/* feed.c: what RSS and Atom have in common: modules by namespace, media files, times in two
 * spellings. Never fatal. */
#include "feed.h"

enum {
    THUMBNAIL_MIN = 120, /* pixels: a narrower one is no picture of a story */
    GROUP_WORDS_MAX = 40 /* pictures of one item for which words are looked for around them */
};

enum feed_space feed_space_of(const struct xml_node *n)
{
    static const struct {
        const char *part;
        enum feed_space space;
    } parts[] = {
        {"purl.org/dc/", SPACE_DC},
        {"purl.org/rss/1.0/modules/content", SPACE_CONTENT},
        {"search.yahoo.com/mrss", SPACE_MEDIA},
        {"www.w3.org/2005/Atom", SPACE_ATOM},
        {"purl.org/atom/ns", SPACE_ATOM},
        {"purl.org/rss/1.0/", SPACE_CORE},
        {"my.netscape.com/rdf", SPACE_CORE},
        {"netscape.com/rdf", SPACE_CORE},
        {"backend.userland.com/rss", SPACE_CORE},
        {"blogs.law.harvard.edu/tech/rss", SPACE_CORE},
    };
    static const struct {
        const char *prefix;
        enum feed_space space;
    } usual[] = {{"dc", SPACE_DC}, {"content", SPACE_CONTENT}, {"media", SPACE_MEDIA},
        {"atom", SPACE_ATOM}, {"rss", SPACE_CORE}};
    if (!n->space.n) return SPACE_CORE;
    for (size_t i = 0; i < COUNT(usual); i++) /* nobody declared it: the custom says what it is */
        if (span_eq(n->space, span_of(usual[i].prefix))) return usual[i].space;
    for (size_t i = 0; i < COUNT(parts); i++)
        if (span_find_nocase(n->space, span_of(parts[i].part)) >= 0) {
            bool module = parts[i].space == SPACE_CORE && span_find(n->space, S("/modules/")) >= 0;
            return module ? SPACE_OTHER : parts[i].space;
        }
    return SPACE_OTHER;
}

const struct xml_node *feed_kid(const struct xml_node *n, enum feed_space space, const char *name)
{
    const struct xml_node *k = kid(n, name);
    while (k && feed_space_of(k) != space) k = kid_after(k, name);
    return k;
}

struct span feed_plain(struct arena *a, struct span markup)
{
    bool plain = span_find_char(markup, '<') < 0 && span_find_char(markup, '&') < 0;
    return plain ? text_fold(a, markup) : html_to_text(a, markup);
}

void feed_add_author(struct arena *a, struct story *s, struct span name)
{
    if (!name.n || s->byline.n > STORY_TEXT_MAX) return;
    s->byline = s->byline.n ? arena_printf(a, "%.*s, %.*s", FMT(s->byline), FMT(name)) : name;
}

struct span feed_language(const struct xml_node *n)
{
    for (; n; n = n->parent) {
        struct span lang = node_attr(n, "lang");
        if (lang.p) return lang;
    }
    return (struct span){0};
}

struct when feed_time(struct span text)
{
    struct when t = when_iso(text);
    return t.kind == WHEN_UNREADABLE ? when_rfc822(text) : t;
}

static bool is_image(struct span type, struct span medium, struct span href)
{
    static const char *const ends[] = {".jpg", ".jpeg", ".png", ".gif", ".webp"};
    if (span_starts_nocase(type, S("image/")) || span_eq_nocase(medium, S("image"))) return true;
    ptrdiff_t query = span_find_char(href, '?');
    struct span path = query < 0 ? href : span_cut(href, 0, (size_t)query);
    for (size_t i = 0; !type.n && !medium.n && i < COUNT(ends); i++) {
        size_t n = span_of(ends[i]).n;
        if (path.n > n && span_eq_nocase(span_cut(path, path.n - n, path.n), span_of(ends[i])))
            return true;
    }
    return false;
}

/* Media RSS: what is said of a group or an item holds for each file in it that says nothing itself.
 */
static struct span media_words(
    struct arena *a, const struct xml_node *n, const char *name, uint32_t nth)
{
    struct span own = feed_plain(a, kid_words(a, n, name));
    if (feed_space_of(n) != SPACE_MEDIA || nth > GROUP_WORDS_MAX) return own;
    for (n = n->parent; n && !own.n; n = n->parent) {
        const struct xml_node *k = feed_kid(n, SPACE_MEDIA, name);
        if (k) own = feed_plain(a, xml_words(a, k));
        if (node_is(n, "item") || node_is(n, "entry")) break;
    }
    return own;
}

void feed_add_file(
    struct arena *a, struct story *s, const struct xml_node *n, struct span href, struct span type)
{
    if (!href.n || !is_image(type, node_attr(n, "medium"), href)) return;
    href = feed_url(a, n, href);
    for (uint32_t i = 0; i < s->picture_count; i++)
        if (span_eq(s->pictures[i].guid, href)) return;
    struct picture *p = story_add_picture(a, s);
    p->guid = href;
    p->kind = S("picture");
    p->role = s->picture_count == 1 ? S("featuremedia")
                                    : arena_printf(a, "embedded%u", s->picture_count - 1);
    p->credit = media_words(a, n, "credit", s->picture_count);
    p->caption = media_words(a, n, "description", s->picture_count);
    p->copyright = media_words(a, n, "copyright", s->picture_count);
    picture_add_rendition(a, p,
        (struct rendition){.href = href,
            .type = type,
            .role = S("original"),
            .width = pixels_of(node_attr(n, "width")),
            .height = pixels_of(node_attr(n, "height"))});
}

static void media_in(struct arena *a, struct story *s, const struct xml_node *in, const char *name)
{
    for (const struct xml_node *n = kid(in, name); n; n = kid_after(n, name))
        if (feed_space_of(n) == SPACE_MEDIA)
            feed_add_file(a, s, n, node_attr(n, "url"), node_attr(n, "type"));
}

/* A group is one picture in several sizes: the widest, else the one that it prefers. */
static void media_group(struct arena *a, struct story *s, const struct xml_node *group)
{
    const struct xml_node *best = NULL;
    uint32_t best_width = 0;
    for (const struct xml_node *n = kid(group, "content"); n; n = kid_after(n, "content")) {
        struct span url = node_attr(n, "url");
        if (feed_space_of(n) != SPACE_MEDIA || !url.n ||
            !is_image(node_attr(n, "type"), node_attr(n, "medium"), url))
            continue;
        uint32_t width = pixels_of(node_attr(n, "width"));
        bool preferred = span_eq_nocase(node_attr(n, "isDefault"), S("true")) && !best_width;
        if (best && width <= best_width && !preferred) continue;
        best = n;
        best_width = width;
    }
    if (best) feed_add_file(a, s, best, node_attr(best, "url"), node_attr(best, "type"));
}

/* Blog software gives squares for its own lists. */
static bool is_tiny(const struct xml_node *n)
{
    uint32_t width = pixels_of(node_attr(n, "width"));
    return width && width < THUMBNAIL_MIN;
}

void feed_media(struct arena *a, struct story *s, const struct xml_node *item)
{
    media_in(a, s, item, "content");
    for (const struct xml_node *g = kid(item, "group"); g; g = kid_after(g, "group"))
        media_group(a, s, g);
    if (s->picture_count) return;
    for (const struct xml_node *n = kid(item, "thumbnail"); n; n = kid_after(n, "thumbnail"))
        if (feed_space_of(n) == SPACE_MEDIA && !is_tiny(n))
            feed_add_file(a, s, n, node_attr(n, "url"), node_attr(n, "type"));
}
