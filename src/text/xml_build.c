/* xml_build: see xml_build.h. Namespaces are bound here, for expat would refuse a document with a
 * prefix that nobody declared. Never fails. */
#include "xml_build.h"

void xml_build_init(struct xml_build *b, struct arena *a, struct span bytes)
{
    static const struct xml_binding of_xml = {
        {"xml", 3}, {"http://www.w3.org/XML/1998/namespace", 36}, 0};
    b->a = a;
    b->binding_count = b->depth = b->nodes = 0;
    b->bindings[b->binding_count++] = of_xml;
    b->top = b->in = NULL;
    b->place = (struct place){.bytes = bytes};
}

/* No local name is empty: where nothing stands behind the colon, it is no border. */
struct xml_name xml_name_cut(struct span s)
{
    struct xml_name n;
    ptrdiff_t colon = span_ends(s, S(":")) ? -1 : span_find_char(s, ':');
    n.prefix = span_cut(s, 0, colon > 0 ? (size_t)colon : 0);
    n.local = span_cut(s, (size_t)(colon + 1), s.n);
    n.declares = span_eq(s, S("xmlns")) || span_eq(n.prefix, S("xmlns"));
    return n;
}

struct xml_node *xml_node_add(struct xml_build *b)
{
    if (++b->nodes > XML_NODES_MAX) return NULL;
    struct xml_node *n = ARENA_NEW(b->a, struct xml_node);
    n->name = n->space = n->text = S("");
    n->parent = b->in;
    if (!b->in) {
        b->top = n;
    } else {
        if (b->in->last)
            b->in->last->next = n;
        else
            b->in->first = n;
        b->in->last = n;
    }
    return n;
}

static void bind(struct xml_build *b, const struct xml_name *name, struct span uri)
{
    if (b->binding_count == XML_BINDINGS_MAX) return;
    b->bindings[b->binding_count++] = (struct xml_binding){
        .prefix = name->prefix.n ? name->local : S(""), .uri = uri, .depth = b->depth};
}

void xml_attr_add(
    struct xml_build *b, struct xml_node *n, const struct xml_name *name, struct span value)
{
    if (name->declares)
        bind(b, name, value);
    else
        n->attrs[n->attr_count++] = (struct xml_attr){name->local, name->prefix, value};
}

/* A prefix that nobody declared stands for itself. */
static struct span space_of(const struct xml_build *b, struct span prefix)
{
    for (size_t i = b->binding_count; i-- > 0;)
        if (span_eq(b->bindings[i].prefix, prefix)) return b->bindings[i].uri;
    return prefix;
}

/* An attribute without a prefix is in no namespace (Namespaces in XML, 6.2). */
void xml_spaces_find(struct xml_build *b, struct xml_node *n, struct span prefix)
{
    n->space = space_of(b, prefix);
    for (uint32_t i = 0; i < n->attr_count; i++)
        if (n->attrs[i].space.n) n->attrs[i].space = space_of(b, n->attrs[i].space);
}

void xml_node_end(struct xml_build *b)
{
    while (b->binding_count && b->bindings[b->binding_count - 1].depth == b->depth)
        b->binding_count--;
    b->depth--;
    b->in = b->in->parent;
}
