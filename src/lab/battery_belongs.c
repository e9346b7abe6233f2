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
