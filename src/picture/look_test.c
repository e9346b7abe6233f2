/* Headers of pictures: every format, cut off at every byte, lying, or no picture at all. */
#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus_files.h"
#include "tap.h"

struct sample {
    const char *name;
    unsigned char bytes[256];
    size_t n;
    enum picture_type type;
    uint32_t width, height;
    size_t told; /* so many bytes are enough to tell its size */
};

/* Each 300 x 200, by the standards' tables. */
static const struct sample samples[] = {
    {"JPEG",
        "\xFF\xD8\xFF\xE0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"
        "\xFF\xC0\x00\x11\x08\x00\xC8\x01\x2C\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xFF\xD9",
        41, PICTURE_JPEG, 300, 200, 39},
    {"progressive JPEG with fill bytes",
        "\xFF\xD8\xFF\xFF\xFF\xFE\x00\x04hi\xFF\xC2\x00\x11\x08\x00\xC8\x01\x2C\x03\x01\x22\0\x02"
        "\x11\x01\x03\x11\x01\xFF\xD9",
        31, PICTURE_JPEG, 300, 200, 29},
    {"JPEG turned by EXIF",
        "\xFF\xD8\xFF\xE1\x00\x22"
        "Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
        "\xFF\xC0\x00\x11\x08\x00\xC8\x01\x2C\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xFF\xD9",
        59, PICTURE_JPEG, 200, 300, 57},
    {"JPEG turned by EXIF, little-endian",
        "\xFF\xD8\xFF\xE1\x00\x22"
        "Exif\0\0II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0\0\0\0\0"
        "\xFF\xC0\x00\x11\x08\x00\xC8\x01\x2C\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xFF\xD9",
        59, PICTURE_JPEG, 200, 300, 57},
    {"PNG",
        "\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR\0\0\x01\x2C\0\0\0\xC8\x08\x02\0\0\0\1\2\3\4\0\0\0\0IEND",
        41, PICTURE_PNG, 300, 200, 33},
    {"GIF", "GIF89a\x2C\x01\xC8\x00\x80\0\0\0\0\0\xFF\xFF\xFF;", 20, PICTURE_GIF, 300, 200, 16},
    {"old GIF", "GIF87a\x2C\x01\xC8\x00\x80\0\0\0\0\0\xFF\xFF\xFF;", 20, PICTURE_GIF, 300, 200, 16},
    {"WebP", "RIFF\x20\0\0\0WEBPVP8 \x10\0\0\0\x30\x01\0\x9D\x01\x2A\x2C\x01\xC8\x00 words", 36,
        PICTURE_WEBP, 300, 200, 30},
    {"lossless WebP", "RIFF\x20\0\0\0WEBPVP8L\x10\0\0\0\x2F\x2B\xC1\x31\x00 and words", 36,
        PICTURE_WEBP, 300, 200, 30},
    {"extended WebP", "RIFF\x20\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\x2B\x01\0\xC7\0\0VP8 of it", 38,
        PICTURE_WEBP, 300, 200, 30},
};

/* In memory of just that size, so that one byte too many is seen. */
static struct picture_facts look(const void *bytes, size_t n)
{
    char *own = malloc(n ? n : 1);
    must(own);
    memcpy(own, bytes, n);
    struct picture_facts f = picture_look((struct span){own, n});
    free(own);
    return f;
}

static void formats(void)
{
    for (size_t i = 0; i < COUNT(samples); i++) {
        const struct sample *s = &samples[i];
        struct picture_facts f = look(s->bytes, s->n);
        check(f.type == s->type && f.width == s->width && f.height == s->height, "%s: %u x %u (%s)",
            s->name, f.width, f.height, f.why ? f.why : "fine");
        size_t wrong = 0, told = 0;
        for (size_t n = 0; n < s->n; n++) {
            f = look(s->bytes, n);
            bool known = f.type != PICTURE_UNKNOWN;
            if (known != (n >= s->told) ||
                (known && (f.width != s->width || f.height != s->height)) || (!known && !f.why))
                wrong = n + 1;
            told += known;
        }
        check(!wrong && told == s->n - s->told, "%s cut off at every byte (%zu)", s->name, wrong);
    }
}

static void put_sides(struct sample *s, size_t at_width, size_t at_height, bool little, int bytes,
    uint32_t width, uint32_t height)
{
    for (int i = 0; i < bytes; i++) {
        int shift = 8 * (little ? i : bytes - 1 - i);
        s->bytes[at_width + (size_t)i] = (unsigned char)(width >> shift);
        s->bytes[at_height + (size_t)i] = (unsigned char)(height >> shift);
    }
}

static const struct sample *sample(const char *name)
{
    for (size_t i = 0; i < COUNT(samples); i++)
        if (strcmp(samples[i].name, name) == 0) return &samples[i];
    must(!"sample");
    return NULL;
}

/* Sides as a header tells them: bombs are refused before anything is decoded. */
static void sides(void)
{
    static const struct {
        uint32_t width, height;
        bool fine;
    } rows[] = {{1, 1, true}, {20000, 5000, true}, {10000, 10000, true}, {20001, 1, false},
        {1, 20001, false}, {10001, 10000, false}, {20000, 20000, false}, {0, 200, false},
        {300, 0, false}, {65535, 65535, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sample jpeg = *sample("JPEG"), png = *sample("PNG"), gif = *sample("GIF"),
                      turned = *sample("JPEG turned by EXIF");
        put_sides(&jpeg, 27, 25, false, 2, rows[i].width, rows[i].height);
        put_sides(&turned, 45, 43, false, 2, rows[i].width, rows[i].height);
        put_sides(&png, 16, 20, false, 4, rows[i].width, rows[i].height);
        put_sides(&gif, 6, 8, true, 2, rows[i].width, rows[i].height);
        struct sample *all[] = {&jpeg, &png, &gif, &turned};
        for (size_t k = 0; k < COUNT(all); k++) {
            struct picture_facts f = look(all[k]->bytes, all[k]->n);
            check((f.type != PICTURE_UNKNOWN) == rows[i].fine && (rows[i].fine || f.why),
                "%s of %u x %u", all[k]->name, rows[i].width, rows[i].height);
        }
    }
    struct sample png = *sample("PNG"), webp = *sample("extended WebP");
    put_sides(&png, 16, 20, false, 4, 0xFFFFFFFF, 0xFFFFFFFF);
    check(look(png.bytes, png.n).type == PICTURE_UNKNOWN, "PNG of four thousand million");
    put_sides(&png, 16, 20, false, 4, 0x80000001, 0x80000001);
    check(look(png.bytes, png.n).type == PICTURE_UNKNOWN, "PNG whose product wraps around");
    put_sides(&webp, 24, 27, true, 3, 0xFFFFFF, 0xFFFFFF);
    check(look(webp.bytes, webp.n).type == PICTURE_UNKNOWN, "WebP of sixteen million");
}

static void no_pictures(void)
{
    static const struct {
        const char *name, *bytes;
    } rows[] = {{"SVG", "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>"},
        {"PostScript", "%!PS-Adobe-3.0 EPSF-3.0 and so on"}, {"PDF", "%PDF-1.7 and so on and on"},
        {"MVG", "push graphic-context\nviewbox 0 0 640 480\n"}, {"BMP", "BM..................."},
        {"TIFF", "II*\1\1\1\1\1................"}, {"a page", "<html><img src=x onerror=alert(1)>"},
        {"XBM", "#define a_width 16\n#define a_height 16"}, {"AVIF", "....ftypavif........"},
        {"an archive", "PK\3\4...................."}, {"AVI", "RIFF....AVI LIST.................."},
        {"WebP of no kind", "RIFF....WEBPVP9 ...................."},
        {"a GIF of another year", "GIF88a.............."}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_facts f = look(rows[i].bytes, strlen(rows[i].bytes));
        check(f.type == PICTURE_UNKNOWN && f.why, "%s: %s", rows[i].name, f.why);
    }
    char *large = calloc(1, PICTURE_BYTES_MAX + 1);
    must(large);
    memcpy(large, sample("PNG")->bytes, sample("PNG")->n);
    check(picture_look((struct span){large, PICTURE_BYTES_MAX}).type == PICTURE_PNG,
        "32 MB are looked at");
    check(picture_look((struct span){large, PICTURE_BYTES_MAX + 1}).type == PICTURE_UNKNOWN,
        "a byte more is not");
    /* Two thousand markers and no frame, and a segment's length that leads nowhere. */
    memcpy(large, "\xFF\xD8", 2);
    for (size_t i = 0; i < 100000; i++) memcpy(large + 2 + 4 * i, "\xFF\xFE\x00\x02", 4);
    check(picture_look((struct span){large, 400000}).type == PICTURE_UNKNOWN,
        "a JPEG of a hundred thousand empty markers");
    memset(large, 0xFF, 400000);
    check(picture_look((struct span){large, 400000}).type == PICTURE_UNKNOWN, "and one of fill");
    free(large);
}

/* Random damage: any answer is fine, but only a whole one. */
static void damaged(uint64_t seed)
{
    printf("# seed %llu\n", (unsigned long long)seed);
    size_t wrong = 0;
    for (int i = 0; i < 20000; i++) {
        struct sample s = samples[(size_t)i % COUNT(samples)];
        for (int k = 0; k < 4; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            s.bytes[(seed >> 33) % s.n] = (unsigned char)(seed >> 20);
        }
        struct picture_facts f = look(s.bytes, s.n);
        bool fine = f.type != PICTURE_UNKNOWN;
        if (fine ? !f.width || !f.height || f.width > PICTURE_SIDE_MAX ||
                       f.height > PICTURE_SIDE_MAX ||
                       (uint64_t)f.width * f.height > PICTURE_PIXELS_MAX
                 : !f.why)
            wrong++;
    }
    check(!wrong, "damaged ones are refused or within the bounds (%zu)", wrong);
}

static void one_attack(struct span bytes, const char *name, void *with)
{
    size_t *count = with;
    struct picture_facts f = look(bytes.p, bytes.n);
    ++*count;
    check(f.type != PICTURE_UNKNOWN || f.why, "%s: %s", name,
        f.type ? "is a picture by its header" : f.why);
}

int main(void)
{
    const char *given = getenv("SEED");
    size_t attacks = 0;
    formats();
    sides();
    no_pictures();
    damaged(given ? strtoull(given, NULL, 10) : (uint64_t)(uintptr_t)&attacks);
    if (!corpus_pictures(one_attack, &attacks))
        tap_skip("attacks by pictures", "no ../shared/attacks/image here");
    return tap_end();
}
