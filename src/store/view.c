/* view: the byte form of a public view. One walk over the fields serves both directions, so that
 * the two cannot drift apart. Layout: u32 checksum of the rest, u8 version, fields in the order
 * below, little-endian. Unpacked texts point into the bytes. Owns VIEW_VERSION: it changes with
 * every change of the walk, and STORE_VERSION with it. Never trusts a count. */
#include "inside.h"

enum {
    VIEW_VERSION = 6,
    VIEW_LIST_MAX = 4000
}; /* more tags, pictures or revisions than any story may have */

struct walk {
    struct arena *a;
    struct buf *out; /* packing */
    struct take *in; /* unpacking */
};

static void walk_span(struct walk *w, struct span *s)
{
    if (w->out)
        put_span(w->out, *s);
    else
        *s = take_span(w->in);
}

static void walk_u32(struct walk *w, uint32_t *v)
{
    if (w->out)
        put_u32(w->out, *v);
    else
        *v = take_u32(w->in);
}

static void walk_ms(struct walk *w, int64_t *v)
{
    if (w->out)
        put_u64(w->out, (uint64_t)*v);
    else
        *v = (int64_t)take_u64(w->in);
}

static void walk_flags(struct walk *w, bool *const flags[], size_t n)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++) bits |= (uint32_t)*flags[i] << i;
    walk_u32(w, &bits);
    if (bits >> n) w->in->bad = true;
    for (size_t i = 0; i < n; i++) *flags[i] = bits >> i & 1;
}

/* A list's count, and room for it when unpacking. No item is shorter than item_min packed bytes: a
 * lying count asks for no memory. */
static void *walk_list(struct walk *w, void *list, uint32_t *count, size_t item, size_t item_min)
{
    if (w->out && *count > VIEW_LIST_MAX) *count = VIEW_LIST_MAX;
    walk_u32(w, count);
    if (w->out) return list;
    size_t left = (size_t)(w->in->end - w->in->p);
    if (w->in->bad || *count > VIEW_LIST_MAX || *count > left / item_min) {
        w->in->bad = true;
        *count = 0;
    }
    return *count ? arena_alloc(w->a, *count * item) : NULL;
}

static void walk_tags(struct walk *w, struct view_tag **tags, uint32_t *count)
{
    *tags = walk_list(w, *tags, count, sizeof **tags, 12);
    for (uint32_t i = 0; i < *count; i++) {
        walk_span(w, &(*tags)[i].slug);
        walk_span(w, &(*tags)[i].name);
        walk_u32(w, &(*tags)[i].kind);
        if (w->in && (*tags)[i].kind > LABEL_PLACE) w->in->bad = true;
    }
}

static void walk_pictures(struct walk *w, struct view *v)
{
    v->pictures = walk_list(w, v->pictures, &v->picture_count, sizeof *v->pictures, 56);
    for (uint32_t i = 0; i < v->picture_count; i++) {
        struct view_picture *p = &v->pictures[i];
        int64_t item = (int64_t)p->item;
        walk_span(w, &p->hash);
        walk_ms(w, &item);
        p->item = (story_id)item;
        walk_span(w, &p->caption);
        walk_span(w, &p->credit);
        walk_span(w, &p->alt);
        walk_span(w, &p->copyright);
        walk_u32(w, &p->width);
        walk_u32(w, &p->height);
        walk_u32(w, &p->forms);
        walk_ms(w, &p->until_ms);
        walk_ms(w, &p->from_ms);
    }
}

static void walk_revisions(struct walk *w, struct view *v)
{
    v->revisions = walk_list(w, v->revisions, &v->revision_count, sizeof *v->revisions, 60);
    for (uint32_t i = 0; i < v->revision_count; i++) {
        struct view_revision *r = &v->revisions[i];
        walk_ms(w, &r->from_ms);
        walk_ms(w, &r->until_ms);
        walk_ms(w, &r->wire_ms);
        walk_span(w, &r->headline);
        walk_span(w, &r->label);
        walk_u32(w, &r->change);
        walk_span(w, &r->note);
        walk_u32(w, &r->words_in);
        walk_u32(w, &r->words_out);
        walk_u32(w, &r->kept);
        walk_span(w, &r->lead);
        walk_flags(w, (bool *const[]){&r->compared, &r->too_different}, 2);
        if (w->in) r->pieces = NULL, r->piece_count = 0;
    }
}

static void walk_refs(struct walk *w, struct view *v)
{
    v->refs = walk_list(w, v->refs, &v->ref_count, sizeof *v->refs, 20);
    for (uint32_t i = 0; i < v->ref_count; i++) {
        struct view_ref *r = &v->refs[i];
        uint32_t kind = r->kind;
        int64_t page = (int64_t)r->page;
        walk_u32(w, &kind);
        walk_ms(w, &page);
        walk_u32(w, &r->choice);
        walk_u32(w, &r->branch);
        if (kind > REF_ALSO) w->in->bad = true;
        r->kind = kind > REF_ALSO ? REF_MEMBER : (enum ref_kind)kind;
        r->page = (story_id)page;
    }
}

static void walk_view(struct walk *w, struct view *v)
{
    int64_t id = (int64_t)v->id;
    walk_ms(w, &id);
    v->id = (story_id)id;
    /* The body was html when it was packed, and the checksum holds: it is html again. */
    struct span *const texts[] = {&v->id_text, &v->path, &v->feed, &v->agency, &v->headline,
        &v->label, &v->abstract, &v->section, &v->language, &v->byline, &v->dateline, &v->credits,
        &v->correction_note, &v->copyright, &v->territory, &v->credit_line, &v->body.s,
        &v->body_text};
    for (size_t i = 0; i < COUNT(texts); i++) walk_span(w, texts[i]);
    int64_t *const instants[] = {&v->published_ms, &v->changed_ms, &v->front_ms, &v->received_ms,
        &v->wire_ms, &v->first_wire_ms, &v->corrected_ms, &v->withdrawn_ms, &v->restored_ms,
        &v->lead_ms, &v->pinned_until_ms, &v->comments_until_ms};
    for (size_t i = 0; i < COUNT(instants); i++) walk_ms(w, instants[i]);
    walk_u32(w, &v->urgency);
    bool *const flags[] = {&v->is_corrected, &v->is_developing, &v->noindex, &v->nonews,
        &v->on_fronts, &v->rtl, &v->needs_member, &v->is_corrective, &v->has_one_source,
        &v->comments_full, &v->comments_wait, &v->credit_top, &v->credit_end, &v->credit_lists,
        &v->no_ads};
    walk_flags(w, flags, COUNT(flags));
    walk_tags(w, &v->tags, &v->tag_count);
    walk_tags(w, &v->authors, &v->author_count);
    walk_tags(w, &v->credited, &v->credited_count);
    walk_pictures(w, v);
    walk_revisions(w, v);
    walk_refs(w, v);
}

static uint32_t sum_of(struct span rest)
{
    return (uint32_t)fast_hash(rest);
}

struct span view_pack(struct arena *a, const struct view *v)
{
    struct buf b;
    struct view copy = *v;
    buf_init(&b, a, 0);
    put_u32(&b, 0);
    put_u8(&b, VIEW_VERSION);
    walk_view(&(struct walk){.a = a, .out = &b}, &copy);
    uint32_t sum = sum_of((struct span){b.p + 4, b.n - 4});
    for (int i = 0; i < 4; i++) b.p[i] = (char)(sum >> (8 * i));
    return buf_span(&b);
}

struct view *view_unpack(struct arena *a, struct span bytes)
{
    struct take t = take_of(bytes);
    uint32_t sum = take_u32(&t);
    if (t.bad || sum != sum_of(span_cut(bytes, 4, bytes.n))) return NULL;
    if (take_u8(&t) != VIEW_VERSION) return NULL;
    struct view *v = ARENA_NEW(a, struct view);
    walk_view(&(struct walk){.a = a, .in = &t}, v);
    return take_done(&t) ? v : NULL;
}
