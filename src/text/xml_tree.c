/* xml_tree: walking the tree that xml.c built. Every function takes NULL for a node and then finds
 * nothing. Never recurses; nothing is fatal. */
#include "text.h"

#include <string.h>

static const struct xml_node *sibling(const struct xml_node *n, struct span name)
{
    for (; n; n = n->next)
        if (n->name.n && (!name.p || span_eq(n->name, name))) return n;
    return NULL;
}

/* The tree is the caller's to change; const only promises that we do not. */
static struct xml_node *given(const struct xml_node *n)
{
    return (struct xml_node *)(uintptr_t)n;
}

struct xml_node *xml_child(const struct xml_node *n, const char *name)
{
    return n ? given(sibling(n->first, span_of(name))) : NULL;
}

struct xml_node *xml_next(const struct xml_node *n, const char *name)
{
    return n ? given(sibling(n->next, span_of(name))) : NULL;
}

struct xml_node *xml_path(const struct xml_node *n, const char *path)
{
    struct span rest = span_of(path), step;
    while (n && span_next(&rest, '/', &step)) n = sibling(n->first, step);
    return given(n);
}

struct span xml_attr(const struct xml_node *n, const char *name)
{
    struct span wanted = span_of(name), found = {NULL, 0};
    for (uint32_t i = 0; n && i < n->attr_count; i++) {
        const struct xml_attr *attr = &n->attrs[i];
        if (!span_eq(attr->name, wanted)) continue;
        if (attr->space.n == 0) return attr->value;
        if (!found.p) found = attr->value;
    }
    return found;
}

/* The next node below top in document order; NULL: that was the last. */
static const struct xml_node *next_below(const struct xml_node *n, const struct xml_node *top)
{
    if (n->first) return n->first;
    while (n != top && !n->next) n = n->parent;
    return n == top ? NULL : n->next;
}

struct span xml_text(struct arena *a, const struct xml_node *n)
{
    if (!n) return (struct span){NULL, 0};
    if (!n->name.n) return n->text;
    if (n->first && !n->first->next && !n->first->name.n) return n->first->text;
    struct buf b;
    buf_init(&b, a, 0);
    for (const struct xml_node *at = n; at; at = next_below(at, n))
        if (!at->name.n) buf_put(&b, at->text);
    return buf_span(&b);
}

struct span xml_words(struct arena *a, const struct xml_node *n)
{
    return text_fold(a, xml_text(a, n));
}
