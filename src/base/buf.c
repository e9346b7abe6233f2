/* buf: bytes being written, in an arena or by malloc. Over its bound it keeps what it has and
 * raises its sticky flag. Fatal: no memory. */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 256 };

void buf_init(struct buf *b, struct arena *a, size_t max_bytes)
{
    *b = (struct buf){.a = a, .max = max_bytes};
}

void buf_free(struct buf *b)
{
    if (!b->a) free(b->p);
    *b = (struct buf){.a = b->a, .max = b->max};
}

/* Makes room for more bytes and a NUL; false and the flag, where the bound forbids. */
static bool room(struct buf *b, size_t more)
{
    if (b->full) return false;
    if (more > SIZE_MAX / 4 || b->n > SIZE_MAX / 4 || (b->max && b->n + more > b->max)) {
        b->full = true;
        return false;
    }
    if (b->n + more < b->cap) return true;
    size_t cap = b->cap ? b->cap * 2 : FIRST_BYTES;
    if (cap < b->n + more + 1) cap = b->n + more + 1;
    b->p = b->a ? arena_resize(b->a, b->p, b->cap, cap) : realloc(b->p, cap);
    must(b->p != NULL);
    b->cap = cap;
    return true;
}

void buf_put(struct buf *b, struct span s)
{
    if (s.n == 0 || !room(b, s.n)) return;
    memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
}

void buf_str(struct buf *b, const char *cstr)
{
    buf_put(b, span_of(cstr));
}

void buf_char_grow(struct buf *b, char c)
{
    if (room(b, 1)) b->p[b->n++] = c;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap, again;
    must(fmt != NULL);
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    must(n >= 0);
    if (room(b, (size_t)n)) {
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void buf_u64(struct buf *b, uint64_t v)
{
    char digits[20];
    size_t i = sizeof digits;
    do digits[--i] = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    buf_put(b, (struct span){digits + i, sizeof digits - i});
}

void buf_utf8(struct buf *b, uint32_t c)
{
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = 0xFFFD;
    char u[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n; i-- > 1; c >>= 6) u[i] = (char)(0x80 | (c & 0x3F));
    u[0] = (char)(lead[n] | c);
    buf_put(b, (struct span){u, n});
}

struct span buf_span(const struct buf *b)
{
    if (!b->p) return S("");
    b->p[b->n] = '\0';
    return (struct span){b->p, b->n};
}
