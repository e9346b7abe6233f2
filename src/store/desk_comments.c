/* desk_comments: readers' comments, what was reported of them, and how often which words stood in
 * those that were let stand and in those that were hidden. All of it follows from the ledger. */
#include "inside.h"

enum result store_put_comment(struct store *s, const struct stored_comment *c)
{
    return db_do(&s->desk, DESK_COMMENT_PUT,
        ARGS(arg_int((int64_t)c->pos), arg_int((int64_t)c->page), arg_text(c->id),
            arg_text(c->name), arg_text(c->text), arg_int(c->at_ms), arg_text(c->parent),
            arg_int((int64_t)c->changed_pos), arg_int(c->changed_ms), arg_int(c->taken_back),
            arg_int(c->score), arg_int(c->taught), arg_int(c->waits)));
}

enum result store_drop_comment(struct store *s, const struct stored_comment *c)
{
    TRY(db_do(&s->desk, DESK_REPORTS_DROP, ARGS(arg_int((int64_t)c->page), arg_text(c->id))));
    return db_do(&s->desk, DESK_COMMENT_DROP, ARGS(arg_int((int64_t)c->pos)));
}

enum result store_comment_waits(struct store *s, uint64_t pos, bool waits)
{
    return db_do(&s->desk, DESK_COMMENT_WAITS, ARGS(arg_int((int64_t)pos), arg_int(waits)));
}

static bool read_comment(struct arena *a, sqlite3_stmt *q, void *row)
{
    *(struct stored_comment *)row = (struct stored_comment){
        .pos = (uint64_t)sqlite3_column_int64(q, 0),
        .page = (story_id)sqlite3_column_int64(q, 1),
        .id = db_keep(a, q, 2),
        .name = db_keep(a, q, 3),
        .text = db_keep(a, q, 4),
        .at_ms = sqlite3_column_int64(q, 5),
        .parent = db_keep(a, q, 6),
        .changed_pos = (uint64_t)sqlite3_column_int64(q, 7),
        .changed_ms = sqlite3_column_int64(q, 8),
        .taken_back = sqlite3_column_int(q, 9),
        .score = sqlite3_column_int(q, 10),
        .taught = sqlite3_column_int(q, 11),
        .waits = sqlite3_column_int(q, 12),
    };
    return sqlite3_column_int(q, 13);
}

enum result store_comments(
    struct store *s, story_id page, struct arena *a, struct stored_comment **out, size_t *count_out)
{
    sqlite3_stmt *q = db_query(&s->desk, DESK_COMMENTS, ARGS(arg_int((int64_t)page)));
    return db_list(&s->desk, q, a, sizeof **out, read_comment, out, count_out);
}

enum result store_comments_last(struct store *s, size_t from, size_t n, struct arena *a,
    struct stored_comment **out, size_t *count_out)
{
    sqlite3_stmt *q =
        db_query(&s->desk, DESK_COMMENTS_LAST, ARGS(arg_int((int64_t)n), arg_int((int64_t)from)));
    return db_list(&s->desk, q, a, sizeof **out, read_comment, out, count_out);
}

enum result store_comments_waiting(struct store *s, size_t from, size_t n, struct arena *a,
    struct stored_comment **out, size_t *count_out)
{
    sqlite3_stmt *q = db_query(
        &s->desk, DESK_COMMENTS_WAITING, ARGS(arg_int((int64_t)n), arg_int((int64_t)from)));
    return db_list(&s->desk, q, a, sizeof **out, read_comment, out, count_out);
}

enum result store_comments_by(struct store *s, struct span name, struct arena *a,
    struct stored_comment **out, size_t *count_out)
{
    sqlite3_stmt *q = db_query(&s->desk, DESK_COMMENTS_BY, ARGS(arg_text(name)));
    return db_list(&s->desk, q, a, sizeof **out, read_comment, out, count_out);
}

/* ---- reports ---- */
enum result store_put_report(struct store *s, const struct stored_report *r)
{
    return db_do(&s->desk, DESK_REPORT_PUT,
        ARGS(arg_int((int64_t)r->pos), arg_int((int64_t)r->page), arg_text(r->id), arg_text(r->why),
            arg_int(r->at_ms)));
}

static bool read_report(struct arena *a, sqlite3_stmt *q, void *row)
{
    *(struct stored_report *)row = (struct stored_report){
        .pos = (uint64_t)sqlite3_column_int64(q, 0),
        .page = (story_id)sqlite3_column_int64(q, 1),
        .id = db_keep(a, q, 2),
        .why = db_keep(a, q, 3),
        .at_ms = sqlite3_column_int64(q, 4),
    };
    return sqlite3_column_int(q, 5);
}

enum result store_reports(
    struct store *s, story_id page, struct arena *a, struct stored_report **out, size_t *count_out)
{
    sqlite3_stmt *q = db_query(&s->desk, DESK_REPORTS, ARGS(arg_int((int64_t)page)));
    return db_list(&s->desk, q, a, sizeof **out, read_report, out, count_out);
}

/* ---- words ---- */
enum result store_spam_word(struct store *s, uint64_t word, int64_t *good_out, int64_t *bad_out)
{
    enum result r = OK;
    *good_out = *bad_out = 0;
    sqlite3_stmt *q = db_query(&s->desk, DESK_SPAM_WORD, ARGS(arg_int((int64_t)word)));
    if (!db_row(&s->desk, q, &r)) return r;
    bool whole = sqlite3_column_int(q, 3);
    *good_out = sqlite3_column_int64(q, 1);
    *bad_out = sqlite3_column_int64(q, 2);
    sqlite3_reset(q);
    return whole ? OK : ERR_CORRUPT;
}

enum result store_spam_teach(struct store *s, uint64_t word, int good, int bad)
{
    return db_do(
        &s->desk, DESK_SPAM_TEACH, ARGS(arg_int((int64_t)word), arg_int(good), arg_int(bad)));
}
