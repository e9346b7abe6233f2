/* reader_pick: what programs ask that lists do not: a list from any place on and between two
 * instants, a story by a number, when the parts of the sitemap changed. Each is one statement over
 * the public views, as reader_list's are. */
#include "inside.h"

/* A story's id has 60 bits, a double holds 53 exactly: the 52 above, and one that no number of an
 * imported post has. Two ids share a number once in some 2^52 pairs; then it names the lower. */
enum { NUMBER_SHIFT = 8, NUMBER_BIT = 52 };
#define NUMBER_MARK (UINT64_C(1) << NUMBER_BIT)

uint64_t story_number(story_id id)
{
    return NUMBER_MARK | (id >> NUMBER_SHIFT & (NUMBER_MARK - 1));
}

enum result reader_number(struct reader *r, story_id id, uint64_t *out)
{
    must(r->begun);
    enum result result = OK;
    uint64_t number = 0;
    sqlite3_stmt *q = db_query(&r->db, READ_OLD_NUMBER, ARGS(arg_int((int64_t)id)));
    *out = story_number(id);
    if (!db_row(&r->db, q, &result)) return result;
    struct span address = db_span(q, 0);
    bool whole = sqlite3_column_int(q, 6) && address.n > 3 &&
                 span_to_u64(span_cut(address, 3, address.n), &number);
    if (whole && number && number < NUMBER_MARK) *out = number;
    sqlite3_reset(q);
    return OK;
}

static enum result by_id_range(
    struct reader *r, story_id from, story_id until, struct arena *a, struct view *out)
{
    enum result result = OK;
    sqlite3_stmt *q =
        db_query(&r->db, READ_NUMBERED, ARGS(arg_int((int64_t)from), arg_int((int64_t)until)));
    if (!db_row(&r->db, q, &result)) return result == OK ? ERR_ABSENT : result;
    bool whole = read_view(r, q, true, a, out);
    sqlite3_reset(q);
    return whole ? OK : ERR_CORRUPT;
}

enum result reader_numbered(struct reader *r, uint64_t number, struct arena *a, struct view *out)
{
    must(r->begun);
    if (number >= NUMBER_MARK * 2) return ERR_ABSENT;
    if (number >= NUMBER_MARK) {
        story_id from = (story_id)(number & (NUMBER_MARK - 1)) << NUMBER_SHIFT;
        return by_id_range(r, from, from + (1 << NUMBER_SHIFT), a, out);
    }
    struct old_address old;
    struct span address = arena_printf(a, "?p=%llu", (unsigned long long)number);
    enum result result = reader_old(r, address, a, &old);
    if (result != OK) return result;
    return old.story ? reader_story(r, old.story, a, out) : ERR_ABSENT;
}

enum result reader_pick(struct reader *r, const struct pick_query *f, struct arena *a,
    struct view **out, size_t *count_out)
{
    must(r->begun);
    size_t n = 0, cap = 0, limit = f->limit < STORE_LIST_MAX ? f->limit : STORE_LIST_MAX;
    struct view *list = NULL, v;
    enum result result = OK;
    bool is_label = f->tag.n || f->author.n;
    enum pick_from from = f->by_publication ? PICK_PUBLISHED
                          : f->section.n    ? PICK_SECTION
                          : is_label        ? PICK_LABEL
                                            : PICK_ALL;
    struct span name = f->section.n ? f->section : f->tag.n ? f->tag : f->author;
    struct arg args[8] = {arg_int(f->with_body), arg_int((int64_t)limit),
        arg_int((int64_t)f->offset), arg_text(name), arg_int(f->at_ms), arg_int((int64_t)f->at_id)};
    size_t count = 6;
    enum label_kind named = f->tag_kind ? f->tag_kind : LABEL_TAG;
    if (from == PICK_LABEL) args[count++] = arg_int(f->tag.n ? named : LABEL_AUTHOR);
    if (from == PICK_PUBLISHED) {
        args[count++] = arg_int(f->since_ms);
        args[count++] = arg_int(f->until_ms);
    }
    sqlite3_stmt *q = db_query(&r->db, READ_PICK + (int)from, args, count);
    while (db_row(&r->db, q, &result))
        if (read_view(r, q, f->with_body, a, &v)) *ARENA_PUSH(a, list, n, cap) = v;
    *out = list;
    *count_out = n;
    return result;
}

enum result reader_shards(
    struct reader *r, size_t size, struct arena *a, int64_t **changed_ms_out, size_t *count_out)
{
    must(r->begun && size);
    enum result result = OK;
    int64_t *list = NULL;
    size_t n = 0, cap = 0, in_part = size;
    sqlite3_stmt *q = db_query(&r->db, READ_SHARDS, NO_ARGS);
    while (db_row(&r->db, q, &result)) {
        int64_t front = sqlite3_column_int64(q, 0), corrected = sqlite3_column_int64(q, 1),
                at = front > corrected ? front : corrected;
        if (in_part == size) {
            *ARENA_PUSH(a, list, n, cap) = at;
            in_part = 0;
        } else if (at > list[n - 1]) {
            list[n - 1] = at;
        }
        in_part++;
    }
    *changed_ms_out = list;
    *count_out = n;
    return result;
}
