/* change_bytes_kit.h: for tests: the same document in other bytes (XML 1.0, 2.11 and 4.3.3), and
 * the same JSON (RFC 8259). */
#ifndef CHANGE_BYTES_KIT_H
#define CHANGE_BYTES_KIT_H

#include "change_kit.h"

/* ---- bytes ---- */
static void line_ends(struct draft *d, const char *end)
{
    if (span_find_char(d->in, '\r') >= 0) d->bad = true;
    for (size_t i = 0; i < d->in.n; i++) {
        /* LF behind CR alone would be one end with it. */
        bool joins = d->out.n && d->out.p[d->out.n - 1] == '\r';
        if (d->in.p[i] == '\n' && (here(d) || joins))
            buf_str(&d->out, end);
        else
            buf_char(&d->out, d->in.p[i]);
    }
}

static void crlf(struct draft *d)
{
    line_ends(d, "\r\n");
}

static void cr(struct draft *d)
{
    line_ends(d, "\r");
}

/* The declaration, as it has to be for the bytes that follow. */
static struct span without_declaration(struct span s)
{
    return span_starts(s, S("<?xml ")) ? span_cut(s, upto(s, S("?>")).n, s.n) : s;
}

static void put_16(struct buf *b, uint32_t unit, bool big)
{
    buf_char(b, (char)(big ? unit >> 8 : unit));
    buf_char(b, (char)(big ? unit : unit >> 8));
}

static void utf16(struct draft *d, bool big)
{
    struct buf text;
    buf_init(&text, d->a, 0);
    buf_lit(&text, "<?xml version=\"1.0\" encoding=\"UTF-16\"?>");
    buf_put(&text, without_declaration(d->in));
    struct span s = buf_span(&text);
    put_16(&d->out, 0xFEFF, big);
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        if (c > 0xFFFF) put_16(&d->out, 0xD800 + ((c - 0x10000) >> 10), big);
        put_16(&d->out, c > 0xFFFF ? 0xDC00 + ((c - 0x10000) & 0x3FF) : c, big);
    }
}

static void utf16_little(struct draft *d)
{
    utf16(d, false);
}

static void utf16_big(struct draft *d)
{
    utf16(d, true);
}

static void utf8_mark(struct draft *d)
{
    buf_lit(&d->out, "\xEF\xBB\xBF");
    buf_put(&d->out, d->in);
}

/* What it has no letter for stands as numbers, where that is possible. */
static void latin_1(struct draft *d)
{
    struct buf text;
    struct token t;
    struct span rest = without_declaration(d->in);
    buf_init(&text, d->a, 0);
    while (next_token(d, &rest, &t)) {
        for (size_t i = 0; i < t.attr_count; i++) {
            struct buf b;
            buf_init(&b, d->a, 0);
            put_numbered(&b, t.attrs[i].value, 0xFF);
            t.attrs[i].value = buf_span(&b);
        }
        if (t.kind == T_TEXT)
            put_numbered(&text, t.text, 0xFF);
        else if (t.kind == T_START)
            put_tag(&text, &t);
        else
            buf_put(&text, t.raw);
    }
    struct span s = buf_span(&text);
    buf_lit(&d->out, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>");
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        if (c > 0xFF || (c >= 0x80 && c < 0xA0)) d->bad = true; /* 80 to 9F: windows-1252's */
        buf_char(&d->out, (char)c);
    }
}

/* ---- JSON ---- */
static const char *json_space(struct draft *d, bool spaces)
{
    static const char *const some[] = {"", " ", "\n\t", "\r\n  "};
    return spaces && here(d) ? some[d->sites % COUNT(some)] : "";
}

struct json_style {
    bool turned, spaced, escaped;
};

static void put_json_text(struct draft *d, struct span s, bool escaped)
{
    buf_char(&d->out, '"');
    bool escapes = escaped && here(d);
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = utf8_next(s, &i);
        if (c == '"' || c == '\\')
            buf_printf(&d->out, "\\%c", (char)c);
        else if (escapes && c == '/')
            buf_lit(&d->out, "\\/");
        else if (c > 0xFFFF && escapes)
            buf_printf(&d->out, "\\u%04X\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
                0xDC00 + ((c - 0x10000) & 0x3FF));
        else if (c < 0x20 || escapes)
            buf_printf(&d->out, "\\u%04x", c);
        else
            buf_put(&d->out, span_cut(s, from, i));
    }
    buf_char(&d->out, '"');
}

/* ninjs 1.x lists by an object whose members have names of the agency's: the first picture leads,
 * and a package is in this order. There it is as sent, by intent. */
static bool is_ordered(const struct json *j)
{
    return span_eq_nocase(j->key, S("associations")) || span_eq_nocase(j->key, S("renditions"));
}

/* Samples are not deep. */
static void put_json(struct draft *d, const struct json *j, struct json_style style)
{
    static const char *const words[] = {
        [JSON_NULL] = "null", [JSON_FALSE] = "false", [JSON_TRUE] = "true"};
    if (j->type == JSON_STRING) {
        put_json_text(d, j->text, style.escaped);
        return;
    }
    if (j->type < JSON_ARRAY) {
        buf_put(&d->out, j->type == JSON_NUMBER ? j->text : span_of(words[j->type]));
        return;
    }
    size_t n = 0;
    const struct json **list = ARENA_ARRAY(d->a, const struct json *, j->count + 1);
    for (const struct json *m = j->first; m; m = m->next) list[n++] = m;
    bool turn = j->type == JSON_OBJECT && style.turned && n > 1 && !is_ordered(j) && here(d);
    buf_char(&d->out, j->type == JSON_OBJECT ? '{' : '[');
    for (size_t i = 0; i < n; i++) {
        const struct json *m = list[turn ? n - 1 - i : i];
        if (i) buf_char(&d->out, ',');
        buf_str(&d->out, json_space(d, style.spaced));
        if (j->type == JSON_OBJECT) {
            put_json_text(d, m->key, style.escaped);
            buf_str(&d->out, json_space(d, style.spaced));
            buf_char(&d->out, ':');
            buf_str(&d->out, json_space(d, style.spaced));
        }
        put_json(d, m, style);
    }
    buf_str(&d->out, json_space(d, style.spaced));
    buf_char(&d->out, j->type == JSON_OBJECT ? '}' : ']');
}

static void json_anew(struct draft *d, struct json_style style)
{
    struct reject why;
    const struct json *j = json_parse(d->a, d->in, &why);
    d->bad = !j; /* lines of it, or a key that is there twice */
    if (j) put_json(d, j, style);
}

static void member_order(struct draft *d)
{
    json_anew(d, (struct json_style){.turned = true});
}

static void json_spaces(struct draft *d)
{
    json_anew(d, (struct json_style){.spaced = true});
}

static void json_escapes(struct draft *d)
{
    json_anew(d, (struct json_style){.escaped = true});
}

#endif
