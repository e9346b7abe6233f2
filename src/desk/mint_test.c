/* When an address is made, and when it is made anew: one that readers have seen stays, whatever
 * rules say since; one that nobody has seen follows its embargo, its day and its words (C6, E5). */
#include "desk.h"

#include "tap.h"

enum { HOUR = 3600000 };
#define MONDAY INT64_C(1769385600000) /* 2026-01-26T00:00:00Z */

static struct arena *a;
static struct desk_feed feeds[] = {{.name = {"wire", 4}, .provider = {"Wire", 4}}};
static struct desk_section sections[] = {{.name = {"news", 4}}};
static struct desk_rules rules = {
    .feeds = feeds, .feed_count = 1, .sections = sections, .section_count = 1};

static struct desk_version version(const char *headline, int64_t at_ms, int64_t embargo_ms)
{
    struct story *s = story_new(a);
    s->guid = S("tag:example.org,2026:mint");
    s->kind = KIND_TEXT;
    s->version = arena_printf(a, "%lld", (long long)at_ms);
    s->headline_raw = span_of(headline);
    s->language = S("en");
    s->body = html_clean(a, S("<p>Words of the story, as many as are wanted.</p>"));
    s->version_created = (struct when){.kind = WHEN_UTC, .ms = at_ms};
    if (embargo_ms) s->embargo = (struct when){.kind = WHEN_UTC, .ms = embargo_ms};
    story_finish(a, s);
    return (struct desk_version){
        .story = s, .item = 1, .feed = S("wire"), .received_ms = at_ms, .pos = (uint64_t)at_ms};
}

static bool mints(struct desk_set *set, int64_t now_ms)
{
    struct verdict v;
    set->page = 1;
    set->reached_ms = now_ms;
    desk_decide(a, set, &rules, &v);
    return v.must_mint;
}

static void an_embargo(void)
{
    struct desk_version v[2] = {version("Bridge opens", MONDAY, MONDAY + 48 * HOUR),
        version("Ferry sinks", MONDAY + HOUR, 0)};
    struct desk_set set = {.versions = v, .version_count = 1};
    check(mints(&set, MONDAY), "an embargoed story gets an address");
    set.slug = S("bridge-opens");
    set.minted_ms = MONDAY + 48 * HOUR;
    set.minted_from_ms = MONDAY + 48 * HOUR;
    check(!mints(&set, MONDAY), "once");
    set.version_count = 2;
    check(mints(&set, MONDAY + HOUR), "a version that outruns the embargo gets one of its own day");
    struct act reslug = {.kind = ACT_RESLUG, .text = S("talks"), .at_ms = MONDAY, .pos = 1};
    set.acts = &reslug;
    set.act_count = 1;
    check(mints(&set, MONDAY + HOUR), "under the desk's words too: the day told of the embargo");
}

static void one_that_was_overtaken(void)
{
    struct desk_version v[2] = {version("Bridge opens", MONDAY, MONDAY + 2 * HOUR),
        version("Ferry sinks", MONDAY + HOUR, MONDAY + 3 * HOUR)};
    struct desk_set set = {.versions = v,
        .version_count = 2,
        .slug = S("bridge-opens"),
        .minted_ms = MONDAY + 2 * HOUR,
        .minted_from_ms = MONDAY + 2 * HOUR};
    check(mints(&set, MONDAY + 4 * HOUR),
        "what came before an address was due, but is decided later, changes it");
    v[1] = version("Ferry sinks", MONDAY + 2 * HOUR + 1, 0);
    check(!mints(&set, MONDAY + 4 * HOUR), "what came after it was seen does not");
}

/* It says and allows the same: what hides both since changes no address. */
static void one_that_was_repeated(void)
{
    struct desk_version v[3] = {version("Bridge opens", MONDAY, MONDAY + 48 * HOUR),
        version("Bridge opens", MONDAY + HOUR, MONDAY + 48 * HOUR),
        version("Ferry sinks", MONDAY + 50 * HOUR, 0)};
    struct desk_rule drop = {.action = DESK_DROP};
    struct span word = S("bridge");
    drop.texts = &word;
    drop.text_count = 1;
    struct desk_set set = {.versions = v,
        .version_count = 3,
        .slug = S("bridge-opens"),
        .minted_ms = MONDAY + 48 * HOUR,
        .minted_from_ms = MONDAY + 48 * HOUR};
    rules.rules = &drop;
    rules.rule_count = 1;
    check(!mints(&set, MONDAY + 52 * HOUR),
        "an update of the same headline and embargo overtakes nothing");
    rules.rule_count = 0;
}

/* Of a page of several items too: what a rule says of the past has not come late. */
static void one_that_a_rule_drops(void)
{
    struct desk_version v[2] = {version("Bridge opens", MONDAY, 0),
        version("Ferry sinks", MONDAY + HOUR, MONDAY + 5 * HOUR)};
    struct desk_rule drop = {.action = DESK_DROP};
    struct span word = S("bridge");
    drop.texts = &word;
    drop.text_count = 1;
    v[1].item = 2;
    struct desk_set set = {.versions = v,
        .version_count = 2,
        .slug = S("bridge-opens"),
        .minted_ms = MONDAY,
        .minted_from_ms = MONDAY};
    rules.rules = &drop;
    rules.rule_count = 1;
    check(!mints(&set, MONDAY + 2 * HOUR), "an address that readers have seen stays under a rule");
    check(!mints(&set, MONDAY + 6 * HOUR), "also when what the rule lets pass is shown");
    rules.rule_count = 0;
}

static void a_seen_one(void)
{
    struct desk_version v[2] = {
        version("Ferry sinks", MONDAY, 0), version("Crew is safe", MONDAY + 30 * HOUR, 0)};
    struct desk_set set = {.versions = &v[1],
        .version_count = 1,
        .slug = S("ferry-sinks"),
        .minted_ms = MONDAY,
        .minted_from_ms = MONDAY};
    check(!mints(&set, MONDAY + 30 * HOUR),
        "a seen one stays where rules have since left out its version");
    set.minted_from_ms = MONDAY + 90 * HOUR;
    check(mints(&set, MONDAY + 30 * HOUR), "one that nobody has seen does not");
    v[0].item = 2;
    set.versions = v;
    set.version_count = 2;
    set.minted_from_ms = MONDAY;
    set.slug = S("sealed-words");
    check(mints(&set, MONDAY + 30 * HOUR), "of pages that became one it may tell what never was");
}

int main(void)
{
    a = arena_new(16 << 20);
    an_embargo();
    one_that_was_overtaken();
    one_that_was_repeated();
    one_that_a_rule_drops();
    a_seen_one();
    arena_free(a);
    return tap_end();
}
