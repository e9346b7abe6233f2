/* comments: what readers write under a story, and the forms for it: under the story itself, and as
 * a page of its own, which answers what was sent, and where one comment is answered, reported or
 * changed. Names and words of readers are plain text and are escaped like any other. */
#include "frame.h"

/* ---- the talk ---- */
static const struct view_comment *with_id(const struct view *v, struct span id)
{
    for (uint32_t i = 0; i < v->comment_count && id.n; i++)
        if (span_eq(v->comments[i].id, id)) return &v->comments[i];
    return NULL;
}

static struct span action(struct sheet *s, const struct view *v)
{
    return press_path(s->p, s->a, arena_printf(s->a, "%.*s/comments", FMT(v->path)));
}

static struct record *put_one(
    struct sheet *s, struct record *into, const char *list, const struct view_comment *c)
{
    struct record *r = record_item(into, list);
    record_text(r, "id", c->id);
    record_text(r, "name", c->name);
    record_text(r, "text", c->text);
    record_flag(r, "changed", c->changed_ms > 0);
    story_time(s, r, "at", c->at_ms, press_date_long);
    return r;
}

/* Two levels are shown: what answers an answer stands beside it, and says whom it answers. */
static void put_reply(
    struct sheet *s, struct record *root, const struct view *v, const struct view_comment *c)
{
    struct record *r = put_one(s, root, "replies", c);
    const struct view_comment *to = with_id(v, c->parent);
    if (!to || span_eq(c->parent, c->thread)) return;
    struct record *t = record_in(r, "to");
    record_text(t, "id", to->id);
    record_text(t, "name", to->name);
}

/* What was answered and is not shown any more leaves a place without a word. */
static void put_thread(struct sheet *s, const struct view *v, uint32_t at)
{
    const struct view_comment *first = &v->comments[at];
    struct span id = first->thread.n ? first->thread : first->id;
    struct view_comment nothing = {.id = id};
    struct record *r = put_one(s, s->root, "comments", first->thread.n ? &nothing : first);
    record_flag(r, "lost", first->thread.n > 0);
    bool answered = false;
    for (uint32_t i = 0; i < v->comment_count; i++) {
        if (!span_eq(v->comments[i].thread, id)) continue;
        put_reply(s, r, v, &v->comments[i]);
        answered = true;
    }
    record_flag(r, "answered", answered);
}

static bool is_told(const struct view *v, uint32_t at)
{
    struct span thread = v->comments[at].thread;
    if (!thread.n) return false;
    if (with_id(v, thread)) return true;
    for (uint32_t i = 0; i < at; i++)
        if (span_eq(v->comments[i].thread, thread)) return true;
    return false;
}

static void put_list(struct sheet *s, const struct view *v)
{
    for (uint32_t i = 0; i < v->comment_count; i++)
        if (!is_told(v, i)) put_thread(s, v, i);
    record_text(s->root, "comments_count", press_count(s->p, s->a, "comments", v->comment_count));
    record_flag(s->root, "comments_wait", v->comments_wait);
}

/* ---- the forms ---- */
static void put_error(struct sheet *s, const char *name, const char *key, const char *field)
{
    record_text(s->root, name, key ? press_word(s->p, key) : S(""));
    if (!key) return;
    struct record *r = record_item(s->root, "comment_errors");
    record_text(r, "text", press_word(s->p, key));
    record_text(r, "href", span_of(field));
}

static void put_about(struct sheet *s, const struct view *v, const struct comment_form *f)
{
    const struct view_comment *c = with_id(v, f->about);
    record_text(s->root, "comment_parent", c && f->task == COMMENT_WRITE ? c->id : S(""));
    if (!c) return;
    struct record *r = record_in(s->root, "about_comment");
    record_text(r, "id", c->id);
    record_text(r, "name", c->name);
    record_text(r, "text", c->text);
}

static void put_form(struct sheet *s, const struct view *v, const struct comment_form *f)
{
    record_text(s->root, "comment_action", action(s, v));
    record_text(s->root, "comment_name", f->name);
    record_text(s->root, "comment_text", f->text);
    record_text(s->root, "comment_stamp", f->stamp);
    record_text(s->root, "comment_token", f->token);
    bool wrong = f->name_wrong || f->text_wrong || f->wrong;
    record_flag(s->root, "comment_wrong", wrong || f->mail_wrong);
    record_flag(s->root, "comment_ready", f->stamp.n && !wrong);
    record_flag(s->root, "comment_asks_mail", f->stamp.n && s->p->site->comments_by_mail);
    put_error(s, "comment_error", f->wrong, "#comment-text");
    put_error(s, "comment_name_wrong", f->name_wrong, "#comment-name");
    put_error(s, "comment_text_wrong", f->text_wrong, "#comment-text");
    put_error(s, "comment_mail_wrong", f->mail_wrong, "#comment-mail");
    put_about(s, v, f);
    story_time(s, s->root, "comment_until", f->until_ms, press_date_long);
}

void comments_put(struct sheet *s, const struct view *v, int64_t now_ms, const struct page_ask *ask)
{
    static const struct comment_form none = {.task = COMMENT_WRITE};
    const struct comment_form *f = ask->form ? ask->form : &none;
    bool there = v->comments_until_ms > 0, open = now_ms < v->comments_until_ms;
    bool takes = there && open && !v->comments_full && !ask->nobody_moderates;
    bool unattended = open && ask->nobody_moderates;
    record_flag(s->root, "comments_there", there && (takes || unattended || v->comment_count));
    record_flag(s->root, "comments_open", takes);
    record_flag(s->root, "comments_unattended", unattended);
    record_flag(s->root, "comment_report", f->task == COMMENT_REPORT);
    record_flag(s->root, "comment_change", f->task == COMMENT_CHANGE);
    record_flag(s->root, "comment_confirm", f->task == COMMENT_CONFIRM);
    record_flag(s->root, "comments_by_mail", s->p->site->comments_by_mail);
    if (!there) return;
    put_list(s, v);
    put_form(s, v, f);
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
    frame_crumbs_of_story(&s, &v, press_word(p, "comments"), out->canonical);
    record_text(s.root, "headline", v.headline);
    record_text(s.root, "href", press_path(p, a, v.path));
    story_language(&s, s.root, &v);
    comments_put(&s, &v, reader_now_ms(r), ask);
    page_id(out, v.id);
    page_crawlers(p, out, &v);
    page_key(out, "story:", v.id_text);
    page_until(out, reader_next_change(r));
    frame_close(&s, "discussion");
    return OK;
}
