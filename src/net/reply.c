/* net/reply: what goes back: status line, date, length, the handler's head and body, in one write
 * where the socket takes it. Waits for slow readers, within a rate. Calls a reply's done exactly
 * once. Copies no body, allocates nothing for a reply that the socket takes whole. */
#include "net_inside.h"

#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

enum {
    HEAD_COPY_MAX = 1536
}; /* prefix and head up to this size are put together: two pieces to write instead of four */

static struct span reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {304, "Not Modified"},
        {404, "Not Found"},
        {301, "Moved Permanently"},
        {410, "Gone"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {302, "Found"},
        {303, "See Other"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {451, "Unavailable For Legal Reasons"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < COUNT(reasons); i++)
        if (reasons[i].status == status) return span_of(reasons[i].reason);
    return S("Status");
}

static char *put(char *to, const char *p, size_t n)
{
    memcpy(to, p, n);
    return to + n;
}
#define put_lit(to, lit) put((to), lit, sizeof(lit) - 1)

static char *put_number(char *to, uint64_t v)
{
    char digits[20];
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + v % 10);
    while (v /= 10);
    return put(to, digits + at, sizeof digits - at);
}

/* Status line and the fields that are ours; at most 200 bytes. */
static size_t write_prefix(
    const struct net_connection *c, const struct http_reply *r, bool close, char *out)
{
    struct span reason = reason_of(r->status);
    char *p = put_lit(out, "HTTP/1.1 ");
    p = put_number(p, (unsigned)r->status);
    *p++ = ' ';
    p = put(p, reason.p, reason.n);
    p = put_lit(p, "\r\n");
    p = put(p, c->worker->date, c->worker->date_n);
    if (!r->no_body_length && r->status != 204 && r->status != 304) {
        p = put_lit(p, "Content-Length: ");
        p = put_number(p, r->body.n);
        p = put_lit(p, "\r\n");
    }
    if (close)
        p = put_lit(p, "Connection: close\r\n");
    else if (c->http10)
        p = put_lit(p, "Connection: keep-alive\r\n");
    return (size_t)(p - out);
}

size_t net_reply_prefix(const struct net_connection *c, const struct http_reply *r, char *out)
{
    return write_prefix(c, r, r->close, out);
}

static void finish(struct net_connection *c, const struct http_reply *r, bool whole, bool close)
{
    if (r->done) r->done(r->with);
    if (whole)
        net_answered(c, close);
    else
        net_close(c);
}

/* The four pieces of a reply without the first `skip` bytes. */
static int pieces(const struct net_sending *s, struct span prefix, struct iovec iov[4])
{
    struct span all[4] = {prefix, s->reply.head, S("\r\n"), s->reply.body};
    size_t skip = s->sent;
    int n = 0;
    for (int i = 0; i < (s->has_body ? 4 : 3); i++) {
        if (skip >= all[i].n) {
            skip -= all[i].n;
            continue;
        }
        union {
            const char *in;
            void *out;
        } unconst = {.in = all[i].p + skip};
        iov[n++] = (struct iovec){unconst.out, all[i].n - skip};
        skip = 0;
    }
    return n;
}

static void set_deadline(struct net_connection *c)
{
    c->deadline_ms = c->worker->now_ms + c->worker->server->body_grace_ms;
}

/* The socket is full: remember what is left. */
static void wait_for_reader(struct net_connection *c, const struct net_sending *so_far)
{
    struct net_worker *w = c->worker;
    struct net_sending *s = w->sendings;
    if (s)
        w->sendings = s->next;
    else
        s = malloc(sizeof *s);
    must(s != NULL);
    *s = *so_far;
    c->sending = s;
    c->stage = AT_SENDING;
    set_deadline(c);
}

void net_reply(struct net_connection *c, const struct http_reply *reply)
{
    struct net_worker *w = c->worker;
    bool close = !c->keep_alive || reply->close ||
                 atomic_load_explicit(&w->server->stopping, memory_order_relaxed);
    char text[HEAD_COPY_MAX];
    struct net_sending s;
    s.next = NULL;
    s.reply = *reply;
    s.reply.close = close;
    s.sent = 0;
    s.acknowledged = 0;
    s.has_body = !c->is_head && reply->body.n > 0 && reply->status != 204 && reply->status != 304;
    s.prefix_n = write_prefix(c, reply, close, text);
    s.total = s.prefix_n + reply->head.n + 2 + (s.has_body ? reply->body.n : 0);
    c->token = 0;

    struct iovec iov[4];
    int n;
    if (s.prefix_n + reply->head.n + 2 <= sizeof text) {
        char *end = reply->head.n ? put(text + s.prefix_n, reply->head.p, reply->head.n)
                                  : text + s.prefix_n;
        end = put_lit(end, "\r\n");
        n = pieces(&s, (struct span){text, s.prefix_n}, iov);
        iov[0] = (struct iovec){text, (size_t)(end - text)};
        if (s.has_body) iov[1] = iov[n - 1];
        n = s.has_body ? 2 : 1;
    } else {
        n = pieces(&s, (struct span){text, s.prefix_n}, iov);
    }
    ssize_t taken = net_write(c, iov, n);
    w->counts.by_class[reply->status / 100 % 6]++;
    if (taken > 0) w->counts.bytes += (uint64_t)taken;
    if (taken < 0 || (size_t)taken == s.total) {
        finish(c, reply, taken >= 0, close);
        return;
    }
    memcpy(s.prefix, text, s.prefix_n);
    s.sent = (size_t)taken;
    wait_for_reader(c, &s);
}

void net_drop_sending(struct net_connection *c)
{
    struct net_sending *s = c->sending;
    if (!s) return;
    c->sending = NULL;
    struct http_reply reply = s->reply;
    s->next = c->worker->sendings;
    c->worker->sendings = s;
    if (reply.done) reply.done(reply.with);
}

void net_send_more(struct net_connection *c)
{
    struct net_sending *s = c->sending;
    struct iovec iov[4];
    int n = pieces(s, (struct span){s->prefix, s->prefix_n}, iov);
    ssize_t taken = net_write(c, iov, n);
    if (taken < 0) {
        net_close(c);
        return;
    }
    c->worker->counts.bytes += (uint64_t)taken;
    s->sent += (size_t)taken;
    if (s->sent < s->total) return;
    bool close = s->reply.close;
    net_drop_sending(c);
    net_answered(c, close);
}

/* The socket's queue may be long and the reader slow but alive, so what counts is what the other
 * side has acknowledged. */
uint64_t net_acknowledged(const struct net_connection *c, uint64_t sent)
{
    int queued = 0;
    if (ioctl(c->fd, SIOCOUTQ, &queued) != 0) return 0;
    return sent > (uint64_t)queued ? sent - (uint64_t)queued : 0;
}

bool net_is_slow(const struct net_connection *c, uint64_t sent, uint64_t *acknowledged)
{
    uint64_t gone = net_acknowledged(c, sent);
    uint64_t due = (uint64_t)c->worker->server->body_grace_ms *
                   c->worker->server->config.limits.body_rate_min / 1000;
    bool slow = gone < *acknowledged + due;
    *acknowledged = gone;
    return slow;
}

bool net_reader_is_slow(struct net_connection *c)
{
    set_deadline(c);
    return net_is_slow(c, c->sending->sent, &c->sending->acknowledged);
}

struct http_reply net_refusal(int status, const char *why)
{
    return (struct http_reply){
        .status = status,
        .head = status == 503
                    ? S("Content-Type: text/plain\r\nCache-Control: no-store\r\nRetry-After: 5\r\n")
                    : S("Content-Type: text/plain\r\nCache-Control: no-store\r\n"),
        .body = span_of(why),
    };
}

void net_refuse(struct net_connection *c, int status, const char *why, bool close)
{
    struct http_reply reply = net_refusal(status, why);
    reply.close = close;
    metric_add(M_REFUSED, 1);
    net_reply(c, &reply);
}

/* ---- what handlers call ---- */
void http_reply(struct http_request *r, const struct http_reply *reply)
{
    if (r->stream) {
        net_h2_reply(r->stream, reply);
        return;
    }
    must(r->connection->stage == AT_HANDLING || r->connection->stage == AT_DEAD);
    if (r->connection->stage == AT_DEAD) {
        if (reply->done) reply->done(reply->with);
        return;
    }
    net_reply(r->connection, reply);
}

struct http_token http_defer(struct http_request *r)
{
    struct net_connection *c = r->connection;
    if (r->stream) return net_h2_defer(r->stream);
    must(c->stage == AT_HANDLING && c->token == 0);
    c->token = ++c->worker->tokens << 24 | c->slot;
    return (struct http_token){c->worker, c->token};
}

void http_reply_later(struct http_token t, const struct http_reply *reply)
{
    uint32_t slot = (uint32_t)(t.id & 0xffffff);
    struct net_connection *c = slot < t.worker->slot_count ? t.worker->slots[slot] : NULL;
    struct net_stream *stream = c && c->h2 ? net_h2_find(c, t.id) : NULL;
    if (!stream && (!c || c->token != t.id)) {
        if (reply->done) reply->done(reply->with);
        return;
    }
    if (stream)
        net_h2_reply(stream, reply);
    else
        net_reply(c, reply);
    net_again(c); /* what the client has sent meanwhile */
}
