/* HTTP/2 by a well-behaved client, and by one that means well: the same requests reach the same
 * handler, replies come in any order, and done is called once whatever happens. */
#include "h2_server_kit.h"

static void test_exchange(void)
{
    struct h2_peer p;
    start(net_limits_default());
    h2_dial(&p, &kit);
    struct h2_answer *a = h2_exchange(&p, "GET", "/a?b", S(""));
    check(a->status == 200 && says(a, "[GET /a?b x ]"), "GET");
    check(strstr(a->head, "content-length: 13\n") && strstr(a->head, "\ndate: ") &&
              strstr(a->head, "\ncontent-type: text/plain\n"),
        "length, date, our head: %s", a->head);
    a = h2_exchange(&p, "HEAD", "/a", S(""));
    check(a->status == 200 && strstr(a->head, "content-length: 12\n") && a->body.n == 0,
        "HEAD has the length and no body");
    a = h2_exchange(&p, "GET", "/unmodified", S(""));
    check(
        a->status == 304 && strstr(a->head, "etag: \"a\"\n") && !strstr(a->head, "content-length"),
        "304 has no length");
    a = h2_exchange(&p, "GET", "/none", S(""));
    check(a->status == 204 && !strstr(a->head, "content-length") && a->body.n == 0, "nor has 204");
    a = h2_exchange(&p, "POST", "/p", S("hello"));
    check(a->status == 200 && says(a, "[POST /p x hello]"), "POST with a body");
    a = h2_exchange(&p, "OPTIONS", "*", S(""));
    check(says(a, "[OPTIONS * x ]"), "OPTIONS *");
    a = h2_exchange(&p, "GET", "/own", S(""));
    check(a->status == 200 && strstr(a->head, "x-mixed-case: Value\n") &&
              !strstr(a->head, "keep-alive") && !strstr(a->head, "upgrade") &&
              !strstr(a->head, "transfer-encoding"),
        "fields of the connection are dropped, names are in lower case: %s", a->head);
    a = h2_exchange(&p, "GET", "/big", S(""));
    check(a->body.n == BIG && memcmp(a->body.p, big, BIG) == 0, "three megabytes");
    a = h2_exchange(&p, "POST", "/push", (struct span){big, BIG});
    check(
        a->body.n > BIG && span_find(buf_span(&a->body), (struct span){big, BIG}) > 0, "and back");
    check(!p.goaway, "all on one connection");
    h2_hang_up(&p);
    stop("exchange");
}

static void test_small_records(void)
{
    struct h2_peer p;
    start(net_limits_default());
    kit_fragment = TLSEXT_max_fragment_length_512;
    h2_dial(&p, &kit);
    kit_fragment = 0;
    struct h2_answer *one = h2_ask(&p, "GET", "/big", S("")),
                     *two = h2_ask(&p, "GET", "/big", S(""));
    h2_hear_all(&p);
    check(one->body.n == BIG && two->body.n == BIG && memcmp(one->body.p, big, BIG) == 0,
        "a client with room for small records gets two big replies whole");
    h2_hang_up(&p);
    kit_stop(&kit);
}

static void test_fields(void)
{
    struct h2_peer p;
    start(net_limits_default());
    h2_dial(&p, &kit);
    const char *fields[] = {":method", "GET", ":scheme", "https", ":authority", "news.example:8443",
        ":path", "/fields", "accept", "a", "x-empty", "", "host", "news.example:8443", "te",
        "trailers", NULL};
    struct h2_answer *a = h2_ask_with(&p, fields, S(""), false);
    const char *old[] = {
        ":method", "GET", ":scheme", "https", ":path", "/fields", "host", "old.example", NULL};
    struct h2_answer *b = h2_ask_with(&p, old, S(""), false);
    h2_hear_all(&p);
    check(says(a, "host=news.example:8443|accept=a|x-empty=|te=trailers|"),
        ":authority is Host, and a Host that says the same is no second: %.*s", (int)a->body.n,
        a->body.p);
    check(says(b, "host=old.example|"), "Host without :authority");
    const char *expects[] = {":method", "POST", ":scheme", "https", ":authority", "x", ":path",
        "/e", "expect", "100-continue", NULL};
    a = h2_ask_with(&p, expects, S("hello"), true);
    h2_hear_all(&p);
    check(a->interim == 100 && a->status == 200 && says(a, "[POST /e x hello]"),
        "100 before the body, 200 after it");
    a = h2_ask_with(&p, expects, S(""), true);
    a->trailer = "x-trailer";
    h2_hear_all(&p);
    check(a->status == 200 && says(a, "[POST /e x ]"), "trailers are not read");
    check(!p.goaway, "the connection stands");
    h2_hang_up(&p);
    stop("fields");
}

static void test_streams(void)
{
    enum { MANY = 30 };
    struct h2_peer p;
    char paths[MANY][24];
    start(net_limits_default());
    h2_dial(&p, &kit);
    for (int i = 0; i < MANY; i++) {
        snprintf(paths[i], sizeof paths[i], i % 2 ? "/wait?%d" : "/%d", i);
        h2_ask(&p, "GET", paths[i], S(""));
    }
    h2_send(&p);
    for (int i = 0; i < MANY / 2; i++) sem_wait(&deferred);
    net_post(net_worker_at(kit.server, 0), answer_waiting, NULL);
    h2_hear_all(&p);
    sem_wait(&deferred);
    int right = 0;
    for (int i = 0; i < MANY; i++) {
        char want[64];
        snprintf(want, sizeof want, i % 2 ? "%d" : "[GET /%d x ]", i);
        right += p.answers[i].status == 200 && says(&p.answers[i], want);
    }
    check(right == MANY, "thirty at once, half answered later and backwards (%d right)", right);
    h2_hang_up(&p);

    memset(&p, 0, sizeof p);
    must(kit_dial_tls(&kit, &p.d, 0, "\x02h2", NULL));
    h2_start(&p, 20000, true);
    for (int i = 0; i < 12; i++) h2_ask(&p, "GET", "/big", S(""));
    struct h2_answer *small = h2_ask(&p, "GET", "/small", S(""));
    h2_hear_all(&p);
    right = 0;
    for (int i = 0; i < 12; i++)
        right += p.answers[i].body.n == BIG && memcmp(p.answers[i].body.p, big, BIG) == 0;
    check(right == 12 && says(small, "[GET /small x ]") && !p.goaway,
        "large bodies through small windows, more than are sent at once (%d right)", right);
    h2_hang_up(&p);
    stop("streams");
}

static void test_full_windows(void)
{
    struct h2_peer p;
    start(net_limits_default());
    memset(&p, 0, sizeof p);
    must(kit_dial_tls(&kit, &p.d, 0, "\x02h2", NULL));
    h2_start(&p, 5, false);
    for (int i = 0; i < NET_H2_SENDING_MAX; i++) h2_ask(&p, "GET", "/a", S(""));
    struct h2_answer *behind = h2_ask(&p, "GET", "/behind", S(""));
    for (int i = 0; i < NET_H2_SENDING_MAX; i++)
        while (p.answers[i].body.n < 5) h2_send(&p), h2_hear_once(&p);
    check(behind->status == 0, "who waits behind replies that are stuck");
    nghttp2_settings_entry wide = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 65535};
    must(nghttp2_submit_settings(p.session, 0, &wide, 1) == 0);
    h2_hear_all(&p);
    check(says(behind, "[GET /behind x ]"), "gets its turn when all of them end at once");
    h2_hang_up(&p);
    stop("full windows");
}

/* The last bytes of a last reply meet a full socket, one record or two after its first: they are
 * heard all the same. */
static void test_full_sockets(void)
{
    int small = 1, right = 0;
    start(net_limits_default());
    must(setsockopt(kit.listener.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
    for (int records = 1; records <= RECORDS_MAX; records++) {
        struct h2_peer p = {0};
        char path[24];
        int fd = kit_dial(&kit);
        must(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small) == 0);
        must(kit_shake(&p.d, fd, 0, "\x02h2", NULL));
        h2_start(&p, 2 * BIG, true);
        must(nghttp2_session_set_local_window_size(p.session, 0, 0, 2 * BIG) == 0);
        snprintf(path, sizeof path, "/last?%d", records);
        struct h2_answer *last = h2_ask(&p, "GET", path, S(""));
        h2_hear_end(&p);
        right += last->body.n == (size_t)records * NET_H2_OUT_BYTES && p.goaway &&
                 p.goaway_code == NGHTTP2_NO_ERROR;
        h2_hang_up(&p);
    }
    check(right == RECORDS_MAX, "the last bytes of a last reply meet a full socket (%d of %d)",
        right, RECORDS_MAX);
    stop("full sockets");
}

static void test_resets(void)
{
    struct h2_peer p;
    start(net_limits_default());
    h2_dial(&p, &kit);
    struct h2_answer *a = h2_ask(&p, "GET", "/big", S(""));
    while (a->body.n == 0) h2_send(&p), h2_hear_once(&p);
    must(nghttp2_submit_rst_stream(p.session, 0, a->id, NGHTTP2_CANCEL) == 0);
    struct h2_answer *late = h2_ask(&p, "GET", "/wait?late", S(""));
    h2_send(&p);
    sem_wait(&deferred);
    must(nghttp2_submit_rst_stream(p.session, 0, late->id, NGHTTP2_CANCEL) == 0);
    struct h2_answer *after = h2_exchange(&p, "GET", "/after", S(""));
    check(a->closed && late->closed && says(after, "[GET /after x ]"),
        "streams that were reset end, others go on");
    check(dones == given, "done was called for the one whose body was on its way");
    net_post(net_worker_at(kit.server, 0), answer_waiting, NULL);
    sem_wait(&deferred);
    check(dones == given, "a reply after the reset is dropped, and done is called");
    a = h2_ask(&p, "POST", "/push", (struct span){big, BIG});
    a->stalls_at = 1000;
    h2_send(&p);
    must(nghttp2_submit_rst_stream(p.session, 0, a->id, NGHTTP2_CANCEL) == 0);
    after = h2_exchange(&p, "GET", "/after", S(""));
    check(says(after, "[GET /after x ]") && atomic_load(&kit.server->bodies) == 0,
        "a body that was given up leaves its room");
    h2_ask(&p, "GET", "/big", S(""));
    h2_ask(&p, "GET", "/wait?gone", S(""));
    h2_send(&p);
    sem_wait(&deferred);
    h2_hang_up(&p);
    net_post(net_worker_at(kit.server, 0), answer_waiting, NULL);
    sem_wait(&deferred);
    stop("resets");
}

static void test_bodies(void)
{
    struct h2_peer p;
    struct net_limits limits = net_limits_default();
    limits.bodies_max = 10000;
    start(limits);
    h2_dial(&p, &kit);
    const char *tells[] = {":method", "POST", ":scheme", "https", ":authority", "x", ":path", "/e",
        "content-length", "1001", NULL};
    struct h2_answer *a = h2_ask_with(&p, tells, (struct span){big, 1001}, true);
    a->stalls_at = 1;
    struct h2_answer *b = h2_ask(&p, "POST", "/e", (struct span){big, 1001});
    struct h2_answer *fits = h2_ask(&p, "POST", "/e", (struct span){big, 1000});
    h2_hear_all(&p);
    check(a->status == 413 && a->why == NGHTTP2_NO_ERROR, "too long by its length: 413, no error");
    check(b->status == 413, "too long as it came: 413");
    check(fits->status == 200 && fits->body.n > 1000, "exactly as long as may be");

    const char *push[] = {":method", "POST", ":scheme", "https", ":authority", "x", ":path",
        "/push", "content-length", "6000", NULL};
    a = h2_ask_with(&p, push, (struct span){big, 6000}, true);
    a->stalls_at = 5999;
    h2_send(&p);
    while (atomic_load(&kit.server->bodies) < 5999) sched_yield();
    b = h2_ask_with(&p, push, (struct span){big, 6000}, true);
    while (!b->closed) h2_send(&p), h2_hear_once(&p);
    check(b->status == 503 && strstr(b->head, "retry-after: "), "no room for two of these: 503");
    struct h2_answer *c = h2_ask(&p, "POST", "/push", (struct span){big, 5000});
    while (!c->closed) h2_send(&p), h2_hear_once(&p);
    check(c->status == 503, "nor for one that grows into it");
    a->stalls_at = 0;
    must(nghttp2_session_resume_data(p.session, a->id) == 0);
    h2_hear_all(&p);
    check(a->status == 200 && a->body.n > 6000, "the first is read");
    b = h2_ask_with(&p, push, (struct span){big, 6000}, true);
    h2_hear_all(&p);
    check(b->status == 200, "and then another");
    check(atomic_load(&kit.server->bodies) == 0 && !p.goaway, "and all room is free again");
    h2_hang_up(&p);
    stop("bodies");
}

int main(void)
{
    server_begin();
    test_exchange();
    test_small_records();
    test_fields();
    test_streams();
    test_full_windows();
    test_full_sockets();
    test_resets();
    test_bodies();
    return server_end();
}
