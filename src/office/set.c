/* set.c: a page's whole set as the store keeps it, for whoever decides: the newsroom, which acts on
 * the verdict, and the desk, which shows it. One loader, so that both see the same story. Reads
 * only. */
#include <string.h>

#include "office.h"

static enum result unpack(
    struct arena *a, const struct stored_version *stored, struct desk_version *v)
{
    const char *why;
    const struct story *story = story_unpack_own(a, stored->packed, &why);
    if (!story) return ERR_CORRUPT; /* a row of ours: the store is rebuilt from the ledger */
    *v = (struct desk_version){.story = story,
        .item = stored->item,
        .feed = stored->feed,
        .received_ms = stored->received_ms,
        .pos = stored->pos,
        .number = stored->number,
        .mark = (enum desk_mark)stored->mark};
    must(v->mark >= MARK_NONE && v->mark <= MARK_REWRITES); /* summed rows of ours */
    return OK;
}

static enum result load_versions(struct store *s, struct arena *a, struct desk_set *set)
{
    struct stored_version *stored;
    size_t count;
    TRY(store_versions(s, set->page, a, &stored, &count));
    struct desk_version *v = ARENA_ARRAY(a, struct desk_version, count + 1);
    for (size_t i = 0; i < count; i++) TRY(unpack(a, &stored[i], &v[i]));
    set->versions = v;
    set->version_count = count;
    return OK;
}

static enum result load_acts(struct store *s, struct arena *a, struct desk_set *set)
{
    struct stored_act *stored;
    size_t count, kept = 0;
    TRY(store_acts(s, set->page, a, &stored, &count));
    struct act *acts = ARENA_ARRAY(a, struct act, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (!act_read(a, stored[i].json, &acts[kept])) continue;
        acts[kept].story = set->page;
        acts[kept].at_ms = stored[i].at_ms;
        acts[kept++].pos = stored[i].pos;
    }
    set->acts = acts;
    set->act_count = kept;
    return OK;
}

static enum result load_hits(struct store *s, struct arena *a, struct desk_set *set)
{
    struct stored_hit *stored;
    size_t count;
    TRY(store_hits(s, set->page, a, &stored, &count));
    struct hit *hits = ARENA_ARRAY(a, struct hit, count + 1);
    for (size_t i = 0; i < count; i++) {
        hits[i] = (struct hit){.effect = (enum notice_kind)stored[i].notice.kind,
            .item = stored[i].item,
            .guid = stored[i].notice.guid,
            .at_ms = stored[i].notice.at_ms,
            .pos = stored[i].notice.pos};
        memcpy(hits[i].notice, stored[i].notice.name, sizeof hits[i].notice);
    }
    set->hits = hits;
    set->hit_count = count;
    return OK;
}

/* What is not a version. */
static enum result load_rest(struct store *s, struct arena *a, struct desk_set *out)
{
    struct mint m;
    TRY(load_acts(s, a, out));
    TRY(load_hits(s, a, out));
    enum result r = store_mint(s, out->page, a, &m);
    if (r == OK) {
        out->slug = m.slug;
        out->minted_ms = m.date_ms;
        out->minted_from_ms = m.from_ms;
    }
    return r == ERR_ABSENT ? OK : r;
}

enum result set_load(struct store *s, story_id page, struct arena *a, struct desk_set *out)
{
    *out = (struct desk_set){.page = page, .reached_ms = clock_now_ms()};
    TRY(load_versions(s, a, out));
    return load_rest(s, a, out);
}

/* ---- one page again and again ---- */
void set_forget(struct set_kept *k)
{
    arena_reset(k->a);
    *k = (struct set_kept){.a = k->a};
}

static enum result load_behind(struct store *s, struct set_kept *k, size_t *all_out)
{
    const struct desk_version *last = k->count ? &k->list[k->count - 1] : NULL;
    struct stored_version *stored;
    size_t count;
    TRY(store_versions_behind(
        s, k->page, last ? last->pos : 0, last ? last->number : 0, k->a, &stored, &count, all_out));
    for (size_t i = 0; i < count; i++) {
        struct desk_version v;
        TRY(unpack(k->a, &stored[i], &v));
        *ARENA_PUSH(k->a, k->list, k->count, k->cap) = v;
    }
    return OK;
}

enum result set_load_kept(struct store *s, story_id page, struct set_kept *k, struct arena *a,
    struct desk_set *out, bool *is_again_out)
{
    size_t all = 0;
    *out = (struct desk_set){.page = page, .reached_ms = clock_now_ms()};
    *is_again_out = k->page == page;
    if (!*is_again_out) set_forget(k);
    k->page = page;
    TRY(load_behind(s, k, &all));
    if (k->count != all) {
        *is_again_out = false;
        set_forget(k);
        k->page = page;
        TRY(load_behind(s, k, &all));
    }
    out->versions = k->list;
    out->version_count = k->count;
    return load_rest(s, a, out);
}
