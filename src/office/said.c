/* said.c: what readers have written, newest first, with how it stands. Of a page of the list each
 * story's set is read once, and one alone lies in memory: a story with a full set of comments has
 * as many acts of editors. */
#include "office.h"

/* All that the list has of the story of its row `first`. */
static enum result say_story(struct office_eyes *e, struct office_comment *list, size_t count,
    size_t first, struct arena *scratch)
{
    struct desk_set set;
    story_id page = list[first].said.page;
    TRY(set_load(e->store, page, scratch, &set));
    size_t n = set.version_count;
    struct span headline = n ? set.versions[n - 1].story->headline : S("");
    headline = arena_keep(e->a, headline);
    for (size_t i = first; i < count; i++) {
        struct comment about = {.id = list[i].said.id};
        if (list[i].said.page != page) continue;
        list[i].state = desk_comment(&set, e->rules, &about);
        list[i].headline = headline;
    }
    return OK;
}

static bool is_said(const struct office_comment *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (list[k].said.page == list[i].said.page) return true;
    return false;
}

enum result eyes_comments(struct office_eyes *e, size_t page, struct office_comment **out,
    size_t *count_out, bool *more_out)
{
    struct stored_comment *stored;
    size_t count = 0;
    /* One more than is shown: whether there are older ones. */
    TRY(store_comments_last(
        e->store, (page - 1) * OFFICE_LIST_MAX, OFFICE_LIST_MAX + 1, e->a, &stored, &count));
    *more_out = count > OFFICE_LIST_MAX;
    *count_out = count = *more_out ? OFFICE_LIST_MAX : count;
    struct office_comment *list = ARENA_ARRAY(e->a, struct office_comment, count + 1);
    for (size_t i = 0; i < count; i++) list[i].said = stored[i];
    struct arena *scratch = arena_new(OFFICE_STORY_ARENA);
    enum result r = OK;
    for (size_t i = 0; r == OK && i < count; i++) {
        if (is_said(list, i)) continue;
        r = say_story(e, list, count, i, scratch);
        arena_reset(scratch);
    }
    arena_free(scratch);
    *out = list;
    return r;
}
