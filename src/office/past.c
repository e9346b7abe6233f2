/* past.c: the site as it stood at an instant. Nothing of it is kept anywhere: what had come by then
 * is decided again, as it was decided then. Tombstones are today's. Reads only. */
#include <string.h>

#include "office.h"

enum { PAGES_AT_ONCE = 256, PAGE_ARENA = 1 << 30 };

/* ---- one page ---- */
/* Everything is in the order of the ledger, in which time never goes back. */
static void cut_versions(struct desk_set *set, int64_t at_ms)
{
    size_t n = 0;
    while (n < set->version_count && set->versions[n].received_ms <= at_ms) n++;
    set->version_count = n;
    for (n = 0; n < set->act_count && set->acts[n].at_ms <= at_ms;) n++;
    set->act_count = n;
    for (n = 0; n < set->hit_count && set->hits[n].at_ms <= at_ms;) n++;
    set->hit_count = n;
}

/* A brake that was let go later was still on; what was released later was still kept back. */
static void cut_brakes(struct office_eyes *e, struct desk_set *set, struct arena *a, int64_t at_ms)
{
    struct pause *list = ARENA_ARRAY(a, struct pause, e->brakes.pause_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < e->brakes.pause_count; i++) {
        struct pause p = e->brakes.pauses[i];
        if (p.from_ms > at_ms) continue;
        if (p.until_ms > at_ms) p.until_ms = FOREVER, p.until_pos = UINT64_MAX;
        list[n++] = p;
    }
    brakes_give(&e->brakes, set);
    set->pauses = list;
    set->pause_count = n;
    for (n = 0; n < set->release_count && set->releases[n].at_ms <= at_ms;) n++;
    set->release_count = n;
}

static bool is_dead_today(const struct office_eyes *e, const struct desk_set *set)
{
    if (e->hooks.dead(set->page, e->hooks.with)) return true;
    for (size_t i = 0; i < set->version_count; i++)
        if (e->hooks.dead(set->versions[i].item, e->hooks.with)) return true;
    return false;
}

static enum result stood(
    struct office_eyes *e, story_id page, int64_t at_ms, struct arena *a, struct office_past *out)
{
    *out = (struct office_past){0};
    TRY(set_load(e->store, page, a, &out->set));
    desk_strike_set(a, &out->set); /* what is struck today is struck */
    out->is_dead = is_dead_today(e, &out->set);
    cut_versions(&out->set, at_ms);
    cut_brakes(e, &out->set, a, at_ms);
    if (!out->set.version_count) return ERR_ABSENT;
    out->set.reached_ms = at_ms;
    desk_decide(a, &out->set, e->rules, &out->verdict);
    const struct verdict *v = &out->verdict;
    size_t shown = v->shown != SIZE_MAX ? v->shown : v->version;
    if (shown == SIZE_MAX) shown = out->set.version_count - 1;
    out->shown = &out->set.versions[shown];
    out->was_public = story_is_public(&v->interval, at_ms);
    return OK;
}

enum result past_story(struct office_eyes *e, story_id page, int64_t at_ms, struct office_past *out)
{
    return stood(e, page, at_ms, e->a, out);
}

/* ---- the front ---- */
struct newest { /* the n newest seen so far, in order */
    struct office_teaser *list;
    size_t n, max;
};

static bool comes_before(const struct office_teaser *x, const struct office_teaser *y)
{
    return x->front_ms != y->front_ms ? x->front_ms > y->front_ms : x->page > y->page;
}

static void take_in(struct newest *f, struct arena *keep, struct office_teaser t)
{
    size_t at = f->n;
    while (at > 0 && comes_before(&t, &f->list[at - 1])) at--;
    if (at == f->max) return;
    size_t after = (f->n < f->max ? f->n : f->max - 1) - at;
    memmove(&f->list[at + 1], &f->list[at], after * sizeof *f->list);
    t.headline = arena_keep(keep, t.headline);
    t.section = arena_keep(keep, t.section);
    f->list[at] = t;
    if (f->n < f->max) f->n++;
}

static enum result look_at(struct office_eyes *e, story_id page, int64_t at_ms, struct span section,
    struct arena *scratch, struct newest *f)
{
    struct office_past p;
    arena_reset(scratch);
    enum result r = stood(e, page, at_ms, scratch, &p);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    const struct verdict *v = &p.verdict;
    if (!p.was_public || !v->on_fronts || (section.n && !span_eq(section, v->section))) return OK;
    struct office_teaser t = {.page = p.set.page, .front_ms = v->front_ms, .is_dead = p.is_dead};
    if (!p.is_dead) t.headline = v->headline, t.section = v->section;
    take_in(f, e->a, t);
    return OK;
}

enum result past_front(struct office_eyes *e, int64_t at_ms, struct span section, size_t n,
    void (*progress)(size_t pages, void *), void *with, struct office_teaser **out,
    size_t *count_out)
{
    struct newest f = {ARENA_ARRAY(e->a, struct office_teaser, n + 1), 0, n};
    struct arena *scratch = arena_new(PAGE_ARENA);
    story_id pages[PAGES_AT_ONCE], after = 0;
    size_t count, seen = 0;
    enum result r = OK;
    do {
        r = store_pages(e->store, after, pages, COUNT(pages), &count);
        for (size_t i = 0; r == OK && i < count; i++)
            r = look_at(e, after = pages[i], at_ms, section, scratch, &f);
        seen += r == OK ? count : 0;
        if (progress) progress(seen, with);
    } while (r == OK && count);
    arena_free(scratch);
    *out = f.list;
    *count_out = f.n;
    return r;
}
