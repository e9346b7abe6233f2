/* courier: everything that leaves the house: alarms, news for subscribers and hubs, fetches of what
 * a wire names. Takes jobs from the newsroom into the outbox, which makes them durable, and sends
 * them from there, several at once. Never parses what it fetches (the bytes become an event), never
 * sees the store. A dead world outside costs nothing inside: jobs wait. Fatal: an outbox that
 * cannot be opened. */
#include "courier.h"

#include <string.h>

enum { TURN_IDLE_MS = 1000 };

/* ---- jobs ---- */
/* A job under way is known by its key: an address in it may be longer than that has room for. */
struct span courier_key(struct courier *c, struct span key)
{
    struct flying f;
    if (key.n < sizeof f.key) return key;
    struct hash h = hash_of(key);
    return arena_printf(
        c->job, "%.*s:%.24s", FMT(utf8_head(key, sizeof f.key / 8)), hash_hex(c->job, &h).p);
}

void courier_put(struct courier *c, struct span key, const char *kind, struct span subject,
    struct span body, int64_t at_ms, int64_t due_ms)
{
    struct outbox_job job = {.key = courier_key(c, key),
        .kind = span_of(kind),
        .subject = subject,
        .body = body,
        .at_ms = at_ms,
        .due_ms = due_ms};
    if (body.n > OUTBOX_BODY_MAX)
        log_error(
            "a message of %zu bytes is too large, and does not leave: %.*s", body.n, FMT(key));
    else if (outbox_put(c->outbox, &job, NULL) != OK)
        c->has_failed = true;
    c->next_ms = 0;
}

static bool is_quiet(const struct courier *c, struct span kind)
{
    for (uint32_t i = 0; i < c->config->quiet_count; i++)
        if (span_eq(c->config->quiet[i], kind)) return true;
    return false;
}

static struct span alarm_body(
    struct courier *c, struct span kind, struct span subject, struct span text, bool over)
{
    struct buf b;
    buf_init(&b, c->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "kind", kind);
    json_string(&o, "title", span_of(alarm_kind(kind)->title));
    if (subject.n) json_string(&o, "subject", subject);
    json_string(&o, "text", text);
    json_string(&o, "state", over ? S("over") : S("raised"));
    json_string(&o, "site", c->config->site_name);
    json_close(&o, '}');
    return buf_span(&b);
}

/* The ways in which an alarm goes, as kinds of job. */
static const char *const alarm_ways[] = {"mail", "webhook", "command"};

/* One alarm, by every way that is configured. key: its own, so that it goes once. */
static void tell(
    struct courier *c, struct span key, struct span kind, struct span subject, struct span body)
{
    const struct {
        const char *kind;
        bool on;
    } ways[] = {{"mail", c->config->mail_to_count > 0}, {"webhook", c->config->alarm_webhook.n > 0},
        {"command", c->config->alarm_command.n > 0}};
    int64_t now = clock_now_ms();
    if (is_quiet(c, kind)) return;
    for (size_t i = 0; i < COUNT(ways); i++)
        if (ways[i].on)
            courier_put(c, arena_printf(c->job, "%.*s/%s", FMT(key), ways[i].kind), ways[i].kind,
                subject, body, now, now);
}

void courier_tell(struct courier *c, struct span key, struct span kind, struct span text)
{
    tell(c, key, kind, S(""), alarm_body(c, kind, S(""), text, false));
}

static struct span alarm_key(struct courier *c, struct span kind, struct span subject)
{
    struct hash h = hash_of(arena_printf(c->job, "%.*s %.*s", FMT(kind), FMT(subject)));
    return arena_printf(c->job, "alarm:%.*s:%.24s:%lld", FMT(kind), hash_hex(c->job, &h).p,
        (long long)clock_now_ms());
}

void courier_alarm(struct courier *c, const char *kind, struct span subject, struct span text)
{
    bool now = false;
    struct span k = span_of(kind);
    int64_t again = alarm_again_ms(alarm_kind(k));
    if (outbox_raise(c->outbox, k, subject, text, again, clock_now_ms(), &now) != OK || !now)
        return;
    log_warn("alarm: %s: %.*s", kind, FMT(text));
    tell(c, alarm_key(c, k, subject), k, subject, alarm_body(c, k, subject, text, false));
}

void courier_all_clear(struct courier *c, const char *kind, struct span subject)
{
    bool was_open = false;
    struct span k = span_of(kind);
    if (outbox_clear(c->outbox, k, subject, clock_now_ms(), &was_open) != OK || !was_open) return;
    log_info("all clear: %s %.*s", kind, FMT(subject));
    tell(c, alarm_key(c, k, subject), k, subject, alarm_body(c, k, subject, S("it is over"), true));
}

void courier_done(struct flying *f, bool sent, struct span result, bool final)
{
    struct courier *c = f->of;
    bool given_up = false;
    struct span key = span_of(f->key);
    int64_t now = clock_now_ms();
    enum result r = sent ? outbox_sent(c->outbox, key, result, now)
                         : outbox_failed(c->outbox, key, result, final, now, &given_up);
    if (r != OK) log_error("the outbox cannot be written: %s", result_name(r));
    if (!sent) log_warn("%s: not sent: %.*s", f->key, FMT(result));
    /* an alarm about alarms that cannot be sent would go the same way */
    bool is_alarm =
        !strcmp(f->kind, "mail") || !strcmp(f->kind, "webhook") || !strcmp(f->kind, "command");
    if (!strcmp(f->kind, "cdn")) courier_cdn_ended(f, sent, result);
    if (given_up && !is_alarm)
        courier_alarm(c, "outgoing", key, arena_printf(c->job, "%s: %.*s", f->key, FMT(result)));
    arena_free(f->arena);
    *f = (struct flying){.of = c};
    c->next_ms = 0;
}

/* ---- what a message of the newsroom becomes ---- */
struct out_frame {
    struct span key, kind, body;
    struct span lists; /* behind the body's own line: for hubs */
    story_id page;
    int64_t at_ms, due_ms;
};

/* What still waits to be told of a story that is killed now may repeat its words. */
static void take_back_alarms(struct courier *c, struct span subject)
{
    size_t sent;
    for (size_t i = 0; i < COUNT(alarm_ways); i++)
        if (outbox_take_back(c->outbox, span_of(alarm_ways[i]), subject, clock_now_ms(), &sent) !=
            OK)
            c->has_failed = true;
}

static void take_alarm(struct courier *c, const struct out_frame *o)
{
    struct reject bad;
    const struct json *j = json_parse(c->job, o->body, &bad);
    struct span kind = j ? json_text(j, "kind") : S("other"),
                subject = j ? json_text(j, "subject") : S(""),
                text = j ? json_text(j, "text") : S("");
    bool now = false;
    /* An event is never over: its text, which may repeat a story's words, leaves with its message.
     */
    struct span kept = alarm_kind(kind)->is_state ? text : S("");
    int64_t again = alarm_again_ms(alarm_kind(kind));
    if (outbox_raise(c->outbox, kind, subject, kept, again, o->at_ms, &now) != OK)
        c->has_failed = true;
    if (!now) return;
    if (span_eq(kind, S("kill")) && subject.n) take_back_alarms(c, subject);
    tell(c, o->key, kind, subject, alarm_body(c, kind, subject, text, false));
}

static struct span subscription(struct courier *c, story_id page, struct span name)
{
    return arena_printf(c->job, "%.*s %.*s", FMT(story_id_text(c->job, page)), FMT(name));
}

/* Its message may be read before we hear that it was. */
static bool is_being_told(const struct courier *c, struct span subject)
{
    for (size_t i = 0; i < COURIER_JOBS; i++) {
        const struct flying *f = &c->flying[i];
        if (f->used && !strcmp(f->kind, "deliver") && span_eq(f->feed, subject)) return true;
    }
    return false;
}

/* The outbox forgets whom it told after OUTBOX_KEEP_MS: then everybody hears of the withdrawal. */
static bool is_forgotten(struct courier *c, const struct out_frame *o)
{
    struct reject bad;
    const struct json *j = json_parse(c->job, o->body, &bad);
    struct when told = when_iso(j ? json_text(j, "told") : S(""));
    return told.kind == WHEN_UTC && clock_now_ms() - told.ms > OUTBOX_KEEP_MS - COURIER_FRESH_MS;
}

/* Who was never told of a story need not hear that it is gone. What waits to be told of it is taken
 * back either way: after the new word the old one would be wrong. */
static void take_news(struct courier *c, const struct out_frame *o)
{
    bool recall = span_eq(o->kind, S("recall"));
    int64_t now = clock_now_ms();
    for (uint32_t i = 0; i < c->config->subscriber_count; i++) {
        const struct config_subscriber *s = &c->config->subscribers[i];
        struct span subject = subscription(c, o->page, s->name);
        size_t sent = 0;
        if (outbox_take_back(c->outbox, S("deliver"), subject, now, &sent) != OK)
            c->has_failed = true;
        if (recall && !sent && !is_being_told(c, subject) && !is_forgotten(c, o)) continue;
        courier_put(c, arena_printf(c->job, "%.*s/%.*s", FMT(o->key), FMT(s->name)), "deliver",
            subject, o->body, now, now);
    }
    courier_ping(c, o->lists, false);
}

/* A job as it is; its key is its own, for that of the message marks that it was taken. */
static void take_job(struct courier *c, const struct out_frame *o, const char *kind)
{
    courier_put(c, arena_printf(c->job, "%.*s/%s", FMT(o->key), kind), kind, S(""), o->body,
        o->at_ms, o->due_ms);
}

bool courier_is_fresh(int64_t at_ms, int64_t due_ms, int64_t now_ms)
{
    int64_t since_ms = due_ms > at_ms ? due_ms : at_ms;
    return now_ms - since_ms <= COURIER_FRESH_MS;
}

/* The newsroom knows when what it has rung for was done. */
static void take_clear(struct courier *c, const struct out_frame *o)
{
    struct reject bad;
    const struct json *j = json_parse(c->job, o->body, &bad);
    if (j) courier_all_clear(c, alarm_kind(json_text(j, "kind"))->name, json_text(j, "subject"));
}

static void take(struct courier *c, const struct out_frame *o)
{
    if (!courier_is_fresh(o->at_ms, o->due_ms, clock_now_ms())) return;
    if (span_eq(o->kind, S("alarm"))) take_alarm(c, o);
    if (span_eq(o->kind, S("push")) || span_eq(o->kind, S("recall"))) take_news(c, o);
    if (span_eq(o->kind, S("late"))) courier_ping(c, o->lists, true);
    if (span_eq(o->kind, S("clear"))) take_clear(c, o);
    if (span_eq(o->kind, S("complainant"))) take_job(c, o, "complainant");
    if (span_eq(o->kind, S("fetch"))) take_job(c, o, "fetch");
    if (span_eq(o->kind, S("receipt"))) take_job(c, o, "receipt");
    if (span_eq(o->kind, S("cdn"))) courier_cdn_take(c, o->key, o->body, o->at_ms);
}

/* What it becomes and the mark that it has been taken are durable together. */
static enum result take_once(struct courier *c, const struct out_frame *o)
{
    struct outbox_job mark = {.key = o->key, .kind = S("taken"), .at_ms = o->at_ms}, seen;
    enum result r = outbox_begin(c->outbox);
    if (r != OK) return r;
    r = outbox_job(c->outbox, o->key, c->job, &seen);
    if (r == ERR_ABSENT) {
        c->has_failed = false;
        take(c, o);
        r = c->has_failed ? ERR_IO : outbox_put(c->outbox, &mark, NULL);
        if (r == OK) r = outbox_sent(c->outbox, o->key, S(""), clock_now_ms());
    }
    r = outbox_end(c->outbox, r);
    if (r != OK) courier_forget_pings(c);
    return r;
}

static void out_came(struct courier *c, struct peer *from, struct span frame)
{
    struct take t = take_of(frame);
    struct out_frame o = {0};
    o.key = take_span(&t);
    o.kind = take_span(&t);
    struct span body = take_span(&t);
    o.page = take_u64(&t);
    o.at_ms = (int64_t)take_u64(&t);
    o.due_ms = (int64_t)take_u64(&t);
    must(take_done(&t));
    o.lists = body;
    if (!span_next(&o.lists, '\n', &o.body)) o.body = body;
    enum result r = take_once(c, &o);
    if (r != OK) log_error("the outbox does not take a message now: %s", result_name(r));
    if (r != OK) return; /* it is offered again */
    struct buf b;
    buf_init(&b, c->job, 0);
    put_span(&b, o.key);
    channel_send(from, MSG_OUT_TAKEN, buf_span(&b));
}

static void alarm_came(struct courier *c, struct span frame)
{
    struct take t = take_of(frame);
    bool over = take_u8(&t);
    struct span kind = take_span(&t), subject = take_span(&t), text = take_span(&t);
    must(take_done(&t));
    const char *name = alarm_kind(kind)->name;
    if (over)
        courier_all_clear(c, name, subject);
    else
        courier_alarm(c, name, subject, text);
}

static void on_frame(void *with, struct peer *from, struct frame *f)
{
    struct courier *c = with;
    if (!from || from->role != ROLE_NEWSROOM) return;
    if (f->type == MSG_OUT) out_came(c, from, f->body);
    if (f->type == MSG_ALARM) alarm_came(c, f->body);
    if (f->type == MSG_FETCHED) courier_kept(c, f->body);
}

static void on_peer(void *with, struct peer *p)
{
    if (p->role == ROLE_NEWSROOM && !p->open) courier_newsroom_went(with);
}

/* ---- the loop ---- */
static bool is_flying(const struct courier *c, struct span key)
{
    for (size_t i = 0; i < COURIER_JOBS; i++)
        if (c->flying[i].used && span_eq(key, span_of(c->flying[i].key))) return true;
    return false;
}

/* A receipt tells what became of the caches; and while it asks, nothing else goes on here. */
static bool waits(struct courier *c, const struct outbox_job *j)
{
    return span_eq(j->kind, S("receipt")) && !courier_cdn_rests(c, courier_receipt_cdn(c->job, j));
}

static void send_due(struct courier *c)
{
    int64_t now = clock_now_ms();
    struct outbox_job jobs[2 * COURIER_JOBS];
    size_t count = 0;
    if (now < c->next_ms) return;
    enum result r = outbox_due(c->outbox, now, c->job, jobs, COUNT(jobs), &count, &c->next_ms);
    if (c->next_ms > now + TURN_IDLE_MS) c->next_ms = now + TURN_IDLE_MS; /* others put jobs too */
    if (r != OK) {
        log_error("the outbox cannot be read: %s", result_name(r));
        c->next_ms = now + OUTBOX_TRY_FIRST_MS;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_flying(c, jobs[i].key) || waits(c, &jobs[i])) continue;
        courier_send(c, &jobs[i]);
        if (!span_eq(jobs[i].kind, S("receipt"))) continue;
        c->next_ms = 0; /* one a turn: while it asks, nothing is heard here */
        break;
    }
}

static void loop(struct courier *c)
{
    while (!c->channels.stopping) {
        arena_reset(c->job);
        int64_t now = clock_now_ms();
        send_due(c);
        courier_letters_turn(c);
        courier_reap(c);
        if (now >= c->watch_ms) {
            c->watch_ms = now + COURIER_WATCH_MS;
            courier_watch(c);
            courier_ping_popular(c, now);
        }
        if (now >= c->sweep_ms) {
            c->sweep_ms = now + COURIER_SWEEP_MS;
            if (outbox_sweep(c->outbox, now) != OK) log_warn("the outbox cannot be swept");
        }
        struct pollfd fds[1 + CHANNEL_PEERS];
        size_t n = channels_fds(&c->channels, fds, COUNT(fds));
        net_fetcher_poll(c->fetcher, fds, n, TURN_IDLE_MS);
        channels_poll(&c->channels, NULL, 0, 0);
    }
}

static void allow_networks(struct courier *c)
{
    struct net_trusted *list =
        ARENA_ARRAY(c->own, struct net_trusted, c->config->reachable_count + 1);
    size_t n = 0;
    for (uint32_t i = 0; i < c->config->reachable_count; i++)
        n += net_trusted_parse(c->config->reachable[i], &list[n]);
    c->guard = (struct net_guard){list, n};
}

int role_courier(const struct role_start *s)
{
    struct courier c = {.start = s,
        .config = s->house->config,
        .own = arena_new(COURIER_ARENA),
        .job = arena_new(COURIER_ARENA)};
    const char *why = NULL, *folder = arena_printf(c.own, "%s/courier", s->house->data).p;
    int status = 0;
    for (size_t i = 0; i < COURIER_JOBS; i++) c.flying[i].of = &c;
    channels_init(&c.channels, s->control);
    c.channels.on_frame = on_frame;
    c.channels.on_peer = on_peer;
    c.channels.with = &c;
    allow_networks(&c);
    if (dir_make(folder) != OK) log_error("%s cannot be made", folder);
    courier_letters_before(&c);
    if (complaints_folder(s->house->data) != OK) log_error("DATA/grievances cannot be made");
    if (!s->house->one) cage_close(ROLE_COURIER, s->house);
    if (outbox_open(folder, &c.outbox, &why) == OK) {
        c.fetcher = net_fetcher_new(&c.guard);
        c.restarts = metric_get(M_ROLE_RESTARTS);
        c.overloads = metric_get(M_OVERLOADED);
        courier_letters_open(&c);
        loop(&c);
        net_fetcher_free(c.fetcher);
    } else {
        log_error("the outbox %s: %s", folder, why ? why : "?");
        status = 75;
    }
    courier_letters_close(&c);
    outbox_close(c.outbox);
    channels_close(&c.channels);
    for (size_t i = 0; i < COUNT(c.pings); i++)
        if (c.pings[i].a) arena_free(c.pings[i].a);
    arena_free(c.job);
    arena_free(c.own);
    return status;
}
