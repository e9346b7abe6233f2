/* overlay.c: a site file whose editorial part is another's: what the ledger has in force, reached
 * by the doors that the file names now. Walks the schema, so that a key is never forgotten. */
#include <string.h>

#include "schema.h"

static size_t bytes_of(const struct key *k)
{
    switch (k->type) {
    case TYPE_FLAG: return sizeof(bool);
    case TYPE_COUNT:
    case TYPE_LINE:
    case TYPE_CHOICE: return sizeof(uint32_t);
    case TYPE_ZONE: return sizeof(const struct zone *);
    case TYPE_TEXTS:
    case TYPE_NAMES:
    case TYPE_ADDRESSES:
    case TYPE_NETWORKS:
    case TYPE_ITEMS: return sizeof(void *);
    case TYPE_HTML: return sizeof(struct html);
    default: return sizeof(struct span);
    }
}

static bool has_count(const struct key *k)
{
    return k->type == TYPE_ITEMS || k->type == TYPE_TEXTS || k->type == TYPE_NAMES ||
           k->type == TYPE_ADDRESSES || k->type == TYPE_NETWORKS;
}

static void lay_group(struct arena *a, const struct group *g, const char *from, char *to);

static struct span name_of(const struct group *g, const char *item)
{
    struct span name;
    memcpy(&name, item + g->name_at, sizeof name);
    return name;
}

/* Of the file's item of this name all that is not editorial stays. */
static void lay_items(struct arena *a, const struct key *k, const char *from, char *to)
{
    const struct group *g = k->group;
    const char *old, *file;
    uint32_t old_count, file_count;
    memcpy(&old, from + k->at, sizeof old);
    memcpy(&old_count, from + k->count_at, sizeof old_count);
    memcpy(&file, to + k->at, sizeof file);
    memcpy(&file_count, to + k->count_at, sizeof file_count);
    char *list = arena_alloc(a, g->item_bytes * (old_count + 1));
    for (uint32_t i = 0; i < old_count; i++) {
        const char *item = old + i * g->item_bytes, *base = item;
        for (uint32_t n = 0; g->name_at != SIZE_MAX && n < file_count; n++)
            if (span_eq(name_of(g, item), name_of(g, file + n * g->item_bytes)))
                base = file + n * g->item_bytes;
        memcpy(list + i * g->item_bytes, base, g->item_bytes);
        lay_group(a, g, item, list + i * g->item_bytes);
    }
    memcpy(to + k->at, &list, sizeof list);
    memcpy(to + k->count_at, &old_count, sizeof old_count);
}

static void lay_group(struct arena *a, const struct group *g, const char *from, char *to)
{
    for (size_t i = 0; i < g->key_count; i++) {
        const struct key *k = &g->keys[i];
        if (!(k->flags & KEY_EDITORIAL)) continue;
        if (k->type == TYPE_GROUP) {
            lay_group(a, k->group, from, to);
        } else if (k->type == TYPE_ITEMS) {
            lay_items(a, k, from, to);
        } else {
            memcpy(to + k->at, from + k->at, bytes_of(k));
            if (has_count(k)) memcpy(to + k->count_at, from + k->count_at, sizeof(uint32_t));
        }
    }
}

struct config *config_with_editorial(
    struct arena *a, const struct config *file, struct span json, struct config_report *report)
{
    const struct config *old = config_from_editorial(a, json, report);
    if (!old) return NULL;
    struct config *c = ARENA_NEW(a, struct config);
    *c = *file;
    lay_group(a, &schema_root, (const char *)old, (char *)c);
    return c;
}
