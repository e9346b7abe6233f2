/* oracle_kills: a set that only grows, and lifts that name what they lift (K1 to K7, K17). A part
 * of the oracle (oracle.h). */
#include "oracle_inside.h"

/* K5: the same kill again is a repetition, and has not come this far. */
static void add_kill(struct kills *k, struct kill kill)
{
    must(k->count < COUNT(k->list));
    k->list[k->count++] = kill;
}

/* K6: an editor brings back what the agency killed only where a usable version newer than the
 * killed one has come after the kill; words have no version. */
static bool has_successor(const struct page *p, const struct kill *k, size_t by_event)
{
    for (size_t i = k->killed ? (size_t)k->killed->rank + 1 : 0; i < p->count; i++) {
        const struct version *v = p->list[i];
        if (v->item->status == OS_USABLE && v->pos >= oracle_pos((int)k->event, 0) &&
            v->pos < oracle_pos((int)by_event, 0))
            return true;
    }
    return false;
}

/* What stood again stands until another yes, which lifts one of the agency's kills anew. */
static bool is_lifted_anew(
    const struct page *p, const struct kills *k, const struct oracle_event *act, size_t event)
{
    for (size_t i = 0; i < k->count; i++) {
        const struct kill *x = &k->list[i];
        bool by_agency = (x->killed || x->in_words) && x->event < event;
        if (act->act == OA_LIFT ? x->in_words && by_agency
                                : by_agency && has_successor(p, x, event))
            return true;
    }
    return false;
}

static bool is_lifted(const struct page *p, const struct kills *k, const struct kill *x,
    const struct oracle_event *act, size_t event)
{
    if (act->act != OA_LIFT && act->act != OA_CONFIRM) return false;
    if (x->is_again) return is_lifted_anew(p, k, act, event);
    if (act->act == OA_LIFT) return !x->killed;
    return (x->killed || x->in_words) && has_successor(p, x, event);
}

void page_kills(struct oracle *o, const struct page *p, struct kills *k)
{
    k->count = 0; /* the list is too long to be emptied for each page */
    for (size_t i = 0; i < o->version_count; i++) { /* K1-K4: whatever its version, whenever */
        const struct version *v = &o->versions[i];
        if (v->item->status == OS_CANCELED && oracle_root(o, v->key) == p->root)
            add_kill(k, (struct kill){v, (size_t)(v->pos / 100), v->at_ms, NEVER});
    }
    for (size_t i = 0; i < o->order_count; i++) { /* K8, K9 */
        const struct order *t = &o->orders[i];
        if (t->key >= 0 && oracle_root(o, t->key) == p->root)
            add_kill(k, (struct kill){NULL, (size_t)t->event, t->at_ms, NEVER, .in_words = true});
    }
    const struct oracle_event *again = o->again[p->root];
    if (again) {
        size_t event = (size_t)(again - o->events);
        add_kill(k, (struct kill){NULL, event, again->at_ms, NEVER, .is_again = true});
    }
    for (size_t i = 0; i < p->act_count; i++) {
        const struct oracle_event *act = p->acts[i];
        size_t event = (size_t)(act - o->events);
        bool purge = act->act == OA_PURGE;
        if (purge || act->act == OA_TAKEDOWN || act->act == OA_KILL) /* K17 */
            add_kill(k, (struct kill){NULL, event, act->at_ms, NEVER, .is_purge = purge});
        for (size_t n = 0; n < k->count; n++) {
            struct kill *x = &k->list[n];
            if (x->event >= event || x->lifted_ms != NEVER || x->is_purge) continue;
            if (is_lifted(p, k, x, act, event)) x->lifted_ms = act->at_ms;
        }
    }
}

bool page_is_dead(const struct kills *k, int64_t at_ms)
{
    for (size_t i = 0; i < k->count; i++)
        if (k->list[i].at_ms <= at_ms && k->list[i].lifted_ms > at_ms) return true;
    return false;
}

int64_t page_killed_ms(struct oracle *o, const struct page *p)
{
    struct kills kills;
    int64_t last = 0;
    page_kills(o, p, &kills);
    for (size_t i = 0; i < kills.count; i++)
        if (kills.list[i].lifted_ms == NEVER && kills.list[i].at_ms > last)
            last = kills.list[i].at_ms;
    return last;
}

/* Nothing stands but kills that had been lifted. */
static bool stand_again(const struct kills *kills)
{
    bool any = false;
    for (size_t i = 0; i < kills->count; i++) {
        const struct kill *x = &kills->list[i];
        if (x->lifted_ms != NEVER) continue;
        if (!x->killed || !x->killed->was_lifted) return false;
        any = true;
    }
    return any;
}

void kills_watch(struct oracle *o)
{
    for (size_t i = 0; o->any_yes && i < o->version_count; i++) {
        struct version *v = &o->versions[i];
        struct page p;
        struct kills kills;
        if (v->item->status != OS_CANCELED) continue;
        page_fill(o, oracle_root(o, v->key), &p);
        page_kills(o, &p, &kills);
        if (stand_again(&kills)) o->again[p.root] = &o->events[o->count - 1];
        for (size_t k = 0; k < kills.count; k++)
            v->was_lifted |= kills.list[k].killed == v && kills.list[k].lifted_ms != NEVER;
    }
}
