/* plain: what the readers of plain text and of mail share: lines that say something of a text
 * instead of being a part of it. Private to wire. */
#ifndef WIRE_PLAIN_H
#define WIRE_PLAIN_H

#include "copy.h"

/* A text being read, perhaps below the header of a mail, whose fields count as its lines do. */
struct plain {
    struct arena *a;
    struct story *s;
    struct buf body;                 /* markup: orders first */
    struct span order;               /* the first order to kill or hold; empty: none */
    struct span id, version, status; /* as labels tell them, so that a second one is seen */
};
struct plain plain_of(struct arena *a, struct story *s);

enum label {
    LABEL_NONE,
    LABEL_HEADLINE,
    LABEL_SLUG,
    LABEL_BYLINE,
    LABEL_DATELINE,
    LABEL_EMBARGO,
    LABEL_EXPIRES,
    LABEL_URGENCY,
    LABEL_ID,
    LABEL_VERSION,
    LABEL_CREATED,
    LABEL_LANGUAGE,
    LABEL_COPYRIGHT,
    LABEL_CREDIT,
    LABEL_STATUS,
    LABEL_SUMMARY,
    LABEL_KEYWORDS,
    LABEL_USAGE,
    LABEL_NOTE,
    LABEL_CHANGE,
};
/* Which label a line begins with, and what stands behind its colon. */
enum label plain_label(struct span line, struct span *value_out);
/* Takes what a labelled line says; what is told twice and differently holds. */
void plain_take(
    struct plain *p, enum label label, struct span value, struct span whole, uint32_t line);
/* An order to kill or hold, a test, an embargo, a release: takes it; false: these are words of the
 * text. */
bool plain_say(struct plain *p, struct span words, uint32_t line);
/* The same of a headline, which stays one. */
void plain_hear(struct plain *p, struct span headline, uint32_t line);

/* Fills the story: labelled lines, embargo, headline (where it has none yet), byline, body, and
 * what is below its end for editors. true: lines of it say something of the text, so that another
 * form of the same text has them as paragraphs. Called once. */
bool plain_fill(struct plain *p, struct span text);

#endif
