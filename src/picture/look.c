/* look: what a picture is, by its first bytes alone: type, width, height. Never decodes, never
 * trusts a name; everything bounded. JPEG: ITU-T T.81 B.1 (markers), EXIF 2.3 orientation; PNG: ISO
 * 15948 11.2.2; GIF89a 18; WebP: RFC 9649. */
#include "picture.h"

#include <string.h>

enum { JPEG_MARKERS_MAX = 2000, EXIF_ENTRIES_MAX = 200 };

static uint32_t be16(const unsigned char *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t be32(const unsigned char *p)
{
    return be16(p) << 16 | be16(p + 2);
}

static uint32_t le16(const unsigned char *p)
{
    return (uint32_t)p[1] << 8 | p[0];
}

static uint32_t le24(const unsigned char *p)
{
    return (uint32_t)p[2] << 16 | le16(p);
}

static struct picture_facts refuse(const char *why)
{
    return (struct picture_facts){.why = why};
}

static struct picture_facts facts_of(enum picture_type type, uint32_t width, uint32_t height)
{
    if (!width || !height) return refuse("it has no size");
    if (width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX)
        return refuse("a side is longer than 20,000 pixels");
    if ((uint64_t)width * height > PICTURE_PIXELS_MAX)
        return refuse("it has more than 100 million pixels");
    return (struct picture_facts){.type = type, .width = width, .height = height};
}

/* Does EXIF turn it by 90 degrees (orientation 5..8)? seg: an APP1 segment's content. */
static bool exif_is_turned(const unsigned char *p, size_t n)
{
    if (n < 14 || memcmp(p, "Exif\0\0", 6) != 0) return false;
    const unsigned char *t = p + 6;
    size_t left = n - 6;
    bool little = t[0] == 'I';
    uint32_t at = little ? le16(t + 4) | le16(t + 6) << 16 : be32(t + 4);
    if (at > left || left - at < 2) return false;
    uint32_t entries = little ? le16(t + at) : be16(t + at);
    for (uint32_t i = 0; i < entries && i < EXIF_ENTRIES_MAX; i++) {
        size_t e = at + 2 + 12 * (size_t)i;
        if (e + 12 > left) return false;
        uint32_t tag = little ? le16(t + e) : be16(t + e),
                 value = little ? le16(t + e + 8) : be16(t + e + 8);
        if (tag == 0x0112) return value >= 5 && value <= 8;
    }
    return false;
}

static bool is_frame_header(unsigned marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static struct picture_facts look_jpeg(const unsigned char *p, size_t n)
{
    bool turned = false;
    size_t i = 2;
    for (int k = 0; k < JPEG_MARKERS_MAX && i + 4 <= n; k++) {
        if (p[i] != 0xFF) return refuse("a JPEG marker is missing");
        unsigned marker = p[i + 1];
        if (marker == 0xFF) {
            i++;
            continue;
        }
        if (marker == 0xD8 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
            i += 2;
            continue;
        }
        size_t length = be16(p + i + 2);
        if (length < 2 || i + 2 + length > n) return refuse("it is cut off");
        if (marker == 0xE1) turned |= exif_is_turned(p + i + 4, length - 2);
        if (is_frame_header(marker)) {
            if (length < 8) return refuse("its frame header is damaged");
            uint32_t height = be16(p + i + 5), width = be16(p + i + 7);
            return turned ? facts_of(PICTURE_JPEG, height, width)
                          : facts_of(PICTURE_JPEG, width, height);
        }
        if (marker == 0xDA) break;
        i += 2 + length;
    }
    return refuse("it is cut off before its size is told");
}

static struct picture_facts look_webp(const unsigned char *p, size_t n)
{
    if (n < 30) return refuse("it is cut off");
    if (memcmp(p + 12, "VP8X", 4) == 0)
        return facts_of(PICTURE_WEBP, le24(p + 24) + 1, le24(p + 27) + 1);
    if (memcmp(p + 12, "VP8L", 4) == 0 && p[20] == 0x2F) {
        uint32_t bits = le16(p + 21) | le16(p + 23) << 16;
        return facts_of(PICTURE_WEBP, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
    }
    if (memcmp(p + 12, "VP8 ", 4) == 0)
        return facts_of(PICTURE_WEBP, le16(p + 26) & 0x3FFF, le16(p + 28) & 0x3FFF);
    return refuse("its WebP chunk is not known");
}

struct picture_facts picture_look(struct span bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    size_t n = bytes.n;
    if (n > PICTURE_BYTES_MAX) return refuse("it is larger than 32 MB");
    if (n < 16) return refuse("it is too short to be a picture");
    if (p[0] == 0xFF && p[1] == 0xD8 && p[2] == 0xFF) return look_jpeg(p, n);
    if (memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0) {
        if (n < 33 || memcmp(p + 12, "IHDR", 4) != 0) return refuse("its PNG header is damaged");
        return facts_of(PICTURE_PNG, be32(p + 16), be32(p + 20));
    }
    if (memcmp(p, "GIF87a", 6) == 0 || memcmp(p, "GIF89a", 6) == 0)
        return facts_of(PICTURE_GIF, le16(p + 6), le16(p + 8));
    if (memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0) return look_webp(p, n);
    return refuse("it is no JPEG, PNG, WebP or GIF");
}

/* ---- is it whole? libvips 8.14 shows what is there of a picture that was cut off, whatever it is
 * told to fail on. ---- */
static bool jpeg_is_whole(const unsigned char *p, size_t n)
{
    size_t i = 2;
    while (i + 4 <= n && p[i] == 0xFF && p[i + 1] != 0xDA) {
        bool bare = p[i + 1] == 0xFF || p[i + 1] == 0x01 || (p[i + 1] >= 0xD0 && p[i + 1] <= 0xD8);
        i += p[i + 1] == 0xFF ? 1 : bare ? 2 : 2 + (size_t)be16(p + i + 2);
    }
    for (; i + 2 <= n; i++) /* in coded data FF is followed by 0 or a restart marker */
        if (p[i] == 0xFF && p[i + 1] == 0xD9) return true;
    return false;
}

static bool png_is_whole(const unsigned char *p, size_t n)
{
    for (size_t i = 8; i + 12 <= n; i += 12 + (size_t)be32(p + i))
        if (memcmp(p + i + 4, "IEND", 4) == 0) return true;
    return false;
}

static size_t gif_colours(unsigned char flags)
{
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

static bool gif_is_whole(const unsigned char *p, size_t n)
{
    size_t i = 13 + gif_colours(p[10]);
    while (i < n) {
        if (p[i] == 0x3B) return true;
        if (p[i] == 0x2C && i + 10 < n)
            i += 11 + gif_colours(p[i + 9]); /* and the size of its codes */
        else if (p[i] == 0x21)
            i += 2;
        else
            return false;
        while (i < n && p[i]) i += 1 + (size_t)p[i];
        i++;
    }
    return false;
}

bool picture_is_whole(struct span bytes, enum picture_type type)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    size_t n = bytes.n;
    if (n < 16) return false;
    switch (type) {
    case PICTURE_JPEG: return jpeg_is_whole(p, n);
    case PICTURE_PNG: return png_is_whole(p, n);
    case PICTURE_GIF: return gif_is_whole(p, n);
    case PICTURE_WEBP: return (le16(p + 4) | (uint64_t)le16(p + 6) << 16) + 8 <= n;
    default: return false;
    }
}
