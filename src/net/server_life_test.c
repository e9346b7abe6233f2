/* The server over real sockets: deadlines, limits, clients behind proxies, draining, watches,
 * doors. */
#include "server_kit.h"

#include <fcntl.h>
#include <sys/un.h>

static sem_t watched;
static _Atomic int posted;

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
    server_begin();
    sem_init(&watched, 0, 0);
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
    return server_end();
}
