/* purge: a court's order (K20): a story's bytes leave every file of the house: its deliveries, its
 * address and its edited headlines in the ledger, the raw files in done/, and, by building them
 * again, all derived tables. That it was there stays: ids, positions, chains, the act itself. What
 * shares a delivery with other stories is not forgotten, and said. Backups are not reached. */
#include "commands.h"

#include "transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { PURGE_TIMEOUT_MS = 10000, ITEMS_MAX = 32, EVENTS_AT_ONCE = 64 };

struct purging {
    struct store *store;
    struct ledger *ledger;
    const struct config *config; /* NULL: raw files are only named */
    struct arena *a;
    struct span target;
    story_id items[ITEMS_MAX];
    size_t count;
    struct purge_report *report;
};

static enum result find_items(struct purging *g)
{
    struct span t = g->target;
    ptrdiff_t query = span_find_char(t, '?');
    if (query >= 0) t = span_cut(t, 0, (size_t)query);
    bool is_id = t.n >= 12 && story_id_read(span_cut(t, t.n - 12, t.n), &g->items[0]) &&
                 (t.n == 12 || t.p[t.n - 13] == '-' || t.p[t.n - 13] == '/');
    g->count = is_id;
    return is_id ? OK : store_item_by_guid(g->store, g->target, g->items, ITEMS_MAX, &g->count);
}

static enum result forget(struct purging *g, uint64_t pos)
{
    enum result r = ledger_forget(g->ledger, pos);
    if (r == OK) g->report->forgotten++;
    return r;
}

/* The raw file stays in done/ under the name that it came by. */
static void remove_raw(struct purging *g, const struct event *e)
{
    struct reject bad;
    const struct json *meta = json_parse(g->a, e->meta, &bad);
    struct span name = meta ? json_text(meta, "name") : S("");
    const struct config_feed *f = g->config ? config_feed_named(g->config, e->feed) : NULL;
    if (!name.n || span_find_char(name, '/') >= 0) return;
    if (!f || !f->folder.n) {
        printf("a raw file may be left: %.*s in done/ of feed %.*s\n", FMT(name), FMT(e->feed));
        return;
    }
    unlink(arena_printf(g->a, "%.*s/done/%.*s", FMT(f->folder), FMT(name)).p);
}

static enum result forget_delivery(struct purging *g, const struct stored_version *v)
{
    struct event e;
    bool shared = true;
    enum result r = store_shares_delivery(g->store, v->pos, v->page, &shared);
    if (r == OK && shared) {
        g->report->shared++;
        printf("not forgotten: event %llu holds other stories too\n", (unsigned long long)v->pos);
        return OK;
    }
    if (r == OK) r = ledger_event(g->ledger, v->pos, &e, g->a);
    if (r != OK || e.forgotten) return r;
    remove_raw(g, &e);
    return forget(g, v->pos);
}

static enum result forget_page(struct purging *g, story_id page)
{
    struct stored_version *versions;
    size_t count;
    enum result r = store_versions(g->store, page, g->a, &versions, &count);
    for (size_t i = 0; i < count && r == OK; i++) r = forget_delivery(g, &versions[i]);
    return r;
}

/* Addresses minted from headlines, and headlines that the desk wrote. */
static bool tells_of(struct purging *g, const struct event *e, struct span id)
{
    struct act act;
    if (e->forgotten) return false;
    if (e->kind == EVENT_MINT) return span_find(e->meta, id) >= 0;
    if (e->kind != EVENT_ACT || !act_read(g->a, e->meta, &act)) return false;
    bool words = act.kind == ACT_HEADLINE || act.kind == ACT_RESLUG;
    return words && (span_find(act.target, id) >= 0 || span_eq(act.target, g->target));
}

static enum result forget_words(struct purging *g, story_id page)
{
    struct event events[EVENTS_AT_ONCE];
    size_t count = 0;
    uint64_t after = 0;
    struct span id = story_id_text(g->a, page);
    enum result r;
    while (
        (r = ledger_tail(g->ledger, after, events, EVENTS_AT_ONCE, &count, g->a)) == OK && count) {
        for (size_t i = 0; i < count && r == OK; i++)
            if (tells_of(g, &events[i], id)) r = forget(g, events[i].pos);
        if (r != OK) return r;
        after = events[count - 1].pos;
    }
    return r;
}

enum result purge_forget(struct store *s, struct ledger *l, const struct config *c,
    struct span target, struct purge_report *out)
{
    *out = (struct purge_report){0};
    struct purging g = {.store = s,
        .ledger = l,
        .config = c,
        .a = arena_new(1u << 30),
        .target = target,
        .report = out};
    enum result r = find_items(&g);
    for (size_t i = 0; i < g.count && r == OK; i++) {
        story_id page = g.items[i];
        enum result known = store_page_of(s, g.items[i], &page);
        if (known != OK) page = g.items[i];
        r = forget_page(&g, page);
        if (r == OK) r = forget_words(&g, page);
    }
    arena_free(g.a);
    return r;
}

/* What waits to leave the house, and what the courier keeps of alarms. */
static enum result forget_outgoing(struct house *h, struct store *s, struct span target)
{
    struct purging g = {.store = s, .a = h->arena, .target = target};
    struct outbox *o = NULL;
    const char *why = NULL, *folder = arena_printf(h->arena, "%s/courier", h->data).p;
    if (access(folder, F_OK) != 0) return OK; /* nothing has ever left */
    enum result r = find_items(&g);
    if (r == OK) r = outbox_open(folder, &o, &why);
    for (size_t i = 0; i < g.count && r == OK; i++) {
        struct span guid, provider;
        r = outbox_forget(o, story_id_text(h->arena, g.items[i]), clock_now_ms());
        if (r == OK && store_guid_of(s, g.items[i], h->arena, &guid, &provider))
            r = outbox_forget(o, guid, clock_now_ms());
    }
    outbox_close(o);
    return r;
}

static int forget_all(struct house *h, struct span target, const struct config *c)
{
    struct store *s = NULL;
    struct ledger *l = NULL;
    const char *why = NULL;
    struct purge_report report = {0};
    enum result r = store_look(h->store, &s, &why);
    if (r == OK) r = ledger_open(h->data, "desk", false, &l, &why);
    if (r == OK) r = forget_outgoing(h, s, target);
    if (r == OK) r = purge_forget(s, l, c, target, &report);
    if (l) ledger_close(l);
    if (s) store_close(s);
    if (r != OK)
        fprintf(stderr, "broadsheet: not all was forgotten (%s): run it again\n",
            why ? why : result_name(r));
    else
        printf("%zu events forgotten; backups made before still hold them\n", report.forgotten);
    return r == OK ? report.shared ? EX_UNAVAILABLE : EX_OK : exit_code(r);
}

static int rebuild_store(const char *data)
{
    char verb[] = "rebuild", option[] = "--data", *copy = strdup(data);
    must(copy);
    char *argv[] = {verb, option, copy, NULL};
    int code = command_rebuild(3, argv);
    free(copy);
    return code;
}

int command_purge(int argc, char **argv)
{
    const char *data = NULL, *site = NULL, *reason = NULL, *rest[1];
    size_t rest_count;
    const struct option_row rows[] = {
        {"--data", &data, NULL, true}, {"--config", &site}, {"--reason", &reason}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 1, &rest_count)) return EX_USAGE;
    if (!rest_count) return usage_error("purge", "which story? give its URL or its guid");
    struct house h;
    struct config_report report = {0};
    int code = house_visit_or_say(&h, data);
    struct config *c = code == EX_OK && site ? config_load(h.arena, site, &report) : NULL;
    if (code == EX_OK && site && !c) code = EX_CONFIG;
    const char *user = getenv("SUDO_USER") ? getenv("SUDO_USER") : getenv("USER");
    struct act act = {.kind = ACT_PURGE,
        .target = span_of(rest[0]),
        .text = span_of(reason),
        .by = span_of(user ? user : "operator")};
    uint64_t pos = 0;
    if (code == EX_OK && !act_perform(&h, &act, PURGE_TIMEOUT_MS, &pos)) code = EX_TEMPFAIL;
    int forgotten = code == EX_OK ? forget_all(&h, span_of(rest[0]), c) : code;
    if (code == EX_OK) code = rebuild_store(data);
    house_close(&h);
    return code == EX_OK ? forgotten : code;
}
