/* template: sources into operations, once, when a theme is loaded.
 * Owns: the language (Mustache 1.4's interpolation, sections, inverted sections, comments, partials
 * and delimiters, and its rule for tags alone on a line; no lambdas, no inheritance, no dynamic
 * names) and the set. A broken source is a reject with the place of the tag at fault. */
#include "template.h"

#include <string.h>

struct compiler {
    struct arena *a;
    struct template *t;
    struct span source;
    size_t at;               /* what is before is compiled */
    struct span left, right; /* the delimiters, "{{" and "}}" at first */
    uint32_t open[TEMPLATE_SECTIONS_MAX];
    struct span open_names[TEMPLATE_SECTIONS_MAX];
    size_t open_count;
    struct reject *reject;
};

/* One tag, with its delimiters. */
struct tag {
    size_t from, to; /* in the source */
    char sigil;      /* # ^ / > ! { & = or NUL */
    struct span name;
};

static bool refuse(const struct template *t, size_t at, const char *why, struct reject *reject_out)
{
    struct span before = span_cut(t->source, 0, at);
    reject_out->line = 1;
    size_t line_from = 0;
    for (size_t i = 0; i < before.n; i++) {
        if (before.p[i] != '\n') continue;
        reject_out->line++;
        line_from = i + 1;
    }
    reject_out->column = (uint32_t)utf8_count(span_cut(before, line_from, at)) + 1;
    reject_out->why = span_of(why);
    return false;
}

static struct template_op *add_op(
    struct compiler *c, enum template_op_kind kind, struct span text, size_t at)
{
    struct template_op *op = ARENA_PUSH(c->a, c->t->ops, c->t->count, c->t->cap);
    bool is_whole = kind == OP_LITERAL || kind == OP_PARTIAL || text.n == 1;
    ptrdiff_t dot = is_whole ? -1 : span_find_char(text, '.');
    *op = (struct template_op){.kind = kind, .text = text, .at = at};
    if (dot > 0) op->text = span_cut(text, 0, (size_t)dot);
    if (dot > 0) op->rest = span_cut(text, (size_t)dot + 1, text.n);
    op->hash = template_hash(op->text);
    return op;
}

static void add_literal(struct compiler *c, size_t to)
{
    if (to > c->at) add_op(c, OP_LITERAL, span_cut(c->source, c->at, to), c->at);
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '/';
}

/* Parts of letters, joined by dots; or the dot alone. */
static bool is_name(struct span s)
{
    bool in_part = false;
    if (span_eq(s, S("."))) return true;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.' ? !in_part : !is_name_char(s.p[i])) return false;
        in_part = s.p[i] != '.';
    }
    return in_part;
}

/* How this kind of tag ends. */
static struct span tag_end(const struct compiler *c, char sigil)
{
    const char *before = sigil == '{' ? "}" : sigil == '=' ? "=" : "";
    return *before ? arena_printf(c->a, "%s%.*s", before, FMT(c->right)) : c->right;
}

/* The tag whose left delimiter stands at from. */
static bool read_tag(struct compiler *c, size_t from, struct tag *out)
{
    *out = (struct tag){.from = from};
    struct span rest = span_cut(c->source, from + c->left.n, c->source.n);
    struct span inner = span_trim(rest); /* "{{ # x }}" is a section, too */
    char first = inner.n ? inner.p[0] : '\0';
    if (first && strchr("#^/>!{&=", first)) out->sigil = first;
    if (out->sigil) rest = span_cut(inner, 1, inner.n);
    if (out->sigil) rest.n = (size_t)(c->source.p + c->source.n - rest.p);
    struct span end = tag_end(c, out->sigil);
    ptrdiff_t n = span_find(rest, end);
    if (n < 0) return refuse(c->t, from, "this tag is never closed", c->reject);
    out->name = span_trim(span_cut(rest, 0, (size_t)n));
    out->to = (size_t)(rest.p - c->source.p) + (size_t)n + end.n;
    if (out->sigil == '!' || out->sigil == '=') return true;
    if (!is_name(out->name))
        return refuse(
            c->t, from, "a name has letters, digits, _, - and /, and dots between", c->reject);
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_space(char c)
{
    return is_blank(c) || c == '\n';
}

/* A tag that writes nothing itself and stands alone on its line takes the line with it. */
static void widen_to_line(const struct compiler *c, const struct tag *tag, size_t *from, size_t *to)
{
    *from = tag->from;
    *to = tag->to;
    if (tag->sigil == '\0' || tag->sigil == '{' || tag->sigil == '&') return;
    size_t first = tag->from, last = tag->to;
    while (first > 0 && is_blank(c->source.p[first - 1])) first--;
    if (first > 0 && c->source.p[first - 1] != '\n') return;
    while (last < c->source.n && is_blank(c->source.p[last])) last++;
    if (last < c->source.n && c->source.p[last] != '\n') return;
    *from = first;
    *to = last < c->source.n ? last + 1 : last;
}

static bool open_section(struct compiler *c, const struct tag *tag)
{
    if (c->open_count == TEMPLATE_SECTIONS_MAX)
        return refuse(c->t, tag->from, "too many sections inside one another", c->reject);
    c->open_names[c->open_count] = tag->name;
    c->open[c->open_count++] = (uint32_t)c->t->count;
    add_op(c, tag->sigil == '#' ? OP_SECTION : OP_INVERTED, tag->name, tag->from);
    return true;
}

static bool close_section(struct compiler *c, const struct tag *tag)
{
    if (c->open_count == 0) return refuse(c->t, tag->from, "this closes no section", c->reject);
    uint32_t end = (uint32_t)c->t->count;
    add_op(c, OP_END, tag->name, tag->from);
    c->t->ops[c->open[--c->open_count]].end = end;
    if (span_eq(c->open_names[c->open_count], tag->name)) return true;
    return refuse(c->t, tag->from, "another section is open here", c->reject);
}

/* "<% %>": two words without = */
static bool set_delimiters(struct compiler *c, const struct tag *tag)
{
    size_t n = 0;
    struct span left = tag->name;
    while (n < left.n && !is_space(left.p[n])) n++;
    struct span right = span_trim(span_cut(left, n, left.n));
    left = span_cut(left, 0, n);
    bool fits = left.n && right.n && span_find_char(tag->name, '=') < 0;
    for (size_t i = 0; i < right.n; i++) fits &= !is_space(right.p[i]);
    if (!fits)
        return refuse(c->t, tag->from, "delimiters are two words without =, as <% %>", c->reject);
    c->left = left;
    c->right = right;
    return true;
}

/* from, to: the tag's line, where it stands alone on it, else the tag. */
static void add_partial(struct compiler *c, const struct tag *tag, size_t from, size_t to)
{
    struct template_op *op = add_op(c, OP_PARTIAL, tag->name, tag->from);
    op->is_alone = from != tag->from || to != tag->to || to == c->source.n;
    op->indent = span_cut(c->source, from, tag->from);
}

static bool compile_tag(struct compiler *c, const struct tag *tag, size_t from, size_t to)
{
    switch (tag->sigil) {
    case '!': return true;
    case '=': return set_delimiters(c, tag);
    case '#':
    case '^': return open_section(c, tag);
    case '/': return close_section(c, tag);
    case '>': add_partial(c, tag, from, to); return true;
    case '&':
    case '{': add_op(c, OP_HTML, tag->name, tag->from); return true;
    default: add_op(c, OP_TEXT, tag->name, tag->from); return true;
    }
}

static bool compile(struct compiler *c)
{
    for (;;) {
        ptrdiff_t next = span_find(span_cut(c->source, c->at, c->source.n), c->left);
        if (next < 0) break;
        struct tag tag;
        size_t from, to;
        if (!read_tag(c, c->at + (size_t)next, &tag)) return false;
        widen_to_line(c, &tag, &from, &to);
        add_literal(c, from);
        if (!compile_tag(c, &tag, from, to)) return false;
        c->at = to;
    }
    add_literal(c, c->source.n);
    if (c->open_count == 0) return true;
    return refuse(
        c->t, c->t->ops[c->open[c->open_count - 1]].at, "this section is never closed", c->reject);
}

struct templates *templates_new(struct arena *a)
{
    struct templates *t = ARENA_NEW(a, struct templates);
    t->a = a;
    t->by_name = map_new(a);
    return t;
}

bool templates_add(
    struct templates *set, const char *name, struct span source, struct reject *reject_out)
{
    struct template *t = ARENA_NEW(set->a, struct template);
    t->source = arena_keep(set->a, source);
    t->name = arena_cstr(set->a, span_of(name));
    struct compiler c = {.a = set->a,
        .t = t,
        .source = t->source,
        .left = S("{{"),
        .right = S("}}"),
        .reject = reject_out};
    *reject_out = (struct reject){.line = 0};
    set->is_linked = false;
    if (!compile(&c)) return false;
    *map_at(set->by_name, span_of(t->name)) = t;
    return true;
}

static bool link_template(struct templates *set, struct template *t, struct reject *reject_out)
{
    for (size_t i = 0; i < t->count; i++) {
        struct template_op *op = &t->ops[i];
        if (op->kind != OP_PARTIAL) continue;
        op->partial = map_get(set->by_name, op->text);
        if (!op->partial) return refuse(t, op->at, "there is no template of this name", reject_out);
    }
    return true;
}

bool templates_link(struct templates *set, struct reject *reject_out, const char **name_out)
{
    struct span name;
    void *value;
    *reject_out = (struct reject){.line = 0};
    for (size_t i = 0; map_each(set->by_name, &i, &name, &value);) {
        struct template *t = value;
        if (link_template(set, t, reject_out)) continue;
        if (name_out) *name_out = t->name;
        return false;
    }
    set->is_linked = true;
    return true;
}
