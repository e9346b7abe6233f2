/* decide.h: what the desk's own files share. Private to the floor. */
#ifndef DECIDE_H
#define DECIDE_H

#include "desk.h"

enum {
    DESK_HEAD_POINTS = 400, /* how far into a body the words of E12, A3 and A5 are looked for: the
                               head, not the prose */
    DESK_OLD_DAYS = 30, /* V11: a story whose date is older than this when it arrives is not news */
    DESK_FUTURE_MS = 5 * 60000, /* V10: clocks of agencies may be so much ahead without a word */
    JUDGED_REASONS_MAX = 12,    /* of one version */
    SHADOW_RULES_MAX = 8,       /* told of one version: rules on trial are few */
};
#define DAY_MS (24 * INT64_C(3600000))

/* What a version asks for, apart from time; the strongest wins. */
enum stance {
    STANCE_SHOW, /* may be shown, from its embargo on */
    STANCE_PASS, /* not to be used; says nothing against the version before it */
    STANCE_HIDE, /* hides the page while it is the highest: withheld, embargo unknown, status
                    unknown */
    STANCE_KILL,
    STANCE_IGNORE, /* another feed's or provider's: as if it had not come */
};
struct reason_row {
    const char *text;
    enum stance stance;
    bool desk_may; /* the act publish releases it */
    bool alarm;
};
const struct reason_row *reason_row(enum reason_code c);

struct judged {
    enum stance stance;
    bool desk_may;
    bool is_developing;
    struct reason reasons[JUDGED_REASONS_MAX];
    size_t reason_count;
};
struct routed {
    struct span section;
    struct span *tags;
    uint32_t tag_count;
    bool noindex, no_push, no_ads;
    uint32_t pin_minutes;
    const struct desk_rule **fired;
    size_t fired_count, fired_cap;
    enum reason_code action;    /* WHY_PUBLISHED, WHY_RULE_HOLD, WHY_RULE_DROP */
    const struct desk_rule *by; /* the rule that decided; NULL: none */
    int64_t wait_ms;            /* DESK_WAIT: not shown before; 0: at once */
    const struct desk_rule *shadows[SHADOW_RULES_MAX]; /* those in shadow that hold */
    size_t shadow_count;
};

/* One version and what has been worked out of it. */
struct known {
    size_t index; /* into set->versions */
    const struct desk_version *v;
    const struct desk_feed *feed; /* NULL: not configured */
    const struct known *same;     /* chain of the same item, version and date */
    uint32_t item;                /* number of its item on the page, by first arrival */
    size_t place;                 /* in the rank */
    bool counts;                  /* neither a repetition (V2) nor another's (T2, T3) */
    int64_t created_ms;           /* version_created in UTC, else its arrival */
    int64_t order_ms;  /* created, never less than that of a lower version of its item: orders items
                          on one page */
    int64_t arrive_ms; /* since when it can hide and kill */
    int64_t use_ms;    /* since when it can be shown: later, where a pause caught it; FOREVER: still
                          caught */
    int64_t approved_ms;            /* the first act publish after it; FOREVER: none */
    int64_t embargo_ms, expires_ms; /* 0 and FOREVER: none */
    int64_t shown_ms;               /* first instant of being shown in the replay; FOREVER: never */
    int64_t wait_ms;                /* use_ms, where a rule lets it wait so long; 0: none does */
    struct routed routed;
    struct span words;         /* condition.c's */
    const struct story *named; /* as sent, its names folded for rules */
    bool is_routed, is_judged;
    struct judged judged;
};
struct desk {
    struct arena *a;
    const struct desk_set *set;
    const struct desk_rules *rules;
    struct known *known; /* by index */
    struct known **rank; /* those that count, lowest first */
    size_t rank_count;
    struct verdict *out;
    size_t reason_cap, kill_cap;
};

/* judge.c: one version by itself, whatever the time. */
const struct judged *judge(struct desk *d, struct known *k);
bool is_flash(const struct story *s);
bool is_bare_flash(const struct story *s); /* there is nothing but its line */
void judge_times(struct desk *d, struct known *k);
bool when_utc(struct when w, const struct zone *zone, int64_t *out);
bool provider_fits(const struct desk_feed *feed, struct span provider);

/* agency.c: the name by which the item plainly names another agency than its feed's, where the feed
 * has no provider_ids; empty: it does not. Its scratch and the text are a's or the story's. */
struct span names_another_agency(
    struct arena *a, const struct desk_feed *feed, const struct story *s);
const struct desk_feed *feed_named(const struct desk_rules *rules, struct span name);

/* reuse.c: V9: is this another story under an old story's id? */
bool is_reused_guid(struct desk *d, const struct known *k);

/* words.c: what the agency says in words instead of fields. NULL story parts are fine. */
struct words_found {
    enum reason_code why; /* WHY_PUBLISHED: nothing was found */
    struct span phrase;
};
size_t words_find(const struct story *s, struct words_found *out, size_t n);
bool words_one_source(const struct story *s); /* it says that it rests on one source */
bool words_placeholder(struct span text, bool english, struct span *found_out);
static inline bool words_is_letter(char c) /* of a word: letters, digits, what is not ASCII */
{
    unsigned char letter = (unsigned char)((c | 0x20) - 'a'), digit = (unsigned char)(c - '0');
    return letter < 26 || digit < 10 || (unsigned char)c >= 0x80;
}
size_t words_at(struct span text, struct span phrase, bool exact_case); /* 0: not at its head */
bool words_has(struct span text, struct span phrase, bool exact_case);

/* terms.c: what terms of use in prose forbid. */
struct terms {
    enum reason_code why; /* WHY_PUBLISHED: they forbid nothing that a page is */
    struct span phrase;
    bool needs_credit;
    uint32_t days; /* they end so long after it was made; 0: they do not say */
};
void terms_of_text(struct arena *a, const struct story *s, struct terms *out);
void terms_of_picture(struct arena *a, const struct picture *p, struct terms *t); /* adds to t */

/* names.c */
struct span words_folded(struct arena *a, struct span text); /* words in small letters, one space */
void name_guid(struct name_list *out, struct span guid);
void name_code(struct name_list *out, struct span token);
void name_headline(struct name_list *out, struct span text);
void name_slugline(struct name_list *out, struct span slugline);
struct span desk_slug(
    struct arena *a, struct span slugline); /* link.c: without tags and brackets */

/* route.c: sections and rules. */
const struct routed *route(struct desk *d, struct known *k);
uint32_t routed_line(const struct routed *r); /* of the rule that decided; 0: none did */

/* branches.c: the one of the first level above it, as far as the table knows; 0: none. */
uint32_t topic_branch(uint32_t code);
/* topic_names.c: what IPTC calls it in a language (BCP 47), else in English; empty: the table does
 * not know it. Static memory. */
struct span topic_name(uint32_t code, struct span language);
/* topics.c: IPTC's Media Topics, and its subject codes of 2004. */
enum {
    TOPIC_STEPS_MAX = DESK_TOPIC_LEVELS_MAX + 3, /* and an old code, the one above it, one on top */
};
struct topic_ref {
    enum topic_kind { TOPIC_NONE, TOPIC_MEDIA, TOPIC_OLD } kind;
    uint32_t code;
};
struct topic_path { /* from a wire's subject up to the one asked for */
    struct topic_ref steps[TOPIC_STEPS_MAX];
    size_t n;
};
struct topic_ref topic_ref(struct span scheme, struct span code);
/* Is `from` below `to`, or the same? Then p has the way. */
bool topic_leads(const struct desk_topics *all, struct topic_ref from, struct topic_ref to,
    struct topic_path *p);
struct span topic_path_text(
    struct arena *a, const struct desk_topics *all, const struct topic_path *p);

/* condition.c. rule_fits: route has found the section that the subjects lead to. rule_over_ms: when
 * a rule that fits would not fit any more; FOREVER: never by time. */
bool rule_fits(struct desk *d, const struct desk_rule *r, struct known *k);
int64_t rule_over_ms(const struct desk *d, const struct desk_rule *r, const struct known *k);
/* s: of names_folded, which costs once what would be asked for each pattern. */
bool subjects_fit(
    const struct desk *d, const struct story *s, const struct span *patterns, uint32_t n);
const struct story *names_folded(struct arena *a, const struct story *s);
bool pattern_matches(struct span pattern, struct span text);
bool name_among(const struct span *list, uint32_t n, struct span name);

/* rank.c: which version is the newest. */
void rank_versions(struct desk *d);
bool version_is_number(struct span version);

/* content.c: what an item says, apart from version and date; as it was sent, nothing struck. */
bool same_when(struct when a, struct when b);
bool same_content(const struct story *a, const struct story *b);
struct hash content_name(const struct story *s);

/* kills.c: the two sets. */
struct kill_record {
    struct kill kill;
    int64_t lifted_ms;     /* FOREVER: it stands */
    int64_t yes_ms;        /* the last act that would have lifted it */
    size_t version;        /* of the set, SIZE_MAX: a desk's, or a notice's */
    const struct hit *hit; /* the notice's */
    uint64_t pos;
};
struct kills {
    struct kill_record *list;
    size_t count, cap;
};
void kills_collect(struct desk *d, struct kills *k);
bool kills_stand(const struct kills *k, int64_t at_ms);
void kills_report(struct desk *d, const struct kills *k);

/* timeline.c: the replay. */
enum cause {
    CAUSE_NOTHING,
    CAUSE_SHOWN,
    CAUSE_DEAD,
    CAUSE_DESK_HOLD,
    CAUSE_EMBARGO,
    CAUSE_HIDDEN,
    CAUSE_EXPIRED
};
struct run { /* one version shown without a gap */
    int64_t from_ms, until_ms;
    int64_t end_ms; /* when the right to it ends, as known at its last instant: >= until_ms */
    struct known *k;
};
struct timeline {
    struct run *runs;
    size_t run_count, run_cap;
    int64_t last_ms;        /* the last instant that the ledger knows of */
    enum cause cause;       /* then */
    int64_t cause_ms;       /* since when */
    struct known *decisive; /* the version that caused it; NULL: none */
    int64_t expired_ms;     /* after it: when a right will have ended unseen; 0: none */
};
void timeline_replay(struct desk *d, const struct kills *kills, struct timeline *t);
const struct hit *suspended_by(struct desk *d, int64_t at_ms); /* a notice that hides; NULL */
bool known_may_show(struct desk *d, struct known *k, int64_t at_ms);

/* desk.c: when what was kept back as it came was let go by an act on its feed, and that act's
 * place; FOREVER: it was not. */
int64_t let_go(const struct desk *d, const struct desk_version *v, uint64_t *pos);

/* mint.c: does it want an address, or another one? Into the verdict's times and content first. */
bool must_mint(struct desk *d, const struct timeline *t);

/* report.c: into the verdict. */
void report_interval(struct desk *d, const struct timeline *t);
void report_state(struct verdict *v, const struct timeline *t);
void report_revisions(struct desk *d, const struct timeline *t);
void report_reasons(struct desk *d, const struct timeline *t);

void add_reason(
    struct desk *d, enum reason_code code, uint32_t rule_line, bool alarm, struct span detail);

#endif
