/* poll_ap: AP's Media API: /content/feed in the order in which things come, each answer naming
 * where the next one begins (next_page). The server holds its answer back while there is nothing
 * new. The feed only names a story's text, a NITF file: it is fetched and put beside the item, as
 * its member "nitf"; the item's own bytes stay as they came. Each item is a delivery of its own, as
 * soon as it is whole. The cursor is next_page, which lives for three days without use; it moves
 * when all of a page is durable. */
#include "poller.h"

enum { ITEMS_MAX = 200, TEXT_BYTES_MAX = 256 << 10 };

struct page {
    struct span next; /* next_page */
    struct span items[ITEMS_MAX];
    struct span texts[ITEMS_MAX]; /* where each one's text is; empty: it has none */
    size_t count, at;
};

static void ask_ap(struct poll *p, struct poll_ask *q)
{
    struct page *w = p->way;
    struct span key, from = span_of(p->memory.cursor);
    q->is_secret = true;
    q->url = w ? w->texts[w->at] : from.n ? from : poll_url(p, q, p->feed->url);
    q->is_patient = !w;
    q->is_extra = w != NULL;
    q->body_max = w ? TEXT_BYTES_MAX : POLL_CONTROL_BYTES_MAX;
    if (poll_secret(p, q, &key)) poll_field(p, q, "x-api-key", key);
}

/* ---- a page ---- */
static struct span text_address(struct poll *p, const struct json *item)
{
    const struct json *nitf = json_get(json_get(item, "renditions"), "nitf");
    struct span href = json_text(nitf, "href"), whole;
    if (!href.n || !net_url_join(p->of->job, p->asked, href, &whole)) return S("");
    bool is_there =
        whole.n <= FETCH_FIELD_BYTES_MAX && poll_same_origin(p->of->job, p->asked, whole);
    return is_there ? arena_keep(p->trip, whole) : S("");
}

static bool read_page(struct poll *p, struct span body, struct page *w, struct poll_heard *h)
{
    struct reject bad;
    const struct json *root = json_parse(p->of->job, body, &bad),
                      *data = root ? json_get(root, "data") : NULL,
                      *items = data ? json_get(data, "items") : NULL;
    struct span next = data ? json_text(data, "next_page") : S("");
    if (!items || items->type != JSON_ARRAY) {
        poll_fail(h, S("the answer is no page of a feed"));
        return false;
    }
    w->count = poll_scan_items(body, "data items", w->items, ITEMS_MAX);
    if (w->count != items->count) {
        poll_fail(h, S("the answer holds more items than a page should"));
        return false;
    }
    size_t i = 0;
    for (const struct json *v = items->first; v; v = v->next, i++)
        w->texts[i] = text_address(p, json_get(v, "item"));
    if (next.n &&
        (!net_url_join(p->of->job, p->asked, next, &next) ||
            !poll_same_origin(p->of->job, p->asked, next) || next.n > POLL_CURSOR_BYTES_MAX)) {
        poll_fail(h, S("next_page leads elsewhere"));
        return false;
    }
    w->next = arena_keep(p->trip, next);
    return true;
}

/* ---- an item, with its text beside it ---- */
static struct span with_text(struct poll *p, struct span item, struct span nitf)
{
    struct buf b;
    struct span utf8 = nitf;
    if (!nitf.n || item.n < 2 || item.p[item.n - 1] != '}') return item;
    if (!utf8_valid(nitf) && !charset_to_utf8(p->of->job, nitf, charset_sniff(nitf), &utf8))
        utf8 = nitf;
    buf_init(&b, p->of->job, 0);
    buf_put(&b, span_cut(item, 0, item.n - 1));
    struct json_out o = {.b = &b, .comma = true};
    json_string(&o, "nitf", utf8);
    buf_char(&b, '}');
    return buf_span(&b);
}

static struct poll_delivery item_of(struct poll *p, struct page *w, struct span nitf)
{
    struct poll_delivery d = {.feed = p->feed->feed,
        .known = p->feed->url,
        .name = arena_printf(p->of->job, "item-%zu.json", w->at + 1),
        .type = S("application/json"),
        .bytes = with_text(p, w->items[w->at], nitf)};
    w->at++;
    return d;
}

/* With the text that came (NULL: none was asked for) to the next one whose text has to be. */
static void go_on(struct poll *p, struct page *w, const struct span *text, struct poll_heard *h)
{
    struct poll_delivery *list = ARENA_ARRAY(p->of->job, struct poll_delivery, w->count + 1);
    if (text) list[h->count++] = item_of(p, w, *text);
    while (w->at < w->count && !w->texts[w->at].n) list[h->count++] = item_of(p, w, S(""));
    h->list = list;
    h->then = POLL_GOES_ON;
    p->way = w;
    if (w->at < w->count) return;
    p->way = NULL;
    if (w->next.n) {
        h->memory = poll_remember(p);
        if (!POLL_SET(h->memory->cursor, w->next)) h->memory = NULL;
    }
    /* a page that names itself as the next one would be asked for without end */
    if (!w->count || !h->memory || span_eq(w->next, span_of(p->memory.cursor)))
        h->then = POLL_RESTS;
}

static void heard_ap(struct poll *p, const struct net_fetched *got, struct poll_heard *h)
{
    struct page *w = p->way;
    if (w) { /* a story whose text nobody has any more is shown to the desk without it */
        p->misses = 0;
        struct span text = got->status == 200 && !got->why.n ? got->body : S("");
        go_on(p, w, &text, h);
    } else if (got->status == 400 && p->memory.cursor[0]) {
        h->memory = poll_remember(p);
        h->memory->cursor[0] = 0;
        poll_fail(h, S("its cursor is too old: it begins anew"));
    } else if (got->status != 200) {
        poll_refused(p, got, h);
    } else {
        w = ARENA_NEW(p->trip, struct page);
        if (read_page(p, arena_keep(p->trip, got->body), w, h)) go_on(p, w, NULL, h);
    }
}

/* A text that may come is waited for, a few times; then its story is shown to the desk without. */
static void misses_ap(struct poll *p, bool may_pass, struct poll_heard *h)
{
    struct page *w = p->way;
    if (!w || (may_pass && !poll_goes_without(p, S("a story's text"), h->why, h))) return;
    go_on(p, w, &S(""), h);
}

const struct poll_road poll_ap = {.name = "ap",
    .every_s = 5,
    .needs_secret = true,
    .ask = ask_ap,
    .heard = heard_ap,
    .sees_refusals = true,
    .misses = misses_ap};
