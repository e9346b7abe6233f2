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
    p->live_script = asset_path_below(p, "live.js");
    p->consent_script = asset_path_below(p, "consent.js");
    p->embed_script = asset_path_below(p, "embed.js");
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

enum result page_public(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    static const struct {
        const char *ending, *type;
    } types[] = {{".txt", "text/plain; charset=utf-8"}, {".html", "text/html; charset=utf-8"},
        {".xml", "application/xml; charset=utf-8"}, {".json", "application/json; charset=utf-8"},
        {".webmanifest", "application/manifest+json"}, {".asc", "text/plain; charset=utf-8"},
        {".svg", "image/svg+xml"}, {".png", "image/png"}, {".jpg", "image/jpeg"},
        {".ico", "image/x-icon"}, {".pdf", "application/pdf"},
        {"apple-app-site-association", "application/json; charset=utf-8"}};
    (void)r, (void)a;
    for (uint32_t i = 0; i < p->site->file_count; i++) {
        const struct press_file *f = &p->site->files[i];
        if (!span_eq(f->name, ask->name)) continue;
        out->body = f->bytes;
        out->content_type = "application/octet-stream";
        for (size_t k = 0; k < COUNT(types); k++)
            if (span_ends(f->name, span_of(types[k].ending))) out->content_type = types[k].type;
        return OK;
    }
    return ERR_ABSENT;
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

/* What the head says of crawlers: after the page was made, for it is known by the stories on it. A
 * list says it for all of the site, as robots.txt does. */
static void put_reservation(
    const struct press *p, struct arena *a, enum page_kind kind, struct page *out)
{
    bool is_list = (kind <= PAGE_AUTHOR || (kind >= PAGE_ARCHIVE && kind <= PAGE_NEWS_SITEMAP)) &&
                   press_keeps_machines_out(p);
    if (out->status != 200 || !(out->no_machines || is_list)) return;
    out->extra = arena_printf(
        a, "%.*sX-Robots-Tag: noai, noimageai\r\ntdm-reservation: 1\r\n", FMT(out->extra));
}

static page_maker *const makers[PAGE_KINDS] = {
    [PAGE_FRONT] = page_front,
    [PAGE_SECTION] = page_list,
    [PAGE_TAG] = page_list,
    [PAGE_AUTHOR] = page_list,
    [PAGE_PERSON] = page_list,
    [PAGE_PLACE] = page_list,
    [PAGE_SUGGEST] = page_suggest,
    [PAGE_OPENSEARCH] = page_opensearch,
    [PAGE_ARTICLE] = page_article,
    [PAGE_REVISIONS] = page_revisions,
    [PAGE_COMMENTS] = page_comments,
    [PAGE_LITE] = page_lite,
    [PAGE_TEXT] = page_lite,
    [PAGE_ARCHIVE] = page_archive,
    [PAGE_ARCHIVE_DAYS] = page_archive,
    [PAGE_SEARCH] = page_search,
    [PAGE_CORRECTIONS] = page_corrections,
    [PAGE_POPULAR] = page_popular,
    [PAGE_HOUSE] = page_house,
    [PAGE_SUPPORT] = page_support,
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
    [PAGE_API_SECTIONS] = page_api,
    [PAGE_API_NINJS] = page_ninjs,
    [PAGE_OPENAPI] = page_openapi,
    [PAGE_OEMBED] = page_oembed,
    [PAGE_WP_INDEX] = page_wp,
    [PAGE_WP_POSTS] = page_wp,
    [PAGE_WP_POST] = page_wp,
    [PAGE_WP_MEDIA] = page_wp,
    [PAGE_WP_CATEGORIES] = page_wp,
    [PAGE_WP_TAGS] = page_wp,
    [PAGE_WP_TYPES] = page_wp,
    [PAGE_PUBLIC] = page_public,
    [PAGE_TDM] = page_tdm,
    [PAGE_LIVE] = page_live_story,
    [PAGE_LIVE_FRONT] = page_live_front,
    [PAGE_LEFT] = page_left,
    [PAGE_OFFLINE] = page_offline,
    [PAGE_WORKER] = page_worker,
    [PAGE_MANIFEST] = page_manifest,
    [PAGE_GRIEVANCE] = page_grievance,
    [PAGE_COMPLAINT] = page_complaint,
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
    enum result result = makers[ask->kind](p, ask, r, a, out);
    if (result == OK) put_reservation(p, a, ask->kind, out);
    return result;
}
