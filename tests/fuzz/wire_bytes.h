/* Any bytes as one delivery, of a format that is told or found out, in a charset that is told or
 * not (first byte). Reading never crashes; every body is clean: cleaning it again changes nothing;
 * what is read survives packing, and reads back from ninjs. */
#ifndef WIRE_BYTES_H
#define WIRE_BYTES_H

#include "wire.h"

static void reads_back(struct arena *a, const struct story *s)
{
    struct buf line;
    struct wire_result again;
    const char *why;
    struct span packed = story_pack(a, s);
    must(!packed.n || story_unpack(a, packed, &why));
    buf_init(&line, a, 0);
    wire_print_ninjs(&line, s);
    wire_read(a, buf_span(&line), NULL, &again);
    must(again.end == WIRE_STORIES && again.count == 1 && again.items[0].story);
    must(span_eq(again.items[0].story->guid, s->guid) && again.items[0].story->status == s->status);
}

static int fuzz_format(const char *format, const uint8_t *data, size_t size)
{
    static const char *const charsets[] = {"", "utf-8", "windows-1251", "iso-8859-1", "utf-16le",
        "gb18030", "iso-2022-jp", "no such set"};
    if (!size) return 0;
    charset_prepare();
    struct arena *a = arena_new((size_t)1 << 30);
    struct wire_hint hint = {.charset = span_of(charsets[data[0] % COUNT(charsets)])};
    if (data[0] & 0x80) hint.format = span_of(format);
    struct wire_result r;
    struct span bytes = arena_keep(a, (struct span){(const char *)data + 1, size - 1});
    wire_read(a, bytes, &hint, &r);
    for (size_t i = 0; i < r.count; i++) {
        const struct story *s = r.items[i].story;
        must(s || r.items[i].reject.why.n);
        if (!s) continue;
        must(span_eq(html_clean(a, s->body.s).s, s->body.s));
        if (i < 4) reads_back(a, s);
    }
    arena_free(a);
    return 0;
}

#endif
