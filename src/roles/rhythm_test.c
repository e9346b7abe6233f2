/* rhythm_test.c: when is a feed silent? A wire that works from Monday to Friday, six to ten, in
 * Berlin, across the night in which its clocks are put on. */
#include "newsroom_kit.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
/* Monday 2026-03-02T00:00 in Berlin; the clocks are put on in the night to Sunday, 29 March. */
#define MONDAY (INT64_C(1772406000000))

static const struct zone *berlin;

static int64_t local(int day, int minute)
{
    return MONDAY + day * DAY + minute * MINUTE - (day >= 27 ? HOUR : 0);
}

/* Every seven minutes of so many days. */
static void bring(const char *feed, int from_day, int until_day)
{
    must(store_begin(newsroom_store(newsroom)) == OK);
    for (int d = from_day; d < until_day; d++)
        for (int m = 6 * 60; d % 7 < 5 && m < 22 * 60; m += 7)
            must(store_note_delivery(newsroom_store(newsroom), span_of(feed), local(d, m)) == OK);
    must(store_commit(newsroom_store(newsroom), newsroom->position) == OK);
}

static struct span said;
static enum silence last;

static bool is_silent(const char *feed, uint32_t minutes, int64_t now)
{
    struct config_feed f = {.name = span_of(feed), .zone = berlin, .silent_after_minutes = minutes};
    struct feed_silence out;
    last = newsroom_silence(newsroom, &f, now, a, &out);
    said = out.text;
    return last == SILENT;
}

static void its_own_rhythm(void)
{
    newsroom->opened_ms = MONDAY;
    bring("wire", 0, 28);
    check(!is_silent("wire", 0, local(27, 12 * 60)), "a Sunday: it never brings anything then");
    check(!is_silent("wire", 0, local(28, 6 * 60)), "nor in the night to Monday");
    check(!is_silent("wire", 0, local(28, 6 * 60 + 20)), "a few minutes of Monday are nothing");
    check(is_silent("wire", 0, local(28, 7 * 60)), "an hour of Monday is");
    check(span_find(said, S("in each of the last 3 weeks at least 9 came in this time")) > 0,
        "and why is said: %.*s", FMT(said));
    must(store_begin(newsroom_store(newsroom)) == OK);
    must(store_note_delivery(newsroom_store(newsroom), S("wire"), local(28, 7 * 60)) == OK);
    must(store_commit(newsroom_store(newsroom), newsroom->position) == OK);
    check(!is_silent("wire", 0, local(28, 7 * 60 + 1)), "one delivery ends it");
}

/* `quiet` stands in the first configuration, and has never brought anything. */
static void since_when(void)
{
    int64_t now = local(28, 12 * 60);
    uint32_t minutes = (uint32_t)((now - BASE_MS) / MINUTE);
    newsroom->opened_ms = MONDAY;
    check(is_silent("quiet", minutes, now) && !is_silent("quiet", minutes + 1, now),
        "a feed that never brought anything is listened to since a configuration first named it");
    must(store_begin(newsroom_store(newsroom)) == OK);
    must(newsroom_listens(newsroom, now) == OK);
    must(store_commit(newsroom_store(newsroom), newsroom->position) == OK);
    check(is_silent("quiet", minutes, now), "also under the next one");
    newsroom->opened_ms = now - 9 * MINUTE;
    check(!is_silent("quiet", minutes, now) && last == SILENCE_UNKNOWN,
        "behind a start it gets its ten minutes as well");
}

static void what_is_not_known(void)
{
    check(!is_silent("none", 0, local(28, 12 * 60)),
        "a feed that never brought anything has no rhythm");
    newsroom->opened_ms = local(28, 11 * 60);
    check(!is_silent("none", 61, local(28, 12 * 60)) && is_silent("none", 60, local(28, 12 * 60)),
        "one that no configuration has named yet is listened to since the start");
    newsroom->opened_ms = MONDAY;
    bring("young", 21, 26);
    check(!is_silent("young", 0, local(28, 12 * 60)), "one week is no rhythm");
    bring("young", 11, 19);
    check(is_silent("young", 0, local(28, 12 * 60)), "two are");
    check(is_silent("young", 0, local(28, 12 * 60) + 9 * DAY), "one that is dead stays so");
}

static void a_start(void)
{
    newsroom->opened_ms = local(28, 12 * 60);
    check(!is_silent("young", 5, local(28, 12 * 60 + 9)),
        "behind a start it gets ten minutes to come");
    check(last == SILENCE_UNKNOWN, "in which no alarm ends either");
    check(is_silent("young", 5, local(28, 12 * 60 + 10)),
        "and no more: the silence before it counts");
}

static void what_is_counted(void)
{
    struct feed_came *list = NULL;
    size_t count = 0;
    must(newsroom_work() == OK);
    newsroom_event(EVENT_DELIVERY, S("deed"), S("{\"name\":\"a\"}"), S("no story at all"));
    newsroom_event(EVENT_DELIVERY, S("deed"), S("{\"name\":\"b\"}"), S("another one"));
    must(newsroom_work() == OK);
    must(store_feeds_came(newsroom_store(newsroom), now_ms, a, &list, &count) == OK);
    check(count == 3 && span_eq(list[0].feed, S("deed")) && list[0].of_a_day == 2 &&
              list[0].last_ms == now_ms,
        "every delivery counts, whether it can be read or not");
    check(count == 3 && span_eq(list[1].feed, S("wire")) && span_eq(list[2].feed, S("young")),
        "and each feed has its own");
}

int main(void)
{
    static const char *const feeds[] = {"wire", "quiet"}, *const providers[] = {"Wire", "Quiet"};
    house_start(feeds, providers, 2);
    newsroom_start(false);
    must(newsroom_configure(newsroom, house.config) == OK);
    must(newsroom_work() == OK);
    berlin = zone_open(S("Europe/Berlin"));
    must(berlin);
    its_own_rhythm();
    since_when();
    what_is_not_known();
    a_start();
    what_is_counted();
    house_end();
    return tap_end();
}
