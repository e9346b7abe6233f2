/* follow: the frames between a house and its spare. Private. The spare asks once; then the house
 * speaks alone. */
#ifndef COMMANDS_FOLLOW_H
#define COMMANDS_FOLLOW_H

#include "keep.h"

enum follow_frame {
    FOLLOW_ASK = 1,     /* the spare: versions, how far it is */
    FOLLOW_REFUSED = 2, /* a sentence; nothing follows */
    FOLLOW_TOMBS = 3,   /* some: before the events that they are ahead of */
    FOLLOW_ROW = 4,     /* an event (ledger_pack) */
    FOLLOW_FORGET = 5,  /* positions */
    FOLLOW_WHOLE = 6,   /* that was all up to this position, at this time */
};
void follow_put_ask(struct buf *b, const struct ledger_mark *at);
bool follow_take_ask(struct span body, struct ledger_mark *at);
void follow_put_tomb(struct buf *b, const struct tomb *t);
bool follow_take_tomb(struct take *t, struct tomb *out); /* a take that is not done */

/* ---- spare_look.c: what a spare knows of itself: DATA/run/spare ---- */
struct spare_state {
    uint64_t pos, head;
    int64_t heard_ms; /* that it had everything; 0: never yet */
};
const char *spare_file(struct arena *a, const char *data, const char *name); /* DATA/name */
bool spare_state_read(struct arena *a, const char *data, struct spare_state *out);
pid_t spare_pid(struct arena *a, const char *data); /* of the one that follows; 0: none */

#endif
