/* courier_watch: what the house itself may have to be told about: a full disk, a certificate that
 * ends, a clock that jumped, a configuration that waits, a role that ends again and again. Looked
 * at every few seconds; each is a state that ends with an all-clear. */
#include "courier.h"

#include <stdio.h>

enum {
    DISK_CLEAR_PERCENT = 2,
    DISK_CLEAR_PART = 10,
    ADRIFT_MS = 10 * 60 * 1000,  /* an NTP client has said so by then after a start */
    CERTIFICATE_DAYS = 14,       /* what renews by itself does so earlier */
    CERTIFICATE_URGENT_DAYS = 3, /* a weekend before readers' browsers refuse the site */
    RESTARTS_MANY = 3,
    RESTARTS_MS = 60 * 1000,
    OVERLOAD_CLEAR_MS = 5 * 60 * 1000, /* one wave of readers is one alarm */
    OPEN_MAX = 256,                    /* open alarms that are looked through */
};

static struct span say_disk(
    struct arena *a, const struct disk *d, const struct disk_growth *g, bool is_full)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_printf(&b, "%llu MB are free (%u%% are used)", (unsigned long long)(d->free >> 20),
        d->used_percent);
    if (g->days_left >= 0)
        buf_printf(&b, "; at %lld MB a day that lasts %lld days", (long long)(g->a_day >> 20),
            (long long)g->days_left);
    buf_printf(&b, ": make room; %s, kills still act",
        is_full ? "NOTHING NEW IS TAKEN" : "stories wait on a full disk");
    return buf_span(&b);
}

static void ring_disk(struct courier *c, const char *kind, bool is_so, bool is_nearly,
    const struct disk *d, const struct disk_growth *g)
{
    struct span data = span_of(c->start->house->data);
    if (is_so)
        courier_alarm(c, kind, data, say_disk(c->job, d, g, disk_is_full(d)));
    else if (!is_nearly)
        courier_all_clear(c, kind, data);
}

static void watch_disk(struct courier *c)
{
    const char *data = c->start->house->data;
    int64_t now = clock_now_ms();
    struct disk d = disk_look(c->start->house->run);
    if (!d.bytes) return;
    disk_note(c->job, data, now);
    struct disk_growth g = disk_grows(c->job, data, now);
    metric_disk(&d, g.a_day, g.days_left);
    struct disk less = d; /* a file that comes and goes ends no alarm */
    less.used_percent += DISK_CLEAR_PERCENT;
    less.free -= less.free / DISK_CLEAR_PART;
    clock_slot_set(SLOT_DISK_FULL, disk_is_full(&d));
    ring_disk(c, "disk", disk_is_low(&d), disk_is_low(&less), &d, &g);
    ring_disk(c, "disk-full", disk_is_full(&d), disk_is_full(&less), &d, &g);
}

static struct span certificate_says(struct arena *a, struct span file, int64_t left_ms)
{
    static const char then[] = "browsers refuse the site; renew it, then `broadsheet reload`";
    long long days = left_ms / (24 * 3600 * 1000);
    if (left_ms <= 0) return arena_printf(a, "%.*s has ended: %s", FMT(file), then);
    return arena_printf(a, "%.*s ends within %lld days: after that %s", FMT(file), days + 1, then);
}

/* Two alarms, so that the second is heard by whoever has grown used to the first. */
static void watch_certificate(struct courier *c)
{
    int64_t ends_ms;
    struct span file = c->config->tls_cert;
    if (!file.n || !net_certificate_end(arena_cstr(c->job, file), &ends_ms)) return;
    int64_t days = (ends_ms - clock_now_ms()) / (24 * 3600 * 1000);
    struct span what = certificate_says(c->job, file, ends_ms - clock_now_ms());
    if (days < CERTIFICATE_URGENT_DAYS)
        courier_alarm(c, "certificate-urgent", file, what);
    else
        courier_all_clear(c, "certificate-urgent", file);
    if (days < CERTIFICATE_DAYS)
        courier_alarm(c, "certificate", file, what);
    else
        courier_all_clear(c, "certificate", file);
}

static void watch_clock(struct courier *c)
{
    if (clock_is_suspect())
        courier_alarm(c, "clock", S(""),
            clock_slot_get(SLOT_BOOT_DOUBT)
                ? S("the machine started with a clock that is far ahead and not synchronised: "
                    "embargoes stay shut until it is, or somebody says `broadsheet confirm "
                    "--clock`")
                : S("the wall clock jumped ahead: embargoes stay shut until it returns or somebody "
                    "says `broadsheet confirm --clock`"));
    else
        courier_all_clear(c, "clock", S(""));
}

/* Embargoes go by the clock as it is: where it was right and nobody keeps it so, it strays by
 * seconds a day, and to shut them would hold stories for ever on a machine without NTP. What is far
 * off is a jump, or a boot's (clock.c). */
static void watch_synchronised(struct courier *c)
{
    int64_t now = clock_mono_us();
    if (clock_is_virtual() || clock_is_synchronised()) {
        c->adrift_us = 0;
        courier_all_clear(c, "clock-adrift", S(""));
        return;
    }
    if (!c->adrift_us) c->adrift_us = now;
    if (now - c->adrift_us >= ADRIFT_MS * INT64_C(1000))
        courier_alarm(c, "clock-adrift", S(""),
            S("the machine's clock is not synchronised: embargoes and expiries go by it; see to "
              "chrony or another NTP client"));
}

/* The times of the last few restarts: as many within a minute as there are places. */
static void watch_restarts(struct courier *c)
{
    int64_t now = clock_mono_us() / 1000;
    uint64_t count = metric_get(M_ROLE_RESTARTS);
    for (; c->restarts < count; c->restarts++) c->restarts_ms[c->restarts % RESTARTS_MANY] = now;
    bool many = true, none = true;
    for (size_t i = 0; i < RESTARTS_MANY; i++) {
        bool recent = c->restarts_ms[i] && now - c->restarts_ms[i] < RESTARTS_MS;
        many &= recent;
        none &= !recent;
    }
    if (many)
        courier_alarm(c, "restart", S(""),
            S("a role ended several times within a minute: the log says which and why"));
    else if (none)
        courier_all_clear(c, "restart", S(""));
}

static void watch_load(struct courier *c)
{
    int64_t now = clock_mono_us() / 1000;
    uint64_t count = metric_get(M_OVERLOADED);
    bool more = count > c->overloads;
    c->overloads = count;
    if (more) {
        c->overload_ms = now;
        courier_alarm(c, "overload", S(""),
            S("more readers come than can be answered: some are told to come again in a few "
              "seconds (broadsheet_overloaded_total); what the wires bring, kills and the desk go "
              "on"));
    } else if (now - c->overload_ms > OVERLOAD_CLEAR_MS) {
        courier_all_clear(c, "overload", S(""));
    }
}

static void watch_changes(struct courier *c)
{
    unsigned long long pages = clock_slot_get(SLOT_CHANGES_WAIT);
    if (pages)
        courier_alarm(c, "second-yes", S(""),
            arena_printf(c->job,
                "a changed configuration is not in force, for it would change %llu live pages: "
                "`broadsheet status` says how to see them, and how to say yes",
                pages));
    else
        courier_all_clear(c, "second-yes", S(""));
}

/* Whoever would say that it is over is asked no more: of a feed that is polled no longer, or is
 * none any more, nobody speaks again. */
static bool is_over(const struct config *c, const struct outbox_alarm *al)
{
    const struct config_feed *f = config_feed_named(c, al->subject);
    if (span_eq(al->kind, S("fetch"))) return !f || !f->poll.url.n;
    return !f && (span_eq(al->kind, S("feed")) || span_eq(al->kind, S("server-key")));
}

static void watch_feeds(struct courier *c)
{
    struct outbox_alarm *list = ARENA_ARRAY(c->job, struct outbox_alarm, OPEN_MAX);
    size_t n;
    if (outbox_alarms(c->outbox, c->job, list, OPEN_MAX, &n) != OK) return;
    for (size_t i = 0; i < n; i++)
        if (is_over(c->config, &list[i]))
            courier_all_clear(c, arena_cstr(c->job, list[i].kind), list[i].subject);
}

void courier_watch(struct courier *c)
{
    watch_feeds(c);
    watch_changes(c);
    watch_disk(c);
    watch_certificate(c);
    watch_clock(c);
    watch_synchronised(c);
    watch_restarts(c);
    watch_load(c);
}
