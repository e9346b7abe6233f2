/* net/tls: certificates and sessions by OpenSSL: TLS 1.2 and 1.3, forward secrecy only, session
 * tickets (their keys: tickets.c), ALPN "h2" before "http/1.1". A reload makes a new context beside
 * the old one; connections that stand keep theirs, which goes with the last of them. Never blocks
 * on a socket. Fatal: nothing; whatever OpenSSL refuses becomes a sentence. */
#include "net_inside.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NET_PEM_MAX = 1 << 20, /* a certificate with its chain is some KB */
};

struct net_tls {
    pthread_mutex_t lock; /* of ctx */
    SSL_CTX *ctx;
    struct net_tickets *tickets;
};

static _Thread_local char last_why[400];

static bool explain(const char *what, const char *path, const char *reason)
{
    char text[160] = "";
    unsigned long e = ERR_peek_last_error();
    if (e) ERR_error_string_n(e, text, sizeof text);
    snprintf(last_why, sizeof last_why, "%s %.100s: %s", what, path, reason ? reason : text);
    ERR_clear_error();
    return false;
}

/* RFC 7301: the first of ours that the client offers; without a common one the handshake fails. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_n,
    const unsigned char *offered, unsigned offered_n, void *with)
{
    static const unsigned char ours[] = "\x02h2\x08http/1.1";
    unsigned char *chosen;
    (void)ssl, (void)with;
    if (SSL_select_next_proto(&chosen, out_n, ours, sizeof ours - 1, offered, offered_n) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

bool net_tls_chose_h2(const SSL *ssl)
{
    const unsigned char *name = NULL;
    unsigned n = 0;
    SSL_get0_alpn_selected(ssl, &name, &n);
    return n == 2 && memcmp(name, "h2", 2) == 0;
}

/* Nobody is there to type the password of a key. */
static int no_password(char *to, int n, int writing, void *with)
{
    (void)to, (void)n, (void)writing, (void)with;
    return -1;
}

static bool use_chain(SSL_CTX *ctx, BIO *b)
{
    X509 *x = PEM_read_bio_X509_AUX(b, NULL, no_password, NULL);
    bool good = x && SSL_CTX_use_certificate(ctx, x) == 1;
    X509_free(x);
    while (good && (x = PEM_read_bio_X509(b, NULL, no_password, NULL))) {
        good = SSL_CTX_add0_chain_cert(ctx, x) == 1;
        if (!good) X509_free(x);
    }
    if (!good) return false;
    good = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE; /* the end of the file */
    if (good) ERR_clear_error();
    return good;
}

static bool use_key(SSL_CTX *ctx, BIO *b)
{
    EVP_PKEY *k = PEM_read_bio_PrivateKey(b, NULL, no_password, NULL);
    bool good = k && SSL_CTX_use_PrivateKey(ctx, k) == 1;
    EVP_PKEY_free(k);
    return good;
}

static bool load_one(SSL_CTX *ctx, struct span bytes, bool (*use)(SSL_CTX *ctx, BIO *b))
{
    BIO *b = BIO_new_mem_buf(bytes.n ? bytes.p : "", (int)bytes.n);
    must(b);
    bool good = use(ctx, b);
    BIO_free(b);
    return good;
}

static bool load(SSL_CTX *ctx, const struct net_pem *p)
{
    if (!load_one(ctx, p->cert, use_chain))
        return explain("cannot use the certificate", p->cert_name, NULL);
    if (!load_one(ctx, p->key, use_key))
        return explain("cannot use the private key", p->key_name, NULL);
    if (SSL_CTX_check_private_key(ctx) != 1)
        return explain("the private key does not belong to the certificate:", p->key_name, NULL);
    return true;
}

static SSL_CTX *context_new(const struct net_pem *p, struct net_tickets *tickets)
{
    ERR_clear_error();
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    must(ctx != NULL);
    must(SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1);
    must(SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets keep sessions, not we */
    SSL_CTX_set_num_tickets(ctx, 1);
    net_tickets_use(tickets, ctx);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
    must(SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"broadsheet", 10) == 1);
    if (load(ctx, p)) return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

enum result net_tls_open(const struct net_pem *p, struct net_tls **out, const char **why_out)
{
    struct net_tls *t = calloc(1, sizeof *t);
    must(t != NULL && pthread_mutex_init(&t->lock, NULL) == 0);
    t->tickets = net_tickets_new();
    t->ctx = context_new(p, t->tickets);
    if (t->ctx) {
        *out = t;
        return OK;
    }
    *why_out = last_why;
    net_tls_free(t);
    return ERR_IO;
}

enum result net_tls_try(const struct net_pem *p, const char **why_out)
{
    struct net_tls *t = NULL;
    enum result r = net_tls_open(p, &t, why_out);
    net_tls_free(t);
    return r;
}

static enum result read_one(
    struct arena *a, const char *what, const char *path, struct span *out, const char **why_out)
{
    enum result r = file_read(a, path, NET_PEM_MAX, out);
    if (r == OK) return OK;
    (void)explain(what, path, r == ERR_FULL ? "it is over 1 MB" : strerror(errno));
    *why_out = last_why;
    return r;
}

enum result net_pem_read(
    struct arena *a, const char *cert, const char *key, struct net_pem *out, const char **why_out)
{
    *out = (struct net_pem){.cert_name = cert, .key_name = key};
    enum result r = read_one(a, "cannot read the certificate", cert, &out->cert, why_out);
    if (r == OK) r = read_one(a, "cannot read the private key", key, &out->key, why_out);
    return r;
}

void net_pem_wipe(struct net_pem *p)
{
    if (p->key.n) OPENSSL_cleanse((char *)(uintptr_t)p->key.p, p->key.n);
    p->key = S("");
}

/* Sessions begun under the old certificate may be resumed under the new one: same server, same
 * keys of tickets. */
enum result net_tls_reload(struct net_tls *t, const struct net_pem *p, const char **why_out)
{
    SSL_CTX *fresh = context_new(p, t->tickets);
    if (!fresh) {
        *why_out = last_why;
        return ERR_IO;
    }
    pthread_mutex_lock(&t->lock);
    SSL_CTX *old = t->ctx;
    t->ctx = fresh;
    pthread_mutex_unlock(&t->lock);
    SSL_CTX_free(old);
    return OK;
}

void net_tls_free(struct net_tls *t)
{
    if (!t) return;
    SSL_CTX_free(t->ctx);
    net_tickets_free(t->tickets);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

void net_tls_later(struct net_tls *t, int64_t ms)
{
    net_tickets_later(t->tickets, ms);
}

SSL *net_tls_new(struct net_tls *t, int fd)
{
    pthread_mutex_lock(&t->lock);
    SSL *ssl = SSL_new(t->ctx);
    pthread_mutex_unlock(&t->lock);
    if (!ssl) return NULL;
    if (SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        return NULL;
    }
    SSL_set_accept_state(ssl);
    return ssl;
}
