/* reader_list: lists, counts, days and related stories: every question is one statement
 * over the public views, each walking an index in the order that is shown (store_test asks EXPLAIN
 * QUERY PLAN). Rows that are damaged are left out. */
#include "inside.h"

#include <stdlib.h>

enum {
    RELATED_TAGS = 12,    /* of a story that are looked at */
    RELATED_PER_TAG = 30, /* newest stories of each */
    RELATED_MAX = RELATED_TAGS * RELATED_PER_TAG,
};

#define ROW "id,view,head_ok,CASE WHEN ?1 THEN body END"
#define PAGE " LIMIT ?2 OFFSET ?3"
/* What stands behind one place of a list in its order. */
#define BEHIND(ms, id) "(" ms "," id ")<(?5,?6)"
#define OF_FRONT "public_story WHERE on_fronts=1 AND NOT behind"
#define OF_SECTION "public_story WHERE on_fronts=1 AND section=?4 AND NOT behind_here"
#define OF_TAG "public_label WHERE kind=1 AND slug=?4 AND label_ok AND NOT behind"
#define OF_AUTHOR "public_label WHERE kind=2 AND slug=?4 AND label_ok"
#define OF_PERSON "public_label WHERE kind=3 AND slug=?4 AND label_ok AND NOT behind"
#define OF_PLACE "public_label WHERE kind=4 AND slug=?4 AND label_ok AND NOT behind"
#define LABELLED(from) "SELECT " ROW " FROM " from " ORDER BY label_ms DESC,label_id DESC" PAGE
#define OF_INDEXABLE "public_story WHERE noindex=0"
#define OF_NEWS "public_story WHERE noindex=0 AND nonews=0 AND on_fronts=1"
#define OF_CORRECTIONS "public_story WHERE corrected_ms>0"
#define OF_LED "public_story WHERE lead_ms>0"
#define OF_PINNED "public_story WHERE on_fronts=1 AND pinned_ms>0 AND pinned_ms>bs_now()"
#define OF_POPULAR "public_popular WHERE score_ok"

const char *const reader_statements[READ_STATEMENTS] = {
    [READ_POSITION] = "SELECT value FROM note WHERE name='position'",
    [READ_STORY] = "SELECT id,view,head_ok,body FROM public_story WHERE id=?1",
    [READ_THERE] = "SELECT 1 FROM public_story WHERE id=?1",
    [READ_GONE] = "SELECT " GONE_COLUMNS ",sum=bs_sum(" GONE_COLUMNS ") FROM gone WHERE id=?1",
    [READ_OLD] = "SELECT " OLD_COLUMNS ",sum=bs_sum(" OLD_COLUMNS ") FROM old WHERE address=?1",
    [READ_GRIEVANCE] = "SELECT " GRIEVANCE_COLUMNS " FROM grievance WHERE number=?1"
                       " AND sum=bs_sum(" GRIEVANCE_COLUMNS ")",
    [READ_GRIEVANCES] =
        "SELECT " GRIEVANCE_COLUMNS " FROM grievance WHERE sum=bs_sum(" GRIEVANCE_COLUMNS ")"
        " ORDER BY decided_ms>0, CASE WHEN decided_ms>0 THEN -decided_ms"
        " WHEN acknowledged_ms=0 AND acknowledge_by_ms<answer_by_ms THEN acknowledge_by_ms"
        " ELSE answer_by_ms END, number LIMIT ?2 OFFSET ?1",
    [READ_GRIEVANCE_COUNT] = "SELECT count(*) FROM grievance",
    [READ_GRIEVANCES_SINCE] =
        "SELECT " GRIEVANCE_COLUMNS " FROM grievance INDEXED BY grievance_received"
        " WHERE received_ms>=?1 AND sum=bs_sum(" GRIEVANCE_COLUMNS ")"
        " ORDER BY received_ms DESC LIMIT ?2",
    /* The states by number (desk.h): killed, taken down. */
    [READ_WITHDRAWN] = "SELECT " GONE_COLUMNS ",sum=bs_sum(" GONE_COLUMNS ") FROM gone"
                       " WHERE state IN(3,4) AND as_404=0 ORDER BY since_ms DESC,id DESC LIMIT ?1",
    /* And withheld, expired, purged; since_ms is of what will answer so, too. A row stands until
     * the newsroom has seen a release: what is public by now has not left. */
    [READ_LEFT] = "SELECT " GONE_COLUMNS ",sum=bs_sum(" GONE_COLUMNS ") FROM gone"
                  " WHERE state IN(2,3,4,5,7) AND as_404=0 AND published_ms>0 AND since_ms<=?1"
                  " AND NOT EXISTS(SELECT 1 FROM public_story p WHERE p.id=gone.id)"
                  " ORDER BY since_ms DESC,id DESC LIMIT ?2",
    [READ_MERGED] = "SELECT " GONE_COLUMNS ",sum=bs_sum(" GONE_COLUMNS ") FROM gone"
                    " WHERE merged_into=?1 AND state=6 AND published_ms>0 ORDER BY id LIMIT ?2",
    [READ_NAME] = "SELECT name FROM public_label WHERE kind=?1 AND slug=?2 AND label_ok"
                  " ORDER BY label_ms DESC,label_id DESC LIMIT 1",
    [READ_DAY] = "SELECT day_ms FROM public_story WHERE day_ms<?1 ORDER BY day_ms DESC LIMIT 1",
    [READ_NEXT_FROM] = "SELECT at_ms FROM next_from",
    [READ_NEXT_UNTIL] = "SELECT at_ms FROM next_until",
    [READ_NEXT_DUE] = "SELECT at_ms FROM next_due",
    [READ_NEXT_LEFT] = "SELECT since_ms FROM gone"
                       " WHERE state IN(2,3,4,5,7) AND as_404=0 AND published_ms>0"
                       " AND since_ms>bs_now() ORDER BY since_ms LIMIT 1",
    [READ_PICTURE] = "SELECT width,height FROM public_picture WHERE hash=?1 AND ok LIMIT 1",
    [READ_MATCHES] =
        "SELECT id,front_ms FROM public_match WHERE words MATCH ?1 ORDER BY doc LIMIT ?2",
    [READ_RANKED] = "SELECT id,front_ms,language,bs_rank(words) FROM public_match"
                    " WHERE words MATCH ?1 AND doc BETWEEN ?3 AND ?4 ORDER BY doc LIMIT ?2",
    [READ_HEADS] = "SELECT id,view,head_ok,NULL FROM public_head WHERE words MATCH ?1"
                   " ORDER BY doc LIMIT ?2",
    [READ_TERMS] = "SELECT term FROM search_terms WHERE term>=?1 AND term<?2 LIMIT ?3",
    [READ_HEAD_TERMS] = "SELECT term FROM heads_terms WHERE term>=?1 AND term<?2 LIMIT ?3",
    [READ_RELATED] = "SELECT label_id,label_ms FROM public_label WHERE kind=?3 AND slug=?1"
                     " AND label_ok ORDER BY label_ms DESC,label_id DESC LIMIT ?2",
    [READ_NUMBERED] = "SELECT id,view,head_ok,body FROM public_story WHERE id>=?1 AND id<?2"
                      " ORDER BY id LIMIT 1",
    [READ_OLD_NUMBER] = "SELECT " OLD_COLUMNS ",sum=bs_sum(" OLD_COLUMNS ") FROM old"
                        " WHERE story=?1 AND story<>0 AND +address>='?p='"
                        " AND +address<'?p>' ORDER BY address LIMIT 1",
    [READ_SHARDS] = "SELECT front_ms,corrected_ms FROM " OF_INDEXABLE " ORDER BY published_ms,id",
    [READ_PICK + PICK_ALL] = "SELECT " ROW " FROM public_story WHERE " BEHIND(
        "front_ms", "id") " ORDER BY front_ms DESC,id DESC" PAGE,
    [READ_PICK + PICK_PUBLISHED] =
        "SELECT " ROW " FROM public_story WHERE published_ms>=?7 AND published_ms<?8 AND " BEHIND(
            "published_ms", "id") " ORDER BY published_ms DESC,id DESC" PAGE,
    [READ_PICK + PICK_SECTION] = "SELECT " ROW " FROM " OF_SECTION " AND " BEHIND(
        "front_ms", "id") " ORDER BY front_ms DESC,id DESC" PAGE,
    [READ_PICK + PICK_LABEL] = "SELECT " ROW " FROM public_label WHERE kind=?7 AND slug=?4 AND"
                               " label_ok AND (kind=2 OR NOT behind) AND " BEHIND("label_ms",
                                   "label_id") " ORDER BY label_ms DESC,label_id DESC" PAGE,
    [READ_LIST + LIST_FRONT] =
        "SELECT " ROW " FROM " OF_FRONT " ORDER BY front_ms DESC,id DESC" PAGE,
    [READ_LIST + LIST_SECTION] =
        "SELECT " ROW " FROM " OF_SECTION " ORDER BY front_ms DESC,id DESC" PAGE,
    [READ_LIST + LIST_TAG] = LABELLED(OF_TAG),
    [READ_LIST + LIST_AUTHOR] = LABELLED(OF_AUTHOR),
    [READ_LIST + LIST_PERSON] = LABELLED(OF_PERSON),
    [READ_LIST + LIST_PLACE] = LABELLED(OF_PLACE),
    [READ_LIST + LIST_DAY] = "SELECT " ROW " FROM public_story WHERE published_ms>=?5"
                             " AND published_ms<?6 ORDER BY published_ms,id" PAGE,
    [READ_LIST + LIST_NEWEST] =
        "SELECT " ROW " FROM public_story ORDER BY front_ms DESC,id DESC" PAGE,
    [READ_LIST + LIST_INDEXABLE] =
        "SELECT " ROW " FROM " OF_INDEXABLE " ORDER BY published_ms,id" PAGE,
    /* The plus: two days by an index on publication and sorted, not the whole archive in order. */
    [READ_LIST + LIST_NEWS] = "SELECT " ROW " FROM " OF_NEWS " AND published_ms>=?5"
                              " ORDER BY +front_ms DESC,id DESC" PAGE,
    [READ_LIST + LIST_CORRECTIONS] =
        "SELECT " ROW " FROM " OF_CORRECTIONS " ORDER BY corrected_ms DESC,id DESC" PAGE,
    [READ_LIST + LIST_LED] = "SELECT " ROW " FROM " OF_LED " ORDER BY lead_ms DESC,id DESC" PAGE,
    [READ_LIST + LIST_PINNED] =
        "SELECT " ROW " FROM " OF_PINNED " ORDER BY pinned_ms DESC,id DESC" PAGE,
    [READ_LIST + LIST_POPULAR] =
        "SELECT " ROW " FROM " OF_POPULAR " ORDER BY score DESC,popular_id DESC" PAGE,
    [READ_COUNT + LIST_FRONT] = "SELECT count(*) FROM " OF_FRONT,
    [READ_COUNT + LIST_SECTION] = "SELECT count(*) FROM " OF_SECTION,
    [READ_COUNT + LIST_TAG] =
        "SELECT count(*) FROM public_label WHERE kind=1 AND slug=?4 AND NOT behind",
    [READ_COUNT + LIST_AUTHOR] = "SELECT count(*) FROM public_label WHERE kind=2 AND slug=?4",
    [READ_COUNT + LIST_PERSON] = "SELECT count(*) FROM " OF_PERSON,
    [READ_COUNT + LIST_PLACE] = "SELECT count(*) FROM " OF_PLACE,
    [READ_COUNT + LIST_DAY] = "SELECT count(*) FROM public_story",
    [READ_COUNT + LIST_NEWEST] = "SELECT count(*) FROM public_story",
    [READ_COUNT + LIST_INDEXABLE] = "SELECT count(*) FROM " OF_INDEXABLE,
    [READ_COUNT + LIST_NEWS] = "SELECT count(*) FROM " OF_NEWS,
    [READ_COUNT + LIST_CORRECTIONS] = "SELECT count(*) FROM " OF_CORRECTIONS,
    [READ_COUNT + LIST_LED] = "SELECT count(*) FROM " OF_LED,
    [READ_COUNT + LIST_PINNED] = "SELECT count(*) FROM " OF_PINNED,
    [READ_COUNT + LIST_POPULAR] = "SELECT count(*) FROM " OF_POPULAR,
};

/* How many arguments a statement of each kind names. */
static size_t args_of(enum list_kind k)
{
    switch (k) {
    case LIST_SECTION:
    case LIST_TAG:
    case LIST_AUTHOR:
    case LIST_PERSON:
    case LIST_PLACE: return 4;
    case LIST_NEWS: return 5;
    case LIST_DAY: return 6;
    default: return 3;
    }
}

/* A label whose key was damaged leads to a story that does not carry it. */
static bool carries(const struct view *v, enum list_kind k, struct span slug)
{
    enum label_kind kind = list_label(k);
    if (!kind) return true;
    bool author = kind == LABEL_AUTHOR;
    const struct view_tag *tags = author ? v->authors : v->tags;
    uint32_t n = author ? v->author_count : v->tag_count;
    for (uint32_t i = 0; i < n; i++)
        if ((author || tag_kind(&tags[i]) == kind) && span_eq(tags[i].slug, slug)) return true;
    for (uint32_t i = 0; author && i < v->credited_count; i++)
        if (span_eq(v->credited[i].slug, slug)) return true;
    return false;
}

static const struct {
    enum list_kind list;
    const char *word;
} labels[] = {[LABEL_TAG] = {LIST_TAG, "tag"},
    [LABEL_AUTHOR] = {LIST_AUTHOR, "author"},
    [LABEL_PERSON] = {LIST_PERSON, "person"},
    [LABEL_PLACE] = {LIST_PLACE, "place"}};

const char *label_word(enum label_kind k)
{
    return labels[k].word;
}

enum list_kind label_list(enum label_kind k)
{
    return labels[k].list;
}

enum label_kind list_label(enum list_kind k)
{
    for (enum label_kind i = LABEL_TAG; i <= LABEL_PLACE; i++)
        if (labels[i].list == k) return i;
    return 0;
}

enum result reader_list(struct reader *r, const struct list_query *l, struct arena *a,
    struct view **out, size_t *count_out)
{
    must(r->begun);
    size_t n = 0, cap = 0, limit = l->limit < STORE_LIST_MAX ? l->limit : STORE_LIST_MAX;
    struct view *list = NULL, v;
    enum result result = OK;
    struct arg args[] = {arg_int(l->with_body), arg_int((int64_t)limit),
        arg_int((int64_t)l->offset), arg_text(l->name), arg_int(l->day_from_ms),
        arg_int(l->day_until_ms)};
    sqlite3_stmt *q = db_query(&r->db, READ_LIST + (int)l->kind, args, args_of(l->kind));
    while (db_row(&r->db, q, &result))
        if (read_view(r, q, l->with_body, a, &v) && carries(&v, l->kind, l->name))
            *ARENA_PUSH(a, list, n, cap) = v;
    *out = list;
    *count_out = n;
    return result;
}

enum result reader_count(struct reader *r, enum list_kind kind, struct span name, size_t *out)
{
    must(r->begun);
    int64_t n = 0;
    struct arg args[] = {arg_int(0), arg_int(0), arg_int(0), arg_text(name)};
    bool named = args_of(kind) == 4;
    enum result result =
        db_number(&r->db, READ_COUNT + (int)kind, args, named ? COUNT(args) : 0, &n);
    *out = (size_t)n;
    return result;
}

enum result reader_tag_name(
    struct reader *r, enum list_kind kind, struct span slug, struct arena *a, struct span *name_out)
{
    must(r->begun);
    enum result result = OK;
    sqlite3_stmt *q = db_query(&r->db, READ_NAME, ARGS(arg_int(list_label(kind)), arg_text(slug)));
    if (!db_row(&r->db, q, &result)) return result == OK ? ERR_ABSENT : result;
    *name_out = db_keep(a, q, 0);
    sqlite3_reset(q);
    return OK;
}

enum result reader_days(struct reader *r, struct arena *a, int64_t **days_ms_out, size_t *count_out)
{
    must(r->begun);
    enum result result = OK;
    int64_t *days = ARENA_ARRAY(a, int64_t, STORE_LIST_MAX), day = INT64_MAX;
    size_t n = 0;
    while (n < STORE_LIST_MAX &&
           (result = db_number(&r->db, READ_DAY, ARGS(arg_int(day)), &day)) == OK)
        days[n++] = day;
    *days_ms_out = days;
    *count_out = n;
    return result == ERR_ABSENT ? OK : result;
}

struct candidate {
    story_id id;
    int64_t front_ms;
    int shared;
};

static int newer_first(const void *x, const void *y)
{
    const struct candidate *a = x, *b = y;
    if (a->shared != b->shared) return a->shared > b->shared ? -1 : 1;
    if (a->front_ms != b->front_ms) return a->front_ms > b->front_ms ? -1 : 1;
    return a->id == b->id ? 0 : a->id > b->id ? -1 : 1;
}

/* Who shares a person is nearer than who shares a place, and that nearer than who shares a subject.
 */
static int weight_of(enum label_kind k)
{
    return k == LABEL_PERSON ? 3 : k == LABEL_PLACE ? 2 : 1;
}

static void count_shared(
    struct candidate *list, size_t *n, story_id id, int64_t front_ms, enum label_kind kind)
{
    for (size_t i = 0; i < *n; i++) {
        if (list[i].id != id) continue;
        list[i].shared += weight_of(kind);
        return;
    }
    if (*n < RELATED_MAX) list[(*n)++] = (struct candidate){id, front_ms, weight_of(kind)};
}

/* Loads the views of candidates [from, until) that are whole; the snapshot has shown them to be
 * public. */
static enum result load(struct reader *r, const struct candidate *list, size_t from, size_t until,
    struct arena *a, struct view *out, size_t *count)
{
    enum result result = OK;
    for (size_t i = from; result == OK && i < until; i++) {
        result = reader_story(r, list[i].id, a, &out[*count]);
        if (result == OK)
            ++*count;
        else if (result == ERR_CORRUPT || result == ERR_ABSENT)
            result = OK;
    }
    return result;
}

static bool is_listed(const struct view *list, size_t n, story_id id)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].id == id) return true;
    return false;
}

static enum result fill_from_section(struct reader *r, const struct view *v, size_t n,
    struct arena *a, struct view *out, size_t *count)
{
    struct view *more;
    size_t found = 0;
    struct list_query l = {.kind = LIST_SECTION, .name = v->section, .limit = n + *count + 1};
    enum result result = reader_list(r, &l, a, &more, &found);
    for (size_t i = 0; result == OK && i < found && *count < n; i++)
        if (more[i].id != v->id && !is_listed(out, *count, more[i].id)) out[(*count)++] = more[i];
    return result;
}

enum result reader_related(struct reader *r, const struct view *v, size_t n, struct arena *a,
    struct view **out, size_t *count_out)
{
    must(r->begun && n <= STORE_LIST_MAX);
    enum result result = OK;
    struct candidate list[RELATED_MAX];
    size_t found = 0, count = 0;
    for (uint32_t i = 0; result == OK && i < v->tag_count && i < RELATED_TAGS; i++) {
        enum label_kind kind = tag_kind(&v->tags[i]);
        sqlite3_stmt *q = db_query(&r->db, READ_RELATED,
            ARGS(arg_text(v->tags[i].slug), arg_int(RELATED_PER_TAG), arg_int(kind)));
        while (db_row(&r->db, q, &result)) {
            story_id id = (story_id)sqlite3_column_int64(q, 0);
            if (id != v->id) count_shared(list, &found, id, sqlite3_column_int64(q, 1), kind);
        }
    }
    qsort(list, found, sizeof list[0], newer_first);
    *out = ARENA_ARRAY(a, struct view, n + 1);
    if (result == OK) result = load(r, list, 0, found < n ? found : n, a, *out, &count);
    if (result == OK && count < n) result = fill_from_section(r, v, n, a, *out, &count);
    *count_out = count;
    return result;
}
