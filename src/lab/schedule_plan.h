/* schedule_plan.h: a day while it is drawn, for the files that draw it. Private to the floor. */
#ifndef SCHEDULE_PLAN_H
#define SCHEDULE_PLAN_H

#include "battery.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define START_MS INT64_C(1769148000000) /* 2026-01-23T06:00:00Z */
enum { LATER_MAX = 32, INSTANTS_MAX = 64, SPAN_DAYS = 20, OPEN_HOURS = 20 };

enum style { BY_NUMBER, BY_DATE, UNDATED, ODD };
struct story_plan { /* a guid */
    int guid, feed, slug, link, section;
    enum style style;
    int next_version;
    bool changes; /* an update under its own guid: each version says so */
    bool was_sent;
    int64_t first_ms;
};
struct plan {
    struct arena *a;
    uint64_t luck;
    struct schedule *s;
    int64_t now_ms;
    struct story_plan stories[ORACLE_GUIDS_MAX];
    int story_count, story_max, slugs, revisions, texts;
    struct {
        struct oracle_item item;
        int feed;
    } later[LATER_MAX];
    int later_count;
    int64_t instants[INSTANTS_MAX];
    int instant_count;
    struct schedule_event *e;
};

/* ---- schedule_story.c ---- */
bool plan_chance(struct plan *p, int percent);
int64_t plan_between(struct plan *p, int64_t low, int64_t high);
/* Time between events: mostly seconds; sometimes the millisecond before, at or after an embargo's
 * end. */
int64_t plan_pass_time(struct plan *p);
struct story_plan *plan_some_story(struct plan *p); /* a new one, or one of before */
struct oracle_item plan_new_item(struct plan *p, struct story_plan *s);
void plan_put_item(struct plan *p, const struct oracle_item *i, int feed); /* into p->e */
void plan_put_later(struct plan *p, const struct oracle_item *i, int feed);
void plan_send_later(struct plan *p); /* one of those put so */

#endif
