/* desk_arrivals: what each feed has brought, as rows that are written once, in the ledger's order.
 * Counts and nothing else: what is too much, the newsroom asks the configuration. */
#include "inside.h"

#include <string.h>

#define CONTENT(bytes) arg_bytes((struct span){(const char *)(bytes), 16})

enum result store_put_arrival(struct store *s, const struct stored_arrival *a)
{
    return db_do(&s->desk, DESK_ARRIVAL_PUT,
        ARGS(arg_int((int64_t)a->pos), arg_int(a->number), arg_text(a->feed),
            arg_int((int64_t)a->item), arg_int((int64_t)a->page), arg_int(a->at_ms),
            arg_int(a->is_new), arg_int(a->is_rewrite), arg_int(a->mark), CONTENT(a->content)));
}

bool store_arrival_known(struct store *s, story_id item, const unsigned char content[16])
{
    int64_t known = 0;
    return db_number(&s->desk, DESK_ARRIVAL_KNOWN, ARGS(arg_int((int64_t)item), CONTENT(content)),
               &known) == OK;
}

enum result store_arrival_first(
    struct store *s, story_id page, struct arena *a, struct span *feed_out, int64_t *at_ms_out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->desk, DESK_ARRIVAL_FIRST, ARGS(arg_int((int64_t)page)));
    if (!db_row(&s->desk, q, &r)) return r == OK ? ERR_ABSENT : r;
    *feed_out = db_keep(a, q, 0);
    *at_ms_out = sqlite3_column_int64(q, 1);
    sqlite3_reset(q);
    return OK;
}

enum result store_many_stories(
    struct store *s, struct span feed, int64_t since_ms, uint32_t limit, bool *many_out)
{
    int64_t at_ms = 0;
    enum result r =
        db_number(&s->desk, DESK_ARRIVAL_STORIES, ARGS(arg_text(feed), arg_int(limit)), &at_ms);
    *many_out = r == OK && at_ms > since_ms;
    return r == ERR_ABSENT ? OK : r;
}

enum result store_many_updates(
    struct store *s, story_id page, int64_t since_ms, uint32_t limit, bool *many_out)
{
    int64_t n = 0;
    enum result r = db_number(&s->desk, DESK_ARRIVAL_UPDATES,
        ARGS(arg_int((int64_t)page), arg_int(since_ms), arg_int(limit)), &n);
    *many_out = n >= limit;
    return r;
}

enum result store_many_rewrites(struct store *s, struct span feed, int64_t since_ms, story_id page,
    uint32_t limit, bool *many_out)
{
    int64_t n = 0;
    enum result r = db_number(&s->desk, DESK_ARRIVAL_REWRITTEN,
        ARGS(arg_text(feed), arg_int(since_ms), arg_int((int64_t)page), arg_int(limit)), &n);
    *many_out = n >= limit;
    return r;
}

bool store_arrival_marked(struct store *s, struct span feed, int64_t since_ms, int mark)
{
    int64_t found = 0;
    return db_number(&s->desk, DESK_ARRIVAL_MARKED,
               ARGS(arg_text(feed), arg_int(since_ms), arg_int(mark)), &found) == OK;
}
