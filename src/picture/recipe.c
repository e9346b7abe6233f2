/* recipe: which renditions are made of a picture, and how their files are called. Data alone: pages
 * and routes know a rendition by this table, and never by its bytes. */
#include "picture.h"

const uint32_t picture_widths[] = {480, 800, 1200, 1600};
const size_t picture_width_count = COUNT(picture_widths);

uint32_t picture_width_for(uint32_t width)
{
    uint32_t best = picture_widths[0];
    for (size_t i = 1; i < picture_width_count; i++)
        if (picture_widths[i] <= width) best = picture_widths[i];
    return best;
}

const struct picture_form_row picture_forms[PICTURE_FORMS] = {
    [FORM_JPEG] = {"jpg", "image/jpeg"},
    [FORM_WEBP] = {"webp", "image/webp"},
    [FORM_AVIF] = {"avif", "image/avif"},
};

const struct picture_shape_row picture_shapes[PICTURE_SHAPES] = {
    [SHAPE_WIDE] = {"16x9", 1200, 675},
    [SHAPE_FOUR] = {"4x3", 1200, 900},
    [SHAPE_SQUARE] = {"1x1", 1200, 1200},
};

enum { SHAPES_FROM = 8 }; /* bits below are of forms */
_Static_assert(PICTURE_FORMS < (int)SHAPES_FROM, "forms have room");

uint32_t picture_shape_bit(enum picture_shape s)
{
    return 1u << (SHAPES_FROM + s);
}

const char *picture_type_of(struct span file_name)
{
    size_t dot = file_name.n;
    while (dot && file_name.p[dot - 1] != '.') dot--;
    struct span ending = span_cut(file_name, dot, file_name.n);
    for (size_t i = 0; dot && i < PICTURE_FORMS; i++)
        if (span_eq(ending, span_of(picture_forms[i].ending))) return picture_forms[i].type;
    return NULL;
}
