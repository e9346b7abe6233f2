/* walk.c: goes over the file's tree along the schema: finds each key's row, fills groups and lists
 * of items. */
#include <string.h>

#include "schema.h"

static void walk_map(struct reading *r, const struct yaml *map, const struct group *g, void *base);

/* Nothing stands behind the key. */
static bool is_empty(const struct yaml *y)
{
    return y->type == YAML_TEXT && !y->quoted && !y->text.n;
}

/* "null" takes a feed out again where the file is laid over another configuration. */
static bool is_removal(const struct yaml *y)
{
    return y->type == YAML_TEXT && !y->quoted &&
           (span_eq(y->text, S("null")) || span_eq(y->text, S("~")));
}

static const struct key *key_named(const struct reading *r, const struct group *g, struct span name)
{
    for (size_t i = 0; i < g->key_count; i++)
        if (span_eq(span_of(g->keys[i].name), name))
            return !(g->keys[i].flags & KEY_OURS) || r->is_ours ? &g->keys[i] : NULL;
    return NULL;
}

/* Keys that people write although they must not, and why. */
static bool is_forbidden(struct reading *r, const struct yaml *y)
{
    static const char *const secrets[] = {"push_key", "key", "secret", "hmac_key", "password",
        "passphrase", "token", "api_key", "private_key"};
    struct span file =
        S("write it to a file that only the server may read, and name that file (push_key_file)");
    struct span html = S("leave it out: a wire's markup is always cleaned, because whoever can "
                         "write to the wire could otherwise run scripts in your readers' browsers");
    for (size_t i = 0; i < COUNT(secrets); i++)
        if (span_eq_nocase(y->key, span_of(secrets[i]))) {
            mistake(r, y->key_line, y->key_column, file,
                "“%.*s”: secrets do not stand in this file", FMT(y->key));
            return true;
        }
    if (!span_eq(y->key, S("trusted_html"))) return false;
    mistake(r, y->key_line, y->key_column, html, "there is no “trusted_html”");
    return true;
}

/* ---- lists of items ---- */
struct items {
    char *list;
    size_t count, cap;
};

static struct span *name_of(const struct group *g, void *item)
{
    return g->name_at == SIZE_MAX ? NULL : (struct span *)(void *)((char *)item + g->name_at);
}

static void *item_named(const struct group *g, struct items *items, struct span name)
{
    for (size_t i = 0; i < items->count && name.n; i++) {
        void *item = items->list + i * g->item_bytes;
        if (name_of(g, item) && span_eq(*name_of(g, item), name)) return item;
    }
    return NULL;
}

static void *add_item(struct reading *r, const struct group *g, struct items *items)
{
    if (items->count == items->cap) {
        size_t cap = items->cap ? items->cap * 2 : 8;
        char *list = arena_alloc(r->a, cap * g->item_bytes);
        if (items->count) memcpy(list, items->list, items->count * g->item_bytes);
        items->list = list;
        items->cap = cap;
    }
    void *item = items->list + items->count++ * g->item_bytes;
    memset(item, 0, g->item_bytes);
    return item;
}

static void drop_item(const struct group *g, struct items *items, void *item)
{
    char *next = (char *)item + g->item_bytes, *end = items->list + items->count * g->item_bytes;
    memmove(item, next, (size_t)(end - next));
    items->count--;
}

static void check_needed(
    struct reading *r, const struct yaml *y, const struct group *g, struct span given)
{
    for (size_t i = 0; i < g->key_count; i++) {
        const struct key *k = &g->keys[i];
        if (!(k->flags & KEY_NEEDED) || (given.n && span_eq(span_of(k->name), S("name")))) continue;
        if (!yaml_get(y, k->name)) mistake_at(r, y, S(""), "“%s” is missing here", k->name);
    }
}

/* Where an item's name stands: as the key of the map, as the word itself, or below "name". */
static struct yaml name_in(const struct yaml *y, const struct group *g)
{
    const struct yaml *inside =
        y->type == YAML_MAP && g->name_at != SIZE_MAX ? yaml_get(y, "name") : NULL;
    if (y->key.n)
        return (struct yaml){
            .type = YAML_TEXT, .text = y->key, .line = y->key_line, .column = y->key_column};
    if (inside && inside->type == YAML_TEXT) return *inside;
    bool is_word = y->type == YAML_TEXT && g->name_at != SIZE_MAX;
    return (struct yaml){.type = YAML_TEXT,
        .text = is_word ? y->text : (struct span){0},
        .line = y->line,
        .column = y->column};
}

/* One item: a map; in a map by name its key is the name; a word alone is an item with that name. */
static void walk_item(struct reading *r, const struct yaml *y, const struct group *g,
    struct items *items, bool is_new_list)
{
    struct yaml name = name_in(y, g);
    void *item = item_named(g, items, name.text);
    if (y->key.n && g->merges && is_removal(y)) {
        if (item) drop_item(g, items, item);
        return;
    }
    if (item && is_new_list) {
        mistake_at(r, &name, S("names must differ"), "“%.*s” is there twice", FMT(name.text));
        return;
    }
    if (y->type == YAML_LIST ||
        (y->type == YAML_TEXT && (g->name_at == SIZE_MAX || (y->key.n && !is_empty(y))))) {
        mistake_at(r, y, S("write its keys below it, indented"), "a map is expected here");
        return;
    }
    if (!item) item = add_item(r, g, items);
    if (g->line_at != SIZE_MAX && !r->is_ours)
        *(uint32_t *)(void *)((char *)item + g->line_at) = name.line;
    if (g->name_at != SIZE_MAX && (y->key.n || y->type == YAML_TEXT))
        value_read(r, key_named(r, g, S("name")), &name, item);
    if (y->type != YAML_MAP) return;
    check_needed(r, y, g, name.text);
    walk_map(r, y, g, item);
}

static void walk_items(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    const struct group *g = k->group;
    void **list = (void **)(void *)((char *)base + k->at);
    uint32_t *count = (uint32_t *)(void *)((char *)base + k->count_at);
    struct items items = {0};
    bool is_keyed = y->type == YAML_MAP;
    if (is_empty(y)) return;
    if (y->type == YAML_TEXT || (is_keyed && g->name_at == SIZE_MAX)) {
        mistake_at(r, y,
            g->name_at == SIZE_MAX
                ? S("begin each with “- ”")
                : S("write one name to a line, with its keys below it, indented"),
            "“%s” is a list", k->name);
        return;
    }
    bool merges = g->merges && is_keyed;
    for (uint32_t i = 0; merges && i < *count; i++)
        memcpy(add_item(r, g, &items), (char *)*list + i * g->item_bytes, g->item_bytes);
    size_t seen = 0;
    const struct yaml *i = y->first;
    for (; i && seen < CONFIG_ITEMS_MAX; i = i->next, seen++) walk_item(r, i, g, &items, !merges);
    if (i) too_many(r, k, i);
    *list = items.list;
    *count = (uint32_t)items.count;
}

/* ---- maps ---- */
static void walk_key(struct reading *r, const struct yaml *y, const struct group *g, void *base)
{
    const struct key *k = key_named(r, g, y->key);
    if (!k && r->is_ours) return; /* another version's: not ours to judge */
    if (!k) {
        if (!is_forbidden(r, y))
            mistake(r, y->key_line, y->key_column, suggest_key(r->a, g, y->key),
                "unknown key “%.*s”", FMT(utf8_head(y->key, 60)));
        return;
    }
    if (k->type == TYPE_ITEMS)
        walk_items(r, k, y, base);
    else if (k->type != TYPE_GROUP)
        value_read(r, k, y, base);
    else if (y->type == YAML_MAP)
        walk_map(r, y, k->group, base);
    else if (!is_empty(y))
        mistake_at(r, y, S("write its keys below it, indented"), "“%s” is a map", k->name);
}

/* Groups nest as deep as the schema does, items as deep as the file, which yaml bounds. */
static void walk_map(struct reading *r, const struct yaml *map, const struct group *g, void *base)
{
    for (const struct yaml *y = map->first; y; y = y->next) walk_key(r, y, g, base);
}

void walk_root(struct reading *r, const struct yaml *root)
{
    if (root->type == YAML_MAP)
        walk_map(r, root, &schema_root, r->config);
    else
        mistake_at(r, root, S("begin with “site:”"), "a site file is a map of keys");
}
