/* push: who may push: HMAC-SHA256 over time stamp, nonce and body; a window against replay (T1).
 * Keys live here only, read from files, never logged. One thread (intake). Nonces used before a
 * restart are known by the ledger: a push's delivery name is its nonce. */
#include "transport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    PUSH_FEEDS_MAX = 64,
    PUSH_KEY_MIN = 32,
    PUSH_KEY_MAX = 1024,
    PUSH_NONCE_MIN = 16,
    PUSH_NONCE_MAX = 64,
    PUSH_NONCES_MAX = 1 << 16, /* in one window; more pushes than that are refused until it moves */
};

struct used {
    uint64_t name; /* of feed and nonce */
    int64_t at_ms;
};
struct push_gate {
    struct {
        char feed[128], key[PUSH_KEY_MAX];
        size_t key_bytes;
    } doors[PUSH_FEEDS_MAX];
    size_t door_count;
    struct used *used; /* a ring, oldest first */
    size_t first, used_count;
};

struct push_gate *push_gate_new(void)
{
    struct push_gate *g = calloc(1, sizeof *g);
    must(g);
    g->used = calloc(PUSH_NONCES_MAX, sizeof *g->used);
    must(g->used);
    return g;
}

void push_gate_free(struct push_gate *g)
{
    if (!g) return;
    explicit_bzero(g->doors, sizeof g->doors);
    free(g->used);
    free(g);
}

enum result push_gate_key(
    struct push_gate *g, struct span feed, const char *key_file, const char **why_out)
{
    struct stat st;
    struct span bytes;
    if (stat(key_file, &st) != 0) return *why_out = strerror(errno), ERR_ABSENT;
    if (st.st_mode & 077)
        return *why_out = "the key file may be read by others: chmod 600 it", ERR_DENIED;
    if (g->door_count == PUSH_FEEDS_MAX || feed.n >= sizeof g->doors[0].feed)
        return *why_out = "too many feeds", ERR_FULL;
    struct arena *a = arena_new(64 << 10);
    enum result r = file_read(a, key_file, PUSH_KEY_MAX, &bytes);
    bytes = r == OK ? span_trim(bytes) : S("");
    if (r == OK && bytes.n < PUSH_KEY_MIN) {
        *why_out = "the key is shorter than 32 bytes: make one with `openssl rand -hex 32`";
        r = ERR_DENIED;
    } else if (r != OK) {
        *why_out = "it cannot be read";
    }
    if (r == OK) {
        memcpy(g->doors[g->door_count].feed, feed.p, feed.n);
        memcpy(g->doors[g->door_count].key, bytes.p, bytes.n);
        g->doors[g->door_count++].key_bytes = bytes.n;
    }
    arena_free(a);
    return r;
}

static struct span signed_bytes(
    struct arena *a, struct span time, struct span nonce, struct span body)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_put(&b, time);
    buf_char(&b, '\n');
    buf_put(&b, nonce);
    buf_char(&b, '\n');
    buf_put(&b, body);
    return buf_span(&b);
}

struct span push_sign(
    struct arena *a, struct span key, struct span time, struct span nonce, struct span body)
{
    unsigned char mac[32];
    must(hmac_sha256(key, signed_bytes(a, time, nonce, body), mac));
    return bytes_hex(a, mac, sizeof mac);
}

static bool nonce_is_fine(struct span n)
{
    if (n.n < PUSH_NONCE_MIN || n.n > PUSH_NONCE_MAX) return false;
    for (size_t i = 0; i < n.n; i++) {
        char c = n.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '-' || c == '_'))
            return false;
    }
    return true;
}

static uint64_t used_name(struct span feed, struct span nonce)
{
    char text[256];
    size_t n = feed.n < 128 ? feed.n : 128;
    memcpy(text, feed.p, n);
    text[n++] = '\n';
    memcpy(text + n, nonce.p, nonce.n < 64 ? nonce.n : 64);
    return fast_hash((struct span){text, n + (nonce.n < 64 ? nonce.n : 64)});
}

/* A stamp is good for one window on either side, so a nonce must be kept for two. */
static enum push_end nonce_end(struct push_gate *g, uint64_t name, int64_t now_ms)
{
    while (g->used_count && g->used[g->first].at_ms + 2 * PUSH_WINDOW_MS < now_ms) {
        g->first = (g->first + 1) % PUSH_NONCES_MAX;
        g->used_count--;
    }
    for (size_t i = 0; i < g->used_count; i++)
        if (g->used[(g->first + i) % PUSH_NONCES_MAX].name == name) return PUSH_REPLAYED;
    return g->used_count == PUSH_NONCES_MAX ? PUSH_FULL : PUSH_OK;
}

static bool signature_holds(struct span key, const struct push *p)
{
    unsigned char want[32], got[32];
    struct arena *a = arena_new(p->body.n + (64 << 10));
    bool good = hmac_sha256(key, signed_bytes(a, p->time, p->nonce, p->body), want) &&
                hex_to_bytes(p->signature, got, sizeof got) && equal_secret(want, got, sizeof want);
    arena_free(a);
    return good;
}

enum push_end push_check(struct push_gate *g, const struct push *p, int64_t now_ms)
{
    static const char
        nobody[PUSH_KEY_MIN]; /* an unknown feed costs the same time as a wrong signature */
    struct span key = {nobody, sizeof nobody};
    bool known = false;
    for (size_t i = 0; i < g->door_count; i++)
        if (span_eq(span_of(g->doors[i].feed), p->feed)) {
            key = (struct span){g->doors[i].key, g->doors[i].key_bytes};
            known = true;
        }
    int64_t seconds;
    if (!p->time.n || !p->nonce.n || !p->signature.n) return PUSH_UNSIGNED;
    if (!span_to_i64(p->time, &seconds) || seconds < 0 || seconds > 253402300799 ||
        !nonce_is_fine(p->nonce))
        return PUSH_MALFORMED;
    bool holds = signature_holds(key, p);
    if (!known) return PUSH_NO_FEED;
    if (!holds) return PUSH_BAD_SIGNATURE;
    int64_t off = seconds * 1000 - now_ms;
    if (off > PUSH_WINDOW_MS || off < -PUSH_WINDOW_MS) return PUSH_STALE;
    return nonce_end(g, used_name(p->feed, p->nonce), now_ms);
}

void push_gate_used(struct push_gate *g, struct span feed, struct span nonce, int64_t now_ms)
{
    if (g->used_count == PUSH_NONCES_MAX) return;
    g->used[(g->first + g->used_count++) % PUSH_NONCES_MAX] =
        (struct used){used_name(feed, nonce), now_ms};
}

const char *push_end_name(enum push_end e)
{
    switch (e) {
    case PUSH_OK: return "accepted";
    case PUSH_NO_FEED: return "no feed of that name takes pushes";
    case PUSH_UNSIGNED: return "it is not signed";
    case PUSH_BAD_SIGNATURE: return "its signature is wrong";
    case PUSH_STALE: return "its time stamp is more than five minutes off";
    case PUSH_REPLAYED: return "its nonce was used before";
    case PUSH_MALFORMED: return "its time stamp or nonce is malformed";
    case PUSH_FULL: return "too many in ten minutes: send it again later";
    }
    return "?";
}
