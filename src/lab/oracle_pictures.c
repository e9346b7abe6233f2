/* oracle_pictures: which picture a page shows: its licence has pictures, what the story says of it
 * lets it be seen now, and so does its own item, which is judged as a story is; the text stays
 * whatever becomes of it (E9, K15, R3). A part of the oracle (oracle.h). */
#include "oracle_inside.h"

/* No item of it has come: what editors have said of its guid counts nevertheless (K7). */
static bool editors_let(const struct oracle *o, int key)
{
    bool held = false, down = false, purged = false;
    for (size_t e = 0; e < o->count; e++) {
        const struct oracle_event *t = &o->events[e];
        if (t->kind != OE_ACT || !oracle_is_of_story(t->act) ||
            !act_means(o, t, key, oracle_pos((int)e, 0)))
            continue;
        held = t->act == OA_HOLD || (held && t->act != OA_PUBLISH);
        down = t->act == OA_TAKEDOWN || t->act == OA_KILL || (down && t->act != OA_LIFT);
        purged |= t->act == OA_PURGE;
    }
    return !held && !down && !purged;
}

static bool item_lets(const struct oracle *o, int key)
{
    if (o->root_of[key] < 0) return editors_let(o, key);
    return o->view->pages[o->view->page_of[oracle_root(o, key)]].lets_be_seen;
}

/* A time that makes no sense, or has no zone, never lets anything be seen. */
static bool begins(const struct oracle_policy *p, struct oracle_time t, int64_t now_ms)
{
    if (t.kind == OW_NONE) return true;
    if (t.kind == OW_LOCAL && p->has_zone) return t.ms - p->zone_ms <= now_ms;
    return t.kind == OW_UTC && t.ms <= now_ms;
}

static bool story_lets(const struct oracle *o, const struct version *v)
{
    const struct oracle_item *i = v->item;
    struct oracle_time end = i->picture_expires;
    bool goes_on = end.kind == OW_NONE || (end.kind == OW_UTC && end.ms > o->now_ms);
    return i->picture_status == OS_USABLE && goes_on &&
           begins(&o->policies[v->feed], i->picture_embargo, o->now_ms);
}

void pictures_fill(const struct oracle *o, const struct version *const *shown)
{
    for (size_t i = 0; i < o->view->page_count; i++) {
        const struct version *v = shown[i];
        if (!v || !v->item->picture || !o->policies[v->feed].pictures) continue;
        int key = oracle_item_of(o->policies, v->feed, v->item->picture - 1);
        if (story_lets(o, v) && item_lets(o, key)) o->view->pages[i].picture = v->item->picture;
    }
}
