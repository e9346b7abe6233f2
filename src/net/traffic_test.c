/* Random honest traffic: requests of every framing, pipelined, in pieces of random size, over two
 * threads. Every reply must come, in order, with the body that was sent. Some are answered late by
 * another thread's post. The seed is printed. */
#include "net_kit.h"

#include <netinet/tcp.h>

enum { CONNECTIONS = 150, REQUESTS_MAX = 12, BODY_MAX = 30000 };

static struct kit kit;
static uint64_t seed;

static size_t below(size_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(seed >> 33) % n;
}

struct late {
    struct http_token token;
    struct http_reply reply;
};

static void answer_late(void *with)
{
    struct late *l = with;
    http_reply_later(l->token, &l->reply);
    free(l);
}

static void handle(struct net_worker *w, struct http_request *r, void *with)
{
    (void)with;
    struct http_reply reply = {
        .status = 200, .body = r->body}; /* stands in the request's own memory */
    if (span_eq(r->path, S("/copy"))) reply.body = arena_keep(r->arena, r->body);
    if (!span_eq(r->path, S("/late"))) {
        http_reply(r, &reply);
        return;
    }
    struct late *l = malloc(sizeof *l);
    must(l != NULL);
    *l = (struct late){http_defer(r), reply};
    net_post(w, answer_late, l);
}

static void put_request(struct buf *out, struct buf *want, bool last)
{
    static const char *const paths[] = {"/", "/copy", "/late"};
    char body[BODY_MAX];
    size_t n = below(4) ? below(200) : below(BODY_MAX);
    for (size_t i = 0; i < n; i++) body[i] = (char)('a' + below(26));
    bool chunked = below(2);
    buf_printf(out, "POST %s HTTP/1.1\r\nHost: x\r\n%s", paths[below(COUNT(paths))],
        last ? "Connection: close\r\n" : "");
    if (chunked)
        buf_lit(out, "Transfer-Encoding: chunked\r\n\r\n");
    else
        buf_printf(out, "Content-Length: %zu\r\n\r\n", n);
    for (size_t at = 0; chunked && at < n;) {
        size_t part = below(n - at) + 1;
        buf_printf(out, "%zx\r\n%.*s\r\n", part, (int)part, body + at);
        at += part;
    }
    if (chunked)
        buf_lit(out, "0\r\n\r\n");
    else
        buf_put(out, (struct span){body, n});
    buf_put(want, (struct span){body, n});
    buf_char(want, '|');
}

/* The bodies of the answers, each with a bar behind it. */
static bool bodies_of(struct span heard, struct buf *out)
{
    while (heard.n > 0) {
        ptrdiff_t end = span_find(heard, S("\r\n\r\n")),
                  length = span_find(heard, S("Content-Length: "));
        if (end < 0 || length < 0 || length > end || !span_starts(heard, S("HTTP/1.1 200")))
            return false;
        struct span digits = span_cut(heard, (size_t)length + 16, heard.n);
        uint64_t n;
        if (!span_to_u64(span_cut(digits, 0, (size_t)span_find_char(digits, '\r')), &n))
            return false;
        buf_put(out, span_cut(heard, (size_t)end + 4, (size_t)end + 4 + n));
        buf_char(out, '|');
        heard = span_cut(heard, (size_t)end + 4 + n, heard.n);
    }
    return true;
}

struct hearing {
    int fd;
    struct buf heard;
};

static void *hear(void *with)
{
    struct hearing *h = with;
    kit_hear(h->fd, &h->heard, NULL);
    return NULL;
}

static bool try_connection(void)
{
    struct buf out, want, got;
    struct hearing h = {.fd = kit_dial(&kit)};
    buf_init(&out, NULL, 0), buf_init(&want, NULL, 0), buf_init(&got, NULL, 0),
        buf_init(&h.heard, NULL, 0);
    for (size_t i = below(REQUESTS_MAX) + 1; i > 0; i--) put_request(&out, &want, i == 1);
    int one = 1;
    setsockopt(h.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    pthread_t thread;
    must(pthread_create(&thread, NULL, hear, &h) == 0);
    size_t largest = below(3) ? 40000 : 300;
    for (struct span rest = buf_span(&out); rest.n > 0;) {
        size_t n = below(largest) + 1;
        kit_say(h.fd, span_cut(rest, 0, n));
        rest = span_cut(rest, n, rest.n);
        if (below(4) == 0) sched_yield();
    }
    pthread_join(thread, NULL);
    bool right = bodies_of(buf_span(&h.heard), &got) && span_eq(buf_span(&got), buf_span(&want));
    buf_free(&out), buf_free(&want), buf_free(&got), buf_free(&h.heard);
    close(h.fd);
    return right;
}

int main(void)
{
    struct net_config c = {.limits = net_limits_default(), .handle = handle, .threads = 2};
    const char *given = getenv("SEED");
    if (given)
        seed = strtoull(given, NULL, 10);
    else
        random_bytes(&seed, sizeof seed);
    printf("# SEED=%llu\n", (unsigned long long)seed);
    kit_start(&kit, &c, "127.0.0.1:0");
    int wrong = 0;
    for (int i = 0; i < CONNECTIONS; i++) wrong += !try_connection();
    check(wrong == 0, "%d connections of random requests, all answered in order (%d not)",
        CONNECTIONS, wrong);
    kit_stop(&kit);
    return tap_end();
}
