/* ledger/tomb_set.h: the tombstones in memory: two grow-only sets and what follows from them.
 * Private. No locks, no files. */
#ifndef LEDGER_TOMB_SET_H
#define LEDGER_TOMB_SET_H

#include "ledger.h"

enum {
    TOMBS_MAX = 1 << 24
}; /* records: a file of 1 GB; a feed that sends kills without end stops here */

struct tomb_pair;  /* one kill of one story, with its lift */
struct tomb_story; /* one story, with its pairs */
struct tomb_set {
    struct arena *a;
    struct tomb *list; /* in the order in which they were read */
    struct tomb_pair *pairs;
    struct tomb_story *stories;
    uint32_t *pair_slots, *story_slots; /* open addressing; index + 1, 0: free */
    size_t count, list_cap, pair_count, pair_cap, story_count, story_cap;
    size_t pair_size, story_size; /* slots, powers of two */
    unsigned char seed[16];       /* kills' names come from the wire */
};

void tomb_set_init(struct tomb_set *s, struct arena *a);
bool tomb_set_add(struct tomb_set *s,
    const struct tomb *t); /* false: was there; its time and cause stay as they were */
bool tomb_set_has(const struct tomb_set *s, const struct tomb *t);
bool tomb_set_dead(const struct tomb_set *s, uint64_t story);
/* The story's kills that no lift names: how many there are; out gets the n oldest, by time. */
size_t tomb_set_standing(const struct tomb_set *s, uint64_t story, struct tomb *out, size_t n);

#endif
