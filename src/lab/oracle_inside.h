/* oracle_inside.h: versions, pages and kills as the oracle's files share them. */
#ifndef ORACLE_INSIDE_H
#define ORACLE_INSIDE_H

#include "oracle.h"

#define NEVER INT64_MAX

enum stance { SHOW, PASS, HIDE, KILL }; /* PASS: says nothing against the version before it */

struct version { /* one reading of one item */
    const struct oracle_item *item;
    int key, feed;
    int64_t at_ms, pos, item_pos;               /* item_pos: when its guid was first heard of */
    int64_t created_ms, embargo_ms, expires_ms; /* 0 and NEVER: none */
    int64_t order_ms, free_ms, approved_ms, shown_ms;
    enum stance stance;
    bool desk_may; /* an editor's publish releases it */
    int rank;
};

struct page {
    int first, root;
    struct version **list; /* lowest first */
    size_t count, cap;
    const struct oracle_event **acts; /* of editors, on any of its items */
    size_t act_count;
};
struct oracle {
    struct arena *a;
    const struct oracle_event *events;
    size_t count;
    int64_t now_ms;
    const struct oracle_policy *policies;
    struct oracle_view *view;
    struct version *versions;
    size_t version_count, version_cap;
    int root_of[ORACLE_FEEDS * ORACLE_GUIDS_MAX];  /* of items that share a page; -1: not named */
    int owner_of[ORACLE_FEEDS * ORACLE_GUIDS_MAX]; /* feed that brought it first; -1 */
    int64_t first_pos[ORACLE_FEEDS * ORACLE_GUIDS_MAX];
};
struct kill {
    const struct version *killed; /* NULL: by the desk */
    size_t event;
    int64_t at_ms, lifted_ms;
    bool is_purge;
};
struct kills {
    struct kill list[256];
    size_t count;
};

/* oracle.c */
int64_t oracle_pos_of(int event, int number);
int oracle_root(const struct oracle *o, int key); /* of the page that the item stands on */

/* oracle_kills.c */
void oracle_kills(struct oracle *o, const struct page *p, struct kills *k);
bool oracle_kill_stands(const struct kills *k, int64_t at_ms);

/* oracle_version.c */
void version_judge(const struct oracle_policy *p, struct version *v);
bool version_is_numbered(const struct version *v);
int64_t version_credible_ms(const struct version *v);
int version_cmp(const struct version *a, const struct version *b, bool by_date, bool numbers);
int cmp64(int64_t a, int64_t b);

#endif
