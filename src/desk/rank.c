/* rank.c: which version is the newest (V1-V5), and which of them count at all (T2, T3, duplicates:
 * V2). The order is total and, where versions are numbered or dated, the same for every order of
 * arrival: it is made of keys, never of a comparison that could run in a circle. */
#include <stdlib.h>

#include "decide.h"

static bool is_digits(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0;
}

static bool is_negative(struct span v)
{
    return v.n > 1 && v.p[0] == '-';
}

bool version_is_number(struct span v)
{
    return is_digits(is_negative(v) ? span_cut(v, 1, v.n) : v);
}

static int cmp_digits(struct span a, struct span b)
{
    while (a.n && a.p[0] == '0') a = span_cut(a, 1, a.n);
    while (b.n && b.p[0] == '0') b = span_cut(b, 1, b.n);
    if (a.n != b.n) return a.n < b.n ? -1 : 1;
    return span_cmp(a, b);
}

/* Exact, whatever the length (V5). */
static int cmp_numbers(struct span a, struct span b)
{
    bool na = is_negative(a), nb = is_negative(b);
    struct span da = na ? span_cut(a, 1, a.n) : a, db = nb ? span_cut(b, 1, b.n) : b;
    int c = na != nb ? (cmp_digits(da, S("")) || cmp_digits(db, S("")) ? (na ? -1 : 1) : 0)
                     : cmp_digits(da, db);
    return na && nb ? -c : c;
}

static int cmp_i64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int cmp_arrival(const struct desk_version *a, const struct desk_version *b)
{
    if (a->pos != b->pos) return a->pos < b->pos ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

/* V3: of two items under one version a cancel or withhold outranks all else. */
static int gravity(const struct story *s)
{
    return s->status == STATUS_CANCELED ? 2 : s->status == STATUS_WITHHELD ? 1 : 0;
}

static int cmp_gravity(const struct desk_version *a, const struct desk_version *b)
{
    return gravity(a->story) - gravity(b->story);
}

static int cmp_by_number(
    const struct desk_version *a, const struct desk_version *b, int64_t made_a, int64_t made_b)
{
    int c = cmp_numbers(a->story->version, b->story->version);
    if (!c) c = cmp_gravity(a, b);
    if (!c) c = cmp_i64(made_a, made_b);
    return c ? c : cmp_arrival(b, a);
}

static int cmp_by_time(
    const struct desk_version *a, const struct desk_version *b, int64_t made_a, int64_t made_b)
{
    int c = cmp_i64(made_a, made_b);
    if (!c) c = cmp_gravity(a, b);
    if (!c && version_is_number(a->story->version) && version_is_number(b->story->version))
        c = cmp_numbers(a->story->version, b->story->version);
    if (!c && a->story->version.n && span_eq(a->story->version, b->story->version))
        return cmp_arrival(b, a);
    return c ? c : cmp_arrival(a, b);
}

/* V10: a date in the future is not believed: it could keep its version on top for ever. */
static int64_t credible(int64_t made_ms, const struct desk_version *v)
{
    return made_ms < v->received_ms ? made_ms : v->received_ms;
}

static int64_t made_ms(const struct desk_version *v)
{
    const struct when *w = &v->story->version_created;
    return w->kind == WHEN_UTC || w->kind == WHEN_LOCAL ? w->ms : v->received_ms;
}

static bool is_odd(struct span version)
{
    return version.n && !version_is_number(version);
}

static bool is_puzzling(struct span version)
{
    return is_negative(version) || (is_odd(version) && !span_starts(version, S(STORY_ARCHIVED)));
}

int desk_version_cmp(const struct desk_version *a, const struct desk_version *b)
{
    struct span va = a->story->version, vb = b->story->version;
    bool na = version_is_number(va), nb = version_is_number(vb);
    if (na && nb) return cmp_by_number(a, b, made_ms(a), made_ms(b));
    if ((na && is_odd(vb)) || (nb && is_odd(va))) return na ? 1 : -1;
    return cmp_by_time(a, b, credible(made_ms(a), a), credible(made_ms(b), b));
}

/* ---- which versions count ---- */
bool desk_repeats(const struct desk_set *set, const struct desk_version *v)
{
    for (size_t i = 0; i < set->version_count; i++) {
        const struct desk_version *w = &set->versions[i];
        if (w->item == v->item && span_eq(w->story->version, v->story->version) &&
            same_when(w->story->version_created, v->story->version_created) &&
            same_content(desk_sent(w), desk_sent(v)))
            return true;
    }
    return false;
}

/* Versions of one item that say the same version and date hang on one chain. */
static struct known **chain_of(struct desk *d, struct map *chains, struct known *k)
{
    const struct story *s = k->v->story;
    struct buf key;
    buf_init(&key, d->a, 0);
    put_u64(&key, k->v->item);
    put_u8(&key, (uint8_t)s->version_created.kind);
    put_u64(&key, (uint64_t)s->version_created.ms);
    put_span(&key, s->version);
    return (struct known **)(void *)map_at(chains, buf_span(&key));
}

/* V2: the same again is as if it had not come. V3: something else under the same version and date
 * rings. */
static bool is_repetition(struct desk *d, const struct known *chain, const struct known *k)
{
    for (const struct known *other = chain; other; other = other->same)
        if (same_content(desk_sent(other->v), desk_sent(k->v))) return true;
    if (chain && k->v->story->version.n)
        add_reason(d, WHY_VERSION_CONFLICT, 0, true, k->v->story->version);
    return false;
}

/* T2, T3, T6, V2. The page belongs to the feed that brought it first. */
static bool counts(struct desk *d, struct known *k, struct map *chains, struct span *owner)
{
    if (!provider_fits(k->feed, k->v->story->provider)) {
        add_reason(d, WHY_PROVIDER, 0, true, k->v->story->provider);
        return false;
    }
    if (desk_is_echo(k->v->story, d->rules)) {
        add_reason(d, WHY_ECHO, 0, false, S(""));
        return false;
    }
    if (!owner->p) *owner = k->v->feed;
    struct known **chain = chain_of(d, chains, k);
    if (is_repetition(d, *chain, k)) return false;
    if (!span_eq(*owner, k->v->feed)) {
        add_reason(d, WHY_FOREIGN_FEED, 0, true, k->v->feed);
        return false;
    }
    k->same = *chain;
    *chain = k;
    return true;
}

/* ---- the order ---- */
struct item {
    uint32_t number;
    size_t from, until; /* its versions in the rank while it is made */
    bool by_time, has_numbers;
};

static _Thread_local const struct item
    *sorted_item; /* qsort has no argument for it; set just before */

static int cmp_in_item(const void *pa, const void *pb)
{
    const struct known *a = *(struct known *const *)pa, *b = *(struct known *const *)pb;
    struct span va = a->v->story->version, vb = b->v->story->version;
    if (sorted_item->has_numbers && is_odd(va) != is_odd(vb)) return is_odd(va) ? -1 : 1;
    if (sorted_item->by_time || is_odd(va))
        return cmp_by_time(
            a->v, b->v, credible(a->created_ms, a->v), credible(b->created_ms, b->v));
    return cmp_by_number(a->v, b->v, a->created_ms, b->created_ms);
}

static int cmp_item(const void *pa, const void *pb)
{
    const struct known *a = *(struct known *const *)pa, *b = *(struct known *const *)pb;
    if (a->item != b->item) return a->item < b->item ? -1 : 1;
    return cmp_arrival(a->v, b->v);
}

/* Stable within an item: order_ms never falls there, and index of the rank breaks ties. */
static int cmp_page(const void *pa, const void *pb)
{
    const struct known *a = *(struct known *const *)pa, *b = *(struct known *const *)pb;
    if (a->order_ms != b->order_ms) return cmp_i64(a->order_ms, b->order_ms);
    if (a->item != b->item) return a->item < b->item ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static void order_item(struct desk *d, struct item *it)
{
    bool missing = false;
    for (size_t i = it->from; i < it->until; i++) {
        struct span version = d->rank[i]->v->story->version;
        it->has_numbers |= version_is_number(version);
        missing |= !version.n;
        if (is_puzzling(version)) add_reason(d, WHY_VERSION_ODD, 0, true, version);
    }
    it->by_time = missing || !it->has_numbers;
    sorted_item = it;
    qsort(d->rank + it->from, it->until - it->from, sizeof *d->rank, cmp_in_item);
    int64_t highest = INT64_MIN;
    for (size_t i = it->from; i < it->until; i++) {
        struct known *k = d->rank[i];
        int64_t made = credible(k->created_ms, k->v);
        if (made > highest) highest = made;
        k->order_ms = highest;
        k->place = i;
    }
}

static void order_page(struct desk *d)
{
    qsort(d->rank, d->rank_count, sizeof *d->rank, cmp_item);
    for (size_t i = 0; i < d->rank_count;) {
        struct item it = {.number = d->rank[i]->item, .from = i};
        while (i < d->rank_count && d->rank[i]->item == it.number) i++;
        it.until = i;
        order_item(d, &it);
    }
    qsort(d->rank, d->rank_count, sizeof *d->rank, cmp_page);
    for (size_t i = 0; i < d->rank_count; i++) d->rank[i]->place = i;
}

static uint32_t item_number(struct desk *d, size_t i, struct map *items)
{
    struct span key = {(const char *)&d->set->versions[i].item, sizeof(story_id)};
    void **slot = map_at(items, key);
    if (!*slot) *slot = &d->known[i];
    return (uint32_t)((struct known *)*slot)->index;
}

void rank_versions(struct desk *d)
{
    struct map *chains = map_new(d->a), *items = map_new(d->a);
    struct span owner = {0};
    d->rank = ARENA_ARRAY(d->a, struct known *, d->set->version_count + 1);
    for (size_t i = 0; i < d->set->version_count; i++) {
        struct known *k = &d->known[i];
        k->item = item_number(d, i, items);
        k->counts = counts(d, k, chains, &owner);
        if (k->counts) d->rank[d->rank_count++] = k;
    }
    order_page(d);
}
