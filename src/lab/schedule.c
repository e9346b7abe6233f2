/* schedule: a seed -> a schedule: what an unlucky wire, its editors and the machine do in one day.
 * The same seed gives the same schedule everywhere. What comes when is drawn by weight; times like
 * to fall on the very instant of an embargo. Packages and kills in words alone are to have a row of
 * their own here when the oracle has fields for them. */
#include "schedule_plan.h"

#include <stdio.h>
#include <string.h>

uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

int below(uint64_t *state, int n)
{
    return (int)(draw(state) % (uint64_t)n);
}

/* ---- what happens: one function a row ---- */
static void plan_version(struct plan *p)
{
    struct story_plan *s = plan_some_story(p);
    int feed = s->feed;
    for (int n = plan_chance(p, 12) ? 1 + below(&p->luck, ORACLE_ITEMS_MAX - 1) : 1; n > 0; n--) {
        struct oracle_item i = plan_new_item(p, s);
        bool wait = plan_chance(p, 22) && !s->link;
        if (wait)
            plan_put_later(p, &i, feed);
        else
            plan_put_item(p, &i, feed);
        s = plan_some_story(p);
        if (s->feed != feed) break;
    }
    if (!p->e->item_count && p->later_count) plan_send_later(p);
}

static void plan_flush(struct plan *p)
{
    if (p->later_count)
        plan_send_later(p);
    else
        plan_version(p);
}

/* K1-K6: early, late, with an old version or none, again. */
static void plan_kill(struct plan *p)
{
    struct story_plan *s = plan_some_story(p);
    struct oracle_item i = plan_new_item(p, s);
    i.status = OS_CANCELED;
    i.other_provider = false;
    if (plan_chance(p, 40) && s->next_version > 1)
        snprintf(i.version, sizeof i.version, "%d", 1 + below(&p->luck, s->next_version));
    if (plan_chance(p, 10)) i.version[0] = 0;
    plan_put_item(p, &i, s->feed);
    if (plan_chance(p, 30)) plan_put_later(p, &i, s->feed);
    struct oracle_item next = plan_new_item(p, s);
    next.status = OS_USABLE;
    if (plan_chance(p, 40)) plan_put_later(p, &next, s->feed); /* K3, K6 */
}

/* T3: another feed sends a version or a kill of this guid: its own provider's, or a stranger's. */
static void plan_foreign(struct plan *p)
{
    struct story_plan *s = plan_some_story(p);
    struct oracle_item i = plan_new_item(p, s);
    int feed = s->feed == 0 ? 1 + below(&p->luck, 2) : s->feed == 1 ? 0 : 0;
    if (plan_chance(p, 60)) i.status = OS_CANCELED;
    i.link = 0;
    if (plan_chance(p, 50)) i.slug = ++p->slugs;
    plan_put_item(p, &i, feed);
}

static void plan_replay(struct plan *p)
{
    p->e->kind = SK_REPLAY;
    p->e->how = plan_chance(p, 50);
}

static void plan_cut(struct plan *p)
{
    struct story_plan *s = plan_some_story(p);
    struct oracle_item i = plan_new_item(p, s);
    plan_put_item(p, &i, s->feed);
    p->e->kind = SK_CUT;
    s->was_sent = false;
}

static void plan_act(struct plan *p)
{
    static const int acts[] = {OA_PUBLISH, OA_PUBLISH, OA_PUBLISH, OA_HOLD, OA_TAKEDOWN,
        OA_TAKEDOWN, OA_LIFT, OA_LIFT, OA_LIFT, OA_CONFIRM, OA_CONFIRM, OA_CONFIRM, OA_CONFIRM,
        OA_HEADLINE, OA_HEADLINE, OA_KILL, OA_PURGE};
    p->e->kind = SK_ACT;
    p->e->act = acts[below(&p->luck, (int)COUNT(acts))];
    if (p->e->act == OA_PURGE && plan_chance(p, 60)) p->e->act = OA_CONFIRM;
    int known = p->story_count + (plan_chance(p, 5) && p->story_count < p->story_max);
    p->e->guid = known ? below(&p->luck, known) : 0;
    if (p->e->act == OA_HEADLINE && !plan_chance(p, 20)) p->e->text = TEXTS_FROM + ++p->texts;
}

static void plan_brake(struct plan *p)
{
    p->e->kind = SK_ACT;
    p->e->act = plan_chance(p, 45) ? OA_PAUSE : OA_RESUME;
    p->e->brake = below(&p->luck, OB_BRAKES);
}

static void draw_policies(struct plan *p, struct oracle_policy *out)
{
    for (int f = 0; f < ORACLE_FEEDS; f++)
        out[f] = (struct oracle_policy){.provider = f == 1 ? 1 : 0,
            .has_zone = f != 1,
            .zone_ms = 330 * MINUTE,
            .retention_days = plan_chance(p, 20) ? 1 + below(&p->luck, 3) : 0,
            .kill_is_404 = plan_chance(p, 20),
            .late_embargo_keeps = plan_chance(p, 25)};
}

static void plan_policy(struct plan *p)
{
    p->e->kind = SK_POLICY;
    draw_policies(p, p->e->policies);
}

static void plan_crash(struct plan *p)
{
    p->e->kind = SK_CRASH;
    p->e->how = below(&p->luck, 3);
}

static void plan_rebuild(struct plan *p)
{
    p->e->kind = SK_REBUILD;
}

/* E13: small steps ahead are believed; large ones and those back are not. */
static void plan_jump(struct plan *p)
{
    p->e->kind = SK_JUMP;
    p->e->delta_ms = plan_chance(p, 50)   ? plan_between(p, 1, 4 * MINUTE)
                     : plan_chance(p, 50) ? plan_between(p, 6 * MINUTE, 2 * DAY)
                                          : -plan_between(p, 1, 2 * DAY);
}

static const struct row {
    int weight;
    void (*plan)(struct plan *p);
} rows[] = {{46, plan_version}, {12, plan_flush}, {8, plan_kill}, {4, plan_foreign},
    {2, plan_replay}, {2, plan_cut}, {12, plan_act}, {5, plan_brake}, {2, plan_policy},
    {3, plan_crash}, {1, plan_rebuild}, {2, plan_jump}};

static void plan_event(struct plan *p)
{
    int all = 0;
    for (size_t i = 0; i < COUNT(rows); i++) all += rows[i].weight;
    int d = below(&p->luck, all);
    size_t i = 0;
    while (d >= rows[i].weight) d -= rows[i++].weight;
    p->e->after_ms = plan_pass_time(p);
    p->now_ms += p->e->after_ms;
    rows[i].plan(p);
    p->e->queued = plan_chance(p, 33);
}

/* ---- the whole ---- */
struct schedule *schedule_make(struct arena *a, uint64_t seed)
{
    struct plan *p = ARENA_NEW(a, struct plan);
    struct schedule *s = ARENA_NEW(a, struct schedule);
    *p = (struct plan){.a = a, .luck = seed, .s = s, .now_ms = START_MS};
    *s = (struct schedule){.seed = seed, .start_ms = START_MS};
    /* 20 to 200 events, short ones more often: most faults need few. */
    int longest = below(&p->luck, 20) ? 40 : 200;
    s->count = (size_t)(20 + below(&p->luck, longest - 19));
    p->story_max = 2 + (int)s->count / 8;
    if (plan_chance(p, 60)) draw_policies(p, s->policies);
    for (int f = 0; f < ORACLE_FEEDS; f++) {
        s->policies[f].provider = f == 1 ? 1 : 0;
        s->policies[f].has_zone = f != 1;
        s->policies[f].zone_ms = 330 * MINUTE;
    }
    s->events = ARENA_ARRAY(a, struct schedule_event, s->count);
    for (size_t i = 0; i < s->count; i++) {
        p->e = &s->events[i];
        plan_event(p);
    }
    return s;
}

/* What continues a story by a link alone comes after it: the other order is not to be decided here
 * before links are resolved in any order. */
bool schedule_is_sound(const struct schedule *s)
{
    bool sent[ORACLE_GUIDS_MAX] = {false};
    for (size_t e = 0; e < s->count; e++) {
        const struct schedule_event *ev = &s->events[e];
        for (int i = 0; ev->kind == SK_SEND && i < ev->item_count; i++) {
            const struct oracle_item *it = &ev->items[i];
            if (it->link && !sent[it->link - 1]) return false;
            if (!it->other_provider && !it->other_language) sent[it->guid] = true;
        }
    }
    return true;
}
