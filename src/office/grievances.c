/* grievances.c: complaints as the desk sees them: how each stands, what was done about it, and, for
 * those who may, who complained and in which words. Reads only. */
#include "office.h"

static struct grievance_clock clock_of(const struct stored_grievance *g)
{
    return (struct grievance_clock){.received_ms = g->received_ms,
        .acknowledge_by_ms = g->acknowledge_by_ms,
        .answer_by_ms = g->answer_by_ms,
        .acknowledged_ms = g->acknowledged_ms,
        .decided_ms = g->decided_ms};
}

void complaint_of(
    const struct office_eyes *e, const struct stored_grievance *g, struct office_complaint *out)
{
    struct grievance_clock c = clock_of(g);
    *out = (struct office_complaint){.g = *g, .standing = grievance_stands(&c, e->now_ms)};
    bool waits = !g->acknowledged_ms && g->acknowledge_by_ms < g->answer_by_ms;
    if (!g->decided_ms) out->due_ms = waits ? g->acknowledge_by_ms : g->answer_by_ms;
}

static enum result load_acts(struct office_eyes *e, struct office_complaint *c)
{
    struct stored_act *stored;
    size_t count = 0;
    TRY(store_acts(e->store, c->g.number, e->a, &stored, &count));
    c->acts = ARENA_ARRAY(e->a, struct act, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct act *t = &c->acts[c->act_count];
        if (!act_read(e->a, stored[i].json, t)) continue;
        t->at_ms = stored[i].at_ms;
        t->pos = stored[i].pos;
        c->act_count++;
    }
    return OK;
}

static void load_words(struct office_eyes *e, const char *data, struct office_complaint *c)
{
    struct complaints *kept = NULL;
    if (complaints_open(data, false, &kept) != OK) return;
    c->is_known = complaints_find(kept, c->g.number, e->a, &c->said) == OK;
    c->by_mail = c->is_known && e->site->mails && complaint_has_mail(c->said.contact);
    complaints_close(kept);
}

enum result eyes_complaint(
    struct office_eyes *e, const char *data, story_id number, struct office_complaint *out)
{
    struct stored_grievance g;
    TRY(reader_grievance(e->reader, number, e->a, &g));
    complaint_of(e, &g, out);
    TRY(load_acts(e, out));
    if (data) load_words(e, data, out);
    return OK;
}

/* ---- as JSON ---- */
static void put_instant(struct json_out *o, const char *key, int64_t ms)
{
    char text[25];
    if (ms <= 0) return;
    utc_text(ms, text);
    json_string(o, key, span_of(text));
}

static void put_words(struct json_out *o, const struct office_complaint *c)
{
    if (!c->is_known) return;
    json_string(o, "name", c->said.name);
    json_string(o, "contact", c->said.contact);
    json_bool(o, "told_by_mail", c->by_mail);
    json_string(o, "about", c->said.about);
    json_string(o, "text", c->said.text);
    json_string(o, "wish", c->said.wish);
}

static void put_acts(struct json_out *o, const struct office_complaint *c)
{
    json_open(o, "acts", '[');
    for (size_t i = 0; i < c->act_count; i++) {
        json_open(o, NULL, '{');
        json_string(o, "act", span_of(act_kind_name(c->acts[i].kind)));
        json_string(o, "by", c->acts[i].by);
        if (c->acts[i].text.n) json_string(o, "text", c->acts[i].text);
        put_instant(o, "at", c->acts[i].at_ms);
        json_number(o, "event", (int64_t)c->acts[i].pos);
        json_close(o, '}');
    }
    json_close(o, ']');
}

void complaint_json(struct office_eyes *e, struct json_out *o, const struct office_complaint *c)
{
    json_string(o, "id", story_id_text(e->a, c->g.number));
    json_string(o, "stands", span_of(grievance_standing_name(c->standing)));
    if (c->g.story) json_string(o, "story", story_id_text(e->a, c->g.story));
    put_instant(o, "received", c->g.received_ms);
    put_instant(o, "acknowledge_by", c->g.acknowledge_by_ms);
    put_instant(o, "answer_by", c->g.answer_by_ms);
    put_instant(o, "acknowledged", c->g.acknowledged_ms);
    put_instant(o, "forwarded", c->g.forwarded_ms);
    put_instant(o, "decided", c->g.decided_ms);
    if (c->g.decided_ms) json_string(o, "decision", c->g.is_upheld ? S("upheld") : S("rejected"));
    if (c->g.decided_ms) json_string(o, "wording", c->g.wording);
    put_words(o, c);
    if (c->acts) put_acts(o, c);
}
