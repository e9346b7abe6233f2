/* net/h2_session: HTTP/2 (RFC 9113) without a socket: bytes in, requests out; replies in, bytes
 * out. Owns the session (frames, windows and HPACK are nghttp2's, what it says of them goes through
 * h2_frames.c) and its streams: a stream is one request, from its first field until its reply has
 * gone or nobody wants it, and its reply's done is called exactly once. Counts what a client costs
 * against what it asks. Handlers are never called from within nghttp2, so that they may reply at
 * once. Never reads, writes or looks at a deadline of the connection: h2.c does. Fatal: no memory.
 */
#include "h2_inside.h"

#include <stdlib.h>
#include <string.h>

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
    h->session = net_h2_session_new(c);
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
    net_h2_put_out(h, frame, sizeof frame);
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
        net_h2_put_out(h, p, (size_t)n);
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
    for (struct net_stream *s = h->first; s; s = s->next)
        if (s->state == IS_OPEN) net_h2_say_end(s);
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
        if (s->deadline_ms > c->worker->now_ms) continue;
        if (s->state == IS_OPEN && s->is_ending) net_stream_reset(s, NGHTTP2_CANCEL);
        if (s->state >= IS_READY) continue;
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
        out.busy += s->state >= IS_READY && s->state != IS_OPEN;
        if ((s->state < IS_READY || s->is_ending) && s->deadline_ms < out.deadline_ms)
            out.deadline_ms = s->deadline_ms;
    }
    return out;
}
