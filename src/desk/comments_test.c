/* comments_test.c: which comments are shown, by the site's rule and the desk's last word, and until
 * when a story takes them. */
#include "desk.h"

#include "tap.h"

static struct desk_feed feed = {.name = {"wire", 4}, .provider = {"Wire", 4}, .comments = true};
static struct desk_rules rules = {.feeds = &feed, .feed_count = 1, .comment_days = 14};
static const struct comment said = {
    .id = {"0a1b", 4}, .name = {"Oswin", 5}, .text = {"Gulls.", 6}, .at_ms = 5};

static const struct comment_past past = {.id = {"0a1b", 4}, .score = SPAM_UNKNOWN};

static struct act word(enum act_kind kind, const char *id, uint64_t pos)
{
    return (struct act){.kind = kind, .story = 1, .text = span_of(id), .pos = pos};
}

static void test_last_word(void)
{
    struct act acts[] = {word(ACT_APPROVE, "0a1b", 1), word(ACT_HIDE, "0a1b", 2),
        word(ACT_APPROVE, "ffff", 3), word(ACT_APPROVE, "0a1b", 4)};
    static const enum comment_state approve[] = {
        COMMENT_WAITS, COMMENT_SHOWN, COMMENT_HIDDEN, COMMENT_HIDDEN, COMMENT_SHOWN};
    for (size_t n = 0; n <= COUNT(acts); n++) {
        struct desk_set set = {.page = 1, .acts = acts, .act_count = n};
        rules.comments = DESK_COMMENTS_APPROVE;
        check(desk_comment(&set, &rules, &past) == approve[n], "after %zu acts, read first", n);
        rules.comments = DESK_COMMENTS_OPEN;
        check(desk_comment(&set, &rules, &past) == (n ? approve[n] : COMMENT_SHOWN),
            "after %zu acts, shown at once", n);
    }
}

/* What a reader says behind the desk's word: his own change, his withdrawal, others' reports. */
static void test_behind_the_word(void)
{
    struct act acts[] = {word(ACT_APPROVE, "0a1b", 10)};
    struct desk_set set = {.page = 1, .acts = acts, .act_count = 1};
    static const uint64_t reports[] = {5, 11, 12};
    struct comment_past c = past;
    rules.comments = DESK_COMMENTS_APPROVE;
    rules.comment_reports = 2;
    c.changed_pos = 9;
    check(desk_comment(&set, &rules, &c) == COMMENT_SHOWN, "what was let stand after its change");
    c.changed_pos = 11;
    check(desk_comment(&set, &rules, &c) == COMMENT_WAITS, "changed since, it waits again");
    c = past, c.reports = reports, c.report_count = 2;
    check(desk_comment(&set, &rules, &c) == COMMENT_SHOWN && desk_comment_reports(&set, &c) == 1,
        "a report that the editor knew does not count");
    c.report_count = 3;
    check(desk_comment(&set, &rules, &c) == COMMENT_WAITS, "two behind his word hide it");
    acts[0].pos = 12;
    check(desk_comment(&set, &rules, &c) == COMMENT_SHOWN, "until he says so again");
    rules.comment_reports = 0;
    acts[0].pos = 10;
    check(desk_comment(&set, &rules, &c) == COMMENT_SHOWN, "0: no number of reports does");
    c.taken_back = true;
    check(desk_comment(&set, &rules, &c) == COMMENT_WITHDRAWN, "what is withdrawn stays so");
    acts[0].kind = ACT_HIDE;
    c = past, c.changed_pos = 99;
    check(desk_comment(&set, &rules, &c) == COMMENT_HIDDEN, "what is hidden no change brings back");
}

static void test_held_by_score(void)
{
    struct act acts[] = {word(ACT_APPROVE, "0a1b", 10)};
    struct desk_set set = {.page = 1, .acts = acts};
    struct comment_past c = past;
    rules.comments = DESK_COMMENTS_OPEN;
    rules.comment_hold = 90;
    check(desk_comment(&set, &rules, &c) == COMMENT_SHOWN, "a score not known holds nothing");
    c.score = 89;
    check(desk_comment(&set, &rules, &c) == COMMENT_SHOWN, "nor a low one");
    c.score = 90;
    check(desk_comment(&set, &rules, &c) == COMMENT_WAITS, "a high one does");
    set.act_count = 1;
    check(desk_comment(&set, &rules, &c) == COMMENT_SHOWN, "until an editor lets it stand");
    rules.comment_hold = 0;
}

static void test_until(void)
{
    struct story story = {.headline = {"x", 1}};
    struct desk_version v = {.story = &story, .feed = {"wire", 4}};
    struct desk_set set = {.page = 1, .versions = &v, .version_count = 1};
    struct verdict w = {.shown = 0, .version = 0, .published_ms = 1000};
    check(desk_comments_until(&set, &w, &rules) == 1000 + 14 * INT64_C(86400000), "for 14 days");
    feed.comments = false;
    check(desk_comments_until(&set, &w, &rules) == 0, "not where the feed has none");
    feed.comments = true;
    rules.comments = DESK_COMMENTS_OFF;
    check(desk_comments_until(&set, &w, &rules) == 0, "not where the site has none");
    rules.comments = DESK_COMMENTS_OPEN;
    w.shown = w.version = SIZE_MAX;
    check(desk_comments_until(&set, &w, &rules) == 0, "nor where there is nothing to show");
}

static void test_fits(struct arena *a)
{
    struct comment c = said;
    check(comment_fits(&c), "a comment");
    char *long_text = arena_alloc(a, 4 * COMMENT_TEXT_MAX + 8);
    for (size_t i = 0; i < COMMENT_TEXT_MAX + 1; i++) memcpy(long_text + 2 * i, "\xC3\xA9", 2);
    c.text = (struct span){long_text, 2 * COMMENT_TEXT_MAX};
    check(comment_fits(&c), "4,000 characters, whatever their bytes");
    c.text.n += 2;
    check(!comment_fits(&c), "and not one more");
    c = said, c.parent = S("0a"), c.word = COMMENT_SAID;
    check(comment_fits(&c), "an answer to another");
    c.parent = S("x");
    check(!comment_fits(&c), "to no id");
    c = (struct comment){.word = COMMENT_REPORTED, .id = S("0a"), .why = S("spam"), .key = S("1f")};
    check(comment_fits(&c), "a report");
    c.why = S("drop table");
    check(!comment_fits(&c), "for no reason of ours");
    c = (struct comment){.word = COMMENT_CHANGED, .id = S("0a"), .text = S("x"), .key = S("1f")};
    check(comment_fits(&c), "a change");
    c.key = S("");
    check(!comment_fits(&c), "without a key it is none");
    static const char *const ids[] = {"", "0A", "g", "0123456789abcdef0123456789abcdef0", "../x"};
    for (size_t i = 0; i < COUNT(ids); i++) {
        c = said;
        c.id = span_of(ids[i]);
        check(!comment_fits(&c), "“%s” is no id", ids[i]);
    }
    c = said;
    c.name = S(" ");
    check(!comment_fits(&c), "a name of spaces is none");
    c = said;
    c.text = (struct span){"\xC3(", 2};
    check(!comment_fits(&c), "bytes that are no UTF-8 are no words");
}

int main(void)
{
    struct arena *a = arena_new(1 << 20);
    test_last_word();
    test_behind_the_word();
    test_held_by_score();
    test_until();
    test_fits(a);
    arena_free(a);
    return tap_end();
}
