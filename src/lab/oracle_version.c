/* oracle_version: one version by itself: what it asks for, and which of two of one guid is the
 * newer. A part of the oracle (oracle.h). */
#include "oracle_inside.h"

#include <string.h>

/* ---- one version by itself ---- */
static bool number_of(const char *v)
{
    if (*v == '-' && v[1]) v++;
    return *v && strspn(v, "0123456789") == strlen(v);
}

bool version_is_numbered(const struct version *v)
{
    return number_of(v->item->version);
}

static bool is_odd(const struct version *v)
{
    return v->item->version[0] && !number_of(v->item->version);
}

static void ask_for(struct version *v, enum stance stance, bool desk_may)
{
    if (stance > v->stance) v->stance = stance;
    v->desk_may &= desk_may;
}

/* The first rule that fits and has an action decides; sections, tags and noindex of all that fit
 * add up. */
static void follow_rules(const struct oracle_policy *p, struct version *v)
{
    int action = ON_NOTHING;
    v->section = v->item->section;
    for (int i = 0; i < ORACLE_RULES; i++) {
        const struct oracle_rule *r = &p->rules[i];
        if (!r->topic || r->topic != v->item->topic) continue;
        if (r->section) v->section = r->section - 1;
        if (r->tags) v->tags |= 1u << i;
        v->noindex |= r->noindex;
        if (action == ON_NOTHING) action = r->action;
    }
    if (action == ON_HOLD || action == ON_DROP) ask_for(v, PASS, true);
}

/* R1, E1-E4: times; A3, A6, A9, A10, K14: what is held, and whether an editor may release it. */
void version_judge(const struct oracle_policy *p, struct version *v)
{
    const struct oracle_item *i = v->item;
    v->created_ms = i->created.kind == OW_UTC ? i->created.ms : v->at_ms; /* V4 */
    v->embargo_ms = i->embargo.kind == OW_UTC                    ? i->embargo.ms
                    : i->embargo.kind == OW_LOCAL && p->has_zone ? i->embargo.ms - p->zone_ms
                                                                 : 0;
    v->expires_ms = i->expires.kind == OW_UTC ? i->expires.ms : NEVER;
    v->shown_ms = v->approved_ms = NEVER;
    v->desk_may = true;
    if (i->embargo.kind == OW_EMPTY) ask_for(v, HIDE, false);                 /* E2 */
    if (i->embargo.kind == OW_UNREADABLE) ask_for(v, HIDE, false);            /* E3 */
    if (i->embargo.kind == OW_LOCAL && !p->has_zone) ask_for(v, HIDE, false); /* E4 */
    if (i->expires.kind == OW_UNREADABLE) ask_for(v, HIDE, true);             /* R1, fail-safe */
    if (i->status == OS_WITHHELD) ask_for(v, HIDE, false);                    /* K14 */
    if (i->status == OS_UNKNOWN) ask_for(v, HIDE, true);                      /* A9 */
    if (i->status == OS_CANCELED) ask_for(v, KILL, false);                    /* K1 */
    if (i->is_test) ask_for(v, PASS, true);                                   /* A3 */
    if (i->no_body && !item_is_bare(i)) ask_for(v, PASS, true);               /* A6 */
    if (i->order) ask_for(v, PASS, true);                                     /* K10 */
    if (i->other_language) ask_for(v, PASS, true);                            /* A10 */
    follow_rules(p, v);
}

bool version_says_the_same(const struct version *a, const struct version *b)
{
    return a->item->says && a->item->says == b->item->says && !a->item->no_body &&
           !b->item->no_body;
}

/* ---- which version is the newest ---- */
int cmp64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* V5: exactly, whatever the length. */
static int cmp_numbers(const char *a, const char *b)
{
    bool na = *a == '-', nb = *b == '-';
    a += na + strspn(a + na, "0"), b += nb + strspn(b + nb, "0");
    na &= *a != 0, nb &= *b != 0; /* there is no minus nought */
    if (na != nb) return na ? -1 : 1;
    int c = cmp64((int64_t)strlen(a), (int64_t)strlen(b));
    if (!c) c = strcmp(a, b);
    c = (c > 0) - (c < 0);
    return na ? -c : c;
}

/* K4: under one version a kill outranks a withhold, and that all else. */
static int weight(const struct version *v)
{
    return v->item->status == OS_CANCELED ? 2 : v->item->status == OS_WITHHELD;
}

/* V10: a date in the future is believed no further than its arrival. */
int64_t version_credible_ms(const struct version *v)
{
    return v->created_ms < v->at_ms ? v->created_ms : v->at_ms;
}

/* Versions of one guid. V3: equal numbers by date, else the first is kept; V4: where one has no
 * version all go by date, then arrival; V5: what is no number replaces none. */
int version_cmp(const struct version *a, const struct version *b, bool by_date, bool numbers)
{
    const char *va = a->item->version, *vb = b->item->version;
    if (numbers && is_odd(a) != is_odd(b)) return is_odd(a) ? -1 : 1;
    bool both = number_of(va) && number_of(vb);
    int c;
    if (by_date || is_odd(a)) {
        c = cmp64(version_credible_ms(a), version_credible_ms(b));
        if (!c) c = weight(a) - weight(b);
        if (!c && both) c = cmp_numbers(va, vb);
        bool same = va[0] && strcmp(va, vb) == 0;
        return c ? c : same ? cmp64(b->pos, a->pos) : cmp64(a->pos, b->pos);
    }
    c = cmp_numbers(va, vb);
    if (!c) c = weight(a) - weight(b);
    if (!c) c = cmp64(a->created_ms, b->created_ms);
    return c ? c : cmp64(b->pos, a->pos);
}
