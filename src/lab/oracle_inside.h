/* oracle_inside.h: one version as the oracle's two files share it. */
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

/* oracle_version.c */
void version_judge(const struct oracle_policy *p, struct version *v);
bool version_is_numbered(const struct version *v);
int64_t version_credible_ms(const struct version *v);
int version_cmp(const struct version *a, const struct version *b, bool by_date, bool numbers);
int cmp64(int64_t a, int64_t b);

#endif
