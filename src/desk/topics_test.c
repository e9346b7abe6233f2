/* topics_test.c: a small tree, invented but for the first level: what stands below what, how the
 * old subject codes lead to the topics that mean the same and back, and what is known without any
 * tree. Then random trees, by a count of their own. Prints its seed; BROADSHEET_SEED runs one
 * again. */
#include "decide.h"
#include "luck.h"
#include "tap.h"

static struct arena *arena;

/* Not sorted: desk_topics_make has to do it. */
static const struct desk_topic invented[] = {
    {29000111, 29000110, 0, false, {"beach hoopball", 14}},
    {15000000, 0, 0, false, {"sport", 5}},
    {11000000, 0, 0, false, {"politics", 8}},
    {2000000, 0, 0, false, {"law", 3}},
    {29000110, 29000100, 15902000, false, {"hoopball", 8}},
    {29000100, 15000000, 0, false, {"ball games", 10}},
    {29000131, 29000130, 15903000, true, {"night kites", 11}},
    {29000130, 15000000, 15903000, false, {"kite racing", 11}},
    {29000200, 11000000, 11902000, false, {"island affairs", 14}},
    {29000210, 29000200, 0, false, {"ferry treaties", 14}},
    {29000220, 2000000, 16905000, false, {"harbour watch", 13}},
};
static struct desk_topic rows[COUNT(invented)];
static struct desk_topics tree;
static const struct desk_topics none;

static struct topic_ref ref(const char *written)
{
    struct span w = span_of(written);
    ptrdiff_t colon = span_find_char(w, ':');
    return topic_ref(span_cut(w, 0, (size_t)colon), span_cut(w, (size_t)colon + 1, w.n));
}

static bool leads(const char *from, const char *to)
{
    struct topic_path p;
    return topic_leads(&tree, ref(from), ref(to), &p);
}

static struct span way(const struct desk_topics *by, const char *from, const char *to)
{
    struct topic_path p;
    bool found = topic_leads(by, ref(from), ref(to), &p);
    return found ? topic_path_text(arena, by, &p) : S("none");
}

static void test_ways(void)
{
    check(leads("medtop:29000111", "medtop:29000100"), "a leaf is below the topic in the middle");
    check(!leads("medtop:29000100", "medtop:29000111"), "and not the other way");
    check(!leads("medtop:29000111", "medtop:29000130"), "nor below its sister");
    check(leads("mediatopic:29000111", "medtop:15000000"), "the scheme by its other name");
    check(leads("subj:15902000", "medtop:29000100"), "an old code below a topic in the middle");
    check(leads("subj:15902001", "medtop:29000110"), "by the code above it, if it has no topic");
    check(leads("subject:15902001", "medtop:15000000"), "an old code below a branch");
    check(!leads("subj:15000000", "medtop:29000100"), "the branch is not below its topics");
    check(!leads("subj:15903000", "medtop:29000110"), "another sport");
    check(leads("medtop:29000111", "subj:15902000"), "a topic below the old code of that above it");
    check(leads("medtop:29000110", "iptc-subject-code:15000000"), "and below the old branch");
    check(!leads("medtop:29000110", "subj:15903000"), "not below another's");
    check(leads("medtop:29000131", "subj:15903000") && leads("subj:15903000", "medtop:29000130") &&
              !leads("subj:15903000", "medtop:29000131"),
        "an old code that means more takes the topic, and is not below it");
    check(leads("subj:15902001", "subj:15902000") && leads("subj:15902001", "subj:15000000") &&
              !leads("subj:15902000", "subj:15902001") && !leads("subj:15903000", "subj:15902000"),
        "old codes by their digits");
    check(leads("medtop:29000220", "medtop:02000000") && !leads("medtop:29000220", "subj:16000000"),
        "a topic that has been moved is in its new branch alone");
}

static void test_texts(void)
{
    check_span(way(&tree, "medtop:29000111", "medtop:15000000"),
        S("29000111 beach hoopball < 29000110 hoopball < 29000100 ball games < 15000000 sport"),
        "with names");
    check_span(way(&tree, "subj:15902001", "medtop:29000100"),
        S("subj:15902001 < subj:15902000 < 29000110 hoopball < 29000100 ball games"), "across");
    check_span(way(&tree, "medtop:29000110", "subj:15902000"),
        S("29000110 hoopball < subj:15902000"), "back");
    check_span(way(&tree, "subj:15902001", "subj:15000000"), S("subj:15902001 < 15000000 sport"),
        "digits");
    check_span(
        way(&tree, "medtop:15000000", "subj:15000000"), S("15000000 sport"), "the branch itself");
}

/* A site without IPTC's file, and a topic that the file does not have. */
static void test_without(void)
{
    check_span(way(&none, "medtop:20000940", "medtop:15000000"), S("20000940 < 15000000"),
        "without topics the first level is known");
    check_span(way(&none, "medtop:20000940", "subj:15000000"), S("20000940 < 15000000"),
        "by its old number too");
    check_span(way(&none, "subj:15902001", "medtop:15000000"), S("subj:15902001 < 15000000"),
        "and from an old code");
    check_span(way(&none, "medtop:20000940", "medtop:11000000"), S("none"), "no other");
    check_span(way(&none, "medtop:29000111", "medtop:15000000"), S("none"), "what is not there");
    check_span(way(&none, "medtop:20000941", "medtop:20000940"), S("none"), "nothing between");
    check_span(way(&none, "subj:15902001", "subj:15902000"), S("subj:15902001 < subj:15902000"),
        "old codes need no topics");
    check_span(way(&tree, "medtop:20000940", "medtop:15000000"), S("20000940 < 15000000 sport"),
        "what the file lacks stands in its branch");
}

static void test_odd(void)
{
    static const char *const odd[] = {"medtop:99999999", "medtop:20000001", "medtop:00000000",
        "medtop:", "medtop:2900011", "medtop:290001100", "medtop:-2900011", "medtop: 2900011",
        "medtop:29000110x", "medtop:4294967296", "medtop:18446744073709551616", "medtop:20000000",
        "subj:20000000", "subj:00000000", "subj:99000000", "genre:15000000", ":15000000"};
    bool alone = true;
    for (size_t i = 0; i < COUNT(odd); i++)
        for (size_t k = 0; k < COUNT(rows); k++) {
            struct topic_path p;
            struct topic_ref t = {TOPIC_MEDIA, rows[k].code};
            alone &= !topic_leads(&tree, ref(odd[i]), t, &p) && p.n == 0;
            alone &= !topic_leads(&tree, t, ref(odd[i]), &p) && p.n == 0;
        }
    check(alone, "what is no code, or none that is known, is below nothing and above nothing");
}

/* ---- random trees ---- */
enum { MANY = 300, ROUNDS = 40 };

static void grow(struct desk_topic *list, uint32_t *up, bool loops)
{
    for (uint32_t i = 0; i < MANY; i++) {
        up[i] = i == 0 ? MANY : loops ? roll(MANY) : i - 1 - roll(i < 5 ? i : 5);
        list[i] = (struct desk_topic){.code = 29000000 + i * 7,
            .broader = up[i] < MANY ? 29000000 + up[i] * 7 : 0,
            .old = roll(3) ? 0 : 15000000 + roll(40) * 1000,
            .is_wider = roll(4) == 0,
            .name = S("a topic")};
    }
}

/* By the rows alone. */
static bool is_below(const uint32_t *up, uint32_t i, uint32_t k)
{
    for (int level = 0; i < MANY && level < DESK_TOPIC_LEVELS_MAX; level++, i = up[i])
        if (i == k) return true;
    return false;
}

static void test_random(void)
{
    bool same = true, ends = true;
    for (int round = 0; round < ROUNDS; round++) {
        struct desk_topic *list = ARENA_ARRAY(arena, struct desk_topic, MANY);
        uint32_t *up = ARENA_ARRAY(arena, uint32_t, MANY);
        struct desk_topics all;
        struct topic_path p;
        bool loops = round % 2;
        grow(list, up, loops);
        for (uint32_t i = MANY - 1; i > 0; i--) {
            uint32_t k = roll(i + 1);
            struct desk_topic keep = list[i];
            list[i] = list[k];
            list[k] = keep;
        }
        desk_topics_make(arena, list, MANY, &all);
        for (int n = 0; n < 2000; n++) {
            uint32_t i = roll(MANY), k = roll(MANY);
            struct topic_ref from = {TOPIC_MEDIA, 29000000 + i * 7},
                             to = {TOPIC_MEDIA, 29000000 + k * 7},
                             old = {TOPIC_OLD, 15000000 + roll(41000)};
            same &= topic_leads(&all, from, to, &p) == is_below(up, i, k);
            topic_leads(&all, old, to, &p);
            ends &= p.n <= TOPIC_STEPS_MAX;
            topic_leads(&all, from, old, &p);
            ends &= p.n <= TOPIC_STEPS_MAX;
        }
        arena_reset(arena);
    }
    check(same, "random trees: below is what the rows say, as deep as eight levels");
    check(ends, "and every way ends, where topics are above themselves too");
}

static void named(const char *literal, const char *name, const char *language, const char *want)
{
    struct story *s = story_new(arena);
    story_add_subject(arena, s, SUBJECT_TOPIC, span_of(literal), span_of(name));
    check_span(desk_topic_name(&s->subjects[0], span_of(language)), span_of(want), language);
}

/* A code without a name has IPTC's own, in the language of the site or the nearest. */
static void test_names(void)
{
    named("medtop:15000000", "", "en", "sport");
    named("medtop:15000000", "", "de", "Sport");
    named("medtop:15000000", "", "de-AT", "Sport");
    named("medtop:05000000", "", "sv", "Utbildning");
    named("medtop:05000000", "", "da", "uddannelse");
    named("medtop:05000000", "", "no", "utdanning");
    named("medtop:05000000", "", "nn", "utdanning");
    named("medtop:06000000", "", "pt", "ambiente");
    named("medtop:15000000", "", "pt-BR", "esporte");
    named("medtop:01000000", "", "nn", "kultur, underhaldning og media");
    named("medtop:01000000", "", "zh", "艺术、文化、娱乐和媒体");
    named("medtop:01000000", "", "hi", "arts, culture, entertainment and media");
    named("medtop:01000000", "", "", "arts, culture, entertainment and media");
    named("medtop:09000000", "", "en-US", "labor");
    named("medtop:09000000", "", "en-AU", "labour");
    named("mediatopic:15000000", "", "en", "sport");
    named("http://cv.iptc.org/newscodes/mediatopic/15000000", "", "en", "sport");
    named("medtop:15000000", "Games", "en", "Games");
    named("medtop:29999999", "", "en", "");
    named("subj:15000000", "", "en", "");
    named("house:15000000", "", "en", "");
}

int main(void)
{
    luck_begin();
    arena = arena_new(16 << 20);
    memcpy(rows, invented, sizeof rows);
    desk_topics_make(arena, rows, COUNT(rows), &tree);
    struct arena *all = arena;
    arena = arena_new(16 << 20);
    test_ways();
    test_texts();
    test_without();
    test_odd();
    test_random();
    test_names();
    arena_free(arena);
    arena_free(all);
    return tap_end();
}
