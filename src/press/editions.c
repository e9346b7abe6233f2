/* editions: the same paper in other languages: links for readers on every page, and hreflang where
 * a page has its like: the front, and sections where an edition has the same ones. Each edition is
 * a site of its own, in a process of its own. Reads nothing but the configuration.
 * hreflang: HTML's link type alternate (4.6.7.1) with BCP 47 languages; search engines want each
 * page to name itself, too, and x-default for all others. */
#include "frame.h"

#include <string.h>

static bool is_here(const struct press *p, const struct press_edition *e)
{
    const struct press_site *site = p->site;
    return e->url.n == site->url.n + site->base.n && span_starts(e->url, site->url) &&
           span_ends(e->url, site->base);
}

/* Its page that is like ours at path; else its front. */
static struct span like_of(
    struct sheet *s, const struct press_edition *e, struct span path, bool *is_like)
{
    bool is_section = span_starts(path, S("/section/")) && span_find_char(path, '?') < 0;
    *is_like = span_eq(path, S("/")) || is_here(s->p, e) || (is_section && e->same_sections);
    return arena_printf(s->a, "%.*s%.*s", FMT(e->url), FMT(*is_like ? path : S("/")));
}

static void add_alternate(struct sheet *s, struct span language, struct span href)
{
    struct record *r = record_item(s->root, "alternates");
    record_text(r, "hreflang", language);
    record_text(r, "href", href);
}

static bool has_like(const struct press *p, struct span path)
{
    const struct press_editions *all = &p->site->editions;
    bool others = false, is_section = span_starts(path, S("/section/"));
    for (uint32_t i = 0; i < all->count; i++)
        others |= !is_here(p, &all->list[i]) && (!is_section || all->list[i].same_sections);
    return others && (span_eq(path, S("/")) || (is_section && span_find_char(path, '?') < 0));
}

void frame_editions(struct sheet *s, struct span path)
{
    const struct press *p = s->p;
    const struct press_editions *all = &p->site->editions;
    bool alternates = has_like(p, path) && !s->out->noindex, is_like;
    record_flag(s->root, "editions_there", all->count > 1);
    record_text(s->root, "alternates", S(""));
    for (uint32_t i = 0; all->count > 1 && i < all->count; i++) {
        const struct press_edition *e = &all->list[i];
        struct record *r = record_item(s->root, "editions");
        bool here = is_here(p, e);
        struct span href = like_of(s, e, path, &is_like);
        record_text(r, "title", e->title);
        record_text(r, "language", e->language);
        record_text(r, "href", here && !is_like ? press_path(p, s->a, S("/")) : href);
        record_flag(r, "here", here);
        if (!alternates || !is_like) continue;
        add_alternate(s, e->language, href);
        if (e->is_default) add_alternate(s, S("x-default"), href);
    }
}
