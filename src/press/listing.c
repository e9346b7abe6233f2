/* listing: stories of a section, a tag, a person, a place or an author, newest first, in pages. One
 * without public stories does not exist; a section of the configuration always does. */
#include "audience.h"
#include "frame.h"

struct listing { /* one of the kinds */
    enum page_kind page;
    enum list_kind list;
    const char *word, *about, *flag; /* of addresses and keys; of the description; of the theme */
    struct span title, path, below;
};

static const struct listing kinds[] = {
    {PAGE_SECTION, LIST_SECTION, "section", "about_section", "is_section"},
    {PAGE_TAG, LIST_TAG, "tag", "about_tag", "is_tag"},
    {PAGE_AUTHOR, LIST_AUTHOR, "author", "about_author", "is_author"},
    {PAGE_PERSON, LIST_PERSON, "person", "about_person", "is_person"},
    {PAGE_PLACE, LIST_PLACE, "place", "about_place", "is_place"},
};

struct span press_label_path(struct arena *a, enum label_kind kind, struct span slug)
{
    return arena_printf(a, "/%s/%.*s", label_word(kind), FMT(url_escape(a, slug)));
}

static enum result name_listing(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct listing *l)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (kinds[i].page == ask->kind) *l = kinds[i];
    l->below = arena_printf(a, "/%s/%.*s", l->word, FMT(url_escape(a, ask->name)));
    l->path = ask->page > 1 ? arena_printf(a, "%.*s?page=%zu", FMT(l->below), ask->page) : l->below;
    if (ask->kind != PAGE_SECTION) return reader_tag_name(r, l->list, ask->name, a, &l->title);
    const struct press_section *section = press_section_named(p, ask->name);
    if (!section) return ERR_ABSENT;
    l->title = section->title;
    return OK;
}

static void put_title(struct sheet *s, const struct listing *l, struct span name)
{
    bool section = l->list == LIST_SECTION;
    frame_about(s, press_say(s->p, s->a, l->about, "name", l->title));
    record_text(s->root, "heading", l->title);
    for (size_t i = 0; i < COUNT(kinds); i++)
        record_flag(s->root, kinds[i].flag, kinds[i].list == l->list);
    if (section) {
        frame_section(s, name);
        story_section(s, s->root, name);
    } else {
        frame_json(s, jsonld_label(s->p, s->a, list_label(l->list), l->title, l->below));
    }
    frame_feeds(s, l->below, l->title);
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
    struct sheet s = frame_open(p, a, out, l.word, l.title, l.path);
    s.reader = r;
    put_title(&s, &l, ask->name);
    frame_today(&s, reader_now_ms(r));
    teaser_list(&s, s.root, "stories", list, n, true);
    frame_pager(&s, l.below, page, more);
    if (ask->kind == PAGE_SECTION) ads_put(&s, PLACE_SECTION, n ? &list[0] : NULL);
    tag_put(&s);
    page_key(out, arena_printf(a, "%s:", l.word).p, ask->name);
    page_until(out, reader_next_change(r));
    frame_close(&s, "list");
    return OK;
}
