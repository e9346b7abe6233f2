/* newsroom_rows: a verdict -> the store's rows: the story as readers see it, what its address
 * answers when it is not public, what the desk's lists and alarms tell of it. */
#include "newsroom.h"

#define HALF_A_DAY_MS INT64_C(43200000)

void newsroom_bump_view(struct newsroom *n, const struct view *v)
{
    if (!v) return;
    newsroom_bump(n, "front", S(""));
    newsroom_bump(n, "all", S(""));
    newsroom_bump(n, "story:", v->id_text);
    newsroom_bump(n, "section:", v->section);
    for (uint32_t i = 0; i < v->tag_count; i++)
        newsroom_bump(
            n, arena_printf(n->job, "%s:", label_word(tag_kind(&v->tags[i]))).p, v->tags[i].slug);
    for (uint32_t i = 0; i < v->author_count; i++) newsroom_bump(n, "author:", v->authors[i].slug);
    for (uint32_t i = 0; i < v->credited_count; i++)
        newsroom_bump(n, "author:", v->credited[i].slug);
    if (v->path.n > 11)
        newsroom_bump(n, "day:",
            arena_printf(n->job, "%.4s-%.2s-%.2s", v->path.p + 1, v->path.p + 6, v->path.p + 9));
}

/* ---- what is held ---- */
static bool is_held(const struct decided *d)
{
    const struct verdict *v = &d->verdict;
    if (v->is_dead || !d->set.version_count) return false;
    return v->shown == SIZE_MAX || v->interval.held || v->interval.from_ms > d->set.reached_ms ||
           v->shown != v->version;
}

static struct span why_held(
    struct newsroom *n, const struct verdict *v, struct span no_picture, bool waits)
{
    struct buf why;
    buf_init(&why, n->job, 0);
    buf_put(&why, no_picture);
    for (size_t i = 0; i < v->reason_count && !no_picture.n; i++) {
        const struct reason *r = &v->reasons[i];
        if (r->code == WHY_PUBLISHED) continue;
        buf_printf(&why, "%s%s", why.n ? "; " : "", reason_text(r->code));
        struct span detail = r->detail;
        if (r->rule_line)
            detail = arena_printf(n->job, "%.*s%sline %u of the site file", FMT(detail),
                detail.n ? ", " : "", r->rule_line);
        if (detail.n) buf_printf(&why, " (%.*s)", FMT(detail));
    }
    if (waits) buf_printf(&why, "%sno story in it is public yet", why.n ? "; " : "");
    return buf_span(&why);
}

enum result newsroom_put_held(struct newsroom *n, const struct decided *d)
{
    bool is_picture = newsroom_is_picture(d);
    bool waits = d->view && newsroom_waits(n, d->view, d->set.reached_ms);
    struct span no_picture = is_picture ? newsroom_why_no_picture(n, d) : S("");
    if (is_picture ? !no_picture.n : !is_held(d) && !waits)
        return store_drop_held(n->store, d->set.page);
    const struct verdict *v = &d->verdict;
    const struct desk_version *g =
        &d->set.versions[v->version == SIZE_MAX ? d->set.version_count - 1 : v->version];
    struct held h = {.page = d->set.page,
        .guid = g->story->guid,
        .headline = g->story->headline,
        .feed = g->feed,
        .why = why_held(n, v, no_picture, waits),
        .since_ms = g->received_ms,
        .from_ms = !v->interval.held && v->shown != SIZE_MAX ? v->interval.from_ms : 0};
    metric_add(M_HELD, 1);
    return store_put_held(n->store, &h);
}

/* ---- alarms ---- */
static const char *alarm_kind_of(const struct decided *d, enum reason_code code)
{
    switch (code) {
    case WHY_KILLED:
    case WHY_KILL_FIRST:
    case WHY_KILL_OLD_VERSION: return "kill";
    default: return is_held(d) ? "held" : "story";
    }
}

static bool is_on_trial(const struct decided *d)
{
    for (size_t i = 0; i < d->set.version_count; i++)
        if (d->set.versions[i].mark != MARK_SHADOW) return false;
    return d->set.version_count && !d->verdict.was_public;
}

static enum result put_alarms(struct newsroom *n, const struct decided *d)
{
    const struct verdict *v = &d->verdict;
    if (is_on_trial(d)) return OK; /* nobody is woken for a feed in shadow */
    const struct desk_version *last =
        d->set.version_count ? &d->set.versions[d->set.version_count - 1] : NULL;
    for (size_t i = 0; i < v->reason_count; i++) {
        if (!v->reasons[i].alarm) continue;
        struct alarm al = {
            .kind = S("story"), .at_ms = last ? last->received_ms : 0, .pos = last ? last->pos : 0};
        al.text = arena_printf(n->job, "%.*s: %s%s%.*s", FMT(last ? last->story->guid : S("")),
            reason_text(v->reasons[i].code), v->reasons[i].detail.n ? ": " : "",
            FMT(v->reasons[i].detail));
        TRY(newsroom_alarm(
            n, alarm_kind_of(d, v->reasons[i].code), last ? last->story->guid : S(""), &al));
    }
    return OK;
}

/* ---- what is gone ---- */
/* When the agency said the kill that stands: its own time, never after its arrival (V10). */
static int64_t kill_wire_ms(const struct decided *d)
{
    for (size_t i = d->set.version_count; i-- > 0;) {
        const struct desk_version *v = &d->set.versions[i];
        const struct when *w = &v->story->version_created;
        if (v->story->status != STATUS_CANCELED || w->kind != WHEN_UTC) continue;
        return w->ms < v->received_ms ? w->ms : v->received_ms;
    }
    return 0;
}

/* What the desk has said in public of its takedown. */
static struct span wording_of(const struct decided *d)
{
    for (size_t i = d->set.act_count; i-- > 0;)
        if (d->set.acts[i].kind == ACT_TAKEDOWN || d->set.acts[i].kind == ACT_KILL)
            return d->set.acts[i].text;
    return S("");
}

static struct gone gone_of(struct newsroom *n, const struct decided *d)
{
    const struct verdict *v = &d->verdict;
    struct gone g = {.id = d->set.page,
        .state = (int)v->state,
        .since_ms = v->state_ms,
        .published_ms = v->published_ms,
        .as_404 = v->kill_is_404};
    if (v->state == STATE_KILLED) g.wire_ms = kill_wire_ms(d);
    if (d->has_mint) g.path = page_path(n->job, &d->mint);
    const struct config_feed *feed =
        d->set.version_count ? newsroom_feed(n, d->set.versions[0].feed) : NULL;
    if (feed) g.agency = feed->credit.n ? feed->credit : feed->provider;
    g.by = v->state == STATE_TAKEN_DOWN || v->state == STATE_PURGED ? S("desk") : S("agency");
    if (v->state == STATE_TAKEN_DOWN) g.wording = wording_of(d);
    return g;
}

/* K11: does Atom name it as deleted, where it is not public? */
static bool is_named(const struct gone *g)
{
    bool has_left = g->state != STATE_NEVER && g->state != STATE_PUBLIC;
    return has_left && !g->as_404 && g->published_ms > 0;
}

static enum result put_row(struct newsroom *n, const struct gone *g)
{
    struct gone before = {.state = STATE_NEVER};
    enum result r = store_gone(n->store, g->id, &before);
    if (r != OK && r != ERR_ABSENT) return r;
    if (is_named(&before) != is_named(g) ||
        (is_named(g) && (before.state != g->state || before.since_ms != g->since_ms)))
        newsroom_bump(n, "gone", S(""));
    bool tells = g->state != STATE_NEVER && g->state != STATE_PUBLIC;
    return tells ? store_put_gone(n->store, g) : store_drop_gone(n->store, g->id);
}

/* Feeds named it after the day, in UTC, on which its own page was published: when it came, but for
 * an embargo. Its mint knows the day in the site's zone. */
static int64_t published_apart(
    const struct newsroom *n, const struct desk_set *set, story_id item, int64_t day_ms)
{
    for (size_t i = 0; i < set->version_count; i++) {
        const struct desk_version *w = &set->versions[i];
        if (w->item == item && newsroom_day(n, w->received_ms) == day_ms) return w->received_ms;
    }
    return day_ms + HALF_A_DAY_MS;
}

/* An item that had a page of its own leaves with the page that it became part of (K11). */
static enum result put_merged(
    struct newsroom *n, const struct desk_set *set, size_t i, const struct gone *page)
{
    struct mint own;
    const struct desk_version *w = &set->versions[i];
    struct gone g = {.id = w->item,
        .state = STATE_MERGED,
        .merged_into = page->id,
        .path = page->path,
        .since_ms = w->received_ms};
    if (store_mint(n->store, w->item, n->job, &own) == OK)
        g.published_ms = published_apart(n, set, w->item, own.date_ms);
    return put_row(n, &g);
}

/* What the URLs of the page and of the items merged into it answer when the story is not public. */
static enum result put_gone(struct newsroom *n, const struct decided *d)
{
    const struct verdict *v = &d->verdict;
    struct gone g = gone_of(n, d);
    bool is_up = story_is_public(&v->interval, d->set.reached_ms),
         hides = v->state == STATE_NEVER || v->state == STATE_WITHHELD;
    /* Readers see the row from since_ms on; before, the address answers as never. */
    if (!v->is_dead && v->after_ms != FOREVER && (is_up || hides)) {
        g.state = (int)v->state_after;
        g.since_ms = v->after_ms;
    }
    if (v->is_dead) newsroom_bump(n, "all", S("")); /* the page of corrections tells it */
    TRY(put_row(n, &g));
    for (size_t i = 0; i < d->set.version_count; i++)
        if (d->set.versions[i].item != d->set.page) TRY(put_merged(n, &d->set, i, &g));
    return OK;
}

/* ---- the story ---- */
/* C11, redactions: no search finds a story by words that it has no more. */
static enum result forget_words(
    struct newsroom *n, const struct view *before, const struct view *v, const struct desk_set *set)
{
    bool is_struck = false;
    for (size_t i = 0; i < set->act_count; i++) is_struck |= set->acts[i].kind == ACT_REDACT;
    bool is_new = before->changed_ms != v->changed_ms ||
                  before->revision_count != v->revision_count ||
                  !span_eq(before->headline, v->headline);
    return is_struck || is_new ? store_forget_words(n->store, v->id) : OK;
}

static enum result put_shown(struct newsroom *n, struct decided *d, const struct view *before)
{
    const struct verdict *v = &d->verdict;
    struct view *view = NULL;
    TRY(newsroom_view(n, d, &view));
    d->view = view;
    struct story_row row = {.view = view,
        .from_ms = v->interval.from_ms,
        .until_ms = v->right_ms,
        .due_ms =
            d->pictures_due_ms < v->interval.until_ms ? d->pictures_due_ms : v->interval.until_ms,
        .feed = d->set.versions[v->shown].feed};
    TRY(store_put_story(n->store, &row));
    if (before) TRY(forget_words(n, before, view, &d->set));
    newsroom_bump_view(n, view);
    newsroom_note_lost(n, before, view);
    return newsroom_news(n, d, view, before);
}

enum result newsroom_put_rows(struct newsroom *n, struct decided *d)
{
    const struct verdict *v = &d->verdict;
    struct view *before = NULL;
    int64_t from, until;
    enum result r = store_story_summary(n->store, d->set.page, n->job, &before, &from, &until);
    if (r != OK && r != ERR_ABSENT && r != ERR_CORRUPT) return r;
    newsroom_bump_view(n, before);
    TRY(newsroom_forget_pictures(n, d));
    newsroom_bump(n, "story:", story_id_text(n->job, d->set.page));
    bool shown = v->shown != SIZE_MAX && !v->interval.held &&
                 v->interval.from_ms < v->interval.until_ms && d->has_mint;
    if (shown)
        TRY(put_shown(n, d, before));
    else if (r != ERR_ABSENT)
        TRY(store_drop_story(n->store, d->set.page));
    TRY(newsroom_preview(n, d));
    if (!shown) TRY(newsroom_news(n, d, NULL, before));
    TRY(put_gone(n, d));
    return put_alarms(n, d);
}
