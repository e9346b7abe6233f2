/* front: the front page: one lead, a second rank, the newest, a block for each section, what is
 * read most. Which story leads follows from what the wire says of it and from its age, by a rule
 * that gives the same page on every node. */
#include "audience.h"
#include "frame.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEAD_FROM = 10,   /* the lead is one of the newest so many that may lead */
    SECOND_FROM = 18, /* the second rank too */
    SECOND_ITEMS = 4,
    SECOND_COLUMNS = 3,
    NEWEST_ITEMS = 8,
    NEWEST_ALONE = 14, /* where most read does not stand below */
    BLOCK_ITEMS = 5,   /* of a section; what is over stands under "more" */
    POPULAR_ITEMS = 8, /* D2 */
    NO_URGENCY = 5,
    BREAKING = 2, /* an urgency: flashes and bulletins (IPTC newscodes: 1 is the most urgent) */
    PICTURE_WORTH = 3,  /* in ranks: a story without a picture must be that much weightier */
    PICTURE_HOURS = 12, /* a pictured story of equal worth leads, if it is no older than that */
    URGENCY_WORTH = 4,  /* a step of urgency against places in time */
    PINNED_ITEMS = 1 + SECOND_ITEMS, /* older ones that are on the page because they are pinned */
    HOUR_MS = 3600000,
};

enum placed { FREE, LEAD, SECOND, NEWEST, BLOCK };
struct front {
    struct sheet *s;
    const struct view *list;
    enum placed *placed;
    size_t n;
    story_id led; /* by the desk; 0: none */
    int64_t now_ms, midnight_ms;
};

/* What the desk's rules have pinned leads before all else, as long as they said. */
static bool is_pinned(const struct front *f, size_t i)
{
    return f->list[i].pinned_until_ms > f->now_ms;
}

static void mind_pins(struct front *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (is_pinned(f, i)) page_until(f->s->out, f->list[i].pinned_until_ms);
}

static int urgency_of(const struct view *v)
{
    return v->urgency ? (int)v->urgency : NO_URGENCY;
}

/* Lower leads: urgency first (1 is a flash), then age, then whether there is a picture. */
static int weight(const struct view *v, size_t age)
{
    return urgency_of(v) * URGENCY_WORTH + (int)age - (v->picture_count ? PICTURE_WORTH : 0) +
           (v->is_developing ? PICTURE_WORTH : 0);
}

static bool leads(const struct front *f, size_t i, size_t best)
{
    if (is_pinned(f, i) != is_pinned(f, best)) return is_pinned(f, i);
    return weight(&f->list[i], i) < weight(&f->list[best], best);
}

static size_t weightiest(const struct front *f, size_t among)
{
    size_t best = f->n;
    for (size_t i = 0; i < f->n; i++) {
        bool may = f->placed[i] == FREE && (i < among || is_pinned(f, i));
        if (may && (best == f->n || leads(f, i, best))) best = i;
    }
    return best;
}

/* May it lead by its weight? A flash, and what rests on one source, waits for its full story; what
 * waits for its minutes changes these bytes then. */
static bool may_lead(struct front *f, const struct view *v)
{
    const struct press_site *site = f->s->p->site;
    if (site->top == PRESS_TOP_APPROVED || v->is_developing || v->has_one_source) return false;
    int64_t from_ms = v->published_ms + site->top_wait_ms;
    if (from_ms > f->now_ms) page_until(f->s->out, from_ms);
    return from_ms <= f->now_ms;
}

/* A front leads with a picture where the wire leaves the choice: with a pictured story about as new
 * and, within a step, about as urgent as the weightiest of all. What breaks leads by its urgency.
 */
static bool is_as_good(const struct view *v, const struct view *best)
{
    int least = urgency_of(best) <= BREAKING ? urgency_of(best) : urgency_of(best) + 1;
    return v->picture_count && urgency_of(v) <= least &&
           v->front_ms + PICTURE_HOURS * HOUR_MS >= best->front_ms;
}

/* The one that an editor has put first; else, of the newest that may, the weightiest, or a pictured
 * one as good as it. n: none. */
static size_t lead_of(struct front *f)
{
    size_t may[LEAD_FROM], seen = 0, best = 0, pictured = LEAD_FROM;
    for (size_t i = 0; i < f->n; i++)
        if (f->led && f->list[i].id == f->led) return i;
    for (size_t i = 0; i < f->n && seen < LEAD_FROM; i++)
        if (may_lead(f, &f->list[i])) may[seen++] = i;
    if (!seen) return f->n;
    for (size_t k = 1; k < seen; k++)
        if (weight(&f->list[may[k]], may[k]) < weight(&f->list[may[best]], may[best])) best = k;
    for (size_t k = 0; k < seen; k++) {
        if (!is_as_good(&f->list[may[k]], &f->list[may[best]])) continue;
        if (pictured == LEAD_FROM ||
            weight(&f->list[may[k]], may[k]) < weight(&f->list[may[pictured]], may[pictured]))
            pictured = k;
    }
    return may[pictured < LEAD_FROM ? pictured : best];
}

static void put(struct front *f, struct record *r, const char *name, size_t i, enum placed where)
{
    teaser_fill(f->s, record_item(r, name), &f->list[i]);
    f->placed[i] = where;
}

/* Chosen by weight: three that have pictures fill the row; else four. */
static size_t rank_second(struct front *f, size_t *ranked)
{
    size_t n = 0, next, pictured = 0;
    while (n < SECOND_ITEMS && (next = weightiest(f, SECOND_FROM)) < f->n) {
        bool is_full = n == SECOND_COLUMNS && pictured == SECOND_COLUMNS;
        if (is_full && !is_pinned(f, next)) break;
        ranked[n++] = next;
        f->placed[next] = SECOND;
        pictured += f->list[next].picture_count > 0;
    }
    return n;
}

/* A picture stands at the head of each column or of none: what has none, or is over, stands beside
 * them in the last column, in words alone. */
static void put_second(struct front *f)
{
    size_t ranked[SECOND_ITEMS], n = rank_second(f, ranked), pictured = 0, beside = 0;
    for (size_t k = 0; k < n; k++) pictured += f->list[ranked[k]].picture_count > 0;
    size_t columns = pictured == n && n <= SECOND_COLUMNS ? n : SECOND_COLUMNS - 1;
    record_flag(f->s->root, "second_pictures", pictured > 0);
    record_text(f->s->root, "second", S(""));
    record_text(f->s->root, "beside", S(""));
    for (size_t k = 0; k < n; k++) {
        bool heads = !pictured || (f->list[ranked[k]].picture_count && columns);
        if (pictured && heads) columns--;
        beside += !heads;
        put(f, f->s->root, heads ? "second" : "beside", ranked[k], SECOND);
    }
    record_flag(f->s->root, "beside_there", beside > 0);
}

static void put_leads(struct front *f)
{
    size_t lead = lead_of(f);
    if (lead < f->n) put(f, f->s->root, "lead", lead, LEAD);
    record_flag(f->s->root, "any", f->n > 0);
    put_second(f);
}

/* Today's stories tell the hour, others the day. */
static void newest_time(struct front *f, struct record *r, const struct view *v)
{
    bool today = v->front_ms >= f->midnight_ms;
    story_time(f->s, r, "when", v->front_ms, today ? press_date_time : press_date_day);
}

static void put_newest(struct front *f, size_t items)
{
    size_t shown = 0;
    for (size_t i = 0; i < f->n && shown < items; i++) {
        if (f->placed[i] != FREE) continue;
        struct record *item = record_item(f->s->root, "newest");
        teaser_fill(f->s, item, &f->list[i]);
        newest_time(f, item, &f->list[i]);
        f->placed[i] = NEWEST;
        shown++;
    }
}

/* The first of a block is the newest with a picture among its first. */
static size_t head_of_block(const struct front *f, struct span section)
{
    size_t first = f->n, seen = 0;
    for (size_t i = 0; i < f->n && seen < BLOCK_ITEMS; i++) {
        if (f->placed[i] != FREE || !span_eq(f->list[i].section, section)) continue;
        if (f->list[i].picture_count) return i;
        if (first == f->n) first = i;
        seen++;
    }
    return first;
}

static void put_block(struct front *f, uint32_t k)
{
    const struct press_section *section = &f->s->p->site->sections[k];
    size_t head = head_of_block(f, section->name), shown = 1;
    if (head == f->n) return;
    struct record *block = record_item(f->s->root, "blocks");
    record_text(block, "title", section->title);
    record_text(block, "href", f->s->p->places[k].href);
    record_text(block, "block_tone", f->s->p->places[k].tone);
    record_text(block, "rest", S(""));
    put(f, block, "head", head, BLOCK);
    for (size_t i = 0; i < f->n && shown < BLOCK_ITEMS; i++) {
        if (f->placed[i] != FREE || !span_eq(f->list[i].section, section->name)) continue;
        put(f, block, "rest", i, BLOCK);
        shown++;
    }
}

static void put_more(struct front *f)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->placed[i] != FREE) continue;
        put(f, f->s->root, "more", i, BLOCK);
        record_flag(f->s->root, "more_there", true);
    }
}

static enum result put_popular(struct sheet *s, struct reader *r, bool *any)
{
    struct list_query q = {.kind = LIST_POPULAR, .limit = POPULAR_ITEMS};
    struct view *list;
    size_t n;
    enum result result = reader_list(r, &q, s->a, &list, &n);
    *any = result == OK && n > 0;
    if (!*any) return result;
    struct record *in = record_in(s->root, "popular");
    record_text(in, "href", press_path(s->p, s->a, S("/popular")));
    for (size_t i = 0; i < n; i++) press_keep_shown(s->a, &list[i], reader_now_ms(r), s->out);
    teaser_list(s, in, "stories", list, n, false);
    return OK;
}

static bool is_listed(const struct view *list, size_t n, story_id id)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].id == id) return true;
    return false;
}

/* The newest, and behind them what is pinned though it is older than they. */
static enum result list_front(
    const struct press *p, struct reader *r, struct arena *a, struct view **out, size_t *count_out)
{
    struct list_query q = {.kind = LIST_FRONT, .limit = p->site->front_items},
                      pins = {.kind = LIST_PINNED, .limit = PINNED_ITEMS};
    struct view *list, *pinned;
    size_t n, more;
    if (!q.limit || q.limit > 200) q.limit = PRESS_FRONT_ITEMS;
    TRY(reader_list(r, &q, a, &list, &n));
    TRY(reader_list(r, &pins, a, &pinned, &more));
    struct view *all = ARENA_ARRAY(a, struct view, n + more + 1);
    if (n) memcpy(all, list, n * sizeof *all);
    *count_out = n;
    for (size_t i = 0; i < more; i++)
        if (!is_listed(list, n, pinned[i].id)) all[(*count_out)++] = pinned[i];
    *out = all;
    return OK;
}

/* What the desk has put first stands there even when it is no longer among the newest. */
static enum result add_led(
    struct reader *r, struct arena *a, struct view **list, size_t *n, story_id *led_out)
{
    struct list_query q = {.kind = LIST_LED, .limit = 1};
    struct view *led;
    size_t count;
    *led_out = 0;
    enum result result = reader_list(r, &q, a, &led, &count);
    if (result != OK || !count) return result;
    *led_out = led->id;
    for (size_t i = 0; i < *n; i++)
        if ((*list)[i].id == led->id) return OK;
    struct view *all = ARENA_ARRAY(a, struct view, *n + 1);
    if (*n) memcpy(all, *list, *n * sizeof *all);
    all[(*n)++] = *led;
    *list = all;
    return OK;
}

/* What stands first, whatever it is. */
static const struct view *leading_story(const struct front *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->placed[i] == LEAD) return &f->list[i];
    return f->n ? &f->list[0] : NULL;
}

enum result page_front(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    (void)ask;
    struct view *list;
    size_t n;
    int64_t now_ms = reader_now_ms(r);
    story_id led;
    enum result result = list_front(p, r, a, &list, &n);
    if (result == OK) result = add_led(r, a, &list, &n, &led);
    if (result != OK) return result;
    for (size_t i = 0; i < n; i++) press_keep_shown(a, &list[i], now_ms, out);
    struct sheet s = frame_open(p, a, out, "front", S(""), S("/"));
    s.reader = r;
    struct front f = {.s = &s,
        .list = list,
        .placed = ARENA_ARRAY(a, enum placed, n + 1),
        .n = n,
        .led = led,
        .midnight_ms = press_midnight(p, now_ms, 0),
        .now_ms = now_ms};
    frame_about(&s, p->site->tagline);
    frame_feeds(&s, S(""), p->site->name);
    frame_json(&s, jsonld_site(p, a));
    record_flag(s.root, "is_front", true);
    frame_today(&s, now_ms);
    mind_pins(&f);
    put_leads(&f);
    frame_card(&s, NULL, "website");
    bool read_most = false;
    result = put_popular(&s, r, &read_most);
    put_newest(&f, read_most ? NEWEST_ITEMS : NEWEST_ALONE);
    for (uint32_t k = 0; k < p->site->section_count; k++) put_block(&f, k);
    put_more(&f);
    ads_put(&s, PLACE_FRONT, leading_story(&f));
    tag_put(&s);
    page_views(out, list, n);
    page_key(out, "front", S(""));
    page_key(out, "popular", S(""));
    page_until(out, reader_next_change(r));
    frame_close(&s, "front");
    return result;
}
