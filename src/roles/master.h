/* master.h: what the master's files share; private to roles.
 * - master.c: the loop: signals, what the roles say, stopping
 * - master_children.c: starts the roles, hands them channels, notes which ended
 * - master_reload.c: a new configuration, from the file to all who use it */
#ifndef MASTER_H
#define MASTER_H

#include <pthread.h>
#include <sys/types.h>

#include "roles.h"

enum {
    CHILDREN = 6 + HOUSE_READERS,
    CONTROL_TIMEOUT_MS = 2000,
};

struct child {
    struct role_start start;
    int control; /* our end */
    pid_t pid;   /* 0: down, or a thread */
    pthread_t thread;
    bool up;
    int last_status, delay_ms;
    bool told_to_go; /* by a reload: not worth a word when it does */
    int64_t started_us, restart_at_us;
    struct inbox in;
};
struct master {
    struct house *house;
    struct child children[CHILDREN];
    pid_t pid;
    int signals, ready_fd;
    bool stopping, told_ready;
    struct {
        uint64_t is_kept_for; /* the count at which the newsroom has it; 0: not asked yet */
        uint64_t turn;        /* of all reloads: a late answer is none to the next */
        bool under_way, wanted_again;
        bool asked[CHILDREN], waits[CHILDREN]; /* it was handed over; no answer yet */
        int64_t until_us;
        struct house before;
        char why[512]; /* empty: nobody has refused it */
    } reload;
};

/* ---- master_children.c ---- */
void master_start_due(struct master *m); /* who shall run and does not; after a crash, in a while */
void master_reap(struct master *m);
void master_child_gone(struct master *m, struct child *c, int status);
/* A role that another one finds stuck is ended, and started again like after a crash. Nobody may
 * say that of the newsroom: a long step of it is honest work. */
void master_end_stuck(struct master *m, const struct child *teller, struct span body);

/* ---- master_reload.c ---- */
void master_reload(struct master *m);      /* begins it, or notes that another is wanted */
void master_reload_turn(struct master *m); /* ends it, once all have answered or one is late */
void master_reload_answered(struct master *m, struct child *c, struct span body);

#endif
