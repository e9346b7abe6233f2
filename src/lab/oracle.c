/* oracle: see oracle.h. From top to bottom: what has come; whose it is (T2, T3); which items share
 * a page (C3, C5); which version is the newest (V1-V5, oracle_version.c); what repeats a killed
 * story (T4, oracle_copies.c); and the one question, asked at every instant of the past because
 * some rules look back: which revision is shown. */
#include "oracle_inside.h"

#include <stdlib.h>
#include <string.h>

#define HOUR_MS INT64_C(3600000)
enum { LINK_HOURS = 48, OLD_DAYS = 30 };

int64_t oracle_pos(int event, int number)
{
    return (int64_t)event * 100 + number + 1;
}

int oracle_item_of(const struct oracle_policy *policies, int feed, int guid)
{
    return policies[feed].provider * ORACLE_GUIDS_MAX + guid;
}

/* ---- what has come ---- */
static void name_item(struct oracle *o, int key, int64_t pos)
{
    if (o->root_of[key] >= 0) return;
    o->root_of[key] = key;
    o->first_pos[key] = pos;
}

/* V2: the same words of the same version once more are as if they had not come. */
static bool is_repetition(const struct oracle *o, const struct version *v)
{
    for (size_t i = 0; i < o->version_count; i++) {
        const struct version *w = &o->versions[i];
        if (w->key == v->key && w->item->revision == v->item->revision) return true;
    }
    return false;
}

/* ---- which items share a page ---- */
int oracle_root(const struct oracle *o, int key)
{
    while (o->root_of[key] != key) key = o->root_of[key];
    return key;
}

/* C3: a link to the older one; C5: one slugline, and the newer says that it changes something. */
static bool continues(const struct version *older, const struct version *newer)
{
    if (older->feed != newer->feed || older->key == newer->key) return false;
    if (older->item->other_language != newer->item->other_language) return false; /* translations */
    if (older->item->is_package || newer->item->is_package) return false;
    if (older->item->is_picture || newer->item->is_picture) return false;
    if (newer->item->link == older->item->guid + 1) return true;
    int64_t between = newer->created_ms - older->created_ms;
    return newer->item->slug && newer->item->slug == older->item->slug &&
           newer->item->change != OC_NONE && between >= 0 && between <= LINK_HOURS * HOUR_MS;
}

/* The page is the one of the item received first, in whatever order the others came (V1). */
static void join(struct oracle *o, int a, int b)
{
    int x = oracle_root(o, a), y = oracle_root(o, b);
    if (x == y) return;
    if (o->first_pos[y] < o->first_pos[x])
        o->root_of[x] = y;
    else
        o->root_of[y] = x;
}

static void join_version(struct oracle *o, const struct version *v)
{
    for (size_t i = 0; i < o->version_count; i++)
        if (continues(&o->versions[i], v) || continues(v, &o->versions[i]))
            join(o, o->versions[i].key, v->key);
}

static void sort_item(struct page *p, size_t from, size_t until)
{
    bool missing = false, numbers = false;
    for (size_t i = from; i < until; i++) {
        missing |= !p->list[i]->item->version[0];
        numbers |= version_is_numbered(p->list[i]);
    }
    bool by_date = missing || !numbers;
    for (size_t i = from + 1; i < until; i++)
        for (size_t k = i; k > from; k--) {
            struct version *v = p->list[k], *before = p->list[k - 1];
            if (version_cmp(before, v, by_date, numbers) <= 0) break;
            p->list[k] = before, p->list[k - 1] = v;
        }
    for (size_t i = from; i < until; i++) {
        struct version *v = p->list[i];
        v->order_ms = version_credible_ms(v);
        if (i > from && p->list[i - 1]->order_ms > v->order_ms)
            v->order_ms = p->list[i - 1]->order_ms;
        v->rank = (int)i;
    }
}

/* C5: the newest text, whichever guid it came under; of one instant, the later item's. */
static int cmp_page(const void *pa, const void *pb)
{
    const struct version *a = *(struct version *const *)pa, *b = *(struct version *const *)pb;
    int c = cmp64(a->order_ms, b->order_ms);
    if (!c) c = cmp64(a->item_pos, b->item_pos);
    return c ? c : a->rank - b->rank;
}

/* The items one after the other, by their first version that counts; then all by date. */
static void fill_page(struct oracle *o, struct page *p)
{
    for (size_t i = 0; i < o->version_count; i++) {
        const struct version *first = &o->versions[i];
        bool seen = oracle_root(o, first->key) != p->root;
        size_t from = p->count;
        for (size_t k = 0; k < from && !seen; k++) seen = p->list[k]->key == first->key;
        for (size_t k = i; k < o->version_count && !seen; k++)
            if (o->versions[k].key == first->key)
                *ARENA_PUSH(o->a, p->list, p->count, p->cap) = &o->versions[k];
        if (p->count > from) sort_item(p, from, p->count);
    }
    if (p->count) qsort(p->list, p->count, sizeof *p->list, cmp_page);
    for (size_t i = 0; i < p->count; i++) p->list[i]->rank = (int)i;
}

/* ---- editors' hands ---- */
bool oracle_is_of_story(int act)
{
    return act != OA_PAUSE && act != OA_RESUME && act != OA_RELEASE && act != OA_GO_LIVE;
}

bool act_means(const struct oracle *o, const struct oracle_event *e, int key, int64_t pos)
{
    if (key % ORACLE_GUIDS_MAX != e->guid) return false;
    bool any = false;
    for (int p = 0; p < ORACLE_FEEDS; p++) {
        int k = p * ORACLE_GUIDS_MAX + e->guid;
        any |= o->root_of[k] >= 0 && o->first_pos[k] < pos;
    }
    return !any || (o->root_of[key] >= 0 && o->first_pos[key] < pos);
}

static void find_acts(struct oracle *o, struct page *p)
{
    size_t cap = 0;
    for (size_t e = 0; e < o->count; e++) {
        const struct oracle_event *ev = &o->events[e];
        if (ev->kind != OE_ACT || !oracle_is_of_story(ev->act)) continue;
        for (int k = ev->guid; k < (int)COUNT(o->root_of); k += ORACLE_GUIDS_MAX)
            if (o->root_of[k] >= 0 && oracle_root(o, k) == p->root &&
                act_means(o, ev, k, oracle_pos((int)e, 0))) {
                *ARENA_PUSH(o->a, p->acts, p->act_count, cap) = ev;
                break;
            }
    }
}

void page_fill(struct oracle *o, int root, struct page *p)
{
    *p = (struct page){.root = root, .first = root};
    fill_page(o, p);
    find_acts(o, p);
}

/* The brakes that are on after each event: what comes while one is on waits until none is. What was
 * marked as it came waits before that until it is let go. */
static void free_versions(struct oracle *o, struct page *p)
{
    bool on[OB_BRAKES] = {0};
    size_t next = 0;
    for (size_t i = 0; i < p->count; i++) {
        p->list[i]->free_ms = NEVER;
        p->list[i]->is_kept = p->list[i]->mark != MARKED_NOT;
    }
    for (size_t e = 0; e < o->count; e++) {
        const struct oracle_event *ev = &o->events[e];
        bool is_ours = next < p->act_count && p->acts[next] == ev,
             publishes = is_ours && ev->act == OA_PUBLISH;
        next += is_ours;
        if (ev->kind == OE_ACT && ev->act == OA_PAUSE) on[ev->brake] = true;
        if (ev->kind == OE_ACT && ev->act == OA_RESUME) on[ev->brake] = false;
        if (ev->kind == OE_ACT && ev->act == OA_RESUME && ev->brake == OB_ALL)
            memset(on, 0, sizeof on);
        for (size_t i = 0; i < p->count; i++) {
            struct version *v = p->list[i];
            if (v->pos >= oracle_pos((int)e + 1, 0)) continue; /* not yet here */
            bool stopped = on[OB_ALL] || on[OB_FEED + v->feed] || on[OB_SECTION + v->section];
            v->is_kept = v->is_kept && !limits_let_go(v, ev);
            bool goes = publishes || (!stopped && !v->is_kept);
            if (v->free_ms == NEVER && goes) v->free_ms = ev->at_ms;
            if (publishes && v->approved_ms == NEVER) v->approved_ms = ev->at_ms;
        }
    }
}

/* ---- the one question ---- */
enum finding { FOUND_NOTHING, FOUND_SHOWN, FOUND_EXPIRED, FOUND_EMBARGO };

static bool is_on_hold(const struct page *p, int64_t at_ms)
{
    bool hold = false;
    for (size_t i = 0; i < p->act_count && p->acts[i]->at_ms <= at_ms; i++) {
        hold |= p->acts[i]->act == OA_HOLD;
        hold &= p->acts[i]->act != OA_PUBLISH;
    }
    return hold;
}

/* R1, R6: the instant at which what is shown leaves by itself. */
static int64_t end_of(const struct oracle *o, const struct version *v, int64_t at_ms)
{
    int days = o->policies[v->feed].retention_days;
    int64_t since = v->shown_ms < at_ms ? v->shown_ms : at_ms,
            kept = days ? since + days * 24 * HOUR_MS : NEVER;
    return kept < v->expires_ms ? kept : v->expires_ms;
}

/* What is kept back may not be shown; the end of its right counts nevertheless. */
static int64_t end_of_shown(
    const struct oracle *o, const struct page *p, const struct version *v, int64_t at_ms)
{
    int64_t end = end_of(o, v, at_ms);
    for (size_t i = (size_t)v->rank + 1; i < p->count; i++) {
        const struct version *w = p->list[i];
        bool counts = w->mark != MARKED_NOT && w->at_ms <= at_ms && w->free_ms > at_ms;
        if (counts && w->expires_ms < end) end = w->expires_ms;
    }
    return end;
}

/* From the newest down. E5-E7, K14: the newest one's embargo and withhold count; what is merely
 * unfit leaves the version before it up. E6: by policy what was up before an embargo came stays. */
static enum finding find_shown(
    const struct oracle *o, const struct page *p, int64_t at_ms, struct version **out)
{
    int64_t before_ms = NEVER;
    enum finding hidden = FOUND_NOTHING;
    for (size_t i = p->count; i-- > 0;) {
        struct version *v = p->list[i];
        if (v->at_ms > at_ms) continue;
        enum stance stance = v->desk_may && v->approved_ms <= at_ms ? SHOW : v->stance;
        bool waits = v->embargo_ms > at_ms;
        if (stance >= HIDE || waits) {
            bool keeps = o->policies[v->feed].late_embargo_keeps && v->item->status == OS_USABLE &&
                         v->item->embargo.kind != OW_NONE;
            if (waits || v->item->embargo.kind != OW_NONE) hidden = FOUND_EMBARGO;
            if (!keeps) return hidden;
            if (v->at_ms < before_ms) before_ms = v->at_ms;
            continue;
        }
        bool was_up = before_ms == NEVER || v->shown_ms < before_ms;
        if (stance == PASS || v->free_ms > at_ms || !was_up) continue;
        *out = v;
        return end_of_shown(o, p, v, at_ms) <= at_ms ? FOUND_EXPIRED : FOUND_SHOWN;
    }
    return hidden;
}

/* ---- the past, instant by instant ---- */
static int cmp_instants(const void *a, const void *b)
{
    return cmp64(*(const int64_t *)a, *(const int64_t *)b);
}

static size_t instants_of(
    const struct oracle *o, const struct page *p, int64_t **out, int64_t *next)
{
    int64_t *list = ARENA_ARRAY(o->a, int64_t, p->act_count + 4 * p->count + 2 * o->copy_count + 1);
    size_t n = 0, kept = 0;
    *next = NEVER;
    for (size_t i = 0; i < p->act_count; i++) list[n++] = p->acts[i]->at_ms;
    for (size_t i = 0; i < p->count; i++) {
        const struct version *v = p->list[i];
        list[n++] = v->at_ms, list[n++] = v->free_ms, list[n++] = v->embargo_ms;
        if (v->embargo_ms > o->now_ms && v->embargo_ms < *next) *next = v->embargo_ms;
    }
    for (size_t i = 0; i < o->copy_count; i++)
        list[n++] = o->copies[i].at_ms, list[n++] = o->copies[i].freed_ms;
    list[n++] = o->now_ms;
    qsort(list, n, sizeof *list, cmp_instants);
    for (size_t i = 0; i < n; i++)
        if (list[i] > 0 && list[i] <= o->now_ms) list[kept++] = list[i];
    *out = list;
    return kept;
}

/* K1, R1: 410 once readers have seen it; E8, K2, E15: 404 as never otherwise. */
static int gone_status(
    const struct oracle *o, const struct page *p, bool is_dead, bool was_public, enum finding f)
{
    if (!was_public || (!is_dead && f != FOUND_EXPIRED)) return 404;
    return o->policies[p->list[0]->feed].kill_is_404 ? 404 : 410;
}

static uint64_t struck_of(const struct page *p)
{
    uint64_t struck = 0;
    for (size_t i = 0; i < p->act_count; i++) {
        uint64_t name = p->acts[i]->text ? UINT64_C(1) << (p->acts[i]->text - 1) % 64 : 0;
        if (p->acts[i]->act == OA_REDACT) struck |= name;
        if (p->acts[i]->act == OA_UNREDACT) struck &= ~name;
    }
    return struck;
}

static void tell_shown(const struct page *p, const struct version *v, struct oracle_page *out)
{
    out->status = 200;
    out->revision = out->headline = v->item->revision;
    out->name = out->headline_name = v->item->guid;
    out->section = v->section;
    out->feed = v->feed;
    out->tags = v->tags;
    out->noindex = v->noindex;
    out->corrects = v->item->change == OC_CORRECTION;
    bool dated = v->item->created.kind == OW_UTC; /* V11, V12, unless an editor published it */
    bool fresh = dated && v->created_ms >= v->at_ms - OLD_DAYS * 24 * HOUR_MS;
    out->on_fronts = fresh || v->approved_ms != NEVER;
    for (size_t i = 0; i < p->act_count; i++) /* C8 */
        if (p->acts[i]->act == OA_HEADLINE) {
            bool ours = p->acts[i]->text != 0;
            out->headline = ours ? p->acts[i]->text : v->item->revision;
            out->headline_name = ours ? p->acts[i]->guid : v->item->guid;
        }
}

/* ---- readers' comments (D7) ---- */
/* What the last word on it said; without one it stands where the site shows them at once. */
static bool is_let_stand(const struct oracle *o, const struct page *p, int comment)
{
    bool shown = o->policies[0].site_comments == SAY_AT_ONCE;
    for (size_t i = 0; i < p->act_count; i++) {
        const struct oracle_event *t = p->acts[i];
        if ((t->act == OA_APPROVE || t->act == OA_HIDE) && t->text == comment)
            shown = t->act == OA_APPROVE;
    }
    return shown;
}

/* Only under what is shown, and where site and feed have comments. */
static void tell_comments(const struct oracle *o, const struct page *p, struct oracle_page *out)
{
    if (o->policies[0].site_comments == SAY_NOTHING || !o->policies[out->feed].comments) return;
    for (size_t e = 0; e < o->count && out->comment_count < ORACLE_COMMENTS; e++) {
        const struct oracle_event *c = &o->events[e];
        if (c->kind != OE_COMMENT) continue;
        int key = oracle_item_of(o->policies, c->feed, c->guid);
        if (o->root_of[key] >= 0 && oracle_root(o, key) == p->root && is_let_stand(o, p, c->text))
            out->comments[out->comment_count++] = c->text;
    }
}

/* -> the version shown; NULL: none. */
static const struct version *look_at_page(struct oracle *o, int root, struct oracle_page *out)
{
    struct page page, *p = &page;
    struct kills kills;
    int64_t *instants, end = NEVER;
    struct version *v = NULL;
    enum finding f = FOUND_NOTHING;
    bool was_public = false, dead = false;
    page_fill(o, root, p);
    free_versions(o, p);
    page_kills(o, p, &kills);
    size_t n = instants_of(o, p, &instants, &out->next_ms);
    for (size_t i = 0; i < n; i++) {
        int64_t at = instants[i];
        f = find_shown(o, p, at, &v);
        dead = page_is_dead(&kills, at);
        if (dead || is_on_hold(p, at) || copies_hold(o, p, at)) f = FOUND_NOTHING;
        if (f != FOUND_SHOWN) continue;
        if (!was_public) out->published_ms = at;
        was_public = o->view->was_shown[v->item->revision] = true;
        if (v->shown_ms > at) v->shown_ms = at;
        end = end_of_shown(o, p, v, at);
    }
    out->first = p->first;
    out->status = 404;
    if (p->count && p->list[0]->item->is_picture) {
        out->lets_be_seen = f == FOUND_SHOWN && !dead && o->policies[v->feed].pictures;
        return NULL;
    }
    out->struck = struck_of(p);
    out->is_dead = dead;
    out->was_public = was_public;
    out->waits = f == FOUND_EMBARGO;
    if (f == FOUND_SHOWN && !dead)
        tell_shown(p, v, out), tell_comments(o, p, out);
    else if (p->count)
        out->status = gone_status(o, p, dead, was_public, f);
    out->end_ms = end;
    if (out->status == 200 && end < out->next_ms) out->next_ms = end;
    out->received_ms = o->events[o->first_pos[p->first] / 100].at_ms;
    return out->status == 200 ? v : NULL;
}

/* ---- all of it ---- */
static void take_item(
    struct oracle *o, const struct oracle_event *e, int event, const struct oracle_item *i)
{
    struct version v = {.item = i,
        .key = oracle_item_of(o->policies, e->feed, i->guid),
        .feed = e->feed,
        .at_ms = e->at_ms,
        .pos = oracle_pos(event, (int)(i - e->items))};
    name_item(o, v.key, v.pos);
    v.item_pos = o->first_pos[v.key];
    if (i->other_provider) return; /* T2 */
    if (o->owner_of[v.key] < 0) o->owner_of[v.key] = e->feed;
    if (o->owner_of[v.key] != e->feed) return; /* T3 */
    orders_meet(o, &v);
    if (is_repetition(o, &v)) return;
    version_judge(&o->policies[e->feed], &v);
    join_version(o, &v);
    limits_mark(o, &v);
    *ARENA_PUSH(o->a, o->versions, o->version_count, o->version_cap) = v;
    orders_take(o, &o->versions[o->version_count - 1]);
    copies_take(o, &o->versions[o->version_count - 1]);
}

static void take_events(struct oracle *o)
{
    memset(o->root_of, -1, sizeof o->root_of);
    memset(o->owner_of, -1, sizeof o->owner_of);
    for (size_t e = 0; e < o->count; e++)
        if (o->events[e].kind == OE_POLICY) o->policies = o->events[e].policies;
    must(o->policies);
    for (size_t e = 0; e < o->count; e++)
        for (int i = 0; i < o->events[e].item_count; i++)
            if (o->events[e].items[i].revision >= o->view->revisions)
                o->view->revisions = o->events[e].items[i].revision + 1;
    o->view->was_shown = ARENA_ARRAY(o->a, bool, o->view->revisions + 1);
    for (size_t all = o->count, e = 0; e < all; e++) {
        const struct oracle_event *ev = &o->events[e];
        o->count = e + 1;
        for (int i = 0; ev->kind == OE_DELIVERY && i < ev->item_count; i++)
            take_item(o, ev, (int)e, &ev->items[i]);
        limits_take(o, ev);
        if (ev->kind == OE_ACT) copies_free(o, ev);
        o->any_yes |= ev->kind == OE_ACT && ev->act == OA_CONFIRM;
        kills_watch(o);
    }
}

void oracle_look(struct arena *a, const struct oracle_event *events, size_t count, int64_t now_ms,
    struct oracle_view *out)
{
    const struct version *shown[ORACLE_FEEDS * ORACLE_GUIDS_MAX];
    struct oracle o = {.a = a, .events = events, .count = count, .now_ms = now_ms};
    o.view = out;
    out->revisions = 0;
    take_events(&o);
    out->pages = ARENA_ARRAY(a, struct oracle_page, COUNT(o.root_of));
    out->page_count = 0;
    for (size_t key = 0; key < COUNT(o.root_of); key++) {
        out->page_of[key] = -1;
        if (o.root_of[key] != (int)key) continue;
        out->page_of[key] = (int)out->page_count;
        shown[out->page_count] = look_at_page(&o, (int)key, &out->pages[out->page_count]);
        out->page_count++;
    }
    packages_hide(&o, shown);
    twins_find(&o, shown);
    packages_fill(&o, shown);
    pictures_fill(&o, shown);
    for (size_t key = 0; key < COUNT(o.root_of); key++)
        if (o.root_of[key] >= 0) out->page_of[key] = out->page_of[oracle_root(&o, (int)key)];
}
