/* oracle_orders: kills that an agency sends as words to editors (K8 to K10). One that names a story
 * of its own feed kills it, by its guid whatever its age, by its headline within a week; one whose
 * story has not come waits a day for it. Another feed's story is none of its business (T3). What
 * means several stories at once is not drawn. A part of the oracle (oracle.h). */
#include "oracle_inside.h"

#define DAY_MS INT64_C(86400000)

enum { NAMED_DAYS = 7, WAIT_DAYS = 1 };

static bool says_this(const struct order *t, const struct oracle_item *i)
{
    return t->item->order_revision ? i->revision == t->item->order_revision
                                   : i->guid == t->item->order - 1;
}

/* When this feed last sent the words of that headline, before the order; 0: not. */
static int64_t last_said_ms(const struct oracle *o, const struct order *t)
{
    int64_t last = 0;
    for (int e = 0; e < t->event; e++)
        for (int i = 0; o->events[e].feed == t->feed && i < o->events[e].item_count; i++) {
            const struct oracle_item *item = &o->events[e].items[i];
            if (says_this(t, item) && item->status != OS_CANCELED && !item->other_provider)
                last = o->events[e].at_ms;
        }
    return last;
}

static bool is_known(const struct oracle *o, const struct order *t, int key)
{
    if (o->root_of[key] < 0 || o->owner_of[key] != t->feed) return false;
    return !t->item->order_revision || t->at_ms - last_said_ms(o, t) <= NAMED_DAYS * DAY_MS;
}

void orders_take(struct oracle *o, const struct version *v)
{
    if (!v->item->order) return;
    int key = oracle_item_of(o->policies, v->feed, v->item->order - 1);
    struct order t = {.item = v->item,
        .feed = v->feed,
        .event = (int)(v->pos / 100),
        .key = -1,
        .at_ms = v->at_ms};
    if (is_known(o, &t, key)) t.key = key;
    *ARENA_PUSH(o->a, o->orders, o->order_count, o->order_cap) = t;
}

void orders_meet(struct oracle *o, const struct version *v)
{
    if (v->item->status == OS_CANCELED || v->item->order) return;
    for (size_t i = 0; i < o->order_count; i++) {
        struct order *t = &o->orders[i];
        bool waits = t->key < 0 && t->feed == v->feed && v->at_ms - t->at_ms <= WAIT_DAYS * DAY_MS;
        if (waits && says_this(t, v->item)) t->key = v->key;
    }
}
