/* ledger/chain.c: one hash chain an appender, and the proof that nothing in the file was edited,
 * cut out or put in (T9, X5). A row's chain covers its metadata and the salted hash of its payload,
 * so that a payload can be forgotten and the chain still holds. Never writes. Cannot see that a
 * whole file was put in another's place: that needs a head noted elsewhere. */
#include "handle.h"
#include <stdio.h>
#include <string.h>

enum { PROGRESS_EVERY = 512 }; /* rows between two calls of progress */

/* What verify knows of one appender so far. */
struct tip {
    uint64_t pos;
    struct hash chain;
};
struct walk {
    struct ledger *l;
    struct arena *a, *row; /* as long as the walk; for one row */
    struct map *tips;
    struct ledger_report *report;
    void (*progress)(uint64_t, uint64_t, void *);
    void *with;
    uint64_t done, of;
};

static enum result count_all(struct walk *w);
static enum result walk_events(struct walk *w);
static enum result walk_heads(struct walk *w);
static enum result walk_blobs(struct walk *w);
static enum result check_pages(struct walk *w);
static enum result name_page(struct walk *w);

struct hash chain_payload(
    struct arena *a, struct span salt, const struct hash *blob, struct span meta)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_lit(&b, "broadsheet payload 1");
    put_span(&b, salt);
    buf_put(&b, (struct span){(const char *)blob->b, sizeof blob->b});
    put_span(&b, meta);
    return hash_of(buf_span(&b));
}

struct hash chain_next(
    struct arena *a, const struct hash *previous, const struct link *e, const struct hash *payload)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_lit(&b, "broadsheet event 1");
    buf_put(&b, (struct span){(const char *)previous->b, sizeof previous->b});
    put_u64(&b, e->pos);
    put_u32(&b, (uint32_t)e->kind);
    put_u64(&b, (uint64_t)e->received_ms);
    put_span(&b, e->appender);
    put_span(&b, e->feed);
    put_span(&b, e->delivery);
    put_u64(&b, e->blob_bytes);
    buf_put(&b, (struct span){(const char *)payload->b, sizeof payload->b});
    return hash_of(buf_span(&b));
}

/* One read transaction: what others append meanwhile is not in question. */
enum result ledger_verify(struct ledger *l, bool blobs_too,
    void (*progress)(uint64_t done, uint64_t of, void *), void *with, struct ledger_report *out)
{
    *out = (struct ledger_report){.why = ""};
    struct walk w = {.l = l, .report = out, .progress = progress, .with = with};
    w.a = arena_new(16 << 20);
    w.row = arena_new(LEDGER_SCRATCH);
    w.tips = map_new(w.a);
    enum result r = db_run(l, ledger_db_query(l, Q_BEGIN_READ));
    if (r == OK) r = count_all(&w);
    /* What cannot be counted is walked all the same: to find how far it holds. */
    if (r == OK || r == ERR_CORRUPT) r = walk_events(&w);
    if (r == OK) r = walk_heads(&w);
    if (r == OK && blobs_too) r = walk_blobs(&w);
    if (r == OK && blobs_too) r = check_pages(&w);
    if (progress && r == OK) progress(w.of, w.of, with);
    if (r == ERR_CORRUPT && !*out->where) name_page(&w);
    if (r == ERR_CORRUPT && !*out->why) out->why = "the file's pages are damaged";
    if (!sqlite3_get_autocommit(l->db)) sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
    arena_free(w.row);
    arena_free(w.a);
    return r;
}

static enum result bad(struct walk *w, uint64_t pos, const char *why)
{
    w->report->bad_pos = pos;
    w->report->why = why;
    return ERR_CORRUPT;
}

static void step(struct walk *w)
{
    arena_reset(w->row);
    if (w->progress && ++w->done % PROGRESS_EVERY == 0) w->progress(w->done, w->of, w->with);
}

static enum result count_all(struct walk *w)
{
    sqlite3_stmt *s = ledger_db_query(w->l, Q_TOTALS);
    enum result r = ledger_db_row(w->l, s);
    if (r != OK) return r;
    w->report->blobs = (uint64_t)sqlite3_column_int64(s, 1);
    w->of = (uint64_t)sqlite3_column_int64(s, 0) + w->report->blobs;
    sqlite3_reset(s);
    return OK;
}

/* The payload's salted hash: from the row's payload, or, where that was forgotten, as the row
 * states it. */
static const char *check_payload(struct walk *w, sqlite3_stmt *s, struct hash *payload_out)
{
    bool has_blob = sqlite3_column_type(s, 6) != SQLITE_NULL;
    struct span meta = column_bytes(s, 8), salt = column_bytes(s, 9);
    if (!column_hash(s, 10, payload_out)) return "its payload's hash is broken";
    if (sqlite3_column_int(s, 12)) {
        w->report->forgotten++;
        return has_blob || meta.n || salt.n ? "it is marked as forgotten and has a payload" : NULL;
    }
    struct hash blob = {{0}};
    if (has_blob && !column_hash(s, 6, &blob)) return "its blob's hash is broken";
    if (has_blob && sqlite3_column_type(s, 13) == SQLITE_NULL) return "its blob is not there";
    if (has_blob && sqlite3_column_int64(s, 13) != sqlite3_column_int64(s, 7))
        return "its blob has another length";
    struct hash is = chain_payload(w->row, salt, &blob, meta);
    return hash_eq(&is, payload_out) ? NULL : "its payload was changed";
}

static const char *check_event(struct walk *w, sqlite3_stmt *s, uint64_t pos)
{
    struct link link = {
        .pos = pos,
        .kind = (enum event_kind)sqlite3_column_int(s, 1),
        .received_ms = sqlite3_column_int64(s, 2),
        .appender = column_bytes(s, 3),
        .feed = column_bytes(s, 4),
        .delivery = column_bytes(s, 5),
        .blob_bytes = (uint64_t)sqlite3_column_int64(s, 7),
    };
    struct hash payload, stated;
    const char *why = check_payload(w, s, &payload);
    if (why) return why;
    if (!column_hash(s, 11, &stated)) return "its chain hash is broken";

    struct tip *tip = map_get(w->tips, link.appender);
    if (!tip) {
        tip = ARENA_NEW(w->a, struct tip);
        tip->chain = pos == 1 ? (struct hash){{0}} : w->l->root;
        *map_at(w->tips, arena_keep(w->a, link.appender)) = tip;
    }
    struct hash is = chain_next(w->row, &tip->chain, &link, &payload);
    tip->pos = pos;
    tip->chain = is;
    return hash_eq(&is, &stated) ? NULL : "it was changed: its chain does not hold";
}

static enum result walk_events(struct walk *w)
{
    sqlite3_stmt *s = ledger_db_query(w->l, Q_VERIFY);
    enum result r;
    while ((r = ledger_db_row(w->l, s)) == OK) {
        uint64_t pos = (uint64_t)sqlite3_column_int64(s, 0), want = ++w->report->events;
        const char *why = pos == want ? check_event(w, s, pos) : "it is missing";
        if (why) r = bad(w, want, why);
        if (r != OK) break;
        step(w);
    }
    sqlite3_reset(s);
    if (r == ERR_CORRUPT && !*w->report->why)
        r = bad(w, w->report->events + 1, "the page of the file that it lies on cannot be read");
    return r == ERR_ABSENT ? OK : r;
}

/* The heads are kept beside the events: a tail that was cut off leaves them behind. */
static enum result walk_heads(struct walk *w)
{
    sqlite3_stmt *s = ledger_db_query(w->l, Q_HEADS);
    size_t heads = 0;
    enum result r;
    while ((r = ledger_db_row(w->l, s)) == OK) {
        struct tip *tip = map_get(w->tips, column_bytes(s, 0));
        uint64_t pos = (uint64_t)sqlite3_column_int64(s, 1);
        struct hash chain;
        heads++;
        if (tip && tip->pos == pos && column_hash(s, 2, &chain) && hash_eq(&chain, &tip->chain))
            continue;
        r = bad(w, pos, "the head of its chain is not the last event that is there");
        break;
    }
    sqlite3_reset(s);
    if (r == ERR_ABSENT && heads < map_count(w->tips))
        return bad(w, w->report->events, "the head of a chain is not there");
    return r == ERR_ABSENT ? OK : r;
}

static enum result walk_blobs(struct walk *w)
{
    sqlite3_stmt *s = ledger_db_query(w->l, Q_VERIFY_BLOBS);
    enum result r;
    while ((r = ledger_db_row(w->l, s)) == OK) {
        struct hash h;
        struct span bytes;
        uint64_t needed_by = (uint64_t)sqlite3_column_int64(s, 4);
        if (!column_hash(s, 0, &h)) {
            r = bad(w, needed_by, "a blob's key is broken");
        } else {
            r = blob_unpack(w->row, &h, (uint64_t)sqlite3_column_int64(s, 1),
                sqlite3_column_int(s, 2), column_bytes(s, 3), &bytes);
        }
        if (r == ERR_CORRUPT && !*w->report->why) r = bad(w, needed_by, "its blob was changed");
        if (r != OK) break;
        step(w);
    }
    sqlite3_reset(s);
    return r == ERR_ABSENT ? OK : r;
}

/* What SQLite's own check finds first, with its page: "Tree 4 page 17: ..."; OK: nothing. */
static enum result name_page(struct walk *w)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(w->l->db, "PRAGMA integrity_check(1)", -1, &s, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(s);
    enum result r = ledger_db_result(w->l->db, rc);
    struct span said = r == OK ? column_bytes(s, 0) : S("ok");
    bool sound = span_eq(said, S("ok"));
    if (!sound) snprintf(w->report->where, sizeof w->report->where, "%.*s", FMT(said));
    for (char *c = w->report->where; *c; c++)
        if (*c == '\n') *c = ' '; /* told in one line */
    sqlite3_finalize(s);
    return r == OK && !sound ? ERR_CORRUPT : r;
}

/* A bit flip in an index would answer "not there" for a delivery that is. */
static enum result check_pages(struct walk *w)
{
    enum result r = name_page(w);
    if (!*w->report->where) return r;
    log_warn("ledger: %s", w->report->where);
    return bad(w, 0, "the chains hold, and the file's pages or indexes are damaged");
}
