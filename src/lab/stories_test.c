/* The demonstration wire: every version of every story, filed as the running order files it and
 * read back by our own readers, says what its author wrote. */
#include "wiredemo.h"

#include "tap.h"

#define NOW ((int64_t)1769155200000) /* 2026-01-23T08:00:00Z, a Friday */

static struct arena *arena;

static void same_text(struct span got, struct span want, const char *name, const char *what)
{
    check_span(got, want, arena_printf(arena, "%s: %s", name, what).p);
}

static struct span folded(struct span markup)
{
    return html_to_text(arena, markup);
}

static void compare(const char *name, const struct story *got, const struct story *want)
{
    same_text(got->guid, want->guid, name, "guid");
    same_text(got->version, want->version, name, "version");
    same_text(got->headline, want->headline, name, "headline");
    same_text(got->headline_tag, want->headline_tag, name, "tag");
    same_text(got->byline, want->byline, name, "byline");
    same_text(got->dateline, want->dateline, name, "dateline");
    same_text(got->abstract, want->abstract, name, "abstract");
    same_text(got->language, want->language, name, "language");
    same_text(got->body.s, want->body.s, name, "body");
    same_text(got->credits, want->credits, name, "credits");
    check(got->status == want->status, "%s: status", name);
    check(got->change == want->change, "%s: change", name);
    check(got->urgency == want->urgency, "%s: urgency", name);
    check(got->embargo.kind == want->embargo.kind && got->embargo.ms == want->embargo.ms,
        "%s: embargo", name);
    check(got->subject_count == want->subject_count, "%s: subjects", name);
    check(got->keyword_count == want->keyword_count, "%s: keywords", name);
    check(got->picture_count == want->picture_count, "%s: pictures", name);
    check(got->note_count == want->note_count, "%s: notes", name);
    check(got->fault_count == 0, "%s: nothing had to be forgiven", name);
    for (uint32_t i = 0; i < got->picture_count && i < want->picture_count; i++) {
        same_text(got->pictures[i].caption, want->pictures[i].caption, name, "caption");
        same_text(got->pictures[i].alt, want->pictures[i].alt, name, "alternative text");
        check(got->pictures[i].rendition_count == 1, "%s: its file", name);
    }
}

/* What the author wrote stands in the story as it goes out. */
static void written(const char *name, const struct filing *f, const struct story *s)
{
    const struct demo_version *v = demo_version_of(f->story, f->version);
    struct span body = folded(filing_text(arena, f, v->body));
    if (f->verb != DEMO_KILL) same_text(folded(s->body.s), body, name, "the author's text");
    check(span_find(s->headline_raw, S("{{")) < 0 && span_find(s->body.s, S("{{")) < 0,
        "%s: no placeholder is left", name);
    /* In other languages the line stays in the body alone. */
    if (v->body.n && f->verb != DEMO_KILL && span_eq(s->language, S("en")))
        same_text(s->credits, v->credits, name, "the credits are found in the body");
}

static void test_act(const struct demo_act *act)
{
    if (!act->story || act->verb == DEMO_LIFT_EMBARGO) return;
    struct filing f = {.story = act->story,
        .version = act->version,
        .verb = act->verb,
        .run = S("20260123T080000"),
        .note = act->note,
        .now_ms = NOW + act->at_ms,
        .first_ms = NOW,
        .embargo_ms = act->verb == DEMO_EMBARGO ? NOW + act->until_ms : 0,
        .today = civil_of(NOW)};
    const char *name =
        arena_printf(arena, "%.*s %u (%s)", FMT(f.story->id), f.version, demo_verb_name(f.verb)).p;
    struct story *s = filing_story(arena, &f);
    struct wire_result got;
    wire_read(arena, filing_bytes(arena, &f, s), NULL, &got);
    bool one = got.end == WIRE_STORIES && got.count == 1 && got.items[0].story;
    if (!check(one, "%s: it is read back", name)) return;
    check(span_eq(span_of(got.format), f.story->is_g2 ? S("newsml-g2") : S("ninjs")),
        "%s: in its format", name);
    written(name, &f, s);
    compare(name, got.items[0].story, s);
}

static void test_placeholders(const struct demo *d)
{
    static const struct {
        const char *language, *want;
    } cases[] = {{"en", "Jan 23 Friday Thursday {x"}, {"hi", "23 जनवरी शुक्रवार गुरुवार {x"},
        {"ar", "23 يناير الجمعة الخميس {x"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct demo_story s = d->stories[0];
        s.language = span_of(cases[i].language);
        struct filing f = {.story = &s, .today = civil_of(NOW)};
        check_span(filing_text(arena, &f, S("{{date}} {{weekday}} {{yesterday}} {x")),
            span_of(cases[i].want), cases[i].language);
    }
}

int main(void)
{
    struct demo d;
    struct span why;
    arena = arena_new(256 << 20);
    bool fine = demo_load(arena, "demo", &d, &why);
    if (!check(fine, "demo/ can be read")) printf("# %.*s\n", FMT(why));
    if (!fine) return tap_end();
    check(d.story_count >= 40, "%zu stories, at least 40", d.story_count);
    check(!demo_load(arena, "demo/pictures", &(struct demo){0}, &why) && why.n,
        "a folder without stories is refused with a sentence");
    test_placeholders(&d);
    for (size_t i = 0; i < d.act_count; i++) test_act(&d.acts[i]);
    arena_free(arena);
    return tap_end();
}
