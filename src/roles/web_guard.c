/* web_guard: one network moves a story as one reader does, however often it asks. In memory, under
 * keyed hashes of addresses that die with the process: neither ledger nor log ever learns who read
 * what. Bounded: under a flood of networks the oldest are forgotten, which counts a reader twice,
 * never a story for ever. */
#include "web.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PROBES = 8, SIX_NETWORK_BYTES = 6 };

struct guard_slot {
    uint64_t what; /* 0: free */
    uint32_t minute, count;
};
struct guard {
    pthread_mutex_t lock;
    unsigned char key[32];
    struct guard_slot readings[GUARD_READINGS], networks[GUARD_NETWORKS];
};

struct guard *guard_new(void)
{
    struct guard *g = calloc(1, sizeof *g);
    must(g);
    pthread_mutex_init(&g->lock, NULL);
    random_bytes(g->key, sizeof g->key);
    return g;
}

void guard_free(struct guard *g)
{
    free(g);
}

/* Of IPv6 a site's whole share, /48: within it whoever asks chooses at will. */
static uint64_t hash_with(const struct guard *g, const struct net_address *client, story_id story)
{
    unsigned char bytes[16 + sizeof story] = {0};
    if (client->known) memcpy(bytes, client->ip, 16);
    if (client->known && !net_address_is_four(client))
        memset(bytes + SIX_NETWORK_BYTES, 0, 16 - SIX_NETWORK_BYTES);
    memcpy(bytes + 16, &story, sizeof story);
    struct hash h = hash_keyed((struct span){(const char *)g->key, sizeof g->key},
        (struct span){(const char *)bytes, sizeof bytes});
    uint64_t what;
    memcpy(&what, &h, sizeof what);
    return what ? what : 1;
}

/* Its slot, or one for it: free, over, or of its neighbours the oldest. */
static struct guard_slot *slot_of(
    struct guard_slot *table, size_t size, uint64_t what, uint32_t minute, bool *is_new)
{
    struct guard_slot *best = NULL;
    for (uint64_t i = 0; i < PROBES; i++) {
        struct guard_slot *s = &table[(what + i) % size];
        bool over = !s->what || minute - s->minute >= GUARD_MINUTES;
        if (s->what == what && !over) return *is_new = false, s;
        if (!best || (best->what && (over || s->minute < best->minute))) best = s;
    }
    *best = (struct guard_slot){.what = what, .minute = minute};
    return *is_new = true, best;
}

bool guard_counts(struct guard *g, const struct net_address *client, story_id story, int64_t now_ms)
{
    uint32_t minute = (uint32_t)(now_ms / 60000);
    uint64_t network = hash_with(g, client, 0), reading = hash_with(g, client, story);
    bool is_new, any;
    pthread_mutex_lock(&g->lock);
    struct guard_slot *n = slot_of(g->networks, GUARD_NETWORKS, network, minute, &any);
    bool counts = n->count < GUARD_OF_NETWORK;
    if (counts) {
        slot_of(g->readings, GUARD_READINGS, reading, minute, &is_new);
        counts = is_new;
        n->count += is_new;
    }
    pthread_mutex_unlock(&g->lock);
    return counts;
}
