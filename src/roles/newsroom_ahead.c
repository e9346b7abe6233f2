/* newsroom_ahead: kills are looked for ahead of their turn (K18): behind a backlog, while a store
 * is built again, between the parts of a long decision, while a reader is waited for. Makes
 * tombstones only, each under the very name that the decision gives it when its turn comes, so that
 * a lift which comes later frees what was buried here. Which story is meant, the store says that
 * readers see. Never touches the store. */
#include "newsroom.h"

#include <string.h>

enum {
    AHEAD_EVENTS = 4096,          /* looked at in one go */
    AHEAD_BYTES = 24 << 20,       /* of deliveries read in one go: a quarter of a second */
    AHEAD_LIST_ARENA = 256 << 20, /* the events of one go: an act's words are below 4 kB */
    FORETOLD_MAX = 100000,        /* 8 MB; what is more acts when its turn comes */
    AHEAD_SKIPPED = 1024,         /* events that cannot be read, in one go: of some pages */
    TARGETS_MAX = 32,             /* items of one guid: one of each provider */
};
/* An answer asked for here is not taken for that of the step. */
static const uint64_t asked_ahead = (uint64_t)1 << 63;

bool smells_of_kill(struct span bytes)
{
    static const char *words[] = {
        "ancel", "ANCEL", "ithdraw", "ITHDRAW", "remove", "msgType", "edStat"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (memmem(bytes.p, bytes.n, words[i], strlen(words[i]))) return true;
    return false;
}

/* While a fresh store is built, the old one knows what is public. All that it has applied has been
 * buried by whoever wrote it. */
void newsroom_know_more(struct newsroom *n)
{
    const char *why = NULL;
    if (!n->options.fresh || store_look(n->house->store, &n->known, &why) != OK) {
        n->known = NULL;
        return;
    }
    n->peeked = n->peeked_acts = store_position(n->known);
}

/* What readers were shown of the old store while this one was built says nothing of what came
 * meanwhile, and its keys had been bumped by then. */
enum result newsroom_switch(struct newsroom *n)
{
    TRY(store_switch(n->store));
    n->options.fresh = false;
    keys_bump(n->keys, keys_slot(S("site")));
    if (n->known) store_close(n->known);
    n->known = NULL;
    return OK;
}

static struct store *known_store(struct newsroom *n)
{
    return n->known ? n->known : n->store;
}

/* ---- burying ---- */
static void bury(struct newsroom *n, const struct kill *k, story_id page)
{
    struct tomb t[2] = {{.story = k->item, .cause = (enum tomb_cause)k->cause, .at_ms = k->at_ms}};
    memcpy(t[0].kill, k->name, sizeof k->name);
    t[1] = t[0];
    t[1].story = page;
    size_t count = page != k->item ? 2 : 1, added = 0;
    if (tombs_add(n->tombs, t, count, &added) != OK || !added) return;
    clock_slot_set(SLOT_TOMB_COUNT, tombs_count(n->tombs));
    story_id ids[2] = {k->item, page};
    if (n->hooks.killed) n->hooks.killed(n->hooks.with, ids, count, n->position);
    newsroom_cdn_ahead(n, page, k->item, k->at_ms);
}

/* The feed that an item belongs to; ERR_ABSENT: it is not known yet. */
static enum result owner_of(struct newsroom *n, story_id item, struct span *out, story_id *page_out)
{
    struct desk_set set;
    TRY(store_page_of(known_store(n), item, page_out));
    TRY(set_load(known_store(n), *page_out, n->job, &set));
    *out = desk_owner(&set, n->rules);
    return out->n ? OK : ERR_ABSENT;
}

/* Its story is in no list that readers see: the kill waits for it here. */
static void foretell(struct newsroom *n, const struct desk_version *v, const struct kill *k)
{
    if (n->foretold_count == FORETOLD_MAX) return;
    struct foretold f = {{.story = k->item, .cause = (enum tomb_cause)k->cause, .at_ms = k->at_ms},
        arena_keep(n->foretold_arena, v->feed), v->pos};
    memcpy(f.tomb.kill, k->name, sizeof k->name);
    *ARENA_PUSH(n->foretold_arena, n->foretold, n->foretold_count, n->foretold_cap) = f;
}

/* The backlog is gone: every kill has had its turn. */
void newsroom_forget_foretold(struct newsroom *n)
{
    if (!n->foretold_count) return;
    arena_reset(n->foretold_arena);
    n->foretold = NULL;
    n->foretold_count = n->foretold_cap = 0;
}

static void bury_story(struct newsroom *n, const struct event *e, const struct story *s)
{
    struct desk_version v = {.story = s,
        .feed = e->feed,
        .received_ms = e->received_ms,
        .pos = e->pos,
        .item = story_id_of(ledger_key(n->ledger), newsroom_provider(n, e->feed), s->guid)};
    struct kill k;
    struct span owner = S("");
    story_id page;
    if (!desk_kills(&v, n->rules, &k)) return;
    if (owner_of(n, v.item, &owner, &page) != OK)
        foretell(n, &v, &k);
    else if (span_eq(owner, v.feed)) /* T3 */
        bury(n, &k, page);
}

/* The desk's takedowns, kills and purges. One of a guid that is not known yet waits for its turn:
 * which items it means is known only then. */
static void bury_act(struct newsroom *n, const struct event *e)
{
    struct act act;
    story_id ids[TARGETS_MAX] = {0};
    size_t count = 1;
    if (e->forgotten || !act_read(n->job, e->meta, &act)) return;
    act.at_ms = e->received_ms;
    act.pos = e->pos;
    ids[0] = act.story;
    if (!ids[0] && !story_id_in(act.target, &ids[0]) &&
        store_item_by_guid(known_store(n), act.target, ids, COUNT(ids), &count) != OK)
        return;
    for (size_t i = 0; i < count; i++) {
        struct kill k;
        if (store_page_of(known_store(n), ids[i], &act.story) != OK) act.story = ids[i];
        if (desk_act_kills(&act, &k)) bury(n, &k, act.story);
    }
}

/* ---- looking ---- */
static enum result look_at_delivery(struct newsroom *n, const struct event *e)
{
    struct reading r = {0};
    struct wire_result result;
    struct event apart = *e;
    apart.pos |= asked_ahead;
    TRY(newsroom_load(n, e, &r));
    if (r.lost || !smells_of_kill(r.bytes)) return OK;
    if (n->hooks.ask) n->hooks.ask(n->hooks.with, apart.pos, r.bytes, &r.hint);
    TRY(newsroom_answer(n, &apart, &r, &result));
    for (size_t k = 0; result.end == WIRE_STORIES && k < result.count; k++)
        if (result.items[k].story) bury_story(n, e, result.items[k].story);
    return OK;
}

/* The events behind the cursor, until enough is read. Their memory is given back one by one. */
static enum result look_at_list(struct newsroom *n, const struct event *events, size_t count,
    uint64_t *cursor, bool acts_only, struct arena *small)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < count && bytes < AHEAD_BYTES; i++) {
        const struct event *e = &events[i];
        if (!acts_only && !n->known && e->kind == EVENT_CONFIG && e->pos > n->position) break;
        if (e->kind == EVENT_ACT) bury_act(n, e);
        if (e->kind == EVENT_DELIVERY && !acts_only && e->pos != n->waited_for) {
            bytes += e->blob_bytes;
            TRY(look_at_delivery(n, e));
        }
        *cursor = e->pos;
        arena_reset(small);
    }
    return OK;
}

/* Nothing is applied any more behind what cannot be read, but what the ledger takes there may kill
 * (K19): the look goes on behind it. */
static enum result look_at_some(
    struct newsroom *n, uint64_t *cursor, bool acts_only, struct arena *list, struct arena *small)
{
    struct event *events = ARENA_ARRAY(list, struct event, AHEAD_EVENTS);
    uint64_t head = 0;
    TRY(newsroom_of_ledger(ledger_head(n->ledger, &head)));
    for (size_t skipped = 0;;) {
        size_t count = 0;
        enum result r =
            newsroom_of_ledger(ledger_tail(n->ledger, *cursor, events, AHEAD_EVENTS, &count, list));
        if (r != OK && r != ERR_LEDGER) return r;
        TRY(look_at_list(n, events, count, cursor, acts_only, small));
        bool all = !count || *cursor == events[count - 1].pos;
        if (r == OK || !all || *cursor >= head || ++skipped == AHEAD_SKIPPED) return OK;
        ++*cursor;
    }
}

/* A kill that comes behind a long backlog is behind all of it: what came last is looked at first.
 */
static enum result look_at_newest(
    struct newsroom *n, uint64_t head, struct arena *list, struct arena *small)
{
    uint64_t from = head - AHEAD_EVENTS;
    if (n->newest < from) n->newest_from = n->newest = from;
    return n->newest < head ? look_at_some(n, &n->newest, false, list, small) : OK;
}

/* A delivery behind another configuration is read by that one's names and rules, and waits for its
 * turn. While a store is built again what is in force is behind all of it. */
static enum result seek_config(struct newsroom *n, uint64_t head)
{
    if (n->known || n->config_ahead > n->position) return OK;
    uint64_t from = n->config_sought > n->position ? n->config_sought : n->position;
    n->config_ahead = 0;
    n->config_sought = head;
    enum result r =
        newsroom_of_ledger(ledger_next(n->ledger, EVENT_CONFIG, from, head, &n->config_ahead));
    if (r == ERR_LEDGER) n->config_ahead = n->position + 1; /* it may lie where nobody can read */
    return r == ERR_ABSENT || r == ERR_LEDGER ? OK : r;
}

static void pass_newest(const struct newsroom *n, uint64_t *cursor)
{
    if (*cursor >= n->newest_from && *cursor < n->newest) *cursor = n->newest;
}

static enum result look(struct newsroom *n, uint64_t *cursor, bool acts_only)
{
    uint64_t head = 0;
    enum result r = OK;
    TRY(newsroom_of_ledger(ledger_head(n->ledger, &head)));
    if (*cursor < n->position) *cursor = n->position;
    if (!acts_only) pass_newest(n, cursor);
    if (head <= *cursor) return OK;
    if (!acts_only) TRY(seek_config(n, head));
    bool changes = !n->known && n->config_ahead > n->position;
    struct arena *job = n->job, *list = arena_new(AHEAD_LIST_ARENA), *small = arena_new(JOB_ARENA);
    n->job = small;
    if (!acts_only && !changes && head - *cursor > AHEAD_EVENTS)
        r = look_at_newest(n, head, list, small);
    arena_reset(list);
    if (r == OK) r = look_at_some(n, cursor, acts_only, list, small);
    if (r == OK && changes && !acts_only) { /* the desk's acts are the same under any */
        if (n->peeked_acts < *cursor) n->peeked_acts = *cursor;
        arena_reset(list);
        r = look_at_some(n, &n->peeked_acts, true, list, small);
    }
    n->job = job;
    arena_free(list);
    arena_free(small);
    return r;
}

enum result newsroom_peek(struct newsroom *n, uint64_t backlog)
{
    uint64_t head = 0;
    TRY(newsroom_of_ledger(ledger_head(n->ledger, &head)));
    return head - n->position < backlog ? OK : look(n, &n->peeked, false);
}

void newsroom_look_ahead(struct newsroom *n, bool acts_only)
{
    uint64_t *cursor = acts_only ? &n->peeked_acts : &n->peeked;
    if (n->ahead_now) return; /* it waits for a reader itself */
    n->ahead_now = true;
    enum result r = look(n, cursor, acts_only);
    n->ahead_now = false;
    if (r != OK && r != ERR_CLOSED) log_warn("kills are not looked for ahead: %s", result_name(r));
}
