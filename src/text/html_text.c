/* html_text: text out of markup and text into markup.
 * Owns: plain text, escaping, and the small cuts and joins of cleaned markup. Never fails. */
#include "html_chars.h"
#include "html_elements.h"

#include <string.h>

/* ---- plain text ---- */

struct folding {
    struct buf out;
    bool space; /* white space or a block's edge stands between what is out and what comes */
};

static void fold_in(struct folding *f, struct span s)
{
    for (size_t i = 0; i < s.n;) {
        size_t from = i, end = i;
        enum html_char kind = CHAR_VISIBLE;
        while (i < s.n && (kind = html_next_char(s, &i)) == CHAR_VISIBLE)
            end = i = html_run_end(s, i);
        if (end > from) {
            if (f->space && f->out.n > 0) buf_char(&f->out, ' ');
            f->space = false;
            buf_put(&f->out, span_cut(s, from, end));
        }
        if (kind == CHAR_SPACE || kind == CHAR_NBSP) f->space = true;
    }
}

static bool separates(enum html_tag tag)
{
    return tag <= TAG_HR || tag == TAG_BLOCK;
}

struct span html_to_text(struct arena *a, struct span markup)
{
    struct html_walk w;
    struct folding f = {.space = false};
    buf_init(&f.out, a, 0);
    html_walk_init(&w, a, markup);
    while (html_walk_next(&w)) {
        if (w.tokens.token.kind == HTML_TEXT)
            fold_in(&f, w.tokens.token.text);
        else if (separates(w.element->tag))
            f.space = true;
    }
    return buf_span(&f.out);
}

/* ---- escaping ---- */

static const char *escape_of(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void html_put(struct buf *b, struct span text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        const char *escape = escape_of(text.p[i]);
        if (!escape) continue;
        buf_put(b, span_cut(text, from, i));
        buf_str(b, escape);
        from = i + 1;
    }
    buf_put(b, span_cut(text, from, text.n));
}

struct html html_text(struct arena *a, struct span text)
{
    struct buf b;
    buf_init(&b, a, 0);
    html_put(&b, text);
    return (struct html){buf_span(&b)};
}

/* ---- cleaned markup: every "<" begins a tag, every ">" ends one ---- */

/* Marks without ink, which the eye takes for nothing. */
static bool is_inkless(uint32_t c)
{
    return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x2069);
}

bool html_has_text(struct html h)
{
    for (size_t i = 0; i < h.s.n;) {
        if (h.s.p[i] == '<') {
            ptrdiff_t end = span_find_char(span_cut(h.s, i, h.s.n), '>');
            if (end < 0) return false;
            i += (size_t)end + 1;
            continue;
        }
        size_t from = i;
        if (html_next_char(h.s, &i) != CHAR_VISIBLE) continue;
        if (!is_inkless(utf8_next(h.s, &from))) return true;
    }
    return false;
}

/* The name of the tag that begins s. */
static struct span tag_name(struct span s)
{
    size_t from = s.n > 1 && s.p[1] == '/' ? 2 : 1, to = from;
    while (to < s.n && s.p[to] != '>' && s.p[to] != ' ') to++;
    return span_cut(s, from, to);
}

static bool is_inline(struct span name)
{
    for (enum html_tag tag = TAG_EM; tag <= TAG_A; tag++)
        if (span_eq(name, html_tag_name(tag))) return true;
    return false;
}

struct span html_plain(struct arena *a, struct html h)
{
    struct folding f = {.space = false};
    struct span rest = h.s;
    buf_init(&f.out, a, 0);
    while (rest.n) {
        bool tag = rest.p[0] == '<';
        ptrdiff_t end = span_find_char(rest, tag ? '>' : '<');
        size_t n = end < 0 ? rest.n : (size_t)end + tag;
        if (!tag)
            fold_in(&f, entities_decode(a, span_cut(rest, 0, n)));
        else if (!is_inline(tag_name(rest)))
            f.space = true;
        rest = span_cut(rest, n, rest.n);
    }
    return buf_span(&f.out);
}

/* How a tag changes the depth. Only br and hr have no end tag. */
static int depth_change(struct span tag)
{
    if (span_starts(tag, S("</"))) return -1;
    return span_eq(tag, S("<br>")) || span_eq(tag, S("<hr>")) ? 0 : 1;
}

struct html html_next_block(struct html *rest)
{
    struct span s = rest->s;
    int depth = 0;
    for (size_t i = 0; i < s.n;) {
        ptrdiff_t open = span_find_char(span_cut(s, i, s.n), '<');
        if (open < 0) break;
        if (open > 0 && depth == 0) { /* text between blocks: a piece of its own */
            rest->s = span_cut(s, (size_t)open, s.n);
            return (struct html){span_cut(s, 0, (size_t)open)};
        }
        size_t from = i + (size_t)open;
        ptrdiff_t close = span_find_char(span_cut(s, from, s.n), '>');
        if (close < 0) break;
        i = from + (size_t)close + 1;
        depth += depth_change(span_cut(s, from, i));
        if (depth > 0) continue;
        rest->s = span_cut(s, i, s.n);
        return (struct html){span_cut(s, 0, i)};
    }
    rest->s = span_cut(s, s.n, s.n);
    return (struct html){s};
}

struct html html_join(struct arena *a, const struct html *parts, size_t n)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < n; i++) buf_put(&b, parts[i].s);
    return (struct html){buf_span(&b)};
}

/* ---- headings ---- */

enum { HEADING_FIRST = 2, HEADING_LAST = 4 };

/* The level of the heading that begins or ends at p, as the builder writes them: without
 * attributes; 0: it is none. digit: where its number stands. */
static int heading_at(const char *p, const char *end, size_t *digit)
{
    size_t n = end - p > 1 && p[1] == '/' ? 2 : 1;
    if (end - p < (ptrdiff_t)n + 3 || p[n] != 'h' || p[n + 2] != '>') return 0;
    *digit = n + 1;
    int level = p[n + 1] - '0';
    return level >= HEADING_FIRST && level <= HEADING_LAST ? level : 0;
}

struct html html_headings(struct arena *a, struct html h)
{
    struct span copy = arena_keep(a, h.s);
    char *text = (char *)(uintptr_t)copy.p, *end = text + copy.n;
    bool used[HEADING_LAST + 1] = {false};
    int rank[HEADING_LAST + 1] = {0}, before = HEADING_FIRST - 1, now = before;
    size_t digit;
    for (char *p = text; p < end && (p = memchr(p, '<', (size_t)(end - p))); p++)
        used[heading_at(p, end, &digit)] = true;
    for (int i = HEADING_FIRST, next = HEADING_FIRST; i <= HEADING_LAST; i++)
        if (used[i]) rank[i] = next++;
    for (char *p = text; p < end && (p = memchr(p, '<', (size_t)(end - p))); p++) {
        int level = heading_at(p, end, &digit);
        if (!level) continue;
        if (p[1] != '/') now = rank[level] < before + 1 ? rank[level] : before + 1;
        p[digit] = (char)('0' + now);
        before = now;
    }
    return (struct html){copy};
}

/* ---- data for machines ---- */

bool html_may_stand(struct span code)
{
    return code.n && span_find(code, S("</")) < 0 && span_find(code, S("<!--")) < 0;
}

struct html html_code(struct arena *a, const char *element, struct span code)
{
    must(html_may_stand(code));
    return (struct html){arena_printf(a, "<%s>%.*s</%s>", element, FMT(code), element)};
}

struct html html_script_json(struct arena *a, struct span json)
{
    must(span_find_char(json, '<') < 0);
    struct buf b;
    buf_init(&b, a, 0);
    buf_lit(&b, "<script type=\"application/ld+json\">");
    buf_put(&b, json);
    buf_lit(&b, "</script>");
    return (struct html){buf_span(&b)};
}
