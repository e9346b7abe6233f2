/* net/h2_session: HTTP/2 (RFC 9113) without a socket: bytes in, requests out; replies in, bytes
 * out. Owns the session (frames, windows and HPACK are nghttp2's) and its streams: a stream is one
 * request, from its first field until its reply has gone or nobody wants it, and its reply's done
 * is called exactly once. Counts what a client costs against what it asks. Handlers are never
 * called from within nghttp2, so that they may reply at once. Never reads, writes or looks at a
 * deadline of the connection: h2.c does. Fatal: no memory. */
#include "h2_inside.h"

#include <stdlib.h>
#include <string.h>

enum { FRAME_TYPES_KNOWN = 10 }; /* 0 to 9, RFC 9113 section 6 */

/* ---- allowances ---- */
static void refill(struct net_h2 *h, int64_t now_ms)
{
    int64_t ms = now_ms - h->refilled_ms;
    h->refilled_ms = now_ms;
    h->calm += ms * NET_H2_CALM_RATE_MAX;
    h->resets += ms * NET_H2_RESETS_RATE_MAX;
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

/* ---- what comes ---- */
static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *with)
{
    struct net_connection *c = with;
    if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        struct net_stream *s = net_stream_new(c, frame->hd.stream_id);
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
        fine = s->head.unfolded <= NET_H2_UNFOLDED_BYTES_MAX;
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

static int on_data(
    nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *p, size_t n, void *with)
{
    struct net_stream *s = nghttp2_session_get_stream_user_data(session, id);
    (void)flags, (void)with;
    if (s) net_stream_take(s, p, n);
    return 0;
}

static int on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *hd, void *with)
{
    struct net_connection *c = with;
    (void)session;
    bool says_much =
        hd->type == NGHTTP2_DATA && (hd->length > 0 || hd->flags & NGHTTP2_FLAG_END_STREAM);
    if (says_much || hd->type == NGHTTP2_HEADERS) return 0;
    return charge(c, &c->h2->calm, "too many frames that ask for nothing");
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *with)
{
    struct net_connection *c = with;
    struct net_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    bool ends = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
    switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
        if (s && ends) net_stream_end_request(s);
        if (s && s->state == TAKES_HEAD) net_stream_end_head(s);
        return 0;
    case NGHTTP2_DATA:
        if (s && ends) net_stream_end_request(s);
        if (ends || frame->hd.length == 0 || frame->hd.length > frame->data.padlen) return 0;
        return charge(c, &c->h2->calm, "too much padding");
    case NGHTTP2_RST_STREAM: return charge(c, &c->h2->resets, "too many streams that were reset");
    default: return 0;
    }
}

/* Frames of unknown types are to be ignored, but nghttp2 tells of them only who claims them. */
static int on_unknown(
    nghttp2_session *session, const nghttp2_frame_hd *hd, const uint8_t *p, size_t n, void *with)
{
    (void)session, (void)hd, (void)p, (void)n, (void)with;
    return 0;
}

static int unpack_unknown(
    nghttp2_session *session, void **out, const nghttp2_frame_hd *hd, void *with)
{
    (void)session, (void)out, (void)hd, (void)with;
    return NGHTTP2_ERR_CANCEL;
}

/* ---- what goes ---- */
static void put_out(struct net_h2 *h, const void *p, size_t n)
{
    must(n <= NET_H2_OUT_ROOM - h->out_n);
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
    put_out(h, head, NET_H2_FRAME_HEAD);
    put_out(h, s->reply.body.p + s->sent, length);
    s->sent += length;
    h->data_sent += length;
    return 0;
}

static int on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *with)
{
    struct net_connection *c = with;
    if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code != NGHTTP2_NO_ERROR)
        return charge(c, &c->h2->resets, "too many streams that had to be refused");
    bool is_message = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (!is_message || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) return 0;
    struct net_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (s) net_stream_sent(s);
    return 0;
}

static int on_not_sent(nghttp2_session *session, const nghttp2_frame *frame, int why, void *with)
{
    (void)with, (void)why;
    struct net_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (s && frame->hd.type == NGHTTP2_HEADERS) net_stream_reset(s, NGHTTP2_INTERNAL_ERROR);
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t id, uint32_t why, void *with)
{
    struct net_connection *c = with;
    struct net_stream *s = nghttp2_session_get_stream_user_data(session, id);
    (void)why;
    if (!s) return 0;
    if (s->is_whole && s->is_over) reward(c->h2);
    net_stream_end(s);
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
    nghttp2_session_callbacks_set_on_extension_chunk_recv_callback(on, on_unknown);
    nghttp2_session_callbacks_set_unpack_extension_callback(on, unpack_unknown);
    for (unsigned type = FRAME_TYPES_KNOWN; type <= UINT8_MAX; type++)
        nghttp2_option_set_user_recv_extension_type(o, (uint8_t)type);
    nghttp2_option_set_no_closed_streams(o, 1);
    nghttp2_option_set_max_outbound_ack(o, NET_H2_CALM_MAX);
    nghttp2_option_set_max_settings(o, NET_H2_SETTINGS_MAX);
    nghttp2_option_set_max_continuations(o, NET_H2_CONTINUATIONS_MAX);
    nghttp2_option_set_max_send_header_block_length(o, NET_H2_SEND_HEAD_BYTES_MAX);
    nghttp2_option_set_max_deflate_dynamic_table_size(o, NET_H2_TABLE_MAX_BYTES);
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
        {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, NET_H2_TABLE_MAX_BYTES},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, NET_H2_WINDOW_MAX_BYTES},
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
             h->session, NGHTTP2_FLAG_NONE, 0, NET_H2_CONNECTION_WINDOW_MAX_BYTES) == 0);
    return h;
}

void net_h2_drop_streams(struct net_connection *c)
{
    while (c->h2->first) net_stream_end(c->h2->first);
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

static bool has_turn(const struct net_h2 *h, const struct net_stream *s)
{
    return s->state == IS_READY && h->sending < NET_H2_SENDING_MAX && !h->is_given_up;
}

void net_h2_serve(struct net_connection *c)
{
    unsigned served = 0;
    for (struct net_stream *s = c->h2->first; s && served < NET_PIPELINE_MAX; s = s->next) {
        if (!has_turn(c->h2, s)) continue;
        net_stream_serve(s);
        served++;
    }
}

bool net_h2_can_serve(const struct net_connection *c)
{
    for (const struct net_stream *s = c->h2->first; s; s = s->next)
        if (has_turn(c->h2, s)) return true;
    return false;
}

void net_h2_rest(struct net_connection *c)
{
    for (struct net_stream *s = c->h2->first; s; s = s->next)
        if (s->state == IS_READY) net_stream_fold(s);
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

/* RFC 9113, 6.8: streams that are on their way when the last GOAWAY is said would be lost. */
void net_h2_warn(struct net_connection *c)
{
    struct net_h2 *h = c->h2;
    if (h->is_draining || h->is_given_up) return;
    h->is_warned = true;
    (void)nghttp2_submit_shutdown_notice(h->session); /* fails for clients only */
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

bool net_h2_is_given_up(const struct net_connection *c)
{
    return c->h2->is_given_up;
}

bool net_h2_is_over(const struct net_connection *c)
{
    const struct net_h2 *h = c->h2;
    if (h->is_warned && !h->is_draining) return h->is_given_up; /* more may be on its way */
    return h->is_given_up ||
           (!nghttp2_session_want_read(h->session) && !nghttp2_session_want_write(h->session));
}

/* ---- time ---- */
void net_h2_expire(struct net_connection *c)
{
    struct net_h2 *h = c->h2;
    for (struct net_stream *s = h->first; s; s = s->next) {
        if (s->state >= IS_READY || s->deadline_ms > c->worker->now_ms) continue;
        if (s->state == IS_ANSWERED)
            net_stream_reset(s, NGHTTP2_NO_ERROR);
        else if (s->state == TAKES_BODY)
            net_stream_refuse(s, 408, "the body came too slowly");
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
        out.busy += s->state >= IS_READY;
        if (s->state < IS_READY && s->deadline_ms < out.deadline_ms)
            out.deadline_ms = s->deadline_ms;
    }
    return out;
}
