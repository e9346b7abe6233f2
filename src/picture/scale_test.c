/* Renditions and cards, made for real: upright, no larger than the original, without what cameras
 * and agencies write into files; bombs and damage refused. */
#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#include "corpus_files.h"
#include "tap.h"

enum { WIDE = 1000, HIGH = 600 };
static struct arena *a;
static struct span jpeg, png, webp, gif;

/* Left half red, right half blue, with noise, so that up and down and size can be seen. */
static VipsImage *painted(int width, int height)
{
    VipsImage *image = NULL, *out = NULL;
    unsigned char *p = arena_alloc(a, (size_t)width * (size_t)height * 3);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            unsigned char *at = p + 3 * ((size_t)y * (size_t)width + (size_t)x);
            at[0] = x < width / 2 ? 230 : 10;
            at[1] = y < height / 2 ? 20 : 60;
            at[2] = x < width / 2 ? 10 : 230;
        }
    image = vips_image_new_from_memory(
        p, (size_t)width * (size_t)height * 3, width, height, 3, VIPS_FORMAT_UCHAR);
    must(image && vips_copy(image, &out, "interpretation", VIPS_INTERPRETATION_sRGB, NULL) == 0);
    g_object_unref(image);
    return out;
}

static struct span kept(void *p, size_t n)
{
    struct span s = arena_keep(a, (struct span){p, n});
    g_free(p);
    return s;
}

static void make_samples(void)
{
    VipsImage *image = painted(WIDE, HIGH);
    void *p;
    size_t n;
    must(vips_jpegsave_buffer(image, &p, &n, "profile", "srgb", NULL) == 0);
    jpeg = kept(p, n);
    must(vips_pngsave_buffer(image, &p, &n, NULL) == 0);
    png = kept(p, n);
    must(vips_webpsave_buffer(image, &p, &n, NULL) == 0);
    webp = kept(p, n);
    must(vips_gifsave_buffer(image, &p, &n, NULL) == 0);
    gif = kept(p, n);
    g_object_unref(image);
}

static bool is_jpeg(struct span s, uint32_t width, uint32_t height)
{
    struct picture_facts f = picture_look(s);
    bool good = f.type == PICTURE_JPEG && f.width == width && f.height == height;
    if (!good) printf("# %u x %u %s\n", f.width, f.height, f.why ? f.why : "");
    return good;
}

/* Segments that carry what nobody needs: EXIF, XMP, profiles, IPTC, comments. */
static bool has_metadata(struct span s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 2; i + 4 < s.n && p[i] == 0xFF && p[i + 1] != 0xDA;
         i += 2 + ((size_t)p[i + 2] << 8 | p[i + 3]))
        if ((p[i + 1] >= 0xE1 && p[i + 1] <= 0xEF) || p[i + 1] == 0xFE) return true;
    return false;
}

static void sizes(void)
{
    static const struct {
        const char *name;
        const struct span *bytes;
    } all[] = {{"JPEG", &jpeg}, {"PNG", &png}, {"WebP", &webp}, {"GIF", &gif}};
    for (size_t i = 0; i < COUNT(all); i++) {
        struct picture_facts f = picture_look(*all[i].bytes);
        check(f.width == WIDE && f.height == HIGH, "%s: its header is read", all[i].name);
        for (size_t k = 0; k < picture_width_count; k++) {
            struct span out[PICTURE_FORMS];
            uint32_t want = picture_widths[k] < WIDE ? picture_widths[k] : WIDE;
            enum result r = picture_scale(a, *all[i].bytes, picture_widths[k], out);
            check(r == OK && is_jpeg(out[FORM_JPEG], want, want * HIGH / WIDE) &&
                      !has_metadata(out[FORM_JPEG]),
                "%s to %u: a bare JPEG, never larger than the original", all[i].name,
                picture_widths[k]);
        }
        struct span card;
        check(picture_card(a, *all[i].bytes, &card) == OK &&
                  is_jpeg(card, CARD_WIDTH, CARD_HEIGHT) && card.n <= CARD_BYTES_MAX &&
                  !has_metadata(card),
            "%s: a card of 1200 x 630 within its bytes (%zu)", all[i].name, card.n);
    }
    struct span out[PICTURE_FORMS];
    VipsImage *one = painted(1, 1), *tall = painted(2, 3000);
    void *p;
    size_t n;
    must(vips_pngsave_buffer(one, &p, &n, NULL) == 0);
    check(picture_scale(a, kept(p, n), 480, out) == OK && is_jpeg(out[FORM_JPEG], 1, 1),
        "one pixel stays one");
    must(vips_pngsave_buffer(tall, &p, &n, NULL) == 0);
    check(picture_scale(a, kept(p, n), 480, out) == OK && is_jpeg(out[FORM_JPEG], 2, 3000),
        "a tall one too");
    g_object_unref(one);
    g_object_unref(tall);
}

/* An EXIF segment with an orientation and a place, behind the picture's first two bytes. */
static struct span with_exif(int orientation)
{
    static const unsigned char exif[] = "\xFF\xE1\x00\x60"
                                        "Exif\0\0MM\0\x2A\0\0\0\x08"
                                        "\0\x02"
                                        "\x01\x12\0\x03\0\0\0\x01\0\x01\0\0"
                                        "\x88\x25\0\x04\0\0\0\x01\0\0\0\x26"
                                        "\0\0\0\0"
                                        "\0\x01"
                                        "\0\x01\0\x02\0\0\0\x02N\0\0\0"
                                        "\0\0\0\0"
                                        "SECRET PLACE 51.5007N 0.1246W words";
    size_t n = 2 + 0x60;
    char *p = arena_alloc(a, jpeg.n + n);
    memcpy(p, jpeg.p, 2);
    memcpy(p + 2, exif, sizeof exif < n ? sizeof exif : n);
    p[2 + 10 + 8 + 2 + 9] = (char)orientation;
    memcpy(p + 2 + n, jpeg.p + 2, jpeg.n - 2);
    return (struct span){p, jpeg.n + n};
}

/* Is the picture's first pixel red? */
static bool starts_red(struct span bytes)
{
    VipsImage *image = vips_image_new_from_buffer(bytes.p, bytes.n, "", NULL);
    double *pixel = NULL;
    int n = 0;
    bool red = image && vips_getpoint(image, &pixel, &n, 5, 5, NULL) == 0 && pixel[0] > 150;
    g_free(pixel);
    g_clear_object(&image);
    return red;
}

/* Words of the original, or the pointer to a place in either order of bytes. */
static bool holds_no_place(struct span s)
{
    return span_find(s, S("SECRET PLACE")) < 0 && span_find(s, S("\x88\x25\0\x04")) < 0 &&
           span_find(s, S("\x25\x88\x04\0")) < 0;
}

static void orientations(void)
{
    static const bool red_first[] = {true, false, false, true, true, true, false, false};
    for (int o = 1; o <= 8; o++) {
        struct span bytes = with_exif(o), card, out[PICTURE_FORMS];
        bool turned = o >= 5;
        struct picture_facts f = picture_look(bytes);
        check(f.width == (turned ? HIGH : WIDE) && f.height == (turned ? WIDE : HIGH),
            "orientation %d: its header tells it upright", o);
        check(picture_scale(a, bytes, 480, out) == OK &&
                  is_jpeg(out[FORM_JPEG], 480, turned ? 800 : 288) &&
                  starts_red(out[FORM_JPEG]) == red_first[o - 1],
            "and it is made upright");
        check(!has_metadata(out[FORM_JPEG]), "a bare JPEG");
        for (size_t k = 0; k < PICTURE_FORMS; k++)
            check(holds_no_place(out[k]), "the %s with no word of where it was taken",
                picture_forms[k].ending);
        check(picture_card(a, bytes, &card) == OK && !has_metadata(card), "nor has its card");
    }
}

static void cut_off(void)
{
    const struct span all[] = {jpeg, png, webp, gif};
    size_t wrong = 0, made = 0;
    for (size_t i = 0; i < COUNT(all); i++)
        for (size_t n = 0; n < all[i].n; n += all[i].n / 40 + 1) {
            struct arena *own = arena_new(256 << 20);
            struct span out[PICTURE_FORMS];
            char *exact = malloc(n ? n : 1);
            must(exact);
            memcpy(exact, all[i].p, n);
            enum result r = picture_scale(own, (struct span){exact, n}, 480, out);
            if (r != ERR_CORRUPT) wrong++;
            made += r == OK;
            free(exact);
            arena_free(own);
        }
    check(!wrong && !made, "cut off anywhere: refused (%zu wrong)", wrong);
    for (size_t i = 0; i < COUNT(all); i++) {
        struct span out[PICTURE_FORMS];
        char *p = arena_alloc(a, all[i].n + 100);
        memcpy(p, all[i].p, all[i].n);
        struct span longer = {p, all[i].n + 100};
        check(picture_scale(a, longer, 480, out) == OK, "what follows a picture does not harm it");
    }
    struct span lying = arena_keep(a, jpeg), out[PICTURE_FORMS];
    static const char frame[] = "\xFF\xC0\x00\x11\x08";
    ptrdiff_t at = span_find(lying, (struct span){frame, 5});
    must(at > 0);
    memcpy((char *)(uintptr_t)lying.p + at + 5, "\x20\x00\x20\x00", 4);
    check(picture_look(lying).width == 8192, "a header that lies");
    enum result r = picture_scale(a, lying, 480, out);
    check(r == ERR_CORRUPT || is_jpeg(out[FORM_JPEG], 480, 480),
        "costs what it tells of and no more");
}

/* A few kB that would be gigabytes. */
static void bombs(void)
{
    static const uint32_t sides[][2] = {{20001, 20001}, {19999, 19999}, {65000, 65000}};
    for (size_t i = 0; i < COUNT(sides); i++) {
        struct span bomb = arena_keep(a, png), card, out[PICTURE_FORMS];
        unsigned char *p = (unsigned char *)(uintptr_t)bomb.p;
        for (int k = 0; k < 4; k++) {
            p[16 + k] = (unsigned char)(sides[i][0] >> (24 - 8 * k));
            p[20 + k] = (unsigned char)(sides[i][1] >> (24 - 8 * k));
        }
        check(picture_scale(a, bomb, 480, out) == ERR_CORRUPT &&
                  picture_card(a, bomb, &card) == ERR_CORRUPT,
            "%u x %u in a few bytes is not decoded", sides[i][0], sides[i][1]);
    }
}

static void section_cards(void)
{
    char *long_words = arena_alloc(a, 4000);
    for (size_t i = 0; i < 3999; i++) long_words[i] = i % 7 == 6 ? ' ' : 'w';
    char *unbroken = arena_alloc(a, 2000);
    memset(unbroken, 'W', 1999);
    const struct {
        const char *name, *title, *colour;
    } rows[] = {{"plain", "Sport", "#1f5f8b"}, {"empty", "", "#1f5f8b"},
        {"long", long_words, "#fff000"}, {"unbroken", unbroken, "#000000"},
        {"Arabic", "افتتاح جسر الميناء بعد إصلاحات استمرت عامين", "#aa2222"},
        {"Hindi", "बंदरगाह का पुल दो साल की मरम्मत के बाद फिर खुला", "#22aa22"},
        {"Chinese", "港口大桥经过两年维修后重新开放", "#2222aa"},
        {"markup", "<b>&amp;</b> <span size='999999'>x</span>", "#1f5f8b"},
        {"control", "a\x01\x02\n\tb", "#1f5f8b"}, {"no colour", "Sport", ""},
        {"a colour that is none", "Sport", "red;}"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct span out = S(""), bare;
        enum result r = picture_section_card(
            a, S("The Kit Courier"), span_of(rows[i].title), span_of(rows[i].colour), &out);
        must(picture_section_card(a, S("The Kit Courier"), S(""), span_of(rows[i].colour), &bare) ==
             OK);
        check(r == OK && is_jpeg(out, CARD_WIDTH, CARD_HEIGHT) && out.n <= CARD_BYTES_MAX &&
                  !has_metadata(out) && span_eq(out, bare) == !rows[i].title[0],
            "a card, %s: 1200 x 630 within its bytes (%zu)", rows[i].name, out.n);
    }
    struct span card;
    must(picture_section_card(a, S("A"), S("B"), S("#1f5f8b"), &card) == OK);
    double *pixel = NULL;
    int n = 0;
    VipsImage *image = vips_image_new_from_buffer(card.p, card.n, "", NULL);
    must(image && vips_getpoint(image, &pixel, &n, 1190, 620, NULL) == 0);
    check(n == 3 && fabs(pixel[0] - 0x1f) < 6 && fabs(pixel[1] - 0x5f) < 6 &&
              fabs(pixel[2] - 0x8b) < 6,
        "on its section's colour (%g %g %g)", pixel[0], pixel[1], pixel[2]);
    g_free(pixel);
    g_object_unref(image);
    check(picture_section_card(a, S("A"), S("\xFF\xFE"), S(""), &card) != OK,
        "what is no text makes no card");
}

static void one_attack(struct span bytes, const char *name, void *with)
{
    struct span out[PICTURE_FORMS];
    (void)with;
    enum result r = picture_scale(a, bytes, 480, out);
    check((r == ERR_CORRUPT || (r == OK && picture_look(out[FORM_JPEG]).type == PICTURE_JPEG)) &&
              (r != OK ||
                  (!has_metadata(out[FORM_JPEG]) && span_find(out[FORM_JPEG], S("<?php")) < 0 &&
                      span_find_nocase(out[FORM_JPEG], S("<script")) < 0)),
        "%s: %s", name, r == OK ? "made, without what it carried" : "refused");
}

int main(void)
{
    const char *why = "";
    a = arena_new((size_t)1 << 30);
    if (!check(picture_start(&why) == OK && picture_start(&why) == OK, "libvips starts, once: %s",
            why))
        return tap_end();
    make_samples();
    sizes();
    orientations();
    cut_off();
    bombs();
    section_cards();
    if (!corpus_pictures(one_attack, NULL))
        tap_skip("attacks by pictures", "no ../shared/attacks/image here");
    arena_free(a);
    return tap_end();
}
