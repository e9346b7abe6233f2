/* write_body.c: a body as partners read it: pictures and embeds stand in it as other programs write
 * them, and are read back as the same. A picture that partners may not see stands nowhere. */
#include "wire.h"

struct placing {
    struct arena *a;
    const struct story *s;
    bool all; /* for ourselves: what partners may not see too */
};

/* The widest: the one that RSS names. */
static struct span href_of(const struct picture *p)
{
    const struct rendition *best = &p->renditions[0];
    for (uint32_t i = 1; i < p->rendition_count; i++)
        if (p->renditions[i].width > best->width) best = &p->renditions[i];
    return best->href;
}

static struct span source_of(const struct placing *g, struct span name)
{
    for (uint32_t i = 0; i < g->s->picture_count; i++) {
        const struct picture *p = &g->s->pictures[i];
        if (p->rendition_count && span_eq(story_picture_name(g->a, p), name) &&
            (g->all || wire_picture_may_be_seen(p)))
            return href_of(p);
    }
    return S("");
}

static struct html place(void *with, struct html block, const struct html_figure *f)
{
    const struct placing *g = with;
    (void)block;
    struct span href = f->is_embed ? f->name : source_of(g, f->name);
    struct html text = html_text(g->a, href);
    if (!href.n) return (struct html){S("")};
    return (struct html){
        f->is_embed ? arena_printf(g->a, "<figure><a href=\"%.*s\">%.*s</a></figure>", FMT(text.s),
                          FMT(text.s))
                    : arena_printf(g->a, "<figure><img src=\"%.*s\"/></figure>", FMT(text.s))};
}

struct span wire_body(struct arena *a, const struct story *s, bool all)
{
    struct placing g = {a, s, all};
    return html_figures(a, s->body, place, &g).s;
}
