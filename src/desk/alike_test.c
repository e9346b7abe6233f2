/* What says the same (T4, V8): examples, and properties over random texts: the same for (a, b) and
 * (b, a), nine words of ten are a copy and eight are none, what is long is bounded. Prints its
 * seed; BROADSHEET_SEED runs one again. All texts are ours. */
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "luck.h"
#include "tap.h"

static struct arena *a;
static struct wording said(const char *language, struct span head, struct span body)
{
    struct story *s = story_new(a);
    struct wording w;
    s->kind = KIND_TEXT;
    s->language = span_of(language);
    s->headline = head;
    s->body_text = body;
    desk_wording(a, s, &w);
    return w;
}

/* ---- examples ---- */
#define LOCK                                                                                       \
    "The lock keepers shut both gates on Thursday night after a barge laden with gravel struck "   \
    "the upper sill and tore four timbers from their irons."
#define LOCK_2                                                                                     \
    "The lock keepers shut both gates on Thursday night after a barge laden with gravel struck "   \
    "the upper sill and tore several timbers from their irons."
#define OTHER_HAND                                                                                 \
    "A gravel barge has damaged the upper lock of the canal; keepers closed it overnight, and no " \
    "boat may pass before divers have seen what four broken timbers mean."
#define SHORT "Islanders asked for a later boat."

static const struct {
    const char *why, *head, *body, *head_2, *body_2, *language_2;
    bool copy, same;
} pairs[] = {
    {"the same", "Barge hits gates", LOCK, "Barge hits gates", LOCK, "en", true, true},
    {"one word other", "Barge hits gates", LOCK, "Barge hits gates", LOCK_2, "en", true, true},
    {"in capitals and quotes", "Barge hits gates", LOCK, "BARGE HITS “GATES”", LOCK, "en", true,
        true},
    {"another headline", "Barge hits gates", LOCK, "Canal closed", LOCK, "en", true, false},
    {"a region of the language", "Barge hits gates", LOCK, "Barge hits gates", LOCK, "en-GB", true,
        true},
    {"another language", "Barge hits gates", LOCK, "Barge hits gates", LOCK, "nl", true, false},
    {"other numbers", "Barge hits 4 gates", LOCK, "Barge hits 7 gates", LOCK, "en", true, false},
    {"one number of two", "4 gates, 2 barges", LOCK, "4 gates and barges", LOCK, "en", true, true},
    {"by another hand", "Barge hits gates", LOCK, "Barge hits gates", OTHER_HAND, "en", false,
        false},
    {"a short one", "A later boat", SHORT, "A later boat", SHORT, "en", true, false},
    {"a short one, numbered", "Page 1", SHORT, "Page 2", SHORT, "en", false, false},
    {"a short one, numbered twice", "Page 1 of the list for 9", SHORT, "Page 2 of the list for 9",
        SHORT, "en", false, false},
    {"a short one under another headline", "A later boat", SHORT, "Roads closed", SHORT, "en",
        false, false},
    {"flashes", "Barge hits gates of lock", "", "Barge hits gates of lock", "", "en", true, false},
    {"nearly nothing", "Results", "", "Results", "", "en", false, false},
    {"nothing", "", "", "", "", "en", false, false},
    {"without spaces", "运河的闸门",
        "星期四夜里一艘装满砾石的驳船撞上了运河上闸的门槛并撕裂了四根木材", "运河的闸门",
        "星期四夜里一艘装满砾石的驳船撞上了运河上闸的门槛并撕裂了五根木材", "en", true, true},
    {"other news without spaces", "运河的闸门",
        "星期四夜里一艘装满砾石的驳船撞上了运河上闸的门槛并撕裂了四根木材", "运河的闸门",
        "岛上居民请求渡船公司在星期天增开一班晚间的渡船以便他们回家过节", "en", false, false},
};

static void test_pairs(void)
{
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct wording x = said("en", span_of(pairs[i].head), span_of(pairs[i].body)),
                       y = said(
                           pairs[i].language_2, span_of(pairs[i].head_2), span_of(pairs[i].body_2));
        check(desk_is_copy(&x, &y) == pairs[i].copy, "%s: a copy or not", pairs[i].why);
        check(desk_is_same_news(&x, &y) == pairs[i].same, "%s: the same news or not", pairs[i].why);
        check(desk_is_copy(&x, &y) == desk_is_copy(&y, &x) &&
                  desk_is_same_news(&x, &y) == desk_is_same_news(&y, &x),
            "%s: both ways", pairs[i].why);
    }
}

/* ---- properties ---- */
enum { ROUNDS = 300, WORDS_MAX = 400 };

struct text {
    uint32_t words[WORDS_MAX];
    size_t count;
};

static struct span written(const struct text *t)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < t->count; i++) buf_printf(&b, "%sw%x", i ? " " : "", t->words[i]);
    return buf_span(&b);
}

static struct text random_text(size_t count)
{
    struct text t = {.count = count};
    for (size_t i = 0; i < count; i++) t.words[i] = roll(100000);
    return t;
}

/* So many words, at different places, are others. */
static struct text changed(struct text t, size_t changes)
{
    size_t step = changes ? t.count / changes : 1;
    for (size_t i = 0; i < changes; i++)
        t.words[i * step + roll((uint32_t)step)] = 200000 + roll(99999);
    return t;
}

static bool share_a_key(const struct wording *x, const struct wording *y)
{
    const uint64_t *kx, *ky;
    size_t nx = desk_wording_keys(x, &kx), ny = desk_wording_keys(y, &ky);
    for (size_t i = 0; i < nx; i++)
        for (size_t k = 0; k < ny; k++)
            if (kx[i] == ky[k]) return true;
    return false;
}

static void test_properties(void)
{
    bool copies = true, found = true, both_ways = true, others = true, far = true, bounded = true;
    for (int i = 0; i < ROUNDS; i++) {
        size_t n = 20 + roll(WORDS_MAX - 20);
        struct text t = random_text(n), near = changed(t, n / 10), half = changed(t, n / 8 + 1),
                    other = random_text(20 + roll(WORDS_MAX - 20));
        struct wording x = said("en", S("Barge hits gates"), written(&t)),
                       y = said("en", S("Barge hits gates"), written(&near)),
                       z = said("en", S("Barge hits gates"), written(&half)),
                       w = said("en", S("Barge hits gates"), written(&other));
        const uint64_t *keys;
        copies = copies && desk_is_copy(&x, &y);
        found = found && share_a_key(&x, &y);
        far = far && !desk_is_copy(&x, &z);
        both_ways = both_ways && desk_is_copy(&x, &z) == desk_is_copy(&z, &x) &&
                    desk_is_same_news(&x, &z) == desk_is_same_news(&z, &x) &&
                    desk_is_same_news(&x, &y) == desk_is_same_news(&y, &x);
        others = others && !desk_is_copy(&x, &w) && !desk_is_same_news(&x, &w);
        bounded = bounded && desk_wording_keys(&x, &keys) <= WORDING_KEYS;
    }
    check(copies, "where one word in ten is another it is a copy");
    check(found, "and it is found by a key");
    check(far, "where more than one in eight is, it is none");
    check(both_ways, "the same for both ways");
    check(others, "random texts are neither");
    check(bounded, "keys are few");
}

static void test_bounds(void)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (int i = 0; i < 300000; i++) buf_printf(&b, "%x ", i % 7919);
    struct wording x = said("en", S("Long"), buf_span(&b));
    check(x.body.count == WORDING_WORDS, "of a long text its head is compared");
    x = said("en", S("Broken"), S("\xE4\xB8 \xF0 \xE0\xB8 \xC3"));
    check(x.body.count <= 8, "broken characters end");
}

static void test_killed(void)
{
    int64_t day = INT64_C(86400000), at = 30 * day;
    struct kill kills[] = {{.name = "one", .at_ms = at}, {.name = "two", .at_ms = at + 5},
        {.name = "two", .at_ms = at + 9, .is_lift = true}};
    struct verdict v = {.kills = kills, .kill_count = 1};
    check(desk_killed_ms(&v, at - 1) == 0, "before the kill nothing is killed");
    check(desk_killed_ms(&v, at) == at && desk_killed_ms(&v, at + day) == at, "within a day it is");
    check(desk_killed_ms(&v, at + day + 1) == 0, "not a millisecond later");
    v.kill_count = 2;
    check(desk_killed_ms(&v, at + 7) == at + 5, "the last kill counts");
    v.kill_count = 3;
    check(desk_killed_ms(&v, at + 7) == at, "what is lifted does not");
    v.kills = kills + 1;
    v.kill_count = 2;
    check(desk_killed_ms(&v, at + 7) == 0, "nor alone");
}

/* ---- echoes (T6) ---- */
static void test_echo(void)
{
    static const struct {
        const char *party, *hop;
        bool is;
    } hops[] = {
        {"nprov:HOUSE", "nprov:HOUSE", true},
        {"nprov:HOUSE", "NPROV:House", true},
        {"nprov:HOUSE", "nprov:HOUSES", false},
        {"The Courier", "The Courier and Gazette", false},
        {"https://courier.example", "https://courier.example/rss.xml", true},
        {"https://courier.example/", "https://courier.example/rss.xml", true},
        {"https://courier.example", "https://courier.example.org/rss.xml", false},
        {"", "", false},
    };
    for (size_t i = 0; i < COUNT(hops); i++) {
        struct span party = span_of(hops[i].party);
        struct desk_rules rules = {.parties = &party, .party_count = 1}, none = {0};
        struct story *s = story_new(a);
        story_add_hop(a, s, S("somebody"));
        story_add_hop(a, s, span_of(hops[i].hop));
        check(desk_is_echo(s, &rules) == hops[i].is, "“%s” by “%s”", hops[i].hop, hops[i].party);
        check(!desk_is_echo(s, &none), "without a party nothing is an echo");
        s->status = STATUS_CANCELED;
        check(!desk_is_echo(s, &rules), "a kill never is");
    }
}

int main(void)
{
    luck_begin();
    a = arena_new(1u << 30);
    test_pairs();
    test_properties();
    test_bounds();
    test_killed();
    test_echo();
    arena_free(a);
    return tap_end();
}
