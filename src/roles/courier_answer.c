/* courier_answer: whoever complained to the grievance officer is told by mail that the complaint
 * has come, and how it was decided. The address is looked up when the mail leaves, and stands
 * nowhere else: in no job, no log. Where there is none, the desk tells by hand. */
#include "courier.h"

static bool look_up(struct flying *f, story_id number, struct complaint *out)
{
    struct complaints *kept = NULL;
    if (complaints_open(f->of->start->house->data, false, &kept) != OK) return false;
    enum result r = complaints_find(kept, number, f->arena, out);
    complaints_close(kept);
    return r == OK;
}

static struct grievance_news news_of(struct flying *f, const struct outbox_job *j)
{
    struct reject bad;
    struct grievance_news n = {.what = GRIEVANCE_NEWS_ACKNOWLEDGED};
    const struct json *json = json_parse(f->arena, j->body, &bad);
    if (!json || !story_id_read(json_text(json, "number"), &n.number)) return n;
    struct span what = json_text(json, "what");
    if (span_eq(what, S("upheld"))) n.what = GRIEVANCE_NEWS_UPHELD;
    if (span_eq(what, S("rejected"))) n.what = GRIEVANCE_NEWS_REJECTED;
    n.wording = json_text(json, "wording");
    if (!span_to_i64(json_text(json, "answer_by_ms"), &n.answer_by_ms)) n.answer_by_ms = 0;
    return n;
}

void courier_answer(struct flying *f, const struct outbox_job *j)
{
    const struct config *c = f->of->config;
    struct complaint t;
    struct grievance_news n = news_of(f, j);
    struct span subject, text;
    if (!n.number || !c->mail_from.n || !look_up(f, n.number, &t) ||
        !complaint_has_mail(t.contact)) {
        courier_done(f, true, S("not by mail: the desk tells"), false);
        return;
    }
    n.token = t.token;
    if (!press_grievance_mail(f->arena, press_site_of(f->arena, c), &n, &subject, &text)) {
        courier_done(f, false, S("there are no words for it"), true);
        return;
    }
    struct hash id = hash_of(j->key);
    struct span *to = ARENA_NEW(f->arena, struct span);
    *to = t.contact;
    struct mail m = {.from = c->mail_from,
        .to = to,
        .to_count = 1,
        .subject = arena_printf(f->arena, "[%.*s] %.*s", FMT(c->site_name), FMT(subject)),
        .text = text,
        .id = span_cut(hash_hex(f->arena, &id), 0, 32),
        .at_ms = j->at_ms};
    courier_mail(f, mail_write(f->arena, &m), to, 1);
}
