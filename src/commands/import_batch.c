/* import_batch: events gathered and made durable together. The same event again is known by its
 * name: an import that was interrupted goes on where it ended when it is started again. */
#include "import.h"

#include <string.h>

struct span import_name(struct import *m, const char *kind, struct span what)
{
    struct hash h = hash_keyed(ledger_key(m->ledger), what);
    return arena_printf(m->post_arena, "%s:%.32s", kind, hash_hex(m->post_arena, &h).p);
}

enum result import_flush(struct import *m)
{
    if (!m->batch_count) return OK;
    if (!ledger_keep_ballast(m->ledger)) return ERR_FULL;
    TRY(ledger_append(m->ledger, m->batch, m->batch_count));
    for (size_t i = 0; i < m->batch_count; i++) m->added += !m->batch[i].was_there_out;
    m->batch_count = m->batch_posts = m->batch_bytes = 0;
    arena_reset(m->batch_arena);
    return OK;
}

enum result import_add(struct import *m, const struct append *e)
{
    if (m->batch_count == LEDGER_BATCH_MAX) TRY(import_flush(m));
    struct arena *a = m->batch_arena;
    struct append *to = &m->batch[m->batch_count++];
    *to = *e;
    to->received_ms = clock_now_ms();
    to->feed = arena_keep(a, e->feed);
    to->delivery = arena_keep(a, e->delivery);
    to->meta = arena_keep(a, e->meta);
    if (e->blob.p) to->blob = arena_keep(a, e->blob);
    m->batch_bytes += e->blob.n;
    return m->batch_bytes > IMPORT_BATCH_BYTES ? import_flush(m) : OK;
}

enum result import_addresses(struct import *m, const struct span *old, size_t n,
    enum address_leads leads, story_id story, struct span to)
{
    struct span meta = address_meta(m->post_arena, old, n, leads, story, to);
    return import_add(m, &(struct append){.kind = EVENT_ADDRESS,
                             .feed = S(""),
                             .delivery = import_name(m, "address", meta),
                             .meta = meta});
}
