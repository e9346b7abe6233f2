/* net/h2_trial: an HTTP/2 session without a socket, for the fuzzer: a connection that nobody
 * dialled on a worker that was not started. Owns both. */
#include "h2_inside.h"

#include <stdlib.h>

struct http2_trial {
    struct net_server *server;
    struct net_connection *connection;
};

struct http2_trial *http2_trial_open(const struct net_config *config)
{
    static const struct net_listener tls = {.fd = -1, .is_tls = true};
    struct http2_trial *t = calloc(1, sizeof *t);
    struct net_connection *c = calloc(1, sizeof *c);
    must(t && c);
    t->server = net_server_new(config);
    t->connection = c;
    struct net_worker *w = &t->server->workers[0];
    w->date_s = -1;
    net_worker_time(w);
    w->slots = calloc(1, sizeof(struct net_connection *));
    must(w->slots != NULL);
    w->slot_count = 1;
    w->slots[0] = c;
    c->source.kind = SOURCE_CONNECTION;
    c->fd = -1;
    c->listener = &tls;
    c->worker = w;
    c->protocol = &net_h2;
    c->stage = AT_STREAMS;
    c->is_secure = true;
    c->h2 = net_h2_open(c);
    return t;
}

bool http2_trial_say(
    struct http2_trial *t, struct span bytes, void (*sink)(struct span s, void *with), void *with)
{
    struct net_connection *c = t->connection;
    char out[NET_H2_OUT_ROOM];
    net_worker_time(c->worker);
    c->worker->ready_us = net_now_us();
    net_h2_feed(c, bytes);
    do {
        net_h2_serve(c);
        for (size_t n; (n = net_h2_fill(c, out)) > 0;) sink((struct span){out, n}, with);
    } while (net_h2_can_serve(c));
    net_h2_rest(c);
    return !net_h2_is_over(c);
}

void http2_trial_close(struct http2_trial *t)
{
    struct net_connection *c = t->connection;
    struct net_worker *w = c->worker;
    net_h2_free(c);
    w->again = NULL; /* where late replies have put it */
    w->again_end = &w->again;
    w->slots[0] = NULL;
    free(c);
    net_stop(t->server, 0);
    free(t);
}
