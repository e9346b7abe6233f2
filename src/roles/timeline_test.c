/* timeline_test: what a story's revisions have brought of the text that stands now: never a word
 * that a correction, an update or the desk has taken away (C11). */
#include <string.h>

#include "newsroom_kit.h"

static story_id page;

static void deliver(int version, const char *headline, const char *body, const char *more)
{
    newsroom_event(EVENT_DELIVERY, S("wire"), S("{\"name\":\"item.json\"}"),
        arena_printf(a,
            "{\"uri\":\"dam\",\"standard\":{\"name\":\"ninjs\",\"version\":\"3.0\"},\"type\":"
            "\"text\",\"version\":\"%d\",\"pubStatus\":\"usable\",\"language\":\"en\","
            "\"headlines\":[{\"role\":\"main\",\"value\":\"%s\"}],\"bodies\":[{\"role\":\"main\","
            "\"contentType\":\"text/html\",\"value\":\"%s\"}]%s}",
            version, headline, body, more));
    must(newsroom_work() == OK);
}

static struct view *seen(void)
{
    struct view *v;
    int64_t from, until;
    must(store_story_summary(newsroom_store(newsroom), page, a, &v, &from, &until) == OK);
    return v;
}

static bool leads(const struct view *v, uint32_t i, const char *lead, uint32_t kept)
{
    const struct view_revision *r = &v->revisions[i];
    if (i < v->revision_count && span_eq(r->lead, span_of(lead)) && r->kept == kept) return true;
    printf("# %u of %u: “%.*s”, %u kept\n", i, v->revision_count, FMT(r->lead), r->kept);
    return false;
}

static bool says_anywhere(const struct view *v, const char *word)
{
    for (uint32_t i = 0; i < v->revision_count; i++)
        if (span_find(v->revisions[i].lead, span_of(word)) >= 0) return true;
    return false;
}

#define ONE "<p>The dam is watched.</p>"
#define TWO "<p>Two gates are open.</p>"

static void test_updates(void)
{
    deliver(1, "Dam watched", ONE, "");
    page = story_id_of(ledger_key(newsroom_ledger(newsroom)), S("Wire"), S("dam"));
    check(seen()->revision_count == 1 && !seen()->revisions[0].lead.n, "one version: no timeline");
    deliver(2, "Dam watched", ONE TWO "<p>Seven lorries are coming.</p>", "");
    deliver(3, "Dam overflows", ONE TWO "<p>The road is shut.</p>", "");
    struct view *v = seen();
    check(leads(v, 0, "The dam is watched.", 1) && leads(v, 1, "Two gates are open.", 1) &&
              leads(v, 2, "The road is shut.", 1),
        "each revision has what of it stands now");
    check(!says_anywhere(v, "lorries"), "C11: what an update took back is in none");
    deliver(4, "Dam breaks", ONE TWO "<p>The road is shut.</p>", "");
    check(leads(seen(), 3, "Dam breaks", 0), "where no paragraph is new, a headline is");
}

static void test_correction(void)
{
    deliver(5, "Dam breaks", ONE TWO "<p>The road is open.</p>",
        ",\"signals\":[{\"uri\":\"http://cv.iptc.org/newscodes/signal/correction\"}]");
    struct view *v = seen();
    check(!says_anywhere(v, "shut") && leads(v, 2, "", 0),
        "C11: what a correction took back is in none, and its revision says nothing");
    check(leads(v, 4, "The road is open.", 1), "the right words came with the correction");
}

static void test_struck(void)
{
    newsroom_event(EVENT_ACT, S(""),
        S("{\"act\":\"redact\",\"target\":\"dam\",\"text\":\"gates\"}"), (struct span){0});
    must(newsroom_work() == OK);
    check(!says_anywhere(seen(), "gates"), "nor what the desk has struck");
}

static void test_long(void)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (int i = 0; i < 60; i++) buf_printf(&b, "word%d ", i);
    deliver(6, "Dam breaks", arena_printf(a, "<p>%.*s</p>", FMT(buf_span(&b))).p, "");
    struct view *v = seen();
    struct span lead = v->revisions[v->revision_count - 1].lead;
    check(lead.n < 200 && span_ends(lead, S("\xe2\x80\xa6")) && span_find(lead, S("word0 ")) == 0,
        "of a long paragraph the first words");
}

int main(void)
{
    static const char *const feed[] = {"wire"}, *const provider[] = {"Wire"};
    log_quiet(LOG_ERROR + 1);
    house_start(feed, provider, 1);
    newsroom_start(false);
    must(newsroom_configure(newsroom, house.config) == OK);
    test_updates();
    test_correction();
    test_struck();
    test_long();
    house_end();
    return tap_end();
}
