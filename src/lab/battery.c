/* battery: `broadsheet battery`: schedules from seeds, played in child processes and compared with
 * the oracle; what fails is made smaller (battery_shrink.c). A child plays many schedules one after
 * the other; one that ends by a signal fails the schedule that it was at. Data lie in memory where
 * the machine has such a folder: what is proved here is what is public when, not that disks keep
 * what they say. */
#include "battery_run.h"
#include "lab.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    ROUND_ARENA = 1 << 30,
    SHRINK_FAILURES = 3,
    TELL_SECONDS = 10,
};
#define HEAP_KEPT (1 << 30)                      /* bytes */
#define BATTERY_MEMORY_BYTES (UINT64_C(1) << 30) /* of many jobs, each with its houses */

const struct layer_row battery_layers[LAYERS] = {
    [LAYER_TABLES] = {"tables", &stage_tables, 2000, 200},
    [LAYER_PRESS] = {"press", &stage_here, 100, 20},
    [LAYER_HTTP] = {"http", &stage_http, 20, 5},
};

/* ---- one schedule, in this process ---- */
static struct play *new_play(const char *root, const struct playhouse *stage)
{
    struct play *p = calloc(1, sizeof *p);
    must(p);
    p->stage = stage;
    p->arena = arena_new(REHEARSE_ARENA);
    p->step_arena = arena_new(REHEARSE_ARENA);
    p->root = root;
    p->data = arena_printf(p->arena, "%s/data", root).p;
    p->site_file = arena_printf(p->arena, "%s/site.yaml", root).p;
    return p;
}

bool battery_play_one(const struct battery *b, const struct schedule *s, const char *root,
    struct first_day *first_day, struct tally *tally, char why[WHY_BYTES])
{
    struct play *p = new_play(root, battery_layers[b->layer].stage);
    struct round r = {.first_day = first_day,
        .schedule = s,
        .p = p,
        .layer = b->layer,
        .tally = tally,
        .arena = arena_new(ROUND_ARENA),
        .look_arena = arena_new(ROUND_ARENA)};
    must(dir_make(root) == OK);
    round_play(&r);
    snprintf(why, WHY_BYTES, "%.*s", FMT(r.why));
    if (p->up) p->stage->stop(p);
    if (!first_day && dir_remove(root) != OK) log_error("%s is left over", root);
    arena_free(r.arena);
    arena_free(r.look_arena);
    arena_free(p->arena);
    arena_free(p->step_arena);
    free(p);
    return !r.failed;
}

/* ---- children ---- */
static void report(struct board *o, uint64_t seed, const char *why)
{
    uint64_t at = atomic_fetch_add(&o->failed, 1);
    if (at >= FAILURES_KEPT) return;
    o->failures[at].seed = seed;
    snprintf(o->failures[at].why, WHY_BYTES, "%s", why);
}

static void add_tally(struct board *o, const struct tally *t)
{
    atomic_fetch_add(&o->schedules, t->schedules);
    atomic_fetch_add(&o->events, t->events);
    atomic_fetch_add(&o->comparisons, t->comparisons);
    atomic_fetch_add(&o->embargo_leaks, t->embargo_leaks);
    atomic_fetch_add(&o->kill_leaks, t->kill_leaks);
    atomic_fetch_add(&o->divergences, t->divergences);
}

static void to_log(const struct battery *b)
{
    char path[160];
    snprintf(path, sizeof path, "%s/log", b->root);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (fd < 0) return;
    dup2(fd, 1);
    dup2(fd, 2);
    close(fd);
}

void battery_be_child(const struct battery *b)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* the parent's matter */
    signal(SIGTERM, SIG_DFL);
    to_log(b);
    log_as("battery");
    log_quiet(LOG_ERROR);
    if (b->layer == LAYER_TABLES) disk_in_memory();
}

static bool time_is_up(const struct battery *b)
{
    return b->until_us && clock_mono_us() > b->until_us;
}

static bool has_more(const struct battery *b)
{
    uint64_t enough = b->first_only ? 1 : FAILURES_KEPT;
    return b->board->next < b->count && !time_is_up(b) && !b->board->ends &&
           b->board->failed < enough;
}

_Noreturn static void play_some(const struct battery *b, int job)
{
    char root[160], why[WHY_BYTES];
    battery_be_child(b);
    struct first_day *first = b->layer == LAYER_TABLES ? first_day_new() : NULL;
    snprintf(root, sizeof root, "%s/job-%d", b->root, job);
    enum result left = dir_remove(root); /* of one that was ended in the middle */
    if (left != OK && left != ERR_ABSENT) log_error("%s is left over", root);
    bool fine = true; /* what a schedule leaves behind that failed is anybody's guess */
    for (int i = 0; i < battery_layers[b->layer].at_once && fine && has_more(b); i++) {
        uint64_t n = atomic_fetch_add(&b->board->next, 1);
        if (n >= b->count) break;
        uint64_t seed = b->seed + n;
        atomic_store(&b->board->at[job].since_s, (uint64_t)(clock_mono_us() / 1000000));
        atomic_store(&b->board->at[job].seed, seed);
        struct arena *a = arena_new(ROUND_ARENA);
        struct tally t = {0};
        fine = battery_play_one(b, schedule_make(a, seed), root, first, &t, why);
        if (!fine) report(b->board, seed, why);
        add_tally(b->board, &t);
        atomic_store(&b->board->at[job].seed, 0);
        arena_free(a);
    }
    if (first && dir_remove(root) != OK) log_error("%s is left over", root);
    first_day_free(first);
    exit(0);
}

/* ---- all of them ---- */
static pid_t start_job(const struct battery *b, int job)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) play_some(b, job);
    must(pid > 0);
    return pid;
}

void battery_say_ended(struct battery *b, int status, char why[WHY_BYTES])
{
    b->keep_root = true;
    snprintf(why, WHY_BYTES, "the house ended with wait status %d (see %s/log)", status, b->root);
}

static void job_ended(struct battery *b, int job, int status)
{
    uint64_t seed = atomic_exchange(&b->board->at[job].seed, 0);
    char why[WHY_BYTES];
    if (!seed || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) return;
    battery_say_ended(b, status, why);
    atomic_fetch_add(&b->board->divergences, 1);
    report(b->board, seed, why);
}

static void tell(const struct battery *b)
{
    const struct board *o = b->board;
    printf(
        "%s: %llu schedules, %llu events, %llu comparisons, %llu embargo leaks, %llu kill leaks, "
        "%llu divergences\n",
        battery_layers[b->layer].name, (unsigned long long)o->schedules,
        (unsigned long long)o->events, (unsigned long long)o->comparisons,
        (unsigned long long)o->embargo_leaks, (unsigned long long)o->kill_leaks,
        (unsigned long long)o->divergences);
    fflush(stdout);
}

/* Of a long run nobody waits for the end to hear it. */
static void tell_failures(const struct battery *b, uint64_t *told)
{
    uint64_t failed = b->board->failed;
    for (; *told < failed && *told < FAILURES_KEPT && b->board->failures[*told].seed; ++*told)
        printf("seed %llu differs: %s\n", (unsigned long long)b->board->failures[*told].seed,
            b->board->failures[*told].why);
}

static void end_stuck(const struct battery *b, const pid_t *pids)
{
    uint64_t now_s = (uint64_t)(clock_mono_us() / 1000000);
    for (int i = 0; i < b->jobs; i++)
        if (pids[i] && b->board->at[i].seed && now_s - b->board->at[i].since_s > PLAY_SECONDS)
            kill(pids[i], SIGKILL);
}

static void run_all(struct battery *b)
{
    pid_t pids[BATTERY_JOBS_MAX] = {0};
    int running = 0, status;
    int64_t told = clock_mono_us();
    uint64_t told_failures = 0;
    for (int i = 0; i < b->jobs && has_more(b); i++, running++) pids[i] = start_job(b, i);
    while (running) {
        pid_t pid = waitpid(-1, &status, WNOHANG);
        for (int i = 0; pid > 0 && i < b->jobs; i++) {
            if (pids[i] != pid) continue;
            job_ended(b, i, status);
            pids[i] = 0, running--;
            if (has_more(b)) pids[i] = start_job(b, i), running++;
        }
        if (pid == 0) usleep(5000);
        if (clock_mono_us() - told > TELL_SECONDS * 1000000LL) {
            tell_failures(b, &told_failures);
            tell(b);
            told = clock_mono_us();
        }
        end_stuck(b, pids);
    }
}

/* Ended early (^C), what was played is told, and what failed is kept; a second time ends at once.
 */
static struct board *watched;

static void on_signal(int n)
{
    watched->ends = true;
    signal(n, SIG_DFL);
}

static int run(struct battery *b)
{
    watched = b->board;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    printf("battery %s: seeds from %llu, %d jobs, data in %s\n", battery_layers[b->layer].name,
        (unsigned long long)b->seed, b->jobs, b->root);
    run_all(b);
    uint64_t failed = b->board->failed, kept = failed < FAILURES_KEPT ? failed : FAILURES_KEPT;
    uint64_t smaller = b->first_only ? 0 : kept < SHRINK_FAILURES ? kept : SHRINK_FAILURES;
    for (uint64_t i = 0; i < smaller; i++) battery_keep_smaller(b, &b->board->failures[i]);
    for (uint64_t i = smaller; i < kept; i++)
        printf("seed %llu: %s\n", (unsigned long long)b->board->failures[i].seed,
            b->board->failures[i].why);
    tell(b);
    printf("seeds of failures:");
    for (uint64_t i = 0; i < kept; i++)
        printf(" %llu", (unsigned long long)b->board->failures[i].seed);
    printf("%s\n", failed ? "" : " none");
    return failed ? 1 : EX_OK;
}

static int replay(struct battery *b, const char *file)
{
    struct span text, layer;
    char why[WHY_BYTES] = "";
    if (file_read(b->arena, file, SCHEDULE_BYTES_MAX, &text) != OK) {
        fprintf(stderr, "broadsheet battery: %s cannot be read\n", file);
        return EX_NOINPUT;
    }
    struct schedule *s = schedule_read(b->arena, text, file, &layer);
    if (!s) return EX_DATAERR;
    for (int i = 0; i < LAYERS; i++)
        if (span_eq(layer, span_of(battery_layers[i].name))) b->layer = (enum layer)i;
    bool fails = battery_still_fails(b, s, why);
    printf("%s, %zu events: %s\n", file, s->count, fails ? why : "as the oracle says");
    return fails ? 1 : EX_OK;
}

/* ---- the verb ---- */
static bool number_of(const char *text, uint64_t otherwise, uint64_t *out)
{
    *out = otherwise;
    return !text || span_to_u64(span_of(text), out);
}

static bool layer_of(const char *text, enum layer *out)
{
    *out = LAYER_TABLES;
    for (int i = 0; text && i < LAYERS; i++)
        if (strcmp(text, battery_layers[i].name) == 0) return *out = (enum layer)i, true;
    return !text;
}

/* In a container it is often of 64 MB. */
static bool has_memory(void)
{
    struct statvfs s;
    return access("/dev/shm", W_OK) == 0 && statvfs("/dev/shm", &s) == 0 &&
           (uint64_t)s.f_bavail * s.f_frsize >= BATTERY_MEMORY_BYTES;
}

/* In memory where there is a folder for it, with room. */
static bool make_root(struct battery *b)
{
    const char *tmp = getenv("TMPDIR");
    if (has_memory()) tmp = "/dev/shm";
    snprintf(b->root, sizeof b->root, "%.90s/broadsheet-battery-XXXXXX", tmp ? tmp : "/tmp");
    return mkdtemp(b->root) != NULL;
}

/* What the options ask for; an exit code, 0 when all is well. */
static int read_options(struct battery *b, int argc, char **argv, const char **file_out)
{
    const char *layer = NULL, *count = NULL, *seed = NULL, *minutes = NULL, *jobs = NULL,
               *to = NULL;
    uint64_t jobs_n, minutes_n, random;
    const struct option_row rows[] = {{"--layer", &layer}, {"--schedules", &count},
        {"--seed", &seed}, {"--minutes", &minutes}, {"--jobs", &jobs}, {"--replay", file_out},
        {"--to", &to}, {"--first", NULL, &b->first_only}};
    size_t rest;
    if (!options_read(argc, argv, rows, COUNT(rows), NULL, 0, &rest)) return EX_USAGE;
    random_bytes(&random, sizeof random);
    if (!layer_of(layer, &b->layer))
        return usage_error("battery", "--layer wants tables, press or http");
    if (!number_of(
            count, minutes ? UINT64_MAX / 2 : battery_layers[b->layer].schedules, &b->count) ||
        !number_of(seed, random >> 24, &b->seed) || !number_of(minutes, 0, &minutes_n) ||
        !number_of(jobs, 2, &jobs_n) || !jobs_n || jobs_n > BATTERY_JOBS_MAX)
        return usage_error("battery", "numbers, please; at most %d jobs", BATTERY_JOBS_MAX);
    b->jobs = (int)jobs_n;
    b->to = to ? to : ".";
    if (minutes_n) b->until_us = clock_mono_us() + (int64_t)minutes_n * 60000000;
    return 0;
}

/* Each schedule opens a house and closes it: given back and asked for anew, its memory costs an
 * eighth of all time. */
static void keep_heap(void)
{
    mallopt(M_MMAP_THRESHOLD, HEAP_KEPT);
    mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
    mallopt(M_TOP_PAD, HEAP_KEPT >> 4);
}

int command_battery(int argc, char **argv)
{
    struct battery b = {0};
    const char *file = NULL;
    int code = read_options(&b, argc, argv, &file);
    if (code) return code;
    keep_heap();
    b.board =
        mmap(NULL, sizeof *b.board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (b.board == MAP_FAILED || !make_root(&b)) {
        fprintf(stderr, "broadsheet battery: no folder to play in: %s; make room or set TMPDIR\n",
            strerror(errno));
        return EX_CANTCREAT;
    }
    b.arena = arena_new(REHEARSE_ARENA);
    code = file ? replay(&b, file) : run(&b);
    if (!b.keep_root && dir_remove(b.root) != OK)
        fprintf(stderr, "broadsheet battery: %s is left over\n", b.root);
    arena_free(b.arena);
    return code;
}
