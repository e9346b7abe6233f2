/* parts: stories that stand on another story's page: members of a package, correctives. The view
 * names them by id alone; their words come from their own views, and only where they are public at
 * the snapshot's instant: no gap tells of one that is not (P1). */
#include "press_private.h"

enum { LEAD_POINTS = 400 }; /* of a first paragraph that is no abstract: what a teaser holds */

struct choosing {
    uint32_t *shown; /* by choice: the alternative that is shown; 0: none yet */
    uint32_t count;
};

static uint32_t *choice_of(struct arena *a, struct choosing *c, const struct view *v, uint32_t n)
{
    if (!c->shown) {
        for (uint32_t i = 0; i < v->ref_count; i++)
            if (v->refs[i].choice >= c->count) c->count = v->refs[i].choice + 1;
        c->shown = ARENA_ARRAY(a, uint32_t, c->count + 1);
    }
    return &c->shown[n];
}

/* Of a choice the first alternative that is public; of that one all. */
static bool is_chosen(
    struct arena *a, struct choosing *c, const struct view *v, const struct view_ref *ref)
{
    if (ref->kind != REF_MEMBER || !ref->choice) return true;
    uint32_t *shown = choice_of(a, c, v, ref->choice);
    if (!*shown) *shown = ref->branch;
    return *shown == ref->branch;
}

enum result press_parts(const struct view *v, struct reader *r, struct arena *a, struct page *out,
    struct parts *parts_out)
{
    struct part *list = ARENA_ARRAY(a, struct part, v->ref_count + 1);
    struct choosing choosing = {0};
    size_t n = 0;
    for (uint32_t i = 0; i < v->ref_count; i++) {
        const struct view_ref *ref = &v->refs[i];
        struct view *other = ARENA_NEW(a, struct view);
        page_key(out, "story:", story_id_text(a, ref->page));
        enum result result = reader_story(r, ref->page, a, other);
        if (result == ERR_ABSENT || result == ERR_CORRUPT) continue;
        if (result != OK) return result;
        if (!is_chosen(a, &choosing, v, ref)) continue;
        press_keep_shown(a, other, reader_now_ms(r), out);
        page_id(out, other->id);
        list[n++] = (struct part){ref->kind, other};
    }
    *parts_out = (struct parts){list, n};
    return OK;
}

struct span press_lead(struct arena *a, const struct view *v)
{
    if (v->abstract.n) return v->abstract;
    struct html rest = v->body, block;
    while ((block = html_next_block(&rest)).s.n) {
        struct span text = html_to_text(a, block.s), head = utf8_head(text, LEAD_POINTS);
        if (!text.n) continue;
        return head.n == text.n ? text : arena_printf(a, "%.*s\xE2\x80\xA6", FMT(head));
    }
    return S("");
}
