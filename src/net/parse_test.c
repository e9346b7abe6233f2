/* The head parser: what is a request, what is not, and that it says so for every way the bytes may
 * be cut. */
#include "net.h"
#include "tap.h"

static struct http_head head; /* 2 KB: not on every stack */

struct row {
    const char *what, *bytes;
    enum http_parse want;
    int status;
};

static const struct row rows[] = {
    {"the shortest", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_DONE, 0},
    {"an empty line before", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_DONE, 0},
    {"many empty lines before", "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"HTTP/1.0 needs no Host", "GET / HTTP/1.0\r\n\r\n", HTTP_DONE, 0},
    {"HTTP/1.1 needs a Host", "GET / HTTP/1.1\r\n\r\n", HTTP_BAD, 400},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", HTTP_BAD, 400},
    {"a Host that is none", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", HTTP_BAD, 400},
    {"a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", HTTP_BAD, 400},
    {"a Host with a bad port", "GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n", HTTP_BAD, 400},
    {"an IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", HTTP_DONE, 0},
    {"an unclosed IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", HTTP_BAD, 400},
    {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", HTTP_DONE, 0},
    {"HTTP/0.9", "GET /\r\n", HTTP_BAD, 400},
    {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", HTTP_BAD, 505},
    {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", HTTP_BAD, 505},
    {"another protocol", "GET / ICE/1.0\r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"lower case", "GET / http/1.1\r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"a space at the end", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"a tab", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"bare LF in the line", "GET / HTTP/1.1\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"bare LF in a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", HTTP_BAD, 400},
    {"bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", HTTP_BAD, 400},
    {"bare CR in a field", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", HTTP_BAD, 400},
    {"folding", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", HTTP_BAD, 400},
    {"white space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", HTTP_BAD, 400},
    {"white space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", HTTP_BAD, 400},
    {"no field name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", HTTP_BAD, 400},
    {"no colon", "GET / HTTP/1.1\r\nHost: a\r\nabc\r\n\r\n", HTTP_BAD, 400},
    {"a form feed in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\fc\r\n\r\n", HTTP_BAD, 400},
    {"DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: 12345678b\177c\r\n\r\n", HTTP_BAD, 400},
    {"a tab in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: 12345678b\tc\td\r\n\r\n", HTTP_DONE, 0},
    {"high bytes in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \303\244\377\200\r\n\r\n", HTTP_DONE,
        0},
    {"a high byte in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\303: b\r\n\r\n", HTTP_BAD, 400},
    {"a high byte in the target", "GET /\303\244 HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"a fragment in the target", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"a target without a slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"an absolute target", "GET http://b/c?d HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_DONE, 0},
    {"an absolute target without a path", "GET http://b:1?d HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_DONE,
        0},
    {"an absolute target with a user", "GET http://u@b/ HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_BAD,
        400},
    {"an absolute target without a host", "GET http:///c HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_BAD,
        400},
    {"another scheme", "GET ftp://b/c HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_DONE, 0},
    {"GET *", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_DONE, 0},
    {"a method with a bad letter", "GE\"T / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_BAD, 400},
    {"a length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 003\r\n\r\n", HTTP_DONE, 0},
    {"an empty length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", HTTP_BAD, 400},
    {"a signed length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", HTTP_BAD, 400},
    {"a list of lengths", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n", HTTP_BAD,
        400},
    {"a hexadecimal length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\n", HTTP_BAD,
        400},
    {"two lengths", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
        HTTP_BAD, 400},
    {"a length beyond bounds",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\n", HTTP_BAD, 400},
    {"chunked", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", HTTP_DONE, 0},
    {"another coding", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        HTTP_BAD, 501},
    {"no coding", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", HTTP_BAD, 501},
    {"two codings",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
        "chunked\r\n\r\n",
        HTTP_BAD, 400},
    {"length and coding",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        HTTP_BAD, 400},
    {"coding and length",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\nContent-Length: 3\r\n\r\n", HTTP_BAD,
        400},
    {"chunked in HTTP/1.0", "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_BAD, 400},
    {"an unknown expectation", "PUT / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\n\r\n", HTTP_BAD, 417},
    {"two content types",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n", HTTP_BAD,
        400},
};

/* The same verdict however the bytes arrive: a prefix asks for more, or is refused as the whole is.
 */
static bool agrees_when_cut(struct span bytes, enum http_parse want, int status)
{
    for (size_t n = 0; n < bytes.n; n++) {
        char *copy = malloc(n + 1); /* its own size, so that a look past the end is noticed */
        memcpy(copy, bytes.p, n);
        enum http_parse got = http_parse_head((struct span){copy, n}, &head);
        free(copy);
        if (got == HTTP_DONE ||
            (got == HTTP_BAD && (want != HTTP_BAD || head.bad_status != status))) {
            printf("# cut after %zu\n", n);
            return false;
        }
    }
    return true;
}

static void test_rows(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct span bytes = span_of(rows[i].bytes);
        enum http_parse got = http_parse_head(bytes, &head);
        check(got == rows[i].want && head.bad_status == rows[i].status, "%s (%d, %d %s)",
            rows[i].what, (int)got, head.bad_status, head.bad_why ? head.bad_why : "");
        check(
            agrees_when_cut(bytes, rows[i].want, rows[i].status), "%s, cut anywhere", rows[i].what);
    }
    check(http_parse_head(S("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"), &head) == HTTP_BAD,
        "NUL in a value");
    check(http_parse_head(S("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"), &head) == HTTP_BAD,
        "NUL in the target");
}

static void test_meaning(void)
{
    struct span text =
        S("POST http://News.example:80/a%20b/c?q=1?2 HTTP/1.1\r\nHost: other\r\nConnection: x, "
          "Close\r\n"
          "Content-Length: 12\r\nEmpty:\r\nSpaces: \t a b \t\r\nExpect: 100-Continue\r\n\r\nbody");
    check(http_parse_head(text, &head) == HTTP_DONE, "a full head");
    check(head.r.method == HTTP_POST, "its method");
    check_span(head.r.host, S("News.example:80"), "an absolute target's host wins");
    check_span(head.r.target, S("/a%20b/c?q=1?2"), "the target in origin form");
    check_span(head.r.path, S("/a%20b/c"), "the path");
    check_span(head.r.query, S("q=1?2"), "the query");
    check(head.r.has_query && !head.r.http10, "has a query, is no HTTP/1.0");
    check(head.content_length == 12 && head.has_length && !head.chunked, "its length");
    check(head.expects_continue && !head.keep_alive, "expects 100, does not stay");
    check(head.bytes == text.n - 4, "ends before the body");
    check(head.r.field_count == 6, "six fields");
    check_span(
        http_header(&head.r, "spaces"), S("a b"), "white space around a value is none of it");
    check(http_header(&head.r, "empty").p && http_header(&head.r, "empty").n == 0,
        "an empty field is there");
    check(http_header(&head.r, "absent").p == NULL, "an absent one is not");

    check(http_parse_head(S("GET /? HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), &head) ==
                  HTTP_DONE &&
              head.keep_alive,
        "HTTP/1.0 stays where it asks to");
    check(head.r.has_query && head.r.query.n == 0, "an empty query is one");
    check(http_parse_head(S("GET / HTTP/1.0\r\n\r\n"), &head) == HTTP_DONE && !head.keep_alive,
        "and else goes");
    check(http_parse_head(S("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n"), &head) == HTTP_DONE,
        "no path at all");
    check_span(head.r.path, S("/"), "is the root");
    check(http_parse_head(S("PURGE /x HTTP/1.1\r\nHost: a\r\n\r\n"), &head) == HTTP_DONE &&
              head.r.method == HTTP_OTHER,
        "an unknown method is passed on");
    check_span(head.r.method_text, S("PURGE"), "by name");
}

static struct span head_with(struct buf *b, size_t target, size_t fields, size_t value)
{
    b->n = 0;
    buf_lit(b, "GET /");
    for (size_t i = 1; i < target; i++) buf_char(b, 'a');
    buf_lit(b, " HTTP/1.1\r\nHost: a\r\n");
    for (size_t i = 1; i < fields; i++) {
        buf_printf(b, "X-%zu: ", i);
        for (size_t j = 0; j < value; j++) buf_char(b, 'v');
        buf_lit(b, "\r\n");
    }
    buf_lit(b, "\r\n");
    return buf_span(b);
}

static void test_limits(void)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    check(http_parse_head(head_with(&b, NET_TARGET_MAX, 1, 1), &head) == HTTP_DONE,
        "the longest target");
    check(http_parse_head(head_with(&b, NET_TARGET_MAX + 1, 1, 1), &head) == HTTP_BAD &&
              head.bad_status == 414,
        "one longer: 414");
    check(http_parse_head(head_with(&b, 1, NET_HEADERS_MAX, 1), &head) == HTTP_DONE,
        "the most fields");
    check(http_parse_head(head_with(&b, 1, NET_HEADERS_MAX + 1, 1), &head) == HTTP_BAD &&
              head.bad_status == 431,
        "one more: 431");
    check(http_parse_head(head_with(&b, 1, 3, NET_HEAD_MAX / 2), &head) == HTTP_BAD &&
              head.bad_status == 431,
        "too many bytes: 431");
    struct span most = head_with(&b, 1, 2, NET_HEAD_MAX - 45);
    check(most.n <= NET_HEAD_MAX && http_parse_head(most, &head) == HTTP_DONE,
        "the largest head (%zu bytes)", most.n);
    check(http_parse_head(span_cut(head_with(&b, 2 * NET_HEAD_MAX, 1, 1), 0, NET_HEAD_MAX),
              &head) == HTTP_BAD &&
              head.bad_status == 414,
        "a target without end: 414");
    buf_free(&b);
}

int main(void)
{
    test_rows();
    test_meaning();
    test_limits();
    return tap_end();
}
