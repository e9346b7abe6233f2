/* caches_test.c: what caches in front are told to drop: when it is gone, corrected or struck, and
 * every name and address under which it stood until then. */
#include <string.h>

#include "newsroom_kit.h"

#define DAY_MS INT64_C(86400000)

static void append(enum event_kind kind, struct span meta, struct span blob)
{
    static int count;
    now_ms += 1000;
    clock_set_virtual(now_ms);
    struct append ap = {.kind = kind,
        .received_ms = now_ms,
        .feed = kind == EVENT_ACT ? S("") : S("wire"),
        .delivery = arena_printf(a, "test:%d", ++count),
        .meta = meta,
        .blob = blob};
    must(ledger_append(newsroom_ledger(newsroom), &ap, 1) == OK);
    must(newsroom_work() == OK);
}

static void deliver(const char *guid, int version, const char *headline, const char *more)
{
    append(EVENT_DELIVERY, S("{\"name\":\"item.json\"}"),
        arena_printf(a,
            "{\"uri\":\"%s\",\"standard\":{\"name\":\"ninjs\",\"version\":\"3.0\"},\"type\":"
            "\"text\",\"version\":\"%d\",\"pubStatus\":\"usable\",\"language\":\"en\","
            "\"headlines\":[{\"role\":\"main\",\"value\":\"%s\"}],\"bodies\":[{\"role\":\"main\","
            "\"contentType\":\"text/html\",\"value\":\"<p>Some words of %s.</p>\"}]%s}",
            guid, version, headline, guid, more));
}

static void strike(const char *guid, const char *what, const char *word)
{
    append(EVENT_ACT,
        arena_printf(a, "{\"act\":\"redact\",\"target\":\"%s\",\"%s\":\"%s\"}", guid, what, word),
        (struct span){0});
}

static story_id id_of(const char *guid)
{
    return story_id_of(ledger_key(newsroom_ledger(newsroom)), S("Wire"), span_of(guid));
}

static size_t rows_of(const char *guid, enum out_lane lane, const char *kind, struct span *body)
{
    struct out *list = ARENA_ARRAY(a, struct out, 500);
    size_t count = 0, n = 0;
    must(store_outs(
             newsroom_store(newsroom), lane, now_ms - DAY_MS, now_ms, a, list, 500, &count) == OK);
    for (size_t i = 0; i < count; i++) {
        if (list[i].page != id_of(guid) || !span_eq(list[i].kind, span_of(kind))) continue;
        *body = list[i].body;
        n++;
    }
    return n;
}

static size_t told(const char *guid, struct span *body)
{
    return rows_of(guid, OUTS_URGENT, "cdn", body);
}

static bool names(struct span body, const char *words)
{
    return span_find(body, span_of(words)) >= 0;
}

static void embargoed_again(void)
{
    struct span body = S("");
    deliver("tag:shut", 1, "A bridge opens", "");
    check(told("tag:shut", &body) == 0, "what is new is in no cache");
    deliver("tag:shut", 2, "A bridge opens late", ",\"embargoed\":\"2026-01-24T06:00:00Z\"");
    check(told("tag:shut", &body) == 1, "a page that is embargoed again leaves the caches at once");
    check(rows_of("tag:shut", OUTS_REST, "receipt", &body) == 1 &&
              names(body, "A bridge opens\"") && !names(body, "opens late"),
        "and there is a receipt of it, by the words that were public");
    deliver("tag:shut", 3, "A bridge opens late", ",\"embargoed\":\"2026-01-24T07:00:00Z\"");
    check(told("tag:shut", &body) == 1 && rows_of("tag:shut", OUTS_REST, "receipt", &body) == 1,
        "another hour takes nothing away that was not there");
}

static void struck_late(void)
{
    struct span body = S("");
    deliver("tag:old", 1, "Edda Marlow opens a bridge", ",\"by\":\"Asha Teller and Tom Ostrey\"");
    now_ms += 3 * DAY_MS;
    strike("tag:old", "text", "Edda");
    check(told("tag:old", &body) == 1, "what is struck from an old page leaves the caches today");
    strike("tag:old", "text", "Asha");
    check(told("tag:old", &body) == 2, "so does what no text shows, a byline");
}

int main(void)
{
    static const char *const feed[] = {"wire"}, *const provider[] = {"Wire"};
    log_quiet(LOG_ERROR + 1);
    house_start(feed, provider, 1);
    newsroom_start(false);
    must(newsroom_configure(newsroom, house.config) == OK);
    embargoed_again();
    struck_late();
    house_end();
    return tap_end();
}
