/* reader: what the format readers of this floor share. Private to wire. */
#ifndef WIRE_READER_H
#define WIRE_READER_H

#include "wire.h"

/* Limits of one delivery (docs/limits.md is made from this block). */
enum {
    WIRE_ITEMS_MAX = 20000,      /* items in one delivery: the largest legal feed seen holds 500 */
    WIRE_BODY_RAW_MAX = 8 << 20, /* bytes of one item's markup before cleaning */
};

/* Every reader: root is the parsed document, out is empty and has its format. Items go in by
 * reader_accept and reader_refuse. */
void newsml_g2_read(struct arena *a, struct xml_node *root, struct wire_result *out);
void newsml_1_read(struct arena *a, struct xml_node *root, struct wire_result *out);
void rss_read(struct arena *a, struct xml_node *root, struct wire_result *out);
void atom_read(struct arena *a, struct xml_node *root, struct wire_result *out);
void nitf_read(struct arena *a, struct xml_node *root, struct wire_result *out);
void ritzau_read(struct arena *a, struct xml_node *root, struct wire_result *out);
void release_read(struct arena *a, struct xml_node *root, struct wire_result *out);
/* forgiven: what had to be mended before the document could be parsed; line 0: nothing. It becomes
 * a fault of every story. */
void ninjs_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out);
bool ninjs_is(const struct json *root);
void ap_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out);
bool ap_is(const struct json *root);
void dpa_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out);
bool dpa_is(const struct json *root);
void jsonfeed_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out);
bool jsonfeed_is(const struct json *root);
void connect_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out);
bool connect_is(const struct json *root);
void pa_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out);
bool pa_is(const struct json *root);
/* An entry of a list that is not of its neighbours' format: to the reader of its own, or refused.
 */
void wire_read_entry(
    struct arena *a, const struct json *entry, struct reject forgiven, struct wire_result *out);
/* A web page; false: it carries no article that a machine can read. */
bool page_read(struct arena *a, struct span markup, struct wire_result *out);

/* What came, for the formats that are bytes or lines from the first on. */
struct raw {
    struct span bytes; /* as they came */
    struct span text;  /* the same as UTF-8 */
    const char *guess; /* the charset that nobody told and that it was read as; NULL: none */
    bool unsure;       /* nothing in the text confirms that guess */
    bool told;         /* the feed's configuration names this very format */
    bool attached;     /* it came in a mail: no mail is looked for in it */
};
/* Is it this format? By content alone. Each fills out like the readers above. */
bool iptc7901_is(const struct raw *r);
void iptc7901_read(struct arena *a, const struct raw *r, struct wire_result *out);
bool anpa1312_is(const struct raw *r);
void anpa1312_read(struct arena *a, const struct raw *r, struct wire_result *out);
bool mail_is(const struct raw *r);
void mail_read(struct arena *a, const struct raw *r, struct wire_result *out);
bool plain_is(const struct raw *r);
void plain_read(struct arena *a, const struct raw *r, struct wire_result *out);
/* A file out of a mail: as wire_read, but no mail is looked for in it. charset: as
 * its part declares it, or empty. */
void wire_read_attached(
    struct arena *a, struct span bytes, struct span charset, struct wire_result *out);
/* json_mend.c: parses bytes, which become UTF-8, and mends what may be forgiven: forgiven_out is
 * the first of it, untouched where there is none. NULL: not well-formed, reject_out tells. Both
 * zero before. */
const struct json *wire_parse_json(
    struct arena *a, struct span *bytes, struct reject *forgiven_out, struct reject *reject_out);
/* guess.c: bytes of unknown charset as UTF-8: told, else a byte order mark, else UTF-16 by its
 * zeros, else UTF-8 where valid, else the likeliest; windows-1252 where nothing speaks for another.
 * guess_out as in struct raw. */
struct span wire_text(struct arena *a, struct span bytes, struct span told, const char **guess_out);
/* Is a text that was read by such a guess made of the letters of that charset's languages? */
bool wire_guess_holds(struct arena *a, struct span text, const char *guess);
/* The charset that a page itself names: <meta charset=…>, or in the older long form; or empty. */
struct span wire_page_charset(struct span page);
/* Names that a reader makes for items which carry none begin so; ninjs shows them apart. */
#define MADE_GUID "urn:broadsheet:"

/* Finishes the story and adds it; one without a usable guid becomes a refused item. */
void reader_accept(
    struct arena *a, struct wire_result *out, struct story *s, uint32_t line, uint32_t column);
void reader_refuse(
    struct arena *a, struct wire_result *out, uint32_t line, uint32_t column, const char *why);

/* XML by local name, letter case ignored: agencies misspell it. name NULL: any element. */
struct xml_node *kid(const struct xml_node *n, const char *name);
struct xml_node *kid_after(const struct xml_node *n, const char *name);
struct span kid_words(struct arena *a, const struct xml_node *n,
    const char *name); /* folded text of the first; empty: none */
/* The one so spelled before one that differs by letter case, in whatever order they stand. Empty:
 * none, or n is NULL. */
struct span node_attr(const struct xml_node *n, const char *name);
static inline bool node_is(const struct xml_node *n, const char *name)
{
    return n->name.n && (!name || span_eq_nocase(n->name, span_of(name)));
}
/* The next node in document order below top: into n's children, or past it; NULL at the end. No
 * recursion. */
struct xml_node *node_walk(const struct xml_node *top, const struct xml_node *n, bool into);

struct span code_local(
    struct span qcode); /* behind the first colon; behind the last slash of a URI */
struct span code_scheme(struct span qcode); /* before it; empty: none */
bool code_is_uri(struct span s);

/* An instant that two fields state: the same twice is one, two that differ are unreadable (never
 * the first). */
void when_merge(struct arena *a, struct story *s, struct when *into, struct when next,
    uint32_t line, uint32_t column, const char *what);

/* A status that several fields or spellings state: the same twice is one; two that differ are
 * unknown, and a kill wins. Before signals are read, which may hold or cancel whatever it is. */
void status_merge(struct arena *a, struct story *s, enum story_status next, struct span literal,
    uint32_t line, uint32_t column);

/* Another document whose state this one changes: an item of its own, without text. The state is
 * NITF's word for it. */
void reader_order(struct arena *a, struct wire_result *out, const struct story *by,
    struct span guid, enum story_status status, struct span literal, uint32_t line,
    uint32_t column);
/* What an agency's words on a version say of it ("ADDS quote", "Eds: CORRECTS spelling"): the
 * signal of that is added. */
void change_of_words(struct arena *a, struct story *s, struct span words);
/* An order at the head of words to editors, in capitals ("KILL: …"), holds what its status calls
 * usable: behind that. Words of an embargo are the desk's to find (E12). */
void order_of_words(struct arena *a, struct story *s, struct span words, uint32_t line);
uint32_t pixels_of(struct span text); /* a width or height; 0: not told, or no such number */
static inline bool kind_is_media(enum story_kind k)
{
    return k == KIND_PICTURE || k == KIND_GRAPHIC || k == KIND_VIDEO || k == KIND_AUDIO;
}
/* Without a name the item is known by what it says: a hash of headline, time and body. */
struct span guid_of_content(struct arena *a, const struct story *s, struct span time);

/* reader_body.c: markup of every sort to a clean body. */
struct html body_of_html(
    struct arena *a, struct span markup, struct span headline); /* a fragment or a whole document */
struct html body_of_text(struct arena *a, struct span text);    /* blank lines part paragraphs */
bool looks_like_markup(struct span text); /* it ends elements that a text of news may have */
struct html body_of_any(
    struct arena *a, struct span text, struct span headline); /* markup where it looks so */
/* The two for trees rename foreign elements in them to HTML's. subhead_out: the line under a
 * repeated headline, left out too. */
struct html body_of_xhtml(
    struct arena *a, struct xml_node *n, struct span headline, struct span *subhead_out);
struct html body_of_nitf(struct arena *a, struct xml_node *n);

#endif
