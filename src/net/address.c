/* net/address: addresses of the other side, as bytes and as text. IPv4 is kept as ::ffff:a.b.c.d,
 * so that there is one kind only. Never asks a name server. Nothing here is fatal. */
#include "net_inside.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

bool net_address_parse(struct span text, struct net_address *out)
{
    char buffer[INET6_ADDRSTRLEN];
    if (text.n == 0 || text.n >= sizeof buffer) return false;
    memcpy(buffer, text.p, text.n);
    buffer[text.n] = '\0';
    if (strlen(buffer) != text.n) return false;
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, buffer, out->ip + sizeof mapped) == 1)
        memcpy(out->ip, mapped, sizeof mapped);
    else if (inet_pton(AF_INET6, buffer, out->ip) != 1)
        return false;
    out->known = true;
    return true;
}

struct net_address net_address_of(const struct sockaddr_storage *sa)
{
    struct net_address a = {0};
    if (sa->ss_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, sa, sizeof in);
        memcpy(a.ip, mapped, sizeof mapped);
        memcpy(a.ip + sizeof mapped, &in.sin_addr, 4);
        a.known = true;
    } else if (sa->ss_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, sa, sizeof in);
        memcpy(a.ip, &in.sin6_addr, sizeof a.ip);
        a.known = true;
    }
    return a;
}

bool net_address_is_four(const struct net_address *a)
{
    return a->known && memcmp(a->ip, mapped, sizeof mapped) == 0;
}

struct net_address net_address_network(const struct net_address *a)
{
    struct net_address out = *a;
    if (!net_address_is_four(a)) memset(out.ip + 8, 0, 8);
    return out;
}

bool net_address_is_local(const struct net_address *a)
{
    static const unsigned char six[16] = {[15] = 1};
    if (net_address_is_four(a)) return a->ip[sizeof mapped] == 127;
    return !a->known || memcmp(a->ip, six, sizeof six) == 0;
}

void net_address_text(const struct net_address *a, char out[64])
{
    bool told = false;
    if (net_address_is_four(a))
        told = inet_ntop(AF_INET, a->ip + sizeof mapped, out, 64) != NULL;
    else if (a->known)
        told = inet_ntop(AF_INET6, a->ip, out, 64) != NULL;
    if (!told) memcpy(out, "-", 2);
}
