/* poll_dpa: a queue from which each entry has to be deleted when it is stored (dpa's wireQ): GET
 * entries.json, then DELETE entry/RECEIPT for each one, after it is durable. What is not deleted
 * comes again, under another receipt: so an entry is known by its bytes without the receipt. There
 * is no cursor: the queue is one. An entry that cannot be deleted is told, and gone round: at the
 * next look those behind it have their turn first. */
#include "poller.h"

#include "clock.h"

#include <string.h>

enum {
    STUCK_IN_A_ROW =
        10, /* so many that cannot be deleted, one behind the other: it is the server */
    STUCK_MS = 2 * 60 * 1000, /* … or it takes so long over them */
};

struct queue_trip {
    struct span receipts[POLL_ITEMS_MAX];
    uint64_t marks[POLL_ITEMS_MAX]; /* of the entries */
    size_t count, at;
    size_t stuck, in_a_row;
    int64_t wait_ms;
};

static struct span base_of(struct span url)
{
    size_t n = url.n;
    while (n && url.p[n - 1] != '/') n--;
    return span_cut(url, 0, n);
}

static void ask_dpa(struct poll *p, struct poll_ask *q)
{
    struct queue_trip *w = p->way;
    struct span secret;
    q->url = poll_url(p, q, p->feed->url);
    q->body_max = POLL_CONTROL_BYTES_MAX;
    if (!q->why && !q->is_secret && p->feed->secret_header.n && poll_secret(p, q, &secret)) {
        q->is_secret = true;
        poll_field(p, q, arena_cstr(p->of->job, p->feed->secret_header), secret);
    }
    if (!w) return;
    q->method = "DELETE";
    q->url = arena_printf(p->of->job, "%.*sentry/%.*s", FMT(base_of(q->url)),
        FMT(url_escape(p->of->job, w->receipts[w->at])));
}

/* An entry's bytes without its receipt, which is another one each time, however it is written. */
static struct span without_receipt(struct poll *p, struct span entry)
{
    struct span receipt;
    if (!poll_scan_member(entry, S("_wireq_receipt"), &receipt)) return entry;
    size_t from = (size_t)(receipt.p - entry.p);
    return arena_printf(p->of->job, "%.*s%.*s", FMT(span_cut(entry, 0, from)),
        FMT(span_cut(entry, from + receipt.n, entry.n)));
}

static void put_receipt(struct poll *p, struct queue_trip *w, struct span receipt,
    const struct poll_delivery *of, bool were_stuck)
{
    uint64_t mark = fast_hash(of->known);
    if (!receipt.n || poll_is_marked(&p->memory, mark) != were_stuck) return;
    w->marks[w->count] = mark;
    w->receipts[w->count++] = arena_keep(p->trip, receipt);
}

static void read_queue(struct poll *p, struct span body, struct queue_trip *w, struct poll_heard *h)
{
    struct reject bad;
    struct span parts[POLL_ITEMS_MAX];
    const struct json *root = json_parse(p->of->job, body, &bad),
                      *entries = root ? json_get(root, "entries") : NULL;
    if (!entries || entries->type != JSON_ARRAY) {
        poll_fail(h, S("the answer is no queue of entries"));
        return;
    }
    size_t n = poll_scan_items(body, "entries", parts, POLL_ITEMS_MAX), i = 0;
    struct poll_delivery *list = ARENA_ARRAY(p->of->job, struct poll_delivery, n + 1);
    struct span *receipts = ARENA_ARRAY(p->of->job, struct span, n + 1);
    for (const struct json *v = entries->first; v && i < n; v = v->next, i++) {
        receipts[i] = json_text(v, "_wireq_receipt");
        list[i] = (struct poll_delivery){.feed = p->feed->feed,
            .known = without_receipt(p, parts[i]),
            .by_known = true,
            .name = arena_printf(p->of->job, "entry-%zu.json", i + 1),
            .type = S("application/json"),
            .bytes = parts[i]};
    }
    for (int were_stuck = 0; were_stuck < 2; were_stuck++)
        for (i = 0; i < n; i++) put_receipt(p, w, receipts[i], &list[i], were_stuck);
    h->list = list;
    h->count = n;
}

/* With the next one; at the end people are told what is left. */
static void go_on(struct poll *p, struct queue_trip *w, struct poll_heard *h)
{
    p->way = w;
    h->then = w->at < w->count ? POLL_GOES_ON : POLL_RESTS;
    if (w->at < w->count) return;
    h->wait_ms = w->wait_ms;
    p->note_rings = w->stuck > 0;
    p->note[0] = 0;
    if (w->stuck)
        (void)!POLL_SET(
            p->note, arena_printf(p->trip,
                         "%zu entries of its queue are taken and cannot be deleted: ask the agency",
                         w->stuck));
}

static void heard_dpa(struct poll *p, const struct net_fetched *got, struct poll_heard *h)
{
    struct queue_trip *w = p->way;
    bool is_gone = got->status / 100 == 2 || got->status == 404 || got->status == 410;
    if (w ? !is_gone : got->status != 200) {
        poll_refused(p, got, h);
        return;
    }
    if (w) {
        w->at++;
        w->in_a_row = 0;
    } else {
        int64_t ms = poll_retry_ms(got);
        w = ARENA_NEW(p->trip, struct queue_trip);
        w->wait_ms = ms ? ms : -1;
        read_queue(p, got->body, w, h);
        if (h->then == POLL_FAILS) return;
    }
    go_on(p, w, h);
}

/* Its bytes are durable: that it stays in the queue costs nobody his news. */
static void misses_dpa(struct poll *p, bool may_pass, struct poll_heard *h)
{
    struct queue_trip *w = p->way;
    (void)may_pass;
    if (!w || ++w->in_a_row >= STUCK_IN_A_ROW || clock_mono_us() - p->asked_us > STUCK_MS * 1000LL)
        return;
    uint64_t mark = w->marks[w->at++];
    if (!poll_is_marked(&p->memory, mark))
        log_warn("feed %.*s: an entry of its queue is taken and cannot be deleted: %.*s",
            FMT(p->feed->feed), FMT(h->why));
    h->memory = poll_remember(p);
    poll_mark(h->memory, mark);
    w->stuck++;
    go_on(p, w, h);
}

const struct poll_road poll_dpa = {.name = "dpa",
    .every_s = 30,
    .ask = ask_dpa,
    .heard = heard_dpa,
    .misses = misses_dpa,
    .sees_refusals = true};
