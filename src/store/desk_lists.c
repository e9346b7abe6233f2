/* desk_lists: what the desk lists (held, quarantine, alarms), files delivered beside stories and
 * who waits for them, small texts. A row whose checksum is wrong is left out of lists; store_check
 * tells of it. */
#include "inside.h"

enum { ALARMS_LISTED = 100000 }; /* the newest: 15 MB, and years of alarms */

enum result store_put_preview(struct store *s, const struct view *v)
{
    if (!v->picture_count) return store_drop_preview(s, v->id);
    return db_do(&s->desk, DESK_PREVIEW_PUT,
        ARGS(arg_int((int64_t)v->id), arg_bytes(view_pack(store_scratch(s), v))));
}

enum result store_drop_preview(struct store *s, story_id page)
{
    return db_do(&s->desk, DESK_PREVIEW_DROP, ARGS(arg_int((int64_t)page)));
}

enum result store_preview(struct store *s, story_id page, struct arena *a, struct view **out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->desk, DESK_PREVIEW, ARGS(arg_int((int64_t)page)));
    if (!db_row(&s->desk, q, &r)) return r == OK ? ERR_ABSENT : r;
    *out = view_unpack(a, db_keep(a, q, 0));
    sqlite3_reset(q);
    return *out ? OK : ERR_CORRUPT;
}

enum result store_put_held(struct store *s, const struct held *h)
{
    return db_do(&s->desk, DESK_HELD_PUT,
        ARGS(arg_int((int64_t)h->page), arg_text(h->guid), arg_text(h->headline), arg_text(h->feed),
            arg_text(h->why), arg_int(h->since_ms), arg_int(h->from_ms)));
}

enum result store_drop_held(struct store *s, story_id page)
{
    return db_do(&s->desk, DESK_HELD_DROP, ARGS(arg_int((int64_t)page)));
}

enum result store_held(struct store *s, struct arena *a, struct held **out, size_t *count_out)
{
    enum result r = OK;
    size_t n = 0, cap = 0;
    struct held *list = NULL;
    sqlite3_stmt *q = db_query(&s->desk, DESK_HELD_ALL, NO_ARGS);
    while (db_row(&s->desk, q, &r))
        *ARENA_PUSH(a, list, n, cap) = (struct held){
            .page = (story_id)sqlite3_column_int64(q, 0),
            .guid = db_keep(a, q, 1),
            .headline = db_keep(a, q, 2),
            .feed = db_keep(a, q, 3),
            .why = db_keep(a, q, 4),
            .since_ms = sqlite3_column_int64(q, 5),
            .from_ms = sqlite3_column_int64(q, 6),
        };
    *out = list;
    *count_out = n;
    return r;
}

enum result store_put_quarantine(struct store *s, const struct quarantined *t)
{
    return db_do(&s->desk, DESK_QUARANTINE_PUT,
        ARGS(arg_int((int64_t)t->pos), arg_int(t->number), arg_text(t->name), arg_text(t->feed),
            arg_text(t->why), arg_int(t->line), arg_int(t->column), arg_int(t->told)));
}

static struct quarantined quarantined_of(struct arena *a, sqlite3_stmt *q)
{
    return (struct quarantined){
        .pos = (uint64_t)sqlite3_column_int64(q, 0),
        .number = (uint32_t)sqlite3_column_int64(q, 1),
        .name = db_keep(a, q, 2),
        .feed = db_keep(a, q, 3),
        .why = db_keep(a, q, 4),
        .line = (uint32_t)sqlite3_column_int64(q, 5),
        .column = (uint32_t)sqlite3_column_int64(q, 6),
        .told = sqlite3_column_int(q, 7),
    };
}

static enum result list_quarantined(
    struct store *s, sqlite3_stmt *q, struct arena *a, struct quarantined **out, size_t *count_out)
{
    enum result r = OK;
    size_t n = 0, cap = 0;
    struct quarantined *list = NULL;
    while (db_row(&s->desk, q, &r)) *ARENA_PUSH(a, list, n, cap) = quarantined_of(a, q);
    *out = list;
    *count_out = n;
    return r;
}

enum result store_quarantine(
    struct store *s, struct arena *a, struct quarantined **out, size_t *count_out)
{
    sqlite3_stmt *q = db_query(&s->desk, DESK_QUARANTINE_ALL, NO_ARGS);
    return list_quarantined(s, q, a, out, count_out);
}

enum result store_quarantine_of(struct store *s, uint64_t pos, uint32_t number, struct arena *a,
    struct quarantined **out, size_t *count_out)
{
    sqlite3_stmt *q = db_query(&s->desk, DESK_QUARANTINE_OF,
        ARGS(arg_int((int64_t)pos), arg_int(number == UINT32_MAX), arg_int(number)));
    return list_quarantined(s, q, a, out, count_out);
}

enum result store_drop_quarantine(struct store *s, uint64_t pos, uint32_t number)
{
    return db_do(&s->desk, DESK_QUARANTINE_DROP, ARGS(arg_int((int64_t)pos), arg_int(number)));
}

enum result store_quarantine_untold(struct store *s, uint64_t pos, uint32_t number, struct arena *a,
    struct quarantined *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    *count_out = 0;
    sqlite3_stmt *q = db_query(&s->desk, DESK_QUARANTINE_UNTOLD,
        ARGS(arg_int((int64_t)pos), arg_int(number), arg_int((int64_t)n)));
    while (db_row(&s->desk, q, &r)) out[(*count_out)++] = quarantined_of(a, q);
    return r;
}

enum result store_quarantine_told(struct store *s, uint64_t pos, uint32_t number)
{
    return db_do(&s->desk, DESK_QUARANTINE_TELL, ARGS(arg_int((int64_t)pos), arg_int(number)));
}

enum result store_put_alarm(struct store *s, const struct alarm *al)
{
    return db_do(&s->desk, DESK_ALARM_PUT,
        ARGS(
            arg_int((int64_t)al->pos), arg_text(al->kind), arg_text(al->text), arg_int(al->at_ms)));
}

enum result store_drop_alarms(struct store *s, uint64_t pos, const char *kind)
{
    return db_do(&s->desk, DESK_ALARM_DROP, ARGS(arg_int((int64_t)pos), arg_text(span_of(kind))));
}

enum result store_alarms(struct store *s, struct arena *a, struct alarm **out, size_t *count_out)
{
    enum result r = OK;
    size_t n = 0, cap = 0;
    struct alarm *list = NULL;
    sqlite3_stmt *q = db_query(&s->desk, DESK_ALARMS, ARGS(arg_int(ALARMS_LISTED)));
    while (db_row(&s->desk, q, &r))
        *ARENA_PUSH(a, list, n, cap) = (struct alarm){
            .pos = (uint64_t)sqlite3_column_int64(q, 0),
            .kind = db_keep(a, q, 1),
            .text = db_keep(a, q, 2),
            .at_ms = sqlite3_column_int64(q, 3),
        };
    *out = list;
    *count_out = n;
    return r;
}

enum result store_put_file(
    struct store *s, struct span feed, struct span name, struct span hash_hex, uint64_t pos)
{
    return db_do(&s->desk, DESK_FILE_PUT,
        ARGS(arg_text(feed), arg_text(name), arg_text(hash_hex), arg_int((int64_t)pos)));
}

bool store_file(
    struct store *s, struct span feed, struct span name, struct arena *a, struct span *hash_hex_out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->desk, DESK_FILE, ARGS(arg_text(feed), arg_text(name)));
    if (!db_row(&s->desk, q, &r)) return false;
    *hash_hex_out = db_keep(a, q, 0);
    sqlite3_reset(q);
    return true;
}

bool store_file_elsewhere(
    struct store *s, struct span feed, struct span name, struct span hash_hex, story_id page)
{
    int64_t n = 0;
    return db_number(&s->desk, DESK_FILE_ELSEWHERE,
               ARGS(arg_text(feed), arg_text(name), arg_text(hash_hex), arg_int((int64_t)page)),
               &n) != OK ||
           n > 0;
}

enum result store_want_file(struct store *s, struct span feed, struct span name, story_id page)
{
    return db_do(
        &s->desk, DESK_WANT_PUT, ARGS(arg_text(feed), arg_text(name), arg_int((int64_t)page)));
}

enum result store_wanting(struct store *s, struct span feed, struct span name, story_id after,
    story_id *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    *count_out = 0;
    sqlite3_stmt *q = db_query(&s->desk, DESK_WANTING,
        ARGS(arg_text(feed), arg_text(name), arg_int((int64_t)after), arg_int((int64_t)n)));
    while (db_row(&s->desk, q, &r)) out[(*count_out)++] = (story_id)sqlite3_column_int64(q, 0);
    return r;
}

enum result store_set_text(struct store *s, const char *name, struct span text)
{
    return db_do(&s->desk, DESK_TEXT_PUT, ARGS(arg_text(span_of(name)), arg_text(text)));
}

enum result store_text(struct store *s, const char *name, struct arena *a, struct span *out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->desk, DESK_TEXT, ARGS(arg_text(span_of(name))));
    if (!db_row(&s->desk, q, &r)) return r == OK ? ERR_ABSENT : r;
    *out = db_keep(a, q, 0);
    bool whole = sqlite3_column_int(q, 1);
    sqlite3_reset(q);
    return whole ? OK : ERR_CORRUPT;
}

enum result store_wanted_names(struct store *s, struct span feed, struct span after,
    struct arena *a, struct span *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    *count_out = 0;
    sqlite3_stmt *q =
        db_query(&s->desk, DESK_WANTED, ARGS(arg_text(feed), arg_text(after), arg_int((int64_t)n)));
    while (db_row(&s->desk, q, &r)) out[(*count_out)++] = db_keep(a, q, 0);
    return r;
}
