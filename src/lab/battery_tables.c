/* battery_tables: the stage with nothing on it but ledger, newsroom and store, for thousands of
 * schedules a minute; and the comparison of every list, story, count and search of the store's
 * reader with the oracle. No folders, no processes, no pages. Where its data lie is the caller's
 * choice: a folder in memory makes syncing free. */
#include "battery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORK_MAX = 10000, LIST_MAX = 500 };

struct tables {
    struct house house;
    struct newsroom *newsroom;
    struct ledger *ledger;
    struct tombs *tombs; /* a reader's, as web has them */
    struct reader *reader;
    unsigned acts;
    bool has_pictures;
    char to_look[2 * sizeof(struct hash) + 1]; /* what the darkroom was asked; empty: nothing */
};

static struct tables *tables_of(struct play *p)
{
    return p->state;
}

static bool is_dead(story_id id, void *with)
{
    struct tables *t = with;
    return clock_slot_get(SLOT_UNCONFIRMED) || tombs_dead(t->tombs, id);
}

/* ---- the stage ---- */
static void hook_look(void *with, struct span hex, struct span bytes)
{
    struct tables *t = with;
    (void)bytes;
    must(hex.n < sizeof t->to_look);
    snprintf(t->to_look, sizeof t->to_look, "%.*s", FMT(hex));
}

static bool newsroom_start(struct play *p, bool fresh)
{
    struct tables *t = tables_of(p);
    struct newsroom_options options = {.ledger_appender = "newsroom", .fresh = fresh};
    struct newsroom_hooks hooks = {.look = hook_look, .with = t};
    struct span why = S("");
    t->to_look[0] = 0;
    enum result r = newsroom_open(&t->house, &options, &hooks, &t->newsroom, &why);
    return r == OK || troubled(p, "the newsroom cannot open: %.*s", FMT(why));
}

static bool work(struct play *p)
{
    bool more = true;
    for (int i = 0; more && i < WORK_MAX; i++) {
        enum result r = newsroom_step(tables_of(p)->newsroom, &more);
        if (r != OK) return troubled(p, "the newsroom cannot work: %s", result_name(r));
    }
    return !more || troubled(p, "the newsroom runs in circles");
}

/* Every file is a picture of one form. Where none has come, what is done behind publication waits,
 * as in a busy house. */
static bool look_at_pictures(struct play *p)
{
    struct tables *t = tables_of(p);
    struct picture_answer answer = {.width = 800, .height = 600, .forms = 1};
    bool more = t->has_pictures;
    for (int i = 0; more && i < WORK_MAX; i++) {
        more = newsroom_behind(t->newsroom) || t->to_look[0];
        if (t->to_look[0]) newsroom_picture(t->newsroom, span_of(t->to_look), &answer);
        t->to_look[0] = 0;
        if (!work(p)) return false;
    }
    return !more || troubled(p, "the darkroom has no end of work");
}

static bool web_start(struct play *p)
{
    struct tables *t = tables_of(p);
    struct reader_hooks hooks = {is_dead, t};
    if (tombs_open(t->house.data, false, &t->tombs) != OK ||
        reader_open(t->house.store, hooks, &t->reader) != OK)
        return troubled(p, "the store cannot be read");
    return true;
}

static void web_stop(struct tables *t)
{
    if (t->reader) reader_close(t->reader);
    if (t->tombs) tombs_close(t->tombs);
    t->reader = NULL;
    t->tombs = NULL;
}

static bool tables_settle(struct play *p)
{
    struct tables *t = tables_of(p);
    uint64_t head = 0;
    for (int i = 0; i < WORK_MAX; i++) {
        if (!work(p)) return false;
        if (ledger_head(t->ledger, &head) != OK) return troubled(p, "the ledger cannot be read");
        if (newsroom_position(t->newsroom) >= head) return look_at_pictures(p);
    }
    return troubled(p, "the house does not come to rest");
}

static bool tables_start(struct play *p)
{
    struct tables *t = ARENA_NEW(p->arena, struct tables);
    struct span why = S("");
    const char *text = NULL;
    p->state = t;
    if (house_open(&t->house, p->data, p->now_ms, &why) != OK)
        return troubled(p, "the house cannot be opened: %.*s", FMT(why));
    t->house.config = p->config;
    clock_set_virtual(p->now_ms);
    if (ledger_open(p->data, "intake", false, &t->ledger, &text) != OK)
        return troubled(p, "the ledger cannot be opened: %s", text ? text : "?");
    if (!newsroom_start(p, false) || !work(p)) return false;
    if (newsroom_configure(t->newsroom, p->config) != OK)
        return troubled(p, "the configuration cannot be kept");
    return web_start(p) && tables_settle(p);
}

static void tables_stop(struct play *p)
{
    struct tables *t = tables_of(p);
    web_stop(t);
    if (t->newsroom) newsroom_close(t->newsroom);
    if (t->ledger) ledger_close(t->ledger);
    house_close(&t->house);
    t->newsroom = NULL;
    t->ledger = NULL;
}

/* Whatever was not committed is gone: events that the newsroom has not seen are in the ledger
 * alone. Ends in the middle of a commit are played by kill -9 (tests/house/crash.py). */
static bool tables_crash(struct play *p, struct span role)
{
    struct tables *t = tables_of(p);
    if (span_eq(role, S("all"))) {
        bool has_pictures = t->has_pictures;
        tables_stop(p);
        bool fine = tables_start(p);
        tables_of(p)->has_pictures = has_pictures;
        return fine;
    }
    if (span_eq(role, S("web"))) {
        web_stop(t);
        return web_start(p);
    }
    newsroom_close(t->newsroom);
    t->newsroom = NULL;
    return newsroom_start(p, false);
}

static bool tables_reload(struct play *p)
{
    tables_of(p)->house.config = p->config;
    return newsroom_configure(tables_of(p)->newsroom, p->config) == OK ||
           troubled(p, "the configuration cannot be kept");
}

static bool tables_rebuild(struct play *p)
{
    struct tables *t = tables_of(p);
    newsroom_close(t->newsroom);
    t->newsroom = NULL;
    if (!newsroom_start(p, true) || !work(p)) return false;
    if (newsroom_switch(t->newsroom) != OK)
        return troubled(p, "the rebuilt store cannot take its place");
    return true;
}

static bool append(struct play *p, struct append *ap)
{
    return ledger_append(tables_of(p)->ledger, ap, 1) == OK ||
           troubled(p, "the ledger takes nothing");
}

static bool tables_act(struct play *p, const struct act *act)
{
    struct append ap = {.kind = EVENT_ACT,
        .received_ms = clock_now_ms(),
        .delivery = arena_printf(
            p->step_arena, "act:%u:%lld", ++tables_of(p)->acts, (long long)clock_mono_us()),
        .meta = act_write(p->step_arena, act)};
    return append(p, &ap);
}

bool tables_comment(struct play *p, story_id story, const struct comment *c)
{
    return comment_append(tables_of(p)->ledger, p->step_arena, story, c) == OK ||
           troubled(p, "the ledger takes no comment");
}

static int tables_push(struct play *p, const struct push *push, struct span name)
{
    bool is_picture = span_starts(push->body, S("\xff\xd8\xff"));
    tables_of(p)->has_pictures |= is_picture;
    struct append ap = {.kind = is_picture ? EVENT_FILE : EVENT_DELIVERY,
        .received_ms = clock_now_ms(),
        .feed = push->feed,
        .delivery = push->nonce,
        .meta = arena_printf(p->step_arena, "{\"name\":\"%.*s\"}", FMT(name)),
        .blob = push->body};
    return append(p, &ap) ? 202 : 503;
}

static void tables_set_clock(struct play *p, int64_t now_ms)
{
    (void)p;
    clock_set_virtual(now_ms);
}

static int64_t tables_next_due(struct play *p)
{
    return newsroom_due_ms(tables_of(p)->newsroom);
}

const struct playhouse stage_tables = {
    .name = "tables",
    .start = tables_start,
    .stop = tables_stop,
    .crash = tables_crash,
    .settle = tables_settle,
    .set_clock = tables_set_clock,
    .next_due = tables_next_due,
    .reload = tables_reload,
    .rebuild = tables_rebuild,
    .act = tables_act,
    .push = tables_push,
};

/* ---- the comparison ---- */
struct looking {
    struct round *r;
    const struct oracle_view *v;
    struct reader *reader;
    bool late;
};

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
        if (kind == WORD_NAME)
            fits =
                !name_is_struck(page, number) && (is_address || number == NAMES_FROM + page->name ||
                                                     number == NAMES_FROM + page->headline_name);
        else if (kind == WORD_COMMENT)
            fits = comment_stands(page, number - COMMENTS_FROM);
        else if (is_address)
            fits = number >= TEXTS_FROM ||
                   (number < (int)COUNT(l->r->was_shown) && l->r->was_shown[number]);
        if (fits && kind != WORD_DESK) continue;
        round_leak(l->r, l->v, number, "%s of story %d: %.*s", where, page->first,
            FMT(utf8_head(text, 80)));
        return false;
    }
    return true;
}

/* An address never changes once it was public; only where what came late has changed the past (two
 * pages became one) it may leave the words that by now never were. */
static bool address_stands(struct looking *l, const struct oracle_page *page, const struct view *v)
{
    struct span key = arena_keep(l->r->arena, v->id_text);
    struct span **slot = (struct span **)map_at(l->r->urls, key);
    if (*slot && span_eq(**slot, v->path)) return true;
    struct span old = *slot ? **slot : S("");
    if (!*slot) *slot = ARENA_NEW(l->r->arena, struct span);
    **slot = arena_keep(l->r->arena, v->path);
    if (!old.n || !address_binds(l->r, l->v, page, old)) return true;
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
    for (uint32_t i = 0; i < v->comment_count; i++)
        if (!words_fit(l, page, v->comments[i].name, "comments", true) ||
            !words_fit(l, page, v->comments[i].text, "comments", true))
            return false;
    return words_fit(l, page, v->path, where, true) && address_stands(l, page, v);
}

static bool holds(const struct view *list, size_t n, story_id id)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].id == id) return true;
    return false;
}

/* EXACT: nothing else is there; GROUPED: nor what stands behind another agency's story (V8). */
enum how_exact { NOT_EXACT, EXACT, GROUPED };

static bool list_fits(struct looking *l, const struct view *list, size_t n, const char *where,
    belongs_fn *belongs, int of, enum how_exact exact)
{
    bool groups = exact == GROUPED;
    for (size_t i = 0; i < n; i++) {
        if (!view_fits(l, &list[i], where)) return false;
        const struct oracle_page *page = page_by_id(l, list[i].id);
        bool behind = groups && !l->late && stands_behind(l->r, l->v, page, belongs, of);
        if (exact && (behind || !belongs(page, of))) {
            round_differs(l->r, "story %d stands in %s and must not", page->first, where);
            return false;
        }
    }
    for (size_t i = 0; i < l->v->page_count; i++) {
        const struct oracle_page *page = &l->v->pages[i];
        if (l->late && !(page->stays && exact && !page->twin_count)) continue;
        if (!belongs(page, of) || holds(list, n, round_id(l->r, page->first))) continue;
        if (groups && stands_behind(l->r, l->v, page, belongs, of)) continue;
        round_differs(
            l->r, "story %d, revision %d, is missing in %s", page->first, page->revision, where);
        return false;
    }
    return true;
}

static bool look_at_list(struct looking *l, enum list_kind kind, struct span name,
    const char *where, belongs_fn *belongs, int of, enum how_exact exact)
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

static bool is_twin(const struct looking *l, const struct oracle_page *p, story_id other)
{
    for (int i = 0; i < p->twin_count; i++)
        if (round_id(l->r, l->v->pages[p->twins[i]].first) == other) return true;
    return false;
}

/* V8: its page names who else has it: all of those, and nobody else that is public. */
static bool twins_fit(struct looking *l, const struct view *v)
{
    const struct oracle_page *p = page_by_id(l, v->id);
    int named = 0;
    for (uint32_t i = 0; i < v->ref_count; i++) {
        const struct oracle_page *q = page_by_id(l, v->refs[i].page);
        if (v->refs[i].kind != REF_ALSO || !q || q->status != 200) continue;
        named++;
        if (is_twin(l, p, v->refs[i].page)) continue;
        round_differs(l->r, "story %d is also from story %d and must not be", p->first, q->first);
        return false;
    }
    if (named == p->twin_count) return true;
    round_differs(
        l->r, "story %d names %d others that have it, not %d", p->first, named, p->twin_count);
    return false;
}

/* P1, P6, P7: the members that are public, in the package's order, and no other. */
static bool members_fit(struct looking *l, const struct view *v)
{
    const struct oracle_page *p = page_by_id(l, v->id);
    int shown = 0;
    for (uint32_t i = 0; i < v->ref_count; i++) {
        const struct oracle_page *q = page_by_id(l, v->refs[i].page);
        if (v->refs[i].kind != REF_MEMBER || !q || q->status != 200) continue;
        if (shown < p->member_count && q == &l->v->pages[p->members[shown++]]) continue;
        round_differs(l->r, "the package %d shows story %d and must not", p->first, q->first);
        return false;
    }
    if (shown == p->member_count) return true;
    round_differs(
        l->r, "the package %d shows %d of its stories, not %d", p->first, shown, p->member_count);
    return false;
}

/* As press shows them: the row keeps what is to come, the reader leaves out what is dead. */
static size_t pictures_now(const struct view *v, story_id *item_out)
{
    size_t n = 0;
    for (uint32_t i = 0; i < v->picture_count; i++) {
        const struct view_picture *p = &v->pictures[i];
        if (p->from_ms > clock_now_ms() || p->until_ms <= clock_now_ms()) continue;
        *item_out = p->item;
        n++;
    }
    return n;
}

/* E9, K15, R3. What waits for the newsroom to take its turn may be missing, never early; of a page
 * that stands until then so may its picture. */
static bool picture_fits(struct looking *l, const struct oracle_page *p, const struct view *v)
{
    int provider = p->first / ORACLE_GUIDS_MAX;
    story_id want =
        p->picture ? round_id(l->r, provider * ORACLE_GUIDS_MAX + p->picture - 1) : (story_id)0;
    story_id item = 0;
    size_t n = pictures_now(v, &item);
    if (n == (want ? 1u : 0u) && item == want) return true;
    if (l->late && (p->stays || !n)) return true;
    round_differs(l->r, "story %d, revision %d, shows %zu pictures, and picture %d is to be shown",
        p->first, p->revision, n, p->picture - 1);
    return false;
}

/* Its address dies with its right. */
static bool file_fits(struct looking *l, int provider, int guid)
{
    struct arena *a = l->r->look_arena;
    bool may = false, must_be = false;
    uint32_t width, height;
    for (size_t i = 0; i < l->v->page_count; i++) {
        const struct oracle_page *p = &l->v->pages[i];
        bool ours = p->first / ORACLE_GUIDS_MAX == provider;
        may |= ours && (p->picture == guid + 1 || p->stays);
        must_be |= ours && p->picture == guid + 1 && !l->late;
    }
    struct hash h = hash_of(words_picture_bytes(a, provider, guid));
    bool is = reader_picture(l->reader, hash_hex(a, &h), &width, &height) == OK;
    if (is ? may : !must_be) return true;
    round_differs(l->r, "the file of picture %d is %s", guid, is ? "public" : "not public");
    return false;
}

static bool look_at_files(struct looking *l)
{
    for (int f = 0; f < ORACLE_FEEDS; f++)
        for (int guid = 0; guid < ORACLE_GUIDS_MAX; guid++)
            if (l->r->has_picture[f][guid] && !file_fits(l, f == 1, guid)) return false;
    return true;
}

/* D7: what must be there; that nothing else is, words tell. */
static bool comments_fit(struct looking *l, const struct oracle_page *p, const struct view *v)
{
    if ((int)v->comment_count == p->comment_count) return true;
    round_differs(
        l->r, "story %d shows %u comments, not %d", p->first, v->comment_count, p->comment_count);
    return false;
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
    if (r == OK && !(view_fits(l, &v, "its page") && picture_fits(l, page_by_id(l, id), &v)))
        return false;
    if (r == OK && !l->late &&
        !(twins_fit(l, &v) && members_fit(l, &v) && comments_fit(l, page, &v)))
        return false;
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
    if (got == want || (l->late && got != 200 && want == 200 && !page->stays)) return true;
    if (l->late && (want == 301 || want == 410) && got == 404) return true;
    round_differs(l->r, "the address of story %d answers %d, not %d", key, got, want);
    return false;
}

/* D4, C11: the words of every revision ever sent, and every name: a tag and a search for each. */
static bool look_for(struct looking *l, struct span tag, struct span word, int revision,
    belongs_fn *tagged, belongs_fn *said)
{
    struct arena *a = l->r->look_arena;
    struct view *list = NULL;
    size_t n = 0, total = 0;
    const char *where = arena_printf(a, "the tag of revision %d", revision).p;
    if (!look_at_list(l, LIST_TAG, tag, where, tagged, revision, GROUPED)) return false;
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
    return list_fits(l, list, n, where, said, revision, l->late ? NOT_EXACT : EXACT);
}

/* Only those that were ever struck: else a name is a word like the others. */
static bool look_at_names(struct looking *l)
{
    uint64_t struck = 0;
    for (size_t i = 0; i < l->v->page_count; i++) struck |= l->v->pages[i].struck;
    for (int guid = 0; guid < ORACLE_GUIDS_MAX; guid++) {
        struct span name = words_name(l->r->look_arena, guid);
        if (struck >> guid & 1 &&
            !look_for(l, name, name, NAMES_FROM + guid, belongs_name, belongs_where_said))
            return false;
    }
    return true;
}

static bool look_at_words(struct looking *l)
{
    struct span key;
    void *value;
    for (size_t i = 0; map_each(l->r->words, &i, &key, &value);) {
        int number;
        memcpy(&number, key.p, sizeof number);
        struct arena *a = l->r->look_arena;
        if (number < TEXTS_FROM &&
            !look_for(l, word_of(a, WORD_TAG, number), word_of(a, WORD_BODY, number), number,
                belongs_revision, belongs_revision))
            return false;
    }
    return look_at_names(l);
}

static bool look_at_lists(struct looking *l)
{
    size_t n = 0, want = 0;
    for (size_t i = 0; i < l->v->page_count; i++) want += belongs_any(&l->v->pages[i], 0);
    bool fine = look_at_list(l, LIST_FRONT, S(""), "the front", belongs_front, 0, GROUPED);
    for (int s = 0; s < 2 && fine; s++)
        fine = look_at_list(l, LIST_SECTION, span_of(battery_sections[s]), battery_sections[s],
            belongs_section, s, GROUPED);
    for (int t = 0; t < TAGS && fine; t++)
        fine = look_at_list(l, LIST_TAG, words_tag(l->r->look_arena, t), "the tag of a rule",
            belongs_tag, t, GROUPED);
    fine = fine && look_at_list(l, LIST_NEWEST, S(""), "the newest", belongs_any, 0, EXACT) &&
           look_at_list(l, LIST_DAY, S(""), "the archive", belongs_any, 0, EXACT) &&
           look_at_list(l, LIST_INDEXABLE, S(""), "the sitemap", belongs_indexable, 0, EXACT) &&
           look_at_list(l, LIST_NEWS, S(""), "the news sitemap", belongs_news, 0, EXACT) &&
           look_at_list(
               l, LIST_CORRECTIONS, S(""), "the corrections", belongs_correction, 0, NOT_EXACT) &&
           look_at_list(l, LIST_POPULAR, S(""), "the most read", belongs_none, 0, NOT_EXACT);
    if (!fine || l->late) return fine;
    if (reader_count(l->reader, LIST_NEWEST, S(""), &n) == OK && n == want) return true;
    round_differs(l->r, "%zu stories are counted, not %zu", n, want);
    return false;
}

static void finish_behind(struct round *r)
{
    while (newsroom_behind(tables_of(r->p)->newsroom)) continue;
}

void tables_compare(struct round *r, const struct oracle_view *v, bool whole, bool late)
{
    struct looking l = {r, v, tables_of(r->p)->reader, late};
    if (whole && !late) finish_behind(r);
    if (reader_begin(l.reader, clock_now_ms()) != OK) {
        round_differs(r, "there is no snapshot");
        return;
    }
    bool fine = true;
    for (int key = 0; key < (int)COUNT(v->page_of) && fine; key++)
        if (v->page_of[key] >= 0) fine = look_at_story(&l, key);
    if (fine) fine = look_at_files(&l);
    if (fine && (whole || late)) fine = look_at_lists(&l);
    if (fine && (whole || late)) look_at_words(&l);
    reader_end(l.reader);
}
