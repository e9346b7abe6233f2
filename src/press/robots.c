/* robots: robots.txt (RFC 9309). Nothing is disallowed, also where nothing may be indexed: a robot
 * must be able to read "noindex" in order to obey it. But for crawlers that train machines, where a
 * licence keeps them away. */
#include "press_private.h"

enum result page_robots(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct buf b;
    (void)ask, (void)r;
    buf_init(&b, a, 0);
    buf_lit(&b, "User-agent: *\nAllow: /\n");
    press_put_crawlers(p, &b);
    if (!p->site->noindex)
        buf_printf(&b, "\nSitemap: %.*s\nSitemap: %.*s\n",
            FMT(press_absolute(p, a, S("/sitemap.xml"))),
            FMT(press_absolute(p, a, S("/news-sitemap.xml"))));
    page_key(out, "site", S(""));
    out->status = 200;
    out->content_type = "text/plain; charset=utf-8";
    out->body = buf_span(&b);
    return OK;
}
