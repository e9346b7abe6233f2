/* fts: what of FTS5 is used beside its SQL: the weight of one match (bs_rank), from the columns in
 * which the words stand and nothing else, so that what is hidden moves no story in a list (E15);
 * and its tokenizer, so that a text is cut into the very words that the index holds. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

enum {
    PHRASES_MAX = QUERY_WORDS_MAX * FORMS_MAX + 4,
    PLACES_MAX = 2000, /* of one story that are looked at */
    EARLY_WORDS = 60,  /* a story's first sentences say what it is about */
};

/* In which column a word says how much. */
static const double weights[SEARCH_COLUMNS] = {
    [COLUMN_TITLE] = 8, [COLUMN_LEAD] = 3, [COLUMN_NAMES] = 4, [COLUMN_WORDS] = 1};

/* A second place in a column says less than the first, a tenth nearly nothing. */
static double weight_of(unsigned places)
{
    return 2.0 * places / (places + 1.0);
}

static void sql_rank(const Fts5ExtensionApi *api, Fts5Context *match, sqlite3_context *c, int n,
    sqlite3_value **values)
{
    unsigned places[PHRASES_MAX][SEARCH_COLUMNS] = {0};
    double score = 0;
    int count = 0;
    (void)n, (void)values;
    if (api->xInstCount(match, &count) != SQLITE_OK) count = 0;
    for (int i = 0; i < count && i < PLACES_MAX; i++) {
        int phrase, column, at;
        if (api->xInst(match, i, &phrase, &column, &at) != SQLITE_OK) break;
        if (phrase >= PHRASES_MAX || column >= SEARCH_COLUMNS) continue;
        if (column == COLUMN_WORDS && at < EARLY_WORDS && !places[phrase][column]) score += 0.5;
        places[phrase][column]++;
    }
    for (size_t p = 0; p < PHRASES_MAX; p++)
        for (size_t k = 0; k < SEARCH_COLUMNS; k++)
            if (places[p][k]) score += weights[k] * weight_of(places[p][k]);
    sqlite3_result_double(c, score);
}

struct words_cutter {
    fts5_tokenizer methods;
    Fts5Tokenizer *tokenizer;
};

static fts5_api *api_of(sqlite3 *h)
{
    fts5_api *api = NULL;
    sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(h, "SELECT fts5(?1)", -1, &q, NULL) == SQLITE_OK) {
        sqlite3_bind_pointer(q, 1, (void *)&api, "fts5_api_ptr", NULL);
        (void)sqlite3_step(q);
    }
    sqlite3_finalize(q);
    return api;
}

struct words_cutter *words_cutter_open(sqlite3 *h)
{
    /* As schema.c has it. */
    static const char *arguments[] = {"remove_diacritics", "2", "categories", "L* N* Co Mn Mc"};
    fts5_api *api = api_of(h);
    void *context = NULL;
    struct words_cutter *c = calloc(1, sizeof *c);
    must(c);
    bool fine =
        api && api->xCreateFunction(api, "bs_rank", NULL, sql_rank, NULL) == SQLITE_OK &&
        api->xFindTokenizer(api, "unicode61", &context, &c->methods) == SQLITE_OK &&
        c->methods.xCreate(context, arguments, COUNT(arguments), &c->tokenizer) == SQLITE_OK;
    if (fine) return c;
    free(c);
    return NULL;
}

void words_cutter_close(struct words_cutter *c)
{
    if (!c) return;
    c->methods.xDelete(c->tokenizer);
    free(c);
}

static int put_token(void *with, int flags, const char *p, int n, int from, int until)
{
    struct buf *b = with;
    (void)flags, (void)from, (void)until;
    if (b->n) buf_char(b, ' ');
    buf_put(b, (struct span){p, (size_t)n});
    return SQLITE_OK;
}

struct span words_cut(struct words_cutter *c, struct arena *a, struct span folded)
{
    struct buf b;
    buf_init(&b, a, 0);
    if (!folded.n || folded.n > INT32_MAX) return S("");
    (void)c->methods.xTokenize(
        c->tokenizer, &b, FTS5_TOKENIZE_DOCUMENT, folded.p, (int)folded.n, put_token);
    return buf_span(&b);
}
