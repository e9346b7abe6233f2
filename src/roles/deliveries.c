/* deliveries: what transports bring goes into the ledger; on a full disk stories wait where they
 * are and kills get the room that was kept for them (K19). Parses nothing: bytes that may hold a
 * kill are told by their smell, too often rather than too seldom. */
#include "roles.h"

enum result deliveries_append(struct ledger *l, struct append *events, size_t n, bool *taken)
{
    struct append urgent[LEDGER_BATCH_MAX];
    size_t count = 0;
    enum result r = ledger_keep_ballast(l) ? ledger_append(l, events, n) : ERR_FULL;
    for (size_t i = 0; i < n; i++) taken[i] = r == OK;
    if (r != ERR_FULL) return r;
    for (size_t i = 0; i < n; i++) {
        taken[i] = smells_of_kill(events[i].blob);
        if (!taken[i]) continue;
        urgent[count] = events[i];
        urgent[count++].urgent = true;
    }
    r = count ? ledger_append(l, urgent, count) : ERR_FULL;
    count = 0;
    for (size_t i = 0; i < n; i++) {
        if (taken[i] && r == OK) events[i] = urgent[count++];
        taken[i] &= r == OK;
    }
    return r;
}
