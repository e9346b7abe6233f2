/* web_counts: which stories are read: each thread counts its own, the role's thread gathers them
 * for the ledger. Never who. */
#include "web.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    COUNTS_EVERY_MS = 5 * 60 * 1000, /* popularity enters the ledger so often */
    COUNTS_STORIES_MAX = 2000,
    COUNTS_TABLE = 8192,
};

struct counter { /* views of one thread since the last harvest */
    pthread_mutex_t lock;
    struct {
        story_id id;
        uint32_t views;
    } table[COUNTS_TABLE];
    size_t used;
};

struct counter *web_counter_new(void)
{
    struct counter *c = calloc(1, sizeof *c);
    must(c);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void web_count_visit(struct counter *c, story_id id)
{
    pthread_mutex_lock(&c->lock);
    size_t i = (size_t)(id * 0x9E3779B97F4A7C15ull >> 51) % COUNTS_TABLE;
    while (c->table[i].id && c->table[i].id != id) i = (i + 1) % COUNTS_TABLE;
    if (c->table[i].id || c->used < COUNTS_TABLE / 2) {
        if (!c->table[i].id) c->used++;
        c->table[i].id = id;
        c->table[i].views++;
    }
    pthread_mutex_unlock(&c->lock);
}

static size_t gather(struct web *w, struct json_out *o)
{
    size_t stories = 0;
    for (size_t t = 0; t < COUNT(w->counters); t++) {
        struct counter *c = w->counters[t];
        if (!c) continue;
        pthread_mutex_lock(&c->lock);
        for (size_t i = 0; i < COUNTS_TABLE && c->used; i++)
            if (c->table[i].id && stories++ < COUNTS_STORIES_MAX)
                json_number(o, story_id_text(w->job, c->table[i].id).p, c->table[i].views);
        memset(c->table, 0, sizeof c->table);
        c->used = 0;
        pthread_mutex_unlock(&c->lock);
    }
    return stories;
}

void web_harvest(struct web *w, bool now)
{
    int64_t ms = clock_now_ms();
    if (!now && ms - w->counted_ms < COUNTS_EVERY_MS) return;
    w->counted_ms = ms;
    arena_reset(w->job);
    struct buf b, frame;
    buf_init(&b, w->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_open(&o, "views", '{');
    if (!gather(w, &o)) return;
    json_close(&o, '}');
    json_close(&o, '}');
    unsigned char id[8];
    random_bytes(id, sizeof id);
    buf_init(&frame, w->job, 0);
    put_span(&frame, arena_printf(w->job, "counts:%lld:%.*s", (long long)ms,
                         FMT(bytes_hex(w->job, id, sizeof id))));
    put_span(&frame, buf_span(&b));
    channel_send(channel_to(&w->channels, ROLE_NEWSROOM, 0), MSG_COUNTS, buf_span(&frame));
}
