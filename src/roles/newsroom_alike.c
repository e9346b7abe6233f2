/* newsroom_alike: stories that say the same. A near copy of a story that was killed within a day is
 * held, under whatever id it comes (T4); the same news from two agencies is put together
 * (newsroom_also.c). Candidates are found by hashes of what they say, never by looking through all;
 * what is found is compared word by word. All of it as of the event, so that a rebuild comes to the
 * same. Never decides. */
#include "newsroom_alike.h"

#include <stdio.h>
#include <string.h>

enum {
    ALIKE_VERSIONS = 32, /* newest wordings of a page that are compared */
    ALIKE_SHARED = 2,    /* keys that must be shared, where a text has many */
    ALIKE_MANY = 6,
    ALIKE_KEPT_HOURS = 2 * COPY_HOURS, /* older ones nothing asks for */
    ALIKE_DROPPED_EVERY = 256,
    COPIES_FREED = 64, /* by one lift: copies of one item */
};

void alike_touch_later(struct looking *l, story_id page)
{
    must(l->touched_count < COUNT(l->touched));
    l->touched[l->touched_count++] = page;
}

enum result alike_load_other(struct newsroom *n, story_id page, struct desk_set *out)
{
    arena_reset(n->other_arena);
    n->job = n->other_arena;
    return newsroom_set(n, page, out);
}

void alike_back(struct newsroom *n)
{
    n->job = n->alike_arena;
}

bool alike_speaks(struct arena *a, const struct story *s)
{
    bool article = s->kind == KIND_TEXT || s->kind == KIND_COMPOSITE || s->kind == KIND_PACKAGE ||
                   s->kind == KIND_UNKNOWN;
    return article && desk_notice(a, s).kind == NOTICE_NONE;
}

size_t alike_first_of(const struct desk_set *set)
{
    return set->version_count > ALIKE_VERSIONS ? set->version_count - ALIKE_VERSIONS : 0;
}

static bool counts(const struct looking *l)
{
    struct span owner = desk_owner(&l->set, l->n->rules);
    return desk_is_own(l->v, l->n->rules) && (!owner.n || span_eq(owner, l->v->feed)) &&
           !desk_repeats(&l->set, l->v);
}

/* ---- finding ---- */
static void tally(struct near_list *out, story_id page, size_t key)
{
    for (size_t i = 0; i < out->count; i++) {
        if (out->list[i].page != page) continue;
        out->list[i].shared += out->list[i].key != key;
        out->list[i].key = key;
        return;
    }
    out->list[out->count++] = (struct near){page, 1, key};
}

/* The best first; of equals the one found first, which is the newest. */
static void keep_best(struct near_list *found, size_t enough)
{
    size_t kept = 0;
    for (; kept < ALIKE_PAGES; kept++) {
        size_t best = kept;
        for (size_t i = kept; i < found->count; i++)
            if (found->list[i].shared > found->list[best].shared) best = i;
        if (best >= found->count || found->list[best].shared < enough) break;
        struct near b = found->list[best];
        memmove(&found->list[kept + 1], &found->list[kept], (best - kept) * sizeof b);
        found->list[kept] = b;
    }
    found->count = kept;
}

enum result alike_find(struct looking *l, enum alike_kind kind, struct span but, int64_t since_ms,
    struct near_list *out)
{
    const uint64_t *keys;
    size_t n = desk_wording_keys(&l->said, &keys);
    out->count = 0;
    for (size_t i = 0; i < n; i++) {
        story_id items[ALIKE_ROWS], page;
        size_t count = 0;
        TRY(store_alike(l->n->store, kind, keys[i], since_ms, but, items, ALIKE_ROWS, &count));
        for (size_t k = 0; k < count; k++)
            if (store_page_of(l->n->store, items[k], &page) == OK && page != l->set.page)
                tally(out, page, i);
    }
    keep_best(out, n >= ALIKE_MANY ? ALIKE_SHARED : 1);
    return OK;
}

/* ---- near copies (T4) ---- */
static bool is_near(struct newsroom *n, const struct wording *said, const struct desk_version *v)
{
    struct wording other;
    if (!desk_is_own(v, n->rules) || !alike_speaks(n->job, v->story)) return false;
    desk_wording(n->job, v->story, &other);
    return desk_is_copy(said, &other);
}

/* What of a set is compared: the newest wordings, each once, however often it came; kills apart
 * from the rest, for a thousand of them hide nothing (K5). */
struct wordings {
    const struct desk_version *list[2 * ALIKE_VERSIONS];
    size_t count, of_kills;
};

static bool says_the_same(const struct story *x, const struct story *y)
{
    return x->status == y->status && span_eq(x->headline, y->headline) &&
           span_eq(x->body_text, y->body_text);
}

static bool is_taken(struct wordings *w, const struct desk_version *v)
{
    bool kill = v->story->status == STATUS_CANCELED;
    size_t of_kind = kill ? w->of_kills : w->count - w->of_kills;
    if (of_kind == ALIKE_VERSIONS) return false;
    for (size_t i = 0; i < w->count; i++)
        if (says_the_same(w->list[i]->story, v->story)) return false;
    w->list[w->count++] = v;
    w->of_kills += kill;
    return true;
}

/* The version of the set that says the same, and came by then; NULL: none. killed_too: what a kill
 * itself says counts, which is no copy, but may be what is copied. What another feed sent
 * under its id is not what the story said (T3). */
static const struct desk_version *near_in(struct newsroom *n, const struct desk_set *set,
    const struct wording *said, int64_t until_ms, bool killed_too)
{
    struct span owner = desk_owner(set, n->rules);
    struct wordings w = {.count = 0};
    for (size_t i = set->version_count; i-- > 0;) {
        const struct desk_version *v = &set->versions[i];
        if (v->received_ms > until_ms || !span_eq(v->feed, owner)) continue;
        if (v->story->status == STATUS_CANCELED && !killed_too) continue;
        if (is_taken(&w, v) && is_near(n, said, v)) return v;
    }
    return NULL;
}

static bool may_be_dead(const struct desk_set *set)
{
    bool may = false;
    for (size_t i = 0; i < set->version_count; i++)
        may |= set->versions[i].story->status == STATUS_CANCELED;
    for (size_t i = 0; i < set->hit_count; i++) may |= set->hits[i].effect == NOTICE_KILL;
    for (size_t i = 0; i < set->act_count; i++) {
        enum act_kind k = set->acts[i].kind;
        may |= k == ACT_TAKEDOWN || k == ACT_KILL || k == ACT_PURGE;
    }
    return may;
}

/* Since when the page has been dead, at most a day before; 0: it is not. */
static int64_t killed_ms(struct newsroom *n, const struct desk_set *set, int64_t until_ms)
{
    struct verdict verdict;
    if (!may_be_dead(set)) return 0;
    desk_decide_kills(n->job, set, n->rules, &verdict);
    return desk_killed_ms(&verdict, until_ms);
}

static void effect_name(
    unsigned char out[16], const char *what, story_id killed, story_id copy, uint64_t pos)
{
    char text[80];
    int len = snprintf(text, sizeof text, "%s %llx %llx %llx", what, (unsigned long long)killed,
        (unsigned long long)copy, (unsigned long long)pos);
    must(len > 0 && (size_t)len < sizeof text);
    struct hash h = hash_of(span_of(text));
    memcpy(out, h.b, 16);
}

static enum result put_effect(struct newsroom *n, enum notice_kind effect, story_id killed,
    story_id copy, int64_t at_ms, uint64_t pos)
{
    struct stored_hit h = {.item = copy,
        .notice = {
            .kind = effect, .guid = story_id_text(n->job, killed), .at_ms = at_ms, .pos = pos}};
    bool is_new;
    effect_name(h.notice.name, effect == NOTICE_COPY ? "copy" : "freed", killed, copy,
        effect == NOTICE_COPY ? 0 : pos);
    TRY(store_put_notice(n->store, &h.notice, &is_new));
    return is_new ? store_put_hit(n->store, &h) : OK;
}

static enum result hold(struct looking *l, story_id killed, story_id copy, story_id page)
{
    TRY(store_put_point(l->n->store, POINT_COPIES, killed, copy));
    alike_touch_later(l, page);
    return put_effect(l->n, NOTICE_COPY, killed, copy, l->v->received_ms, l->v->pos);
}

/* Is v a copy of what was killed? What said so before the kill is no copy that came after it. */
static enum result hold_copy(struct looking *l, const struct near_list *killed)
{
    for (size_t i = 0; i < killed->count; i++) {
        struct desk_set set;
        TRY(alike_load_other(l->n, killed->list[i].page, &set));
        int64_t at_ms = killed_ms(l->n, &set, l->v->received_ms);
        const struct desk_version *of =
            at_ms ? near_in(l->n, &set, &l->said, INT64_MAX, true) : NULL;
        if (of && !near_in(l->n, &l->set, &l->said, at_ms - 1, true))
            TRY(hold(l, of->item, l->v->item, l->set.page));
    }
    alike_back(l->n);
    return OK;
}

/* A killed story whose text comes only now: which have come since the kill that say the same? */
static enum result hold_copies(struct looking *l, int64_t killed_at_ms)
{
    struct near_list found;
    TRY(alike_find(l, ALIKE_ARRIVED, S(""), killed_at_ms, &found));
    for (size_t i = 0; i < found.count; i++) {
        struct desk_set set;
        TRY(alike_load_other(l->n, found.list[i].page, &set));
        const struct desk_version *copy = near_in(l->n, &set, &l->said, INT64_MAX, false);
        bool dead = killed_ms(l->n, &set, l->v->received_ms) != 0;
        if (copy && !dead && !near_in(l->n, &set, &l->said, killed_at_ms - 1, true))
            TRY(hold(l, l->v->item, copy->item, set.page));
    }
    alike_back(l->n);
    return OK;
}

static enum result note(struct newsroom *n, enum alike_kind kind, const struct wording *said,
    story_id item, struct span provider, int64_t at_ms)
{
    const uint64_t *keys;
    size_t count = desk_wording_keys(said, &keys);
    struct alike_row row = {.kind = kind, .item = item, .provider = provider, .at_ms = at_ms};
    return store_put_alike(n->store, &row, keys, count);
}

/* ---- doors: each works in an arena that is given back ---- */
struct arena *alike_begin(struct newsroom *n)
{
    struct arena *job = n->job;
    arena_reset(n->alike_arena);
    n->job = n->alike_arena;
    return job;
}

/* What a page that is dead has said. */
static enum result note_set(struct newsroom *n, const struct desk_set *set, int64_t at_ms)
{
    struct wordings taken = {.count = 0};
    for (size_t i = set->version_count; i-- > 0;) {
        const struct desk_version *v = &set->versions[i];
        struct wording said;
        if (!desk_is_own(v, n->rules) || !is_taken(&taken, v) || !alike_speaks(n->job, v->story))
            continue;
        desk_wording(n->job, v->story, &said);
        TRY(note(n, ALIKE_KILLED, &said, v->item, newsroom_provider(n, v->feed), at_ms));
    }
    return OK;
}

/* The set without v: what the page had said before. v is the last of it, but where a delivery of
 * before was read again. */
static void set_apart(struct looking *l, const struct desk_set *all)
{
    const struct desk_version *v = l->v;
    size_t n = all->version_count, last = n;
    while (last > 0 &&
           (all->versions[last - 1].pos != v->pos || all->versions[last - 1].number != v->number))
        last--;
    l->set = *all;
    if (last) l->set.version_count = n - 1;
    if (!last || last == n) return;
    struct desk_version *before = ARENA_ARRAY(l->n->job, struct desk_version, n);
    memcpy(before, all->versions, (last - 1) * sizeof *before);
    memcpy(before + last - 1, all->versions + last, (n - last) * sizeof *before);
    l->set.versions = before;
}

/* Is the page dead now that v is on it? It may have brought others' words to a page that was killed
 * before it knew them, met an order in words that had waited for it, or have made an older kill
 * stand again, for it has changed which version is the newest: so all of it is noted, once. */
static enum result note_dead(struct looking *l, const struct desk_set *all, int64_t *dead_ms)
{
    struct newsroom *n = l->n;
    int64_t at_ms = l->v->received_ms;
    *dead_ms = killed_ms(n, all, at_ms);
    bool known = n->alike_noted;
    n->alike_noted = *dead_ms != 0;
    if (!*dead_ms) return OK;
    struct desk_set v_alone = {.page = all->page, .versions = l->v, .version_count = 1};
    return note_set(n, known ? &v_alone : all, at_ms);
}

/* V13: versions of one story come in thousands; what they stand beside is read once a step. */
static enum result load_own(struct looking *l, story_id page, struct desk_set *all)
{
    struct newsroom *n = l->n;
    bool again;
    TRY(set_load_kept(n->store, page, &n->alike_kept, n->job, all, &again));
    brakes_give(&n->brakes, all);
    n->alike_noted = n->alike_noted && again;
    return OK;
}

static enum result look(struct looking *l, story_id page)
{
    struct newsroom *n = l->n;
    const struct desk_version *v = l->v;
    struct desk_set all;
    struct near_list killed;
    int64_t dead_ms;
    if (v->story->status == STATUS_CANCELED || desk_is_media(v->story->kind)) return OK;
    TRY(load_own(l, page, &all));
    set_apart(l, &all);
    if (!counts(l)) return OK;
    TRY(note_dead(l, &all, &dead_ms));
    if (!alike_speaks(n->job, v->story)) return OK;
    desk_wording(n->job, v->story, &l->said);
    TRY(alike_find(l, ALIKE_KILLED, S(""), v->received_ms - COPY_HOURS * HOUR_MS, &killed));
    if (!dead_ms) TRY(hold_copy(l, &killed));
    if (dead_ms) TRY(hold_copies(l, dead_ms));
    TRY(alike_group(l));
    return note(n, ALIKE_ARRIVED, &l->said, v->item, l->provider, v->received_ms);
}

enum result newsroom_note_alike(
    struct newsroom *n, const struct desk_version *v, struct span provider, story_id page)
{
    struct looking l = {.n = n, .v = v, .provider = provider};
    struct arena *job = alike_begin(n);
    enum result r = look(&l, page);
    n->job = job;
    for (size_t i = 0; i < l.touched_count; i++) newsroom_touch(n, l.touched[i]);
    if (r != OK || v->pos % ALIKE_DROPPED_EVERY) return r;
    return store_drop_alike(n->store, v->received_ms - ALIKE_KEPT_HOURS * HOUR_MS);
}

static enum result note_killed(struct newsroom *n, story_id page, int64_t at_ms)
{
    struct desk_set set;
    TRY(newsroom_set(n, page, &set));
    return note_set(n, &set, at_ms);
}

enum result newsroom_note_killed(struct newsroom *n, story_id page, int64_t at_ms)
{
    struct arena *job = alike_begin(n);
    enum result r = note_killed(n, page, at_ms);
    n->job = job;
    return r;
}

static enum result free_copies(
    struct newsroom *n, story_id page, const struct event *e, struct ids *touched)
{
    struct desk_set set;
    struct verdict verdict;
    TRY(newsroom_set(n, page, &set));
    desk_decide_kills(n->job, &set, n->rules, &verdict);
    if (verdict.is_dead) return OK;
    for (size_t i = 0; i < set.version_count; i++) {
        story_id copies[COPIES_FREED], item = set.versions[i].item, at;
        size_t count = 0;
        TRY(store_pointing(n->store, POINT_COPIES, item, copies, COPIES_FREED, &count));
        for (size_t k = 0; k < count; k++) {
            TRY(put_effect(n, NOTICE_FREED, item, copies[k], e->received_ms, e->pos));
            if (store_page_of(n->store, copies[k], &at) == OK)
                *ARENA_PUSH(n->job, touched->list, touched->n, touched->cap) = at;
        }
    }
    return OK;
}

enum result newsroom_free_copies(struct newsroom *n, story_id page, const struct event *e)
{
    struct ids touched = {0};
    struct arena *job = alike_begin(n);
    enum result r = free_copies(n, page, e, &touched);
    n->job = job;
    for (size_t i = 0; r == OK && i < touched.n; i++) newsroom_touch(n, touched.list[i]);
    return r;
}
