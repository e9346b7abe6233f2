/* metrics: counters and histograms that every role adds to, in memory shared by fork; printed as
 * Prometheus text. Relaxed atomics: a number may be a moment old, never torn. Never fatal. */
#include "base.h"

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

/* Upper bounds in microseconds: 0.1 ms to 10 s, and a last bucket for what took longer. */
static const int64_t bounds_us[] = {100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000,
    250000, 500000, 1000000, 2500000, 5000000, 10000000};

struct histogram {
    _Atomic uint64_t buckets[COUNT(bounds_us) + 1];
    _Atomic uint64_t sum_us;
};

struct of_feed {
    char name[64]; /* [a-z0-9-]+, written before it is counted */
    _Atomic uint64_t came, unread, last_s, silent, missing, ahead_s, failures;
};

struct page {
    _Atomic uint64_t counters[M_COUNTERS];
    struct histogram stages[STAGES];
    struct of_feed feeds[METRIC_FEEDS];
    _Atomic uint64_t feed_count;
    _Atomic uint64_t disk_bytes, disk_free;
    _Atomic int64_t disk_a_day, disk_days;
};

static struct page own;
static struct page *page = &own;

static const struct {
    const char *name, *help;
} counters[M_COUNTERS] = {
    [M_DELIVERIES] = {"deliveries_total", "Wire deliveries made durable"},
    [M_STORIES] = {"stories_total", "Stories read out of deliveries"},
    [M_REJECTS] = {"rejects_total", "Deliveries or items that could not be read"},
    [M_KILLS] = {"kills_total", "Kills applied"},
    [M_RENDERS] = {"renders_total", "Pages rendered"},
    [M_REQUESTS] = {"requests_total", "HTTP requests answered"},
    [M_CACHE_HITS] = {"cache_hits_total", "Requests answered from the page cache"},
    [M_RESPONSES_2XX] = {"responses_2xx_total", "Responses with a status of 2xx"},
    [M_RESPONSES_3XX] = {"responses_3xx_total", "Responses with a status of 3xx"},
    [M_RESPONSES_4XX] = {"responses_4xx_total", "Responses with a status of 4xx"},
    [M_RESPONSES_5XX] = {"responses_5xx_total", "Responses with a status of 5xx"},
    [M_CONNECTIONS] = {"connections_total", "Connections accepted"},
    [M_REFUSED] = {"connections_refused_total", "Connections closed by a limit"},
    [M_OVERLOADED] = {"overloaded_total", "Requests told to come again, for too many waited"},
    [M_PUSH_OK] = {"push_accepted_total", "Pushed deliveries accepted"},
    [M_PUSH_REFUSED] = {"push_refused_total", "Pushed deliveries refused"},
    [M_ROLE_RESTARTS] = {"role_restarts_total", "Roles started again after they ended"},
    [M_READER_CRASHES] = {"reader_crashes_total", "Wire readers that died on an item"},
    [M_HELD] = {"held_total", "Stories held for the desk"},
    [M_ECHOES] = {"echoes_total", "Stories dropped because our own party stands in their history"},
    [M_BYTES_OUT] = {"bytes_out_total", "Bytes sent to readers"},
};

static const char *const stage_names[STAGES] = {"received_durable", "received_taken",
    "durable_read", "read_decided", "decided_stored", "stored_visible", "received_visible"};

enum result metrics_share(void)
{
    if (page != &own) return OK;
    void *p = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return ERR_FULL;
    page = p;
    return OK;
}

static void add(_Atomic uint64_t *to, uint64_t n)
{
    atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

static uint64_t get(const _Atomic uint64_t *from)
{
    return atomic_load_explicit(from, memory_order_relaxed);
}

void metric_add(enum metric m, uint64_t n)
{
    must((unsigned)m < M_COUNTERS);
    add(&page->counters[m], n);
}

uint64_t metric_get(enum metric m)
{
    must((unsigned)m < M_COUNTERS);
    return get(&page->counters[m]);
}

void stage_took(enum stage s, int64_t us)
{
    must((unsigned)s < STAGES);
    if (us < 0) us = 0;
    size_t i = 0;
    while (i < COUNT(bounds_us) && us > bounds_us[i]) i++;
    add(&page->stages[s].buckets[i], 1);
    add(&page->stages[s].sum_us, (uint64_t)us);
}

/* ---- feeds ---- */
static bool fits_label(struct span name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] <= ' ' || name.p[i] == '"' || name.p[i] == '\\') return false;
    return name.n && name.n < sizeof page->feeds->name;
}

/* NULL: there are too many, or its name is none for a label. */
static struct of_feed *feed_of(struct span name, bool makes)
{
    uint64_t count = atomic_load_explicit(&page->feed_count, memory_order_acquire);
    for (uint64_t i = 0; i < count; i++)
        if (span_eq(span_of(page->feeds[i].name), name)) return &page->feeds[i];
    if (!makes || count == METRIC_FEEDS || !fits_label(name)) return NULL;
    memcpy(page->feeds[count].name, name.p, name.n);
    atomic_store_explicit(&page->feed_count, count + 1, memory_order_release);
    return &page->feeds[count];
}

void metric_feed_came(struct span feed)
{
    struct of_feed *f = feed_of(feed, true);
    if (f) add(&f->came, 1);
}

void metric_feed_unread(struct span feed)
{
    struct of_feed *f = feed_of(feed, true);
    if (f) add(&f->unread, 1);
}

static void set(_Atomic uint64_t *to, uint64_t n)
{
    atomic_store_explicit(to, n, memory_order_relaxed);
}

void metric_feeds_begin(void)
{
    for (uint64_t i = 0; i < get(&page->feed_count); i++) {
        set(&page->feeds[i].silent, 0);
        set(&page->feeds[i].missing, 0);
        set(&page->feeds[i].ahead_s, 0);
    }
}

void metric_feed(struct span feed, const struct metric_feed *now)
{
    struct of_feed *f = feed_of(feed, true);
    if (!f) return;
    set(&f->last_s, (uint64_t)(now->last_ms / 1000));
    set(&f->silent, now->is_silent);
    set(&f->missing, now->missing);
    set(&f->ahead_s, now->ahead_ms / 1000);
}

void metric_feed_asked(struct span feed, uint64_t failures)
{
    struct of_feed *f = feed_of(feed, false);
    if (f) set(&f->failures, failures);
}

void metric_disk(const struct disk *d, int64_t grows_a_day, int64_t days_left)
{
    set(&page->disk_bytes, d->bytes);
    set(&page->disk_free, d->free);
    atomic_store_explicit(&page->disk_a_day, grows_a_day, memory_order_relaxed);
    atomic_store_explicit(&page->disk_days, days_left, memory_order_relaxed);
}

static void print_gauge(struct buf *b, const char *name, const char *help, int64_t value)
{
    buf_printf(b, "# HELP broadsheet_%s %s\n# TYPE broadsheet_%s gauge\nbroadsheet_%s %lld\n", name,
        help, name, name, (long long)value);
}

static void print_disk(struct buf *b)
{
    if (!get(&page->disk_bytes)) return; /* nobody has looked yet */
    print_gauge(b, "disk_bytes", "Of the disk with the data", (int64_t)get(&page->disk_bytes));
    print_gauge(b, "disk_free_bytes", "Of it, free", (int64_t)get(&page->disk_free));
    print_gauge(b, "disk_grows_bytes_a_day", "What it loses a day; -1: not known",
        atomic_load_explicit(&page->disk_a_day, memory_order_relaxed));
    print_gauge(b, "disk_days_left", "So many days it lasts; -1: not known, or it does not grow",
        atomic_load_explicit(&page->disk_days, memory_order_relaxed));
}

static const struct {
    const char *name, *type, *help;
    size_t at; /* in struct of_feed */
} of_feeds[] = {
    {"feed_deliveries_total", "counter",
        "Deliveries of a feed that were read, also once more by a rebuild",
        offsetof(struct of_feed, came)},
    {"feed_last_delivery_seconds", "gauge",
        "When a feed's last delivery came, Unix time; 0: not known",
        offsetof(struct of_feed, last_s)},
    {"feed_silent", "gauge", "1: nothing has come for too long", offsetof(struct of_feed, silent)},
    {"feed_missing_messages", "gauge",
        "Numbers of a feed's messages that have not come, of the last twelve hours",
        offsetof(struct of_feed, missing)},
    {"feed_clock_ahead_seconds", "gauge",
        "By so much a feed's messages say that they are of the future",
        offsetof(struct of_feed, ahead_s)},
    {"feed_unreadable_total", "counter",
        "Deliveries of a feed, and items in them, that could not be read",
        offsetof(struct of_feed, unread)},
    {"feed_poll_failures_total", "counter",
        "Questions to a polled feed that failed, since intake began",
        offsetof(struct of_feed, failures)},
};

static void print_feeds(struct buf *b)
{
    uint64_t count = atomic_load_explicit(&page->feed_count, memory_order_acquire);
    for (size_t k = 0; k < COUNT(of_feeds); k++) {
        const char *name = of_feeds[k].name;
        buf_printf(b, "# HELP broadsheet_%s %s\n# TYPE broadsheet_%s %s\n", name, of_feeds[k].help,
            name, of_feeds[k].type);
        for (uint64_t i = 0; i < count; i++) {
            const char *f = (const char *)&page->feeds[i];
            const void *value = f + of_feeds[k].at;
            buf_printf(b, "broadsheet_%s{feed=\"%s\"} %llu\n", name, f,
                (unsigned long long)get((const _Atomic uint64_t *)value));
        }
    }
}

static void print_stage(struct buf *b, enum stage s)
{
    const struct histogram *h = &page->stages[s];
    uint64_t seen = 0;
    for (size_t i = 0; i <= COUNT(bounds_us); i++) {
        seen += get(&h->buckets[i]);
        buf_printf(b, "broadsheet_stage_seconds_bucket{stage=\"%s\",le=\"", stage_names[s]);
        if (i == COUNT(bounds_us))
            buf_lit(b, "+Inf");
        else
            buf_printf(b, "%g", (double)bounds_us[i] / 1e6);
        buf_printf(b, "\"} %llu\n", (unsigned long long)seen);
    }
    uint64_t sum_us = get(&h->sum_us);
    buf_printf(b, "broadsheet_stage_seconds_sum{stage=\"%s\"} %llu.%06u\n", stage_names[s],
        (unsigned long long)(sum_us / 1000000), (unsigned)(sum_us % 1000000));
    buf_printf(b, "broadsheet_stage_seconds_count{stage=\"%s\"} %llu\n", stage_names[s],
        (unsigned long long)seen);
}

void metrics_print(struct buf *b)
{
    for (int m = 0; m < M_COUNTERS; m++) {
        const char *name = counters[m].name;
        buf_printf(b, "# HELP broadsheet_%s %s\n# TYPE broadsheet_%s counter\n", name,
            counters[m].help, name);
        buf_printf(b, "broadsheet_%s %llu\n", name, (unsigned long long)metric_get(m));
    }
    buf_lit(b, "# HELP broadsheet_stage_seconds What a stage of a story's way took\n"
               "# TYPE broadsheet_stage_seconds histogram\n");
    for (int s = 0; s < STAGES; s++) print_stage(b, s);
    print_feeds(b);
    print_disk(b);
}
