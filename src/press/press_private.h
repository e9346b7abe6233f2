/* press_private.h: what press's files share. One file makes one kind of page: a function of this
 * shape. */
#ifndef PRESS_PRIVATE_H
#define PRESS_PRIVATE_H

#include "press.h"

typedef enum result page_maker(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out);

enum { FIRST_KINDS = 2 };
struct first { /* first.c: what stands in a page, and its policy's words */
    struct html code;
    struct span source;
};

struct press {
    const struct press_site *site;
    struct arena *arena;
    struct templates *templates;
    struct map *words; /* key -> struct span *: the interface's words in site->language */
    struct asset *assets;
    size_t asset_count;
    struct span lang; /* of the interface: the words file's name, "en" */
    bool rtl;
    struct first boot, first[FIRST_KINDS]; /* of the style, empty: it is asked for */
    struct span css, script, icon,
        touch_icon; /* paths of assets that every page names, with the base */
    struct span live_script, consent_script, embed_script; /* and that some name */
    struct place *places;                                  /* one for each of site->sections */
    struct span months[12], months_alone[12], short_months[12], weekdays[7]; /* from Sunday */
    struct span digits[10];     /* of readers' numbers and dates */
    struct span plurals;        /* the language whose plural rule counted words follow */
    enum plural forms[PLURALS]; /* that it gives to 1, 2, 3 … */
    size_t form_count;
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
    page_corrections, page_comments, page_popular, page_house, page_support, page_status, page_lite;
/* machine-readable ones */
page_maker page_feed, page_sitemap, page_news_sitemap, page_robots, page_api, page_suggest,
    page_opensearch, page_ninjs, page_openapi, page_oembed, page_wp, page_public, page_tdm;

page_maker page_grievance, page_complaint;

/* CORS: what everybody may read, any page's script may read, without cookies (there are none). */
#define ANYBODY_MAY_READ "Access-Control-Allow-Origin: *\r\n"
/* crawlers.c: notes what the licence of a story on the page says of crawlers that train machines.
 */
void page_crawlers(const struct press *p, struct page *out, const struct view *v);
bool press_keeps_machines_out(const struct press *p);          /* one of its licences does */
void press_put_crawlers(const struct press *p, struct buf *b); /* robots.txt's part */
/* of running stories, and of reading without a line */
page_maker page_live_story, page_live_front, page_left, page_offline, page_worker, page_manifest;

/* ---- opening (theme.c): the built-in theme under a pack's files; why_out as press_open's ----
 */
enum result theme_load(struct press *p, struct span pack, struct span *why_out) CHECKED;
/* The words of p->site's language alone. */
enum result theme_load_words(struct press *p) CHECKED;
/* first.c, at the opening; what they take lives as long as p. The kinds of pages that have a part
 * of the style, NULL behind the last; that part; the script of all (false: it would end its
 * element).
 */
const char *first_kind(size_t i);
void first_take_style(struct press *p, size_t i, struct span style);
bool first_take_boot(struct press *p, struct span script) CHECKED;
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

/* ---- counted words and numbers for readers (count.c) ---- */
/* The word key_none for 0, else key_one, key_few … by the CLDR category of n in p->plurals, with
 * {n} filled in. A form that the language lacks is taken from its next: theme_load has seen to it
 * that one is there. */
struct span press_count(const struct press *p, struct arena *a, const char *key, size_t n);
/* In the digits of the words file; at_least: with zeros before it. */
void press_put_number(const struct press *p, struct buf *b, uint64_t n, int at_least);
struct span press_number(const struct press *p, struct arena *a, uint64_t n);
bool press_take_digits(struct press *p, struct span digits); /* false: these are not ten signs */
/* From here on counted words follow this language's plural rule; one without a rule has "other"
 * alone. */
void press_take_plurals(struct press *p, struct span language);
/* Which word p's language lacks for one of English's: key itself, or a form that p->plurals wants
 * of a counted one. Empty: none. */
struct span press_lost_word(
    const struct press *p, struct arena *a, const struct map *english, struct span key);

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
/* ---- the people and the place of a story (article_text.c) ---- */
/* The path of a person's page, by the name as byline or credits have it; empty: there is none. */
struct span press_author_path(struct arena *a, const struct view *v, struct span name);
/* The people of its credits; names are parts of v->credits. */
size_t press_credits(struct arena *a, const struct view *v, struct credit **out);
/* The dateline at the head of this block of the body, in parts of block. */
bool press_text_dateline(const struct view *v, struct html block, struct story_dateline *out);
/* Where it was written, by the wire's field or by the text; may be empty. */
struct span press_place(struct arena *a, const struct view *v);
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

/* ---- pictures and embeds in the text (embeds.c) ---- */
/* The body for who shows neither our pictures nor frames of others: embeds are links, or nothing
 * where the site says so. */
struct html press_body(const struct press *p, struct arena *a, const struct view *v);
bool press_in_text(struct arena *a, const struct view *v, const struct view_picture *pic);
/* ads.c: before, and behind it hosts as sources of a policy, each once. */
struct span page_sources(struct arena *a, struct span before, const struct span *hosts, uint32_t n);
/* The next block of a body that is text. */
static inline struct html next_text_block(struct html *rest)
{
    struct html block;
    do block = html_next_block(rest);
    while (span_starts(block.s, S("<figure ")));
    return block;
}

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

/* ---- running stories (live.c) ---- */
struct live {
    bool is, was;     /* running now; has been at some time */
    uint32_t updates; /* in all */
    int64_t ends_ms;  /* without another update it is running until then */
};
struct live live_of(const struct press *p, const struct view *v, int64_t now_ms);
/* Opaque; another one when what the reader sees of the story has changed. Of a view whose pictures
 * went through press_keep_shown. */
struct span live_version(struct arena *a, const struct view *v);
/* jsonld_live.c; l NULL: not running */
const char *jsonld_article_type(const struct live *l);
void jsonld_live(const struct press *p, struct arena *a, struct json_out *o, const struct view *v,
    const struct live *l);

/* ---- JSON-LD (jsonld.c): complete <script type="application/ld+json"> contents; made by json_out,
 * safe inside script ---- */
struct span jsonld_article(const struct press *p, struct arena *a, const struct view *v,
    const struct parts *parts, const struct live *l);
struct span jsonld_breadcrumb(const struct press *p, struct arena *a, const struct span *names,
    const struct span *paths, size_t n);
struct span jsonld_site(const struct press *p, struct arena *a);
/* jsonld_label.c: what the page of an author, a person or a place is about; empty: of a tag. */
struct span jsonld_label(const struct press *p, struct arena *a, enum label_kind kind,
    struct span name, struct span path);

/* ---- lists (labels.c) ---- */
struct span press_label_path(
    struct arena *a, enum label_kind kind, struct span slug); /* "/person/asha-rao", escaped */
/* ---- searches (search_ask.c) ---- */
/* What of the store is asked for, and the address that says so ("/search?q=…&section=…"): file is
 * empty or the name of a feed. */
struct search_ask search_ask_of(const struct press *p, const struct page_ask *ask, int64_t now_ms);
struct span search_path(
    struct arena *a, const struct page_ask *ask, struct span words, const char *file);
extern const char *const search_period_names[SEARCH_PERIODS]; /* "", "day" … */

#endif
