/* polls: what the site file says of feeds that the house asks for by itself: is it whole? Nothing
 * is asked here, and no secret is read. */
#include "schema.h"

static bool is_url(struct reading *r, struct span s)
{
    static const char place[] = "{secret}";
    struct url u;
    ptrdiff_t at = span_find(s, span_of(place));
    if (at >= 0)
        s = arena_printf(r->a, "%.*sx%.*s", FMT(span_cut(s, 0, (size_t)at)),
            FMT(span_cut(s, (size_t)at + sizeof place - 1, s.n)));
    return url_parse(r->a, s, &u);
}

/* Of roads on which it is said in several ways: else the secret would be read, and go nowhere. */
static bool is_sent(const struct config_poll *p)
{
    bool is_http = span_eq(p->road, S("http"));
    if (!is_http && !span_eq(p->road, S("dpa"))) return true;
    return p->secret_header.n || (is_http && p->user.n) || span_find(p->url, S("{secret}")) >= 0;
}

void check_poll(struct reading *r, struct config_feed *f, const struct yaml *feed)
{
    struct config_poll *p = &f->poll;
    const struct yaml *y = feed->type == YAML_MAP ? yaml_get(feed, "poll") : NULL;
    bool has_tokens = span_starts(p->road, S("reuters"));
    if (!y || y->type != YAML_MAP) return;
    if (!p->road.n) p->road = S("http");
    if (!p->url.n)
        mistake_at(r, y, S("add “url”"), "there is nothing to ask for");
    else if (!is_url(r, p->url))
        mistake_at(r, yaml_get(y, "url"),
            S("begin with https://, without a user's name; a secret stands in secret_file"),
            "“url” is not an address that can be asked for");
    if (p->login_url.n && !is_url(r, p->login_url))
        mistake_at(r, yaml_get(y, "login_url"), S("begin with https://"),
            "“login_url” is not an address that can be asked for");
    if (has_tokens && (!p->login_url.n || !p->user.n))
        mistake_at(r, y, S("add login_url and user"), "“%.*s” gets a token first", FMT(p->road));
    if (!span_eq(p->road, S("http")) && !p->secret_file.n)
        mistake_at(r, y, S("add secret_file"), "“%.*s” needs a secret", FMT(p->road));
    if ((p->user.n || p->secret_header.n || span_find(p->url, S("{secret}")) >= 0) &&
        !p->secret_file.n)
        mistake_at(r, y, S("add secret_file"), "there is no file with the secret");
    if (p->secret_file.n && !is_sent(p))
        mistake_at(r, y, S("add secret_header, user, or “{secret}” in the address"),
            "nothing says where the secret goes");
    if (p->login_url.n && !has_tokens)
        mistake_at(
            r, yaml_get(y, "login_url"), S("take it out"), "“%.*s” gets no token", FMT(p->road));
    bool is_clear = !span_starts(p->url, S("https:")) ||
                    (p->login_url.n && !span_starts(p->login_url, S("https:")));
    if (p->secret_file.n && is_clear)
        warning_at(r, y, S("ask the agency for an address with https"),
            "the secret of “%.*s” goes over the line as it is", FMT(f->name));
}
