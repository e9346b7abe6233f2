/* acts.c: the editor's hand in a browser: what an act does and is asked once more, and what came of
 * it. An act is one row of the desk's table, whatever door it comes through; it is kept by the one
 * hook that the role gives. */
#include <string.h>

#include "visit.h"

/* ---- doing it ---- */
static void perform(struct visit *v)
{
    const struct office_config *c = &v->office->config;
    c->perform(c->with, v->acts, v->act_count, v->once, &v->done);
}

void act_send(
    struct visit *v, struct act *acts, size_t n, struct span once, void (*then)(struct visit *))
{
    v->acts = acts;
    v->act_count = n;
    v->once = once;
    visit_later(v, v->office->actors, perform, then);
}

void act_sent(struct visit *v)
{
    struct office *o = v->office;
    enum act_kind kind = v->acts[v->act_count - 1].kind;
    if (v->done.kept) o->outcomes[o->outcome_next++ % OUTCOMES] = (struct outcome){v->done, kind};
    struct audit_line line = {.at_ms = clock_now_ms(),
        .what = arena_printf(v->a, "act %s", act_kind_name(kind)),
        .who = v->who,
        .address = v->address,
        .detail = v->done.kept ? arena_printf(v->a, "event %llu", (unsigned long long)v->done.pos)
                               : span_of(v->done.why)};
    audit(o->accounts, &line);
}

static struct span milliseconds(struct arena *a, int64_t us)
{
    return arena_printf(a, "%lld.%lld", (long long)(us / 1000), (long long)(us % 1000 / 100));
}

/* Told from what the act's own helper measured; after a restart only what the clock page knows. */
void put_outcome(struct visit *v, struct record *r)
{
    uint64_t pos;
    if (!span_to_u64(form_get(&v->query, "event"), &pos) || !pos) return;
    const struct office *o = v->office;
    const struct outcome *known = NULL;
    for (size_t i = 0; i < OUTCOMES; i++)
        if (o->outcomes[i].done.kept && o->outcomes[i].done.pos == pos) known = &o->outcomes[i];
    bool is_seen =
        clock_slot_get(SLOT_APPLIED_POS) >= pos && clock_slot_get(SLOT_WEB_ACK_POS) >= pos;
    struct record *item = record_in(r, "outcome");
    record_text(item, "event", arena_printf(v->a, "%llu", (unsigned long long)pos));
    record_flag(item, "seen", is_seen);
    record_text(item, "did",
        known ? dress_word_of(v->book.dress, "did_", span_of(act_kind_name(known->kind))) : S(""));
    bool gone = known && known->done.gone && !is_seen;
    record_flag(item, "gone", gone);
    record_flag(item, "waits", !is_seen && !gone);
    record_flag(item, "of_story", !known || act_row(known->kind)->of_story);
    if (!known || !known->done.acknowledged) return;
    record_text(item, "applied", milliseconds(v->a, known->done.applied_us));
    record_text(item, "acknowledged", milliseconds(v->a, known->done.acknowledged_us));
}

/* ---- from fields ---- */
bool act_of_fields(struct visit *v, struct act *t, struct span deadline, const char **why_out)
{
    t->by = v->who;
    t->via = v->is_api ? S("api") : S("desk");
    t->text = span_trim(text_plain(v->a, t->text));
    t->picture = span_trim(text_plain(v->a, t->picture));
    t->reference = span_trim(text_plain(v->a, t->reference));
    t->requested_by = span_trim(text_plain(v->a, t->requested_by));
    if (deadline.n) {
        struct when w = when_iso(deadline);
        t->deadline_ms = w.kind == WHEN_UTC     ? w.ms
                         : w.kind == WHEN_LOCAL ? zone_to_utc(v->book.site->zone, w.ms)
                                                : 0;
        if (!t->deadline_ms) {
            *why_out = "the deadline is no date and time: 2026-01-23T11:30";
            return false;
        }
    }
    return act_check(t, v->role, why_out);
}

bool act_is_uuid(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!s.p[i] || !strchr("0123456789abcdefABCDEF-", s.p[i])) return false;
    return s.n == 36;
}

/* A name that a form carried, so that sending it twice does it once. */
struct span act_once(struct visit *v, struct span once)
{
    return act_is_uuid(once) ? text_casefold(v->a, once) : visit_once(v);
}

/* ---- the page that asks ---- */
/* What a form that comes back had chosen stays chosen, also where it has gone from the list since:
 * then whoever presses the button does what was meant, or is told. */
struct options {
    struct record *r;
    const char *list;
    struct span chosen;
    bool is_there;
};

static void put_option(struct options *o, struct span value, struct span label)
{
    struct record *item = record_item(o->r, o->list);
    bool here = o->chosen.n > 0 && span_eq(value, o->chosen);
    record_text(item, "value", value);
    record_text(item, "label", label);
    record_flag(item, "here", here);
    o->is_there |= here;
}

/* Some of the form, or what is now. */
static struct span chosen_or(struct visit *v, const char *field, struct span now)
{
    struct span chosen = form_get(&v->form, field);
    return chosen.n ? chosen : now;
}

static void put_sections(struct visit *v, struct record *r, struct span now)
{
    struct options o = {r, "sections", chosen_or(v, "text", now), false};
    for (uint32_t i = 0; i < v->book.site->section_count; i++)
        put_option(&o, v->book.site->sections[i].name, v->book.site->sections[i].title);
    if (!o.is_there && form_get(&v->form, "text").n) put_option(&o, o.chosen, o.chosen);
}

/* ---- what is to be struck, and what has been ---- */
static struct span picture_name(const struct picture *p)
{
    return p->guid.n || !p->rendition_count ? p->guid : p->renditions[0].href;
}

static void put_pictures(struct visit *v, struct record *r, const struct office_story *s)
{
    struct options o = {r, "pictures", span_trim(form_get(&v->form, "picture")), false};
    const struct story *t = s->shown ? desk_sent(s->shown) : NULL;
    for (uint32_t i = 0; t && i < t->picture_count; i++) {
        const struct picture *p = &t->pictures[i];
        struct span name = picture_name(p), words = p->caption.n ? p->caption : p->headline;
        if (name.n) put_option(&o, name, words.n ? utf8_head(words, 80) : name);
    }
    if (!o.is_there && o.chosen.n) put_option(&o, o.chosen, o.chosen);
    record_flag(r, "pictures_there", o.chosen.n || (t && t->picture_count > 0));
}

static void put_struck(struct visit *v, struct record *r, const struct office_story *s)
{
    const struct redactions *k = &s->set.struck;
    struct options o = {r, "struck", form_get(&v->form, "struck"), false};
    for (size_t i = 0; i < k->word_count; i++)
        put_option(&o, arena_printf(v->a, "w:%.*s", FMT(k->words[i])), k->words[i]);
    for (size_t i = 0; i < k->picture_count; i++)
        put_option(&o, arena_printf(v->a, "p:%.*s", FMT(k->pictures[i])), k->pictures[i]);
    if (!o.is_there && o.chosen.n > 2) put_option(&o, o.chosen, span_cut(o.chosen, 2, o.chosen.n));
    record_flag(r, "all_struck", v->form.count > 0 && !o.chosen.n);
}

static void put_histories(struct visit *v, struct record *r, const struct office_story *s)
{
    static const char *const names[] = {"feed", "none", "changes", "full", "corrected"};
    struct span now = S("feed");
    for (size_t i = 0; i < s->set.act_count; i++)
        if (s->set.acts[i].kind == ACT_HISTORY) now = s->set.acts[i].text;
    struct options o = {r, "histories", chosen_or(v, "text", now), false};
    for (size_t i = 0; i < COUNT(names); i++)
        put_option(
            &o, span_of(names[i]), dress_word_of(v->book.dress, "history_", span_of(names[i])));
}

/* "w:words" or "p:picture", chosen from the list of what is struck. */
static void take_struck(struct span chosen, struct act *t)
{
    if (chosen.n < 2) return;
    struct span what = span_cut(chosen, 2, chosen.n);
    if (chosen.p[0] == 'w') t->text = what;
    if (chosen.p[0] == 'p') t->picture = what;
}

static void put_kept_fields(struct visit *v, struct record *r)
{
    static const char *const names[] = {"text", "reference", "requested_by", "deadline"};
    for (size_t i = 0; i < COUNT(names); i++)
        record_text(r, names[i], form_get(&v->form, names[i]));
}

/* Why it is asked again; in this language where there are words for it. */
static void put_trouble(struct visit *v, struct record *r, struct span why)
{
    struct record *item = record_item(r, "trouble");
    put_why(v->book.dress, item, why);
}

/* What the act's page has to ask for. */
static void put_wants(struct visit *v, struct record *r, const struct office_story *s,
    const struct act_row *row, enum act_kind kind)
{
    bool strikes = kind == ACT_REDACT || kind == ACT_UNREDACT;
    bool is_line =
        kind == ACT_HEADLINE || kind == ACT_RESLUG || kind == ACT_APPROVE || kind == ACT_HIDE;
    bool is_public = kind == ACT_TAKEDOWN || kind == ACT_KILL;
    record_flag(r, "wants_section", kind == ACT_SECTION);
    record_flag(r, "wants_line", is_line);
    record_flag(r, "is_saved", is_line || kind == ACT_SECTION || kind == ACT_HISTORY);
    record_flag(r, "wants_reason", row->text != ACT_NO_TEXT && row->destructive && !strikes);
    record_text(
        r, "reason_label", dress_word(v->book.dress, is_public ? "reason_public" : "reason"));
    record_flag(r, "wants_strike", kind == ACT_REDACT);
    record_flag(r, "wants_struck", kind == ACT_UNREDACT);
    record_flag(r, "wants_history", kind == ACT_HISTORY);
    if (kind == ACT_REDACT) put_pictures(v, r, s);
    if (kind == ACT_UNREDACT) put_struck(v, r, s);
    if (kind == ACT_HISTORY) put_histories(v, r, s);
    if (kind == ACT_SECTION) put_sections(v, r, s->verdict.section);
}

/* why: a sentence, empty or NULL for none. */
static void ask_page(
    struct visit *v, int status, const struct office_story *s, enum act_kind kind, struct span why)
{
    const struct act_row *row = act_row(kind);
    struct span name = span_of(row->name), id = story_id_text(v->a, s->set.page);
    struct record *r = visit_record(v, "", "");
    struct span headline = s->verdict.headline.n ? s->verdict.headline
                           : s->shown            ? s->shown->story->headline
                                                 : S("");
    record_text(r, "title", dress_word_of(v->book.dress, "act_", name));
    record_text(r, "headline", headline.n ? headline : dress_word(v->book.dress, "no_headline"));
    record_text(r, "id", id);
    record_text(r, "act", name);
    record_text(r, "explained", dress_word_of(v->book.dress, "ask_", name));
    if (why.n) put_trouble(v, r, why);
    record_text(r, "stands", dress_word(v->book.dress, story_standing(s, clock_now_ms())));
    record_text(r, "seen", story_seen(v->a, s));
    record_flag(r, "may", act_is_sensible(s, kind));
    record_text(r, "once", visit_once(v));
    record_flag(r, "danger", row->destructive);
    record_flag(r, "twice", row->twice);
    record_flag(r, "is_case", row->is_case);
    put_wants(v, r, s, row, kind);
    put_kept_fields(v, r);
    if (kind == ACT_HEADLINE && v->method == HTTP_GET) record_text(r, "text", headline);
    if (kind == ACT_RESLUG && v->method == HTTP_GET) record_text(r, "text", s->set.slug);
    visit_page(v, status, "act", r);
}

/* The story must be known: an act on what nobody has seen is a slip. */
static bool open_story(
    struct visit *v, struct office_eyes *e, story_id page, struct office_story *s)
{
    story_id known;
    if (!visit_eyes(v, e)) return false;
    if (store_page_of(e->store, page, &known) == OK) page = known;
    if (eyes_story(e, page, s) == OK) return true;
    eyes_close(e);
    visit_message(v, 404, "not_here", dress_word(v->book.dress, "not_here_text"));
    return false;
}

static void show_form(
    struct visit *v, int status, story_id page, enum act_kind kind, struct span why)
{
    struct office_eyes e;
    struct office_story s;
    if (v->role < act_row(kind)->role) {
        visit_refuse(v, 403, "role too low", "ask somebody with the role for it");
        return;
    }
    if (!open_story(v, &e, page, &s)) return;
    ask_page(v, status, &s, kind, why);
    eyes_close(&e);
}

void page_act(struct visit *v, story_id page, enum act_kind kind)
{
    show_form(v, 200, page, kind, S(""));
}

void ask_again(struct visit *v, int status, story_id page, enum act_kind kind, const char *why)
{
    show_form(v, status, page, kind, dress_word(v->book.dress, why));
}

/* Somebody else has acted on the story since the form was made: that has to be known first. */
static struct span acted_meanwhile(struct visit *v, const struct office_story *s)
{
    uint64_t seen;
    if (!span_to_u64(form_get(&v->form, "seen"), &seen)) return S("");
    for (size_t i = s->set.act_count; i-- > 0;) {
        const struct act *t = &s->set.acts[i];
        if (t->pos <= seen || span_eq(t->by, v->who)) continue;
        struct span did = dress_word_of(v->book.dress, "did_", span_of(act_kind_name(t->kind)));
        return dress_say(v->book.dress, v->a, "meanwhile", "what",
            arena_printf(v->a, "%.*s · %.*s · %.*s", FMT(did), FMT(t->by),
                FMT(office_time(v->book.site, v->a, t->at_ms))));
    }
    return S("");
}

static struct span in_words(struct visit *v, const char *english)
{
    struct span text = dress_why(v->book.dress, span_of(english));
    return text.p ? text : span_of(english);
}

static void story_act_done(struct visit *v)
{
    act_sent(v);
    if (v->done.kept)
        visit_redirect(
            v, arena_printf(v->a, "/desk/story/%.*s?event=%llu",
                   FMT(story_id_text(v->a, v->acts[0].story)), (unsigned long long)v->done.pos));
    else
        visit_message(v, 503, "busy", in_words(v, v->done.why));
    visit_send(v);
}

/* What has to be said twice has been said twice? */
static bool is_confirmed(struct visit *v, const struct act *t, const char **why_out)
{
    const struct act_row *row = act_row(t->kind);
    struct span id = story_id_text(v->a, t->story);
    *why_out = NULL;
    if (row->twice && !span_eq(span_trim(form_get(&v->form, "id")), id))
        *why_out = "type the story's id as it stands here: this cannot be undone";
    else if (row->destructive && !form_get(&v->form, "sure").n)
        *why_out = ""; /* asked, not scolded */
    return !*why_out;
}

void post_act(struct visit *v, story_id page, enum act_kind kind)
{
    struct office_eyes e;
    struct office_story s;
    const char *why = NULL;
    if (v->role < act_row(kind)->role) {
        visit_refuse(v, 403, "role too low", "ask somebody with the role for it");
        return;
    }
    if (!open_story(v, &e, page, &s)) return;
    struct act *t = ARENA_NEW(v->a, struct act);
    *t = (struct act){.kind = kind,
        .story = s.set.page,
        .text = form_get(&v->form, "text"),
        .picture = form_get(&v->form, "picture"),
        .reference = form_get(&v->form, "reference"),
        .requested_by = form_get(&v->form, "requested_by")};
    if (kind == ACT_UNREDACT) take_struck(form_get(&v->form, "struck"), t);
    bool good = act_of_fields(v, t, form_get(&v->form, "deadline"), &why) &&
                act_reaches(&e, t, &why) == REACHES && is_confirmed(v, t, &why);
    struct span meanwhile = good ? acted_meanwhile(v, &s) : S("");
    if (!good) ask_page(v, *why ? 422 : 200, &s, kind, span_of(why));
    if (meanwhile.n) ask_page(v, 409, &s, kind, meanwhile);
    good = good && !meanwhile.n;
    eyes_close(&e);
    if (good) act_send(v, t, 1, act_once(v, form_get(&v->form, "once")), story_act_done);
}
