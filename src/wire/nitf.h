/* nitf: what the files of the NITF reader share. Private to wire. */
#ifndef WIRE_NITF_H
#define WIRE_NITF_H

#include "reader.h"

struct nitf {
    struct arena *a;
    struct story *s;
    struct xml_node *root;
    const struct xml_node *head, *docdata, *body_head, *body;
    bool embargoed; /* a status says so */
};

/* The text below n without these elements and what they hold; names parted by spaces. Folded. */
struct span nitf_words(struct arena *a, const struct xml_node *n, const char *without);
/* The content of head/meta with one of these names (parted by spaces), letter case ignored. */
struct span nitf_meta(const struct nitf *g, const char *names);
/* The next element so named below top, behind n (NULL: the first). */
const struct xml_node *nitf_next(
    const struct xml_node *top, const struct xml_node *n, const char *name);

/* nitf_matters.c */
void nitf_read_head(struct nitf *g);    /* headline, slugline, byline, dateline … */
void nitf_read_matters(struct nitf *g); /* subjects, keywords, places, notes */
void nitf_read_media(struct nitf *g);

#endif
