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
    FOLLOW_NAMES = 7, /* of all that stands beside the ledger (beside.c): no other does any more */
    FOLLOW_FILE = 8,  /* a piece of one: name, when it was written, bytes of all, offset, bytes */
};
struct follow_ask {
    struct ledger_mark at;
    int64_t beside_ns; /* of the newest file beside the ledger that the spare has; 0: it has none */
};
void follow_put_ask(struct buf *b, const struct follow_ask *ask);
bool follow_take_ask(struct span body, struct follow_ask *out);
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
