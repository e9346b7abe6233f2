/* visit.c: one request at the desk's door, from what came to what is sent: every answer is private,
 * no-store and noindex. */
#include <string.h>

#include "visit.h"

enum {
    VISIT_ARENA = 1 << 30,   /* a story with its 2,000 versions, as the newsroom has room for it */
    STRANGERS_A_MINUTE = 60, /* refusals of those without a session that the file keeps */
};

/* ---- what came ---- */
static struct span kept_header(struct visit *v, const char *name)
{
    struct span s = http_header(v->request, name);
    return s.p ? arena_keep(v->a, s) : (struct span){NULL, 0};
}

static struct span address_of(struct arena *a, const struct http_request *r)
{
    struct net_address client = net_address_network(&r->client);
    char text[64];
    if (!client.known) return S("local");
    net_address_text(&client, text);
    return arena_printf(a, "%s%s", text, net_address_is_four(&client) ? "" : "/64");
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

struct visit *visit_of(struct office *o, struct net_worker *w, struct http_request *r)
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
    v->is_local = net_address_is_local(&r->client);
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
    if (--o->visits == 0) office_free_old(o);
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

/* ---- refusals ---- */
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

/* What waits for whoever runs the machine, told to those whose stories it is about. */
static void note_waiting(struct visit *v, struct record *r)
{
    unsigned long long pages = clock_slot_get(SLOT_CHANGES_WAIT);
    if (pages)
        record_text(r, "waits",
            dress_say(v->book.dress, v->a, "config_waits", "n", arena_printf(v->a, "%llu", pages)));
    if (clock_slot_get(SLOT_UNATTENDED))
        record_text(r, "unattended", dress_word(v->book.dress, "comments_unattended"));
}

struct record *visit_record(struct visit *v, const char *place, const char *title_key)
{
    static const char *const places[] = {"live", "held", "shadow", "brakes", "takedowns", "duties",
        "comments", "complaints", "audience", "alarms", "quarantine", "account"};
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
    note_waiting(v, r);
    record_text(r, "who", v->who);
    record_text(r, "role", dress_word_of(d, "role_", span_of(desk_role_name(v->role))));
    for (size_t i = 0; i < COUNT(places); i++) {
        if (strcmp(places[i], "shadow") == 0 && !has_shadow(v->book.site)) continue;
        bool idle = v->book.rules->comments == DESK_COMMENTS_OFF;
        if (idle && strcmp(places[i], "comments") == 0) continue;
        if (!v->book.site->hears_complaints && strcmp(places[i], "complaints") == 0) continue;
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
