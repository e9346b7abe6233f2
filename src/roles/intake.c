/* intake: the wire's bytes into the ledger, nothing else: watched folders, pushes, and what the
 * house asks for by itself. Holds the push keys, and reads the secrets of those whom it asks. Never
 * parses a story, never sees the store. Acknowledges (file moved, 2xx) only after ledger_append has
 * returned: what was accepted is durable. */
#include "intake.h"
#include "transport.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    INTAKE_BATCH = 64, /* files made durable in one transaction */
    RETRY_MS = 500,    /* a full disk: files wait in the folder */
    AGAIN_MS = 10000,  /* a folder that could not be opened is tried again so often */
};

struct door { /* one feed with a folder */
    const struct config_feed *feed;
    struct folder *folder; /* NULL: it cannot be opened now */
    int wait_ms;
};
struct intake {
    const struct role_start *start;
    struct channels channels;
    struct ledger *ledger;
    struct push_gate *gate;
    struct intake_polls *polls; /* NULL: none */
    struct intake_comments *comments;
    struct door doors[HOUSE_LISTENERS_MAX];
    size_t door_count;
    int64_t again_us; /* when closed doors are tried again */
    bool wants_fence; /* a folder or a secret's file is another now: only a new process has a fence
                         that names it */
    struct arena *job;
};

bool intake_is_picture(struct span b)
{
    return span_starts(b, S("\xff\xd8\xff")) || span_starts(b, S("\x89PNG\r\n")) ||
           (span_starts(b, S("RIFF")) && b.n > 12 && memcmp(b.p + 8, "WEBP", 4) == 0) ||
           span_starts(b, S("GIF8"));
}

struct span intake_meta(struct arena *a, struct span name, struct span content_type,
    struct span charset, struct span unread)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    if (name.n) json_string(&o, "name", name);
    if (content_type.n) json_string(&o, "type", content_type);
    if (charset.n) json_string(&o, "charset", charset);
    if (unread.n) json_string(&o, "unread", unread);
    json_close(&o, '}');
    return buf_span(&b);
}

/* ---- folders ---- */
/* A delivery's name outlives its bytes, also when they are purged: so its hash is keyed, and proves
 * nothing to those who guess (K20). */
static struct span delivery_name(struct intake *in, struct span delivery)
{
    struct hash h = hash_keyed(ledger_key(in->ledger), delivery);
    return arena_printf(in->job, "file:%.32s", hash_hex(in->job, &h).p);
}

static struct append append_of_file(
    struct intake *in, const struct config_feed *feed, const struct folder_file *f, int64_t now_ms)
{
    struct span name = text_plain(in->job, utf8_valid(f->name) ? f->name : S("unnamed"));
    return (struct append){.kind = intake_is_picture(f->bytes) ? EVENT_FILE : EVENT_DELIVERY,
        .received_ms = now_ms,
        .feed = feed->name,
        .delivery = delivery_name(in, f->delivery),
        .meta = intake_meta(in->job, name, S(""), S(""), S("")),
        .blob = f->bytes};
}

/* Takes a batch; false: nothing was there, or it must wait. */
static bool take_batch(struct intake *in, struct door *d)
{
    struct folder_file files[INTAKE_BATCH];
    struct append events[INTAKE_BATCH];
    bool taken[INTAKE_BATCH];
    size_t count = 0;
    arena_reset(in->job);
    int64_t t0 = clock_mono_us(), now = clock_now_ms();
    enum result r = folder_take(d->folder, in->job, files, INTAKE_BATCH, &count, &d->wait_ms);
    if (r == ERR_CLOSED) {
        log_warn("folder of feed %.*s: another one stands under %.*s now: it is opened anew",
            FMT(d->feed->name), FMT(d->feed->folder));
        folder_close(d->folder);
        d->folder = NULL;
        in->wants_fence = true;
        return false;
    }
    if (r != OK) {
        log_warn("folder of feed %.*s: %s", FMT(d->feed->name),
            r == ERR_IO ? strerror(errno) : result_name(r));
        d->wait_ms = RETRY_MS;
    }
    if (!count) return false;
    for (size_t i = 0; i < count; i++) events[i] = append_of_file(in, d->feed, &files[i], now);
    r = deliveries_append(in->ledger, events, count, taken);
    if (r != OK) {
        log_error("feed %.*s waits: %s; its files stay in the folder", FMT(d->feed->name),
            r == ERR_FULL ? "the disk is full, make room" : result_name(r));
        d->wait_ms = RETRY_MS;
        return false;
    }
    stage_took(STAGE_RECEIVED_DURABLE, clock_mono_us() - t0);
    for (size_t i = 0; i < count; i++)
        if (taken[i] && folder_done(d->folder, &files[i]) != OK)
            log_warn("%.*s is in the ledger but cannot be moved to done/: %s", FMT(files[i].name),
                strerror(errno));
    return true;
}

static bool open_door(struct door *d, const char **why)
{
    struct arena *a = arena_new(PATH_MAX + 64);
    enum result r = folder_open(arena_cstr(a, d->feed->folder), &d->folder, why);
    arena_free(a);
    if (r != OK && !*why) *why = result_name(r);
    return r == OK;
}

static void open_doors(struct intake *in)
{
    const struct config *c = in->start->house->config;
    for (uint32_t i = 0; i < c->feed_count; i++) {
        const struct config_feed *f = &c->feeds[i];
        const char *why = NULL;
        if (f->push_key_file.n &&
            push_gate_key(in->gate, f->name, arena_cstr(in->start->house->arena, f->push_key_file),
                &why) != OK)
            log_error("feed %.*s takes no pushes: %s", FMT(f->name),
                why ? why : "its key cannot be read");
        if (!f->folder.n) continue;
        if (in->door_count == COUNT(in->doors)) {
            log_error("feed %.*s: at most %d watched folders", FMT(f->name), HOUSE_LISTENERS_MAX);
            continue;
        }
        struct door *d = &in->doors[in->door_count++];
        d->feed = f;
        if (!open_door(d, &why))
            log_error(
                "feed %.*s: folder %.*s: %s; it is tried again", FMT(f->name), FMT(f->folder), why);
    }
    in->again_us = clock_mono_us() + AGAIN_MS * 1000LL;
}

/* Behind the fence nothing new can be opened: a new process is asked for, once a folder that is
 * wanted looks as if it could be. */
static void try_again(struct intake *in)
{
    bool due = clock_mono_us() >= in->again_us;
    if (!due && !in->wants_fence) return;
    in->again_us = clock_mono_us() + AGAIN_MS * 1000LL;
    for (size_t i = 0; i < in->door_count; i++) {
        struct door *d = &in->doors[i];
        char path[PATH_MAX];
        const char *why = NULL;
        if (d->folder) continue;
        snprintf(path, sizeof path, "%.*s", FMT(d->feed->folder));
        if (access(path, R_OK | W_OK | X_OK) != 0) continue;
        if (!in->start->house->one)
            in->wants_fence = true;
        else if (open_door(d, &why))
            log_info("feed %.*s: folder %s is open again", FMT(d->feed->name), path);
    }
    if (in->start->house->one) in->wants_fence = false;
}

static void look_at_secrets(struct intake *in)
{
    if (!in->polls || in->start->house->one || !intake_polls_want_fence(in->polls)) return;
    log_info("of a polled feed another file is its secret_file now: intake begins anew");
    in->wants_fence = true;
}

/* ---- pushes, passed on by web: token, feed, time, nonce, signature, type, body ---- */
struct span intake_charset(struct span type)
{
    ptrdiff_t at = span_find_nocase(type, S("charset="));
    if (at < 0) return S("");
    struct span c = span_cut(type, (size_t)at + 8, type.n);
    ptrdiff_t end = span_find_char(c, ';');
    c = span_trim(end >= 0 ? span_cut(c, 0, (size_t)end) : c);
    return c.n >= 2 && c.p[0] == '"' ? span_cut(c, 1, c.n - 1) : c;
}

static int push_in(struct intake *in, const struct push *p, struct span name, const char **why)
{
    int64_t now = clock_now_ms(), t0 = clock_mono_us();
    enum push_end end = push_check(in->gate, p, now);
    *why = push_end_name(end);
    if (end == PUSH_FULL) return 503;
    if (end != PUSH_OK)
        return 401 /* why is logged, never told: whether the feed exists is nobody's business */;
    if (!p->body.n) return *why = "the body is empty", 400;
    struct span plain = name.n && utf8_valid(name)
                            ? text_plain(in->job, name)
                            : arena_printf(in->job, "push-%.*s", FMT(p->nonce));
    struct append ap = {.kind = intake_is_picture(p->body) ? EVENT_FILE : EVENT_DELIVERY,
        .received_ms = now,
        .feed = p->feed,
        .delivery = arena_printf(in->job, "push:%.*s", FMT(p->nonce)),
        .meta =
            intake_meta(in->job, plain, p->content_type, intake_charset(p->content_type), S("")),
        .blob = p->body};
    bool taken;
    enum result r = deliveries_append(in->ledger, &ap, 1, &taken);
    if (r != OK)
        return *why = r == ERR_FULL ? "the disk is full: send it again later"
                                    : "it could not be made durable: send it again",
               503;
    push_gate_used(in->gate, p->feed, p->nonce, now);
    if (ap.was_there_out)
        return *why = push_end_name(PUSH_REPLAYED), 401; /* its nonce was used before a restart */
    stage_took(STAGE_RECEIVED_DURABLE, clock_mono_us() - t0);
    return *why = "accepted", 202;
}

/* The web hears strangers: it may have been taken over. */
bool intake_is_whole(const struct take *t, struct peer *from)
{
    if (take_done(t)) return true;
    log_warn("%s sends what is no message: it is ended", role_name(from->role));
    channel_stuck(from);
    return false;
}

static void push_came(struct intake *in, struct peer *from, struct span body)
{
    arena_reset(in->job);
    struct take t = take_of(body);
    uint64_t token = take_u64(&t), worker = take_u64(&t);
    struct push p = {0};
    p.feed = take_span(&t); /* one by one: an initialiser's parts have no order */
    p.time = take_span(&t);
    p.nonce = take_span(&t);
    p.signature = take_span(&t);
    p.content_type = take_span(&t);
    struct span name = take_span(&t);
    p.body = take_span(&t);
    if (!intake_is_whole(&t, from)) return;
    const char *why = "";
    int status = push_in(in, &p, name, &why);
    metric_add(status == 202 ? M_PUSH_OK : M_PUSH_REFUSED, 1);
    if (status == 401) log_warn("push to %.*s refused: %s", FMT(p.feed), why);
    struct buf b;
    buf_init(&b, in->job, 0);
    put_u64(&b, token);
    put_u64(&b, worker);
    put_u32(&b, (uint32_t)status);
    put_span(&b, status == 401 ? S("the signature is missing, wrong, too old or used before")
                               : span_of(why));
    channel_send(from, MSG_PUSH_RESULT, buf_span(&b));
}

/* ---- hubs, passed on by web ---- */
static void hub_came(struct intake *in, struct peer *from, struct span body)
{
    arena_reset(in->job);
    struct take t = take_of(body);
    uint64_t token = take_u64(&t), worker = take_u64(&t);
    struct poll_call c = {.is_post = take_u8(&t)};
    c.where = take_span(&t);
    c.query = take_span(&t);
    c.signature = take_span(&t);
    c.type = take_span(&t);
    c.body = take_span(&t);
    if (!intake_is_whole(&t, from)) return;
    struct span answer = S("");
    int status = in->polls ? intake_polls_called(in->polls, in->job, &c, &answer) : 404;
    struct buf b;
    buf_init(&b, in->job, 0);
    put_u64(&b, token);
    put_u64(&b, worker);
    put_u32(&b, (uint32_t)status);
    put_span(&b, status == 200   ? answer
                 : status == 202 ? S("taken")
                 : status == 404 ? S("not found")
                                 : S("send it again"));
    channel_send(from, MSG_PUSH_RESULT, buf_span(&b));
}

/* ---- complaints ---- */
static int grievance_in(
    struct intake *in, story_id story, const struct complaint *c, const char **why)
{
    const struct house *h = in->start->house;
    if (!h->config->grievance.officer.n) return *why = "nobody hears complaints here", 404;
    enum result r = grievance_append(in->ledger, in->job, h->data, story, c);
    if (r == OK) return *why = "kept", 202;
    if (r == ERR_DENIED) return *why = "this is no complaint", 422;
    if (r != ERR_BUSY) log_error("a complaint could not be kept: %s", result_name(r));
    return *why = r == ERR_BUSY ? "too many complaints have come today: write a letter"
                                : "it could not be kept: send it again",
           503;
}

static void grievance_came(struct intake *in, struct peer *from, struct span body)
{
    arena_reset(in->job);
    struct take t = take_of(body);
    uint64_t token = take_u64(&t), worker = take_u64(&t);
    struct complaint c = {.number = take_u64(&t), .at_ms = clock_now_ms()};
    story_id story = take_u64(&t);
    struct span *const texts[] = {&c.token, &c.name, &c.contact, &c.about, &c.text, &c.wish};
    for (size_t i = 0; i < COUNT(texts); i++) *texts[i] = take_span(&t);
    if (!intake_is_whole(&t, from)) return;
    const char *why = "";
    int status = grievance_in(in, story, &c, &why);
    struct buf b;
    buf_init(&b, in->job, 0);
    put_u64(&b, token);
    put_u64(&b, worker);
    put_u32(&b, (uint32_t)status);
    put_span(&b, span_of(why));
    channel_send(from, MSG_PUSH_RESULT, buf_span(&b));
}

/* ---- a delivery that turned out bad ---- */
struct wanted {
    struct intake *in;
    struct span delivery;
};

static bool is_delivery(void *with, struct span delivery)
{
    struct wanted *w = with;
    return span_eq(delivery_name(w->in, delivery), w->delivery);
}

/* Several may have come under one name: the event says which. */
static enum result quarantine_file(
    struct intake *in, const struct door *d, uint64_t pos, struct span name, struct span why)
{
    struct event e;
    arena_reset(in->job);
    enum result r = ledger_event(in->ledger, pos, &e, in->job);
    if (r != OK) return r;
    struct wanted w = {in, e.delivery};
    struct folder_wanted f = {name, (int64_t)e.blob_bytes, is_delivery, &w};
    return folder_quarantine(d->folder, &f, why);
}

static void quarantine_came(struct intake *in, struct peer *from, struct span body)
{
    struct take t = take_of(body);
    uint64_t pos = take_u64(&t);
    uint32_t number = take_u32(&t);
    struct span feed = take_span(&t), name = take_span(&t), why = take_span(&t);
    must(take_done(&t));
    for (size_t i = 0; i < in->door_count; i++) {
        if (!span_eq(in->doors[i].feed->name, feed)) continue;
        enum result r = number == UINT32_MAX && in->doors[i].folder
                            ? quarantine_file(in, &in->doors[i], pos, name, why)
                            : OK;
        if (r != OK && r != ERR_ABSENT) {
            log_warn("%.*s cannot be moved to quarantine/: %s", FMT(name), strerror(errno));
            return;
        }
    }
    struct buf b;
    arena_reset(in->job);
    buf_init(&b, in->job, 0);
    put_u64(&b, pos);
    put_u32(&b, number);
    channel_send(from, MSG_QUARANTINED, buf_span(&b));
}

static void on_frame(void *with, struct peer *from, struct frame *f)
{
    struct intake *in = with;
    if (!from) return;
    if (f->type == MSG_PUSH) push_came(in, from, f->body);
    if (f->type == MSG_GRIEVANCE) grievance_came(in, from, f->body);
    if (f->type == MSG_HUB) hub_came(in, from, f->body);
    if (f->type == MSG_QUARANTINE && from->role == ROLE_NEWSROOM)
        quarantine_came(in, from, f->body);
    arena_reset(in->job);
    intake_comments_came(in->comments, in->job, from, f);
}

static void loop(struct intake *in)
{
    while (!in->channels.stopping && !in->wants_fence) {
        bool more = false;
        int wait = FOLDER_RESCAN_MS;
        struct pollfd fds[HOUSE_LISTENERS_MAX];
        size_t n = 0;
        for (size_t i = 0; i < in->door_count; i++) {
            struct door *d = &in->doors[i];
            if (d->folder) more |= take_batch(in, d);
            if (!d->folder) continue;
            if (d->wait_ms >= 0 && d->wait_ms < wait) wait = d->wait_ms;
            fds[n++] = (struct pollfd){.fd = folder_fd(d->folder), .events = POLLIN};
        }
        try_again(in);
        wait = more || in->wants_fence ? 0 : wait;
        if (in->polls)
            intake_polls_turn(in->polls, &in->channels, fds, n, wait);
        else
            channels_poll(&in->channels, fds, n, wait);
        look_at_secrets(in);
        intake_comments_turn(in->comments);
    }
}

int role_intake(const struct role_start *s)
{
    struct intake in = {.start = s, .gate = push_gate_new(), .job = arena_new(INTAKE_ARENA)};
    channels_init(&in.channels, s->control);
    in.channels.on_frame = on_frame;
    in.channels.with = &in;
    open_doors(&in); /* makes done/ and quarantine/ before the fence stands */
    if (!s->house->one) cage_close(ROLE_INTAKE, s->house);
    const char *why = NULL;
    int status = 0;
    if (ledger_open(s->house->data, "intake", false, &in.ledger, &why) == OK) {
        in.polls = intake_polls_open(s->house, in.ledger);
        in.comments = intake_comments_open(s->house, in.ledger);
        loop(&in);
        intake_comments_close(in.comments);
        intake_polls_close(in.polls);
        ledger_close(in.ledger);
    } else {
        log_error("the ledger cannot be opened: %s", why ? why : "?");
        status = 75;
    }
    for (size_t i = 0; i < in.door_count; i++) folder_close(in.doors[i].folder); /* NULL is none */
    push_gate_free(in.gate);
    channels_close(&in.channels);
    arena_free(in.job);
    return status;
}
