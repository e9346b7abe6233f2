/* oracle: what must be public, said a second time. Written from the sentences of the editorial
 * rules, never from the desk's code: it includes no floor but base, reads no store, and works out
 * everything anew for every question. Slow and plain on purpose: it is there to be read beside the
 * rules (docs/reliability.md). Each clause names its rule.
 * Events so far and a clock -> of every item that was ever named: what its address answers, and
 * which revision readers see. */
#ifndef ORACLE_H
#define ORACLE_H

#include "base.h"

enum {
    ORACLE_FEEDS = 3,
    ORACLE_ITEMS_MAX = 4, /* of one delivery */
    ORACLE_GUIDS_MAX = 64,
    ORACLE_VERSION_MAX = 24,
};

enum oracle_when { OW_NONE, OW_UTC, OW_LOCAL, OW_EMPTY, OW_UNREADABLE };
struct oracle_time {
    int kind;   /* enum oracle_when */
    int64_t ms; /* OW_LOCAL: as if it were UTC */
};
enum oracle_status { OS_USABLE, OS_WITHHELD, OS_CANCELED, OS_UNKNOWN };
enum oracle_change { OC_NONE, OC_UPDATE, OC_REFILE, OC_CORRECTION };

/* One item as the wire sends it. revision names its words: whatever is sent again byte for byte has
 * the same. Packages (members, their order) and kills in words alone have no fields yet. */
struct oracle_item {
    int guid, revision;
    char version[ORACLE_VERSION_MAX]; /* as written; empty: none */
    int status, change;
    struct oracle_time embargo, expires, created;
    int slug; /* of the family that shares a slugline; 0: none */
    int link; /* guid that it continues, + 1; 0: none */
    int section;
    bool no_body, is_test, other_provider, other_language;
};
enum oracle_act {
    OA_PUBLISH,
    OA_HOLD,
    OA_TAKEDOWN,
    OA_LIFT,
    OA_KILL,
    OA_CONFIRM,
    OA_HEADLINE,
    OA_PURGE,
    OA_PAUSE,
    OA_RESUME
};
enum oracle_brake {
    OB_ALL,
    OB_FEED,
    OB_SECTION = OB_FEED + ORACLE_FEEDS,
    OB_BRAKES = OB_SECTION + 2
};

struct oracle_policy { /* of one feed */
    int provider;      /* feeds of one provider share stories */
    bool has_zone;     /* the zone itself has no summer time */
    int64_t zone_ms;
    int retention_days; /* 0: for ever */
    bool kill_is_404, late_embargo_keeps;
};
struct oracle_event {
    enum { OE_DELIVERY, OE_ACT, OE_POLICY } kind;
    int64_t at_ms; /* recorded by the house */
    int feed;
    struct oracle_item items[ORACLE_ITEMS_MAX];
    int item_count;
    int act, guid, brake;
    int text; /* of OA_HEADLINE: names its words; 0: back to the wire's */
    struct oracle_policy policies[ORACLE_FEEDS];
};

/* ---- the answer ---- */
struct oracle_page {
    int first;    /* item that gave the page its address: the one received first */
    int revision; /* shown; 0: none */
    int headline; /* words of the headline shown: a revision's or an act's text */
    int status;   /* 200, 404 or 410 */
    int section;
    bool on_fronts, corrects; /* the revision shown is itself a correction */
    bool is_dead, waits;      /* a kill or takedown stands; an embargo does */
    bool was_public;          /* at some instant up to now */
    int64_t next_ms;          /* when this changes by itself; INT64_MAX: never */
};
struct oracle_view {
    struct oracle_page *pages;
    size_t page_count;
    /* By item: provider * ORACLE_GUIDS_MAX + guid. */
    int page_of[ORACLE_FEEDS * ORACLE_GUIDS_MAX]; /* -1: never named */
    bool *was_shown;                              /* by revision: at some instant up to now */
    int revisions;                                /* numbers below it are known */
};
int oracle_item_of(const struct oracle_policy *policies, int feed, int guid);
/* events in the ledger's order; the policies in force are those of the last OE_POLICY (there is
 * one). Everything lives in a. */
void oracle_look(struct arena *a, const struct oracle_event *events, size_t count, int64_t now_ms,
    struct oracle_view *out);

#endif
