/* receipt_brief: a receipt without the words of a purged story (K20): what was asked and answered
 * stays, addresses are named by what has no words in it. Signs nothing and touches no file. */
#include "roles.h"

enum { DAY_PATH = 12, DEPTH_MAX = 4 }; /* "/2026/01/23/"; a receipt's lists hold objects */

struct brief {
    struct arena *a;
    const struct receipt_briefly *how;
    struct span base; /* before every path */
    bool is_own;      /* the receipt is the purged story's, else it may name it */
    bool changed;
};

static bool names_it(const struct brief *b, struct span text)
{
    for (size_t i = 0; i < b->how->id_count; i++)
        if (span_find(text, b->how->ids[i]) >= 0) return true;
    return false;
}

/* ---- one path ---- */
static size_t day_end(struct span path)
{
    static const char shape[] = "/dddd/dd/dd/";
    if (path.n < DAY_PATH) return 0;
    for (size_t i = 0; i < DAY_PATH; i++)
        if (shape[i] == 'd' ? path.p[i] < '0' || path.p[i] > '9' : path.p[i] != shape[i]) return 0;
    return DAY_PATH;
}

/* "/2026/01/23/words-0123456789ab/revisions": without its words; whoever's address it is. */
static bool cut_slug(struct brief *b, struct span path, struct span *out)
{
    story_id id;
    size_t day = day_end(path);
    if (!day) return false;
    struct span rest = span_cut(path, day, path.n), name = rest;
    ptrdiff_t slash = span_find_char(rest, '/');
    if (slash >= 0) name = span_cut(rest, 0, (size_t)slash);
    if (span_ends(name, S(".txt"))) name = span_cut(name, 0, name.n - 4);
    if (name.n < STORY_ID_TEXT ||
        !story_id_read(span_cut(name, name.n - STORY_ID_TEXT, name.n), &id))
        return false;
    *out = arena_printf(b->a, "%.*s%.*s", FMT(span_cut(path, 0, day)),
        FMT(span_cut(rest, name.n - STORY_ID_TEXT, rest.n)));
    return true;
}

/* Lists that every site has, or that are named by the site itself. */
static bool is_wordless(struct span path)
{
    static const char *const begins[] = {
        "/sitemap-", "/api/v1/stories", "/wp-json/", "/pictures/", "/archive/", "/section/"};
    for (size_t i = 0; i < probe_fixed_count; i++)
        if (span_eq(path, span_of(probe_fixed[i]))) return true;
    for (size_t i = 0; i < COUNT(begins); i++)
        if (span_starts(path, span_of(begins[i]))) return true;
    return false;
}

/* What is no address of ours has been one of the site before. */
static struct span kind_of(struct span path)
{
    static const char *const kinds[] = {
        "/search", "/suggest", "/tag", "/author", "/person", "/place"};
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (span_starts(path, span_of(kinds[i]))) return span_of(kinds[i]);
    return S("/…");
}

static struct span brief_path(struct brief *b, struct span path)
{
    struct span below = path, out;
    if (!b->is_own && !names_it(b, path)) return path;
    if (span_starts(path, b->base)) below = span_cut(path, b->base.n, path.n);
    if (!cut_slug(b, below, &out)) out = is_wordless(below) ? below : kind_of(below);
    if (!span_eq(out, below)) b->changed = true;
    return span_eq(out, below) ? path : arena_printf(b->a, "%.*s%.*s", FMT(b->base), FMT(out));
}

/* ---- the whole ---- */
static bool is_left_out(struct brief *b, const struct json *m)
{
    bool names = span_eq(m->key, S("url")) || span_eq(m->key, S("guid"));
    bool out = names && (b->is_own || names_it(b, m->text));
    b->changed |= out && m->text.n;
    return out;
}

static void put(struct brief *b, struct json_out *o, const struct json *j, int depth);

static void put_members(
    struct brief *b, struct json_out *o, const struct json *j, const char *key, int depth)
{
    char bracket = j->type == JSON_OBJECT ? '{' : '[';
    json_open(o, key, bracket);
    for (const struct json *m = j->first; m && depth < DEPTH_MAX; m = m->next)
        put(b, o, m, depth + 1);
    json_close(o, bracket == '{' ? '}' : ']');
}

static void put(struct brief *b, struct json_out *o, const struct json *j, int depth)
{
    int64_t number = 0;
    const char *key = j->key.p ? arena_cstr(b->a, j->key) : NULL;
    if (depth == 1 && is_left_out(b, j)) return;
    switch (j->type) {
    case JSON_STRING:
        json_string(
            o, key, span_eq(j->key, S("path")) && depth == 3 ? brief_path(b, j->text) : j->text);
        break;
    case JSON_NUMBER: json_number(o, key, span_to_i64(j->text, &number) ? number : 0); break;
    case JSON_TRUE:
    case JSON_FALSE: json_bool(o, key, j->type == JSON_TRUE); break;
    case JSON_NULL: json_null(o, key); break;
    case JSON_ARRAY:
    case JSON_OBJECT: put_members(b, o, j, key, depth); break;
    }
}

/* The first surface is the story's own page. */
static struct span base_of(const struct json *receipt)
{
    const struct json *list = json_get(receipt, "surfaces");
    struct span path = list && list->first ? json_text(list->first, "path") : S("");
    for (size_t i = 0; i + DAY_PATH <= path.n; i++)
        if (day_end(span_cut(path, i, path.n))) return span_cut(path, 0, i);
    return S("");
}

struct span receipt_brief(struct arena *a, const struct receipt_briefly *how, struct span payload)
{
    struct reject bad;
    const struct json *j = json_parse(a, payload, &bad);
    if (!j || j->type != JSON_OBJECT) return (struct span){0};
    struct brief b = {.a = a, .how = how, .base = base_of(j)};
    b.is_own = names_it(&b, json_text(j, "story"));
    struct buf out;
    char at[25];
    buf_init(&out, a, 0);
    struct json_out o = {.b = &out};
    json_open(&o, NULL, '{');
    for (const struct json *m = j->first; m; m = m->next)
        if (!span_eq(m->key, S("withheld_at_purge")) && !span_eq(m->key, S("replaces")))
            put(&b, &o, m, 1);
    utc_text(how->at_ms, at);
    json_string(&o, "withheld_at_purge", span_of(at));
    if (how->replaces.n) json_string(&o, "replaces", how->replaces);
    json_close(&o, '}');
    return b.changed ? buf_span(&out) : S("");
}
