/* newsroom_decide: the pages touched in a step are decided again from their whole sets; verdicts
 * become rows, tombstones, alarms. Order matters: mints are durable in the ledger, then kills in
 * the tombstones, then the store commits, then keys are bumped. */
#include "newsroom.h"

#include <string.h>

enum {
    TOMBS_LOOKED_AT = 4096 /* that stand on one story, oldest first; a dozen would be a quarrel */
};

/* ---- sets ---- */
enum result newsroom_set(struct newsroom *n, story_id page, struct desk_set *out)
{
    TRY(set_load(n->store, page, n->job, out));
    brakes_give(&n->brakes, out);
    return OK;
}

enum result newsroom_load_pauses(struct newsroom *n)
{
    arena_reset(n->brakes_arena);
    return brakes_load(n->store, n->brakes_arena, &n->brakes);
}

/* ---- mints ---- */
static struct span mint_json(struct arena *a, const struct mint *m)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "id", story_id_text(a, m->page));
    json_string(&o, "slug", m->slug);
    json_number(&o, "day_ms", m->date_ms);
    json_close(&o, '}');
    return buf_span(&b);
}

static int64_t day_of(const struct zone *z, int64_t ms)
{
    int64_t local = ms + (z ? zone_offset_s(z, ms) * 1000 : 0);
    struct civil c = civil_of(local);
    c.hour = c.minute = c.second = 0;
    return civil_to_ms(c);
}

static void plan_mint(struct newsroom *n, struct decided *d, struct append *batch, size_t *count)
{
    const struct verdict *v = &d->verdict;
    if (!v->must_mint || v->shown == SIZE_MAX) return;
    struct mint m = {.page = d->set.page,
        .slug = newsroom_slug(n, d),
        .date_ms = day_of(n->rules->site_zone, v->published_ms)};
    if (d->has_mint && span_eq(m.slug, d->mint.slug) && m.date_ms == d->mint.date_ms) return;
    struct hash name = hash_of(arena_printf(n->job, "%.*s %lld %lld", FMT(m.slug),
        (long long)m.date_ms, (long long)(d->has_mint ? d->mint.pos : 0)));
    d->wants_mint = true;
    d->mint_append = *count;
    d->mint = m;
    batch[(*count)++] = (struct append){.kind = EVENT_MINT,
        .received_ms = clock_now_ms(),
        .feed = S(""),
        .delivery = arena_printf(n->job, "mint:%.*s:%s:%.*s", FMT(story_id_text(n->job, m.page)),
            d->has_mint ? "again" : "first",
            FMT(d->has_mint ? span_cut(hash_hex(n->job, &name), 0, 16) : S(""))),
        .meta = mint_json(n->job, &m)};
}

/* A mint that stands in the ledger already is used as it is: rebuild must give the URL that readers
 * know. */
static enum result take_mint(struct newsroom *n, struct decided *d, const struct append *batch)
{
    const struct append *ap = &batch[d->mint_append];
    d->mint.pos = ap->pos_out;
    if (ap->was_there_out) {
        struct event e;
        TRY(newsroom_of_ledger(ledger_event(n->ledger, ap->pos_out, &e, n->job)));
        struct reject bad;
        const struct json *meta = json_parse(n->job, e.meta, &bad);
        if (!meta || !span_to_i64(json_text(meta, "day_ms"), &d->mint.date_ms)) return ERR_LEDGER;
        d->mint.slug = json_text(meta, "slug");
    }
    d->has_mint = true;
    return store_put_mint(n->store, &d->mint);
}

static enum result mint_all(struct newsroom *n, struct decided *list, size_t count)
{
    struct append *batch = ARENA_ARRAY(n->job, struct append, count + 1);
    size_t mints = 0;
    for (size_t i = 0; i < count; i++) plan_mint(n, &list[i], batch, &mints);
    for (size_t at = 0; at < mints; at += LEDGER_BATCH_MAX)
        TRY(newsroom_of_ledger(ledger_append(
            n->ledger, batch + at, mints - at < LEDGER_BATCH_MAX ? mints - at : LEDGER_BATCH_MAX)));
    for (size_t i = 0; i < count; i++)
        if (list[i].wants_mint) TRY(take_mint(n, &list[i], batch));
    return OK;
}

/* An address that says what was struck, of a page that may not be minted again: it is not shown. */
static void drop_struck(struct newsroom *n, struct decided *d)
{
    const struct redactions *r = &d->set.struck;
    if (strike_in_address(n->job, d->mint.slug, r->words, r->word_count))
        d->mint.slug = newsroom_slug(n, d);
}

/* The desk's words for a URL take the place of the minted ones. They are the act's own and no mint:
 * whenever the ledger is read again, whatever came between, they are the same. */
static void reslug(struct newsroom *n, struct decided *d)
{
    if (!d->has_mint) return;
    drop_struck(n, d);
    for (size_t i = d->set.act_count; i-- > 0;) {
        if (d->set.acts[i].kind != ACT_RESLUG) continue;
        struct span slug = newsroom_slug_of(n, d->set.acts[i].text);
        if (slug.n) d->mint.slug = slug;
        return;
    }
}

/* ---- kills ---- */
static void add_kill(struct newsroom *n, story_id id, const struct kill *k)
{
    struct tomb *t = ARENA_PUSH(n->job, n->kills, n->kill_count, n->kill_cap);
    *t = (struct tomb){
        .story = id, .is_lift = k->is_lift, .cause = (enum tomb_cause)k->cause, .at_ms = k->at_ms};
    memcpy(t->kill, k->name, sizeof t->kill);
}

/* What stands on a story; all_out: how many, also where the list ends before. */
static size_t tombs_on(struct newsroom *n, story_id id, struct tomb **out, size_t *all_out)
{
    *all_out = tombs_standing(n->tombs, id, NULL, 0);
    size_t count = *all_out < TOMBS_LOOKED_AT ? *all_out : TOMBS_LOOKED_AT;
    *out = ARENA_ARRAY(n->job, struct tomb, count + 1);
    tombs_standing(n->tombs, id, *out, count);
    return count;
}

static bool is_buried_as(struct newsroom *n, story_id id, const struct kill *k)
{
    struct tomb *list;
    size_t all, count = tombs_on(n, id, &list, &all);
    for (size_t i = 0; i < count; i++)
        if (memcmp(list[i].kill, k->name, sizeof k->name) == 0) return true;
    return all > count; /* a lift too many lifts nothing */
}

/* The kill may have been buried under a page that has become part of this one since. */
static void lift_elsewhere(struct newsroom *n, const struct desk_set *set, const struct kill *k)
{
    for (size_t i = 0; i < set->version_count; i++) {
        story_id id = set->versions[i].item;
        if (id != set->page && id != k->item && is_buried_as(n, id, k)) add_kill(n, id, k);
    }
}

/* A killed item takes the page with it on which it stands. */
static void collect_kills(struct newsroom *n, const struct decided *d)
{
    for (size_t i = 0; i < d->verdict.kill_count; i++) {
        const struct kill *k = &d->verdict.kills[i];
        add_kill(n, k->item, k);
        if (k->item != d->set.page) add_kill(n, d->set.page, k);
        if (k->is_lift) lift_elsewhere(n, &d->set, k);
    }
}

static enum result bury(struct newsroom *n)
{
    if (!n->kill_count) return OK;
    size_t added = 0;
    TRY(tombs_add(n->tombs, n->kills, n->kill_count, &added));
    clock_slot_set(SLOT_TOMB_COUNT, tombs_count(n->tombs));
    if (!added) return OK;
    metric_add(M_KILLS, added);
    story_id *ids = ARENA_ARRAY(n->job, story_id, n->kill_count);
    for (size_t i = 0; i < n->kill_count; i++) ids[i] = n->kills[i].story;
    if (n->hooks.killed) n->hooks.killed(n->hooks.with, ids, n->kill_count, n->position);
    return OK;
}

/* ---- rows ---- */
void newsroom_bump_view(struct newsroom *n, const struct view *v)
{
    if (!v) return;
    newsroom_bump(n, "front", S(""));
    newsroom_bump(n, "all", S(""));
    newsroom_bump(n, "story:", v->id_text);
    newsroom_bump(n, "section:", v->section);
    for (uint32_t i = 0; i < v->tag_count; i++) newsroom_bump(n, "tag:", v->tags[i].slug);
    for (uint32_t i = 0; i < v->author_count; i++) newsroom_bump(n, "author:", v->authors[i].slug);
    if (v->path.n > 11)
        newsroom_bump(n, "day:",
            arena_printf(n->job, "%.4s-%.2s-%.2s", v->path.p + 1, v->path.p + 6, v->path.p + 9));
}

static bool is_held(const struct decided *d)
{
    const struct verdict *v = &d->verdict;
    if (v->is_dead || !d->set.version_count) return false;
    return v->shown == SIZE_MAX || v->interval.held || v->interval.from_ms > d->set.reached_ms ||
           v->shown != v->version;
}

static enum result put_held(struct newsroom *n, const struct decided *d)
{
    bool is_picture = newsroom_is_picture(d);
    bool waits = d->view && newsroom_waits(n, d->view, d->set.reached_ms);
    struct span no_picture = is_picture ? newsroom_why_no_picture(n, d) : S("");
    if (is_picture ? !no_picture.n : !is_held(d) && !waits)
        return store_drop_held(n->store, d->set.page);
    const struct verdict *v = &d->verdict;
    const struct desk_version *g =
        &d->set.versions[v->version == SIZE_MAX ? d->set.version_count - 1 : v->version];
    struct buf why;
    buf_init(&why, n->job, 0);
    buf_put(&why, no_picture);
    for (size_t i = 0; i < v->reason_count && !is_picture; i++) {
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
    struct held h = {.page = d->set.page,
        .guid = g->story->guid,
        .headline = g->story->headline,
        .feed = g->feed,
        .why = buf_span(&why),
        .since_ms = g->received_ms,
        .from_ms = !v->interval.held && v->shown != SIZE_MAX ? v->interval.from_ms : 0};
    metric_add(M_HELD, 1);
    return store_put_held(n->store, &h);
}

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
    bool tells = g.state != STATE_NEVER && g.state != STATE_PUBLIC;
    TRY(tells ? store_put_gone(n->store, &g) : store_drop_gone(n->store, d->set.page));
    for (size_t i = 0; i < d->set.version_count; i++) {
        story_id item = d->set.versions[i].item;
        if (item == d->set.page) continue;
        struct gone m = {.id = item,
            .state = STATE_MERGED,
            .merged_into = d->set.page,
            .path = g.path,
            .since_ms = d->set.versions[i].received_ms};
        TRY(store_put_gone(n->store, &m));
    }
    return OK;
}

static enum result put_rows(struct newsroom *n, struct decided *d)
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
    if (shown) {
        struct view *view = NULL;
        TRY(newsroom_view(n, d, &view));
        d->view = view;
        struct story_row row = {.view = view,
            .from_ms = v->interval.from_ms,
            .until_ms = v->interval.until_ms,
            .feed = d->set.versions[v->shown].feed};
        TRY(store_put_story(n->store, &row));
        newsroom_bump_view(n, view);
        newsroom_note_lost(n, before, view);
        TRY(newsroom_news(n, d, view, before));
    } else if (r != ERR_ABSENT) {
        TRY(store_drop_story(n->store, d->set.page));
    }
    TRY(newsroom_preview(n, d));
    if (!shown) TRY(newsroom_news(n, d, NULL, before));
    bool left = !shown && v->was_public, is_back = shown && v->published_ms < v->interval.from_ms;
    if (left || is_back) newsroom_bump(n, "gone", S("")); /* Atom names what left (K11) */
    TRY(put_gone(n, d));
    return put_alarms(n, d);
}

/* The desk's own acts that were buried ahead of their turn are told as what they are. */
static enum answer_state state_of_tombs(const struct tomb *list, size_t count)
{
    bool by_wire = false, purged = false;
    for (size_t i = 0; i < count; i++) {
        purged |= list[i].cause == TOMB_PURGE;
        by_wire |= list[i].cause != TOMB_TAKEDOWN && list[i].cause != TOMB_DESK_KILL;
    }
    return purged ? STATE_PURGED : by_wire ? STATE_KILLED : STATE_TAKEN_DOWN;
}

/* The lift of this very kill is on its way to the tombstones. */
static bool is_lifted_now(const struct verdict *v, const struct tomb *t)
{
    for (size_t i = 0; i < v->kill_count; i++)
        if (v->kills[i].is_lift && !memcmp(v->kills[i].name, t->kill, sizeof t->kill)) return true;
    return false;
}

/* A kill that the ledger does not hold (restored from before it, or not applied yet) still kills
 * (X9), whatever else was lifted. */
static void obey_tombs(struct newsroom *n, struct decided *d)
{
    struct verdict *v = &d->verdict;
    struct tomb *list;
    if (v->is_dead || !tombs_dead(n->tombs, d->set.page)) return;
    size_t all, looked = tombs_on(n, d->set.page, &list, &all), count = 0;
    for (size_t i = 0; i < looked; i++)
        if (!is_lifted_now(v, &list[i])) list[count++] = list[i];
    if (!count && all == looked) return;
    if (!count) list[count++] = list[0]; /* behind a list that is full some stand */
    v->is_dead = true;
    v->shown = SIZE_MAX;
    v->state_ms = list[0].at_ms;
    /* K7: what was killed before it came was never public, whatever the ledger alone would say. */
    bool came_first = v->published_ms < v->state_ms;
    v->state = v->was_public && came_first ? state_of_tombs(list, count) : STATE_NEVER;
}

/* K18: kills that peek has seen ahead in the backlog, of stories that have come by now. */
static enum result bury_foretold(struct newsroom *n, const struct desk_set *set)
{
    struct span owner = n->foretold_count ? desk_owner(set, n->rules) : S("");
    for (size_t i = 0; i < n->foretold_count; i++) {
        struct foretold *f = &n->foretold[i];
        bool is_here = false;
        for (size_t k = 0; k < set->version_count; k++)
            is_here |= set->versions[k].item == f->tomb.story;
        if (f->pos <= n->position || !is_here || !span_eq(owner, f->feed)) continue;
        struct tomb t[2] = {f->tomb, f->tomb};
        t[1].story = set->page;
        TRY(tombs_add(n->tombs, t, t[0].story == t[1].story ? 1 : 2, NULL));
        clock_slot_set(SLOT_TOMB_COUNT, tombs_count(n->tombs));
    }
    return OK;
}

static enum result decide_one(struct newsroom *n, story_id page, struct decided *d)
{
    TRY(newsroom_set(n, page, &d->set));
    TRY(bury_foretold(n, &d->set));
    desk_strike_set(n->job, &d->set);
    d->has_mint = store_mint(n->store, page, n->job, &d->mint) == OK;
    desk_decide(n->job, &d->set, n->rules, &d->verdict);
    obey_tombs(n, d);
    collect_kills(n, d);
    return OK;
}

static enum result decide_some(struct newsroom *n, const story_id *pages, size_t all)
{
    struct decided *list = ARENA_ARRAY(n->job, struct decided, all + 1);
    size_t count = 0;
    for (size_t i = 0; i < all; i++)
        if (!newsroom_was_joined(n, pages[i])) TRY(decide_one(n, pages[i], &list[count++]));
    TRY(bury(n)); /* before anything slower */
    TRY(mint_all(n, list, count));
    for (size_t i = 0; i < count; i++) {
        reslug(n, &list[i]);
        TRY(put_rows(n, &list[i]));
    }
    for (size_t i = 0; i < count; i++) TRY(put_held(n, &list[i])); /* when all rows are there */
    return OK;
}

/* What a chunk of pages took is given back where it is much. Whatever else lay in the job's arena
 * is used up by then: events are applied, the list of pages is kept apart. */
static void begin_chunk(struct newsroom *n)
{
    if (arena_used(n->job) > JOB_CHUNK_BYTES) arena_reset(n->job);
    n->kills = NULL;
    n->kill_count = n->kill_cap = 0;
}

static enum result decide_all(struct newsroom *n)
{
    story_id chunk[JOB_EVENTS];
    size_t count = 0;
    for (story_id after = 0;; after = chunk[count - 1]) {
        TRY(store_pages(n->store, after, chunk, COUNT(chunk), &count));
        if (!count) return OK;
        begin_chunk(n);
        TRY(decide_some(n, chunk, count));
        newsroom_look_ahead(n, false); /* all pages of a large site take seconds */
    }
}

static enum result decide_list(struct newsroom *n, const story_id *pages, size_t count)
{
    enum result r = OK;
    for (size_t at = 0; at < count && r == OK; at += JOB_PAGES) {
        begin_chunk(n);
        if (at) newsroom_look_ahead(n, false);
        r = decide_some(n, pages + at, count - at < JOB_PAGES ? count - at : JOB_PAGES);
    }
    return r;
}

enum result newsroom_decide_pages(struct newsroom *n)
{
    newsroom_forget_lost(n);
    if (!n->all_pages) TRY(newsroom_touch_around(n));
    n->kills = NULL;
    n->kill_count = n->kill_cap = 0;
    if (n->all_pages) {
        newsroom_bump(n, "site", S(""));
        TRY(decide_all(n));
        n->all_pages = false;
        return newsroom_tell_lost(n);
    }
    TRY(newsroom_touch_users(n));
    struct arena *apart = arena_new(JOB_ARENA);
    struct span list = arena_keep(
        apart, (struct span){(const char *)n->pages.list, n->pages.n * sizeof *n->pages.list});
    enum result r = decide_list(n, (const story_id *)(const void *)list.p, n->pages.n);
    arena_free(apart);
    n->pages = (struct ids){0};
    n->seen = map_new(n->job);
    if (r == OK) r = newsroom_tell_lost(n);
    return r;
}
