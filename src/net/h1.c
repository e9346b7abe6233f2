/* net/h1: HTTP/1.1 on an open connection (RFC 9112): heads, bodies, the handler, the next request;
 * one at a time and in order. Owns the memory of a request: it is read into the worker's block and
 * handled there; a connection keeps bytes of its own only while a head or body is incomplete, and
 * those in a buffer of their size, so that a stalled client costs little. */
#include "net_inside.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 64 }; /* reads in one turn, before others get theirs */

static const struct net_limits *limits_of(const struct net_connection *c)
{
    return &c->worker->server->config.limits;
}

/* ---- bytes that the connection keeps between turns ---- */
static void drop_kept(struct net_connection *c)
{
    free(c->kept);
    c->kept = NULL;
    c->kept_n = c->kept_cap = 0;
    c->kept_is_request = false;
    net_bodies_release(c->worker->server, &c->reserved);
}

static void keep_room(struct net_connection *c, size_t more, size_t most)
{
    size_t need = c->kept_n + more;
    if (need <= c->kept_cap) return;
    size_t cap = c->kept_cap ? c->kept_cap : 256;
    while (cap < need) cap *= 2;
    if (most >= need && cap > most) cap = most;
    c->kept = realloc(c->kept, cap);
    must(c->kept != NULL);
    c->kept_cap = cap;
}

static void keep(struct net_connection *c, const char *p, size_t n, size_t most)
{
    if (n == 0) return;
    keep_room(c, n, most);
    memcpy(c->kept + c->kept_n, p, n);
    c->kept_n += n;
}

static void reset_arena(struct net_block *b)
{
    if (arena_used(b->arena) > 0) arena_reset(b->arena);
}

/* ---- the block that this turn works in ---- */
static struct net_block *open_block(struct net_connection *c)
{
    struct net_worker *w = c->worker;
    if (c->block) {
        net_block_give(w, w->block);
        w->block = c->block;
        c->block = NULL;
        reset_arena(w->block);
        if (c->kept_is_request) drop_kept(c);
        return w->block;
    }
    struct net_block *b = w->block;
    b->at = b->end = 0;
    if (c->kept_is_request) drop_kept(c);
    if (c->stage == AT_HEAD && c->kept_n > 0) {
        must(c->kept_n <= sizeof b->bytes);
        memcpy(b->bytes, c->kept, c->kept_n);
        b->end = c->kept_n;
        drop_kept(c);
    }
    return b;
}

static bool lies_in(struct span s, const char *p, size_t n)
{
    return s.n > 0 && n > 0 && (uintptr_t)s.p >= (uintptr_t)p && (uintptr_t)s.p < (uintptr_t)p + n;
}

/* The reply that is being sent stands in the request's own memory. */
static bool is_needed(const struct net_connection *c, const struct net_block *b)
{
    const struct http_reply *r = &c->sending->reply;
    return arena_used(b->arena) > 0 || lies_in(r->body, b->bytes, sizeof b->bytes) ||
           lies_in(r->head, b->bytes, sizeof b->bytes) || lies_in(r->body, c->kept, c->kept_n) ||
           lies_in(r->head, c->kept, c->kept_n);
}

static void put_away(struct net_connection *c, struct net_block *b)
{
    struct net_worker *w = c->worker;
    if (c->stage == AT_HANDLING || (c->stage == AT_SENDING && is_needed(c, b))) {
        c->block = b;
        w->block = net_block_take(w);
        return;
    }
    if (c->kept_is_request) drop_kept(c);
    if (c->stage == AT_HEAD || c->stage == AT_SENDING) keep(c, b->bytes + b->at, b->end - b->at, 0);
    b->at = b->end = 0;
    reset_arena(b);
}

/* ---- the handler, and what follows its reply ---- */
static bool has_unread(const struct net_connection *c)
{
    const struct net_block *b = c->block ? c->block : c->worker->block;
    return c->readable || b->at < b->end || (c->kept_n > 0 && !c->kept_is_request) ||
           c->body_left > 0;
}

void net_answered(struct net_connection *c, bool close)
{
    if (c->is_flight_counted) net_clients_leave(c->worker->server->clients, &c->client);
    c->is_flight_counted = false;
    c->token = 0;
    if (!close) {
        c->stage = AT_HEAD;
        c->head_started = false;
        c->head_due = true;
        c->deadline_ms = c->worker->now_ms + limits_of(c)->idle_ms;
    } else if (has_unread(c)) {
        net_linger(c);
    } else {
        net_close(c);
    }
}

void net_introduce(struct net_connection *c, struct http_request *r,
    const struct net_address *client, struct arena *a)
{
    r->connection = c;
    r->arena = a;
    r->client = *client;
    r->is_trusted = c->is_trusted;
    r->is_tls = c->is_secure;
    r->is_plain = !c->is_secure && !c->listener->is_unix && !c->listener->proxy_protocol;
    if (!c->is_trusted || c->is_secure) return;
    struct span told = http_header(r, "X-Forwarded-Proto");
    r->is_tls = span_eq_nocase(told, S("https"));
    r->is_plain = span_eq_nocase(told, S("http"));
}

static void deliver(struct net_connection *c, struct net_block *b, struct span body)
{
    struct net_server *s = c->worker->server;
    struct http_request *r = &b->head.r;
    net_introduce(c, &b->head.r, &c->client, b->arena);
    r->body = body;
    c->body_left = 0;
    c->stage = AT_HANDLING;
    c->deadline_ms = INT64_MAX;
    c->worker->counts.requests++;
    s->config.handle(c->worker, r, s->config.with);
    must(c->stage != AT_HANDLING || c->token != 0); /* it replies or defers before it returns */
    if (c->stage != AT_HEAD) return;
    reset_arena(b);
    if (c->kept_is_request) drop_kept(c);
}

static void refuse(struct net_connection *c, int status, const char *why)
{
    c->keep_alive = false;
    c->readable = true; /* whatever else is coming is not ours: close with care */
    net_refuse(c, status, why, true);
}

/* ---- bodies ---- */
/* The body is whole. The head is read once more where it lies now: that is cheaper than to keep
 * what was parsed while the body came. */
static void end_body(struct net_connection *c, struct net_block *b)
{
    must(http_parse_head((struct span){c->kept, c->head_bytes}, &b->head) == HTTP_DONE);
    c->kept_is_request = true;
    deliver(c, b, (struct span){c->kept + c->head_bytes, c->kept_n - c->head_bytes});
}

/* Every byte buys time at the lowest rate allowed, and no stall may last longer than the grace. */
int64_t net_earned(const struct net_connection *c, int64_t deadline_ms, int64_t until_ms, size_t n)
{
    const struct net_server *s = c->worker->server;
    int64_t most = c->worker->now_ms + s->body_grace_ms;
    if (most > until_ms) most = until_ms;
    int64_t earned = deadline_ms + (int64_t)(n * 1000 / s->config.limits.body_rate_min);
    return earned < most ? earned : most;
}

/* False: there is none, and that has been said. */
static bool has_room(struct net_connection *c, size_t n)
{
    if (net_bodies_reserve(c->worker->server, &c->reserved, n)) return true;
    refuse(c, 503, "too many bodies at once");
    return false;
}

/* Moves what the block has into the body. */
static void take_body(struct net_connection *c, struct net_block *b)
{
    size_t have = b->end - b->at;
    if (!c->chunked) {
        size_t take = have < c->body_left ? have : (size_t)c->body_left;
        if (!has_room(c, take)) return;
        keep(c, b->bytes + b->at, take, c->kept_n + (size_t)c->body_left);
        b->at += take;
        c->body_left -= take;
        if (c->body_left == 0) end_body(c, b);
        return;
    }
    size_t used, made;
    enum http_parse read = http_parse_chunks(&c->chunks, b->bytes + b->at, have, &used, &made);
    if (read == HTTP_BAD || c->chunks.total > c->body_max) {
        if (read == HTTP_BAD)
            refuse(c, 400, "a chunk that is none");
        else
            refuse(c, 413, "the body is too large");
        return;
    }
    if (!has_room(c, made)) return;
    keep(c, b->bytes + b->at, made, 0);
    b->at += used;
    if (read == HTTP_DONE) end_body(c, b);
}

static void begin_body(struct net_connection *c, struct net_block *b)
{
    struct net_server *s = c->worker->server;
    struct http_head *h = &b->head;
    net_introduce(c, &b->head.r, &c->client, b->arena);
    c->body_max =
        s->config.body_max ? s->config.body_max(&h->r, s->config.with) : s->config.limits.body_max;
    c->chunked = h->chunked;
    c->chunks = (struct http_chunks){0};
    c->body_left = h->chunked ? 1 : h->content_length;
    if (!h->chunked && h->content_length > c->body_max) {
        refuse(c, 413, "the body is too large");
        return;
    }
    if (!h->chunked && b->end - b->at >= h->content_length) {
        struct span body = {b->bytes + b->at, (size_t)h->content_length};
        b->at += (size_t)h->content_length;
        deliver(c, b, body);
        return;
    }
    c->head_bytes = h->bytes;
    must(c->kept_n == 0);
    keep(c, b->bytes + b->at - h->bytes, h->bytes,
        h->bytes + (size_t)(h->chunked ? 0 : h->content_length));
    c->stage = AT_BODY;
    c->deadline_ms = c->worker->now_ms + s->body_grace_ms;
    c->body_until_ms = c->worker->now_ms + NET_BODY_TIME_MS;
    if (b->at < b->end) {
        take_body(c, b);
    } else if (h->expects_continue) {
        char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
        struct iovec iov = {go_on, sizeof go_on - 1};
        if (net_write(c, &iov, 1) != (ssize_t)iov.iov_len) net_close(c);
    }
}

/* False: nothing to go on with now. */
static bool step_body(struct net_connection *c, struct net_block *b)
{
    if (!c->readable) return false;
    ssize_t n;
    b->at = b->end = 0; /* what it had is in the body */
    if (c->chunked) {
        n = net_read(c, b->bytes, sizeof b->bytes);
        if (n > 0) b->end = (size_t)n;
    } else {
        size_t most = c->kept_n + (size_t)c->body_left;
        keep_room(c, c->body_left < NET_READ_BYTES ? (size_t)c->body_left : NET_READ_BYTES, most);
        size_t room = c->kept_cap - c->kept_n;
        n = net_read(c, c->kept + c->kept_n, room < c->body_left ? room : (size_t)c->body_left);
        if (n > 0) {
            c->kept_n += (size_t)n;
            c->body_left -= (uint64_t)n;
        }
    }
    if (n == -1) return false;
    if (n <= 0) {
        net_close(c);
        return false;
    }
    c->deadline_ms = net_earned(c, c->deadline_ms, c->body_until_ms, (size_t)n);
    if (!c->chunked && !has_room(c, (size_t)n)) return false;
    if (c->chunked || c->body_left == 0) take_body(c, b);
    return true;
}

/* ---- heads ---- */

static void begin_request(struct net_connection *c, struct net_block *b)
{
    const struct http_head *h = &b->head;
    bool has_body = h->chunked || h->content_length > 0;
    c->keep_alive = h->keep_alive && !c->is_spare;
    c->is_head = h->r.method == HTTP_HEAD;
    c->http10 = h->r.http10;
    c->head_started = false;
    c->body_left = has_body;
    const char *busy;
    if (!net_clients_admit(c, &h->r, &c->client, &c->is_flight_counted)) {
        if (has_body)
            refuse(c, 503, "too many requests at once");
        else
            net_refuse(c, 503, "too many requests at once", false);
    } else if ((busy = net_too_busy(c, &h->r))) {
        if (has_body)
            refuse(c, 503, busy);
        else
            net_refuse(c, 503, busy, c->is_spare);
    } else if (has_body) {
        begin_body(c, b);
    } else {
        deliver(c, b, (struct span){0});
    }
}

static bool read_head_bytes(struct net_connection *c, struct net_block *b)
{
    if (!c->readable) return false;
    if (b->at > 0) {
        memmove(b->bytes, b->bytes + b->at, b->end - b->at);
        b->end -= b->at;
        b->at = 0;
    }
    size_t room = b->end < NET_READ_BYTES ? NET_READ_BYTES - b->end : sizeof b->bytes - b->end;
    ssize_t n = net_read(c, b->bytes + b->end, room);
    if (n == -1) return false;
    if (n <= 0) {
        net_close(c);
        return false;
    }
    /* A line has ended, or it is the first look, or enough is enough: else a dripping client would
     * have us parse for every byte. */
    if (b->end == 0 || memchr(b->bytes + b->end, '\n', (size_t)n) ||
        b->end + (size_t)n >= NET_HEAD_MAX)
        c->head_due = true;
    b->end += (size_t)n;
    return true;
}

static bool step_head(struct net_connection *c, struct net_block *b)
{
    if (b->at < b->end && c->head_due) {
        c->head_due = false;
        enum http_parse read =
            http_parse_head((struct span){b->bytes + b->at, b->end - b->at}, &b->head);
        if (read == HTTP_DONE) {
            b->at += b->head.bytes;
            begin_request(c, b);
            return true;
        }
        if (read == HTTP_BAD) {
            c->is_head = b->head.r.method == HTTP_HEAD; /* as far as its line was read */
            c->http10 = false;
            refuse(c, b->head.bad_status, b->head.bad_why);
            return false;
        }
    }
    if (b->at < b->end && !c->head_started) {
        c->head_started = true;
        c->deadline_ms = c->worker->now_ms +
                         (c->is_spare ? (uint32_t)NET_RESERVED_MS : limits_of(c)->head_time_ms);
    }
    return read_head_bytes(c, b);
}

static void run(struct net_connection *c)
{
    struct net_block *b = open_block(c);
    uint64_t before = c->worker->counts.requests;
    for (int steps = 0;; steps++) {
        if (c->stage == AT_HEAD ? !step_head(c, b) : c->stage != AT_BODY || !step_body(c, b)) break;
        if (steps == STEPS_MAX || c->worker->counts.requests - before >= NET_PIPELINE_MAX) {
            net_again(c);
            break;
        }
    }
    put_away(c, b);
}

static void expired(struct net_connection *c)
{
    if (c->stage == AT_HEAD && !c->head_started) {
        net_close(c);
        return;
    }
    c->is_head = c->http10 = false;
    refuse(c, 408, c->stage == AT_HEAD ? "the head took too long" : "the body came too slowly");
}

static void drain(struct net_connection *c)
{
    bool is_idle = c->stage == AT_HEAD && !c->head_started && c->kept_n == 0;
    if (is_idle || c->stage == AT_OPEN) net_close(c);
}

const struct net_protocol net_h1 = {run, expired, NULL, drain, NULL};
