/* Fuzz: any bytes as an RSS or Atom feed, with a charset from outside (first byte). Reading never
 * crashes; every body is clean: cleaning it again changes nothing. */
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const charsets[] = {
        "", "utf-8", "windows-1251", "iso-8859-1", "utf-16le", "us-ascii", "no such set"};
    if (!size) return 0;
    struct arena *a = arena_new((size_t)1 << 30);
    struct wire_hint hint = {.charset = span_of(charsets[data[0] % COUNT(charsets)])};
    struct wire_result r;
    struct span bytes = arena_keep(a, (struct span){(const char *)data + 1, size - 1});
    wire_read(a, bytes, &hint, &r);
    for (size_t i = 0; i < r.count; i++) {
        const struct story *s = r.items[i].story;
        must(s || r.items[i].reject.why.n);
        if (s) must(span_eq(html_clean(a, s->body.s).s, s->body.s));
    }
    arena_free(a);
    return 0;
}
