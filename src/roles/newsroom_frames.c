/* newsroom_frames: what other roles say to the newsroom and hear from it: web is told of kills,
 * intake of bad deliveries; what would write the store is kept until no step is under way. */
#include "newsroom_room.h"

#include <stdlib.h>
#include <string.h>

enum {
    CONFIG_ARENA = 64 << 20,
    KILLS_AT_ONCE = 512,
    QUARANTINED_AT_ONCE = 64,
    QUARANTINE_ARENA = 1 << 20, /* of 64: a name, a feed and a sentence each */
    LATER_MAX = 4096,           /* frames, and bytes of them: of an hour of steps without an end */
    LATER_BYTES_MAX = 256 << 20,
};

/* ---- web ---- */
void room_killed(void *with, const story_id *ids, size_t count, uint64_t pos)
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

void room_ask_ack(struct desk_room *d)
{
    uint64_t pos = newsroom_position(d->newsroom);
    if (clock_slot_get(SLOT_WEB_ACK_POS) >= pos || d->acked_want == pos) return;
    room_killed(d, NULL, 0, pos);
}

static void counts_came(struct desk_room *d, struct span body)
{
    struct take t = take_of(body);
    struct span key = take_span(&t), json = take_span(&t);
    if (take_done(&t) && newsroom_counts(d->newsroom, json, key) != OK)
        log_warn("counts were not kept");
}

/* ---- intake ---- */
void room_quarantined(void *with, const struct quarantined *q)
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

void room_tell_quarantine(struct desk_room *d)
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

static void files_missing(struct desk_room *d, struct span body)
{
    struct take t = take_of(body);
    while (t.p < t.end && !t.bad) {
        struct span hash = take_span(&t);
        if (!t.bad) newsroom_file_missing(d->newsroom, hash);
    }
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

/* How a feed does that intake asks for: passed on to be told. Writes nothing here. */
static void poll_told(struct desk_room *d, struct peer *from, struct span body)
{
    struct take t = take_of(body);
    bool over = take_u8(&t);
    struct span kind = take_span(&t), feed = take_span(&t), text = take_span(&t);
    bool is_key = span_eq(kind, S("server-key"));
    struct peer *courier = channel_to(&d->channels, ROLE_COURIER, 0);
    if (!take_done(&t) || (!is_key && !span_eq(kind, S("fetch"))))
        channel_stuck(from);
    else if (courier && !channel_would_wait(courier)) /* else it is told again in a moment */
        room_alarm(d, over, is_key ? "server-key" : "fetch", feed, text);
}

/* ---- as they come ---- */
/* What writes the store: never in the middle of a step. NULL: done with its like, at once. */
static const struct {
    enum role from;
    enum message type;
    void (*act)(struct desk_room *d, struct span body);
} later_frames[] = {
    {ROLE_WEB, MSG_COUNTS, counts_came},
    {ROLE_WEB, MSG_FILES_MISSING, files_missing},
    {ROLE_INTAKE, MSG_QUARANTINED, quarantine_told},
    {ROLE_DARKROOM, MSG_LOOKED, room_looked},
    {ROLE_DARKROOM, MSG_CARD_MADE, room_card_made},
    {ROLE_COURIER, MSG_FETCHED, room_fetched},
    {ROLE_COURIER, MSG_OUT_TAKEN, NULL},
};

static bool is_known(enum role role, uint32_t type)
{
    for (size_t i = 0; i < COUNT(later_frames); i++)
        if (later_frames[i].from == role && later_frames[i].type == type) return true;
    return false;
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
    *l = (struct later){.type = f->type, .body = {(const char *)(l + 1), f->body.n}};
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
    d->next.turn = r.turn;
    d->next.told = false;
    d->next.at_us = 0;
}

void room_on_frame(void *with, struct peer *from, struct frame *f)
{
    struct desk_room *d = with;
    if (!from) {
        if (f->type == MSG_RELOAD) reload_came(d, f->body);
    } else if (from->role == ROLE_READER && f->type == MSG_READ_RESULT) {
        room_reader_answered(d, from->index, f->body);
    } else if (from->role == ROLE_WEB && f->type == MSG_ACK) {
        struct take t = take_of(f->body);
        clock_slot_set(SLOT_WEB_ACK_POS, take_u64(&t));
    } else if (from->role == ROLE_INTAKE && f->type == MSG_ALARM) {
        poll_told(d, from, f->body);
    } else {
        keep_for_later(d, from, f);
    }
}

void room_on_peer(void *with, struct peer *p)
{
    struct desk_room *d = with;
    if (p->role == ROLE_INTAKE && p->open) d->tell = true;
    if (p->role == ROLE_DARKROOM && p->open) room_darkroom_came(d, p);
    if (p->role == ROLE_READER) {
        if (p->open)
            room_reader_came(d, p);
        else
            room_reader_went(d, p->index);
    }
    if (p->role == ROLE_WEB && p->open) d->acked_want = 0;
    if (p->role == ROLE_COURIER)
        for (enum out_lane l = 0; l < OUT_LANES; l++) d->lanes[l].away = 0;
}

/* ---- later ---- */
void room_do_later(struct desk_room *d)
{
    room_outs_taken(d);
    while (d->later) {
        struct later *l = d->later;
        d->later = l->next;
        if (!d->later) d->later_end = &d->later;
        d->later_count--;
        d->later_bytes -= l->body.n;
        for (size_t i = 0; i < COUNT(later_frames); i++)
            if (later_frames[i].type == l->type && later_frames[i].act)
                later_frames[i].act(d, l->body);
        free(l);
    }
    room_look_over(d);
}

void room_drop_later(struct desk_room *d)
{
    for (struct later *l = d->later, *next; l; l = next) {
        next = l->next;
        free(l);
    }
}
