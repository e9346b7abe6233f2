/* supervisor: what the service manager above the house is told (sd_notify(3)): that it serves, that
 * it lives (WatchdogSec=), that it ends; and the doors, which the manager keeps open while one
 * program follows the other (FileDescriptorStoreMax=). Nothing where there is none. Never fatal: a
 * manager that does not listen is its own trouble. */
#include "master.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DOORS "doors"    /* the name under which they are kept */
enum { TELL_MAX_S = 2 }; /* what is said once: the watchdog has more patience */

void supervisor_open(struct supervisor *s)
{
    const char *path = getenv("NOTIFY_SOCKET");
    uint64_t whose = env_u64("WATCHDOG_PID");
    *s = (struct supervisor){.fd = -1};
    if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof s->to.sun_path)
        return;
    s->to.sun_family = AF_UNIX;
    memcpy(s->to.sun_path, path, strlen(path));
    s->to_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (path[0] == '@') s->to.sun_path[0] = '\0'; /* Linux: a name without a file */
    s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s->fd >= 0)
        (void)setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &(struct timeval){.tv_sec = TELL_MAX_S},
            sizeof(struct timeval));
    if (!whose || whose == (uint64_t)getpid()) s->pulse_us = (int64_t)env_u64("WATCHDOG_USEC") / 3;
}

/* A manager that is busy has room for some ten messages: a pulse that finds none is dropped, for
 * the next comes soon; what is said once waits for its turn. False: it was not taken, and may be
 * later. */
static bool tell(
    const struct supervisor *s, const char *text, const int *fds, size_t count, int flags)
{
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(sizeof(int) * (HOUSE_LISTENERS_MAX + 1))];
    } control = {0};
    struct sockaddr_un to = s->to;
    struct iovec words = {.iov_base = (void *)(uintptr_t)text, .iov_len = strlen(text)};
    struct msghdr m = {
        .msg_name = &to, .msg_namelen = s->to_bytes, .msg_iov = &words, .msg_iovlen = 1};
    if (s->fd < 0) return true;
    if (count) {
        m.msg_control = control.room;
        m.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(c), fds, sizeof(int) * count);
    }
    return sendmsg(s->fd, &m, MSG_NOSIGNAL | flags) >= 0 || (errno != EAGAIN && errno != ENOBUFS);
}

size_t house_doors(const struct house *h, int *out)
{
    size_t n = 0;
    for (size_t i = 0; i < h->listener_count; i++) out[n++] = h->listeners[i].fd;
    if (h->has_desk) out[n++] = h->desk.fd;
    return n;
}

static bool say_ready(const struct supervisor *s, const struct house *h, int flags)
{
    int fds[HOUSE_LISTENERS_MAX + 1];
    size_t n = house_doors(h, fds);
    char text[256];
    snprintf(
        text, sizeof text, "READY=1\nMAINPID=%d\nSTATUS=serving on %s", (int)getpid(), h->address);
    /* the first takes away those of a configuration before */
    return tell(s, "FDSTOREREMOVE=1\nFDNAME=" DOORS, NULL, 0, flags) &&
           tell(s, "FDSTORE=1\nFDNAME=" DOORS, fds, n, flags) && tell(s, text, NULL, 0, flags);
}

void supervisor_ready(struct supervisor *s, const struct house *h)
{
    s->owes_ready = !say_ready(s, h, 0);
}

void supervisor_pulse(struct supervisor *s, const struct house *h)
{
    int64_t now = clock_mono_us();
    if (s->owes_ready) s->owes_ready = !say_ready(s, h, MSG_DONTWAIT);
    if (!s->pulse_us || now - s->pulsed_us < s->pulse_us) return;
    s->pulsed_us = now;
    tell(s, "WATCHDOG=1", NULL, 0, MSG_DONTWAIT);
}

void supervisor_stopping(const struct supervisor *s, bool again)
{
    tell(
        s, again ? "STATUS=another program takes over" : "STOPPING=1\nSTATUS=stopping", NULL, 0, 0);
}

void supervisor_close(struct supervisor *s)
{
    if (s->fd >= 0) close(s->fd);
    s->fd = -1;
}
