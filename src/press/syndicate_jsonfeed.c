/* syndicate_jsonfeed: JSON Feed 1.1 (jsonfeed.org/version/1.1). What it has no member for stands in
 * the extension _broadsheet. */
#include "json_words.h"
#include "syndicate.h"

static void put_authors(const struct channel *c, struct json_out *o, const struct view *v)
{
    struct span *authors;
    size_t n = item_authors(c, v, &authors);
    json_open(o, "authors", '[');
    for (size_t i = 0; i < n; i++) {
        json_open(o, NULL, '{');
        json_string(o, "name", authors[i]);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_tags(const struct channel *c, struct json_out *o, const struct view *v)
{
    json_open(o, "tags", '[');
    if (v->section.n) json_string(o, NULL, item_section(c, v));
    for (uint32_t i = 0; i < v->tag_count; i++) json_string(o, NULL, v->tags[i].name);
    json_close(o, ']');
}

static void put_own(const struct channel *c, struct json_out *o, const struct view *v)
{
    json_open(o, "_broadsheet", '{');
    json_words(o, "agency", v->agency);
    json_words(o, "dateline", v->dateline);
    json_words(o, "section", v->section);
    json_words(o, "label", v->label);
    if (v->is_corrected) json_time(o, "corrected", v->corrected_ms);
    json_string(o, "disclaimer", press_disclaimer(c->press, c->a, v));
    json_close(o, '}');
}

static void put_item(const struct channel *c, struct json_out *o, const struct view *v)
{
    struct item_picture p = item_picture(c, v);
    json_open(o, NULL, '{');
    json_string(o, "id", item_name(c, v));
    json_string(o, "url", item_url(c, v));
    json_string(o, "title", v->headline);
    json_words(o, "summary", item_summary(c, v));
    json_string(o, "content_html", item_content(c, v));
    if (p.width) json_string(o, "image", p.url);
    json_time(o, "date_published", item_published_ms(c, v));
    json_time(o, "date_modified", item_changed_ms(c, v));
    put_authors(c, o, v);
    put_tags(c, o, v);
    json_words(o, "language", v->language);
    put_own(c, o, v);
    json_close(o, '}');
}

static void put_hubs(const struct channel *c, struct json_out *o)
{
    const struct press_site *site = c->press->site;
    if (!c->hub_count) return;
    json_open(o, "hubs", '[');
    for (uint32_t i = 0; i < c->hub_count; i++) {
        json_open(o, NULL, '{');
        json_string(o, "type", S("WebSub"));
        json_string(o, "url", site->hubs[i]);
        json_close(o, '}');
    }
    json_close(o, ']');
}

struct span syndicate_jsonfeed(const struct channel *c)
{
    struct buf b;
    struct json_out o = {.b = &b};
    buf_init(&b, c->a, 0);
    json_open(&o, NULL, '{');
    json_string(&o, "version", S("https://jsonfeed.org/version/1.1"));
    json_string(&o, "title", c->title);
    json_words(&o, "description", c->press->site->tagline);
    json_string(&o, "home_page_url", c->home);
    json_string(&o, "feed_url", c->self);
    json_words(&o, "language", c->press->site->language);
    put_hubs(c, &o);
    json_open(&o, "items", '[');
    for (size_t i = 0; i < c->count; i++) put_item(c, &o, &c->items[i]);
    json_close(&o, ']');
    json_close(&o, '}');
    buf_lit(&b, "\n");
    return buf_span(&b);
}
