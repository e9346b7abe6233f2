/* master.h: what the master's files share; private to roles.
 * - master.c: the loop: signals, what the roles say, stopping
 * - master_children.c: starts the roles, hands them channels, notes which ended
 * - master_reload.c: a new configuration, from the file to all who use it
 * - theme_watch.c: reloads by itself when a theme's file is saved
 * - weigh.c: how many live pages it would change, asked before
 * - supervisor.c: what the service manager above us is told
 * - master_again.c: another program takes over */
#ifndef MASTER_H
#define MASTER_H

#include <pthread.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

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
/* What a changed configuration would do to the site. */
struct weighed {
    enum {
        WEIGH_SAME,   /* nothing that pages depend on */
        WEIGH_FEW,    /* no more than need no second yes */
        WEIGH_MANY,   /* more */
        WEIGH_AGREED, /* somebody has said yes to this change */
        WEIGH_CANNOT, /* why says why it is not known */
    } end;
    uint64_t pages, leave, appear;
    uint32_t over;                    /* confirm_changes_over */
    struct hash file;                 /* weigh_hash of what was looked at */
    char token[REPLAY_TOKEN_MAX + 1]; /* empty: it was not come to */
    char why[200];
};
struct weigh_state {
    bool up;
    volatile bool stop;
    int fd;
    int64_t until_us; /* no answer by then is none */
    pid_t pid;
    pthread_t thread;
};
struct theme_watch {
    int fd;                   /* of inotify; 0: not opened */
    int64_t due_us, again_us; /* due 0: nothing has changed */
    bool sees;
};
struct supervisor { /* fd -1: nobody is above us */
    int fd;
    struct sockaddr_un to;
    socklen_t to_bytes;
    int64_t pulse_us, pulsed_us; /* pulse 0: it does not watch */
    bool owes_ready;             /* it was too busy to be told */
};
struct master {
    struct house *house;
    struct supervisor above;
    struct theme_watch theme_watch;
    struct child children[CHILDREN];
    pid_t pid;
    int signals, ready_fd;
    bool stopping, told_ready;
    struct {
        pid_t trial; /* 0: none is tried */
        int64_t until_us;
        bool is_wanted; /* it has said yes: it follows in this process */
    } again;
    struct weigh_state weigh;
    struct {
        bool is_kept_for; /* the newsroom is asked whether the ledger has it */
        uint64_t turn;    /* of all reloads: a late answer is none to the next */
        bool under_way, wanted_again;
        bool asked[CHILDREN], waits[CHILDREN]; /* it was handed over; no answer yet */
        int64_t until_us;
        struct house next; /* while web and desk are asked; a role that starts meanwhile starts with
                              what is in force */
        char why[512];     /* empty: nobody has refused it */
    } reload;
};

/* ---- master_children.c ---- */
void master_start_due(struct master *m); /* who shall run and does not; after a crash, in a while */
void master_reap(struct master *m);
void master_child_gone(struct master *m, struct child *c, int status);
/* A role that another one finds stuck is ended, and started again like after a crash. Nobody may
 * say that of the newsroom: a long step of it is honest work. */
void master_end_stuck(struct master *m, const struct child *teller, struct span body);

/* ---- master_again.c ---- */
void master_again_begin(struct master *m);             /* tries it */
void master_again_tried(struct master *m, int status); /* the trial's process has ended */
void master_again_turn(struct master *m);         /* each turn: one that does not end is ended */
void master_again_serves(const struct master *m); /* requests are answered */

/* ---- supervisor.c ---- */
void supervisor_open(struct supervisor *s);
void supervisor_ready(struct supervisor *s, const struct house *h);
void supervisor_pulse(
    struct supervisor *s, const struct house *h); /* each turn of the loop, once it serves */
void supervisor_stopping(const struct supervisor *s, bool again);
void supervisor_close(struct supervisor *s);

/* ---- weigh.c ---- */
bool master_weigh(struct master *m); /* begins it; false: no process is to be had */
bool master_weighed(struct master *m, struct weighed *out); /* false: not yet */
void master_weigh_stop(struct master *m);
/* The site file's bytes, and what they and the files that they name mean; c NULL: nothing. */
struct hash weigh_hash(struct span bytes, const struct config *c);

/* ---- theme_watch.c: each turn of the loop; nothing where the house is not watched ---- */
void master_watch_theme(struct master *m);
void master_watch_stop(struct master *m);

/* ---- master_reload.c ---- */
/* Before the roles start: what waited before is weighed again, if it is still there. */
void master_reload_none_waits(struct master *m);
void master_reload(struct master *m);      /* begins it, or notes that another is wanted */
void master_reload_turn(struct master *m); /* ends it, once all have answered or one is late */
void master_reload_answered(struct master *m, struct child *c, struct span body);

#endif
