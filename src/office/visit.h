/* visit.h: one request at the desk's door, and what office's files share to answer it. Private. */
#ifndef VISIT_H
#define VISIT_H

#include "office.h"
#include "text.h"

/* ---- dress.c: templates and words of one language ---- */
struct dress;
struct dress *dress_new(struct arena *a, struct span language);
struct span dress_word(const struct dress *d, const char *key); /* must exist */
/* "act_" + name: a word whose key is put together. */
struct span dress_word_of(const struct dress *d, const char *prefix, struct span name);
/* A reason in this language; p NULL: only in English. */
struct span dress_why(const struct dress *d, struct span english);
struct map *dress_whys(const struct dress *d); /* all of them, for tests */
/* A reason as a record's text, and flag `english` where it is. */
void put_why(const struct dress *d, struct record *r, struct span english);
/* {n}, {name} … filled in. */
struct span dress_say(
    const struct dress *d, struct arena *a, const char *key, const char *name, struct span with);
struct html dress_render(
    const struct dress *d, const char *template, const struct record *r, struct arena *a);
struct span dress_language(const struct dress *d);
bool dress_is_rtl(const struct dress *d);
struct span dress_style(struct span *path_out); /* its bytes; path with its hash */

/* ---- form.c ---- */
enum { FORM_FIELDS_MAX = 24 + OFFICE_PILE_MAX }; /* a pile's ticks */
struct form { /* of a body or a query: names and values, decoded */
    struct span names[FORM_FIELDS_MAX], values[FORM_FIELDS_MAX];
    size_t count;
};
bool form_read(struct arena *a, struct span encoded, struct form *out); /* false: not a form */
struct span form_get(const struct form *f, const char *name);           /* empty: not there */
struct span cookie_get(struct span header, const char *name);           /* p NULL: not there */

/* ---- office.c ---- */
struct rulebook { /* what a request sees of the configuration, from its begin to its end */
    const struct office_site *site;
    const struct desk_rules *rules;
    struct dress *dress;
    struct arena *a, *owner; /* of the dress; of site and rules */
};
enum { OUTCOMES = 64 };
struct outcome {
    struct office_done done;
    enum act_kind kind;
};
struct office {
    struct office_config config;
    struct accounts *accounts;
    struct rulebook book;
    struct rulebook *old_books; /* requests may still use them: freed when none is under way */
    size_t old_count, old_cap;
    unsigned visits;                   /* under way */
    struct helpers *hashers, *actors;  /* apart: acts that wait for the site hold up no sign-in */
    struct outcome outcomes[OUTCOMES]; /* of the last acts, to tell what they took */
    size_t outcome_next;
    int64_t audited_ms; /* strangers' refusals are put into the file at most so often */
    uint32_t audited;
    _Atomic unsigned blind; /* looks at the store that failed in a row */
};
struct visit {
    struct office *office;
    struct net_worker *worker;
    struct http_request *request; /* NULL once deferred */
    struct http_token token;
    bool is_later;
    struct arena *a; /* its own: it may live longer than the request's */
    struct rulebook book;
    /* what was asked */
    enum http_method method;
    struct span path, host, origin, fetch_site, cookies, bearer, agent, address, body, type;
    struct form query, form;
    bool is_tls, is_local, is_api;
    /* who asks */
    enum desk_role role;
    struct span who;
    struct session session;
    struct span form_token; /* what a form has to bring back */
    struct span set_cookie; /* complete header line; empty: none */
    /* the answer */
    int status;
    struct span head; /* further lines */
    struct span content_type, answer;
    /* work on a helper's thread, and who goes on after it */
    void (*work)(struct visit *v);
    void (*then)(struct visit *v);
    struct visit *next;
    /* of sign-in and passwords */
    struct span password, other_password, name;
    const char *hash_to_try;
    char hash[128];
    bool right;
    /* of acts */
    struct act *acts;
    size_t act_count;
    struct span once;
    struct office_done done;
};
void office_free_old(struct office *o); /* rulebooks: no visit is under way */
/* ---- visit.c ---- */
struct visit *visit_of(struct office *o, struct net_worker *w, struct http_request *r);
void visit_send(struct visit *v);
/* Runs work on a helper's thread, then `then` on the worker's, in a later turn of its loop: until
 * this one ends the visit stands. Where too many wait it answers 503 in place of both. */
void visit_later(
    struct visit *v, struct helpers *h, void (*work)(struct visit *), void (*then)(struct visit *));
void visit_redirect(struct visit *v, struct span path);
void visit_ask_again(struct visit *v, int status, const char *why); /* of the act at v->path */
void visit_page(struct visit *v, int status, const char *template, struct record *r);
void visit_message(struct visit *v, int status, const char *title_key, struct span text);
/* 403 (or 401 of the API), with its audit line. Nothing has been changed. */
void visit_refuse(struct visit *v, int status, const char *what, const char *next);
/* A refusal: where strangers flood, it goes into the log alone. */
void visit_audit(struct visit *v, const struct audit_line *line);
void visit_audit_refusal(struct visit *v, const char *what);
void visit_json(struct visit *v, int status, struct span json);
/* The frame's names: site, menu, who. */
struct record *visit_record(struct visit *v, const char *place, const char *title_key);
bool visit_eyes(struct visit *v, struct office_eyes *e); /* false: answered 503 */
struct span visit_once(struct visit *v);                 /* a new act's own name */

/* ---- sign.c ---- */
void sign_identify(struct visit *v);                           /* who asks, by cookie or bearer */
bool sign_form_is_ours(struct visit *v, const char **why_out); /* T8 */
bool sign_same_origin(const struct visit *v);
/* 403, the sign-in page with what was sent: behind it the act is asked for once more. */
void sign_keep_act(struct visit *v);
/* 403, the sign-in page anew: the one that was sent had grown old. */
void sign_again(struct visit *v);
void page_sign_in(struct visit *v);
void post_sign_in(struct visit *v);
void post_sign_out(struct visit *v);
void page_account(struct visit *v);
void post_password(struct visit *v);
void post_end_session(struct visit *v);
void page_audit(struct visit *v);
/* ---- lists.c ---- */
void page_live(struct visit *v);
void page_held(struct visit *v);
void page_quarantine(struct visit *v);
void quarantine_page(
    struct visit *v, int status, const struct span *why); /* why: what is amiss; or NULL */
void page_alarms(struct visit *v);
void page_takedowns(struct visit *v);
struct span section_title(const struct visit *v, struct span name);
struct span story_href(struct visit *v, story_id page);
size_t page_number(const struct visit *v); /* ?page=, from 1 */
void put_pager(
    struct visit *v, struct record *r, const char *path, struct span words, size_t page, bool more);
/* ---- story.c ---- */
void page_story(struct visit *v, story_id page);
void put_reasons(struct visit *v, struct record *r, const struct verdict *w);
const char *story_standing(const struct office_story *s, int64_t now_ms); /* key of a word */
bool act_is_sensible(const struct office_story *s, enum act_kind kind);
struct span story_seen(struct arena *a, const struct office_story *s); /* its last act's event */
const char *would_stand(const struct verdict *w, int64_t now_ms);      /* key of a word */
void page_picture(struct visit *v, story_id page, struct span file);
void put_duty(struct visit *v, struct record *r, const struct duty *d);
/* ---- due.c ---- */
void page_duties(struct visit *v);
/* ---- comments.c ---- */
void page_readers(struct visit *v);
enum result put_comments(struct visit *v, struct record *r, struct office_eyes *e,
    const struct office_story *s) CHECKED; /* of one story */
/* ---- grievance_page.c ---- */
void page_complaints(struct visit *v);
bool complaint_route(struct visit *v); /* one, or an act of it; false: not of this kind */
bool complaint_path(struct visit *v, story_id *number_out, enum act_kind *kind_out);
/* Its page with what v->form holds; nothing is done. why: a word's key. */
void complaint_again(struct visit *v, int status, story_id number, const char *why);
/* ---- audience.c ---- */
void page_audience(struct visit *v);
/* ---- acts.c ---- */
void page_act(struct visit *v, story_id page, enum act_kind kind);
void post_act(struct visit *v, story_id page, enum act_kind kind);
/* The act's page with what v->form holds; nothing is done. why: a word's key. */
void ask_again(struct visit *v, int status, story_id page, enum act_kind kind, const char *why);
/* Fills act from a form or JSON's fields; false: why_out. */
bool act_of_fields(struct visit *v, struct act *t, struct span deadline, const char **why_out);
void act_send(
    struct visit *v, struct act *acts, size_t n, struct span once, void (*then)(struct visit *));
void act_sent(struct visit *v); /* first thing in `then`: notes what came of it */
struct span act_once(struct visit *v, struct span once);
bool act_is_uuid(struct span s);                     /* 36 hex digits and hyphens */
void put_outcome(struct visit *v, struct record *r); /* of ?event=POS */
/* ---- brakes.c ---- */
void page_brakes(struct visit *v);
void brakes_again(struct visit *v, int status, const char *why); /* why: a word's key */
void page_resume(struct visit *v);
void post_brake(struct visit *v);
/* ---- shadow.c ---- */
void page_shadow(struct visit *v);
void shadow_page(
    struct visit *v, int status, const struct span *why); /* why: what is amiss; or NULL */
void put_kept_back(struct visit *v, struct record *r, struct office_eyes *e); /* of the brakes */
/* ---- receipt.c ---- */
void page_receipt(struct visit *v, story_id page, bool as_signed);
bool api_receipt(struct visit *v, story_id page, bool as_signed); /* false: there is none */
/* ---- api.c ---- */
void api_answer(struct visit *v);

/* ---- helpers.c ---- */
struct helpers *helpers_new(unsigned threads, size_t waiting_max);
void helpers_stop(struct helpers *h); /* waits for what runs; nothing new is taken */
void helpers_free(struct helpers *h); /* what waited is dropped */
bool helpers_add(struct helpers *h, struct visit *v);
bool helpers_has_room(struct helpers *h); /* stays true for the thread that adds, until it does */

/* ---- times and links in records ---- */
void put_time(struct visit *v, struct record *r, const char *name, int64_t ms);
void put_act(struct visit *v, struct record *r, const struct act *t); /* who did what, when, why */

#endif
