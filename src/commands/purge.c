/* purge: a court's order (K20): a story's bytes leave every file of the house: its deliveries, its
 * address and its edited headlines in the ledger, the raw files in done/, and, by building them
 * again, all derived tables; its pictures too (purge_pictures.c). That it was there stays: ids,
 * positions, chains, the act itself. What shares a delivery with other stories is not forgotten,
 * and said. Backups are not reached. */
#include "commands.h"
#include "transport.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    PURGE_TIMEOUT_MS = 10000,
    ITEMS_MAX = 256,
    EVENTS_AT_ONCE = 64,
    RAW_NAME_KEPT = 240,
    COPIES_MAX = 64 /* of one item: more than a desk would leave waiting */
};

struct purging {
    struct store *store;
    struct ledger *ledger;
    const struct config *config; /* NULL: raw files are only named */
    struct arena *a;
    const char *pictures; /* the folder of renditions */
    struct purge_files files;
    story_id page, items[ITEMS_MAX]; /* of the page, itself among them */
    struct span guids[ITEMS_MAX];
    size_t count;
    uint64_t *events; /* to be forgotten, in one step */
    size_t event_count, event_cap;
    struct map *removed; /* hashes of raw files that are gone: the same may have come twice */
    struct purge_report *report;
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
    if (is_item(g, id) || g->count == ITEMS_MAX) return;
    g->guids[g->count] = (struct span){0};
    (void)store_guid_of(g->store, id, g->a, &g->guids[g->count], &provider);
    g->items[g->count++] = id;
}

static enum result find_items(struct purging *g, struct stored_version **out, size_t *count_out)
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

/* ---- raw files ---- */
/* done/ gives a name that is taken a number: NAME~1. */
static bool may_be(struct span file, struct span name)
{
    if (span_eq(file, name)) return true;
    struct span kept = span_cut(name, 0, name.n < RAW_NAME_KEPT ? name.n : RAW_NAME_KEPT);
    return span_starts(file, kept) && file.n > kept.n && file.p[kept.n] == '~';
}

static bool has_bytes(struct purging *g, const char *path, const struct event *e)
{
    struct span bytes;
    if (file_read(g->a, path, e->blob_bytes, &bytes) != OK) return false;
    struct hash h = hash_of(bytes);
    return bytes.n == e->blob_bytes && memcmp(&h, &e->blob, sizeof h) == 0;
}

static void tell_left(struct purging *g, const char *why, struct span file, struct span feed)
{
    g->report->left++;
    printf("%s: %.*s in done/ of feed %.*s: delete it yourself\n", why, FMT(file), FMT(feed));
}

static void remove_from(
    struct purging *g, const struct event *e, const char *folder, struct span name)
{
    struct span hash = arena_keep(g->a, (struct span){(const char *)&e->blob, sizeof e->blob});
    bool found = map_get(g->removed, hash) != NULL;
    DIR *d = opendir(folder);
    for (struct dirent *f; d && (f = readdir(d));) {
        const char *path = arena_printf(g->a, "%s/%s", folder, f->d_name).p;
        if (!may_be(span_of(f->d_name), name) || !has_bytes(g, path, e)) continue;
        found = true;
        if (unlink(path) != 0)
            tell_left(g, "a raw file cannot be deleted", span_of(f->d_name), e->feed);
    }
    if (d) closedir(d);
    if (found) *map_at(g->removed, hash) = g;
    if (!found) tell_left(g, "a raw file was not found", name, e->feed);
}

/* It stays in done/ under the name that it came by, or one like it: known by its bytes. */
static void remove_raw(struct purging *g, const struct event *e)
{
    struct reject bad;
    const struct json *meta = json_parse(g->a, e->meta, &bad);
    struct span name = meta ? json_text(meta, "name") : S("");
    const struct config_feed *f = g->config ? config_feed_named(g->config, e->feed) : NULL;
    if (!span_starts(e->delivery, S("file:")) || !name.n) return; /* pushed: there is no file */
    if (f && f->folder.n)
        remove_from(g, e, arena_printf(g->a, "%.*s/done", FMT(f->folder)).p, name);
    else
        tell_left(g, "a raw file may be left", name, e->feed);
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
    remove_raw(g, &e);
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
    remove_raw(g, e);
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
    story_id list[ITEMS_MAX];
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

/* Addresses minted from headlines, and acts. */
static bool tells_of(struct purging *g, const struct event *e)
{
    struct act act;
    struct reject bad;
    story_id id;
    if (e->forgotten) return false;
    if (e->kind == EVENT_MINT) {
        const struct json *meta = json_parse(g->a, e->meta, &bad);
        return meta && story_id_read(json_text(meta, "id"), &id) && is_item(g, id);
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
    enum result r = find_items(&g, &versions, &count);
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

/* ---- the command ---- */
struct order { /* what is to be purged */
    const char *data, *site, *reason, *target;
    struct house house;
    struct config *config; /* NULL: not given */
    story_id pages[ITEMS_MAX];
    size_t count;
};

/* Before anything is done: what is purged under a wrong name cannot be told from what is not. */
static int find_pages(struct order *q)
{
    struct store *s = NULL;
    const char *why = NULL;
    size_t n = 0;
    enum result r = store_look(q->house.store, &s, &why);
    if (r == OK) r = store_items_meant(s, span_of(q->target), q->pages, ITEMS_MAX, &n);
    for (size_t i = 0; i < n && r == OK; i++) {
        story_id page = q->pages[i];
        if (store_page_of(s, q->pages[i], &page) == ERR_ABSENT) page = q->pages[i];
        bool known = false;
        for (size_t k = 0; k < q->count; k++) known |= q->pages[k] == page;
        if (!known) q->pages[q->count++] = page;
    }
    if (s) store_close(s);
    if (r != OK)
        fprintf(stderr, "broadsheet purge: %s\n", why ? why : result_name(r));
    else if (!q->count)
        fprintf(stderr, "broadsheet purge: no story is known by this URL, id or guid\n");
    return r != OK ? exit_code(r) : q->count ? EX_OK : EX_NOINPUT;
}

/* The act names it by its id: an address holds the headline's words. */
static int kill_all(struct order *q)
{
    const char *user = getenv("SUDO_USER") ? getenv("SUDO_USER") : getenv("USER");
    for (size_t i = 0; i < q->count; i++) {
        uint64_t pos = 0;
        struct act act = {.kind = ACT_PURGE,
            .story = q->pages[i],
            .text = span_of(q->reason),
            .by = span_of(user ? user : "operator")};
        if (!act_perform(&q->house, &act, PURGE_TIMEOUT_MS, &pos)) return EX_TEMPFAIL;
    }
    return EX_OK;
}

/* What waits to leave the house, and what the courier keeps of alarms. */
static enum result forget_outgoing(struct house *h, struct store *s, story_id page)
{
    struct purging g = {.store = s, .a = h->arena, .page = page};
    struct stored_version *versions;
    struct outbox *o = NULL;
    size_t count;
    const char *why = NULL, *folder = arena_printf(h->arena, "%s/courier", h->data).p;
    if (access(folder, F_OK) != 0) return OK; /* nothing has ever left */
    TRY(find_items(&g, &versions, &count));
    enum result r = outbox_open(folder, &o, &why);
    for (size_t i = 0; i < g.count && r == OK; i++) {
        r = outbox_forget(o, story_id_text(h->arena, g.items[i]), clock_now_ms());
        if (r == OK && g.guids[i].n) r = outbox_forget(o, g.guids[i], clock_now_ms());
    }
    outbox_close(o);
    return r;
}

static int forget_all(struct order *q)
{
    struct store *s = NULL;
    struct ledger *l = NULL;
    const char *why = NULL;
    struct purge_report report = {0};
    enum result r = store_look(q->house.store, &s, &why);
    if (r == OK) r = ledger_open(q->house.data, "desk", false, &l, &why);
    for (size_t i = 0; i < q->count && r == OK; i++) r = forget_outgoing(&q->house, s, q->pages[i]);
    for (size_t i = 0; i < q->count && r == OK; i++)
        r = purge_forget(s, l, q->config, q->house.pictures, q->pages[i], &report);
    if (l) ledger_close(l);
    if (s) store_close(s);
    if (r != OK)
        fprintf(stderr, "broadsheet: not all was forgotten (%s): run it again\n",
            why ? why : result_name(r));
    else
        printf("%zu events forgotten; backups made before still hold them, and receipts its "
               "address\n",
            report.forgotten);
    return r == OK ? report.left ? EX_UNAVAILABLE : EX_OK : exit_code(r);
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

static int load_site(struct order *q)
{
    struct config_report report = {0};
    if (!q->site) return EX_OK;
    if (access(q->site, R_OK) != 0) {
        fprintf(stderr, "broadsheet purge: %s cannot be read\n", q->site);
        return EX_NOINPUT;
    }
    q->config = config_load(q->house.arena, q->site, &report);
    struct buf b;
    buf_init(&b, q->house.arena, 0);
    for (size_t i = 0; i < report.count && !q->config; i++)
        config_mistake_print(&report.list[i], &b);
    fprintf(stderr, "%.*s", (int)b.n, b.p);
    return q->config ? EX_OK : EX_CONFIG;
}

static int purge(struct order *q)
{
    int code = load_site(q);
    if (code == EX_OK) code = find_pages(q);
    if (code == EX_OK) code = kill_all(q);
    if (code != EX_OK) return code;
    int forgotten = forget_all(q);
    code = rebuild_store(q->data);
    return code == EX_OK ? forgotten : code;
}

int command_purge(int argc, char **argv)
{
    struct order q = {0};
    const char *rest[1];
    size_t rest_count;
    const struct option_row rows[] = {
        {"--data", &q.data, NULL, true}, {"--config", &q.site}, {"--reason", &q.reason}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 1, &rest_count)) return EX_USAGE;
    if (!rest_count) return usage_error("purge", "which story? give its URL or its guid");
    q.target = rest[0];
    int code = house_visit_or_say(&q.house, q.data);
    if (code == EX_OK) code = purge(&q);
    house_close(&q.house);
    return code;
}
