/* newsroom_cdn: what caches in front must drop, as a row beside the decision: the names under which
 * pages carry the story (site/cdn.c) and the addresses at which it stood. Asks no cache itself, and
 * does not know whether there is one: the courier does. */
#include "newsroom.h"

static void put_key(struct newsroom *n, struct json_out *o, story_id id)
{
    json_string(o, NULL, arena_printf(n->job, "s-%.*s", FMT(story_id_text(n->job, id))));
}

/* The items may have had pages of their own. */
static void put_keys(
    struct newsroom *n, struct json_out *o, const struct ids *items, const struct view *v)
{
    json_open(o, "keys", '[');
    for (size_t i = 0; i < items->n; i++) put_key(n, o, items->list[i]);
    json_string(o, NULL, S("s-many"));
    json_string(o, NULL, S("surface-corrections"));
    json_string(o, NULL, S("surface-left-json"));
    for (uint32_t i = 0; i < v->picture_count; i++)
        if (!store_picture_elsewhere(n->store, v->pictures[i].hash, v->id))
            json_string(o, NULL,
                arena_printf(
                    n->job, "f-%.*s", FMT(span_cut(v->pictures[i].hash, 0, SITE_PICTURE_KEY))));
    json_close(o, ']');
}

static void put_paths(struct newsroom *n, struct json_out *o, const struct view *v)
{
    json_open(o, "paths", '[');
    json_string(o, NULL, v->path);
    for (size_t i = 0; i < probe_behind_count; i++)
        json_string(o, NULL, arena_printf(n->job, "%.*s%s", FMT(v->path), probe_behind[i]));
    struct span machines[SITE_MACHINE_PATHS];
    size_t count = site_machine_paths(n->job, v->id, v->path, machines);
    for (size_t i = 0; i < count; i++) json_string(o, NULL, machines[i]);
    json_string(o, NULL, S("/left.json"));
    for (size_t i = 0; i < probe_fixed_count; i++) json_string(o, NULL, span_of(probe_fixed[i]));
    newsroom_put_lists(n, o, v);
    newsroom_put_files(n, o, v);
    json_close(o, ']');
}

static struct out out_of(struct newsroom *n, const struct ids *items, const struct view *v,
    struct span key, int64_t at_ms)
{
    struct buf b;
    buf_init(&b, n->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_number(&o, "pos", (int64_t)n->position);
    put_keys(n, &o, items, v);
    put_paths(n, &o, v);
    json_close(&o, '}');
    return (struct out){.key = key,
        .kind = S("cdn"),
        .page = v->id,
        .at_ms = at_ms,
        .due_ms = at_ms,
        .body = buf_span(&b)};
}

static enum result put(struct newsroom *n, const struct decided *d, const struct view *v,
    struct span key, int64_t at_ms)
{
    struct ids items = {0};
    *ARENA_PUSH(n->job, items.list, items.n, items.cap) = d->set.page;
    for (size_t i = 0; i < d->set.version_count; i++) {
        story_id item = d->set.versions[i].item;
        bool known = item == d->set.page || (i && item == d->set.versions[i - 1].item);
        if (!known) *ARENA_PUSH(n->job, items.list, items.n, items.cap) = item;
    }
    struct out out = out_of(n, &items, v, key, at_ms);
    return store_put_out(n->store, &out);
}

/* While a store is built again no view can be had: its address is known by its mint. */
void newsroom_cdn_ahead(struct newsroom *n, story_id page, story_id item, int64_t at_ms)
{
    struct view *v = NULL;
    struct mint mint;
    int64_t from, until;
    story_id both[2] = {page, item};
    struct ids items = {.list = both, .n = page == item ? 1 : 2};
    if (!n->hooks.urgent) return;
    if (n->known) {
        if (store_mint(n->known, page, n->job, &mint) != OK) return;
        v = ARENA_NEW(n->job, struct view);
        *v = (struct view){
            .id = page, .id_text = story_id_text(n->job, page), .path = page_path(n->job, &mint)};
    } else if (store_story_summary(n->store, page, n->job, &v, &from, &until) != OK) {
        return; /* readers have never seen it */
    }
    struct span key =
        arena_printf(n->job, "cdn:%.*s:ahead:%lld", FMT(v->id_text), (long long)at_ms);
    struct out out = out_of(n, &items, v, key, at_ms);
    n->hooks.urgent(n->hooks.with, &out);
}

enum result newsroom_cdn_withdrawn(
    struct newsroom *n, const struct decided *d, const struct view *before)
{
    int64_t at = d->verdict.state_ms;
    return put(n, d, before,
        arena_printf(n->job, "cdn:%.*s:%lld", FMT(before->id_text), (long long)at), at);
}

static bool has_label(const struct view_tag *list, uint32_t count, const struct view_tag *label)
{
    for (uint32_t i = 0; i < count; i++)
        if (list[i].kind == label->kind && span_eq(list[i].slug, label->slug)) return true;
    return false;
}

static bool has_picture(const struct view *v, struct span hash)
{
    for (uint32_t i = 0; i < v->picture_count; i++)
        if (span_eq(v->pictures[i].hash, hash)) return true;
    return false;
}

/* Did it stand where it stands no more? */
static bool has_left(const struct view *before, const struct view *now)
{
    bool left = !span_eq(before->path, now->path) || !span_eq(before->section, now->section);
    for (uint32_t i = 0; i < before->tag_count; i++)
        left |= !has_label(now->tags, now->tag_count, &before->tags[i]);
    for (uint32_t i = 0; i < before->author_count; i++)
        left |= !has_label(now->authors, now->author_count, &before->authors[i]);
    for (uint32_t i = 0; i < before->credited_count; i++)
        left |= !has_label(now->credited, now->credited_count, &before->credited[i]);
    for (uint32_t i = 0; i < before->picture_count; i++)
        left |= !has_picture(now, before->pictures[i].hash);
    return left;
}

/* By its instant too: bylines, captions and tags can change without the text. What it has left is
 * told apart: both together may be more than fits into a message. */
enum result newsroom_cdn_corrected(struct newsroom *n, const struct decided *d,
    const struct view *view, const struct view *before, struct span text_hash)
{
    int64_t at = d->set.versions[d->verdict.shown].received_ms;
    if (d->verdict.changed_ms > at) at = d->verdict.changed_ms;
    if (d->set.struck.at_ms > at) at = d->set.struck.at_ms;
    struct span key = arena_printf(
        n->job, "cdn:%.*s:%.*s:%lld", FMT(view->id_text), FMT(text_hash), (long long)at);
    TRY(put(n, d, view, key, at));
    if (!has_left(before, view)) return OK;
    return put(n, d, before, arena_printf(n->job, "%.*s:before", FMT(key)), at);
}
