/* newsroom_listed: on which lists of the site a page stands, and their addresses: for receipts, for
 * caches in front, for hubs. Decides nothing, and asks nobody. */
#include "newsroom.h"

enum { LIST_NAME_MAX = 240 /* bytes: with its feeds, escaped, 24 of them fit into a message */ };

/* "archive/2026/01"; a day's list is its 23. */
static const char *month_of(struct newsroom *n, const struct view *v)
{
    return arena_printf(n->job, "archive%.*s", FMT(span_cut(v->path, 0, 8))).p;
}

struct listed *newsroom_lists_of(struct newsroom *n, const struct view *v, size_t *count_out)
{
    size_t count = 0, room = 2 + v->tag_count + v->author_count + v->credited_count;
    struct listed *list = ARENA_ARRAY(n->job, struct listed, room);
    list[count++] = (struct listed){"section", v->section};
    for (uint32_t i = 0; i < v->tag_count; i++)
        list[count++] = (struct listed){label_word(tag_kind(&v->tags[i])), v->tags[i].slug};
    for (uint32_t i = 0; i < v->author_count; i++)
        list[count++] = (struct listed){"author", v->authors[i].slug};
    for (uint32_t i = 0; i < v->credited_count; i++)
        list[count++] = (struct listed){"author", v->credited[i].slug};
    if (v->path.n > 11) list[count++] = (struct listed){month_of(n, v), span_cut(v->path, 9, 11)};
    *count_out = count;
    return list;
}

size_t newsroom_list_paths(
    struct newsroom *n, const struct listed *l, struct span out[NEWSROOM_LIST_PATHS])
{
    if (!l->name.n || l->name.n > LIST_NAME_MAX) return 0;
    out[0] = arena_printf(n->job, "/%s/%.*s", l->kind, FMT(url_escape(n->job, l->name)));
    for (size_t i = 0; i < PRESS_FEEDS; i++)
        out[i + 1] = arena_printf(n->job, "%.*s/%s", FMT(out[0]), press_feeds[i]);
    return NEWSROOM_LIST_PATHS;
}

void newsroom_put_lists(struct newsroom *n, struct json_out *o, const struct view *v)
{
    size_t lists;
    struct span paths[NEWSROOM_LIST_PATHS];
    const struct listed *list = newsroom_lists_of(n, v, &lists);
    for (size_t i = 0; i < lists; i++) {
        size_t count = newsroom_list_paths(n, &list[i], paths);
        for (size_t k = 0; k < count; k++) json_string(o, NULL, paths[k]);
    }
}

void newsroom_put_list_lines(struct newsroom *n, struct buf *b, const struct view *v)
{
    size_t lists;
    struct span paths[NEWSROOM_LIST_PATHS];
    const struct listed *list = newsroom_lists_of(n, v, &lists);
    if (v->is_corrected || v->is_corrective) buf_lit(b, "\n/corrections");
    for (size_t i = 0; i < lists; i++)
        if (newsroom_list_paths(n, &list[i], paths)) {
            buf_char(b, '\n');
            buf_put(b, paths[0]);
        }
}
