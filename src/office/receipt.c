/* receipt.c: the receipt of a withdrawal on the desk: what was asked as a stranger and what was
 * answered, and its signed form for the agency to take away. Verifies nothing: who has the site's
 * public key does. Knows no file; the role finds it. */
#include <string.h>

#include "visit.h"

struct told { /* of all that was asked */
    size_t asked, there, words;
};

static bool find(struct visit *v, story_id page, struct office_receipt *out)
{
    const struct office_config *c = &v->office->config;
    return c->receipt && c->receipt(c->with, v->a, page, out);
}

static struct told put_surfaces(struct record *r, const struct json *j)
{
    struct told t = {0};
    const struct json *list = json_get(j, "surfaces");
    for (const struct json *s = list ? list->first : NULL; s; s = s->next) {
        bool shows = json_is_true(s, "shows"), words = json_is_true(s, "same_words");
        t.asked++;
        t.there += shows;
        t.words += words;
        if (shows) record_item_text(r, "there", json_text(s, "path"));
        if (words) record_item_text(r, "same_words", json_text(s, "path"));
    }
    return t;
}

static void put_texts(
    struct record *r, const char *name, const char *there, const struct json *list)
{
    for (const struct json *t = list ? list->first : NULL; t; t = t->next)
        record_item_text(r, name, t->text);
    record_flag(r, there, list && list->first);
}

/* The receipt itself is in English; here in the desk's language, where it has the words. */
static void put_not_reached(struct visit *v, struct record *r, const struct json *list)
{
    for (const struct json *t = list ? list->first : NULL; t; t = t->next)
        put_why(v->book.dress, record_item(r, "not_reached"), t->text);
    record_flag(r, "not_reached_there", list && list->first);
}

static void put_caches(struct visit *v, struct record *r, const struct json *list)
{
    for (const struct json *c = list ? list->first : NULL; c; c = c->next)
        record_item_text(r, "caches",
            arena_printf(
                v->a, "%.*s: %.*s", FMT(json_text(c, "name")), FMT(json_text(c, "outcome"))));
    record_flag(r, "caches_there", list && list->first);
}

static void put_instant(struct visit *v, struct record *r, const char *name, struct span iso)
{
    struct when w = when_iso(iso);
    put_time(v, r, name, w.kind == WHEN_UTC ? w.ms : 0);
}

static struct span cause_word(struct visit *v, struct span cause)
{
    static const char *const known[] = {
        "kill", "takedown", "purge", "expiry", "withhold", "withdrawn"};
    for (size_t i = 0; i < COUNT(known); i++)
        if (span_eq(cause, span_of(known[i]))) return dress_word_of(v->book.dress, "cause_", cause);
    return cause;
}

static void put_receipt(struct visit *v, struct record *r, const struct office_receipt *receipt)
{
    struct reject bad;
    const struct json *j = json_parse(v->a, receipt->payload, &bad);
    if (!j) return;
    bool clean = json_is_true(j, "clean");
    struct record *in = record_in(r, "receipt");
    struct told t = put_surfaces(in, j);
    record_flag(in, "clean", clean);
    record_text(in, "told_in_short",
        dress_say(v->book.dress, v->a, clean ? "receipt_clean" : "receipt_not_clean", "n",
            arena_printf(v->a, "%zu", t.asked)));
    record_flag(in, "any_there", t.there > 0);
    record_flag(in, "any_words", t.words > 0);
    record_text(in, "cause", cause_word(v, json_text(j, "cause")));
    record_text(in, "key", receipt->kid);
    put_instant(v, in, "withdrawn", json_text(j, "withdrawn"));
    put_instant(v, in, "acknowledged", json_text(j, "acknowledged"));
    put_instant(v, in, "asked", json_text(j, "asked_until"));
    put_caches(v, in, json_get(j, "caches"));
    put_texts(in, "told", "told_there", json_get(j, "told"));
    put_not_reached(v, in, json_get(j, "not_reached"));
}

static void show(struct visit *v, story_id page, const struct office_receipt *receipt)
{
    struct office_eyes e;
    struct office_story s;
    if (!visit_eyes(v, &e)) return;
    bool known = eyes_story(&e, page, &s) == OK;
    struct record *r = visit_record(v, "", "receipt");
    struct span headline = known && s.shown ? s.shown->story->headline : S("");
    record_text(r, "headline", headline.n ? headline : dress_word(v->book.dress, "no_headline"));
    record_text(r, "id", story_id_text(v->a, page));
    record_flag(r, "none", !receipt);
    if (receipt) put_receipt(v, r, receipt);
    if (known || receipt)
        visit_page(v, 200, "receipt", r);
    else
        visit_message(v, 404, "not_here", dress_word(v->book.dress, "not_here_text"));
    eyes_close(&e);
}

void page_receipt(struct visit *v, story_id page, bool as_signed)
{
    struct office_receipt receipt;
    bool there = find(v, page, &receipt);
    if (there && as_signed) {
        v->head =
            arena_printf(v->a, "Content-Disposition: attachment; filename=\"receipt-%.*s.jws\"\r\n",
                FMT(story_id_text(v->a, page)));
        visit_json(v, 200, receipt.jws);
        v->content_type = S("application/jose+json");
    } else if (as_signed) {
        visit_message(v, 404, "receipt", dress_word(v->book.dress, "receipt_none"));
    } else {
        show(v, page, there ? &receipt : NULL);
    }
}

struct span office_receipt_json(struct arena *a, struct span payload, struct span jws)
{
    payload = span_trim(payload);
    if (payload.n < 2 || payload.p[payload.n - 1] != '}') return payload;
    return arena_printf(
        a, "%.*s,\"jws\":%.*s}", FMT(span_cut(payload, 0, payload.n - 1)), FMT(span_trim(jws)));
}

bool api_receipt(struct visit *v, story_id page, bool as_signed)
{
    struct office_receipt receipt;
    if (!find(v, page, &receipt)) return false;
    visit_json(
        v, 200, as_signed ? receipt.jws : office_receipt_json(v->a, receipt.payload, receipt.jws));
    if (as_signed) v->content_type = S("application/jose+json");
    return true;
}
