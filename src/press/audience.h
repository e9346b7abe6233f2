/* audience.h: what a story's page and the frame say to readers as an audience. Private to press. */
#ifndef PRESS_OWN_AUDIENCE_H
#define PRESS_OWN_AUDIENCE_H

#include "frame.h"

/* follow.c: where the page's script tells how long it was seen; nothing where the site does not
 * measure. */
void measure_put(struct sheet *s, const struct view *v);
/* Links alone; nothing is loaded from where they lead. */
void follow_put(struct sheet *s);                      /* the publisher's channels, in the frame */
void share_put(struct sheet *s, const struct view *v); /* a row of links under a story */
void prefer_put(struct sheet *s);                      /* Google's preferred sources */
/* May Google make this site a preferred source: has it a public name, and is it all of it? */
bool prefer_fits(const struct press_site *site, struct span *host_out);

/* ads.c: what is in this place, and the page's policy opened for it. v: the story beside which it
 * stands; NULL: none. */
void ads_put(struct sheet *s, enum press_place place, const struct view *v);
/* A picture takes the room of its slot, whatever its own size: rules for the style sheet. */
void ads_rules(const struct press_site *site, struct buf *out);
/* The question whether the one script of others may run, and the policy opened for it. */
void tag_put(struct sheet *s);

/* support.c */
void support_put(struct sheet *s);
/* Is a story read without paying (schema.org's isAccessibleForFree)? Membership attaches here. */
bool support_is_free(const struct press_site *site, const struct view *v);

#endif
