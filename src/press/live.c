/* live: a running story: whether it is one, the timeline of what came with each update, and the
 * small file by which an open page learns that there is more: ids and a version, never words. Those
 * are fetched by the story's own address, which a kill closes. */
#include "frame.h"

enum { TIMELINE_ITEMS = 50 /* of a page; older updates stand in the history */ };

static int64_t span_ms(const struct press *p)
{
    return p->site->live.hours * INT64_C(3600000);
}

/* So many revisions one after the other within so many hours: the newest such run's last. */
static size_t last_of_run(const struct press *p, const struct view *v)
{
    size_t want = p->site->live.updates;
    for (size_t i = v->revision_count; i-- > want;)
        if (v->revisions[i].from_ms - v->revisions[i - want + 1].from_ms <= span_ms(p)) return i;
    return 0;
}

struct live live_of(const struct press *p, const struct view *v, int64_t now_ms)
{
    struct live l = {.updates = v->revision_count ? v->revision_count - 1 : 0};
    if (!p->site->live.on || !p->site->live.updates) return l;
    l.was = last_of_run(p, v) > 0;
    if (!l.was) return l;
    size_t want = p->site->live.updates, last = v->revision_count - 1;
    int64_t newest = v->revisions[last].from_ms;
    l.ends_ms = newest + span_ms(p);
    l.is = newest - v->revisions[last - want + 1].from_ms <= span_ms(p) && now_ms < l.ends_ms;
    return l;
}

/* What the reader sees of the story, as one number: it changes when that does, and tells nothing
 * of it. */
struct span live_version(struct arena *a, const struct view *v)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_span(&b, v->headline);
    put_span(&b, v->label);
    put_span(&b, v->abstract);
    put_span(&b, v->body.s);
    put_span(&b, v->correction_note);
    put_u32(&b, v->revision_count);
    for (uint32_t i = 0; i < v->picture_count; i++) {
        put_span(&b, v->pictures[i].hash);
        put_span(&b, v->pictures[i].caption);
    }
    struct hash h = hash_of(buf_span(&b));
    return span_cut(hash_hex(a, &h), 0, 16);
}

/* ---- the timeline ---- */
static const char *word_of(const struct view_revision *r, uint32_t i)
{
    return r->change == CHANGE_CORRECTION ? "change_correction"
           : i == 0                       ? "change_first"
                                          : "change_update";
}

/* An update of which nothing is left says nothing any more; a correction always does. */
static bool is_told(const struct view_revision *r)
{
    return r->lead.n || r->change == CHANGE_CORRECTION;
}

static void put_update(struct sheet *s, const struct view *v, uint32_t i)
{
    const struct view_revision *rev = &v->revisions[i];
    struct record *r = record_item(s->root, "updates");
    record_text(r, "number", arena_printf(s->a, "%u", i));
    record_text(r, "what", press_word(s->p, word_of(rev, i)));
    record_text(r, "lead", rev->lead);
    record_text(r, "note", rev->note);
    record_flag(r, "corrects", rev->change == CHANGE_CORRECTION);
    story_time(s, r, "at", rev->from_ms, press_date_short);
}

void live_put(struct sheet *s, const struct view *v, const struct live *l)
{
    record_flag(s->root, "timeline", l->was);
    record_text(s->root, "live", S(""));
    if (!l->was) return;
    size_t told = 0;
    for (uint32_t i = v->revision_count; i-- > 0 && told < TIMELINE_ITEMS;)
        if (is_told(&v->revisions[i])) put_update(s, v, i), told++;
    struct record *r = record_in(s->root, "live");
    record_text(
        r, "address", arena_printf(s->a, "%.*s/live/%.*s", FMT(s->p->site->base), FMT(v->id_text)));
    record_text(r, "id", v->id_text);
    record_text(r, "version", live_version(s->a, v));
    record_text(r, "updates", arena_printf(s->a, "%u", l->updates));
    record_flag(r, "running", l->is);
    record_flag(r, "push", l->is && s->p->site->live.push);
    record_text(r, "counted", press_count(s->p, s->a, "live_updates", l->updates));
    story_time(s, r, "newest", v->revisions[v->revision_count - 1].from_ms, press_date_short);
    if (l->is) page_until(s->out, l->ends_ms);
}

/* ---- the small files ---- */
static void json_page(struct page *out, struct buf *b)
{
    buf_char(b, '\n');
    out->content_type = "application/json";
    out->noindex = true;
    out->body = buf_span(b);
}

enum result page_live_story(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct view v;
    if (!p->site->live.on) return ERR_ABSENT;
    enum result result = reader_story(r, ask->id, a, &v);
    if (result != OK) return result;
    press_keep_shown(a, &v, reader_now_ms(r), out);
    struct live l = live_of(p, &v, reader_now_ms(r));
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "id", v.id_text);
    json_string(&o, "version", live_version(a, &v));
    json_number(&o, "updates", l.updates);
    json_bool(&o, "running", l.is);
    json_close(&o, '}');
    json_page(out, &b);
    page_id(out, v.id);
    page_pictures(out, &v);
    page_key(out, "story:", v.id_text);
    page_until(out, reader_next_change(r));
    if (l.is) page_until(out, l.ends_ms);
    return OK;
}

enum result page_live_front(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    (void)ask;
    struct list_query q = {.kind = LIST_FRONT, .limit = p->site->front_items};
    struct view *list;
    size_t n;
    if (!p->site->live.on) return ERR_ABSENT;
    enum result result = reader_list(r, &q, a, &list, &n);
    if (result != OK) return result;
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_open(&o, "stories", '[');
    for (size_t i = 0; i < n; i++) json_string(&o, NULL, list[i].id_text);
    json_close(&o, ']');
    json_close(&o, '}');
    json_page(out, &b);
    page_views(out, list, n);
    page_key(out, "front", S(""));
    page_until(out, reader_next_change(r));
    return OK;
}
