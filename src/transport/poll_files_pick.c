/* poll_files_pick: of a folder's list, the files that are to be fetched now: those that fit, are
 * whole, and were not taken; by time and name. A file is whole when two looks in a row saw the same
 * size and time, or when its marker lies beside it. */
#include "poll_files.h"

#include "clock.h"
#include "folder_inside.h"

#include <stdlib.h>

/* One list, and what has been found in it. */
struct picking {
    struct known *known;
    const struct poll_feed *feed;
    struct listed *files;
    size_t count;
    uint64_t *names;  /* hashes, in order: for markers */
    uint64_t *states; /* of all files, as listed */
    struct picked *out;
};

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static bool has_marker(const struct picking *p, struct arena *a, struct span name)
{
    struct span both = arena_printf(a, "%.*s%.*s", FMT(name), FMT(p->feed->marker));
    uint64_t h = fast_hash(both);
    return bsearch(&h, p->names, p->count, sizeof h, by_value) != NULL;
}

static bool fits(const struct picking *p, struct span name)
{
    const struct poll_feed *f = p->feed;
    bool good = !f->pattern_count;
    if (folder_leaves_alone(name)) return false;
    if (f->marker.n && span_ends(name, f->marker)) return false;
    for (size_t i = 0; !good && i < f->pattern_count; i++)
        good = list_name_fits(f->patterns[i], name);
    return good;
}

static void tell(struct told *t, struct span name)
{
    if (!t->count++) t->example = name;
}

/* Told once: what is remembered as taken is not told again. */
static void too_large(struct picking *p, const struct listed *f, uint64_t state)
{
    struct picked *out = p->out;
    tell(&out->too_large, f->name);
    if (known_is_taken(p->known, state) || out->lost_count == FILES_LOST_MAX) return;
    out->lost[out->lost_count++] = (struct wanted){*f, fast_hash(f->name), state, 0};
}

/* An empty file is one that somebody begins to write. */
static bool is_candidate(struct picking *p, struct arena *a, const struct listed *f, uint64_t state)
{
    if (!fits(p, f->name) || !f->size) return false;
    if (f->size > POLL_BODY_MAX) {
        too_large(p, f, state);
        return false;
    }
    if (known_is_taken(p->known, state)) {
        if (p->feed->after != POLL_KEEP) tell(&p->out->left, f->name);
        return false;
    }
    return !p->feed->marker.n || has_marker(p, a, f->name);
}

static size_t candidates(struct picking *p, struct arena *a, struct wanted *all, struct sight *seen)
{
    size_t n = 0;
    int64_t now = clock_mono_us();
    for (size_t i = 0; i < p->count; i++) {
        const struct listed *f = &p->files[i];
        if (!is_candidate(p, a, f, p->states[i])) continue;
        all[n] = (struct wanted){*f, fast_hash(f->name), p->states[i], 0};
        seen[n] = (struct sight){all[n].name, all[n].state, now, 0};
        n++;
    }
    return n;
}

/* ---- in order ---- */
static int by_turn(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    if (x->tries != y->tries) return x->tries < y->tries ? -1 : 1;
    if (x->file.time_ms != y->file.time_ms) return x->file.time_ms < y->file.time_ms ? -1 : 1;
    return span_cmp(x->file.name, y->file.name);
}

static void take_settled(struct picking *p, struct wanted *all, const struct sight *seen, size_t n)
{
    struct picked *out = p->out;
    int64_t settle_us = (p->feed->settle_s ? p->feed->settle_s : FILES_SETTLE_S) * 1000000LL;
    int64_t before = clock_mono_us() - settle_us;
    out->list = all;
    for (size_t i = 0; i < n; i++) {
        if (!p->feed->marker.n && seen[i].since_us > before) {
            out->has_young = true;
            continue;
        }
        all[out->count] = all[i];
        all[out->count].tries = seen[i].tries / FILES_TRIES;
        if (all[out->count].tries) tell(&out->stuck, all[i].file.name);
        out->count++;
    }
    qsort(all, out->count, sizeof *all, by_turn);
    out->has_more = out->count > FILES_TRIP_MAX;
    if (out->has_more) out->count = FILES_TRIP_MAX;
}

static size_t lines_of(struct span s)
{
    size_t n = 1;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == '\n';
    return n < FILES_MAX ? n : FILES_MAX;
}

void files_pick(struct arena *a, struct known *k, const struct poll_feed *feed, struct span bytes,
    struct picked *out, size_t counts_out[LISTED_UNKNOWN + 1])
{
    size_t room = lines_of(bytes);
    struct picking p = {.known = k, .feed = feed, .out = out};
    *out = (struct picked){0};
    p.files = ARENA_ARRAY(a, struct listed, room);
    p.count = list_read(bytes, clock_now_ms(), p.files, room, counts_out);
    p.names = ARENA_ARRAY(a, uint64_t, room);
    p.states = ARENA_ARRAY(a, uint64_t, room);
    for (size_t i = 0; i < p.count; i++) {
        p.names[i] = fast_hash(p.files[i].name);
        p.states[i] = known_state(&p.files[i]);
    }
    qsort(p.names, p.count, sizeof *p.names, by_value);
    struct wanted *all = ARENA_ARRAY(a, struct wanted, p.count + 1);
    struct sight *seen = ARENA_ARRAY(a, struct sight, p.count + 1);
    out->refused = counts_out[LISTED_REFUSED];
    size_t n = candidates(&p, a, all, seen);
    known_saw(k, seen, n, p.states, p.count);
    take_settled(&p, all, seen, n);
}
