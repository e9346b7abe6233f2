/* html_lines.c: cleaned markup as text with lines, for who reads it as a file: paragraphs apart,
 * list items by a dash, a table's cells by a bar. Linear; every character that a reader sees stays.
 */
#include "text.h"

#include <string.h>

struct lines {
    struct arena *a;
    struct buf out;
    int breaks;       /* line ends that are due before the next word */
    bool space;       /* white space was seen since the last word */
    const char *mark; /* due before the next word: "- " */
    int quotes, pre;
};

static void need(struct lines *l, int breaks)
{
    if (l->out.n && breaks > l->breaks) l->breaks = breaks;
    l->space = false;
}

static void begin_word(struct lines *l)
{
    bool fresh = !l->out.n || l->breaks;
    for (int i = 0; i < l->breaks; i++) buf_char(&l->out, '\n');
    for (int i = 0; fresh && i < l->quotes; i++) buf_lit(&l->out, "> ");
    if (!fresh && l->space) buf_char(&l->out, ' ');
    if (l->mark) buf_str(&l->out, l->mark);
    l->breaks = 0;
    l->space = false;
    l->mark = NULL;
}

static void put_text(struct lines *l, struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (l->pre && c == '\n') {
            need(l, l->breaks + 1 > 2 ? 2 : l->breaks + 1);
        } else if (strchr(" \t\r\n", c) && c) {
            l->space = true;
        } else {
            if (l->breaks || l->space || l->mark || !l->out.n) begin_word(l);
            buf_char(&l->out, c);
        }
    }
}

static const struct {
    const char *name;
    int breaks;       /* before and behind it */
    const char *mark; /* before its first word */
} elements[] = {{"p", 2, NULL}, {"h2", 2, NULL}, {"h3", 2, NULL}, {"h4", 2, NULL}, {"ul", 2, NULL},
    {"ol", 2, NULL}, {"dl", 2, NULL}, {"blockquote", 2, NULL}, {"table", 2, NULL}, {"pre", 2, NULL},
    {"caption", 1, NULL}, {"tr", 1, NULL}, {"li", 1, "- "}, {"dt", 1, NULL}, {"dd", 1, "  "},
    {"div", 1, NULL}, {"br", 1, NULL}, {"hr", 2, NULL}};

static struct span name_of(struct span tag, bool *closes)
{
    *closes = span_starts(tag, S("</"));
    size_t from = *closes ? 2 : 1, n = from;
    while (
        n < tag.n && ((tag.p[n] >= 'a' && tag.p[n] <= 'z') || (tag.p[n] >= '0' && tag.p[n] <= '9')))
        n++;
    return span_cut(tag, from, n);
}

static void put_tag(struct lines *l, struct span tag)
{
    bool closes, is_cell;
    struct span name = name_of(tag, &closes);
    is_cell = span_eq(name, S("td")) || span_eq(name, S("th"));
    if (is_cell && !closes && l->out.n && !l->breaks) l->mark = " | ";
    if (is_cell) l->space = false;
    if (span_eq(name, S("pre"))) l->pre += closes ? -1 : 1;
    for (size_t i = 0; i < COUNT(elements); i++) {
        if (!span_eq(name, span_of(elements[i].name))) continue;
        need(l, elements[i].breaks);
        l->mark = closes ? NULL : elements[i].mark;
    }
    if (span_eq(name, S("blockquote"))) l->quotes += closes ? -1 : 1;
}

struct span html_lines(struct arena *a, struct html h)
{
    struct lines l = {.a = a};
    struct span rest = h.s;
    buf_init(&l.out, a, 0);
    while (rest.n) {
        bool tag = rest.p[0] == '<';
        ptrdiff_t end = span_find_char(rest, tag ? '>' : '<');
        size_t n = end < 0 ? rest.n : (size_t)end + tag;
        if (tag)
            put_tag(&l, span_cut(rest, 0, n));
        else
            put_text(&l, entities_decode(a, span_cut(rest, 0, n)));
        rest = span_cut(rest, n, rest.n);
    }
    return buf_span(&l.out);
}
