/* HTTP/2: deadlines, clients behind proxies, and the ends: of a connection, of a server with those
 * who have asked. */
#include "h2_server_kit.h"

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

static void test_last_reply(void)
{
    struct h2_peer p;
    start(net_limits_default());
    h2_dial(&p, &kit);
    struct h2_answer *a = h2_ask(&p, "GET", "/last?1", S(""));
    h2_hear_end(&p);
    check(a->body.n == NET_H2_OUT_BYTES && p.goaway && p.goaway_code == NGHTTP2_NO_ERROR,
        "a reply may be the last of its connection");
    h2_hang_up(&p);
    stop("the last reply");
}

static void test_half_closed(void)
{
    struct h2_peer p;
    start(net_limits_default());
    h2_dial(&p, &kit);
    struct h2_answer *a = h2_ask(&p, "GET", "/wait?half", S(""));
    h2_send(&p);
    sem_wait(&deferred);
    SSL_shutdown(p.d.ssl);
    must(shutdown(p.d.fd, SHUT_WR) == 0);
    net_post(net_worker_at(kit.server, 0), answer_waiting, NULL);
    sem_wait(&deferred);
    while (!a->closed && !p.ended) h2_hear_once(&p);
    check(says(a, "half"), "who half-closes still gets the reply");
    h2_hang_up(&p);
    stop("half closed");
}

static void test_drain(void)
{
    struct kit_hold standing;
    struct h2_peer p, idle;
    pthread_t thread;
    start(net_limits_default());
    h2_dial(&p, &kit);
    h2_dial(&idle, &kit);
    h2_exchange(&idle, "GET", "/", S(""));
    const char *why = "";
    kit_certificate(cert, key, "second");
    check(kit_reload(&kit, cert, key, &why) == OK &&
              h2_exchange(&idle, "GET", "/", S(""))->status == 200,
        "a new certificate, and the connection that stood goes on");
    struct h2_answer *a = h2_ask(&p, "GET", "/wait?drained", S(""));
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
}

static void test_drain_is_over(void)
{
    struct h2_peer p;
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
    server_begin();
    test_deadlines();
    test_behind_proxy();
    test_proxy_protocol();
    test_last_reply();
    test_half_closed();
    test_drain();
    test_drain_is_over();
    return server_end();
}
