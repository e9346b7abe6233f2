/* schedule: a seed -> a schedule: what an unlucky wire, its editors and the machine do in one day.
 * The same seed gives the same schedule everywhere. What comes when is drawn by weight; times like
 * to fall on the very instant of an embargo. Which stories are packages and what they hold, and
 * what is a picture and who shows it, is drawn apart from the rest. */
#include "battery.h"

#include <stdio.h>
#include <string.h>

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define START_MS INT64_C(1769148000000) /* 2026-01-23T06:00:00Z */
enum { LATER_MAX = 32, INSTANTS_MAX = 64, SPAN_DAYS = 20, OPEN_HOURS = 20, TOPICS = 2 };

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

enum style { BY_NUMBER, BY_DATE, UNDATED, ODD };
struct story_plan { /* a guid */
    int guid, feed, slug, link, section, says, topic;
    enum style style;
    int next_version;
    bool changes; /* an update under its own guid: each version says so */
    bool was_sent, is_package, is_picture;
    int last_revision, last_says;
    int members[ORACLE_MEMBERS];
    int64_t first_ms;
};
struct plan {
    struct arena *a;
    uint64_t luck, packing, drawing; /* packing: of packages alone; drawing: of pictures */
    struct schedule *s;
    int64_t now_ms;
    struct story_plan stories[ORACLE_GUIDS_MAX];
    int story_count, story_max, slugs, revisions, texts, shared, comments;
    struct {
        struct oracle_item item;
        int feed;
    } later[LATER_MAX];
    int later_count;
    int64_t instants[INSTANTS_MAX];
    int instant_count;
    int under[64]; /* by comment: the guid of its story */
    int orders;
    struct schedule_event *e;
};

static bool chance(struct plan *p, int percent)
{
    return below(&p->luck, 100) < percent;
}

static int64_t between(struct plan *p, int64_t low, int64_t high)
{
    return low + (int64_t)(draw(&p->luck) % (uint64_t)(high - low + 1));
}

/* ---- times ---- */
static void remember_instant(struct plan *p, int64_t ms)
{
    if (p->instant_count < INSTANTS_MAX) p->instants[p->instant_count++] = ms;
}

/* Time between events: mostly seconds; sometimes the millisecond before, at or after an embargo's
 * end. */
static int64_t pass_time(struct plan *p)
{
    int d = below(&p->luck, 100);
    if (d < 14 && p->instant_count) {
        int64_t t = p->instants[below(&p->luck, p->instant_count)] + between(p, -1, 1);
        if (t > p->now_ms && t < p->now_ms + 2 * DAY) return t - p->now_ms;
    }
    if (d < 74) return between(p, 1, 5000);
    if (d < 90) return between(p, 1, 10 * MINUTE);
    if (d < 98) return between(p, MINUTE, 5 * HOUR);
    bool room = p->now_ms + 3 * DAY < START_MS + SPAN_DAYS * DAY;
    return room ? between(p, HOUR, 3 * DAY) : between(p, 1, MINUTE);
}

static int64_t whole(struct plan *p, int64_t ms)
{
    return chance(p, 60) ? ms / 1000 * 1000 : ms;
}

static struct oracle_time draw_embargo(struct plan *p)
{
    struct oracle_time t = {OW_UTC, 0};
    int d = below(&p->luck, 100);
    if (d < 60)
        t.ms = whole(p, p->now_ms + between(p, MINUTE, 6 * HOUR));
    else if (d < 70)
        t.ms = p->now_ms - between(p, 1, 5 * HOUR);
    else if (d < 76)
        t.kind = OW_EMPTY;
    else if (d < 84)
        t.kind = OW_UNREADABLE;
    else
        t = (struct oracle_time){
            OW_LOCAL, whole(p, p->now_ms + 330 * MINUTE + between(p, -HOUR, 5 * HOUR))};
    if (t.kind == OW_UTC) remember_instant(p, t.ms);
    if (t.kind == OW_LOCAL) remember_instant(p, t.ms - 330 * MINUTE);
    return t;
}

static struct oracle_time draw_expiry(struct plan *p)
{
    struct oracle_time t = {OW_UTC, whole(p, p->now_ms + between(p, MINUTE, DAY))};
    if (chance(p, 12)) t.ms = p->now_ms - between(p, 1, HOUR);
    if (chance(p, 10)) t.kind = OW_UNREADABLE;
    if (t.kind == OW_UTC) remember_instant(p, t.ms);
    return t;
}

static struct oracle_time draw_created(struct plan *p, enum style style)
{
    struct oracle_time t = {OW_UTC, whole(p, p->now_ms - between(p, 0, 2000))};
    if (style == UNDATED) return (struct oracle_time){0};
    if (chance(p, 3)) t.ms = p->now_ms + between(p, 10 * MINUTE, 2 * DAY); /* V10 */
    if (chance(p, 2)) t.ms = p->now_ms - 40 * DAY;                         /* V11 */
    return t;
}

/* ---- stories ---- */
/* An update by slug or by link under a guid of its own (C3, C5), while the story is young. */
static void continue_some(struct plan *p, struct story_plan *n)
{
    const struct story_plan *old = &p->stories[below(&p->luck, p->story_count)];
    if (old->changes || old->link || p->now_ms - old->first_ms > OPEN_HOURS * HOUR) return;
    if (old->is_picture) return;
    bool by_link = chance(p, 35) && old->was_sent;
    n->feed = old->feed;
    n->section = old->section;
    n->changes = true;
    n->first_ms = old->first_ms;
    if (by_link)
        n->link = old->guid + 1;
    else
        n->slug = old->slug;
}

/* From here on both say the same: the other one's earlier versions had words of their own. */
static void repeat_some(struct plan *p, struct story_plan *n)
{
    struct story_plan *old = &p->stories[below(&p->luck, p->story_count)];
    if (!old->says) old->says = ++p->shared;
    n->says = old->says;
}

static struct story_plan *new_story(struct plan *p)
{
    struct story_plan *n = &p->stories[p->story_count];
    int d = below(&p->luck, 100);
    *n = (struct story_plan){.guid = p->story_count,
        .feed = below(&p->luck, 10) < 6 ? 0 : below(&p->luck, 2) + 1,
        .section = below(&p->luck, 2),
        .topic = chance(p, 50) ? 1 + below(&p->luck, TOPICS) : 0,
        .style = d < 74   ? BY_NUMBER
                 : d < 86 ? BY_DATE
                 : d < 93 ? UNDATED
                          : ODD,
        .next_version = 1,
        .first_ms = p->now_ms};
    if (p->story_count && chance(p, 30)) continue_some(p, n);
    if (!n->slug && !n->link) n->slug = ++p->slugs;
    if (p->story_count && chance(p, 25)) repeat_some(p, n);
    n->is_package = !below(&p->packing, 6) && !n->link && !n->changes;
    n->is_picture = !below(&p->drawing, 6) && !n->link && !n->changes && !n->is_package;
    p->story_count++;
    return n;
}

static struct story_plan *some_story(struct plan *p)
{
    bool fresh = !p->story_count || (p->story_count < p->story_max && chance(p, 30));
    return fresh ? new_story(p) : &p->stories[below(&p->luck, p->story_count)];
}

/* ---- versions ---- */
static void write_version(struct plan *p, struct story_plan *s, struct oracle_item *i)
{
    static const char *const odd[] = {"0", "-1", "2a", "99999999999999999999", "007", "-12", "v3"};
    bool without = s->style == BY_DATE || s->style == UNDATED || chance(p, 2);
    if (without) return;
    int n = chance(p, 8) && s->next_version > 1 ? 1 + below(&p->luck, s->next_version)
                                                : s->next_version++;
    if (s->style == ODD && chance(p, 60))
        snprintf(i->version, sizeof i->version, "%s", odd[below(&p->luck, (int)COUNT(odd))]);
    else
        snprintf(i->version, sizeof i->version, "%d", n);
}

/* P1, P5, P6: of what may not have come yet, itself too; other ones now and then. */
static void pack(struct plan *p, struct story_plan *s, struct oracle_item *i)
{
    bool anew = !s->members[0] || below(&p->packing, 3) == 0;
    for (int k = 0; anew && k < ORACLE_MEMBERS; k++) {
        bool some = !k || below(&p->packing, 3);
        s->members[k] = some ? 1 + below(&p->packing, p->story_max) : 0;
    }
    memcpy(i->members, s->members, sizeof i->members);
    i->is_package = true;
    i->no_body = !below(&p->packing, 3); /* P7 */
}

/* ---- pictures ---- */
enum { PICTURES_FROM = ORACLE_GUIDS_MAX - 3 }; /* guids of those that never come by themselves */

static struct oracle_time draw_near(struct plan *p, int percent)
{
    struct oracle_time t = {0};
    if (below(&p->drawing, 100) >= percent) return t;
    t = (struct oracle_time){OW_UTC, p->now_ms + 1000 * below(&p->drawing, 6 * 3600)};
    if (!below(&p->drawing, 8)) t.kind = OW_UNREADABLE;
    if (!below(&p->drawing, 10)) t.ms = p->now_ms - 1000;
    if (t.kind == OW_UTC) remember_instant(p, t.ms);
    return t;
}

/* E9, R3: one that has come by itself, or will, or never does; and what the story says of it. */
static void illustrate(struct plan *p, struct oracle_item *i)
{
    int seen[ORACLE_GUIDS_MAX], n = 0;
    for (int k = 0; k < p->story_count; k++)
        if (p->stories[k].is_picture) seen[n++] = p->stories[k].guid;
    int d = below(&p->drawing, 100);
    if (d < 45) return;
    bool known = n && d < 85;
    i->picture = 1 + (known ? seen[below(&p->drawing, n)]
                            : PICTURES_FROM + below(&p->drawing, ORACLE_GUIDS_MAX - PICTURES_FROM));
    d = below(&p->drawing, 100);
    i->picture_status = d < 90 ? OS_USABLE : d < 95 ? OS_CANCELED : OS_WITHHELD;
    i->picture_embargo = draw_near(p, 20);
    i->picture_expires = draw_near(p, 12);
}

/* It bears no text, continues nothing and says what nobody else says. */
static void make_picture(struct oracle_item *i)
{
    i->is_picture = true;
    i->slug = i->link = i->says = i->topic = 0;
    i->change = OC_NONE;
    i->no_body = false;
}

static struct oracle_item new_item(struct plan *p, struct story_plan *s)
{
    struct oracle_item i = {.guid = s->guid,
        .revision = ++p->revisions,
        .slug = s->slug,
        .link = s->link,
        .section = s->section,
        .says = s->says,
        .topic = chance(p, 90) ? s->topic : 0,
        .change = s->changes || chance(p, 25) ? 1 + below(&p->luck, 3) : OC_NONE};
    int d = below(&p->luck, 100);
    write_version(p, s, &i);
    i.created = draw_created(p, s->style);
    i.status = d < 80 ? OS_USABLE : d < 87 ? OS_CANCELED : d < 94 ? OS_WITHHELD : OS_UNKNOWN;
    if (d >= 96) i.status = OS_USABLE;
    if (chance(p, 20)) i.embargo = draw_embargo(p);
    if (chance(p, 8)) i.expires = draw_expiry(p);
    i.is_test = chance(p, 3);
    i.no_body = chance(p, 3);
    i.other_language = chance(p, 2);
    i.other_provider = chance(p, 2);
    s->last_revision = i.revision;
    s->last_says = i.says;
    if (s->is_package) pack(p, s, &i);
    if (s->is_picture)
        make_picture(&i);
    else
        illustrate(p, &i);
    return i;
}

static void put_item(struct plan *p, const struct oracle_item *i, int feed)
{
    p->e->kind = SK_SEND;
    p->e->feed = feed;
    p->e->items[p->e->item_count++] = *i;
    bool is_plain = !i->other_provider && !i->other_language;
    if (is_plain && i->guid < p->story_count && p->stories[i->guid].feed == feed)
        p->stories[i->guid].was_sent = true;
}

static void put_later(struct plan *p, const struct oracle_item *i, int feed)
{
    if (p->later_count == LATER_MAX) return;
    p->later[p->later_count].item = *i;
    p->later[p->later_count++].feed = feed;
}

static void send_later(struct plan *p)
{
    int k = below(&p->luck, p->later_count);
    put_item(p, &p->later[k].item, p->later[k].feed);
    p->later[k] = p->later[--p->later_count];
}

/* ---- what happens: one function a row ---- */
static void plan_version(struct plan *p)
{
    struct story_plan *s = some_story(p);
    int feed = s->feed;
    for (int n = chance(p, 12) ? 1 + below(&p->luck, ORACLE_ITEMS_MAX - 1) : 1; n > 0; n--) {
        struct oracle_item i = new_item(p, s);
        bool wait = chance(p, 22) && !s->link;
        if (wait)
            put_later(p, &i, feed);
        else
            put_item(p, &i, feed);
        s = some_story(p);
        if (s->feed != feed) break;
    }
    if (!p->e->item_count && p->later_count) send_later(p);
}

static void plan_flush(struct plan *p)
{
    if (p->later_count)
        send_later(p);
    else
        plan_version(p);
}

/* K1-K6: early, late, with an old version or none, again. */
static void plan_kill(struct plan *p)
{
    struct story_plan *s = some_story(p);
    struct oracle_item i = new_item(p, s);
    i.status = OS_CANCELED;
    i.other_provider = false;
    if (chance(p, 40) && s->next_version > 1)
        snprintf(i.version, sizeof i.version, "%d", 1 + below(&p->luck, s->next_version));
    if (chance(p, 10)) i.version[0] = 0;
    put_item(p, &i, s->feed);
    if (chance(p, 30)) put_later(p, &i, s->feed);
    struct oracle_item next = new_item(p, s);
    next.status = OS_USABLE;
    if (chance(p, 40)) put_later(p, &next, s->feed); /* K3, K6 */
}

/* K8, K9, T3: a kill in words, by guid or by headline; of a story that has come, that is on its
 * way, or that is to come; by its own feed or by another. */
static void plan_order(struct plan *p)
{
    enum { ORDERS_FROM = 32, ORDERS_MAX = PICTURES_FROM - ORDERS_FROM };
    struct story_plan *s = some_story(p);
    if (p->orders == ORDERS_MAX) {
        plan_version(p);
        return;
    }
    struct oracle_item i = {.guid = ORDERS_FROM + p->orders++,
        .revision = ++p->revisions,
        .version = "1",
        .created = {OW_UTC, p->now_ms},
        .order = s->guid + 1};
    if (s->last_revision && !s->is_picture && chance(p, 50)) {
        i.order_revision = s->last_revision;
        i.order_says = s->last_says;
    }
    int feed = chance(p, 85) ? s->feed : below(&p->luck, ORACLE_FEEDS);
    put_item(p, &i, feed);
    if (chance(p, 20)) put_later(p, &i, feed);
}

/* T3: another feed sends a version or a kill of this guid: its own provider's, or a stranger's. */
static void plan_foreign(struct plan *p)
{
    struct story_plan *s = some_story(p);
    struct oracle_item i = new_item(p, s);
    int feed = s->feed == 0 ? 1 + below(&p->luck, 2) : s->feed == 1 ? 0 : 0;
    if (chance(p, 60)) i.status = OS_CANCELED;
    i.link = 0;
    if (chance(p, 50) && !i.is_picture) i.slug = ++p->slugs;
    put_item(p, &i, feed);
}

static void plan_replay(struct plan *p)
{
    p->e->kind = SK_REPLAY;
    p->e->how = chance(p, 50);
}

static void plan_cut(struct plan *p)
{
    struct story_plan *s = some_story(p);
    struct oracle_item i = new_item(p, s);
    put_item(p, &i, s->feed);
    p->e->kind = SK_CUT;
    s->was_sent = false;
}

static void plan_act(struct plan *p)
{
    static const int acts[] = {OA_PUBLISH, OA_PUBLISH, OA_PUBLISH, OA_HOLD, OA_TAKEDOWN,
        OA_TAKEDOWN, OA_LIFT, OA_LIFT, OA_LIFT, OA_CONFIRM, OA_CONFIRM, OA_CONFIRM, OA_CONFIRM,
        OA_HEADLINE, OA_HEADLINE, OA_KILL, OA_PURGE, OA_REDACT, OA_REDACT, OA_REDACT, OA_UNREDACT};
    p->e->kind = SK_ACT;
    p->e->act = acts[below(&p->luck, (int)COUNT(acts))];
    if (p->e->act == OA_PURGE && chance(p, 60)) p->e->act = OA_CONFIRM;
    int known = p->story_count + (chance(p, 5) && p->story_count < p->story_max);
    p->e->guid = known ? below(&p->luck, known) : 0;
    if (!below(&p->drawing, 15))
        p->e->guid = PICTURES_FROM + below(&p->drawing, ORACLE_GUIDS_MAX - PICTURES_FROM);
    if (p->e->act == OA_HEADLINE && !chance(p, 20)) p->e->text = TEXTS_FROM + ++p->texts;
    if (p->e->act == OA_REDACT || p->e->act == OA_UNREDACT)
        p->e->text = 1 + (known && chance(p, 15) ? below(&p->luck, known) : p->e->guid);
}

static void plan_brake(struct plan *p)
{
    p->e->kind = SK_ACT;
    p->e->act = chance(p, 45) ? OA_PAUSE : OA_RESUME;
    p->e->brake = below(&p->luck, OB_BRAKES);
}

/* D7: a reader writes under a story; or an editor says something of what was written. */
static void plan_comment(struct plan *p)
{
    bool writes = !p->comments || chance(p, 65);
    int which = writes ? ++p->comments : 1 + below(&p->luck, p->comments);
    const struct story_plan *s =
        p->story_count ? &p->stories[below(&p->luck, p->story_count)] : NULL;
    p->e->kind = writes ? SK_COMMENT : SK_ACT;
    p->e->text = which;
    if (writes && s) p->under[which % COUNT(p->under)] = s->guid;
    p->e->guid = p->under[which % COUNT(p->under)];
    p->e->feed = s ? s->feed : 0;
    if (!writes) p->e->act = chance(p, 60) ? OA_APPROVE : OA_HIDE;
}

static void plan_let_go(struct plan *p)
{
    p->e->kind = SK_ACT;
    p->e->act = chance(p, 50) ? OA_RELEASE : OA_GO_LIVE;
    p->e->feed = below(&p->luck, ORACLE_FEEDS);
    p->e->text = p->e->act == OA_GO_LIVE && chance(p, 60);
}

static void draw_rule(struct plan *p, struct oracle_rule *r)
{
    if (!chance(p, 25)) return;
    *r = (struct oracle_rule){.topic = 1 + below(&p->luck, TOPICS),
        .action = chance(p, 50) ? below(&p->luck, 4) : ON_NOTHING,
        .section = chance(p, 40) ? 1 + below(&p->luck, 2) : 0,
        .tags = chance(p, 40),
        .noindex = chance(p, 30)};
}

static void draw_policies(struct plan *p, struct oracle_policy *out)
{
    for (int f = 0; f < ORACLE_FEEDS; f++)
        out[f] = (struct oracle_policy){.provider = f == 1 ? 1 : 0,
            .has_zone = f != 1,
            .zone_ms = 330 * MINUTE,
            .retention_days = chance(p, 20) ? 1 + below(&p->luck, 3) : 0,
            .kill_is_404 = chance(p, 20),
            .late_embargo_keeps = chance(p, 25),
            .shadow = chance(p, 8),
            .comments = chance(p, 60),
            .pictures = below(&p->drawing, 100) < 85,
            .site_comments = below(&p->luck, 3),
            .stories_per_hour = chance(p, 12) ? 1 + below(&p->luck, 3) : 0,
            .updates_per_hour = chance(p, 12) ? 1 + below(&p->luck, 3) : 0,
            .oldest_days = chance(p, 10) ? 10 : 0,
            .rewrites_per_hour = chance(p, 12) ? 1 : 0,
            .rewrite_after_days = 1};
    for (int f = 0; f < ORACLE_FEEDS; f++)
        for (int i = 0; i < ORACLE_RULES; i++) draw_rule(p, &out[f].rules[i]);
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
    p->e->delta_ms = chance(p, 50)   ? between(p, 1, 4 * MINUTE)
                     : chance(p, 50) ? between(p, 6 * MINUTE, 2 * DAY)
                                     : -between(p, 1, 2 * DAY);
}

static const struct row {
    int weight;
    void (*plan)(struct plan *p);
} rows[] = {{46, plan_version}, {12, plan_flush}, {8, plan_kill}, {3, plan_order},
    {4, plan_foreign}, {2, plan_replay}, {2, plan_cut}, {12, plan_act}, {5, plan_brake},
    {3, plan_let_go}, {5, plan_comment}, {2, plan_policy}, {3, plan_crash}, {1, plan_rebuild},
    {2, plan_jump}};

static void plan_event(struct plan *p)
{
    int all = 0;
    for (size_t i = 0; i < COUNT(rows); i++) all += rows[i].weight;
    int d = below(&p->luck, all);
    size_t i = 0;
    while (d >= rows[i].weight) d -= rows[i++].weight;
    p->e->after_ms = pass_time(p);
    p->now_ms += p->e->after_ms;
    rows[i].plan(p);
    p->e->queued = chance(p, 33);
}

struct schedule *schedule_make(struct arena *a, uint64_t seed)
{
    struct plan *p = ARENA_NEW(a, struct plan);
    struct schedule *s = ARENA_NEW(a, struct schedule);
    *p = (struct plan){.a = a,
        .luck = seed,
        .packing = ~seed,
        .drawing = seed ^ 0xD4A3,
        .s = s,
        .now_ms = START_MS};
    *s = (struct schedule){.seed = seed, .start_ms = START_MS};
    /* 20 to 200 events, short ones more often: most faults need few. */
    int longest = below(&p->luck, 20) ? 40 : 200;
    s->count = (size_t)(20 + below(&p->luck, longest - 19));
    p->story_max = 2 + (int)s->count / 8;
    if (chance(p, 60)) draw_policies(p, s->policies);
    for (int f = 0; f < ORACLE_FEEDS; f++) {
        s->policies[f].provider = f == 1 ? 1 : 0;
        s->policies[f].has_zone = f != 1;
        s->policies[f].zone_ms = 330 * MINUTE;
        s->policies[f].pictures = s->policies[f].pictures || below(&p->drawing, 3);
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
