/* place: where a reader is, as far as licences bind stories to countries: which stories are public
 * for him, which copy of a page he gets, and the answer where a story is not for his country. What
 * he is told to be comes from a proxy of ours alone; who asks is the role. */
#include "site_private.h"

/* Has what this answer says depended on where it is read? */
bool place_counts(const struct site_hand *h)
{
    return h->reader && reader_asked_place(h->reader);
}

struct reader_place place_of(const struct site_hand *h, const struct site_ask *ask)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    struct reader_place p = {.country = S("")};
    if (!ps->country_header) return p; /* none is known, and nothing makes up for it */
    if (ask->told) p.country = country_of(ask->told(ask->with, ps->country_header));
    p.unknown_is_inside = ps->unknown_is_inside;
    return p;
}

/* RFC 7725. Nothing of the story is said; the address is no secret where others read it. */
bool site_not_here(
    struct site_hand *h, const struct site_ask *ask, story_id id, struct site_answer *out)
{
    if (!reader_elsewhere(h->reader, id)) return false;
    bool known = place_of(h, ask).country.n > 0;
    const struct press_site *ps = atomic_load(&h->site->press_site);
    struct page_ask what = {.kind = known ? PAGE_NOT_HERE : PAGE_COUNTRY_UNKNOWN, .page = 1};
    site_make_small(h, ask, &what, out);
    out->head = arena_printf(ask->arena, "Link: <%.*s%.*s/>; rel=\"blocked-by\"\r\n%.*s",
        FMT(ps->url), FMT(ps->base), FMT(out->head));
    return true;
}

/* A page that depends on the country has a copy for each; the others have one for all. Keys of the
 * cache are clean paths, which hold no tab. */
struct span place_key(const struct site_hand *h, const struct site_ask *ask, struct span key)
{
    return arena_printf(ask->arena, "%.*s\t%.*s", FMT(key), FMT(place_of(h, ask).country));
}

struct entry *place_find(struct site_hand *h, const struct site_ask *ask, struct span key)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    struct entry *e = cache_find(h->site, key);
    return e || !ps->country_header ? e : cache_find(h->site, place_key(h, ask, key));
}
