/* battery_compare: every list, story, count and search of the store's reader, compared with the
 * oracle. */
#include "battery.h"

#include <string.h>

enum { LIST_MAX = 500 };

struct looking {
    struct round *r;
    const struct oracle_view *v;
    struct reader *reader;
    bool late;
};

/* ---- one story ---- */
/* The page that the oracle has under this id; NULL: none is public there. */
static const struct oracle_page *page_by_id(struct looking *l, story_id id)
{
    for (size_t i = 0; i < l->v->page_count; i++)
        if (round_id(l->r, l->v->pages[i].first) == id) return &l->v->pages[i];
    return NULL;
}

static int word_in(struct span text, enum word_kind kind)
{
    enum word_kind k;
    int number;
    for (size_t i = 0; word_next(text, &i, &k, &number);)
        if (k == kind) return number;
    return 0;
}

/* Every word in what may be shown of a story is the shown revision's; in its address, of one that
 * was public. */
static bool words_fit(struct looking *l, const struct oracle_page *page, struct span text,
    const char *where, bool is_address)
{
    enum word_kind kind;
    int number;
    for (size_t i = 0; word_next(text, &i, &kind, &number);) {
        bool fits = number == (kind == WORD_HEADLINE ? page->headline : page->revision);
        if (is_address)
            fits = number >= TEXTS_FROM || (number < l->v->revisions && l->v->was_shown[number]);
        if (fits && kind != WORD_DESK) continue;
        round_leak(l->r, l->v, number, "%s of story %d: %.*s", where, page->first,
            FMT(utf8_head(text, 80)));
        return false;
    }
    return true;
}

/* Was it public as the past is now known? Of editors' headlines the oracle keeps no past. */
static bool is_of_the_past(struct looking *l, int headline)
{
    return headline < l->v->revisions && l->v->was_shown[headline];
}

/* An address never changes once it was public; only where what came late has changed the past (two
 * pages became one) it may leave the words that by now never were. */
static bool address_stands(struct looking *l, const struct view *v)
{
    struct span key = arena_keep(l->r->arena, v->id_text);
    struct span **slot = (struct span **)map_at(l->r->urls, key);
    if (*slot && span_eq(**slot, v->path)) return true;
    struct span old = *slot ? **slot : S("");
    if (!*slot) *slot = ARENA_NEW(l->r->arena, struct span);
    **slot = arena_keep(l->r->arena, v->path);
    if (!old.n || !is_of_the_past(l, word_in(old, WORD_HEADLINE))) return true;
    round_differs(l->r, "the address %.*s has become %.*s", FMT(old), FMT(v->path));
    return false;
}

static bool view_fits(struct looking *l, const struct view *v, const char *where)
{
    const struct oracle_page *page = page_by_id(l, v->id);
    int shown = word_in(v->headline, WORD_HEADLINE);
    if (!page || page->status != 200) {
        int body = word_in(v->abstract, WORD_BODY);
        round_leak(l->r, l->v, body ? body : shown, "%s, and nothing of that story may be", where);
        return false;
    }
    struct span texts[] = {v->headline, v->abstract, v->body.s, v->body_text, v->byline};
    for (size_t i = 0; i < COUNT(texts); i++)
        if (!words_fit(l, page, texts[i], where, false)) return false;
    for (uint32_t i = 0; i < v->tag_count; i++)
        if (!words_fit(l, page, v->tags[i].name, where, false)) return false;
    for (uint32_t i = 0; i < v->revision_count; i++)
        if (!words_fit(l, page, v->revisions[i].headline, where, false)) return false;
    return words_fit(l, page, v->path, where, true) && address_stands(l, v);
}

/* A story's own page, and its address where it has none. */
static bool look_at_story(struct looking *l, int key)
{
    const struct oracle_page *page = &l->v->pages[l->v->page_of[key]];
    struct view v;
    struct gone g;
    story_id id = round_id(l->r, key);
    int want = page->first == key ? page->status : page->status == 200 ? 301 : 404, got = 404;
    enum result r = reader_story(l->reader, id, l->r->look_arena, &v);
    if (r == OK && !view_fits(l, &v, "its page")) return false;
    if (r == OK)
        got = 200;
    else if (reader_gone(l->reader, id, l->r->look_arena, &g) == OK) {
        static const int codes[] = {[STATE_NEVER] = 404,
            [STATE_PUBLIC] = 404,
            [STATE_WITHHELD] = 404,
            [STATE_KILLED] = 410,
            [STATE_TAKEN_DOWN] = 410,
            [STATE_EXPIRED] = 410,
            [STATE_MERGED] = 301,
            [STATE_PURGED] = 410};
        got = codes[g.state];
        if (got == 410 && g.as_404) got = 404;
        if (got == 301 && reader_story(l->reader, g.merged_into, l->r->look_arena, &v) != OK)
            got = 404;
    }
    if (got == want || (l->late && got != 200 && want == 200)) return true;
    if (l->late && (want == 301 || want == 410) && got == 404) return true;
    round_differs(l->r, "the address of story %d answers %d, not %d", key, got, want);
    return false;
}

/* ---- lists ---- */
static bool holds(const struct view *list, size_t n, story_id id)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].id == id) return true;
    return false;
}

/* exact: nothing else is there. */
static bool list_fits(struct looking *l, const struct view *list, size_t n, const char *where,
    belongs_fn *belongs, int of, bool exact)
{
    for (size_t i = 0; i < n; i++) {
        if (!view_fits(l, &list[i], where)) return false;
        const struct oracle_page *page = page_by_id(l, list[i].id);
        if (exact && !belongs(page, of)) {
            round_differs(l->r, "story %d stands in %s and must not", page->first, where);
            return false;
        }
    }
    for (size_t i = 0; i < l->v->page_count && !l->late; i++) {
        const struct oracle_page *page = &l->v->pages[i];
        if (!belongs(page, of) || holds(list, n, round_id(l->r, page->first))) continue;
        round_differs(
            l->r, "story %d, revision %d, is missing in %s", page->first, page->revision, where);
        return false;
    }
    return true;
}

static bool look_at_list(struct looking *l, enum list_kind kind, struct span name,
    const char *where, belongs_fn *belongs, int of, bool exact)
{
    struct view *list = NULL;
    size_t n = 0;
    struct list_query q = {
        .kind = kind, .name = name, .day_from_ms = 0, .day_until_ms = INT64_MAX, .limit = LIST_MAX};
    if (reader_list(l->reader, &q, l->r->look_arena, &list, &n) != OK) {
        round_differs(l->r, "%s cannot be read", where);
        return false;
    }
    return list_fits(l, list, n, where, belongs, of, exact);
}

static bool look_at_lists(struct looking *l)
{
    size_t n = 0, want = 0;
    for (size_t i = 0; i < l->v->page_count; i++) want += belongs_any(&l->v->pages[i], 0);
    bool fine = look_at_list(l, LIST_FRONT, S(""), "the front", belongs_front, 0, true);
    for (int s = 0; s < 2 && fine; s++)
        fine = look_at_list(l, LIST_SECTION, span_of(battery_sections[s]), battery_sections[s],
            belongs_section, s, true);
    fine =
        fine && look_at_list(l, LIST_NEWEST, S(""), "the newest", belongs_any, 0, true) &&
        look_at_list(l, LIST_DAY, S(""), "the archive", belongs_any, 0, true) &&
        look_at_list(l, LIST_INDEXABLE, S(""), "the sitemap", belongs_any, 0, true) &&
        look_at_list(l, LIST_NEWS, S(""), "the news sitemap", belongs_front, 0, true) &&
        look_at_list(l, LIST_CORRECTIONS, S(""), "the corrections", belongs_correction, 0, false) &&
        look_at_list(l, LIST_POPULAR, S(""), "the most read", belongs_none, 0, false);
    if (!fine || l->late) return fine;
    if (reader_count(l->reader, LIST_NEWEST, S(""), &n) == OK && n == want) return true;
    round_differs(l->r, "%zu stories are counted, not %zu", n, want);
    return false;
}

/* ---- words ---- */
/* D4, C11: the words of every revision ever sent: a tag and a search for each. */
static bool look_for_word(struct looking *l, int revision)
{
    struct arena *a = l->r->look_arena;
    struct view *list = NULL;
    size_t n = 0, total = 0;
    struct span word = word_of(a, WORD_BODY, revision);
    const char *where = arena_printf(a, "the tag of revision %d", revision).p;
    if (!look_at_list(
            l, LIST_TAG, word_of(a, WORD_TAG, revision), where, belongs_revision, revision, true))
        return false;
    if (reader_search(l->reader, word, 0, LIST_MAX, a, &list, &n, &total) != OK) {
        round_differs(l->r, "the search cannot be read");
        return false;
    }
    where = arena_printf(a, "a search for revision %d", revision).p;
    if (total != n) { /* E15: a number tells of what is hidden */
        round_differs(l->r, "%s counts %zu and lists %zu", where, total, n);
        return false;
    }
    /* full text is made behind publication: words of the version before may find the story so long,
     * never show themselves */
    return list_fits(l, list, n, where, belongs_revision, revision, !l->late);
}

static bool look_at_words(struct looking *l)
{
    struct span key;
    void *value;
    for (size_t i = 0; map_each(l->r->words, &i, &key, &value);) {
        int number;
        memcpy(&number, key.p, sizeof number);
        if (number < TEXTS_FROM && !look_for_word(l, number)) return false;
    }
    return true;
}

/* ---- all ---- */
void tables_compare(struct round *r, const struct oracle_view *v, bool whole, bool late)
{
    struct looking l = {r, v, tables_reader(r->p), late};
    if (whole && !late) tables_finish_behind(r->p);
    if (reader_begin(l.reader, clock_now_ms()) != OK) {
        round_differs(r, "there is no snapshot");
        return;
    }
    bool fine = true;
    for (int key = 0; key < (int)COUNT(v->page_of) && fine; key++)
        if (v->page_of[key] >= 0) fine = look_at_story(&l, key);
    if (fine && (whole || late)) fine = look_at_lists(&l);
    if (fine && (whole || late)) look_at_words(&l);
    reader_end(l.reader);
}
