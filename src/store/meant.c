/* meant: a question that finds nothing, with its misspelt words put right. Candidates come from the
 * vocabulary of headlines, leads and names (words that begin with the same two letters, at most two
 * changes away), from changes of its own letters, and else from the vocabulary of everything. The
 * vocabulary may still hold words of what was killed a moment ago: so a candidate counts only where
 * a search for it finds a story that is public now, and what is said is the word as that story
 * writes it, taken out of its text. How often it is found is counted among public stories alone:
 * nothing that is hidden moves what is said (E15). */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

enum {
    LETTERS_MIN = 4, /* a shorter word has too many neighbours */
    LETTERS_MAX = 32,
    FAR_LETTERS_MIN = 7, /* of a word in which two changes are looked for */
    TERMS_MAX = 30000,   /* of the vocabulary that are compared for one word */
    CANDIDATES_MAX = 240,
    FOUND_MAX = 24, /* of them that a public story has */
    COUNTED_MAX = 50,
    CORRECTED_MAX = 3, /* words of one question */
};

struct points {
    uint32_t p[LETTERS_MAX + 2];
    size_t n;
};
struct candidate {
    struct span word;
    int distance, stories;
};
struct candidates {
    struct candidate list[CANDIDATES_MAX];
    size_t n;
};

static bool points_of(struct span s, struct points *out)
{
    out->n = 0;
    for (size_t i = 0; i < s.n;) {
        if (out->n == LETTERS_MAX) return false;
        out->p[out->n++] = utf8_next(s, &i);
    }
    return out->n > 0;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Changes from a to b: a letter more, less, another, or two that stand the other way round (optimal
 * string alignment). */
static int distance_of(const struct points *a, const struct points *b)
{
    int d[3][LETTERS_MAX + 2];
    for (size_t k = 0; k <= b->n; k++) d[0][k] = (int)k;
    int *before = NULL, *last = d[0], *row = d[1];
    for (size_t i = 1; i <= a->n; i++) {
        row[0] = (int)i;
        for (size_t k = 1; k <= b->n; k++) {
            int other = a->p[i - 1] != b->p[k - 1];
            row[k] = least(least(last[k] + 1, row[k - 1] + 1), last[k - 1] + other);
            bool swapped =
                i > 1 && k > 1 && a->p[i - 1] == b->p[k - 2] && a->p[i - 2] == b->p[k - 1];
            if (swapped) row[k] = least(row[k], before[k - 2] + 1);
        }
        int *free_row = before ? before : d[2];
        before = last;
        last = row;
        row = free_row;
    }
    return last[b->n];
}

static void add(struct candidates *c, struct arena *a, struct span word, int distance)
{
    for (size_t i = 0; i < c->n; i++)
        if (span_eq(c->list[i].word, word)) return;
    size_t at = c->n;
    for (size_t i = 0; at == CANDIDATES_MAX && i < c->n; i++) /* what is nearer takes its place */
        if (c->list[i].distance > distance) at = i;
    if (at == CANDIDATES_MAX) return;
    c->list[at] = (struct candidate){arena_keep(a, word), distance, 0};
    c->n += at == c->n;
}

/* ---- from a vocabulary ---- */
/* Of the terms that begin with the word's first letters, so many. */
static enum result from_terms(struct reader *r, int which, size_t letters, struct span word,
    const struct points *p, struct arena *a, struct candidates *c)
{
    enum result result = OK;
    struct span first = utf8_head(word, letters),
                behind = arena_printf(a, "%.*s\xf4\x8f\xbf\xbf", FMT(first));
    int most = p->n >= FAR_LETTERS_MIN ? 2 : 1;
    sqlite3_stmt *q =
        db_query(&r->db, which, ARGS(arg_text(first), arg_text(behind), arg_int(TERMS_MAX)));
    while (db_row(&r->db, q, &result)) {
        struct points term;
        struct span text = db_span(q, 0);
        if (!points_of(text, &term) || term.n + 2 < p->n || term.n > p->n + 2) continue;
        int distance = distance_of(p, &term);
        if (distance && distance <= most) add(c, a, text, distance);
    }
    return result;
}

/* ---- by its letters ---- */
static void add_points(struct candidates *c, struct arena *a, const struct points *p)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < p->n; i++) buf_utf8(&b, p->p[i]);
    add(c, a, buf_span(&b), 1);
}

static void without(struct candidates *c, struct arena *a, const struct points *p, size_t at)
{
    struct points x = {.n = p->n - 1};
    for (size_t i = 0; i < x.n; i++) x.p[i] = p->p[i < at ? i : i + 1];
    add_points(c, a, &x);
}

static void with(struct candidates *c, struct arena *a, const struct points *p, size_t at,
    uint32_t letter, bool instead)
{
    struct points x = {0};
    for (size_t i = 0; i < p->n; i++) {
        if (i == at) x.p[x.n++] = letter;
        if (i != at || !instead) x.p[x.n++] = p->p[i];
    }
    add_points(c, a, &x);
}

static void swapped(struct candidates *c, struct arena *a, const struct points *p, size_t at)
{
    struct points x = *p;
    x.p[at] = p->p[at + 1];
    x.p[at + 1] = p->p[at];
    add_points(c, a, &x);
}

/* Two letters the wrong way round and a letter too many anywhere; of the first two letters, which
 * no vocabulary is looked through for, one that is another or is missing. */
static void by_letters(struct candidates *c, struct arena *a, const struct points *p)
{
    for (size_t at = 0; at + 1 < p->n; at++) swapped(c, a, p, at);
    for (size_t at = 0; at < p->n; at++) without(c, a, p, at);
    for (size_t at = 0; at < 2; at++) {
        for (uint32_t l = 'a'; p->p[0] < 0x80 && l <= 'z'; l++) {
            with(c, a, p, at, l, true);
            with(c, a, p, at, l, false);
        }
    }
}

/* ---- which of them is in a public story ---- */
static struct query query_of(struct arena *a, struct span word)
{
    struct query q;
    query_parse(a, arena_printf(a, "\"%.*s\"", FMT(word)), false, &q);
    return q;
}

static enum result count_stories(struct reader *r, struct span expression, int most, int *out)
{
    enum result result = OK;
    *out = 0;
    sqlite3_stmt *s = db_query(&r->db, READ_MATCHES, ARGS(arg_text(expression), arg_int(most)));
    while (db_row(&r->db, s, &result)) ++*out;
    return result;
}

static enum result stories_with(
    struct reader *r, struct arena *a, const struct query *q, int most, int *out)
{
    return count_stories(r, query_expression(a, q, SEARCH_COLUMNS, NULL), most, out);
}

/* Most of what letters make is no word of any story: all are asked for together, and in halves
 * where one is. What is found moves to the front. */
static enum result sieve(
    struct reader *r, struct arena *a, struct candidate *list, size_t n, size_t *found_out)
{
    struct span words[CANDIDATES_MAX];
    size_t left = 0, right = 0;
    int stories = 0;
    for (size_t i = 0; i < n; i++) words[i] = list[i].word;
    if (n) TRY(count_stories(r, query_any(a, words, n), 1, &stories));
    *found_out = stories ? n : 0;
    if (!stories || n == 1) return OK;
    TRY(sieve(r, a, list, n / 2, &left));
    TRY(sieve(r, a, list + n / 2, n - n / 2, &right));
    memmove(list + left, list + n / 2, right * sizeof *list);
    *found_out = left + right;
    return OK;
}

static int nearest_first(const void *x, const void *y)
{
    const struct candidate *a = x, *b = y;
    if (a->distance != b->distance) return a->distance - b->distance;
    if (a->stories != b->stories) return b->stories - a->stories;
    return span_cmp(a->word, b->word);
}

/* The word as the newest public story with it writes it. */
static enum result as_written(
    struct reader *r, struct arena *a, const struct query *q, struct span *out)
{
    enum result result = OK;
    story_id id = 0;
    struct view v;
    sqlite3_stmt *s = db_query(&r->db, READ_MATCHES,
        ARGS(arg_text(query_expression(a, q, SEARCH_COLUMNS, NULL)), arg_int(1)));
    while (db_row(&r->db, s, &result)) id = (story_id)sqlite3_column_int64(s, 0);
    *out = S("");
    if (result != OK || !id) return result;
    result = reader_story(r, id, a, &v);
    if (result != OK) return result == ERR_ABSENT || result == ERR_CORRUPT ? OK : result;
    struct matcher *m = matcher_new(a, r->cutter, q);
    const struct span texts[] = {v.headline, v.abstract, v.body_text};
    for (size_t i = 0; i < COUNT(texts) && !out->n; i++) *out = matcher_first(m, texts[i]);
    return OK;
}

static enum result choose(struct reader *r, struct arena *a, struct candidates *c, struct span *out)
{
    qsort(c->list, c->n, sizeof c->list[0], nearest_first);
    size_t n = 0;
    for (size_t i = 0; i < c->n && n < FOUND_MAX; i++) {
        if (n && c->list[i].distance > c->list[0].distance) break;
        struct query q = query_of(a, c->list[i].word);
        TRY(stories_with(r, a, &q, COUNTED_MAX, &c->list[i].stories));
        if (c->list[i].stories) c->list[n++] = c->list[i];
    }
    qsort(c->list, n, sizeof c->list[0], nearest_first);
    for (size_t i = 0; i < n && !out->n; i++) {
        struct query q = query_of(a, c->list[i].word);
        TRY(as_written(r, a, &q, out));
    }
    return OK;
}

static enum result correct(struct reader *r, struct arena *a, struct span word, struct span *out)
{
    struct points p;
    struct candidates *c = ARENA_NEW(a, struct candidates);
    *out = S("");
    if (span_find_char(word, ' ') >= 0 || !points_of(word, &p) || p.n < LETTERS_MIN) return OK;
    if (fold_is_cjk(p.p[0])) return OK; /* a pair of letters is no spelling */
    TRY(from_terms(r, READ_HEAD_TERMS, 2, word, &p, a, c));
    size_t of_terms = c->n, found;
    by_letters(c, a, &p);
    TRY(sieve(r, a, c->list + of_terms, c->n - of_terms, &found));
    c->n = of_terms + found;
    TRY(choose(r, a, c, out));
    if (out->n) return OK;
    c->n = 0;
    TRY(from_terms(r, READ_TERMS, 3, word, &p, a, c));
    return choose(r, a, c, out);
}

/* The word as the index would have it; empty where it is none to be put right. */
static struct span word_of(struct reader *r, struct arena *a, const struct query_word *w)
{
    if (w->quoted || w->forms[0].starts) return S("");
    return words_cut(r->cutter, a, search_fold(a, w->forms[0].text));
}

enum result find_meant(struct reader *r, const struct query *q, struct arena *a, struct span *out)
{
    struct buf b;
    size_t corrected = 0;
    int stories = 0;
    buf_init(&b, a, 0);
    *out = S("");
    for (size_t i = 0; i < q->count; i++) {
        struct query one = {.count = 1};
        one.words[0] = q->words[i];
        struct span right = S(""), typed = span_trim(q->words[i].forms[0].text);
        TRY(stories_with(r, a, &one, 1, &stories));
        if (!stories && corrected < CORRECTED_MAX)
            TRY(correct(r, a, word_of(r, a, &q->words[i]), &right));
        if (!stories && !right.n) return OK; /* one word that nothing helps */
        corrected += right.n > 0;
        const char *quote = q->words[i].quoted ? "\"" : "";
        buf_printf(&b, "%s%s%.*s%s", i ? " " : "", quote, FMT(right.n ? right : typed), quote);
    }
    if (corrected) *out = buf_span(&b);
    return OK;
}
