/* ninjs: what the files of the ninjs reader share. Private to wire. */
#ifndef WIRE_NINJS_H
#define WIRE_NINJS_H

#include "reader.h"

const struct json *nj_get(
    const struct json *object, const char *key); /* letter case ignored; NULL: none, or no object */
struct span nj_value(const struct json *v);      /* of a string or number; empty: neither */
struct span nj_text(const struct json *object,
    const char *keys); /* the first of the keys, parted by spaces, that says anything */
struct span nj_main_value(
    const struct json *item, const char *single, const char *list, const char *role);
void nj_time(
    struct arena *a, struct story *s, const struct json *object, const char *key, struct when *out);
void nj_signals(struct arena *a, struct story *s,
    const struct json *item); /* may hold or cancel, never release */
enum story_status nj_status(struct span code);

/* ninjs_matters.c */
void ninjs_read_matters(struct arena *a, struct story *s,
    const struct json *item); /* subjects, keywords, notes, rights, links */
void ninjs_read_media(
    struct arena *a, struct story *s, const struct json *item); /* body, renditions, associations */
void ninjs_read_own(struct arena *a, struct story *s,
    const struct json *item); /* the broadsheet object of our own writer */

#endif
