#include "base.h"

#include <setjmp.h>
#include <string.h>

#include "tap.h"

static bool all_zero(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i]) return false;
    return true;
}

static void test_alloc(void)
{
    struct arena *a = arena_new(4 << 20);
    bool aligned = true, zero = true;
    for (size_t n = 0; n < 3000; n += 7) {
        char *p = arena_alloc(a, n);
        aligned = aligned && (uintptr_t)p % 16 == 0;
        zero = zero && all_zero(p, n);
        memset(p, 0xEE, n);
    }
    check(aligned && zero, "pieces are aligned to 16 and zero");
    char *large = arena_alloc(a, 2 << 20);
    check(all_zero(large, 2 << 20), "a piece larger than a block");
    arena_reset(a);
    check(arena_used(a) == 0, "nothing is used after a reset");
    check(all_zero(arena_alloc(a, 10000), 10000), "and memory used before is zero again");
    check_span(arena_printf(a, "%d %s", 5, "five"), S("5 five"), "printf");
    check(strcmp(arena_keep(a, S("kept")).p, "kept") == 0, "a NUL stands behind what is kept");
    arena_free(a);
    arena_free(NULL);
}

static jmp_buf full_jump;

static void on_full(void *with)
{
    *(int *)with += 1;
    longjmp(full_jump, 1);
}

static void test_full(void)
{
    static int fulls;
    struct arena *a = arena_new(100000);
    arena_on_full(a, on_full, &fulls);
    if (setjmp(full_jump) == 0)
        for (;;) arena_alloc(a, 1000);
    check(fulls == 1, "over its cap the arena calls its owner");
    check(arena_used(a) <= 100000 && arena_used(a) > 80000, "the cap was used, and held");
    if (setjmp(full_jump) == 0) arena_alloc(a, SIZE_MAX - 3);
    check(fulls == 2, "a size that wraps around is full too");
    arena_free(a);
}

static void test_on_memory(void)
{
    static char memory[4096];
    static int fulls;
    struct arena *a = arena_on(memory + 3, sizeof memory - 3);
    arena_on_full(a, on_full, &fulls);
    bool inside = true;
    if (setjmp(full_jump) == 0)
        for (;;) {
            char *p = arena_alloc(a, 100);
            inside = inside && p >= memory && p + 100 <= memory + sizeof memory;
        }
    check(inside && fulls == 1, "an arena on memory never leaves it");
    arena_reset(a);
    check(arena_alloc(a, 100) != NULL, "and can be used again");
    arena_free(a);
}

static void test_mark(void)
{
    struct arena *a = arena_new(8 << 20);
    struct arena_mark empty = arena_mark(a);
    char *kept = arena_alloc(a, 100);
    struct arena_mark mark = arena_mark(a);
    size_t used = arena_used(a);
    memset(kept, 'k', 100);
    for (int i = 0; i < 100; i++) memset(arena_alloc(a, 50000), 'x', 50000);
    arena_back(a, mark);
    check(arena_used(a) == used && kept[0] == 'k' && kept[99] == 'k',
        "what was made behind a mark is given back, what was before it stays");
    for (int i = 0; i < 100; i++) arena_alloc(a, 50000);
    check(all_zero(arena_alloc(a, 10000), 10000), "and its room can be had again, zero");
    arena_back(a, empty);
    check(arena_used(a) == 0, "back to when it was empty");
    arena_free(a);
}

static void test_resize(void)
{
    struct arena *a = arena_new(1 << 20);
    char *p = arena_alloc(a, 10);
    memcpy(p, "0123456789", 10);
    char *q = arena_resize(a, p, 10, 5000);
    check(q == p && memcmp(q, "0123456789", 10) == 0, "the last piece grows where it is");
    arena_alloc(a, 1);
    char *r = arena_resize(a, q, 5000, 6000);
    check(r != q && memcmp(r, "0123456789", 10) == 0, "another piece moves, with its bytes");
    int *numbers = NULL;
    size_t n = 0, cap = 0;
    for (int i = 0; i < 1000; i++) *ARENA_PUSH(a, numbers, n, cap) = i;
    bool all = n == 1000;
    for (int i = 0; i < 1000; i++) all = all && numbers[i] == i;
    check(all, "an array pushed to a thousand keeps its items");
    arena_free(a);
}

static void test_buf(void)
{
    struct buf b;
    buf_init(&b, NULL, 8);
    buf_lit(&b, "12345678");
    check(!b.full && b.n == 8, "up to its bound");
    buf_char(&b, '9');
    check(b.full && b.n == 8, "over it the flag rises");
    buf_free(&b);
    buf_init(&b, NULL, 0);
    buf_u64(&b, 0);
    buf_char(&b, ' ');
    buf_u64(&b, UINT64_MAX);
    buf_printf(&b, " %s%c", "x", 'y');
    check_span(buf_span(&b), S("0 18446744073709551615 xy"), "numbers and printf");
    buf_free(&b);
    check(buf_span(&b).p != NULL && buf_span(&b).n == 0, "an empty buf has a span");
}

static void test_buf_long(void)
{
    struct arena *a = arena_new(1 << 20);
    struct buf b;
    buf_init(&b, a, 0);
    for (int i = 0; i < 20000; i++) buf_printf(&b, "%d,", i % 10);
    bool right = b.n == 40000;
    for (size_t i = 0; right && i < 20000; i++) right = b.p[2 * i] == (char)('0' + i % 10);
    check(right, "a buf in an arena grows");
    check(arena_used(a) < 200000, "and does not waste the arena while nobody else uses it");
    arena_free(a);
}

static void test_pack(void)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    put_u8(&b, 0xAB);
    put_u32(&b, 0x01020304);
    put_u64(&b, 0x1122334455667788);
    put_span(&b, S("bytes"));
    check(memcmp(b.p + 1, "\x04\x03\x02\x01", 4) == 0, "little-endian");
    struct take t = take_of(buf_span(&b));
    check(take_u8(&t) == 0xAB && take_u32(&t) == 0x01020304 && take_u64(&t) == 0x1122334455667788,
        "numbers come back");
    check_span(take_span(&t), S("bytes"), "bytes come back");
    check(take_done(&t), "and nothing is left");
    check(take_u32(&t) == 0 && t.bad && take_u8(&t) == 0 && !take_done(&t), "short fields stick");
    t = take_of(S("\xFF\xFF\xFF\xFFxx"));
    check(take_span(&t).n == 0 && t.bad, "a length beyond the end is bad");
    t = take_of((struct span){NULL, 0});
    check(take_done(&t) && take_u8(&t) == 0 && t.bad, "an empty message");
    buf_free(&b);
}

static void test_map(void)
{
    struct arena *a = arena_new(16 << 20);
    struct map *m = map_new(a);
    bool right = true;
    for (uintptr_t i = 0; i < 20000; i++)
        *map_at(m, arena_printf(a, "key %d", (int)(i * 7919))) = (void *)(i + 1);
    for (uintptr_t i = 0; i < 20000; i++)
        right = right && map_get(m, arena_printf(a, "key %d", (int)(i * 7919))) == (void *)(i + 1);
    check(right && map_count(m) == 20000, "twenty thousand keys are found again");
    check(map_get(m, S("other")) == NULL, "and no other");
    check(*map_at(m, S("key 0")) == (void *)1 && map_count(m) == 20000, "a slot is made once");
    size_t i = 0;
    uintptr_t n = 0;
    struct span key;
    void *value;
    while (map_each(m, &i, &key, &value)) right = right && value == (void *)++n;
    check(right && n == 20000, "in the order of insertion");
    arena_free(a);
}

int main(void)
{
    test_alloc();
    test_full();
    test_on_memory();
    test_mark();
    test_resize();
    test_buf();
    test_buf_long();
    test_pack();
    test_map();
    return tap_end();
}
