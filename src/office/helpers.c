/* helpers.c: the few threads that do what takes long: hashing a password, waiting for an act. At
 * most so many at once, at most so many in line: sign-ins can neither use up the memory nor hold
 * the event loop. They touch the visit that they were given and nothing else of the office. */
#include <pthread.h>
#include <stdlib.h>

#include "visit.h"

enum { HELPERS_MAX = 8 };
struct helpers {
    pthread_mutex_t lock;
    pthread_cond_t bell;
    pthread_t threads[HELPERS_MAX];
    unsigned count;
    struct visit *first, **last;
    size_t waiting, waiting_max;
    bool stopping;
};

static void go_on(void *with)
{
    struct visit *v = with;
    v->then(v);
}

static struct visit *take(struct helpers *h)
{
    pthread_mutex_lock(&h->lock);
    while (!h->first && !h->stopping) pthread_cond_wait(&h->bell, &h->lock);
    struct visit *v = h->stopping ? NULL : h->first;
    if (v) {
        h->first = v->next;
        if (!h->first) h->last = &h->first;
        h->waiting--;
    }
    pthread_mutex_unlock(&h->lock);
    return v;
}

static void *help(void *with)
{
    struct helpers *h = with;
    struct visit *v;
    log_as("desk");
    while ((v = take(h))) {
        v->work(v);
        net_post(v->worker, go_on, v);
    }
    return NULL;
}

struct helpers *helpers_new(unsigned threads, size_t waiting_max)
{
    struct helpers *h = calloc(1, sizeof *h);
    must(h != NULL && threads <= HELPERS_MAX);
    h->last = &h->first;
    h->waiting_max = waiting_max;
    must(pthread_mutex_init(&h->lock, NULL) == 0 && pthread_cond_init(&h->bell, NULL) == 0);
    for (; h->count < threads; h->count++)
        must(pthread_create(&h->threads[h->count], NULL, help, h) == 0);
    return h;
}

void helpers_stop(struct helpers *h)
{
    pthread_mutex_lock(&h->lock);
    h->stopping = true;
    pthread_cond_broadcast(&h->bell);
    pthread_mutex_unlock(&h->lock);
    for (unsigned i = 0; i < h->count; i++) pthread_join(h->threads[i], NULL);
    h->count = 0;
}

void helpers_free(struct helpers *h)
{
    if (!h) return;
    helpers_stop(h);
    while (h->first) {
        struct visit *next = h->first->next;
        arena_free(h->first->a);
        h->first = next;
    }
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->bell);
    free(h);
}

bool helpers_has_room(struct helpers *h)
{
    pthread_mutex_lock(&h->lock);
    bool room = h->waiting < h->waiting_max && !h->stopping;
    pthread_mutex_unlock(&h->lock);
    return room;
}

bool helpers_add(struct helpers *h, struct visit *v)
{
    pthread_mutex_lock(&h->lock);
    bool room = h->waiting < h->waiting_max && !h->stopping;
    if (room) {
        v->next = NULL;
        *h->last = v;
        h->last = &v->next;
        h->waiting++;
        pthread_cond_signal(&h->bell);
    }
    pthread_mutex_unlock(&h->lock);
    return room;
}
