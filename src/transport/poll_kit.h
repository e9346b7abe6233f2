/* poll_kit: what this floor's tests of polled feeds share: a poller in a folder of its own, and
 * answers that are handed in as the fetcher would. */
#ifndef POLL_KIT_H
#define POLL_KIT_H

#include "clock.h"
#include "poller.h"
#include "tap.h"

#include <sys/stat.h>
#include <unistd.h>

enum { TAKEN_MAX = 256 };

/* A ledger that knows what it was given, by name and bytes. */
struct taken {
    uint64_t known[TAKEN_MAX];
    size_t count, fresh;
    struct hash last;
    char unread[400]; /* of the last one that was not taken */
};

static enum result take(void *with, const struct poll_delivery *list, size_t n, size_t *new_out)
{
    struct taken *t = with;
    for (size_t i = 0; i < n; i++) {
        uint64_t key =
            fast_hash(list[i].known) * 31 + (list[i].by_known ? 0 : fast_hash(list[i].bytes));
        bool is_known = false;
        for (size_t k = 0; k < t->fresh && k < TAKEN_MAX; k++) is_known |= t->known[k] == key;
        t->last = hash_of(list[i].bytes);
        if (list[i].unread.n) must(POLL_SET(t->unread, list[i].unread));
        t->count++;
        if (is_known) continue;
        if (t->fresh < TAKEN_MAX) t->known[t->fresh] = key;
        t->fresh++;
        (*new_out)++;
    }
    return OK;
}

struct room {
    char folder[64];
    struct net_guard guard;
    struct taken taken;
    struct poller *all;
    struct poll *p;
    struct arena *a;
    struct poll_ask asked; /* what was asked last; its texts lie in a */
};

static void open_poller(struct room *r, const struct poll_feed *f)
{
    const char *why = NULL;
    struct poll_hooks hooks = {take, &r->taken};
    must(poller_open(r->folder, &r->guard, &hooks, &r->all) == OK);
    must(poller_add(r->all, f, &why));
    r->p = r->all->list[0];
}

static void begin(struct room *r, const struct poll_feed *f)
{
    *r = (struct room){.folder = "/tmp/broadsheet-poll-XXXXXX", .a = arena_new(256 << 20)};
    must(mkdtemp(r->folder));
    must(
        file_write_durable(arena_printf(r->a, "%s/secret", r->folder).p, S("open sesame\n")) == OK);
    must(chmod(arena_printf(r->a, "%s/secret", r->folder).p, 0600) == 0);
    open_poller(r, f);
}

static inline void again(struct room *r, const struct poll_feed *f)
{
    poller_close(r->all);
    open_poller(r, f);
}

static void end(struct room *r)
{
    poller_close(r->all);
    must(dir_remove(r->folder) == OK);
    arena_free(r->a);
}

/* One question, and this answer to it. */
static void answered(struct room *r, struct net_fetched got)
{
    struct poll *p = r->p;
    struct poll_ask q = {.method = "GET", .body_max = POLL_BODY_MAX};
    if (!p->way && !p->hop.n) p->asked_us = clock_mono_us();
    p->road->ask(p, &q);
    if (p->hop.n) q.url = p->hop;
    must(!q.why);
    q.url = arena_keep(r->a, q.url);
    q.body = arena_keep(r->a, q.body);
    if (q.method) q.method = arena_cstr(r->a, span_of(q.method));
    r->asked = q;
    arena_reset(r->all->job);
    p->asked = arena_keep(p->trip, q.url);
    struct poll_question asked = {p, p->asked, q.is_secret, q.is_extra};
    poll_answered(&got, &asked);
}

static inline void gives(struct room *r, struct span body)
{
    answered(r, (struct net_fetched){.status = 200, .body = body});
}

static inline int64_t wait_ms(const struct room *r)
{
    int64_t ms = (r->p->due_us - clock_mono_us()) / 1000;
    return ms > 0 ? ms : 0;
}

#endif
