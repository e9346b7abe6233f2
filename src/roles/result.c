/* result: what a reader found in one delivery, as bytes between the caged reader and the newsroom.
 * The newsroom trusts none of it: every story is unpacked with its checks again. */
#include "roles.h"

#include <string.h>

enum { RESULT_ITEMS_MAX = 100000 };

static void put_reject(struct buf *b, const struct reject *r)
{
    put_u32(b, r->line);
    put_u32(b, r->column);
    put_span(b, r->why);
}

static struct reject take_reject(struct take *t)
{
    struct reject r = {0};
    r.line = take_u32(t);
    r.column = take_u32(t);
    r.why = take_span(t);
    if (!utf8_valid(r.why)) r.why = S("the reader's reason is unreadable");
    return r;
}

struct span result_pack(struct arena *a, const struct wire_result *r)
{
    struct buf b;
    buf_init(&b, a, FRAME_MAX - 16);
    put_u8(&b, (uint8_t)r->end);
    put_span(&b, span_of(r->format));
    put_reject(&b, &r->reject);
    put_u32(&b, (uint32_t)r->count);
    for (size_t i = 0; i < r->count; i++) {
        put_u8(&b, r->items[i].story != NULL);
        if (r->items[i].story)
            put_span(&b, story_pack(a, r->items[i].story));
        else
            put_reject(&b, &r->items[i].reject);
    }
    if (b.full) {
        struct wire_result big = {.end = WIRE_REJECT,
            .format = r->format,
            .reject = {.why = S("the delivery is larger than one message may be")}};
        return result_pack(a, &big);
    }
    return buf_span(&b);
}

static const char *known_format(struct span name)
{
    for (size_t i = 0; i < wire_format_count(); i++)
        if (span_eq(name, span_of(wire_format_name(i)))) return wire_format_name(i);
    return NULL;
}

bool result_unpack(struct arena *a, struct span bytes, struct wire_result *out)
{
    memset(out, 0, sizeof *out);
    struct take t = take_of(bytes);
    unsigned end = take_u8(&t);
    out->format = known_format(take_span(&t));
    out->reject = take_reject(&t);
    out->count = take_u32(&t);
    if (t.bad || end > WIRE_UNKNOWN || out->count > RESULT_ITEMS_MAX) return false;
    out->end = (enum wire_end)end;
    out->items = ARENA_ARRAY(a, struct wire_item, out->count ? out->count : 1);
    for (size_t i = 0; i < out->count; i++) {
        if (take_u8(&t)) {
            const char *why = NULL;
            out->items[i].story = story_unpack(a, take_span(&t), &why);
            if (!out->items[i].story)
                out->items[i].reject.why = span_of(why ? why : "the packed story is damaged");
        } else {
            out->items[i].reject = take_reject(&t);
        }
        if (t.bad) return false;
    }
    return take_done(&t);
}

struct span ask_pack(struct arena *a, struct span bytes, const struct wire_hint *hint)
{
    struct buf b;
    buf_init(&b, a, FRAME_MAX);
    put_span(&b, hint->charset);
    put_span(&b, hint->format);
    put_span(&b, hint->file_name);
    put_span(&b, bytes);
    must(!b.full);
    return buf_span(&b);
}

bool ask_unpack(struct span body, struct span *bytes, struct wire_hint *hint)
{
    struct take t = take_of(body);
    hint->charset = take_span(&t);
    hint->format = take_span(&t);
    hint->file_name = take_span(&t);
    *bytes = take_span(&t);
    return take_done(&t);
}
