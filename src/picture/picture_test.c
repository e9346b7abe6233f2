/* picture_test: headers, whole and cut off; the recipe: every width in every form, none larger than
 * the original. */
#include <string.h>

#include "picture.h"
#include "tap.h"

static struct arena *arena;
static struct span jpeg; /* 1600x900 */

static void test_names(void)
{
    check_span(span_of(picture_type_of(S("aa-480.jpg"))), S("image/jpeg"), "the fallback's type");
    check_span(span_of(picture_type_of(S("aa-480.webp"))), S("image/webp"), "WebP's");
    check_span(span_of(picture_type_of(S("aa-480.avif"))), S("image/avif"), "AVIF's");
    check(
        !picture_type_of(S("aa-480.svg")) && !picture_type_of(S("jpg")) && !picture_type_of(S("")),
        "no rendition has another name");
}

static void test_whole(void)
{
    struct picture_facts f = picture_look(jpeg);
    check(f.type == PICTURE_JPEG && f.width == 1600 && f.height == 900, "a JPEG and its size");
    for (size_t part = 1; part < 10; part++) {
        struct span cut = span_cut(jpeg, 0, jpeg.n * part / 10);
        check(!picture_is_whole(cut, PICTURE_JPEG), "%zu tenths of it are no picture (P3)", part);
    }
    check(!picture_is_whole(span_cut(jpeg, 0, jpeg.n - 1), PICTURE_JPEG),
        "nor is it without its last byte");
    f = picture_look(arena_printf(arena, "%s%0200d", "GIF89a, but only words of ours", 0));
    struct span out[PICTURE_FORMS];
    check(f.type == PICTURE_UNKNOWN ||
              picture_scale(arena, S("GIF89a, but only words of ours"), 480, out) == ERR_CORRUPT,
        "what only begins like one is refused when it is decoded");
    check(picture_look(S("<html>no picture here</html>")).type == PICTURE_UNKNOWN, "nor a page");
}

static void test_forms(void)
{
    static const char *const begins[PICTURE_FORMS] = {"\xFF\xD8\xFF", "RIFF", "\0\0\0"};
    for (size_t w = 0; w < picture_width_count; w++) {
        struct span out[PICTURE_FORMS];
        must(picture_scale(arena, jpeg, picture_widths[w], out) == OK);
        struct picture_facts f = picture_look(out[FORM_JPEG]);
        uint32_t want = picture_widths[w];
        check(f.type == PICTURE_JPEG && f.width == want, "%u pixels: the JPEG is %u wide",
            picture_widths[w], f.width);
        for (size_t k = 0; k < PICTURE_FORMS; k++)
            check(out[k].n > 100 && memcmp(out[k].p, begins[k], 3) == 0,
                "%u pixels in %s: %zu bytes", picture_widths[w], picture_forms[k].ending, out[k].n);
        f = picture_look(out[FORM_WEBP]);
        check(f.type == PICTURE_WEBP && f.width == want, "the WebP is as wide");
        check(!picture_is_whole(span_cut(out[FORM_WEBP], 0, out[FORM_WEBP].n / 2), PICTURE_WEBP),
            "and half of it is no picture");
        check(memcmp(out[FORM_AVIF].p + 4, "ftypavif", 8) == 0, "the AVIF says so");
    }
}

/* A small original is not made larger. */
static void test_small(void)
{
    struct span small[PICTURE_FORMS], out[PICTURE_FORMS];
    must(picture_scale(arena, jpeg, 480, small) == OK &&
         picture_scale(arena, small[FORM_JPEG], 800, out) == OK);
    check(picture_look(out[FORM_JPEG]).width == 480, "the JPEG stays 480 pixels wide");
    check(picture_look(out[FORM_WEBP]).width == 480, "and so does the WebP");
}

/* Captions, places and thumbnails that cameras and desks write into a file go no further (C7). */
static void test_metadata(void)
{
    static const char words[] = "A caption that was wrong";
    char note[4 + sizeof words] = {(char)0xFF, (char)0xFE, 0, (char)(2 + sizeof words)};
    memcpy(note + 4, words, sizeof words);
    struct buf b;
    buf_init(&b, arena, 0);
    buf_put(&b, span_cut(jpeg, 0, 2));
    buf_put(&b, (struct span){note, sizeof note});
    buf_put(&b, span_cut(jpeg, 2, jpeg.n));
    struct span out[PICTURE_FORMS];
    check(span_find(buf_span(&b), span_of(words)) >= 0, "the original has a comment");
    must(picture_scale(arena, buf_span(&b), 480, out) == OK);
    for (size_t k = 0; k < PICTURE_FORMS; k++)
        check(span_find(out[k], span_of(words)) < 0, "the %s has none", picture_forms[k].ending);
}

int main(void)
{
    const char *why = NULL;
    arena = arena_new(64 << 20);
    log_quiet(LOG_ERROR + 1);
    if (picture_start(&why) != OK) must(!"libvips does not start");
    must(file_read(arena, "demo/pictures/cinema.jpg", PICTURE_BYTES_MAX, &jpeg) == OK);
    test_names();
    test_whole();
    test_forms();
    test_small();
    test_metadata();
    arena_free(arena);
    return tap_end();
}
