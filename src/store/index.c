/* index: the full-text table, behind publication. store_put_story and store_drop_story only leave
 * an id in the queue; the words follow here, in transactions of their own. Held and embargoed words
 * never enter: a row is indexed when it is public, and its id waits in the queue for its release or
 * its end.
 * A document's number is made from its place on fronts, newest first, so that FTS5 gives matches in
 * the order that is shown and stops at the limit. The folded words are kept beside it: FTS5 without
 * contents needs them again for taking a document out.
 * FTS5 (3.40) keeps a removed word in its b-trees until its segments are merged: after a drop the
 * whole index is merged in small steps. Until then no search shows the story: results are rows of
 * public_story. Never runs inside a job, but for store_forget_words: what was struck or corrected
 * away is not to be found until the index has come so far. */
#include "inside.h"

enum {
    DOC_LOW_BITS = 12, /* for stories of one second: the id's first bits */
    MERGE_PAGES = 100, /* of about 4 KB, one step: some 8 ms */
    INDEX_TEXT_MAX = 4 << 20,
};
#define DOC_SECONDS_MAX ((int64_t)1 << 33) /* the year 2242 */
#define PURGE_EVERY_MS                                                                             \
    ((int64_t)600000) /* a merge of everything reads and writes the index once: not for each drop  \
                       */
enum purge { PURGE_NONE, PURGE_WANTED, PURGE_RUNS, PURGE_RUNS_WANTED };

static enum result note_get(struct store *s, struct span name, int64_t *out)
{
    *out = 0;
    enum result r = db_number(&s->site, SITE_NOTE, ARGS(arg_text(name)), out);
    return r == ERR_ABSENT ? OK : r;
}

static enum result note_set(struct store *s, struct span name, int64_t v)
{
    return db_do(&s->site, SITE_SET_NOTE, ARGS(arg_text(name), arg_int(v)));
}

int64_t doc_of_instant(int64_t front_ms)
{
    int64_t seconds = front_ms < 0 ? 0 : front_ms / 1000;
    if (seconds > DOC_SECONDS_MAX) seconds = DOC_SECONDS_MAX;
    return (DOC_SECONDS_MAX - seconds) << DOC_LOW_BITS;
}

static int64_t doc_of(int64_t front_ms, story_id id)
{
    int64_t low = ((int64_t)1 << DOC_LOW_BITS) - 1;
    return doc_of_instant(front_ms) | (low - (int64_t)(id >> 48 & (uint64_t)low));
}

static void put_line(struct buf *b, struct span s)
{
    buf_put(b, s);
    buf_char(b, ' ');
}

struct source { /* a story's row, if it is public; else when it will be */
    struct view *view;
    int64_t from_ms, until_ms, front_ms;
};

/* A picture with an hour of its own is not found by its caption: before that hour the caption must
 * not be there (E9), after its right's end neither (R3). */
static bool is_as_free(const struct view_picture *p, const struct source *src)
{
    return p->from_ms <= src->from_ms && p->until_ms >= src->until_ms;
}

static struct span names_of(struct arena *a, const struct view *v)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_line(&b, v->byline);
    for (uint32_t i = 0; i < v->tag_count; i++) put_line(&b, v->tags[i].name);
    return buf_span(&b);
}

static struct span text_of(struct arena *a, const struct source *src)
{
    const struct view *v = src->view;
    struct buf b;
    buf_init(&b, a, INDEX_TEXT_MAX);
    for (uint32_t i = 0; i < v->picture_count; i++)
        if (is_as_free(&v->pictures[i], src)) put_line(&b, v->pictures[i].caption);
    buf_put(&b, v->body_text);
    return buf_span(&b);
}

/* A line for each column; folded words hold no end of a line. */
static struct span words_of(struct arena *a, const struct source *src)
{
    const struct view *v = src->view;
    struct span columns[SEARCH_COLUMNS] = {[COLUMN_TITLE] = v->headline,
        [COLUMN_LEAD] = v->abstract,
        [COLUMN_NAMES] = names_of(a, v),
        [COLUMN_WORDS] = text_of(a, src),
        [COLUMN_MARKS] = query_marks(a, v->section, v->agency, v->language)};
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < SEARCH_COLUMNS; i++) {
        buf_put(&b, search_fold(a, columns[i]));
        buf_char(&b, '\n');
    }
    return buf_span(&b);
}

/* A statement with a document's number and its words, column by column; the heads' have the first
 * of the columns alone. */
static enum result do_words(struct store *s, bool drops, int64_t number, struct span words)
{
    struct arg args[1 + SEARCH_COLUMNS] = {arg_int(number)};
    for (size_t i = 1; i < COUNT(args); i++) {
        struct span line = S("");
        if (words.n) span_next(&words, '\n', &line);
        args[i] = arg_text(line);
    }
    TRY(db_do(&s->site, drops ? SITE_HEADS_DROP : SITE_HEADS_PUT, args, 1 + HEAD_COLUMNS));
    return db_do(&s->site, drops ? SITE_WORDS_DROP : SITE_WORDS_PUT, args, COUNT(args));
}

struct doc { /* what is indexed of a story now */
    bool there;
    int64_t number;
    struct span language, packed;
};

static enum result doc_read(struct store *s, story_id id, struct doc *out)
{
    enum result r = OK;
    *out = (struct doc){0};
    sqlite3_stmt *q = db_query(&s->site, SITE_DOC_OF, ARGS(arg_int((int64_t)id)));
    if (!db_row(&s->site, q, &r)) return r;
    *out = (struct doc){
        true, sqlite3_column_int64(q, 0), db_keep(s->scratch, q, 1), db_keep(s->scratch, q, 2)};
    bool whole = sqlite3_column_int(q, 3);
    sqlite3_reset(q);
    return whole ? OK : ERR_CORRUPT;
}

static enum result want_purge(struct store *s)
{
    int64_t state;
    enum result r = note_get(s, S("purge"), &state);
    if (r != OK || state == PURGE_WANTED || state == PURGE_RUNS_WANTED) return r;
    return note_set(s, S("purge"), state + 1);
}

static enum result doc_remove(struct store *s, const struct doc *d)
{
    if (!d->there) return OK;
    struct span words = unshrink(s->scratch, d->packed, STORE_ROW_MAX);
    if (!words.p) return ERR_CORRUPT;
    enum result r = do_words(s, true, d->number, words);
    return r == OK ? db_do(&s->site, SITE_DOC_DROP, ARGS(arg_int(d->number))) : r;
}

enum result store_forget_words(struct store *s, story_id id)
{
    struct doc old;
    store_scratch(s);
    TRY(doc_read(s, id, &old));
    TRY(doc_remove(s, &old));
    return old.there ? want_purge(s) : OK;
}

static enum result doc_add(
    struct store *s, const struct view *v, int64_t number, struct span words, struct span packed)
{
    int64_t other;
    enum result r;
    while ((r = db_number(&s->site, SITE_DOC_AT, ARGS(arg_int(number)), &other)) == OK) number++;
    if (r != ERR_ABSENT) return r;
    r = do_words(s, false, number, words);
    if (r != OK) return r;
    return db_do(&s->site, SITE_DOC_PUT,
        ARGS(arg_int(number), arg_int((int64_t)v->id), arg_text(first_part(v->language)),
            arg_bytes(packed)));
}

static enum result source_read(struct store *s, story_id id, int64_t now_ms, struct source *out)
{
    enum result r = OK;
    *out = (struct source){.from_ms = INT64_MIN, .until_ms = INT64_MIN};
    sqlite3_stmt *q = db_query(&s->site, SITE_INDEX_SOURCE, ARGS(arg_int((int64_t)id)));
    if (!db_row(&s->site, q, &r)) return r;
    out->from_ms = sqlite3_column_int64(q, 0);
    out->until_ms = sqlite3_column_int64(q, 1);
    out->front_ms = sqlite3_column_int64(q, 2);
    if (out->from_ms <= now_ms && now_ms < out->until_ms && sqlite3_column_int(q, 4)) {
        out->view = unpack_head(s->scratch, db_span(q, 3));
        if (out->view && !unpack_body(s->scratch, db_span(q, 5), out->view)) out->view = NULL;
    }
    sqlite3_reset(q);
    return OK;
}

/* The id leaves the queue, or waits in it for the next instant at which its words come or go. */
static enum result requeue(struct store *s, story_id id, int64_t now_ms, const struct source *src)
{
    int64_t due = src->from_ms > now_ms ? src->from_ms : src->until_ms;
    if (due <= now_ms || due == INT64_MAX)
        return db_do(&s->site, SITE_QUEUE_DROP, ARGS(arg_int((int64_t)id)));
    return db_do(&s->site, SITE_QUEUE_PUT, ARGS(arg_int((int64_t)id), arg_int(due)));
}

static enum result index_one(struct store *s, story_id id, int64_t now_ms)
{
    struct doc old;
    struct source src;
    struct arena *a = store_scratch(s);
    enum result r = doc_read(s, id, &old);
    if (r == OK) r = source_read(s, id, now_ms, &src);
    if (r == OK) r = requeue(s, id, now_ms, &src);
    if (r != OK) return r;
    if (!src.view) {
        r = doc_remove(s, &old);
        return r == OK && old.there ? want_purge(s) : r;
    }
    struct span words = words_of(a, &src), packed = shrink(a, words);
    int64_t number = doc_of(src.front_ms, id);
    bool same = old.there && old.number >> DOC_LOW_BITS == number >> DOC_LOW_BITS &&
                span_eq(old.packed, packed) &&
                span_eq(old.language, first_part(src.view->language));
    if (same) return OK;
    r = doc_remove(s, &old);
    return r == OK ? doc_add(s, src.view, number, words, packed) : r;
}

static enum result index_due(struct store *s, int64_t now_ms, size_t n, size_t *done_out)
{
    enum result r = OK;
    struct arena *ids_in = arena_new(n * sizeof(story_id) + (64 << 10));
    story_id *ids = ARENA_ARRAY(ids_in, story_id, n);
    *done_out = 0;
    sqlite3_stmt *q =
        db_query(&s->site, SITE_QUEUE_DUE, ARGS(arg_int(now_ms), arg_int((int64_t)n)));
    while (db_row(&s->site, q, &r)) ids[(*done_out)++] = (story_id)sqlite3_column_int64(q, 0);
    for (size_t i = 0; r == OK && i < *done_out; i++) r = index_one(s, ids[i], now_ms);
    arena_free(ids_in);
    return r;
}

/* ended: stays true where nothing was left to merge. */
static enum result merge(struct store *s, enum site_sql which, int pages, bool *ended)
{
    int before = sqlite3_total_changes(s->site.h);
    enum result r = db_do(&s->site, (int)which, ARGS(arg_int(pages)));
    *ended &= sqlite3_total_changes(s->site.h) - before < 2;
    return r;
}

/* One step of merging both indexes. ended_out: this was the last. */
static enum result purge_step(struct store *s, int64_t now_ms, bool *more_out, bool *ended_out)
{
    int64_t state, last;
    enum result r = note_get(s, S("purge"), &state);
    if (r == OK) r = note_get(s, S("purged_ms"), &last);
    if (r != OK || state == PURGE_NONE) return r;
    if (state == PURGE_WANTED && last <= now_ms && now_ms - last < PURGE_EVERY_MS) return OK;
    int pages = state == PURGE_WANTED ? -MERGE_PAGES : MERGE_PAGES;
    bool ended = pages > 0;
    r = merge(s, SITE_MERGE, pages, &ended);
    if (r == OK) r = merge(s, SITE_MERGE_HEADS, pages, &ended);
    if (state == PURGE_WANTED) state = PURGE_RUNS;
    if (ended) state = state == PURGE_RUNS_WANTED ? PURGE_WANTED : PURGE_NONE;
    if (r == OK) r = note_set(s, S("purge"), state);
    if (r == OK && ended) r = note_set(s, S("purged_ms"), now_ms);
    *more_out = !ended;
    *ended_out = ended;
    return r;
}

static void copy_wal(struct db *d, bool wholly)
{
    if (!wholly && d->wal_pages <= STORE_WAL_LAZY_PAGES) return;
    int mode = wholly ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    int rc = sqlite3_wal_checkpoint_v2(d->h, "main", mode, NULL, NULL);
    if (rc == SQLITE_OK) d->wal_pages = 0;
}

enum result store_index_some(struct store *s, int64_t now_ms, size_t n, bool *more_out)
{
    size_t done = 0;
    bool purging = false, purged = false;
    must(!s->site.open && n > 0);
    *more_out = false;
    enum result r = db_exec(&s->site, "BEGIN IMMEDIATE");
    if (r != OK) return r;
    r = index_due(s, now_ms, n, &done);
    if (r == OK && done < n) r = purge_step(s, now_ms, &purging, &purged);
    if (r == OK) r = db_exec(&s->site, "COMMIT");
    if (r != OK) {
        store_rollback(s);
        return r;
    }
    copy_wal(&s->site, purged);
    copy_wal(&s->desk, false);
    *more_out = done == n || purging;
    return OK;
}
