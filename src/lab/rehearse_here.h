/* rehearse_here.h: the house in this process, for the files that play it. Private to the floor.
 * - rehearse_here.c: its parts, starting, settling, crashing, asking
 * - rehearse_in.c: what comes in */
#ifndef REHEARSE_HERE_H
#define REHEARSE_HERE_H

#include "rehearse.h"

enum { VISITED_MAX = 256 };

struct waiting_look { /* a picture for the darkroom */
    struct waiting_look *next;
    struct span hex, bytes;
};
struct door {
    struct span feed;
    struct folder *folder;
};
struct here {
    struct house house;
    struct newsroom *newsroom;
    struct ledger *ledger; /* intake's and the desk's */
    struct tombs *tombs;
    struct site *site;
    struct site_hand *hand;
    struct arena *press_arena, *job;
    struct door doors[HOUSE_LISTENERS_MAX];
    size_t door_count;
    struct push_gate *gate;
    struct waiting_look *looks;
    struct {
        story_id id;
        size_t views;
    } visited[VISITED_MAX];
    size_t visited_count;
    int64_t counted_ms;
};

struct here *here_of(struct play *p);

/* ---- rehearse_in.c ---- */
void here_open_doors(struct here *h);
void here_close_doors(struct here *h);
bool here_take_all(struct play *p); /* every file that waits, into the ledger */
bool here_taken(struct play *p, struct span feed, struct span name);
int here_push(struct play *p, const struct push *push, struct span name);
bool here_harvest(struct play *p);
bool here_visit(struct play *p, struct span path, size_t times);
void here_comment(struct play *p, struct span target, struct span body, struct answer *out);

#endif
