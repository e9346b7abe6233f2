/* ledger/copy.c: events as they stand go into a copy of the ledger, which is the beginning of it
 * after every commit. Nothing is kept that does not hold: payload, bytes and chain are worked out
 * again before a row goes in. Never mints, never changes what a copy has but for what was
 * forgotten. The rows that come are a stranger's until they hold. */
#include "handle.h"

#include <libgen.h>
#include <string.h>

enum { PACKED_AS = 1 };

struct row {
    struct link link;
    struct span meta, salt, bytes;
    bool has_blob, is_forgotten, has_bytes;
    struct hash blob, payload, chain;
    uint64_t size;
    int coding;
};

static bool take_hash(struct take *t, struct hash *out)
{
    struct span s = take_span(t);
    if (s.n != sizeof out->b) return false;
    memcpy(out->b, s.p, sizeof out->b);
    return true;
}

/* ---- out ---- */
static struct span pack_row(struct arena *a, sqlite3_stmt *s)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_u8(&b, PACKED_AS);
    put_u64(&b, (uint64_t)sqlite3_column_int64(s, 0));
    put_u32(&b, (uint32_t)sqlite3_column_int(s, 1));
    put_u64(&b, (uint64_t)sqlite3_column_int64(s, 2));
    for (int i = 3; i <= 6; i++) put_span(&b, column_bytes(s, i));
    put_u64(&b, (uint64_t)sqlite3_column_int64(s, 7));
    for (int i = 8; i <= 11; i++) put_span(&b, column_bytes(s, i));
    put_u8(&b, sqlite3_column_int(s, 12) != 0);
    put_u8(&b, sqlite3_column_type(s, 13) != SQLITE_NULL);
    put_u64(&b, (uint64_t)sqlite3_column_int64(s, 13));
    put_u8(&b, (uint8_t)sqlite3_column_int(s, 14));
    put_span(&b, column_bytes(s, 15));
    return buf_span(&b);
}

enum result ledger_pack(struct ledger *l, uint64_t after_pos, struct arena *a, struct span *out)
{
    sqlite3_stmt *s = ledger_db_query(l, Q_ROW);
    sqlite3_bind_int64(s, 1, (int64_t)after_pos);
    enum result r = ledger_db_row(l, s);
    if (r == OK && (uint64_t)sqlite3_column_int64(s, 0) != after_pos + 1) r = ERR_CORRUPT;
    if (r == OK) *out = pack_row(a, s);
    sqlite3_reset(s);
    return r;
}

enum result ledger_mark(struct ledger *l, uint64_t pos, struct ledger_mark *out)
{
    *out = (struct ledger_mark){0};
    if (!l->query[Q_MARK]) return OK; /* a copy that nothing has come into */
    sqlite3_stmt *s = ledger_db_query(l, Q_MARK);
    sqlite3_bind_int64(s, 1, pos > INT64_MAX ? INT64_MAX : (int64_t)pos);
    enum result r = ledger_db_row(l, s);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    out->pos = (uint64_t)sqlite3_column_int64(s, 0);
    out->received_ms = sqlite3_column_int64(s, 1);
    if (!column_hash(s, 2, &out->chain)) r = ERR_CORRUPT;
    sqlite3_reset(s);
    return r;
}

/* One chain a appender: the hash at a place stands for all events of its appender before it, and
 * each of the others' was checked as it came. */
enum result ledger_holds(struct ledger *l, const struct ledger_mark *m)
{
    struct ledger_mark own;
    if (!m->pos) return OK;
    enum result r = ledger_mark(l, m->pos, &own);
    if (r != OK) return r;
    return own.pos == m->pos && hash_eq(&own.chain, &m->chain) ? OK : ERR_DENIED;
}

enum result ledger_forgotten(struct ledger *l, uint64_t until_pos, struct arena *a,
    uint64_t **positions_out, size_t *count_out)
{
    uint64_t *list = NULL;
    size_t n = 0, cap = 0;
    sqlite3_stmt *s = ledger_db_query(l, Q_FORGOTTEN);
    sqlite3_bind_int64(s, 1, (int64_t)until_pos);
    enum result r;
    while ((r = ledger_db_row(l, s)) == OK)
        *ARENA_PUSH(a, list, n, cap) = (uint64_t)sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    *positions_out = list;
    *count_out = n;
    return r == ERR_ABSENT ? OK : r;
}

/* Forgetting ends with a VACUUM, and nothing else changes what SQLite calls the schema's cookie. */
enum result ledger_forgettings(struct ledger *l, uint64_t *number_out)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(l->db, "PRAGMA schema_version", -1, &s, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(s);
    *number_out = rc == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
    sqlite3_finalize(s);
    return ledger_db_result(l->db, rc);
}

/* ---- in ---- */
enum result ledger_copy_open(const char *file, struct ledger **out, const char **why_out)
{
    struct arena *a = arena_new(1 << 16);
    const char *folder = dirname(arena_cstr(a, span_of(file)));
    struct ledger *l = handle_new(folder, "keeper");
    arena_free(a);
    *out = NULL;
    enum result r = handle_open_file(l, file, HANDLE_COPY, why_out);
    if (r != OK) {
        ledger_close(l);
        return r;
    }
    *why_out = "";
    *out = l;
    return OK;
}

static bool take_row(struct span packed, struct row *out)
{
    struct take t = take_of(packed);
    struct row e = {0};
    if (take_u8(&t) != PACKED_AS) return false;
    e.link.pos = take_u64(&t);
    e.link.kind = (enum event_kind)take_u32(&t);
    e.link.received_ms = (int64_t)take_u64(&t);
    e.link.appender = take_span(&t);
    e.link.feed = take_span(&t);
    e.link.delivery = take_span(&t);
    struct span blob = take_span(&t);
    e.link.blob_bytes = take_u64(&t);
    e.meta = take_span(&t);
    e.salt = take_span(&t);
    if (!take_hash(&t, &e.payload) || !take_hash(&t, &e.chain)) return false;
    uint8_t forgotten = take_u8(&t), bytes = take_u8(&t);
    e.is_forgotten = forgotten;
    e.has_bytes = bytes;
    e.size = take_u64(&t);
    e.coding = take_u8(&t);
    e.bytes = take_span(&t);
    e.has_blob = blob.n == sizeof e.blob.b;
    if (e.has_blob) memcpy(e.blob.b, blob.p, sizeof e.blob.b);
    *out = e;
    return take_done(&t) && forgotten <= 1 && bytes <= 1 && (e.has_blob || !blob.n);
}

static bool fits(const struct row *e)
{
    return e->link.appender.n <= LEDGER_NAME_MAX && e->link.feed.n <= LEDGER_NAME_MAX &&
           e->link.delivery.n <= LEDGER_DELIVERY_MAX && e->meta.n <= LEDGER_META_MAX &&
           e->salt.n <= LEDGER_SALT_BYTES && e->size <= LEDGER_BLOB_MAX &&
           e->bytes.n <= LEDGER_BLOB_MAX;
}

static enum result previous_chain(struct ledger *l, const struct row *e, struct hash *out)
{
    *out = e->link.pos == 1 ? (struct hash){{0}} : l->root;
    if (e->link.pos == 1) return OK;
    sqlite3_stmt *s = ledger_db_query(l, Q_HEAD_GET);
    bind_bytes(s, 1, e->link.appender);
    enum result r = ledger_db_row(l, s);
    if (r == OK && !column_hash(s, 0, out)) r = ERR_CORRUPT;
    sqlite3_reset(s);
    return r == ERR_ABSENT ? OK : r;
}

static enum result holds(struct ledger *l, const struct row *e)
{
    struct hash previous;
    if (e->is_forgotten && (e->has_blob || e->meta.n || e->salt.n)) return ERR_CORRUPT;
    struct hash payload =
        e->is_forgotten ? e->payload : chain_payload(l->scratch, e->salt, &e->blob, e->meta);
    enum result r = previous_chain(l, e, &previous);
    if (r != OK) return r;
    struct hash chain = chain_next(l->scratch, &previous, &e->link, &payload);
    return hash_eq(&payload, &e->payload) && hash_eq(&chain, &e->chain) ? OK : ERR_CORRUPT;
}

static enum result keep_bytes(struct ledger *l, const struct row *e)
{
    struct span plain;
    if (!e->has_blob) return OK;
    sqlite3_stmt *s = ledger_db_query(l, Q_BLOB_HAS);
    bind_hash(s, 1, &e->blob);
    enum result r = ledger_db_row(l, s);
    sqlite3_reset(s);
    if (r != ERR_ABSENT) return r;
    if (!e->has_bytes || e->size != e->link.blob_bytes) return ERR_CORRUPT;
    r = blob_unpack(l->scratch, &e->blob, e->size, e->coding, e->bytes, &plain);
    if (r != OK) return r;
    s = ledger_db_query(l, Q_BLOB_ADD);
    bind_hash(s, 1, &e->blob);
    sqlite3_bind_int64(s, 2, (int64_t)e->size);
    sqlite3_bind_int(s, 3, e->coding);
    bind_bytes(s, 4, e->bytes);
    return db_run(l, s);
}

static enum result add_row(struct ledger *l, const struct row *e)
{
    sqlite3_stmt *s = ledger_db_query(l, Q_ROW_ADD);
    sqlite3_bind_int64(s, 1, (int64_t)e->link.pos);
    sqlite3_bind_int(s, 2, (int)e->link.kind);
    sqlite3_bind_int64(s, 3, e->link.received_ms);
    bind_bytes(s, 4, e->link.appender);
    bind_bytes(s, 5, e->link.feed);
    if (e->link.delivery.n) bind_bytes(s, 6, e->link.delivery);
    if (e->has_blob) bind_hash(s, 7, &e->blob);
    sqlite3_bind_int64(s, 8, (int64_t)e->link.blob_bytes);
    if (!e->is_forgotten) bind_bytes(s, 9, e->meta);
    if (!e->is_forgotten) bind_bytes(s, 10, e->salt);
    bind_hash(s, 11, &e->payload);
    bind_hash(s, 12, &e->chain);
    sqlite3_bind_int(s, 13, e->is_forgotten);
    enum result r = db_run(l, s);
    if (r != OK) return r;
    s = ledger_db_query(l, Q_HEAD_SET);
    bind_bytes(s, 1, e->link.appender);
    sqlite3_bind_int64(s, 2, (int64_t)e->link.pos);
    bind_hash(s, 3, &e->chain);
    return db_run(l, s);
}

static enum result land_one(struct ledger *l, struct span packed, struct ledger_mark *last)
{
    struct row e;
    arena_reset(l->scratch);
    if (!take_row(packed, &e) || !fits(&e) || e.link.pos != last->pos + 1 ||
        e.link.received_ms < last->received_ms)
        return ERR_CORRUPT;
    enum result r = holds(l, &e);
    if (r == OK) r = keep_bytes(l, &e);
    if (r == OK) r = add_row(l, &e);
    if (r == OK && e.link.pos == 1) l->root = e.chain;
    *last = (struct ledger_mark){e.link.pos, e.link.received_ms, e.chain};
    return r;
}

enum result ledger_land(struct ledger *copy, const struct span *rows, size_t n)
{
    struct ledger_mark last;
    enum result r = ledger_db_exec(copy, "BEGIN IMMEDIATE");
    if (r == OK && !copy->query[Q_MARK]) r = handle_make_tables(copy);
    if (r == OK) r = ledger_mark(copy, UINT64_MAX, &last);
    for (size_t i = 0; i < n && r == OK; i++) r = land_one(copy, rows[i], &last);
    if (r == OK) r = ledger_db_exec(copy, "COMMIT");
    if (!sqlite3_get_autocommit(copy->db)) sqlite3_exec(copy->db, "ROLLBACK", NULL, NULL, NULL);
    return r;
}
