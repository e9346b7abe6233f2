/* oracle_inside.h: what the oracle's files share. */
#ifndef ORACLE_INSIDE_H
#define ORACLE_INSIDE_H

#include "oracle.h"

#define NEVER INT64_MAX

enum mark { /* with what it came; until editors let it go it is not shown (T5) */
    MARKED_NOT,
    MARKED_SHADOW,
    MARKED_LIMIT
};
enum stance { SHOW, PASS, HIDE, KILL }; /* PASS: says nothing against the version before it */

struct version { /* one reading of one item */
    const struct oracle_item *item;
    int key, feed;
    int64_t at_ms, pos, item_pos;               /* item_pos: when its guid was first heard of */
    int64_t created_ms, embargo_ms, expires_ms; /* 0 and NEVER: none */
    int64_t order_ms, free_ms, approved_ms, shown_ms;
    enum stance stance;
    int section; /* as rules have it */
    unsigned tags;
    bool noindex;
    enum mark mark;
    bool is_kept;                        /* as long as nobody has let it go */
    bool is_counted, is_new, is_rewrite; /* by its feed's limits */
    bool desk_may;                       /* an editor's publish releases it */
    bool was_lifted;                     /* a kill, once */
    int rank;
};

struct page {
    int first, root;
    struct version **list; /* lowest first */
    size_t count, cap;
    const struct oracle_event **acts; /* of editors, on any of its items */
    size_t act_count;
};
struct kill {
    const struct version *killed; /* NULL: by the desk, or in words */
    size_t event;
    int64_t at_ms, lifted_ms;
    bool is_purge, in_words, is_again;
};
struct kills {
    struct kill list[256];
    size_t count;
};
struct order { /* a kill in words */
    const struct oracle_item *item;
    int feed, event, key; /* key: of the item that is meant; -1: it has not come yet */
    int64_t at_ms;
};
struct held_copy { /* T4: one item is held because it says what the other said */
    int killed, copy;
    int64_t at_ms, pos, freed_ms; /* NEVER: by no lift */
};
struct oracle {
    struct arena *a;
    const struct oracle_event *events;
    size_t count; /* taken so far; when all are, all that there are */
    int64_t now_ms;
    const struct oracle_policy *policies, *then; /* in force now; as of the event that is taken */
    bool is_live[ORACLE_FEEDS];                  /* editors have ended its shadow */
    struct oracle_view *view;
    struct version *versions;
    size_t version_count, version_cap;
    int root_of[ORACLE_FEEDS * ORACLE_GUIDS_MAX];  /* of items that share a page; -1: not named */
    int owner_of[ORACLE_FEEDS * ORACLE_GUIDS_MAX]; /* feed that brought it first; -1 */
    int64_t first_pos[ORACLE_FEEDS * ORACLE_GUIDS_MAX];
    bool any_yes; /* editors have confirmed something */
    /* by page: the event with which a kill that was confirmed away stood again; NULL */
    const struct oracle_event *again[ORACLE_FEEDS * ORACLE_GUIDS_MAX];
    struct order *orders;
    size_t order_count, order_cap;
    struct held_copy *copies;
    size_t copy_count, copy_cap;
};

/* oracle.c */
int oracle_root(const struct oracle *o, int key);
int64_t oracle_pos(int event, int number);
/* An act names a guid: the items of that name that are known by then, or, of none, of every
 * provider (K7). */
bool act_means(const struct oracle *o, const struct oracle_event *e, int key, int64_t pos);
/* The page of this root as it is known so far: its versions and acts. */
void page_fill(struct oracle *o, int root, struct page *p);

/* oracle_kills.c */
void page_kills(struct oracle *o, const struct page *p, struct kills *k);
bool page_is_dead(const struct kills *k, int64_t at_ms);
/* After each event: which kills that were lifted stand again, for what comes changes which version
 * is the newer one. */
void kills_watch(struct oracle *o);
/* When the last kill came that stands now; 0: none does. */
int64_t page_killed_ms(struct oracle *o, const struct page *p);

/* oracle_orders.c: K8, K9. In the order of what comes: an order; an item of its feed that may be
 * meant by one before it. */
void orders_take(struct oracle *o, const struct version *v);
void orders_meet(struct oracle *o, const struct version *v);

/* oracle_limits.c: T5. In the order of what comes. */
void limits_mark(struct oracle *o, struct version *v); /* v shares its page, o does not hold it */
void limits_take(struct oracle *o, const struct oracle_event *e); /* an act, a configuration */
bool limits_let_go(const struct version *v, const struct oracle_event *act);

/* oracle_copies.c: T4. In the order of what comes: v, which o does not hold yet; an editor's act.
 */
void copies_take(struct oracle *o, const struct version *v);
void copies_free(struct oracle *o, const struct oracle_event *act);
bool copies_hold(const struct oracle *o, const struct page *p, int64_t at_ms);

/* oracle_twins.c: V8. shown: what each page of the view shows; NULL: nothing. */
void twins_find(const struct oracle *o, const struct version *const *shown);

/* oracle_packages.c: P1, P6, P7. shown: as above; what is not seen for want of members is taken out
 * of it. */
bool item_is_bare(const struct oracle_item *i); /* a package without a text of its own */
void packages_hide(const struct oracle *o, const struct version **shown);
void packages_fill(const struct oracle *o, const struct version *const *shown);

/* oracle_pictures.c: E9, K15, R3. shown: as above. */
void pictures_fill(const struct oracle *o, const struct version *const *shown);

/* oracle_version.c */
bool version_says_the_same(const struct version *a, const struct version *b);
void version_judge(const struct oracle_policy *p, struct version *v);
bool version_is_numbered(const struct version *v);
int64_t version_credible_ms(const struct version *v);
int version_cmp(const struct version *a, const struct version *b, bool by_date, bool numbers);
int cmp64(int64_t a, int64_t b);

#endif
