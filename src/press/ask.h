/* ask: private to press. Lists as programs ask for them (api, wp-json): what a filter means, and
 * which stories it leaves. */
#ifndef PRESS_ASK_H
#define PRESS_ASK_H

#include "press_private.h"

enum {
    ASK_NAMES_MAX = 10, /* of sections, of tags: as one asks for some of them */
    ASK_ITEMS_MAX = 100 /* of one answer, with their bodies */
};
/* Within a list of names one is enough; else all must hold. */
struct ask {
    struct span sections[ASK_NAMES_MAX], tags[ASK_NAMES_MAX];
    size_t section_count, tag_count;
    struct span author, agency, language, words;
    int64_t since_ms, until_ms; /* of its publication, by which they are ordered then; 0 and
                                   INT64_MAX: no bound */
    bool nothing;               /* it names what no story has */
};
struct found {
    struct view *list; /* without bodies */
    size_t count;
    size_t total;  /* ask_page: of all pages; of a filter that no list has, at most 1,000 */
    bool more;     /* ask_from: there may be others behind the place below */
    int64_t at_ms; /* the last one's place, or of the last that was looked at */
    story_id at_id;
};
/* Page number `page` of `size` stories. */
enum result ask_page(const struct ask *q, size_t page, size_t size, struct reader *r,
    struct arena *a, struct found *out) CHECKED;
/* At most n stories behind a place, newest first. Looks at a bounded number of them: a page may be
 * short, or empty, and yet not the last. With words at_ms counts matches, and at_id is 0. */
enum result ask_from(const struct ask *q, int64_t at_ms, story_id at_id, size_t n, struct reader *r,
    struct arena *a, struct found *out) CHECKED;
/* "2026-01-23", "2026-01-23T10:00:00Z", without a zone in the site's. false: it is none. */
bool ask_instant(const struct press *p, struct span text, int64_t *out);

#endif
