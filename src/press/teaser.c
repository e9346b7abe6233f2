/* teaser: a story as lists show it, and the parts that articles share with lists: language marks,
 * badges, section, picture, times. Sets every name each time, also the empty ones: a name that is
 * not there would be looked for around, and one story would speak with another's words. */
#include "frame.h"
#include "picture.h"

#include <string.h>

/* ---- language ---- */
static struct span primary(struct span language)
{
    ptrdiff_t cut = span_find_char(language, '-');
    return cut < 0 ? language : span_cut(language, 0, (size_t)cut);
}

void story_language(struct sheet *s, struct record *r, const struct view *v)
{
    bool foreign = v->language.n && !span_eq_nocase(primary(v->language), primary(s->p->lang));
    record_text(r, "story_lang", foreign ? v->language : S(""));
    record_text(r, "story_dir", v->rtl == s->p->rtl ? S("") : v->rtl ? S("rtl") : S("ltr"));
}

/* ---- badges: the wire's labels in the interface's words ---- */
static const struct badge {
    const char *label, *word, *kind; /* word NULL: no badge (C4: a refile raises no alarm) */
} badges[] = {
    {"CORRECTED", "label_corrected", "corrected"},
    {"CORRECTION", "label_corrected", "corrected"},
    {"CORRECTS", "label_corrected", "corrected"},
    {"URGENT", "label_urgent", "urgent"},
    {"UPDATE", "label_update", "update"},
    {"WRAPUP", "label_wrapup", "update"},
    {"ANALYSIS", "label_analysis", "kind"},
    {"FEATURE", "label_feature", "kind"},
    {"INTERVIEW", "label_interview", "kind"},
    {"EXCLUSIVE", "label_exclusive", "kind"},
    {"FACTBOX", "label_factbox", "kind"},
    {"TIMELINE", "label_timeline", "kind"},
    {"REFILE", NULL, NULL},
    {"REPEAT", NULL, NULL},
};

static const struct badge *badge_of(struct span label)
{
    for (size_t i = 0; i < COUNT(badges); i++)
        if (span_starts_nocase(label, span_of(badges[i].label))) return &badges[i];
    return NULL;
}

static void add_badge(struct record *r, struct span text, const char *kind)
{
    struct record *item = record_item(r, "badges");
    record_text(item, "text", text);
    record_text(item, "kind", span_of(kind));
}

/* "UPDATE 2" -> "Update 2": the number stays behind the word. */
static bool label_badge(struct sheet *s, struct record *r, struct span label, bool *corrected)
{
    struct span behind;
    const char *means = headline_tag_means(label, &behind);
    const struct badge *b = badge_of(means ? span_of(means) : label);
    if (!b) {
        add_badge(r, label, "kind");
        return true;
    }
    bool correction = strcmp(b->kind ? b->kind : "", "corrected") == 0;
    if (!b->word || (correction && *corrected)) return false;
    *corrected |= correction;
    struct span rest = span_trim(means ? behind : span_cut(label, strlen(b->label), label.n)), word;
    uint64_t n;
    word = press_word(s->p, b->word);
    if (span_to_u64(rest, &n)) word = arena_printf(s->a, "%.*s %.*s", FMT(word), FMT(rest));
    add_badge(r, word, b->kind);
    return true;
}

bool story_badges(struct sheet *s, struct record *r, const struct view *v, struct span label)
{
    struct span rest = label, part;
    bool corrected = v && v->is_corrected, any = corrected;
    record_text(r, "badges", S(""));
    if (corrected) add_badge(r, press_word(s->p, "label_corrected"), "corrected");
    if (v && v->is_developing) {
        add_badge(r, press_word(s->p, "developing_short"), "developing");
        any = true;
    }
    while (rest.n && span_next(&rest, ',', &part))
        if (span_trim(part).n) any |= label_badge(s, r, span_trim(part), &corrected);
    record_flag(r, "badged", any);
    return any;
}

/* ---- section ---- */
bool story_section(struct sheet *s, struct record *r, struct span section)
{
    const struct press_section *found = press_section_named(s->p, section);
    if (!found) {
        record_text(r, "section", S(""));
        record_text(r, "tone", S(""));
        return false;
    }
    const struct place *place = &s->p->places[found - s->p->site->sections];
    struct record *in = record_in(r, "section");
    record_text(in, "title", found->title);
    record_text(in, "href", place->href);
    record_text(r, "tone", place->tone);
    return true;
}

/* ---- pictures ---- */
static void put_picture_path(struct sheet *s, struct buf *b, const struct view_picture *pic,
    uint32_t width, enum picture_form form)
{
    buf_put(b, s->p->site->base);
    buf_lit(b, "/pictures/");
    buf_put(b, pic->hash);
    buf_char(b, '-');
    buf_u64(b, width);
    buf_char(b, '.');
    buf_put(b, span_of(picture_forms[form].ending));
}

static struct span picture_path(struct sheet *s, const struct view_picture *pic, uint32_t width)
{
    struct buf b;
    buf_init(&b, s->a, 0);
    put_picture_path(s, &b, pic, width, FORM_JPEG);
    return buf_span(&b);
}

static struct span source_set(
    struct sheet *s, const struct view_picture *pic, enum picture_form form)
{
    struct buf b;
    buf_init(&b, s->a, 0);
    for (size_t i = 0; i < picture_width_count; i++) {
        uint32_t width = picture_widths[i];
        if (i && width > pic->width) break;
        buf_put(&b, i ? S(", ") : S(""));
        put_picture_path(s, &b, pic, width, form);
        buf_char(&b, ' ');
        buf_u64(&b, width < pic->width ? width : pic->width);
        buf_char(&b, 'w');
    }
    return buf_span(&b);
}

/* A browser takes the first source whose type it knows: the smallest files first. */
static void put_sources(struct sheet *s, struct record *in, const struct view_picture *pic)
{
    static const enum picture_form order[] = {FORM_AVIF, FORM_WEBP};
    record_text(in, "sources", S(""));
    for (size_t i = 0; i < COUNT(order); i++) {
        if (!(pic->forms & 1u << order[i])) continue;
        struct record *source = record_item(in, "sources");
        record_text(source, "type", span_of(picture_forms[order[i]].type));
        record_text(source, "set", source_set(s, pic, order[i]));
    }
}

static struct span number(struct sheet *s, uint32_t n)
{
    struct buf b;
    buf_init(&b, s->a, 0);
    buf_u64(&b, n);
    return buf_span(&b);
}

void story_picture(struct sheet *s, struct record *r, const struct view_picture *pic)
{
    if (!pic) {
        record_text(r, "picture", S(""));
        return;
    }
    struct record *in = record_in(r, "picture");
    record_text(in, "src", picture_path(s, pic, pic->width < 800 ? 480 : 800));
    record_text(in, "srcset", source_set(s, pic, FORM_JPEG));
    put_sources(s, in, pic);
    record_text(in, "width", number(s, pic->width));
    record_text(in, "height", number(s, pic->height));
    record_text(in, "alt", pic->alt);
    record_text(in, "caption", pic->caption);
    record_text(in, "credit", pic->credit);
    bool said = span_find(pic->credit, pic->copyright) >= 0; /* empty: found everywhere */
    record_text(in, "copyright", said ? S("") : pic->copyright);
    record_flag(in, "has_words", pic->caption.n || pic->credit.n || !said);
}

/* ---- times ---- */
void story_time(struct sheet *s, struct record *r, const char *name, int64_t ms,
    struct span (*told)(const struct press *, struct arena *, int64_t))
{
    if (ms == 0) { /* before 1970 there were stories too (V11) */
        record_text(r, name, S(""));
        return;
    }
    struct record *in = record_in(r, name);
    record_text(in, "iso", press_date_iso(s->p, s->a, ms));
    record_text(in, "text", told(s->p, s->a, ms));
}

/* ---- who else has it ---- */
/* V8. Agencies whose stories of the same news are public at this instant; the page hangs on all
 * that could be. */
static void story_also(struct sheet *s, struct record *r, const struct view *v)
{
    struct buf b;
    buf_init(&b, s->a, 0);
    for (uint32_t i = 0; s->reader && i < v->ref_count; i++) {
        struct view other;
        if (v->refs[i].kind != REF_ALSO) continue;
        page_key(s->out, "story:", story_id_text(s->a, v->refs[i].page));
        if (reader_story(s->reader, v->refs[i].page, s->a, &other) != OK) continue;
        page_id(s->out, other.id);
        buf_printf(&b, "%s%.*s", b.n ? ", " : "", FMT(other.agency));
    }
    record_text(
        r, "also", b.n ? press_say(s->p, s->a, "also_from", "agency", buf_span(&b)) : S(""));
}

/* ---- the teaser ---- */
void teaser_fill(struct sheet *s, struct record *r, const struct view *v)
{
    record_text(r, "href", press_path(s->p, s->a, v->path));
    record_text(r, "headline", v->headline);
    record_text(r, "abstract", v->abstract);
    record_text(r, "agency", v->credit_lists ? v->credit_line : v->agency);
    record_text(r, "pieces", S(""));
    story_also(s, r, v);
    story_language(s, r, v);
    bool badged = story_badges(s, r, v, v->label);
    record_flag(r, "kicked", story_section(s, r, v->section) || badged);
    story_time(s, r, "when", v->front_ms ? v->front_ms : v->published_ms, press_date_short);
    story_picture(s, r, v->picture_count ? &v->pictures[0] : NULL);
    record_flag(r, "later", true);
}

void teaser_list(struct sheet *s, struct record *r, const char *name, const struct view *list,
    size_t n, bool top)
{
    for (size_t i = 0; i < n; i++) {
        struct record *item = record_item(r, name);
        teaser_fill(s, item, &list[i]);
        if (top && i == 0) record_flag(item, "later", false);
    }
    page_views(s->out, list, n);
}
