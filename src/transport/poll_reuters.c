/* poll_reuters: Reuters Connect: a token by OAuth's client credentials (RFC 6749, 4.4), renewed
 * before it ends and when it is refused; a search of the contract's channels from the time that was
 * reached, oldest first, page by page; then each item that was not there before, as the answer says
 * it. What is remembered is that time and the items near it: the next search begins a little
 * before, for what was indexed late. Tokens live in memory alone. */
#include "poller.h"

#include "clock.h"

enum {
    AGAIN_MS = 5 * 60 * 1000,       /* so far a search begins before the time that was reached */
    FIRST_BACK_MS = 60 * 60 * 1000, /* the first one begins so long ago */
    SEARCH_ITEMS = 100,
};

struct connect {
    enum { SEARCH, ITEM } step;
    bool is_refused; /* a token was, in this trip */
    struct span from, cursor, ids[SEARCH_ITEMS];
    size_t count, at, pages;
    int64_t reached_ms;
    bool has_more;
    struct poll_memory *memory; /* as it will be: the items that are durable are marked */
};

static const char search_text[] =
    "query Search($from: String!, $cursor: String!, $channel: [String]!) { search(filter: "
    "{dateRange: $from, channel: $channel, mediaTypes: TEXT}, cursor: $cursor, limit: 100, sort: "
    "{direction: ASC, field: CONTENT_TIMESTAMP}) { pageInfo { hasNextPage endCursor } items { "
    "versionedGuid contentTimestamp } } }";
static const char item_text[] =
    "query Item($id: ID!) { item(id: $id) { uri versionedGuid type profile usn version pubStatus "
    "urgency language versionCreated firstCreated headLine slug byLine caption credit intro "
    "position usageTerms usageTermsRole productLabel bodyXhtml subject { code name rel } } }";

/* ---- asking ---- */
/* "2026.01.23.06.00.00", in UTC */
static struct span range_from(struct poll *p, int64_t ms)
{
    struct civil c = civil_of(ms);
    return arena_printf(p->trip, "%04d.%02d.%02d.%02d.%02d.%02d", c.year, c.month, c.day, c.hour,
        c.minute, c.second);
}

/* A time that is to come is not reached: until then nothing would be found. */
static int64_t not_ahead(int64_t ms)
{
    int64_t now = clock_now_ms();
    return ms < now ? ms : now;
}

static int64_t reached_before(const struct poll *p)
{
    struct when w = when_iso(span_of(p->memory.cursor));
    return w.kind == WHEN_UTC ? not_ahead(w.ms) : 0;
}

static void put_search(struct poll *p, struct json_out *o, const struct connect *w)
{
    json_string(o, "from", w->from);
    json_string(o, "cursor", w->cursor);
    json_open(o, "channel", '[');
    for (size_t i = 0; i < p->feed->channel_count; i++) json_string(o, NULL, p->feed->channels[i]);
    json_close(o, ']');
}

static void ask_connect(struct poll *p, struct poll_ask *q)
{
    struct connect *w = p->way;
    struct buf b;
    if (!w) {
        p->way = w = ARENA_NEW(p->trip, struct connect);
        w->memory = poll_remember(p);
        int64_t reached = reached_before(p);
        w->from = range_from(p, reached ? reached - AGAIN_MS : clock_now_ms() - FIRST_BACK_MS);
    }
    if (oauth_ask(p, q)) return;
    buf_init(&b, p->of->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "query", span_of(w->step == ITEM ? item_text : search_text));
    json_open(&o, "variables", '{');
    if (w->step == ITEM)
        json_string(&o, "id", w->ids[w->at]);
    else
        put_search(p, &o, w);
    json_close(&o, '}');
    json_close(&o, '}');
    q->url = p->feed->url;
    q->method = "POST";
    q->is_secret = true;
    q->body = buf_span(&b);
    q->body_max = POLL_CONTROL_BYTES_MAX;
    poll_field(p, q, "Content-Type", S("application/json"));
    poll_field(p, q, "Authorization", arena_printf(p->of->job, "Bearer %s", p->token));
}

/* ---- the search ---- */
/* What GraphQL refuses it answers with 200, and says why. */
static struct span refusal(const struct json *j)
{
    const struct json *errors = j ? json_get(j, "errors") : NULL;
    if (!errors || errors->type != JSON_ARRAY || !errors->first) return S("");
    struct span said = utf8_head(json_text(errors->first, "message"), 80);
    return said.n ? said : S("no reason is given");
}

static void read_item(struct poll *p, struct connect *w, const struct json *v)
{
    struct span id = json_text(v, "versionedGuid");
    struct when at = when_iso(json_text(v, "contentTimestamp"));
    if (!id.n || w->count == SEARCH_ITEMS) return;
    if (at.kind == WHEN_UTC && not_ahead(at.ms) > w->reached_ms) w->reached_ms = not_ahead(at.ms);
    if (!poll_is_marked(w->memory, fast_hash(id))) w->ids[w->count++] = arena_keep(p->trip, id);
}

static void heard_search(
    struct poll *p, struct connect *w, const struct net_fetched *got, struct poll_heard *h)
{
    struct reject bad;
    const struct json *j = json_parse(p->of->job, got->body, &bad),
                      *search = j ? json_get(json_get(j, "data"), "search") : NULL,
                      *items = search ? json_get(search, "items") : NULL;
    if (!items || items->type != JSON_ARRAY) {
        struct span said = refusal(j);
        poll_fail(h, said.n ? arena_printf(p->of->job, "the search is refused: %.*s", FMT(said))
                            : S("the answer is no page of a search"));
        return;
    }
    const struct json *page = json_get(search, "pageInfo");
    w->count = w->at = 0;
    w->cursor = page ? arena_keep(p->trip, json_text(page, "endCursor")) : S("");
    w->has_more = page && json_is_true(page, "hasNextPage") && w->cursor.n && items->first;
    for (const struct json *v = items->first; v; v = v->next) read_item(p, w, v);
}

/* What follows: an item, the next page, or rest. The time that was reached moves with each page,
 * for they come oldest first; the items are marked as they come. So a backlog longer than the
 * server gives at once goes on where it was. */
static void go_on(struct poll *p, struct connect *w, struct poll_heard *h)
{
    char text[25];
    w->step = w->at < w->count ? ITEM : SEARCH;
    h->then = w->step == ITEM || w->has_more ? POLL_GOES_ON : POLL_RESTS;
    if (w->step == SEARCH && w->reached_ms > reached_before(p)) {
        utc_text(w->reached_ms, text);
        must(POLL_SET(w->memory->cursor, span_of(text)));
    }
    if (w->step == SEARCH || w->at % POLL_MARK_EACH == 0) h->memory = w->memory;
    if (w->step == ITEM || !w->has_more || ++w->pages < POLL_PAGES_MAX) return;
    h->then = POLL_RESTS; /* a breath, and a new search from there */
    h->wait_ms = 0;
}

/* Is it the item, whole? */
static bool has_item(struct poll *p, struct span body, struct span *why)
{
    struct reject bad;
    const struct json *j = json_parse(p->of->job, body, &bad),
                      *item = j ? json_get(json_get(j, "data"), "item") : NULL;
    struct span said = refusal(j);
    *why = said.n ? arena_printf(p->of->job, "an item is refused: %.*s", FMT(said))
                  : S("the answer holds no item");
    return item && item->type == JSON_OBJECT && !said.n;
}

static void heard_item(
    struct poll *p, struct connect *w, const struct net_fetched *got, struct poll_heard *h)
{
    struct span why;
    bool is_there = has_item(p, got->body, &why);
    if (!is_there && !poll_goes_without(p, w->ids[w->at], why, h)) return;
    if (is_there) p->misses = 0;
    struct poll_delivery *d = ARENA_NEW(p->of->job, struct poll_delivery);
    *d = (struct poll_delivery){.feed = p->feed->feed,
        .known = w->ids[w->at],
        .name = arena_printf(p->of->job, "%.*s.json", FMT(utf8_head(w->ids[w->at], 100))),
        .type = S("application/json"),
        .bytes = got->body};
    h->list = d;
    h->count = is_there;
    poll_mark(w->memory, fast_hash(w->ids[w->at++]));
}

static void heard_connect(struct poll *p, const struct net_fetched *got, struct poll_heard *h)
{
    struct connect *w = p->way;
    if (oauth_heard(p, got, h)) return;
    if (got->status == 401 && !w->is_refused) {
        poll_ask_anew(p, &w->is_refused, h);
    } else if (got->status != 200) {
        poll_refused(p, got, h);
    } else {
        if (w->step == ITEM)
            heard_item(p, w, got, h);
        else
            heard_search(p, w, got, h);
        if (h->then != POLL_FAILS) go_on(p, w, h);
    }
}

/* An item that may come is waited for, a few times; then the others are not kept from coming. */
static void misses_connect(struct poll *p, bool may_pass, struct poll_heard *h)
{
    struct connect *w = p->way;
    if (!may_pass || !w || p->logs_in || w->step != ITEM) return;
    if (!poll_goes_without(p, w->ids[w->at], h->why, h)) return;
    h->wait_ms = -1;
    poll_mark(w->memory, fast_hash(w->ids[w->at++]));
    go_on(p, w, h);
}

const struct poll_road poll_reuters = {.name = "reuters",
    .every_s = 30,
    .needs_secret = true,
    .needs_login = true,
    .needs_user = true,
    .ask = ask_connect,
    .heard = heard_connect,
    .sees_refusals = true,
    .misses = misses_connect};
