/* desk.db: versions, items, guids, acts, mints and the lists; every put may come twice. */
#include "try.h"

static void put_version(
    struct store *s, uint64_t pos, uint32_t number, story_id item, story_id page, const char *key)
{
    struct stored_version v = {.item = item,
        .page = page,
        .feed = S("coastal"),
        .packed = S("as read"),
        .link_key = span_of(key),
        .received_ms = NOW + (int64_t)pos,
        .pos = pos,
        .number = number,
        .is_kill = number == 1};
    must(store_put_version(s, &v) == OK && store_put_version(s, &v) == OK);
}

static void versions(struct store *s, struct arena *a)
{
    struct stored_version *list;
    size_t n;
    story_id page, pages[8];
    put_version(s, 3, 0, 11, 11, "ferry");
    put_version(s, 1, 1, 10, 10, "ferry");
    put_version(s, 1, 0, 10, 10, "ferry");
    put_version(s, 7, 0, 12, 12, "");
    must(store_versions(s, 10, a, &list, &n) == OK);
    check(n == 2 && list[0].number == 0 && list[1].number == 1 && list[1].is_kill,
        "versions in ledger order, each once");
    check_span(list[0].packed, S("as read"), "with their bytes");
    check(store_page_of(s, 11, &page) == OK && page == 11, "an item knows its page");
    check(store_page_of(s, 99, &page) == ERR_ABSENT, "an unknown one has none");
    must(store_linked(s, S("coastal"), S("ferry"), pages, 8, &n) == OK);
    check(n == 2 && pages[0] == 11 && pages[1] == 10, "pages with a link key, newest first");
    must(store_linked(s, S("coastal"), S("ferry"), pages, 1, &n) == OK);
    check(n == 1 && pages[0] == 11, "at most as many as asked");
    must(store_linked(s, S("coastal"), S(""), pages, 8, &n) == OK);
    check(n == 0, "no key links nothing");
    must(store_join_pages(s, 11, 10) == OK && store_join_pages(s, 11, 10) == OK);
    put_version(s, 3, 0, 11, 11, "ferry");
    must(store_versions(s, 10, a, &list, &n) == OK);
    check(n == 3 && list[2].item == 11 && list[2].page == 10,
        "joined pages share their versions, and a replay does not part them");
    check(store_page_of(s, 11, &page) == OK && page == 10, "the joined item is of the other page");
    must(store_pages(s, 0, pages, 8, &n) == OK);
    check(n == 2 && pages[0] == 10 && pages[1] == 12, "every page once");
    must(store_pages(s, 10, pages, 8, &n) == OK);
    check(n == 1 && pages[0] == 12, "after one");
}

static void guids(struct store *s, struct arena *a)
{
    story_id items[4];
    size_t n;
    struct span guid, provider;
    must(store_note_guid(s, 10, S("urn:x:1"), S("coastal")) == OK &&
         store_note_guid(s, 10, S("urn:x:1"), S("coastal")) == OK);
    must(store_note_guid(s, 12, S("urn:x:1"), S("inland")) == OK);
    must(store_item_by_guid(s, S("urn:x:1"), items, 4, &n) == OK);
    check(n == 2 && items[0] == 10 && items[1] == 12, "two providers may use one guid");
    check(store_guid_of(s, 12, a, &guid, &provider), "an item has its guid");
    check_span(provider, S("inland"), "and provider");
    check(!store_guid_of(s, 99, a, &guid, &provider), "an unknown one has none");
}

/* V14, K20 */
static void near_and_shared(struct store *s)
{
    story_id other = 0;
    bool shares = false;
    check(store_near(s, 7, 10, &other) == ERR_ABSENT, "no id is near before any is noted");
    must(store_put_near(s, 7, 12) == OK && store_put_near(s, 7, 10) == OK &&
         store_put_near(s, 8, 13) == OK);
    check(store_near(s, 7, 10, &other) == OK && other == 12, "the first that folds alike");
    check(store_near(s, 8, 13, &other) == ERR_ABSENT, "an item is not near itself");
    struct stored_version v = {.item = 40,
        .page = 40,
        .feed = S("wire"),
        .packed = S("x"),
        .link_key = S(""),
        .received_ms = NOW,
        .pos = 90};
    must(store_put_version(s, &v) == OK);
    check(store_shares_delivery(s, 90, 40, &shares) == OK && !shares, "alone in its delivery");
    v.item = v.page = 41;
    v.number = 1;
    must(store_put_version(s, &v) == OK);
    check(store_shares_delivery(s, 90, 40, &shares) == OK && shares, "with another story in it");
}

static void acts(struct store *s, struct arena *a)
{
    struct stored_act act = {.pos = 20, .page = 12, .json = S("{\"act\":\"hold\"}"), .at_ms = NOW},
                      *list;
    struct stored_act pause = {.pos = 21, .json = S("{\"act\":\"pause\"}"), .at_ms = NOW};
    struct mint m = {.page = 12, .slug = S("ferry-sails"), .date_ms = NOW, .pos = 22};
    size_t n;
    bool more;
    must(store_put_act(s, &act) == OK && store_put_act(s, &act) == OK &&
         store_put_act(s, &pause) == OK);
    must(store_acts(s, 12, a, &list, &n) == OK);
    check(n == 1 && list[0].pos == 20, "a page's acts");
    check_span(list[0].json, act.json, "as they were");
    must(store_acts(s, 0, a, &list, &n) == OK);
    check(n == 1 && list[0].pos == 21, "pauses are of no page");
    must(store_acts_named(s, S("hold"), a, &list, &n, &more) == OK && !more);
    check(n == 1 && list[0].page == 12, "acts by their name, of every page");
    must(store_acts_named(s, S("hol"), a, &list, &n, &more) == OK && n == 0);
    must(store_acts_named(s, S("pause"), a, &list, &n, &more) == OK);
    check(n == 0, "and never those of no page");
    act.page = 13; /* one act on a guid that two providers use */
    must(store_put_act(s, &act) == OK && store_acts(s, 13, a, &list, &n) == OK);
    check(n == 1, "one act may be of two pages");
    must(store_join_pages(s, 13, 12) == OK && store_acts(s, 12, a, &list, &n) == OK);
    check(n == 1, "and is one again when they are joined");
    check(store_mint(s, 12, a, &m) == ERR_ABSENT, "nothing minted yet");
    m = (struct mint){.page = 12, .slug = S("ferry-sails"), .date_ms = NOW, .pos = 22};
    must(store_put_mint(s, &m) == OK);
    m.pos = 23;
    m.slug = S("ferry-is-back");
    must(store_put_mint(s, &m) == OK && store_mint(s, 12, a, &m) == OK);
    check_span(m.slug, S("ferry-is-back"), "the newest mint counts");
}

static void lists(struct store *s, struct arena *a)
{
    struct held h = {.page = 12,
                    .guid = S("urn:x:1"),
                    .headline = S("Ferry"),
                    .feed = S("coastal"),
                    .why = S("embargo"),
                    .since_ms = NOW,
                    .from_ms = NOW + 5},
                *held;
    struct quarantined q = {.pos = 30,
                           .number = UINT32_MAX,
                           .name = S("a.xml"),
                           .feed = S("coastal"),
                           .why = S("bad"),
                           .line = 3,
                           .column = 7},
                       *bad;
    struct alarm al = {.kind = S("kill"), .text = S("A story was killed"), .at_ms = NOW, .pos = 31},
                 *alarms;
    size_t n;
    must(store_put_held(s, &h) == OK && store_put_held(s, &h) == OK &&
         store_held(s, a, &held, &n) == OK);
    check(n == 1 && held[0].page == 12 && held[0].from_ms == NOW + 5, "held once");
    must(store_drop_held(s, 12) == OK && store_held(s, a, &held, &n) == OK);
    check(n == 0, "and dropped");
    must(store_put_quarantine(s, &q) == OK && store_quarantine_told(s, 30, UINT32_MAX) == OK &&
         store_put_quarantine(s, &q) == OK);
    must(store_quarantine(s, a, &bad, &n) == OK);
    check(n == 1 && bad[0].told && bad[0].number == UINT32_MAX && bad[0].column == 7,
        "a replay does not untell");
    struct quarantined untold[2];
    for (uint64_t pos = 32; pos < 35; pos++) {
        q.pos = pos;
        must(store_put_quarantine(s, &q) == OK);
    }
    must(store_quarantine_untold(s, 0, 0, a, untold, COUNT(untold), &n) == OK);
    check(n == 2 && untold[0].pos == 32 && untold[1].pos == 33, "some that nobody was told of");
    must(store_quarantine_untold(s, 33, UINT32_MAX, a, untold, COUNT(untold), &n) == OK);
    check(n == 2 && untold[0].pos == 33 && untold[1].pos == 34, "and more from there on");
    must(store_put_alarm(s, &al) == OK && store_put_alarm(s, &al) == OK &&
         store_alarms(s, a, &alarms, &n) == OK);
    check(n == 1, "an alarm rings once");
    check_span(alarms[0].text, al.text, "with its text");
}

static void files(struct store *s, struct arena *a)
{
    struct span hash;
    story_id pages[4];
    size_t n;
    check(!store_file(s, S("coastal"), S("a.jpg"), a, &hash), "no file yet");
    must(store_want_file(s, S("coastal"), S("a.jpg"), 12) == OK &&
         store_want_file(s, S("coastal"), S("a.jpg"), 12) == OK);
    must(store_wanting(s, S("coastal"), S("a.jpg"), 0, pages, 4, &n) == OK);
    check(n == 1 && pages[0] == 12, "who waits for a file");
    must(store_wanting(s, S("coastal"), S("a.jpg"), 12, pages, 4, &n) == OK);
    check(n == 0, "and nobody after the last");
    must(store_put_file(s, S("coastal"), S("a.jpg"), S("bb"), 41) == OK &&
         store_put_file(s, S("coastal"), S("a.jpg"), S("aa"), 40) == OK);
    check(store_file(s, S("coastal"), S("a.jpg"), a, &hash), "the file");
    check_span(hash, S("bb"), "is the latest of its name, in whatever order it is told");
    check(store_text(s, "config", a, &hash) == ERR_ABSENT, "no text yet");
    must(store_set_text(s, "config", S("{}")) == OK &&
         store_set_text(s, "config", S("{\"a\":1}")) == OK &&
         store_text(s, "config", a, &hash) == OK);
    check_span(hash, S("{\"a\":1}"), "the last text counts");
    uint32_t usable = false;
    uint32_t w, h;
    check(!store_picture(s, S("aa"), &w, &h, &usable), "no picture yet");
    must(store_put_picture(s, S("aa"), 640, 480, 7) == OK);
    check(store_picture(s, S("aa"), &w, &h, &usable) && w == 640 && h == 480 && usable == 7,
        "the darkroom's finding");
}

static void damage(struct store *s, struct arena *a)
{
    struct stored_version *list;
    size_t n;
    check(try_whole(s), "whole");
    must(db_exec(&s->desk, "UPDATE version SET received_ms=1 WHERE pos=7") == OK);
    check(store_versions(s, 12, a, &list, &n) == ERR_CORRUPT,
        "a damaged version is not decided from");
    check(!try_whole(s), "and found");
}

static void arrives(
    struct store *s, uint64_t pos, story_id page, bool is_new, bool is_rewrite, int mark)
{
    struct stored_arrival a = {.pos = pos,
        .feed = S("coastal"),
        .item = page,
        .page = page,
        .at_ms = NOW + (int64_t)pos,
        .is_new = is_new,
        .is_rewrite = is_rewrite,
        .mark = mark};
    a.content[0] = (unsigned char)pos;
    must(store_put_arrival(s, &a) == OK && store_put_arrival(s, &a) == OK);
}

static void arrivals(struct store *s, struct arena *a)
{
    struct span feed;
    int64_t at_ms;
    bool many;
    unsigned char content[16] = {2};
    arrives(s, 1, 70, true, false, 0);
    arrives(s, 2, 71, true, false, 0);
    arrives(s, 3, 72, true, false, 2);
    arrives(s, 4, 70, false, true, 0);
    arrives(s, 5, 70, false, true, 5);
    arrives(s, 6, 71, false, true, 5);
    check(store_arrival_known(s, 71, content) && !store_arrival_known(s, 70, content),
        "what an item has said is known of that item");
    check(store_arrival_first(s, 70, a, &feed, &at_ms) == OK && at_ms == NOW + 1,
        "since when we have a story");
    check_span(feed, S("coastal"), "and whose it is");
    check(store_arrival_first(s, 99, a, &feed, &at_ms) == ERR_ABSENT, "of no other");
    check(store_many_stories(s, S("coastal"), NOW, 2, &many) == OK && many,
        "new stories that were let through, each once");
    check(store_many_stories(s, S("coastal"), NOW, 3, &many) == OK && !many, "and no others");
    check(store_many_stories(s, S("coastal"), NOW + 1, 2, &many) == OK && !many, "of a while");
    check(store_many_stories(s, S("other"), NOW, 1, &many) == OK && !many, "of a feed");
    check(store_many_updates(s, 70, NOW, 1, &many) == OK && many &&
              store_many_updates(s, 70, NOW, 2, &many) == OK && !many,
        "updates of a story");
    check(store_many_rewrites(s, S("coastal"), NOW, 71, 1, &many) == OK && many &&
              store_many_rewrites(s, S("coastal"), NOW, 71, 2, &many) == OK && !many,
        "other stories that were rewritten, let through or not");
    check(store_arrival_marked(s, S("coastal"), NOW + 5, 5) &&
              !store_arrival_marked(s, S("coastal"), NOW + 6, 5) &&
              !store_arrival_marked(s, S("coastal"), NOW, 3),
        "and whether a limit was reached since");
}

int main(void)
{
    struct arena *a = arena_new(64 << 20);
    try_start();
    struct store *s = try_open(false);
    must(store_begin(s) == OK);
    versions(s, a);
    guids(s, a);
    acts(s, a);
    lists(s, a);
    files(s, a);
    arrivals(s, a);
    must(store_commit(s, 50) == OK);
    damage(s, a);
    near_and_shared(s);
    store_close(s);
    try_end();
    arena_free(a);
    return tap_end();
}
