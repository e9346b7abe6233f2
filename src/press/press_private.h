/* press_private.h: what press's files share. One file makes one kind of page: a function of this
 * shape. */
#ifndef PRESS_PRIVATE_H
#define PRESS_PRIVATE_H

#include "press.h"

typedef enum result page_maker(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out);

struct press {
    const struct press_site *site;
    struct arena *arena;
    struct templates *templates;
    struct map *words; /* key -> struct span *: the interface's words in site->language */
    struct asset *assets;
    size_t asset_count;
    struct span lang; /* of the interface: the words file's name, "en" */
    bool rtl;
    struct span css, script, icon; /* paths of assets that every page names, with the base */
    struct place *places;          /* one for each of site->sections */
    struct span months[12], short_months[12], weekdays[7]; /* weekdays from Sunday */
};
struct place {
    struct span href, tone; /* "/wire/section/world"; the class of its colour, "tone-0" */
};
struct asset {
    struct span name, path; /* "style.css", "/assets/style-3f2a91c0.css" */
    struct span bytes;
    const char *content_type;
};

/* html pages */
page_maker page_front, page_list, page_article, page_revisions, page_archive, page_search,
    page_corrections, page_comments, page_popular, page_house, page_status;
/* machine-readable ones */
page_maker page_feed, page_sitemap, page_news_sitemap, page_robots, page_api, page_ninjs,
    page_openapi, page_oembed, page_wp, page_public, page_tdm;

/* CORS: what everybody may read, any page's script may read, without cookies (there are none). */
#define ANYBODY_MAY_READ "Access-Control-Allow-Origin: *\r\n"
/* crawlers.c: notes what the licence of a story on the page says of crawlers that train machines.
 */
void page_crawlers(const struct press *p, struct page *out, const struct view *v);
bool press_keeps_machines_out(const struct press *p);          /* one of its licences does */
void press_put_crawlers(const struct press *p, struct buf *b); /* robots.txt's part */

/* ---- opening (theme.c): the built-in theme under a pack's files; why_out as press_open's ----
 */
enum result theme_load(struct press *p, struct span pack, struct span *why_out) CHECKED;
const struct asset *theme_asset(
    const struct press *p, struct span file); /* by its name or its name with the hash; NULL */

/* ---- texts with places in them (page.c) ---- */
struct fill {
    const char *name;
    struct span with;
};
struct span press_fill(struct arena *a, struct span text, const struct fill *list,
    size_t n); /* {name}; an unknown one stays */
struct span press_say(const struct press *p, struct arena *a, const char *key, const char *name,
    struct span with); /* a word with one place */
struct span press_count(const struct press *p, struct arena *a, const char *key,
    size_t n); /* key_zero, _one, _two, _few, _many with {n} */

/* ---- page bookkeeping (page.c) ---- */
void page_key(struct page *p, const char *kind,
    struct span name); /* "tag:" + name; over the bound the page hangs on "all" */
void page_id(struct page *p, story_id id);
void page_views(struct page *p, const struct view *list, size_t n); /* page_id for each */
void page_until(struct page *p, int64_t ms);                        /* the sooner stands */
struct span press_word(
    const struct press *p, const char *key); /* must exist: words are complete or the build fails */
struct span press_path(
    const struct press *p, struct arena *a, struct span path); /* base + path: for links on pages */
struct span press_absolute(const struct press *p, struct arena *a,
    struct span path); /* url + base + path: feeds, canonical, sitemaps */
const struct press_section *press_section_named(const struct press *p, struct span name);
/* Where the credit names the agency: in the licence's form, if it wants one. */
struct span press_agency_line(const struct view *v);
/* The dateline, where the text does not begin with it; else empty: it is not said twice. */
struct span press_dateline(struct arena *a, const struct view *v);
struct span press_disclaimer(const struct press *p, struct arena *a,
    const struct view *v); /* {agency} and {site} filled; never empty (R4) */
/* Does a page say this where a reader sees it? (article.c) */
bool press_says(struct arena *a, struct span page, struct span text);
/* Times in the site's zone and language: "23 January 2026, 11:30 IST"; ISO with the zone's offset
 * for machines. */
struct span press_date_long(const struct press *p, struct arena *a, int64_t ms);
struct span press_date_day(const struct press *p, struct arena *a, int64_t ms);
struct span press_date_short(const struct press *p, struct arena *a, int64_t ms);
struct span press_date_iso(const struct press *p, struct arena *a, int64_t ms);
struct span press_date_time(const struct press *p, struct arena *a, int64_t ms); /* "11:30" */
struct span press_date_month(
    const struct press *p, struct arena *a, int64_t ms); /* "January 2026" */
struct span press_date_today(
    const struct press *p, struct arena *a, int64_t ms);     /* "Friday, 23 January 2026" */
void press_calendar(struct press *p);                        /* once, when the words are there */
struct civil press_civil(const struct press *p, int64_t ms); /* in the site's zone */
int64_t press_midnight(const struct press *p, int64_t ms,
    int days); /* the site's midnight so many days from ms's day, in UTC */
/* Open Graph picture's path: the story's card, else its section's. */
struct span press_card_path(const struct press *p, struct arena *a, const struct view *v);
bool press_picture_shown(const struct view_picture *pic, int64_t now_ms); /* its own times */
/* Leaves in v only the pictures that may be shown now; the page's life ends where that changes, and
 * a kill of the first, which alone stands on lists, ends it (K15). */
void press_keep_shown(struct arena *a, struct view *v, int64_t now_ms, struct page *out);
void page_pictures(struct page *p, const struct view *v); /* and of the others */

/* ---- other stories that a page shows (parts.c) ---- */
struct part {
    enum ref_kind kind;
    const struct view *view; /* public at the snapshot's instant, with its body */
};
struct parts {
    const struct part *list;
    size_t count;
};
/* Of v's refs those that are public now, in order, of each choice one alternative (P9). The page
 * hangs on all of them from here on, and on the shown ones for their kills. */
enum result press_parts(const struct view *v, struct reader *r, struct arena *a, struct page *out,
    struct parts *parts_out) CHECKED;
struct span press_lead(struct arena *a, const struct view *v); /* abstract, else first paragraph */

/* ---- JSON-LD (jsonld.c): complete <script type="application/ld+json"> contents; made by json_out,
 * safe inside script ---- */
struct span jsonld_article(
    const struct press *p, struct arena *a, const struct view *v, const struct parts *parts);
struct span jsonld_breadcrumb(const struct press *p, struct arena *a, const struct span *names,
    const struct span *paths, size_t n);
struct span jsonld_site(const struct press *p, struct arena *a);

#endif
