/* mime.c: the structure of a mail: header fields, parameters, parts in parts. Owns the limits on
 * them. Each level is one pass over its bytes. Never fails: what is not well-formed is text. */
#include "mime.h"

#include <string.h>

/* ---- fields ---- */

struct span mime_next_line(struct span *rest)
{
    ptrdiff_t at = span_find_char(*rest, '\n');
    size_t end = at < 0 ? rest->n : (size_t)at;
    struct span line = span_cut(*rest, 0, end && rest->p[end - 1] == '\r' ? end - 1 : end);
    *rest = span_cut(*rest, at < 0 ? rest->n : end + 1, rest->n);
    return line;
}

static bool is_continued(struct span rest)
{
    return rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t');
}

/* "Name" of "Name: value"; empty: this is no field (RFC 5322 2.2). */
static struct span name_of(struct span line)
{
    ptrdiff_t colon = span_find_char(span_cut(line, 0, 80), ':');
    if (colon <= 0) return (struct span){0};
    struct span name = span_cut(line, 0, (size_t)colon);
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] <= ' ' || (unsigned char)name.p[i] > 126)
            return (struct span){0};
    return name;
}

/* A mailbox file sets "From somebody date" above each mail. */
static struct span without_envelope(struct span bytes)
{
    size_t i = 0;
    while (i < bytes.n && (bytes.p[i] == '\n' || bytes.p[i] == '\r')) i++;
    bytes = span_cut(bytes, i, bytes.n);
    if (span_starts(bytes, S("From "))) mime_next_line(&bytes);
    return bytes;
}

bool mime_is(struct span bytes)
{
    static const char *const ways[] = {"from", "received", "return-path", "delivered-to", "sender"},
                             *const names[] = {
                                 "date", "message-id", "subject", "mime-version", "to"};
    struct span rest = span_cut(without_envelope(bytes), 0, MIME_HEAD_MAX);
    bool way = false, name = false;
    while (rest.n) {
        struct span line = mime_next_line(&rest), field = name_of(line);
        if (!line.n) return way && name;
        if (!field.n) return false;
        for (size_t i = 0; i < COUNT(ways); i++) way |= span_eq_nocase(field, span_of(ways[i]));
        for (size_t i = 0; i < COUNT(names); i++) name |= span_eq_nocase(field, span_of(names[i]));
        while (is_continued(rest)) mime_next_line(&rest);
    }
    return false; /* the header never ends: a mail is not to be told from a list of fields */
}

struct span mime_field(struct arena *a, const struct mime_part *p, const char *name)
{
    const char *guess;
    struct span rest = p->head;
    while (rest.n) {
        struct span line = mime_next_line(&rest);
        bool is = span_eq_nocase(name_of(line), span_of(name));
        struct buf b;
        if (is) {
            buf_init(&b, a, 0);
            buf_put(&b, span_cut(line, span_of(name).n + 1, line.n));
        }
        while (is_continued(rest)) {
            struct span more = mime_next_line(&rest);
            if (is) buf_put(&b, more);
        }
        if (is) return wire_text(a, span_trim(buf_span(&b)), (struct span){0}, &guess);
    }
    return (struct span){0};
}

/* ---- parameters: "text/plain; charset=utf-8; name*0*=utf-8''a%20; name*1=b" ---- */

/* Cuts "name=value" off; value without its quotes. */
static bool next_parameter(
    struct arena *a, struct span *rest, struct span *name, struct span *value)
{
    ptrdiff_t semicolon = span_find_char(*rest, ';');
    if (semicolon < 0) return false;
    *rest = span_trim(span_cut(*rest, (size_t)semicolon + 1, rest->n));
    size_t i = 0;
    while (i < rest->n && rest->p[i] != '=' && rest->p[i] != ';') i++;
    *name = span_trim(span_cut(*rest, 0, i));
    *rest = span_cut(*rest, i < rest->n && rest->p[i] == '=' ? i + 1 : i, rest->n);
    struct span t = span_trim(*rest);
    if (!t.n || t.p[0] != '"') {
        ptrdiff_t end = span_find_char(*rest, ';');
        *value = span_trim(end < 0 ? *rest : span_cut(*rest, 0, (size_t)end));
        *rest = span_cut(*rest, end < 0 ? rest->n : (size_t)end, rest->n);
        return true;
    }
    struct buf b;
    buf_init(&b, a, 0);
    for (i = 1; i < t.n && t.p[i] != '"'; i++) {
        if (t.p[i] == '\\' && i + 1 < t.n) i++;
        buf_char(&b, t.p[i]);
    }
    *value = buf_span(&b);
    *rest = span_cut(t, i < t.n ? i + 1 : t.n, t.n);
    return true;
}

/* "name", "name*", "name*0", "name*1*": the parameter or a piece of it (RFC 2231 3, 4). */
static bool is_named(struct span name, struct span wanted, bool *escaped_out)
{
    if (!span_starts_nocase(name, wanted)) return false;
    struct span rest = span_cut(name, wanted.n, name.n);
    *escaped_out = span_ends(rest, S("*"));
    return !rest.n || rest.p[0] == '*';
}

/* "utf-8'en'a%20b", of which the charset counts in the first piece. */
static struct span unescaped(struct arena *a, struct span value)
{
    struct span out, charset = {0};
    ptrdiff_t first = span_find_char(value, '\'');
    ptrdiff_t second =
        first < 0 ? -1 : span_find_char(span_cut(value, (size_t)first + 1, value.n), '\'');
    if (second >= 0) {
        charset = span_cut(value, 0, (size_t)first);
        value = span_cut(value, (size_t)(first + second) + 2, value.n);
    }
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < value.n; i++) {
        unsigned char byte;
        bool hex = value.p[i] == '%' && i + 3 <= value.n &&
                   hex_to_bytes(span_cut(value, i + 1, i + 3), &byte, 1);
        buf_char(&b, hex ? (char)byte : value.p[i]);
        i += hex ? 2 : 0;
    }
    const char *guess;
    out = wire_text(a, buf_span(&b), charset, &guess);
    return out;
}

static struct span parameter(struct arena *a, struct span field, const char *wanted)
{
    struct span rest = field, name, value;
    struct buf b;
    bool escaped = false;
    buf_init(&b, a, 0);
    while (b.n < STORY_TEXT_MAX && next_parameter(a, &rest, &name, &value))
        if (is_named(name, span_of(wanted), &escaped))
            buf_put(&b, escaped ? unescaped(a, value) : value);
    return buf_span(&b);
}

/* ---- parts ---- */

static struct span small(struct arena *a, struct span s)
{
    char *p = arena_cstr(a, s);
    for (size_t i = 0; i < s.n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] | 0x20);
    return (struct span){p, s.n};
}

static void read_head(struct arena *a, struct mime_part *p, struct span bytes)
{
    struct span rest = bytes;
    while (rest.n && (size_t)(rest.p - bytes.p) < MIME_HEAD_MAX) {
        const char *at = rest.p;
        if (mime_next_line(&rest).n) continue;
        p->head = span_cut(bytes, 0, (size_t)(at - bytes.p));
        p->body = rest;
        break;
    }
    if (!p->head.p) p->head = span_cut(bytes, 0, MIME_HEAD_MAX);
    struct span type = mime_field(a, p, "content-type"),
                way = mime_field(a, p, "content-disposition");
    ptrdiff_t end = span_find_char(type, ';');
    p->type = small(a, span_trim(end < 0 ? type : span_cut(type, 0, (size_t)end)));
    if (span_find_char(p->type, '/') <= 0) p->type = S("text/plain");
    p->charset = parameter(a, type, "charset");
    p->name = parameter(a, way, "filename");
    if (!p->name.n) p->name = parameter(a, type, "name");
    p->flowed = span_eq_nocase(parameter(a, type, "format"), S("flowed"));
    p->delsp = span_eq_nocase(parameter(a, type, "delsp"), S("yes"));
    p->attached = span_starts_nocase(way, S("attachment"));
}

/* 1: "--boundary", 2: "--boundary--", else 0 (RFC 2046 5.1.1). */
static int border(struct span line, struct span boundary)
{
    if (!span_starts(line, S("--")) || !span_starts(span_cut(line, 2, line.n), boundary)) return 0;
    struct span rest = span_cut(line, 2 + boundary.n, line.n);
    if (span_starts(rest, S("--"))) return 2;
    return span_trim(rest).n ? 0 : 1;
}

struct parse {
    struct arena *a;
    size_t parts;
    bool dropped;
};

static struct mime_part *add_part(
    struct parse *g, struct mime_part *parent, struct mime_part *last, struct span bytes)
{
    if (++g->parts > MIME_PARTS_MAX) {
        g->dropped = true;
        return last;
    }
    struct mime_part *p = ARENA_NEW(g->a, struct mime_part);
    p->parent = parent;
    read_head(g->a, p, bytes);
    if (last)
        last->next = p;
    else
        parent->first = p;
    return p;
}

/* The line end in front of a boundary belongs to it. */
static struct span before(struct span body, const char *from, const char *line)
{
    struct span part = span_cut(body, (size_t)(from - body.p), (size_t)(line - body.p));
    if (part.n && part.p[part.n - 1] == '\n') part.n--;
    if (part.n && part.p[part.n - 1] == '\r') part.n--;
    return part;
}

static void split(struct parse *g, struct mime_part *parent)
{
    struct span boundary = parameter(g->a, mime_field(g->a, parent, "content-type"), "boundary");
    struct span rest = parent->body;
    struct mime_part *last = NULL;
    const char *from = NULL;
    if (!boundary.n) return;
    while (rest.n) {
        const char *at = rest.p;
        int kind = border(mime_next_line(&rest), boundary);
        if (!kind) continue;
        if (from) last = add_part(g, parent, last, before(parent->body, from, at));
        from = rest.p;
        if (kind == 2) return;
    }
    if (from) last = add_part(g, parent, last, before(parent->body, from, rest.p));
    if (last) last->cut = true;
    parent->cut = true;
}

static size_t depth_of(const struct mime_part *p)
{
    size_t depth = 0;
    for (; p->parent; p = p->parent) depth++;
    return depth;
}

struct mime_part *mime_walk(const struct mime_part *top, struct mime_part *p)
{
    if (p->first) return p->first;
    while (p != top && !p->next) p = p->parent;
    return p == top ? NULL : p->next;
}

struct mime_part *mime_parse(struct arena *a, struct span bytes, bool *dropped_out)
{
    struct parse g = {.a = a};
    struct mime_part *top = ARENA_NEW(a, struct mime_part);
    read_head(a, top, without_envelope(bytes));
    for (struct mime_part *p = top; p; p = mime_walk(top, p)) {
        if (!span_starts(p->type, S("multipart/"))) continue;
        if (depth_of(p) < MIME_DEPTH_MAX)
            split(&g, p);
        else
            g.dropped = true;
    }
    *dropped_out = g.dropped;
    return top;
}
