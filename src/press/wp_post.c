/* wp_post: a post, its terms and its picture in the members that WordPress gives them. */
#include "picture.h"
#include "syndicate.h"
#include "wp.h"

#include <string.h>

/* ---- pieces ---- */
/* _fields=id,title.rendered: the first parts are obeyed. */
static bool wants(const struct wp *x, const char *member)
{
    struct span rest = x->f->fields, one;
    if (!rest.n) return true;
    while (rest.n && span_next(&rest, ',', &one)) {
        one = span_trim(one);
        ptrdiff_t dot = span_find_char(one, '.');
        if (dot > 0) one = span_cut(one, 0, (size_t)dot);
        if (span_eq(one, span_of(member))) return true;
    }
    return false;
}

static void put_time(const struct wp *x, const char *key, int64_t ms)
{
    struct civil c = civil_of(ms);
    if (wants(x, key))
        json_string(x->o, key,
            arena_printf(x->a, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour,
                c.minute, c.second));
}

static void put_times(const struct wp *x, const char *local, const char *utc, int64_t ms)
{
    put_time(x, local, ms + zone_offset_s(x->press->site->zone, ms) * 1000);
    put_time(x, utc, ms);
}

static void put_rendered(const struct wp *x, const char *key, struct span html, bool is_text)
{
    if (!wants(x, key)) return;
    json_open(x->o, key, '{');
    json_string(x->o, "rendered", html);
    if (is_text) json_bool(x->o, "protected", false);
    json_close(x->o, '}');
}

struct span wp_as_html(const struct wp *x, struct span text)
{
    return html_text(x->a, text).s;
}

struct span wp_address(const struct wp *x, struct span path)
{
    return press_absolute(x->press, x->a, path);
}

static void put_link(const struct wp *x, const char *rel, struct span path, bool embeds)
{
    json_open(x->o, rel, '[');
    json_open(x->o, NULL, '{');
    if (embeds) json_bool(x->o, "embeddable", true);
    json_string(x->o, "href", wp_address(x, path));
    json_close(x->o, '}');
    json_close(x->o, ']');
}

static void put_numbers_of_tags(const struct wp *x, const struct view *v)
{
    if (!wants(x, "tags")) return;
    json_open(x->o, "tags", '[');
    for (uint32_t i = 0; i < v->tag_count; i++)
        json_number(x->o, NULL, (int64_t)wp_tag_number(v->tags[i].slug));
    json_close(x->o, ']');
}

/* "harbour-bridge-0123456789ab": the last part of the address. */
static struct span slug_of(const struct view *v)
{
    return v->path.n > 12 ? span_cut(v->path, 12, v->path.n) : v->id_text;
}

/* ---- terms ---- */
/* word: of its page's address. */
static void put_term(const struct wp *x, const char *taxonomy, const char *word, uint64_t number,
    struct span slug, struct span name, size_t count)
{
    bool tag = !strcmp(taxonomy, "post_tag");
    json_open(x->o, NULL, '{');
    json_number(x->o, "id", (int64_t)number);
    if (count != SIZE_MAX) json_number(x->o, "count", (int64_t)count);
    json_string(x->o, "description", S(""));
    json_string(x->o, "link",
        wp_address(x, arena_printf(x->a, "/%s/%.*s", word, FMT(url_escape(x->a, slug)))));
    json_string(x->o, "name", wp_as_html(x, name));
    json_string(x->o, "slug", slug);
    json_string(x->o, "taxonomy", span_of(taxonomy));
    if (!tag) json_number(x->o, "parent", 0);
    json_open(x->o, "meta", '[');
    json_close(x->o, ']');
    json_close(x->o, '}');
}

enum result wp_put_category(const struct wp *x, const struct press_section *s)
{
    size_t count = 0;
    enum result result = reader_count(x->r, LIST_SECTION, s->name, &count);
    put_term(x, "category", "section", wp_category_number(s->name), s->name,
        s->title.n ? s->title : s->name, count);
    page_key(x->out, "section:", s->name);
    return result;
}

enum result wp_put_tag(const struct wp *x, struct view_tag tag)
{
    size_t count = 0;
    enum label_kind kind = tag_kind(&tag);
    enum result result = reader_count(x->r, label_list(kind), tag.slug, &count);
    put_term(x, "post_tag", label_word(kind), wp_tag_number(tag.slug), tag.slug, tag.name, count);
    page_key(x->out, arena_printf(x->a, "%s:", label_word(kind)).p, tag.slug);
    return result;
}

/* ---- pictures ---- */
static void put_size(
    const struct wp *x, const char *name, const struct view_picture *pic, uint32_t width)
{
    uint32_t height = pic->width ? (uint32_t)((uint64_t)pic->height * width / pic->width) : 0;
    json_open(x->o, name, '{');
    json_number(x->o, "width", width);
    json_number(x->o, "height", height ? height : 1);
    json_string(x->o, "mime_type", S("image/jpeg"));
    json_string(x->o, "source_url",
        wp_address(x, arena_printf(x->a, "/pictures/%.*s-%u.jpg", FMT(pic->hash), width)));
    json_close(x->o, '}');
}

/* Its number is its post's: under that it is asked for. */
void wp_put_media(const struct wp *x, const struct view *v, uint64_t number)
{
    const struct view_picture *pic = &v->pictures[0];
    static const char *const names[] = {"medium", "medium_large", "large", "full"};
    uint32_t full = picture_width_for(pic->width);
    struct span line = arena_printf(x->a, "%.*s%s%.*s", FMT(pic->caption),
        pic->caption.n && pic->credit.n ? " " : "", FMT(pic->credit));
    json_open(x->o, NULL, '{');
    json_number(x->o, "id", (int64_t)number);
    json_string(x->o, "type", S("attachment"));
    json_string(x->o, "media_type", S("image"));
    json_string(x->o, "mime_type", S("image/jpeg"));
    json_string(x->o, "alt_text", pic->alt);
    json_open(x->o, "caption", '{');
    json_string(x->o, "rendered", wp_as_html(x, line));
    json_close(x->o, '}');
    json_number(x->o, "post", (int64_t)number);
    json_string(x->o, "source_url",
        wp_address(x, arena_printf(x->a, "/pictures/%.*s-%u.jpg", FMT(pic->hash), full)));
    json_open(x->o, "media_details", '{');
    json_number(x->o, "width", full);
    json_number(x->o, "height", (int64_t)((uint64_t)pic->height * full / pic->width));
    json_open(x->o, "sizes", '{');
    put_size(x, "thumbnail", pic, picture_widths[0]);
    for (size_t i = 0; i < picture_width_count && i < COUNT(names) - 1; i++)
        if (!i || picture_widths[i] <= pic->width) put_size(x, names[i], pic, picture_widths[i]);
    put_size(x, names[COUNT(names) - 1], pic, full);
    json_close(x->o, '}');
    json_close(x->o, '}');
    json_close(x->o, '}');
}

/* ---- a post ---- */
static struct span author_of(const struct view *v)
{
    return v->author_count ? v->authors[0].slug : v->agency;
}

static void put_author(const struct wp *x, const struct view *v)
{
    bool person = v->author_count > 0;
    json_open(x->o, NULL, '{');
    json_number(x->o, "id", (int64_t)wp_author_number(author_of(v)));
    json_string(x->o, "name", person ? v->authors[0].name : v->agency);
    json_string(x->o, "description", S(""));
    json_string(x->o, "slug", person ? v->authors[0].slug : v->feed);
    json_string(x->o, "link",
        wp_address(x,
            person ? arena_printf(x->a, "/author/%.*s", FMT(url_escape(x->a, v->authors[0].slug)))
                   : S("/")));
    json_close(x->o, '}');
}

static void put_terms_within(const struct wp *x, const struct view *v)
{
    const struct press_section *s = press_section_named(x->press, v->section);
    json_open(x->o, "wp:term", '[');
    json_open(x->o, NULL, '[');
    if (s)
        put_term(x, "category", "section", wp_category_number(s->name), s->name,
            s->title.n ? s->title : s->name, SIZE_MAX);
    json_close(x->o, ']');
    json_open(x->o, NULL, '[');
    for (uint32_t i = 0; i < v->tag_count; i++)
        put_term(x, "post_tag", label_word(tag_kind(&v->tags[i])), wp_tag_number(v->tags[i].slug),
            v->tags[i].slug, v->tags[i].name, SIZE_MAX);
    json_close(x->o, ']');
    json_close(x->o, ']');
}

static void put_embedded(const struct wp *x, const struct view *v, uint64_t number)
{
    if (!x->f->embed) return;
    json_open(x->o, "_embedded", '{');
    json_open(x->o, "author", '[');
    put_author(x, v);
    json_close(x->o, ']');
    if (v->picture_count) {
        json_open(x->o, "wp:featuredmedia", '[');
        wp_put_media(x, v, number);
        json_close(x->o, ']');
    }
    put_terms_within(x, v);
    json_close(x->o, '}');
}

static void put_links(const struct wp *x, const struct view *v, uint64_t number)
{
    if (!wants(x, "_links")) return;
    unsigned long long n = number;
    json_open(x->o, "_links", '{');
    put_link(x, "self", arena_printf(x->a, WP "/posts/%llu", n), false);
    put_link(x, "collection", S(WP "/posts"), false);
    put_link(x, "about", S(WP "/types/post"), false);
    if (v->picture_count)
        put_link(x, "wp:featuredmedia", arena_printf(x->a, WP "/media/%llu", n), true);
    json_close(x->o, '}');
}

/* The whole as feeds have it: what was corrected, body, dateline and agency, disclaimer (R4). */
static struct span content_of(const struct wp *x, const struct view *v, const struct parts *parts)
{
    struct channel c = {.press = x->press, .a = x->a, .items = v, .parts = parts, .count = 1};
    return item_content(&c, v);
}

static void put_words_of(const struct wp *x, const struct view *v, const struct parts *parts)
{
    struct span guid = wp_address(x, v->path);
    put_rendered(x, "guid", guid, false);
    put_rendered(x, "title", wp_as_html(x, v->headline), false);
    if (wants(x, "content")) put_rendered(x, "content", content_of(x, v, parts), true);
    put_rendered(x, "excerpt",
        arena_printf(x->a, "<p>%.*s</p>\n", FMT(wp_as_html(x, press_lead(x->a, v)))), true);
}

static void put_names_of(const struct wp *x, const struct view *v)
{
    static const struct {
        const char *key, *value;
    } fixed[] = {{"status", "publish"}, {"type", "post"}, {"ping_status", "closed"},
        {"template", ""}, {"format", "standard"}};
    for (size_t i = 0; i < COUNT(fixed); i++)
        if (wants(x, fixed[i].key)) json_string(x->o, fixed[i].key, span_of(fixed[i].value));
    if (wants(x, "slug")) json_string(x->o, "slug", slug_of(v));
    if (wants(x, "link")) json_string(x->o, "link", wp_address(x, v->path));
    if (wants(x, "comment_status")) json_string(x->o, "comment_status", S("closed"));
    if (wants(x, "sticky")) json_bool(x->o, "sticky", false);
}

static void put_numbers(const struct wp *x, const struct view *v, uint64_t number)
{
    if (wants(x, "author")) json_number(x->o, "author", (int64_t)wp_author_number(author_of(v)));
    if (wants(x, "featured_media"))
        json_number(x->o, "featured_media", v->picture_count ? (int64_t)number : 0);
    if (wants(x, "categories")) {
        const struct press_section *s = press_section_named(x->press, v->section);
        json_open(x->o, "categories", '[');
        if (s) json_number(x->o, NULL, (int64_t)wp_category_number(s->name));
        json_close(x->o, ']');
    }
    put_numbers_of_tags(x, v);
    if (!wants(x, "meta")) return;
    json_open(x->o, "meta", '[');
    json_close(x->o, ']');
}

enum result wp_put_post(const struct wp *x, struct view *v)
{
    struct parts parts;
    uint64_t number;
    enum result result = reader_number(x->r, v->id, &number);
    if (result == OK) result = press_parts(v, x->r, x->a, x->out, &parts);
    if (result != OK) return result;
    press_keep_shown(x->a, v, reader_now_ms(x->r), x->out);
    json_open(x->o, NULL, '{');
    if (wants(x, "id")) json_number(x->o, "id", (int64_t)number);
    put_times(x, "date", "date_gmt", v->published_ms);
    put_times(x, "modified", "modified_gmt",
        v->changed_ms > v->published_ms ? v->changed_ms : v->published_ms);
    put_words_of(x, v, &parts);
    put_names_of(x, v);
    put_numbers(x, v, number);
    put_links(x, v, number);
    put_embedded(x, v, number);
    json_close(x->o, '}');
    page_id(x->out, v->id);
    page_key(x->out, "story:", v->id_text);
    page_crawlers(x->press, x->out, v);
    if (v->changed_ms > x->out->modified_ms) x->out->modified_ms = v->changed_ms;
    return OK;
}
