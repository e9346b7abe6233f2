/* change_kit.h: for tests: documents written otherwise that say the same. A draft is read by tokens
 * and written again; at each site (a tag, a text, a prefix) its change is made or not. XML 1.0
 * tells what is the same. */
#ifndef CHANGE_KIT_H
#define CHANGE_KIT_H

#include "wire.h"

#include "luck.h"

enum token_kind { T_TEXT, T_CDATA, T_START, T_END, T_OTHER };
enum { CHANGE_ATTRS = 64, CHANGE_DEPTH = 256, CHANGE_NAMES = 4096 };
struct change_attr {
    struct span name, value; /* value as written, between its quotes */
    char quote;
};
struct token {
    enum token_kind kind;
    struct span raw, name, text; /* text: of T_TEXT as written, of T_CDATA what is in it */
    struct change_attr attrs[CHANGE_ATTRS];
    size_t attr_count;
    bool empty; /* <a/> */
};
struct draft {
    struct arena *a;
    struct span in;
    struct buf out;
    const bool *on; /* each site's choice; NULL: all */
    size_t sites;
    bool bad; /* this change is none for this document */
};

static bool here(struct draft *d)
{
    size_t site = d->sites++;
    return !d->on || d->on[site];
}

/* ---- tokens ---- */
static struct span upto(struct span s, struct span end)
{
    ptrdiff_t at = span_find(s, end);
    return span_cut(s, 0, at < 0 ? s.n : (size_t)at + end.n);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* <!DOCTYPE …>, with what stands in its brackets. */
static struct span doctype(struct span s)
{
    size_t i = 0, depth = 0;
    for (char quote = 0; i < s.n; i++) {
        char c = s.p[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '[')
            depth++;
        else if (c == ']')
            depth--;
        else if (c == '>' && !depth)
            break;
    }
    return span_cut(s, 0, i + 1);
}

static struct span name_at(struct span s, size_t *i)
{
    size_t from = *i;
    while (*i < s.n && !is_space(s.p[*i]) && s.p[*i] != '=' && s.p[*i] != '>' && s.p[*i] != '/')
        ++*i;
    return span_cut(s, from, *i);
}

static void skip_space(struct span s, size_t *i)
{
    while (*i < s.n && is_space(s.p[*i])) ++*i;
}

static bool tag(struct span s, struct token *t)
{
    size_t i = t->kind == T_END ? 2 : 1;
    t->name = name_at(s, &i);
    for (;;) {
        skip_space(s, &i);
        if (i >= s.n || t->attr_count == CHANGE_ATTRS) return false;
        if (s.p[i] == '/') t->empty = true;
        if (s.p[i] == '>' || s.p[i] == '/') break;
        struct change_attr *at = &t->attrs[t->attr_count++];
        at->name = name_at(s, &i);
        skip_space(s, &i);
        if (i >= s.n || s.p[i++] != '=') return false;
        skip_space(s, &i);
        if (i >= s.n || (s.p[i] != '"' && s.p[i] != '\'')) return false;
        at->quote = s.p[i++];
        size_t from = i;
        while (i < s.n && s.p[i] != at->quote) i++;
        at->value = span_cut(s, from, i++);
    }
    i += t->empty ? 2 : 1;
    t->raw = span_cut(s, 0, i);
    return i <= s.n;
}

/* false: the end, or (bad) what no well-formed document holds. */
static bool next_token(struct draft *d, struct span *rest, struct token *t)
{
    struct span s = *rest;
    *t = (struct token){.kind = T_OTHER};
    if (!s.n || d->bad) return false;
    if (s.p[0] != '<') {
        ptrdiff_t at = span_find_char(s, '<');
        t->kind = T_TEXT;
        t->raw = t->text = span_cut(s, 0, at < 0 ? s.n : (size_t)at);
    } else if (span_starts(s, S("<!--"))) {
        t->raw = upto(s, S("-->"));
    } else if (span_starts(s, S("<?"))) {
        t->raw = upto(s, S("?>"));
    } else if (span_starts(s, S("<![CDATA["))) {
        t->kind = T_CDATA;
        t->raw = upto(s, S("]]>"));
        t->text = span_cut(t->raw, 9, t->raw.n - 3);
    } else if (span_starts(s, S("<!"))) {
        t->raw = doctype(s);
    } else {
        t->kind = span_starts(s, S("</")) ? T_END : T_START;
        d->bad = !tag(s, t);
    }
    *rest = span_cut(s, t->raw.n, s.n);
    return !d->bad && t->raw.n > 0;
}

static void put_attr(struct buf *b, const struct change_attr *at)
{
    buf_char(b, ' ');
    buf_put(b, at->name);
    buf_char(b, '=');
    buf_char(b, at->quote);
    buf_put(b, at->value);
    buf_char(b, at->quote);
}

static void put_tag(struct buf *b, const struct token *t)
{
    buf_str(b, t->kind == T_END ? "</" : "<");
    buf_put(b, t->name);
    for (size_t i = 0; i < t->attr_count; i++) put_attr(b, &t->attrs[i]);
    buf_str(b, t->empty ? "/>" : ">");
}

/* ---- changes of tags ---- */
static void turn_attrs(struct draft *d, struct token *t)
{
    if (t->attr_count < 2 || !here(d)) return;
    for (size_t i = 0, k = t->attr_count - 1; i < k; i++, k--) {
        struct change_attr x = t->attrs[i];
        t->attrs[i] = t->attrs[k];
        t->attrs[k] = x;
    }
}

static void turn_quotes(struct draft *d, struct token *t)
{
    for (size_t i = 0; i < t->attr_count; i++) {
        struct change_attr *at = &t->attrs[i];
        if (!here(d)) continue;
        char other = at->quote == '"' ? '\'' : '"';
        struct buf b;
        buf_init(&b, d->a, 0);
        for (size_t k = 0; k < at->value.n; k++)
            if (at->value.p[k] == other)
                buf_str(&b, other == '"' ? "&quot;" : "&apos;");
            else
                buf_char(&b, at->value.p[k]);
        at->value = buf_span(&b);
        at->quote = other;
    }
}

static void put_loose_tag(struct draft *d, const struct token *t)
{
    struct buf *b = &d->out;
    if (!here(d)) {
        put_tag(b, t);
        return;
    }
    buf_str(b, t->kind == T_END ? "</" : "<");
    buf_put(b, t->name);
    for (size_t i = 0; i < t->attr_count; i++) {
        buf_lit(b, "\n\t ");
        buf_put(b, t->attrs[i].name);
        buf_lit(b, " =\n ");
        buf_char(b, t->attrs[i].quote);
        buf_put(b, t->attrs[i].value);
        buf_char(b, t->attrs[i].quote);
    }
    buf_str(b, t->empty ? "\n/>" : " \n>");
}

/* <a/> as <a></a>. */
static void put_long_tag(struct draft *d, struct token *t)
{
    bool longer = t->empty && here(d);
    if (longer) t->empty = false;
    put_tag(&d->out, t);
    if (longer) buf_printf(&d->out, "</%.*s>", FMT(t->name));
}

/* ---- changes of texts ---- */
static void put_escaped(struct buf *b, struct span s, bool gt)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '&')
            buf_lit(b, "&amp;");
        else if (c == '<')
            buf_lit(b, "&lt;");
        else if (c == '>' && gt)
            buf_lit(b, "&gt;");
        else
            buf_char(b, c);
    }
}

/* The five names; false: another, a number, or what CDATA cannot hold. */
static bool unescaped(struct arena *a, struct span s, struct span *out)
{
    static const struct {
        const char *name;
        char is;
    } five[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n;) {
        struct span rest = span_cut(s, i, s.n);
        size_t k = 0;
        while (k < COUNT(five) && !span_starts(rest, span_of(five[k].name))) k++;
        if (k < COUNT(five)) {
            buf_char(&b, five[k].is);
            i += strlen(five[k].name);
        } else if (s.p[i] == '&') {
            return false;
        } else {
            buf_char(&b, s.p[i++]);
        }
    }
    *out = buf_span(&b);
    return span_find(*out, S("]]>")) < 0;
}

static bool is_blank(struct span s)
{
    return span_trim(s).n == 0;
}

static void put_other_text(struct draft *d, const struct token *t)
{
    struct span plain;
    if (t->kind == T_CDATA && here(d))
        put_escaped(&d->out, t->text, true);
    else if (t->kind == T_TEXT && !is_blank(t->text) && unescaped(d->a, t->text, &plain) && here(d))
        buf_printf(&d->out, "<![CDATA[%.*s]]>", FMT(plain));
    else
        buf_put(&d->out, t->raw);
}

/* Letters above a code as numbers. References stay as they are. */
static void put_numbered(struct buf *b, struct span s, uint32_t above)
{
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = utf8_next(s, &i);
        bool letter = c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        for (; c == '&' && i < s.n && s.p[i - 1] != ';'; i++) letter = false;
        if (c != '&' && letter && c > above)
            buf_printf(b, i % 2 ? "&#%u;" : "&#x%X;", c);
        else
            buf_put(b, span_cut(s, from, i));
    }
}

static void put_numbers(struct draft *d, struct token *t)
{
    if (t->kind == T_TEXT && !is_blank(t->text) && here(d)) {
        put_numbered(&d->out, t->text, 0);
        return;
    }
    for (size_t i = 0; t->kind == T_START && i < t->attr_count; i++) {
        struct buf b;
        if (span_starts(t->attrs[i].name, S("xmlns")) || !here(d)) continue;
        buf_init(&b, d->a, 0);
        put_numbered(&b, t->attrs[i].value, 0);
        t->attrs[i].value = buf_span(&b);
    }
    if (t->kind == T_START)
        put_tag(&d->out, t);
    else
        buf_put(&d->out, t->raw);
}

/* ---- whole documents, token by token ---- */
static void by_tokens(struct draft *d, void (*put)(struct draft *, struct token *))
{
    struct token t;
    struct span rest = d->in;
    while (next_token(d, &rest, &t)) put(d, &t);
}

#define OF_TAGS(name, what)                                                                        \
    static void name##_one(struct draft *d, struct token *t)                                       \
    {                                                                                              \
        if (t->kind == T_START || t->kind == T_END) {                                              \
            what;                                                                                  \
        } else {                                                                                   \
            buf_put(&d->out, t->raw);                                                              \
        }                                                                                          \
    }                                                                                              \
    static void name(struct draft *d)                                                              \
    {                                                                                              \
        by_tokens(d, name##_one);                                                                  \
    }
OF_TAGS(attribute_order, (turn_attrs(d, t), put_tag(&d->out, t)))
OF_TAGS(quotes, (turn_quotes(d, t), put_tag(&d->out, t)))
OF_TAGS(loose_tags, put_loose_tag(d, t))
OF_TAGS(empty_elements, put_long_tag(d, t))

static void other_text_one(struct draft *d, struct token *t)
{
    put_other_text(d, t);
}

static void cdata(struct draft *d)
{
    by_tokens(d, other_text_one);
}

static void numbers(struct draft *d)
{
    by_tokens(d, put_numbers);
}

static void comments_one(struct draft *d, struct token *t)
{
    buf_put(&d->out, t->raw);
    bool declaration = t->kind == T_OTHER && span_starts(t->raw, S("<?xml"));
    if (!declaration && here(d)) buf_lit(&d->out, "<!-- <b>c</b> & --><?p i <x> ?>");
}

static void comments(struct draft *d)
{
    by_tokens(d, comments_one);
}

#endif
