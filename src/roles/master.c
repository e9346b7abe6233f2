/* master: starts the roles, hands them channels, restarts the one that ended (at once, then 10 ms
 * doubling to 1 s), ticks the clock, reloads. Parses nothing from outside. The whole architecture
 * stands in two tables: cast (who runs) and pairs (who speaks with whom). */
#include "master.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    RESTART_FIRST_MS = 10,
    RESTART_MAX_MS = 1000,
    HEALTHY_MS = 10000, /* a role that lived so long starts again without delay */
    TICK_MS = 50,
    STOP_TIMEOUT_MS = 8000,
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
_Noreturn static void child_main(
    struct master *m, struct child *c, int (*run)(const struct role_start *))
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != m->pid) _exit(0); /* it ended before it could be watched */
    for (size_t i = 0; i < CHILDREN; i++)
        if (m->children[i].up && &m->children[i] != c) close(m->children[i].control);
    close(m->signals);
    if (m->ready_fd >= 0) close(m->ready_fd);
    bool writes =
        c->start.role == ROLE_NEWSROOM ||
        c->start.role == ROLE_INTAKE; /* the lock stays held until the last writer is gone */
    if (!writes) close(m->house->lock_fd);
    if (c->start.role != ROLE_WEB)
        for (size_t i = 0; i < m->house->listener_count; i++) close(m->house->listeners[i].fd);
    if (c->start.role != ROLE_DESK && m->house->has_desk) close(m->house->desk.fd);
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

static void introduce(struct child *x, struct child *y)
{
    int fds[2];
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    introduce_one(x, y, fds[0]);
    introduce_one(y, x, fds[1]);
    close(fds[0]);
    close(fds[1]);
}

static void introduce_all(struct master *m, struct child *c)
{
    for (size_t p = 0; p < COUNT(pairs); p++)
        for (size_t i = 0; i < CHILDREN; i++) {
            struct child *o = &m->children[i];
            if (o == c || !o->up) continue;
            if ((pairs[p].a == c->start.role && pairs[p].b == o->start.role) ||
                (pairs[p].b == c->start.role && pairs[p].a == o->start.role))
                introduce(c, o);
        }
}

/* Without a door for the desk there is no desk. */
static bool is_wanted(const struct master *m, size_t i)
{
    return cast[i].role != ROLE_DESK || m->house->has_desk;
}

static void child_start(struct master *m, size_t i)
{
    struct child *c = &m->children[i];
    int fds[2];
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    c->start = (struct role_start){cast[i].role, cast[i].index, fds[1], m->house};
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
        if (c->pid < 0) { /* no process to be had now: try again like after a crash */
            close(fds[0]);
            c->pid = 0;
            c->delay_ms = RESTART_MAX_MS;
            c->restart_at_us = clock_mono_us() + RESTART_MAX_MS * 1000;
            log_error("%s cannot be started: %s", role_name(cast[i].role), strerror(errno));
            return;
        }
    }
    c->control = fds[0];
    inbox_init(&c->in, fds[0]);
    c->up = true;
    introduce_all(m, c);
}

/* ---- ending ---- */
static void child_gone(struct master *m, struct child *c, int status)
{
    m->reload.waits[c - m->children] = false; /* the next one starts with what is in force then */
    c->up = false;
    c->pid = 0;
    c->last_status = status;
    inbox_close(&c->in);
    if (m->stopping) return;
    bool healthy = clock_mono_us() - c->started_us > HEALTHY_MS * 1000LL;
    int delay = healthy || !c->delay_ms ? 0 : c->delay_ms;
    c->delay_ms = !delay                       ? RESTART_FIRST_MS
                  : delay * 2 > RESTART_MAX_MS ? RESTART_MAX_MS
                                               : delay * 2;
    c->restart_at_us = clock_mono_us() + delay * 1000LL;
    metric_add(M_ROLE_RESTARTS, 1);
    bool quiet = c->start.role == ROLE_READER && WIFEXITED(status) &&
                 WEXITSTATUS(status) == 0; /* the newsroom went, its readers follow */
    quiet = quiet || (c->start.role == ROLE_DESK && WIFEXITED(status) &&
                         WEXITSTATUS(status) == 0); /* for another store */
    quiet = quiet || (c->told_to_go && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    c->told_to_go = false;
    if (quiet) return;
    if (WIFSIGNALED(status))
        log_warn("%s ended by signal %d (%s); it is started again", role_name(c->start.role),
            WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        log_warn("%s ended with exit status %d; it is started again", role_name(c->start.role),
            WEXITSTATUS(status));
}

static void reap(struct master *m)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < CHILDREN; i++)
            if (m->children[i].pid == pid) child_gone(m, &m->children[i], status);
}

static void restart_due(struct master *m)
{
    for (size_t i = 0; i < CHILDREN; i++) {
        struct child *c = &m->children[i];
        if (!c->up && is_wanted(m, i) && clock_mono_us() >= c->restart_at_us) child_start(m, i);
    }
}

/* ---- rebuild ---- */
/* `broadsheet rebuild`: the next newsroom finds run/rebuild and builds a fresh store; readers see
 * the old one meanwhile. */
static void restart_newsroom(struct master *m)
{
    for (size_t i = 0; i < CHILDREN; i++)
        if (m->children[i].start.role == ROLE_NEWSROOM && m->children[i].up)
            (void)!frame_send(m->children[i].control, MSG_STOP, S(""), -1, CONTROL_TIMEOUT_MS);
}

/* ---- the loop ---- */
static void ready(struct master *m)
{
    if (m->told_ready) return;
    m->told_ready = true;
    clock_slot_set(SLOT_READY, 1);
    if (m->ready_fd < 0) return;
    dprintf(m->ready_fd, "%s\n", m->house->address);
    close(m->ready_fd);
    m->ready_fd = -1;
}

/* A role that another one finds stuck is ended, and started again like after a crash. Nobody may
 * say that of the newsroom: a long step of it is honest work. */
static bool are_pair(enum role a, enum role b)
{
    for (size_t i = 0; i < COUNT(pairs); i++)
        if ((pairs[i].a == a && pairs[i].b == b) || (pairs[i].a == b && pairs[i].b == a))
            return true;
    return false;
}

static void end_stuck(struct master *m, const struct child *teller, struct span body)
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

static void child_speaks(struct master *m, struct child *c)
{
    enum result r = inbox_fill(&c->in);
    struct frame f;
    while (inbox_take(&c->in, &f)) {
        if (f.type == MSG_READY) ready(m);
        if (f.type == MSG_STUCK) end_stuck(m, c, f.body);
        if (f.type == MSG_CONFIG_WAITS && c->start.role == ROLE_NEWSROOM) master_start_weigh(m);
        if (f.type == MSG_RELOADED) master_reload_answered(m, c, f.body);
        if (f.fd >= 0) close(f.fd); /* descriptors only go out from here */
    }
    if (c->in.broken && c->pid) {
        log_warn("%s sends what is no message: it is ended", role_name(c->start.role));
        kill(c->pid, SIGKILL);
    }
    if (r == OK || r == ERR_BUSY || !m->house->one) return;
    if (!c->told_to_go) { /* a role that ended in one process took its memory with it */
        m->stopping = true;
        return;
    }
    pthread_join(c->thread, NULL);
    child_gone(m, c, 0);
}

static void signal_came(struct master *m)
{
    struct signalfd_siginfo info;
    while (read(m->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP) master_reload(m);
        if (info.ssi_signo == SIGUSR1) restart_newsroom(m);
        if (info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM) m->stopping = true;
    }
    reap(m);
}

static void wait_for_something(struct master *m, int timeout_ms)
{
    struct pollfd fds[CHILDREN + 2];
    struct child *who[CHILDREN];
    size_t n = 0;
    for (size_t i = 0; i < CHILDREN; i++)
        if (m->children[i].up) {
            who[n] = &m->children[i];
            fds[n++] = (struct pollfd){.fd = m->children[i].control, .events = POLLIN};
        }
    fds[n] = (struct pollfd){.fd = m->signals, .events = POLLIN};
    fds[n + 1] = (struct pollfd){.fd = m->weigh.up ? m->weigh.fd : -1, .events = POLLIN};
    if (poll(fds, n + 2, timeout_ms) <= 0) return;
    for (size_t i = 0; i < n; i++) {
        if (!who[i]->up) continue; /* reaped with one before it */
        if (fds[i].revents & POLLIN) child_speaks(m, who[i]);
        if ((fds[i].revents & (POLLHUP | POLLERR)) && !(fds[i].revents & POLLIN)) reap(m);
    }
    if (fds[n].revents) signal_came(m);
}

static bool anyone_up(const struct master *m)
{
    for (size_t i = 0; i < CHILDREN; i++)
        if (m->children[i].up) return true;
    return false;
}

static void stop_all(struct master *m)
{
    m->stopping = true;
    for (size_t i = CHILDREN; i-- > 0;) /* readers' doors first, writers last */
        if (m->children[i].up)
            (void)!frame_send(m->children[i].control, MSG_STOP, S(""), -1, CONTROL_TIMEOUT_MS);
    int64_t until = clock_mono_us() + STOP_TIMEOUT_MS * 1000LL;
    if (m->house->one) {
        for (size_t i = 0; i < CHILDREN; i++)
            if (m->children[i].up) {
                inbox_close(&m->children[i].in); /* closes its line */
                pthread_join(m->children[i].thread, NULL);
            }
        return;
    }
    while (anyone_up(m) && clock_mono_us() < until) {
        wait_for_something(m, TICK_MS);
        reap(m);
    }
    for (size_t i = 0; i < CHILDREN; i++)
        if (m->children[i].up && m->children[i].pid) kill(m->children[i].pid, SIGKILL);
    while (anyone_up(m) && waitpid(-1, NULL, 0) > 0) continue;
    for (size_t i = 0; i < CHILDREN; i++)
        if (m->children[i].up) inbox_close(&m->children[i].in);
}

static int signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGCHLD);
    must(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void pid_file(const struct house *h)
{
    char path[4096], text[32];
    snprintf(path, sizeof path, "%s/pid", h->run);
    int n = snprintf(text, sizeof text, "%d\n", (int)getpid());
    if (file_write_durable(path, (struct span){text, (size_t)n}) != OK)
        log_warn("%s cannot be written: reload and status will not find this process", path);
}

/* Ten thousand readers at once need as many descriptors. */
static void raise_descriptors(void)
{
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) != 0) return;
    l.rlim_cur = l.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &l) != 0 || l.rlim_cur < NET_CONNECTIONS_MAX + 500)
        log_warn("at most %llu open files: fewer than %d readers can be served at once (raise "
                 "LimitNOFILE)",
            (unsigned long long)l.rlim_cur, NET_CONNECTIONS_MAX);
}

int master_run(struct house *h, int ready_fd)
{
    raise_descriptors();
    struct master m = {
        .house = h, .pid = getpid(), .ready_fd = ready_fd, .signals = signals_open()};
    must(m.signals >= 0);
    clock_slot_set(SLOT_READY, 0);
    pid_file(h);
    master_start_config(&m);
    for (size_t i = 0; i < CHILDREN; i++)
        if (is_wanted(&m, i)) child_start(&m, i);
    while (!m.stopping) {
        clock_tick();
        restart_due(&m);
        wait_for_something(&m, TICK_MS);
        reap(&m);
        master_reload_turn(&m);
    }
    log_info("stopping");
    master_weigh_stop(&m);
    stop_all(&m);
    close(m.signals);
    char path[4096];
    snprintf(path, sizeof path, "%s/pid", h->run);
    unlink(path);
    return 0;
}
