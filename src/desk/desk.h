/* desk: pure decisions. What is known of a story and those linked to it, and the rules in force ->
 * reasons and intervals. There is no now in it: every time-dependent rule is an instant in the
 * verdict, compared in story_is_public alone. A story is always decided again from its whole set,
 * never patched. No file, no clock, no network. */
#ifndef DESK_H
#define DESK_H

#include "base.h"
#include "clock.h"
#include "story.h"

enum { DESK_VERSIONS_MAX = 2000, DESK_REASONS_MAX = 64, DESK_REVISIONS_MAX = 200 };
#define FOREVER INT64_MAX

/* ---- the rules in force, compiled from the configuration (roles do it; the desk does not know
 * config) ---- */
enum history {    /* what of a page's former words its history may tell, the most careful first */
    HISTORY_NONE, /* times, labels and the agency's reasons */
    HISTORY_CHANGES,   /* and which of its present words are new */
    HISTORY_FULL,      /* and what plain updates took out */
    HISTORY_CORRECTED, /* and what a correction took out (C11): the desk's word for one story */
    HISTORIES
};
const char *history_name(enum history h);
enum history history_of(struct span name); /* HISTORIES: no such word */
struct desk_feed {
    struct span name, provider;
    struct span *provider_ids;
    uint32_t provider_id_count;
    struct span *languages;
    uint32_t language_count;
    const struct zone *zone; /* NULL: none configured */
    bool pictures, comments;
    bool noindex, nonews; /* index policy */
    bool is_locked;       /* its words stay as they are: no headline of the desk's */
    struct span
        territory; /* of the licence, to be kept by the site: "+GB,IE", "-US"; empty: none */
    uint32_t retention_days;
    int64_t contract_ends_ms; /* R5; 0: never */
    bool kill_is_404;
    bool late_embargo_keeps; /* E6 */
    enum history history;
};
struct desk_section {
    struct span name;
    struct span *subjects;
    uint32_t subject_count;
};
struct desk_rule {
    struct span name;
    struct span *feeds, *subjects, *genres, *languages, *keywords, *texts, *sections, *places,
        *sources;
    uint32_t feed_count, subject_count, genre_count, language_count, keyword_count, text_count,
        section_count, place_count, source_count;
    /* When it came, or its embargo ends, if that is later: */
    int64_t from_ms, until_ms; /* [from, until); 0: no bound */
    bool has_hours;            /* minutes of the day in the site's zone; over midnight too */
    uint32_t hours_from, hours_until;
    uint32_t days; /* bit 0: Monday; 0: any. A night belongs to the day on which it begins */
    uint32_t urgency_min, urgency_max;
    /* DESK_WAIT: not shown before its times are over, then by itself; the version before it stays
     * up. Without times it is DESK_HOLD. */
    enum { DESK_NO_ACTION, DESK_PUBLISH, DESK_HOLD, DESK_DROP, DESK_WAIT } action;
    struct span to_section;
    struct span *add_tags;
    uint32_t add_tag_count;
    bool noindex, no_push; /* no_push: subscribers are not told that it was published or updated */
    uint32_t pin_minutes;  /* from front_ms on */
    bool shadow;           /* does nothing, and says what it would do */
    uint32_t line;
};
/* IPTC's Media Topics, where the site has them. */
enum { DESK_TOPIC_LEVELS_MAX = 8 /* IPTC's tree has six */ };
struct desk_topic {
    uint32_t code, broader; /* broader 0: nothing is above it */
    uint32_t old;           /* its subject code of 2004; 0: none */
    bool is_wider;          /* the old code means more than the topic */
    struct span name;
};
struct desk_topics {
    const struct desk_topic *list; /* by code */
    const uint32_t *by_old;        /* places in it of those whose old code means the same, by it */
    uint32_t count, old_count;
};
/* Sorts the list; out points into it and a. */
void desk_topics_make(
    struct arena *a, struct desk_topic *list, uint32_t count, struct desk_topics *out);
struct desk_rules {
    const struct desk_feed *feeds;
    uint32_t feed_count;
    const struct desk_section *sections;
    uint32_t section_count;
    const struct desk_rule *rules;
    uint32_t rule_count;
    enum desk_comments { DESK_COMMENTS_OFF, DESK_COMMENTS_APPROVE, DESK_COMMENTS_OPEN } comments;
    uint32_t comment_days;
    uint32_t comment_reports; /* so many hide one until an editor looks; 0: none do */
    uint32_t comment_hold;    /* DESK_COMMENTS_OPEN: a score from here on waits; 0: none does */
    const struct zone *site_zone;
    bool knows_countries;       /* somebody tells the site from where a reader comes */
    const struct span *parties; /* under which names the house stands in hop histories (T6) */
    uint32_t party_count;
    const struct span *no_ads; /* subjects beside which no advertisement stands */
    uint32_t no_ad_count;
    struct desk_topics topics;
};

/* ---- acts: editors' hands, as events. One table for CLI, API, browser, rehearsal ---- */
enum act_kind {
    ACT_PUBLISH,
    ACT_HOLD,
    ACT_TAKEDOWN,
    ACT_LIFT,
    ACT_KILL,
    ACT_CONFIRM,
    ACT_HEADLINE,
    ACT_SECTION,
    ACT_PURGE,
    ACT_PAUSE,
    ACT_RESUME,
    ACT_RESLUG,
    ACT_LEAD,
    ACT_UNLEAD,
    ACT_RELEASE,
    ACT_GO_LIVE,
    ACT_APPROVE,
    ACT_HIDE,
    ACT_REDACT,
    ACT_UNREDACT,
    ACT_HISTORY,
    ACT_RETRY,
    ACT_DROP,
    ACT_ACKNOWLEDGE,
    ACT_UPHOLD,
    ACT_REJECT,
    ACT_FORWARD,
    ACT_NOTE,
    ACT_UNKNOWN
};
struct act {
    enum act_kind kind;
    story_id story;      /* 0 for pause, resume */
    struct span target;  /* pause, resume: "all", a feed's or section's name; retry, drop: what lies
                            in quarantine, by its id; of a complaint its number; else the guid or
                            URL that was meant */
    struct span text;    /* headline's text, section's name, slug's words, reason in public wording,
                            words to strike, how much history */
    struct span picture; /* redact: a picture's guid, its name on the wire, or its public address */
    struct span by;      /* who */
    struct span via;     /* by which door: "desk", "api", "cli"; empty: not told */
    /* The takedown's case: the complaint's own number, who asked, and until when it has to be
     * settled. */
    struct span reference, requested_by;
    int64_t deadline_ms; /* 0: none */
    int64_t at_ms;       /* recorded received_ms */
    uint64_t pos;        /* position in the ledger */
};
/* What an account may do. Each role may do what those before it may. */
enum desk_role {
    DESK_NOBODY,
    DESK_READER, /* sees everything that the desk sees */
    DESK_EDITOR, /* stops things, and edits */
    DESK_CHIEF,  /* brings back what was stopped, and destroys */
};
enum act_word { ACT_NO_TEXT, ACT_MAY_TEXT, ACT_NEEDS_TEXT };
struct act_row {
    const char *name;
    bool of_story; /* else of a target: all, a feed, a section, what lies in quarantine */
    enum act_word text;
    bool destructive;  /* whoever does it in a browser is asked once more */
    bool twice;        /* and has to give the story's id */
    bool is_case;      /* takes reference, requested_by, deadline */
    bool of_grievance; /* of a complaint, by its number */
    enum desk_role role;
    const char *what; /* one line for editors */
};
const struct act_row *act_row(enum act_kind k); /* k < ACT_UNKNOWN */
enum act_kind act_kind_of(struct span name);
const char *act_kind_name(enum act_kind k);
const char *desk_role_name(enum desk_role r);
enum desk_role desk_role_of(struct span name); /* DESK_NOBODY: there is no such role */
/* Whether this act may go into the ledger as it stands; else why_out is a sentence with the next
 * step. role: of whoever asks. */
bool act_check(const struct act *t, enum desk_role role, const char **why_out);
enum {
    ACT_TEXT_MAX = 500, /* bytes: a headline or a paragraph */
    ACT_NAME_MAX = 200,
    ACT_ANSWER_MAX = 4000, /* bytes: what a complaint is answered, in any script */
};
size_t act_text_max(enum act_kind k);
/* What lies in quarantine, by its id: "41", the delivery that is event 41 of the ledger, with all
 * that is bad of it; "41.3", the third item in it. */
#define UNREAD_WHOLE UINT32_MAX /* instead of the number of an item, which counts from 0 */
struct span unread_id(struct arena *a, uint64_t pos, uint32_t number);
bool unread_id_read(struct span id, uint64_t *pos_out, uint32_t *number_out);
/* An act as the JSON meta of an EVENT_ACT, and back. at_ms and pos are the event's own: whoever
 * reads the ledger fills them in. */
struct span act_write(struct arena *a, const struct act *t);
bool act_read(struct arena *a, struct span json, struct act *out);

/* ---- complaints to the grievance officer (grievance.c) ---- */
struct grievance_clock {
    int64_t received_ms, acknowledge_by_ms, answer_by_ms;
    int64_t acknowledged_ms, decided_ms; /* 0: not yet */
};
/* Hours are hours and days are 24 of them: no zone's change of its clocks makes a term longer than
 * the rule has it. */
void grievance_terms(struct grievance_clock *c, uint32_t hours, uint32_t days);
enum grievance_bell {
    BELL_ACKNOWLEDGE_SOON,
    BELL_ACKNOWLEDGE_LATE,
    BELL_ANSWER_SOON,
    BELL_ANSWER_LATE,
    GRIEVANCE_BELLS
};
/* When it rings; 0: it does not, for what it is about has been done, or it would ring before the
 * complaint came. soon_ms: so long before. */
int64_t grievance_rings_ms(const struct grievance_clock *c, enum grievance_bell b, int64_t soon_ms);
enum grievance_standing {
    GRIEVANCE_NEW,
    GRIEVANCE_ACKNOWLEDGED,
    GRIEVANCE_NEW_LATE, /* not acknowledged in time, and still not */
    GRIEVANCE_ANSWER_LATE,
    GRIEVANCE_DECIDED,
    GRIEVANCE_DECIDED_LATE
};
enum grievance_standing grievance_stands(const struct grievance_clock *c, int64_t now_ms);
const char *grievance_standing_name(enum grievance_standing s); /* "new", "answer-late" … */

/* ---- notices: kills, holds and releases that come as words (K8 to K10, K14) ---- */
enum notice_kind { /* the gravest last */
    NOTICE_NONE,
    NOTICE_CORRECTS, /* no order: a corrective, which is matched in the same way (C14) */
    NOTICE_RELEASE,
    NOTICE_HOLD,
    NOTICE_DOUBT, /* an effect, not a form: a kill that may mean several stories (K9) */
    NOTICE_KILL,
    NOTICE_COPY,  /* effects of no notice: a near copy of a killed story (T4), */
    NOTICE_FREED, /* … whose kill has been lifted */
};
struct notice {
    enum notice_kind kind;
    bool sure; /* false: words that also stand in prose; obeyed only with a code or a guid */
};
enum {
    DESK_NAMES_MAX = 64,    /* names in one notice: a list of stories, each with its number */
    NOTICE_POINTS = 3000,   /* of a notice's body that are looked through for names */
    NOTICE_LINES = 40,      /* and lines */
    NOTICE_DAYS = 7,        /* agencies kill within days; older stories they name by guid */
    NOTICE_WAIT_HOURS = 24, /* a kill that overtook its story: by another road, after an outage */
    NOTICE_PAGES_MAX = 50, /* suspended by one notice: beyond it the words name a theme, no story */
    NOTICE_NEAREST = 5,    /* stories named in the alarm of a notice that fits none (K9) */
};
/* Keys under which a story is found: a letter for the class (g guid, c code, h headline, s
 * slugline; the strongest class that finds anything counts), a colon, the name folded. */
struct name_list {
    struct arena *a;
    struct span list[DESK_NAMES_MAX];
    size_t count;
};
bool desk_is_corrective(const struct story *s); /* C14: corrects another story, replaces none */
struct notice desk_notice(struct arena *a, const struct story *s);
void desk_notice_names(struct name_list *out, const struct story *s); /* what the notice names */
void desk_names(struct name_list *out, const struct story *s);        /* the story's own names */
/* How many words of a headline's key stand in what the notice says. */
struct span desk_said(struct arena *a, const struct story *notice);
size_t desk_nearness(struct span said, struct span headline_key);

/* ---- alike: near copies (T4), the same news from two agencies (V8) ---- */
enum {
    WORDING_WORDS = 4000,       /* of a text that are compared: the longest wire text has fewer */
    WORDING_CHARACTERS = 40000, /* that hold them */
    WORDING_NUMBERS = 16,       /* in a headline */
    WORDING_KEYS = 12, /* under which a text is looked for: of texts that share half of their runs
                          one in a hundred is missed, of near copies none */
    COPY_HOURS = 24,   /* T4 */
    GROUP_HOURS = 24,  /* V8: what is told a day later is other news */
};
struct hash_list {
    uint64_t *list;
    size_t count;
};
struct wording { /* of a story: hashes of words, sorted */
    struct span language;
    struct hash_list headline, body;
    struct hash_list numbers; /* in the headline, in its order */
    struct hash_list runs;    /* of three words in a row, each once */
};
void desk_wording(struct arena *a, const struct story *s, struct wording *out);
/* Both are the same for (a, b) and (b, a). desk_is_copy: nine in ten of their words are the same.
 * desk_is_same_news: most of both is said in the same words, in one language; in doubt not. */
bool desk_is_copy(const struct wording *a, const struct wording *b);
bool desk_is_same_news(const struct wording *a, const struct wording *b);
size_t desk_wording_keys(const struct wording *w, const uint64_t **out); /* w's own memory */

/* ---- what is known ---- */
struct hit { /* what a notice does to an item of the page */
    enum notice_kind effect;
    story_id item;
    unsigned char notice[16]; /* its name: the same whenever it is sent again */
    struct span guid;         /* of the notice; of a copy: the killed item's id as text */
    int64_t at_ms;
    uint64_t pos;
};
struct redactions { /* what the desk has struck from a page; strikes in order */
    const struct span *words, *pictures;
    size_t word_count, picture_count;
    int64_t at_ms; /* of the last act; 0: there was none */
};
/* With what a version was marked as it came, in the ledger's order (roles' newsroom_limits.c); any
 * but MARK_NONE keeps it back until the desk lets it go. Kills, withholds, embargoes and expiries
 * of a marked version act nevertheless. */
enum desk_mark {
    MARK_NONE,
    MARK_SHADOW,   /* its feed was in shadow */
    MARK_STORIES,  /* its feed had brought too many new stories */
    MARK_UPDATES,  /* too many updates of its story had come */
    MARK_OLD,      /* it was new here, and its date too old */
    MARK_REWRITES, /* T5: too many old stories had been rewritten */
};
struct desk_version {          /* one reading of one item */
    const struct story *story; /* as it may be shown: what the desk has struck is not in it */
    const struct story *sent;  /* as the wire sent it, by which it is judged; NULL: the same */
    story_id item;             /* of this guid; linked items have others */
    struct span feed;          /* name of the feed that brought it */
    int64_t received_ms;
    uint64_t pos; /* event position, then number in it: the identity of the reading */
    uint32_t number;
    enum desk_mark mark;
};
/* An act on a whole feed, which lets go what was kept back of it: `release` what was over a limit,
 * `go-live` with what came in shadow. Its pos bounds which versions it is for. */
struct release {
    struct span feed;
    bool shadow;
    int64_t at_ms;
    uint64_t pos;
};
struct pause { /* one brake: [from, until) while it was on; until FOREVER: still on. Its pos bounds
                  which deliveries it catches */
    struct span target;
    int64_t from_ms, until_ms;
    uint64_t from_pos, until_pos;
};
struct desk_set {
    story_id page;                       /* the page's id: the item received first */
    const struct desk_version *versions; /* in ledger order */
    size_t version_count;
    const struct act *acts; /* of any of its items, in ledger order */
    size_t act_count;
    const struct hit *hits; /* in ledger order */
    size_t hit_count;
    const struct pause *pauses;
    size_t pause_count;
    const struct release *releases; /* in ledger order */
    size_t release_count;
    struct redactions struck; /* already taken out of the versions and of the acts' words */
    bool is_picture;   /* a picture by itself: judged as a story is, but for headline and text */
    struct span slug;  /* minted so far; empty: not yet */
    int64_t minted_ms; /* date in it */
    int64_t minted_from_ms; /* from when readers see it, as far as was known when it was minted */
    int64_t reached_ms;     /* an instant that the clock has reached, where a page is decided again
                               because something ended or began by itself; 0: none. Changes nothing of
                               what is public when; the verdict only speaks of the interval at or after
                               it (LATE_KEEP's second one) */
};

/* ---- the verdict ---- */
enum answer_state { /* what a URL answers outside of the public interval; site/answer.c maps it */
    STATE_NEVER,    /* never public: 404 as if it did not exist */
    STATE_PUBLIC,
    STATE_WITHHELD, /* was public, hidden for a time (withheld, embargoed later): 404 as never, the
                       URL returns */
    STATE_KILLED,   /* was public, killed by the wire: 410 */
    STATE_TAKEN_DOWN, /* was public, taken down by the desk: 410 */
    STATE_EXPIRED,    /* was public, its right ended: 410 */
    STATE_MERGED,     /* is part of another page: 301 where that is public */
    STATE_PURGED,     /* 410 bare */
};
enum reason_code {
    WHY_PUBLISHED,
    WHY_EMBARGO,
    WHY_EMBARGO_EMPTY,
    WHY_EMBARGO_UNREADABLE,
    WHY_EMBARGO_NO_ZONE,
    WHY_EMBARGO_WORDS,
    WHY_KILLED,
    WHY_KILL_FIRST,
    WHY_KILL_OLD_VERSION,
    WHY_TAKEN_DOWN,
    WHY_WITHHELD,
    WHY_STATUS_UNKNOWN,
    WHY_KIND,
    WHY_KIND_UNKNOWN,
    WHY_TEST,
    WHY_NO_HEADLINE,
    WHY_NO_BODY,
    WHY_LANGUAGE,
    WHY_PROVIDER,
    WHY_FOREIGN_FEED,
    WHY_EXPIRED,
    WHY_EXPIRES,
    WHY_EXPIRY_UNREADABLE,
    WHY_RETENTION,
    WHY_ADVISORY,
    WHY_RULE_HOLD,
    WHY_RULE_DROP,
    WHY_DESK_HOLD,
    WHY_DESK_PUBLISH,
    WHY_PAUSED,
    WHY_VERSION_CONFLICT,
    WHY_VERSION_ODD,
    WHY_AFTER_KILL,
    WHY_NO_DATE,
    WHY_FUTURE_DATE,
    WHY_OLD_DATE,
    WHY_REUSED_GUID,
    WHY_SIGNAL_UNKNOWN,
    WHY_PLACEHOLDER,
    WHY_OBITUARY,
    WHY_MERGED,
    WHY_FEED_UNKNOWN,
    WHY_LOCAL_HEADLINE,
    WHY_LOCKED,
    WHY_RESTORED,
    WHY_TERMS_PLACE,
    WHY_TERMS_WEB,
    WHY_TERMS_ARCHIVE,
    WHY_TERMS_HANDOUT,
    WHY_TERMS_TIME,
    WHY_TERMS_CREDIT,
    WHY_NO_PICTURES,
    WHY_NOTICE_KILL,
    WHY_NOTICE_HOLD,
    WHY_NOTICE_DOUBT,
    WHY_SHADOW,
    WHY_RULE_SHADOW,
    WHY_MANY_STORIES,
    WHY_MANY_UPDATES,
    WHY_TOO_OLD,
    WHY_FROZEN,
    WHY_RULE_WAIT,
    WHY_ECHO,
    WHY_COPY,
    WHY_TERRITORY,
    WHY_OTHER_AGENCY,
    REASONS,
};
struct reason {
    enum reason_code code;
    uint32_t rule_line; /* of the rule that fired, or 0 */
    bool alarm;         /* the desk is to be told */
    struct span detail;
};
const char *reason_text(enum reason_code c); /* one plain English clause for editors */
bool reason_yields(enum reason_code c);      /* it holds a story, and the act publish releases it */
struct interval {
    int64_t from_ms, until_ms; /* public in [from, until); until FOREVER: no end is known */
    bool held;                 /* whatever the times: not public */
};
/* The one place where now is compared. */
bool story_is_public(const struct interval *i, int64_t now_ms);

struct revision {   /* a version while it was the public one */
    size_t version; /* index into set.versions */
    int64_t from_ms, until_ms;
    bool corrected;  /* a correction stands above it: its words count as corrected away (C11) */
    bool taken_back; /* the page was gone between it and what is shown now (K6, K14): its words are
                        never told again */
    bool ends; /* the right to its words ends by itself (R1, R6), which those of a later version
                  do not carry on */
};
struct kill { /* to be kept as a tombstone */
    story_id item;
    unsigned char name[16];
    bool is_lift;
    int cause; /* enum tomb_cause as a number */
    int64_t at_ms;
};
struct verdict {
    struct interval interval; /* from_ms: since when the page has been public without a gap, or will
                                 be; held: no instant of being public is known */
    size_t version;           /* index of the governing version; SIZE_MAX: none */
    size_t shown;         /* index of the version to show in the interval (LATE_KEEP: an older one);
                             SIZE_MAX: none */
    struct interval then; /* what follows the interval by itself: LATE_KEEP's embargoed version;
                             held: nothing */
    size_t then_shown;    /* SIZE_MAX: nothing */
    enum answer_state state; /* outside the interval: before it and while held; STATE_PUBLIC: there
                                is no outside any more */
    enum answer_state state_after; /* once after_ms has passed: STATE_EXPIRED, or STATE_WITHHELD
                                      until `then` begins */
    int64_t after_ms; /* interval.until_ms; while hidden, also when its right will have ended behind
                         an embargo. FOREVER: state_after is state */
    int64_t state_ms; /* since when */
    bool was_public;  /* at some instant of its known past or present */
    bool is_dead;     /* an unlifted kill or takedown stands */
    int64_t right_ms; /* when the right to what is shown ends by itself. Behind interval.until_ms
                         where `then` follows without a gap: until that is decided, what is shown
                         may stand. Otherwise interval.until_ms */
    int64_t published_ms; /* first instant of being public, in the past or (embargo) to come; 0:
                             none is known */
    int64_t changed_ms;   /* when the shown version became public, or will */
    int64_t front_ms; /* its place on fronts: last new or updated version's time; corrections do not
                         move it (C6) */
    int64_t received_ms; /* of the first version */
    int64_t wire_ms; /* version_created of the shown version, in UTC; not after its arrival (V10) */
    int64_t first_wire_ms; /* of the first public version */
    bool on_fronts;        /* V11, V12: undated or old stories are not */
    struct span section;
    struct span headline; /* the desk's, or the wire's without tags */
    bool headline_is_local;
    struct span *tags; /* extra, from rules */
    uint32_t tag_count;
    bool noindex, nonews, pictures, kill_is_404;
    bool no_ads; /* no advertisement stands beside it */
    bool no_push;
    struct span territory;   /* where it may be shown; empty: everywhere */
    int64_t pinned_until_ms; /* it leads the front until then; 0: by its weight */
    const struct desk_rule *
        *rules; /* those that held for the version that is spoken of, in order */
    size_t rule_count;
    bool is_corrected, is_developing;
    bool has_one_source; /* it says that it rests on one source */
    int64_t lead_ms;     /* when the desk put it first on the front; 0: it has not */
    bool is_corrective;  /* C14; corrected_ms: when it said so */
    struct span
        correction_note; /* what was corrected, in the agency's public words; may be empty */
    int64_t corrected_ms;
    bool is_restored; /* K6: was withdrawn, and the desk has brought it back */
    int64_t withdrawn_ms, restored_ms;
    struct revision *revisions;
    size_t revision_count;
    enum history history; /* the feed's policy, where the desk has not said less for this story */
    struct kill *kills;
    size_t kill_count;
    struct reason *reasons;
    size_t reason_count;
    bool
        must_mint; /* public now or later and no slug minted; or nobody has seen the one minted, and
                      its headline, its day or the instant from which it will be seen has changed */
};
/* Decides. Pure, deterministic, independent of the order of versions with other positions where the
 * rules say so. The verdict lives in a. Acts: publish releases what is held by words, status, rule,
 * language or a pause, of the versions known by then; never an embargo, a withhold, a kill, or what
 * is not an article. hold hides the page until publish. takedown and kill stand until lift. confirm
 * lifts the agency's own kills, where a usable version newer than the kill came after it (K6).
 * purge cannot be undone. */
void desk_decide(struct arena *a, const struct desk_set *set, const struct desk_rules *rules,
    struct verdict *out);
/* Of the verdict only what kills say: is_dead and kills; cheaper, for what is asked of each version
 * of thousands. */
void desk_decide_kills(struct arena *a, const struct desk_set *set, const struct desk_rules *rules,
    struct verdict *out);

/* By which descent one of the story's subjects is below one of these (a section's, a rule's, as in
 * the site file): "29000111 beach hoopball < 29000110 hoopball < 15000000 sport". Empty: none is,
 * or the first that fits does so by itself. */
struct span desk_lineage(struct arena *a, const struct desk_rules *rules, const struct story *s,
    const struct span *patterns, uint32_t n);

/* When the last kill that stands came, where that was at most COPY_HOURS before until_ms; else 0.
 */
int64_t desk_killed_ms(const struct verdict *v, int64_t until_ms);
/* ---- readers' comments ---- */
enum {                              /* of one comment, and of one story's (docs/limits.md) */
    COMMENT_NAME_MAX = 60,          /* characters */
    COMMENT_TEXT_MAX = 4000,        /* characters: a long letter to the editor */
    COMMENT_ID_MAX = 32,            /* bytes */
    COMMENTS_MAX = 200,             /* of one story: then it takes no more */
    COMMENTS_BYTES_MAX = 512 << 10, /* and their words: a page that a phone can load */
};
/* What a reader sends about comments; the first writes one, the others say something of one. */
enum comment_word {
    COMMENT_SAID,
    COMMENT_CHANGED,
    COMMENT_TAKEN_BACK,
    COMMENT_REPORTED,
    COMMENT_ERASED, /* by the publisher, who was asked to: as if it had never been */
    COMMENT_WORDS
};
extern const char *const comment_words[COMMENT_WORDS]; /* "change" …; of COMMENT_SAID "" */
struct comment {
    enum comment_word word;
    struct span id, name, text; /* COMMENT_CHANGED: no name; else but COMMENT_SAID neither */
    struct span parent;         /* id of the comment that it answers; empty: none */
    struct span why;            /* COMMENT_REPORTED: one of comment_whys */
    struct span key;            /* of a word about one: the same key is the same word */
    int64_t at_ms;
};
enum { COMMENT_WHYS = 4 };
extern const char *const comment_whys[COMMENT_WHYS]; /* "spam" … */
/* How one stands, as far as events other than acts say. */
struct comment_past {
    struct span id;
    uint64_t changed_pos; /* of its writer's last change; 0: none */
    bool taken_back;
    int score;               /* of desk_spam_score, when its words came */
    const uint64_t *reports; /* positions, in order */
    size_t report_count;
};
enum comment_state {
    COMMENT_WAITS,
    COMMENT_SHOWN,
    COMMENT_HIDDEN,
    COMMENT_WITHDRAWN,
    COMMENT_STATES
};
/* Plain text within the limits, of a reader and of this id? Of bytes from anywhere. */
bool comment_fits(const struct comment *c);
/* Until when the page takes comments; 0: it has none. Behind it those that are there stay. */
int64_t desk_comments_until(
    const struct desk_set *set, const struct verdict *v, const struct desk_rules *rules);
/* Its writer's withdrawal; else the last word of the desk on it, as far as neither a change nor so
 * many reports as the rules say came behind it; without one the site's rule, and the score. Those
 * of a story that is not public are seen by nobody, whatever this says (D7). */
enum comment_state desk_comment(
    const struct desk_set *set, const struct desk_rules *rules, const struct comment_past *c);
/* So many reports since the desk's last word. */
size_t desk_comment_reports(const struct desk_set *set, const struct comment_past *c);

/* ---- spam.c: what moderators have let stand and hidden teaches what to expect of a new one ----
 */
enum {
    SPAM_WORDS_MAX = 500, /* of one comment that are looked at */
    SPAM_TELLING = 24,    /* of these so many count: those that tell most */
    SPAM_LEARN_MIN = 10,  /* let stand, and hidden, before anything is said of others */
    SPAM_UNKNOWN = -1
};
struct spam_count { /* comments, or those that have one word */
    int64_t good, bad;
};
/* A comment's words and marks as hashes, each once; out has room for SPAM_WORDS_MAX. */
size_t desk_spam_words(struct arena *a, struct span name, struct span text, uint64_t *out);
/* How likely it would be hidden, 0 to 100; SPAM_UNKNOWN: too little has been decided. words: how
 * often each of its words stood in what was let stand and what was hidden; all: of everything. */
int desk_spam_score(const struct spam_count *words, size_t n, struct spam_count all);

/* What readers are told of a subject: its name, else what IPTC calls the Media Topic in a language
 * (BCP 47), else in English; empty: it has no name. What the desk struck is not looked at: strike
 * it. Static memory, or the subject's. */
struct span desk_topic_name(const struct subject *j, struct span language);

/* ---- redactions (redact.c): the desk strikes words or a picture from a story ---- */
/* What stands after these acts: each redact adds, each unredact takes back the same words or
 * picture, or without any all. */
void desk_redactions(struct arena *a, const struct act *acts, size_t count, struct redactions *out);
/* The story without the struck words, in every field that can be shown; what decides (guid, links,
 * status, times, slugline, raw headline, signals, terms) stays. The story itself where it has none.
 * What has no letter left is empty. */
const struct story *desk_strike_story(
    struct arena *a, const struct story *s, const struct redactions *r);
struct span desk_strike(struct arena *a, struct span text, const struct redactions *r);
/* names: the picture's guid, its names on the wire, its hash in hex. */
bool desk_strikes_picture(const struct redactions *r, const struct span *names, size_t count);
/* The set with what is struck taken out of its versions and of the words of its acts. */
void desk_strike_set(struct arena *a, struct desk_set *set);
static inline const struct story *desk_sent(const struct desk_version *v)
{
    return v->sent ? v->sent : v->story;
}

/* ---- pictures ---- */
struct desk_picture_ask {
    const struct picture *embed;      /* as a story has it; NULL: the item by itself */
    const struct desk_version *story; /* which has it */
    const struct desk_set *item; /* what is known of the picture's own item; NULL: it has none. Its
                                    versions may be none: then only acts are known */
};
struct desk_picture {
    struct interval interval; /* of the picture; the story's own comes on top. Where another version
                                 of its item takes its place by itself, it ends with the right to
                                 this one (right_ms of the item's verdict) */
    int64_t due_ms;           /* when that one does, and is to be decided; FOREVER: none will */
    enum reason_code why;     /* held: why */
    struct span detail;
    struct span caption, credit, alt, copyright;
    const struct rendition *renditions;
    uint32_t rendition_count;
    struct span feed; /* beside whose deliveries its file lies */
};
/* May this picture be shown, when, and with which words (E9, K15, R2, R3, C7)? The strictest of
 * what the story and the picture's own item say counts; of their words the newer ones. The act
 * publish on the picture's guid releases what its terms in prose hold; hold hides it. Pure. */
void desk_picture(struct arena *a, const struct desk_picture_ask *ask,
    const struct desk_rules *rules, struct desk_picture *out);
bool desk_is_media(enum story_kind k); /* no article by itself: never a page */

/* Compares two versions of one guid: by number when both are plain numbers, else by
 * version_created, else by arrival (V3-V5). <0: a is older. */
int desk_version_cmp(const struct desk_version *a, const struct desk_version *b);
/* A2: what the wire calls an alert or a flash, and sends as one line of text without a headline:
 * that line becomes its headline. Nothing else is changed. In a. Before the version is kept. */
void desk_name_flash(struct arena *a, struct story *s);
/* Links: does item b belong on a's page? By evolved/derived/previous/replaces links to its guid, or
 * same feed and slugline with UPDATE/CORRECTED/ REFILE/WRAPUP/REPEAT tags within DESK_LINK_HOURS
 * (C3, C5). The key under which to look for candidates: */
struct span desk_link_key(
    struct arena *a, const struct story *s, struct span feed); /* empty: none */
bool desk_links(const struct desk_version *older, const struct desk_version *newer);
bool desk_follows(const struct link *l); /* a link by which one story continues another */
/* T2: does it name its feed's own provider? T3: the feed whose page it is, that of the first
 * version that does; empty: none yet. What is not its feed's own changes nothing and links nothing.
 */
bool desk_is_own(const struct desk_version *v, const struct desk_rules *rules);
struct span desk_owner(const struct desk_set *set, const struct desk_rules *rules);
/* T6: it came through our own hands, so that it is no news to us. What takes a story away never is
 * an echo: kills and withholds count whoever passed them on. */
bool desk_is_echo(const struct story *s, const struct desk_rules *rules);
/* V2: has this very version come before? */
bool desk_repeats(const struct desk_set *set, const struct desk_version *v);
enum { DESK_LINK_HOURS = 48 };
/* The kill that one version brings, for the peek cursor: looks at this version alone, so it cannot
 * know T3 (another feed's kill): the caller compares the item's first feed. Kills name the item,
 * here and in the verdict: the caller names the page too, where the item is part of another page.
 */
/* T2: does the item name its feed's provider, or nobody? */
bool desk_is_of_feed(const struct desk_rules *rules, const struct desk_version *v);
enum {
    DESK_LATE_MINUTES = 90, /* wires take seconds and polled feeds minutes; an hour is what a clock
                               with the wrong summer time is off. More was an outage */
};
/* It came so long after the agency's own time for it that it is told to nobody one by one. */
static inline bool desk_is_late(int64_t received_ms, int64_t wire_ms)
{
    return received_ms - wire_ms > DESK_LATE_MINUTES * INT64_C(60000);
}
bool desk_kills(const struct desk_version *v, const struct desk_rules *rules, struct kill *out);
/* The kill that an editor's act is by itself, of the page that its story names. */
bool desk_act_kills(const struct act *t, struct kill *out);
/* The desk's last word of taking it away was a kill, not a takedown. */
bool desk_killed_it(const struct desk_set *set);

#endif
