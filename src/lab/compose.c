/* compose: a version of a demonstration story -> struct story -> bytes as its agency would send
 * them. Owns the names of days and months by language, and what each verb does to an item. Pure. */
#include "wiredemo.h"

enum { PICTURE_WIDTH = 1600, PICTURE_HEIGHT = 900 };

/* ---- placeholders ---- */
static const struct calendar {
    const char *language, *months[12], *days[7]; /* January and Sunday first */
    bool day_first;
} calendars[] = {
    {"en",
        {"Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"},
        {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}, false},
    {"hi",
        {"जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर",
            "दिसंबर"},
        {"रविवार", "सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार"}, true},
    {"ar",
        {"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر",
            "نوفمبر", "ديسمبر"},
        {"الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"}, true},
};

static const struct calendar *calendar_of(struct span language)
{
    for (size_t i = 0; i < COUNT(calendars); i++)
        if (span_eq(language, span_of(calendars[i].language))) return &calendars[i];
    return &calendars[0];
}

static struct span placeholder(struct arena *a, const struct filing *f, struct span name)
{
    const struct calendar *c = calendar_of(f->story->language);
    const char *month = c->months[f->today.month - 1];
    if (span_eq(name, S("weekday"))) return span_of(c->days[f->today.weekday]);
    if (span_eq(name, S("yesterday"))) return span_of(c->days[(f->today.weekday + 6) % 7]);
    if (!span_eq(name, S("date"))) return S("");
    return c->day_first ? arena_printf(a, "%d %s", f->today.day, month)
                        : arena_printf(a, "%s %d", month, f->today.day);
}

struct span filing_text(struct arena *a, const struct filing *f, struct span text)
{
    struct buf b;
    ptrdiff_t open;
    buf_init(&b, a, 0);
    while ((open = span_find(text, S("{{"))) >= 0) {
        ptrdiff_t close = span_find(text, S("}}"));
        if (close < open) break;
        buf_put(&b, span_cut(text, 0, (size_t)open));
        buf_put(&b, placeholder(a, f, span_cut(text, (size_t)open + 2, (size_t)close)));
        text = span_cut(text, (size_t)close + 2, text.n);
    }
    buf_put(&b, text);
    return buf_span(&b);
}

/* ---- the item ---- */
struct span filing_guid(struct arena *a, const struct filing *f)
{
    return arena_printf(a, "urn:newsml:meridian.example:%.*s:%.*s", FMT(f->run), FMT(f->story->id));
}

static struct when at(int64_t ms)
{
    return (struct when){.kind = WHEN_UTC, .ms = ms};
}

/* What the verb says of the item beside its words. */
static void act_on(struct arena *a, const struct filing *f, struct story *s)
{
    if (f->verb == DEMO_KILL) s->status = STATUS_CANCELED;
    if (f->verb == DEMO_WITHHOLD) s->status = STATUS_WITHHELD;
    if (f->verb == DEMO_KILL) s->body = (struct html){S("")};
    if (f->verb == DEMO_UPDATE) story_add_signal(a, s, S("sig:update"));
    if (f->verb == DEMO_CORRECT) story_add_signal(a, s, S("sig:correction"));
    if (f->verb == DEMO_REFILE) story_add_signal(a, s, S("sig:refile"));
    if (f->embargo_ms) s->embargo = at(f->embargo_ms);
}

static void put_words(
    struct arena *a, const struct filing *f, const struct demo_version *v, struct story *s)
{
    s->headline = s->headline_raw = filing_text(a, f, v->headline);
    s->slugline = v->slugline;
    s->byline = span_eq(f->story->language, S("en")) ? arena_printf(a, "By %.*s", FMT(v->byline))
                                                     : v->byline;
    s->dateline = s->dateline_raw = v->dateline;
    s->creditline = S("Meridian");
    s->language = f->story->language;
    s->abstract = filing_text(a, f, v->abstract);
    s->urgency = v->urgency;
    s->body = html_clean_story(a, filing_text(a, f, v->body), (const char *const[]){NULL});
    struct span note = f->note.n ? f->note : v->note;
    if (note.n) story_add_note(a, s, S(""), filing_text(a, f, note), false);
}

/* The agency's own code for its sections has no name: it leads to a section and is no tag. */
static void put_matters(
    struct arena *a, const struct filing *f, const struct demo_version *v, struct story *s)
{
    struct span rest, code;
    story_add_subject(
        a, s, SUBJECT_TOPIC, arena_printf(a, "meridian:%.*s", FMT(f->story->section)), S(""));
    for (const struct yaml *y = v->subjects ? v->subjects->first : NULL; y; y = y->next) {
        rest = y->text;
        if (span_next(&rest, '|', &code)) story_add_subject(a, s, SUBJECT_TOPIC, code, rest);
    }
    for (const struct yaml *y = v->places ? v->places->first : NULL; y; y = y->next)
        story_add_subject(a, s, SUBJECT_PLACE,
            arena_printf(a, "meridianplace:%.*s", FMT(text_slug(a, y->text, 60))), y->text);
    for (const struct yaml *y = v->keywords ? v->keywords->first : NULL; y; y = y->next)
        story_add_keyword(a, s, y->text);
}

static struct picture *add_picture(struct arena *a, struct story *s, struct span file)
{
    struct picture *p = story_add_picture(a, s);
    p->guid = arena_printf(a, "urn:newsml:meridian.example:picture:%.*s", FMT(file));
    p->role = S("featuremedia");
    p->kind = S("picture");
    p->credit = S("Meridian");
    p->status = STATUS_USABLE;
    p->embargo = s->embargo;
    picture_add_rendition(a, p,
        (struct rendition){.href = file,
            .type = S("image/jpeg"),
            .role = S("highRes"),
            .width = PICTURE_WIDTH,
            .height = PICTURE_HEIGHT});
    return p;
}

struct adding {
    struct arena *a;
    struct story *s;
};

static struct html add_from_text(void *with, struct html block, const struct html_figure *f)
{
    const struct adding *g = with;
    if (f->is_embed) return block;
    struct picture *p = add_picture(g->a, g->s, f->name);
    p->role = arena_printf(g->a, "embedded%u", g->s->picture_count);
    p->caption = f->caption;
    p->alt = f->alt;
    return block;
}

static void put_pictures(
    struct arena *a, const struct filing *f, const struct demo_version *v, struct story *s)
{
    struct adding g = {a, s};
    if (!v->picture.file.n || f->verb == DEMO_KILL) return;
    struct picture *p = add_picture(a, s, v->picture.file);
    p->caption = filing_text(a, f, v->picture.caption);
    p->credit = v->picture.credit;
    p->alt = v->picture.alt;
    (void)html_figures(a, s->body, add_from_text, &g);
}

struct story *filing_story(struct arena *a, const struct filing *f)
{
    const struct demo_version *v = demo_version_of(f->story, f->version);
    struct story *s = story_new(a);
    s->provider = S("meridian");
    s->guid = filing_guid(a, f);
    s->version = arena_printf(a, "%u", f->version);
    s->kind = KIND_TEXT;
    s->status = STATUS_USABLE;
    s->version_created = at(f->now_ms);
    s->first_created = at(f->first_ms);
    s->copyright_holder = S("Meridian Press Agency");
    s->copyright = arena_printf(a, "(c) Meridian Press Agency %d", f->today.year);
    put_words(a, f, v, s);
    put_matters(a, f, v, s);
    act_on(a, f, s);
    put_pictures(a, f, v, s);
    story_finish(a, s);
    return s;
}

struct span filing_bytes(struct arena *a, const struct filing *f, const struct story *s)
{
    struct buf b;
    buf_init(&b, a, 0);
    if (f->story->is_g2)
        wire_write_newsml_g2(&b, &s, 1, f->now_ms);
    else
        wire_write_ninjs(&b, s);
    return buf_span(&b);
}
