/* purge_forget: what the ledger forgets of a story (K20): its deliveries, pictures, comments, its
 * address and its edited headlines. That it was there stays: ids, positions, chains, the act
 * itself. What shares a delivery with other stories is not forgotten, and said. */
#include "purge.h"

#include <stdio.h>
#include <string.h>

enum {
    EVENTS_AT_ONCE = 64,
    COPIES_MAX = 64 /* of one item: more than a desk would leave waiting */
};

/* ---- what belongs to it ---- */
static bool is_item(const struct purging *g, story_id id)
{
    for (size_t i = 0; i < g->count; i++)
        if (g->items[i] == id) return true;
    return false;
}

static void add_item(struct purging *g, story_id id)
{
    struct span provider;
    if (is_item(g, id) || g->count == PURGE_ITEMS_MAX) return;
    g->guids[g->count] = (struct span){0};
    (void)store_guid_of(g->store, id, g->a, &g->guids[g->count], &provider);
    g->items[g->count++] = id;
}

enum result purge_items(struct purging *g, struct stored_version **out, size_t *count_out)
{
    TRY(store_versions(g->store, g->page, g->a, out, count_out));
    add_item(g, g->page);
    for (size_t i = 0; i < *count_out; i++) add_item(g, (*out)[i].item);
    return OK;
}

static void forget(struct purging *g, uint64_t pos)
{
    *ARENA_PUSH(g->a, g->events, g->event_count, g->event_cap) = pos;
}

static enum result forget_delivery(struct purging *g, const struct stored_version *v)
{
    struct event e;
    bool shared = true;
    TRY(store_shares_delivery(g->store, v->pos, v->page, &shared));
    if (shared) {
        g->report->left++;
        printf("not forgotten: event %llu holds other stories too\n", (unsigned long long)v->pos);
        return OK;
    }
    TRY(ledger_event(g->ledger, v->pos, &e, g->a));
    if (e.forgotten) return OK;
    purge_raw(g, &e);
    forget(g, v->pos);
    return OK;
}

/* Readers' words on it go with it. */
static enum result forget_comments(struct purging *g)
{
    struct stored_comment *list;
    size_t count;
    TRY(store_comments(g->store, g->page, g->a, &list, &count));
    for (size_t i = 0; i < count; i++) forget(g, list[i].pos);
    return OK;
}

static void tell_picture(struct purging *g, const struct purge_file *f, const char *why)
{
    g->report->left++;
    printf("a picture is not forgotten: %.*s of feed %.*s: %s\n", FMT(f->name), FMT(f->feed), why);
}

static void forget_picture(struct purging *g, const struct purge_file *f, const struct event *e)
{
    struct span hex = hash_hex(g->a, &e->blob);
    if (store_file_elsewhere(g->store, f->feed, f->name, hex, g->page)) {
        tell_picture(g, f,
            "another story has it too: purge that one as well, or strike the picture there "
            "(`broadsheet desk redact STORY --picture NAME`)");
        return;
    }
    if (purge_renditions(g->a, g->pictures, hex) != OK)
        tell_picture(g, f, arena_printf(g->a, "delete %s/%.*s* yourself", g->pictures, FMT(hex)).p);
    purge_raw(g, e);
    forget(g, e->pos);
}

/* ---- words in other events ---- */
static bool means_it(const struct purging *g, const struct act *act)
{
    story_id id;
    if (act->story ? is_item(g, act->story) : story_id_in(act->target, &id) && is_item(g, id))
        return true;
    for (size_t i = 0; i < g->count; i++)
        if (g->guids[i].n && span_eq(span_trim(act->target), g->guids[i])) return true;
    return false;
}

/* A guid may be that of another agency's item too: forgotten, the act would not hold for that one.
 */
static bool means_others(const struct purging *g, const struct act *act)
{
    story_id list[PURGE_ITEMS_MAX];
    size_t count = 0;
    if (act->story) return false;
    if (store_items_meant(g->store, act->target, list, COUNT(list), &count) != OK) return true;
    for (size_t i = 0; i < count; i++)
        if (!is_item(g, list[i])) return true;
    return false;
}

/* Words that the desk wrote for it, struck from it or was told with a complaint; and its address,
 * which holds the headline's words. The purge itself stays, and whatever has no words. */
static bool has_words(const struct act *act)
{
    story_id id;
    bool by_address = span_find_char(act->target, '/') >= 0 && story_id_in(act->target, &id);
    return act->kind != ACT_PURGE &&
           (by_address || act->text.n || act->picture.n || act->reference.n || act->requested_by.n);
}

/* Addresses minted from headlines, those of an import, acts, what readers said of comments. */
static bool tells_of(struct purging *g, const struct event *e)
{
    struct act act;
    struct reject bad;
    story_id id;
    if (e->forgotten) return false;
    if (e->kind == EVENT_COMMENT) { /* those themselves are forgotten already */
        struct comment c;
        return comment_read(g->a, e->meta, &id, &c) && c.word != COMMENT_SAID && is_item(g, id);
    }
    if (e->kind == EVENT_MINT) {
        const struct json *meta = json_parse(g->a, e->meta, &bad);
        return meta && story_id_read(json_text(meta, "id"), &id) && is_item(g, id);
    }
    if (e->kind == EVENT_ADDRESS) {
        const struct json *meta = json_parse(g->a, e->meta, &bad);
        return meta &&
               (story_id_read(json_text(meta, "story"), &id) ||
                   story_id_read(json_text(meta, "of"), &id)) &&
               is_item(g, id);
    }
    if (e->kind != EVENT_ACT || !act_read(g->a, e->meta, &act)) return false;
    if (!means_it(g, &act) || !has_words(&act)) return false;
    if (!means_others(g, &act)) return true;
    g->report->left++;
    printf("not forgotten: event %llu, an act that other stories stand under too\n",
        (unsigned long long)e->pos);
    return false;
}

static enum result forget_others(struct purging *g)
{
    struct event events[EVENTS_AT_ONCE];
    size_t count = 0;
    uint64_t after = 0;
    for (;;) {
        TRY(ledger_tail(g->ledger, after, events, EVENTS_AT_ONCE, &count, g->a));
        if (!count) return OK;
        for (size_t i = 0; i < count; i++) {
            const struct event *e = &events[i];
            bool is_file = e->kind == EVENT_FILE && !e->forgotten;
            const struct purge_file *f = is_file ? purge_file_in(&g->files, g->a, e) : NULL;
            if (f) forget_picture(g, f, e);
            if (tells_of(g, e)) forget(g, e->pos);
        }
        after = events[count - 1].pos;
    }
}

/* T4: a copy of the story is held by what both say. Once that is forgotten nothing would hold it
 * any more, so that the desk does. */
static enum result hold_copy(struct purging *g, story_id copy)
{
    struct held *held;
    size_t count = 0;
    story_id page = copy;
    enum result r = store_page_of(g->store, copy, &page);
    if (r == OK) r = store_held(g->store, g->a, &held, &count);
    for (size_t i = 0; i < count && r == OK; i++) {
        if (held[i].page != page) continue;
        struct span id = story_id_text(g->a, page);
        struct act act = {.kind = ACT_HOLD, .story = page, .target = id, .by = S("purge")};
        struct append ap = {.kind = EVENT_ACT,
            .received_ms = clock_now_ms(),
            .feed = S(""),
            .delivery = arena_printf(g->a, "purge-holds:%.*s", FMT(id)),
            .meta = act_write(g->a, &act),
            .urgent = true};
        r = ledger_append(g->ledger, &ap, 1);
        printf("held by the desk from now on, for it is a copy: %.*s\n", FMT(held[i].guid));
    }
    return r;
}

static enum result hold_copies(struct purging *g)
{
    story_id list[COPIES_MAX];
    size_t copies = 0;
    for (size_t i = 0; i < g->count; i++) {
        TRY(store_pointing(g->store, POINT_COPIES, g->items[i], list, COPIES_MAX, &copies));
        for (size_t n = 0; n < copies; n++) TRY(hold_copy(g, list[n]));
    }
    return OK;
}

enum result purge_forget(struct store *s, struct ledger *l, const struct config *c,
    const char *pictures, story_id page, struct purge_report *out)
{
    struct purging g = {.store = s,
        .ledger = l,
        .config = c,
        .a = arena_new(1u << 30),
        .pictures = pictures,
        .page = page,
        .report = out};
    g.removed = map_new(g.a);
    struct stored_version *versions = NULL;
    size_t count = 0;
    enum result r = purge_items(&g, &versions, &count);
    purge_files_of(g.a, versions, count, &g.files);
    if (r == OK) r = hold_copies(&g);
    for (size_t i = 0; i < count && r == OK; i++) r = forget_delivery(&g, &versions[i]);
    if (r == OK) r = forget_comments(&g);
    if (r == OK) r = forget_others(&g);
    if (r == OK) r = ledger_forget_all(l, g.events, g.event_count);
    if (r == OK) out->forgotten += g.event_count;
    arena_free(g.a);
    return r;
}
