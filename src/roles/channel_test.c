/* Channels between roles: what a peer may send, and that one that was taken over ends itself and
 * nobody else. */
#include "roles.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"

static int master, far; /* the other ends */
static struct channels c;
static struct {
    size_t frames, peers_came, peers_went;
    uint32_t type;
    bool from_master;
    char body[64];
} seen;

static void on_frame(void *with, struct peer *from, struct frame *f)
{
    (void)with;
    seen.frames++;
    seen.type = f->type;
    seen.from_master = !from;
    snprintf(seen.body, sizeof seen.body, "%.*s", FMT(f->body));
}

static void on_peer(void *with, struct peer *p)
{
    (void)with;
    if (p->open)
        seen.peers_came++;
    else
        seen.peers_went++;
}

static void start(void)
{
    int fds[2];
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    master = fds[0];
    channels_init(&c, fds[1]);
    c.on_frame = on_frame;
    c.on_peer = on_peer;
    memset(&seen, 0, sizeof seen);
}

static void introduce(enum role role, int index)
{
    int fds[2];
    struct buf b;
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    buf_init(&b, NULL, 0);
    put_u32(&b, role);
    put_u32(&b, (uint32_t)index);
    put_u32(&b, 9);
    must(frame_send(master, MSG_CHANNEL, buf_span(&b), fds[1], 0) == OK);
    buf_free(&b);
    close(fds[1]);
    far = fds[0];
    channels_poll(&c, NULL, 0, 1000);
}

static void finish(void)
{
    channels_close(&c);
    if (far >= 0) close(far);
    close(master);
    far = -1;
}

/* The next frame that the master gets; type 0: none. */
static struct frame told_master(struct inbox *in)
{
    struct frame f = {0};
    if (inbox_fill(in) != OK || !inbox_take(in, &f)) f.type = 0;
    return f;
}

static bool is_shut(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static void ordinary(void)
{
    start();
    check(!channel_to(&c, ROLE_READER, 0), "nobody is there");
    introduce(ROLE_READER, 1);
    struct peer *p = channel_to(&c, ROLE_READER, 1);
    check(p && seen.peers_came == 1 && p->last_status == 9 && !channel_to(&c, ROLE_READER, 0),
        "a peer comes, with its predecessor's end");
    must(frame_send(far, MSG_READ_RESULT, S("hello"), -1, 0) == OK);
    channels_poll(&c, NULL, 0, 1000);
    check(seen.frames == 1 && seen.type == MSG_READ_RESULT && !seen.from_master &&
              strcmp(seen.body, "hello") == 0,
        "its frame arrives");
    struct inbox in;
    struct frame f;
    inbox_init(&in, dup(far));
    check(channel_send(p, MSG_READ, S("work")) && inbox_fill(&in) == OK && inbox_take(&in, &f) &&
              span_eq(f.body, S("work")),
        "and ours goes out");
    inbox_close(&in);
    must(frame_send(master, MSG_RELOAD, S("new"), -1, 0) == OK);
    channels_poll(&c, NULL, 0, 1000);
    check(seen.from_master && seen.type == MSG_RELOAD, "the master's too");
    int old = far;
    introduce(ROLE_READER, 1);
    check(seen.peers_went == 1 && seen.peers_came == 2 && is_shut(old),
        "a successor takes its predecessor's place");
    close(old);
    close(far);
    far = -1;
    channels_poll(&c, NULL, 0, 1000);
    check(seen.peers_went == 2 && !channel_to(&c, ROLE_READER, 1) && !c.stopping,
        "a peer that went is gone, and nothing else");
    check(!channel_send(NULL, 1, S("")), "nothing is sent to nobody");
    must(frame_send(master, MSG_STOP, S(""), -1, 0) == OK);
    channels_poll(&c, NULL, 0, 1000);
    check(c.stopping, "the master's stop is obeyed");
    finish();
    start();
    close(master);
    master = open("/dev/null", O_RDONLY);
    channels_poll(&c, NULL, 0, 1000);
    check(c.stopping, "and so is its end");
    finish();
}

static void taken_over(void)
{
    static const enum role roles[] = {ROLE_READER, ROLE_DARKROOM, ROLE_WEB, ROLE_INTAKE};
    for (size_t i = 0; i < COUNT(roles); i++) {
        struct inbox at_master;
        start();
        inbox_init(&at_master, dup(master));
        introduce(roles[i], 0);
        must(write(far, "\xFF\xFF\xFF\x7F\x0A\0\0\0junk", 12) == 12);
        channels_poll(&c, NULL, 0, 1000);
        struct frame f = told_master(&at_master);
        struct take t = take_of(f.body);
        check(seen.frames == 0 && seen.peers_went == 1 && is_shut(far) && !c.stopping,
            "%s sends a frame of 2 GB: it is shut out", role_name(roles[i]));
        check(f.type == MSG_STUCK && take_u32(&t) == roles[i] && take_u32(&t) == 0 && take_done(&t),
            "and the master told");
        inbox_close(&at_master);
        finish();
    }
    start();
    introduce(ROLE_DARKROOM, 0);
    /* Descriptors that nobody asked for do not pile up. */
    int probe = dup(0), passed = open("/dev/null", O_RDONLY);
    close(probe);
    for (int i = 0; i < 20; i++) {
        must(frame_send(far, MSG_LOOKED, S("x"), passed, 0) == OK);
        channels_poll(&c, NULL, 0, 1000);
    }
    close(passed);
    int now = dup(0);
    check(seen.frames == 20 && now == probe, "descriptors from a peer are closed (%d, %d)", now,
        probe);
    close(now);
    must(write(far, "\x40\0\0\0\x0A\0\0\0half", 12) == 12);
    channels_poll(&c, NULL, 0, 1000);
    check(seen.frames == 20, "half a frame is none");
    close(far);
    far = -1;
    channels_poll(&c, NULL, 0, 1000);
    check(seen.frames == 20 && seen.peers_went == 1, "and ends with its sender");
    introduce(ROLE_READER, 0);
    struct peer *p = channel_to(&c, ROLE_READER, 0);
    channel_stuck(p);
    check(is_shut(far), "a stuck one is shut");
    finish();
}

int main(void)
{
    log_quiet(LOG_ERROR + 1);
    far = -1;
    ordinary();
    taken_over();
    return tap_end();
}
