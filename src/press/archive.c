/* archive: the stories of one day in the order in which they came, and the days that have any. */
#include "frame.h"

enum { DAY_MS = 86400000 };

static struct span day_path(struct arena *a, int64_t civil_ms)
{
    struct civil c = civil_of(civil_ms);
    return arena_printf(a, "/archive/%04d/%02d/%02d", c.year, c.month, c.day);
}

static enum result one_day(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    int64_t civil_ms = ask->day_ms;
    size_t page = ask->page ? ask->page : 1;
    struct list_query q = {.kind = LIST_DAY,
        .offset = (page - 1) * PRESS_DAY_ITEMS,
        .limit = PRESS_DAY_ITEMS + 1,
        .day_from_ms = zone_to_utc(p->site->zone, civil_ms),
        .day_until_ms = zone_to_utc(p->site->zone, civil_ms + DAY_MS)};
    struct view *list;
    size_t n;
    enum result result = reader_list(r, &q, a, &list, &n);
    if (result != OK) return result;
    if (!n) return ERR_ABSENT;
    bool more = n > PRESS_DAY_ITEMS;
    if (more) n = PRESS_DAY_ITEMS;
    struct civil c = civil_of(civil_ms);
    struct span title = press_date_day(p, a, q.day_from_ms), day = day_path(a, civil_ms);
    struct sheet s = frame_open(p, a, out, "archive", title,
        page > 1 ? arena_printf(a, "%.*s?page=%zu", FMT(day), page) : day);
    frame_about(&s, press_say(p, a, "about_day", "date", title));
    record_text(s.root, "heading", title);
    frame_feeds(&s, day, title);
    frame_crumb(&s, press_word(p, "home"), S("/"));
    frame_crumb(&s, press_word(p, "archive"), S("/archive"));
    frame_crumb(&s, title, out->canonical);
    frame_crumbs_done(&s);
    for (size_t i = 0; i < n; i++) list[i].picture_count = 0;
    for (size_t i = 0; i < n; i++) {
        struct record *item = record_item(s.root, "stories");
        teaser_fill(&s, item, &list[i]);
        story_time(&s, item, "when", list[i].published_ms, press_date_time);
    }
    page_views(out, list, n);
    if (page == 1 && !more) record_text(s.root, "count", press_count(p, a, "stories", n));
    frame_pager_up(&s, day, page, more);
    page_key(out, "day:", arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day));
    page_until(out, reader_next_change(r));
    frame_close(&s, "archive");
    return OK;
}

/* Days are told newest first; a month's stand together. */
static void put_days(struct sheet *s, const int64_t *days, size_t n)
{
    struct record *month = NULL;
    int64_t month_of = -1;
    for (size_t i = 0; i < n; i++) {
        struct civil c = civil_of(days[i]);
        int64_t noon = zone_to_utc(s->p->site->zone, days[i] + DAY_MS / 2);
        if (!month || month_of != c.year * 12 + c.month) {
            month = record_item(s->root, "months");
            record_text(month, "name", press_date_month(s->p, s->a, noon));
            month_of = c.year * 12 + c.month;
        }
        struct record *day = record_item(month, "days");
        record_text(day, "href", press_path(s->p, s->a, day_path(s->a, days[i])));
        record_text(day, "name", press_date_day(s->p, s->a, noon));
        record_text(day, "weekday", s->p->weekdays[c.weekday]);
        record_text(day, "number", press_number(s->p, s->a, (uint64_t)c.day));
    }
}

static enum result all_days(
    const struct press *p, struct reader *r, struct arena *a, struct page *out)
{
    int64_t *days;
    size_t n;
    enum result result = reader_days(r, a, &days, &n);
    if (result != OK) return result;
    struct sheet s = frame_open(p, a, out, "days", press_word(p, "archive"), S("/archive"));
    frame_crumbs_of(&s, press_word(p, "archive"), S("/archive"));
    frame_today(&s, reader_now_ms(r));
    put_days(&s, days, n);
    page_key(out, "all", S(""));
    page_until(out, reader_next_change(r));
    frame_close(&s, "days");
    return OK;
}

enum result page_archive(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    return ask->kind == PAGE_ARCHIVE ? one_day(p, ask, r, a, out) : all_days(p, r, a, out);
}
