/* sign: Ed25519 signatures (RFC 8032, libsodium) and base64url (RFC 4648, section 5, without
 * padding), as JOSE wants them. Secrets are wiped by whoever holds them. */
#include <sodium.h>

#include "base.h"

_Static_assert(sizeof((struct sign_key *)0)->secret == crypto_sign_SECRETKEYBYTES, "Ed25519");
_Static_assert(sizeof((struct sign_key *)0)->public == crypto_sign_PUBLICKEYBYTES, "Ed25519");
enum { SIGN_SEED = crypto_sign_SEEDBYTES };

void sign_key_make(struct sign_key *k)
{
    must(sodium_init() >= 0 && crypto_sign_keypair(k->public, k->secret) == 0);
}

bool sign_key_read(struct span seed_hex, struct sign_key *k)
{
    unsigned char seed[SIGN_SEED];
    if (seed_hex.n != 2 * SIGN_SEED || !hex_to_bytes(seed_hex, seed, sizeof seed)) return false;
    must(sodium_init() >= 0 && crypto_sign_seed_keypair(k->public, k->secret, seed) == 0);
    sodium_memzero(seed, sizeof seed);
    return true;
}

struct span sign_key_seed(struct arena *a, const struct sign_key *k)
{
    unsigned char seed[SIGN_SEED];
    must(crypto_sign_ed25519_sk_to_seed(seed, k->secret) == 0);
    struct span hex = bytes_hex(a, seed, sizeof seed);
    sodium_memzero(seed, sizeof seed);
    return hex;
}

void sign_key_wipe(struct sign_key *k)
{
    sodium_memzero(k, sizeof *k);
}

void sign_bytes(const struct sign_key *k, struct span s, unsigned char out[SIGN_BYTES])
{
    must(crypto_sign_detached(out, NULL, (const unsigned char *)s.p, s.n, k->secret) == 0);
}

bool sign_holds(const unsigned char public[32], struct span s, const unsigned char sig[SIGN_BYTES])
{
    return sodium_init() >= 0 &&
           crypto_sign_verify_detached(sig, (const unsigned char *)s.p, s.n, public) == 0;
}

struct span base64url(struct arena *a, struct span s)
{
    size_t room = sodium_base64_ENCODED_LEN(s.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *p = arena_alloc(a, room);
    sodium_bin2base64(
        p, room, (const unsigned char *)s.p, s.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return (struct span){p, room - 1};
}

bool base64url_read(struct arena *a, struct span s, struct span *out)
{
    char *p = arena_alloc(a, s.n + 1);
    const char *end;
    size_t n;
    if (sodium_base642bin((unsigned char *)p, s.n + 1, s.p, s.n, NULL, &n, &end,
            sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != s.p + s.n)
        return false;
    *out = (struct span){p, n};
    return true;
}
