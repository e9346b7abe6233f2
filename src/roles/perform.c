/* perform: an act into the ledger, and what came of it: applied by the newsroom, acknowledged by
 * the web. Command line, desk and API do it by this one function. From any thread; it waits. */
#include <string.h>
#include <unistd.h>

#include "roles.h"

enum { PERFORM_ARENA = 8 << 20, LOOK_US = 500, REST_MS = 300 };

struct waiting {
    int64_t from_us;
    int timeout_ms;
    struct tombs *tombs; /* NULL: the act kills nothing, or all is waited for */
    size_t seen;         /* of them */
    struct kill kill;
    int64_t gone_us; /* 0: not yet */
};

/* K18: its tombstone may come ahead of its turn, and every answer asks the tombstones. */
static void look_for_tomb(struct waiting *w)
{
    struct tomb t;
    while (!w->gone_us && w->tombs && tombs_each(w->tombs, &w->seen, &t))
        if (!t.is_lift && memcmp(t.kill, w->kill.name, sizeof t.kill) == 0)
            w->gone_us = clock_mono_us() - w->from_us;
}

/* false: the time is over, or the story is gone and the rest takes longer. */
static bool wait_for(struct waiting *w, enum clock_slot slot, uint64_t at_least, int64_t *took_us)
{
    while (clock_slot_get(slot) < at_least) {
        int64_t now_us = clock_mono_us() - w->from_us;
        look_for_tomb(w);
        if (now_us > w->timeout_ms * 1000LL) return false;
        if (w->gone_us && now_us - w->gone_us > REST_MS * 1000LL) return false;
        usleep(LOOK_US);
    }
    *took_us = clock_mono_us() - w->from_us;
    return true;
}

/* The act that has this name already: is it this one? */
static bool is_same(struct ledger *l, struct arena *a, const struct append *ap)
{
    struct event e;
    return ledger_event(l, ap->pos_out, &e, a) == OK && span_eq(e.meta, ap->meta);
}

static const char *why_not_kept(enum result r)
{
    switch (r) {
    case ERR_FULL: return "the act could not be kept: the disk is full";
    case ERR_CORRUPT:
        return "the act could not be kept: the ledger is damaged; restore a backup, see "
               "docs/operations.md (`broadsheet check --audit` says where it is damaged)";
    default: return "the act could not be kept: the ledger does not take it now";
    }
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
    if (r != OK) *why = why_not_kept(r);
    return r;
}

static void wait_for_all(struct waiting *w, struct office_done *out)
{
    out->applied = wait_for(w, SLOT_APPLIED_POS, out->pos, &out->applied_us);
    out->acknowledged =
        out->applied && wait_for(w, SLOT_WEB_ACK_POS, out->pos, &out->acknowledged_us);
    out->gone = !out->acknowledged && w->gone_us;
    out->gone_us = w->gone_us;
}

void acts_perform(const char *data, const struct act *acts, size_t n, struct span once,
    int timeout_ms, bool until_gone, struct office_done *out)
{
    struct arena *a = arena_new(PERFORM_ARENA);
    const char *why = NULL;
    *out = (struct office_done){0};
    struct waiting w = {.from_us = clock_mono_us(), .timeout_ms = timeout_ms};
    enum result r = append_all(data, a, acts, n, once, &out->pos, &why);
    out->kept = r == OK;
    out->is_other = r == ERR_DENIED;
    if (!out->kept) out->why = why ? why : "the ledger cannot be opened";
    struct act last = acts[n - 1];
    last.pos = out->pos;
    bool looks = out->kept && until_gone && desk_act_kills(&last, &w.kill);
    if (looks && tombs_open(data, false, &w.tombs) != OK) w.tombs = NULL;
    if (out->kept && timeout_ms > 0) wait_for_all(&w, out);
    if (w.tombs) tombs_close(w.tombs);
    arena_free(a);
}
