/* office.c: the desk's door: what was asked, by whom, and who answers it. One event loop; what
 * takes long runs on helpers. Every answer is private, no-store and noindex, and goes to nobody
 * without a session but the sign-in page and its style. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "visit.h"

enum {
    VISIT_ARENA = 1 << 30, /* a story with its 2,000 versions, as the newsroom has room for it */
    BOOK_ARENA = 16 << 20,
    ACTORS = 4,
    STRANGERS_A_MINUTE = 60, /* refusals of those without a session that the file keeps */
};

/* ---- opening ---- */
static void take_book(struct office *o, const struct office_site *site,
    const struct desk_rules *rules, struct arena *owner)
{
    struct arena *a = arena_new(BOOK_ARENA);
    o->book = (struct rulebook){site, rules, dress_new(a, site->language), a, owner};
}

static void free_old_books(struct office *o)
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
    free_old_books(o);
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
    if (!o->visits) free_old_books(o);
}

/* ---- a visit ---- */
static struct span kept_header(struct visit *v, const char *name)
{
    struct span s = http_header(v->request, name);
    return s.p ? arena_keep(v->a, s) : (struct span){NULL, 0};
}

static bool is_local(const struct http_request *r)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff}, six[16] = {[15] = 1};
    if (!r->client.known) return true;
    return (memcmp(r->client.ip, mapped, 12) == 0 && r->client.ip[12] == 127) ||
           memcmp(r->client.ip, six, 16) == 0;
}

/* Of IPv6 the half that a client cannot choose. */
static struct span address_of(struct arena *a, const struct http_request *r)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct net_address client = r->client;
    char text[64];
    if (!client.known) return S("local");
    bool is_four = memcmp(client.ip, mapped, 12) == 0;
    if (!is_four) memset(client.ip + 8, 0, 8);
    net_address_text(&client, text);
    return arena_printf(a, "%s%s", text, is_four ? "" : "/64");
}

/* Over HTTP/2 they may come in pieces (RFC 9113, 8.2.3). */
static struct span kept_cookies(struct visit *v)
{
    struct buf b;
    buf_init(&b, v->a, 0);
    for (size_t i = 0; i < v->request->field_count; i++) {
        const struct http_field *f = &v->request->fields[i];
        if (!span_eq_nocase(f->name, S("Cookie"))) continue;
        if (b.n) buf_put(&b, S("; "));
        buf_put(&b, f->value);
    }
    return buf_span(&b);
}

static struct visit *visit_of(struct office *o, struct net_worker *w, struct http_request *r)
{
    log_as("desk"); /* the loop's thread has a name of its own */
    struct arena *a = arena_new(VISIT_ARENA);
    struct visit *v = ARENA_NEW(a, struct visit);
    o->visits++;
    v->office = o;
    v->worker = w;
    v->request = r;
    v->a = a;
    v->book = o->book;
    v->method = r->method;
    v->is_tls = r->is_tls;
    v->is_local = is_local(r);
    v->address = address_of(a, r);
    v->host = arena_keep(a, r->host);
    v->body = arena_keep(a, r->body);
    v->origin = kept_header(v, "Origin");
    v->fetch_site = kept_header(v, "Sec-Fetch-Site");
    v->cookies = kept_cookies(v);
    v->bearer = kept_header(v, "Authorization");
    v->agent = kept_header(v, "User-Agent");
    v->type = kept_header(v, "Content-Type");
    v->set_cookie = v->head = S("");
    v->content_type = S("text/html; charset=utf-8");
    return v;
}

/* ---- answers ---- */
static const char closed_head[] =
    "Cache-Control: private, no-store\r\nX-Robots-Tag: noindex, nofollow\r\n"
    "Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action "
    "'self'; "
    "base-uri 'none'; frame-ancestors 'none'\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=()\r\n"
    "Vary: Cookie, Authorization\r\n";

static void visit_done(void *with)
{
    struct visit *v = with;
    struct office *o = v->office;
    arena_free(v->a);
    if (--o->visits == 0) free_old_books(o);
}

void visit_send(struct visit *v)
{
    struct http_reply reply = {.status = v->status,
        .head = arena_printf(v->a, "Content-Type: %.*s\r\n%.*s%.*s%s", FMT(v->content_type),
            FMT(v->head), FMT(v->set_cookie), closed_head),
        .body = v->answer,
        .done = visit_done,
        .with = v};
    if (!v->is_later)
        http_reply(v->request, &reply);
    else
        http_reply_later(v->token, &reply);
}

static void send_later(void *with)
{
    visit_send(with);
}

void visit_later(
    struct visit *v, struct helpers *h, void (*work)(struct visit *), void (*then)(struct visit *))
{
    v->work = work;
    v->then = then;
    /* Deferred first: the helper may be done before this returns. */
    v->token = http_defer(v->request);
    v->request = NULL;
    v->is_later = true;
    if (helpers_add(h, v)) return;
    v->head = S("Retry-After: 2\r\n");
    visit_message(v, 503, "busy", dress_word(v->book.dress, "busy_text"));
    net_post(v->worker, send_later, v); /* who handed it over still looks at it */
}

void visit_redirect(struct visit *v, struct span path)
{
    v->status = 303;
    v->head = arena_printf(v->a, "Location: %.*s\r\n", FMT(path));
    v->answer = S("");
}

void visit_page(struct visit *v, int status, const char *template, struct record *r)
{
    v->status = status;
    v->answer = dress_render(v->book.dress, template, r, v->a).s;
}

void visit_json(struct visit *v, int status, struct span json)
{
    v->status = status;
    v->content_type = S("application/json");
    v->answer = json;
}

static void refuse_json(struct visit *v, int status, struct span what, const char *next)
{
    struct buf b;
    buf_init(&b, v->a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "error", what);
    if (next) json_string(&o, "next", span_of(next));
    json_close(&o, '}');
    buf_char(&b, '\n');
    if (status == 401) v->head = S("WWW-Authenticate: Bearer\r\n");
    visit_json(v, status, buf_span(&b));
}

void visit_message(struct visit *v, int status, const char *title_key, struct span text)
{
    if (v->is_api) {
        refuse_json(v, status, text, NULL);
        return;
    }
    struct record *r = visit_record(v, "", title_key);
    record_text(r, "text", text);
    visit_page(v, status, "message", r);
}

/* A flood by strangers fills the log, which the machine turns over, and not the file. */
static bool is_flood(struct visit *v)
{
    struct office *o = v->office;
    int64_t now = clock_mono_us() / 1000;
    if (v->role != DESK_NOBODY) return false;
    if (now - o->audited_ms > 60000) {
        o->audited_ms = now;
        o->audited = 0;
    }
    return o->audited++ >= STRANGERS_A_MINUTE;
}

void visit_audit(struct visit *v, const struct audit_line *line)
{
    if (is_flood(v))
        audit_log(line);
    else
        audit(v->office->accounts, line);
}

void visit_audit_refusal(struct visit *v, const char *what)
{
    struct audit_line line = {.at_ms = clock_now_ms(),
        .what = arena_printf(v->a, "refused: %s", what),
        .who = v->who,
        .address = v->address,
        .detail = v->path};
    visit_audit(v, &line);
}

void visit_refuse(struct visit *v, int status, const char *what, const char *next)
{
    visit_audit_refusal(v, what);
    if (v->is_api) {
        refuse_json(v, status, span_of(what), next);
        return;
    }
    struct record *r = visit_record(v, "", "refused");
    record_text(r, "text", dress_word(v->book.dress, "refused_text"));
    put_why(v->book.dress, record_item(r, "details"), span_of(what));
    if (next) put_why(v->book.dress, record_item(r, "details"), span_of(next));
    visit_page(v, status, "message", r);
}

/* ---- what pages share ---- */
static bool has_shadow(const struct office_site *site)
{
    for (uint32_t i = 0; i < site->feed_count; i++)
        if (site->feeds[i].shadow) return true;
    return false;
}

struct record *visit_record(struct visit *v, const char *place, const char *title_key)
{
    static const char *const places[] = {"live", "held", "shadow", "brakes", "takedowns",
        "comments", "alarms", "quarantine", "account"};
    const struct dress *d = v->book.dress;
    struct record *r = record_new(v->a);
    struct span style;
    dress_style(&style);
    record_text(r, "style", style);
    record_text(r, "lang", dress_language(d));
    record_text(r, "dir", dress_is_rtl(d) ? S("rtl") : S("ltr"));
    record_text(r, "site", v->book.site->name);
    record_text(r, "home", v->book.site->url);
    record_text(r, "zone", zone_name(v->book.site->zone));
    record_text(r, "title", *title_key ? dress_word(d, title_key) : S(""));
    record_text(r, "csrf", v->form_token);
    bool is_in = v->role != DESK_NOBODY;
    record_flag(r, "is_in", is_in);
    if (!is_in) return r;
    record_text(r, "who", v->who);
    record_text(r, "role", dress_word_of(d, "role_", span_of(desk_role_name(v->role))));
    for (size_t i = 0; i < COUNT(places); i++) {
        if (strcmp(places[i], "shadow") == 0 && !has_shadow(v->book.site)) continue;
        bool idle = v->book.rules->comments == DESK_COMMENTS_OFF;
        if (idle && strcmp(places[i], "comments") == 0) continue;
        struct record *item = record_item(r, "menu");
        record_text(item, "href", arena_printf(v->a, "/desk/%s", places[i]));
        record_text(item, "label", dress_word_of(d, "menu_", span_of(places[i])));
        record_flag(item, "here", strcmp(places[i], place) == 0);
    }
    return r;
}

void put_time(struct visit *v, struct record *r, const char *name, int64_t ms)
{
    record_text(r, name, S(""));
    if (ms <= 0 || ms == FOREVER) return;
    char iso[25];
    utc_text(ms, iso);
    struct record *t = record_in(r, name);
    record_text(t, "iso", arena_keep(v->a, span_of(iso)));
    record_text(t, "text", office_time(v->book.site, v->a, ms));
}

bool visit_eyes(struct visit *v, struct office_eyes *e)
{
    struct office_look look = v->office->config.look;
    const char *why = NULL;
    look.site = v->book.site;
    look.rules = v->book.rules;
    if (eyes_open(&look, v->a, e, &why) == OK) {
        v->office->blind = 0;
        return true;
    }
    v->office->blind++;
    v->head = S("Retry-After: 1\r\n");
    visit_message(v, 503, "busy", dress_word(v->book.dress, "no_store"));
    return false;
}

struct span visit_once(struct visit *v)
{
    unsigned char b[16];
    random_bytes(b, sizeof b);
    b[6] = (b[6] & 0x0f) | 0x40; /* RFC 9562, version 4 */
    b[8] = (b[8] & 0x3f) | 0x80;
    struct span h = bytes_hex(v->a, b, sizeof b);
    return arena_printf(
        v->a, "%.8s-%.4s-%.4s-%.4s-%.12s", h.p, h.p + 8, h.p + 12, h.p + 16, h.p + 20);
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
    {HTTP_GET, "/desk/comments", false, page_readers},
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
           (span_eq(v->path, S("/desk/brakes")) || act_path(v, &page, &kind));
}

/* What a form held is asked for once more, and not lost: with the words of `why`. */
void visit_ask_again(struct visit *v, int status, const char *why)
{
    story_id page;
    enum act_kind kind;
    if (act_path(v, &page, &kind))
        ask_again(v, status, page, kind, why);
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

static void answer(struct visit *v)
{
    struct span style_path, style = dress_style(&style_path);
    enum http_method method = v->method == HTTP_HEAD ? HTTP_GET : v->method;
    v->method = method;
    if (method == HTTP_GET && span_eq(v->path, style_path)) {
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
    if (v->is_api) {
        api_answer(v);
        return;
    }
    size_t i = 0;
    while (i < COUNT(table) &&
           !(table[i].method == method && span_eq(v->path, span_of(table[i].path))))
        i++;
    bool is_open = i < COUNT(table) && table[i].open;
    const char *why;
    if (v->role == DESK_NOBODY && !is_open)
        ask_to_sign_in(v);
    else if (method != HTTP_GET && method != HTTP_POST)
        visit_message(v, 405, "not_here", dress_word(v->book.dress, "not_here_text"));
    else if (method == HTTP_POST && !sign_form_is_ours(v, &why))
        refuse_form(v, why);
    else if (i < COUNT(table))
        table[i].answer(v);
    else if (span_eq(v->path, S("/desk/")) || span_eq(v->path, S("/desk")))
        visit_redirect(v, S("/desk/live"));
    else if (!story_route(v))
        not_found(v);
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
