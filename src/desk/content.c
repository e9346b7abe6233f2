/* content.c: what an item says, apart from its version and its date: whether two say the same (V2),
 * and a name for it, which a kill bears among other things. Both look at the same fields: whatever
 * is the same has one name, whatever is not has two. */
#include <string.h>

#include "decide.h"

bool same_when(struct when a, struct when b)
{
    return a.kind == b.kind && a.ms == b.ms;
}

/* C7: other words under a picture, or other rights in it, are another version. */
static bool same_pictures(const struct story *a, const struct story *b)
{
    if (a->picture_count != b->picture_count) return false;
    for (uint32_t i = 0; i < a->picture_count; i++) {
        const struct picture *p = &a->pictures[i], *q = &b->pictures[i];
        if (p->status != q->status || !same_when(p->embargo, q->embargo) ||
            !same_when(p->expires, q->expires) || !span_eq(p->guid, q->guid) ||
            !span_eq(p->caption, q->caption) || !span_eq(p->credit, q->credit) ||
            !span_eq(p->alt, q->alt))
            return false;
    }
    return true;
}

static bool same_members(const struct story *a, const struct story *b)
{
    if (a->member_count != b->member_count) return false;
    for (uint32_t i = 0; i < a->member_count; i++)
        if (!span_eq(a->members[i].guid, b->members[i].guid)) return false;
    return true;
}

bool same_content(const struct story *a, const struct story *b)
{
    return a->status == b->status && a->kind == b->kind && same_when(a->embargo, b->embargo) &&
           same_when(a->expires, b->expires) && span_eq(a->status_literal, b->status_literal) &&
           span_eq(a->headline_raw, b->headline_raw) && span_eq(a->slugline, b->slugline) &&
           span_eq(a->byline, b->byline) && a->is_test == b->is_test &&
           a->note_count == b->note_count && same_pictures(a, b) && span_eq(a->body.s, b->body.s) &&
           same_members(a, b);
}

/* ---- the name: each field folded into one hash, in the order of above ---- */
static void fold(struct hash *h, struct span s)
{
    struct hash two[2] = {*h, hash_of(s)};
    *h = hash_of((struct span){(const char *)two, sizeof two});
}

static void fold_number(struct hash *h, int64_t n)
{
    char bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (char)((uint64_t)n >> (8 * i));
    fold(h, (struct span){bytes, sizeof bytes});
}

static void fold_when(struct hash *h, struct when w)
{
    fold_number(h, w.kind);
    fold_number(h, w.ms);
}

static void fold_pictures(struct hash *h, const struct story *s)
{
    fold_number(h, s->picture_count);
    for (uint32_t i = 0; i < s->picture_count; i++) {
        const struct picture *p = &s->pictures[i];
        fold_number(h, p->status);
        fold_when(h, p->embargo);
        fold_when(h, p->expires);
        fold(h, p->guid);
        fold(h, p->caption);
        fold(h, p->credit);
        fold(h, p->alt);
    }
}

struct hash content_name(const struct story *s)
{
    struct hash h = {0};
    fold_number(&h, s->status);
    fold_number(&h, s->kind);
    fold_when(&h, s->embargo);
    fold_when(&h, s->expires);
    const struct span texts[] = {s->status_literal, s->headline_raw, s->slugline, s->byline};
    for (size_t i = 0; i < COUNT(texts); i++) fold(&h, texts[i]);
    fold_number(&h, s->is_test);
    fold_number(&h, s->note_count);
    fold_pictures(&h, s);
    fold(&h, s->body.s);
    fold_number(&h, s->member_count);
    for (uint32_t i = 0; i < s->member_count; i++) fold(&h, s->members[i].guid);
    return h;
}
