/* courier.h: what the courier's files share; private to roles.
 * - courier.c: the process: frames, the loop, what a message of the newsroom becomes
 * - courier_send.c: one job of each kind on its way
 * - courier_ping.c: hubs are told which feeds have changed
 * - courier_cdn.c: caches in front are told what to drop
 * - courier_receipt.c: asks every surface after a withdrawal, and signs what was answered
 * - courier_letters.c: mails by which readers confirm their comments
 * - courier_answer.c: whoever complained is told by mail
 * - courier_watch.c: what the house itself may have to be told about */
#ifndef COURIER_H
#define COURIER_H

#include <sys/types.h>

#include "roles.h"
#include "transport.h"

enum {
    COURIER_ARENA = 64 << 20,
    COURIER_JOBS = FETCH_AT_ONCE_MAX,
    COURIER_FRESH_MS =
        24 * 3600 * 1000, /* what has been public longer when it is handed over is no news */
    COURIER_WATCH_MS = 5000,
    COURIER_SWEEP_MS = 3600 * 1000,
    COURIER_PING_MS = 2000,           /* changes of so long make one ping of a hub */
    COURIER_PING_LATE_MS = 30 * 1000, /* the same for what comes behind an outage */
    COURIER_PING_LISTS = 50,          /* in one ping, with three feeds each; further ones follow */
    COURIER_POPULAR_MS = 10 * 60 * 1000, /* so seldom hubs are told of what is read most */
    COURIER_COMMAND_MS = 30000,
    COURIER_SECRET_MAX = 4096,
    COURIER_LETTERS = 2, /* to readers, at a time: alarms go by the same server */
    COURIER_KEPT = 6, /* jobs and requests that only caches in front may use: theirs never wait */
};

struct flying { /* a job that is under way */
    struct courier *of;
    bool used;
    char key[256];
    char kind[16];
    uint32_t tries;
    struct span feed, url; /* of a fetch, in its own arena; of a cache in front: its name;
                              of news for a subscriber: the job's subject */
    struct arena *arena;
    pid_t pid;        /* of a command; 0: none */
    bool handed_over; /* a picture: the newsroom has it, and not yet the ledger */
    int64_t until_us;
};
struct letter { /* to a reader, under way */
    struct courier *of;
    struct span id, to; /* of the comment; its writer's address */
    uint32_t tries;
    struct arena *arena; /* NULL: none */
};
struct pings {
    struct arena *a;  /* of one bucket */
    struct map *seen; /* lists that are named in it already */
    int64_t bucket;   /* a span of COURIER_PING_MS, or of _LATE_MS */
    uint32_t part;
    size_t lists; /* in that part */
};
struct courier {
    const struct role_start *start;
    const struct config *config;
    struct channels channels;
    struct outbox *outbox;
    struct net_fetcher *fetcher;
    struct net_guard guard;
    struct flying flying[COURIER_JOBS];
    struct readers *readers; /* NULL: no comment is confirmed by mail */
    struct press *press;     /* whose words letters have */
    struct arena *words;     /* of the press */
    struct letter letters[COURIER_LETTERS];
    int64_t letters_ms; /* not before */
    struct arena *own;  /* as long as the role */
    struct arena *job;  /* of one turn */
    bool has_failed;    /* something of the message that is being taken could not be kept */
    int64_t next_ms;    /* when the next job is due */
    int64_t watch_ms, sweep_ms;
    int64_t adrift_us; /* since when the clock is not synchronised; 0: it is */
    uint64_t restarts; /* as last seen */
    int64_t restarts_ms[3];
    struct pings pings[2]; /* of news; of what came late */
    int64_t popular_ms;    /* when hubs are told again of what is read most */
    uint64_t overloads;    /* as last seen */
    int64_t overload_ms;
};

/* courier.c */
void courier_alarm(struct courier *c, const char *kind, struct span subject, struct span text);
void courier_all_clear(struct courier *c, const char *kind, struct span subject);
/* Where it cannot be kept the message that it comes from is offered again. */
void courier_put(struct courier *c, struct span key, const char *kind, struct span subject,
    struct span body, int64_t at_ms, int64_t due_ms);
struct span courier_key(struct courier *c, struct span key); /* that fits a job under way */
/* By every way that is configured, whatever was told before; key: its own. */
void courier_tell(struct courier *c, struct span key, struct span kind, struct span text);
/* A job is over: sent, or failed with a why. */
void courier_done(struct flying *f, bool sent, struct span result, bool final);

/* courier_send.c */
void courier_send(struct courier *c, const struct outbox_job *job);
void courier_reap(struct courier *c); /* commands that have ended, or take too long */
void courier_kept(struct courier *c, struct span key); /* that picture is in the ledger */
void courier_newsroom_went(struct courier *c);         /* with what was handed over to it */

bool courier_wait_for_web(uint64_t pos); /* until it has acknowledged; false: it takes too long */
/* The file's content, trimmed, in f's arena; false: it cannot be read, or is empty. */
bool courier_secret(struct flying *f, struct span file, struct span *out);
/* Runs argv with text on its standard input; courier_done follows. */
void courier_spawn(struct flying *f, const char *const *argv, struct span text);

/* courier_ping.c */
/* lists: pages of lists, below base, a line each, that have changed. Where they cannot be kept the
 * message that they come from is offered again. */
void courier_ping(struct courier *c, struct span lists, bool is_late);
void courier_forget_pings(struct courier *c);
void courier_ping_popular(struct courier *c, int64_t now_ms);
/* What a hub is sent, in f's arena. */
struct span courier_ping_form(struct flying *f, const struct outbox_job *j);

/* courier_cdn.c */
/* What waited for its release, or for the desk, is as old as its publication. */
bool courier_is_fresh(int64_t at_ms, int64_t due_ms, int64_t now_ms);
void courier_cdn_take(struct courier *c, struct span key, struct span body, int64_t at_ms);
void courier_cdn(struct flying *f, const struct outbox_job *j);
void courier_cdn_ended(struct flying *f, bool sent, struct span result);
/* Has every cache that is to drop this story been asked, and is none being asked? key: of the row
 * that the newsroom made for them. */
bool courier_cdn_rests(struct courier *c, struct span key);
/* What became of it, for a receipt; false: a cache may still hold it. */
bool courier_cdn_tell(struct courier *c, struct json_out *o, struct span key);

/* courier_receipt.c */
struct span courier_receipt_cdn(struct arena *a, const struct outbox_job *j); /* that row's key */
void courier_receipt(struct flying *f, const struct outbox_job *j);

/* courier_letters.c */
void courier_letters_before(struct courier *c); /* the fence closes */
void courier_letters_open(struct courier *c);
void courier_letters_turn(struct courier *c);  /* writes what is due */
void courier_letters_close(struct courier *c); /* when nothing is under way any more */
/* courier_answer.c */
void courier_answer(struct flying *f, const struct outbox_job *j);
/* Hands a mail to the server; courier_done follows. to lives in f's arena. */
void courier_mail(struct flying *f, struct span mail, const struct span *to, size_t to_count);

/* courier_watch.c */
void courier_watch(struct courier *c);

/* alarms.c */
struct alarm_kind {
    const char *name;
    const char *title; /* what an editor or administrator reads first */
    bool is_state;     /* it ends with an all-clear; else it is an event */
    int64_t again_ms;  /* 0: as most */
};
/* After so long an alarm that goes on is told again. */
int64_t alarm_again_ms(const struct alarm_kind *k);
const struct alarm_kind *alarm_kind(struct span name); /* never NULL: what is unknown is "other" */

#endif
