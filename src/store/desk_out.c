/* desk_out: what is to leave the house, beside the decisions that caused it. */
#include "inside.h"

enum result store_put_out(struct store *s, const struct out *o)
{
    return db_do(&s->desk, DESK_OUT_PUT,
        ARGS(arg_text(o->key), arg_text(o->kind), arg_int((int64_t)o->page), arg_text(o->body),
            arg_int(o->at_ms), arg_int(o->due_ms)));
}

static struct out read_out(sqlite3_stmt *q, struct arena *a)
{
    return (struct out){.key = db_keep(a, q, 0),
        .kind = db_keep(a, q, 1),
        .page = (story_id)sqlite3_column_int64(q, 2),
        .body = db_keep(a, q, 3),
        .at_ms = sqlite3_column_int64(q, 4),
        .due_ms = sqlite3_column_int64(q, 5),
        .seq = (uint64_t)sqlite3_column_int64(q, 6),
        .told = sqlite3_column_int(q, 7)};
}

enum result store_outs(struct store *s, enum out_lane lane, int64_t since_ms, int64_t now_ms,
    struct arena *a, struct out *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->desk, lane == OUTS_URGENT ? DESK_OUTS_URGENT : DESK_OUTS,
        ARGS(arg_int(since_ms), arg_int(now_ms), arg_int((int64_t)n)));
    *count_out = 0;
    while (db_row(&s->desk, q, &r)) out[(*count_out)++] = read_out(q, a);
    return r;
}

int64_t store_next_out(struct store *s, int64_t after_ms)
{
    int64_t at = INT64_MAX;
    return db_number(&s->desk, DESK_OUT_NEXT, ARGS(arg_int(after_ms)), &at) == OK ? at : INT64_MAX;
}

enum result store_last_out(struct store *s, story_id page, struct arena *a, struct out *out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->desk, DESK_OUT_OF, ARGS(arg_int((int64_t)page)));
    if (!db_row(&s->desk, q, &r)) return r == OK ? ERR_ABSENT : r;
    *out = read_out(q, a);
    sqlite3_reset(q);
    return OK;
}

enum result store_outs_of(
    struct store *s, story_id page, struct arena *a, struct out *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    sqlite3_stmt *q =
        db_query(&s->desk, DESK_OUTS_OF, ARGS(arg_int((int64_t)page), arg_int((int64_t)n)));
    *count_out = 0;
    while (db_row(&s->desk, q, &r)) out[(*count_out)++] = read_out(q, a);
    return r;
}

enum result store_out_told(struct store *s, struct span key)
{
    return db_do(&s->desk, DESK_OUT_TOLD, ARGS(arg_text(key)));
}

enum result store_drop_out(struct store *s, struct span key)
{
    return db_do(&s->desk, DESK_OUT_DROP, ARGS(arg_text(key)));
}

enum result store_drop_pushes(struct store *s, story_id page)
{
    return db_do(&s->desk, DESK_OUT_DROP_PUSHES, ARGS(arg_int((int64_t)page)));
}
