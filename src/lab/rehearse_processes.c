/* rehearse_processes: the real house, started, stopped and killed: a master on a loopback port and
 * its roles. Only processes started here are ever ended. */
#include "rehearse_far.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_MS = 60000, ROLE_PIDS = 16 };

/* ---- starting ---- */
_Noreturn static void become_server(struct play *p, int ready)
{
    char fd[16], clock[32];
    snprintf(fd, sizeof fd, "%d", ready);
    snprintf(clock, sizeof clock, "%lld", (long long)p->now_ms);
    const char *argv[] = {"broadsheet", "serve", "--data", p->data, "--config", p->site_file,
        "--listen", "127.0.0.1:0", "--ready-fd", fd, "--virtual-clock", clock, NULL};
    pid_t parent = getppid();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent) execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
    _exit(127);
}

/* One line with the address, or the end of the pipe. */
static bool read_address(struct play *p, int fd, struct span *out)
{
    char text[256];
    size_t n = 0;
    int64_t until = clock_mono_us() + START_MS * 1000LL;
    while (n < sizeof text - 1 && (!n || text[n - 1] != '\n')) {
        struct pollfd pfd = {.fd = fd, .events = POLLIN};
        if (poll(&pfd, 1, 100) < 0 && errno != EINTR) break;
        if (clock_mono_us() > until) break;
        if (!pfd.revents) continue;
        ssize_t got = read(fd, text + n, sizeof text - 1 - n);
        if (got <= 0) break;
        n += (size_t)got;
    }
    struct span line = span_trim((struct span){text, n});
    if (!span_starts(line, S("http://")))
        return troubled(p, "the house does not start (see its log)");
    *out = arena_keep(p->arena, span_cut(line, 7, line.n));
    return true;
}

bool far_start(struct play *p)
{
    struct far *f = ARENA_NEW(p->arena, struct far);
    struct span why = S("");
    const char *text = NULL;
    int fds[2];
    p->state = f;
    f->editorial = config_editorial(p->arena, p->config);
    f->counted_ms = p->now_ms;
    must(pipe(fds) == 0);
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    f->master = fork();
    if (f->master == 0) become_server(p, fds[1]);
    close(fds[1]);
    bool fine = f->master > 0 && read_address(p, fds[0], &f->address);
    close(fds[0]);
    if (!fine) return false;
    if (house_visit(&f->house, p->data, &why) != OK)
        return troubled(p, "the house cannot be visited: %.*s", FMT(why));
    if (ledger_open(p->data, "rehearsal", false, &f->ledger, &text) != OK)
        return troubled(p, "the ledger cannot be opened: %s", text ? text : "?");
    clock_set_virtual(p->now_ms);
    return far_fence(p) && far_fence(p); /* the second: the configuration came behind the first */
}

/* ---- stopping ---- */
static void let_go(struct far *f)
{
    if (f->client) http_client_close(f->client);
    if (f->ledger) ledger_close(f->ledger);
    if (f->house.arena) house_close(&f->house);
    f->client = NULL;
    f->ledger = NULL;
}

static void end_master(struct far *f, int signal)
{
    if (f->master > 0 && kill(f->master, signal) == 0)
        while (waitpid(f->master, NULL, 0) < 0 && errno == EINTR) continue;
    f->master = 0;
}

void far_stop(struct play *p)
{
    struct far *f = far_of(p);
    end_master(f, SIGTERM);
    let_go(f);
}

/* ---- killing ---- */
/* Its children go with the master (PR_SET_PDEATHSIG); the lock is free when the last writer went.
 */
static bool crash_all(struct play *p)
{
    struct far *f = far_of(p);
    int64_t until = clock_mono_us() + WAIT_MS * 1000LL;
    end_master(f, SIGKILL);
    let_go(f);
    int fd = -1;
    while (dir_lock(p->data, &fd) != OK)
        if (far_past(until)) return troubled(p, "the roles outlive their master");
    close(fd);
    clock_slot_set(SLOT_APPLIED_POS, 0);
    clock_slot_set(SLOT_NEWSROOM_IDLE, 0);
    clock_slot_set(SLOT_WEB_ACK_POS, 0);
    return far_start(p);
}

/* Pids of the roles of our master, by the names that they gave themselves. */
static size_t role_pids(struct play *p, const char *comm, pid_t *out, size_t n)
{
    size_t count = 0;
    DIR *d = opendir("/proc");
    for (struct dirent *e; d && (e = readdir(d));) {
        char path[64], name[64] = "", state;
        int pid = 0, parent = 0;
        if (e->d_name[0] < '0' || e->d_name[0] > '9') continue;
        if (snprintf(path, sizeof path, "/proc/%.20s/stat", e->d_name) >= (int)sizeof path)
            continue;
        FILE *f = fopen(path, "r");
        if (!f) continue;
        bool fine = fscanf(f, "%d (%63[^)]) %c %d", &pid, name, &state, &parent) == 4;
        fclose(f);
        if (fine && parent == far_of(p)->master && state != 'Z' && strcmp(name, comm) == 0 &&
            count < n)
            out[count++] = pid;
    }
    if (d) closedir(d);
    return count;
}

bool far_crash(struct play *p, struct span role)
{
    if (span_eq(role, S("all"))) return crash_all(p);
    char comm[32];
    pid_t pids[ROLE_PIDS], now[ROLE_PIDS];
    snprintf(comm, sizeof comm, "bs-%.*s", FMT(role));
    size_t count = role_pids(p, comm, pids, ROLE_PIDS);
    if (!count) return troubled(p, "no role “%.*s” runs", FMT(role));
    for (size_t i = 0; i < count; i++) kill(pids[i], SIGKILL);
    int64_t until = clock_mono_us() + WAIT_MS * 1000LL;
    for (bool back = false; !back;) {
        size_t n = role_pids(p, comm, now, ROLE_PIDS);
        back = n >= count;
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < count; k++) back &= now[i] != pids[k];
        if (!back && far_past(until)) return troubled(p, "%s is not started again", comm);
    }
    return far_fence(p);
}
