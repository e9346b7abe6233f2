/* oracle_limits: what a feed brings beyond its limits, or in shadow, waits for editors (T5).
 * Counted in the order of what comes, by the configuration in force there: what says something new
 * of the feed's own story, against what came in the hour before. A part of the oracle (oracle.h).
 */
#include "oracle_inside.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

enum { REWRITE_DAYS = 3 }; /* where the site file does not say: docs/configuration.md */

/* ---- what came in the hour before ---- */
static bool is_recent(const struct version *w, const struct version *v)
{
    return w->is_counted && w->at_ms > v->at_ms - HOUR_MS;
}

static int stories_before(const struct oracle *o, const struct version *v)
{
    int n = 0;
    for (size_t i = 0; i < o->version_count; i++) {
        const struct version *w = &o->versions[i];
        n += is_recent(w, v) && w->feed == v->feed && w->is_new && w->mark == MARKED_NOT;
    }
    return n;
}

static int updates_before(const struct oracle *o, const struct version *v)
{
    int n = 0;
    for (size_t i = 0; i < o->version_count; i++) {
        const struct version *w = &o->versions[i];
        n += is_recent(w, v) && oracle_root(o, w->key) == oracle_root(o, v->key) && !w->is_new &&
             w->mark == MARKED_NOT;
    }
    return n;
}

/* Other stories than its own. */
static int rewritten_before(const struct oracle *o, const struct version *v)
{
    bool seen[ORACLE_FEEDS * ORACLE_GUIDS_MAX] = {false};
    int n = 0, own = oracle_root(o, v->key);
    for (size_t i = 0; i < o->version_count; i++) {
        const struct version *w = &o->versions[i];
        int root = oracle_root(o, w->key);
        if (!is_recent(w, v) || w->feed != v->feed || !w->is_rewrite || root == own || seen[root])
            continue;
        seen[root] = true;
        n++;
    }
    return n;
}

static const struct version *first_of_page(const struct oracle *o, const struct version *v)
{
    for (size_t i = 0; i < o->version_count; i++)
        if (o->versions[i].is_counted &&
            oracle_root(o, o->versions[i].key) == oracle_root(o, v->key))
            return &o->versions[i];
    return NULL;
}

/* ---- marks ---- */
static bool is_over(const struct oracle *o, const struct version *v)
{
    const struct oracle_policy *p = &o->then[v->feed];
    if (v->is_new) {
        bool old = p->oldest_days && v->item->created.kind == OW_UTC &&
                   v->item->created.ms < v->at_ms - p->oldest_days * DAY_MS;
        return old || (p->stories_per_hour && stories_before(o, v) >= p->stories_per_hour);
    }
    if (v->is_rewrite && p->rewrites_per_hour && rewritten_before(o, v) >= p->rewrites_per_hour)
        return true;
    return v->item->change != OC_CORRECTION && p->updates_per_hour &&
           updates_before(o, v) >= p->updates_per_hour;
}

void limits_mark(struct oracle *o, struct version *v)
{
    const struct oracle_policy *p = &o->then[v->feed];
    const struct version *first = first_of_page(o, v);
    if (p->shadow && !o->is_live[v->feed]) v->mark = MARKED_SHADOW;
    if (v->item->status != OS_USABLE) return;          /* kills and withholds are never limited */
    if (v->item->is_picture || v->item->order) return; /* no stories */
    v->is_counted = true;
    v->is_new = !first;
    int days = p->rewrite_after_days ? p->rewrite_after_days : REWRITE_DAYS;
    v->is_rewrite = first && first->at_ms < v->at_ms - days * DAY_MS;
    if (v->mark == MARKED_NOT && is_over(o, v)) v->mark = MARKED_LIMIT;
}

/* A shadow that was ended begins anew only where the configuration was without it in between. */
void limits_take(struct oracle *o, const struct oracle_event *e)
{
    if (e->kind == OE_ACT && e->act == OA_GO_LIVE && o->then[e->feed].shadow)
        o->is_live[e->feed] = true;
    if (e->kind != OE_POLICY) return;
    o->then = e->policies;
    for (int f = 0; f < ORACLE_FEEDS; f++)
        if (!o->then[f].shadow) o->is_live[f] = false;
}

bool limits_let_go(const struct version *v, const struct oracle_event *act)
{
    if (act->kind != OE_ACT || act->feed != v->feed) return false;
    return v->mark == MARKED_SHADOW  ? act->act == OA_GO_LIVE && act->text
           : v->mark == MARKED_LIMIT ? act->act == OA_RELEASE
                                     : false;
}
