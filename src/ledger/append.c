/* ledger/append.c: events go in: one transaction a batch, all or none, each delivery once, bytes
 * once per content. Never acknowledges before the commit is on disk. Never changes or removes an
 * event (that is forget, in forget.c). Fatal: a batch larger than LEDGER_BATCH_MAX (the caller's
 * bug). */
#include "handle.h"
#include <string.h>
#include <zstd.h>

static enum result append_all(struct ledger *l, struct append *events, size_t n);
static bool is_urgent(const struct append *events, size_t n);
static enum result append_batch(struct ledger *l, struct append *events, size_t n);
static enum result check_lease(struct ledger *l, const struct append *e);
static enum result find_delivery(struct ledger *l, struct append *e);
static enum result store_blob(struct ledger *l, const struct hash *h, struct span bytes);
static bool fits(const struct append *e);

enum result ledger_append(struct ledger *l, struct append *events, size_t n)
{
    must(n <= LEDGER_BATCH_MAX);
    for (size_t i = 0; i < n; i++) {
        events[i].pos_out = 0;
        events[i].was_there_out = false;
        if (!fits(&events[i])) return ERR_FULL;
    }
    enum result r = append_all(l, events, n);
    while (r == ERR_FULL && is_urgent(events, n) && ballast_let_go(l)) r = append_all(l, events, n);
    /* Also where all were there already: the appender before may have died between its commit and
     * its bell. */
    if (r == OK) bell_ring(l);
    return r;
}

static enum result append_all(struct ledger *l, struct append *events, size_t n)
{
    enum result r = db_begin(l);
    return r == OK ? db_finish(l, append_batch(l, events, n)) : r;
}

static bool is_urgent(const struct append *events, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (events[i].urgent) return true;
    return false;
}

static bool fits(const struct append *e)
{
    return e->blob.n <= LEDGER_BLOB_MAX && e->meta.n <= LEDGER_META_MAX &&
           e->feed.n <= LEDGER_NAME_MAX && e->delivery.n <= LEDGER_DELIVERY_MAX;
}

static enum result append_batch(struct ledger *l, struct append *events, size_t n)
{
    enum result r = OK;
    for (size_t i = 0; i < n && r == OK; i++) r = check_lease(l, &events[i]);
    for (size_t i = 0; i < n && r == OK; i++) {
        r = find_delivery(l, &events[i]);
        if (r == OK && !events[i].was_there_out) r = append_event(l, &events[i]);
    }
    return r;
}

/* Only the fence counts: a lease that ran out and that nobody took since is still ours. */
static enum result check_lease(struct ledger *l, const struct append *e)
{
    if (!e->lease) return OK;
    sqlite3_stmt *s = ledger_db_query(l, Q_LEASE_GET);
    bind_bytes(s, 1, span_of(e->lease));
    enum result r = ledger_db_row(l, s);
    if (r == ERR_ABSENT) return ERR_DENIED;
    if (r == OK && (uint64_t)sqlite3_column_int64(s, 2) != e->fence) r = ERR_DENIED;
    sqlite3_reset(s);
    return r;
}

static enum result find_delivery(struct ledger *l, struct append *e)
{
    if (e->delivery.n == 0) return OK;
    sqlite3_stmt *s = ledger_db_query(l, Q_FIND_POS);
    bind_bytes(s, 1, e->feed);
    bind_bytes(s, 2, e->delivery);
    enum result r = ledger_db_row(l, s);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    e->pos_out = (uint64_t)sqlite3_column_int64(s, 0);
    e->was_there_out = true;
    sqlite3_reset(s);
    return OK;
}

/* Its position, and a time not before that of the event ahead of it: positions and times agree in
 * every rebuild. */
static enum result take_place(struct ledger *l, const struct append *e, struct link *out)
{
    *out = (struct link){1, e->kind, e->received_ms, l->appender, e->feed, e->delivery, e->blob.n};
    sqlite3_stmt *s = ledger_db_query(l, Q_LAST);
    enum result r = ledger_db_row(l, s);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    out->pos = (uint64_t)sqlite3_column_int64(s, 0) + 1;
    int64_t last_ms = sqlite3_column_int64(s, 1);
    if (out->received_ms < last_ms) out->received_ms = last_ms;
    sqlite3_reset(s);
    return OK;
}

static enum result chain_head(struct ledger *l, struct hash *out)
{
    *out = l->root;
    sqlite3_stmt *s = ledger_db_query(l, Q_HEAD_GET);
    bind_bytes(s, 1, l->appender);
    enum result r = ledger_db_row(l, s);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    r = column_hash(s, 0, out) ? OK : ERR_CORRUPT;
    sqlite3_reset(s);
    return r;
}

static enum result set_head(struct ledger *l, uint64_t pos, const struct hash *chain)
{
    sqlite3_stmt *s = ledger_db_query(l, Q_HEAD_SET);
    bind_bytes(s, 1, l->appender);
    sqlite3_bind_int64(s, 2, (int64_t)pos);
    bind_hash(s, 3, chain);
    return db_run(l, s);
}

enum result append_event(struct ledger *l, struct append *e)
{
    arena_reset(l->scratch);
    struct link link;
    struct hash previous, blob = {{0}};
    bool has_blob = e->blob.p != NULL;
    if (has_blob) blob = hash_of(e->blob);
    unsigned char salt[LEDGER_SALT_BYTES];
    random_bytes(salt, sizeof salt);
    struct span salted = {(const char *)salt, sizeof salt};
    struct hash payload = chain_payload(l->scratch, salted, &blob, e->meta);

    enum result r = take_place(l, e, &link);
    if (r == OK) r = chain_head(l, &previous);
    if (r == OK && has_blob) r = store_blob(l, &blob, e->blob);
    if (r != OK) return r;
    struct hash chain = chain_next(l->scratch, &previous, &link, &payload);

    sqlite3_stmt *s = ledger_db_query(l, Q_EVENT_ADD);
    sqlite3_bind_int64(s, 1, (int64_t)link.pos);
    sqlite3_bind_int(s, 2, (int)link.kind);
    sqlite3_bind_int64(s, 3, link.received_ms);
    bind_bytes(s, 4, l->appender);
    bind_bytes(s, 5, link.feed);
    if (link.delivery.n) bind_bytes(s, 6, link.delivery);
    if (has_blob) bind_hash(s, 7, &blob);
    sqlite3_bind_int64(s, 8, (int64_t)link.blob_bytes);
    bind_bytes(s, 9, e->meta);
    bind_bytes(s, 10, salted);
    bind_hash(s, 11, &payload);
    bind_hash(s, 12, &chain);
    r = db_run(l, s);
    if (r == OK) r = set_head(l, link.pos, &chain);
    if (r == OK) e->pos_out = link.pos;
    return r;
}

/* Once per content; packed where a sixteenth at least is saved. */
static enum result store_blob(struct ledger *l, const struct hash *h, struct span bytes)
{
    sqlite3_stmt *s = ledger_db_query(l, Q_BLOB_HAS);
    bind_hash(s, 1, h);
    enum result r = ledger_db_row(l, s);
    sqlite3_reset(s);
    if (r != ERR_ABSENT) return r;

    size_t room = bytes.n - bytes.n / 16;
    char *packed = arena_alloc(l->scratch, room + 1);
    size_t packed_bytes = ZSTD_compress(packed, room, bytes.p, bytes.n, 3);
    bool saves = bytes.n >= 64 && !ZSTD_isError(packed_bytes);
    s = ledger_db_query(l, Q_BLOB_ADD);
    bind_hash(s, 1, h);
    sqlite3_bind_int64(s, 2, (int64_t)bytes.n);
    sqlite3_bind_int(s, 3, saves ? CODING_ZSTD : CODING_PLAIN);
    bind_bytes(s, 4, saves ? (struct span){packed, packed_bytes} : bytes);
    return db_run(l, s);
}
