/* office: the desk's own door: accounts, sessions, the lock-out curve; the pages that editors work
 * with and the API beside them. Reads what the store lists; changes nothing of a story itself:
 * every act goes through one hook into the ledger. Knows no process, no configuration, no ledger.
 * DATA/desk/accounts.db is its only file. */
#ifndef OFFICE_H
#define OFFICE_H

#include "base.h"
#include "clock.h"
#include "desk.h"
#include "net.h"
#include "store.h"

/* Limits (docs/limits.md). */
enum {
    OFFICE_PASSWORD_MIN = 10,      /* characters: NIST SP 800-63B wants eight */
    OFFICE_PASSWORD_MAX = 500,     /* bytes: whatever a manager makes up; no free work for argon2 */
    OFFICE_NAME_MAX = 40,          /* bytes of an account's name */
    OFFICE_ACCOUNTS_MAX = 500,     /* a newsroom, not a public sign-up */
    OFFICE_SESSIONS_MAX = 20,      /* of one account: the oldest ends */
    OFFICE_IDLE_MS = 12 * 3600000, /* a shift, with the way home */
    OFFICE_LIFE_MS = 7 * 24 * 3600000, /* then the password is asked for again */
    OFFICE_TRIES_FREE = 5,             /* wrong passwords before the first wait */
    OFFICE_WAIT_FIRST_MS = 1000,       /* doubles with each further one … */
    OFFICE_WAIT_MAX_MS = 15 * 60000,   /* … up to this */
    OFFICE_FORGET_MS = 3600000,        /* after the wait: then the count begins again */
    OFFICE_TRIES_ROWS = 20000,         /* names and addresses remembered; the oldest go */
    OFFICE_KNOWN_DAYS = 30,            /* an address from which an account has signed in */
    OFFICE_HASHES_AT_ONCE = 2,         /* 64 MB and a processor each */
    OFFICE_WAITING_MAX = 16,           /* sign-ins and acts in line; more are told to come back */
    OFFICE_AUDIT_ROWS = 5000,          /* the newest; the log has all */
    OFFICE_AUDIT_REFUSED = 1000,       /* of them refusals: strangers push nothing else out */
    OFFICE_BODY_MAX = 16 << 10,        /* of a form or an API request */
    OFFICE_STORY_ARENA = 1 << 30,      /* one with its 2,000 versions, as the newsroom has room */
    OFFICE_PICTURE_MAX = 8 << 20,      /* bytes of one rendition: as the site has it */
    OFFICE_LIST_MAX = 100,             /* stories on one page */
    OFFICE_WORDS_MAX = 500,            /* bytes of a search: a headline and a guid beside it */
    OFFICE_PAGES_MAX = 1000000,        /* of a list: a number, not a position in memory */
    OFFICE_PILE_MAX = 200,             /* stories that one resume holds back one by one */
    OFFICE_VERSION = 1,                /* of accounts.db */
};

/* ================= accounts.db ================= */
struct accounts;
struct account {
    struct span name;
    enum desk_role role;
    int64_t made_ms, changed_ms;
    char hash[128]; /* argon2id, as libsodium writes it */
};
/* data: DATA. why_out: a sentence with the next step. ERR_NEWER: of a newer version. */
enum result accounts_open(const char *data, struct accounts **out, const char **why_out) CHECKED;
void accounts_close(struct accounts *c);
enum result accounts_add(
    struct accounts *c, const struct account *account) CHECKED; /* ERR_BUSY: the name is taken */
/* NULL hash: stays. DESK_NOBODY: stays. Ends the account's sessions but `except` (a token's hash;
 * NULL: all). */
enum result accounts_change(struct accounts *c, struct span name, const char *hash,
    enum desk_role role, const unsigned char *except, int64_t now_ms) CHECKED;
enum result accounts_remove(struct accounts *c, struct span name) CHECKED; /* its sessions too */
enum result accounts_find(
    struct accounts *c, struct span name, struct arena *a, struct account *out) CHECKED;
enum result accounts_list(
    struct accounts *c, struct arena *a, struct account **out, size_t *count_out) CHECKED;
bool account_name_fits(struct span name); /* [a-z0-9._-]+ */
/* The last instant at which somebody of this role or a higher one was at the desk: signed in, used
 * a session or a token, or was given his account; 0: there is nobody. */
enum result accounts_seen(struct accounts *c, enum desk_role role, int64_t *seen_ms_out) CHECKED;

/* ================= DATA/grievances/cases.db ================= */
/* Who complains, and in which words: what the ledger must not hold, for it never forgets. 0600;
 * intake writes it, the desk and the courier read it, the web cannot open it. Erased rows are
 * overwritten. */
enum {
    COMPLAINT_TOKEN = 32,        /* hexadecimal digits: 128 bits */
    COMPLAINT_NAME_MAX = 100,    /* characters: a name with titles */
    COMPLAINT_CONTACT_MAX = 200, /* a mail address has 254 bytes at most, a telephone 20 */
    COMPLAINT_ABOUT_MAX = 500,   /* an address of this site */
    COMPLAINT_TEXT_MAX = 4000,   /* two pages */
    COMPLAINT_WISH_MAX = 1000,   /* half a page */
    COMPLAINTS_A_DAY = 500,      /* of all: more is a flood, and no office reads it */
};
struct complaints;
struct complaint {
    story_id number;
    int64_t at_ms;
    struct span token; /* the secret in the link to its page */
    struct span name, contact, about, text, wish;
};
bool complaint_fits(const struct complaint *c);
/* Can its contact be written to by mail? One address, in letters that no header is broken by. */
bool complaint_has_mail(struct span contact);
/* Makes the folder; where it may be fenced off later, before. */
enum result complaints_folder(const char *data) CHECKED;
/* ERR_ABSENT: no complaint has come yet (not writes). */
enum result complaints_open(const char *data, bool writes, struct complaints **out) CHECKED;
void complaints_close(struct complaints *c);
/* All of it, as it is now, into another folder of a house or a backup; what is there goes. */
enum result complaints_copy(struct complaints *c, const char *to) CHECKED;
/* The same number again changes nothing. ERR_BUSY: there are too many today. */
enum result complaints_put(struct complaints *c, const struct complaint *t) CHECKED;
enum result complaints_find(
    struct complaints *c, story_id number, struct arena *a, struct complaint *out) CHECKED;
/* Those under this name or contact, or the one of this number. */
enum result complaints_of(struct complaints *c, struct span who, struct arena *a,
    struct complaint **out, size_t *count_out) CHECKED;
enum result complaints_erase(struct complaints *c, story_id number) CHECKED; /* ERR_ABSENT */

/* Slow on purpose (argon2id): on a helper's thread. */
bool password_fits(struct span password, const char **why_out);
bool password_hash(struct span password, char out[128]); /* false: no memory for it */
bool password_right(const char *hash, struct span password);
const char *password_nobody(void); /* a hash that no password fits: names that are not there cost
                                      as much time as those that are */

/* ---- sessions: a random token, kept as its hash ---- */
enum { TOKEN_BYTES = 32, TOKEN_TEXT = 64 };
struct session {
    unsigned char token[TOKEN_BYTES];            /* its hash */
    struct span account, address, agent, number; /* number: names it in lists; opens nothing */
    enum desk_role role;
    int64_t made_ms, used_ms;
};
void token_new(char text_out[TOKEN_TEXT + 1]);
bool token_hash(struct span text, unsigned char out[TOKEN_BYTES]); /* false: not one of ours */
/* The session's form token: follows from its own, and says nothing of it. */
struct span token_form(struct arena *a, struct span text);
enum result sessions_start(struct accounts *c, const struct session *s, int64_t now_ms) CHECKED;
enum result sessions_find(struct accounts *c, struct span text, int64_t now_ms, struct arena *a,
    struct session *out) CHECKED; /* ERR_ABSENT: unknown, ended, idle too long, too old */
/* account empty: of everybody. */
enum result sessions_list(struct accounts *c, struct span account, int64_t now_ms, struct arena *a,
    struct session **out, size_t *count_out) CHECKED;
enum result sessions_end(
    struct accounts *c, struct span account, struct span number) CHECKED; /* ERR_ABSENT */

/* snapshot.c: a database of the desk, whole and of one instant, while others write it; in a.
 * ERR_ABSENT; ERR_FULL: more than max bytes; ERR_BUSY: it is written for too long. */
enum result office_snapshot(
    const char *file, size_t max, struct arena *a, struct span *out) CHECKED;

/* ---- tokens of the API ---- */
struct api_token {
    struct span name;
    enum desk_role role;
    int64_t made_ms, used_ms;
};
enum result tokens_add(struct accounts *c, struct span name, enum desk_role role, int64_t now_ms,
    char text_out[TOKEN_TEXT + 1]) CHECKED; /* ERR_BUSY: the name is taken */
enum result tokens_find(struct accounts *c, struct span text, int64_t now_ms, struct arena *a,
    struct api_token *out) CHECKED;
enum result tokens_list(
    struct accounts *c, struct arena *a, struct api_token **out, size_t *count_out) CHECKED;
enum result tokens_remove(struct accounts *c, struct span name) CHECKED;

/* ---- the lock-out curve ---- */
int64_t tries_wait_of(uint32_t failures); /* ms after so many in a row */
/* How long this client has to wait before it may try this name; 0: now. A client is measured by its
 * own failures; a name by those from anywhere, but not for an address from which it has signed in
 * within OFFICE_KNOWN_DAYS: strangers cannot lock an editor out of his own desk. */
int64_t tries_wait(struct accounts *c, struct span name, struct span address, int64_t now_ms);
/* Counted before the password is looked at, so that many at once are many. false: it cannot be
 * kept, and the password must not be looked at. */
bool tries_count(struct accounts *c, struct span name, struct span address, int64_t now_ms);
void tries_right(struct accounts *c, struct span name, struct span address, int64_t now_ms);
/* An administrator's word. address: as the audit and the sessions write it; empty: only what was
 * counted against the name from anywhere, and from where it has signed in before. */
void tries_forget(struct accounts *c, struct span name, struct span address);

/* ---- the audit: what was refused, and what changed who may do what ---- */
struct audit_line {
    int64_t at_ms;
    struct span what, who, address, detail;
};
void audit(struct accounts *c, const struct audit_line *line); /* in the file and in the log */
void audit_log(const struct audit_line *line);                 /* in the log alone */
enum result audit_list(struct accounts *c, size_t n, struct arena *a, struct audit_line **out,
    size_t *count_out) CHECKED; /* newest first */

/* ================= what the desk sees ================= */
struct office_feed { /* with what its licence wants */
    struct span name, agency, disclaimer;
    struct span *languages; /* none: any */
    uint32_t language_count;
    struct span credit_line;  /* the form; empty: none */
    struct span territory;    /* as views have it; empty: everywhere */
    int64_t contract_ends_ms; /* 0: never */
    uint32_t retention_days, takedown_minutes;
    bool pictures, noindex, locked, no_gallery;
    bool territory_by_proxy; /* what keeps it stands in front of the site */
    bool shadow;             /* as configured: whether the desk has said go-live, the store knows */
};
struct office_section {
    struct span name, title;
};
struct office_site {
    struct span name, url, base, language;
    const struct zone *zone;
    const struct office_feed *feeds;
    uint32_t feed_count;
    const struct office_section *sections;
    uint32_t section_count;
    bool hears_complaints; /* there is a grievance officer */
    bool mails;            /* and whoever complains is answered by mail */
};
/* What the desk's floor decides a page from, as the store keeps it now: versions, acts, hits of
 * notices, the mint; without pauses. Lives in a. ERR_CORRUPT: the store is to be rebuilt. Of the
 * store's thread. */
enum result set_load(struct store *s, story_id page, struct arena *a, struct desk_set *out) CHECKED;
/* What readers have said on a page (said.c): pasts, as the desk asks for them, in the list's order.
 */
struct talk {
    struct stored_comment *list;
    struct comment_past *pasts;
    size_t count;
    struct stored_report *reports;
    size_t report_count;
};
enum result talk_load(struct store *s, story_id page, struct arena *a, struct talk *out) CHECKED;
/* The same, where one page is asked for again and again while versions come: those that were read
 * are kept, in kept's arena, and only what came behind them is read. All are read again where
 * others have come among them (pages became one); is_again_out: they were not. The rest lives in a.
 * Of one store, between two of its rollbacks. */
struct set_kept {
    struct arena *a;
    story_id page; /* 0: nothing is kept */
    struct desk_version *list;
    size_t count, cap;
};
void set_forget(struct set_kept *k);
enum result set_load_kept(struct store *s, story_id page, struct set_kept *k, struct arena *a,
    struct desk_set *out, bool *is_again_out) CHECKED;
/* Pauses in force and past, each from its act to the resume of the same target, and the acts that
 * let go what is kept back of a feed: in ledger order, in the arena a. Of one thread. */
struct brakes {
    struct arena *a;
    struct pause *pauses;
    size_t pause_count, pause_cap;
    struct release *releases;
    size_t release_count, release_cap;
    uint64_t pos; /* of the last act taken */
};
/* All that the store knows, afresh; out keeps a. ERR_CORRUPT: the store is to be rebuilt. */
enum result brakes_load(struct store *s, struct arena *a, struct brakes *out) CHECKED;
/* The next act of no story; one that was taken before changes nothing. Nothing of act is kept. */
void brakes_take(struct brakes *b, const struct act *act, const struct stored_act *at);
/* The act at pos was taken: it may change what is decided of versions that came behind the place
 * given back, and before it; pos itself: of none. */
uint64_t brakes_change_from(const struct brakes *b, const struct act *act, uint64_t pos);
void brakes_give(const struct brakes *b, struct desk_set *set); /* which points into b from then */

struct page_says { /* a story's page, as readers get it */
    bool credit, disclaimer, byline, dateline, noindex;
};
struct office_eyes { /* one look: open, ask, close; of one thread */
    struct arena *a;
    struct store *store;
    struct reader *reader;
    const struct office_site *site;
    const struct desk_rules *rules;
    struct reader_hooks hooks;
    int64_t now_ms;
    struct brakes brakes;
    struct held *held; /* all that is held, once it was asked for; NULL: not yet, or nothing */
    size_t held_count;
    /* What its public page says. Whoever can make pages; NULL: only the rows are looked at. false:
     * it cannot be told. */
    bool (*page_says)(void *with, story_id page, struct page_says *out);
    void *with;
};
struct office_look {
    const char *store_folder;
    const struct office_site *site;
    const struct desk_rules *rules;
    struct reader_hooks hooks;
};
enum result eyes_open(const struct office_look *look, struct arena *a, struct office_eyes *out,
    const char **why_out) CHECKED;
void eyes_close(struct office_eyes *e);
/* A story's id by URL, id or guid; false: no such story is known here. */
bool eyes_find(struct office_eyes *e, struct span target, story_id *page_out);

/* Whether an act, complete but for its story, does anything: the story becomes the one that its
 * target names. LATER: it is kept for a story that has not come (K7). NOTHING: why_out, a clause
 * with the next step. */
enum act_reach { REACHES, REACHES_LATER, REACHES_NOTHING };
enum act_reach act_reaches(struct office_eyes *e, struct act *t, const char **why_out);

enum address_answer { ANSWERS_404, ANSWERS_200, ANSWERS_410, ANSWERS_301 };
struct office_story {
    struct desk_set set;
    struct verdict verdict;
    struct stored_act *acts;
    size_t act_count;
    const struct view_picture *pictures; /* of the preview; from_ms FOREVER: held */
    uint32_t picture_count;
    const struct desk_version *shown; /* what is or would be public; NULL: nothing is known */
    bool is_public;
    enum address_answer answers;
    struct span path; /* below base; empty: no URL yet */
    struct span agency, disclaimer;
    bool in_shadow;       /* of the versions that would be public */
    struct verdict would; /* in_shadow: the verdict, were its feed live */
};
enum result eyes_story(struct office_eyes *e, story_id page, struct office_story *out) CHECKED;
/* ---- of many stories in turn: what each takes lies in row, which is empty again behind it ---- */
/* What a story in shadow would be, were its feed live: of the verdict is_dead, interval, shown,
 * section and reasons, which live in e's arena. ERR_ABSENT: it is not in shadow, or not known. */
enum result eyes_trial(
    struct office_eyes *e, struct arena *row, story_id page, struct verdict *would_out) CHECKED;
bool eyes_is_public(struct office_eyes *e, struct arena *row, story_id page);
/* ---- as it stood: what had come by an instant, decided again under e's rules (those then in
 * force, where the caller has them). What is dead today stays dead: its words are not shown ---- */
struct office_past {
    struct desk_set set; /* as far as it had come */
    struct verdict verdict;
    const struct desk_version *shown; /* public then, else what would have been; NULL: none yet */
    bool was_public, is_dead;         /* then; today, by any of its items */
};
/* ERR_ABSENT: nothing of it was known by then. */
enum result past_story(
    struct office_eyes *e, story_id page, int64_t at_ms, struct office_past *out) CHECKED;
struct office_teaser {
    story_id page;
    struct span headline, section; /* is_dead: empty */
    int64_t front_ms;
    bool is_dead;
};
/* The newest n of the front, or of a section where one is named, in their order; each page of the
 * store is looked at. Without packages that have no text of their own. progress may be NULL. */
enum result past_front(struct office_eyes *e, int64_t at_ms, struct span section, size_t n,
    void (*progress)(size_t pages, void *), void *with, struct office_teaser **out,
    size_t *count_out) CHECKED;

/* ---- duties: what the licence wants of a story, held against what stands on the site ---- */
enum duty_kind {
    DUTY_CREDIT,
    DUTY_CREDIT_LINE,
    DUTY_DISCLAIMER,
    DUTY_WORDS,
    DUTY_BYLINE,
    DUTY_DATELINE,
    DUTY_PICTURES,
    DUTY_PICTURE_CREDIT,
    DUTY_LANGUAGE,
    DUTY_INDEX,
    DUTY_RETENTION,
    DUTY_CONTRACT,
    DUTY_TAKEDOWN,
    DUTY_GALLERY,
    DUTY_TERRITORY,
    DUTIES
};
enum duty_state {
    DUTY_MET,
    DUTY_BROKEN,
    DUTY_YOURS /* nobody here can see whether it is met */
};
struct duty {
    enum duty_kind kind;
    enum duty_state state;
    struct span detail; /* may be empty */
    int64_t due_ms;     /* until when it has to be met; 0: no such instant */
};
/* Of a story that is public, and of one that its agency withdrew; of others there are none. Judged
 * by the public row, not by the verdict that should have made it. Returns how many. */
size_t duties_of(struct office_eyes *e, const struct office_story *s, struct duty out[DUTIES]);
/* May the licence's words be changed so? false: why_out. */
bool duty_lets(const struct office_site *site, const struct office_story *s, enum act_kind kind,
    const char **why_out);
const char *duty_name(enum duty_kind k); /* "credit": a word's key, a machine's name */
const char *duty_text(enum duty_kind k); /* in English, a clause */
const char *duty_state_name(enum duty_state s);

/* ---- long lists ---- */
struct sift {
    struct span words; /* folded */
    struct arena *row; /* of one row: empty again behind it */
};
struct sift sift_start(struct arena *a, struct span words);
/* Does each word stand in one of the texts, whatever its case? The texts may lie in row. */
bool sift_fits(struct sift *s, const struct span *texts, size_t n);
void sift_end(struct sift *s);
/* Leave in the list what the words fit, in its order; return how many. */
size_t sift_held(struct arena *a, struct span words, struct held *list, size_t count);
size_t sift_quarantine(struct arena *a, struct span words, struct quarantined *list, size_t count);
size_t sift_alarms(struct arena *a, struct span words, struct alarm *list, size_t count);
struct sift_page { /* rows from … until before; of count */
    size_t page, from, until, count;
    bool more;
    bool is_cut; /* older ones are in no page of it */
};
/* page: from 1; one behind the end is the last. */
struct sift_page sift_page(size_t count, size_t page, size_t each);

struct office_case { /* a takedown, kill or purge of the desk with its case */
    struct act act;
    story_id page;
    struct span headline;
    bool is_open;  /* it stands */
    bool is_known; /* its story is */
};
/* Newest first; those of one page, of all that the words fit. Of each act the newest
 * STORE_ACTS_NAMED_MAX; slice_out says whether there are more. */
enum result eyes_cases(struct office_eyes *e, struct span words, size_t page, size_t each,
    struct office_case **out, struct sift_page *slice_out) CHECKED;
struct office_complaint { /* to the grievance officer */
    struct stored_grievance g;
    enum grievance_standing standing;
    int64_t due_ms;         /* what has to be done next, by then; 0: nothing */
    bool is_known, by_mail; /* who complained is known still; is told by mail */
    struct complaint said;
    struct act *acts;
    size_t act_count;
};
/* How it stands, without who complained. */
void complaint_of(
    const struct office_eyes *e, const struct stored_grievance *g, struct office_complaint *out);
/* With the acts; with the words where data (the house's folder) is given. ERR_ABSENT. */
enum result eyes_complaint(
    struct office_eyes *e, const char *data, story_id number, struct office_complaint *out) CHECKED;
void complaint_json(struct office_eyes *e, struct json_out *o, const struct office_complaint *c);
struct office_comment { /* what a reader has written */
    struct stored_comment said;
    enum comment_state state;
    size_t reports;       /* since the desk's last word on it */
    struct span whys;     /* what for: "spam, abuse" */
    struct span headline; /* of its story's last version; empty: none */
};
/* One of a talk, with how it stands; whys live in a. */
void say_one(struct arena *a, const struct desk_rules *rules, const struct desk_set *set,
    const struct talk *t, size_t i, struct office_comment *out);
/* Newest first, of all stories; a page (from 1) of OFFICE_LIST_MAX. waiting: only those that wait
 * for an editor, the least likely spam first. */
enum result eyes_comments(struct office_eyes *e, bool waiting, size_t page,
    struct office_comment **out, size_t *count_out, bool *more_out) CHECKED;
/* Is the feed in shadow now? */
bool eyes_in_shadow(struct office_eyes *e, const struct office_feed *feed);
bool held_in_shadow(const struct held *h);
/* What of this feed waits because of a limit, or because it is in shadow. */
enum result eyes_kept_back(struct office_eyes *e, struct span feed, bool shadow, struct held **out,
    size_t *count_out) CHECKED;
/* What waits because of this brake. */
enum result eyes_pile(
    struct office_eyes *e, struct span target, struct held **out, size_t *count_out) CHECKED;
/* What becomes of a pile when its brake is let go. */
struct pile_choice {
    enum {
        PILE_ASK,     /* nobody has said: goes on only where nothing waits */
        PILE_PUBLISH, /* all of it, also what came since it was looked at */
        PILE_HOLD,
        PILE_PICK /* what is picked is published, the rest is held */
    } what;
    const story_id *picks;
    size_t pick_count;
};
/* The acts that do so, in one step of the ledger: what is not chosen is held, the brake last. An
 * update of a public story is never held, for that would take the public version away. NULL: out
 * and n are they, in e's arena; else a sentence for the editor, and nothing is to be done. */
const char *pile_acts(struct office_eyes *e, const struct act *brake,
    const struct pile_choice *choice, struct act **out, size_t *n) CHECKED;
bool pile_is_update(struct office_eyes *e, const struct held *h); /* of what is public */
/* "pile": [...], "waiting": how many; of a long one the first OFFICE_PILE_MAX. */
void pile_json(struct office_eyes *e, const struct held *pile, size_t count, struct json_out *o);

/* The lists and a story as JSON, for the API and --json. what: "live", "held", "quarantine",
 * "alarms", "pauses", "kept-back", "shadow", "takedowns", "comments", "waiting" (comments),
 * "complaints", "acts".
 * Page by page (from 1), with how many there are and whether more follow. ERR_ABSENT: there is no
 * such list; another error: the store cannot be read, and what o holds is not whole. */
enum result office_json_list(struct office_eyes *e, struct span what, struct span words,
    size_t page, struct json_out *o) CHECKED;
void office_json_story(struct office_eyes *e, const struct office_story *s, struct json_out *o);
/* "2026-01-23 11:30" in the site's zone. */
struct span office_time(const struct office_site *site, struct arena *a, int64_t ms);

/* ================= the desk's server ================= */
struct office_done { /* what came of an act */
    uint64_t pos;
    bool kept, applied, acknowledged;
    bool is_other; /* not kept: another act has its name (once) */
    bool gone; /* a kill: the story is off every page, ahead of its turn, and more was not waited
                  for */
    int64_t applied_us, acknowledged_us, gone_us;
    const char *why; /* not kept: static */
};
struct office_receipt {
    struct span jws, payload, kid; /* signed JSON; what is signed, JSON; the key's name */
};
/* The payload with its signed form as the member "jws", so that it can be verified as it is. In a.
 */
struct span office_receipt_json(struct arena *a, struct span payload, struct span jws);
struct office_config {
    struct office_look look;
    const char *data;
    const char *pictures; /* the folder of renditions */
    struct arena *owner;  /* of look's site and rules: the office frees it */
    /* Appends the acts in one step and waits for what comes of them; on a helper's thread. once:
     * the acts' own name: the same one again is the same act. */
    void (*perform)(
        void *with, const struct act *acts, size_t n, struct span once, struct office_done *out);
    /* The newest receipt of a story's withdrawal; false: there is none (yet). May be NULL. */
    bool (*receipt)(void *with, struct arena *a, story_id page, struct office_receipt *out);
    void *with;
};
struct office;
enum result office_open(
    const struct office_config *c, struct office **out, const char **why_out) CHECKED;
/* How many looks at the store have failed one after the other. */
unsigned office_blind(const struct office *o);
void office_quiet(struct office *o); /* after net_halt, before net_stop: waits for the helpers */
void office_close(struct office *o); /* after net_stop */
/* Other rules, another site; on the worker's thread. The office frees owner when no request uses
 * them any more. */
void office_set(struct office *o, const struct office_site *site, const struct desk_rules *rules,
    struct arena *owner);
/* For net_config: of one worker only. */
void office_handle(struct net_worker *w, struct http_request *r, void *office);
size_t office_body_max(const struct http_request *r, void *office);

#endif
