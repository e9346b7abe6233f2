/* pool: malloc, realloc and free for a C library, out of an arena. Private to src/text.
 * Sizes are rounded to powers of two, and what is freed is handed out again, so that a growing
 * buffer cannot use up the arena. Makes no system call beyond what the arena makes. */
#ifndef TEXT_POOL_H
#define TEXT_POOL_H

#include "base.h"

enum { POOL_CLASSES = 48 };
struct pool {
    struct arena *a;
    void *free[POOL_CLASSES]; /* by log2 of the size; the first word of each is the next */
};
void *pool_malloc(struct pool *p, size_t n);
void *pool_realloc(struct pool *p, void *old, size_t n);
void pool_free(struct pool *p, void *old); /* NULL is fine */

#endif
