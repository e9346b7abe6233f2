/* oembed: /oembed?url=…: how another site shows a link to one of our stories (oembed.com, 2.3): a
 * quotation of headline and abstract with the agency's sentence, markup without script. Only of
 * public stories, by their own addresses; everything else was never here. */
#include "json_words.h"
#include "picture.h"
#include "press_private.h"
#include "xml_out.h"

enum { WIDTH = 600, WIDTH_MIN = 200, HEIGHT = 240, AGE_S = 3600 };

struct embed {
    const struct press *press;
    struct arena *a;
    const struct view *v;
    struct span url, html;
    uint32_t width;
    bool has_picture; /* of its own; a section's card tells nothing */
};

static struct span quotation(const struct embed *e)
{
    const struct view *v = e->v;
    struct buf b;
    buf_init(&b, e->a, 0);
    buf_lit(&b, "<blockquote cite=\"");
    html_put(&b, e->url);
    buf_lit(&b, "\"");
    if (v->language.n) {
        buf_lit(&b, " lang=\"");
        html_put(&b, v->language);
        buf_printf(&b, "\" dir=\"%s\"", v->rtl ? "rtl" : "ltr");
    }
    buf_lit(&b, "><p><a href=\"");
    html_put(&b, e->url);
    buf_lit(&b, "\"><strong>");
    html_put(&b, v->headline);
    buf_lit(&b, "</strong></a></p>");
    if (v->abstract.n) {
        buf_lit(&b, "<p>");
        html_put(&b, v->abstract);
        buf_lit(&b, "</p>");
    }
    buf_lit(&b, "<p><small>");
    html_put(&b, press_agency_line(v));
    buf_lit(&b, " \xc2\xb7 ");
    html_put(&b, e->press->site->name);
    buf_lit(&b, " \xc2\xb7 ");
    html_put(&b, press_date_long(e->press, e->a, v->published_ms));
    buf_lit(&b, "<br>");
    html_put(&b, press_disclaimer(e->press, e->a, v));
    buf_lit(&b, "</small></p></blockquote>");
    return buf_span(&b);
}

/* The members in one order, for both forms. */
static void each(const struct embed *e, void (*text)(void *, const char *, struct span),
    void (*number)(void *, const char *, uint32_t), void *with)
{
    const struct view *v = e->v;
    text(with, "version", S("1.0"));
    text(with, "type", S("rich"));
    text(with, "title", v->headline);
    text(with, "author_name", v->author_count ? v->authors[0].name : v->agency);
    text(with, "provider_name", e->press->site->name);
    text(with, "provider_url", press_absolute(e->press, e->a, S("/")));
    number(with, "cache_age", AGE_S);
    if (e->has_picture) {
        text(with, "thumbnail_url",
            press_absolute(e->press, e->a, press_card_path(e->press, e->a, v)));
        number(with, "thumbnail_width", CARD_WIDTH);
        number(with, "thumbnail_height", CARD_HEIGHT);
    }
    text(with, "html", e->html);
    number(with, "width", e->width);
    number(with, "height", HEIGHT);
}

static void json_text_of(void *o, const char *name, struct span text)
{
    json_words(o, name, text);
}

static void json_number_of(void *o, const char *name, uint32_t n)
{
    json_number(o, name, n);
}

static void xml_text_of(void *o, const char *name, struct span text)
{
    xml_element(o, name, text);
}

static void xml_number_of(void *with, const char *name, uint32_t n)
{
    struct xml_out *o = with;
    buf_printf(o->b, "<%s>%u</%s>\n", name, n, name);
}

static struct span as_json(const struct embed *e)
{
    struct buf b;
    struct json_out o = {.b = &b};
    buf_init(&b, e->a, 0);
    json_open(&o, NULL, '{');
    each(e, json_text_of, json_number_of, &o);
    json_close(&o, '}');
    buf_lit(&b, "\n");
    return buf_span(&b);
}

static struct span as_xml(const struct embed *e)
{
    struct buf b;
    struct xml_out o = {&b, e->a};
    buf_init(&b, e->a, 0);
    buf_lit(&b, "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<oembed>\n");
    each(e, xml_text_of, xml_number_of, &o);
    buf_lit(&b, "</oembed>\n");
    return buf_span(&b);
}

static uint32_t width_of(uint32_t asked)
{
    return !asked || asked > WIDTH ? WIDTH : asked < WIDTH_MIN ? WIDTH_MIN : asked;
}

enum result page_oembed(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct view v;
    enum result result = reader_story(r, ask->id, a, &v);
    if (result != OK) return result;
    press_keep_shown(a, &v, reader_now_ms(r), out);
    struct embed e = {.press = p,
        .a = a,
        .v = &v,
        .url = press_absolute(p, a, v.path),
        .width = width_of(ask->filter ? ask->filter->width : 0),
        .has_picture = v.picture_count > 0};
    bool xml = ask->filter && ask->filter->is_xml;
    e.html = quotation(&e);
    out->content_type = xml ? "text/xml; charset=utf-8" : "application/json; charset=utf-8";
    out->noindex = true;
    out->extra = S(ANYBODY_MAY_READ);
    out->modified_ms = v.changed_ms;
    out->body = xml ? as_xml(&e) : as_json(&e);
    page_key(out, "story:", v.id_text);
    page_id(out, v.id);
    page_crawlers(p, out, &v);
    page_until(out, reader_next_change(r));
    return OK;
}
