/* wp: /wp-json/wp/v2: the part of WordPress' REST API that reading apps use, so that they keep
 * working after a move: posts, the picture of a post, categories (the sections), tags, types.
 * Reading only. A number names a story for ever (reader_number); imported posts keep theirs. Totals
 * count what is public alone (E15); what is not public has never been here: 404, the same bytes for
 * all of it. Names and errors are WordPress'. */
#include "ask.h"
#include "json_words.h"
#include "picture.h"
#include "syndicate.h"

#include <string.h>

enum {
    PER_PAGE = 10,    /* WordPress' own */
    TAGS_FROM = 1000, /* newest stories among whose tags and authors a number is looked for */
    TAGS_LISTED = 100,
    INCLUDES_MAX = 100,
};
#define WP "/wp-json/wp/v2"

struct wp {
    const struct press *press;
    struct arena *a;
    struct json_out *o;
    struct reader *r;
    struct page *out;
    const struct page_filter *f;
};

/* ---- numbers of names: they follow from the name ---- */
static uint64_t number_of(struct span kind, struct span name)
{
    struct span both[] = {kind, name};
    uint64_t h = 0;
    for (size_t i = 0; i < COUNT(both); i++) h = h * 31 + fast_hash(both[i]);
    return (h & 0x7fffffff) | 0x40000000; /* above the numbers of any site that moved here */
}

static uint64_t category_number(struct span section)
{
    return number_of(S("category"), section);
}

static uint64_t tag_number(struct span slug)
{
    return number_of(S("tag"), slug);
}

static uint64_t author_number(struct span name)
{
    return number_of(S("author"), name);
}

/* "?cat=3" of the site that was here before leads to a section. */
static struct span old_section(const struct wp *x, uint64_t number)
{
    struct old_address old;
    struct span address = arena_printf(x->a, "?cat=%llu", (unsigned long long)number);
    if (reader_old(x->r, address, x->a, &old) != OK || old.story) return S("");
    if (!span_starts(old.target, S("/section/"))) return S("");
    return span_cut(old.target, 9, old.target.n);
}

static const struct press_section *section_numbered(const struct wp *x, uint64_t number)
{
    const struct press_site *site = x->press->site;
    for (uint32_t i = 0; i < site->section_count; i++)
        if (category_number(site->sections[i].name) == number) return &site->sections[i];
    struct span old = old_section(x, number);
    return old.n ? press_section_named(x->press, old) : NULL;
}

/* Labels of the newest stories; each once. */
struct labels {
    struct view_tag *list;
    size_t count, cap;
};

static void add_label(const struct wp *x, struct labels *l, struct map *seen, struct view_tag tag)
{
    void **slot = map_at(seen, tag.slug);
    if (*slot) return;
    *slot = l;
    *ARENA_PUSH(x->a, l->list, l->count, l->cap) = tag;
}

static enum result recent_labels(const struct wp *x, bool authors, size_t from, struct labels *l)
{
    struct list_query q = {.kind = LIST_NEWEST, .limit = from};
    struct view *list;
    size_t n;
    struct map *seen = map_new(x->a);
    enum result result = reader_list(x->r, &q, x->a, &list, &n);
    for (size_t i = 0; result == OK && i < n; i++) {
        const struct view_tag *tags = authors ? list[i].authors : list[i].tags;
        uint32_t count = authors ? list[i].author_count : list[i].tag_count;
        for (uint32_t k = 0; k < count; k++) add_label(x, l, seen, tags[k]);
    }
    page_key(x->out, "all", S(""));
    return result;
}

static enum result label_numbered(
    const struct wp *x, bool authors, uint64_t number, struct view_tag *out)
{
    struct labels l = {0};
    enum result result = recent_labels(x, authors, TAGS_FROM, &l);
    for (size_t i = 0; result == OK && i < l.count; i++)
        if ((authors ? author_number(l.list[i].slug) : tag_number(l.list[i].slug)) == number)
            return *out = l.list[i], OK;
    return result == OK ? ERR_ABSENT : result;
}

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

static struct span as_html(const struct wp *x, struct span text)
{
    return html_text(x->a, text).s;
}

static struct span address(const struct wp *x, struct span path)
{
    return press_absolute(x->press, x->a, path);
}

static void put_link(const struct wp *x, const char *rel, struct span path, bool embeds)
{
    json_open(x->o, rel, '[');
    json_open(x->o, NULL, '{');
    if (embeds) json_bool(x->o, "embeddable", true);
    json_string(x->o, "href", address(x, path));
    json_close(x->o, '}');
    json_close(x->o, ']');
}

static void put_numbers_of_tags(const struct wp *x, const struct view *v)
{
    if (!wants(x, "tags")) return;
    json_open(x->o, "tags", '[');
    for (uint32_t i = 0; i < v->tag_count; i++)
        json_number(x->o, NULL, (int64_t)tag_number(v->tags[i].slug));
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
        address(x,
            arena_printf(x->a, "/%s/%.*s", word, FMT(url_escape(x->a, slug)))));
    json_string(x->o, "name", as_html(x, name));
    json_string(x->o, "slug", slug);
    json_string(x->o, "taxonomy", span_of(taxonomy));
    if (!tag) json_number(x->o, "parent", 0);
    json_open(x->o, "meta", '[');
    json_close(x->o, ']');
    json_close(x->o, '}');
}

static enum result put_category(const struct wp *x, const struct press_section *s)
{
    size_t count = 0;
    enum result result = reader_count(x->r, LIST_SECTION, s->name, &count);
    put_term(x, "category", "section", category_number(s->name), s->name,
        s->title.n ? s->title : s->name, count);
    page_key(x->out, "section:", s->name);
    return result;
}

static enum result put_tag(const struct wp *x, struct view_tag tag)
{
    size_t count = 0;
    enum label_kind kind = tag_kind(&tag);
    enum result result = reader_count(x->r, label_list(kind), tag.slug, &count);
    put_term(x, "post_tag", label_word(kind), tag_number(tag.slug), tag.slug, tag.name, count);
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
        address(x, arena_printf(x->a, "/pictures/%.*s-%u.jpg", FMT(pic->hash), width)));
    json_close(x->o, '}');
}

/* Its number is its post's: under that it is asked for. */
static void put_media(const struct wp *x, const struct view *v, uint64_t number)
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
    json_string(x->o, "rendered", as_html(x, line));
    json_close(x->o, '}');
    json_number(x->o, "post", (int64_t)number);
    json_string(x->o, "source_url",
        address(x, arena_printf(x->a, "/pictures/%.*s-%u.jpg", FMT(pic->hash), full)));
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
    json_number(x->o, "id", (int64_t)author_number(author_of(v)));
    json_string(x->o, "name", person ? v->authors[0].name : v->agency);
    json_string(x->o, "description", S(""));
    json_string(x->o, "slug", person ? v->authors[0].slug : v->feed);
    json_string(x->o, "link",
        address(x,
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
        put_term(x, "category", "section", category_number(s->name), s->name, s->title.n ? s->title : s->name,
            SIZE_MAX);
    json_close(x->o, ']');
    json_open(x->o, NULL, '[');
    for (uint32_t i = 0; i < v->tag_count; i++)
        put_term(
            x, "post_tag", label_word(tag_kind(&v->tags[i])), tag_number(v->tags[i].slug), v->tags[i].slug, v->tags[i].name, SIZE_MAX);
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
        put_media(x, v, number);
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
    struct span guid = address(x, v->path);
    put_rendered(x, "guid", guid, false);
    put_rendered(x, "title", as_html(x, v->headline), false);
    if (wants(x, "content")) put_rendered(x, "content", content_of(x, v, parts), true);
    put_rendered(x, "excerpt",
        arena_printf(x->a, "<p>%.*s</p>\n", FMT(as_html(x, press_lead(x->a, v)))), true);
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
    if (wants(x, "link")) json_string(x->o, "link", address(x, v->path));
    if (wants(x, "comment_status")) json_string(x->o, "comment_status", S("closed"));
    if (wants(x, "sticky")) json_bool(x->o, "sticky", false);
}

static void put_numbers(const struct wp *x, const struct view *v, uint64_t number)
{
    if (wants(x, "author")) json_number(x->o, "author", (int64_t)author_number(author_of(v)));
    if (wants(x, "featured_media"))
        json_number(x->o, "featured_media", v->picture_count ? (int64_t)number : 0);
    if (wants(x, "categories")) {
        const struct press_section *s = press_section_named(x->press, v->section);
        json_open(x->o, "categories", '[');
        if (s) json_number(x->o, NULL, (int64_t)category_number(s->name));
        json_close(x->o, ']');
    }
    put_numbers_of_tags(x, v);
    if (!wants(x, "meta")) return;
    json_open(x->o, "meta", '[');
    json_close(x->o, ']');
}

static enum result put_post(const struct wp *x, struct view *v)
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

/* ---- errors, as WordPress says them ---- */
static enum result refuse(const struct wp *x, int status, const char *code, const char *message)
{
    json_open(x->o, NULL, '{');
    json_string(x->o, "code", span_of(code));
    json_string(x->o, "message", span_of(message));
    json_open(x->o, "data", '{');
    json_number(x->o, "status", status);
    json_close(x->o, '}');
    json_close(x->o, '}');
    x->out->status = status;
    x->out->no_store = true;
    return OK;
}

static enum result no_post(const struct wp *x)
{
    return refuse(x, 404, "rest_post_invalid_id", "Invalid post ID.");
}

/* ---- lists of posts ---- */
/* "3,7": every number leads to a name, or to what no story has. */
static enum result read_numbers(const struct wp *x, struct span list, bool tags, struct ask *q)
{
    struct span one;
    struct span *names = tags ? q->tags : q->sections;
    size_t *count = tags ? &q->tag_count : &q->section_count;
    while (list.n && span_next(&list, ',', &one)) {
        uint64_t number;
        struct view_tag tag = {.slug = S("")};
        if (!span_to_u64(span_trim(one), &number) || *count == ASK_NAMES_MAX) continue;
        const struct press_section *s = tags ? NULL : section_numbered(x, number);
        enum result result = tags ? label_numbered(x, false, number, &tag) : OK;
        if (result != OK && result != ERR_ABSENT) return result;
        struct span name = tags ? tag.slug : s ? s->name : S("");
        if (name.n) names[(*count)++] = name;
    }
    return OK;
}

static enum result understand(const struct wp *x, struct ask *q, const char **wrong)
{
    const struct page_filter *f = x->f;
    struct view_tag author = {.slug = S("")};
    uint64_t number;
    *wrong = NULL;
    *q = (struct ask){.words = f->words, .until_ms = INT64_MAX};
    enum result result = read_numbers(x, f->section, false, q);
    if (result == OK) result = read_numbers(x, f->tag, true, q);
    if (result == OK && f->author.n && span_to_u64(f->author, &number))
        result = label_numbered(x, true, number, &author);
    if (result == ERR_ABSENT) result = OK;
    q->author = author.slug;
    q->nothing = (f->section.n && !q->section_count) || (f->tag.n && !q->tag_count) ||
                 (f->author.n && !author.slug.n);
    if (f->since.n && !ask_instant(x->press, f->since, &q->since_ms)) *wrong = "after";
    if (f->until.n && !ask_instant(x->press, f->until, &q->until_ms)) *wrong = "before";
    if (f->is_wrong || f->limit > ASK_ITEMS_MAX) *wrong = "per_page";
    if (f->since.n) q->since_ms++; /* after, not from */
    return result;
}

static enum result put_posts(const struct wp *x, struct view *list, size_t n)
{
    json_open(x->o, NULL, '[');
    for (size_t i = 0; i < n; i++) {
        struct view v;
        enum result result = reader_story(x->r, list[i].id, x->a, &v);
        if (result == OK) result = put_post(x, &v);
        if (result != OK && result != ERR_ABSENT && result != ERR_CORRUPT) return result;
    }
    json_close(x->o, ']');
    page_key(x->out, "all", S(""));
    return OK;
}

static void put_totals(const struct wp *x, size_t total, size_t size)
{
    x->out->extra = arena_printf(x->a,
        ANYBODY_MAY_READ "Access-Control-Expose-Headers: X-WP-Total, X-WP-TotalPages\r\n"
                         "X-WP-Total: %zu\r\nX-WP-TotalPages: %zu\r\n",
        total, (total + size - 1) / size);
}

/* include=1,2 and slug=…: those of them that are public. */
static enum result make_chosen(const struct wp *x)
{
    struct view list[INCLUDES_MAX];
    struct span rest = x->f->include, one;
    size_t n = 0;
    while (rest.n && n < INCLUDES_MAX && span_next(&rest, ',', &one)) {
        uint64_t number;
        if (!span_to_u64(span_trim(one), &number)) continue;
        enum result result = reader_numbered(x->r, number, x->a, &list[n]);
        if (result == OK)
            n++;
        else if (result != ERR_ABSENT && result != ERR_CORRUPT)
            return result;
    }
    struct span slug = x->f->slug;
    story_id id = 0;
    struct old_address old;
    if (slug.n >= STORY_ID_TEXT)
        (void)story_id_read(span_cut(slug, slug.n - STORY_ID_TEXT, slug.n), &id);
    if (slug.n && n < INCLUDES_MAX && reader_story(x->r, id, x->a, &list[n]) == OK)
        n++;
    else if (slug.n && n < INCLUDES_MAX &&
             reader_old(x->r, arena_printf(x->a, "/%.*s", FMT(slug)), x->a, &old) == OK &&
             reader_story(x->r, old.story, x->a, &list[n]) == OK)
        n++;
    put_totals(x, n, PER_PAGE);
    return put_posts(x, list, n);
}

static enum result make_posts(const struct wp *x, size_t page)
{
    struct ask q;
    struct found found;
    const char *wrong;
    if (x->f->slug.n || x->f->include.n) return make_chosen(x);
    enum result result = understand(x, &q, &wrong);
    if (result != OK) return result;
    if (wrong)
        return refuse(
            x, 400, "rest_invalid_param", arena_printf(x->a, "Invalid parameter(s): %s", wrong).p);
    size_t size = x->f->limit ? x->f->limit : PER_PAGE;
    result = ask_page(&q, page, size, x->r, x->a, &found);
    if (result != OK) return result;
    if (page > 1 && (page - 1) * size >= found.total)
        return refuse(x, 400, "rest_post_invalid_page_number",
            "The page number requested is larger than the number of pages available.");
    put_totals(x, found.total, size);
    return put_posts(x, found.list, found.count);
}

static enum result make_one(const struct wp *x, bool media)
{
    struct view v;
    enum result result = reader_numbered(x->r, x->f->number, x->a, &v);
    if (result == ERR_ABSENT || result == ERR_CORRUPT) return no_post(x);
    if (result != OK || !media) return result == OK ? put_post(x, &v) : result;
    press_keep_shown(x->a, &v, reader_now_ms(x->r), x->out);
    if (!v.picture_count) return no_post(x);
    put_media(x, &v, x->f->number);
    page_id(x->out, v.id);
    page_key(x->out, "story:", v.id_text);
    page_crawlers(x->press, x->out, &v);
    return OK;
}

/* ---- the rest ---- */
static enum result no_term(const struct wp *x)
{
    return refuse(x, 404, "rest_term_invalid", "Term does not exist.");
}

static enum result make_categories(const struct wp *x)
{
    const struct press_site *site = x->press->site;
    if (x->f->number) {
        const struct press_section *s = section_numbered(x, x->f->number);
        return s ? put_category(x, s) : no_term(x);
    }
    enum result result = OK;
    size_t n = 0;
    json_open(x->o, NULL, '[');
    for (uint32_t i = 0; result == OK && i < site->section_count; i++) {
        if (x->f->slug.n && !span_eq(x->f->slug, site->sections[i].name)) continue;
        result = put_category(x, &site->sections[i]);
        n++;
    }
    json_close(x->o, ']');
    put_totals(x, n, n ? n : 1);
    page_key(x->out, "all", S(""));
    return result;
}

/* Whatever this name is: tag, person, place. */
static enum result labels_called(const struct wp *x, struct span slug, struct labels *l)
{
    static const enum label_kind kinds[] = {LABEL_TAG, LABEL_PERSON, LABEL_PLACE};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct view_tag one = {.slug = slug, .kind = kinds[i]};
        enum result result =
            reader_tag_name(x->r, label_list(kinds[i]), slug, x->a, &one.name);
        if (result != OK && result != ERR_ABSENT) return result;
        if (result == OK) *ARENA_PUSH(x->a, l->list, l->count, l->cap) = one;
        page_key(x->out, arena_printf(x->a, "%s:", label_word(kinds[i])).p, slug);
    }
    return OK;
}

static enum result make_tags(const struct wp *x)
{
    struct labels l = {0};
    struct view_tag one = {.slug = x->f->slug};
    enum result result = OK;
    if (x->f->number) {
        result = label_numbered(x, false, x->f->number, &one);
        return result == OK ? put_tag(x, one) : result == ERR_ABSENT ? no_term(x) : result;
    }
    if (one.slug.n) {
        result = labels_called(x, one.slug, &l);
    } else {
        result = recent_labels(x, false, TAGS_LISTED, &l);
    }
    if (result == ERR_ABSENT) result = OK;
    if (l.count > TAGS_LISTED) l.count = TAGS_LISTED;
    json_open(x->o, NULL, '[');
    for (size_t i = 0; result == OK && i < l.count; i++) result = put_tag(x, l.list[i]);
    json_close(x->o, ']');
    put_totals(x, l.count, l.count ? l.count : 1);
    return result;
}

static void put_type(const struct wp *x, const char *key)
{
    json_open(x->o, key, '{');
    json_string(x->o, "description", S(""));
    json_bool(x->o, "hierarchical", false);
    json_string(x->o, "name", S("Posts"));
    json_string(x->o, "slug", S("post"));
    json_open(x->o, "taxonomies", '[');
    json_string(x->o, NULL, S("category"));
    json_string(x->o, NULL, S("post_tag"));
    json_close(x->o, ']');
    json_string(x->o, "rest_base", S("posts"));
    json_string(x->o, "rest_namespace", S("wp/v2"));
    json_close(x->o, '}');
}

static enum result make_types(const struct wp *x)
{
    if (x->f->slug.n) return put_type(x, NULL), OK;
    json_open(x->o, NULL, '{');
    put_type(x, "post");
    json_close(x->o, '}');
    return OK;
}

static enum result make_index(const struct wp *x)
{
    static const char *const routes[] = {"/posts", "/posts/(?P<id>[\\d]+)", "/media/(?P<id>[\\d]+)",
        "/categories", "/categories/(?P<id>[\\d]+)", "/tags", "/tags/(?P<id>[\\d]+)", "/types"};
    json_open(x->o, NULL, '{');
    json_string(x->o, "name", as_html(x, x->press->site->name));
    json_string(x->o, "description", as_html(x, x->press->site->tagline));
    json_string(x->o, "url", address(x, S("")));
    json_string(x->o, "home", address(x, S("")));
    json_open(x->o, "namespaces", '[');
    json_string(x->o, NULL, S("wp/v2"));
    json_close(x->o, ']');
    json_open(x->o, "authentication", '[');
    json_close(x->o, ']');
    json_open(x->o, "routes", '{');
    for (size_t i = 0; i < COUNT(routes); i++) {
        json_open(x->o, arena_printf(x->a, "/wp/v2%s", routes[i]).p, '{');
        json_string(x->o, "namespace", S("wp/v2"));
        json_open(x->o, "methods", '[');
        json_string(x->o, NULL, S("GET"));
        json_close(x->o, ']');
        json_close(x->o, '}');
    }
    json_close(x->o, '}');
    json_close(x->o, '}');
    return OK;
}

enum result page_wp(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    static const struct page_filter none = {.limit = 0};
    struct buf b;
    struct json_out o = {.b = &b};
    struct wp x = {p, a, &o, r, out, ask->filter ? ask->filter : &none};
    buf_init(&b, a, 0);
    out->extra = S(ANYBODY_MAY_READ);
    enum result result = ask->kind == PAGE_WP_POSTS        ? make_posts(&x, ask->page)
                         : ask->kind == PAGE_WP_POST       ? make_one(&x, false)
                         : ask->kind == PAGE_WP_MEDIA      ? make_one(&x, true)
                         : ask->kind == PAGE_WP_CATEGORIES ? make_categories(&x)
                         : ask->kind == PAGE_WP_TAGS       ? make_tags(&x)
                         : ask->kind == PAGE_WP_TYPES      ? make_types(&x)
                                                           : make_index(&x);
    if (result != OK) return result;
    buf_lit(&b, "\n");
    out->content_type = "application/json; charset=UTF-8";
    out->noindex = true;
    out->body = buf_span(&b);
    page_until(out, reader_next_change(r));
    return OK;
}
