/* poll_reuters_token: Reuters' older REST API: a login gives a token for some days; "items" of the
 * contract's channels, since the poll-token that the last answer gave; then each item as NewsML-G2.
 * The token goes in the address, for that is how this API takes it; over TLS, and never into a log.
 * The poll-token is remembered when all of its answer is durable. */
#include "poller.h"

#include "clock.h"

enum { TOKEN_S = 12 * 3600, IDS_MAX = 500, LIST_BYTES_MAX = 4 << 20 };

struct rest {
    bool logs_in, is_refused, has_list;
    struct span poll_token, ids[IDS_MAX];
    size_t count, at;
    bool is_cut;                /* there were more than a trip takes */
    struct poll_memory *memory; /* as it will be: the items that are durable are marked */
};

static void ask_login(struct poll *p, struct poll_ask *q)
{
    struct span secret;
    q->url = p->feed->login_url;
    q->method = "POST";
    q->is_secret = true;
    q->body_max = LIST_BYTES_MAX;
    if (!poll_secret(p, q, &secret)) return;
    poll_field(p, q, "Content-Type", S("application/x-www-form-urlencoded"));
    q->body = arena_printf(p->of->job, "username=%.*s&password=%.*s",
        FMT(url_escape(p->of->job, p->feed->user)), FMT(url_escape(p->of->job, secret)));
}

static struct span address(struct poll *p, const struct rest *w)
{
    struct arena *a = p->of->job;
    struct buf b;
    struct span base = p->feed->url, old = span_of(p->memory.cursor);
    if (base.n && base.p[base.n - 1] == '/') base.n--;
    buf_init(&b, a, 0);
    buf_put(&b, base);
    if (w->has_list) {
        buf_printf(&b, "/item?id=%.*s", FMT(url_escape(a, w->ids[w->at])));
    } else {
        buf_str(&b, "/items?mediaType=T");
        for (size_t i = 0; i < p->feed->channel_count; i++)
            buf_printf(&b, "&channel=%.*s", FMT(url_escape(a, p->feed->channels[i])));
        if (old.n)
            buf_printf(&b, "&pollToken=%.*s", FMT(url_escape(a, old)));
        else
            buf_str(&b, "&maxAge=1h"); /* an archive is no news */
    }
    buf_printf(&b, "&token=%.*s", FMT(url_escape(a, span_of(p->token))));
    return buf_span(&b);
}

static void ask_rest(struct poll *p, struct poll_ask *q)
{
    struct rest *w = p->way;
    if (!w) {
        p->way = w = ARENA_NEW(p->trip, struct rest);
        w->memory = poll_remember(p);
    }
    w->logs_in = !p->token[0] || clock_mono_us() >= p->token_until_us;
    if (w->logs_in) {
        ask_login(p, q);
        return;
    }
    q->url = address(p, w);
    q->is_secret = true;
    q->body_max = w->has_list ? POLL_BODY_MAX : LIST_BYTES_MAX;
}

/* <authToken>…</authToken> */
static void heard_login(struct poll *p, const struct net_fetched *got, struct poll_heard *h)
{
    size_t at = 0;
    struct span token = S("");
    if (got->status != 200) {
        poll_fail(h, arena_printf(p->trip, "the login is refused: status %d", got->status));
    } else if (!poll_scan_text(p->of->job, got->body, "authToken", &at, &token) || !token.n ||
               !POLL_SET(p->token, token)) {
        poll_fail(h, S("the login's answer holds no token"));
    } else {
        p->token_until_us = clock_mono_us() + TOKEN_S * 1000000LL;
        h->then = POLL_GOES_ON;
    }
}

/* <results><pollToken/>…<result><id/>…</result>…</results> */
static void heard_list(
    struct poll *p, struct rest *w, const struct net_fetched *got, struct poll_heard *h)
{
    size_t at = 0;
    struct span id = S("");
    if (span_find(got->body, S("results")) < 0) {
        poll_fail(h, S("the answer is no list of results"));
        return;
    }
    if (poll_scan_text(p->of->job, got->body, "pollToken", &at, &id))
        w->poll_token = arena_keep(p->trip, id);
    for (at = 0; !w->is_cut && poll_scan_text(p->of->job, got->body, "id", &at, &id);) {
        if (!id.n || poll_is_marked(w->memory, fast_hash(id))) continue;
        w->is_cut = w->count == IDS_MAX;
        if (!w->is_cut) w->ids[w->count++] = arena_keep(p->trip, id);
    }
    w->has_list = true;
}

static void heard_item(
    struct poll *p, struct rest *w, const struct net_fetched *got, struct poll_heard *h)
{
    bool is_there = got->status == 200 && got->body.n;
    if (!is_there && !poll_goes_without(p, w->ids[w->at], S("the answer holds no item"), h)) return;
    if (is_there) p->misses = 0;
    struct poll_delivery *d = ARENA_NEW(p->of->job, struct poll_delivery);
    *d = (struct poll_delivery){.feed = p->feed->feed,
        .known = w->ids[w->at],
        .name = arena_printf(p->of->job, "%.*s.xml", FMT(utf8_head(w->ids[w->at], 100))),
        .type = got->type,
        .bytes = got->body};
    h->list = d;
    h->count = is_there;
    poll_mark(w->memory, fast_hash(w->ids[w->at++]));
}

static void go_on(struct rest *w, struct poll_heard *h)
{
    bool is_over = w->at == w->count;
    if (is_over && !w->is_cut && w->poll_token.n && !POLL_SET(w->memory->cursor, w->poll_token)) {
        poll_fail(h, S("its poll-token is too long"));
        return;
    }
    if (is_over || w->at % POLL_MARK_EACH == 0) h->memory = w->memory;
    h->then = is_over ? POLL_RESTS : POLL_GOES_ON;
    h->wait_ms = w->is_cut ? 0 : -1;
}

/* An item of the list that nobody has any more does not keep the others from coming. */
static bool is_gone(int status)
{
    return status == 404 || status == 410;
}

static void heard_rest(struct poll *p, const struct net_fetched *got, struct poll_heard *h)
{
    struct rest *w = p->way;
    bool is_refused = got->status == 401 || got->status == 403;
    if (w->logs_in) {
        heard_login(p, got, h);
    } else if (is_refused && !w->is_refused) {
        poll_ask_anew(p, &w->is_refused, h);
    } else if (got->status != 200 && !(w->has_list && is_gone(got->status))) {
        poll_refused(p, got, h);
    } else {
        if (w->has_list)
            heard_item(p, w, got, h);
        else
            heard_list(p, w, got, h);
        if (h->then != POLL_FAILS) go_on(w, h);
    }
}

/* As of Connect. */
static void misses_rest(struct poll *p, bool may_pass, struct poll_heard *h)
{
    struct rest *w = p->way;
    if (!may_pass || !w || w->logs_in || !w->has_list) return;
    if (!poll_goes_without(p, w->ids[w->at], h->why, h)) return;
    poll_mark(w->memory, fast_hash(w->ids[w->at++]));
    go_on(w, h);
}

const struct poll_road poll_reuters_token = {.name = "reuters-token",
    .every_s = 30,
    .needs_secret = true,
    .needs_login = true,
    .needs_user = true,
    .ask = ask_rest,
    .heard = heard_rest,
    .sees_refusals = true,
    .misses = misses_rest};
