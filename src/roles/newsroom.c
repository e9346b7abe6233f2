/* newsroom: the process around newsroom_work: tails the ledger by its bell, speaks with readers,
 * darkroom, web and intake. No network. Fatal: a damaged store (it is set aside and rebuilt at the
 * next start), a disk that cannot be written for long (it waits, alarms, and goes on serving). */
#include "newsroom_room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LOOK_WAIT_MS = 60000, /* for one picture */
    LOOK_TRIES = 2,
    FALLBACK_POLL_MS = 250, /* a lost bell */
    DISK_WAIT_MS = 500,
    LEDGER_WAIT_MS = 5000, /* a damaged ledger waits for people */
    CONFIG_AGAIN_MS = 1000,
    CONFIG_ARENA = 64 << 20,
    TELL_MASTER_MS = 2000,
    KILLS_AT_ONCE = 512,
    QUARANTINED_AT_ONCE = 64,
    QUARANTINE_ARENA = 1 << 20, /* of 64: a name, a feed and a sentence each */
    LATER_MAX = 4096,           /* frames, and bytes of them: of an hour of steps without an end */
    LATER_BYTES_MAX = 256 << 20,
    OUTS_AT_ONCE = 64,               /* handed to the courier before it has said that it has them */
    OUTS_WAIT_MS = 10000,            /* then they are offered again: it knows what it has */
    OUTS_ARENA = 32 << 20,           /* so many bodies of the largest size */
    OUT_FRESH_MS = 24 * 3600 * 1000, /* what is older is no news, and after a rebuild all is old */
    SILENCE_LOOK_MS = 15 * 1000,
};

/* ---- web ---- */
static void hook_killed(void *with, const story_id *ids, size_t count, uint64_t pos)
{
    struct desk_room *d = with;
    struct buf b;
    buf_init(&b, NULL, 0);
    put_u64(&b, pos);
    for (size_t i = 0; i < count && i < KILLS_AT_ONCE; i++) put_u64(&b, ids[i]);
    if (count > KILLS_AT_ONCE)
        log_warn("%zu kills at once: web finds the rest in the tombstones", count);
    d->acked_want = pos;
    channel_send(channel_to(&d->channels, ROLE_WEB, 0), MSG_KILL, buf_span(&b));
    buf_free(&b);
}

/* Everything applied is asked to be acknowledged: an empty kill. */
static void ask_ack(struct desk_room *d)
{
    uint64_t pos = newsroom_position(d->newsroom);
    if (clock_slot_get(SLOT_WEB_ACK_POS) >= pos || d->acked_want == pos) return;
    hook_killed(d, NULL, 0, pos);
}

static void counts_came(struct desk_room *d, struct span body)
{
    struct take t = take_of(body);
    struct span key = take_span(&t), json = take_span(&t);
    if (take_done(&t) && newsroom_counts(d->newsroom, json, key) != OK)
        log_warn("counts were not kept");
}

/* ---- intake and darkroom ---- */
static void hook_quarantined(void *with, const struct quarantined *q)
{
    struct desk_room *d = with;
    log_warn("quarantined: %.*s%s%.*s, line %u: %.*s", FMT(q->name), q->feed.n ? " of " : "",
        FMT(q->feed), q->line, FMT(q->why));
    d->tell = true;
}

static void tell_one(struct peer *p, struct arena *a, const struct quarantined *q)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_u64(&b, q->pos);
    put_u32(&b, q->number);
    put_span(&b, q->feed);
    put_span(&b, q->name);
    put_span(&b, q->line ? arena_printf(a, "%.*s:%u:%u: %.*s\n", FMT(q->name), q->line, q->column,
                               FMT(q->why))
                         : arena_printf(a, "%.*s: %.*s\n", FMT(q->name), FMT(q->why)));
    channel_send(p, MSG_QUARANTINE, buf_span(&b));
}

/* Whole bad deliveries are told to intake until it has moved their files; some at a time. */
static void tell_quarantine(struct desk_room *d)
{
    struct peer *p = channel_to(&d->channels, ROLE_INTAKE, 0);
    struct quarantined list[QUARANTINED_AT_ONCE];
    size_t count = 0;
    if (!p || !d->tell) return;
    struct arena *a = arena_new(QUARANTINE_ARENA);
    if (store_quarantine_untold(newsroom_store(d->newsroom), d->tell_pos, d->tell_number, a, list,
            COUNT(list), &count) != OK)
        count = 0;
    for (size_t i = 0; i < count; i++) tell_one(p, a, &list[i]);
    d->tell = count == COUNT(list);
    d->tell_pos = d->tell ? list[count - 1].pos : 0;
    d->tell_number = d->tell ? list[count - 1].number + 1 : 0;
    arena_free(a);
}

static void quarantine_told(struct desk_room *d, struct span body)
{
    struct take t = take_of(body);
    uint64_t pos = take_u64(&t);
    uint32_t number = take_u32(&t);
    struct store *s = newsroom_store(d->newsroom);
    if (t.bad || store_begin(s) != OK) return;
    if (store_quarantine_told(s, pos, number) != OK ||
        store_commit(s, newsroom_position(d->newsroom)) != OK)
        store_rollback(s);
}

/* ---- courier ---- */
/* Whatever is due to leave the house is offered until the courier has it. */
static void hand_over(struct desk_room *d)
{
    struct peer *p = channel_to(&d->channels, ROLE_COURIER, 0);
    if (!p || d->rebuilding) return;
    /* It says nothing of what it could not keep. */
    if (d->outs_away && clock_mono_us() - d->outs_away_us < OUTS_WAIT_MS * 1000LL) return;
    d->outs_away = 0;
    d->outs_away_us = clock_mono_us();
    struct out outs[OUTS_AT_ONCE];
    size_t count = 0;
    int64_t now = clock_now_ms();
    struct arena *a = arena_new(OUTS_ARENA);
    if (store_outs(newsroom_store(d->newsroom), now - OUT_FRESH_MS, now, a, outs, COUNT(outs),
            &count) != OK)
        count = 0;
    struct buf b;
    buf_init(&b, NULL, 0);
    for (size_t i = 0; i < count && !channel_would_wait(p); i++) {
        b.n = 0;
        put_span(&b, outs[i].key);
        put_span(&b, outs[i].kind);
        put_span(&b, outs[i].body);
        put_u64(&b, outs[i].page);
        put_u64(&b, (uint64_t)outs[i].at_ms);
        put_u64(&b, (uint64_t)outs[i].due_ms);
        if (!channel_send(p, MSG_OUT, buf_span(&b))) break;
        d->outs_away++;
    }
    buf_free(&b);
    arena_free(a);
}

static enum result mark_taken(struct desk_room *d, const struct later *l)
{
    struct take t = take_of(l->body);
    struct span key = take_span(&t);
    return take_done(&t) ? store_out_told(newsroom_store(d->newsroom), key) : OK;
}

/* All that it has taken since we looked, in one transaction. What cannot be marked is offered
 * again, and it knows it. */
static void outs_taken(struct desk_room *d)
{
    struct store *s = newsroom_store(d->newsroom);
    enum result r = OK;
    bool begun = false;
    for (struct later *l = d->later; l; l = l->next) {
        if (l->role != ROLE_COURIER || l->type != MSG_OUT_TAKEN) continue;
        if (d->outs_away) d->outs_away--;
        if (!begun) r = store_begin(s);
        begun = true;
        if (r == OK) r = mark_taken(d, l);
    }
    if (!begun) return;
    if (r == OK) r = store_commit(s, newsroom_position(d->newsroom));
    if (r != OK) store_rollback(s);
}

static void fetched(struct desk_room *d, struct span body)
{
    struct take t = take_of(body);
    struct span feed = take_span(&t), url = take_span(&t), bytes = take_span(&t);
    if (!take_done(&t) || newsroom_fetched(d->newsroom, feed, url, bytes) != OK)
        log_warn("a fetched picture could not be kept");
}

static void send_alarm(
    struct desk_room *d, bool over, const char *kind, struct span subject, struct span text)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    put_u8(&b, over);
    put_span(&b, span_of(kind));
    put_span(&b, subject);
    put_span(&b, text);
    channel_send(channel_to(&d->channels, ROLE_COURIER, 0), MSG_ALARM, buf_span(&b));
    buf_free(&b);
}

/* The site file says how long a feed may be silent; the ledger's part of it does not hold that. */
static void watch_limits(struct desk_room *d);

static void watch_silence(struct desk_room *d)
{
    const struct config *c = newsroom_config(d->newsroom);
    int64_t now = clock_now_ms();
    char text[100];
    if (now < d->silence_ms) return;
    d->silence_ms = now + SILENCE_LOOK_MS;
    for (uint32_t i = 0; i < c->feed_count; i++) {
        const struct config_feed *f = config_feed_named(d->own, c->feeds[i].name);
        int64_t minutes = (now - newsroom_fed_ms(d->newsroom, i)) / 60000;
        if (!f || !f->silent_after_minutes) continue;
        snprintf(text, sizeof text, "nothing has come for %lld minutes", (long long)minutes);
        send_alarm(d, minutes < f->silent_after_minutes, "feed", f->name, span_of(text));
    }
    watch_limits(d);
}

/* The alarm itself came with what was over; here it ends. */
static void watch_limits(struct desk_room *d)
{
    const struct config *c = newsroom_config(d->newsroom);
    struct arena *a = arena_new(1 << 20);
    for (uint32_t i = 0; i < c->feed_count; i++) {
        struct span subjects[LIMITS_OF_A_FEED];
        size_t count = newsroom_within_limits(d->newsroom, c->feeds[i].name, a, subjects);
        for (size_t k = 0; k < count; k++)
            send_alarm(d, true, "rate", subjects[k], S("it is within its limits again"));
    }
    arena_free(a);
}

/* The picture or card at hand is over. */
static void look_done(struct desk_room *d)
{
    d->look.busy = d->look.lost = false;
}

static void look_sent(struct desk_room *d, bool is_card, struct span name, bool sent)
{
    bool again = span_eq(name, span_of(d->look.name)) && d->look.is_card == is_card;
    if (!again) d->look.tries = 0;
    snprintf(d->look.name, sizeof d->look.name, "%.*s", FMT(name));
    d->look.is_card = is_card;
    d->look.busy = true;
    d->look.lost = !sent;
    d->look.until_us = clock_mono_us() + LOOK_WAIT_MS * 1000LL;
}

/* The darkroom ended at its work, or thinks too long. An end from outside, or none at all, does not
 * count against the picture. */
static void look_over(struct desk_room *d)
{
    struct peer *p = channel_to(&d->channels, ROLE_DARKROOM, 0);
    if (d->look.busy && !d->look.lost && clock_mono_us() > d->look.until_us) {
        d->look.tries++;
        d->look.lost = true;
        if (p) channel_stuck(p);
    }
    if (!d->look.busy || !d->look.lost || !p) return;
    look_done(d);
    if (d->look.tries < LOOK_TRIES) {
        newsroom_look_again(d->newsroom);
    } else if (!d->look.is_card) {
        struct picture_answer bad = {.why = S("the darkroom ended on it, twice")};
        newsroom_picture(d->newsroom, span_of(d->look.name), &bad);
    }
}

static bool hook_may_look(void *with)
{
    struct desk_room *d = with;
    return !d->look.busy && channel_to(&d->channels, ROLE_DARKROOM, 0);
}

static void hook_look(void *with, struct span hex, struct span bytes)
{
    struct desk_room *d = with;
    struct buf b;
    buf_init(&b, NULL, 0);
    put_span(&b, hex);
    put_span(&b, bytes);
    look_sent(d, false, hex,
        channel_send(channel_to(&d->channels, ROLE_DARKROOM, 0), MSG_LOOK, buf_span(&b)));
    buf_free(&b);
}

static void hook_card(void *with, const char *name, struct span title, struct span colour)
{
    struct desk_room *d = with;
    struct buf b;
    buf_init(&b, NULL, 0);
    put_span(&b, span_of(name));
    put_span(&b, d->own->site_name);
    put_span(&b, title);
    put_span(&b, colour);
    look_sent(d, true, span_of(name),
        channel_send(channel_to(&d->channels, ROLE_DARKROOM, 0), MSG_CARD, buf_span(&b)));
    buf_free(&b);
}

/* The darkroom reads strangers' pictures: its answer is for what was asked, or for nothing. */
static bool was_asked(const struct desk_room *d, bool is_card, struct span name)
{
    if (d->look.busy && d->look.is_card == is_card && span_eq(name, span_of(d->look.name)))
        return true;
    log_warn("the darkroom answers what it was not asked");
    return false;
}

static void looked(struct desk_room *d, struct span body)
{
    struct take t = take_of(body);
    struct span hex = take_span(&t);
    struct picture_answer p = {0};
    p.width = take_u32(&t); /* one by one: an initialiser's parts have no order */
    p.height = take_u32(&t);
    p.forms = take_u32(&t);
    p.why = take_span(&t);
    uint32_t made = take_u32(&t);
    for (uint32_t i = 0; i < made && i < COUNT(p.made) && !t.bad; i++) {
        p.made[i].width = take_u32(&t);
        for (size_t f = 0; f < PICTURE_FORMS; f++) p.made[i].forms[f] = take_span(&t);
        p.made_count++;
    }
    p.card = take_span(&t);
    if (!was_asked(d, false, hex)) return;
    look_done(d);
    d->look.tries = 0;
    if (take_done(&t)) newsroom_picture(d->newsroom, hex, &p);
}

static void card_made(struct desk_room *d, struct span body)
{
    struct take t = take_of(body);
    struct span name = take_span(&t), jpeg = take_span(&t);
    char path[4096];
    if (!was_asked(d, true, name)) return;
    look_done(d);
    d->look.tries = 0;
    if (!take_done(&t) || !jpeg.n) return;
    snprintf(path, sizeof path, "%s/%.*s", d->start->house->pictures, FMT(name));
    if (file_write_durable(path, jpeg) != OK) log_warn("%s cannot be written", path);
}

/* ---- frames ---- */
static bool is_known(enum role role, uint32_t type)
{
    return (role == ROLE_WEB && type == MSG_COUNTS) ||
           (role == ROLE_INTAKE && type == MSG_QUARANTINED) ||
           (role == ROLE_DARKROOM && (type == MSG_LOOKED || type == MSG_CARD_MADE)) ||
           (role == ROLE_COURIER && (type == MSG_OUT_TAKEN || type == MSG_FETCHED));
}

/* Whoever sends what it may not, or more than any of them has to say, is ended. */
static void keep_for_later(struct desk_room *d, struct peer *from, const struct frame *f)
{
    bool fits = d->later_count < LATER_MAX && d->later_bytes + f->body.n <= LATER_BYTES_MAX;
    if (!fits || !is_known(from->role, f->type)) {
        log_warn("%s sends %s", role_name(from->role), fits ? "what is no answer" : "too much");
        channel_stuck(from);
        return;
    }
    struct later *l = malloc(sizeof *l + f->body.n);
    must(l);
    *l = (struct later){
        .role = from->role, .type = f->type, .body = {(const char *)(l + 1), f->body.n}};
    if (f->body.n) memcpy(l + 1, f->body.p, f->body.n);
    *d->later_end = l;
    d->later_end = &l->next;
    d->later_count++;
    d->later_bytes += f->body.n;
}

/* What the file says now is to be put in force, instead of whatever waited for that. */
static void reload_came(struct desk_room *d, struct span body)
{
    struct renewal r;
    struct arena *a = arena_new(CONFIG_ARENA);
    struct config *c = renewal_unpack(a, body, &r) ? renewal_config(a, d->start->house, &r) : NULL;
    if (!c) {
        log_error("the new configuration cannot be read: the one before stays in force");
        arena_free(a);
        return;
    }
    if (d->next.a) arena_free(d->next.a);
    d->next.config = c;
    d->next.a = a;
    d->next.told = false;
    d->next.at_us = 0;
}

static void on_frame(void *with, struct peer *from, struct frame *f)
{
    struct desk_room *d = with;
    if (!from) {
        if (f->type == MSG_RELOAD) reload_came(d, f->body);
    } else if (from->role == ROLE_READER && f->type == MSG_READ_RESULT) {
        room_reader_answered(d, from->index, f->body);
    } else if (from->role == ROLE_WEB && f->type == MSG_ACK) {
        struct take t = take_of(f->body);
        clock_slot_set(SLOT_WEB_ACK_POS, take_u64(&t));
    } else {
        keep_for_later(d, from, f);
    }
}

/* Frames that write the store: never in the middle of a step. */
static void do_later(struct desk_room *d)
{
    outs_taken(d);
    while (d->later) {
        struct later *l = d->later;
        d->later = l->next;
        if (!d->later) d->later_end = &d->later;
        d->later_count--;
        d->later_bytes -= l->body.n;
        if (l->role == ROLE_WEB && l->type == MSG_COUNTS) counts_came(d, l->body);
        if (l->role == ROLE_INTAKE && l->type == MSG_QUARANTINED) quarantine_told(d, l->body);
        if (l->role == ROLE_DARKROOM && l->type == MSG_LOOKED) looked(d, l->body);
        if (l->role == ROLE_DARKROOM && l->type == MSG_CARD_MADE) card_made(d, l->body);
        if (l->role == ROLE_COURIER && l->type == MSG_FETCHED) fetched(d, l->body);
        free(l);
    }
    look_over(d);
}

static void drop_later(struct desk_room *d)
{
    for (struct later *l = d->later, *next; l; l = next) {
        next = l->next;
        free(l);
    }
}

static void on_peer(void *with, struct peer *p)
{
    struct desk_room *d = with;
    if (p->role == ROLE_INTAKE && p->open) d->tell = true;
    if (p->role == ROLE_DARKROOM && p->open && d->look.busy && !d->look.lost) {
        bool from_outside = WIFSIGNALED(p->last_status) && WTERMSIG(p->last_status) == SIGKILL;
        d->look.lost = true;
        if (!from_outside) d->look.tries++;
    }
    if (p->role == ROLE_READER) {
        if (p->open)
            room_reader_came(d, p);
        else
            room_reader_went(d, p->index);
    }
    if (p->role == ROLE_WEB && p->open) d->acked_want = 0;
    if (p->role == ROLE_COURIER) d->outs_away = 0;
}

/* ---- the loop ---- */
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
    if (d->next.a) { /* one that the newsroom started with is none of a reload */
        clock_slot_set(SLOT_CONFIG_EPOCH, clock_slot_get(SLOT_CONFIG_EPOCH) + 1);
        if (d->own_arena) arena_free(d->own_arena);
        d->own_arena = d->next.a;
    }
    d->own = d->next.config;
    d->next.config = NULL;
    d->next.a = NULL;
}

/* run/rebuild: the next newsroom builds a fresh store. */
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

static void put_rebuilt_in_place(struct desk_room *d)
{
    char path[4096];
    if (!d->rebuilding || d->channels.stopping) return; /* half of it is worse than the old one */
    d->rebuilding = false;
    if (newsroom_switch(d->newsroom) != OK) {
        log_error("the rebuilt store cannot take its place");
        exit(75);
    }
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
    send_alarm(d, !is, "ledger", S(""), span_of(text));
}

static void cannot_step(struct desk_room *d, enum result r)
{
    ledger_is_damaged(d, r == ERR_LEDGER);
    if (r == ERR_LEDGER) return;
    if (r == ERR_CORRUPT) {
        log_error("the store is damaged: it is built again from the ledger");
        mark_damaged(d);
        exit(75);
    }
    log_error("publication waits: %s (kills still act; nothing is lost)",
        r == ERR_FULL ? "the disk is full; make room" : result_name(r));
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
        if (more) channels_poll(&d->channels, NULL, 0, 0);
    }
    ledger_is_damaged(d, false);
    tell_quarantine(d);
    ask_ack(d);
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
        if (fine) put_rebuilt_in_place(d);
        do_later(d);
        if (fine) hand_over(d);
        watch_silence(d);
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
        .killed = hook_killed,
        .quarantined = hook_quarantined,
        .look = hook_look,
        .card = d->start->house->virtual_ms < 0 ? hook_card : NULL, /* none in a rehearsed house */
        .may_look = hook_may_look,
        .with = d};
    char path[4096];
    struct newsroom_options options = {
        .ledger_appender = "newsroom", .fresh = access(damage_mark(d, path), F_OK) == 0};
    struct span why = S("");
    enum result r = newsroom_open(d->start->house, &options, &hooks, &d->newsroom, &why);
    if (r == ERR_CORRUPT && !options.fresh) { /* derived tables only: nothing is lost */
        log_warn("the store is built again from the ledger: %.*s", FMT(why));
        newsroom_close(d->newsroom);
        d->newsroom = NULL;
        options.fresh = true;
        r = newsroom_open(d->start->house, &options, &hooks, &d->newsroom, &why);
    }
    d->rebuilding = options.fresh;
    if (r == ERR_LEDGER)
        log_error("the ledger is damaged: restore a backup, see docs/operations.md");
    if (r != OK) log_error("the newsroom cannot open: %.*s", FMT(why));
    return r == OK;
}

int role_newsroom(const struct role_start *s)
{
    struct desk_room d = {.start = s, .tell = true, .own = s->house->config};
    d.later_end = &d.later;
    channels_init(&d.channels, s->control);
    d.channels.on_frame = on_frame;
    d.channels.on_peer = on_peer;
    d.channels.with = &d;
    for (size_t i = 0; i < ASKED_MAX; i++) d.asked_arena[i] = arena_new(256u << 20);
    int bell = -1, status = 0;
    if (!s->house->one) cage_close(ROLE_NEWSROOM, s->house);
    if (ledger_bell_open(s->house->data, "newsroom", &bell) != OK)
        log_warn("no bell: the ledger is looked at every %d ms", FALLBACK_POLL_MS);
    if (open_newsroom(&d)) {
        if (work_now(&d)) put_rebuilt_in_place(&d);
        bool is_kept = s->house->config_from_ledger || s->house->config_waits;
        if (s->house->config_waits)
            (void)!frame_send(s->control, MSG_CONFIG_WAITS, S(""), -1, TELL_MASTER_MS);
        if (!d.next.config && !is_kept) d.next.config = s->house->config;
        put_config_in_force(&d);
        loop(&d, bell);
    } else {
        status = 75;
    }
    if (bell >= 0) close(bell);
    newsroom_close(d.newsroom);
    channels_close(&d.channels);
    drop_later(&d);
    for (size_t i = 0; i < ASKED_MAX; i++) arena_free(d.asked_arena[i]);
    if (d.own_arena) arena_free(d.own_arena);
    if (d.next.a) arena_free(d.next.a);
    return status;
}
