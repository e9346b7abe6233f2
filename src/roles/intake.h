/* intake.h: what intake's files share; private to roles.
 * - intake.c: the process: folders, pushes
 * - intake_comments.c: what readers send, and what of it waits to be confirmed
 * - intake_poll.c: feeds that the house asks for by itself */
#ifndef INTAKE_H
#define INTAKE_H

#include "roles.h"

enum { INTAKE_ARENA = 1 << 30 };

/* The first bytes of a picture file: it is kept beside the stories, for those that name it. */
bool intake_is_picture(struct span bytes);
/* unread: why its bytes were not taken; empty: they were. */
struct span intake_meta(struct arena *a, struct span name, struct span content_type,
    struct span charset, struct span unread);
struct span intake_charset(struct span content_type); /* empty: it names none */
/* false: the web, which hears strangers, may have been taken over; it is ended. */
bool intake_is_whole(const struct take *t, struct peer *from);

/* ---- intake_comments.c ---- */
struct intake_comments;
struct intake_comments *intake_comments_open(const struct house *h, struct ledger *l);
void intake_comments_close(struct intake_comments *c);
/* If the frame is of these: takes it, and answers as a push is answered. */
void intake_comments_came(
    struct intake_comments *c, struct arena *a, struct peer *from, const struct frame *f);
void intake_comments_turn(struct intake_comments *c); /* often: forgets what is over its time */

/* ---- intake_poll.c ---- */
struct intake_polls;
/* NULL: no feed is polled. l must outlive it. */
struct intake_polls *intake_polls_open(const struct house *h, struct ledger *l);
/* What a hub calls (transport.h, poller_called). */
struct poll_call;
int intake_polls_called(
    struct intake_polls *p, struct arena *a, const struct poll_call *c, struct span *answer_out);
void intake_polls_close(struct intake_polls *p);
/* A feed's secret_file is another file now: only a new process has a fence that names it. */
bool intake_polls_want_fence(const struct intake_polls *p);
/* Asks, takes, and waits for extra descriptors too, as channels_poll does; tells the newsroom how
 * the feeds do. */
void intake_polls_turn(struct intake_polls *p, struct channels *c, struct pollfd *extra,
    size_t extra_count, int timeout_ms);

#endif
