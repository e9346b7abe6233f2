/* xml: a bounded tree (XML 1.0, Namespaces in XML). Most documents xml_plain.c reads; expat, here,
 * whatever that leaves, and it alone says what is wrong. Owns the parsing; xml_tree.c walks what
 * comes out. Nothing outside the bytes is ever opened: external ids are ignored, and a
 * DTD that declares entities or attribute values is refused, so that nothing can grow. All memory
 * comes from the arena, the salt of expat's tables from the process: no system call. */
#include "text.h"

#include <expat.h>
#include <string.h>

#include "pool.h"
#include "prepare.h"
#include "xml_build.h"

enum {
    XML_BYTES_MAX = 32 << 20, /* the largest delivery */
    XML_NAME_MAX = 256 << 10, /* of an element; none seen has 100 bytes */
    NAME_SHOWN = 60,          /* characters of a name shown in a reject */
};

struct reading {
    struct xml_build tree;
    XML_Parser expat;
    struct buf text; /* character data waiting for the next tag */
    bool has_cr;
    struct map *names; /* as written, to struct xml_name */
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

/* A document has few names, and tells each of them often. */
static const struct xml_name *name_of(struct reading *r, const char *written)
{
    struct span s = span_of(written);
    struct xml_name *n = map_get(r->names, s);
    if (n) return n;
    s = arena_keep(r->tree.a, s);
    n = ARENA_NEW(r->tree.a, struct xml_name);
    *n = xml_name_cut(s);
    *map_at(r->names, s) = n;
    return n;
}

static struct xml_node *node_add(struct reading *r)
{
    struct xml_node *n = xml_node_add(&r->tree);
    if (!n) refuse(r, S("more than 500000 elements and texts"));
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
    place_move(&r->tree.place, (size_t)XML_GetCurrentByteIndex(r->expat));
    *line_out = r->tree.place.lines + 1;
    *column_out = r->tree.place.columns + 1;
}

/* The character data since the last tag becomes one text node. Nobody asks where that stands. */
static void text_end(struct reading *r)
{
    if (r->text.n == 0 || !r->tree.in) return;
    struct xml_node *n = node_add(r);
    if (!n) return;
    n->text = arena_keep(r->tree.a, buf_span(&r->text));
    r->text.n = 0;
}

/* The declarations among them are bound first: they hold for the element itself. */
static void attrs_add(struct reading *r, struct xml_node *n, const XML_Char **attrs)
{
    struct arena *a = r->tree.a;
    size_t count = 0;
    while (attrs[2 * count]) count++;
    if (count > XML_ATTRS_MAX) {
        refuse(r, S("an element with more than 256 attributes"));
        return;
    }
    if (count) n->attrs = arena_room(a, sizeof *n->attrs * count);
    for (size_t i = 0; i < count; i++)
        xml_attr_add(
            &r->tree, n, name_of(r, attrs[2 * i]), arena_keep(a, span_of(attrs[2 * i + 1])));
}

static void on_start(void *with, const XML_Char *written, const XML_Char **attrs)
{
    struct reading *r = with;
    if (r->reject->why.n) return;
    text_end(r);
    if (++r->tree.depth > XML_DEPTH_MAX) {
        refuse(r, S("nested deeper than 128 elements"));
        return;
    }
    struct xml_node *n = node_add(r);
    if (!n) return;
    const struct xml_name *name = name_of(r, written);
    n->name = name->local;
    place_now(r, &n->line, &n->column);
    attrs_add(r, n, attrs);
    xml_spaces_find(&r->tree, n, name->prefix);
    r->tree.in = n;
}

static void on_end(void *with, const XML_Char *name)
{
    struct reading *r = with;
    (void)name;
    if (r->reject->why.n) return;
    text_end(r);
    xml_node_end(&r->tree);
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
    refuse(r, arena_printf(r->tree.a,
                  "the document declares the entity \"%.*s\"; that is not allowed", FMT(shown)));
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
struct xml_node *xml_read_by_expat(struct arena *a, struct span bytes, struct reject *reject)
{
    static const XML_Memory_Handling_Suite memory = {expat_take, expat_retake, expat_give};
    struct pool pool = {.a = a};
    struct reading r = {.reject = reject, .names = map_new(a)};
    xml_build_init(&r.tree, a, bytes);
    r.has_cr = span_find_char(bytes, '\r') >= 0;
    buf_init(&r.text, a, 0);
    pool_now = &pool;
    r.expat = XML_ParserCreate_MM("UTF-8", &memory, NULL);
    must(r.expat != NULL);
    handlers_set(&r);
    bool good = XML_Parse(r.expat, bytes.p, (int)bytes.n, XML_TRUE) == XML_STATUS_OK;
    if (!good) refuse(&r, span_of(XML_ErrorString(XML_GetErrorCode(r.expat))));
    pool_now = NULL;
    return good ? r.tree.top : NULL;
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
    text = xml_name_entities(a, text);
    struct xml_node *top = xml_read_plain(a, text);
    return top ? top : xml_read_by_expat(a, text, reject_out);
}
