/* desk_alike: under hashes of what they say, items that came lately and items that were killed. For
 * finding only: who finds one compares the texts. Dropped when nothing asks for them any more. */
#include "inside.h"

enum {
    ALIKE_ROWS_READ = 4096, /* under one key: two stories of a thousand versions, and others */
};

enum result store_put_alike(
    struct store *s, const struct alike_row *row, const uint64_t *keys, size_t n)
{
    enum result r = OK;
    for (size_t i = 0; i < n && r == OK; i++)
        r = db_do(&s->desk, DESK_ALIKE_PUT,
            ARGS(arg_int(row->kind), arg_int((int64_t)keys[i]), arg_int(row->at_ms),
                arg_int((int64_t)row->item), arg_text(row->provider)));
    return r;
}

/* One of many versions has a row for each. */
static void add_once(story_id *list, size_t *count, story_id item)
{
    for (size_t i = 0; i < *count; i++)
        if (list[i] == item) return;
    list[(*count)++] = item;
}

enum result store_alike(struct store *s, enum alike_kind kind, uint64_t key, int64_t since_ms,
    struct span but, story_id *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    *count_out = 0;
    sqlite3_stmt *q = db_query(&s->desk, DESK_ALIKE,
        ARGS(arg_int(kind), arg_int((int64_t)key), arg_int(since_ms), arg_text(but),
            arg_int(ALIKE_ROWS_READ)));
    while (*count_out < n && db_row(&s->desk, q, &r))
        add_once(out, count_out, (story_id)sqlite3_column_int64(q, 0));
    sqlite3_reset(q);
    return r;
}

enum result store_drop_alike(struct store *s, int64_t before_ms)
{
    return db_do(&s->desk, DESK_ALIKE_DROP, ARGS(arg_int(before_ms)));
}
