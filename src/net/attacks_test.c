/* The public corpora of hostile requests (../shared/attacks, skipped where absent), said to the
 * real server over loopback. llhttp's records know whether they are good; smuggler's and libhtp's
 * do not, and there the rule is: what a strict reader of RFC 9112 would not answer, we do not
 * answer, and never does a payload become two requests. */
#include "net_kit.h"

#include <netdb.h>
#include <openssl/evp.h>

enum { FILE_MAX = 8 << 20 };

static struct kit kit;
static struct buf heard;
static int failures;

static void handle(struct net_worker *w, struct http_request *r, void *with)
{
    (void)w, (void)with;
    struct http_reply reply = {.status = r->method == HTTP_OTHER ? 501 : 200,
        .body = arena_printf(r->arena, "[%zu]", r->body.n)};
    http_reply(r, &reply);
}

/* ---- JSON lines, as far as these files need them: string members without escapes but \" ---- */
static struct span member(struct span line, const char *name)
{
    char key[32];
    snprintf(key, sizeof key, "\"%s\": \"", name);
    ptrdiff_t at = span_find(line, span_of(key));
    if (at < 0) return S("");
    size_t from = (size_t)at + strlen(key), to = from;
    while (to < line.n && (line.p[to] != '"' || line.p[to - 1] == '\\')) to++;
    return span_cut(line, from, to);
}

static struct span decoded(struct arena *a, struct span b64)
{
    unsigned char *out = arena_alloc(a, b64.n + 4);
    int n = EVP_DecodeBlock(out, (const unsigned char *)b64.p, (int)b64.n);
    must(n >= 0);
    for (size_t i = b64.n; i > 0 && b64.p[i - 1] == '='; i--) n--;
    return (struct span){(const char *)out, (size_t)n};
}

static bool load(struct arena *a, const char *name, struct span *out)
{
    const char *shared = getenv("BROADSHEET_SHARED");
    struct span path = arena_printf(a, "%s/attacks/%s", shared ? shared : "../shared", name);
    if (file_read(a, path.p, FILE_MAX, out) == OK) return true;
    tap_skip(name, "the corpora are not here");
    return false;
}

/* ---- asking the server ---- */
struct outcome {
    size_t answered, refused; /* by the handler with 2xx; by anybody with 4xx or 5xx */
};

static struct outcome ask(struct span bytes)
{
    kit_exchange(&kit, &heard, bytes, true);
    struct span h = buf_span(&heard);
    struct outcome o = {
        kit_count(h, "HTTP/1.1 2"), kit_count(h, "HTTP/1.1 4") + kit_count(h, "HTTP/1.1 5")};
    return o;
}

static void fail(const char *what, struct span bytes, struct outcome o)
{
    printf("# %s: %zu answered, %zu refused: ", what, o.answered, o.refused);
    for (size_t i = 0; i < bytes.n && i < 300; i++) {
        unsigned char c = (unsigned char)bytes.p[i];
        printf(c >= 0x20 && c < 0x7f ? "%c" : "\\x%02x", c);
    }
    printf("\n");
    failures++;
}

/* llhttp takes requests without Host, which RFC 9112 3.2 forbids: with one put in, the rest of the
 * record is what is tried. */
static struct span with_host(struct arena *a, struct span bytes)
{
    if (span_find_nocase(bytes, S("\nhost:")) >= 0) return bytes;
    struct buf b;
    struct span line = S(" HTTP/1.1\r\n");
    buf_init(&b, a, 0);
    for (ptrdiff_t at; (at = span_find(bytes, line)) >= 0;
         bytes = span_cut(bytes, (size_t)at + line.n, bytes.n)) {
        buf_put(&b, span_cut(bytes, 0, (size_t)at + line.n));
        buf_lit(&b, "Host: x\r\n");
    }
    buf_put(&b, bytes);
    return buf_span(&b);
}

/* Where we are stricter than llhttp, and why. */
static const struct {
    const char *holds, *why;
} stricter[] = {
    {" ICE/1.0\r\n", "another protocol than HTTP"},
    {" RTSP/1.0\r\n", "another protocol than HTTP"},
    {"Transfer-Encoding: deflate, chunked", "no coding but chunked is known: 501 (RFC 9112 6.1)"},
    {"page=1#posts", "a fragment is no part of a target (RFC 9112 3.2)"},
};
/* Where we are not: these are whole requests, and what stands behind them is not answered. */
static const struct {
    const char *holds, *why;
} looser[] = {
    {"PUT /url HTTP/1.0\r\n\r\nPUT", "HTTP/1.0 closes after the first: the second is never read"},
    {"Connection: upgrade\r\nContent-Length: 4\r\nUpgrade: ws",
        "an Upgrade may be ignored (RFC 9110 7.8)"},
};

static bool is_stricter(struct span bytes)
{
    for (size_t i = 0; i < COUNT(stricter); i++)
        if (span_find(bytes, span_of(stricter[i].holds)) >= 0) return true;
    return false;
}

static bool is_looser(struct span bytes)
{
    for (size_t i = 0; i < COUNT(looser); i++)
        if (span_find(bytes, span_of(looser[i].holds)) >= 0) return true;
    return false;
}

static void try_llhttp(struct arena *a, struct span line, bool *counted)
{
    struct span meta = member(line, "meta");
    bool is_ours =
        span_find(meta, S("\"request\\\"")) >= 0 || span_find(meta, S("\"request-finish")) >= 0;
    if (!is_ours) return; /* lenient modes, which we do not have */
    *counted = true;
    struct span bytes = decoded(a, member(line, "b64")), hosted = with_host(a, bytes);
    bool ok = span_eq(member(line, "expect"), S("ok"));
    struct outcome o = ask(hosted);
    /* 501 from the handler, for a method that it has not, is an answer. */
    if (ok && !is_stricter(bytes) && o.refused > kit_count(buf_span(&heard), "HTTP/1.1 501 "))
        fail("good, but refused", bytes, o);
    if (ok && is_stricter(bytes) && !o.refused)
        fail("on the list of the stricter, but taken", bytes, o);
    if (!ok && !is_looser(bytes) && !o.refused) fail("bad, but not refused", bytes, o);
    if (!ok && is_looser(bytes) && o.answered != 1) fail("bad: one answer, no more", bytes, o);
    if (!ok && !ask(bytes).refused && !span_starts(bytes, S("PUT /url HTTP/1.0")))
        fail("bad as it stands, but not refused", bytes, o);
}

static void test_llhttp(void)
{
    struct arena *a = arena_new(64 << 20);
    struct span rest, line;
    size_t n = 0;
    failures = 0;
    if (load(a, "http1/llhttp.jsonl", &rest)) {
        while (span_next(&rest, '\n', &line)) {
            bool counted = false;
            if (line.n) try_llhttp(a, line, &counted);
            n += counted;
        }
        check(n > 40 && failures == 0, "llhttp: %zu records agree", n);
    }
    arena_free(a);
}

/* No expectation is given: it must hold out, and give the same answers when the bytes drip in. */
static void test_libhtp(void)
{
    struct arena *a = arena_new(64 << 20);
    struct span rest, line;
    size_t n = 0;
    failures = 0;
    if (load(a, "http1/libhtp.jsonl", &rest)) {
        while (span_next(&rest, '\n', &line)) {
            if (line.n == 0) continue;
            struct span bytes = decoded(a, member(line, "b64"));
            struct outcome whole = ask(bytes);
            int fd = kit_dial(&kit);
            for (size_t i = 0; i < bytes.n; i++)
                if (!kit_say(fd, span_cut(bytes, i, i + 1))) break;
            shutdown(fd, SHUT_WR);
            heard.n = 0;
            kit_hear(fd, &heard, NULL);
            close(fd);
            size_t answered = kit_count(buf_span(&heard), "HTTP/1.1 2");
            if (answered != whole.answered) fail("another answer byte by byte", bytes, whole);
            n++;
        }
        check(n > 20 && failures == 0, "libhtp: %zu records, whole and in drops", n);
    }
    arena_free(a);
}

/* What a strict reader may answer of a smuggler's payload: at most one request, with the body of
 * its Content-Length. If any line, with its noise taken away, speaks of Transfer-Encoding, some
 * other reader may see chunks in it: only an honest name of another field (a letter changed within
 * the token) may pass. */
static void try_smuggler(struct span bytes)
{
    struct outcome o = ask(bytes);
    if (o.answered + o.refused > 1) fail("more than one answer", bytes, o);
    if (o.answered == 0 && o.refused == 0) fail("no answer at all", bytes, o);
    bool body5 = span_find(bytes, S("Content-Length: 5")) >= 0;
    if (o.answered && !strstr(heard.p, body5 ? "[5]" : "[6]"))
        fail("another body than its length says", bytes, o);
    ptrdiff_t field = span_find_nocase(bytes, S("\nTransfer-Encoding:"));
    if (o.answered && field >= 0) fail("both framings, but answered", bytes, o);
    struct span odd = span_cut(bytes, (size_t)span_find(bytes, S("\r\n")) + 2, bytes.n);
    if (o.answered)
        printf("# answered by its length: %.*s\n", (int)span_find(odd, S("\r\n")), odd.p);
}

static void test_smuggler(void)
{
    struct arena *a = arena_new(64 << 20);
    struct span rest, line;
    size_t n = 0;
    failures = 0;
    if (load(a, "smuggling/smuggler.jsonl", &rest)) {
        while (span_next(&rest, '\n', &line)) {
            if (line.n == 0) continue;
            struct arena *one = arena_new(1 << 20);
            try_smuggler(decoded(one, member(line, "b64")));
            arena_free(one);
            n++;
        }
        check(n > 1000 && failures == 0, "smuggler: %zu records, never two requests in one", n);
    }
    arena_free(a);
}

/* ---- addresses that feeds and pictures may name ---- */

/* Host and port of a URL, read as loosely as a careless client would. */
static struct span host_of(struct span url, uint64_t *port)
{
    ptrdiff_t at = span_find(url, S("//"));
    struct span host = at < 0 ? url : span_cut(url, (size_t)at + 2, url.n);
    size_t end = 0;
    while (end < host.n && !span_starts(span_cut(host, end, host.n), S("\\")) &&
           span_find_char(S("/?#"), host.p[end]) < 0)
        end++;
    host = span_cut(host, 0, end);
    while ((at = span_find_char(host, '@')) >= 0) host = span_cut(host, (size_t)at + 1, host.n);
    bool six = span_starts(host, S("["));
    at = span_find_char(host, six ? ']' : ':');
    struct span rest = at < 0 ? (struct span){0} : span_cut(host, (size_t)at + 1, host.n);
    if (six && span_starts(rest, S(":"))) rest = span_cut(rest, 1, rest.n);
    if (!span_to_u64(rest, port)) *port = 80;
    return at < 0 ? host : span_cut(host, six, (size_t)at);
}

/* Where a fetch of it would connect, as the system reads the host's digits ("0x7f.1"). */
static bool numeric_host(
    struct arena *a, struct span url, struct net_address *out, uint16_t *port_out)
{
    struct addrinfo want = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found;
    struct sockaddr_storage sa = {0};
    uint64_t port;
    struct span host = host_of(url, &port);
    if (!host.n || getaddrinfo(arena_cstr(a, host), NULL, &want, &found) != 0) return false;
    memcpy(&sa, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    *out = net_address_of(&sa);
    *port_out = (uint16_t)port;
    return true;
}

/* Every way to write an address within: none is let through; a name is looked up when it is asked,
 * and the guard judges what it is looked up to. */
static void test_ssrf(const char *name, size_t at_least)
{
    struct arena *a = arena_new(64 << 20);
    struct net_guard none = {0};
    struct span rest, line;
    size_t count = 0, written = 0, within = 0, let = 0;
    if (load(a, name, &rest)) {
        while (span_next(&rest, '\n', &line)) {
            struct net_address to;
            uint16_t port = 0;
            if (!line.n) continue;
            count++;
            if (!numeric_host(a, decoded(a, member(line, "b64")), &to, &port)) continue;
            written++;
            within += !net_is_public(&to);
            let += !net_is_public(&to) && net_guard_allows(&none, &to, port);
        }
        check(count >= at_least && let == 0,
            "%s: %zu records, %zu addresses, %zu within: none is let through", name, count, written,
            within);
    }
    arena_free(a);
}

int main(void)
{
    struct net_config c = {.limits = net_limits_default(), .handle = handle};
    buf_init(&heard, NULL, 0);
    kit_start(&kit, &c, "127.0.0.1:0");
    test_llhttp();
    test_libhtp();
    test_smuggler();
    test_ssrf("ssrf/payloadsallthethings.jsonl", 60);
    test_ssrf("redirect/payloadsallthethings.jsonl", 100);
    kit_stop(&kit);
    buf_free(&heard);
    return tap_end();
}
