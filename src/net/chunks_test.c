/* The chunked coding: what it decodes, what it refuses, and that the cut of the bytes does not
 * matter. */
#include "net.h"
#include "tap.h"

struct row {
    const char *what, *bytes, *body;
    enum http_parse want;
};
static const struct row rows[] = {
    {"nothing", "0\r\n\r\n", "", HTTP_DONE},
    {"one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello", HTTP_DONE},
    {"two chunks, capital digits, zeros",
        "5\r\nhello\r\n00A\r\n wide worl\r\n1\r\nd\r\n000\r\n\r\n", "hello wide world", HTTP_DONE},
    {"extensions", "5;a;b=c;d=\"e \\\" ;\"\r\nhello\r\n0;z\r\n\r\n", "hello", HTTP_DONE},
    {"trailers", "1\r\na\r\n0\r\nVary: *\r\nX: y\tz\r\n\r\n", "a", HTTP_DONE},
    {"unfinished", "5\r\nhel", "hel", HTTP_MORE},
    {"no size", "\r\nhello", "", HTTP_BAD},
    {"a negative size", "-1\r\n", "", HTTP_BAD},
    {"0x", "0x5\r\nhello\r\n", "", HTTP_BAD},
    {"a size with a space", "5 \r\nhello\r\n", "", HTTP_BAD},
    {"a space before the size", " 5\r\nhello\r\n", "", HTTP_BAD},
    {"a size of 64 bits", "FFFFFFFFFFFFFFFF\r\n", "", HTTP_BAD},
    {"a size that wraps round", "100000000000000005\r\nhello", "", HTTP_BAD},
    {"LF alone after the size", "5\nhello\r\n0\r\n\r\n", "", HTTP_BAD},
    {"CR alone after the size", "5\rhello\r\n", "", HTTP_BAD},
    {"no CR LF after the data", "5\r\nhello0\r\n\r\n", "hello", HTTP_BAD},
    {"LF alone after the data", "5\r\nhello\n0\r\n\r\n", "hello", HTTP_BAD},
    {"an unclosed quotation", "5;a=\"b\r\nhello\r\n", "", HTTP_BAD},
    {"an empty extension", "5;\r\nhello\r\n", "", HTTP_BAD},
    {"an extension without value", "5;a=\r\nhello\r\n", "", HTTP_BAD},
    {"LF in an extension", "5;a\nb\r\nhello\r\n", "", HTTP_BAD},
    {"a folded trailer", "0\r\nA: b\r\n c\r\n\r\n", "", HTTP_BAD},
    {"a trailer without a colon", "0\r\nabc\r\n\r\n", "", HTTP_BAD},
    {"LF alone after the trailers", "0\r\nA: b\r\n\n", "", HTTP_BAD},
    {"LF alone in the end", "0\r\n\n", "", HTTP_BAD},
};

/* Feeds the bytes in pieces; the body goes to out. */
static enum http_parse feed(struct span bytes, size_t piece, struct buf *out, size_t *used_out)
{
    struct http_chunks c = {0};
    enum http_parse read = HTTP_MORE;
    *used_out = 0;
    while (read == HTTP_MORE && *used_out < bytes.n) {
        size_t n = bytes.n - *used_out < piece ? bytes.n - *used_out : piece, used, made;
        char *copy = malloc(n);
        memcpy(copy, bytes.p + *used_out, n);
        read = http_parse_chunks(&c, copy, n, &used, &made);
        buf_put(out, (struct span){copy, made});
        free(copy);
        *used_out += used;
    }
    must(c.total == out->n);
    return read;
}

static void test_rows(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct span bytes = span_of(rows[i].bytes);
        bool same = true;
        for (size_t piece = 1; piece <= bytes.n; piece++) {
            struct buf b;
            size_t used;
            buf_init(&b, NULL, 0);
            enum http_parse got = feed(bytes, piece, &b, &used);
            if (got != rows[i].want || !span_eq(buf_span(&b), span_of(rows[i].body)) ||
                (got == HTTP_DONE && used != bytes.n)) {
                printf("# in pieces of %zu: %d, \"%.*s\"\n", piece, (int)got, FMT(buf_span(&b)));
                same = false;
            }
            buf_free(&b);
        }
        check(same, "%s", rows[i].what);
    }
}

static void test_bounds(void)
{
    struct buf b, out;
    size_t used;
    buf_init(&b, NULL, 0);
    buf_init(&out, NULL, 0);
    buf_lit(&b, "1;");
    for (int i = 0; i < 4000; i++) buf_char(&b, 'x');
    check(
        feed(buf_span(&b), 100, &out, &used) == HTTP_BAD && used < 200, "an extension without end");
    b.n = 0;
    for (int i = 0; i < 4000; i++) buf_char(&b, '0');
    check(feed(buf_span(&b), 100, &out, &used) == HTTP_BAD && used < 200, "zeros without end");
    b.n = 0;
    buf_lit(&b, "0\r\n");
    for (int i = 0; i < 4000; i++) buf_lit(&b, "A: b\r\n");
    check(feed(buf_span(&b), 100, &out, &used) == HTTP_BAD && used < 5000, "trailers without end");
    b.n = 0;
    buf_lit(&b, "0\r\n\r\nGET /");
    check(feed(buf_span(&b), b.n, &out, &used) == HTTP_DONE && used == 5,
        "what follows is not touched");
    buf_free(&b);
    buf_free(&out);
}

int main(void)
{
    test_rows();
    test_bounds();
    return tap_end();
}
