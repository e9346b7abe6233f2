/* rank: search: of the newest matches those that say most, and lately, first. How much a story says
 * comes from where the words stand in it (bs_rank); a headline of last year stands behind one of
 * today and before a passing word of today. The work has bounds: STORE_SEARCH_MAX matches are
 * weighed, and only what is shown is unpacked and marked. */
#include "inside.h"

#include <math.h>
#include <stdlib.h>

/* What is so old weighs half of what it can lose by age, and it can lose this part. */
#define HALF_AGE_MS (30.0 * DAY_MS)
#define LOST_BY_AGE 0.6

struct weighed {
    story_id id;
    int64_t front_ms;
    double weight;
};

static double weight_of(double says, int64_t front_ms, int64_t now_ms)
{
    double age = front_ms < now_ms ? (double)(now_ms - front_ms) : 0;
    return says * (1 - LOST_BY_AGE + LOST_BY_AGE * exp2(-age / HALF_AGE_MS));
}

static int by_age(const struct weighed *a, const struct weighed *b)
{
    if (a->front_ms != b->front_ms) return a->front_ms > b->front_ms ? -1 : 1;
    return a->id == b->id ? 0 : a->id > b->id ? -1 : 1;
}

static int newest_first(const void *x, const void *y)
{
    return by_age(x, y);
}

static int heaviest_first(const void *x, const void *y)
{
    const struct weighed *a = x, *b = y;
    if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
    return by_age(a, b);
}

static void note_language(struct search_found *out, struct arena *a, struct span language)
{
    if (!language.n || out->language_count == SEARCH_LANGUAGES_MAX) return;
    for (size_t i = 0; i < out->language_count; i++)
        if (span_eq(out->languages[i], language)) return;
    out->languages[out->language_count++] = arena_keep(a, language);
}

/* The numbers of documents grow as stories get older. */
static enum result weigh(struct reader *r, const struct search_ask *ask, struct span expression,
    struct arena *a, struct weighed *list, struct search_found *out)
{
    enum result result = OK;
    int64_t oldest = ask->from_ms > 0 ? doc_of_instant(ask->from_ms - 1000) - 1 : INT64_MAX,
            newest = ask->until_ms ? doc_of_instant(ask->until_ms - 1) : 0;
    sqlite3_stmt *q = db_query(&r->db, READ_RANKED,
        ARGS(arg_text(expression), arg_int(STORE_SEARCH_MAX), arg_int(newest), arg_int(oldest)));
    while (db_row(&r->db, q, &result)) {
        struct weighed *w = &list[out->total];
        *w = (struct weighed){(story_id)sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), 0};
        if (w->front_ms < ask->from_ms || (ask->until_ms && w->front_ms >= ask->until_ms)) continue;
        w->weight = weight_of(sqlite3_column_double(q, 3), w->front_ms, r->now_ms);
        note_language(out, a, db_span(q, 2));
        out->total++;
    }
    return result;
}

static void mark(struct matcher *m, struct search_hit *h)
{
    const struct view *v = h->view;
    bool english = span_eq(first_part(v->language), S("en"));
    h->headline = matcher_whole(m, v->headline, english);
    h->snippet = matcher_best(m, v->body_text, english);
    if (!h->snippet.count) h->snippet = matcher_whole(m, v->abstract, english);
}

/* The snapshot has shown them to be public; one that is damaged is left out. */
static enum result load(struct reader *r, const struct weighed *list, size_t from, size_t until,
    struct matcher *m, struct arena *a, struct search_found *out)
{
    enum result result = OK;
    out->list = ARENA_ARRAY(a, struct search_hit, until - from);
    for (size_t i = from; result == OK && i < until; i++) {
        struct search_hit *h = &out->list[out->count];
        h->view = ARENA_NEW(a, struct view);
        result = reader_story(r, list[i].id, a, h->view);
        if (result == OK) {
            if (m) mark(m, h);
            out->count++;
        } else if (result == ERR_CORRUPT || result == ERR_ABSENT)
            result = OK;
    }
    return result;
}

/* What would be found in its place, within the same bounds. list: room for its matches. */
static enum result meant(struct reader *r, const struct search_ask *ask, const struct query *q,
    struct arena *a, struct weighed *list, struct span *out)
{
    struct query right;
    struct search_found found = {0};
    struct span words;
    *out = S("");
    TRY(find_meant(r, q, a, &words));
    if (!words.n) return OK;
    query_parse(a, words, false, &right);
    TRY(weigh(r, ask, query_expression(a, &right, SEARCH_COLUMNS, ask), a, list, &found));
    if (found.total) *out = words;
    return OK;
}

enum result reader_find(
    struct reader *r, const struct search_ask *ask, struct arena *a, struct search_found *out)
{
    must(r->begun);
    struct query q;
    *out = (struct search_found){0};
    query_parse(a, ask->words, false, &q);
    struct span expression = query_expression(a, &q, SEARCH_COLUMNS, ask);
    if (!expression.n) return OK;
    struct weighed *list = ARENA_ARRAY(a, struct weighed, STORE_SEARCH_MAX);
    TRY(weigh(r, ask, expression, a, list, out));
    if (!out->total) return ask->plain ? OK : meant(r, ask, &q, a, list, &out->meant);
    qsort(list, out->total, sizeof *list, ask->newest ? newest_first : heaviest_first);
    if (ask->offset >= out->total || !ask->n) return OK;
    size_t until = ask->n < out->total - ask->offset ? ask->offset + ask->n : out->total;
    struct matcher *m = ask->plain ? NULL : matcher_new(a, r->cutter, &q);
    return load(r, list, ask->offset, until, m, a, out);
}

enum result reader_search(struct reader *r, struct span words, size_t offset, size_t n,
    struct arena *a, struct view **out, size_t *count_out, size_t *total_out)
{
    struct search_found found;
    struct search_ask ask = {
        .words = words, .newest = true, .plain = true, .offset = offset, .n = n};
    enum result result = reader_find(r, &ask, a, &found);
    *out = found.count ? ARENA_ARRAY(a, struct view, found.count) : NULL;
    for (size_t i = 0; i < found.count; i++) (*out)[i] = *found.list[i].view;
    *count_out = found.count;
    *total_out = found.total;
    return result;
}
