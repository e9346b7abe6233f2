/* polls: what the site file says of feeds that the house asks for by itself: is it whole? Nothing
 * is asked here, and no secret is read. */
#include "schema.h"

/* A server alone: "imaps://mail.example.org:993". */
static bool is_mailbox_url(struct reading *r, struct span s)
{
    struct url u;
    bool tls = span_starts(s, S("imaps://"));
    if (!tls && !span_starts(s, S("imap://"))) return false;
    s = arena_printf(r->a, "https%.*s", FMT(span_cut(s, tls ? 5 : 4, s.n)));
    return url_parse(r->a, s, &u) && u.path.n <= 1 && !u.query.n && !u.fragment.n;
}

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

/* It stands between quotes in a command (RFC 3501, 9), and within an address. */
static bool is_folder_name(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] > '~' || s.p[i] == '"' || s.p[i] == '\\' || s.p[i] == '%')
            return false;
    return true;
}

static bool is_sender(struct span s)
{
    ptrdiff_t at = span_find_char(s, '@');
    return span_eq(s, S("*")) ||
           (at > 0 && (size_t)at + 1 < s.n && is_folder_name(s) && span_find_char(s, ' ') < 0);
}

static void check_mailbox(struct reading *r, struct config_feed *f, const struct yaml *y)
{
    struct config_poll *p = &f->poll;
    bool moves = p->after == AFTER_MOVE;
    if (!f->format.n) f->format = S("mail");
    if (!p->user.n) mistake_at(r, y, S("add user"), "a mailbox has a user");
    if (!is_folder_name(p->mailbox) || !is_folder_name(p->move_to))
        mistake_at(r, y, S("write it as the server does: “Entw&APw-rfe” for “Entwürfe”"),
            "a folder's name has letters that IMAP does not send as they are");
    if (moves != (p->move_to.n > 0))
        mistake_at(r, y, S("add the other"), "“after: move” and “move_to” go together");
    if (!p->from_count)
        mistake_at(r, y,
            S("add “from: [desk@agency.example]”, or “from: [\"*\"]” for whoever writes"),
            "anybody may write to a mailbox: it is not said whose mails are taken");
    bool is_open = false;
    for (uint32_t i = 0; i < p->from_count; i++) {
        is_open |= span_eq(p->from[i], S("*"));
        if (!is_sender(p->from[i]))
            mistake_at(r, yaml_get(y, "from"), S("desk@agency.example, *@agency.example or *"),
                "“%.*s” is no sender", FMT(p->from[i]));
    }
    if (p->from_count && !is_open && !p->authserv_id.n)
        warning_at(r, y, S("add authserv_id, where your mail server writes that field"),
            "whoever writes a name of the list into From is taken for it");
}

static void check_no_mailbox(struct reading *r, const struct config_poll *p, const struct yaml *y)
{
    static const char *const theirs[] = {"mailbox", "from", "authserv_id", "after", "move_to"};
    for (size_t i = 0; i < COUNT(theirs); i++)
        if (yaml_get(y, theirs[i]))
            mistake_at(r, yaml_get(y, theirs[i]), S("take it out"),
                "“%s” is for “imap”, not for “%.*s”", theirs[i], FMT(p->road));
}

void check_poll(struct reading *r, struct config_feed *f, const struct yaml *feed)
{
    struct config_poll *p = &f->poll;
    const struct yaml *y = feed->type == YAML_MAP ? yaml_get(feed, "poll") : NULL;
    bool has_tokens = span_starts(p->road, S("reuters")), is_mail = span_eq(p->road, S("imap"));
    if (!y || y->type != YAML_MAP) return;
    if (!p->road.n) p->road = S("http");
    if (!p->url.n)
        mistake_at(r, y, S("add “url”"), "there is nothing to ask for");
    else if (is_mail ? !is_mailbox_url(r, p->url) : !is_url(r, p->url))
        mistake_at(r, yaml_get(y, "url"),
            is_mail ? S("imaps://mail.example.org, without a user's name and a folder")
                    : S("begin with https://, without a user's name; a secret stands in "
                        "secret_file"),
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
    if (p->websub && (!span_eq(p->road, S("http")) || p->secret_file.n))
        mistake_at(r, yaml_get(y, "websub"), S("take it out"),
            "a hub cannot tell of what is asked for with a secret, or by “%.*s”", FMT(p->road));
    if (is_mail)
        check_mailbox(r, f, y);
    else
        check_no_mailbox(r, p, y);
    bool is_clear = !span_starts(p->url, S("https:")) ||
                    (p->login_url.n && !span_starts(p->login_url, S("https:")));
    if (!is_mail && p->secret_file.n && is_clear)
        warning_at(r, y, S("ask the agency for an address with https"),
            "the secret of “%.*s” goes over the line as it is", FMT(f->name));
}
