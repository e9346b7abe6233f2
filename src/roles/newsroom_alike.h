/* newsroom_alike.h: what the files that compare stories share; private to roles. */
#ifndef NEWSROOM_ALIKE_H
#define NEWSROOM_ALIKE_H

#include "newsroom.h"

enum {
    ALIKE_ROWS = 64, /* looked at under one key: a phrase that every item ends in stops there */
    ALIKE_PAGES = 8, /* compared word by word: those that share most keys */
};
#define HOUR_MS INT64_C(3600000)

struct looking {
    struct newsroom *n;
    const struct desk_version *v;
    struct span provider;
    struct desk_set set; /* of the page that v comes to, without v */
    struct wording said;
    story_id touched[3 * ALIKE_PAGES]; /* pages to be decided: of each of three searches */
    size_t touched_count;
};
struct near {
    story_id page;
    size_t shared, key;
};
struct near_list {
    struct near list[WORDING_KEYS * ALIKE_ROWS];
    size_t count;
};

/* Until it is given back, n->job is an arena for this alone; the step's is returned. */
struct arena *alike_begin(struct newsroom *n);
/* What is compared with lies in an arena of its own, one page at a time. */
enum result alike_load_other(struct newsroom *n, story_id page, struct desk_set *out) CHECKED;
void alike_back(struct newsroom *n);
void alike_touch_later(struct looking *l, story_id page);
/* Only what could be a story says anything; an order in words says what it orders. */
bool alike_speaks(struct arena *a, const struct story *s);
size_t alike_first_of(const struct desk_set *set); /* the first version that is compared */
/* Pages of the last day, but this one, that may say the same. */
enum result alike_find(struct looking *l, enum alike_kind kind, struct span but, int64_t since_ms,
    struct near_list *out) CHECKED;

/* ---- newsroom_also.c ---- */
enum result alike_group(struct looking *l) CHECKED;

#endif
