/* pauses.c: the brakes as the ledger's acts have left them, and what was let go of feeds. Each act
 * is taken once and only what is kept of it stays: a house of years has thousands. Reads only. */
#include "office.h"

enum {
    ACT_ARENA = 16 << 20, /* one act, read: below 4 kB of words */
    ACTS_ARENA = 1 << 30  /* all that are of no story, while they are read: a million */
};

/* All that a resume ends. */
static void end_pauses(struct brakes *b, const struct act *resume, const struct stored_act *at)
{
    for (size_t i = 0; i < b->pause_count; i++) {
        struct pause *p = &b->pauses[i];
        if (p->until_ms != FOREVER) continue;
        if (!span_eq(p->target, resume->target) && !span_eq(resume->target, S("all"))) continue;
        p->until_ms = at->at_ms;
        p->until_pos = at->pos;
    }
}

static void take(struct brakes *b, const struct act *act, const struct stored_act *at)
{
    bool shadow = act->kind == ACT_GO_LIVE && span_eq(act->text, S("all"));
    if (act->kind == ACT_RESUME) end_pauses(b, act, at);
    if (act->kind == ACT_PAUSE)
        *ARENA_PUSH(b->a, b->pauses, b->pause_count, b->pause_cap) =
            (struct pause){arena_keep(b->a, act->target), at->at_ms, FOREVER, at->pos, UINT64_MAX};
    if (act->kind == ACT_RELEASE || shadow)
        *ARENA_PUSH(b->a, b->releases, b->release_count, b->release_cap) =
            (struct release){arena_keep(b->a, act->target), shadow, at->at_ms, at->pos};
}

void brakes_take(struct brakes *b, const struct act *act, const struct stored_act *at)
{
    if (at->pos <= b->pos) return;
    take(b, act, at);
    b->pos = at->pos;
}

enum result brakes_load(struct store *s, struct arena *a, struct brakes *out)
{
    struct arena *rows = arena_new(ACTS_ARENA), *small = arena_new(ACT_ARENA);
    struct stored_act *stored = NULL;
    size_t count = 0;
    *out = (struct brakes){.a = a};
    enum result r = store_acts(s, 0, rows, &stored, &count);
    for (size_t i = 0; r == OK && i < count; i++) {
        struct act act;
        arena_reset(small);
        if (act_read(small, stored[i].json, &act)) brakes_take(out, &act, &stored[i]);
    }
    arena_free(rows);
    arena_free(small);
    return r;
}

/* What came before the release before this one was let go by that. */
static uint64_t release_from(const struct brakes *b, struct span feed, bool shadow, uint64_t pos)
{
    for (size_t i = b->release_count; i-- > 0;) {
        const struct release *r = &b->releases[i];
        if (r->pos < pos && r->shadow == shadow && span_eq(r->feed, feed)) return r->pos;
    }
    return 0;
}

/* One brake may have handed on to the next what it let go, or what a release did. */
static uint64_t caught_from(const struct brakes *b, uint64_t pos)
{
    for (uint64_t low = pos, before = 0; before != low;) {
        before = low;
        for (size_t i = b->pause_count; i-- > 0;) {
            const struct pause *p = &b->pauses[i];
            if (p->until_pos >= low && p->until_pos <= pos && p->from_pos < low) low = p->from_pos;
        }
        if (low == pos || low == before) return low;
        for (size_t i = b->release_count; i-- > 0;) {
            const struct release *r = &b->releases[i];
            uint64_t from =
                r->pos > low && r->pos < pos ? release_from(b, r->feed, r->shadow, r->pos) : low;
            if (from < low) low = from;
        }
    }
    return pos;
}

uint64_t brakes_change_from(const struct brakes *b, const struct act *act, uint64_t pos)
{
    if (act->kind == ACT_RESUME) return caught_from(b, pos);
    if (act->kind == ACT_RELEASE) return release_from(b, act->target, false, pos);
    bool shadow = act->kind == ACT_GO_LIVE && span_eq(act->text, S("all"));
    return shadow ? release_from(b, act->target, true, pos) : pos;
}

void brakes_give(const struct brakes *b, struct desk_set *set)
{
    set->pauses = b->pauses;
    set->pause_count = b->pause_count;
    set->releases = b->releases;
    set->release_count = b->release_count;
}
