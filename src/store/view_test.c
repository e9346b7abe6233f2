/* The byte form of a view: what goes in comes out; damage is seen; a lying count asks for no
 * memory. */
#include "try.h"

static struct view *full_view(struct arena *a)
{
    struct view *v = try_view(a, 7);
    struct view_picture *pictures = ARENA_NEW(a, struct view_picture);
    struct view_revision *revisions = ARENA_NEW(a, struct view_revision);
    *pictures = (struct view_picture){.hash = S("abcd"),
        .caption = S("A quay"),
        .width = 640,
        .height = 480,
        .until_ms = INT64_MAX};
    *revisions = (struct view_revision){NOW, NOW + 5, NOW - 1, S("Ferry sails"), S("CORRECTED"), 4};
    v->pictures = pictures;
    v->picture_count = 1;
    v->revisions = revisions;
    v->revision_count = 1;
    v->is_corrected = v->rtl = true;
    v->correction_note = S("The quay was misnamed");
    v->urgency = 3;
    v->withdrawn_ms = NOW - 7;
    v->restored_ms = NOW - 3;
    return v;
}

static void round_trip(struct arena *a)
{
    struct view *v = full_view(a);
    struct span bytes = view_pack(a, v);
    struct view *w = view_unpack(a, bytes);
    check(w != NULL, "a packed view unpacks");
    if (!w) return;
    check_span(view_pack(a, w), bytes, "and packs to the same bytes again");
    check(w->id == v->id && w->is_corrected && w->rtl && !w->noindex && w->urgency == 3,
        "numbers and flags");
    check(w->withdrawn_ms == NOW - 7 && w->restored_ms == NOW - 3, "what it went through");
    check_span(w->body.s, v->body.s, "the body");
    check_span(w->tags[1].slug, v->tags[1].slug, "a tag");
    check_span(w->pictures[0].caption, S("A quay"), "a picture's caption");
    check(w->pictures[0].until_ms == INT64_MAX, "a picture's end");
    check_span(w->revisions[0].label, S("CORRECTED"), "a revision's label");
}

static void damage(struct arena *a)
{
    struct span bytes = view_pack(a, full_view(a));
    size_t seen = 0, shorter = 0;
    for (size_t bit = 0; bit < bytes.n * 8; bit++) {
        struct span copy = arena_keep(a, bytes);
        ((char *)(uintptr_t)copy.p)[bit / 8] ^= (char)(1 << bit % 8);
        seen += !view_unpack(a, copy);
    }
    check(seen == bytes.n * 8, "every single flipped bit is seen");
    for (size_t n = 0; n < bytes.n; n++) shorter += !view_unpack(a, span_cut(bytes, 0, n));
    check(shorter == bytes.n, "every shorter form is refused");
}

static void shrinking(struct arena *a)
{
    struct span text = arena_printf(a, "%0500d%0500d", 1, 2);
    struct span small = shrink(a, text);
    check(small.n < text.n / 4, "what repeats is stored shorter");
    check_span(unshrink(a, small, 1 << 20), text, "and comes back");
    check(!unshrink(a, small, 999).p, "over the bound it is refused");
    check(!unshrink(a, S(""), 10).p && !unshrink(a, S("?x"), 10).p, "unknown forms are refused");
    small = shrink(a, S("short"));
    check_span(unshrink(a, small, 5), S("short"), "short bytes are kept as they are");
}

int main(void)
{
    struct arena *a = arena_new(256 << 20);
    round_trip(a);
    damage(a);
    shrinking(a);
    arena_free(a);
    return tap_end();
}
