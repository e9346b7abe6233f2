/* import_match: agency copy whose guid the old site has not kept is looked for among the stories
 * that are here: the same words in the headline, and a day's distance at most. Only one that fits
 * is taken for it. */
#include "import.h"

#define DAY_MS INT64_C(86400000)
enum { PAGES_AT_ONCE = 512, PAGE_ARENA = 256 << 20, HEADLINE_MIN = 12 /* bytes of its words */ };

struct known_story {
    struct known_story *next; /* under the same key */
    story_id item, page;
};

static struct span key_of(struct arena *a, struct span headline, int64_t day)
{
    struct span words = text_words(a, headline);
    uint64_t h = fast_hash(words);
    return words.n < HEADLINE_MIN
               ? S("")
               : arena_printf(a, "%016llx %lld", (unsigned long long)h, (long long)day);
}

static int64_t written_ms(const struct story *s, const struct stored_version *v)
{
    const struct when *all[] = {&s->first_created, &s->version_created};
    for (size_t i = 0; i < COUNT(all); i++)
        if (all[i]->kind == WHEN_UTC || all[i]->kind == WHEN_LOCAL) return all[i]->ms;
    return v->received_ms;
}

static void note(struct import *m, struct arena *a, const struct stored_version *v)
{
    const char *why;
    const struct story *s = story_unpack_own(a, v->packed, &why);
    bool is_imported =
        s && (span_starts(s->guid, S("wordpress:")) || map_get(m->site->guids, s->guid));
    if (!s || is_imported) return; /* never its own match */
    struct span key = key_of(a, s->headline, written_ms(s, v) / DAY_MS);
    if (!key.n) return;
    void **slot = map_at(m->known, arena_keep(m->lists_arena, key));
    for (struct known_story *k = *slot; k; k = k->next)
        if (k->page == v->page) return;
    struct known_story *k = ARENA_NEW(m->lists_arena, struct known_story);
    *k = (struct known_story){*slot, v->item, v->page};
    *slot = k;
}

static void note_page(struct import *m, struct arena *a, story_id page)
{
    struct stored_version *list;
    size_t count;
    if (store_versions(m->store, page, a, &list, &count) != OK) return;
    for (size_t i = 0; i < count; i++) note(m, a, &list[i]);
}

static void look_at_all(struct import *m)
{
    struct arena *a = arena_new(PAGE_ARENA);
    story_id pages[PAGES_AT_ONCE], after = 0;
    size_t n = PAGES_AT_ONCE;
    m->known = map_new(m->lists_arena);
    while (m->store && n == PAGES_AT_ONCE &&
           store_pages(m->store, after, pages, PAGES_AT_ONCE, &n) == OK && n) {
        for (size_t i = 0; i < n; i++) {
            arena_reset(a);
            note_page(m, a, pages[i]);
        }
        after = pages[n - 1];
    }
    arena_free(a);
}

story_id import_match(struct import *m, struct span headline, int64_t since_ms, size_t *count_out)
{
    story_id found = 0, page = 0;
    *count_out = 0;
    if (!m->known) look_at_all(m);
    for (int64_t day = since_ms / DAY_MS - 1; day <= since_ms / DAY_MS + 1; day++) {
        struct span key = key_of(m->post_arena, headline, day);
        struct known_story *k = key.n ? map_get(m->known, key) : NULL;
        for (; k; k = k->next) {
            if (k->page == page) continue;
            found = k->item;
            page = k->page;
            (*count_out)++;
        }
    }
    return *count_out == 1 ? found : 0;
}
