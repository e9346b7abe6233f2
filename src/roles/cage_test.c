/* Cages hold: in a child of its own each forbidden call is tried after cage_close. The reader and
 * the darkroom die of it, or are told no; newsroom, intake and web find locked what is none of
 * their business. And what each needs still works. */
#include "picture.h"
#include "roles.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

enum { NO_CAGE = 77, TOLD_NO = 78, DONE = 79, OTHER = 80, CHILD_SECONDS = 60 };
static char folder[] = "/tmp/broadsheet-cage-XXXXXX";
static struct house house;
static struct arena *a;
static int parent;

static const char *at(const char *name)
{
    return arena_printf(a, "%s/%s", folder, name).p;
}

/* ---- one try in a child ---- */
/* Raw: a sanitizer's own exit would look for leaks first. */
_Noreturn static void end(int code)
{
    for (;;) syscall(SYS_exit_group, code);
}

static void (*before_cage)(void); /* what a role does before its cage closes */

static int in_cage(enum role role, void (*act)(const void *with), const void *with)
{
    fflush(NULL);
    pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        int quiet = open("/dev/null", O_WRONLY);
        dup2(quiet, 2);
        alarm(CHILD_SECONDS);
        if (before_cage) before_cage();
        if (!cage_close(role, &house)) end(NO_CAGE);
        act(with);
        end(OTHER);
    }
    int status = 0;
    must(waitpid(child, &status, 0) == child);
    return status;
}

static const char *told(int status)
{
    if (WIFSIGNALED(status)) return strsignal(WTERMSIG(status));
    switch (WEXITSTATUS(status)) {
    case NO_CAGE: return "no cage";
    case TOLD_NO: return "told no";
    case DONE: return "done";
    case 81: return "no card";
    case 82: return "another card";
    case 83: return "no renditions";
    default: return "another end";
    }
}

static bool died(int status)
{
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static bool ended(int status, int code)
{
    return WIFEXITED(status) && WEXITSTATUS(status) == code;
}

/* ---- seccomp ---- */
struct call {
    const char *name;
    long number, args[6];
    bool darkroom_is_told; /* EACCES or ENOSYS instead of death */
    bool darkroom_may;
};

static void make_call(const void *with)
{
    const struct call *c = with;
    long r =
        syscall(c->number, c->args[0], c->args[1], c->args[2], c->args[3], c->args[4], c->args[5]);
    int e = errno;
    end(r >= 0 ? DONE : e == EACCES || e == EPERM || e == ENOSYS ? TOLD_NO : OTHER);
}

static const char passwd[] = "/etc/passwd", shell[] = "/bin/true";
static char *const no_words[] = {NULL};
static struct timespec now;
static char room[4096];
#define P(x) (long)(uintptr_t)(x)

static void forbidden(void)
{
    const struct call calls[] = {{"open", SYS_open, {P(passwd)}, true},
        {"openat", SYS_openat, {AT_FDCWD, P(passwd)}, true},
        {"openat2", SYS_openat2, {AT_FDCWD, P(passwd), P(room), 24}},
        {"creat", SYS_creat, {P(passwd), 0600}}, {"stat", SYS_stat, {P(passwd), P(room)}, true},
        {"unlink", SYS_unlink, {P("/tmp/none")}},
        {"rename", SYS_rename, {P("/tmp/a"), P("/tmp/b")}},
        {"mkdir", SYS_mkdir, {P("/tmp/none/none"), 0700}}, {"chdir", SYS_chdir, {P("/")}},
        {"mount", SYS_mount, {P("none"), P("/tmp"), P("tmpfs"), 0, 0}},
        {"socket", SYS_socket, {AF_INET, SOCK_STREAM}},
        {"UNIX socket", SYS_socket, {AF_UNIX, SOCK_STREAM}},
        {"socketpair", SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, P(room)}},
        {"connect", SYS_connect, {0, P(room), 16}}, {"bind", SYS_bind, {0, P(room), 16}},
        {"listen", SYS_listen, {0, 1}}, {"accept4", SYS_accept4, {0, 0, 0, 0}},
        {"fork", SYS_fork, {0}}, {"vfork", SYS_vfork, {0}},
        {"clone of a process", SYS_clone, {SIGCHLD, 0, 0, 0, 0}},
        {"clone3 of a process", SYS_clone3, {P(room), 64}, true},
        {"execve", SYS_execve, {P(shell), P(no_words), P(no_words)}},
        {"execveat", SYS_execveat, {AT_FDCWD, P(shell), P(no_words), P(no_words), 0}},
        {"ptrace", SYS_ptrace, {16, parent, 0, 0}}, {"kill of the parent", SYS_kill, {parent, 0}},
        {"tgkill of the parent", SYS_tgkill, {parent, parent, 0}},
        {"tkill of the parent", SYS_tkill, {parent, 0}},
        {"process_vm_readv", SYS_process_vm_readv, {parent, 0, 0, 0, 0, 0}},
        {"prlimit of the parent", SYS_prlimit64, {parent, RLIMIT_NOFILE, 0, P(room)}},
        {"memory that is code", SYS_mmap,
            {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}},
        {"memory that becomes code", SYS_mprotect, {P(room) & ~4095L, 4096, PROT_READ | PROT_EXEC}},
        {"memfd_create", SYS_memfd_create, {P("x"), 0}}, {"dup2", SYS_dup2, {1, 9}},
        {"pidfd_open", SYS_pidfd_open, {parent, 0}}, {"bpf", SYS_bpf, {0, 0, 0}},
        {"io_uring_setup", SYS_io_uring_setup, {1, P(room)}}, {"userfaultfd", SYS_userfaultfd, {0}},
        {"unshare", SYS_unshare, {CLONE_NEWUSER}}, {"setns", SYS_setns, {0, 0}},
        {"seccomp", SYS_seccomp, {0, 0, 0}}, {"keyctl", SYS_keyctl, {0, 0, 0, 0, 0}},
        {"personality", SYS_personality, {0xffffffff}},
        {"clock_gettime", SYS_clock_gettime, {CLOCK_REALTIME, P(&now)}, false, true},
        {"gettimeofday", SYS_gettimeofday, {P(&now), 0}, false, true},
        {"mmap", SYS_mmap, {0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}, false, true},
        {"getpid", SYS_getpid, {0}, false, true},
        {"clock_settime", SYS_clock_settime, {0, P(&now)}},
        {"ioctl", SYS_ioctl, {0, 0x5412, P(room)}, true}};
    for (size_t i = 0; i < COUNT(calls); i++) {
        int reader = in_cage(ROLE_READER, make_call, &calls[i]);
        check(died(reader), "reader: %s (%s)", calls[i].name, told(reader));
        int dark = in_cage(ROLE_DARKROOM, make_call, &calls[i]);
        check(calls[i].darkroom_may       ? ended(dark, DONE)
              : calls[i].darkroom_is_told ? ended(dark, TOLD_NO)
                                          : died(dark),
            "darkroom: %s (%s)", calls[i].name, told(dark));
    }
}

static int lines[2];

static void read_and_write(const void *with)
{
    char byte;
    (void)with;
    end(read(lines[0], &byte, 1) == 1 && write(lines[1], &byte, 1) == 1 ? DONE : OTHER);
}

static void *in_thread(void *with)
{
    *(int *)with = 7;
    return NULL;
}

static void start_a_thread(const void *with)
{
    pthread_t t;
    int seven = 0;
    (void)with;
    if (pthread_create(&t, NULL, in_thread, &seven) != 0) end(OTHER);
    pthread_join(t, NULL);
    end(seven == 7 ? DONE : OTHER);
}

/* A wire file, all the way, in the reader's cage; memory was reserved before. */
static struct arena *reader_arena;

static void read_a_story(const void *with)
{
    struct wire_result r;
    (void)with;
    wire_read(reader_arena,
        S("{\"uri\":\"tag:example.org,2026:1\",\"standard\":{\"name\":\"ninjs\",\"version\":\"3."
          "0\"},"
          "\"type\":\"text\",\"pubStatus\":\"usable\",\"versionCreated\":\"2026-01-23T06:00:00Z\","
          "\"headlines\":[{\"role\":\"main\",\"value\":\"H\"}],\"bodies\":[{\"role\":\"main\","
          "\"contentType\":\"text/html\",\"value\":\"<p>W</p>\"}]}"),
        NULL, &r);
    struct wire_result bad;
    wire_read(reader_arena, S("<newsItem guid='x'><broken"), NULL, &bad);
    struct span packed = result_pack(reader_arena, &r);
    end(r.end == WIRE_STORIES && r.count == 1 && r.items[0].story && packed.n > 20 &&
                bad.end == WIRE_REJECT
            ? DONE
            : OTHER);
}

static struct span card_wanted, title;

static void make_cards(const void *with)
{
    struct span card;
    (void)with;
    bool made = picture_section_card(a, S("The Kit"), title, S("#102030"), &card) == OK;
    struct picture_answer p;
    darkroom_work(a, card, &p);
    bool same = made && span_eq(card, card_wanted);
    bool works = p.forms && p.width == CARD_WIDTH && p.made_count == 3 && p.card.n;
    end(!made ? 81 : !same ? 82 : !works ? 83 : DONE);
}

static void allowed(void)
{
    must(pipe(lines) == 0 && write(lines[1], "x", 1) == 1);
    int s = in_cage(ROLE_READER, read_and_write, NULL);
    check(ended(s, DONE), "reader: reads and writes (%s)", told(s));
    s = in_cage(ROLE_DARKROOM, read_and_write, NULL);
    check(ended(s, DONE), "darkroom: reads and writes (%s)", told(s));
    s = in_cage(ROLE_READER, read_a_story, NULL);
    check(ended(s, DONE), "reader: reads a story and refuses another (%s)", told(s));
    s = in_cage(ROLE_DARKROOM, start_a_thread, NULL);
    check(ended(s, DONE), "darkroom: starts a thread (%s)", told(s));
}

static void start_pictures(void)
{
    const char *why;
    must(picture_start(&why) == OK);
}

/* In a child without a cage: libvips has threads, which no fork takes along, and fonts that were
 * open here would be open in the cage. */
static struct span card_made_outside(void)
{
    int fds[2];
    must(pipe(fds) == 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct span card = S("");
        start_pictures();
        (void)!picture_section_card(a, S("The Kit"), title, S("#102030"), &card);
        (void)!write_all(fds[1], card.p, card.n);
        end(0);
    }
    close(fds[1]);
    struct buf b;
    char piece[4096];
    buf_init(&b, a, 0);
    for (ssize_t n; (n = read(fds[0], piece, sizeof piece)) > 0;)
        buf_put(&b, (struct span){piece, (size_t)n});
    close(fds[0]);
    must(waitpid(child, NULL, 0) == child);
    return buf_span(&b);
}

static void pictures(void)
{
    static const char *const titles[] = {"Sport", "World & beyond, and a title of sixty letters",
        "Общество", "Κόσμος", "الرياضة", "खेल"};
    before_cage = start_pictures;
    for (size_t i = 0; i < COUNT(titles); i++) {
        title = span_of(titles[i]);
        card_wanted = card_made_outside();
        int s = in_cage(ROLE_DARKROOM, make_cards, NULL);
        check(ended(s, DONE), "darkroom: the same card of “%s”, and its renditions (%s)", titles[i],
            told(s));
    }
}

/* ---- Landlock ---- */
static void open_it(const void *with)
{
    const struct file_try {
        const char *path;
        int flags;
    } *t = with;
    int fd = open(t->path, t->flags, 0600);
    int e = errno;
    end(fd >= 0 ? DONE : e == EACCES || e == EPERM ? TOLD_NO : OTHER);
}

static void run_it(const void *with)
{
    execv(with, no_words);
    end(errno == EACCES || errno == EPERM ? TOLD_NO : OTHER);
}

static void remove_it(const void *with)
{
    end(unlink(with) == 0 ? DONE : errno == EACCES || errno == EPERM ? TOLD_NO : OTHER);
}

static void write_file(const char *name)
{
    must(file_write_durable(at(name), S("words that stand here, thirty-two bytes at least\n")) ==
         OK);
    must(chmod(at(name), 0600) == 0);
}

static void fences(void)
{
    static const struct {
        const char *path;
        int flags;
        bool newsroom, intake, web;
    } rows[] = {/* outside of everything */
        {"/etc/passwd", O_RDONLY, false, false, false}, {"/root", O_RDONLY, false, false, false},
        {"/tmp", O_RDONLY, false, false, false}, {"@other.txt", O_RDONLY, false, false, false},
        {"@new.txt", O_CREAT | O_WRONLY, false, false, false},
        {"/usr/bin/env", O_RDONLY, false, false, false},
        /* the data directory */
        {"@data/ledger.db", O_RDWR, true, true, false},
        {"@data/store.desk/1/desk.db", O_RDONLY, true, true, false},
        {"@data/store/1/site.db", O_RDWR, true, true, true},
        {"@data/tombstones", O_RDONLY, true, true, true},
        {"@data/tombstones", O_RDWR, true, true, false},
        {"@data/pictures/p.jpg", O_RDONLY, true, true, true},
        {"@data/pictures/p.jpg", O_WRONLY, true, true, false},
        {"@data/pictures/new.jpg", O_CREAT | O_WRONLY, true, true, false},
        {"@data/run/keys", O_RDWR, true, true, true},
        {"@data/version", O_RDONLY, true, true, false},
        {"@data/blobs", O_RDONLY, true, true, false},
        /* feeds, keys */
        {"@wire/a.xml", O_RDWR, false, true, false}, {"@push.key", O_RDONLY, false, true, false},
        {"@site.yaml", O_RDONLY, false, false, false},
        {"@beside.key", O_RDONLY, false, false, false},
        {"@push.key", O_WRONLY, false, false, false}, {"@tls.pem", O_RDONLY, false, false, true},
        {"@tls.pem", O_WRONLY, false, false, false}, {"@tls.key", O_RDONLY, false, false, true},
        /* what all need; and the theme, which comes as bytes */
        {"/usr/share/zoneinfo/UTC", O_RDONLY, true, true, true},
        {"@theme/front.html", O_RDONLY, false, false, false},
        {"@theme/front.html", O_WRONLY, false, false, false}};
    const enum role roles[] = {ROLE_NEWSROOM, ROLE_INTAKE, ROLE_WEB};
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < COUNT(roles); k++) {
            bool may = k == 0 ? rows[i].newsroom : k == 1 ? rows[i].intake : rows[i].web;
            struct {
                const char *path;
                int flags;
            } t = {rows[i].path[0] == '@' ? at(rows[i].path + 1) : rows[i].path, rows[i].flags};
            int s = in_cage(roles[k], open_it, &t);
            check(ended(s, may ? DONE : TOLD_NO), "%s %s %s to %s (%s)", role_name(roles[k]),
                may ? "opens" : "may not open", rows[i].path,
                rows[i].flags & (O_WRONLY | O_RDWR) ? "write" : "read", told(s));
        }
    for (size_t k = 0; k < COUNT(roles); k++) {
        int s = in_cage(roles[k], run_it, shell);
        check(ended(s, TOLD_NO), "%s starts no other program (%s)", role_name(roles[k]), told(s));
        s = in_cage(roles[k], remove_it, at("other.txt"));
        check(ended(s, TOLD_NO), "%s removes nothing outside (%s)", role_name(roles[k]), told(s));
    }
    int s = in_cage(ROLE_WEB, remove_it, at("data/tombstones"));
    check(ended(s, TOLD_NO), "web removes no tombstones (%s)", told(s));
    s = in_cage(ROLE_WEB, remove_it, at("data/ledger.db"));
    check(ended(s, TOLD_NO), "nor the ledger (%s)", told(s));
}

struct file_try {
    const char *path;
    int flags;
};

static void courier_try(const char *path, bool may, const char *what)
{
    struct file_try t = {path, O_RDONLY};
    int s = in_cage(ROLE_COURIER, open_it, &t);
    check(ended(s, may ? DONE : TOLD_NO), "courier %s %s (%s)", may ? "opens" : "may not open",
        what, told(s));
}

static void courier(void)
{
    courier_try(at("mail.key"), true, "its own secret");
    courier_try(at("push.key"), false, "a push key");
    courier_try(at("beside.key"), false, "what lies beside the configuration");
    courier_try(at("tls.key"), false, "the private key");
    courier_try("/etc/passwd", true, "/etc");
    const char *before = house.config_path; /* as packages have it: the configuration below /etc */
    house.config_path = "/etc/ssl/site.yaml";
    courier_try("/etc/passwd", true, "/etc, where the configuration lies below it");
    courier_try("/etc/ssl/openssl.cnf", false, "the configuration's folder there");
    house.config_path = before;
}

/* A kernel without either: what it would be asked is answered as there. */
static void take_cages_away(void)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    must(seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0) == 0 &&
         seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(seccomp), 0) == 0 &&
         seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
             SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP)) == 0 &&
         seccomp_load(ctx) == 0);
    seccomp_release(ctx);
}

static void without_cages(enum role role, const char *word)
{
    int fds[2];
    char said[4096] = "";
    must(pipe(fds) == 0);
    fflush(NULL);
    pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        dup2(fds[1], 2);
        log_quiet(LOG_INFO);
        take_cages_away();
        end(cage_close(role, &house) ? DONE : NO_CAGE);
    }
    close(fds[1]);
    size_t n = 0;
    for (ssize_t k; (k = read(fds[0], said + n, sizeof said - 1 - n)) > 0;) n += (size_t)k;
    close(fds[0]);
    while (n && said[n - 1] == '\n') said[--n] = 0;
    int status = 0;
    must(waitpid(child, &status, 0) == child);
    check(ended(status, NO_CAGE) && strstr(said, word) && strstr(said, role_name(role)),
        "%s: a kernel without %s is told of (%s: %s)", role_name(role), word, told(status), said);
}

static void nothing(const void *with)
{
    (void)with;
    end(DONE);
}

/* One descriptor is left, for the fence itself: none for the folders that it is to allow. */
static void leave_one_descriptor(void)
{
    int lowest = dup(2);
    must(lowest >= 0 && close(lowest) == 0);
    struct rlimit one = {(rlim_t)lowest + 1, (rlim_t)lowest + 1};
    must(setrlimit(RLIMIT_NOFILE, &one) == 0);
}

static void short_of_descriptors(void)
{
    static const enum role roles[] = {ROLE_NEWSROOM, ROLE_INTAKE, ROLE_WEB, ROLE_COURIER};
    before_cage = leave_one_descriptor;
    for (size_t i = 0; i < COUNT(roles); i++)
        check(ended(in_cage(roles[i], nothing, NULL), 75),
            "%s: one whose fence lacks a folder for want of a descriptor starts again",
            role_name(roles[i]));
    before_cage = NULL;
}

/* A house as configured: a feed with a folder and a push key, a certificate, a theme. */
static void build_house(void)
{
    struct span why;
    static const char *const folders[] = {
        "wire", "theme", "data/store/1", "data/store.desk/1", "data/blobs"};
    static const char *const files[] = {"other.txt", "site.yaml", "beside.key", "mail.key",
        "push.key", "tls.pem", "tls.key", "wire/a.xml", "theme/front.html", "data/store/1/site.db",
        "data/store.desk/1/desk.db", "data/pictures/p.jpg", "data/run/keys"};
    must(house_open(&house, at("data"), -1, &why) == OK);
    for (size_t i = 0; i < COUNT(folders); i++) must(dir_make(at(folders[i])) == OK);
    for (size_t i = 0; i < COUNT(files); i++) write_file(files[i]);
    house.config = config_default(house.arena, span_of(at("wire")));
    must(house.config->feed_count == 1);
    house.config->feeds[0].push_key_file = span_of(at("push.key"));
    house.config->tls_cert = span_of(at("tls.pem"));
    house.config->tls_key = span_of(at("tls.key"));
    house.config->theme = span_of(at("theme"));
    house.config->mail_password_file = span_of(at("mail.key"));
    house.config_path = at("site.yaml");
}

int main(void)
{
    must(mkdtemp(folder) != NULL && chmod(folder, 0700) == 0);
    log_quiet(LOG_ERROR + 1);
    a = arena_new((size_t)512 << 20);
    parent = (int)getpid();
    build_house();
    charset_prepare();
    (void)crc32c(S(""));
    size_t bytes = 64 << 20;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(memory != MAP_FAILED);
    reader_arena = arena_on(memory, bytes);
    if (ended(in_cage(ROLE_READER, nothing, NULL), NO_CAGE)) {
        tap_skip("THE CAGES OF READER AND DARKROOM", "THIS KERNEL HAS NO SECCOMP FILTERS");
    } else {
        allowed();
        forbidden();
    }
    if (ended(in_cage(ROLE_WEB, nothing, NULL), NO_CAGE))
        tap_skip("THE FENCES OF NEWSROOM, INTAKE AND WEB", "THIS KERNEL HAS NO LANDLOCK");
    else {
        fences();
        courier();
        short_of_descriptors();
    }
    without_cages(ROLE_READER, "seccomp");
    without_cages(ROLE_DARKROOM, "seccomp");
    without_cages(ROLE_WEB, "Landlock");
    pictures();
    house_close(&house);
    must(munmap(memory, bytes) == 0);
    arena_free(a);
    must(dir_remove(folder) == OK);
    return tap_end();
}
