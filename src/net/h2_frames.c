/* net/h2_frames: what nghttp2 says of the frames of a session as they come and go, and what it is
 * told: each costs the client of its allowances what it may cost. */
#include "h2_inside.h"

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
void net_h2_put_out(struct net_h2 *h, const void *p, size_t n)
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
    net_h2_put_out(h, head, NET_H2_FRAME_HEAD);
    net_h2_put_out(h, s->reply.body.p + s->sent, length);
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

/* ---- all of it ---- */
nghttp2_session *net_h2_session_new(struct net_connection *c)
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
