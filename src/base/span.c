/* span: looking at bytes that somebody else owns, and the names of results.
 * Never allocates, never fails; must_failed is the one place where our own bugs end. */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *result_name(enum result r)
{
    static const char *const names[] = {"ok", "input/output error", "full", "busy", "absent",
        "denied", "corrupt", "written by a newer version", "closed", "the ledger is damaged"};
    return (size_t)r < COUNT(names) ? names[r] : "unknown result";
}

void must_failed(const char *what, const char *file, int line)
{
    char text[512];
    int n = snprintf(text, sizeof text, "broadsheet: a bug: must(%s) at %s:%d\n", what, file, line);
    if (n > (int)sizeof text) n = sizeof text;
    ssize_t ignored = n > 0 ? write(2, text, (size_t)n) : 0;
    (void)ignored;
    abort();
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

int span_cmp(struct span a, struct span b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool span_starts_nocase(struct span s, struct span prefix)
{
    if (s.n < prefix.n) return false;
    for (size_t i = 0; i < prefix.n; i++)
        if (lower(s.p[i]) != lower(prefix.p[i])) return false;
    return true;
}

bool span_ends(struct span s, struct span suffix)
{
    return s.n >= suffix.n && span_starts(span_cut(s, s.n - suffix.n, s.n), suffix);
}

/* How many bytes the white space at the head (or tail) of s takes; 0: there is none. */
static size_t white_head(struct span s)
{
    if (s.n && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r'))) return 1;
    return span_starts(s, S("\xC2\xA0")) ? 2 : 0;
}

static size_t white_tail(struct span s)
{
    if (s.n && (s.p[s.n - 1] == ' ' || (s.p[s.n - 1] >= '\t' && s.p[s.n - 1] <= '\r'))) return 1;
    return span_ends(s, S("\xC2\xA0")) ? 2 : 0;
}

struct span span_trim(struct span s)
{
    for (size_t w; (w = white_head(s)) > 0;) s = span_cut(s, w, s.n);
    for (size_t w; (w = white_tail(s)) > 0;) s.n -= w;
    return s;
}

ptrdiff_t span_find(struct span s, struct span needle)
{
    if (needle.n == 0) return 0;
    if (s.n < needle.n) return -1;
    const char *at = memmem(s.p, s.n, needle.p, needle.n);
    return at ? at - s.p : -1;
}

ptrdiff_t span_find_nocase(struct span s, struct span needle)
{
    char first = needle.n ? lower(needle.p[0]) : '\0';
    for (size_t i = 0; i + needle.n <= s.n; i++)
        if (!needle.n ||
            (lower(s.p[i]) == first && span_starts_nocase((struct span){s.p + i, s.n - i}, needle)))
            return (ptrdiff_t)i;
    return -1;
}

ptrdiff_t span_find_char(struct span s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

bool span_next(struct span *rest, char sep, struct span *part_out)
{
    if (!rest->p) return false;
    ptrdiff_t at = span_find_char(*rest, sep);
    if (at < 0) {
        *part_out = *rest;
        *rest = (struct span){NULL, 0};
    } else {
        *part_out = span_cut(*rest, 0, (size_t)at);
        *rest = span_cut(*rest, (size_t)at + 1, rest->n);
    }
    return true;
}

bool span_to_u64(struct span s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.n == 0) return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        if (__builtin_mul_overflow(v, 10u, &v)) return false;
        if (__builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v)) return false;
    }
    *out = v;
    return true;
}

uint64_t env_u64(const char *name)
{
    const char *text = getenv(name);
    uint64_t n;
    return text && span_to_u64(span_of(text), &n) ? n : 0;
}

bool span_to_i64(struct span s, int64_t *out)
{
    bool minus = s.n && s.p[0] == '-';
    uint64_t v;
    if (!span_to_u64(span_cut(s, minus ? 1 : 0, s.n), &v)) return false;
    if (v > (uint64_t)INT64_MAX + (minus ? 1 : 0)) return false;
    *out = minus ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}
