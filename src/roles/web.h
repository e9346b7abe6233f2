/* web.h: what the files of the web role share. Private to roles.
 * - web.c: the process: starting, the loop, what newsroom and intake say
 * - web_requests.c: one request
 * - web_health.c: what the role answers of itself
 * - web_push.c: pushes and comments, to intake and back
 * - web_press.c: the site and the press that it renders with; reloads
 * - web_counts.c: which stories are read, for how long, and from where readers come
 * - web_guard.c: that one network counts as one reader of a story
 * - web_live.c: pages that listen for updates
 * - web_comments.c: how many comments one reader may send */
#ifndef ROLES_WEB_H
#define ROLES_WEB_H

#include <pthread.h>
#include <stdatomic.h>

#include "roles.h"

/* Limits (docs/limits.md). */
enum {
    WEB_THREADS_MAX = 8,
    PUSHES_WAITING_MAX = 16,        /* 32 MB each at most: a flood is told to come back */
    COMMENTS_OF_ADDRESS = 5,        /* in one window: a heated evening, no flood */
    COMMENT_WINDOW_MS = 10 * 60000, /* then it is forgotten who it was */
    COMMENTS_A_MINUTE = 120,        /* of all readers: what editors could never read is a flood */
    REPORTS_OF_ADDRESS = 10,        /* in one window: who reads a whole page of insults */
    LETTERS_OF_NETWORK = 30,        /* in a day: a mobile operator puts many readers behind one */
    LETTER_WINDOW_MS = 24 * 3600 * 1000,
    GRIEVANCES_OF_ADDRESS = 3,     /* in one window: a family behind one line */
    GRIEVANCE_WINDOW_MS = 3600000, /* an hour: nobody complains by the minute */
    COMMENT_SLOTS = 4096,          /* addresses at a time, as keyed hashes */
    GUARD_MINUTES = 6 * 60,        /* so long a network is one reader of a story: the half-life */
    GUARD_OF_NETWORK = 300,        /* stories that one network moves in that time */
    GUARD_READINGS = 1 << 20,      /* pairs of network and story at a time; 16 MB, once used */
    GUARD_NETWORKS = 1 << 17,      /* networks at a time; 2 MB */
};

struct pushed { /* a request on its way to intake */
    struct pushed *next;
    enum message type; /* MSG_PUSH, MSG_COMMENT, MSG_GRIEVANCE … or MSG_HUB */
    struct span frame;
    struct span back,
        over; /* of a comment: where its writer goes then, and where if it is too late */
};
struct web {
    const struct role_start *start;
    struct channels channels;
    struct tombs *tombs;
    struct site *site;
    struct net_server *server;
    struct site_hand *hands[WEB_THREADS_MAX];
    struct counter *counters[WEB_THREADS_MAX];
    struct owned *owned; /* the press in force first, then those that requests may still use */
    pthread_mutex_t push_lock;
    struct pushed *pushes, **pushes_end;
    _Atomic unsigned pushes_waiting; /* taken from senders and not answered yet */
    struct {
        uint64_t id, worker;
        bool open;
        struct span back, over;
    } passed_on[PUSHES_WAITING_MAX]; /* with intake; the role's thread only */
    int push_bell;
    struct comment_brake *comment_brake,
        *grievance_brake; /* apart: a flood of one stops no other */
    struct guard *guard;
    struct live_table *live[WEB_THREADS_MAX];
    uint64_t live_epoch;
    int64_t live_due_ms; /* monotonic */
    int64_t counted_ms;
    struct arena *job;
};

/* ---- web_requests.c: any thread ---- */
void web_handle(struct net_worker *worker, struct http_request *r, void *web);
size_t web_body_max(const struct http_request *r, void *web);
bool web_is_reserved(const struct http_request *r, void *web); /* answered however many wait */
extern const char web_plain_head[];
struct http_reply web_reply_of(int status, const char *head, struct span body); /* copies body */
struct span web_header(const struct http_request *r, const char *name);         /* empty: none */

/* ---- web_health.c: any thread ---- */
/* Answered, where it was asked of itself: /health and below, /metrics. */
bool web_told_of_itself(struct web *w, struct net_worker *worker, struct http_request *r);

/* ---- web_push.c ---- */
/* The loops' threads: answered later, once intake has said its word. */
void web_push(struct web *w, struct net_worker *worker, struct http_request *r, struct span feed);
void web_hub(struct web *w, struct net_worker *worker, struct http_request *r, struct span where);
void web_pass_comment(
    struct web *w, struct net_worker *worker, struct http_request *r, const struct site_comment *c);
void web_pass_grievance(struct web *w, struct net_worker *worker, struct http_request *r,
    const struct site_grievance *g);
/* The role's thread. */
void web_send_pushes(struct web *w);
void web_push_came_back(struct web *w, struct span body);
/* With pushes unanswered: their senders are asked to send again. What was durable already is known
 * by its nonce, and not doubled. */
void web_intake_went(struct web *w);

/* ---- web_live.c ---- */
void web_live_open(struct web *w);
void web_live_close(struct web *w); /* when the server has stopped */
/* A page that wants to listen (site_listens) is answered. */
void web_live(struct web *w, struct net_worker *worker, struct http_request *r,
    const struct site_ask *ask, story_id id);
/* The role's thread: tells those who listen what has changed; to be called often while they do. */
void web_live_turn(struct web *w);
void web_live_end(struct web *w); /* all are asked to come again, each at another instant */
int web_live_wait_ms(const struct web *w, int otherwise_ms);
uint32_t web_live_count(const struct web *w);

/* ---- web_counts.c ---- */
struct counter *web_counter_new(void);
/* A page was sent, a script has told how long it was seen: by a reader, who may be new to the
 * story, from a host or "(own)", "(unknown)". Any thread. */
void web_count_page(struct counter *c, story_id id, bool is_new, struct span from);
void web_count_beacon(
    struct counter *c, story_id id, bool is_new, struct span from, uint32_t seconds);
void web_harvest(struct web *w, bool now); /* false: if it is time */

/* ---- web_press.c ---- */
bool web_open_site(struct web *w);
void web_close_site(struct web *w);
void web_reload_came(struct web *w, struct span body);
void web_free_old(struct web *w); /* presses that nobody renders with any more */

/* ---- web_guard.c ---- */
struct guard *guard_new(void);
void guard_free(struct guard *g);
/* The first time in GUARD_MINUTES that this client's network reads the story? Any thread. */
bool guard_counts(
    struct guard *g, const struct net_address *client, story_id story, int64_t now_ms);

/* ---- web_comments.c ---- */
struct comment_brake *comment_brake_new(void);
void comment_brake_free(struct comment_brake *b);
/* One more from this client? Addresses are kept in memory alone, hashed under a key that dies with
 * the process. Any thread. */
bool comment_may(struct comment_brake *b, const struct net_address *client);
bool comment_may_report(struct comment_brake *b, const struct net_address *client);
bool comment_may_mail(struct comment_brake *b, const struct net_address *client);
bool comment_may_complain(struct comment_brake *b, const struct net_address *client);
/* Stands for the client's network where it speaks of this comment, and for nothing else: 16
 * hexadecimal digits under a key that lives as long as the process. In a. */
struct span comment_network(
    struct comment_brake *b, struct arena *a, const struct net_address *client, struct span about);

/* What a trusted proxy says of the reader under a header's name; empty: nothing. with: the struct
 * http_request. */
struct span web_told(void *with, const char *name);

#endif
