/* desk_attended: whether anybody looks at what readers write: an editor with an account who has
 * been at the desk lately. Where nobody does, the site takes no comments, and says so. Only the
 * desk's role knows accounts; what it finds is one slot of the clock's page, and all pages are made
 * again when it changes. */
#include <stdatomic.h>
#include <stdlib.h>

#include "roles.h"

enum { LOOK_MS = 1000 };

struct attended {
    struct accounts *accounts;
    struct keys *keys;
    _Atomic uint32_t days; /* 0: it is not asked */
    int64_t looked_ms;
};

struct attended *attended_open(const struct house *h)
{
    struct attended *t = calloc(1, sizeof *t);
    const char *why = "";
    must(t);
    attended_set(t, h->config);
    if (accounts_open(h->data, &t->accounts, &why) != OK) t->accounts = NULL;
    if (keys_open(h->run, true, &t->keys) != OK) t->keys = NULL;
    return t;
}

void attended_set(struct attended *t, const struct config *c)
{
    atomic_store(&t->days, c->comments == COMMENTS_OFF ? 0 : c->talk.unattended_days);
}

void attended_close(struct attended *t)
{
    if (!t) return;
    if (t->accounts) accounts_close(t->accounts);
    if (t->keys) keys_close(t->keys);
    free(t);
}

/* What cannot be read changes nothing. */
void attended_look(struct attended *t)
{
    int64_t now = clock_now_ms(), seen = 0;
    uint32_t days = atomic_load(&t->days);
    if (!t->accounts || !t->keys || llabs(now - t->looked_ms) < LOOK_MS) return;
    t->looked_ms = now;
    if (days && accounts_seen(t->accounts, DESK_EDITOR, &seen) != OK) return;
    uint64_t unattended = days && now - seen > days * INT64_C(86400000);
    if (clock_slot_get(SLOT_UNATTENDED) == unattended) return;
    clock_slot_set(SLOT_UNATTENDED, unattended);
    keys_bump(t->keys, keys_slot(S("site")));
    if (unattended)
        log_warn("no comments are taken: no editor has been at the desk for %u days", days);
    else
        log_info("comments are taken");
}
