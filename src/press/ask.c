/* ask: which stories a program's filter leaves. What an index knows is asked of the store; the rest
 * is looked at row by row, within a bound, so that no question reads the whole archive. Every row
 * is public at the snapshot's instant, and so is every number (E15). */
#include "ask.h"

enum {
    LOOKED_AT_MAX = 1000, /* rows of one question */
    ROWS_AT_ONCE = 200,
};

bool ask_instant(const struct press *p, struct span text, int64_t *out)
{
    struct when w = when_iso(text);
    if (w.kind != WHEN_UTC && w.kind != WHEN_LOCAL) return false;
    *out = w.kind == WHEN_UTC ? w.ms : zone_to_utc(p->site->zone, w.ms);
    return true;
}

/* ---- one story ---- */
static bool is_among(const struct span *list, size_t n, struct span name)
{
    for (size_t i = 0; i < n; i++)
        if (span_eq(list[i], name)) return true;
    return false;
}

static bool has_tag(const struct view *v, const struct span *list, size_t n)
{
    for (uint32_t i = 0; i < v->tag_count; i++)
        if (is_among(list, n, v->tags[i].slug)) return true;
    return false;
}

static bool has_author(const struct view *v, struct span slug)
{
    for (uint32_t i = 0; i < v->author_count; i++)
        if (span_eq(v->authors[i].slug, slug)) return true;
    for (uint32_t i = 0; i < v->credited_count; i++) /* as the author's page */
        if (span_eq(v->credited[i].slug, slug)) return true;
    return false;
}

/* "en" is what "en-IN" is, too (RFC 4647, 3.3.1). */
static bool is_in_language(const struct view *v, struct span range)
{
    return span_starts_nocase(v->language, range) &&
           (v->language.n == range.n || v->language.p[range.n] == '-');
}

static bool fits(const struct ask *q, const struct view *v)
{
    if (q->section_count && !is_among(q->sections, q->section_count, v->section)) return false;
    if (q->section_count && !v->on_fronts) return false; /* as the section's own page */
    if (q->tag_count && !has_tag(v, q->tags, q->tag_count)) return false;
    if (q->author.n && !has_author(v, q->author)) return false;
    if (q->agency.n && !span_eq_nocase(v->agency, q->agency) && !span_eq(v->feed, q->agency))
        return false;
    if (q->language.n && !is_in_language(v, q->language)) return false;
    return v->published_ms >= q->since_ms && v->published_ms < q->until_ms;
}

/* ---- many ---- */
static bool has_bounds(const struct ask *q)
{
    return q->since_ms || q->until_ms != INT64_MAX;
}

/* What the one tag names: the API calls people and places tags, too, and one name may be several
 * things; 0 then, for no list holds all of its stories. */
static enum label_kind kind_of_tag(const struct ask *q, struct reader *r, struct arena *a)
{
    static const enum label_kind kinds[] = {LABEL_TAG, LABEL_PERSON, LABEL_PLACE};
    enum label_kind found = LABEL_TAG;
    struct span name;
    size_t n = 0;
    for (size_t i = 0; q->tag_count == 1 && i < COUNT(kinds); i++)
        if (reader_tag_name(r, label_list(kinds[i]), q->tags[0], a, &name) == OK)
            found = kinds[i], n++;
    return n > 1 ? (enum label_kind)0 : found;
}

/* The list that holds all of them and least beside. */
static struct pick_query list_of(const struct ask *q, enum label_kind tag)
{
    struct pick_query f = {.since_ms = q->since_ms,
        .until_ms = q->until_ms,
        .at_ms = INT64_MAX,
        .at_id = STORY_ID_LAST,
        .by_publication = has_bounds(q)};
    if (f.by_publication) return f;
    if (q->tag_count == 1 && tag)
        f.tag = q->tags[0], f.tag_kind = tag;
    else if (q->author.n)
        f.author = q->author;
    else if (q->section_count == 1)
        f.section = q->sections[0];
    return f;
}

/* Does the list alone say it all? */
static bool is_plain(const struct ask *q, enum label_kind tag)
{
    if (q->tag_count && !tag) return false;
    size_t names = q->section_count + q->tag_count + (q->author.n > 0);
    return names <= 1 && !q->agency.n && !q->language.n && !q->words.n && !has_bounds(q);
}

static enum result count_plain(
    const struct ask *q, enum label_kind tag, struct reader *r, size_t *out)
{
    if (q->tag_count) return reader_count(r, label_list(tag), q->tags[0], out);
    if (q->author.n) return reader_count(r, LIST_AUTHOR, q->author, out);
    if (q->section_count) return reader_count(r, LIST_SECTION, q->sections[0], out);
    return reader_count(r, LIST_NEWEST, S(""), out);
}

/* What was looked at, from a place on, until `want` have been found. */
static enum result walk(const struct ask *q, struct pick_query f, size_t want, struct reader *r,
    struct arena *a, struct found *out)
{
    size_t cap = 0, looked = 0, n = ROWS_AT_ONCE;
    out->more = false;
    while (n == ROWS_AT_ONCE && looked < LOOKED_AT_MAX) {
        struct view *rows;
        f.limit = ROWS_AT_ONCE;
        enum result result = reader_pick(r, &f, a, &rows, &n);
        if (result != OK) return result;
        for (size_t i = 0; i < n; i++) {
            if (fits(q, &rows[i])) {
                if (out->count == want) return out->more = true, OK;
                *ARENA_PUSH(a, out->list, out->count, cap) = rows[i];
            }
            f.at_ms = out->at_ms = f.by_publication ? rows[i].published_ms : rows[i].front_ms;
            f.at_id = out->at_id = rows[i].id;
        }
        looked += n;
    }
    out->more = n == ROWS_AT_ONCE;
    return OK;
}

/* Matches that fit, in the search's order; the first `from` are passed over. */
static enum result search(const struct ask *q, size_t from, size_t want, struct reader *r,
    struct arena *a, struct found *out)
{
    struct view *rows;
    size_t n, total, cap = 0, at = 0;
    enum result result = reader_search(r, q->words, 0, STORE_SEARCH_MAX, a, &rows, &n, &total);
    if (result != OK) return result;
    for (size_t i = 0; i < n; i++) {
        if (!fits(q, &rows[i]) || at++ < from) continue;
        if (out->count < want) *ARENA_PUSH(a, out->list, out->count, cap) = rows[i];
    }
    out->total = at;
    out->more = at > from + out->count;
    out->at_ms = (int64_t)(from + out->count);
    out->at_id = 0;
    return OK;
}

static void cut_page(struct found *out, size_t from, size_t size)
{
    out->total = out->count;
    size_t until = from + size < out->count ? from + size : out->count;
    out->list += from < out->count ? from : out->count;
    out->count = until > from ? until - from : 0;
}

enum result ask_page(const struct ask *q, size_t page, size_t size, struct reader *r,
    struct arena *a, struct found *out)
{
    size_t from = (page - 1) * size;
    *out = (struct found){0};
    if (q->nothing) return OK;
    if (q->words.n) return search(q, from, size, r, a, out);
    enum label_kind tag = kind_of_tag(q, r, a);
    struct pick_query f = list_of(q, tag);
    if (!is_plain(q, tag)) {
        enum result result = walk(q, f, SIZE_MAX, r, a, out);
        if (result == OK) cut_page(out, from, size);
        return result;
    }
    f.offset = from;
    f.limit = size;
    enum result result = reader_pick(r, &f, a, &out->list, &out->count);
    return result == OK ? count_plain(q, tag, r, &out->total) : result;
}

enum result ask_from(const struct ask *q, int64_t at_ms, story_id at_id, size_t n, struct reader *r,
    struct arena *a, struct found *out)
{
    *out = (struct found){.at_ms = at_ms, .at_id = at_id};
    if (q->nothing) return OK;
    if (q->words.n) return search(q, at_id ? 0 : (size_t)at_ms, n, r, a, out);
    struct pick_query f = list_of(q, kind_of_tag(q, r, a));
    f.at_ms = at_ms;
    f.at_id = at_id;
    return walk(q, f, n, r, a, out);
}
