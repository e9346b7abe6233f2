/* syndicate_rss: RSS 2.0 (rssboard.org/rss-specification) with content:encoded, dc, atom and media.
 * description is markup by custom, so the plain abstract is escaped twice. */
#include "syndicate.h"
#include "xml_out.h"

static void put_date(struct xml_out *o, const char *name, int64_t ms)
{
    char text[30];
    http_date(ms, text); /* RFC 822 with a year of four digits, GMT */
    xml_element(o, name, span_of(text));
}

static void put_head(const struct channel *c, struct xml_out *o)
{
    buf_lit(o->b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\""
                  " xmlns:atom=\"http://www.w3.org/2005/Atom\""
                  " xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""
                  " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
                  " xmlns:media=\"http://search.yahoo.com/mrss/\">\n<channel>\n");
    xml_element(o, "title", c->title);
    xml_element(o, "link", c->home);
    buf_lit(o->b, "<atom:link rel=\"self\" type=\"application/rss+xml\"");
    xml_put_attr(o, "href", c->self);
    buf_lit(o->b, "/>\n");
    for (uint32_t i = 0; i < c->hub_count; i++) { /* WebSub, section 4 */
        buf_lit(o->b, "<atom:link rel=\"hub\"");
        xml_put_attr(o, "href", c->press->site->hubs[i]);
        buf_lit(o->b, "/>\n");
    }
    xml_element(o, "description", c->about);
    xml_element(o, "language", c->press->site->language);
    if (c->modified_ms) put_date(o, "lastBuildDate", c->modified_ms);
}

static void put_picture(const struct channel *c, struct xml_out *o, const struct view *v)
{
    struct item_picture p = item_picture(c, v);
    if (!p.width) return;
    buf_lit(o->b, "<media:content medium=\"image\" type=\"image/jpeg\"");
    xml_put_attr(o, "url", p.url);
    buf_printf(o->b, " width=\"%u\">\n", p.width);
    xml_element(o, "media:description", p.of->caption);
    xml_element(o, "media:credit", p.of->credit);
    buf_lit(o->b, "</media:content>\n");
}

static void put_item(const struct channel *c, struct xml_out *o, const struct view *v)
{
    struct span *authors;
    size_t n = item_authors(c, v, &authors);
    buf_lit(o->b, "<item>\n");
    xml_element(o, "title", v->headline);
    xml_element(o, "link", item_url(c, v));
    buf_lit(o->b, "<guid isPermaLink=\"false\">");
    xml_put(o, item_name(c, v));
    buf_lit(o->b, "</guid>\n");
    put_date(o, "pubDate", item_published_ms(c, v));
    xml_time(o, "atom:updated", item_changed_ms(c, v));
    for (size_t i = 0; i < n; i++) xml_element(o, "dc:creator", authors[i]);
    xml_element(o, "dc:language", v->language);
    xml_element(o, "dc:publisher", v->agency);
    xml_element(o, "category", item_section(c, v));
    for (uint32_t i = 0; i < v->tag_count; i++) xml_element(o, "category", v->tags[i].name);
    xml_element(o, "description", html_text(c->a, item_summary(c, v)).s);
    put_picture(c, o, v);
    xml_element(o, "content:encoded", item_content(c, v));
    buf_lit(o->b, "</item>\n");
}

struct span syndicate_rss(const struct channel *c)
{
    struct buf b;
    struct xml_out o = {&b, c->a};
    buf_init(&b, c->a, 0);
    put_head(c, &o);
    for (size_t i = 0; i < c->count; i++) put_item(c, &o, &c->items[i]);
    buf_lit(&b, "</channel>\n</rss>\n");
    return buf_span(&b);
}
