/* syndicate_atom: Atom (RFC 4287). An entry's updated is the story's last change, published the
 * first, which no correction moves (C6). What is public no more is named as deleted (RFC 6721). */
#include "syndicate.h"
#include "xml_out.h"

static void put_link(struct xml_out *o, const char *rel, const char *type, struct span href)
{
    buf_printf(o->b, "<link rel=\"%s\" type=\"%s\"", rel, type);
    xml_put_attr(o, "href", href);
    buf_lit(o->b, "/>\n");
}

static void put_author(struct xml_out *o, struct span name)
{
    buf_lit(o->b, "<author>");
    xml_element(o, "name", name);
    buf_lit(o->b, "</author>\n");
}

/* A feed's own address is its id: it belongs to no story. */
static void put_head(const struct channel *c, struct xml_out *o)
{
    buf_lit(o->b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<feed xmlns=\"http://www.w3.org/2005/Atom\""
                  " xmlns:at=\"http://purl.org/atompub/tombstones/1.0\"");
    xml_put_attr(o, "xml:lang", c->press->site->language);
    buf_lit(o->b, ">\n");
    xml_element(o, "id", c->self);
    xml_element(o, "title", c->title);
    xml_element(o, "subtitle", c->press->site->tagline);
    xml_time(o, "updated", c->modified_ms);
    put_author(o, c->press->site->name);
    put_link(o, "self", "application/atom+xml", c->self);
    put_link(o, "alternate", "text/html", c->home);
    for (uint32_t i = 0; i < c->hub_count; i++) { /* WebSub, section 4 */
        buf_lit(o->b, "<link rel=\"hub\"");
        xml_put_attr(o, "href", c->press->site->hubs[i]);
        buf_lit(o->b, "/>\n");
    }
}

static void put_category(struct xml_out *o, struct span term, struct span label)
{
    if (!term.n) return;
    buf_lit(o->b, "<category");
    xml_put_attr(o, "term", term);
    xml_put_attr(o, "label", label);
    buf_lit(o->b, "/>\n");
}

static void put_words(const struct channel *c, struct xml_out *o, const struct view *v)
{
    struct item_picture p = item_picture(c, v);
    if (p.width) put_link(o, "enclosure", "image/jpeg", p.url);
    xml_element(o, "rights", v->copyright.n ? v->copyright : v->agency);
    xml_element(o, "summary", item_summary(c, v));
    buf_lit(o->b, "<content type=\"html\">");
    xml_put(o, item_content(c, v));
    buf_lit(o->b, "</content>\n");
}

static void put_entry(const struct channel *c, struct xml_out *o, const struct view *v)
{
    struct span *authors;
    size_t n = item_authors(c, v, &authors);
    buf_lit(o->b, "<entry");
    xml_put_attr(o, "xml:lang", v->language);
    buf_lit(o->b, ">\n");
    xml_element(o, "id", item_name(c, v));
    xml_element(o, "title", v->headline);
    put_link(o, "alternate", "text/html", item_url(c, v));
    xml_time(o, "published", item_published_ms(c, v));
    xml_time(o, "updated", item_changed_ms(c, v));
    for (size_t i = 0; i < n; i++) put_author(o, authors[i]);
    put_category(o, v->section, item_section(c, v));
    for (uint32_t i = 0; i < v->tag_count; i++) put_category(o, v->tags[i].slug, v->tags[i].name);
    put_words(c, o, v);
    buf_lit(o->b, "</entry>\n");
}

/* RFC 6721, section 3: no word of what it was. */
static void put_deleted(const struct channel *c, struct xml_out *o, const struct gone *g)
{
    char when[25];
    utc_text(g->since_ms, when);
    buf_lit(o->b, "<at:deleted-entry");
    xml_put_attr(o, "ref", item_name_gone(c, g));
    xml_put_attr(o, "when", span_of(when));
    buf_lit(o->b, "/>\n");
}

struct span syndicate_atom(const struct channel *c)
{
    struct buf b;
    struct xml_out o = {&b, c->a};
    buf_init(&b, c->a, 0);
    put_head(c, &o);
    for (size_t i = 0; i < c->count; i++) put_entry(c, &o, &c->items[i]);
    for (size_t i = 0; i < c->deleted_count; i++) put_deleted(c, &o, &c->deleted[i]);
    buf_lit(&b, "</feed>\n");
    return buf_span(&b);
}
