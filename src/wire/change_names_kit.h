/* change_names_kit.h: for tests: the same document with other prefixes and default namespaces
 * (Namespaces in XML 1.0, 6). */
#ifndef CHANGE_NAMES_KIT_H
#define CHANGE_NAMES_KIT_H

#include "change_kit.h"

/* ---- every element's prefix is written anew ---- */
struct scope {
    struct {
        struct span prefix, uri;
        size_t depth;
    } list[CHANGE_NAMES];
    size_t n, depth;
    struct span defaults[CHANGE_DEPTH]; /* as written out: the default at each depth */
    struct span names[CHANGE_DEPTH];    /* of the open elements */
};

static struct span prefix_of(struct span name)
{
    ptrdiff_t at = span_find_char(name, ':');
    return at < 0 ? S("") : span_cut(name, 0, (size_t)at);
}

static struct span local_of(struct span name)
{
    ptrdiff_t at = span_find_char(name, ':');
    return at < 0 ? name : span_cut(name, (size_t)at + 1, name.n);
}

static bool declares(struct span name, struct span *prefix)
{
    *prefix = S("");
    if (span_eq(name, S("xmlns"))) return true;
    *prefix = local_of(name);
    return span_starts(name, S("xmlns:"));
}

static bool is_bound(const struct scope *s, struct span prefix, struct span *uri)
{
    *uri = S("");
    for (size_t i = s->n; i-- > 0;)
        if (span_eq(s->list[i].prefix, prefix)) {
            *uri = s->list[i].uri;
            return true;
        }
    return !prefix.n || span_eq(prefix, S("xml"));
}

static void enter(struct draft *d, struct scope *s, const struct token *t)
{
    struct span prefix, uri;
    s->depth++;
    for (size_t i = 0; i < t->attr_count; i++)
        if (declares(t->attrs[i].name, &prefix)) {
            must(s->n < CHANGE_NAMES);
            s->list[s->n].prefix = prefix;
            s->list[s->n].uri = t->attrs[i].value;
            s->list[s->n++].depth = s->depth;
        }
    d->bad |= s->depth + 1 >= CHANGE_DEPTH || !is_bound(s, prefix_of(t->name), &uri);
    for (size_t i = 0; i < t->attr_count; i++)
        d->bad |=
            !declares(t->attrs[i].name, &prefix) && !is_bound(s, prefix_of(t->attrs[i].name), &uri);
}

static void leave(struct scope *s)
{
    while (s->n && s->list[s->n - 1].depth == s->depth) s->n--;
    if (s->depth) s->depth--;
}

static void put_ns_end(struct draft *d, struct scope *s)
{
    buf_printf(&d->out, "</%.*s>", FMT(s->names[s->depth]));
    leave(s);
}

/* The element in its default namespace, declared where it is another than around it. */
static void put_as_default(struct draft *d, struct scope *s, struct token *t, bool change)
{
    struct span uri, prefix;
    is_bound(s, prefix_of(t->name), &uri);
    struct span outer = s->defaults[s->depth - 1], now = outer;
    bool bare = change || !prefix_of(t->name).n;
    if (bare) now = uri;
    s->names[s->depth] = bare ? local_of(t->name) : t->name;
    s->defaults[s->depth] = now;
    buf_printf(&d->out, "<%.*s", FMT(s->names[s->depth]));
    if (!span_eq(now, outer)) buf_printf(&d->out, " xmlns=\"%.*s\"", FMT(now));
    for (size_t i = 0; i < t->attr_count; i++)
        if (!declares(t->attrs[i].name, &prefix) || prefix.n) put_attr(&d->out, &t->attrs[i]);
}

/* The element behind a prefix that only it has. One of no namespace stays bare. */
static void put_as_prefixed(struct draft *d, struct scope *s, struct token *t, bool change)
{
    struct span uri, prefix;
    is_bound(s, prefix_of(t->name), &uri);
    struct span outer = s->defaults[s->depth - 1];
    bool prefixed = change && uri.n;
    struct span own = arena_printf(d->a, "q%zu", s->depth);
    bool bare = !prefixed && !prefix_of(t->name).n;
    s->defaults[s->depth] = bare ? uri : outer;
    s->names[s->depth] =
        prefixed ? arena_printf(d->a, "%.*s:%.*s", FMT(own), FMT(local_of(t->name))) : t->name;
    buf_printf(&d->out, "<%.*s", FMT(s->names[s->depth]));
    if (prefixed) buf_printf(&d->out, " xmlns:%.*s=\"%.*s\"", FMT(own), FMT(uri));
    if (!span_eq(s->defaults[s->depth], outer))
        buf_printf(&d->out, " xmlns=\"%.*s\"", FMT(s->defaults[s->depth]));
    for (size_t i = 0; i < t->attr_count; i++)
        if (!declares(t->attrs[i].name, &prefix) || prefix.n) put_attr(&d->out, &t->attrs[i]);
}

static void rewrite_names(
    struct draft *d, void (*put)(struct draft *, struct scope *, struct token *, bool))
{
    struct token t;
    struct span rest = d->in;
    struct scope *s = ARENA_NEW(d->a, struct scope);
    s->defaults[0] = S("");
    while (next_token(d, &rest, &t)) {
        if (t.kind == T_END) {
            put_ns_end(d, s);
        } else if (t.kind == T_START) {
            enter(d, s, &t);
            if (d->bad) return;
            put(d, s, &t, here(d));
            buf_str(&d->out, t.empty ? "/>" : ">");
            if (t.empty) leave(s);
        } else {
            buf_put(&d->out, t.raw);
        }
    }
}

static void to_defaults(struct draft *d)
{
    rewrite_names(d, put_as_default);
}

static void to_prefixes(struct draft *d)
{
    rewrite_names(d, put_as_prefixed);
}

/* Each prefix by another name, wherever it stands: one site. One that nobody declared has only its
 * name to say what it means. */
static struct span renamed(struct draft *d, struct span name)
{
    struct span prefix = prefix_of(name), local = local_of(name);
    if (span_eq(prefix, S("xmlns"))) return arena_printf(d->a, "xmlns:z-%.*s", FMT(local));
    if (!prefix.n || span_eq(prefix, S("xml"))) return name;
    d->bad |= span_find(d->in, arena_printf(d->a, "xmlns:%.*s", FMT(prefix))) < 0;
    return arena_printf(d->a, "z-%.*s:%.*s", FMT(prefix), FMT(local));
}

static void rename_prefixes(struct draft *d)
{
    struct token t;
    struct span rest = d->in;
    if (!here(d)) d->bad = true;
    while (next_token(d, &rest, &t)) {
        if (t.kind != T_START && t.kind != T_END) {
            buf_put(&d->out, t.raw);
            continue;
        }
        t.name = renamed(d, t.name);
        for (size_t i = 0; i < t.attr_count; i++) t.attrs[i].name = renamed(d, t.attrs[i].name);
        put_tag(&d->out, &t);
    }
}

#endif
