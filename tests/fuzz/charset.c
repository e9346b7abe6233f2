/* Fuzzing of charsets, slugs and folding: the first byte chooses the charset, the rest are the
 * bytes. */
#include "text.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void fold(struct arena *a, struct span s)
{
    struct span slug = text_slug(a, s, 60);
    must(slug.n <= 60);
    for (size_t i = 0; i < slug.n; i++)
        must(slug.p[i] == '-' || strchr("abcdefghijklmnopqrstuvwxyz0123456789", slug.p[i]));
    must(utf8_valid(text_casefold(a, s)));
    struct span plain = text_plain(a, s);
    must(utf8_valid(plain) && span_eq(text_plain(a, plain), plain));
    text_is_rtl(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static const char *const labels[] = {"utf-8", "utf-16", "utf-16be", "windows-1252", "koi8-r",
        "gb18030", "big5", "euc-jp", "shift_jis", "iso-2022-jp", "euc-kr", "nonsense"};
    if (n == 0) return 0;
    struct span s = {(const char *)p + 1, n - 1}, out;
    struct arena *a = arena_new((size_t)256 << 20);
    charset_prepare();
    charset_sniff(s);
    if (charset_to_utf8(a, s, span_of(labels[p[0] % COUNT(labels)]), &out)) {
        must(utf8_valid(out));
        fold(a, out);
    }
    fold(a, s);
    arena_free(a);
    return 0;
}
