/* slug: Latin letters for an address out of a headline in any script that slug_table.h knows;
 * others through their decomposition (NFKD). Chinese, Japanese and Korean have no letters to give,
 * so their words are left out. All memory from the arena; never fails. */
#include "text.h"

#include <utf8proc.h>

#include "slug_table.h"

enum { SLUG_WORKING_MAX = 1024, DECOMPOSED_MAX = 32, DECOMPOSE_DEPTH = 3 };

struct slug {
    struct buf b;
    bool gap;       /* a "-" is due before the next letter */
    bool inherent;  /* Devanagari: a consonant waits for its vowel */
    bool clustered; /* a virama stood before that consonant */
    bool virama;    /* the sign before was a virama */
    size_t letters; /* of the Devanagari word so far */
};

static void put_latin(struct slug *s, const char *latin)
{
    if (!*latin) return;
    if (s->gap && s->b.n) buf_char(&s->b, '-');
    s->gap = false;
    buf_str(&s->b, latin);
}

/* The a of the consonant that waits: spoken before another letter; at a word's end only after a
 * cluster (Indra, but Ram). */
static void settle(struct slug *s, bool word_ends)
{
    if (s->inherent && (!word_ends || s->clustered || s->letters == 1)) put_latin(s, "a");
    s->inherent = false;
}

/* A nukta behind a consonant changes it; what was written is taken back. */
static void put_nukta(struct slug *s)
{
    static const struct {
        const char *plain, *dotted;
    } changes[] = {{"kh", "kh"}, {"k", "q"}, {"ph", "f"}, {"j", "z"}, {"dh", "rh"}, {"d", "r"}};
    for (size_t i = 0; s->inherent && i < COUNT(changes); i++) {
        struct span plain = span_of(changes[i].plain);
        if (!span_ends(buf_span(&s->b), plain)) continue;
        s->b.n -= plain.n;
        buf_str(&s->b, changes[i].dotted);
        return;
    }
}

static void put_devanagari(struct slug *s, uint32_t code)
{
    enum indic kind = devanagari[code - 0x900].kind;
    const char *latin = devanagari[code - 0x900].latin;
    bool after_virama = s->virama;
    s->virama = kind == INDIC_VIRAMA;
    if (kind == INDIC_SIGN || kind == INDIC_VIRAMA)
        s->inherent = false;
    else if (kind != INDIC_NUKTA)
        settle(s, false);
    if (kind == INDIC_NUKTA)
        put_nukta(s);
    else
        put_latin(s, latin);
    if (kind == INDIC_CONSONANT) {
        s->inherent = true;
        s->clustered = after_virama;
    }
    if (kind == INDIC_CONSONANT || kind == INDIC_VOWEL) s->letters++;
}

static const struct letter *letter_find(uint32_t code)
{
    size_t low = 0, high = COUNT(letters);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (letters[middle].code == code) return &letters[middle];
        if (letters[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool is_mark(uint32_t code)
{
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)code);
    return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC || c == UTF8PROC_CATEGORY_ME;
}

static void word_end(struct slug *s)
{
    settle(s, true);
    s->gap = true;
    s->virama = s->clustered = false;
    s->letters = 0;
}

/* An apostrophe and what joins letters without showing do not part a word. */
static bool is_silent(uint32_t c)
{
    return c == '\'' || c == 0x2019 || c == 0x2BC || c == 0x2018 || c == 0xAD ||
           (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF;
}

static void put_code(struct slug *s, uint32_t code, int depth);

static void put_decomposed(struct slug *s, uint32_t code, int depth)
{
    utf8proc_int32_t parts[DECOMPOSED_MAX];
    int boundary = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)code, parts, DECOMPOSED_MAX,
        UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE, &boundary);
    bool same = n < 1 || n > DECOMPOSED_MAX || (n == 1 && (uint32_t)parts[0] == code);
    if (same || depth == 0) {
        word_end(s);
        return;
    }
    for (utf8proc_ssize_t i = 0; i < n; i++) put_code(s, (uint32_t)parts[i], depth - 1);
}

static void put_code(struct slug *s, uint32_t code, int depth)
{
    char ascii[2] = {(char)code, 0};
    const struct letter *letter;
    bool upper = code >= 'A' && code <= 'Z';
    if (upper) ascii[0] = (char)(code | 0x20);
    if (upper || (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9')) {
        settle(s, false);
        put_latin(s, ascii);
    } else if (code >= 0x900 && code < 0x900 + COUNT(devanagari) &&
               devanagari[code - 0x900].kind != INDIC_NONE) {
        put_devanagari(s, code);
    } else if ((letter = letter_find(code)) != NULL) {
        settle(s, false);
        put_latin(s, letter->latin);
    } else if (code >= 0x80 ? !is_mark(code) && !is_silent(code) : code != '\'') {
        put_decomposed(s, code, depth);
    }
}

struct span text_slug(struct arena *a, struct span s, size_t max)
{
    struct slug slug = {.gap = true};
    buf_init(&slug.b, a, 0);
    for (size_t i = 0; i < s.n && slug.b.n <= max && slug.b.n < SLUG_WORKING_MAX;)
        put_code(&slug, utf8_next(s, &i), DECOMPOSE_DEPTH);
    word_end(&slug);
    struct span all = buf_span(&slug.b);
    if (all.n <= max) return all;
    size_t cut = max;
    while (cut > 0 && all.p[cut] != '-') cut--;
    return span_cut(all, 0, cut ? cut : max);
}
