/* comments.c: what readers have written, for those who decide whether it is shown: the newest of
 * all stories, and those of one. With a story that is not public they are seen by nobody outside;
 * here they are counted (D7). */
#include "visit.h"

static const char *const states[COMMENT_STATES] = {[COMMENT_WAITS] = "comment_waits",
    [COMMENT_SHOWN] = "comment_shown",
    [COMMENT_HIDDEN] = "comment_hidden",
    [COMMENT_WITHDRAWN] = "comment_withdrawn"};

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

static void put_number(struct visit *v, struct record *item, const char *name, long long n)
{
    record_text(item, name,
        n > 0 ? dress_say(v->book.dress, v->a, name, "n", arena_printf(v->a, "%lld", n)) : S(""));
}

static struct record *put_comment(struct visit *v, struct record *r, const struct office_comment *c)
{
    struct span story = story_id_text(v->a, c->said.page);
    struct record *item = record_item(r, "comments");
    record_text(item, "id", c->said.id);
    record_text(item, "name", c->said.name);
    record_text(item, "said", c->said.text);
    record_text(item, "state", dress_word(v->book.dress, states[c->state]));
    record_flag(item, "waits", c->state == COMMENT_WAITS);
    record_flag(item, "answers", c->said.parent.n > 0);
    record_flag(item, "changed", c->said.changed_pos > 0);
    put_number(v, item, "comment_reports", (long long)c->reports);
    record_text(item, "comment_whys", c->whys);
    put_number(v, item, "comment_score", c->said.score);
    put_time(v, item, "at", c->said.at_ms);
    if (c->state == COMMENT_WITHDRAWN) return item;
    if (c->state != COMMENT_SHOWN || c->reports) put_button(v, item, "buttons", ACT_APPROVE, story);
    if (c->state != COMMENT_HIDDEN) put_button(v, item, "buttons", ACT_HIDE, story);
    return item;
}

enum result put_comments(
    struct visit *v, struct record *r, struct office_eyes *e, const struct office_story *s)
{
    struct talk t;
    enum result got = talk_load(e->store, s->set.page, v->a, &t);
    if (got != OK) return got;
    for (size_t i = 0; i < t.count; i++) {
        struct office_comment c = {0};
        say_one(v->a, v->book.rules, &s->set, &t, i, &c);
        put_comment(v, r, &c);
    }
    record_flag(r, "comments_there", t.count > 0);
    record_text(r, "comments_count",
        dress_say(v->book.dress, v->a, s->is_public ? "comments_are" : "comments_hidden_with_it",
            "n", arena_printf(v->a, "%zu", t.count)));
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
    bool more, waiting = span_eq(form_get(&v->query, "q"), S("waiting"));
    if (!visit_eyes(v, &e)) return;
    if (eyes_comments(&e, waiting, page, &list, &count, &more) == OK) {
        struct record *r = visit_record(v, "comments", "menu_comments");
        record_flag(r, "none", count == 0);
        record_flag(r, "waiting", waiting);
        for (size_t i = 0; i < count; i++) put_story_line(v, put_comment(v, r, &list[i]), &list[i]);
        put_pager(v, r, "/desk/comments", waiting ? S("waiting") : S(""), page, more);
        visit_page(v, 200, "comments", r);
    } else {
        visit_message(v, 503, "busy", dress_word(v->book.dress, "no_store"));
    }
    eyes_close(&e);
}
