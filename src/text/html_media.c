/* html_media: pictures and embeds that strangers' markup shows, each told to the builder as a
 * figure of ours. Owns which elements say so, and what is too small to be a picture. What is
 * neither a picture nor of a known provider leaves nothing. Bounded. Never fails. */
#include "html_media.h"

#include "html_chars.h"

enum {
    PICTURE_MIN = 48,      /* pixels: what is told to be narrower is a mark or counts readers */
    WORDS_MAX = 2048,      /* bytes of a figure's text: an address, maybe */
    CAPTION_MAX = 8 << 10, /* bytes */
    CAPTION_POINTS = 1000, /* code points that are kept */
};

struct span html_source_attr(const struct html_source *e, const char *name)
{
    struct span value = {"", 0};
    if (e->node) {
        value = xml_attr(e->node, name);
        return value.p ? value : S("");
    }
    for (uint32_t i = 0; i < e->token->attr_count; i++)
        if (span_eq(e->token->attrs[i].name, span_of(name))) return e->token->attrs[i].value;
    return value;
}

void html_media_init(struct html_media *m, struct html_builder *to, struct arena *a, bool is_strict)
{
    *m = (struct html_media){.to = to, .arena = a, .is_strict = is_strict};
    buf_init(&m->caption, a, CAPTION_MAX);
    buf_init(&m->words, a, WORDS_MAX);
}

/* One line of plain text. What is kept, kept again, is the same. */
static struct span line_of(struct arena *a, struct span s)
{
    return span_trim(utf8_head(text_fold(a, text_plain(a, s)), CAPTION_POINTS));
}

struct span html_figure_name(struct arena *a, struct span name)
{
    struct span kept = line_of(a, name);
    return kept.n <= HTML_LINK_MAX ? kept : span_trim(utf8_head(kept, HTML_LINK_MAX / 4));
}

/* ---- embeds ---- */
static bool put_embed(struct html_media *m, struct span address)
{
    struct embedded e;
    if (!address.n || address.n > HTML_LINK_MAX || !embed_of(m->arena, address, &e)) return false;
    m->has_media = true;
    html_builder_figure(m->to, &(struct html_figure){.is_embed = true, .name = e.page});
    return true;
}

/* ---- pictures ---- */
static void put_picture(struct html_media *m)
{
    struct html_figure *f = &m->picture;
    if (!f->name.n) return;
    if (!f->caption.n) f->caption = line_of(m->arena, buf_span(&m->caption));
    m->caption.n = 0;
    m->has_media = true;
    html_builder_figure(m->to, f);
    *f = (struct html_figure){0};
}

static bool is_small(const struct html_source *e, const char *name)
{
    uint64_t n;
    struct span s = span_trim(html_source_attr(e, name));
    if (span_ends(s, S("px"))) s.n -= 2;
    return span_to_u64(s, &n) && n < PICTURE_MIN;
}

/* A source that a script would put in later is the picture's; what stands there until then is
 * none. */
static struct span source_of(const struct html_source *e)
{
    static const char *const names[] = {
        "src", "data-src", "data-lazy-src", "data-original", "source", "data-location"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct span s = span_trim(html_source_attr(e, names[i]));
        if (s.n && s.n <= HTML_LINK_MAX && !span_starts_nocase(s, S("data:"))) return s;
    }
    return (struct span){0};
}

static void start_picture(struct html_media *m, const struct html_source *e)
{
    put_picture(m);
    struct span source = line_of(m->arena, source_of(e));
    if (!source.n || is_small(e, "width") || is_small(e, "height")) return;
    m->picture =
        (struct html_figure){.name = source, .alt = line_of(m->arena, html_source_attr(e, "alt"))};
    if (!m->in_figure) put_picture(m);
}

/* ---- what we have written ourselves ---- */
static bool put_own(struct html_media *m, const struct html_source *e)
{
    struct span name = line_of(m->arena, html_source_attr(e, "data-picture"));
    if (!name.n) return put_embed(m, html_source_attr(e, "data-embed"));
    if (name.n > HTML_LINK_MAX) return false;
    m->picture = (struct html_figure){.name = name,
        .alt = line_of(m->arena, html_source_attr(e, "data-alt")),
        .caption = line_of(m->arena, html_source_attr(e, "data-caption"))};
    put_picture(m);
    return true;
}

/* ---- quotations that are posts ---- */
static bool is_post(struct span classes)
{
    static const char *const names[] = {
        "twitter-tweet", "twitter-video", "instagram-media", "tiktok-embed"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (html_has_word(classes, span_of(names[i]))) return true;
    return false;
}

static void note_post(struct html_media *m, struct span address)
{
    struct embedded e;
    if (address.n && address.n <= HTML_LINK_MAX && embed_of(m->arena, address, &e))
        m->post = e.page;
}

static void start_quote(struct html_media *m, const struct html_source *e)
{
    if (m->quotes) {
        m->quotes++;
    } else if (is_post(html_source_attr(e, "class"))) {
        m->quotes = 1;
        m->post = (struct span){0};
        note_post(m, html_source_attr(e, "cite"));
        note_post(m, html_source_attr(e, "data-instgrm-permalink"));
    }
}

static void end_quote(struct html_media *m)
{
    if (!m->quotes || --m->quotes || m->in_figure) return;
    (void)put_embed(m, m->post);
    m->post = (struct span){0};
}

/* ---- elements ---- */
static void start_figure(struct html_media *m, const struct html_source *e)
{
    put_picture(m);
    m->in_caption = false;
    if (m->in_figure) return;
    m->in_figure = true;
    m->caption.n = m->words.n = 0;
    m->post = (struct span){0};
    m->has_media = put_own(m, e);
}

static void start_script(struct html_media *m, const struct html_source *e)
{
    struct span post = html_source_attr(e, "data-telegram-post");
    if (post.n && post.n < WORDS_MAX)
        (void)put_embed(m, arena_printf(m->arena, "https://t.me/%.*s", FMT(post)));
}

void html_media_start(struct html_media *m, struct span name, const struct html_source *e)
{
    m->is_raw = span_eq_nocase(name, S("script")) || span_eq_nocase(name, S("iframe")) ||
                span_eq_nocase(name, S("style"));
    if (span_eq_nocase(name, S("figure"))) {
        start_figure(m, e);
    } else if (m->is_strict) {
        return;
    } else if (span_eq_nocase(name, S("img")) || span_eq_nocase(name, S("media-reference"))) {
        start_picture(m, e);
    } else if (span_eq_nocase(name, S("iframe"))) {
        if (!put_embed(m, span_trim(html_source_attr(e, "src"))))
            (void)put_embed(m, span_trim(html_source_attr(e, "data-src")));
    } else if (span_eq_nocase(name, S("figcaption"))) {
        m->in_caption = true;
    } else if (span_eq_nocase(name, S("blockquote"))) {
        start_quote(m, e);
    } else if (span_eq_nocase(name, S("a"))) {
        if ((m->in_figure && !m->in_caption) || m->quotes)
            note_post(m, html_source_attr(e, "href"));
    } else if (span_eq_nocase(name, S("div"))) {
        (void)put_embed(m, html_source_attr(e, "data-href"));
    } else if (span_eq_nocase(name, S("script"))) {
        start_script(m, e);
    }
}

void html_media_end(struct html_media *m, struct span name)
{
    m->is_raw = false;
    if (span_eq_nocase(name, S("figcaption"))) m->in_caption = false;
    if (span_eq_nocase(name, S("blockquote"))) end_quote(m);
    if (span_eq_nocase(name, S("figure"))) put_picture(m);
}

void html_media_text(struct html_media *m, struct span text)
{
    if (m->is_raw || m->is_strict) return;
    struct buf *to = m->in_caption ? &m->caption : &m->words;
    if (to->n + text.n <= (m->in_caption ? CAPTION_MAX : WORDS_MAX)) buf_put(to, text);
}

void html_media_close(struct html_media *m)
{
    put_picture(m);
    m->in_figure = m->in_caption = false;
    if (!m->has_media && !m->is_strict && !put_embed(m, line_of(m->arena, buf_span(&m->words))))
        (void)put_embed(m, m->post);
    m->post = (struct span){0};
    m->quotes = 0;
}
