/* Deliveries that break off, and readers without memory: no crash, no leak, and nothing but whole
 * items of the delivery as it was meant. Samples to 8 KB are cut at every byte, larger ones in
 * their first and last 4 KB and at 512 places of luck. Of the agencies' files, where they are here,
 * BROADSHEET_CUTS=all does as much; else each is cut at some places of luck. */
#include "samples_kit.h"

#include <setjmp.h>

enum {
    SMALL = 8 << 10,
    EDGE = 4 << 10,
    LUCKY = 512,       /* places in a large one */
    BESIDE = 192,      /* of an agency's file in a usual run */
    FEW = 16,          /* of what is no document: for crashes alone */
    ROOMS = 24,        /* sizes of an arena that are tried beside those at which it grows */
    GROWTH = 16 << 10, /* its first block */
};

struct meant {          /* a whole delivery */
    struct span *items; /* each as it packs; empty: refused */
    size_t count;
    bool is_document;
};
static struct {
    size_t cuts, with_items, wrong, rooms, full;
} tally;
static bool all_cuts;
static char *memory;
static jmp_buf no_room;

static struct span packed_item(struct arena *a, const struct wire_item *item)
{
    struct story s;
    if (!item->story) return S("");
    s = *item->story;
    s.fault_count = 0; /* a fault may tell of the whole delivery */
    return story_pack(a, &s);
}

static struct meant meant_of(struct arena *a, struct span bytes)
{
    struct wire_result r;
    wire_read(a, bytes, NULL, &r);
    struct meant m = {.items = ARENA_ARRAY(a, struct span, r.count + 1),
        .count = r.count,
        .is_document = is_document(&r)};
    for (size_t i = 0; i < r.count; i++) m.items[i] = packed_item(a, &r.items[i]);
    return m;
}

/* Bytes in a block of their own: a reader that looks behind them is caught. */
static void cut_at(const char *path, const struct meant *m, struct span bytes, size_t at)
{
    struct arena *a = arena_new(SAMPLE_ARENA);
    struct wire_result r;
    char *own = malloc(at ? at : 1);
    must(own);
    if (at) memcpy(own, bytes.p, at);
    wire_read(a, (struct span){own, at}, NULL, &r);
    bool good = r.end == WIRE_STORIES || r.count == 0 || !m->is_document;
    for (size_t i = 0; i < r.count && good && m->is_document; i++)
        good = !r.items[i].story ||
               (i < m->count && span_eq(packed_item(a, &r.items[i]), m->items[i]));
    tally.cuts++;
    tally.with_items += r.count > 0;
    if (!good) {
        tally.wrong++;
        printf("# %s cut at byte %zu gives an item that it does not hold\n", path, at);
    }
    arena_free(a);
    free(own);
}

static void cuts(const char *path, struct span bytes, size_t lucky)
{
    struct arena *a = arena_new(SAMPLE_ARENA);
    struct meant m = meant_of(a, bytes);
    bool whole = !lucky && bytes.n <= SMALL;
    if (!m.is_document) lucky = FEW;
    for (size_t at = 0; !lucky && at < bytes.n; at++)
        if (whole || at < EDGE || at + EDGE > bytes.n) cut_at(path, &m, bytes, at);
    for (size_t i = 0; !whole && bytes.n && i < (lucky ? lucky : LUCKY); i++)
        cut_at(path, &m, bytes, roll((uint32_t)bytes.n));
    arena_free(a);
}

/* ---- no memory ---- */
static void is_full(void *with)
{
    (void)with;
    longjmp(no_room, 1);
}

/* In an arena of so many bytes; whether they were enough. */
static bool reads_in(struct span bytes, size_t room, bool fixed)
{
    static struct arena *a; /* not on the stack that longjmp leaves */
    struct wire_result r;
    a = fixed ? arena_on(memory, room) : arena_new(room);
    arena_on_full(a, is_full, NULL);
    bool enough = !setjmp(no_room);
    if (enough) wire_read(a, bytes, NULL, &r);
    tally.rooms++;
    tally.full += !enough;
    arena_free(a);
    return enough;
}

/* Each refill fails once: blocks double from the first on; and in between, where luck has it. */
static void rooms(struct span bytes)
{
    size_t enough = GROWTH / 2, step = GROWTH;
    while (enough < SAMPLE_MAX && !reads_in(bytes, enough, false)) {
        enough += step;
        if (step < (1 << 20)) step *= 2;
    }
    for (int i = 0; i < ROOMS && enough <= SAMPLE_MAX; i++)
        reads_in(bytes, 512 + roll((uint32_t)enough), true);
}

static void one_of_ours(const char *path, struct span bytes)
{
    cuts(path, bytes, 0);
    rooms(bytes);
}

static void one_beside(const char *path, struct span bytes)
{
    cuts(path, bytes, all_cuts ? 0 : BESIDE);
    if (all_cuts || !tally.rooms || !roll(4)) rooms(bytes);
}

static void say(const char *whose, size_t files)
{
    check(tally.cuts > files, "%s: %zu files, cut at %zu places", whose, files, tally.cuts);
    check(tally.wrong == 0, "%s: no cut gives a wrong story (%zu do)", whose, tally.wrong);
    check(tally.full > 0 && tally.full < tally.rooms,
        "%s: read in %zu arenas, %zu of them too small", whose, tally.rooms, tally.full);
    memset(&tally, 0, sizeof tally);
}

int main(void)
{
    static const char *const formats[] = {"newsml-g2", "newsml-1", "ninjs", "rss", "atom", "nitf",
        "ap-mediaapi", "dpa-digitalwires", "jsonfeed"};
    const char *told = getenv("BROADSHEET_CUTS");
    all_cuts = told && strcmp(told, "all") == 0;
    luck_begin();
    charset_prepare();
    memory = malloc(2 * SAMPLE_MAX);
    must(memory);
    size_t ours = samples_of_ours(one_of_ours);
    check(tally.with_items > 0, "%zu cuts leave whole items in front of them", tally.with_items);
    say("our samples", ours);
    for (size_t i = 0; i < COUNT(formats); i++) {
        size_t n = samples_beside(formats[i], one_beside);
        if (n)
            say(formats[i], n);
        else
            tap_skip(formats[i], "the wire samples are not here");
    }
    free(memory);
    return tap_end();
}
