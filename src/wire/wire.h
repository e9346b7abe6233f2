/* wire: bytes <-> story, one file a format. Pure: no file, no clock, no network; runs in the cage.
 * Bad input gives faults or a reject. */
#ifndef WIRE_H
#define WIRE_H

#include "base.h"
#include "story.h"
#include "text.h"

enum wire_end {
    WIRE_STORIES, /* items are in the result (perhaps none: an empty feed) */
    WIRE_REJECT,  /* not well-formed, or over a limit: nothing is taken from it */
    WIRE_UNKNOWN, /* no reader knows this format */
};
struct wire_item {
    const struct story
        *story; /* NULL: this item was bad, reject says why; its neighbours stand (P8) */
    struct reject reject;
};
struct wire_result {
    enum wire_end end;
    const char *format; /* by its name in the registry: "newsml-g2", "nitf" …; NULL when unknown */
    struct reject reject;
    struct wire_item *items;
    size_t count, cap;
};
struct wire_hint {         /* what the transport knew; all may be empty */
    struct span charset;   /* of a Content-Type header: wins over the declaration */
    struct span format;    /* from the feed's configuration; empty: sniffed */
    struct span file_name; /* for messages only, never for detection */
};
/* Reads all items of one delivery. Everything lives in a. */
void wire_read(
    struct arena *a, struct span bytes, const struct wire_hint *hint, struct wire_result *out);

/* Writers. ninjs 3.0 as one line, the shape of `broadsheet read` (docs/formats/ninjs.md; faults in
 * broadsheet.faults). */
void wire_write_ninjs(struct buf *b, const struct story *s);
/* The same as a reader's answer: where the wire gave no identifier, uri is empty, and the name that
 * the reader made stands in broadsheet.guid alone. For `broadsheet read`. */
void wire_print_ninjs(struct buf *b, const struct story *s);
/* For partners: by IPTC's schema of ninjs 3.0 and nothing besides, so that any validator takes it:
 * no object of ours, times with a zone, words of its lists. What rules over publishing and cannot
 * be said in it makes the item withheld. */
void wire_convert_ninjs(struct buf *b, const struct story *s);
/* NULL, or why such an item is withheld there and not here ("its embargo has no instant"). */
const char *wire_ninjs_withholds(const struct story *s);
/* NewsML-G2 2.34 power newsMessage with a newsItem (or packageItem) for each story; for the
 * demonstration wire and for partners. */
void wire_write_newsml_g2(
    struct buf *b, const struct story *const *list, size_t count, int64_t sent_ms);
/* May a format that knows no status and no embargo tell of it? NULL, or why not ("it is canceled").
 */
const char *wire_may_be_read(const struct story *s);
/* The same of a picture of such a story: its file and its words. */
bool wire_picture_may_be_seen(const struct picture *p);
/* The body as other programs write one: a picture as <img>, an embed as a link, each in a <figure>;
 * all: pictures too that partners may not see. */
enum { WIRE_WRITE_BYTES = 32 << 20 /* of memory for one body; it grows to what is needed */ };
struct span wire_body(struct arena *a, const struct story *s, bool all);
/* One RSS 2.0 channel of stories that may be read so, for partners. */
void wire_write_rss(struct buf *b, const struct story *const *list, size_t count);
/* One such story as plain text: headline, byline, blocks. */
void wire_write_text(struct buf *b, struct arena *a, const struct story *s);

/* The registry: format names for configuration and help. */
size_t wire_format_count(void);
const char *wire_format_name(size_t i);

#endif
