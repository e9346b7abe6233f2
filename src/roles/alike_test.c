/* alike_test.c: random days of two agencies that send the same texts under many ids: stories,
 * again, kills before and after, takedowns, lifts, releases. Which are held as copies (T4) and
 * which stand behind another (V8) is what a second, plain saying of the two rules says, after each
 * event and after a rebuild. Prints its seed; BROADSHEET_SEED runs one again. */
#include "luck.h"
#include "newsroom_kit.h"

enum { ROUNDS = 40, EVENTS = 24, ITEMS = 6, FAMILIES = 2, WORDS = 30 };
#define DAY INT64_C(86400000)

static const char *const feeds[] = {"wire", "kestrel"}, *const providers[] = {"Wire", "Kestrel"};

/* ---- items, and what the rules say of them ---- */
struct item {
    int family, agency;
    struct span bytes, kill;
    story_id id;
    int64_t came_ms, killed_ms, taken_down_ms; /* 0: not, or no more */
    bool copy_of[ITEMS];                       /* held as a copy of that one */
};
static struct item items[ROUNDS][ITEMS];

static bool is_dead(const struct item *i)
{
    return i->killed_ms || i->taken_down_ms;
}

static bool is_held(const struct item *i)
{
    for (int k = 0; k < ITEMS; k++)
        if (i->copy_of[k]) return true;
    return false;
}

static bool is_public(const struct item *i)
{
    return i->came_ms && !is_dead(i) && !is_held(i);
}

/* The last kill that stands, where it is at most a day old. */
static int64_t fresh_kill_ms(const struct item *i)
{
    int64_t last = i->killed_ms > i->taken_down_ms ? i->killed_ms : i->taken_down_ms;
    return last && now_ms - last <= DAY ? last : 0;
}

static void came(struct item *list, int n)
{
    struct item *i = &list[n];
    int64_t own_kill = fresh_kill_ms(i);
    if (i->came_ms) return;
    i->came_ms = now_ms;
    for (int k = 0; k < ITEMS; k++) {
        struct item *o = &list[k];
        if (k == n || o->family != i->family || !o->came_ms) continue;
        if (!own_kill && fresh_kill_ms(o)) i->copy_of[k] = true;
        if (own_kill && !fresh_kill_ms(o) && o->came_ms >= own_kill) o->copy_of[n] = true;
    }
}

static void lifted(struct item *list, int n)
{
    list[n].taken_down_ms = 0;
    if (is_dead(&list[n])) return;
    for (int k = 0; k < ITEMS; k++) list[k].copy_of[n] = false;
}

static bool stand_together(const struct item *x, const struct item *y)
{
    int64_t apart = x->came_ms - y->came_ms;
    return x->family == y->family && x->agency != y->agency && is_public(x) && is_public(y) &&
           apart <= DAY && -apart <= DAY;
}

/* ---- what is sent ---- */
static struct span body_of(int round, int family, int n)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (int w = 0; w < WORDS; w++)
        buf_printf(&b, "%sr%df%dw%d", w ? " " : "", round, family, w == n ? 100 + n : w);
    return buf_span(&b);
}

static struct span bytes_of(int round, int n, const struct item *i, bool kill)
{
    char text[25];
    struct buf b;
    struct json_out o = {.b = &b};
    buf_init(&b, a, 0);
    json_open(&o, NULL, '{');
    json_string(&o, "guid", arena_printf(a, "tag:alike.example,2026:r%di%d", round, n));
    json_string(&o, "version", kill ? S("2") : S("1"));
    json_string(&o, "type", S("text"));
    utc_text(now_ms, text);
    json_string(&o, "versioncreated", span_of(text));
    json_string(&o, "pubstatus", kill ? S("canceled") : S("usable"));
    json_string(&o, "language", S("en"));
    json_string(&o, "headline",
        arena_printf(a, "Harbour bridge shut after storm r%df%d", round, i->family));
    if (!kill)
        json_string(
            &o, "body_html", arena_printf(a, "<p>%.*s</p>", FMT(body_of(round, i->family, n))));
    json_close(&o, '}');
    return buf_span(&b);
}

static void append(enum event_kind kind, const char *feed, struct span meta, struct span blob)
{
    static int count;
    struct append ap = {.kind = kind,
        .received_ms = now_ms,
        .feed = span_of(feed),
        .delivery = arena_printf(a, "test:%d", ++count),
        .meta = meta,
        .blob = blob};
    must(ledger_append(newsroom_ledger(newsroom), &ap, 1) == OK);
}

static void deliver(const struct item *i, struct span bytes)
{
    append(EVENT_DELIVERY, feeds[i->agency], S("{\"name\":\"item.json\"}"), bytes);
}

static void act(const struct item *i, enum act_kind kind)
{
    struct act act = {.kind = kind, .story = i->id, .target = story_id_text(a, i->id)};
    append(EVENT_ACT, "", act_write(a, &act), S(""));
}

static void event(int round, int n)
{
    struct item *i = &items[round][n];
    uint32_t what = roll(12);
    if (what < 6) {
        if (!i->bytes.n) i->bytes = bytes_of(round, n, i, false);
        deliver(i, i->bytes);
        came(items[round], n);
    } else if (what < 8) {
        if (!i->kill.n) i->kill = bytes_of(round, n, i, true);
        deliver(i, i->kill);
        if (!i->killed_ms) i->killed_ms = now_ms;
    } else if (i->came_ms && what < 10) {
        act(i, ACT_TAKEDOWN);
        i->taken_down_ms = now_ms;
    } else if (i->came_ms && what == 10) {
        act(i, ACT_LIFT);
        lifted(items[round], n);
    } else if (i->came_ms) {
        act(i, ACT_PUBLISH);
        for (int k = 0; k < ITEMS; k++) i->copy_of[k] = false;
    }
}

/* ---- what is seen ---- */
static bool dead_hook(story_id id, void *with)
{
    (void)with;
    return tombs_dead(newsroom_tombs(newsroom), id);
}

static bool is_listed(struct reader *r, story_id id)
{
    struct list_query q = {.kind = LIST_FRONT, .limit = STORE_LIST_MAX};
    struct view *list;
    size_t n;
    must(reader_list(r, &q, a, &list, &n) == OK);
    for (size_t i = 0; i < n; i++)
        if (list[i].id == id) return true;
    return false;
}

static bool names(struct reader *r, const struct view *v, story_id id)
{
    struct view other;
    for (uint32_t i = 0; i < v->ref_count; i++)
        if (v->refs[i].kind == REF_ALSO && v->refs[i].page == id)
            return reader_story(r, id, a, &other) == OK;
    return false;
}

static bool item_is_right(struct reader *r, int round, int n)
{
    const struct item *i = &items[round][n];
    struct view v, other;
    bool seen = reader_story(r, i->id, a, &v) == OK, right = seen == is_public(i), behind = false;
    if (!seen || !right) return right;
    for (int k = 0; k < ITEMS; k++) {
        const struct item *o = &items[round][k];
        bool together = k != n && stand_together(i, o);
        right = right && names(r, &v, o->id) == together;
        if (!together || reader_story(r, o->id, a, &other) != OK) continue;
        behind |= other.published_ms < v.published_ms ||
                  (other.published_ms == v.published_ms && other.id < v.id);
    }
    return right && is_listed(r, i->id) == !behind;
}

static bool round_is_right(int round, bool aloud)
{
    struct reader *r;
    bool right = true;
    must(reader_open(house.store, (struct reader_hooks){.dead = dead_hook}, &r) == OK);
    must(reader_begin(r, now_ms) == OK);
    for (int n = 0; n < ITEMS; n++) {
        bool one = item_is_right(r, round, n);
        if (!one && aloud)
            printf("# round %d item %d: agency %d family %d public %d held %d dead %d\n", round, n,
                items[round][n].agency, items[round][n].family, is_public(&items[round][n]),
                is_held(&items[round][n]), is_dead(&items[round][n]));
        right = right && one;
    }
    reader_end(r);
    reader_close(r);
    return right;
}

static void play(int round)
{
    static const int64_t steps[] = {0, 1000, 3600000, DAY / 2, DAY / 2 + 1, DAY};
    bool right = true;
    for (int n = 0; n < ITEMS; n++) {
        struct item *i = &items[round][n];
        *i = (struct item){.family = (int)roll(FAMILIES), .agency = (int)roll(2)};
        i->id = story_id_of(ledger_key(newsroom_ledger(newsroom)), span_of(providers[i->agency]),
            arena_printf(a, "tag:alike.example,2026:r%di%d", round, n));
    }
    for (int e = 0; e < EVENTS && right; e++) {
        now_ms += steps[roll(COUNT(steps) - (roll(3) ? 3 : 0))];
        clock_set_virtual(now_ms);
        event(round, (int)roll(ITEMS));
        must(newsroom_work() == OK);
        right = round_is_right(round, true);
    }
    check(right, "round %d: copies are held, the same news stands together", round);
}

/* ---- a kill that has waited ---- */
static story_id said(int agency, const char *guid, struct span headline, struct span body)
{
    struct item i = {.agency = agency};
    deliver(&i,
        arena_printf(a,
            "{\"guid\":\"%s\",\"version\":\"1\",\"type\":\"text\",\"versioncreated\":"
            "\"2026-01-23T05:00:00Z\",\"pubstatus\":\"usable\",\"language\":\"en\",\"headline\":"
            "\"%.*s\",\"slugline\":\"%s\",\"body_html\":\"<p>%.*s</p>\"}",
            guid, FMT(headline), guid, FMT(body)));
    now_ms += 1000;
    clock_set_virtual(now_ms);
    must(newsroom_work() == OK);
    return story_id_of(
        ledger_key(newsroom_ledger(newsroom)), span_of(providers[agency]), span_of(guid));
}

static bool is_up(story_id id)
{
    struct reader *r;
    struct view v;
    must(reader_open(house.store, (struct reader_hooks){.dead = dead_hook}, &r) == OK);
    must(reader_begin(r, now_ms) == OK);
    bool up = reader_story(r, id, a, &v) == OK;
    reader_end(r);
    reader_close(r);
    return up;
}

/* K9, T4: an order in words is there before its story, and between the two comes a copy. */
static void killed_by_words_that_waited(void)
{
    struct span body = body_of(ROUNDS, 0, 0), headline = S("Lock gates of the canal give way");
    said(0, "W7001-KILL", S("MANDATORY KILL"), S("Please kill the Canal-Locks story, W7001."));
    story_id copy = said(1, "tag:copy", headline, body);
    check(is_up(copy), "the other agency's story stands while nobody knows what was killed");
    story_id story = said(0, "W7001", headline, body);
    check(!is_up(story) && !is_up(copy),
        "a story that was killed before it came takes with it what came since and says the same");
}

int main(void)
{
    bool same = true;
    log_quiet(LOG_ERROR + 1);
    luck_begin();
    house_start(feeds, providers, COUNT(feeds));
    newsroom_start(false);
    must(newsroom_configure(newsroom, house.config) == OK);
    for (int k = 0; k < ROUNDS; k++) play(k);
    killed_by_words_that_waited();
    newsroom_close(newsroom);
    newsroom_start(true);
    must(newsroom_work() == OK);
    must(store_switch(newsroom_store(newsroom)) == OK);
    for (int k = 0; k < ROUNDS; k++) same = round_is_right(k, true) && same;
    check(same, "a rebuild from the ledger ends the same");
    house_end();
    return tap_end();
}
