/* placed.c: which of a story's pictures stands where in its text. Owns when a source that the
 * markup names is a picture's, and the name under which the text keeps it: the picture's own, so
 * that it stays right whatever a later version leaves out. Never fetches, never fails. */
#include "placed.h"

enum { ADOPTED_MAX = 40 /* pictures of one text; longer galleries are pages of their own */ };

struct span story_picture_name(struct arena *a, const struct picture *p)
{
    struct span name = p->guid.n || !p->rendition_count ? p->guid : p->renditions[0].href;
    if (span_eq(html_figure_name(a, name), name)) return name;
    struct hash h = hash_of(name);
    return hash_hex(a, &h);
}

/* ---- two sources ---- */
struct source {
    struct span host, path; /* host empty: the source does not say it */
};

static struct source source_of(struct arena *a, struct span s)
{
    struct source out = {.path = s};
    struct url u;
    struct span original;
    if (span_starts(s, S("//"))) s = arena_printf(a, "https:%.*s", FMT(s));
    if (url_parse(a, s, &u)) out = (struct source){u.host, u.path};
    if (post_original(a, out.path, &original)) out.path = original;
    if (post_original(a, out.path, &original)) out.path = original; /* "-scaled-300x200" */
    return out;
}

/* The same file, maybe in another size. What is delivered beside the item has a path alone. */
static bool is_same(const struct source *x, const struct source *y)
{
    bool told = x->host.n && y->host.n;
    if (told && !span_eq(x->host, y->host)) return false;
    bool rooted = span_starts(x->path, S("/")) == span_starts(y->path, S("/"));
    return x->path.n > 1 && rooted && span_eq(x->path, y->path);
}

static bool has_source(struct arena *a, const struct picture *p, struct span name)
{
    if (p->guid.n && span_eq(html_figure_name(a, p->guid), name)) return true;
    if (span_eq(story_picture_name(a, p), name)) return true;
    for (uint32_t i = 0; i < p->rendition_count; i++)
        if (span_eq(html_figure_name(a, p->renditions[i].href), name)) return true;
    return false;
}

static bool is_like(struct arena *a, const struct picture *p, const struct source *name)
{
    for (uint32_t i = 0; i < p->rendition_count; i++) {
        struct source s = source_of(a, p->renditions[i].href);
        if (is_same(&s, name)) return true;
    }
    return false;
}

static struct picture *picture_of(struct arena *a, const struct story *s, struct span name)
{
    for (uint32_t i = 0; i < s->picture_count; i++)
        if (has_source(a, &s->pictures[i], name)) return &s->pictures[i];
    struct source source = source_of(a, name);
    for (uint32_t i = 0; i < s->picture_count; i++)
        if (is_like(a, &s->pictures[i], &source)) return &s->pictures[i];
    return NULL;
}

/* ---- the text ---- */
struct placing {
    struct arena *a;
    struct story *s;
    struct map *seen; /* names that stand in the text already */
};

static struct html keep(struct arena *a, const struct html_figure *f)
{
    struct buf b;
    buf_init(&b, a, 0);
    html_put_figure(&b, f);
    return (struct html){buf_span(&b)};
}

/* One that stands there twice, behind a script and without, is one. */
static struct html place(void *with, struct html block, const struct html_figure *f)
{
    const struct html nothing = {S("")};
    struct placing *g = with;
    struct picture *p = f->is_embed ? NULL : picture_of(g->a, g->s, f->name);
    struct span name = p ? story_picture_name(g->a, p) : f->is_embed ? f->name : S("");
    if (!name.n || map_get(g->seen, name)) return nothing;
    *map_at(g->seen, name) = g;
    if (f->is_embed) return block;
    if (!p->caption.n) p->caption = f->caption;
    if (!p->alt.n) p->alt = f->alt;
    return keep(g->a, &(struct html_figure){.name = name});
}

void placed_finish(struct arena *a, struct story *s)
{
    struct placing g = {a, s, map_new(a)};
    s->body = html_figures(a, s->body, place, &g);
}

/* ---- pictures that only the text names ---- */
struct span story_image_type(struct span path)
{
    static const struct {
        const char *end, *type;
    } types[] = {{".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"}, {".png", "image/png"},
        {".webp", "image/webp"}, {".gif", "image/gif"}};
    for (size_t i = 0; i < COUNT(types); i++) {
        struct span end = span_of(types[i].end);
        if (path.n > end.n && span_eq_nocase(span_cut(path, path.n - end.n, path.n), end))
            return span_of(types[i].type);
    }
    return S("");
}

static struct html adopt(void *with, struct html block, const struct html_figure *f)
{
    struct placing *g = with;
    struct url u;
    struct span href = f->name;
    if (span_starts(href, S("//"))) href = arena_printf(g->a, "https:%.*s", FMT(href));
    bool is_new = !f->is_embed && g->s->picture_count < ADOPTED_MAX && url_parse(g->a, href, &u) &&
                  story_image_type(u.path).n && !picture_of(g->a, g->s, f->name);
    if (!is_new) return block;
    struct picture *p = story_add_picture(g->a, g->s);
    uint32_t n = g->s->picture_count;
    p->guid = arena_keep(g->a, href);
    p->kind = S("picture");
    p->role = n == 1 ? S("featuremedia") : arena_printf(g->a, "embedded%u", n - 1);
    picture_add_rendition(g->a, p,
        (struct rendition){
            .href = p->guid, .type = story_image_type(u.path), .role = S("original")});
    return block;
}

void story_adopt_pictures(struct arena *a, struct story *s)
{
    struct placing g = {.a = a, .s = s};
    (void)html_figures(a, s->body, adopt, &g);
}
