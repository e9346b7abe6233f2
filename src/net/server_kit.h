/* server_kit: what the tests of the server share: one handler, and what it was asked. */
#ifndef SERVER_KIT_H
#define SERVER_KIT_H

#include "net_kit.h"

#include <semaphore.h>

enum { BIG = 3 << 20 };

static struct kit kit;

static struct buf heard;

static char *big;

static sem_t deferred, done_calls;

static struct http_token waiting;

static _Atomic int handled, dones;

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

static void reply_waiting(void *with)
{
    struct http_reply reply = {
        .status = 200, .body = S("waited"), .done = count_done, .with = with};
    http_reply_later(waiting, &reply);
}

static void server_begin(void)
{
    buf_init(&heard, NULL, 0);
    sem_init(&deferred, 0, 0);
    sem_init(&done_calls, 0, 0);
    big = malloc(BIG);
    must(big);
    for (size_t i = 0; i < BIG; i++) big[i] = (char)('a' + i * 7 % 26);
}

static int server_end(void)
{
    free(big);
    buf_free(&heard);
    return tap_end();
}

#endif
