/* poll_answer_test.c: what follows from an answer, road by road: what is taken, what is remembered,
 * when it is asked again, how much is kept in mind. Answers are handed in as the fetcher would; the
 * roads against a server: tests/house/poll.py, poll_roads.py. */
#include "poll_kit.h"

/* ---- a document ---- */
static void moved_and_secret(void)
{
    struct room r;
    struct poll_feed f = {
        .feed = S("wire"), .road = S("http"), .url = S("https://a.example/feed"), .every_s = 60};
    begin(&r, &f);
    answered(&r, (struct net_fetched){.status = 301, .location = S("https://thief.example/feed")});
    check_span(
        r.p->hop, S("https://thief.example/feed"), "a document without a secret is followed");
    gives(&r, S("<feed/>"));
    again(&r, &f);
    gives(&r, S("<feed></feed>"));
    check_span(r.asked.url, S("https://thief.example/feed"), "and asked for there from then on");
    f.secret_file = arena_printf(r.a, "%s/secret", r.folder);
    f.secret_header = S("X-Key");
    again(&r, &f);
    gives(&r, S("<feed> </feed>"));
    check_span(r.asked.url, S("https://a.example/feed"),
        "with a secret only where its owner says, whatever was remembered before");
    check(r.asked.is_secret, "which it carries");
    end(&r);
}

static void taken_back(void)
{
    struct room r;
    struct poll_feed f = {.feed = S("wire"), .road = S("http"), .url = S("https://a.example/feed")};
    begin(&r, &f);
    gives(&r, S("<feed>one</feed>"));
    gives(&r, S("<feed>one</feed>"));
    check(r.taken.count == 1, "the same bytes are one delivery");
    gives(&r, S("<feed>two</feed>"));
    gives(&r, S("<feed>one</feed>"));
    check(r.taken.fresh == 3, "bytes that come back after others are news again");
    gives(&r, S("<feed>two</feed>"));
    gives(&r, S("<feed>one</feed>"));
    check(r.taken.fresh == 5, "each time");
    struct poll_memory before = r.p->memory;
    gives(&r, S("<feed>three</feed>"));
    must(poll_memory_write(r.folder, S("wire"), &before) == OK);
    again(&r, &f);
    gives(&r, S("<feed>three</feed>"));
    check(r.taken.fresh == 6 && r.taken.count == 7,
        "and after a crash before it was written down it is the same delivery");
    end(&r);
}

#define ENTRY(id) "<entry><id>" id "</id></entry>"
#define OLD                                                                                        \
    "<entry><id>1</id></entry><entry><id>2</id></entry><entry><id>3</id></entry><entry><id>4</"    \
    "id></entry>"
#define NEXT "<link rel='next' href='?page=2'/>"

static void dead_next(void)
{
    struct room r;
    struct poll_feed f = {
        .feed = S("wire"), .road = S("http"), .url = S("https://a.example/feed"), .every_s = 60};
    begin(&r, &f);
    gives(&r, S("<feed>" OLD "</feed>"));
    gives(&r, S("<feed>" NEXT ENTRY("7") "</feed>"));
    check(r.p->way != NULL, "an older page is asked for");
    answered(&r, (struct net_fetched){.status = 404});
    check_span(r.asked.url, S("https://a.example/feed?page=2"), "there");
    check(!r.p->failures && !r.p->way && r.p->memory.mark_count == 1,
        "one that is not there is no reason to lose the feed");
    gives(&r, S("<feed>" NEXT ENTRY("8") "</feed>"));
    gives(&r, S(""));
    check(!r.p->failures && r.p->memory.marks[0] == fast_hash(S("8")), "nor an empty one");
    check(r.taken.fresh == 3, "what came is taken");
    end(&r);
}

static void late_next(void)
{
    struct room r;
    struct poll_feed f = {
        .feed = S("wire"), .road = S("http"), .url = S("https://a.example/feed"), .every_s = 60};
    begin(&r, &f);
    gives(&r, S("<feed>" OLD "</feed>"));
    for (uint32_t i = 1; i <= POLL_ALARM_TRIES; i++) {
        gives(&r, S("<feed>" NEXT ENTRY("7") "</feed>"));
        answered(&r, (struct net_fetched){.status = 503});
        check(r.p->failures == i && r.p->memory.mark_count == 4, "one that may come is waited for");
    }
    gives(&r, S("<feed>" NEXT ENTRY("7") "</feed>"));
    answered(&r, (struct net_fetched){.status = 503});
    check(!r.p->failures && r.p->memory.mark_count == 1, "but not for ever");
    gives(&r, S("<feed>" NEXT ENTRY("9") "</feed>"));
    gives(&r, S("<feed>" OLD ENTRY("8") "</feed>"));
    check(!r.p->failures && !r.p->has_missed, "it is asked for again the next time");
    end(&r);
}

/* ---- AP ---- */
#define AP(next, items) "{\"data\": {\"next_page\": \"" next "\", \"items\": [" items "]}}"
#define AP_ITEM(n)                                                                                 \
    "{\"item\": {\"n\": " n ", \"renditions\": {\"nitf\": {\"href\": \"/text/" n "\"}}}}"

static struct poll_feed ap_feed(struct room *r, struct poll_feed *f)
{
    *f = (struct poll_feed){
        .feed = S("ap"), .road = S("ap"), .url = S("https://a.example/feed"), .every_s = 60};
    begin(r, f);
    f->secret_file = arena_printf(r->a, "%s/secret", r->folder);
    again(r, f);
    return *f;
}

static void ap_circle(void)
{
    struct room r;
    struct poll_feed f;
    ap_feed(&r, &f);
    gives(&r, S(AP("?a", "{\"item\": {\"n\": 1}}")));
    check(wait_ms(&r) == 0, "after a page with news the next one is asked for at once");
    gives(&r, S(AP("?b", "{\"item\": {\"n\": 2}}")));
    gives(&r, S(AP("?a", "{\"item\": {\"n\": 1}}")));
    check(
        wait_ms(&r) > POLL_FIRST_MS / 2, "pages that lead in a circle are not asked without rest");
    gives(&r, S(AP("?b", "{\"item\": {\"n\": 2}}")));
    check(wait_ms(&r) > POLL_FIRST_MS / 2, "however long");
    answered(&r, (struct net_fetched){.status = 400});
    check(!r.p->memory.cursor[0] && wait_ms(&r) > POLL_FIRST_MS,
        "a cursor that is refused is forgotten, and there is a rest");
    check(r.p->failures == 1, "and it is told");
    end(&r);
}

static void ap_text(void)
{
    struct room r;
    struct poll_feed f;
    ap_feed(&r, &f);
    for (uint32_t i = 0; i <= POLL_ALARM_TRIES; i++) {
        gives(&r, S(AP("?a", AP_ITEM("1") "," AP_ITEM("2"))));
        check_span(r.p->asked, S("https://a.example/feed"), "the page is asked for");
        answered(&r, (struct net_fetched){.status = 500});
        check_span(r.asked.url, S("https://a.example/text/1"), "then the text");
    }
    check(r.taken.count == 1 && r.p->way, "a text that never comes: its story comes without");
    answered(&r, (struct net_fetched){.status = 404});
    check(r.taken.count == 2 && r.p->memory.cursor[0], "and the feed goes on");
    end(&r);
}

static void ap_memory(void)
{
    struct room r;
    struct poll_feed f;
    ap_feed(&r, &f);
    struct buf b;
    size_t most = 0, n = 200, text_n = 250 << 10;
    buf_init(&b, r.a, 0);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b,
            "%s{\"item\": {\"n\": %zu, \"renditions\": {\"nitf\": {\"href\": \"/t/%zu\"}}}}",
            i ? "," : "", i, i);
    gives(&r, arena_printf(r.a, AP("?a", "%.*s"), FMT(buf_span(&b))));
    char *text = arena_alloc(r.a, text_n);
    memset(text, 'x', text_n);
    for (size_t i = 0; i < n; i++) {
        gives(&r, (struct span){text, text_n});
        if (arena_used(r.p->trip) > most) most = arena_used(r.p->trip);
    }
    check(r.taken.count == n && r.p->memory.cursor[0], "a page with two hundred texts");
    check(most < 2 << 20, "of which none is kept (%zu)", most);
    char *many = arena_alloc(r.a, POLL_CONTROL_BYTES_MAX);
    memset(many, ',', POLL_CONTROL_BYTES_MAX);
    for (size_t i = 1; i < POLL_CONTROL_BYTES_MAX; i += 2) many[i] = '0';
    many[0] = '[';
    many[POLL_CONTROL_BYTES_MAX - 1] = ']';
    gives(&r, (struct span){many, POLL_CONTROL_BYTES_MAX});
    check(r.p->failures == 1 && arena_used(r.all->job) < 1 << 20,
        "two million numbers are no page, and are not kept");
    end(&r);
}

/* ---- Reuters Connect ---- */
static struct poll_feed connect_feed(struct room *r, struct poll_feed *f)
{
    *f = (struct poll_feed){.feed = S("connect"),
        .road = S("reuters"),
        .url = S("https://a.example/graphql"),
        .login_url = S("https://a.example/login"),
        .user = S("harbour"),
        .every_s = 60};
    begin(r, f);
    f->secret_file = arena_printf(r->a, "%s/secret", r->folder);
    again(r, f);
    return *f;
}

static void login(struct room *r)
{
    gives(r, S("{\"access_token\": \"t\", \"expires_in\": 3600}"));
}

#define FOUND(more, items)                                                                         \
    "{\"data\": {\"search\": {\"pageInfo\": {\"hasNextPage\": " more                               \
    ", \"endCursor\": \"c\"}, \"items\": [" items "]}}}"
#define FOUND_ITEM(id, at) "{\"versionedGuid\": \"" id "\", \"contentTimestamp\": \"" at "\"}"
#define NOW "2026-01-01T00:00:00Z"
#define ITEM_OK "{\"data\": {\"item\": {\"uri\": \"u\"}}}"

static void connect_refused(void)
{
    static const char *const bad[] = {
        "{\"errors\": [{\"message\": \"no\"}], \"data\": {\"item\": null}}", "",
        "{\"data\": {\"item\": null}}", "<html>busy</html>",
        "{\"errors\": [{}], \"data\": {\"item\": {\"uri\": \"half\"}}}"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct room r;
        struct poll_feed f;
        connect_feed(&r, &f);
        login(&r);
        gives(&r, S(FOUND("false", FOUND_ITEM("one", NOW) "," FOUND_ITEM("two", NOW))));
        gives(&r, span_of(bad[i]));
        check(!r.taken.count && r.p->failures == 1 && !r.p->memory.mark_count,
            "what holds no item is no delivery, and the item is not done with: %s", bad[i]);
        gives(&r, S(FOUND("false", FOUND_ITEM("one", NOW) "," FOUND_ITEM("two", NOW))));
        check(span_find(r.asked.body, S("Search")) >= 0, "it is searched for again");
        gives(&r, S(ITEM_OK));
        check(r.taken.count == 1 && span_find(r.asked.body, S("\"one\"")) >= 0, "and taken then");
        end(&r);
    }
}

static void connect_never(struct net_fetched never)
{
    struct room r;
    struct poll_feed f;
    connect_feed(&r, &f);
    login(&r);
    for (uint32_t i = 0; i <= POLL_ALARM_TRIES; i++) {
        gives(&r, S(FOUND("false", FOUND_ITEM("one", NOW) "," FOUND_ITEM("two", NOW))));
        answered(&r, never);
        if (i < POLL_ALARM_TRIES) check(r.p->failures == i + 1, "an item that is always refused");
    }
    gives(&r, S(ITEM_OK));
    check(r.taken.count == 1 && !r.p->failures && r.p->memory.mark_count == 2,
        "is told, and then the others come");
    end(&r);
}

/* A backlog on a server that fails now and then. */
static void connect_flaky(void)
{
    struct room r;
    struct poll_feed f;
    connect_feed(&r, &f);
    struct buf b;
    buf_init(&b, r.a, 0);
    for (int i = 0; i < 90; i++) buf_printf(&b, "%s" FOUND_ITEM("i%d", NOW), i ? "," : "", i);
    login(&r);
    for (uint32_t i = 1; i <= 3; i++) {
        gives(&r, arena_printf(r.a, FOUND("false", "%.*s"), FMT(buf_span(&b))));
        for (int k = 0; k < POLL_MARK_EACH; k++) gives(&r, S(ITEM_OK));
        answered(&r, (struct net_fetched){.status = 503});
        check(r.p->failures == 1 && r.p->memory.mark_count == i * POLL_MARK_EACH,
            "a trip that has come further is no failure in a row");
    }
    for (uint32_t i = 1; i < POLL_ALARM_TRIES; i++) {
        gives(&r, arena_printf(r.a, FOUND("false", "%.*s"), FMT(buf_span(&b))));
        answered(&r, (struct net_fetched){.status = 503});
        check(r.p->failures == i + 1, "one that has not is");
    }
    end(&r);
}

static void connect_ahead(void)
{
    struct room r;
    struct poll_feed f;
    connect_feed(&r, &f);
    login(&r);
    gives(&r, S(FOUND("false", FOUND_ITEM("one", "2099-01-01T00:00:00Z"))));
    gives(&r, S(ITEM_OK));
    struct when w = when_iso(span_of(r.p->memory.cursor));
    check(w.kind == WHEN_UTC && w.ms <= clock_now_ms(), "a time that is to come is not reached");
    must(POLL_SET(r.p->memory.cursor, S("2099-01-01T00:00:00Z")));
    gives(&r, S(FOUND("false", "")));
    check(span_find(r.asked.body, S("\"2099")) < 0, "nor one that was remembered");
    end(&r);
}

static void connect_circles(void)
{
    struct room r;
    struct poll_feed f;
    connect_feed(&r, &f);
    gives(&r, S("{\"access_token\": \"t\", \"expires_in\": 0}"));
    gives(&r, S(FOUND("false", "")));
    check(span_find(r.asked.body, S("Search")) >= 0, "a token that is over at once is tried");
    poll_forget_token(r.p);
    login(&r);
    check(r.p->token_until_us > clock_mono_us() + 60 * 1000000, "another one lasts");
    gives(&r, S(FOUND("false", FOUND_ITEM("one", NOW))));
    gives(&r, S(ITEM_OK));
    for (int i = 0; i < POLL_PAGES_MAX; i++) gives(&r, S(FOUND("true", FOUND_ITEM("one", NOW))));
    check(!r.p->way && wait_ms(&r) > 50 * 1000, "pages without end and without news: it rests");
    end(&r);
}

/* ---- a queue ---- */
static void receipts(void)
{
    struct room r;
    struct poll_feed f = {
        .feed = S("dpa"), .road = S("dpa"), .url = S("https://a.example/entries.json")};
    begin(&r, &f);
    answered(&r, (struct net_fetched){.status = 200,
                     .retry_after_s = INT64_MAX,
                     .body = S("{\"entries\": [{\"_wireq_receipt\": \"a\\/b\", \"n\": 1}]}")});
    answered(&r, (struct net_fetched){.status = 204});
    check_span(
        r.asked.url, S("https://a.example/entry/a%2Fb"), "an entry is deleted by its receipt");
    check(wait_ms(&r) > POLL_RETRY_MAX_MS - 60000, "Retry-After is believed as far as it is");
    gives(&r, S("{\"entries\": [{\"_wireq_receipt\": \"c\\/\\u0064\", \"n\": 1}]}"));
    check(r.taken.count == 2 && r.taken.fresh == 1,
        "the same under another receipt is the same, however that is written");
    end(&r);
}

/* ---- mailboxes ---- */
#define LOOKED "* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 3] x\r\n"
#define A_MAIL "From: desk@agency.example\r\nSubject: x\r\n\r\n"

static void mailbox(struct room *r, struct poll_feed *f, enum poll_after after)
{
    static const struct span from[] = {{"desk@agency.example", 19}};
    *f = (struct poll_feed){.feed = S("box"),
        .road = S("imap"),
        .url = S("imaps://mx.example"),
        .user = S("desk"),
        .senders = from,
        .sender_count = COUNT(from),
        .after = after,
        .every_s = 60};
    begin(r, f);
    f->secret_file = arena_printf(r->a, "%s/secret", r->folder);
    again(r, f);
    gives(r, S(LOOKED));
    gives(r, S("* 1 FETCH (UID 1 RFC822.SIZE 40)\r\n* 2 FETCH (UID 2 RFC822.SIZE 90000000)\r\n"));
}

static void mail_of_which_the_header_came(void)
{
    struct room r;
    struct poll_feed f;
    mailbox(&r, &f, POLL_DELETE);
    gives(&r, S(A_MAIL "1"));
    gives(&r, S(A_MAIL));
    check(r.taken.count == 2 && span_ends(r.asked.url, S("UID=2/;SECTION=HEADER")),
        "of a mail that is too large the header is taken");
    gives(&r, S(LOOKED));
    gives(&r, S(""));
    check(span_eq(span_of(r.asked.method), S("UID STORE 1 +FLAGS.SILENT (\\Deleted)")),
        "and the mail itself, which nobody else has, is not deleted: %s", r.asked.method);
    gives(&r, S(""));
    check(span_eq(span_of(r.asked.method), S("UID EXPUNGE 1")), "nor expunged");
    check(span_starts(span_of(r.p->memory.cursor), S("7 2 ")), "it is done with");
    end(&r);
}

static void mailbox_made_anew_meanwhile(void)
{
    struct room r;
    struct poll_feed f;
    mailbox(&r, &f, POLL_DELETE);
    gives(&r, S(A_MAIL "1"));
    gives(&r, S(A_MAIL));
    gives(&r, S("* OK [UIDVALIDITY 8] x\r\n"));
    gives(&r, S("* OK [UIDVALIDITY 8] x\r\n* OK [UIDNEXT 3] x\r\n"));
    check(span_starts(span_of(r.asked.method), S("EXAMINE")),
        "under other numbers nothing is deleted: %s", r.asked.method);
    end(&r);
}

static void mail_that_never_comes(void)
{
    struct room r;
    struct poll_feed f;
    struct net_fetched never = {.why = S("it took too long")};
    const char *list = "* 1 FETCH (UID 1 RFC822.SIZE 40)\r\n* 2 FETCH (UID 2 RFC822.SIZE 40)\r\n"
                       "* 3 FETCH (UID 3 RFC822.SIZE 40)\r\n";
    mailbox(&r, &f, POLL_KEEP);
    gives(&r, S(A_MAIL "1"));
    answered(&r, never);
    check(
        r.taken.count == 1 && !r.p->failures && span_starts(span_of(r.p->memory.cursor), S("7 1 ")),
        "a mail that does not come takes none before it along: %s", r.p->memory.cursor);
    for (int i = 0; i < POLL_ALARM_TRIES; i++) {
        gives(&r, S("* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n"));
        gives(&r, span_of(list));
        answered(&r, never);
        check(r.p->failures == (uint32_t)i + 1, "it is waited for: %d", i);
    }
    gives(&r, S("* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n"));
    gives(&r, span_of(list));
    answered(&r, (struct net_fetched){.is_too_large = true, .is_crowded = true, .why = S("full")});
    check(r.p->failures == POLL_ALARM_TRIES + 1, "what is crowded out is waited for longer");
    gives(&r, S("* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n"));
    gives(&r, span_of(list));
    answered(&r, never);
    answered(&r, never);
    check(span_ends(r.asked.url, S("UID=2/;SECTION=HEADER")), "then its header is asked for");
    check(!r.taken.unread[0], "that it is missing is not told before");
    gives(&r, S(A_MAIL "3"));
    check(
        span_starts(span_of(r.taken.unread), S("not taken: the server gives neither mail 2 (40 ")),
        "then it is on the desk's list: %s", r.taken.unread);
    check(
        r.taken.count == 3 && !r.p->failures && span_starts(span_of(r.p->memory.cursor), S("7 3 ")),
        "and those behind it come: %s", r.p->memory.cursor);
    end(&r);
}

int main(void)
{
    mail_that_never_comes();
    mail_of_which_the_header_came();
    mailbox_made_anew_meanwhile();
    moved_and_secret();
    taken_back();
    dead_next();
    late_next();
    ap_circle();
    ap_text();
    ap_memory();
    connect_refused();
    connect_never(
        (struct net_fetched){.status = 200, .body = S("{\"errors\": [{\"message\": \"no\"}]}")});
    connect_never((struct net_fetched){.status = 503, .retry_after_s = 7200});
    connect_flaky();
    connect_ahead();
    connect_circles();
    receipts();
    return tap_end();
}
