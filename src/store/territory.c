/* territory: whether a reader's country lies in a story's territory. Unknown is outside, also of a
 * territory that only leaves countries out, unless the site says otherwise. */
#include "store.h"

static bool names(struct span list, struct span country)
{
    struct span code;
    while (list.n && span_next(&list, ',', &code))
        if (span_eq(code, country)) return true;
    return false;
}

bool territory_has(struct span territory, const struct reader_place *p)
{
    if (p->anywhere || !territory.n) return true;
    if (!p->country.n) return p->unknown_is_inside;
    bool named = names(span_cut(territory, 1, territory.n), p->country);
    return territory.p[0] == '+' ? named : territory.p[0] == '-' && !named;
}
