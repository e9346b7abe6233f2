/* condition.c: does a version fit a rule? Every condition that is given must fit, within a list any
 * one does. Time is the version's own: when it came, or when its embargo ends, if that is later; so
 * the answer never changes. Owns what "these hours" and "these days" mean. */
#include <string.h>

#include "decide.h"

enum { DATELINE_BYTES = 120 }; /* the longest head of a text that is still a dateline */

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

/* ---- names: without regard to case, composed alike ---- */
static bool is_ascii(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80) return false;
    return true;
}

static struct span folded(struct arena *a, struct span s)
{
    return is_ascii(s) ? s : text_casefold(a, s);
}

const struct story *names_folded(struct arena *a, const struct story *s)
{
    struct story *f = ARENA_NEW(a, struct story);
    *f = *s;
    f->subjects = ARENA_ARRAY(a, struct subject, s->subject_count);
    f->keywords = ARENA_ARRAY(a, struct span, s->keyword_count);
    for (uint32_t i = 0; i < s->subject_count; i++) {
        struct subject *j = &f->subjects[i];
        *j = s->subjects[i];
        j->literal = folded(a, j->literal);
        j->scheme = folded(a, j->scheme);
        j->code = folded(a, j->code);
        j->name = folded(a, j->name);
    }
    for (uint32_t i = 0; i < s->keyword_count; i++) f->keywords[i] = folded(a, s->keywords[i]);
    f->slugline = folded(a, s->slugline);
    f->provider = folded(a, s->provider);
    f->creditline = folded(a, s->creditline);
    return f;
}

static bool code_matches(const struct desk_topics *all, struct span pattern,
    const struct subject *s, struct topic_path *path)
{
    size_t colon = (size_t)span_find_char(pattern, ':');
    struct span scheme = span_cut(pattern, 0, colon),
                code = span_cut(pattern, colon + 1, pattern.n);
    if (span_eq_nocase(scheme, s->scheme) && span_eq_nocase(code, s->code)) return true;
    return topic_leads(all, topic_ref(s->scheme, s->code), topic_ref(scheme, code), path);
}

static bool subject_matches(const struct desk_topics *all, struct span pattern,
    const struct subject *s, struct topic_path *path)
{
    path->n = 0;
    if (span_find_char(pattern, '*') >= 0) return pattern_matches(pattern, s->name);
    if (span_find_char(pattern, ':') < 0)
        return span_eq_nocase(pattern, s->name) || span_eq_nocase(pattern, s->code);
    return span_eq_nocase(pattern, s->literal) || code_matches(all, pattern, s, path);
}

static bool word_matches(const struct story *s, struct span pattern)
{
    for (uint32_t i = 0; i < s->keyword_count; i++)
        if (pattern_matches(pattern, s->keywords[i])) return true;
    return pattern_matches(pattern, s->slugline);
}

static bool subjects_lead(struct arena *a, const struct desk_topics *all, const struct story *s,
    const struct span *patterns, uint32_t n, struct topic_path *path)
{
    path->n = 0;
    for (uint32_t p = 0; p < n; p++) {
        struct span pattern = folded(a, patterns[p]);
        for (uint32_t i = 0; i < s->subject_count; i++)
            if (subject_matches(all, pattern, &s->subjects[i], path)) return true;
        if (span_find_char(pattern, '*') >= 0 && word_matches(s, pattern)) return true;
    }
    return false;
}

bool subjects_fit(
    const struct desk *d, const struct story *s, const struct span *patterns, uint32_t n)
{
    struct topic_path path;
    return subjects_lead(d->a, &d->rules->topics, s, patterns, n, &path);
}

struct span desk_lineage(struct arena *a, const struct desk_rules *rules, const struct story *s,
    const struct span *patterns, uint32_t n)
{
    struct topic_path path;
    bool is_below =
        subjects_lead(a, &rules->topics, names_folded(a, s), patterns, n, &path) && path.n > 1;
    return is_below ? topic_path_text(a, &rules->topics, &path) : (struct span){0};
}

/* Does one of its subjects of this kind fit? */
static bool any_of_kind(const struct desk *d, const struct story *s, enum subject_kind kind,
    const struct span *patterns, uint32_t n)
{
    struct topic_path path;
    for (uint32_t p = 0; p < n; p++) {
        struct span pattern = folded(d->a, patterns[p]);
        for (uint32_t i = 0; i < s->subject_count; i++)
            if (s->subjects[i].kind == kind &&
                subject_matches(&d->rules->topics, pattern, &s->subjects[i], &path))
                return true;
    }
    return false;
}

static bool any_keyword(
    struct arena *a, const struct story *s, const struct span *patterns, uint32_t n)
{
    struct span slug = text_words(a, s->slugline);
    for (uint32_t p = 0; p < n; p++) {
        struct span pattern = folded(a, patterns[p]);
        if (word_matches(s, pattern)) return true;
        if (span_find_char(pattern, '*') < 0 &&
            text_has_words(slug, text_words(a, pattern), false, false))
            return true;
    }
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

/* Words, each part on a line of its own, so that no phrase is found across two. */
static struct span word_lines(struct arena *a, const struct span *parts, size_t n)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_char(&b, '\n');
        buf_put(&b, text_words(a, parts[i]));
    }
    return buf_span(&b);
}

/* A star at either end leaves that end open. */
static bool has_phrase(struct arena *a, struct span words, struct span phrase)
{
    bool open_head = span_starts(phrase, S("*")), open_tail = span_ends(phrase, S("*"));
    return text_has_words(words, text_words(a, phrase), open_head, open_tail);
}

static bool has_any_phrase(
    struct arena *a, struct span words, const struct span *phrases, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (has_phrase(a, words, phrases[i])) return true;
    return false;
}

static bool any_text(struct desk *d, struct known *k, const struct span *texts, uint32_t n)
{
    const struct story *s = desk_sent(k->v);
    const struct span parts[] = {s->headline, s->slugline, s->abstract, s->body_text};
    if (!k->words.p) k->words = word_lines(d->a, parts, COUNT(parts));
    return has_any_phrase(d->a, k->words, texts, n);
}

/* What stands before the first dash of a text: "HARBOUR, Jan 23 (Agency) - ". Not every wire has a
 * field for it. */
static struct span head_of_text(struct span text)
{
    static const char *const dashes[] = {" - ", " -- ", " \u2013 ", " \u2014 "};
    ptrdiff_t line = span_find_char(text, '\n'), best = -1;
    struct span head = span_cut(text, 0, line >= 0 ? (size_t)line : text.n);
    head = span_cut(head, 0, head.n < DATELINE_BYTES ? head.n : DATELINE_BYTES);
    for (size_t i = 0; i < COUNT(dashes); i++) {
        ptrdiff_t at = span_find(head, span_of(dashes[i]));
        if (at >= 0 && (best < 0 || at < best)) best = at;
    }
    return span_cut(head, 0, best > 0 ? (size_t)best : 0);
}

/* The dateline's place counts: not every wire codes its places. */
static bool any_place(
    const struct desk *d, const struct story *s, const struct span *places, uint32_t n)
{
    if (any_of_kind(d, s, SUBJECT_PLACE, places, n)) return true;
    const struct span lines[] = {s->dateline, head_of_text(s->body_text)};
    return has_any_phrase(d->a, word_lines(d->a, lines, COUNT(lines)), places, n);
}

static bool any_source(
    struct arena *a, const struct story *s, const struct span *sources, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct span source = folded(a, sources[i]);
        if (pattern_matches(source, s->provider) || pattern_matches(source, s->creditline))
            return true;
    }
    return false;
}

/* ---- time ---- */
enum { WEEK = 7, THURSDAY = 3 /* 1970-01-01; a week begins on Monday */ };

static int64_t moment_ms(const struct known *k)
{
    return k->embargo_ms > k->v->received_ms ? k->embargo_ms : k->v->received_ms;
}

/* A moment on the site's clock. A night belongs to the day on which it begins. */
struct local {
    const struct zone *zone;
    int64_t day; /* since 1970 */
    uint32_t minute;
    bool after_midnight; /* of a night that began the day before */
};

static struct local local_of(const struct desk *d, const struct desk_rule *r, int64_t ms)
{
    struct local l = {.zone = d->rules->site_zone ? d->rules->site_zone : zone_utc()};
    int64_t at = ms + zone_offset_s(l.zone, ms) * 1000;
    l.day = at / DAY_MS - (at % DAY_MS < 0);
    l.minute = (uint32_t)((at - l.day * DAY_MS) / 60000);
    l.after_midnight = r->has_hours && r->hours_from > r->hours_until && l.minute < r->hours_until;
    if (l.after_midnight) l.day--;
    return l;
}

static bool is_on(const struct desk_rule *r, int64_t day)
{
    int64_t weekday = ((day + THURSDAY) % WEEK + WEEK) % WEEK;
    return !r->days || (r->days >> weekday & 1);
}

static bool hours_fit(const struct desk_rule *r, const struct local *l)
{
    if (!r->has_hours || l->after_midnight) return true;
    return l->minute >= r->hours_from &&
           (l->minute < r->hours_until || r->hours_until < r->hours_from);
}

static bool time_fits(const struct desk *d, const struct desk_rule *r, const struct known *k)
{
    int64_t ms = moment_ms(k);
    if (ms < r->from_ms || (r->until_ms && ms >= r->until_ms)) return false;
    if (!r->has_hours && !r->days) return true;
    struct local l = local_of(d, r, ms);
    return is_on(r, l.day) && hours_fit(r, &l);
}

/* The first instant of the site's clock at which its hours, or else its days, are over. */
static int64_t turn_ms(const struct desk_rule *r, const struct local *l)
{
    int64_t day = l->day, minute = 0;
    if (r->has_hours) {
        day += r->hours_from > r->hours_until;
        minute = r->hours_until;
    } else {
        for (int i = 0; i < WEEK && is_on(r, day); i++) day++;
        if (is_on(r, day)) return FOREVER;
    }
    return zone_to_utc(l->zone, day * DAY_MS + minute * 60000);
}

int64_t rule_over_ms(const struct desk *d, const struct desk_rule *r, const struct known *k)
{
    int64_t until = r->until_ms ? r->until_ms : FOREVER;
    if (!r->has_hours && !r->days) return until;
    struct local l = local_of(d, r, moment_ms(k));
    int64_t turn = turn_ms(r, &l);
    return turn < until ? turn : until;
}

/* ---- the rest ---- */
bool name_among(const struct span *list, uint32_t n, struct span name)
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

bool rule_fits(struct desk *d, const struct desk_rule *r, struct known *k)
{
    const struct story *s = k->named;
    return (!r->feed_count || name_among(r->feeds, r->feed_count, k->v->feed)) &&
           (!r->section_count || name_among(r->sections, r->section_count, k->routed.section)) &&
           urgency_fits(r, s->urgency) && time_fits(d, r, k) &&
           (!r->place_count || any_place(d, s, r->places, r->place_count)) &&
           (!r->source_count || any_source(d->a, s, r->sources, r->source_count)) &&
           (!r->subject_count || subjects_fit(d, s, r->subjects, r->subject_count)) &&
           (!r->genre_count || any_of_kind(d, s, SUBJECT_GENRE, r->genres, r->genre_count)) &&
           (!r->language_count || any_language(s, r->languages, r->language_count)) &&
           (!r->keyword_count || any_keyword(d->a, s, r->keywords, r->keyword_count)) &&
           (!r->text_count || any_text(d, k, r->texts, r->text_count));
}
