/* Fuzz target: HTTP/2 from a client, without a socket. The first byte says into how many pieces the
 * rest is cut; where it is odd, the client's preface and an empty SETTINGS are said first, so that
 * the seeds need not. Beyond not crashing: every reply's done is called exactly once, whatever the
 * client did, no room for bodies stays taken, and what is said back is whole frames. */
#include "net.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

enum { LATE_MAX = 64, BODY = 100000 };

static struct http_token late[LATE_MAX];
static size_t late_count, given, dones;
static char body[BODY];

static void count_done(void *with)
{
    (void)with;
    dones++;
}

static struct http_reply reply_to(struct http_request *r)
{
    given++;
    return (struct http_reply){.status = r->path.n % 2 ? 200 : 404,
        .head = S("Content-Type: text/plain\r\nConnection: close\r\n"),
        .body = r->body.n ? r->body : (struct span){body, r->path.n % 5 == 1 ? BODY : r->path.n},
        .close = span_eq(r->path, S("/close")),
        .done = count_done};
}

static void handle(struct net_worker *w, struct http_request *r, void *with)
{
    (void)w, (void)with;
    must(r->path.n > 0 && (r->path.p[0] == '/' || r->path.p[0] == '*'));
    must(r->field_count <= NET_HEADERS_MAX && r->target.n <= NET_TARGET_MAX);
    for (size_t i = 0; i < r->field_count; i++)
        must(r->fields[i].name.n > 0 && !memchr(r->fields[i].name.p, ':', r->fields[i].name.n) &&
             (r->fields[i].value.n == 0 ||
                 !memchr(r->fields[i].value.p, '\n', r->fields[i].value.n)));
    if (span_eq(r->path, S("/w")) && late_count < LATE_MAX) {
        late[late_count++] = http_defer(r);
        return;
    }
    struct http_reply reply = reply_to(r);
    http_reply(r, &reply);
}

static void answer_late(void)
{
    while (late_count > 0) {
        struct http_reply reply = {.status = 200, .body = S("late"), .done = count_done};
        given++;
        http_reply_later(late[--late_count], &reply);
    }
}

static void hear(struct span s, void *with)
{
    struct buf *heard = with;
    buf_put(heard, s);
}

static void check_frames(struct span s)
{
    while (s.n > 0) {
        const unsigned char *f = (const unsigned char *)s.p;
        must(s.n >= 9);
        size_t n = (size_t)f[0] << 16 | (size_t)f[1] << 8 | f[2];
        must(s.n >= 9 + n);
        s = span_cut(s, 9 + n, s.n);
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
    if (size < 1) return 0;
    if (body[0] == '\0') {
        log_quiet(LOG_ERROR);
        memset(body, 'b', sizeof body);
    }
    given = dones = late_count = 0;
    struct net_config config = {.handle = handle, .limits = {.body_max = 5000, .bodies_max = 8000}};
    struct http2_trial *t = http2_trial_open(&config);
    struct buf heard;
    buf_init(&heard, NULL, 0);
    if (data[0] & 1) http2_trial_say(t, (struct span){preface, sizeof preface - 1}, hear, &heard);
    size_t piece = size / ((data[0] >> 1) + 1u) + 1;
    bool stands = true;
    for (size_t at = 1; at < size && stands; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        char *copy = malloc(n); /* its own size, so that a look past the end is noticed */
        must(copy != NULL);
        memcpy(copy, data + at, n);
        stands = http2_trial_say(t, (struct span){copy, n}, hear, &heard);
        free(copy);
        if (stands && at % 3) answer_late();
    }
    http2_trial_close(t);
    check_frames(buf_span(&heard));
    buf_free(&heard);
    must(given == dones);
    return 0;
}
