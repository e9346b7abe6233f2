/* A story as tests need one: what every floor's kit starts from, and adds its own to. For tests of
 * store and above. */
#ifndef FERRY_H
#define FERRY_H

#include "store.h"

/* Story n with its own id and path of day ("2026/01/23"), public since at_ms. Lives in a. */
__attribute__((unused)) static struct view *ferry(
    struct arena *a, uint64_t n, const char *day, int64_t at_ms)
{
    struct view *v = ARENA_NEW(a, struct view);
    v->id = (n + 1) * 0x9E3779B97F4A7u & (((story_id)1 << 60) - 1);
    v->id_text = story_id_text(a, v->id);
    v->path = arena_printf(a, "/%s/ferry-%.*s", day, FMT(v->id_text));
    v->feed = S("coastal");
    v->agency = S("Coastal News");
    v->headline = arena_printf(a, "Ferry %llu sails", (unsigned long long)n);
    v->section = S("world");
    v->language = S("en");
    v->published_ms = v->changed_ms = v->front_ms = v->received_ms = at_ms;
    v->on_fronts = true;
    return v;
}

#endif
