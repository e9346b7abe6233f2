/* comments.c: what readers have written, for those who decide whether it is shown: the newest of
 * all stories, and those of one. With a story that is not public they are seen by nobody outside;
 * here they are counted (D7). */
#include "visit.h"

enum { COMMENTS_LISTED = 100 };

static const char *state_word(enum comment_state s)
{
    return s == COMMENT_SHOWN    ? "comment_shown"
           : s == COMMENT_HIDDEN ? "comment_hidden"
                                 : "comment_waits";
}

static void put_button(
    struct visit *v, struct record *r, const char *list, enum act_kind kind, struct span story)
{
    const struct act_row *row = act_row(kind);
    if (v->role < row->role) return;
    struct record *item = record_item(r, list);
    record_text(item, "label", dress_word_of(v->book.dress, "act_", span_of(row->name)));
    record_text(item, "href", arena_printf(v->a, "/desk/story/%.*s/%s", FMT(story), row->name));
    record_text(item, "once", visit_once(v));
}

static struct record *put_comment(
    struct visit *v, struct record *r, const struct desk_set *set, const struct stored_comment *c)
{
    struct comment about = {.id = c->id};
    enum comment_state state = desk_comment(set, v->book.rules, &about);
    struct span story = story_id_text(v->a, c->page);
    struct record *item = record_item(r, "comments");
    record_text(item, "id", c->id);
    record_text(item, "name", c->name);
    record_text(item, "said", c->text);
    record_text(item, "state", dress_word(v->book.dress, state_word(state)));
    record_flag(item, "waits", state == COMMENT_WAITS);
    put_time(v, item, "at", c->at_ms);
    if (state != COMMENT_SHOWN) put_button(v, item, "buttons", ACT_APPROVE, story);
    if (state != COMMENT_HIDDEN) put_button(v, item, "buttons", ACT_HIDE, story);
    return item;
}

enum result put_comments(
    struct visit *v, struct record *r, struct office_eyes *e, const struct office_story *s)
{
    struct stored_comment *list;
    size_t count;
    enum result got = store_comments(e->store, s->set.page, v->a, &list, &count);
    if (got != OK) return got;
    for (size_t i = 0; i < count; i++) put_comment(v, r, &s->set, &list[i]);
    record_flag(r, "comments_there", count > 0);
    record_text(r, "comments_count",
        dress_say(v->book.dress, v->a, s->is_public ? "comments_are" : "comments_hidden_with_it",
            "n", arena_printf(v->a, "%zu", count)));
    return OK;
}

/* Each story's set is read once. */
static const struct desk_set *set_of(
    struct visit *v, struct office_eyes *e, struct map *seen, story_id page)
{
    void **slot = map_at(seen, arena_keep(v->a, (struct span){(const char *)&page, sizeof page}));
    if (*slot) return *slot;
    struct desk_set *set = ARENA_NEW(v->a, struct desk_set);
    if (set_load(e->store, page, v->a, set) != OK) return NULL;
    return *slot = set;
}

static void put_story_line(struct visit *v, struct record *item, const struct desk_set *set)
{
    size_t n = set->version_count;
    struct span headline = n ? set->versions[n - 1].story->headline : S("");
    record_text(item, "headline", headline.n ? headline : dress_word(v->book.dress, "no_headline"));
    record_text(
        item, "href", arena_printf(v->a, "/desk/story/%.*s", FMT(story_id_text(v->a, set->page))));
}

void page_readers(struct visit *v)
{
    struct office_eyes e;
    struct stored_comment *list;
    size_t count;
    struct map *seen = map_new(v->a);
    if (!visit_eyes(v, &e)) return;
    /* One more than is shown: whether there are older ones. */
    size_t page = page_number(v), from = (page - 1) * COMMENTS_LISTED;
    size_t until = from + COMMENTS_LISTED;
    if (store_comments_last(e.store, until + 1, v->a, &list, &count) == OK) {
        struct record *r = visit_record(v, "comments", "menu_comments");
        record_flag(r, "none", count == 0);
        for (size_t i = from; i < count && i < until; i++) {
            const struct desk_set *set = set_of(v, &e, seen, list[i].page);
            if (set) put_story_line(v, put_comment(v, r, set, &list[i]), set);
        }
        put_pager(v, r, "/desk/comments", S(""), page, count > until);
        visit_page(v, 200, "comments", r);
    } else {
        visit_message(v, 503, "busy", dress_word(v->book.dress, "no_store"));
    }
    eyes_close(&e);
}
