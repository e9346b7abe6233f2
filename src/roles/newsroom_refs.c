/* newsroom_refs: pages that show other pages: a package its members, a corrective and its story
 * each other, agencies that tell the same news. Kept as points from item to item, so that either
 * may come first; put into the view as ids of pages, never as their words: what may be shown of
 * them is asked when a page is made. Never decides what is public. */
#include "newsroom.h"

enum { PACKAGE_DEPTH = 8 }; /* packages in packages that the desk's list looks into */

static story_id page_now(struct newsroom *n, story_id item)
{
    story_id page = item;
    return store_page_of(n->store, item, &page) == OK ? page : item;
}

enum result newsroom_note_points(
    struct newsroom *n, const struct desk_version *v, struct span provider)
{
    const struct story *s = v->story;
    for (uint32_t i = 0; i < s->member_count; i++)
        TRY(store_put_point(n->store, POINT_HOLDS,
            story_id_of(ledger_key(n->ledger), provider, s->members[i].guid), v->item));
    if (!desk_is_corrective(s)) return OK;
    for (uint32_t i = 0; i < s->link_count && i < PAGE_CORRECTIVES_MAX; i++)
        TRY(store_put_point(n->store, POINT_CORRECTS,
            story_id_of(ledger_key(n->ledger), provider, s->links[i].guid), v->item));
    return OK;
}

/* ---- who is decided again ---- */
static enum result touch_by(struct newsroom *n, enum point_kind kind, bool named, story_id page)
{
    story_id pages[AROUND_PAGES];
    size_t count = 0;
    TRY(store_pages_around(n->store, kind, named, page, pages, COUNT(pages), &count));
    for (size_t i = 0; i < count; i++) newsroom_touch(n, pages[i]);
    return OK;
}

/* The list grows while it is walked, and holds each page once: packages that hold each other end.
 * Who tells the same news is asked once: what one shows of the other hangs on no third. */
enum result newsroom_touch_around(struct newsroom *n)
{
    size_t own = n->pages.n;
    for (size_t i = 0; i < own; i++) TRY(touch_by(n, POINT_ALIKE, false, n->pages.list[i]));
    for (size_t i = 0; i < n->pages.n; i++) {
        TRY(touch_by(n, POINT_HOLDS, false, n->pages.list[i]));
        TRY(touch_by(n, POINT_CORRECTS, false, n->pages.list[i]));
        TRY(touch_by(n, POINT_CORRECTS, true, n->pages.list[i]));
    }
    return OK;
}

/* ---- what stands in the view ---- */
static void add_ref(struct view *v, uint32_t room, struct view_ref ref)
{
    if (v->ref_count == room || ref.page == v->id) return;
    for (uint32_t i = 0; i < v->ref_count; i++)
        if (v->refs[i].page == ref.page && v->refs[i].kind == ref.kind) return;
    v->refs[v->ref_count++] = ref;
}

static void add_members(
    struct newsroom *n, const struct desk_version *dv, struct view *v, uint32_t room)
{
    const struct story *s = dv->story;
    struct span provider = newsroom_provider(n, dv->feed);
    for (uint32_t i = 0; i < s->member_count; i++) {
        const struct member *m = &s->members[i];
        story_id item = story_id_of(ledger_key(n->ledger), provider, m->guid);
        add_ref(v, room, (struct view_ref){REF_MEMBER, page_now(n, item), m->choice, m->branch});
    }
}

static void add_correctives(struct newsroom *n, struct view *v, uint32_t room)
{
    story_id pages[PAGE_CORRECTIVES_MAX];
    for (int named = 0; named < 2; named++) {
        size_t count = 0;
        if (store_pages_around(
                n->store, POINT_CORRECTS, named, v->id, pages, COUNT(pages), &count) != OK)
            continue;
        for (size_t i = 0; i < count; i++)
            add_ref(v, room,
                (struct view_ref){named ? REF_CORRECTS : REF_CORRECTED_BY, pages[i], 0, 0});
    }
}

/* Recursion as deep as packages may lie in each other; budget: of members looked at, whatever their
 * circles. */
static bool has_public_member(
    struct newsroom *n, const struct view *v, int64_t now_ms, int depth, int *budget)
{
    for (uint32_t i = 0; i < v->ref_count && depth > 0; i++) {
        struct view *member = NULL;
        int64_t from, until;
        if (v->refs[i].kind != REF_MEMBER || (*budget)-- <= 0) continue;
        if (tombs_dead(n->tombs, v->refs[i].page)) continue;
        if (store_story_summary(n->store, v->refs[i].page, n->job, &member, &from, &until) != OK)
            continue;
        if (now_ms < from || now_ms >= until) continue;
        if (!member->needs_member || has_public_member(n, member, now_ms, depth - 1, budget))
            return true;
    }
    return false;
}

bool newsroom_waits(struct newsroom *n, const struct view *v, int64_t now_ms)
{
    int budget = AROUND_PAGES;
    return v->needs_member && !has_public_member(n, v, now_ms, PACKAGE_DEPTH, &budget);
}

/* V8. In order of id, which is the same whichever came first. */
static enum result add_also(
    struct newsroom *n, const struct decided *d, struct view *v, uint32_t room)
{
    story_id pages[PAGE_ALSO_MAX];
    size_t count = 0;
    TRY(newsroom_also(n, d, pages, COUNT(pages), &count));
    for (size_t i = 0; i < count; i++)
        add_ref(v, room, (struct view_ref){.kind = REF_ALSO, .page = pages[i]});
    return OK;
}

enum result newsroom_refs(struct newsroom *n, const struct decided *d, struct view *v)
{
    const struct desk_version *dv = &d->set.versions[d->verdict.shown];
    const struct story *s = dv->story;
    uint32_t room = s->member_count + 2 * PAGE_CORRECTIVES_MAX + PAGE_ALSO_MAX;
    v->refs = ARENA_ARRAY(n->job, struct view_ref, room + 1);
    v->needs_member = s->kind == KIND_PACKAGE && s->member_count && !span_trim(s->body_text).n;
    add_members(n, dv, v, room);
    add_correctives(n, v, room);
    return v->needs_member ? OK : add_also(n, d, v, room);
}
