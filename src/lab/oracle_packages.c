/* oracle_packages: which pages a package's page shows, and whether one without a text of its own is
 * there at all. A part of the oracle (oracle.h). */
#include "oracle_inside.h"

static bool names(const struct oracle_page *p, int page)
{
    for (int i = 0; i < p->member_count; i++)
        if (p->members[i] == page) return true;
    return false;
}

/* The page of a member; -1: nothing of it has come. */
static int member_page(const struct oracle *o, const struct version *v, int i)
{
    int key =
        v->item->members[i] ? oracle_item_of(o->policies, v->feed, v->item->members[i] - 1) : -1;
    return key < 0 || o->root_of[key] < 0 ? -1 : o->view->page_of[oracle_root(o, key)];
}

/* ---- P7: a package that says nothing itself ---- */
bool item_is_bare(const struct oracle_item *i)
{
    bool any = false;
    for (int k = 0; k < ORACLE_MEMBERS; k++)
        any |= i->members[k] && i->members[k] - 1 != i->guid; /* P5: itself it does not hold */
    return i->is_package && i->no_body && any;
}

/* Is one of its members seen, or a package in it of which that can be said? seen: pages so far. */
static bool has_seen(const struct oracle *o, const struct version *v, const bool *seen)
{
    for (int i = 0; i < ORACLE_MEMBERS; i++) {
        int page = member_page(o, v, i);
        if (page >= 0 && seen[page]) return true;
    }
    return false;
}

/* It is seen while one of its members is, however deep: packages that hold only each other are not
 * (P5). */
void packages_hide(const struct oracle *o, const struct version **shown)
{
    size_t n = o->view->page_count;
    bool *seen = ARENA_ARRAY(o->a, bool, n + 1), more = true;
    for (size_t i = 0; i < n; i++) seen[i] = shown[i] && !item_is_bare(shown[i]->item);
    while (more) {
        more = false;
        for (size_t i = 0; i < n; i++) {
            if (!shown[i] || seen[i] || !has_seen(o, shown[i], seen)) continue;
            seen[i] = more = true;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (!shown[i] || seen[i]) continue;
        shown[i] = NULL;
        o->view->pages[i].status = 404;
    }
}

/* ---- what it shows ---- */
/* P1, P6, P7: of the members that the version shown names those that are public, in its order, each
 * once. E10, K16: what becomes of the package is nothing to them. */
static void fill(const struct oracle *o, int page, const struct version *v)
{
    struct oracle_page *p = &o->view->pages[page];
    for (int i = 0; i < ORACLE_MEMBERS; i++) {
        int member = member_page(o, v, i);
        bool shows = member >= 0 && member != page && o->view->pages[member].status == 200 &&
                     !names(p, member);
        if (shows) p->members[p->member_count++] = member;
    }
}

void packages_fill(const struct oracle *o, const struct version *const *shown)
{
    for (int i = 0; i < (int)o->view->page_count; i++)
        if (shown[i]) fill(o, i, shown[i]);
}
