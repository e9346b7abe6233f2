/* net/stream: replies that stay open: what is sent comes bit by bit until one side ends it. Over
 * HTTP/1.1 the end of the connection is the end of the reply (RFC 9112, 6.3), over HTTP/2 it is a
 * stream like others. One that is idle holds no block and no buffer. A reader who does not take
 * what is sent is let go: nothing is kept for him but a few bytes of HTTP/2. Fatal: no memory. */
#include "h2_inside.h"

#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

enum { HEAD_MAX = 4 << 10 }; /* status line and fields of an open reply */

struct net_tail { /* what an open reply needs beside its connection or stream */
    void (*done)(void *with);
    void *with;
    struct net_address client;
    int64_t acknowledged; /* bytes of the connection, at the last pulse */
    bool had_queue;       /* not all was acknowledged then */
};

/* ---- birth and end ---- */
static bool enter(
    struct net_server *s, const struct net_address *client, const struct http_room *room)
{
    if (atomic_fetch_add(&s->open_replies, 1) < room->most &&
        (!client->known || net_clients_enter(s->listeners, client, room->per_client)))
        return true;
    atomic_fetch_sub(&s->open_replies, 1);
    return false;
}

void net_tail_end(struct net_server *s, struct net_tail **at)
{
    struct net_tail *t = *at;
    if (!t) return;
    *at = NULL;
    if (t->client.known) net_clients_leave(s->listeners, &t->client);
    atomic_fetch_sub(&s->open_replies, 1);
    if (t->done) t->done(t->with);
    free(t);
}

static struct net_tail *tail_new(const struct http_request *r, const struct http_reply *reply)
{
    struct net_tail *t = calloc(1, sizeof *t);
    must(t != NULL);
    *t = (struct net_tail){.done = reply->done, .with = reply->with, .client = r->client};
    return t;
}

/* Its head and first bytes fit into an empty socket; where they do not, it ends at the next turn:
 * not within the call that opens it. */
static void open_h1(struct net_connection *c, const struct http_reply *reply)
{
    char text[HEAD_MAX];
    size_t n = net_reply_prefix(c, reply, text);
    must(n + reply->head.n + reply->body.n + 2 <= sizeof text);
    const struct span parts[] = {reply->head, S("\r\n"), reply->body};
    for (size_t i = 0; i < COUNT(parts); i++) {
        if (parts[i].n) memcpy(text + n, parts[i].p, parts[i].n);
        n += parts[i].n;
    }
    c->stage = AT_OPEN;
    c->keep_alive = false;
    c->deadline_ms = INT64_MAX;
    c->worker->counts.by_class[reply->status / 100 % 6]++;
    if (c->fin_seen || net_write(c, &(struct iovec){text, n}, 1) != (ssize_t)n) {
        c->broken = true;
        net_again(c);
    }
}

bool http_stream_open(struct http_request *r, const struct http_reply *reply,
    const struct http_room *room, struct http_token *token_out)
{
    struct net_connection *c = r->connection;
    struct http_reply open = *reply;
    open.no_body_length = open.close = true;
    must(r->method == HTTP_GET);
    if (atomic_load_explicit(&c->worker->server->stopping, memory_order_relaxed) ||
        !enter(c->worker->server, &r->client, room))
        return false;
    *token_out = (struct http_token){c->worker, ++c->worker->tokens << 24 | c->slot};
    if (r->stream) {
        r->stream->token = token_out->id;
        r->stream->tail = tail_new(r, reply);
        net_h2_open_reply(r->stream, &open);
    } else {
        c->token = token_out->id;
        c->tail = tail_new(r, reply);
        open_h1(c, &open);
    }
    return true;
}

/* ---- sending ---- */
static struct net_connection *connection_of(struct http_token t)
{
    uint32_t slot = (uint32_t)(t.id & 0xffffff);
    return slot < t.worker->slot_count ? t.worker->slots[slot] : NULL;
}

/* False: it is gone, or goes: its reader is too slow. */
static bool say(struct net_connection *c, struct net_stream *s, struct span bytes)
{
    if (s) {
        bool taken = net_h2_say(s, bytes);
        net_again(c);
        return taken;
    }
    union {
        const char *in;
        void *out;
    } unconst = {.in = bytes.p};
    ssize_t n = net_write(c, &(struct iovec){unconst.out, bytes.n}, 1);
    if (n > 0) c->worker->counts.bytes += (uint64_t)n;
    if (n == (ssize_t)bytes.n) return true;
    net_close(c);
    return false;
}

static bool find(struct http_token t, struct net_connection **c, struct net_stream **s)
{
    *c = connection_of(t);
    *s = *c && (*c)->h2 ? net_h2_find(*c, t.id) : NULL;
    return *s ? (*s)->state == IS_OPEN : *c && (*c)->token == t.id && (*c)->stage == AT_OPEN;
}

bool http_stream_send(struct http_token t, struct span bytes)
{
    struct net_connection *c;
    struct net_stream *s;
    return find(t, &c, &s) && say(c, s, bytes);
}

/* Between two pulses something of what was waiting at the first must have been acknowledged. */
static bool has_moved(const struct net_connection *c, struct net_tail *t)
{
    int queued = 0;
    if (ioctl(c->fd, SIOCOUTQ, &queued) != 0) return true; /* no TCP: a full socket tells */
    int64_t gone = (int64_t)c->written - queued;
    bool moved = !t->had_queue || queued == 0 || gone > t->acknowledged;
    t->acknowledged = gone;
    t->had_queue = queued > 0;
    return moved;
}

bool http_stream_pulse(struct http_token t, struct span bytes)
{
    struct net_connection *c;
    struct net_stream *s;
    if (!find(t, &c, &s)) return false;
    if (s ? s->waiting_n == 0 && has_moved(c, s->tail) : has_moved(c, c->tail))
        return say(c, s, bytes);
    if (s)
        net_h2_cut(s);
    else
        net_close(c);
    return false;
}

void http_stream_end(struct http_token t, struct span last)
{
    struct net_connection *c;
    struct net_stream *s;
    if (!find(t, &c, &s) || !say(c, s, last)) return;
    if (s) {
        net_h2_say_end(s);
        net_again(c);
        return;
    }
    c->token = 0;
    net_tail_end(c->worker->server, &c->tail);
    net_linger(c);
}

uint32_t net_open_replies(const struct net_server *s)
{
    return atomic_load(&s->open_replies);
}
