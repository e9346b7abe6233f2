/* post_markup.c: what WordPress makes of a text when it shows it: paragraphs at blank lines, no
 * orders in square brackets, no comments of its block editor; and of a picture's file. Linear.
 * Never fatal. */
#include "text.h"

/* Such a part is a block already and gets no paragraph around it. */
static bool is_block(struct span part)
{
    static const char *const heads[] = {"<p", "<h1", "<h2", "<h3", "<h4", "<h5", "<h6", "<ul",
        "<ol", "<li", "<div", "<table", "<blockquote", "<pre", "<figure", "<hr", "<dl", "<section",
        "<iframe", "<script", "<style", "</"};
    for (size_t i = 0; i < COUNT(heads); i++) {
        struct span head = span_of(heads[i]);
        if (!span_starts_nocase(part, head)) continue;
        char next = part.n > head.n ? part.p[head.n] : '>';
        if (head.n == 2 && head.p[1] == '/') return true;
        if (next == '>' || next == ' ' || next == '/' || next == '\n' || next == '\t') return true;
    }
    return false;
}

enum { ORDER_MAX = 2000 }; /* bytes of one order in brackets */

/* "[caption id=…]", "[/caption]", "[gallery]": a name of these, and then its end. 0: it is none. */
static size_t order_at(struct span s)
{
    static const char *const names[] = {"caption", "wp_caption", "gallery", "embed", "audio",
        "video", "playlist", "contact-form", "contact-form-7", "youtube", "twitter", "googlemaps",
        "vc_", "et_pb_", "fusion_", "av_", "su_", "tdb_", "td_"};
    struct span rest = span_cut(s, 1, s.n < ORDER_MAX ? s.n : ORDER_MAX);
    if (rest.n && rest.p[0] == '/') rest = span_cut(rest, 1, rest.n);
    for (size_t i = 0; i < COUNT(names); i++) {
        struct span name = span_of(names[i]);
        if (!span_starts_nocase(rest, name)) continue;
        char next = rest.n > name.n ? rest.p[name.n] : ']';
        bool ends = next == ']' || next == ' ' || next == '\n' || next == '/';
        if (!ends && name.p[name.n - 1] != '_') continue;
        ptrdiff_t end = span_find_char(rest, ']');
        return end < 0 ? 0 : (size_t)(rest.p - s.p) + (size_t)end + 1;
    }
    return 0;
}

static size_t comment_at(struct span s)
{
    if (!span_starts(s, S("<!--"))) return 0;
    ptrdiff_t end = span_find(s, S("-->"));
    return end < 0 ? 0 : (size_t)end + 3;
}

/* "[caption …]<img …> words[/caption]" is a figure: the words are the picture's. *end: where the
 * next [/caption] ends, looked for again only once it is passed. 0: no picture with words. */
static size_t caption_at(struct span s, size_t i, size_t order, size_t *end)
{
    struct span rest = span_cut(s, i, s.n);
    if (!span_starts_nocase(rest, S("[caption"))) return 0;
    if (*end <= i) {
        ptrdiff_t found = span_find(rest, S("/caption]"));
        *end = found < 0 ? s.n + 1 : i + (size_t)found + 9;
    }
    if (*end > s.n || *end < i + order) return 0;
    return span_find_nocase(span_cut(s, i + order, *end), S("<img ")) < 0 ? 0 : *end - i;
}

static void put_figure(struct buf *b, struct span inner)
{
    size_t end = inner.n;
    while (end && inner.p[end - 1] != '[') end--;
    buf_lit(b, "<figure>");
    buf_put(b, span_cut(inner, 0, end ? end - 1 : 0));
    buf_lit(b, "</figure>");
}

static struct span without_orders(struct arena *a, struct span s)
{
    struct buf b;
    size_t caption_end = 0;
    buf_init(&b, a, 0);
    bool open_comment = false; /* one without an end: no later one has one either */
    for (size_t i = 0; i < s.n;) {
        size_t skip = 0;
        if (s.p[i] == '[') skip = order_at(span_cut(s, i, s.n));
        size_t caption = skip ? caption_at(s, i, skip, &caption_end) : 0;
        if (caption) put_figure(&b, span_cut(s, i + skip, i + caption));
        if (caption) skip = caption;
        if (s.p[i] == '<' && !open_comment) {
            skip = comment_at(span_cut(s, i, s.n));
            open_comment = !skip && span_starts(span_cut(s, i, s.n), S("<!--"));
        }
        if (!skip && s.p[i] != '\r') buf_char(&b, s.p[i]);
        i += skip ? skip : 1;
    }
    return buf_span(&b);
}

/* An address alone, which WordPress shows as what lies there. */
static bool is_embed(struct arena *a, struct span part)
{
    struct embedded e;
    return span_starts(part, S("http")) && span_find_char(part, ' ') < 0 &&
           span_find_char(part, '\n') < 0 && embed_of(a, entities_decode(a, part), &e);
}

static void put_part(struct arena *a, struct buf *b, struct span part)
{
    part = span_trim(part);
    if (!part.n) return;
    if (is_embed(a, part)) {
        buf_printf(b, "<figure>%.*s</figure>\n", FMT(part));
        return;
    }
    bool block = is_block(part);
    if (!block) buf_lit(b, "<p>");
    for (size_t i = 0; i < part.n; i++) {
        if (!block && part.p[i] == '\n') buf_lit(b, "<br>");
        buf_char(b, part.p[i]);
    }
    buf_str(b, block ? "\n" : "</p>\n");
}

struct span post_markup(struct arena *a, struct span content)
{
    struct span text = without_orders(a, content), line, rest = text;
    struct buf b;
    buf_init(&b, a, 0);
    size_t from = 0;
    while (rest.n && span_next(&rest, '\n', &line)) {
        if (span_trim(line).n) continue;
        size_t at = (size_t)(line.p - text.p);
        put_part(a, &b, span_cut(text, from, at));
        from = at + line.n;
    }
    put_part(a, &b, span_cut(text, from, text.n));
    return buf_span(&b);
}

static size_t digits_before(struct span s, size_t end)
{
    size_t at = end;
    while (at && s.p[at - 1] >= '0' && s.p[at - 1] <= '9') at--;
    return end - at;
}

bool post_original(struct arena *a, struct span url, struct span *out)
{
    size_t dot = url.n;
    while (dot && url.p[dot - 1] != '.' && url.p[dot - 1] != '/') dot--;
    if (!dot || url.p[dot - 1] != '.') return false;
    struct span stem = span_cut(url, 0, dot - 1), end = span_cut(url, dot - 1, url.n);
    size_t high = digits_before(stem, stem.n);
    size_t x = stem.n - high;
    size_t wide = high && x && stem.p[x - 1] == 'x' ? digits_before(stem, x - 1) : 0;
    if (wide && x - 1 > wide && stem.p[x - 2 - wide] == '-')
        stem.n = x - 2 - wide;
    else if (span_ends(stem, S("-scaled")))
        stem.n -= 7;
    else
        return false;
    *out = arena_printf(a, "%.*s%.*s", FMT(stem), FMT(end));
    return true;
}
