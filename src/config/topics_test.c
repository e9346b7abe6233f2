/* topics_test.c: IPTC's file, hostile: what it is, how large, how deep, cut and damaged anywhere.
 * Every mistake has a file and a place, and what is taken goes into the ledger and back. Files are
 * the test's own, with invented topics. Prints its seed; BROADSHEET_SEED runs one again. */
#include <stdlib.h>
#include <unistd.h>

#include "schema.h"
#include "luck.h"
#include "tap.h"

static struct arena *arena;
static char folder[] = "/tmp/broadsheet-topics-XXXXXX";

static void put_topic(struct buf *b, uint32_t code, uint32_t broader, uint32_t old)
{
    buf_printf(b,
        "%s{\"uri\":\"http://cv.iptc.org/newscodes/mediatopic/%08u\",\"prefLabel\":"
        "{\"en-GB\":\"topic %u\"}",
        b->n && b->p[b->n - 1] == '}' ? "," : "", code, code);
    if (broader)
        buf_printf(b, ",\"broader\":[\"http://cv.iptc.org/newscodes/mediatopic/%08u\"]", broader);
    if (old)
        buf_printf(b, ",\"exactMatch\":[\"http://cv.iptc.org/newscodes/subjectcode/%08u\"]", old);
    buf_lit(b, "}");
}

/* A chain of so many levels, then topics beside each other. */
static struct span set_of(uint32_t levels, uint32_t beside)
{
    struct buf b;
    buf_init(&b, arena, 0);
    buf_lit(&b, "{\"conceptSet\":[");
    for (uint32_t i = 0; i < levels; i++)
        put_topic(&b, i ? 29000000 + i : 15000000, i > 1 ? 29000000 + i - 1 : i ? 15000000 : 0, 0);
    for (uint32_t i = 0; i < beside; i++) put_topic(&b, 29100000 + i, 15000000, 15900000 + i);
    buf_lit(&b, "]}");
    return buf_span(&b);
}

static struct config *read_with(struct span topics, struct config_report *report)
{
    struct span site = S("site: {url: https://news.example.org, media_topics: topics.json}\n"
                         "feeds: {wire: {timezone: UTC}}\n");
    struct span file = arena_printf(arena, "%s/topics.json", folder);
    must(file_write_durable(file.p, topics) == OK);
    return config_parse(arena, site, S("site.yaml"), folder, report);
}

static void refused(struct span topics, const char *why, const char *says)
{
    struct config_report report;
    struct config *c = read_with(topics, &report);
    struct buf told;
    buf_init(&told, arena, 0);
    for (size_t i = 0; i < report.count; i++) config_mistake_print(&report.list[i], &told);
    check(!c && span_find(buf_span(&told), span_of(why)) >= 0, "%s: %.*s", says,
        (int)(told.n < 200 ? told.n : 200), told.p);
    arena_reset(arena);
}

static void test_limits(void)
{
    struct config_report report;
    struct config *c = read_with(set_of(CONFIG_TOPIC_LEVELS_MAX, 0), &report);
    check(c && c->topic_count == CONFIG_TOPIC_LEVELS_MAX, "eight levels are read");
    refused(set_of(CONFIG_TOPIC_LEVELS_MAX + 1, 0), "more than 8 levels", "nine are not");
    c = read_with(set_of(1, CONFIG_ITEMS_MAX - 2), &report);
    check(c && c->topic_count == CONFIG_ITEMS_MAX - 1, "as many as may be are read");
    struct span json = c ? config_editorial(arena, c) : S("");
    struct config *back = config_from_editorial(arena, json, &report);
    check(back && back->topic_count == CONFIG_ITEMS_MAX - 1 &&
              span_eq(config_editorial(arena, back), json),
        "and come back from the ledger: %zu bytes", json.n);
    check(back && !back->media_topics.n && span_find(json, S("topics.json")) < 0,
        "which does not know the file");
    refused(set_of(1, CONFIG_ITEMS_MAX - 1), "too many topics", "one more is too many");
}

static void test_no_topics(void)
{
    char deep[200];
    memset(deep, '[', sizeof deep);
    refused(S(""), "topics.json:1:1: ", "an empty file");
    refused(S("[]"), "curl -o mediatopic.json", "another JSON, with the way to the right one");
    refused(S("{\"conceptSet\":[]}"), "topics.json:1:15: there is no list of topics", "no topic");
    refused(S("{\"conceptSet\":{\"uri\":1}}"), "no list of topics", "a map of them");
    refused(S("<html></html>"), "topics.json:1:2", "a page");
    refused((struct span){deep, sizeof deep}, "topics.json:1:", "depth without end");
    refused(S("{\"conceptSet\":[{\"uri\":\"http\"},{\"uri\":\"\"},{\"uri\":7}]}"), "is none of",
        "short addresses");
}

static void test_order(void)
{
    struct config_report report;
    struct config *c = read_with(set_of(3, 3), &report);
    struct span first = c ? config_editorial(arena, c) : S("");
    struct buf b;
    buf_init(&b, arena, 0);
    buf_lit(&b, "{\"conceptSet\":[");
    for (uint32_t i = 3; i-- > 0;) put_topic(&b, 29100000 + i, 15000000, 15900000 + i);
    for (uint32_t i = 3; i-- > 0;)
        put_topic(&b, i ? 29000000 + i : 15000000, i > 1 ? 29000000 + i - 1 : i ? 15000000 : 0, 0);
    buf_lit(&b, "]}");
    c = read_with(buf_span(&b), &report);
    check(c && span_eq(config_editorial(arena, c), first),
        "the order in the file makes no other configuration");
    struct config *over = config_overlay(arena, c, S("{\"site\":{\"name\":\"Other\"}}"), &report);
    check(over && over->topic_count == 6, "what is laid over it keeps them");
}

/* Bytes changed, put in, taken out: read or refused, never worse, and each mistake has a place. */
static void test_damage(void)
{
    bool placed = true, back = true;
    for (int round = 0; round < 600; round++) {
        struct span whole = set_of(4, 4);
        char *p = arena_alloc(arena, whole.n);
        memcpy(p, whole.p, whole.n);
        for (uint32_t k = roll(4) + 1; k > 0; k--) p[roll((uint32_t)whole.n)] = (char)roll(256);
        struct config_report report;
        size_t n = roll(3) ? whole.n : roll((uint32_t)whole.n);
        struct config *c = read_with((struct span){p, n}, &report);
        for (size_t i = 0; i < report.count; i++)
            placed &= report.list[i].line > 0 && report.list[i].what.n > 0;
        placed &= (c == NULL) == (report.errors > 0);
        if (c) {
            struct span json = config_editorial(arena, c);
            struct config *b = config_from_editorial(arena, json, NULL);
            back &= b && span_eq(config_editorial(arena, b), json);
        }
        arena_reset(arena);
    }
    check(placed, "damaged files: read, or refused with a place");
    check(back, "and what was read comes back");
}

int main(void)
{
    luck_begin();
    arena = arena_new(256 << 20);
    must(mkdtemp(folder));
    test_limits();
    test_no_topics();
    test_order();
    test_damage();
    unlink(arena_printf(arena, "%s/topics.json", folder).p);
    rmdir(folder);
    arena_free(arena);
    return tap_end();
}
