/* net/trusted: who the client is behind proxies of ours.
 * X-Forwarded-For is a list to which every proxy appends the address that it saw. Only what trusted
 * proxies wrote counts: we walk from the right as long as the writer is trusted; the first address
 * that is none of ours is the client. What stands further left is hearsay. Never believes a field
 * on a connection whose peer is not trusted (the caller asks first). Nothing here is fatal. */
#include "net_inside.h"

#include <string.h>

bool net_trusted_parse(struct span cidr, struct net_trusted *out)
{
    ptrdiff_t slash = span_find_char(cidr, '/');
    struct span ip = slash < 0 ? cidr : span_cut(cidr, 0, (size_t)slash);
    struct net_address a;
    if (!net_address_parse(ip, &a)) return false;
    unsigned shift = span_find_char(ip, ':') < 0 ? 96 : 0; /* IPv4 lies in the last 32 bits */
    uint64_t bits = 128 - shift;
    if (slash >= 0) {
        struct span width = span_cut(cidr, (size_t)slash + 1, cidr.n);
        if (width.n == 0 || width.n > 3 || !span_to_u64(width, &bits) || bits > 128 - shift)
            return false;
    }
    memcpy(out->ip, a.ip, sizeof out->ip);
    out->bits = (unsigned)bits + shift;
    return true;
}

bool net_lies_in(const struct net_trusted *net, const struct net_address *a)
{
    unsigned whole = net->bits / 8, rest = net->bits % 8;
    if (memcmp(net->ip, a->ip, whole) != 0) return false;
    return rest == 0 || (net->ip[whole] ^ a->ip[whole]) >> (8 - rest) == 0;
}

bool net_is_trusted(const struct net_config *c, const struct net_address *a)
{
    for (size_t i = 0; a->known && i < c->trusted_count; i++)
        if (net_lies_in(&c->trusted[i], a)) return true;
    return false;
}

/* "1.2.3.4", "1.2.3.4:567", "::1", "[::1]", "[::1]:567" */
static bool read_hop(struct span text, struct net_address *out)
{
    text = span_trim(text);
    if (text.n > 0 && text.p[0] == '[') {
        ptrdiff_t end = span_find_char(text, ']');
        return end > 0 && net_address_parse(span_cut(text, 1, (size_t)end), out);
    }
    ptrdiff_t colon = span_find_char(text, ':');
    bool one_colon =
        colon >= 0 && span_find_char(span_cut(text, (size_t)colon + 1, text.n), ':') < 0;
    return net_address_parse(one_colon ? span_cut(text, 0, (size_t)colon) : text, out);
}

/* Takes the last part of the list; false when there was none left. */
static bool last_of(struct span *list, struct span *part_out)
{
    if (list->p == NULL) return false;
    size_t at = list->n;
    while (at > 0 && list->p[at - 1] != ',') at--;
    *part_out = span_cut(*list, at, list->n);
    *list = at > 0 ? span_cut(*list, 0, at - 1) : (struct span){0};
    return true;
}

struct net_address net_client_of(
    const struct net_config *c, const struct http_request *r, struct net_address peer)
{
    struct net_address client = peer;
    for (size_t i = r->field_count; i-- > 0;) {
        if (!span_eq_nocase(r->fields[i].name, S("x-forwarded-for"))) continue;
        struct span list = r->fields[i].value, part;
        while (last_of(&list, &part)) {
            struct net_address hop;
            if (!read_hop(part, &hop)) return client;
            client = hop;
            if (!net_is_trusted(c, &hop)) return client;
        }
    }
    return client;
}
