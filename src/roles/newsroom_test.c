/* newsroom_test.c: the newsroom against what its ledger may do to it: kills and takedowns behind a
 * backlog, configurations that nobody can read any more. */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "newsroom_kit.h"

static void step(void)
{
    bool more;
    must(newsroom_step(newsroom, &more) == OK);
}

/* ---- events ---- */
static void append(enum event_kind kind, struct span meta, struct span blob)
{
    newsroom_event(kind, kind == EVENT_DELIVERY ? S("wire") : S(""), meta, blob);
}

static void deliver(const char *guid, int version, const char *status)
{
    append(EVENT_DELIVERY, S("{\"name\":\"item.json\"}"),
        arena_printf(a,
            "{\"uri\":\"%s\",\"standard\":{\"name\":\"ninjs\",\"version\":\"3.0\"},\"type\":"
            "\"text\",\"version\":\"%d\",\"pubStatus\":\"%s\",\"versionCreated\":"
            "\"2026-01-23T05:%02d:00Z\",\"language\":\"en\",\"headlines\":[{\"role\":\"main\","
            "\"value\":\"Story %s\"}],\"bodies\":[{\"role\":\"main\",\"contentType\":\"text/"
            "html\",\"value\":\"<p>Some words of %s.</p>\"}]}",
            guid, version, status, version, guid, guid));
}

static void act(const char *kind, const char *guid)
{
    append(EVENT_ACT, arena_printf(a, "{\"act\":\"%s\",\"target\":\"%s\"}", kind, guid),
        (struct span){0});
}

static void backlog(const char *of, int count)
{
    for (int i = 0; i < count; i++) deliver(arena_printf(a, "tag:%s-%d", of, i).p, 1, "usable");
}

static story_id id_of(const char *guid)
{
    return story_id_of(ledger_key(newsroom_ledger(newsroom)), S("Wire"), span_of(guid));
}

static bool is_dead(const char *guid)
{
    return tombs_dead(newsroom_tombs(newsroom), id_of(guid));
}

static bool is_shown(const char *guid)
{
    struct view *v;
    int64_t from, until;
    return store_story_summary(newsroom_store(newsroom), id_of(guid), a, &v, &from, &until) == OK;
}

static bool has_alarm(const char *words)
{
    struct alarm *list;
    size_t count;
    must(store_alarms(newsroom_store(newsroom), a, &list, &count) == OK);
    for (size_t i = 0; i < count; i++)
        if (span_find(list[i].text, span_of(words)) >= 0) return true;
    return false;
}

/* ---- looking ahead ---- */
static size_t kills_told;

static void count_kills(void *with, const story_id *ids, size_t count, uint64_t pos)
{
    (void)with, (void)ids, (void)pos;
    kills_told += count > 0;
}

static size_t purges_sent;
static void count_urgent(void *with, const struct out *o)
{
    (void)with;
    bool fits = span_eq(o->kind, S("cdn")) && span_find(o->body, S("/2026/01/23/")) >= 0 &&
                span_find(o->body, arena_printf(a, "s-%.*s", FMT(story_id_text(a, o->page)))) >= 0;
    purges_sent += fits;
}

static void takedowns_behind_a_backlog(void)
{
    static const char *const known[] = {"tag:killed", "tag:purged", "tag:gone", "tag:back"};
    for (size_t i = 0; i < COUNT(known); i++) deliver(known[i], 1, "usable");
    must(newsroom_work() == OK);
    check(is_shown("tag:gone") && !is_dead("tag:gone"), "stories stand");
    backlog("ahead", 400);
    deliver("tag:killed", 2, "canceled");
    act("takedown", "tag:gone");
    act("purge", "tag:purged");
    act("kill", "tag:back");
    act("lift", "tag:back");
    kills_told = purges_sent = 0;
    step();
    check(is_dead("tag:killed") && is_dead("tag:gone") && is_dead("tag:purged"),
        "K18 one step into a backlog, the agency's kill and the desk's acts behind it have acted");
    check(kills_told >= 3, "and the web was told (%zu)", kills_told);
    check(purges_sent >= 3, "caches in front are told what to drop, ahead of the decision (%zu)",
        purges_sent);
    must(newsroom_work() == OK);
    check(is_dead("tag:gone") && !is_shown("tag:gone"), "a takedown stands when its turn has come");
    check(!is_dead("tag:back") && is_shown("tag:back"), "what was lifted behind it is free");
    act("lift", "tag:gone");
    must(newsroom_work() == OK);
    check(!is_dead("tag:gone") && is_shown("tag:gone"), "a later lift frees what was buried early");
}

/* More than is looked at in one go; nothing of it is a story. */
static void long_backlog(size_t count)
{
    static struct append batch[LEDGER_BATCH_MAX];
    static int number;
    for (size_t done = 0; done < count; done += COUNT(batch)) {
        for (size_t i = 0; i < COUNT(batch); i++)
            batch[i] = (struct append){.kind = EVENT_COUNTS,
                .received_ms = now_ms,
                .delivery = arena_printf(a, "long:%d", ++number),
                .meta = S("{}")};
        must(ledger_append(newsroom_ledger(newsroom), batch, COUNT(batch)) == OK);
    }
}

static void kill_behind_a_long_backlog(void)
{
    deliver("tag:middle", 1, "usable");
    deliver("tag:last", 1, "usable");
    must(newsroom_work() == OK);
    long_backlog(5000);
    deliver("tag:middle", 2, "canceled");
    long_backlog(5000);
    deliver("tag:last", 2, "canceled");
    step();
    check(is_dead("tag:last") && !is_dead("tag:middle"),
        "K18 one step into a backlog of ten thousand, what came last has been looked at");
    step();
    check(is_dead("tag:middle"), "and the next step looks at what came before it");
    must(newsroom_work() == OK && is_dead("tag:last"));
}

/* The takedown is buried under the page as it is now; when its turn comes that is part of another.
 */
static void joined_in_between(void)
{
    story_id page = id_of("tag:two"), into;
    deliver("tag:one", 1, "usable");
    deliver("tag:two", 1, "usable");
    must(newsroom_work() == OK);
    backlog("join", 300);
    append(EVENT_DELIVERY, S("{\"name\":\"item.json\"}"),
        S("{\"guid\":\"tag:ties\",\"version\":\"1\",\"type\":\"text\",\"pubstatus\":\"usable\","
          "\"versioncreated\":\"2026-01-23T05:30:00Z\",\"language\":\"en\",\"headline\":\"Both of "
          "them\",\"body_html\":\"<p>It goes on.</p>\",\"evolvedfrom\":[{\"guid\":\"tag:one\"},"
          "{\"guid\":\"tag:two\"}]}"));
    act("takedown", "tag:two");
    step();
    check(is_dead("tag:two"), "it is buried at once");
    act("lift", "tag:two");
    must(newsroom_work() == OK && store_page_of(newsroom_store(newsroom), page, &into) == OK);
    check(into != page && !tombs_dead(newsroom_tombs(newsroom), page) &&
              !tombs_dead(newsroom_tombs(newsroom), into),
        "and free under every name when it is lifted");
}

/* The peek names a cancel by what it reads, the decision by what the store has kept of it. */
static void undated_behind_a_backlog(void)
{
    deliver("tag:undated", 1, "usable");
    must(newsroom_work() == OK);
    backlog("undated-ahead", 400);
    append(EVENT_DELIVERY, S("{\"name\":\"item.json\"}"),
        S("{\"guid\":\"tag:undated\",\"type\":\"text\",\"pubstatus\":\"canceled\",\"language\":"
          "\"en\",\"headline\":\"Story &amp; <b>picture</b>\",\"slugline\":\"UND/\",\"byline\":"
          "\"By  Ines\",\"ednote\":\"Kill it\",\"body_html\":\"<p onclick='x'>Two &nbsp; words<br>"
          "</p>\",\"associations\":{\"one\":{\"guid\":\"tag:pic\",\"type\":\"picture\","
          "\"description_text\":\" A  pier \",\"pubstatus\":\"canceled\"}}}"));
    step();
    check(is_dead("tag:undated"), "K18 a cancel without version and date acts ahead of its turn");
    must(newsroom_work() == OK);
    append(EVENT_DELIVERY, S("{\"name\":\"item.json\"}"),
        S("{\"guid\":\"tag:undated\",\"type\":\"text\",\"pubstatus\":\"usable\",\"language\":"
          "\"en\","
          "\"headline\":\"Back again\",\"body_html\":\"<p>It stands.</p>\"}"));
    act("confirm", "tag:undated");
    must(newsroom_work() == OK);
    check(is_shown("tag:undated") && !is_dead("tag:undated"),
        "K6 and the desk's yes frees what was buried then");
}

static void while_all_is_decided(void)
{
    backlog("many", 150);
    must(newsroom_work() == OK);
    backlog("last", 63);
    struct config *c = house.config;
    struct span tagline = c->tagline;
    c->tagline = S("Another one");
    must(newsroom_configure(newsroom, c) == OK);
    c->tagline = tagline;
    act("takedown", "tag:many-140");
    kills_told = 0;
    step();
    check(is_dead("tag:many-140") && kills_told == 1,
        "a takedown does not wait until every page is decided by a new configuration");
    must(newsroom_work() == OK);
}

static void while_it_is_built_again(void)
{
    uint64_t head = 0;
    deliver("tag:wire", 1, "usable");
    deliver("tag:desk", 1, "usable");
    must(newsroom_work() == OK);
    newsroom_close(newsroom);
    newsroom_start(true);
    deliver("tag:wire", 2, "canceled");
    act("takedown", "tag:desk");
    must(ledger_head(newsroom_ledger(newsroom), &head) == OK);
    step();
    check(newsroom_position(newsroom) + 300 < head && is_dead("tag:wire") && is_dead("tag:desk"),
        "while the store is built again kills and takedowns act at once");
    must(newsroom_work() == OK);
    uint64_t before = keys_get(newsroom->keys, keys_slot(S("site")));
    must(newsroom_switch(newsroom) == OK);
    check(keys_get(newsroom->keys, keys_slot(S("site"))) != before,
        "pages that were made meanwhile, of the old store, are not kept");
    check(is_dead("tag:wire") && is_dead("tag:desk") && !is_dead("tag:gone"),
        "and stand when it is done; what was lifted is free");
}

/* ---- brakes ---- */
static void brakes_of_years(void)
{
    enum { MANY = 5000 };
    deliver("tag:before-brakes", 1, "usable");
    for (int i = 0; i < MANY; i++) act(i % 2 ? "resume" : "pause", i % 4 < 2 ? "all" : "wire");
    act("pause", "all");
    deliver("tag:braked", 1, "usable");
    must(newsroom_work() == OK);
    check(is_shown("tag:before-brakes") && !is_shown("tag:braked"), "the last brake is on");
    newsroom_close(newsroom);
    int64_t before = clock_mono_us();
    newsroom_start(true);
    must(newsroom_work() == OK && newsroom_switch(newsroom) == OK);
    check(is_shown("tag:before-brakes") && !is_shown("tag:braked") &&
              newsroom->brakes.pause_count == MANY / 2 + 1,
        "a ledger with %d brake acts is built again", MANY);
    check(clock_mono_us() - before < INT64_C(60000000), "in bounded time");
    newsroom_close(newsroom);
    newsroom_start(false);
    act("resume", "all");
    must(newsroom_work() == OK);
    check(is_shown("tag:braked") && newsroom->brakes.pause_count == MANY / 2 + 1,
        "the next resume ends what was on before the start");
}

/* ---- timers ---- */
static struct span embargoed(int i, const char *hour)
{
    return arena_printf(a,
        "{\"uri\":\"tag:due-%d\",\"standard\":{\"name\":\"ninjs\",\"version\":\"3.0\"},\"type\":"
        "\"text\",\"version\":\"1\",\"pubStatus\":\"usable\",\"embargoed\":\"2026-03-01T%s:00:"
        "00Z\","
        "\"language\":\"en\",\"headlines\":[{\"role\":\"main\",\"value\":\"Due %d\"}],\"bodies\":[{"
        "\"role\":\"main\",\"contentType\":\"text/html\",\"value\":\"<p>Words of %d.</p>\"}]}",
        i, hour, i, i);
}

static size_t held_count(void)
{
    struct held *list;
    size_t count;
    must(store_held(newsroom_store(newsroom), a, &list, &count) == OK);
    return count;
}

static void many_due_at_once(void)
{
    enum { MANY = JOB_DUE + 50 };
    must(newsroom_work() == OK);
    size_t before = held_count();
    for (int i = 0; i < MANY; i++)
        append(EVENT_DELIVERY, S("{\"name\":\"item.json\"}"), embargoed(i, "00"));
    must(newsroom_work() == OK);
    check(held_count() == before + MANY, "%d stories wait for one instant", MANY);
    now_ms = newsroom_due_ms(newsroom);
    clock_set_virtual(now_ms);
    step();
    deliver("tag:amid", 1, "usable");
    must(newsroom_work() == OK);
    check(held_count() == before && is_shown("tag:amid"),
        "all of them are released then, and what comes amid them is not forgotten (%zu left)",
        held_count() - before);
}

/* E14. What came between two steps of ringing has moved the position on; it ends there. */
static void ended_between_two_rings(void)
{
    enum { MANY = JOB_DUE + 50 };
    must(newsroom_work() == OK);
    size_t before = held_count();
    for (int i = MANY; i < 2 * MANY; i++)
        append(EVENT_DELIVERY, S("{\"name\":\"item.json\"}"), embargoed(i, "12"));
    must(newsroom_work() == OK);
    check(held_count() == before + MANY, "%d more wait for one instant", MANY);
    now_ms = newsroom_due_ms(newsroom) + 5;
    clock_set_virtual(now_ms);
    deliver("tag:between", 1, "usable");
    step();
    check(is_shown("tag:between") && held_count() > before, "some of them are released with it");
    newsroom_close(newsroom);
    newsroom_start(false);
    must(newsroom_work() == OK);
    check(held_count() == before, "behind a restart all others are (%zu left)",
        held_count() - before);
    check(store_rung(newsroom_store(newsroom)) == 0, "and it is known that they are");
}

/* ---- configurations ---- */
static void lost_configurations(void)
{
    append(EVENT_CONFIG, S("{}"), S("{\"feeds\": 3}"));
    deliver("tag:after-unreadable", 1, "usable");
    check(newsroom_work() == OK && is_shown("tag:after-unreadable"),
        "a configuration that cannot be read is passed over");
    check(has_alarm("the one before stays in force"), "and the desk is told");
    append(EVENT_CONFIG, S("{}"),
        S("{\"site\":{\"name\":\"Test\",\"timezone\":\"Mars/Olympus\"},\"sections\":[{\"name\":"
          "\"news\",\"title\":\"News\"}],\"feeds\":[{\"name\":\"wire\",\"provider\":\"Wire\"}]}"));
    deliver("tag:after-zone", 1, "usable");
    check(newsroom_work() == OK && is_shown("tag:after-zone"), "a zone that is lost stops nothing");
    check(has_alarm("“Mars/Olympus” is not known any more"), "and the desk is told which");
    newsroom_close(newsroom);
    newsroom_start(true);
    check(newsroom_work() == OK && is_shown("tag:after-unreadable") && has_alarm("Mars/Olympus"),
        "the store can be built again from such a ledger");
    must(newsroom_switch(newsroom) == OK);
    newsroom_close(newsroom);
    newsroom_start(false);
    must(newsroom_configure(newsroom, house.config) == OK && newsroom_work() == OK);
}

/* ---- the format of a feed ---- */
static struct {
    uint64_t pos[4];
    struct span bytes[4], format[4];
} asked;

static void note_ask(void *with, uint64_t pos, struct span bytes, const struct wire_hint *hint)
{
    (void)with;
    for (size_t i = 0; i < COUNT(asked.pos); i++) {
        if (asked.pos[i]) continue;
        asked.pos[i] = pos;
        asked.bytes[i] = arena_keep(a, bytes);
        asked.format[i] = arena_keep(a, hint->format);
        return;
    }
    must(!"too much asked");
}

static struct span last_format;

static enum result note_answer(void *with, uint64_t pos, struct arena *job, struct wire_result *out)
{
    struct wire_hint hint = {0};
    (void)with;
    for (size_t i = 0; i < COUNT(asked.pos); i++) {
        if (asked.pos[i] != pos) continue;
        memset(out, 0, sizeof *out);
        wire_read(job, asked.bytes[i], &hint, out);
        last_format = asked.format[i];
        asked.pos[i] = 0;
        return OK;
    }
    return ERR_CORRUPT;
}

static void read_by_what_is_in_force(void)
{
    newsroom_close(newsroom);
    hooks.ask = note_ask;
    hooks.answer = note_answer;
    hooks.window = 2;
    newsroom_start(false);
    house.config->feeds[0].format = S("ninjs");
    deliver("tag:format-1", 1, "usable");
    must(newsroom_configure(newsroom, house.config) == OK);
    deliver("tag:format-2", 1, "usable");
    must(newsroom_work() == OK);
    check(span_eq(last_format, S("ninjs")),
        "a delivery behind a configuration is read by that one's format (%.*s)", FMT(last_format));
    newsroom_close(newsroom);
    hooks.ask = NULL;
    hooks.answer = NULL;
    newsroom_start(false);
}

/* ---- kills that come back ---- */
/* A reader of another version read the cancel otherwise, so that it had another name. */
static void killed_under_an_old_name(void)
{
    struct tomb t[2] = {{.story = id_of("tag:renamed"), .cause = TOMB_WIRE, .kill = "of old"}};
    size_t added = 0;
    deliver("tag:renamed", 1, "usable");
    deliver("tag:renamed", 2, "canceled");
    t[0].at_ms = now_ms;
    must(newsroom_work() == OK && tombs_add(newsroom_tombs(newsroom), t, 1, &added) == OK && added);
    deliver("tag:renamed", 3, "usable");
    must(newsroom_work() == OK && is_dead("tag:renamed"));
    act("confirm", "tag:renamed");
    must(newsroom_work() == OK);
    check(!is_dead("tag:renamed") && is_shown("tag:renamed"),
        "K6 the editor's yes lifts a kill under whatever name it stands");
    t[1] = t[0];
    t[1].at_ms = now_ms + 1;
    memcpy(t[1].kill, "of the lost part", 16);
    must(tombs_add(newsroom_tombs(newsroom), &t[1], 1, &added) == OK && added);
    deliver("tag:renamed", 4, "usable");
    must(newsroom_work() == OK);
    check(is_dead("tag:renamed") && !is_shown("tag:renamed"),
        "X9 a younger one, which the ledger does not hold, it does not lift");
}

static void dated(const char *guid, const char *version, const char *status, const char *time)
{
    append(EVENT_DELIVERY, S("{\"name\":\"item.json\"}"),
        arena_printf(a,
            "{\"guid\":\"%s\",%s\"type\":\"text\",\"pubstatus\":\"%s\",\"versioncreated\":\"%s\","
            "\"language\":\"en\",\"headline\":\"At %s\",\"body_html\":\"<p>So it was.</p>\"}",
            guid, version, status, time, time));
}

/* By their numbers the second was the newer one, and the editor's yes was about it; once one has
 * none, dates order. The tombstones know of it when the step is over, whatever the store says. */
static void killed_again(void)
{
    dated("tag:again", "\"version\":\"1\",", "usable", "2026-01-23T05:10:00Z");
    dated("tag:again", "\"version\":\"2\",", "canceled", "2026-01-23T05:40:00Z");
    dated("tag:again", "\"version\":\"3\",", "usable", "2026-01-23T05:20:00Z");
    act("confirm", "tag:again");
    must(newsroom_work() == OK);
    check(is_shown("tag:again") && !is_dead("tag:again"), "K6 a kill is confirmed away");
    dated("tag:again", "", "usable", "2026-01-23T05:30:00Z");
    must(newsroom_work() == OK);
    check(!is_shown("tag:again") && is_dead("tag:again"),
        "and has a tombstone again as it stands again");
    uint64_t count = tombs_count(newsroom_tombs(newsroom));
    act("headline", "tag:again");
    must(newsroom_work() == OK);
    check(tombs_count(newsroom_tombs(newsroom)) == count, "one, however often it is decided");
    dated("tag:again", "", "usable", "2026-01-23T05:50:00Z");
    act("confirm", "tag:again");
    must(newsroom_work() == OK);
    check(is_shown("tag:again") && !is_dead("tag:again"), "which the next yes lifts");
}

/* What is behind another configuration is read by that one. */
static void kill_behind_a_configuration(void)
{
    static const char renamed[] =
        "site: {name: Test, url: 'https://test.example'}\nsections:\n  news: {title: News}\n"
        "feeds:\n  wire: {provider: Another, timezone: UTC, folder: %s/in}\n";
    struct config_report report = {0};
    const char *file = arena_printf(a, "%s/another.yaml", root).p;
    deliver("tag:other", 1, "usable");
    must(newsroom_work() == OK && is_shown("tag:other"));
    must(dir_make(arena_printf(a, "%s/in", root).p) == OK &&
         file_write_durable(file, arena_printf(a, renamed, root)) == OK);
    struct config *another = config_load(a, file, &report);
    must(another != NULL);
    backlog("before", 200);
    append(EVENT_CONFIG, S(""), config_editorial(a, another));
    deliver("tag:other", 2, "canceled");
    backlog("behind", 200);
    step();
    check(!is_dead("tag:other"), "a cancel of another agency's story of that guid buries nothing");
    must(newsroom_work() == OK);
    check(!is_dead("tag:other"), "nor when its turn comes");
    append(EVENT_CONFIG, S(""), config_editorial(a, house.config));
    must(newsroom_work() == OK);
}

/* ---- search ---- */
static size_t found(const char *words)
{
    struct reader *r;
    struct reader_hooks none = {0};
    struct view *list;
    size_t count, total;
    must(reader_open(house.store, none, &r) == OK && reader_begin(r, now_ms) == OK);
    must(reader_search(r, span_of(words), 0, 10, a, &list, &count, &total) == OK);
    reader_end(r);
    reader_close(r);
    return total;
}

static bool is_meant(const char *typed, const char *word)
{
    struct reader *r;
    struct reader_hooks none = {0};
    struct search_found found;
    struct search_ask ask = {.words = span_of(typed), .n = 10};
    must(reader_open(house.store, none, &r) == OK && reader_begin(r, now_ms) == OK);
    must(reader_find(r, &ask, a, &found) == OK);
    reader_end(r);
    reader_close(r);
    return span_eq_nocase(found.meant, span_of(word));
}

/* C11, redactions: the index follows behind publication, and what went must not be found until
 * then. */
static void words_that_went(void)
{
    deliver("tag:quince", 1, "usable");
    must(newsroom_work() == OK);
    while (newsroom_behind(newsroom)) continue;
    check(found("quince") == 1 && found("\"some words of tag quince\"") == 1,
        "a story is found by its words");
    append(EVENT_ACT, S("{\"act\":\"redact\",\"target\":\"tag:quince\",\"text\":\"Some words\"}"),
        (struct span){0});
    must(newsroom_work() == OK);
    check(found("\"some words of tag quince\"") == 0,
        "struck words find nothing, though the index has not come to the story yet");
    while (newsroom_behind(newsroom)) continue;
    check(found("quince") == 1 && found("\"some words of tag quince\"") == 0,
        "then it is found by those that are left");
    check(is_meant("qiunce", "quince"), "and what is misspelt is put right by them");
    deliver("tag:quince", 2, "canceled");
    must(newsroom_work() == OK);
    check(found("quince") == 0 && is_meant("qiunce", ""),
        "D4: killed, its words are not found nor meant, though the index still holds them");
    while (newsroom_behind(newsroom)) continue;
    check(is_meant("qiunce", ""), "nor when it does not");
}

/* ---- a disk that fails ---- */
static int to_pass; /* reads, and the next one is refused */

static ssize_t refusing(int fd, void *to, size_t n, off_t at)
{
    if (to_pass-- != 0) return pread(fd, to, n, at);
    errno = EIO;
    return -1;
}

static enum result step_refused(int behind)
{
    sqlite3_vfs *v = sqlite3_vfs_find("unix");
    bool more;
    to_pass = behind;
    must(v->xSetSystemCall(v, "pread64", (sqlite3_syscall_ptr)refusing) == SQLITE_OK);
    enum result r = newsroom_step(newsroom, &more);
    (void)v->xSetSystemCall(v, "pread64", NULL);
    return r;
}

static void deliver_long(const char *guid)
{
    struct buf text;
    buf_init(&text, a, 0);
    for (unsigned i = 0; i < 20000; i++) buf_printf(&text, " %08x", i * 2654435761u);
    append(EVENT_DELIVERY, S("{\"name\":\"item.json\"}"),
        arena_printf(a,
            "{\"uri\":\"%s\",\"standard\":{\"name\":\"ninjs\",\"version\":\"3.0\"},\"type\":"
            "\"text\",\"version\":\"1\",\"pubStatus\":\"usable\",\"headlines\":[{\"role\":\"main\","
            "\"value\":\"Story %s\"}],\"bodies\":[{\"role\":\"main\",\"contentType\":\"text/html\","
            "\"value\":\"<p>%.*s</p>\"}]}",
            guid, guid, FMT(buf_span(&text))));
    newsroom_close(newsroom);
    newsroom_start(false);
}

/* Of a newsroom that has just been opened the first read is that of the delivery's bytes. */
static void unread_for_a_while(void)
{
    deliver_long("tag:unread");
    enum result r = step_refused(0);
    check(r == ERR_IO && newsroom->unread_pos && !is_shown("tag:unread"),
        "a delivery that the disk does not give is waited for (%s)", result_name(r));
    must(newsroom_work() == OK);
    check(is_shown("tag:unread"), "and stands once it does");
    deliver_long("tag:unreadable");
    r = step_refused(0);
    for (int behind = 0; r == ERR_IO && behind < 50; behind++) {
        newsroom->unread_since_us -= INT64_C(31000000);
        r = step_refused(behind);
    }
    must(newsroom_work() == OK);
    check(r == OK && !is_shown("tag:unreadable"), "not for longer than half a minute (%s)",
        result_name(r));
}

/* ---- a ledger that is damaged ---- */
/* A mint that holds no day. From here on the house of this test stands still. */
static void damaged_ledger(void)
{
    struct append ap = {.kind = EVENT_MINT,
        .received_ms = now_ms,
        .feed = S(""),
        .delivery =
            arena_printf(a, "mint:%.*s:first:", FMT(story_id_text(a, id_of("tag:unminted")))),
        .meta = S("{}")};
    must(ledger_append(newsroom_ledger(newsroom), &ap, 1) == OK);
    deliver("tag:unminted", 1, "usable");
    enum result r = newsroom_work();
    check(r == ERR_LEDGER, "damage of the ledger is told as such, and not as the store's (%s)",
        result_name(r));
}

int main(void)
{
    static const char *const feed[] = {"wire"}, *const provider[] = {"Wire"};
    hooks.killed = count_kills;
    hooks.urgent = count_urgent;
    log_quiet(LOG_ERROR + 1);
    house_start(feed, provider, 1);
    house.one = true;
    newsroom_start(false);
    must(newsroom_configure(newsroom, house.config) == OK);
    takedowns_behind_a_backlog();
    kill_behind_a_long_backlog();
    joined_in_between();
    undated_behind_a_backlog();
    while_all_is_decided();
    while_it_is_built_again();
    brakes_of_years();
    many_due_at_once();
    ended_between_two_rings();
    lost_configurations();
    read_by_what_is_in_force();
    words_that_went();
    killed_under_an_old_name();
    killed_again();
    kill_behind_a_configuration();
    unread_for_a_while();
    damaged_ledger();
    house_end();
    return tap_end();
}
