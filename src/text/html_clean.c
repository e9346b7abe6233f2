/* html_clean: markup of strangers, as bytes or as an XML tree, into the HTML that pages may hold.
 * Owns: the way from tokens and nodes to the builder, which decides all else. Never fails. */
#include "html_media.h"

static struct span attr_value(const struct html_token *token, struct span name)
{
    for (uint32_t i = 0; i < token->attr_count; i++)
        if (span_eq(token->attrs[i].name, name)) return token->attrs[i].value;
    return (struct span){"", 0};
}

static struct html_given given_of(const struct html_token *token, enum html_tag tag)
{
    struct html_given given = {.href = {"", 0}};
    if (tag == TAG_A) given.href = attr_value(token, S("href"));
    if (tag == TAG_TD || tag == TAG_TH) {
        given.colspan = attr_value(token, S("colspan"));
        given.rowspan = attr_value(token, S("rowspan"));
    }
    return given;
}

/* WHATWG HTML 2.3.7. */
bool html_has_word(struct span words, struct span word)
{
    for (size_t i = 0; i < words.n;) {
        while (i < words.n && html_is_space(words.p[i])) i++;
        size_t from = i;
        while (i < words.n && !html_is_space(words.p[i])) i++;
        if (span_eq_nocase(span_cut(words, from, i), word)) return true;
    }
    return false;
}

/* An element that never holds anything hides nothing. */
static bool is_left_out(
    const struct html_token *token, enum html_tag tag, const char *const *classes)
{
    if (tag == TAG_BR || tag == TAG_HR || tag == TAG_EMPTY) return false;
    struct span words = attr_value(token, S("class"));
    for (size_t i = 0; classes[i]; i++)
        if (html_has_word(words, span_of(classes[i]))) return true;
    return false;
}

/* What is dropped may still say that a picture or an embed stood there. */
static void take_aside(struct html_media *m, const struct html_walk *w)
{
    const struct html_token *token = &w->tokens.token;
    const struct html_source e = {.token = token};
    if (token->kind == HTML_TEXT)
        html_media_text(m, token->text);
    else if (token->kind == HTML_START)
        html_media_start(m, token->name, &e);
    else
        html_media_end(m, token->name);
    if (w->ends_figure) html_media_close(m);
}

static void take_tag(struct html_builder *b, struct html_media *m, const struct html_walk *w)
{
    const struct html_token *token = &w->tokens.token;
    if (token->kind == HTML_START) {
        struct html_given given = given_of(token, w->element->tag);
        html_builder_start(b, w->element->tag, &given);
        html_media_start(m, token->name, &(struct html_source){.token = token});
    } else {
        html_builder_end(b, w->element->tag);
        html_media_end(m, token->name);
    }
}

static struct html clean(
    struct arena *a, struct span markup, const char *const *classes, bool is_strict)
{
    struct html_builder *b = arena_room(a, sizeof *b);
    struct html_walk *w = arena_room(a, sizeof *w);
    struct html_media m;
    html_builder_init(b, a);
    html_media_init(&m, b, a, is_strict);
    html_walk_init(w, a, markup);
    w->sees_aside = true;
    while (!b->is_full && html_walk_next(w)) {
        const struct html_token *token = &w->tokens.token;
        bool starts = token->kind == HTML_START;
        if (w->is_aside)
            take_aside(&m, w);
        else if (token->kind == HTML_TEXT)
            html_builder_text(b, token->text);
        else if (starts && classes[0] && is_left_out(token, w->element->tag, classes))
            html_walk_drop(w);
        else
            take_tag(b, &m, w);
    }
    return html_builder_finish(b);
}

struct html html_clean(struct arena *a, struct span markup)
{
    static const char *const none[] = {NULL};
    if (html_is_settled(markup)) return (struct html){arena_keep(a, markup)};
    return clean(a, markup, none, true);
}

struct html html_clean_story(struct arena *a, struct span markup, const char *const *classes)
{
    return clean(a, markup, classes, false);
}

struct xml_cleaning {
    struct html_builder *b;
    struct html_media *media;
    bool (*skip)(const struct xml_node *, void *);
    void *with;
    struct span name; /* the last one asked for, and its element: cells stand by cells */
    const struct html_element *element;
};

static enum html_tag tag_of(struct xml_cleaning *c, struct span name)
{
    if (!span_eq(name, c->name)) c->element = html_element(name);
    c->name = name;
    return c->element->tag;
}

/* A figure is not shown, but looked through for what stood in it. */
static void take_figure(struct html_media *m, const struct xml_node *top)
{
    const struct xml_node *at = top;
    while (at) {
        const struct html_source e = {.node = at};
        if (at->name.n) /* NITF's media is a figure by another name */
            html_media_start(m, at == top ? S("figure") : at->name, &e);
        else
            html_media_text(m, at->text);
        if (at->first) {
            at = at->first;
            continue;
        }
        while (at != top && !at->next) {
            html_media_end(m, at->name);
            at = at->parent;
        }
        html_media_end(m, at->name);
        at = at == top ? NULL : at->next;
    }
    html_media_close(m);
}

/* Begins n; true: it is to be ended, and what is below it counts. */
static bool enter(struct xml_cleaning *c, const struct xml_node *n)
{
    if (n->name.n == 0) {
        html_builder_text(c->b, n->text);
        return false;
    }
    if (c->skip && c->skip(n, c->with)) return false;
    enum html_tag tag = tag_of(c, n->name);
    if (span_eq(n->name, S("figure")) || span_eq(n->name, S("media")))
        take_figure(c->media, n);
    else
        html_media_start(c->media, n->name, &(struct html_source){.node = n});
    if (tag == TAG_DROP || tag == TAG_EMPTY) return false;
    struct html_given given = {0};
    if (n->attr_count && (tag == TAG_A || tag == TAG_TD || tag == TAG_TH))
        given = (struct html_given){
            xml_attr(n, "href"), xml_attr(n, "colspan"), xml_attr(n, "rowspan")};
    html_builder_start(c->b, tag, &given);
    return tag != TAG_BR && tag != TAG_HR;
}

static void leave(struct xml_cleaning *c, const struct xml_node *n)
{
    html_builder_end(c->b, tag_of(c, n->name));
    html_media_end(c->media, n->name);
}

struct html html_clean_xml(struct arena *a, const struct xml_node *n,
    bool (*skip)(const struct xml_node *, void *), void *with)
{
    struct html_media media;
    struct xml_cleaning c = {
        .b = arena_room(a, sizeof *c.b), .media = &media, .skip = skip, .with = with};
    html_builder_init(c.b, a);
    html_media_init(&media, c.b, a, false);
    const struct xml_node *at = n->first;
    while (at) {
        bool entered = enter(&c, at);
        if (entered && at->first) {
            at = at->first;
            continue;
        }
        if (entered) leave(&c, at);
        while (at && !at->next) {
            at = at->parent == n ? NULL : at->parent;
            if (at) leave(&c, at);
        }
        if (at) at = at->next;
    }
    return html_builder_finish(c.b);
}
