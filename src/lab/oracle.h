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
    ORACLE_RULES = 2, /* of one feed */
    ORACLE_TWINS = 16,
    ORACLE_COMMENTS = 32, /* of one page */
    ORACLE_MEMBERS = 3,   /* of one package */
};

enum oracle_when { OW_NONE, OW_UTC, OW_LOCAL, OW_EMPTY, OW_UNREADABLE };
struct oracle_time {
    int kind;   /* enum oracle_when */
    int64_t ms; /* OW_LOCAL: as if it were UTC */
};
enum oracle_status { OS_USABLE, OS_WITHHELD, OS_CANCELED, OS_UNKNOWN };
enum oracle_change { OC_NONE, OC_UPDATE, OC_REFILE, OC_CORRECTION };

/* One item as the wire sends it. revision names its words: whatever is sent again byte for byte has
 * the same. Packages have a text of their own. */
struct oracle_item {
    int guid, revision;
    char version[ORACLE_VERSION_MAX]; /* as written; empty: none */
    int status, change;
    struct oracle_time embargo, expires, created;
    int slug;           /* of the family that shares a slugline; 0: none */
    int link;           /* guid that it continues, + 1; 0: none */
    int section, topic; /* topic: of a keyword that rules ask for; 0: none */
    int says; /* whose words: of one number nine words of ten are the same; 0: words of its own */
    int members[ORACLE_MEMBERS]; /* guids, + 1, in the package's order; 0: none */
    int picture; /* guid of the picture that it shows, + 1; 0: none. What it says of it: */
    int picture_status;
    struct oracle_time picture_embargo, picture_expires;
    int order; /* it is a kill in words: guid of the story that it means, + 1; 0: it is none */
    int order_revision, order_says; /* that it names by this headline; 0: by its guid */
    bool no_body, is_test, other_provider, other_language, is_package;
    bool is_picture; /* it is one, by itself: never a page */
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
    OA_RESUME,
    OA_REDACT,
    OA_UNREDACT,
    OA_RELEASE, /* of a feed, as is the next */
    OA_GO_LIVE,
    OA_APPROVE, /* a reader's comment, as is the next; text: which */
    OA_HIDE
};
bool oracle_is_of_story(int act);
enum oracle_brake {
    OB_ALL,
    OB_FEED,
    OB_SECTION = OB_FEED + ORACLE_FEEDS,
    OB_BRAKES = OB_SECTION + 2
};

enum oracle_comments { SAY_NOTHING, SAY_ASKED, SAY_AT_ONCE };
enum oracle_action { ON_NOTHING, ON_PUBLISH, ON_HOLD, ON_DROP };
struct oracle_rule {
    int topic, action, section; /* topic 0: no rule; section: + 1; 0: says nothing of it */
    bool tags, noindex;
};
struct oracle_policy { /* of one feed */
    int provider;      /* feeds of one provider share stories */
    bool has_zone;     /* the zone itself has no summer time */
    int64_t zone_ms;
    int retention_days; /* 0: for ever */
    bool kill_is_404, late_embargo_keeps, shadow, comments;
    bool pictures;     /* the licence covers them */
    int site_comments; /* enum oracle_comments: of the whole site, said by its first feed */
    int stories_per_hour, updates_per_hour, oldest_days; /* 0: no limit */
    int rewrites_per_hour, rewrite_after_days;           /* the first 0: no limit */
    struct oracle_rule rules[ORACLE_RULES];              /* for what it brings */
};
struct oracle_event {
    enum { OE_DELIVERY, OE_ACT, OE_POLICY, OE_COMMENT } kind;
    int64_t at_ms; /* recorded by the house */
    int feed;
    struct oracle_item items[ORACLE_ITEMS_MAX];
    int item_count;
    int act, guid, brake;
    int text; /* of OA_HEADLINE: names its words; 0: back to the wire's. Of OA_REDACT and its
                 opposite: the guid whose name is meant, + 1. Of OA_GO_LIVE: 1: with what came
                 before. Of OE_COMMENT, which is written under the feed's item guid, and of acts on
                 it: names its words */
    struct oracle_policy policies[ORACLE_FEEDS];
};

/* ---- the answer ---- */
struct oracle_page {
    int first;               /* item that gave the page its address: the one received first */
    int revision;            /* shown; 0: none; of a 404: the package that nobody sees yet (P7) */
    int headline;            /* words of the headline shown: a revision's or an act's text */
    int name, headline_name; /* guids whose names stand in the text and in the headline */
    uint64_t struck;         /* by guid: names that editors have struck from all of it */
    int status;              /* 200, 404 or 410 */
    int section;
    int feed;                          /* that brought it */
    unsigned tags;                     /* by rule of that feed: its tag */
    bool noindex;                      /* no search engine may list it */
    bool on_fronts, corrects;          /* the revision shown is itself a correction */
    bool is_dead, waits;               /* a kill or takedown stands; an embargo does */
    bool was_public;                   /* at some instant up to now */
    int64_t received_ms, published_ms; /* the first instants; the second 0: never */
    int twins[ORACLE_TWINS]; /* V8: pages that tell the same news now, by another agency */
    int twin_count;
    int members[ORACLE_MEMBERS]; /* P1, P6, P7: pages that it shows, in order */
    int member_count;
    bool lets_be_seen; /* a picture by itself: what is said of it there lets pages show it */
    int picture;       /* guid of the one that it shows, + 1; 0: none */
    int comments[ORACLE_COMMENTS]; /* that are shown under it */
    int comment_count;
    int64_t next_ms; /* when this changes by itself; INT64_MAX: never */
    int64_t end_ms; /* when the right to what is shown ends, whatever takes its place before that */
    bool stays; /* asked late: it was shown an instant before, and must be until the newsroom has
                   decided what takes its place (E6) */
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
