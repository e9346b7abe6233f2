/* battery_run.h: what the files that run the battery share. Private to the floor.
 * - battery.c: many schedules, in child processes
 * - battery_shrink.c: one that fails, made smaller */
#ifndef BATTERY_RUN_H
#define BATTERY_RUN_H

#include <stdatomic.h>

#include "battery.h"

enum {
    BATTERY_JOBS_MAX = 16,
    FAILURES_KEPT = 32,
    WHY_BYTES = 600,
    PLAY_SECONDS = 300, /* of one schedule */
};

extern const struct layer_row {
    const char *name;
    const struct playhouse *stage;
    uint64_t schedules; /* when nothing is said */
    int at_once;        /* played by one child, which then makes room for a fresh one */
} battery_layers[LAYERS];

struct failure {
    uint64_t seed;
    char why[WHY_BYTES];
};
struct board { /* shared with the children */
    _Atomic uint64_t next, schedules, events, comparisons, embargo_leaks, kill_leaks, divergences;
    _Atomic uint64_t failed;
    _Atomic bool ends; /* early */
    struct failure failures[FAILURES_KEPT];
    struct {
        _Atomic uint64_t seed, since_s;
    } at[BATTERY_JOBS_MAX];
};
struct battery {
    enum layer layer;
    uint64_t count, seed;
    int64_t until_us; /* 0: no bound */
    int jobs;
    const char *to; /* where failing schedules are written */
    struct board *board;
    struct arena *arena;
    char root[128];
    bool first_only; /* ends at the first failure, and does not shrink it */
    bool keep_root;  /* the log in it tells why a house ended */
};

/* In this process; false: it failed, why says how. first_day: of the rounds before it in this root,
 * which stays; NULL: begins from nothing, and the root is removed. */
bool battery_play_one(const struct battery *b, const struct schedule *s, const char *root,
    struct first_day *first_day, struct tally *tally, char why[WHY_BYTES]);
void battery_be_child(const struct battery *b);
void battery_say_ended(struct battery *b, int status, char why[WHY_BYTES]);

/* ---- battery_shrink.c ---- */
/* In a process of its own. */
bool battery_still_fails(struct battery *b, const struct schedule *s, char why[WHY_BYTES]);
void battery_keep_smaller(struct battery *b, const struct failure *f);

#endif
