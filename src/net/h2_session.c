/* net/h2_session: HTTP/2 (RFC 9113) without a socket: bytes in, requests out; replies in, bytes
 * out. Owns the session (frames, windows and HPACK are nghttp2's) and its streams: a stream is one
 * request, from its first field until its reply has gone or nobody wants it, and its reply's done
 * is called exactly once. Counts what a client costs against what it asks. Handlers are never
 * called from within nghttp2, so that they may reply at once. Never reads, writes or looks at a
 * deadline of the connection: h2.c does. Fatal: no memory. */
#include "net_inside.h"

#include <stdlib.h>
#include <string.h>

enum { FRAME_HEAD_BYTES = 9 };

enum stream_state {
    TAKES_HEAD, /* fields are coming */
    TAKES_BODY,
    IS_READY,    /* whole: the handler is next */
    IS_HANDLING, /* the handler has it, or will answer later */
    IS_SENDING,
};

struct net_stream {
    struct net_stream *next, *prev; /* in the order in which they were opened */
    struct net_connection *connection;
    int32_t id;
    enum stream_state state;
    bool is_over;           /* the client has said all: END_STREAM */
    bool is_head, is_whole; /* HEAD; all of the reply has been taken */
    bool is_flight_counted, is_declared;
    struct net_h2_head head;
    struct net_block *block; /* while fields come, and from the handler on */
    char *text, *body;       /* in between: the head as text; the body so far */
    size_t text_n, body_n, body_cap;
    uint64_t body_max, length, reserved;
    int64_t deadline_ms;
    uint64_t token;
    struct net_address client;
    struct http_reply reply;
    size_t sent; /* bytes of the reply's body */
};

struct net_h2 {
    nghttp2_session *session;
    struct net_stream *first, *last;
    uint32_t count, sending;
    bool is_draining, is_given_up, goodbye_is_said;
    uint32_t blame;
    char *out; /* being filled */
    size_t out_n;
    uint64_t data_sent, data_paid; /* bytes of bodies; those that have bought calm */
    int64_t idle_at_ms, refilled_ms;
    int64_t calm, resets; /* in thousandths: what is left of the two allowances */
};

/* ---- allowances ---- */
static void refill(struct net_h2 *h, int64_t now_ms)
{
    int64_t ms = now_ms - h->refilled_ms;
    h->refilled_ms = now_ms;
    h->calm += ms * NET_H2_CALM_PER_S;
    h->resets += ms * NET_H2_RESETS_PER_S;
    h->calm += (int64_t)((h->data_sent - h->data_paid) / NET_H2_CALM_PER_BYTES) * 1000;
    h->data_paid = h->data_sent - h->data_sent % NET_H2_CALM_PER_BYTES;
    if (h->calm > NET_H2_CALM_MAX * 1000) h->calm = NET_H2_CALM_MAX * 1000;
    if (h->resets > NET_H2_RESETS_MAX * 1000) h->resets = NET_H2_RESETS_MAX * 1000;
}

/* 0, or what makes nghttp2 stop here. */
static int charge(struct net_connection *c, int64_t *allowance, const char *why)
{
    refill(c->h2, c->worker->now_ms);
    *allowance -= 1000;
    if (*allowance >= 0) return 0;
    net_h2_give_up(c, NGHTTP2_ENHANCE_YOUR_CALM, why);
    return NGHTTP2_ERR_CALLBACK_FAILURE;
}

static void reward(struct net_h2 *h)
{
    h->calm += NET_H2_CALM_PER_REQUEST * 1000;
    h->resets += 1000;
}

/* ---- a stream's life ---- */
static struct net_stream *stream_new(struct net_connection *c, int32_t id)
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

static void stream_end(struct net_stream *s)
{
    struct net_connection *c = s->connection;
    struct net_h2 *h = c->h2;
    unlink_stream(h, s);
    if (s->state == IS_SENDING) {
        h->sending--;
        if (s->reply.done) s->reply.done(s->reply.with);
    }
    if (s->is_flight_counted) net_clients_leave(c->worker->server->clients, &s->client);
    drop_body(s);
    free(s->text);
    if (s->block) net_block_give(c->worker, s->block);
    free(s);
    if (!h->first) h->idle_at_ms = c->worker->now_ms + c->worker->server->config.limits.idle_ms;
}

void net_h2_drop_streams(struct net_connection *c)
{
    while (c->h2->first) stream_end(c->h2->first);
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
    if (room > NET_H2_OUT_BYTES / 4 && n > room - FRAME_HEAD_BYTES)
        n = room - FRAME_HEAD_BYTES; /* what is begun fills one record */
    *flags = NGHTTP2_DATA_FLAG_NO_COPY;
    if (n == left) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

static void put_out(struct net_h2 *h, const void *p, size_t n)
{
    must(n <= 2 * NET_H2_OUT_BYTES + 64 - h->out_n);
    memcpy(h->out + h->out_n, p, n);
    h->out_n += n;
}

static int send_body(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *head,
    size_t length, nghttp2_data_source *source, void *with)
{
    struct net_stream *s = source->ptr;
    struct net_h2 *h = ((struct net_connection *)with)->h2;
    (void)session, (void)frame;
    if (h->out_n >= NET_H2_OUT_BYTES) return NGHTTP2_ERR_WOULDBLOCK;
    put_out(h, head, FRAME_HEAD_BYTES);
    put_out(h, s->reply.body.p + s->sent, length);
    s->sent += length;
    h->data_sent += length;
    return 0;
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
    bool has_body = !s->is_head && reply->body.n > 0 && reply->status != 204 && reply->status != 304;
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

/* The stream has its last word, and what the client goes on sending on it is not wanted. */
static void refuse(struct net_stream *s, int status, const char *why)
{
    struct http_reply reply = {
        .status = status,
        .head = status == 503
                    ? S("Content-Type: text/plain\r\nCache-Control: no-store\r\nRetry-After: 5\r\n")
                    : S("Content-Type: text/plain\r\nCache-Control: no-store\r\n"),
        .body = span_of(why),
    };
    metric_add(M_REFUSED, 1);
    drop_body(s);
    if (s->block) net_block_give(s->connection->worker, s->block);
    s->block = NULL;
    submit(s, &reply);
}

/* ---- heads ---- */
static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *with)
{
    struct net_connection *c = with;
    if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        struct net_stream *s = stream_new(c, frame->hd.stream_id);
        nghttp2_session_set_stream_user_data(session, s->id, s);
        return 0;
    }
    struct net_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (s) s->head.unfolded = 0; /* trailers: bounded, and not read */
    return 0;
}

static int on_field(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
    size_t name_n, const uint8_t *value, size_t value_n, uint8_t flags, void *with)
{
    struct net_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    (void)flags;
    if (!s) return 0;
    bool fine = true;
    if (s->state == TAKES_HEAD) {
        fine = net_h2_head_field(&s->head, s->block, (struct span){(const char *)name, name_n},
            (struct span){(const char *)value, value_n});
    } else {
        s->head.unfolded += name_n + value_n;
        fine = s->head.unfolded <= NET_H2_UNFOLDED_MAX;
    }
    if (fine) return 0;
    net_h2_give_up(with, NGHTTP2_ENHANCE_YOUR_CALM, "fields that unfold beyond all bounds");
    return NGHTTP2_ERR_CALLBACK_FAILURE;
}

/* nghttp2 would drop what is no field and go on; HTTP/1.1 refuses it, and so do we. */
static int on_bad_field(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
    size_t name_n, const uint8_t *value, size_t value_n, uint8_t flags, void *with)
{
    struct net_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    (void)name, (void)name_n, (void)value, (void)value_n, (void)flags, (void)with;
    if (!s || s->state != TAKES_HEAD || s->head.bad_status) return 0;
    s->head.bad_status = 400;
    s->head.bad_why = "a byte that no field may have";
    return 0;
}

/* A head that waits is a piece of text of its own size; the block goes to others. */
static void fold(struct net_stream *s)
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
        refuse(s, 413, "the body is too large");
        return;
    }
    if (s->is_declared && !net_bodies_reserve(server, &s->reserved, s->length)) {
        refuse(s, 503, "too many bodies at once");
        return;
    }
    s->state = TAKES_BODY;
    s->deadline_ms = c->worker->now_ms + server->body_grace_ms;
    if (head->expects_continue) {
        char name[] = ":status", value[] = "100";
        nghttp2_nv nv = {(uint8_t *)name, (uint8_t *)value, 7, 3, NGHTTP2_NV_FLAG_NONE};
        must(nghttp2_submit_headers(
                 c->h2->session, NGHTTP2_FLAG_NONE, s->id, NULL, &nv, 1, NULL) == 0);
    }
    fold(s);
}

static void end_head(struct net_stream *s)
{
    struct net_connection *c = s->connection;
    s->is_head = span_eq(s->head.method, S("HEAD"));
    if (!net_h2_head_end(&s->head, s->block)) {
        refuse(s, s->head.bad_status, s->head.bad_why);
        return;
    }
    struct http_request *r = &s->block->head.r;
    net_introduce(c, r, &s->client, s->block->arena);
    if (!net_clients_admit(c, r, &s->client, &s->is_flight_counted))
        refuse(s, 503, "too many requests at once");
    else if (s->is_over)
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

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *p, size_t n,
    void *with)
{
    struct net_connection *c = with;
    struct net_stream *s = nghttp2_session_get_stream_user_data(session, id);
    (void)flags;
    if (!s || s->state != TAKES_BODY) return 0;
    if (n > s->body_max - s->body_n)
        refuse(s, 413, "the body is too large");
    else if (!s->is_declared && !net_bodies_reserve(c->worker->server, &s->reserved, n))
        refuse(s, 503, "too many bodies at once");
    else
        keep_body(s, p, n);
    s->deadline_ms = net_earned(c, s->deadline_ms, n);
    return 0;
}

/* ---- frames ---- */
static int on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *hd, void *with)
{
    struct net_connection *c = with;
    (void)session;
    bool says_much = hd->type == NGHTTP2_DATA && (hd->length > 0 || hd->flags & NGHTTP2_FLAG_END_STREAM);
    if (says_much || hd->type == NGHTTP2_HEADERS) return 0;
    return charge(c, &c->h2->calm, "too many frames that ask for nothing");
}

static void end_request(struct net_stream *s)
{
    s->is_over = true;
    if (s->state == TAKES_BODY) s->state = IS_READY;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *with)
{
    struct net_connection *c = with;
    struct net_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    bool ends = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
    switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
        if (s && ends) end_request(s);
        if (s && s->state == TAKES_HEAD) end_head(s);
        return 0;
    case NGHTTP2_DATA:
        if (s && ends) end_request(s);
        if (ends || frame->hd.length == 0 || frame->hd.length > frame->data.padlen) return 0;
        return charge(c, &c->h2->calm, "too much padding");
    case NGHTTP2_RST_STREAM:
        return charge(c, &c->h2->resets, "too many streams that were reset");
    default: return 0;
    }
}

static int on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *with)
{
    struct net_connection *c = with;
    if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code != NGHTTP2_NO_ERROR)
        return charge(c, &c->h2->resets, "too many streams that had to be refused");
    bool is_message = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (!is_message || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) return 0;
    struct net_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (!s) return 0;
    s->is_whole = true;
    if (!s->is_over) /* RFC 9113 8.1: answered before all was said, and the rest is not wanted */
        must(nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, s->id, NGHTTP2_NO_ERROR) == 0);
    return 0;
}

static int on_not_sent(nghttp2_session *session, const nghttp2_frame *frame, int why, void *with)
{
    (void)with, (void)why;
    if (frame->hd.type == NGHTTP2_HEADERS &&
        nghttp2_session_get_stream_user_data(session, frame->hd.stream_id))
        must(nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                 NGHTTP2_INTERNAL_ERROR) == 0);
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t id, uint32_t why, void *with)
{
    struct net_connection *c = with;
    struct net_stream *s = nghttp2_session_get_stream_user_data(session, id);
    (void)why;
    if (!s) return 0;
    if (s->is_whole && s->is_over) reward(c->h2);
    stream_end(s);
    return 0;
}

/* ---- the session ---- */
static nghttp2_session *session_new(struct net_connection *c)
{
    nghttp2_session *session;
    nghttp2_session_callbacks *on;
    nghttp2_option *o;
    must(nghttp2_session_callbacks_new(&on) == 0 && nghttp2_option_new(&o) == 0);
    nghttp2_session_callbacks_set_on_begin_headers_callback(on, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(on, on_field);
    nghttp2_session_callbacks_set_on_invalid_header_callback(on, on_bad_field);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(on, on_data);
    nghttp2_session_callbacks_set_on_begin_frame_callback(on, on_begin_frame);
    nghttp2_session_callbacks_set_on_frame_recv_callback(on, on_frame);
    nghttp2_session_callbacks_set_on_frame_send_callback(on, on_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(on, on_not_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(on, on_stream_close);
    nghttp2_session_callbacks_set_send_data_callback(on, send_body);
    nghttp2_option_set_no_closed_streams(o, 1);
    nghttp2_option_set_max_outbound_ack(o, NET_H2_CALM_MAX);
    nghttp2_option_set_max_settings(o, NET_H2_SETTINGS_MAX);
    nghttp2_option_set_max_continuations(o, NET_H2_CONTINUATIONS_MAX);
    nghttp2_option_set_max_send_header_block_length(o, NET_H2_SEND_HEAD_BYTES_MAX);
    nghttp2_option_set_max_deflate_dynamic_table_size(o, NET_H2_TABLE_BYTES);
    must(nghttp2_session_server_new2(&session, on, c, o) == 0);
    nghttp2_option_del(o);
    nghttp2_session_callbacks_del(on);
    return session;
}

struct net_h2 *net_h2_open(struct net_connection *c)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, NET_H2_STREAMS_MAX},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, NET_HEAD_MAX},
        {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, NET_H2_TABLE_BYTES},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, NET_H2_WINDOW_BYTES},
        /* The tree of RFC 7540 is work that a client could make; RFC 9218 says it in a field. */
        {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
    };
    struct net_h2 *h = calloc(1, sizeof *h);
    must(h != NULL);
    h->session = session_new(c);
    h->calm = NET_H2_CALM_MAX * 1000;
    h->resets = NET_H2_RESETS_MAX * 1000;
    h->refilled_ms = c->worker->now_ms;
    h->idle_at_ms = c->worker->now_ms + c->worker->server->config.limits.idle_ms;
    must(nghttp2_submit_settings(h->session, NGHTTP2_FLAG_NONE, settings, COUNT(settings)) == 0);
    must(nghttp2_session_set_local_window_size(
             h->session, NGHTTP2_FLAG_NONE, 0, NET_H2_CONNECTION_WINDOW_BYTES) == 0);
    return h;
}

void net_h2_free(struct net_connection *c)
{
    net_h2_drop_streams(c);
    nghttp2_session_del(c->h2->session);
    free(c->h2);
    c->h2 = NULL;
}

void net_h2_feed(struct net_connection *c, struct span bytes)
{
    struct net_h2 *h = c->h2;
    if (h->is_given_up) return;
    ssize_t n = nghttp2_session_mem_recv(h->session, (const uint8_t *)bytes.p, bytes.n);
    must(n != NGHTTP2_ERR_NOMEM);
    if (n == NGHTTP2_ERR_FLOODED || n == NGHTTP2_ERR_TOO_MANY_SETTINGS)
        net_h2_give_up(c, NGHTTP2_ENHANCE_YOUR_CALM, nghttp2_strerror((int)n));
    else if (n < 0)
        net_h2_give_up(c, NGHTTP2_PROTOCOL_ERROR, nghttp2_strerror((int)n));
}

static void serve_one(struct net_stream *s)
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
}

bool net_h2_serve(struct net_connection *c)
{
    struct net_h2 *h = c->h2;
    unsigned served = 0;
    for (struct net_stream *s = h->first; s && !h->is_given_up; s = s->next) {
        if (h->sending >= NET_H2_SENDING_MAX || served == NET_PIPELINE_MAX) break;
        if (s->state != IS_READY) continue;
        serve_one(s);
        served++;
    }
    return served > 0;
}

void net_h2_rest(struct net_connection *c)
{
    for (struct net_stream *s = c->h2->first; s; s = s->next)
        if (s->state == IS_READY) fold(s);
}

/* nghttp2 is not asked any more once it was told to stop; the frame is short enough to write by
 * hand. */
static void say_goodbye(struct net_connection *c)
{
    struct net_h2 *h = c->h2;
    if (h->goodbye_is_said) return;
    h->goodbye_is_said = true;
    uint32_t last = (uint32_t)nghttp2_session_get_last_proc_stream_id(h->session), code = h->blame;
    unsigned char frame[17] = {0, 0, 8, NGHTTP2_GOAWAY, 0, 0, 0, 0, 0};
    for (int i = 0; i < 4; i++) {
        frame[9 + i] = (unsigned char)(last >> (24 - 8 * i));
        frame[13 + i] = (unsigned char)(code >> (24 - 8 * i));
    }
    put_out(h, frame, sizeof frame);
}

size_t net_h2_fill(struct net_connection *c, char *out)
{
    struct net_h2 *h = c->h2;
    h->out = out;
    h->out_n = 0;
    while (!h->is_given_up && h->out_n < NET_H2_OUT_BYTES) {
        const uint8_t *p;
        ssize_t n = nghttp2_session_mem_send(h->session, &p);
        must(n != NGHTTP2_ERR_NOMEM);
        if (n < 0) net_h2_give_up(c, NGHTTP2_INTERNAL_ERROR, nghttp2_strerror((int)n));
        if (n <= 0) break;
        put_out(h, p, (size_t)n);
    }
    if (h->is_given_up && h->out_n < NET_H2_OUT_BYTES) say_goodbye(c);
    return h->out_n;
}

void net_h2_drain(struct net_connection *c)
{
    struct net_h2 *h = c->h2;
    if (h->is_draining || h->is_given_up) return;
    h->is_draining = true;
    int32_t last = nghttp2_session_get_last_proc_stream_id(h->session);
    (void)nghttp2_submit_goaway(
        h->session, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, NULL, 0); /* or it has said so */
}

void net_h2_hang_up(struct net_connection *c)
{
    c->h2->is_given_up = true;
}

void net_h2_give_up(struct net_connection *c, uint32_t code, const char *why)
{
    if (c->h2->is_given_up) return;
    c->h2->is_given_up = true;
    c->h2->blame = code;
    metric_add(M_REFUSED, 1);
    log_debug("net: an HTTP/2 connection is closed: %s", why);
}

bool net_h2_is_over(const struct net_connection *c)
{
    const struct net_h2 *h = c->h2;
    return h->is_given_up ||
           (!nghttp2_session_want_read(h->session) && !nghttp2_session_want_write(h->session));
}

/* ---- time ---- */
void net_h2_expire(struct net_connection *c)
{
    struct net_h2 *h = c->h2;
    for (struct net_stream *s = h->first; s; s = s->next) {
        if (s->state > TAKES_BODY || s->deadline_ms > c->worker->now_ms) continue;
        if (s->state == TAKES_BODY)
            refuse(s, 408, "the body came too slowly");
        else /* a block of fields stops all others */
            net_h2_give_up(c, NGHTTP2_ENHANCE_YOUR_CALM, "a head took too long");
    }
}

struct net_h2_state net_h2_look(const struct net_connection *c)
{
    const struct net_h2 *h = c->h2;
    struct net_h2_state out = {.deadline_ms = INT64_MAX,
        .idle_at_ms = h->idle_at_ms,
        .data_sent = h->data_sent,
        .streams = h->count,
        .sending = h->sending};
    for (const struct net_stream *s = h->first; s; s = s->next) {
        out.busy += s->state > TAKES_BODY;
        if (s->state <= TAKES_BODY && s->deadline_ms < out.deadline_ms)
            out.deadline_ms = s->deadline_ms;
    }
    return out;
}
