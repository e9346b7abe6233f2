/* rehearse_far.h: the house of real processes, for the files that play it. Private to the floor.
 * - rehearse_http.c: waiting, asking
 * - rehearse_processes.c: starting, stopping, killing */
#ifndef REHEARSE_FAR_H
#define REHEARSE_FAR_H

#include "rehearse.h"

enum { WAIT_MS = 60000 }; /* a sanitizer build on a busy machine */

struct far {
    pid_t master;
    struct house house; /* visited: paths and the clock page */
    struct span address;
    struct http_client *client;
    struct ledger *ledger;
    unsigned visitors;          /* that have read so far */
    uint64_t fences, quiet_pos; /* the ledger's head when all was quiet last */
    bool visited;
    int64_t counted_ms;
    struct span editorial; /* configuration in force, as the ledger keeps it */
};

/* ---- rehearse_http.c ---- */
struct far *far_of(struct play *p);
bool far_past(int64_t until_us); /* after a short sleep */
/* An event without effect: when it is done, all before it is done, and all that was due. */
bool far_fence(struct play *p);

/* ---- rehearse_processes.c ---- */
bool far_start(struct play *p);
void far_stop(struct play *p);
bool far_crash(struct play *p, struct span role);

#endif
