/* json: a bounded tree out of yajl's events (RFC 8259). yajl checks grammar and UTF-8; what it lets
 * pass is checked here: duplicate keys, depth, lone surrogates, NUL in keys. Numbers keep their
 * text. All memory comes from the arena; no system call. */
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "place.h"
#include "pool.h"

enum {
    JSON_BYTES_MAX = 32 << 20, /* the largest delivery */
    JSON_DEPTH_MAX = 64,       /* ninjs needs 8 */
    JSON_NODES_MAX = 1000000,  /* 32 MB of short numbers would fill the arena */
    KEYS_BY_HAND = 8,          /* up to here duplicate keys are found by looking */
};

struct level {
    struct json *node, *last;
    struct map *keys; /* of a large object */
};

struct reading {
    struct arena *a;
    struct pool pool;
    struct span bytes;
    yajl_handle yajl;
    struct level levels[JSON_DEPTH_MAX];
    size_t depth, nodes;
    struct json *top;
    struct span key;  /* read, and waiting for its value */
    size_t token_end; /* of the token before */
    struct place place;
    struct reject *reject;
};

static void *yajl_take(void *with, size_t n)
{
    return pool_malloc(with, n);
}

static void *yajl_retake(void *with, void *old, size_t n)
{
    return pool_realloc(with, old, n);
}

static void yajl_give(void *with, void *old)
{
    pool_free(with, old);
}

/* Line and column of a byte. Calls come in rising order; an error may look back. */
static void place(struct reading *r, size_t at, uint32_t *line_out, uint32_t *column_out)
{
    struct place *p = &r->place;
    place_move(p, at);
    *line_out = p->lines + 1;
    *column_out = p->columns + 1;
    if (at < p->counted && at >= p->line_start)
        *column_out = (uint32_t)utf8_count(span_cut(r->bytes, p->line_start, at)) + 1;
}

static bool is_between(char c)
{
    return c == ' ' || c == '\n' || c == ',' || c == ':' || c == '\t' || c == '\r';
}

/* Where the token that yajl has just told begins: behind the one before, and white space and
 * separators. */
static size_t token_start(struct reading *r)
{
    size_t i = r->token_end;
    while (i < r->bytes.n && is_between(r->bytes.p[i])) i++;
    r->token_end = yajl_get_bytes_consumed(r->yajl);
    return i;
}

static int refuse(struct reading *r, size_t at, struct span why)
{
    place(r, at, &r->reject->line, &r->reject->column);
    r->reject->why = why;
    return 0;
}

static unsigned hex4(const char *p)
{
    unsigned v = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)p[i];
        v = v << 4 | (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return v & 0xFFFF;
}

/* Whether every \u escape of the raw string is a character or one half of a pair. */
static bool surrogates_pair(struct span raw)
{
    for (size_t i = 0; i + 6 <= raw.n; i++) {
        const char *next = memchr(raw.p + i, '\\', raw.n - i);
        if (!next || raw.p + raw.n - next < 6) return true;
        i = (size_t)(next - raw.p);
        if (raw.p[++i] != 'u' || i + 5 > raw.n) continue;
        unsigned unit = hex4(raw.p + i + 1);
        i += 4;
        if ((unit & 0xF800) != 0xD800) continue;
        bool low_follows = i + 7 <= raw.n && raw.p[i + 1] == '\\' && raw.p[i + 2] == 'u' &&
                           (hex4(raw.p + i + 3) & 0xFC00) == 0xDC00;
        if ((unit & 0xFC00) != 0xD800 || !low_follows) return false;
        i += 6;
    }
    return true;
}

/* The key that has just been read, against those of the members before it. */
static bool key_is_new(struct reading *r, struct level *in)
{
    static char seen;
    if (in->node->count < KEYS_BY_HAND) {
        for (const struct json *m = in->node->first; m; m = m->next)
            if (span_eq(m->key, r->key)) return false;
        return true;
    }
    if (!in->keys) {
        in->keys = map_new(r->a);
        for (const struct json *m = in->node->first; m; m = m->next)
            *map_at(in->keys, m->key) = &seen;
    }
    void **slot = map_at(in->keys, r->key);
    if (*slot) return false;
    *slot = &seen;
    return true;
}

static struct json *node_add(struct reading *r, enum json_type type, size_t at)
{
    if (++r->nodes > JSON_NODES_MAX) {
        refuse(r, at, S("more than 1000000 values"));
        return NULL;
    }
    struct json *j = ARENA_NEW(r->a, struct json);
    j->type = type;
    place(r, at, &j->line, &j->column);
    if (r->depth == 0) {
        r->top = j;
        return j;
    }
    struct level *in = &r->levels[r->depth - 1];
    j->key = r->key;
    r->key = (struct span){NULL, 0};
    if (in->last)
        in->last->next = j;
    else
        in->node->first = j;
    in->last = j;
    in->node->count++;
    return j;
}

static int on_plain(struct reading *r, enum json_type type)
{
    return node_add(r, type, token_start(r)) != NULL;
}

static int on_null(void *with)
{
    return on_plain(with, JSON_NULL);
}

static int on_boolean(void *with, int is_true)
{
    return on_plain(with, is_true ? JSON_TRUE : JSON_FALSE);
}

static int on_number(void *with, const char *p, size_t n)
{
    struct reading *r = with;
    struct json *j = node_add(r, JSON_NUMBER, token_start(r));
    if (j) j->text = arena_keep(r->a, (struct span){p, n});
    return j != NULL;
}

/* Does it hold an escape? Without one yajl hands out the very bytes behind the quotation mark. */
static bool is_escaped(const struct reading *r, size_t at, const unsigned char *p)
{
    return (const char *)p != r->bytes.p + at + 1;
}

static int on_string(void *with, const unsigned char *p, size_t n)
{
    struct reading *r = with;
    size_t at = token_start(r);
    if (is_escaped(r, at, p) && !surrogates_pair(span_cut(r->bytes, at, r->token_end)))
        return refuse(r, at, S("a \\u escape is half of a surrogate pair"));
    struct json *j = node_add(r, JSON_STRING, at);
    if (j) j->text = arena_keep(r->a, (struct span){(const char *)p, n});
    return j != NULL;
}

static int on_key(void *with, const unsigned char *p, size_t n)
{
    struct reading *r = with;
    size_t at = token_start(r);
    if (is_escaped(r, at, p) && !surrogates_pair(span_cut(r->bytes, at, r->token_end)))
        return refuse(r, at, S("a \\u escape is half of a surrogate pair"));
    if (n && memchr(p, 0, n)) return refuse(r, at, S("a key with a NUL character"));
    r->key = arena_keep(r->a, (struct span){(const char *)p, n});
    if (key_is_new(r, &r->levels[r->depth - 1])) return 1;
    struct span shown = utf8_head(r->key, 60);
    return refuse(r, at, arena_printf(r->a, "the key \"%.*s\" is there twice", FMT(shown)));
}

static int on_open(struct reading *r, enum json_type type)
{
    size_t at = token_start(r);
    if (r->depth == JSON_DEPTH_MAX) return refuse(r, at, S("nested deeper than 64 levels"));
    struct json *j = node_add(r, type, at);
    if (!j) return 0;
    r->levels[r->depth++] = (struct level){.node = j};
    return 1;
}

static int on_object(void *with)
{
    return on_open(with, JSON_OBJECT);
}

static int on_array(void *with)
{
    return on_open(with, JSON_ARRAY);
}

static int on_close(void *with)
{
    struct reading *r = with;
    r->token_end = yajl_get_bytes_consumed(r->yajl);
    r->depth--;
    return 1;
}

static const yajl_callbacks callbacks = {on_null, on_boolean, NULL, NULL, on_number, on_string,
    on_object, on_key, on_close, on_array, on_close};

static void refuse_as_yajl_says(struct reading *r)
{
    size_t at = yajl_get_bytes_consumed(r->yajl);
    unsigned char *said = yajl_get_error(r->yajl, 0, NULL, 0);
    struct span why = span_trim(span_of((const char *)said));
    if (why.n == 0) why = S("it ends too early");
    refuse(r, at, arena_keep(r->a, why));
    yajl_free_error(r->yajl, said);
}

/* yajl lets overlong forms and surrogates pass; we do not. */
static bool refuse_broken_utf8(struct reading *r)
{
    if (utf8_valid(r->bytes)) return false;
    size_t at = 0, from = 0;
    while (at < r->bytes.n) {
        from = at;
        if (utf8_next(r->bytes, &at) == 0xFFFD && at == from + 1) break;
    }
    refuse(r, from, S("bytes that are not UTF-8"));
    return true;
}

static bool run(struct reading *r)
{
    if (refuse_broken_utf8(r)) return false;
    yajl_status s = yajl_parse(r->yajl, (const unsigned char *)r->bytes.p, r->bytes.n);
    if (s == yajl_status_ok) s = yajl_complete_parse(r->yajl);
    if (s == yajl_status_ok && r->top) return true;
    if (r->reject->why.n == 0) refuse_as_yajl_says(r);
    return false;
}

struct json *json_parse(struct arena *a, struct span bytes, struct reject *reject_out)
{
    *reject_out = (struct reject){0};
    if (span_starts(bytes, S("\xEF\xBB\xBF"))) bytes = span_cut(bytes, 3, bytes.n);
    if (bytes.n > JSON_BYTES_MAX) {
        reject_out->why = S("larger than 32 MB");
        return NULL;
    }
    struct reading *r = ARENA_NEW(a, struct reading);
    r->a = a;
    r->pool.a = a;
    r->bytes = r->place.bytes = bytes;
    r->reject = reject_out;
    yajl_alloc_funcs memory = {yajl_take, yajl_retake, yajl_give, &r->pool};
    r->yajl = yajl_alloc(&callbacks, &memory, r);
    must(r->yajl != NULL);
    return run(r) ? r->top : NULL;
}

const struct json *json_get(const struct json *object, const char *key)
{
    struct span wanted = span_of(key);
    if (!object || object->type != JSON_OBJECT) return NULL;
    for (const struct json *m = object->first; m; m = m->next)
        if (span_eq(m->key, wanted)) return m;
    return NULL;
}

struct span json_text(const struct json *object, const char *key)
{
    const struct json *m = json_get(object, key);
    bool texty = m && (m->type == JSON_STRING || m->type == JSON_NUMBER);
    return texty ? m->text : (struct span){NULL, 0};
}

bool json_is_true(const struct json *object, const char *key)
{
    const struct json *m = json_get(object, key);
    return m && m->type == JSON_TRUE;
}
