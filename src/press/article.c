/* article: a story's page. What is empty is not shown; the agency's sentence always is, whatever a
 * theme leaves out (R4). */
#include "audience.h"
#include "frame.h"

#include <string.h>

enum {
    RELATED_ITEMS = 6,
    RELATED_TAGS = 12, /* the store looks at so many of a story's tags */
};

/* ---- the head ---- */
static void put_authors(struct sheet *s, const struct view *v)
{
    for (uint32_t i = 0; i < v->author_count; i++) {
        struct record *item = record_item(s->root, "authors");
        record_text(item, "name", v->authors[i].name);
        record_text(item, "href",
            arena_printf(s->a, "%.*s/author/%.*s", FMT(s->p->site->base),
                FMT(url_escape(s->a, v->authors[i].slug))));
        record_flag(item, "next", i + 1 < v->author_count);
    }
    record_flag(s->root, "authors_there", v->author_count > 0);
    if (!v->author_count) record_text(s->root, "byline", v->byline);
}

/* D1. When the story was first sent and when that came belong together; an update has been sent at
 * a time of its own. */
static void put_times(struct sheet *s, const struct view *v)
{
    struct record *r = s->root;
    story_time(s, r, "published", v->published_ms, press_date_long);
    story_time(
        s, r, "changed", v->changed_ms > v->published_ms ? v->changed_ms : 0, press_date_long);
    int64_t first = v->first_wire_ms ? v->first_wire_ms : v->wire_ms;
    story_time(s, r, "wire_time", first, press_date_long);
    story_time(s, r, "received", v->received_ms, press_date_long);
    story_time(s, r, "wire_latest", v->wire_ms != first ? v->wire_ms : 0, press_date_long);
}

static void put_correction(struct sheet *s, const struct view *v)
{
    if (!v->is_corrected) return;
    struct record *r = record_in(s->root, "correction");
    record_text(r, "note", v->correction_note);
    story_time(s, r, "at", v->corrected_ms, press_date_long);
}

/* K6: who has read that it was withdrawn reads here that it stands again. */
static void put_restored(struct sheet *s, const struct view *v)
{
    if (!v->restored_ms) return;
    struct fill with[] = {
        {"withdrawn", press_date_long(s->p, s->a, v->withdrawn_ms)},
        {"restored", press_date_long(s->p, s->a, v->restored_ms)},
    };
    record_text(
        s->root, "restored", press_fill(s->a, press_word(s->p, "was_restored"), with, COUNT(with)));
}

static void put_tag(
    struct sheet *s, struct record *list, const char *name, const struct view_tag *t)
{
    struct record *item = record_item(list, name);
    record_text(item, "name", t->name);
    record_text(item, "href", press_path(s->p, s->a, press_label_path(s->a, tag_kind(t), t->slug)));
}

/* Subjects, people, places: a group each. */
static void put_tags(struct sheet *s, const struct view *v)
{
    static const struct {
        enum label_kind kind;
        const char *title;
    } groups[] = {{LABEL_TAG, "subjects"}, {LABEL_PERSON, "people"}, {LABEL_PLACE, "places"}};
    record_flag(s->root, "tags_there", v->tag_count > 0);
    for (uint32_t i = 0; i < v->tag_count; i++) put_tag(s, s->root, "tags", &v->tags[i]);
    for (size_t g = 0; g < COUNT(groups); g++) {
        struct record *group = NULL;
        for (uint32_t i = 0; i < v->tag_count; i++) {
            if (tag_kind(&v->tags[i]) != groups[g].kind) continue;
            if (!group) group = record_item(s->root, "tag_groups");
            record_text(group, "title", press_word(s->p, groups[g].title));
            put_tag(s, group, "labels", &v->tags[i]);
        }
    }
}

/* The first picture is what the reader waits for; the others are fetched when he comes to them.
 * Those that do not stand in the text follow it. */
static void put_pictures(struct sheet *s, const struct view *v)
{
    story_picture(s, s->root, v->picture_count ? &v->pictures[0] : NULL);
    record_flag(s->root, "later", false);
    for (uint32_t i = 1; i < v->picture_count; i++) {
        if (press_in_text(s->a, v, &v->pictures[i])) continue;
        struct record *r = record_item(s->root, "gallery");
        story_picture(s, r, &v->pictures[i]);
        record_flag(r, "later", true);
    }
}

/* The form for the text's size, and where the words stand alone (lite.c). */
static void put_ways_to_read(struct sheet *s, const struct view *v)
{
    const struct span base = s->p->site->base;
    record_text(s->root, "lite_href", arena_printf(s->a, "%.*s%.*s/lite", FMT(base), FMT(v->path)));
    record_flag(s->root, "sized", true);
    record_text(s->root, "size_to", arena_printf(s->a, "%.*s%.*s", FMT(base), FMT(v->path)));
    record_text(s->root, "text_href", arena_printf(s->a, "%.*s%.*s.txt", FMT(base), FMT(v->path)));
}

static void put_story(struct sheet *s, const struct view *v)
{
    struct record *r = s->root;
    record_text(r, "headline", v->headline);
    record_text(r, "abstract", v->abstract);
    record_text(r, "dateline", press_dateline(s->a, v));
    record_text(r, "agency", v->agency);
    record_text(r, "credit_top", v->credit_top ? v->credit_line : S(""));
    record_text(r, "credit_end", v->credit_end ? v->credit_line : S(""));
    record_text(r, "copyright", v->copyright);
    record_text(r, "disclaimer", press_disclaimer(s->p, s->a, v));
    record_flag(r, "developing", v->is_developing);
    record_text(r, "byline", S(""));
    story_language(s, r, v);
    story_badges(s, r, v, v->label);
    story_section(s, r, v->section);
    put_authors(s, v);
    put_times(s, v);
    put_correction(s, v);
    put_restored(s, v);
    put_pictures(s, v);
    article_text(s, v);
    put_tags(s, v);
    put_ways_to_read(s, v);
    measure_put(s, v);
    share_put(s, v);
    prefer_put(s);
    support_put(s);
    ads_put(s, PLACE_STORY_TOP, v);
    ads_put(s, PLACE_STORY_END, v);
    tag_put(s);
    if (v->revision_count > 1)
        record_text(r, "revisions",
            arena_printf(s->a, "%.*s%.*s/revisions", FMT(s->p->site->base), FMT(v->path)));
}

/* ---- around it ---- */
/* What stands in the box above is not said again. */
static size_t without_parts(struct view *list, size_t n, const struct parts *parts)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool above = false;
        for (size_t k = 0; k < parts->count; k++)
            above |= parts->list[k].kind == REF_ALSO && parts->list[k].view->id == list[i].id;
        if (!above) list[kept++] = list[i];
    }
    return kept;
}

static enum result put_related(
    struct sheet *s, const struct view *v, struct reader *r, const struct parts *parts)
{
    struct view *list;
    size_t n;
    enum result result = reader_related(r, v, RELATED_ITEMS, s->a, &list, &n);
    if (result != OK) return result;
    n = without_parts(list, n, parts);
    for (size_t i = 0; i < n; i++) press_keep_shown(s->a, &list[i], reader_now_ms(r), s->out);
    record_flag(s->root, "related_there", n > 0);
    teaser_list(s, s->root, "related", list, n, false);
    for (size_t i = 0; i < n; i++) page_key(s->out, "story:", list[i].id_text);
    for (uint32_t i = 0; i < v->tag_count && i < RELATED_TAGS; i++)
        page_key(s->out, arena_printf(s->a, "%s:", label_word(tag_kind(&v->tags[i]))).p,
            v->tags[i].slug);
    return OK;
}

/* A list of the page for each kind of ref; a name that is empty is not there. */
static void put_parts(struct sheet *s, const struct parts *parts)
{
    static const char *const lists[] = {[REF_MEMBER] = "members",
        [REF_CORRECTS] = "corrects",
        [REF_CORRECTED_BY] = "corrected_by",
        [REF_ALSO] = "also_from"};
    bool members = false;
    for (size_t i = 0; i < COUNT(lists); i++) record_text(s->root, lists[i], S(""));
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->list[i];
        struct record *r = record_item(s->root, lists[part->kind]);
        teaser_fill(s, r, part->view);
        record_text(r, "lead", press_lead(s->a, part->view));
        record_text(r, "from",
            part->kind == REF_ALSO
                ? press_say(s->p, s->a, "also_from", "agency", part->view->agency)
                : S(""));
        members |= part->kind == REF_MEMBER;
    }
    record_flag(s->root, "members_there", members);
}

/* oEmbed, 4: discovery. */
static void put_oembed(struct sheet *s, const struct view *v)
{
    if (!s->p->site->url.n) return;
    struct span url = press_absolute(s->p, s->a, v->path);
    record_text(s->root, "oembed",
        press_absolute(
            s->p, s->a, arena_printf(s->a, "/oembed?url=%.*s", FMT(url_escape(s->a, url)))));
}

static void put_machine_words(
    struct sheet *s, const struct view *v, const struct parts *parts, const struct live *l)
{
    frame_about(s, v->abstract);
    frame_feeds(s, S(""), s->p->site->name);
    frame_card(s, v, "article");
    frame_json(s, jsonld_article(s->p, s->a, v, parts, l));
    put_oembed(s, v);
    struct record *r = record_in(s->root, "article");
    record_text(r, "published_iso", press_date_iso(s->p, s->a, v->published_ms));
    record_text(r, "changed_iso",
        press_date_iso(
            s->p, s->a, v->changed_ms > v->published_ms ? v->changed_ms : v->published_ms));
}

/* ---- the agency's sentences are not a theme's to leave out ---- */
static size_t place_for_sentence(struct span page)
{
    static const char *const ends[] = {"</article>", "</main>", "</body>"};
    for (size_t i = 0; i < COUNT(ends); i++) {
        ptrdiff_t at = span_find(page, span_of(ends[i]));
        if (at >= 0) return (size_t)at;
    }
    return page.n;
}

static ptrdiff_t find_last(struct span s, struct span needle)
{
    struct span head = s;
    const char *at;
    while (head.n && (at = memrchr(head.p, needle.p[0], head.n))) {
        head.n = (size_t)(at - s.p);
        if (span_starts((struct span){at, s.n - head.n}, needle)) return (ptrdiff_t)head.n;
    }
    return -1;
}

/* Would a reader see what stands behind these bytes? Not in a tag, a script's data, a comment, a
 * title, nor in what says that it is hidden. */
static bool is_seen_behind(struct span before)
{
    static const char *const unseen[] = {
        "<script", "<!", "<style", "<template", "<title", "<textarea", "<noscript"};
    ptrdiff_t at = find_last(before, S("<"));
    struct span tag = span_cut(before, (size_t)(at < 0 ? 0 : at), before.n);
    for (size_t i = 0; i < COUNT(unseen); i++)
        if (span_starts_nocase(tag, span_of(unseen[i]))) return false;
    ptrdiff_t end = span_find_char(tag, '>');
    if (at >= 0 && (end < 0 || span_find(span_cut(tag, 0, (size_t)end), S(" hidden")) >= 0))
        return false;
    return find_last(before, S("<!--")) <= find_last(before, S("-->"));
}

static bool is_said(struct span page, struct span said)
{
    for (size_t from = 0;;) {
        ptrdiff_t at = span_find(span_cut(page, from, page.n), said);
        if (at < 0) return false;
        if (is_seen_behind(span_cut(page, 0, from + (size_t)at))) return true;
        from += (size_t)at + 1;
    }
}

bool press_says(struct arena *a, struct span page, struct span text)
{
    return is_said(page, html_text(a, text).s);
}

void press_insist(struct sheet *s, struct span text, const char *class)
{
    struct span page = s->out->body;
    if (press_says(s->a, page, text)) return;
    size_t at = place_for_sentence(page);
    struct buf b;
    buf_init(&b, s->a, 0);
    buf_put(&b, span_cut(page, 0, at));
    buf_printf(&b, "<p class=\"%s\">", class);
    buf_put(&b, html_text(s->a, text).s);
    buf_lit(&b, "</p>");
    buf_put(&b, span_cut(page, at, page.n));
    s->out->body = buf_span(&b);
}

enum result page_article(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct view v;
    struct parts parts;
    enum result result = reader_story(r, ask->id, a, &v);
    if (result == OK) result = press_parts(&v, r, a, out, &parts);
    if (result != OK) return result;
    press_keep_shown(a, &v, reader_now_ms(r), out);
    out->noindex |= v.noindex;
    out->modified_ms = v.changed_ms > v.published_ms ? v.changed_ms : v.published_ms;
    struct sheet s = frame_open(p, a, out, "article", v.headline, v.path);
    frame_section(&s, v.section);
    put_story(&s, &v);
    put_parts(&s, &parts);
    frame_crumbs_of_story(&s, &v, S(""), S(""));
    struct live live = live_of(p, &v, reader_now_ms(r));
    live_put(&s, &v, &live);
    put_machine_words(&s, &v, &parts, &live);
    comments_put(&s, &v, reader_now_ms(r), ask);
    result = put_related(&s, &v, r, &parts);
    page_id(out, v.id);
    page_pictures(out, &v);
    page_crawlers(p, out, &v);
    page_key(out, "story:", v.id_text);
    page_until(out, reader_next_change(r));
    frame_close(&s, "article");
    if (v.credit_line.n) press_insist(&s, v.credit_line, "credits");
    press_insist(&s, press_disclaimer(p, a, &v), "disclaimer");
    return result;
}
