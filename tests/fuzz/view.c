/* Fuzz: bytes that claim to be a packed view. The fuzzer's bytes get the right checksum, so that
 * the walk behind it is reached. What unpacks must pack to the same bytes, be readable to its end,
 * and never take more memory than its bytes justify. */
#include <string.h>
#include "store.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void must_be_same(struct arena *a, struct span bytes)
{
    struct view *v = view_unpack(a, bytes);
    if (v) must(span_eq(view_pack(a, v), bytes));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    struct arena *a = arena_new(((size_t)1 << 20) + n * 64);
    char *p = arena_alloc(a, n + 5);
    if (n) memcpy(p + 4, data, n);
    uint32_t sum = (uint32_t)fast_hash((struct span){p + 4, n});
    for (int i = 0; i < 4; i++) p[i] = (char)(sum >> (8 * i));
    must_be_same(a, (struct span){p, n + 4});
    must_be_same(a, (struct span){(const char *)data, n});
    search_fold(a, (struct span){p + 4, n});
    arena_free(a);
    return 0;
}
