/* What every reader's fuzz target wants of a delivery, whatever its bytes: no crash; each item is a
 * story or says why not; a story packs and unpacks to the same bytes, its body is clean, and what
 * is written as ninjs reads back with the same guid, status, embargo, expiry and
 * pictures. */
#ifndef FUZZ_DELIVERY_H
#define FUZZ_DELIVERY_H

#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 1: the item is a picture without a file; a line has only files to say that it is one. */
static uint32_t without_files(const struct story *s)
{
    bool own = s->picture_count && span_eq(s->pictures[0].role, S("self"));
    return own && !s->pictures[0].rendition_count;
}

static void check_pictures(const struct story *s, const struct story *t)
{
    const struct picture *p = s->pictures + without_files(s), *q = t->pictures;
    must(s->picture_count - without_files(s) == t->picture_count);
    for (uint32_t i = 0; i < t->picture_count; i++, p++, q++) {
        must(p->status == q->status && p->rendition_count == q->rendition_count);
        must(span_eq(span_trim(p->guid), q->guid) || span_eq(p->role, S("self")));
        for (uint32_t k = 0; k < p->rendition_count; k++)
            must(span_eq(p->renditions[k].href, q->renditions[k].href));
    }
}

static void check_written(struct arena *a, const struct story *s)
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
    check_pictures(s, t);
}

static void check_story(struct arena *a, const struct story *s)
{
    const char *why = NULL;
    struct span packed = story_pack(a, s);
    must(span_eq(html_clean(a, s->body.s).s, s->body.s));
    if (!packed.n) return;
    struct story *back = story_unpack(a, packed, &why);
    must(back && span_eq(story_pack(a, back), packed));
    check_written(a, s);
}

static int read_delivery(const uint8_t *data, size_t size)
{
    enum { LOOKED_AT = 8 };
    struct arena *a = arena_new((size_t)1 << 30);
    struct wire_result r;
    wire_read(a, arena_keep(a, (struct span){(const char *)data, size}), NULL, &r);
    for (size_t i = 0; i < r.count; i++) {
        must(r.items[i].story || r.items[i].reject.why.n);
        if (r.items[i].story && i < LOOKED_AT) check_story(a, r.items[i].story);
    }
    arena_free(a);
    return 0;
}

#endif
