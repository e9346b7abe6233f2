/* xml_entities: HTML's named references in XML that declares none of them. Linear; never fails. */
#include "prepare.h"

#include <string.h>

enum { NAME_MAX = 40 }; /* HTML's longest has 31 letters */

static bool is_name_char(char c, bool first)
{
    char low = c | 0x20;
    if ((low >= 'a' && low <= 'z') || c == '_' || (unsigned char)c >= 0x80) return true;
    return !first && ((c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':');
}

/* The length of "&name;" at the head of s; 0: there is none, or it is one of XML's own five. */
static size_t named_reference(struct span s)
{
    static const char *const own[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    size_t i = 1;
    while (i < s.n && i <= NAME_MAX && is_name_char(s.p[i], i == 1)) i++;
    if (i == 1 || i >= s.n || s.p[i] != ';') return 0;
    struct span reference = span_cut(s, 0, i + 1);
    for (size_t k = 0; k < COUNT(own); k++)
        if (span_eq(reference, span_of(own[k]))) return 0;
    return i + 1;
}

static void put_reference(struct arena *a, struct buf *b, struct span reference)
{
    struct span meaning = entities_decode(a, reference);
    if (span_eq(meaning, reference)) {
        buf_lit(b, "&amp;");
        buf_put(b, span_cut(reference, 1, reference.n));
        return;
    }
    for (size_t i = 0; i < meaning.n; i++) {
        char c = meaning.p[i];
        if (c == '&')
            buf_lit(b, "&amp;");
        else if (c == '<')
            buf_lit(b, "&lt;");
        else if (c == '>')
            buf_lit(b, "&gt;");
        else if (c == '"')
            buf_lit(b, "&quot;");
        else if (c == '\'')
            buf_lit(b, "&apos;");
        else
            buf_char(b, c);
    }
}

/* Behind the DOCTYPE at the head of s: its ">" outside of quotes and of the internal subset. */
static size_t doctype_length(struct span s)
{
    char quote = 0;
    bool inside = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (quote) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '[' || c == ']') {
            inside = c == '[';
        } else if (c == '>' && !inside) {
            return i + 1;
        }
    }
    return s.n;
}

/* How much at the head of s, which begins with "<", is to be left as it stands. */
static size_t verbatim_length(struct span s)
{
    static const struct {
        struct span open, close;
    } kinds[] = {{{"<!--", 4}, {"-->", 3}}, {{"<![CDATA[", 9}, {"]]>", 3}}, {{"<?", 2}, {"?>", 2}}};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (!span_starts(s, kinds[i].open)) continue;
        ptrdiff_t end = span_find(s, kinds[i].close);
        return end < 0 ? s.n : (size_t)end + kinds[i].close.n;
    }
    return span_starts(s, S("<!DOCTYPE")) ? doctype_length(s) : 1;
}

static bool has_named_reference(struct span s)
{
    for (ptrdiff_t at; (at = span_find_char(s, '&')) >= 0; s = span_cut(s, 1, s.n)) {
        s = span_cut(s, (size_t)at, s.n);
        if (named_reference(s)) return true;
    }
    return false;
}

struct span xml_name_entities(struct arena *a, struct span s)
{
    struct buf b;
    if (!has_named_reference(s)) return s;
    buf_init(&b, a, 0);
    for (size_t i = 0, n; i < s.n; i += n) {
        struct span rest = span_cut(s, i, s.n);
        if (*rest.p == '<') {
            n = verbatim_length(rest);
            buf_put(&b, span_cut(rest, 0, n));
        } else if (*rest.p == '&' && (n = named_reference(rest)) > 0) {
            put_reference(a, &b, span_cut(rest, 0, n));
        } else {
            n = 1;
            while (n < rest.n && rest.p[n] != '<' && rest.p[n] != '&') n++;
            buf_put(&b, span_cut(rest, 0, n));
        }
    }
    return buf_span(&b);
}
