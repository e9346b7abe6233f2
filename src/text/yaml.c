/* yaml: a strict tree out of libyaml's events (YAML 1.1 as people write it): maps, lists and
 * scalars, nothing else. Anchors, aliases, tags, duplicate keys and several documents are refused
 * with a sentence. Reads configuration and word lists, never wire bytes: libyaml allocates by
 * malloc. */
#include "text.h"

#include <string.h>
#include <yaml.h>

enum {
    YAML_BYTES_MAX = 4 << 20, /* the largest word list has 40 kB */
    YAML_DEPTH_MAX = 16,      /* site.yaml needs 6 */
    YAML_NODES_MAX = 200000,
    KEY_SHOWN = 60,
};

struct level {
    struct yaml *node, *last;
    struct map *keys; /* of a map: key -> its struct yaml */
    bool has_key;     /* key, key_mark: read, and waiting for the value */
    struct span key;
    yaml_mark_t key_mark;
};

struct reading {
    struct arena *a;
    struct level levels[YAML_DEPTH_MAX];
    size_t depth, nodes, documents;
    struct yaml *top;
    struct reject *reject;
};

static bool refuse(struct reading *r, yaml_mark_t mark, struct span why)
{
    r->reject->line = (uint32_t)mark.line + 1;
    r->reject->column = (uint32_t)mark.column + 1;
    r->reject->why = why;
    return false;
}

/* A place for the value at mark in the map or list around it; NULL: refused. */
static struct yaml *node_add(struct reading *r, enum yaml_type type, yaml_mark_t mark)
{
    if (++r->nodes > YAML_NODES_MAX) {
        refuse(r, mark, S("more than 200000 values"));
        return NULL;
    }
    struct yaml *y = ARENA_NEW(r->a, struct yaml);
    y->type = type;
    y->text = S("");
    y->line = (uint32_t)mark.line + 1;
    y->column = (uint32_t)mark.column + 1;
    if (r->depth == 0) {
        r->top = y;
        return y;
    }
    struct level *in = &r->levels[r->depth - 1];
    if (in->node->type == YAML_MAP) {
        if (!in->has_key) {
            refuse(r, mark, S("a key must be plain text, not a map or a list"));
            return NULL;
        }
        y->key = in->key;
        y->key_line = (uint32_t)in->key_mark.line + 1;
        y->key_column = (uint32_t)in->key_mark.column + 1;
        *map_at(in->keys, y->key) = y;
        in->has_key = false;
    }
    if (in->last)
        in->last->next = y;
    else
        in->node->first = y;
    in->last = y;
    return y;
}

static bool key_take(struct reading *r, struct level *in, struct span key, yaml_mark_t mark)
{
    struct yaml *before = map_get(in->keys, key);
    if (before)
        return refuse(r, mark,
            arena_printf(r->a, "the key \"%.*s\" is there twice; it stood in line %u already",
                FMT(utf8_head(key, KEY_SHOWN)), before->key_line));
    in->has_key = true;
    in->key = arena_keep(r->a, key);
    in->key_mark = mark;
    return true;
}

static bool on_scalar(struct reading *r, const yaml_event_t *e)
{
    struct span text = {(const char *)e->data.scalar.value, e->data.scalar.length};
    struct level *in = r->depth ? &r->levels[r->depth - 1] : NULL;
    if (e->data.scalar.anchor) return refuse(r, e->start_mark, S("anchors (&) are not used here"));
    if (e->data.scalar.tag) return refuse(r, e->start_mark, S("tags (!) are not used here"));
    if (text.n && memchr(text.p, 0, text.n)) return refuse(r, e->start_mark, S("a NUL character"));
    if (in && in->node->type == YAML_MAP && !in->has_key)
        return key_take(r, in, text, e->start_mark);
    struct yaml *y = node_add(r, YAML_TEXT, e->start_mark);
    if (!y) return false;
    y->text = arena_keep(r->a, text);
    y->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return true;
}

static bool on_open(struct reading *r, const yaml_event_t *e, enum yaml_type type)
{
    bool is_map = type == YAML_MAP;
    if (is_map ? e->data.mapping_start.anchor : e->data.sequence_start.anchor)
        return refuse(r, e->start_mark, S("anchors (&) are not used here"));
    if (is_map ? e->data.mapping_start.tag : e->data.sequence_start.tag)
        return refuse(r, e->start_mark, S("tags (!) are not used here"));
    if (r->depth == YAML_DEPTH_MAX)
        return refuse(r, e->start_mark, S("nested deeper than 16 levels"));
    struct yaml *y = node_add(r, type, e->start_mark);
    if (!y) return false;
    r->levels[r->depth++] = (struct level){.node = y, .keys = is_map ? map_new(r->a) : NULL};
    return true;
}

static bool on_event(struct reading *r, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SCALAR_EVENT: return on_scalar(r, e);
    case YAML_MAPPING_START_EVENT: return on_open(r, e, YAML_MAP);
    case YAML_SEQUENCE_START_EVENT: return on_open(r, e, YAML_LIST);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT: r->depth--; return true;
    case YAML_ALIAS_EVENT: return refuse(r, e->start_mark, S("aliases (*) are not used here"));
    case YAML_DOCUMENT_START_EVENT:
        if (r->documents++)
            return refuse(
                r, e->start_mark, S("a second document (---) begins here; one is enough"));
        if (e->data.document_start.tag_directives.start !=
            e->data.document_start.tag_directives.end)
            return refuse(r, e->start_mark, S("tags (!) are not used here"));
        return true;
    default: return true;
    }
}

static bool refuse_as_libyaml_says(struct reading *r, const yaml_parser_t *p)
{
    yaml_mark_t mark = p->problem_mark;
    const char *problem = p->problem ? p->problem : "this is not YAML";
    if (p->error == YAML_READER_ERROR)
        return refuse(r, p->mark, arena_printf(r->a, "%s (byte %zu)", problem, p->problem_offset));
    if (!p->context) return refuse(r, mark, arena_keep(r->a, span_of(problem)));
    return refuse(r, mark,
        arena_printf(
            r->a, "%s, %s that began in line %zu", problem, p->context, p->context_mark.line + 1));
}

static bool run(struct reading *r, yaml_parser_t *p)
{
    for (bool going = true; going;) {
        yaml_event_t e;
        if (!yaml_parser_parse(p, &e)) return refuse_as_libyaml_says(r, p);
        bool fits = on_event(r, &e);
        going = e.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&e);
        if (!fits) return false;
    }
    return true;
}

struct yaml *yaml_parse_text(struct arena *a, struct span bytes, struct reject *reject_out)
{
    *reject_out = (struct reject){0};
    struct reading *r = ARENA_NEW(a, struct reading);
    r->a = a;
    r->reject = reject_out;
    if (bytes.n > YAML_BYTES_MAX) {
        reject_out->why = S("larger than 4 MB");
        return NULL;
    }
    yaml_parser_t p;
    must(yaml_parser_initialize(&p));
    yaml_parser_set_encoding(&p, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&p, (const unsigned char *)(bytes.p ? bytes.p : ""), bytes.n);
    bool read = run(r, &p);
    yaml_parser_delete(&p);
    if (!read) return NULL;
    bool nothing = !r->top || (r->top->type == YAML_TEXT && !r->top->quoted && !r->top->text.n);
    if (nothing) {
        r->top = ARENA_NEW(a, struct yaml);
        *r->top = (struct yaml){.type = YAML_MAP, .text = S(""), .line = 1, .column = 1};
    }
    return r->top;
}

const struct yaml *yaml_get(const struct yaml *map, const char *key)
{
    if (!map || map->type != YAML_MAP) return NULL;
    for (const struct yaml *y = map->first; y; y = y->next)
        if (span_eq(y->key, span_of(key))) return y;
    return NULL;
}
