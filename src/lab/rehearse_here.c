/* rehearse_here: the whole way of a story in this process: the watched folders, the ledger, the
 * newsroom with its reading, a site with its cache. Nothing runs by itself: settle works until
 * nothing is left. A crash throws away all that is not durable. */
#include "rehearse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "picture.h"

enum {
    FULL_TRIES = 100,
    TAKE_FILES = 64,
    HERE_ARENA = 1 << 30,
    COUNTS_EVERY_MS = 5 * 60 * 1000,
    VISITED_MAX = 256
};

struct waiting_look { /* a picture for the darkroom */
    struct waiting_look *next;
    struct span hex, bytes;
};
struct door {
    struct span feed;
    struct folder *folder;
};
struct here {
    struct house house;
    struct newsroom *newsroom;
    struct ledger *ledger; /* intake's and the desk's */
    struct tombs *tombs;
    struct site *site;
    struct site_hand *hand;
    struct arena *press_arena, *job;
    struct door doors[HOUSE_LISTENERS_MAX];
    size_t door_count;
    struct push_gate *gate;
    struct waiting_look *looks;
    struct {
        story_id id;
        size_t views;
    } visited[VISITED_MAX];
    size_t visited_count;
    int64_t counted_ms;
};

static struct here *here_of(struct play *p)
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

static bool is_dead(story_id id, void *with)
{
    struct here *h = with;
    return clock_slot_get(SLOT_UNCONFIRMED) || tombs_dead(h->tombs, id);
}

static uint64_t tomb_count(void *with)
{
    struct here *h = with;
    return tombs_count(h->tombs) + clock_slot_get(SLOT_UNCONFIRMED);
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

/* ---- intake ---- */
static void doors_open(struct here *h)
{
    const struct config *c = h->house.config;
    const char *why = NULL;
    h->gate = push_gate_new();
    for (uint32_t i = 0; i < c->feed_count; i++) {
        const struct config_feed *f = &c->feeds[i];
        if (f->push_key_file.n && push_gate_key(h->gate, f->name,
                                      arena_cstr(h->house.arena, f->push_key_file), &why) != OK)
            log_warn("no push for %.*s: %s", FMT(f->name), why ? why : "?");
        if (!f->folder.n || h->door_count == COUNT(h->doors)) continue;
        struct door *d = &h->doors[h->door_count];
        d->feed = f->name;
        if (folder_open(arena_cstr(h->house.arena, f->folder), &d->folder, &why) == OK)
            h->door_count++;
    }
}

static void doors_close(struct here *h)
{
    for (size_t i = 0; i < h->door_count; i++) folder_close(h->doors[i].folder);
    h->door_count = 0;
    push_gate_free(h->gate);
    h->gate = NULL;
}

static bool is_picture(struct span b)
{
    return span_starts(b, S("\xff\xd8\xff")) || span_starts(b, S("\x89PNG\r\n"));
}

static struct span meta_of(struct arena *a, struct span name)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "name", name);
    json_close(&o, '}');
    return buf_span(&b);
}

static bool take_door(struct play *p, struct door *d, bool *more)
{
    struct here *h = here_of(p);
    struct folder_file files[TAKE_FILES];
    struct append events[TAKE_FILES];
    bool taken[TAKE_FILES];
    size_t count = 0;
    int wait = 0;
    arena_reset(h->job);
    if (folder_take(d->folder, h->job, files, TAKE_FILES, &count, &wait) != OK)
        return troubled(p, "the folder of %.*s cannot be read", FMT(d->feed));
    for (size_t i = 0; i < count; i++)
        events[i] =
            (struct append){.kind = is_picture(files[i].bytes) ? EVENT_FILE : EVENT_DELIVERY,
                .received_ms = clock_now_ms(),
                .feed = d->feed,
                .delivery = files[i].delivery,
                .meta = meta_of(h->job, files[i].name),
                .blob = files[i].bytes};
    enum result r = count ? deliveries_append(h->ledger, events, count, taken) : OK;
    if (r == ERR_FULL && p->disk_full) return true;
    if (r != OK) return troubled(p, "a delivery cannot be made durable: %s", result_name(r));
    for (size_t i = 0; i < count; i++)
        if (taken[i] && folder_done(d->folder, &files[i]) != OK)
            return troubled(p, "%.*s cannot be moved to done/", FMT(files[i].name));
    *more |= count > 0;
    return true;
}

static bool take_all(struct play *p)
{
    struct here *h = here_of(p);
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < h->door_count; i++)
            if (!take_door(p, &h->doors[i], &more)) return false;
    }
    return true;
}

static bool here_taken(struct play *p, struct span feed, struct span name)
{
    (void)feed, (void)name;
    return take_all(p);
}

static int here_push(struct play *p, const struct push *push, struct span name)
{
    struct here *h = here_of(p);
    if (push_check(h->gate, push, clock_now_ms()) != PUSH_OK) return 401;
    struct append ap = {.kind = is_picture(push->body) ? EVENT_FILE : EVENT_DELIVERY,
        .received_ms = clock_now_ms(),
        .feed = push->feed,
        .delivery = arena_printf(p->step_arena, "push:%.*s", FMT(push->nonce)),
        .meta = meta_of(p->step_arena, name),
        .blob = push->body};
    if (ledger_append(h->ledger, &ap, 1) != OK) return 503;
    push_gate_used(h->gate, push->feed, push->nonce, clock_now_ms());
    return ap.was_there_out ? 401 : 202;
}

/* ---- popularity enters the ledger every five minutes, as web's harvest does ---- */
static bool harvest(struct play *p)
{
    struct here *h = here_of(p);
    int64_t now = clock_now_ms();
    if (now - h->counted_ms < COUNTS_EVERY_MS) return true;
    h->counted_ms = now;
    if (!h->visited_count) return true;
    struct buf b;
    buf_init(&b, p->step_arena, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_open(&o, "views", '{');
    for (size_t i = 0; i < h->visited_count; i++)
        json_number(
            &o, story_id_text(p->step_arena, h->visited[i].id).p, (int64_t)h->visited[i].views);
    json_close(&o, '}');
    json_close(&o, '}');
    h->visited_count = 0;
    struct span key = arena_printf(p->step_arena, "counts:%lld", (long long)now);
    return newsroom_counts(h->newsroom, buf_span(&b), key) == OK ||
           troubled(p, "counts cannot be kept");
}

static bool here_visit(struct play *p, struct span path, size_t times)
{
    struct here *h = here_of(p);
    for (size_t i = 0; i < times; i++) {
        struct site_ask ask = {.method = HTTP_GET, .path = path, .arena = p->step_arena};
        struct site_answer answer;
        site_answer(h->hand, &ask, &answer);
        if (answer.hold) site_release(h->site, answer.hold);
        size_t k = 0;
        while (k < h->visited_count && h->visited[k].id != answer.visited) k++;
        if (!answer.visited || k == VISITED_MAX) continue;
        if (k == h->visited_count) h->visited_count++, h->visited[k].views = 0;
        h->visited[k].id = answer.visited;
        h->visited[k].views++;
    }
    return true;
}

static void here_comment(struct play *p, struct span target, struct span body, struct answer *out)
{
    struct here *h = here_of(p);
    struct site_ask ask = {.method = HTTP_POST, .path = target, .arena = p->step_arena};
    struct site_form form = {.body = body,
        .type = S("application/x-www-form-urlencoded"),
        .fetch_site = S("same-origin")};
    struct site_comment kept;
    struct site_answer answer;
    *out = (struct answer){0};
    if (!site_comment(h->hand, &ask, &form, &kept, &answer)) {
        *out = (struct answer){.status = answer.status, .raw = answer.body, .body = answer.body};
        return;
    }
    struct comment c = {.id = kept.id, .name = kept.name, .text = kept.text};
    out->status = comment_append(h->ledger, p->step_arena, kept.story, &c) == OK ? 303 : 503;
}

/* ---- settling ---- */
static bool here_settle(struct play *p)
{
    struct here *h = here_of(p);
    if (!take_all(p) || !harvest(p)) return false;
    for (int i = 0; i < SETTLE_MAX; i++) {
        if (!newsroom_work(p)) return false;
        bool more = newsroom_behind(h->newsroom) || h->looks;
        look_at_pictures(h);
        uint64_t head = 0;
        if (ledger_head(h->ledger, &head) != OK) return troubled(p, "the ledger cannot be read");
        if (p->disk_full && i > FULL_TRIES) return true;
        if (!more && (newsroom_position(h->newsroom) >= head || p->disk_full)) return true;
    }
    return troubled(p, "the house does not come to rest");
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
        .dead = is_dead,
        .tomb_count = tomb_count,
        .with = h,
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
    doors_open(h);
    if (!newsroom_start(p, false) || !newsroom_work(p)) return false;
    if (newsroom_configure(h->newsroom, h->house.config) != OK)
        return troubled(p, "the configuration cannot be kept");
    return web_start(p) && here_settle(p);
}

static void here_stop(struct play *p)
{
    struct here *h = here_of(p);
    web_stop(h);
    doors_close(h);
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
        doors_close(h);
        doors_open(h);
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
    doors_close(h);
    doors_open(h);
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
        r = purge_forget(store, newsroom_ledger(h->newsroom), h->house.config, page, &report);
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
