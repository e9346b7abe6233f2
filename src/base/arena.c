/* arena: memory by lifetime. Blocks grow by malloc up to a cap, or everything lies in memory given
 * (the cage). Never frees a single piece. Fatal: no memory, and a full arena without an on_full. */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_BLOCK = 16 << 10, /* most requests fit */
    LARGEST_STEP = 1 << 20, /* blocks double up to here; a larger piece gets a block of its own */
    ALIGNMENT = 16,
};

struct block {
    struct block *next;
    size_t size, used; /* of the bytes behind this head */
};

struct arena {
    struct block *first, *now;
    size_t cap, taken; /* taken: bytes of all blocks */
    bool fixed;
    void (*full)(void *);
    void *full_with;
};

static size_t rounded(size_t n)
{
    return (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

#define HEAD (rounded(sizeof(struct block)))

static char *block_bytes(struct block *b)
{
    return (char *)b + HEAD;
}

_Noreturn static void arena_is_full(struct arena *a)
{
    if (a->full) a->full(a->full_with);
    must_failed("the arena is full", __FILE__, __LINE__);
}

static struct block *block_add(struct arena *a, size_t n)
{
    size_t size = a->now ? a->now->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_STEP) size = LARGEST_STEP;
    if (size < n) size = n;
    if (a->fixed || n > a->cap || a->taken > a->cap - n) arena_is_full(a);
    if (size > a->cap - a->taken) size = a->cap - a->taken;
    struct block *b = malloc(HEAD + size);
    must(b != NULL);
    *b = (struct block){NULL, size, 0};
    a->taken += size;
    if (a->now)
        a->now->next = b;
    else
        a->first = b;
    a->now = b;
    return b;
}

struct arena *arena_new(size_t cap_bytes)
{
    struct arena *a = calloc(1, sizeof *a);
    must(a != NULL);
    a->cap = cap_bytes;
    return a;
}

struct arena *arena_on(void *memory, size_t bytes)
{
    size_t skew = (size_t)(-(uintptr_t)memory & (ALIGNMENT - 1));
    size_t heads = skew + rounded(sizeof(struct arena)) + HEAD;
    must(bytes >= heads + ALIGNMENT);
    struct arena *a = (struct arena *)(void *)((char *)memory + skew);
    struct block *b = (struct block *)(void *)((char *)a + rounded(sizeof *a));
    size_t size = (bytes - heads) & ~(size_t)(ALIGNMENT - 1);
    *b = (struct block){NULL, size, 0};
    *a = (struct arena){.first = b, .now = b, .cap = size, .taken = size, .fixed = true};
    return a;
}

static void blocks_free(struct arena *a, struct block *b)
{
    while (b) {
        struct block *next = b->next;
        a->taken -= b->size;
        free(b);
        b = next;
    }
}

void arena_free(struct arena *a)
{
    if (!a || a->fixed) return;
    blocks_free(a, a->first);
    free(a);
}

void arena_reset(struct arena *a)
{
    if (!a->first) return;
    blocks_free(a, a->first->next);
    a->first->next = NULL;
    a->first->used = 0;
    a->now = a->first;
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){a->now, a->now ? a->now->used : 0};
}

void arena_back(struct arena *a, struct arena_mark to)
{
    struct block *b = to.block;
    if (!b) {
        arena_reset(a); /* it was empty */
        return;
    }
    must(to.used <= b->used);
    blocks_free(a, b->next);
    b->next = NULL;
    b->used = to.used;
    a->now = b;
}

void *arena_room(struct arena *a, size_t n)
{
    if (n > SIZE_MAX / 2) arena_is_full(a);
    size_t need = rounded(n ? n : 1);
    struct block *b = a->now;
    if (!b || b->size - b->used < need) b = block_add(a, need);
    void *p = block_bytes(b) + b->used;
    b->used += need;
    return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
    return memset(arena_room(a, n), 0, rounded(n ? n : 1));
}

void arena_on_full(struct arena *a, void (*full)(void *), void *with)
{
    a->full = full;
    a->full_with = with;
}

size_t arena_used(const struct arena *a)
{
    size_t used = 0;
    for (const struct block *b = a->first; b; b = b->next) used += b->used;
    return used;
}

void *arena_resize(struct arena *a, void *old, size_t old_n, size_t n)
{
    size_t had = rounded(old_n ? old_n : 1), need = rounded(n ? n : 1);
    struct block *b = a->now;
    bool last = old && b && (char *)old + had == block_bytes(b) + b->used;
    if (old && need <= had) return old;
    if (last && n <= SIZE_MAX / 2 && need - had <= b->size - b->used) {
        b->used += need - had;
        return old;
    }
    void *p = arena_room(a, n);
    if (old && old_n) memcpy(p, old, old_n);
    return p;
}

void *arena_grow(struct arena *a, const void *old, size_t item_bytes, size_t n, size_t *cap_inout)
{
    size_t cap = *cap_inout ? *cap_inout * 2 : 8, bytes;
    must(cap > n && !__builtin_mul_overflow(cap, item_bytes, &bytes));
    void *p = arena_alloc(a, bytes);
    if (old && n) memcpy(p, old, n * item_bytes);
    *cap_inout = cap;
    return p;
}

char *arena_cstr(struct arena *a, struct span s)
{
    char *p = arena_room(a, s.n + 1);
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

struct span arena_keep(struct arena *a, struct span s)
{
    return (struct span){arena_cstr(a, s), s.n};
}

struct span arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    must(fmt != NULL);
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    must(n >= 0);
    char *p = arena_room(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (struct span){p, (size_t)n};
}
