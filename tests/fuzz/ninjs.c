/* Fuzz: any bytes as a ninjs delivery. Reading never crashes; what is written as ninjs reads back
 * with the same guid, status, embargo and expiry. */
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_story(struct arena *a, const struct story *s)
{
    struct buf line;
    struct wire_result r;
    buf_init(&line, a, 0);
    wire_write_ninjs(&line, s);
    wire_read(a, buf_span(&line), NULL, &r);
    must(r.end == WIRE_STORIES && r.count == 1 && r.items[0].story);
    const struct story *t = r.items[0].story;
    must(span_eq(t->guid, s->guid) && t->status == s->status && t->is_test == s->is_test);
    must(t->embargo.kind == s->embargo.kind && t->expires.kind == s->expires.kind);
    must(t->embargo.ms == s->embargo.ms && t->expires.ms == s->expires.ms);
    must(span_eq(t->body.s, s->body.s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)1 << 30);
    struct wire_result r;
    struct span bytes = arena_keep(a, (struct span){(const char *)data, size});
    wire_read(a, bytes, NULL, &r);
    for (size_t i = 0; i < r.count && i < 8; i++)
        if (r.items[i].story) check_story(a, r.items[i].story);
    arena_free(a);
    return 0;
}
