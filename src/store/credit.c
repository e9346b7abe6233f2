/* credit: a view's credit in the form that its feed's licence wants. */
#include "store.h"

/* Names, where the byline has any: "By" is no part of a credit. */
static struct span byline_of(struct arena *a, const struct view *v)
{
    struct buf b;
    if (!v->author_count) return v->byline;
    buf_init(&b, a, 0);
    for (uint32_t i = 0; i < v->author_count; i++)
        buf_printf(&b, "%s%.*s", i ? ", " : "", FMT(v->authors[i].name));
    return buf_span(&b);
}

struct span view_credit(struct arena *a, const struct view *v, struct span form, struct span site)
{
    struct form_place with[] = {{"agency", v->agency}, {"byline", byline_of(a, v)},
        {"copyright", v->copyright}, {"site", site}};
    return form_fill(a, form, with, COUNT(with));
}

struct span view_picture_credit(struct arena *a, const struct view *v,
    const struct view_picture *pic, struct span form, struct span site)
{
    struct form_place with[] = {{"agency", v->agency}, {"credit", pic->credit}, {"site", site}};
    return form_fill(a, form, with, COUNT(with));
}
