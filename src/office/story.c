/* story.c: one story's page: where it stands and why, what would be public of it (E16: the private
 * preview), what this account may do, what the wire sent, and who did what. Bodies are the cleaned
 * markup that the store holds; everything else is text. */
#include "visit.h"

enum { VERSIONS_SHOWN = 20 };

/* ---- where it stands ---- */
struct span story_seen(struct arena *a, const struct office_story *s)
{
    size_t n = s->set.act_count;
    return arena_printf(a, "%llu", n ? (unsigned long long)s->set.acts[n - 1].pos : 0ULL);
}

const char *story_standing(const struct office_story *s, int64_t now_ms)
{
    const struct verdict *w = &s->verdict;
    if (s->is_public) return w->shown != w->version ? "stands_public_older" : "stands_public";
    if (w->is_dead && w->state == STATE_PURGED) return "stands_purged";
    if (w->is_dead && w->state == STATE_KILLED) return "stands_killed";
    if (w->is_dead) return desk_killed_it(&s->set) ? "stands_killed_here" : "stands_taken_down";
    if (!s->set.version_count) return "stands_unknown";
    if (!w->interval.held && w->shown != SIZE_MAX && w->interval.from_ms > now_ms)
        return "stands_embargoed";
    return w->state == STATE_EXPIRED ? "stands_expired" : "stands_held";
}

void put_reasons(struct visit *v, struct record *r, const struct verdict *w)
{
    record_text(r, "reasons", S(""));
    for (size_t i = 0; i < w->reason_count; i++) {
        struct record *item = record_item(r, "reasons");
        put_why(v->book.dress, item, span_of(reason_text(w->reasons[i].code)));
        record_text(item, "detail", w->reasons[i].detail);
        bool leads = w->reasons[i].code == WHY_COPY; /* to what it is a copy of */
        record_text(item, "href",
            leads ? arena_printf(v->a, "/desk/story/%.*s", FMT(w->reasons[i].detail)) : S(""));
        record_flag(item, "alarm", w->reasons[i].alarm);
        if (w->reasons[i].rule_line)
            record_text(item, "line", arena_printf(v->a, "%u", w->reasons[i].rule_line));
    }
}

static void put_standing(struct visit *v, struct record *r, const struct office_story *s)
{
    static const char *const answers[] = {
        "answers_404", "answers_200", "answers_410", "answers_301"};
    int64_t now = clock_now_ms();
    const struct verdict *w = &s->verdict;
    record_text(r, "stands", dress_word(v->book.dress, story_standing(s, now)));
    record_text(r, "tone", s->is_public ? S("good") : w->is_dead ? S("bad") : S("held"));
    record_text(r, "answers", dress_word(v->book.dress, answers[s->answers]));
    bool has_url = s->path.n && s->is_public && url_is_safe_link(v->book.site->url);
    record_text(r, "url",
        has_url ? arena_printf(v->a, "%.*s%.*s%.*s", FMT(v->book.site->url),
                      FMT(v->book.site->base), FMT(s->path))
                : S(""));
    bool waits = !w->interval.held && w->shown != SIZE_MAX && w->interval.from_ms > now;
    put_time(v, r, "release", waits ? w->interval.from_ms : 0);
    put_time(v, r, "end", s->is_public ? w->interval.until_ms : 0);
    put_reasons(v, r, w);
    record_flag(r, "reasons_there", w->reason_count > 0);
    record_flag(r, "withdrawn", !s->is_public && (w->is_dead || w->was_public));
}

/* ---- what the licence wants ---- */
void put_duty(struct visit *v, struct record *r, const struct duty *d)
{
    static const char *const tones[] = {"good", "bad", "held"};
    record_text(r, "duty", dress_word_of(v->book.dress, "duty_", span_of(duty_name(d->kind))));
    record_text(
        r, "state", dress_word_of(v->book.dress, "duty_", span_of(duty_state_name(d->state))));
    record_text(r, "tone", span_of(tones[d->state]));
    record_text(r, "detail", d->detail);
    put_time(v, r, "due", d->due_ms);
}

static void put_duties(
    struct visit *v, struct record *r, struct office_eyes *e, const struct office_story *s)
{
    struct duty list[DUTIES];
    size_t n = duties_of(e, s, list);
    for (size_t i = 0; i < n; i++) put_duty(v, record_item(r, "duties"), &list[i]);
    record_flag(r, "duties_there", n > 0);
}

/* What the desk would decide, were the feed not in shadow. */
const char *would_stand(const struct verdict *w, int64_t now_ms)
{
    if (w->is_dead) return "would_gone";
    if (w->interval.held || w->shown == SIZE_MAX) return "would_held";
    return w->interval.from_ms > now_ms ? "would_embargoed" : "would_public";
}

static void put_would(struct visit *v, struct record *r, const struct office_story *s)
{
    int64_t now = clock_now_ms();
    if (!s->in_shadow) return;
    const struct verdict *w = &s->would;
    struct record *in = record_in(r, "would");
    record_text(in, "stands", dress_word(v->book.dress, would_stand(w, now)));
    bool waits = !w->interval.held && w->shown != SIZE_MAX && w->interval.from_ms > now;
    put_time(v, in, "release", waits ? w->interval.from_ms : 0);
    put_reasons(v, in, w);
}

/* ---- what this account may do ---- */
static bool has_reason(const struct verdict *w, enum reason_code code)
{
    for (size_t i = 0; i < w->reason_count; i++)
        if (w->reasons[i].code == code) return true;
    return false;
}

static bool yields(const struct verdict *w)
{
    for (size_t i = 0; i < w->reason_count; i++)
        if (reason_yields(w->reasons[i].code)) return true;
    return false;
}

bool act_is_sensible(const struct office_story *s, enum act_kind kind)
{
    const struct verdict *w = &s->verdict;
    bool by_desk = w->is_dead && (w->state == STATE_TAKEN_DOWN || has_reason(w, WHY_TAKEN_DOWN));
    switch (kind) {
    case ACT_PUBLISH: return !w->is_dead && yields(w);
    case ACT_LEAD: return s->is_public && w->on_fronts && !w->lead_ms;
    case ACT_UNLEAD: return !w->is_dead && w->lead_ms > 0;
    case ACT_HOLD: return !w->is_dead && !has_reason(w, WHY_DESK_HOLD);
    case ACT_LIFT: return by_desk && w->state != STATE_PURGED;
    case ACT_CONFIRM: return has_reason(w, WHY_AFTER_KILL);
    case ACT_TAKEDOWN:
    case ACT_KILL: return !w->is_dead;
    case ACT_PURGE:
    case ACT_REDACT: return w->state != STATE_PURGED;
    case ACT_APPROVE:
    case ACT_HIDE: return true;
    case ACT_UNREDACT: return s->set.struck.word_count + s->set.struck.picture_count > 0;
    default: return !w->is_dead && s->set.version_count > 0;
    }
}

static void put_acts(struct visit *v, struct record *r, const struct office_story *s)
{
    static const enum act_kind order[] = {ACT_PUBLISH, ACT_HOLD, ACT_LEAD, ACT_UNLEAD, ACT_TAKEDOWN,
        ACT_HEADLINE, ACT_SECTION, ACT_RESLUG, ACT_HISTORY, ACT_REDACT, ACT_UNREDACT, ACT_LIFT,
        ACT_CONFIRM, ACT_KILL, ACT_PURGE};
    struct span id = story_id_text(v->a, s->set.page);
    for (size_t i = 0; i < COUNT(order); i++) {
        const struct act_row *row = act_row(order[i]);
        if (v->role < row->role || !act_is_sensible(s, order[i])) continue;
        /* A hold takes a public story away: it is asked once more. */
        bool at_once = !row->destructive && row->text == ACT_NO_TEXT &&
                       !(order[i] == ACT_HOLD && s->is_public);
        struct record *item = record_item(r, at_once ? "now" : "asks");
        record_text(item, "label", dress_word_of(v->book.dress, "act_", span_of(row->name)));
        record_text(item, "href", arena_printf(v->a, "/desk/story/%.*s/%s", FMT(id), row->name));
        record_text(item, "once", at_once ? visit_once(v) : S(""));
        record_flag(item, "main", order[i] != ACT_HOLD);
        record_flag(item, "danger", row->destructive);
    }
}

/* ---- the preview ---- */
/* Renditions as the darkroom names them: the widest that a preview needs. */
static struct span picture_file(struct arena *a, const struct view_picture *p)
{
    return arena_printf(a, "%.*s-%d.jpg", FMT(p->hash), p->width < 800 ? 480 : 800);
}

static void put_pictures(struct visit *v, struct record *r, const struct office_story *s)
{
    struct span id = story_id_text(v->a, s->set.page);
    for (uint32_t i = 0; i < s->picture_count; i++) {
        const struct view_picture *p = &s->pictures[i];
        struct record *item = record_item(r, "pictures");
        record_text(item, "src",
            arena_printf(
                v->a, "/desk/story/%.*s/picture/%.*s", FMT(id), FMT(picture_file(v->a, p))));
        record_text(item, "alt", p->alt);
        record_text(item, "caption", p->caption);
        record_text(item, "credit", p->credit);
        record_flag(item, "held", p->from_ms == INT64_MAX);
        put_time(v, item, "from", p->from_ms > clock_now_ms() ? p->from_ms : 0);
    }
}

static bool is_jpeg_there(struct visit *v, const struct office_story *s, struct span file)
{
    for (uint32_t i = 0; i < s->picture_count; i++)
        if (span_eq(picture_file(v->a, &s->pictures[i]), file)) {
            const char *path =
                arena_printf(v->a, "%s/%.*s", v->office->config.pictures, FMT(file)).p;
            return file_read(v->a, path, OFFICE_PICTURE_MAX, &v->answer) == OK;
        }
    return false;
}

/* E16: for this story's preview, and under the desk's own address alone. */
void page_picture(struct visit *v, story_id page, struct span file)
{
    struct office_eyes e;
    struct office_story s;
    if (!visit_eyes(v, &e)) return;
    bool found = eyes_story(&e, page, &s) == OK && is_jpeg_there(v, &s, file);
    if (found) {
        v->status = 200;
        v->content_type = S("image/jpeg");
    } else {
        visit_message(v, 404, "not_here", dress_word(v->book.dress, "not_here_text"));
    }
    eyes_close(&e);
}

static void put_preview(struct visit *v, struct record *r, const struct office_story *s)
{
    if (!s->shown) return;
    const struct story *t = s->shown->story;
    const struct verdict *w = s->in_shadow ? &s->would : &s->verdict;
    struct record *p = record_in(r, "preview");
    record_text(p, "title",
        dress_word(v->book.dress, s->is_public         ? "preview_public"
                                  : s->verdict.is_dead ? "preview_gone"
                                                       : "preview"));
    record_text(p, "headline", w->headline.n ? w->headline : t->headline);
    record_text(p, "label", t->headline_tag);
    record_text(p, "abstract", t->abstract);
    record_text(p, "byline", t->byline);
    record_text(p, "dateline", t->dateline);
    record_html(p, "body", t->body);
    record_text(p, "agency", s->agency);
    record_text(p, "copyright", t->copyright);
    record_text(p, "section", section_title(v, w->section));
    record_text(p, "lang", t->language);
    record_text(p, "dir", text_is_rtl(t->headline) ? S("rtl") : S("ltr"));
    record_flag(p, "is_local", w->headline_is_local);
    record_text(p, "correction", w->is_corrected ? w->correction_note : S(""));
    for (uint32_t i = 0; i < w->tag_count; i++) record_item_text(p, "tags", w->tags[i]);
    put_pictures(v, p, s);
}

/* ---- what the wire sent ---- */
static int64_t when_utc(const struct visit *v, struct when w)
{
    return w.kind == WHEN_UTC     ? w.ms
           : w.kind == WHEN_LOCAL ? zone_to_utc(v->book.site->zone, w.ms)
                                  : 0;
}

static void put_version(struct visit *v, struct record *r, const struct office_story *s, size_t i)
{
    const struct desk_version *dv = &s->set.versions[i];
    const struct story *t = desk_sent(dv);
    struct record *item = record_item(r, "versions");
    record_text(item, "version", t->version);
    record_text(item, "guid", t->guid);
    record_text(item, "headline", t->headline_raw.n ? t->headline_raw : t->headline);
    record_text(item, "slugline", t->slugline);
    record_text(item, "status", span_of(story_status_name(t->status)));
    record_text(
        item, "change", t->change == CHANGE_NONE ? S("") : span_of(story_change_name(t->change)));
    record_text(item, "feed", dv->feed);
    record_html(item, "body", t->body);
    record_text(item, "lang", t->language);
    record_text(item, "dir", text_is_rtl(t->headline) ? S("rtl") : S("ltr"));
    record_flag(item, "shown", s->shown == dv);
    record_text(item, "event", arena_printf(v->a, "%llu", (unsigned long long)dv->pos));
    put_time(v, item, "received", dv->received_ms);
    put_time(v, item, "created", when_utc(v, t->version_created));
    put_time(v, item, "embargo", when_utc(v, t->embargo));
    for (uint32_t k = 0; k < t->note_count; k++) record_item_text(item, "notes", t->notes[k].text);
    for (uint32_t k = 0; k < t->usage_count; k++) record_item_text(item, "usage", t->usage[k]);
}

static void put_versions(struct visit *v, struct record *r, const struct office_story *s)
{
    size_t n = s->set.version_count;
    for (size_t i = n; i-- > 0 && n - i <= VERSIONS_SHOWN;) put_version(v, r, s, i);
    if (n > VERSIONS_SHOWN)
        record_text(r, "older_versions",
            dress_say(v->book.dress, v->a, "older_versions", "n",
                arena_printf(v->a, "%zu", n - VERSIONS_SHOWN)));
}

/* ---- who did what ---- */
static void put_history(struct visit *v, struct record *r, const struct office_story *s)
{
    for (size_t i = s->set.act_count; i-- > 0;) {
        const struct act *t = &s->set.acts[i];
        struct record *item = record_item(r, "history");
        put_act(v, item, t);
        record_text(item, "event", arena_printf(v->a, "%llu", (unsigned long long)t->pos));
    }
    record_flag(r, "history_there", s->set.act_count > 0);
}

void page_story(struct visit *v, story_id page)
{
    struct office_eyes e;
    struct office_story s;
    if (!visit_eyes(v, &e)) return;
    story_id known;
    if (store_page_of(e.store, page, &known) == OK) page = known; /* it may be part of another */
    enum result found = eyes_story(&e, page, &s);
    if (found != OK) {
        visit_message(v, found == ERR_ABSENT ? 404 : 503, "not_here",
            dress_word(v->book.dress, found == ERR_ABSENT ? "not_here_text" : "no_store"));
    } else {
        struct record *r = visit_record(v, "", "");
        struct span headline = s.verdict.headline.n ? s.verdict.headline
                               : s.shown            ? s.shown->story->headline
                                                    : S("");
        record_text(r, "title", headline.n ? headline : dress_word(v->book.dress, "no_headline"));
        record_text(r, "id", story_id_text(v->a, page));
        put_outcome(v, r);
        put_standing(v, r, &s);
        put_would(v, r, &s);
        put_acts(v, r, &s);
        record_text(r, "seen", story_seen(v->a, &s));
        put_preview(v, r, &s);
        put_duties(v, r, &e, &s);
        put_versions(v, r, &s);
        put_history(v, r, &s);
        if (put_comments(v, r, &e, &s) == OK)
            visit_page(v, 200, "story", r);
        else
            visit_message(v, 503, "busy", dress_word(v->book.dress, "no_store"));
    }
    eyes_close(&e);
}
