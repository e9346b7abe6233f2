/* web_comments: how many comments one client may send, and all together. In memory, under keyed
 * hashes of addresses: neither ledger nor log ever learns who wrote from where. */
#include "web.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PROBES = 8 };

struct comment_brake {
    pthread_mutex_t lock;
    unsigned char key[32];
    struct {
        uint64_t who;
        int64_t since_ms;
        uint32_t count;
    } slots[COMMENT_SLOTS];
    int64_t minute_ms;
    uint32_t in_minute;
};

struct comment_brake *comment_brake_new(void)
{
    struct comment_brake *b = calloc(1, sizeof *b);
    must(b);
    pthread_mutex_init(&b->lock, NULL);
    random_bytes(b->key, sizeof b->key);
    return b;
}

void comment_brake_free(struct comment_brake *b)
{
    free(b);
}

static uint64_t who_is(const struct comment_brake *b, const struct net_address *client)
{
    struct net_address network = net_address_network(client);
    struct span ip = {(const char *)network.ip, client->known ? sizeof network.ip : 0};
    struct hash h = hash_keyed((struct span){(const char *)b->key, sizeof b->key}, ip);
    uint64_t who;
    memcpy(&who, &h, sizeof who);
    return who;
}

static bool one_more(struct comment_brake *b, uint64_t who, int64_t now)
{
    for (uint64_t i = 0; i < PROBES; i++) {
        size_t at = (size_t)((who + i) % COMMENT_SLOTS);
        bool old = now - b->slots[at].since_ms >= COMMENT_WINDOW_MS || !b->slots[at].count;
        if (b->slots[at].who != who && !old) continue;
        if (old) {
            b->slots[at].who = who;
            b->slots[at].since_ms = now;
            b->slots[at].count = 0;
        }
        return ++b->slots[at].count <= COMMENTS_OF_ADDRESS;
    }
    return true; /* the bound of all still holds */
}

bool comment_may(struct comment_brake *b, const struct net_address *client)
{
    int64_t now = clock_now_ms();
    uint64_t who = who_is(b, client);
    pthread_mutex_lock(&b->lock);
    if (now - b->minute_ms >= 60000) {
        b->minute_ms = now;
        b->in_minute = 0;
    }
    bool may = one_more(b, who, now) && b->in_minute < COMMENTS_A_MINUTE;
    if (may) b->in_minute++;
    pthread_mutex_unlock(&b->lock);
    return may;
}
