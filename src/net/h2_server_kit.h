/* h2_server_kit: what the tests of HTTP/2 over a server share: one handler, whose replies may wait,
 * and the count of what was given and done with. */
#ifndef H2_SERVER_KIT_H
#define H2_SERVER_KIT_H

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

static void server_begin(void)
{
    must(mkdtemp(folder) != NULL);
    snprintf(cert, sizeof cert, "%s/cert.pem", folder);
    snprintf(key, sizeof key, "%s/key.pem", folder);
    kit_certificate(cert, key, "first");
    sem_init(&deferred, 0, 0);
    big = malloc(BIG);
    must(big);
    for (size_t i = 0; i < BIG; i++) big[i] = (char)('a' + i * 7 % 26);
}

static int server_end(void)
{
    must(dir_remove(folder) == OK);
    free(big);
    return tap_end();
}

#endif
