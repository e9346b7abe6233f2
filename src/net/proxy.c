/* net/proxy: the PROXY protocol, versions 1 and 2 (haproxy's doc/proxy-protocol.txt): a proxy in
 * front tells the client's address before the first byte of the stream. Pure; extras (TLVs) are
 * stepped over. Nothing here is fatal. */
#include "net_inside.h"

#include <string.h>

enum {
    LINE_MAX_V1 = 107, /* section 2.1 of the specification */
    HEAD_V2 = 16,
    TCP4 = 0x11, /* families, section 2.2 */
    TCP6 = 0x21,
    TYPE_SSL = 0x20, /* an extra, and a bit in it */
    CLIENT_SSL = 1,
};

static const char signature[12] = "\r\n\r\n\0\r\nQUIT\n";

static bool port_is_valid(struct span text)
{
    uint64_t port;
    return text.n <= 5 && span_to_u64(text, &port) && port <= 65535;
}

/* "PROXY TCP4 1.2.3.4 5.6.7.8 1234 80": the line without CR LF. */
static bool read_line(struct span line, struct net_address *client_out)
{
    struct span part[6] = {{0}};
    size_t n = 0;
    while (n < COUNT(part) && span_next(&line, ' ', &part[n])) n++;
    if (n >= 2 && span_eq(part[1], S("UNKNOWN"))) return true;
    bool four = span_eq(part[1], S("TCP4"));
    if (n != COUNT(part) || line.p != NULL || (!four && !span_eq(part[1], S("TCP6")))) return false;
    struct net_address here;
    if (!port_is_valid(part[4]) || !port_is_valid(part[5])) return false;
    if (four != (span_find_char(part[2], ':') < 0)) return false;
    return net_address_parse(part[3], &here) && net_address_parse(part[2], client_out);
}

static enum http_parse parse_v1(struct span bytes, struct net_proxied *out)
{
    size_t most = bytes.n < LINE_MAX_V1 ? bytes.n : LINE_MAX_V1;
    const char *end = memchr(bytes.p, '\n', most);
    if (!end) return bytes.n < LINE_MAX_V1 ? HTTP_MORE : HTTP_BAD;
    size_t n = (size_t)(end - bytes.p);
    if (n == 0 || bytes.p[n - 1] != '\r') return HTTP_BAD;
    out->used = n + 1;
    return read_line(span_cut(bytes, 0, n - 1), &out->client) ? HTTP_DONE : HTTP_BAD;
}

/* The extras behind the addresses: whether the client spoke TLS with the proxy (section 2.2.5). */
static bool find_tls(struct span extras)
{
    while (extras.n >= 3) {
        size_t n = (size_t)(unsigned char)extras.p[1] << 8 | (unsigned char)extras.p[2];
        if (n > extras.n - 3) return false;
        if ((unsigned char)extras.p[0] == TYPE_SSL && n >= 5) return extras.p[3] & CLIENT_SSL;
        extras = span_cut(extras, 3 + n, extras.n);
    }
    return false;
}

static enum http_parse parse_v2(struct span bytes, struct net_proxied *out)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (bytes.n < HEAD_V2) return HTTP_MORE;
    unsigned char command = (unsigned char)bytes.p[12], family = (unsigned char)bytes.p[13];
    size_t n = (size_t)(unsigned char)bytes.p[14] << 8 | (unsigned char)bytes.p[15];
    if (command != 0x20 && command != 0x21) return HTTP_BAD;
    if (HEAD_V2 + n > NET_PROXY_MAX) return HTTP_BAD;
    if (bytes.n < HEAD_V2 + n) return HTTP_MORE;
    out->used = HEAD_V2 + n;
    if (command == 0x20) return HTTP_DONE; /* LOCAL: the proxy's own health check */
    size_t addresses = family == TCP4 ? 12 : family == TCP6 ? 36 : n;
    if (n < addresses) return HTTP_BAD;
    if (family == TCP4) {
        memcpy(out->client.ip, mapped, sizeof mapped);
        memcpy(out->client.ip + sizeof mapped, bytes.p + HEAD_V2, 4);
    } else if (family == TCP6) {
        memcpy(out->client.ip, bytes.p + HEAD_V2, 16);
    }
    out->client.known = family == TCP4 || family == TCP6;
    out->is_secure = find_tls(span_cut(bytes, HEAD_V2 + addresses, HEAD_V2 + n));
    return HTTP_DONE;
}

enum http_parse net_parse_proxy(struct span bytes, struct net_proxied *out)
{
    *out = (struct net_proxied){0};
    size_t n = bytes.n < sizeof signature ? bytes.n : sizeof signature;
    if (memcmp(bytes.p, signature, n) == 0)
        return n < sizeof signature ? HTTP_MORE : parse_v2(bytes, out);
    n = bytes.n < 6 ? bytes.n : 6;
    if (memcmp(bytes.p, "PROXY ", n) != 0) return HTTP_BAD;
    return n < 6 ? HTTP_MORE : parse_v1(bytes, out);
}
