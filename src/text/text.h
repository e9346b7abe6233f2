/* text: the machinery of formats: XML, JSON, HTML, URLs, charsets, YAML, templates. Knows no news.
 * Bad input is never fatal here: each reader returns a reject with line and column. */
#ifndef TEXT_H
#define TEXT_H

#include "base.h"

/* Where and why bytes are refused. why is a static string or lives in the arena given. */
struct reject {
    uint32_t line, column; /* 1-based; 0: unknown */
    struct span why;       /* empty: nothing was refused */
};

/* ================= XML: a bounded tree, by expat where not all is plain =================
 * DOCTYPE with an internal subset that declares entities or attribute values is refused, external
 * things are never fetched, names are local (prefix cut off, namespace URI kept). */
struct xml_attr {
    struct span name;  /* local name */
    struct span space; /* namespace URI or empty */
    struct span value;
};
struct xml_node {
    struct span name;  /* local name; empty: this is a text node */
    struct span space; /* namespace URI or empty; of a prefix that nobody declared, the prefix */
    struct span text;  /* of a text node: entities decoded */
    struct xml_attr *attrs;
    uint32_t attr_count, line, column; /* 0: a text node */
    struct xml_node *parent, *first, *last, *next;
};
/* Parses one document (BOM, declared or sniffed charset: expat's own, others through
 * charset_to_utf8 first). NULL: refused, reject tells. */
struct xml_node *xml_parse(struct arena *a, struct span bytes, struct reject *reject_out);
struct xml_node *xml_child(
    const struct xml_node *n, const char *name); /* first child element so named, any namespace */
struct xml_node *xml_next(const struct xml_node *n,
    const char *name); /* next sibling element so named; name NULL: any element */
struct xml_node *xml_path(
    const struct xml_node *n, const char *path); /* "itemMeta/embargoed": first of each */
struct span xml_attr(const struct xml_node *n,
    const char *name); /* p NULL: not there (empty and there has p != NULL) */
struct span xml_text(
    struct arena *a, const struct xml_node *n); /* all text below, joined as it stands */
struct span xml_words(
    struct arena *a, const struct xml_node *n); /* the same with white space folded and trimmed */
/* Fold every run of white space (U+00A0 too) into one space and trim. */
struct span text_fold(struct arena *a, struct span s);

/* ================= JSON: a bounded tree by yajl; duplicate keys, lone surrogates, bad UTF-8 are
 * refused ================= */
enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};
struct json {
    enum json_type type;
    struct span key;           /* where it is a member */
    struct span text;          /* string: decoded; number: as written */
    struct json *first, *next; /* members or items in order */
    uint32_t count, line, column;
};
struct json *json_parse(
    struct arena *a, struct span bytes, struct reject *reject_out); /* NULL: refused */
const struct json *json_get(
    const struct json *object, const char *key); /* NULL: not there, or not an object */
struct span json_text(
    const struct json *object, const char *key); /* a string's or number's text; empty otherwise */
bool json_is_true(const struct json *object, const char *key);
/* Writers of JSON: append-only; they put the commas. */
struct json_out {
    struct buf *b;
    bool comma;
};
void json_open(struct json_out *o, const char *key,
    char bracket); /* key NULL in arrays and at the top; bracket { or [ */
void json_close(struct json_out *o, char bracket); /* } or ] */
void json_string(struct json_out *o, const char *key,
    struct span s); /* <, >, & and U+2028/9 are escaped: safe inside <script> */
void json_number(struct json_out *o, const char *key, int64_t v);
void json_bool(struct json_out *o, const char *key, bool v);
void json_null(struct json_out *o, const char *key);

/* ================= HTML ================= */
/* Cleans markup to the allow-list: p br h2 h3 h4 ul ol li blockquote table thead tbody tr th td
 * caption pre em strong sub sup a(href: http https mailto) dl dt dd hr, and div around loose text
 * inside another block (loose text at the top gets a p), so that the p are the source's. Linear: a
 * WHATWG tokenizer (raw text, RCDATA, comments) feeding a bounded stack. script style iframe form
 * svg math object figure header nav media (NITF) … and what they hold is dropped; other elements
 * are dropped and their content kept; b i become strong em; h1 becomes h2. Every link gets
 * rel="nofollow noopener". td and th keep colspan and rowspan. What shows nothing is left out.
 * Cleaning the result again gives the same bytes. At most 2 MB come out. Never fails; what is over
 * a limit is cut. */
struct html html_clean(struct arena *a, struct span markup);
/* The same of a story's text: pictures and known embeds leave a figure (below) where they stood, in
 * or out of <figure>; a quotation that is a post stays, with the embed behind it. Without the
 * elements that have one of the classes (letter case ignored; the list ends with NULL), and without
 * what they hold; to the end of markup where such an element has none. */
struct html html_clean_story(struct arena *a, struct span markup, const char *const *classes);
/* The same from an XML tree (XHTML, NITF block content: hl1 hl2 bq block …): children of n. skip,
 * where given, returns true for an element to leave out with all below. */
struct html html_clean_xml(struct arena *a, const struct xml_node *n,
    bool (*skip)(const struct xml_node *, void *), void *with);
/* Plain text of markup: blocks (p h1-6 li td th tr table pre div section blockquote br dd dt …) are
 * separated by one space, inline elements add nothing, white space folded; script and style left
 * out. */
struct span html_to_text(struct arena *a, struct span markup);
struct span html_plain(struct arena *a, struct html h); /* the same of cleaned markup, sooner */
/* Text of cleaned markup with its lines: paragraphs parted by an empty one, list items behind "- ",
 * cells by " | ", quotations behind "> ". */
struct span html_lines(struct arena *a, struct html h);
struct html html_text(
    struct arena *a, struct span text); /* escapes text for element content and quoted attributes */
void html_put(struct buf *b, struct span text); /* the same, appended */
bool html_has_text(struct html h);              /* anything a reader would see? */
struct span entities_decode(struct arena *a,
    struct span s); /* &amp; &#8217; &nbsp; … : HTML5's named and numeric references */
/* Cuts cleaned markup into its top-level blocks: returns the next block and moves *rest; n 0 at the
 * end. */
struct html html_next_block(struct html *rest);
struct html html_join(struct arena *a, const struct html *parts, size_t n);
/* Elements around parts of cleaned markup's text. of: bytes of h without a tag in them; parts stand
 * in order, an outer one before those in it. Element and attribute are ours; the value is escaped.
 */
struct html_part {
    struct span of;
    const char *element, *attribute; /* "time", "datetime" */
    struct span value;
};
struct html html_parts(struct arena *a, struct html h, const struct html_part *list, size_t n);
/* The text at the head of a cleaned paragraph up to its first tag, escaped as it stands there. A
 * part of block. Empty: it is no paragraph. */
struct span html_first_text(struct html block);
/* Takes text off the end of a cleaned paragraph in which other text is left. false: it does not end
 * so, or consists of it. */
bool html_cut_end(struct arena *a, struct html *block, struct span text);
/* A body's headings begin at h2 and leave no level out, whatever the wire began with: pages have
 * one h1, and who hears a page goes by levels. */
struct html html_headings(struct arena *a, struct html h);
/* What WordPress makes of a post when it shows it (wpautop): paragraphs at blank lines, no orders
 * in square brackets, no block comments. Markup still to be cleaned. */
struct span post_markup(struct arena *a, struct span content);
/* "…/ferry-300x200.jpg" -> "…/ferry.jpg", "…/ferry-scaled.jpg" -> "…/ferry.jpg": false: it is none
 * that WordPress has made of another. *out lives in a. */
bool post_original(struct arena *a, struct span url, struct span *out);
/* JSON as json_out wrote it (without any "<", else it is a bug of ours) in <script
 * type="application/ld+json">. */
struct html html_script_json(struct arena *a, struct span json);
/* A style sheet or a script of the theme's in a page, element "style" or "script"; only bytes that
 * html_may_stand says yes to: those that cannot end the element (HTML 13.2.5.2, 13.2.5.4). */
bool html_may_stand(struct span code);
struct html html_code(struct arena *a, const char *element, struct span code);

/* ================= words struck out (strike.c) =================
 * Of text, and of cleaned markup, across its inline elements; each place becomes STRIKE_MARK. Found
 * without regard to case, accents, width and kinds of white space, hyphens and quotation marks; in
 * scripts with capitals only as whole words. Links whose address says the words lose it. What holds
 * none of them is given back as it is. */
#define STRIKE_MARK "[\xE2\x80\xA6]" /* […] */
struct span text_strike(struct arena *a, struct span s, const struct span *words, size_t n);
struct html html_strike(struct arena *a, struct html h, const struct span *words, size_t n);
/* Are there enough letters to look for: two? */
bool strike_fits(struct arena *a, struct span words);
bool strike_same(struct arena *a, struct span x, struct span y); /* they strike the same */
/* Does a URL, a path or a slug say one of these, its parts taken for words? */
bool strike_in_address(struct arena *a, struct span address, const struct span *words, size_t n);

/* ================= words compared (diff.c) ================= */
struct diff_run { /* tokens that stand in both, in the old one only, or in the new one only */
    enum diff_kind { DIFF_SAME, DIFF_OUT, DIFF_IN } kind;
    uint32_t from, count; /* SAME and IN: of the new; OUT: of the old */
};
enum { DIFF_WORK_MAX = 1 << 20 }; /* comparisons of two words: some 3 ms */
/* The shortest edit from old to new (Myers 1986), in space linear in their length. Tokens are equal
 * where their numbers are. false: they differ by more than DIFF_WORK_MAX comparisons can tell; the
 * list is empty. */
bool diff_tokens(struct arena *a, const uint32_t *old, uint32_t old_count, const uint32_t *new,
    uint32_t new_count, struct diff_run **out, size_t *count_out);
/* Cuts text at its spaces; the words of both texts get numbers from one map, equal words the same.
 */
struct diff_words {
    struct span *words;
    uint32_t *numbers, count;
};
void diff_cut(struct arena *a, struct map *known, struct span text, struct diff_words *out);

/* ================= pictures and embeds in a text =================
 * Where one stood, cleaned markup has a block without text, at its top level:
 * <figure data-picture="NAME"></figure>, with data-alt and data-caption until story_finish has said
 * whose it is, or <figure data-embed="ADDRESS"></figure>. Nothing of it is shown by itself, and
 * texts made of markup pass over it. */
struct html_figure {
    bool is_embed;
    struct span name; /* a picture's source or name; an embed's address in its one spelling */
    struct span alt, caption; /* of a picture, as they stood there */
};
bool html_figure_of(struct arena *a, struct html block, struct html_figure *out);
/* A picture's source or name as a figure keeps it: white space folded, its length bounded. */
struct span html_figure_name(struct arena *a, struct span name);
void html_put_figure(struct buf *b, const struct html_figure *f);
/* h with, for each of its figures, what replace gives: itself, another block or nothing. Without
 * figures h as it is. */
struct html html_figures(struct arena *a, struct html h,
    struct html (*replace)(void *, struct html block, const struct html_figure *), void *with);

enum embed_kind { EMBED_VIDEO, EMBED_POST, EMBED_SOUND, EMBED_CHART };
struct embedded {
    const char *provider; /* "YouTube" */
    enum embed_kind kind;
    struct span page;  /* where people look at it; the one spelling that is kept */
    struct span frame; /* what a frame would load */
    struct span host;  /* of frame */
};
/* false: no address of a known provider (embed.c has the table). */
bool embed_of(struct arena *a, struct span address, struct embedded *out);

/* ================= URLs (WHATWG-like, strict) ================= */
struct url {
    struct span scheme, host, port, path, query,
        fragment; /* scheme and host in lower case; path at least "/" */
};
bool url_parse(struct arena *a, struct span s,
    struct url *out); /* absolute http, https only; refuses control characters, user info, spaces */
struct span url_escape(
    struct arena *a, struct span s); /* a path segment or query value: RFC 3986 unreserved kept */
bool url_unescape(struct arena *a, struct span s, bool plus_is_space,
    struct span *out); /* false: bad escape, or not UTF-8, or NUL */
bool url_is_safe_link(
    struct span s); /* http, https or mailto after removing white space and controls; for href */
/* Path of a request: decoded, no dot segments, no //, no backslash, no control character. false:
 * refuse it. */
bool url_clean_path(struct arena *a, struct span raw, struct span *out);

/* ================= charsets ================= */
/* To UTF-8 by label (WHATWG names; Latin-1 means windows-1252). Bytes that already are valid UTF-8
 * with non-ASCII in them are kept although declared otherwise. Single-byte sets and UTF-16 by own
 * tables (works in the cage); others through iconv opened by charset_prepare. */
bool charset_to_utf8(struct arena *a, struct span bytes, struct span label, struct span *out);
void charset_prepare(void); /* opens the converters; call before the cage closes */
struct span charset_sniff(
    struct span bytes); /* BOM, or the XML declaration's encoding; empty: none */
/* Latin letters for a URL: NFKD, marks off, letters of Cyrillic, Greek, Devanagari, Arabic …
 * transliterated, lower case, words joined by "-", only [a-z0-9-], at most max characters, cut at a
 * word. Empty where nothing is left. */
struct span text_slug(struct arena *a, struct span s, size_t max);
/* Folded for searching and comparing: NFKC, case folded, white space folded. */
struct span text_casefold(struct arena *a, struct span s);
/* Its words, folded like that, with one space between them; all other marks are gaps. Vowel signs
 * and stretchings of Arabic, and what shows nothing, are left out (words.c). */
struct span text_words(struct arena *a, struct span s);
/* Does the phrase stand in the words, both from text_words? In scripts with capitals as whole
 * words, in others also within longer ones. An open end may be inside a word anywhere. */
bool text_has_words(struct span words, struct span phrase, bool open_head, bool open_tail);
/* Removes control characters other than tab and newline, bidi overrides (U+202A-E, U+2066-9) and
 * noncharacters. */
struct span text_plain(struct arena *a, struct span s);
bool text_is_rtl(struct span s); /* by the first strong letter */

/* ================= e-mail addresses (mailbox.c) ================= */
/* Exactly one, of plain ASCII, as SMTP takes it: name@domain, 254 bytes at most (RFC 5321). */
bool text_is_mailbox(struct span s);
/* Of one: in small letters and without what stands behind a plus, for many servers give all of
 * those to one person. For counting, never for sending. */
struct span text_mailbox_owner(struct arena *a, struct span mailbox);

/* ================= YAML: a strict tree by libyaml; no anchors, tags, aliases or duplicate keys
 * ================= */
enum yaml_type { YAML_TEXT, YAML_LIST, YAML_MAP };
struct yaml {
    enum yaml_type type;
    struct span key;  /* where it is a member */
    struct span text; /* of a scalar */
    bool quoted;      /* the scalar stood in quotes */
    uint32_t line, column, key_line, key_column;
    struct yaml *first, *next;
};
struct yaml *yaml_parse_text(struct arena *a, struct span bytes,
    struct reject *reject_out); /* NULL: refused. An empty file is an empty map */
const struct yaml *yaml_get(const struct yaml *map, const char *key);

/* ================= templates: Mustache-like, compiled once =================
 * {{name}} escaped text; {{{name}}} only where the value is html; {{#name}}…{{/name}} list, record
 * or "is not empty"; {{^name}}…{{/name}} empty;
 * {{>partial}}; {{.}} the item itself; {{! comment }}. Unknown partial, unclosed section: a reject
 * with line and column at load. A tag that writes nothing and stands alone on its line takes the
 * line with it. Partials go 16 deep at most. */
enum value_kind { VALUE_NONE, VALUE_TEXT, VALUE_HTML, VALUE_RECORD, VALUE_LIST };
struct value {
    enum value_kind kind;
    struct span text;      /* TEXT, HTML */
    struct record *record; /* RECORD */
    struct value *items;   /* LIST */
    size_t count, cap;
};
struct record; /* names -> values; a name not found is looked for in the record around it. Names,
                  texts: not copied */
struct record *record_new(struct arena *a);
void record_text(
    struct record *r, const char *name, struct span s); /* an empty span counts as empty */
void record_html(struct record *r, const char *name, struct html h);
void record_flag(
    struct record *r, const char *name, bool on); /* on: a section without content of its own */
struct record *record_in(struct record *r, const char *name); /* a record below */
struct record *record_item(
    struct record *r, const char *name); /* appends a record to the list so named */
void record_item_text(
    struct record *r, const char *name, struct span s); /* appends a text to the list so named */

struct templates; /* a set, so that partials find each other */
struct templates *templates_new(struct arena *a);
bool templates_add(struct templates *t, const char *name, struct span source,
    struct reject *reject_out); /* copies; the name again: replaces */
bool templates_link(struct templates *t, struct reject *reject_out,
    const char **name_out); /* after the last add: every partial is there */
struct html template_render(const struct templates *t, const char *name, const struct record *r,
    struct arena *a); /* thread-safe */

/* ---- counted words (plural.c): Unicode CLDR's cardinal categories (UTS #35 part 3) ---- */
enum plural { PLURAL_ZERO, PLURAL_ONE, PLURAL_TWO, PLURAL_FEW, PLURAL_MANY, PLURAL_OTHER, PLURALS };
/* The category of the whole number n in a language ("ru", "pt-PT": by BCP 47, what follows the
 * first "-" counts only where CLDR tells it apart). A language without a rule: OTHER, as CLDR's
 * root. Thread-safe. */
enum plural plural_of(struct span language, uint64_t n);
bool plural_is_known(struct span language); /* it has a rule, maybe the empty one */
const char *plural_name(enum plural p);     /* "few"; static */

/* ---- lines with places in them (form.c) ---- */
struct form_place {
    const char *name;
    struct span with; /* empty: what stands in square brackets around the place is left out */
};
/* "{agency}[ / {byline}]" filled in. Lives in a. */
struct span form_fill(struct arena *a, struct span form, const struct form_place *list, size_t n);
/* true: it has a place of another name, which what_out shows. */
bool form_mistake(struct span form, const char *const *names, size_t n, struct span *what_out);

#endif
