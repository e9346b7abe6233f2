/* comments.c: what readers have written, for those who decide whether it is shown: the newest of
 * all stories, and those of one. With a story that is not public they are seen by nobody outside;
 * here they are counted (D7). */
#include "visit.h"

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
    struct visit *v, struct record *r, const struct stored_comment *c, enum comment_state state)
{
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
    for (size_t i = 0; i < count; i++) {
        struct comment about = {.id = list[i].id};
        put_comment(v, r, &list[i], desk_comment(&s->set, v->book.rules, &about));
    }
    record_flag(r, "comments_there", count > 0);
    record_text(r, "comments_count",
        dress_say(v->book.dress, v->a, s->is_public ? "comments_are" : "comments_hidden_with_it",
            "n", arena_printf(v->a, "%zu", count)));
    return OK;
}

static void put_story_line(struct visit *v, struct record *item, const struct office_comment *c)
{
    struct span words = c->headline, id = story_id_text(v->a, c->said.page);
    record_text(item, "headline", words.n ? words : dress_word(v->book.dress, "no_headline"));
    record_text(item, "href", arena_printf(v->a, "/desk/story/%.*s", FMT(id)));
}

void page_readers(struct visit *v)
{
    struct office_eyes e;
    struct office_comment *list;
    size_t count, page = page_number(v);
    bool more;
    if (!visit_eyes(v, &e)) return;
    if (eyes_comments(&e, page, &list, &count, &more) == OK) {
        struct record *r = visit_record(v, "comments", "menu_comments");
        record_flag(r, "none", count == 0);
        for (size_t i = 0; i < count; i++)
            put_story_line(v, put_comment(v, r, &list[i].said, list[i].state), &list[i]);
        put_pager(v, r, "/desk/comments", S(""), page, more);
        visit_page(v, 200, "comments", r);
    } else {
        visit_message(v, 503, "busy", dress_word(v->book.dress, "no_store"));
    }
    eyes_close(&e);
}
