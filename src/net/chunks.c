/* net/chunks: the chunked transfer coding (RFC 9112 section 7.1), decoded in place, strictly.
 * Owns the grammar of chunk lines and trailers. Extensions and trailers are checked, bounded and
 * dropped: nothing reads them. White space in a chunk line is refused (the grammar's "bad white
 * space" is where readers differ). Nothing here is fatal. */
#include "net_inside.h"

#include <string.h>

enum {
    CHUNK_LINE_MAX = 128,   /* a size and an extension or two; nobody honest sends more */
    CHUNK_MAX = 1 << 30,    /* one chunk; whole bodies are bounded by the caller */
    TRAILERS_MAX = 4 << 10, /* bytes of trailer fields */
};

enum state {
    SIZE_FIRST,
    SIZE,
    EXT_NAME_FIRST,
    EXT_NAME,
    EXT_VALUE_FIRST,
    EXT_VALUE,
    EXT_QUOTED,
    EXT_ESCAPED,
    EXT_END,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_FIRST,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    END_LF,
    FINISHED,
    BROKEN,
};

static int hex(unsigned char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static bool is_text(unsigned char c)
{
    return c == '\t' || (c >= 0x20 && c != 0x7f);
}

/* What may follow a size, an extension's name or its value. */
static enum state after_item(unsigned char c)
{
    return c == ';' ? EXT_NAME_FIRST : c == '\r' ? SIZE_LF : BROKEN;
}

static enum state size_next(struct http_chunks *c, unsigned char b)
{
    int digit = hex(b);
    if (digit < 0) return c->state == SIZE ? after_item(b) : BROKEN;
    c->left = c->left * 16 + (unsigned)digit;
    return c->left > CHUNK_MAX ? BROKEN : SIZE;
}

static enum state extension_next(enum state s, unsigned char b)
{
    switch (s) {
    case EXT_NAME_FIRST: return net_is_token(b) ? EXT_NAME : BROKEN;
    case EXT_NAME: return net_is_token(b) ? EXT_NAME : b == '=' ? EXT_VALUE_FIRST : after_item(b);
    case EXT_VALUE_FIRST: return b == '"' ? EXT_QUOTED : net_is_token(b) ? EXT_VALUE : BROKEN;
    case EXT_VALUE: return net_is_token(b) ? EXT_VALUE : after_item(b);
    case EXT_QUOTED:
        return b == '"' ? EXT_END : b == '\\' ? EXT_ESCAPED : is_text(b) ? EXT_QUOTED : BROKEN;
    case EXT_ESCAPED: return is_text(b) ? EXT_QUOTED : BROKEN;
    default: return after_item(b);
    }
}

static enum state trailer_next(enum state s, unsigned char b)
{
    switch (s) {
    case TRAILER_FIRST: return b == '\r' ? END_LF : net_is_token(b) ? TRAILER_NAME : BROKEN;
    case TRAILER_NAME: return net_is_token(b) ? TRAILER_NAME : b == ':' ? TRAILER_VALUE : BROKEN;
    case TRAILER_VALUE: return b == '\r' ? TRAILER_LF : is_text(b) ? TRAILER_VALUE : BROKEN;
    case TRAILER_LF: return b == '\n' ? TRAILER_FIRST : BROKEN;
    default: return b == '\n' ? FINISHED : BROKEN;
    }
}

static enum state line_next(struct http_chunks *c, unsigned char b)
{
    enum state s = (enum state)c->state;
    if (s <= SIZE) return size_next(c, b);
    if (s <= EXT_END) return extension_next(s, b);
    if (s == SIZE_LF) {
        if (b != '\n') return BROKEN;
        c->line_bytes = 0;
        return c->left ? DATA : TRAILER_FIRST;
    }
    if (s == DATA_CR) return b == '\r' ? DATA_LF : BROKEN;
    if (s == DATA_LF) {
        c->line_bytes = 0;
        return b == '\n' ? SIZE_FIRST : BROKEN;
    }
    return trailer_next(s, b);
}

enum http_parse http_parse_chunks(
    struct http_chunks *c, char *p, size_t n, size_t *used_out, size_t *made_out)
{
    size_t used = 0, made = 0;
    while (used < n && c->state != FINISHED && c->state != BROKEN) {
        if (c->state == DATA) {
            size_t take = n - used < c->left ? n - used : (size_t)c->left;
            memmove(p + made, p + used, take);
            made += take;
            used += take;
            c->left -= take;
            c->total += take;
            if (c->left == 0) c->state = DATA_CR;
            continue;
        }
        c->state = (int)line_next(c, (unsigned char)p[used++]);
        uint32_t most = c->state >= TRAILER_FIRST ? TRAILERS_MAX : CHUNK_LINE_MAX;
        if (++c->line_bytes > most) c->state = BROKEN;
    }
    *used_out = used;
    *made_out = made;
    return c->state == FINISHED ? HTTP_DONE : c->state == BROKEN ? HTTP_BAD : HTTP_MORE;
}
