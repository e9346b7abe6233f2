/* replay_fields: what of a page is compared, as words that people can read: a table of names, and
 * for each how it is got out of a side. Texts are told by the words around what differs. */
#include "replay.h"

#include <string.h>

enum {
    DIFF_TEXT_MAX =
        128 << 10,        /* of a text that is compared word by word: no honest one is longer */
    DIFF_CONTEXT = 4,     /* words on either side of a change */
    DIFF_SHOWN_MAX = 400, /* bytes of what is told of one text: some lines of a terminal */
};

struct look {
    struct arena *a;
    int64_t now_ms;
};
typedef struct span (*field_of)(const struct look *l, const struct replay_side *s);

/* ---- lists ---- */
static void add_word(struct buf *b, struct span word)
{
    if (word.n) buf_printf(b, "%s%.*s", b->n ? ", " : "", FMT(word));
}

static struct span instant(const struct look *l, bool is_told, int64_t ms)
{
    char at[25];
    if (!is_told || ms == FOREVER) return S("");
    utc_text(ms, at);
    return arena_keep(l->a, span_of(at));
}

static struct span yes_or_no(bool b)
{
    return b ? S("yes") : S("no");
}

/* ---- what readers see ---- */
static struct span outcome(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return span_of(s->outcome);
}

static struct span from(const struct look *l, const struct replay_side *s)
{
    return instant(l, strcmp(s->outcome, "later") == 0, s->v.interval.from_ms);
}

static struct span headline(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return s->v.headline.n ? s->v.headline : s->story->headline;
}

static struct span label(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return s->story->headline_tag;
}

static struct span body(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return s->story->body.s;
}

static struct span summary(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return s->story->abstract;
}

static struct span correction(const struct look *l, const struct replay_side *s)
{
    (void)l;
    if (!s->v.is_corrected) return S("");
    return s->v.correction_note.n ? s->v.correction_note : S("yes");
}

static struct span section(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return s->v.section;
}

/* As the page has them (newsroom_view.c): subjects, keywords, what rules add. */
static struct span tags(const struct look *l, const struct replay_side *s)
{
    struct buf b;
    buf_init(&b, l->a, 0);
    for (uint32_t i = 0; i < s->story->subject_count; i++)
        if (s->story->subjects[i].kind != SUBJECT_GENRE) add_word(&b, s->story->subjects[i].name);
    for (uint32_t i = 0; i < s->story->keyword_count; i++) add_word(&b, s->story->keywords[i]);
    for (uint32_t i = 0; i < s->v.tag_count; i++) add_word(&b, s->v.tags[i]);
    return buf_span(&b);
}

static struct span credit(const struct look *l, const struct replay_side *s)
{
    (void)l;
    const struct config_feed *f = s->feed;
    return !f ? S("") : f->credit.n ? f->credit : f->provider;
}

static void add_all(struct buf *b, const char *what, const struct span *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) buf_printf(b, "%s%.*s", i ? "," : what, FMT(list[i]));
}

/* As the licence has it: the line, where it stands, and what pictures are told by. */
static struct span credit_line(const struct look *l, const struct replay_side *s)
{
    const struct config_feed *f = s->feed;
    struct buf b;
    buf_init(&b, l->a, 0);
    if (!f) return S("");
    add_word(&b, f->credit_line);
    if (f->credit_line.n) add_all(&b, " at ", f->credit_at, f->credit_at_count);
    if (f->picture_credit.n)
        add_word(&b, arena_printf(l->a, "pictures: %.*s", FMT(f->picture_credit)));
    return buf_span(&b);
}

/* Readers elsewhere lose the page, or get it. */
static struct span territory(const struct look *l, const struct replay_side *s)
{
    const struct config_feed *f = s->feed;
    struct buf b;
    buf_init(&b, l->a, 0);
    if (!f) return S("");
    add_all(&b, "", f->territory, f->territory_count);
    add_all(&b, "all but ", f->territory_except, f->territory_except_count);
    if (b.n && !config_is_bound(f)) buf_str(&b, " (kept by the proxy)");
    return buf_span(&b);
}

static struct span disclaimer(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return s->feed ? s->feed->disclaimer : S("");
}

static struct span byline(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return s->story->byline;
}

static struct span dateline(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return s->story->dateline;
}

static struct span credits(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return s->story->credits;
}

static struct span copyright(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return s->story->copyright;
}

static struct span language(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return s->story->language.n ? s->story->language : s->config->language;
}

static struct span pictures(const struct look *l, const struct replay_side *s)
{
    struct buf b;
    buf_init(&b, l->a, 0);
    for (uint32_t i = 0; i < s->story->picture_count && s->v.pictures; i++) {
        const struct picture *p = &s->story->pictures[i];
        add_word(
            &b, arena_printf(l->a, "%.*s (%.*s; %.*s)", FMT(p->guid.n ? p->guid : S("picture")),
                    FMT(p->caption.n ? p->caption : p->headline), FMT(p->credit)));
    }
    return buf_span(&b);
}

/* ---- where it stands ---- */
static struct span noindex(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return yes_or_no(s->v.noindex);
}

static struct span nonews(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return yes_or_no(s->v.nonews);
}

static struct span on_fronts(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return yes_or_no(s->v.on_fronts);
}

static struct span place(const struct look *l, const struct replay_side *s)
{
    return instant(l, true, s->v.front_ms);
}

static struct span pinned(const struct look *l, const struct replay_side *s)
{
    return instant(l, s->v.pinned_until_ms > l->now_ms, s->v.pinned_until_ms);
}

static struct span published(const struct look *l, const struct replay_side *s)
{
    return instant(l, true, s->v.published_ms);
}

static struct span until(const struct look *l, const struct replay_side *s)
{
    return instant(l, true, s->v.interval.until_ms);
}

static struct span comments(const struct look *l, const struct replay_side *s)
{
    int64_t ms = desk_comments_until(&s->set, &s->v, s->rules);
    return instant(l, ms > l->now_ms, ms);
}

static struct span history(const struct look *l, const struct replay_side *s)
{
    (void)l;
    return s->v.revision_count > 1 ? span_of(history_name(s->v.history)) : S("");
}

/* In order of weight: readers see the first ones first. */
static const struct {
    const char *what;
    field_of get;
    bool is_text; /* told by its words, not whole */
    bool of_live; /* says something only where both sides are live */
} fields[] = {
    {"outcome", outcome, false},
    {"from", from, false},
    {"headline", headline, true},
    {"body", body, true},
    {"correction", correction, true},
    {"summary", summary, true},
    {"section", section, false},
    {"pictures", pictures, true},
    {"territory", territory, false},
    {"credit", credit, false},
    {"credit line", credit_line, false},
    {"disclaimer", disclaimer, true},
    {"byline", byline, false},
    {"credits", credits, true},
    {"copyright", copyright, true},
    {"dateline", dateline, false},
    {"label", label, false},
    {"language", language, false},
    {"tags", tags, false},
    {"published", published, false, true},
    {"until", until, false, true},
    {"place on fronts", place, false, true},
    {"on fronts", on_fronts, false, true},
    {"pinned until", pinned, false},
    {"noindex", noindex, false},
    {"kept out of news", nonews, false},
    {"comments until", comments, false, true},
    {"history", history, false, true},
};
_Static_assert(COUNT(fields) == REPLAY_FIELDS, "roles.h says how many there are");

const char *replay_field_name(size_t i)
{
    return i < COUNT(fields) ? fields[i].what : NULL;
}

void replay_fields(struct arena *a, const struct replay_side *now, const struct replay_side *then,
    int64_t now_ms, struct replay_page *out)
{
    struct look l = {a, now_ms};
    for (size_t i = 0; i < COUNT(fields); i++) {
        if (fields[i].get != outcome && (!now->story || !then->story)) continue;
        if (fields[i].of_live && (!now->is_live || !then->is_live)) continue;
        struct span x = fields[i].get(&l, now), y = fields[i].get(&l, then);
        if (span_eq(x, y)) continue;
        struct replay_field *f = &out->fields[out->field_count++];
        *f = (struct replay_field){.what = fields[i].what, .index = i, .before = x, .after = y};
        if (!fields[i].is_text) continue;
        bool markup = fields[i].get == body;
        f->diff = replay_diff(a, markup ? html_to_text(a, x) : x, markup ? html_to_text(a, y) : y);
    }
}

/* ---- texts ---- */
static void put_words(struct buf *b, const struct diff_words *w, uint32_t from_word, uint32_t count)
{
    for (uint32_t i = from_word; i < from_word + count; i++)
        buf_printf(b, "%s%.*s", i > from_word ? " " : "", FMT(w->words[i]));
}

static void put_same(
    struct buf *b, const struct diff_words *w, const struct diff_run *r, bool first, bool last)
{
    uint32_t head = first ? 0 : DIFF_CONTEXT, tail = last ? 0 : DIFF_CONTEXT;
    if (r->count <= head + tail) {
        put_words(b, w, r->from, r->count);
        return;
    }
    put_words(b, w, r->from, head);
    buf_printf(b, "%s…%s", head ? " " : "", tail ? " " : "");
    put_words(b, w, r->from + r->count - tail, tail);
}

static struct span cut_short(struct arena *a, struct span s)
{
    size_t n = DIFF_SHOWN_MAX;
    if (s.n <= n) return s;
    while (n && ((unsigned char)s.p[n] & 0xC0) == 0x80) n--;
    return arena_printf(a, "%.*s …", FMT(span_cut(s, 0, n)));
}

struct span replay_diff(struct arena *a, struct span before, struct span after)
{
    struct diff_words x, y;
    struct diff_run *runs;
    size_t count;
    struct buf b;
    if (span_eq(before, after)) return S("in its markup alone");
    if (before.n > DIFF_TEXT_MAX || after.n > DIFF_TEXT_MAX) return S("too long to be compared");
    struct map *known = map_new(a);
    diff_cut(a, known, before, &x);
    diff_cut(a, known, after, &y);
    if (!diff_tokens(a, x.numbers, x.count, y.numbers, y.count, &runs, &count))
        return S("other words altogether");
    if (count < 2 && (!count || runs[0].kind == DIFF_SAME)) return S("in its spaces alone");
    buf_init(&b, a, 0);
    for (size_t i = 0; i < count && b.n < 2 * DIFF_SHOWN_MAX; i++) {
        if (b.n) buf_char(&b, ' ');
        if (runs[i].kind == DIFF_SAME) {
            put_same(&b, &y, &runs[i], i == 0, i + 1 == count);
            continue;
        }
        bool is_out = runs[i].kind == DIFF_OUT;
        buf_str(&b, is_out ? "[-" : "{+");
        put_words(&b, is_out ? &x : &y, runs[i].from, runs[i].count);
        buf_str(&b, is_out ? "-]" : "+}");
    }
    return cut_short(a, buf_span(&b));
}
