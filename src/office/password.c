/* password.c: argon2id by libsodium, at its interactive cost: 64 MB and two passes, above what
 * OWASP asks for; twice that at once is what a machine with two small processors can spare. */
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "office.h"

static const char many[] = "that password is longer than 500 bytes";

bool password_fits(struct span password, const char **why_out)
{
    *why_out = NULL;
    if (!utf8_valid(password) || utf8_count(password) < OFFICE_PASSWORD_MIN)
        *why_out = "a password has at least 10 characters: three or four words do";
    else if (password.n > OFFICE_PASSWORD_MAX)
        *why_out = many;
    else if (memchr(password.p, 0, password.n) || memchr(password.p, '\n', password.n))
        *why_out = "a password is one line";
    return !*why_out;
}

bool password_hash(struct span password, char out[128])
{
    _Static_assert(crypto_pwhash_STRBYTES <= 128, "room for the hash");
    must(sodium_init() >= 0);
    return crypto_pwhash_str_alg(out, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
               crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool password_right(const char *hash, struct span password)
{
    must(sodium_init() >= 0);
    return crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
}

static char nobody[128];

static void make_nobody(void)
{
    char secret[TOKEN_TEXT + 1];
    token_new(secret);
    must(password_hash(span_of(secret), nobody));
}

const char *password_nobody(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_nobody);
    return nobody;
}
