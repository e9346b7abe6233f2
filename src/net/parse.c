/* net/parse: the head of an HTTP/1.1 request (RFC 9112 sections 2-6), strictly.
 * Owns the grammar of request line and fields; how a message is framed is in framing.c. Two readers
 * of the same bytes must never see two different requests, so whatever is ambiguous is refused and
 * never repaired. Never allocates, never copies: spans point into the caller's bytes. Nothing here
 * is fatal. */
#include "parse.h"

#include <string.h>

enum {
    BLANK_LINES_MAX = 2, /* empty lines before a request line: RFC 9112 2.2 asks for at least one */
    METHOD_MAX = 32,     /* the longest registered method has 17 letters */
};

/* clang-format off */
#define KIND(c, kind) [c] = (kind),
#define DIGITS(c) KIND(c, TOKEN | TARGET | NAME | LITERAL | DIGIT)
#define HEXES(c) KIND(c, TOKEN | TARGET | NAME | LITERAL)
#define LETTERS(c) KIND(c, TOKEN | TARGET | NAME)
#define DELIMS(c) KIND(c, TARGET | NAME)
#define SIGNS(c) KIND(c, TOKEN | TARGET)
#define MARKS(c) KIND(c, TARGET)
static const unsigned char kinds[256] = {
    DIGITS('0') DIGITS('1') DIGITS('2') DIGITS('3') DIGITS('4') DIGITS('5') DIGITS('6')
    DIGITS('7') DIGITS('8') DIGITS('9') HEXES('a') HEXES('b') HEXES('c') HEXES('d') HEXES('e')
    HEXES('f') HEXES('A') HEXES('B') HEXES('C') HEXES('D') HEXES('E') HEXES('F') LETTERS('g')
    LETTERS('h') LETTERS('i') LETTERS('j') LETTERS('k') LETTERS('l') LETTERS('m') LETTERS('n')
    LETTERS('o') LETTERS('p') LETTERS('q') LETTERS('r') LETTERS('s') LETTERS('t') LETTERS('u')
    LETTERS('v') LETTERS('w') LETTERS('x') LETTERS('y') LETTERS('z') LETTERS('G') LETTERS('H')
    LETTERS('I') LETTERS('J') LETTERS('K') LETTERS('L') LETTERS('M') LETTERS('N') LETTERS('O')
    LETTERS('P') LETTERS('Q') LETTERS('R') LETTERS('S') LETTERS('T') LETTERS('U') LETTERS('V')
    LETTERS('W') LETTERS('X') LETTERS('Y') LETTERS('Z') LETTERS('!') LETTERS('$') LETTERS('%')
    LETTERS('&') LETTERS('\'') LETTERS('*') LETTERS('+') LETTERS('-') LETTERS('_') LETTERS('~')
    DELIMS('(') DELIMS(')') DELIMS(',') DELIMS(';') DELIMS('=') SIGNS('^') SIGNS('`') SIGNS('|')
    MARKS('"') MARKS('/') MARKS('<') MARKS('>') MARKS('?') MARKS('@') MARKS('[') MARKS(']')
    MARKS('{') MARKS('}') MARKS('\\')
    KIND('.', TOKEN | TARGET | NAME | LITERAL) KIND(':', TARGET | LITERAL) KIND('#', TOKEN)
};
/* clang-format on */

bool net_is_token(unsigned char c)
{
    return kinds[c] & TOKEN;
}

bool net_all_of(struct span s, unsigned char kind)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(kinds[(unsigned char)s.p[i]] & kind)) return false;
    return true;
}

enum http_parse net_bad(struct http_head *out, int status, const char *why)
{
    out->bad_status = status;
    out->bad_why = why;
    return HTTP_BAD;
}

/* ---- the request line ---- */
static enum http_method method_of(struct span name)
{
    static const struct span names[] = {
        [HTTP_GET] = {"GET", 3},
        [HTTP_HEAD] = {"HEAD", 4},
        [HTTP_POST] = {"POST", 4},
        [HTTP_PUT] = {"PUT", 3},
        [HTTP_DELETE] = {"DELETE", 6},
        [HTTP_OPTIONS] = {"OPTIONS", 7},
    };
    for (size_t i = 0; i < COUNT(names); i++)
        if (span_eq(names[i], name)) return (enum http_method)i;
    return HTTP_OTHER;
}

static void cut_query(struct http_request *r, struct span path_and_query)
{
    const char *mark = path_and_query.n ? memchr(path_and_query.p, '?', path_and_query.n) : NULL;
    r->path = path_and_query;
    r->has_query = mark != NULL;
    r->query = (struct span){0};
    if (!mark) return;
    r->path.n = (size_t)(mark - path_and_query.p);
    r->query = span_cut(path_and_query, r->path.n + 1, path_and_query.n);
}

/* absolute-form, RFC 9112 3.2.2: the host stands in the target, and then the Host field does not
 * count. */
static enum http_parse read_absolute(
    struct http_head *out, struct span target, struct span *host_out)
{
    size_t scheme = span_starts_nocase(target, S("http://"))    ? 7
                    : span_starts_nocase(target, S("https://")) ? 8
                                                                : 0;
    if (scheme == 0)
        return net_bad(out, 400, "a target that is neither a path nor an http address");
    struct span rest = span_cut(target, scheme, target.n);
    size_t end = 0;
    while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?') end++;
    *host_out = span_cut(rest, 0, end);
    if (end == 0 || !framing_host_is_valid(*host_out))
        return net_bad(out, 400, "an address without a valid host");
    struct span origin = span_cut(rest, end, rest.n);
    out->r.target = origin.n ? origin : S("/");
    cut_query(&out->r, out->r.target);
    if (out->r.path.n == 0) out->r.path = S("/");
    return HTTP_DONE;
}

static enum http_parse read_target(struct http_head *out, struct span target, struct span *host_out)
{
    if (target.n > NET_TARGET_MAX) return net_bad(out, 414, "the address is too long");
    if (target.p[0] == '/') {
        out->r.target = target;
        cut_query(&out->r, target);
        return HTTP_DONE;
    }
    if (span_eq(out->r.method_text, S("CONNECT")))
        return net_bad(out, 400, "CONNECT is for proxies, and this is none");
    if (target.n == 1 && target.p[0] == '*') {
        if (out->r.method != HTTP_OPTIONS) return net_bad(out, 400, "the target * is for OPTIONS");
        out->r.target = out->r.path = target;
        return HTTP_DONE;
    }
    return read_absolute(out, target, host_out);
}

static enum http_parse read_version(
    struct http_head *out, const char *p, const char *end, const char **next)
{
    static const char want[] = "HTTP/1.";
    size_t have = (size_t)(end - p);
    size_t same = 0;
    while (same < sizeof want - 1 && same < have && p[same] == want[same]) same++;
    if (same < have && same == 5 && kinds[(unsigned char)p[same]] & DIGIT)
        return net_bad(out, 505, "a version of HTTP other than 1.0 and 1.1");
    if (same < sizeof want - 1)
        return same == have ? HTTP_MORE : net_bad(out, 400, "no HTTP version where one is due");
    if (have < 8) return HTTP_MORE;
    if (p[7] != '0' && p[7] != '1')
        return net_bad(out, 505, "a version of HTTP other than 1.0 and 1.1");
    out->r.http10 = p[7] == '0';
    if (have >= 9 && p[8] != '\r')
        return net_bad(out, 400, "the request line does not end in CR LF");
    if (have >= 10 && p[9] != '\n') return net_bad(out, 400, "a CR without LF in the request line");
    if (have < 10) return HTTP_MORE;
    *next = p + 10;
    return HTTP_DONE;
}

static enum http_parse read_request_line(
    struct http_head *out, const char *p, const char *end, struct span *host_out, const char **next)
{
    const char *start = p;
    while (p < end && kinds[(unsigned char)*p] & TOKEN) p++;
    if (p - start > METHOD_MAX) return net_bad(out, 400, "no method is that long");
    if (p == end) return HTTP_MORE;
    if (p == start || *p != ' ') return net_bad(out, 400, "no method where one is due");
    out->r.method_text = (struct span){start, (size_t)(p - start)};
    out->r.method = method_of(out->r.method_text);
    const char *target = ++p;
    while (p < end && kinds[(unsigned char)*p] & TARGET) p++;
    if (p - target > NET_TARGET_MAX) return net_bad(out, 414, "the address is too long");
    if (p == end) return HTTP_MORE;
    if (p == target || *p != ' ') return net_bad(out, 400, "a byte that no address may have");
    enum http_parse read = read_target(out, (struct span){target, (size_t)(p - target)}, host_out);
    if (read != HTTP_DONE) return read;
    return read_version(out, p + 1, end, next);
}

/* ---- fields ---- */

/* First byte that a field value may not have (controls but HTAB, and DEL), eight bytes at a time.
 */
static const char *skip_value(const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    while (end - p >= 8) {
        uint64_t w;
        memcpy(&w, p, 8);
        uint64_t del = w ^ ones * 0x7f;
        uint64_t found = (((w - ones * 0x20) & ~w) | ((del - ones) & ~del)) & highs;
        if (found) {
            p += __builtin_ctzll(found) >> 3;
            if (*p != '\t') break;
            p++;
            continue;
        }
        p += 8;
    }
    while (p < end && (((unsigned char)*p >= 0x20 && *p != 0x7f) || *p == '\t')) p++;
    return p;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static enum http_parse read_field(struct http_head *out, const char *p, const char *end,
    struct http_field *field, const char **next)
{
    const char *start = p;
    while (p < end && kinds[(unsigned char)*p] & TOKEN) p++;
    if (p == end) return HTTP_MORE;
    if (p == start && is_blank(*p)) return net_bad(out, 400, "a folded field");
    if (*p != ':' || p == start) return net_bad(out, 400, "a byte that no field name may have");
    field->name = (struct span){start, (size_t)(p - start)};
    p++;
    while (p < end && is_blank(*p)) p++;
    const char *value = p;
    p = skip_value(p, end);
    if (p == end) return HTTP_MORE;
    if (*p != '\r') return net_bad(out, 400, "a byte that no field value may have");
    if (p + 1 == end) return HTTP_MORE;
    if (p[1] != '\n') return net_bad(out, 400, "a CR without LF in a field");
    *next = p + 2;
    while (p > value && is_blank(p[-1])) p--;
    field->value = (struct span){value, (size_t)(p - value)};
    return HTTP_DONE;
}

static enum http_parse read_fields(
    struct http_head *out, struct framing *f, const char *p, const char *end, const char **next)
{
    size_t n = 0;
    for (;;) {
        if (p == end) return HTTP_MORE;
        if (*p == '\r') {
            if (p + 1 == end) return HTTP_MORE;
            if (p[1] != '\n') return net_bad(out, 400, "a CR without LF after the fields");
            *next = p + 2;
            out->r.field_count = n;
            return HTTP_DONE;
        }
        if (n == NET_HEADERS_MAX) return net_bad(out, 431, "too many fields");
        enum http_parse read = read_field(out, p, end, &out->fields[n], &p);
        if (read == HTTP_DONE) read = framing_note(out, f, out->fields[n++]);
        if (read != HTTP_DONE) return read;
    }
}

static void reset(struct http_head *out)
{
    memset(&out->r, 0, sizeof out->r);
    out->r.fields = out->fields;
    out->bytes = 0;
    out->content_length = 0;
    out->has_length = out->chunked = out->keep_alive = out->expects_continue = false;
    out->bad_status = 0;
    out->bad_why = NULL;
}

static enum http_parse parse(struct http_head *out, struct span bytes, bool *in_line)
{
    const char *p = bytes.p, *end = bytes.p + bytes.n;
    *in_line = true;
    for (int blank = 0; p < end && *p == '\r'; blank++) {
        if (blank == BLANK_LINES_MAX) return net_bad(out, 400, "empty lines instead of a request");
        if (p + 1 == end) return HTTP_MORE;
        if (p[1] != '\n') return net_bad(out, 400, "a CR without LF before the request");
        p += 2;
    }
    struct span host = {0};
    enum http_parse read = read_request_line(out, p, end, &host, &p);
    if (read != HTTP_DONE) return read;
    *in_line = false;
    struct framing f = {0};
    read = read_fields(out, &f, p, end, &p);
    if (read != HTTP_DONE) return read;
    out->bytes = (size_t)(p - bytes.p);
    read = framing_weigh(out, &f);
    if (read == HTTP_DONE && host.p) out->r.host = host;
    return read;
}

enum http_parse http_parse_head(struct span bytes, struct http_head *out)
{
    reset(out);
    bool in_line;
    size_t whole = bytes.n;
    bytes.n = whole > NET_HEAD_MAX ? NET_HEAD_MAX : whole;
    enum http_parse read = parse(out, bytes, &in_line);
    if (read == HTTP_MORE && whole >= NET_HEAD_MAX)
        return in_line ? net_bad(out, 414, "the request line is too long")
                       : net_bad(out, 431, "the head is too long");
    return read;
}

struct span http_header(const struct http_request *r, const char *name)
{
    struct span want = span_of(name);
    for (size_t i = 0; i < r->field_count; i++)
        if (r->fields[i].name.n == want.n && span_eq_nocase(r->fields[i].name, want))
            return r->fields[i].value;
    return (struct span){0};
}
