/* poll_oauth: the token with which a road asks (OAuth 2.0, RFC 6749): by client credentials (4.4),
 * or by a refresh token that somebody has got in a browser (6); renewed before it ends, and when it
 * is refused. It lives in memory alone. */
#include "clock.h"
#include "poller.h"

enum {
    TOKEN_EARLY_S = 60,
    TOKEN_DEFAULT_S = 600, /* the answer does not say how long it lasts */
    TOKEN_MAX_S = 7 * 24 * 3600,
};

static void form_part(struct poll *p, struct buf *b, const char *name, struct span value)
{
    if (!value.n) return;
    if (b->n) buf_char(b, '&');
    buf_printf(b, "%s=%.*s", name, FMT(url_escape(p->of->job, value)));
}

static void put_form(struct poll *p, struct buf *b, struct span secret, struct span refresh)
{
    const struct poll_feed *f = p->feed;
    form_part(p, b, "grant_type", refresh.n ? S("refresh_token") : S("client_credentials"));
    form_part(p, b, "client_id", f->client_id.n ? f->client_id : f->user);
    form_part(p, b, "client_secret", secret);
    form_part(p, b, "refresh_token", refresh);
    form_part(p, b, "audience", f->audience);
    form_part(p, b, "scope", f->scope);
}

bool oauth_ask(struct poll *p, struct poll_ask *q)
{
    struct buf b;
    struct span secret, refresh = S("");
    p->logs_in = !p->token[0] || clock_mono_us() >= p->token_until_us;
    if (!p->logs_in) return false;
    q->url = p->feed->login_url;
    q->method = "POST";
    q->is_secret = true;
    q->body_max = POLL_CONTROL_BYTES_MAX;
    if (!poll_secret(p, q, &secret) || !poll_refresh(p, q, &refresh)) return true;
    buf_init(&b, p->of->job, 0);
    put_form(p, &b, secret, refresh);
    q->body = buf_span(&b);
    poll_field(p, q, "Content-Type", S("application/x-www-form-urlencoded"));
    return true;
}

/* Somewhat before its end, and never at once: one that is over when it comes is tried once. */
static int64_t good_for_us(const struct json *j)
{
    uint64_t s = TOKEN_DEFAULT_S;
    if (span_to_u64(json_text(j, "expires_in"), &s) && s > TOKEN_MAX_S) s = TOKEN_MAX_S;
    s -= s > 2 * TOKEN_EARLY_S ? TOKEN_EARLY_S : s / 2;
    return (int64_t)(s ? s : 1) * 1000000;
}

bool oauth_heard(struct poll *p, const struct net_fetched *got, struct poll_heard *h)
{
    struct reject bad;
    if (!p->logs_in) return false;
    p->logs_in = false;
    if (got->status != 200) {
        poll_fail(h, arena_printf(p->trip, "the login is refused: status %d", got->status));
        return true;
    }
    const struct json *j = json_parse(p->of->job, got->body, &bad);
    struct span token = j ? json_text(j, "access_token") : S("");
    if (!token.n || !POLL_SET(p->token, token)) {
        poll_fail(h, S("the login's answer holds no token"));
        return true;
    }
    p->token_until_us = clock_mono_us() + good_for_us(j);
    h->then = POLL_GOES_ON;
    return true;
}
