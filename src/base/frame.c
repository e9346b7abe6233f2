/* frame: messages between roles over a stream socketpair: u32 length, u32 type, bytes; one
 * descriptor may ride along. The top bit of the type says that a descriptor belongs to this frame,
 * so that it cannot land on a neighbour. A frame over FRAME_MAX breaks the inbox: the other side
 * may be a cage that was taken over, so it must not end this role. Fatal: no memory. */
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    HEAD_BYTES = 8,
    READ_BYTES = 64 << 10,  /* offered to one recvmsg; a socket buffer holds about twice this */
    FILL_BYTES = 4 << 20,   /* read in one inbox_fill, so that one loud role cannot starve others */
    SMALL_BYTES = 64 << 10, /* up to here head and body go out as one write */
    REST_NS = 1000000,      /* before what failed for want of something is tried again */
};
static const uint32_t with_fd = 0x80000000u;

union control {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int))];
};

void inbox_init(struct inbox *in, int fd)
{
    *in = (struct inbox){.fd = fd, .passed_fd = -1};
}

void inbox_close(struct inbox *in)
{
    if (in->fd >= 0) close(in->fd);
    if (in->passed_fd >= 0) close(in->passed_fd);
    free(in->p);
    *in = (struct inbox){.fd = -1, .passed_fd = -1};
}

static struct take head_at(const struct inbox *in, size_t at)
{
    return take_of((struct span){in->p + at, HEAD_BYTES});
}

/* How much may be read while a descriptor waits for its frame: only the rest of that frame, so that
 * the next descriptor stays in the socket. 0: the frame is whole, and is to be taken first; or it
 * is too long, and inbox_take will find that. */
static size_t rest_of_fd_frame(const struct inbox *in)
{
    for (size_t at = in->used;;) {
        if (in->n - at < HEAD_BYTES) return HEAD_BYTES - (in->n - at);
        struct take t = head_at(in, at);
        size_t length = take_u32(&t), have = in->n - at - HEAD_BYTES;
        if (length > FRAME_MAX) return 0;
        if (have < length) return length - have;
        if (take_u32(&t) & with_fd) return 0;
        at += HEAD_BYTES + length;
    }
}

static void make_room(struct inbox *in, size_t bytes)
{
    if (in->used) {
        memmove(in->p, in->p + in->used, in->n - in->used);
        in->n -= in->used;
        in->used = 0;
    }
    if (in->cap - in->n >= bytes) return;
    size_t cap = in->cap ? in->cap : READ_BYTES;
    while (cap - in->n < bytes) cap *= 2;
    in->p = realloc(in->p, cap);
    must(in->p != NULL);
    in->cap = cap;
}

/* Keeps the descriptor that came along; a second one while one waits is nobody's. */
static bool keep_fd(struct inbox *in, struct msghdr *m)
{
    bool came = false;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        int fd;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        if (c->cmsg_len < CMSG_LEN(sizeof fd)) continue;
        memcpy(&fd, CMSG_DATA(c), sizeof fd);
        if (in->passed_fd >= 0)
            close(fd);
        else
            in->passed_fd = fd;
        came = true;
    }
    return came;
}

static ssize_t receive(struct inbox *in, size_t bytes, bool *fd_came_out)
{
    union control control;
    struct iovec io = {in->p + in->n, bytes};
    struct msghdr m = {.msg_iov = &io,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes};
    ssize_t got;
    do got = recvmsg(in->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    *fd_came_out = got > 0 && keep_fd(in, &m);
    if (got > 0) in->n += (size_t)got;
    return got;
}

/* The system is short of something, or refused a call: a socket to a neighbour is whole all the
 * same, and nobody would make another in its place. What is for good is that there is no neighbour,
 * or a mistake of ours. */
static bool is_passing(int error)
{
    return error != EPIPE && error != ECONNRESET && error != ENOTCONN && error != EBADF &&
           error != ENOTSOCK && error != EINVAL && error != EMSGSIZE && error != EFAULT;
}

enum result inbox_fill(struct inbox *in)
{
    size_t total = 0;
    if (in->broken) return ERR_CORRUPT;
    while (total < FILL_BYTES) {
        size_t bytes = in->passed_fd >= 0 ? rest_of_fd_frame(in) : READ_BYTES;
        bool fd_came;
        if (bytes == 0) return OK;
        make_room(in, bytes);
        ssize_t got = receive(in, bytes, &fd_came);
        if (got > 0) total += (size_t)got;
        if (fd_came) return OK;
        if (got > 0) continue;
        if (total > 0) return OK;
        if (got == 0 || errno == ECONNRESET) return ERR_CLOSED;
        return errno == EAGAIN || is_passing(errno) ? ERR_BUSY : ERR_IO;
    }
    return OK;
}

bool inbox_take(struct inbox *in, struct frame *out)
{
    if (in->broken || in->n - in->used < HEAD_BYTES) return false;
    struct take t = head_at(in, in->used);
    size_t length = take_u32(&t);
    uint32_t type = take_u32(&t);
    if (length > FRAME_MAX) in->broken = true;
    if (in->broken || in->n - in->used - HEAD_BYTES < length) return false;
    *out = (struct frame){type & ~with_fd, {in->p + in->used + HEAD_BYTES, length}, -1};
    if (type & with_fd) {
        out->fd = in->passed_fd;
        in->passed_fd = -1;
    }
    in->used += HEAD_BYTES + length;
    return true;
}

static void head_make(char head[HEAD_BYTES], uint32_t type, size_t length)
{
    for (int i = 0; i < 4; i++) {
        head[i] = (char)(length >> (8 * i));
        head[4 + i] = (char)(type >> (8 * i));
    }
}

static int64_t mono_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void rest(void)
{
    nanosleep(&(struct timespec){.tv_nsec = REST_NS}, NULL);
}

static enum result wait_writable(int fd, int64_t until_ms)
{
    for (;;) {
        int64_t left = until_ms - mono_ms();
        struct pollfd p = {.fd = fd, .events = POLLOUT};
        int n = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (n > 0) return OK;
        if (n == 0) return ERR_BUSY;
        if (errno != EINTR && !is_passing(errno)) return ERR_IO;
        if (errno != EINTR) rest();
    }
}

static void attach_fd(struct msghdr *m, union control *control, int fd)
{
    memset(control, 0, sizeof *control);
    m->msg_control = control->bytes;
    m->msg_controllen = sizeof control->bytes;
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
}

enum result frame_send(int fd, uint32_t type, struct span body, int pass_fd, int timeout_ms)
{
    must(body.n <= FRAME_MAX && !(type & with_fd));
    char head[HEAD_BYTES];
    head_make(head, pass_fd >= 0 ? type | with_fd : type, body.n);
    struct iovec io[2] = {{head, sizeof head}, {(void *)(uintptr_t)body.p, body.n}};
    struct msghdr m = {.msg_iov = io, .msg_iovlen = 2};
    union control control;
    if (pass_fd >= 0) attach_fd(&m, &control, pass_fd);
    int64_t until_ms = mono_ms() + timeout_ms;
    while (io[0].iov_len + io[1].iov_len > 0) {
        ssize_t put = sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno == EAGAIN) {
            enum result r = wait_writable(fd, until_ms);
            if (r != OK) return r;
            continue;
        }
        if (put < 0 && is_passing(errno)) {
            if (mono_ms() >= until_ms) return ERR_BUSY;
            rest();
            continue;
        }
        if (put < 0) return errno == EPIPE || errno == ECONNRESET ? ERR_CLOSED : ERR_IO;
        m.msg_control = NULL;
        m.msg_controllen = 0;
        for (size_t i = 0, n = (size_t)put; i < 2; i++) {
            size_t part = n < io[i].iov_len ? n : io[i].iov_len;
            io[i].iov_base = (char *)io[i].iov_base + part;
            io[i].iov_len -= part;
            n -= part;
        }
    }
    return OK;
}

enum result frame_write(int fd, uint32_t type, struct span body)
{
    must(body.n <= FRAME_MAX && !(type & with_fd));
    char small[SMALL_BYTES];
    size_t with_head = sizeof small - HEAD_BYTES < body.n ? 0 : body.n;
    head_make(small, type, body.n);
    if (with_head) memcpy(small + HEAD_BYTES, body.p, with_head);
    enum result r = write_all(fd, small, HEAD_BYTES + with_head);
    if (r != OK || with_head == body.n) return r;
    return write_all(fd, body.p, body.n);
}
