/* ninjs: /api/v1/stories/ID/ninjs: a public story as IPTC ninjs 3.0, by the published schema, which
 * allows no name but its own. Made from the view alone: it says what the page says, and what the
 * licence wants said (R4). What comes in by a wire is written by the wire's own floor. */
#include "json_words.h"
#include "picture.h"
#include "press_private.h"

struct ninjs {
    const struct press *press;
    struct arena *a;
    struct json_out *o;
};

static void put_value(struct json_out *o, const char *role, const char *type, struct span value)
{
    if (!value.n) return;
    json_open(o, NULL, '{');
    json_string(o, "role", span_of(role));
    if (type) json_string(o, "contentType", span_of(type));
    json_string(o, "value", value);
    json_close(o, '}');
}

static void put_one(
    struct json_out *o, const char *list, const char *role, const char *type, struct span value)
{
    if (!value.n) return;
    json_open(o, list, '[');
    put_value(o, role, type, value);
    json_close(o, ']');
}

static void put_named(struct json_out *o, const char *list, struct span name, struct span literal)
{
    if (!name.n) return;
    json_open(o, list, '[');
    json_open(o, NULL, '{');
    json_string(o, "name", name);
    json_words(o, "literal", literal);
    json_close(o, '}');
    json_close(o, ']');
}

static void put_subjects(const struct ninjs *x, const struct view *v)
{
    const struct press_section *s = press_section_named(x->press, v->section);
    put_named(x->o, "genres", s ? s->title : v->section, v->section);
    if (!v->tag_count) return;
    json_open(x->o, "subjects", '[');
    for (uint32_t i = 0; i < v->tag_count; i++) {
        json_open(x->o, NULL, '{');
        json_string(x->o, "name", v->tags[i].name);
        json_string(x->o, "literal", v->tags[i].slug);
        json_close(x->o, '}');
    }
    json_close(x->o, ']');
}

static void put_source(const struct ninjs *x, const char *role, struct span name)
{
    if (!name.n) return;
    json_open(x->o, NULL, '{');
    json_string(x->o, "role", span_of(role));
    json_string(x->o, "name", name);
    json_close(x->o, '}');
}

static void put_sources(const struct ninjs *x, const struct view *v)
{
    json_open(x->o, "infoSources", '[');
    put_source(x, "agency", v->agency);
    put_source(x, "creditline", press_agency_line(v));
    put_source(x, "distributor", x->press->site->name);
    json_close(x->o, ']');
}

/* ---- pictures: those that may be shown now ---- */
static void put_renditions(const struct ninjs *x, const struct view_picture *pic)
{
    json_open(x->o, "renditions", '[');
    for (size_t i = 0; i < picture_width_count; i++) {
        uint32_t width = picture_widths[i];
        if (i && width > pic->width) continue;
        json_open(x->o, NULL, '{');
        json_string(x->o, "name", arena_printf(x->a, "%u", width));
        json_string(x->o, "href",
            press_absolute(x->press, x->a,
                arena_printf(x->a, "/pictures/%.*s-%u.jpg", FMT(pic->hash), width)));
        json_string(x->o, "contentType", S("image/jpeg"));
        json_close(x->o, '}');
    }
    json_close(x->o, ']');
}

static void put_picture(const struct ninjs *x, const struct view_picture *pic, uint32_t number)
{
    struct json_out *o = x->o;
    json_open(o, NULL, '{');
    json_string(o, "name", number ? S("picture") : S("main"));
    json_string(o, "uri", arena_printf(x->a, "urn:x-broadsheet:picture:%.*s", FMT(pic->hash)));
    json_string(o, "type", S("picture"));
    json_string(o, "pubStatus", S("usable"));
    if (pic->until_ms < INT64_MAX) json_time(o, "expires", pic->until_ms);
    if (pic->caption.n || pic->alt.n) {
        json_open(o, "descriptions", '[');
        put_value(o, "caption", NULL, pic->caption);
        put_value(o, "altText", NULL, pic->alt);
        json_close(o, ']');
    }
    json_words(o, "copyrightNotice", pic->copyright);
    if (pic->credit.n) {
        json_open(o, "infoSources", '[');
        put_source(x, "creditline", pic->credit);
        json_close(o, ']');
    }
    put_renditions(x, pic);
    json_close(o, '}');
}

static void put_member(const struct ninjs *x, const struct view *v)
{
    json_open(x->o, NULL, '{');
    json_string(x->o, "name", S("member"));
    json_string(x->o, "uri", press_absolute(x->press, x->a, v->path));
    json_string(x->o, "type", S("text"));
    put_one(x->o, "headlines", "main", NULL, v->headline);
    json_close(x->o, '}');
}

static void put_associations(const struct ninjs *x, const struct view *v, const struct parts *parts)
{
    json_open(x->o, "associations", '[');
    for (uint32_t i = 0; i < v->picture_count; i++) put_picture(x, &v->pictures[i], i);
    for (size_t i = 0; i < parts->count; i++)
        if (parts->list[i].kind == REF_MEMBER) put_member(x, parts->list[i].view);
    json_close(x->o, ']');
}

/* ---- the item ---- */
static void put_standard(struct json_out *o)
{
    json_open(o, "standard", '{');
    json_string(o, "name", S("ninjs"));
    json_string(o, "version", S("3.0"));
    json_string(o, "schema", S("https://www.iptc.org/std/ninjs/ninjs-schema_3.0.json"));
    json_close(o, '}');
}

static void put_item(const struct ninjs *x, const struct view *v, const struct parts *parts)
{
    struct json_out *o = x->o;
    json_open(o, NULL, '{');
    json_string(o, "uri", press_absolute(x->press, x->a, v->path));
    put_standard(o);
    json_string(o, "type", v->needs_member ? S("composite") : S("text"));
    json_time(o, "firstCreated", v->published_ms);
    json_time(o, "versionCreated", v->changed_ms);
    json_string(o, "pubStatus", S("usable"));
    if (v->urgency) json_number(o, "urgency", v->urgency);
    json_words(o, "language", v->language);
    put_one(o, "headlines", "main", NULL, v->headline);
    json_words(o, "by", v->byline);
    json_words(o, "located", v->dateline);
    json_words(o, "copyrightNotice", v->copyright);
    json_string(o, "usageTerms", press_disclaimer(x->press, x->a, v));
    put_one(o, "descriptions", "summary", NULL, v->abstract);
    json_open(o, "bodies", '[');
    put_value(o, "main", "text/html", press_body(x->press, x->a, v).s);
    put_value(o, "text", "text/plain", v->body_text);
    json_close(o, ']');
    put_sources(x, v);
    put_subjects(x, v);
    put_associations(x, v, parts);
    json_close(o, '}');
}

enum result page_ninjs(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct buf b;
    struct json_out o = {.b = &b};
    struct ninjs x = {p, a, &o};
    struct view v;
    struct parts parts;
    enum result result = reader_story(r, ask->id, a, &v);
    if (result == OK) result = press_parts(&v, r, a, out, &parts);
    if (result != OK) return result;
    press_keep_shown(a, &v, reader_now_ms(r), out);
    buf_init(&b, a, 0);
    put_item(&x, &v, &parts);
    buf_lit(&b, "\n");
    out->content_type = "application/json; charset=utf-8";
    out->noindex = true;
    out->extra = S(ANYBODY_MAY_READ);
    out->modified_ms = v.changed_ms;
    out->body = buf_span(&b);
    page_key(out, "story:", v.id_text);
    page_id(out, v.id);
    page_pictures(out, &v);
    page_crawlers(p, out, &v);
    page_until(out, reader_next_change(r));
    return OK;
}
