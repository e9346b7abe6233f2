/* hash: digests by libsodium, and the two hashes of our own: a stable fast one for tables, and
 * CRC-32C for damage. Never keeps a key. Fatal: libsodium cannot start. */
#include "base.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

static void start(void)
{
    must(sodium_init() >= 0);
}

static void sodium_ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
}

struct hash hash_of(struct span s)
{
    return hash_keyed((struct span){NULL, 0}, s);
}

struct hash hash_keyed(struct span key, struct span s)
{
    struct hash h;
    sodium_ready();
    must(crypto_generichash(h.b, sizeof h.b, (const unsigned char *)s.p, s.n,
             (const unsigned char *)key.p, key.n) == 0);
    return h;
}

bool hash_eq(const struct hash *a, const struct hash *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

struct span hash_hex(struct arena *a, const struct hash *h)
{
    return bytes_hex(a, h->b, sizeof h->b);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_to_bytes(struct span hex, unsigned char *out, size_t n)
{
    if (hex.n != n * 2) return false;
    for (size_t i = 0; i < n; i++) {
        int high = hex_digit(hex.p[2 * i]), low = hex_digit(hex.p[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

struct span bytes_hex(struct arena *a, const void *p, size_t n)
{
    const unsigned char *bytes = p;
    char *hex = arena_alloc(a, n * 2 + 1);
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    return (struct span){hex, n * 2};
}

struct span sha256_base64(struct arena *a, struct span s)
{
    unsigned char sum[crypto_hash_sha256_BYTES];
    size_t room = sodium_base64_ENCODED_LEN(sizeof sum, sodium_base64_VARIANT_ORIGINAL);
    char *p = arena_alloc(a, room);
    crypto_hash_sha256(sum, (const unsigned char *)s.p, s.n);
    sodium_bin2base64(p, room, sum, sizeof sum, sodium_base64_VARIANT_ORIGINAL);
    return (struct span){p, room - 1};
}

bool hmac_sha256(struct span key, struct span message, unsigned char out[32])
{
    crypto_auth_hmacsha256_state state;
    sodium_ready();
    bool ok =
        crypto_auth_hmacsha256_init(&state, (const unsigned char *)(key.p ? key.p : ""), key.n) ==
            0 &&
        crypto_auth_hmacsha256_update(&state, (const unsigned char *)message.p, message.n) == 0 &&
        crypto_auth_hmacsha256_final(&state, out) == 0;
    sodium_memzero(&state, sizeof state);
    return ok;
}

bool equal_secret(const void *a, const void *b, size_t n)
{
    return n == 0 || sodium_memcmp(a, b, n) == 0;
}

static uint64_t le64(const unsigned char *p)
{
    uint64_t v = 0;
    for (int i = 8; i-- > 0;) v = v << 8 | p[i];
    return v;
}

__extension__ typedef unsigned __int128 wide_int;

static uint64_t mixed(uint64_t a, uint64_t b)
{
    wide_int wide = (wide_int)a * b;
    return (uint64_t)wide ^ (uint64_t)(wide >> 64);
}

uint64_t fast_hash(struct span s)
{
    /* Two odd constants from the digits of the golden ratio and of the square root of 2. */
    const uint64_t k1 = 0x9E3779B97F4A7C15u, k2 = 0x6A09E667F3BCC909u;
    const unsigned char *p = (const unsigned char *)s.p;
    uint64_t h = k2 ^ s.n;
    size_t left = s.n;
    for (; left >= 8; p += 8, left -= 8) h = mixed(h ^ le64(p), k1) + k2;
    uint64_t tail = 0;
    for (size_t i = left; i-- > 0;) tail = tail << 8 | p[i];
    h = mixed(h ^ tail, k1) + k2;
    return mixed(h, k1 ^ k2);
}

/* Of a byte with so many others behind it: eight are taken at a time. */
static uint32_t crc_table[8][256];

static void crc_make(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++) c = c >> 1 ^ (c & 1 ? 0x82F63B78u : 0);
        crc_table[0][i] = c;
    }
    for (int behind = 1; behind < 8; behind++)
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t c = crc_table[behind - 1][i];
            crc_table[behind][i] = c >> 8 ^ crc_table[0][c & 0xFF];
        }
}

static uint32_t crc_eight(uint32_t c, const unsigned char *p)
{
    uint32_t out = 0;
    for (int i = 0; i < 8; i++) out ^= crc_table[7 - i][p[i] ^ (i < 4 ? c >> 8 * i & 0xFF : 0)];
    return out;
}

#if defined(__x86_64__)
/* The processor's own, where it has one (SSE 4.2). */
__attribute__((target("sse4.2"))) static uint32_t crc_by_processor(uint32_t c, struct span s)
{
    uint64_t wide = c, eight;
    for (; s.n >= sizeof eight; s = span_cut(s, sizeof eight, s.n)) {
        memcpy(&eight, s.p, sizeof eight);
        wide = __builtin_ia32_crc32di(wide, eight);
    }
    c = (uint32_t)wide;
    for (size_t i = 0; i < s.n; i++) c = __builtin_ia32_crc32qi(c, (unsigned char)s.p[i]);
    return c;
}
#endif

uint32_t crc32c(struct span s)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~crc_by_processor(UINT32_MAX, s);
#endif
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, crc_make);
    const unsigned char *p = (const unsigned char *)s.p;
    uint32_t c = UINT32_MAX;
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) c = crc_eight(c, p + i);
    for (; i < s.n; i++) c = c >> 8 ^ crc_table[0][(c ^ p[i]) & 0xFF];
    return ~c;
}

void random_bytes(void *p, size_t n)
{
    sodium_ready();
    randombytes_buf(p, n);
}

struct span base32(struct arena *a, uint64_t value, int digits)
{
    must(digits > 0 && digits <= 13);
    char *p = arena_alloc(a, (size_t)digits + 1);
    for (int i = digits; i-- > 0; value >>= 5)
        p[i] = "0123456789abcdefghjkmnpqrstvwxyz"[value & 31];
    return (struct span){p, (size_t)digits};
}
