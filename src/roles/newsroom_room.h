/* newsroom_room.h: what the files of the newsroom's process share; private to roles.
 * - newsroom.c: the process: the loop, damage, the configuration that is put in force
 * - newsroom_frames.c: what web and intake are told, what of all others' frames waits for the step
 * - newsroom_courier.c: what is handed over to leave the house
 * - newsroom_darkroom.c: pictures and cards that are asked for
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
    uint32_t type; /* tells who sent it, too */
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
    bool rebuilding; /* a fresh store takes the place of this one once it has caught up */
    bool is_asked;   /* by an administrator, beside a store that may be sound: not at any price */
    uint64_t may_change;      /* then: so many live pages */
    const struct config *own; /* the site file that is in force */
    struct {                  /* one that is not in the ledger yet: tried until it is */
        const struct config *config;
        struct arena *a;
        uint64_t turn; /* the reload that it came with */
        bool told;
        int64_t at_us;
    } next;
    struct arena *own_arena;     /* NULL: the house's */
    int64_t unreadable_since_us; /* of the store; 0: it is not */
    bool ledger_damaged;
    bool tell;         /* bad deliveries are new, or intake is … */
    uint64_t tell_pos; /* … from this one on */
    uint32_t tell_number;
    struct {
        size_t away; /* with the courier, and not durable there yet */
        int64_t away_us;
    } lanes[OUT_LANES];
    int64_t silence_ms;
    struct { /* what the darkroom works at: one thing at a time, so that nothing waits behind it */
        bool busy, lost, is_card;
        char name[128]; /* its hash, or the card's file: nothing else is taken for an answer */
        int tries;
        int64_t until_us;
    } look;
};

/* ---- newsroom_frames.c ---- */
void room_on_frame(void *room, struct peer *from, struct frame *f);
void room_on_peer(void *room, struct peer *p);
void room_do_later(struct desk_room *d); /* what came while a step was under way */
void room_drop_later(struct desk_room *d);
void room_killed(void *room, const story_id *ids, size_t count, uint64_t pos); /* web hears of it */
void room_ask_ack(struct desk_room *d); /* of everything applied: an empty kill */
void room_quarantined(void *room, const struct quarantined *q);
/* Whole bad deliveries are told to intake until it has moved their files; some at a time. */
void room_tell_quarantine(struct desk_room *d);

/* ---- newsroom_courier.c ---- */
void room_hand_over(struct desk_room *d);          /* what is due, until the courier has it */
void room_urgent(void *room, const struct out *o); /* at once, if it can be */
void room_outs_taken(struct desk_room *d);
void room_fetched(struct desk_room *d, struct span body);
void room_alarm(
    struct desk_room *d, bool over, const char *kind, struct span subject, struct span text);
void room_watch_feeds(struct desk_room *d); /* silence, and limits that are kept again */

/* ---- newsroom_darkroom.c ---- */
bool room_may_look(void *room);
void room_look(void *room, struct span hex, struct span bytes);
void room_card(void *room, const char *name, struct span title, struct span colour);
void room_looked(struct desk_room *d, struct span body);
void room_card_made(struct desk_room *d, struct span body);
void room_darkroom_came(struct desk_room *d, const struct peer *p);
void room_look_over(struct desk_room *d); /* when what is asked is not answered */

/* ---- newsroom_readers.c ---- */
void room_ask(void *room, uint64_t pos, struct span bytes, const struct wire_hint *hint);
enum result room_answer(void *room, uint64_t pos, struct arena *a, struct wire_result *out);
void room_reader_answered(struct desk_room *d, int reader, struct span body);
void room_reader_went(struct desk_room *d, int reader);
void room_reader_came(struct desk_room *d, const struct peer *p);

#endif
