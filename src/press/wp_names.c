/* wp_names: numbers of sections, tags and authors for programs that want numbers, and who has one.
 */
#include "wp.h"

enum {
    TAGS_FROM = 1000, /* newest stories among whose tags and authors a number is looked for */
};

static uint64_t number_of(struct span kind, struct span name)
{
    struct span both[] = {kind, name};
    uint64_t h = 0;
    for (size_t i = 0; i < COUNT(both); i++) h = h * 31 + fast_hash(both[i]);
    return (h & 0x7fffffff) | 0x40000000; /* above the numbers of any site that moved here */
}

uint64_t wp_category_number(struct span section)
{
    return number_of(S("category"), section);
}

uint64_t wp_tag_number(struct span slug)
{
    return number_of(S("tag"), slug);
}

uint64_t wp_author_number(struct span name)
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

const struct press_section *wp_section_numbered(const struct wp *x, uint64_t number)
{
    const struct press_site *site = x->press->site;
    for (uint32_t i = 0; i < site->section_count; i++)
        if (wp_category_number(site->sections[i].name) == number) return &site->sections[i];
    struct span old = old_section(x, number);
    return old.n ? press_section_named(x->press, old) : NULL;
}

static void add_label(const struct wp *x, struct labels *l, struct map *seen, struct view_tag tag)
{
    void **slot = map_at(seen, tag.slug);
    if (*slot) return;
    *slot = l;
    *ARENA_PUSH(x->a, l->list, l->count, l->cap) = tag;
}

enum result wp_recent_labels(const struct wp *x, bool authors, size_t from, struct labels *l)
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

enum result wp_label_numbered(
    const struct wp *x, bool authors, uint64_t number, struct view_tag *out)
{
    struct labels l = {0};
    enum result result = wp_recent_labels(x, authors, TAGS_FROM, &l);
    for (size_t i = 0; result == OK && i < l.count; i++)
        if ((authors ? wp_author_number(l.list[i].slug) : wp_tag_number(l.list[i].slug)) == number)
            return *out = l.list[i], OK;
    return result == OK ? ERR_ABSENT : result;
}
