/* purge: a court's order (K20): a story's bytes leave every file of the house: what the ledger
 * holds of it (purge_forget.c), the raw files in done/ (purge_raw.c), its pictures
 * (purge_pictures.c), what waits to leave the house, its receipts' words (purge_receipts.c), and,
 * by building them again, all derived tables. Backups are not reached. */
#include "purge.h"
#include "transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    PURGE_TIMEOUT_MS = 10000,
    RECEIPT_WAIT_MS = 4000, /* made within one second of the withdrawal */
    RECEIPT_LOOK_US = 20000,
};

struct order { /* what is to be purged */
    const char *data, *site, *reason, *target;
    struct house house;
    struct config *config; /* NULL: not given */
    story_id pages[PURGE_ITEMS_MAX];
    bool was_up[PURGE_ITEMS_MAX];
    const char *receipt_before[PURGE_ITEMS_MAX]; /* the newest of a page that was up; NULL: none */
    size_t count;
    bool is_purged;   /* before: nothing of it is left but receipts */
    struct span *ids; /* of the pages and all items on them, as text */
    size_t id_count, id_cap;
};

static const char *receipt_of(struct order *q, size_t i)
{
    return receipt_newest(q->house.arena, q->house.receipts, q->pages[i]);
}

static bool is_new(const char *receipt, const char *before)
{
    return receipt && (!before || strcmp(receipt, before) != 0);
}

/* Readers see it until now: its withdrawal will have a receipt. */
static void note_public(struct order *q)
{
    struct reader *r = NULL;
    if (reader_open(q->house.store, (struct reader_hooks){NULL, NULL}, &r) != OK) return;
    if (reader_begin(r, clock_now_ms()) == OK) {
        for (size_t i = 0; i < q->count; i++) {
            struct view v;
            q->was_up[i] = reader_story(r, q->pages[i], q->house.arena, &v) == OK;
            if (q->was_up[i]) q->receipt_before[i] = receipt_of(q, i);
        }
        reader_end(r);
    }
    reader_close(r);
}

/* Of what is purged already only its receipts are known, by its id. */
static void find_receipts(struct order *q)
{
    story_id id;
    q->is_purged = story_id_in(span_of(q->target), &id) &&
                   receipt_newest(q->house.arena, q->house.receipts, id);
    if (!q->is_purged) return;
    q->pages[q->count++] = id;
    *ARENA_PUSH(q->house.arena, q->ids, q->id_count, q->id_cap) = story_id_text(q->house.arena, id);
}

/* Before anything is done: what is purged under a wrong name cannot be told from what is not. */
static int find_pages(struct order *q)
{
    struct store *s = NULL;
    const char *why = NULL;
    size_t n = 0;
    enum result r = store_look(q->house.store, &s, &why);
    if (r == OK) r = store_items_meant(s, span_of(q->target), q->pages, PURGE_ITEMS_MAX, &n);
    for (size_t i = 0; i < n && r == OK; i++) {
        story_id page = q->pages[i];
        if (store_page_of(s, q->pages[i], &page) == ERR_ABSENT) page = q->pages[i];
        bool known = false;
        for (size_t k = 0; k < q->count; k++) known |= q->pages[k] == page;
        if (!known) q->pages[q->count++] = page;
    }
    if (s) store_close(s);
    if (r == OK && !q->count) find_receipts(q);
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

/* The withdrawal's own receipt is asked for with the story's words: they are forgotten once it is
 * there. A site that does not run makes none. */
static void wait_for_receipts(struct order *q)
{
    int64_t until = clock_mono_us() + RECEIPT_WAIT_MS * 1000LL;
    for (size_t i = 0; i < q->count; i++)
        while (q->was_up[i] && house_pid(&q->house) && clock_mono_us() < until &&
               !is_new(receipt_of(q, i), q->receipt_before[i]))
            usleep(RECEIPT_LOOK_US);
}

/* What waits to leave the house, and what the courier keeps of alarms. */
static enum result forget_outgoing(struct order *q, struct store *s, story_id page)
{
    struct arena *a = q->house.arena;
    struct purging g = {.store = s, .a = a, .page = page};
    struct stored_version *versions;
    struct outbox *o = NULL;
    size_t count;
    const char *why = NULL, *folder = arena_printf(a, "%s/courier", q->house.data).p;
    TRY(purge_items(&g, &versions, &count));
    for (size_t i = 0; i < g.count; i++)
        *ARENA_PUSH(a, q->ids, q->id_count, q->id_cap) = story_id_text(a, g.items[i]);
    if (access(folder, F_OK) != 0) return OK; /* nothing has ever left */
    enum result r = outbox_open(folder, &o, &why);
    for (size_t i = 0; i < g.count && r == OK; i++) {
        r = outbox_forget(o, story_id_text(a, g.items[i]), clock_now_ms());
        if (r == OK && g.guids[i].n) r = outbox_forget(o, g.guids[i], clock_now_ms());
    }
    outbox_close(o);
    return r;
}

/* What readers wrote on it and have not confirmed; and from where they confirmed the rest. */
static enum result forget_unconfirmed(struct order *q, struct store *s, story_id page)
{
    struct arena *a = q->house.arena;
    struct purging g = {.store = s, .a = a, .page = page};
    struct stored_version *versions;
    struct readers *r = NULL;
    size_t count;
    const char *why = NULL, *folder = arena_printf(a, "%s/readers", q->house.data).p;
    if (access(folder, F_OK) != 0) return OK;
    TRY(purge_items(&g, &versions, &count));
    TRY(readers_open(folder, &r, &why));
    enum result result = OK;
    for (size_t i = 0; i < g.count && result == OK; i++)
        result = readers_forget_story(r, g.items[i]);
    readers_close(r);
    return result;
}

static int forget_all(struct order *q)
{
    struct store *s = NULL;
    struct ledger *l = NULL;
    const char *why = NULL;
    struct purge_report report = {0};
    enum result r = store_look(q->house.store, &s, &why);
    if (r == OK) r = ledger_open(q->house.data, "desk", false, &l, &why);
    for (size_t i = 0; i < q->count && r == OK; i++) r = forget_outgoing(q, s, q->pages[i]);
    for (size_t i = 0; i < q->count && r == OK; i++) r = forget_unconfirmed(q, s, q->pages[i]);
    for (size_t i = 0; i < q->count && r == OK; i++)
        r = purge_forget(s, l, q->config, q->house.pictures, q->pages[i], &report);
    if (l) ledger_close(l);
    if (s) store_close(s);
    if (r != OK)
        fprintf(stderr, "broadsheet: not all was forgotten (%s): run it again\n",
            why ? why : result_name(r));
    else
        printf("%zu events forgotten; backups made before still hold them\n", report.forgotten);
    return r == OK ? report.left ? EX_UNAVAILABLE : EX_OK : exit_code(r);
}

static int rebuild_store(const char *data)
{
    char verb[] = "rebuild", option[] = "--data", yes[] = "--yes", all[] = "all",
         *copy = strdup(data);
    must(copy);
    char *argv[] = {verb, option, copy, yes, all, NULL};
    int code = command_rebuild(5, argv);
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

/* Last: one may have come meanwhile. */
static int shorten_receipts(struct order *q)
{
    struct purge_receipts_report told = {0};
    purge_receipts(&q->house, q->ids, q->id_count, &told);
    printf("%zu receipts signed anew without its words, %zu removed\n", told.signed_anew,
        told.removed);
    return told.left ? EX_UNAVAILABLE : EX_OK;
}

static int purge(struct order *q)
{
    int code = load_site(q);
    if (code == EX_OK) code = find_pages(q);
    if (code != EX_OK || q->is_purged) return code == EX_OK ? shorten_receipts(q) : code;
    note_public(q);
    code = kill_all(q);
    if (code != EX_OK) return code;
    wait_for_receipts(q);
    int forgotten = forget_all(q), built = rebuild_store(q->data), receipts = shorten_receipts(q);
    return built != EX_OK ? built : forgotten != EX_OK ? forgotten : receipts;
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
