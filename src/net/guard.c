/* net/guard: which addresses an outgoing connection may reach. What a wire names is a stranger's
 * word: it must not become a way into this machine or this network (SSRF). So the answer is given
 * for the address that is connected to, after every name has been resolved, once for each
 * connection: a name that resolves otherwise a second time gains nothing. Pure. */
#include "net_inside.h"

/* IANA's special-purpose registries (RFC 6890 and its successors), multicast and the future use
 * block: nothing there is a public server. IPv4 as ::ffff:a.b.c.d. */
static const char *const not_public[] = {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
    "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
    "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
    "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"};
/* Of IPv6 only the global unicast block can be public: translations of IPv4 (64:ff9b::/96),
 * loopback, link-local and unique-local addresses lie outside of it. */
static const char global_unicast[] = "2000::/3";
static const char mapped_v4[] = "::ffff:0:0/96";

static bool is_in(const char *cidr, const struct net_address *a)
{
    struct net_trusted net;
    must(net_trusted_parse(span_of(cidr), &net));
    return net_lies_in(&net, a);
}

bool net_is_public(const struct net_address *a)
{
    if (!a->known || (!is_in(mapped_v4, a) && !is_in(global_unicast, a))) return false;
    for (size_t i = 0; i < COUNT(not_public); i++)
        if (is_in(not_public[i], a)) return false;
    return true;
}

bool net_guard_allows(const struct net_guard *g, const struct net_address *a, uint16_t port)
{
    for (size_t i = 0; a->known && i < g->allowed_count; i++)
        if (net_lies_in(&g->allowed[i], a)) return true;
    return net_is_public(a) && (port == 80 || port == 443);
}
