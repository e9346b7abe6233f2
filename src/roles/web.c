/* web: HTTP for readers: N event-loop threads with one page cache, rendering at need. Passes pushes
 * to intake and counts to the newsroom. Never writes the store, never opens held rows, knows no
 * push key. Loads the tombstones before it answers the first request. The role's own thread speaks
 * with the other roles; requests live on the loops' threads. */
#include "web.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    WEB_DRAIN_MS = 5000,
    WEB_STORE_WAIT_MS = 5000,
};

/* ---- other roles ---- */
static void kill_came(struct web *w, struct peer *from, struct span body)
{
    struct take t = take_of(body);
    uint64_t pos = take_u64(&t);
    story_id ids[512];
    size_t n = 0;
    while (t.p < t.end && n < COUNT(ids)) ids[n++] = take_u64(&t);
    if (n) site_purge(w->site, ids, n);
    if (w->server) web_live_turn(w);
    struct buf b;
    arena_reset(w->job);
    buf_init(&b, w->job, 0);
    put_u64(&b, pos);
    channel_send(from, MSG_ACK, buf_span(&b));
}

static void on_frame(void *with, struct peer *from, struct frame *f)
{
    struct web *w = with;
    if (!from) {
        if (f->type == MSG_RELOAD) web_reload_came(w, f->body);
        return;
    }
    if (from->role == ROLE_NEWSROOM && f->type == MSG_KILL) kill_came(w, from, f->body);
    if (from->role == ROLE_INTAKE && f->type == MSG_PUSH_RESULT) web_push_came_back(w, f->body);
}

static void on_peer(void *with, struct peer *p)
{
    if (p->role == ROLE_INTAKE && !p->open) web_intake_went(with);
}

/* ---- starting ---- */
static unsigned thread_count(const struct config *c)
{
    long n = c->threads ? (long)c->threads : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > WEB_THREADS_MAX ? WEB_THREADS_MAX : (unsigned)n;
}

static bool open_hands(struct web *w, unsigned threads)
{
    for (unsigned i = 0; i < threads; i++) {
        w->counters[i] = web_counter_new();
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
        .handle = web_handle,
        .body_max = web_body_max,
        .is_reserved = web_is_reserved,
        .with = w};
    if (c->tls_cert.n) {
        nc.tls_cert = arena_cstr(w->job, c->tls_cert);
        nc.tls_key = arena_cstr(w->job, c->tls_key);
    }
    nc.limits.connections_max += c->live.listeners; /* they take no reader's place */
    nc.limits.body_max = 0;
    nc.limits.queue_ms = c->queue_ms;
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

static void tell_missing_files(struct web *w)
{
    char hashes[SITE_MISSING_MAX][SITE_HASH_BYTES];
    size_t count = site_missing(w->site, hashes);
    struct buf b;
    if (!count) return;
    arena_reset(w->job);
    buf_init(&b, w->job, 0);
    for (size_t i = 0; i < count; i++) put_span(&b, span_of(hashes[i]));
    channel_send(channel_to(&w->channels, ROLE_NEWSROOM, 0), MSG_FILES_MISSING, buf_span(&b));
}

static void loop(struct web *w)
{
    while (!w->channels.stopping) {
        struct pollfd fd = {.fd = w->push_bell, .events = POLLIN};
        channels_poll(&w->channels, &fd, 1, web_live_wait_ms(w, 1000));
        if (fd.revents) web_send_pushes(w);
        web_live_turn(w);
        web_harvest(w, false);
        tell_missing_files(w);
        web_free_old(w);
    }
    web_live_end(w);
    web_harvest(w, true);
}

static void close_all(struct web *w)
{
    if (w->server) net_stop(w->server, WEB_DRAIN_MS);
    web_live_close(w);
    for (size_t i = 0; i < COUNT(w->hands); i++) {
        if (w->hands[i]) site_hand_close(w->hands[i]);
        free(w->counters[i]);
    }
    close(w->push_bell);
    comment_brake_free(w->comment_brake);
    comment_brake_free(w->grievance_brake);
    guard_free(w->guard);
    channels_close(&w->channels);
    web_close_site(w);
    arena_free(w->job);
}

int role_web(const struct role_start *s)
{
    struct web w = {.start = s,
        .push_bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
        .comment_brake = comment_brake_new(),
        .grievance_brake = comment_brake_new(),
        .guard = guard_new(),
        .job = arena_new(64 << 20),
        .counted_ms = clock_now_ms()};
    w.pushes_end = &w.pushes;
    pthread_mutex_init(&w.push_lock, NULL);
    channels_init(&w.channels, s->control);
    w.channels.on_frame = on_frame;
    w.channels.on_peer = on_peer;
    w.channels.with = &w;
    web_live_open(&w);
    unsigned threads = thread_count(s->house->config);
    if (!s->house->one) cage_close(ROLE_WEB, s->house);
    int status = 75;
    bool open = web_open_site(&w) && open_hands(&w, threads);
    if (open) wait_for_store(&w);
    if (open && !w.channels.stopping && start_server(&w, threads)) {
        (void)!frame_send(s->control, MSG_READY, S(""), -1, 1000);
        loop(&w);
        status = 0;
    }
    close_all(&w);
    return status;
}
