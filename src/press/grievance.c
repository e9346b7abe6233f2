/* grievance: the page of the grievance officer: who it is, the form, and each month's figures,
 * which the house counts by itself; and the page of one complaint, for whoever has its secret.
 * Neither says who complained, nor in which words. */
#include "frame.h"

enum { MONTHS = 12, TOKEN_MAX = 64 };

static struct span number_text(struct arena *a, story_id number)
{
    return story_id_text(a, number);
}

struct span grievance_key(struct arena *a, struct span token)
{
    struct hash h = hash_of(token);
    return hash_hex(a, &h);
}

/* ---- the officer ---- */
static void put_officer(struct sheet *s)
{
    const struct press_grievance *g = &s->p->site->grievance;
    record_text(s->root, "officer", g->officer);
    record_text(s->root, "officer_address", g->address);
    record_text(s->root, "officer_email", g->email);
    record_text(s->root, "officer_telephone", g->telephone);
    record_text(s->root, "acknowledged_within",
        press_count(s->p, s->a, "grievance_hours", g->acknowledge_hours));
    record_text(
        s->root, "answered_within", press_count(s->p, s->a, "grievance_days", g->answer_days));
    if (!g->body.n) return;
    struct record *r = record_in(s->root, "body_after");
    record_text(r, "name", g->body);
    bool within = span_starts(g->body_url, S("/"));
    record_text(r, "href", within || url_is_safe_link(g->body_url) ? g->body_url : S(""));
}

/* ---- the months' figures ---- */
struct month {
    struct civil first;
    size_t received, in_time, late, open;
};

static bool is_of(const struct month *m, const struct civil *c)
{
    return m->first.year == c->year && m->first.month == c->month;
}

/* This month first, then those before it. */
static void name_months(struct sheet *s, int64_t now_ms, struct month *m)
{
    struct civil c = press_civil(s->p, now_ms);
    for (int i = 0; i < MONTHS; i++) {
        m[i] = (struct month){.first = {.year = c.year, .month = c.month, .day = 1}};
        if (--c.month == 0) c.month = 12, c.year--;
    }
}

static void count_one(struct month *m, const struct civil *c, const struct stored_grievance *g)
{
    for (int i = 0; i < MONTHS; i++) {
        if (!is_of(&m[i], c)) continue;
        m[i].received++;
        m[i].open += !g->decided_ms;
        m[i].in_time += g->decided_ms && g->decided_ms <= g->answer_by_ms;
        m[i].late += g->decided_ms > g->answer_by_ms;
    }
}

static void put_month(struct sheet *s, const struct month *m)
{
    static const char *const names[] = {
        "received_count", "in_time_count", "late_count", "open_count"};
    const size_t counts[] = {m->received, m->in_time, m->late, m->open};
    struct record *r = record_item(s->root, "figures");
    int64_t noon = zone_to_utc(s->p->site->zone, civil_to_ms(m->first) + INT64_C(12) * 3600000);
    record_text(r, "month", press_date_month(s->p, s->a, noon));
    for (size_t i = 0; i < COUNT(names); i++)
        record_text(r, names[i], press_number(s->p, s->a, counts[i]));
}

/* A month without a complaint is told too, from the first on that had one. */
static enum result put_figures(struct sheet *s, struct reader *r)
{
    struct month m[MONTHS];
    struct stored_grievance *list;
    size_t count = 0, shown = 0;
    int64_t now = reader_now_ms(r);
    name_months(s, now, m);
    int64_t since = zone_to_utc(s->p->site->zone, civil_to_ms(m[MONTHS - 1].first));
    enum result result = reader_grievances_since(r, since, s->a, &list, &count);
    if (result != OK) return result;
    for (size_t i = 0; i < count; i++) {
        struct civil c = press_civil(s->p, list[i].received_ms);
        count_one(m, &c, &list[i]);
    }
    for (size_t i = 0; i < MONTHS; i++)
        if (m[i].received) shown = i + 1;
    for (size_t i = 0; i < shown; i++) put_month(s, &m[i]);
    record_flag(s->root, "figures_there", shown > 0);
    page_key(s->out, "grievances", S(""));
    page_until(s->out, press_midnight(s->p, now, 1));
    return OK;
}

/* ---- the form ---- */
static void put_wrong(struct sheet *s, const char *name, const char *key, const char *field)
{
    if (name) record_text(s->root, name, key ? press_word(s->p, key) : S(""));
    if (!key) return;
    struct record *r = record_item(s->root, "complaint_errors");
    record_text(r, "text", press_word(s->p, key));
    record_text(r, "href", span_of(field));
}

static void put_form(struct sheet *s, const struct grievance_form *f)
{
    bool wrong = f->name_wrong || f->contact_wrong || f->about_wrong || f->text_wrong ||
                 f->wish_wrong || f->wrong;
    record_text(s->root, "complaint_action", press_path(s->p, s->a, S("/grievance")));
    record_text(s->root, "complaint_name", f->name);
    record_text(s->root, "complaint_contact", f->contact);
    record_text(s->root, "complaint_about", f->about);
    record_text(s->root, "complaint_text", f->text);
    record_text(s->root, "complaint_wish", f->wish);
    record_text(s->root, "complaint_stamp", f->stamp);
    record_flag(s->root, "complaint_wrong", wrong);
    record_flag(s->root, "complaint_ready", f->stamp.n && !wrong);
    put_wrong(s, NULL, f->wrong, "#complaint-text");
    put_wrong(s, "complaint_name_wrong", f->name_wrong, "#complaint-name");
    put_wrong(s, "complaint_contact_wrong", f->contact_wrong, "#complaint-contact");
    put_wrong(s, "complaint_about_wrong", f->about_wrong, "#complaint-about");
    put_wrong(s, "complaint_text_wrong", f->text_wrong, "#complaint-text");
    put_wrong(s, "complaint_wish_wrong", f->wish_wrong, "#complaint-wish");
}

enum result page_grievance(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    static const struct grievance_form none;
    const struct grievance_form *f = ask->grievance ? ask->grievance : &none;
    if (!p->site->grievance.officer.n) return ERR_ABSENT;
    out->no_store = ask->grievance != NULL;
    out->noindex = ask->grievance != NULL;
    if (f->status) out->status = f->status;
    struct span title = press_word(p, "grievance_title");
    struct sheet s = frame_open(p, a, out, "grievance", title, S("/grievance"));
    frame_about(&s, press_word(p, "grievance_what"));
    frame_crumbs_of(&s, title, S("/grievance"));
    record_text(s.root, "heading", title);
    put_officer(&s);
    put_form(&s, f);
    enum result result = put_figures(&s, r);
    if (result != OK) return result;
    frame_json(&s, jsonld_site(p, a));
    frame_close(&s, "grievance");
    return OK;
}

/* ---- one complaint ---- */
static void put_step(struct sheet *s, const char *key, int64_t ms)
{
    if (!ms) return;
    struct record *r = record_item(s->root, "steps");
    record_text(r, "step", press_word(s->p, key));
    story_time(s, r, "at", ms, press_date_long);
}

static void put_complaint(struct sheet *s, const struct stored_grievance *g, int64_t now_ms)
{
    const char *how = g->is_upheld ? "grievance_is_upheld" : "grievance_is_rejected";
    put_step(s, "grievance_came", g->received_ms);
    put_step(s, "grievance_is_acknowledged", g->acknowledged_ms);
    put_step(s, "grievance_is_forwarded", g->forwarded_ms);
    put_step(s, how, g->decided_ms);
    if (!g->acknowledged_ms) put_step(s, "grievance_acknowledge_by", g->acknowledge_by_ms);
    if (!g->decided_ms) put_step(s, "grievance_answer_by", g->answer_by_ms);
    bool late = !g->decided_ms && (now_ms > g->answer_by_ms ||
                                      (!g->acknowledged_ms && now_ms > g->acknowledge_by_ms));
    record_flag(s->root, "is_late", late);
    record_text(s->root, "decision", g->decided_ms ? g->wording : S(""));
}

/* Whether this number is none, or the secret another, is not told. */
static bool is_secret_of(struct arena *a, const struct stored_grievance *g, struct span token)
{
    struct span key = grievance_key(a, span_cut(token, 0, TOKEN_MAX));
    return token.n && key.n == g->key.n && equal_secret(key.p, g->key.p, key.n);
}

enum result page_complaint(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct stored_grievance g;
    enum result found = reader_grievance(r, ask->id, a, &g);
    if (found != OK && found != ERR_ABSENT) return found;
    bool there = found == OK && is_secret_of(a, &g, ask->words);
    if (!there && !(found == ERR_ABSENT && ask->is_filing)) return ERR_ABSENT;
    out->noindex = out->no_store = true;
    struct span title = press_say(p, a, "grievance_case", "number", number_text(a, ask->id));
    struct sheet s = frame_open(p, a, out, "complaint", title, S(""));
    frame_crumb(&s, press_word(p, "home"), S("/"));
    frame_crumb(&s, press_word(p, "grievance_title"), S("/grievance"));
    frame_crumbs_done(&s);
    record_text(s.root, "heading", title);
    record_flag(s.root, "is_filing", !there);
    if (there) put_complaint(&s, &g, reader_now_ms(r));
    put_officer(&s);
    frame_close(&s, "complaint");
    return OK;
}

/* ---- by mail ---- */
static struct press words_alone(struct arena *a, const struct press_site *site)
{
    return (struct press){.site = site, .arena = a};
}

bool press_grievance_mail(struct arena *a, const struct press_site *site,
    const struct grievance_news *n, struct span *subject_out, struct span *text_out)
{
    static const char *const decided[] = {[GRIEVANCE_NEWS_UPHELD] = "grievance_is_upheld",
        [GRIEVANCE_NEWS_REJECTED] = "grievance_is_rejected"};
    struct press p = words_alone(a, site);
    if (theme_load_words(&p) != OK) return false;
    press_calendar(&p);
    bool is_new = n->what == GRIEVANCE_NEWS_ACKNOWLEDGED;
    struct span number = number_text(a, n->number);
    struct buf b;
    buf_init(&b, a, 0);
    *subject_out = press_say(
        &p, a, is_new ? "grievance_mail_came" : "grievance_mail_decided", "number", number);
    buf_printf(&b, "%.*s\r\n\r\n", FMT(*subject_out));
    if (is_new)
        buf_printf(&b, "%.*s: %.*s\r\n", FMT(press_word(&p, "grievance_answer_by")),
            FMT(press_date_long(&p, a, n->answer_by_ms)));
    else
        buf_printf(
            &b, "%.*s\r\n\r\n%.*s\r\n", FMT(press_word(&p, decided[n->what])), FMT(n->wording));
    if (!is_new && site->grievance.body.n)
        buf_printf(&b, "\r\n%.*s %.*s\r\n%.*s\r\n", FMT(press_word(&p, "grievance_next")),
            FMT(site->grievance.body), FMT(site->grievance.body_url));
    buf_printf(&b, "\r\n%.*s\r\n%.*s\r\n\r\n%.*s\r\n%.*s\r\n",
        FMT(press_word(&p, "grievance_keep")),
        FMT(press_absolute(
            &p, a, arena_printf(a, "/grievance/%.*s?key=%.*s", FMT(number), FMT(n->token)))),
        FMT(site->grievance.officer), FMT(site->name));
    *text_out = buf_span(&b);
    return true;
}
