/* rehearse_surface: which addresses a surface consists of, and all addresses that a stranger may
 * try. A table names the surfaces. A story's address is derived from its guid by the product's own
 * functions, published or not. */
#include "rehearse.h"

#include <string.h>

#include "picture.h"

enum { SHARDS_MAX = 20 };

static void add(struct play *p, struct targets *t, struct span target)
{
    for (size_t i = 0; i < t->count; i++)
        if (span_eq(t->list[i], target)) return;
    *ARENA_PUSH(p->step_arena, t->list, t->count, t->cap) = target;
}

static struct span at(struct play *p, const char *before, struct span name, const char *after)
{
    return arena_printf(p->step_arena, "%.*s%s%.*s%s", FMT(p->config->base), before,
        FMT(url_escape(p->step_arena, name)), after);
}

/* ---- one story ---- */
struct span probe_target(struct play *p, story_id id)
{
    return site_probe_path(p->step_arena, p->config->base, id, p->now_ms);
}

/* The right address, where there is one; an address by the id alone else. Another story's address
 * (301) is not followed. */
struct span story_target(struct play *p, struct span guid, int *status_out)
{
    story_id id = id_of(p, guid);
    struct known *k = known_of(p, guid);
    struct span probe = probe_target(p, id), text = story_id_text(p->step_arena, id);
    const struct look *l = look_at(p, probe);
    *status_out = l->plain.status;
    if (l->plain.status != 301) return probe;
    struct http_answer h = {.head = l->plain.head};
    struct span to = http_answer_header(&h, "Location");
    if (!to.p || !span_ends(to, text)) return probe;
    const struct look *right = look_at(p, to);
    *status_out = right->plain.status;
    if (k && k->may_move) {
        if (!span_eq(k->right_path, to)) k->old_path = k->right_path;
        k->may_move = false;
    } else if (k && k->right_path.n)
        held(p, span_eq(k->right_path, to), "the address of %.*s has changed from %.*s to %.*s",
            FMT(guid), FMT(k->right_path), FMT(to));
    if (k) k->right_path = arena_keep(p->arena, to);
    return arena_keep(p->step_arena, to);
}

static struct span below_story(struct play *p, struct span guid, const char *what)
{
    int status;
    struct span target = story_target(p, guid, &status);
    return arena_printf(p->step_arena, "%.*s%s", FMT(target), what);
}

/* By which an open page learns of an update. */
static struct span live_file(struct play *p, struct span guid)
{
    return at(p, "/live/", story_id_text(p->step_arena, id_of(p, guid)), ".json");
}

static struct span api_story(struct play *p, struct span guid)
{
    return at(p, "/api/v1/stories/", story_id_text(p->step_arena, id_of(p, guid)), "");
}

/* Every rendition of every picture that any version of the story named. */
static void add_pictures(struct play *p, struct targets *t, struct span guid)
{
    struct known *k = known_of(p, guid);
    for (size_t i = 0; k && i < p->sent_count; i++) {
        if (!map_get(k->files, p->sent[i].name)) continue;
        struct hash h = hash_of(p->sent[i].bytes);
        struct span hex = hash_hex(p->step_arena, &h);
        for (size_t w = 0; w < picture_width_count; w++)
            for (size_t f = 0; f < PICTURE_FORMS; f++)
                add(p, t,
                    arena_printf(p->step_arena, "%.*s/pictures/%.*s-%u.%s", FMT(p->config->base),
                        FMT(hex), picture_widths[w], picture_forms[f].ending));
        add(p, t, at(p, "/pictures/", hex, "-card.jpg"));
        for (size_t s = 0; s < PICTURE_SHAPES; s++)
            add(p, t,
                arena_printf(p->step_arena, "%.*s/pictures/%.*s-%s.jpg", FMT(p->config->base),
                    FMT(hex), picture_shapes[s].name));
    }
}

/* ---- lists with feeds of their own ---- */
static void add_list(struct play *p, struct targets *t, const char *kind, struct span name)
{
    static const char *const feeds[] = {"", "/rss.xml", "/atom.xml", "/feed.json"};
    for (size_t i = 0; i < COUNT(feeds); i++) add(p, t, at(p, kind, name, feeds[i]));
}

static struct span slug_of(struct play *p, struct span name)
{
    struct span slug = text_slug(p->step_arena, name, 64);
    return slug.n ? slug : text_casefold(p->step_arena, name);
}

static void add_sitemap(struct play *p, struct targets *t)
{
    struct span index = at(p, "/sitemap.xml", S(""), "");
    add(p, t, index);
    const struct look *l = look_at(p, index);
    for (int i = 1; i <= SHARDS_MAX; i++) {
        struct span shard = arena_printf(p->step_arena, "/sitemap-%d.xml", i);
        if (i > 1 && span_find(l->plain.body, shard) < 0) return;
        add(p, t, arena_printf(p->step_arena, "%.*s%.*s", FMT(p->config->base), FMT(shard)));
    }
}

static void add_api(struct play *p, struct targets *t)
{
    add(p, t, at(p, "/api/v1/stories", S(""), ""));
    for (size_t i = 0; i < p->known_count; i++) add(p, t, api_story(p, p->known[i]->guid));
}

/* ---- surfaces by name ---- */
static const struct {
    const char *name, *path;
} plain_surfaces[] = {{"front", "/"}, {"popular", "/popular"}, {"popular-rss", "/popular/rss.xml"},
    {"popular-atom", "/popular/atom.xml"}, {"popular-jsonfeed", "/popular/feed.json"},
    {"corrections", "/corrections"}, {"corrections-rss", "/corrections/rss.xml"},
    {"corrections-atom", "/corrections/atom.xml"},
    {"corrections-jsonfeed", "/corrections/feed.json"}, {"archive", "/archive"},
    {"rss", "/rss.xml"}, {"atom", "/atom.xml"}, {"jsonfeed", "/feed.json"},
    {"newssitemap", "/news-sitemap.xml"}, {"robots", "/robots.txt"},
    {"wp", "/wp-json/wp/v2/posts?per_page=100"}, {"wp-tags", "/wp-json/wp/v2/tags"},
    {"live-front", "/live/front.json"}};

static bool named_surface(struct play *p, struct span kind, struct span name, struct targets *out)
{
    int status;
    if (span_eq(kind, S("article")) || span_eq(kind, S("related")))
        add(p, out, story_target(p, name, &status));
    else if (span_eq(kind, S("revisions")))
        add(p, out, below_story(p, name, "/revisions"));
    else if (span_eq(kind, S("comments")))
        add(p, out, below_story(p, name, "/comments"));
    else if (span_eq(kind, S("lite")))
        add(p, out, below_story(p, name, "/lite"));
    else if (span_eq(kind, S("text")))
        add(p, out, below_story(p, name, ".txt"));
    else if (span_eq(kind, S("section")))
        add(p, out, at(p, "/section/", name, ""));
    else if (span_eq(kind, S("tag")))
        add(p, out, at(p, "/tag/", slug_of(p, name), ""));
    else if (span_eq(kind, S("author")))
        add(p, out, at(p, "/author/", slug_of(p, name), ""));
    else if (span_eq(kind, S("person")))
        add(p, out, at(p, "/person/", slug_of(p, name), ""));
    else if (span_eq(kind, S("place")))
        add(p, out, at(p, "/place/", slug_of(p, name), ""));
    else if (span_eq(kind, S("search")))
        add(p, out, at(p, "/search?q=", name, ""));
    else if (span_eq(kind, S("search-atom")))
        add(p, out, at(p, "/search/atom.xml?q=", name, ""));
    else if (span_eq(kind, S("suggest")))
        add(p, out, at(p, "/suggest?q=", name, ""));
    else if (span_eq(kind, S("picture")))
        add_pictures(p, out, name);
    else if (span_eq(kind, S("api")))
        add(p, out, api_story(p, name));
    else if (span_eq(kind, S("live")))
        add(p, out, live_file(p, name));
    else if (span_eq(kind, S("path")))
        add(p, out, arena_printf(p->step_arena, "%.*s", FMT(name)));
    else
        return false;
    return true;
}

bool surface_targets(struct play *p, struct span surface, struct targets *out)
{
    ptrdiff_t colon = span_find_char(surface, ':');
    if (colon > 0)
        return named_surface(p, span_cut(surface, 0, (size_t)colon),
            span_cut(surface, (size_t)colon + 1, surface.n), out);
    for (size_t i = 0; i < COUNT(plain_surfaces); i++)
        if (span_eq(surface, span_of(plain_surfaces[i].name))) {
            add(p, out, at(p, plain_surfaces[i].path, S(""), ""));
            return true;
        }
    if (span_eq(surface, S("sitemap")))
        add_sitemap(p, out);
    else if (span_eq(surface, S("api")))
        add_api(p, out);
    else
        return false;
    return true;
}

/* ---- all ---- */
static void add_story(struct play *p, struct targets *t, struct known *k)
{
    int status;
    struct span key;
    void *value;
    struct span target = story_target(p, k->guid, &status);
    add(p, t, probe_target(p, k->id));
    add(p, t, target);
    if (k->right_path.n) add(p, t, k->right_path);
    if (k->old_path.n) add(p, t, k->old_path);
    for (size_t i = 0; i < probe_behind_count; i++) {
        add(p, t, arena_printf(p->step_arena, "%.*s%s", FMT(target), probe_behind[i]));
        if (k->right_path.n)
            add(p, t, arena_printf(p->step_arena, "%.*s%s", FMT(k->right_path), probe_behind[i]));
    }
    struct span machines[SITE_MACHINE_PATHS];
    struct span page = span_cut(target, p->config->base.n, target.n);
    size_t machine_count = site_machine_paths(p->step_arena, k->id, page, machines);
    for (size_t i = 0; i < machine_count; i++)
        add(p, t, arena_printf(p->step_arena, "%.*s%.*s", FMT(p->config->base), FMT(machines[i])));
    static const char *const kinds[] = {"/tag/", "/person/", "/place/"};
    for (size_t i = 0; map_each(k->tags, &i, &key, &value);)
        for (size_t n = 0; n < COUNT(kinds); n++) add_list(p, t, kinds[n], key);
    for (size_t i = 0; map_each(k->authors, &i, &key, &value);) add_list(p, t, "/author/", key);
    add_pictures(p, t, k->guid);
}

void surface_all(struct play *p, struct targets *t)
{
    struct span key;
    void *value;
    for (size_t i = 0; i < COUNT(plain_surfaces); i++)
        add(p, t, at(p, plain_surfaces[i].path, S(""), ""));
    for (uint32_t i = 0; i < p->config->section_count; i++)
        add_list(p, t, "/section/", p->config->sections[i].name);
    add_sitemap(p, t);
    add(p, t, at(p, "/api/v1/stories", S(""), ""));
    for (size_t i = 0; map_each(p->days, &i, &key, &value);)
        add_list(p, t, arena_printf(p->step_arena, "/archive/%.*s", FMT(key)).p, S(""));
    for (size_t i = 0; i < p->known_count; i++) add_story(p, t, p->known[i]);
}

/* ---- search ---- */
/* A search page repeats what was asked for (in its title and its form), as HTML or in an address:
 * those echoes become one mark, so that two pages that list nothing are the same bytes. */
static struct span without_echo(struct arena *a, struct span body, struct span asked)
{
    struct html escaped = html_text(a, asked);
    struct span echoes[] = {escaped.s, url_escape(a, asked), asked};
    for (size_t i = 0; i < COUNT(echoes); i++) {
        struct buf b;
        buf_init(&b, a, 0);
        for (ptrdiff_t found; echoes[i].n && (found = span_find(body, echoes[i])) >= 0;
             body = span_cut(body, (size_t)found + echoes[i].n, body.n)) {
            buf_put(&b, span_cut(body, 0, (size_t)found));
            buf_lit(&b, "\x01");
        }
        buf_put(&b, body);
        body = buf_span(&b);
    }
    return body;
}

bool search_is_empty(struct play *p, struct span words, struct span *why_out)
{
    struct arena *a = p->step_arena;
    unsigned char raw[12];
    random_bytes(raw, sizeof raw);
    words = utf8_head(words, 60);
    struct span asked = arena_printf(a, "\"%.*s\"", FMT(text_fold(a, words))),
                nothing = arena_printf(a, "\"%.*s\"", FMT(bytes_hex(a, raw, sizeof raw)));
    struct span target = at(p, "/search?q=", asked, "");
    const struct look *l = look_at(p, target),
                      *never = look_at(p, at(p, "/search?q=", nothing, ""));
    *why_out = target;
    return l->plain.status == never->plain.status &&
           span_eq(
               without_echo(a, l->plain.body, asked), without_echo(a, never->plain.body, nothing));
}

/* ---- the related block of an article page ---- */
/* The element whose class is “related”, with all in it. */
struct span related_block(struct span body)
{
    ptrdiff_t start = span_find(body, S("class=\"related"));
    if (start < 0) return S("");
    struct span rest = span_cut(body, (size_t)start, body.n);
    static const char *const ends[] = {"</aside>", "</section>", "</nav>"};
    size_t end = rest.n;
    for (size_t i = 0; i < COUNT(ends); i++) {
        ptrdiff_t found = span_find(rest, span_of(ends[i]));
        if (found >= 0 && (size_t)found < end) end = (size_t)found;
    }
    return span_cut(rest, 0, end);
}
