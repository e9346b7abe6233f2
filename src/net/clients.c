/* net/clients: how many connections, or requests in flight behind a proxy, one client has at once.
 * One table for all workers, in shards with a lock each: a client who spreads over the threads is
 * still one client. Entries live only as long as something of theirs is open, so the table is
 * bounded by the connections. The seed keeps strangers from choosing who shares a bucket. Fatal: no
 * memory. */
#include "net_inside.h"

#include <stdlib.h>
#include <string.h>

enum { SHARDS = 16, BUCKETS = 256, SPARES_MAX = 64 };

struct client {
    struct client *next;
    unsigned char key[16];
    uint32_t count;
};
struct shard {
    pthread_mutex_t lock;
    struct client *buckets[BUCKETS], *spares;
    unsigned spare_count;
};
struct net_clients {
    uint64_t seed[2];
    struct shard shards[SHARDS];
};

struct net_clients *net_clients_new(void)
{
    struct net_clients *t = calloc(1, sizeof *t);
    must(t != NULL);
    random_bytes(t->seed, sizeof t->seed);
    for (size_t i = 0; i < SHARDS; i++) must(pthread_mutex_init(&t->shards[i].lock, NULL) == 0);
    return t;
}

static void free_list(struct client *c)
{
    while (c) {
        struct client *next = c->next;
        free(c);
        c = next;
    }
}

void net_clients_free(struct net_clients *t)
{
    if (!t) return;
    for (size_t i = 0; i < SHARDS; i++) {
        for (size_t j = 0; j < BUCKETS; j++) free_list(t->shards[i].buckets[j]);
        free_list(t->shards[i].spares);
        pthread_mutex_destroy(&t->shards[i].lock);
    }
    free(t);
}

static void key_of(const struct net_address *a, unsigned char key[16])
{
    struct net_address network = net_address_network(a);
    memcpy(key, network.ip, 16);
}

static uint64_t place_of(const struct net_clients *t, const unsigned char key[16])
{
    uint64_t w[2];
    memcpy(w, key, sizeof w);
    uint64_t h = (w[0] ^ t->seed[0]) * 0x9e3779b97f4a7c15u;
    h = ((h ^ h >> 32) + w[1] + t->seed[1]) * 0xbf58476d1ce4e5b9u;
    return (h ^ h >> 29) * 0x94d049bb133111ebu >> 32;
}

static struct client **find(struct shard *s, uint64_t place, const unsigned char key[16])
{
    struct client **at = &s->buckets[place / SHARDS % BUCKETS];
    while (*at && memcmp((*at)->key, key, 16) != 0) at = &(*at)->next;
    return at;
}

static struct client *client_new(struct shard *s, const unsigned char key[16])
{
    struct client *c = s->spares;
    if (c) {
        s->spares = c->next;
        s->spare_count--;
    } else {
        c = malloc(sizeof *c);
        must(c != NULL);
    }
    *c = (struct client){0};
    memcpy(c->key, key, sizeof c->key);
    return c;
}

static void client_gone(struct shard *s, struct client *c)
{
    if (s->spare_count == SPARES_MAX) {
        free(c);
        return;
    }
    c->next = s->spares;
    s->spares = c;
    s->spare_count++;
}

bool net_clients_enter(struct net_clients *t, const struct net_address *a, uint32_t most)
{
    unsigned char key[16];
    key_of(a, key);
    uint64_t place = place_of(t, key);
    struct shard *s = &t->shards[place % SHARDS];
    pthread_mutex_lock(&s->lock);
    struct client **at = find(s, place, key);
    if (!*at) *at = client_new(s, key);
    bool room = (*at)->count < most;
    if (room) (*at)->count++;
    pthread_mutex_unlock(&s->lock);
    return room;
}

bool net_clients_admit(const struct net_connection *c, const struct http_request *r,
    struct net_address *client_out, bool *counted_out)
{
    const struct net_config *config = &c->worker->server->config;
    *client_out = c->peer;
    *counted_out = false;
    if (!c->is_trusted) return true;
    *client_out = net_client_of(config, r, c->peer);
    if (!client_out->known || net_is_trusted(config, client_out)) return true;
    *counted_out =
        net_clients_enter(c->worker->server->clients, client_out, config->limits.per_client_max);
    return *counted_out;
}

void net_clients_leave(struct net_clients *t, const struct net_address *a)
{
    unsigned char key[16];
    key_of(a, key);
    uint64_t place = place_of(t, key);
    struct shard *s = &t->shards[place % SHARDS];
    pthread_mutex_lock(&s->lock);
    struct client **at = find(s, place, key);
    must(*at && (*at)->count > 0);
    if (--(*at)->count == 0) {
        struct client *gone = *at;
        *at = gone->next;
        client_gone(s, gone);
    }
    pthread_mutex_unlock(&s->lock);
}
