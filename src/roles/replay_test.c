/* replay_test.c: what is compared of two sides, what is counted, what is in neither; how a
 * difference of words is told; a ledger read again into a scratch house gives what is live, and is
 * left as it was. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "master.h"
#include "replay.h"
#include "tap.h"

#define BASE_MS INT64_C(1769148000000)

static struct house house;
static struct newsroom *newsroom;
static int64_t now_ms = BASE_MS;
static char root[] = "/tmp/broadsheet-replay-XXXXXX";
static struct arena *a;

static void house_start(void)
{
    static const char site[] =
        "site: {name: Replay, url: 'https://replay.example'}\nsections:\n  news: {title: News}\n"
        "  sport: {title: Sport}\nfeeds:\n  wire: {provider: Wire, timezone: UTC, folder: %s/in}\n";
    struct span why = S("");
    struct newsroom_options options = {.ledger_appender = "newsroom"};
    must(mkdtemp(root) != NULL);
    const char *config = arena_printf(a, "%s/site.yaml", root).p;
    must(dir_make(arena_printf(a, "%s/in", root).p) == OK);
    must(file_write_durable(config, arena_printf(a, site, root)) == OK);
    must(house_open(&house, arena_printf(a, "%s/data", root).p, now_ms, &why) == OK);
    must(house_configure(&house, config, S("")));
    clock_set_virtual(now_ms);
    must(newsroom_open(&house, &options, NULL, &newsroom, &why) == OK);
    must(newsroom_configure(newsroom, house.config) == OK);
}

static void work(void)
{
    for (bool more = true; more;) must(newsroom_step(newsroom, &more) == OK);
}

static void bring(const char *guid, int version, const char *status, const char *headline)
{
    static int number;
    now_ms += 1000;
    clock_set_virtual(now_ms);
    struct append ap = {.kind = EVENT_DELIVERY,
        .received_ms = now_ms,
        .feed = S("wire"),
        .meta = arena_printf(a, "{\"name\":\"%d.json\"}", number),
        .delivery = arena_printf(a, "delivery-%d", number++),
        .blob = arena_printf(a,
            "{\"uri\":\"%s\",\"version\":\"%d\",\"type\":\"text\",\"pubstatus\":\"%s\","
            "\"versioncreated\":\"2026-01-23T06:00:00Z\",\"headline\":\"%s\","
            "\"body_html\":\"<p>Some words of %s that stand here.</p>\"}",
            guid, version, status, headline, headline)};
    must(ledger_append(newsroom_ledger(newsroom), &ap, 1) == OK);
    work();
}

/* ---- comparing ---- */
static struct replay_page last; /* the last one told; its spans are gone by then */
static char last_what[200];

static void told(void *with, const struct replay_page *p)
{
    (void)with;
    last = *p;
    last_what[0] = 0;
    for (size_t i = 0; i < p->field_count; i++)
        snprintf(last_what + strlen(last_what), sizeof last_what - strlen(last_what), "%s;",
            p->fields[i].what);
}

static struct replay_sum compare_to(const struct config *then, uint64_t until_pos)
{
    struct replay_sum sum;
    struct store *s = newsroom_store(newsroom);
    struct replay q = {.now_store = s,
        .then_store = s,
        .now_config = house.config,
        .then_config = then,
        .tombs = newsroom_tombs(newsroom),
        .now_ms = now_ms,
        .until_pos = until_pos,
        .each = told};
    last.field_count = 0;
    must(replay_compare(a, &q, &sum) == OK);
    return sum;
}

static struct replay_sum compare(const struct config *then)
{
    return compare_to(then, UINT64_MAX);
}

static struct config *with(const char *yaml)
{
    struct config_report report = {0};
    struct config *c = config_overlay(a, house.config, span_of(yaml), &report);
    if (!c) fprintf(stderr, "# a mistake in %s\n", yaml);
    must(c != NULL);
    return c;
}

static void test_config(void)
{
    bring("a", 1, "usable", "Bridge opens");
    bring("b", 1, "usable", "Ferry sails");
    bring("c", 1, "usable", "Bridge is killed");
    bring("c", 2, "canceled", "Bridge is killed");
    bring("d", 1, "withheld", "Bridge later");
    struct replay_sum s = compare(house.config);
    check(s.pages == 3 && s.live == 2 && !replay_weight(&s) && !last.field_count,
        "one configuration on both sides: nothing differs, what is killed is no page (%zu)",
        s.pages);
    s = compare(with("rules: [{texts: [bridge], action: hold}]"));
    check(s.fates[REPLAY_LEAVES] == 1 && replay_weight(&s) == 1 && s.fates[REPLAY_CHANGES] == 0,
        "a rule that holds: one live page leaves");
    s = compare(with("rules: [{texts: [ferry], to_section: sport, add_tags: [Ships]}]"));
    check(s.fates[REPLAY_CHANGES] == 1 && replay_weight(&s) == 1 &&
              strcmp(last_what, "section;tags;") == 0,
        "a rule that files: what differs is named (%s)", last_what);
    s = compare(with("feeds: {wire: {provider: Wire, credit: The Wire, timezone: UTC}}"));
    check(replay_weight(&s) == 2 && strcmp(last_what, "credit;") == 0,
        "a feed's credit stands on all of its pages (%s)", last_what);
    s = compare(with("site: {tagline: Other words}"));
    check(!replay_weight(&s) && !last.field_count, "a site's own words change no story");
}

/* ---- every key of a feed that decides pages is seen ---- */
static const struct {
    const char *key, *value; /* NULL: exempt, and why */
    const char *why;
} feed_keys[] = {
    {"provider", "Another, credit: Another"},
    {"credit", "Another"},
    {"credit_line", "'(c) {agency}'"},
    {"picture_credit", "'{credit}'"},
    {"disclaimer", "Words"},
    {"territory", "[GB], territory_kept_by: proxy"},
    {"territory_except", "[GB], territory_kept_by: proxy"},
    {"retention_days", "1"},
    {"index", "no"},
    {"contract_ends", "2020-01-01"},
    {"name", NULL, "another feed"},
    {"folder", NULL, "a door"},
    {"poll", NULL, "of the transport"},
    {"push_key_file", NULL, "a door"},
    {"silent_after_minutes", NULL, "an alarm"},
    {"silent_by_rhythm", NULL, "an alarm"},
    {"gaps_by_number", NULL, "an alarm"},
    {"limits", NULL, "when a delivery comes"},
    {"provider_ids", NULL, "asked when a delivery comes"},
    {"format", NULL, "asked when a delivery is read"},
    {"timezone", NULL, "asked of embargoes without a zone"},
    {"credit_at", NULL, "only with a credit_line, whose field tells it"},
    {"languages", NULL, "only of stories that name theirs, whose outcome tells it"},
    {"shadow", NULL, "marks what comes while it is on"},
    {"pictures", NULL, "only of stories with pictures, whose field tells them"},
    {"fetch_pictures", NULL, "what is fetched from now on"},
    {"comments", NULL, "only where the site has them"},
    {"locked", NULL, "what editors may do"},
    {"no_gallery", NULL, "a duty that is told"},
    {"takedown_minutes", NULL, "a duty that is told"},
    {"territory_kept_by", NULL, "only with a territory, whose field tells it"},
    {"on_kill", NULL, "of pages that are gone"},
    {"late_embargo", NULL, "of embargoes that come late"},
    {"embeds", NULL, "of pages that show some; whether a frame may be asked for"},
    {"ai_crawlers", NULL, "what crawlers are told, on no page of readers"},
    {"history", NULL, "only of pages with several versions"},
};

static bool is_told(const char *key, const char *value)
{
    struct replay_sum s = compare(with(arena_printf(a, "feeds: {wire: {%s: %s}}", key, value).p));
    return replay_weight(&s) > 0;
}

/* Exempt, or told; a key that nobody has thought of is neither. */
static bool is_seen(struct span key)
{
    for (size_t i = 0; i < COUNT(feed_keys); i++)
        if (span_eq(key, span_of(feed_keys[i].key)))
            return !feed_keys[i].value || is_told(feed_keys[i].key, feed_keys[i].value);
    return false;
}

static void test_feed_keys(void)
{
    struct buf b;
    size_t looked = 0;
    buf_init(&b, a, 0);
    config_describe(&b);
    buf_char(&b, 0);
    const char *p = strstr(b.p, "### `feeds`");
    must(p);
    const char *end = strstr(p + 4, "\n##");
    for (must(end); (p = strstr(p, "\n| `")) && p < end; looked++) {
        const char *key = p += 4;
        p = strchr(key, '`');
        struct span k = {key, (size_t)(p - key)};
        check(is_seen(k), "a changed “%.*s” of a feed is told, or exempt", FMT(k));
    }
    check(looked > 20, "%zu keys", looked);
}

static void test_token(void)
{
    const struct config *now = house.config, *x = with("rules: [{texts: [bridge], action: hold}]"),
                        *y = with("rules: [{texts: [ferry], action: hold}]");
    struct span t = replay_token(a, now, x);
    check(t.n == REPLAY_TOKEN_MAX && span_eq(t, replay_token(a, now, x)), "a change has a name");
    check(!span_eq(t, replay_token(a, now, y)) && !span_eq(t, replay_token(a, y, x)),
        "another change, or from elsewhere, has another one");
    struct config c = *x;
    c.url = S("http://127.0.0.1:8080");
    replay_same_door(now, &c);
    check(span_eq(t, replay_token(a, now, &c)), "whatever the door of the moment is");
}

static void test_diff(void)
{
    static const struct {
        const char *before, *after, *want;
    } cases[] = {
        {"sails at nine", "sails at ten", "sails at [-nine-] {+ten+}"},
        {"a b c d e f g h nine", "a b c d e f g h ten", "… e f g h [-nine-] {+ten+}"},
        {"nine a b c d e f g h", "ten a b c d e f g h", "[-nine-] {+ten+} a b c d …"},
        {"x a b c d e f g h i y", "u a b c d e f g h i v",
            "[-x-] {+u+} a b c d … f g h i [-y-] {+v+}"},
        {"", "new words", "{+new words+}"},
        {"gone", "", "[-gone-]"},
        {"same", "same", "in its markup alone"},
        {"one  two", "one two", "in its spaces alone"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span got = replay_diff(a, span_of(cases[i].before), span_of(cases[i].after));
        check_span(got, span_of(cases[i].want), cases[i].want);
    }
    struct buf long_one;
    buf_init(&long_one, a, 0);
    for (int i = 0; i < 5000; i++) buf_printf(&long_one, "मौसम%d ", i);
    struct span got = replay_diff(a, S("short"), buf_span(&long_one));
    check(got.n < 500 && utf8_valid(got), "a long one is cut short, between two characters");
    check(replay_field_name(REPLAY_FIELDS - 1) && !replay_field_name(REPLAY_FIELDS),
        "every field has a name");
}

/* ---- reading again ---- */
static bool same(struct replay_scratch *s, struct store *live, struct config *c, uint64_t until_pos,
    size_t changes)
{
    struct replay_sum sum;
    struct tombs *tombs = NULL;
    must(tombs_open(arena_printf(a, "%s/scratch", root).p, false, &tombs) == OK);
    struct replay q = {.now_store = live,
        .then_store = replay_scratch_store(s),
        .now_config = c,
        .then_config = c,
        .tombs = tombs,
        .now_ms = now_ms,
        .until_pos = until_pos,
        .each = told};
    last.field_count = 0;
    enum result r = replay_compare(a, &q, &sum);
    tombs_close(tombs);
    if (r != OK || replay_weight(&sum) != changes)
        printf(
            "# %s: %zu pages differ: %s\n", result_name(r), (size_t)replay_weight(&sum), last_what);
    return r == OK && sum.pages > 0 && replay_weight(&sum) == changes;
}

/* How many descriptors a process has; SIZE_MAX: one of them is below root. */
static size_t descriptors_of(pid_t pid)
{
    size_t count = 0;
    for (int i = 0; i < 256; i++) {
        char to[4096];
        ssize_t n = readlink(arena_printf(a, "/proc/%d/fd/%d", (int)pid, i).p, to, sizeof to - 1);
        if (n < 0) continue;
        to[n] = 0;
        if (strstr(to, root)) return SIZE_MAX;
        count++;
    }
    return count;
}

static void test_reader(void)
{
    pid_t pid = 0;
    int fd = -1;
    struct wire_hint hint = {0};
    struct wire_result out = {0};
    check(descriptors_of(getpid()) == SIZE_MAX, "the house's files are open here");
    must(reader_fork(&pid, &fd) == OK);
    must(frame_write(fd, MSG_READ, ask_pack(a, S("{broken"), &hint)) == OK);
    check(reader_take(a, fd, 15000, &out) == OK && out.end == WIRE_REJECT, "a reader reads");
    size_t count = descriptors_of(pid);
    check(count == 4, "and holds its line and three more, nothing of the house (%zu)", count);
    close(fd);
    must(waitpid(pid, NULL, 0) == pid);
}

/* Nobody weighs without end: what has not answered in time has counted nothing. */
static void test_weigher(void)
{
    int ends[2];
    struct weighed w;
    struct master m = {.house = &house};
    must(pipe(ends) == 0);
    m.weigh = (struct weigh_state){
        .up = true, .fd = ends[0], .until_us = clock_mono_us() + 60 * INT64_C(1000000)};
    check(!master_weighed(&m, &w) && m.weigh.up, "a weigher has its time");
    m.weigh.until_us = clock_mono_us() - 1;
    check(
        master_weighed(&m, &w) && w.end == WEIGH_CANNOT && !m.weigh.up && strstr(w.why, "in time"),
        "and no more than that");
    close(ends[1]);
}

static bool can_open(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

/* In a process of its own: its cage shuts it in. Bits of what does not hold. */
static int in_scratch(uint64_t until_pos)
{
    struct replay_scratch *s = NULL;
    struct replay_read read = {0};
    struct span why = S("");
    struct store *live = NULL;
    struct config *c = NULL;
    const char *text = NULL, *folder = arena_printf(a, "%s/scratch", root).p;
    must(dir_make(folder) == OK && store_look(house.store, &live, &text) == OK);
    must(replay_in_force(a, live, &c, &text) == OK);
    enum result r = replay_scratch_open(&house, folder, now_ms, &s, &why);
    if (r != OK) printf("# %.*s\n", FMT(why));
    if (r == OK) r = replay_scratch_read(s, until_pos, NULL, NULL, &read);
    int bad = r != OK;
    if (r == OK) {
        bad |= read.deliveries != 6 || read.rejects != 1 ? 2 : 0;
        bad |= !same(s, live, c, until_pos, 0) ? 4 : 0;
        bad |= can_open(arena_printf(a, "%s/data/ledger.db", root).p) ? 8 : 0;
    }
    replay_scratch_close(s);
    store_close(live);
    return bad;
}

static void test_scratch(void)
{
    struct append broken = {.kind = EVENT_DELIVERY,
        .received_ms = now_ms,
        .feed = S("wire"),
        .meta = S("{\"name\":\"broken.json\"}"),
        .delivery = S("broken"),
        .blob = S("{broken")};
    uint64_t head = 0, after = 0;
    int status = 0;
    must(ledger_append(newsroom_ledger(newsroom), &broken, 1) == OK);
    work();
    uint64_t until_pos = newsroom_position(newsroom);
    bring("a", 2, "usable", "Bridge opens at noon"); /* behind it: in neither side */
    const struct config *noon = with("rules: [{texts: [noon], action: hold}]");
    struct replay_sum all = compare(noon), then = compare_to(noon, until_pos);
    check(replay_weight(&all) == 1 && !replay_weight(&then) && then.pages == all.pages,
        "what has come behind the position that is looked at is in neither side");
    must(ledger_head(newsroom_ledger(newsroom), &head) == OK);
    newsroom_close(newsroom);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int bad = in_scratch(until_pos);
        fflush(NULL);
        _exit(bad);
    }
    must(waitpid(child, &status, 0) == child);
    int bad = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
    check(!(bad & 1), "the ledger is read again");
    check(!(bad & 2), "deliveries are counted, and what cannot be read");
    check(!(bad & 4), "it gives what is live, without what has come since");
    check(!(bad & 8), "from then on the house's files are out of reach");
    struct ledger *l = NULL;
    const char *why = NULL;
    must(ledger_look(house.data, &l, &why) == OK && ledger_head(l, &after) == OK);
    check(after == head, "and nothing has been appended");
    struct append more = {.kind = EVENT_COUNTS, .received_ms = now_ms, .meta = S("{}")};
    check(ledger_append(l, &more, 1) != OK, "who looks at a ledger cannot append");
    ledger_close(l);
}

int main(void)
{
    a = arena_new(1 << 30);
    house_start();
    test_config();
    test_feed_keys();
    test_token();
    test_diff();
    test_reader();
    test_weigher();
    test_scratch();
    house_close(&house);
    must(dir_remove(root) == OK);
    arena_free(a);
    return tap_end();
}
