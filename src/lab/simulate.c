/* simulate: the demonstration wire, live: the running order in its time, from the first act to the
 * last, and what it took from the rename of a file until a reader saw it. */
#include "simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum {
    RUN_ARENA = 512 << 20,
    LOOK_ARENA = 64 << 20,
    PICTURES_AHEAD = 3,    /* acts: the darkroom is done with a picture when its story comes */
    RELEASE_AHEAD_MS = 50, /* looking begins before an embargo ends: it must not open early */
    CONFIG_WAIT_MS = 5000, /* a site that has just been started */
    SLICE_US = 20000,      /* of sleeping: a signal is heeded within it */
    HEADLINE_SHOWN = 60,
};

bool run_stopped(const struct run *r)
{
    return r->s->stop && *r->s->stop;
}

/* ---- lines ---- */
struct span run_clock_text(struct arena *a, int64_t ms)
{
    time_t t = (time_t)(ms / 1000);
    struct tm local;
    localtime_r(&t, &local);
    return arena_printf(a, "%02d:%02d:%02d", local.tm_hour, local.tm_min, local.tm_sec);
}

/* "12:03:05  story       on the front page after   6.2 ms  Headline  http://…" */
void run_tell(struct run *r, const char *word, struct span seen, const struct demo_act *act)
{
    struct span head = S(""), url = S("");
    if (act->story) {
        const struct filed *f = &r->filed[act->story - r->demo->stories];
        struct span raw = demo_version_of(act->story, act->version)->headline;
        struct span whole = headline_cut(r->a, raw).rest;
        head = utf8_head(whole, HEADLINE_SHOWN);
        if (head.n < whole.n) head = arena_printf(r->a, "%.*s…", FMT(head));
        if (f->path.n) url = arena_printf(r->a, "  http://%s%.*s", r->s->address, FMT(f->path));
    }
    printf("%s  %-10s %.*s%s%.*s%.*s\n", run_clock_text(r->a, clock_now_ms()).p, word, FMT(seen),
        head.n ? "  " : "", FMT(head), FMT(url));
}

int64_t run_real_ms(const struct run *r, int64_t script_ms)
{
    return (int64_t)((double)script_ms * r->scale);
}

int64_t run_embargo_ms(const struct run *r, int64_t until_ms)
{
    return (r->start_ms + run_real_ms(r, until_ms) + 999) / 1000 * 1000;
}

/* ---- the run ---- */
static void sleep_until(const struct run *r, int64_t us)
{
    for (int64_t left; !run_stopped(r) && (left = us - clock_mono_us()) > 0;)
        usleep((useconds_t)(left < SLICE_US ? left : SLICE_US));
}

static int64_t due_us(const struct run *r, const struct demo_act *act)
{
    if (act->verb == DEMO_LIFT_EMBARGO && r->ledger)
        return clock_mono_us() +
               (run_embargo_ms(r, act->at_ms) - RELEASE_AHEAD_MS - clock_now_ms()) * 1000;
    return r->start_us + run_real_ms(r, act->at_ms) * 1000;
}

static void run_acts(struct run *r)
{
    const struct demo *d = r->demo;
    for (size_t i = 0; i < d->act_count && !run_stopped(r); i++) {
        const struct demo_act *act = &d->acts[i];
        for (size_t k = i; k < d->act_count && k < i + PICTURES_AHEAD; k++)
            send_picture(r, &d->acts[k]);
        if (i == 0) {
            r->start_us = clock_mono_us();
            r->start_ms = clock_now_ms();
        }
        sleep_until(r, due_us(r, act));
        if (run_stopped(r)) return;
        if (act->say.n) printf("          %.*s\n", FMT(act->say));
        if (r->ledger)
            run_act(r, act);
        else
            run_file_only(r, act);
    }
    sleep_until(r, r->start_us + run_real_ms(r, d->length_ms) * 1000);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void tell_sum(struct run *r)
{
    if (!r->took_count) return;
    qsort(r->took_us, r->took_count, sizeof *r->took_us, by_size);
    printf("\nFrom the wire to the web, %zu times: %.1f ms in the middle, %.1f ms at worst.%s\n",
        r->took_count, (double)r->took_us[r->took_count / 2] / 1000,
        (double)r->took_us[r->took_count - 1] / 1000,
        r->failed ? " SOMETHING FAILED: see above." : "");
}

/* Provider (part of every id) and base path, from the configuration in force. */
static bool look_for_config(struct run *r)
{
    struct event list[64];
    struct span json = S("");
    size_t n = 0;
    uint64_t pos = 0;
    do {
        if (ledger_tail(r->ledger, pos, list, COUNT(list), &n, r->a) != OK) return false;
        for (size_t i = 0; i < n; i++) {
            pos = list[i].pos;
            if (list[i].kind == EVENT_CONFIG &&
                ledger_blob(r->ledger, &list[i].blob, &json, r->a) != OK)
                return false;
        }
    } while (n == COUNT(list));
    struct config *c = json.n ? config_from_editorial(r->a, json, NULL) : NULL;
    if (!c || !c->feed_count) return false;
    r->provider = c->feeds[0].provider;
    r->base = c->base;
    for (uint32_t i = 0; i < c->feed_count; i++)
        for (uint32_t k = 0; k < c->feeds[i].provider_id_count; k++)
            if (span_eq(c->feeds[i].provider_ids[k], S("meridian")))
                r->provider = c->feeds[i].provider;
    return true;
}

/* A site that has just been started puts it in force in a moment. */
static bool read_config(struct run *r)
{
    int64_t until = clock_mono_us() + CONFIG_WAIT_MS * 1000LL;
    while (!look_for_config(r)) {
        if (run_stopped(r) || clock_mono_us() > until) return false;
        usleep(SLICE_US);
    }
    return true;
}

static bool open_site(struct run *r)
{
    const char *why = NULL;
    struct span text;
    if (house_visit(&r->house, r->s->data, &text) != OK) {
        fprintf(stderr, "broadsheet simulate: %.*s\n", FMT(text));
        return false;
    }
    if (ledger_open(r->s->data, "simulate", false, &r->ledger, &why) != OK || !read_config(r)) {
        fprintf(stderr, "broadsheet simulate: %s: %s\n", r->s->data,
            why && *why ? why : "no configuration is in force: start the site first");
        return false;
    }
    r->watch = (struct watch){
        .a = arena_new(LOOK_ARENA), .address = span_of(r->s->address), .stop = r->s->stop};
    return true;
}

static void open_run(struct run *r, const struct simulation *s)
{
    *r = (struct run){.s = s, .demo = s->demo, .a = arena_new(RUN_ARENA)};
    time_t now = (time_t)(clock_now_ms() / 1000);
    struct tm local;
    localtime_r(&now, &local);
    r->today = (struct civil){.year = local.tm_year + 1900,
        .month = local.tm_mon + 1,
        .day = local.tm_mday,
        .weekday = local.tm_wday};
    struct civil utc = civil_of((int64_t)now * 1000);
    r->stamp = arena_printf(r->a, "%04d%02d%02dT%02d%02d%02d", utc.year, utc.month, utc.day,
        utc.hour, utc.minute, utc.second);
    r->filed = ARENA_ARRAY(r->a, struct filed, s->demo->story_count);
    r->took_us = ARENA_ARRAY(r->a, int64_t, s->demo->act_count);
    r->pictures = map_new(r->a);
    r->scale =
        s->length_ms && s->demo->length_ms ? (double)s->length_ms / (double)s->demo->length_ms : 1;
}

bool simulation_run(const struct simulation *s)
{
    struct run r;
    open_run(&r, s);
    if (s->address && !open_site(&r)) r.failed = true;
    if (!r.failed) run_acts(&r);
    if (!run_stopped(&r)) tell_sum(&r);
    watch_close(&r.watch);
    if (r.ledger) ledger_close(r.ledger);
    arena_free(r.watch.a);
    if (r.house.arena) house_close(&r.house);
    arena_free(r.a);
    return !r.failed;
}

/* ---- the verb ---- */
static bool length_of(
    const char *speed, const char *length, const struct demo *d, int64_t *length_ms)
{
    char *end = NULL;
    double x = speed ? strtod(speed, &end) : length ? strtod(length, &end) : 1;
    *length_ms = speed    ? (int64_t)((double)d->length_ms / (x > 0 ? x : 1))
                 : length ? (int64_t)(x * 1000)
                          : 0;
    return x > 0 && x < 1e6 && (!end || !*end);
}

int command_simulate(int argc, char **argv)
{
    struct simulation s = {0};
    const char *stories = NULL, *speed = NULL, *length = NULL, *rest[1];
    size_t rest_count;
    const struct option_row rows[] = {{"--stories", &stories, NULL, true},
        {"--to", &s.folder, NULL, true}, {"--site", &s.address}, {"--data", &s.data},
        {"--speed", &speed}, {"--length", &length}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (s.address && strncmp(s.address, "http://", 7) == 0) s.address += 7;
    if (!s.address != !s.data)
        return usage_error("simulate", "--site and --data belong together: what the site shows is "
                                       "told by its address, the stories' ids by its data");
    struct arena *a = arena_new(RUN_ARENA);
    struct demo demo;
    struct span why;
    int code = EX_NOINPUT;
    if (!demo_load(a, stories, &demo, &why)) {
        fprintf(stderr, "broadsheet simulate: %.*s\n", FMT(why));
    } else if (!length_of(speed, length, &demo, &s.length_ms)) {
        code = usage_error("simulate", "--speed and --length want a number above 0");
    } else {
        s.demo = &demo;
        code = simulation_run(&s) ? EX_OK : EX_SOFTWARE;
    }
    arena_free(a);
    return code;
}
