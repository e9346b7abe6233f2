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

/* Has it come to its end? Half a picture decodes to half a picture and grey. */
bool picture_is_whole(struct span bytes, enum picture_type type);

enum result picture_start(
    const char **why_out) CHECKED; /* libvips once a process; blocks every untrusted loader */
/* A JPEG of this width (never larger than the original), upright, sRGB, without metadata.
 * ERR_CORRUPT: cannot be decoded. */
enum result picture_scale(
    struct arena *a, struct span bytes, uint32_t width, struct span *jpeg_out) CHECKED;
/* 1200x630 JPEG under CARD_BYTES_MAX, cropped to the interesting part. */
enum result picture_card(struct arena *a, struct span bytes, struct span *jpeg_out) CHECKED;
/* A made section card: site name and section title on the section's colour ("#rrggbb"). */
enum result picture_section_card(struct arena *a, struct span site_name, struct span title,
    struct span colour, struct span *jpeg_out) CHECKED;

/* The recipe's widths, smallest first. */
extern const uint32_t picture_widths[];
extern const size_t picture_width_count;

#endif
