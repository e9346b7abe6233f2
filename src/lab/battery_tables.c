/* battery_tables: the stage with nothing on it but ledger, newsroom and store, for thousands of
 * schedules a minute. No folders, no processes, no pages. Where its data lie is the caller's
 * choice: a folder in memory makes syncing free. */
#include "battery.h"

#include <stdlib.h>
#include <string.h>

enum { WORK_MAX = 10000 };

struct tables {
    struct house house;
    struct newsroom *newsroom;
    struct ledger *ledger;
    struct tombs *tombs; /* a reader's, as web has them */
    struct reader *reader;
    unsigned acts;
};

static struct tables *tables_of(struct play *p)
{
    return p->state;
}

static bool newsroom_start(struct play *p, bool fresh)
{
    struct tables *t = tables_of(p);
    struct newsroom_options options = {.ledger_appender = "newsroom", .fresh = fresh};
    struct span why = S("");
    enum result r = newsroom_open(&t->house, &options, NULL, &t->newsroom, &why);
    return r == OK || troubled(p, "the newsroom cannot open: %.*s", FMT(why));
}

static bool work(struct play *p)
{
    bool more = true;
    for (int i = 0; more && i < WORK_MAX; i++) {
        enum result r = newsroom_step(tables_of(p)->newsroom, &more);
        if (r != OK) return troubled(p, "the newsroom cannot work: %s", result_name(r));
    }
    return !more || troubled(p, "the newsroom runs in circles");
}

static bool web_start(struct play *p)
{
    struct tables *t = tables_of(p);
    if (tombs_open(t->house.data, false, &t->tombs) != OK ||
        reader_open(t->house.store, (struct reader_hooks){house_is_dead, t->tombs}, &t->reader) !=
            OK)
        return troubled(p, "the store cannot be read");
    return true;
}

static void web_stop(struct tables *t)
{
    if (t->reader) reader_close(t->reader);
    if (t->tombs) tombs_close(t->tombs);
    t->reader = NULL;
    t->tombs = NULL;
}

static bool tables_settle(struct play *p)
{
    struct tables *t = tables_of(p);
    uint64_t head = 0;
    for (int i = 0; i < WORK_MAX; i++) {
        if (!work(p)) return false;
        if (ledger_head(t->ledger, &head) != OK) return troubled(p, "the ledger cannot be read");
        if (newsroom_position(t->newsroom) >= head) return true;
    }
    return troubled(p, "the house does not come to rest");
}

static bool tables_start(struct play *p)
{
    struct tables *t = ARENA_NEW(p->arena, struct tables);
    struct span why = S("");
    const char *text = NULL;
    p->state = t;
    if (house_open(&t->house, p->data, p->now_ms, &why) != OK)
        return troubled(p, "the house cannot be opened: %.*s", FMT(why));
    t->house.config = p->config;
    clock_set_virtual(p->now_ms);
    if (ledger_open(p->data, "intake", false, &t->ledger, &text) != OK)
        return troubled(p, "the ledger cannot be opened: %s", text ? text : "?");
    if (!newsroom_start(p, false) || !work(p)) return false;
    if (newsroom_configure(t->newsroom, p->config) != OK)
        return troubled(p, "the configuration cannot be kept");
    return web_start(p) && tables_settle(p);
}

static void tables_stop(struct play *p)
{
    struct tables *t = tables_of(p);
    web_stop(t);
    if (t->newsroom) newsroom_close(t->newsroom);
    if (t->ledger) ledger_close(t->ledger);
    house_close(&t->house);
    t->newsroom = NULL;
    t->ledger = NULL;
}

/* Whatever was not committed is gone: events that the newsroom has not seen are in the ledger
 * alone. Ends in the middle of a commit are played by kill -9 (tests/house/crash.py). */
static bool tables_crash(struct play *p, struct span role)
{
    struct tables *t = tables_of(p);
    if (span_eq(role, S("all"))) {
        tables_stop(p);
        return tables_start(p);
    }
    if (span_eq(role, S("web"))) {
        web_stop(t);
        return web_start(p);
    }
    newsroom_close(t->newsroom);
    t->newsroom = NULL;
    return newsroom_start(p, false);
}

static bool tables_reload(struct play *p)
{
    tables_of(p)->house.config = p->config;
    return newsroom_configure(tables_of(p)->newsroom, p->config) == OK ||
           troubled(p, "the configuration cannot be kept");
}

static bool tables_rebuild(struct play *p)
{
    struct tables *t = tables_of(p);
    newsroom_close(t->newsroom);
    t->newsroom = NULL;
    if (!newsroom_start(p, true) || !work(p)) return false;
    if (newsroom_switch(t->newsroom) != OK)
        return troubled(p, "the rebuilt store cannot take its place");
    return true;
}

static bool append(struct play *p, struct append *ap)
{
    return ledger_append(tables_of(p)->ledger, ap, 1) == OK ||
           troubled(p, "the ledger takes nothing");
}

static bool tables_act(struct play *p, const struct act *act)
{
    struct append ap = {.kind = EVENT_ACT,
        .received_ms = clock_now_ms(),
        .delivery = arena_printf(
            p->step_arena, "act:%u:%lld", ++tables_of(p)->acts, (long long)clock_mono_us()),
        .meta = act_write(p->step_arena, act)};
    return append(p, &ap);
}

static int tables_push(struct play *p, const struct push *push, struct span name)
{
    struct append ap = {.kind = EVENT_DELIVERY,
        .received_ms = clock_now_ms(),
        .feed = push->feed,
        .delivery = push->nonce,
        .meta = arena_printf(p->step_arena, "{\"name\":\"%.*s\"}", FMT(name)),
        .blob = push->body};
    return append(p, &ap) ? 202 : 503;
}

static void tables_set_clock(struct play *p, int64_t now_ms)
{
    (void)p;
    clock_set_virtual(now_ms);
}

static int64_t tables_next_due(struct play *p)
{
    return newsroom_due_ms(tables_of(p)->newsroom);
}

const struct playhouse stage_tables = {
    .name = "tables",
    .start = tables_start,
    .stop = tables_stop,
    .crash = tables_crash,
    .settle = tables_settle,
    .set_clock = tables_set_clock,
    .next_due = tables_next_due,
    .reload = tables_reload,
    .rebuild = tables_rebuild,
    .act = tables_act,
    .push = tables_push,
};

/* ---- for the comparison ---- */
struct reader *tables_reader(struct play *p)
{
    return tables_of(p)->reader;
}

void tables_finish_behind(struct play *p)
{
    while (newsroom_behind(tables_of(p)->newsroom)) continue;
}
