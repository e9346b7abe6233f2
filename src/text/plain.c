/* plain: text as readers may see it: without controls, without tricks of direction, white space
 * folded; and folded for comparing. All memory comes from the arena; no system call. Never fails:
 * what is no UTF-8 becomes U+FFFD. */
#include "html_chars.h"

#include <utf8proc.h>

enum {
    MARKS_MAX =
        30, /* of one letter, as in UAX #15's stream-safe text: sorting longer runs is quadratic */
};

static bool is_forbidden(uint32_t c)
{
    if (c < 0x20) return c != '\t' && c != '\n';
    if (c >= 0x7F && c < 0xA0) return true;
    if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)) return true;
    return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

struct span text_plain(struct arena *a, struct span s)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        while (i + 8 <= s.n && html_eight_print(html_eight(s, i))) i += 8;
        while (i < s.n && s.p[i] >= ' ' && s.p[i] < 0x7F) i++;
        buf_put(&b, span_cut(s, from, i));
        if (i == s.n) break;
        uint32_t c = utf8_next(s, &i);
        if (!is_forbidden(c)) buf_utf8(&b, c);
    }
    return buf_span(&b);
}

static bool is_white(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0;
}

struct span text_fold(struct arena *a, struct span s)
{
    struct buf b;
    if (html_is_run(s)) return arena_keep(a, s);
    buf_init(&b, a, s.n);
    for (size_t i = 0; i < s.n;) {
        size_t from = i, until = i;
        while (i < s.n && !is_white(utf8_next(s, &i))) until = i = html_run_end(s, i);
        if (until == from) continue;
        if (b.n) buf_char(&b, ' ');
        buf_put(&b, span_cut(s, from, until));
    }
    return buf_span(&b);
}

bool text_is_rtl(struct span s)
{
    for (size_t i = 0; i < s.n;) {
        const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)utf8_next(s, &i));
        if (p->bidi_class == UTF8PROC_BIDI_CLASS_L) return false;
        if (p->bidi_class == UTF8PROC_BIDI_CLASS_R || p->bidi_class == UTF8PROC_BIDI_CLASS_AL)
            return true;
    }
    return false;
}

/* s with at most MARKS_MAX combining marks in a row, and no byte that is not UTF-8. */
static struct span stream_safe(struct arena *a, struct span s)
{
    struct buf b;
    size_t marks = 0;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        bool mark = utf8proc_get_property((utf8proc_int32_t)c)->combining_class != 0;
        marks = mark ? marks + 1 : 0;
        if (marks <= MARKS_MAX) buf_utf8(&b, c);
    }
    return buf_span(&b);
}

static bool is_ascii(struct span s)
{
    unsigned char all = 0;
    for (size_t i = 0; i < s.n; i++) all |= (unsigned char)s.p[i];
    return all < 0x80;
}

static struct span lower_ascii(struct arena *a, struct span s)
{
    char *p = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    return (struct span){p, s.n};
}

struct span text_casefold(struct arena *a, struct span s)
{
    const utf8proc_option_t how =
        UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
    s = text_fold(a, s);
    if (is_ascii(s)) return lower_ascii(a, s);
    s = stream_safe(a, s);
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s.p;
    utf8proc_ssize_t n = utf8proc_decompose(p, (utf8proc_ssize_t)s.n, NULL, 0, how);
    must(n >= 0);
    /* One more, for the NUL of utf8proc_reencode. */
    utf8proc_int32_t *points = ARENA_ARRAY(a, utf8proc_int32_t, n + 1);
    must(utf8proc_decompose(p, (utf8proc_ssize_t)s.n, points, n, how) == n);
    utf8proc_ssize_t bytes = utf8proc_reencode(points, n, how);
    must(bytes >= 0);
    return text_fold(a, (struct span){(const char *)points, (size_t)bytes});
}
