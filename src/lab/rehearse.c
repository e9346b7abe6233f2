/* rehearse: `broadsheet rehearse`: which scenarios are played (rehearse_each.c plays them), and
 * what is said of them, in their order. Formats: for people, TAP, and JSON by lines. */
#include "rehearse.h"
#include "lab.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { PATHS_MAX = 64, SCENARIOS_MAX = 2000 };

enum format { FORMAT_HUMAN, FORMAT_TAP, FORMAT_JSON };
struct run {
    struct arena *arena;
    enum format format;
    struct playing_options options;
    const char **folders;
    size_t count, cap;
    size_t held, failed, skipped;
    int64_t started_us;
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

static void tell(void *with, const struct scenario *s, const struct outcome_report *o)
{
    struct run *r = with;
    r->held += o->outcome == HELD;
    r->failed += o->outcome == FAILED;
    r->skipped += o->outcome == SKIPPED;
    size_t number = r->held + r->failed + r->skipped;
    if (r->format == FORMAT_HUMAN) tell_human(s, o);
    if (r->format == FORMAT_TAP) tell_tap(s, o, number, r->options.stage->name);
    if (r->format == FORMAT_JSON) tell_json(r->arena, s, o);
    fflush(stdout);
}

static void tell_sum(const struct run *r)
{
    if (r->format == FORMAT_TAP) printf("1..%zu\n", r->count);
    if (r->format != FORMAT_HUMAN) return;
    printf("%zu scenarios %s: %zu held, %zu failed, %zu skipped, %.1f s\n", r->count,
        r->options.stage->name, r->held, r->failed, r->skipped,
        (double)(clock_mono_us() - r->started_us) / 1e6);
}

/* ---- all ---- */
static int play_all(struct run *r)
{
    struct scenario **list = ARENA_ARRAY(r->arena, struct scenario *, r->count + 1);
    bool readable = true;
    for (size_t i = 0; i < r->count; i++) {
        list[i] = scenario_read(r->arena, r->folders[i], r->options.site_file);
        readable &= list[i] != NULL;
    }
    if (!readable) return EX_DATAERR;
    if (!play_each(r->arena, &r->options, list, r->count, tell, r)) return EX_CANTCREAT;
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

/* One for each processor, where nobody says how many. */
static bool jobs_of(const char *text, size_t *out)
{
    uint64_t n = 0;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *out = processors < 1 ? 1 : processors > JOBS_MAX ? JOBS_MAX : (size_t)processors;
    if (!text) return true;
    bool fine = span_to_u64(span_of(text), &n) && n >= 1 && n <= JOBS_MAX;
    if (fine) *out = (size_t)n;
    return fine;
}

static bool collect_all(struct run *r, const char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (collect(r, paths[i])) continue;
        fprintf(stderr,
            "broadsheet rehearse: %s holds no scenario.json: give its folder, or the one above "
            "it\n",
            paths[i]);
        return false;
    }
    return true;
}

int command_rehearse(int argc, char **argv)
{
    const char *format = NULL, *jobs = NULL, *paths[PATHS_MAX];
    size_t path_count = 0;
    bool http = false;
    struct run r = {.started_us = clock_mono_us()};
    const struct option_row rows[] = {{"--config", &r.options.site_file}, {"--http", NULL, &http},
        {"--format", &format}, {"--keep", NULL, &r.options.keep}, {"--jobs", &jobs}};
    if (!options_read(argc, argv, rows, COUNT(rows), paths, PATHS_MAX, &path_count))
        return EX_USAGE;
    if (!path_count) return usage_error("rehearse", "which scenarios? give a folder");
    if (!format_of(format, &r.format))
        return usage_error("rehearse", "--format wants human, tap or json");
    if (!jobs_of(jobs, &r.options.jobs))
        return usage_error("rehearse", "--jobs wants a number from 1 to 16");
    r.options.stage = http ? &stage_http : &stage_here;
    r.arena = arena_new(REHEARSE_ARENA);
    int code = collect_all(&r, paths, path_count) ? play_all(&r) : EX_DATAERR;
    arena_free(r.arena);
    return code;
}
