/* entities: HTML's character references (WHATWG HTML 13.2.5.72 to 13.2.5.80), named and numeric.
 * Owns: the decoding, in text and in attribute values. Never fails: what is no reference stays as
 * it stands. Linear: a name is at most ENTITY_NAME_MAX letters, and only the short legacy names are
 * tried as prefixes. */
#include "entities.h"

#include <string.h>

#include "entities_table.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static const struct entity *entity_find(struct span name)
{
    size_t low = 0, high = COUNT(entities);
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strncmp(entities[mid].name, name.p, name.n);
        if (order == 0 && entities[mid].name[name.n] == '\0') return &entities[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* HTML 13.2.5.80: what a numeric reference to these code points means in every browser. */
static uint32_t numeric_meaning(uint32_t c)
{
    static const uint16_t c1[32] = {0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C,
        0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E,
        0x0178};
    if (c >= 0x80 && c < 0xA0) return c1[c - 0x80];
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0xFFFD;
    return c;
}

static int digit_value(char c, bool hex)
{
    if (is_digit(c)) return c - '0';
    char low = (char)(c | 0x20);
    return hex && low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* s begins with "&#". Returns the bytes used up; 0: no reference. */
static size_t numeric_put(struct buf *b, struct span s)
{
    size_t i = 2;
    bool hex = i < s.n && (s.p[i] | 0x20) == 'x';
    if (hex) i++;
    size_t first = i;
    uint32_t c = 0;
    for (int v; i < s.n && (v = digit_value(s.p[i], hex)) >= 0; i++) {
        if (c <= 0x10FFFF) c = c * (hex ? 16 : 10) + (uint32_t)v;
    }
    if (i == first) return 0;
    if (i < s.n && s.p[i] == ';') i++;
    buf_utf8(b, numeric_meaning(c));
    return i;
}

/* s begins with "&". Returns the bytes used up; 0: no reference. */
static size_t named_put(struct buf *b, struct span s, bool in_attribute)
{
    size_t n = 0;
    while (n < ENTITY_NAME_MAX && n + 1 < s.n && is_alnum(s.p[n + 1])) n++;
    if (n == 0) return 0;
    if (n + 1 < s.n && s.p[n + 1] == ';') {
        const struct entity *e = entity_find((struct span){s.p + 1, n});
        if (e) {
            buf_str(b, e->utf8);
            return n + 2;
        }
    }
    for (size_t k = n < ENTITY_LEGACY_MAX ? n : ENTITY_LEGACY_MAX; k > 1; k--) {
        const struct entity *e = entity_find((struct span){s.p + 1, k});
        if (!e || !e->legacy) continue;
        char next = k + 1 < s.n ? s.p[k + 1] : '\0';
        if (in_attribute && (next == '=' || is_alnum(next))) return 0;
        buf_str(b, e->utf8);
        return k + 1;
    }
    return 0;
}

void entities_put(struct buf *b, struct span s, bool in_attribute)
{
    while (s.n > 0) {
        ptrdiff_t at = span_find_char(s, '&');
        if (at < 0) break;
        buf_put(b, span_cut(s, 0, (size_t)at));
        s = span_cut(s, (size_t)at, s.n);
        size_t used = s.n > 1 && s.p[1] == '#' ? numeric_put(b, s) : named_put(b, s, in_attribute);
        if (used == 0) {
            buf_char(b, '&');
            used = 1;
        }
        s = span_cut(s, used, s.n);
    }
    buf_put(b, s);
}

struct span entities_decode(struct arena *a, struct span s)
{
    if (span_find_char(s, '&') < 0) return s;
    struct buf b;
    buf_init(&b, a, 0);
    entities_put(&b, s, false);
    return buf_span(&b);
}
