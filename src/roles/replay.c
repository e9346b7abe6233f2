/* replay: what pages would be under another configuration, or read anew: each page is decided
 * twice, by the desk's own code, and the two are compared. The two sides may be one store (stories
 * as they were read) or the house's and a scratch one (read again). What is killed by now is killed
 * on both. Reads only. */
#include "replay.h"

#include <string.h>

enum {
    PAGE_ARENA_MAX = 1 << 30, /* one page: 2,000 versions, twice */
    PAGES_AT_ONCE = 512,
};

/* One store and one configuration, and what its brakes were. */
struct half {
    struct store *store;
    const struct config *config;
    const struct desk_rules *rules;
    struct brakes brakes;
};
struct work {
    const struct replay *q;
    struct arena *a, *page; /* page: reset for each */
    struct half now, then;
    struct replay_sum *sum;
};

/* ---- one side of one page ---- */
/* What has come since the position up to which both sides are looked at is in neither. */
static void cut_to(struct desk_set *set, uint64_t until_pos)
{
    while (set->version_count && set->versions[set->version_count - 1].pos > until_pos)
        set->version_count--;
    while (set->act_count && set->acts[set->act_count - 1].pos > until_pos) set->act_count--;
    while (set->hit_count && set->hits[set->hit_count - 1].pos > until_pos) set->hit_count--;
}

const char *verdict_outcome(const struct verdict *v, int64_t now_ms)
{
    if (v->is_dead) return "killed";
    if (story_is_public(&v->interval, now_ms)) return "public";
    if (!v->interval.held && v->interval.from_ms > now_ms) return "later";
    for (size_t i = 0; i < v->reason_count; i++)
        if (v->reasons[i].code == WHY_RULE_DROP) return "dropped";
    return "held";
}

static const struct desk_version *shown_of(const struct replay_side *s)
{
    size_t i = s->v.shown != SIZE_MAX     ? s->v.shown
               : s->v.version != SIZE_MAX ? s->v.version
                                          : s->set.version_count - 1;
    return &s->set.versions[i];
}

static enum result load_side(
    struct work *w, const struct half *h, story_id page, struct replay_side *out)
{
    *out = (struct replay_side){.config = h->config, .rules = h->rules, .outcome = "absent"};
    TRY(set_load(h->store, page, w->page, &out->set));
    cut_to(&out->set, w->q->until_pos);
    out->set.reached_ms = w->q->now_ms;
    brakes_give(&h->brakes, &out->set);
    if (!out->set.version_count) return OK;
    desk_strike_set(w->page, &out->set);
    desk_decide(w->page, &out->set, h->rules, &out->v);
    const struct desk_version *v = shown_of(out);
    out->story = v->story;
    out->feed = config_feed_named(h->config, v->feed);
    out->outcome = verdict_outcome(&out->v, w->q->now_ms);
    out->is_live = !out->v.is_dead && story_is_public(&out->v.interval, w->q->now_ms);
    return OK;
}

/* ---- one page ---- */
static bool is_recent(const struct work *w, const struct replay_side *s)
{
    for (size_t i = 0; i < s->set.version_count; i++)
        if (s->set.versions[i].received_ms >= w->q->since_ms) return true;
    return false;
}

/* A picture by itself is never a page. */
static bool is_page(const struct replay_side *s)
{
    return s->set.version_count &&
           !desk_is_media(s->set.versions[s->set.version_count - 1].story->kind);
}

static enum replay_fate fate_of(const struct replay_side *now, const struct replay_side *then)
{
    if (now->is_live && then->is_live) return REPLAY_CHANGES;
    if (now->is_live) return REPLAY_LEAVES;
    return then->is_live ? REPLAY_APPEARS : REPLAY_UNSEEN;
}

/* Why nothing of it is there when it is read again. */
static struct span why_absent(struct work *w, story_id page)
{
    story_id other = page;
    if (store_page_of(w->then.store, page, &other) == OK && other != page)
        return arena_printf(w->page, "it is part of %.*s", FMT(story_id_text(w->page, other)));
    return S("nothing in the raw bytes that are kept gives it");
}

static void count(struct work *w, const struct replay_page *p)
{
    w->sum->fates[p->fate]++;
    for (size_t i = 0; i < p->field_count && p->fate == REPLAY_CHANGES; i++)
        w->sum->fields[p->fields[i].index]++;
}

static enum result compare_page(struct work *w, story_id page)
{
    struct replay_side now, then;
    arena_reset(w->page);
    if (tombs_dead(w->q->tombs, page)) return OK;
    TRY(load_side(w, &w->now, page, &now));
    TRY(load_side(w, &w->then, page, &then));
    if ((!is_page(&now) && !is_page(&then)) || (!is_recent(w, &now) && !is_recent(w, &then)))
        return OK;
    struct replay_page p = {.page = page, .fate = fate_of(&now, &then), .then = &then.v};
    w->sum->pages++;
    w->sum->live += now.is_live;
    replay_fields(w->page, &now, &then, w->q->now_ms, &p);
    if (!p.field_count) return OK;
    const struct replay_side *named = now.story ? &now : &then;
    p.guid = named->story->guid;
    p.headline = named->v.headline.n ? named->v.headline : named->story->headline;
    p.front_ms = named->v.front_ms;
    if (!then.story) p.why = why_absent(w, page);
    count(w, &p);
    if (w->q->each) w->q->each(w->q->with, &p);
    return OK;
}

/* ---- all pages ---- */
struct run { /* a store's pages, in order of id, a handful at a time */
    struct store *store;
    story_id list[PAGES_AT_ONCE], after;
    size_t at, n;
    bool over;
};

/* 0: there are no more. */
static enum result look(struct run *r, story_id *out)
{
    *out = 0;
    if (r->at == r->n && !r->over) {
        TRY(store_pages(r->store, r->after, r->list, COUNT(r->list), &r->n));
        r->at = 0;
        r->over = !r->n;
        if (r->n) r->after = r->list[r->n - 1];
    }
    if (!r->over) *out = r->list[r->at];
    return OK;
}

static enum result compare_all(struct work *w)
{
    bool apart = w->now.store != w->then.store;
    struct run *x = ARENA_NEW(w->a, struct run), *y = ARENA_NEW(w->a, struct run);
    *x = (struct run){.store = w->now.store};
    *y = (struct run){.store = w->then.store, .over = !apart};
    for (size_t done = 0;; done++) {
        story_id mine, other;
        TRY(look(x, &mine));
        TRY(look(y, &other));
        if (!mine && !other) return OK;
        story_id page = !other || (mine && mine < other) ? mine : other;
        x->at += mine == page;
        y->at += other == page;
        TRY(compare_page(w, page));
        if (w->q->go_on && !w->q->go_on(w->q->with, done + 1)) return ERR_CLOSED;
    }
}

static enum result open_half(
    struct work *w, struct half *h, struct store *store, const struct config *c)
{
    *h = (struct half){.store = store, .config = c, .rules = rules_of(w->a, c)};
    return brakes_load(store, w->a, &h->brakes);
}

enum result replay_compare(struct arena *a, const struct replay *q, struct replay_sum *out)
{
    struct work w = {.q = q, .a = a, .page = arena_new(PAGE_ARENA_MAX), .sum = out};
    *out = (struct replay_sum){0};
    enum result r = open_half(&w, &w.now, q->now_store, q->now_config);
    if (r == OK) r = open_half(&w, &w.then, q->then_store, q->then_config);
    if (r == OK) r = compare_all(&w);
    arena_free(w.page);
    return r;
}

uint64_t replay_weight(const struct replay_sum *s)
{
    return s->fates[REPLAY_CHANGES] + s->fates[REPLAY_LEAVES] + s->fates[REPLAY_APPEARS];
}

/* ---- the two configurations ---- */
enum result replay_in_force(
    struct arena *a, struct store *s, struct config **out, const char **why_out)
{
    struct span json;
    enum result r = store_text(s, "config", a, &json);
    *out = r == OK ? config_from_editorial(a, json, NULL) : NULL;
    *why_out = r == ERR_ABSENT
                   ? "no configuration is in force yet: start the site once (broadsheet serve)"
                   : "the configuration in force cannot be read";
    return r == OK && !*out ? ERR_CORRUPT : r;
}

/* Where a file names no url of its own, that of the house stands in: it follows from the door. */
void replay_same_door(const struct config *now, struct config *then)
{
    if (!then->url.n || span_eq(then->url, S("http://127.0.0.1:8080"))) then->url = now->url;
}

struct span replay_token(struct arena *a, const struct config *now, const struct config *then)
{
    struct hash h = hash_of(arena_printf(
        a, "%.*s\n%.*s", FMT(config_editorial(a, now)), FMT(config_editorial(a, then))));
    return span_cut(hash_hex(a, &h), 0, REPLAY_TOKEN_MAX);
}
