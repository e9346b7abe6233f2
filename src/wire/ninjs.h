/* ninjs: what the readers of JSON share: keys, and the fields that most agencies name as ninjs
 * does. Private to wire. */
#ifndef WIRE_NINJS_H
#define WIRE_NINJS_H

#include "reader.h"

enum {
    NJ_SPELLINGS_MAX = 8, /* of one key in one object, by letter case: agencies have two; more is
                             an attack, and what they say is not known */
};
/* Members whose keys differ by letter case only, the one with small letters first, then the others:
 * in whatever order they stand, for JSON's members have none (RFC 8259, 4). */
struct nj_spellings {
    const struct json *at[NJ_SPELLINGS_MAX];
    size_t count;
    bool too_many; /* there are more */
};
struct nj_spellings nj_spellings_of(const struct json *object, const char *key);

/* What agencies write where ninjs leaves a key out, and AP's and PA's word for a status. */
enum nj_ways { NJ_NULL_IS_NONE = 1, NJ_BLANK_IS_NONE = 2 /* and null */, NJ_EMBARGOED = 4 };

const struct json *nj_get(
    const struct json *object, const char *key); /* letter case ignored; NULL: none, or no object */
struct span nj_value(const struct json *v);      /* of a string or number; empty: neither */
struct span nj_text(const struct json *object,
    const char *keys); /* the first of the keys, parted by spaces, that says anything */
const struct json *nj_path(
    const struct json *v, const char *path); /* keys parted by spaces, each in the one before */
const struct json *nj_first(const struct json *list); /* NULL: empty, or no list */
/* One value or a list of them: for (k = nj_values(v, &many); k; k = many ? k->next : NULL). */
const struct json *nj_values(const struct json *v, bool *many);
struct span nj_code(const struct json *v); /* a text, or what names an object; empty: neither */
bool nj_true(const struct json *object, const char *key);
struct span nj_main_value(
    const struct json *item, const char *single, const char *list, const char *role);
/* Merges what every spelling of the key says (when_merge). ways: enum nj_ways. */
void nj_time(struct arena *a, struct story *s, const struct json *object, const char *key,
    unsigned ways, struct when *out);
void nj_signals(struct arena *a, struct story *s,
    const struct json *item); /* may hold or cancel, never release */
void nj_signal(struct arena *a, struct story *s, const struct json *at, struct span code);
void nj_hold(struct arena *a, struct story *s, const struct json *at, struct span code,
    const char *why); /* what is usable; a kill stays one */
enum story_status nj_status(struct span code);
void nj_read_head(struct story *s, const struct json *item);
/* Merges what every spelling of the key says (status_merge); what is no text is unknown. With
 * NJ_EMBARGOED the embargo's time is read before. */
void nj_read_status(
    struct arena *a, struct story *s, const struct json *item, const char *key, unsigned ways);
void nj_read_urgency(struct arena *a, struct story *s, const struct json *item);
void nj_read_times(struct arena *a, struct story *s, const struct json *item, unsigned ways);

typedef bool nj_is(const struct json *v);
typedef void nj_read(
    struct arena *a, const struct json *v, struct reject forgiven, struct wire_result *out);
/* It is, or an entry of it: of a list, bare or in a wrapper of those that agencies use. */
bool nj_holds(const struct json *root, nj_is *is);
/* Reads root where it is an item, else each entry; one that is not goes to wire_read_entry. */
void nj_read_items(struct arena *a, const struct json *root, struct reject forgiven,
    struct wire_result *out, nj_is *is, nj_read *read);

/* What our writer for partners made a URI of (write_ninjs.h): the wire's own name again. */
struct span nj_unwrap(struct arena *a, struct span uri);

/* ninjs_matters.c */
void ninjs_read_matters(struct arena *a, struct story *s,
    const struct json *item); /* subjects, keywords, notes, rights, links */
void nj_read_body(struct arena *a, struct story *s, const struct json *item);
struct html nj_body_of_nitf(struct arena *a, struct span text, struct span headline);
/* Terms, status, embargo and end of the right of a picture; it knows no time yet. */
void nj_picture_rights(
    struct arena *a, struct story *s, struct picture *p, const struct json *item, unsigned ways);
void ninjs_read_media(
    struct arena *a, struct story *s, const struct json *item); /* body, renditions, associations */
void ninjs_read_own(struct arena *a, struct story *s,
    const struct json *item); /* the broadsheet object of our own writer */

#endif
