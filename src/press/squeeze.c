/* squeeze: bodies compressed at publishing speed: once for every change, sent many times. Owns the
 * levels. Per call, nothing is kept between calls: any thread may come. Never fatal for input. */
#include "press.h"

#include <brotli/encode.h>
#include <libdeflate.h>

enum {
    GZIP_LEVEL =
        6, /* of libdeflate's 12: 0.2 ms for a page; 9 saves 1 % and takes three times as long */
    BROTLI_QUALITY = 5, /* of 11: the first with long matches; above it milliseconds a page */
};

/* One byte less than the body has: what is not smaller does not fit. */
static struct span squeeze_gzip(char *room, size_t n, struct span body)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(GZIP_LEVEL);
    must(c != NULL);
    size_t made = libdeflate_gzip_compress(c, body.p, body.n, room, n);
    libdeflate_free_compressor(c);
    return (struct span){room, made};
}

static struct span squeeze_brotli(char *room, size_t n, struct span body)
{
    size_t made = n;
    bool fits = BrotliEncoderCompress(BROTLI_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT,
        body.n, (const uint8_t *)body.p, &made, (uint8_t *)room);
    return (struct span){room, fits ? made : 0};
}

struct span press_squeeze(struct arena *a, enum coding c, struct span body)
{
    if (body.n < 2 || c == CODING_PLAIN) return S("");
    char *room = arena_alloc(a, body.n);
    struct span made = c == CODING_GZIP ? squeeze_gzip(room, body.n - 1, body)
                                        : squeeze_brotli(room, body.n - 1, body);
    return made.n ? made : S("");
}
