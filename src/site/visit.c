/* visit: is what was asked a visit of a reader, where did he come from, how long did he read?
 * Nothing of him is kept: no address, no cookie, no fingerprint; of where he came from the host
 * alone. Whoever says Do Not Track or Global Privacy Control is not counted at all. */
#include "site_private.h"

#include <string.h>

/* Words of user agents that are no readers', in small letters. */
static const char *const bots[] = {"bot", "crawl", "spider", "slurp", "scrap", "fetch", "archiv",
    "preview", "headless", "phantomjs", "puppeteer", "playwright", "selenium", "webdriver",
    "lighthouse", "pagespeed", "gtmetrix", "pingdom", "uptime", "monitor", "checker", "validator",
    "curl", "wget", "python", "java/", "okhttp", "go-http", "libwww", "perl", "ruby", "php",
    "axios", "node-", "undici", "httpclient", "http_client", "http-client", "feedly", "feedburner",
    "rss", "facebookexternalhit", "externalagent", "embedly", "vkshare", "mediapartners", "google-",
    "googleother", "apis-google", "bingpreview", "yandeximages", "ahrefs", "semrush",
    "dataprovider", "censys", "nessus", "zgrab", "masscan"};
/* Readers' devices whose name holds one of them. */
static const char *const devices[] = {"cubot"};
enum { AGENT_MAX = 512, BEACON_SECONDS_MAX = 86400 };

static bool has_word(struct span agent, struct span word)
{
    ptrdiff_t at = span_find(agent, word);
    for (size_t i = 0; at >= 0 && i < COUNT(devices); i++)
        if (span_find(agent, span_of(devices[i])) >= 0) return false;
    return word.n && at >= 0;
}

static struct span small(struct arena *a, struct span s)
{
    char *p = arena_cstr(a, s.n > AGENT_MAX ? span_cut(s, 0, AGENT_MAX) : s);
    size_t n = s.n > AGENT_MAX ? AGENT_MAX : s.n;
    for (size_t i = 0; i < n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] + 32);
    return (struct span){p, n};
}

/* Browsers of people begin with Mozilla/ since 1994, one with Opera/; nothing else is one. */
static bool is_bot(struct arena *a, struct span agent, const struct press_audience *c)
{
    agent = small(a, agent);
    if (!span_starts(agent, S("mozilla/")) && !span_starts(agent, S("opera/"))) return true;
    for (size_t i = 0; i < COUNT(bots); i++)
        if (has_word(agent, span_of(bots[i]))) return true;
    for (uint32_t i = 0; i < c->bot_count; i++)
        if (has_word(agent, small(a, c->bots[i]))) return true;
    return false;
}

static bool says_one(struct span field)
{
    return span_eq(span_trim(field), S("1"));
}

/* Sec-Purpose: the Fetch standard. DNT: W3C Tracking Preference Expression, 5. Sec-GPC: Global
 * Privacy Control, 3.3. */
static bool is_reader(const struct press_site *ps, struct arena *a, const struct site_visit *v)
{
    return ps->audience.measures && !says_one(v->dnt) && !says_one(v->gpc) &&
           !span_starts_nocase(v->purpose, S("prefetch")) && !is_bot(a, v->agent, &ps->audience);
}

/* ---- where from ---- */
static struct span host_in(struct span address)
{
    ptrdiff_t at = span_find(address, S("://"));
    struct span host = at < 0 ? address : span_cut(address, (size_t)at + 3, address.n);
    size_t n = 0;
    while (n < host.n && host.p[n] != '/' && host.p[n] != ':' && host.p[n] != '?') n++;
    return span_cut(host, 0, n);
}

/* A name of letters; "www." says nothing. What is none is unknown. */
static struct span referrer_of(
    const struct press_site *ps, struct arena *a, struct span address, struct span own)
{
    struct span host = small(a, host_in(address)), site = small(a, host_in(ps->url));
    if (!host.n || host.n > SITE_REFERRER_MAX) return S("(unknown)");
    if (span_eq(host, site) || span_eq(host, small(a, host_in(own)))) return S("(own)");
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!fits) return S("(unknown)");
    }
    if (span_find_char(host, '.') <= 0) return S("(unknown)");
    return span_starts(host, S("www.")) ? span_cut(host, 4, host.n) : host;
}

/* Under the hand's turn. */
static bool is_counted(
    struct site_hand *h, struct arena *a, const struct site_visit *v, struct span *referrer_out)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    if (!is_reader(ps, a, v)) return false;
    *referrer_out = referrer_of(ps, a, v->referrer, v->host);
    return true;
}

bool site_is_read(
    struct site_hand *h, struct arena *a, const struct site_visit *v, struct span *referrer_out)
{
    atomic_store(&h->turn, atomic_load(&h->site->press_turn));
    bool is = is_counted(h, a, v, referrer_out);
    atomic_store(&h->turn, 0);
    return is;
}

/* ---- how long: what the page's script sends when it is left ---- */
bool site_takes_beacon(struct span raw_path)
{
    return span_ends(raw_path, S("/beacon"));
}

static bool is_public(struct site_hand *h, const struct site_ask *ask, story_id id)
{
    struct view v;
    struct span path;
    struct site_answer out;
    if (!site_begin(h, ask, &path, &out)) return false;
    bool is = span_eq(path, S("/beacon")) && reader_story(h->reader, id, h->arena, &v) == OK;
    reader_end(h->reader);
    return is;
}

bool site_beacon(struct site_hand *h, const struct site_ask *ask, const struct site_visit *v,
    struct span body, struct site_beacon *out)
{
    struct site_visit from = *v;
    uint64_t seconds;
    bool counts;
    if (!span_eq(v->fetch_site.p ? v->fetch_site : S("same-origin"), S("same-origin")))
        return false;
    if (!story_id_read(query_value(ask->arena, body, "story"), &out->story)) return false;
    if (!span_to_u64(query_value(ask->arena, body, "seconds"), &seconds)) return false;
    from.referrer = query_value(ask->arena, body, "from");
    out->seconds = seconds > BEACON_SECONDS_MAX ? BEACON_SECONDS_MAX : (uint32_t)seconds;
    atomic_store(&h->turn, atomic_load(&h->site->press_turn));
    counts = is_counted(h, ask->arena, &from, &out->referrer) && is_public(h, ask, out->story);
    atomic_store(&h->turn, 0);
    return counts;
}

struct span site_beacon_head(struct arena *a)
{
    return head_of(a, &(struct head){.cache = "no-store", .noindex = true});
}
