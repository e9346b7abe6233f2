/* route_machines: what programs ask: the API's filters, WordPress' addresses, oEmbed. A question is
 * kept in the cache only where few others could be asked beside it: a stranger's parameters must
 * not push pages out. */
#include "site_private.h"

#include <string.h>

enum { VALUE_MAX = 200, KEPT_PAGES = 5 };

static struct span value(struct arena *a, struct span query, const char *name)
{
    struct span v = query_value(a, query, name);
    return v.n > VALUE_MAX || !utf8_valid(v) ? S("") : v;
}

/* A number of at least 1; false: something else stands there. */
static bool number(struct arena *a, struct span query, const char *name, size_t *out)
{
    struct span text = value(a, query, name);
    uint64_t n = 0;
    if (!text.n) return true;
    if (!span_to_u64(text, &n) || n < 1 || n > UINT32_MAX) return false;
    *out = (size_t)n;
    return true;
}

static struct page_filter *filter_of(struct arena *a, struct route *out)
{
    struct page_filter *f = ARENA_NEW(a, struct page_filter);
    *f = (struct page_filter){.limit = 0};
    out->ask.filter = f;
    return f;
}

static struct span words_of(struct arena *a, struct span query, const char *name)
{
    return text_fold(a, text_plain(a, value(a, query, name)));
}

/* ---- /api/v1 ---- */
static bool asks_anything(const struct page_filter *f)
{
    const struct span said[] = {f->section, f->tag, f->author, f->agency, f->language, f->words,
        f->since, f->until, f->cursor};
    for (size_t i = 0; i < COUNT(said); i++)
        if (said[i].n) return true;
    return f->limit || f->is_wrong;
}

/* Without any of them it is the list by pages, as ever. */
static bool route_stories(struct arena *a, struct span query, struct route *out)
{
    struct page_filter *f = filter_of(a, out);
    f->section = value(a, query, "section");
    f->tag = value(a, query, "tag");
    f->author = value(a, query, "author");
    f->agency = value(a, query, "agency");
    f->language = value(a, query, "language");
    f->since = value(a, query, "since");
    f->until = value(a, query, "until");
    f->cursor = value(a, query, "cursor");
    f->words = words_of(a, query, "q");
    f->is_wrong = !number(a, query, "limit", &f->limit);
    if (!asks_anything(f)) return out->ask.filter = NULL, false;
    out->ask.kind = PAGE_API_STORIES;
    return true;
}

static bool route_ninjs(struct span path, struct route *out)
{
    const struct span before = S("/api/v1/stories/"), behind = S("/ninjs");
    if (!span_starts(path, before) || !span_ends(path, behind) ||
        path.n != before.n + STORY_ID_TEXT + behind.n ||
        !story_id_read(span_cut(path, before.n, before.n + STORY_ID_TEXT), &out->ask.id))
        return false;
    out->ask.kind = PAGE_API_NINJS;
    out->key = path;
    return true;
}

/* ---- /wp-json ---- */
/* What WordPress is asked as arrays: categories=3, categories[]=3. */
static struct span list_of(struct arena *a, struct span query, const char *name)
{
    struct span v = value(a, query, name);
    if (v.n) return v;
    return value(a, query, arena_printf(a, "%s[]", name).p);
}

static void posts_key(struct arena *a, const struct page_filter *f, struct route *out)
{
    const struct span narrow[] = {f->section, f->tag, f->author, f->words, f->since, f->until,
        f->slug, f->include, f->fields};
    for (size_t i = 0; i < COUNT(narrow); i++)
        if (narrow[i].n) return;
    if (f->is_wrong || f->limit > 100 || out->ask.page > KEPT_PAGES) return;
    out->key = arena_printf(a, "/wp-json/wp/v2/posts\n%zu\n%zu%s", out->ask.page,
        f->limit ? f->limit : 10, f->embed ? "\ne" : "");
}

/* A name is there even where nothing stands behind it: "_embed". */
static bool has_name(struct span query, struct span name)
{
    struct span pair;
    while (query.n && span_next(&query, '&', &pair))
        if (span_starts(pair, name) && (pair.n == name.n || pair.p[name.n] == '=')) return true;
    return false;
}

static void ask_posts(struct arena *a, struct span query, struct page_filter *f, struct route *out)
{
    f->section = list_of(a, query, "categories");
    f->tag = list_of(a, query, "tags");
    f->author = list_of(a, query, "author");
    f->include = list_of(a, query, "include");
    f->slug = list_of(a, query, "slug");
    f->words = words_of(a, query, "search");
    f->since = value(a, query, "after");
    f->until = value(a, query, "before");
    f->is_wrong = !number(a, query, "per_page", &f->limit);
    if (!number(a, query, "page", &out->ask.page) || out->ask.page > 10000) f->is_wrong = true;
    posts_key(a, f, out);
}

static bool route_wp(struct arena *a, struct span path, struct span query, struct route *out)
{
    static const struct {
        const char *path;
        enum page_kind many, one;
    } rows[] = {{"posts", PAGE_WP_POSTS, PAGE_WP_POST}, {"media", PAGE_KINDS, PAGE_WP_MEDIA},
        {"categories", PAGE_WP_CATEGORIES, PAGE_WP_CATEGORIES},
        {"tags", PAGE_WP_TAGS, PAGE_WP_TAGS}, {"types", PAGE_WP_TYPES, PAGE_KINDS}};
    struct page_filter *f = filter_of(a, out);
    struct span rest = path, name;
    if (span_ends(rest, S("/"))) rest.n--;
    out->is_tidy = true; /* clients write /wp-json/, and drop the query at a redirect */
    out->ask.kind = PAGE_WP_INDEX;
    if (span_eq(rest, S("/wp-json")) || span_eq(rest, S("/wp-json/wp/v2")))
        return out->key = S("/wp-json"), true;
    if (!span_starts(rest, S("/wp-json/wp/v2/"))) return false;
    rest = span_cut(rest, 15, rest.n);
    f->embed = has_name(query, S("_embed"));
    f->fields = list_of(a, query, "_fields");
    if (!span_next(&rest, '/', &name)) return false;
    size_t i = 0;
    while (i < COUNT(rows) && !span_eq(name, span_of(rows[i].path))) i++;
    if (i == COUNT(rows)) return false;
    out->ask.kind = rest.n ? rows[i].one : rows[i].many;
    if (rest.n && rows[i].many == PAGE_WP_TYPES && span_eq(rest, S("post"))) {
        f->slug = rest;
        out->ask.kind = PAGE_WP_TYPES;
    } else if (rest.n && (!span_to_u64(rest, &f->number) || !f->number)) {
        return false;
    }
    if (out->ask.kind == PAGE_WP_POSTS) ask_posts(a, query, f, out);
    if (out->ask.kind == PAGE_WP_CATEGORIES || out->ask.kind == PAGE_WP_TAGS)
        f->slug = list_of(a, query, "slug");
    return out->ask.kind != PAGE_KINDS;
}

/* ---- /oembed ---- */
/* The story that an address of this site names: a URL, or what stands behind its base. */
static bool story_at(struct arena *a, const struct press_site *ps, struct span url, story_id *id)
{
    struct route r;
    struct span path;
    struct span root = arena_printf(a, "%.*s%.*s", FMT(ps->url), FMT(ps->base));
    bool is_path = span_starts(url, S("/")) && !span_starts(url, S("//"));
    if (!is_path && (!ps->url.n || !span_starts(url, root))) return false;
    if (!is_path) url = span_cut(url, root.n, url.n);
    size_t n = 0;
    while (n < url.n && url.p[n] != '?' && url.p[n] != '#') n++;
    if (!url_clean_path(a, span_cut(url, 0, n), &path) || !route_find(a, path, S(""), &r))
        return false;
    *id = r.ask.id;
    return r.extra == ROUTE_PAGE && r.ask.kind == PAGE_ARTICLE;
}

bool route_oembed(struct arena *a, const struct press_site *ps, struct span path, struct span query,
    struct route *out, bool *other_format)
{
    *other_format = false;
    if (!span_eq(path, S("/oembed"))) return false;
    *out = (struct route){.key = S("")};
    struct page_filter *f = filter_of(a, out);
    struct span format = value(a, query, "format"), url = query_value(a, query, "url");
    size_t width = 0;
    f->is_xml = span_eq(format, S("xml"));
    *other_format = format.n && !f->is_xml && !span_eq(format, S("json"));
    if (!number(a, query, "maxwidth", &width)) width = 0;
    f->width = (uint32_t)width;
    out->ask.page = 1;
    out->ask.kind = PAGE_OEMBED;
    if (!story_at(a, ps, url, &out->ask.id)) out->ask.id = 0; /* of no story: as never */
    if (!width && out->ask.id)
        out->key = arena_printf(
            a, "/oembed\n%llu%s", (unsigned long long)out->ask.id, f->is_xml ? "\nxml" : "");
    return true;
}

bool route_machines(struct arena *a, struct span path, struct span query, struct route *out)
{
    if (span_eq(path, S("/api/v1/stories"))) return route_stories(a, query, out);
    if (span_starts(path, S("/api/"))) return route_ninjs(path, out);
    return span_starts(path, S("/wp-json")) && route_wp(a, path, query, out);
}

bool route_public(const struct press_site *ps, struct span path, struct route *out)
{
    struct span name = span_cut(path, path.n > 0, path.n);
    for (uint32_t i = 0; i < ps->file_count; i++) {
        if (!span_eq(ps->files[i].name, name)) continue;
        *out = (struct route){.key = path};
        out->ask.kind = PAGE_PUBLIC;
        out->ask.name = ps->files[i].name;
        out->ask.page = 1;
        return true;
    }
    return false;
}

size_t site_machine_paths(
    struct arena *a, story_id id, struct span page, struct span out[SITE_MACHINE_PATHS])
{
    struct span text = story_id_text(a, id);
    size_t n = 0;
    out[n++] = arena_printf(a, "/api/v1/stories/%.*s", FMT(text));
    out[n++] = arena_printf(a, "/api/v1/stories/%.*s/ninjs", FMT(text));
    out[n++] = arena_printf(a, "/wp-json/wp/v2/posts/%llu", (unsigned long long)story_number(id));
    out[n++] = arena_printf(a, "/live/%.*s.json", FMT(text));
    if (page.n) out[n++] = arena_printf(a, "/oembed?url=%.*s", FMT(url_escape(a, page)));
    return n;
}

bool site_is_own_path(struct arena *a, struct span path)
{
    static const char *const roles[] = {
        "/health", "/health/live", "/health/ready", "/metrics", "/openapi.json", "/oembed"};
    struct route r;
    for (size_t i = 0; i < COUNT(roles); i++)
        if (span_eq(path, span_of(roles[i]))) return true;
    return route_find(a, path, S(""), &r);
}
