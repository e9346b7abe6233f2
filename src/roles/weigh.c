/* weigh: before a changed configuration is put in force: how many live pages would it change? Asked
 * by the master, answered by a process that lives for this one question (a thread where the house
 * is one process), so that nobody waits for it: news are published and kills obeyed meanwhile, by
 * the configuration before. It reads the site file and this node's store, behind a fence that
 * leaves it nothing else. */
#include "master.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    WEIGH_ARENA = 768 << 20, /* two configurations, compiled */
    WEIGH_FILE_MAX = 4 << 20,
    WEIGH_NICE = 10, /* readers and the newsroom go first */
    YES_MAX = 64,
    WEIGH_MAX_MS =
        600000, /* a few thousand pages a second: a million and more. What takes longer hangs */
};

struct weigh_job {
    const struct house *house;
    char yes[YES_MAX];
    int fd;
    bool has_process;
    const volatile bool *stop;
};

/* ---- weighing ---- */
static bool go_on(void *with, size_t pages)
{
    const struct weigh_job *j = with;
    clock_slot_set(SLOT_WEIGHED, pages + 1);
    return !*j->stop;
}

static void cannot(struct weighed *out, const char *why)
{
    out->end = WEIGH_CANNOT;
    snprintf(out->why, sizeof out->why, "%s", why);
}

static void count(struct weigh_job *j, struct arena *a, struct replay *q, struct weighed *out)
{
    struct replay_sum sum;
    q->now_ms = clock_now_ms();
    q->until_pos = UINT64_MAX;
    q->go_on = go_on;
    q->with = j;
    if (replay_compare(a, q, &sum) != OK) {
        cannot(out, "the store cannot be read");
        return;
    }
    out->pages = replay_weight(&sum);
    out->leave = sum.fates[REPLAY_LEAVES];
    out->appear = sum.fates[REPLAY_APPEARS];
    out->end = out->pages > out->over ? WEIGH_MANY : WEIGH_FEW;
}

/* The same in all that pages depend on: theme, doors and keys are none of it. */
static bool is_same(struct arena *a, const struct config *x, const struct config *y)
{
    return span_eq(config_editorial(a, x), config_editorial(a, y));
}

/* The one that was accepted last, which the newsroom may not have put in force yet; else the
 * store's. */
static struct config *last_accepted(struct weigh_job *j, struct arena *a, struct config *stored)
{
    struct config *last = config_from_editorial(a, config_editorial(a, j->house->config), NULL);
    if (!last) return stored;
    replay_same_door(stored, last);
    return is_same(a, stored, last) ? stored : last;
}

static void weigh_in(
    struct weigh_job *j, struct arena *a, struct store *s, struct config *c, struct weighed *out)
{
    const char *why = NULL;
    struct config *now = NULL;
    struct replay q = {.now_store = s, .then_store = s, .then_config = c};
    enum result r = replay_in_force(a, s, &now, &why);
    if (r == ERR_ABSENT) return; /* there are no pages yet */
    if (r != OK) {
        cannot(out, why);
        return;
    }
    now = last_accepted(j, a, now);
    replay_same_door(now, c);
    snprintf(out->token, sizeof out->token, "%.*s", FMT(replay_token(a, now, c)));
    out->end = is_same(a, now, c)                ? WEIGH_SAME
               : strcmp(j->yes, out->token) == 0 ? WEIGH_AGREED
                                                 : WEIGH_FEW;
    if (out->end != WEIGH_FEW) return;
    q.now_config = now;
    if (tombs_open(j->house->data, false, &q.tombs) != OK) {
        cannot(out, "the tombstones cannot be read");
        return;
    }
    if (j->has_process) (void)cage_looker(NULL);
    count(j, a, &q, out);
    tombs_close(q.tombs);
}

struct hash weigh_hash(struct span bytes, const struct config *c)
{
    struct arena *a = arena_new(WEIGH_ARENA);
    struct span meant = c ? config_editorial(a, c) : S("");
    struct hash h = hash_of(arena_printf(a, "%.*s\n%.*s", FMT(bytes), FMT(meant)));
    arena_free(a);
    return h;
}

/* A file with mistakes weighs nothing: it is refused for them. */
static void weigh(struct weigh_job *j, struct weighed *out)
{
    struct arena *a = arena_new(WEIGH_ARENA);
    struct config_report report = {0};
    struct span bytes = S("");
    struct store *s = NULL;
    const char *why = NULL;
    *out = (struct weighed){.end = WEIGH_FEW};
    struct config *c = file_read(a, j->house->config_path, WEIGH_FILE_MAX, &bytes) == OK
                           ? config_load(a, j->house->config_path, &report)
                           : NULL;
    out->file = weigh_hash(bytes, c);
    if (c && c->confirm_changes_over < CONFIRM_NEVER) {
        out->over = c->confirm_changes_over;
        enum result r = store_look(j->house->store, &s, &why);
        if (r == OK)
            weigh_in(j, a, s, c, out);
        else if (r != ERR_ABSENT)
            cannot(out, why);
    }
    if (s) store_close(s);
    arena_free(a);
}

/* ---- in a process, or a thread, of its own ---- */
static void answer(struct weigh_job *j)
{
    struct weighed w;
    weigh(j, &w);
    (void)!write_all(j->fd, &w, sizeof w);
    close(j->fd);
}

static void *thread_main(void *with)
{
    log_as("weigher");
    answer(with);
    free(with);
    return NULL;
}

_Noreturn static void child_main(struct master *m, struct weigh_job *j)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != m->pid) _exit(0);
    for (size_t i = 0; i < CHILDREN; i++)
        if (m->children[i].up) close(m->children[i].control);
    close(m->signals);
    if (m->ready_fd >= 0) close(m->ready_fd);
    close(m->house->lock_fd);
    for (size_t i = 0; i < m->house->listener_count; i++) close(m->house->listeners[i].fd);
    if (m->house->has_desk) close(m->house->desk.fd);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    (void)setpriority(PRIO_PROCESS, 0, WEIGH_NICE);
    prctl(PR_SET_NAME, "bs-weigher");
    log_as("weigher");
    answer(j);
    exit(0);
}

/* What `broadsheet reload --yes` has left; it is good for one reload. */
static void take_yes(const struct house *h, char out[YES_MAX])
{
    char path[4096];
    snprintf(path, sizeof path, "%s/yes", h->run);
    struct arena *a = arena_new(64 << 10);
    struct span s;
    if (file_read(a, path, YES_MAX - 1, &s) == OK)
        snprintf(out, YES_MAX, "%.*s", FMT(span_trim(s)));
    unlink(path);
    arena_free(a);
}

bool master_weigh(struct master *m)
{
    struct weigh_job *j = calloc(1, sizeof *j);
    int fds[2];
    must(j);
    m->weigh = (struct weigh_state){.until_us = clock_mono_us() + WEIGH_MAX_MS * 1000LL};
    if (pipe2(fds, O_CLOEXEC) != 0) {
        free(j);
        return false;
    }
    *j = (struct weigh_job){
        .house = m->house, .fd = fds[1], .has_process = !m->house->one, .stop = &m->weigh.stop};
    take_yes(m->house, j->yes);
    m->weigh.fd = fds[0];
    if (m->house->one) {
        must(pthread_create(&m->weigh.thread, NULL, thread_main, j) == 0);
    } else {
        m->weigh.pid = fork();
        if (m->weigh.pid == 0) {
            close(fds[0]);
            child_main(m, j);
        }
        close(fds[1]);
        free(j);
    }
    m->weigh.up = m->house->one || m->weigh.pid > 0;
    if (!m->weigh.up) close(fds[0]);
    clock_slot_set(SLOT_WEIGHED, m->weigh.up);
    return m->weigh.up;
}

static void over(struct master *m)
{
    if (m->house->one) pthread_join(m->weigh.thread, NULL);
    close(m->weigh.fd);
    m->weigh.up = false;
    clock_slot_set(SLOT_WEIGHED, 0);
}

bool master_weighed(struct master *m, struct weighed *out)
{
    struct pollfd p = {.fd = m->weigh.fd, .events = POLLIN};
    if (poll(&p, 1, 0) != 1) {
        if (clock_mono_us() < m->weigh.until_us) return false;
        master_weigh_stop(m);
        *out = (struct weighed){.end = WEIGH_CANNOT};
        cannot(out, "the process that looks at the pages has not ended in time");
        return true;
    }
    ssize_t n = read(m->weigh.fd, out, sizeof *out); /* below PIPE_BUF: whole, or it has ended */
    if (n != sizeof *out) cannot(out, "the process that looks at the pages ended");
    over(m);
    return true;
}

void master_weigh_stop(struct master *m)
{
    if (!m->weigh.up) return;
    m->weigh.stop = true;
    if (m->weigh.pid) kill(m->weigh.pid, SIGKILL);
    over(m);
}
