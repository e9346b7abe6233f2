/* What the tests of net share: a server on loopback with a handler, and a raw client that says
 * bytes and hears bytes. Waits on sockets only; GUARD_MS ends a test that would hang, it times
 * nothing. */
#ifndef NET_KIT_H
#define NET_KIT_H

#include "net_inside.h"
#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <poll.h>
#include <semaphore.h>
#include <unistd.h>

enum { GUARD_MS = 20000 };

struct kit {
    struct net_server *server;
    struct net_listener listener;
    uint16_t port;
    struct arena *arena;
};

__attribute__((unused)) static void kit_start(
    struct kit *k, struct net_config *c, const char *address)
{
    const char *why = "";
    k->arena = arena_new(64 << 20);
    if (net_listen(span_of(address), k->arena, &k->listener.fd, &k->port, &why) != OK ||
        (c->listeners = &k->listener, c->listener_count = 1, net_start(c, &k->server, &why)) !=
            OK) {
        printf("Bail out! %s\n", why);
        exit(1);
    }
}

__attribute__((unused)) static void kit_stop(struct kit *k)
{
    net_stop(k->server, GUARD_MS);
    close(k->listener.fd);
    arena_free(k->arena);
}

/* A worker that stands still, so that what happens meanwhile is there when it goes on. */
struct kit_hold {
    sem_t held, released;
};

__attribute__((unused)) static void kit_stand_still(void *with)
{
    struct kit_hold *h = with;
    sem_post(&h->held);
    sem_wait(&h->released);
}

__attribute__((unused)) static void kit_hold(const struct kit *k, struct kit_hold *h)
{
    sem_init(&h->held, 0, 0);
    sem_init(&h->released, 0, 0);
    net_post(net_worker_at(k->server, 0), kit_stand_still, h);
    sem_wait(&h->held);
}

__attribute__((unused)) static int kit_dial_from(const struct kit *k, const char *from)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(k->port)},
                       me = {.sin_family = AF_INET};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    must(inet_pton(AF_INET, from, &me.sin_addr) == 1);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0 && bind(fd, (struct sockaddr *)&me, sizeof me) == 0);
    must(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

__attribute__((unused)) static int kit_dial(const struct kit *k)
{
    return kit_dial_from(k, "127.0.0.1");
}

__attribute__((unused)) static bool kit_say(int fd, struct span s)
{
    while (s.n > 0) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        s = span_cut(s, (size_t)n, s.n);
    }
    return true;
}

/* Reads until what was heard holds `until` (or the end, for NULL). The text has a NUL behind it.
 * False: the end came first. */
__attribute__((unused)) static bool kit_hear(int fd, struct buf *b, const char *until)
{
    for (;;) {
        buf_char(b, '\0');
        b->n--;
        if (until && span_find(buf_span(b), span_of(until)) >= 0) return true;
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, GUARD_MS) != 1) {
            printf("Bail out! nothing was heard for %d ms; so far: %s\n", GUARD_MS, b->p);
            exit(1);
        }
        char bytes[4096];
        ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return until == NULL;
        buf_put(b, (struct span){bytes, (size_t)n});
    }
}

/* Says everything, then hears everything up to the close. Half-closes first where `half` says so.
 */
__attribute__((unused)) static const char *kit_exchange(
    const struct kit *k, struct buf *b, struct span s, bool half)
{
    b->n = 0;
    int fd = kit_dial(k);
    kit_say(fd, s);
    if (half) shutdown(fd, SHUT_WR);
    kit_hear(fd, b, NULL);
    close(fd);
    return b->p;
}

__attribute__((unused)) static size_t kit_count(struct span s, const char *what)
{
    size_t n = 0;
    struct span needle = span_of(what);
    for (ptrdiff_t at; (at = span_find(s, needle)) >= 0; n++)
        s = span_cut(s, (size_t)at + needle.n, s.n);
    return n;
}

/* ---- TLS ---- */
__attribute__((unused)) static void kit_certificate(
    const char *cert, const char *key, const char *name)
{
    EVP_PKEY *pair = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, pair);
    X509_NAME *subject = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(x, subject);
    must(X509_sign(x, pair, EVP_sha256()) > 0);
    FILE *f = fopen(cert, "w");
    must(f && PEM_write_X509(f, x) == 1);
    fclose(f);
    if (key) {
        f = fopen(key, "w");
        must(f && PEM_write_PrivateKey(f, pair, NULL, NULL, 0, NULL, NULL) == 1);
        fclose(f);
    }
    X509_free(x);
    EVP_PKEY_free(pair);
}

__attribute__((unused)) static enum result kit_reload(
    struct kit *k, const char *cert, const char *key, const char **why)
{
    struct arena *a = arena_new(8 << 20);
    struct net_pem pem;
    enum result r = net_pem_read(a, cert, key, &pem, why);
    if (r == OK) r = net_reload_tls(k->server, &pem, why);
    net_pem_wipe(&pem);
    arena_free(a);
    return r;
}

struct dial {
    SSL_CTX *ctx;
    SSL *ssl;
    int fd;
};

static uint8_t kit_fragment; /* RFC 6066, 4: the client takes no larger records; 0: any */

/* TLS on a connection that stands. */
__attribute__((unused)) static bool kit_shake(
    struct dial *d, int fd, int version, const char *alpn, SSL_SESSION *session)
{
    d->ctx = SSL_CTX_new(TLS_client_method());
    if (version) {
        SSL_CTX_set_security_level(d->ctx, 0);
        SSL_CTX_set_min_proto_version(d->ctx, version);
        SSL_CTX_set_max_proto_version(d->ctx, version);
    }
    d->ssl = SSL_new(d->ctx);
    d->fd = fd;
    if (alpn) SSL_set_alpn_protos(d->ssl, (const unsigned char *)alpn, (unsigned)strlen(alpn));
    if (session) SSL_set_session(d->ssl, session);
    SSL_set_fd(d->ssl, d->fd);
    ERR_clear_error();
    if (kit_fragment) must(SSL_set_tlsext_max_fragment_length(d->ssl, kit_fragment) == 1);
    return SSL_connect(d->ssl) == 1;
}

__attribute__((unused)) static bool kit_dial_tls(
    const struct kit *k, struct dial *d, int version, const char *alpn, SSL_SESSION *session)
{
    return kit_shake(d, kit_dial(k), version, alpn, session);
}

__attribute__((unused)) static void kit_hang_up(struct dial *d)
{
    SSL_shutdown(d->ssl);
    SSL_free(d->ssl);
    SSL_CTX_free(d->ctx);
    close(d->fd);
}

#endif
