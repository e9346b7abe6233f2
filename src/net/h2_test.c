/* HTTP/2 by a well-behaved client, and by one that means well: the same requests reach the same
 * handler, replies come in any order, and done is called once whatever happens. */
#include "h2_kit.h"

#include <semaphore.h>

enum { BIG = 3 << 20, RECORDS_MAX = 4, WAITING_MAX = 64 };

static struct kit kit;
static char folder[] = "/tmp/net-test-XXXXXX", cert[64], key[64];
static char *big;
static sem_t deferred;
static _Atomic int given, dones; /* replies with a done; calls of it */
static struct {
    struct http_token token;
    char name[16];
} waiting[WAITING_MAX];
static _Atomic int waiting_count;

static void count_done(void *with)
{
    (void)with;
    atomic_fetch_add(&dones, 1);
}

static void answer(struct http_request *r, int status, const char *head, struct span body)
{
    struct http_reply reply = {
        .status = status, .head = span_of(head), .body = body, .done = count_done};
    atomic_fetch_add(&given, 1);
    http_reply(r, &reply);
}

static void handle(struct net_worker *w, struct http_request *r, void *with)
{
    (void)w, (void)with;
    if (span_eq(r->path, S("/big"))) {
        answer(r, 200, "Content-Type: text/plain\r\n", (struct span){big, BIG});
    } else if (span_eq(r->path, S("/wait"))) {
        int i = atomic_load(&waiting_count);
        must(i < WAITING_MAX);
        snprintf(waiting[i].name, sizeof waiting[i].name, "%.*s", FMT(r->query));
        waiting[i].token = http_defer(r);
        atomic_store(&waiting_count, i + 1);
        sem_post(&deferred);
    } else if (span_eq(r->path, S("/unmodified"))) {
        struct http_reply reply = {
            .status = 304, .head = S("ETag: \"a\"\r\n"), .no_body_length = true};
        http_reply(r, &reply);
    } else if (span_eq(r->path, S("/none"))) {
        answer(r, 204, "X-A: b\r\n", S(""));
    } else if (span_eq(r->path, S("/last"))) {
        uint64_t records = 0;
        must(span_to_u64(r->query, &records));
        struct http_reply reply = {.status = 200,
            .body = {big, (size_t)records * NET_H2_OUT_BYTES},
            .close = true,
            .done = count_done};
        atomic_fetch_add(&given, 1);
        http_reply(r, &reply);
    } else if (span_eq(r->path, S("/own"))) {
        answer(r, 200,
            "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nUpgrade: x\r\nTransfer-Encoding: "
            "chunked\r\nX-Mixed-Case:  Value \r\n",
            S("own"));
    } else if (span_eq(r->path, S("/fields"))) {
        struct buf b;
        buf_init(&b, r->arena, 0);
        for (size_t i = 0; i < r->field_count; i++)
            buf_printf(&b, "%.*s=%.*s|", FMT(r->fields[i].name), FMT(r->fields[i].value));
        answer(r, 200, "", buf_span(&b));
    } else if (span_eq(r->path, S("/who"))) {
        char text[64];
        net_address_text(&r->client, text);
        answer(r, 200, "", arena_printf(r->arena, "%s %s", text, r->is_tls ? "secure" : "plain"));
    } else {
        answer(r, 200, "Content-Type: text/plain\r\n",
            arena_printf(r->arena, "[%.*s %.*s %.*s %.*s]", FMT(r->method_text), FMT(r->target),
                FMT(r->host), FMT(r->body)));
    }
}

static void answer_waiting(void *with)
{
    (void)with;
    int n = atomic_load(&waiting_count);
    for (int i = n; i-- > 0;) { /* the last first */
        struct http_reply reply = {
            .status = 200, .body = span_of(waiting[i].name), .done = count_done};
        atomic_fetch_add(&given, 1);
        http_reply_later(waiting[i].token, &reply);
    }
    atomic_store(&waiting_count, 0);
    sem_post(&deferred);
}

static size_t body_max(const struct http_request *r, void *with)
{
    (void)with;
    return span_eq(r->path, S("/push")) ? 4 << 20 : 1000;
}

static void start(struct net_limits limits)
{
    static struct net_trusted trusted;
    must(net_trusted_parse(S("127.0.0.99"), &trusted));
    struct net_config c = {.limits = limits,
        .handle = handle,
        .body_max = body_max,
        .threads = 1,
        .tls_cert = cert,
        .tls_key = key,
        .trusted = &trusted,
        .trusted_count = 1};
    kit.listener = (struct net_listener){.is_tls = true};
    kit_start(&kit, &c, "127.0.0.1:0");
}

/* Ends the server; whatever was given has been done with, once. */
static void stop(const char *what)
{
    kit_stop(&kit);
    check(given == dones, "%s: done is called once for each reply (%d of %d)", what, (int)dones,
        (int)given);
}

static bool says(const struct h2_answer *a, const char *what)
{
    return a->body.n == strlen(what) && memcmp(a->body.p, what, a->body.n) == 0;
}

static void test_exchange(void)
{
    struct h2_peer p;
    start(net_limits_default());
    h2_dial(&p, &kit);
    struct h2_answer *a = h2_exchange(&p, "GET", "/a?b", S(""));
    check(a->status == 200 && says(a, "[GET /a?b x ]"), "GET");
    check(strstr(a->head, "content-length: 13\n") && strstr(a->head, "\ndate: ") &&
              strstr(a->head, "\ncontent-type: text/plain\n"),
        "length, date, our head: %s", a->head);
    a = h2_exchange(&p, "HEAD", "/a", S(""));
    check(a->status == 200 && strstr(a->head, "content-length: 12\n") && a->body.n == 0,
        "HEAD has the length and no body");
    a = h2_exchange(&p, "GET", "/unmodified", S(""));
    check(
        a->status == 304 && strstr(a->head, "etag: \"a\"\n") && !strstr(a->head, "content-length"),
        "304 has no length");
    a = h2_exchange(&p, "GET", "/none", S(""));
    check(a->status == 204 && !strstr(a->head, "content-length") && a->body.n == 0, "nor has 204");
    a = h2_exchange(&p, "POST", "/p", S("hello"));
    check(a->status == 200 && says(a, "[POST /p x hello]"), "POST with a body");
    a = h2_exchange(&p, "OPTIONS", "*", S(""));
    check(says(a, "[OPTIONS * x ]"), "OPTIONS *");
    a = h2_exchange(&p, "GET", "/own", S(""));
    check(a->status == 200 && strstr(a->head, "x-mixed-case: Value\n") &&
              !strstr(a->head, "keep-alive") && !strstr(a->head, "upgrade") &&
              !strstr(a->head, "transfer-encoding"),
        "fields of the connection are dropped, names are in lower case: %s", a->head);
    a = h2_exchange(&p, "GET", "/big", S(""));
    check(a->body.n == BIG && memcmp(a->body.p, big, BIG) == 0, "three megabytes");
    a = h2_exchange(&p, "POST", "/push", (struct span){big, BIG});
    check(
        a->body.n > BIG && span_find(buf_span(&a->body), (struct span){big, BIG}) > 0, "and back");
    check(!p.goaway, "all on one connection");
    h2_hang_up(&p);
    stop("exchange");
}

static void test_small_records(void)
{
    struct h2_peer p;
    start(net_limits_default());
    kit_fragment = TLSEXT_max_fragment_length_512;
    h2_dial(&p, &kit);
    kit_fragment = 0;
    struct h2_answer *one = h2_ask(&p, "GET", "/big", S("")),
                     *two = h2_ask(&p, "GET", "/big", S(""));
    h2_hear_all(&p);
    check(one->body.n == BIG && two->body.n == BIG && memcmp(one->body.p, big, BIG) == 0,
        "a client with room for small records gets two big replies whole");
    h2_hang_up(&p);
    kit_stop(&kit);
}

static void test_fields(void)
{
    struct h2_peer p;
    start(net_limits_default());
    h2_dial(&p, &kit);
    const char *fields[] = {":method", "GET", ":scheme", "https", ":authority", "news.example:8443",
        ":path", "/fields", "accept", "a", "x-empty", "", "host", "news.example:8443", "te",
        "trailers", NULL};
    struct h2_answer *a = h2_ask_with(&p, fields, S(""), false);
    const char *old[] = {
        ":method", "GET", ":scheme", "https", ":path", "/fields", "host", "old.example", NULL};
    struct h2_answer *b = h2_ask_with(&p, old, S(""), false);
    h2_hear_all(&p);
    check(says(a, "host=news.example:8443|accept=a|x-empty=|te=trailers|"),
        ":authority is Host, and a Host that says the same is no second: %.*s", (int)a->body.n,
        a->body.p);
    check(says(b, "host=old.example|"), "Host without :authority");
    const char *expects[] = {":method", "POST", ":scheme", "https", ":authority", "x", ":path",
        "/e", "expect", "100-continue", NULL};
    a = h2_ask_with(&p, expects, S("hello"), true);
    h2_hear_all(&p);
    check(a->interim == 100 && a->status == 200 && says(a, "[POST /e x hello]"),
        "100 before the body, 200 after it");
    a = h2_ask_with(&p, expects, S(""), true);
    a->trailer = "x-trailer";
    h2_hear_all(&p);
    check(a->status == 200 && says(a, "[POST /e x ]"), "trailers are not read");
    check(!p.goaway, "the connection stands");
    h2_hang_up(&p);
    stop("fields");
}

static void test_streams(void)
{
    enum { MANY = 30 };
    struct h2_peer p;
    char paths[MANY][24];
    start(net_limits_default());
    h2_dial(&p, &kit);
    for (int i = 0; i < MANY; i++) {
        snprintf(paths[i], sizeof paths[i], i % 2 ? "/wait?%d" : "/%d", i);
        h2_ask(&p, "GET", paths[i], S(""));
    }
    h2_send(&p);
    for (int i = 0; i < MANY / 2; i++) sem_wait(&deferred);
    net_post(net_worker_at(kit.server, 0), answer_waiting, NULL);
    h2_hear_all(&p);
    sem_wait(&deferred);
    int right = 0;
    for (int i = 0; i < MANY; i++) {
        char want[64];
        snprintf(want, sizeof want, i % 2 ? "%d" : "[GET /%d x ]", i);
        right += p.answers[i].status == 200 && says(&p.answers[i], want);
    }
    check(right == MANY, "thirty at once, half answered later and backwards (%d right)", right);
    h2_hang_up(&p);

    memset(&p, 0, sizeof p);
    must(kit_dial_tls(&kit, &p.d, 0, "\x02h2", NULL));
    h2_start(&p, 20000, true);
    for (int i = 0; i < 12; i++) h2_ask(&p, "GET", "/big", S(""));
    struct h2_answer *small = h2_ask(&p, "GET", "/small", S(""));
    h2_hear_all(&p);
    right = 0;
    for (int i = 0; i < 12; i++)
        right += p.answers[i].body.n == BIG && memcmp(p.answers[i].body.p, big, BIG) == 0;
    check(right == 12 && says(small, "[GET /small x ]") && !p.goaway,
        "large bodies through small windows, more than are sent at once (%d right)", right);
    h2_hang_up(&p);
    stop("streams");
}

static void test_full_windows(void)
{
    struct h2_peer p;
    start(net_limits_default());
    memset(&p, 0, sizeof p);
    must(kit_dial_tls(&kit, &p.d, 0, "\x02h2", NULL));
    h2_start(&p, 5, false);
    for (int i = 0; i < NET_H2_SENDING_MAX; i++) h2_ask(&p, "GET", "/a", S(""));
    struct h2_answer *behind = h2_ask(&p, "GET", "/behind", S(""));
    for (int i = 0; i < NET_H2_SENDING_MAX; i++)
        while (p.answers[i].body.n < 5) h2_send(&p), h2_hear_once(&p);
    check(behind->status == 0, "who waits behind replies that are stuck");
    nghttp2_settings_entry wide = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 65535};
    must(nghttp2_submit_settings(p.session, 0, &wide, 1) == 0);
    h2_hear_all(&p);
    check(says(behind, "[GET /behind x ]"), "gets its turn when all of them end at once");
    h2_hang_up(&p);
    stop("full windows");
}

/* The last bytes of a last reply meet a full socket, one record or two after its first: they are
 * heard all the same. */
static void test_full_sockets(void)
{
    int small = 1, right = 0;
    start(net_limits_default());
    must(setsockopt(kit.listener.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
    for (int records = 1; records <= RECORDS_MAX; records++) {
        struct h2_peer p = {0};
        char path[24];
        int fd = kit_dial(&kit);
        must(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small) == 0);
        must(kit_shake(&p.d, fd, 0, "\x02h2", NULL));
        h2_start(&p, 2 * BIG, true);
        must(nghttp2_session_set_local_window_size(p.session, 0, 0, 2 * BIG) == 0);
        snprintf(path, sizeof path, "/last?%d", records);
        struct h2_answer *last = h2_ask(&p, "GET", path, S(""));
        h2_hear_end(&p);
        right += last->body.n == (size_t)records * NET_H2_OUT_BYTES && p.goaway &&
                 p.goaway_code == NGHTTP2_NO_ERROR;
        h2_hang_up(&p);
    }
    check(right == RECORDS_MAX, "the last bytes of a last reply meet a full socket (%d of %d)",
        right, RECORDS_MAX);
    stop("full sockets");
}

static void test_resets(void)
{
    struct h2_peer p;
    start(net_limits_default());
    h2_dial(&p, &kit);
    struct h2_answer *a = h2_ask(&p, "GET", "/big", S(""));
    while (a->body.n == 0) h2_send(&p), h2_hear_once(&p);
    must(nghttp2_submit_rst_stream(p.session, 0, a->id, NGHTTP2_CANCEL) == 0);
    struct h2_answer *late = h2_ask(&p, "GET", "/wait?late", S(""));
    h2_send(&p);
    sem_wait(&deferred);
    must(nghttp2_submit_rst_stream(p.session, 0, late->id, NGHTTP2_CANCEL) == 0);
    struct h2_answer *after = h2_exchange(&p, "GET", "/after", S(""));
    check(a->closed && late->closed && says(after, "[GET /after x ]"),
        "streams that were reset end, others go on");
    check(dones == given, "done was called for the one whose body was on its way");
    net_post(net_worker_at(kit.server, 0), answer_waiting, NULL);
    sem_wait(&deferred);
    check(dones == given, "a reply after the reset is dropped, and done is called");
    a = h2_ask(&p, "POST", "/push", (struct span){big, BIG});
    a->stalls_at = 1000;
    h2_send(&p);
    must(nghttp2_submit_rst_stream(p.session, 0, a->id, NGHTTP2_CANCEL) == 0);
    after = h2_exchange(&p, "GET", "/after", S(""));
    check(says(after, "[GET /after x ]") && atomic_load(&kit.server->bodies) == 0,
        "a body that was given up leaves its room");
    h2_ask(&p, "GET", "/big", S(""));
    h2_ask(&p, "GET", "/wait?gone", S(""));
    h2_send(&p);
    sem_wait(&deferred);
    h2_hang_up(&p);
    net_post(net_worker_at(kit.server, 0), answer_waiting, NULL);
    sem_wait(&deferred);
    stop("resets");
}

static void test_bodies(void)
{
    struct h2_peer p;
    struct net_limits limits = net_limits_default();
    limits.bodies_max = 10000;
    start(limits);
    h2_dial(&p, &kit);
    const char *tells[] = {":method", "POST", ":scheme", "https", ":authority", "x", ":path", "/e",
        "content-length", "1001", NULL};
    struct h2_answer *a = h2_ask_with(&p, tells, (struct span){big, 1001}, true);
    a->stalls_at = 1;
    struct h2_answer *b = h2_ask(&p, "POST", "/e", (struct span){big, 1001});
    struct h2_answer *fits = h2_ask(&p, "POST", "/e", (struct span){big, 1000});
    h2_hear_all(&p);
    check(a->status == 413 && a->why == NGHTTP2_NO_ERROR, "too long by its length: 413, no error");
    check(b->status == 413, "too long as it came: 413");
    check(fits->status == 200 && fits->body.n > 1000, "exactly as long as may be");

    const char *push[] = {":method", "POST", ":scheme", "https", ":authority", "x", ":path",
        "/push", "content-length", "6000", NULL};
    a = h2_ask_with(&p, push, (struct span){big, 6000}, true);
    a->stalls_at = 5999;
    h2_send(&p);
    while (atomic_load(&kit.server->bodies) < 5999) sched_yield();
    b = h2_ask_with(&p, push, (struct span){big, 6000}, true);
    while (!b->closed) h2_send(&p), h2_hear_once(&p);
    check(b->status == 503 && strstr(b->head, "retry-after: "), "no room for two of these: 503");
    struct h2_answer *c = h2_ask(&p, "POST", "/push", (struct span){big, 5000});
    while (!c->closed) h2_send(&p), h2_hear_once(&p);
    check(c->status == 503, "nor for one that grows into it");
    a->stalls_at = 0;
    must(nghttp2_session_resume_data(p.session, a->id) == 0);
    h2_hear_all(&p);
    check(a->status == 200 && a->body.n > 6000, "the first is read");
    b = h2_ask_with(&p, push, (struct span){big, 6000}, true);
    h2_hear_all(&p);
    check(b->status == 200, "and then another");
    check(atomic_load(&kit.server->bodies) == 0 && !p.goaway, "and all room is free again");
    h2_hang_up(&p);
    stop("bodies");
}

static void test_deadlines(void)
{
    struct h2_peer p;
    struct net_limits limits = net_limits_default();
    limits.head_time_ms = 300;
    limits.idle_ms = 200;
    start(limits);
    h2_dial(&p, &kit);
    struct h2_answer *a = h2_ask(&p, "POST", "/e", S("hello"));
    a->stalls_at = 2;
    h2_hear_all(&p);
    check(a->status == 408, "a body that stalls: 408");
    check(h2_exchange(&p, "GET", "/a", S(""))->status == 200, "and the others go on");
    h2_hear_end(&p);
    check(p.goaway && p.goaway_code == NGHTTP2_NO_ERROR, "who says no more is told good-bye");
    h2_hang_up(&p);

    memset(&p, 0, sizeof p);
    must(kit_dial_tls(&kit, &p.d, 0, "\x02h2", NULL));
    h2_start(&p, 100, false);
    a = h2_ask(&p, "GET", "/big", S(""));
    h2_hear_end(&p);
    check(a->body.n == 100 && dones == given, "one who opens no window is cut");
    h2_hang_up(&p);

    struct buf b, block;
    buf_init(&b, NULL, 0), buf_init(&block, NULL, 0);
    h2_block(&block, "GET", "/a");
    h2_frame(&b, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, 1, span_cut(buf_span(&block), 0, 20));
    struct h2_heard heard = h2_say_raw(&kit, buf_span(&b));
    check(heard.goaway && heard.goaway_code == NGHTTP2_ENHANCE_YOUR_CALM && heard.heads == 0,
        "fields that never end are cut at the head's deadline");
    heard = h2_say_raw(&kit, S(""));
    check(heard.goaway && heard.goaway_code == NGHTTP2_NO_ERROR, "as is one who asks nothing");
    buf_free(&b), buf_free(&block);
    stop("deadlines");
}

static void test_behind_proxy(void)
{
    struct h2_peer p;
    struct net_limits limits = net_limits_default();
    limits.per_client_max = 1;
    start(limits);
    memset(&p, 0, sizeof p);
    must(kit_shake(&p.d, kit_dial_from(&kit, "127.0.0.99"), 0, "\x02h2", NULL));
    h2_start(&p, 0, true);
    const char *wait[] = {":method", "GET", ":scheme", "https", ":authority", "x", ":path",
        "/wait?1", "x-forwarded-for", "6.6.6.6, 192.0.2.1", NULL};
    const char *who[] = {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/who",
        "x-forwarded-for", "192.0.2.1", NULL};
    const char *other[] = {":method", "GET", ":scheme", "https", ":authority", "x", ":path", "/who",
        "x-forwarded-for", "192.0.2.2", NULL};
    struct h2_answer *a = h2_ask_with(&p, wait, S(""), false);
    struct h2_answer *b = h2_ask_with(&p, who, S(""), false);
    struct h2_answer *c = h2_ask_with(&p, other, S(""), false);
    h2_send(&p);
    sem_wait(&deferred);
    while (!b->closed || !c->closed) h2_hear_once(&p);
    check(b->status == 503 && says(c, "192.0.2.2 secure"),
        "behind a proxy it is the client's requests that count");
    net_post(net_worker_at(kit.server, 0), answer_waiting, NULL);
    h2_hear_all(&p);
    sem_wait(&deferred);
    check(says(a, "1"), "the one that stood is answered");
    a = h2_ask_with(&p, who, S(""), false);
    h2_hear_all(&p);
    check(says(a, "192.0.2.1 secure"), "and the next may come");
    h2_hang_up(&p);
    stop("behind a proxy");
}

static void test_proxy_protocol(void)
{
    struct h2_peer p;
    static struct net_trusted trusted;
    must(net_trusted_parse(S("127.0.0.1"), &trusted));
    struct net_config c = {.handle = handle,
        .tls_cert = cert,
        .tls_key = key,
        .trusted = &trusted,
        .trusted_count = 1};
    kit.listener = (struct net_listener){.is_tls = true, .proxy_protocol = true};
    kit_start(&kit, &c, "127.0.0.1:0");
    memset(&p, 0, sizeof p);
    int fd = kit_dial(&kit);
    must(kit_say(fd, S("PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\n")));
    must(kit_shake(&p.d, fd, 0, "\x02h2", NULL));
    h2_start(&p, 0, true);
    check(says(h2_exchange(&p, "GET", "/who", S("")), "192.0.2.7 secure"),
        "the PROXY header stands before TLS");
    h2_hang_up(&p);
    stop("the PROXY protocol");
}

static void *stop_server(void *with)
{
    (void)with;
    net_stop(kit.server, GUARD_MS);
    return NULL;
}

static void test_end(void)
{
    struct kit_hold standing;
    struct h2_peer p, idle;
    pthread_t thread;
    start(net_limits_default());
    h2_dial(&p, &kit);
    struct h2_answer *a = h2_ask(&p, "GET", "/last?1", S(""));
    h2_hear_end(&p);
    check(a->body.n == NET_H2_OUT_BYTES && p.goaway && p.goaway_code == NGHTTP2_NO_ERROR,
        "a reply may be the last of its connection");
    h2_hang_up(&p);

    h2_dial(&p, &kit);
    a = h2_ask(&p, "GET", "/wait?half", S(""));
    h2_send(&p);
    sem_wait(&deferred);
    SSL_shutdown(p.d.ssl);
    must(shutdown(p.d.fd, SHUT_WR) == 0);
    net_post(net_worker_at(kit.server, 0), answer_waiting, NULL);
    sem_wait(&deferred);
    while (!a->closed && !p.ended) h2_hear_once(&p);
    check(says(a, "half"), "who half-closes still gets the reply");
    h2_hang_up(&p);

    h2_dial(&p, &kit);
    h2_dial(&idle, &kit);
    h2_exchange(&idle, "GET", "/", S(""));
    const char *why = "";
    kit_certificate(cert, key, "second");
    check(kit_reload(&kit, cert, key, &why) == OK &&
              h2_exchange(&idle, "GET", "/", S(""))->status == 200,
        "a new certificate, and the connection that stood goes on");
    a = h2_ask(&p, "GET", "/wait?drained", S(""));
    struct h2_answer *whole = h2_ask(&p, "GET", "/big", S(""));
    h2_send(&p);
    sem_wait(&deferred);
    struct net_worker *w = waiting[0].token.worker;
    kit_hold(&kit, &standing);
    must(pthread_create(&thread, NULL, stop_server, NULL) == 0);
    while (!atomic_load(&kit.server->stopping)) sched_yield();
    struct h2_answer *on_its_way = h2_ask(&idle, "GET", "/", S(""));
    h2_send(&idle);
    sem_post(&standing.released);
    h2_hear_end(&idle);
    check(on_its_way->status == 200, "what had been asked before the stop is answered");
    check(idle.goaway && idle.goaway_code == NGHTTP2_NO_ERROR, "at the end the idle are let go");
    while (!p.goaway || p.goaway_last == INT32_MAX) h2_hear_once(&p);
    struct h2_answer *too_late = h2_ask(&p, "GET", "/late", S(""));
    h2_send(&p);
    net_post(w, answer_waiting, NULL);
    h2_hear_end(&p);
    check(says(a, "drained") && whole->body.n == BIG, "who has asked is answered");
    check(too_late->status == 0, "who asks after it is not");
    pthread_join(thread, NULL);
    sem_wait(&deferred);
    h2_hang_up(&p);
    h2_hang_up(&idle);
    close(kit.listener.fd);
    arena_free(kit.arena);

    start(net_limits_default());
    h2_dial(&p, &kit);
    h2_ask(&p, "GET", "/wait?never", S(""));
    h2_send(&p);
    sem_wait(&deferred);
    net_stop(kit.server, 1);
    atomic_store(&waiting_count, 0);
    check(given == dones, "at the end of the drain nobody is waited for");
    h2_hang_up(&p);
    close(kit.listener.fd);
    arena_free(kit.arena);
}

int main(void)
{
    must(mkdtemp(folder) != NULL);
    snprintf(cert, sizeof cert, "%s/cert.pem", folder);
    snprintf(key, sizeof key, "%s/key.pem", folder);
    kit_certificate(cert, key, "first");
    sem_init(&deferred, 0, 0);
    big = malloc(BIG);
    for (size_t i = 0; i < BIG; i++) big[i] = (char)('a' + i * 7 % 26);
    test_exchange();
    test_small_records();
    test_fields();
    test_streams();
    test_full_windows();
    test_full_sockets();
    test_resets();
    test_bodies();
    test_deadlines();
    test_behind_proxy();
    test_proxy_protocol();
    test_end();
    must(dir_remove(folder) == OK);
    free(big);
    return tap_end();
}
