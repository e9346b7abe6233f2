/* newsroom_test.c: the newsroom against what its ledger and its darkroom may do to it: kills and
 * takedowns behind a backlog, configurations that nobody can read any more, pictures without end,
 * answers that were not asked for. */
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "newsroom.h"
#include "tap.h"

#define BASE_MS INT64_C(1769148000000)

static struct house house;
static struct newsroom *n;
static int64_t now_ms = BASE_MS;
static char root[] = "/tmp/broadsheet-newsroom-XXXXXX";
static struct arena *a;
static struct newsroom_hooks hooks;

static void house_start(void)
{
    static const char site[] =
        "site: {name: Test, url: 'https://test.example'}\nsections:\n  news: {title: News}\n"
        "feeds:\n  wire: {provider: Wire, timezone: UTC, folder: %s/in}\n";
    struct span why = S("");
    must(mkdtemp(root) != NULL);
    const char *config = arena_printf(a, "%s/site.yaml", root).p;
    must(dir_make(arena_printf(a, "%s/in", root).p) == OK);
    must(file_write_durable(config, arena_printf(a, site, root)) == OK);
    must(house_open(&house, arena_printf(a, "%s/data", root).p, now_ms, &why) == OK);
    must(house_configure(&house, config, S("")));
    house.one = true;
    clock_set_virtual(now_ms);
}

static void start(bool fresh)
{
    struct newsroom_options options = {.ledger_appender = "newsroom", .fresh = fresh};
    struct span why = S("");
    enum result r = newsroom_open(&house, &options, &hooks, &n, &why);
    if (r != OK) printf("# %.*s\n", FMT(why));
    must(r == OK);
}

static enum result work(void)
{
    enum result r = OK;
    for (bool more = true; more && r == OK;) r = newsroom_step(n, &more);
    return r;
}

static void step(void)
{
    bool more;
    must(newsroom_step(n, &more) == OK);
}

/* ---- events ---- */
static void append(enum event_kind kind, struct span meta, struct span blob)
{
    static int count;
    now_ms += 1000;
    clock_set_virtual(now_ms);
    struct append ap = {.kind = kind,
        .received_ms = now_ms,
        .feed = kind == EVENT_DELIVERY ? S("wire") : S(""),
        .delivery = arena_printf(a, "test:%d", ++count),
        .meta = meta,
        .blob = blob};
    must(ledger_append(newsroom_ledger(n), &ap, 1) == OK);
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
    return story_id_of(ledger_key(newsroom_ledger(n)), S("Wire"), span_of(guid));
}

static bool is_dead(const char *guid)
{
    return tombs_dead(newsroom_tombs(n), id_of(guid));
}

static bool is_shown(const char *guid)
{
    struct view *v;
    int64_t from, until;
    return store_story_summary(newsroom_store(n), id_of(guid), a, &v, &from, &until) == OK;
}

static bool has_alarm(const char *words)
{
    struct alarm *list;
    size_t count;
    must(store_alarms(newsroom_store(n), a, &list, &count) == OK);
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

static void takedowns_behind_a_backlog(void)
{
    static const char *const known[] = {"tag:killed", "tag:purged", "tag:gone", "tag:back"};
    for (size_t i = 0; i < COUNT(known); i++) deliver(known[i], 1, "usable");
    must(work() == OK);
    check(is_shown("tag:gone") && !is_dead("tag:gone"), "stories stand");
    backlog("ahead", 400);
    deliver("tag:killed", 2, "canceled");
    act("takedown", "tag:gone");
    act("purge", "tag:purged");
    act("kill", "tag:back");
    act("lift", "tag:back");
    kills_told = 0;
    step();
    check(is_dead("tag:killed") && is_dead("tag:gone") && is_dead("tag:purged"),
        "K18 one step into a backlog, the agency's kill and the desk's acts behind it have acted");
    check(kills_told >= 3, "and the web was told (%zu)", kills_told);
    must(work() == OK);
    check(is_dead("tag:gone") && !is_shown("tag:gone"), "a takedown stands when its turn has come");
    check(!is_dead("tag:back") && is_shown("tag:back"), "what was lifted behind it is free");
    act("lift", "tag:gone");
    must(work() == OK);
    check(!is_dead("tag:gone") && is_shown("tag:gone"), "a later lift frees what was buried early");
}

/* The takedown is buried under the page as it is now; when its turn comes that is part of another.
 */
static void joined_in_between(void)
{
    story_id page = id_of("tag:two"), into;
    deliver("tag:one", 1, "usable");
    deliver("tag:two", 1, "usable");
    must(work() == OK);
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
    must(work() == OK && store_page_of(newsroom_store(n), page, &into) == OK);
    check(into != page && !tombs_dead(newsroom_tombs(n), page) &&
              !tombs_dead(newsroom_tombs(n), into),
        "and free under every name when it is lifted");
}

/* The peek names a cancel by what it reads, the decision by what the store has kept of it. */
static void undated_behind_a_backlog(void)
{
    deliver("tag:undated", 1, "usable");
    must(work() == OK);
    backlog("undated-ahead", 400);
    append(EVENT_DELIVERY, S("{\"name\":\"item.json\"}"),
        S("{\"guid\":\"tag:undated\",\"type\":\"text\",\"pubstatus\":\"canceled\",\"language\":"
          "\"en\",\"headline\":\"Story &amp; <b>picture</b>\",\"slugline\":\"UND/\",\"byline\":"
          "\"By  Ines\",\"ednote\":\"Kill it\",\"body_html\":\"<p onclick='x'>Two &nbsp; words<br>"
          "</p>\",\"associations\":{\"one\":{\"guid\":\"tag:pic\",\"type\":\"picture\","
          "\"description_text\":\" A  pier \",\"pubstatus\":\"canceled\"}}}"));
    step();
    check(is_dead("tag:undated"), "K18 a cancel without version and date acts ahead of its turn");
    must(work() == OK);
    append(EVENT_DELIVERY, S("{\"name\":\"item.json\"}"),
        S("{\"guid\":\"tag:undated\",\"type\":\"text\",\"pubstatus\":\"usable\",\"language\":"
          "\"en\","
          "\"headline\":\"Back again\",\"body_html\":\"<p>It stands.</p>\"}"));
    act("confirm", "tag:undated");
    must(work() == OK);
    check(is_shown("tag:undated") && !is_dead("tag:undated"),
        "K6 and the desk's yes frees what was buried then");
}

static void while_all_is_decided(void)
{
    backlog("many", 150);
    must(work() == OK);
    backlog("last", 63);
    struct config *c = house.config;
    struct span tagline = c->tagline;
    c->tagline = S("Another one");
    must(newsroom_configure(n, c) == OK);
    c->tagline = tagline;
    act("takedown", "tag:many-140");
    kills_told = 0;
    step();
    check(is_dead("tag:many-140") && kills_told == 1,
        "a takedown does not wait until every page is decided by a new configuration");
    must(work() == OK);
}

static void while_it_is_built_again(void)
{
    uint64_t head = 0;
    deliver("tag:wire", 1, "usable");
    deliver("tag:desk", 1, "usable");
    must(work() == OK);
    newsroom_close(n);
    start(true);
    deliver("tag:wire", 2, "canceled");
    act("takedown", "tag:desk");
    must(ledger_head(newsroom_ledger(n), &head) == OK);
    step();
    check(newsroom_position(n) + 300 < head && is_dead("tag:wire") && is_dead("tag:desk"),
        "while the store is built again kills and takedowns act at once");
    must(work() == OK && newsroom_switch(n) == OK);
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
    must(work() == OK);
    check(is_shown("tag:before-brakes") && !is_shown("tag:braked"), "the last brake is on");
    newsroom_close(n);
    int64_t before = clock_mono_us();
    start(true);
    must(work() == OK && newsroom_switch(n) == OK);
    check(is_shown("tag:before-brakes") && !is_shown("tag:braked") &&
              n->brakes.pause_count == MANY / 2 + 1,
        "a ledger with %d brake acts is built again", MANY);
    check(clock_mono_us() - before < INT64_C(60000000), "in bounded time");
    newsroom_close(n);
    start(false);
    act("resume", "all");
    must(work() == OK);
    check(is_shown("tag:braked") && n->brakes.pause_count == MANY / 2 + 1,
        "the next resume ends what was on before the start");
}

/* ---- timers ---- */
static struct span embargoed(int i)
{
    return arena_printf(a,
        "{\"uri\":\"tag:due-%d\",\"standard\":{\"name\":\"ninjs\",\"version\":\"3.0\"},\"type\":"
        "\"text\",\"version\":\"1\",\"pubStatus\":\"usable\",\"embargoed\":\"2026-03-01T00:00:"
        "00Z\","
        "\"language\":\"en\",\"headlines\":[{\"role\":\"main\",\"value\":\"Due %d\"}],\"bodies\":[{"
        "\"role\":\"main\",\"contentType\":\"text/html\",\"value\":\"<p>Words of %d.</p>\"}]}",
        i, i, i);
}

static size_t held_count(void)
{
    struct held *list;
    size_t count;
    must(store_held(newsroom_store(n), a, &list, &count) == OK);
    return count;
}

static void many_due_at_once(void)
{
    enum { MANY = JOB_DUE + 50 };
    must(work() == OK);
    size_t before = held_count();
    for (int i = 0; i < MANY; i++)
        append(EVENT_DELIVERY, S("{\"name\":\"item.json\"}"), embargoed(i));
    must(work() == OK);
    check(held_count() == before + MANY, "%d stories wait for one instant", MANY);
    now_ms = newsroom_due_ms(n);
    clock_set_virtual(now_ms);
    step();
    deliver("tag:amid", 1, "usable");
    must(work() == OK);
    check(held_count() == before && is_shown("tag:amid"),
        "all of them are released then, and what comes amid them is not forgotten (%zu left)",
        held_count() - before);
}

/* ---- configurations ---- */
static void lost_configurations(void)
{
    append(EVENT_CONFIG, S("{}"), S("{\"feeds\": 3}"));
    deliver("tag:after-unreadable", 1, "usable");
    check(work() == OK && is_shown("tag:after-unreadable"),
        "a configuration that cannot be read is passed over");
    check(has_alarm("the one before stays in force"), "and the desk is told");
    append(EVENT_CONFIG, S("{}"),
        S("{\"site\":{\"name\":\"Test\",\"timezone\":\"Mars/Olympus\"},\"sections\":[{\"name\":"
          "\"news\",\"title\":\"News\"}],\"feeds\":[{\"name\":\"wire\",\"provider\":\"Wire\"}]}"));
    deliver("tag:after-zone", 1, "usable");
    check(work() == OK && is_shown("tag:after-zone"), "a zone that is lost stops nothing");
    check(has_alarm("“Mars/Olympus” is not known any more"), "and the desk is told which");
    newsroom_close(n);
    start(true);
    check(work() == OK && is_shown("tag:after-unreadable") && has_alarm("Mars/Olympus"),
        "the store can be built again from such a ledger");
    must(newsroom_switch(n) == OK);
    newsroom_close(n);
    start(false);
    must(newsroom_configure(n, house.config) == OK && work() == OK);
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
    newsroom_close(n);
    hooks.ask = note_ask;
    hooks.answer = note_answer;
    hooks.window = 2;
    start(false);
    house.config->feeds[0].format = S("ninjs");
    deliver("tag:format-1", 1, "usable");
    must(newsroom_configure(n, house.config) == OK);
    deliver("tag:format-2", 1, "usable");
    must(work() == OK);
    check(span_eq(last_format, S("ninjs")),
        "a delivery behind a configuration is read by that one's format (%.*s)", FMT(last_format));
    newsroom_close(n);
    hooks.ask = NULL;
    hooks.answer = NULL;
    start(false);
}

/* ---- pictures ---- */
static size_t looks;

static void count_looks(void *with, struct span hex, struct span bytes)
{
    struct picture_answer none = {.why = S("a test")};
    (void)with, (void)bytes;
    looks++;
    must(store_begin(newsroom_store(n)) == OK &&
         store_put_picture(newsroom_store(n), hex, 0, 0, none.forms) == OK &&
         store_commit(newsroom_store(n), newsroom_position(n)) == OK);
}

static void want_file(int i)
{
    struct span bytes = arena_printf(a, "picture %d", i);
    struct hash h = hash_of(bytes);
    append(EVENT_FILE, arena_printf(a, "{\"name\":\"p%d.jpg\"}", i), bytes);
    must(store_want_file(newsroom_store(n), S(""), hash_hex(a, &h), 1) == OK);
}

static void pictures_without_end(void)
{
    enum { REAL = 20, MANY = 70000 };
    newsroom_close(n);
    hooks.look = count_looks;
    start(false);
    for (int i = 0; i < REAL; i++) want_file(i);
    must(work() == OK);
    for (int i = 0; i < MANY; i++) {
        struct hash h = hash_of(arena_printf(a, "none %d", i));
        newsroom_want(n, hash_hex(a, &h));
    }
    check(n->want_count < MANY, "what waits for the darkroom is bounded (%zu)", n->want_count);
    while (newsroom_behind(n)) continue;
    check(looks == REAL, "what there was no room for is found again in the store (%zu)", looks);
    want_file(REAL);
    must(work() == OK);
    newsroom_close(n);
    start(false);
    while (newsroom_behind(n)) continue;
    check(looks == REAL + 1, "so is what a newsroom before did not come to (%zu)", looks);
    newsroom_close(n);
    hooks.look = NULL;
    start(false);
}

/* ---- a darkroom that was taken over ---- */
static void *run_role(void *with)
{
    (void)!role_newsroom(with);
    return NULL;
}

static int hand_peer(int control, enum role role)
{
    int fds[2];
    struct buf b;
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    buf_init(&b, a, 0);
    put_u32(&b, (uint32_t)role);
    put_u32(&b, 0);
    put_u32(&b, 0);
    must(frame_send(control, MSG_CHANNEL, buf_span(&b), fds[1], 5000) == OK);
    close(fds[1]);
    return fds[0];
}

static struct span evil_answer(const char *hex)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_span(&b, span_of(hex));
    for (int i = 0; i < 3; i++) put_u32(&b, 1);
    put_span(&b, S(""));
    put_u32(&b, 1);
    put_u32(&b, 320);
    for (size_t f = 0; f < PICTURE_FORMS; f++) put_span(&b, S("evil"));
    put_span(&b, S("evil"));
    return buf_span(&b);
}

static uint64_t head_of(struct ledger *l)
{
    uint64_t head = 0;
    must(ledger_head(l, &head) == OK);
    return head;
}

static void darkroom_taken_over(void)
{
    int fds[2];
    pthread_t thread;
    const char *why;
    struct ledger *l;
    struct buf b;
    newsroom_close(n);
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    struct role_start s = {.role = ROLE_NEWSROOM, .control = fds[1], .house = &house};
    must(ledger_open(house.data, "desk", false, &l, &why) == OK);
    must(pthread_create(&thread, NULL, run_role, &s) == 0);
    int darkroom = hand_peer(fds[0], ROLE_DARKROOM), web = hand_peer(fds[0], ROLE_WEB);
    uint64_t head = head_of(l);
    must(frame_send(darkroom, MSG_LOOKED, evil_answer("../../evil"), -1, 5000) == OK);
    buf_init(&b, a, 0);
    put_span(&b, S("../../evil-card.jpg"));
    put_span(&b, S("evil"));
    must(frame_send(darkroom, MSG_CARD_MADE, buf_span(&b), -1, 5000) == OK);
    for (int i = 0; i < 5000 && head_of(l) == head;
         i++) { /* what the web sends is done behind it */
        buf_init(&b, a, 0);
        put_span(&b, arena_printf(a, "test:counts:%d", i));
        put_span(&b, S("{\"views\":{}}"));
        must(frame_send(web, MSG_COUNTS, buf_span(&b), -1, 5000) == OK);
        usleep(2000);
    }
    check(head_of(l) > head, "the newsroom works on");
    check(access(arena_printf(a, "%s/evil-320.jpg", root).p, F_OK) != 0 &&
              access(arena_printf(a, "%s/evil-card.jpg", root).p, F_OK) != 0 &&
              access(arena_printf(a, "%s/data/evil-320.jpg", root).p, F_OK) != 0,
        "what the darkroom was not asked for is written nowhere");
    must(frame_send(fds[0], MSG_STOP, S(""), -1, 5000) == OK);
    pthread_join(thread, NULL);
    close(darkroom), close(web), close(fds[0]);
    ledger_close(l);
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
    must(ledger_append(newsroom_ledger(n), &ap, 1) == OK);
    deliver("tag:unminted", 1, "usable");
    enum result r = work();
    check(r == ERR_LEDGER, "damage of the ledger is told as such, and not as the store's (%s)",
        result_name(r));
}

int main(void)
{
    a = arena_new((size_t)1 << 30);
    hooks.killed = count_kills;
    log_quiet(LOG_ERROR + 1);
    house_start();
    start(false);
    must(newsroom_configure(n, house.config) == OK);
    takedowns_behind_a_backlog();
    joined_in_between();
    undated_behind_a_backlog();
    while_all_is_decided();
    while_it_is_built_again();
    brakes_of_years();
    many_due_at_once();
    lost_configurations();
    read_by_what_is_in_force();
    pictures_without_end();
    darkroom_taken_over();
    start(false);
    damaged_ledger();
    newsroom_close(n);
    house_close(&house);
    arena_free(a);
    must(dir_remove(root) == OK);
    return tap_end();
}
