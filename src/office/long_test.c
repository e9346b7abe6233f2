/* long_test.c: the desk's lists when they are long: what one look at them takes stays bounded,
 * however many acts, cases and rows there are. */
#include <stdlib.h>
#include <string.h>

#include "office.h"
#include "tap.h"

#define NOW INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define MB ((size_t)1 << 20)
enum {
    STORIES = 5,
    COMMENTS = 190,
    CASES = STORE_ACTS_NAMED_MAX + 1,
    ROWS = 20000,
    PILE = 400,
    TRIAL = 5000000, /* their ids from here */
    TRIALS = 100,    /* a page of them */
    TRIAL_VERSIONS = 40,
    BRAKES = 20000,
    TERMINAL = 256
};

static char folder[] = "/tmp/broadsheet-long-XXXXXX";
static uint64_t pos;
static char body[40000]; /* of a long story */

static bool nothing_dead(story_id id, void *with)
{
    (void)id, (void)with;
    return false;
}

static void put_version(struct store *s, struct arena *a, story_id id, enum desk_mark mark)
{
    struct story *story = ARENA_NEW(a, struct story);
    story->guid = arena_printf(a, "urn:quay:%llu", (unsigned long long)id);
    story->headline = arena_printf(a, "Ferry %llu sails", (unsigned long long)id);
    story->body_text = (struct span){body, sizeof body};
    struct stored_version v = {.item = id,
        .page = id,
        .feed = S("coastal"),
        .packed = story_pack(a, story),
        .received_ms = NOW,
        .pos = ++pos,
        .mark = mark};
    must(store_put_version(s, &v) == OK);
}

static void put_story(struct store *s, struct arena *a, story_id id)
{
    put_version(s, a, id, MARK_NONE);
}

static void put_public(struct store *s, struct arena *a, story_id id)
{
    struct view v = {.id = id,
        .id_text = story_id_text(a, id),
        .path = arena_printf(a, "/2026/01/01/%.*s", FMT(story_id_text(a, id))),
        .headline = S("Ferry sails"),
        .section = S("news"),
        .body_text = (struct span){body, sizeof body}};
    struct story_row row = {.view = &v, .until_ms = INT64_MAX, .feed = S("coastal")};
    must(store_put_story(s, &row) == OK);
}

static void put_act(struct store *s, struct arena *a, const struct act *t)
{
    struct stored_act stored = {
        .page = t->story, .json = act_write(a, t), .at_ms = NOW + (int64_t)pos, .pos = ++pos};
    must(store_put_act(s, &stored) == OK);
}

/* As many as a story takes, each let in by an editor but the newest. */
static void put_comments(struct store *s, struct arena *a, story_id id)
{
    for (unsigned i = 0; i < COMMENTS; i++) {
        struct stored_comment c = {.pos = ++pos,
            .page = id,
            .id = arena_printf(a, "%08llx%08x", (unsigned long long)id, i),
            .name = S("Perpetua"),
            .text = S("The lanterns were lit."),
            .at_ms = NOW};
        must(store_put_comment(s, &c) == OK);
        struct act t = {.kind = ACT_APPROVE, .story = id, .text = c.id, .by = S("anna")};
        if (i + 1 < COMMENTS) put_act(s, a, &t);
    }
}

/* A case of each of many stories, and a second of the first. */
static void put_cases(struct store *s, struct arena *a)
{
    for (story_id id = 1000; id < 1000 + CASES; id++) {
        put_story(s, a, id);
        struct act t = {.kind = ACT_TAKEDOWN,
            .story = id,
            .text = S("At a court's request"),
            .reference = arena_printf(a, "K %llu/26", (unsigned long long)id),
            .by = S("anna")};
        put_act(s, a, &t);
        arena_reset(a);
    }
    struct act again = {.kind = ACT_PURGE, .story = 1500, .text = S("For good"), .by = S("ines")};
    put_act(s, a, &again);
}

static void put_rows(struct store *s, struct arena *a)
{
    for (story_id id = 100000; id < 100000 + ROWS; id++) {
        struct held h = {.page = id,
            .guid = arena_printf(a, "urn:quay:%llu", (unsigned long long)id),
            .headline = arena_printf(a, "Stra\u00dfe %llu", (unsigned long long)id),
            .feed = S("coastal"),
            .why = S("not for use yet"),
            .since_ms = NOW};
        must(store_put_held(s, &h) == OK);
        struct quarantined q = {
            .pos = ++pos, .name = h.guid, .feed = h.feed, .why = h.headline, .line = 1};
        must(store_put_quarantine(s, &q) == OK);
        arena_reset(a);
    }
}

/* What a brake has caught, of stories that are long. */
static void put_pile(struct store *s)
{
    for (story_id id = 1000; id < 1000 + PILE; id++) {
        struct held h = {.page = id,
            .guid = S("urn:quay:caught"),
            .headline = S("Caught"),
            .feed = S("coastal"),
            .why = span_of(reason_text(WHY_PAUSED)),
            .since_ms = NOW};
        must(store_put_held(s, &h) == OK);
    }
}

static struct span listed(struct office_eyes *e, const char *what, const char *words, size_t page)
{
    struct buf b;
    buf_init(&b, e->a, 0);
    struct json_out o = {.b = &b};
    must(office_json_list(e, span_of(what), span_of(words), page, &o) == OK);
    return buf_span(&b);
}

static size_t times(struct span text, const char *what)
{
    size_t n = 0;
    for (ptrdiff_t at; (at = span_find(text, span_of(what))) >= 0; n++)
        text = span_cut(text, (size_t)at + strlen(what), text.n);
    return n;
}

static void comments(struct office_eyes *e)
{
    size_t said = 0, shown = 0, waits = 0, pages = 0, used = arena_used(e->a);
    bool more = true;
    while (more && pages < 100) {
        struct span page = listed(e, "comments", "", ++pages);
        said += times(page, "The lanterns were lit.");
        shown += times(page, "\"shown\"");
        waits += times(page, "\"waits\"");
        more = span_find(page, S("\"more\":true")) >= 0;
    }
    check(said == STORIES * COMMENTS && shown == said - STORIES && waits == STORIES,
        "every comment of several stories is listed once, with how it stands");
    check(pages == (STORIES * COMMENTS - 1) / OFFICE_LIST_MAX + 1, "page by page");
    check(arena_used(e->a) - used < 8 * MB, "and no act is kept for it");
    used = arena_used(e->a);
    check(times(listed(e, "comments", "", OFFICE_PAGES_MAX), "lanterns") == 0 &&
              arena_used(e->a) - used < MB / 4,
        "a page far behind the end reads none of them");
}

/* What a search takes beyond the list itself, and how many it finds. */
static size_t sought(struct office_eyes *e, size_t used, const char *what, const char *words)
{
    size_t before = arena_used(e->a), n = times(listed(e, what, words, 1), "Stra\u00dfe");
    check(arena_used(e->a) - before < used + MB / 4, "%s: what a search folds is not kept", what);
    return n;
}

static void searches(struct office_eyes *e)
{
    struct held *held;
    struct quarantined *bad;
    size_t n, at[3] = {arena_used(e->a)};
    must(store_held(e->store, e->a, &held, &n) == OK && n == ROWS + PILE);
    at[1] = arena_used(e->a);
    must(store_quarantine(e->store, e->a, &bad, &n) == OK && n == ROWS);
    at[2] = arena_used(e->a);
    check(sought(e, at[1] - at[0], "held", "STRASSE 100017 coastal") == 1, "and finds its story");
    check(sought(e, at[2] - at[1], "quarantine", "STRASSE 100018") == 1, "and its file");
}

static void cases(struct office_eyes *e)
{
    size_t used = arena_used(e->a);
    struct span all = listed(e, "takedowns", "", 1), one = listed(e, "takedowns", "k 1017/26", 1);
    check(times(all, "\"event\"") == CASES - 1 && times(all, "\"open\":true") == CASES - 1,
        "cases of many stories");
    check(times(all, "\"older_left_out\":true") == 1 &&
              times(listed(e, "takedowns", "k 1000/26", 1), "\"older_left_out\":true") == 1 &&
              times(listed(e, "held", "", 1), "older_left_out") == 0,
        "it is said that an older one is left out, also of a search");
    check(
        times(one, "\"event\"") == 1 && times(one, "Ferry 1017 sails") == 1, "found by reference");
    one = listed(e, "takedowns", "ferry 1500", 1);
    check(times(one, "\"event\"") == 2 && span_find(one, S("purge")) < span_find(one, S("court")),
        "two of one story, the newer first");
    check(arena_used(e->a) - used < 48 * MB, "and no story is kept for it");
}

/* What a feed in shadow has brought: long stories in many versions, and rows of the public side. */
static void put_trials(struct store *s, struct arena *a)
{
    for (story_id id = 1; id <= TRIALS; id++) {
        for (int k = 0; k < TRIAL_VERSIONS; k++) put_version(s, a, TRIAL + id, MARK_SHADOW);
        put_public(s, a, TRIAL + id);
        arena_reset(a);
    }
    for (int i = 0; i < BRAKES; i++) {
        struct act t = {
            .kind = i % 2 ? ACT_RESUME : ACT_PAUSE, .target = S("all"), .by = S("anna")};
        t.text = arena_printf(a, "for the %dth time", i);
        put_act(s, a, &t);
        arena_reset(a);
    }
}

static void trials(struct office_eyes *e)
{
    struct arena *row = arena_new(OFFICE_STORY_ARENA);
    size_t used = arena_used(e->a), known = 0, up = 0;
    struct verdict would;
    struct stored_act act;
    for (story_id id = TRIAL + 1; id <= TRIAL + TRIALS; id++) {
        enum result r = eyes_trial(e, row, id, &would);
        known += r == OK && would.reason_count > 0;
        up += eyes_is_public(e, row, id);
    }
    arena_free(row);
    check(known == TRIALS && up == TRIALS,
        "what each would be, and what is public of it (%zu, %zu)", known, up);
    check(arena_used(e->a) - used < MB, "and no story is kept for it (%zu kB)",
        (arena_used(e->a) - used) >> 10);
    used = arena_used(e->a);
    check(store_act_of_none(e->store, pos, e->a, &act) == OK &&
              span_find(act.json, arena_printf(e->a, "for the %dth time", BRAKES - 1)) >= 0 &&
              store_act_of_none(e->store, pos + 1, e->a, &act) == ERR_ABSENT &&
              arena_used(e->a) - used < MB / 100,
        "who pulled a brake is asked of that act alone");
}

static void piles(struct office_eyes *e)
{
    struct held *pile;
    size_t n = 0, used = arena_used(e->a);
    check(eyes_pile(e, S("coastal"), &pile, &n) == OK && n == PILE, "a feed's pile");
    check(eyes_pile(e, S("world"), &pile, &n) == OK && n == 0, "a section's: of none of these");
    check(arena_used(e->a) - used < 16 * MB, "and no story is kept for it");
}

static void look(const char *store_folder, void (*at)(struct office_eyes *))
{
    struct arena *a = arena_new(TERMINAL * MB); /* as the terminal has it */
    struct desk_rules rules = {.site_zone = zone_utc(), .comments = DESK_COMMENTS_APPROVE};
    struct office_site site = {.zone = zone_utc()};
    struct office_look l = {.store_folder = store_folder,
        .site = &site,
        .rules = &rules,
        .hooks = {nothing_dead, NULL}};
    struct office_eyes eyes;
    const char *why = NULL;
    must(eyes_open(&l, a, &eyes, &why) == OK);
    at(&eyes);
    eyes_close(&eyes);
    arena_free(a);
}

int main(void)
{
    struct store *s;
    const char *why;
    char path[64];
    struct arena *a = arena_new(64 * MB);
    must(mkdtemp(folder) != NULL);
    log_quiet(LOG_ERROR + 1);
    memset(body, 'x', sizeof body);
    snprintf(path, sizeof path, "%s/store", folder);
    must(store_open(path, false, &s, &why) == OK && store_begin(s) == OK);
    for (story_id id = 1; id <= STORIES; id++) put_story(s, a, id), put_comments(s, a, id);
    put_cases(s, a);
    put_pile(s);
    put_rows(s, a);
    put_trials(s, a);
    must(store_commit(s, pos) == OK);
    store_close(s);
    look(path, comments);
    look(path, searches);
    look(path, cases);
    look(path, piles);
    look(path, trials);
    arena_free(a);
    must(dir_remove(folder) == OK);
    return tap_end();
}
