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

/* ---- numbers, and a clock ---- */
static struct feed_amiss lacks(const char *feed, int64_t at_ms)
{
    struct feed_amiss out;
    feed_amiss(newsroom_store(newsroom), span_of(feed), at_ms, a, &out);
    return out;
}

static void number(const char *feed, const char *line, uint64_t n, int64_t at_ms)
{
    must(store_begin(newsroom_store(newsroom)) == OK);
    must(store_note_number(newsroom_store(newsroom), span_of(feed), span_of(line), n, at_ms) == OK);
    must(store_commit(newsroom_store(newsroom), newsroom->position) == OK);
}

static void numbers(const char *feed, uint64_t from, uint64_t until, int64_t at_ms)
{
    for (uint64_t n = from; n <= until; n++) number(feed, "eca", n, at_ms);
}

static void gaps(void)
{
    int64_t at = local(30, 9 * 60);
    numbers("telex", 1, 40, at);
    check(!lacks("telex", at + HOUR).missing, "numbers in a row: nothing is missing");
    numbers("telex", 44, 46, at);
    struct feed_amiss is = lacks("telex", at + 9 * MINUTE);
    check(is.missing == 3 && !is.gaps_are_told, "a gap is known at once, and told after a while");
    is = lacks("telex", at + 10 * MINUTE);
    check(is.gaps_are_told && span_find(is.gaps, S("eca 41 to 43; 3 in all, for 10 minutes")) > 0,
        "which, and since when: %.*s", FMT(is.gaps));
    number("telex", "eca", 42, at + 11 * MINUTE);
    check(lacks("telex", at + 12 * MINUTE).missing == 2, "one of them came late");
    number("telex", "eca", 44, at + 12 * MINUTE);
    check(
        lacks("telex", at + 12 * MINUTE).missing == 2, "one that comes again opens no second gap");
    numbers("telex", 41, 43, at + 13 * MINUTE);
    check(!lacks("telex", at + 13 * MINUTE).missing, "and they are filled");
    number("telex", "eca", 48, at + 14 * MINUTE);
    check(lacks("telex", at + 14 * MINUTE).missing == 1, "another one");
    check(!lacks("telex", at + 14 * MINUTE + 12 * HOUR).missing,
        "after half a day nobody waits for it any more");
    numbers("telex", 1, 46, at + 24 * HOUR);
    number("telex", "eca", 48, at + 24 * HOUR);
    check(lacks("telex", at + 25 * HOUR).missing == 1, "the same one of the next day is another");
}

static void gaps_that_are_none(void)
{
    int64_t at = local(31, 23 * 60);
    numbers("daily", 700, 800, at);
    numbers("daily", 1, 30, at + HOUR + MINUTE);
    check(!lacks("daily", at + 2 * HOUR).missing, "a count that begins anew each day has no gap");
    numbers("wraps", 9970, 9999, at);
    numbers("wraps", 1, 5, at);
    check(!lacks("wraps", at + HOUR).missing, "nor one behind 9999");
    numbers("leaps", 1, 30, at);
    numbers("leaps", 5000, 5030, at);
    check(!lacks("leaps", at + HOUR).missing, "nor one that leaps to another place");
    for (uint64_t n = 1; n < 200; n += 3) number("part", "eca", n, at);
    check(!lacks("part", at + HOUR).missing, "a feed that brings a part of a service has none");
    number("young", "eca", 1, at);
    number("young", "eca", 3, at);
    check(!lacks("young", at + HOUR).missing, "nor one of which little is known");
    numbers("many", 1, 30, at);
    for (uint64_t n = 1; n <= 30; n++) number("many", "other", 7 * n, at);
    number("many", "eca", 32, at);
    check(lacks("many", at + HOUR).missing == 1, "each line counts by itself");
}

static void after_an_outage(void)
{
    int64_t at = local(32, 12 * 60);
    numbers("queue", 1, 40, at);
    for (uint64_t i = 0; i < 30; i++) { /* newest and oldest in turn */
        number("queue", "eca", 100 - i, at + HOUR);
        if (i < 29) number("queue", "eca", 41 + i, at + HOUR);
    }
    struct feed_amiss is = lacks("queue", at + HOUR);
    check(is.missing == 1 && span_find(is.gaps, S(": eca 70; 1 in all")) > 0,
        "what is taken from both ends leaves what is missing: %.*s", FMT(is.gaps));
}

static void sent(const char *line, int64_t sent_ms)
{
    char when[25];
    static int guid;
    utc_text(sent_ms, when);
    ++guid;
    newsroom_event(EVENT_DELIVERY, S("wire"), arena_printf(a, "{\"name\":\"%d\"}", guid),
        arena_printf(a,
            "<NewsML Version=\"1.2\"><NewsEnvelope><TransmissionId>%04d</TransmissionId>"
            "<DateAndTime>%s</DateAndTime><NewsService FormalName=\"%s\"/></NewsEnvelope>"
            "<NewsItem><Identification><NewsIdentifier><ProviderId>w</ProviderId><DateId>20260123"
            "</DateId><NewsItemId>n%d</NewsItemId><RevisionId PreviousRevision=\"0\" Update=\"N\">1"
            "</RevisionId><PublicIdentifier>urn:newsml:w:20260123:n%d:1</PublicIdentifier>"
            "</NewsIdentifier></Identification><NewsManagement><NewsItemType FormalName=\"News\"/>"
            "<FirstCreated>%s</FirstCreated><ThisRevisionCreated>%s</ThisRevisionCreated>"
            "<Status FormalName=\"Usable\"/></NewsManagement><NewsComponent><NewsLines><HeadLine>"
            "Bridge %d</HeadLine></NewsLines><ContentItem><DataContent><p>It opens.</p>"
            "</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>",
            guid + (guid > 25), when, line, guid, guid, when, when, guid));
}

static void of_deliveries(void)
{
    for (int i = 0; i < 30; i++) sent("PAR", now_ms + 185 * 1000);
    must(newsroom_work() == OK);
    struct feed_amiss is = lacks("wire", now_ms + 10 * MINUTE);
    check(is.missing == 1 && span_find(is.gaps, S("PAR 26; 1 in all")) > 0,
        "what readers read of a message's number is counted: %.*s", FMT(is.gaps));
    check(
        is.ahead_ms > 180 * 1000 && is.clock.n, "a feed whose messages are of the future is told");
    for (int i = 0; i < 11; i++) sent("PAR", now_ms + 1000);
    must(newsroom_work() == OK);
    check(!lacks("wire", now_ms).ahead_ms, "until most of the last are of the present again");
    struct feed_came *list = NULL;
    size_t count = 0;
    newsroom_event(EVENT_DELIVERY, S("wire"), S("{\"name\":\"b\"}"), S("<newsItem"));
    must(newsroom_work() == OK);
    must(store_feeds_came(newsroom_store(newsroom), now_ms, a, &list, &count) == OK);
    for (size_t i = 0; i < count; i++)
        if (span_eq(list[i].feed, S("wire")))
            check(list[i].unread == 1, "what cannot be read counts");
}

/* Bytes that stand for what intake did not take are never read, also where they could be. */
static void what_was_not_taken(void)
{
    struct quarantined *list = NULL;
    size_t before = 0, count = 0;
    struct store *s = newsroom_store(newsroom);
    must(store_quarantine(s, a, &list, &before) == OK);
    newsroom_event(EVENT_DELIVERY, S("wire"),
        S("{\"name\":\"huge.json\",\"unread\":\"not taken: it has 40 MB\"}"),
        S("{\"uri\":\"tag:x,2026:1\",\"type\":\"text\",\"version\":\"1\",\"pubStatus\":\"usable\","
          "\"headlines\":[{\"value\":\"It is here\"}],\"body_text\":\"It is.\"}"));
    must(newsroom_work() == OK);
    must(store_quarantine(s, a, &list, &count) == OK);
    bool is_there = false;
    for (size_t i = 0; i < count; i++)
        is_there |= span_eq(list[i].why, S("not taken: it has 40 MB")) &&
                    span_eq(list[i].name, S("huge.json"));
    check(count == before + 1 && is_there, "what was not taken is on the desk's list, and why");
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
    gaps();
    gaps_that_are_none();
    after_an_outage();
    of_deliveries();
    what_was_not_taken();
    house_end();
    return tap_end();
}
