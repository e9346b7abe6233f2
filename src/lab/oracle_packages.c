/* oracle_packages: which pages a package's page shows. A part of the oracle (oracle.h). */
#include "oracle_inside.h"

static bool names(const struct oracle_page *p, int page)
{
    for (int i = 0; i < p->member_count; i++)
        if (p->members[i] == page) return true;
    return false;
}

/* P1, P6, P7: of the members that the version shown names those that are public, in its order, each
 * once. E10, K16: what becomes of the package is nothing to them. */
static void fill(const struct oracle *o, int page, const struct version *v)
{
    struct oracle_page *p = &o->view->pages[page];
    for (int i = 0; i < ORACLE_MEMBERS; i++) {
        if (!v->item->members[i]) continue;
        int key = oracle_item_of(o->policies, v->feed, v->item->members[i] - 1);
        if (o->root_of[key] < 0) continue;
        int member = o->view->page_of[oracle_root(o, key)];
        bool shows = member != page && o->view->pages[member].status == 200 && !names(p, member);
        if (shows) p->members[p->member_count++] = member;
    }
}

void packages_fill(const struct oracle *o, const struct version *const *shown)
{
    for (int i = 0; i < (int)o->view->page_count; i++)
        if (shown[i]) fill(o, i, shown[i]);
}
