/* replay.h: what the files of the replay share; private to roles.
 * - replay.c: walks the pages, decides each on both sides, says what becomes of it
 * - replay_fields.c: what of a page is compared, as words
 * - replay_scratch.c: the ledger read again into a scratch house
 * - replay_weigh.c: how much a configuration would change, asked by the master */
#ifndef REPLAY_H
#define REPLAY_H

#include "roles.h"

struct replay_side { /* one page, by one store and one configuration */
    struct desk_set set;
    struct verdict v;
    const struct story *story; /* what is shown, or would be; NULL: nothing of it is there */
    const struct config *config;
    const struct desk_rules *rules;
    const struct config_feed *feed; /* of that version; NULL: not configured */
    const char *outcome;            /* "public", "later", "held", "dropped", "killed", "absent" */
    bool is_live;
};
/* Appends what differs, the gravest first; its words live in a. */
void replay_fields(struct arena *a, const struct replay_side *now, const struct replay_side *then,
    int64_t now_ms, struct replay_page *out);
/* Of two texts the words around what differs, at most REPLAY_DIFF_MAX bytes of them. */
struct span replay_diff(struct arena *a, struct span before, struct span after);

#endif
