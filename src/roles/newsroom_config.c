/* newsroom_config: the editorial configuration: which is in force, how another comes into the
 * ledger and out of it, what the desk is told of one that cannot be read. */
#include "newsroom.h"

const struct config *newsroom_config(const struct newsroom *n)
{
    return n->config;
}

const struct config_feed *newsroom_feed(const struct newsroom *n, struct span name)
{
    return config_feed_named(n->config, name);
}

struct span newsroom_provider(const struct newsroom *n, struct span feed)
{
    const struct config_feed *f = newsroom_feed(n, feed);
    return f ? f->provider : feed;
}

/* ---- in force ---- */
/* What of it is not known any more, at the desk. */
static enum result tell_config(struct newsroom *n, const struct event *e, const char *so,
    const struct config_mistake *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct alarm al = {.kind = S("configuration"),
            .text = arena_printf(
                n->job, "the configuration in the ledger: %.*s; %s", FMT(list[i].what), so),
            .at_ms = e ? e->received_ms : clock_now_ms(),
            .pos = e ? e->pos : 0};
        log_warn("%.*s", FMT(al.text));
        TRY(newsroom_alarm(n, "configuration", S(""), &al));
    }
    return OK;
}

/* Of an event that cannot be read the desk is told, and the configuration before stays: nothing
 * that is done again would read it. */
static enum result refuse_config(
    struct newsroom *n, const struct event *e, const struct config_report *report)
{
    const struct config_mistake damaged = {.what = S("its bytes are damaged")};
    bool has = report && report->count;
    if (!e) return ERR_CORRUPT; /* the store's own row */
    return tell_config(n, e,
        "it is passed over, the one before stays in force: `broadsheet reload`",
        has ? report->list : &damaged, 1);
}

enum result newsroom_use_config(struct newsroom *n, struct span json, const struct event *e)
{
    struct config_report report;
    struct arena *a = arena_new(RULES_ARENA);
    struct config *c = config_from_editorial(a, json, &report);
    enum result r = c ? tell_config(n, e, "times without a zone are UTC, such embargoes are held",
                            report.list, report.count)
                      : refuse_config(n, e, &report);
    if (!c || r != OK) {
        arena_free(a);
        return r;
    }
    arena_free(n->rules_arena);
    n->rules_arena = a;
    n->config = c;
    n->rules = rules_of(a, c);
    n->all_pages = true;
    n->cards_asked = 0;
    TRY(newsroom_load_pauses(n));
    TRY(newsroom_arm_shadows(n));
    if (e) TRY(newsroom_listens(n, e->received_ms));
    return store_set_text(n->store, "config", json);
}

enum result newsroom_apply_config(struct newsroom *n, const struct event *e)
{
    struct span json;
    enum result r = ledger_blob(n->ledger, &e->blob, &json, n->job);
    if (r == ERR_ABSENT || r == ERR_CORRUPT) return refuse_config(n, e, NULL);
    return r == OK ? newsroom_use_config(n, json, e) : r;
}

/* ---- as it was at the start ---- */
/* Kind 0: the ledger holds none behind this position. */
static enum result next_config(struct newsroom *n, uint64_t after, struct event *out)
{
    struct event *events = ARENA_ARRAY(n->job, struct event, JOB_EVENTS);
    size_t count = 1;
    *out = (struct event){0};
    while (count) {
        TRY(newsroom_of_ledger(ledger_tail(n->ledger, after, events, JOB_EVENTS, &count, n->job)));
        for (size_t i = 0; i < count; i++) {
            if (events[i].kind != EVENT_CONFIG) continue;
            *out = events[i];
            return OK;
        }
        if (count) after = events[count - 1].pos;
    }
    return OK;
}

enum result newsroom_use_known_config(struct newsroom *n)
{
    struct span json;
    enum result r = store_text(n->store, "config", n->job, &json);
    struct event first = {0};
    if (r == OK) {
        r = newsroom_use_config(n, json, NULL);
    } else {
        /* That under which the first events were applied, whatever the site file says by now: what
         * has been marked then is marked so in every rebuild. */
        TRY(next_config(n, 0, &first));
        r = first.kind == EVENT_CONFIG ? newsroom_apply_config(n, &first) : OK;
    }
    if (r != OK) return r;
    if (n->config) {
        n->all_pages = false; /* they were decided by it when it came */
        return r;
    }
    n->config = n->house->config;
    n->rules = n->config ? rules_of(n->rules_arena, n->config) : NULL;
    return n->config ? newsroom_load_pauses(n) : ERR_ABSENT;
}

/* ---- a new one ---- */
/* The configuration that will be in force once everything in the ledger is applied. */
static enum result last_config(struct newsroom *n, struct span *out)
{
    struct event e;
    *out = S("");
    enum result r = store_text(n->store, "config", n->job, out);
    if (r != OK && r != ERR_ABSENT) return r;
    TRY(next_config(n, n->position, &e));
    while (e.kind == EVENT_CONFIG) {
        r = ledger_blob(n->ledger, &e.blob, out, n->job);
        if (r == ERR_ABSENT || r == ERR_CORRUPT) *out = S(""); /* no other is like it */
        if (r != OK && out->n) return r;
        TRY(next_config(n, e.pos, &e));
    }
    return OK;
}

enum result newsroom_configure(struct newsroom *n, const struct config *c)
{
    arena_reset(n->job);
    struct span now, json = config_editorial(n->job, c);
    TRY(last_config(n, &now));
    if (span_eq(now, json)) return OK;
    uint64_t head = 0;
    TRY(ledger_head(n->ledger, &head));
    struct hash h = hash_of(json);
    struct append ap = {.kind = EVENT_CONFIG,
        .received_ms = clock_now_ms(),
        .blob = json,
        .meta = S("{}"),
        .delivery = arena_printf(n->job, "config:%.*s:%llu",
            FMT(span_cut(hash_hex(n->job, &h), 0, 16)), (unsigned long long)head)};
    return newsroom_of_ledger(ledger_append(n->ledger, &ap, 1));
}
