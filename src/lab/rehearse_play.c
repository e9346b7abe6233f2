/* rehearse_play: the steps of a scenario, one after the other. Time moves only between steps, in
 * hops to each timer on the way; after each step everything settles (D5: the site is quiet). What
 * readers see is judged only then. */
#include "rehearse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOPS_MAX = 10000, VISITS_MAX = 1000 };

/* ---- telling ---- */
static struct span told(struct play *p, const char *fmt, va_list ap)
{
    char text[2048];
    vsnprintf(text, sizeof text, fmt, ap);
    return arena_keep(p->arena, span_of(text));
}

static struct span place(struct play *p)
{
    if (p->step >= p->scenario->count) return S("");
    const struct step *s = &p->scenario->steps[p->step];
    return arena_printf(p->arena, "step %zu (line %u%s%.*s): ", p->step + 1, s->json->line,
        s->at.n ? ", " : "", FMT(s->at));
}

void fail(struct play *p, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct span what = told(p, fmt, ap);
    va_end(ap);
    if (p->failure_count < FAILURES_MAX)
        p->failures[p->failure_count] =
            arena_printf(p->arena, "%.*s%.*s", FMT(place(p)), FMT(what));
    p->failure_count++;
}

bool troubled(struct play *p, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    p->trouble = told(p, fmt, ap);
    va_end(ap);
    return false;
}

bool skip(struct play *p, const char *why)
{
    p->skipped = true;
    p->skip_why = arena_printf(p->arena, "%.*s%s", FMT(place(p)), why);
    return false;
}

/* ---- the site's configuration and key ---- */
bool play_configure(struct play *p)
{
    struct config_report report = {0};
    struct arena *a = arena_new(256 << 20);
    struct span text = site_config_text(p->arena, p->site, p->root);
    if (file_write_durable(p->site_file, text) != OK)
        return troubled(p, "%s cannot be written", p->site_file);
    struct config *c = config_load(a, p->site_file, &report);
    struct buf why;
    buf_init(&why, p->arena, 0);
    for (size_t i = 0; i < report.count; i++) config_mistake_print(&report.list[i], &why);
    if (!c) return troubled(p, "the configuration has mistakes: %.*s", FMT(buf_span(&why)));
    /* The old one stays: known guids and answers point into it. */
    p->config = c;
    return true;
}

static bool read_key(struct play *p)
{
    struct ledger *l = NULL;
    const char *why = NULL;
    if (ledger_open(p->data, "rehearsal", true, &l, &why) != OK)
        return troubled(p, "the ledger cannot be opened: %s", why ? why : "?");
    p->key = arena_keep(p->arena, ledger_key(l));
    ledger_close(l);
    return true;
}

/* An empty ledger is kept aside: a fresh site has the same key, so that its addresses compare. */
static bool begin(struct play *p)
{
    if (!disk_prepare(p)) return false;
    if (dir_make(p->data) != OK) return troubled(p, "%s cannot be made", p->data);
    if (!read_key(p) || !folder_copy(p->data, arena_printf(p->arena, "%s/empty", p->root).p))
        return p->trouble.n ? false : troubled(p, "the empty ledger cannot be kept");
    return play_configure(p) && (p->up = p->stage->start(p));
}

/* ---- time ---- */
static void note_day(struct play *p)
{
    int64_t local = p->now_ms + zone_offset_s(p->config->zone, p->now_ms) * 1000;
    struct civil c = civil_of(local);
    *map_at(p->days, arena_printf(p->arena, "%04d/%02d/%02d", c.year, c.month, c.day)) = p;
}

/* Timers that fall due on the way fire, in order: the clock stops at each. */
bool play_move(struct play *p, int64_t to_ms)
{
    to_ms += p->shift_ms;
    for (int hops = 0; p->up && hops < HOPS_MAX; hops++) {
        int64_t due = p->stage->next_due(p);
        if (due > to_ms || due >= INT64_MAX) break;
        if (due <= p->now_ms) due = p->now_ms + 1;
        if (due > to_ms) break;
        p->now_ms = due;
        p->stage->set_clock(p, due);
        if (!p->stage->settle(p)) return false;
    }
    if (to_ms > p->now_ms) {
        p->now_ms = to_ms;
        p->stage->set_clock(p, to_ms);
    }
    note_day(p);
    return !p->up || p->stage->settle(p);
}

/* ---- steps ---- */
static bool step_desk(struct play *p, const struct step *s)
{
    struct act act = {.kind = act_kind_of(s->value->text),
        .target = json_text(s->json, "story"),
        .text = json_text(s->json, "text"),
        .picture = json_text(s->json, "picture"),
        .by = S("rehearsal")};
    if (act.kind < ACT_UNKNOWN && !act_row(act.kind)->of_story)
        act.target = json_text(s->json, "feed");
    struct span to = json_text(s->json, "to");
    if (to.n) act.text = to;
    if (!act.target.n) return troubled(p, "“story” (or “feed”) is missing");
    if (act.kind == ACT_APPROVE || act.kind == ACT_HIDE) {
        act.text = comment_with(p, act.target, act.text);
        if (!act.text.n) return troubled(p, "no comment on it holds these words");
    }
    struct known *k = known_of(p, act.target);
    if (k && (act.kind == ACT_REDACT || act.kind == ACT_UNREDACT || act.kind == ACT_RESLUG))
        k->may_move = true;
    if (act.kind == ACT_PURGE) return p->stage->purge(p, &act);
    return p->stage->act(p, &act);
}

static bool step_brake(struct play *p, const struct step *s)
{
    struct act act = {.kind = s->kind == STEP_PAUSE ? ACT_PAUSE : ACT_RESUME,
        .target = s->value->text,
        .by = S("rehearsal")};
    return p->stage->act(p, &act);
}

static bool step_visit(struct play *p, const struct step *s)
{
    int64_t times = 1;
    int status = 0;
    struct span guid = json_text(s->value, "story");
    (void)span_to_i64(json_text(s->value, "times"), &times);
    struct span path = story_target(p, guid, &status);
    if (status != 200) return troubled(p, "%.*s answers %d: nobody can read it", FMT(guid), status);
    if (times < 1 || times > VISITS_MAX) return troubled(p, "times: 1 to %d", VISITS_MAX);
    return p->stage->visit(p, path, (size_t)times);
}

static bool restart(struct play *p)
{
    return p->up || (p->up = p->stage->start(p));
}

static bool stop(struct play *p)
{
    if (p->up) p->stage->stop(p);
    p->up = false;
    return true;
}

static bool step_backup(struct play *p, const struct step *s)
{
    const char *to = arena_printf(p->arena, "%s/backup-%.*s", p->root, FMT(s->value->text)).p;
    const char *argv[] = {"broadsheet", "backup", "--data", p->data, "--to", to, NULL};
    return run_self(p, argv);
}

static bool step_restore(struct play *p, const struct step *s)
{
    const char *from = arena_printf(p->arena, "%s/backup-%.*s", p->root, FMT(s->value->text)).p;
    const char *argv[] = {"broadsheet", "restore", "--from", from, "--data", p->data, NULL};
    bool was_up = p->up;
    stop(p);
    return run_self(p, argv) && (!was_up || restart(p));
}

/* A new site with the same key begins at `start`; labels stay. */
static bool step_fresh(struct play *p)
{
    stop(p);
    if (dir_remove(p->data) != OK ||
        !folder_copy(arena_printf(p->step_arena, "%s/empty", p->root).p, p->data))
        return troubled(p, "the data folder cannot be made afresh");
    p->now_ms = p->scenario->start_ms;
    p->shift_ms = 0;
    p->sent_count = 0;
    p->validators = map_new(p->arena);
    return restart(p);
}

static bool step_clock(struct play *p, const struct step *s)
{
    int64_t delta = 0;
    must(offset_of(s->value->text, &delta));
    int64_t before = clock_now_ms();
    clock_jump_wall(delta);
    p->now_ms = clock_now_ms();
    p->shift_ms += p->now_ms - before;
    return true;
}

static bool step_config(struct play *p, const struct step *s)
{
    p->site = json_over(p->arena, p->site, s->value);
    return play_configure(p) && (!p->up || p->stage->reload(p));
}

static bool needs_site(const struct step *s)
{
    static const enum step_kind all[] = {STEP_DESK, STEP_VISIT, STEP_CRASH, STEP_REBUILD,
        STEP_PAUSE, STEP_RESUME, STEP_EXPECT, STEP_PUSH, STEP_COMMENT};
    for (size_t i = 0; i < COUNT(all); i++)
        if (s->kind == all[i]) return true;
    return false;
}

static bool do_step(struct play *p, const struct step *s)
{
    switch (s->kind) {
    case STEP_SEND: return step_send(p, s);
    case STEP_REPLAY: return step_replay(p, s);
    case STEP_DESK: return step_desk(p, s);
    case STEP_COMMENT: return step_comment(p, s);
    case STEP_VISIT: return step_visit(p, s);
    case STEP_CRASH: return p->stage->crash(p, s->value->text);
    case STEP_REBUILD: return p->stage->rebuild(p);
    case STEP_BACKUP: return step_backup(p, s);
    case STEP_RESTORE: return step_restore(p, s);
    case STEP_PAUSE:
    case STEP_RESUME: return step_brake(p, s);
    case STEP_CLOCK: return step_clock(p, s);
    case STEP_DISK: return step_disk(p, s);
    case STEP_CONFIG: return step_config(p, s);
    case STEP_PUSH: return step_push(p, s);
    case STEP_UPLOAD: return step_upload(p, s);
    case STEP_FINISH: return step_finish(p, s);
    case STEP_STOP: return stop(p);
    case STEP_START: return restart(p);
    case STEP_FRESH: return step_fresh(p);
    default: return true;
    }
}

/* “crash” beside “send” or “desk”: while the newsroom has not yet seen it. */
static bool crash_beside(struct play *p, const struct step *s)
{
    struct span role = json_text(s->json, "crash");
    return !role.n || s->kind == STEP_CRASH || p->stage->crash(p, role);
}

static bool play_step(struct play *p, const struct step *s)
{
    arena_reset(p->step_arena);
    p->looks = map_new(p->step_arena);
    if (s->kind != STEP_FRESH && !play_move(p, s->at_ms)) return false;
    if (!p->up && needs_site(s)) return troubled(p, "the site is stopped");
    if (!do_step(p, s) || !crash_beside(p, s)) return false;
    if (p->up && !p->stage->settle(p)) return false;
    p->looks = map_new(p->step_arena);
    if (s->kind == STEP_EXPECT) check_expectations(p, s->value);
    if (s->label.n && p->up) label_snapshot(p, s->label);
    return true;
}

void play_scenario(struct play *p)
{
    const struct scenario *s = p->scenario;
    p->now_ms = s->start_ms;
    p->known_map = map_new(p->arena);
    p->days = map_new(p->arena);
    p->validators = map_new(p->arena);
    p->labels = map_new(p->arena);
    p->uploads = map_new(p->arena);
    p->looks = map_new(p->arena);
    p->step = s->count;
    bool fine = begin(p);
    for (p->step = 0; fine && p->step < s->count; p->step++)
        if (!(fine = play_step(p, &s->steps[p->step]))) break;
    if (!fine && !p->skipped) fail(p, "%.*s", FMT(p->trouble.n ? p->trouble : S("trouble")));
}

void play_close(struct play *p)
{
    stop(p);
}
