/* net/h2_stream: one stream of HTTP/2: one request, from its first field until its reply has gone
 * or nobody wants it. Owns its memory: a block while fields come and from the handler on, in
 * between the head as text and the body so far, so that one who waits costs little. Its reply's
 * done is called exactly once, at the end, whatever that was. Never speaks to the socket. Fatal: no
 * memory.
 */
#include "h2_inside.h"

#include <stdlib.h>
#include <string.h>

/* ---- a stream's life ---- */
struct net_stream *net_stream_new(struct net_connection *c, int32_t id)
{
    struct net_h2 *h = c->h2;
    struct net_stream *s = calloc(1, sizeof *s);
    must(s != NULL);
    s->connection = c;
    s->id = id;
    s->client = c->peer;
    s->block = net_block_take(c->worker);
    s->deadline_ms = c->worker->now_ms + c->worker->server->config.limits.head_time_ms;
    s->prev = h->last;
    if (h->last)
        h->last->next = s;
    else
        h->first = s;
    h->last = s;
    h->count++;
    return s;
}

static void unlink_stream(struct net_h2 *h, struct net_stream *s)
{
    if (s->prev)
        s->prev->next = s->next;
    else
        h->first = s->next;
    if (s->next)
        s->next->prev = s->prev;
    else
        h->last = s->prev;
    h->count--;
}

static void drop_body(struct net_stream *s)
{
    net_bodies_release(s->connection->worker->server, &s->reserved);
    free(s->body);
    s->body = NULL;
    s->body_n = s->body_cap = 0;
}

static void reply_done(struct net_stream *s)
{
    s->connection->h2->sending--;
    if (s->reply.done) s->reply.done(s->reply.with);
}

void net_stream_end(struct net_stream *s)
{
    struct net_connection *c = s->connection;
    struct net_h2 *h = c->h2;
    unlink_stream(h, s);
    if (s->state == IS_SENDING) reply_done(s);
    net_tail_end(c->worker->server, &s->tail);
    free(s->waiting);
    if (s->is_flight_counted) net_clients_leave(c->worker->server->clients, &s->client);
    drop_body(s);
    free(s->text);
    if (s->block) net_block_give(c->worker, s->block);
    free(s);
    if (!h->first) h->idle_at_ms = c->worker->now_ms + c->worker->server->config.limits.idle_ms;
}

/* ---- replies ---- */
static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *buf, size_t length,
    uint32_t *flags, nghttp2_data_source *source, void *with)
{
    struct net_stream *s = source->ptr;
    struct net_h2 *h = ((struct net_connection *)with)->h2;
    (void)session, (void)id, (void)buf;
    size_t left = s->reply.body.n - s->sent, n = left < length ? left : length;
    size_t room = NET_H2_OUT_BYTES > h->out_n ? NET_H2_OUT_BYTES - h->out_n : 0;
    if (room > NET_H2_OUT_BYTES / 4 && n > room - NET_H2_FRAME_HEAD)
        n = room - NET_H2_FRAME_HEAD; /* what is begun fills one record */
    *flags = NGHTTP2_DATA_FLAG_NO_COPY;
    if (n == left) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

static void submit(struct net_stream *s, const struct http_reply *reply)
{
    struct net_worker *w = s->connection->worker;
    struct net_h2 *h = s->connection->h2;
    struct net_h2_list list;
    s->reply = *reply;
    s->state = IS_SENDING;
    s->token = 0;
    h->sending++;
    bool has_body =
        !s->is_head && reply->body.n > 0 && reply->status != 204 && reply->status != 304;
    nghttp2_data_provider body = {.source.ptr = s, .read_callback = read_body};
    net_h2_list_of(&list, reply, (struct span){w->date + 6, w->date_n - 8});
    must(nghttp2_submit_response(h->session, s->id, list.nv, list.n, has_body ? &body : NULL) == 0);
    w->counts.by_class[reply->status / 100 % 6]++;
}

void net_h2_reply(struct net_stream *s, const struct http_reply *reply)
{
    must(s->state == IS_HANDLING);
    submit(s, reply);
    if (reply->close) net_h2_drain(s->connection);
}

/* ---- replies that stay open ---- */
static ssize_t read_waiting(nghttp2_session *session, int32_t id, uint8_t *buf, size_t length,
    uint32_t *flags, nghttp2_data_source *source, void *with)
{
    struct net_stream *s = source->ptr;
    (void)session, (void)id, (void)with;
    size_t n = s->waiting_n < length ? s->waiting_n : length;
    if (n) memcpy(buf, s->waiting, n);
    s->waiting_n -= n;
    if (s->waiting_n) memmove(s->waiting, s->waiting + n, s->waiting_n);
    if (!s->waiting_n) {
        free(s->waiting);
        s->waiting = NULL;
        if (s->is_ending) *flags |= NGHTTP2_DATA_FLAG_EOF;
    }
    return n || s->is_ending ? (ssize_t)n : NGHTTP2_ERR_DEFERRED;
}

static void add_waiting(struct net_stream *s, struct span bytes)
{
    if (!bytes.n) return;
    s->waiting = realloc(s->waiting, s->waiting_n + bytes.n);
    must(s->waiting != NULL);
    memcpy(s->waiting + s->waiting_n, bytes.p, bytes.n);
    s->waiting_n += bytes.n;
}

void net_h2_open_reply(struct net_stream *s, const struct http_reply *reply)
{
    struct net_worker *w = s->connection->worker;
    struct net_h2_list list;
    must(s->state == IS_HANDLING && s->is_over);
    s->state = IS_OPEN;
    s->deadline_ms = INT64_MAX;
    add_waiting(s, reply->body);
    nghttp2_data_provider body = {.source.ptr = s, .read_callback = read_waiting};
    net_h2_list_of(&list, reply, (struct span){w->date + 6, w->date_n - 8});
    must(nghttp2_submit_response(s->connection->h2->session, s->id, list.nv, list.n, &body) == 0);
    w->counts.by_class[reply->status / 100 % 6]++;
}

void net_h2_cut(struct net_stream *s)
{
    s->token = 0;
    net_stream_reset(s, NGHTTP2_CANCEL);
    net_tail_end(s->connection->worker->server, &s->tail);
    net_again(s->connection);
}

bool net_h2_say(struct net_stream *s, struct span bytes)
{
    if (s->waiting_n + bytes.n > NET_H2_WAITING_BYTES_MAX) {
        net_h2_cut(s);
        return false;
    }
    add_waiting(s, bytes);
    (void)nghttp2_session_resume_data(
        s->connection->h2->session, s->id); /* or it is not deferred */
    return true;
}

void net_h2_say_end(struct net_stream *s)
{
    s->token = 0;
    s->is_ending = true;
    s->deadline_ms = s->connection->worker->now_ms + NET_LINGER_MS; /* to take the last bytes */
    (void)nghttp2_session_resume_data(s->connection->h2->session, s->id);
}

struct http_token net_h2_defer(struct net_stream *s)
{
    must(s->state == IS_HANDLING && s->token == 0);
    struct net_connection *c = s->connection;
    s->token = ++c->worker->tokens << 24 | c->slot;
    return (struct http_token){c->worker, s->token};
}

struct net_stream *net_h2_find(struct net_connection *c, uint64_t token)
{
    for (struct net_stream *s = c->h2->first; s && token; s = s->next)
        if (s->token == token) return s;
    return NULL;
}

void net_stream_refuse(struct net_stream *s, int status, const char *why)
{
    struct http_reply reply = net_refusal(status, why);
    metric_add(M_REFUSED, 1);
    drop_body(s);
    if (s->block) net_block_give(s->connection->worker, s->block);
    s->block = NULL;
    submit(s, &reply);
}

void net_stream_reset(struct net_stream *s, uint32_t code)
{
    must(
        nghttp2_submit_rst_stream(s->connection->h2->session, NGHTTP2_FLAG_NONE, s->id, code) == 0);
    s->deadline_ms = INT64_MAX;
}

/* RFC 9113 8.1: who is answered before all was said may be told that the rest is not wanted; but
 * some clients then drop the answer, so they get the moment that HTTP/1.1 gives them, too. */
void net_stream_sent(struct net_stream *s)
{
    s->is_whole = true;
    if (s->is_over) return;
    reply_done(s);
    s->state = IS_ANSWERED;
    s->deadline_ms = s->connection->worker->now_ms + NET_LINGER_MS;
}

/* ---- heads ---- */

/* A head that waits is a piece of text of its own size; the block goes to others. */
void net_stream_fold(struct net_stream *s)
{
    if (!s->block) return;
    s->text_n = s->head.n;
    s->text = malloc(s->text_n);
    must(s->text != NULL);
    memcpy(s->text, s->block->bytes, s->text_n);
    net_block_give(s->connection->worker, s->block);
    s->block = NULL;
}

static void unfold(struct net_stream *s)
{
    if (s->block) return;
    s->block = net_block_take(s->connection->worker);
    memcpy(s->block->bytes, s->text, s->text_n);
    must(http_parse_head((struct span){s->block->bytes, s->text_n}, &s->block->head) == HTTP_DONE);
    free(s->text);
    s->text = NULL;
}

static void expect_body(struct net_stream *s)
{
    struct net_connection *c = s->connection;
    struct net_server *server = c->worker->server;
    const struct http_head *head = &s->block->head;
    s->body_max = server->config.body_max ? server->config.body_max(&head->r, server->config.with)
                                          : server->config.limits.body_max;
    s->is_declared = head->has_length;
    s->length = head->content_length;
    if (s->is_declared && s->length > s->body_max) {
        net_stream_refuse(s, 413, "the body is too large");
        return;
    }
    s->state = TAKES_BODY;
    s->deadline_ms = c->worker->now_ms + server->body_grace_ms;
    s->body_until_ms = c->worker->now_ms + NET_BODY_TIME_MS;
    if (head->expects_continue) {
        char name[] = ":status", value[] = "100";
        nghttp2_nv nv = {(uint8_t *)name, (uint8_t *)value, 7, 3, NGHTTP2_NV_FLAG_NONE};
        must(nghttp2_submit_headers(c->h2->session, NGHTTP2_FLAG_NONE, s->id, NULL, &nv, 1, NULL) ==
             0);
    }
    net_stream_fold(s);
}

void net_stream_end_head(struct net_stream *s)
{
    struct net_connection *c = s->connection;
    s->is_head = span_eq(s->head.method, S("HEAD"));
    if (!net_h2_head_end(&s->head, s->block)) {
        net_stream_refuse(s, s->head.bad_status, s->head.bad_why);
        return;
    }
    struct http_request *r = &s->block->head.r;
    net_introduce(c, r, &s->client, s->block->arena);
    const char *busy = NULL;
    if (!net_clients_admit(c, r, &s->client, &s->is_flight_counted))
        net_stream_refuse(s, 503, "too many requests at once");
    else if ((busy = net_too_busy(c, r))) {
        net_stream_refuse(s, 503, busy);
        if (c->is_spare) net_h2_drain(c);
    } else if (s->is_over)
        s->state = IS_READY;
    else
        expect_body(s);
}

/* ---- bodies ---- */
static void keep_body(struct net_stream *s, const uint8_t *p, size_t n)
{
    size_t need = s->body_n + n;
    if (need > s->body_cap) {
        size_t cap = s->body_cap ? s->body_cap : NET_READ_BYTES;
        while (cap < need) cap *= 2;
        if (s->is_declared && cap > s->length && s->length >= need) cap = (size_t)s->length;
        s->body = realloc(s->body, cap);
        must(s->body != NULL);
        s->body_cap = cap;
    }
    memcpy(s->body + s->body_n, p, n);
    s->body_n = need;
}

void net_stream_take(struct net_stream *s, const void *p, size_t n)
{
    struct net_connection *c = s->connection;
    if (s->state == IS_ANSWERED && s->lingered <= NET_LINGER_BYTES) {
        s->lingered += n;
        if (s->lingered > NET_LINGER_BYTES) net_stream_reset(s, NGHTTP2_NO_ERROR);
    }
    if (s->state != TAKES_BODY) return;
    s->deadline_ms = net_earned(c, s->deadline_ms, s->body_until_ms, n);
    if (n > s->body_max - s->body_n)
        net_stream_refuse(s, 413, "the body is too large");
    else if (!net_bodies_reserve(c->worker->server, &s->reserved, n))
        net_stream_refuse(s, 503, "too many bodies at once");
    else
        keep_body(s, p, n);
}

void net_stream_end_request(struct net_stream *s)
{
    s->is_over = true;
    if (s->state == TAKES_BODY) s->state = IS_READY;
}

void net_stream_serve(struct net_stream *s)
{
    struct net_connection *c = s->connection;
    const struct net_config *config = &c->worker->server->config;
    unfold(s);
    struct http_request *r = &s->block->head.r;
    net_introduce(c, r, &s->client, s->block->arena);
    r->stream = s;
    r->body = (struct span){s->body, s->body_n};
    s->state = IS_HANDLING;
    c->worker->counts.requests++;
    config->handle(c->worker, r, config->with);
    must(s->state != IS_HANDLING || s->token != 0); /* it replies or defers before it returns */
    if (s->state != IS_OPEN) return;
    drop_body(s);
    net_block_give(c->worker, s->block); /* who listens costs little */
    s->block = NULL;
}
