/* route.c: which section a version goes to, and what the rules say to it. Rules stand in order: the
 * first with an action decides; sections, tags and noindex of all that hold add up (the last
 * section wins). */
#include <string.h>

#include "decide.h"

/* "*sport*" against a text, ASCII case ignored. Linear: on a mismatch it goes back to the last star
 * only. */
bool pattern_matches(struct span pattern, struct span text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;
    while (t < text.n) {
        bool same =
            p < pattern.n && span_eq_nocase(span_cut(pattern, p, p + 1), span_cut(text, t, t + 1));
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            mark = t;
        } else if (same) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') p++;
    return p == pattern.n;
}

/* IPTC subject codes of 2004 carry their tree in their digits, 2+3+3: "15000000" takes all of
 * sport. */
static bool subject_code_covers(struct span wide, struct span code)
{
    if (wide.n != 8 || code.n != 8) return false;
    size_t n = span_ends(wide, S("000000")) ? 2 : span_ends(wide, S("000")) ? 5 : 8;
    return memcmp(wide.p, code.p, n) == 0;
}

static bool is_old_scheme(struct span scheme)
{
    return span_eq_nocase(scheme, S("subj")) || span_eq_nocase(scheme, S("iptc-subject-code")) ||
           span_eq_nocase(scheme, S("subject"));
}

static bool subject_matches(struct span pattern, const struct subject *s)
{
    if (span_find_char(pattern, '*') >= 0) return pattern_matches(pattern, s->name);
    ptrdiff_t colon = span_find_char(pattern, ':');
    if (colon < 0) return span_eq_nocase(pattern, s->name) || span_eq_nocase(pattern, s->code);
    struct span scheme = span_cut(pattern, 0, (size_t)colon),
                code = span_cut(pattern, (size_t)colon + 1, pattern.n);
    if (span_eq_nocase(pattern, s->literal)) return true;
    if (is_old_scheme(scheme))
        return is_old_scheme(s->scheme) && subject_code_covers(code, s->code);
    if (!span_eq_nocase(scheme, s->scheme)) return false;
    return span_eq_nocase(code, s->code) || topic_in_branch(code, s->code);
}

static bool word_matches(const struct story *s, struct span pattern)
{
    for (uint32_t i = 0; i < s->keyword_count; i++)
        if (pattern_matches(pattern, s->keywords[i])) return true;
    return pattern_matches(pattern, s->slugline) ||
           (span_find_char(pattern, '*') < 0 && words_has(s->slugline, pattern, false));
}

static bool any_subject(const struct story *s, const struct span *patterns, uint32_t n)
{
    for (uint32_t p = 0; p < n; p++) {
        for (uint32_t i = 0; i < s->subject_count; i++)
            if (subject_matches(patterns[p], &s->subjects[i])) return true;
        if (span_find_char(patterns[p], '*') >= 0 && word_matches(s, patterns[p])) return true;
    }
    return false;
}

static bool any_genre(const struct story *s, const struct span *patterns, uint32_t n)
{
    for (uint32_t p = 0; p < n; p++)
        for (uint32_t i = 0; i < s->subject_count; i++)
            if (s->subjects[i].kind == SUBJECT_GENRE &&
                subject_matches(patterns[p], &s->subjects[i]))
                return true;
    return false;
}

static bool any_keyword(const struct story *s, const struct span *patterns, uint32_t n)
{
    for (uint32_t p = 0; p < n; p++)
        if (word_matches(s, patterns[p])) return true;
    return false;
}

static bool any_language(const struct story *s, const struct span *languages, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct span l = languages[i];
        if (l.n && span_starts_nocase(s->language, l) &&
            (s->language.n == l.n || s->language.p[l.n] == '-'))
            return true;
    }
    return false;
}

static bool any_text(struct arena *a, const struct story *s, const struct span *texts, uint32_t n)
{
    struct span where[] = {text_casefold(a, s->headline), text_casefold(a, s->slugline),
        text_casefold(a, s->body_text)};
    for (uint32_t i = 0; i < n; i++) {
        struct span want = text_casefold(a, texts[i]);
        for (size_t k = 0; k < COUNT(where); k++)
            if (span_find(where[k], want) >= 0) return true;
    }
    return false;
}

static bool any_name(const struct span *list, uint32_t n, struct span name)
{
    for (uint32_t i = 0; i < n; i++)
        if (span_eq(list[i], name)) return true;
    return false;
}

static bool urgency_fits(const struct desk_rule *r, uint32_t urgency)
{
    if (!r->urgency_min && !r->urgency_max) return true;
    if (!urgency) return false;
    return urgency >= r->urgency_min && (!r->urgency_max || urgency <= r->urgency_max);
}

static bool rule_holds(struct desk *d, const struct desk_rule *r, const struct known *k)
{
    const struct story *s = desk_sent(k->v);
    return (!r->feed_count || any_name(r->feeds, r->feed_count, k->v->feed)) &&
           (!r->section_count || any_name(r->sections, r->section_count, k->routed.section)) &&
           urgency_fits(r, s->urgency) &&
           (!r->subject_count || any_subject(s, r->subjects, r->subject_count)) &&
           (!r->genre_count || any_genre(s, r->genres, r->genre_count)) &&
           (!r->language_count || any_language(s, r->languages, r->language_count)) &&
           (!r->keyword_count || any_keyword(s, r->keywords, r->keyword_count)) &&
           (!r->text_count || any_text(d->a, s, r->texts, r->text_count));
}

static struct span section_by_subject(const struct desk_rules *rules, const struct story *s)
{
    struct span last = {0}, open = {0};
    for (uint32_t i = 0; i < rules->section_count; i++) {
        const struct desk_section *c = &rules->sections[i];
        last = c->name;
        if (!c->subject_count)
            open = c->name;
        else if (any_subject(s, c->subjects, c->subject_count))
            return c->name;
    }
    return open.n ? open : last;
}

static void add_tags(struct arena *a, struct routed *out, const struct desk_rule *r, size_t *cap)
{
    size_t n = out->tag_count;
    for (uint32_t i = 0; i < r->add_tag_count; i++)
        if (!any_name(out->tags, (uint32_t)n, r->add_tags[i]))
            *ARENA_PUSH(a, out->tags, n, *cap) = r->add_tags[i];
    out->tag_count = (uint32_t)n;
}

static void decide_action(struct routed *out, const struct desk_rule *r)
{
    static const enum reason_code codes[] = {[DESK_NO_ACTION] = WHY_PUBLISHED,
        [DESK_PUBLISH] = WHY_PUBLISHED,
        [DESK_HOLD] = WHY_RULE_HOLD,
        [DESK_DROP] = WHY_RULE_DROP};
    if (r->action == DESK_NO_ACTION || out->is_decided) return;
    out->is_decided = true;
    out->action = codes[r->action];
    out->rule_line = r->line;
}

const struct routed *route(struct desk *d, struct known *k)
{
    if (k->is_routed) return &k->routed;
    k->is_routed = true;
    struct routed *out = &k->routed;
    size_t cap = 0;
    *out = (struct routed){
        .section = section_by_subject(d->rules, desk_sent(k->v)), .action = WHY_PUBLISHED};
    for (uint32_t i = 0; i < d->rules->rule_count; i++) {
        const struct desk_rule *r = &d->rules->rules[i];
        if (!rule_holds(d, r, k)) continue;
        if (r->to_section.n) out->section = r->to_section;
        out->noindex |= r->noindex;
        add_tags(d->a, out, r, &cap);
        decide_action(out, r);
    }
    return out;
}
