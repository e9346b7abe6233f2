/* html_raw: where text ends that is no markup: of titles and text areas, of styles, of scripts
 * (WHATWG HTML 13.2.5.2 to 13.2.5.5, 13.2.5.9 to 13.2.5.31). */
#include "html_tokens.h"

/* Does "</name" stand at i, ended as a name ends? */
static bool is_raw_end(const struct html_tokens *t, size_t i)
{
    struct span rest = span_cut(t->in, i, t->in.n);
    size_t n = t->raw_name.n;
    if (rest.n < n + 3 || rest.p[1] != '/') return false;
    char next = rest.p[n + 2];
    return span_eq_nocase(span_cut(rest, 2, n + 2), t->raw_name) &&
           (html_is_space(next) || next == '/' || next == '>');
}

static bool script_name_at(struct span s, size_t i)
{
    struct span rest = span_cut(s, i, s.n);
    return span_starts_nocase(rest, S("script")) && rest.n > 6 &&
           (html_is_space(rest.p[6]) || rest.p[6] == '/' || rest.p[6] == '>');
}

/* Where a script's text ends: inside "<!-- … -->" a "<script …>" hides one "</script>" behind it.
 */
static size_t script_end(const struct html_tokens *t)
{
    struct span s = t->in;
    enum { PLAIN, ESCAPED, DOUBLY } state = PLAIN;
    for (size_t i = t->at; i < s.n; i++) {
        struct span rest = span_cut(s, i, s.n);
        if (s.p[i] == '-' && state != PLAIN && span_starts(rest, S("-->"))) state = PLAIN;
        if (s.p[i] != '<') continue;
        bool closing = i + 1 < s.n && s.p[i + 1] == '/';
        if (state == DOUBLY && closing && script_name_at(s, i + 2))
            state = ESCAPED;
        else if (state != DOUBLY && is_raw_end(t, i))
            return i;
        else if (state == ESCAPED && script_name_at(s, i + 1))
            state = DOUBLY;
        else if (state == PLAIN && span_starts(rest, S("<!--"))) {
            state = ESCAPED;
            i += 1; /* "<!-->" closes with the dashes that opened */
        }
    }
    return s.n;
}

size_t html_raw_end(const struct html_tokens *t)
{
    if (t->mode == HTML_SCRIPT) return script_end(t);
    if (t->mode == HTML_CDATA) {
        ptrdiff_t end = span_find(span_cut(t->in, t->at, t->in.n), S("]]>"));
        return end < 0 ? t->in.n : t->at + (size_t)end;
    }
    if (t->mode == HTML_PLAINTEXT) return t->in.n;
    for (size_t i = t->at; i < t->in.n; i++) {
        ptrdiff_t next = span_find_char(span_cut(t->in, i, t->in.n), '<');
        if (next < 0) break;
        i += (size_t)next;
        if (is_raw_end(t, i)) return i;
    }
    return t->in.n;
}
