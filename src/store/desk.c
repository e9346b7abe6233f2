/* desk: desk.db's versions, items, acts and mints: what a decision is made from. The lists that
 * editors see are in desk_lists.c. Nothing here is ever overwritten by a replay: a version, an act,
 * a mint is known by its place in the ledger. */
#include "inside.h"

enum {
    LINKED_ROWS_MAX = 4096
}; /* readings under one link key looked at: a slugline of the year, a hostile feed */

enum result store_put_version(struct store *s, const struct stored_version *v)
{
    struct span packed = shrink(store_scratch(s), v->packed);
    enum result r = db_do(&s->desk, DESK_VERSION_PUT,
        ARGS(arg_int((int64_t)v->pos), arg_int(v->number), arg_int((int64_t)v->item),
            arg_int((int64_t)v->page), arg_text(v->feed), arg_bytes(packed), arg_text(v->link_key),
            arg_int(v->received_ms), arg_int(v->is_kill), arg_int(v->mark)));
    if (r != OK) return r;
    return db_do(
        &s->desk, DESK_ITEM_PUT, ARGS(arg_int((int64_t)v->item), arg_int((int64_t)v->page)));
}

static bool read_version(struct arena *a, sqlite3_stmt *q, void *row)
{
    struct stored_version *v = row;
    v->pos = (uint64_t)sqlite3_column_int64(q, 0);
    v->number = (uint32_t)sqlite3_column_int64(q, 1);
    v->item = (story_id)sqlite3_column_int64(q, 2);
    v->page = (story_id)sqlite3_column_int64(q, 3);
    v->feed = db_keep(a, q, 4);
    v->packed = unshrink(a, db_span(q, 5), STORE_ROW_MAX);
    v->link_key = db_keep(a, q, 6);
    v->received_ms = sqlite3_column_int64(q, 7);
    v->is_kill = sqlite3_column_int(q, 8);
    v->mark = sqlite3_column_int(q, 9);
    return sqlite3_column_int(q, 10) && v->packed.p;
}

enum result store_versions(
    struct store *s, story_id page, struct arena *a, struct stored_version **out, size_t *count_out)
{
    sqlite3_stmt *q = db_query(&s->desk, DESK_VERSIONS, ARGS(arg_int((int64_t)page)));
    return db_list(&s->desk, q, a, sizeof **out, read_version, out, count_out);
}

enum result store_versions_behind(struct store *s, story_id page, uint64_t pos, uint32_t number,
    struct arena *a, struct stored_version **out, size_t *count_out, size_t *all_out)
{
    int64_t all = 0;
    TRY(db_number(&s->desk, DESK_VERSION_COUNT, ARGS(arg_int((int64_t)page)), &all));
    *all_out = (size_t)all;
    sqlite3_stmt *q = db_query(&s->desk, DESK_VERSIONS_BEHIND,
        ARGS(arg_int((int64_t)page), arg_int((int64_t)pos), arg_int(number)));
    return db_list(&s->desk, q, a, sizeof **out, read_version, out, count_out);
}

enum result store_page_of(struct store *s, story_id item, story_id *page_out)
{
    int64_t page = 0;
    enum result r = db_number(&s->desk, DESK_PAGE_OF, ARGS(arg_int((int64_t)item)), &page);
    *page_out = (story_id)page;
    return r;
}

enum result store_shares_delivery(struct store *s, uint64_t pos, story_id page, bool *shares_out)
{
    int64_t others = 0;
    enum result r = db_number(
        &s->desk, DESK_SHARES, ARGS(arg_int((int64_t)pos), arg_int((int64_t)page)), &others);
    *shares_out = others > 0;
    return r;
}

enum result store_join_pages(struct store *s, story_id from, story_id into)
{
    static const enum desk_sql steps[] = {DESK_JOIN_ITEMS, DESK_JOIN_VERSIONS, DESK_JOIN_ACTS,
        DESK_JOIN_ARRIVALS, DESK_JOIN_COMMENTS, DESK_JOIN_REPORTS};
    enum result r = OK;
    if (from == into) return OK;
    for (size_t i = 0; r == OK && i < COUNT(steps); i++)
        r = db_do(&s->desk, (int)steps[i], ARGS(arg_int((int64_t)from), arg_int((int64_t)into)));
    return r == OK ? store_drop_preview(s, from) : r;
}

/* Adds an id unless it is there; ids are few. */
static void add_once(story_id id, story_id *out, size_t n, size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        if (out[i] == id) return;
    if (*count < n) out[(*count)++] = id;
}

static enum result read_ids(
    struct db *d, sqlite3_stmt *q, story_id *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    *count_out = 0;
    while (*count_out < n && db_row(d, q, &r))
        add_once((story_id)sqlite3_column_int64(q, 0), out, n, count_out);
    sqlite3_reset(q);
    return r;
}

enum result store_linked(struct store *s, struct span feed, struct span link_key, story_id *out,
    size_t n, size_t *count_out)
{
    sqlite3_stmt *q = db_query(
        &s->desk, DESK_LINKED, ARGS(arg_text(feed), arg_text(link_key), arg_int(LINKED_ROWS_MAX)));
    return read_ids(&s->desk, q, out, n, count_out);
}

enum result store_put_point(struct store *s, enum point_kind kind, story_id target, story_id item)
{
    return db_do(&s->desk, DESK_POINT_PUT,
        ARGS(arg_int(kind), arg_int((int64_t)target), arg_int((int64_t)item)));
}

enum result store_pointing(struct store *s, enum point_kind kind, story_id target, story_id *out,
    size_t n, size_t *count_out)
{
    sqlite3_stmt *q = db_query(&s->desk, DESK_POINTING,
        ARGS(arg_int(kind), arg_int((int64_t)target), arg_int((int64_t)n)));
    return read_ids(&s->desk, q, out, n, count_out);
}

enum result store_pages_around(struct store *s, enum point_kind kind, bool named, story_id page,
    story_id *out, size_t n, size_t *count_out)
{
    sqlite3_stmt *q = db_query(&s->desk, named ? DESK_PAGES_NAMED : DESK_PAGES_NAMING,
        ARGS(arg_int(kind), arg_int((int64_t)page), arg_int((int64_t)n)));
    return read_ids(&s->desk, q, out, n, count_out);
}

enum result store_pages(struct store *s, story_id after, story_id *out, size_t n, size_t *count_out)
{
    sqlite3_stmt *q =
        db_query(&s->desk, DESK_PAGES, ARGS(arg_int((int64_t)after), arg_int((int64_t)n)));
    enum result r = OK;
    *count_out = 0;
    while (*count_out < n && db_row(&s->desk, q, &r))
        out[(*count_out)++] = (story_id)sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return r;
}

enum result store_pages_between(struct store *s, uint64_t after, uint64_t before, struct span feed,
    struct arena *a, story_id **out, size_t *count_out)
{
    enum result r = OK;
    size_t n = 0, cap = 0;
    story_id *list = NULL;
    sqlite3_stmt *q = db_query(&s->desk, DESK_PAGES_BETWEEN,
        ARGS(arg_int((int64_t)after), arg_int((int64_t)before), arg_text(feed)));
    while (db_row(&s->desk, q, &r))
        *ARENA_PUSH(a, list, n, cap) = (story_id)sqlite3_column_int64(q, 0);
    *out = list;
    *count_out = n;
    return r;
}

enum result store_note_guid(struct store *s, story_id item, struct span guid, struct span provider)
{
    return db_do(
        &s->desk, DESK_GUID_PUT, ARGS(arg_text(guid), arg_text(provider), arg_int((int64_t)item)));
}

enum result store_item_by_guid(
    struct store *s, struct span guid, story_id *out, size_t n, size_t *count_out)
{
    sqlite3_stmt *q =
        db_query(&s->desk, DESK_GUID_ITEMS, ARGS(arg_text(guid), arg_int((int64_t)n)));
    return read_ids(&s->desk, q, out, n, count_out);
}

enum result store_items_meant(
    struct store *s, struct span target, story_id *out, size_t n, size_t *count_out)
{
    story_id page;
    target = span_trim(target);
    TRY(store_item_by_guid(s, target, out, n, count_out));
    if (*count_out || n == 0 || !story_id_in(target, &out[0])) return OK;
    enum result r = store_page_of(s, out[0], &page);
    *count_out = r == OK;
    return r == ERR_ABSENT ? OK : r;
}

bool store_guid_of(struct store *s, story_id item, struct arena *a, struct span *guid_out,
    struct span *provider_out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->desk, DESK_GUID_OF, ARGS(arg_int((int64_t)item)));
    if (!db_row(&s->desk, q, &r)) return false;
    *guid_out = db_keep(a, q, 0);
    *provider_out = db_keep(a, q, 1);
    sqlite3_reset(q);
    return true;
}

enum result store_put_near(struct store *s, uint64_t key, story_id item)
{
    return db_do(&s->desk, DESK_NEAR_PUT, ARGS(arg_int((int64_t)key), arg_int((int64_t)item)));
}

enum result store_near(struct store *s, uint64_t key, story_id item, story_id *other_out)
{
    int64_t other = 0;
    enum result r =
        db_number(&s->desk, DESK_NEAR, ARGS(arg_int((int64_t)key), arg_int((int64_t)item)), &other);
    *other_out = (story_id)other;
    return r;
}

enum result store_put_act(struct store *s, const struct stored_act *act)
{
    return db_do(&s->desk, DESK_ACT_PUT,
        ARGS(arg_int((int64_t)act->pos), arg_int((int64_t)act->page), arg_text(act->json),
            arg_int(act->at_ms)));
}

static bool read_act(struct arena *a, sqlite3_stmt *q, void *row)
{
    *(struct stored_act *)row = (struct stored_act){
        .pos = (uint64_t)sqlite3_column_int64(q, 0),
        .page = (story_id)sqlite3_column_int64(q, 1),
        .json = db_keep(a, q, 2),
        .at_ms = sqlite3_column_int64(q, 3),
    };
    return sqlite3_column_int(q, 4);
}

enum result store_acts(
    struct store *s, story_id page, struct arena *a, struct stored_act **out, size_t *count_out)
{
    sqlite3_stmt *q = db_query(&s->desk, DESK_ACTS, ARGS(arg_int((int64_t)page)));
    return db_list(&s->desk, q, a, sizeof **out, read_act, out, count_out);
}

enum result store_act_of_none(
    struct store *s, uint64_t pos, struct arena *a, struct stored_act *out)
{
    struct stored_act *list;
    size_t count;
    sqlite3_stmt *q = db_query(&s->desk, DESK_ACT_OF_NONE, ARGS(arg_int((int64_t)pos)));
    TRY(db_list(&s->desk, q, a, sizeof *list, read_act, &list, &count));
    if (!count) return ERR_ABSENT;
    *out = list[0];
    return OK;
}

enum result store_acts_named(struct store *s, struct span name, struct arena *a,
    struct stored_act **out, size_t *count_out, bool *more_out)
{
    sqlite3_stmt *q = db_query(
        &s->desk, DESK_ACTS_NAMED, ARGS(arg_text(name), arg_int(STORE_ACTS_NAMED_MAX + 1)));
    enum result r = db_list(&s->desk, q, a, sizeof **out, read_act, out, count_out);
    *more_out = *count_out > STORE_ACTS_NAMED_MAX;
    if (*more_out) *count_out = STORE_ACTS_NAMED_MAX;
    return r;
}

enum result store_put_mint(struct store *s, const struct mint *m)
{
    return db_do(&s->desk, DESK_MINT_PUT,
        ARGS(arg_int((int64_t)m->page), arg_int((int64_t)m->pos), arg_text(m->slug),
            arg_int(m->date_ms), arg_int(m->from_ms)));
}

enum result store_mint(struct store *s, story_id page, struct arena *a, struct mint *out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->desk, DESK_MINT, ARGS(arg_int((int64_t)page)));
    if (!db_row(&s->desk, q, &r)) return r == OK ? ERR_ABSENT : r;
    *out = (struct mint){
        .page = (story_id)sqlite3_column_int64(q, 0),
        .pos = (uint64_t)sqlite3_column_int64(q, 1),
        .slug = db_keep(a, q, 2),
        .date_ms = sqlite3_column_int64(q, 3),
        .from_ms = sqlite3_column_int64(q, 4),
    };
    bool whole = sqlite3_column_int(q, 5);
    sqlite3_reset(q);
    return whole ? OK : ERR_CORRUPT;
}
