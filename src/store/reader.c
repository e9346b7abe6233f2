/* reader: a web thread's eye on site.db. Opens it read-only; an authorizer lets statements read
 * stories, labels, pictures and scores only inside the views public_* and next_*, whose predicate
 * compares with the snapshot's one instant (bs_now) and asks the tombstones of every row (bs_dead).
 * A row that does not match its checksum is not served. Sees a rebuilt store at the next snapshot.
 * Never opens desk.db, never writes. Fatal: begin without end. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

enum { READER_WAIT_MS = 250 }; /* while a writer that was killed recovers its WAL */

static void sql_now(sqlite3_context *c, int n, sqlite3_value **values)
{
    (void)n;
    (void)values;
    sqlite3_result_int64(c, ((const struct reader *)sqlite3_user_data(c))->now_ms);
}

static void sql_dead(sqlite3_context *c, int n, sqlite3_value **values)
{
    (void)n;
    const struct reader *r = sqlite3_user_data(c);
    story_id id = (story_id)sqlite3_value_int64(values[0]);
    sqlite3_result_int(c, r->hooks.dead && r->hooks.dead(id, r->hooks.with));
}

static void sql_here(sqlite3_context *c, int n, sqlite3_value **values)
{
    (void)n;
    struct reader *r = sqlite3_user_data(c);
    const char *text = (const char *)sqlite3_value_text(values[0]);
    r->placed = true;
    sqlite3_result_int(c, text && territory_has(span_of(text), &r->place));
}

static bool is_one_of(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; name && i < n; i++)
        if (!strcmp(name, list[i])) return true;
    return false;
}

/* What the full-text table reads of its own; it holds words of public stories only. */
static const char *const open_tables[] = {"note", "gone", "old", "grievance", "search",
    "search_data", "search_idx", "search_config", "search_terms", "heads", "heads_data",
    "heads_idx", "heads_config", "heads_terms"};
static const char *const guarded_tables[] = {
    "story", "body", "label", "shown", "popular", "picture", "doc", "member", "twin"};
/* public_within: the walk through a package's members, inside of those views. */
static const char *const views[] = {"public_within", "public_story", "public_label", "public_match",
    "public_head", "public_popular", "public_picture", "next_from", "next_until", "next_due"};
static const char *const functions[] = {
    "bs_now", "bs_dead", "bs_here", "bs_sum", "bs_rank", "min", "count", "match"};
#define ONE_OF(name, list) is_one_of((name), (list), COUNT(list))

static int authorize(void *with, int action, const char *first, const char *second,
    const char *file, const char *inside)
{
    (void)with;
    (void)file;
    bool ok = false;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_TRANSACTION: ok = true; break;
    case SQLITE_RECURSIVE: ok = ONE_OF(inside, views); break;
    case SQLITE_FUNCTION: ok = ONE_OF(second, functions); break;
    case SQLITE_PRAGMA: ok = first && !strcmp(first, "data_version"); break; /* FTS5 asks */
    case SQLITE_READ:
        ok = ONE_OF(first, open_tables) || ONE_OF(first, views) ||
             (ONE_OF(first, guarded_tables) && ONE_OF(inside, views));
        break;
    default: break;
    }
    return ok ? SQLITE_OK : SQLITE_DENY;
}

static int make_function(struct reader *r, const char *name, int args, bool steady,
    void (*f)(sqlite3_context *, int, sqlite3_value **))
{
    int flags = SQLITE_UTF8 | SQLITE_INNOCUOUS | (steady ? SQLITE_DETERMINISTIC : 0);
    return sqlite3_create_function_v2(r->db.h, name, args, flags, r, f, NULL, NULL, NULL);
}

static enum result guard(struct reader *r)
{
    sqlite3 *h = r->db.h;
    must(sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK);
    must(make_function(r, "bs_now", 0, true, sql_now) == SQLITE_OK);
    must(make_function(r, "bs_dead", 1, false, sql_dead) == SQLITE_OK);
    must(make_function(r, "bs_here", 1, false, sql_here) == SQLITE_OK);
    r->cutter = words_cutter_open(h);
    must(r->cutter != NULL);
    sqlite3_busy_timeout(h, READER_WAIT_MS);
    enum result result = db_exec(&r->db, "PRAGMA query_only=ON; PRAGMA cache_size=-8000;"
                                         "PRAGMA mmap_size=1073741824");
    /* A virtual table is connected by a statement that no reader may say. */
    if (result == OK)
        result = db_exec(&r->db, "SELECT 1 FROM search_terms WHERE term='' LIMIT 1;"
                                 "SELECT 1 FROM heads_terms WHERE term='' LIMIT 1");
    must(sqlite3_set_authorizer(h, authorize, r) == SQLITE_OK);
    return result;
}

static void close_db(struct reader *r)
{
    words_cutter_close(r->cutter);
    r->cutter = NULL;
    db_close(&r->db);
}

static enum result open_current(struct reader *r)
{
    char path[PATH_MAX];
    const char *why = NULL;
    uint64_t generation;
    close_db(r);
    r->stamp = folder_stamp(r->folder);
    enum result result = folder_current(r->folder, &generation);
    if (result != OK) return result;
    folder_path(r->folder, generation, FILE_SITE, path);
    result = db_open(path, SQLITE_OPEN_READONLY, &r->db);
    if (result == OK) result = store_check_version(&r->db, &why);
    if (result == OK) result = guard(r);
    if (result == OK) db_statements(&r->db, reader_statements, READ_STATEMENTS);
    if (result != OK) close_db(r);
    return result;
}

enum result reader_open(const char *folder, struct reader_hooks hooks, struct reader **out)
{
    struct reader *r = calloc(1, sizeof *r);
    must(r != NULL && strlen(folder) < PATH_MAX - 32);
    strcpy(r->folder, folder);
    r->hooks = hooks;
    enum result result = open_current(r);
    if (result != OK) {
        free(r);
        return result;
    }
    *out = r;
    return OK;
}

void reader_close(struct reader *r)
{
    if (!r) return;
    reader_end(r);
    close_db(r);
    free(r);
}

static enum result snapshot(struct reader *r)
{
    int64_t position = 0;
    if (!r->db.h) return ERR_ABSENT;
    enum result result = db_exec(&r->db, "BEGIN");
    if (result == OK) result = db_number(&r->db, READ_POSITION, NO_ARGS, &position);
    r->position = (uint64_t)position;
    if (result != OK) sqlite3_exec(r->db.h, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

enum result reader_begin_at(struct reader *r, int64_t now_ms, const struct reader_place *p)
{
    must(!r->begun);
    enum result result = OK;
    if (!r->db.h || folder_stamp(r->folder) != r->stamp) result = open_current(r);
    if (result == OK) result = snapshot(r);
    if (result != OK && result != ERR_BUSY) { /* switched and swept between the two steps above */
        result = open_current(r);
        if (result == OK) result = snapshot(r);
    }
    r->now_ms = now_ms;
    r->place = *p;
    r->placed = false;
    r->missed = 0;
    r->begun = result == OK;
    return result;
}

enum result reader_begin(struct reader *r, int64_t now_ms)
{
    return reader_begin_at(r, now_ms, &(struct reader_place){.anywhere = true});
}

bool reader_asked_place(const struct reader *r)
{
    return r->placed;
}

/* One question, and whether its answer depended on the place. */
static bool is_there(struct reader *r, story_id id, bool *placed_out)
{
    int64_t one;
    bool before = r->placed;
    r->placed = false;
    bool there = db_number(&r->db, READ_THERE, ARGS(arg_int((int64_t)id)), &one) == OK;
    *placed_out = r->placed;
    r->placed |= before;
    return there;
}

bool reader_elsewhere(struct reader *r, story_id id)
{
    bool placed;
    must(r->begun);
    if (id == r->missed || is_there(r, id, &placed) || !placed) return false;
    bool anywhere = r->place.anywhere;
    r->place.anywhere = true;
    bool there = is_there(r, id, &placed);
    r->place.anywhere = anywhere;
    return there;
}

void reader_end(struct reader *r)
{
    bool ended = !r->begun || sqlite3_exec(r->db.h, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    r->begun = r->placed = false;
    if (!ended) close_db(r); /* a damaged file; the next snapshot opens it again */
}

int64_t reader_now_ms(const struct reader *r)
{
    return r->now_ms;
}

uint64_t reader_position(struct reader *r)
{
    return r->position;
}

int64_t reader_next_change(struct reader *r)
{
    static const int which[] = {READ_NEXT_FROM, READ_NEXT_UNTIL, READ_NEXT_DUE, READ_NEXT_LEFT};
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < COUNT(which); i++) {
        int64_t at = INT64_MAX;
        enum result result = db_number(&r->db, which[i], NO_ARGS, &at);
        if (result != OK && result != ERR_ABSENT) return r->now_ms; /* unknown: keep nothing */
        if (at < first) first = at;
    }
    return first;
}

/* A tombstone counts for pictures from the instant at which it stands, whatever the row still says.
 */
static void drop_dead_pictures(const struct reader *r, struct view *v)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < v->picture_count; i++) {
        story_id item = v->pictures[i].item;
        bool dead = item && r->hooks.dead && r->hooks.dead(item, r->hooks.with);
        if (!dead) v->pictures[n++] = v->pictures[i];
    }
    v->picture_count = n;
}

bool read_view(
    const struct reader *r, sqlite3_stmt *q, bool with_body, struct arena *a, struct view *out)
{
    struct view *v = sqlite3_column_int(q, 2) ? unpack_head(a, db_span(q, 1)) : NULL;
    bool whole = v && v->id == (story_id)sqlite3_column_int64(q, 0);
    if (whole && with_body) whole = unpack_body(a, db_span(q, 3), v);
    if (whole) {
        drop_dead_pictures(r, v);
        *out = *v;
    } else {
        log_error("store: the row of story %llu is damaged and not served",
            (unsigned long long)sqlite3_column_int64(q, 0));
    }
    return whole;
}

enum result reader_story(struct reader *r, story_id id, struct arena *a, struct view *out)
{
    enum result result = OK;
    bool before = r->placed;
    r->placed = false;
    sqlite3_stmt *q = db_query(&r->db, READ_STORY, ARGS(arg_int((int64_t)id)));
    bool found = db_row(&r->db, q, &result);
    if (!found && result == OK && !r->placed) r->missed = id;
    r->placed |= before;
    if (!found) return result == OK ? ERR_ABSENT : result;
    bool whole = read_view(r, q, true, a, out);
    sqlite3_reset(q);
    return whole ? OK : ERR_CORRUPT;
}

static bool read_gone(sqlite3_stmt *q, struct arena *a, struct gone *out)
{
    *out = (struct gone){
        .id = (story_id)sqlite3_column_int64(q, 0),
        .state = sqlite3_column_int(q, 1),
        .since_ms = sqlite3_column_int64(q, 2),
        .published_ms = sqlite3_column_int64(q, 3),
        .merged_into = (story_id)sqlite3_column_int64(q, 4),
        .path = db_keep(a, q, 5),
        .agency = db_keep(a, q, 6),
        .by = db_keep(a, q, 7),
        .as_404 = sqlite3_column_int(q, 8),
        .wire_ms = sqlite3_column_int64(q, 9),
        .wording = db_keep(a, q, 10),
    };
    return sqlite3_column_int(q, 11);
}

enum result reader_gone(struct reader *r, story_id id, struct arena *a, struct gone *out)
{
    enum result result = OK;
    sqlite3_stmt *q = db_query(&r->db, READ_GONE, ARGS(arg_int((int64_t)id)));
    if (!db_row(&r->db, q, &result)) return result == OK ? ERR_ABSENT : result;
    bool whole = read_gone(q, a, out);
    sqlite3_reset(q);
    if (!whole) return ERR_CORRUPT;
    /* E15: what will be answered once a right has ended says nothing before its embargo has. */
    return out->since_ms <= r->now_ms ? OK : ERR_ABSENT;
}

enum result reader_old(
    struct reader *r, struct span address, struct arena *a, struct old_address *out)
{
    enum result result = OK;
    sqlite3_stmt *q = db_query(&r->db, READ_OLD, ARGS(arg_text(address)));
    if (!db_row(&r->db, q, &result)) return result == OK ? ERR_ABSENT : result;
    *out = (struct old_address){.address = db_keep(a, q, 0),
        .story = (story_id)sqlite3_column_int64(q, 1),
        .target = db_keep(a, q, 2),
        .gone = sqlite3_column_int(q, 3),
        .pos = (uint64_t)sqlite3_column_int64(q, 4),
        .by_hand = sqlite3_column_int(q, 5)};
    bool whole = sqlite3_column_int(q, 6);
    sqlite3_reset(q);
    return whole ? OK : ERR_CORRUPT;
}

static enum result gone_list(struct reader *r, sqlite3_stmt *q, size_t n, struct arena *a,
    struct gone **out, size_t *count_out)
{
    enum result result = OK;
    size_t count = 0;
    struct gone *list = ARENA_ARRAY(a, struct gone, n + 1);
    while (count < n && db_row(&r->db, q, &result))
        if (read_gone(q, a, &list[count])) count++;
    sqlite3_reset(q);
    *out = list;
    *count_out = count;
    return result;
}

enum result reader_withdrawn(
    struct reader *r, size_t n, struct arena *a, struct gone **out, size_t *count_out)
{
    sqlite3_stmt *q = db_query(&r->db, READ_WITHDRAWN, ARGS(arg_int((int64_t)n)));
    return gone_list(r, q, n, a, out, count_out);
}

/* What became part of a page leaves with it. */
static enum result add_merged(struct reader *r, const struct gone *page, struct arena *a,
    struct gone *all, size_t n, size_t *count)
{
    struct gone *list;
    size_t more;
    sqlite3_stmt *q = db_query(
        &r->db, READ_MERGED, ARGS(arg_int((int64_t)page->id), arg_int((int64_t)(n - *count))));
    enum result result = gone_list(r, q, n - *count, a, &list, &more);
    for (size_t i = 0; result == OK && i < more; i++) {
        list[i].since_ms = page->since_ms;
        all[(*count)++] = list[i];
    }
    return result;
}

enum result reader_left(
    struct reader *r, size_t n, struct arena *a, struct gone **out, size_t *count_out)
{
    struct gone *pages, *all = ARENA_ARRAY(a, struct gone, n + 1);
    size_t page_count;
    sqlite3_stmt *q = db_query(&r->db, READ_LEFT, ARGS(arg_int(r->now_ms), arg_int((int64_t)n)));
    enum result result = gone_list(r, q, n, a, &pages, &page_count);
    *out = all;
    *count_out = 0;
    for (size_t i = 0; result == OK && i < page_count && *count_out < n; i++) {
        all[(*count_out)++] = pages[i];
        result = add_merged(r, &pages[i], a, all, n, count_out);
    }
    return result;
}

enum result reader_picture(
    struct reader *r, struct span hash_hex, uint32_t *width_out, uint32_t *height_out)
{
    enum result result = OK;
    sqlite3_stmt *q = db_query(&r->db, READ_PICTURE, ARGS(arg_text(hash_hex)));
    if (!db_row(&r->db, q, &result)) return result == OK ? ERR_ABSENT : result;
    *width_out = (uint32_t)sqlite3_column_int64(q, 0);
    *height_out = (uint32_t)sqlite3_column_int64(q, 1);
    sqlite3_reset(q);
    return OK;
}
