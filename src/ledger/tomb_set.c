/* ledger/tomb_set.c: which stories are dead: those with a kill that no lift names.
 * Order never matters: a lift may come before its kill, everything may come twice. Constant time a
 * record. Fatal: more records than TOMBS_MAX. */
#include "tomb_set.h"
#include <string.h>

enum { SLOTS_FIRST = 256 }; /* a table's first size; doubled when half full */

struct tomb_pair {
    uint64_t story;
    unsigned char kill[16];
    uint32_t killed, lifted; /* index + 1 in list; 0: not yet */
    uint32_t next;           /* pair of the same story, index + 1 */
};
struct tomb_story {
    uint64_t story;
    uint32_t first_pair; /* index + 1 */
    uint32_t unlifted;   /* kills that no lift names */
};

static uint32_t *pair_slot(const struct tomb_set *s, uint64_t story, const unsigned char kill[16]);
static uint32_t *story_slot(const struct tomb_set *s, uint64_t story);
static struct tomb_pair *pair_at(struct tomb_set *s, uint64_t story, const unsigned char kill[16]);
static struct tomb_story *story_at(struct tomb_set *s, uint64_t story);

void tomb_set_init(struct tomb_set *s, struct arena *a)
{
    *s = (struct tomb_set){.a = a, .pair_size = SLOTS_FIRST, .story_size = SLOTS_FIRST};
    s->pair_slots = ARENA_ARRAY(a, uint32_t, s->pair_size);
    s->story_slots = ARENA_ARRAY(a, uint32_t, s->story_size);
    random_bytes(s->seed, sizeof s->seed);
}

bool tomb_set_add(struct tomb_set *s, const struct tomb *t)
{
    must(s->count < TOMBS_MAX);
    struct tomb_story *story = story_at(s, t->story);
    struct tomb_pair *pair = pair_at(s, t->story, t->kill);
    uint32_t *mine = t->is_lift ? &pair->lifted : &pair->killed;
    if (*mine) return false;
    *ARENA_PUSH(s->a, s->list, s->count, s->list_cap) = *t;
    *mine = (uint32_t)s->count;
    if (!t->is_lift)
        story->unlifted += pair->lifted == 0;
    else
        story->unlifted -= pair->killed != 0;
    return true;
}

bool tomb_set_has(const struct tomb_set *s, const struct tomb *t)
{
    uint32_t at = *pair_slot(s, t->story, t->kill);
    if (!at) return false;
    const struct tomb_pair *pair = &s->pairs[at - 1];
    return t->is_lift ? pair->lifted != 0 : pair->killed != 0;
}

bool tomb_set_dead(const struct tomb_set *s, uint64_t story)
{
    uint32_t at = *story_slot(s, story);
    return at && s->stories[at - 1].unlifted > 0;
}

static bool comes_before(const struct tomb *a, const struct tomb *b)
{
    if (a->at_ms != b->at_ms) return a->at_ms < b->at_ms;
    return memcmp(a->kill, b->kill, sizeof a->kill) < 0;
}

/* Keeps the n oldest in order. */
static size_t insert_in_time(struct tomb *out, size_t count, size_t n, const struct tomb *t)
{
    size_t at = count;
    while (at > 0 && comes_before(t, &out[at - 1])) at--;
    if (at == n) return count;
    size_t kept = count < n ? count : n - 1;
    memmove(&out[at + 1], &out[at], (kept - at) * sizeof *out);
    out[at] = *t;
    return kept + 1;
}

size_t tomb_set_standing(const struct tomb_set *s, uint64_t story, struct tomb *out, size_t n)
{
    size_t count = 0;
    uint32_t at = *story_slot(s, story);
    if (!at) return 0;
    for (uint32_t p = n ? s->stories[at - 1].first_pair : 0; p; p = s->pairs[p - 1].next) {
        const struct tomb_pair *pair = &s->pairs[p - 1];
        if (pair->killed && !pair->lifted)
            count = insert_in_time(out, count, n, &s->list[pair->killed - 1]);
    }
    return s->stories[at - 1].unlifted;
}

/* ---- the two tables ---- */

/* Kills' names come from the wire: without a key, chosen names could all fall on one slot. */
static size_t pair_hash(const struct tomb_set *s, uint64_t story, const unsigned char kill[16])
{
    char key[24];
    memcpy(key, &story, sizeof story);
    memcpy(key + 8, kill, 16);
    struct span seed = {(const char *)s->seed, sizeof s->seed};
    struct hash h = hash_keyed(seed, (struct span){key, sizeof key});
    size_t bits;
    memcpy(&bits, h.b, sizeof bits);
    return bits;
}

/* Story ids are keyed hashes themselves; every answer asks for one. */
static size_t story_hash(uint64_t story)
{
    return (size_t)((story * 0x9e3779b97f4a7c15ULL) >> 20);
}

static uint32_t *pair_slot(const struct tomb_set *s, uint64_t story, const unsigned char kill[16])
{
    for (size_t i = pair_hash(s, story, kill);; i++) {
        uint32_t *slot = &s->pair_slots[i & (s->pair_size - 1)];
        if (!*slot) return slot;
        const struct tomb_pair *pair = &s->pairs[*slot - 1];
        if (pair->story == story && memcmp(pair->kill, kill, sizeof pair->kill) == 0) return slot;
    }
}

static uint32_t *story_slot(const struct tomb_set *s, uint64_t story)
{
    for (size_t i = story_hash(story);; i++) {
        uint32_t *slot = &s->story_slots[i & (s->story_size - 1)];
        if (!*slot || s->stories[*slot - 1].story == story) return slot;
    }
}

static struct tomb_pair *pair_at(struct tomb_set *s, uint64_t story, const unsigned char kill[16])
{
    uint32_t *slot = pair_slot(s, story, kill);
    if (*slot) return &s->pairs[*slot - 1];
    struct tomb_story *of = story_at(s, story);
    struct tomb_pair *pair = ARENA_PUSH(s->a, s->pairs, s->pair_count, s->pair_cap);
    *pair = (struct tomb_pair){.story = story, .next = of->first_pair};
    memcpy(pair->kill, kill, sizeof pair->kill);
    *slot = of->first_pair = (uint32_t)s->pair_count;
    if (s->pair_count * 2 < s->pair_size) return pair;
    s->pair_size *= 2;
    s->pair_slots = ARENA_ARRAY(s->a, uint32_t, s->pair_size);
    for (uint32_t i = 0; i < s->pair_count; i++)
        *pair_slot(s, s->pairs[i].story, s->pairs[i].kill) = i + 1;
    return pair;
}

static struct tomb_story *story_at(struct tomb_set *s, uint64_t story)
{
    uint32_t *slot = story_slot(s, story);
    if (*slot) return &s->stories[*slot - 1];
    struct tomb_story *made = ARENA_PUSH(s->a, s->stories, s->story_count, s->story_cap);
    *made = (struct tomb_story){.story = story};
    *slot = (uint32_t)s->story_count;
    if (s->story_count * 2 < s->story_size) return made;
    s->story_size *= 2;
    s->story_slots = ARENA_ARRAY(s->a, uint32_t, s->story_size);
    for (uint32_t i = 0; i < s->story_count; i++) *story_slot(s, s->stories[i].story) = i + 1;
    return made;
}
