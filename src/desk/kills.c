/* kills.c: the two grow-only sets: kills, and lifts that name the kill that they lift. A kill
 * counts whatever its version says (K4); a version that comes late changes nothing (K3); a lift is
 * always an editor's act (K6, K17). Names are the same whenever the same kill is read again; what a
 * cancel says is part of its name: agencies cancel without version and date, and a second cancel
 * behind a lift is no repetition of the first. */
#include <string.h>

#include "decide.h"

/* The numbers of ledger's enum tomb_cause; the desk does not know the ledger. */
enum { CAUSE_WIRE = 1, CAUSE_TAKEDOWN = 2, CAUSE_DESK_KILL = 3, CAUSE_PURGE = 4 };

static void name_of(struct buf *b, unsigned char out[16])
{
    struct hash h = hash_of(buf_span(b));
    memcpy(out, h.b, 16);
}

static void kill_name(const struct desk_version *v, unsigned char out[16])
{
    unsigned char memory[1024];
    struct arena *a = arena_on(memory, sizeof memory);
    struct hash version = hash_of(v->story->version), content = content_name(desk_sent(v));
    struct buf b;
    buf_init(&b, a, 0);
    buf_lit(&b, "wire");
    put_u64(&b, v->item);
    put_u8(&b, (uint8_t)v->story->version_created.kind);
    put_u64(&b, (uint64_t)v->story->version_created.ms);
    buf_put(&b, (struct span){(const char *)version.b, sizeof version.b});
    buf_put(&b, (struct span){(const char *)content.b, sizeof content.b});
    name_of(&b, out);
}

static void act_name(const struct act *t, unsigned char out[16])
{
    unsigned char memory[1024];
    struct arena *a = arena_on(memory, sizeof memory);
    struct buf b;
    buf_init(&b, a, 0);
    buf_lit(&b, "desk");
    put_u8(&b, (uint8_t)t->kind);
    put_u64(&b, t->pos);
    name_of(&b, out);
}

bool desk_kills(const struct desk_version *v, const struct desk_rules *rules, struct kill *out)
{
    const struct desk_feed *feed = feed_named(rules, v->feed);
    if (v->story->status != STATUS_CANCELED || !provider_fits(feed, v->story->provider))
        return false;
    *out = (struct kill){.item = v->item, .cause = CAUSE_WIRE, .at_ms = v->received_ms};
    kill_name(v, out->name);
    return true;
}

bool desk_act_kills(const struct act *t, struct kill *out)
{
    int cause = t->kind == ACT_TAKEDOWN ? CAUSE_TAKEDOWN
                : t->kind == ACT_KILL   ? CAUSE_DESK_KILL
                : t->kind == ACT_PURGE  ? CAUSE_PURGE
                                        : 0;
    if (!cause) return false;
    *out = (struct kill){.item = t->story, .cause = cause, .at_ms = t->at_ms};
    act_name(t, out->name);
    return true;
}

/* One name, one kill: what is lifted under a name stays lifted when the same kill comes again. */
static void push(struct desk *d, struct kills *k, struct kill kill, size_t version,
    const struct hit *hit, uint64_t pos)
{
    for (size_t i = 0; i < k->count; i++)
        if (memcmp(k->list[i].kill.name, kill.name, sizeof kill.name) == 0) return;
    struct kill_record *r = ARENA_PUSH(d->a, k->list, k->count, k->cap);
    *r = (struct kill_record){
        .kill = kill, .lifted_ms = FOREVER, .version = version, .hit = hit, .pos = pos};
}

static void add_wire_kill(struct desk *d, struct kills *k, const struct known *known)
{
    struct kill kill = {.item = known->v->item, .cause = CAUSE_WIRE, .at_ms = known->arrive_ms};
    kill_name(known->v, kill.name);
    push(d, k, kill, known->index, NULL, known->v->pos);
}

static void add_desk_kill(struct desk *d, struct kills *k, const struct act *t)
{
    struct kill kill;
    if (!desk_act_kills(t, &kill)) return;
    if (!kill.item) kill.item = d->set->page;
    push(d, k, kill, SIZE_MAX, NULL, t->pos);
}

static void add_notice_kill(struct desk *d, struct kills *k, const struct hit *h)
{
    struct kill kill = {.item = h->item, .cause = CAUSE_WIRE, .at_ms = h->at_ms};
    struct buf b;
    buf_init(&b, d->a, 0);
    buf_lit(&b, "notice");
    put_u64(&b, h->item);
    put_span(&b, (struct span){(const char *)h->notice, sizeof h->notice});
    name_of(&b, kill.name);
    push(d, k, kill, SIZE_MAX, h, h->pos);
}

/* K6: has a usable version that is newer than the kill come between the kill and the editor's yes?
 */
static bool is_succeeded(struct desk *d, const struct kill_record *r, uint64_t until_pos)
{
    size_t first = r->hit ? 0 : d->known[r->version].place + 1;
    for (size_t i = first; i < d->rank_count; i++) {
        const struct known *k = d->rank[i];
        if (k->v->story->status == STATUS_USABLE && k->v->pos >= r->pos && k->v->pos < until_pos)
            return true;
    }
    return false;
}

static bool lifts(struct desk *d, const struct kill_record *r, const struct act *t)
{
    bool by_desk = r->kill.cause == CAUSE_TAKEDOWN || r->kill.cause == CAUSE_DESK_KILL;
    /* What only words have killed, the desk may take back by itself. */
    if (t->kind == ACT_LIFT) return by_desk || r->hit;
    return r->kill.cause == CAUSE_WIRE && is_succeeded(d, r, t->pos);
}

/* What lifts it once more counts too: a kill that stood again meanwhile is lifted by a younger yes
 * alone (newsroom_decide.c). */
static void lift(struct desk *d, struct kills *k, const struct act *t)
{
    for (size_t i = 0; i < k->count; i++) {
        struct kill_record *r = &k->list[i];
        if (r->pos >= t->pos || !lifts(d, r, t)) continue;
        if (r->lifted_ms == FOREVER) r->lifted_ms = t->at_ms;
        r->yes_ms = t->at_ms;
    }
}

void kills_collect(struct desk *d, struct kills *k)
{
    for (size_t i = 0; i < d->set->version_count; i++)
        if (d->known[i].counts && d->set->versions[i].story->status == STATUS_CANCELED)
            add_wire_kill(d, k, &d->known[i]);
    for (size_t i = 0; i < d->set->hit_count; i++)
        if (d->set->hits[i].effect == NOTICE_KILL) add_notice_kill(d, k, &d->set->hits[i]);
    for (size_t i = 0; i < d->set->act_count; i++) {
        const struct act *t = &d->set->acts[i];
        add_desk_kill(d, k, t);
        if (t->kind == ACT_LIFT || t->kind == ACT_CONFIRM) lift(d, k, t);
    }
}

bool kills_stand(const struct kills *k, int64_t at_ms)
{
    for (size_t i = 0; i < k->count; i++)
        if (k->list[i].kill.at_ms <= at_ms && k->list[i].lifted_ms > at_ms) return true;
    return false;
}

static bool is_old(const struct desk *d, const struct known *killed)
{
    if (!killed->v->story->version.n) return true;
    for (size_t i = killed->place + 1; i < d->rank_count; i++)
        if (d->rank[i]->shown_ms < killed->arrive_ms) return true;
    return false;
}

static bool came_first(const struct desk *d, const struct known *killed)
{
    for (size_t i = 0; i < d->rank_count; i++)
        if (d->rank[i]->v->pos < killed->v->pos) return false;
    return true;
}

static void kill_reasons(struct desk *d, const struct kill_record *r)
{
    if (r->hit) {
        add_reason(d, WHY_NOTICE_KILL, 0, true, r->hit->guid);
        if (is_succeeded(d, r, UINT64_MAX)) add_reason(d, WHY_AFTER_KILL, 0, true, S(""));
        return;
    }
    if (r->version == SIZE_MAX) {
        add_reason(d, WHY_TAKEN_DOWN, 0, false, S(""));
        return;
    }
    const struct known *killed = &d->known[r->version];
    add_reason(d, WHY_KILLED, 0, true, S(""));
    if (came_first(d, killed)) add_reason(d, WHY_KILL_FIRST, 0, true, S(""));
    if (is_old(d, killed)) add_reason(d, WHY_KILL_OLD_VERSION, 0, true, killed->v->story->version);
    if (is_succeeded(d, r, UINT64_MAX)) add_reason(d, WHY_AFTER_KILL, 0, true, S(""));
}

/* What stands, and what it means to the page's URL. A purge outweighs a kill, a kill a takedown. */
static void kill_state(struct verdict *v, const struct kill_record *r)
{
    enum answer_state state = r->kill.cause == CAUSE_PURGE  ? STATE_PURGED
                              : r->kill.cause == CAUSE_WIRE ? STATE_KILLED
                                                            : STATE_TAKEN_DOWN;
    static const int weight[] = {[STATE_TAKEN_DOWN] = 1, [STATE_KILLED] = 2, [STATE_PURGED] = 3};
    if (v->is_dead && weight[v->state] >= weight[state]) return;
    v->is_dead = true;
    v->state = state;
    v->state_ms = r->kill.at_ms;
}

void kills_report(struct desk *d, const struct kills *k)
{
    struct verdict *v = d->out;
    for (size_t i = 0; i < k->count; i++) {
        const struct kill_record *r = &k->list[i];
        *ARENA_PUSH(d->a, v->kills, v->kill_count, d->kill_cap) = r->kill;
        if (r->lifted_ms == FOREVER) {
            kill_state(v, r);
            kill_reasons(d, r);
            continue;
        }
        struct kill lifted = r->kill;
        lifted.is_lift = true;
        lifted.at_ms = r->yes_ms;
        *ARENA_PUSH(d->a, v->kills, v->kill_count, d->kill_cap) = lifted;
        v->withdrawn_ms = r->kill.at_ms;
        if (r->lifted_ms > v->restored_ms) v->restored_ms = r->lifted_ms;
    }
}

bool desk_killed_it(const struct desk_set *set)
{
    for (size_t i = set->act_count; i-- > 0;) {
        enum act_kind k = set->acts[i].kind;
        if (k == ACT_KILL || k == ACT_TAKEDOWN) return k == ACT_KILL;
    }
    return false;
}
