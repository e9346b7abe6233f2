/* newsroom_work: the newsroom's steps, without its process: open, read, apply, decide, commit.
 * Rehearsals, rebuilds and the role drive the same code. The store's only writer. Fatal: a store
 * row of ours that cannot be unpacked (ERR_CORRUPT: rebuild is the answer). */
#include "newsroom.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOST_WAIT_MS = 30000,     /* for a delivery whose bytes the disk does not give */
    LOST_WAITED_FOR = 3,      /* deliveries in a row: behind them the ledger is damaged indeed */
    BRAKES_ARENA = 256 << 20, /* a million acts on brakes and feeds: one a minute for two years */
    WANTS_ARENA = 4 << 20,    /* WANTS_MAX of 150 bytes, and the tables outgrown */
    FORETOLD_ARENA = 64 << 20,
    ALIKE_ARENA = 1 << 30, /* as a job: a page of 2,000 versions, read and compared */
};

struct store *newsroom_store(struct newsroom *n)
{
    return n->store;
}

struct ledger *newsroom_ledger(struct newsroom *n)
{
    return n->ledger;
}

struct tombs *newsroom_tombs(struct newsroom *n)
{
    return n->tombs;
}

uint64_t newsroom_position(const struct newsroom *n)
{
    return n->position;
}

int64_t newsroom_due_ms(struct newsroom *n)
{
    return store_next_due(n->store, n->due_done_ms);
}

void newsroom_bump(struct newsroom *n, const char *kind, struct span name)
{
    char key[512];
    struct buf b = {.p = key, .cap = sizeof key};
    size_t k = strlen(kind), m = name.n < sizeof key - k ? name.n : sizeof key - k;
    memcpy(key, kind, k);
    if (m) memcpy(key + k, name.p, m);
    b.n = k + m;
    uint32_t slot = keys_slot((struct span){key, b.n});
    if (!n->bump[slot]) n->bumps[n->bump_count++] = slot;
    n->bump[slot] = true;
}

void newsroom_bump_now(struct newsroom *n)
{
    for (size_t i = 0; i < n->bump_count; i++) {
        keys_bump(n->keys, n->bumps[i]);
        n->bump[n->bumps[i]] = false;
    }
    n->bump_count = 0;
}

/* ---- opening ---- */
static enum result open_parts(struct newsroom *n, struct span *why)
{
    const struct house *h = n->house;
    const char *text = NULL;
    const char *other = n->options.ledger_of;
    enum result r = newsroom_of_ledger(
        other ? ledger_look(other, &n->ledger, &text)
              : ledger_open(h->data, n->options.ledger_appender, false, &n->ledger, &text));
    if (r == OK) { r = store_open(h->store, n->options.fresh, &n->store, &text); }
    if (r != OK) {
        *why = arena_keep(h->arena, span_of(text ? text : result_name(r)));
        return r;
    }
    if ((r = tombs_open(h->data, true, &n->tombs)) != OK)
        *why = S("the tombstones file cannot be opened");
    if (r == OK && (r = keys_open(h->run, true, &n->keys)) != OK)
        *why = S("the key page in run/ cannot be made");
    return r;
}

/* E14: what fell due while the newsroom was down is rung at its start: everything since the last
 * event that it has applied, which it cannot have outlived without ringing; and what it had begun
 * to ring when it ended. */
static int64_t timers_rung_until(struct newsroom *n)
{
    struct event e;
    int64_t begun_ms = store_rung(n->store);
    if (!n->position || ledger_event(n->ledger, n->position, &e, n->job) != OK)
        return begun_ms ? begun_ms : clock_now_ms();
    return begun_ms && begun_ms < e.received_ms ? begun_ms : e.received_ms - 1;
}

enum result newsroom_open(const struct house *h, const struct newsroom_options *o,
    const struct newsroom_hooks *hooks, struct newsroom **out, struct span *why)
{
    struct newsroom *n = calloc(1, sizeof *n);
    must(n);
    *out = n;
    n->house = h;
    n->options = *o;
    if (hooks) n->hooks = *hooks;
    n->job = arena_new(JOB_ARENA);
    n->rules_arena = arena_new(RULES_ARENA);
    n->brakes_arena = arena_new(BRAKES_ARENA);
    n->want_arena = arena_new(WANTS_ARENA);
    n->foretold_arena = arena_new(FORETOLD_ARENA);
    n->alike_arena = arena_new(ALIKE_ARENA);
    n->other_arena = arena_new(ALIKE_ARENA);
    n->alike_kept.a = arena_new(ALIKE_ARENA);
    n->bump = calloc(KEY_SLOTS, 1);
    n->bumps = calloc(KEY_SLOTS, sizeof *n->bumps);
    must(n->bump && n->bumps);
    TRY(open_parts(n, why));
    n->position = n->peeked = n->peeked_acts = store_position(n->store);
    newsroom_know_more(n);
    if (o->ledger_of) n->peeked = n->peeked_acts = UINT64_MAX; /* its kills are known */
    n->want_more = true;
    n->opened_ms = clock_now_ms();
    n->due_done_ms = timers_rung_until(n);
    n->is_ringing = store_rung(n->store) != 0;
    enum result r = newsroom_use_known_config(n);
    if (r != OK) *why = S("no configuration is known: start with --wire or --config");
    newsroom_bump(n, "site", S("")); /* whatever a predecessor committed and could not tell */
    newsroom_bump_now(n);
    return r;
}

void newsroom_close(struct newsroom *n)
{
    if (!n) return;
    if (n->store) store_close(n->store);
    if (n->known) store_close(n->known);
    if (n->ledger) ledger_close(n->ledger);
    if (n->tombs) tombs_close(n->tombs);
    if (n->keys) keys_close(n->keys);
    arena_free(n->job);
    arena_free(n->rules_arena);
    arena_free(n->brakes_arena);
    arena_free(n->want_arena);
    arena_free(n->foretold_arena);
    arena_free(n->alike_arena);
    arena_free(n->other_arena);
    arena_free(n->alike_kept.a);
    newsroom_forget_lost(n);
    free(n->bump);
    free(n->bumps);
    free(n);
}

/* ---- reading ---- */
static void read_here(
    struct newsroom *n, struct span bytes, const struct wire_hint *hint, struct wire_result *out)
{
    memset(out, 0, sizeof *out);
    wire_read(n->job, bytes, hint, out);
}

static struct wire_hint hint_of(struct newsroom *n, const struct event *e, struct span *unread_out)
{
    struct reject bad;
    const struct json *meta = json_parse(n->job, e->meta, &bad);
    const struct config_feed *feed = newsroom_feed(n, e->feed);
    struct wire_hint hint = {.format = feed ? feed->format : S("")};
    if (meta) {
        hint.charset = json_text(meta, "charset");
        hint.file_name = json_text(meta, "name");
        *unread_out = json_text(meta, "unread");
    }
    return hint;
}

/* A disk that fails for a moment is waited for: what is taken for lost may be a kill. A sector that
 * is gone stays so; not each of those in a row is waited for. */
static bool has_waited_for(struct newsroom *n, const struct event *e)
{
    int64_t now_us = clock_mono_us();
    if (n->unread_pos != e->pos) {
        n->unread_pos = e->pos;
        n->unread_since_us = now_us;
    }
    return n->lost_in_a_row >= LOST_WAITED_FOR ||
           now_us - n->unread_since_us > LOST_WAIT_MS * INT64_C(1000);
}

/* ERR_IO: in a moment. */
static enum result blob_of(struct newsroom *n, const struct event *e, struct span *out)
{
    enum result r = ledger_blob(n->ledger, &e->blob, out, n->job);
    if (r == ERR_IO && has_waited_for(n, e)) r = ERR_CORRUPT;
    if (r == OK) n->lost_in_a_row = 0;
    if (r == ERR_CORRUPT) n->lost_in_a_row++;
    return r;
}

enum result newsroom_load(struct newsroom *n, const struct event *e, struct reading *r)
{
    r->hint = hint_of(n, e, &r->unread);
    enum result got = e->forgotten ? ERR_ABSENT : blob_of(n, e, &r->bytes);
    r->lost = got != OK;
    return got == ERR_ABSENT || got == ERR_CORRUPT ? OK : got;
}

static enum result answer(
    struct newsroom *n, const struct event *e, struct reading *r, struct wire_result *out)
{
    if (r->lost) {
        *out = (struct wire_result){.end = WIRE_REJECT,
            .reject = {
                .why = S("its bytes in the ledger are damaged: restore them from a backup")}};
        return OK;
    }
    if (!n->hooks.ask) {
        read_here(n, r->bytes, &r->hint, out);
        return OK;
    }
    enum result got = n->hooks.answer(n->hooks.with, e->pos, n->job, out);
    if (got != ERR_CORRUPT) return got;
    metric_add(M_READER_CRASHES, 1);
    *out = (struct wire_result){.end = WIRE_REJECT,
        .reject = {
            .why = S("the reader ended on it, twice: please send this file to the makers of "
                     "Broadsheet; it is tried again after an upgrade by `broadsheet rebuild`")}};
    return OK;
}

/* What stands for bytes that were not taken is no story, whatever a reader makes of it. */
enum result newsroom_answer(
    struct newsroom *n, const struct event *e, struct reading *r, struct wire_result *out)
{
    enum result got = answer(n, e, r, out);
    if (got == OK && r->unread.n && !r->lost)
        *out = (struct wire_result){.end = WIRE_REJECT, .reject = {.why = r->unread}};
    return got;
}

/* An event's own bytes are to be read, or those of a delivery in quarantine. */
static bool wants_reading(struct newsroom *n, const struct event *e, struct event *delivery_out)
{
    *delivery_out = *e;
    return e->kind == EVENT_DELIVERY || newsroom_retries(n, e, delivery_out);
}

/* Events in order; their bytes are sent to the readers a window ahead. */
static enum result apply_all(struct newsroom *n, const struct event *events, size_t count)
{
    struct reading *reads = ARENA_ARRAY(n->job, struct reading, count + 1);
    size_t asked = 0, window = n->hooks.ask ? n->hooks.window : 0, in_flight = 0;
    for (size_t i = 0; i < count; i++) {
        for (; asked < count && (asked <= i || in_flight < window); asked++) {
            /* What comes behind another configuration is read by that one (its feed's format). */
            if (asked > i && (events[i].kind == EVENT_CONFIG || events[asked].kind == EVENT_CONFIG))
                break;
            struct event delivery;
            if (!wants_reading(n, &events[asked], &delivery)) continue;
            TRY(newsroom_load(n, &delivery, &reads[asked]));
            reads[asked].wanted = true;
            if (!n->hooks.ask || reads[asked].lost) continue;
            n->hooks.ask(n->hooks.with, events[asked].pos, reads[asked].bytes, &reads[asked].hint);
            in_flight++;
        }
        struct wire_result result, *read = NULL;
        if (reads[i].wanted) {
            int64_t before = clock_mono_us();
            read = &result;
            n->waited_for = events[i].pos;
            enum result r = newsroom_answer(n, &events[i], &reads[i], read);
            n->waited_for = 0;
            TRY(r);
            if (!reads[i].lost && in_flight) in_flight--;
            int64_t took = clock_mono_us() - before;
            n->read_us += took;
            stage_took(STAGE_DURABLE_READ, took);
        }
        TRY(newsroom_apply(n, &events[i], read));
    }
    return OK;
}

/* ---- one step ---- */
void newsroom_begin_job(struct newsroom *n)
{
    arena_reset(n->job);
    set_forget(&n->alike_kept);
    n->pages = (struct ids){0};
    n->seen = map_new(n->job);
}

/* How many events fit into one transaction, by the bytes that they bring. What brings those of a
 * delivery before it has one for itself. */
static size_t fit(struct newsroom *n, const struct event *events, size_t count)
{
    uint64_t bytes = 0;
    if (count && newsroom_is_retry(n, &events[0])) return 1;
    for (size_t i = 0; i < count; i++) {
        bytes += events[i].blob_bytes;
        if (i && (bytes > JOB_BYTES || newsroom_is_retry(n, &events[i]))) return i;
    }
    return count;
}

/* A release or an expiry changes no verdict (there is no now in it) and pages know their time; the
 * keys are bumped for those that do not look at the clock. Many that are due at one instant, as at
 * a contract's end, are rung over several steps. */
static enum result ring_due(struct newsroom *n, int64_t now_ms)
{
    story_id due[JOB_DUE];
    size_t count = 0;
    n->due_last = 0;
    if (!n->due_after) n->due_until_ms = now_ms;
    if (!n->is_ringing && store_next_due(n->store, n->due_done_ms) > now_ms) return OK;
    TRY(store_due(
        n->store, n->due_done_ms, n->due_until_ms, n->due_after, due, COUNT(due), &count));
    for (size_t i = 0; i < count; i++) newsroom_touch(n, due[i]);
    if (count == COUNT(due)) n->due_last = due[count - 1];
    if (n->is_ringing == (n->due_last != 0)) return OK;
    return store_set_rung(n->store, n->due_last ? n->due_done_ms : 0);
}

static enum result work(
    struct newsroom *n, const struct event *events, size_t count, int64_t now_ms)
{
    int64_t t0 = clock_mono_us();
    n->read_us = 0;
    TRY(apply_all(n, events, count));
    if (count) n->position = events[count - 1].pos;
    TRY(ring_due(n, now_ms));
    TRY(newsroom_decide_pages(n));
    int64_t t1 = clock_mono_us();
    TRY(store_commit(n->store, n->position));
    int64_t t2 = clock_mono_us();
    newsroom_bump_now(n);
    if (!count) return OK;
    stage_took(STAGE_READ_DECIDED, t1 - t0 - n->read_us);
    stage_took(STAGE_DECIDED_STORED, t2 - t1);
    stage_took(STAGE_STORED_VISIBLE, clock_mono_us() - t2);
    return OK;
}

/* Since they came, those that came while this newsroom was there for them. */
static void took_since_it_came(
    struct newsroom *n, enum stage s, const struct event *events, size_t count, int64_t now_ms)
{
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == EVENT_DELIVERY && events[i].received_ms >= n->opened_ms)
            stage_took(s, (now_ms - events[i].received_ms) * 1000);
}

enum result newsroom_step(struct newsroom *n, bool *more_out)
{
    *more_out = false;
    newsroom_begin_job(n);
    int64_t now_ms = clock_now_ms();
    struct event *events = ARENA_ARRAY(n->job, struct event, JOB_EVENTS);
    size_t count = 0;
    enum result tail =
        newsroom_of_ledger(ledger_tail(n->ledger, n->position, events, JOB_EVENTS, &count, n->job));
    if (tail == ERR_LEDGER && newsroom_peek(n, 1) != OK) log_warn("kills are not looked for ahead");
    TRY(tail);
    if (!count && !n->is_ringing && store_next_due(n->store, n->due_done_ms) > now_ms) {
        n->due_done_ms = now_ms;
        return OK;
    }
    if (count == JOB_EVENTS || n->known) TRY(newsroom_peek(n, n->known ? 1 : PEEK_BACKLOG));
    if (count < JOB_EVENTS) newsroom_forget_foretold(n);
    size_t take = fit(n, events, count);
    uint64_t before = n->position;
    took_since_it_came(n, STAGE_RECEIVED_TAKEN, events, take, now_ms);
    TRY(store_begin(n->store));
    enum result r = work(n, events, take, now_ms);
    if (r != OK) {
        store_rollback(n->store);
        n->position = before;
        /* K19: what the store has no room for is still looked through for kills. */
        if (r == ERR_FULL && newsroom_peek(n, 1) != OK) log_warn("kills are not looked for ahead");
        return r;
    }
    took_since_it_came(n, STAGE_RECEIVED_VISIBLE, events, take, clock_now_ms());
    n->due_after = n->due_last;
    n->is_ringing = n->due_last != 0;
    if (!n->due_after) n->due_done_ms = n->due_until_ms;
    clock_slot_set(SLOT_APPLIED_POS, n->position);
    *more_out = take < count || count == JOB_EVENTS || n->due_after;
    return OK;
}

enum result newsroom_counts(struct newsroom *n, struct span meta_json, struct span key)
{
    struct append ap = {
        .kind = EVENT_COUNTS, .received_ms = clock_now_ms(), .delivery = key, .meta = meta_json};
    return ledger_append(n->ledger, &ap, 1);
}
