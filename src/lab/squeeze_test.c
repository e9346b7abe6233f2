/* Compression there and back: here, where the decoders are. */
#include "press.h"
#include "tap.h"

#include <brotli/decode.h>
#include <libdeflate.h>

static char back[1 << 16];

static size_t gunzip(struct span s)
{
    size_t n = 0;
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    must(d != NULL);
    bool whole =
        libdeflate_gzip_decompress(d, s.p, s.n, back, sizeof back, &n) == LIBDEFLATE_SUCCESS;
    libdeflate_free_decompressor(d);
    return whole ? n : 0;
}

static size_t unbrotli(struct span s)
{
    size_t n = sizeof back;
    bool whole = BrotliDecoderDecompress(s.n, (const uint8_t *)s.p, &n, (uint8_t *)back) ==
                 BROTLI_DECODER_RESULT_SUCCESS;
    return whole ? n : 0;
}

static void test_coding(struct arena *a, enum coding c, const char *name)
{
    struct buf b;
    char noise[4096];
    buf_init(&b, a, 0);
    for (int i = 0; i < 300; i++) buf_printf(&b, "<p>Ferry %d left the quay at dawn.</p>\n", i * i);
    struct span body = buf_span(&b), made = press_squeeze(a, c, body);
    size_t n = c == CODING_GZIP ? gunzip(made) : unbrotli(made);
    check(made.n && made.n < body.n, "%s: smaller", name);
    check(n == body.n && !memcmp(back, body.p, n), "%s: and the same when undone", name);
    random_bytes(noise, sizeof noise);
    check(press_squeeze(a, c, (struct span){noise, sizeof noise}).n == 0, "%s: not noise", name);
    check(press_squeeze(a, c, S("")).n == 0, "%s: nothing gives nothing", name);
}

int main(void)
{
    struct arena *a = arena_new(64 << 20);
    test_coding(a, CODING_GZIP, "gzip");
    test_coding(a, CODING_BROTLI, "brotli");
    check(press_squeeze(a, CODING_PLAIN, S("plain")).n == 0, "plain is no coding");
    arena_free(a);
    return tap_end();
}
