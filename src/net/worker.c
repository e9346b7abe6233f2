/* net/worker: one thread with one epoll: events, what others post, watched descriptors, and a sweep
 * over all deadlines. Everything of a connection happens on its worker's thread; only posts and
 * watches cross threads, under the worker's lock. No timer per connection: deadlines are looked at
 * together, a few times per shortest deadline. Fatal: no memory, no epoll. */
#include "net_inside.h"

#include "clock.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS_MAX = 128,      /* taken from epoll at once */
    SPARE_BLOCKS_MAX = 64, /* kept for the next burst of requests that wait */
    SLEPT_US = 1000,       /* a look that lasted so long found nobody ready at first */
    DRAIN_LOOK_MS = 20,
    REST_MS = 10,       /* when nothing can be waited for */
    DRAIN_ASK_MS = 100, /* what was sent before the client could know of the end has come by then */
};

int64_t net_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t net_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The first request of a connection may have waited in the kernel's queue, which no look tells of:
 * tcp(7), TCP_INFO. Whoever stood at the door while one program took another's place has waited for
 * that, and is answered: counted is from this server's beginning. */
static bool is_late(struct net_connection *c)
{
    const struct net_config *config = &c->worker->server->config;
    bool is_first = !c->has_asked && !c->listener->is_unix;
    struct tcp_info told;
    socklen_t n = sizeof told;
    int64_t now_us = net_now_us(), waited_ms = (now_us - c->worker->ready_us) / 1000,
            here_ms = (now_us - c->worker->server->began_us) / 1000;
    c->has_asked = true;
    if (is_first && getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &told, &n) == 0 &&
        told.tcpi_last_data_recv > waited_ms)
        waited_ms = told.tcpi_last_data_recv;
    if (waited_ms > here_ms) waited_ms = here_ms;
    return waited_ms > config->limits.queue_ms;
}

const char *net_too_busy(struct net_connection *c, const struct http_request *r)
{
    const struct net_config *config = &c->worker->server->config;
    if (!is_late(c) && !c->is_spare) return NULL;
    if (c->listener->is_own || (config->is_reserved && config->is_reserved(r, config->with)))
        return NULL;
    metric_add(M_OVERLOADED, 1);
    return "too many readers at once";
}

/* ---- blocks ---- */
struct net_block *net_block_take(struct net_worker *w)
{
    struct net_block *b = w->blocks;
    if (b) {
        w->blocks = b->next;
        w->spare_blocks--;
    } else {
        b = malloc(sizeof *b);
        must(b != NULL);
        b->arena = arena_new(NET_ARENA_MAX);
    }
    b->next = NULL;
    b->at = b->end = 0;
    return b;
}

static void block_free(struct net_block *b)
{
    if (!b) return;
    arena_free(b->arena);
    free(b);
}

void net_block_give(struct net_worker *w, struct net_block *b)
{
    if (w->spare_blocks == SPARE_BLOCKS_MAX) {
        block_free(b);
        return;
    }
    if (arena_used(b->arena) > 0) arena_reset(b->arena);
    b->next = w->blocks;
    w->blocks = b;
    w->spare_blocks++;
}

/* ---- connections that wait for their turn, or for their grave ---- */
void net_again(struct net_connection *c)
{
    if (c->queued || c->stage == AT_DEAD) return;
    c->queued = true;
    c->next = NULL;
    *c->worker->again_end = c;
    c->worker->again_end = &c->next;
}

void net_bury(struct net_connection *c)
{
    if (c->queued) return; /* its turn comes first, and finds it dead */
    c->next = c->worker->dead;
    c->worker->dead = c;
}

static void run_again(struct net_worker *w)
{
    struct net_connection *list = w->again;
    w->again = NULL;
    w->again_end = &w->again;
    while (list) {
        struct net_connection *c = list;
        list = c->next;
        c->queued = false;
        if (c->stage == AT_DEAD)
            net_bury(c);
        else
            net_connection_run(c);
    }
}

static void bury_dead(struct net_worker *w)
{
    while (w->dead) {
        struct net_connection *c = w->dead;
        w->dead = c->next;
        if (c->block) net_block_give(w, c->block);
        free(c->kept);
        free(c);
    }
}

/* ---- posts ---- */
void net_worker_wake(struct net_worker *w)
{
    uint64_t one = 1;
    ssize_t n = write(w->wake, &one, sizeof one);
    (void)n; /* full means that it wakes anyway */
}

void net_post(struct net_worker *w, void (*fn)(void *), void *with)
{
    pthread_mutex_lock(&w->lock);
    if (w->post_count == w->post_cap) {
        w->post_cap = w->post_cap ? w->post_cap * 2 : 64;
        w->posts = realloc(w->posts, w->post_cap * sizeof *w->posts);
        must(w->posts != NULL);
    }
    w->posts[w->post_count++] = (struct net_post_item){fn, with};
    bool first = w->post_count == 1;
    pthread_mutex_unlock(&w->lock);
    if (first) net_worker_wake(w);
}

static void run_posts(struct net_worker *w)
{
    uint64_t many;
    ssize_t n = read(w->wake, &many, sizeof many);
    (void)n;
    pthread_mutex_lock(&w->lock);
    struct net_post_item *items = w->posts;
    size_t count = w->post_count, cap = w->post_cap;
    w->posts = w->running;
    w->post_cap = w->running_cap;
    w->post_count = 0;
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < count; i++) items[i].fn(items[i].with);
    w->running = items;
    w->running_cap = cap;
}

/* ---- watches ---- */
void net_watch(struct net_worker *w, int fd, void (*ready)(void *), void *with)
{
    struct net_watch *watch = malloc(sizeof *watch);
    must(watch != NULL);
    pthread_mutex_lock(&w->lock);
    *watch = (struct net_watch){{SOURCE_WATCH}, fd, false, ready, with, w->watches};
    w->watches = watch;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &watch->source};
    must(epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &event) == 0);
    pthread_mutex_unlock(&w->lock);
}

void net_unwatch(struct net_worker *w, int fd)
{
    pthread_mutex_lock(&w->lock);
    for (struct net_watch *x = w->watches; x; x = x->next) {
        if (x->fd != fd || x->dead) continue;
        x->dead = true;
        w->has_dead_watches = true;
        epoll_ctl(w->epoll, EPOLL_CTL_DEL, fd, NULL);
    }
    pthread_mutex_unlock(&w->lock);
}

static void watch_ready(struct net_worker *w, struct net_watch *x)
{
    pthread_mutex_lock(&w->lock);
    bool dead = x->dead;
    pthread_mutex_unlock(&w->lock);
    if (!dead) x->ready(x->with);
}

static void bury_watches(struct net_worker *w, bool all)
{
    pthread_mutex_lock(&w->lock);
    w->has_dead_watches = false;
    for (struct net_watch **at = &w->watches; *at;) {
        struct net_watch *x = *at;
        if (!x->dead && !all) {
            at = &x->next;
            continue;
        }
        *at = x->next;
        free(x);
    }
    pthread_mutex_unlock(&w->lock);
}

/* ---- listeners ---- */
static void listen_no_more(struct net_worker *w)
{
    for (size_t i = 0; i < w->server->config.listener_count; i++)
        epoll_ctl(w->epoll, EPOLL_CTL_DEL, w->ears[i].listener->fd, NULL);
}

/* Where the kernel has no room for it, the next sweep tries again. */
static void listen_on(struct net_worker *w)
{
    bool all = true;
    for (size_t i = 0; i < w->server->config.listener_count; i++) {
        struct epoll_event event = {
            .events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = &w->ears[i].source};
        all &= epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->ears[i].listener->fd, &event) == 0;
    }
    w->ears_off = w->ears_gone = !all;
    if (!all) listen_no_more(w);
}

/* ---- time ---- */
void net_worker_time(struct net_worker *w)
{
    int64_t now_ms = net_now_ms();
    if (now_ms == w->now_ms) return;
    w->now_ms = now_ms;
    int64_t second = clock_now_ms() / 1000;
    if (second == w->date_s) return;
    w->date_s = second;
    char date[30];
    http_date(second * 1000, date);
    size_t n = strlen(date);
    memcpy(w->date, "Date: ", 6);
    memcpy(w->date + 6, date, n);
    memcpy(w->date + 6 + n, "\r\n", 2);
    w->date_n = n + 8;
}

static void sweep(struct net_worker *w)
{
    for (uint32_t i = 0; i < w->slot_count; i++) {
        struct net_connection *c = w->slots[i];
        if (c && c->deadline_ms <= w->now_ms) net_connection_expired(c);
    }
    if (w->ears_off && !w->draining) listen_on(w);
    w->sweep_at_ms = w->now_ms + w->server->sweep_ms;
}

static void tell_metrics(struct net_worker *w)
{
    static const enum metric classes[6] = {
        [2] = M_RESPONSES_2XX, [3] = M_RESPONSES_3XX, [4] = M_RESPONSES_4XX, [5] = M_RESPONSES_5XX};
    if (w->counts.requests) metric_add(M_REQUESTS, w->counts.requests);
    if (w->counts.bytes) metric_add(M_BYTES_OUT, w->counts.bytes);
    for (int i = 2; i < 6; i++)
        if (w->counts.by_class[i]) metric_add(classes[i], w->counts.by_class[i]);
    memset(&w->counts, 0, sizeof w->counts);
}

/* ---- the loop ---- */
static int wait_ms(const struct net_worker *w)
{
    if (w->again) return 0;
    if (w->draining) return DRAIN_LOOK_MS;
    if (atomic_load_explicit(&w->open, memory_order_relaxed) == 0 && !w->ears_off) return -1;
    int64_t left = w->sweep_at_ms - net_now_ms();
    return left < 0 ? 0 : (int)left + 1;
}

static void handle_event(struct net_worker *w, const struct epoll_event *e)
{
    struct net_source *source = e->data.ptr;
    switch (source->kind) {
    case SOURCE_CONNECTION: net_connection_ready((struct net_connection *)source, e->events); break;
    case SOURCE_LISTENER:
        if (!w->draining && !w->ears_off) net_accept(w, (struct net_ear *)source);
        break;
    case SOURCE_WAKE: run_posts(w); break;
    case SOURCE_WATCH: watch_ready(w, (struct net_watch *)source); break;
    }
}

static void begin_drain(struct net_worker *w)
{
    w->draining = true;
    w->drain_at_ms = w->now_ms + DRAIN_ASK_MS;
    listen_no_more(w);
    for (uint32_t i = 0; i < w->slot_count; i++)
        if (w->slots[i] && w->slots[i]->protocol->warn) w->slots[i]->protocol->warn(w->slots[i]);
}

static void let_go(struct net_worker *w)
{
    w->drained = true;
    for (uint32_t i = 0; i < w->slot_count; i++)
        if (w->slots[i]) w->slots[i]->protocol->drain(w->slots[i]);
}

/* Whoever is found ready became so behind the last look that took all who were; or just now, where
 * this look had to wait for somebody. */
static int look(struct net_worker *w, struct epoll_event events[EVENTS_MAX])
{
    int64_t before_us = net_now_us();
    int n = epoll_wait(w->epoll, events, EVENTS_MAX, wait_ms(w));
    int64_t after_us = net_now_us();
    must(n >= 0 || (errno != EBADF && errno != EINVAL));
    if (n < 0 && errno != EINTR) poll(NULL, 0, REST_MS); /* the system is short of something */
    w->ready_us = after_us - before_us >= SLEPT_US ? after_us : w->clear_us;
    if (n >= 0 && n < EVENTS_MAX) w->clear_us = after_us;
    return n;
}

static bool turn(struct net_worker *w)
{
    struct epoll_event events[EVENTS_MAX];
    int n = look(w, events);
    net_worker_time(w);
    for (int i = 0; i < n; i++) handle_event(w, &events[i]);
    if (w->again) run_again(w);
    if (w->ears_off && !w->ears_gone) {
        log_warn("net: no descriptors left: accepting rests a moment");
        listen_no_more(w);
        w->ears_gone = true;
    }
    if (w->now_ms >= w->sweep_at_ms) sweep(w);
    if (w->dead) bury_dead(w);
    if (w->has_dead_watches) bury_watches(w, false);
    tell_metrics(w);
    if (!atomic_load_explicit(&w->server->stopping, memory_order_acquire)) return true;
    if (!w->draining) begin_drain(w);
    if (!w->drained && w->now_ms >= w->drain_at_ms) let_go(w);
    return atomic_load(&w->open) > 0 && w->now_ms < atomic_load(&w->server->stop_at_ms);
}

static void finish(struct net_worker *w)
{
    run_posts(w);
    for (uint32_t i = 0; i < w->slot_count; i++)
        if (w->slots[i]) net_close(w->slots[i]);
    run_again(w);
    bury_dead(w);
    tell_metrics(w);
}

static void *work(void *arg)
{
    struct net_worker *w = arg;
    log_as("web");
    w->now_ms = net_now_ms() - 1;
    net_worker_time(w);
    w->clear_us = net_now_us();
    w->sweep_at_ms = w->now_ms + w->server->sweep_ms;
    while (turn(w)) continue;
    finish(w);
    return NULL;
}

/* ---- birth and end ---- */
void net_worker_init(struct net_worker *w, struct net_server *s, unsigned index)
{
    must(pthread_mutex_init(&w->lock, NULL) == 0);
    w->server = s;
    w->index = index;
    w->epoll = w->wake = -1;
    w->again_end = &w->again;
}

enum result net_worker_start(struct net_worker *w)
{
    w->date_s = -1;
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    w->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    w->wake_source.kind = SOURCE_WAKE;
    if (w->epoll < 0 || w->wake < 0) return ERR_IO;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &w->wake_source};
    if (epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->wake, &event) != 0) return ERR_IO;
    size_t n = w->server->config.listener_count;
    w->ears = calloc(n ? n : 1, sizeof *w->ears);
    must(w->ears != NULL);
    for (size_t i = 0; i < n; i++)
        w->ears[i] = (struct net_ear){{SOURCE_LISTENER}, &w->server->config.listeners[i]};
    w->block = net_block_take(w);
    listen_on(w);
    if (pthread_create(&w->thread, NULL, work, w) != 0) return ERR_IO;
    w->started = true;
    return OK;
}

void net_worker_free(struct net_worker *w)
{
    finish(w); /* another worker may have handed over a connection after this one's last turn */
    if (w->epoll >= 0) close(w->epoll);
    if (w->wake >= 0) close(w->wake);
    bury_watches(w, true);
    block_free(w->block);
    while (w->blocks) {
        struct net_block *b = w->blocks;
        w->blocks = b->next;
        block_free(b);
    }
    while (w->sendings) {
        struct net_sending *s = w->sendings;
        w->sendings = s->next;
        free(s);
    }
    free(w->ears);
    free(w->slots);
    free(w->free_slots);
    free(w->posts);
    free(w->running);
    pthread_mutex_destroy(&w->lock);
}
