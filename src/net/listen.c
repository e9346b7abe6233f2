/* net/listen: addresses as people write them, bound and listened on; what goes wrong is said in a
 * sentence they can act on. Runs in the master, and in tools for the other direction. Never asks a
 * name server. Nothing here is fatal. */
#include "net_inside.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096 }; /* the kernel takes the smaller of this and somaxconn */

static bool read_unix(struct span path, struct net_place *out)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    if (path.n == 0 || path.n >= sizeof un.sun_path || memchr(path.p, '\0', path.n)) return false;
    memcpy(un.sun_path, path.p, path.n);
    memcpy(&out->sa, &un, sizeof un);
    out->n = sizeof un;
    out->is_unix = true;
    return true;
}

static bool read_host(struct span host, uint16_t port, struct net_place *out)
{
    struct net_address a = {.known = true};
    out->is_any = host.n == 0;
    if (span_eq_nocase(host, S("localhost"))) host = S("127.0.0.1");
    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = span_cut(host, 1, host.n - 1);
    if (!out->is_any && !net_address_parse(host, &a)) return false;
    if (!out->is_any && span_find_char(host, ':') < 0) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
        memcpy(&in.sin_addr, a.ip + 12, 4);
        memcpy(&out->sa, &in, sizeof in);
        out->n = sizeof in;
        return true;
    }
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    memcpy(&in6.sin6_addr, a.ip, 16);
    memcpy(&out->sa, &in6, sizeof in6);
    out->n = sizeof in6;
    return true;
}

bool net_place_parse(struct span address, struct net_place *out)
{
    memset(out, 0, sizeof *out);
    if (span_starts(address, S("unix:"))) return read_unix(span_cut(address, 5, address.n), out);
    size_t colon = address.n;
    while (colon > 0 && address.p[colon - 1] != ':' && address.p[colon - 1] != ']') colon--;
    if (colon > 0 && address.p[colon - 1] == ']') return false;
    uint64_t port;
    struct span digits = span_cut(address, colon, address.n);
    if (digits.n == 0 || digits.n > 5 || !span_to_u64(digits, &port) || port > 65535) return false;
    struct span host = span_cut(address, 0, colon ? colon - 1 : 0);
    bool bare6 = host.n > 0 && host.p[0] != '[' && span_find_char(host, ':') >= 0;
    return !bare6 && read_host(host, (uint16_t)port, out);
}

/* ":8080" on a machine without IPv6. */
static void fall_back_to_4(struct net_place *place)
{
    struct sockaddr_in6 in6;
    memcpy(&in6, &place->sa, sizeof in6);
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = in6.sin6_port};
    memset(&place->sa, 0, sizeof place->sa);
    memcpy(&place->sa, &in, sizeof in);
    place->n = sizeof in;
}

bool net_place_loopback(struct net_place *place)
{
    fall_back_to_4(place);
    struct sockaddr_in in;
    memcpy(&in, &place->sa, sizeof in);
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    memcpy(&place->sa, &in, sizeof in);
    return in.sin_port != 0;
}

/* A socket file that nobody listens on is left over from a crash. */
static bool clear_stale(const struct net_place *place)
{
    struct sockaddr_un un;
    struct stat st;
    memcpy(&un, &place->sa, sizeof un);
    if (lstat(un.sun_path, &st) != 0) return true;
    if (!S_ISSOCK(st.st_mode)) return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    bool stale = connect(fd, (const struct sockaddr *)&un, sizeof un) != 0 && errno == ECONNREFUSED;
    close(fd);
    return stale && unlink(un.sun_path) == 0;
}

static const char *explain(struct span address, int error)
{
    static _Thread_local char why[256];
    const char *reason = strerror(error);
    if (error == EADDRINUSE) reason = "it is taken: another program listens there";
    if (error == EACCES)
        reason = "permission denied: ports below 1024 and the socket's folder need the right to it";
    if (error == EADDRNOTAVAIL) reason = "no interface of this machine has that address";
    snprintf(why, sizeof why, "cannot listen on %.*s: %s", address.n > 100 ? 100 : (int)address.n,
        address.p, reason);
    return why;
}

/* A proxy in front runs as another user: it belongs to our group, or to nobody's. */
static bool open_to_group(const struct net_place *place)
{
    struct sockaddr_un un;
    if (!place->is_unix) return true;
    memcpy(&un, &place->sa, sizeof un);
    return chmod(un.sun_path, 0660) == 0;
}

static int bind_to(struct net_place *place)
{
    int one = 1, zero = 0;
    int fd = socket(place->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (!place->is_unix) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    if (place->is_any && place->sa.ss_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
    if (bind(fd, (struct sockaddr *)&place->sa, place->n) == 0 && open_to_group(place) &&
        listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* Opened by somebody else, to be as one of ours. */
static int handed_over(const struct net_place *place)
{
    int one = 1, fd = net_handed_for(place);
    if (fd < 0) return -1;
    int flags = fcntl(fd, F_GETFL);
    if (!place->is_unix) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    close(fd);
    return -1;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage sa;
    socklen_t n = sizeof sa;
    if (getsockname(fd, (struct sockaddr *)&sa, &n) != 0) return 0;
    struct sockaddr_in in;
    memcpy(&in, &sa, sizeof in); /* the port lies at the same place in both families */
    return sa.ss_family == AF_UNIX ? 0 : ntohs(in.sin_port);
}

enum result net_listen(
    struct span address, struct arena *a, int *fd_out, uint16_t *port_out, const char **why_out)
{
    (void)a;
    struct net_place place;
    if (!net_place_parse(address, &place)) {
        *why_out = "an address to listen on is written HOST:PORT, :PORT, PORT, [IPv6]:PORT or "
                   "unix:/path, with numbers for HOST";
        return ERR_ABSENT;
    }
    int fd = handed_over(&place);
    if (fd < 0 && place.is_unix && !clear_stale(&place)) {
        *why_out = explain(address, EADDRINUSE);
        return ERR_BUSY;
    }
    if (fd < 0) fd = bind_to(&place);
    if (fd < 0 && place.is_any && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
        fall_back_to_4(&place);
        fd = bind_to(&place);
    }
    if (fd < 0) {
        *why_out = explain(address, errno);
        return errno == EADDRINUSE ? ERR_BUSY : errno == EACCES ? ERR_DENIED : ERR_IO;
    }
    *fd_out = fd;
    if (port_out) *port_out = port_of(fd);
    return OK;
}
