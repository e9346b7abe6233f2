/* web_told: what a proxy of ours says of a reader. Of others nothing is believed, and nothing of
 * what was said twice: one of the two came from the reader. */
#include "net.h"
#include "web.h"

struct span web_told(void *with, const char *name)
{
    const struct http_request *r = with;
    struct span found = S(""), want = span_of(name);
    size_t count = 0;
    for (size_t i = 0; r->is_trusted && i < r->field_count; i++) {
        if (!span_eq_nocase(r->fields[i].name, want)) continue;
        found = r->fields[i].value;
        count++;
    }
    return count == 1 ? found : S("");
}
