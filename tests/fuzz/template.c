/* Fuzz target: any bytes as a theme's template. It is refused with a place, or renders a record
 * without escaping losing anything. Seeds: tests/fuzz/seeds/template. */
#include "text.h"

enum { ARENA_BYTES = 256 << 20, PAGE_MAX = 4 << 10 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct record *sample(struct arena *a)
{
    struct record *r = record_new(a);
    record_text(r, "t", S("<&>\"'"));
    record_flag(r, "on", true);
    record_flag(r, "off", false);
    for (int i = 0; i < 2; i++) record_text(record_item(r, "list"), "in", S("x"));
    record_item_text(r, "words", S("<"));
    record_text(record_in(r, "rec"), "t", S("inner"));
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > PAGE_MAX) return 0; /* sections in sections multiply: a theme's own affair */
    struct span source = {(const char *)data, size};
    if (span_find(source, S("{{{")) >= 0) return 0;  /* of a text a bug, by contract */
    ptrdiff_t partial = span_find(source, S("{{>")); /* one only: they multiply too */
    if (partial >= 0 && span_find(span_cut(source, (size_t)partial + 3, size), S("{{>")) >= 0)
        return 0;
    struct arena *a = arena_new(ARENA_BYTES);
    struct templates *set = templates_new(a);
    struct reject why;
    const char *name = NULL;
    bool fine = templates_add(set, "x", source, &why) && templates_link(set, &why, &name);
    must(fine == (why.why.n == 0));
    must(fine || (why.line > 0 && why.column > 0));
    if (fine) template_render(set, "x", sample(a), a);
    arena_free(a);
    return 0;
}
