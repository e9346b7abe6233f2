/* poll_dpa: a queue from which each entry has to be deleted when it is stored (dpa's wireQ): GET
 * entries.json, then DELETE entry/RECEIPT for each one, after it is durable. What is not deleted
 * comes again, under another receipt: so an entry is known by its bytes without the receipt. There
 * is no cursor: the queue is one. */
#include "poller.h"

#include <string.h>

struct queue_trip {
    struct span receipts[POLL_ITEMS_MAX];
    size_t count, at;
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
    for (const struct json *v = entries->first; v && i < n; v = v->next, i++) {
        struct span receipt = json_text(v, "_wireq_receipt");
        if (receipt.n) w->receipts[w->count++] = arena_keep(p->trip, receipt);
        list[i] = (struct poll_delivery){.feed = p->feed->feed,
            .known = without_receipt(p, parts[i]),
            .by_known = true,
            .name = arena_printf(p->of->job, "entry-%zu.json", i + 1),
            .type = S("application/json"),
            .bytes = parts[i]};
    }
    h->list = list;
    h->count = n;
}

static void heard_dpa(struct poll *p, const struct net_fetched *got, struct poll_heard *h)
{
    struct queue_trip *w = p->way;
    bool is_gone = got->status / 100 == 2 || got->status == 404 || got->status == 410;
    if (w ? !is_gone : got->status != 200) {
        poll_refused(p, got, h);
        return;
    }
    if (w)
        w->at++;
    else {
        int64_t ms = poll_retry_ms(got);
        w = ARENA_NEW(p->trip, struct queue_trip);
        w->wait_ms = ms ? ms : -1;
        read_queue(p, got->body, w, h);
        if (h->then == POLL_FAILS) return;
    }
    p->way = w;
    if (w->at < w->count)
        h->then = POLL_GOES_ON;
    else
        h->wait_ms = w->wait_ms;
}

const struct poll_road poll_dpa = {
    .name = "dpa", .every_s = 30, .ask = ask_dpa, .heard = heard_dpa, .sees_refusals = true};
