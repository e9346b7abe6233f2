/* newsroom_places: every address that ever showed a page, as far as this house knows, for its
 * receipt: former addresses, sections, tags and authors, pages of other stories that name it, the
 * pages of lists on which it would stand now, addresses of the site before this one. What there is
 * no room for is counted. Asks nobody, and repeats no word that the desk has struck. */
#include "newsroom.h"

#include "press.h"

enum {
    PLACES_BYTES_MAX = 44 << 10, /* beside the files of 40 pictures in one message */
    STEPS_LOOKED_AT = 24,  /* versions and acts, newest last, after each of which it was seen */
    POINTING_MAX = 100,    /* packages and correctives that name it; the rest is counted */
    RELATED_LABELS = 4,    /* of its tags */
    RELATED_OF_EACH = 4,   /* newest stories, of which each would show it */
    OLD_MAX = 100,         /* a post has a handful */
    LIST_PAGES_MAX = 1000, /* that the site has */
};

struct places {
    struct newsroom *n;
    struct json_out *o;
    struct map *seen;
    const struct decided *d;
    size_t begun, left_out;
    bool is_struck;
};

static void put_path(struct places *p, struct span path)
{
    void **slot = map_at(p->seen, path);
    if (*slot) return;
    *slot = p;
    if (p->o->b->n - p->begun + path.n > PLACES_BYTES_MAX)
        p->left_out++;
    else
        json_string(p->o, NULL, path);
}

static void put_machines(struct places *p, story_id id, struct span page)
{
    struct span list[SITE_MACHINE_PATHS];
    size_t count = site_machine_paths(p->n->job, id, page, list);
    for (size_t i = 0; i < count; i++) put_path(p, list[i]);
}

/* ---- lists ---- */
static void put_lists(struct places *p, const struct view *v)
{
    size_t lists;
    struct span paths[NEWSROOM_LIST_PATHS];
    const struct listed *list = newsroom_lists_of(p->n, v, &lists);
    for (size_t i = 0; i < lists; i++) {
        size_t count = newsroom_list_paths(p->n, &list[i], paths);
        for (size_t k = 0; k < count; k++) put_path(p, paths[k]);
    }
}

/* The first page is asked anyway. What is counted may be too high, by what is not public. */
static void put_page_behind(
    struct places *p, struct span list, size_t ahead, bool more, size_t items)
{
    size_t page = ahead / items + 1;
    if (more || page > LIST_PAGES_MAX) {
        p->left_out++;
        return;
    }
    for (size_t i = page > 2 ? page - 1 : 2; i <= page; i++)
        put_path(p, arena_printf(p->n->job, "%.*s?page=%zu", FMT(list), i));
}

static void put_later_pages(struct places *p, struct span list, enum list_kind kind,
    struct span name, int64_t at_ms, size_t items)
{
    size_t ahead = 0;
    bool more = false;
    if (store_list_ahead(p->n->store, kind, name, at_ms, &ahead, &more) == OK)
        put_page_behind(p, list, ahead, more, items);
}

static void put_day_pages(struct places *p, const struct view *v)
{
    const struct zone *zone = p->n->rules->site_zone;
    int64_t day = newsroom_day(p->n, v->published_ms);
    struct civil c = civil_of(day);
    size_t ahead = 0;
    bool more = false;
    if (store_day_ahead(
            p->n->store, zone ? zone_to_utc(zone, day) : day, v->published_ms, &ahead, &more) == OK)
        put_page_behind(p,
            arena_printf(p->n->job, "/archive/%04d/%02d/%02d", c.year, c.month, c.day), ahead, more,
            PRESS_DAY_ITEMS);
}

static void put_named_pages(struct places *p, const char *folder, enum list_kind kind,
    struct span name, const struct view *v)
{
    if (!name.n) return;
    put_later_pages(p,
        arena_printf(p->n->job, "/%s/%.*s", folder, FMT(url_escape(p->n->job, name))), kind, name,
        v->front_ms, p->n->config->section_items);
}

static void put_where_it_would_stand(struct places *p, const struct view *v)
{
    put_later_pages(p, S("/api/v1/stories"), LIST_NEWEST, S(""), v->front_ms, PRESS_API_PAGE_ITEMS);
    if (v->is_corrected || v->is_corrective)
        put_later_pages(p, S("/corrections"), LIST_CORRECTIONS, S(""), v->corrected_ms,
            p->n->config->section_items);
    put_day_pages(p, v);
    put_named_pages(p, "section", LIST_SECTION, v->section, v);
    for (uint32_t i = 0; i < v->tag_count; i++) {
        enum label_kind kind = tag_kind(&v->tags[i]);
        put_named_pages(p, label_word(kind), label_list(kind), v->tags[i].slug, v);
    }
    for (uint32_t i = 0; i < v->author_count; i++)
        put_named_pages(p, "author", LIST_AUTHOR, v->authors[i].slug, v);
    for (uint32_t i = 0; i < v->credited_count; i++)
        put_named_pages(p, "author", LIST_AUTHOR, v->credited[i].slug, v);
}

/* ---- how it was seen before ---- */
/* The set as it was after the first versions and acts of it, decided again: the lists of that
 * time. until_ms: when the next one came; what began later was never seen. */
static void put_state(struct places *p, size_t versions, size_t acts, int64_t until_ms)
{
    struct decided then = {.set = p->d->set};
    struct view v = {0};
    then.set.version_count = versions;
    then.set.act_count = acts;
    desk_decide(p->n->job, &then.set, p->n->rules, &then.verdict);
    const struct verdict *w = &then.verdict;
    if (w->shown == SIZE_MAX || w->interval.held || w->is_dead || w->interval.from_ms >= until_ms)
        return;
    newsroom_view_lists(p->n, &then, &v);
    put_lists(p, &v);
}

static void put_states(struct places *p)
{
    const struct desk_set *set = &p->d->set;
    size_t v = 0, a = 0, steps = set->version_count + set->act_count;
    for (size_t i = 0; i < steps; i++) {
        bool is_act = v == set->version_count ||
                      (a < set->act_count && set->acts[a].pos < set->versions[v].pos);
        int64_t at = is_act ? set->acts[a].at_ms : set->versions[v].received_ms;
        if (i && i + STEPS_LOOKED_AT >= steps) put_state(p, v, a, at);
        v += !is_act;
        a += is_act;
    }
}

/* ---- its own addresses ---- */
static void put_address(struct places *p, story_id page, int64_t date_ms, struct span slug)
{
    const struct redactions *r = &p->d->set.struck;
    struct mint m = {.page = page, .slug = slug, .date_ms = date_ms};
    if (strike_in_address(p->n->job, slug, r->words, r->word_count))
        p->is_struck = true;
    else
        put_path(p, page_path(p->n->job, &m));
}

static void put_mints(struct places *p, story_id page)
{
    struct mint *list;
    size_t count = 0;
    const struct desk_set *set = &p->d->set;
    if (store_mints(p->n->store, page, p->n->job, &list, &count) != OK) return;
    for (size_t i = 0; i < count; i++) put_address(p, page, list[i].date_ms, list[i].slug);
    for (size_t i = 0; i < set->act_count && count && page == set->page; i++)
        if (set->acts[i].kind == ACT_RESLUG)
            put_address(p, page, list[0].date_ms, newsroom_slug_of(p->n, set->acts[i].text));
    if (count && page != set->page) put_machines(p, page, S(""));
}

/* "?p=7", or a path, as it was decoded. */
static void put_old(struct places *p, story_id item)
{
    struct span list[OLD_MAX], part;
    size_t count = 0;
    if (store_old_of(p->n->store, item, p->n->job, list, OLD_MAX, &count) != OK) return;
    for (size_t i = 0; i < count; i++) {
        struct buf b;
        struct span rest = list[i];
        buf_init(&b, p->n->job, 0);
        if (span_starts(rest, S("?"))) {
            put_path(p, arena_printf(p->n->job, "/%.*s", FMT(rest)));
            if (span_starts(rest, S("?p=")))
                put_path(p, arena_printf(p->n->job, "/wp-json/wp/v2/posts/%.*s",
                                FMT(span_cut(rest, 3, rest.n))));
            continue;
        }
        while (rest.n && span_next(&rest, '/', &part))
            if (part.n) buf_printf(&b, "/%.*s", FMT(url_escape(p->n->job, part)));
        if (b.n) put_path(p, buf_span(&b));
    }
}

/* Each item of the page may have had one of its own. */
static void put_addresses(struct places *p)
{
    const struct desk_set *set = &p->d->set;
    put_mints(p, set->page);
    put_old(p, set->page);
    for (size_t i = 0; i < set->version_count; i++) {
        story_id item = set->versions[i].item;
        bool known = item == set->page;
        for (size_t k = 0; k < i && !known; k++) known = set->versions[k].item == item;
        if (known) continue;
        put_mints(p, item);
        put_old(p, item);
    }
}

/* ---- pages of other stories ---- */
static void put_other(struct places *p, story_id page)
{
    struct view *v = NULL;
    int64_t from, until, now = clock_now_ms();
    if (page == p->d->set.page ||
        store_story_summary(p->n->store, page, p->n->job, &v, &from, &until) != OK || from > now ||
        until <= now)
        return;
    put_path(p, v->path);
    put_machines(p, v->id, v->path);
}

static void put_pointing(struct places *p, enum point_kind kind, bool named)
{
    story_id list[POINTING_MAX + 1];
    size_t count = 0;
    if (store_pages_around(p->n->store, kind, named, p->d->set.page, list, COUNT(list), &count) !=
        OK)
        return;
    p->left_out += count > POINTING_MAX;
    for (size_t i = 0; i < count && i < POINTING_MAX; i++) put_other(p, list[i]);
}

static void put_related(struct places *p, enum list_kind kind, struct span name)
{
    story_id list[RELATED_OF_EACH];
    size_t count = 0;
    if (!name.n || store_list_newest(p->n->store, kind, name, list, COUNT(list), &count) != OK)
        return;
    for (size_t i = 0; i < count; i++) put_other(p, list[i]);
}

static void put_others(struct places *p, const struct view *v)
{
    put_pointing(p, POINT_ALIKE, false);
    put_pointing(p, POINT_HOLDS, false);
    put_pointing(p, POINT_CORRECTS, false);
    put_pointing(p, POINT_CORRECTS, true);
    for (uint32_t i = 0; i < v->tag_count && i < RELATED_LABELS; i++)
        put_related(p, label_list(tag_kind(&v->tags[i])), v->tags[i].slug);
    put_related(p, LIST_SECTION, v->section);
}

struct places_told newsroom_put_places(
    struct newsroom *n, struct json_out *o, const struct decided *d, const struct view *before)
{
    struct places p = {.n = n, .o = o, .seen = map_new(n->job), .d = d, .begun = o->b->n};
    *map_at(p.seen, before->path) = &p; /* the prober begins with it */
    put_addresses(&p);
    put_others(&p, before);
    put_lists(&p, before);
    put_where_it_would_stand(&p, before);
    put_states(&p);
    return (struct places_told){.left_out = p.left_out, .is_struck = p.is_struck};
}
