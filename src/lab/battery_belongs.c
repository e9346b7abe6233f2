/* battery_belongs: which of the oracle's pages must stand in which list; for tables and bytes
 * alike. Pure. */
#include "battery.h"

bool belongs_any(const struct oracle_page *p, int of)
{
    (void)of;
    return p->status == 200;
}

bool belongs_front(const struct oracle_page *p, int of)
{
    (void)of;
    return p->status == 200 && p->on_fronts;
}

bool belongs_section(const struct oracle_page *p, int of)
{
    return p->status == 200 && p->on_fronts && p->section == of;
}

bool belongs_revision(const struct oracle_page *p, int of)
{
    return p->status == 200 && p->revision == of;
}

bool belongs_correction(const struct oracle_page *p, int of)
{
    (void)of;
    return p->status == 200 && p->corrects;
}

bool belongs_none(const struct oracle_page *p, int of)
{
    (void)p, (void)of;
    return false;
}

bool name_is_struck(const struct oracle_page *p, int number)
{
    return p->struck >> (number - NAMES_FROM) % 64 & 1;
}

bool belongs_name(const struct oracle_page *p, int of)
{
    return p->status == 200 && p->name == of - NAMES_FROM && !name_is_struck(p, of);
}

/* Its own, or that of the item whose desk's headline it has. */
bool belongs_where_said(const struct oracle_page *p, int of)
{
    bool says = p->name == of - NAMES_FROM || p->headline_name == of - NAMES_FROM;
    return p->status == 200 && says && !name_is_struck(p, of);
}

bool belongs_indexable(const struct oracle_page *p, int of)
{
    (void)of;
    return p->status == 200 && !p->noindex;
}

bool belongs_news(const struct oracle_page *p, int of)
{
    return belongs_front(p, of) && !p->noindex;
}

bool belongs_tag(const struct oracle_page *p, int of)
{
    return p->status == 200 && p->feed == of / ORACLE_RULES && p->tags >> of % ORACLE_RULES & 1;
}

static bool has_several_items(const struct oracle_view *v, const struct oracle_page *page)
{
    int n = 0;
    for (size_t i = 0; i < COUNT(v->page_of); i++)
        n += v->page_of[i] >= 0 && &v->pages[v->page_of[i]] == page;
    return n > 1;
}

static const struct oracle_item *item_of(const struct oracle_event *e, int revision)
{
    for (int i = 0; i < e->item_count; i++)
        if (e->items[i].revision == revision) return &e->items[i];
    return NULL;
}

/* Did another item of the page come before this revision's embargo ended? */
static bool was_overtaken(
    struct round *r, const struct oracle_view *v, const struct oracle_page *page, int revision)
{
    int64_t end_ms = 0;
    for (size_t e = 0; e < r->log_count; e++) {
        const struct oracle_event *ev = &r->log[e];
        for (int i = 0; end_ms && ev->at_ms <= end_ms && i < ev->item_count; i++) {
            int at = v->page_of[oracle_item_of(r->policies, ev->feed, ev->items[i].guid)];
            if (ev->items[i].revision != revision && at >= 0 && &v->pages[at] == page) return true;
        }
        const struct oracle_item *told = item_of(ev, revision);
        if (told && told->embargo.kind)
            end_ms = told->embargo.ms -
                     (told->embargo.kind == OW_LOCAL ? r->policies[ev->feed].zone_ms : 0);
    }
    return false;
}

/* What was struck left the address then, and does not come back into it. */
static bool was_struck(struct round *r, int name)
{
    for (size_t e = 0; e < r->log_count; e++)
        if (r->log[e].kind == OE_ACT && r->log[e].act == OA_REDACT &&
            r->log[e].text - 1 == name - NAMES_FROM)
            return true;
    return false;
}

bool address_binds(
    struct round *r, const struct oracle_view *v, const struct oracle_page *page, struct span path)
{
    enum word_kind kind;
    int headline = -1, number;
    for (size_t i = 0; word_next(path, &i, &kind, &number);) {
        if (kind == WORD_NAME && was_struck(r, number)) return false;
        if (kind == WORD_HEADLINE && headline < 0) headline = number;
    }
    if (headline < 0 || headline >= v->revisions || headline >= (int)COUNT(r->was_shown))
        return false;
    if (v->was_shown[headline]) return true;
    return r->was_shown[headline] && !has_several_items(v, page) &&
           !was_overtaken(r, v, page, headline);
}

static bool is_before(struct round *r, const struct oracle_page *q, const struct oracle_page *p)
{
    if (q->published_ms != p->published_ms) return q->published_ms < p->published_ms;
    return round_id(r, q->first) < round_id(r, p->first);
}

bool stands_behind(struct round *r, const struct oracle_view *v, const struct oracle_page *p,
    belongs_fn *b, int of)
{
    for (int i = 0; i < p->twin_count; i++) {
        const struct oracle_page *q = &v->pages[p->twins[i]];
        if (b(q, of) && is_before(r, q, p)) return true;
    }
    return false;
}

bool comment_stands(const struct oracle_page *p, int comment)
{
    for (int i = 0; p->status == 200 && i < p->comment_count; i++)
        if (p->comments[i] == comment) return true;
    return false;
}
