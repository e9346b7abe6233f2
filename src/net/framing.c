/* net/framing: the fields that decide how a message is framed, or that may stand only once, and
 * what they say together (RFC 9112 section 6). Whatever is ambiguous is refused. */
#include "parse.h"

enum {
    HOST_MAX = 262, /* a name of 255 bytes, a colon and a port */
    LENGTH_DIGITS_MAX = 18,
};

enum known {
    F_HOST,
    F_RANGE,
    F_EXPECT,
    F_ORIGIN,
    F_IF_RANGE,
    F_CONNECTION,
    F_CONTENT_TYPE,
    F_AUTHORIZATION,
    F_CONTENT_LENGTH,
    F_TRANSFER_ENCODING,
    F_IF_MODIFIED_SINCE,
    F_KNOWN,
};
static const struct span known_names[F_KNOWN] = {
    [F_HOST] = {"host", 4},
    [F_RANGE] = {"range", 5},
    [F_EXPECT] = {"expect", 6},
    [F_ORIGIN] = {"origin", 6},
    [F_IF_RANGE] = {"if-range", 8},
    [F_CONNECTION] = {"connection", 10},
    [F_CONTENT_TYPE] = {"content-type", 12},
    [F_AUTHORIZATION] = {"authorization", 13},
    [F_CONTENT_LENGTH] = {"content-length", 14},
    [F_TRANSFER_ENCODING] = {"transfer-encoding", 17},
    [F_IF_MODIFIED_SINCE] = {"if-modified-since", 17},
};

static int known_field(struct span name)
{
    for (int i = 0; i < F_KNOWN; i++)
        if (known_names[i].n == name.n && span_eq_nocase(known_names[i], name)) return i;
    return -1;
}

bool framing_host_is_valid(struct span host)
{
    if (host.n > HOST_MAX) return false;
    size_t end;
    if (host.n > 0 && host.p[0] == '[') {
        ptrdiff_t bracket = span_find_char(host, ']');
        if (bracket < 3 || !net_all_of(span_cut(host, 1, (size_t)bracket), LITERAL)) return false;
        end = (size_t)bracket + 1;
    } else {
        ptrdiff_t colon = span_find_char(host, ':');
        end = colon < 0 ? host.n : (size_t)colon;
        if (!net_all_of(span_cut(host, 0, end), NAME)) return false;
    }
    if (end == host.n) return true;
    return host.p[end] == ':' && host.n - end <= 6 &&
           net_all_of(span_cut(host, end + 1, host.n), DIGIT);
}

static void read_connection(struct span value, struct framing *f)
{
    struct span token;
    while (span_next(&value, ',', &token)) {
        token = span_trim(token);
        if (span_eq_nocase(token, S("close"))) f->close = true;
        if (span_eq_nocase(token, S("keep-alive"))) f->keep = true;
    }
}

static enum http_parse read_length(struct span value, struct http_head *out)
{
    if (value.n == 0 || !net_all_of(value, DIGIT))
        return net_bad(out, 400, "Content-Length is no number");
    while (value.n > 1 && value.p[0] == '0') value = span_cut(value, 1, value.n);
    if (value.n > LENGTH_DIGITS_MAX)
        return net_bad(out, 400, "Content-Length is beyond all bounds");
    uint64_t length = 0;
    for (size_t i = 0; i < value.n; i++) length = length * 10 + (uint64_t)(value.p[i] - '0');
    out->content_length = length;
    out->has_length = true;
    return HTTP_DONE;
}

static void read_coding(struct span value, struct http_head *out, struct framing *f)
{
    if (span_eq_nocase(value, S("chunked")))
        out->chunked = true;
    else
        f->foreign_coding = true;
}

enum http_parse framing_note(struct http_head *out, struct framing *f, struct http_field field)
{
    int known = known_field(field.name);
    if (known < 0) return HTTP_DONE;
    if (known == F_CONNECTION) {
        read_connection(field.value, f);
        return HTTP_DONE;
    }
    if (f->seen & 1u << known)
        return net_bad(out, 400, "a field that may stand only once stands twice");
    f->seen |= 1u << known;
    switch (known) {
    case F_HOST:
        if (!framing_host_is_valid(field.value)) return net_bad(out, 400, "Host is no host");
        out->r.host = field.value;
        return HTTP_DONE;
    case F_CONTENT_LENGTH: return read_length(field.value, out);
    case F_TRANSFER_ENCODING: read_coding(field.value, out, f); return HTTP_DONE;
    case F_EXPECT:
        if (!span_eq_nocase(field.value, S("100-continue")))
            return net_bad(out, 417, "an expectation other than 100-continue");
        out->expects_continue = true;
        return HTTP_DONE;
    default: return HTTP_DONE;
    }
}

enum http_parse framing_weigh(struct http_head *out, const struct framing *f)
{
    bool has_coding = f->seen & 1u << F_TRANSFER_ENCODING;
    if (has_coding && out->has_length)
        return net_bad(out, 400, "Content-Length and Transfer-Encoding together");
    if (has_coding && out->r.http10) return net_bad(out, 400, "Transfer-Encoding in HTTP/1.0");
    if (f->foreign_coding) return net_bad(out, 501, "a transfer coding other than chunked");
    if (!(f->seen & 1u << F_HOST) && !out->r.http10) return net_bad(out, 400, "no Host");
    if (out->r.http10) out->expects_continue = false; /* RFC 9110 10.1.1 */
    out->keep_alive = !f->close && (!out->r.http10 || f->keep);
    return HTTP_DONE;
}
