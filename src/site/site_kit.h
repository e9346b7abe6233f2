/* site_kit: what this floor's tests share: a site over a store with made-up stories in a folder of
 * its own, with a driven clock and tombstones that the test sets. */
#ifndef SITE_KIT_H
#define SITE_KIT_H

#include <stdlib.h>
#include <unistd.h>
#include "site_private.h"
#include "ferry.h"
#include "tap.h"

#define NOON ((int64_t)1769149800000) /* 2026-01-23T06:30:00Z */
enum { MINUTE = 60000, HOUR = 60 * MINUTE, KIT_DEAD_MAX = 64 };

static char kit_folder[] = "/tmp/broadsheet-site-XXXXXX";
static struct arena *kit_arena;
static struct store *kit_store;
static struct press_site kit_press_site;
static struct press *kit_press;
static struct site *kit_site;
static struct site_hand *kit_hand;
static _Atomic uint64_t kit_tombs;
static _Atomic story_id kit_dead[KIT_DEAD_MAX];

static const struct press_section kit_sections[] = {
    {{"world", 5}, {"World", 5}, {"#1f5f8b", 7}}, {{"sport", 5}, {"Sport", 5}, {"#aa2222", 7}}};
static const struct press_feed kit_feeds[] = {
    {{"coastal", 7}, {"Coastal News", 12}, {"From {agency}.", 14}}};

static void (*kit_meanwhile)(void); /* done once, in the middle of the next page's making */

static bool kit_is_dead(story_id id, void *with)
{
    (void)with;
    void (*act)(void) = kit_meanwhile;
    kit_meanwhile = NULL;
    if (act) act();
    for (size_t i = 0; i < KIT_DEAD_MAX; i++)
        if (atomic_load(&kit_dead[i]) == id) return true;
    return false;
}

static uint64_t kit_tomb_count(void *with)
{
    (void)with;
    return atomic_load(&kit_tombs);
}

/* A tombstone, as the newsroom writes it: no message, no bump. */
__attribute__((unused)) static void kit_kill(story_id id)
{
    uint64_t n = atomic_load(&kit_tombs);
    must(n < KIT_DEAD_MAX);
    atomic_store(&kit_dead[n], id);
    atomic_store(&kit_tombs, n + 1);
}

__attribute__((unused)) static const char *kit_path(const char *name)
{
    return arena_printf(kit_arena, "%s/%s", kit_folder, name).p;
}

static struct site *kit_site_open(size_t cache_bytes)
{
    struct site *s = NULL;
    struct site_config c = {.store_folder = kit_path("store"),
        .run_folder = kit_path("run"),
        .picture_folder = kit_path("pictures"),
        .press = kit_press,
        .press_site = &kit_press_site,
        .dead = kit_is_dead,
        .tomb_count = kit_tomb_count,
        .cache_bytes = cache_bytes};
    must(site_open(&c, &s) == OK);
    return s;
}

/* base: "" or "/wire". */
__attribute__((unused)) static void kit_start(const char *base)
{
    const char *why;
    struct span why_span = S("");
    must(mkdtemp(kit_folder) != NULL);
    log_quiet(LOG_ERROR + 1);
    kit_arena = arena_new((size_t)512 << 20);
    must(dir_make(kit_path("run")) == OK && dir_make(kit_path("pictures")) == OK);
    must(clock_open(kit_path("run/clock"), NOON) == OK);
    kit_press_site = (struct press_site){.name = S("The Kit Courier"),
        .url = S("https://kit.example"),
        .base = span_of(base),
        .language = S("en"),
        .zone = zone_utc(),
        .sections = kit_sections,
        .section_count = COUNT(kit_sections),
        .feeds = kit_feeds,
        .feed_count = COUNT(kit_feeds),
        .front_items = 40,
        .section_items = 5};
    must(press_open(kit_arena, &kit_press_site, NULL, &kit_press, &why_span) == OK);
    must(store_open(kit_path("store"), false, &kit_store, &why) == OK);
    kit_site = kit_site_open(64 << 20);
    must(site_hand_open(kit_site, &kit_hand) == OK);
}

__attribute__((unused)) static int kit_end(void)
{
    site_hand_close(kit_hand);
    site_close(kit_site);
    store_close(kit_store);
    arena_free(kit_arena);
    must(dir_remove(kit_folder) == OK);
    return tap_end();
}

/* Story n, public since n minutes before NOON. */
__attribute__((unused)) static struct view *kit_view(uint64_t n)
{
    struct arena *a = kit_arena;
    struct view *v = ferry(a, n, "2026/01/23", NOON - (int64_t)n * MINUTE);
    v->headline = arena_printf(a, "Ferry number%llu sails", (unsigned long long)n);
    v->body = html_clean(a, S("<p>The ferry left at dawn, and it was calm on the water.</p>"));
    v->body_text = html_to_text(a, v->body.s);
    v->tags = ARENA_ARRAY(a, struct view_tag, 1);
    v->tags[v->tag_count++] = (struct view_tag){S("ferries"), S("Ferries")};
    v->authors = ARENA_ARRAY(a, struct view_tag, 1);
    v->authors[v->author_count++] = (struct view_tag){S("ines-marlow"), S("Ines Marlow")};
    v->revisions = ARENA_ARRAY(a, struct view_revision, 1);
    v->received_ms = v->wire_ms = v->first_wire_ms = v->published_ms - 2000;
    v->revisions[v->revision_count++] =
        (struct view_revision){v->published_ms, INT64_MAX, v->wire_ms, v->headline, S(""), 0};
    return v;
}

static uint64_t kit_position;

/* What the newsroom does after its commit. */
static void kit_commit(void)
{
    size_t n;
    struct keys *k;
    must(keys_open(kit_path("run"), true, &k) == OK);
    must(store_commit(kit_store, ++kit_position) == OK);
    const uint32_t *slots = store_touched(kit_store, &n);
    for (size_t i = 0; i < n; i++) keys_bump(k, slots[i]);
    keys_close(k);
}

__attribute__((unused)) static void kit_put(const struct view *v, int64_t from_ms, int64_t until_ms)
{
    struct story_row row = {.view = v, .from_ms = from_ms, .until_ms = until_ms, .feed = v->feed};
    bool more = true;
    must(store_begin(kit_store) == OK && store_put_story(kit_store, &row) == OK);
    kit_commit();
    while (more) must(store_index_some(kit_store, NOON + 24 * HOUR, 100, &more) == OK);
}

__attribute__((unused)) static void kit_gone(struct gone g)
{
    must(store_begin(kit_store) == OK && store_drop_story(kit_store, g.id) == OK &&
         store_put_gone(kit_store, &g) == OK);
    kit_commit();
}

/* ---- asking ---- */
__attribute__((unused)) static struct site_answer kit_answer(struct site_ask ask)
{
    struct site_answer out;
    ask.arena = kit_arena;
    site_answer(kit_hand, &ask, &out);
    /* the bytes outlive the hold, for comparing */
    out.head = arena_keep(kit_arena, out.head);
    out.body = arena_keep(kit_arena, out.body);
    if (out.hold) site_release(kit_site, out.hold);
    return out;
}

__attribute__((unused)) static struct site_answer kit_get(const char *path)
{
    struct span p = span_of(path);
    ptrdiff_t q = span_find_char(p, '?');
    struct site_ask ask = {.method = HTTP_GET, .path = p};
    if (q >= 0) {
        ask.path = span_cut(p, 0, (size_t)q);
        ask.query = span_cut(p, (size_t)q + 1, p.n);
        ask.has_query = true;
    }
    return kit_answer(ask);
}

/* A field's value; empty: it is not there. */
__attribute__((unused)) static struct span kit_field(const struct site_answer *r, const char *name)
{
    struct span rest = r->head, line, find = arena_printf(kit_arena, "%s: ", name);
    while (span_next(&rest, '\n', &line))
        if (span_starts_nocase(line, find)) return span_trim(span_cut(line, find.n, line.n));
    return S("");
}

__attribute__((unused)) static bool kit_holds(const struct site_answer *r, const char *words)
{
    return span_find(r->body, span_of(words)) >= 0;
}

__attribute__((unused)) static bool kit_same(
    const struct site_answer *x, const struct site_answer *y)
{
    return x->status == y->status && span_eq(x->head, y->head) && span_eq(x->body, y->body) &&
           x->no_body_length == y->no_body_length && x->visited == y->visited;
}

#endif
