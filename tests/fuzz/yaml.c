/* Fuzzing of yaml_parse_text: a tree, or a reject with a sentence. */
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct reject why;
    struct arena *a = arena_new((size_t)256 << 20);
    struct yaml *y = yaml_parse_text(a, (struct span){(const char *)p, n}, &why);
    must((y != NULL) == (why.why.n == 0));
    must(y || why.line > 0);
    if (y) yaml_get(y, "site");
    arena_free(a);
    return 0;
}
