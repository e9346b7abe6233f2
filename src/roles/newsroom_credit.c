/* newsroom_credit: the credit of a story and of its pictures as its feed's licence wants it, into
 * the view: whoever shows the view shows it so. */
#include "newsroom.h"

static bool stands_at(const struct config_feed *f, struct span where)
{
    for (uint32_t i = 0; i < f->credit_at_count; i++)
        if (span_eq(f->credit_at[i], where)) return true;
    return !f->credit_at_count && span_eq(where, S("end"));
}

void newsroom_credit(struct newsroom *n, const struct config_feed *f, struct view *v)
{
    struct span site = n->config->site_name;
    v->credit_line = view_credit(n->job, v, f->credit_line, site);
    if (v->credit_line.n) {
        v->credit_top = stands_at(f, S("top"));
        v->credit_end = stands_at(f, S("end"));
        v->credit_lists = stands_at(f, S("lists"));
    }
    for (uint32_t i = 0; f->picture_credit.n && i < v->picture_count; i++)
        v->pictures[i].credit =
            view_picture_credit(n->job, v, &v->pictures[i], f->picture_credit, site);
}
