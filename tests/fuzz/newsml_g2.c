/* Fuzz: any bytes as a NewsML-G2 delivery. Reading never crashes; each story packs, unpacks and
 * packs to the same bytes, is written as NewsML-G2, and that reads back with the same guid and
 * status. */
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_story(struct arena *a, const struct story *s)
{
    const char *why = NULL;
    struct span packed = story_pack(a, s);
    if (!packed.n) return;
    struct story *back = story_unpack(a, packed, &why);
    must(back && span_eq(story_pack(a, back), packed));
    struct buf g2;
    struct wire_result again;
    buf_init(&g2, a, 0);
    wire_write_newsml_g2(&g2, &s, 1, 0);
    wire_read(a, buf_span(&g2), NULL, &again);
    must(again.end == WIRE_STORIES && again.count == 1 && again.items[0].story);
    must(again.items[0].story->status == s->status && span_eq(again.items[0].story->guid, s->guid));
    must(again.items[0].story->embargo.kind == s->embargo.kind);
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
