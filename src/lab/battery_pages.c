/* battery_pages: the same comparison by the bytes that readers get, whole pages through the cache:
 * from a site in this process, or over HTTP from the real processes. Every address that a stranger
 * may try is asked plain, in a coding, and with the tag that it answered last; in every answer the
 * words of every revision and the ids of every story are looked for. Knows nothing of stores. */
#include "battery.h"

#include <string.h>

enum { SOME_TARGETS = 12, DAYS_MAX = 3 };
#define DAY_MS INT64_C(86400000)

enum what { WHAT_LIST, WHAT_STORY, WHAT_WORD, WHAT_SEARCH, WHAT_SUGGEST };
struct target {
    struct span path;
    enum what what;
    int of;              /* item of a story, revision of a word */
    belongs_fn *belongs; /* who must be named; NULL: nobody need */
    bool groups;         /* V8: there agencies' stories of the same news stand behind the first */
};
struct tag_known { /* of the last answer of an address */
    struct span etag;
    uint64_t body;
};
struct pages {
    struct round *r;
    const struct oracle_view *v;
    bool late;
    struct target *list;
    size_t count, cap;
    struct span ids[ORACLE_FEEDS * ORACLE_GUIDS_MAX];
};

/* ---- addresses ---- */
static bool groups_in(struct span path)
{
    static const char *const lists[] = {"/rss.xml", "/atom.xml", "/feed.json"};
    for (size_t i = 0; i < COUNT(lists); i++)
        if (span_eq(path, span_of(lists[i]))) return true;
    return span_eq(path, S("/")) || span_eq(path, S("/live/front.json")) ||
           span_starts(path, S("/section/")) || span_starts(path, S("/tag/"));
}

static void add(struct pages *g, struct span path, enum what what, int of, belongs_fn *belongs)
{
    *ARENA_PUSH(g->r->look_arena, g->list, g->count, g->cap) =
        (struct target){path, what, of, belongs, groups_in(path)};
}

static void add_lists(struct pages *g)
{
    static const struct {
        const char *path;
        belongs_fn *belongs;
    } rows[] = {{"/", belongs_front}, {"/rss.xml", belongs_front}, {"/atom.xml", belongs_front},
        {"/feed.json", belongs_front}, {"/api/v1/stories", belongs_any},
        {"/sitemap-1.xml", belongs_indexable}, {"/sitemap.xml", NULL}, {"/news-sitemap.xml", NULL},
        {"/corrections", belongs_correction}, {"/corrections/rss.xml", belongs_correction},
        {"/corrections/atom.xml", belongs_correction},
        {"/corrections/feed.json", belongs_correction}, {"/popular", NULL},
        {"/popular/atom.xml", NULL}, {"/archive", NULL}, {"/robots.txt", NULL},
        {"/live/front.json", belongs_front}, {"/wp-json/wp/v2/posts?per_page=100", belongs_any}};
    static const char *const forms[] = {"", "/rss.xml", "/atom.xml", "/feed.json"};
    struct arena *a = g->r->look_arena;
    for (size_t i = 0; i < COUNT(rows); i++)
        add(g, span_of(rows[i].path), WHAT_LIST, 0, rows[i].belongs);
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < COUNT(forms); i++)
            add(g, arena_printf(a, "/section/%s%s", battery_sections[s], forms[i]), WHAT_LIST, s,
                belongs_section);
    for (int d = 0; d < DAYS_MAX; d++) {
        struct civil c = civil_of(g->r->p->now_ms - d * DAY_MS);
        struct span day = arena_printf(a, "/archive/%04d/%02d/%02d", c.year, c.month, c.day);
        add(g, day, WHAT_LIST, 0, NULL);
        add(g, arena_printf(a, "%.*s/rss.xml", FMT(day)), WHAT_LIST, 0, NULL);
    }
}

static void add_stories(struct pages *g)
{
    struct round *r = g->r;
    for (int key = 0; key < (int)COUNT(g->v->page_of); key++) {
        if (g->v->page_of[key] < 0) continue;
        struct span path = site_probe_path(r->look_arena, S(""), round_id(r, key), r->p->now_ms);
        add(g, path, WHAT_STORY, key, NULL);
        add(g, arena_printf(r->look_arena, "%.*s/revisions", FMT(path)), WHAT_STORY, key, NULL);
        add(g, arena_printf(r->look_arena, "%.*s/lite", FMT(path)), WHAT_STORY, key, NULL);
        add(g, arena_printf(r->look_arena, "%.*s.txt", FMT(path)), WHAT_STORY, key, NULL);
        struct span machines[SITE_MACHINE_PATHS];
        size_t n = site_machine_paths(r->look_arena, round_id(r, key), path, machines);
        for (size_t i = 0; i < n; i++) add(g, machines[i], WHAT_STORY, key, NULL);
        struct span *known = map_get(r->urls, g->ids[key]);
        if (known) add(g, *known, WHAT_STORY, key, NULL);
    }
}

static void add_words(struct pages *g)
{
    struct span key;
    void *value;
    struct arena *a = g->r->look_arena;
    for (size_t i = 0; map_each(g->r->words, &i, &key, &value);) {
        int number;
        memcpy(&number, key.p, sizeof number);
        if (number >= TEXTS_FROM) continue;
        struct span tag = word_of(a, WORD_TAG, number), author = word_of(a, WORD_AUTHOR, number),
                    body = word_of(a, WORD_BODY, number);
        add(g, arena_printf(a, "/tag/%.*s", FMT(tag)), WHAT_WORD, number, belongs_revision);
        add(g, arena_printf(a, "/tag/%.*s/atom.xml", FMT(tag)), WHAT_WORD, number,
            belongs_revision);
        add(g, arena_printf(a, "/author/%.*s", FMT(author)), WHAT_WORD, number, belongs_revision);
        add(g, arena_printf(a, "/author/%.*s/feed.json", FMT(author)), WHAT_WORD, number,
            belongs_revision);
        add(g, arena_printf(a, "/search?q=%.*s", FMT(body)), WHAT_SEARCH, number, belongs_revision);
        add(g, arena_printf(a, "/search/rss.xml?q=%.*s", FMT(body)), WHAT_SEARCH, number,
            belongs_revision);
        /* misspelt, and half typed: what is said instead must be public */
        add(g, arena_printf(a, "/search?q=%.*sx", FMT(body)), WHAT_SUGGEST, number, NULL);
        add(g, arena_printf(a, "/suggest?q=%.*s", FMT(span_cut(tag, 0, tag.n - 1))), WHAT_SUGGEST,
            number, NULL);
    }
}

static void add_tags(struct pages *g)
{
    struct arena *a = g->r->look_arena;
    for (int t = 0; t < TAGS; t++)
        add(g, arena_printf(a, "/tag/%.*s", FMT(words_tag(a, t))), WHAT_WORD, t, belongs_tag);
}

static void add_names(struct pages *g)
{
    struct arena *a = g->r->look_arena;
    uint64_t struck = 0;
    for (size_t i = 0; i < g->v->page_count; i++) struck |= g->v->pages[i].struck;
    for (int guid = 0; guid < ORACLE_GUIDS_MAX; guid++) {
        struct span name = words_name(a, guid);
        if (!(struck >> guid & 1)) continue;
        add(g, arena_printf(a, "/tag/%.*s", FMT(name)), WHAT_WORD, NAMES_FROM + guid, belongs_name);
        add(g, arena_printf(a, "/search?q=%.*s", FMT(name)), WHAT_SEARCH, NAMES_FROM + guid,
            belongs_where_said);
    }
}

/* ---- one answer ---- */
/* Also in the address of a page that now shows what came under another guid. */
static bool name_is_public(struct pages *g, int number)
{
    for (int p = 0; p < ORACLE_FEEDS; p++) {
        int of = g->v->page_of[p * ORACLE_GUIDS_MAX + (number - NAMES_FROM) % ORACLE_GUIDS_MAX];
        const struct oracle_page *page = of < 0 ? NULL : &g->v->pages[of];
        if (page && page->status == 200 && !name_is_struck(page, number)) return true;
    }
    return false;
}

static bool comment_is_public(struct pages *g, int comment)
{
    for (size_t i = 0; i < g->v->page_count; i++)
        if (comment_stands(&g->v->pages[i], comment)) return true;
    return false;
}

/* May this word stand anywhere now? A headline may also stand in the address of its story for ever,
 * once it was public. */
static bool word_is_public(struct pages *g, enum word_kind kind, int number)
{
    bool was_shown =
        number >= TEXTS_FROM || (number < (int)COUNT(g->r->was_shown) && g->r->was_shown[number]);
    if (kind == WORD_NAME) return name_is_public(g, number);
    if (kind == WORD_COMMENT) return comment_is_public(g, number - COMMENTS_FROM);
    const struct revision_known *k = round_word(g->r, number);
    if (!k || kind == WORD_DESK) return false;
    for (size_t i = 0; i < g->v->page_count; i++) {
        const struct oracle_page *p = &g->v->pages[i];
        if (p->status != 200) continue;
        if (number == (kind == WORD_HEADLINE ? p->headline : p->revision)) return true;
        bool here = k->item ? g->v->page_of[k->key] == (int)i
                            : p->first % ORACLE_GUIDS_MAX == k->key % ORACLE_GUIDS_MAX ||
                                  number >= TEXTS_FROM;
        if (kind == WORD_HEADLINE && here && was_shown) return true;
    }
    return false;
}

static bool words_are_public(struct pages *g, const struct target *t, struct span text)
{
    enum word_kind kind;
    int number;
    for (size_t i = 0; word_next(text, &i, &kind, &number);) {
        bool is_name = kind == WORD_NAME && t->of >= NAMES_FROM,
             asks = t->what == WHAT_SEARCH || t->what == WHAT_SUGGEST,
             is_echo = (asks && (kind == WORD_BODY || is_name)) ||
                       (t->what == WHAT_WORD && (kind != WORD_HEADLINE || is_name));
        if ((is_echo && number == t->of) || word_is_public(g, kind, number)) continue;
        round_leak(g->r, g->v, number, "%.*s", FMT(t->path));
        return false;
    }
    return true;
}

/* K11: Atom tells, by id alone, to forget what was public and is no more; nothing else is told so,
 * and what answers 410 is while the feed cannot be full. What has just come back may still be
 * named. */
static bool deleted_are_right(struct pages *g, const struct target *t, struct span told)
{
    enum { FEED_ITEMS = 30 };
    for (int key = 0; key < (int)COUNT(g->ids); key++) {
        if (g->v->page_of[key] < 0) continue;
        const struct oracle_page *p = &g->v->pages[g->v->page_of[key]];
        bool named = span_find(told, g->ids[key]) >= 0, is_page = p->first == key,
             may = p->was_public && (p->status != 200 || g->late),
             must = is_page && p->status == 410 && g->v->page_count <= FEED_ITEMS;
        if (named && !may) {
            round_leak(
                g->r, g->v, p->revision, "%.*s, which tells to forget story %d", FMT(t->path), key);
            return false;
        }
        if (must && !named && !g->late) {
            round_differs(g->r, "%.*s does not tell to forget story %d", FMT(t->path), key);
            return false;
        }
    }
    return true;
}

static bool is_atom(const struct target *t)
{
    return span_ends(t->path, S("atom.xml"));
}

/* A feed's entry of a package names its members. */
static bool comes_with_package(const struct pages *g, const struct target *t, int page)
{
    for (size_t i = 0; i < g->v->page_count; i++) {
        const struct oracle_page *p = &g->v->pages[i];
        for (int k = 0; t->belongs && t->belongs(p, t->of) && k < p->member_count; k++)
            if (p->members[k] == page) return true;
    }
    return false;
}

/* No list names a story that is not public; a list names all that belong there. */
static bool ids_are_public(struct pages *g, const struct target *t, const struct answer *got)
{
    bool is_sitemap = span_find(t->path, S("sitemap")) >= 0;
    ptrdiff_t cut = is_atom(t) ? span_find(got->body, S("<at:deleted-entry")) : -1;
    size_t listed = cut < 0 ? got->body.n : (size_t)cut;
    struct span body = span_cut(got->body, 0, listed);
    if (is_atom(t) && got->status == 200 &&
        !deleted_are_right(g, t, span_cut(got->body, listed, got->body.n)))
        return false;
    for (int key = 0; key < (int)COUNT(g->ids); key++) {
        if (g->v->page_of[key] < 0) continue;
        const struct oracle_page *p = &g->v->pages[g->v->page_of[key]];
        bool named = span_find(body, g->ids[key]) >= 0,
             is_public = p->first == key && p->status == 200,
             is_echo = t->what == WHAT_STORY && t->of == key,
             must = is_public && t->belongs && t->belongs(p, t->of) &&
                    !(t->groups && stands_behind(g->r, g->v, p, t->belongs, t->of));
        if (named && !is_public && !is_echo) {
            round_leak(g->r, g->v, p->revision, "%.*s, which names story %d", FMT(t->path), key);
            return false;
        }
        bool is_exact = t->what == WHAT_WORD || t->what == WHAT_SEARCH,
             is_beside = p->twin_count || comes_with_package(g, t, g->v->page_of[key]),
             is_wrong =
                 named && is_public && (is_exact ? !must && !is_beside : is_sitemap && p->noindex);
        bool is_late = g->late && !(p->stays && !p->twin_count && t->what != WHAT_SEARCH);
        if ((must && !named && !is_late) || is_wrong) {
            round_differs(g->r, "%.*s %s story %d, revision %d", FMT(t->path),
                is_wrong ? "names" : "does not name", key, p->revision);
            return false;
        }
    }
    return true;
}

static struct span field(const struct answer *a, const char *name)
{
    struct http_answer h = {.status = a->status, .head = a->head};
    struct span v = http_answer_header(&h, name);
    return v.p ? v : S("");
}

/* Another coding says the same; an old tag is good only for the bytes that it was given for (K12,
 * K13). */
static bool other_ways_agree(struct pages *g, const struct target *t, const struct answer *plain)
{
    struct arena *a = g->r->look_arena;
    struct answer got;
    struct request coded = {
        .target = t->path, .coding = below(&g->r->luck, 2) ? S("gzip") : S("br")};
    ask(g->r->p, a, &coded, &got);
    if (got.status != plain->status || !span_eq(got.body, plain->body)) {
        round_differs(g->r, "%.*s says something else by %.*s", FMT(t->path), FMT(coded.coding));
        return false;
    }
    struct tag_known **slot =
        (struct tag_known **)map_at(g->r->p->validators, arena_keep(g->r->arena, t->path));
    uint64_t body = fast_hash(plain->body);
    if (!*slot) *slot = ARENA_NEW(g->r->arena, struct tag_known);
    if ((*slot)->etag.n) {
        struct request old = {.target = t->path, .if_none_match = (*slot)->etag};
        ask(g->r->p, a, &old, &got);
        bool good = got.status == 304 ? plain->status == 200 && (*slot)->body == body
                                      : got.status == plain->status;
        if (!good) {
            round_differs(g->r, "%.*s answers %d to its old tag and %d without", FMT(t->path),
                got.status, plain->status);
            return false;
        }
    }
    if (plain->status == 200)
        **slot = (struct tag_known){arena_keep(g->r->arena, field(plain, "ETag")), body};
    return true;
}

/* ---- a story's own addresses ---- */
static bool remember_address(struct pages *g, int key, struct span to)
{
    void **slot = map_at(g->r->urls, arena_keep(g->r->arena, g->ids[key]));
    struct span *known = *slot;
    if (known && span_eq(*known, to)) return true;
    const struct oracle_page *page = &g->v->pages[g->v->page_of[key]];
    bool told = known && address_binds(g->r, g->v, page, *known);
    struct span *fresh = ARENA_NEW(g->r->arena, struct span);
    *fresh = arena_keep(g->r->arena, to);
    *slot = fresh;
    if (told) round_differs(g->r, "the address %.*s has become %.*s", FMT(*known), FMT(to));
    return !told;
}

/* Another address of the page than its own. */
static bool is_behind(struct span path)
{
    return span_ends(path, S("/revisions")) || span_ends(path, S("/lite")) ||
           span_ends(path, S(".txt"));
}

static bool is_live_file(struct span path)
{
    return span_starts(path, S("/live/"));
}

static bool is_for_programs(struct span path)
{
    return span_starts(path, S("/api/")) || is_live_file(path);
}

static bool story_answers(struct pages *g, const struct target *t, const struct answer *got)
{
    const struct oracle_page *p = &g->v->pages[g->v->page_of[t->of]];
    /* What names a story by another thing than its id in the path says nothing of what has been. */
    bool is_silent = span_starts(t->path, S("/wp-json/")) || span_starts(t->path, S("/oembed")),
         is_own = p->first == t->of, is_api = is_silent || is_for_programs(t->path),
         is_page = !is_api && !is_behind(t->path);
    int want = is_own ? p->status : p->status == 200 ? 301 : 404, status = got->status;
    struct span to = field(got, "Location");
    if (is_own && status == 301 && span_ends(to, g->ids[t->of])) {
        if (is_page && !remember_address(g, t->of, to)) return false;
        status = 200; /* to the right one, which is asked too */
    }
    if (is_own && status == 301 && !is_page) status = 200;
    if (is_api && want == 301) want = status == 301 ? 301 : 404;
    if (is_silent && want != 200) want = 404;
    bool is_late = g->late && !(is_own && p->stays);
    if (status == want || (is_late && status == 404)) return true;
    round_differs(g->r, "%.*s answers %d, not %d", FMT(t->path), status, want);
    return false;
}

static bool article_is_whole(struct pages *g, const struct target *t, const struct answer *got)
{
    if (t->what != WHAT_STORY || got->status != 200 || span_ends(t->path, S("/revisions")) ||
        is_live_file(t->path) || span_starts(t->path, S("/oembed")))
        return true;
    const struct oracle_page *p = &g->v->pages[g->v->page_of[t->of]];
    struct span body = word_of(g->r->look_arena, WORD_BODY, p->revision),
                head = word_of(g->r->look_arena, WORD_HEADLINE, p->headline);
    /* a headline begins with a capital, its address does not */
    if (span_find_nocase(got->body, body) >= 0 && span_find_nocase(got->body, head) >= 0)
        return true;
    round_differs(g->r, "%.*s lacks the words of revision %d", FMT(t->path), p->revision);
    return false;
}

static bool look(struct pages *g, const struct target *t)
{
    struct arena *a = g->r->look_arena;
    struct answer got;
    struct request r = {.target = t->path};
    ask(g->r->p, a, &r, &got);
    if (!got.status || got.status >= 500) {
        round_differs(g->r, "%.*s answers %d", FMT(t->path), got.status);
        return false;
    }
    bool lists = got.status == 200 || t->what != WHAT_WORD;
    return words_are_public(g, t, got.body) && words_are_public(g, t, got.head) &&
           (t->what != WHAT_STORY || story_answers(g, t, &got)) &&
           (!lists || t->what == WHAT_STORY || ids_are_public(g, t, &got)) &&
           article_is_whole(g, t, &got) && other_ways_agree(g, t, &got);
}

void pages_compare(struct round *r, const struct oracle_view *v, bool whole, bool late)
{
    struct pages g = {.r = r, .v = v, .late = late};
    for (int key = 0; key < (int)COUNT(g.ids); key++)
        if (v->page_of[key] >= 0) g.ids[key] = story_id_text(r->look_arena, round_id(r, key));
    add_lists(&g);
    add_stories(&g);
    add_words(&g);
    add_names(&g);
    add_tags(&g);
    size_t n = whole ? g.count : SOME_TARGETS < g.count ? SOME_TARGETS : g.count;
    for (size_t i = 0; i < n && !r->failed; i++)
        if (!look(&g, &g.list[whole ? i : (size_t)below(&r->luck, (int)g.count)])) return;
}
