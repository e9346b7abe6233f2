/* crawlers: what the licences say of crawlers that gather words to train machines. A story's own
 * pages follow its agency's licence; robots.txt knows no agency by an address, and holds the
 * strictest of all. Nobody is kept from looking: these are words, and law (TDMRep, the W3C
 * community group's TDM Reservation Protocol; 2019/790/EU, article 4). */
#include "press_private.h"

/* By the names under which they obey robots.txt (RFC 9309, 2.2.1), as their owners publish them.
 * Search engines' own crawlers are not among them. */
static const char *const crawlers[] = {"AI2Bot", "Amazonbot", "Applebot-Extended", "Bytespider",
    "CCBot", "ClaudeBot", "anthropic-ai", "cohere-ai", "cohere-training-data-crawler", "Diffbot",
    "FacebookBot", "Google-CloudVertexBot", "Google-Extended", "GPTBot", "ICC-Crawler",
    "ImagesiftBot", "Kangaroo Bot", "meta-externalagent", "omgili", "omgilibot", "PanguBot",
    "PetalBot", "SemrushBot-OCOB", "Timpibot", "VelenPublicWebCrawler", "Webzio-Extended",
    "YouBot"};

static bool is_kept(const struct press_feed *f)
{
    return f->no_machines;
}

bool press_keeps_machines_out(const struct press *p)
{
    for (uint32_t i = 0; i < p->site->feed_count; i++)
        if (is_kept(&p->site->feeds[i])) return true;
    return false;
}

/* A feed that the configuration knows no more may have had any licence. */
void page_crawlers(const struct press *p, struct page *out, const struct view *v)
{
    for (uint32_t i = 0; i < p->site->feed_count; i++) {
        const struct press_feed *f = &p->site->feeds[i];
        if (!span_eq(f->name, v->feed)) continue;
        out->no_machines |= is_kept(f);
        return;
    }
    out->no_machines |= press_keeps_machines_out(p);
}

void press_put_crawlers(const struct press *p, struct buf *b)
{
    const struct press_site *site = p->site;
    if (!press_keeps_machines_out(p)) return;
    buf_lit(b, "\n");
    for (size_t i = 0; i < COUNT(crawlers); i++) buf_printf(b, "User-agent: %s\n", crawlers[i]);
    for (uint32_t i = 0; i < site->crawler_count; i++)
        buf_printf(b, "User-agent: %.*s\n", FMT(site->crawlers[i]));
    buf_lit(b, "Disallow: /\n");
}

enum result page_tdm(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    (void)ask, (void)r;
    struct buf b;
    struct json_out o = {.b = &b};
    buf_init(&b, a, 0);
    json_open(&o, NULL, '[');
    json_open(&o, NULL, '{');
    json_string(&o, "location", S("/"));
    json_number(&o, "tdm-reservation", press_keeps_machines_out(p));
    json_close(&o, '}');
    json_close(&o, ']');
    buf_lit(&b, "\n");
    out->content_type = "application/json; charset=utf-8";
    out->body = buf_span(&b);
    return OK;
}
