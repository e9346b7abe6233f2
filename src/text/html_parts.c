/* html_parts.c: elements put around parts of a cleaned block's text, and a text taken off its end.
 * Never changes a character that a reader sees. */
#include "text.h"

#include <string.h>

enum { NESTED_MAX = 4 };

static void open_element(struct buf *b, const struct html_part *p)
{
    buf_printf(b, "<%s %s=\"", p->element, p->attribute);
    html_put(b, p->value);
    buf_lit(b, "\">");
}

struct html html_parts(struct arena *a, struct html h, const struct html_part *list, size_t n)
{
    const struct html_part *open[NESTED_MAX];
    size_t depth = 0, at = 0;
    const char *done = h.s.p, *end = h.s.p + h.s.n;
    struct buf b;
    buf_init(&b, a, 0);
    while (at < n || depth) {
        const struct html_part *top = depth ? open[depth - 1] : NULL,
                               *next = at < n ? &list[at] : NULL;
        bool closes = top && (!next || top->of.p + top->of.n <= next->of.p);
        const char *to = closes ? top->of.p + top->of.n : next->of.p;
        must(done <= to && to <= end);
        buf_put(&b, (struct span){done, (size_t)(to - done)});
        done = to;
        if (closes) {
            buf_printf(&b, "</%s>", top->element);
            depth--;
            continue;
        }
        must(depth < NESTED_MAX && !memchr(next->of.p, '<', next->of.n));
        open_element(&b, next);
        open[depth++] = next;
        at++;
    }
    buf_put(&b, (struct span){done, (size_t)(end - done)});
    return (struct html){buf_span(&b)};
}

struct span html_first_text(struct html block)
{
    if (!span_starts(block.s, S("<p>"))) return (struct span){0};
    struct span rest = span_cut(block.s, 3, block.s.n);
    ptrdiff_t end = span_find_char(rest, '<');
    return span_cut(rest, 0, end < 0 ? rest.n : (size_t)end);
}

bool html_cut_end(struct arena *a, struct html *block, struct span text)
{
    static const char closing[] = "</p>";
    struct span s = block->s, last = html_text(a, text).s;
    if (!last.n || !span_starts(s, S("<p>")) || !span_ends(s, span_of(closing))) return false;
    struct span inner = span_cut(s, 0, s.n - (sizeof closing - 1));
    if (!span_ends(inner, last)) return false;
    struct html left = {span_trim(span_cut(inner, 0, inner.n - last.n))};
    if (!html_has_text(left)) return false;
    block->s = arena_printf(a, "%.*s%s", FMT(left.s), closing);
    return true;
}
