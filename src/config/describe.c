/* describe.c: docs/configuration.md's tables, from the schema. */
#include <stdio.h>

#include "schema.h"

static const char *type_words(const struct key *k)
{
    static const char *const words[] = {
        [TYPE_TEXT] = "text",
        [TYPE_NAME] = "name",
        [TYPE_FLAG] = "yes or no",
        [TYPE_COUNT] = "number",
        [TYPE_ZONE] = "time zone",
        [TYPE_ORIGIN] = "address",
        [TYPE_BASE] = "path in URLs",
        [TYPE_LINK] = "address",
        [TYPE_COLOUR] = "colour",
        [TYPE_LANGUAGE] = "language",
        [TYPE_PATH] = "path",
        [TYPE_KEY_FILE] = "path",
        [TYPE_INSTANT] = "date or time",
        [TYPE_TEXTS] = "words",
        [TYPE_NAMES] = "names",
        [TYPE_ADDRESSES] = "addresses",
        [TYPE_NETWORKS] = "networks",
        [TYPE_GROUP] = "keys",
        [TYPE_ITEMS] = "list",
        [TYPE_HTML] = "HTML",
        [TYPE_CHOICE] = "",
        [TYPE_WORD] = "",
        [TYPE_LINE] = "",
    };
    return words[k->type];
}

static void put_type(struct buf *out, const struct key *k)
{
    struct span w;
    const char *rest = k->words;
    buf_str(out, type_words(k));
    if (k->type == TYPE_COUNT) buf_printf(out, ", %u to %u", k->min, k->max);
    for (bool first = true; words_next(&rest, &w); first = false)
        buf_printf(out, "%s`%.*s`", first ? "" : ", ", FMT(w));
}

static void put_rows(struct buf *out, const struct group *g)
{
    buf_lit(out, "\n| key | takes | left out | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < g->key_count; i++) {
        const struct key *k = &g->keys[i];
        if (k->flags & KEY_OURS) continue;
        const char *otherwise = k->flags & KEY_NEEDED ? "a mistake"
                                : k->otherwise        ? k->otherwise
                                                      : "none";
        buf_printf(out, "| `%s` | ", k->name);
        put_type(out, k);
        buf_printf(out, " | %s | %s |\n", otherwise, k->about);
    }
}

static void put_group(struct buf *out, struct span path, const struct group *g, int depth)
{
    if (path.n)
        buf_printf(out, "\n%s `%.*s`\n\n%s\n", depth > 1 ? "####" : "###", FMT(path), g->about);
    else
        buf_lit(out, "\n### The top\n");
    put_rows(out, g);
    for (size_t i = 0; i < g->key_count; i++) {
        const struct key *k = &g->keys[i];
        char below[64];
        if (!k->group || k->flags & KEY_OURS) continue;
        int n = snprintf(below, sizeof below, "%.*s%s%s", FMT(path), path.n ? "." : "", k->name);
        must(n > 0 && (size_t)n < sizeof below);
        put_group(out, (struct span){below, (size_t)n}, k->group, depth + 1);
    }
}

void config_describe(struct buf *out)
{
    put_group(out, S(""), &schema_root, 0);
}
