/* support: readers are asked for support beside a story and on a page of its own; what is paid is
 * the payment provider's business, to whom the plans link. Not on pages of what has left. */
#include "audience.h"

bool support_is_free(const struct press_site *site, const struct view *v)
{
    for (uint32_t i = 0; i < site->audience.member_count; i++)
        if (span_eq(site->audience.members[i], v->section)) return false;
    return true;
}

static struct span title_of(const struct press *p)
{
    struct span own = p->site->audience.support_title;
    return own.n ? own : press_word(p, "support_us");
}

static struct span text_of(const struct press *p)
{
    struct span own = p->site->audience.support_text;
    return own.n ? own : press_word(p, "support_why");
}

static void put_block(struct sheet *s, const char *name)
{
    struct record *r = record_in(s->root, name);
    record_text(r, "title", title_of(s->p));
    record_text(r, "text", text_of(s->p));
    record_text(r, "href", press_path(s->p, s->a, S("/support")));
}

void support_put(struct sheet *s)
{
    const struct press_audience *c = &s->p->site->audience;
    if (!c->plan_count) return;
    if (c->support_above) put_block(s, "support_above");
    if (c->support_below) put_block(s, "support_below");
}

static void put_plan(struct sheet *s, const struct press_plan *plan)
{
    bool within = span_starts(plan->url, S("/"));
    if (!within && !url_is_safe_link(plan->url)) return;
    struct record *r = record_item(s->root, "plans");
    record_text(r, "name", plan->name);
    record_text(r, "price", plan->price);
    record_text(r, "period", plan->period);
    record_text(r, "about", plan->text);
    record_text(r, "href", plan->url);
    record_text(r, "choose", press_say(s->p, s->a, "support_choose", "plan", plan->name));
}

enum result page_support(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    const struct press_audience *c = &p->site->audience;
    (void)ask, (void)r;
    if (!c->plan_count) return ERR_ABSENT;
    struct sheet s = frame_open(p, a, out, "support", title_of(p), S("/support"));
    frame_about(&s, text_of(p));
    frame_crumb(&s, press_word(p, "home"), S("/"));
    frame_crumb(&s, title_of(p), S("/support"));
    frame_crumbs_done(&s);
    record_text(s.root, "heading", title_of(p));
    record_text(s.root, "what", text_of(p));
    for (uint32_t i = 0; i < c->plan_count; i++) put_plan(&s, &c->plans[i]);
    frame_close(&s, "support");
    return OK;
}
