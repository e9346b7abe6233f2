/* route: which page a path means: a table, one row, one page. A row's pattern: literal parts; *
 * takes one part; trailing feeds are rows of their own. What of the query matters is part of the
 * cache key; the rest is dropped, so that a stranger's parameters make no copies. */
#include "site_private.h"

#include <string.h>

enum { PARTS_MAX = 8, NAME_MAX_BYTES = 200, PAGE_MAX = 1000 };

enum row_flag { PAGED = 1, NAMED = 2 };
static const struct row {
    const char *pattern;
    enum page_kind kind;
    enum list_kind list;
    int flags;
} rows[] = {
    {"", PAGE_FRONT, LIST_FRONT, 0},
    {"section/*", PAGE_SECTION, LIST_SECTION, PAGED | NAMED},
    {"tag/*", PAGE_TAG, LIST_TAG, PAGED | NAMED},
    {"author/*", PAGE_AUTHOR, LIST_AUTHOR, PAGED | NAMED},
    {"section/*/rss.xml", PAGE_RSS, LIST_SECTION, NAMED},
    {"section/*/atom.xml", PAGE_ATOM, LIST_SECTION, NAMED},
    {"section/*/feed.json", PAGE_JSONFEED, LIST_SECTION, NAMED},
    {"tag/*/rss.xml", PAGE_RSS, LIST_TAG, NAMED},
    {"tag/*/atom.xml", PAGE_ATOM, LIST_TAG, NAMED},
    {"tag/*/feed.json", PAGE_JSONFEED, LIST_TAG, NAMED},
    {"rss.xml", PAGE_RSS, LIST_FRONT, 0},
    {"atom.xml", PAGE_ATOM, LIST_FRONT, 0},
    {"feed.json", PAGE_JSONFEED, LIST_FRONT, 0},
    {"archive", PAGE_ARCHIVE_DAYS, LIST_DAY, 0},
    {"corrections", PAGE_CORRECTIONS, LIST_CORRECTIONS, PAGED},
    {"corrections/rss.xml", PAGE_RSS, LIST_CORRECTIONS, 0},
    {"corrections/atom.xml", PAGE_ATOM, LIST_CORRECTIONS, 0},
    {"corrections/feed.json", PAGE_JSONFEED, LIST_CORRECTIONS, 0},
    {"popular", PAGE_POPULAR, LIST_POPULAR, 0},
    {"page/*", PAGE_HOUSE, LIST_FRONT, NAMED},
    {"sitemap.xml", PAGE_SITEMAP, LIST_INDEXABLE, 0},
    {"news-sitemap.xml", PAGE_NEWS_SITEMAP, LIST_NEWS, 0},
    {"robots.txt", PAGE_ROBOTS, LIST_FRONT, 0},
    {"api/v1/stories", PAGE_API_STORIES, LIST_NEWEST, PAGED},
    {"live/front.json", PAGE_LIVE_FRONT, LIST_FRONT, 0},
    {"left.json", PAGE_LEFT, LIST_FRONT, 0},
    {"offline", PAGE_OFFLINE, LIST_FRONT, 0},
    {"sw.js", PAGE_WORKER, LIST_FRONT, 0},
    {"manifest.webmanifest", PAGE_MANIFEST, LIST_FRONT, 0},
};

/* ---- parts ---- */
struct parts {
    struct span list[PARTS_MAX];
    size_t n;
};

static bool cut_parts(struct span path, struct parts *out)
{
    out->n = 0;
    path = span_cut(path, 1, path.n);
    if (path.n && path.p[path.n - 1] == '/') path.n--;
    struct span part;
    while (path.n && span_next(&path, '/', &part)) {
        if (out->n == PARTS_MAX || !part.n) return false;
        out->list[out->n++] = part;
    }
    return true;
}

static bool row_matches(const struct row *row, const struct parts *p, struct span *name)
{
    struct span pattern = span_of(row->pattern), part;
    size_t i = 0;
    while (pattern.n && span_next(&pattern, '/', &part)) {
        if (i == p->n) return false;
        if (span_eq(part, S("*")))
            *name = p->list[i];
        else if (!span_eq(part, p->list[i]))
            return false;
        i++;
    }
    return i == p->n && name->n <= NAME_MAX_BYTES;
}

/* ---- query ---- */
struct span query_value(struct arena *a, struct span query, const char *name)
{
    struct span pair, out;
    while (query.n && span_next(&query, '&', &pair)) {
        struct span key = pair;
        ptrdiff_t eq = span_find_char(pair, '=');
        if (eq >= 0) key = span_cut(pair, 0, (size_t)eq);
        if (!span_eq(key, span_of(name))) continue;
        struct span raw = eq < 0 ? S("") : span_cut(pair, (size_t)eq + 1, pair.n);
        return url_unescape(a, raw, true, &out) ? out : S("");
    }
    return S("");
}

static size_t page_number(struct arena *a, struct span query)
{
    uint64_t n = 1;
    if (!span_to_u64(query_value(a, query, "page"), &n) || n < 1 || n > PAGE_MAX) return 1;
    return (size_t)n;
}

/* ---- the rows that are no literal ---- */
static bool number(struct span s, size_t digits, int low, int high, int *out)
{
    uint64_t v;
    if (s.n != digits || !span_to_u64(s, &v) || (int)v < low || (int)v > high) return false;
    *out = (int)v;
    return true;
}

/* YYYY/MM/DD: a day of the calendar, as its midnight. */
static bool day_of(const struct span *p, int64_t *ms)
{
    struct civil c = {0};
    if (!number(p[0], 4, 1900, 2199, &c.year) || !number(p[1], 2, 1, 12, &c.month) ||
        !number(p[2], 2, 1, 31, &c.day))
        return false;
    *ms = civil_to_ms(c);
    struct civil back = civil_of(*ms);
    return back.day == c.day && back.month == c.month;
}

static bool id_at_end(struct span s, story_id *out)
{
    if (s.n < 12 || (s.n > 12 && s.p[s.n - 13] != '-')) return false;
    return story_id_read(span_cut(s, s.n - 12, s.n), out);
}

static bool route_story(const struct parts *p, struct route *out)
{
    if (p->n < 4 || p->n > 5 || !day_of(p->list, &out->ask.day_ms) ||
        !id_at_end(p->list[3], &out->ask.id))
        return false;
    bool comments = p->n == 5 && span_eq(p->list[4], S("comments"));
    if (p->n == 5 && !comments && !span_eq(p->list[4], S("revisions"))) return false;
    out->ask.kind = comments ? PAGE_COMMENTS : p->n == 5 ? PAGE_REVISIONS : PAGE_ARTICLE;
    return true;
}

/* live/ID.json */
static bool route_live(const struct parts *p, struct route *out)
{
    enum { LIVE_ID = 12 };
    if (p->n != 2 || !span_eq(p->list[0], S("live")) || !span_ends(p->list[1], S(".json")) ||
        p->list[1].n != LIVE_ID + 5 ||
        !story_id_read(span_cut(p->list[1], 0, LIVE_ID), &out->ask.id))
        return false;
    out->ask.kind = PAGE_LIVE;
    return true;
}

static bool route_numbered(const struct parts *p, struct route *out)
{
    struct span s = p->list[0];
    uint64_t n;
    if (route_live(p, out)) return true;
    if (p->n == 4 && span_eq(s, S("archive")) && day_of(p->list + 1, &out->ask.day_ms))
        return out->ask.kind = PAGE_ARCHIVE, true;
    if (p->n == 4 && span_eq(s, S("api")) && span_eq(p->list[1], S("v1")) &&
        span_eq(p->list[2], S("stories")) && p->list[3].n == 12 &&
        story_id_read(p->list[3], &out->ask.id))
        return out->ask.kind = PAGE_API_STORY, true;
    if (p->n == 1 && span_starts(s, S("sitemap-")) && span_ends(s, S(".xml")) &&
        span_to_u64(span_cut(s, 8, s.n - 4), &n) && n >= 1 && n <= 100000) {
        out->ask.kind = PAGE_SITEMAP_SHARD;
        out->ask.page = (size_t)n;
        return true;
    }
    return false;
}

static bool is_file_name(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '-' || c == '.' || c == '_'))
            return false;
    }
    return s.n && s.n <= NAME_MAX_BYTES && s.p[0] != '.';
}

static bool route_file(const struct parts *p, struct route *out)
{
    if (p->n == 1 && span_eq(p->list[0], S("favicon.ico"))) {
        out->extra = ROUTE_ASSET;
        out->ask.kind = PAGE_ASSET;
        out->ask.name = S("favicon.svg");
        return true;
    }
    if (p->n != 2 || !is_file_name(p->list[1])) return false;
    out->ask.name = out->file = p->list[1];
    if (span_eq(p->list[0], S("assets")))
        return out->extra = ROUTE_ASSET, out->ask.kind = PAGE_ASSET, true;
    if (span_eq(p->list[0], S("pictures"))) return out->extra = ROUTE_PICTURE, true;
    return false;
}

static bool route_search(
    struct arena *a, const struct parts *p, struct span query, struct route *out)
{
    if (p->n != 1 || !span_eq(p->list[0], S("search"))) return false;
    struct span words = query_value(a, query, "q");
    out->ask.kind = PAGE_SEARCH;
    out->ask.words = text_fold(a, text_plain(a, utf8_head(words, SITE_QUERY_MAX)));
    if (!utf8_valid(out->ask.words)) out->ask.words = S("");
    out->ask.page = page_number(a, query);
    return true;
}

static bool route_row(struct arena *a, const struct parts *p, struct span query, struct route *out)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct span name = S("");
        if (!row_matches(&rows[i], p, &name)) continue;
        out->ask.kind = rows[i].kind;
        out->ask.list = rows[i].list;
        if (rows[i].flags & NAMED) out->ask.name = name;
        if (rows[i].flags & PAGED) out->ask.page = page_number(a, query);
        return true;
    }
    return false;
}

bool route_find(struct arena *a, struct span path, struct span query, struct route *out)
{
    struct parts p;
    memset(out, 0, sizeof *out);
    out->ask.page = 1;
    if (!path.n || path.p[0] != '/' || !cut_parts(path, &p)) return false;
    if (route_search(a, &p, query, out))
        return true; /* never cached: its words are the reader's own */
    bool found =
        (p.n && (route_story(&p, out) || route_numbered(&p, out) || route_file(&p, out))) ||
        route_row(a, &p, query, out);
    if (!found) return false;
    if (out->ask.page > 1 && out->ask.kind != PAGE_SITEMAP_SHARD)
        /* no clean path holds a control character, but one may hold a question mark (%3F) */
        out->key = arena_printf(a, "%.*s\n%zu", FMT(path), out->ask.page);
    else
        out->key = path;
    return true;
}
