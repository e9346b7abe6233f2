/* openapi: /openapi.json: what programs may ask, as OpenAPI 3.1 has it. The text stands in
 * themes/openapi.json; a theme does not change it. */
#include "press_private.h"
#include "theme_table.h"

enum result page_openapi(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    (void)ask, (void)r;
    struct fill origin = {"origin", press_absolute(p, a, S(""))};
    struct span text = S("");
    for (size_t i = 0; i < theme_table_count; i++)
        if (span_eq(span_of(theme_table[i].name), S("openapi.json"))) text = theme_table[i].bytes;
    must(text.n);
    out->body = press_fill(a, text, &origin, 1);
    out->content_type = "application/json; charset=utf-8";
    out->extra = S(ANYBODY_MAY_READ);
    return OK;
}
