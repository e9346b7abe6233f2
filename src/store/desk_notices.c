/* desk_notices: names of items, notices in words, and what those do to items. Facts only: the desk
 * decides what they mean, the newsroom matches them. Nothing here is overwritten by a replay. */
#include "inside.h"

#include <string.h>

#define NAME(bytes) arg_bytes((struct span){(const char *)(bytes), 16})

enum result store_put_name(
    struct store *s, struct span feed, struct span key, story_id item, int64_t at_ms)
{
    return db_do(&s->desk, DESK_NAME_PUT,
        ARGS(arg_text(feed), arg_text(key), arg_int((int64_t)item), arg_int(at_ms)));
}

enum result store_drop_names(struct store *s, int64_t before_ms)
{
    return db_do(&s->desk, DESK_NAMES_DROP, ARGS(arg_int(before_ms)));
}

static bool has_page(const struct named *list, size_t n, story_id page)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].page == page) return true;
    return false;
}

enum result store_named(struct store *s, struct span feed, struct span key, int64_t since_ms,
    struct named *out, size_t n, size_t *count_out)
{
    enum { ROWS_MAX = 2000 }; /* items under one name looked at: a slugline of a week */
    enum result r = OK;
    size_t count = 0;
    sqlite3_stmt *q = db_query(&s->desk, DESK_NAMED,
        ARGS(arg_text(feed), arg_text(key), arg_int(since_ms), arg_int(ROWS_MAX)));
    while (count < n && db_row(&s->desk, q, &r)) {
        struct named row = {
            (story_id)sqlite3_column_int64(q, 0), (story_id)sqlite3_column_int64(q, 1)};
        if (!has_page(out, count, row.page)) out[count++] = row;
    }
    sqlite3_reset(q);
    *count_out = count;
    return r;
}

enum result store_recent_names(struct store *s, struct span feed, struct span prefix,
    int64_t since_ms, struct arena *a, struct recent_name *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    size_t count = 0;
    sqlite3_stmt *q = db_query(&s->desk, DESK_NAMES_RECENT,
        ARGS(arg_text(feed), arg_text(prefix), arg_int(since_ms), arg_int((int64_t)n)));
    while (count < n && db_row(&s->desk, q, &r))
        out[count++] = (struct recent_name){db_keep(a, q, 0), (story_id)sqlite3_column_int64(q, 1)};
    sqlite3_reset(q);
    *count_out = count;
    return r;
}

enum result store_put_notice(struct store *s, const struct stored_notice *notice, bool *is_new_out)
{
    int64_t known = 0;
    enum result r = db_number(&s->desk, DESK_NOTICE_KNOWN, ARGS(NAME(notice->name)), &known);
    *is_new_out = r == ERR_ABSENT;
    if (r != ERR_ABSENT) return r;
    return db_do(&s->desk, DESK_NOTICE_PUT,
        ARGS(NAME(notice->name), arg_int(notice->kind), arg_text(notice->guid),
            arg_int(notice->at_ms), arg_int((int64_t)notice->pos)));
}

enum result store_notice_waits(
    struct store *s, struct span feed, struct span key, const struct stored_notice *w)
{
    return db_do(&s->desk, DESK_WAITING_PUT, ARGS(arg_text(feed), arg_text(key), NAME(w->name)));
}

static struct stored_notice notice_of(struct arena *a, sqlite3_stmt *q)
{
    struct stored_notice out = {.kind = sqlite3_column_int(q, 1),
        .guid = db_keep(a, q, 2),
        .at_ms = sqlite3_column_int64(q, 3),
        .pos = (uint64_t)sqlite3_column_int64(q, 4)};
    struct span name = db_span(q, 0);
    if (name.n == sizeof out.name) memcpy(out.name, name.p, name.n);
    return out;
}

static bool read_notice(struct arena *a, sqlite3_stmt *q, void *row)
{
    *(struct stored_notice *)row = notice_of(a, q);
    return sqlite3_column_int(q, 5);
}

enum result store_notices_waiting(struct store *s, struct span feed, struct span key,
    int64_t since_ms, struct arena *a, struct stored_notice **out, size_t *count_out)
{
    sqlite3_stmt *q =
        db_query(&s->desk, DESK_WAITING, ARGS(arg_text(feed), arg_text(key), arg_int(since_ms)));
    return db_list(&s->desk, q, a, sizeof **out, read_notice, out, count_out);
}

enum result store_put_hit(struct store *s, const struct stored_hit *h)
{
    return db_do(&s->desk, DESK_HIT_PUT,
        ARGS(arg_int((int64_t)h->item), NAME(h->notice.name), arg_int(h->notice.kind)));
}

static bool read_hit(struct arena *a, sqlite3_stmt *q, void *row)
{
    *(struct stored_hit *)row =
        (struct stored_hit){notice_of(a, q), (story_id)sqlite3_column_int64(q, 5)};
    return sqlite3_column_int(q, 6);
}

enum result store_hits(
    struct store *s, story_id page, struct arena *a, struct stored_hit **out, size_t *count_out)
{
    sqlite3_stmt *q = db_query(&s->desk, DESK_HITS, ARGS(arg_int((int64_t)page)));
    return db_list(&s->desk, q, a, sizeof **out, read_hit, out, count_out);
}

enum result store_hit_count(struct store *s, const unsigned char name[16], story_id page,
    size_t *all_out, size_t *on_page_out)
{
    enum result r = OK;
    *all_out = *on_page_out = 0;
    sqlite3_stmt *q = db_query(&s->desk, DESK_HIT_COUNT, ARGS(NAME(name), arg_int((int64_t)page)));
    if (!db_row(&s->desk, q, &r)) return r;
    *all_out = (size_t)sqlite3_column_int64(q, 0);
    *on_page_out = (size_t)sqlite3_column_int64(q, 1);
    sqlite3_reset(q);
    return OK;
}
