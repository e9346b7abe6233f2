/* rehearse_http: the real processes on a loopback port. Their clock page is driven from here, files
 * are moved into their folders, pages are fetched over sockets. What is under way is known by the
 * clock page's slots: an event without effect is put behind everything, and waited for until the
 * newsroom has applied it and has come to rest and web has acknowledged it. */
#include "rehearse_far.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    FRESH_MS = 24 * 3600 * 1000, /* what is older does not leave */
    FULL_REST_MS = 20000,        /* a house that has no room at all does not come to rest */
    LOOK_US = 500,
    ASK_MS = 30000,
    RELOAD_WHY_MAX = 1 << 20,
    COUNTS_EVERY_MS = 5 * 60 * 1000,
};

struct far *far_of(struct play *p)
{
    return p->state;
}

/* ---- waiting ---- */
bool far_past(int64_t until_us)
{
    usleep(LOOK_US);
    return clock_mono_us() > until_us;
}

static bool wait_for_slot(struct play *p, enum clock_slot slot, uint64_t at_least, const char *what)
{
    int64_t until = clock_mono_us() + WAIT_MS * 1000LL;
    while (clock_slot_get(slot) < at_least)
        if (far_past(until)) return troubled(p, "the house does not come to rest: %s", what);
    return true;
}

/* On a full disk nothing can be put behind everything, and what waits for room does not end: the
 * house is given some seconds to do what it can. */
static bool full_house_rests(struct play *p)
{
    uint64_t head = 0;
    int64_t until = clock_mono_us() + FULL_REST_MS * 1000LL;
    if (ledger_head(far_of(p)->ledger, &head) != OK)
        return troubled(p, "the ledger cannot be read");
    while ((clock_slot_get(SLOT_APPLIED_POS) < head || clock_slot_get(SLOT_WEB_ACK_POS) < head) &&
           !far_past(until))
        continue;
    return true;
}

bool far_fence(struct play *p)
{
    struct far *f = far_of(p);
    struct append ap = {.kind = EVENT_COUNTS,
        .received_ms = clock_now_ms(),
        .delivery = arena_printf(p->step_arena, "rehearsal:%d:%llu:%lld", (int)getpid(),
            (unsigned long long)++f->fences, (long long)clock_mono_us()),
        .meta = S("{\"views\":{}}")};
    if (p->disk_full) return full_house_rests(p);
    enum result r = ledger_append(f->ledger, &ap, 1);
    if (r != OK) return troubled(p, "the ledger takes nothing: %s", result_name(r));
    return wait_for_slot(p, SLOT_APPLIED_POS, ap.pos_out, "the newsroom does not apply") &&
           wait_for_slot(p, SLOT_NEWSROOM_IDLE, ap.pos_out, "the newsroom has no end of work") &&
           wait_for_slot(p, SLOT_WEB_ACK_POS, ap.pos_out, "web does not acknowledge");
}

/* ---- what of the ledger has come since ---- */
static bool came_since(struct play *p, uint64_t since, enum event_kind kind)
{
    struct event events[64];
    size_t count = 0;
    struct arena *a = arena_new(64 << 20);
    bool found = false;
    while (!found && ledger_tail(far_of(p)->ledger, since, events, 64, &count, a) == OK && count) {
        for (size_t i = 0; i < count; i++)
            found |= events[i].kind == kind && !span_starts(events[i].delivery, S("rehearsal:"));
        since = events[count - 1].pos;
    }
    arena_free(a);
    return found;
}

static uint64_t head_of(struct play *p)
{
    uint64_t head = 0;
    return ledger_head(far_of(p)->ledger, &head) == OK ? head : 0;
}

static bool wait_for_event(struct play *p, uint64_t since, enum event_kind kind, const char *what)
{
    int64_t until = clock_mono_us() + WAIT_MS * 1000LL;
    while (!came_since(p, since, kind))
        if (far_past(until)) return troubled(p, "%s", what);
    return true;
}

static bool has_outs(struct play *p)
{
    struct store *s = p->stage->store(p, p->step_arena);
    struct out one;
    size_t count = 0, all = 0;
    for (enum out_lane l = 0; s && l < OUT_LANES; l++) {
        if (store_outs(s, l, clock_now_ms() - FRESH_MS, clock_now_ms(), p->step_arena, &one, 1,
                &count) == OK)
            all += count;
    }
    if (s) p->stage->store_done(p, s);
    return all > 0;
}

/* The courier has what is due: a step that comes next finds it told, as it would a second later. */
static bool outs_have_left(struct play *p)
{
    int64_t until = clock_mono_us() + WAIT_MS * 1000LL;
    while (has_outs(p))
        if (far_past(until)) return troubled(p, "the courier does not take what is to leave");
    return true;
}

/* Web harvests what was read every five minutes of the house's clock. */
static bool far_settle(struct play *p)
{
    struct far *f = far_of(p);
    if (clock_now_ms() - f->counted_ms >= COUNTS_EVERY_MS) {
        f->counted_ms = clock_now_ms();
        if (f->visited &&
            !wait_for_event(p, f->quiet_pos, EVENT_COUNTS, "web does not tell what was read"))
            return false;
        f->visited = false;
    }
    bool fine = far_fence(p) && (p->disk_full || outs_have_left(p));
    f->quiet_pos = head_of(p);
    return fine;
}

/* ---- asking ---- */
static struct span without_date(struct arena *a, struct span head)
{
    static const char *const nets_own[] = {"date:", "content-length:", "connection:"};
    struct buf b;
    struct span line;
    buf_init(&b, a, 0);
    while (head.n && span_next(&head, '\n', &line)) {
        bool skip = !span_trim(line).n;
        for (size_t i = 0; i < COUNT(nets_own); i++)
            skip |= span_starts_nocase(line, span_of(nets_own[i]));
        if (!skip) buf_printf(&b, "%.*s\r\n", FMT(span_trim(line)));
    }
    return buf_span(&b);
}

static enum result ask_once(
    struct play *p, struct arena *a, const struct request *r, struct http_answer *out)
{
    static const char *const methods[] = {"GET", "HEAD", "POST"};
    struct far *f = far_of(p);
    struct buf h;
    buf_init(&h, a, 0);
    if (r->coding.n) buf_printf(&h, "Accept-Encoding: %.*s\r\n", FMT(r->coding));
    if (r->if_none_match.n) buf_printf(&h, "If-None-Match: %.*s\r\n", FMT(r->if_none_match));
    if (r->if_modified_since.n)
        buf_printf(&h, "If-Modified-Since: %.*s\r\n", FMT(r->if_modified_since));
    if (r->range.n) buf_printf(&h, "Range: %.*s\r\n", FMT(r->range));
    if (!r->visit) buf_lit(&h, "Sec-Purpose: prefetch\r\n"); /* our looking is no reading */
    if (p->config->country_header.n && p->country.n)
        buf_printf(&h, "%.*s: %.*s\r\n", FMT(p->config->country_header), FMT(p->country));
    buf_put(&h, r->more);
    if (!f->client && http_client_open(f->address, &f->client) != OK) {
        f->client = NULL;
        return ERR_CLOSED;
    }
    enum result got = http_client_ask(
        f->client, a, methods[r->method], r->target, buf_span(&h), r->body, ASK_MS, out);
    if (got != OK) {
        http_client_close(f->client);
        f->client = NULL;
    }
    return got;
}

static void far_ask(struct play *p, struct arena *a, const struct request *r, struct answer *out)
{
    struct http_answer answer = {0};
    int64_t until = clock_mono_us() + WAIT_MS * 1000LL;
    *out = (struct answer){0};
    while (ask_once(p, a, r, &answer) != OK)
        if (far_past(until)) return;
    *out = (struct answer){.status = answer.status,
        .head = without_date(a, answer.head),
        .raw = r->method == HTTP_HEAD ? S("") : answer.body};
}

static int far_push(struct play *p, const struct push *push, struct span name)
{
    struct answer answer;
    struct span more = push->signature.n
                           ? arena_printf(p->step_arena,
                                 "Broadsheet-Time: %.*s\r\nBroadsheet-Nonce: "
                                 "%.*s\r\nBroadsheet-Signature: %.*s\r\n",
                                 FMT(push->time), FMT(push->nonce), FMT(push->signature))
                           : S("");
    struct request r = {.method = HTTP_POST,
        .target = arena_printf(p->step_arena, "/push/%.*s", FMT(push->feed)),
        .more = arena_printf(p->step_arena, "%.*sBroadsheet-Name: %.*s\r\n", FMT(more), FMT(name)),
        .body = push->body};
    far_ask(p, p->step_arena, &r, &answer);
    return answer.status;
}

static void far_comment(struct play *p, struct span target, struct span body, struct answer *out)
{
    struct request r = {.method = HTTP_POST,
        .target = target,
        .more = S("Content-Type: application/x-www-form-urlencoded\r\n"
                  "Sec-Fetch-Site: same-origin\r\n"),
        .body = body};
    far_ask(p, p->step_arena, &r, out);
    out->body = out->raw;
}

static bool far_visit(struct play *p, struct span path, size_t times)
{
    struct far *f = far_of(p);
    struct answer answer;
    for (size_t i = 0; i < times; i++) { /* each from a network of its own (RFC 2544's) */
        unsigned n = f->visitors++;
        struct request r = {.method = HTTP_GET,
            .target = path,
            .visit = true,
            .more = arena_printf(p->step_arena,
                "User-Agent: Mozilla/5.0 (rehearsal)\r\nX-Forwarded-For: 198.%u.%u.%u\r\n",
                18 + (n >> 16 & 1), n >> 8 & 255, n & 255)};
        far_ask(p, p->step_arena, &r, &answer);
    }
    f->visited = true;
    return answer.status == 200 || troubled(p, "a reader got %d", answer.status);
}

/* ---- the rest ---- */
static bool far_rebuild(struct play *p)
{
    const char *argv[] = {"broadsheet", "rebuild", "--data", p->data, NULL};
    return run_self(p, argv);
}

static bool reload_troubled(struct play *p)
{
    struct span why;
    if (file_read(p->step_arena, arena_printf(p->step_arena, "%s/run/reload", p->data).p,
            RELOAD_WHY_MAX, &why) != OK)
        why = S("nobody says why");
    return troubled(p, "the configuration is not taken: %.*s", FMT(span_trim(why)));
}

/* The newsroom keeps a changed configuration as an event; intake starts again with its folders. */
static bool far_reload(struct play *p)
{
    struct far *f = far_of(p);
    uint64_t number = clock_slot_get(SLOT_RELOADS_BEGUN) + 1, head = head_of(p);
    struct span now = config_editorial(p->step_arena, p->config);
    bool changes = !span_eq(now, f->editorial);
    f->editorial = arena_keep(p->arena, now);
    if (kill(f->master, SIGHUP) != 0) return troubled(p, "the master is gone");
    if (!wait_for_slot(p, SLOT_RELOADS, number, "the master does not say how a reload went"))
        return false;
    if (clock_slot_get(SLOT_RELOADS_TAKEN) < number) return reload_troubled(p);
    return !changes || wait_for_event(p, head, EVENT_CONFIG, "the newsroom takes no configuration");
}

static struct span sent_bytes(struct play *p, struct span name)
{
    for (size_t i = p->sent_count; i-- > 0;)
        if (span_eq(p->sent[i].name, name)) return p->sent[i].bytes;
    return S("");
}

static bool far_taken(struct play *p, struct span feed, struct span name)
{
    const struct config_feed *c = config_feed_named(p->config, feed);
    const char *path = arena_printf(p->step_arena, "%.*s/%.*s", FMT(c->folder), FMT(name)).p;
    int64_t until = clock_mono_us() + WAIT_MS * 1000LL;
    if (p->disk_full && !smells_of_kill(sent_bytes(p, name))) return true; /* the folder keeps it */
    while (access(path, F_OK) == 0)
        if (far_past(until)) return troubled(p, "intake does not take %.*s", FMT(name));
    return true;
}

static bool far_act(struct play *p, const struct act *act)
{
    uint64_t pos = 0;
    int wait_ms = p->disk_full ? FULL_REST_MS : WAIT_MS;
    return act_perform(&far_of(p)->house, act, wait_ms, &pos) || (p->disk_full && pos) ||
           troubled(p, "the act was not acknowledged");
}

static bool far_purge(struct play *p, const struct act *act)
{
    const char *argv[] = {"broadsheet", "purge", "--data", p->data, "--config", p->site_file,
        arena_cstr(p->step_arena, act->target), NULL};
    return run_self(p, argv);
}

static void far_set_clock(struct play *p, int64_t now_ms)
{
    (void)p;
    clock_set_virtual(now_ms);
}

static int64_t far_next_due(struct play *p)
{
    struct reader *r = NULL;
    int64_t due = INT64_MAX;
    if (reader_open(far_of(p)->house.store, (struct reader_hooks){0}, &r) != OK) return INT64_MAX;
    if (reader_begin(r, p->now_ms) == OK) {
        due = reader_next_change(r);
        reader_end(r);
    }
    reader_close(r);
    return due;
}

static struct store *far_store(struct play *p, struct arena *a)
{
    struct store *s = NULL;
    const char *why = NULL;
    (void)a;
    if (store_look(far_of(p)->house.store, &s, &why) == OK) return s;
    fail(p, "the desk's lists cannot be read: %s", why ? why : "?");
    return NULL;
}

static void far_store_done(struct play *p, struct store *s)
{
    (void)p;
    store_close(s);
}

const struct playhouse stage_http = {
    .name = "over HTTP",
    .start = far_start,
    .stop = far_stop,
    .crash = far_crash,
    .taken = far_taken,
    .settle = far_settle,
    .set_clock = far_set_clock,
    .next_due = far_next_due,
    .reload = far_reload,
    .rebuild = far_rebuild,
    .act = far_act,
    .purge = far_purge,
    .ask = far_ask,
    .push = far_push,
    .visit = far_visit,
    .comment = far_comment,
    .store = far_store,
    .store_done = far_store_done,
};
