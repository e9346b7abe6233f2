/* values.c: one value of each type: read, checked, kept in the arena. A value that is refused
 * leaves the default standing. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "schema.h"

static struct span *text_at(const struct key *k, void *base)
{
    return (struct span *)(void *)((char *)base + k->at);
}

static uint32_t *number_at(const struct key *k, void *base)
{
    return (uint32_t *)(void *)((char *)base + k->at);
}

static bool is_one_line(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F) return false;
    return utf8_valid(s);
}

static bool is_name(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
                s.p[i] == '-'))
            return false;
    return s.n > 0 && s.n <= 64 && s.p[0] != '-' && s.p[s.n - 1] != '-';
}

static struct span name_like(struct arena *a, struct span s)
{
    struct span slug = text_slug(a, s, 64);
    return slug.n && is_name(slug) ? arena_printf(a, "“%.*s” would do", FMT(slug))
                                   : S("use lower-case letters, digits and hyphens");
}

static void read_text(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    struct span s = span_trim(y->text);
    if (s.n > 4096 || !is_one_line(s)) {
        mistake_at(r, y, S(""), "“%s” is one line of at most 4096 bytes", k->name);
        return;
    }
    *text_at(k, base) = arena_keep(r->a, s);
}

static void read_name(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    if (is_name(y->text))
        *text_at(k, base) = arena_keep(r->a, y->text);
    else if (!y->text.n)
        mistake_at(r, y, S(""), "“%s” is empty", k->name);
    else
        mistake_at(r, y, name_like(r->a, y->text), "“%.*s” cannot stand in a URL",
            FMT(utf8_head(y->text, 60)));
}

static void read_flag(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    static const char *const yes[] = {"yes", "true", "on"}, *const no[] = {"no", "false", "off"};
    for (size_t i = 0; i < COUNT(yes); i++) {
        bool *flag = (bool *)((char *)base + k->at);
        if (span_eq_nocase(y->text, span_of(yes[i])))
            *flag = true;
        else if (span_eq_nocase(y->text, span_of(no[i])))
            *flag = false;
        else
            continue;
        return;
    }
    mistake_at(r, y, S(""), "“%s” is yes or no, not “%.*s”", k->name, FMT(utf8_head(y->text, 40)));
}

static void read_count(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    uint64_t n;
    if (!span_to_u64(y->text, &n))
        mistake_at(
            r, y, S(""), "“%s” is a number, not “%.*s”", k->name, FMT(utf8_head(y->text, 40)));
    else if (n < k->min || n > k->max)
        mistake_at(r, y, S(""), "“%s” lies between %u and %u", k->name, k->min, k->max);
    else
        *number_at(k, base) = (uint32_t)n;
}

static void read_zone(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    const struct zone *z = zone_open(y->text);
    if (z)
        *(const struct zone **)(void *)((char *)base + k->at) = z;
    else if (r->is_ours) /* it was known once: the system's table of zones has changed since */
        warning_at(
            r, y, S(""), "the time zone “%.*s” is not known any more", FMT(utf8_head(y->text, 60)));
    else
        mistake_at(r, y, suggest_zone(r->a, y->text), "there is no time zone “%.*s”",
            FMT(utf8_head(y->text, 60)));
}

static void read_origin(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    struct url u;
    struct span s = y->text;
    if (!url_parse(r->a, s, &u)) {
        bool has_scheme = span_find(s, S("://")) >= 0;
        struct span advice = !has_scheme && s.n ? arena_printf(r->a, "did you mean “https://%.*s”?",
                                                      FMT(utf8_head(s, 100)))
                                                : S("it looks like https://news.example.org");
        mistake_at(r, y, advice, "“%s” is not a whole http or https address", k->name);
        return;
    }
    struct span path = u.path;
    while (path.n && path.p[path.n - 1] == '/') path.n--;
    if (path.n)
        mistake_at(r, y, arena_printf(r->a, "put “%.*s” into base", FMT(path)),
            "“%s” is scheme and host only", k->name);
    else if (u.query.n || u.fragment.n)
        mistake_at(
            r, y, S("leave out what begins with ? or #"), "“%s” is scheme and host only", k->name);
    else
        *text_at(k, base) = arena_printf(r->a, "%.*s://%.*s%s%.*s", FMT(u.scheme), FMT(u.host),
            u.port.n ? ":" : "", FMT(u.port));
}

static bool is_plain_path(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_' || c == '~';
        bool slash = c == '/' && (i == 0 || s.p[i - 1] != '/');
        if (!plain && !slash) return false;
    }
    return s.n <= 200;
}

static void read_base(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    struct span s = y->text;
    while (s.n && s.p[s.n - 1] == '/') s.n--;
    if (!is_plain_path(s))
        mistake_at(
            r, y, S("letters, digits and hyphens are enough"), "“%s” is not a plain path", k->name);
    else if (s.n && s.p[0] != '/')
        mistake_at(r, y, arena_printf(r->a, "did you mean “/%.*s”?", FMT(utf8_head(s, 60))),
            "“%s” begins with a slash", k->name);
    else
        *text_at(k, base) = arena_keep(r->a, s);
}

static void read_link(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    struct url u;
    struct span s = y->text;
    bool is_path = s.n && s.p[0] == '/' && !span_starts(s, S("//")) && is_one_line(s) &&
                   span_find_char(s, '\\') < 0;
    if (s.n && !is_path && !url_parse(r->a, s, &u))
        mistake_at(r, y, S("begin with https:// or /"), "“%s” is not an address", k->name);
    else
        *text_at(k, base) = arena_keep(r->a, s);
}

static void read_colour(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    unsigned char rgb[3];
    struct span s = y->text;
    if (s.n == 7 && s.p[0] == '#' && hex_to_bytes(span_cut(s, 1, 7), rgb, 3))
        *text_at(k, base) = arena_keep(r->a, s);
    else
        mistake_at(r, y,
            s.n ? S("it looks like \"#1a5f7a\"") : S("put it in quotes: a # begins a comment"),
            "“%s” is a colour of six hexadecimal digits", k->name);
}

static void read_instant(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    struct span s = span_trim(y->text);
    struct when w = when_iso(s);
    if (w.kind == WHEN_UTC || w.kind == WHEN_LOCAL)
        *text_at(k, base) = arena_keep(r->a, s);
    else
        mistake_at(r, y, S("it looks like 2026-12-31 or 2026-12-31T18:00:00Z"),
            "“%s” is a date, or a date and a time", k->name);
}

static void read_language(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    struct span s = y->text;
    bool fits = s.n >= 2 && s.n <= 10;
    for (size_t i = 0; i < s.n; i++)
        fits &= (s.p[i] >= 'a' && s.p[i] <= 'z') ||
                (i > 1 && (s.p[i] == '-' || (s.p[i] >= 'A' && s.p[i] <= 'Z')));
    if (fits)
        *text_at(k, base) = arena_keep(r->a, s);
    else
        mistake_at(r, y, S("write a code such as en, hi or pt-BR"), "“%.*s” is not a language code",
            FMT(utf8_head(s, 40)));
}

static void read_path(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    struct span s = y->text;
    if (!s.n || s.n > 3000 || !is_one_line(s))
        mistake_at(r, y, S(""), "“%s” is not a path", k->name);
    else if (s.p[0] == '/' || !r->folder || !r->folder[0])
        *text_at(k, base) = arena_keep(r->a, s);
    else
        *text_at(k, base) = arena_printf(r->a, "%s/%.*s", r->folder, FMT(s));
}

/* Long, and nothing but letters and digits of base64 or hex, without a dot or a folder: somebody
 * has put the key itself here. It is not shown again. */
static bool looks_secret(struct span s)
{
    if (s.n < 24) return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '.' || (s.p[i] == '/' && i == 0) || s.p[i] == ' ') return false;
    bool has_digit = false;
    for (size_t i = 0; i < s.n; i++) has_digit |= s.p[i] >= '0' && s.p[i] <= '9';
    return has_digit && span_find_char(s, '-') < 0 && span_find_char(s, '_') < 0;
}

static const char credentials[] = "${CREDENTIALS_DIRECTORY}/";

/* A credential's name is a file's name in one folder (systemd.exec(5), LoadCredential=). */
static bool is_credential(struct span s)
{
    struct span name = span_cut(s, sizeof credentials - 1, s.n);
    return span_starts(s, span_of(credentials)) && name.n && span_find_char(name, '/') < 0 &&
           !span_eq(name, S(".")) && !span_eq(name, S(".."));
}

/* Where the service's credentials lie only its own environment says. Elsewhere, as where a file is
 * checked by hand, that is no mistake in it: such a file is not there. */
static void read_credential(
    struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (!is_credential(y->text)) {
        mistake_at(r, y, S("it looks like ${CREDENTIALS_DIRECTORY}/NAME"),
            "“%s” is neither a path nor one of the service's credentials", k->name);
        return;
    }
    read_path(r, k, y, base);
    if (folder && folder[0] == '/')
        *text_at(k, base) = arena_printf(
            r->a, "%s/%.*s", folder, FMT(span_cut(y->text, sizeof credentials - 1, y->text.n)));
    else
        warning_at(r, y, S("systemd says where they are, to the service alone (LoadCredential=)"),
            "“%s” is among credentials, and here are none", k->name);
}

static void read_key_file(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    struct span advice = S("write the key to a file that only the server may read, and name that "
                           "file here; then change the key, as it has stood here");
    if (looks_secret(y->text))
        mistake_at(r, y, advice, "“%s” looks like the key itself", k->name);
    else if (span_find(y->text, S("${")) >= 0)
        read_credential(r, k, y, base);
    else
        read_path(r, k, y, base);
}

static void read_choice(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    struct span w;
    uint32_t n = 0;
    for (const char *rest = k->words; words_next(&rest, &w); n++) {
        if (!span_eq(w, y->text)) continue;
        if (k->type == TYPE_CHOICE)
            *number_at(k, base) = n;
        else
            *text_at(k, base) = w;
        return;
    }
    mistake_at(r, y, suggest_word(r->a, y->text, k->words), "“%s” cannot be “%.*s”", k->name,
        FMT(utf8_head(y->text, 40)));
}

/* ---- lists ---- */
static bool is_address(struct span s)
{
    uint64_t port;
    if (span_starts(s, S("unix:"))) return s.n > 6 && s.p[5] == '/' && s.n < 5 + 108;
    ptrdiff_t colon = -1;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == ':') colon = (ptrdiff_t)i;
    struct span digits = span_cut(s, (size_t)(colon + 1), s.n),
                host = colon > 0 ? span_cut(s, 0, (size_t)colon) : S("");
    if (!span_to_u64(digits, &port) || port > 65535) return false;
    char text[64] = {0};
    unsigned char ip[16];
    bool is_six = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    if (is_six) host = span_cut(host, 1, host.n - 1);
    if (!host.n) return true;
    if (host.n >= sizeof text) return false;
    memcpy(text, host.p, host.n);
    return inet_pton(is_six ? AF_INET6 : AF_INET, text, ip) == 1;
}

static bool is_network(struct span s)
{
    char text[64] = {0};
    unsigned char ip[16];
    uint64_t bits = 0;
    ptrdiff_t slash = span_find_char(s, '/');
    struct span host = slash < 0 ? s : span_cut(s, 0, (size_t)slash);
    if (!host.n || host.n >= sizeof text) return false;
    memcpy(text, host.p, host.n);
    bool is_six = inet_pton(AF_INET6, text, ip) == 1;
    if (!is_six && inet_pton(AF_INET, text, ip) != 1) return false;
    return slash < 0 ||
           (span_to_u64(span_cut(s, (size_t)slash + 1, s.n), &bits) && bits <= (is_six ? 128 : 32));
}

static bool fits_list(struct reading *r, const struct key *k, const struct yaml *y)
{
    struct span shown = utf8_head(y->text, 60);
    if (y->type != YAML_TEXT)
        mistake_at(r, y, S(""), "“%s” holds words, not maps or lists", k->name);
    else if (k->type == TYPE_NAMES && !is_name(y->text))
        mistake_at(r, y, name_like(r->a, y->text), "“%.*s” is not a name", FMT(shown));
    else if (k->type == TYPE_ADDRESSES && !is_address(y->text))
        mistake_at(r, y, S("write 127.0.0.1:8080, [::1]:8080, :8080 or unix:/path"),
            "“%.*s” is not an address to listen on", FMT(shown));
    else if (k->type == TYPE_NETWORKS && !is_network(y->text))
        mistake_at(r, y, S("write 127.0.0.1 or 10.0.0.0/8"), "“%.*s” is not an address or network",
            FMT(shown));
    else if (!y->text.n || y->text.n > 4096 || !is_one_line(y->text))
        mistake_at(r, y, S(""), "“%s” holds an entry that is empty or too long", k->name);
    else
        return true;
    return false;
}

void too_many(struct reading *r, const struct key *k, const struct yaml *first_over)
{
    mistake_at(r, first_over, S("begin to take entries out here"), "“%s” has more than %d entries",
        k->name, CONFIG_ITEMS_MAX);
}

static void read_list(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    struct span *list = NULL;
    size_t count = 0, cap = 0;
    if (y->type == YAML_MAP) {
        mistake_at(
            r, y, S("begin each entry with “- ”, or write [one, two]"), "“%s” is a list", k->name);
        return;
    }
    size_t seen = 0;
    const struct yaml *i = y->type == YAML_LIST ? y->first : y->text.n ? y : NULL;
    for (; i && seen < CONFIG_ITEMS_MAX; i = y->type == YAML_LIST ? i->next : NULL, seen++)
        if (fits_list(r, k, i)) *ARENA_PUSH(r->a, list, count, cap) = arena_keep(r->a, i->text);
    if (i) too_many(r, k, i);
    if (!list) list = ARENA_NEW(r->a, struct span); /* there and empty is not left out */
    *(struct span **)(void *)((char *)base + k->at) = list;
    *(uint32_t *)(void *)((char *)base + k->count_at) = (uint32_t)count;
}

static void read_html(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    struct html *h = (struct html *)(void *)((char *)base + k->at);
    if (!utf8_valid(y->text) || y->text.n > CONFIG_PAGE_BYTES_MAX)
        mistake_at(r, y, S(""), "“%s” is too long or not UTF-8", k->name);
    else
        *h = html_clean(r->a, y->text);
}

static void read_line(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    uint64_t n;
    if (span_to_u64(y->text, &n) && n <= UINT32_MAX)
        *number_at(k, base) = (uint32_t)n;
    else
        mistake_at(r, y, S(""), "“%s” is not a line", k->name);
}

void value_read(struct reading *r, const struct key *k, const struct yaml *y, void *base)
{
    static void (*const readers[])(
        struct reading *, const struct key *, const struct yaml *, void *) = {
        [TYPE_TEXT] = read_text,
        [TYPE_NAME] = read_name,
        [TYPE_FLAG] = read_flag,
        [TYPE_COUNT] = read_count,
        [TYPE_ZONE] = read_zone,
        [TYPE_ORIGIN] = read_origin,
        [TYPE_BASE] = read_base,
        [TYPE_LINK] = read_link,
        [TYPE_COLOUR] = read_colour,
        [TYPE_LANGUAGE] = read_language,
        [TYPE_PATH] = read_path,
        [TYPE_KEY_FILE] = read_key_file,
        [TYPE_INSTANT] = read_instant,
        [TYPE_CHOICE] = read_choice,
        [TYPE_WORD] = read_choice,
        [TYPE_TEXTS] = read_list,
        [TYPE_NAMES] = read_list,
        [TYPE_ADDRESSES] = read_list,
        [TYPE_NETWORKS] = read_list,
        [TYPE_HTML] = read_html,
        [TYPE_LINE] = read_line,
    };
    bool is_list = k->type == TYPE_TEXTS || k->type == TYPE_NAMES || k->type == TYPE_ADDRESSES ||
                   k->type == TYPE_NETWORKS;
    must(k->type < COUNT(readers) && readers[k->type]);
    if (y->type != YAML_TEXT && !is_list)
        mistake_at(r, y, S(""), "“%s” is a single value", k->name);
    else
        readers[k->type](r, k, y, base);
}
