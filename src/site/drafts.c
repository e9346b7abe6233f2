/* drafts: the words of the last comments, as their writers sent them, in memory alone: one that
 * waits for an editor is not where this process could read it, and its writer may change it. Safe
 * from any thread. Fatal: no memory. */
#include <stdlib.h>
#include <string.h>

#include "site_private.h"

struct drafts {
    pthread_mutex_t lock;
    size_t next;
    struct {
        struct span id, text; /* one block: the id's */
    } list[COMMENT_DRAFTS];
};

struct drafts *drafts_new(void)
{
    struct drafts *d = calloc(1, sizeof *d);
    must(d);
    pthread_mutex_init(&d->lock, NULL);
    return d;
}

void drafts_free(struct drafts *d)
{
    for (size_t i = 0; i < COMMENT_DRAFTS; i++) free((char *)(uintptr_t)d->list[i].id.p);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

static size_t place_of_id(const struct drafts *d, struct span id)
{
    size_t i = 0;
    while (i < COMMENT_DRAFTS && !(d->list[i].id.n && span_eq(d->list[i].id, id))) i++;
    return i;
}

void drafts_keep(struct drafts *d, struct span id, struct span text)
{
    char *block = malloc(id.n + text.n + 1);
    must(block);
    memcpy(block, id.p, id.n);
    memcpy(block + id.n, text.p, text.n);
    pthread_mutex_lock(&d->lock);
    size_t at = place_of_id(d, id);
    if (at == COMMENT_DRAFTS) at = d->next, d->next = (d->next + 1) % COMMENT_DRAFTS;
    free((char *)(uintptr_t)d->list[at].id.p);
    d->list[at].id = (struct span){block, id.n};
    d->list[at].text = (struct span){block + id.n, text.n};
    pthread_mutex_unlock(&d->lock);
}

struct span drafts_find(struct drafts *d, struct span id, struct arena *a)
{
    pthread_mutex_lock(&d->lock);
    size_t at = place_of_id(d, id);
    struct span text = at < COMMENT_DRAFTS ? arena_keep(a, d->list[at].text) : S("");
    pthread_mutex_unlock(&d->lock);
    return text;
}
