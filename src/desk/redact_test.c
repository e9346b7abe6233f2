/* redact_test.c: what the desk strikes is in nothing that may be shown, and lifts no hold. */
#include "desk.h"
#include "tap.h"

static struct arena *a;

static struct story *story(const char *headline, const char *body)
{
    struct story *s = story_new(a);
    s->guid = S("tag:example.org,2026:1");
    s->kind = KIND_TEXT;
    s->status = STATUS_USABLE;
    s->language = S("en");
    s->headline_raw = span_of(headline);
    s->body = html_clean(a, span_of(body));
    s->version_created = (struct when){WHEN_UTC, 1000};
    return s;
}

static bool holds(const struct story *s, const char *words)
{
    const struct span texts[] = {s->headline, s->byline, s->dateline, s->creditline, s->abstract,
        s->change_note, s->credits, s->copyright, s->copyright_holder, s->body.s, s->body_text};
    for (size_t i = 0; i < COUNT(texts); i++)
        if (span_find(texts[i], span_of(words)) >= 0) return true;
    for (uint32_t i = 0; i < s->keyword_count; i++)
        if (span_find(s->keywords[i], span_of(words)) >= 0) return true;
    for (uint32_t i = 0; i < s->subject_count; i++)
        if (span_find(s->subjects[i].name, span_of(words)) >= 0) return true;
    for (uint32_t i = 0; i < s->picture_count; i++)
        if (span_find(s->pictures[i].caption, span_of(words)) >= 0) return true;
    for (uint32_t i = 0; i < s->note_count; i++)
        if (span_find(s->notes[i].text, span_of(words)) >= 0) return true;
    return false;
}

static struct act act(enum act_kind kind, const char *text, uint64_t pos)
{
    return (struct act){
        .kind = kind, .story = 1, .text = span_of(text), .at_ms = (int64_t)pos, .pos = pos};
}

static void everywhere(void)
{
    struct story *s = story("Edda Marlow opens the bridge",
        "<p>Edda Marlow opened it.</p><p>(Reporting by Edda Marlow)</p>");
    s->byline = S("By Edda Marlow and Bo Tarn");
    s->dateline = s->creditline = s->abstract = s->copyright = S("of Edda Marlow");
    story_add_keyword(a, s, S("Edda Marlow"));
    story_add_keyword(a, s, S("bridges"));
    story_add_subject(a, s, SUBJECT_TOPIC, S("medtop:1"), S("Edda Marlow"));
    story_add_note(a, s, S("public"), S("Asks Edda Marlow"), true);
    story_add_picture(a, s)->caption = S("Edda Marlow, left");
    story_finish(a, s);
    check(holds(s, "Marlow"), "it is there");
    struct act t = act(ACT_REDACT, "EDDA MARLOW", 5);
    struct redactions r;
    desk_redactions(a, &t, 1, &r);
    const struct story *struck = desk_strike_story(a, s, &r);
    check(!holds(struck, "Marlow") && !holds(struck, "Edda"), "and in no field afterwards");
    check_span(struck->headline, S("[…] opens the bridge"), "a mark stands in its place");
    check(struck->keyword_count == 1, "a keyword goes whole");
    check(struck->subject_count == s->subject_count && !struck->subjects[0].name.n,
        "a subject keeps its code alone");
    check(holds(s, "Marlow"), "what the wire sent stays as it was");
    check_span(struck->headline_raw, s->headline_raw, "and by it the story is judged");
    desk_redactions(a, NULL, 0, &r);
    check(desk_strike_story(a, s, &r) == s, "where nothing is struck it is the story itself");
}

static void lists(void)
{
    struct act acts[] = {act(ACT_REDACT, "Edda Marlow", 1), act(ACT_REDACT, "edda  marlow", 2),
        act(ACT_REDACT, "", 3), act(ACT_REDACT, "Bo Tarn", 4), act(ACT_UNREDACT, "EDDA MARLOW", 5),
        act(ACT_UNREDACT, "", 6)};
    struct redactions r;
    struct span names[] = {S("tag:p"), S("0123456789abcdef0123456789abcdef")};
    acts[2].picture = S(" tag:p ");
    desk_redactions(a, acts, 4, &r);
    check(r.word_count == 2 && r.picture_count == 1 && r.at_ms == 4, "the same words count once");
    check(desk_strikes_picture(&r, names, 1), "a picture by its name");
    desk_redactions(a, acts, 5, &r);
    check(r.word_count == 1 && r.picture_count == 1, "words taken back");
    desk_redactions(a, acts, 6, &r);
    check(!r.word_count && !r.picture_count, "and everything");
    acts[2].picture = S("https://example.org/pictures/0123456789abcdef0123456789abcdef-640.jpg");
    desk_redactions(a, acts, 3, &r);
    check(!desk_strikes_picture(&r, names, 1) && desk_strikes_picture(&r, names, 2),
        "a picture by the address that readers see");
}

static struct verdict decide(const struct story *s, const struct act *acts, size_t count)
{
    struct desk_feed feed = {.name = S("wire"), .provider = S("Wire"), .history = HISTORY_CHANGES};
    struct desk_rules rules = {.feeds = &feed, .feed_count = 1};
    struct desk_version v = {
        .story = s, .item = 1, .feed = S("wire"), .received_ms = 2000, .pos = 1};
    struct desk_set set = {
        .page = 1, .versions = &v, .version_count = 1, .acts = acts, .act_count = count};
    struct verdict out;
    desk_strike_set(a, &set);
    desk_decide(a, &set, &rules, &out);
    return out;
}

static void decisions(void)
{
    struct story *held = story("Bridge opens", "<p>HOLD FOR RELEASE. The bridge opens.</p>"),
                 *s = story("Edda Marlow opens", "<p>The bridge is open.</p>");
    story_finish(a, held);
    story_finish(a, s);
    struct verdict plain = decide(held, NULL, 0);
    struct act order = act(ACT_REDACT, "HOLD FOR RELEASE", 2);
    struct verdict v = decide(held, &order, 1);
    check(plain.interval.held && v.interval.held, "striking an order in words lifts no hold");
    struct act name = act(ACT_REDACT, "Edda Marlow opens", 2);
    v = decide(s, &name, 1);
    check(v.interval.held, "without a headline left the story is held");
    struct act both[] = {act(ACT_HEADLINE, "The mayor, Edda Marlow opens, says", 2),
        act(ACT_REDACT, "Edda Marlow opens", 3)};
    v = decide(s, both, 2);
    check(!v.interval.held && span_find(v.headline, S("Marlow")) < 0,
        "the desk's own headline is struck too");
}

/* The careful one of two wishes counts, and a correction's words need both. */
static void histories(void)
{
    static const struct {
        enum history feed;
        const char *switched;
        enum history want;
    } cases[] = {{HISTORY_CHANGES, NULL, HISTORY_CHANGES}, {HISTORY_FULL, NULL, HISTORY_FULL},
        {HISTORY_FULL, "none", HISTORY_NONE}, {HISTORY_CHANGES, "full", HISTORY_CHANGES},
        {HISTORY_CHANGES, "corrected", HISTORY_CHANGES}, {HISTORY_NONE, "corrected", HISTORY_NONE},
        {HISTORY_FULL, "corrected", HISTORY_CORRECTED}, {HISTORY_FULL, "feed", HISTORY_FULL},
        {HISTORY_FULL, "nonsense", HISTORY_FULL}};
    struct story *s = story("Bridge opens", "<p>The bridge is open.</p>");
    story_finish(a, s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct desk_feed feed = {
            .name = S("wire"), .provider = S("Wire"), .history = cases[i].feed};
        struct desk_rules rules = {.feeds = &feed, .feed_count = 1};
        struct desk_version v = {
            .story = s, .item = 1, .feed = S("wire"), .received_ms = 2000, .pos = 1};
        struct act t = act(ACT_HISTORY, cases[i].switched, 2);
        struct desk_set set = {.page = 1,
            .versions = &v,
            .version_count = 1,
            .acts = &t,
            .act_count = cases[i].switched != NULL};
        struct verdict out;
        desk_decide(a, &set, &rules, &out);
        check(out.history == cases[i].want, "feed %s, story %s: %s", history_name(cases[i].feed),
            cases[i].switched ? cases[i].switched : "-", history_name(out.history));
    }
}

/* What each former revision's words are worth: C11, K14, R1. */
static void revisions(void)
{
    struct desk_feed feed = {.name = S("wire"), .provider = S("Wire"), .history = HISTORY_FULL};
    struct desk_rules rules = {.feeds = &feed, .feed_count = 1};
    struct desk_version v[6];
    struct verdict out;
    for (size_t i = 0; i < COUNT(v); i++) {
        struct story *s = story("Bridge opens", "<p>The bridge is open.</p>");
        s->version = arena_printf(a, "%zu", i + 1);
        s->version_created.ms = 1000 * (int64_t)(i + 1);
        if (i == 2) s->status = STATUS_WITHHELD;
        if (i == 3) s->expires = (struct when){WHEN_UTC, 1000000};
        if (i == 5) story_add_signal(a, s, S("sig:correction"));
        story_finish(a, s);
        v[i] = (struct desk_version){.story = s,
            .item = 1,
            .feed = S("wire"),
            .received_ms = s->version_created.ms,
            .pos = i + 1};
    }
    struct desk_set set = {.page = 1, .versions = v, .version_count = 5};
    desk_decide(a, &set, &rules, &out);
    check(out.revision_count == 4, "four were public: %zu", out.revision_count);
    check(
        out.revisions[0].taken_back && out.revisions[1].taken_back && !out.revisions[2].taken_back,
        "K14 what was public before a gap");
    check(!out.revisions[1].ends && out.revisions[2].ends && !out.revisions[3].ends,
        "R1 what has an end of its own");
    check(!out.revisions[2].corrected, "nothing is corrected");
    set.version_count = 6;
    desk_decide(a, &set, &rules, &out);
    check(out.revision_count == 5 && out.revisions[3].corrected && !out.revisions[4].corrected,
        "C11 what stands below a correction");
}

int main(void)
{
    a = arena_new(64 << 20);
    everywhere();
    lists();
    decisions();
    histories();
    revisions();
    arena_free(a);
    return tap_end();
}
