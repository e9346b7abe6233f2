/* web_health: what the role answers of itself: /health for people and monitors, /health/live and
 * /health/ready for what starts, stops and balances, /metrics for this machine alone. */
#include "web.h"

static const char json_head[] = "Content-Type: application/json\r\nCache-Control: "
                                "no-store\r\nX-Content-Type-Options: nosniff\r\n";
static const char starting_head[] =
    "Content-Type: application/json\r\nCache-Control: no-store\r\nX-Content-Type-Options: "
    "nosniff\r\nRetry-After: 1\r\n";
static const char metrics_head[] =
    "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\nCache-Control: "
    "no-store\r\nX-Content-Type-Options: nosniff\r\n";

static void say(struct http_request *r, int status, const char *head, struct span body)
{
    struct http_reply reply = web_reply_of(status, head, body);
    http_reply(r, &reply);
}

/* 200 as long as the site answers at all: a proxy leaves a degraded site to its readers. */
static void health(struct http_request *r)
{
    uint32_t ails = house_ails();
    struct buf b;
    buf_init(&b, r->arena, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "status", ails ? S("degraded") : S("ok"));
    ails_json(&o, ails);
    if (net_address_is_local(&r->client)) { /* a stranger could time by them what is not public */
        json_number(&o, "applied", (int64_t)clock_slot_get(SLOT_APPLIED_POS));
        json_number(&o, "acknowledged", (int64_t)clock_slot_get(SLOT_WEB_ACK_POS));
        json_string(&o, "version", S(BROADSHEET_VERSION));
    }
    json_close(&o, '}');
    buf_char(&b, '\n');
    say(r, 200, json_head, buf_span(&b));
}

/* Once there is something to read, whatever becomes of it afterwards. */
static void ready(struct web *w, struct net_worker *worker, struct http_request *r)
{
    if (site_hand_ready(w->hands[net_worker_index(worker)]))
        say(r, 200, json_head, S("{\"status\":\"ready\"}\n"));
    else
        say(r, 503, starting_head, S("{\"status\":\"starting\"}\n"));
}

/* ---- /metrics ---- */
static void gauge(struct buf *b, const char *name, const char *help, uint64_t value)
{
    buf_printf(b, "# HELP broadsheet_%s %s\n# TYPE broadsheet_%s gauge\nbroadsheet_%s %llu\n", name,
        help, name, name, (unsigned long long)value);
}

static void print_ails(struct buf *b)
{
    uint32_t set = house_ails();
    buf_lit(b, "# HELP broadsheet_degraded 1: the site is degraded for this reason\n"
               "# TYPE broadsheet_degraded gauge\n");
    for (unsigned i = 0; i < AILS; i++)
        if (i != AIL_UNREADABLE)
            buf_printf(b, "broadsheet_degraded{reason=\"%s\"} %u\n", ail_row((enum ails)i)->name,
                set >> i & 1);
}

static void metrics(struct web *w, struct http_request *r)
{
    struct buf b;
    uint64_t entries = 0, bytes = 0;
    buf_init(&b, r->arena, 0);
    metrics_print(&b);
    print_ails(&b);
    site_stats(w->site, &entries, &bytes);
    gauge(&b, "cache_entries", "Pages in the page cache", entries);
    gauge(&b, "cache_bytes", "Bytes of the page cache", bytes);
    gauge(&b, "open_connections", "Connections that are open", net_open_connections(w->server));
    gauge(&b, "live_listeners", "Pages that listen for updates", web_live_count(w));
    gauge(&b, "applied_position", "Last event of the ledger that is published",
        clock_slot_get(SLOT_APPLIED_POS));
    gauge(&b, "acknowledged_position", "Last event that the web has confirmed",
        clock_slot_get(SLOT_WEB_ACK_POS));
    gauge(&b, "tombstones", "Kills and takedowns that stand", clock_slot_get(SLOT_TOMB_COUNT));
    buf_lit(&b, "# HELP broadsheet_build_info The program that runs\n"
                "# TYPE broadsheet_build_info gauge\n"
                "broadsheet_build_info{version=\"" BROADSHEET_VERSION "\"} 1\n");
    say(r, 200, metrics_head, buf_span(&b));
}

bool web_told_of_itself(struct web *w, struct net_worker *worker, struct http_request *r)
{
    if (span_eq(r->path, S("/health")))
        health(r);
    else if (span_eq(r->path, S("/health/live")))
        say(r, 200, json_head, S("{\"status\":\"live\"}\n"));
    else if (span_eq(r->path, S("/health/ready")))
        ready(w, worker, r);
    else if (span_eq(r->path, S("/metrics")) && net_address_is_local(&r->client))
        metrics(w, r);
    else
        return false;
    return true;
}
