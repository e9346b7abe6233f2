/* courier_test.c: what is news when it is handed over, and what is too old to be told; which lists
 * hubs are told of, each once; how soon an alarm that goes on is told again. */
#include <stdio.h>
#include <unistd.h>

#include "courier.h"
#include "tap.h"

enum { HOUR = 3600000, JOBS_MAX = 40 };

static char folder[] = "/tmp/broadsheet-courier-XXXXXX";
static struct courier courier;

static void freshness(void)
{
    const int64_t came = INT64_C(1769148000000), day = COURIER_FRESH_MS;
    check(courier_is_fresh(came, came, came + day), "what came a day ago is news still");
    check(!courier_is_fresh(came, came, came + day + 1), "what came earlier is not");
    check(courier_is_fresh(came, came + 3 * day, came + 3 * day + HOUR),
        "what was embargoed for three days is news when it is released");
    check(!courier_is_fresh(came, came + 3 * day, came + 4 * day + 1), "and a day later no more");
    check(
        courier_is_fresh(came, 0, came + HOUR), "what has no such instant counts from its coming");
}

static void paces(void)
{
    check(alarm_again_ms(alarm_kind(S("ledger"))) == HOUR, "what hurts now is told each hour");
    check(alarm_again_ms(alarm_kind(S("disk"))) == 24 * HOUR &&
              alarm_again_ms(alarm_kind(S("certificate"))) == 24 * HOUR,
        "what is slow and known each day");
    check(alarm_again_ms(alarm_kind(S("disk-full"))) == HOUR, "a full disk each hour");
}

/* ---- hubs ---- */
static size_t waiting(struct outbox_job jobs[JOBS_MAX])
{
    size_t n = 0;
    must(outbox_list(courier.outbox, S("ping"), courier.job, jobs, JOBS_MAX, &n) == OK);
    return n;
}

/* In how many of them the list stands. */
static size_t named(struct span list)
{
    struct outbox_job jobs[JOBS_MAX];
    size_t n = waiting(jobs), count = 0;
    struct span line;
    for (size_t i = 0; i < n; i++)
        for (struct span rest = jobs[i].body; span_next(&rest, '\n', &line);)
            count += span_eq(line, list);
    return count;
}

static struct span lists(size_t from, size_t to)
{
    struct buf b;
    buf_init(&b, courier.job, 0);
    for (size_t i = from; i < to; i++) buf_printf(&b, "\n/tag/%zu", i);
    return buf_span(&b);
}

static void hubs(void)
{
    struct span hub[] = {S("https://hub.example/a"), S("https://hub.example/b")};
    struct config config = {
        .url = S("https://news.example"), .base = S("/en"), .hubs = hub, .hub_count = COUNT(hub)};
    struct outbox_job jobs[JOBS_MAX];
    const char *why = NULL;
    courier = (struct courier){.config = &config, .job = arena_new(16 << 20)};
    must(outbox_open(folder, &courier.outbox, &why) == OK);
    clock_set_virtual(INT64_C(1769148000000));

    courier_ping(&courier, lists(0, 3 * COURIER_PING_LISTS - 10), true);
    check(waiting(jobs) == 3 * COUNT(hub) && named(S("/tag/0")) == COUNT(hub) &&
              named(S("/tag/139")) == COUNT(hub),
        "many lists go in parts, each hub hears of each");
    courier_ping(&courier, lists(0, 5), true);
    courier_ping(&courier, lists(138, 142), true);
    check(waiting(jobs) == 3 * COUNT(hub) && named(S("/tag/0")) == COUNT(hub) &&
              named(S("/tag/141")) == COUNT(hub),
        "what comes meanwhile joins them, and nothing is named twice");
    int64_t due_ms = jobs[0].due_ms;
    check(due_ms > clock_now_ms() && due_ms <= clock_now_ms() + COURIER_PING_LATE_MS,
        "together at the end of their half minute");

    for (size_t i = 0; i < 3 * COUNT(hub); i++)
        must(outbox_sent(courier.outbox, jobs[i].key, S("202"), clock_now_ms()) == OK);
    courier_forget_pings(&courier);
    courier_ping(&courier, S("\n/tag/0"), true);
    check(named(S("/tag/0")) == COUNT(hub), "what has left takes no more: another part does");
    courier_ping(&courier, S("\n/tag/0"), false);
    check(named(S("/tag/0")) == 2 * COUNT(hub), "news does not wait for what is late");
    clock_set_virtual(clock_now_ms() + COURIER_PING_LATE_MS);
    courier_ping(&courier, S("\n/tag/0"), true);
    check(named(S("/tag/0")) == 3 * COUNT(hub), "and in the next half minute it is named again");

    struct flying f = {.of = &courier, .arena = courier.job};
    struct outbox_job ping = {.body = S("/\n/tag/a%20b")};
    struct span form = courier_ping_form(&f, &ping);
    check(span_starts(
              form, S("hub.mode=publish&hub.url=https%3A%2F%2Fnews.example%2Fen%2Frss.xml&")) &&
              span_find(form, S("%2Fen%2Ftag%2Fa%2520b%2Ffeed.json")) > 0,
        "the front's feeds, and those below a list: %.*s", FMT(form));
    config.hub_count = 0;
    size_t before = waiting(jobs);
    courier_ping(&courier, S("\n/tag/7"), false);
    check(waiting(jobs) == before, "without a hub nothing is kept");
    for (size_t i = 0; i < COUNT(courier.pings); i++)
        if (courier.pings[i].a) arena_free(courier.pings[i].a);
    outbox_close(courier.outbox);
    arena_free(courier.job);
}

int main(void)
{
    char clock_file[64];
    must(mkdtemp(folder));
    snprintf(clock_file, sizeof clock_file, "%s/clock", folder);
    must(clock_open(clock_file, INT64_C(1769148000000)) == OK);
    freshness();
    paces();
    hubs();
    must(dir_remove(folder) == OK);
    return tap_end();
}
