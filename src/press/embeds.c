/* embeds: what a page shows where a video, a post, a sound or a chart of others stood in the text:
 * a calm box that says whose it is and what a click does, or a link. Nothing is asked of others
 * before the click; only a page that has such a box opens its policy, and only for the hosts of its
 * boxes. What leaves as data, and the words alone, have links. */
#include "frame.h"

/* A frame of others is behind a click where the site says so and the feed's licence does too; a
 * feed that the configuration knows no more has links. */
static enum press_embeds embeds_of(const struct press *p, const struct view *v)
{
    if (p->site->embeds != PRESS_EMBEDS_CLICK) return p->site->embeds;
    for (uint32_t i = 0; i < p->site->feed_count; i++)
        if (span_eq(p->site->feeds[i].name, v->feed) && p->site->feeds[i].embeds)
            return PRESS_EMBEDS_CLICK;
    return PRESS_EMBEDS_LINK;
}

/* ---- on a story's page ---- */
static void put_words(struct sheet *s, struct record *r, const struct embedded *e)
{
    static const char *const labels[] = {[EMBED_VIDEO] = "embed_video",
        [EMBED_POST] = "embed_post",
        [EMBED_SOUND] = "embed_sound",
        [EMBED_CHART] = "embed_chart"};
    static const char *const kinds[] = {[EMBED_VIDEO] = "video",
        [EMBED_POST] = "post",
        [EMBED_SOUND] = "sound",
        [EMBED_CHART] = "chart"};
    struct span name = span_of(e->provider);
    record_text(r, "label", press_say(s->p, s->a, labels[e->kind], "name", name));
    record_text(r, "note", press_say(s->p, s->a, "embed_note", "name", name));
    record_text(r, "kind", span_of(kinds[e->kind]));
    record_text(r, "href", e->page);
}

void embed_put(struct sheet *s, const struct view *v, struct span address)
{
    struct embedded e;
    enum press_embeds how = embeds_of(s->p, v);
    if (how == PRESS_EMBEDS_NO || !embed_of(s->a, address, &e)) return;
    struct record *item = record_item(s->root, "blocks");
    record_text(item, "picture", S(""));
    record_flag(item, "table", false);
    record_text(item, "html", S(""));
    struct record *r = record_in(item, "embed");
    put_words(s, r, &e);
    record_text(r, "frame", how == PRESS_EMBEDS_CLICK ? e.frame : S(""));
    if (how != PRESS_EMBEDS_CLICK) return;
    if (!s->out->hosts.frames.n) record_text(s->root, "embed_script", s->p->embed_script);
    s->out->hosts.frames = page_sources(s->a, s->out->hosts.frames, &e.host, 1);
}

/* ---- without frames and pictures ---- */
struct plain {
    const struct press *p;
    struct arena *a;
    bool links;
};

static struct html place(void *with, struct html block, const struct html_figure *f)
{
    const struct plain *g = with;
    (void)block;
    if (!f->is_embed || !g->links) return (struct html){S("")};
    struct span text = html_text(g->a, f->name).s;
    return (struct html){arena_printf(
        g->a, "<p><a href=\"%.*s\" rel=\"nofollow noopener\">%.*s</a></p>", FMT(text), FMT(text))};
}

struct html press_body(const struct press *p, struct arena *a, const struct view *v)
{
    struct plain g = {p, a, embeds_of(p, v) != PRESS_EMBEDS_NO};
    return html_figures(a, v->body, place, &g);
}

bool press_in_text(struct arena *a, const struct view *v, const struct view_picture *pic)
{
    return span_find(v->body.s, arena_printf(a, " data-picture=\"%.*s\"", FMT(pic->hash))) >= 0;
}
