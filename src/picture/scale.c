/* scale: renditions and cards by libvips. Only the loaders for JPEG, PNG, WebP and GIF that libvips
 * itself trusts; metadata is stripped, colours become sRGB. Not thread-safe to start; the rest may
 * run on any thread. */
#include "picture.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <vips/vips.h>
#include <vips/vector.h>

enum {
    JPEG_QUALITY = 82,
    CARD_QUALITY_FIRST = 82,
    CARD_QUALITY_STEP = 14,
    CARD_TRIES = 5,
    /* Together about 0.3 s for all widths of a picture of 1600x900. One step more of AVIF's effort
     * costs six times that for a twentieth of the bytes. */
    WEBP_QUALITY = 78,
    WEBP_EFFORT = 2,
    AVIF_QUALITY = 52,
    AVIF_EFFORT = 1,
};

enum {
    CARD_WORDS_MAX = 60, /* code points of a name on a section card */
    CARD_SIZE_MIN = 24,  /* smaller letters nobody reads */
    CARD_MARGIN = 40,
};

/* A card in each script that sites are written in: its fonts are open from then on. */
static void warm_fonts(struct arena *a)
{
    static const char *const letters[] = {"Aa ", "Жж ", "Ωω ", "اب ", "कि ", "中文 "};
    struct span out;
    for (size_t i = 0; i < COUNT(letters); i++) {
        struct buf b;
        buf_init(&b, a, 0);
        for (int k = 0; k < CARD_WORDS_MAX; k++) buf_str(&b, letters[i]);
        (void)!picture_section_card(a, span_of(letters[i]), buf_span(&b), S(""), &out);
    }
}

/* Everything that libvips and those below it open, compile or set up at first use, done once while
 * files may still be opened: a cage closes after this. One small picture of each format goes the
 * whole way; the JPEG has a colour profile, as agencies' have. */
static void warm_up(void)
{
    VipsImage *black = NULL, *rgb = NULL;
    struct arena *a = arena_new(64 << 20);
    struct span out, forms[PICTURE_FORMS];
    void *made[4] = {0};
    size_t n[4] = {0};
    tzset();
    if (vips_black(&black, 640, 400, "bands", 3, NULL) == 0 &&
        vips_copy(black, &rgb, "interpretation", VIPS_INTERPRETATION_sRGB, NULL) == 0) {
        (void)!vips_jpegsave_buffer(rgb, &made[0], &n[0], "profile", "srgb", NULL);
        (void)!vips_pngsave_buffer(rgb, &made[1], &n[1], NULL);
        (void)!vips_webpsave_buffer(rgb, &made[2], &n[2], NULL);
        (void)!vips_gifsave_buffer(rgb, &made[3], &n[3], NULL);
    }
    for (size_t i = 0; i < COUNT(made); i++) {
        if (!made[i]) continue;
        (void)!picture_scale(a, (struct span){made[i], n[i]}, picture_widths[0], forms);
        (void)!picture_card(a, (struct span){made[i], n[i]}, &out);
        g_free(made[i]);
    }
    g_clear_object(&rgb);
    g_clear_object(&black);
    warm_fonts(a);
    vips_error_clear();
    arena_free(a);
}

/* A damaged picture makes libvips say so in thousands of lines: its refusal is told once. And GLib
 * would first ask whether a journal listens, which is death in the cage. */
static GLogWriterOutput say_nothing(
    GLogLevelFlags level, const GLogField *fields, gsize n, gpointer with)
{
    (void)level, (void)fields, (void)n, (void)with;
    return G_LOG_WRITER_HANDLED;
}

enum result picture_start(const char **why_out)
{
    static bool started;
    if (started) return OK;
    if (VIPS_INIT("broadsheet") != 0) {
        *why_out = vips_error_buffer();
        return ERR_IO;
    }
    started = true;
    g_log_set_writer_func(say_nothing, NULL, NULL);
    vips_block_untrusted_set(TRUE);
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    /* Loops compiled at run time want files and executable memory for each new size. */
    vips_vector_set_enabled(FALSE);
    warm_up();
    return OK;
}

static enum result keep_jpeg(struct arena *a, VipsImage *image, int quality, struct span *out)
{
    void *p = NULL;
    size_t n = 0;
    if (vips_jpegsave_buffer(image, &p, &n, "Q", quality, "strip", TRUE, "optimize_coding", TRUE,
            "interlace", TRUE, NULL) != 0) {
        vips_error_clear();
        return ERR_CORRUPT;
    }
    *out = arena_keep(a, (struct span){p, n});
    g_free(p);
    return OK;
}

/* Transparent pictures stand on white. */
static VipsImage *flat(VipsImage *image)
{
    VipsImage *out = NULL;
    if (!vips_image_hasalpha(image)) return image;
    double white = 255;
    VipsArrayDouble *background = vips_array_double_new(&white, 1);
    int bad = vips_flatten(image, &out, "background", background, NULL);
    vips_area_unref(VIPS_AREA(background));
    g_object_unref(image);
    return bad ? NULL : out;
}

static VipsImage *thumbnail(struct span bytes, int width, int height, VipsInteresting crop)
{
    VipsImage *image = NULL;
    void *p = (void *)(uintptr_t)bytes.p; /* vips does not write to it */
    int bad = height ? vips_thumbnail_buffer(p, bytes.n, &image, width, "height", height, "crop",
                           crop, "export_profile", "srgb", "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL)
                     : vips_thumbnail_buffer(p, bytes.n, &image, width, "height", PICTURE_SIDE_MAX,
                           "size", VIPS_SIZE_DOWN, "export_profile", "srgb", "fail_on",
                           VIPS_FAIL_ON_TRUNCATED, NULL);
    if (bad) {
        vips_error_clear();
        return NULL;
    }
    return flat(image);
}

/* Places, captions and profiles of the original; "strip" of libvips 8.14 leaves EXIF in a WebP. */
static void drop_metadata(VipsImage *image)
{
    char **names = vips_image_get_fields(image);
    for (char **name = names; name && *name; name++) (void)!vips_image_remove(image, *name);
    g_strfreev(names);
}

/* Empty where the libraries of this machine cannot write that form: pages then do not name it. */
static struct span keep_form(struct arena *a, VipsImage *image, enum picture_form form)
{
    void *p = NULL;
    size_t n = 0;
    int bad = 1;
    if (form == FORM_WEBP)
        bad = vips_webpsave_buffer(
            image, &p, &n, "Q", WEBP_QUALITY, "effort", WEBP_EFFORT, "strip", TRUE, NULL);
    if (form == FORM_AVIF)
        bad = vips_heifsave_buffer(image, &p, &n, "Q", AVIF_QUALITY, "compression",
            VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "effort", AVIF_EFFORT, "strip", TRUE, NULL);
    if (bad) {
        vips_error_clear();
        return S("");
    }
    struct span kept = arena_keep(a, (struct span){p, n});
    g_free(p);
    return kept;
}

static bool is_fit(struct span bytes)
{
    enum picture_type type = picture_look(bytes).type;
    return type != PICTURE_UNKNOWN && picture_is_whole(bytes, type);
}

enum result picture_scale(
    struct arena *a, struct span bytes, uint32_t width, struct span out[PICTURE_FORMS])
{
    if (!is_fit(bytes)) return ERR_CORRUPT;
    VipsImage *image = thumbnail(bytes, (int)width, 0, VIPS_INTERESTING_NONE);
    /* Decoded once, written in each form. */
    VipsImage *pixels = image ? vips_image_copy_memory(image) : NULL;
    if (image) g_object_unref(image);
    if (!pixels) {
        vips_error_clear();
        return ERR_CORRUPT;
    }
    drop_metadata(pixels);
    enum result r = keep_jpeg(a, pixels, JPEG_QUALITY, &out[FORM_JPEG]);
    for (enum picture_form f = FORM_JPEG + 1; f < PICTURE_FORMS; f++)
        out[f] = r == OK ? keep_form(a, pixels, f) : S("");
    g_object_unref(pixels);
    return r;
}

/* A card has a bound in bytes: quality goes down until it fits. */
static enum result keep_card(struct arena *a, VipsImage *image, struct span *jpeg_out)
{
    for (int i = 0; i < CARD_TRIES; i++) {
        enum result r = keep_jpeg(a, image, CARD_QUALITY_FIRST - i * CARD_QUALITY_STEP, jpeg_out);
        if (r != OK || jpeg_out->n <= CARD_BYTES_MAX) return r;
    }
    return ERR_FULL;
}

enum result picture_card(struct arena *a, struct span bytes, struct span *jpeg_out)
{
    if (!is_fit(bytes)) return ERR_CORRUPT;
    VipsImage *image = thumbnail(bytes, CARD_WIDTH, CARD_HEIGHT, VIPS_INTERESTING_ATTENTION);
    if (!image) return ERR_CORRUPT;
    enum result r = keep_card(a, image, jpeg_out);
    g_object_unref(image);
    return r;
}

enum result picture_crop(
    struct arena *a, struct span bytes, enum picture_shape s, struct span *jpeg_out)
{
    const struct picture_shape_row *shape = &picture_shapes[s];
    struct picture_facts facts = picture_look(bytes);
    if (!is_fit(bytes)) return ERR_CORRUPT;
    if (facts.width < shape->width || facts.height < shape->height) return ERR_ABSENT;
    VipsImage *image =
        thumbnail(bytes, (int)shape->width, (int)shape->height, VIPS_INTERESTING_ATTENTION);
    if (!image) return ERR_CORRUPT;
    enum result r = keep_jpeg(a, image, JPEG_QUALITY, jpeg_out);
    g_object_unref(image);
    return r;
}

/* ---- section cards ---- */
static void colour_of(struct span hex, double out[3])
{
    unsigned char b[3] = {0x1d, 0x2b, 0x3a};
    if (hex.n == 7 && hex.p[0] == '#') (void)hex_to_bytes(span_cut(hex, 1, 7), b, 3);
    for (int i = 0; i < 3; i++) out[i] = b[i];
}

/* Pango markup is not wanted in names that others chose. */
static char *escaped(struct arena *a, struct span s)
{
    char *text = arena_cstr(a, s), *safe = g_markup_escape_text(text, (gssize)strlen(text));
    char *kept = arena_cstr(a, span_of(safe));
    g_free(safe);
    return kept;
}

/* The words as a mask, as large as fits in width and height. */
static VipsImage *mask_of(const char *words, const char *face, int size, int width, int height)
{
    for (;; size = size * 3 / 4) {
        VipsImage *mask = NULL;
        char font[64];
        snprintf(font, sizeof font, "%s %d", face, size);
        if (vips_text(&mask, words, "font", font, "width", width, "dpi", 72, "wrap",
                VIPS_TEXT_WRAP_WORD_CHAR, NULL) != 0)
            return NULL;
        bool fits = vips_image_get_width(mask) <= width && vips_image_get_height(mask) <= height;
        if (fits || size < CARD_SIZE_MIN) return mask;
        g_object_unref(mask);
    }
}

/* White words laid over canvas at x, y; takes canvas over. */
static VipsImage *write_words(
    VipsImage *canvas, const char *words, const char *face, int size, int x, int y)
{
    VipsImage *mask = NULL, *white = NULL, *rgb = NULL, *placed = NULL, *mixed = NULL, *out = NULL;
    if (!canvas || !*words) return canvas;
    mask = mask_of(words, face, size, CARD_WIDTH - 2 * x, CARD_HEIGHT - y - CARD_MARGIN);
    if (mask && vips_embed(mask, &placed, x, y, CARD_WIDTH, CARD_HEIGHT, NULL) == 0 &&
        vips_black(&white, CARD_WIDTH, CARD_HEIGHT, "bands", 3, NULL) == 0 &&
        vips_linear1(white, &rgb, 1, 255, NULL) == 0 &&
        vips_ifthenelse(placed, rgb, canvas, &mixed, "blend", TRUE, NULL) == 0)
        vips_copy(mixed, &out, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);
    VipsImage *all[] = {mask, white, rgb, placed, mixed, canvas};
    for (size_t i = 0; i < COUNT(all); i++)
        if (all[i]) g_object_unref(all[i]);
    return out;
}

static VipsImage *canvas_of(struct span colour)
{
    double rgb[3], one[3] = {1, 1, 1};
    VipsImage *black = NULL, *plain = NULL, *out = NULL;
    colour_of(colour, rgb);
    if (vips_black(&black, CARD_WIDTH, CARD_HEIGHT, "bands", 3, NULL) == 0 &&
        vips_linear(black, &plain, one, rgb, 3, NULL) == 0)
        vips_copy(plain, &out, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);
    if (black) g_object_unref(black);
    if (plain) g_object_unref(plain);
    return out;
}

enum result picture_section_card(struct arena *a, struct span site_name, struct span title,
    struct span colour, struct span *jpeg_out)
{
    VipsImage *image = canvas_of(colour);
    image =
        write_words(image, escaped(a, utf8_head(site_name, CARD_WORDS_MAX)), "serif", 52, 80, 70);
    image = write_words(
        image, escaped(a, utf8_head(title, CARD_WORDS_MAX)), "serif bold", 118, 80, 380);
    if (!image) {
        vips_error_clear();
        return ERR_CORRUPT;
    }
    enum result r = keep_card(a, image, jpeg_out);
    g_object_unref(image);
    return r;
}
