/* acts: what each verb of the running order does, and what has to be seen on the site after it.
 * Each tells one line; what is not as it must be fails the run. */
#include "simulation.h"

#include <stdio.h>
#include <unistd.h>

enum {
    ACT_TIMEOUT_MS = 10000,
    PICTURE_MAX = 4 << 20,
    SLUG_MAX = 64,    /* of tags and authors, as the newsroom makes them */
    WORDS_ASKED = 40, /* of an abstract: enough to be this story's alone */
    LOOK_PAUSE_US = 300,
};

static void tell_time(
    struct run *r, const char *word, const char *seen, int64_t us, const struct demo_act *act)
{
    run_tell(r, word, arena_printf(r->a, "%-18s after %6.1f ms", seen, (double)us / 1000), act);
}

static void tell_failure(
    struct run *r, const char *word, const char *what, const struct demo_act *act)
{
    if (run_stopped(r)) return;
    r->failed = true;
    run_tell(r, word, arena_printf(r->a, "FAILED: %s", what), act);
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
    for (; clock_mono_us() < until && !run_stopped(r); usleep(1000)) {
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
        run_tell(r, "story", S("kept; nobody sees it: its URL answers 404"), act);
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
        run_tell(r, "embargo",
            arena_printf(r->a, "404 until %s: http://%s%.*s ",
                run_clock_text(r->a, run_embargo_ms(r, act->until_ms)).p, r->s->address,
                FMT(path_by_id(r, act))),
            act);
    else
        tell_failure(r, "embargo", "it can be read before its time", act);
}

/* Looked at from before its time on: 404 up to the second, and public from then. */
static void act_release(struct run *r, const struct demo_act *act)
{
    int64_t until = clock_mono_us() + WATCH_TIMEOUT_MS * 1000LL, late = 0;
    int64_t due = run_embargo_ms(r, act->at_ms);
    struct span path = path_by_id(r, act);
    struct http_answer answer = {.status = 404};
    while (clock_mono_us() < until && answer.status == 404 && !run_stopped(r)) {
        if (!watch_get(&r->watch, path, &answer)) answer.status = 404;
        late = clock_now_ms() - due;
        if (answer.status == 404) usleep(LOOK_PAUSE_US);
    }
    bool there = answer.status == 301 || answer.status == 200;
    path_of(r, act);
    if (!there)
        tell_failure(r, "released", "not public within 5 s of its time", act);
    else if (late < 0)
        tell_failure(r, "released", "public before its time", act);
    else
        run_tell(r, "released",
            arena_printf(
                r->a, "public %3lld ms after %s", (long long)late, run_clock_text(r->a, due).p),
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

/* Lists on which the story stood, and its picture. */
static size_t places_of(struct run *r, const struct demo_act *act, struct span **out)
{
    static const char *const ends[] = {"", "/rss.xml", "/atom.xml", "/feed.json"};
    const struct demo_version *v = demo_version_of(act->story, act->version);
    const char *picture =
        arena_printf(r->a, "%s/pictures/%.*s", r->demo->folder, FMT(v->picture.file)).p;
    struct span bytes;
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < COUNT(ends); i++)
        *ARENA_PUSH(r->a, *out, n, cap) =
            arena_printf(r->a, "/section/%.*s%s", FMT(act->story->section), ends[i]);
    *ARENA_PUSH(r->a, *out, n, cap) =
        arena_printf(r->a, "/author/%.*s", FMT(text_slug(r->a, v->byline, SLUG_MAX)));
    *ARENA_PUSH(r->a, *out, n, cap) =
        arena_printf(r->a, "/archive/%04d/%02d/%02d", r->today.year, r->today.month, r->today.day);
    for (const struct yaml *y = v->keywords ? v->keywords->first : NULL; y; y = y->next)
        *ARENA_PUSH(r->a, *out, n, cap) =
            arena_printf(r->a, "/tag/%.*s", FMT(text_slug(r->a, y->text, SLUG_MAX)));
    if (v->picture.file.n && file_read(r->a, picture, PICTURE_MAX, &bytes) == OK) {
        struct hash h = hash_of(bytes);
        *ARENA_PUSH(r->a, *out, n, cap) =
            arena_printf(r->a, "/pictures/%.*s-800.jpg", FMT(hash_hex(r->a, &h)));
    }
    return n;
}

static void act_kill(struct run *r, const struct demo_act *act)
{
    const struct demo_version *v = demo_version_of(act->story, act->version);
    struct span words[] = {v->headline, utf8_head(v->abstract, WORDS_ASKED)};
    struct span path = *path_of(r, act), *more = NULL;
    act_status(r, act, "KILL", 410, "410 on its page");
    if (!path.n || run_stopped(r)) return;
    size_t more_count = places_of(r, act, &more);
    struct probe_ask ask = {.address = r->watch.address,
        .base = r->base,
        .id = id_of(r, act),
        .path = span_cut(path, r->base.n, path.n),
        .words = words,
        .word_count = COUNT(words),
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

static void (*const verbs[DEMO_VERBS])(struct run *, const struct demo_act *) = {
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

void run_act(struct run *r, const struct demo_act *act)
{
    verbs[act->verb](r, act);
}

void run_file_only(struct run *r, const struct demo_act *act)
{
    int64_t us;
    if (act->verb == DEMO_LIFT_EMBARGO) return;
    if (!act->story)
        run_tell(r, demo_verb_name(act->verb),
            S("left out: it is the desk's (give --site and --data)"), act);
    else if (send_story(r, act, &us))
        run_tell(r, demo_verb_name(act->verb), S("filed"), act);
}
