/* newsroom_room.h: what the files of the newsroom's process share; private to roles.
 * - newsroom.c: the process: frames, the loop, what is handed to web, intake, darkroom, courier
 * - newsroom_readers.c: what the readers in their cages are asked */
#ifndef NEWSROOM_ROOM_H
#define NEWSROOM_ROOM_H

#include "newsroom.h"

enum {
    ASKED_MAX = HOUSE_READERS + 1
}; /* what the step reads, and one thing looked at ahead of it */

struct asked {
    uint64_t pos;
    struct span request; /* packed, kept until answered */
    int reader;          /* -1: not sent */
    int crashes, kills;
    bool answered;
    struct span answer;
};
struct later { /* a frame kept until no step is under way */
    struct later *next;
    enum role role;
    uint32_t type;
    struct span body;
};
struct desk_room {
    const struct role_start *start;
    struct newsroom *newsroom;
    struct channels channels;
    struct asked asked[ASKED_MAX];
    struct arena *asked_arena[ASKED_MAX];
    bool looks_ahead;    /* while a reader is waited for */
    uint64_t acked_want; /* position that web shall acknowledge */
    struct later *later, **later_end;
    size_t later_count, later_bytes;
    bool rebuilding; /* the store was damaged: a fresh one takes its place once it has caught up */
    const struct config *own; /* the site file that is in force */
    struct {                  /* one that is not in the ledger yet: tried until it is */
        const struct config *config;
        struct arena *a;
        bool told;
        int64_t at_us;
    } next;
    struct arena *own_arena; /* NULL: the house's */
    bool ledger_damaged;
    bool tell;         /* bad deliveries are new, or intake is … */
    uint64_t tell_pos; /* … from this one on */
    uint32_t tell_number;
    size_t outs_away; /* with the courier, and not durable there yet */
    int64_t outs_away_us;
    int64_t silence_ms;
    struct { /* what the darkroom works at: one thing at a time, so that nothing waits behind it */
        bool busy, lost, is_card;
        char name[128]; /* its hash, or the card's file: nothing else is taken for an answer */
        int tries;
        int64_t until_us;
    } look;
};

/* ---- newsroom_readers.c ---- */
void room_ask(void *room, uint64_t pos, struct span bytes, const struct wire_hint *hint);
enum result room_answer(void *room, uint64_t pos, struct arena *a, struct wire_result *out);
void room_reader_answered(struct desk_room *d, int reader, struct span body);
void room_reader_went(struct desk_room *d, int reader);
void room_reader_came(struct desk_room *d, const struct peer *p);

#endif
