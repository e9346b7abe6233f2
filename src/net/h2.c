/* net/h2: HTTP/2 on an open TLS connection: reading into the session, writing what it has to say,
 * and time: heads, bodies, idleness, slow readers, the server's end. Owns what the socket has not
 * taken yet; streams and frames are h2_session.c's. Nothing that a client does is fatal. */
#include "h2_inside.h"

#include <stdlib.h>
#include <string.h>

enum {
    READ_BYTES = 16 << 10, /* a TLS record */
    STEPS_MAX = 16,        /* reads in one turn, before others get theirs */
};

struct net_h2_socket { /* what a connection has beside its session */
    char *unsent;      /* the socket was full: these bytes first */
    size_t unsent_n;
    int64_t reader_due_ms; /* when the reader is looked at; 0: nothing waits for it */
    uint64_t acknowledged;
};

/* ---- writing ---- */

/* A record is taken whole or not at all, and must be offered again as it was: so all is kept. */
static void keep_unsent(struct net_connection *c, const char *p, size_t n)
{
    struct net_h2_socket *k = c->h2_socket;
    k->unsent = malloc(n);
    must(k->unsent != NULL);
    memcpy(k->unsent, p, n);
    k->unsent_n = n;
}

static ssize_t write_out(struct net_connection *c, char *p, size_t n)
{
    struct iovec iov = {p, n};
    ssize_t taken = net_write(c, &iov, 1);
    if (taken > 0) c->worker->counts.bytes += (uint64_t)taken;
    return taken;
}

/* False: the connection is closed. */
static bool write_unsent(struct net_connection *c)
{
    struct net_h2_socket *k = c->h2_socket;
    if (!k->unsent) return true;
    ssize_t taken = write_out(c, k->unsent, k->unsent_n);
    if (taken < 0) {
        net_close(c);
        return false;
    }
    k->unsent_n -= (size_t)taken;
    memmove(k->unsent, k->unsent + taken, k->unsent_n);
    if (k->unsent_n > 0) return true;
    free(k->unsent);
    k->unsent = NULL;
    return true;
}

static bool flush(struct net_connection *c)
{
    static _Thread_local char out[NET_H2_OUT_ROOM];
    if (!write_unsent(c)) return false;
    while (!c->h2_socket->unsent) {
        size_t n = net_h2_fill(c, out);
        if (n == 0) break;
        ssize_t taken = write_out(c, out, n);
        if (taken < 0) {
            net_close(c);
            return false;
        }
        if ((size_t)taken < n) keep_unsent(c, out + taken, n - (size_t)taken);
    }
    return true;
}

/* ---- the end ---- */

/* True: it has ended. What was said well is heard out first; with one who misbehaves nobody waits.
 */
static bool end_if_over(struct net_connection *c)
{
    bool left = c->at_end && net_h2_look(c).busy == 0, unsent = c->h2_socket->unsent != NULL;
    if (!net_h2_is_over(c) && !left) return false;
    if (unsent && !net_h2_is_given_up(c)) return false;
    net_h2_drop_streams(c);
    if (c->at_end || unsent)
        net_close(c);
    else
        net_linger(c);
    return true;
}

/* ---- time ---- */
static void set_deadline(struct net_connection *c)
{
    struct net_h2_socket *k = c->h2_socket;
    struct net_h2_state now = net_h2_look(c);
    bool waits = k->unsent || now.sending > 0;
    if (!waits) k->reader_due_ms = 0;
    if (waits && !k->reader_due_ms) {
        k->reader_due_ms = c->worker->now_ms + c->worker->server->body_grace_ms;
        k->acknowledged = net_acknowledged(c, now.data_sent);
    }
    c->deadline_ms = now.deadline_ms;
    if (waits && k->reader_due_ms < c->deadline_ms) c->deadline_ms = k->reader_due_ms;
    if (!waits && now.streams == 0) c->deadline_ms = now.idle_at_ms;
}

static void read_all(struct net_connection *c)
{
    static _Thread_local char in[READ_BYTES];
    for (int steps = 0; c->readable && !net_h2_is_over(c); steps++) {
        if (steps == STEPS_MAX) {
            net_again(c);
            return;
        }
        ssize_t n = net_read(c, in, sizeof in);
        if (n > 0) net_h2_feed(c, (struct span){in, (size_t)n});
    }
}

static void run(struct net_connection *c)
{
    uint64_t before = c->worker->counts.requests;
    read_all(c);
    if (c->broken) {
        net_close(c);
        return;
    }
    do {
        net_h2_serve(c);
        if (!flush(c)) return;
    } while (net_h2_can_serve(c) && c->worker->counts.requests - before < NET_PIPELINE_MAX);
    if (end_if_over(c)) return;
    if (net_h2_can_serve(c)) net_again(c);
    net_h2_rest(c);
    set_deadline(c);
}

static void expired(struct net_connection *c)
{
    struct net_h2_socket *k = c->h2_socket;
    struct net_h2_state now = net_h2_look(c);
    if (k->reader_due_ms && k->reader_due_ms <= c->worker->now_ms) {
        if (net_is_slow(c, now.data_sent, &k->acknowledged)) {
            net_close(c);
            return;
        }
        k->reader_due_ms = c->worker->now_ms + c->worker->server->body_grace_ms;
    }
    net_h2_expire(c);
    if (now.streams == 0 && !k->unsent && now.idle_at_ms <= c->worker->now_ms) net_h2_hang_up(c);
    run(c);
}

static void warn(struct net_connection *c)
{
    if (c->stage != AT_STREAMS) return;
    net_h2_warn(c);
    net_again(c);
}

static void drain(struct net_connection *c)
{
    if (c->stage != AT_STREAMS) return;
    net_h2_drain(c);
    net_again(c);
}

static void ended(struct net_connection *c)
{
    net_h2_free(c);
    free(c->h2_socket->unsent);
    free(c->h2_socket);
    c->h2_socket = NULL;
}

const struct net_protocol net_h2 = {run, expired, warn, drain, ended};

void net_h2_begin(struct net_connection *c)
{
    c->protocol = &net_h2;
    c->stage = AT_STREAMS;
    c->h2 = net_h2_open(c);
    c->h2_socket = calloc(1, sizeof *c->h2_socket);
    must(c->h2_socket != NULL);
    if (c->worker->drained) net_h2_drain(c);
}
