/* newsroom_apply: one event of the ledger -> facts in the store, and which pages are to be decided
 * again. Never decides and never makes rows of the public side. */
#include "newsroom.h"

#include <string.h>

/* The same few pages are touched again and again in a job. */
void newsroom_touch(struct newsroom *n, story_id page)
{
    struct span key = arena_keep(n->job, (struct span){(const char *)&page, sizeof page});
    void **slot = map_at(n->seen, key);
    if (*slot) return;
    *slot = n;
    *ARENA_PUSH(n->job, n->pages.list, n->pages.n, n->pages.cap) = page;
}

/* ---- stories ---- */
static void note_echo(const struct newsroom *n, const struct desk_version *v)
{
    if (!desk_is_echo(v->story, n->rules)) return;
    metric_add(M_ECHOES, 1);
    log_info("dropped as an echo: %.*s of feed %.*s has come through our own hands",
        FMT(v->story->guid), FMT(v->feed));
}

/* What a message says of its line: its number there, and when it was sent. What was taken over from
 * another site says nothing of that. */
static enum result note_line(struct newsroom *n, const struct event *e, const struct story *s)
{
    const struct config_feed *f = config_feed_named(n->config, e->feed);
    const struct when *sent =
        s->sent.kind == WHEN_UTC || s->sent.kind == WHEN_LOCAL ? &s->sent : &s->version_created;
    struct span line = s->serial, digits = s->serial;
    uint64_t number = 0;
    int64_t ms = 0;
    ptrdiff_t space = span_find_char(s->serial, ' ');
    if (newsroom_since(n, e) != e->received_ms) return OK;
    line.n = space < 0 ? 0 : (size_t)space;
    digits = span_cut(digits, line.n ? line.n + 1 : 0, digits.n);
    if (span_to_u64(digits, &number))
        TRY(store_note_number(n->store, e->feed, line, number, e->received_ms));
    if (sent->kind != WHEN_UTC && (sent->kind != WHEN_LOCAL || !f || !f->zone)) return OK;
    ms = sent->kind == WHEN_UTC ? sent->ms : zone_to_utc(f->zone, sent->ms);
    return store_note_ahead(n->store, e->feed, e->pos, ms - e->received_ms);
}

enum result newsroom_put_story(
    struct newsroom *n, const struct event *e, uint32_t number, const struct story *read)
{
    struct span provider = newsroom_provider(n, e->feed);
    struct story named = *read;
    const struct story *s = &named;
    desk_name_flash(n->job, &named);
    struct desk_version v = {.story = s,
        .item = story_id_of(ledger_key(n->ledger), provider, s->guid),
        .feed = e->feed,
        .received_ms = newsroom_since(n, e),
        .pos = e->pos,
        .number = number};
    struct span link_key = desk_link_key(n->job, s, e->feed);
    story_id page;
    int mark = MARK_NONE;
    TRY(newsroom_page(n, &v, provider, link_key, &page));
    TRY(newsroom_mark(n, &v, page, v.received_ms < e->received_ms, &mark));
    struct stored_version stored = {.item = v.item,
        .page = page,
        .feed = e->feed,
        .packed = story_pack(n->job, s),
        .link_key = link_key,
        .received_ms = v.received_ms,
        .pos = e->pos,
        .number = number,
        .is_kill = s->status == STATUS_CANCELED,
        .mark = mark};
    if (!stored.packed.n)
        return newsroom_quarantine(n, e, number,
            &(struct reject){.why = S("the item is larger than a story may be")}, s->guid);
    TRY(newsroom_note_near(n, &v, provider));
    TRY(store_note_guid(n->store, v.item, s->guid, provider));
    TRY(store_put_version(n->store, &stored));
    TRY(newsroom_note_picture(n, &v));
    TRY(newsroom_note_points(n, &v, provider));
    TRY(newsroom_obey_words(n, &v, provider));
    TRY(newsroom_note_alike(n, &v, provider, page));
    if (stored.is_kill) TRY(newsroom_note_killed(n, page, e->received_ms));
    TRY(note_line(n, e, s));
    note_echo(n, &v);
    metric_add(M_STORIES, 1);
    newsroom_touch(n, page);
    return OK;
}

struct span newsroom_name_of(struct newsroom *n, const struct event *e)
{
    struct reject bad;
    const struct json *meta = json_parse(n->job, e->meta, &bad);
    struct span name = meta ? json_text(meta, "name") : S("");
    return name.n ? name : arena_printf(n->job, "delivery-%llu", (unsigned long long)e->pos);
}

/* What was purged is no damage that anybody is to mend: it is counted, and told nowhere else. */
static enum result count_purged(struct newsroom *n)
{
    uint64_t purged = 0;
    struct span text = S("");
    enum result r = store_text(n->store, STORE_TEXT_PURGED, n->job, &text);
    if (r != OK && r != ERR_ABSENT) return r;
    if (text.n && !span_to_u64(text, &purged)) purged = 0;
    return store_set_text(n->store, STORE_TEXT_PURGED,
        arena_printf(n->job, "%llu", (unsigned long long)(purged + 1)));
}

static enum result apply_delivery(
    struct newsroom *n, const struct event *e, struct wire_result *read)
{
    struct span name = newsroom_name_of(n, e);
    metric_add(M_DELIVERIES, 1);
    metric_feed_came(e->feed);
    TRY(store_note_delivery(n->store, e->feed, e->received_ms));
    if (e->forgotten) return count_purged(n);
    if (read->end != WIRE_STORIES)
        return newsroom_quarantine(n, e, UINT32_MAX, &read->reject, name);
    for (size_t i = 0; i < read->count; i++) {
        const struct wire_item *item = &read->items[i];
        if (item->story)
            TRY(newsroom_put_story(n, e, (uint32_t)i, item->story));
        else
            TRY(newsroom_quarantine(n, e, (uint32_t)i, &item->reject, name));
    }
    return OK;
}

/* A picture delivered beside the stories: those that wait for it are decided again. */
static enum result apply_file(struct newsroom *n, const struct event *e)
{
    if (e->forgotten) return OK;
    struct span name = newsroom_name_of(n, e), hex = hash_hex(n->job, &e->blob);
    TRY(store_put_file(n->store, e->feed, name, hex, e->pos));
    return newsroom_touch_waiting(n, e->feed, name);
}

/* ---- acts ---- */
/* What is not known yet stands for the item of every provider, and for the id, where it is one
 * (K7). */
static enum result act_targets(
    struct newsroom *n, struct span target, story_id *out, size_t max, size_t *count)
{
    TRY(store_items_meant(n->store, target, out, max, count));
    if (*count) return OK;
    target = span_trim(target);
    if (story_id_in(target, &out[0])) *count = 1;
    for (uint32_t i = 0; i < n->config->feed_count && *count < max; i++)
        out[(*count)++] = story_id_of(ledger_key(n->ledger), n->config->feeds[i].provider, target);
    return OK;
}

/* All that a brake has caught or a limit kept back is decided again, and not only what is held: a
 * version that was overtaken meanwhile counts from here on, as it does in a rebuild. */
static enum result touch_let_go(struct newsroom *n, const struct act *act, uint64_t pos)
{
    story_id *pages = NULL;
    size_t count = 0;
    uint64_t from = brakes_change_from(&n->brakes, act, pos);
    struct span feed = act->kind == ACT_RESUME ? S("") : act->target;
    if (from < pos) TRY(store_pages_between(n->store, from, pos, feed, n->job, &pages, &count));
    for (size_t i = 0; i < count; i++) newsroom_touch(n, pages[i]);
    return OK;
}

static enum result apply_act(
    struct newsroom *n, const struct event *e, const struct wire_result *read)
{
    struct act act;
    if (e->forgotten) return OK; /* its words were purged */
    if (!act_read(n->job, e->meta, &act) || act.kind == ACT_UNKNOWN) {
        struct alarm al = {.kind = S("act"),
            .text = S("an act in the ledger is not understood by this version; it has no effect"),
            .at_ms = e->received_ms,
            .pos = e->pos};
        return newsroom_alarm(n, "act", S(""), &al);
    }
    struct stored_act stored = {.pos = e->pos, .json = e->meta, .at_ms = e->received_ms};
    if (act_row(act.kind)->of_grievance) return newsroom_apply_grievance_act(n, e, &act, &stored);
    if (!act_row(act.kind)->of_story) {
        TRY(store_put_act(n->store, &stored));
        if (act.kind == ACT_RETRY && read) TRY(newsroom_retried(n, &act, read));
        if (act.kind == ACT_DROP) TRY(newsroom_drop(n, &act));
        if (act.kind == ACT_GO_LIVE) TRY(newsroom_go_live(n, &act));
        brakes_take(&n->brakes, &act, &stored);
        return touch_let_go(n, &act, e->pos);
    }
    story_id ids[32];
    size_t count;
    if (act.story) {
        ids[0] = act.story;
        count = 1;
    } else {
        TRY(act_targets(n, act.target, ids, COUNT(ids), &count));
    }
    for (size_t i = 0; i < count; i++) {
        if (store_page_of(n->store, ids[i], &stored.page) != OK) stored.page = ids[i];
        TRY(store_put_act(n->store, &stored));
        if (act.kind == ACT_TAKEDOWN || act.kind == ACT_KILL || act.kind == ACT_PURGE)
            TRY(newsroom_note_killed(n, stored.page, e->received_ms));
        if (act.kind == ACT_LIFT || act.kind == ACT_CONFIRM)
            TRY(newsroom_free_copies(n, stored.page, e));
        if (act.kind == ACT_APPROVE || act.kind == ACT_HIDE)
            TRY(newsroom_teach(n, stored.page, &act));
        newsroom_touch(n, stored.page);
    }
    return OK;
}

/* ---- the rest ---- */
static enum result apply_mint(struct newsroom *n, const struct event *e)
{
    struct mint m, known;
    if (!newsroom_read_mint(n->job, e, &m)) return OK;
    /* A rebuild may have decided the page by an earlier mint, for it had not come to this one. */
    enum result r = store_mint(n->store, m.page, n->job, &known);
    if (r != OK && r != ERR_ABSENT) return r;
    if (r == OK && known.pos < m.pos) newsroom_touch(n, m.page);
    return store_put_mint(n->store, &m);
}

enum result newsroom_apply(struct newsroom *n, const struct event *e, struct wire_result *read)
{
    switch (e->kind) {
    case EVENT_DELIVERY: return read ? apply_delivery(n, e, read) : OK;
    case EVENT_FILE: return apply_file(n, e);
    case EVENT_ACT: return apply_act(n, e, read);
    case EVENT_MINT: return apply_mint(n, e);
    case EVENT_COMMENT: return newsroom_apply_comment(n, e);
    case EVENT_GRIEVANCE: return newsroom_apply_grievance(n, e);
    case EVENT_COUNTS: return newsroom_apply_counts(n, e);
    case EVENT_ADDRESS: return newsroom_apply_address(n, e);
    case EVENT_CONFIG: return newsroom_apply_config(n, e);
    default: return OK;
    }
}
