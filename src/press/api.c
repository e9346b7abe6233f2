/* api: /api/v1/stories, /api/v1/stories/ID and /api/v1/sections: public stories for programs. What
 * a page may not say is not said here either: there are no totals, and a story that is not public
 * has no answer of its own. Times are RFC 3339 in UTC. */
#include "ask.h"
#include "json_words.h"

#include <stdlib.h>
#include <string.h>

struct api {
    const struct press *press;
    struct arena *a;
    struct json_out *o;
    int64_t now_ms;
};

static void put_tags(const struct api *x, const struct view *v)
{
    json_open(x->o, "tags", '[');
    for (uint32_t i = 0; i < v->tag_count; i++) {
        json_open(x->o, NULL, '{');
        json_string(x->o, "slug", v->tags[i].slug);
        json_string(x->o, "name", v->tags[i].name);
        json_string(x->o, "kind", span_of(label_word(tag_kind(&v->tags[i]))));
        json_close(x->o, '}');
    }
    json_close(x->o, ']');
}

static void put_correction(const struct api *x, const struct view *v)
{
    if (!v->is_corrected) return;
    json_open(x->o, "correction", '{');
    json_time(x->o, "at", v->corrected_ms);
    json_words(x->o, "note", v->correction_note);
    json_close(x->o, '}');
}

/* ---- places in lists, as cursors: "18f…-0123456789ab" ---- */
static struct span cursor_text(struct arena *a, int64_t at_ms, story_id id)
{
    return arena_printf(a, "%llu-%.*s", (unsigned long long)at_ms, FMT(story_id_text(a, id)));
}

static bool cursor_read(struct span s, int64_t *at_ms, story_id *id)
{
    ptrdiff_t dash = span_find_char(s, '-');
    uint64_t ms;
    if (dash < 1 || !span_to_u64(span_cut(s, 0, (size_t)dash), &ms) || ms > INT64_MAX) return false;
    *at_ms = (int64_t)ms;
    return story_id_read(span_cut(s, (size_t)dash + 1, s.n), id);
}

/* The members of a list's item. */
static void put_head(const struct api *x, const struct view *v)
{
    struct json_out *o = x->o;
    json_string(o, "id", v->id_text);
    json_string(o, "url", press_absolute(x->press, x->a, v->path));
    json_string(o, "headline", v->headline);
    json_words(o, "label", v->label);
    json_words(o, "abstract", v->abstract);
    json_words(o, "section", v->section);
    json_words(o, "language", v->language);
    json_time(o, "published", v->published_ms);
    json_time(o, "updated", v->changed_ms);
    json_time(o, "listed", v->front_ms);
    json_words(o, "agency", v->agency);
    json_words(o, "credit", v->credit_line);
    json_words(o, "byline", v->byline);
    json_words(o, "dateline", v->dateline);
    put_tags(x, v);
    json_bool(o, "corrected", v->is_corrected);
    put_correction(x, v);
    json_bool(o, "developing", v->is_developing);
    if (v->urgency) json_number(o, "urgency", v->urgency);
}

static void put_pictures(const struct api *x, const struct view *v)
{
    json_open(x->o, "pictures", '[');
    for (uint32_t i = 0; i < v->picture_count; i++) {
        const struct view_picture *p = &v->pictures[i];
        json_open(x->o, NULL, '{');
        json_string(x->o, "hash", p->hash);
        json_words(x->o, "caption", p->caption);
        json_words(x->o, "credit", p->credit);
        json_words(x->o, "alt", p->alt);
        json_words(x->o, "copyright", p->copyright);
        json_number(x->o, "width", p->width);
        json_number(x->o, "height", p->height);
        json_close(x->o, '}');
    }
    json_close(x->o, ']');
}

static void put_revisions(const struct api *x, const struct view *v)
{
    json_open(x->o, "revisions", '[');
    for (uint32_t i = 0; i < v->revision_count; i++) {
        const struct view_revision *r = &v->revisions[i];
        if (r->from_ms > x->now_ms) continue;
        json_open(x->o, NULL, '{');
        json_time(x->o, "from", r->from_ms);
        json_time(x->o, "wire", r->wire_ms);
        json_words(x->o, "label", r->label);
        json_string(x->o, "change", span_of(story_change_name((enum story_change)r->change)));
        json_close(x->o, '}');
    }
    json_close(x->o, ']');
}

static void put_parts(
    const struct api *x, const struct parts *parts, enum ref_kind kind, const char *name)
{
    bool open = false;
    for (size_t i = 0; i < parts->count; i++) {
        const struct view *v = parts->list[i].view;
        if (parts->list[i].kind != kind) continue;
        if (!open) json_open(x->o, name, '[');
        open = true;
        json_open(x->o, NULL, '{');
        json_string(x->o, "id", v->id_text);
        json_string(x->o, "url", press_absolute(x->press, x->a, v->path));
        json_string(x->o, "headline", v->headline);
        json_close(x->o, '}');
    }
    if (open) json_close(x->o, ']');
}

static void put_whole(const struct api *x, const struct view *v)
{
    struct json_out *o = x->o;
    json_string(o, "body_html", press_body(x->press, x->a, v).s);
    json_string(o, "body_text", v->body_text);
    json_words(o, "credits", v->credits);
    json_words(o, "copyright", v->copyright);
    json_string(o, "disclaimer", press_disclaimer(x->press, x->a, v));
    json_time(o, "wire", v->wire_ms);
    json_time(o, "received", v->received_ms);
    put_pictures(x, v);
    put_revisions(x, v);
}

/* ---- pages ---- */
static void page_of_json(struct reader *r, struct span body, struct page *out)
{
    out->content_type = "application/json; charset=utf-8";
    out->noindex = true; /* the story's page is what is to be found */
    out->extra = S(ANYBODY_MAY_READ);
    out->body = body;
    page_key(out, "site", S(""));
    page_until(out, reader_next_change(r));
}

static enum result make_story(const struct api *x, story_id id, struct reader *r, struct page *out)
{
    struct view v;
    struct parts parts;
    enum result result = reader_story(r, id, x->a, &v);
    if (result == OK) result = press_parts(&v, r, x->a, out, &parts);
    if (result != OK) return result;
    press_keep_shown(x->a, &v, x->now_ms, out);
    json_open(x->o, NULL, '{');
    put_head(x, &v);
    put_whole(x, &v);
    put_parts(x, &parts, REF_MEMBER, "members");
    put_parts(x, &parts, REF_CORRECTS, "corrects");
    put_parts(x, &parts, REF_CORRECTED_BY, "corrected_by");
    put_parts(x, &parts, REF_ALSO, "also_from");
    json_close(x->o, '}');
    page_key(out, "story:", v.id_text);
    page_id(out, v.id);
    page_pictures(out, &v);
    page_crawlers(x->press, out, &v);
    out->modified_ms = v.changed_ms;
    return OK;
}

static void put_list(const struct api *x, const struct view *list, size_t n, struct page *out)
{
    json_open(x->o, NULL, '{');
    json_open(x->o, "items", '[');
    for (size_t i = 0; i < n; i++) {
        json_open(x->o, NULL, '{');
        put_head(x, &list[i]);
        json_close(x->o, '}');
        page_crawlers(x->press, out, &list[i]);
        if (list[i].changed_ms > out->modified_ms) out->modified_ms = list[i].changed_ms;
    }
    json_close(x->o, ']');
    page_key(out, "all", S(""));
    page_views(out, list, n);
}

/* By numbers: one more than is shown tells whether another page follows. */
static enum result make_list(const struct api *x, size_t page, struct reader *r, struct page *out)
{
    struct list_query q = {.kind = LIST_NEWEST,
        .offset = (page - 1) * PRESS_API_PAGE_ITEMS,
        .limit = PRESS_API_PAGE_ITEMS + 1};
    struct view *list;
    size_t n;
    enum result result = reader_list(r, &q, x->a, &list, &n);
    if (result != OK) return result;
    bool more = n > PRESS_API_PAGE_ITEMS;
    if (more) n = PRESS_API_PAGE_ITEMS;
    put_list(x, list, n, out);
    if (more) {
        struct span cursor = cursor_text(x->a, list[n - 1].front_ms, list[n - 1].id);
        json_string(x->o, "next",
            press_absolute(
                x->press, x->a, arena_printf(x->a, "/api/v1/stories?page=%zu", page + 1)));
        json_string(x->o, "next_cursor", cursor);
    }
    json_close(x->o, '}');
    return OK;
}

/* ---- what is asked for in particular ---- */
static enum result refuse(const struct api *x, const char *why, struct page *out)
{
    json_open(x->o, NULL, '{');
    json_string(x->o, "error", span_of(why));
    json_close(x->o, '}');
    out->status = 400;
    out->no_store = true;
    return OK;
}

/* NULL: all of it is understood. */
static const char *understand(const struct api *x, const struct page_filter *f, struct ask *q)
{
    *q = (struct ask){.author = f->author,
        .agency = f->agency,
        .language = f->language,
        .words = f->words,
        .until_ms = INT64_MAX};
    if (f->section.n) q->sections[q->section_count++] = f->section;
    if (f->tag.n) q->tags[q->tag_count++] = f->tag;
    q->nothing = f->section.n && !press_section_named(x->press, f->section);
    if (f->since.n && !ask_instant(x->press, f->since, &q->since_ms))
        return "since is no time as RFC 3339 has it";
    if (f->until.n && !ask_instant(x->press, f->until, &q->until_ms))
        return "until is no time as RFC 3339 has it";
    return f->is_wrong || f->limit > ASK_ITEMS_MAX ? "limit is a number from 1 to 100" : NULL;
}

static void put_query(struct buf *b, struct arena *a, const char *name, struct span value)
{
    if (value.n) buf_printf(b, "%s=%.*s&", name, FMT(url_escape(a, value)));
}

static struct span next_path(struct arena *a, const struct page_filter *f, struct span cursor)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_lit(&b, "/api/v1/stories?");
    put_query(&b, a, "section", f->section);
    put_query(&b, a, "tag", f->tag);
    put_query(&b, a, "author", f->author);
    put_query(&b, a, "agency", f->agency);
    put_query(&b, a, "language", f->language);
    put_query(&b, a, "q", f->words);
    put_query(&b, a, "since", f->since);
    put_query(&b, a, "until", f->until);
    if (f->limit) buf_printf(&b, "limit=%zu&", f->limit);
    put_query(&b, a, "cursor", cursor);
    b.n--;
    return buf_span(&b);
}

static enum result make_found(
    const struct api *x, const struct page_filter *f, struct reader *r, struct page *out)
{
    struct ask q;
    struct found found;
    int64_t at_ms = f->words.n ? 0 : INT64_MAX;
    story_id at_id = f->words.n ? 0 : STORY_ID_LAST;
    const char *why = understand(x, f, &q);
    if (!why && f->cursor.n && !cursor_read(f->cursor, &at_ms, &at_id))
        why = "cursor is none of ours";
    if (why) return refuse(x, why, out);
    size_t n = f->limit ? f->limit : PRESS_API_PAGE_ITEMS;
    enum result result = ask_from(&q, at_ms, at_id, n, r, x->a, &found);
    if (result != OK) return result;
    put_list(x, found.list, found.count, out);
    if (found.more) {
        struct span cursor = cursor_text(x->a, found.at_ms, found.at_id);
        json_string(x->o, "next", press_absolute(x->press, x->a, next_path(x->a, f, cursor)));
        json_string(x->o, "next_cursor", cursor);
    }
    json_close(x->o, '}');
    out->no_store = true; /* a stranger's questions would push pages out of the cache */
    return OK;
}

static enum result make_sections(const struct api *x, struct page *out)
{
    const struct press_site *site = x->press->site;
    json_open(x->o, NULL, '{');
    json_open(x->o, "items", '[');
    for (uint32_t i = 0; i < site->section_count; i++) {
        struct span name = site->sections[i].name;
        json_open(x->o, NULL, '{');
        json_string(x->o, "name", name);
        json_words(x->o, "title", site->sections[i].title);
        json_string(x->o, "url",
            press_absolute(x->press, x->a, arena_printf(x->a, "/section/%.*s", FMT(name))));
        json_string(x->o, "stories",
            press_absolute(
                x->press, x->a, arena_printf(x->a, "/api/v1/stories?section=%.*s", FMT(name))));
        json_close(x->o, '}');
    }
    json_close(x->o, ']');
    json_close(x->o, '}');
    (void)out;
    return OK;
}

enum result page_api(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct buf b;
    struct json_out o = {.b = &b};
    struct api x = {p, a, &o, reader_now_ms(r)};
    buf_init(&b, a, 0);
    enum result result = ask->kind == PAGE_API_STORY      ? make_story(&x, ask->id, r, out)
                         : ask->kind == PAGE_API_SECTIONS ? make_sections(&x, out)
                         : ask->filter                    ? make_found(&x, ask->filter, r, out)
                                       : make_list(&x, ask->page ? ask->page : 1, r, out);
    if (result != OK) return result;
    buf_lit(&b, "\n");
    page_of_json(r, buf_span(&b), out);
    return OK;
}
