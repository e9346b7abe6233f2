/* write_rss.c: stories as one RSS 2.0 channel, with Dublin Core, content and Media RSS, for
 * partners. RSS knows no status, version or embargo, and no word that only editors may read: what
 * needs them is the caller's to leave out (wire_may_be_read). */
#include "write_newsml_g2.h"

/* ---- parts of an item ---- */
/* Plain words where readers of feeds expect markup: escaped twice, if there is what they would take
 * for it. */
static void put_words(struct xml_out *o, const char *name, struct span text)
{
    if (!text.n) return;
    g2_open_tag(o, name);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '&')
            buf_lit(o->b, "&amp;amp;");
        else if (text.p[i] == '<')
            buf_lit(o->b, "&amp;lt;");
        else
            html_put(o->b, span_cut(text, i, i + 1));
    }
    g2_close_tag(o, name);
}

static void put_date(struct xml_out *o, const char *name, struct when t)
{
    char text[30];
    if (t.kind != WHEN_UTC) return;
    http_date(t.ms, text);
    g2_element(o, name, span_of(text));
}

static void put_guid(struct xml_out *o)
{
    buf_lit(o->b, "<guid isPermaLink=\"false\">");
    html_put(o->b, o->s->guid);
    g2_close_tag(o, "guid");
}

/* Names of subjects, then keywords: RSS has one list for both. */
static void put_categories(struct xml_out *o)
{
    const struct story *s = o->s;
    for (uint32_t i = 0; i < s->subject_count; i++) put_words(o, "category", s->subjects[i].name);
    for (uint32_t i = 0; i < s->keyword_count; i++) put_words(o, "category", s->keywords[i]);
}

/* The largest rendition that is a file of its own. */
static const struct rendition *best_of(const struct picture *p)
{
    const struct rendition *best = NULL;
    for (uint32_t i = 0; i < p->rendition_count; i++)
        if (!best || p->renditions[i].width > best->width) best = &p->renditions[i];
    return best;
}

static void put_picture(struct xml_out *o, const struct picture *p)
{
    const struct rendition *r = best_of(p);
    if (!r || !r->href.n || !wire_picture_may_be_seen(p)) return;
    buf_lit(o->b, "<media:content medium=\"image\"");
    g2_attr(o, "url", r->href);
    g2_attr(o, "type", r->type);
    g2_attr_number(o, "width", r->width);
    g2_attr_number(o, "height", r->height);
    buf_lit(o->b, ">\n");
    put_words(o, "media:description", p->caption);
    put_words(o, "media:credit", p->credit);
    put_words(o, "media:copyright", p->copyright);
    g2_close_tag(o, "media:content");
}

static void put_item(struct xml_out *o)
{
    const struct story *s = o->s;
    buf_lit(o->b, "<item>\n");
    put_words(o, "title", s->headline_raw);
    g2_element(o, "link", s->link);
    put_words(o, "description", s->body.s.n ? s->abstract : s->body_text);
    put_words(o, "dc:creator", s->byline);
    put_categories(o);
    put_guid(o);
    put_date(o, "pubDate", s->version_created);
    g2_element(o, "dc:language", s->language);
    put_words(o, "dc:rights", s->copyright);
    for (uint32_t i = 0; i < s->picture_count; i++) put_picture(o, &s->pictures[i]);
    struct arena *a = arena_new(WIRE_WRITE_BYTES);
    g2_element(o, "content:encoded", wire_body(a, s, false));
    arena_free(a);
    g2_close_tag(o, "item");
}

/* ---- the channel ---- */
void wire_write_rss(struct buf *b, const struct story *const *list, size_t count)
{
    struct xml_out o = {.b = b};
    struct span name = count && list[0]->provider.n ? list[0]->provider : S("Wire");
    buf_lit(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\""
               " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
               " xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""
               " xmlns:media=\"http://search.yahoo.com/mrss/\">\n<channel>\n");
    put_words(&o, "title", name);
    buf_lit(b, "<link/>\n");
    put_words(&o, "description", name);
    if (count) g2_element(&o, "language", list[0]->language);
    for (size_t i = 0; i < count; i++) {
        o.s = list[i];
        put_item(&o);
    }
    buf_lit(b, "</channel>\n</rss>\n");
}
