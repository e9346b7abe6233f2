/* picture: header checks, recipes, renditions (libvips). Runs in the darkroom's cage: bytes in,
 * bytes out; no file, no network. */
#ifndef PICTURE_H
#define PICTURE_H

#include "base.h"

enum {
    PICTURE_BYTES_MAX = 32 << 20,   /* of an original */
    PICTURE_SIDE_MAX = 20000,       /* pixels of a side */
    PICTURE_PIXELS_MAX = 100000000, /* a decompression bomb is refused by its header */
    CARD_WIDTH = 1200,
    CARD_HEIGHT = 630,
    CARD_BYTES_MAX = 300 << 10, /* Open Graph */
};
enum picture_type { PICTURE_UNKNOWN, PICTURE_JPEG, PICTURE_PNG, PICTURE_WEBP, PICTURE_GIF };
struct picture_facts {
    enum picture_type type;
    uint32_t width, height; /* after EXIF rotation */
    const char *why;        /* with PICTURE_UNKNOWN: why it is refused */
};
/* By the bytes alone, never decoding pixels, never by name or declared type. */
struct picture_facts picture_look(struct span bytes);

/* The forms of a rendition, HASH-WIDTH.ENDING. JPEG is the one that everybody reads, and that feeds
 * and cards name. */
enum picture_form { FORM_JPEG, FORM_WEBP, FORM_AVIF, PICTURE_FORMS };
extern const struct picture_form_row {
    const char *ending, *type;
} picture_forms[PICTURE_FORMS];
/* Of a rendition's file name; NULL: no rendition is called so. */
const char *picture_type_of(struct span file_name);

/* Has it come to its end? Half a picture decodes to half a picture and grey. */
bool picture_is_whole(struct span bytes, enum picture_type type);

enum result picture_start(
    const char **why_out) CHECKED; /* libvips once a process; blocks every untrusted loader */
/* One rendition of this width (never larger than the original), upright, sRGB, without metadata, in
 * every form that this machine's libraries can write; the others are empty. ERR_CORRUPT: cannot be
 * decoded. */
enum result picture_scale(
    struct arena *a, struct span bytes, uint32_t width, struct span out[PICTURE_FORMS]) CHECKED;
/* 1200x630 JPEG under CARD_BYTES_MAX, cropped to the interesting part. */
enum result picture_card(struct arena *a, struct span bytes, struct span *jpeg_out) CHECKED;
/* The shapes in which search engines want a picture to show it large, HASH-16x9.jpg: cropped to the
 * interesting part, and never enlarged. In a picture's forms each has a bit of its own. */
enum picture_shape { SHAPE_WIDE, SHAPE_FOUR, SHAPE_SQUARE, PICTURE_SHAPES };
extern const struct picture_shape_row {
    const char *name;
    uint32_t width, height;
} picture_shapes[PICTURE_SHAPES];
uint32_t picture_shape_bit(enum picture_shape s);
/* ERR_ABSENT: the original is smaller. */
enum result picture_crop(
    struct arena *a, struct span bytes, enum picture_shape s, struct span *jpeg_out) CHECKED;
/* A made section card: site name and section title on the section's colour ("#rrggbb"). */
enum result picture_section_card(struct arena *a, struct span site_name, struct span title,
    struct span colour, struct span *jpeg_out) CHECKED;

/* The recipe's widths, smallest first. */
extern const uint32_t picture_widths[];
extern const size_t picture_width_count;
/* The largest that is made of a picture so wide: the smallest always, and those up to its own. */
uint32_t picture_width_for(uint32_t width);

#endif
