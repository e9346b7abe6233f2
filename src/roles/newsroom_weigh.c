/* newsroom_weigh: before a store that was built again takes the old one's place: how many live
 * pages would it change? A newer program may read old stories otherwise. Both are decided by one
 * configuration, up to the event that the old one has come to: what came since is news, and no
 * change of what was. Reads only. */
#include "newsroom.h"

enum { WEIGH_ARENA = 768 << 20 };

static enum result weigh(
    struct newsroom *n, struct arena *a, bool (*go_on)(void *, size_t), void *with, uint64_t *out)
{
    struct replay_sum sum;
    struct config *c = NULL;
    const char *why;
    enum result r = replay_in_force(a, n->store, &c, &why);
    if (r != OK)
        return r == ERR_ABSENT ? OK : r; /* nothing was ever in force: there are no pages */
    struct replay q = {.now_store = n->known,
        .then_store = n->store,
        .now_config = c,
        .then_config = c,
        .tombs = n->tombs,
        .now_ms = clock_now_ms(),
        .until_pos = store_position(n->known),
        .go_on = go_on,
        .with = with};
    TRY(replay_compare(a, &q, &sum));
    *out = replay_weight(&sum);
    return OK;
}

enum result newsroom_rebuilt_changes(
    struct newsroom *n, bool (*go_on)(void *with, size_t pages), void *with, uint64_t *pages_out)
{
    *pages_out = 0;
    if (!n->known) return OK;
    struct arena *a = arena_new(WEIGH_ARENA);
    enum result r = weigh(n, a, go_on, with, pages_out);
    arena_free(a);
    return r;
}
