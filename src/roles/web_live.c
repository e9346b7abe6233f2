/* web_live: pages that listen for the next update of a running story: /live/ID as server-sent
 * events (WHATWG HTML, 9.2). An event says ids and a version, never words: it is the story's small
 * file /live/ID.json, made, cached and withheld by the same predicate as its page; where that
 * answers 404, 410 or 451 the listeners are told that it is gone, and let go. Each loop's thread
 * has a table of its own; the role's thread looks whether anything has changed at all, and wakes
 * them. Stories bound to countries are not told this way: who reads them asks, and is answered by
 * his country. Fatal: no memory. */
#include "web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LIVE_LOOK_MS = 50,     /* between two looks whether anything changed, while somebody listens */
    LIVE_CLOCK_MS = 1000,  /* between two looks at what changes by the clock alone */
    LIVE_PULSE_MS = 15000, /* under the shortest silence that proxies allow, 30 s */
    LIVE_BATCH = 256,      /* told in one go, before requests get their turn: some 2 ms */
    LIVE_RETRY_MS = 3000,  /* a browser waits so long before it listens again, */
    LIVE_SPREAD_MS = 8000, /* and after a reload up to so much longer: not all at once */
    LIVE_FULL_S = 60,      /* who finds no room is told to ask again then */
    LIVE_TABLE = 256,
    LIVE_ARENA = 1 << 20, /* of a look: a path, an answer that is not kept */
};

struct listener {
    struct listener *next, *prev;
    struct told *story;
    struct http_token token;
};
struct told { /* a story that somebody listens to */
    struct told *next;
    struct live_table *table;
    story_id id;
    struct listener *first, *at; /* at: who is to be told next; NULL: nobody */
    char *text;                  /* what is being told */
    struct hash said;            /* of the file as it was told last */
    bool is_pulse, is_gone;
};
struct live_table { /* of one loop's thread, which alone touches it, but for the atomics */
    struct web *web;
    struct net_worker *worker;
    struct arena *arena;
    struct told *rows[LIVE_TABLE];
    int64_t pulse_at_ms;
    _Atomic uint32_t listeners, stories;
    _Atomic bool is_called;
};

static int64_t mono_ms(void)
{
    return clock_mono_us() / 1000;
}

/* ---- the table ---- */
static struct told **place_of(struct live_table *t, story_id id)
{
    struct told **at = &t->rows[id * 0x9E3779B97F4A7C15ull >> 56];
    while (*at && (*at)->id != id) at = &(*at)->next;
    return at;
}

static struct told *told_at(struct live_table *t, story_id id)
{
    struct told **at = place_of(t, id);
    if (*at) return *at;
    struct told *s = calloc(1, sizeof *s);
    must(s != NULL);
    *s = (struct told){.table = t, .id = id};
    atomic_fetch_add(&t->stories, 1);
    return *at = s;
}

static void drop_told(struct told *s)
{
    struct told **at = place_of(s->table, s->id);
    *at = s->next;
    atomic_fetch_sub(&s->table->stories, 1);
    free(s->text);
    free(s);
}

/* An open reply's done: however it ended. */
static void went(void *with)
{
    struct listener *l = with;
    struct told *s = l->story;
    if (s->at == l) s->at = l->next;
    *(l->prev ? &l->prev->next : &s->first) = l->next;
    if (l->next) l->next->prev = l->prev;
    atomic_fetch_sub(&s->table->listeners, 1);
    free(l);
}

static void put_listener(struct told *s, struct listener *l)
{
    l->story = s;
    l->next = s->first;
    if (s->first) s->first->prev = l;
    s->first = l;
    atomic_fetch_add(&s->table->listeners, 1);
}

/* ---- the story's small file ---- */
struct look {
    int status;
    bool is_bound; /* it depends on the reader's country */
    struct span body;
    struct site_answer answer;
};

static struct look look_at(struct web *w, unsigned index, const struct site_ask *ask, story_id id)
{
    struct look l = {0};
    l.is_bound = site_live_file(w->hands[index], ask, id, &l.answer);
    l.status = l.answer.status;
    l.body = span_trim(l.answer.body);
    return l;
}

static void look_done(struct web *w, struct look *l)
{
    if (l->answer.hold) site_release(w->site, l->answer.hold);
}

/* ---- telling ---- */
static void tell(struct told *s, const char *text, bool is_pulse)
{
    free(s->text);
    s->text = strdup(text);
    must(s->text != NULL);
    s->is_pulse = is_pulse;
    s->at = s->first;
}

/* Some of those who are to be told. False: some are left. */
static bool tell_some(struct told *s, unsigned *room)
{
    while (s->at && *room) {
        struct listener *l = s->at;
        struct span text = span_of(s->text);
        s->at = l->next;
        --*room;
        if (s->is_gone)
            http_stream_end(l->token, text);
        else
            (void)(s->is_pulse ? http_stream_pulse(l->token, text)
                               : http_stream_send(l->token, text));
    }
    return !s->at;
}

static void look_again(struct live_table *t, struct told *s)
{
    struct site_ask ask = {.arena = t->arena};
    struct look l = look_at(t->web, net_worker_index(t->worker), &ask, s->id);
    struct hash now = hash_of(l.body);
    bool is_there = l.status == 200 && !l.is_bound;
    bool is_gone = l.status == 404 || l.status == 410 || l.status == 451;
    if (is_gone) {
        s->is_gone = true;
        tell(s,
            arena_printf(t->arena, "event: gone\ndata: {\"id\":\"%.*s\"}\n\n",
                FMT(story_id_text(t->arena, s->id)))
                .p,
            false);
    } else if (l.status == 200 && l.is_bound) {
        s->is_gone = true; /* from here on it is asked for, and answered by country */
        tell(s, ":\n\n", false);
    } else if (is_there && memcmp(&now, &s->said, sizeof now) != 0) {
        s->said = now;
        tell(s, arena_printf(t->arena, "event: update\ndata: %.*s\n\n", FMT(l.body)).p, false);
    }
    look_done(t->web, &l);
}

static void turn(void *with);

static void call(struct live_table *t)
{
    if (!atomic_exchange(&t->is_called, true)) net_post(t->worker, turn, t);
}

static void turn_story(
    struct live_table *t, struct told *s, bool pulses, unsigned *room, bool *left)
{
    if (s->first && !s->is_gone) look_again(t, s);
    if (pulses && !s->at) tell(s, ":\n\n", true);
    if (!tell_some(s, room)) *left = true;
    if (!s->first) drop_told(s);
    arena_reset(t->arena);
}

static void turn(void *with)
{
    struct live_table *t = with;
    unsigned room = LIVE_BATCH;
    bool left = false, pulses = mono_ms() >= t->pulse_at_ms;
    atomic_store(&t->is_called, false); /* before the look: what changes from here on calls again */
    if (pulses) t->pulse_at_ms = mono_ms() + LIVE_PULSE_MS;
    for (size_t i = 0; i < LIVE_TABLE; i++)
        for (struct told *s = t->rows[i], *next; s; s = next) {
            next = s->next;
            turn_story(t, s, pulses, &room, &left);
        }
    if (left) call(t);
}

/* ---- the role's thread ---- */
uint32_t web_live_count(const struct web *w)
{
    uint32_t n = 0;
    for (size_t i = 0; i < COUNT(w->live); i++)
        if (w->live[i]) n += atomic_load(&w->live[i]->listeners);
    return n;
}

int web_live_wait_ms(const struct web *w, int otherwise_ms)
{
    return web_live_count(w) ? LIVE_LOOK_MS : otherwise_ms;
}

static void each(struct web *w, void (*fn)(struct live_table *))
{
    for (size_t i = 0; i < COUNT(w->live); i++)
        if (w->live[i] && atomic_load(&w->live[i]->stories)) fn(w->live[i]);
}

void web_live_turn(struct web *w)
{
    uint64_t epoch = site_epoch(w->site);
    int64_t now_ms = mono_ms();
    if (epoch == w->live_epoch && now_ms < w->live_due_ms) return;
    w->live_epoch = epoch;
    w->live_due_ms = now_ms + LIVE_CLOCK_MS;
    each(w, call);
}

static void end_all(void *with)
{
    struct live_table *t = with;
    char text[64];
    for (size_t i = 0; i < LIVE_TABLE; i++)
        for (struct told *s = t->rows[i]; s; s = s->next) {
            s->is_gone = true; /* who is let go over HTTP/2 leaves a moment later */
            s->at = NULL;
            for (struct listener *l = s->first, *after; l; l = after) {
                unsigned char spread[2];
                after = l->next;
                random_bytes(spread, sizeof spread);
                snprintf(text, sizeof text, "retry: %d\n\n",
                    LIVE_RETRY_MS + (spread[0] << 8 | spread[1]) % LIVE_SPREAD_MS);
                http_stream_end(l->token, span_of(text));
            }
        }
}

static void call_end(struct live_table *t)
{
    net_post(t->worker, end_all, t);
}

void web_live_end(struct web *w)
{
    each(w, call_end);
}

void web_live_open(struct web *w)
{
    for (size_t i = 0; i < COUNT(w->live); i++) {
        struct live_table *t = w->live[i] = calloc(1, sizeof *t);
        must(t != NULL);
        t->web = w;
        t->arena = arena_new(LIVE_ARENA);
    }
}

void web_live_close(struct web *w)
{
    for (size_t i = 0; i < COUNT(w->live); i++) {
        struct live_table *t = w->live[i];
        if (!t) continue;
        for (size_t k = 0; k < LIVE_TABLE; k++)
            while (t->rows[k]) drop_told(t->rows[k]);
        arena_free(t->arena);
        free(t);
    }
}

/* ---- who comes to listen ---- */
static const char full_head[] = "Content-Type: text/plain; charset=utf-8\r\nCache-Control: "
                                "no-store\r\nX-Content-Type-Options: nosniff\r\nRetry-After: ";

static void refuse(struct http_request *r)
{
    struct span head = arena_printf(r->arena, "%s%d\r\n", full_head, LIVE_FULL_S);
    struct http_reply reply = {
        .status = 503, .head = head, .body = S("No more can listen now: ask instead.\n")};
    http_reply(r, &reply);
}

/* What is not there for this reader is answered as the small file is. */
static void pass_on(struct http_request *r, const struct look *l)
{
    struct http_reply reply = {.status = l->status, .head = l->answer.head, .body = l->answer.body};
    http_reply(r, &reply);
}

static struct span event_head(struct arena *a)
{
    return arena_printf(a,
        "Content-Type: text/event-stream\r\nCache-Control: no-store\r\n"
        "X-Accel-Buffering: no\r\n%.*s",
        FMT(site_security_head()));
}

/* A HEAD is told what a GET would begin with. */
static void reply_head(struct http_request *r)
{
    struct http_reply reply = {.status = 200, .head = event_head(r->arena), .no_body_length = true};
    http_reply(r, &reply);
}

static bool open_reply(
    struct web *w, struct live_table *t, struct http_request *r, story_id id, const struct look *l)
{
    const struct config_live *c = &w->start->house->config->live;
    struct http_room room = {c->listeners, c->listeners_per_client};
    struct listener *listener = calloc(1, sizeof *listener);
    must(listener != NULL);
    struct http_reply reply = {.status = 200,
        .head = event_head(r->arena),
        .body = arena_printf(
            r->arena, "retry: %d\nevent: update\ndata: %.*s\n\n", LIVE_RETRY_MS, FMT(l->body)),
        .done = went,
        .with = listener};
    if (!http_stream_open(r, &reply, &room, &listener->token)) {
        free(listener);
        return false;
    }
    struct told *s = told_at(t, id);
    if (!s->first || s->is_gone) s->said = hash_of(l->body);
    s->is_gone = false;
    put_listener(s, listener);
    return true;
}

void web_live(struct web *w, struct net_worker *worker, struct http_request *r,
    const struct site_ask *ask, story_id id)
{
    struct live_table *t = w->live[net_worker_index(worker)];
    struct look l = look_at(w, net_worker_index(worker), ask, id);
    bool first = !atomic_load(&t->listeners);
    uint64_t one = 1;
    t->worker = worker;
    if (l.status != 200)
        pass_on(r, &l);
    else if (r->method == HTTP_HEAD)
        reply_head(r);
    else if (l.is_bound || !open_reply(w, t, r, id, &l))
        refuse(r);
    else if (first && write(w->push_bell, &one, sizeof one) < 0)
        log_debug("web: the bell is full");
    if (l.status == 200) look_done(w, &l);
}
