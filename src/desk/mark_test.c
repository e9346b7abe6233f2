/* mark_test.c: what a mark keeps back, what it never does (kills, withholds, embargoes, expiries),
 * and how it is let go; rules in shadow; who leads the front. */
#include "decide.h"
#include "tap.h"

#define NOON INT64_C(1769169600000)
#define HOUR INT64_C(3600000)

static struct arena *arena;
static struct desk_feed feeds[] = {{.name = {"wire", 4}, .provider = {"Wire", 4}}};
static struct desk_section sections[] = {{.name = {"news", 4}}};
static struct desk_rule a_rule;
static struct desk_rules rules = {
    .feeds = feeds, .feed_count = 1, .sections = sections, .section_count = 1};

/* A day of one story: versions, acts and releases, each at its hour after noon. */
static struct desk_version versions[8];
static struct act acts[8];
static struct release releases[4];
static size_t version_count, act_count, release_count;
static uint64_t pos;
static struct verdict v;

static void begin(void)
{
    version_count = act_count = release_count = 0;
    pos = 0;
}

static struct story *arrives(int hour, enum desk_mark mark)
{
    struct story *s = story_new(arena);
    s->guid = S("a");
    s->version = arena_printf(arena, "%zu", version_count + 1);
    s->version_created = (struct when){WHEN_UTC, NOON + hour * HOUR};
    s->headline_raw = arena_printf(arena, "Bridge closes %zu", version_count + 1);
    s->body = html_clean(arena, S("<p>The bridge closes.</p>"));
    s->body_text = S("The bridge closes.");
    s->language = S("en");
    story_finish(arena, s);
    versions[version_count++] = (struct desk_version){.story = s,
        .item = 9,
        .feed = S("wire"),
        .received_ms = NOON + hour * HOUR,
        .pos = ++pos,
        .mark = mark};
    return s;
}

static void acts_at(int hour, enum act_kind kind)
{
    acts[act_count++] = (struct act){
        .kind = kind, .story = 9, .by = S("anna"), .at_ms = NOON + hour * HOUR, .pos = ++pos};
}

static void lets_go(int hour, bool shadow)
{
    releases[release_count++] = (struct release){S("wire"), shadow, NOON + hour * HOUR, ++pos};
}

static void decide(void)
{
    struct desk_set set = {.page = 9,
        .versions = versions,
        .version_count = version_count,
        .acts = acts,
        .act_count = act_count,
        .releases = releases,
        .release_count = release_count};
    desk_decide(arena, &set, &rules, &v);
}

static bool says(enum reason_code code)
{
    for (size_t i = 0; i < v.reason_count; i++)
        if (v.reasons[i].code == code) return true;
    return false;
}

static void keeps_back(void)
{
    begin();
    arrives(0, MARK_STORIES);
    decide();
    check(v.interval.held && v.state == STATE_NEVER && says(WHY_MANY_STORIES),
        "a story over the limit is held, and says why");
    check(!v.must_mint, "it gets no address");
    begin();
    arrives(0, MARK_NONE);
    arrives(1, MARK_REWRITES);
    decide();
    check(v.shown == 0 && v.version == 1 && v.interval.from_ms == NOON && says(WHY_FROZEN),
        "T5 a frozen rewrite leaves the version before it up");
    arrives(2, MARK_NONE);
    decide();
    check(v.shown == 2 && v.revision_count == 2, "what comes after it counts");
}

static void never_keeps_back(void)
{
    begin();
    arrives(0, MARK_NONE);
    arrives(1, MARK_REWRITES)->status = STATUS_CANCELED;
    decide();
    check(v.is_dead && v.state == STATE_KILLED, "T5 a mark keeps no kill back");
    begin();
    arrives(0, MARK_NONE);
    arrives(1, MARK_SHADOW)->status = STATUS_WITHHELD;
    decide();
    check(v.state == STATE_WITHHELD && v.interval.held, "nor a withhold");
    begin();
    arrives(0, MARK_NONE);
    arrives(1, MARK_UPDATES)->embargo = (struct when){WHEN_UTC, NOON + 9 * HOUR};
    decide();
    check(v.state == STATE_WITHHELD && v.shown == 0 && v.interval.from_ms == NOON + 9 * HOUR,
        "nor an embargo: what was up is away until then");
    begin();
    arrives(0, MARK_NONE);
    arrives(1, MARK_UPDATES)->expires = (struct when){WHEN_UTC, NOON + 5 * HOUR};
    decide();
    check(v.shown == 0 && v.interval.until_ms == NOON + 5 * HOUR && v.state_after == STATE_EXPIRED,
        "nor the end of a right");
    lets_go(2, false);
    decide();
    check(v.shown == 1 && v.interval.until_ms == NOON + 5 * HOUR, "let go, the same");
}

static void is_let_go(void)
{
    begin();
    arrives(0, MARK_OLD);
    acts_at(2, ACT_PUBLISH);
    decide();
    check(v.shown == 0 && v.interval.from_ms == NOON + 2 * HOUR, "publish lets one story go");
    begin();
    arrives(0, MARK_UPDATES);
    lets_go(3, true);
    decide();
    check(v.interval.held, "going live is not for limits");
    lets_go(4, false);
    decide();
    check(v.shown == 0 && v.interval.from_ms == NOON + 4 * HOUR, "release is");
    check(v.front_ms == NOON, "it keeps its own place on fronts");
    arrives(5, MARK_UPDATES);
    decide();
    check(v.shown == 0 && says(WHY_MANY_UPDATES), "and not for what comes later");
    begin();
    arrives(0, MARK_SHADOW);
    lets_go(3, false);
    decide();
    check(v.interval.held && says(WHY_SHADOW), "release is not for shadow");
    lets_go(4, true);
    acts_at(5, ACT_HOLD);
    decide();
    check(v.interval.held && !says(WHY_SHADOW) && v.was_public, "going live is; hold still holds");
}

static void shadow_rules(void)
{
    static struct span words[] = {{"bridge", 6}}, tags[] = {{"Span", 4}};
    a_rule = (struct desk_rule){.name = S("bridges"),
        .texts = words,
        .text_count = 1,
        .action = DESK_DROP,
        .add_tags = tags,
        .add_tag_count = 1,
        .shadow = true,
        .line = 7};
    rules.rules = &a_rule;
    rules.rule_count = 1;
    begin();
    arrives(0, MARK_NONE);
    decide();
    check(v.shown == 0 && v.tag_count == 0, "a rule in shadow does nothing");
    struct reason *r = NULL;
    for (size_t i = 0; i < v.reason_count; i++)
        if (v.reasons[i].code == WHY_RULE_SHADOW) r = &v.reasons[i];
    if (check(r && r->rule_line == 7, "and tells which it is"))
        check_span(r->detail, S("“bridges”: drop it, tag it Span"), "and what it would do");
    a_rule.shadow = false;
    decide();
    check(v.interval.held && says(WHY_RULE_DROP) && !says(WHY_RULE_SHADOW), "in force, it does it");
    rules.rule_count = 0;
}

static void leads(void)
{
    static const struct {
        const char *headline;
        bool one;
    } cases[] = {{"Mill to close -source", true}, {"Mill to close - government source", true},
        {"Mill to close \xe2\x80\x93source", true}, {"Mill to close, source says", true},
        {"Mill to close -sources", false}, {"Open-source mill opens", false},
        {"Mill finds the source of the river", false}, {"Mill to close", false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        begin();
        struct story *s = arrives(0, MARK_NONE);
        s->headline = span_of(cases[i].headline);
        decide();
        check(v.has_one_source == cases[i].one, "“%s” rests on %s", cases[i].headline,
            cases[i].one ? "one source" : "no one knows how many");
    }
    begin();
    story_add_note(
        arena, arrives(0, MARK_NONE), S("note"), S("Single source; please hedge."), false);
    acts_at(1, ACT_LEAD);
    decide();
    check(
        v.has_one_source && v.lead_ms == NOON + HOUR, "a note says it; the desk may lead with it");
    acts_at(2, ACT_UNLEAD);
    decide();
    check(v.lead_ms == 0 && v.shown == 0, "and take it back");
}

int main(void)
{
    arena = arena_new(64 << 20);
    keeps_back();
    never_keeps_back();
    is_let_go();
    shadow_rules();
    leads();
    arena_free(arena);
    return tap_end();
}
