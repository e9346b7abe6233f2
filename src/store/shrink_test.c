#include "db.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

enum { TEXTS = 200, BYTES = 2000, MAX = 1 << 20 };

static struct span text_of(struct arena *a, int n)
{
    struct buf b;
    buf_init(&b, a, 0);
    while (buf_span(&b).n < BYTES) buf_put(&b, arena_printf(a, "text %d says so; ", n));
    return buf_span(&b);
}

int main(void)
{
    struct arena *a = arena_new(8 << 20);
    struct span packed[TEXTS];
    bool same = true, smaller = true;
    for (int i = 0; i < TEXTS; i++) {
        packed[i] = shrink(a, text_of(a, i));
        smaller = smaller && packed[i].n < BYTES / 2;
    }
    for (int turn = 0; turn < 3; turn++)
        for (int i = 0; i < TEXTS; i++)
            same = same && span_eq(unshrink(a, packed[i], MAX), text_of(a, i));
    check(smaller, "texts are packed");
    check(same, "however often, in whatever order: each comes back as itself");

    struct span first = unshrink(a, packed[0], MAX), again = unshrink(a, packed[0], MAX);
    check(first.p != again.p && span_eq(first, again), "each time into memory of the asker's");
    struct span cut = span_cut(packed[0], 0, packed[0].n - 1);
    check(!unshrink(a, cut, MAX).p, "what is cut is not taken for what was whole");
    check(!unshrink(a, packed[0], BYTES / 2).p, "nor what is longer than it may be");
    check(unshrink(a, packed[0], MAX).p != NULL, "and the whole is still there");
    arena_free(a);
    return tap_end();
}
