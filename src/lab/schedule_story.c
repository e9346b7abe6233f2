/* schedule_story: the stories of a day and their versions, as a wire could send them: times,
 * numbers and statuses by luck, right ones and odd ones. */
#include "schedule_plan.h"

#include <stdio.h>

bool plan_chance(struct plan *p, int percent)
{
    return below(&p->luck, 100) < percent;
}

int64_t plan_between(struct plan *p, int64_t low, int64_t high)
{
    return low + (int64_t)(draw(&p->luck) % (uint64_t)(high - low + 1));
}

/* ---- times ---- */
static void remember_instant(struct plan *p, int64_t ms)
{
    if (p->instant_count < INSTANTS_MAX) p->instants[p->instant_count++] = ms;
}

int64_t plan_pass_time(struct plan *p)
{
    int d = below(&p->luck, 100);
    if (d < 14 && p->instant_count) {
        int64_t t = p->instants[below(&p->luck, p->instant_count)] + plan_between(p, -1, 1);
        if (t > p->now_ms && t < p->now_ms + 2 * DAY) return t - p->now_ms;
    }
    if (d < 74) return plan_between(p, 1, 5000);
    if (d < 90) return plan_between(p, 1, 10 * MINUTE);
    if (d < 98) return plan_between(p, MINUTE, 5 * HOUR);
    bool room = p->now_ms + 3 * DAY < START_MS + SPAN_DAYS * DAY;
    return room ? plan_between(p, HOUR, 3 * DAY) : plan_between(p, 1, MINUTE);
}

static int64_t whole(struct plan *p, int64_t ms)
{
    return plan_chance(p, 60) ? ms / 1000 * 1000 : ms;
}

static struct oracle_time draw_embargo(struct plan *p)
{
    struct oracle_time t = {OW_UTC, 0};
    int d = below(&p->luck, 100);
    if (d < 60)
        t.ms = whole(p, p->now_ms + plan_between(p, MINUTE, 6 * HOUR));
    else if (d < 70)
        t.ms = p->now_ms - plan_between(p, 1, 5 * HOUR);
    else if (d < 76)
        t.kind = OW_EMPTY;
    else if (d < 84)
        t.kind = OW_UNREADABLE;
    else
        t = (struct oracle_time){
            OW_LOCAL, whole(p, p->now_ms + 330 * MINUTE + plan_between(p, -HOUR, 5 * HOUR))};
    if (t.kind == OW_UTC) remember_instant(p, t.ms);
    if (t.kind == OW_LOCAL) remember_instant(p, t.ms - 330 * MINUTE);
    return t;
}

static struct oracle_time draw_expiry(struct plan *p)
{
    struct oracle_time t = {OW_UTC, whole(p, p->now_ms + plan_between(p, MINUTE, DAY))};
    if (plan_chance(p, 12)) t.ms = p->now_ms - plan_between(p, 1, HOUR);
    if (plan_chance(p, 10)) t.kind = OW_UNREADABLE;
    if (t.kind == OW_UTC) remember_instant(p, t.ms);
    return t;
}

static struct oracle_time draw_created(struct plan *p, enum style style)
{
    struct oracle_time t = {OW_UTC, whole(p, p->now_ms - plan_between(p, 0, 2000))};
    if (style == UNDATED) return (struct oracle_time){0};
    if (plan_chance(p, 3)) t.ms = p->now_ms + plan_between(p, 10 * MINUTE, 2 * DAY); /* V10 */
    if (plan_chance(p, 2)) t.ms = p->now_ms - 40 * DAY;                              /* V11 */
    return t;
}

/* ---- stories ---- */
/* An update by slug or by link under a guid of its own (C3, C5), while the story is young. */
static void continue_some(struct plan *p, struct story_plan *n)
{
    const struct story_plan *old = &p->stories[below(&p->luck, p->story_count)];
    if (old->changes || old->link || p->now_ms - old->first_ms > OPEN_HOURS * HOUR) return;
    bool by_link = plan_chance(p, 35) && old->was_sent;
    n->feed = old->feed;
    n->section = old->section;
    n->changes = true;
    n->first_ms = old->first_ms;
    if (by_link)
        n->link = old->guid + 1;
    else
        n->slug = old->slug;
}

static struct story_plan *new_story(struct plan *p)
{
    struct story_plan *n = &p->stories[p->story_count];
    int d = below(&p->luck, 100);
    *n = (struct story_plan){.guid = p->story_count,
        .feed = below(&p->luck, 10) < 6 ? 0 : below(&p->luck, 2) + 1,
        .section = below(&p->luck, 2),
        .style = d < 74   ? BY_NUMBER
                 : d < 86 ? BY_DATE
                 : d < 93 ? UNDATED
                          : ODD,
        .next_version = 1,
        .first_ms = p->now_ms};
    if (p->story_count && plan_chance(p, 30)) continue_some(p, n);
    if (!n->slug && !n->link) n->slug = ++p->slugs;
    p->story_count++;
    return n;
}

struct story_plan *plan_some_story(struct plan *p)
{
    bool fresh = !p->story_count || (p->story_count < p->story_max && plan_chance(p, 30));
    return fresh ? new_story(p) : &p->stories[below(&p->luck, p->story_count)];
}

/* ---- versions ---- */
static void write_version(struct plan *p, struct story_plan *s, struct oracle_item *i)
{
    static const char *const odd[] = {"0", "-1", "2a", "99999999999999999999", "007", "-12", "v3"};
    bool without = s->style == BY_DATE || s->style == UNDATED || plan_chance(p, 2);
    if (without) return;
    int n = plan_chance(p, 8) && s->next_version > 1 ? 1 + below(&p->luck, s->next_version)
                                                     : s->next_version++;
    if (s->style == ODD && plan_chance(p, 60))
        snprintf(i->version, sizeof i->version, "%s", odd[below(&p->luck, (int)COUNT(odd))]);
    else
        snprintf(i->version, sizeof i->version, "%d", n);
}

struct oracle_item plan_new_item(struct plan *p, struct story_plan *s)
{
    struct oracle_item i = {.guid = s->guid,
        .revision = ++p->revisions,
        .slug = s->slug,
        .link = s->link,
        .section = s->section,
        .change = s->changes || plan_chance(p, 25) ? 1 + below(&p->luck, 3) : OC_NONE};
    int d = below(&p->luck, 100);
    write_version(p, s, &i);
    i.created = draw_created(p, s->style);
    i.status = d < 80 ? OS_USABLE : d < 87 ? OS_CANCELED : d < 94 ? OS_WITHHELD : OS_UNKNOWN;
    if (d >= 96) i.status = OS_USABLE;
    if (plan_chance(p, 20)) i.embargo = draw_embargo(p);
    if (plan_chance(p, 8)) i.expires = draw_expiry(p);
    i.is_test = plan_chance(p, 3);
    i.no_body = plan_chance(p, 3);
    i.other_language = plan_chance(p, 2);
    i.other_provider = plan_chance(p, 2);
    return i;
}

void plan_put_item(struct plan *p, const struct oracle_item *i, int feed)
{
    p->e->kind = SK_SEND;
    p->e->feed = feed;
    p->e->items[p->e->item_count++] = *i;
    bool is_plain = !i->other_provider && !i->other_language;
    if (is_plain && i->guid < p->story_count && p->stories[i->guid].feed == feed)
        p->stories[i->guid].was_sent = true;
}

void plan_put_later(struct plan *p, const struct oracle_item *i, int feed)
{
    if (p->later_count == LATER_MAX) return;
    p->later[p->later_count].item = *i;
    p->later[p->later_count++].feed = feed;
}

void plan_send_later(struct plan *p)
{
    int k = below(&p->luck, p->later_count);
    plan_put_item(p, &p->later[k].item, p->later[k].feed);
    p->later[k] = p->later[--p->later_count];
}
