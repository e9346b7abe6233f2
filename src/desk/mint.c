/* mint: when an address is made, and when it is made anew. One that readers have seen stays, its
 * day too, whatever rules say since of the past (C6); but for what it must not tell. One that
 * nobody has seen follows its headline (or the desk's words), its day and its embargo (E5). */
#include "decide.h"

static bool same_day(const struct desk_rules *rules, int64_t a, int64_t b)
{
    const struct zone *z = rules->site_zone ? rules->site_zone : zone_utc();
    struct civil x = civil_of(a + zone_offset_s(z, a) * 1000),
                 y = civil_of(b + zone_offset_s(z, b) * 1000);
    return x.year == y.year && x.month == y.month && x.day == y.day;
}

static bool has_reslug(const struct desk_set *set)
{
    for (size_t i = 0; i < set->act_count; i++)
        if (set->acts[i].kind == ACT_RESLUG) return true;
    return false;
}

static bool slug_tells(struct desk *d, struct span headline)
{
    enum { LONG = 400 };
    struct span minted = d->set->slug, slug = text_slug(d->a, headline, LONG);
    if (!slug.n) return !minted.n; /* a headline without letters that addresses can hold */
    return span_starts(slug, minted) && (slug.n == minted.n || slug.p[minted.n] == '-');
}

/* Did readers ever see a headline that the address tells, as the past is known now? Where what came
 * late has changed it (two pages became one), the address may tell what by now never was (E5, C13).
 */
static bool words_were_public(struct desk *d, const struct timeline *t)
{
    const struct desk_set *set = d->set;
    for (size_t i = 0; i < t->run_count && t->runs[i].from_ms <= t->last_ms; i++)
        if (slug_tells(d, t->runs[i].k->v->story->headline)) return true;
    for (size_t i = 0; i < set->act_count; i++)
        if (set->acts[i].kind == ACT_HEADLINE && slug_tells(d, set->acts[i].text)) return true;
    return false;
}

static bool has_several_items(const struct desk_set *set)
{
    for (size_t i = 1; i < set->version_count; i++)
        if (set->versions[i].item != set->versions[0].item) return true;
    return false;
}

/* Is this the instant of an act, or of what one has freed? Else it came by itself: the end of an
 * embargo or of a wait. */
static bool is_of_the_desk(const struct desk *d, int64_t at_ms)
{
    const struct desk_set *set = d->set;
    bool acted = false;
    for (size_t i = 0; i < set->version_count; i++)
        if (d->known[i].embargo_ms == at_ms || d->known[i].wait_ms == at_ms) return false;
    for (size_t i = 0; i < set->act_count; i++) acted |= set->acts[i].at_ms == at_ms;
    for (size_t i = 0; i < set->hit_count; i++) acted |= set->hits[i].at_ms == at_ms;
    for (size_t i = 0; i < set->pause_count; i++) acted |= set->pauses[i].until_ms == at_ms;
    for (size_t i = 0; i < set->release_count; i++) acted |= set->releases[i].at_ms == at_ms;
    return acted;
}

static bool hides(enum act_kind k)
{
    return k == ACT_HOLD || k == ACT_TAKEDOWN || k == ACT_KILL || k == ACT_PURGE;
}

/* One that tells and allows the same as the address overtakes nothing. */
static bool agrees(struct desk *d, size_t i, int64_t until_ms)
{
    const struct story *s = d->set->versions[i].story;
    return s->status == STATUS_USABLE && d->known[i].embargo_ms <= until_ms &&
           slug_tells(d, s->headline);
}

static bool came_between(struct desk *d, uint64_t after_pos, int64_t until_ms)
{
    const struct desk_set *set = d->set;
    bool came = false;
    for (size_t i = 0; i < set->version_count; i++)
        came |= set->versions[i].pos > after_pos && set->versions[i].received_ms <= until_ms &&
                !agrees(d, i, until_ms);
    for (size_t i = 0; i < set->hit_count; i++)
        came |= set->hits[i].pos > after_pos && set->hits[i].at_ms <= until_ms;
    for (size_t i = 0; i < set->act_count; i++)
        came |= hides(set->acts[i].kind) && set->acts[i].pos > after_pos &&
                set->acts[i].at_ms <= until_ms;
    return came;
}

/* The oldest version that the address tells; NULL: none. */
static const struct desk_version *told_by_address(struct desk *d)
{
    for (size_t i = 0; i < d->set->version_count; i++)
        if (slug_tells(d, d->set->versions[i].story->headline)) return &d->set->versions[i];
    return NULL;
}

/* Had what the address tells to wait for its first instant, and did anything come meanwhile? Then
 * it was overtaken: by an update without embargo, or while the newsroom was behind. */
static bool was_overtaken(struct desk *d)
{
    const struct desk_set *set = d->set;
    int64_t from_ms = set->minted_from_ms;
    const struct desk_version *told = told_by_address(d);
    return told && told->received_ms < from_ms && came_between(d, told->pos, from_ms) &&
           !is_of_the_desk(d, from_ms);
}

/* Rules of now keep back what the address tells: that says nothing of what readers have seen. */
static bool is_ruled_out(struct desk *d)
{
    const struct desk_version *told = told_by_address(d);
    if (!told) return false;
    enum reason_code by = route(d, &d->known[told - d->set->versions])->action;
    return by == WHY_RULE_HOLD || by == WHY_RULE_DROP;
}

/* Does a seen address tell what it must not: words that the desk has struck, or, where the desk has
 * struck since, pages became one or it was overtaken, what by now never was? The old one leads to
 * the new one, for only the id resolves. */
static bool must_leave(struct desk *d, const struct timeline *t)
{
    const struct desk_set *set = d->set;
    if (strike_in_address(d->a, set->slug, set->struck.words, set->struck.word_count)) return true;
    bool struck_since = set->struck.at_ms > set->minted_from_ms && !told_by_address(d);
    bool is_joined = has_several_items(set) && !is_ruled_out(d);
    return (struck_since || is_joined || was_overtaken(d)) &&
           !(d->out->was_public ? words_were_public(d, t) : slug_tells(d, d->out->headline));
}

bool must_mint(struct desk *d, const struct timeline *t)
{
    const struct verdict *v = d->out;
    const struct desk_set *set = d->set;
    bool held = v->interval.held, has_one = set->slug.n || set->minted_ms, ours = has_reslug(set);
    if (!has_one) return !held;
    if (set->minted_from_ms <= t->last_ms) return !held && !ours && must_leave(d, t);
    if (v->interval.from_ms != set->minted_from_ms) return true;
    return !held && ((!ours && !slug_tells(d, v->headline)) ||
                        !same_day(d->rules, set->minted_ms, v->published_ms));
}
