/* grievance_page.c: the desk's list of complaints, and the page of one with what may be done about
 * it. Who complained, and the words, are shown to editors alone. */
#include <string.h>

#include "visit.h"

static const enum act_kind deeds[] = {
    ACT_ACKNOWLEDGE, ACT_UPHOLD, ACT_REJECT, ACT_FORWARD, ACT_NOTE};

static struct span word_of(struct visit *v, const char *prefix, const char *name)
{
    char key[64];
    size_t n = 0;
    for (; name[n] && n < sizeof key - 1; n++) key[n] = name[n] == '-' ? '_' : name[n];
    key[n] = 0;
    return dress_word_of(v->book.dress, prefix, span_of(key));
}

static struct span href_of(struct visit *v, story_id number)
{
    return arena_printf(v->a, "/desk/complaints/%.*s", FMT(story_id_text(v->a, number)));
}

/* How it stands, in words as well as in colour. */
static void put_standing(struct visit *v, struct record *r, const struct office_complaint *c)
{
    bool late = c->standing == GRIEVANCE_NEW_LATE || c->standing == GRIEVANCE_ANSWER_LATE;
    record_text(r, "number", story_id_text(v->a, c->g.number));
    record_text(r, "stands", word_of(v, "complaint_", grievance_standing_name(c->standing)));
    record_flag(r, "late", late);
    record_flag(r, "open", !c->g.decided_ms);
    put_time(v, r, "received", c->g.received_ms);
    put_time(v, r, "due", c->due_ms);
    record_text(r, "due_label",
        !c->due_ms
            ? S("")
            : dress_word(v->book.dress, c->due_ms == c->g.acknowledge_by_ms && !c->g.acknowledged_ms
                                            ? "complaint_acknowledge_by"
                                            : "complaint_answer_by"));
}

/* ---- the list ---- */
static void put_row(
    struct visit *v, struct office_eyes *e, struct record *r, const struct stored_grievance *g)
{
    struct office_complaint c;
    struct record *item = record_item(r, "rows");
    complaint_of(e, g, &c);
    put_standing(v, item, &c);
    record_text(item, "href", href_of(v, g->number));
}

void page_complaints(struct visit *v)
{
    struct office_eyes e;
    struct stored_grievance *list;
    size_t count = 0, page = page_number(v);
    if (!visit_eyes(v, &e)) return;
    /* One more than is shown: whether there is an older page. */
    if (reader_grievances(e.reader, (page - 1) * OFFICE_LIST_MAX, OFFICE_LIST_MAX + 1, v->a, &list,
            &count) == OK) {
        struct record *r = visit_record(v, "complaints", "menu_complaints");
        bool more = count > OFFICE_LIST_MAX;
        record_text(r, "count", arena_printf(v->a, "%zu", reader_grievance_count(e.reader)));
        record_flag(r, "none", count == 0);
        for (size_t i = 0; i < count - more; i++) put_row(v, &e, r, &list[i]);
        put_pager(v, r, "/desk/complaints", S(""), page, more);
        visit_page(v, 200, "complaints", r);
    } else {
        visit_message(v, 503, "busy", dress_word(v->book.dress, "no_store"));
    }
    eyes_close(&e);
}

/* ---- one ---- */
static void put_words(struct visit *v, struct record *r, const struct office_complaint *c)
{
    bool may = v->role >= DESK_EDITOR;
    record_flag(r, "may_read", may);
    record_flag(r, "erased", may && !c->is_known);
    if (!may || !c->is_known) return;
    struct record *w = record_in(r, "words");
    record_text(w, "name", c->said.name);
    record_text(w, "contact", c->said.contact);
    record_text(w, "about", c->said.about);
    record_text(w, "said", c->said.text);
    record_text(w, "wish", c->said.wish);
    record_text(w, "told",
        dress_word(v->book.dress, c->by_mail ? "complaint_by_mail" : "complaint_by_hand"));
}

static void put_story(
    struct visit *v, struct office_eyes *e, struct record *r, const struct office_complaint *c)
{
    story_id page;
    if (!c->g.story || store_page_of(e->store, c->g.story, &page) != OK) return;
    record_text(r, "story", arena_printf(v->a, "/desk/story/%.*s", FMT(story_id_text(v->a, page))));
}

static void put_history(struct visit *v, struct record *r, const struct office_complaint *c)
{
    for (size_t i = 0; i < c->act_count; i++) {
        struct record *item = record_item(r, "history");
        put_act(v, item, &c->acts[i]);
        record_text(item, "event", arena_printf(v->a, "%llu", (unsigned long long)c->acts[i].pos));
    }
    record_flag(r, "history_there", c->act_count > 0);
}

/* What was written for this act in a form that comes back. */
static struct span written_for(struct visit *v, enum act_kind kind)
{
    struct span end = arena_printf(v->a, "/%s", act_kind_name(kind));
    return span_ends(v->path, end) ? form_get(&v->form, "text") : S("");
}

static void put_deeds(struct visit *v, struct record *r, const struct office_complaint *c)
{
    for (size_t i = 0; i < COUNT(deeds); i++) {
        const struct act_row *row = act_row(deeds[i]);
        bool done = (deeds[i] == ACT_ACKNOWLEDGE && c->g.acknowledged_ms) ||
                    (deeds[i] == ACT_FORWARD && c->g.forwarded_ms);
        if (v->role < row->role || done) continue;
        struct record *item = record_item(r, "deeds");
        record_text(
            item, "action", arena_printf(v->a, "%.*s/%s", FMT(href_of(v, c->g.number)), row->name));
        record_text(item, "field", arena_printf(v->a, "text-%s", row->name));
        record_text(item, "label", dress_word_of(v->book.dress, "act_", span_of(row->name)));
        record_text(item, "explained", dress_word_of(v->book.dress, "ask_", span_of(row->name)));
        record_flag(item, "takes_text", row->text != ACT_NO_TEXT);
        record_text(item, "text", written_for(v, deeds[i]));
        record_text(item, "once", visit_once(v));
    }
}

/* why: what is amiss, in English or in the desk's words; empty: nothing. */
static void show(struct visit *v, int status, story_id number, struct span why)
{
    struct office_eyes e;
    struct office_complaint c;
    if (!visit_eyes(v, &e)) return;
    enum result got =
        eyes_complaint(&e, v->role >= DESK_EDITOR ? v->office->config.data : NULL, number, &c);
    if (got == OK) {
        struct record *r = visit_record(v, "complaints", "");
        record_text(r, "title",
            dress_say(
                v->book.dress, v->a, "complaint_number", "number", story_id_text(v->a, number)));
        if (why.n) put_why(v->book.dress, record_item(r, "trouble"), why);
        put_outcome(v, r);
        put_standing(v, r, &c);
        put_time(v, r, "acknowledged", c.g.acknowledged_ms);
        put_time(v, r, "decided", c.g.decided_ms);
        put_time(v, r, "forwarded", c.g.forwarded_ms);
        put_words(v, r, &c);
        put_story(v, &e, r, &c);
        put_history(v, r, &c);
        put_deeds(v, r, &c);
        visit_page(v, status, "complaint", r);
    } else if (got == ERR_ABSENT) {
        visit_message(v, 404, "not_here", dress_word(v->book.dress, "not_here_text"));
    } else {
        visit_message(v, 503, "busy", dress_word(v->book.dress, "no_store"));
    }
    eyes_close(&e);
}

/* "/desk/complaints/NUMBER", "/desk/complaints/NUMBER/ACT" */
bool complaint_path(struct visit *v, story_id *number_out, enum act_kind *kind_out)
{
    struct span rest = v->path;
    *kind_out = ACT_UNKNOWN;
    if (!span_starts(rest, S("/desk/complaints/"))) return false;
    rest = span_cut(rest, 17, rest.n);
    ptrdiff_t cut = span_find_char(rest, '/');
    if (cut >= 0) *kind_out = act_kind_of(span_cut(rest, (size_t)cut + 1, rest.n));
    if (cut >= 0 && (*kind_out == ACT_UNKNOWN || !act_row(*kind_out)->of_grievance)) return false;
    return story_id_read(cut < 0 ? rest : span_cut(rest, 0, (size_t)cut), number_out);
}

void complaint_again(struct visit *v, int status, story_id number, const char *why)
{
    show(v, status, number, dress_word(v->book.dress, why));
}

static void act_done(struct visit *v)
{
    act_sent(v);
    if (v->done.kept)
        visit_redirect(v, arena_printf(v->a, "/desk/complaints/%.*s?event=%llu",
                              FMT(v->acts[0].target), (unsigned long long)v->done.pos));
    else
        visit_message(v, 503, "busy", span_of(v->done.why));
    visit_send(v);
}

static void post(struct visit *v, story_id number, enum act_kind kind)
{
    struct office_eyes e;
    const char *why = NULL;
    if (v->role < act_row(kind)->role) {
        visit_refuse(v, 403, "role too low", "ask somebody with the role for it");
        return;
    }
    struct act *t = ARENA_NEW(v->a, struct act);
    *t = (struct act){
        .kind = kind, .target = story_id_text(v->a, number), .text = form_get(&v->form, "text")};
    if (!visit_eyes(v, &e)) return;
    bool good = act_of_fields(v, t, S(""), &why) && act_reaches(&e, t, &why) == REACHES;
    eyes_close(&e);
    if (good)
        act_send(v, t, 1, act_once(v, form_get(&v->form, "once")), act_done);
    else
        show(v, 422, number, span_of(why));
}

bool complaint_route(struct visit *v)
{
    story_id number;
    enum act_kind kind;
    if (!complaint_path(v, &number, &kind)) return false;
    bool is_act = kind != ACT_UNKNOWN;
    if (v->method == HTTP_POST && is_act)
        post(v, number, kind);
    else if (v->method == HTTP_GET)
        show(v, 200, number, S(""));
    else
        return false;
    return true;
}
