/* newsml_g2.c: IPTC NewsML-G2 (2.2 to 2.34), whole messages and bare items, to stories. Owns the
 * order of events: message, item, its three blocks of metadata, its content. Elements are told by
 * local name in any or no namespace, as agencies send them. Never fatal: one bad item is refused,
 * its neighbours stand. */
#include "newsml_g2.h"

static void read_catalogs(struct g2 *g, const struct xml_node *in)
{
    for (const struct xml_node *c = kid(in, "catalog"); c; c = kid_after(c, "catalog"))
        for (const struct xml_node *s = kid(c, "scheme"); s; s = kid_after(s, "scheme")) {
            struct span alias = node_attr(s, "alias"), uri = node_attr(s, "uri");
            if (alias.n && uri.n) *map_at(g->aliases, alias) = arena_cstr(g->a, uri);
        }
}

bool g2_in_scheme(const struct g2 *g, struct span code, const char *alias, const char *uri)
{
    struct span scheme = code_scheme(code);
    if (code_is_uri(code)) return span_eq(scheme, span_of(uri));
    const char *bound = map_get(g->aliases, scheme);
    return bound ? span_eq(span_of(bound), span_of(uri)) : span_eq(scheme, span_of(alias));
}

struct span g2_code(const struct xml_node *n)
{
    static const char *const names[] = {"qcode", "uri", "literal"};
    for (size_t i = 0; n && i < COUNT(names); i++) {
        struct span v = span_trim(node_attr(n, names[i]));
        if (v.n) return v;
    }
    return (struct span){0};
}

/* ---- identity and kind ---- */

static enum story_kind kind_of_item(const struct xml_node *item, struct span item_class)
{
    static const struct {
        const char *element;
        enum story_kind kind;
    } elements[] = {
        {"packageItem", KIND_PACKAGE},
        {"conceptItem", KIND_CONCEPT},
        {"planningItem", KIND_PLANNING},
        {"knowledgeItem", KIND_KNOWLEDGE},
        {"catalogItem", KIND_CATALOG},
    };
    for (size_t i = 0; i < COUNT(elements); i++)
        if (node_is(item, elements[i].element)) return elements[i].kind;
    return story_kind_of(code_local(item_class));
}

static void read_identity(struct g2 *g, const struct xml_node *item, const struct xml_node *meta)
{
    struct story *s = g->s;
    const struct xml_node *provider = kid(meta, "provider");
    s->guid = node_attr(item, "guid");
    s->version = node_attr(item, "version");
    s->kind_literal = g2_code(kid(meta, "itemClass"));
    s->kind = kind_of_item(item, s->kind_literal);
    s->provider = code_local(node_attr(provider, "qcode"));
    if (provider && !s->provider.n) s->provider = g2_code(provider);
    if (!s->provider.n) s->provider = kid_words(g->a, provider, "name");
    if (s->kind == KIND_UNKNOWN)
        story_fault(g->a, s, item->line, item->column, "no item class that is known");
}

/* ---- a message: header, items ---- */

static void read_item(struct g2 *g, struct xml_node *item)
{
    struct story *s = g->s = story_new(g->a);
    const struct xml_node *meta = kid(item, "itemMeta");
    const struct xml_node *content = kid(item, "contentMeta");
    g->aliases = map_new(g->a);
    read_catalogs(g, g->header);
    read_catalogs(g, item);
    s->sent = g->sent;
    s->is_test = g->is_test;
    read_identity(g, item, meta);
    g2_read_management(g, item, meta);
    g2_read_content(g, item, content);
    g2_read_rights(g, item);
    g2_read_hops(g, item);
    g2_read_hops(g, meta); /* where older senders put it */
    g2_read_body(g, item);
    g2_read_media(g, item);
    reader_accept(g->a, g->out, s, item->line, item->column);
}

static bool is_item(const struct xml_node *n)
{
    static const char *const names[] = {
        "newsItem", "packageItem", "conceptItem", "planningItem", "knowledgeItem", "catalogItem"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (node_is(n, names[i])) return true;
    return false;
}

static void read_header(struct g2 *g, const struct xml_node *header)
{
    struct span sent = kid_words(g->a, header, "sent");
    g->header = header;
    if (sent.n) g->sent = when_iso(sent);
    for (const struct xml_node *n = kid(header, "signal"); n; n = kid_after(n, "signal"))
        if (span_eq(code_local(g2_code(n)), S("test"))) g->is_test = true;
}

void newsml_g2_read(struct arena *a, struct xml_node *root, struct wire_result *out)
{
    struct g2 g = {.a = a, .out = out};
    if (is_item(root)) {
        read_item(&g, root);
        return;
    }
    read_header(&g, kid(root, "header"));
    for (const struct xml_node *set = kid(root, "itemSet"); set; set = kid_after(set, "itemSet"))
        for (struct xml_node *n = set->first; n; n = n->next) {
            if (is_item(n))
                read_item(&g, n);
            else if (n->name.n)
                reader_refuse(
                    a, out, n->line, n->column, "this element is not an item of NewsML-G2");
        }
}
