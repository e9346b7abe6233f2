/* copy: what the readers of wire copy share: text that was made for a teleprinter or a screen, in
 * which everything but the words is said by the place of a line. Private to wire. */
#ifndef WIRE_COPY_H
#define WIRE_COPY_H

#include "reader.h"

/* Limits of one message (docs/limits.md is made from this block). */
enum {
    COPY_HEAD_LINES = 24, /* lines above the text: headline, take keys, byline, a correction */
    COPY_NOTES_MAX = 40,  /* blocks of a notebook that are kept as notes */
};

/* ---- the frame: SOH head STX text ETX trailer EOT, as both telegraphic formats have it ---- */
struct message {
    struct span head, slug, text, tail; /* the line behind SOH; up to STX; the text; behind ETX */
    uint32_t line, text_line;           /* where head and text begin */
    bool has_text, has_end;             /* STX, ETX are there */
    bool ended;                         /* EOT, or another message behind it */
    bool stray;                         /* behind its end stands what is no message */
    uint32_t after;                     /* where control characters are lost: the line behind it */
};
/* Says by what charset a story was read that told none, and holds what that may be wrong for. */
void copy_charset(struct arena *a, struct story *s, const struct raw *r, uint32_t line);
/* The next message of *rest, which moves behind it; before the first call line is 1. false: there
 * is no SOH, or something else than padding stands before the first. */
bool message_next(struct span *rest, struct message *m);
/* Holds a message of which the end has not come, and says by what charset it was read. time: reads
 * a trailer, with which a message without EOT is whole too. */
void message_finish(struct arena *a, struct story *s, const struct message *m, const struct raw *r,
    struct when (*time)(struct span line));

/* ---- lines ---- */
struct lines { /* walks a text by its line ends, CR LF, LF or CR */
    struct span rest;
    uint32_t number; /* of the line last given */
};
struct lines lines_of(struct span text, uint32_t first_number);
bool lines_next(
    struct lines *l, struct span *line_out); /* without its end; false: no more, and it is empty */
static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
struct span copy_word(struct span *rest); /* up to the next space; empty: no more */
bool line_is_blank(struct span line);     /* nothing but white space and controls */
struct span line_plain(struct arena *a, struct span line); /* without controls, folded */
/* Was the second line broken off the first because there was no more room in it? */
bool line_wraps(struct span line, struct span next);

/* ---- the lines above a text ---- */
struct copy_head {
    struct span part[COPY_HEAD_LINES]; /* lines, with what was broken or bracketed joined again */
    size_t count;
    struct buf last;  /* the last part, once another line was joined to it */
    struct span line; /* the last line of it */
    int depth;        /* brackets that are open in it */
};
void copy_head_add(struct arena *a, struct copy_head *h, struct span line);
bool copy_is_byline(struct span part); /* "By ", "Von ", "Par " … */

enum copy_place {
    COPY_KEY,  /* nothing but a take key: "1st Add", "KILL" */
    COPY_LINE, /* a line above the headline: words that are also ordinary ones count only in
                  capitals or brackets */
    COPY_NOTE, /* prose for editors: only in capitals */
};
/* What an agency says there: an update, a correction, not for use yet, not a story at all … Fills
 * signals, change note, kind, status, embargo; the words become a note. An order to kill or hold
 * makes the item a message to editors, for the desk to match (desk_notice): then true, and the
 * words belong in front of the body. */
bool copy_say(
    struct arena *a, struct story *s, struct span words, enum copy_place where, uint32_t line);
bool copy_is_order(
    struct arena *a, struct span words); /* to kill or hold, or a test, and in capitals */
bool copy_is_key(struct arena *a, struct span words); /* that, or "2ND ADD", "ADVISORY" */
/* Does prose to editors speak of an order, or of an embargo, in whatever letters? */
bool copy_warns(struct arena *a, struct span words, bool embargoes);
/* "EMBARGOED UNTIL …": the instant where it can be read, else unreadable; true: it is such a line.
 */
bool copy_embargo(struct arena *a, struct story *s, struct span words, uint32_t line);
bool copy_is_embargo(struct arena *a, struct span words);
void copy_hold(struct arena *a, struct story *s, uint32_t line, const char *why);

/* ---- the text ---- */
/* Appends paragraphs: blocks that blank lines part; where there are none, indented lines begin
 * them. Tables and lists keep their line ends. */
void copy_paragraphs(struct buf *markup, struct arena *a, struct span text);
/* One block, as a paragraph or as lines. */
void copy_block(struct buf *markup, struct arena *a, struct span block);

/* ---- identity and time ---- */
/* MADE_GUID and format, then the instant and the number; by the content where either is missing. */
struct span copy_guid(struct arena *a, const struct story *s, const char *format,
    struct span number, struct when time);
/* "131137 GMT Nov 13": day, hour and minute, perhaps a zone, month in one of the wires' languages,
 * year. */
struct when copy_time(struct span text);
/* ABSENT: no zone stands here; else what local time turns into by it. */
struct when copy_zoned(struct when local, struct span zone);

#endif
