/* cdn: fields for a cache in front of the site: the names under which a page can be dropped there,
 * and how long a copy may be kept. Names are opaque: a story's is the id of its address, a
 * picture's the beginning of its file's. Only what may be kept at all carries them: what does not
 * exist for the public never does. The time is the same for every page at every instant: one that
 * ended with a page's own would tell when an embargo ends (E15). */
#include "site_private.h"

#include <string.h>

enum {
    CDN_KEYS_BYTES_MAX = 3000, /* of one field: nginx and Varnish take whole heads of 4 to 8 kB */
    SURFACE_BYTES_MAX = 40,    /* of the first word of a path */
};

/* "/" is the front, "/section/sport" a section, "/2026/01/23/…" a story, "/rss.xml" rss-xml. */
static struct span surface_of(struct arena *a, struct span path)
{
    struct span word = span_cut(path, 1, path.n);
    size_t n = 0;
    while (n < word.n && n < SURFACE_BYTES_MAX && word.p[n] != '/' && word.p[n] != '?' &&
           word.p[n] != '\n')
        n++;
    if (!n) return S("front");
    if (word.p[0] >= '0' && word.p[0] <= '9') return S("story");
    char *out = arena_cstr(a, span_cut(word, 0, n));
    for (size_t i = 0; i < n; i++)
        if (!((out[i] >= 'a' && out[i] <= 'z') || (out[i] >= '0' && out[i] <= '9'))) out[i] = '-';
    return (struct span){out, n};
}

static const char *gap_of(const struct press_site *ps)
{
    return span_eq(ps->cdn_keys, S("Cache-Tag")) ? "," : " ";
}

static void put_lifetime(struct buf *b, const struct press_site *ps)
{
    bool bare = span_eq(ps->cdn_lifetime, S("X-Accel-Expires"));
    if (!ps->cdn_lifetime.n) return;
    buf_printf(
        b, "%.*s: %s%u", FMT(ps->cdn_lifetime), bare ? "" : "max-age=", (unsigned)ps->cdn_seconds);
    if (ps->cdn_stale_seconds)
        buf_printf(b, ", stale-while-revalidate=%u", (unsigned)ps->cdn_stale_seconds);
    buf_lit(b, "\r\n");
}

/* Where the service knows no field of its own: for browsers it is no-cache (RFC 9111, 5.2.2), and
 * nobody may show it stale, not even in need. */
static bool says_in_public(const struct press_site *ps)
{
    return span_eq(ps->cdn_lifetime, S("Cache-Control"));
}

struct span cdn_cache_words(struct arena *a, const struct press_site *ps, const struct page *p)
{
    if (p->is_static || p->differs_by || !says_in_public(ps)) return S("");
    return arena_printf(a, "max-age=0, must-revalidate, s-maxage=%u", (unsigned)ps->cdn_seconds);
}

struct span cdn_of_page(
    struct arena *a, const struct press_site *ps, struct span path, const struct page *p)
{
    const char *gap = gap_of(ps);
    uint32_t i = 0;
    struct buf b;
    if (p->is_static || p->differs_by) return S("");
    buf_init(&b, a, 0);
    if (!says_in_public(ps)) put_lifetime(&b, ps);
    if (!ps->cdn_keys.n) return buf_span(&b);
    buf_printf(&b, "%.*s: site%ssurface-%.*s", FMT(ps->cdn_keys), gap, FMT(surface_of(a, path)));
    for (; i < p->id_count && b.n < CDN_KEYS_BYTES_MAX; i++)
        buf_printf(&b, "%ss-%.*s", gap, FMT(story_id_text(a, p->ids[i])));
    if (i < p->id_count) buf_printf(&b, "%ss-many", gap); /* dropped with every story */
    buf_lit(&b, "\r\n");
    return buf_span(&b);
}

struct span cdn_of_picture(struct arena *a, const struct press_site *ps, struct span hash)
{
    struct buf b;
    buf_init(&b, a, 0);
    if (!says_in_public(ps)) put_lifetime(&b, ps); /* a picture's own words let them keep it */
    if (ps->cdn_keys.n && hash.n)
        buf_printf(&b, "%.*s: site%sf-%.*s\r\n", FMT(ps->cdn_keys), gap_of(ps),
            FMT(span_cut(hash, 0, SITE_PICTURE_KEY)));
    return buf_span(&b);
}
