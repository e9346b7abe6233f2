/* newsroom_lost: a picture that is withdrawn while the stories around it stay: which pages lose it
 * is gathered while they are decided, and when all are, one receipt and one word to the caches name
 * every page that showed it. Decides nothing. */
#include "newsroom.h"

#include <string.h>

enum {
    LOST_ARENA = 64 << 20,
    LOST_PAGES_TOLD = 300, /* of one picture; the receipt says how many more there were */
    LOST_LISTS_TOLD = 20,  /* whose sections and tags are asked too */
    LOST_FILES_MAX = 16,   /* one picture by several items' versions; more than one is rare */
    LOST_MAX = 50000,      /* in one step: a logo in a whole archive */
};

struct lost {
    story_id item; /* of the picture */
    struct span hash;
    struct view page; /* as it was: only where it stood */
    bool is_told;
};

static bool still_shows(const struct view *v, const struct view_picture *p)
{
    for (uint32_t i = 0; v && i < v->picture_count; i++)
        if (v->pictures[i].item == p->item && span_eq(v->pictures[i].hash, p->hash)) return true;
    return false;
}

static struct view_tag *keep_tags(struct arena *a, const struct view_tag *list, uint32_t n)
{
    struct view_tag *out = ARENA_ARRAY(a, struct view_tag, n + 1);
    for (uint32_t i = 0; i < n; i++) out[i].slug = arena_keep(a, list[i].slug);
    return out;
}

static struct view place_of(struct arena *a, const struct view *v)
{
    return (struct view){.id = v->id,
        .id_text = arena_keep(a, v->id_text),
        .path = arena_keep(a, v->path),
        .section = arena_keep(a, v->section),
        .agency = arena_keep(a, v->agency),
        .territory = arena_keep(a, v->territory),
        .tags = keep_tags(a, v->tags, v->tag_count),
        .tag_count = v->tag_count,
        .authors = keep_tags(a, v->authors, v->author_count),
        .author_count = v->author_count,
        .credited = keep_tags(a, v->credited, v->credited_count),
        .credited_count = v->credited_count};
}

void newsroom_note_lost(struct newsroom *n, const struct view *before, const struct view *view)
{
    for (uint32_t i = 0; before && i < before->picture_count; i++) {
        const struct view_picture *p = &before->pictures[i];
        if (!p->item || still_shows(view, p) || n->lost_count == LOST_MAX) continue;
        if (!n->lost_arena) n->lost_arena = arena_new(LOST_ARENA);
        *ARENA_PUSH(n->lost_arena, n->lost, n->lost_count, n->lost_cap) = (struct lost){
            p->item, arena_keep(n->lost_arena, p->hash), place_of(n->lost_arena, before), false};
    }
}

/* ---- one picture ---- */
struct gathered {
    const struct lost *pages[LOST_PAGES_TOLD];
    struct span files[LOST_FILES_MAX];
    size_t page_count, file_count, left_out;
};

static void gather(struct newsroom *n, story_id item, struct gathered *g)
{
    *g = (struct gathered){.page_count = 0};
    for (size_t i = 0; i < n->lost_count; i++) {
        struct lost *l = &n->lost[i];
        bool known = false;
        if (l->item != item) continue;
        l->is_told = true;
        if (g->page_count < LOST_PAGES_TOLD)
            g->pages[g->page_count++] = l;
        else
            g->left_out++;
        for (size_t k = 0; k < g->file_count; k++) known |= span_eq(g->files[k], l->hash);
        if (!known && g->file_count < LOST_FILES_MAX) g->files[g->file_count++] = l->hash;
    }
}

/* Why it was taken from the pages, and since when; NULL: it was not: a story goes without it. */
static const char *cause_of(struct newsroom *n, story_id item, struct desk_set *set, int64_t *at_ms)
{
    struct desk_picture says;
    struct desk_picture_ask ask = {.item = set};
    desk_picture(n->job, &ask, n->rules, &says);
    *at_ms = set->reached_ms;
    for (size_t i = 0; i < set->version_count; i++)
        if (set->versions[i].received_ms > *at_ms) *at_ms = set->versions[i].received_ms;
    for (size_t i = 0; i < set->act_count; i++)
        if (set->acts[i].at_ms > *at_ms) *at_ms = set->acts[i].at_ms;
    if (tombs_dead(n->tombs, item) && !says.interval.held) return "kill";
    if (!says.interval.held) return NULL;
    switch (says.why) {
    case WHY_KILLED: return "kill";
    case WHY_TAKEN_DOWN: return "takedown";
    case WHY_EXPIRED: return "expiry";
    default: return "withhold";
    }
}

static void put_files(struct newsroom *n, struct json_out *o, const struct gathered *g)
{
    for (size_t i = 0; i < g->file_count; i++)
        if (!store_picture_elsewhere(n->store, g->files[i], 0))
            newsroom_put_file(n, o, g->files[i]);
}

static void put_pages(struct newsroom *n, struct json_out *o, const struct gathered *g)
{
    for (size_t i = 0; i < g->page_count; i++) {
        const struct view *v = &g->pages[i]->page;
        json_string(o, NULL, v->path);
        struct span machines[SITE_MACHINE_PATHS];
        size_t count = site_machine_paths(n->job, v->id, v->path, machines);
        for (size_t k = 0; k < count; k++) json_string(o, NULL, machines[k]);
        if (i < LOST_LISTS_TOLD) newsroom_put_lists(n, o, v);
    }
}

static enum result put(
    struct newsroom *n, const char *kind, story_id item, int64_t at_ms, const struct buf *body)
{
    struct out out = {.key = arena_printf(n->job, "%s:%.*s:%lld", kind,
                          FMT(story_id_text(n->job, item)), (long long)at_ms),
        .kind = span_of(kind),
        .page = item,
        .at_ms = at_ms,
        .due_ms = at_ms,
        .body = buf_span(body)};
    return store_put_out(n->store, &out);
}

static enum result put_cdn(
    struct newsroom *n, story_id item, int64_t at_ms, const struct gathered *g)
{
    struct buf b;
    buf_init(&b, n->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_number(&o, "pos", (int64_t)n->position);
    json_open(&o, "keys", '[');
    json_string(&o, NULL, arena_printf(n->job, "s-%.*s", FMT(story_id_text(n->job, item))));
    json_string(&o, NULL, S("s-many"));
    for (size_t i = 0; i < g->file_count; i++)
        json_string(&o, NULL,
            arena_printf(n->job, "f-%.*s", FMT(span_cut(g->files[i], 0, SITE_PICTURE_KEY))));
    json_close(&o, ']');
    json_open(&o, "paths", '[');
    for (size_t i = 0; i < probe_fixed_count; i++) json_string(&o, NULL, span_of(probe_fixed[i]));
    put_files(n, &o, g);
    put_pages(n, &o, g);
    json_close(&o, ']');
    json_close(&o, '}');
    return put(n, "cdn", item, at_ms, &b);
}

/* Pages of several territories are not all seen from one country. */
static void put_country(struct newsroom *n, struct json_out *o, const struct gathered *g)
{
    struct reader_place there = {.country = S("")};
    bool apart = false;
    for (size_t i = 0; i < g->page_count && !there.country.n; i++)
        there.country = newsroom_country(n, g->pages[i]->page.territory);
    for (size_t i = 0; i < g->page_count; i++)
        apart |= !territory_has(g->pages[i]->page.territory, &there);
    json_string(o, "country", there.country);
    json_bool(o, "apart", apart);
}

/* What may stand nowhere is the name of its file: no page shows the picture without it. */
static enum result put_receipt(
    struct newsroom *n, story_id item, const char *cause, int64_t at_ms, const struct gathered *g)
{
    struct span guid = S(""), provider;
    struct buf b;
    if (!store_guid_of(n->store, item, n->job, &guid, &provider)) guid = S("");
    buf_init(&b, n->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "what", S("a picture"));
    json_string(&o, "story", story_id_text(n->job, item));
    json_string(&o, "guid", guid);
    json_string(&o, "url",
        arena_printf(n->job, "%.*s%.*s%.*s", FMT(n->config->url), FMT(n->config->base),
            FMT(g->pages[0]->page.path)));
    json_string(&o, "agency", g->pages[0]->page.agency);
    json_string(&o, "cause", span_of(cause));
    json_number(&o, "withdrawn_ms", at_ms);
    json_number(&o, "pos", (int64_t)n->position);
    json_number(&o, "left_out", (int64_t)g->left_out);
    put_country(n, &o, g);
    json_open(&o, "words", '[');
    for (size_t i = 0; i < g->file_count; i++)
        if (!store_picture_elsewhere(n->store, g->files[i], 0)) json_string(&o, NULL, g->files[i]);
    json_close(&o, ']');
    json_open(&o, "more", '[');
    put_pages(n, &o, g);
    json_close(&o, ']');
    json_open(&o, "pictures", '[');
    put_files(n, &o, g);
    json_close(&o, ']');
    json_close(&o, '}');
    return put(n, "receipt", item, at_ms, &b);
}

static enum result tell(struct newsroom *n, story_id item)
{
    struct gathered *g = ARENA_NEW(n->job, struct gathered);
    struct desk_set set;
    story_id page;
    int64_t at_ms;
    gather(n, item, g);
    if (store_page_of(n->store, item, &page) != OK) page = item;
    TRY(newsroom_set(n, page, &set));
    const char *cause = cause_of(n, item, &set, &at_ms);
    if (!cause) return OK;
    TRY(put_cdn(n, item, at_ms, g)); /* first: the receipt tells what became of it */
    return put_receipt(n, item, cause, at_ms, g);
}

enum result newsroom_tell_lost(struct newsroom *n)
{
    enum result r = OK;
    for (size_t i = 0; i < n->lost_count && r == OK; i++)
        if (!n->lost[i].is_told) r = tell(n, n->lost[i].item);
    newsroom_forget_lost(n);
    return r;
}

void newsroom_forget_lost(struct newsroom *n)
{
    if (n->lost_arena) arena_free(n->lost_arena);
    n->lost_arena = NULL;
    n->lost = NULL;
    n->lost_count = n->lost_cap = 0;
}
