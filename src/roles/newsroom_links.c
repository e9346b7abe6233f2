/* newsroom_links: which page an item stands on (C3, C5). Links are joined in whatever order their
 * two ends come: who points at whom is kept, so that an item finds those that have waited for it.
 * Of pages that become one, the one received first keeps its URL, in whatever order the others came
 * (V1). Never decides what is public. */
#include "newsroom.h"

struct joining {
    struct newsroom *n;
    const struct desk_version *v;
    struct ids pages; /* with an item that v belongs to */
    story_id tried[LINK_CANDIDATES];
    size_t tried_count;
    story_id own; /* the page that it stands on by itself */
    bool is_asked,
        may_link; /* asked where there is somebody to link with: it reads the whole page */
};

/* Is v part of the page that holds candidate? Either may have been written first. */
static enum result links_with(
    struct newsroom *n, const struct desk_version *v, story_id candidate, bool *linked)
{
    struct desk_set set;
    *linked = false;
    TRY(newsroom_set(n, candidate, &set));
    if (!span_eq(desk_owner(&set, n->rules), v->feed)) return OK; /* T2, T3 */
    for (size_t i = 0; i < set.version_count && !*linked; i++) {
        const struct desk_version *w = &set.versions[i];
        struct desk_set before = {.versions = set.versions, .version_count = i};
        *linked = desk_is_own(w, n->rules) && (desk_links(w, v) || desk_links(v, w)) &&
                  !desk_repeats(&before, w); /* V2 */
    }
    return OK;
}

/* T2, T3: what is not its feed's own story draws no pages together; V2: nor does what comes again,
 * which without a date would seem newer than it is. */
static enum result may_link(
    struct newsroom *n, const struct desk_version *v, story_id page, bool *may)
{
    struct desk_set set;
    *may = desk_is_own(v, n->rules);
    if (!*may) return OK;
    TRY(newsroom_set(n, page, &set));
    if (!set.version_count) return OK;
    struct span owner = desk_owner(&set, n->rules);
    *may = (!owner.n || span_eq(owner, v->feed)) && !desk_repeats(&set, v);
    return OK;
}

static enum result try_page(struct joining *j, story_id page)
{
    bool linked = false;
    for (size_t i = 0; i < j->tried_count; i++)
        if (j->tried[i] == page) return OK;
    if (j->tried_count == LINK_CANDIDATES) return OK;
    j->tried[j->tried_count++] = page;
    if (!j->is_asked) TRY(may_link(j->n, j->v, j->own, &j->may_link));
    j->is_asked = true;
    if (!j->may_link) return OK;
    TRY(links_with(j->n, j->v, page, &linked));
    if (linked) *ARENA_PUSH(j->n->job, j->pages.list, j->pages.n, j->pages.cap) = page;
    return OK;
}

static enum result try_items(struct joining *j, const story_id *items, size_t count)
{
    story_id page;
    for (size_t i = 0; i < count; i++)
        if (store_page_of(j->n->store, items[i], &page) == OK) TRY(try_page(j, page));
    return OK;
}

/* Those that v names, and a note for those that have not come yet. */
static enum result try_named(struct joining *j, struct span provider)
{
    const struct story *s = j->v->story;
    size_t named = 0;
    for (uint32_t i = 0; i < s->link_count && named < LINK_CANDIDATES; i++) {
        if (!desk_follows(&s->links[i])) continue;
        story_id other = story_id_of(ledger_key(j->n->ledger), provider, s->links[i].guid);
        named++;
        if (other == j->v->item) continue;
        TRY(store_put_point(j->n->store, POINT_CONTINUES, other, j->v->item));
        TRY(try_items(j, &other, 1));
    }
    return OK;
}

static enum result try_waiting(struct joining *j)
{
    story_id items[LINK_CANDIDATES];
    size_t count = 0;
    TRY(store_pointing(j->n->store, POINT_CONTINUES, j->v->item, items, LINK_CANDIDATES, &count));
    return try_items(j, items, count);
}

static enum result try_slugline(struct joining *j, struct span link_key)
{
    story_id pages[LINK_CANDIDATES];
    size_t count = 0;
    if (!link_key.n) return OK;
    TRY(store_linked(j->n->store, j->v->feed, link_key, pages, LINK_CANDIDATES, &count));
    for (size_t i = 0; i < count; i++) TRY(try_page(j, pages[i]));
    return OK;
}

/* ---- which page stays ---- */
/* Where a page's first version stands in the ledger; of the item that has just come: at its end. */
static enum result first_of(struct newsroom *n, story_id page, uint64_t *out)
{
    struct desk_set set;
    TRY(newsroom_set(n, page, &set));
    *out = set.version_count ? (set.versions[0].pos << 16) + (set.versions[0].number & 0xFFFF)
                             : UINT64_MAX;
    return OK;
}

static enum result move_page(struct newsroom *n, story_id from, story_id into)
{
    struct view *before = NULL;
    int64_t since, until;
    enum result r = store_story_summary(n->store, from, n->job, &before, &since, &until);
    if (r != OK && r != ERR_ABSENT && r != ERR_CORRUPT) return r;
    newsroom_bump_view(n, before);
    TRY(store_join_pages(n->store, from, into));
    newsroom_bump(n, "story:", story_id_text(n->job, from));
    TRY(store_drop_held(n->store, from));
    return store_drop_story(n->store, from);
}

static enum result join_all(struct joining *j, story_id *page)
{
    uint64_t best, other;
    TRY(first_of(j->n, *page, &best));
    story_id own = *page, stays = own;
    for (size_t i = 0; i < j->pages.n; i++) {
        TRY(first_of(j->n, j->pages.list[i], &other));
        if (other >= best) continue;
        best = other;
        stays = j->pages.list[i];
    }
    for (size_t i = 0; i < j->pages.n; i++)
        if (j->pages.list[i] != stays) TRY(move_page(j->n, j->pages.list[i], stays));
    if (own != stays) TRY(move_page(j->n, own, stays));
    *page = stays;
    return OK;
}

enum result newsroom_page(struct newsroom *n, const struct desk_version *v, struct span provider,
    struct span link_key, story_id *page)
{
    struct joining j = {.n = n, .v = v};
    enum result r = store_page_of(n->store, v->item, page);
    if (r != OK && r != ERR_ABSENT) return r;
    if (r == ERR_ABSENT) *page = v->item;
    j.own = *page;
    j.tried[j.tried_count++] = *page;
    TRY(try_named(&j, provider));
    TRY(try_waiting(&j));
    TRY(try_slugline(&j, link_key));
    return j.pages.n ? join_all(&j, page) : OK;
}

bool newsroom_was_joined(struct newsroom *n, story_id page)
{
    story_id now = page;
    return store_page_of(n->store, page, &now) == OK && now != page;
}
