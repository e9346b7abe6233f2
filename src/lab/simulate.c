/* simulate: the demonstration wire, live: files stories into a watched folder as an agency does, by
 * demo/script.yaml, and times from the rename of a file until a reader sees it. Each act has a
 * function; the table leads to it. Without a site to look at it only files. */
#include "wiredemo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum {
    RUN_ARENA = 512 << 20,
    LOOK_ARENA = 64 << 20,
    PICTURE_MAX = 4 << 20,
    PICTURES_AHEAD = 3,    /* acts: the darkroom is done with a picture when its story comes */
    RELEASE_AHEAD_MS = 50, /* looking begins before an embargo ends: it must not open early */
    ACT_TIMEOUT_MS = 10000,
    SLICE_US = 20000, /* of sleeping: a signal is heeded within it */
    HEADLINE_SHOWN = 60,
};

struct filed { /* of each story */
    int64_t first_ms;
    struct span path; /* of its page; empty: not public yet */
};
struct run {
    const struct simulation *s;
    const struct demo *demo;
    struct arena *a;
    struct house house;
    struct ledger *ledger; /* NULL: nothing is looked at */
    struct watch watch;
    struct span provider, base, stamp;
    struct civil today;
    struct filed *filed;
    struct map *pictures;
    int64_t start_us, start_ms;
    double scale; /* real time to the script's */
    int64_t *took_us;
    size_t took_count;
    const struct demo_act *waiting; /* filed during the pause */
    bool paused, failed;
    unsigned files;
    const char *last_file;
};

static bool stopped(const struct run *r)
{
    return r->s->stop && *r->s->stop;
}

/* ---- lines ---- */
static struct span clock_text(struct arena *a, int64_t ms)
{
    time_t t = (time_t)(ms / 1000);
    struct tm local;
    localtime_r(&t, &local);
    return arena_printf(a, "%02d:%02d:%02d", local.tm_hour, local.tm_min, local.tm_sec);
}

/* "12:03:05  story       on the front page after   6.2 ms  Headline  http://…" */
static void tell(struct run *r, const char *word, struct span seen, const struct demo_act *act)
{
    struct span head = S(""), url = S("");
    if (act->story) {
        const struct filed *f = &r->filed[act->story - r->demo->stories];
        struct span whole = demo_version_of(act->story, act->version)->headline;
        head = utf8_head(whole, HEADLINE_SHOWN);
        if (head.n < whole.n) head = arena_printf(r->a, "%.*s…", FMT(head));
        if (f->path.n) url = arena_printf(r->a, "  http://%s%.*s", r->s->address, FMT(f->path));
    }
    printf("%s  %-10s %.*s  %.*s%.*s\n", clock_text(r->a, clock_now_ms()).p, word, FMT(seen),
        FMT(head), FMT(url));
}

static void tell_time(
    struct run *r, const char *word, const char *seen, int64_t us, const struct demo_act *act)
{
    tell(r, word, arena_printf(r->a, "%-18s after %6.1f ms", seen, (double)us / 1000), act);
}

static void tell_failure(
    struct run *r, const char *word, const char *what, const struct demo_act *act)
{
    if (stopped(r)) return;
    r->failed = true;
    tell(r, word, arena_printf(r->a, "FAILED: %s", what), act);
}

/* ---- sending ---- */
static bool write_file(struct run *r, struct span name, struct span bytes, int64_t *renamed_us)
{
    const char *hidden = arena_printf(r->a, "%s/.%.*s.tmp", r->s->folder, FMT(name)).p;
    const char *path = arena_printf(r->a, "%s/%.*s", r->s->folder, FMT(name)).p;
    int fd = open(hidden, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    bool fine = fd >= 0 && write_all(fd, bytes.p, bytes.n) == OK && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    r->last_file = path;
    *renamed_us = clock_mono_us();
    if (fine && rename(hidden, path) == 0) return true;
    fprintf(stderr, "broadsheet simulate: %s: %s\n", path, strerror(errno));
    r->failed = true;
    return false;
}

static void send_picture(struct run *r, const struct demo_act *act)
{
    struct span bytes;
    int64_t us;
    if (!act->story || act->verb == DEMO_LIFT_EMBARGO) return;
    struct span name = demo_version_of(act->story, act->version)->picture.file;
    void **slot = name.n ? map_at(r->pictures, name) : NULL;
    if (!slot || *slot) return;
    *slot = r;
    const char *path = arena_printf(r->a, "%s/pictures/%.*s", r->demo->folder, FMT(name)).p;
    if (file_read(r->a, path, PICTURE_MAX, &bytes) == OK) (void)write_file(r, name, bytes, &us);
}

static int64_t real_ms(const struct run *r, int64_t script_ms)
{
    return (int64_t)((double)script_ms * r->scale);
}

/* An embargo ends on a whole second. */
static int64_t embargo_ms(const struct run *r, int64_t until_ms)
{
    return (r->start_ms + real_ms(r, until_ms) + 999) / 1000 * 1000;
}

static struct filing filing_of(struct run *r, const struct demo_act *act)
{
    struct filed *f = &r->filed[act->story - r->demo->stories];
    int64_t now = clock_now_ms();
    if (!f->first_ms) f->first_ms = now;
    return (struct filing){.story = act->story,
        .version = act->version,
        .verb = act->verb,
        .run = r->stamp,
        .note = act->note,
        .now_ms = now,
        .first_ms = f->first_ms,
        .embargo_ms = act->verb == DEMO_EMBARGO ? embargo_ms(r, act->until_ms) : 0,
        .today = r->today};
}

static bool send_story(struct run *r, const struct demo_act *act, int64_t *renamed_us)
{
    struct filing f = filing_of(r, act);
    const struct story *s = filing_story(r->a, &f);
    struct span name = arena_printf(r->a, "%03u-%.*s-%u.%s", ++r->files, FMT(act->story->id),
        act->version, act->story->is_g2 ? "xml" : "json");
    return write_file(r, name, filing_bytes(r->a, &f, s), renamed_us);
}

/* ---- where a story is ---- */
static story_id id_of(struct run *r, const struct demo_act *act)
{
    struct filing f = {.story = act->story, .run = r->stamp};
    return story_id_of(ledger_key(r->ledger), r->provider, filing_guid(r->a, &f));
}

static struct span path_below(struct run *r, const char *path)
{
    return arena_printf(r->a, "%.*s%s", FMT(r->base), path);
}

/* Only the id resolves: before publication this answers 404, after it 301 to the right address. */
static struct span path_by_id(struct run *r, const struct demo_act *act)
{
    return site_probe_path(r->a, r->base, id_of(r, act), clock_now_ms());
}

/* A public story's address, as the API tells it. */
static struct span *path_of(struct run *r, const struct demo_act *act)
{
    struct filed *f = &r->filed[act->story - r->demo->stories];
    struct http_answer answer;
    struct reject why;
    struct url url;
    if (f->path.n) return &f->path;
    const char *id = story_id_text(r->a, id_of(r, act)).p;
    if (!watch_get(
            &r->watch, path_below(r, arena_printf(r->a, "/api/v1/stories/%s", id).p), &answer) ||
        answer.status != 200)
        return &f->path;
    const struct json *j = json_parse(r->watch.a, answer.body, &why);
    if (j && url_parse(r->watch.a, json_text(j, "url"), &url)) f->path = arena_keep(r->a, url.path);
    return &f->path;
}

/* What was filed last has been taken, decided and shown: the folder is empty of it, and what the
 * ledger holds is applied. */
static void settle(struct run *r)
{
    uint64_t pos = 0;
    int64_t until = clock_mono_us() + WATCH_TIMEOUT_MS * 1000LL;
    for (; clock_mono_us() < until && !stopped(r); usleep(1000)) {
        if (access(r->last_file, F_OK) == 0) continue;
        if (ledger_head(r->ledger, &pos) != OK) return;
        if (clock_slot_get(SLOT_APPLIED_POS) >= pos && clock_slot_get(SLOT_WEB_ACK_POS) >= pos)
            return;
    }
}

static void took(struct run *r, int64_t us)
{
    r->took_us[r->took_count++] = us;
}

/* ---- acts ---- */
/* A paragraph of this version that the one before did not have. */
static struct span fresh_words(struct run *r, const struct demo_act *act)
{
    struct filing f = {.story = act->story, .today = r->today};
    const struct demo_version *v = demo_version_of(act->story, act->version);
    const struct demo_version *old = demo_version_of(act->story, act->version - 1);
    struct html rest = html_clean(r->a, filing_text(r->a, &f, v->body));
    struct span before = html_clean(r->a, filing_text(r->a, &f, old->body)).s;
    while (rest.s.n) {
        struct html block = html_next_block(&rest);
        if (block.s.n > 20 && span_find(before, block.s) < 0) return block.s;
    }
    return S("");
}

static void act_new(struct run *r, const struct demo_act *act, const char *word)
{
    int64_t sent, seen;
    struct span id = story_id_text(r->a, id_of(r, act));
    struct sight front = {.path = path_below(r, "/"), .words = id};
    if (!send_story(r, act, &sent)) return;
    if (!watch_until(&r->watch, &front, &seen)) {
        tell_failure(r, word, "not on the front page within 5 s", act);
        return;
    }
    path_of(r, act);
    took(r, seen - sent);
    tell_time(r, word, "on the front page", seen - sent, act);
}

static void act_waits(struct run *r, const struct demo_act *act)
{
    int64_t sent;
    struct http_answer answer;
    if (!send_story(r, act, &sent)) return;
    settle(r);
    r->waiting = act;
    if (watch_get(&r->watch, path_by_id(r, act), &answer) && answer.status == 404)
        tell(r, "story", S("kept; nobody sees it: its URL answers 404"), act);
    else
        tell_failure(r, "story", "it can be read during the pause", act);
}

/* Another version: when its words stand on the page. */
static void act_changed(struct run *r, const struct demo_act *act, const char *word)
{
    int64_t sent, seen;
    struct http_answer answer;
    struct sight page = {.path = *path_of(r, act), .words = fresh_words(r, act)};
    if (!page.path.n || !send_story(r, act, &sent)) {
        tell_failure(r, word, "its story was not public", act);
        return;
    }
    if (!watch_until(&r->watch, &page, &seen)) {
        tell_failure(r, word, "not on its page within 5 s", act);
        return;
    }
    took(r, seen - sent);
    bool boxed = act->verb != DEMO_CORRECT || (watch_get(&r->watch, page.path, &answer) &&
                                                  span_find(answer.body, S("is-correction")) >= 0);
    if (!boxed)
        tell_failure(r, word, "the page has no correction box", act);
    else
        tell_time(r, word, act->verb == DEMO_CORRECT ? "on its page, boxed" : "on its page",
            seen - sent, act);
}

static void act_file(struct run *r, const struct demo_act *act)
{
    if (r->paused)
        act_waits(r, act);
    else if (act->version > 1)
        act_changed(r, act, "full story");
    else
        act_new(r, act, act->verb == DEMO_FLASH ? "FLASH" : "story");
}

static void act_update(struct run *r, const struct demo_act *act)
{
    act_changed(r, act, "UPDATE");
}

static void act_correct(struct run *r, const struct demo_act *act)
{
    act_changed(r, act, "CORRECTED");
}

static void act_refile(struct run *r, const struct demo_act *act)
{
    act_changed(r, act, "REFILE");
}

static void act_embargo(struct run *r, const struct demo_act *act)
{
    int64_t sent;
    struct http_answer page, front;
    struct span id = story_id_text(r->a, id_of(r, act));
    if (!send_story(r, act, &sent)) return;
    settle(r);
    bool hidden = watch_get(&r->watch, path_by_id(r, act), &page) && page.status == 404;
    hidden =
        hidden && watch_get(&r->watch, path_below(r, "/"), &front) && span_find(front.body, id) < 0;
    if (hidden)
        tell(r, "embargo",
            arena_printf(r->a, "404 until %s: http://%s%.*s ",
                clock_text(r->a, embargo_ms(r, act->until_ms)).p, r->s->address,
                FMT(path_by_id(r, act))),
            act);
    else
        tell_failure(r, "embargo", "it can be read before its time", act);
}

/* Looked at from before its time on: 404 up to the second, and public from then. */
static void act_release(struct run *r, const struct demo_act *act)
{
    int64_t until = clock_mono_us() + WATCH_TIMEOUT_MS * 1000LL, late = 0;
    int64_t due = embargo_ms(r, act->at_ms);
    struct span path = path_by_id(r, act);
    struct http_answer answer = {.status = 404};
    while (clock_mono_us() < until && answer.status == 404 && !stopped(r)) {
        if (!watch_get(&r->watch, path, &answer)) answer.status = 404;
        late = clock_now_ms() - due;
        if (answer.status == 404) usleep(300);
    }
    bool there = answer.status == 301 || answer.status == 200;
    path_of(r, act);
    if (!there)
        tell_failure(r, "released", "not public within 5 s of its time", act);
    else if (late < 0)
        tell_failure(r, "released", "public before its time", act);
    else
        tell(r, "released",
            arena_printf(r->a, "public %lld ms after %s", (long long)late, clock_text(r->a, due).p),
            act);
}

static void act_status(
    struct run *r, const struct demo_act *act, const char *word, int status, const char *seen_words)
{
    int64_t sent, seen;
    struct sight page = {.path = *path_of(r, act), .status = status};
    if (!page.path.n || !send_story(r, act, &sent)) {
        tell_failure(r, word, "its story was not public", act);
        return;
    }
    if (!watch_until(&r->watch, &page, &seen)) {
        tell_failure(r, word, "its page did not follow within 5 s", act);
        return;
    }
    took(r, seen - sent);
    tell_time(r, word, seen_words, seen - sent, act);
}

static void act_withhold(struct run *r, const struct demo_act *act)
{
    act_status(r, act, "withheld", 404, "404, as if never,");
}

static void act_lift(struct run *r, const struct demo_act *act)
{
    act_status(r, act, "lifted", 200, "on its old URL");
}

/* Lists on which the story stood. */
static size_t places_of(struct run *r, const struct demo_act *act, struct span **out)
{
    const struct demo_version *v = demo_version_of(act->story, act->version);
    size_t n = 0, cap = 0;
    static const char *const ends[] = {"", "/rss.xml", "/atom.xml", "/feed.json"};
    for (size_t i = 0; i < COUNT(ends); i++)
        *ARENA_PUSH(r->a, *out, n, cap) =
            arena_printf(r->a, "/section/%.*s%s", FMT(act->story->section), ends[i]);
    *ARENA_PUSH(r->a, *out, n, cap) =
        arena_printf(r->a, "/author/%.*s", FMT(text_slug(r->a, v->byline, 64)));
    *ARENA_PUSH(r->a, *out, n, cap) =
        arena_printf(r->a, "/archive/%04d/%02d/%02d", r->today.year, r->today.month, r->today.day);
    for (const struct yaml *y = v->keywords->first; y; y = y->next)
        *ARENA_PUSH(r->a, *out, n, cap) =
            arena_printf(r->a, "/tag/%.*s", FMT(text_slug(r->a, y->text, 64)));
    return n;
}

static void act_kill(struct run *r, const struct demo_act *act)
{
    struct span words[2] = {demo_version_of(act->story, act->version)->headline, act->story->id};
    struct span path = *path_of(r, act), *more = NULL;
    act_status(r, act, "KILL", 410, "410 on its page");
    if (!path.n) return;
    size_t more_count = places_of(r, act, &more);
    struct probe_ask ask = {.address = r->watch.address,
        .base = r->base,
        .id = id_of(r, act),
        .path = span_cut(path, r->base.n, path.n),
        .words = words,
        .word_count = 1,
        .more = more,
        .more_count = more_count};
    if (!watch_gone(&r->watch, &ask)) r->failed = true;
}

static bool brake(struct run *r, const struct demo_act *act, enum act_kind kind, int64_t *us)
{
    uint64_t pos;
    struct act desk = {.kind = kind, .target = act->scope, .by = S("demonstration")};
    int64_t from = clock_mono_us();
    bool done = act_perform(&r->house, &desk, ACT_TIMEOUT_MS, &pos);
    *us = clock_mono_us() - from;
    return done;
}

static void act_pause(struct run *r, const struct demo_act *act)
{
    int64_t us;
    r->paused = brake(r, act, ACT_PAUSE, &us);
    if (r->paused)
        tell_time(r, "PAUSE", "in force", us, act);
    else
        tell_failure(r, "PAUSE", "the desk did not answer", act);
}

static void act_resume(struct run *r, const struct demo_act *act)
{
    int64_t us, from = clock_mono_us(), seen;
    if (!brake(r, act, ACT_RESUME, &us)) {
        tell_failure(r, "RESUME", "the desk did not answer", act);
        return;
    }
    r->paused = false;
    if (!r->waiting) {
        tell_time(r, "RESUME", "in force", us, act);
        return;
    }
    struct sight front = {
        .path = path_below(r, "/"), .words = story_id_text(r->a, id_of(r, r->waiting))};
    bool there = watch_until(&r->watch, &front, &seen);
    path_of(r, r->waiting);
    if (there)
        tell_time(r, "RESUME", "on the front page", seen - from, r->waiting);
    else
        tell_failure(r, "RESUME", "what waited is not on the front page", r->waiting);
    r->waiting = NULL;
}

static void (*const acts[DEMO_VERBS])(struct run *, const struct demo_act *) = {
    [DEMO_FILE] = act_file,
    [DEMO_FLASH] = act_file,
    [DEMO_UPDATE] = act_update,
    [DEMO_CORRECT] = act_correct,
    [DEMO_REFILE] = act_refile,
    [DEMO_EMBARGO] = act_embargo,
    [DEMO_LIFT_EMBARGO] = act_release,
    [DEMO_WITHHOLD] = act_withhold,
    [DEMO_LIFT] = act_lift,
    [DEMO_KILL] = act_kill,
    [DEMO_PAUSE] = act_pause,
    [DEMO_RESUME] = act_resume,
};

/* Where no site is looked at: files, and says so. */
static void only_file(struct run *r, const struct demo_act *act)
{
    int64_t us;
    if (act->verb == DEMO_LIFT_EMBARGO) return;
    if (!act->story)
        tell(r, demo_verb_name(act->verb), S("left out: it is the desk's (give --site and --data)"),
            act);
    else if (send_story(r, act, &us))
        tell(r, demo_verb_name(act->verb), S("filed"), act);
}

/* ---- the run ---- */
static void sleep_until(const struct run *r, int64_t us)
{
    for (int64_t left; !stopped(r) && (left = us - clock_mono_us()) > 0;)
        usleep((useconds_t)(left < SLICE_US ? left : SLICE_US));
}

static int64_t due_us(const struct run *r, const struct demo_act *act)
{
    if (act->verb == DEMO_LIFT_EMBARGO && r->ledger)
        return clock_mono_us() +
               (embargo_ms(r, act->at_ms) - RELEASE_AHEAD_MS - clock_now_ms()) * 1000;
    return r->start_us + real_ms(r, act->at_ms) * 1000;
}

static void run_acts(struct run *r)
{
    const struct demo *d = r->demo;
    for (size_t i = 0; i < d->act_count && !stopped(r); i++) {
        const struct demo_act *act = &d->acts[i];
        for (size_t k = i; k < d->act_count && k < i + PICTURES_AHEAD; k++)
            send_picture(r, &d->acts[k]);
        if (i == 0) {
            r->start_us = clock_mono_us();
            r->start_ms = clock_now_ms();
        }
        sleep_until(r, due_us(r, act));
        if (stopped(r)) return;
        if (act->say.n) printf("          %.*s\n", FMT(act->say));
        if (r->ledger)
            acts[act->verb](r, act);
        else
            only_file(r, act);
    }
    sleep_until(r, r->start_us + real_ms(r, d->length_ms) * 1000);
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
static bool read_config(struct run *r)
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
    struct config *c = json.n ? config_from_editorial(r->a, json) : NULL;
    if (!c || !c->feed_count) return false;
    r->provider = c->feeds[0].provider;
    r->base = c->base;
    for (uint32_t i = 0; i < c->feed_count; i++)
        for (uint32_t k = 0; k < c->feeds[i].provider_id_count; k++)
            if (span_eq(c->feeds[i].provider_ids[k], S("meridian")))
                r->provider = c->feeds[i].provider;
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
            why ? why : "no configuration is in force yet: start the site first");
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
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!r.failed) run_acts(&r);
    if (!stopped(&r)) tell_sum(&r);
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
