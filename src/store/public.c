/* public: the writer's half of site.db: a page's row, what its URL answers when it is not public,
 * pictures, popularity, instants. A story is put whole or dropped whole; a put that is repeated
 * changes nothing. Every row gets its checksum here. Never compares with now. */
#include "inside.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HALF_LIFE_MS = 6 * 3600 * 1000 };

struct span pack_head(struct arena *a, const struct view *v)
{
    struct view head = *v;
    head.body.s = head.body_text = (struct span){NULL, 0};
    return shrink(a, view_pack(a, &head));
}

static void put_pieces(struct buf *b, const struct view_revision *r)
{
    put_u32(b, r->piece_count);
    for (uint32_t i = 0; i < r->piece_count; i++) {
        put_u8(b, (uint8_t)r->pieces[i].kind);
        put_span(b, r->pieces[i].text);
    }
}

static void take_pieces(struct take *t, struct arena *a, struct view_revision *r)
{
    enum { PIECE_BYTES_MIN = 5 }; /* packed: a lying count asks for no memory */
    uint32_t n = take_u32(t);
    if (t->bad || n > (size_t)(t->end - t->p) / PIECE_BYTES_MIN) {
        t->bad = true;
        return;
    }
    r->piece_count = n;
    r->pieces = n ? ARENA_ARRAY(a, struct view_piece, n) : NULL;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t kind = take_u8(t);
        if (kind > PIECE_GAP) t->bad = true;
        r->pieces[i].kind = kind > PIECE_GAP ? PIECE_GAP : (enum piece_kind)kind;
        r->pieces[i].text = take_span(t);
    }
}

struct span pack_body(struct arena *a, const struct view *v)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_span(&b, v->body.s);
    put_span(&b, v->body_text);
    put_u32(&b, v->comment_count);
    for (uint32_t i = 0; i < v->comment_count; i++) {
        const struct view_comment *c = &v->comments[i];
        put_span(&b, c->id);
        put_span(&b, c->name);
        put_span(&b, c->text);
        put_span(&b, c->parent);
        put_span(&b, c->thread);
        put_u64(&b, (uint64_t)c->at_ms);
        put_u64(&b, (uint64_t)c->changed_ms);
    }
    for (uint32_t i = 0; i < v->revision_count; i++) put_pieces(&b, &v->revisions[i]);
    return shrink(a, buf_span(&b));
}

struct view *unpack_head(struct arena *a, struct span blob)
{
    struct span bytes = unshrink(a, blob, STORE_ROW_MAX);
    return bytes.p ? view_unpack(a, bytes) : NULL;
}

enum { COMMENT_BYTES_MIN = 36 }; /* of a packed one: a lying count asks for no memory */

static void unpack_comments(struct arena *a, struct take *t, struct view *v)
{
    uint32_t n = take_u32(t);
    if (t->bad || n > (size_t)(t->end - t->p) / COMMENT_BYTES_MIN) {
        t->bad = true;
        return;
    }
    v->comments = ARENA_ARRAY(a, struct view_comment, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        struct view_comment *c = &v->comments[i];
        c->id = take_span(t);
        c->name = take_span(t);
        c->text = take_span(t);
        c->parent = take_span(t);
        c->thread = take_span(t);
        c->at_ms = (int64_t)take_u64(t);
        c->changed_ms = (int64_t)take_u64(t);
    }
    v->comment_count = n;
}

bool unpack_body(struct arena *a, struct span blob, struct view *v)
{
    struct span bytes = unshrink(a, blob, STORE_ROW_MAX);
    if (!bytes.p) return false;
    struct take t = take_of(bytes);
    v->body.s = take_span(&t); /* html when it was packed; the row's checksum has been compared */
    v->body_text = take_span(&t);
    unpack_comments(a, &t, v);
    for (uint32_t i = 0; i < v->revision_count; i++) take_pieces(&t, a, &v->revisions[i]);
    return take_done(&t);
}

/* The civil day in the page's path, as UTC midnight: the day under which the site's zone files it.
 * Else that of publication. */
static int64_t day_of(const struct view *v)
{
    struct span p = v->path;
    for (int depth = 0; p.n >= 12; depth++) { /* a base path may stand in front */
        uint64_t y, m, d;
        if (p.p[0] == '/' && p.p[5] == '/' && p.p[8] == '/' && p.p[11] == '/' &&
            span_to_u64(span_cut(p, 1, 5), &y) && span_to_u64(span_cut(p, 6, 8), &m) &&
            span_to_u64(span_cut(p, 9, 11), &d) && m >= 1 && m <= 12 && d >= 1 && d <= 31)
            return civil_to_ms((struct civil){.year = (int)y, .month = (int)m, .day = (int)d});
        ptrdiff_t next = span_find_char(span_cut(p, 1, p.n), '/');
        if (next < 0 || depth == 8) break;
        p = span_cut(p, (size_t)next + 1, p.n);
    }
    int64_t into = v->published_ms % DAY_MS;
    return v->published_ms - (into < 0 ? into + DAY_MS : into);
}

static void touch_day(struct store *s, int64_t day_ms)
{
    struct civil c = civil_of(day_ms);
    char text[48];
    snprintf(text, sizeof text, "%04d-%02d-%02d", c.year, c.month, c.day);
    store_touch(s, "day:", span_of(text));
}

static void touch_label(struct store *s, int64_t kind, struct span slug)
{
    char key[16];
    snprintf(key, sizeof key, "%s:", label_word((enum label_kind)kind));
    store_touch(s, key, slug);
}

static void touch_story(struct store *s, story_id id)
{
    store_touch(s, "story:", story_id_text(s->scratch, id));
}

static void touch_place(struct store *s, struct span section, int64_t day_ms)
{
    store_touch(s, "front", S(""));
    store_touch(s, "all", S(""));
    store_touch(s, "section:", section);
    touch_day(s, day_ms);
}

/* The row that stands there now, its keys touched; ERR_ABSENT: none. */
static enum result old_row(struct store *s, story_id id, int64_t *row_out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->site, SITE_STORY_ROW, ARGS(arg_int((int64_t)id)));
    if (!db_row(&s->site, q, &r)) return r == OK ? ERR_ABSENT : r;
    *row_out = sqlite3_column_int64(q, 0);
    touch_place(s, db_span(q, 1), sqlite3_column_int64(q, 2));
    sqlite3_reset(q);
    q = db_query(&s->site, SITE_LABELS_OF, ARGS(arg_int(*row_out)));
    while (db_row(&s->site, q, &r)) touch_label(s, sqlite3_column_int64(q, 0), db_span(q, 1));
    return r;
}

static enum result drop_around(struct store *s, int64_t row)
{
    static const enum site_sql drops[] = {
        SITE_LABELS_DROP, SITE_SHOWN_DROP, SITE_MEMBERS_DROP, SITE_TWINS_DROP};
    enum result r = OK;
    for (size_t i = 0; r == OK && i < COUNT(drops); i++)
        r = db_do(&s->site, (int)drops[i], ARGS(arg_int(row)));
    return r;
}

static enum result put_labels(struct store *s, int64_t row, const struct view *v,
    enum label_kind kind, const struct view_tag *list, uint32_t count)
{
    enum result r = OK;
    for (uint32_t i = 0; r == OK && i < count; i++) {
        int64_t k = kind == LABEL_TAG ? tag_kind(&list[i]) : kind;
        touch_label(s, k, list[i].slug);
        r = db_do(&s->site, SITE_LABEL_PUT,
            ARGS(arg_int(k), arg_text(list[i].slug), arg_int(v->front_ms), arg_int((int64_t)v->id),
                arg_int(row), arg_text(list[i].name)));
    }
    return r;
}

static enum result put_around(struct store *s, const struct view *v, int64_t row)
{
    struct span body = pack_body(s->scratch, v);
    enum result r = db_do(&s->site, SITE_BODY_PUT, ARGS(arg_int(row), arg_bytes(body)));
    if (r == OK) r = put_labels(s, row, v, LABEL_TAG, v->tags, v->tag_count);
    if (r == OK) r = put_labels(s, row, v, LABEL_AUTHOR, v->authors, v->author_count);
    if (r == OK) r = put_labels(s, row, v, LABEL_AUTHOR, v->credited, v->credited_count);
    for (uint32_t i = 0; r == OK && i < v->picture_count; i++)
        r = db_do(&s->site, SITE_SHOWN_PUT,
            ARGS(arg_text(v->pictures[i].hash), arg_int(row), arg_int(v->pictures[i].from_ms),
                arg_int(v->pictures[i].until_ms), arg_int((int64_t)v->pictures[i].item)));
    for (uint32_t i = 0; r == OK && i < v->ref_count; i++)
        if (v->refs[i].kind == REF_MEMBER || v->refs[i].kind == REF_ALSO)
            r = db_do(&s->site, v->refs[i].kind == REF_MEMBER ? SITE_MEMBER_PUT : SITE_TWIN_PUT,
                ARGS(arg_int(row), arg_int((int64_t)v->refs[i].page)));
    return r;
}

enum result store_put_story(struct store *s, const struct story_row *row)
{
    const struct view *v = row->view;
    struct arena *a = store_scratch(s);
    int64_t number = 0, day = day_of(v);
    enum result r = old_row(s, v->id, &number);
    bool is_new = r == ERR_ABSENT;
    if (r != OK && !is_new) return r;
    if (!is_new) r = drop_around(s, number);
    if (!is_new && r != OK) return r;
    touch_place(s, v->section, day);
    touch_story(s, v->id);
    struct arg args[] = {arg_int((int64_t)v->id), arg_int(row->from_ms), arg_int(row->until_ms),
        arg_int(row->due_ms ? row->due_ms : row->until_ms), arg_int(v->front_ms),
        arg_int(v->published_ms),
        arg_int(v->is_corrected || v->is_corrective ? v->corrected_ms : 0),
        arg_int(v->on_fronts ? v->lead_ms : 0), arg_int(day), arg_text(v->section),
        arg_text(row->feed), arg_int(v->on_fronts), arg_int(v->noindex), arg_int(v->nonews),
        arg_int(v->needs_member), arg_int(v->pinned_until_ms),
        arg_text(v->territory.n ? v->territory : S("")), arg_bytes(pack_head(a, v)),
        arg_int(number)};
    r = db_do(&s->site, is_new ? SITE_STORY_PUT : SITE_STORY_CHANGE, args,
        COUNT(args) - (is_new ? 1 : 0));
    if (r == OK && is_new) number = sqlite3_last_insert_rowid(s->site.h);
    if (r == OK) r = put_around(s, v, number);
    return r == OK ? db_do(&s->site, SITE_QUEUE_PUT, ARGS(arg_int((int64_t)v->id), arg_int(0))) : r;
}

enum result store_drop_story(struct store *s, story_id id)
{
    int64_t row;
    store_scratch(s);
    enum result r = old_row(s, id, &row);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    touch_story(s, id);
    r = drop_around(s, row);
    if (r == OK) r = db_do(&s->site, SITE_BODY_DROP, ARGS(arg_int(row)));
    if (r == OK) r = db_do(&s->site, SITE_STORY_DROP, ARGS(arg_int(row)));
    return r == OK ? db_do(&s->site, SITE_QUEUE_PUT, ARGS(arg_int((int64_t)id), arg_int(0))) : r;
}

enum result store_story_summary(struct store *s, story_id id, struct arena *a,
    struct view **view_out, int64_t *from_out, int64_t *until_out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->site, SITE_STORY_HEAD, ARGS(arg_int((int64_t)id)));
    if (!db_row(&s->site, q, &r)) return r == OK ? ERR_ABSENT : r;
    *view_out = sqlite3_column_int(q, 3) ? unpack_head(a, db_span(q, 0)) : NULL;
    *from_out = sqlite3_column_int64(q, 1);
    *until_out = sqlite3_column_int64(q, 2);
    if (*view_out) (*view_out)->territory = db_keep(a, q, 4); /* stands beside what is packed */
    sqlite3_reset(q);
    return *view_out ? OK : ERR_CORRUPT;
}

bool store_picture_elsewhere(struct store *s, struct span hash_hex, story_id id)
{
    int64_t n = 0;
    return db_number(&s->site, SITE_PICTURE_ELSEWHERE,
               ARGS(arg_text(hash_hex), arg_int((int64_t)id)), &n) == OK &&
           n > 0;
}

enum result store_put_gone(struct store *s, const struct gone *g)
{
    store_scratch(s);
    touch_story(s, g->id);
    return db_do(&s->site, SITE_GONE_PUT,
        ARGS(arg_int((int64_t)g->id), arg_int(g->state), arg_int(g->since_ms),
            arg_int(g->published_ms), arg_int((int64_t)g->merged_into), arg_text(g->path),
            arg_text(g->agency), arg_text(g->by), arg_int(g->as_404), arg_int(g->wire_ms),
            arg_text(g->wording)));
}

enum result store_gone(struct store *s, story_id id, struct gone *out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->site, SITE_GONE, ARGS(arg_int((int64_t)id)));
    if (!db_row(&s->site, q, &r)) return r == OK ? ERR_ABSENT : r;
    *out = (struct gone){.id = id,
        .state = sqlite3_column_int(q, 0),
        .since_ms = sqlite3_column_int64(q, 1),
        .published_ms = sqlite3_column_int64(q, 2),
        .as_404 = sqlite3_column_int(q, 3)};
    sqlite3_reset(q);
    return OK;
}

enum result store_drop_gone(struct store *s, story_id id)
{
    store_scratch(s);
    touch_story(s, id);
    return db_do(&s->site, SITE_GONE_DROP, ARGS(arg_int((int64_t)id)));
}

enum result store_put_old(struct store *s, const struct old_address *old)
{
    return db_do(&s->site, SITE_OLD_PUT,
        ARGS(arg_text(old->address), arg_int((int64_t)old->story), arg_text(old->target),
            arg_int(old->gone), arg_int((int64_t)old->pos), arg_int(old->by_hand)));
}

enum result store_put_picture(
    struct store *s, struct span hash_hex, uint32_t width, uint32_t height, uint32_t forms)
{
    return db_do(&s->site, SITE_PICTURE_PUT,
        ARGS(arg_text(hash_hex), arg_int(width), arg_int(height), arg_int(forms)));
}

bool store_picture(struct store *s, struct span hash_hex, uint32_t *width_out, uint32_t *height_out,
    uint32_t *forms_out)
{
    enum result r = OK;
    sqlite3_stmt *q = db_query(&s->site, SITE_PICTURE, ARGS(arg_text(hash_hex)));
    if (!db_row(&s->site, q, &r)) return false;
    *width_out = (uint32_t)sqlite3_column_int64(q, 0);
    *height_out = (uint32_t)sqlite3_column_int64(q, 1);
    *forms_out = (uint32_t)sqlite3_column_int64(q, 2);
    sqlite3_reset(q);
    return true;
}

/* log2(2^a + 2^b) */
static double log_sum(double a, double b)
{
    double high = a > b ? a : b, low = a > b ? b : a;
    return high + log2(1 + exp2(low - high));
}

/* The score is log2(sum of views * 2^(instant / half-life)): decay is relative to 1970 and needs no
 * now; two scores compare as the decayed sums would. Kept when the story leaves, so that coming and
 * going leaves the same score as a rebuild. */
enum result store_put_counts(struct store *s, story_id page, uint64_t views, int64_t at_ms)
{
    enum result r = OK;
    if (!views) return OK;
    double score = log2((double)views) + (double)at_ms / HALF_LIFE_MS;
    sqlite3_stmt *q = db_query(&s->site, SITE_POPULAR, ARGS(arg_int((int64_t)page)));
    if (db_row(&s->site, q, &r)) {
        bool counted = at_ms <= sqlite3_column_int64(q, 1); /* applied before a crash */
        score = log_sum(score, sqlite3_column_double(q, 0));
        sqlite3_reset(q);
        if (counted) return OK;
    }
    store_scratch(s);
    store_touch(s, "popular", S(""));
    if (r != OK) return r;
    return db_do(
        &s->site, SITE_POPULAR_PUT, ARGS(arg_int((int64_t)page), arg_real(score), arg_int(at_ms)));
}

int64_t store_next_due(struct store *s, int64_t after_ms)
{
    static const int which[] = {SITE_NEXT_FROM, SITE_NEXT_UNTIL, SITE_NEXT_DUE};
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < COUNT(which); i++) {
        int64_t at = INT64_MAX;
        enum result r = db_number(&s->site, which[i], ARGS(arg_int(after_ms)), &at);
        if (r != OK && r != ERR_ABSENT) log_error("store: next due instant: %s", result_name(r));
        if (at < first) first = at;
    }
    return first;
}

enum result store_set_rung(struct store *s, int64_t done_ms)
{
    return db_do(&s->site, SITE_SET_NOTE, ARGS(arg_text(S("rung_ms")), arg_int(done_ms)));
}

int64_t store_rung(struct store *s)
{
    int64_t ms = 0;
    enum result r = db_number(&s->site, SITE_NOTE, ARGS(arg_text(S("rung_ms"))), &ms);
    if (r != OK && r != ERR_ABSENT) log_error("store: what was rung: %s", result_name(r));
    return r == OK ? ms : 0;
}

enum result store_due(struct store *s, int64_t after_ms, int64_t until_ms, story_id after,
    story_id *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    *count_out = 0;
    sqlite3_stmt *q = db_query(&s->site, SITE_DUE,
        ARGS(arg_int(after_ms), arg_int(until_ms), arg_int((int64_t)after), arg_int((int64_t)n)));
    while (db_row(&s->site, q, &r)) out[(*count_out)++] = (story_id)sqlite3_column_int64(q, 0);
    return r;
}
