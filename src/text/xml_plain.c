/* xml_plain: the XML that wires send, read in one pass. Takes only what it knows for certain to be
 * well-formed: no document type with a subset, no processing instruction, names in ASCII, the five
 * entities of XML and numbers. Whatever else comes, and whatever is wrong, is expat's to judge
 * (xml.c); xml_plain_test.c holds that both make the same tree. Never reads behind the NUL that
 * stands at the end of its own copy; never recurses; nothing is fatal. */
#include <string.h>

#include "xml_build.h"

enum {
    ATTRS_MAX = 32, /* more is no wire's */
    DIGITS_MAX = 8, /* of a character by its number */
};

/* What a byte is to the loops below; each ends at a NUL. */
enum { NAME_FIRST = 1, NAME_NEXT = 2, TEXT_ENDS = 4, VALUE_ENDS = 8, WHITE = 16 };
enum { LETTER = NAME_FIRST | NAME_NEXT };
#define FIVE(c, kind)                                                                              \
    [c] = (kind), [(c) + 1] = (kind), [(c) + 2] = (kind), [(c) + 3] = (kind), [(c) + 4] = (kind)
static const unsigned char kinds[256] = {
    ['\0'] = TEXT_ENDS | VALUE_ENDS,
    ['\t'] = WHITE | VALUE_ENDS,
    ['\n'] = WHITE | VALUE_ENDS,
    ['\r'] = WHITE | TEXT_ENDS | VALUE_ENDS,
    [' '] = WHITE,
    ['"'] = VALUE_ENDS,
    ['\''] = VALUE_ENDS,
    ['&'] = TEXT_ENDS | VALUE_ENDS,
    ['<'] = TEXT_ENDS | VALUE_ENDS,
    [']'] = TEXT_ENDS,
    ['-'] = NAME_NEXT,
    ['.'] = NAME_NEXT,
    [':'] = LETTER,
    ['_'] = LETTER,
    FIVE('0', NAME_NEXT),
    FIVE('5', NAME_NEXT),
    ['A'] = LETTER,
    FIVE('B', LETTER),
    FIVE('G', LETTER),
    FIVE('L', LETTER),
    FIVE('Q', LETTER),
    FIVE('V', LETTER),
    ['a'] = LETTER,
    FIVE('b', LETTER),
    FIVE('g', LETTER),
    FIVE('l', LETTER),
    FIVE('q', LETTER),
    FIVE('v', LETTER),
};

struct plain {
    struct xml_build tree;
    const char *head, *at;           /* the copy, and how far it is read */
    char *to;                        /* where the next text or value goes */
    char *text;                      /* the one that waits for the next tag begins here */
    struct span open[XML_DEPTH_MAX]; /* the names of the open elements, as written */
};

static bool is(const char *p, int kind)
{
    return kinds[(unsigned char)*p] & kind;
}

static bool starts(const char *p, struct span with)
{
    return strncmp(p, with.p, with.n) == 0;
}

static bool skip_white(struct plain *r)
{
    const char *from = r->at;
    while (is(r->at, WHITE)) r->at++;
    return r->at > from;
}

/* The next byte c, or NULL. */
static const char *next(const char *p, const char *end, char c)
{
    return memchr(p, c, (size_t)(end - p));
}

/* Are all its characters XML's, and each CR one of CR LF? */
static bool is_text(struct span s)
{
    unsigned odd = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        odd |= (c < ' ') & (c != '\n') & (c != '\t') & (c != '\r');
    }
    if (odd || !utf8_valid(s)) return false;
    const char *end = s.p + s.n;
    for (const char *p = s.p; (p = next(p, end, '\r')) != NULL; p++)
        if (p + 1 == end || p[1] != '\n') return false;
    for (const char *p = s.p; (p = next(p, end, '\xEF')) != NULL; p += 3) /* U+FFFE, U+FFFF */
        if (p[1] == '\xBF' && (p[2] == '\xBE' || p[2] == '\xBF')) return false;
    return true;
}

static struct span take_name(struct plain *r)
{
    const char *from = r->at;
    if (is(r->at, NAME_FIRST))
        while (is(r->at, NAME_NEXT)) r->at++;
    return (struct span){from, (size_t)(r->at - from)};
}

/* ---- references ---- */

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9') return (unsigned)(c - '0');
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

static bool is_char(uint32_t c)
{
    if (c < ' ') return c == '\t' || c == '\n' || c == '\r';
    return c < 0xD800 || (c > 0xDFFF && c < 0xFFFE) || (c > 0xFFFF && c <= 0x10FFFF);
}

/* "&#65;" or "&#x41;", behind "&#". */
static bool take_number(struct plain *r)
{
    unsigned base = *r->at == 'x' ? 16 : 10, digit;
    uint32_t c = 0;
    if (base == 16) r->at++;
    const char *from = r->at;
    for (; (digit = digit_of(*r->at)) < base && r->at - from < DIGITS_MAX; r->at++)
        c = c * base + digit;
    if (r->at == from || *r->at++ != ';' || !is_char(c)) return false;
    struct buf b = {.p = r->to, .cap = DIGITS_MAX};
    buf_utf8(&b, c);
    r->to += b.n;
    return true;
}

static bool take_reference(struct plain *r)
{
    static const struct {
        struct span name;
        char meaning;
    } own[] = {{SPAN("amp;"), '&'}, {SPAN("lt;"), '<'}, {SPAN("gt;"), '>'}, {SPAN("quot;"), '"'},
        {SPAN("apos;"), '\''}};
    if (*++r->at == '#') {
        r->at++;
        return take_number(r);
    }
    for (size_t i = 0; i < COUNT(own); i++) {
        if (!starts(r->at, own[i].name)) continue;
        *r->to++ = own[i].meaning;
        r->at += own[i].name.n;
        return true;
    }
    return false;
}

/* ---- elements ---- */

static void put(struct plain *r, const char *from, const char *end)
{
    memcpy(r->to, from, (size_t)(end - from));
    r->to += end - from;
}

/* An attribute's value with its quotes; white space in it becomes a space (XML 1.0, 3.3.3). */
static bool take_value(struct plain *r, struct span *out)
{
    char quote = *r->at++;
    char *start = r->to;
    if (quote != '"' && quote != '\'') return false;
    for (;;) {
        const char *from = r->at;
        while (!is(r->at, VALUE_ENDS)) r->at++;
        put(r, from, r->at);
        char c = *r->at;
        if (c == quote) break;
        if (c == '\0' || c == '<') return false;
        if (c == '&') {
            if (!take_reference(r)) return false;
            continue;
        }
        if (c != '\r') *r->to++ = is(r->at, WHITE) ? ' ' : c;
        r->at++;
    }
    r->at++;
    *out = (struct span){start, (size_t)(r->to - start)};
    *r->to++ = '\0';
    return true;
}

struct attrs {
    struct span names[ATTRS_MAX], values[ATTRS_MAX];
    size_t count;
};

static bool take_attr(struct plain *r, struct attrs *attrs)
{
    struct span name = take_name(r);
    if (!name.n || attrs->count == ATTRS_MAX) return false;
    for (size_t i = 0; i < attrs->count; i++)
        if (span_eq(attrs->names[i], name)) return false;
    skip_white(r);
    if (*r->at++ != '=') return false;
    skip_white(r);
    attrs->names[attrs->count] = name;
    return take_value(r, &attrs->values[attrs->count++]);
}

static void attrs_add(struct plain *r, struct xml_node *n, const struct attrs *attrs)
{
    if (attrs->count) n->attrs = arena_room(r->tree.a, sizeof *n->attrs * attrs->count);
    for (size_t i = 0; i < attrs->count; i++) {
        struct xml_name name = xml_name_cut(attrs->names[i]);
        xml_attr_add(&r->tree, n, &name, attrs->values[i]);
    }
}

static bool text_end(struct plain *r)
{
    if (r->to == r->text) return true;
    struct xml_node *n = xml_node_add(&r->tree);
    if (!n) return false;
    n->text = (struct span){r->text, (size_t)(r->to - r->text)};
    *r->to++ = '\0';
    return true;
}

static void place_set(struct plain *r, struct xml_node *n, const char *at)
{
    place_move(&r->tree.place, (size_t)(at - r->head));
    n->line = r->tree.place.lines + 1;
    n->column = r->tree.place.columns + 1;
}

static bool take_start(struct plain *r)
{
    const char *from = r->at++;
    struct attrs attrs;
    attrs.count = 0; /* the rest is not worth a thousand zeros a tag */
    struct span written = take_name(r);
    if (!written.n || r->tree.depth == XML_DEPTH_MAX) return false;
    struct xml_node *n = xml_node_add(&r->tree);
    if (!n) return false;
    r->open[r->tree.depth++] = written;
    for (bool white; (white = skip_white(r)), *r->at != '>' && *r->at != '/';)
        if (!white || !take_attr(r, &attrs)) return false;
    struct xml_name name = xml_name_cut(written);
    n->name = name.local;
    place_set(r, n, from);
    attrs_add(r, n, &attrs);
    xml_spaces_find(&r->tree, n, name.prefix);
    r->tree.in = n;
    if (*r->at == '/') {
        r->at++;
        xml_node_end(&r->tree);
    }
    return *r->at++ == '>';
}

static bool take_end(struct plain *r)
{
    struct span written = r->open[r->tree.depth - 1];
    r->at += 2;
    if (!starts(r->at, written)) return false;
    r->at += written.n;
    skip_white(r);
    xml_node_end(&r->tree);
    return *r->at++ == '>';
}

/* ---- what stands between tags ---- */

/* No "--" stands in a comment (XML 1.0, 2.5). */
static bool take_comment(struct plain *r)
{
    const char *end = strstr(r->at + 4, "--");
    if (!end || end[2] != '>') return false;
    r->at = end + 3;
    return true;
}

/* CR LF is LF. */
static void put_lines(struct plain *r, const char *from, const char *end)
{
    for (const char *cr; (cr = next(from, end, '\r')) != NULL; from = cr + 1) put(r, from, cr);
    put(r, from, end);
}

static bool take_cdata(struct plain *r)
{
    const char *from = r->at + 9, *end = strstr(from, "]]>");
    if (!end) return false;
    put_lines(r, from, end);
    r->at = end + 3;
    return true;
}

static bool take_text(struct plain *r)
{
    const char *from = r->at;
    while (!is(r->at, TEXT_ENDS)) r->at++;
    put(r, from, r->at);
    if (*r->at == '&') return take_reference(r);
    if (*r->at == ']') {
        if (starts(r->at, S("]]>"))) return false;
        *r->to++ = ']';
        r->at++;
    }
    if (*r->at == '\r') r->at++;
    return true;
}

/* From the top element's tag to its end. */
static bool take_element(struct plain *r)
{
    bool good = take_start(r);
    for (r->text = r->to; good && r->tree.depth;) {
        if (*r->at == '\0') return false;
        if (*r->at != '<') {
            good = take_text(r);
        } else if (starts(r->at, S("<!--"))) {
            good = take_comment(r);
        } else if (starts(r->at, S("<![CDATA["))) {
            good = take_cdata(r);
        } else {
            good = text_end(r) && (r->at[1] == '/' ? take_end(r) : take_start(r));
            r->text = r->to;
        }
    }
    return good;
}

/* ---- what stands before and behind ---- */

static bool take_word(struct plain *r, struct span word)
{
    if (!starts(r->at, word)) return false;
    r->at += word.n;
    return true;
}

static bool take_quote(struct plain *r, char *quote_out)
{
    *quote_out = *r->at++;
    return *quote_out == '"' || *quote_out == '\'';
}

static bool take_quoted(struct plain *r, struct span value)
{
    char quote;
    return take_quote(r, &quote) && take_word(r, value) && *r->at++ == quote;
}

/* A charset's name (XML 1.0, 4.3.3): begins with a letter, has no colon. */
static bool take_label(struct plain *r)
{
    char quote;
    if (!take_quote(r, &quote) || *r->at == '_') return false;
    struct span label = take_name(r);
    return label.n && span_find_char(label, ':') < 0 && *r->at++ == quote;
}

/* A value in quotes, behind white space: letters, digits, and what names and addresses have. */
static bool take_literal(struct plain *r)
{
    char quote;
    if (!skip_white(r) || !take_quote(r, &quote)) return false;
    while (is(r->at, NAME_NEXT) || (*r->at && strchr(" /+(),=?;#%", *r->at))) r->at++;
    return *r->at++ == quote;
}

/* <?xml version="1.0" encoding="…" standalone="…"?>, the last two where they are: which charset it
 * was, the bytes that came here know better. */
static bool take_declaration(struct plain *r)
{
    if (!take_word(r, S("<?xml"))) return true;
    if (!skip_white(r) || !take_word(r, S("version=")) || !take_quoted(r, S("1.0"))) return false;
    bool white = skip_white(r);
    if (white && take_word(r, S("encoding="))) {
        if (!take_label(r)) return false;
        white = skip_white(r);
    }
    if (white && take_word(r, S("standalone="))) {
        bool alone = *r->at && r->at[1] == 'y';
        if (!take_quoted(r, alone ? S("yes") : S("no"))) return false;
        skip_white(r);
    }
    return take_word(r, S("?>"));
}

/* <!DOCTYPE name SYSTEM "…"> or PUBLIC "…" "…": what it names is never fetched. */
static bool take_doctype(struct plain *r)
{
    if (!take_word(r, S("<!DOCTYPE"))) return true;
    if (!skip_white(r) || !take_name(r).n) return false;
    bool white = skip_white(r);
    if (white && take_word(r, S("PUBLIC"))) {
        if (!take_literal(r) || !take_literal(r)) return false;
    } else if (white && take_word(r, S("SYSTEM")) && !take_literal(r)) {
        return false;
    }
    skip_white(r);
    return *r->at++ == '>';
}

static bool take_white_and_comments(struct plain *r)
{
    while (skip_white(r) || starts(r->at, S("<!--")))
        if (*r->at == '<' && starts(r->at, S("<!--")) && !take_comment(r)) return false;
    return true;
}

static bool take_document(struct plain *r)
{
    return take_declaration(r) && take_white_and_comments(r) && take_doctype(r) &&
           take_white_and_comments(r) && *r->at == '<' && take_element(r) &&
           take_white_and_comments(r) && *r->at == '\0';
}

struct xml_node *xml_read_plain(struct arena *a, struct span text)
{
    struct plain r;
    if (!is_text(text)) return NULL;
    struct arena_mark before = arena_mark(a);
    xml_build_init(&r.tree, a, text);
    r.head = r.at = arena_cstr(a, text);
    r.to = arena_room(a, text.n + DIGITS_MAX); /* nothing gets longer */
    if (take_document(&r)) return r.tree.top;
    arena_back(a, before);
    return NULL;
}
