/* net/tickets: the keys of session tickets (RFC 5077; RFC 8446, 4.6.1): made here, turned each
 * hour, and gone once no ticket of theirs can be good any more: whoever gets at the server's memory
 * learns no session older than that. All threads and all certificates of a server share them, so a
 * session is resumed wherever it comes back. Another process has others: there it is begun anew. */
#include "net_inside.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICKET_TURN_MS = 3600 * 1000,              /* a key signs for so long */
    TICKET_LIFE_S = 2 * TICKET_TURN_MS / 1000, /* a ticket is good for so long */
    TICKET_KEYS = 3, /* the one that signs, and those whose tickets may still be good */
};

struct ticket_key {
    unsigned char name[16], cipher[32], mac[32];
    int64_t made_ms;
    bool is_there;
};
struct net_tickets {
    pthread_mutex_t lock;
    struct ticket_key keys[TICKET_KEYS]; /* the newest first */
    int64_t ahead_ms;                    /* a test's */
};

struct net_tickets *net_tickets_new(void)
{
    struct net_tickets *t = calloc(1, sizeof *t);
    must(t != NULL && pthread_mutex_init(&t->lock, NULL) == 0);
    return t;
}

void net_tickets_free(struct net_tickets *t)
{
    if (!t) return;
    OPENSSL_cleanse(t->keys, sizeof t->keys);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

void net_tickets_later(struct net_tickets *t, int64_t ms)
{
    pthread_mutex_lock(&t->lock);
    t->ahead_ms += ms;
    pthread_mutex_unlock(&t->lock);
}

/* Under the lock: a key for the present hour stands first, and none that is over stands. */
static void turn(struct net_tickets *t)
{
    int64_t now = net_now_ms() + t->ahead_ms;
    struct ticket_key *first = &t->keys[0];
    for (size_t i = 0; i < TICKET_KEYS; i++)
        if (now - t->keys[i].made_ms >= (int64_t)TICKET_KEYS * TICKET_TURN_MS)
            OPENSSL_cleanse(&t->keys[i], sizeof t->keys[i]);
    if (first->is_there && now - first->made_ms < TICKET_TURN_MS) return;
    memmove(first + 1, first, (TICKET_KEYS - 1) * sizeof *first);
    random_bytes(first->name, sizeof first->name);
    random_bytes(first->cipher, sizeof first->cipher);
    random_bytes(first->mac, sizeof first->mac);
    first->made_ms = now;
    first->is_there = true;
}

/* The key to sign with, or the one of that name; *is_old: it signs no more. */
static bool find(
    struct net_tickets *t, const unsigned char *name, struct ticket_key *out, bool *is_old)
{
    bool found = false;
    pthread_mutex_lock(&t->lock);
    turn(t);
    for (size_t i = 0; i < TICKET_KEYS && !found; i++) {
        const struct ticket_key *k = &t->keys[i];
        found = k->is_there && (!name || memcmp(k->name, name, sizeof k->name) == 0);
        if (found) *out = *k;
        *is_old = i > 0;
    }
    pthread_mutex_unlock(&t->lock);
    return found;
}

/* SSL_CTX_set_tlsext_ticket_key_evp_cb(3): 1 is good, 2 good under an older key (TLS 1.2 gets a
 * fresh ticket), 0 means the whole handshake, -1 an error. */
static int use_key(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
    EVP_MAC_CTX *mac, int seals)
{
    struct net_tickets *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    struct ticket_key k;
    bool is_old = false;
    if (!find(t, seals ? NULL : name, &k, &is_old)) return 0;
    if (seals) {
        memcpy(name, k.name, sizeof k.name);
        random_bytes(iv, (size_t)EVP_CIPHER_get_iv_length(EVP_aes_256_cbc()));
    }
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, k.mac, sizeof k.mac),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0),
        OSSL_PARAM_construct_end()};
    bool good = EVP_MAC_CTX_set_params(mac, params) == 1 &&
                EVP_CipherInit_ex2(cipher, EVP_aes_256_cbc(), k.cipher, iv, seals, NULL) == 1;
    OPENSSL_cleanse(&k, sizeof k);
    return !good ? -1 : is_old ? 2 : 1;
}

void net_tickets_use(struct net_tickets *t, SSL_CTX *ctx)
{
    SSL_CTX_set_app_data(ctx, t);
    SSL_CTX_set_timeout(ctx, TICKET_LIFE_S);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, use_key);
}
