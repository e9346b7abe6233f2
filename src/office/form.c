/* form.c: what a browser sends: forms (application/x-www-form-urlencoded), queries, cookies. Bad
 * bytes are refused, never mended. */
#include "visit.h"

bool form_read(struct arena *a, struct span encoded, struct form *out)
{
    struct span pair;
    *out = (struct form){0};
    while (encoded.n && span_next(&encoded, '&', &pair)) {
        if (!pair.n) continue;
        if (out->count == FORM_FIELDS_MAX) return false;
        ptrdiff_t eq = span_find_char(pair, '=');
        struct span name = eq < 0 ? pair : span_cut(pair, 0, (size_t)eq);
        struct span value = eq < 0 ? S("") : span_cut(pair, (size_t)eq + 1, pair.n);
        size_t i = out->count;
        if (!url_unescape(a, name, true, &out->names[i]) ||
            !url_unescape(a, value, true, &out->values[i]))
            return false;
        for (size_t k = 0; k < i; k++)
            if (span_eq(out->names[k], out->names[i])) return false; /* which one was meant? */
        out->count++;
    }
    return true;
}

struct span form_get(const struct form *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (span_eq(f->names[i], span_of(name))) return f->values[i];
    return S("");
}

struct span cookie_get(struct span header, const char *name)
{
    struct span part;
    while (header.n && span_next(&header, ';', &part)) {
        part = span_trim(part);
        ptrdiff_t eq = span_find_char(part, '=');
        if (eq > 0 && span_eq(span_cut(part, 0, (size_t)eq), span_of(name)))
            return span_cut(part, (size_t)eq + 1, part.n);
    }
    return (struct span){NULL, 0};
}
