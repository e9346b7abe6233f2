/* comments: what readers write under a story, and the form for it: under the story itself, and as a
 * page of its own, which answers what was sent. Names and words of readers are plain text and are
 * escaped like any other. */
#include "frame.h"

static void put_list(struct sheet *s, const struct view *v)
{
    for (uint32_t i = 0; i < v->comment_count; i++) {
        const struct view_comment *c = &v->comments[i];
        struct record *r = record_item(s->root, "comments");
        record_text(r, "id", c->id);
        record_text(r, "name", c->name);
        record_text(r, "text", c->text);
        story_time(s, r, "at", c->at_ms, press_date_long);
    }
    record_text(s->root, "comments_count", press_count(s->p, s->a, "comments", v->comment_count));
    record_flag(s->root, "comments_wait", v->comments_wait);
}

static void put_error(struct sheet *s, const char *name, const char *key, const char *field)
{
    record_text(s->root, name, key ? press_word(s->p, key) : S(""));
    if (!key) return;
    struct record *r = record_item(s->root, "comment_errors");
    record_text(r, "text", press_word(s->p, key));
    record_text(r, "href", span_of(field));
}

static void put_form(struct sheet *s, const struct view *v, const struct comment_form *f)
{
    static const struct comment_form none = {0};
    if (!f) f = &none;
    record_text(s->root, "comment_action",
        press_path(s->p, s->a, arena_printf(s->a, "%.*s/comments", FMT(v->path))));
    record_text(s->root, "comment_name", f->name);
    record_text(s->root, "comment_text", f->text);
    record_text(s->root, "comment_stamp", f->stamp);
    bool wrong = f->name_wrong || f->text_wrong || f->wrong;
    record_flag(s->root, "comment_wrong", wrong);
    record_flag(s->root, "comment_ready", f->stamp.n && !wrong);
    put_error(s, "comment_error", f->wrong, "#comment-text");
    put_error(s, "comment_name_wrong", f->name_wrong, "#comment-name");
    put_error(s, "comment_text_wrong", f->text_wrong, "#comment-text");
}

void comments_put(
    struct sheet *s, const struct view *v, int64_t now_ms, const struct comment_form *form)
{
    bool there = v->comments_until_ms > 0, open = now_ms < v->comments_until_ms;
    record_flag(s->root, "comments_there", there && (open || v->comment_count));
    record_flag(s->root, "comments_open", there && open && !v->comments_full);
    if (!there) return;
    put_list(s, v);
    put_form(s, v, form);
    if (open) page_until(s->out, v->comments_until_ms);
}

enum result page_comments(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct view v;
    enum result result = reader_story(r, ask->id, a, &v);
    if (result != OK) return result;
    if (!v.comments_until_ms) return ERR_ABSENT;
    out->noindex = true;
    out->no_store = ask->form != NULL;
    if (ask->form && ask->form->status) out->status = ask->form->status;
    struct sheet s =
        frame_open(p, a, out, "comments", press_say(p, a, "comments_on", "title", v.headline),
            arena_printf(a, "%.*s/comments", FMT(v.path)));
    frame_section(&s, v.section);
    record_text(s.root, "headline", v.headline);
    record_text(s.root, "href", press_path(p, a, v.path));
    story_language(&s, s.root, &v);
    comments_put(&s, &v, reader_now_ms(r), ask->form);
    page_id(out, v.id);
    page_crawlers(p, out, &v);
    page_key(out, "story:", v.id_text);
    page_until(out, reader_next_change(r));
    frame_close(&s, "discussion");
    return OK;
}
