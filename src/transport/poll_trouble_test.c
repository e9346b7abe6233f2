/* poll_trouble_test.c: clocks that differ, hubs whose leases are short, questions that cannot even
 * be asked, what an agency does not let us clear away. */
#include "poll_kit.h"

#include <pthread.h>
#include <sys/resource.h>

/* ---- the server's clock, and what fails ---- */
static struct poll_state state_of(struct room *r)
{
    struct poll_state *list;
    must(poller_states(r->all, r->a, &list) == 1);
    return list[0];
}

static void dated(struct room *r, int64_t ahead_ms, size_t n)
{
    for (size_t i = 0; i < n; i++)
        answered(r, (struct net_fetched){.status = 304,
                        .date_ms = ahead_ms == INT64_MAX ? 0 : clock_now_ms() + ahead_ms});
}

static void a_servers_clock(void)
{
    struct poll_feed f = {.feed = S("wire"), .road = S("http"), .url = S("https://a.example/feed")};
    struct room r;
    begin(&r, &f);
    dated(&r, 300000, POLL_CLOCK_LOOKS - 1);
    check(!state_of(&r).ahead_ms, "a few answers tell no clock");
    dated(&r, -3600000, 1);
    check(state_of(&r).ahead_ms > 290000 && state_of(&r).ahead_ms <= 300000,
        "the middle of more does, whatever one of them was");
    dated(&r, INT64_MAX, POLL_CLOCK_LOOKS);
    check(state_of(&r).ahead_ms > 290000, "answers without a date tell nothing");
    dated(&r, -300000, POLL_CLOCK_LOOKS);
    check(state_of(&r).ahead_ms < -290000, "behind counts as well");
    dated(&r, 100000, POLL_CLOCK_LOOKS);
    check(!state_of(&r).ahead_ms, "less than two minutes is nothing");
    answered(&r, (struct net_fetched){.status = 500});
    answered(&r, (struct net_fetched){.status = 304});
    answered(&r, (struct net_fetched){.status = 500});
    check(state_of(&r).failures == 1 && state_of(&r).all_failures == 2, "failures are counted");
    end(&r);
}

/* ---- a hub's lease ---- */
/* It asks back for what was just asked of it: the answer's status. */
static int asks_back(struct room *r, const char *lease)
{
    struct span bytes, answer;
    struct reject bad;
    for (int i = 0; i < 20; i++) net_fetcher_poll(r->all->fetcher, NULL, 0, 1); /* refused */
    must(file_read(r->a, arena_printf(r->a, "%s/websub/wire.json", r->folder).p, 1 << 16, &bytes) ==
         OK);
    const struct json *j = json_parse(r->a, bytes, &bad);
    struct poll_call c = {.where = arena_printf(r->a, "wire/%.*s", FMT(json_text(j, "token"))),
        .query = arena_printf(r->a,
            "hub.mode=subscribe&hub.topic=%.*s&hub.challenge=x&hub.lease_seconds=%s",
            FMT(url_escape(r->a, json_text(j, "topic"))), lease)};
    return poller_called(r->all, r->a, &c, &answer);
}

static int64_t wants_in_s(struct room *r, int64_t now_us)
{
    return (websub_tend(r->p, now_us) - now_us + 500000) / 1000000;
}

static void a_hubs_lease(void)
{
    struct poll_feed f = {.feed = S("wire"),
        .road = S("http"),
        .url = S("http://a.example/feed"),
        .callback = S("https://b.example")};
    struct room r;
    int64_t now = clock_mono_us();
    begin(&r, &f);
    answered(&r,
        (struct net_fetched){
            .status = 200, .body = S("<feed/>"), .links = S("<http://127.0.0.1:9/hub>; rel=hub")});
    (void)websub_tend(r.p, now);
    check(asks_back(&r, "600") == 200 && websub_is_live(r.p), "a hub confirms");
    check(wants_in_s(&r, clock_mono_us()) == 400, "a lease is renewed after two thirds of it");
    check(asks_back(&r, "600") == 404, "nothing more is expected of it until then");
    (void)websub_tend(r.p, now + 401000000LL);
    check(asks_back(&r, "2") == 200, "a lease of seconds");
    check(wants_in_s(&r, clock_mono_us()) == 2, "is as long as it is");
    for (int i = 0; i < 500 && websub_is_live(r.p); i++)
        net_fetcher_poll(r.all->fetcher, NULL, 0, 10);
    check(!websub_is_live(r.p), "and then the feed has its own pace");
    check(wants_in_s(&r, clock_mono_us()) == 58, "but the hub is not asked the more often");
    end(&r);
}

/* ---- a question that cannot start ---- */
static void no_threads(bool are_none)
{
    pthread_attr_t attr;
    must(pthread_getattr_default_np(&attr) == 0);
    static size_t usual;
    if (!usual) must(pthread_attr_getstacksize(&attr, &usual) == 0);
    must(pthread_attr_setstacksize(&attr, are_none ? (size_t)1 << 46 : usual) == 0);
    must(pthread_setattr_default_np(&attr) == 0);
}

static void few_descriptors(bool are_few, int spare)
{
    static struct rlimit usual;
    if (!usual.rlim_max) must(getrlimit(RLIMIT_NOFILE, &usual) == 0);
    must(setrlimit(RLIMIT_NOFILE, &usual) == 0);
    int next = dup(0);
    must(next >= 0 && close(next) == 0);
    struct rlimit few = {.rlim_cur = (rlim_t)(next + spare), .rlim_max = usual.rlim_max};
    if (are_few) must(setrlimit(RLIMIT_NOFILE, &few) == 0);
}

static void no_descriptors(bool are_none)
{
    few_descriptors(are_none, 0);
}

/* For the secret's file, and not for the pipe on which the thread says that it has ended. */
static void one_descriptor(bool is_one)
{
    few_descriptors(is_one, 1);
}

static void cannot_start(void (*lack)(bool), const char *what)
{
    static const struct span from[] = {{"*", 1}};
    struct poll_feed f = {.feed = S("box"),
        .road = S("imap"),
        .url = S("imaps://127.0.0.1:9"),
        .user = S("desk"),
        .senders = from,
        .sender_count = 1,
        .every_s = 60};
    struct room r;
    begin(&r, &f);
    f.secret_file = arena_printf(r.a, "%s/secret", r.folder);
    again(&r, &f);
    lack(true);
    r.p->due_us = 0;
    poller_turn(r.all, NULL, 0, 0);
    lack(false);
    check(r.p->failures == 1 && !r.p->is_flying && !r.p->way && r.p->why[0],
        "%s: it has failed, and says why: %s", what, r.p->why);
    check(wait_ms(&r) > 25000 && wait_ms(&r) <= 60000, "%s: it waits, and is tried again", what);
    r.p->due_us = 0;
    poller_turn(r.all, NULL, 0, 0);
    bool answers = r.p->failures == 2 && strstr(r.p->why, "not public"); /* it may have, by now */
    check(r.p->is_flying || answers, "%s: and is asked when there is one", what);
    end(&r);
}

/* ---- a queue whose entries cannot be deleted ---- */
#define ENTRY(receipt, n) "{\"_wireq_receipt\": \"" receipt "\", \"n\": " n "}"

static void stuck_entries(struct net_fetched no)
{
    struct poll_feed f = {
        .feed = S("dpa"), .road = S("dpa"), .url = S("https://a.example/entries.json")};
    struct room r;
    begin(&r, &f);
    gives(&r, S("{\"entries\": [" ENTRY("a", "1") "," ENTRY("b", "2") "," ENTRY("c", "3") "]}"));
    answered(&r, no);
    answered(&r, (struct net_fetched){.status = 204});
    check_span(
        r.asked.url, S("https://a.example/entry/b"), "one cannot be deleted: the next one is");
    answered(&r, no);
    check(!r.p->failures && !r.p->way && wait_ms(&r) > 20000 && wait_ms(&r) < 31000,
        "the queue keeps its pace");
    check(r.taken.fresh == 3 && state_of(&r).note_rings &&
              span_starts(state_of(&r).note, S("2 entries of its queue")),
        "and people are told: %s", r.p->note);
    again(&r, &f);
    gives(&r, S("{\"entries\": [" ENTRY("d", "1") "," ENTRY("e", "3") "," ENTRY("f", "4") "]}"));
    answered(&r, (struct net_fetched){.status = 204});
    check_span(
        r.asked.url, S("https://a.example/entry/f"), "what is behind them has its turn first");
    answered(&r, (struct net_fetched){.status = 204});
    answered(&r, (struct net_fetched){.status = 410});
    check(r.taken.fresh == 4 && !state_of(&r).note_rings && !r.p->note[0],
        "when they can be, or are gone, that ends");
    end(&r);
}

static void a_queue_that_refuses(void)
{
    struct poll_feed f = {
        .feed = S("dpa"), .road = S("dpa"), .url = S("https://a.example/entries.json")};
    struct room r;
    struct buf b;
    begin(&r, &f);
    buf_init(&b, r.a, 0);
    buf_lit(&b, "{\"entries\": [");
    for (int i = 0; i < 30; i++)
        buf_printf(&b, "%s{\"_wireq_receipt\": \"r%d\", \"n\": %d}", i ? "," : "", i, i);
    buf_lit(&b, "]}");
    gives(&r, buf_span(&b));
    int asked = 0;
    for (; r.p->way; asked++) answered(&r, (struct net_fetched){.status = 403});
    check(asked == 10 && r.p->failures == 1 && r.taken.fresh == 30,
        "a server that deletes nothing at all: the feed has failed, and nothing is lost");
    end(&r);
}

int main(void)
{
    stuck_entries((struct net_fetched){.status = 409});
    stuck_entries((struct net_fetched){.status = 503});
    stuck_entries((struct net_fetched){.why = S("it took too long")});
    a_queue_that_refuses();
    a_servers_clock();
    a_hubs_lease();
    cannot_start(no_threads, "no thread");
    cannot_start(no_descriptors, "no descriptor");
    cannot_start(one_descriptor, "one descriptor");
    return tap_end();
}
