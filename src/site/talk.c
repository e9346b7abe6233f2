/* talk: what a reader does with a comment that is there: answers it, reports it, or changes his own
 * by the link that its sending was answered with. The link is the only proof that it is his: story,
 * comment and end of the time for it, under a keyed hash; no cookie, no account. Reports name no
 * one: what stands for a network comes from a key that lives as long as the process. */
#include "site_private.h"

enum { LINK_MAC = 32, ID_MAX = 32 };

bool talk_is_unattended(void)
{
    return clock_slot_get(SLOT_UNATTENDED) != 0;
}

/* ---- the link ---- */
static struct span mac_of(
    struct site_hand *h, struct arena *a, story_id story, struct span id, int64_t until_ms)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_lit(&b, "change");
    put_u64(&b, story);
    put_u64(&b, (uint64_t)until_ms);
    put_span(&b, id);
    struct span key = {(const char *)h->site->stamp_key, sizeof h->site->stamp_key};
    struct hash mac = hash_keyed(key, buf_span(&b));
    return span_cut(hash_hex(a, &mac), 0, LINK_MAC);
}

struct span talk_link(const struct talking *t, struct span id)
{
    const struct press_site *ps = atomic_load(&t->h->site->press_site);
    struct arena *a = t->ask->arena;
    if (!ps->comment_edit_minutes) return S("");
    int64_t until = clock_now_ms() + ps->comment_edit_minutes * INT64_C(60000);
    return arena_printf(a, "%.*s%.*s/comments?change=%.*s-%lld-%.*s#thanks", FMT(ps->base),
        FMT(t->v->path), FMT(id), (long long)until, FMT(mac_of(t->h, a, t->v->id, id, until)));
}

/* "ID-UNTIL-MAC": is it ours, for a comment of this story, and in time? */
static bool link_read(
    struct site_hand *h, struct arena *a, story_id story, struct span token, struct comment_form *f)
{
    struct span rest = token, id, until;
    if (!span_next(&rest, '-', &id) || !span_next(&rest, '-', &until)) return false;
    if (!id.n || id.n > ID_MAX || !span_to_i64(until, &f->until_ms)) return false;
    struct span mac = mac_of(h, a, story, id, f->until_ms);
    if (rest.n != mac.n || !equal_secret(rest.p, mac.p, mac.n)) return false;
    f->about = id;
    f->token = token;
    return clock_now_ms() < f->until_ms;
}

static void say_over(struct comment_form *f)
{
    f->token = S("");
    f->wrong = "comment_link_over";
    f->status = 403;
}

/* ---- pages ---- */
static struct span words_that_stand(const struct view *v, struct span id)
{
    for (uint32_t i = 0; i < v->comment_count; i++)
        if (span_eq(v->comments[i].id, id)) return v->comments[i].text;
    return S("");
}

static void open_change(struct site_hand *h, struct page_ask *ask, struct comment_form *f)
{
    struct view v;
    f->task = COMMENT_CHANGE;
    if (!link_read(h, h->arena, ask->id, ask->words, f)) {
        say_over(f);
        return;
    }
    f->text = drafts_find(h->site->drafts, f->about, h->arena);
    if (!f->text.n && reader_story(h->reader, ask->id, h->arena, &v) == OK)
        f->text = words_that_stand(&v, f->about);
}

void talk_open(struct site_hand *h, struct page_ask *ask)
{
    struct comment_form *f = ARENA_NEW(h->arena, struct comment_form);
    *f = (struct comment_form){.about = ask->words};
    if (span_eq(ask->name, S("change"))) open_change(h, ask, f);
    if (span_eq(ask->name, S("report"))) f->task = COMMENT_REPORT;
    if (span_eq(ask->name, S("confirm"))) confirm_open(ask, f);
    ask->form = f;
}

/* ---- reports ---- */
bool talk_report(const struct talking *t)
{
    struct arena *a = t->ask->arena;
    const struct site_form *form = t->form;
    struct comment_form f = {.task = COMMENT_REPORT, .about = query_value(a, form->body, "report")};
    bool stands = words_that_stand(t->v, f.about).n > 0;
    struct span why = query_value(a, form->body, "why");
    if (!site_is_from_here(t->h, t->form))
        f.wrong = "comment_elsewhere", f.status = 403;
    else if (!stands)
        f.wrong = "comment_not_shown", f.status = 409;
    else if (!why.n || !utf8_valid(why))
        f.wrong = "comment_no_why";
    else if (!comment_is_trapped(t) && form->may_report && !form->may_report(form->with))
        f.wrong = "comment_too_many", f.status = 429;
    if (f.wrong) {
        comment_show(t, &f);
        return false;
    }
    struct span back = comment_back(t, "reported");
    if (comment_is_trapped(t)) {
        comment_thank(t, back);
        return false;
    }
    *t->kept = (struct site_comment){.word = SITE_REPORTED,
        .story = t->v->id,
        .id = f.about,
        .why = why,
        .key = form->network ? form->network(form->with, a, f.about) : S("0"),
        .back = back};
    return true;
}

/* ---- changes ---- */
/* The same words sent twice in a second are one change. */
static struct span key_of_change(const struct talking *t, const struct comment_form *f)
{
    struct buf b;
    buf_init(&b, t->ask->arena, 0);
    put_u64(&b, (uint64_t)(clock_now_ms() / 1000));
    put_span(&b, f->text);
    struct span key = {(const char *)t->h->site->stamp_key, sizeof t->h->site->stamp_key};
    struct hash mac = hash_keyed(key, buf_span(&b));
    return span_cut(hash_hex(t->ask->arena, &mac), 0, LINK_MAC);
}

static struct span back_to_link(const struct talking *t, const struct comment_form *f)
{
    const struct press_site *ps = atomic_load(&t->h->site->press_site);
    return arena_printf(t->ask->arena, "%.*s%.*s/comments?change=%.*s#changed", FMT(ps->base),
        FMT(t->v->path), FMT(url_escape(t->ask->arena, f->token)));
}

bool talk_change(const struct talking *t)
{
    struct arena *a = t->ask->arena;
    struct comment_form f = {.task = COMMENT_CHANGE};
    bool withdraws = span_eq(query_value(a, t->form->body, "do"), S("withdraw"));
    if (!link_read(t->h, a, t->v->id, query_value(a, t->form->body, "change"), &f)) {
        say_over(&f);
    } else if (!site_is_from_here(t->h, t->form)) {
        f.wrong = "comment_elsewhere", f.status = 403;
    } else if (t->form->may_report && !t->form->may_report(t->form->with)) {
        f.wrong = "comment_too_many", f.status = 429;
    }
    if (!withdraws) comment_read_text(t, &f);
    if (f.wrong || f.text_wrong) {
        comment_show(t, &f);
        return false;
    }
    if (!withdraws) drafts_keep(t->h->site->drafts, f.about, f.text);
    *t->kept = (struct site_comment){.word = withdraws ? SITE_TAKEN_BACK : SITE_CHANGED,
        .story = t->v->id,
        .id = f.about,
        .text = f.text,
        .key = key_of_change(t, &f),
        .back = withdraws ? comment_back(t, "withdrawn") : back_to_link(t, &f)};
    return true;
}
