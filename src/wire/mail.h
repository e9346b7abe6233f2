/* mail: a mail being read. Private to wire. */
#ifndef WIRE_MAIL_H
#define WIRE_MAIL_H

#include "mime.h"
#include "plain.h"

struct mail {
    struct arena *a;
    struct wire_result *out;
    struct mime_part *top;
    const struct mime_part *html, *plain; /* its text, in one form or two */
    struct story *s;
    struct plain p; /* fills s */
    size_t first;   /* out's first item that came in this mail */
    size_t files;   /* items that came out of attachments */
    int depth;      /* mails around it */
    bool answer;    /* of a machine, to a mail that it may carry: nothing of it is for readers */
};

/* Reads the text of the mail, of two forms of it the richer, unless lines of one say more than text
 * does: these would stand in the other as paragraphs. What either form says counts. Once. */
void mail_read_text(struct mail *m);
/* A text that becomes no story, plain or HTML: what it says of embargo, status and orders counts
 * for the mail. Another part says nothing. */
void mail_hear(struct mail *m, const struct mime_part *p);
/* Has it said nothing of embargo, status and orders? */
bool mail_says_nothing(const struct mail *m);
/* What a mail says counts for all that came in it. whole: it has an end, and nothing was left out.
 * After mail_read_text. */
void mail_cover(struct mail *m, bool whole);

#endif
