/* utf8: reading UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above
 * U+10FFFF. Never allocates, never fails. */
#include "base.h"

#include <string.h>

/* The length of the well-formed sequence at p, and its code point; 0: it is broken. */
static size_t sequence(const unsigned char *p, size_t left, uint32_t *code_out)
{
    uint32_t c = p[0];
    *code_out = c;
    if (c < 0x80) return 1;
    if (c < 0xC2 || c > 0xF4) return 0;
    size_t n = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (left < n) return 0;
    c &= 0x7Fu >> n;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        c = c << 6 | (p[i] & 0x3F);
    }
    if ((n == 3 && c < 0x800) || (n == 4 && c < 0x10000)) return 0;
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0;
    *code_out = c;
    return n;
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
            uint32_t c;
            size_t n = sequence(p + i, s.n - i, &c);
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
