/* desk.c: desk_decide: everything known of a page -> its verdict. Owns the order of the work and
 * what the page is made of; the rules themselves stand in judge.c, rank.c, kills.c, timeline.c,
 * route.c and mint.c, what is told of them in report.c. Never asks a clock, never remembers. */
#include "decide.h"

bool story_is_public(const struct interval *i, int64_t now_ms)
{
    return !i->held && now_ms >= i->from_ms && now_ms < i->until_ms;
}

/* ---- what is known, made ready ---- */
static bool pause_is_for(struct desk *d, struct known *k, const struct pause *p)
{
    return span_eq(p->target, S("all")) || span_eq(p->target, k->v->feed) ||
           span_eq(p->target, route(d, k)->section);
}

int64_t let_go(const struct desk *d, const struct desk_version *v, uint64_t *pos)
{
    for (size_t i = 0; i < d->set->release_count; i++) {
        const struct release *r = &d->set->releases[i];
        if (r->pos <= v->pos || r->shadow != (v->mark == MARK_SHADOW) || !span_eq(r->feed, v->feed))
            continue;
        *pos = r->pos;
        return r->at_ms;
    }
    return FOREVER;
}

/* A version that came while a brake was on counts as arriving when it is let go; a brake may catch
 * it there again. */
static void apply_pauses(struct desk *d, struct known *k)
{
    uint64_t pos = k->v->pos;
    k->use_ms = k->v->mark ? let_go(d, k->v, &pos) : k->arrive_ms;
    for (size_t i = 0; k->use_ms != FOREVER && i < d->set->pause_count; i++) {
        const struct pause *p = &d->set->pauses[i];
        bool still_on = p->until_ms == FOREVER;
        if (pos <= p->from_pos || (!still_on && pos >= p->until_pos) || !pause_is_for(d, k, p))
            continue;
        k->use_ms = p->until_ms;
        if (still_on) break;
        pos = p->until_pos;
        i = SIZE_MAX; /* begins again: pauses may overlap in any order; pos only grows */
    }
    k->wait_ms = route(d, k)->wait_ms > k->use_ms ? route(d, k)->wait_ms : 0;
    if (k->wait_ms) k->use_ms = k->wait_ms;
    if (k->approved_ms >= k->use_ms) return;
    k->use_ms = k->approved_ms;
    k->wait_ms = 0;
}

static int64_t approval_of(const struct desk_set *set, const struct desk_version *v)
{
    for (size_t i = 0; i < set->act_count; i++)
        if (set->acts[i].kind == ACT_PUBLISH && set->acts[i].pos > v->pos)
            return set->acts[i].at_ms;
    return FOREVER;
}

static void know_versions(struct desk *d)
{
    const struct desk_set *set = d->set;
    int64_t latest = 0;
    d->known = ARENA_ARRAY(d->a, struct known, set->version_count + 1);
    for (size_t i = 0; i < set->version_count; i++) {
        struct known *k = &d->known[i];
        const struct desk_version *v = &set->versions[i];
        if (v->received_ms > latest) latest = v->received_ms;
        *k = (struct known){.index = i,
            .v = v,
            .feed = feed_named(d->rules, v->feed),
            .arrive_ms = latest,
            .shown_ms = FOREVER};
        k->approved_ms = approval_of(set, v);
        judge_times(d, k);
    }
    rank_versions(d);
}

/* ---- dates ---- */
static int64_t wire_ms(const struct known *k)
{
    return k->created_ms < k->v->received_ms ? k->created_ms : k->v->received_ms;
}

/* When this version by itself was new to readers: its own time, or its release where that came
 * later. */
static int64_t news_ms(const struct known *k, const struct judged *j)
{
    /* Many that are let go at once are not all new at once. */
    if (k->v->mark && k->use_ms != k->approved_ms) return wire_ms(k);
    int64_t ready = k->use_ms > k->embargo_ms ? k->use_ms : k->embargo_ms;
    if (j->stance != STANCE_SHOW && k->approved_ms != FOREVER && k->approved_ms > ready)
        ready = k->approved_ms;
    return ready > k->arrive_ms ? ready : wire_ms(k);
}

static bool has_date(const struct story *s)
{
    const struct when *all[] = {&s->version_created, &s->first_created, &s->sent};
    for (size_t i = 0; i < COUNT(all); i++)
        if (all[i]->kind == WHEN_UTC || all[i]->kind == WHEN_LOCAL) return true;
    return false;
}

/* V10-V12. The desk's publish puts an old story on fronts nevertheless. */
static void date_on_fronts(struct desk *d, const struct known *k)
{
    const struct story *s = k->v->story;
    int64_t oldest = k->created_ms;
    if ((s->first_created.kind == WHEN_UTC || s->first_created.kind == WHEN_LOCAL) &&
        s->first_created.ms < oldest)
        oldest = s->first_created.ms;
    d->out->on_fronts = true;
    if (k->created_ms > k->v->received_ms + DESK_FUTURE_MS)
        add_reason(d, WHY_FUTURE_DATE, 0, false, S(""));
    if (!has_date(s))
        add_reason(d, WHY_NO_DATE, 0, false, S(""));
    else if (oldest < k->v->received_ms - DESK_OLD_DAYS * DAY_MS)
        add_reason(d, WHY_OLD_DATE, 0, false, S(""));
    else
        return;
    d->out->on_fronts = k->approved_ms != FOREVER;
}

/* What the versions up to the shown one add up to, whatever the order in which they came: dates,
 * place on fronts, corrections. */
static void sum_up(struct desk *d, const struct known *shown, int64_t at_ms)
{
    struct verdict *v = d->out;
    bool is_first = true;
    for (size_t i = 0; i <= shown->place; i++) {
        struct known *k = d->rank[i];
        if (k != shown && !known_may_show(d, k, at_ms)) continue;
        const struct judged *j = judge(d, k);
        bool corrective = desk_is_corrective(k->v->story); /* what it corrects is not itself */
        enum story_change change = corrective ? CHANGE_NONE : k->v->story->change;
        if (is_first || change == CHANGE_NONE || change == CHANGE_UPDATE) {
            int64_t news = news_ms(k, j);
            if (is_first || news > v->front_ms) v->front_ms = news;
        }
        if (is_first || wire_ms(k) < v->first_wire_ms) v->first_wire_ms = wire_ms(k);
        is_first = false;
        if (change != CHANGE_CORRECTION) continue;
        v->is_corrected = true;
        v->correction_note = k->v->story->change_note;
        v->corrected_ms = news_ms(k, j) > k->use_ms ? news_ms(k, j) : k->use_ms;
    }
}

/* ---- words and place ---- */
static bool section_exists(const struct desk_rules *rules, struct span name)
{
    for (uint32_t i = 0; i < rules->section_count; i++)
        if (span_eq(rules->sections[i].name, name)) return true;
    return false;
}

/* C8: the desk's headline stays when the wire changes, and the desk is told. */
static void local_headline(struct desk *d, const struct known *k, const struct act *t)
{
    struct verdict *v = d->out;
    v->headline_is_local = t->text.n > 0;
    if (!v->headline_is_local) return;
    v->headline = t->text;
    if (k->v->pos > t->pos) add_reason(d, WHY_LOCAL_HEADLINE, 0, true, k->v->story->headline);
}

/* Never more than the feed's licence allows; a correction's own words only where both say so. */
static enum history history_for(const struct desk *d, const struct known *k)
{
    enum history feed = k->feed ? k->feed->history : HISTORY_NONE, story = feed;
    for (size_t i = 0; i < d->set->act_count; i++) {
        const struct act *t = &d->set->acts[i];
        if (t->kind == ACT_HISTORY)
            story = history_of(t->text) == HISTORIES ? feed : history_of(t->text);
    }
    if (story == HISTORY_CORRECTED && feed == HISTORY_FULL) return HISTORY_CORRECTED;
    return story < feed ? story : feed;
}

static void place_and_words(struct desk *d, struct known *k)
{
    struct verdict *v = d->out;
    const struct routed *r = route(d, k);
    const struct act *headline = NULL;
    v->section = r->section;
    v->headline = k->v->story->headline;
    v->tags = r->tags;
    v->tag_count = r->tag_count;
    v->noindex = r->noindex || (k->feed && k->feed->noindex);
    v->no_ads = r->no_ads;
    v->territory = k->feed ? k->feed->territory : S("");
    v->no_push = r->no_push || v->territory.n; /* nobody knows where subscribers show it */
    v->rules = r->fired;
    v->rule_count = r->fired_count;
    v->nonews = k->feed && k->feed->nonews;
    v->pictures = k->feed && k->feed->pictures;
    v->kill_is_404 = k->feed && k->feed->kill_is_404;
    v->history = history_for(d, k);
    for (size_t i = 0; i < d->set->act_count; i++) {
        const struct act *t = &d->set->acts[i];
        if (t->kind == ACT_HEADLINE) headline = t;
        if (t->kind == ACT_LEAD) v->lead_ms = t->at_ms;
        if (t->kind == ACT_UNLEAD) v->lead_ms = 0;
        if (t->kind == ACT_SECTION && section_exists(d->rules, t->text)) v->section = t->text;
    }
    if (headline && k->feed && k->feed->is_locked)
        add_reason(d, WHY_LOCKED, 0, false, headline->text);
    else if (headline)
        local_headline(d, k, headline);
}

/* ---- all of it ---- */
static void report_content(struct desk *d, const struct timeline *t)
{
    struct verdict *v = d->out;
    struct known *k = v->shown != SIZE_MAX ? &d->known[v->shown]
                      : t->decisive        ? t->decisive
                                           : d->rank[d->rank_count - 1];
    place_and_words(d, k);
    v->wire_ms = wire_ms(k);
    date_on_fronts(d, k);
    if (v->shown == SIZE_MAX) return;
    v->is_developing = judge(d, k)->is_developing;
    v->has_one_source = words_one_source(k->v->story);
    int64_t at_ms = v->interval.from_ms > t->last_ms ? v->interval.from_ms : t->last_ms;
    sum_up(d, k, at_ms);
    v->is_corrective = desk_is_corrective(k->v->story);
    if (v->is_corrective) v->corrected_ms = v->published_ms;
    if (v->on_fronts && route(d, k)->pin_minutes)
        v->pinned_until_ms = v->front_ms + route(d, k)->pin_minutes * INT64_C(60000);
}

static void begin(struct desk *d)
{
    struct interval never = {FOREVER, FOREVER, true};
    *d->out = (struct verdict){.interval = never,
        .then = never,
        .version = SIZE_MAX,
        .shown = SIZE_MAX,
        .then_shown = SIZE_MAX,
        .state = STATE_NEVER};
    know_versions(d);
}

void desk_decide_kills(struct arena *a, const struct desk_set *set, const struct desk_rules *rules,
    struct verdict *out)
{
    struct desk d = {.a = a, .set = set, .rules = rules, .out = out};
    struct kills kills = {0};
    begin(&d);
    kills_collect(&d, &kills);
    kills_report(&d, &kills);
}

void desk_decide(struct arena *a, const struct desk_set *set, const struct desk_rules *rules,
    struct verdict *out)
{
    struct desk d = {.a = a, .set = set, .rules = rules, .out = out};
    struct kills kills = {0};
    struct timeline t = {0};
    begin(&d);
    for (size_t i = 0; i < d.rank_count; i++) apply_pauses(&d, d.rank[i]);
    kills_collect(&d, &kills);
    timeline_replay(&d, &kills, &t);
    if (set->version_count) out->received_ms = set->versions[0].received_ms;
    if (d.rank_count) out->version = d.rank[d.rank_count - 1]->index;
    kills_report(&d, &kills);
    report_interval(&d, &t);
    report_state(out, &t);
    report_revisions(&d, &t);
    if (!d.rank_count) return;
    report_reasons(&d, &t);
    report_content(&d, &t);
    out->must_mint = must_mint(&d, &t);
}
