/* newsroom_work: the newsroom's steps, without its process: open, step, work behind publication,
 * configuration. Rehearsals, rebuilds and the role drive the same code. The store's only writer.
 * Fatal: a store row of ours that cannot be unpacked (ERR_CORRUPT: rebuild is the answer). */
#include "newsroom.h"

#include <stdlib.h>
#include <string.h>

enum {
    RULES_ARENA = 256 << 20,
    BRAKES_ARENA = 256 << 20, /* a million acts on brakes and feeds: one a minute for two years */
    WANTS_MAX = 4096, /* pictures that wait for the darkroom in memory; the store knows the rest */
    WANTS_AT_ONCE = 512,   /* names looked through in one go */
    WANTS_ARENA = 4 << 20, /* WANTS_MAX of 150 bytes, and the tables outgrown */
    HASH_HEX = 64,
    FORETOLD_ARENA = 64 << 20,
    ALIKE_ARENA = 1 << 30, /* as a job: a page of 2,000 versions, read and compared */
    INDEX_AT_ONCE = 8,
    KEEP_TRYING = 3
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

const struct config_feed *newsroom_feed(const struct newsroom *n, struct span name)
{
    return config_feed_named(n->config, name);
}

void newsroom_bump(struct newsroom *n, const char *kind, struct span name)
{
    char key[512];
    struct buf b = {.p = key, .cap = sizeof key};
    size_t k = strlen(kind), m = name.n < sizeof key - k ? name.n : sizeof key - k;
    memcpy(key, kind, k);
    if (m) memcpy(key + k, name.p, m);
    b.n = k + m;
    n->bump[keys_slot((struct span){key, b.n})] = true;
}

static void bump_now(struct newsroom *n)
{
    for (uint32_t i = 0; i < KEY_SLOTS; i++)
        if (n->bump[i]) keys_bump(n->keys, i);
    memset(n->bump, 0, KEY_SLOTS);
}

/* A feed's silence is counted from here on. */
static void watch_feeds(struct newsroom *n)
{
    n->fed_ms = ARENA_ARRAY(n->rules_arena, int64_t, n->config->feed_count + 1);
    for (uint32_t i = 0; i < n->config->feed_count; i++) n->fed_ms[i] = clock_now_ms();
}

/* ---- opening ---- */
/* The configuration under which the first events were applied, whatever the site file says by now:
 * what has been marked then is marked so in every rebuild. Kind 0: the ledger holds none. */
static enum result first_config(struct newsroom *n, struct event *out)
{
    struct event *events = ARENA_ARRAY(n->job, struct event, JOB_EVENTS);
    uint64_t after = 0;
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

static enum result use_known_config(struct newsroom *n)
{
    struct span json;
    enum result r = store_text(n->store, "config", n->job, &json);
    struct event first = {0};
    if (r == OK) {
        r = newsroom_use_config(n, json, NULL);
    } else {
        TRY(first_config(n, &first));
        r = first.kind == EVENT_CONFIG ? newsroom_apply_config(n, &first) : OK;
    }
    if (r != OK) return r;
    if (n->config) {
        n->all_pages = false; /* they were decided by it when it came */
        return r;
    }
    n->config = n->house->config;
    n->rules = n->config ? rules_of(n->rules_arena, n->config) : NULL;
    if (n->config) watch_feeds(n);
    return n->config ? newsroom_load_pauses(n) : ERR_ABSENT;
}

static enum result open_parts(struct newsroom *n, struct span *why)
{
    const struct house *h = n->house;
    const char *text = NULL;
    enum result r = newsroom_of_ledger(
        ledger_open(h->data, n->options.ledger_appender, false, &n->ledger, &text));
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
 * event that it has applied, which it cannot have outlived without ringing. */
static int64_t timers_rung_until(struct newsroom *n)
{
    struct event e;
    if (!n->position || ledger_event(n->ledger, n->position, &e, n->job) != OK)
        return clock_now_ms();
    return e.received_ms - 1;
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
    n->bump = calloc(KEY_SLOTS, 1);
    must(n->bump);
    TRY(open_parts(n, why));
    n->position = n->peeked = n->peeked_acts = store_position(n->store);
    newsroom_know_more(n);
    n->want_more = true;
    n->due_done_ms = timers_rung_until(n);
    enum result r = use_known_config(n);
    if (r != OK) *why = S("no configuration is known: start with --wire or --config");
    newsroom_bump(n, "site", S("")); /* whatever a predecessor committed and could not tell */
    bump_now(n);
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
    newsroom_forget_lost(n);
    free(n->bump);
    free(n);
}

/* ---- configuration ---- */
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
    watch_feeds(n);
    n->all_pages = true;
    n->cards_asked = 0;
    TRY(newsroom_load_pauses(n));
    TRY(newsroom_arm_shadows(n));
    return store_set_text(n->store, "config", json);
}

enum result newsroom_apply_config(struct newsroom *n, const struct event *e)
{
    struct span json;
    enum result r = ledger_blob(n->ledger, &e->blob, &json, n->job);
    if (r == ERR_ABSENT || r == ERR_CORRUPT) return refuse_config(n, e, NULL);
    return r == OK ? newsroom_use_config(n, json, e) : r;
}

/* The configuration that will be in force once everything in the ledger is applied. */
static enum result last_config(struct newsroom *n, struct span *out)
{
    struct event *events = ARENA_ARRAY(n->job, struct event, JOB_EVENTS);
    uint64_t after = n->position;
    size_t count = 1;
    *out = S("");
    enum result r = store_text(n->store, "config", n->job, out);
    if (r != OK && r != ERR_ABSENT) return r;
    while (count) {
        TRY(newsroom_of_ledger(ledger_tail(n->ledger, after, events, JOB_EVENTS, &count, n->job)));
        for (size_t i = 0; i < count; i++)
            if (events[i].kind == EVENT_CONFIG) {
                r = ledger_blob(n->ledger, &events[i].blob, out, n->job);
                if (r == ERR_ABSENT || r == ERR_CORRUPT) *out = S(""); /* no other is like it */
                if (r != OK && out->n) return r;
            }
        if (count) after = events[count - 1].pos;
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

/* ---- reading ---- */
static void read_here(
    struct newsroom *n, struct span bytes, const struct wire_hint *hint, struct wire_result *out)
{
    memset(out, 0, sizeof *out);
    wire_read(n->job, bytes, hint, out);
}

static struct wire_hint hint_of(struct newsroom *n, const struct event *e)
{
    struct reject bad;
    const struct json *meta = json_parse(n->job, e->meta, &bad);
    const struct config_feed *feed = newsroom_feed(n, e->feed);
    struct wire_hint hint = {.format = feed ? feed->format : S("")};
    if (meta) {
        hint.charset = json_text(meta, "charset");
        hint.file_name = json_text(meta, "name");
    }
    return hint;
}

enum result newsroom_load(struct newsroom *n, const struct event *e, struct reading *r)
{
    r->hint = hint_of(n, e);
    enum result got =
        e->forgotten ? ERR_ABSENT : ledger_blob(n->ledger, &e->blob, &r->bytes, n->job);
    r->lost = got != OK;
    return got == ERR_ABSENT || got == ERR_CORRUPT ? OK : got;
}

enum result newsroom_answer(
    struct newsroom *n, const struct event *e, struct reading *r, struct wire_result *out)
{
    if (r->lost) {
        *out = (struct wire_result){.end = WIRE_REJECT,
            .reject = {
                .why = e->forgotten
                           ? S("its bytes were purged")
                           : S("its bytes in the ledger are damaged: restore them from a backup")}};
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
            if (events[asked].kind != EVENT_DELIVERY) continue;
            TRY(newsroom_load(n, &events[asked], &reads[asked]));
            if (!n->hooks.ask || reads[asked].lost) continue;
            n->hooks.ask(n->hooks.with, events[asked].pos, reads[asked].bytes, &reads[asked].hint);
            in_flight++;
        }
        struct wire_result result, *read = NULL;
        if (events[i].kind == EVENT_DELIVERY) {
            int64_t before = clock_mono_us();
            read = &result;
            n->waited_for = events[i].pos;
            enum result r = newsroom_answer(n, &events[i], &reads[i], read);
            n->waited_for = 0;
            TRY(r);
            if (!reads[i].lost && in_flight) in_flight--;
            stage_took(STAGE_DURABLE_READ, clock_mono_us() - before);
        }
        TRY(newsroom_apply(n, &events[i], read));
    }
    return OK;
}

/* ---- one step ---- */
static void begin_job(struct newsroom *n)
{
    arena_reset(n->job);
    n->pages = (struct ids){0};
    n->seen = map_new(n->job);
}

/* How many events fit into one transaction, by the bytes that they bring. */
static size_t fit(const struct event *events, size_t count)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += events[i].blob_bytes;
        if (i && bytes > JOB_BYTES) return i;
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
    if (!n->due_after && store_next_due(n->store, n->due_done_ms) > now_ms) return OK;
    TRY(store_due(
        n->store, n->due_done_ms, n->due_until_ms, n->due_after, due, COUNT(due), &count));
    for (size_t i = 0; i < count; i++) newsroom_touch(n, due[i]);
    if (count == COUNT(due)) n->due_last = due[count - 1];
    return OK;
}

static enum result work(
    struct newsroom *n, const struct event *events, size_t count, int64_t now_ms)
{
    int64_t t0 = clock_mono_us();
    TRY(apply_all(n, events, count));
    if (count) n->position = events[count - 1].pos;
    TRY(ring_due(n, now_ms));
    TRY(newsroom_decide_pages(n));
    int64_t t1 = clock_mono_us();
    TRY(store_commit(n->store, n->position));
    bump_now(n);
    if (count) stage_took(STAGE_READ_DECIDED, t1 - t0);
    if (count) stage_took(STAGE_DECIDED_VISIBLE, clock_mono_us() - t1);
    return OK;
}

enum result newsroom_step(struct newsroom *n, bool *more_out)
{
    *more_out = false;
    begin_job(n);
    int64_t now_ms = clock_now_ms();
    struct event *events = ARENA_ARRAY(n->job, struct event, JOB_EVENTS);
    size_t count = 0;
    TRY(newsroom_of_ledger(
        ledger_tail(n->ledger, n->position, events, JOB_EVENTS, &count, n->job)));
    if (!count && !n->due_after && store_next_due(n->store, n->due_done_ms) > now_ms) {
        n->due_done_ms = now_ms;
        return OK;
    }
    if (count == JOB_EVENTS || n->known) TRY(newsroom_peek(n, n->known ? 1 : PEEK_BACKLOG));
    if (count < JOB_EVENTS) newsroom_forget_foretold(n);
    size_t take = fit(events, count);
    uint64_t before = n->position;
    TRY(store_begin(n->store));
    enum result r = work(n, events, take, now_ms);
    if (r != OK) {
        store_rollback(n->store);
        n->position = before;
        /* K19: what the store has no room for is still looked through for kills. */
        if (r == ERR_FULL && newsroom_peek(n, 1) != OK) log_warn("kills are not looked for ahead");
        return r;
    }
    n->due_after = n->due_last;
    if (!n->due_after) n->due_done_ms = n->due_until_ms;
    clock_slot_set(SLOT_APPLIED_POS, n->position);
    *more_out = take < count || count == JOB_EVENTS || n->due_after;
    return OK;
}

int64_t newsroom_due_ms(struct newsroom *n)
{
    return store_next_due(n->store, n->due_done_ms);
}

int64_t newsroom_fed_ms(const struct newsroom *n, uint32_t feed)
{
    return feed < n->config->feed_count ? n->fed_ms[feed] : 0;
}

const struct config *newsroom_config(const struct newsroom *n)
{
    return n->config;
}

/* ---- behind publication ---- */
/* A list that is full is emptied first; then the store is asked who still waits. */
void newsroom_want(struct newsroom *n, struct span hex)
{
    struct want w;
    if (!hash_from_hex(hex, &w.blob)) return;
    if (n->want_count == WANTS_MAX) {
        n->want_more = true;
        n->want_after[0] = 0;
        return;
    }
    if (!n->wanted) n->wanted = map_new(n->want_arena);
    if (map_get(n->wanted, hex)) return;
    w.hex = arena_keep(n->want_arena, hex);
    *map_at(n->wanted, w.hex) = n;
    *ARENA_PUSH(n->want_arena, n->wants, n->want_count, n->want_cap) = w;
}

static void forget_wants(struct newsroom *n)
{
    arena_reset(n->want_arena);
    n->wants = NULL;
    n->wanted = NULL;
    n->want_next = n->want_count = n->want_cap = 0;
}

/* Pictures that pages wait for and nobody has looked at: left over by a list that was full, or by a
 * newsroom before this one. Names are asked for in order, from where the last call ended. */
static void find_wants(struct newsroom *n)
{
    struct span names[WANTS_AT_ONCE];
    size_t count = 0;
    arena_reset(n->job);
    n->want_more = false;
    if (store_wanted_names(
            n->store, S(""), span_of(n->want_after), n->job, names, COUNT(names), &count) != OK)
        return;
    for (size_t i = 0; i < count; i++) {
        uint32_t w, h, forms;
        if (names[i].n == HASH_HEX && !store_picture(n->store, names[i], &w, &h, &forms))
            newsroom_want(n, names[i]);
    }
    n->want_more = count == COUNT(names);
    struct span last =
        n->want_more ? span_cut(names[count - 1], 0, sizeof n->want_after - 1) : S("");
    memcpy(n->want_after, last.n ? last.p : "", last.n);
    n->want_after[last.n] = 0;
}

static bool may_look(const struct newsroom *n)
{
    return !n->hooks.may_look || n->hooks.may_look(n->hooks.with);
}

static bool look_at_one(struct newsroom *n)
{
    if (!n->hooks.look || (!n->want_count && !n->want_more) || !may_look(n)) return false;
    if (n->want_next == n->want_count) { /* all is done: room for more */
        bool more = n->want_more;
        forget_wants(n);
        if (more) find_wants(n);
        return more;
    }
    struct want *w = &n->wants[n->want_next++];
    n->looked_card = false;
    struct span bytes;
    arena_reset(n->job);
    if (ledger_blob(n->ledger, &w->blob, &bytes, n->job) == OK)
        n->hooks.look(n->hooks.with, w->hex, bytes);
    return true;
}

static bool ask_for_card(struct newsroom *n)
{
    if (!n->hooks.card || n->cards_asked > n->config->section_count || !may_look(n)) return false;
    n->looked_card = true;
    size_t i = n->cards_asked++;
    arena_reset(n->job);
    if (i == 0) {
        n->hooks.card(n->hooks.with, "card.jpg", n->config->tagline, S("#1d2b3a"));
        return true;
    }
    const struct config_section *s = &n->config->sections[i - 1];
    n->hooks.card(
        n->hooks.with, arena_printf(n->job, "card-%.*s.jpg", FMT(s->name)).p, s->title, s->colour);
    return true;
}

void newsroom_look_again(struct newsroom *n)
{
    if (n->looked_card && n->cards_asked)
        n->cards_asked--;
    else if (!n->looked_card && n->want_next)
        n->want_next--;
}

bool newsroom_behind(struct newsroom *n)
{
    bool more = false;
    if (store_index_some(n->store, clock_now_ms(), INDEX_AT_ONCE, &more) != OK) more = false;
    return more | look_at_one(n) | ask_for_card(n);
}

static void write_rendition(struct newsroom *n, struct span hex, const char *what,
    enum picture_form form, struct span bytes)
{
    struct span path = arena_printf(
        n->job, "%s/%.*s-%s.%s", n->house->pictures, FMT(hex), what, picture_forms[form].ending);
    if (bytes.n && file_write_durable(path.p, bytes) != OK)
        log_warn("%s cannot be written: the picture stays away until there is room", path.p);
}

void newsroom_picture(struct newsroom *n, struct span hex, const struct picture_answer *p)
{
    begin_job(n);
    for (size_t i = 0; i < p->made_count; i++)
        for (enum picture_form f = 0; f < PICTURE_FORMS; f++)
            write_rendition(
                n, hex, arena_printf(n->job, "%u", p->made[i].width).p, f, p->made[i].forms[f]);
    write_rendition(n, hex, "card", FORM_JPEG, p->card);
    if (!p->forms) log_warn("picture %.12s… is not shown: %.*s", hex.p, FMT(p->why));
    if (store_begin(n->store) != OK) return;
    enum result r = store_put_picture(n->store, hex, p->width, p->height, p->forms);
    if (r == OK) r = newsroom_touch_waiting(n, S(""), hex);
    if (r == OK) r = newsroom_decide_pages(n);
    if (r == OK) r = store_commit(n->store, n->position);
    if (r != OK) store_rollback(n->store);
    bump_now(n);
}

enum result newsroom_counts(struct newsroom *n, struct span meta_json, struct span key)
{
    struct append ap = {
        .kind = EVENT_COUNTS, .received_ms = clock_now_ms(), .delivery = key, .meta = meta_json};
    return ledger_append(n->ledger, &ap, 1);
}
