/* poll_websub: a subscription with the hub that a document names (W3C WebSub): asked for, confirmed
 * when the hub asks back, renewed before it ends. What the hub brings is believed by its signature
 * alone (HMAC with a secret that only hub and house know), and is then a delivery as if it had been
 * asked for. The feed is asked for more rarely meanwhile, never no more. Whoever is not expected is
 * told nothing: 404. What is wrongly signed is dropped, and told what all are told. */
#include "poller.h"

#include "clock.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    TOKEN_BYTES = 16,
    SECRET_BYTES = 32,
    WEBSUB_FILE_MAX = 32 << 10,
    WEBSUB_ARENA = 1 << 20,
    CHALLENGE_BYTES_MAX = 1024,
    ANSWER_BYTES_MAX = 64 << 10,
};

struct websub {
    /* on disk */
    char hub[FETCH_FIELD_BYTES_MAX + 1], topic[FETCH_FIELD_BYTES_MAX + 1];
    char token[2 * TOKEN_BYTES + 1], secret[2 * SECRET_BYTES + 1];
    int64_t until_ms; /* of the lease; 0: none was confirmed */
    int64_t asked_ms; /* and not confirmed yet; 0: nothing is expected of the hub */
    /* not */
    bool is_flying, was_live;
    int64_t due_us; /* when the hub is asked next */
    uint32_t failures;
};

/* ---- on disk ---- */
static const char *path_of(struct arena *a, const struct poll *p, const char *ending)
{
    return arena_printf(a, "%s/websub/%.*s%s", p->of->folder, ending ? (int)p->feed->feed.n : 0,
        p->feed->feed.p, ending ? ending : "")
        .p;
}

static int64_t number_of(const struct json *j, const char *key)
{
    int64_t v = 0;
    return span_to_i64(json_text(j, key), &v) && v > 0 ? v : 0;
}

static bool read_state(struct poll *p, struct websub *w)
{
    struct arena *a = arena_new(WEBSUB_ARENA);
    struct span bytes;
    struct reject bad;
    bool good = file_read(a, path_of(a, p, ".json"), WEBSUB_FILE_MAX, &bytes) == OK;
    const struct json *j = good ? json_parse(a, bytes, &bad) : NULL;
    good =
        j && span_eq(json_text(j, "url"), p->feed->url) &&
        span_eq(json_text(j, "callback"), p->feed->callback) && /* else the hub calls elsewhere */
        POLL_SET(w->hub, json_text(j, "hub")) && POLL_SET(w->topic, json_text(j, "topic")) &&
        POLL_SET(w->token, json_text(j, "token")) && POLL_SET(w->secret, json_text(j, "secret")) &&
        strlen(w->secret) == 2 * SECRET_BYTES && strlen(w->token) == 2 * TOKEN_BYTES;
    if (good) {
        w->until_ms = number_of(j, "until_ms");
        w->asked_ms = number_of(j, "asked_ms");
    } else
        *w = (struct websub){0};
    arena_free(a);
    return good;
}

static bool write_state(struct poll *p, const struct websub *w)
{
    struct arena *a = arena_new(WEBSUB_ARENA);
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "url", p->feed->url);
    json_string(&o, "callback", p->feed->callback);
    json_string(&o, "hub", span_of(w->hub));
    json_string(&o, "topic", span_of(w->topic));
    json_string(&o, "token", span_of(w->token));
    json_string(&o, "secret", span_of(w->secret));
    json_number(&o, "until_ms", w->until_ms);
    json_number(&o, "asked_ms", w->asked_ms);
    json_close(&o, '}');
    const char *folder = path_of(a, p, NULL);
    bool good = (mkdir(folder, 0700) == 0 || chmod(folder, 0700) == 0) &&
                file_write_durable(path_of(a, p, ".json"), buf_span(&b)) == OK;
    arena_free(a);
    if (!good) log_warn("feed %.*s: its subscription cannot be written down", FMT(p->feed->feed));
    return good;
}

/* ---- what people are shown ---- */
static void say(struct poll *p, const char *what)
{
    const struct websub *w = p->own;
    struct arena *a = arena_new(WEBSUB_ARENA);
    struct span hub = poll_where(a, span_of(w->hub));
    (void)!POLL_SET(
        p->note, utf8_head(arena_printf(a, "hub %.*s: %s", FMT(hub), what), POLL_WHY_MAX / 4));
    arena_free(a);
    p->of->has_news = true;
}

/* ---- when the hub is asked ---- */
bool websub_is_live(const struct poll *p)
{
    const struct websub *w = p->road == &poll_http ? p->own : NULL;
    return w && w->until_ms > clock_now_ms();
}

static int64_t with_dice(int64_t ms)
{
    uint32_t dice;
    random_bytes(&dice, sizeof dice);
    return ms / 2 + (int64_t)(dice % 1024) * (ms - ms / 2) / 1024;
}

static void again_in(struct websub *w, int64_t ms)
{
    w->due_us = clock_mono_us() + (ms > POLL_FIRST_MS ? ms : POLL_FIRST_MS) * 1000;
}

/* Not on the beat, and each time later. */
static int64_t next_wait(struct websub *w)
{
    int64_t ms = WEBSUB_AGAIN_MS;
    for (uint32_t i = 0; i < w->failures && ms < POLL_WAIT_MAX_MS; i++) ms *= 2;
    w->failures++;
    return with_dice(ms < POLL_WAIT_MAX_MS ? ms : POLL_WAIT_MAX_MS);
}

static void failed(struct poll *p, struct span why, int64_t wait_ms)
{
    struct websub *w = p->own;
    if (!w->failures)
        log_warn("feed %.*s: its hub %.*s: %.*s; it is asked again", FMT(p->feed->feed),
            FMT(poll_where(p->trip, span_of(w->hub))),
            FMT(utf8_head(text_plain(p->trip, why), 200)));
    int64_t ms = next_wait(w);
    again_in(w, wait_ms > ms ? wait_ms : ms);
    if (!websub_is_live(p)) say(p, "no subscription, it fails");
}

static void hub_answered(const struct net_fetched *got, void *with)
{
    struct poll *p = with;
    struct websub *w = p->own;
    if (p->of->closing) return;
    w->is_flying = false;
    if (got->why.n || got->status / 100 != 2) {
        failed(p, got->why.n ? got->why : arena_printf(p->trip, "it answers %d", got->status),
            poll_retry_ms(got));
        return;
    }
    if (w->asked_ms) again_in(w, next_wait(w)); /* else it has asked back before this came */
}

static struct span form_of(struct arena *a, const struct poll *p, const struct websub *w)
{
    struct span callback = arena_printf(
        a, "%.*s/websub/%.*s/%s", FMT(p->feed->callback), FMT(p->feed->feed), w->token);
    return arena_printf(a,
        "hub.mode=subscribe&hub.topic=%.*s&hub.callback=%.*s&hub.lease_seconds=%d&hub.secret=%s",
        FMT(url_escape(a, span_of(w->topic))), FMT(url_escape(a, callback)), WEBSUB_LEASE_S,
        w->secret);
}

/* What is expected of the hub is written down before it is asked: it may ask back at once. */
static void subscribe(struct poll *p)
{
    struct websub *w = p->own;
    struct span type = S("Content-Type: application/x-www-form-urlencoded");
    w->asked_ms = clock_now_ms();
    if (!write_state(p, w)) {
        w->asked_ms = 0;
        again_in(w, POLL_WAIT_MAX_MS);
        return;
    }
    struct arena *a = arena_new(WEBSUB_ARENA);
    struct span form = form_of(a, p, w);
    struct net_fetch f = {.url = span_of(w->hub),
        .method = "POST",
        .head = &type,
        .head_count = 1,
        .body = form,
        .stays = true,
        .ca_file = p->feed->ca_file,
        .body_max = ANSWER_BYTES_MAX,
        .done = hub_answered,
        .with = p};
    w->is_flying = net_fetch_start(p->of->fetcher, &f);
    if (!w->is_flying) again_in(w, POLL_FIRST_MS);
    explicit_bzero((char *)(uintptr_t)form.p, form.n);
    arena_free(a);
}

static bool is_under_way(const struct poll *p)
{
    return p->is_flying || p->way || p->hop.n;
}

/* No more often than any feed is asked, and no failing one before its time. */
static void look_now(struct poll *p)
{
    int64_t now = clock_mono_us(), first = p->asked_us + POLL_FIRST_MS * 1000LL;
    if (is_under_way(p))
        p->is_poked = true;
    else if (!p->failures)
        p->due_us = now > first ? now : first;
}

int64_t websub_tend(struct poll *p, int64_t now_us)
{
    struct websub *w = p->own;
    if (!w || !w->hub[0]) return INT64_MAX;
    bool is_live = websub_is_live(p);
    if (w->was_live && !is_live) {
        log_warn("feed %.*s: its subscription has ended: it is asked for at its own pace again",
            FMT(p->feed->feed));
        say(p, "its subscription has ended");
        look_now(p);
    }
    w->was_live = is_live;
    if (!w->is_flying && w->due_us <= now_us) subscribe(p);
    int64_t end_us = is_live ? now_us + (w->until_ms - clock_now_ms()) * 1000 : INT64_MAX;
    if (w->is_flying) return end_us;
    return w->due_us < end_us ? w->due_us : end_us;
}

/* ---- which hub ---- */
static struct span fresh(struct arena *a, size_t n)
{
    unsigned char bytes[SECRET_BYTES];
    must(n <= sizeof bytes);
    random_bytes(bytes, n);
    struct span hex = bytes_hex(a, bytes, n);
    explicit_bzero(bytes, sizeof bytes);
    return hex;
}

static void begin(struct poll *p, struct span hub, struct span topic)
{
    struct websub *w = p->own;
    bool is_flying = w->is_flying;
    *w = (struct websub){.is_flying = is_flying};
    if (!POLL_SET(w->hub, hub) || !POLL_SET(w->topic, topic)) {
        w->hub[0] = 0;
        return;
    }
    must(POLL_SET(w->token, fresh(p->trip, TOKEN_BYTES)) &&
         POLL_SET(w->secret, fresh(p->trip, SECRET_BYTES)));
    say(p, "a subscription is asked for");
}

static void forget(struct poll *p)
{
    struct websub *w = p->own;
    log_info("feed %.*s: it names no hub any more", FMT(p->feed->feed));
    *w = (struct websub){.is_flying = w->is_flying};
    (void)unlink(path_of(p->trip, p, ".json"));
    p->note[0] = 0;
}

void websub_heard(struct poll *p, const struct net_fetched *got)
{
    struct websub *w = p->own;
    if (!w) return;
    struct span hub = poll_scan_link(p->trip, got->links, "hub"),
                self = poll_scan_link(p->trip, got->links, "self"), topic = p->asked;
    if (!hub.n && got->status == 304) return;
    if (!hub.n) poll_scan_hub(p->trip, got->body, &hub, &self);
    if (self.n && !net_url_join(p->trip, p->asked, self, &topic)) topic = p->asked;
    if (!hub.n || !net_url_join(p->trip, p->asked, hub, &hub) ||
        (span_starts(p->asked, S("https:")) && !span_starts(hub, S("https:")))) {
        if (w->hub[0]) forget(p);
        return;
    }
    if (!span_eq(hub, span_of(w->hub)) || !span_eq(topic, span_of(w->topic))) begin(p, hub, topic);
}

/* ---- its life ---- */
void websub_open(struct poll *p)
{
    if (!p->feed->callback.n) return;
    struct websub *w = calloc(1, sizeof *w);
    must(w);
    p->own = w;
    if (!read_state(p, w) || !websub_is_live(p)) return; /* asked for at once, if there is a hub */
    int64_t left = w->until_ms - clock_now_ms();
    again_in(w, left / 3);
    say(p, "subscribed");
}

void websub_close(struct poll *p)
{
    if (p->own) explicit_bzero(p->own, sizeof(struct websub));
    free(p->own);
}

/* ---- what the hub says ---- */
static struct span query_get(struct arena *a, struct span query, const char *key)
{
    struct span pair, name, value;
    while (span_next(&query, '&', &pair)) {
        struct span rest = pair;
        if (!span_next(&rest, '=', &name) || !url_unescape(a, name, true, &name) ||
            !span_eq(name, span_of(key)))
            continue;
        return rest.p && url_unescape(a, rest, true, &value) ? value : S("");
    }
    return S("");
}

static bool is_challenge(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] > '~') return false;
    return s.n && s.n <= CHALLENGE_BYTES_MAX;
}

static int64_t lease_of(struct span text)
{
    uint64_t s = 0;
    if (!span_to_u64(text, &s) || !s) s = WEBSUB_LEASE_S;
    return (int64_t)(s < 3 * WEBSUB_LEASE_S ? s : 3 * WEBSUB_LEASE_S) * 1000;
}

/* A lease that ends before that is as long as it is: the feed has its own pace in between. */
static int64_t renewal_of(int64_t lease_ms)
{
    int64_t ms = lease_ms - lease_ms / 3;
    return ms > WEBSUB_RENEW_MIN_S * 1000LL ? ms : WEBSUB_RENEW_MIN_S * 1000LL;
}

/* It means us, and what we have asked for, lately. What was told or brought between the last look
 * and now is asked for. */
static bool confirm(struct poll *p, struct arena *a, struct span query)
{
    struct websub *w = p->own, old = *w;
    int64_t now = clock_now_ms(), lease = lease_of(query_get(a, query, "hub.lease_seconds"));
    if (!w->asked_ms || now - w->asked_ms > WEBSUB_WAIT_MS) return false;
    w->until_ms = now + lease;
    w->asked_ms = 0;
    if (!write_state(p, w)) {
        *w = old;
        return false;
    }
    if (!old.until_ms || w->failures)
        log_info("feed %.*s: its hub confirms the subscription", FMT(p->feed->feed));
    w->failures = 0;
    again_in(w, renewal_of(lease));
    say(p, "subscribed");
    look_now(p);
    return true;
}

static void denied(struct poll *p, struct arena *a, struct span query)
{
    struct websub *w = p->own;
    w->until_ms = w->asked_ms = 0;
    w->was_live = false;
    (void)write_state(p, w);
    log_warn("feed %.*s: its hub denies the subscription: %.*s", FMT(p->feed->feed),
        FMT(utf8_head(text_plain(a, query_get(a, query, "hub.reason")), 100)));
    say(p, "it denies the subscription");
    again_in(w, POLL_RETRY_MAX_MS);
    look_now(p);
}

static int asked_back(struct poll *p, struct arena *a, struct span query, struct span *answer_out)
{
    const struct websub *w = p->own;
    struct span mode = query_get(a, query, "hub.mode"),
                challenge = query_get(a, query, "hub.challenge");
    if (!span_eq(query_get(a, query, "hub.topic"), span_of(w->topic))) return 404;
    if (span_eq(mode, S("denied"))) {
        denied(p, a, query);
        return 202;
    }
    if (!span_eq(mode, S("subscribe")) || !is_challenge(challenge) || !confirm(p, a, query))
        return 404;
    *answer_out = challenge;
    return 200;
}

/* "sha256=0a1b…". Several may stand there: the first that is known decides. */
static bool is_signed(
    const struct websub *w, struct span signature, struct span body, bool *weak_out)
{
    static const struct {
        const char *name;
        bool is_weak;
    } methods[] = {{"sha512", false}, {"sha384", false}, {"sha256", false}, {"sha1", true}};
    unsigned char mac[EVP_MAX_MD_SIZE], said[EVP_MAX_MD_SIZE];
    struct span name;
    unsigned n = 0;
    if (!span_next(&signature, '=', &name)) return false;
    for (size_t i = 0; i < COUNT(methods); i++) {
        if (!span_eq_nocase(span_trim(name), span_of(methods[i].name))) continue;
        *weak_out = methods[i].is_weak;
        return HMAC(EVP_get_digestbyname(methods[i].name), w->secret, 2 * SECRET_BYTES,
                   (const unsigned char *)body.p, body.n, mac, &n) &&
               span_trim(signature).n == 2 * n && hex_to_bytes(span_trim(signature), said, n) &&
               CRYPTO_memcmp(mac, said, n) == 0;
    }
    return false;
}

/* What was brought stood in the document, as if it had been asked for. What is there now is asked
 * for anew, whole: a hub may bring an old state, or a part. */
static bool remember(struct poll *p, struct arena *a, struct span hash)
{
    struct poll_memory *m = ARENA_NEW(a, struct poll_memory);
    *m = p->memory;
    poll_move_chain(m, a, hash);
    m->etag[0] = m->modified[0] = 0;
    if (poll_memory_write(p->of->folder, p->feed->feed, m) != OK) return false;
    p->memory = *m;
    return true;
}

/* What is signed weakly, or comes while the feed is asked, is a poke: the feed says itself. */
static int brought(struct poll *p, struct arena *a, const struct poll_call *c)
{
    bool is_weak = false;
    size_t new = 0;
    if (!is_signed(p->own, c->signature, c->body, &is_weak)) {
        log_warn("feed %.*s: what its hub brings is not signed by it: dropped", FMT(p->feed->feed));
        return 202;
    }
    struct hash h = hash_of(c->body);
    struct span hash = hash_hex(a, &h);
    if (is_weak || !c->body.n || is_under_way(p)) {
        look_now(p);
        return 202;
    }
    if (span_eq(hash, span_of(p->memory.seen))) return 202;
    if (p->of->hooks.take(p->of->hooks.with, poll_document(p, a, c->type, c->body), 1, &new) != OK)
        return 503;
    p->deliveries += new;
    p->of->has_news = true;
    return remember(p, a, hash) ? 202 : 503;
}

bool poller_may_be_called(struct span where)
{
    unsigned char bytes[TOKEN_BYTES];
    struct span token = where, name = S("");
    if (!span_next(&token, '/', &name) || !name.n || token.n != 2 * TOKEN_BYTES) return false;
    return hex_to_bytes(token, bytes, sizeof bytes);
}

int poller_called(
    struct poller *all, struct arena *a, const struct poll_call *c, struct span *answer_out)
{
    struct span token = c->where, name = S("");
    *answer_out = S("");
    if (!poller_may_be_called(c->where) || !span_next(&token, '/', &name)) return 404;
    for (size_t i = 0; i < all->count; i++) {
        struct poll *p = all->list[i];
        const struct websub *w = p->road == &poll_http ? p->own : NULL;
        if (!w || !w->hub[0] || !span_eq(p->feed->feed, name) ||
            CRYPTO_memcmp(token.p, w->token, token.n) != 0)
            continue;
        return c->is_post ? brought(p, a, c) : asked_back(p, a, c->query, answer_out);
    }
    return 404;
}
