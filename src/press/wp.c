/* wp: /wp-json/wp/v2: the part of WordPress' REST API that reading apps use, so that they keep
 * working after a move: posts, the picture of a post, categories (the sections), tags, types.
 * Reading only. A number names a story for ever (reader_number); imported posts keep theirs. Totals
 * count what is public alone (E15); what is not public has never been here: 404, the same bytes for
 * all of it. Names and errors are WordPress'. */
#include "wp.h"

#include <string.h>

enum {
    PER_PAGE = 10, /* WordPress' own */
    TAGS_LISTED = 100,
    INCLUDES_MAX = 100,
    LINK_MAX = 2000, /* bytes of an address in a Link field: who asks for more pages by number */
};

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
        const struct press_section *s = tags ? NULL : wp_section_numbered(x, number);
        enum result result = tags ? wp_label_numbered(x, false, number, &tag) : OK;
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
        result = wp_label_numbered(x, true, number, &author);
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
        if (result == OK) result = wp_put_post(x, &v);
        if (result != OK && result != ERR_ABSENT && result != ERR_CORRUPT) return result;
    }
    json_close(x->o, ']');
    page_key(x->out, "all", S(""));
    return OK;
}

static void put_totals(const struct wp *x, size_t total, size_t size)
{
    x->out->extra = arena_printf(x->a,
        ANYBODY_MAY_READ "Access-Control-Expose-Headers: X-WP-Total, X-WP-TotalPages, Link\r\n"
                         "X-WP-Total: %zu\r\nX-WP-TotalPages: %zu\r\n",
        total, (total + size - 1) / size);
}

/* The same question for another page. From what was understood of it: answers are kept by that. */
static struct span posts_address(const struct wp *x, size_t page)
{
    const struct page_filter *f = x->f;
    const struct {
        const char *name;
        struct span value;
    } asked[] = {{"categories", f->section}, {"tags", f->tag}, {"author", f->author},
        {"search", f->words}, {"after", f->since}, {"before", f->until}, {"_fields", f->fields}};
    struct buf b;
    buf_init(&b, x->a, 0);
    buf_lit(&b, WP "/posts?");
    for (size_t i = 0; i < COUNT(asked); i++)
        if (asked[i].value.n)
            buf_printf(&b, "%s=%.*s&", asked[i].name, FMT(url_escape(x->a, asked[i].value)));
    if (f->embed) buf_lit(&b, "_embed&");
    if (f->limit) buf_printf(&b, "per_page=%zu&", f->limit);
    buf_printf(&b, "page=%zu", page);
    return wp_address(x, buf_span(&b));
}

static void put_neighbour(const struct wp *x, size_t page, const char *rel)
{
    struct span to = posts_address(x, page);
    if (to.n <= LINK_MAX)
        x->out->extra = arena_printf(
            x->a, "%.*sLink: <%.*s>; rel=\"%s\"\r\n", FMT(x->out->extra), FMT(to), rel);
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
    if (page > 1) put_neighbour(x, page - 1, "prev");
    if (page * size < found.total) put_neighbour(x, page + 1, "next");
    return put_posts(x, found.list, found.count);
}

static enum result make_one(const struct wp *x, bool media)
{
    struct view v;
    enum result result = reader_numbered(x->r, x->f->number, x->a, &v);
    if (result == ERR_ABSENT || result == ERR_CORRUPT) return no_post(x);
    if (result != OK || !media) return result == OK ? wp_put_post(x, &v) : result;
    press_keep_shown(x->a, &v, reader_now_ms(x->r), x->out);
    if (!v.picture_count) return no_post(x);
    wp_put_media(x, &v, x->f->number);
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
        const struct press_section *s = wp_section_numbered(x, x->f->number);
        return s ? wp_put_category(x, s) : no_term(x);
    }
    enum result result = OK;
    size_t n = 0;
    json_open(x->o, NULL, '[');
    for (uint32_t i = 0; result == OK && i < site->section_count; i++) {
        if (x->f->slug.n && !span_eq(x->f->slug, site->sections[i].name)) continue;
        result = wp_put_category(x, &site->sections[i]);
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
        enum result result = reader_tag_name(x->r, label_list(kinds[i]), slug, x->a, &one.name);
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
        result = wp_label_numbered(x, false, x->f->number, &one);
        return result == OK ? wp_put_tag(x, one) : result == ERR_ABSENT ? no_term(x) : result;
    }
    if (one.slug.n) {
        result = labels_called(x, one.slug, &l);
    } else {
        result = wp_recent_labels(x, false, TAGS_LISTED, &l);
    }
    if (result == ERR_ABSENT) result = OK;
    if (l.count > TAGS_LISTED) l.count = TAGS_LISTED;
    json_open(x->o, NULL, '[');
    for (size_t i = 0; result == OK && i < l.count; i++) result = wp_put_tag(x, l.list[i]);
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
    json_string(x->o, "name", wp_as_html(x, x->press->site->name));
    json_string(x->o, "description", wp_as_html(x, x->press->site->tagline));
    json_string(x->o, "url", wp_address(x, S("")));
    json_string(x->o, "home", wp_address(x, S("")));
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
