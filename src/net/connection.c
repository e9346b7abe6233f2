/* net/connection: one socket from accept to close: who is there (PROXY header), TLS or not,
 * and a decent end; reading and writing are in bytes.c. Owns descriptors and their place in the
 * worker; never looks at a request. Edge-triggered: a connection is registered once, and "readable"
 * remembers that the socket may still have bytes. What a client does is never fatal. */
#include "net_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void begin(struct net_connection *c);

/* ---- accepting ---- */

/* Over a limit, and nothing is known of the client: a word, and gone. What it sent is read, for
 * unread bytes would turn our word into a reset. */
static void turn_away(struct net_worker *w, int fd, bool is_tls)
{
    static const char sorry[] =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n"
        "Connection: close\r\n\r\n";
    char bytes[1024];
    if (!is_tls && send(fd, sorry, sizeof sorry - 1, MSG_NOSIGNAL) > 0) {
        shutdown(fd, SHUT_WR);
        while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) == (ssize_t)sizeof bytes) continue;
    }
    close(fd);
    atomic_fetch_sub(&w->server->open, 1);
    metric_add(M_REFUSED, 1);
}

/* The worker with the fewest connections, where this one has clearly more: kept-alive connections
 * stay where they began. */
static struct net_worker *place_for(struct net_worker *w)
{
    struct net_server *s = w->server;
    struct net_worker *best = w;
    uint32_t mine = atomic_load_explicit(&w->open, memory_order_relaxed), least = mine;
    for (unsigned i = 0; i < s->worker_count; i++) {
        uint32_t n = atomic_load_explicit(&s->workers[i].open, memory_order_relaxed);
        if (n < least) {
            least = n;
            best = &s->workers[i];
        }
    }
    return mine >= least + NET_IMBALANCE ? best : w;
}

/* Takes the address as the peer's. False: the client has too many connections already. */
static bool identify(struct net_connection *c, const struct net_address *a, bool is_unix)
{
    const struct net_config *config = &c->worker->server->config;
    c->peer = *a;
    c->is_trusted = is_unix ? config->trust_unix : net_is_trusted(config, a);
    if (c->is_trusted || !a->known) return true;
    c->is_counted = net_clients_enter(c->worker->server->clients, a, config->limits.per_client_max);
    return c->is_counted;
}

static void posted_begin(void *with)
{
    begin(with);
}

static void take_in(
    struct net_worker *w, struct net_ear *ear, int fd, const struct sockaddr_storage *sa)
{
    struct net_server *s = w->server;
    uint32_t open = atomic_fetch_add(&s->open, 1), most = s->config.limits.connections_max;
    if (open >= most + (s->config.is_reserved ? NET_RESERVED : 0)) {
        turn_away(w, fd, ear->listener->is_tls);
        return;
    }
    struct net_connection *c = calloc(1, sizeof *c);
    must(c != NULL);
    c->source.kind = SOURCE_CONNECTION;
    c->fd = fd;
    c->listener = ear->listener;
    c->protocol = &net_h1;
    c->worker = w;
    c->is_spare = open >= most;
    struct net_address peer = net_address_of(sa);
    if (!identify(c, &peer, ear->listener->is_unix && !ear->listener->proxy_protocol)) {
        free(c);
        turn_away(w, fd, ear->listener->is_tls);
        return;
    }
    metric_add(M_CONNECTIONS, 1);
    c->worker = place_for(w);
    atomic_fetch_add_explicit(&c->worker->open, 1, memory_order_relaxed);
    if (c->worker == w)
        begin(c);
    else
        net_post(c->worker, posted_begin, c);
}

void net_accept(struct net_worker *w, struct net_ear *ear)
{
    for (int i = 0; i < NET_ACCEPT_BATCH; i++) {
        struct sockaddr_storage sa;
        socklen_t n = sizeof sa;
        int fd =
            accept4(ear->listener->fd, (struct sockaddr *)&sa, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            if (n < sizeof sa.ss_family) sa.ss_family = AF_UNIX;
            take_in(w, ear, fd, &sa);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            w->ears_off = true;
        if (errno == EAGAIN || w->ears_off) return;
    }
}

static void take_slot(struct net_connection *c)
{
    struct net_worker *w = c->worker;
    if (w->free_count == 0) {
        uint32_t more = w->slot_count ? w->slot_count : 64;
        w->slots = realloc(w->slots, (w->slot_count + more) * sizeof *w->slots);
        w->free_slots = realloc(w->free_slots, (w->slot_count + more) * sizeof *w->free_slots);
        must(w->slots && w->free_slots);
        for (uint32_t i = w->slot_count + more; i-- > w->slot_count;) {
            w->slots[i] = NULL;
            w->free_slots[w->free_count++] = i;
        }
        w->slot_count += more;
    }
    c->slot = w->free_slots[--w->free_count];
    w->slots[c->slot] = c;
}

static void after_proxy(struct net_connection *c)
{
    const struct net_limits *limits = &c->worker->server->config.limits;
    c->stage = AT_HEAD;
    c->head_due = true;
    c->deadline_ms =
        c->worker->now_ms + (c->is_spare ? (uint32_t)NET_RESERVED_MS : limits->idle_ms);
    if (!c->listener->is_tls) return;
    c->stage = AT_HANDSHAKE;
    c->is_secure = true;
    c->deadline_ms = c->worker->now_ms + limits->head_time_ms;
    c->ssl = net_tls_new(c->worker->server->tls, c->fd);
    if (!c->ssl) net_close(c);
}

static void begin(struct net_connection *c)
{
    struct net_worker *w = c->worker;
    take_slot(c);
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = &c->source};
    if (epoll_ctl(w->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0) {
        c->broken = true;
        net_close(c);
        return;
    }
    if (!c->listener->proxy_protocol) {
        after_proxy(c);
        return;
    }
    /* Whoever may speak PROXY may claim any address: on TCP only the proxies that are trusted by
     * name. */
    if (!c->is_trusted && !c->listener->is_unix) {
        log_debug("net: a PROXY header from a peer that is not among the trusted proxies: refused");
        net_close(c);
        return;
    }
    c->stage = AT_PROXY;
    c->deadline_ms = w->now_ms + w->server->config.limits.head_time_ms;
}

/* ---- before the first request: true when the stage is over ---- */
static bool take_proxy(struct net_connection *c)
{
    char bytes[NET_PROXY_MAX];
    ssize_t n = recv(c->fd, bytes, sizeof bytes,
        MSG_PEEK); /* what follows may be TLS, and is not ours to take */
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    struct net_proxied told;
    enum http_parse read =
        n <= 0 ? HTTP_BAD : net_parse_proxy((struct span){bytes, (size_t)n}, &told);
    if (read == HTTP_MORE && n < (ssize_t)sizeof bytes && !c->fin_seen) return false;
    if (read != HTTP_DONE || recv(c->fd, bytes, told.used, 0) != (ssize_t)told.used) {
        net_close(c);
        return false;
    }
    if (c->is_counted) net_clients_leave(c->worker->server->clients, &c->peer);
    c->is_trusted = c->is_counted = false; /* so it stays for the proxy's own health check */
    c->is_secure = told.is_secure;
    if (told.client.known && !identify(c, &told.client, false)) {
        metric_add(M_REFUSED, 1);
        net_close(c);
        return false;
    }
    after_proxy(c);
    return c->stage != AT_DEAD;
}

static bool shake_hands(struct net_connection *c)
{
    ERR_clear_error();
    int r = SSL_accept(c->ssl);
    if (r == 1) {
        c->stage = AT_HEAD;
        c->readable = true;
        c->deadline_ms = c->worker->now_ms + c->worker->server->config.limits.idle_ms;
        if (net_tls_chose_h2(c->ssl)) net_h2_begin(c);
        return true;
    }
    int why = SSL_get_error(c->ssl, r);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return false;
    c->broken = true;
    net_close(c);
    return false;
}

/* ---- events ---- */
static void discard(struct net_connection *c)
{
    char bytes[4096];
    while (c->lingered < NET_LINGER_BYTES) {
        ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) break;
        c->lingered += (uint64_t)n;
    }
    net_close(c);
}

void net_connection_run(struct net_connection *c)
{
    if (c->stage == AT_PROXY && !take_proxy(c)) return;
    if (c->stage == AT_HANDSHAKE && !shake_hands(c)) return;
    if (c->stage == AT_SENDING) net_send_more(c);
    if (c->stage == AT_LINGER) discard(c);
    if (c->stage == AT_OPEN && c->broken) net_close(c);
    if (c->stage == AT_HEAD || c->stage == AT_BODY || c->stage == AT_STREAMS) c->protocol->run(c);
}

void net_connection_ready(struct net_connection *c, uint32_t events)
{
    if (c->stage == AT_DEAD) return;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) c->fin_seen = true;
    if (c->ssl || events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) c->readable = true;
    if (c->stage == AT_OPEN && c->fin_seen) {
        net_close(c);
        return;
    }
    bool waits = c->stage == AT_HANDLING || c->stage == AT_SENDING || c->stage == AT_STREAMS;
    if (events & (EPOLLHUP | EPOLLERR) && waits) {
        c->broken =
            true; /* nobody is left to answer; only half a goodbye (RDHUP) still wants its reply */
        net_close(c);
        return;
    }
    net_connection_run(c);
}

void net_connection_expired(struct net_connection *c)
{
    switch (c->stage) {
    case AT_HEAD:
    case AT_BODY:
    case AT_STREAMS: c->protocol->expired(c); break;
    case AT_SENDING:
        if (net_reader_is_slow(c)) net_close(c);
        break;
    default: net_close(c);
    }
}

/* ---- the end ---- */
static void leave_clients(struct net_connection *c)
{
    struct net_clients *t = c->worker->server->clients;
    if (c->is_counted) net_clients_leave(t, &c->peer);
    if (c->is_flight_counted) net_clients_leave(t, &c->client);
    c->is_counted = c->is_flight_counted = false;
}

void net_close(struct net_connection *c)
{
    if (c->stage == AT_DEAD) return;
    struct net_worker *w = c->worker;
    c->stage = AT_DEAD;
    c->token = 0;
    net_drop_sending(c);
    net_tail_end(w->server, &c->tail);
    if (c->protocol->ended) c->protocol->ended(c);
    net_bodies_release(w->server, &c->reserved);
    leave_clients(c);
    if (c->ssl) {
        ERR_clear_error();
        if (!c->broken && SSL_is_init_finished(c->ssl)) SSL_shutdown(c->ssl);
        SSL_free(c->ssl);
        c->ssl = NULL;
    }
    close(c->fd);
    w->slots[c->slot] = NULL;
    w->free_slots[w->free_count++] = c->slot;
    atomic_fetch_sub_explicit(&w->open, 1, memory_order_relaxed);
    atomic_fetch_sub(&w->server->open, 1);
    net_bury(c);
}

void net_linger(struct net_connection *c)
{
    if (c->stage == AT_DEAD) return;
    if (c->ssl) {
        ERR_clear_error();
        SSL_shutdown(c->ssl);
    }
    if (shutdown(c->fd, SHUT_WR) != 0) {
        net_close(c);
        return;
    }
    c->stage = AT_LINGER;
    c->deadline_ms = c->worker->now_ms + NET_LINGER_MS;
    net_again(c);
}
