/* utf8: reading UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above
 * U+10FFFF. Never allocates, never fails. */
#include "base.h"

#include <string.h>

static bool is_tail(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* The length of the well-formed sequence at p, and its code point; 0: it is broken. */
static size_t sequence(const unsigned char *p, size_t left, uint32_t *code_out)
{
    uint32_t c = *code_out = p[0];
    if (c < 0x80) return 1;
    if (c < 0xC2 || c > 0xF4 || left < 2 || !is_tail(p[1])) return 0;
    if (c < 0xE0) {
        *code_out = (c & 0x1F) << 6 | (p[1] & 0x3Fu);
        return 2;
    }
    if (left < 3 || !is_tail(p[2])) return 0;
    if (c < 0xF0) {
        c = (c & 0x0F) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
        *code_out = c;
        return c < 0x800 || (c >= 0xD800 && c <= 0xDFFF) ? 0 : 3;
    }
    if (left < 4 || !is_tail(p[3])) return 0;
    c = (c & 0x07) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
    *code_out = c;
    return c < 0x10000 || c > 0x10FFFF ? 0 : 4;
}

/* The length of the well-formed sequence at p, which is none of ASCII; 0: it is broken. Most have
 * two or three bytes that any tails may follow. */
static size_t tails_hold(const unsigned char *p, size_t left)
{
    uint32_t c;
    if (left >= 2 && p[0] >= 0xC2 && p[0] < 0xE0) return is_tail(p[1]) ? 2 : 0;
    if (left >= 3 && p[0] > 0xE0 && p[0] < 0xF0 && p[0] != 0xED)
        return is_tail(p[1]) && is_tail(p[2]) ? 3 : 0;
    return sequence(p, left, &c);
}

bool utf8_valid(struct span s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;
    while (i < s.n) {
        uint64_t eight;
        if (s.n - i >= 8 && (memcpy(&eight, p + i, 8), (eight & 0x8080808080808080u) == 0)) {
            i += 8;
            continue;
        }
        while (i < s.n && p[i] < 0x80) i++;
        while (i < s.n && p[i] >= 0x80) {
            size_t n = tails_hold(p + i, s.n - i);
            if (n == 0) return false;
            i += n;
        }
    }
    return true;
}

uint32_t utf8_next_long(struct span s, size_t *i)
{
    must(*i < s.n);
    uint32_t c;
    size_t n = sequence((const unsigned char *)s.p + *i, s.n - *i, &c);
    *i += n ? n : 1;
    return n ? c : 0xFFFD;
}

size_t utf8_count(struct span s)
{
    size_t points = 0;
    for (size_t i = 0; i < s.n; points++) utf8_next(s, &i);
    return points;
}

struct span utf8_head(struct span s, size_t points)
{
    size_t i = 0;
    while (i < s.n && points-- > 0) utf8_next(s, &i);
    return span_cut(s, 0, i);
}
