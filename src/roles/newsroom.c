/* newsroom: the process around newsroom_work: tails the ledger by its bell, does what can be done,
 * waits. No network. Fatal: a damaged store (it is set aside and rebuilt at the next start), a disk
 * that cannot be written for long (it waits, alarms, and goes on serving). */
#include "newsroom_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    FALLBACK_POLL_MS = 250, /* a lost bell */
    DISK_WAIT_MS = 500,
    LEDGER_WAIT_MS = 5000, /* a damaged ledger waits for people */
    CONFIG_AGAIN_MS = 1000,
    UNREADABLE_MS = 60000,
};

/* Until the ledger has it, or another one comes. */
static void put_config_in_force(struct desk_room *d)
{
    if (!d->next.config || clock_mono_us() < d->next.at_us) return;
    enum result r = newsroom_configure(d->newsroom, d->next.config);
    if (r != OK) {
        if (!d->next.told)
            log_error("the new configuration cannot be kept in the ledger (%s): the old one stays "
                      "in force, and it is tried again until it can",
                result_name(r));
        d->next.told = true;
        d->next.at_us = clock_mono_us() + CONFIG_AGAIN_MS * INT64_C(1000);
        return;
    }
    if (d->next.a || d->next.told) log_info("the configuration is in force");
    /* Also of one that it started with: the newsroom before may have ended over that reload. */
    clock_slot_set(SLOT_CONFIG_TURN, d->next.turn);
    if (d->next.a) {
        if (d->own_arena) arena_free(d->own_arena);
        d->own_arena = d->next.a;
    }
    d->own = d->next.config;
    d->next.config = NULL;
    d->next.a = NULL;
}

/* ---- a fresh store ---- */
/* run/rebuild: the next newsroom builds one. It says who wants it: damage, or HOUSE_REBUILD_ASKED.
 */
static const char *damage_mark(const struct desk_room *d, char path[4096])
{
    snprintf(path, 4096, "%s/rebuild", d->start->house->run);
    return path;
}

static void mark_damaged(struct desk_room *d)
{
    char path[4096];
    if (file_write_durable(damage_mark(d, path), S("the store was found damaged\n")) != OK)
        log_error("%s cannot be written", path);
}

/* may_out: how many live pages it may change. */
static bool is_asked_for(const struct desk_room *d, uint64_t *may_out)
{
    char path[4096], room[1024];
    struct span text, asked = span_of(HOUSE_REBUILD_ASKED);
    uint32_t over = d->start->house->config->confirm_changes_over;
    if (file_read(arena_on(room, sizeof room), damage_mark(d, path), 256, &text) != OK ||
        !span_starts(text, asked))
        return false;
    *may_out = over < CONFIRM_NEVER ? over : UINT64_MAX;
    text = span_cut(text, asked.n, text.n);
    return !text.n || span_to_u64(text, may_out);
}

/* X4: news wait for no store that there is no room for. The next newsroom goes on with the old one,
 * and sweeps away what there is of this. One that is damaged has nothing to go on with: it waits.
 */
static void give_up_rebuild(struct desk_room *d, enum result r)
{
    char path[4096];
    if (!d->rebuilding || r == ERR_BUSY) return;
    clock_slot_set(SLOT_REBUILD_ENDED, (uint64_t)r); /* also to who asks for it meanwhile */
    if (!d->is_asked) return;
    log_error("the store is not built again (%s): the old one stays in force",
        r == ERR_FULL     ? "the disk is full"
        : r == ERR_DENIED ? "it would change many live pages: see `broadsheet replay`, then say "
                            "`broadsheet rebuild --yes`"
                          : result_name(r));
    unlink(damage_mark(d, path));
    exit(75);
}

/* Pages are looked at while kills act and answers come. */
static bool weigh_on(void *with, size_t pages)
{
    enum { AT_ONCE = 256 };
    struct desk_room *d = with;
    if (pages % AT_ONCE) return true;
    newsroom_look_ahead(d->newsroom, false);
    channels_poll(&d->channels, NULL, 0, 0);
    return !d->channels.stopping;
}

/* A newer program may read what is live otherwise: that many pages change is for people to say. Not
 * where the old store is damaged. */
static enum result may_take_its_place(struct desk_room *d)
{
    uint64_t pages = 0;
    if (!d->is_asked || d->may_change == UINT64_MAX) return OK;
    enum result r = newsroom_rebuilt_changes(d->newsroom, weigh_on, d, &pages);
    if (r == ERR_CORRUPT) return OK; /* what is damaged is what it shall mend */
    if (r != OK) return r;
    clock_slot_set(SLOT_REBUILD_PAGES, pages);
    return pages > d->may_change ? ERR_DENIED : OK;
}

static void put_rebuilt_in_place(struct desk_room *d)
{
    char path[4096];
    if (!d->rebuilding || d->channels.stopping) return; /* half of it is worse than the old one */
    enum result r = may_take_its_place(d);
    if (r == ERR_CLOSED) return;
    if (r == OK) r = newsroom_switch(d->newsroom);
    if (r != OK) {
        give_up_rebuild(d, r);
        log_error("the rebuilt store cannot take its place");
        exit(75);
    }
    d->rebuilding = false;
    unlink(damage_mark(d, path));
    log_info("the store was built again from the ledger");
}

/* Readers are served on from what there is. Building the store again would only find it again. */
static void ledger_is_damaged(struct desk_room *d, bool is)
{
    static const char text[] = "the ledger is damaged: restore a backup, see docs/operations.md "
                               "(nothing new is published; "
                               "`broadsheet check --audit` says where it is damaged)";
    if (is == d->ledger_damaged) return;
    d->ledger_damaged = is;
    if (is) log_error("%s", text);
    room_alarm(d, !is, "ledger", S(""), span_of(text));
}

static const char *why_of(enum result r)
{
    return r == ERR_FULL ? "the disk is full; make room" : result_name(r);
}

/* A device that fails for a moment is waited for; what stays unreadable of the store is damage. */
static bool store_stays_unreadable(struct desk_room *d)
{
    int64_t now_us = clock_mono_us();
    if (store_failed(newsroom_store(d->newsroom)) != ERR_IO)
        d->unreadable_since_us = 0;
    else if (!d->unreadable_since_us)
        d->unreadable_since_us = now_us;
    return d->unreadable_since_us &&
           now_us - d->unreadable_since_us > UNREADABLE_MS * INT64_C(1000);
}

static void cannot_step(struct desk_room *d, enum result r)
{
    give_up_rebuild(d, r);
    clock_slot_set(SLOT_NOT_PUBLISHED, (uint64_t)r);
    ledger_is_damaged(d, r == ERR_LEDGER);
    if (r == ERR_LEDGER) return;
    if (store_stays_unreadable(d) || r == ERR_CORRUPT) {
        log_error("the store is damaged: it is built again from the ledger");
        mark_damaged(d);
        exit(75);
    }
    log_error("publication waits: %s (kills still act; nothing is lost)", why_of(r));
}

/* ---- the loop ---- */
/* For /health: a newsroom that hangs says nothing, one that is behind says since when. */
static void tell_where_we_are(bool is_behind)
{
    uint64_t now = (uint64_t)clock_mono_us();
    clock_slot_set(SLOT_NEWSROOM_US, now);
    clock_slot_set(SLOT_NOT_PUBLISHED, OK);
    if (!is_behind)
        clock_slot_set(SLOT_BEHIND_US, 0);
    else if (!clock_slot_get(SLOT_BEHIND_US))
        clock_slot_set(SLOT_BEHIND_US, now);
}

/* Everything that can be done now; false: the disk is full or the like, try later. */
static bool work_now(struct desk_room *d)
{
    bool more = true;
    while (more && !d->channels.stopping) {
        enum result r = newsroom_step(d->newsroom, &more);
        if (r == ERR_CLOSED) return true;
        if (r != OK) {
            cannot_step(d, r);
            return false;
        }
        d->unreadable_since_us = 0;
        tell_where_we_are(more);
        if (!more) break;
        channels_poll(&d->channels, NULL, 0, 0);
        room_do_later(d); /* a backlog is long: caches and subscribers hear of kills meanwhile */
        room_hand_over(d);
    }
    ledger_is_damaged(d, false);
    room_tell_quarantine(d);
    room_ask_ack(d);
    return true;
}

static int timeout_of(struct desk_room *d)
{
    int64_t due = newsroom_due_ms(d->newsroom),
            wait = due == INT64_MAX ? FALLBACK_POLL_MS : due - clock_now_ms();
    return wait < 0 ? 0 : wait > FALLBACK_POLL_MS ? FALLBACK_POLL_MS : (int)wait;
}

static void loop(struct desk_room *d, int bell)
{
    while (!d->channels.stopping) {
        bool fine = work_now(d);
        clock_slot_set(SLOT_NEWSROOM_US, (uint64_t)clock_mono_us());
        if (fine) put_rebuilt_in_place(d);
        room_do_later(d);
        if (fine) room_hand_over(d);
        room_watch_feeds(d);
        bool more = fine && newsroom_behind(d->newsroom);
        if (!more && !d->look.busy)
            clock_slot_set(SLOT_NEWSROOM_IDLE, newsroom_position(d->newsroom));
        struct pollfd fd = {.fd = bell, .events = POLLIN};
        int wait = more                ? 0
                   : fine              ? timeout_of(d)
                   : d->ledger_damaged ? LEDGER_WAIT_MS
                                       : DISK_WAIT_MS;
        channels_poll(&d->channels, &fd, 1, wait);
        if (fd.revents) ledger_bell_hush(bell);
        put_config_in_force(d);
    }
}

static bool open_newsroom(struct desk_room *d)
{
    struct newsroom_hooks hooks = {.ask = room_ask,
        .answer = room_answer,
        .window = HOUSE_READERS,
        .killed = room_killed,
        .urgent = room_urgent,
        .quarantined = room_quarantined,
        .look = room_look,
        .card = d->start->house->virtual_ms < 0 ? room_card : NULL, /* none in a rehearsed house */
        .may_look = room_may_look,
        .with = d};
    char path[4096];
    struct newsroom_options options = {
        .ledger_appender = "newsroom", .fresh = access(damage_mark(d, path), F_OK) == 0};
    struct span why = S("");
    d->rebuilding = options.fresh;
    d->is_asked = is_asked_for(d, &d->may_change);
    enum result r = newsroom_open(d->start->house, &options, &hooks, &d->newsroom, &why);
    if (r != OK) give_up_rebuild(d, r);
    if (r == ERR_CORRUPT && !options.fresh) { /* derived tables only: nothing is lost */
        log_warn("the store is built again from the ledger: %.*s", FMT(why));
        newsroom_close(d->newsroom);
        d->newsroom = NULL;
        options.fresh = true;
        r = newsroom_open(d->start->house, &options, &hooks, &d->newsroom, &why);
    }
    d->rebuilding = options.fresh;
    if (r == OK) clock_slot_set(SLOT_APPLIED_POS, newsroom_position(d->newsroom));
    if (r == ERR_LEDGER)
        log_error("the ledger is damaged: restore a backup, see docs/operations.md");
    if (r == ERR_FULL) why = span_of(why_of(r));
    if (r == ERR_IO)
        why = S("the disk gives an error; if it stays so, `broadsheet rebuild` makes the store "
                "anew");
    if (r != OK) clock_slot_set(SLOT_NOT_PUBLISHED, (uint64_t)r);
    if (r != OK) log_error("the newsroom cannot open: %.*s", FMT(why));
    return r == OK;
}

int role_newsroom(const struct role_start *s)
{
    struct desk_room d = {.start = s, .tell = true, .own = s->house->config};
    d.later_end = &d.later;
    channels_init(&d.channels, s->control);
    d.channels.on_frame = room_on_frame;
    d.channels.on_peer = room_on_peer;
    d.channels.with = &d;
    for (size_t i = 0; i < ASKED_MAX; i++) d.asked_arena[i] = arena_new(256u << 20);
    int bell = -1, status = 0;
    if (!s->house->one) cage_close(ROLE_NEWSROOM, s->house);
    if (ledger_bell_open(s->house->data, "newsroom", &bell) != OK)
        log_warn("no bell: the ledger is looked at every %d ms", FALLBACK_POLL_MS);
    if (open_newsroom(&d)) {
        if (work_now(&d)) put_rebuilt_in_place(&d);
        if (!d.next.config && !s->house->config_from_ledger) {
            d.next.config = s->house->config;
            d.next.turn = s->house->turn;
        }
        put_config_in_force(&d);
        loop(&d, bell);
    } else {
        status = 75;
    }
    if (bell >= 0) close(bell);
    newsroom_close(d.newsroom);
    channels_close(&d.channels);
    room_drop_later(&d);
    for (size_t i = 0; i < ASKED_MAX; i++) arena_free(d.asked_arena[i]);
    if (d.own_arena) arena_free(d.own_arena);
    if (d.next.a) arena_free(d.next.a);
    return status;
}
