/* rss.c: RSS 0.9x, 1.0 (RDF) and 2.0, with the modules that news feeds use (Dublin Core, content,
 * media, Atom's link), to stories. An item has no version: its date orders it. Owns the order in
 * which elements fill a field. Never fatal. */
#include "feed.h"

struct channel {
    struct span provider, language, copyright;
    struct map *posts; /* of a WordPress export its attachments; else NULL */
};

/* The first of the given elements that says anything: "core:title media:title". */
static struct xml_node *first_of(struct arena *a, const struct xml_node *item, const char *paths)
{
    static const struct {
        const char *prefix;
        enum feed_space space;
    } prefixes[] = {
        {"core", SPACE_CORE},
        {"dc", SPACE_DC},
        {"content", SPACE_CONTENT},
        {"media", SPACE_MEDIA},
        {"atom", SPACE_ATOM},
    };
    struct span rest = span_of(paths), path;
    while (span_next(&rest, ' ', &path)) {
        size_t colon = (size_t)span_find_char(path, ':');
        const char *name = arena_cstr(a, span_cut(path, colon + 1, path.n));
        for (size_t i = 0; i < COUNT(prefixes); i++) {
            if (!span_eq(span_cut(path, 0, colon), span_of(prefixes[i].prefix))) continue;
            for (struct xml_node *n = kid(item, name); n; n = kid_after(n, name))
                if (feed_space_of(n) == prefixes[i].space && xml_words(a, n).n) return n;
        }
    }
    return NULL;
}

static struct span words_of(struct arena *a, const struct xml_node *item, const char *paths)
{
    const struct xml_node *n = first_of(a, item, paths);
    return n ? xml_words(a, n) : (struct span){0};
}

/* Markup may stand escaped in the element, or (against the rules) as elements of its own. */
static struct html body_of(struct arena *a, struct xml_node *n)
{
    struct span subhead;
    if (!n) return (struct html){0};
    if (!kid(n, NULL)) return body_of_any(a, xml_text(a, n), (struct span){0});
    return body_of_xhtml(a, n, (struct span){0}, &subhead);
}

static void read_byline(struct arena *a, struct story *s, const struct xml_node *item)
{
    s->byline = words_of(a, item, "core:author");
    if (s->byline.n) return;
    for (const struct xml_node *n = kid(item, "creator"); n; n = kid_after(n, "creator"))
        if (feed_space_of(n) == SPACE_DC) feed_add_author(a, s, feed_plain(a, xml_words(a, n)));
    if (s->byline.n) return;
    for (const struct xml_node *n = kid(item, "author"); n; n = kid_after(n, "author"))
        if (feed_space_of(n) == SPACE_ATOM) feed_add_author(a, s, kid_words(a, n, "name"));
}

/* Atom's link in an item: to the page, not to the item itself as a feed or to its comments. */
static struct span atom_link(struct arena *a, const struct xml_node *item)
{
    for (const struct xml_node *n = kid(item, "link"); n; n = kid_after(n, "link")) {
        struct span rel = node_attr(n, "rel");
        if (feed_space_of(n) == SPACE_ATOM && (!rel.n || span_eq_nocase(rel, S("alternate"))))
            return feed_url(a, n, node_attr(n, "href"));
    }
    return (struct span){0};
}

static void read_identity(struct arena *a, struct story *s, const struct xml_node *item)
{
    const struct xml_node *guid = first_of(a, item, "core:guid");
    const struct xml_node *about = item;
    s->guid = guid ? xml_words(a, guid) : words_of(a, item, "atom:id");
    s->link = words_of(a, item, "core:link");
    if (!s->link.n) s->link = atom_link(a, item);
    if (!s->link.n && guid && !span_eq_nocase(node_attr(guid, "isPermaLink"), S("false")))
        s->link = s->guid;
    if (!s->guid.n) s->guid = node_attr(about, "about");
    if (!s->guid.n) s->guid = s->link;
}

static void read_categories(struct arena *a, struct story *s, const struct xml_node *item)
{
    for (const struct xml_node *n = kid(item, NULL); n; n = kid_after(n, NULL)) {
        enum feed_space space = feed_space_of(n);
        bool is = (node_is(n, "category") && space == SPACE_CORE) ||
                  (node_is(n, "subject") && space == SPACE_DC);
        if (is) story_add_keyword(a, s, feed_plain(a, xml_words(a, n)));
    }
}

static void read_time(struct arena *a, struct story *s, const struct xml_node *item,
    const char *paths, struct when *out)
{
    const struct xml_node *n = first_of(a, item, paths);
    if (!n) return;
    *out = feed_time(xml_words(a, n));
    if (out->kind == WHEN_UNREADABLE)
        story_fault(a, s, n->line, n->column, "the date cannot be read");
}

/* The channel out of which the item was taken. */
static void read_source(struct arena *a, struct story *s, const struct xml_node *item)
{
    for (const struct xml_node *n = kid(item, "source"); n; n = kid_after(n, "source")) {
        if (feed_space_of(n) != SPACE_CORE) continue;
        story_add_hop(a, s, node_attr(n, "url"));
        story_add_hop(a, s, feed_plain(a, xml_words(a, n)));
    }
}

static void read_item(
    struct arena *a, const struct channel *c, const struct xml_node *item, struct wire_result *out)
{
    struct story *s = story_new(a);
    struct span encoded = words_of(a, item, "content:encoded");
    s->kind = KIND_TEXT;
    s->provider = c->provider;
    s->copyright = feed_plain(a, words_of(a, item, "dc:rights core:copyright"));
    if (!s->copyright.n) s->copyright = c->copyright;
    s->headline = feed_plain(a, words_of(a, item, "core:title atom:title media:title dc:title"));
    s->language = words_of(a, item, "dc:language core:language");
    if (!s->language.n) s->language = c->language;
    read_byline(a, s, item);
    read_identity(a, s, item);
    read_time(a, s, item, "core:pubDate dc:date atom:updated atom:published", &s->version_created);
    read_time(a, s, item, "core:expirationDate", &s->expires);
    s->body =
        body_of(a, first_of(a, item, "content:encoded core:description atom:content atom:summary"));
    if (encoded.n) s->abstract = feed_plain(a, words_of(a, item, "core:description"));
    feed_without_tail(a, s);
    read_categories(a, s, item);
    read_source(a, s, item);
    for (const struct xml_node *n = kid(item, "enclosure"); n; n = kid_after(n, "enclosure"))
        feed_add_file(a, s, n, node_attr(n, "url"), node_attr(n, "type"));
    feed_media(a, s, item);
    if (c->posts)
        wxr_item(a, s, item, c->posts);
    else
        story_adopt_pictures(a, s);
    if (!s->guid.n) {
        s->guid = guid_of_content(a, s, words_of(a, item, "core:pubDate dc:date"));
        story_fault(a, s, item->line, item->column,
            "the item has no guid and no link: known by its content");
    }
    reader_accept(a, out, s, item->line, item->column);
}

static bool is_item(const struct xml_node *n)
{
    return node_is(n, "item") && feed_space_of(n) == SPACE_CORE;
}

void rss_read(struct arena *a, struct xml_node *root, struct wire_result *out)
{
    const struct xml_node *channel = node_is(root, "channel") ? root : kid(root, "channel");
    struct channel c = {0};
    const char *trouble = NULL;
    if (channel) {
        c.provider = feed_plain(a, words_of(a, channel, "core:title dc:title"));
        c.language = words_of(a, channel, "core:language dc:language");
        c.copyright = feed_plain(a, words_of(a, channel, "core:copyright dc:rights"));
        if (wxr_is(a, channel, &trouble)) {
            out->format = "wxr";
            c.posts = wxr_posts(a, channel);
        }
    }
    if (trouble) {
        out->end = WIRE_REJECT;
        out->reject = (struct reject){channel->line, channel->column, span_of(trouble)};
        return;
    }
    for (const struct xml_node *n = root; n && out->count <= WIRE_ITEMS_MAX;
         n = node_walk(root, n, true))
        if (is_item(n)) read_item(a, &c, n, out);
}
