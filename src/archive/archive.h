/* archive: what another site's export holds (WXR 1.0 to 1.2: RSS 2.0 with WordPress's elements),
 * one item at a time: which of it was public, the story that it becomes, and every address under
 * which it was known. Knows no ledger and writes nothing. Bad input is a reject with its line, or a
 * reason why an item is left out. No function here is for two threads at once on one arena. */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "base.h"
#include "story.h"
#include "text.h"

/* Limits of an export (docs/limits.md is made from this block). */
enum {
    WXR_ITEM_MAX = 8 << 20,    /* bytes of one item; larger ones are left out and named */
    WXR_DEPTH_MAX = 32,        /* elements in each other; an export needs 7 */
    WXR_LIST_MAX = 5000,       /* terms, meta values or comments of one item; more are dropped */
    WXR_NAMES_MAX = 200000,    /* authors, terms and attachments of a site that are remembered */
    WXR_SITE_BYTES = 256 << 20 /* memory for these */
};

struct wxr_term { /* <category domain= nicename=>: of a post */
    struct span domain, slug, name;
};
struct wxr_meta {
    struct span key, value;
};
struct wxr_comment {
    struct span id, author, text, date_gmt, approved, type;
};
/* One <item>. Its words live until the hook returns. */
struct wxr_item {
    struct span title, link, pub_date, creator, guid, content, excerpt;
    struct span id, date, date_gmt, modified_gmt, name, status, type, password, attachment_url,
        parent;
    struct wxr_term *terms;
    size_t term_count, term_cap;
    struct wxr_meta *meta;
    size_t meta_count, meta_cap;
    struct wxr_comment *comments;
    size_t comment_count, comment_cap;
    uint32_t line;
    bool too_large; /* over WXR_ITEM_MAX: what came later is missing */
};
/* What stands ahead of the items, and (after a first reading) the attachments. */
struct wxr_site {
    struct arena *a;
    struct span title, base, language, version;
    struct span front;   /* what every post's path begins with ("/archives"), and so its lists' */
    bool has_front;      /* a post has been seen: front counts */
    struct map *authors; /* login -> struct wxr_author */
    struct map *attachments; /* number -> struct wxr_attachment */
    struct map *files;       /* its URL -> the same */
    struct map *hung;        /* number of a post -> the first of those that hang on it */
    struct map *categories;  /* slug -> struct wxr_category */
    struct map *guids;       /* -> struct wxr_guid */
};
struct wxr_guid {
    struct span number; /* of the first post that has it */
    bool is_shared;     /* by several: names none of them */
};
struct wxr_attachment {
    struct span number, url, link, caption, alt;
    struct wxr_attachment *next; /* that hangs on the same post */
};
struct wxr_author {
    struct span number, login, name;
};
struct wxr_category {
    struct span number, slug, parent; /* parent: slug of the one above it */
};
struct wxr_hooks {
    /* Anything but OK ends the reading, which gives that. a: the item's own arena. */
    enum result (*item)(
        void *with, struct arena *a, const struct wxr_site *s, const struct wxr_item *item);
    void (*progress)(void *with, uint64_t done, uint64_t of); /* bytes; may be NULL */
    void *with;
};
/* Reads a file from its beginning to its end in memory bounded by one item and the lists of
 * wxr_site. site: empty before the first reading; may be given again. why_out lives in site->a.
 * ERR_CORRUPT: not well-formed, over a limit, or no export; why_out says where. ERR_ABSENT, ERR_IO:
 * errno. */
enum result wxr_read(const char *path, struct wxr_site *site, const struct wxr_hooks *hooks,
    struct reject *why_out) CHECKED;
struct wxr_site *wxr_site_new(void);
void wxr_site_free(struct wxr_site *s);

/* Was it public when the site was exported? NULL: yes, and since when; else the reason in words.
 * types: names of post types that may be, separated by commas. Only what is certainly public is:
 * an unknown status, a password, a date to come are reasons. */
const char *post_why_not(
    const struct wxr_item *i, struct span types, int64_t now_ms, int64_t *since_ms_out);
/* Values of plugins that kept an agency's own id with the post; empty: none. meta_key: one more
 * name to look under first, may be empty. */
struct span post_agency_guid(const struct wxr_item *i, struct span meta_key);
/* The story of a public post under this guid. Lives in a. */
struct story *post_story(struct arena *a, const struct wxr_site *s, const struct wxr_item *i,
    struct span guid, int64_t since_ms);
/* Adds the picture that leads the post, those in its text and those of its galleries, by their
 * URLs: the whole picture's, where the text shows one that WordPress has made smaller. */
void post_pictures(
    struct arena *a, struct story *s, const struct wxr_site *site, const struct wxr_item *i);
/* The addresses under which WordPress itself still leads to a post that was renamed or dated anew
 * (_wp_old_slug, _wp_old_date). At most max; returns how many. They live in a. */
size_t post_old_links(struct arena *a, const struct wxr_item *i, struct span *out, size_t max);
/* What WordPress makes of a login or name for an address (sanitize_title_with_dashes), in a. */
struct span wxr_slug(struct arena *a, struct span name);
/* The guid of a post that no agency has: WordPress's own where no other post of the export has it,
 * so that the same export, delivered as a wire's file, is the same story; else its number's. Lives
 * in a. */
struct span post_own_guid(struct arena *a, const struct wxr_site *s, const struct wxr_item *i);
/* Stands for this site and number alone. Lives in a. */
struct span post_number_guid(struct arena *a, const struct wxr_site *s, const struct wxr_item *i);

#endif
