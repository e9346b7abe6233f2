/* perform: an act into the ledger, and what came of it: applied by the newsroom, acknowledged by
 * the web. Command line, desk and API do it by this one function. From any thread; it waits. */
#include <unistd.h>

#include "roles.h"

enum { PERFORM_ARENA = 8 << 20, LOOK_US = 500 };

static bool wait_for(
    enum clock_slot slot, uint64_t at_least, int64_t from_us, int timeout_ms, int64_t *took_us)
{
    while (clock_slot_get(slot) < at_least) {
        if (clock_mono_us() - from_us > timeout_ms * 1000LL) return false;
        usleep(LOOK_US);
    }
    *took_us = clock_mono_us() - from_us;
    return true;
}

/* The act that has this name already: is it this one? */
static bool is_same(struct ledger *l, struct arena *a, const struct append *ap)
{
    struct event e;
    return ledger_event(l, ap->pos_out, &e, a) == OK && span_eq(e.meta, ap->meta);
}

static enum result append_all(const char *data, struct arena *a, const struct act *acts, size_t n,
    struct span once, uint64_t *pos_out, const char **why)
{
    struct ledger *l = NULL;
    struct append *batch = ARENA_ARRAY(a, struct append, n + 1);
    must(n > 0 && n <= LEDGER_BATCH_MAX);
    enum result r = ledger_open(data, "desk", false, &l, why);
    if (r != OK) return r;
    for (size_t i = 0; i < n; i++)
        batch[i] = (struct append){.kind = EVENT_ACT,
            .received_ms = clock_now_ms(),
            .feed = S(""),
            .delivery = n == 1 ? once : arena_printf(a, "%.*s.%zu", FMT(once), i),
            .meta = act_write(a, &acts[i]),
            .urgent = true};
    r = ledger_append(l, batch, n);
    bool is_other = r == OK && batch[0].was_there_out && !is_same(l, a, &batch[0]);
    ledger_close(l);
    *pos_out = batch[n - 1].pos_out;
    if (is_other) {
        *why = "another act was done under this name: give `once` a new UUID";
        return ERR_DENIED;
    }
    if (r != OK)
        *why = r == ERR_FULL ? "the act could not be kept: the disk is full"
                             : "the act could not be kept: the ledger does not take it now";
    return r;
}

void acts_perform(const char *data, const struct act *acts, size_t n, struct span once,
    int timeout_ms, struct office_done *out)
{
    struct arena *a = arena_new(PERFORM_ARENA);
    const char *why = NULL;
    *out = (struct office_done){0};
    int64_t from_us = clock_mono_us();
    enum result r = append_all(data, a, acts, n, once, &out->pos, &why);
    out->kept = r == OK;
    out->is_other = r == ERR_DENIED;
    if (!out->kept) out->why = why ? why : "the ledger cannot be opened";
    if (out->kept && timeout_ms > 0) {
        out->applied = wait_for(SLOT_APPLIED_POS, out->pos, from_us, timeout_ms, &out->applied_us);
        out->acknowledged = out->applied && wait_for(SLOT_WEB_ACK_POS, out->pos, from_us,
                                                timeout_ms, &out->acknowledged_us);
    }
    arena_free(a);
}
