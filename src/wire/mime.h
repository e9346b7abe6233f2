/* mime: a mail as a tree of parts (RFC 5322, RFC 2045 to 2047, RFC 2231). Private to wire. */
#ifndef WIRE_MIME_H
#define WIRE_MIME_H

#include "reader.h"

/* Limits of one mail (docs/limits.md is made from this block). */
enum {
    MIME_PARTS_MAX = 200, /* parts in all: a mail of pictures has some dozens */
    MIME_DEPTH_MAX = 16,  /* parts in parts: four are the most that programs make */
    MIME_HEAD_MAX =
        1 << 18, /* bytes of one part's header: long paths of Received are under 32 KB */
};

struct mime_part {
    struct span head, body; /* raw: the header's lines; what follows the empty line */
    struct span type;       /* in small letters: "text/plain", where nothing is told */
    struct span charset,
        name;           /* of text; of the file, by any of the ways to say it; may be empty */
    bool attached;      /* Content-Disposition: attachment */
    bool flowed, delsp; /* RFC 3676 */
    bool cut;           /* its multipart has no end: the mail was cut off on the way */
    struct mime_part *parent, *first, *next;
};
/* Parses bytes that begin with a header. Never NULL; what is over a limit is left out, and told in
 * *dropped_out. The tree points into bytes. */
struct mime_part *mime_parse(struct arena *a, struct span bytes, bool *dropped_out);
/* The next part in document order; NULL: no more. */
struct mime_part *mime_walk(const struct mime_part *top, struct mime_part *p);

/* The next line of *rest, CR LF or LF, without its end. */
struct span mime_next_line(struct span *rest);
/* Is there a header as mails have it: at least two fields of theirs, and nothing but fields? */
bool mime_is(struct span bytes);
/* The first field so named, unfolded, raw 8-bit bytes read by their likeliest charset; empty: none.
 */
struct span mime_field(struct arena *a, const struct mime_part *p, const char *name);
/* The next field of a part's head, as "Name: value" in one line, encoded words decoded; rest begins
 * as the head. false: no more. */
bool mime_next_field(struct arena *a, struct span *rest, struct span *line_out);
/* One field's value as text: encoded words (RFC 2047) decoded. */
struct span mime_text_field(struct arena *a, const struct mime_part *p, const char *name);
/* The body without its transfer encoding: base64 and quoted-printable; what is neither is skipped
 * or stands for itself. */
struct span mime_decode(struct arena *a, const struct mime_part *p);
/* The same as UTF-8, lines of format=flowed joined. guess_out as in struct raw. */
struct span mime_text(struct arena *a, const struct mime_part *p, const char **guess_out);

#endif
