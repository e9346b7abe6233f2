/* set_test.c: the desk's verdict is the newsroom's: what a notice did to a story counts in
 * both; and a list that cannot be read is never an empty one. */
#include <sqlite3.h>
#include <stdlib.h>

#include "office.h"
#include "tap.h"

#define NOW INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
enum { STORY = 77, POS_STORY = 1, POS_NOTICE = 2, POS_ACT = 3 };

static char folder[] = "/tmp/broadsheet-set-XXXXXX";

static void put_story(struct store *s, struct arena *a)
{
    struct story *story = ARENA_NEW(a, struct story);
    story->guid = S("urn:quay:1");
    story->headline = S("Ferry sails");
    struct stored_version v = {.item = STORY,
        .page = STORY,
        .feed = S("coastal"),
        .packed = story_pack(a, story),
        .received_ms = NOW,
        .pos = POS_STORY};
    must(store_put_version(s, &v) == OK);
}

static void put_kill_in_words(struct store *s)
{
    struct stored_hit h = {.notice = {.name = "notice of a kill",
                               .kind = NOTICE_KILL,
                               .guid = S("urn:quay:2"),
                               .at_ms = NOW + 1000,
                               .pos = POS_NOTICE},
        .item = STORY};
    bool is_new;
    must(store_put_notice(s, &h.notice, &is_new) == OK && is_new);
    must(store_put_hit(s, &h) == OK);
}

static void whole_set(struct store *s, struct arena *a)
{
    struct desk_set set;
    must(set_load(s, STORY, a, &set) == OK);
    check(set.version_count == 1 && span_eq(set.versions[0].story->headline, S("Ferry sails")),
        "its version, unpacked");
    check(set.act_count == 1 && set.acts[0].kind == ACT_HOLD && set.acts[0].story == STORY,
        "its act");
    check(set.hit_count == 1 && set.hits[0].effect == NOTICE_KILL && set.hits[0].item == STORY,
        "and what a notice did to it");
}

static bool nothing_dead(story_id id, void *with)
{
    (void)id, (void)with;
    return false;
}

static void desk_sees_the_kill(struct office_eyes *eyes)
{
    struct office_story story;
    must(eyes_story(eyes, STORY, &story) == OK);
    check(story.verdict.is_dead, "the desk shows it killed, as readers have it");
}

static enum result listed(struct office_eyes *eyes, const char *what)
{
    struct buf b;
    buf_init(&b, eyes->a, 0);
    struct json_out o = {.b = &b};
    return office_json_list(eyes, span_of(what), S(""), 1, &o);
}

static void break_alarms(const char *store_folder)
{
    sqlite3 *db;
    char path[96];
    snprintf(path, sizeof path, "%s.desk/1/desk.db", store_folder);
    must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    must(sqlite3_exec(db, "DROP TABLE alarm", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
}

static void lists_that_cannot_be_read(struct office_eyes *eyes, const char *store_folder)
{
    check(listed(eyes, "alarms") == OK, "no alarms are an empty list");
    check(listed(eyes, "rumours") == ERR_ABSENT, "what is no list is told from an empty one");
    break_alarms(store_folder);
    enum result r = listed(eyes, "alarms");
    check(r != OK && r != ERR_ABSENT, "and so is what cannot be read");
}

static void desk(const char *store_folder, struct arena *a)
{
    struct desk_rules rules = {.site_zone = zone_utc()};
    struct office_site site = {.zone = zone_utc()};
    struct office_look look = {.store_folder = store_folder,
        .site = &site,
        .rules = &rules,
        .hooks = {nothing_dead, NULL}};
    struct office_eyes eyes;
    const char *why = NULL;
    must(eyes_open(&look, a, &eyes, &why) == OK);
    desk_sees_the_kill(&eyes);
    lists_that_cannot_be_read(&eyes, store_folder);
    eyes_close(&eyes);
}

static void pauses(struct store *s, struct arena *a)
{
    struct brakes b;
    must(brakes_load(s, a, &b) == OK);
    check(
        b.pause_count == 2 && b.pauses[0].until_ms == NOW + 30 && b.pauses[1].until_ms == NOW + 30,
        "a resume of all ends every pause");
    struct act again = {.kind = ACT_PAUSE, .target = S("world")};
    struct stored_act at = {.pos = 12, .at_ms = NOW + 30};
    brakes_take(&b, &again, &at);
    check(b.pause_count == 2, "an act that was taken is not taken again");
    at.pos = 13;
    brakes_take(&b, &again, &at);
    check(b.pause_count == 3 && b.pauses[2].until_ms == FOREVER, "the next one is");
}

static uint64_t take(struct brakes *b, enum act_kind kind, struct span target, uint64_t pos)
{
    struct act act = {.kind = kind, .target = target};
    struct stored_act at = {.pos = pos, .at_ms = NOW + (int64_t)pos};
    brakes_take(b, &act, &at);
    return brakes_change_from(b, &act, pos);
}

/* How far back an act reaches, of versions that wait. */
static void reach(struct arena *a)
{
    struct brakes b = {.a = a};
    check(take(&b, ACT_PAUSE, S("world"), 10) == 10, "a pause changes nothing of before");
    take(&b, ACT_PAUSE, S("coastal"), 20);
    check(take(&b, ACT_RESUME, S("world"), 30) == 10, "a resume: all since its pause");
    check(take(&b, ACT_RESUME, S("coastal"), 40) == 10,
        "and what another brake had caught before, and handed on");
    check(take(&b, ACT_RELEASE, S("coastal"), 50) == 0, "the first release of a feed: all");
    take(&b, ACT_PAUSE, S("all"), 60);
    check(take(&b, ACT_RELEASE, S("coastal"), 70) == 50, "the next: all since that");
    check(take(&b, ACT_RESUME, S("all"), 80) == 50, "a resume: what was released into its brake");
    check(take(&b, ACT_RESUME, S("all"), 80) == 50, "and the same when it is taken again");
    take(&b, ACT_PAUSE, S("all"), 90);
    check(take(&b, ACT_RESUME, S("all"), 100) == 90, "brakes apart from each other are apart");
    check(take(&b, ACT_RESUME, S("all"), 110) == 110, "a resume of nothing changes nothing");
}

/* ---- one page again and again, while versions come (V13) ---- */
static void version_comes(struct store *s, struct arena *a, story_id page, uint64_t pos)
{
    struct story *story = ARENA_NEW(a, struct story);
    story->guid = arena_printf(a, "urn:many:%llu", (unsigned long long)page);
    story->headline = arena_printf(a, "Version %llu", (unsigned long long)pos);
    struct stored_version v = {.item = page,
        .page = page,
        .feed = S("coastal"),
        .packed = story_pack(a, story),
        .received_ms = NOW,
        .pos = pos};
    must(store_put_version(s, &v) == OK);
}

static bool is_as_loaded(struct store *s, struct arena *a, const struct desk_set *kept)
{
    struct desk_set set;
    must(set_load(s, kept->page, a, &set) == OK);
    bool same = set.version_count == kept->version_count && set.act_count == kept->act_count;
    for (size_t i = 0; same && i < set.version_count; i++)
        same = set.versions[i].pos == kept->versions[i].pos &&
               set.versions[i].item == kept->versions[i].item &&
               span_eq(set.versions[i].story->headline, kept->versions[i].story->headline);
    return same;
}

static void kept_set(struct store *s, struct arena *a)
{
    enum { MANY = 500, MORE = 78, OTHER = 79, FIRST = 100 };
    struct set_kept k = {.a = arena_new((size_t)64 << 20)};
    struct desk_set set;
    bool again, right = true;
    size_t most = 0;
    for (uint64_t i = 0; i < MANY; i++) {
        version_comes(s, a, i % 10 == 3 ? OTHER : MORE, FIRST + i);
        size_t used = arena_used(k.a);
        must(set_load_kept(s, MORE, &k, a, &set, &again) == OK);
        right = right && is_as_loaded(s, a, &set) && again == (i > 0);
        if (i && i != MANY - 1 && arena_used(k.a) - used > most) most = arena_used(k.a) - used;
        arena_reset(a);
    }
    check(right, "what is kept of a page, and what came behind it, is what it holds");
    check(most < 128 << 10, "and each time only what came is read (%zu bytes)", most);
    must(set_load_kept(s, OTHER, &k, a, &set, &again) == OK);
    check(!again && is_as_loaded(s, a, &set), "of another page all is read");
    version_comes(s, a, MORE, FIRST + MANY);
    must(store_join_pages(s, MORE, OTHER) == OK);
    must(set_load_kept(s, OTHER, &k, a, &set, &again) == OK);
    check(!again && set.version_count == MANY + 1 && is_as_loaded(s, a, &set),
        "and where versions have come among those that were read");
    arena_free(k.a);
}

static void put_act(struct store *s, story_id page, uint64_t pos, int64_t at_ms, const char *json)
{
    struct stored_act act = {.page = page, .json = span_of(json), .at_ms = at_ms, .pos = pos};
    must(store_put_act(s, &act) == OK);
}

int main(void)
{
    struct store *s;
    const char *why;
    char path[64];
    struct arena *a = arena_new((size_t)64 << 20);
    must(mkdtemp(folder) != NULL);
    log_quiet(LOG_ERROR + 1);
    snprintf(path, sizeof path, "%s/store", folder);
    must(store_open(path, false, &s, &why) == OK && store_begin(s) == OK);
    put_story(s, a);
    put_kill_in_words(s);
    put_act(
        s, STORY, POS_ACT, NOW + 5, "{\"act\":\"hold\",\"target\":\"urn:quay:1\",\"by\":\"ines\"}");
    put_act(s, 0, 10, NOW + 10, "{\"act\":\"pause\",\"target\":\"coastal\"}");
    put_act(s, 0, 11, NOW + 20, "{\"act\":\"pause\",\"target\":\"world\"}");
    put_act(s, 0, 12, NOW + 30, "{\"act\":\"resume\",\"target\":\"all\"}");
    kept_set(s, a);
    must(store_commit(s, 12) == OK);
    whole_set(s, a);
    pauses(s, a);
    reach(a);
    store_close(s);
    desk(path, a);
    arena_free(a);
    must(dir_remove(folder) == OK);
    return tap_end();
}
