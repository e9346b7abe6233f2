/* office.c: the desk's door: what was asked, by whom, and who answers it. One event loop; what
 * takes long runs on helpers. Nobody without a session gets anything but the sign-in page and its
 * style. */
#include <stdlib.h>

#include "visit.h"

enum {
    BOOK_ARENA = 16 << 20,
    ACTORS = 4,
};

/* ---- opening ---- */
static void take_book(struct office *o, const struct office_site *site,
    const struct desk_rules *rules, struct arena *owner)
{
    struct arena *a = arena_new(BOOK_ARENA);
    o->book = (struct rulebook){site, rules, dress_new(a, site->language), a, owner};
}

void office_free_old(struct office *o)
{
    for (size_t i = 0; i < o->old_count; i++) {
        arena_free(o->old_books[i].a);
        arena_free(o->old_books[i].owner);
    }
    o->old_count = 0;
}

enum result office_open(const struct office_config *c, struct office **out, const char **why_out)
{
    struct office *o = calloc(1, sizeof *o);
    must(o != NULL);
    o->config = *c;
    enum result r = accounts_open(c->data, &o->accounts, why_out);
    if (r != OK) {
        free(o);
        return r;
    }
    password_nobody(); /* its time is spent now, not at a stranger's first try */
    take_book(o, c->look.site, c->look.rules, c->owner);
    o->hashers = helpers_new(OFFICE_HASHES_AT_ONCE, OFFICE_WAITING_MAX);
    o->actors = helpers_new(ACTORS, OFFICE_WAITING_MAX);
    *out = o;
    return OK;
}

unsigned office_blind(const struct office *o)
{
    return o->blind;
}

void office_quiet(struct office *o)
{
    helpers_stop(o->hashers);
    helpers_stop(o->actors);
}

void office_close(struct office *o)
{
    if (!o) return;
    helpers_free(o->hashers);
    helpers_free(o->actors);
    accounts_close(o->accounts);
    office_free_old(o);
    free(o->old_books);
    arena_free(o->book.a);
    arena_free(o->book.owner);
    free(o);
}

void office_set(struct office *o, const struct office_site *site, const struct desk_rules *rules,
    struct arena *owner)
{
    if (o->old_count == o->old_cap) {
        o->old_cap = o->old_cap ? 2 * o->old_cap : 4;
        o->old_books = realloc(o->old_books, o->old_cap * sizeof *o->old_books);
        must(o->old_books != NULL);
    }
    o->old_books[o->old_count++] = o->book;
    take_book(o, site, rules, owner);
    if (!o->visits) office_free_old(o);
}

/* ---- the router ---- */
static const struct {
    enum http_method method;
    const char *path;
    bool open; /* to those without a session */
    void (*answer)(struct visit *v);
} table[] = {
    {HTTP_GET, "/desk/sign-in", true, page_sign_in},
    {HTTP_POST, "/desk/sign-in", true, post_sign_in},
    {HTTP_POST, "/desk/sign-out", false, post_sign_out},
    {HTTP_GET, "/desk/live", false, page_live},
    {HTTP_GET, "/desk/held", false, page_held},
    {HTTP_GET, "/desk/quarantine", false, page_quarantine},
    {HTTP_GET, "/desk/alarms", false, page_alarms},
    {HTTP_GET, "/desk/takedowns", false, page_takedowns},
    {HTTP_GET, "/desk/duties", false, page_duties},
    {HTTP_GET, "/desk/comments", false, page_readers},
    {HTTP_GET, "/desk/complaints", false, page_complaints},
    {HTTP_GET, "/desk/audience", false, page_audience},
    {HTTP_GET, "/desk/brakes", false, page_brakes},
    {HTTP_GET, "/desk/resume", false, page_resume},
    {HTTP_POST, "/desk/brakes", false, post_brake},
    {HTTP_GET, "/desk/shadow", false, page_shadow},
    {HTTP_GET, "/desk/account", false, page_account},
    {HTTP_POST, "/desk/account/password", false, post_password},
    {HTTP_POST, "/desk/account/end", false, post_end_session},
    {HTTP_GET, "/desk/audit", false, page_audit},
};

static void not_found(struct visit *v)
{
    visit_message(v, 404, "not_here", dress_word(v->book.dress, "not_here_text"));
}

/* "/desk/story/ID", "/desk/story/ID/ACT", "/desk/story/ID/picture/FILE" */
static bool story_path(struct visit *v, story_id *page_out, struct span *verb_out)
{
    struct span rest = v->path;
    if (!span_starts(rest, S("/desk/story/"))) return false;
    rest = span_cut(rest, 12, rest.n);
    ptrdiff_t cut = span_find_char(rest, '/');
    *verb_out = cut < 0 ? S("") : span_cut(rest, (size_t)cut + 1, rest.n);
    return story_id_read(cut < 0 ? rest : span_cut(rest, 0, (size_t)cut), page_out);
}

static bool act_path(struct visit *v, story_id *page_out, enum act_kind *kind_out)
{
    struct span verb;
    if (!story_path(v, page_out, &verb)) return false;
    *kind_out = act_kind_of(verb);
    return *kind_out != ACT_UNKNOWN && act_row(*kind_out)->of_story;
}

/* false: not of this kind. */
static bool story_route(struct visit *v)
{
    story_id page;
    struct span verb;
    enum act_kind kind;
    if (!span_starts(v->path, S("/desk/story/"))) return false;
    bool is_get = v->method == HTTP_GET, is_known = story_path(v, &page, &verb);
    if (is_known && is_get && span_starts(verb, S("picture/")))
        page_picture(v, page, span_cut(verb, 8, verb.n));
    else if (is_known && is_get && !verb.n)
        page_story(v, page);
    else if (is_known && is_get && span_eq(verb, S("receipt")))
        page_receipt(v, page, false);
    else if (is_known && is_get && span_eq(verb, S("receipt.jws")))
        page_receipt(v, page, true);
    else if (!act_path(v, &page, &kind))
        not_found(v);
    else if (is_get)
        page_act(v, page, kind);
    else
        post_act(v, page, kind);
    return true;
}

static bool is_act(struct visit *v)
{
    story_id page;
    enum act_kind kind;
    return v->method == HTTP_POST &&
           (span_eq(v->path, S("/desk/brakes")) || act_path(v, &page, &kind) ||
               (complaint_path(v, &page, &kind) && kind != ACT_UNKNOWN));
}

/* What a form held is asked for once more, and not lost: with the words of `why`. */
void visit_ask_again(struct visit *v, int status, const char *why)
{
    story_id page;
    enum act_kind kind;
    if (act_path(v, &page, &kind))
        ask_again(v, status, page, kind, why);
    else if (complaint_path(v, &page, &kind))
        complaint_again(v, status, page, why);
    else
        brakes_again(v, status, why);
}

/* A page of the desk without a session leads to the sign-in, and back; an act is refused, and what
 * was written for it waits behind the sign-in. */
static void ask_to_sign_in(struct visit *v)
{
    if (v->method == HTTP_GET) {
        visit_redirect(
            v, arena_printf(v->a, "/desk/sign-in?next=%.*s", FMT(url_escape(v->a, v->path))));
    } else if (is_act(v) && sign_same_origin(v)) {
        visit_audit_refusal(v, "no session");
        sign_keep_act(v);
    } else {
        visit_refuse(v, 403, "no session", "sign in, and do it again");
    }
}

/* The form of another session, or of none any more. Whoever sends it from another site is shown
 * nothing that it holds. */
static void refuse_form(struct visit *v, const char *why)
{
    bool is_own = sign_same_origin(v);
    if (is_own && span_eq(v->path, S("/desk/sign-in"))) {
        visit_audit_refusal(v, why);
        sign_again(v);
    } else if (is_own && is_act(v)) {
        visit_audit_refusal(v, why);
        visit_ask_again(v, 403, "form_is_old");
    } else {
        visit_refuse(v, 403, why, "open the page again, and send its form");
    }
}

static size_t row_of(const struct visit *v)
{
    size_t i = 0;
    while (i < COUNT(table) &&
           !(table[i].method == v->method && span_eq(v->path, span_of(table[i].path))))
        i++;
    return i;
}

static void answer_page(struct visit *v)
{
    size_t i = row_of(v);
    bool is_open = i < COUNT(table) && table[i].open;
    const char *why;
    if (v->role == DESK_NOBODY && !is_open)
        ask_to_sign_in(v);
    else if (v->method != HTTP_GET && v->method != HTTP_POST)
        visit_message(v, 405, "not_here", dress_word(v->book.dress, "not_here_text"));
    else if (v->method == HTTP_POST && !sign_form_is_ours(v, &why))
        refuse_form(v, why);
    else if (span_trim(form_get(&v->query, "q")).n > OFFICE_WORDS_MAX)
        visit_message(v, 422, "search",
            dress_say(v->book.dress, v->a, "search_too_long", "n",
                arena_printf(v->a, "%d", OFFICE_WORDS_MAX)));
    else if (i < COUNT(table))
        table[i].answer(v);
    else if (span_eq(v->path, S("/desk/")) || span_eq(v->path, S("/desk")))
        visit_redirect(v, S("/desk/live"));
    else if (!complaint_route(v) && !story_route(v))
        not_found(v);
}

static void answer(struct visit *v)
{
    struct span style_path, style = dress_style(&style_path);
    if (v->method == HTTP_HEAD) v->method = HTTP_GET;
    if (v->method == HTTP_GET && span_eq(v->path, style_path)) {
        v->status = 200;
        v->content_type = S("text/css; charset=utf-8");
        v->answer = style;
        return;
    }
    if (!v->is_tls && !v->is_local) {
        visit_refuse(v, 403, "the desk is reached by TLS only, but from this machine itself",
            "put it behind TLS: see docs/desk.md");
        return;
    }
    sign_identify(v);
    if (v->is_api)
        api_answer(v);
    else
        answer_page(v);
}

void office_handle(struct net_worker *w, struct http_request *r, void *with)
{
    struct visit *v = visit_of(with, w, r);
    bool is_path = url_clean_path(v->a, r->path, &v->path);
    if (!is_path) v->path = S("");
    v->is_api = span_starts(v->path, S("/desk/api/"));
    bool fits = is_path && form_read(v->a, r->query, &v->query);
    if (fits && v->method == HTTP_POST && !v->is_api) {
        bool is_form =
            span_starts_nocase(v->type.p ? v->type : S(""), S("application/x-www-form-urlencoded"));
        fits = !v->body.n || (is_form && form_read(v->a, v->body, &v->form));
    }
    if (fits)
        answer(v);
    else
        visit_message(v, 400, "not_here", dress_word(v->book.dress, "not_understood"));
    if (!v->is_later) visit_send(v);
}

size_t office_body_max(const struct http_request *r, void *with)
{
    (void)with;
    return r->method == HTTP_POST ? OFFICE_BODY_MAX : 0;
}
