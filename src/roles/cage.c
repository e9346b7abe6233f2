/* cage: what each role may do, one function a role, on one page. Seccomp for those that parse what
 * strangers wrote, Landlock for the folders of the others. A kernel that lacks one of them gets one
 * loud line at start, not a refusal. */
#include "roles.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- seccomp: reader and darkroom ---- */
/* refused: calls that are answered with EACCES instead of death, for libraries that can go on
 * without. */
static bool allow_only(const int *calls, size_t n, const int *refused, size_t refused_count)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!ctx) return false;
    bool good = true;
    for (size_t i = 0; i < n; i++)
        good = good && seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0) == 0;
    for (size_t i = 0; i < refused_count; i++)
        good = good && seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), refused[i], 0) == 0;
    good = good && seccomp_load(ctx) == 0;
    seccomp_release(ctx);
    return good;
}

/* Bytes in, stories out: nothing else. */
static bool cage_reader(void)
{
    static const int calls[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(exit_group)};
    return allow_only(calls, COUNT(calls), NULL, 0);
}

/* libvips wants threads and memory; it gets no file, no socket of its own, no other program. */
static bool cage_darkroom(void)
{
    static const int calls[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(exit_group),
        SCMP_SYS(exit), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),
        SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(close), SCMP_SYS(mmap), SCMP_SYS(munmap),
        SCMP_SYS(mremap), SCMP_SYS(mprotect), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex),
        SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
        SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn),
        SCMP_SYS(sigaltstack), SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(tgkill),
        SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
        SCMP_SYS(gettimeofday), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
        SCMP_SYS(getrandom), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
        SCMP_SYS(prctl), SCMP_SYS(restart_syscall), SCMP_SYS(sysinfo), SCMP_SYS(fcntl),
        SCMP_SYS(getrusage), SCMP_SYS(prlimit64), SCMP_SYS(uname)};
    /* glibc's malloc asks for /proc/sys/vm/overcommit_memory, others for a time zone or a font:
     * they are told no. */
    static const int refused[] = {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(access),
        SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
        SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(ioctl)};
    return allow_only(calls, COUNT(calls), refused, COUNT(refused));
}

/* ---- Landlock: newsroom, intake, web, courier see only the folders that they need ---- */
enum { READ_ACCESS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR };
static const uint64_t write_access =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SOCK |
    LANDLOCK_ACCESS_FS_MAKE_SYM;
enum { ABI_REFER = 2, ABI_TRUNCATE = 3 };

struct fence {
    int fd;
    uint64_t handled;
};

static bool fence_open(struct fence *f)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1) return false;
    f->handled = READ_ACCESS | write_access | LANDLOCK_ACCESS_FS_EXECUTE;
#ifdef LANDLOCK_ACCESS_FS_REFER
    if (abi >= ABI_REFER) f->handled |= LANDLOCK_ACCESS_FS_REFER;
#endif
#ifdef LANDLOCK_ACCESS_FS_TRUNCATE
    if (abi >= ABI_TRUNCATE) f->handled |= LANDLOCK_ACCESS_FS_TRUNCATE;
#endif
    struct landlock_ruleset_attr attr = {.handled_access_fs = f->handled};
    f->fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    return f->fd >= 0;
}

static void fence_grant(struct fence *f, struct span path, uint64_t access)
{
    char name[4096];
    if (!path.n || path.n >= sizeof name) return;
    memcpy(name, path.p, path.n);
    name[path.n] = 0;
    int fd = open(name, O_PATH | O_CLOEXEC);
    if (fd < 0) return; /* not there: nothing to allow */
    struct landlock_path_beneath_attr rule = {
        .allowed_access = access & f->handled, .parent_fd = fd};
    if (syscall(SYS_landlock_add_rule, f->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
        /* a file takes only the rights that files have */
        rule.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                               LANDLOCK_ACCESS_FS_EXECUTE
#ifdef LANDLOCK_ACCESS_FS_TRUNCATE
                               | LANDLOCK_ACCESS_FS_TRUNCATE
#endif
            ;
        rule.allowed_access &= f->handled;
        (void)syscall(SYS_landlock_add_rule, f->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    }
    close(fd);
}

static void fence_allow(struct fence *f, struct span path, bool writing)
{
    fence_grant(
        f, path, writing ? (f->handled & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE) : READ_ACCESS);
}

static bool fence_close(struct fence *f)
{
    bool good = syscall(SYS_landlock_restrict_self, f->fd, 0) == 0;
    close(f->fd);
    return good;
}

static void allow_common(struct fence *f, const struct house *h)
{
    fence_allow(f, S("/usr/share/zoneinfo"), false);
    fence_allow(f, S("/etc/localtime"), false);
#ifdef __SANITIZE_ADDRESS__
    fence_allow(f, S("/proc"), false); /* the search for leaks looks at the process's own threads */
#endif
    if (h->config->theme.n) fence_allow(f, h->config->theme, false);
    if (h->config_path) { /* house pages and the theme are read again at reload */
        struct span file = span_of(h->config_path);
        size_t cut = file.n;
        while (cut && file.p[cut - 1] != '/') cut--;
        fence_allow(f, cut ? span_cut(file, 0, cut) : S("."), false);
    }
}

static struct span below(const struct house *h, const char *name)
{
    return arena_printf(h->arena, "%s/%s", h->data, name);
}

static bool cage_newsroom(const struct house *h)
{
    struct fence f;
    if (!fence_open(&f)) return false;
    allow_common(&f, h);
    fence_allow(&f, span_of(h->data), true);
    return fence_close(&f);
}

static bool cage_intake(const struct house *h)
{
    struct fence f;
    if (!fence_open(&f)) return false;
    allow_common(&f, h);
    fence_allow(&f, span_of(h->data), true);
    fence_allow(&f, S("/proc"), false); /* who still writes a file */
    for (uint32_t i = 0; i < h->config->feed_count; i++) {
        fence_allow(&f, h->config->feeds[i].folder, true);
        fence_allow(&f, h->config->feeds[i].push_key_file, false);
    }
    return fence_close(&f);
}

/* SQLite readers in WAL mode write the shared index; nothing else of the store can be written
 * through the authorizer. */
static bool cage_web(const struct house *h)
{
    struct fence f;
    if (!fence_open(&f)) return false;
    allow_common(&f, h);
    fence_allow(&f, span_of(h->store), true);
    fence_allow(&f, span_of(h->run), true);
    fence_allow(&f, span_of(h->pictures), false);
    fence_allow(&f, below(h, "tombstones"), false);
    fence_allow(&f, h->config->tls_cert, false);
    fence_allow(&f, h->config->tls_key, false);
    fence_allow(&f, S("/etc/ssl"), false);
    return fence_close(&f);
}

/* It speaks with the world, and has a folder of its own. A program that is run for alarms inherits
 * the fence: it may read and run what is installed, and write nothing. */
static bool cage_courier(const struct house *h)
{
    static const char *const installed[] = {"/usr", "/lib", "/lib64", "/bin"};
    const struct config *c = h->config;
    struct fence f;
    if (!fence_open(&f)) return false;
    allow_common(&f, h);
    fence_allow(&f, S("/etc"), false); /* names, certificates */
    for (size_t i = 0; i < COUNT(installed) && c->alarm_command.n; i++)
        fence_grant(&f, span_of(installed[i]), READ_ACCESS | LANDLOCK_ACCESS_FS_EXECUTE);
    if (c->alarm_command.n)
        fence_grant(&f, c->alarm_command, READ_ACCESS | LANDLOCK_ACCESS_FS_EXECUTE);
    fence_allow(&f, S("/dev/null"), true);
    fence_allow(&f, below(h, "courier"), true);
    fence_allow(&f, span_of(h->receipts), true);
    fence_allow(&f, below(h, "keys"), false);
    fence_allow(&f, span_of(h->run), true);
    fence_allow(&f, c->mail_password_file, false);
    fence_allow(&f, c->alarm_secret_file, false);
    fence_allow(&f, c->tls_cert, false);
    for (uint32_t i = 0; i < c->subscriber_count; i++)
        fence_allow(&f, c->subscribers[i].secret_file, false);
    return fence_close(&f);
}

bool cage_close(enum role role, const struct house *h)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    bool good = true;
    switch (role) {
    case ROLE_READER: return cage_reader();
    case ROLE_DARKROOM: return cage_darkroom();
    case ROLE_NEWSROOM: good = cage_newsroom(h); break;
    case ROLE_INTAKE: good = cage_intake(h); break;
    case ROLE_WEB: good = cage_web(h); break;
    case ROLE_COURIER: good = cage_courier(h); break;
    default: break;
    }
    if (!good)
        log_warn("no Landlock on this kernel: %s runs without its fence around folders",
            role_name(role));
    return good;
}
