/* net/h2_fields: heads between HTTP/2's lists of fields and HTTP/1.1's text.
 * A request's list is written down as the head of an HTTP/1.1 message and read by the one parser:
 * both protocols have one grammar, one set of limits and one idea of what is ambiguous, and a
 * request that waits is kept as that text. What HTTP/2 itself demands of a list (lower case, order,
 * nothing of the connection) nghttp2 has enforced before; what would let a field become two lines
 * is looked for here all the same. Cookies stay in the pieces that they came in: whoever reads them
 * joins them. Owns no memory. Nothing here is fatal. */
#include "h2_inside.h"

#include <string.h>

enum { ENTRY_BYTES = 32 }; /* what RFC 9113 6.5.2 counts for a field beside its bytes */

static void bad(struct net_h2_head *h, int status, const char *why)
{
    if (h->bad_status) return;
    h->bad_status = status;
    h->bad_why = why;
}

static void put(struct net_h2_head *h, struct net_block *b, struct span s)
{
    if (h->bad_status) return;
    if (s.n > NET_HEAD_MAX - h->n) {
        bad(h, 431, "the head is too long");
        return;
    }
    if (s.n) memcpy(b->bytes + h->n, s.p, s.n);
    h->n += s.n;
}

/* ---- the request line ---- */
/* No byte that could end a part of the line; which of the others are good the parser knows. */
static bool is_one_word(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f) return false;
    return s.n > 0;
}

static bool is_asterisk(const struct net_h2_head *h)
{
    return span_eq(h->path, S("*")) && span_eq(h->method, S("OPTIONS"));
}

static void weigh_line(struct net_h2_head *h)
{
    if (span_eq(h->method, S("CONNECT")))
        bad(h, 400, "CONNECT is for proxies, and this is none");
    else if (!is_one_word(h->method))
        bad(h, 400, "no method where one is due");
    else if (!span_eq(h->scheme, S("https")) && !span_eq(h->scheme, S("http")))
        bad(h, 400, "a scheme other than https");
    else if (h->path.n > NET_TARGET_MAX)
        bad(h, 414, "the address is too long");
    else if (!is_one_word(h->path) || (h->path.p[0] != '/' && !is_asterisk(h)))
        bad(h, 400, "a path that does not begin with a slash");
    else if (h->authority.p && !is_one_word(h->authority))
        bad(h, 400, "Host is no host");
}

static void put_line(struct net_h2_head *h, struct net_block *b)
{
    h->has_line = true;
    weigh_line(h);
    put(h, b, h->method);
    put(h, b, S(" "));
    put(h, b, h->path);
    put(h, b, S(" HTTP/1.1\r\n"));
    if (!h->authority.p) return;
    put(h, b, S("host: "));
    put(h, b, h->authority);
    put(h, b, S("\r\n"));
}

static void take_pseudo(
    struct net_h2_head *h, struct net_block *b, struct span name, struct span value)
{
    struct span *to = span_eq(name, S(":method"))      ? &h->method
                      : span_eq(name, S(":scheme"))    ? &h->scheme
                      : span_eq(name, S(":authority")) ? &h->authority
                      : span_eq(name, S(":path"))      ? &h->path
                                                       : NULL;
    if (!to || to->p || h->has_line)
        bad(h, 400, "a pseudo-field that is unknown, stands twice or too late");
    else
        *to = arena_keep(b->arena, value);
}

/* ---- fields ---- */
static bool is_name(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!net_is_token((unsigned char)s.p[i]) || (s.p[i] >= 'A' && s.p[i] <= 'Z')) return false;
    return s.n > 0;
}

static bool is_of_connection(struct span name)
{
    return span_eq_nocase(name, S("connection")) || span_eq_nocase(name, S("keep-alive")) ||
           span_eq_nocase(name, S("proxy-connection")) || span_eq_nocase(name, S("upgrade")) ||
           span_eq_nocase(name, S("transfer-encoding"));
}

static bool is_one_line(struct span s)
{
    return s.n == 0 || (!memchr(s.p, '\r', s.n) && !memchr(s.p, '\n', s.n));
}

static void put_field(
    struct net_h2_head *h, struct net_block *b, struct span name, struct span value)
{
    if (!h->has_line) put_line(h, b);
    /* RFC 9113 8.3.1: Host beside :authority is good where it says the same. */
    if (h->authority.p && span_eq(name, S("host")) && span_eq_nocase(value, h->authority)) return;
    if (!is_name(name)) bad(h, 400, "a byte that no field name may have");
    if (is_of_connection(name)) bad(h, 400, "a field of the connection");
    if (!is_one_line(value)) bad(h, 400, "a byte that no field value may have");
    put(h, b, name);
    put(h, b, S(": "));
    put(h, b, value);
    put(h, b, S("\r\n"));
}

bool net_h2_head_field(
    struct net_h2_head *h, struct net_block *b, struct span name, struct span value)
{
    h->unfolded += name.n + value.n + ENTRY_BYTES;
    if (h->unfolded > NET_H2_UNFOLDED_BYTES_MAX) return false;
    if (h->unfolded > NET_HEAD_MAX) bad(h, 431, "the head is too long");
    if (h->bad_status) return true;
    if (name.n > 0 && name.p[0] == ':')
        take_pseudo(h, b, name, value);
    else
        put_field(h, b, name, value);
    return true;
}

bool net_h2_head_end(struct net_h2_head *h, struct net_block *b)
{
    if (!h->has_line) put_line(h, b);
    put(h, b, S("\r\n"));
    if (h->bad_status) return false;
    enum http_parse read = http_parse_head((struct span){b->bytes, h->n}, &b->head);
    if (read == HTTP_DONE && b->head.bytes == h->n) return true;
    if (read == HTTP_BAD)
        bad(h, b->head.bad_status, b->head.bad_why);
    else
        bad(h, 400, "a head that is none");
    return false;
}

/* ---- replies ---- */
static void add(struct net_h2_list *out, struct span name, struct span value)
{
    if (out->n == NET_H2_NV_MAX) return;
    union {
        const char *in;
        uint8_t *out;
    } n = {.in = name.p}, v = {.in = value.p}; /* nghttp2 copies both, and lowers the name */
    out->nv[out->n++] = (nghttp2_nv){n.out, v.out, name.n, value.n, NGHTTP2_NV_FLAG_NONE};
}

static struct span digits_of(uint64_t v, char *to, size_t n)
{
    size_t at = n;
    do to[--at] = (char)('0' + v % 10);
    while (v /= 10);
    return (struct span){to + at, n - at};
}

void net_h2_list_of(struct net_h2_list *out, const struct http_reply *r, struct span date)
{
    out->n = 0;
    add(out, S(":status"), digits_of((unsigned)r->status, out->status, sizeof out->status));
    add(out, S("date"), date);
    if (!r->no_body_length && r->status != 204 && r->status != 304)
        add(out, S("content-length"), digits_of(r->body.n, out->length, sizeof out->length));
    struct span rest = r->head, line;
    while (span_next(&rest, '\n', &line)) {
        ptrdiff_t colon = span_find_char(line, ':');
        if (colon < 1) continue;
        struct span name = span_cut(line, 0, (size_t)colon);
        if (!is_of_connection(name))
            add(out, name, span_trim(span_cut(line, (size_t)colon + 1, line.n)));
    }
}
