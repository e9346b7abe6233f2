/* oracle_twins: V8: two pages of two agencies tell the same news: what they show says so, in one
 * language; they were first received within a day of each other, and so were two versions that said
 * so. Each keeps its own kill, embargo and credit: only what is public has twins. A part of the
 * oracle (oracle.h). */
#include "oracle_inside.h"

#define DAY_MS INT64_C(86400000)

static bool are_near(int64_t a, int64_t b)
{
    return a - b <= DAY_MS && b - a <= DAY_MS;
}

/* Were they ever told within a day? */
static bool were_near(const struct oracle *o, int root, int other)
{
    for (size_t i = 0; i < o->version_count; i++)
        for (size_t k = 0; k < o->version_count; k++) {
            const struct version *v = &o->versions[i], *w = &o->versions[k];
            if (oracle_root(o, v->key) == root && oracle_root(o, w->key) == other &&
                v->item->status != OS_CANCELED && w->item->status != OS_CANCELED &&
                version_says_the_same(v, w) && v->item->other_language == w->item->other_language &&
                are_near(v->at_ms, w->at_ms))
                return true;
        }
    return false;
}

static bool are_twins(const struct oracle *o, const struct oracle_page *p,
    const struct oracle_page *q, const struct version *v, const struct version *w)
{
    return version_says_the_same(v, w) && v->item->other_language == w->item->other_language &&
           o->policies[v->feed].provider != o->policies[w->feed].provider &&
           are_near(p->received_ms, q->received_ms) && were_near(o, p->first, q->first);
}

void twins_find(const struct oracle *o, const struct version *const *shown)
{
    const struct oracle_view *view = o->view;
    for (size_t i = 0; i < view->page_count; i++)
        for (size_t k = 0; k < view->page_count; k++) {
            struct oracle_page *p = &view->pages[i], *q = &view->pages[k];
            if (i == k || !shown[i] || !shown[k] || !are_twins(o, p, q, shown[i], shown[k]))
                continue;
            must(p->twin_count < ORACLE_TWINS);
            p->twins[p->twin_count++] = (int)k;
        }
}
