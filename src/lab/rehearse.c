/* rehearse: `broadsheet rehearse`: plays scenarios and says what held. Each scenario runs in a
 * process of its own with a data folder of its own, so that a crash fails that one alone and no
 * state is shared; its report comes over a pipe. Formats: for people, TAP, and JSON by lines. */
#include "rehearse.h"
#include "lab.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { PATHS_MAX = 64, SCENARIOS_MAX = 2000, PLAY_MS = 10 * 60 * 1000, REPORT_MAX = 1 << 20 };

enum format { FORMAT_HUMAN, FORMAT_TAP, FORMAT_JSON };
struct run {
    struct arena *arena;
    const char *site_file;
    const struct playhouse *stage;
    enum format format;
    bool keep;
    const char **folders;
    size_t count, cap;
    size_t held, failed, skipped;
    int64_t started_us;
};
enum outcome { HELD, FAILED, SKIPPED };
struct outcome_report {
    enum outcome outcome;
    uint64_t checks, failures;
    struct span told[FAILURES_MAX], skip_why;
    size_t told_count;
    int64_t took_ms;
};

/* ---- which scenarios ---- */
static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool add_scenario(struct run *r, const char *folder)
{
    if (!is_file(arena_printf(r->arena, "%s/scenario.json", folder).p)) return false;
    if (r->count < SCENARIOS_MAX)
        *ARENA_PUSH(r->arena, r->folders, r->count, r->cap) = arena_cstr(r->arena, span_of(folder));
    return true;
}

/* A scenario's folder, or a folder of them. */
static bool collect(struct run *r, const char *path)
{
    struct span s = span_of(path);
    while (s.n > 1 && s.p[s.n - 1] == '/') s.n--;
    path = arena_cstr(r->arena, s);
    if (add_scenario(r, path)) return true;
    DIR *d = opendir(path);
    size_t first = r->count;
    for (struct dirent *e; d && (e = readdir(d));)
        if (e->d_name[0] != '.')
            add_scenario(r, arena_printf(r->arena, "%s/%s", path, e->d_name).p);
    if (d) closedir(d);
    if (r->count == first) return false;
    qsort(r->folders + first, r->count - first, sizeof *r->folders, by_name);
    return true;
}

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
    const struct run *r, const struct scenario *s, const char *root, int report)
{
    to_log(root);
    signal(SIGPIPE, SIG_IGN);
    log_as("rehearsal");
    struct play *p = calloc(1, sizeof *p);
    must(p);
    p->scenario = s;
    p->stage = r->stage;
    p->arena = arena_new(REHEARSE_ARENA);
    p->step_arena = arena_new(REHEARSE_ARENA);
    p->root = root;
    p->data = arena_printf(p->arena, "%s/data", root).p;
    p->site_file = arena_printf(p->arena, "%s/site.yaml", root).p;
    p->site = json_over(p->arena, site_default(p->arena, r->site_file), s->site);
    play_scenario(p);
    send_report(report, p);
    play_close(p);
    fflush(stdout);
    _exit(0);
}

/* ---- in the process that was called ---- */
static void read_all(struct arena *a, int fd, int64_t until_us, struct span *out)
{
    struct buf b;
    buf_init(&b, a, REPORT_MAX);
    for (;;) {
        char room[4096];
        struct pollfd pfd = {.fd = fd, .events = POLLIN};
        int64_t left = (until_us - clock_mono_us()) / 1000;
        if (left <= 0 || (poll(&pfd, 1, (int)left) <= 0 && errno != EINTR)) break;
        ssize_t n = read(fd, room, sizeof room);
        if (n <= 0) break;
        buf_put(&b, (struct span){room, (size_t)n});
    }
    *out = buf_span(&b);
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

static const char *make_root(struct run *r)
{
    const char *tmp = getenv("TMPDIR");
    char *root = arena_cstr(r->arena,
        arena_printf(r->arena, "%s/broadsheet-rehearsal-XXXXXX", tmp && *tmp ? tmp : "/tmp"));
    return mkdtemp(root);
}

static bool play_one(struct run *r, const struct scenario *s, struct outcome_report *out)
{
    int fds[2], status = -1;
    const char *root = make_root(r);
    if (!root || pipe2(fds, O_CLOEXEC) != 0) {
        fprintf(stderr, "broadsheet rehearse: no temporary folder: %s\n", strerror(errno));
        return false;
    }
    fflush(NULL);
    int64_t t0 = clock_mono_us();
    pid_t pid = fork();
    if (pid == 0) {
        close(fds[0]);
        play_here(r, s, root, fds[1]);
    }
    close(fds[1]);
    struct span bytes;
    read_all(r->arena, fds[0], t0 + PLAY_MS * 1000LL, &bytes);
    close(fds[0]);
    if (clock_mono_us() - t0 >= PLAY_MS * 1000LL) kill(pid, SIGKILL);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    take_report(r->arena, bytes, status, out);
    out->took_ms = (clock_mono_us() - t0) / 1000;
    if (r->keep && out->outcome == FAILED)
        out->told[out->told_count < FAILURES_MAX ? out->told_count++ : FAILURES_MAX - 1] =
            arena_printf(r->arena, "kept: %s", root);
    else if (dir_remove(root) != OK)
        fprintf(stderr, "broadsheet rehearse: %s is left over\n", root);
    return true;
}

/* ---- telling ---- */
static void tell_human(const struct scenario *s, const struct outcome_report *o)
{
    static const char *const words[] = {"held   ", "FAILED ", "skipped"};
    printf("%s %.*s%s%.*s%s · %llu checks, %.1f s\n", words[o->outcome], FMT(s->title),
        s->rules.n ? " (" : "", FMT(s->rules), s->rules.n ? ")" : "", (unsigned long long)o->checks,
        (double)o->took_ms / 1000);
    if (o->outcome == SKIPPED) printf("        %.*s\n", FMT(o->skip_why));
    for (size_t i = 0; i < o->told_count; i++) printf("        %.*s\n", FMT(o->told[i]));
    if (o->failures > o->told_count)
        printf("        … and %llu more\n", (unsigned long long)(o->failures - o->told_count));
    if (o->outcome == FAILED) printf("        in %s\n", s->folder);
}

static void tell_tap(
    const struct scenario *s, const struct outcome_report *o, size_t number, const char *stage)
{
    printf("%sok %zu - %.*s%s%.*s%s, %s", o->outcome == FAILED ? "not " : "", number, FMT(s->title),
        s->rules.n ? " (" : "", FMT(s->rules), s->rules.n ? ")" : "", stage);
    if (o->outcome == SKIPPED) printf(" # SKIP %.*s", FMT(o->skip_why));
    printf("\n");
    for (size_t i = 0; i < o->told_count; i++) printf("# %.*s\n", FMT(o->told[i]));
    if (o->outcome == FAILED) printf("# in %s\n", s->folder);
}

static void tell_json(struct arena *a, const struct scenario *s, const struct outcome_report *o)
{
    static const char *const words[] = {"held", "failed", "skipped"};
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out j = {.b = &b};
    json_open(&j, NULL, '{');
    json_string(&j, "scenario", span_of(s->folder));
    json_string(&j, "title", s->title);
    json_string(&j, "rules", s->rules);
    json_string(&j, "outcome", span_of(words[o->outcome]));
    json_number(&j, "checks", (int64_t)o->checks);
    json_number(&j, "failures", (int64_t)o->failures);
    json_number(&j, "took_ms", o->took_ms);
    if (o->outcome == SKIPPED) json_string(&j, "why", o->skip_why);
    json_open(&j, "told", '[');
    for (size_t i = 0; i < o->told_count; i++) json_string(&j, NULL, o->told[i]);
    json_close(&j, ']');
    json_close(&j, '}');
    printf("%.*s\n", FMT(buf_span(&b)));
}

static void tell(struct run *r, const struct scenario *s, const struct outcome_report *o)
{
    size_t number = r->held + r->failed + r->skipped;
    if (r->format == FORMAT_HUMAN) tell_human(s, o);
    if (r->format == FORMAT_TAP) tell_tap(s, o, number, r->stage->name);
    if (r->format == FORMAT_JSON) tell_json(r->arena, s, o);
    fflush(stdout);
}

static void tell_sum(const struct run *r)
{
    if (r->format == FORMAT_TAP) printf("1..%zu\n", r->count);
    if (r->format != FORMAT_HUMAN) return;
    printf("%zu scenarios %s: %zu held, %zu failed, %zu skipped, %.1f s\n", r->count,
        r->stage->name, r->held, r->failed, r->skipped,
        (double)(clock_mono_us() - r->started_us) / 1e6);
}

/* ---- all ---- */
static int play_all(struct run *r)
{
    struct scenario **list = ARENA_ARRAY(r->arena, struct scenario *, r->count + 1);
    bool readable = true;
    for (size_t i = 0; i < r->count; i++) {
        list[i] = scenario_read(r->arena, r->folders[i], r->site_file);
        readable &= list[i] != NULL;
    }
    if (!readable) return EX_DATAERR;
    for (size_t i = 0; i < r->count; i++) {
        struct outcome_report report = {0};
        if (!play_one(r, list[i], &report)) return EX_CANTCREAT;
        r->held += report.outcome == HELD;
        r->failed += report.outcome == FAILED;
        r->skipped += report.outcome == SKIPPED;
        tell(r, list[i], &report);
    }
    tell_sum(r);
    return r->failed ? 1 : EX_OK;
}

static bool format_of(const char *text, enum format *out)
{
    static const char *const names[] = {"human", "tap", "json"};
    *out = FORMAT_HUMAN;
    for (size_t i = 0; text && i < COUNT(names); i++)
        if (strcmp(text, names[i]) == 0) return *out = (enum format)i, true;
    return !text;
}

int command_rehearse(int argc, char **argv)
{
    const char *format = NULL, *paths[PATHS_MAX];
    size_t path_count = 0;
    bool http = false;
    struct run r = {.arena = arena_new(REHEARSE_ARENA), .started_us = clock_mono_us()};
    const struct option_row rows[] = {{"--config", &r.site_file}, {"--http", NULL, &http},
        {"--format", &format}, {"--keep", NULL, &r.keep}};
    if (!options_read(argc, argv, rows, COUNT(rows), paths, PATHS_MAX, &path_count))
        return EX_USAGE;
    if (!path_count) return usage_error("rehearse", "which scenarios? give a folder");
    if (!format_of(format, &r.format))
        return usage_error("rehearse", "--format wants human, tap or json");
    r.stage = http ? &stage_http : &stage_here;
    for (size_t i = 0; i < path_count; i++)
        if (!collect(&r, paths[i])) {
            fprintf(stderr, "broadsheet rehearse: %s holds no scenario.json\n", paths[i]);
            return EX_DATAERR;
        }
    int code = play_all(&r);
    arena_free(r.arena);
    return code;
}
