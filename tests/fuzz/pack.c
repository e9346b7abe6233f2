/* Fuzz: any bytes as a packed story, their checksum put right first (who has broken into the reader
 * can do that too). Unpacking never crashes; what unpacks can be written and packed again, and
 * looked through for orders in words. */
#include "desk.h"
#include "wire.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span with_right_head(struct arena *a, struct span fields)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_lit(&b, "BSTY");
    put_u32(&b, 4);
    put_u32(&b, crc32c(fields));
    buf_put(&b, fields);
    return buf_span(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)1 << 30);
    const char *why = NULL;
    struct span bytes = {(const char *)data, size};
    if (size > 12 && memcmp(data, "BSTY", 4) == 0) bytes = span_cut(bytes, 12, size);
    struct story *s = story_unpack(a, with_right_head(a, bytes), &why);
    must(s || why);
    if (s) {
        struct buf out;
        struct name_list said = {.a = a}, own = {.a = a};
        (void)desk_notice(a, s);
        (void)desk_is_corrective(s);
        desk_notice_names(&said, s);
        desk_names(&own, s);
        buf_init(&out, a, 0);
        wire_write_ninjs(&out, s);
        wire_write_newsml_g2(&out, &s, 1, 0);
        struct span packed = story_pack(a, s);
        must(!packed.n || story_unpack(a, packed, &why));
    }
    arena_free(a);
    return 0;
}
