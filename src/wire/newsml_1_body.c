/* newsml_1_body.c: content of a NewsML 1 item: which DataContent is its text, what kind of item
 * that makes it, its pictures and the items it refers to. Agencies nest components as they like, so
 * content is told by role and type, never by its place. */
#include "newsml_1.h"

/* ---- what a piece of content is ---- */

/* The role of the nearest component that has one. */
static struct span role_of(const struct n1 *g, const struct xml_node *content)
{
    for (const struct xml_node *n = n1_component(g, content); n; n = n1_component(g, n)) {
        struct span role = n1_name(kid(n, "Role"));
        if (role.n) return role;
    }
    return (struct span){0};
}

static enum story_kind medium_of(struct span word)
{
    enum story_kind k = story_kind_of(word);
    static const char *const videos[] = {"ComplexData", "Clip", "Film"};
    if (n1_told(word, videos, COUNT(videos))) return KIND_VIDEO;
    return kind_is_media(k) ? k : KIND_UNKNOWN;
}

/* By MediaType, else by the MIME type, else by the format's name; KIND_UNKNOWN: no medium. */
static enum story_kind medium_of_content(const struct xml_node *content)
{
    static const char *const images[] = {"JPG", "JPEG", "PNG", "GIF", "WEBP", "TIFF"};
    struct span mime = n1_name(kid(content, "MimeType")), format = n1_name(kid(content, "Format"));
    enum story_kind k = medium_of(n1_name(kid(content, "MediaType")));
    if (k != KIND_UNKNOWN) return k;
    if (!mime.n) mime = format;
    if (span_starts_nocase(mime, S("image/"))) return KIND_PICTURE;
    if (span_starts_nocase(mime, S("video/"))) return KIND_VIDEO;
    if (span_starts_nocase(mime, S("audio/"))) return KIND_AUDIO;
    if (span_starts_nocase(format, S("mpeg"))) return KIND_VIDEO;
    if (span_starts_nocase(format, S("jpeg"))) return KIND_PICTURE;
    return n1_told(format, images, COUNT(images)) ? KIND_PICTURE : KIND_UNKNOWN;
}

static bool is_textual(const struct xml_node *content)
{
    struct span mime = n1_name(kid(content, "MimeType")), format = n1_name(kid(content, "Format"));
    if (span_find_nocase(mime, S("css")) >= 0 || span_eq_nocase(format, S("CSS"))) return false;
    if (medium_of_content(content) != KIND_UNKNOWN) return false;
    return !mime.n || span_starts_nocase(mime, S("text/")) ||
           span_find_nocase(mime, S("html")) >= 0 || span_find_nocase(mime, S("xml")) >= 0;
}

/* ---- the text ---- */

/* 0: not a text of the story. Of equals the first is taken: others are other languages or forms. */
static int rank_of(const struct n1 *g, const struct xml_node *data)
{
    static const char *const never[] = {"Caption", "StyleSheet", "HeadLine", "SubHeadLine", "Title",
        "Logo", "Contact", "ByLine", "Keywords", "Slug", "Lead", "Photo", "Thumbnail", "Quicklook"},
                             *const mains[] = {"Main", "Text", "Story", "Article"},
                             *const briefs[] = {"Abstract", "Summary", "Teaser"};
    struct span role = role_of(g, data);
    if (!node_is(data->parent, "ContentItem") || !is_textual(data->parent)) return 0;
    if (n1_told(role, never, COUNT(never)) || !xml_words(g->a, data).n) return 0;
    if (span_eq_nocase(role, S("Body"))) return 4;
    if (!role.n || n1_told(role, mains, COUNT(mains))) return 3;
    return n1_told(role, briefs, COUNT(briefs)) ? 1 : 2;
}

static struct xml_node *best_text(const struct n1 *g)
{
    struct xml_node *best = NULL;
    int best_rank = 0;
    for (struct xml_node *n = n1_walk(g, NULL); n; n = n1_walk(g, n)) {
        int rank = node_is(n, "DataContent") ? rank_of(g, n) : 0;
        if (rank > best_rank) {
            best = n;
            best_rank = rank;
        }
    }
    return best;
}

/* ---- the kind of item ---- */

static const struct xml_node *first_medium(const struct n1 *g)
{
    for (const struct xml_node *n = n1_walk(g, NULL); n; n = n1_walk(g, n))
        if (node_is(n, "ContentItem") && medium_of_content(n) != KIND_UNKNOWN) return n;
    return NULL;
}

/* A text that stands in a film's or picture's component describes that. */
static enum story_kind kind_of_text(const struct n1 *g)
{
    for (const struct xml_node *n = g->main; n; n = n1_component(g, n)) {
        enum story_kind k = medium_of(n1_name(kid(n, "Role")));
        if (k != KIND_UNKNOWN) return k;
    }
    return KIND_TEXT;
}

static bool refers(const struct n1 *g)
{
    for (const struct xml_node *n = n1_walk(g, NULL); n; n = n1_walk(g, n))
        if (node_is(n, "NewsItemRef") || node_is(n, "NewsItem")) return true;
    return false;
}

/* What the agency calls it. Words that are not known here hold it (A9). */
static void read_item_type(struct n1 *g)
{
    static const char *const stories[] = {"News", "Alert", "Flash", "Bulletin", "Urgent", "Text",
        "Article", "Feature", "Analysis", "Background", "Release", "PressRelease", "Photo",
        "Picture", "Image", "Graphic", "Video", "Audio", "Data", "Update", "Correction", "Package"},
                             *const words[] = {"Advisory", "Service", "ServiceMessage", "Message",
                                 "Notice", "Note"},
                             *const plans[] = {"Planning", "Agenda", "Diary", "Schedule"};
    const struct xml_node *n = kid(kid(g->item, "NewsManagement"), "NewsItemType");
    struct span word = n1_name(n);
    g->s->kind_literal = word;
    if (!word.n || n1_told(word, stories, COUNT(stories))) return;
    if (span_eq_nocase(word, S("Test")))
        g->s->is_test = true;
    else if (n1_told(word, words, COUNT(words)))
        g->s->kind = KIND_ADVISORY;
    else if (n1_told(word, plans, COUNT(plans)))
        g->s->kind = KIND_PLANNING;
    else {
        g->s->kind = KIND_UNKNOWN;
        story_fault(g->a, g->s, n->line, n->column, "unknown NewsItemType \"%.*s\"",
            (int)(word.n < 100 ? word.n : 100), word.p);
    }
}

void n1_find_text(struct n1 *g)
{
    const struct xml_node *medium = first_medium(g);
    g->text = best_text(g);
    const struct xml_node *at = g->text ? g->text : medium;
    g->main = at ? n1_component(g, at) : kid(g->item, "NewsComponent");
    if (kid(g->item, "TopicSet"))
        g->s->kind = KIND_CONCEPT;
    else if (kid(g->item, "Catalog") && !g->main)
        g->s->kind = KIND_CATALOG;
    else if (g->text)
        g->s->kind = kind_of_text(g);
    else if (medium)
        g->s->kind = medium_of_content(medium);
    else
        g->s->kind = refers(g) ? KIND_PACKAGE : KIND_TEXT;
    read_item_type(g);
}

/* ---- the body ---- */

struct html n1_body_of(struct n1 *g, struct xml_node *data)
{
    struct span subhead = {0};
    if (kid(data, "html")) return body_of_xhtml(g->a, data, g->s->headline, &subhead);
    if (kid(data, NULL)) return body_of_nitf(g->a, data);
    return body_of_any(g->a, xml_text(g->a, data), g->s->headline);
}

struct xml_node *n1_beside(const struct n1 *g, const char *role)
{
    const struct xml_node *around = g->main ? n1_component(g, g->main) : NULL;
    for (const struct xml_node *c = kid(around, "NewsComponent"); c;
         c = kid_after(c, "NewsComponent")) {
        struct xml_node *data = kid(kid(c, "ContentItem"), "DataContent");
        if (span_eq_nocase(n1_name(kid(c, "Role")), span_of(role)) && data && data != g->text &&
            is_textual(data->parent) && xml_words(g->a, data).n)
            return data;
    }
    return NULL;
}

void n1_read_body(struct n1 *g)
{
    struct story *s = g->s;
    if (!g->text) return;
    struct xml_node *lead = n1_beside(g, "Lead"), *abstract = n1_beside(g, "Abstract");
    if (abstract && !s->abstract.n) s->abstract = html_plain(g->a, n1_body_of(g, abstract));
    s->body = n1_body_of(g, g->text);
    if (!lead) return;
    struct html parts[] = {n1_body_of(g, lead), s->body};
    s->body = html_join(g->a, parts, COUNT(parts));
}

/* ---- pictures ---- */

static bool around_text(const struct n1 *g, const struct xml_node *component)
{
    for (const struct xml_node *n = g->text ? g->main : NULL; n; n = n1_component(g, n))
        if (n == component) return true;
    return false;
}

static struct xml_node *caption_in(const struct xml_node *component)
{
    for (const struct xml_node *c = kid(component, "NewsComponent"); c;
         c = kid_after(c, "NewsComponent"))
        if (span_eq_nocase(n1_name(kid(c, "Role")), S("Caption")))
            return kid(kid(c, "ContentItem"), "DataContent");
    return NULL;
}

/* One picture is one component: the nearest that says something about it and holds no text of the
 * story; else the content's own. NULL: it lies in the text's own component. */
static const struct xml_node *component_of_picture(
    const struct n1 *g, const struct xml_node *content)
{
    const struct xml_node *own = n1_component(g, content);
    if (!own || around_text(g, own)) return NULL;
    for (const struct xml_node *n = own; n && !around_text(g, n); n = n1_component(g, n))
        if (kid(n, "NewsLines") || caption_in(n)) return n;
    return own;
}

static uint32_t pixels(const struct xml_node *content, const char *name, const char *other)
{
    const struct xml_node *n = kid(kid(content, "Characteristics"), "Property");
    for (; n; n = kid_after(n, "Property")) {
        bool named =
            span_eq_nocase(n1_name(n), span_of(name)) || span_eq_nocase(n1_name(n), span_of(other));
        uint32_t v = named ? pixels_of(node_attr(n, "Value")) : 0;
        if (v) return v;
    }
    return 0;
}

static struct span type_of(const struct xml_node *content)
{
    struct span mime = n1_name(kid(content, "MimeType")), format = n1_name(kid(content, "Format"));
    if (mime.n) return mime;
    if (span_starts_nocase(format, S("image/"))) return format;
    return span_starts_nocase(format, S("jp")) ? S("image/jpeg") : (struct span){0};
}

static void read_picture_words(struct n1 *g, struct picture *p, const struct xml_node *component)
{
    const struct xml_node *lines = kid(component, "NewsLines");
    struct xml_node *caption = caption_in(component);
    p->headline = kid_words(g->a, lines, "HeadLine");
    p->byline = kid_words(g->a, lines, "ByLine");
    if (kid_words(g->a, lines, "CreditLine").n) p->credit = kid_words(g->a, lines, "CreditLine");
    p->copyright = kid_words(g->a, lines, "CopyrightLine");
    if (caption) p->caption = html_plain(g->a, n1_body_of(g, caption));
}

/* A picture beside a text has no identity of its own here: its file's name is it, and it takes the
 * item's status and times. */
static struct picture *new_picture(
    struct n1 *g, const struct xml_node *component, const struct xml_node *content, bool is_self)
{
    struct story *s = g->s;
    struct picture *p = story_add_picture(g->a, s);
    struct span file = node_attr(content, "Href");
    p->guid = is_self ? s->guid : arena_keep(g->a, span_trim(file));
    p->role = is_self ? S("self") : arena_printf(g->a, "embedded%u", s->picture_count);
    p->kind = span_of(story_kind_name(is_self ? s->kind : KIND_PICTURE));
    p->credit = s->creditline;
    p->status = s->status;
    p->embargo = s->embargo;
    p->expires = s->expires;
    if (component) read_picture_words(g, p, component);
    return p;
}

static void add_rendition(struct n1 *g, struct picture *p, const struct xml_node *content)
{
    struct span role = n1_name(kid(n1_component(g, content), "Role"));
    picture_add_rendition(g->a, p,
        (struct rendition){.href = node_attr(content, "Href"),
            .type = type_of(content),
            .role = role,
            .width = pixels(content, "Width", "PixelWidth"),
            .height = pixels(content, "Height", "PixelHeight")});
}

static void read_files(struct n1 *g)
{
    bool is_medium = kind_is_media(g->s->kind);
    const struct xml_node *before = NULL;
    struct picture *p = NULL;
    for (const struct xml_node *n = n1_walk(g, NULL); n; n = n1_walk(g, n)) {
        if (!node_is(n, "ContentItem") || !span_trim(node_attr(n, "Href")).n) continue;
        enum story_kind medium = medium_of_content(n);
        if (is_medium ? medium == KIND_UNKNOWN : medium != KIND_PICTURE) continue;
        if (span_eq_nocase(role_of(g, n), S("Logo"))) continue;
        const struct xml_node *component = component_of_picture(g, n);
        bool same = p && (is_medium || (component && component == before));
        if (!same) p = new_picture(g, component, n, is_medium);
        before = component;
        add_rendition(g, p, n);
    }
}

/* ---- other items ---- */

static struct span guid_of_inner(struct n1 *g, struct xml_node *item)
{
    struct xml_node *id = kid(kid(item, "Identification"), "NewsIdentifier");
    return n1_guid_of_reference(kid_words(g->a, id, "PublicIdentifier"));
}

static void add_reference(struct n1 *g, const struct xml_node *n, struct span guid)
{
    struct span role = role_of(g, n);
    enum story_kind medium = medium_of(role);
    if (!guid.n) return;
    if (g->s->kind == KIND_PACKAGE && medium == KIND_UNKNOWN)
        story_add_member(g->a, g->s, (struct member){.guid = guid, .mode = MEMBERS_SEQUENTIAL});
    else if (medium == KIND_UNKNOWN)
        story_add_link(g->a, g->s, S("seeAlso"), guid, (struct span){0});
    if (g->s->kind != KIND_PACKAGE && medium == KIND_UNKNOWN) return;
    struct picture *p = story_add_picture(g->a, g->s);
    p->guid = arena_keep(g->a, guid);
    p->role = role;
    p->kind = medium == KIND_UNKNOWN ? S("") : span_of(story_kind_name(medium));
}

void n1_read_media(struct n1 *g)
{
    read_files(g);
    for (struct xml_node *n = n1_walk(g, NULL); n; n = n1_walk(g, n)) {
        if (node_is(n, "NewsItemRef"))
            add_reference(g, n, n1_guid_of_reference(node_attr(n, "NewsItem")));
        else if (node_is(n, "NewsItem"))
            add_reference(g, n, guid_of_inner(g, n));
    }
}
