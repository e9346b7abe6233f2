/* suggest: what somebody may be about to type. All of it comes out of stories that are public now:
 * names that they carry, with a word that begins so, and their headlines. The newest matches alone
 * are looked at, so that the work has a bound. */
#include "inside.h"

#include <stdlib.h>

enum {
    NAMED_STORIES = 40, /* newest, whose names are looked at */
    HEADLINES = 4,      /* at most, of the list */
    NAMES_MAX = 64,
};

struct carried {
    struct search_suggestion s;
    int stories;
};
struct names {
    struct carried list[NAMES_MAX];
    size_t n;
};

static void count_name(
    struct names *names, const struct view *v, const struct view_tag *t, enum label_kind kind)
{
    for (size_t i = 0; i < names->n; i++)
        if (names->list[i].s.kind == kind && span_eq(names->list[i].s.slug, t->slug)) {
            names->list[i].stories++;
            return;
        }
    if (names->n < NAMES_MAX)
        names->list[names->n++] =
            (struct carried){{.kind = kind, .name = t->name, .slug = t->slug, .id = v->id}, 1};
}

/* Those of one story that hold every word typed. */
static void look_at_names(
    struct matcher *m, const struct view *v, uint32_t all, struct names *names)
{
    for (uint32_t i = 0; i < v->tag_count; i++)
        if (matcher_has(m, v->tags[i].name, false) == all)
            count_name(names, v, &v->tags[i], tag_kind(&v->tags[i]));
    for (uint32_t i = 0; i < v->author_count; i++)
        if (matcher_has(m, v->authors[i].name, false) == all)
            count_name(names, v, &v->authors[i], LABEL_AUTHOR);
}

static int most_first(const void *x, const void *y)
{
    const struct carried *a = x, *b = y;
    if (a->stories != b->stories) return b->stories - a->stories;
    return span_cmp(a->s.name, b->s.name);
}

static enum result heads(struct reader *r, struct span expression, int64_t n, struct arena *a,
    struct view *out, size_t *count_out)
{
    enum result result = OK;
    *count_out = 0;
    sqlite3_stmt *q = db_query(&r->db, READ_HEADS, ARGS(arg_text(expression), arg_int(n)));
    while (db_row(&r->db, q, &result))
        if (read_view(r, q, false, a, &out[*count_out])) ++*count_out;
    return result;
}

enum result reader_suggest(struct reader *r, struct span typed, struct arena *a,
    struct search_suggestion *out, size_t max, size_t *count_out)
{
    must(r->begun);
    struct query q;
    struct names *names = ARENA_NEW(a, struct names);
    struct view *list = ARENA_ARRAY(a, struct view, NAMED_STORIES);
    size_t n = 0, count = 0;
    *count_out = 0;
    query_parse(a, typed, true, &q);
    if (!q.count) return OK;
    struct matcher *m = matcher_new(a, r->cutter, &q);
    TRY(heads(r, query_expression(a, &q, COLUMN_NAMES, NULL), NAMED_STORIES, a, list, &n));
    for (size_t i = 0; i < n; i++) look_at_names(m, &list[i], (1u << q.count) - 1, names);
    qsort(names->list, names->n, sizeof names->list[0], most_first);
    TRY(heads(r, query_expression(a, &q, COLUMN_TITLE, NULL), HEADLINES, a, list, &n));
    size_t room = max > n ? max - n : 0;
    for (size_t i = 0; i < names->n && count < room; i++) out[count++] = names->list[i].s;
    for (size_t i = 0; i < n && count < max; i++)
        out[count++] = (struct search_suggestion){
            .name = list[i].headline, .path = list[i].path, .id = list[i].id};
    *count_out = count;
    return OK;
}
