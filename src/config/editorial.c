/* editorial.c: what desk and press depend on, written along the schema as one line of JSON in the
 * site file's own terms: the same configuration gives the same bytes. What is empty or no is left
 * out; so is everything that is not editorial: addresses, paths, names of secrets. */
#include "schema.h"

static void write_group(struct json_out *o, const struct group *g, const char *base);

static void write_list(struct json_out *o, const struct key *k, const char *base)
{
    const struct span *list = *(struct span *const *)(const void *)(base + k->at);
    uint32_t count = *(const uint32_t *)(const void *)(base + k->count_at);
    if (!count) return;
    json_open(o, k->name, '[');
    for (uint32_t i = 0; i < count; i++) json_string(o, NULL, list[i]);
    json_close(o, ']');
}

static void write_items(struct json_out *o, const struct key *k, const char *base)
{
    const char *list = *(const char *const *)(const void *)(base + k->at);
    uint32_t count = *(const uint32_t *)(const void *)(base + k->count_at);
    if (!count) return;
    json_open(o, k->name, '[');
    for (uint32_t i = 0; i < count; i++) {
        json_open(o, NULL, '{');
        write_group(o, k->group, list + i * k->group->item_bytes);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void write_text(struct json_out *o, const struct key *k, struct span s)
{
    if (s.n) json_string(o, k->name, s);
}

static void write_choice(struct json_out *o, const struct key *k, uint32_t n)
{
    struct span w;
    const char *rest = k->words;
    for (uint32_t i = 0; words_next(&rest, &w); i++)
        if (i == n && n) json_string(o, k->name, w);
}

static void write_key(struct json_out *o, const struct key *k, const char *base)
{
    const void *at = base + k->at;
    switch (k->type) {
    case TYPE_GROUP:
        json_open(o, k->name, '{');
        write_group(o, k->group, base);
        json_close(o, '}');
        break;
    case TYPE_ITEMS: write_items(o, k, base); break;
    case TYPE_TEXTS:
    case TYPE_NAMES:
    case TYPE_ADDRESSES:
    case TYPE_NETWORKS: write_list(o, k, base); break;
    case TYPE_FLAG:
        if (*(const bool *)at) json_bool(o, k->name, true);
        break;
    case TYPE_COUNT:
    case TYPE_LINE:
        if (*(const uint32_t *)at) json_number(o, k->name, *(const uint32_t *)at);
        break;
    case TYPE_CHOICE: write_choice(o, k, *(const uint32_t *)at); break;
    case TYPE_ZONE:
        if (*(const struct zone *const *)at)
            write_text(o, k, zone_name(*(const struct zone *const *)at));
        break;
    case TYPE_HTML: write_text(o, k, ((const struct html *)at)->s); break;
    default: write_text(o, k, *(const struct span *)at); break;
    }
}

static void write_group(struct json_out *o, const struct group *g, const char *base)
{
    for (size_t i = 0; i < g->key_count; i++)
        if (g->keys[i].flags & KEY_EDITORIAL) write_key(o, &g->keys[i], base);
}

struct span config_editorial(struct arena *a, const struct config *c)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    write_group(&o, &schema_root, (const char *)c);
    json_close(&o, '}');
    return buf_span(&b);
}
