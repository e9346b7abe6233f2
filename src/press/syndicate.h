/* syndicate: private to press. What RSS, Atom and JSON Feed share: a channel of stories, and what
 * an item is made of, so that the three can only differ in form. */
#ifndef SYNDICATE_H
#define SYNDICATE_H

#include "press_private.h"

struct channel {
    const struct press *press;
    struct arena *a;
    struct span title, about;
    struct span self, home;    /* absolute: this feed, and the page that it goes with */
    const struct view *items;  /* with bodies; pictures: those that may be shown now */
    const struct parts *parts; /* of each item */
    size_t count;
    bool
        of_corrections; /* its items are corrections, not stories: the note, and where it belongs */
    const struct gone *deleted; /* what was in a feed of this site and is public no more */
    size_t deleted_count;
    uint32_t hub_count;  /* of the site's: none where the feed is not pinged */
    int64_t modified_ms; /* newest change of an item; 0: there is none */
};
struct span syndicate_rss(const struct channel *c);
struct span syndicate_atom(const struct channel *c);
struct span syndicate_jsonfeed(const struct channel *c);

/* The item's name for ever: a tag: URI (RFC 4151), the same in each format; neither a correction
 * nor a new slug changes it (C6). */
struct span item_name(const struct channel *c, const struct view *v);
struct span item_name_gone(const struct channel *c, const struct gone *g); /* it had */
int64_t item_published_ms(const struct channel *c, const struct view *v);
int64_t item_changed_ms(const struct channel *c, const struct view *v);
struct span item_summary(const struct channel *c, const struct view *v);
struct span item_url(const struct channel *c, const struct view *v);
/* Markup: what was corrected, the whole body, dateline and agency, the disclaimer (R4). */
struct span item_content(const struct channel *c, const struct view *v);
/* Names of the authors; where no byline is, the agency's. */
size_t item_authors(const struct channel *c, const struct view *v, struct span **out);
struct span item_section(const struct channel *c, const struct view *v); /* its title, or name */
struct item_picture {
    struct span url;
    uint32_t width; /* 0: there is no picture to show */
    const struct view_picture *of;
};
struct item_picture item_picture(const struct channel *c, const struct view *v);

#endif
