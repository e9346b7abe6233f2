/* duties.c: what a licence wants of a story, held against what the site shows: an audit of the
 * public rows, so that a fault of ours is found too. Reads only. */
#include "office.h"

static const struct {
    const char *name, *text;
} rows[DUTIES] = {
    [DUTY_CREDIT] = {"credit", "the agency is named"},
    [DUTY_CREDIT_LINE] = {"credit-line", "its credit stands in the licence's form"},
    [DUTY_DISCLAIMER] = {"disclaimer", "its sentence stands under the story"},
    [DUTY_WORDS] = {"words", "its words are not changed"},
    [DUTY_BYLINE] = {"byline", "its byline stands as the agency wrote it"},
    [DUTY_DATELINE] = {"dateline", "its dateline stands as the agency wrote it"},
    [DUTY_PICTURES] = {"pictures", "no pictures: the licence has none"},
    [DUTY_PICTURE_CREDIT] = {"picture-credit", "every picture carries its credit"},
    [DUTY_LANGUAGE] = {"language", "only in the licence's languages"},
    [DUTY_INDEX] = {"index", "kept out of search engines"},
    [DUTY_RETENTION] = {"retention", "goes when its time is over"},
    [DUTY_CONTRACT] = {"contract", "goes when the contract ends"},
    [DUTY_TAKEDOWN] = {"takedown", "was gone in time after its withdrawal"},
    [DUTY_GALLERY] = {"gallery", "its pictures stand in no gallery"},
    [DUTY_TERRITORY] = {"territory", "only for readers of the licence's countries"},
};
static const char *const states[] = {"met", "broken", "yours"};

const char *duty_name(enum duty_kind k)
{
    return rows[k].name;
}

const char *duty_text(enum duty_kind k)
{
    return rows[k].text;
}

const char *duty_state_name(enum duty_state s)
{
    return states[s];
}

/* ---- one story ---- */
struct audit_of {
    struct office_eyes *e;
    const struct office_story *s;
    const struct office_feed *feed; /* NULL: the configuration has left it out */
    const struct view *view;
    struct duty *out;
    size_t n;
};

static void tell(
    struct audit_of *d, enum duty_kind k, bool is_met, struct span detail, int64_t due_ms)
{
    d->out[d->n++] = (struct duty){k, is_met ? DUTY_MET : DUTY_BROKEN, detail, due_ms};
}

static const struct office_feed *feed_of(const struct office_site *site, struct span name)
{
    for (uint32_t i = 0; i < site->feed_count; i++)
        if (span_eq(site->feeds[i].name, name)) return &site->feeds[i];
    return NULL;
}

bool duty_lets(const struct office_site *site, const struct office_story *s, enum act_kind kind,
    const char **why_out)
{
    const struct office_feed *f = s->shown ? feed_of(site, s->shown->feed) : NULL;
    if (kind != ACT_HEADLINE || !f || !f->locked) return true;
    *why_out = "its licence keeps the agency's headline; you can hold the story or take it down";
    return false;
}

static void pictures(struct audit_of *d)
{
    const struct view *v = d->view;
    size_t bare = 0;
    for (uint32_t i = 0; i < v->picture_count; i++)
        bare += !v->pictures[i].credit.n && !v->pictures[i].copyright.n;
    if (!d->feed->pictures)
        tell(d, DUTY_PICTURES, v->picture_count == 0, S(""), 0);
    else if (v->picture_count)
        tell(d, DUTY_PICTURE_CREDIT, bare == 0, bare ? arena_printf(d->e->a, "%zu", bare) : S(""),
            0);
}

static bool in_list(const struct span *list, uint32_t n, struct span language)
{
    for (uint32_t i = 0; i < n; i++)
        if (span_starts_nocase(language, list[i]) &&
            (language.n == list[i].n || language.p[list[i].n] == '-'))
            return true;
    return false;
}

/* What the agency sent stands in the row, and on the page. What the desk has struck by law is no
 * breach: the sent words are looked at as they may be shown. */
static void line(struct audit_of *d, enum duty_kind k, struct span sent, struct span row, bool says)
{
    sent = span_trim(sent);
    if (sent.n || row.n) tell(d, k, says && span_eq(sent, span_trim(row)), row, 0);
}

static void words(struct audit_of *d, const struct page_says *says)
{
    const struct verdict *w = &d->s->verdict;
    const struct story *sent = d->s->shown ? d->s->shown->story : NULL;
    if (!d->feed->locked) return;
    bool ours = w->headline_is_local || !span_eq(d->view->headline, w->headline);
    tell(d, DUTY_WORDS, !ours, ours ? d->view->headline : S(""), 0);
    line(d, DUTY_BYLINE, sent ? sent->byline : S(""), d->view->byline, says->byline);
    line(d, DUTY_DATELINE, sent ? sent->dateline : S(""), d->view->dateline, says->dateline);
}

static void times(struct audit_of *d)
{
    const struct office_feed *f = d->feed;
    int64_t until = d->s->verdict.interval.until_ms;
    bool ends = until != FOREVER;
    if (f->retention_days && ends) tell(d, DUTY_RETENTION, d->e->now_ms < until, S(""), until);
    if (f->contract_ends_ms)
        tell(d, DUTY_CONTRACT, d->e->now_ms < f->contract_ends_ms, S(""), f->contract_ends_ms);
}

static void credit_line(struct audit_of *d, bool on_page)
{
    const struct view *v = d->view;
    struct span want = view_credit(d->e->a, v, d->feed->credit_line, d->e->site->name);
    tell(d, DUTY_CREDIT_LINE, on_page && span_eq(v->credit_line, want), v->credit_line, 0);
}

/* A public story bears its territory, and readers elsewhere do not see the row; what a proxy keeps
 * the house cannot see. */
static void territory(struct audit_of *d)
{
    const struct office_feed *f = d->feed;
    if (!f->territory.n) return;
    tell(d, DUTY_TERRITORY, span_eq(d->view->territory, f->territory), f->territory, 0);
    if (f->territory_by_proxy) d->out[d->n - 1].state = DUTY_YOURS;
}

static void of_public(struct audit_of *d)
{
    const struct office_feed *f = d->feed;
    const struct view *v = d->view;
    struct page_says says = {true, true, true, true, v->noindex};
    if (d->e->page_says && !d->e->page_says(d->e->with, v->id, &says))
        says = (struct page_says){.credit = false};
    tell(d, DUTY_CREDIT, f && says.credit && span_eq(v->agency, f->agency), v->agency, 0);
    if (f && f->credit_line.n) credit_line(d, says.credit);
    tell(d, DUTY_DISCLAIMER, f && says.disclaimer, f ? S("") : v->feed, 0);
    if (!f) return;
    words(d, &says);
    pictures(d);
    if (f->language_count)
        tell(d, DUTY_LANGUAGE, in_list(f->languages, f->language_count, v->language), v->language,
            0);
    if (f->noindex) tell(d, DUTY_INDEX, v->noindex && says.noindex, S(""), 0);
    times(d);
    if (f->no_gallery) tell(d, DUTY_GALLERY, true, S(""), 0); /* the house has none */
    territory(d);
}

/* From the agency's own word, not from its arrival here: a wire that was late is a breach too, and
 * the agency's. */
static void of_withdrawn(struct audit_of *d, const struct gone *g)
{
    bool withdrew = g->state == STATE_KILLED && g->wire_ms > 0 && g->published_ms > 0;
    if (!withdrew || !d->feed || !d->feed->takedown_minutes) return;
    int64_t due = g->wire_ms + d->feed->takedown_minutes * INT64_C(60000);
    struct span took =
        arena_printf(d->e->a, "%lld s", (long long)((g->since_ms - g->wire_ms) / 1000));
    tell(d, DUTY_TAKEDOWN, g->since_ms <= due, took, due);
}

size_t duties_of(struct office_eyes *e, const struct office_story *s, struct duty out[DUTIES])
{
    struct view v;
    struct gone g;
    struct audit_of d = {.e = e, .s = s, .view = &v, .out = out};
    if (reader_story(e->reader, s->set.page, e->a, &v) == OK) {
        d.feed = feed_of(e->site, v.feed);
        of_public(&d);
    } else if (s->shown && reader_gone(e->reader, s->set.page, e->a, &g) == OK) {
        d.feed = feed_of(e->site, s->shown->feed);
        of_withdrawn(&d, &g);
    }
    return d.n;
}
