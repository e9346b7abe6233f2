/* The server over real sockets: keep-alive, pipelines, bodies, late replies. */
#include "server_kit.h"

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
    kit_exchange(&kit, &heard, S("HEAD /a HTTP/1.1\r\n\r\n"), false);
    check(has("HTTP/1.1 400 ") && strcmp(strstr(heard.p, "\r\n\r\n"), "\r\n\r\n") == 0,
        "nor has it one where it is refused");
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

int main(void)
{
    server_begin();
    test_exchange();
    test_pipeline();
    test_bodies();
    test_room_for_bodies();
    test_big_replies();
    test_deferred();
    return server_end();
}
