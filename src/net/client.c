/* net/client: a blocking HTTP/1.1 client for our own tools and tests, over loopback and UNIX
 * sockets. Not for the outside world: no TLS, no redirects, no names. Everything it reads is
 * bounded; every call ends within its time. Fatal: no memory. */
#include "net_inside.h"

#include "clock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    ANSWER_HEAD_MAX = 64 << 10,
    ANSWER_MAX =
        256 << 20, /* a whole backup of pictures would not fit, a sitemap or a feed always does */
};

struct http_client {
    int fd;
    bool over; /* the server closes, or the stream is out of step */
    char host[128];
    struct buf in; /* bytes that have come; at: what the last answer used */
    size_t at;
};

static int64_t left_ms(int64_t until_us)
{
    int64_t left = (until_us - clock_mono_us() + 999) / 1000;
    return left > 0 ? left : 0;
}

static enum result wait_for(int fd, short what, int64_t until_us)
{
    struct pollfd p = {.fd = fd, .events = what};
    int n;
    do n = poll(&p, 1, (int)left_ms(until_us));
    while (n < 0 && errno == EINTR);
    return n > 0 ? OK : n == 0 ? ERR_BUSY : ERR_IO;
}

enum result http_client_open(struct span address, struct http_client **out)
{
    struct net_place place;
    if (!net_place_parse(address, &place)) return ERR_ABSENT;
    if (place.is_any && !net_place_loopback(&place)) return ERR_ABSENT;
    int fd = socket(place.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return ERR_IO;
    if (connect(fd, (struct sockaddr *)&place.sa, place.n) != 0 || !set_nonblocking(fd)) {
        enum result r = errno == ECONNREFUSED || errno == ENOENT ? ERR_ABSENT : ERR_IO;
        close(fd);
        return r;
    }
    struct http_client *c = calloc(1, sizeof *c);
    must(c != NULL);
    c->fd = fd;
    struct span host = place.is_unix || place.is_any ? S("localhost") : address;
    memcpy(c->host, host.p, host.n < sizeof c->host ? host.n : sizeof c->host - 1);
    buf_init(&c->in, NULL, ANSWER_MAX);
    *out = c;
    return OK;
}

void http_client_close(struct http_client *c)
{
    if (!c) return;
    close(c->fd);
    buf_free(&c->in);
    free(c);
}

struct span http_answer_header(const struct http_answer *a, const char *name)
{
    struct span rest = a->head, line, want = span_of(name);
    while (span_next(&rest, '\n', &line))
        if (line.n > want.n && line.p[want.n] == ':' && span_starts_nocase(line, want))
            return span_trim(span_cut(line, want.n + 1, line.n));
    return (struct span){0};
}

/* ---- asking ---- */
static enum result send_all(struct http_client *c, struct span s, int64_t until_us)
{
    while (s.n > 0) {
        ssize_t n = send(c->fd, s.p, s.n, MSG_NOSIGNAL);
        if (n >= 0) {
            s = span_cut(s, (size_t)n, s.n);
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return ERR_CLOSED;
        enum result r = wait_for(c->fd, POLLOUT, until_us);
        if (r != OK) return r;
    }
    return OK;
}

static bool has_field(struct span head, struct span name)
{
    struct span line;
    while (span_next(&head, '\n', &line))
        if (span_starts_nocase(line, name)) return true;
    return false;
}

static enum result send_request(struct http_client *c, const char *method, struct span target,
    struct span head, struct span body, int64_t until_us)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    buf_printf(&b, "%s %.*s HTTP/1.1\r\n", method, FMT(target));
    if (!has_field(head, S("host:"))) buf_printf(&b, "Host: %s\r\n", c->host);
    bool says_length =
        has_field(head, S("content-length:")) || has_field(head, S("transfer-encoding:"));
    bool may_have_body = strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0;
    if (!says_length && (body.n > 0 || may_have_body))
        buf_printf(&b, "Content-Length: %zu\r\n", body.n);
    buf_put(&b, head);
    buf_lit(&b, "\r\n");
    enum result r = send_all(c, buf_span(&b), until_us);
    buf_free(&b);
    return r == OK ? send_all(c, body, until_us) : r;
}

/* ---- reading ---- */
static struct span unread(const struct http_client *c)
{
    return span_cut(buf_span(&c->in), c->at, c->in.n);
}

static enum result read_more(struct http_client *c, int64_t until_us)
{
    char bytes[16 << 10];
    for (;;) {
        ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
        if (n > 0) {
            buf_put(&c->in, (struct span){bytes, (size_t)n});
            return c->in.full ? ERR_FULL : OK;
        }
        if (n == 0) return ERR_CLOSED;
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return ERR_CLOSED;
        enum result r = wait_for(c->fd, POLLIN, until_us);
        if (r != OK) return r;
    }
}

/* Status line and fields up to the blank line. */
static enum result read_head(
    struct http_client *c, struct arena *a, int64_t until_us, struct http_answer *out)
{
    ptrdiff_t end;
    while ((end = span_find(unread(c), S("\r\n\r\n"))) < 0) {
        if (unread(c).n > ANSWER_HEAD_MAX) return ERR_CORRUPT;
        enum result r = read_more(c, until_us);
        if (r != OK) return r;
    }
    struct span head = arena_keep(a, span_cut(unread(c), 0, (size_t)end + 2));
    c->at += (size_t)end + 4;
    uint64_t status;
    if (!span_starts(head, S("HTTP/1.")) || !span_to_u64(span_cut(head, 9, 12), &status))
        return ERR_CORRUPT;
    ptrdiff_t line = span_find(head, S("\r\n"));
    out->status = (int)status;
    out->head = span_cut(head, (size_t)line + 2, head.n);
    return OK;
}

static enum result read_chunked(
    struct http_client *c, struct arena *a, int64_t until_us, struct http_answer *out)
{
    struct http_chunks chunks = {0};
    size_t from = c->at, have = c->at; /* decoded in place, from the beginning of the body */
    for (;;) {
        size_t used, made;
        char *p = c->in.p + c->at;
        enum http_parse read = http_parse_chunks(&chunks, p, c->in.n - c->at, &used, &made);
        if (made) memmove(c->in.p + have, p, made);
        have += made;
        c->at += used;
        if (read == HTTP_BAD) return ERR_CORRUPT;
        if (read == HTTP_DONE) break;
        enum result r = read_more(c, until_us);
        if (r != OK) return r;
    }
    out->body = arena_keep(a, (struct span){c->in.p + from, have - from});
    return OK;
}

static enum result read_to_end(
    struct http_client *c, struct arena *a, int64_t until_us, struct http_answer *out)
{
    enum result r;
    while ((r = read_more(c, until_us)) == OK) continue;
    if (r != ERR_CLOSED) return r;
    out->body = arena_keep(a, unread(c));
    c->at = c->in.n;
    c->over = true;
    return OK;
}

static enum result read_body(struct http_client *c, struct arena *a, const char *method,
    int64_t until_us, struct http_answer *out)
{
    out->body = S("");
    if (strcmp(method, "HEAD") == 0 || out->status == 204 || out->status == 304) return OK;
    if (span_eq_nocase(http_answer_header(out, "Transfer-Encoding"), S("chunked")))
        return read_chunked(c, a, until_us, out);
    struct span length = http_answer_header(out, "Content-Length");
    uint64_t n;
    if (!length.p) return read_to_end(c, a, until_us, out);
    if (!span_to_u64(length, &n) || n > ANSWER_MAX) return ERR_CORRUPT;
    while (unread(c).n < n) {
        enum result r = read_more(c, until_us);
        if (r != OK) return r;
    }
    out->body = arena_keep(a, span_cut(unread(c), 0, (size_t)n));
    c->at += (size_t)n;
    return OK;
}

static enum result read_answer(struct http_client *c, struct arena *a, const char *method,
    int64_t until_us, struct http_answer *out)
{
    do {
        enum result r = read_head(c, a, until_us, out);
        if (r != OK) return r;
    } while (out->status >= 100 && out->status < 200);
    enum result r = read_body(c, a, method, until_us, out);
    if (r != OK) return r;
    if (span_eq_nocase(http_answer_header(out, "Connection"), S("close"))) c->over = true;
    size_t rest = c->in.n - c->at;
    if (rest) memmove(c->in.p, c->in.p + c->at, rest);
    c->in.n = rest;
    c->at = 0;
    return OK;
}

enum result http_client_ask(struct http_client *c, struct arena *a, const char *method,
    struct span target, struct span head, struct span body, int timeout_ms, struct http_answer *out)
{
    memset(out, 0, sizeof *out);
    if (c->over) return ERR_CLOSED;
    int64_t until_us = clock_mono_us() + (int64_t)timeout_ms * 1000;
    /* A server that refuses does so before it has the whole body, and says why: so its answer is
     * read also when sending failed. */
    enum result sent = send_request(c, method, target, head, body, until_us);
    if (sent == ERR_BUSY || sent == ERR_IO) {
        c->over = true;
        return sent;
    }
    enum result r = read_answer(c, a, method, until_us, out);
    if (r != OK || sent != OK) c->over = true;
    return r;
}
