#include "base.h"

#include <string.h>

#include "tap.h"

static struct arena *a;

static void test_known_values(void)
{
    struct hash h = hash_of(S(""));
    check_span(hash_hex(a, &h),
        S("0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
        "BLAKE2b-256 of nothing");
    unsigned char mac[32];
    check_span(sha256_base64(a, S("abc")), S("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        "SHA-256 of abc (FIPS 180-4), in base64");
    check(hmac_sha256(S("Jefe"), S("what do ya want for nothing?"), mac), "HMAC-SHA256 works");
    check_span(bytes_hex(a, mac, 32),
        S("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"), "RFC 4231, case 2");
    check(crc32c(S("123456789")) == 0xE3069283u, "CRC-32C of the check string (RFC 3720)");
}

static void test_keyed(void)
{
    struct hash one = hash_keyed(S("0123456789abcdef"), S("x")),
                other = hash_keyed(S("0123456789abcdeF"), S("x")), plain = hash_of(S("x"));
    check(!hash_eq(&one, &other) && !hash_eq(&one, &plain), "the key matters");
    check(equal_secret("abc", "abc", 3) && !equal_secret("abc", "abd", 3), "secrets compared");
}

static void test_hex(void)
{
    unsigned char out[2];
    check(hex_to_bytes(S("aF09"), out, 2) && out[0] == 0xAF && out[1] == 0x09, "hex is read");
    check(!hex_to_bytes(S("aF0"), out, 2) && !hex_to_bytes(S("aF0g"), out, 2), "or refused");
    check_span(base32(a, 0, 3), S("000"), "base32 of zero");
    check_span(base32(a, 32 + 31, 3), S("01z"), "most significant digit first");
    check_span(base32(a, UINT64_MAX, 12), S("zzzzzzzzzzzz"), "the twelve digits of an id");
}

/* These numbers stand in files and key slots: they must never change. */
static void test_fast_hash_is_stable(void)
{
    uint64_t seen[4] = {fast_hash(S("")), fast_hash(S("a")), fast_hash(S("broadsheet")),
        fast_hash(S("a longer text of more than sixteen bytes"))};
    printf("# %llx %llx %llx %llx\n", (unsigned long long)seen[0], (unsigned long long)seen[1],
        (unsigned long long)seen[2], (unsigned long long)seen[3]);
    check(seen[0] == 0xbbc8c02f4722ecdb && seen[1] == 0x164072d1ac5139a9 &&
              seen[2] == 0xf2d45a45ed1d4cd4 && seen[3] == 0x781289e8c709d553,
        "the fast hash is what it always was");
    check(fast_hash(S("\0")) != fast_hash(S("")) && fast_hash(S("ab")) != fast_hash(S("ba")),
        "zeros and order count");
}

static void test_fast_hash_spreads(void)
{
    static unsigned char hit[1 << 16];
    size_t filled = 0;
    for (int i = 0; i < 1 << 16; i++) {
        char key[16];
        int n = snprintf(key, sizeof key, "%d", i);
        uint64_t slot = fast_hash((struct span){key, (size_t)n}) & 0xFFFF;
        filled += !hit[slot];
        hit[slot] = 1;
    }
    check(
        filled > 40000 && filled < 43000, "65536 keys fill 1 - 1/e of as many slots (%zu)", filled);
}

static void test_random(void)
{
    unsigned char one[16] = {0}, other[16] = {0};
    random_bytes(one, sizeof one);
    random_bytes(other, sizeof other);
    check(memcmp(one, other, sizeof one) != 0, "random bytes differ");
}

int main(void)
{
    a = arena_new(1 << 20);
    test_known_values();
    test_keyed();
    test_hex();
    test_fast_hash_is_stable();
    test_fast_hash_spreads();
    test_random();
    arena_free(a);
    return tap_end();
}
