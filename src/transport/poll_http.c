/* poll_http: a document at a URL, whatever its format: asked for with what is remembered of it (RFC
 * 9110, 13.1), so that the server need not send it again; the same bytes are not appended twice,
 * unless others have stood there between: what is taken back is news. A feed that links to older
 * pages (RFC 5005) is followed there when entries may have been missed: when it shows too few of
 * those that it showed last. The first time it is not: an archive is no news. */
#include "poller.h"

#include <string.h>

enum { ENTRIES = 256, ENOUGH = 4 }; /* one or two entries may be pinned to the top for weeks */

struct pages { /* a trip of more than one page */
    struct span next;
    size_t count;
    struct poll_memory *memory; /* of the first page: remembered when the last one has come */
    bool met[ENTRIES];
};

/* Never with a secret, which may have been configured since: it goes where its owner says. */
static bool has_moved(const struct poll *p)
{
    return p->memory.moved[0] && !p->feed->secret_file.n;
}

static void give_credentials(struct poll *p, struct poll_ask *q)
{
    struct span secret;
    bool is_in_address = span_find(p->feed->url, S("{secret}")) >= 0;
    if (!p->feed->secret_file.n || is_in_address) return;
    q->is_secret = true;
    if (!poll_secret(p, q, &secret)) return;
    if (p->feed->secret_header.n) {
        poll_field(p, q, arena_cstr(p->of->job, p->feed->secret_header), secret);
        return;
    }
    q->user = p->feed->user;
    q->password = secret;
}

static void ask_http(struct poll *p, struct poll_ask *q)
{
    struct pages *w = p->way;
    if (w) q->body_max = POLL_CONTROL_BYTES_MAX;
    q->url = w ? w->next : has_moved(p) ? span_of(p->memory.moved) : poll_url(p, q, p->feed->url);
    give_credentials(p, q);
    if (w) return;
    if (p->memory.etag[0]) poll_field(p, q, "If-None-Match", span_of(p->memory.etag));
    if (p->memory.modified[0]) poll_field(p, q, "If-Modified-Since", span_of(p->memory.modified));
}

/* How many of the entries that the document showed last are on these pages? */
static bool is_met(const struct poll *p, struct pages *w, struct span bytes)
{
    uint64_t marks[8 * ENTRIES];
    size_t n = poll_scan_marks(bytes, marks, COUNT(marks)), met = 0;
    for (size_t i = 0; i < p->memory.mark_count && i < ENTRIES; i++) {
        for (size_t k = 0; k < n && !w->met[i]; k++) w->met[i] = marks[k] == p->memory.marks[i];
        met += w->met[i];
    }
    return met >= ENOUGH || met >= p->memory.mark_count;
}

/* Known by all that stood there before, too. After a crash that is the same as it was. */
static struct span known_by(const struct poll *p, struct arena *a)
{
    return p->memory.chain[0] ? arena_printf(a, "%.*s\n%s", FMT(p->feed->url), p->memory.chain)
                              : p->feed->url;
}

struct poll_delivery *poll_document(
    struct poll *p, struct arena *a, struct span type, struct span bytes)
{
    struct poll_delivery *d = ARENA_NEW(a, struct poll_delivery);
    struct span where = poll_where(a, p->feed->url);
    while (where.n && where.p[where.n - 1] == '/') where.n--;
    for (size_t i = where.n; i-- > 0;)
        if (where.p[i] == '/') {
            where = span_cut(where, i + 1, where.n);
            break;
        }
    *d = (struct poll_delivery){.feed = p->feed->feed,
        .known = known_by(p, a),
        .name = where,
        .type = arena_keep(a, type),
        .bytes = bytes};
    return d;
}

void poll_move_chain(struct poll_memory *m, struct arena *a, struct span hash)
{
    struct hash chain = hash_of(arena_printf(a, "%s%.*s", m->chain, FMT(hash)));
    bool is_new = !span_eq(hash, span_of(m->seen));
    must(POLL_SET(m->seen, hash));
    if (is_new) must(POLL_SET(m->chain, hash_hex(a, &chain)));
}

/* What the first page says is to be remembered, when all is durable. */
static struct poll_memory *first_page(
    struct poll *p, const struct net_fetched *got, struct span hash)
{
    struct poll_memory *m = poll_remember(p);
    if (!POLL_SET(m->etag, got->etag)) m->etag[0] = 0;
    if (!POLL_SET(m->modified, got->modified)) m->modified[0] = 0;
    poll_move_chain(m, p->of->job, hash);
    m->mark_count = poll_scan_marks(got->body, m->marks, ENTRIES);
    return m;
}

/* Is there an older page that has to be asked for? Then w->next names it. */
static bool goes_back(struct poll *p, struct pages *w, struct span bytes)
{
    struct span ref = poll_scan_next(p->trip, bytes), next;
    if (!p->memory.mark_count || is_met(p, w, bytes) || !ref.n) return false;
    if (++w->count > POLL_PAGES_MAX) {
        log_warn("feed %.*s: more than %d pages were missed: older ones are not asked for",
            FMT(p->feed->feed), POLL_PAGES_MAX);
        return false;
    }
    /* what names the secret in its address, or carries one, does not take it elsewhere */
    if (!net_url_join(p->trip, p->asked, ref, &next) || !poll_same_origin(p->trip, p->asked, next))
        return false;
    w->next = next;
    return true;
}

static void heard_http(struct poll *p, const struct net_fetched *got, struct poll_heard *h)
{
    struct pages *w = p->way;
    if (!w && (got->status == 200 || got->status == 304)) websub_heard(p, got);
    if (got->status == 304 && !w) return; /* it rests */
    if (got->status != 200) {
        poll_refused(p, got, h);
        return;
    }
    struct hash hash = hash_of(got->body);
    struct span hex = hash_hex(p->of->job, &hash);
    bool is_known = !w && span_eq(hex, span_of(p->memory.seen));
    if (!got->body.n) {
        poll_fail(h, S("the answer is empty"));
        return;
    }
    if (w) {
        p->has_missed = false;
        p->misses = 0;
    } else {
        w = ARENA_NEW(p->trip, struct pages);
        w->memory = first_page(p, got, hex);
    }
    if (!is_known) {
        h->list = poll_document(p, p->of->job, got->type, got->body);
        h->count = 1;
    }
    if (!is_known && goes_back(p, w, got->body)) {
        p->way = w;
        h->then = POLL_GOES_ON;
        return;
    }
    h->memory = w->memory;
}

/* An older page that nobody has is no reason to lose the feed; one that may come is waited for, a
 * few times, but not each time anew. */
static void misses_http(struct poll *p, bool may_pass, struct poll_heard *h)
{
    struct pages *w = p->way;
    if (!w) return;
    if (!may_pass) p->misses = POLL_ALARM_TRIES;
    if (!p->has_missed && !poll_goes_without(p, S("an older page"), h->why, h)) return;
    p->has_missed = true;
    h->then = POLL_RESTS;
    h->memory = w->memory;
}

const struct poll_road poll_http = {.name = "http",
    .every_s = 60,
    .ask = ask_http,
    .heard = heard_http,
    .misses = misses_http,
    .open = websub_open,
    .close = websub_close,
    .tend = websub_tend};
