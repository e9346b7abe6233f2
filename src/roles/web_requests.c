/* web_requests: one request, on the thread of its loop: whose it is, what the site is asked and
 * what becomes of the answer. */
#include "transport.h"
#include "web.h"

#include <stdlib.h>
#include <string.h>

const char web_plain_head[] = "Content-Type: text/plain; charset=utf-8\r\nCache-Control: "
                              "no-store\r\nX-Content-Type-Options: nosniff\r\n";

struct http_reply web_reply_of(int status, const char *head, struct span body)
{
    char *copy = malloc(body.n + 1);
    must(copy);
    memcpy(copy, body.p, body.n);
    return (struct http_reply){.status = status,
        .head = span_of(head),
        .body = {copy, body.n},
        .done = free,
        .with = copy};
}

struct span web_header(const struct http_request *r, const char *name)
{
    struct span s = http_header(r, name);
    return s.p ? s : S("");
}

/* ---- the site's ---- */
struct sent {
    struct site *site;
    void *hold;
};

static void sent_done(void *with)
{
    struct sent *s = with;
    site_release(s->site, s->hold);
}

static struct site_ask site_ask_of(const struct http_request *r)
{
    return (struct site_ask){.method = r->method,
        .path = r->path,
        .query = r->query,
        .has_query = r->has_query,
        .arena = r->arena,
        .accept = http_header(r, "Accept"),
        .accept_encoding = http_header(r, "Accept-Encoding"),
        .if_none_match = http_header(r, "If-None-Match"),
        .if_modified_since = http_header(r, "If-Modified-Since"),
        .range = http_header(r, "Range"),
        .cookie = http_header(r, "Cookie"),
        .save_data = http_header(r, "Save-Data"),
        .told = web_told,
        .with = (void *)(uintptr_t)r};
}

/* What browsers are to know of the door (RFC 6797, 7.2: over TLS alone) goes with every answer that
 * the site makes. */
static void answer(
    struct web *w, struct net_worker *worker, struct http_request *r, const struct site_answer *a)
{
    struct http_reply reply = {
        .status = a->status, .head = a->head, .body = a->body, .no_body_length = a->no_body_length};
    struct span hsts = r->is_tls ? site_hsts(w->hands[net_worker_index(worker)], r->arena) : S("");
    if (hsts.n) reply.head = arena_printf(r->arena, "%.*s%.*s", FMT(hsts), FMT(a->head));
    if (a->hold) {
        struct sent *s = ARENA_NEW(r->arena, struct sent);
        *s = (struct sent){w->site, a->hold};
        reply.done = sent_done;
        reply.with = s;
    }
    http_reply(r, &reply);
}

/* ---- readers counted ---- */
static struct site_visit visit_of(const struct http_request *r)
{
    return (struct site_visit){.agent = http_header(r, "User-Agent"),
        .referrer = http_header(r, "Referer"),
        .host = r->host,
        .dnt = http_header(r, "DNT"),
        .gpc = http_header(r, "Sec-GPC"),
        .purpose = http_header(r, "Sec-Purpose"),
        .fetch_site = http_header(r, "Sec-Fetch-Site")};
}

static void count_page(struct web *w, unsigned index, const struct http_request *r, story_id story)
{
    struct site_visit v = visit_of(r);
    struct span from;
    if (!site_is_read(w->hands[index], r->arena, &v, &from)) return;
    bool is_new = guard_counts(w->guard, &r->client, story, clock_now_ms());
    web_count_page(w->counters[index], story, is_new, from);
}

static void beacon(struct web *w, struct net_worker *worker, struct http_request *r)
{
    unsigned index = net_worker_index(worker);
    struct site_ask ask = site_ask_of(r);
    struct site_visit v = visit_of(r);
    struct site_beacon b;
    if (site_beacon(w->hands[index], &ask, &v, r->body, &b)) {
        bool is_new = guard_counts(w->guard, &r->client, b.story, clock_now_ms());
        web_count_beacon(w->counters[index], b.story, is_new, b.referrer, b.seconds);
    }
    answer(w, worker, r,
        &(struct site_answer){
            .status = 204, .head = site_beacon_head(r->arena), .no_body_length = true});
}

/* ---- the site's pages ---- */
static void ask_site(struct web *w, struct net_worker *worker, struct http_request *r)
{
    unsigned index = net_worker_index(worker);
    struct site_ask ask = site_ask_of(r);
    struct site_answer page;
    site_answer(w->hands[index], &ask, &page);
    if (page.visited && r->method == HTTP_GET) count_page(w, index, r, page.visited);
    answer(w, worker, r, &page);
}

/* ---- readers' comments ---- */
struct writer {
    struct web *w;
    const struct http_request *r;
};

static bool may_comment(void *with)
{
    const struct writer *writer = with;
    return comment_may(writer->w->comment_brake, &writer->r->client);
}

static bool may_report(void *with)
{
    const struct writer *writer = with;
    return comment_may_report(writer->w->comment_brake, &writer->r->client);
}

static bool may_mail(void *with)
{
    const struct writer *writer = with;
    return comment_may_mail(writer->w->comment_brake, &writer->r->client);
}

static struct span network_of(void *with, struct arena *a, struct span about)
{
    const struct writer *writer = with;
    return comment_network(writer->w->comment_brake, a, &writer->r->client, about);
}

static void comment(struct web *w, struct net_worker *worker, struct http_request *r)
{
    struct site_ask ask = site_ask_of(r);
    struct writer writer = {w, r};
    struct site_form form = {.body = r->body,
        .type = http_header(r, "Content-Type"),
        .origin = http_header(r, "Origin"),
        .fetch_site = http_header(r, "Sec-Fetch-Site"),
        .host = r->host,
        .may = may_comment,
        .may_report = may_report,
        .may_mail = may_mail,
        .network = network_of,
        .with = &writer};
    struct site_comment kept;
    struct site_answer page;
    if (site_comment(w->hands[net_worker_index(worker)], &ask, &form, &kept, &page)) {
        web_pass_comment(w, worker, r, &kept);
        return;
    }
    answer(w, worker, r, &page);
}

/* ---- complaints ---- */
static bool may_complain(void *with)
{
    const struct writer *writer = with;
    return comment_may_complain(writer->w->grievance_brake, &writer->r->client);
}

static void complaint(struct web *w, struct net_worker *worker, struct http_request *r)
{
    struct site_ask ask = site_ask_of(r);
    struct writer writer = {w, r};
    struct site_form form = {.body = r->body,
        .type = http_header(r, "Content-Type"),
        .origin = http_header(r, "Origin"),
        .fetch_site = http_header(r, "Sec-Fetch-Site"),
        .host = r->host,
        .may = may_complain,
        .with = &writer};
    struct site_grievance kept;
    struct site_answer page;
    if (site_grievance(w->hands[net_worker_index(worker)], &ask, &form, &kept, &page)) {
        web_pass_grievance(w, worker, r, &kept);
        return;
    }
    answer(w, worker, r, &page);
}

static void text_size(struct web *w, struct net_worker *worker, struct http_request *r)
{
    struct site_ask ask = site_ask_of(r);
    struct site_form form = {.body = r->body,
        .origin = http_header(r, "Origin"),
        .fetch_site = http_header(r, "Sec-Fetch-Site"),
        .host = r->host};
    struct site_answer page;
    site_size(w->hands[net_worker_index(worker)], &ask, &form, &page);
    answer(w, worker, r, &page);
}

/* What readers send: one row a kind. Any other POST is the site's to refuse. */
static const struct posted {
    bool (*takes)(struct span raw_path);
    size_t body_max;
    void (*take)(struct web *w, struct net_worker *worker, struct http_request *r);
} posted[] = {
    {site_takes_comment, COMMENT_BODY_MAX, comment},
    {site_takes_grievance, GRIEVANCE_BODY_MAX, complaint},
    {site_takes_size, SIZE_BODY_MAX, text_size},
    {site_takes_beacon, SITE_BEACON_MAX, beacon},
};

static const struct posted *posted_to(const struct http_request *r)
{
    for (size_t i = 0; r->method == HTTP_POST && i < COUNT(posted); i++)
        if (posted[i].takes(r->path)) return &posted[i];
    return NULL;
}

/* ---- all ---- */
static bool at_the_door(struct web *w, struct net_worker *worker, struct http_request *r)
{
    struct site_ask ask = site_ask_of(r);
    struct site_knock knock = {.host = r->host, .target = r->target, .is_plain = r->is_plain};
    struct site_answer led;
    if (!site_door(w->hands[net_worker_index(worker)], &ask, &knock, &led)) return false;
    answer(w, worker, r, &led);
    return true;
}

void web_handle(struct net_worker *worker, struct http_request *r, void *with)
{
    struct web *w = with;
    if (web_told_of_itself(w, worker, r)) return;
    if (at_the_door(w, worker, r)) return;
    if (span_starts(r->path, S("/push/"))) {
        web_push(w, worker, r, span_cut(r->path, 6, r->path.n));
        return;
    }
    if (span_starts(r->path, S("/websub/"))) {
        web_hub(w, worker, r, span_cut(r->path, 8, r->path.n));
        return;
    }
    const struct posted *form = posted_to(r);
    story_id listened;
    if (form) {
        form->take(w, worker, r);
        return;
    }
    struct site_ask ask = site_ask_of(r);
    if (site_listens(w->hands[net_worker_index(worker)], &ask, &listened))
        web_live(w, worker, r, &ask, listened);
    else
        ask_site(w, worker, r);
}

/* Agencies' deliveries, kills among them, and those who watch; the door's own answers cost nothing
 * and hold a certificate's renewal. */
bool web_is_reserved(const struct http_request *r, void *with)
{
    (void)with;
    return span_starts(r->path, S("/push/")) || span_starts(r->path, S("/websub/")) ||
           span_eq(r->path, S("/health")) || span_starts(r->path, S("/health/")) ||
           (span_eq(r->path, S("/metrics")) && net_address_is_local(&r->client)) ||
           span_starts(r->path, S("/.well-known/acme-challenge/"));
}

size_t web_body_max(const struct http_request *r, void *with)
{
    (void)with;
    const struct posted *form = posted_to(r);
    if (form) return form->body_max;
    bool is_hub = span_starts(r->path, S("/websub/")) &&
                  poller_may_be_called(span_cut(r->path, 8, r->path.n)),
         brings = is_hub || span_starts(r->path, S("/push/"));
    return r->method == HTTP_POST && brings ? PUSH_BODY_MAX : 0;
}
