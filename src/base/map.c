/* map: span -> pointer, open addressing over an array in insertion order, all in an arena.
 * Never copies a key, never removes one. */
#include "base.h"

struct entry {
    struct span key;
    uint64_t hash;
    void *value;
};

struct map {
    struct arena *a;
    struct entry *entries;
    size_t count, cap;
    uint32_t *index; /* entry number + 1; 0: free */
    size_t slots;    /* a power of two, at least twice count */
};

struct map *map_new(struct arena *a)
{
    struct map *m = ARENA_NEW(a, struct map);
    m->a = a;
    m->slots = 16;
    m->index = ARENA_ARRAY(a, uint32_t, m->slots);
    return m;
}

/* The index slot where key is, or would stand. */
static size_t slot_of(const struct map *m, struct span key, uint64_t hash)
{
    size_t i = (size_t)hash & (m->slots - 1);
    for (; m->index[i]; i = (i + 1) & (m->slots - 1)) {
        const struct entry *e = &m->entries[m->index[i] - 1];
        if (e->hash == hash && span_eq(e->key, key)) break;
    }
    return i;
}

static void index_grow(struct map *m)
{
    m->slots *= 2;
    m->index = ARENA_ARRAY(m->a, uint32_t, m->slots);
    for (size_t e = 0; e < m->count; e++) {
        size_t i = (size_t)m->entries[e].hash & (m->slots - 1);
        while (m->index[i]) i = (i + 1) & (m->slots - 1);
        m->index[i] = (uint32_t)e + 1;
    }
}

void **map_at(struct map *m, struct span key)
{
    uint64_t hash = fast_hash(key);
    size_t i = slot_of(m, key, hash);
    if (m->index[i]) return &m->entries[m->index[i] - 1].value;
    if ((m->count + 1) * 2 > m->slots) {
        index_grow(m);
        i = slot_of(m, key, hash);
    }
    must(m->count < UINT32_MAX - 1);
    struct entry *e = ARENA_PUSH(m->a, m->entries, m->count, m->cap);
    *e = (struct entry){key, hash, NULL};
    m->index[i] = (uint32_t)m->count;
    return &e->value;
}

void *map_get(const struct map *m, struct span key)
{
    uint32_t at = m->index[slot_of(m, key, fast_hash(key))];
    return at ? m->entries[at - 1].value : NULL;
}

size_t map_count(const struct map *m)
{
    return m->count;
}

bool map_each(const struct map *m, size_t *i, struct span *key, void **value)
{
    if (*i >= m->count) return false;
    if (key) *key = m->entries[*i].key;
    if (value) *value = m->entries[*i].value;
    (*i)++;
    return true;
}
