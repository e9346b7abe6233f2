/* net/server: starts the workers, stops them with a drain, and counts what they share.
 * Owns a copy of the configuration, the table of clients and the TLS contexts; never the listeners'
 * descriptors, which are the master's. Fatal: no memory. */
#include "net_inside.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
    BODY_MAX = 1 << 20, /* comments and searches are small; pushes ask for more by path */
    CONNECTIONS_CEILING = 1 << 24, /* what a token can name */
    NET_PEM_ARENA = 8 << 20,       /* two files of NET_PEM_MAX, with room */
};

struct net_limits net_limits_default(void)
{
    return (struct net_limits){
        .head_time_ms = NET_HEAD_TIME_MS,
        .idle_ms = NET_IDLE_MS,
        .body_rate_min = NET_BODY_RATE_MIN,
        .connections_max = NET_CONNECTIONS_MAX,
        .per_client_max = NET_PER_CLIENT_MAX,
        .queue_ms = NET_QUEUE_MS,
        .body_max = BODY_MAX,
        .bodies_max = NET_BODIES_MAX,
    };
}

static void or_default(struct net_limits *l)
{
    struct net_limits d = net_limits_default();
    if (l->head_time_ms == 0) l->head_time_ms = d.head_time_ms;
    if (l->idle_ms == 0) l->idle_ms = d.idle_ms;
    if (l->body_rate_min == 0) l->body_rate_min = d.body_rate_min;
    if (l->connections_max == 0) l->connections_max = d.connections_max;
    if (l->connections_max >= CONNECTIONS_CEILING) l->connections_max = CONNECTIONS_CEILING - 1;
    if (l->per_client_max == 0) l->per_client_max = d.per_client_max;
    if (l->queue_ms == 0) l->queue_ms = d.queue_ms;
    if (l->body_max == 0) l->body_max = d.body_max;
    if (l->bodies_max == 0) l->bodies_max = d.bodies_max;
}

/* Deadlines are kept within a quarter of the shortest one, or a second. */
static int64_t sweep_every_ms(const struct net_limits *l, int64_t grace_ms)
{
    int64_t ms = l->head_time_ms < l->idle_ms ? l->head_time_ms : l->idle_ms;
    if (grace_ms < ms) ms = grace_ms;
    ms /= 4;
    return ms < NET_SWEEP_MIN_MS ? NET_SWEEP_MIN_MS : ms > NET_SWEEP_MAX_MS ? NET_SWEEP_MAX_MS : ms;
}

static void *copy_of(const void *p, size_t n)
{
    void *copy = malloc(n ? n : 1);
    must(copy != NULL);
    if (n) memcpy(copy, p, n);
    return copy;
}

static void take_config(struct net_server *s, const struct net_config *c)
{
    s->config = *c;
    or_default(&s->config.limits);
    s->config.listeners = copy_of(c->listeners, c->listener_count * sizeof *c->listeners);
    s->config.trusted = copy_of(c->trusted, c->trusted_count * sizeof *c->trusted);
    s->body_grace_ms = s->config.limits.head_time_ms / 2;
    if (s->body_grace_ms < 1) s->body_grace_ms = 1;
    s->sweep_ms = sweep_every_ms(&s->config.limits, s->body_grace_ms);
    s->worker_count = c->threads ? c->threads : 1;
    s->clients = net_clients_new();
    s->listeners = net_clients_new();
    s->workers = calloc(s->worker_count, sizeof *s->workers);
    must(s->workers != NULL);
}

static void prepare_listeners(const struct net_config *c)
{
    int one = 1;
    for (size_t i = 0; i < c->listener_count; i++) {
        must(set_nonblocking(c->listeners[i].fd));
        if (!c->listeners[i].is_unix) /* accepted sockets inherit it */
            setsockopt(c->listeners[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
}

static bool wants_tls(const struct net_config *c)
{
    for (size_t i = 0; i < c->listener_count; i++)
        if (c->listeners[i].is_tls) return true;
    return false;
}

struct net_server *net_server_new(const struct net_config *c)
{
    must(c->handle != NULL);
    struct net_server *s = calloc(1, sizeof *s);
    must(s != NULL);
    s->began_us = net_now_us();
    take_config(s, c);
    for (unsigned i = 0; i < s->worker_count; i++) net_worker_init(&s->workers[i], s, i);
    return s;
}

static enum result open_tls(struct net_server *s, const char **why_out)
{
    struct arena *a = arena_new(NET_PEM_ARENA);
    struct net_pem pem;
    enum result r = net_pem_read(a, s->config.tls_cert, s->config.tls_key, &pem, why_out);
    if (r == OK) r = net_tls_open(&pem, &s->tls, why_out);
    net_pem_wipe(&pem);
    arena_free(a);
    return r;
}

enum result net_start(const struct net_config *c, struct net_server **out, const char **why_out)
{
    struct net_server *s = net_server_new(c);
    enum result r = OK;
    if (c->tls_cert && c->tls_key) {
        r = open_tls(s, why_out);
    } else if (wants_tls(c)) {
        *why_out = "a TLS listener needs a certificate and a key";
        r = ERR_ABSENT;
    }
    signal(SIGPIPE, SIG_IGN); /* a client that has gone is a result of write, not a signal */
    if (r == OK) prepare_listeners(c);
    *out = s; /* before the first request can ask for it */
    for (unsigned i = 0; r == OK && i < s->worker_count; i++) {
        r = net_worker_start(&s->workers[i]);
        if (r != OK)
            *why_out =
                "cannot start a worker thread: the system has no more threads or descriptors";
    }
    if (r != OK) {
        net_stop(s, 0);
        *out = NULL;
        return r;
    }
    return OK;
}

void net_halt(struct net_server *s, int drain_ms)
{
    atomic_store(&s->stop_at_ms, net_now_ms() + drain_ms);
    atomic_store_explicit(&s->stopping, true, memory_order_release);
    for (unsigned i = 0; i < s->worker_count; i++)
        if (s->workers[i].started) net_worker_wake(&s->workers[i]);
    for (unsigned i = 0; i < s->worker_count; i++) {
        if (s->workers[i].started) pthread_join(s->workers[i].thread, NULL);
        s->workers[i].started = false;
    }
}

void net_stop(struct net_server *s, int drain_ms)
{
    if (!s) return;
    net_halt(s, drain_ms);
    for (unsigned i = 0; i < s->worker_count; i++) net_worker_free(&s->workers[i]);
    net_tls_free(s->tls);
    net_clients_free(s->clients);
    net_clients_free(s->listeners);
    free(s->workers);
    free(s->config.listeners);
    free(s->config.trusted);
    free(s);
}

enum result net_reload_tls(struct net_server *s, const struct net_pem *p, const char **why_out)
{
    if (s->tls) return net_tls_reload(s->tls, p, why_out);
    *why_out = "this server speaks no TLS";
    return ERR_ABSENT;
}

unsigned net_workers(const struct net_server *s)
{
    return s->worker_count;
}

struct net_worker *net_worker_at(struct net_server *s, unsigned i)
{
    must(i < s->worker_count);
    return &s->workers[i];
}

unsigned net_worker_index(const struct net_worker *w)
{
    return w->index;
}

bool net_bodies_reserve(struct net_server *s, uint64_t *reserved, uint64_t n)
{
    uint64_t before = atomic_fetch_add(&s->bodies, n);
    if (n > s->config.limits.bodies_max || before > s->config.limits.bodies_max - n) {
        atomic_fetch_sub(&s->bodies, n);
        return false;
    }
    *reserved += n;
    return true;
}

void net_bodies_release(struct net_server *s, uint64_t *reserved)
{
    if (*reserved) atomic_fetch_sub(&s->bodies, *reserved);
    *reserved = 0;
}

uint32_t net_open_connections(const struct net_server *s)
{
    return atomic_load(&s->open);
}
