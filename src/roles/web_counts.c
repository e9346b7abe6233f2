/* web_counts: which stories are read, for how long, and from where readers come: each thread counts
 * its own, the role's thread adds them up for the ledger. Sums alone: never who, and of where from
 * the host. */
#include "web.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    COUNTS_EVERY_MS = 5 * 60 * 1000, /* they enter the ledger so often */
    COUNTS_STORIES_MAX = 2000,       /* the most read of them; 100 kB of the event */
    COUNTS_TABLE = 8192,
    COUNTS_HOSTS = 1024, /* half of them are used; what is over stands under "(other)" */
};

struct counted { /* of one story since the last harvest */
    story_id id;
    uint32_t readers, pages, beacons, times[READING_TIMES];
};
struct counted_host {
    char name[SITE_REFERRER_MAX + 1];
    uint32_t pages, beacons;
};
struct counter {
    pthread_mutex_t lock;
    struct counted table[COUNTS_TABLE];
    struct counted_host hosts[COUNTS_HOSTS];
    size_t used, hosts_used;
};

struct counter *web_counter_new(void)
{
    struct counter *c = calloc(1, sizeof *c);
    must(c);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

/* NULL: the table is full. */
static struct counted *story_at(struct counter *c, story_id id)
{
    size_t i = (size_t)(id * 0x9E3779B97F4A7C15ull >> 51) % COUNTS_TABLE;
    while (c->table[i].id && c->table[i].id != id) i = (i + 1) % COUNTS_TABLE;
    if (c->table[i].id) return &c->table[i];
    if (c->used >= COUNTS_TABLE / 2) return NULL;
    c->used++;
    c->table[i].id = id;
    return &c->table[i];
}

static struct counted_host *host_at(struct counter *c, struct span name)
{
    if (name.n > SITE_REFERRER_MAX) name = S("(other)");
    size_t i = (size_t)(fast_hash(name) % COUNTS_HOSTS);
    while (c->hosts[i].name[0] && !span_eq(span_of(c->hosts[i].name), name))
        i = (i + 1) % COUNTS_HOSTS;
    if (c->hosts[i].name[0]) return &c->hosts[i];
    bool is_other = span_eq(name, S("(other)"));
    if (c->hosts_used >= COUNTS_HOSTS / 2 && !is_other) return host_at(c, S("(other)"));
    c->hosts_used++;
    memcpy(c->hosts[i].name, name.p, name.n);
    return &c->hosts[i];
}

/* ---- the loops' threads ---- */
static enum reading_time time_of(uint32_t seconds)
{
    static const uint32_t below[] = {10, 30, 60, 180, 600};
    size_t k = 0;
    while (k < COUNT(below) && seconds >= below[k]) k++;
    return (enum reading_time)k;
}

void web_count_page(struct counter *c, story_id id, bool is_new, struct span from)
{
    pthread_mutex_lock(&c->lock);
    struct counted *s = story_at(c, id);
    if (s) s->pages++, s->readers += is_new;
    host_at(c, from)->pages++;
    pthread_mutex_unlock(&c->lock);
}

void web_count_beacon(
    struct counter *c, story_id id, bool is_new, struct span from, uint32_t seconds)
{
    pthread_mutex_lock(&c->lock);
    struct counted *s = story_at(c, id);
    if (s) s->beacons++, s->readers += is_new, s->times[time_of(seconds)]++;
    host_at(c, from)->beacons++;
    pthread_mutex_unlock(&c->lock);
}

/* ---- the role's thread ---- */
static void add_story(struct counter *sum, const struct counted *from)
{
    struct counted *to = from->id ? story_at(sum, from->id) : NULL;
    if (!to) return;
    to->readers += from->readers;
    to->pages += from->pages;
    to->beacons += from->beacons;
    for (size_t k = 0; k < READING_TIMES; k++) to->times[k] += from->times[k];
}

static void add_host(struct counter *sum, const struct counted_host *from)
{
    if (!from->name[0]) return;
    struct counted_host *to = host_at(sum, span_of(from->name));
    to->pages += from->pages;
    to->beacons += from->beacons;
}

/* One row a story, whichever threads have counted it: JSON has a key once. */
static void gather(struct web *w, struct counter *sum)
{
    for (size_t t = 0; t < COUNT(w->counters); t++) {
        struct counter *c = w->counters[t];
        if (!c) continue;
        pthread_mutex_lock(&c->lock);
        for (size_t i = 0; i < COUNTS_TABLE && c->used; i++) add_story(sum, &c->table[i]);
        for (size_t i = 0; i < COUNTS_HOSTS && c->hosts_used; i++) add_host(sum, &c->hosts[i]);
        memset(c->table, 0, sizeof c->table);
        memset(c->hosts, 0, sizeof c->hosts);
        c->used = c->hosts_used = 0;
        pthread_mutex_unlock(&c->lock);
    }
}

static int more_read(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;
    uint64_t left = (uint64_t)x->pages + x->beacons, right = (uint64_t)y->pages + y->beacons;
    return left < right ? 1 : left > right ? -1 : x->id < y->id ? -1 : x->id > y->id;
}

/* Pages, beacons and their times; zeros at the end are left out: most stories have no beacon. */
static void put_read(struct web *w, const struct counted *c, struct json_out *o)
{
    uint32_t numbers[2 + READING_TIMES] = {c->pages, c->beacons};
    size_t n = COUNT(numbers);
    memcpy(numbers + 2, c->times, sizeof c->times);
    while (n > 1 && !numbers[n - 1]) n--;
    json_open(o, story_id_text(w->job, c->id).p, '[');
    for (size_t i = 0; i < n; i++) json_number(o, NULL, numbers[i]);
    json_close(o, ']');
}

static void put_stories(struct web *w, const struct counted *list, size_t n, struct json_out *o)
{
    json_open(o, "views", '{');
    for (size_t i = 0; i < n; i++)
        if (list[i].readers) json_number(o, story_id_text(w->job, list[i].id).p, list[i].readers);
    json_close(o, '}');
    json_open(o, "read", '{');
    for (size_t i = 0; i < n; i++) put_read(w, &list[i], o);
    json_close(o, '}');
}

static void put_hosts(const struct counter *sum, struct json_out *o)
{
    json_open(o, "from", '{');
    for (size_t i = 0; i < COUNTS_HOSTS; i++) {
        const struct counted_host *h = &sum->hosts[i];
        if (!h->name[0]) continue;
        json_open(o, h->name, '[');
        json_number(o, NULL, h->pages);
        json_number(o, NULL, h->beacons);
        json_close(o, ']');
    }
    json_close(o, '}');
}

static void tell(struct web *w, struct counter *sum, int64_t ms)
{
    struct buf b, frame;
    size_t n = 0;
    for (size_t i = 0; i < COUNTS_TABLE; i++) /* the table is not asked again */
        if (sum->table[i].id) sum->table[n++] = sum->table[i];
    qsort(sum->table, n, sizeof *sum->table, more_read);
    buf_init(&b, w->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    put_stories(w, sum->table, n < COUNTS_STORIES_MAX ? n : COUNTS_STORIES_MAX, &o);
    put_hosts(sum, &o);
    json_close(&o, '}');
    unsigned char id[8];
    random_bytes(id, sizeof id);
    buf_init(&frame, w->job, 0);
    put_span(&frame, arena_printf(w->job, "counts:%lld:%.*s", (long long)ms,
                         FMT(bytes_hex(w->job, id, sizeof id))));
    put_span(&frame, buf_span(&b));
    channel_send(channel_to(&w->channels, ROLE_NEWSROOM, 0), MSG_COUNTS, buf_span(&frame));
}

void web_harvest(struct web *w, bool now)
{
    int64_t ms = clock_now_ms();
    if (!now && ms - w->counted_ms < COUNTS_EVERY_MS) return;
    w->counted_ms = ms;
    arena_reset(w->job);
    struct counter *sum = web_counter_new();
    gather(w, sum);
    if (sum->used) tell(w, sum, ms);
    free(sum);
}
