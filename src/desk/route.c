/* route.c: which section a version goes to, and what the rules say to it. Rules stand in order: the
 * first with an action decides; sections, tags, noindex and the rest of all that fit add up (the
 * last section wins, the longest pin). */
#include "decide.h"

static struct span section_by_subject(const struct desk *d, const struct story *s)
{
    const struct desk_rules *rules = d->rules;
    struct span last = {0}, open = {0};
    for (uint32_t i = 0; i < rules->section_count; i++) {
        const struct desk_section *c = &rules->sections[i];
        last = c->name;
        if (!c->subject_count)
            open = c->name;
        else if (subjects_fit(d, s, c->subjects, c->subject_count))
            return c->name;
    }
    return open.n ? open : last;
}

static void add_tags(struct arena *a, struct routed *out, const struct desk_rule *r, size_t *cap)
{
    size_t n = out->tag_count;
    for (uint32_t i = 0; i < r->add_tag_count; i++)
        if (!name_among(out->tags, (uint32_t)n, r->add_tags[i]))
            *ARENA_PUSH(a, out->tags, n, *cap) = r->add_tags[i];
    out->tag_count = (uint32_t)n;
}

/* What waits for a time that never comes is held. */
static void decide_action(
    struct desk *d, struct routed *out, const struct desk_rule *r, const struct known *k)
{
    static const enum reason_code codes[] = {[DESK_NO_ACTION] = WHY_PUBLISHED,
        [DESK_PUBLISH] = WHY_PUBLISHED,
        [DESK_HOLD] = WHY_RULE_HOLD,
        [DESK_DROP] = WHY_RULE_DROP,
        [DESK_WAIT] = WHY_PUBLISHED};
    if (r->action == DESK_NO_ACTION || out->by) return;
    out->by = r;
    out->action = codes[r->action];
    if (r->action != DESK_WAIT) return;
    out->wait_ms = rule_over_ms(d, r, k);
    if (out->wait_ms == FOREVER) out->action = WHY_RULE_HOLD;
}

const struct routed *route(struct desk *d, struct known *k)
{
    if (k->is_routed) return &k->routed;
    k->is_routed = true;
    struct routed *out = &k->routed;
    size_t cap = 0;
    k->named = names_folded(d->a, desk_sent(k->v));
    *out = (struct routed){.section = section_by_subject(d, k->named), .action = WHY_PUBLISHED};
    out->no_ads =
        d->rules->no_ad_count && subjects_fit(d, k->named, d->rules->no_ads, d->rules->no_ad_count);
    for (uint32_t i = 0; i < d->rules->rule_count; i++) {
        const struct desk_rule *r = &d->rules->rules[i];
        if (!rule_fits(d, r, k)) continue;
        if (r->shadow) {
            if (out->shadow_count < SHADOW_RULES_MAX) out->shadows[out->shadow_count++] = r;
            continue;
        }
        if (r->to_section.n) out->section = r->to_section;
        out->noindex |= r->noindex;
        out->no_push |= r->no_push;
        if (r->pin_minutes > out->pin_minutes) out->pin_minutes = r->pin_minutes;
        *ARENA_PUSH(d->a, out->fired, out->fired_count, out->fired_cap) = r;
        add_tags(d->a, out, r, &cap);
        decide_action(d, out, r, k);
    }
    return out;
}

uint32_t routed_line(const struct routed *r)
{
    return r->by ? r->by->line : 0;
}
