/* press: opening a press, and which file makes which kind of page. A press is const once open, so
 * that any number of threads may use it. */
#include "press_private.h"

#include <string.h>

static struct span asset_path_below(const struct press *p, const char *file)
{
    return press_path(p, p->arena, press_asset_path(p, file));
}

static struct place *places_of(const struct press *p)
{
    const struct press_site *site = p->site;
    struct place *places = ARENA_ARRAY(p->arena, struct place, site->section_count + 1);
    for (uint32_t i = 0; i < site->section_count; i++)
        places[i] = (struct place){arena_printf(p->arena, "%.*s/section/%.*s", FMT(site->base),
                                       FMT(site->sections[i].name)),
            arena_printf(p->arena, "tone-%u", i)};
    return places;
}

enum result press_open(struct arena *a, const struct press_site *site, const char *theme_folder,
    struct press **out, struct span *why_out)
{
    struct span pack = S("");
    enum result r = theme_folder ? press_theme_read(a, theme_folder, &pack, why_out) : OK;
    return r == OK ? press_open_pack(a, site, pack, out, why_out) : r;
}

enum result press_open_pack(struct arena *a, const struct press_site *site, struct span theme,
    struct press **out, struct span *why_out)
{
    struct press *p = ARENA_NEW(a, struct press);
    *p = (struct press){.site = site, .arena = a};
    must(site->zone != NULL);
    enum result r = theme_load(p, theme, why_out);
    if (r != OK) return r;
    p->css = asset_path_below(p, "style.css");
    p->script = asset_path_below(p, "site.js");
    p->icon = asset_path_below(p, "favicon.svg");
    p->touch_icon = asset_path_below(p, "icon-192.png");
    press_calendar(p);
    p->places = places_of(p);
    *out = p;
    return OK;
}

struct span press_asset_path(const struct press *p, const char *file)
{
    const struct asset *asset = theme_asset(p, span_of(file));
    return asset ? asset->path : S("");
}

static enum result page_asset(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    (void)r, (void)a;
    const struct asset *asset = theme_asset(p, ask->name);
    if (!asset) return ERR_ABSENT;
    out->body = asset->bytes;
    out->content_type = asset->content_type;
    out->is_static = !span_eq(asset->name, ask->name);
    return OK;
}

static page_maker *const makers[PAGE_KINDS] = {
    [PAGE_FRONT] = page_front,
    [PAGE_SECTION] = page_list,
    [PAGE_TAG] = page_list,
    [PAGE_AUTHOR] = page_list,
    [PAGE_ARTICLE] = page_article,
    [PAGE_REVISIONS] = page_revisions,
    [PAGE_COMMENTS] = page_comments,
    [PAGE_ARCHIVE] = page_archive,
    [PAGE_ARCHIVE_DAYS] = page_archive,
    [PAGE_SEARCH] = page_search,
    [PAGE_CORRECTIONS] = page_corrections,
    [PAGE_POPULAR] = page_popular,
    [PAGE_HOUSE] = page_house,
    [PAGE_RSS] = page_feed,
    [PAGE_ATOM] = page_feed,
    [PAGE_JSONFEED] = page_feed,
    [PAGE_SITEMAP] = page_sitemap,
    [PAGE_SITEMAP_SHARD] = page_sitemap,
    [PAGE_NEWS_SITEMAP] = page_news_sitemap,
    [PAGE_ROBOTS] = page_robots,
    [PAGE_API_STORIES] = page_api,
    [PAGE_API_STORY] = page_api,
    [PAGE_NOT_FOUND] = page_status,
    [PAGE_GONE] = page_status,
    [PAGE_NOT_HERE] = page_status,
    [PAGE_COUNTRY_UNKNOWN] = page_status,
    [PAGE_BAD_REQUEST] = page_status,
    [PAGE_BUSY] = page_status,
    [PAGE_WRONG_METHOD] = page_status,
    [PAGE_BROKEN] = page_status,
    [PAGE_ASSET] = page_asset,
    [PAGE_LIVE] = page_live_story,
    [PAGE_LIVE_FRONT] = page_live_front,
    [PAGE_LEFT] = page_left,
    [PAGE_OFFLINE] = page_offline,
    [PAGE_WORKER] = page_worker,
    [PAGE_MANIFEST] = page_manifest,
};

enum result press_make(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    must((size_t)ask->kind < PAGE_KINDS && makers[ask->kind] != NULL);
    memset(out, 0, sizeof *out);
    out->status = 200;
    out->content_type = "text/html; charset=utf-8";
    out->valid_until_ms = INT64_MAX;
    out->noindex = p->site->noindex;
    page_key(out, "site", S(""));
    return makers[ask->kind](p, ask, r, a, out);
}
