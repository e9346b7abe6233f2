/* polls: what the site file says of feeds that the house asks for by itself: is it whole? Nothing
 * is asked here, and no secret is read. */
#include "schema.h"

static bool is_ftp(struct span url)
{
    return span_starts_nocase(url, S("ftp://")) || span_starts_nocase(url, S("ftps://"));
}

static bool is_sftp(struct span url)
{
    return span_starts_nocase(url, S("sftp://"));
}

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
    if (is_ftp(s) || is_sftp(s)) { /* otherwise written as all addresses are */
        ptrdiff_t colon = span_find_char(s, ':');
        if (at >= 0 || span_find_char(s, '?') >= 0 || span_find_char(s, '#') >= 0) return false;
        s = arena_printf(r->a, "https%.*s", FMT(span_cut(s, (size_t)colon, s.n)));
    }
    if (at >= 0)
        s = arena_printf(r->a, "%.*sx%.*s", FMT(span_cut(s, 0, (size_t)at)),
            FMT(span_cut(s, (size_t)at + sizeof place - 1, s.n)));
    return url_parse(r->a, s, &u);
}

/* ---- files ---- */
static bool is_base64(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z', is_digit = c >= '0' && c <= '9';
        if (!is_letter && !is_digit && c != '+' && c != '/') return false;
    }
    return true;
}

/* As ssh-keygen prints it: 43 digits of base64. */
static bool is_print(struct span s)
{
    return span_starts(s, S("SHA256:")) && s.n == 7 + 43 && is_base64(span_cut(s, 7, s.n));
}

/* As libcurl and RFC 7469 have it: the same with the sign that fills up. */
static bool is_pin(struct span s)
{
    return span_starts(s, S("sha256//")) && s.n == 8 + 44 && s.p[s.n - 1] == '=' &&
           is_base64(span_cut(s, 8, s.n - 1));
}

static void check_pins(struct reading *r, const struct config_poll *p, const struct yaml *y)
{
    bool is_clear = p->unencrypted || span_starts_nocase(p->url, S("http:"));
    if (!p->server_key_count) return;
    if (is_clear || is_sftp(p->url))
        mistake_at(r, yaml_get(y, "server_keys"),
            is_clear ? S("take it out, or ask the agency for TLS") : S("write host_keys"),
            "“server_keys” is for addresses with TLS");
    for (uint32_t i = 0; i < p->server_key_count; i++)
        if (!is_pin(p->server_keys[i]))
            mistake_at(r, yaml_get(y, "server_keys"),
                S("write it as docs/delivery.md shows how to get it: sha256//…="),
                "“%.*s” is no pin of a key", FMT(p->server_keys[i]));
}

static bool is_name_part(struct span s)
{
    bool good = s.n && s.n <= 32;
    for (size_t i = 0; good && i < s.n; i++) good = s.p[i] > ' ' && s.p[i] != '/' && s.p[i] != 0x7f;
    return good;
}

static void check_sftp(struct reading *r, const struct config_poll *p, const struct yaml *y)
{
    if (!p->user.n || (!p->secret_file.n && !p->key_file.n))
        mistake_at(r, y, S("add user, and secret_file or key_file"), "“sftp” needs a login");
    if (!p->host_key_count && !p->known_hosts.n)
        mistake_at(r, y,
            S("add host_keys: [\"SHA256:…\"], which the agency tells you, or known_hosts"),
            "nothing says which server is the right one");
    for (uint32_t i = 0; i < p->host_key_count; i++)
        if (!is_print(p->host_keys[i]))
            mistake_at(r, yaml_get(y, "host_keys"),
                S("write it as “ssh-keygen -l” prints it: SHA256:…"),
                "“%.*s” is no fingerprint of a host key", FMT(p->host_keys[i]));
    if (p->ca_file.n || p->unencrypted)
        mistake_at(r, y, S("take it out"), "“ca_file” and “unencrypted” are for “ftp”");
}

static void check_ftp(struct reading *r, const struct config_poll *p, const struct yaml *y)
{
    if (p->host_key_count || p->known_hosts.n || p->key_file.n)
        mistake_at(r, y, S("take it out"), "host_keys, known_hosts and key_file are for “sftp”");
    if (p->unencrypted && span_starts_nocase(p->url, S("ftps:")))
        mistake_at(r, y, S("take “unencrypted” out"), "“ftps://” is never unencrypted");
    else if (p->unencrypted)
        warning_at(r, y, S("ask the agency for FTPS or SFTP"),
            "what comes, and the password, go over the line as they are");
}

static void check_files(struct reading *r, const struct config_poll *p, const struct yaml *y)
{
    bool is_move = p->after == AFTER_MOVE;
    if (p->after == AFTER_SEEN)
        mistake_at(r, yaml_get(y, "after"), S("write keep, delete or move"),
            "a file cannot be marked as read: “seen” is for “imap”");
    if (is_move != (p->move_to.n > 0))
        mistake_at(r, y, is_move ? S("add move_to") : S("add after: move"),
            "“after: move” and “move_to” go together");
    if (p->marker.n && !is_name_part(p->marker))
        mistake_at(r, yaml_get(y, "marker"), S("write an ending: .done"),
            "“marker” is no ending of a file's name");
    if (span_eq(p->road, S("sftp")))
        check_sftp(r, p, y);
    else
        check_ftp(r, p, y);
}

static void check_not_files(struct reading *r, const struct config_poll *p, const struct yaml *y)
{
    static const char *const theirs[] = {"files", "unchanged_seconds", "marker", "key_file",
        "host_keys", "known_hosts", "unencrypted"};
    for (size_t i = 0; i < COUNT(theirs); i++)
        if (yaml_get(y, theirs[i]))
            mistake_at(r, yaml_get(y, theirs[i]), S("take it out"),
                "“%s” is for “ftp” and “sftp”, not for “%.*s”", theirs[i], FMT(p->road));
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
    if (!p->login_url.n && (p->client_id.n || p->refresh_file.n))
        mistake_at(r, y, S("add login_url"), "client_id and refresh_file are for OAuth");
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
    static const char *const theirs[] = {
        "mailbox", "from", "authserv_id", "client_id", "refresh_file"};
    for (size_t i = 0; i < COUNT(theirs); i++)
        if (yaml_get(y, theirs[i]))
            mistake_at(r, yaml_get(y, theirs[i]), S("take it out"),
                "“%s” is for “imap”, not for “%.*s”", theirs[i], FMT(p->road));
}

/* A document and an API leave nothing that could be cleared away. */
static void check_nothing_left(struct reading *r, const struct config_poll *p, const struct yaml *y)
{
    static const char *const theirs[] = {"after", "move_to"};
    for (size_t i = 0; i < COUNT(theirs); i++)
        if (yaml_get(y, theirs[i]))
            mistake_at(r, yaml_get(y, theirs[i]), S("take it out"),
                "“%s” is for “imap”, “ftp” and “sftp”, not for “%.*s”", theirs[i], FMT(p->road));
}

void check_poll(struct reading *r, struct config_feed *f, const struct yaml *feed)
{
    struct config_poll *p = &f->poll;
    const struct yaml *y = feed->type == YAML_MAP ? yaml_get(feed, "poll") : NULL;
    bool has_tokens = span_starts(p->road, S("reuters")), is_mail = span_eq(p->road, S("imap"));
    if (!y || y->type != YAML_MAP) return;
    if (!p->road.n) p->road = is_ftp(p->url) ? S("ftp") : is_sftp(p->url) ? S("sftp") : S("http");
    bool of_files = span_eq(p->road, S("ftp")) || span_eq(p->road, S("sftp"));
    if (!p->url.n)
        mistake_at(r, y, S("add “url”"), "there is nothing to ask for");
    else if (is_mail ? !is_mailbox_url(r, p->url) : !is_url(r, p->url))
        mistake_at(r, yaml_get(y, "url"),
            of_files ? S("a folder's address has no user's name, “{secret}”, “?” or “#” in it")
            : is_mail ? S("imaps://mail.example.org, without a user's name and a folder")
                      : S("begin with https://, without a user's name; a secret stands in "
                          "secret_file"),
            "“url” is not an address that can be asked for");
    else if (is_ftp(p->url) != span_eq(p->road, S("ftp")) ||
             is_sftp(p->url) != span_eq(p->road, S("sftp")))
        mistake_at(r, yaml_get(y, "url"), S("change one of them"), "“%.*s” is not for this address",
            FMT(p->road));
    if (of_files)
        check_files(r, p, y);
    else
        check_not_files(r, p, y);
    check_pins(r, p, y);
    if (p->login_url.n && !is_url(r, p->login_url))
        mistake_at(r, yaml_get(y, "login_url"), S("begin with https://"),
            "“login_url” is not an address that can be asked for");
    if (has_tokens && (!p->login_url.n || !p->user.n))
        mistake_at(r, y, S("add login_url and user"), "“%.*s” gets a token first", FMT(p->road));
    if (!span_eq(p->road, S("http")) && !of_files && !p->secret_file.n)
        mistake_at(r, y, S("add secret_file"), "“%.*s” needs a secret", FMT(p->road));
    if (((p->user.n && !p->key_file.n) || p->secret_header.n ||
            span_find(p->url, S("{secret}")) >= 0) &&
        !p->secret_file.n)
        mistake_at(r, y, S("add secret_file"), "there is no file with the secret");
    if (p->secret_file.n && !is_sent(p))
        mistake_at(r, y, S("add secret_header, user, or “{secret}” in the address"),
            "nothing says where the secret goes");
    if (p->login_url.n && !has_tokens && !is_mail)
        mistake_at(
            r, yaml_get(y, "login_url"), S("take it out"), "“%.*s” gets no token", FMT(p->road));
    if (p->websub && (!span_eq(p->road, S("http")) || p->secret_file.n))
        mistake_at(r, yaml_get(y, "websub"), S("take it out"),
            "a hub cannot tell of what is asked for with a secret, or by “%.*s”", FMT(p->road));
    if (is_mail)
        check_mailbox(r, f, y);
    else
        check_no_mailbox(r, p, y);
    if (!is_mail && !of_files) check_nothing_left(r, p, y);
    bool is_clear = (!is_mail && !span_starts(p->url, S("https:"))) ||
                    (p->login_url.n && !span_starts(p->login_url, S("https:")));
    if (!of_files && p->secret_file.n && is_clear)
        warning_at(r, y, S("ask the agency for an address with https"),
            "the secret of “%.*s” goes over the line as it is", FMT(f->name));
}
