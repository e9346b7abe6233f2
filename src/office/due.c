/* due.c: the desk's page of duties: of the newest stories that are public or were withdrawn, what a
 * licence wants of each and is not met, has yet to be by an instant, or is for people to keep. What
 * is broken stands first, then what falls due soonest. By the rows alone: the desk makes no page of
 * readers. Reads only. */
#include <stdlib.h>

#include "visit.h"

enum {
    DUE_LOOKED_AT = 200, /* stories of one page of the list: each is read whole */
};

struct due_story {
    story_id page;
    struct span headline, agency;
    struct duty *open;
    size_t count;
    bool is_broken;
    int64_t due_ms; /* the soonest; INT64_MAX: none */
};
struct due_list {
    struct visit *v;
    struct office_eyes *e;
    struct arena *row;
    struct span feed; /* asked for; empty: all */
    struct due_story *list;
    size_t count, cap;
};

/* What was gone in time is over, though its time is not. */
static bool is_open(const struct duty *d, int64_t now_ms)
{
    return d->state != DUTY_MET || (d->kind != DUTY_TAKEDOWN && d->due_ms > now_ms);
}

/* What is kept of a duty outlives the story that it is of. */
static void take_duty(struct due_list *l, struct due_story *s, const struct duty *d)
{
    struct duty *own = &s->open[s->count++];
    *own = *d;
    own->detail = arena_keep(l->v->a, d->detail);
    s->is_broken |= d->state == DUTY_BROKEN;
    if (d->due_ms && d->due_ms < s->due_ms) s->due_ms = d->due_ms;
}

static enum result take_story(struct due_list *l, story_id page)
{
    struct office_story s;
    struct duty duties[DUTIES];
    enum result r = eyes_story(l->e, page, &s);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    if (l->feed.n && !(s.shown && span_eq(s.shown->feed, l->feed))) return OK;
    size_t n = duties_of(l->e, &s, duties);
    struct due_story out = {.page = page,
        .open = ARENA_ARRAY(l->v->a, struct duty, n + 1),
        .headline = arena_keep(l->v->a, s.verdict.headline),
        .agency = arena_keep(l->v->a, s.agency),
        .due_ms = INT64_MAX};
    for (size_t i = 0; i < n; i++)
        if (is_open(&duties[i], l->e->now_ms)) take_duty(l, &out, &duties[i]);
    if (out.count) *ARENA_PUSH(l->v->a, l->list, l->count, l->cap) = out;
    return OK;
}

/* A story takes memory by its versions: it is given back before the next. */
static enum result take_page(struct due_list *l, story_id page)
{
    struct arena *own = l->e->a;
    l->e->a = l->row;
    enum result r = take_story(l, page);
    l->e->a = own;
    arena_reset(l->row);
    return r;
}

/* Those that were withdrawn stand on the first page. */
static enum result take_all(struct due_list *l, size_t page, bool *more)
{
    struct view *live;
    struct gone *gone;
    size_t count = 0, left = 0;
    struct list_query q = {
        .kind = LIST_NEWEST, .offset = (page - 1) * DUE_LOOKED_AT, .limit = DUE_LOOKED_AT};
    TRY(reader_list(l->e->reader, &q, l->v->a, &live, &count));
    if (page == 1) TRY(reader_withdrawn(l->e->reader, DUE_LOOKED_AT, l->v->a, &gone, &left));
    *more = count == DUE_LOOKED_AT;
    for (size_t i = 0; i < count; i++) TRY(take_page(l, live[i].id));
    for (size_t i = 0; i < left; i++) TRY(take_page(l, gone[i].id));
    return OK;
}

static int soonest(const void *x, const void *y)
{
    const struct due_story *a = x, *b = y;
    if (a->is_broken != b->is_broken) return a->is_broken ? -1 : 1;
    if (a->due_ms != b->due_ms) return a->due_ms < b->due_ms ? -1 : 1;
    return (a->page > b->page) - (a->page < b->page);
}

static void put_story(struct visit *v, struct record *r, const struct due_story *s)
{
    struct record *item = record_item(r, "rows");
    bool has = span_trim(s->headline).n > 0;
    record_text(item, "headline", has ? s->headline : dress_word(v->book.dress, "no_headline"));
    record_text(item, "href", story_href(v, s->page));
    record_text(item, "agency", s->agency);
    for (size_t i = 0; i < s->count; i++) put_duty(v, record_item(item, "duties"), &s->open[i]);
}

static void put_feeds(struct visit *v, struct record *r, struct span feed)
{
    for (uint32_t i = 0; i < v->book.site->feed_count; i++) {
        const struct office_feed *f = &v->book.site->feeds[i];
        struct record *item = record_item(r, "feeds");
        record_text(item, "name", f->name);
        record_text(item, "label", arena_printf(v->a, "%.*s (%.*s)", FMT(f->agency), FMT(f->name)));
        record_flag(item, "here", span_eq(f->name, feed));
    }
}

static void put_due_pager(
    struct visit *v, struct record *r, struct span feed, size_t page, bool more)
{
    struct span of = url_escape(v->a, feed);
    struct span newer = arena_printf(v->a, "/desk/duties?page=%zu&feed=%.*s", page - 1, FMT(of)),
                older = arena_printf(v->a, "/desk/duties?page=%zu&feed=%.*s", page + 1, FMT(of));
    record_text(r, "newer", page > 1 ? newer : S(""));
    record_text(r, "older", more ? older : S(""));
}

static void put_due(struct due_list *l, size_t page, bool more)
{
    struct visit *v = l->v;
    struct record *r = visit_record(v, "duties", "menu_duties");
    if (l->count) qsort(l->list, l->count, sizeof *l->list, soonest);
    record_text(r, "about",
        dress_say(
            v->book.dress, v->a, "duties_text", "n", arena_printf(v->a, "%d", DUE_LOOKED_AT)));
    record_flag(r, "none", !l->count);
    for (size_t i = 0; i < l->count; i++) put_story(v, r, &l->list[i]);
    put_feeds(v, r, l->feed);
    put_due_pager(v, r, l->feed, page, more);
    visit_page(v, 200, "duties", r);
}

void page_duties(struct visit *v)
{
    struct office_eyes e;
    bool more = false;
    size_t page = page_number(v);
    if (!visit_eyes(v, &e)) return;
    struct due_list l = {.v = v,
        .e = &e,
        .row = arena_new(OFFICE_STORY_ARENA),
        .feed = span_trim(form_get(&v->query, "feed"))};
    if (take_all(&l, page, &more) == OK)
        put_due(&l, page, more);
    else
        visit_message(v, 503, "busy", dress_word(v->book.dress, "no_store"));
    arena_free(l.row);
    eyes_close(&e);
}
