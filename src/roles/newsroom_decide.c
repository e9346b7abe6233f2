/* newsroom_decide: the pages touched in a step are decided again from their whole sets. Order
 * matters: kills are in the tombstones before anything slower, then mints are durable in the
 * ledger, then rows are put, the store commits, and keys are bumped. */
#include "newsroom.h"

#include <stdio.h>
#include <string.h>

enum {
    TOMBS_LOOKED_AT = 4096 /* that stand on one story, oldest first; a dozen would be a quarrel */
};

/* ---- sets ---- */
enum result newsroom_set(struct newsroom *n, story_id page, struct desk_set *out)
{
    TRY(set_load(n->store, page, n->job, out));
    brakes_give(&n->brakes, out);
    return OK;
}

enum result newsroom_load_pauses(struct newsroom *n)
{
    arena_reset(n->brakes_arena);
    return brakes_load(n->store, n->brakes_arena, &n->brakes);
}

/* ---- kills ---- */
static void add_kill(struct newsroom *n, story_id id, const struct kill *k)
{
    struct tomb *t = ARENA_PUSH(n->job, n->kills, n->kill_count, n->kill_cap);
    *t = (struct tomb){
        .story = id, .is_lift = k->is_lift, .cause = (enum tomb_cause)k->cause, .at_ms = k->at_ms};
    memcpy(t->kill, k->name, sizeof t->kill);
}

/* What stands on a story; all_out: how many, also where the list ends before. */
static size_t tombs_on(struct newsroom *n, story_id id, struct tomb **out, size_t *all_out)
{
    *all_out = tombs_standing(n->tombs, id, NULL, 0);
    size_t count = *all_out < TOMBS_LOOKED_AT ? *all_out : TOMBS_LOOKED_AT;
    *out = ARENA_ARRAY(n->job, struct tomb, count + 1);
    tombs_standing(n->tombs, id, *out, count);
    return count;
}

static bool is_buried_as(struct newsroom *n, story_id id, const struct kill *k)
{
    struct tomb *list;
    size_t all, count = tombs_on(n, id, &list, &all);
    for (size_t i = 0; i < count; i++)
        if (memcmp(list[i].kill, k->name, sizeof k->name) == 0) return true;
    return all > count; /* a lift too many lifts nothing */
}

/* The kill may have been buried under a page that has become part of this one since. */
static void lift_elsewhere(struct newsroom *n, const struct desk_set *set, const struct kill *k)
{
    for (size_t i = 0; i < set->version_count; i++) {
        story_id id = set->versions[i].item;
        if (id != set->page && id != k->item && is_buried_as(n, id, k)) add_kill(n, id, k);
    }
}

/* A killed item takes the page with it on which it stands. */
static void collect_kills(struct newsroom *n, const struct decided *d)
{
    for (size_t i = 0; i < d->verdict.kill_count; i++) {
        const struct kill *k = &d->verdict.kills[i];
        add_kill(n, k->item, k);
        if (k->item != d->set.page) add_kill(n, d->set.page, k);
        if (k->is_lift) lift_elsewhere(n, &d->set, k);
    }
}

/* When the last came of all that is known of it. */
static int64_t last_ms(const struct desk_set *set)
{
    int64_t last = 0;
    for (size_t i = 0; i < set->version_count; i++)
        if (set->versions[i].received_ms > last) last = set->versions[i].received_ms;
    for (size_t i = 0; i < set->act_count; i++)
        if (set->acts[i].at_ms > last) last = set->acts[i].at_ms;
    for (size_t i = 0; i < set->hit_count; i++)
        if (set->hits[i].at_ms > last) last = set->hits[i].at_ms;
    return last;
}

/* A kill that was confirmed away and stands again, for what the editor had confirmed is not the
 * newer version any more: under its old name it is lifted for good, so it is buried under one of
 * its own, which bears the instant at which it came back. What lifts it later is younger
 * (is_lifted_under_another_name). */
static void name_again(struct kill *k, int64_t at_ms)
{
    struct hash h;
    char text[64];
    size_t n = sizeof k->name;
    memcpy(text, k->name, n);
    n += (size_t)snprintf(text + n, sizeof text - n, "again %lld", (long long)at_ms);
    h = hash_of((struct span){text, n});
    memcpy(k->name, h.b, sizeof k->name);
    k->at_ms = at_ms;
}

static void collect_those_again(struct newsroom *n, const struct decided *list, size_t count)
{
    if (n->options.fresh) return; /* the lifts of all the past are known before their turn */
    for (size_t i = 0; i < count; i++) {
        const struct verdict *v = &list[i].verdict;
        story_id page = list[i].set.page;
        if (!v->is_dead || tombs_dead(n->tombs, page)) continue;
        for (size_t k = 0; k < v->kill_count; k++) {
            struct kill again = v->kills[k];
            if (again.is_lift || again.cause != TOMB_WIRE) continue;
            name_again(&again, last_ms(&list[i].set));
            add_kill(n, again.item, &again);
            if (again.item != page) add_kill(n, page, &again);
        }
    }
}

static enum result bury(struct newsroom *n, const struct decided *list, size_t count)
{
    size_t added = 0, more = 0, first = n->kill_count;
    if (first) TRY(tombs_add(n->tombs, n->kills, first, &added));
    collect_those_again(n, list, count);
    if (n->kill_count > first)
        TRY(tombs_add(n->tombs, n->kills + first, n->kill_count - first, &more));
    added += more;
    clock_slot_set(SLOT_TOMB_COUNT, tombs_count(n->tombs));
    if (!added) return OK;
    metric_add(M_KILLS, added);
    story_id *ids = ARENA_ARRAY(n->job, story_id, n->kill_count);
    for (size_t i = 0; i < n->kill_count; i++) ids[i] = n->kills[i].story;
    if (n->hooks.killed) n->hooks.killed(n->hooks.with, ids, n->kill_count, n->position);
    return OK;
}

/* The desk's own acts that were buried ahead of their turn are told as what they are. */
static enum answer_state state_of_tombs(const struct tomb *list, size_t count)
{
    bool by_wire = false, purged = false;
    for (size_t i = 0; i < count; i++) {
        purged |= list[i].cause == TOMB_PURGE;
        by_wire |= list[i].cause != TOMB_TAKEDOWN && list[i].cause != TOMB_DESK_KILL;
    }
    return purged ? STATE_PURGED : by_wire ? STATE_KILLED : STATE_TAKEN_DOWN;
}

/* The lift of this very kill is on its way to the tombstones. */
static bool is_lifted_now(const struct verdict *v, const struct tomb *t)
{
    for (size_t i = 0; i < v->kill_count; i++)
        if (v->kills[i].is_lift && !memcmp(v->kills[i].name, t->kill, sizeof t->kill)) return true;
    return false;
}

static bool is_in_set(const struct verdict *v, const struct tomb *t)
{
    for (size_t i = 0; i < v->kill_count; i++)
        if (!memcmp(v->kills[i].name, t->kill, sizeof t->kill)) return true;
    return false;
}

/* A wire's kill whose name nobody gives any more, for another version of the reader reads it
 * otherwise. The ledger is whole up to the lift, and the house's clock never steps back: what is
 * older than that lift was one of the kills that the lift was about. A kill that is not in the
 * ledger (restored from before it) is younger. */
static bool is_lifted_under_another_name(
    struct newsroom *n, struct decided *d, const struct tomb *t)
{
    const struct verdict *v = &d->verdict;
    if (t->cause != TOMB_WIRE || is_in_set(v, t)) return false;
    for (size_t i = 0; i < v->kill_count; i++) {
        struct kill k = v->kills[i];
        if (!k.is_lift || k.cause != TOMB_WIRE || k.at_ms <= t->at_ms) continue;
        k.item = d->set.page;
        memcpy(k.name, t->kill, sizeof k.name);
        add_kill(n, k.item, &k);
        lift_elsewhere(n, &d->set, &k);
        return true;
    }
    return false;
}

/* A kill that the ledger does not hold (restored from before it, or not applied yet) still kills
 * (X9), whatever else was lifted. */
static void obey_tombs(struct newsroom *n, struct decided *d)
{
    struct verdict *v = &d->verdict;
    struct tomb *list;
    if (v->is_dead || !tombs_dead(n->tombs, d->set.page)) return;
    size_t all, looked = tombs_on(n, d->set.page, &list, &all), count = 0;
    for (size_t i = 0; i < looked; i++)
        if (!is_lifted_now(v, &list[i]) && !is_lifted_under_another_name(n, d, &list[i]))
            list[count++] = list[i];
    if (!count && all == looked) return;
    if (!count) list[count++] = list[0]; /* behind a list that is full some stand */
    v->is_dead = true;
    v->shown = SIZE_MAX;
    v->state_ms = list[0].at_ms;
    /* K7: what was killed before it came was never public, whatever the ledger alone would say. */
    bool came_first = v->published_ms < v->state_ms;
    v->state = v->was_public && came_first ? state_of_tombs(list, count) : STATE_NEVER;
}

/* K18: kills that peek has seen ahead in the backlog, of stories that have come by now. */
static enum result bury_foretold(struct newsroom *n, const struct desk_set *set)
{
    struct span owner = n->foretold_count ? desk_owner(set, n->rules) : S("");
    for (size_t i = 0; i < n->foretold_count; i++) {
        struct foretold *f = &n->foretold[i];
        bool is_here = false;
        for (size_t k = 0; k < set->version_count; k++)
            is_here |= set->versions[k].item == f->tomb.story;
        if (f->pos <= n->position || !is_here || !span_eq(owner, f->feed)) continue;
        struct tomb t[2] = {f->tomb, f->tomb};
        t[1].story = set->page;
        TRY(tombs_add(n->tombs, t, t[0].story == t[1].story ? 1 : 2, NULL));
        clock_slot_set(SLOT_TOMB_COUNT, tombs_count(n->tombs));
    }
    return OK;
}

/* ---- deciding ---- */
static enum result decide_one(struct newsroom *n, story_id page, struct decided *d)
{
    TRY(newsroom_set(n, page, &d->set));
    TRY(bury_foretold(n, &d->set));
    desk_strike_set(n->job, &d->set);
    d->has_mint = store_mint(n->store, page, n->job, &d->mint) == OK;
    desk_decide(n->job, &d->set, n->rules, &d->verdict);
    obey_tombs(n, d);
    collect_kills(n, d);
    return OK;
}

static enum result decide_some(struct newsroom *n, const story_id *pages, size_t all)
{
    struct decided *list = ARENA_ARRAY(n->job, struct decided, all + 1);
    size_t count = 0;
    for (size_t i = 0; i < all; i++)
        if (!newsroom_was_joined(n, pages[i])) TRY(decide_one(n, pages[i], &list[count++]));
    TRY(bury(n, list, count)); /* before anything slower */
    TRY(newsroom_mint_all(n, list, count));
    for (size_t i = 0; i < count; i++) {
        newsroom_reslug(n, &list[i]);
        TRY(newsroom_put_rows(n, &list[i]));
    }
    for (size_t i = 0; i < count; i++) {
        TRY(newsroom_put_held(n, &list[i])); /* when all rows are there */
        TRY(newsroom_comments_wait(n, &list[i]));
    }
    return OK;
}

/* What a chunk of pages took is given back where it is much. Whatever else lay in the job's arena
 * is used up by then: events are applied, the list of pages is kept apart. */
static void begin_chunk(struct newsroom *n)
{
    if (arena_used(n->job) > JOB_CHUNK_BYTES) arena_reset(n->job);
    n->kills = NULL;
    n->kill_count = n->kill_cap = 0;
}

static enum result decide_all(struct newsroom *n)
{
    story_id chunk[JOB_EVENTS];
    size_t count = 0;
    for (story_id after = 0;; after = chunk[count - 1]) {
        TRY(store_pages(n->store, after, chunk, COUNT(chunk), &count));
        if (!count) return OK;
        begin_chunk(n);
        TRY(decide_some(n, chunk, count));
        newsroom_look_ahead(n, false); /* all pages of a large site take seconds */
    }
}

static enum result decide_list(struct newsroom *n, const story_id *pages, size_t count)
{
    enum result r = OK;
    for (size_t at = 0; at < count && r == OK; at += JOB_PAGES) {
        begin_chunk(n);
        if (at) newsroom_look_ahead(n, false);
        r = decide_some(n, pages + at, count - at < JOB_PAGES ? count - at : JOB_PAGES);
    }
    return r;
}

enum result newsroom_decide_pages(struct newsroom *n)
{
    newsroom_forget_lost(n);
    if (!n->all_pages) TRY(newsroom_touch_around(n));
    n->kills = NULL;
    n->kill_count = n->kill_cap = 0;
    if (n->all_pages) {
        newsroom_bump(n, "site", S(""));
        TRY(decide_all(n));
        n->all_pages = false;
        return newsroom_tell_lost(n);
    }
    TRY(newsroom_touch_users(n));
    struct arena *apart = arena_new(JOB_ARENA);
    struct span list = arena_keep(
        apart, (struct span){(const char *)n->pages.list, n->pages.n * sizeof *n->pages.list});
    enum result r = decide_list(n, (const story_id *)(const void *)list.p, n->pages.n);
    arena_free(apart);
    n->pages = (struct ids){0};
    n->seen = map_new(n->job);
    if (r == OK) r = newsroom_tell_lost(n);
    return r;
}
