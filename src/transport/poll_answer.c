/* poll_answer: what follows from a polled feed's answer, whatever its road: redirects, refusals,
 * durability before memory, when it is asked again. */
#include "poller.h"

#include "clock.h"

#include <string.h>

enum { FULL_WAIT_MS = 2000 };

/* ---- time ---- */
static int64_t every_ms(const struct poll *p)
{
    int64_t ms = (p->feed->every_s ? p->feed->every_s : p->road->every_s) * 1000LL,
            rarely = ms * POLL_PUSHED_EVERY;
    if (!websub_is_live(p) || ms > POLL_PUSHED_WAIT_MS) return ms;
    return rarely < POLL_PUSHED_WAIT_MS ? rarely : POLL_PUSHED_WAIT_MS;
}

/* Somewhere in the second half of w: houses that fell together do not come back together. */
static int64_t with_jitter(int64_t w)
{
    uint32_t dice;
    random_bytes(&dice, sizeof dice);
    return w / 2 + (int64_t)(dice % 1024) * (w - w / 2) / 1024;
}

static int64_t wait_after_failure(const struct poll *p)
{
    int64_t w = every_ms(p), most = w > POLL_WAIT_MAX_MS ? w : POLL_WAIT_MAX_MS;
    for (uint32_t i = 1; i < p->failures && w < most; i++) w *= 2;
    return with_jitter(w < most ? w : most);
}

static void due_in(struct poll *p, int64_t ms)
{
    p->due_us = clock_mono_us() + (ms > 0 ? ms : 0) * 1000;
    p->of->has_news = true;
}

/* ---- what follows from an answer ---- */
static void end_trip(struct poll *p)
{
    if (p->road->away) p->road->away(p);
    p->way = NULL;
    p->hop = p->asked = S("");
    p->hops = 0;
    p->has_brought = false;
    arena_free(p->trip);
    p->trip = arena_new(POLL_TRIP_ARENA);
}

void poll_failed(struct poll *p, struct span why, int64_t wait_ms)
{
    bool is_new = !p->failures || !span_eq(span_of(p->why), why);
    p->failures++;
    p->all_failures++;
    p->is_poked = false;
    (void)!POLL_SET(p->why, utf8_head(text_plain(p->trip, why), POLL_WHY_MAX / 4));
    int64_t w = wait_after_failure(p);
    if (p->failures >= POLL_ALARM_TRIES) p->memory.moved[0] = 0; /* it may have moved back */
    if (is_new)
        log_warn("feed %.*s, %.*s: %s; it is tried again", FMT(p->feed->feed),
            FMT(poll_where(p->trip, p->feed->url)), p->why);
    end_trip(p);
    due_in(p, wait_ms > w ? wait_ms : w);
}

static void works(struct poll *p)
{
    if (p->failures) log_info("feed %.*s: it answers again", FMT(p->feed->feed));
    p->failures = 0;
    p->key_changed_us = 0;
    p->why[0] = 0;
    p->ok_ms = clock_now_ms();
    p->of->has_news = true;
}

static void rests(struct poll *p, int64_t wait_ms)
{
    int64_t since = (clock_mono_us() - p->asked_us) / 1000;
    bool at_once = !wait_ms && p->has_brought; /* else a server could lead in a circle */
    works(p);
    end_trip(p);
    int64_t w = wait_ms > 0 || at_once ? wait_ms : p->is_poked ? 0 : every_ms(p) - since;
    p->is_poked = false;
    int64_t least = POLL_FIRST_MS - since;
    due_in(p, w > least ? w : least);
}

/* Asked on at once. A trip that is at its beginning again is a new one: after one that brought
 * nothing new there is a breath, for a server that leads in a circle. is_further: what is new will
 * not be asked for again, so that a long trip that ends badly has not failed as a whole. */
static void goes_on(struct poll *p, bool is_further)
{
    bool is_over = !p->way && !p->hop.n, has_brought = p->has_brought;
    p->due_us = 0;
    if (is_over) {
        works(p);
        end_trip(p);
        due_in(p, has_brought ? 0 : POLL_FIRST_MS);
    } else if (arena_used(p->trip) > (p->road->keeps ? p->road->keeps : POLL_TRIP_KEPT_BYTES)) {
        poll_failed(p, S("there is too much to keep in mind: it begins anew"), -1);
    } else if (is_further) {
        works(p);
    }
}

static enum result take(struct poll *p, const struct poll_heard *h, size_t *new_out)
{
    for (size_t i = 0; i < h->count; i += POLL_DELIVERIES_MAX) {
        size_t n = h->count - i, fresh = 0;
        if (n > POLL_DELIVERIES_MAX) n = POLL_DELIVERIES_MAX;
        TRY(p->of->hooks.take(p->of->hooks.with, h->list + i, n, &fresh));
        p->deliveries += fresh;
        *new_out += fresh;
    }
    return OK;
}

/* First the bytes, then what is remembered: a crash between the two brings them again. */
static bool settle(struct poll *p, const struct poll_heard *h, size_t *new_out)
{
    enum result r = take(p, h, new_out);
    p->has_brought |= *new_out > 0;
    if (r != OK) {
        poll_failed(p,
            r == ERR_FULL ? S("the disk is full: make room; it stays with the sender")
                          : S("what came could not be made durable: it stays with the sender"),
            FULL_WAIT_MS);
        return false;
    }
    if (p->road->kept && p->road->kept(p) != OK) {
        poll_failed(p, S("what was taken cannot be written down"), FULL_WAIT_MS);
        return false;
    }
    if (!h->memory || memcmp(h->memory, &p->memory, sizeof p->memory) == 0) return true;
    r = poll_memory_write(p->of->folder, p->feed->feed, h->memory);
    if (r == OK)
        p->memory = *h->memory;
    else
        poll_failed(p, S("how far it was read cannot be written down"), FULL_WAIT_MS);
    return r == OK;
}

/* 301 and 308 are for good (RFC 9110, 15.4), where the document itself was asked for. Never from
 * TLS to none, and never with a secret. */
static void redirected(
    const struct poll_question *q, const struct net_fetched *got, struct poll_heard *h)
{
    struct poll *p = q->of;
    bool for_good = got->status == 301 || got->status == 308;
    if (!got->location.n)
        poll_refused(p, got, h);
    else if (q->is_secret && !q->is_extra && !poll_same_origin(p->trip, q->url, got->location))
        poll_fail(h, S("it leads elsewhere, and a secret is not led elsewhere: change its url"));
    else if (span_starts(q->url, S("https:")) && !span_starts(got->location, S("https:")))
        poll_fail(h, S("it leads from TLS to none"));
    else if (++p->hops > FETCH_REDIRECTS_MAX)
        poll_fail(h, S("it leads elsewhere too often"));
    else {
        p->hop = arena_keep(p->trip, got->location);
        h->then = POLL_GOES_ON;
        if (!for_good || q->is_secret || p->way || p->hops > 1) return;
        h->memory = poll_remember(p);
        if (!POLL_SET(h->memory->moved, got->location)) h->memory = NULL;
        log_warn("feed %.*s has moved for good to %.*s: change its url", FMT(p->feed->feed),
            FMT(poll_where(p->trip, got->location)));
    }
}

static bool may_be_later(int status)
{
    return status == 429 || status >= 500;
}

static void judge(
    const struct poll_question *q, const struct net_fetched *got, struct poll_heard *h)
{
    struct poll *p = q->of;
    bool leads = got->status >= 300 && got->status < 400 && got->status != 304;
    if (got->why.n && !(got->is_too_large && q->is_extra)) {
        poll_fail(h, got->why);
    } else if (leads) {
        redirected(q, got, h);
    } else if (may_be_later(got->status)) {
        poll_refused(p, got, h);
        h->wait_ms = poll_retry_ms(got);
    } else if (got->status >= 400 && !p->road->sees_refusals) {
        poll_refused(p, got, h);
    } else {
        p->road->heard(p, got, h);
        p->hop = S("");
        p->hops = 0;
    }
}

static void look_at_clock(struct poll *p, const struct net_fetched *got)
{
    if (got->date_ms) p->off_ms[p->offs++ % POLL_CLOCK_LOOKS] = got->date_ms - clock_now_ms();
}

void poll_answered(const struct net_fetched *got, void *with)
{
    const struct poll_question *q = with;
    struct poll *p = q->of;
    struct poll_heard h = {.wait_ms = -1};
    size_t fresh = 0;
    p->is_flying = false;
    if (p->of->closing) return;
    look_at_clock(p, got);
    if (got->key_changed && !p->key_changed_us) p->key_changed_us = clock_mono_us();
    judge(q, got, &h);
    bool may_pass = got->why.n > 0 || may_be_later(got->status);
    if (h.then == POLL_FAILS && p->road->misses) p->road->misses(p, may_pass, &h);
    bool is_settled = settle(p, &h, &fresh);
    if (is_settled && h.then == POLL_FAILS)
        poll_failed(p, h.why, h.wait_ms);
    else if (is_settled && h.then == POLL_RESTS)
        rests(p, h.wait_ms);
    else if (is_settled)
        goes_on(p, fresh && (h.memory || p->road->kept));
    arena_reset(p->of->job);
}
