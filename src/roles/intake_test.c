/* Intake hears the web, and the web hears strangers: a message that is none costs the web, not
 * intake. */
#include "roles.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"

enum { WAIT_MS = 20000 };
static char root[] = "/tmp/broadsheet-intake-XXXXXX";
static struct house house;
static bool orders_obeyed; /* intake has said so to anybody */

static void *run(void *with)
{
    role_intake(with);
    return NULL;
}

/* The next frame of that type; false: none in time. */
static bool hears(struct inbox *in, uint32_t type, struct frame *out)
{
    int64_t until = clock_mono_us() + WAIT_MS * 1000LL;
    while (clock_mono_us() < until) {
        struct pollfd fd = {.fd = in->fd, .events = POLLIN};
        while (inbox_take(in, out)) {
            orders_obeyed |= out->type == MSG_QUARANTINED;
            if (out->type == type) return true;
        }
        if (poll(&fd, 1, 100) > 0 && inbox_fill(in) != OK) return false;
    }
    return false;
}

static int hand_channel(int control)
{
    struct buf b;
    int fds[2];
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    buf_init(&b, NULL, 0);
    put_u32(&b, ROLE_WEB);
    put_u32(&b, 0);
    put_u32(&b, 0);
    must(frame_send(control, MSG_CHANNEL, buf_span(&b), fds[0], WAIT_MS) == OK);
    close(fds[0]);
    buf_free(&b);
    return fds[1];
}

/* Token, worker, then six texts and a body. */
static struct span push_frame(struct arena *a)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_u64(&b, 7);
    put_u64(&b, 0);
    for (int i = 0; i < 7; i++) put_span(&b, S("x"));
    return buf_span(&b);
}

/* The web says nonsense by this type of message; then another web does what it should. */
static void nonsense(struct inbox *control, struct arena *a, uint32_t type, const char *what)
{
    struct frame f;
    struct inbox web;
    inbox_init(&web, hand_channel(control->fd));
    must(frame_send(web.fd, type, S("no message at all"), -1, WAIT_MS) == OK);
    bool stuck = hears(control, MSG_STUCK, &f);
    struct take t = take_of(f.body);
    check(stuck && take_u32(&t) == ROLE_WEB, "a %s that is none: the master is told of it", what);
    inbox_close(&web);
    inbox_init(&web, hand_channel(control->fd));
    must(frame_send(web.fd, MSG_PUSH, push_frame(a), -1, WAIT_MS) == OK);
    check(hears(&web, MSG_PUSH_RESULT, &f), "and the next web is heard");
    inbox_close(&web);
}

/* A well-formed order to quarantine a delivery, from one who has none to give. */
static void foreign_order(struct inbox *control, struct arena *a)
{
    struct frame f;
    struct inbox web;
    struct buf b;
    buf_init(&b, a, 0);
    put_u64(&b, 1);
    put_u32(&b, UINT32_MAX);
    for (int i = 0; i < 3; i++) put_span(&b, S("x"));
    inbox_init(&web, hand_channel(control->fd));
    must(frame_send(web.fd, MSG_QUARANTINE, buf_span(&b), -1, WAIT_MS) == OK);
    must(frame_send(web.fd, MSG_PUSH, push_frame(a), -1, WAIT_MS) == OK);
    check(hears(&web, MSG_PUSH_RESULT, &f), "the web is heard after an order that is not its own");
    check(!orders_obeyed, "which is not obeyed");
    inbox_close(&web);
}

int main(void)
{
    struct span why = S("");
    struct arena *a = arena_new(1 << 20);
    int fds[2];
    pthread_t thread;
    log_quiet(LOG_ERROR);
    must(mkdtemp(root) != NULL);
    must(house_open(&house, arena_printf(a, "%s/data", root).p, -1, &why) == OK);
    house.one = true;
    must(house_configure(&house, NULL, arena_printf(a, "%s/in", root)));
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    struct role_start start = {ROLE_INTAKE, 0, fds[1], &house};
    must(pthread_create(&thread, NULL, run, &start) == 0);
    struct inbox control;
    inbox_init(&control, fds[0]);
    nonsense(&control, a, MSG_PUSH, "push");
    nonsense(&control, a, MSG_COMMENT, "comment");
    foreign_order(&control, a);
    must(frame_send(fds[0], MSG_STOP, S(""), -1, WAIT_MS) == OK);
    pthread_join(thread, NULL);
    inbox_close(&control);
    house_close(&house);
    arena_free(a);
    must(dir_remove(root) == OK);
    return tap_end();
}
