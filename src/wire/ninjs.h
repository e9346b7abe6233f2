/* ninjs: what the readers of JSON share: keys, and the fields that most agencies name as ninjs
 * does. Private to wire. */
#ifndef WIRE_NINJS_H
#define WIRE_NINJS_H

#include "reader.h"

const struct json *nj_get(
    const struct json *object, const char *key); /* letter case ignored; NULL: none, or no object */
struct span nj_value(const struct json *v);      /* of a string or number; empty: neither */
struct span nj_text(const struct json *object,
    const char *keys); /* the first of the keys, parted by spaces, that says anything */
const struct json *nj_path(
    const struct json *v, const char *path); /* keys parted by spaces, each in the one before */
const struct json *nj_first(const struct json *list); /* NULL: empty, or no list */
bool nj_true(const struct json *object, const char *key);
uint32_t nj_pixels(struct span text); /* 0: not told */
struct span nj_main_value(
    const struct json *item, const char *single, const char *list, const char *role);
void nj_time(
    struct arena *a, struct story *s, const struct json *object, const char *key, struct when *out);
void nj_signals(struct arena *a, struct story *s,
    const struct json *item); /* may hold or cancel, never release */
void nj_signal(struct arena *a, struct story *s, const struct json *at, struct span code);
enum story_status nj_status(struct span code);
void nj_read_head(struct story *s, const struct json *item);
void nj_read_status(struct arena *a, struct story *s, const struct json *item);
void nj_read_urgency(struct arena *a, struct story *s, const struct json *item);
void nj_read_times(struct arena *a, struct story *s, const struct json *item);

/* ninjs_matters.c */
void ninjs_read_matters(struct arena *a, struct story *s,
    const struct json *item); /* subjects, keywords, notes, rights, links */
void nj_read_body(struct arena *a, struct story *s, const struct json *item);
struct html nj_body_of_nitf(struct arena *a, struct span text, struct span headline);
void nj_picture_usage(struct arena *a, struct picture *p, const struct json *item);
void ninjs_read_media(
    struct arena *a, struct story *s, const struct json *item); /* body, renditions, associations */
void ninjs_read_own(struct arena *a, struct story *s,
    const struct json *item); /* the broadsheet object of our own writer */

#endif
