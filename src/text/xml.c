/* xml: a bounded tree built by expat (XML 1.0, Namespaces in XML). Owns the parsing; xml_tree.c
 * walks what comes out. Nothing outside the bytes is ever opened: external ids are ignored, and a
 * DTD that declares entities or attribute values is refused, so that nothing can grow. All memory
 * comes from the arena, the salt of expat's tables from the process: no system call. */
#include "text.h"

#include <expat.h>
#include <string.h>

#include "place.h"
#include "pool.h"
#include "prepare.h"

enum {
    XML_BYTES_MAX = 32 << 20, /* the largest delivery */
    XML_NAME_MAX = 256 << 10, /* of an element; none seen has 100 bytes */
    XML_DEPTH_MAX = 128,      /* NewsML with NITF inside needs 30 */
    XML_NODES_MAX = 500000,   /* 500 items of a package, each with 1000 nodes */
    XML_ATTRS_MAX = 256,      /* an element of a wire has at most 20 */
    XML_BINDINGS_MAX = 128,   /* prefixes at once: a feed has about ten */
    NAME_SHOWN = 60,          /* characters of a name shown in a reject */
};

struct binding {
    struct span prefix, uri;
    size_t depth; /* of the element that declares it */
};

/* A name as it is written, cut once. */
struct name {
    struct span prefix, local;
    bool declares; /* xmlns, xmlns:prefix */
};

struct reading {
    struct arena *a;
    XML_Parser expat;
    struct binding bindings[XML_BINDINGS_MAX];
    size_t binding_count;
    struct xml_node *top, *in;
    struct buf text; /* character data waiting for the next tag */
    struct place place;
    bool has_cr;
    size_t depth, nodes;
    struct map *names; /* as written, to struct name */
    struct reject *reject;
};

/* Expat's allocators have no argument: the pool of the document that this thread is reading. */
static _Thread_local struct pool *pool_now;

static void *expat_take(size_t n)
{
    return pool_malloc(pool_now, n);
}

static void *expat_retake(void *old, size_t n)
{
    return pool_realloc(pool_now, old, n);
}

static void expat_give(void *old)
{
    pool_free(pool_now, old);
}

static unsigned long hash_salt;

void xml_prepare(void)
{
    if (!hash_salt) random_bytes(&hash_salt, sizeof hash_salt);
}

/* Where nobody prepared, where the program was loaded: expat asks the system only for a salt of 0.
 */
static unsigned long salt(void)
{
    if (hash_salt) return hash_salt;
    return ((unsigned long)fast_hash(S("xml")) ^ (uintptr_t)&hash_salt) | 1;
}

static void refuse(struct reading *r, struct span why)
{
    if (r->reject->why.n) return;
    r->reject->line = (uint32_t)XML_GetCurrentLineNumber(r->expat);
    r->reject->column = (uint32_t)XML_GetCurrentColumnNumber(r->expat) + 1;
    r->reject->why = why;
    XML_StopParser(r->expat, XML_FALSE);
}

/* No local name is empty: where nothing stands behind the colon, it is no border. */
static struct name *name_of(struct reading *r, const char *written)
{
    struct span s = span_of(written);
    struct name *n = map_get(r->names, s);
    if (n) return n;
    s = arena_keep(r->a, s);
    n = ARENA_NEW(r->a, struct name);
    ptrdiff_t colon = span_ends(s, S(":")) ? -1 : span_find_char(s, ':');
    n->prefix = span_cut(s, 0, colon > 0 ? (size_t)colon : 0);
    n->local = span_cut(s, (size_t)(colon + 1), s.n);
    n->declares = span_eq(s, S("xmlns")) || span_eq(n->prefix, S("xmlns"));
    *map_at(r->names, s) = n;
    return n;
}

/* ---- namespaces: expat would refuse a document with a prefix that nobody declared ---- */

static void bind(struct reading *r, const struct name *n, struct span uri)
{
    if (r->binding_count == XML_BINDINGS_MAX) return;
    r->bindings[r->binding_count++] =
        (struct binding){.prefix = n->prefix.n ? n->local : S(""), .uri = uri, .depth = r->depth};
}

static void unbind(struct reading *r)
{
    while (r->binding_count && r->bindings[r->binding_count - 1].depth == r->depth)
        r->binding_count--;
}

/* A prefix that nobody declared stands for itself. */
static struct span space_of(const struct reading *r, struct span prefix)
{
    for (size_t i = r->binding_count; i-- > 0;)
        if (span_eq(r->bindings[i].prefix, prefix)) return r->bindings[i].uri;
    return prefix;
}

static struct xml_node *node_add(struct reading *r)
{
    if (++r->nodes > XML_NODES_MAX) {
        refuse(r, S("more than 500000 elements and texts"));
        return NULL;
    }
    struct xml_node *n = ARENA_NEW(r->a, struct xml_node);
    n->name = n->space = n->text = S("");
    n->parent = r->in;
    if (!r->in) {
        r->top = n;
    } else {
        if (r->in->last)
            r->in->last->next = n;
        else
            r->in->first = n;
        r->in->last = n;
    }
    return n;
}

/* Where the element that expat tells begins. Expat counts the same, more slowly; it alone knows CR
 * as the end of a line. */
static void place_now(struct reading *r, uint32_t *line_out, uint32_t *column_out)
{
    if (r->has_cr) {
        *line_out = (uint32_t)XML_GetCurrentLineNumber(r->expat);
        *column_out = (uint32_t)XML_GetCurrentColumnNumber(r->expat) + 1;
        return;
    }
    place_move(&r->place, (size_t)XML_GetCurrentByteIndex(r->expat));
    *line_out = r->place.lines + 1;
    *column_out = r->place.columns + 1;
}

/* The character data since the last tag becomes one text node. Nobody asks where that stands. */
static void text_end(struct reading *r)
{
    if (r->text.n == 0 || !r->in) return;
    struct xml_node *n = node_add(r);
    if (!n) return;
    n->text = arena_keep(r->a, buf_span(&r->text));
    r->text.n = 0;
}

/* The declarations among them are bound first: they hold for the element itself. */
static void attrs_add(struct reading *r, struct xml_node *n, const XML_Char **attrs)
{
    size_t count = 0;
    while (attrs[2 * count]) count++;
    if (count > XML_ATTRS_MAX) {
        refuse(r, S("an element with more than 256 attributes"));
        return;
    }
    if (count) n->attrs = arena_room(r->a, sizeof *n->attrs * count);
    for (size_t i = 0; i < count; i++) {
        const struct name *name = name_of(r, attrs[2 * i]);
        struct span value = arena_keep(r->a, span_of(attrs[2 * i + 1]));
        if (name->declares)
            bind(r, name, value);
        else
            n->attrs[n->attr_count++] = (struct xml_attr){name->local, name->prefix, value};
    }
}

/* An attribute without a prefix is in no namespace (Namespaces in XML, 6.2). */
static void spaces_find(const struct reading *r, struct xml_node *n, const struct name *name)
{
    n->space = space_of(r, name->prefix);
    for (uint32_t i = 0; i < n->attr_count; i++)
        if (n->attrs[i].space.n) n->attrs[i].space = space_of(r, n->attrs[i].space);
}

static void on_start(void *with, const XML_Char *written, const XML_Char **attrs)
{
    struct reading *r = with;
    if (r->reject->why.n) return;
    text_end(r);
    if (++r->depth > XML_DEPTH_MAX) {
        refuse(r, S("nested deeper than 128 elements"));
        return;
    }
    struct xml_node *n = node_add(r);
    if (!n) return;
    const struct name *name = name_of(r, written);
    n->name = name->local;
    place_now(r, &n->line, &n->column);
    attrs_add(r, n, attrs);
    spaces_find(r, n, name);
    r->in = n;
}

static void on_end(void *with, const XML_Char *name)
{
    struct reading *r = with;
    (void)name;
    if (r->reject->why.n) return;
    text_end(r);
    unbind(r);
    r->depth--;
    r->in = r->in->parent;
}

static void on_text(void *with, const XML_Char *p, int n)
{
    struct reading *r = with;
    buf_put(&r->text, (struct span){p, (size_t)n});
}

/* An external parameter entity passes: it is never fetched, so it declares nothing (NewsML 1.x
 * names NITF's DTD so). */
static void on_entity(void *with, const XML_Char *name, int is_parameter, const XML_Char *value,
    int length, const XML_Char *base, const XML_Char *system, const XML_Char *public,
    const XML_Char *notation)
{
    struct reading *r = with;
    (void)length, (void)base, (void)system, (void)public, (void)notation;
    if (is_parameter && !value) return;
    struct span shown = utf8_head(span_of(name), NAME_SHOWN);
    refuse(r, arena_printf(r->a, "the document declares the entity \"%.*s\"; that is not allowed",
                  FMT(shown)));
}

static void on_attlist(void *with, const XML_Char *element, const XML_Char *name,
    const XML_Char *type, const XML_Char *value, int required)
{
    (void)element, (void)name, (void)type, (void)required;
    if (value) refuse(with, S("the document's DTD gives attributes values; that is not allowed"));
}

static void handlers_set(struct reading *r)
{
    XML_SetUserData(r->expat, r);
    XML_SetHashSalt(r->expat, salt());
    XML_SetElementHandler(r->expat, on_start, on_end);
    XML_SetCharacterDataHandler(r->expat, on_text);
    XML_SetEntityDeclHandler(r->expat, on_entity);
    XML_SetAttlistDeclHandler(r->expat, on_attlist);
    XML_SetParamEntityParsing(r->expat, XML_PARAM_ENTITY_PARSING_NEVER);
}

/* Parses bytes, which are UTF-8 whatever they declare; NULL: refused. */
static struct xml_node *run(struct arena *a, struct span bytes, struct reject *reject)
{
    static const XML_Memory_Handling_Suite memory = {expat_take, expat_retake, expat_give};
    static const struct binding of_xml = {
        {"xml", 3}, {"http://www.w3.org/XML/1998/namespace", 36}, 0};
    struct pool pool = {.a = a};
    struct reading r = {.a = a, .reject = reject, .names = map_new(a)};
    r.bindings[r.binding_count++] = of_xml;
    r.place.bytes = bytes;
    r.has_cr = span_find_char(bytes, '\r') >= 0;
    buf_init(&r.text, a, 0);
    pool_now = &pool;
    r.expat = XML_ParserCreate_MM("UTF-8", &memory, NULL);
    must(r.expat != NULL);
    handlers_set(&r);
    bool good = XML_Parse(r.expat, bytes.p, (int)bytes.n, XML_TRUE) == XML_STATUS_OK;
    if (!good) refuse(&r, span_of(XML_ErrorString(XML_GetErrorCode(r.expat))));
    pool_now = NULL;
    return good ? r.top : NULL;
}

static struct span as_utf8(struct arena *a, struct span bytes, struct reject *reject)
{
    struct span label = charset_sniff(bytes), out;
    if (span_starts(bytes, S("\xEF\xBB\xBF"))) bytes = span_cut(bytes, 3, bytes.n);
    if (label.n == 0 || span_eq_nocase(label, S("utf-8"))) return bytes; /* expat tells if not */
    if (charset_to_utf8(a, bytes, label, &out)) return out;
    struct span shown = utf8_head(label, NAME_SHOWN);
    reject->why = arena_printf(a, "the charset \"%.*s\" is not known here", FMT(shown));
    reject->line = reject->column = 1;
    return (struct span){NULL, 0};
}

/* A name as long as a document: the parser keeps many copies of one. Looked for where it could
 * cost anything. */
static bool has_endless_name(struct span text)
{
    const char *end = text.p + text.n, *at = text.p;
    if (text.n < XML_NAME_MAX) return false;
    while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
        const char *from = ++at;
        while (at < end && !strchr(" \t\r\n/>=<&", *at)) at++;
        if (at - from > XML_NAME_MAX && *from != '!' && *from != '?') return true;
    }
    return false;
}

struct xml_node *xml_parse(struct arena *a, struct span bytes, struct reject *reject_out)
{
    *reject_out = (struct reject){0};
    if (bytes.n > XML_BYTES_MAX) {
        reject_out->why = S("larger than 32 MB");
        return NULL;
    }
    struct span text = bytes.n ? as_utf8(a, bytes, reject_out) : S("");
    if (reject_out->why.n) return NULL;
    if (has_endless_name(text)) {
        *reject_out = (struct reject){1, 1, S("a name of more than 256 KB")};
        return NULL;
    }
    return run(a, xml_name_entities(a, text), reject_out);
}
