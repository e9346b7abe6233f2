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
    {"person/*", PAGE_PERSON, LIST_PERSON, PAGED | NAMED},
    {"place/*", PAGE_PLACE, LIST_PLACE, PAGED | NAMED},
    {"section/*/rss.xml", PAGE_RSS, LIST_SECTION, NAMED},
    {"section/*/atom.xml", PAGE_ATOM, LIST_SECTION, NAMED},
    {"section/*/feed.json", PAGE_JSONFEED, LIST_SECTION, NAMED},
    {"tag/*/rss.xml", PAGE_RSS, LIST_TAG, NAMED},
    {"tag/*/atom.xml", PAGE_ATOM, LIST_TAG, NAMED},
    {"tag/*/feed.json", PAGE_JSONFEED, LIST_TAG, NAMED},
    {"author/*/rss.xml", PAGE_RSS, LIST_AUTHOR, NAMED},
    {"author/*/atom.xml", PAGE_ATOM, LIST_AUTHOR, NAMED},
    {"author/*/feed.json", PAGE_JSONFEED, LIST_AUTHOR, NAMED},
    {"person/*/rss.xml", PAGE_RSS, LIST_PERSON, NAMED},
    {"person/*/atom.xml", PAGE_ATOM, LIST_PERSON, NAMED},
    {"person/*/feed.json", PAGE_JSONFEED, LIST_PERSON, NAMED},
    {"place/*/rss.xml", PAGE_RSS, LIST_PLACE, NAMED},
    {"place/*/atom.xml", PAGE_ATOM, LIST_PLACE, NAMED},
    {"place/*/feed.json", PAGE_JSONFEED, LIST_PLACE, NAMED},
    {"popular/rss.xml", PAGE_RSS, LIST_POPULAR, 0},
    {"popular/atom.xml", PAGE_ATOM, LIST_POPULAR, 0},
    {"popular/feed.json", PAGE_JSONFEED, LIST_POPULAR, 0},
    {"opensearch.xml", PAGE_OPENSEARCH, LIST_FRONT, 0},
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
    {"support", PAGE_SUPPORT, LIST_FRONT, 0},
    {"grievance", PAGE_GRIEVANCE, LIST_FRONT, 0},
    {"sitemap.xml", PAGE_SITEMAP, LIST_INDEXABLE, 0},
    {"news-sitemap.xml", PAGE_NEWS_SITEMAP, LIST_NEWS, 0},
    {"robots.txt", PAGE_ROBOTS, LIST_FRONT, 0},
    {"api/v1/stories", PAGE_API_STORIES, LIST_NEWEST, PAGED},
    {"api/v1/sections", PAGE_API_SECTIONS, LIST_NEWEST, 0},
    {"openapi.json", PAGE_OPENAPI, LIST_FRONT, 0},
    {".well-known/tdmrep.json", PAGE_TDM, LIST_FRONT, 0},
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

static bool is_feed(struct span file, enum page_kind *kind)
{
    static const struct {
        const char *file;
        enum page_kind kind;
    } feeds[] = {{"rss.xml", PAGE_RSS}, {"atom.xml", PAGE_ATOM}, {"feed.json", PAGE_JSONFEED}};
    for (size_t i = 0; i < COUNT(feeds); i++)
        if (span_eq(file, span_of(feeds[i].file))) return *kind = feeds[i].kind, true;
    return false;
}

static bool id_at_end(struct span s, story_id *out)
{
    if (s.n < 12 || (s.n > 12 && s.p[s.n - 13] != '-')) return false;
    return story_id_read(span_cut(s, s.n - 12, s.n), out);
}

#define TEXT_ENDING ".txt"
static const struct {
    const char *part;
    enum page_kind kind;
} behind_story[] = {
    {"revisions", PAGE_REVISIONS}, {"comments", PAGE_COMMENTS}, {"lite", PAGE_LITE}};

static bool route_story(const struct parts *p, struct route *out)
{
    if (p->n < 4 || p->n > 5 || !day_of(p->list, &out->ask.day_ms)) return false;
    struct span name = p->list[3];
    bool is_file = p->n == 4 && span_ends(name, S(TEXT_ENDING));
    if (is_file) name = span_cut(name, 0, name.n - (sizeof TEXT_ENDING - 1));
    if (!id_at_end(name, &out->ask.id)) return false;
    out->ask.kind = is_file ? PAGE_TEXT : PAGE_ARTICLE;
    for (size_t i = 0; p->n == 5 && i < COUNT(behind_story); i++)
        if (span_eq(p->list[4], span_of(behind_story[i].part)))
            return out->ask.kind = behind_story[i].kind, true;
    return p->n == 4;
}

/* What a reader wants to do with a comment: the page for that is made for this answer alone. */
static void route_talk(struct arena *a, struct span query, struct route *out)
{
    static const char *const tasks[] = {"to", "report", "change", "confirm"};
    for (size_t i = 0; i < COUNT(tasks) && out->ask.kind == PAGE_COMMENTS; i++) {
        struct span about = query_value(a, query, tasks[i]);
        if (!about.n || about.n > NAME_MAX_BYTES || !utf8_valid(about)) continue;
        out->ask.name = span_of(tasks[i]);
        out->ask.words = about;
        return;
    }
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

/* grievance/NUMBER?key=SECRET: made for this answer alone. */
static bool route_complaint(
    struct arena *a, const struct parts *p, struct span query, struct route *out)
{
    if (p->n != 2 || !span_eq(p->list[0], S("grievance")) || p->list[1].n != STORY_ID_TEXT ||
        !story_id_read(p->list[1], &out->ask.id))
        return false;
    out->ask.kind = PAGE_COMPLAINT;
    out->ask.words = query_value(a, query, "key");
    return true;
}

static bool route_numbered(const struct parts *p, struct route *out)
{
    struct span s = p->list[0];
    uint64_t n;
    if (route_live(p, out)) return true;
    if (p->n == 4 && span_eq(s, S("archive")) && day_of(p->list + 1, &out->ask.day_ms))
        return out->ask.kind = PAGE_ARCHIVE, true;
    if (p->n == 5 && span_eq(s, S("archive")) && day_of(p->list + 1, &out->ask.day_ms))
        return out->ask.list = LIST_DAY, is_feed(p->list[4], &out->ask.kind);
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
    if (p->n == 1 && span_eq(p->list[0], S("size.css"))) return out->extra = ROUTE_SIZE, true;
    if (p->n != 2 || !is_file_name(p->list[1])) return false;
    out->ask.name = out->file = p->list[1];
    if (span_eq(p->list[0], S("assets")))
        return out->extra = ROUTE_ASSET, out->ask.kind = PAGE_ASSET, true;
    if (span_eq(p->list[0], S("pictures"))) return out->extra = ROUTE_PICTURE, true;
    return false;
}

/* ---- searches: never cached, for their words are the reader's own ---- */
static struct span words_value(struct arena *a, struct span query, const char *name)
{
    struct span words = utf8_head(query_value(a, query, name), SITE_QUERY_MAX);
    words = text_fold(a, text_plain(a, words));
    return utf8_valid(words) ? words : S("");
}

/* "2026-01-23"; 0: it is no day. */
static int64_t day_value(struct arena *a, struct span query, const char *name)
{
    struct span parts[3] = {{0}}, s = query_value(a, query, name);
    int64_t ms = 0;
    for (size_t i = 0; i < COUNT(parts) && s.n; i++)
        if (!span_next(&s, '-', &parts[i])) return 0;
    return !s.n && parts[2].n && day_of(parts, &ms) ? ms : 0;
}

static struct page_narrow narrow_of(struct arena *a, struct span query)
{
    static const char *const periods[] = {"", "day", "week", "month", "year"};
    struct page_narrow n = {.section = words_value(a, query, "section"),
        .agency = words_value(a, query, "agency"),
        .language = words_value(a, query, "lang"),
        .from_day_ms = day_value(a, query, "from"),
        .to_day_ms = day_value(a, query, "to"),
        .newest = span_eq(query_value(a, query, "sort"), S("newest"))};
    for (size_t i = 1; i < COUNT(periods); i++)
        if (span_eq(query_value(a, query, "period"), span_of(periods[i])))
            n.period = (enum search_period)i;
    return n;
}

static bool route_search(
    struct arena *a, const struct parts *p, struct span query, struct route *out)
{
    bool suggests = p->n == 1 && span_eq(p->list[0], S("suggest"));
    if (!suggests && (!p->n || p->n > 2 || !span_eq(p->list[0], S("search")))) return false;
    out->ask.kind = suggests ? PAGE_SUGGEST : PAGE_SEARCH;
    out->ask.of_search = p->n == 2;
    if (p->n == 2 && !is_feed(p->list[1], &out->ask.kind)) return false;
    out->ask.words = words_value(a, query, "q");
    out->ask.page = page_number(a, query);
    if (!suggests) out->ask.narrow = narrow_of(a, query);
    return true;
}

static bool route_row(struct arena *a, const struct parts *p, struct span query, struct route *out)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct span name = S("");
        if (!row_matches(&rows[i], p, &name)) continue;
        out->ask.kind = rows[i].kind;
        out->ask.list = rows[i].list;
        out->ask.name = rows[i].flags & NAMED ? name : S("");
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
    if (route_machines(a, path, query, out)) return true;
    if (route_complaint(a, &p, query, out)) return true; /* nor this: it is one person's own */
    memset(out, 0, sizeof *out);
    out->ask.page = 1;
    bool found =
        (p.n && (route_story(&p, out) || route_numbered(&p, out) || route_file(&p, out))) ||
        route_row(a, &p, query, out);
    if (!found) return false;
    if (out->ask.kind == PAGE_ARCHIVE) out->ask.page = page_number(a, query);
    route_talk(a, query, out);
    if (out->ask.kind == PAGE_COMMENTS && out->ask.words.n) return true;
    if (out->ask.page > 1 && out->ask.kind != PAGE_SITEMAP_SHARD)
        /* no clean path holds a control character, but one may hold a question mark (%3F) */
        out->key = arena_printf(a, "%.*s\n%zu", FMT(path), out->ask.page);
    else
        out->key = path;
    return true;
}
