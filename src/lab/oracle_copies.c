/* oracle_copies: T4: a near copy of a story killed within a day is held, whoever sends it under
 * whatever id. Taken in the order of what comes: what holds is known when the later of the two
 * texts comes. A part of the oracle (oracle.h). */
#include "oracle_inside.h"

#define DAY_MS INT64_C(86400000)

/* The newest that says so and came before that instant; NULL: none. killed_too: a kill's own words
 * too. */
static const struct version *told_before(
    const struct oracle *o, int root, const struct version *v, int64_t before_ms, bool killed_too)
{
    const struct version *found = NULL;
    for (size_t i = 0; i < o->version_count; i++) {
        const struct version *w = &o->versions[i];
        bool counts = killed_too || w->item->status != OS_CANCELED;
        if (oracle_root(o, w->key) == root && w->at_ms < before_ms && counts &&
            version_says_the_same(w, v))
            found = w;
    }
    return found;
}

/* When it was killed, where that stands and is at most a day ago; 0: not. */
static int64_t fresh_kill_ms(struct oracle *o, int root, int64_t at_ms)
{
    struct page p;
    page_fill(o, root, &p);
    int64_t killed_ms = page_killed_ms(o, &p);
    return killed_ms && at_ms - killed_ms <= DAY_MS ? killed_ms : 0;
}

/* Once for each two items: what an editor has let go is not held again. */
static void hold(struct oracle *o, int killed, int copy, const struct version *v)
{
    for (size_t i = 0; i < o->copy_count; i++)
        if (o->copies[i].killed == killed && o->copies[i].copy == copy) return;
    *ARENA_PUSH(o->a, o->copies, o->copy_count, o->copy_cap) =
        (struct held_copy){killed, copy, v->at_ms, v->pos, NEVER};
}

void copies_take(struct oracle *o, const struct version *v)
{
    int own = oracle_root(o, v->key);
    if (!v->item->says || v->item->no_body || v->item->status == OS_CANCELED) return;
    int64_t own_kill_ms = fresh_kill_ms(o, own, v->at_ms);
    for (int key = 0; key < (int)COUNT(o->root_of); key++) {
        if (key == own || o->root_of[key] != key) continue;
        /* what the last word on an item says is no copy, but may be what is copied */
        const struct version *other = told_before(o, key, v, NEVER, !own_kill_ms);
        int64_t kill_ms = other ? fresh_kill_ms(o, key, v->at_ms) : 0;
        if (!other || !own_kill_ms == !kill_ms) continue;
        if (kill_ms && !told_before(o, own, v, kill_ms, true)) hold(o, other->key, v->key, v);
        if (own_kill_ms && !told_before(o, key, v, own_kill_ms, true))
            hold(o, v->key, other->key, v);
    }
}

/* What lifts the kill lifts what was held by it. */
void copies_free(struct oracle *o, const struct oracle_event *act)
{
    if (act->act != OA_LIFT && act->act != OA_CONFIRM) return;
    for (size_t i = 0; i < o->copy_count; i++) {
        struct held_copy *c = &o->copies[i];
        struct page p;
        page_fill(o, oracle_root(o, c->killed), &p);
        bool is_of_it = p.act_count && p.acts[p.act_count - 1] == act;
        if (is_of_it && c->freed_ms == NEVER && !page_killed_ms(o, &p)) c->freed_ms = act->at_ms;
    }
}

static bool is_let_go(
    const struct oracle *o, const struct page *p, const struct held_copy *c, int64_t at_ms)
{
    for (size_t i = 0; i < p->act_count; i++)
        if (p->acts[i]->act == OA_PUBLISH && p->acts[i]->at_ms <= at_ms &&
            oracle_pos((int)(p->acts[i] - o->events), 0) > c->pos)
            return true;
    return c->freed_ms <= at_ms;
}

bool copies_hold(const struct oracle *o, const struct page *p, int64_t at_ms)
{
    for (size_t i = 0; i < o->copy_count; i++) {
        const struct held_copy *c = &o->copies[i];
        if (oracle_root(o, c->copy) == p->root && c->at_ms <= at_ms && !is_let_go(o, p, c, at_ms))
            return true;
    }
    return false;
}
