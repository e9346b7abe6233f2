/* newsroom_deadlines: a takedown that still stands when its case's deadline passes, a complaint
 * whose term ends soon or has ended: the desk's list and people are told, once. What passed more
 * than a day ago is told no more: the list of takedowns marks it. Decides nothing. */
#include "newsroom.h"

enum { DEADLINE_FRESH_MS = 24 * 3600 * 1000 };

/* Nothing but a lift settles it, as the list of takedowns has it. */
static bool still_stands(struct newsroom *n, const struct stored_act *act)
{
    struct stored_act *list;
    size_t count = 0;
    if (store_acts(n->store, act->page, n->job, &list, &count) != OK) return true;
    for (size_t i = 0; i < count; i++) {
        struct act later;
        if (list[i].pos > act->pos && act_read(n->job, list[i].json, &later) &&
            later.kind == ACT_LIFT)
            return false;
    }
    return true;
}

static enum result tell(struct newsroom *n, const struct stored_act *act, const struct act *t)
{
    struct span guid = S(""), provider;
    if (!store_guid_of(n->store, act->page, n->job, &guid, &provider))
        guid = story_id_text(n->job, act->page);
    struct alarm al = {.kind = S("deadline"),
        .text = arena_printf(n->job,
            "%.*s: the deadline of its takedown%s%.*s has passed, and it "
            "still stands: lift it or purge it, or answer who asked",
            FMT(guid), t->reference.n ? ", case " : "", FMT(t->reference)),
        .at_ms = t->deadline_ms > act->at_ms ? t->deadline_ms : act->at_ms,
        .pos = act->pos};
    return newsroom_alarm(n, "deadline", guid, &al);
}

static enum result look(struct newsroom *n, struct span name, int64_t after_ms, int64_t now_ms)
{
    struct stored_act *list;
    size_t count = 0;
    bool more = false;
    TRY(store_acts_named(n->store, name, n->job, &list, &count, &more));
    for (size_t i = 0; i < count; i++) {
        struct act t;
        if (!act_read(n->job, list[i].json, &t) || !t.deadline_ms) continue;
        /* One that had passed when the desk acted passes then. */
        int64_t at = t.deadline_ms > list[i].at_ms ? t.deadline_ms : list[i].at_ms;
        if (at > after_ms && at <= now_ms && still_stands(n, &list[i])) TRY(tell(n, &list[i], &t));
    }
    return OK;
}

enum result newsroom_tell_deadlines(struct newsroom *n, int64_t now_ms)
{
    int64_t after = n->deadlines_ms ? n->deadlines_ms : now_ms - DEADLINE_FRESH_MS;
    newsroom_begin_job(n);
    TRY(store_begin(n->store));
    enum result r = look(n, S("takedown"), after, now_ms);
    if (r == OK) r = look(n, S("kill"), after, now_ms);
    if (r == OK) r = newsroom_tell_grievances(n, after, now_ms);
    if (r == OK) r = store_commit(n->store, n->position);
    if (r != OK) store_rollback(n->store);
    if (r == OK) n->deadlines_ms = now_ms;
    return r;
}
