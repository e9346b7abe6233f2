/* pool: see pool.h. Fatal: a full arena (which the arena tells its owner). */
#include "pool.h"

#include <string.h>

enum { HEAD_BYTES = 16, LEAST_LOG2 = 5 };

static int class_of(size_t n)
{
    int log2 = LEAST_LOG2;
    while (((size_t)1 << log2) < n) log2++;
    return log2;
}

void *pool_malloc(struct pool *p, size_t n)
{
    must(n < (size_t)1 << (POOL_CLASSES - 1));
    int class = class_of(n + HEAD_BYTES);
    char *block = p->free[class];
    if (block)
        memcpy(&p->free[class], block, sizeof(void *));
    else
        block = arena_room(p->a, (size_t)1 << class);
    memcpy(block, &class, sizeof class);
    return block + HEAD_BYTES;
}

void pool_free(struct pool *p, void *old)
{
    int class;
    if (!old) return;
    char *block = (char *)old - HEAD_BYTES;
    memcpy(&class, block, sizeof class);
    memcpy(block, &p->free[class], sizeof(void *));
    p->free[class] = block;
}

void *pool_realloc(struct pool *p, void *old, size_t n)
{
    int class;
    if (!old) return pool_malloc(p, n);
    memcpy(&class, (char *)old - HEAD_BYTES, sizeof class);
    size_t had = ((size_t)1 << class) - HEAD_BYTES;
    if (n <= had) return old;
    void *new = pool_malloc(p, n);
    memcpy(new, old, had);
    pool_free(p, old);
    return new;
}
