/* ledger/lease.c: who may do what only one may do at a time (poll a cursor, apply), with a fence
 * that append checks. Never asks the machine's clock: the caller brings the house's. */
#include "handle.h"

/* A lease as it stands; name absent: fence 0. */
struct lease {
    struct span holder;
    int64_t until_ms;
    uint64_t fence;
};

static enum result read_lease(struct ledger *l, const char *name, struct lease *out);
static enum result write_lease(struct ledger *l, const char *name, const struct lease *lease);

enum result ledger_lease(struct ledger *l, const char *name, struct span holder, int64_t now_ms,
    int64_t ttl_ms, uint64_t *fence_out)
{
    *fence_out = 0;
    must(holder.n > 0 && holder.n <= LEDGER_NAME_MAX);
    arena_reset(l->scratch);
    enum result r = db_begin(l);
    if (r != OK) return r;
    struct lease lease;
    r = read_lease(l, name, &lease);
    bool ours = r == OK && span_eq(lease.holder, holder);
    if (r == OK && !ours && lease.fence && lease.until_ms > now_ms) r = ERR_BUSY;
    if (r == OK) {
        lease = (struct lease){holder, now_ms + ttl_ms, ours ? lease.fence : lease.fence + 1};
        r = write_lease(l, name, &lease);
    }
    r = db_finish(l, r);
    if (r == OK) *fence_out = lease.fence;
    return r;
}

static enum result read_lease(struct ledger *l, const char *name, struct lease *out)
{
    *out = (struct lease){0};
    sqlite3_stmt *s = ledger_db_query(l, Q_LEASE_GET);
    bind_bytes(s, 1, span_of(name));
    enum result r = ledger_db_row(l, s);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    out->holder = arena_keep(l->scratch, column_bytes(s, 0));
    out->until_ms = sqlite3_column_int64(s, 1);
    out->fence = (uint64_t)sqlite3_column_int64(s, 2);
    sqlite3_reset(s);
    return OK;
}

static enum result write_lease(struct ledger *l, const char *name, const struct lease *lease)
{
    sqlite3_stmt *s = ledger_db_query(l, Q_LEASE_SET);
    bind_bytes(s, 1, span_of(name));
    bind_bytes(s, 2, lease->holder);
    sqlite3_bind_int64(s, 3, lease->until_ms);
    sqlite3_bind_int64(s, 4, (int64_t)lease->fence);
    return db_run(l, s);
}
