/* Readers as sums: an event is added once, days are kept apart, what is old goes. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store.h"
#include "tap.h"

static char room[] = "/tmp/broadsheet-audience-XXXXXX";
static struct arena *a;
static struct store *s;
static uint64_t position;

static void add(struct audience of, uint64_t pos)
{
    must(store_begin(s) == OK);
    if (!of.host.p) of.host = S("");
    must(store_add_audience(s, &of, pos) == OK);
    must(store_commit(s, ++position) == OK);
}

static void test_rows(void)
{
    struct audience out[8], all;
    size_t n;
    add((struct audience){.day = 20260123, .story = 5, .pages = 3, .beacons = 2, .times = {1, 1}},
        10);
    add((struct audience){.day = 20260123, .story = 5, .pages = 3, .beacons = 2, .times = {1, 1}},
        10);
    add((struct audience){.day = 20260123, .story = 5, .pages = 1, .times = {0}}, 11);
    add((struct audience){.day = 20260123, .story = 6, .pages = 9}, 11);
    add(
        (struct audience){
            .day = 20260124, .story = 5, .pages = 7, .beacons = 7, .times = {[5] = 7}},
        12);
    check(store_audience_rows(s, false, 20260101, 20261231, NULL, a, out, 8, &n) == OK && n == 3,
        "one row a story and a day");
    check(out[0].story == 5 && out[0].pages == 4 && out[0].beacons == 2 && out[0].times[0] == 1,
        "an event is added once, however often it is applied");
    check(out[2].day == 20260124 && out[2].times[READ_LONGER] == 7, "the next day is apart");
    check(store_audience_rows(s, false, 20260101, 20261231, &out[0], a, out + 4, 1, &n) == OK &&
              n == 1 && out[4].story == 6,
        "goes on behind a row");
    check(store_audience_rows(s, false, 20260124, 20260124, NULL, a, out, 8, &n) == OK && n == 1,
        "of one day");
    check(store_audience_most(s, false, 20260101, 20261231, a, out, 8, &n) == OK && n == 2 &&
              out[0].story == 5 && out[0].pages == 11 && out[1].pages == 9,
        "most read, over the days");
    check(store_audience_all(s, 20260101, 20261231, &all) == OK && all.pages == 20 &&
              all.beacons == 9,
        "all together");
    check(store_audience_all(s, 20250101, 20251231, &all) == OK && !all.pages, "of a quiet year");
}

static void test_hosts(void)
{
    struct audience out[8];
    size_t n;
    add((struct audience){.day = 20260123, .host = S("search.example"), .pages = 3}, 10);
    add((struct audience){.day = 20260123, .host = S("(own)"), .pages = 5, .beacons = 9}, 10);
    add((struct audience){.day = 20260124, .host = S("search.example"), .pages = 3}, 11);
    check(store_audience_most(s, true, 20260101, 20261231, a, out, 8, &n) == OK && n == 2 &&
              span_eq(out[0].host, S("(own)")) && out[1].pages == 6,
        "hosts, from which most came first");
    check(store_audience_rows(s, true, 20260101, 20261231, NULL, a, out, 8, &n) == OK && n == 3,
        "one row a host and a day");
}

static void test_forgetting(void)
{
    struct audience out[8];
    size_t n, hosts;
    must(store_begin(s) == OK && store_forget_audience(s, 20260124) == OK);
    must(store_commit(s, ++position) == OK);
    check(store_audience_rows(s, false, 0, 99991231, NULL, a, out, 8, &n) == OK && n == 1 &&
              store_audience_rows(s, true, 0, 99991231, NULL, a, out, 8, &hosts) == OK &&
              hosts == 1,
        "what is older than it is kept for goes");
    check(audience_day(zone_open(S("Asia/Kolkata")), 1769193000000 - 1) == 20260123 &&
              audience_day(zone_open(S("Asia/Kolkata")), 1769193000000) == 20260124,
        "a day ends at the site's midnight");
}

int main(void)
{
    const char *why;
    must(mkdtemp(room) != NULL);
    a = arena_new(8 << 20);
    must(store_open(arena_printf(a, "%s/store", room).p, true, &s, &why) == OK ||
         (dir_make(arena_printf(a, "%s/store", room).p) == OK &&
             store_open(arena_printf(a, "%s/store", room).p, false, &s, &why) == OK));
    test_rows();
    test_hosts();
    test_forgetting();
    store_close(s);
    arena_free(a);
    must(dir_remove(room) == OK);
    return tap_end();
}
