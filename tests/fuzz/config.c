/* Fuzzing of the site file: every mistake is told with its place, and what is accepted goes into
 * the ledger's form and back. */
#include "config.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct arena *a = arena_new((size_t)256 << 20);
    struct config_report report;
    struct buf told;
    buf_init(&told, a, 0);
    struct config *c =
        config_parse(a, (struct span){(const char *)p, n}, S("site.yaml"), NULL, &report);
    must((c == NULL) == (report.errors > 0));
    for (size_t i = 0; i < report.count; i++) {
        must(report.list[i].what.n > 0);
        config_mistake_print(&report.list[i], &told);
    }
    if (c) {
        struct span json = config_editorial(a, c);
        struct config *back = config_from_editorial(a, json, NULL);
        must(back && span_eq(config_editorial(a, back), json));
    }
    arena_free(a);
    return 0;
}
