/* net/tls: certificates and sessions by OpenSSL: TLS 1.2 and 1.3, forward secrecy only, session
 * tickets, ALPN "h2" before "http/1.1". A reload makes a new context beside the old one;
 * connections that stand keep theirs, which goes with the last of them. Never blocks on a socket.
 * Fatal: nothing; whatever OpenSSL refuses becomes a sentence. */
#include "net_inside.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TICKET_KEYS = 80 }; /* bytes, as OpenSSL wants them */

struct net_tls {
    pthread_mutex_t lock; /* of ctx */
    SSL_CTX *ctx;
    char *cert, *key;
    char why[400];
};

static bool explain(struct net_tls *t, const char *what, const char *path)
{
    char reason[160] = "";
    unsigned long e = ERR_peek_last_error();
    if (e) ERR_error_string_n(e, reason, sizeof reason);
    snprintf(t->why, sizeof t->why, "%s %.100s: %s", what, path, reason);
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

static bool load(struct net_tls *t, SSL_CTX *ctx)
{
    if (SSL_CTX_use_certificate_chain_file(ctx, t->cert) != 1)
        return explain(t, "cannot use the certificate", t->cert);
    if (SSL_CTX_use_PrivateKey_file(ctx, t->key, SSL_FILETYPE_PEM) != 1)
        return explain(t, "cannot use the private key", t->key);
    if (SSL_CTX_check_private_key(ctx) != 1)
        return explain(t, "the private key does not belong to the certificate:", t->key);
    return true;
}

static SSL_CTX *context_new(struct net_tls *t)
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
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
    must(SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"broadsheet", 10) == 1);
    if (load(t, ctx)) return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

enum result net_tls_open(
    const char *cert, const char *key, struct net_tls **out, const char **why_out)
{
    static _Thread_local char why[sizeof(((struct net_tls *)0)->why)];
    struct net_tls *t = calloc(1, sizeof *t);
    must(t != NULL && pthread_mutex_init(&t->lock, NULL) == 0);
    t->cert = strdup(cert);
    t->key = strdup(key);
    must(t->cert && t->key);
    t->ctx = context_new(t);
    if (t->ctx) {
        *out = t;
        return OK;
    }
    memcpy(why, t->why, sizeof why);
    *why_out = why;
    net_tls_free(t);
    return ERR_IO;
}

enum result net_tls_try(const char *cert, const char *key, const char **why_out)
{
    struct net_tls *t = NULL;
    enum result r = net_tls_open(cert, key, &t, why_out);
    net_tls_free(t);
    return r;
}

/* Sessions begun under the old certificate may be resumed under the new one: same server, same
 * keys. */
static void carry_ticket_keys(SSL_CTX *from, SSL_CTX *to)
{
    unsigned char keys[TICKET_KEYS];
    if (SSL_CTX_get_tlsext_ticket_keys(from, keys, sizeof keys) == 1)
        SSL_CTX_set_tlsext_ticket_keys(to, keys, sizeof keys);
    OPENSSL_cleanse(keys, sizeof keys);
}

enum result net_tls_reload(struct net_tls *t, const char **why_out)
{
    SSL_CTX *fresh = context_new(t);
    if (!fresh) {
        *why_out = t->why;
        return ERR_IO;
    }
    pthread_mutex_lock(&t->lock);
    SSL_CTX *old = t->ctx;
    carry_ticket_keys(old, fresh);
    t->ctx = fresh;
    pthread_mutex_unlock(&t->lock);
    SSL_CTX_free(old);
    return OK;
}

void net_tls_free(struct net_tls *t)
{
    if (!t) return;
    SSL_CTX_free(t->ctx);
    pthread_mutex_destroy(&t->lock);
    free(t->cert);
    free(t->key);
    free(t);
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
