/* shrink: bytes at rest, by zstd (RFC 8878) level 1 where that saves an eighth. One context a
 * thread, freed with the thread, and with it what was unpacked last: the versions of a page are
 * read several times while one more of them comes. Never trusts a length that it reads. Fatal: no
 * memory.
 */
#include "db.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum {
    SHRINK_LEVEL = 1, /* on the way to publication: speed counts, level 3 saves 4 % more for half as
                         much time again */
    SHRINK_MIN = 256, /* below, the frame's head eats what is saved */
    KEPT = 64, /* of a thread; of a story that many agencies tell there are so many versions */
    KEPT_BYTES = 8 << 10, /* of each, unpacked: an article; half a megabyte of a thread */
};
enum { AS_IT_IS = 'p', BY_ZSTD = 'z' };

/* What was packed, and behind it what it was. */
struct kept {
    char *bytes;
    size_t packed_n, n;
};
struct expander {
    ZSTD_DCtx *zstd;
    struct kept kept[KEPT];
};

static pthread_key_t press_key, expand_key;

static void press_free(void *c)
{
    ZSTD_freeCCtx(c);
}

static void expand_free(void *p)
{
    struct expander *e = p;
    for (size_t i = 0; i < KEPT; i++) free(e->kept[i].bytes);
    ZSTD_freeDCtx(e->zstd);
    free(e);
}

static void keys_make(void)
{
    must(pthread_key_create(&press_key, press_free) == 0);
    must(pthread_key_create(&expand_key, expand_free) == 0);
}

static void keys_ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, keys_make);
}

static ZSTD_CCtx *presser(void)
{
    keys_ready();
    ZSTD_CCtx *c = pthread_getspecific(press_key);
    if (!c) {
        c = ZSTD_createCCtx();
        must(c && pthread_setspecific(press_key, c) == 0);
    }
    return c;
}

static struct expander *expander(void)
{
    keys_ready();
    struct expander *e = pthread_getspecific(expand_key);
    if (!e) {
        e = calloc(1, sizeof *e);
        must(e && (e->zstd = ZSTD_createDCtx()) && pthread_setspecific(expand_key, e) == 0);
    }
    return e;
}

static bool is_of(const struct kept *k, struct span packed)
{
    return k->packed_n == packed.n && memcmp(k->bytes, packed.p, packed.n) == 0;
}

static void keep(struct kept *k, struct span packed, struct span plain)
{
    free(k->bytes);
    *k = (struct kept){malloc(packed.n + plain.n), packed.n, plain.n};
    must(k->bytes);
    memcpy(k->bytes, packed.p, packed.n);
    memcpy(k->bytes + packed.n, plain.p, plain.n);
}

struct span shrink(struct arena *a, struct span s)
{
    char *out = arena_alloc(a, s.n + 1);
    if (s.n >= SHRINK_MIN) {
        size_t n = ZSTD_compressCCtx(presser(), out + 1, s.n - s.n / 8, s.p, s.n, SHRINK_LEVEL);
        if (!ZSTD_isError(n)) {
            out[0] = BY_ZSTD;
            return (struct span){out, n + 1};
        }
    }
    out[0] = AS_IT_IS;
    if (s.n) memcpy(out + 1, s.p, s.n);
    return (struct span){out, s.n + 1};
}

struct span unshrink(struct arena *a, struct span s, size_t max_bytes)
{
    const struct span damaged = {NULL, 0};
    if (!s.n) return damaged;
    struct span rest = {s.p + 1, s.n - 1};
    if (s.p[0] == AS_IT_IS) return rest.n <= max_bytes ? arena_keep(a, rest) : damaged;
    if (s.p[0] != BY_ZSTD) return damaged;
    unsigned long long n = ZSTD_getFrameContentSize(rest.p, rest.n);
    if (n == ZSTD_CONTENTSIZE_UNKNOWN || n == ZSTD_CONTENTSIZE_ERROR || n > max_bytes)
        return damaged;
    struct expander *e = expander();
    struct kept *k = &e->kept[fast_hash(rest) % KEPT];
    if (k->bytes && k->n == n && is_of(k, rest))
        return arena_keep(a, (struct span){k->bytes + k->packed_n, k->n});
    char *out = arena_alloc(a, (size_t)n + 1);
    size_t got = ZSTD_decompressDCtx(e->zstd, out, (size_t)n, rest.p, rest.n);
    if (ZSTD_isError(got) || got != n) return damaged;
    if (n <= KEPT_BYTES) keep(k, rest, (struct span){out, (size_t)n});
    return (struct span){out, (size_t)n};
}
