/* address.c: old addresses in the one form under which they are kept and looked for. Pure. */
#include "store.h"

enum { ADDRESS_MAX = 2000 }; /* bytes: longer ones no browser of that time has sent */

static bool is_number(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0 && s.n <= 18;
}

/* What WordPress answers to whatever the path: the number of a post, page, picture, category or
 * author. */
static bool key_of_query(struct arena *a, struct span query, struct span *out)
{
    static const struct {
        const char *name, *key;
    } names[] = {
        {"p", "p"}, {"page_id", "p"}, {"attachment_id", "p"}, {"cat", "cat"}, {"author", "author"}};
    struct span pair;
    while (query.n && span_next(&query, '&', &pair)) {
        ptrdiff_t eq = span_find_char(pair, '=');
        if (eq < 0) continue;
        struct span value = span_cut(pair, (size_t)eq + 1, pair.n);
        for (size_t i = 0; i < COUNT(names); i++)
            if (span_eq(span_cut(pair, 0, (size_t)eq), span_of(names[i].name)) && is_number(value))
                return *out = arena_printf(a, "?%s=%.*s", names[i].key, FMT(value)), true;
    }
    return false;
}

static struct span lowered(struct arena *a, struct span s)
{
    char *low = arena_cstr(a, s);
    for (size_t i = 0; i < s.n; i++)
        if (low[i] >= 'A' && low[i] <= 'Z') low[i] = (char)(low[i] + 32);
    return (struct span){low, s.n};
}

/* "202505", "20250503" as a path of days. */
static struct span day_path(struct arena *a, struct span m)
{
    if (!is_number(m) || (m.n != 4 && m.n != 6 && m.n != 8)) return S("");
    struct span year = span_cut(m, 0, 4), month = span_cut(m, 4, 6), day = span_cut(m, 6, 8);
    return arena_printf(a, "/%.*s%s%.*s%s%.*s", FMT(year), month.n ? "/" : "", FMT(month),
        day.n ? "/" : "", FMT(day));
}

/* The one thing that is asked for; its feed is asked for beside it ("?feed=rss2&tag=fog"). */
static bool only_pair(struct span query, struct span *name, struct span *value, bool *is_feed)
{
    struct span pair, other = S(""), feed = S("");
    while (query.n && span_next(&query, '&', &pair)) {
        struct span *to = span_starts(pair, S("feed=")) ? &feed : &other;
        if (to->n) return false;
        *to = pair;
    }
    *is_feed = feed.n && other.n;
    pair = other.n ? other : feed;
    ptrdiff_t eq = span_find_char(pair, '=');
    if (eq < 1 || (size_t)eq + 1 == pair.n) return false;
    *name = span_cut(pair, 0, (size_t)eq);
    *value = span_cut(pair, (size_t)eq + 1, pair.n);
    return true;
}

/* A site without permalinks names what it shows in the query of its front: lists as if by their
 * paths, a kind of its own ("?article=ferry") as it is written. Only where nothing else is asked.
 */
static bool key_of_front(struct arena *a, struct span query, struct span *out)
{
    static const struct {
        const char *name, *path;
    } lists[] = {{"tag", "tag"}, {"category_name", "category"}, {"author_name", "author"},
        {"feed", "feed"}, {"paged", "page"}};
    struct span name, value;
    bool is_feed;
    if (!only_pair(query, &name, &value, &is_feed)) return false;
    struct span path = span_eq(name, S("m")) ? day_path(a, value) : S("");
    for (size_t i = 0; i < COUNT(lists); i++)
        if (span_eq(name, span_of(lists[i].name)))
            path = arena_printf(a, "/%s/%.*s", lists[i].path, FMT(value));
    if (path.n && !url_clean_path(a, path, &path)) return false;
    *out = lowered(a, path.n ? arena_printf(a, "%.*s%s", FMT(path), is_feed ? "/feed" : "")
                             : arena_printf(a, "?%.*s=%.*s", FMT(name), FMT(value)));
    return true;
}

static struct span path_of(struct arena *a, struct span address)
{
    struct url u;
    if (span_starts(address, S("/"))) return address;
    return url_parse(a, address, &u) ? u.path : S("");
}

bool address_key(struct arena *a, struct span address, struct span *out)
{
    if (address.n > ADDRESS_MAX) return false;
    ptrdiff_t at = span_find_char(address, '#');
    if (at >= 0) address = span_cut(address, 0, (size_t)at);
    at = span_find_char(address, '?');
    if (at >= 0 && key_of_query(a, span_cut(address, (size_t)at + 1, address.n), out)) return true;
    struct span query = at < 0 ? S("") : span_cut(address, (size_t)at + 1, address.n);
    if (at >= 0) address = span_cut(address, 0, (size_t)at);
    struct span clean, path = path_of(a, address);
    bool front = span_eq(path, S("/")) || span_eq(path, S("/index.php"));
    if (front && key_of_front(a, query, out)) return true;
    if (!path.n || !url_clean_path(a, path, &clean)) return false;
    while (clean.n > 1 && clean.p[clean.n - 1] == '/') clean.n--;
    *out = lowered(a, clean);
    return clean.n > 1;
}
