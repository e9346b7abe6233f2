/* The server over real sockets: keep-alive, pipelines, bodies, limits, deadlines, late replies,
 * draining, watches. */
#include "net_kit.h"

#include <fcntl.h>
#include <semaphore.h>
#include <sys/un.h>

enum { BIG = 3 << 20 };

static struct kit kit;
static struct buf heard;
static char *big;
static sem_t deferred, done_calls, watched;
static struct http_token waiting;
static _Atomic int handled, dones, posted;

static void count_done(void *with)
{
    (void)with;
    atomic_fetch_add(&dones, 1);
    sem_post(&done_calls);
}

static void answer(struct http_request *r, int status, struct span body)
{
    struct http_reply reply = {.status = status,
        .head = S("Content-Type: text/plain\r\n"),
        .body = body,
        .done = count_done};
    http_reply(r, &reply);
}

/* /echo: method, target, body. /big: 3 MB. /wait: answered by post. /who: the client. /late:
 * deferred, and answered at once. */
static void handle(struct net_worker *w, struct http_request *r, void *with)
{
    (void)w, (void)with;
    atomic_fetch_add(&handled, 1);
    if (span_eq(r->path, S("/big"))) {
        answer(r, 200, (struct span){big, BIG});
    } else if (span_eq(r->path, S("/wait"))) {
        waiting = http_defer(r);
        sem_post(&deferred);
    } else if (span_eq(r->path, S("/late"))) {
        struct http_reply reply = {
            .status = 200, .body = arena_printf(r->arena, "late %.*s", FMT(r->query))};
        http_reply_later(http_defer(r), &reply);
    } else if (span_eq(r->path, S("/who"))) {
        char text[64];
        net_address_text(&r->client, text);
        answer(r, 200, arena_printf(r->arena, "%s %s", text, r->is_tls ? "secure" : "plain"));
    } else if (span_eq(r->path, S("/unmodified"))) {
        struct http_reply reply = {
            .status = 304, .head = S("ETag: \"a\"\r\n"), .no_body_length = true};
        http_reply(r, &reply);
    } else {
        answer(r, 200,
            arena_printf(
                r->arena, "[%.*s %.*s %.*s]", FMT(r->method_text), FMT(r->target), FMT(r->body)));
    }
}

static size_t body_max(const struct http_request *r, void *with)
{
    (void)with;
    return span_eq(r->path, S("/push")) ? 4 << 20 : 1000;
}

static void start(struct net_limits limits, unsigned threads)
{
    static struct net_trusted trusted;
    must(net_trusted_parse(S("127.0.0.99"), &trusted));
    struct net_config c = {.limits = limits,
        .handle = handle,
        .body_max = body_max,
        .threads = threads,
        .trusted = &trusted,
        .trusted_count = 1};
    kit.listener = (struct net_listener){0};
    kit_start(&kit, &c, "127.0.0.1:0");
}

static bool has(const char *what)
{
    if (strstr(heard.p, what)) return true;
    printf("# heard: %.600s\n", heard.p);
    return false;
}

static void test_exchange(void)
{
    start(net_limits_default(), 1);
    kit_exchange(
        &kit, &heard, S("GET /a?b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), false);
    check(has("HTTP/1.1 200 OK\r\nDate: "), "status line and date");
    check(has("Content-Length: 11\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n[GET "
              "/a?b ]"),
        "length, close, our head, the body");
    kit_exchange(
        &kit, &heard, S("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), false);
    check(has("Content-Length: 10\r\n") && strcmp(strstr(heard.p, "\r\n\r\n"), "\r\n\r\n") == 0,
        "HEAD has the length and no body");
    kit_exchange(
        &kit, &heard, S("GET /unmodified HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), false);
    check(has("304 Not Modified") && !strstr(heard.p, "Content-Length"), "304 has no length");
    kit_exchange(&kit, &heard, S("GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n"), false);
    check(kit_count(buf_span(&heard), "HTTP/1.1 200") == 1, "HTTP/1.0 closes after one");
    kit_exchange(&kit, &heard,
        S("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n"), false);
    check(kit_count(buf_span(&heard), "HTTP/1.1 200") == 2 && has("Connection: keep-alive\r\n"),
        "unless asked to stay");
    kit_exchange(&kit, &heard, S("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), true);
    check(has("[GET / ]"), "who half-closes still gets the reply");
    kit_exchange(&kit, &heard,
        S("GET /late?1 HTTP/1.1\r\nHost: x\r\n\r\nGET /late?2 HTTP/1.1\r\nHost: x\r\n\r\n"), true);
    check(has("late 1") && has("late 2"), "a late reply given at once");
    kit_stop(&kit);
}

static void test_pipeline(void)
{
    start(net_limits_default(), 1);
    struct buf b;
    buf_init(&b, NULL, 0);
    for (int i = 0; i < 500; i++)
        buf_printf(&b,
            i % 3 ? "GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"
                  : "POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
            i);
    kit_exchange(&kit, &heard, buf_span(&b), true);
    bool ordered = kit_count(buf_span(&heard), "HTTP/1.1 200") == 500;
    const char *at = heard.p;
    for (int i = 0; ordered && i < 500; i++) {
        char want[64];
        snprintf(want, sizeof want, i % 3 ? "[GET /%d ]" : "[POST /%d hello]", i);
        at = strstr(at, want);
        ordered = at != NULL;
    }
    check(ordered, "five hundred at once, answered in order");
    buf_free(&b);

    int fd = kit_dial(&kit);
    heard.n = 0;
    struct span text = S("POST /slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n"
                         "GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    for (size_t i = 0; i < text.n; i++) kit_say(fd, span_cut(text, i, i + 1));
    kit_hear(fd, &heard, NULL);
    close(fd);
    check(has("[POST /slow abcde]") && has("[GET /next ]"), "byte by byte");
    kit_stop(&kit);
}

static void test_bodies(void)
{
    start(net_limits_default(), 1);
    int fd = kit_dial(&kit);
    heard.n = 0;
    kit_say(
        fd, S("POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"));
    kit_hear(fd, &heard, "\r\n\r\n");
    check(strcmp(heard.p, "HTTP/1.1 100 Continue\r\n\r\n") == 0, "100 before the body");
    kit_say(fd, S("helloGET /n HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    kit_hear(fd, &heard, NULL);
    close(fd);
    check(has("[POST /e hello]") && has("[GET /n ]"), "and 200 after it");

    fd = kit_dial(&kit);
    heard.n = 0;
    kit_say(
        fd, S("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"));
    kit_hear(fd, &heard, "100 Continue\r\n\r\n");
    kit_say(fd, S("helloPOST /b HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: "
                  "close\r\nContent-Length: 5\r\n\r\n"));
    heard.n = 0;
    kit_hear(fd, &heard, "100 Continue\r\n\r\n");
    kit_say(fd, S("world"));
    kit_hear(fd, &heard, NULL);
    close(fd);
    check(has("[POST /a hello]") && has("[POST /b world]"),
        "a second body begins in the turn that ends the first");

    kit_exchange(&kit, &heard,
        S("POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n"),
        false);
    check(has("HTTP/1.1 413 ") && has("Connection: close") && !strstr(heard.p, " 100 "),
        "too long by its length: 413 before the body");
    struct buf b;
    buf_init(&b, NULL, 0);
    buf_lit(&b, "POST /e HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 101; i++) buf_lit(&b, "A\r\n0123456789\r\n");
    kit_exchange(&kit, &heard, buf_span(&b), false);
    check(has("HTTP/1.1 413 "), "too long by its chunks: 413");

    b.n = 0;
    buf_printf(&b,
        "POST /push HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", BIG);
    buf_put(&b, (struct span){big, BIG});
    kit_exchange(&kit, &heard, buf_span(&b), false);
    check(heard.n > BIG && span_find(buf_span(&heard), (struct span){big, BIG}) > 0,
        "a body of 3 MB, echoed");
    kit_exchange(
        &kit, &heard, S("POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel"), true);
    check(heard.n == 0, "half a body is no request");
    buf_free(&b);
    kit_stop(&kit);
}

/* Declaring takes no room; what has come and waits does, until it ends. */
static void test_room_for_bodies(void)
{
    struct net_limits limits = net_limits_default();
    limits.bodies_max = 10000;
    start(limits, 2);
    int fd = kit_dial(&kit);
    struct buf b;
    buf_init(&b, NULL, 0);
    buf_lit(&b, "POST /push HTTP/1.1\r\nHost: x\r\nContent-Length: 9001\r\n\r\n");
    buf_put(&b, (struct span){big, 6000});
    kit_say(fd, buf_span(&b));
    while (atomic_load(&kit.server->bodies) < 6000) sched_yield();
    check(atomic_load(&kit.server->bodies) == 6000, "what has come counts, not what was declared");
    kit_exchange(&kit, &heard, buf_span(&b), false);
    check(has("HTTP/1.1 503 ") && has("Retry-After: ") && has("Connection: close"),
        "no room for two of these: 503");
    b.n = 0;
    buf_lit(&b, "POST /push HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 500; i++) buf_lit(&b, "A\r\n0123456789\r\n");
    kit_exchange(&kit, &heard, buf_span(&b), false);
    check(has("HTTP/1.1 503 "), "nor for one that grows into it");
    kit_exchange(&kit, &heard,
        S("POST /e HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"),
        false);
    check(has("[POST /e hello]"), "a small one has room");
    close(fd);
    b.n = 0;
    buf_lit(
        &b, "POST /push HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9999\r\n\r\n");
    buf_put(&b, (struct span){big, 9999});
    do kit_exchange(&kit, &heard, buf_span(&b), false);
    while (
        span_find(buf_span(&heard), S(" 503 ")) >= 0); /* until the first is found to have gone */
    check(has("HTTP/1.1 200 "), "who goes leaves its room");
    do kit_exchange(&kit, &heard, buf_span(&b), false);
    while (span_find(buf_span(&heard), S(" 503 ")) >= 0);
    check(has("HTTP/1.1 200 "), "who is answered, too");
    buf_free(&b);
    while (atomic_load(&kit.server->open) > 0) sched_yield();
    check(atomic_load(&kit.server->bodies) == 0, "and in the end all of it is free");
    kit_stop(&kit);
}

static void test_big_replies(void)
{
    start(net_limits_default(), 1);
    while (sem_trywait(&done_calls) == 0) continue;
    int fd = kit_dial(&kit);
    kit_say(fd, S("GET /big HTTP/1.1\r\nHost: x\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\nConnection: "
                  "close\r\n\r\n"));
    heard.n = 0;
    kit_hear(fd, &heard, NULL);
    check(heard.n > BIG && span_find(buf_span(&heard), (struct span){big, BIG}) > 0 &&
              has("200 OK") && span_find(buf_span(&heard), S("[GET /a ]")) > 0,
        "3 MB and what was pipelined behind it");
    close(fd);
    sem_wait(&done_calls);
    sem_wait(&done_calls);
    fd = kit_dial(&kit);
    kit_say(fd, S("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"));
    heard.n = 0;
    kit_hear(fd, &heard, "200 OK");
    close(fd);
    sem_wait(&done_calls);
    check(true, "done is called when the reader has gone");
    kit_stop(&kit);
    check(sem_trywait(&done_calls) != 0, "and once only");
}

static void reply_waiting(void *with)
{
    struct http_reply reply = {
        .status = 200, .body = S("waited"), .done = count_done, .with = with};
    http_reply_later(waiting, &reply);
}

static void test_deferred(void)
{
    start(net_limits_default(), 1);
    while (sem_trywait(&done_calls) == 0) continue;
    int fd = kit_dial(&kit);
    kit_say(fd, S("GET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\nConnection: "
                  "close\r\n\r\n"));
    sem_wait(&deferred);
    net_post(net_worker_at(kit.server, 0), reply_waiting, NULL);
    heard.n = 0;
    kit_hear(fd, &heard, NULL);
    close(fd);
    check(has("waited") && has("[GET /a ]"), "a late reply, and the request behind it");
    sem_wait(&done_calls);
    sem_wait(&done_calls);
    fd = kit_dial(&kit);
    kit_say(fd, S("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    sem_wait(&deferred);
    struct linger hard = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(fd);
    net_post(net_worker_at(kit.server, 0), reply_waiting, NULL);
    sem_wait(&done_calls);
    check(true, "a reply to one who has gone is dropped, and done is called");
    net_post(net_worker_at(kit.server, 0), reply_waiting, NULL);
    sem_wait(&done_calls);
    check(true, "an old token answers nobody");
    kit_stop(&kit);
}

static void test_deadlines(void)
{
    struct net_limits limits = net_limits_default();
    limits.head_time_ms = 300;
    limits.idle_ms = 200;
    start(limits, 1);
    /* One byte whenever the server lets us: a deadline that began anew with each byte would never
     * end this. */
    int fd = kit_dial(&kit);
    struct span drip =
        S("GET / HTTP/1.1\r\nHost: x\r\nX-A: "
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    struct pollfd p = {.fd = fd, .events = POLLIN};
    for (size_t i = 0; i < drip.n && poll(&p, 1, 20) == 0; i++)
        kit_say(fd, span_cut(drip, i, i + 1));
    heard.n = 0;
    kit_hear(fd, &heard, NULL);
    close(fd);
    check(has("HTTP/1.1 408 ") && has("Connection: close"),
        "a dripping head is cut at the total deadline: 408");
    kit_exchange(
        &kit, &heard, S("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"), false);
    check(has("HTTP/1.1 408 "), "a body that stalls: 408");
    kit_exchange(&kit, &heard,
        S("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"), false);
    check(has("HTTP/1.1 408 "), "a chunk that stalls: 408");
    kit_exchange(&kit, &heard, S(""), false);
    check(heard.n == 0, "one who says nothing is sent away without a word");
    kit_exchange(&kit, &heard, S("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), false);
    check(has("200 OK") && kit_count(buf_span(&heard), "HTTP/1.1") == 1,
        "one who stays and says no more, too");
    while (sem_trywait(&done_calls) == 0) continue;
    fd = kit_dial(&kit);
    kit_say(fd, S("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"));
    sem_wait(&done_calls);
    check(true, "one who does not read is cut");
    close(fd);
    kit_stop(&kit);
}

static void test_limits(void)
{
    struct net_limits limits = net_limits_default();
    limits.connections_max = 4;
    limits.per_client_max = 2;
    start(limits, 1);
    int a = kit_dial_from(&kit, "127.0.0.2"), b = kit_dial_from(&kit, "127.0.0.2");
    struct span ask = S("GET /who HTTP/1.1\r\nHost: x\r\n\r\n");
    heard.n = 0;
    kit_say(a, ask);
    kit_hear(a, &heard, "127.0.0.2");
    kit_say(b, ask);
    heard.n = 0;
    kit_hear(b, &heard, "127.0.0.2");
    int c = kit_dial_from(&kit, "127.0.0.2");
    heard.n = 0;
    kit_hear(c, &heard, NULL);
    close(c);
    check(has("HTTP/1.1 503 ") && has("Retry-After: "), "a client's third connection: 503");
    int d = kit_dial_from(&kit, "127.0.0.3"), e = kit_dial_from(&kit, "127.0.0.4");
    kit_say(d, ask);
    heard.n = 0;
    kit_hear(d, &heard, "127.0.0.3 plain");
    kit_say(e, ask);
    kit_hear(e, &heard, "127.0.0.4 plain");
    check(net_open_connections(kit.server) == 4, "four are open");
    int f = kit_dial_from(&kit, "127.0.0.5");
    heard.n = 0;
    kit_hear(f, &heard, NULL);
    close(f);
    check(has("HTTP/1.1 503 "), "the fifth in all: 503");
    close(a), close(b), close(d), close(e);
    kit_stop(&kit);
}

static void test_behind_proxy(void)
{
    struct net_limits limits = net_limits_default();
    limits.per_client_max = 1;
    start(limits, 1);
    int a = kit_dial_from(&kit, "127.0.0.99"), b = kit_dial_from(&kit, "127.0.0.99");
    kit_say(a, S("GET /wait HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6, 192.0.2.1\r\n\r\n"));
    sem_wait(&deferred);
    kit_say(b, S("GET /who HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
                 "GET /who HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.2\r\nX-Forwarded-Proto: "
                 "https\r\n\r\n"));
    heard.n = 0;
    kit_hear(b, &heard, "192.0.2.2 secure");
    check(has("HTTP/1.1 503 ") && kit_count(buf_span(&heard), "HTTP/1.1 200") == 1,
        "behind a proxy it is the client's requests that count, and the proxy's connection stays");
    net_post(net_worker_at(kit.server, 0), reply_waiting, NULL);
    heard.n = 0;
    kit_hear(a, &heard, "waited");
    kit_say(b, S("GET /who HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"));
    heard.n = 0;
    kit_hear(b, &heard, "192.0.2.1 plain");
    check(true, "and when one is answered the next may come");
    close(a), close(b);
    kit_exchange(&kit, &heard,
        S("GET /who HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: "
          "https\r\n\r\n"),
        true);
    check(has("127.0.0.1 plain"), "from others the field is not believed");
    kit_stop(&kit);
}

static void test_proxy_protocol(void)
{
    kit.listener = (struct net_listener){.proxy_protocol = true};
    static struct net_trusted trusted;
    must(net_trusted_parse(S("127.0.0.1"), &trusted));
    struct net_config c = {.handle = handle, .trusted = &trusted, .trusted_count = 1};
    kit_start(&kit, &c, "127.0.0.1:0");
    kit_exchange(&kit, &heard,
        S("PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\nGET /who HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: "
          "9.9.9.9\r\n\r\n"),
        true);
    check(has("192.0.2.7 plain"),
        "the PROXY header names the client, and that client's own claims do not count");
    kit_exchange(&kit, &heard, S("PROXY UNKNOWN\r\nGET /who HTTP/1.1\r\nHost: x\r\n\r\n"), true);
    check(has("127.0.0.1 plain"), "the proxy's own check");
    kit_exchange(&kit, &heard, S("GET /who HTTP/1.1\r\nHost: x\r\n\r\n"), true);
    check(heard.n == 0, "no PROXY header, no service");
    heard.n = 0;
    int fd = kit_dial_from(&kit, "127.0.0.2");
    kit_say(fd, S("PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\nGET /who HTTP/1.1\r\nHost: x\r\n\r\n"));
    kit_hear(fd, &heard, NULL);
    close(fd);
    check(heard.n == 0, "and none for a peer that is not trusted");
    kit_stop(&kit);
}

static void test_drain(void)
{
    start(net_limits_default(), 2);
    int idle = kit_dial(&kit), busy = kit_dial(&kit);
    kit_say(busy, S("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    sem_wait(&deferred);
    net_post(waiting.worker, reply_waiting, NULL);
    net_stop(kit.server, GUARD_MS);
    heard.n = 0;
    kit_hear(busy, &heard, NULL);
    check(has("waited"), "who has asked is answered");
    heard.n = 0;
    kit_hear(idle, &heard, NULL);
    check(heard.n == 0, "who has not is let go");
    close(idle), close(busy), close(kit.listener.fd);
    arena_free(kit.arena);

    start(net_limits_default(), 1);
    busy = kit_dial(&kit);
    kit_say(busy, S("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    sem_wait(&deferred);
    net_stop(kit.server, 1);
    heard.n = 0;
    kit_hear(busy, &heard, NULL);
    check(heard.n == 0, "at the end of the drain nobody is waited for");
    close(busy), close(kit.listener.fd);
    arena_free(kit.arena);
}

static void count_post(void *with)
{
    (void)with;
    atomic_fetch_add(&posted, 1);
}

static void *halt(void *server)
{
    net_halt(server, GUARD_MS);
    return NULL;
}

/* What a client has sent lies in the socket when the server is told to stop. */
static void test_drain_unread(void)
{
    struct kit_hold standing;
    pthread_t stopper;
    start(net_limits_default(), 1);
    int fd = kit_dial(&kit);
    kit_say(fd, S("GET /who HTTP/1.1\r\nHost: x\r\n\r\n"));
    heard.n = 0;
    check(kit_hear(fd, &heard, "plain"), "a connection that stays open");
    kit_hold(&kit, &standing);
    must(pthread_create(&stopper, NULL, halt, kit.server) == 0);
    while (!atomic_load(&kit.server->stopping)) sched_yield();
    kit_say(fd, S("GET /who HTTP/1.1\r\nHost: x\r\n\r\n"));
    sem_post(&standing.released);
    heard.n = 0;
    kit_hear(fd, &heard, NULL);
    check(has("127.0.0.1 plain") && has("Connection: close"),
        "what had been asked before the stop is answered, and says that it was the last");
    must(pthread_join(stopper, NULL) == 0);
    net_post(net_worker_at(kit.server, 0), count_post, NULL);
    check(posted == 0, "a worker that has ended runs nothing more");
    net_stop(kit.server, 0);
    check(posted == 1, "what was posted to it meanwhile runs when the server is freed");
    close(fd), close(kit.listener.fd);
    arena_free(kit.arena);
}

static int pipe_ends[2];
static void pipe_ready(void *with)
{
    char byte;
    struct net_worker *w = with;
    if (read(pipe_ends[0], &byte, 1) == 1 && byte == 'q') net_unwatch(w, pipe_ends[0]);
    sem_post(&watched);
}

static void test_watch(void)
{
    start(net_limits_default(), 1);
    must(pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) == 0);
    struct net_worker *w = net_worker_at(kit.server, 0);
    net_watch(w, pipe_ends[0], pipe_ready, w);
    must(write(pipe_ends[1], "a", 1) == 1);
    sem_wait(&watched);
    must(write(pipe_ends[1], "q", 1) == 1);
    sem_wait(&watched);
    check(true, "another descriptor is watched, and watched no more");
    kit_stop(&kit);
    close(pipe_ends[0]), close(pipe_ends[1]);
}

static void test_client(void)
{
    start(net_limits_default(), 2);
    char where[64];
    struct http_client *c = NULL;
    struct http_answer a;
    snprintf(where, sizeof where, "127.0.0.1:%u", kit.port);
    check(http_client_open(span_of(where), &c) == OK, "our client connects");
    check(http_client_ask(c, kit.arena, "GET", S("/x"), S("X: y\r\n"), S(""), GUARD_MS, &a) == OK &&
              a.status == 200,
        "asks");
    check_span(a.body, S("[GET /x ]"), "hears");
    check_span(http_answer_header(&a, "content-type"), S("text/plain"), "reads fields");
    check(http_client_ask(c, kit.arena, "PUT", S("/y"), S(""), S("body"), GUARD_MS, &a) == OK,
        "asks again on the same connection");
    check_span(a.body, S("[PUT /y body]"), "with a body");
    check(http_client_ask(c, kit.arena, "HEAD", S("/big"), S(""), S(""), GUARD_MS, &a) == OK &&
              a.body.n == 0,
        "HEAD has none");
    check(http_client_ask(c, kit.arena, "GET", S("/big"), S(""), S(""), GUARD_MS, &a) == OK &&
              a.body.n == BIG,
        "a big one");
    check(http_client_ask(c, kit.arena, "GET", S("/wait"), S(""), S(""), 1, &a) == ERR_BUSY,
        "one that takes too long");
    sem_wait(&deferred);
    check(http_client_ask(c, kit.arena, "GET", S("/x"), S(""), S(""), GUARD_MS, &a) == ERR_CLOSED,
        "is out of step afterwards");
    net_post(waiting.worker, reply_waiting, NULL);
    http_client_close(c);
    kit_stop(&kit);
    check(http_client_open(span_of(where), &c) == ERR_ABSENT, "nobody there");
}

/* A request that waits at the door before the threads start is answered by a server that the caller
 * knows already. */
static struct net_server *own;

static void ask_own(struct net_worker *w, struct http_request *r, void *with)
{
    (void)w, (void)with;
    struct http_reply reply = {.status = own && net_workers(own) == 8 ? 200 : 500};
    http_reply(r, &reply);
}

static void test_at_once(void)
{
    struct arena *a = arena_new(16 << 20);
    struct net_config c = {.listener_count = 1, .handle = ask_own, .threads = 8};
    const char *why = "";
    int bad = 0;
    for (int i = 0; i < 60; i++) {
        struct net_listener listener = {0};
        uint16_t port = 0;
        char answer[64] = "";
        must(net_listen(S("127.0.0.1:0"), a, &listener.fd, &port, &why) == OK);
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        must(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
        must(write_all(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27) == OK);
        c.listeners = &listener;
        own = NULL;
        must(net_start(&c, &own, &why) == OK);
        bad += read(fd, answer, sizeof answer - 1) <= 0 || !strstr(answer, " 200 ");
        close(fd);
        net_stop(own, GUARD_MS);
        close(listener.fd);
    }
    check(bad == 0, "the first request of all meets a server that is known (%d not)", bad);
    arena_free(a);
}

static void test_listen(void)
{
    struct arena *a = arena_new(1 << 20);
    int fd = -1, second = -1;
    uint16_t port = 0;
    const char *why = "";
    check(net_listen(S("[::1]:0"), a, &fd, &port, &why) != OK || port != 0,
        "IPv6, where the machine has it");
    if (fd >= 0) close(fd);
    check(net_listen(S(":0"), a, &fd, &port, &why) == OK && port != 0, "any interface");
    struct span taken = arena_printf(a, "%u", port);
    check(net_listen(taken, a, &second, &port, &why) == ERR_BUSY && strstr(why, "taken"),
        "a port in use");
    close(fd);
    check(net_listen(S("nowhere:80x"), a, &fd, &port, &why) != OK && strstr(why, "HOST:PORT"),
        "no address at all");
    check(net_listen(S("::1:80"), a, &fd, &port, &why) != OK, "IPv6 without brackets is ambiguous");
    check(net_listen(S("192.0.2.1:0"), a, &fd, &port, &why) != OK && strstr(why, "no interface"),
        "not our address");

    char folder[] = "/tmp/net-test-XXXXXX";
    must(mkdtemp(folder) != NULL);
    struct span path = arena_printf(a, "unix:%s/s", folder);
    check(net_listen(path, a, &fd, &port, &why) == OK, "a UNIX socket");
    check(net_listen(path, a, &second, &port, &why) == ERR_BUSY, "in use");
    close(fd);
    check(net_listen(path, a, &fd, &port, &why) == OK, "left over from a crash: taken over");
    struct net_listener listener = {.fd = fd, .is_unix = true};
    struct net_config c = {
        .listeners = &listener, .listener_count = 1, .handle = handle, .trust_unix = true};
    struct net_server *s;
    must(net_start(&c, &s, &why) == OK);
    struct http_client *client = NULL;
    struct http_answer answer_;
    must(http_client_open(path, &client) == OK);
    check(http_client_ask(client, a, "GET", S("/who"), S("X-Forwarded-For: 192.0.2.9\r\n"), S(""),
              GUARD_MS, &answer_) == OK,
        "asked over it");
    check_span(answer_.body, S("192.0.2.9 plain"), "and the proxy's word is believed");
    check(http_client_ask(client, a, "GET", S("/who"), S(""), S(""), GUARD_MS, &answer_) == OK,
        "without a word");
    check_span(answer_.body, S("- plain"), "the client is not known");
    http_client_close(client);
    net_stop(s, GUARD_MS);
    close(fd);
    must(dir_remove(folder) == OK);
    arena_free(a);
}

int main(void)
{
    buf_init(&heard, NULL, 0);
    sem_init(&deferred, 0, 0);
    sem_init(&done_calls, 0, 0);
    sem_init(&watched, 0, 0);
    big = malloc(BIG);
    for (size_t i = 0; i < BIG; i++) big[i] = (char)('a' + i * 7 % 26);
    test_exchange();
    test_pipeline();
    test_bodies();
    test_room_for_bodies();
    test_big_replies();
    test_deferred();
    test_deadlines();
    test_limits();
    test_behind_proxy();
    test_proxy_protocol();
    test_drain();
    test_drain_unread();
    test_watch();
    test_client();
    test_listen();
    test_at_once();
    free(big);
    buf_free(&heard);
    return tap_end();
}
