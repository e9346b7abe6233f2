/* form: a line whose places are filled in: "{agency} / {byline}". What stands in square brackets is
 * left out where a place within it is empty: "{agency}[ / {byline}]". Brackets do not nest. An
 * unknown place stays as it is written; form_mistake finds it beforehand. */
#include "text.h"

static const struct form_place *place_named(
    const struct form_place *list, size_t n, struct span name)
{
    for (size_t i = 0; i < n; i++)
        if (span_eq(span_of(list[i].name), name)) return &list[i];
    return NULL;
}

/* The place with which s begins: its name, and how many bytes it takes; 0: it is none. */
static size_t place_at(struct span s, struct span *name)
{
    ptrdiff_t end = s.n && s.p[0] == '{' ? span_find_char(s, '}') : -1;
    if (end < 0) return 0;
    *name = span_cut(s, 1, (size_t)end);
    return (size_t)end + 1;
}

/* false: a place of it is empty. */
static bool fill(struct buf *b, struct span s, const struct form_place *list, size_t n)
{
    bool whole = true;
    for (size_t i = 0; i < s.n;) {
        struct span name, rest = span_cut(s, i, s.n);
        size_t taken = place_at(rest, &name);
        const struct form_place *p = taken ? place_named(list, n, name) : NULL;
        if (p) buf_put(b, p->with);
        if (p && !p->with.n) whole = false;
        if (!p) buf_char(b, s.p[i]);
        i += p ? taken : 1;
    }
    return whole;
}

struct span form_fill(struct arena *a, struct span form, const struct form_place *list, size_t n)
{
    struct buf out, part;
    buf_init(&out, a, 0);
    while (form.n) {
        ptrdiff_t open = span_find_char(form, '['), shut = span_find_char(form, ']');
        bool optional = open >= 0 && shut > open;
        size_t before = optional ? (size_t)open : form.n;
        fill(&out, span_cut(form, 0, before), list, n);
        if (optional) {
            buf_init(&part, a, 0);
            if (fill(&part, span_cut(form, before + 1, (size_t)shut), list, n))
                buf_put(&out, buf_span(&part));
        }
        form = span_cut(form, optional ? (size_t)shut + 1 : form.n, form.n);
    }
    return span_trim(buf_span(&out));
}

bool form_mistake(struct span form, const char *const *names, size_t n, struct span *what_out)
{
    for (size_t i = 0; i < form.n; i++) {
        struct span name;
        bool known = false;
        size_t taken = place_at(span_cut(form, i, form.n), &name);
        for (size_t k = 0; taken && k < n; k++) known |= span_eq(name, span_of(names[k]));
        if (!taken || known) continue;
        *what_out = span_cut(form, i, i + taken);
        return true;
    }
    return false;
}
