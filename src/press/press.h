/* press: view -> page. Pure: a snapshot of the store in; bytes, keys, story ids and valid_until
 * out. No clock, no file after start, no network. */
#ifndef PRESS_H
#define PRESS_H

#include "base.h"
#include "clock.h"
#include "press_audience.h"
#include "press_machines.h"
#include "press_live.h"
#include "press_editions.h"
#include "press_grievance.h"
#include "store.h"
#include "text.h"

enum {
    PRESS_KEYS_MAX = 64,
    PRESS_IDS_MAX = 2100, /* a part of the sitemap: 1,000 stories, each with a picture */
    PRESS_FRONT_ITEMS = 40,
    PRESS_API_PAGE_ITEMS = 50,
    PRESS_DAY_ITEMS = 200, /* of a day of the archive on one page */
    NEWS_SITEMAP_MAX = 1000,
    NEWS_SITEMAP_HOURS = 48
};
/* The feeds of every list, as files below its page: RSS, Atom, JSON Feed. */
enum { PRESS_FEEDS = 3 };
extern const char *const press_feeds[PRESS_FEEDS];

/* What pages know of the site; filled by roles from the configuration. Stands as long as the press.
 */
struct press_section {
    struct span name, title, colour;
};
struct press_feed {
    struct span name, agency, disclaimer; /* disclaimer with {agency} and {site} still in it */
    bool no_machines;                     /* the licence keeps crawlers away that train machines */
    bool embeds;                          /* frames of others may stand behind a click */
};
struct press_link {
    struct span title, url;
};
/* What stands where a text has a video or a post of others. */
enum press_embeds { PRESS_EMBEDS_CLICK, PRESS_EMBEDS_LINK, PRESS_EMBEDS_NO };
struct press_house_page {
    struct span name, title;
    struct html body;
};
/* Who may take the front's first place: any story, one that has been public for a while, or only
 * one that an editor has put there. */
enum press_top { PRESS_TOP_AT_ONCE, PRESS_TOP_WAITS, PRESS_TOP_APPROVED };
struct press_site {
    struct span name, tagline, url, base, language, logo;
    const struct zone *zone;
    bool noindex;
    struct span masthead_title, masthead_url;
    const struct press_link *menu;
    uint32_t menu_count;
    const struct press_section *sections;
    uint32_t section_count;
    const struct press_feed *feeds;
    uint32_t feed_count;
    const struct press_house_page *pages;
    uint32_t page_count;
    uint32_t front_items, section_items, feed_items;
    enum press_top top;
    int64_t top_wait_ms;        /* of TOP_WAITS */
    const char *country_header; /* in which trusted proxies tell the reader's country; NULL: none */
    bool unknown_is_inside;
    const struct span *hubs; /* WebSub */
    uint32_t hub_count;
    struct span cdn_keys, cdn_lifetime; /* names of headers for a cache in front; empty: not sent */
    uint32_t cdn_seconds, cdn_stale_seconds;
    bool leads_home;  /* readers at another address are led to `url` */
    struct span hsts; /* Strict-Transport-Security's value; empty: none */
    struct span acme_folder;
    struct press_audience audience;
    enum press_embeds embeds;
    uint32_t comment_edit_minutes; /* so long its writer may change a comment; 0: not at all */
    bool comments_by_mail;         /* one is sent once its writer has opened the link of a mail */
    const struct span *crawlers;   /* names beside those that are known */
    uint32_t crawler_count;
    const struct press_file *files;
    uint32_t file_count;
    struct press_organisation organisation;
    struct press_grievance grievance;
    struct press_live live;
    struct press_offline offline;
    struct press_editions editions;
};

struct press;
/* Compiles the built-in theme, overridden file by file by folder (NULL: none), and the words of
 * site->language. A bad template or a missing word is refused: why_out "themes/front.html:12:3: …"
 * lives in a. */
enum result press_open(struct arena *a, const struct press_site *site, const char *theme_folder,
    struct press **out, struct span *why_out) CHECKED;
/* A theme's folder as one pack of bytes in a, so that another process can make a press of it that
 * may not read the folder. why_out as above. */
enum result press_theme_read(
    struct arena *a, const char *folder, struct span *pack_out, struct span *why_out) CHECKED;
/* press_open with such a pack (empty: none), which has to live as long as a. */
enum result press_open_pack(struct arena *a, const struct press_site *site, struct span theme,
    struct press **out, struct span *why_out) CHECKED;

/* What a reader is sent who is to confirm a comment: plain text around the link, in a. */
struct span press_letter(
    const struct press *p, struct arena *a, struct span link, struct span *subject_out);

enum page_kind {
    PAGE_FRONT,
    PAGE_SECTION,
    PAGE_TAG,
    PAGE_AUTHOR,
    PAGE_ARTICLE,
    PAGE_REVISIONS,
    PAGE_COMMENTS,
    PAGE_LITE, /* the words alone, as a page */
    PAGE_TEXT, /* and as a text file */
    PAGE_ARCHIVE,
    PAGE_ARCHIVE_DAYS,
    PAGE_SEARCH,
    PAGE_CORRECTIONS,
    PAGE_POPULAR,
    PAGE_HOUSE,
    PAGE_SUPPORT,
    PAGE_RSS,
    PAGE_ATOM,
    PAGE_JSONFEED,
    PAGE_SITEMAP,
    PAGE_SITEMAP_SHARD,
    PAGE_NEWS_SITEMAP,
    PAGE_ROBOTS,
    PAGE_API_STORIES,
    PAGE_API_STORY,
    PAGE_NOT_FOUND,
    PAGE_GONE,
    PAGE_NOT_HERE,        /* 451: the licence is for other countries */
    PAGE_COUNTRY_UNKNOWN, /* 451: and from where it is read is not known */
    PAGE_BAD_REQUEST,
    PAGE_BUSY,
    PAGE_WRONG_METHOD,
    PAGE_BROKEN,
    PAGE_ASSET,
    PAGE_PERSON,
    PAGE_PLACE,
    PAGE_SUGGEST,
    PAGE_OPENSEARCH,
    PAGE_API_SECTIONS,
    PAGE_API_NINJS,
    PAGE_OPENAPI,
    PAGE_OEMBED,
    PAGE_WP_INDEX,
    PAGE_WP_POSTS,
    PAGE_WP_POST,
    PAGE_WP_MEDIA,
    PAGE_WP_CATEGORIES,
    PAGE_WP_TAGS,
    PAGE_WP_TYPES,
    PAGE_PUBLIC,
    PAGE_TDM,
    PAGE_LIVE,       /* a story's version, for who waits for the next */
    PAGE_LIVE_FRONT, /* the ids of the front */
    PAGE_LEFT,       /* the ids of what left lately */
    PAGE_OFFLINE,
    PAGE_WORKER,
    PAGE_MANIFEST,
    PAGE_GRIEVANCE, /* the officer, the form, the months' figures */
    PAGE_COMPLAINT, /* how one complaint stands, for who has its secret */
    PAGE_KINDS,
};
/* What a reader has written and not yet sent for good, or has asked to do; all may be empty. */
struct comment_form {
    enum { COMMENT_WRITE, COMMENT_REPORT, COMMENT_CHANGE, COMMENT_CONFIRM } task;
    struct span about; /* id of the comment that is answered, reported or changed; empty: none */
    struct span name, text;
    struct span stamp; /* sends it: it was shown as it will stand */
    struct span token; /* changes it …, or confirms it */
    int64_t until_ms;  /* … until then */
    const char *name_wrong, *text_wrong, *mail_wrong, *wrong; /* keys of words; NULL: nothing is */
    int status;                                               /* of the answer; 0: 200 */
};
/* What narrows a search, as its address has it. */
enum search_period {
    PERIOD_ANY,
    PERIOD_DAY,
    PERIOD_WEEK,
    PERIOD_MONTH,
    PERIOD_YEAR,
    SEARCH_PERIODS,
};
struct page_narrow {
    struct span section, agency, language; /* empty: any */
    enum search_period period;             /* the last so long */
    int64_t from_day_ms, to_day_ms; /* or from this civil day to that one, each as UTC midnight; 0:
                                       open */
    bool newest;                    /* not by relevance */
};
struct page_ask {
    enum page_kind kind;
    enum list_kind list; /* feeds: of the front, a section, a label, a day … */
    struct span name;    /* section, label's slug, house page, asset's file name */
    struct span words;   /* search, suggestions; of PAGE_COMMENTS what is to be done with the one of
                            this name */
    bool of_search;      /* feeds: of a search */
    struct page_narrow narrow;
    story_id id;
    size_t page;                            /* 1, 2 …; sitemap shard number */
    int64_t day_ms;                         /* archive: local midnight as UTC of the civil day */
    const struct gone *gone;                /* PAGE_GONE */
    const struct comment_form *form;        /* PAGE_COMMENTS; NULL: nothing was written */
    const struct grievance_form *grievance; /* PAGE_GRIEVANCE; NULL: nothing was written */
    bool is_filing;                   /* PAGE_COMPLAINT, of number `id` and secret `words`: it was
                                         sent, and may not be there yet */
    bool nobody_moderates;            /* no comments are taken (clock.h: SLOT_UNATTENDED) */
    const struct page_filter *filter; /* NULL: nothing is asked */
};
struct page {
    int status;
    const char *content_type; /* static */
    struct span body;
    struct span canonical; /* path of the one right URL, where the ask has one */
    bool noindex;          /* X-Robots-Tag */
    bool no_store;         /* never cached (404s of the unknown, 410, search results …) */
    bool is_static;        /* an asset: long max-age, its name holds its hash */
    uint32_t keys[PRESS_KEYS_MAX];
    uint32_t key_count;
    story_id ids[PRESS_IDS_MAX]; /* every story whose words stand on the page, and each picture */
    uint32_t id_count;
    int64_t valid_until_ms;  /* the next instant at which these bytes would change; INT64_MAX */
    int64_t modified_ms;     /* Last-Modified, 0: none */
    struct span extra;       /* field lines of its own: "X-WP-Total: 7\r\n" */
    bool no_machines;        /* a licence keeps its words from crawlers that train machines */
    struct page_hosts hosts; /* besides our own; in the arena of the page */
    const char *differs_by;  /* the site's: the request's header on which the bytes depend, as well;
                                NULL: none */
};
/* Makes a page from the reader's open snapshot. ERR_ABSENT: there is no such page (the caller
 * answers 404); ERR_CORRUPT: a row was damaged. Everything lives in a. Thread-safe: a press is
 * const after press_open. */
enum result press_make(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out) CHECKED;
/* Does the story's page say what its licence wants, where a reader sees it: the credit, in the
 * licence's form where there is one, the disclaimer, each author of the byline, the dateline (where
 * it has any)? Is it kept from search engines? For audits. ERR_ABSENT: it is not public. */
struct press_sentences {
    bool credit, disclaimer, byline, dateline, noindex;
};
enum result press_story_says(const struct press *p, struct reader *r, struct arena *a, story_id id,
    struct press_sentences *out) CHECKED;
struct span press_asset_path(const struct press *p,
    const char *file); /* "/assets/style-3f2a….css" with the hash in the name */

/* Drafts of house pages (drafts.c), each with places to fill in, "[[…]]". index from 0; false:
 * there is no further one. language without drafts: English. */
struct press_draft {
    struct span name, title, html;
};
bool press_draft(struct span language, size_t index, struct press_draft *out);

enum coding { CODING_PLAIN, CODING_GZIP, CODING_BROTLI, CODINGS };
/* Compressed at publishing speed: gzip by libdeflate 6, brotli 5. The result may be empty when it
 * would not be smaller. Lives in a. */
struct span press_squeeze(struct arena *a, enum coding c, struct span body);

#endif
