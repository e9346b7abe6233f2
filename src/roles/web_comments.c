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
        int64_t until_ms;
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

static struct hash hash_of_client(const struct comment_brake *b, struct arena *a,
    const struct net_address *client, struct span about)
{
    struct buf text;
    struct net_address network = net_address_network(client);
    buf_init(&text, a, 0);
    if (client->known) buf_put(&text, (struct span){(const char *)network.ip, sizeof network.ip});
    put_span(&text, about);
    return hash_keyed((struct span){(const char *)b->key, sizeof b->key}, buf_span(&text));
}

static uint64_t who_is(
    const struct comment_brake *b, const struct net_address *client, struct span what)
{
    uint64_t who;
    struct arena *a = arena_new(1024);
    struct hash h = hash_of_client(b, a, client, what);
    memcpy(&who, &h, sizeof who);
    arena_free(a);
    return who;
}

struct span comment_network(
    struct comment_brake *b, struct arena *a, const struct net_address *client, struct span about)
{
    enum { DIGITS = 16 };
    struct hash h = hash_of_client(b, a, client, about);
    return span_cut(hash_hex(a, &h), 0, DIGITS);
}

struct bound {
    uint32_t most;
    int64_t window_ms;
};

static bool one_more(struct comment_brake *b, uint64_t who, int64_t now, const struct bound *of)
{
    for (uint64_t i = 0; i < PROBES; i++) {
        size_t at = (size_t)((who + i) % COMMENT_SLOTS);
        bool old = now >= b->slots[at].until_ms;
        if (b->slots[at].who != who && !old) continue;
        if (old) {
            b->slots[at].who = who;
            b->slots[at].until_ms = now + of->window_ms;
            b->slots[at].count = 0;
        }
        return ++b->slots[at].count <= of->most;
    }
    return true; /* the bound of all still holds */
}

static bool may(struct comment_brake *b, uint64_t who, const struct bound *of)
{
    int64_t now = clock_now_ms();
    pthread_mutex_lock(&b->lock);
    if (now - b->minute_ms >= 60000) {
        b->minute_ms = now;
        b->in_minute = 0;
    }
    bool may = one_more(b, who, now, of) && b->in_minute < COMMENTS_A_MINUTE;
    if (may) b->in_minute++;
    pthread_mutex_unlock(&b->lock);
    return may;
}

bool comment_may(struct comment_brake *b, const struct net_address *client)
{
    static const struct bound writes = {COMMENTS_OF_ADDRESS, COMMENT_WINDOW_MS};
    return may(b, who_is(b, client, S("writes")), &writes);
}

bool comment_may_report(struct comment_brake *b, const struct net_address *client)
{
    static const struct bound reports = {REPORTS_OF_ADDRESS, COMMENT_WINDOW_MS};
    return may(b, who_is(b, client, S("reports")), &reports);
}

bool comment_may_mail(struct comment_brake *b, const struct net_address *client)
{
    static const struct bound letters = {LETTERS_OF_NETWORK, LETTER_WINDOW_MS};
    return may(b, who_is(b, client, S("letters")), &letters);
}

bool comment_may_complain(struct comment_brake *b, const struct net_address *client)
{
    static const struct bound complains = {GRIEVANCES_OF_ADDRESS, GRIEVANCE_WINDOW_MS};
    return may(b, who_is(b, client, S("complains")), &complains);
}
