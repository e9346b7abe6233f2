/* web: HTTP for readers: N event-loop threads with one page cache, rendering at need. Passes pushes
 * to intake and counts to the newsroom. Never writes the store, never opens held rows, knows no
 * push key. Loads the tombstones before it answers the first request. The role's own thread speaks
 * with the other roles; requests live on the loops' threads. */
#include "transport.h"
#include "web.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    WEB_THREADS_MAX = 8,
    WEB_DRAIN_MS = 5000,
    WEB_STORE_WAIT_MS = 5000,
    WEB_PRESS_ARENA = 128 << 20,     /* a configuration, a theme's files, what is made of them */
    PUSHES_WAITING_MAX = 16,         /* 32 MB each at most: a flood is told to come back */
    COUNTS_EVERY_MS = 5 * 60 * 1000, /* popularity enters the ledger so often */
    COUNTS_STORIES_MAX = 2000,
    COUNTS_TABLE = 8192,
};

struct pushed { /* a request on its way to intake */
    struct pushed *next;
    enum message type; /* MSG_PUSH or MSG_COMMENT */
    struct span frame;
    struct span back; /* of a comment: where its writer goes then */
};
struct counter { /* views of one thread since the last harvest */
    pthread_mutex_t lock;
    struct {
        story_id id;
        uint32_t views;
    } table[COUNTS_TABLE];
    size_t used;
};
struct owned { /* what a press stands on; it stands in it itself */
    struct owned *next;
    struct arena *arena;
};
struct web {
    const struct role_start *start;
    struct channels channels;
    struct tombs *tombs;
    struct site *site;
    struct net_server *server;
    struct site_hand *hands[WEB_THREADS_MAX];
    struct counter *counters[WEB_THREADS_MAX];
    struct owned *owned; /* the press in force first, then those that requests may still use */
    pthread_mutex_t push_lock;
    struct pushed *pushes, **pushes_end;
    _Atomic unsigned pushes_waiting; /* taken from senders and not answered yet */
    struct {
        uint64_t id, worker;
        bool open;
        struct span back;
    } passed_on[PUSHES_WAITING_MAX]; /* with intake; the role's thread only */
    int push_bell;
    struct comment_brake *comment_brake;
    int64_t counted_ms;
    struct arena *job;
};

/* ---- what the site asks ---- */
static bool is_dead(story_id id, void *with)
{
    struct web *w = with;
    return clock_slot_get(SLOT_UNCONFIRMED) || tombs_dead(w->tombs, id);
}

static uint64_t tomb_count(void *with)
{
    struct web *w = with;
    return tombs_count(w->tombs) + clock_slot_get(SLOT_UNCONFIRMED);
}

/* ---- small answers of the role itself ---- */
static const char plain_head[] = "Content-Type: text/plain; charset=utf-8\r\nCache-Control: "
                                 "no-store\r\nX-Content-Type-Options: nosniff\r\n";
static const char json_head[] = "Content-Type: application/json\r\nCache-Control: "
                                "no-store\r\nX-Content-Type-Options: nosniff\r\n";

static void free_block(void *p)
{
    free(p);
}

static struct http_reply reply_of(int status, const char *head, struct span body)
{
    char *copy = malloc(body.n + 1);
    must(copy);
    memcpy(copy, body.p, body.n);
    return (struct http_reply){.status = status,
        .head = span_of(head),
        .body = {copy, body.n},
        .done = free_block,
        .with = copy};
}

static bool is_local(const struct http_request *r)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const unsigned char six[16] = {[15] = 1};
    if (!r->client.known) return true;
    return (memcmp(r->client.ip, mapped, 12) == 0 && r->client.ip[12] == 127) ||
           memcmp(r->client.ip, six, 16) == 0;
}

static void health(struct http_request *r)
{
    bool unconfirmed = clock_slot_get(SLOT_UNCONFIRMED), suspect = clock_is_suspect();
    struct buf b;
    buf_init(&b, r->arena, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "status", unconfirmed || suspect ? S("degraded") : S("ok"));
    json_open(&o, "reasons", '[');
    if (unconfirmed)
        json_string(&o, NULL,
            S("restored without tombstones: stories are held until `broadsheet confirm`"));
    if (suspect)
        json_string(&o, NULL, S("the clock jumped: embargoes stay shut until it is confirmed"));
    json_close(&o, ']');
    if (is_local(r)) { /* a stranger could time by them what is not public */
        json_number(&o, "applied", (int64_t)clock_slot_get(SLOT_APPLIED_POS));
        json_number(&o, "acknowledged", (int64_t)clock_slot_get(SLOT_WEB_ACK_POS));
        json_string(&o, "version", S(BROADSHEET_VERSION));
    }
    json_close(&o, '}');
    buf_char(&b, '\n');
    struct http_reply reply = reply_of(200, json_head, buf_span(&b));
    http_reply(r, &reply);
}

static void metrics(struct web *w, struct http_request *r)
{
    struct buf b;
    buf_init(&b, r->arena, 0);
    metrics_print(&b);
    uint64_t entries = 0, bytes = 0;
    site_stats(w->site, &entries, &bytes);
    buf_printf(&b,
        "# TYPE broadsheet_cache_entries gauge\nbroadsheet_cache_entries %llu\n# TYPE "
        "broadsheet_cache_bytes gauge\nbroadsheet_cache_bytes %llu\n",
        (unsigned long long)entries, (unsigned long long)bytes);
    buf_printf(&b, "# TYPE broadsheet_open_connections gauge\nbroadsheet_open_connections %u\n",
        net_open_connections(w->server));
    struct http_reply reply = reply_of(200, plain_head, buf_span(&b));
    http_reply(r, &reply);
}

/* ---- pushes ---- */
static struct span header_or_empty(const struct http_request *r, const char *name)
{
    struct span s = http_header(r, name);
    return s.p ? s : S("");
}

static struct span block_of(struct span s)
{
    char *copy = malloc(s.n + 1);
    must(copy);
    if (s.n) memcpy(copy, s.p, s.n);
    return (struct span){copy, s.n};
}

static void free_span(struct span s)
{
    free((char *)(uintptr_t)s.p);
}

/* To the role's thread, which speaks with intake. */
static void hand_over(struct web *w, enum message type, struct span frame, struct span back)
{
    struct pushed *p = malloc(sizeof *p);
    must(p);
    *p = (struct pushed){.type = type, .frame = frame, .back = block_of(back)};
    pthread_mutex_lock(&w->push_lock);
    *w->pushes_end = p;
    w->pushes_end = &p->next;
    pthread_mutex_unlock(&w->push_lock);
    uint64_t one = 1;
    (void)!write(w->push_bell, &one, sizeof one);
}

static void push(struct web *w, struct net_worker *worker, struct http_request *r, struct span feed)
{
    bool room = r->method == HTTP_POST;
    if (room && atomic_fetch_add(&w->pushes_waiting, 1) >= PUSHES_WAITING_MAX) {
        atomic_fetch_sub(&w->pushes_waiting, 1);
        room = false;
    }
    if (!room) {
        struct http_reply reply =
            r->method != HTTP_POST ? reply_of(405, "Allow: POST\r\nContent-Type: text/plain\r\n",
                                         S("deliveries are pushed by POST\n"))
                                   : reply_of(503, "Retry-After: 1\r\nContent-Type: text/plain\r\n",
                                         S("busy: send it again\n"));
        http_reply(r, &reply);
        return;
    }
    struct buf b;
    buf_init(&b, NULL, 0);
    struct http_token token = http_defer(r);
    put_u64(&b, token.id);
    put_u64(&b, net_worker_index(worker));
    put_span(&b, feed);
    put_span(&b, header_or_empty(r, "Broadsheet-Time"));
    put_span(&b, header_or_empty(r, "Broadsheet-Nonce"));
    put_span(&b, header_or_empty(r, "Broadsheet-Signature"));
    put_span(&b, header_or_empty(r, "Content-Type"));
    put_span(&b, header_or_empty(r, "Broadsheet-Name"));
    put_span(&b, r->body);
    hand_over(w, MSG_PUSH, buf_span(&b), S(""));
}

struct later_reply {
    struct http_token token;
    struct http_reply reply;
};

static void answer_on_worker(void *with)
{
    struct later_reply *l = with;
    http_reply_later(l->token, &l->reply);
    free(l);
}

/* A comment's writer is led back to the story; head and body stand in one block. */
static struct http_reply led_back(struct span back)
{
    struct arena *a = arena_new(1 << 20);
    struct span head = arena_printf(a, "Location: %.*s\r\nCache-Control: no-store\r\n%.*s",
        FMT(back), FMT(site_security_head()));
    struct span copy = block_of(head);
    arena_free(a);
    return (struct http_reply){.status = 303,
        .head = copy,
        .body = S(""),
        .done = free_block,
        .with = (char *)(uintptr_t)copy.p};
}

static void push_answered(
    struct web *w, uint64_t id, uint64_t worker, int status, struct span why, struct span back)
{
    struct later_reply *l = malloc(sizeof *l);
    must(l && worker < net_workers(w->server));
    struct arena *a = arena_new(8192);
    l->token = (struct http_token){net_worker_at(w->server, (unsigned)worker), id};
    if (back.n && status == 202)
        l->reply = led_back(back);
    else
        l->reply = reply_of(status,
            status == 503 ? "Retry-After: 1\r\nContent-Type: text/plain\r\n" : plain_head,
            arena_printf(a, "%.*s\n", FMT(why)));
    arena_free(a);
    atomic_fetch_sub(&w->pushes_waiting, 1);
    net_post(l->token.worker, answer_on_worker, l);
}

static void passed_on_done(struct web *w, size_t i, int status, struct span why)
{
    struct span back = w->passed_on[i].back;
    w->passed_on[i].open = false;
    w->passed_on[i].back = (struct span){0};
    push_answered(w, w->passed_on[i].id, w->passed_on[i].worker, status, why, back);
    free_span(back);
}

/* Whoever pushes may learn late, never not at all. */
static bool pass_on(struct web *w, const struct pushed *p)
{
    struct take t = take_of(p->frame);
    uint64_t id = take_u64(&t), worker = take_u64(&t);
    for (size_t i = 0; i < PUSHES_WAITING_MAX; i++) {
        if (w->passed_on[i].open) continue;
        w->passed_on[i].id = id;
        w->passed_on[i].worker = worker;
        w->passed_on[i].open =
            channel_send(channel_to(&w->channels, ROLE_INTAKE, 0), p->type, p->frame);
        if (w->passed_on[i].open) w->passed_on[i].back = block_of(p->back);
        return w->passed_on[i].open;
    }
    return false;
}

static void push_came_back(struct web *w, uint64_t id, uint64_t worker, int status, struct span why)
{
    for (size_t i = 0; i < PUSHES_WAITING_MAX; i++) {
        if (!w->passed_on[i].open || w->passed_on[i].id != id || w->passed_on[i].worker != worker)
            continue;
        passed_on_done(w, i, status, why);
        return;
    }
}

/* Worker threads' pushes go out on the role's thread. */
static void send_pushes(struct web *w)
{
    uint64_t count;
    (void)!read(w->push_bell, &count, sizeof count);
    pthread_mutex_lock(&w->push_lock);
    struct pushed *p = w->pushes;
    w->pushes = NULL;
    w->pushes_end = &w->pushes;
    pthread_mutex_unlock(&w->push_lock);
    while (p) {
        struct pushed *next = p->next;
        if (!pass_on(w, p)) {
            struct take t = take_of(p->frame);
            uint64_t id = take_u64(&t), worker = take_u64(&t);
            push_answered(w, id, worker, 503, S("intake is away: send it again"), S(""));
        }
        free_span(p->frame);
        free_span(p->back);
        free(p);
        p = next;
    }
}

/* ---- counts ---- */
static void count_visit(struct counter *c, story_id id)
{
    pthread_mutex_lock(&c->lock);
    size_t i = (size_t)(id * 0x9E3779B97F4A7C15ull >> 51) % COUNTS_TABLE;
    while (c->table[i].id && c->table[i].id != id) i = (i + 1) % COUNTS_TABLE;
    if (c->table[i].id || c->used < COUNTS_TABLE / 2) {
        if (!c->table[i].id) c->used++;
        c->table[i].id = id;
        c->table[i].views++;
    }
    pthread_mutex_unlock(&c->lock);
}

static void harvest(struct web *w, bool now)
{
    int64_t ms = clock_now_ms();
    if (!now && ms - w->counted_ms < COUNTS_EVERY_MS) return;
    w->counted_ms = ms;
    arena_reset(w->job);
    struct buf b, frame;
    buf_init(&b, w->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_open(&o, "views", '{');
    size_t stories = 0;
    for (size_t t = 0; t < COUNT(w->counters); t++) {
        struct counter *c = w->counters[t];
        if (!c) continue;
        pthread_mutex_lock(&c->lock);
        for (size_t i = 0; i < COUNTS_TABLE && c->used; i++)
            if (c->table[i].id && stories++ < COUNTS_STORIES_MAX)
                json_number(&o, story_id_text(w->job, c->table[i].id).p, c->table[i].views);
        memset(c->table, 0, sizeof c->table);
        c->used = 0;
        pthread_mutex_unlock(&c->lock);
    }
    json_close(&o, '}');
    json_close(&o, '}');
    if (!stories) return;
    unsigned char id[8];
    random_bytes(id, sizeof id);
    buf_init(&frame, w->job, 0);
    put_span(&frame, arena_printf(w->job, "counts:%lld:%.*s", (long long)ms,
                         FMT(bytes_hex(w->job, id, sizeof id))));
    put_span(&frame, buf_span(&b));
    channel_send(channel_to(&w->channels, ROLE_NEWSROOM, 0), MSG_COUNTS, buf_span(&frame));
}

/* ---- requests ---- */
struct sent {
    struct site *site;
    void *hold;
};

static void sent_done(void *with)
{
    struct sent *s = with;
    site_release(s->site, s->hold);
}

static struct site_ask site_ask_of(const struct http_request *r)
{
    return (struct site_ask){.method = r->method,
        .path = r->path,
        .query = r->query,
        .has_query = r->has_query,
        .arena = r->arena,
        .accept = http_header(r, "Accept"),
        .accept_encoding = http_header(r, "Accept-Encoding"),
        .if_none_match = http_header(r, "If-None-Match"),
        .if_modified_since = http_header(r, "If-Modified-Since"),
        .range = http_header(r, "Range"),
        .told = web_told,
        .with = (void *)(uintptr_t)r};
}

static void ask_site(struct web *w, struct net_worker *worker, struct http_request *r)
{
    unsigned index = net_worker_index(worker);
    struct site_ask ask = site_ask_of(r);
    struct site_answer answer;
    site_answer(w->hands[index], &ask, &answer);
    /* What a browser fetches ahead nobody has read (the Fetch standard's Sec-Purpose). */
    bool ahead = span_starts_nocase(header_or_empty(r, "Sec-Purpose"), S("prefetch"));
    if (answer.visited && r->method == HTTP_GET && !ahead)
        count_visit(w->counters[index], answer.visited);
    struct http_reply reply = {.status = answer.status,
        .head = answer.head,
        .body = answer.body,
        .no_body_length = answer.no_body_length};
    if (answer.hold) {
        struct sent *s = ARENA_NEW(r->arena, struct sent);
        *s = (struct sent){w->site, answer.hold};
        reply.done = sent_done;
        reply.with = s;
    }
    http_reply(r, &reply);
}

/* ---- readers' comments ---- */
struct writer {
    struct web *w;
    const struct http_request *r;
};

static bool may_comment(void *with)
{
    const struct writer *writer = with;
    return comment_may(writer->w->comment_brake, &writer->r->client);
}

static void pass_comment(
    struct web *w, struct net_worker *worker, struct http_request *r, const struct site_comment *c)
{
    if (atomic_fetch_add(&w->pushes_waiting, 1) >= PUSHES_WAITING_MAX) {
        atomic_fetch_sub(&w->pushes_waiting, 1);
        struct http_reply reply = reply_of(
            503, "Retry-After: 1\r\nContent-Type: text/plain\r\n", S("busy: send it again\n"));
        http_reply(r, &reply);
        return;
    }
    struct buf b;
    buf_init(&b, NULL, 0);
    struct http_token token = http_defer(r);
    put_u64(&b, token.id);
    put_u64(&b, net_worker_index(worker));
    put_u64(&b, c->story);
    put_span(&b, c->id);
    put_span(&b, c->name);
    put_span(&b, c->text);
    hand_over(w, MSG_COMMENT, buf_span(&b), c->back);
}

static void comment(struct web *w, struct net_worker *worker, struct http_request *r)
{
    struct site_ask ask = site_ask_of(r);
    struct writer writer = {w, r};
    struct site_form form = {.body = r->body,
        .type = http_header(r, "Content-Type"),
        .origin = http_header(r, "Origin"),
        .fetch_site = http_header(r, "Sec-Fetch-Site"),
        .host = r->host,
        .may = may_comment,
        .with = &writer};
    struct site_comment kept;
    struct site_answer answer;
    if (site_comment(w->hands[net_worker_index(worker)], &ask, &form, &kept, &answer)) {
        pass_comment(w, worker, r, &kept);
        return;
    }
    struct http_reply reply = {.status = answer.status, .head = answer.head, .body = answer.body};
    http_reply(r, &reply);
}

static void handle(struct net_worker *worker, struct http_request *r, void *with)
{
    struct web *w = with;
    if (span_starts(r->path, S("/push/"))) {
        push(w, worker, r, span_cut(r->path, 6, r->path.n));
        return;
    }
    if (span_eq(r->path, S("/health"))) {
        health(r);
        return;
    }
    if (span_eq(r->path, S("/metrics")) && is_local(r)) {
        metrics(w, r);
        return;
    }
    if (r->method == HTTP_POST && site_takes_comment(r->path))
        comment(w, worker, r);
    else
        ask_site(w, worker, r);
}

static size_t body_max(const struct http_request *r, void *with)
{
    (void)with;
    if (r->method == HTTP_POST && site_takes_comment(r->path)) return COMMENT_BODY_MAX;
    return r->method == HTTP_POST && span_starts(r->path, S("/push/")) ? PUSH_BODY_MAX : 0;
}

/* ---- other roles ---- */
static void kill_came(struct web *w, struct peer *from, struct span body)
{
    struct take t = take_of(body);
    uint64_t pos = take_u64(&t);
    story_id ids[512];
    size_t n = 0;
    while (t.p < t.end && n < COUNT(ids)) ids[n++] = take_u64(&t);
    if (n) site_purge(w->site, ids, n);
    struct buf b;
    arena_reset(w->job);
    buf_init(&b, w->job, 0);
    put_u64(&b, pos);
    channel_send(from, MSG_ACK, buf_span(&b));
}

static void own(struct web *w, struct arena *a)
{
    struct owned *o = ARENA_NEW(a, struct owned);
    *o = (struct owned){w->owned, a};
    w->owned = o;
}

/* Threads may still render with an old press: it goes once none does. */
static void free_old(struct web *w)
{
    if (!w->owned || !w->owned->next || !site_press_settled(w->site)) return;
    while (w->owned->next) {
        struct owned *old = w->owned->next;
        w->owned->next = old->next;
        arena_free(old->arena);
    }
}

/* a: it and what it stands on */
static bool make_press(struct arena *a, const struct config *c, struct span theme,
    const struct press **press, const struct press_site **site)
{
    struct press_site *ps = press_site_of(a, c);
    struct press *p = NULL;
    struct span why = S("");
    if (press_open_pack(a, ps, theme, &p, &why) != OK) {
        log_error("the theme cannot be used: %.*s", FMT(why));
        return false;
    }
    *press = p;
    *site = ps;
    return true;
}

/* NULL: it is in force; else why the one before stays. */
static const char *reload(struct web *w, struct span body, uint64_t *turn)
{
    struct arena *a = arena_new(WEB_PRESS_ARENA);
    struct renewal r;
    const struct press *p;
    const struct press_site *ps;
    const char *why = "the web cannot make its pages with it";
    struct config *c = renewal_unpack(a, body, &r) ? renewal_config(a, w->start->house, &r) : NULL;
    *turn = r.turn;
    if (!c || !make_press(a, c, arena_keep(a, r.theme), &p, &ps) ||
        (r.has_pem && net_reload_tls(w->server, &r.pem, &why) != OK)) {
        arena_free(a);
        return why;
    }
    own(w, a);
    site_set_press(w->site, p, ps);
    return NULL;
}

static void reload_came(struct web *w, struct span body)
{
    uint64_t turn = 0;
    if (!w->server) { /* not open yet: the next one starts with it */
        w->channels.stopping = true;
        return;
    }
    const char *why = reload(w, body, &turn);
    renewal_told(w->start->control, turn, why);
}

static void on_frame(void *with, struct peer *from, struct frame *f)
{
    struct web *w = with;
    if (!from) {
        if (f->type == MSG_RELOAD) reload_came(w, f->body);
        return;
    }
    if (from->role == ROLE_NEWSROOM && f->type == MSG_KILL) kill_came(w, from, f->body);
    if (from->role == ROLE_INTAKE && f->type == MSG_PUSH_RESULT) {
        struct take t = take_of(f->body);
        uint64_t id = take_u64(&t), worker = take_u64(&t);
        int status = (int)take_u32(&t);
        push_came_back(w, id, worker, status, take_span(&t));
    }
}

/* Intake went with pushes unanswered: their senders are asked to send again. What was durable
 * already is known by its nonce, and not doubled. */
static void on_peer(void *with, struct peer *p)
{
    struct web *w = with;
    if (p->role != ROLE_INTAKE || p->open) return;
    for (size_t i = 0; i < PUSHES_WAITING_MAX; i++) {
        if (!w->passed_on[i].open) continue;
        passed_on_done(w, i, 503, S("intake ended on the way: send it again"));
    }
}

/* ---- starting ---- */
static bool open_site(struct web *w)
{
    const struct house *h = w->start->house;
    const struct press *p;
    const struct press_site *ps;
    if (tombs_open(h->data, false, &w->tombs) != OK) {
        log_error("the tombstones cannot be read: nothing is served without them");
        return false;
    }
    struct arena *a = arena_new(WEB_PRESS_ARENA);
    own(w, a);
    if (!make_press(a, h->config, h->theme, &p, &ps)) return false;
    struct site_config c = {.store_folder = h->store,
        .run_folder = h->run,
        .picture_folder = h->pictures,
        .press = p,
        .press_site = ps,
        .dead = is_dead,
        .tomb_count = tomb_count,
        .with = w,
        .cache_bytes = SITE_CACHE_BYTES};
    return site_open(&c, &w->site) == OK;
}

static unsigned thread_count(const struct config *c)
{
    long n = c->threads ? (long)c->threads : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > WEB_THREADS_MAX ? WEB_THREADS_MAX : (unsigned)n;
}

static bool open_hands(struct web *w, unsigned threads)
{
    for (unsigned i = 0; i < threads; i++) {
        w->counters[i] = calloc(1, sizeof *w->counters[i]);
        must(w->counters[i]);
        pthread_mutex_init(&w->counters[i]->lock, NULL);
        if (site_hand_open(w->site, &w->hands[i]) != OK) return false;
    }
    return true;
}

static bool start_server(struct web *w, unsigned threads)
{
    const struct house *h = w->start->house;
    const struct config *c = h->config;
    struct net_trusted *trusted =
        ARENA_ARRAY(w->job, struct net_trusted, c->trusted_proxy_count + 1);
    size_t trusted_count = 0;
    for (uint32_t i = 0; i < c->trusted_proxy_count; i++)
        if (net_trusted_parse(c->trusted_proxies[i], &trusted[trusted_count])) trusted_count++;
    struct net_listener listeners[HOUSE_LISTENERS_MAX];
    memcpy(listeners, h->listeners, sizeof listeners);
    struct net_config nc = {.limits = net_limits_default(),
        .listeners = listeners,
        .listener_count = h->listener_count,
        .trusted = trusted,
        .trusted_count = trusted_count,
        .trust_unix = true,
        .threads = threads,
        .handle = handle,
        .body_max = body_max,
        .with = w};
    if (c->tls_cert.n) {
        nc.tls_cert = arena_cstr(w->job, c->tls_cert);
        nc.tls_key = arena_cstr(w->job, c->tls_key);
    }
    nc.limits.body_max = 0;
    const char *why = NULL;
    if (net_start(&nc, &w->server, &why) == OK) return true;
    log_error("the server cannot start: %s", why ? why : strerror(errno));
    return false;
}

/* On the first start of all the newsroom is just making the store: doors open when there is
 * something to read, or after a while come what may. */
static void wait_for_store(struct web *w)
{
    int64_t until = clock_mono_us() + WEB_STORE_WAIT_MS * 1000LL;
    while (!w->channels.stopping && clock_mono_us() < until && !site_hand_ready(w->hands[0]))
        channels_poll(&w->channels, NULL, 0, 2);
}

static void loop(struct web *w)
{
    while (!w->channels.stopping) {
        struct pollfd fd = {.fd = w->push_bell, .events = POLLIN};
        channels_poll(&w->channels, &fd, 1, 1000);
        if (fd.revents) send_pushes(w);
        harvest(w, false);
        free_old(w);
    }
    harvest(w, true);
}

static void close_all(struct web *w)
{
    if (w->server) net_stop(w->server, WEB_DRAIN_MS);
    for (size_t i = 0; i < COUNT(w->hands); i++) {
        if (w->hands[i]) site_hand_close(w->hands[i]);
        free(w->counters[i]);
    }
    if (w->site) site_close(w->site);
    if (w->tombs) tombs_close(w->tombs);
    close(w->push_bell);
    comment_brake_free(w->comment_brake);
    channels_close(&w->channels);
    while (w->owned) {
        struct owned *o = w->owned;
        w->owned = o->next;
        arena_free(o->arena);
    }
    arena_free(w->job);
}

int role_web(const struct role_start *s)
{
    struct web w = {.start = s,
        .push_bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
        .comment_brake = comment_brake_new(),
        .job = arena_new(64 << 20),
        .counted_ms = clock_now_ms()};
    w.pushes_end = &w.pushes;
    pthread_mutex_init(&w.push_lock, NULL);
    channels_init(&w.channels, s->control);
    w.channels.on_frame = on_frame;
    w.channels.on_peer = on_peer;
    w.channels.with = &w;
    unsigned threads = thread_count(s->house->config);
    if (!s->house->one) cage_close(ROLE_WEB, s->house);
    int status = 75;
    bool open = open_site(&w) && open_hands(&w, threads);
    if (open) wait_for_store(&w);
    if (open && !w.channels.stopping && start_server(&w, threads)) {
        (void)!frame_send(s->control, MSG_READY, S(""), -1, 1000);
        loop(&w);
        status = 0;
    }
    close_all(&w);
    return status;
}
