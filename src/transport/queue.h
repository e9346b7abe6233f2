/* queue: the names that wait in one watched folder, each known by its bytes' identity, taken from
 * the newest or from the oldest end. Private to the floor. */
#ifndef TRANSPORT_QUEUE_H
#define TRANSPORT_QUEUE_H

#include "transport.h"

enum name_state {
    NAME_AWAY, /* not waiting: taken, refused, vanished, or not looked at yet */
    NAME_LATE, /* not whole, as far as is known: waits until due_ms, or until an event says so */
    NAME_RIPE, /* whole, if it still is the file that was looked at */
    NAME_OUT,  /* popped, and nothing decided */
};
struct name {
    const char *text;
    struct file_id id;
    int64_t due_ms;
    enum name_state state;
    uint32_t stamp;   /* of its last move: older tickets are void */
    bool regular;     /* no link, pipe, socket or device */
    struct name *out; /* the next one that was given out */
};

struct queue;
struct queue *queue_new(void);
void queue_free(struct queue *q);
struct name *queue_find(const struct queue *q, const char *text); /* NULL: never met */
struct name *queue_meet(struct queue *q, const char *text);       /* found, or made: away */
void queue_ripe(struct queue *q, struct name *n);
void queue_late(struct queue *q, struct name *n, int64_t due_ms);
void queue_drop(struct queue *q, struct name *n);
void queue_wake(struct queue *q, int64_t now_ms);     /* late ones whose time has come are ripe */
struct name *queue_pop(struct queue *q, bool newest); /* of the ripe ones; NULL: none */
int64_t queue_next_ms(struct queue *q);      /* the first late one's time; INT64_MAX: none */
size_t queue_waiting(const struct queue *q); /* ripe and late */
size_t queue_moves(const struct queue *q); /* so much was done with it: how much memory it holds */

#endif
