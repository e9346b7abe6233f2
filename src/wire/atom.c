/* atom.c: Atom 1.0 (RFC 4287) and 0.3 to stories. Owns the text constructs: plain, escaped, XHTML
 * and (0.3) base64. Times: updated orders the versions of an entry, published is its first. Never
 * fatal. */
#include "feed.h"

/* RFC 4648, white space skipped; stops at the first strange character. */
static struct span base64_decode(struct arena *a, struct span s)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct buf b;
    uint32_t bits = 0;
    int have = 0;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == ' ' || s.p[i] == '\n' || s.p[i] == '\r' || s.p[i] == '\t') continue;
        ptrdiff_t v = span_find_char(span_of(alphabet), s.p[i]);
        if (v < 0) break;
        bits = bits << 6 | (uint32_t)v;
        have += 6;
        if (have < 8) continue;
        have -= 8;
        buf_char(&b, (char)(bits >> have & 0xFF));
    }
    return utf8_valid(buf_span(&b)) ? buf_span(&b) : (struct span){0};
}

enum form { FORM_TEXT, FORM_HTML, FORM_XHTML };

static bool mode_is(const struct xml_node *n, const char *mode)
{
    return span_eq_nocase(node_attr(n, "mode"), span_of(mode));
}

/* A text construct's form by its type (1.0) or mode (0.3). */
static enum form form_of(const struct xml_node *n)
{
    struct span type = node_attr(n, "type");
    bool is_xml = span_find_nocase(type, S("xhtml")) >= 0 || span_find_nocase(type, S("xml")) >= 0;
    if (kid(n, NULL) && (is_xml || !mode_is(n, "escaped"))) return FORM_XHTML;
    if (span_find_nocase(type, S("html")) >= 0 || mode_is(n, "escaped") || is_xml) return FORM_HTML;
    return FORM_TEXT;
}

/* 1.0 has base64 for every media type that is neither text nor XML. */
static bool is_base64(const struct xml_node *n)
{
    struct span type = node_attr(n, "type");
    bool media = span_find_char(type, '/') > 0 && !span_starts_nocase(type, S("text/")) &&
                 span_find_nocase(type, S("xml")) < 0;
    return mode_is(n, "base64") || media;
}

static struct span raw_text(struct arena *a, const struct xml_node *n)
{
    struct span text = xml_text(a, n);
    return is_base64(n) ? base64_decode(a, text) : text;
}

static struct span plain_of(struct arena *a, const struct xml_node *n)
{
    if (!n) return (struct span){0};
    if (form_of(n) == FORM_XHTML) return html_to_text(a, html_clean_xml(a, n, NULL, NULL).s);
    struct span text = raw_text(a, n);
    return form_of(n) == FORM_TEXT ? text_fold(a, text) : feed_plain(a, text);
}

static struct html body_of(struct arena *a, struct xml_node *n)
{
    struct span subhead;
    if (!n) return (struct html){0};
    switch (form_of(n)) {
    case FORM_XHTML: return body_of_xhtml(a, n, (struct span){0}, &subhead);
    case FORM_HTML: return body_of_html(a, raw_text(a, n), (struct span){0});
    case FORM_TEXT: break;
    }
    return body_of_any(a, raw_text(a, n), (struct span){0});
}

static bool is_atom(const struct xml_node *n)
{
    enum feed_space space = feed_space_of(n);
    return space == SPACE_ATOM || space == SPACE_CORE;
}

static struct xml_node *atom_kid(const struct xml_node *n, const char *name)
{
    struct xml_node *k = kid(n, name);
    while (k && !is_atom(k)) k = kid_after(k, name);
    return k;
}

static void read_time(struct arena *a, struct story *s, const struct xml_node *entry,
    const char *names, struct when *out)
{
    struct span rest = span_of(names), name;
    while (span_next(&rest, ' ', &name)) {
        const struct xml_node *n = atom_kid(entry, arena_cstr(a, name));
        if (!n) continue;
        *out = feed_time(xml_words(a, n));
        if (out->kind == WHEN_UNREADABLE)
            story_fault(a, s, n->line, n->column, "the date cannot be read");
        return;
    }
}

/* Atom's publishing protocol marks drafts (RFC 5023, 13.1.1); only "no" is none. */
static void read_draft(struct arena *a, struct story *s, const struct xml_node *entry)
{
    for (const struct xml_node *c = kid(entry, "control"); c; c = kid_after(c, "control"))
        for (const struct xml_node *n = kid(c, "draft"); n; n = kid_after(n, "draft")) {
            struct span word = xml_words(a, n);
            if (span_eq_nocase(word, S("no"))) continue;
            s->status = STATUS_WITHHELD;
            s->status_literal = S("draft");
        }
}

static struct span person_of(struct arena *a, const struct xml_node *n)
{
    struct span name = kid_words(a, n, "name"), email = kid_words(a, n, "email");
    if (!kid(n, NULL)) return n ? xml_words(a, n) : name;
    if (!name.n || !email.n) return name.n ? name : email;
    return arena_printf(a, "%.*s (%.*s)", FMT(name), FMT(email));
}

static void read_authors(struct arena *a, struct story *s, const struct xml_node *in)
{
    for (const struct xml_node *n = atom_kid(in, "author"); n; n = kid_after(n, "author"))
        if (is_atom(n)) feed_add_author(a, s, person_of(a, n));
}

/* The entry's own, else those of the feed that it was taken from, else the feed's (RFC
 * 4287, 4.2.1).
 */
static void read_byline(
    struct arena *a, struct story *s, const struct xml_node *feed, const struct xml_node *entry)
{
    read_authors(a, s, entry);
    if (!s->byline.n) read_authors(a, s, atom_kid(entry, "source"));
    if (!s->byline.n) read_authors(a, s, feed);
}

static void read_links(struct arena *a, struct story *s, const struct xml_node *entry)
{
    for (const struct xml_node *n = atom_kid(entry, "link"); n; n = kid_after(n, "link")) {
        struct span rel = node_attr(n, "rel"), href = node_attr(n, "href");
        bool alternate = !rel.n || span_eq_nocase(rel, S("alternate"));
        if (!href.n) href = xml_words(a, n); /* 0.3 and slips */
        if (alternate && !s->link.n) s->link = feed_url(a, n, href);
        if (span_eq_nocase(rel, S("enclosure"))) feed_add_file(a, s, n, href, node_attr(n, "type"));
    }
}

static void read_categories(struct arena *a, struct story *s, const struct xml_node *entry)
{
    for (const struct xml_node *n = atom_kid(entry, "category"); n; n = kid_after(n, "category")) {
        struct span label = node_attr(n, "label"), term = node_attr(n, "term");
        story_add_keyword(a, s, label.n ? label : term);
    }
}

/* The feed out of which the entry was taken (RFC 4287, 4.2.11). */
static void read_source(struct arena *a, struct story *s, const struct xml_node *entry)
{
    const struct xml_node *source = atom_kid(entry, "source");
    if (!source) return;
    story_add_hop(a, s, kid_words(a, source, "id"));
    story_add_hop(a, s, plain_of(a, atom_kid(source, "title")));
    for (const struct xml_node *n = atom_kid(source, "link"); n; n = kid_after(n, "link"))
        story_add_hop(a, s, node_attr(n, "href"));
}

static void read_entry(struct arena *a, const struct xml_node *feed, const struct xml_node *entry,
    struct wire_result *out)
{
    struct story *s = story_new(a);
    struct xml_node *content = atom_kid(entry, "content"), *summary = atom_kid(entry, "summary");
    s->kind = KIND_TEXT;
    s->provider = plain_of(a, atom_kid(feed, "title"));
    s->guid = kid_words(a, entry, "id");
    s->headline = plain_of(a, atom_kid(entry, "title"));
    s->language = feed_language(entry);
    s->copyright = plain_of(a, atom_kid(entry, "rights"));
    if (!s->copyright.n) s->copyright = plain_of(a, atom_kid(feed, "rights"));
    read_draft(a, s, entry);
    read_byline(a, s, feed, entry);
    read_time(a, s, entry, "updated modified published issued created", &s->version_created);
    read_time(a, s, entry, "published issued created", &s->first_created);
    s->body = body_of(a, content ? content : summary);
    if (content && summary) s->abstract = plain_of(a, summary);
    feed_without_tail(a, s);
    read_links(a, s, entry);
    read_categories(a, s, entry);
    read_source(a, s, entry);
    feed_media(a, s, entry);
    story_adopt_pictures(a, s);
    if (!s->guid.n) s->guid = s->link;
    if (!s->guid.n) {
        s->guid = guid_of_content(a, s, kid_words(a, entry, "updated"));
        story_fault(a, s, entry->line, entry->column,
            "the entry has no id and no link: known by its content");
    }
    reader_accept(a, out, s, entry->line, entry->column);
}

void atom_read(struct arena *a, struct xml_node *root, struct wire_result *out)
{
    if (node_is(root, "entry")) {
        read_entry(a, NULL, root, out);
        return;
    }
    for (const struct xml_node *n = kid(root, "entry"); n && out->count <= WIRE_ITEMS_MAX;
         n = kid_after(n, "entry"))
        if (is_atom(n)) read_entry(a, root, n, out);
}
