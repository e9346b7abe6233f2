/* intake_poll: feeds that the house asks for by itself: the site file's words to the poller, what
 * it brings into the ledger, and how it does to the newsroom, which has it told. The poller
 * acknowledges only what has been appended. */
#include "intake.h"
#include "transport.h"

#include <string.h>
#include <unistd.h>

enum {
    TELL_MS = 5000,
    LOOK_MS = 500 /* for another key */,
    UNREAD_BYTES_MAX = 400 /* of the sentence why something was not taken */
};

struct intake_polls {
    struct poller *poller;
    struct ledger *ledger;
    struct net_guard guard;
    struct arena *own, *job;
    int64_t tell_us, looked_us;
};

/* ---- what came ---- */
/* Keyed, as a file's: the name outlives the bytes, and proves nothing to those who guess (K20). */
static struct span name_of(struct intake_polls *p, const struct poll_delivery *d)
{
    struct span key = ledger_key(p->ledger);
    struct hash h = d->by_known ? hash_keyed(key, d->known) : hash_keyed(key, d->bytes);
    struct span both = arena_printf(
        p->job, "%.*s\n%.*s", FMT(hash_hex(p->job, &h)), FMT(d->by_known ? S("") : d->known));
    h = hash_keyed(key, both);
    return arena_printf(p->job, "poll:%.32s", hash_hex(p->job, &h).p);
}

static struct append append_of(
    struct intake_polls *p, const struct poll_delivery *d, int64_t now_ms)
{
    struct span type = utf8_valid(d->type) ? text_plain(p->job, d->type) : S(""),
                name = d->name.n && utf8_valid(d->name) ? text_plain(p->job, d->name) : S("polled"),
                unread = utf8_head(text_plain(p->job, d->unread), UNREAD_BYTES_MAX);
    return (struct append){.kind = intake_is_picture(d->bytes) ? EVENT_FILE : EVENT_DELIVERY,
        .received_ms = now_ms,
        .feed = d->feed,
        .delivery = name_of(p, d),
        .meta = intake_meta(p->job, name, type, intake_charset(type), unread),
        .blob = d->unread.n ? S("not taken\n") : d->bytes};
}

static enum result take(void *with, const struct poll_delivery *list, size_t n, size_t *new_out)
{
    struct intake_polls *p = with;
    struct append events[POLL_DELIVERIES_MAX];
    bool taken[POLL_DELIVERIES_MAX], all = true;
    int64_t t0 = clock_mono_us(), now = clock_now_ms();
    must(n && n <= COUNT(events));
    arena_reset(p->job);
    for (size_t i = 0; i < n; i++) events[i] = append_of(p, &list[i], now);
    TRY(deliveries_append(p->ledger, events, n, taken));
    for (size_t i = 0; i < n; i++) {
        all &= taken[i];
        *new_out += taken[i] && !events[i].was_there_out;
    }
    if (!all) return ERR_FULL; /* kills alone got the room that is kept for them */
    stage_took(STAGE_RECEIVED_DURABLE, clock_mono_us() - t0);
    return OK;
}

int intake_polls_called(
    struct intake_polls *p, struct arena *a, const struct poll_call *c, struct span *answer_out)
{
    return poller_called(p->poller, a, c, answer_out);
}

/* ---- how they do ---- */
static void tell_state(struct intake_polls *p, struct peer *newsroom, const struct poll_state *s,
    const char *kind, struct span why, bool over)
{
    struct buf b;
    buf_init(&b, p->job, 0);
    put_u8(&b, over);
    put_span(&b, span_of(kind));
    put_span(&b, s->feed);
    put_span(&b, over ? S("") : arena_printf(p->job, "%.*s: %.*s", FMT(s->where), FMT(why)));
    channel_send(newsroom, MSG_ALARM, buf_span(&b));
}

/* Another key rings by itself (T7), other trouble when it lasts. */
static void tell_one(struct intake_polls *p, struct peer *newsroom, const struct poll_state *s)
{
    bool failing = s->failures >= POLL_ALARM_TRIES, works = !s->failures && s->ok_ms;
    struct span why = failing ? s->why : s->note;
    failing |= s->note_rings;
    metric_feed_asked(s->feed, s->all_failures);
    if (s->key_changed_us || works)
        tell_state(p, newsroom, s, "server-key", s->why, !s->key_changed_us);
    if (failing || works) tell_state(p, newsroom, s, "fetch", why, !failing);
}

/* States, told again and again: whoever was away learns them, and the courier tells people once. */
static void tell(struct intake_polls *p, struct channels *c)
{
    struct peer *newsroom = channel_to(c, ROLE_NEWSROOM, 0);
    int64_t now = clock_mono_us(), before = p->looked_us;
    struct poll_state *list;
    if (now < before + LOOK_MS * 1000LL || !newsroom || channel_would_wait(newsroom)) return;
    bool is_turn = now >= p->tell_us;
    p->looked_us = now;
    if (is_turn) p->tell_us = now + TELL_MS * 1000LL;
    arena_reset(p->job);
    size_t n = poller_states(p->poller, p->job, &list), fail = 0;
    for (size_t i = 0; i < n; i++) fail += poll_wants_people(&list[i]);
    clock_slot_set(SLOT_FEEDS_FAIL, fail);
    for (size_t i = 0; i < n; i++)
        if (is_turn || list[i].key_changed_us > before) tell_one(p, newsroom, &list[i]);
}

void intake_polls_turn(struct intake_polls *p, struct channels *c, struct pollfd *extra,
    size_t extra_count, int timeout_ms)
{
    struct pollfd fds[1 + CHANNEL_PEERS + HOUSE_LISTENERS_MAX];
    size_t n = channels_fds(c, fds, 1 + CHANNEL_PEERS);
    must(extra_count <= HOUSE_LISTENERS_MAX);
    if (extra_count) memcpy(fds + n, extra, extra_count * sizeof *extra);
    poller_turn(p->poller, fds, n + extra_count, timeout_ms < LOOK_MS ? timeout_ms : LOOK_MS);
    tell(p, c);
    channels_poll(c, NULL, 0, 0);
}

bool intake_polls_want_fence(const struct intake_polls *p)
{
    return poller_wants_fence(p->poller);
}

/* ---- the site file ---- */
static struct span pins_of(struct arena *a, const struct config_poll *c)
{
    struct span all = S("");
    for (uint32_t i = 0; i < c->server_key_count; i++)
        all = arena_printf(a, "%.*s%s%.*s", FMT(all), i ? ";" : "", FMT(c->server_keys[i]));
    return all;
}

static const struct poll_feed *feed_of(
    struct arena *a, const struct config *of, const struct config_feed *f)
{
    const struct config_poll *c = &f->poll;
    struct poll_feed *p = ARENA_NEW(a, struct poll_feed);
    *p = (struct poll_feed){.feed = f->name,
        .road = c->road.n ? c->road : S("http"),
        .url = c->url,
        .login_url = c->login_url,
        .user = c->user,
        .client_id = c->client_id,
        .refresh_file = c->refresh_file,
        .secret_file = c->secret_file,
        .secret_header = c->secret_header,
        .audience = c->audience,
        .scope = c->scope,
        .channels = c->channels,
        .channel_count = c->channel_count,
        .ca_file = c->ca_file,
        .pins = pins_of(a, c),
        .after = (enum poll_after)c->after,
        .move_to = c->move_to,
        .mailbox = c->mailbox,
        .senders = c->from,
        .sender_count = c->from_count,
        .authserv_id = c->authserv_id,
        .callback = c->websub ? of->url : S(""),
        .every_s = c->every_seconds,
        .patterns = c->files,
        .pattern_count = c->file_count,
        .marker = c->marker,
        .settle_s = c->unchanged_seconds,
        .key_file = c->key_file,
        .known_hosts = c->known_hosts,
        .host_keys = c->host_keys,
        .host_key_count = c->host_key_count,
        .is_plain = c->unencrypted};
    return p;
}

static bool open_poller(struct intake_polls *p, const struct house *h)
{
    const struct config *c = h->config;
    struct net_trusted *list = ARENA_ARRAY(p->own, struct net_trusted, c->reachable_count + 1);
    struct poll_hooks hooks = {take, p};
    size_t n = 0;
    for (uint32_t i = 0; i < c->reachable_count; i++)
        n += net_trusted_parse(c->reachable[i], &list[n]);
    p->guard = (struct net_guard){list, n};
    const char *folder = arena_printf(p->own, "%s/polls", h->data).p;
    if (poller_open(folder, &p->guard, &hooks, &p->poller) == OK) return true;
    log_error("%s cannot be made: no feed is asked for", folder);
    return false;
}

struct intake_polls *intake_polls_open(const struct house *h, struct ledger *l)
{
    const struct config *c = h->config;
    bool any = false;
    for (uint32_t i = 0; i < c->feed_count; i++) any |= c->feeds[i].poll.url.n > 0;
    struct arena *own = arena_new(16 << 20);
    clock_slot_set(SLOT_FEEDS_FAIL, 0);
    if (!any) { /* what was shown of feeds that are polled no more */
        (void)!unlink(arena_printf(own, "%s/polls/polls", h->data).p);
        arena_free(own);
        return NULL;
    }
    struct intake_polls *p = ARENA_NEW(own, struct intake_polls);
    *p = (struct intake_polls){.ledger = l, .own = own, .job = arena_new(INTAKE_ARENA)};
    if (!open_poller(p, h)) {
        intake_polls_close(p);
        return NULL;
    }
    for (uint32_t i = 0; i < c->feed_count; i++) {
        const char *why = NULL;
        if (c->feeds[i].poll.url.n && !poller_add(p->poller, feed_of(own, c, &c->feeds[i]), &why))
            log_error("feed %.*s is not asked for: %s", FMT(c->feeds[i].name), why);
    }
    return p;
}

void intake_polls_close(struct intake_polls *p)
{
    if (!p) return;
    poller_close(p->poller);
    arena_free(p->job);
    arena_free(p->own);
}
