/* feed: what the readers of RSS and Atom share. Private to wire. */
#ifndef WIRE_FEED_H
#define WIRE_FEED_H

#include "reader.h"

/* Modules by namespace. CORE: no namespace, or one of RSS's or Atom's own. */
enum feed_space { SPACE_CORE, SPACE_DC, SPACE_CONTENT, SPACE_MEDIA, SPACE_ATOM, SPACE_OTHER };
enum feed_space feed_space_of(const struct xml_node *n);

const struct xml_node *feed_kid(const struct xml_node *n, enum feed_space space, const char *name);
struct span feed_plain(
    struct arena *a, struct span markup); /* tags off, entities decoded, folded */
void feed_add_author(
    struct arena *a, struct story *s, struct span name); /* to the byline, behind a comma */
struct span feed_language(const struct xml_node *n);     /* the nearest xml:lang; empty: none */
struct when feed_time(struct span text);                 /* RFC 822 or ISO 8601 */
void feed_media(struct arena *a, struct story *s,
    const struct xml_node *item); /* media:content, media:thumbnail, groups */
void feed_add_file(
    struct arena *a, struct story *s, const struct xml_node *n, struct span href, struct span type);
/* A reference as it stands in n, made whole by xml:base (RFC 3986, 5.2); as written where none is
 * said. Lives in a. */
struct span feed_url(struct arena *a, const struct xml_node *n, struct span href);
/* Takes off what blog software hangs on texts, "The post … appeared first on …", and an abstract
 * that is but the body's beginning, cut off. */
void feed_without_tail(struct arena *a, struct story *s);

/* wxr.c: a WordPress export is RSS and more. trouble: why it is refused, or NULL. */
bool wxr_is(struct arena *a, const struct xml_node *channel, const char **trouble);
struct map *wxr_posts(struct arena *a, const struct xml_node *channel); /* by number */
/* Sets what the export says otherwise than RSS: after the rest of the item is read. */
void wxr_item(struct arena *a, struct story *s, const struct xml_node *item, struct map *posts);

#endif
