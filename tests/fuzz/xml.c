/* Fuzzing of xml_parse and what walks its trees: no crash, no leak, everything bounded by the
 * input. */
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct reject why;
    struct arena *a = arena_new((size_t)256 << 20);
    charset_prepare();
    struct xml_node *top = xml_parse(a, (struct span){(const char *)p, n}, &why);
    must((top != NULL) == (why.why.n == 0));
    if (top) {
        struct span text = xml_text(a, top);
        must(utf8_valid(text) && text.n <= n * 4 + 64);
        must(utf8_valid(xml_words(a, top)));
    }
    arena_free(a);
    return 0;
}
