/* sign.c: who asks: signing in and out, sessions, passwords; and whether a form is one that we gave
 * to this very session (T8). A name that is not there and a wrong password are answered alike, and
 * as late. */
#include <string.h>

#include "visit.h"

static const char secure_name[] = "__Host-broadsheet-desk", plain_name[] = "broadsheet-desk";
enum { SHOWN_AUDIT = 200 };

static const char *cookie_name(const struct visit *v)
{
    return v->is_tls ? secure_name : plain_name;
}

/* __Host- wants Path=/ and Secure; without TLS (this machine alone) the path is the desk's. */
static void set_cookie(struct visit *v, struct span token, int64_t seconds)
{
    struct span life =
        seconds >= 0 ? arena_printf(v->a, "; Max-Age=%lld", (long long)seconds) : S("");
    v->set_cookie = arena_printf(v->a,
        "Set-Cookie: %s=%.*s; Path=%s%s; HttpOnly; SameSite=Strict%.*s\r\n", cookie_name(v),
        FMT(token), v->is_tls ? "/" : "/desk/", v->is_tls ? "; Secure" : "", FMT(life));
}

void sign_identify(struct visit *v)
{
    int64_t now = clock_now_ms();
    if (v->is_api) {
        struct api_token t;
        struct span text = v->bearer.p ? v->bearer : S("");
        if (!span_starts_nocase(text, S("Bearer "))) return;
        text = span_trim(span_cut(text, 7, text.n));
        if (tokens_find(v->office->accounts, text, now, v->a, &t) != OK) return;
        v->role = t.role;
        v->who = t.name;
        return;
    }
    struct span cookie = cookie_get(v->cookies, cookie_name(v));
    unsigned char hash[TOKEN_BYTES];
    if (!cookie.p || !token_hash(cookie, hash)) return;
    v->form_token = token_form(v->a, cookie);
    if (sessions_find(v->office->accounts, cookie, now, v->a, &v->session) != OK) return;
    v->role = v->session.role;
    v->who = v->session.account;
}

/* Browsers say where a form was sent from. With Referrer-Policy: no-referrer the Origin of our own
 * forms is "null", and Sec-Fetch-Site tells; browsers too old for it are held to the token. */
bool sign_same_origin(const struct visit *v)
{
    if (v->fetch_site.p && !span_eq(v->fetch_site, S("same-origin"))) return false;
    if (!v->origin.p || span_eq(v->origin, S("null"))) return true;
    struct span own = arena_printf(v->a, "%s://%.*s", v->is_tls ? "https" : "http", FMT(v->host));
    return span_eq_nocase(v->origin, own);
}

bool sign_form_is_ours(struct visit *v, const char **why_out)
{
    struct span token = form_get(&v->form, "token");
    *why_out = NULL;
    if (!sign_same_origin(v))
        *why_out = "the form comes from another site (behind a proxy: it has to pass Host and "
                   "X-Forwarded-Proto on)";
    else if (!v->form_token.n || token.n != v->form_token.n ||
             !equal_secret(token.p, v->form_token.p, token.n))
        *why_out = "the form's token is not this session's";
    return !*why_out;
}

static void note_refusal(struct visit *v, const char *what, struct span who, struct span detail)
{
    struct audit_line line = {.at_ms = clock_now_ms(),
        .what = span_of(what),
        .who = who,
        .address = v->address,
        .detail = detail};
    visit_audit(v, &line);
}

static void note(struct visit *v, const char *what, struct span who, struct span detail)
{
    struct audit_line line = {.at_ms = clock_now_ms(),
        .what = span_of(what),
        .who = who,
        .address = v->address,
        .detail = detail};
    audit(v->office->accounts, &line);
}

/* ---- what was written when the session had ended ---- */
static const char kept_prefix[] = "keep.";

/* The act's own fields; from a sign-in form, those that it carries already. */
static void put_kept(struct visit *v, struct record *r)
{
    bool carried = span_eq(v->path, S("/desk/sign-in"));
    for (size_t i = 0; i < v->form.count; i++) {
        struct span name = v->form.names[i];
        bool is_kept = span_starts(name, span_of(kept_prefix));
        if (carried ? !is_kept : is_kept || span_eq(name, S("token"))) continue;
        struct record *item = record_item(r, "kept");
        record_text(item, "field", carried ? name : arena_printf(v->a, "keep.%.*s", FMT(name)));
        record_text(item, "value", v->form.values[i]);
    }
}

static bool take_kept(struct visit *v)
{
    struct form kept = {0};
    for (size_t i = 0; i < v->form.count; i++) {
        if (!span_starts(v->form.names[i], span_of(kept_prefix))) continue;
        size_t cut = sizeof kept_prefix - 1;
        kept.names[kept.count] = span_cut(v->form.names[i], cut, v->form.names[i].n);
        kept.values[kept.count++] = v->form.values[i];
    }
    v->form = kept;
    return kept.count > 0;
}

/* ---- signing in ---- */
static struct span next_of(struct visit *v)
{
    if (!span_eq(v->path, S("/desk/sign-in"))) return v->path; /* an act's */
    return form_get(v->method == HTTP_POST ? &v->form : &v->query, "next");
}

static void sign_in_page(struct visit *v, int status, struct span message)
{
    if (!v->form_token.n) {
        char token[TOKEN_TEXT + 1];
        token_new(token);
        struct span kept = arena_keep(v->a, span_of(token));
        set_cookie(v, kept, -1);
        v->form_token = token_form(v->a, kept);
    }
    struct record *r = visit_record(v, "", "sign_in");
    record_text(r, "message", message);
    record_text(r, "name", account_name_fits(v->name) ? v->name : S(""));
    record_text(r, "next", next_of(v));
    if (v->method == HTTP_POST) put_kept(v, r);
    visit_page(v, status, "sign-in", r);
}

void sign_keep_act(struct visit *v)
{
    sign_in_page(v, 403, dress_word(v->book.dress, "session_over"));
}

void sign_again(struct visit *v)
{
    if (v->role != DESK_NOBODY)
        visit_redirect(v, S("/desk/live"));
    else
        sign_in_page(v, 403, dress_word(v->book.dress, "sign_in_again"));
}

void page_sign_in(struct visit *v)
{
    if (v->role != DESK_NOBODY)
        visit_redirect(v, S("/desk/live"));
    else
        sign_in_page(v, 200, S(""));
}

/* Only a path of the desk, in plain letters: nothing else leads anywhere from here. */
static struct span fit_next(struct visit *v)
{
    struct span next = form_get(&v->form, "next");
    bool fits = span_starts(next, S("/desk/")) && next.n < 200;
    for (size_t i = 0; i < next.n; i++) {
        char x = next.p[i];
        fits = fits && ((x >= 'a' && x <= 'z') || (x >= '0' && x <= '9') || x == '/' || x == '-');
    }
    return fits ? next : S("/desk/live");
}

static void try_password(struct visit *v)
{
    v->right = password_right(v->hash_to_try, v->password);
}

static void start_session(struct visit *v, const struct account *t)
{
    char token[TOKEN_TEXT + 1];
    int64_t now = clock_now_ms();
    struct session s = {
        .account = t->name, .address = v->address, .agent = v->agent.p ? v->agent : S("")};
    token_new(token);
    must(token_hash(span_of(token), s.token));
    /* One that was there before is not taken over: a token given to somebody opens nothing. */
    if (v->role != DESK_NOBODY) (void)!sessions_end(v->office->accounts, S(""), v->session.number);
    if (sessions_start(v->office->accounts, &s, now) != OK) {
        visit_message(v, 503, "busy", dress_word(v->book.dress, "busy_text"));
        return;
    }
    tries_right(v->office->accounts, t->name, v->address, now);
    note(v, "signed in", t->name, S(""));
    struct span kept = arena_keep(v->a, span_of(token)), next = fit_next(v);
    set_cookie(v, kept, OFFICE_LIFE_MS / 1000);
    visit_redirect(v, next);
    if (!take_kept(v)) return;
    v->form_token = token_form(v->a, kept);
    v->role = t->role;
    v->who = t->name;
    v->path = next;
    v->head = S("");
    visit_ask_again(v, 200, "look_once_more");
}

static void password_was_tried(struct visit *v)
{
    struct account t;
    /* Looked up again: the account may have changed meanwhile. */
    bool stands = accounts_find(v->office->accounts, v->name, v->a, &t) == OK &&
                  strcmp(t.hash, v->hash_to_try) == 0;
    if (v->right && stands) {
        start_session(v, &t);
    } else {
        note_refusal(
            v, "wrong name or password", account_name_fits(v->name) ? v->name : S(""), S(""));
        sign_in_page(v, 403, dress_word(v->book.dress, "sign_in_wrong"));
    }
    visit_send(v);
}

static void tell_wait(struct visit *v, int64_t wait_ms)
{
    struct span seconds = arena_printf(v->a, "%lld", (long long)((wait_ms + 999) / 1000));
    note_refusal(v, "locked out for now", account_name_fits(v->name) ? v->name : S(""),
        arena_printf(v->a, "%.*s s", FMT(seconds)));
    v->head = arena_printf(v->a, "Retry-After: %.*s\r\n", FMT(seconds));
    sign_in_page(v, 429, dress_say(v->book.dress, v->a, "sign_in_wait", "n", seconds));
}

/* A try is counted where it will be made; one that cannot be counted is not made. false: answered
 * 503. */
static bool may_try(struct visit *v, int64_t now_ms)
{
    if (helpers_has_room(v->office->hashers) &&
        tries_count(v->office->accounts, v->name, v->address, now_ms))
        return true;
    v->head = S("Retry-After: 2\r\n");
    visit_message(v, 503, "busy", dress_word(v->book.dress, "busy_text"));
    return false;
}

void post_sign_in(struct visit *v)
{
    struct accounts *c = v->office->accounts;
    struct account t;
    int64_t now = clock_now_ms();
    v->name = text_casefold(v->a, form_get(&v->form, "name"));
    v->password = form_get(&v->form, "password");
    if (v->name.n > OFFICE_NAME_MAX || v->password.n > OFFICE_PASSWORD_MAX)
        v->name = v->password = S("");
    int64_t wait = tries_wait(c, v->name, v->address, now);
    if (wait) {
        tell_wait(v, wait);
        return;
    }
    if (!may_try(v, now)) return;
    bool is_there = account_name_fits(v->name) && accounts_find(c, v->name, v->a, &t) == OK;
    v->hash_to_try = is_there ? arena_cstr(v->a, span_of(t.hash)) : password_nobody();
    visit_later(v, v->office->hashers, try_password, password_was_tried);
}

void post_sign_out(struct visit *v)
{
    (void)!sessions_end(v->office->accounts, v->who, v->session.number);
    note(v, "signed out", v->who, S(""));
    set_cookie(v, S(""), 0);
    visit_redirect(v, S("/desk/sign-in"));
}

/* ---- one's own account ---- */
static void put_sessions(struct visit *v, struct record *r)
{
    struct session *list;
    size_t count;
    /* A chief sees and ends everybody's. */
    struct span whose = v->role == DESK_CHIEF ? S("") : v->who;
    if (sessions_list(v->office->accounts, whose, clock_now_ms(), v->a, &list, &count) != OK)
        return;
    for (size_t i = 0; i < count; i++) {
        struct record *item = record_item(r, "sessions");
        record_text(item, "account", list[i].account);
        record_text(item, "number", list[i].number);
        record_text(item, "address", list[i].address);
        record_text(item, "agent", list[i].agent);
        put_time(v, item, "made", list[i].made_ms);
        put_time(v, item, "used", list[i].used_ms);
        record_flag(item, "this_one", span_eq(list[i].number, v->session.number));
    }
}

static void account_page(struct visit *v, int status, struct span message, bool is_good)
{
    struct record *r = visit_record(v, "account", "menu_account");
    record_text(r, "message", message);
    record_flag(r, "is_good", is_good);
    record_flag(r, "is_chief", v->role == DESK_CHIEF);
    put_sessions(v, r);
    visit_page(v, status, "account", r);
}

void page_account(struct visit *v)
{
    bool ended = form_get(&v->query, "ended").n > 0;
    account_page(v, 200, ended ? dress_word(v->book.dress, "session_ended") : S(""), true);
}

void post_end_session(struct visit *v)
{
    struct span number = form_get(&v->form, "number");
    struct span whose = v->role == DESK_CHIEF ? S("") : v->who;
    bool ended = sessions_end(v->office->accounts, whose, number) == OK;
    if (ended) note(v, "session ended", v->who, number);
    if (ended && span_eq(number, v->session.number))
        visit_redirect(v, S("/desk/sign-in"));
    else
        visit_redirect(v, ended ? S("/desk/account?ended=1") : S("/desk/account"));
}

static void change_password(struct visit *v)
{
    v->right = password_right(v->hash_to_try, v->password);
    if (v->right && !password_hash(v->other_password, v->hash)) v->hash[0] = 0;
}

static void password_changed(struct visit *v)
{
    struct accounts *c = v->office->accounts;
    const struct dress *d = v->book.dress;
    int64_t now = clock_now_ms();
    enum result r = ERR_DENIED;
    if (v->right && v->hash[0])
        r = accounts_change(c, v->who, v->hash, DESK_NOBODY, v->session.token, now);
    if (v->right) tries_right(c, v->who, v->address, now);
    if (r == OK) {
        note(v, "password changed; its other sessions ended", v->who, S(""));
        account_page(v, 200, dress_word(d, "password_changed"), true);
    } else {
        if (!v->right) note(v, "wrong password at a change", v->who, S(""));
        account_page(v, 403, dress_word(d, v->right ? "busy_text" : "password_wrong"), false);
    }
    visit_send(v);
}

void post_password(struct visit *v)
{
    struct accounts *c = v->office->accounts;
    const char *why;
    struct account t;
    int64_t now = clock_now_ms(), wait = tries_wait(c, v->who, v->address, now);
    v->password = form_get(&v->form, "old");
    v->other_password = form_get(&v->form, "new");
    if (!password_fits(v->other_password, &why) || v->password.n > OFFICE_PASSWORD_MAX) {
        account_page(v, 422, dress_word(v->book.dress, "password_short"), false);
    } else if (wait || accounts_find(c, v->who, v->a, &t) != OK) {
        v->name = v->who;
        account_page(v, 429,
            dress_say(v->book.dress, v->a, "sign_in_wait", "n",
                arena_printf(v->a, "%lld", (long long)((wait + 999) / 1000))),
            false);
    } else {
        tries_count(c, v->who, v->address, now);
        v->hash_to_try = arena_cstr(v->a, span_of(t.hash));
        visit_later(v, v->office->hashers, change_password, password_changed);
    }
}

void page_audit(struct visit *v)
{
    struct audit_line *list;
    size_t count;
    if (v->role != DESK_CHIEF) {
        visit_refuse(v, 403, "the audit wants the role chief", NULL);
        return;
    }
    struct record *r = visit_record(v, "account", "audit");
    if (audit_list(v->office->accounts, SHOWN_AUDIT, v->a, &list, &count) == OK)
        for (size_t i = 0; i < count; i++) {
            struct record *item = record_item(r, "lines");
            put_time(v, item, "at", list[i].at_ms);
            record_text(item, "what", list[i].what);
            record_text(item, "account", list[i].who);
            record_text(item, "address", list[i].address);
            record_text(item, "detail", list[i].detail);
        }
    visit_page(v, 200, "audit", r);
}
