/* cage: what each role may do, one function a role, on one page. Seccomp for those that parse what
 * strangers wrote, Landlock for the folders of the others. A kernel that lacks one of them gets one
 * loud line from each role whose cage does not close, not a refusal. */
#include "roles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- seccomp: reader and darkroom ---- */
/* What is not allowed here is death. */
static scmp_filter_ctx allow_only(const int *calls, size_t n)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    for (size_t i = 0; ctx && i < n; i++)
        if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0) != 0) {
            seccomp_release(ctx);
            ctx = NULL;
        }
    return ctx;
}

static bool filter_close(scmp_filter_ctx ctx, bool good)
{
    if (!ctx) return false;
    good = good && seccomp_load(ctx) == 0;
    seccomp_release(ctx);
    return good;
}

/* Bytes in, stories out: nothing else. */
static bool cage_reader(void)
{
    static const int calls[] = {
        SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(exit_group),
#ifdef __SANITIZE_ADDRESS__
        SCMP_SYS(sigaltstack), /* asked for before every call that does not return, so _exit */
#endif
    };
    return filter_close(allow_only(calls, COUNT(calls)), true);
}

/* Threads but no processes, memory but no code, signals but only to itself. clone3 keeps its flags
 * in memory, where no filter sees them: glibc is told that there is none, and takes clone. */
static bool allow_within(scmp_filter_ctx ctx)
{
    const scmp_datum_t code = PROT_EXEC;
    return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
               SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) == 0 &&
           seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
           seccomp_rule_add(
               ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, code, 0)) == 0 &&
           seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
               SCMP_A2(SCMP_CMP_MASKED_EQ, code, 0)) == 0 &&
           seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
               SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) == 0 &&
           seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0)) ==
               0;
}

/* libvips wants threads and memory; it gets no file, no socket of its own, no other program. */
static bool cage_darkroom(void)
{
    static const int calls[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(exit_group),
        SCMP_SYS(exit), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),
        SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(close), SCMP_SYS(munmap), SCMP_SYS(mremap),
        SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(set_robust_list),
        SCMP_SYS(rseq), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn),
        SCMP_SYS(sigaltstack), SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(clock_gettime),
        SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday),
        SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(getrandom), SCMP_SYS(lseek),
        SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(prctl), SCMP_SYS(restart_syscall),
        SCMP_SYS(sysinfo), SCMP_SYS(fcntl), SCMP_SYS(getrusage), SCMP_SYS(uname)};
    /* glibc's malloc asks for /proc/sys/vm/overcommit_memory, others for a time zone or a font:
     * they are told no. */
    static const int refused[] = {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(access),
        SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
        SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(ioctl)};
    scmp_filter_ctx ctx = allow_only(calls, COUNT(calls));
    bool good = ctx && allow_within(ctx);
    for (size_t i = 0; good && i < COUNT(refused); i++)
        good = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), refused[i], 0) == 0;
    return filter_close(ctx, good);
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

/* A fence that lacks a folder for the moment's want of something would shut the role out of it for
 * life. */
static void end_if_short(const char *name)
{
    static const int wants[] = {EMFILE, ENFILE, ENOMEM, ENOSPC, EIO};
    for (size_t i = 0; i < COUNT(wants); i++) {
        if (errno != wants[i]) continue;
        log_error("%s cannot be opened (%s): this process starts again", name, strerror(errno));
        _exit(75); /* nothing has begun; what an exit would do wants descriptors too */
    }
}

static void fence_grant(struct fence *f, struct span path, uint64_t access)
{
    char name[4096];
    if (!path.n || path.n >= sizeof name) return;
    memcpy(name, path.p, path.n);
    name[path.n] = 0;
    int fd = open(name, O_PATH | O_CLOEXEC);
    if (fd < 0) {
        end_if_short(name);
        return; /* not there: nothing to allow */
    }
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
        if (syscall(SYS_landlock_add_rule, f->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
            end_if_short(name);
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

/* Never the configuration's folder: keys lie there. What a reload brings comes as bytes. */
static void allow_common(struct fence *f)
{
    fence_allow(f, S("/usr/share/zoneinfo"), false);
    fence_allow(f, S("/etc/localtime"), false);
#ifdef __SANITIZE_ADDRESS__
    fence_allow(f, S("/proc"), false); /* the search for leaks looks at the process's own threads */
#endif
}

static struct span below(const struct house *h, const char *name)
{
    return arena_printf(h->arena, "%s/%s", h->data, name);
}

static bool cage_newsroom(const struct house *h)
{
    struct fence f;
    if (!fence_open(&f)) return false;
    allow_common(&f);
    fence_allow(&f, span_of(h->data), true);
    return fence_close(&f);
}

/* SQLite readers in WAL mode write the shared index; nothing else of the store can be written
 * through the authorizer. */
static bool cage_web(const struct house *h)
{
    struct fence f;
    if (!fence_open(&f)) return false;
    allow_common(&f);
    fence_allow(&f, span_of(h->store), true);
    fence_allow(&f, span_of(h->run), true);
    fence_allow(&f, span_of(h->pictures), false);
    fence_allow(&f, below(h, "tombstones"), false);
    fence_allow(&f, h->config->tls_cert, false);
    fence_allow(&f, h->config->tls_key, false);
    fence_allow(&f, h->config->acme_folder, false);
    fence_allow(&f, S("/etc/ssl"), false);
    return fence_close(&f);
}

/* Is path, which may lie behind links, this file or below this folder? */
static bool lies_in(struct span path, const char *folder)
{
    char name[PATH_MAX], real[PATH_MAX];
    size_t n = strlen(folder);
    if (!path.n || path.n >= sizeof name) return false;
    memcpy(name, path.p, path.n);
    name[path.n] = 0;
    if (!realpath(name, real)) memcpy(real, name, path.n + 1);
    return strncmp(real, folder, n) == 0 && (real[n] == '/' || !real[n]);
}

/* Configuration, push keys, private key: one of them lies there. */
static bool has_secrets(const struct house *h, const char *folder)
{
    const struct config *c = h->config;
    bool found = lies_in(span_of(h->config_path ? h->config_path : ""), folder) ||
                 lies_in(c->tls_key, folder);
    for (uint32_t i = 0; i < c->feed_count; i++)
        found = found || lies_in(c->feeds[i].push_key_file, folder) ||
                lies_in(c->feeds[i].poll.secret_file, folder) ||
                lies_in(c->feeds[i].poll.refresh_file, folder) ||
                lies_in(c->feeds[i].poll.key_file, folder);
    return found;
}

/* Names, certificates, the settings of programs: all of /etc but what holds our own secrets. */
static void allow_etc(struct fence *f, const struct house *h)
{
    char path[PATH_MAX];
    if (realpath("/etc/resolv.conf", path) && !lies_in(span_of(path), "/etc")) {
        *strrchr(path, '/') = 0; /* its keeper replaces it there */
        fence_allow(f, span_of(path), false);
    }
    if (!has_secrets(h, "/etc")) {
        fence_allow(f, S("/etc"), false);
        return;
    }
    DIR *d = opendir("/etc");
    for (struct dirent *e; d && (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "/etc/%s", e->d_name);
        if (!has_secrets(h, path)) fence_allow(f, span_of(path), false);
    }
    if (d) closedir(d);
}

static bool cage_intake(const struct house *h)
{
    struct fence f;
    bool asks = false;
    if (!fence_open(&f)) return false;
    allow_common(&f);
    fence_allow(&f, span_of(h->data), true);
    for (uint32_t i = 0; i < h->config->feed_count; i++) {
        fence_allow(&f, h->config->feeds[i].folder, true);
        fence_allow(&f, h->config->feeds[i].push_key_file, false);
        fence_allow(&f, h->config->feeds[i].poll.secret_file, false);
        fence_allow(&f, h->config->feeds[i].poll.refresh_file, false);
        fence_allow(&f, h->config->feeds[i].poll.key_file, false);
        fence_allow(&f, h->config->feeds[i].poll.known_hosts, false);
        fence_allow(&f, h->config->feeds[i].poll.ca_file, false);
        asks |= h->config->feeds[i].poll.url.n > 0;
    }
    if (asks) allow_etc(&f, h); /* names and certificates */
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
    allow_common(&f);
    allow_etc(&f, h);
    bool runs = c->alarm_command.n || c->purge_command_count;
    for (size_t i = 0; i < COUNT(installed) && runs; i++)
        fence_grant(&f, span_of(installed[i]), READ_ACCESS | LANDLOCK_ACCESS_FS_EXECUTE);
    if (c->alarm_command.n)
        fence_grant(&f, c->alarm_command, READ_ACCESS | LANDLOCK_ACCESS_FS_EXECUTE);
    if (c->purge_command_count)
        fence_grant(&f, c->purge_command[0], READ_ACCESS | LANDLOCK_ACCESS_FS_EXECUTE);
    fence_allow(&f, S("/dev/null"), true);
    fence_allow(&f, below(h, "courier"), true);
    if (c->talk.confirm == CONFIRM_MAIL) fence_allow(&f, below(h, "readers"), true);
    fence_allow(&f, span_of(h->receipts), true);
    fence_allow(&f, below(h, "keys"), false);
    fence_allow(&f, below(h, "grievances"), false); /* whoever complained is written to */
    fence_allow(&f, span_of(h->run), true);
    fence_allow(&f, c->mail_password_file, false);
    fence_allow(&f, c->alarm_secret_file, false);
    fence_allow(&f, c->tls_cert, false);
    for (uint32_t i = 0; i < c->subscriber_count; i++)
        fence_allow(&f, c->subscribers[i].secret_file, false);
    for (uint32_t i = 0; i < c->purge_count; i++) fence_allow(&f, c->purges[i].secret_file, false);
    fence_allow(&f, c->purge_command_file, false);
    return fence_close(&f);
}

/* The desk reads what the store lists and cannot write it: of the store's files only the shared
 * index of the WAL, which readers need. Nothing of the configuration's folder, where keys lie. Acts
 * go into the ledger's files; accounts are its own. */
static bool cage_desk(const struct house *h)
{
    static const char *const ledger[] = {"ledger.db", "ledger.db-wal", "ledger.db-shm", "ballast"};
    struct fence f;
    if (!fence_open(&f)) return false;
    allow_common(&f);
    unsigned long long n = clock_slot_get(SLOT_STORE_EPOCH);
    fence_allow(&f, span_of(h->store), false);
    fence_allow(&f, below(h, "store.desk"), false);
    fence_allow(&f, arena_printf(h->arena, "%s/%llu/site.db-shm", h->store, n), true);
    fence_allow(&f, arena_printf(h->arena, "%s.desk/%llu/desk.db-shm", h->store, n), true);
    for (size_t i = 0; i < COUNT(ledger); i++) fence_allow(&f, below(h, ledger[i]), true);
    fence_allow(&f, below(h, "bells"), false);
    fence_allow(&f, below(h, "tombstones"), false);
    fence_allow(&f, below(h, "desk"), true);
    fence_allow(&f, below(h, "grievances"), false);
    fence_allow(&f, span_of(h->pictures), false); /* the preview's */
    fence_allow(&f, span_of(h->receipts), false);
    if (h->desk.is_tls) {
        fence_allow(&f, h->config->tls_cert, false);
        fence_allow(&f, h->config->tls_key, false);
        fence_allow(&f, S("/etc/ssl"), false);
    }
    return fence_close(&f);
}

static bool fence_looker(const char *scratch)
{
    struct fence f;
    if (!fence_open(&f)) return false;
    allow_common(&f);
    fence_allow(&f, span_of(scratch ? scratch : ""), true);
    return fence_close(&f);
}

bool cage_looker(const char *scratch)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && fence_looker(scratch)) return true;
    log_warn("no Landlock on this kernel: this runs without a fence around folders");
    return false;
}

bool cage_close(enum role role, const struct house *h)
{
    bool good = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    switch (good ? role : ROLE_MASTER) {
    case ROLE_READER: good = cage_reader(); break;
    case ROLE_DARKROOM: good = cage_darkroom(); break;
    case ROLE_NEWSROOM: good = cage_newsroom(h); break;
    case ROLE_INTAKE: good = cage_intake(h); break;
    case ROLE_WEB: good = cage_web(h); break;
    case ROLE_COURIER: good = cage_courier(h); break;
    case ROLE_DESK: good = cage_desk(h); break;
    default: break;
    }
    if (good) return true;
    if (role == ROLE_READER || role == ROLE_DARKROOM)
        log_error("no seccomp on this kernel: %s parses what strangers wrote without its cage",
            role_name(role));
    else
        log_warn("no Landlock on this kernel: %s runs without its fence around folders",
            role_name(role));
    return false;
}
