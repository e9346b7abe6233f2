/* newsroom_kit: what this floor's tests share: a house in a folder of its own with a driven clock,
 * its feeds, and a newsroom in it, without processes. */
#ifndef NEWSROOM_KIT_H
#define NEWSROOM_KIT_H

#include <stdlib.h>
#include <unistd.h>

#include "newsroom.h"
#include "tap.h"

#define BASE_MS INT64_C(1769148000000) /* 2026-01-23T06:00:00Z */

static struct house house;
static struct newsroom *newsroom;
static struct newsroom_hooks hooks; /* of the next newsroom that is started */
static struct arena *a;
static int64_t now_ms = BASE_MS;
static char root[] = "/tmp/broadsheet-newsroom-XXXXXX";

static struct span feeds_yaml(const char *const *feeds, const char *const *providers, size_t n)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < n; i++) {
        const char *folder = arena_printf(a, "%s/in-%s", root, feeds[i]).p;
        must(dir_make(folder) == OK);
        buf_printf(&b, "  %s: {provider: %s, timezone: UTC, folder: %s}\n", feeds[i], providers[i],
            folder);
    }
    return buf_span(&b);
}

/* The configuration is there; newsroom_start(false) puts it in force. */
static void house_start(const char *const *feeds, const char *const *providers, size_t n)
{
    struct span why = S("");
    a = arena_new((size_t)2 << 30);
    must(mkdtemp(root) != NULL);
    const char *config = arena_printf(a, "%s/site.yaml", root).p;
    must(file_write_durable(config, arena_printf(a,
                                        "site: {name: Test, url: 'https://test.example'}\n"
                                        "sections:\n  news: {title: News}\nfeeds:\n%.*s",
                                        FMT(feeds_yaml(feeds, providers, n)))) == OK);
    must(house_open(&house, arena_printf(a, "%s/data", root).p, now_ms, &why) == OK);
    must(house_configure(&house, config, S("")));
    clock_set_virtual(now_ms);
}

static void newsroom_start(bool fresh)
{
    struct newsroom_options options = {.ledger_appender = "newsroom", .fresh = fresh};
    struct span why = S("");
    enum result r = newsroom_open(&house, &options, &hooks, &newsroom, &why);
    if (r != OK) printf("# %.*s\n", FMT(why));
    must(r == OK);
}

/* Into the ledger, a second after the one before. */
static inline void newsroom_event(
    enum event_kind kind, struct span feed, struct span meta, struct span blob)
{
    static int count;
    now_ms += 1000;
    clock_set_virtual(now_ms);
    struct append ap = {.kind = kind,
        .received_ms = now_ms,
        .feed = feed,
        .delivery = arena_printf(a, "test:%d", ++count),
        .meta = meta,
        .blob = blob};
    must(ledger_append(newsroom_ledger(newsroom), &ap, 1) == OK);
}

static enum result newsroom_work(void)
{
    enum result r = OK;
    for (bool more = true; more && r == OK;) r = newsroom_step(newsroom, &more);
    return r;
}

static void house_end(void)
{
    newsroom_close(newsroom);
    house_close(&house);
    arena_free(a);
    must(dir_remove(root) == OK);
}

#endif
