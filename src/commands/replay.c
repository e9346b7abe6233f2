/* replay: `broadsheet replay`: which pages would be otherwise. The ledger's raw bytes are read
 * again by this program into a scratch folder, or stories are taken as they were read; pages are
 * decided by the configuration in force and by another, and compared with each other. Works beside
 * a running site and reads only; what was opened is all that it can reach (cage). */
#include "replay.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "rules.h"

enum {
    REPLAY_RULES_ARENA = 768 << 20, /* two configurations, compiled */
    REPLAY_TOLD_ARENA = 1 << 30,    /* what is told, until it is sorted */
    REPLAY_LINE_ARENA = 64 << 20,   /* one page of it */
    REPLAY_DAYS_MAX = 3650,         /* ten years: all that there is */
    REPLAY_LIMIT = 50,              /* pages told to people, where --limit does not say */
    REPLAY_STEP_EVERY = 64,         /* pages between two lines of progress */
    EXIT_SECOND_YES = 1,
};

struct going { /* one run, with all that it has open */
    const struct replay_asked *q;
    struct house house;
    struct arena *a;
    struct store *store;
    struct tombs *tombs;
    struct config *now, *then;
    struct replay_scratch *scratch;
    struct replay_read read;
    struct replay_report report;
    uint64_t until_pos, days, limit;
    int64_t now_ms;
    const char *folder; /* NULL: stories as they were read */
};

static int fail(const struct going *g, struct span what, enum result r)
{
    fprintf(stderr, "broadsheet %s: %.*s: %s%s\n", g->q->verb, FMT(what), result_name(r),
        r == ERR_FULL ? "; give a folder with room: --scratch FOLDER" : "");
    return exit_code(r);
}

/* ---- progress ---- */
static void progress(const char *what, uint64_t done, uint64_t of)
{
    if (!isatty(STDERR_FILENO)) return;
    fprintf(stderr, "\r\033[K%s %llu", what, (unsigned long long)done);
    if (of) fprintf(stderr, " of %llu", (unsigned long long)of);
}

static void progress_over(void)
{
    if (isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
}

static bool has_read(void *with, uint64_t pos)
{
    const struct going *g = with;
    progress("events read again:", pos < g->until_pos ? pos : g->until_pos, g->until_pos);
    return true;
}

static bool has_compared(void *with, size_t pages)
{
    (void)with;
    if (pages % REPLAY_STEP_EVERY == 0) progress("pages compared:", pages, 0);
    return true;
}

static void differs(void *with, const struct replay_page *p)
{
    replay_report_page(&((struct going *)with)->report, p);
}

/* ---- the other configuration ---- */
/* A folder stands for the site.yaml in it. */
static const char *file_of(struct arena *a, const char *path)
{
    struct stat st;
    bool is_folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    return is_folder ? arena_printf(a, "%s/site.yaml", path).p : path;
}

/* The rules of that file, by its topics where it has some, over all else that is in force. */
static struct config *with_rules(struct going *g, const struct config *file)
{
    struct config *c = ARENA_NEW(g->a, struct config);
    *c = *g->now;
    c->file = file->file;
    c->rules = file->rules;
    c->rule_count = file->rule_count;
    if (file->topic_count) c->topics = file->topics, c->topic_count = file->topic_count;
    c->confirm_changes_over = file->confirm_changes_over;
    for (uint32_t i = 0; i < c->rule_count; i++) {
        struct span s = c->rules[i].to_section;
        if (!s.n || config_section_named(c, s)) continue;
        fprintf(stderr, "%.*s:%u: section “%.*s” is none of those in force\n", FMT(c->file),
            c->rules[i].line, FMT(s));
        return NULL;
    }
    return c;
}

static bool other_configuration(struct going *g)
{
    const char *path = g->q->config ? g->q->config : g->q->rules;
    if (!path) {
        g->then = g->now;
        return true;
    }
    struct config *c = ARENA_NEW(g->a, struct config);
    const struct config *file = rules_config(g->a, file_of(g->a, path));
    if (!file) return false;
    *c = *file;
    if (g->q->config) replay_same_door(g->now, c);
    g->then = g->q->config ? c : with_rules(g, c);
    return g->then != NULL;
}

/* ---- the run ---- */
static int open_all(struct going *g)
{
    const char *why = NULL;
    g->now_ms = clock_now_ms();
    enum result r = store_look(g->house.store, &g->store, &why);
    if (r != OK) {
        fprintf(stderr, "broadsheet %s: what is live cannot be read: %s\n", g->q->verb, why);
        return exit_code(r);
    }
    why = "the tombstones cannot be read";
    r = tombs_open(g->house.data, false, &g->tombs);
    if (r == OK) r = replay_in_force(g->a, g->store, &g->now, &why);
    if (r != OK) return fail(g, span_of(why), r);
    g->until_pos = store_position(g->store);
    return other_configuration(g) ? EX_OK : EX_CONFIG;
}

/* Quarantined, in the house's own list. */
static size_t unreadable_now(struct going *g)
{
    struct quarantined *list;
    size_t n = 0;
    if (store_quarantine(g->store, g->a, &list, &n) != OK) return 0;
    return n;
}

static int read_again(struct going *g)
{
    struct span why = S("");
    enum result r = replay_scratch_open(&g->house, g->folder, g->now_ms, &g->scratch, &why);
    if (r != OK) return fail(g, why, r);
    r = replay_scratch_read(g->scratch, g->until_pos, has_read, g, &g->read);
    progress_over();
    return r == OK ? EX_OK : fail(g, S("the ledger cannot be read again"), r);
}

static void tell(struct going *g, const struct replay_sum *sum)
{
    const struct config *c = g->then;
    struct replay_end e = {.sum = sum,
        .read = g->folder ? &g->read : NULL,
        .unreadable_now = g->folder ? unreadable_now(g) : 0,
        .until_pos = g->until_pos,
        .days = g->days,
        .over = c->confirm_changes_over,
        .data = span_of(g->q->data)};
    if (g->q->config) e.token = replay_token(g->a, g->now, c);
    replay_report_all(&g->report, &e);
}

static int compare(struct going *g)
{
    struct replay_sum sum;
    struct replay q = {.now_store = g->store,
        .then_store = g->folder ? replay_scratch_store(g->scratch) : g->store,
        .now_config = g->now,
        .then_config = g->then,
        .tombs = g->tombs,
        .now_ms = g->now_ms,
        .since_ms = g->days ? g->now_ms - (int64_t)g->days * 24 * 3600 * 1000 : 0,
        .until_pos = g->until_pos,
        .each = differs,
        .go_on = has_compared,
        .with = g};
    g->report = (struct replay_report){.a = arena_new(REPLAY_TOLD_ARENA),
        .line = arena_new(REPLAY_LINE_ARENA),
        .file = g->then->file.n ? g->then->file : S("the site file"),
        .json = g->q->json,
        .limit = (size_t)g->limit};
    enum result r = replay_compare(g->a, &q, &sum);
    progress_over();
    if (r == OK) tell(g, &sum);
    int code = r != OK ? fail(g, S("the store cannot be read"), r)
               : replay_weight(&sum) > g->then->confirm_changes_over ? EXIT_SECOND_YES
                                                                     : EX_OK;
    arena_free(g->report.a);
    arena_free(g->report.line);
    return code;
}

static int run(struct going *g)
{
    g->a = arena_new(REPLAY_RULES_ARENA);
    int code = open_all(g);
    if (code == EX_OK && g->folder)
        code = read_again(g);
    else if (code == EX_OK)
        (void)cage_looker(NULL);
    if (code == EX_OK) code = compare(g);
    replay_scratch_close(g->scratch);
    if (g->store) store_close(g->store);
    if (g->tombs) tombs_close(g->tombs);
    arena_free(g->a);
    return code;
}

/* ---- the scratch folder ---- */
static const char *make_scratch(struct going *g)
{
    const char *above = g->q->scratch ? g->q->scratch : getenv("TMPDIR");
    if (!above || !*above) above = "/var/tmp";
    char *path = arena_cstr(
        g->house.arena, arena_printf(g->house.arena, "%s/broadsheet-replay-XXXXXX", above));
    if (mkdtemp(path)) return path;
    fprintf(stderr, "broadsheet %s: no folder can be made in %s: %s; give one with --scratch\n",
        g->q->verb, above, strerror(errno));
    return NULL;
}

static const int enders[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
static volatile sig_atomic_t ended_by;
static volatile pid_t worker;

static void end_worker(int signal_number)
{
    ended_by = signal_number;
    if (worker > 0) kill(worker, SIGKILL);
}

static void on_enders(void (*what)(int))
{
    for (size_t i = 0; i < COUNT(enders); i++) signal(enders[i], what);
}

/* Nobody is left to remove the folder but the one above: it ends when that one does. */
_Noreturn static void work(struct going *g, pid_t above)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    on_enders(SIG_DFL);
    if (getppid() != above) _exit(EX_SOFTWARE);
    int code = run(g);
    fflush(NULL);
    _exit(code);
}

/* The work is done by a child, whose cage does not let it remove the folder: whatever ends it, that
 * is removed, also behind a terminal that is closed. */
static int run_in_scratch(struct going *g)
{
    int status = 0;
    pid_t self = getpid();
    on_enders(end_worker);
    g->folder = make_scratch(g);
    if (!g->folder) return EX_CANTCREAT;
    fflush(NULL);
    worker = fork();
    if (worker == 0) work(g, self);
    if (ended_by && worker > 0) kill(worker, SIGKILL); /* it came before the child did */
    while (worker > 0 && waitpid(worker, &status, 0) < 0 && errno == EINTR) continue;
    if (dir_remove(g->folder) != OK)
        fprintf(stderr, "broadsheet %s: %s is left over: remove it\n", g->q->verb, g->folder);
    if (worker < 0) return fail(g, S("no process can be started"), ERR_IO);
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    fprintf(stderr, "broadsheet %s: it was ended by signal %d\n", g->q->verb,
        ended_by ? (int)ended_by : WTERMSIG(status));
    return EX_SOFTWARE;
}

/* ---- the command ---- */
static bool number(const char *text, uint64_t max, uint64_t *out)
{
    return !text || (span_to_u64(span_of(text), out) && *out <= max);
}

int replay_do(const struct replay_asked *q)
{
    struct going g = {.q = q, .limit = REPLAY_LIMIT};
    if (!number(q->days, REPLAY_DAYS_MAX, &g.days) || (q->days && !g.days))
        return usage_error(q->verb, "--days takes a number from 1 to %d", REPLAY_DAYS_MAX);
    if (!number(q->limit, SIZE_MAX, &g.limit))
        return usage_error(q->verb, "--limit takes a number of pages, 0 for all");
    if (q->config && q->rules)
        return usage_error(q->verb, "--config NEW or --rules NEW, one of the two");
    if (q->as_read && !q->config && !q->rules)
        return usage_error(q->verb, "as they were read and by the configuration in force nothing "
                                    "is otherwise: give --config NEW or --rules NEW");
    int code = house_visit_or_say(&g.house, q->data);
    if (code == EX_OK) code = q->as_read ? run(&g) : run_in_scratch(&g);
    house_close(&g.house);
    return code;
}

int command_replay(int argc, char **argv)
{
    struct replay_asked q = {.verb = "replay"};
    const char *rest[1];
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &q.data, NULL, true}, {"--config", &q.config},
        {"--rules", &q.rules}, {"--days", &q.days}, {"--limit", &q.limit},
        {"--scratch", &q.scratch}, {"--as-read", NULL, &q.as_read}, {"--json", NULL, &q.json}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    return replay_do(&q);
}
