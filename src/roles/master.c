/* master: the loop around the roles (master_children.c): ticks the clock, hears what they and
 * signals say, starts again the one that ended, stops all. Parses nothing from outside. */
#include "master.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    TICK_MS = 50,
    STOP_TIMEOUT_MS = 8000,
    MEMORY_ENOUGH_MB = 512,
};

/* ---- what is said ---- */
static void ready(struct master *m)
{
    if (m->told_ready) return;
    m->told_ready = true;
    clock_slot_set(SLOT_READY, 1);
    supervisor_ready(&m->above, m->house);
    master_again_serves(m);
    if (m->ready_fd < 0) return;
    dprintf(m->ready_fd, "%s\n", m->house->address);
    close(m->ready_fd);
    m->ready_fd = -1;
}

static void child_speaks(struct master *m, struct child *c)
{
    enum result r = inbox_fill(&c->in);
    struct frame f;
    while (inbox_take(&c->in, &f)) {
        if (f.type == MSG_READY) ready(m);
        if (f.type == MSG_STUCK) master_end_stuck(m, c, f.body);
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
    master_child_gone(m, c, 0);
}

/* `broadsheet rebuild`: the next newsroom finds run/rebuild and builds a fresh store; readers see
 * the old one meanwhile. */
static void restart_newsroom(struct master *m)
{
    for (size_t i = 0; i < CHILDREN; i++)
        if (m->children[i].start.role == ROLE_NEWSROOM && m->children[i].up &&
            frame_send(m->children[i].control, MSG_STOP, S(""), -1, CONTROL_TIMEOUT_MS) != OK &&
            m->children[i].pid)
            kill(m->children[i].pid, SIGKILL); /* it takes no messages: it would never end */
}

static void signal_came(struct master *m)
{
    struct signalfd_siginfo info;
    while (read(m->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP) master_reload(m);
        if (info.ssi_signo == SIGUSR1) restart_newsroom(m);
        if (info.ssi_signo == SIGUSR2) master_again_begin(m);
        if (info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM) {
            m->again.is_wanted = false;
            m->stopping = true;
        }
    }
    master_reap(m);
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
        if ((fds[i].revents & (POLLHUP | POLLERR)) && !(fds[i].revents & POLLIN)) master_reap(m);
    }
    if (fds[n].revents) signal_came(m);
}

/* ---- stopping ---- */
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
        master_reap(m);
    }
    for (size_t i = 0; i < CHILDREN; i++)
        if (m->children[i].up && m->children[i].pid) kill(m->children[i].pid, SIGKILL);
    while (anyone_up(m) && waitpid(-1, NULL, 0) > 0) continue;
    for (size_t i = 0; i < CHILDREN; i++)
        if (m->children[i].up) inbox_close(&m->children[i].in);
}

/* ---- the whole ---- */
static int signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
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

static void say_memory(uint64_t mb)
{
    if (mb >= MEMORY_ENOUGH_MB)
        log_info("%llu MB of memory may be used here", (unsigned long long)mb);
    else
        log_warn("only %llu MB of memory may be used here: the largest deliveries and pictures may "
                 "not be read; give it %d (MemoryMax)",
            (unsigned long long)mb, MEMORY_ENOUGH_MB);
}

/* A start with a changed site file: it is weighed once there is something to compare it with. */
static void weigh_what_started(struct master *m)
{
    if (!m->house->weighs_at || !m->told_ready ||
        clock_slot_get(SLOT_APPLIED_POS) < m->house->weighs_at)
        return;
    m->house->weighs_at = 0;
    master_reload(m);
}

bool master_run(struct house *h, int ready_fd)
{
    raise_descriptors();
    say_memory(h->memory_limit >> 20);
    struct master m = {
        .house = h, .pid = getpid(), .ready_fd = ready_fd, .signals = signals_open()};
    must(m.signals >= 0);
    supervisor_open(&m.above);
    clock_slot_set(SLOT_READY, 0);
    clock_slot_set(SLOT_UNATTENDED, 0); /* the desk says so, where there is one */
    clock_slot_set(SLOT_NEWSROOM_US, (uint64_t)clock_mono_us());
    clock_slot_set(SLOT_BEHIND_US, 0);
    clock_slot_set(SLOT_NOT_PUBLISHED, OK);
    clock_slot_set(SLOT_FEEDS_FAIL, 0);
    pid_file(h);
    master_reload_none_waits(&m);
    while (!m.stopping) {
        clock_tick();
        if (m.told_ready) supervisor_pulse(&m.above, m.house);
        master_start_due(&m);
        wait_for_something(&m, TICK_MS);
        master_reap(&m);
        weigh_what_started(&m);
        master_watch_theme(&m);
        master_reload_turn(&m);
        master_again_turn(&m);
    }
    log_info(m.again.is_wanted ? "stopping: another program takes over" : "stopping");
    supervisor_stopping(&m.above, m.again.is_wanted);
    master_weigh_stop(&m);
    master_watch_stop(&m);
    stop_all(&m);
    close(m.signals);
    supervisor_close(&m.above);
    char path[4096];
    snprintf(path, sizeof path, "%s/pid", h->run);
    unlink(path);
    return m.again.is_wanted;
}
