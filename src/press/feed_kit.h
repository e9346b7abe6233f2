/* feed_kit: what tests of the machine-readable pages share: a site, a store with made-up stories in
 * a folder of its own, and a page made at an instant. */
#ifndef FEED_KIT_H
#define FEED_KIT_H

#include "press_private.h"
#include "ferry.h"
#include "tap.h"

#include <stdlib.h>

#define NOW ((int64_t)1767225600000) /* 2026-01-01T00:00:00Z */
enum { KIT_HOUR = 3600000 };

static char kit_room[] = "/tmp/broadsheet-press-XXXXXX"; /* with the desk's half beside the store */
static char kit_folder[sizeof kit_room + 8];
static struct arena *kit_arena;
static struct store *kit_store;
static struct page kit_made;
static const struct press_section kit_sections[] = {
    {{"world", 5}, {"World & beyond", 14}, {"#123456", 7}}, {{"empty", 5}, {"Empty", 5}, {"", 0}}};
static struct press_site kit_site;
static struct press kit_press;

__attribute__((unused)) static void kit_start(void)
{
    static struct span words = {"From {agency}, unedited by {site}.", 34},
                       corrections = {"Corrections", 11};
    const char *why;
    must(mkdtemp(kit_room) != NULL);
    snprintf(kit_folder, sizeof kit_folder, "%s/store", kit_room);
    must(dir_make(kit_folder) == OK);
    kit_arena = arena_new(512 << 20);
    kit_site = (struct press_site){.name = S("The Kit <Courier>"),
        .tagline = S("News & more"),
        .url = S("https://kit.example"),
        .base = S("/wire"),
        .language = S("en"),
        .zone = zone_utc(),
        .sections = kit_sections,
        .section_count = COUNT(kit_sections),
        .feed_items = 20};
    kit_press = (struct press){.site = &kit_site, .arena = kit_arena, .words = map_new(kit_arena)};
    *map_at(kit_press.words, S("disclaimer")) = &words;
    *map_at(kit_press.words, S("corrections")) = &corrections;
    must(store_open(kit_folder, false, &kit_store, &why) == OK);
}

__attribute__((unused)) static int kit_end(void)
{
    store_close(kit_store);
    arena_free(kit_arena);
    must(dir_remove(kit_room) == OK);
    return tap_end();
}

/* Story n, public since n minutes before NOW. */
__attribute__((unused)) static struct view *kit_view(uint64_t n)
{
    struct arena *a = kit_arena;
    struct view *v = ferry(a, n, "2025/12/31", NOW - (int64_t)n * 60000);
    v->abstract = S("A ferry has sailed.");
    v->byline = S("By Ines Marlow");
    v->dateline = S("QUAYSIDE");
    v->body_text = arena_printf(a, "The ferry number%llu left at dawn.", (unsigned long long)n);
    v->body = html_clean(a, arena_printf(a, "<p>%.*s</p>", FMT(v->body_text)));
    v->tag_count = 1;
    v->tags = ARENA_NEW(a, struct view_tag);
    v->tags[0] = (struct view_tag){S("rivers"), S("Rivers")};
    v->author_count = 1;
    v->authors = ARENA_NEW(a, struct view_tag);
    v->authors[0] = (struct view_tag){S("ines-marlow"), S("Ines Marlow")};
    return v;
}

__attribute__((unused)) static void kit_put(const struct view *v)
{
    static uint64_t position;
    struct story_row row = {
        .view = v, .from_ms = v->published_ms, .until_ms = INT64_MAX, .feed = v->feed};
    must(store_begin(kit_store) == OK);
    must(store_put_story(kit_store, &row) == OK);
    must(store_commit(kit_store, ++position) == OK);
}

/* The page as it is made at now_ms; in kit_made, which the next call overwrites. */
__attribute__((unused)) static enum result kit_page(
    page_maker *make, struct page_ask ask, int64_t now_ms)
{
    struct reader *r;
    must(reader_open(kit_folder, (struct reader_hooks){0}, &r) == OK);
    must(reader_begin(r, now_ms) == OK);
    memset(&kit_made, 0, sizeof kit_made);
    kit_made.valid_until_ms = INT64_MAX;
    if (!ask.page) ask.page = 1;
    enum result result = make(&kit_press, &ask, r, kit_arena, &kit_made);
    reader_close(r);
    return result;
}

__attribute__((unused)) static const struct xml_node *kit_xml(void)
{
    struct reject why;
    struct xml_node *n = xml_parse(kit_arena, kit_made.body, &why);
    if (!n) printf("# %u:%u: %.*s\n", why.line, why.column, FMT(why.why));
    return n;
}

__attribute__((unused)) static const struct json *kit_json(void)
{
    struct reject why;
    struct json *j = json_parse(kit_arena, kit_made.body, &why);
    if (!j) printf("# %u:%u: %.*s\n", why.line, why.column, FMT(why.why));
    return j;
}

__attribute__((unused)) static bool kit_says(const char *words)
{
    return span_find(kit_made.body, span_of(words)) >= 0;
}

__attribute__((unused)) static bool kit_hangs_on(const char *key)
{
    for (uint32_t i = 0; i < kit_made.key_count; i++)
        if (kit_made.keys[i] == keys_slot(span_of(key))) return true;
    return false;
}

#endif
