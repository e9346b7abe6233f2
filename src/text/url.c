/* url: absolute http and https addresses, read strictly (RFC 3986 with the WHATWG URL standard's
 * safety): what browsers and servers could read in two ways is refused. Never resolves names, never
 * fatal. */
#include "text.h"

enum { URL_BYTES_MAX = 8192, HOST_BYTES_MAX = 253, LABEL_BYTES_MAX = 63 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
    char low = c | 0x20;
    return low >= 'a' && low <= 'z';
}

static bool is_hex(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static int hex_value(char c)
{
    return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

static bool is_unreserved(char c)
{
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static struct span lowered(struct arena *a, struct span s)
{
    char *p = arena_cstr(a, s);
    for (size_t i = 0; i < s.n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] | 0x20);
    return (struct span){p, s.n};
}

/* Four numbers of 0 to 255 without leading zeros: "0x7f.1" and "017700000001" reach machines under
 * other names. */
static bool is_dotted_quad(struct span host)
{
    int parts = 0;
    struct span part;
    for (struct span rest = host; span_next(&rest, '.', &part); parts++) {
        uint64_t v;
        if (part.n > 3 || !span_to_u64(part, &v) || v > 255) return false;
        if (part.n > 1 && part.p[0] == '0') return false;
    }
    return parts == 4;
}

static bool is_ipv6(struct span inner)
{
    int colons = 0;
    for (size_t i = 0; i < inner.n; i++) {
        if (inner.p[i] == ':')
            colons++;
        else if (!is_hex(inner.p[i]) && inner.p[i] != '.')
            return false;
    }
    return inner.n <= 45 && colons >= 2 && colons <= 7;
}

/* A last label that machines take for a number makes the whole host an IPv4 address (WHATWG
 * URL 3.5). */
static bool is_number(struct span label)
{
    if (label.n >= 2 && label.p[0] == '0' && (label.p[1] | 0x20) == 'x') return true;
    for (size_t i = 0; i < label.n; i++)
        if (!is_digit(label.p[i])) return false;
    return label.n > 0;
}

static bool is_host(struct span host)
{
    if (span_starts(host, S("[")) && span_ends(host, S("]")))
        return is_ipv6(span_cut(host, 1, host.n - 1));
    if (host.n == 0 || host.n > HOST_BYTES_MAX) return false;
    struct span label = {NULL, 0}, last = {NULL, 0};
    for (struct span rest = host; span_next(&rest, '.', &label);) {
        if (label.n == 0 && !(rest.p == NULL && last.n)) return false; /* one dot may end it */
        if (label.n > LABEL_BYTES_MAX) return false;
        for (size_t i = 0; i < label.n; i++)
            if (!is_alpha(label.p[i]) && !is_digit(label.p[i]) && label.p[i] != '-' &&
                label.p[i] != '_')
                return false;
        if (label.n) last = label;
    }
    return !is_number(last) || is_dotted_quad(host);
}

/* Copies what a URL may hold, escapes what it may not; a "%" without two digits is refused. */
static bool put_part(struct buf *b, struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%' && !(i + 2 < s.n && is_hex(s.p[i + 1]) && is_hex(s.p[i + 2]))) return false;
        bool escape = (unsigned char)c >= 0x80 || c == '"' || c == '<' || c == '>' || c == '`' ||
                      c == '{' || c == '}' || c == '|' || c == '^';
        if (escape)
            buf_printf(b, "%%%02X", (unsigned char)c);
        else
            buf_char(b, c);
    }
    return true;
}

/* How many dots a segment is, written plainly or as %2e: 1, 2; 0: it is something else. */
static int dots(struct span segment)
{
    int n = 0;
    while (segment.n) {
        size_t dot = segment.p[0] == '.' ? 1 : span_starts_nocase(segment, S("%2e")) ? 3 : 0;
        if (!dot || ++n > 2) return 0;
        segment = span_cut(segment, dot, segment.n);
    }
    return n;
}

/* Appends path with its dot segments resolved (RFC 3986 5.2.4). */
static bool put_path(struct buf *b, struct span path)
{
    size_t start = b->n;
    struct span segment, rest = span_cut(path, path.n ? 1 : 0, path.n);
    if (!rest.p) rest = S("");
    while (span_next(&rest, '/', &segment)) {
        int n = dots(segment);
        if (n == 2)
            while (b->n > start && b->p[--b->n] != '/') continue;
        if (n == 0) {
            buf_char(b, '/');
            if (!put_part(b, segment)) return false;
        } else if (!rest.p) {
            buf_char(b, '/');
        }
    }
    if (b->n == start) buf_char(b, '/');
    return true;
}

static bool cut_host_port(struct span authority, struct span *host, struct span *port)
{
    ptrdiff_t at = span_starts(authority, S("[")) ? span_find_char(authority, ']') : 0;
    if (at < 0) return false;
    ptrdiff_t colon = span_find_char(span_cut(authority, (size_t)at, authority.n), ':');
    *host = colon < 0 ? authority : span_cut(authority, 0, (size_t)(at + colon));
    *port = colon < 0 ? S("") : span_cut(authority, (size_t)(at + colon) + 1, authority.n);
    uint64_t v = 1;
    return port->n == 0 || (port->n <= 5 && span_to_u64(*port, &v) && v >= 1 && v <= 65535);
}

/* Cuts s at the first c: what stands before stays in s, what stands behind is returned; p NULL:
 * there is none. */
static struct span cut_at(struct span *s, char c)
{
    ptrdiff_t at = span_find_char(*s, c);
    if (at < 0) return (struct span){NULL, 0};
    struct span behind = span_cut(*s, (size_t)at + 1, s->n);
    *s = span_cut(*s, 0, (size_t)at);
    return behind;
}

static bool part_keep(
    struct arena *a, struct span s, bool (*put)(struct buf *, struct span), struct span *out)
{
    struct buf b;
    buf_init(&b, a, 0);
    if (!put(&b, s)) return false;
    *out = arena_keep(a, buf_span(&b));
    return true;
}

bool url_parse(struct arena *a, struct span s, struct url *out)
{
    *out = (struct url){0};
    if (s.n > URL_BYTES_MAX || !utf8_valid(s)) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= 0x20 || s.p[i] == 0x7F || s.p[i] == '\\') return false;
    bool tls = span_starts_nocase(s, S("https://"));
    if (!tls && !span_starts_nocase(s, S("http://"))) return false;
    out->scheme = tls ? S("https") : S("http");
    struct span rest = span_cut(s, out->scheme.n + 3, s.n);
    struct span fragment = cut_at(&rest, '#'), query = cut_at(&rest, '?');
    ptrdiff_t slash = span_find_char(rest, '/');
    size_t authority_end = slash < 0 ? rest.n : (size_t)slash;
    struct span path = span_cut(rest, authority_end, rest.n), host;
    if (!cut_host_port(span_cut(rest, 0, authority_end), &host, &out->port)) return false;
    if (!is_host(host)) return false;
    if (span_eq(out->port, tls ? S("443") : S("80"))) out->port = S("");
    out->host = lowered(a, host);
    return part_keep(a, path, put_path, &out->path) && part_keep(a, query, put_part, &out->query) &&
           part_keep(a, fragment, put_part, &out->fragment);
}

struct span url_escape(struct arena *a, struct span s)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n; i++) {
        if (is_unreserved(s.p[i]))
            buf_char(&b, s.p[i]);
        else
            buf_printf(&b, "%%%02X", (unsigned char)s.p[i]);
    }
    return buf_span(&b);
}

bool url_unescape(struct arena *a, struct span s, bool plus_is_space, struct span *out)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '+' && plus_is_space) c = ' ';
        if (c == '%') {
            if (s.n - i < 3 || !is_hex(s.p[i + 1]) || !is_hex(s.p[i + 2])) return false;
            c = (char)(hex_value(s.p[i + 1]) << 4 | hex_value(s.p[i + 2]));
            i += 2;
        }
        if (c == 0) return false;
        p[n++] = c;
    }
    *out = (struct span){p, n};
    return utf8_valid(*out);
}

bool url_is_safe_link(struct span s)
{
    static const struct span schemes[] = {{"http://", 7}, {"https://", 8}, {"mailto:", 7}};
    char head[16];
    size_t n = 0;
    bool more = false; /* something stands behind the scheme */
    for (size_t i = 0; i < s.n && !more; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= 0x20 || c == 0x7F) continue;
        if (n < 8)
            head[n++] = (char)c;
        else
            more = true;
    }
    struct span begin = {head, n};
    for (size_t i = 0; i < COUNT(schemes); i++)
        if (span_starts_nocase(begin, schemes[i])) return more || n > schemes[i].n;
    return false;
}

bool url_clean_path(struct arena *a, struct span raw, struct span *out)
{
    if (!span_starts(raw, S("/")) || span_find_nocase(raw, S("%2f")) >= 0) return false;
    if (!url_unescape(a, raw, false, out)) return false;
    struct span segment, rest = span_cut(*out, 1, out->n);
    while (span_next(&rest, '/', &segment))
        if ((segment.n == 0 && rest.p) || dots(segment)) return false;
    for (size_t i = 0; i < out->n;) {
        uint32_t c = utf8_next(*out, &i);
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == '\\') return false;
    }
    return true;
}
