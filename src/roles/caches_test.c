/* caches_test.c: what caches in front are told to drop: when it is gone, corrected or struck, and
 * every name and address under which it stood until then. */
#include <string.h>

#include "newsroom_kit.h"

#define DAY_MS INT64_C(86400000)
#define PICTURE                                                                                    \
    ",\"associations\":[{\"name\":\"featuremedia\",\"type\":\"picture\",\"uri\":\"tag:pic\","      \
    "\"version\":\"1\",\"pubStatus\":\"usable\",\"renditions\":[{\"name\":\"original\","           \
    "\"href\":\"slip.jpg\",\"contentType\":\"image/jpeg\",\"width\":640,\"height\":400}]}]"

static void append(enum event_kind kind, struct span meta, struct span blob)
{
    newsroom_event(kind, kind == EVENT_ACT ? S("") : S("wire"), meta, blob);
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
    struct buf b;
    buf_init(&b, a, 0);
    must(store_outs(
             newsroom_store(newsroom), lane, now_ms - DAY_MS, now_ms, a, list, 500, &count) == OK);
    for (size_t i = 0; i < count; i++) {
        if (list[i].page != id_of(guid) || !span_eq(list[i].kind, span_of(kind))) continue;
        buf_put(&b, list[i].body);
        n++;
    }
    *body = buf_span(&b);
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
    check(told("tag:old", &body) == 2,
        "what is struck from an old page leaves the caches today, and its old address");
    strike("tag:old", "text", "Asha");
    check(told("tag:old", &body) == 4, "so does what no text shows, a byline");
    check(names(body, "/author/asha-teller") && names(body, "/author/tom-ostrey"),
        "with the lists of who was named there until then");
}

static void corrected(void)
{
    struct span body = S("");
    deliver("tag:put-right", 1, "A lock opens",
        ",\"by\":\"Asha Teller\",\"subjects\":[{\"name\":\"Locks\"}]");
    deliver("tag:put-right", 2, "CORRECTED-A lock closes",
        ",\"by\":\"Tom Ostrey\",\"subjects\":[{\"name\":\"Gates\"}]");
    check(told("tag:put-right", &body) == 2, "a correction is told, and what it has left");
    check(names(body, "\"/tag/gates\"") && names(body, "\"/author/tom-ostrey\""),
        "by the lists that it stands on");
    check(names(body, "\"/tag/locks\"") && names(body, "\"/author/asha-teller\""),
        "and by those on which it stood");
    check(names(body, "/comments\""), "and by its comments");
}

static void picture_struck(void)
{
    struct span body = S(""), bytes = S("the bytes of a picture");
    struct hash h = hash_of(bytes);
    struct span hex = hash_hex(a, &h);
    must(store_put_picture(newsroom_store(newsroom), hex, 640, 400, 7) == OK);
    append(EVENT_FILE, S("{\"name\":\"slip.jpg\"}"), bytes);
    deliver("tag:shows", 1, "A boat at the slip", PICTURE);
    strike("tag:shows", "picture", "tag:pic");
    check(
        told("tag:shows", &body) == 2 &&
            names(body, arena_printf(a, "\"f-%.*s\"", FMT(span_cut(hex, 0, SITE_PICTURE_KEY))).p) &&
            names(body, arena_printf(a, "/pictures/%.*s-card.jpg", FMT(hex)).p),
        "a picture that is struck leaves the caches by its own name, and each of its files");
}

int main(void)
{
    static const char *const feed[] = {"wire"}, *const provider[] = {"Wire, pictures: yes"};
    log_quiet(LOG_ERROR + 1);
    house_start(feed, provider, 1);
    newsroom_start(false);
    must(newsroom_configure(newsroom, house.config) == OK);
    embargoed_again();
    struck_late();
    corrected();
    picture_struck();
    house_end();
    return tap_end();
}
