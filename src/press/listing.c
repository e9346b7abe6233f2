/* listing: stories of a section, a tag or an author, newest first, in pages. A tag or author
 * without public stories does not exist; a section of the configuration always does. */
#include "audience.h"
#include "frame.h"

struct listing { /* one of the three kinds */
    enum list_kind list;
    const char *key, *folder, *kind;
    struct span title, path, below;
};

static enum result name_listing(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct listing *l)
{
    static const struct listing kinds[] = {
        {.list = LIST_SECTION, .key = "section:", .folder = "section", .kind = "section"},
        {.list = LIST_TAG, .key = "tag:", .folder = "tag", .kind = "tag"},
        {.list = LIST_AUTHOR, .key = "author:", .folder = "author", .kind = "author"},
    };
    *l = kinds[ask->kind == PAGE_SECTION ? 0 : ask->kind == PAGE_TAG ? 1 : 2];
    l->below = arena_printf(a, "/%s/%.*s", l->folder, FMT(url_escape(a, ask->name)));
    l->path = ask->page > 1 ? arena_printf(a, "%.*s?page=%zu", FMT(l->below), ask->page) : l->below;
    if (ask->kind != PAGE_SECTION) return reader_tag_name(r, l->list, ask->name, a, &l->title);
    const struct press_section *section = press_section_named(p, ask->name);
    if (!section) return ERR_ABSENT;
    l->title = section->title;
    return OK;
}

static void put_title(struct sheet *s, const struct listing *l, struct span name)
{
    static const char *const words[] = {"about_section", "about_tag", "about_author"};
    size_t k = l->list == LIST_SECTION ? 0 : l->list == LIST_TAG ? 1 : 2;
    frame_about(s, press_say(s->p, s->a, words[k], "name", l->title));
    record_text(s->root, "heading", l->title);
    record_flag(s->root, "is_section", k == 0);
    record_flag(s->root, "is_tag", k == 1);
    record_flag(s->root, "is_author", k == 2);
    if (k == 0) {
        frame_section(s, name);
        story_section(s, s->root, name);
    }
    if (l->list != LIST_AUTHOR) frame_feeds(s, l->below, l->title);
    frame_crumbs_of(s, l->title, l->path);
}

enum result page_list(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct listing l;
    struct view *list;
    size_t n, items = list_page_items(p), page = ask->page ? ask->page : 1;
    enum result result = name_listing(p, ask, r, a, &l);
    struct list_query q = {
        .kind = l.list, .name = ask->name, .offset = (page - 1) * items, .limit = items + 1};
    if (result == OK) result = reader_list(r, &q, a, &list, &n);
    if (result != OK) return result;
    if (!n && (page > 1 || ask->kind != PAGE_SECTION)) return ERR_ABSENT;
    bool more = n > items;
    if (more) n = items;
    for (size_t i = 0; i < n; i++) press_keep_shown(a, &list[i], reader_now_ms(r), out);
    struct sheet s = frame_open(p, a, out, l.kind, l.title, l.path);
    s.reader = r;
    put_title(&s, &l, ask->name);
    frame_today(&s, reader_now_ms(r));
    teaser_list(&s, s.root, "stories", list, n, true);
    frame_pager(&s, l.below, page, more);
    if (ask->kind == PAGE_SECTION) ads_put(&s, PLACE_SECTION, n ? &list[0] : NULL);
    tag_put(&s);
    page_key(out, l.key, ask->name);
    page_until(out, reader_next_change(r));
    frame_close(&s, "list");
    return OK;
}
