/* rehearse_each: each scenario in a process of its own with a data folder of its own, so that a
 * crash fails that one alone and no state is shared; its report comes over a pipe. As many at a
 * time as are wanted; they are told in their order. */
#include "rehearse.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PLAY_MS = 10 * 60 * 1000, REPORT_MAX = 1 << 20, LOOK_MS = 200 };

struct playing { /* one scenario, from its start until it is told */
    const struct scenario *scenario;
    const char *root;
    pid_t pid;
    int fd; /* -1: not playing */
    int64_t from_us;
    struct buf bytes; /* of its report */
    bool is_done;
    struct outcome_report report;
};
struct programme {
    struct arena *arena;
    const struct playing_options *options;
    struct playing *list;
    size_t count, started, told, running;
};

/* ---- in the scenario's own process ---- */
static void send_report(int fd, const struct play *p)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    put_u32(&b, p->failure_count ? FAILED : p->skipped ? SKIPPED : HELD);
    put_u64(&b, p->checks);
    put_u64(&b, p->failure_count);
    put_span(&b, p->skip_why);
    size_t n = p->failure_count < FAILURES_MAX ? p->failure_count : FAILURES_MAX;
    put_u32(&b, (uint32_t)n);
    for (size_t i = 0; i < n; i++) put_span(&b, p->failures[i]);
    if (write_all(fd, b.p, b.n) != OK) log_error("the report cannot be told");
    buf_free(&b);
}

static void to_log(const char *root)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/log", root);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (fd < 0) return;
    dup2(fd, 1);
    dup2(fd, 2);
    close(fd);
}

_Noreturn static void play_here(
    const struct playing_options *o, const struct scenario *s, const char *root, int report)
{
    to_log(root);
    signal(SIGPIPE, SIG_IGN);
    log_as("rehearsal");
    struct play *p = calloc(1, sizeof *p);
    must(p);
    p->scenario = s;
    p->stage = o->stage;
    p->arena = arena_new(REHEARSE_ARENA);
    p->step_arena = arena_new(REHEARSE_ARENA);
    p->root = root;
    p->data = arena_printf(p->arena, "%s/data", root).p;
    p->site_file = arena_printf(p->arena, "%s/site.yaml", root).p;
    p->site = json_over(p->arena, site_default(p->arena, o->site_file), s->site);
    play_scenario(p);
    send_report(report, p);
    play_close(p);
    fflush(stdout);
    _exit(0);
}

/* ---- in the process that was called ---- */
static const char *make_root(struct arena *a)
{
    const char *tmp = getenv("TMPDIR");
    char *root = arena_cstr(
        a, arena_printf(a, "%s/broadsheet-rehearsal-XXXXXX", tmp && *tmp ? tmp : "/tmp"));
    return mkdtemp(root);
}

static bool start_one(struct programme *pr, struct playing *y)
{
    int fds[2];
    y->root = make_root(pr->arena);
    if (!y->root || pipe2(fds, O_CLOEXEC) != 0) {
        fprintf(stderr, "broadsheet rehearse: no temporary folder: %s\n", strerror(errno));
        return false;
    }
    fflush(NULL);
    buf_init(&y->bytes, NULL, REPORT_MAX);
    y->from_us = clock_mono_us();
    y->fd = fds[0];
    y->pid = fork();
    if (y->pid == 0) play_here(pr->options, y->scenario, y->root, fds[1]);
    close(fds[1]);
    pr->started++;
    pr->running++;
    return true;
}

static void take_report(struct arena *a, struct span bytes, int status, struct outcome_report *out)
{
    struct take t = take_of(bytes);
    out->outcome = (enum outcome)take_u32(&t);
    out->checks = take_u64(&t);
    out->failures = take_u64(&t);
    out->skip_why = take_span(&t);
    uint32_t n = take_u32(&t);
    for (uint32_t i = 0; i < n && i < FAILURES_MAX && !t.bad; i++)
        out->told[out->told_count++] = take_span(&t);
    if (take_done(&t) && WIFEXITED(status) && !WEXITSTATUS(status)) return;
    if (out->told_count == FAILURES_MAX) out->told_count--;
    out->told[out->told_count++] =
        WIFSIGNALED(status) ? arena_printf(a, "the rehearsed house crashed: signal %d (%s)",
                                  WTERMSIG(status), strsignal(WTERMSIG(status)))
                            : arena_printf(a, "the rehearsed house ended with status %d",
                                  WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    out->outcome = FAILED;
    out->failures++;
}

static void clear_away(struct programme *pr, struct playing *y)
{
    struct outcome_report *o = &y->report;
    if (pr->options->keep && o->outcome == FAILED)
        o->told[o->told_count < FAILURES_MAX ? o->told_count++ : FAILURES_MAX - 1] =
            arena_printf(pr->arena, "kept: %s", y->root);
    else if (dir_remove(y->root) != OK)
        fprintf(stderr, "broadsheet rehearse: %s is left over\n", y->root);
}

static void end_one(struct programme *pr, struct playing *y)
{
    int status = -1;
    close(y->fd);
    y->fd = -1;
    while (y->pid > 0 && waitpid(y->pid, &status, 0) < 0 && errno == EINTR) continue;
    take_report(pr->arena, arena_keep(pr->arena, buf_span(&y->bytes)), status, &y->report);
    buf_free(&y->bytes);
    y->report.took_ms = (clock_mono_us() - y->from_us) / 1000;
    clear_away(pr, y);
    y->is_done = true;
    pr->running--;
}

static void hear_one(struct programme *pr, struct playing *y)
{
    char room[4096];
    ssize_t n = read(y->fd, room, sizeof room);
    if (n > 0) buf_put(&y->bytes, (struct span){room, (size_t)n});
    if (n == 0 || (n < 0 && errno != EINTR)) end_one(pr, y);
}

static void hear(struct programme *pr)
{
    struct pollfd fds[JOBS_MAX];
    struct playing *who[JOBS_MAX];
    nfds_t n = 0;
    for (size_t i = pr->told; i < pr->started && n < JOBS_MAX; i++) {
        struct playing *y = &pr->list[i];
        if (y->fd < 0) continue;
        who[n] = y;
        fds[n++] = (struct pollfd){.fd = y->fd, .events = POLLIN};
    }
    bool heard = poll(fds, n, LOOK_MS) > 0;
    for (nfds_t i = 0; i < n; i++) {
        if (heard && fds[i].revents)
            hear_one(pr, who[i]);
        else if (clock_mono_us() - who[i]->from_us >= PLAY_MS * 1000LL)
            kill(who[i]->pid, SIGKILL); /* its pipe ends with it */
    }
}

bool play_each(struct arena *a, const struct playing_options *o, struct scenario *const *list,
    size_t count,
    void (*tell)(void *with, const struct scenario *s, const struct outcome_report *r), void *with)
{
    struct programme pr = {.arena = a, .options = o, .count = count};
    pr.list = ARENA_ARRAY(a, struct playing, count + 1);
    for (size_t i = 0; i < count; i++) pr.list[i] = (struct playing){.scenario = list[i], .fd = -1};
    while (pr.told < count) {
        while (pr.started < count && pr.running < o->jobs)
            if (!start_one(&pr, &pr.list[pr.started])) return false;
        hear(&pr);
        for (; pr.told < pr.started && pr.list[pr.told].is_done; pr.told++)
            tell(with, pr.list[pr.told].scenario, &pr.list[pr.told].report);
    }
    return true;
}
