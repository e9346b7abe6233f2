/* places: where a story has stood and would stand, for whoever asks there after it is withdrawn:
 * its mints, its addresses on the site before this one, the stories before it in a list. The
 * writer's handle; rows that wait for their instant are counted too, so that a place is never too
 * low. */
#include "inside.h"

enum { AHEAD_MAX = 3000, MINTS_MAX = 64 };

enum result store_mints(
    struct store *s, story_id page, struct arena *a, struct mint **out, size_t *count_out)
{
    enum result r = OK;
    struct mint *list = ARENA_ARRAY(a, struct mint, MINTS_MAX);
    sqlite3_stmt *q = db_query(&s->desk, DESK_MINTS, ARGS(arg_int((int64_t)page)));
    *count_out = 0;
    while (*count_out < MINTS_MAX && db_row(&s->desk, q, &r))
        if (sqlite3_column_int(q, 3))
            list[(*count_out)++] = (struct mint){.page = page,
                .pos = (uint64_t)sqlite3_column_int64(q, 0),
                .slug = db_keep(a, q, 1),
                .date_ms = sqlite3_column_int64(q, 2)};
    sqlite3_reset(q);
    *out = list;
    return r;
}

enum result store_old_of(
    struct store *s, story_id id, struct arena *a, struct span *out, size_t max, size_t *count_out)
{
    enum result r = OK;
    sqlite3_stmt *q =
        db_query(&s->site, SITE_OLD_OF, ARGS(arg_int((int64_t)id), arg_int((int64_t)max)));
    *count_out = 0;
    while (*count_out < max && db_row(&s->site, q, &r)) out[(*count_out)++] = db_keep(a, q, 0);
    sqlite3_reset(q);
    return r;
}

enum result store_list_ahead(struct store *s, enum list_kind kind, struct span name, int64_t at_ms,
    size_t *out, bool *more_out)
{
    int64_t n = 0, label = list_label(kind);
    struct arg at = arg_int(at_ms), max = arg_int(AHEAD_MAX + 1);
    enum result r = label ? db_number(&s->site, SITE_AHEAD_LABEL,
                                ARGS(arg_int(label), arg_text(name), at, max), &n)
                    : kind == LIST_SECTION
                        ? db_number(&s->site, SITE_AHEAD_SECTION, ARGS(arg_text(name), at, max), &n)
                    : kind == LIST_CORRECTIONS
                        ? db_number(&s->site, SITE_AHEAD_CORRECTED, ARGS(at, max), &n)
                        : db_number(&s->site, SITE_AHEAD_ALL, ARGS(at, max), &n);
    *more_out = n > AHEAD_MAX;
    *out = (size_t)n;
    return r;
}

enum result store_day_ahead(
    struct store *s, int64_t day_from_ms, int64_t published_ms, size_t *out, bool *more_out)
{
    int64_t n = 0;
    enum result r = db_number(&s->site, SITE_AHEAD_DAY,
        ARGS(arg_int(day_from_ms), arg_int(published_ms), arg_int(AHEAD_MAX + 1)), &n);
    *more_out = n > AHEAD_MAX;
    *out = (size_t)n;
    return r;
}

enum result store_list_newest(struct store *s, enum list_kind kind, struct span name, story_id *out,
    size_t n, size_t *count_out)
{
    enum result r = OK;
    int64_t label = list_label(kind);
    sqlite3_stmt *q =
        label ? db_query(&s->site, SITE_NEWEST_LABEL,
                    ARGS(arg_int(label), arg_text(name), arg_int((int64_t)n)))
              : db_query(&s->site, SITE_NEWEST_SECTION, ARGS(arg_text(name), arg_int((int64_t)n)));
    *count_out = 0;
    while (*count_out < n && db_row(&s->site, q, &r))
        out[(*count_out)++] = (story_id)sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return r;
}
