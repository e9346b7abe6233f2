/* jsonfeed.c: JSON Feed 1.0 and 1.1 (jsonfeed.org) to stories. As with RSS an item has no version:
 * its date orders it, and nothing in a feed kills. Never fatal. */
#include "feed.h"
#include "ninjs.h"

static bool is_version(struct span v)
{
    return span_starts(v, S("https://jsonfeed.org/version/")) ||
           span_starts(v, S("http://jsonfeed.org/version/"));
}

bool jsonfeed_is(const struct json *root)
{
    return is_version(nj_text(root, "version"));
}

/* 1.1 has a list, 1.0 one; an item without takes the feed's. */
static struct span authors_of(struct arena *a, const struct json *v)
{
    struct story names = {0};
    for (const struct json *k = nj_first(nj_get(v, "authors")); k; k = k->next)
        feed_add_author(a, &names, nj_text(k, "name"));
    if (!names.byline.n) feed_add_author(a, &names, nj_text(nj_get(v, "author"), "name"));
    return names.byline;
}

static void add_picture(
    struct arena *a, struct story *s, struct span href, struct span type, struct span title)
{
    for (uint32_t i = 0; i < s->picture_count; i++)
        if (span_eq(s->pictures[i].guid, href)) return;
    if (!href.n) return;
    struct picture *p = story_add_picture(a, s);
    p->guid = arena_keep(a, span_trim(href));
    p->kind = S("picture");
    p->role = s->picture_count == 1 ? S("featuremedia")
                                    : arena_printf(a, "embedded%u", s->picture_count - 1);
    p->caption = title;
    picture_add_rendition(
        a, p, (struct rendition){.href = href, .type = type, .role = S("original")});
}

static void read_media(struct arena *a, struct story *s, const struct json *item)
{
    add_picture(a, s, nj_text(item, "image banner_image"), (struct span){0}, (struct span){0});
    for (const struct json *v = nj_first(nj_get(item, "attachments")); v; v = v->next) {
        struct span type = nj_text(v, "mime_type");
        if (span_starts_nocase(type, S("image/")))
            add_picture(a, s, nj_text(v, "url"), type, nj_text(v, "title"));
    }
}

static void read_identity(struct arena *a, struct story *s, const struct json *item)
{
    s->link = nj_text(item, "url external_url");
    s->guid = span_trim(nj_text(item, "id"));
    if (!s->guid.n) s->guid = s->link;
    if (s->guid.n) return;
    s->guid = guid_of_content(a, s, nj_text(item, "date_published"));
    story_fault(
        a, s, item->line, item->column, "the item has no id and no url: known by its content");
}

static void read_body(struct arena *a, struct story *s, const struct json *item)
{
    struct span html = nj_text(item, "content_html"), text = nj_text(item, "content_text"),
                summary = nj_text(item, "summary");
    if (span_trim(html).n)
        s->body = body_of_html(a, html, s->headline);
    else
        s->body = body_of_text(a, span_trim(text).n ? text : summary);
    if (span_trim(html).n || span_trim(text).n) s->abstract = summary;
}

static void read_item(struct arena *a, const struct json *feed, const struct json *item,
    struct reject forgiven, struct wire_result *out)
{
    if (item->type != JSON_OBJECT) {
        reader_refuse(a, out, item->line, item->column, "the item is not an object");
        return;
    }
    struct story *s = story_new(a);
    if (forgiven.line) story_fault(a, s, forgiven.line, forgiven.column, "%.*s", FMT(forgiven.why));
    s->kind = KIND_TEXT;
    s->provider = nj_text(feed, "title");
    s->headline = nj_text(item, "title");
    s->byline = authors_of(a, item);
    if (!s->byline.n) s->byline = authors_of(a, feed);
    s->language = nj_text(item, "language");
    if (!s->language.n) s->language = nj_text(feed, "language");
    nj_time(a, s, item, "date_published", NJ_NULL_IS_NONE, &s->first_created);
    nj_time(a, s, item, "date_modified", NJ_NULL_IS_NONE, &s->version_created);
    if (s->version_created.kind == WHEN_ABSENT) s->version_created = s->first_created;
    read_body(a, s, item);
    for (const struct json *v = nj_first(nj_get(item, "tags")); v; v = v->next)
        story_add_keyword(a, s, nj_value(v));
    read_media(a, s, item);
    story_adopt_pictures(a, s);
    read_identity(a, s, item);
    reader_accept(a, out, s, item->line, item->column);
}

void jsonfeed_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out)
{
    for (const struct json *v = nj_first(nj_get(root, "items")); v; v = v->next)
        read_item(a, root, v, forgiven, out);
}
