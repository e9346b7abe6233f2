/* net/handed: listening sockets that were open before this program began, by whoever started it (a
 * service manager's, sd_listen_fds(3)) or by the program that was here before it: readers who come
 * while programs change wait in the kernel's queue, and none is refused. Of the master, which has
 * one thread when it opens its doors; hence the one table. Nothing here is fatal. */
#include "net_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    HANDED_FIRST = 3, /* SD_LISTEN_FDS_START */
    HANDED_MAX = 64,
};

static struct {
    int fds[HANDED_MAX];
    size_t count;
} handed;

static bool is_listening(int fd)
{
    int yes = 0, type = 0;
    socklen_t n = sizeof yes, m = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &n) == 0 && yes &&
           getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &m) == 0 && type == SOCK_STREAM;
}

size_t net_handed_take(void)
{
    uint64_t count = env_u64("LISTEN_FDS");
    bool ours = env_u64("LISTEN_PID") == (uint64_t)getpid();
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    handed.count = 0;
    for (uint64_t i = 0; ours && i < count && i < HANDED_MAX; i++) {
        int fd = HANDED_FIRST + (int)i;
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) continue;
        if (is_listening(fd))
            handed.fds[handed.count++] = fd;
        else
            close(fd);
    }
    return handed.count;
}

static bool same_ip(const struct sockaddr_storage *a, const struct net_place *p)
{
    struct net_address has = net_address_of(a), wants = net_address_of(&p->sa);
    struct sockaddr_in x, y;
    memcpy(&x, a, sizeof x); /* the port lies at the same place in both families */
    memcpy(&y, &p->sa, sizeof y);
    if (x.sin_port != y.sin_port && y.sin_port) return false; /* 0: any; they are given in order */
    bool any4 = p->is_any && a->ss_family == AF_INET && x.sin_addr.s_addr == htonl(INADDR_ANY);
    return any4 || (a->ss_family == p->sa.ss_family && memcmp(has.ip, wants.ip, 16) == 0);
}

/* A path that has been removed leads nobody to it any more. */
static bool same_path(const struct sockaddr_storage *a, const struct net_place *p)
{
    struct sockaddr_un x, y;
    struct stat st;
    memcpy(&x, a, sizeof x);
    memcpy(&y, &p->sa, sizeof y);
    return strncmp(x.sun_path, y.sun_path, sizeof x.sun_path) == 0 && x.sun_path[0] &&
           lstat(y.sun_path, &st) == 0 && S_ISSOCK(st.st_mode);
}

static bool is_at(int fd, const struct net_place *p)
{
    struct sockaddr_storage a = {0};
    socklen_t n = sizeof a;
    if (getsockname(fd, (struct sockaddr *)&a, &n) != 0) return false;
    if ((a.ss_family == AF_UNIX) != p->is_unix) return false;
    return p->is_unix ? same_path(&a, p) : same_ip(&a, p);
}

int net_handed_for(const struct net_place *place)
{
    for (size_t i = 0; i < handed.count; i++)
        if (is_at(handed.fds[i], place)) {
            int fd = handed.fds[i];
            memmove(handed.fds + i, handed.fds + i + 1, (--handed.count - i) * sizeof *handed.fds);
            return fd;
        }
    return -1;
}

void net_handed_close(void)
{
    while (handed.count) close(handed.fds[--handed.count]);
}

bool net_handed_give(const int *fds, size_t count)
{
    int aside[HANDED_MAX];
    char text[32];
    if (count > HANDED_MAX) return false;
    for (size_t i = 0; i < count; i++) /* out of the way of the numbers that they are to have */
        if ((aside[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, HANDED_FIRST + HANDED_MAX)) < 0)
            return false;
    for (size_t i = 0; i < count; i++)
        if (dup2(aside[i], HANDED_FIRST + (int)i) < 0) return false;
    snprintf(text, sizeof text, "%d", (int)getpid());
    if (setenv("LISTEN_PID", text, 1) != 0) return false;
    snprintf(text, sizeof text, "%zu", count);
    return setenv("LISTEN_FDS", text, 1) == 0;
}
