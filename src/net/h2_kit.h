/* What the tests of HTTP/2 share: a client made of nghttp2's client session over TLS, which keeps
 * what it was answered; and frames written by hand, for what that client would never say. */
#ifndef H2_KIT_H
#define H2_KIT_H

#include "h2_inside.h"
#include "net_kit.h"

enum { ANSWERS_MAX = 256 };

struct h2_answer {
    int32_t id;
    int status, interim; /* the last 1xx before it */
    char head[8192];     /* "name: value\n" */
    struct buf body;
    bool closed;
    uint32_t why; /* the code it was closed with */
    struct span upload;
    size_t uploaded, stalls_at; /* not 0: no more than so much of it is sent */
    const char *trailer;
};
struct h2_peer {
    struct dial d;
    nghttp2_session *session;
    struct h2_answer *answers;
    size_t count;
    bool goaway, ended;
    uint32_t goaway_code;
    int32_t goaway_last; /* the last stream that is answered */
};

static struct h2_answer *h2_find(struct h2_peer *p, int32_t id)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->answers[i].id == id) return &p->answers[i];
    return NULL;
}

static int h2_on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
    size_t name_n, const uint8_t *value, size_t value_n, uint8_t flags, void *with)
{
    struct h2_answer *a = h2_find(with, frame->hd.stream_id);
    (void)session, (void)flags;
    if (!a) return 0;
    if (name_n == 7 && memcmp(name, ":status", 7) == 0) {
        a->interim = a->status;
        a->status = atoi((const char *)value);
    }
    size_t n = strlen(a->head);
    snprintf(
        a->head + n, sizeof a->head - n, "%.*s: %.*s\n", (int)name_n, name, (int)value_n, value);
    return 0;
}

static int h2_on_data(
    nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *p, size_t n, void *with)
{
    struct h2_answer *a = h2_find(with, id);
    (void)session, (void)flags;
    if (a) buf_put(&a->body, (struct span){(const char *)p, n});
    return 0;
}

static int h2_on_close(nghttp2_session *session, int32_t id, uint32_t why, void *with)
{
    struct h2_answer *a = h2_find(with, id);
    (void)session;
    if (!a) return 0;
    a->closed = true;
    a->why = why;
    return 0;
}

static int h2_on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *with)
{
    struct h2_peer *p = with;
    (void)session;
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        p->goaway = true;
        p->goaway_code = frame->goaway.error_code;
        p->goaway_last = frame->goaway.last_stream_id;
    }
    return 0;
}

static ssize_t h2_read_upload(nghttp2_session *session, int32_t id, uint8_t *to, size_t n,
    uint32_t *flags, nghttp2_data_source *source, void *with)
{
    struct h2_answer *a = h2_find(with, id);
    (void)source;
    size_t end = a->stalls_at ? a->stalls_at : a->upload.n, left = end - a->uploaded;
    if (left == 0 && a->stalls_at) return NGHTTP2_ERR_DEFERRED;
    if (n > left) n = left;
    if (n) memcpy(to, a->upload.p + a->uploaded, n);
    a->uploaded += n;
    if (a->uploaded < a->upload.n) return (ssize_t)n;
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (a->trailer) {
        union {
            const char *in;
            uint8_t *out;
        } name = {.in = a->trailer};
        nghttp2_nv nv = {name.out, name.out, strlen(a->trailer), strlen(a->trailer), 0};
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        must(nghttp2_submit_trailer(session, id, &nv, 1) == 0);
    }
    return (ssize_t)n;
}

/* window: what the server may send on a stream before it hears more; 0: the usual. */
static void h2_start(struct h2_peer *p, uint32_t window, bool updates_windows)
{
    nghttp2_session_callbacks *on;
    nghttp2_option *o;
    must(nghttp2_session_callbacks_new(&on) == 0 && nghttp2_option_new(&o) == 0);
    nghttp2_session_callbacks_set_on_header_callback(on, h2_on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(on, h2_on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(on, h2_on_close);
    nghttp2_session_callbacks_set_on_frame_recv_callback(on, h2_on_frame);
    nghttp2_option_set_no_auto_window_update(o, !updates_windows);
    must(nghttp2_session_client_new2(&p->session, on, p, o) == 0);
    nghttp2_session_callbacks_del(on);
    nghttp2_option_del(o);
    nghttp2_settings_entry entry = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window};
    must(nghttp2_submit_settings(p->session, 0, &entry, window ? 1 : 0) == 0);
    p->answers = calloc(ANSWERS_MAX, sizeof *p->answers);
    must(p->answers != NULL);
}

__attribute__((unused)) static void h2_dial(struct h2_peer *p, const struct kit *k)
{
    memset(p, 0, sizeof *p);
    must(kit_dial_tls(k, &p->d, 0, "\x02h2", NULL));
    h2_start(p, 0, true);
}

__attribute__((unused)) static void h2_hang_up(struct h2_peer *p)
{
    for (size_t i = 0; i < p->count; i++) buf_free(&p->answers[i].body);
    free(p->answers);
    nghttp2_session_del(p->session);
    kit_hang_up(&p->d);
}

/* fields: name, value, …, NULL; sent as they are, letter by letter. */
__attribute__((unused)) static struct h2_answer *h2_ask_with(
    struct h2_peer *p, const char *const *fields, struct span upload, bool has_upload)
{
    nghttp2_nv nv[128];
    size_t n = 0;
    for (; fields[2 * n]; n++) {
        union {
            const char *in;
            uint8_t *out;
        } name = {.in = fields[2 * n]}, value = {.in = fields[2 * n + 1]};
        nv[n] = (nghttp2_nv){name.out, value.out, strlen(fields[2 * n]), strlen(fields[2 * n + 1]),
            NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
    }
    nghttp2_data_provider body = {.read_callback = h2_read_upload};
    must(p->count < ANSWERS_MAX);
    struct h2_answer *a = &p->answers[p->count++];
    memset(a, 0, sizeof *a);
    buf_init(&a->body, NULL, 0);
    a->upload = upload;
    a->id = nghttp2_submit_request(p->session, NULL, nv, n, has_upload ? &body : NULL, NULL);
    return a;
}

__attribute__((unused)) static struct h2_answer *h2_ask(
    struct h2_peer *p, const char *method, const char *path, struct span upload)
{
    const char *fields[] = {
        ":method", method, ":scheme", "https", ":authority", "x", ":path", path, NULL};
    return h2_ask_with(p, fields, upload, upload.n > 0);
}

static void h2_send(struct h2_peer *p)
{
    const uint8_t *bytes;
    for (ssize_t n; (n = nghttp2_session_mem_send(p->session, &bytes)) > 0;)
        if (SSL_write(p->d.ssl, bytes, (int)n) != (int)n) p->ended = true;
}

static void h2_hear_once(struct h2_peer *p)
{
    char bytes[8192];
    struct pollfd ready = {.fd = p->d.fd, .events = POLLIN};
    if (SSL_pending(p->d.ssl) == 0 && poll(&ready, 1, GUARD_MS) != 1) {
        printf("Bail out! nothing was heard for %d ms\n", GUARD_MS);
        exit(1);
    }
    ERR_clear_error();
    int n = SSL_read(p->d.ssl, bytes, sizeof bytes);
    if (n <= 0 || nghttp2_session_mem_recv(p->session, (const uint8_t *)bytes, (size_t)n) < 0)
        p->ended = true;
}

/* Until all that was asked is closed, or the connection. */
__attribute__((unused)) static void h2_hear_all(struct h2_peer *p)
{
    for (;;) {
        size_t open = 0;
        for (size_t i = 0; i < p->count; i++) open += !p->answers[i].closed;
        h2_send(p);
        if (open == 0 || p->ended) return;
        h2_hear_once(p);
    }
}

__attribute__((unused)) static void h2_hear_end(struct h2_peer *p)
{
    while (!p->ended) {
        h2_send(p);
        h2_hear_once(p);
    }
}

__attribute__((unused)) static struct h2_answer *h2_exchange(
    struct h2_peer *p, const char *method, const char *path, struct span upload)
{
    struct h2_answer *a = h2_ask(p, method, path, upload);
    h2_hear_all(p);
    return a;
}

/* ---- frames by hand ---- */
__attribute__((unused)) static void h2_frame(
    struct buf *b, int type, int flags, uint32_t id, struct span payload)
{
    unsigned char head[9] = {(unsigned char)(payload.n >> 16), (unsigned char)(payload.n >> 8),
        (unsigned char)payload.n, (unsigned char)type, (unsigned char)flags,
        (unsigned char)(id >> 24), (unsigned char)(id >> 16), (unsigned char)(id >> 8),
        (unsigned char)id};
    buf_put(b, (struct span){(const char *)head, sizeof head});
    buf_put(b, payload);
}

/* A GET of /PATH that knows no compression: literals of short names and values. */
__attribute__((unused)) static void h2_block(struct buf *b, const char *method, const char *path)
{
    const char *const pairs[] = {
        ":method", method, ":scheme", "https", ":authority", "x", ":path", path};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        if (i % 2 == 0) buf_char(b, 0);
        buf_char(b, (char)strlen(pairs[i]));
        buf_str(b, pairs[i]);
    }
}

struct h2_heard { /* of frames, without their meaning */
    uint32_t goaway_code;
    bool goaway;
    int heads, resets;
};

/* Says bytes after the preface, and hears the server out. */
__attribute__((unused)) static struct h2_heard h2_say_raw(const struct kit *k, struct span bytes)
{
    struct dial d;
    struct buf in;
    struct h2_heard out = {0};
    buf_init(&in, NULL, 0);
    must(kit_dial_tls(k, &d, 0, "\x02h2", NULL));
    struct buf all;
    buf_init(&all, NULL, 0);
    buf_lit(&all, NGHTTP2_CLIENT_MAGIC);
    h2_frame(&all, NGHTTP2_SETTINGS, 0, 0, S(""));
    buf_put(&all, bytes);
    for (size_t at = 0; at < all.n;) {
        int part = (int)(all.n - at < 16384 ? all.n - at : 16384);
        ERR_clear_error();
        if (SSL_write(d.ssl, all.p + at, part) != part) break;
        at += (size_t)part;
    }
    for (;;) {
        char more[8192];
        ERR_clear_error();
        int n = SSL_read(d.ssl, more, sizeof more);
        if (n <= 0) break;
        buf_put(&in, (struct span){more, (size_t)n});
    }
    for (size_t at = 0; at + 9 <= in.n;) {
        const unsigned char *f = (const unsigned char *)in.p + at;
        size_t n = (size_t)f[0] << 16 | (size_t)f[1] << 8 | f[2];
        if (at + 9 + n > in.n) break;
        out.heads += f[3] == NGHTTP2_HEADERS;
        out.resets += f[3] == NGHTTP2_RST_STREAM;
        if (f[3] == NGHTTP2_GOAWAY && n >= 8) {
            out.goaway = true;
            out.goaway_code =
                (uint32_t)f[13] << 24 | (uint32_t)f[14] << 16 | (uint32_t)f[15] << 8 | f[16];
        }
        at += 9 + n;
    }
    buf_free(&in);
    buf_free(&all);
    kit_hang_up(&d);
    return out;
}
#endif
