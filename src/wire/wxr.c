/* wxr.c: what WordPress's export (WXR 1.0 to 1.2) adds to RSS: states, kinds of posts, attachments,
 * tags apart from categories. Owns what of an export may be public: published posts and pages, and
 * their pictures; everything else is held. Never fatal. */
#include "feed.h"

enum { POSTS_MAX = WIRE_ITEMS_MAX }; /* looked through for attachments: as many as are read */

static bool is_declared_wp(const struct xml_node *n)
{
    return span_find_nocase(n->space, S("wordpress.org/export/")) >= 0;
}

/* A prefix that nobody declared may be WordPress's, whatever it is. */
static bool is_undeclared(const struct xml_node *n)
{
    return n->space.n && span_find_char(n->space, ':') < 0;
}

static bool is_wp(const struct xml_node *n)
{
    return is_declared_wp(n) || is_undeclared(n);
}

static struct xml_node *kid_that(
    const struct xml_node *n, const char *name, bool (*is)(const struct xml_node *))
{
    struct xml_node *k = kid(n, name);
    while (k && !is(k)) k = kid_after(k, name);
    return k;
}

static struct xml_node *wp_kid(const struct xml_node *n, const char *name)
{
    struct xml_node *k = kid_that(n, name, is_declared_wp);
    return k ? k : kid_that(n, name, is_undeclared);
}

static struct span wp_words(struct arena *a, const struct xml_node *n, const char *name)
{
    const struct xml_node *k = wp_kid(n, name);
    return k ? xml_words(a, k) : (struct span){0};
}

static bool is_version(struct span v)
{
    ptrdiff_t dot = span_find_char(v, '.');
    uint64_t major, minor;
    return dot > 0 && span_to_u64(span_cut(v, 0, (size_t)dot), &major) &&
           span_to_u64(span_cut(v, (size_t)dot + 1, v.n), &minor);
}

/* An export says so by its version, or by any element of its own; without a version that makes
 * sense it is none that anybody can trust to be whole. */
bool wxr_is(struct arena *a, const struct xml_node *channel, const char **trouble)
{
    bool wp = false;
    for (const struct xml_node *n = kid(channel, NULL); n && !wp; n = kid_after(n, NULL))
        wp = is_declared_wp(n) || (node_is(n, "wxr_version") && is_undeclared(n)) ||
             (node_is(n, "item") && wp_kid(n, "post_type"));
    *trouble = wp && !is_version(wp_words(a, channel, "wxr_version"))
                   ? "the export has no wxr_version, or none that makes sense"
                   : NULL;
    return wp;
}

/* ---- the text ---- */

/* WordPress keeps paragraphs as blank lines and marks them only when it shows them. */
static void read_body(struct arena *a, struct story *s, const struct xml_node *item)
{
    const struct xml_node *n = feed_kid(item, SPACE_CONTENT, "encoded");
    struct span text = n ? post_markup(a, xml_text(a, n)) : (struct span){0};
    if (text.n) s->body = body_of_html(a, text, (struct span){0});
}

/* ---- states ---- */

struct state { /* of a post */
    enum story_status status;
    struct span word; /* what it is called, or why it is held */
    struct when created, embargo;
};

/* post_date_gmt has no zone in it and is UTC; a draft's is all zeros. */
static struct when time_of(struct arena *a, const struct xml_node *item)
{
    struct span gmt = wp_words(a, item, "post_date_gmt"), own = wp_words(a, item, "post_date");
    if (gmt.n && !span_starts(gmt, S("0000"))) {
        struct when t = when_iso(gmt);
        if (t.kind == WHEN_LOCAL) t.kind = WHEN_UTC;
        return t;
    }
    return own.n && !span_starts(own, S("0000")) ? when_iso(own) : (struct when){0};
}

/* WordPress asks for a password of one blank too; an indent between two tags is none. */
static bool has_password(struct arena *a, const struct xml_node *item)
{
    for (const struct xml_node *n = kid(item, "post_password"); n;
         n = kid_after(n, "post_password")) {
        struct span text = xml_text(a, n);
        if (is_wp(n) && text.n && (span_trim(text).n || span_find_char(text, '\n') < 0))
            return true;
    }
    return false;
}

/* What is told twice, and differently, is no state at all. */
static bool contradicts(struct arena *a, const struct xml_node *item)
{
    const struct xml_node *first = wp_kid(item, "status");
    for (const struct xml_node *n = first; n; n = kid_after(n, "status"))
        if (span_eq(n->space, first->space) && !span_eq(xml_words(a, n), xml_words(a, first)))
            return true;
    return false;
}

/* Usable; else draft, pending, private, trash, and what is not known. */
static struct state state_of(struct arena *a, const struct xml_node *item)
{
    struct span word = wp_words(a, item, "status");
    struct state state = {.status = STATUS_WITHHELD, .word = word, .created = time_of(a, item)};
    if (has_password(a, item)) {
        state.word = S("password");
    } else if (contradicts(a, item)) {
        state.status = STATUS_UNKNOWN;
    } else if (span_eq(word, S("future"))) {
        state.status = STATUS_USABLE;
        state.embargo = state.created;
        if (state.embargo.kind == WHEN_ABSENT) state.embargo.kind = WHEN_EMPTY;
    } else if (span_eq(word, S("publish")) || span_eq(word, S("inherit"))) {
        state.status = STATUS_USABLE;
    }
    return state;
}

/* ---- the posts of an export, by number ---- */

struct post {
    struct state state;
    struct span type, url; /* url: of an attachment; empty: it is none */
    struct picture picture;
};

static struct span meta_of(struct arena *a, const struct xml_node *item, const char *key)
{
    for (const struct xml_node *n = wp_kid(item, "postmeta"); n; n = kid_after(n, "postmeta"))
        if (span_eq(wp_words(a, n, "meta_key"), span_of(key))) return wp_words(a, n, "meta_value");
    return (struct span){0};
}

static struct span excerpt_of(struct arena *a, const struct xml_node *item)
{
    for (const struct xml_node *n = kid(item, "encoded"); n; n = kid_after(n, "encoded"))
        if (span_find_nocase(n->space, S("/excerpt/")) >= 0 || span_eq(n->space, S("excerpt")))
            return feed_plain(a, xml_text(a, n));
    return (struct span){0};
}

static void read_attachment(struct arena *a, struct post *post, const struct xml_node *item)
{
    struct picture *p = &post->picture;
    p->guid = kid_words(a, item, "guid");
    if (!p->guid.n) p->guid = post->url;
    p->guid = arena_keep(a, p->guid);
    p->kind = S("picture");
    p->headline = feed_plain(a, kid_words(a, item, "title"));
    p->caption = excerpt_of(a, item);
    p->alt = meta_of(a, item, "_wp_attachment_image_alt");
    p->status = post->state.status;
    p->embargo = post->state.embargo;
}

static struct post *post_of(struct arena *a, const struct xml_node *item)
{
    struct post *post = ARENA_NEW(a, struct post);
    *post = (struct post){.state = state_of(a, item),
        .type = wp_words(a, item, "post_type"),
        .url = wp_words(a, item, "attachment_url")};
    if (post->url.n) read_attachment(a, post, item);
    return post;
}

/* Each is read once, however many posts show it or hang on it. */
struct map *wxr_posts(struct arena *a, const struct xml_node *channel)
{
    struct map *posts = map_new(a);
    int n = 0;
    for (struct xml_node *item = kid(channel, "item"); item && n < POSTS_MAX;
         item = kid_after(item, "item"), n++) {
        struct span id = wp_words(a, item, "post_id");
        if (id.n) *map_at(posts, id) = post_of(a, item);
    }
    return posts;
}

static void add_attachment(
    struct arena *a, struct story *s, const struct post *post, const char *role)
{
    if (!post->url.n) return;
    struct picture *p = story_add_picture(a, s);
    *p = post->picture;
    p->role = span_of(role);
    picture_add_rendition(a, p,
        (struct rendition){
            .href = post->url, .type = story_image_type(post->url), .role = S("original")});
}

/* A tag is a keyword, a category a subject. Formats of posts are neither. */
static void read_terms(struct arena *a, struct story *s, const struct xml_node *item)
{
    s->keywords = NULL;
    s->keyword_count = 0;
    for (const struct xml_node *n = kid(item, "category"); n; n = kid_after(n, "category")) {
        struct span domain = node_attr(n, "domain"), name = feed_plain(a, xml_words(a, n));
        if (span_eq(domain, S("post_tag")) || span_eq(domain, S("tag")))
            story_add_keyword(a, s, name);
        if (span_eq(domain, S("category")))
            story_add_subject(a, s, SUBJECT_TOPIC, (struct span){0}, name);
    }
}

/* The state of the post and of its kind. An attachment inherits that of what it hangs on. */
static struct state whole_state(
    struct arena *a, const struct post *post, const struct xml_node *item, const struct map *posts)
{
    struct state state = post->state;
    bool attached = span_eq(post->type, S("attachment"));
    bool ours = attached || span_eq(post->type, S("post")) || span_eq(post->type, S("page"));
    bool inherits = state.status == STATUS_USABLE && span_eq(state.word, S("inherit"));
    struct span parent = wp_words(a, item, "post_parent");
    const struct post *above = parent.n ? map_get(posts, parent) : NULL;
    if (inherits && above) {
        state.status = above->state.status;
        state.embargo = above->state.embargo;
        if (state.status != STATUS_USABLE) state.word = above->state.word;
    }
    if (ours && (attached || !inherits)) return state;
    state.status = STATUS_WITHHELD; /* menus, blocks, templates: no stories */
    if (!ours) state.word = post->type;
    return state;
}

void wxr_item(struct arena *a, struct story *s, const struct xml_node *item, struct map *posts)
{
    struct span thumb = meta_of(a, item, "_thumbnail_id");
    struct post *post = post_of(a, item);
    const struct post *cover = thumb.n ? map_get(posts, thumb) : NULL;
    struct state state = whole_state(a, post, item, posts);
    s->status = state.status;
    s->status_literal = state.word;
    s->embargo = state.embargo;
    if (state.created.kind != WHEN_ABSENT) s->version_created = s->first_created = state.created;
    if (state.created.kind == WHEN_UNREADABLE)
        story_fault(a, s, item->line, item->column, "the post's date cannot be read");
    read_terms(a, s, item);
    s->abstract = excerpt_of(a, item);
    read_body(a, s, item);
    s->picture_count = 0;
    s->pictures = NULL;
    if (span_eq(post->type, S("attachment"))) {
        s->kind = KIND_PICTURE;
        post->picture.status = s->status;
        post->picture.embargo = s->embargo;
        add_attachment(a, s, post, "self");
    } else if (cover) {
        add_attachment(a, s, cover, "featuremedia");
    }
}
