/* old: addresses of the site that was here before (an import's, or a table written by hand). Asked
 * only where no page of our own answers, or where the query names a post by its number. An address
 * of a story is answered as the story itself is: a redirect where that is public, 410 where it was
 * withdrawn; else as what never was (E15), which is the front for "/?p=7". An address of a list
 * leads there while a public story stands in it. */
#include "site_private.h"

#include "picture.h"

enum {
    STRIPS_MAX = 4, /* endings taken off one after the other: /2/amp is two */
    PURGED = 7,     /* answer.c's state of what is gone for good and says no more than that */
    DAY_MS = 86400000
};

/* ---- what hangs behind an address ---- */
static bool all_digits(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0;
}

static bool cut_part(struct span *path, struct span *last)
{
    size_t at = path->n;
    while (at && path->p[at - 1] != '/') at--;
    if (at < 2) return false;
    *last = span_cut(*path, at, path->n);
    *path = span_cut(*path, 0, at - 1);
    return true;
}

static bool is_one_of(struct span s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (span_eq(s, span_of(list[i]))) return true;
    return false;
}

/* WordPress answers a page's other forms, its feed and its parts under endings of its address. */
static bool cut_ending(struct span *path, bool *is_feed)
{
    static const char *const forms[] = {"amp", "embed", "trackback", "comments"};
    static const char *const feeds[] = {"rss2", "rss", "rdf", "atom"};
    struct span rest = *path, last, before;
    if (!cut_part(&rest, &last)) return false;
    if (is_one_of(last, feeds, COUNT(feeds)) && span_ends(rest, S("/feed"))) cut_part(&rest, &last);
    bool feed = span_eq(last, S("feed"));
    bool page = all_digits(last) || span_starts(last, S("comment-page-"));
    if (!feed && !page && !is_one_of(last, forms, COUNT(forms))) return false;
    if (all_digits(last) && span_ends(rest, S("/page"))) cut_part(&rest, &before);
    *is_feed |= feed;
    *path = rest;
    return true;
}

static bool find(struct site_hand *h, struct span key, struct old_address *out, bool *is_feed)
{
    struct span original;
    *is_feed = false;
    if (reader_old(h->reader, key, h->arena, out) == OK) return true;
    if (post_original(h->arena, key, &original)) key = original;
    for (int i = 0; i <= STRIPS_MAX; i++) {
        if (reader_old(h->reader, key, h->arena, out) == OK) return true;
        if (!cut_ending(&key, is_feed)) return false;
    }
    return false;
}

/* ---- where it leads ---- */
static bool answer_story(
    struct site_hand *h, const struct site_ask *ask, story_id id, struct site_answer *out)
{
    struct view v;
    struct route own = {.ask = {.kind = PAGE_ARTICLE, .id = id, .page = 1}};
    if (reader_story(h->reader, id, h->arena, &v) != OK) return site_left(h, ask, &own, out);
    site_moved(h, ask, v.path, out);
    return true;
}

static bool has_story(struct site_hand *h, struct list_query q)
{
    struct view *list;
    size_t n;
    q.limit = 1;
    return reader_list(h->reader, &q, h->arena, &list, &n) == OK && n > 0;
}

/* Between two midnights where the site is. */
static bool has_days(struct site_hand *h, int64_t from_ms, int64_t until_ms)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    return has_story(h, (struct list_query){.kind = LIST_DAY,
                            .day_from_ms = zone_to_utc(ps->zone, from_ms),
                            .day_until_ms = zone_to_utc(ps->zone, until_ms)});
}

/* ".../2025", ".../2025/05": false: it names neither. */
static bool read_span(struct span key, int64_t *from_ms, int64_t *until_ms)
{
    struct span last, year;
    uint64_t y, m = 0;
    if (!cut_part(&key, &last)) last = span_cut(key, 1, key.n);
    bool is_month = last.n == 2 && all_digits(last);
    if (!is_month)
        year = last;
    else if (!cut_part(&key, &year))
        year = span_cut(key, 1, key.n);
    if (year.n != 4 || !span_to_u64(year, &y) || (is_month && !span_to_u64(last, &m))) return false;
    if (m > 12 || (is_month && !m)) return false;
    struct civil from = {.year = (int)y, .month = is_month ? (int)m : 1, .day = 1}, until = from;
    if (!is_month || ++until.month > 12) {
        until.year++;
        until.month = 1;
    }
    *from_ms = civil_to_ms(from);
    *until_ms = civil_to_ms(until);
    return true;
}

/* Does a public story stand in the list to which it leads? What was written by hand, and no tag or
 * author, leads where it says. */
static bool has_page(struct site_hand *h, const struct site_ask *ask, const struct old_address *old,
    struct span path)
{
    struct route r;
    struct span name;
    int64_t from_ms, until_ms;
    if (!route_find(ask->arena, path, S(""), &r)) return true;
    if (list_label(r.ask.list))
        return reader_tag_name(h->reader, r.ask.list, r.ask.name, h->arena, &name) == OK ||
               (r.ask.list == LIST_TAG &&
                   (reader_tag_name(h->reader, LIST_PERSON, r.ask.name, h->arena, &name) == OK ||
                       reader_tag_name(h->reader, LIST_PLACE, r.ask.name, h->arena, &name) == OK));
    if (old->by_hand) return true;
    if (r.ask.kind == PAGE_SECTION)
        return has_story(h, (struct list_query){.kind = LIST_SECTION, .name = r.ask.name});
    if (r.ask.kind == PAGE_ARCHIVE) return has_days(h, r.ask.day_ms, r.ask.day_ms + DAY_MS);
    bool is_span = r.ask.kind == PAGE_ARCHIVE_DAYS && read_span(old->address, &from_ms, &until_ms);
    return !is_span || has_days(h, from_ms, until_ms);
}

/* "/pictures/HASH": its largest rendition, while a public story shows it. */
static bool picture_path(struct site_hand *h, struct span *to)
{
    uint32_t width, height, best = picture_widths[0];
    if (reader_picture(h->reader, span_cut(*to, 10, to->n), &width, &height) != OK) return false;
    for (size_t i = 1; i < picture_width_count; i++)
        if (picture_widths[i] <= width) best = picture_widths[i];
    *to = arena_printf(h->arena, "%.*s-%u.jpg", FMT(*to), best);
    return true;
}

static bool answer_path(struct site_hand *h, const struct site_ask *ask,
    const struct old_address *old, bool is_feed, struct site_answer *out)
{
    struct span to = old->target;
    if (!span_starts(to, S("/"))) return site_moved_out(ask, to, out), true;
    ptrdiff_t at = span_find_char(to, '?');
    struct span query = at < 0 ? S("") : span_cut(to, (size_t)at, to.n);
    to = span_cut(to, 0, to.n - query.n);
    bool picture = span_starts(to, S("/pictures/")) && span_find_char(to, '-') < 0;
    if (picture ? !picture_path(h, &to) : !has_page(h, ask, old, to)) return false;
    bool list = span_starts(to, S("/section/")) || span_starts(to, S("/tag/")) ||
                span_starts(to, S("/author/"));
    if (is_feed && list) to = arena_printf(h->arena, "%.*s/rss.xml", FMT(to));
    struct span self, own;
    bool circle = address_key(h->arena, query.n ? old->target : to, &self) &&
                  address_key(h->arena, ask->path, &own) && span_eq(self, own);
    if (circle) return false;
    site_moved_query(h, ask, to, query, out);
    return true;
}

bool site_old(
    struct site_hand *h, const struct site_ask *ask, struct span key, struct site_answer *out)
{
    struct old_address old;
    bool is_feed;
    if (!find(h, key, &old, &is_feed)) return false;
    if (old.story) return answer_story(h, ask, old.story, out);
    if (!old.gone) return answer_path(h, ask, &old, is_feed, out);
    struct gone g = {.state = PURGED};
    struct page_ask what = {.kind = PAGE_GONE, .gone = &g, .page = 1};
    site_make_small(h, ask, &what, out);
    return true;
}

bool site_old_key(const struct site_ask *ask, struct span *key)
{
    struct span all = ask->has_query
                          ? arena_printf(ask->arena, "%.*s?%.*s", FMT(ask->path), FMT(ask->query))
                          : ask->path;
    return address_key(ask->arena, all, key);
}
