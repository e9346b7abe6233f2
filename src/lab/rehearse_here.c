/* rehearse_here: the whole way of a story in this process: the watched folders, the ledger, the
 * newsroom with its reading, a site with its cache. Nothing runs by itself: settle works until
 * nothing is left. A crash throws away all that is not durable. */
#include "rehearse_here.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "picture.h"

enum { FULL_TRIES = 100, HERE_ARENA = 1 << 30 };

struct here *here_of(struct play *p)
{
    return p->state;
}

/* ---- hooks ---- */
static void hook_killed(void *with, const story_id *ids, size_t n, uint64_t pos)
{
    struct here *h = with;
    (void)pos;
    if (h->site) site_purge(h->site, ids, n);
}

static void hook_look(void *with, struct span hex, struct span bytes)
{
    struct here *h = with;
    struct waiting_look *l = malloc(sizeof *l + hex.n + bytes.n);
    must(l);
    char *p = (char *)(l + 1);
    memcpy(p, hex.p, hex.n);
    memcpy(p + hex.n, bytes.p, bytes.n);
    *l = (struct waiting_look){h->looks, {p, hex.n}, {p + hex.n, bytes.n}};
    h->looks = l;
}

/* ---- the newsroom ---- */
static bool newsroom_start(struct play *p, bool fresh)
{
    struct here *h = here_of(p);
    struct newsroom_hooks hooks = {.killed = hook_killed, .look = hook_look, .with = h};
    struct newsroom_options options = {.ledger_appender = "newsroom", .fresh = fresh};
    struct span why = S("");
    enum result r = newsroom_open(&h->house, &options, &hooks, &h->newsroom, &why);
    return r == OK || troubled(p, "the newsroom cannot open: %.*s", FMT(why));
}

static bool newsroom_work(struct play *p)
{
    struct here *h = here_of(p);
    bool more = true;
    for (int i = 0; more; i++) {
        enum result r = newsroom_step(h->newsroom, &more);
        if (r == ERR_FULL && p->disk_full) return true; /* it tries again when there is room */
        if (r != OK) return troubled(p, "the newsroom cannot work: %s", result_name(r));
        if (i > SETTLE_MAX) return troubled(p, "the newsroom runs in circles");
    }
    return true;
}

static void look_at_pictures(struct here *h)
{
    static bool ready;
    const char *why = NULL;
    if (h->looks && !ready && picture_start(&why) != OK) must(!"pictures cannot be looked at");
    ready |= h->looks != NULL;
    while (h->looks) {
        struct waiting_look *l = h->looks;
        h->looks = l->next;
        struct arena *a = arena_new(HERE_ARENA);
        struct picture_answer answer = {0};
        darkroom_work(a, l->bytes, &answer);
        newsroom_picture(h->newsroom, l->hex, &answer);
        arena_free(a);
        free(l);
    }
}

/* ---- settling ---- */
/* There is no courier here: what is due counts as handed over. */
static bool take_outs(struct play *p)
{
    struct store *s = newsroom_store(here_of(p)->newsroom);
    struct out outs[64];
    for (enum out_lane lane = 0; lane < OUT_LANES; lane++)
        for (size_t count = COUNT(outs); count == COUNT(outs);) {
            enum result r =
                store_outs(s, lane, 0, clock_now_ms(), p->step_arena, outs, COUNT(outs), &count);
            if (r == OK) r = store_begin(s);
            for (size_t i = 0; r == OK && i < count; i++) r = store_out_told(s, outs[i].key);
            if (r == OK) r = store_commit(s, store_position(s));
            if (r == OK) continue;
            store_rollback(s);
            return troubled(p, "what is to leave the house cannot be marked: %s", result_name(r));
        }
    return true;
}

static bool here_settle(struct play *p)
{
    struct here *h = here_of(p);
    if (!here_take_all(p) || !here_harvest(p)) return false;
    for (int i = 0; i < SETTLE_MAX; i++) {
        if (!newsroom_work(p)) return false;
        bool more = newsroom_behind(h->newsroom) || h->looks;
        look_at_pictures(h);
        uint64_t head = 0;
        if (ledger_head(h->ledger, &head) != OK) return troubled(p, "the ledger cannot be read");
        if (p->disk_full && i > FULL_TRIES) return true;
        if (!more && (newsroom_position(h->newsroom) >= head || p->disk_full)) break;
        if (i == SETTLE_MAX - 1) return troubled(p, "the house does not come to rest");
    }
    return p->disk_full || take_outs(p);
}

/* ---- the site ---- */
static bool press_start(struct play *p, const struct press **press, const struct press_site **site)
{
    struct here *h = here_of(p);
    struct press *made = NULL;
    struct span why = S("");
    struct arena *a = arena_new(256 << 20);
    struct press_site *ps = press_site_of(a, h->house.config);
    struct span theme = h->house.config->theme;
    if (press_open(a, ps, theme.n ? arena_cstr(a, theme) : NULL, &made, &why) != OK)
        return troubled(p, "the theme cannot be used: %.*s", FMT(why));
    h->press_arena = a; /* older ones stay until the end: the site may still use them */
    *press = made;
    *site = ps;
    return true;
}

static bool web_start(struct play *p)
{
    struct here *h = here_of(p);
    const struct press *press;
    const struct press_site *ps;
    if (tombs_open(h->house.data, false, &h->tombs) != OK)
        return troubled(p, "the tombstones cannot be read");
    if (!press_start(p, &press, &ps)) return false;
    struct site_config c = {.store_folder = h->house.store,
        .run_folder = h->house.run,
        .picture_folder = h->house.pictures,
        .press = press,
        .press_site = ps,
        .dead = house_is_dead,
        .tomb_count = house_tomb_count,
        .with = h->tombs,
        .cache_bytes = SITE_CACHE_BYTES};
    if (site_open(&c, &h->site) != OK || site_hand_open(h->site, &h->hand) != OK)
        return troubled(p, "the site cannot be opened");
    return true;
}

static void web_stop(struct here *h)
{
    if (h->hand) site_hand_close(h->hand);
    if (h->site) site_close(h->site);
    if (h->tombs) tombs_close(h->tombs);
    h->hand = NULL;
    h->site = NULL;
    h->tombs = NULL;
}

/* As the header of a trusted proxy would. */
static struct span country_told(void *with, const char *name)
{
    const struct play *p = with;
    return span_eq(span_of(name), p->config->country_header) ? p->country : S("");
}

static void here_ask(struct play *p, struct arena *a, const struct request *r, struct answer *out)
{
    struct here *h = here_of(p);
    struct span path = r->target, query = S("");
    ptrdiff_t mark = span_find_char(path, '?');
    if (mark >= 0) {
        query = span_cut(path, (size_t)mark + 1, path.n);
        path = span_cut(path, 0, (size_t)mark);
    }
    struct site_ask ask = {.method = r->method,
        .path = path,
        .query = query,
        .has_query = mark >= 0,
        .arena = a,
        .accept_encoding = r->coding,
        .if_none_match = r->if_none_match,
        .if_modified_since = r->if_modified_since,
        .range = r->range,
        .told = country_told,
        .with = p};
    struct site_answer answer;
    site_answer(h->hand, &ask, &answer);
    *out = (struct answer){.status = answer.status,
        .head = arena_keep(a, answer.head),
        .raw = r->method == HTTP_HEAD ? S("") : arena_keep(a, answer.body)};
    if (answer.hold) site_release(h->site, answer.hold);
}

/* ---- starting and ending ---- */
static bool here_start(struct play *p)
{
    struct here *h = ARENA_NEW(p->arena, struct here);
    struct span why = S("");
    const char *text = NULL;
    p->state = h;
    h->job = arena_new(HERE_ARENA);
    h->counted_ms = p->now_ms;
    if (house_open(&h->house, p->data, p->now_ms, &why) != OK)
        return troubled(p, "the house cannot be opened: %.*s", FMT(why));
    if (!house_configure(&h->house, p->site_file, S("")))
        return troubled(p, "the configuration has mistakes");
    clock_set_virtual(p->now_ms);
    if (ledger_open(p->data, "intake", false, &h->ledger, &text) != OK)
        return troubled(p, "the ledger cannot be opened: %s", text ? text : "?");
    here_open_doors(h);
    if (!newsroom_start(p, false) || !newsroom_work(p)) return false;
    if (newsroom_configure(h->newsroom, h->house.config) != OK)
        return troubled(p, "the configuration cannot be kept");
    return web_start(p) && here_settle(p);
}

static void here_stop(struct play *p)
{
    struct here *h = here_of(p);
    web_stop(h);
    here_close_doors(h);
    if (h->newsroom) newsroom_close(h->newsroom);
    if (h->ledger) ledger_close(h->ledger);
    house_close(&h->house);
    arena_free(h->job);
    h->newsroom = NULL;
    h->ledger = NULL;
}

/* Everything at once: what the disk holds at this instant is what the next start finds. */
static bool crash_all(struct play *p)
{
    const char *as_it_stands = arena_printf(p->step_arena, "%s.crashed", p->data).p;
    if (!folder_copy(p->data, as_it_stands)) return troubled(p, "the crash cannot be played");
    here_stop(p);
    if (dir_remove(p->data) != OK || rename(as_it_stands, p->data) != 0)
        return troubled(p, "the crash cannot be played: %s", strerror(errno));
    return here_start(p);
}

static bool here_crash(struct play *p, struct span role)
{
    struct here *h = here_of(p);
    if (span_eq(role, S("all"))) return crash_all(p);
    if (span_eq(role, S("reader"))) return true; /* it holds nothing between two readings */
    if (span_eq(role, S("web"))) {
        web_stop(h);
        return web_start(p);
    }
    if (span_eq(role, S("intake"))) {
        here_close_doors(h);
        here_open_doors(h);
        return true;
    }
    if (!span_eq(role, S("newsroom"))) return troubled(p, "no role “%.*s”", FMT(role));
    newsroom_close(h->newsroom);
    h->newsroom = NULL;
    return newsroom_start(p, false);
}

static bool here_rebuild(struct play *p)
{
    struct here *h = here_of(p);
    newsroom_close(h->newsroom);
    h->newsroom = NULL;
    if (!newsroom_start(p, true) || !newsroom_work(p)) return false;
    if (newsroom_switch(h->newsroom) != OK)
        return troubled(p, "the rebuilt store cannot take its place");
    return true;
}

static bool here_reload(struct play *p)
{
    struct here *h = here_of(p);
    const struct press *press;
    const struct press_site *ps;
    if (!house_configure(&h->house, p->site_file, S("")))
        return troubled(p, "the configuration has mistakes");
    if (newsroom_configure(h->newsroom, h->house.config) != OK)
        return troubled(p, "the configuration cannot be kept");
    here_close_doors(h);
    here_open_doors(h);
    if (!press_start(p, &press, &ps)) return false;
    site_set_press(h->site, press, ps);
    return true;
}

/* ---- the rest ---- */
static bool here_act(struct play *p, const struct act *act)
{
    struct here *h = here_of(p);
    static unsigned count;
    struct append ap = {.kind = EVENT_ACT,
        .received_ms = clock_now_ms(),
        .delivery = arena_printf(p->step_arena, "act:%u", ++count),
        .meta = act_write(p->step_arena, act),
        .urgent = true};
    return ledger_append(h->ledger, &ap, 1) == OK || troubled(p, "the act cannot be kept");
}

static bool here_purge(struct play *p, const struct act *act)
{
    struct here *h = here_of(p);
    struct store *store = newsroom_store(h->newsroom);
    struct purge_report report = {0};
    story_id page;
    size_t count = 0;
    if (!here_act(p, act) || !here_settle(p)) return false;
    enum result r = store_items_meant(store, act->target, &page, 1, &count);
    if (r == OK && !count) return troubled(p, "there is no such story to be purged");
    if (r == OK) r = store_page_of(store, page, &page);
    if (r == OK)
        r = purge_forget(
            store, newsroom_ledger(h->newsroom), h->house.config, h->house.pictures, page, &report);
    if (r != OK || report.left) return troubled(p, "not all was forgotten: %s", result_name(r));
    return here_rebuild(p);
}

static void here_set_clock(struct play *p, int64_t now_ms)
{
    (void)p;
    clock_set_virtual(now_ms);
}

static int64_t here_next_due(struct play *p)
{
    return newsroom_due_ms(here_of(p)->newsroom);
}

static struct store *here_store(struct play *p, struct arena *a)
{
    (void)a;
    return newsroom_store(here_of(p)->newsroom);
}

static void here_store_done(struct play *p, struct store *s)
{
    (void)p, (void)s;
}

const struct playhouse stage_here = {
    .name = "in process",
    .start = here_start,
    .stop = here_stop,
    .crash = here_crash,
    .taken = here_taken,
    .settle = here_settle,
    .set_clock = here_set_clock,
    .next_due = here_next_due,
    .reload = here_reload,
    .rebuild = here_rebuild,
    .act = here_act,
    .purge = here_purge,
    .ask = here_ask,
    .push = here_push,
    .visit = here_visit,
    .comment = here_comment,
    .store = here_store,
    .store_done = here_store_done,
};
