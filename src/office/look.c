/* look.c: what the desk sees of the store: a story with its verdict as the desk's rules make it
 * now, the brakes that are on, what waits behind them, the cases of takedowns. Reads only; every
 * look is of one instant. */
#include <stdlib.h>

#include "office.h"

enum { LIVE_GUIDS = 32 };

enum result eyes_open(
    const struct office_look *look, struct arena *a, struct office_eyes *out, const char **why_out)
{
    *out = (struct office_eyes){.a = a,
        .site = look->site,
        .rules = look->rules,
        .hooks = look->hooks,
        .now_ms = clock_now_ms()};
    enum result r = store_look(look->store_folder, &out->store, why_out);
    if (r == OK) r = reader_open(look->store_folder, look->hooks, &out->reader);
    if (r == OK) r = reader_begin(out->reader, out->now_ms);
    if (r == OK) r = brakes_load(out->store, a, &out->brakes);
    if (r == OK) return OK;
    if (!*why_out) *why_out = "the store cannot be read";
    eyes_close(out);
    return r;
}

void eyes_close(struct office_eyes *e)
{
    if (e->reader) {
        reader_end(e->reader);
        reader_close(e->reader);
    }
    if (e->store) store_close(e->store);
    e->reader = NULL;
    e->store = NULL;
}

bool eyes_find(struct office_eyes *e, struct span target, story_id *page_out)
{
    story_id ids[LIVE_GUIDS];
    size_t count = 0;
    if (store_items_meant(e->store, target, ids, COUNT(ids), &count) != OK) return false;
    for (size_t i = 0; i < count; i++)
        if (store_page_of(e->store, ids[i], page_out) == OK) return true;
    return false;
}

/* ---- one story ---- */
/* What a stranger is answered now, as the site's table of answers has it. */
static enum address_answer answer_of(const struct gone *g)
{
    switch (g->state) {
    case STATE_KILLED:
    case STATE_TAKEN_DOWN:
    case STATE_EXPIRED:
    case STATE_PURGED: return g->as_404 ? ANSWERS_404 : ANSWERS_410;
    case STATE_MERGED: return ANSWERS_301;
    default: return ANSWERS_404;
    }
}

static void see_public_side(struct office_eyes *e, struct office_story *s)
{
    struct view v;
    struct gone g;
    s->is_public = reader_story(e->reader, s->set.page, e->a, &v) == OK;
    if (s->is_public) {
        s->answers = ANSWERS_200;
        s->path = v.path;
    } else if (reader_gone(e->reader, s->set.page, e->a, &g) == OK) {
        s->answers = answer_of(&g);
        s->path = g.path;
    }
}

/* K15: the tombstones are asked for each, as the site asks them. */
static enum result see_pictures(struct office_eyes *e, struct office_story *s)
{
    struct view *v = NULL;
    enum result r = store_preview(e->store, s->set.page, e->a, &v);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    struct view_picture *list = ARENA_ARRAY(e->a, struct view_picture, v->picture_count + 1);
    for (uint32_t i = 0; i < v->picture_count; i++)
        if (!e->hooks.dead || !e->hooks.dead(v->pictures[i].item, e->hooks.with))
            list[s->picture_count++] = v->pictures[i];
    s->pictures = list;
    return OK;
}

static void see_agency(struct office_eyes *e, struct office_story *s)
{
    s->agency = s->shown->feed;
    for (uint32_t i = 0; i < e->site->feed_count; i++) {
        const struct office_feed *f = &e->site->feeds[i];
        if (!span_eq(f->name, s->shown->feed)) continue;
        s->agency = f->agency;
        s->disclaimer = f->disclaimer;
    }
}

/* What the desk would decide, were the feed live. */
static void see_through_shadow(struct office_eyes *e, struct office_story *s)
{
    struct desk_set set = s->set;
    struct desk_version *v = ARENA_ARRAY(e->a, struct desk_version, set.version_count + 1);
    for (size_t i = 0; i < s->verdict.reason_count; i++)
        s->in_shadow |= s->verdict.reasons[i].code == WHY_SHADOW;
    if (!s->in_shadow) return;
    for (size_t i = 0; i < set.version_count; i++) {
        v[i] = set.versions[i];
        if (v[i].mark == MARK_SHADOW) v[i].mark = MARK_NONE;
    }
    set.versions = v;
    desk_decide(e->a, &set, e->rules, &s->would);
}

enum result eyes_story(struct office_eyes *e, story_id page, struct office_story *s)
{
    *s = (struct office_story){0};
    enum result r = set_load(e->store, page, e->a, &s->set);
    if (r == OK) r = store_acts(e->store, page, e->a, &s->acts, &s->act_count);
    if (r != OK) return r;
    if (!s->set.version_count && !s->set.act_count) return ERR_ABSENT;
    s->set.reached_ms = e->now_ms;
    brakes_give(&e->brakes, &s->set);
    desk_strike_set(e->a, &s->set);
    desk_decide(e->a, &s->set, e->rules, &s->verdict);
    see_through_shadow(e, s);
    const struct verdict *v = &s->verdict;
    size_t shown = v->shown != SIZE_MAX ? v->shown : v->version;
    if (s->in_shadow && s->would.shown != SIZE_MAX) shown = s->would.shown;
    if (shown == SIZE_MAX && s->set.version_count) shown = s->set.version_count - 1;
    if (shown != SIZE_MAX) {
        s->shown = &s->set.versions[shown];
        see_agency(e, s);
    }
    see_public_side(e, s);
    return v->is_dead ? OK : see_pictures(e, s);
}

/* ---- takedowns and their kin ---- */
static bool stands(struct arena *a, const struct redactions *r, const struct act *t)
{
    bool is_picture = !t->text.n;
    for (size_t i = 0; i < (is_picture ? r->picture_count : r->word_count); i++)
        if (is_picture ? span_eq(r->pictures[i], span_trim(t->picture))
                       : strike_same(a, r->words[i], t->text))
            return true;
    return false;
}

static bool is_open(struct office_eyes *e, const struct office_story *s, size_t i)
{
    const struct act *t = &s->set.acts[i];
    if (t->kind == ACT_REDACT) return stands(e->a, &s->set.struck, t);
    for (size_t k = i + 1; k < s->set.act_count; k++)
        if (s->set.acts[k].kind == ACT_LIFT && t->kind != ACT_PURGE) return false;
    return true;
}

/* What is kept of a case, when its story leaves memory. */
static void fill_case(struct office_eyes *e, const struct office_story *s, struct arena *own,
    struct span headline, struct office_case *c)
{
    for (size_t i = 0; i < s->set.act_count; i++) {
        const struct act *t = &s->set.acts[i];
        if (t->pos != c->act.pos) continue;
        c->act.story = t->story;
        c->act.at_ms = t->at_ms;
        c->act.text = arena_keep(own, t->text); /* as what is struck has left it */
        c->is_open = is_open(e, s, i);
        c->headline = headline;
        c->is_known = true;
        return;
    }
}

/* The cases of one story, which is decided once, however many there are. */
static enum result fill_story(
    struct office_eyes *e, struct arena *own, struct office_case *list, size_t n)
{
    struct office_story s;
    enum result r = eyes_story(e, list->page, &s);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    struct span headline = arena_keep(own, s.shown ? s.shown->story->headline : S(""));
    for (size_t i = 0; i < n; i++) fill_case(e, &s, own, headline, &list[i]);
    return OK;
}

static int newer_first(const void *x, const void *y)
{
    const struct office_case *a = x, *b = y;
    return (a->act.pos < b->act.pos) - (a->act.pos > b->act.pos);
}

static int by_story(const void *x, const void *y)
{
    const struct office_case *a = x, *b = y;
    return a->page != b->page ? (a->page > b->page) - (a->page < b->page) : newer_first(x, y);
}

/* How the cases stand now. One story at a time lies in memory. */
static enum result fill_cases(struct office_eyes *e, struct office_case *list, size_t n)
{
    struct arena *own = e->a, *scratch = arena_new(OFFICE_STORY_ARENA);
    enum result r = OK;
    if (n) qsort(list, n, sizeof *list, by_story);
    for (size_t i = 0, until; r == OK && i < n; i = until) {
        for (until = i; until < n && list[until].page == list[i].page;) until++;
        e->a = scratch;
        r = fill_story(e, own, list + i, until - i);
        e->a = own;
        arena_reset(scratch);
    }
    arena_free(scratch);
    if (n) qsort(list, n, sizeof *list, newer_first);
    return r;
}

/* Every act that is a case and names its story; nothing is decided yet. */
static enum result all_cases(
    struct office_eyes *e, struct office_case **list, size_t *n, bool *is_cut)
{
    size_t cap = 0;
    for (int k = 0; k < ACT_UNKNOWN; k++) {
        struct stored_act *acts;
        size_t count;
        bool more;
        struct span name = span_of(act_kind_name((enum act_kind)k));
        if (!act_row((enum act_kind)k)->is_case) continue;
        TRY(store_acts_named(e->store, name, e->a, &acts, &count, &more));
        *is_cut |= more;
        for (size_t i = 0; i < count; i++) {
            struct office_case c = {.page = acts[i].page};
            if (!c.page || !act_read(e->a, acts[i].json, &c.act)) continue;
            c.act.pos = acts[i].pos;
            *ARENA_PUSH(e->a, *list, *n, cap) = c;
        }
    }
    if (*n) qsort(*list, *n, sizeof **list, newer_first);
    return OK;
}

static size_t sift_cases(
    struct office_eyes *e, struct span words, struct office_case *list, size_t count)
{
    size_t n = 0;
    struct sift s = sift_start(e->a, words);
    for (size_t i = 0; i < count; i++) {
        const struct office_case *c = &list[i];
        struct span texts[] = {c->headline, c->act.text, c->act.picture, c->act.reference,
            c->act.requested_by, c->act.by, story_id_text(s.row, c->page)};
        if (c->is_known && sift_fits(&s, texts, COUNT(texts))) list[n++] = *c;
    }
    sift_end(&s);
    return n;
}

/* Without words only those of the page are decided; with words the headline counts, and all are. */
enum result eyes_cases(struct office_eyes *e, struct span words, size_t page, size_t each,
    struct office_case **out, struct sift_page *slice_out)
{
    size_t n = 0;
    struct office_case *list = NULL;
    bool sifts = span_trim(words).n > 0, is_cut = false;
    TRY(all_cases(e, &list, &n, &is_cut));
    if (sifts) {
        TRY(fill_cases(e, list, n));
        n = sift_cases(e, words, list, n);
    }
    *slice_out = sift_page(n, page, each);
    slice_out->is_cut = is_cut;
    *out = n ? list + slice_out->from : list;
    return sifts ? OK : fill_cases(e, *out, slice_out->until - slice_out->from);
}

/* ---- of many stories in turn ---- */
static void keep_trial(struct arena *a, const struct verdict *w, struct verdict *out)
{
    *out = (struct verdict){.is_dead = w->is_dead,
        .interval = w->interval,
        .shown = w->shown,
        .section = arena_keep(a, w->section),
        .reasons = ARENA_ARRAY(a, struct reason, w->reason_count + 1),
        .reason_count = w->reason_count};
    for (size_t i = 0; i < w->reason_count; i++) {
        out->reasons[i] = w->reasons[i];
        out->reasons[i].detail = arena_keep(a, w->reasons[i].detail);
    }
}

enum result eyes_trial(
    struct office_eyes *e, struct arena *row, story_id page, struct verdict *would_out)
{
    struct office_story s;
    struct arena *own = e->a;
    e->a = row;
    enum result r = eyes_story(e, page, &s);
    e->a = own;
    if (r == OK && !s.in_shadow) r = ERR_ABSENT;
    if (r == OK) keep_trial(own, &s.would, would_out);
    arena_reset(row);
    return r;
}

bool eyes_is_public(struct office_eyes *e, struct arena *row, story_id page)
{
    struct view live;
    bool is = reader_story(e->reader, page, row, &live) == OK;
    arena_reset(row);
    return is;
}

/* ---- the pile behind a brake ---- */
/* A section is the verdict's: the story lies in memory for that alone. */
static enum result waits_for(struct office_eyes *e, struct arena *scratch, const struct held *h,
    struct span target, bool *out)
{
    struct office_story s;
    struct arena *own = e->a;
    *out = span_find(h->why, span_of(reason_text(WHY_PAUSED))) >= 0;
    if (!*out || span_eq(target, S("all")) || span_eq(target, h->feed)) return OK;
    e->a = scratch;
    enum result r = eyes_story(e, h->page, &s);
    *out = r == OK && span_eq(s.verdict.section, target);
    e->a = own;
    arena_reset(scratch);
    return r;
}

enum result eyes_pile(
    struct office_eyes *e, struct span target, struct held **out, size_t *count_out)
{
    struct held *all;
    size_t count, n = 0;
    TRY(store_held(e->store, e->a, &all, &count));
    struct arena *scratch = arena_new(OFFICE_STORY_ARENA);
    enum result r = OK;
    for (size_t i = 0; r == OK && i < count; i++) {
        bool waits;
        r = waits_for(e, scratch, &all[i], target, &waits);
        if (r == OK && waits) all[n++] = all[i];
    }
    arena_free(scratch);
    *out = all;
    *count_out = n;
    return r;
}

/* ---- what is kept back of a feed ---- */
bool eyes_in_shadow(struct office_eyes *e, const struct office_feed *feed)
{
    struct span live;
    const char *name = arena_printf(e->a, "live:%.*s", FMT(feed->name)).p;
    return feed->shadow && !(store_text(e->store, name, e->a, &live) == OK && live.n);
}

static bool says(const struct held *h, enum reason_code code)
{
    return span_find(h->why, span_of(reason_text(code))) >= 0;
}

bool held_in_shadow(const struct held *h)
{
    return says(h, WHY_SHADOW);
}

static bool is_over_limit(const struct held *h)
{
    return says(h, WHY_MANY_STORIES) || says(h, WHY_MANY_UPDATES) || says(h, WHY_TOO_OLD) ||
           says(h, WHY_FROZEN);
}

enum result eyes_kept_back(
    struct office_eyes *e, struct span feed, bool shadow, struct held **out, size_t *count_out)
{
    size_t n = 0, cap = 0;
    *out = NULL;
    *count_out = 0;
    if (!e->held) { /* once for all feeds: a flood holds many */
        enum result r = store_held(e->store, e->a, &e->held, &e->held_count);
        if (r != OK) return r;
    }
    for (size_t i = 0; i < e->held_count; i++) {
        const struct held *h = &e->held[i];
        bool counts = span_eq(h->feed, feed) && (shadow ? held_in_shadow(h) : is_over_limit(h));
        if (counts) *ARENA_PUSH(e->a, *out, n, cap) = *h;
    }
    *count_out = n;
    return OK;
}

struct span office_time(const struct office_site *site, struct arena *a, int64_t ms)
{
    if (ms <= 0 || ms == FOREVER) return S("");
    struct civil c = civil_of(ms + zone_offset_s(site->zone, ms) * 1000);
    return arena_printf(a, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}
