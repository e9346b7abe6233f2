/* live: what the role asks for pages that listen: which address is one's, and a story's small file
 * for whoever is told of it. */
#include "site_private.h"

/* The press in force, until live_end: none that is in use is freed. */
static const struct press_site *live_begin(struct site_hand *h)
{
    atomic_store(&h->turn, atomic_load(&h->site->press_turn));
    return atomic_load(&h->site->press_site);
}

static void live_end(struct site_hand *h)
{
    atomic_store(&h->turn, 0);
}

enum { LIVE_ID = 12 }; /* letters of an id */

bool site_listens(struct site_hand *h, const struct site_ask *ask, story_id *id_out)
{
    const struct press_site *ps = live_begin(h);
    struct span path = ask->path;
    bool ours = (ask->method == HTTP_GET || ask->method == HTTP_HEAD) && ps->live.on &&
                ps->live.push && span_starts(path, ps->base);
    if (ours) path = span_cut(path, ps->base.n, path.n);
    ours = ours && span_starts(path, S("/live/")) && path.n == 6 + LIVE_ID &&
           story_id_read(span_cut(path, 6, path.n), id_out);
    live_end(h);
    return ours;
}

bool site_live_file(
    struct site_hand *h, const struct site_ask *ask, story_id id, struct site_answer *out)
{
    struct site_ask small = {
        .method = HTTP_GET, .arena = ask->arena, .told = ask->told, .with = ask->with};
    const struct press_site *ps = live_begin(h);
    small.path = arena_printf(
        ask->arena, "%.*s/live/%.*s.json", FMT(ps->base), FMT(story_id_text(ask->arena, id)));
    live_end(h);
    site_answer(h, &small, out);
    return span_find(out->head, S("Cache-Control: private")) >= 0;
}

uint64_t site_epoch(struct site *s)
{
    return keys_epoch(s->keys) + s->config.tomb_count(s->config.with);
}
