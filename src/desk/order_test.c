/* order_test.c: V1-V3, K2-K5 as properties: whatever the order of arrival and however often it is
 * repeated, the site ends the same, and a kill anywhere means dead. Prints its seed;
 * BROADSHEET_SEED runs one again. */
#include <stdlib.h>

#include "desk.h"
#include "luck.h"
#include "tap.h"

enum { ROUNDS = 400, VERSIONS_MAX = 6 };
#define BASE_MS INT64_C(1769148000000)

/* What the site ends as. What depends on order by right (was it public before the kill?) is not in
 * it. */
struct end {
    bool is_public, is_public_later, is_dead;
    const struct story *shown, *later;
    int64_t until_ms;
    bool corrected, developing, on_fronts;
    int64_t first_wire_ms, wire_ms;
};

static struct end end_of(struct arena *a, const struct desk_set *set)
{
    static struct desk_feed feed;
    feed = (struct desk_feed){.name = S("wire"), .provider = S("Agency"), .zone = zone_utc()};
    struct desk_rules rules = {.feeds = &feed, .feed_count = 1, .site_zone = zone_utc()};
    struct verdict v;
    desk_decide(a, set, &rules, &v);
    int64_t last = set->versions[set->version_count - 1].received_ms,
            later = BASE_MS + INT64_C(86400000) * 30;
    struct end e = {.is_public = story_is_public(&v.interval, last),
        .is_public_later = story_is_public(&v.interval, later),
        .is_dead = v.is_dead,
        .until_ms = v.interval.until_ms,
        .corrected = v.is_corrected,
        .developing = v.is_developing,
        .on_fronts = v.on_fronts,
        .first_wire_ms = v.first_wire_ms,
        .wire_ms = v.wire_ms};
    if (v.shown != SIZE_MAX) e.shown = set->versions[v.shown].story;
    return e;
}

static bool same_end(const struct end *a, const struct end *b)
{
    return a->is_public == b->is_public && a->is_public_later == b->is_public_later &&
           a->is_dead == b->is_dead && a->shown == b->shown && a->until_ms == b->until_ms &&
           a->corrected == b->corrected && a->developing == b->developing &&
           a->on_fronts == b->on_fronts && a->wire_ms == b->wire_ms;
}

static const struct story *random_story(struct arena *a, int n, bool two_items)
{
    static const enum story_status statuses[] = {STATUS_USABLE, STATUS_USABLE, STATUS_USABLE,
        STATUS_USABLE, STATUS_WITHHELD, STATUS_UNKNOWN};
    struct story *s = story_new(a);
    s->guid = two_items && n % 2 ? S("tag:b") : S("tag:a");
    s->version = arena_printf(a, "%d", n);
    s->version_created = (struct when){WHEN_UTC, BASE_MS - 3600000 + n * 1000};
    s->kind = roll(12) ? KIND_TEXT : KIND_PLANNING;
    s->status = statuses[roll(COUNT(statuses))];
    s->headline_raw = arena_printf(a, "%sHeadline of %d", roll(4) ? "" : "CORRECTED-", n);
    if (roll(8)) s->body = html_clean(a, S("<p>A text of some words.</p>"));
    if (!roll(8)) s->body = html_clean(a, S("<p>Aged XX.</p>"));
    uint32_t embargo = roll(8);
    if (embargo == 0)
        s->embargo = (struct when){WHEN_UTC, BASE_MS + 86400000}; /* after all arrivals */
    if (embargo == 1) s->embargo = (struct when){WHEN_UTC, BASE_MS - 1000};
    if (embargo == 2) s->embargo = (struct when){WHEN_EMPTY, 0};
    if (!roll(8)) s->expires = (struct when){WHEN_UTC, BASE_MS + 90000000};
    story_finish(a, s);
    return s;
}

static void arrive(
    struct desk_set *set, struct desk_version *out, const struct story *const *order, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (struct desk_version){.story = order[i],
            .item = span_eq(order[i]->guid, S("tag:a")) ? 1 : 2,
            .feed = S("wire"),
            .received_ms = BASE_MS + (int64_t)i * 1000,
            .pos = i + 1};
    *set = (struct desk_set){.page = out[0].item, .versions = out, .version_count = n};
}

static void shuffle(const struct story **list, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = roll((uint32_t)i);
        const struct story *t = list[i - 1];
        list[i - 1] = list[k];
        list[k] = t;
    }
}

static bool any_order_ends_the_same(struct arena *a)
{
    const struct story *list[VERSIONS_MAX];
    struct desk_version versions[VERSIONS_MAX];
    struct desk_set set;
    size_t n = 2 + roll(VERSIONS_MAX - 1);
    bool two_items = !roll(3);
    for (size_t i = 0; i < n; i++) list[i] = random_story(a, (int)i + 1, two_items);
    arrive(&set, versions, list, n);
    struct end first = end_of(a, &set);
    for (int i = 0; i < 20; i++) {
        shuffle(list, n);
        arrive(&set, versions, list, n);
        struct end other = end_of(a, &set);
        if (!same_end(&first, &other)) return false;
    }
    return true;
}

static bool repetition_changes_nothing(struct arena *a)
{
    const struct story *list[VERSIONS_MAX * 3];
    struct desk_version versions[VERSIONS_MAX * 3];
    struct desk_set set;
    size_t n = 1 + roll(VERSIONS_MAX), more = n + 1 + roll(VERSIONS_MAX);
    for (size_t i = 0; i < n; i++) list[i] = random_story(a, (int)i + 1, false);
    shuffle(list, n);
    arrive(&set, versions, list, n);
    struct end once = end_of(a, &set);
    for (size_t i = n; i < more; i++) list[i] = list[roll((uint32_t)n)];
    arrive(&set, versions, list, more);
    struct end again = end_of(a, &set);
    return same_end(&once, &again) && once.first_wire_ms == again.first_wire_ms;
}

static bool kill_anywhere_is_dead(struct arena *a)
{
    const struct story *list[VERSIONS_MAX + 1];
    struct desk_version versions[VERSIONS_MAX + 1];
    struct desk_set set;
    size_t n = 1 + roll(VERSIONS_MAX);
    for (size_t i = 0; i < n; i++) list[i] = random_story(a, (int)i + 1, false);
    struct story *kill = story_new(a);
    *kill = *random_story(a, (int)roll(9), false);
    kill->status = STATUS_CANCELED;
    if (!roll(3)) kill->version = S("");
    list[n] = kill;
    shuffle(list, n + 1);
    arrive(&set, versions, list, n + 1);
    struct end e = end_of(a, &set);
    return e.is_dead && !e.is_public && !e.is_public_later && !e.shown;
}

static void for_many(bool (*holds)(struct arena *), const char *what)
{
    int bad = -1;
    for (int i = 0; i < ROUNDS && bad < 0; i++) {
        struct arena *a = arena_new(64 << 20);
        if (!holds(a)) bad = i;
        arena_free(a);
    }
    check(bad < 0, "%s (%d sets%s)", what, ROUNDS, bad < 0 ? "" : "; failed");
}

static struct desk_version numbered(
    struct arena *a, const char *version, int64_t created_ms, uint64_t pos)
{
    struct story *s = story_new(a);
    s->version = span_of(version);
    if (created_ms) s->version_created = (struct when){WHEN_UTC, created_ms};
    return (struct desk_version){.story = s,
        .item = 1,
        .feed = S("wire"),
        .received_ms = BASE_MS + (int64_t)pos,
        .pos = pos};
}

static void compares_pairs(struct arena *a)
{
    static const struct {
        const char *a, *b;
        int64_t made_a, made_b;
        int want;
    } rows[] = {
        {"1", "2", 9, 5, -1},
        {"10", "9", 0, 0, 1},
        {"007", "7", 5, 5, 1},
        {"99999999999999999999", "100000000000000000000", 0, 0, -1},
        {"-1", "0", 5, 5, -1},
        {"-2", "-1", 5, 5, -1},
        {"2a", "1", 9, 5, -1},
        {"1", "2a", 5, 9, 1},
        {"", "", 5, 9, -1},
        {"", "", 0, 0, -1},
        {"1", "", 5, 9, -1},
        {"1", "1", 5, 9, -1},
        {"1", "1", 5, 5, 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct desk_version x = numbered(a, rows[i].a, rows[i].made_a, 1),
                            y = numbered(a, rows[i].b, rows[i].made_b, 2);
        int c = desk_version_cmp(&x, &y), back = desk_version_cmp(&y, &x);
        check(
            (c < 0) == (rows[i].want < 0) && (c > 0) == (rows[i].want > 0) && (back < 0) == (c > 0),
            "V5 \"%s\" of %ld and \"%s\" of %ld", rows[i].a, (long)rows[i].made_a, rows[i].b,
            (long)rows[i].made_b);
    }
}

int main(void)
{
    luck_begin();
    for_many(any_order_ends_the_same, "V1 any order ends the same");
    for_many(repetition_changes_nothing, "V2 repetition changes nothing");
    for_many(kill_anywhere_is_dead, "K2-K5 a kill anywhere is dead");
    struct arena *a = arena_new(1 << 20);
    compares_pairs(a);
    arena_free(a);
    return tap_end();
}
