/* pack: binary fields, little-endian. Writing goes on in a buf; reading is bounded by the message
 * and sticky: after the first short field everything reads as zero and bad is set. Never fatal. */
#include "base.h"

static void put_le(struct buf *b, uint64_t v, size_t bytes)
{
    char le[8];
    for (size_t i = 0; i < bytes; i++) le[i] = (char)(v >> (8 * i));
    buf_put(b, (struct span){le, bytes});
}

void put_u8(struct buf *b, uint8_t v)
{
    put_le(b, v, 1);
}

void put_u32(struct buf *b, uint32_t v)
{
    put_le(b, v, 4);
}

void put_u64(struct buf *b, uint64_t v)
{
    put_le(b, v, 8);
}

void put_span(struct buf *b, struct span s)
{
    must(s.n <= UINT32_MAX);
    put_u32(b, (uint32_t)s.n);
    buf_put(b, s);
}

struct take take_of(struct span s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    return (struct take){p, p ? p + s.n : NULL, false};
}

/* The next n bytes, or NULL and bad. */
static const unsigned char *take_bytes(struct take *t, size_t n)
{
    if (t->bad || (size_t)(t->end - t->p) < n) {
        t->bad = true;
        return NULL;
    }
    const unsigned char *p = t->p;
    t->p = n ? t->p + n : t->p;
    return p;
}

static uint64_t take_le(struct take *t, size_t bytes)
{
    const unsigned char *p = take_bytes(t, bytes);
    uint64_t v = 0;
    for (size_t i = 0; p && i < bytes; i++) v |= (uint64_t)p[i] << (8 * i);
    return v;
}

uint8_t take_u8(struct take *t)
{
    return (uint8_t)take_le(t, 1);
}

uint32_t take_u32(struct take *t)
{
    return (uint32_t)take_le(t, 4);
}

uint64_t take_u64(struct take *t)
{
    return take_le(t, 8);
}

struct span take_span(struct take *t)
{
    uint32_t n = take_u32(t);
    const unsigned char *p = take_bytes(t, n);
    return t->bad ? (struct span){NULL, 0} : (struct span){(const char *)p, n};
}

bool take_done(const struct take *t)
{
    return !t->bad && t->p == t->end;
}
