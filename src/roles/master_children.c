/* master_children: the roles as the master's children: started as processes or threads, introduced
 * to each other, noted when they end. The whole architecture stands in two tables: cast (who runs)
 * and pairs (who speaks with whom). */
#include "master.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    RESTART_FIRST_MS = 10,
    RESTART_MAX_MS = 1000,
    HEALTHY_MS = 10000, /* a role that lived so long starts again without delay */
};

static const struct {
    enum role role;
    int index;
    int (*run)(const struct role_start *);
} cast[CHILDREN] = {
    {ROLE_NEWSROOM, 0, role_newsroom},
    {ROLE_INTAKE, 0, role_intake},
    {ROLE_DARKROOM, 0, role_darkroom},
    {ROLE_READER, 0, role_reader},
    {ROLE_READER, 1, role_reader},
    {ROLE_COURIER, 0, role_courier},
    {ROLE_WEB, 0, role_web},
    {ROLE_DESK, 0, role_desk},
};

static const struct {
    enum role a, b;
} pairs[] = {{ROLE_NEWSROOM, ROLE_READER}, {ROLE_NEWSROOM, ROLE_WEB}, {ROLE_NEWSROOM, ROLE_INTAKE},
    {ROLE_NEWSROOM, ROLE_DARKROOM}, {ROLE_NEWSROOM, ROLE_COURIER}, {ROLE_WEB, ROLE_INTAKE}};

const char *role_name(enum role r)
{
    static const char *names[] = {
        "master", "newsroom", "intake", "reader", "darkroom", "web", "courier", "desk"};
    return r < ROLES ? names[r] : "?";
}

static bool are_pair(enum role a, enum role b)
{
    for (size_t i = 0; i < COUNT(pairs); i++)
        if ((pairs[i].a == a && pairs[i].b == b) || (pairs[i].a == b && pairs[i].b == a))
            return true;
    return false;
}

/* ---- introducing ---- */
static void introduce_one(struct child *to, const struct child *peer, int fd)
{
    struct arena *a = arena_new(4096);
    struct buf b;
    buf_init(&b, a, 0);
    put_u32(&b, (uint32_t)peer->start.role);
    put_u32(&b, (uint32_t)peer->start.index);
    put_u32(&b, (uint32_t)peer->last_status);
    if (frame_send(to->control, MSG_CHANNEL, buf_span(&b), fd, CONTROL_TIMEOUT_MS) != OK)
        log_warn("%s does not take its channels", role_name(to->start.role));
    arena_free(a);
}

static bool introduce(struct child *x, struct child *y)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) return false;
    introduce_one(x, y, fds[0]);
    introduce_one(y, x, fds[1]);
    close(fds[0]);
    close(fds[1]);
    return true;
}

/* Who knows only some of those that it works with is of no use: it is ended, and started again when
 * there are descriptors. */
static void introduce_all(struct master *m, struct child *c)
{
    bool all = true;
    for (size_t i = 0; i < CHILDREN && all; i++) {
        struct child *o = &m->children[i];
        if (o != c && o->up && are_pair(c->start.role, o->start.role)) all = introduce(c, o);
    }
    if (all) return;
    log_error(
        "%s cannot be introduced to the others: %s", role_name(c->start.role), strerror(errno));
    must(c->pid > 0); /* threads of one process share its end */
    kill(c->pid, SIGKILL);
}

/* ---- starting ---- */
static void *thread_main(void *with)
{
    struct child *c = with;
    log_as(role_name(c->start.role));
    for (size_t i = 0; i < CHILDREN; i++)
        if (cast[i].role == c->start.role && cast[i].index == c->start.index)
            cast[i].run(&c->start);
    return NULL;
}

/* In the child: only what its role needs stays open. */
static void close_others(const struct master *m, const struct child *c)
{
    enum role role = c->start.role;
    for (size_t i = 0; i < CHILDREN; i++)
        if (m->children[i].up && &m->children[i] != c) close(m->children[i].control);
    if (m->weigh.up) close(m->weigh.fd);
    close(m->signals);
    if (m->ready_fd >= 0) close(m->ready_fd);
    /* The lock stays held until the last writer is gone. */
    if (role != ROLE_NEWSROOM && role != ROLE_INTAKE) close(m->house->lock_fd);
    for (size_t i = 0; role != ROLE_WEB && i < m->house->listener_count; i++)
        close(m->house->listeners[i].fd);
    if (role != ROLE_DESK && m->house->has_desk) close(m->house->desk.fd);
}

_Noreturn static void child_main(
    struct master *m, struct child *c, int (*run)(const struct role_start *))
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != m->pid) _exit(0); /* it ended before it could be watched */
    close_others(m, c);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_IGN); /* Ctrl-C reaches the whole group: the master decides */
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    char title[16];
    snprintf(title, sizeof title, "bs-%s", role_name(c->start.role));
    prctl(PR_SET_NAME, title);
    log_as(role_name(c->start.role));
    exit(run(&c->start));
}

/* Without a door for the desk there is no desk. A rebuild by itself knows no site file: who takes
 * and sends would do it by none. */
static bool is_wanted(const struct master *m, size_t i)
{
    enum role role = cast[i].role;
    if (m->house->config_from_ledger)
        return role == ROLE_NEWSROOM || role == ROLE_READER || role == ROLE_DARKROOM;
    return role != ROLE_DESK || m->house->has_desk;
}

/* No process or no descriptor is to be had now: again like after a crash. */
static void start_later(struct child *c)
{
    log_error("%s cannot be started: %s", role_name(c->start.role), strerror(errno));
    c->pid = 0;
    c->delay_ms = RESTART_MAX_MS;
    c->restart_at_us = clock_mono_us() + RESTART_MAX_MS * 1000;
}

static void child_start(struct master *m, size_t i)
{
    struct child *c = &m->children[i];
    int fds[2];
    c->start = (struct role_start){cast[i].role, cast[i].index, -1, m->house};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
        start_later(c);
        return;
    }
    c->start.control = fds[1];
    c->started_us = clock_mono_us();
    if (m->house->one) {
        must(pthread_create(&c->thread, NULL, thread_main, c) == 0);
    } else {
        c->pid = fork();
        if (c->pid == 0) {
            close(fds[0]);
            c->control = fds[1];
            child_main(m, c, cast[i].run);
        }
        close(fds[1]);
        if (c->pid < 0) {
            close(fds[0]);
            start_later(c);
            return;
        }
    }
    c->control = fds[0];
    inbox_init(&c->in, fds[0]);
    c->up = true;
    introduce_all(m, c);
}

void master_start_due(struct master *m)
{
    for (size_t i = 0; i < CHILDREN; i++) {
        struct child *c = &m->children[i];
        if (!c->up && is_wanted(m, i) && clock_mono_us() >= c->restart_at_us) child_start(m, i);
    }
}

/* ---- ending ---- */
static void wait_before_restart(struct child *c)
{
    bool healthy = clock_mono_us() - c->started_us > HEALTHY_MS * 1000LL;
    int delay = healthy ? 0 : c->delay_ms;
    c->delay_ms = !delay                       ? RESTART_FIRST_MS
                  : delay * 2 > RESTART_MAX_MS ? RESTART_MAX_MS
                                               : delay * 2;
    c->restart_at_us = clock_mono_us() + delay * 1000LL;
}

/* Readers follow a newsroom that went, the desk ends for another store, others at a reload. */
static bool is_expected(const struct child *c, int status)
{
    bool fine = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return fine && (c->start.role == ROLE_READER || c->start.role == ROLE_DESK || c->told_to_go);
}

static void tell_end(const struct child *c, int status)
{
    const char *name = role_name(c->start.role);
    if (WIFSIGNALED(status))
        log_warn("%s ended by signal %d (%s); it is started again", name, WTERMSIG(status),
            strsignal(WTERMSIG(status)));
    else
        log_warn("%s ended with exit status %d; it is started again", name, WEXITSTATUS(status));
}

void master_child_gone(struct master *m, struct child *c, int status)
{
    m->reload.asked[c - m->children] = m->reload.waits[c - m->children] = false;
    c->up = false;
    c->pid = 0;
    c->last_status = status;
    inbox_close(&c->in);
    if (m->stopping) return;
    wait_before_restart(c);
    metric_add(M_ROLE_RESTARTS, 1);
    if (!is_expected(c, status)) tell_end(c, status);
    c->told_to_go = false;
}

void master_reap(struct master *m)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == m->again.trial) master_again_tried(m, status);
        for (size_t i = 0; i < CHILDREN; i++)
            if (m->children[i].pid == pid) master_child_gone(m, &m->children[i], status);
    }
}

void master_end_stuck(struct master *m, const struct child *teller, struct span body)
{
    struct take t = take_of(body);
    uint32_t role = take_u32(&t), index = take_u32(&t);
    if (!take_done(&t) || role == ROLE_NEWSROOM || m->house->one) return;
    if (!are_pair(teller->start.role, (enum role)role)) return; /* it does not know that one */
    for (size_t i = 0; i < CHILDREN; i++) {
        struct child *c = &m->children[i];
        if (c->start.role != role || (uint32_t)c->start.index != index || !c->up || !c->pid)
            continue;
        log_warn("%s is stuck: it is ended", role_name(c->start.role));
        kill(c->pid, SIGKILL);
    }
}
