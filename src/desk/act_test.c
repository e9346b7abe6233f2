/* act_test.c: the JSON form of acts, links between items, and the kill that the peek cursor sees.
 */
#include "desk.h"
#include "tap.h"

static void acts(struct arena *a)
{
    for (int k = 0; k < ACT_UNKNOWN; k++) {
        struct act t = {.kind = (enum act_kind)k,
                       .story = 0x123456789ab,
                       .target = S("tag:x \"1\""),
                       .text = S("Größe <b>"),
                       .picture = S("tag:p <1>"),
                       .by = S("anna")},
                   back;
        struct span json = act_write(a, &t);
        bool same = act_read(a, json, &back) && back.kind == t.kind && back.story == t.story &&
                    span_eq(back.target, t.target) && span_eq(back.text, t.text) &&
                    span_eq(back.picture, t.picture) && span_eq(back.by, t.by);
        check(same && act_kind_of(span_of(act_kind_name(t.kind))) == t.kind,
            "act %s goes to JSON and back", act_kind_name(t.kind));
    }
    static const char *const bad[] = {"", "[]", "{}", "{\"act\":\"explode\"}", "{\"act\":\"kill\"}",
        "{\"act\":\"kill\",\"story\":\"short\"}", "{\"act\":\"kill\",\"story\":7}", "{\"act\":"};
    struct act out;
    for (size_t i = 0; i < COUNT(bad); i++)
        check(!act_read(a, span_of(bad[i]), &out), "refused: %s", bad[i]);
    check(act_read(a, S("{\"act\":\"pause\",\"target\":\"all\"}"), &out) && out.kind == ACT_PAUSE &&
              !out.story,
        "a pause needs no story");
    const char *why;
    struct act go = {.kind = ACT_GO_LIVE, .target = S("wire"), .text = S("all")};
    check(act_check(&go, DESK_CHIEF, &why) && !act_check(&go, DESK_EDITOR, &why),
        "a chief takes a feed live");
    go.text = S("some");
    check(!act_check(&go, DESK_CHIEF, &why), "with all of it or nothing");
    go = (struct act){.kind = ACT_RELEASE, .target = S("all")};
    check(!act_check(&go, DESK_EDITOR, &why), "release is of one feed");
    struct act retry = {.kind = ACT_RETRY, .target = S("all")};
    check(!act_check(&retry, DESK_EDITOR, &why), "retry is of one thing in quarantine");
}

static void unread_ids(struct arena *a)
{
    static const char *const bad[] = {
        "", "0", "x", "41.", ".3", "41.0", "41.x", "41.3.1", "-1", "41.4294967296", " 41"};
    uint64_t pos;
    uint32_t number;
    check_span(unread_id(a, 41, UNREAD_WHOLE), S("41"), "a delivery's id");
    check_span(unread_id(a, 41, 2), S("41.3"), "an item's");
    check(unread_id_read(S("41"), &pos, &number) && pos == 41 && number == UNREAD_WHOLE,
        "a delivery by its id");
    check(unread_id_read(S("41.3"), &pos, &number) && pos == 41 && number == 2, "an item");
    for (size_t i = 0; i < COUNT(bad); i++)
        check(!unread_id_read(span_of(bad[i]), &pos, &number), "no id: “%s”", bad[i]);
}

static struct desk_version item(
    struct arena *a, const char *guid, const char *headline, const char *slug, int64_t hours)
{
    struct story *s = story_new(a);
    s->guid = span_of(guid);
    s->headline_raw = span_of(headline);
    s->slugline = span_of(slug);
    s->language = S("en");
    s->version_created = (struct when){WHEN_UTC, hours * 3600000};
    story_finish(a, s);
    return (struct desk_version){.story = s,
        .item = fast_hash(s->guid),
        .feed = S("wire"),
        .received_ms = hours * 3600000,
        .pos = 1};
}

static void add_genre(struct arena *a, struct desk_version *v, const char *literal)
{
    struct story *s = story_new(a);
    *s = *v->story;
    story_add_subject(a, s, SUBJECT_GENRE, span_of(literal), S(""));
    v->story = s;
}

static void links(struct arena *a)
{
    struct desk_version first = item(a, "1", "Bridge closes", "BRIDGE-CLOSURE/", 100);
    struct desk_version update =
        item(a, "2", "UPDATE 1-Bridge closes", "BRIDGE-CLOSURE/ (UPDATE 1)", 102);
    struct desk_version plain = item(a, "3", "Bridge closes again", "BRIDGE-CLOSURE/", 102);
    struct desk_version late = item(a, "4", "UPDATE 2-Bridge closes", "bridge-closure", 149);
    struct desk_version correction = item(a, "5", "CORRECTED-Bridge closes", "Bridge-Closure", 103);
    check(desk_links(&first, &update), "C5 an update of the same slug shares the page");
    check(desk_links(&update, &correction), "C3 a correction of the same slug shares the page");
    check(!desk_links(&first, &plain), "C5 the same slug alone is not enough");
    check(!desk_links(&first, &late), "C5 after 48 hours it is another story");
    check(!desk_links(&update, &first), "C5 what is older does not update");
    check(!desk_links(&first, &first), "an item is not linked to itself");
    update.feed = S("other");
    check(!desk_links(&first, &update), "T3 another feed's update is not one");
    struct story *linked = story_new(a);
    *linked = *plain.story;
    story_add_link(a, linked, S("derivedFrom"), S("1"), S(""));
    plain.story = linked;
    check(desk_links(&first, &plain), "C3 a link to the older id shares the page");
    struct desk_version report = item(a, "6", "Bridge closes", "BRIDGE-CLOSURE/", 100);
    struct desk_version questions =
        item(a, "7", "UPDATE 1-What drivers ask", "BRIDGE-CLOSURE/", 101);
    add_genre(a, &questions, "genre:5");
    check(desk_links(&report, &questions), "C5 a report without a genre may be the same story");
    add_genre(a, &report, "genre:1");
    check(!desk_links(&report, &questions), "C5 two genres of one slug are two stories");
    struct desk_version corrected = item(a, "8", "CORRECTED-Bridge closes", "BRIDGE-CLOSURE/", 101);
    add_genre(a, &corrected, "genre:9");
    check(desk_links(&report, &corrected), "C3 a correction counts, whatever it calls itself");
    add_genre(a, &report, "genre:5");
    check(desk_links(&report, &questions), "C5 one genre of several in common is enough");
    linked->language = S("hi");
    check(!desk_links(&first, &plain), "a translation has a page of its own");
    check_span(desk_link_key(a, first.story, S("wire")), desk_link_key(a, late.story, S("wire")),
        "link keys of one slug agree");
    check(!desk_link_key(a, item(a, "9", "x", "", 1).story, S("wire")).n, "no slug, no key");
    check(!span_eq(
              desk_link_key(a, first.story, S("wire")), desk_link_key(a, first.story, S("other"))),
        "link keys are a feed's own");
}

static void peek(struct arena *a)
{
    struct span ids[] = {S("agency.example")};
    struct desk_feed feed = {
        .name = S("wire"), .provider = S("Agency"), .provider_ids = ids, .provider_id_count = 1};
    struct desk_rules rules = {.feeds = &feed, .feed_count = 1};
    struct desk_version v = item(a, "1", "Kill", "", 100);
    struct story *s = story_new(a);
    *s = *v.story;
    v.story = s;
    struct kill one, two;
    check(!desk_kills(&v, &rules, &one), "a usable item kills nothing");
    s->status = STATUS_CANCELED;
    check(desk_kills(&v, &rules, &one) && desk_kills(&v, &rules, &two) &&
              memcmp(one.name, two.name, 16) == 0,
        "K5 the same kill has the same name");
    struct desk_set set = {.page = v.item, .versions = &v, .version_count = 1};
    struct verdict verdict;
    desk_decide(a, &set, &rules, &verdict);
    check(verdict.kill_count == 1 && memcmp(verdict.kills[0].name, one.name, 16) == 0,
        "K1 peek and verdict give a kill one name");
    s->headline_raw = S("Kill, once more");
    check(desk_kills(&v, &rules, &two) && memcmp(one.name, two.name, 16) != 0,
        "K4 a kill in other words is another kill");
    struct story struck = *s;
    struct desk_version redacted = v;
    struck.headline_raw = S("Kill");
    redacted.story = &struck;
    redacted.sent = s;
    check(desk_kills(&redacted, &rules, &one) && memcmp(one.name, two.name, 16) == 0,
        "what the desk strikes changes no name");
    s->version = S("2");
    check(desk_kills(&v, &rules, &two) && memcmp(one.name, two.name, 16) != 0,
        "K6 another version's kill has another name");
    s->provider = S("rival.example");
    check(!desk_kills(&v, &rules, &two), "T2 another provider's kill is none");
    struct desk_set empty = {0};
    desk_decide(a, &empty, &rules, &verdict);
    check(verdict.interval.held && verdict.state == STATE_NEVER && !verdict.is_dead,
        "nothing known, nothing public");
}

static void reasons(void)
{
    for (int c = 0; c < REASONS; c++)
        if (!reason_text((enum reason_code)c)[0]) check(false, "reason %d has words", c);
    check(true, "every reason has words");
}

int main(void)
{
    struct arena *a = arena_new(16 << 20);
    acts(a);
    unread_ids(a);
    links(a);
    peek(a);
    reasons();
    arena_free(a);
    return tap_end();
}
