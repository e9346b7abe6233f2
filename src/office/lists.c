/* lists.c: the desk's lists: what is public, what is held and why, what could not be read, alarms,
 * takedowns. Each row leads to its story. */
#include <stdlib.h>

#include "visit.h"

enum {
    LATE_WINDOW = 200 /* of the newest stories, of which a page of the late ones shows those */
};

struct span story_href(struct visit *v, story_id page)
{
    return arena_printf(v->a, "/desk/story/%.*s", FMT(story_id_text(v->a, page)));
}

struct span section_title(const struct visit *v, struct span name)
{
    for (uint32_t i = 0; i < v->book.site->section_count; i++)
        if (span_eq(v->book.site->sections[i].name, name)) return v->book.site->sections[i].title;
    return name;
}

static struct span feed_agency(const struct visit *v, struct span name)
{
    for (uint32_t i = 0; i < v->book.site->feed_count; i++)
        if (span_eq(v->book.site->feeds[i].name, name)) return v->book.site->feeds[i].agency;
    return name;
}

static void put_headline(struct record *r, struct span headline, struct visit *v)
{
    bool has = span_trim(headline).n > 0;
    record_text(r, "headline", has ? headline : dress_word(v->book.dress, "no_headline"));
}

size_t page_number(const struct visit *v)
{
    uint64_t n;
    bool fits = span_to_u64(form_get(&v->query, "page"), &n) && n >= 1 && n <= OFFICE_PAGES_MAX;
    return fits ? (size_t)n : 1;
}

/* As many as office.c lets through. */
static struct span words_asked(const struct visit *v)
{
    return span_trim(form_get(&v->query, "q"));
}

void put_pager(
    struct visit *v, struct record *r, const char *path, struct span words, size_t page, bool more)
{
    const char *with = words.n ? "&q=" : "";
    struct span q = url_escape(v->a, words);
    record_text(r, "newer",
        page > 1 ? arena_printf(v->a, "%s?page=%zu%s%.*s", path, page - 1, with, FMT(q)) : S(""));
    record_text(r, "older",
        more ? arena_printf(v->a, "%s?page=%zu%s%.*s", path, page + 1, with, FMT(q)) : S(""));
}

/* The field above a list, what of it is shown, and the way to the rest. */
static void put_slice(struct visit *v, struct record *r, const char *path, const char *none_key,
    struct span words, const struct sift_page *p)
{
    const char *none = words.n ? "none_found" : none_key;
    record_text(r, "path", span_of(path));
    record_text(r, "words", words);
    record_text(r, "count", arena_printf(v->a, "%zu", p->count));
    record_text(r, "none", p->count ? S("") : dress_word(v->book.dress, none));
    record_flag(r, "has_field", words.n > 0 || p->count > 0);
    bool is_part = p->from > 0 || p->more;
    record_text(r, "shown",
        is_part ? dress_say(v->book.dress, v->a, "shown", "n",
                      arena_printf(v->a, "%zu–%zu / %zu", p->from + 1, p->until, p->count))
                : S(""));
    put_pager(v, r, path, words, p->page, p->more);
}

static void say_no_store(struct visit *v)
{
    visit_message(v, 503, "busy", dress_word(v->book.dress, "no_store"));
}

void put_act(struct visit *v, struct record *r, const struct act *t)
{
    record_text(r, "what", dress_word_of(v->book.dress, "did_", span_of(act_kind_name(t->kind))));
    record_text(r, "by", t->by);
    record_text(r, "via", t->via);
    record_text(r, "text", t->text.n ? t->text : t->picture);
    record_text(r, "reference", t->reference);
    record_text(r, "requested_by", t->requested_by);
    put_time(v, r, "deadline", t->deadline_ms);
    put_time(v, r, "at", t->at_ms);
}

/* ---- live ---- */
static bool is_late(const struct view *s)
{
    return s->first_wire_ms && desk_is_late(s->received_ms, s->first_wire_ms);
}

/* "7:05 h" between the agency's own time and its arrival. */
static struct span late_words(struct visit *v, const struct view *s)
{
    int64_t minutes = (s->received_ms - s->first_wire_ms) / 60000;
    return dress_say(v->book.dress, v->a, "late_by", "time",
        arena_printf(v->a, "%lld:%02lld h", (long long)minutes / 60, (long long)minutes % 60));
}

static bool wants_late(const struct visit *v)
{
    return form_get(&v->query, "late").n > 0;
}

/* Of so many that came last those that came late. */
static enum result late_views(struct visit *v, struct office_eyes *e, size_t page,
    struct view **list, size_t *count, bool *more)
{
    struct list_query q = {
        .kind = LIST_NEWEST, .offset = (page - 1) * LATE_WINDOW, .limit = LATE_WINDOW};
    enum result r = reader_list(e->reader, &q, v->a, list, count);
    size_t n = 0;
    *more = r == OK && *count == LATE_WINDOW;
    for (size_t i = 0; r == OK && i < *count; i++)
        if (is_late(&(*list)[i])) (*list)[n++] = (*list)[i];
    *count = n;
    return r;
}

static void live_row(struct visit *v, struct record *r, const struct view *s)
{
    struct record *item = record_item(r, "rows");
    put_headline(item, s->headline, v);
    record_text(item, "href", story_href(v, s->id));
    record_text(item, "section", section_title(v, s->section));
    record_text(item, "agency", s->agency);
    record_flag(item, "corrected", s->is_corrected);
    record_text(item, "late", is_late(s) ? late_words(v, s) : S(""));
    record_text(item, "lang", s->language);
    put_time(v, item, "at", s->changed_ms ? s->changed_ms : s->published_ms);
}

static enum result live_views(struct visit *v, struct office_eyes *e, struct span words,
    size_t page, struct view **list, size_t *count)
{
    /* One more than is shown: whether there is an older page. */
    size_t offset = (page - 1) * OFFICE_LIST_MAX, n = OFFICE_LIST_MAX + 1, total;
    if (words.n) return reader_search(e->reader, words, offset, n, v->a, list, count, &total);
    struct list_query q = {.kind = LIST_NEWEST, .offset = offset, .limit = n};
    return reader_list(e->reader, &q, v->a, list, count);
}

static void put_late_pager(struct visit *v, struct record *r, size_t page, bool more)
{
    record_text(
        r, "newer", page > 1 ? arena_printf(v->a, "/desk/live?late=1&page=%zu", page - 1) : S(""));
    record_text(
        r, "older", more ? arena_printf(v->a, "/desk/live?late=1&page=%zu", page + 1) : S(""));
}

void page_live(struct visit *v)
{
    struct office_eyes e;
    struct span words = words_asked(v);
    struct view *list;
    size_t count = 0, page = page_number(v);
    story_id found;
    if (!visit_eyes(v, &e)) return;
    bool late = wants_late(v), more = false;
    if (!late && words.n && eyes_find(&e, words, &found)) {
        visit_redirect(v, story_href(v, found));
    } else if ((late ? late_views(v, &e, page, &list, &count, &more)
                     : live_views(v, &e, words, page, &list, &count)) == OK) {
        struct record *r = visit_record(v, "live", "menu_live");
        record_text(r, "words", words);
        record_flag(r, "none", count == 0);
        size_t rows = late || count < OFFICE_LIST_MAX ? count : OFFICE_LIST_MAX;
        record_flag(r, "only_late", late);
        for (size_t i = 0; i < rows; i++) live_row(v, r, &list[i]);
        if (late)
            put_late_pager(v, r, page, more);
        else
            put_pager(v, r, "/desk/live", words, page, count > OFFICE_LIST_MAX);
        visit_page(v, 200, "live", r);
    } else {
        say_no_store(v);
    }
    eyes_close(&e);
}

/* ---- held ---- */
/* "a; b (c)" as the store keeps it: one clause a line. */
static void put_reason(struct visit *v, struct record *r, struct span clause)
{
    struct record *item = record_item(r, "reasons");
    bool has_detail = clause.n && clause.p[clause.n - 1] == ')';
    ptrdiff_t cut = has_detail ? span_find(clause, S(" (")) : -1;
    /* Some reasons have brackets of their own: the whole clause first. */
    if (cut > 0 && !dress_why(v->book.dress, clause).p) {
        record_text(item, "detail", span_cut(clause, (size_t)cut + 2, clause.n - 1));
        clause = span_cut(clause, 0, (size_t)cut);
    } else {
        record_text(item, "detail", S(""));
    }
    put_why(v->book.dress, item, clause);
}

static void put_clauses(struct visit *v, struct record *r, struct span why)
{
    struct span part;
    while (why.n) {
        ptrdiff_t cut = span_find(why, S("; "));
        part = cut < 0 ? why : span_cut(why, 0, (size_t)cut);
        why = cut < 0 ? S("") : span_cut(why, (size_t)cut + 2, why.n);
        if (part.n) put_reason(v, r, part);
    }
}

static int newest_held(const void *x, const void *y)
{
    const struct held *a = x, *b = y;
    return (a->since_ms < b->since_ms) - (a->since_ms > b->since_ms);
}

static void held_row(struct visit *v, struct record *r, const struct held *h)
{
    struct record *item = record_item(r, "rows");
    put_headline(item, h->headline, v);
    record_text(item, "href", story_href(v, h->page));
    record_text(item, "agency", feed_agency(v, h->feed));
    put_clauses(v, item, h->why);
    put_time(v, item, "since", h->since_ms);
    put_time(v, item, "until", h->from_ms);
}

/* A feed on trial has a page of its own, and hides nobody else's stories here. */
static size_t without_shadow(struct held *list, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!held_in_shadow(&list[i])) list[n++] = list[i];
    return n;
}

void page_held(struct visit *v)
{
    struct office_eyes e;
    struct held *list;
    size_t count;
    struct span words = words_asked(v);
    if (!visit_eyes(v, &e)) return;
    if (store_held(e.store, v->a, &list, &count) == OK) {
        struct record *r = visit_record(v, "held", "menu_held");
        count = without_shadow(list, count);
        count = sift_held(v->a, words, list, count);
        if (count) qsort(list, count, sizeof *list, newest_held);
        struct sift_page p = sift_page(count, page_number(v), OFFICE_LIST_MAX);
        for (size_t i = p.from; i < p.until; i++) held_row(v, r, &list[i]);
        put_slice(v, r, "/desk/held", "none_held", words, &p);
        visit_page(v, 200, "held", r);
    } else {
        say_no_store(v);
    }
    eyes_close(&e);
}

/* ---- quarantine, alarms ---- */
static void quarantine_row(struct visit *v, struct record *r, const struct quarantined *q)
{
    struct record *item = record_item(r, "rows");
    record_text(item, "name", q->name);
    record_text(item, "agency", feed_agency(v, q->feed));
    record_text(item, "why", q->why);
    record_text(item, "place", q->line ? arena_printf(v->a, "%u:%u", q->line, q->column) : S(""));
    record_text(item, "id", unread_id(v->a, q->pos, q->number));
    record_text(item, "once", visit_once(v));
    record_flag(item, "may", v->role >= act_row(ACT_RETRY)->role);
}

void quarantine_page(struct visit *v, int status, const struct span *why)
{
    struct office_eyes e;
    struct quarantined *list;
    size_t count = 0;
    if (!visit_eyes(v, &e)) return;
    if (store_quarantine(e.store, v->a, &list, &count) == OK) {
        struct record *r = visit_record(v, "quarantine", "menu_quarantine");
        put_outcome(v, r);
        if (why) put_why(v->book.dress, record_item(r, "trouble"), *why);
        struct span words = words_asked(v);
        count = sift_quarantine(v->a, words, list, count);
        struct sift_page p = sift_page(count, page_number(v), OFFICE_LIST_MAX);
        for (size_t i = p.from; i < p.until; i++) quarantine_row(v, r, &list[i]);
        put_slice(v, r, "/desk/quarantine", "none_quarantine", words, &p);
        visit_page(v, status, "quarantine", r);
    } else {
        say_no_store(v);
    }
    eyes_close(&e);
}

void page_quarantine(struct visit *v)
{
    quarantine_page(v, 200, NULL);
}

/* "GUID: reason: detail": the reason in the desk's language, where it has the words. */
static bool put_reason_of(struct visit *v, struct record *item, struct span text, size_t guid_n)
{
    struct span why = span_cut(text, guid_n + 2, text.n), detail = S("");
    struct span known = dress_why(v->book.dress, why);
    for (size_t i = 0; !known.p && i + 1 < why.n; i++) {
        if (why.p[i] != ':' || why.p[i + 1] != ' ') continue;
        known = dress_why(v->book.dress, span_cut(why, 0, i));
        detail = span_cut(why, i, why.n);
    }
    if (!known.p) return false;
    /* Isolated: a name of the agency may run the other way. */
    record_text(item, "text",
        arena_printf(
            v->a, "\u2068%.*s\u2069: %.*s%.*s", (int)guid_n, text.p, FMT(known), FMT(detail)));
    record_flag(item, "english", false);
    return true;
}

static void alarm_row(
    struct visit *v, struct office_eyes *e, struct record *r, const struct alarm *a)
{
    struct record *item = record_item(r, "rows");
    story_id page;
    /* Alarms of stories begin with their guid. */
    ptrdiff_t cut = span_find(a->text, S(": "));
    bool leads = cut > 0 && (span_eq(a->kind, S("story")) || span_eq(a->kind, S("deadline"))) &&
                 eyes_find(e, span_cut(a->text, 0, (size_t)cut), &page);
    bool is_story = cut > 0 && span_eq(a->kind, S("story"));
    if (!is_story || !put_reason_of(v, item, a->text, (size_t)cut)) {
        record_text(item, "text", a->text);
        record_flag(item, "english", true);
    }
    struct span number = span_cut(a->text, 10, 10 + STORY_ID_TEXT); /* "complaint NUMBER …" */
    bool is_complaint = span_eq(a->kind, S("grievance")) && story_id_read(number, &page);
    record_text(item, "href",
        leads          ? story_href(v, page)
        : is_complaint ? arena_printf(v->a, "/desk/complaints/%.*s", FMT(number))
                       : S(""));
    put_time(v, item, "at", a->at_ms);
}

void page_alarms(struct visit *v)
{
    struct office_eyes e;
    struct alarm *list;
    size_t count = 0;
    if (!visit_eyes(v, &e)) return;
    if (store_alarms(e.store, v->a, &list, &count) == OK) {
        struct record *r = visit_record(v, "alarms", "menu_alarms");
        struct span words = words_asked(v);
        count = sift_alarms(v->a, words, list, count);
        struct sift_page p = sift_page(count, page_number(v), OFFICE_LIST_MAX);
        for (size_t i = p.from; i < p.until; i++) alarm_row(v, &e, r, &list[i]);
        put_slice(v, r, "/desk/alarms", "none_alarms", words, &p);
        visit_page(v, 200, "alarms", r);
    } else {
        say_no_store(v);
    }
    eyes_close(&e);
}

/* ---- takedowns ---- */
static void case_row(
    struct visit *v, const struct office_eyes *e, struct record *r, const struct office_case *c)
{
    struct record *item = record_item(r, "rows");
    int64_t deadline = c->act.deadline_ms;
    put_headline(item, c->headline, v);
    record_text(item, "href", story_href(v, c->page));
    put_act(v, item, &c->act);
    record_flag(item, "open", c->is_open);
    record_flag(item, "late", c->is_open && deadline && deadline < e->now_ms);
}

void page_takedowns(struct visit *v)
{
    struct office_eyes e;
    struct office_case *list;
    struct sift_page p;
    struct span words = words_asked(v);
    if (!visit_eyes(v, &e)) return;
    if (eyes_cases(&e, words, page_number(v), OFFICE_LIST_MAX, &list, &p) == OK) {
        struct record *r = visit_record(v, "takedowns", "menu_takedowns");
        for (size_t i = 0; i < p.until - p.from; i++) case_row(v, &e, r, &list[i]);
        put_slice(v, r, "/desk/takedowns", "none_takedowns", words, &p);
        record_text(r, "cut",
            p.is_cut ? dress_say(v->book.dress, v->a, "takedowns_cut", "n",
                           arena_printf(v->a, "%d", STORE_ACTS_NAMED_MAX))
                     : S(""));
        visit_page(v, 200, "takedowns", r);
    } else {
        say_no_store(v);
    }
    eyes_close(&e);
}
