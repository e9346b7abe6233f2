/* pages_kit: what tests of the html pages share: a site with sections, feeds and house pages; a
 * store with made-up stories in a folder of its own; pages made at an instant; and a look at what
 * came out. */
#ifndef PAGES_KIT_H
#define PAGES_KIT_H

#include <unistd.h>
#include "press_private.h"
#include "ferry.h"
#include "tap.h"

#define NOON ((int64_t)1769149800000) /* 2026-01-23T06:30:00Z, 12:00 in Kolkata */
enum { MINUTE = 60000, HOUR = 60 * MINUTE };

static char kit_room[] = "/tmp/broadsheet-pages-XXXXXX"; /* with the desk's half beside the store */
static char kit_folder[sizeof kit_room + 8];
static struct arena *kit_arena;
static struct store *kit_store;
static struct page kit_made;
static struct press *kit_press;
static struct press_site kit_site;

static const struct press_section kit_sections[] = {
    {{"world", 5}, {"World & beyond", 14}, {"#1f5f8b", 7}},
    {{"sport", 5}, {"Sport", 5}, {"red;}", 5}},
};
static const struct press_feed kit_feeds[] = {
    {{"coastal", 7}, {"Coastal News", 12}, {"From {agency}; {site} has not read it.", 38}},
};

__attribute__((unused)) static struct press *kit_open(const char *language, const char *folder)
{
    struct press *p = NULL;
    struct span why = S("");
    kit_site.language = span_of(language);
    if (press_open(kit_arena, &kit_site, folder, &p, &why) != OK) printf("# %.*s\n", FMT(why));
    return p;
}

__attribute__((unused)) static void kit_start(void)
{
    const char *why;
    must(mkdtemp(kit_room) != NULL);
    snprintf(kit_folder, sizeof kit_folder, "%s/store", kit_room);
    must(dir_make(kit_folder) == OK);
    kit_arena = arena_new(512 << 20);
    struct press_house_page *pages = ARENA_ARRAY(kit_arena, struct press_house_page, 1);
    pages[0] = (struct press_house_page){
        S("about"), S("About <us>"), html_clean(kit_arena, S("<p>We print.</p>"))};
    struct press_link *menu = ARENA_ARRAY(kit_arena, struct press_link, 2);
    menu[0] = (struct press_link){S("Opinion"), S("https://parent.example/opinion")};
    menu[1] = (struct press_link){S("Trick"), S("javascript:alert(1)")};
    kit_site = (struct press_site){.name = S("The Kit <Courier>"),
        .tagline = S("News & more"),
        .url = S("https://kit.example"),
        .base = S("/wire"),
        .zone = zone_open(S("Asia/Kolkata")),
        .masthead_title = S("Parent"),
        .masthead_url = S("https://parent.example/"),
        .menu = menu,
        .menu_count = 2,
        .sections = kit_sections,
        .section_count = COUNT(kit_sections),
        .feeds = kit_feeds,
        .feed_count = COUNT(kit_feeds),
        .pages = pages,
        .page_count = 1,
        .front_items = 40,
        .section_items = 5};
    must(kit_site.zone != NULL);
    kit_press = kit_open("en", NULL);
    must(kit_press != NULL && store_open(kit_folder, false, &kit_store, &why) == OK);
}

__attribute__((unused)) static int kit_end(void)
{
    store_close(kit_store);
    arena_free(kit_arena);
    must(dir_remove(kit_room) == OK);
    return tap_end();
}

/* Story n, public since n minutes before NOON. */
__attribute__((unused)) static struct view *kit_view(uint64_t n)
{
    struct arena *a = kit_arena;
    struct view *v = ferry(a, n, "2026/01/23", NOON - (int64_t)n * MINUTE);
    v->body = html_clean(a, S("<p>The ferry left at dawn.</p><p>It was calm.</p>"));
    v->body_text = html_to_text(a, v->body.s);
    v->tags = ARENA_ARRAY(a, struct view_tag, 4);
    v->authors = ARENA_ARRAY(a, struct view_tag, 4);
    v->pictures = ARENA_ARRAY(a, struct view_picture, 4);
    v->revisions = ARENA_ARRAY(a, struct view_revision, 4);
    v->received_ms = v->published_ms - 2000;
    v->wire_ms = v->first_wire_ms = v->published_ms - 9000;
    v->revisions[0] =
        (struct view_revision){v->published_ms, INT64_MAX, v->wire_ms, v->headline, S(""), 0};
    v->revision_count = 1;
    return v;
}

__attribute__((unused)) static void kit_tag(struct view *v, struct span slug, struct span name)
{
    v->tags[v->tag_count++] = (struct view_tag){slug, name};
}

__attribute__((unused)) static void kit_put(const struct view *v)
{
    static uint64_t position;
    struct story_row row = {
        .view = v, .from_ms = v->published_ms, .until_ms = INT64_MAX, .feed = v->feed};
    bool more = true;
    must(store_begin(kit_store) == OK);
    for (uint32_t i = 0; i < v->picture_count; i++)
        must(store_put_picture(kit_store, v->pictures[i].hash, v->pictures[i].width,
                 v->pictures[i].height, v->pictures[i].forms | 1) == OK);
    must(store_put_story(kit_store, &row) == OK);
    must(store_commit(kit_store, ++position) == OK);
    while (more) must(store_index_some(kit_store, NOON + 24 * HOUR, 100, &more) == OK);
}

/* The page as it is made now; in kit_made, which the next call overwrites. */
__attribute__((unused)) static enum result kit_page_at(struct page_ask ask, int64_t now_ms)
{
    struct reader *r;
    must(reader_open(kit_folder, (struct reader_hooks){0}, &r) == OK);
    must(reader_begin(r, now_ms) == OK);
    if (!ask.page) ask.page = 1;
    enum result result = press_make(kit_press, &ask, r, kit_arena, &kit_made);
    reader_close(r);
    return result;
}

__attribute__((unused)) static enum result kit_page(struct page_ask ask)
{
    return kit_page_at(ask, NOON + MINUTE);
}

__attribute__((unused)) static bool kit_article(const struct view *v)
{
    return kit_page((struct page_ask){.kind = PAGE_ARTICLE, .id = v->id}) == OK;
}

__attribute__((unused)) static bool kit_says(const char *words)
{
    return span_find(kit_made.body, span_of(words)) >= 0;
}

__attribute__((unused)) static size_t kit_times(const char *words)
{
    struct span rest = kit_made.body, what = span_of(words);
    size_t n = 0;
    for (ptrdiff_t at; (at = span_find(rest, what)) >= 0; n++)
        rest = span_cut(rest, (size_t)at + what.n, rest.n);
    return n;
}

__attribute__((unused)) static bool kit_hangs_on(const char *key)
{
    for (uint32_t i = 0; i < kit_made.key_count; i++)
        if (kit_made.keys[i] == keys_slot(span_of(key))) return true;
    return false;
}

__attribute__((unused)) static bool kit_names_id(story_id id)
{
    for (uint32_t i = 0; i < kit_made.id_count; i++)
        if (kit_made.ids[i] == id) return true;
    return false;
}

__attribute__((unused)) static bool kit_names(const struct view *v)
{
    return kit_names_id(v->id);
}

/* ---- are tags balanced, attributes quoted, and nothing inline that the site's policy forbids?
 * ---- */
static bool is_void(struct span name)
{
    static const char *const names[] = {
        "meta", "link", "img", "source", "input", "br", "hr", "!doctype"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (span_eq_nocase(name, span_of(names[i]))) return true;
    return false;
}

static struct span kit_tag_name(struct span tag)
{
    size_t n = 0;
    while (n < tag.n && tag.p[n] != ' ' && tag.p[n] != '\n' && tag.p[n] != '/') n++;
    return span_cut(tag, 0, n);
}

/* Where a tag ends, quotes respected; -1: never. */
static ptrdiff_t kit_tag_end(struct span s)
{
    char quote = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (quote ? s.p[i] == quote : s.p[i] == '"' || s.p[i] == '\'')
            quote = quote ? 0 : s.p[i];
        else if (!quote && s.p[i] == '>')
            return (ptrdiff_t)i;
    }
    return -1;
}

/* Has the tag a style or an event of its own? What stands in quotes is no attribute. */
static bool kit_is_inline(struct span tag)
{
    char quote = 0;
    for (size_t i = 0; i < tag.n; i++) {
        char c = tag.p[i];
        if (c == '"' || c == '\'') quote = quote == c ? 0 : quote ? quote : c;
        if (quote || c != ' ') continue;
        struct span rest = span_cut(tag, i + 1, tag.n);
        if (span_starts(rest, S("style=")) || span_starts(rest, S("on"))) return true;
    }
    return false;
}

__attribute__((unused)) static bool kit_is_sound(void)
{
    struct span open[64], rest = kit_made.body;
    size_t depth = 0;
    for (ptrdiff_t at; (at = span_find_char(rest, '<')) >= 0;) {
        rest = span_cut(rest, (size_t)at + 1, rest.n);
        ptrdiff_t end = kit_tag_end(rest);
        if (end < 0) return printf("# a tag does not end\n"), false;
        struct span tag = span_cut(rest, 0, (size_t)end);
        rest = span_cut(rest, (size_t)end + 1, rest.n);
        bool closes = tag.n && tag.p[0] == '/';
        struct span name = kit_tag_name(closes ? span_cut(tag, 1, tag.n) : tag);
        if (kit_is_inline(tag)) return printf("# inline: <%.*s>\n", FMT(tag)), false;
        if (is_void(name)) continue;
        if (!closes && depth == COUNT(open)) return printf("# too deep\n"), false;
        if (!closes) open[depth++] = name;
        if (closes && (!depth || !span_eq(open[--depth], name)))
            return printf("# </%.*s> closes <%.*s>\n", FMT(name), FMT(open[depth])), false;
    }
    return depth ? printf("# <%.*s> stays open\n", FMT(open[depth - 1])), false : true;
}

#endif
