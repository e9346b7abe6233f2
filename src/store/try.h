/* try: what this floor's tests share: a folder of their own, views made up from a number, a store
 * ready to write. */
#ifndef STORE_TRY_H
#define STORE_TRY_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "inside.h"
#include "ferry.h"
#include "tap.h"

#define NOW ((int64_t)1767225600000) /* 2026-01-01T00:00:00Z */

static char try_room[] = "/tmp/broadsheet-store-XXXXXX"; /* with the desk's half beside the store */
static char try_folder[sizeof try_room + 8];

__attribute__((unused)) static void try_start(void)
{
    must(mkdtemp(try_room) != NULL);
    snprintf(try_folder, sizeof try_folder, "%s/store", try_room);
    must(dir_make(try_folder) == OK);
    log_quiet(getenv("LOUD") ? LOG_DEBUG : LOG_ERROR + 1);
}

__attribute__((unused)) static void try_end(void)
{
    must(dir_remove(try_room) == OK);
}

__attribute__((unused)) static struct store *try_open(bool fresh)
{
    struct store *s;
    const char *why;
    enum result r = store_open(try_folder, fresh, &s, &why);
    if (r != OK) printf("# store_open: %s: %s\n", result_name(r), why ? why : "");
    must(r == OK);
    return s;
}

__attribute__((unused)) static struct reader *try_reader(bool (*dead)(story_id, void *), void *with)
{
    struct reader *r;
    must(reader_open(try_folder, (struct reader_hooks){dead, with}, &r) == OK);
    return r;
}

static const char *const try_sections[] = {"world", "business", "sport"};
static const char *const try_tags[] = {"rivers", "bridges", "weather", "budget", "harbour"};

/* Story number n, public since n minutes after NOW, in section n % 3, with two tags of five. */
__attribute__((unused)) static struct view *try_view(struct arena *a, uint64_t n)
{
    char day[16];
    snprintf(day, sizeof day, "2026/01/%02d", 1 + (int)(n / 1440 % 28));
    struct view *v = ferry(a, n, day, NOW + (int64_t)n * 60000);
    struct span text =
        arena_printf(a, "The ferry number%llu left the quay at dawn.", (unsigned long long)n);
    v->section = span_of(try_sections[n % 3]);
    v->byline = S("By Ines Marlow");
    v->body = html_text(a, text);
    v->body_text = text;
    v->tag_count = 2;
    v->tags = ARENA_ARRAY(a, struct view_tag, 2);
    for (uint64_t i = 0; i < 2; i++) {
        v->tags[i].slug = span_of(try_tags[(n + i * 2) % 5]);
        v->tags[i].name = v->tags[i].slug;
    }
    v->author_count = 1;
    v->authors = ARENA_NEW(a, struct view_tag);
    v->authors[0] = (struct view_tag){S("ines-marlow"), S("Ines Marlow")};
    return v;
}

__attribute__((unused)) static void try_put(
    struct store *s, const struct view *v, int64_t from_ms, int64_t until_ms)
{
    struct story_row row = {.view = v, .from_ms = from_ms, .until_ms = until_ms, .feed = v->feed};
    must(store_put_story(s, &row) == OK);
}

__attribute__((unused)) static void try_index(struct store *s, int64_t now_ms)
{
    bool more = true;
    while (more) must(store_index_some(s, now_ms, 100, &more) == OK);
}

/* Is the store whole? Says why not. */
__attribute__((unused)) static bool try_whole(struct store *s)
{
    struct arena *a = arena_new(1 << 20);
    struct span why;
    bool whole = store_check(s, a, &why) == OK;
    if (!whole) printf("# %.*s\n", FMT(why));
    arena_free(a);
    return whole;
}

/* The ids of a list in order, "n,n,n" by story number of try_view; "?" for a stranger. */
__attribute__((unused)) static struct span try_list(
    struct reader *r, struct arena *a, struct list_query q)
{
    struct view *list;
    size_t n;
    struct buf b;
    buf_init(&b, a, 0);
    if (!q.limit) q.limit = 100;
    must(reader_list(r, &q, a, &list, &n) == OK);
    for (size_t i = 0; i < n; i++) {
        struct span h = list[i].headline;
        struct span number = span_cut(h, 6, h.n);
        ptrdiff_t end = span_find_char(number, ' ');
        buf_put(&b, i ? S(",") : S(""));
        buf_put(&b, end > 0 ? span_cut(number, 0, (size_t)end) : S("?"));
    }
    return buf_span(&b);
}

#endif
