/* lite: a story for slow lines and old devices: its words alone, as a page without script, style or
 * pictures (/lite) and as a text file (.txt). What the article must say (credit, disclaimer, what
 * was corrected) stands here too. Kept from search engines: the article is the one to be found. */
#include "frame.h"

/* ---- lines of both ---- */
struct sheet_lines {
    const struct press *p;
    struct arena *a;
    struct buf out;
};

static void put_line(struct sheet_lines *l, struct span text)
{
    if (!text.n) return;
    buf_put(&l->out, text);
    buf_char(&l->out, '\n');
}

static void put_gap(struct sheet_lines *l)
{
    if (l->out.n) buf_char(&l->out, '\n');
}

static void put_named(struct sheet_lines *l, const char *word, struct span text)
{
    if (text.n)
        put_line(l, arena_printf(l->a, "%.*s: %.*s", FMT(press_word(l->p, word)), FMT(text)));
}

static struct span names_of(struct arena *a, const struct view *v)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (uint32_t i = 0; i < v->author_count; i++)
        buf_printf(&b, "%s%.*s", i ? ", " : "", FMT(v->authors[i].name));
    return v->author_count ? buf_span(&b) : v->byline;
}

static struct span changed_of(const struct press *p, struct arena *a, const struct view *v)
{
    return v->changed_ms > v->published_ms ? press_date_long(p, a, v->changed_ms) : S("");
}

static struct span place_and_agency(struct arena *a, const struct view *v)
{
    struct span place = press_dateline(a, v);
    bool both = place.n && v->agency.n;
    return arena_printf(a, "%.*s%s%.*s", FMT(place), both ? " · " : "", FMT(v->agency));
}

/* ---- the text file ---- */
static void put_file_head(struct sheet_lines *l, const struct view *v)
{
    const struct press *p = l->p;
    put_line(l, v->headline);
    put_gap(l);
    if (v->abstract.n) put_line(l, v->abstract), put_gap(l);
    if (v->is_corrected) {
        put_named(l, "corrected", press_date_long(p, l->a, v->corrected_ms));
        put_line(l, v->correction_note);
        put_gap(l);
    }
    if (v->is_developing) put_line(l, press_word(p, "developing")), put_gap(l);
    put_line(l, names_of(l->a, v));
    put_line(l, v->credit_top ? v->credit_line : S(""));
    put_line(l, place_and_agency(l->a, v));
    put_named(l, "published", press_date_long(p, l->a, v->published_ms));
    put_named(l, "updated", changed_of(p, l->a, v));
    put_gap(l);
}

static void put_file_parts(struct sheet_lines *l, const struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        const struct view *other = parts->list[i].view;
        put_gap(l);
        if (parts->list[i].kind == REF_CORRECTS || parts->list[i].kind == REF_CORRECTED_BY)
            put_line(l, press_word(l->p,
                            parts->list[i].kind == REF_CORRECTS ? "corrects" : "corrected_by"));
        put_line(l, other->headline);
        put_line(l, press_absolute(l->p, l->a, other->path));
    }
}

static void put_file_foot(struct sheet_lines *l, const struct view *v)
{
    put_gap(l);
    if (!story_credits_in(v->body_text).n) put_line(l, v->credits); /* the text ends in them */
    put_line(l, v->credit_end || !v->credit_top ? v->credit_line : S(""));
    put_line(l, v->copyright);
    put_line(l, press_disclaimer(l->p, l->a, v));
    put_gap(l);
    put_line(l, l->p->site->name);
    put_line(l, press_absolute(l->p, l->a, v->path));
}

static struct span file_of(
    const struct press *p, struct arena *a, const struct view *v, const struct parts *parts)
{
    struct sheet_lines l = {.p = p, .a = a};
    buf_init(&l.out, a, 0);
    put_file_head(&l, v);
    put_line(&l, html_lines(a, v->body));
    put_file_parts(&l, parts);
    put_file_foot(&l, v);
    return buf_span(&l.out);
}

/* ---- the page ---- */
static void put_page_parts(struct sheet *s, const struct parts *parts)
{
    record_text(s->root, "others", S(""));
    for (size_t i = 0; i < parts->count; i++) {
        const struct view *other = parts->list[i].view;
        enum ref_kind kind = parts->list[i].kind;
        struct record *r = record_item(s->root, "others");
        record_text(r, "headline", other->headline);
        record_text(
            r, "href", press_path(s->p, s->a, arena_printf(s->a, "%.*s/lite", FMT(other->path))));
        record_text(r, "why",
            kind == REF_CORRECTS       ? press_word(s->p, "corrects")
            : kind == REF_CORRECTED_BY ? press_word(s->p, "corrected_by")
                                       : S(""));
        story_language(s, r, other);
    }
}

static void put_page(struct sheet *s, const struct view *v, const struct parts *parts)
{
    struct record *r = s->root;
    record_text(r, "headline", v->headline);
    record_text(r, "abstract", v->abstract);
    record_text(r, "names", names_of(s->a, v));
    record_text(r, "source", place_and_agency(s->a, v));
    record_text(r, "credit_top", v->credit_top ? v->credit_line : S(""));
    record_text(r, "credit_end", v->credit_end ? v->credit_line : S(""));
    record_text(r, "copyright", v->copyright);
    record_text(r, "disclaimer", press_disclaimer(s->p, s->a, v));
    record_flag(r, "developing", v->is_developing);
    record_text(r, "href", press_path(s->p, s->a, v->path));
    story_language(s, r, v);
    story_badges(s, r, v, v->label);
    story_time(s, r, "published", v->published_ms, press_date_long);
    story_time(
        s, r, "changed", v->changed_ms > v->published_ms ? v->changed_ms : 0, press_date_long);
    record_text(r, "correction", S(""));
    if (v->is_corrected) {
        struct record *c = record_in(r, "correction");
        record_text(c, "note", v->correction_note);
        story_time(s, c, "at", v->corrected_ms, press_date_long);
    }
    article_text(s, v);
    put_page_parts(s, parts);
}

static void page_of(const struct press *p, struct arena *a, const struct view *v,
    const struct parts *parts, struct page *out)
{
    struct sheet s = frame_open(p, a, out, "lite", v->headline, v->path);
    put_page(&s, v, parts);
    frame_close(&s, "lite");
    if (v->credit_line.n) press_insist(&s, v->credit_line, "credits");
    press_insist(&s, press_disclaimer(p, a, v), "disclaimer");
}

enum result page_lite(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct view v;
    struct parts parts;
    enum result result = reader_story(r, ask->id, a, &v);
    if (result == OK) result = press_parts(&v, r, a, out, &parts);
    if (result != OK) return result;
    out->noindex = true;
    v.body = press_body(p, a, &v);
    out->modified_ms = v.changed_ms > v.published_ms ? v.changed_ms : v.published_ms;
    if (ask->kind == PAGE_TEXT) {
        out->content_type = "text/plain; charset=utf-8";
        out->canonical = v.path;
        out->body = file_of(p, a, &v, &parts);
    } else {
        page_of(p, a, &v, &parts, out);
    }
    page_id(out, v.id);
    page_key(out, "story:", v.id_text);
    page_until(out, reader_next_change(r));
    return OK;
}
