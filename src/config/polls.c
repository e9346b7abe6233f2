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
/* As ssh-keygen prints it: 43 digits of base64. */
static bool is_print(struct span s)
{
    if (!span_starts(s, S("SHA256:")) || s.n != 7 + 43) return false;
    for (size_t i = 7; i < s.n; i++) {
        char c = s.p[i];
        bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z', is_digit = c >= '0' && c <= '9';
        if (!is_letter && !is_digit && c != '+' && c != '/') return false;
    }
    return true;
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
    bool is_move = p->after == FILES_MOVE;
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
    static const char *const theirs[] = {"files", "unchanged_seconds", "marker", "after", "move_to",
        "key_file", "host_keys", "known_hosts", "ca_file", "unencrypted"};
    for (size_t i = 0; i < COUNT(theirs); i++)
        if (yaml_get(y, theirs[i]))
            mistake_at(r, yaml_get(y, theirs[i]), S("take it out"),
                "“%s” is for “ftp” and “sftp”, not for “%.*s”", theirs[i], FMT(p->road));
}

void check_poll(struct reading *r, struct config_feed *f, const struct yaml *feed)
{
    struct config_poll *p = &f->poll;
    const struct yaml *y = feed->type == YAML_MAP ? yaml_get(feed, "poll") : NULL;
    bool has_tokens = span_starts(p->road, S("reuters"));
    if (!y || y->type != YAML_MAP) return;
    if (!p->road.n) p->road = is_ftp(p->url) ? S("ftp") : is_sftp(p->url) ? S("sftp") : S("http");
    bool of_files = span_eq(p->road, S("ftp")) || span_eq(p->road, S("sftp"));
    if (!p->url.n)
        mistake_at(r, y, S("add “url”"), "there is nothing to ask for");
    else if (!is_url(r, p->url))
        mistake_at(r, yaml_get(y, "url"),
            of_files ? S("a folder's address has no user's name, “{secret}”, “?” or “#” in it")
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
    if (p->secret_file.n && !of_files && !span_starts(p->url, S("https:")))
        warning_at(r, y, S("ask the agency for an address with https"),
            "the secret of “%.*s” goes over the line as it is", FMT(f->name));
}
