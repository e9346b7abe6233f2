/* HTTP/2 by clients that mean no good: malformed lists of fields, floods, resets, small blocks that
 * unfold to much. Each is refused by itself or costs the client its connection, and the server
 * answers the next one. */
#include "h2_kit.h"

enum { FLOOD = 4000 };

static struct kit kit;
static char folder[] = "/tmp/net-test-XXXXXX", cert[64], key[64];
static _Atomic int handled;

static void handle(struct net_worker *w, struct http_request *r, void *with)
{
    (void)w, (void)with;
    struct http_reply reply = {.status = 200, .body = S("fine")};
    atomic_fetch_add(&handled, 1);
    http_reply(r, &reply);
}

/* ---- lists of fields ---- */
enum { RESET = 0 }; /* instead of a status: the stream is reset as malformed */

static const struct {
    const char *what;
    int want;
    const char *fields[20];
} lists[] = {
    {"Connection", RESET,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", "connection",
            "close"}},
    {"Transfer-Encoding", RESET,
        {":method", "POST", ":scheme", "https", ":authority", "x", ":path", "/",
            "transfer-encoding", "chunked"}},
    {"te other than trailers", RESET,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", "te", "gzip"}},
    {"a name in upper case", RESET,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", "Accept", "a"}},
    {"two :path", RESET,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", ":path", "/b"}},
    {"an unknown pseudo-field", RESET,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", ":x", "b"}},
    {"a pseudo-field after a field", RESET,
        {":method", "GET", ":scheme", "https", ":authority", "x", "accept", "a", ":path", "/"}},
    {"no :path", RESET, {":method", "GET", ":scheme", "https", ":authority", "x"}},
    {"no :method", RESET, {":scheme", "https", ":authority", "x", ":path", "/"}},
    {"no :scheme", RESET, {":method", "GET", ":authority", "x", ":path", "/"}},
    {"neither :authority nor Host", RESET, {":method", "GET", ":scheme", "https", ":path", "/"}},
    {"a path without a slash", RESET,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "a"}},
    {"an address for a path", RESET,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "https://x/"}},
    {"the same with a scheme of its own", 400,
        {":method", "GET", ":scheme", "ftp", ":authority", "x", ":path", "ftp://x/"}},
    {"a space in the path", RESET,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/ HTTP/1.1"}},
    {"a line end in the path", RESET,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/\r\nx:y"}},
    {"a space in the method", RESET,
        {":method", "GET /", ":scheme", "https", ":authority", "x", ":path", "/"}},
    {"a line end in a value", 400,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", "a", "b\r\nc: d"}},
    {"a colon in a name", 400,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", "a:b", "c"}},
    {"a control in a value", 400,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", "a", "b\x01"}},
    {"another Host than :authority", 400,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", "host", "y"}},
    {"a user in :authority", 400,
        {":method", "GET", ":scheme", "https", ":authority", "u@x", ":path", "/"}},
    {"a path in :authority", RESET,
        {":method", "GET", ":scheme", "https", ":authority", "x/y", ":path", "/"}},
    {"Content-Type twice", 400,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", "content-type", "a",
            "content-type", "a"}},
    {"Authorization twice", 400,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", "authorization",
            "a", "authorization", "b"}},
    {"Content-Length twice", RESET,
        {":method", "POST", ":scheme", "https", ":authority", "x", ":path", "/", "content-length",
            "0", "content-length", "0"}},
    {"Content-Length that is none", RESET,
        {":method", "POST", ":scheme", "https", ":authority", "x", ":path", "/", "content-length",
            "+1"}},
    {"Content-Length without a body", RESET,
        {":method", "POST", ":scheme", "https", ":authority", "x", ":path", "/", "content-length",
            "5"}},
    {"CONNECT", 400, {":method", "CONNECT", ":authority", "x:443"}},
    {"another expectation", 417,
        {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", "expect", "200"}},
    {"* for GET", RESET, {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "*"}},
};

static void test_lists(void)
{
    struct h2_peer p;
    int before = handled;
    for (size_t i = 0; i < COUNT(lists); i++) {
        if (i % 10 == 0) {
            if (i) h2_hang_up(&p);
            h2_dial(&p, &kit);
        }
        struct h2_answer *a = h2_ask_with(&p, lists[i].fields, S(""), false);
        h2_hear_all(&p);
        bool right = lists[i].want ? a->status == lists[i].want
                                   : a->status == 0 && a->why == NGHTTP2_PROTOCOL_ERROR;
        check(right && !p.ended, "%s: %d (status %d, closed with %u)", lists[i].what, lists[i].want,
            a->status, a->why);
    }
    check(handled == before, "none of them has reached the handler");
    check(h2_exchange(&p, "GET", "/", S(""))->status == 200, "and the connection stands");
    h2_hang_up(&p);
}

static void test_sizes(void)
{
    struct h2_peer p;
    static char text[NET_H2_UNFOLDED_BYTES_MAX + 1];
    static const char *fields[2 * NET_HEADERS_MAX + 32] = {
        ":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/"};
    h2_dial(&p, &kit);
    for (size_t i = 0; i < NET_HEADERS_MAX - 1; i++)
        fields[8 + 2 * i] = "a", fields[9 + 2 * i] = "b"; /* with Host: as many as may be */
    struct h2_answer *a = h2_ask_with(&p, fields, S(""), false);
    h2_hear_all(&p);
    check(a->status == 200, "as many fields as may be");
    fields[8 + 2 * (NET_HEADERS_MAX - 1)] = "a", fields[9 + 2 * (NET_HEADERS_MAX - 1)] = "b";
    a = h2_ask_with(&p, fields, S(""), false);
    h2_hear_all(&p);
    check(a->status == 431, "one more: 431");

    memset(text, 'a', sizeof text);
    text[0] = '/';
    const char *longer[] = {
        ":method", "GET", ":scheme", "https", ":authority", "x", ":path", text, NULL};
    text[NET_TARGET_MAX] = '\0';
    a = h2_ask_with(&p, longer, S(""), false);
    h2_hear_all(&p);
    check(a->status == 200, "a path as long as may be");
    text[NET_TARGET_MAX] = 'a', text[NET_TARGET_MAX + 1] = '\0';
    a = h2_ask_with(&p, longer, S(""), false);
    h2_hear_all(&p);
    check(a->status == 414, "a longer one: 414");

    const char *big[] = {
        ":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/", "a", text, NULL};
    text[NET_TARGET_MAX + 1] = 'a', text[NET_HEAD_MAX] = '\0';
    a = h2_ask_with(&p, big, S(""), false);
    h2_hear_all(&p);
    check(a->status == 431 && !p.goaway, "a list of 8 KB: 431");
    text[NET_HEAD_MAX] = 'a', text[sizeof text - 1] = '\0';
    h2_ask_with(&p, big, S(""), false);
    h2_hear_end(&p);
    check(p.goaway && p.goaway_code == NGHTTP2_ENHANCE_YOUR_CALM, "one of 32 KB ends it");
    h2_hang_up(&p);
}

/* ---- floods ---- */
static void check_calm(const char *what, struct span bytes)
{
    struct h2_heard heard = h2_say_raw(&kit, bytes);
    check(heard.goaway && heard.goaway_code == NGHTTP2_ENHANCE_YOUR_CALM, "%s: calm (%d %u)", what,
        heard.goaway, heard.goaway_code);
}

static void test_frame_floods(void)
{
    static const struct {
        const char *what;
        int type;
        struct span payload;
    } floods[] = {
        {"PING", NGHTTP2_PING, {"01234567", 8}},
        {"SETTINGS", NGHTTP2_SETTINGS, {"", 0}},
        {"SETTINGS with something in it", NGHTTP2_SETTINGS, {"\0\4\0\1\0\0", 6}},
        {"WINDOW_UPDATE by one", NGHTTP2_WINDOW_UPDATE, {"\0\0\0\1", 4}},
        {"frames that nobody knows", 0x77, {"", 0}},
    };
    struct buf b;
    buf_init(&b, NULL, 0);
    for (size_t i = 0; i < COUNT(floods); i++) {
        b.n = 0;
        for (int j = 0; j < FLOOD; j++) h2_frame(&b, floods[i].type, 0, 0, floods[i].payload);
        check_calm(floods[i].what, buf_span(&b));
    }
    b.n = 0;
    for (uint32_t j = 0; j < FLOOD; j++)
        h2_frame(&b, NGHTTP2_PRIORITY, 0, 2 * j + 1, S("\0\0\0\0\1"));
    check_calm("PRIORITY", buf_span(&b));

    struct buf block;
    buf_init(&block, NULL, 0);
    h2_block(&block, "POST", "/a");
    b.n = 0;
    h2_frame(&b, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, buf_span(&block));
    size_t head = b.n;
    for (int j = 0; j < FLOOD; j++) h2_frame(&b, NGHTTP2_DATA, 0, 1, S(""));
    check_calm("empty DATA", buf_span(&b));
    b.n = head;
    for (int j = 0; j < FLOOD; j++) h2_frame(&b, NGHTTP2_DATA, NGHTTP2_FLAG_PADDED, 1, S("\1\0"));
    check_calm("DATA that is all padding", buf_span(&b));
    b.n = head;
    for (int j = 0; j < FLOOD; j++) h2_frame(&b, NGHTTP2_WINDOW_UPDATE, 0, 1, S("\0\0\0\1"));
    check_calm("WINDOW_UPDATE of a stream", buf_span(&b));
    b.n = head;
    h2_frame(&b, NGHTTP2_WINDOW_UPDATE, 0, 0, S("\0\0\0\0"));
    struct h2_heard heard = h2_say_raw(&kit, buf_span(&b));
    check(heard.goaway && heard.goaway_code == NGHTTP2_PROTOCOL_ERROR, "WINDOW_UPDATE by nothing");
    buf_free(&b), buf_free(&block);
}

static void test_continuations(void)
{
    struct buf b, block;
    buf_init(&b, NULL, 0), buf_init(&block, NULL, 0);
    h2_block(&block, "GET", "/a");
    h2_frame(&b, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, 1, buf_span(&block));
    for (int j = 0; j < FLOOD; j++) h2_frame(&b, NGHTTP2_CONTINUATION, 0, 1, S(""));
    struct h2_heard heard = h2_say_raw(&kit, buf_span(&b));
    check(heard.goaway && heard.heads == 0, "CONTINUATION without end (CVE-2024-27316): it ends");

    int before = handled;
    b.n = 0;
    h2_frame(&b, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, 1, span_cut(buf_span(&block), 0, 9));
    h2_frame(&b, NGHTTP2_CONTINUATION, 0, 1, span_cut(buf_span(&block), 9, 11));
    h2_frame(&b, NGHTTP2_CONTINUATION, NGHTTP2_FLAG_END_HEADERS, 1,
        span_cut(buf_span(&block), 11, block.n));
    h2_frame(&b, NGHTTP2_HEADERS, 0, 1, S("")); /* on a closed stream: and so it ends */
    heard = h2_say_raw(&kit, buf_span(&b));
    check(handled == before + 1, "one that is cut in three is read");
    buf_free(&b), buf_free(&block);
}

static void test_rapid_reset(void)
{
    struct buf b, block;
    buf_init(&b, NULL, 0), buf_init(&block, NULL, 0);
    h2_block(&block, "GET", "/a");
    int before = handled;
    for (uint32_t j = 0; j < FLOOD; j++) {
        h2_frame(&b, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM | NGHTTP2_FLAG_END_HEADERS, 2 * j + 1,
            buf_span(&block));
        h2_frame(&b, NGHTTP2_RST_STREAM, 0, 2 * j + 1, S("\0\0\0\x08"));
    }
    check_calm("rapid reset (CVE-2023-44487)", buf_span(&b));
    check(handled - before <= NET_H2_RESETS_MAX * 2, "and the handler was called %d times",
        handled - before);

    b.n = 0;
    for (uint32_t j = 0; j < FLOOD; j++) /* GET needs a :path with a slash: each is malformed */
        h2_frame(&b, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM | NGHTTP2_FLAG_END_HEADERS, 2 * j + 1,
            S("\x82\x87\x01\1x\x04\1a"));
    check_calm("malformed requests, one after the other", buf_span(&b));

    b.n = block.n = 0;
    h2_block(&block, "POST", "/a");
    for (uint32_t j = 0; j < FLOOD; j++) /* never ended: over the number of streams at once */
        h2_frame(&b, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 2 * j + 1, buf_span(&block));
    check_calm("more streams than may be", buf_span(&b));
    buf_free(&b), buf_free(&block);
}

/* RFC 7541: a field of 4,000 bytes enters the table, and each byte after it names it again. */
static void test_unfolding(void)
{
    struct buf b, block;
    buf_init(&b, NULL, 0), buf_init(&block, NULL, 0);
    h2_block(&block, "GET", "/a");
    buf_put(&block, S("\x40\1a\x7f\xa1\x1e")); /* literal, to be indexed; 127 + 33 + 30 * 128 */
    for (int i = 0; i < 4000; i++) buf_char(&block, 'b');
    for (int i = 0; i < 10000; i++) buf_char(&block, (char)0xbe);
    int before = handled;
    h2_frame(&b, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM | NGHTTP2_FLAG_END_HEADERS, 1,
        buf_span(&block));
    check_calm("a small block that unfolds to forty megabytes", buf_span(&b));
    check(handled == before, "reaches nobody");

    b.n = 0;
    h2_frame(&b, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM | NGHTTP2_FLAG_END_HEADERS, 1,
        S("\x3f\xe1\xff\x03")); /* the table shall have 64 KB: more than we allow */
    struct h2_heard heard = h2_say_raw(&kit, buf_span(&b));
    check(
        heard.goaway && heard.goaway_code == NGHTTP2_COMPRESSION_ERROR, "nor does a larger table");
    buf_free(&b), buf_free(&block);
}

static void test_no_protocol(void)
{
    struct dial d;
    char bytes[4096];
    must(kit_dial_tls(&kit, &d, 0, "\x02h2", NULL));
    struct span ask = S("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    SSL_write(d.ssl, ask.p, (int)ask.n);
    struct buf b;
    buf_init(&b, NULL, 0);
    for (int n; (n = SSL_read(d.ssl, bytes, sizeof bytes)) > 0;)
        buf_put(&b, (struct span){bytes, (size_t)n});
    check(
        span_find(buf_span(&b), S("HTTP/1.1")) < 0, "HTTP/1.1 where h2 was chosen gets no answer");
    buf_free(&b);
    kit_hang_up(&d);
}

static void test_plain(void)
{
    struct buf heard;
    struct net_config c = {.handle = handle};
    buf_init(&heard, NULL, 0);
    kit.listener = (struct net_listener){0};
    kit_start(&kit, &c, "127.0.0.1:0");
    kit_exchange(&kit, &heard, S(NGHTTP2_CLIENT_MAGIC "\0\0\0\4\0\0\0\0\0"), true);
    check(strstr(heard.p, "HTTP/1.1 400 ") && kit_count(buf_span(&heard), "HTTP/1.1") == 1,
        "no HTTP/2 without TLS: its preface is refused");
    kit_exchange(&kit, &heard,
        S("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: "
          "h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"),
        true);
    check(strstr(heard.p, "HTTP/1.1 200 ") && !strstr(heard.p, " 101 "), "nor by an upgrade");
    buf_free(&heard);
    kit_stop(&kit);
}

int main(void)
{
    must(mkdtemp(folder) != NULL);
    snprintf(cert, sizeof cert, "%s/cert.pem", folder);
    snprintf(key, sizeof key, "%s/key.pem", folder);
    kit_certificate(cert, key, "first");
    /* What is left of a client whom we hang up on may wait until it reads: none waits long here. */
    struct net_config c = {.handle = handle,
        .threads = 2,
        .tls_cert = cert,
        .tls_key = key,
        .limits = {.idle_ms = 500}};
    kit.listener = (struct net_listener){.is_tls = true};
    kit_start(&kit, &c, "127.0.0.1:0");
    test_lists();
    test_sizes();
    test_frame_floods();
    test_continuations();
    test_rapid_reset();
    test_unfolding();
    test_no_protocol();
    struct h2_peer p;
    h2_dial(&p, &kit);
    check(h2_exchange(&p, "GET", "/", S(""))->status == 200, "and the next is answered");
    h2_hang_up(&p);
    kit_stop(&kit);
    test_plain();
    must(dir_remove(folder) == OK);
    return tap_end();
}
