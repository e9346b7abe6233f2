/* TLS: versions, ALPN, resumption, big replies, a stalled handshake, and new certificates while
 * connections stand. */
#include "net_kit.h"

enum { BIG = 1 << 20 };

static struct kit kit;
static char folder[] = "/tmp/net-test-XXXXXX", cert[64], key[64];
static char *big;

static void handle(struct net_worker *w, struct http_request *r, void *with)
{
    (void)w, (void)with;
    struct http_reply reply = {
        .status = 200, .body = arena_printf(r->arena, "secure %d %.*s", r->is_tls, FMT(r->body))};
    if (span_eq(r->path, S("/big"))) reply.body = (struct span){big, BIG};
    http_reply(r, &reply);
}

static void make_certificate(const char *name, bool write_key)
{
    kit_certificate(cert, write_key ? key : NULL, name);
}

static bool dial(struct dial *d, int version, const char *alpn, SSL_SESSION *session)
{
    return kit_dial_tls(&kit, d, version, alpn, session);
}

static bool ask(struct dial *d, struct span request, struct span want)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    if (SSL_write(d->ssl, request.p, (int)request.n) != (int)request.n) return false;
    while (span_find(buf_span(&b), want) < 0) {
        char bytes[8192];
        int n = SSL_read(d->ssl, bytes, sizeof bytes);
        if (n <= 0) break;
        buf_put(&b, (struct span){bytes, (size_t)n});
    }
    bool found = span_find(buf_span(&b), want) >= 0;
    buf_free(&b);
    return found;
}

static bool is_named(const struct dial *d, const char *name)
{
    char text[64] = "";
    X509 *x = SSL_get1_peer_certificate(d->ssl);
    if (x) X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, text, sizeof text);
    X509_free(x);
    return strcmp(text, name) == 0;
}

#define ASK S("GET / HTTP/1.1\r\nHost: x\r\n\r\n")

static void test_versions(void)
{
    struct dial d;
    check(dial(&d, 0, NULL, NULL) && SSL_version(d.ssl) == TLS1_3_VERSION,
        "TLS 1.3 where the client has it");
    check(ask(&d, ASK, S("secure 1")), "an answer");
    check(ask(&d, S("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"),
              S("secure 1 body")),
        "another on the same connection");
    check(ask(&d, S("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"), (struct span){big, BIG}), "a big one");
    check(ask(&d, ASK, S("secure 1")), "and one after it");
    kit_hang_up(&d);
    check(dial(&d, TLS1_2_VERSION, NULL, NULL) && ask(&d, ASK, S("secure 1")), "TLS 1.2");
    kit_hang_up(&d);
    check(!dial(&d, TLS1_1_VERSION, NULL, NULL), "no TLS 1.1");
    kit_hang_up(&d);
}

/* A client that has room for small records only is answered in such. */
static void test_small_records(void)
{
    struct dial d;
    for (uint8_t size = TLSEXT_max_fragment_length_512; size <= TLSEXT_max_fragment_length_4096;
         size++) {
        kit_fragment = size;
        for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
            must(dial(&d, version, "\x08http/1.1", NULL));
            check(ask(&d, S("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"), (struct span){big, BIG}) &&
                      ask(&d, ASK, S("secure 1")),
                "records of %d bytes, TLS %x: a big reply, and another", 256 << size, version);
            kit_hang_up(&d);
        }
    }
    kit_fragment = 0;
}

static size_t first_record, largest_record;

static void on_record(
    int sent, int version, int type, const void *bytes, size_t n, SSL *ssl, void *with)
{
    const unsigned char *head = bytes;
    (void)version, (void)ssl, (void)with;
    if (sent || type != SSL3_RT_HEADER || n < 5) return;
    size_t size = (size_t)head[3] << 8 | head[4];
    if (!first_record) first_record = size;
    if (size > largest_record) largest_record = size;
}

/* A page's head is read, and its style asked for, while the rest is on its way. */
static void test_early_records(void)
{
    struct dial d;
    must(dial(&d, 0, NULL, NULL));
    SSL_set_msg_callback(d.ssl, on_record);
    check(ask(&d, ASK, S("secure 1")), "an answer");
    first_record = largest_record = 0;
    check(ask(&d, S("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"), (struct span){big, BIG}), "a big one");
    check(first_record > 1000 && first_record < 1450, "begins with a record of one packet: %zu",
        first_record);
    check(largest_record > 16000, "and goes on with full ones: %zu", largest_record);
    first_record = largest_record = 0;
    check(ask(&d, S("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"), (struct span){big, BIG}) &&
              first_record > 16000,
        "a connection that has been used begins with those: %zu", first_record);
    kit_hang_up(&d);
}

static void test_alpn(void)
{
    struct dial d;
    const unsigned char *name = NULL;
    unsigned n = 0;
    check(dial(&d, 0, "\x02h2\x08http/1.1", NULL), "a browser's offer");
    SSL_get0_alpn_selected(d.ssl, &name, &n);
    check(n == 2 && memcmp(name, "h2", 2) == 0, "h2 is chosen");
    kit_hang_up(&d);
    check(dial(&d, 0, "\x08http/1.1\x02h2", NULL), "the other way round");
    SSL_get0_alpn_selected(d.ssl, &name, &n);
    check(n == 2 && memcmp(name, "h2", 2) == 0, "h2 is chosen: the order is ours");
    kit_hang_up(&d);
    check(dial(&d, 0, "\x08http/1.1", NULL) && ask(&d, ASK, S("secure 1")), "http/1.1 alone");
    SSL_get0_alpn_selected(d.ssl, &name, &n);
    check(n == 8 && memcmp(name, "http/1.1", 8) == 0, "is chosen");
    kit_hang_up(&d);
    check(dial(&d, 0, NULL, NULL) && ask(&d, ASK, S("secure 1")), "no offer: HTTP/1.1");
    SSL_get0_alpn_selected(d.ssl, &name, &n);
    check(n == 0, "and no choice");
    kit_hang_up(&d);
    check(!dial(&d, 0,
              "\x03"
              "abc",
              NULL),
        "nothing in common: no connection");
    kit_hang_up(&d);
}

static SSL_SESSION *session_of(struct dial *d, int version)
{
    must(dial(d, version, NULL, NULL) && ask(d, ASK, S("secure 1")));
    SSL_SESSION *s = SSL_get1_session(d->ssl);
    kit_hang_up(d);
    return s;
}

static void test_reload(void)
{
    struct dial old, d;
    const char *why = "";
    must(dial(&old, 0, NULL, NULL) && ask(&old, ASK, S("secure 1")));
    check(is_named(&old, "first"), "the first certificate");
    SSL_SESSION *session = session_of(&d, TLS1_2_VERSION),
                *session13 = session_of(&d, TLS1_3_VERSION);
    check(dial(&d, TLS1_2_VERSION, NULL, session) && SSL_session_reused(d.ssl),
        "a session is resumed");
    kit_hang_up(&d);
    check(dial(&d, TLS1_3_VERSION, NULL, session13) && SSL_session_reused(d.ssl), "in TLS 1.3 too");
    kit_hang_up(&d);

    make_certificate("wrong", false);
    check(kit_reload(&kit, cert, key, &why) != OK && strlen(why) > 0,
        "a certificate without its key is refused");
    check(dial(&d, 0, NULL, NULL) && is_named(&d, "first"), "and the old one stays");
    kit_hang_up(&d);
    make_certificate("second", true);
    check(kit_reload(&kit, cert, key, &why) == OK, "a new pair is taken");
    check(dial(&d, 0, NULL, NULL) && is_named(&d, "second") && ask(&d, ASK, S("secure 1")),
        "new connections get it");
    kit_hang_up(&d);
    check(ask(&old, ASK, S("secure 1")) && is_named(&old, "first"),
        "the old connection goes on with the old one");
    kit_hang_up(&old);
    check(dial(&d, TLS1_2_VERSION, NULL, session) && SSL_session_reused(d.ssl),
        "sessions outlive the change");
    kit_hang_up(&d);
    SSL_SESSION_free(session);
    SSL_SESSION_free(session13);
    remove(key);
    check(kit_reload(&kit, cert, key, &why) != OK && strstr(why, "key"), "a key that is gone");
}

static bool resumes(int version, SSL_SESSION *session)
{
    struct dial d;
    must(dial(&d, version, NULL, session) && ask(&d, ASK, S("secure 1")));
    bool is = SSL_session_reused(d.ssl);
    kit_hang_up(&d);
    return is;
}

/* Keys turn each hour, and a ticket's is gone in the fourth. */
static void test_tickets(void)
{
    enum { HOUR = 3600 * 1000 };
    struct dial d;
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        SSL_SESSION *session = session_of(&d, version);
        net_tls_later(kit.server->tls, HOUR);
        check(resumes(version, session), "TLS %x: a session is resumed after the keys turned",
            version);
        SSL_SESSION *fresh = session_of(&d, version);
        net_tls_later(kit.server->tls, 2 * HOUR + HOUR / 2);
        check(!resumes(version, session), "its ticket's key is gone hours later");
        check(resumes(version, fresh), "that of a younger one is not");
        SSL_SESSION_free(session);
        SSL_SESSION_free(fresh);
    }
}

static _Atomic bool reloading;
static _Atomic int asked, failed;

static void *keep_asking(void *with)
{
    (void)with;
    struct dial kept;
    must(dial(&kept, 0, NULL, NULL));
    while (atomic_load(&reloading)) {
        struct dial d;
        if (!dial(&d, 0, NULL, NULL) || !ask(&d, ASK, S("secure 1")) ||
            !ask(&kept, ASK, S("secure 1")))
            atomic_fetch_add(&failed, 1);
        kit_hang_up(&d);
        atomic_fetch_add(&asked, 1);
    }
    kit_hang_up(&kept);
    return NULL;
}

static void test_reload_under_load(void)
{
    pthread_t threads[2];
    const char *why = "";
    make_certificate("third", true);
    atomic_store(&reloading, true);
    for (size_t i = 0; i < COUNT(threads); i++)
        must(pthread_create(&threads[i], NULL, keep_asking, NULL) == 0);
    int reloads = 0, bad = 0;
    while (atomic_load(&asked) < 100) {
        int before = atomic_load(&asked);
        bad += kit_reload(&kit, cert, key, &why) != OK;
        reloads++;
        while (atomic_load(&asked) < before + 5 && atomic_load(&failed) == 0) sched_yield();
    }
    atomic_store(&reloading, false);
    for (size_t i = 0; i < COUNT(threads); i++) pthread_join(threads[i], NULL);
    check(bad == 0 && failed == 0 && reloads > 1,
        "reloads under load drop nothing (%d of %d asked)", (int)failed, (int)asked);
}

static void test_stalls(void)
{
    struct buf heard;
    buf_init(&heard, NULL, 0);
    kit_exchange(&kit, &heard, S("\x16\x03\x01\x02"), false);
    check(true, "a handshake that stalls is cut");
    kit_exchange(&kit, &heard, S("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), false);
    check(!strstr(heard.p, "200 OK"), "plain HTTP is none here");
    buf_free(&heard);
}

int main(void)
{
    must(mkdtemp(folder) != NULL);
    snprintf(cert, sizeof cert, "%s/cert.pem", folder);
    snprintf(key, sizeof key, "%s/key.pem", folder);
    make_certificate("first", true);
    big = malloc(BIG);
    for (size_t i = 0; i < BIG; i++) big[i] = (char)('a' + i * 7 % 26);
    struct net_config c = {.handle = handle,
        .tls_cert = cert,
        .tls_key = key,
        .threads = 2,
        .limits = {.head_time_ms = 2000}};
    kit.listener = (struct net_listener){.is_tls = true};
    kit_start(&kit, &c, "127.0.0.1:0");
    test_versions();
    test_small_records();
    test_early_records();
    test_alpn();
    test_tickets();
    test_reload();
    test_reload_under_load();
    test_stalls();
    kit_stop(&kit);

    struct net_server *s;
    const char *why = "";
    c.tls_cert = "/nowhere/cert.pem";
    check(net_start(&c, &s, &why) != OK && strstr(why, "/nowhere/cert.pem"),
        "a certificate that is not there");
    must(dir_remove(folder) == OK);
    free(big);
    return tap_end();
}
