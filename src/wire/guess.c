/* guess.c: the charset of files that have no place to say it. Owns the order in which sources are
 * believed, and the signs by which the sets of Cyrillic and East Asian wires are told: these write
 * most letters above 0x7F, Latin ones few. Linear. Never fails: windows-1252 gives every byte a
 * meaning. */
#include <string.h>

#include "reader.h"

enum { LOOK_MAX = 64 << 10 }; /* bytes that are looked at: a whole story */

/* UTF-16 without a mark: the zeros of ASCII stand on one side only. */
static const char *utf16_by_zeros(struct span s)
{
    size_t even = 0, odd = 0, n = (s.n < 4096 ? s.n : 4096) / 2;
    for (size_t i = 0; i < n; i++) {
        even += s.p[2 * i] == 0;
        odd += s.p[2 * i + 1] == 0;
    }
    if (n < 2 || (even + odd) * 4 < n) return NULL;
    if (odd > even * 8) return "utf-16le";
    return even > odd * 8 ? "utf-16be" : NULL;
}

struct tally {
    size_t letters, high;       /* bytes that are letters or above 0x7F; those above it */
    size_t odd_runs, runs;      /* of high bytes; a character of two bytes makes even ones */
    size_t low_half, high_half; /* 0xC0 to 0xDF, 0xE0 to 0xFF: where the small letters are */
    size_t kana;                /* 0xA4, 0xA5 as first of two: Japanese in EUC */
    size_t umlauts;             /* high bytes between ASCII letters: Latin sets */
    size_t shifted;             /* 0x82, 0x83 before a kana's second byte: Japanese in Shift_JIS */
};

static bool is_ascii_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct tally tally_of(struct span s)
{
    struct tally t = {0};
    size_t run = 0;
    for (size_t i = 0; i <= s.n; i++) {
        unsigned char c = i < s.n ? (unsigned char)s.p[i] : 0;
        unsigned char next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
        t.letters += c >= 0x80 || is_ascii_letter(c);
        t.shifted += (c == 0x82 && next >= 0x9F && next <= 0xF1) ||
                     (c == 0x83 && next >= 0x40 && next <= 0x96);
        if (c >= 0x80) {
            t.high++;
            t.low_half += c >= 0xC0 && c < 0xE0;
            t.high_half += c >= 0xE0;
            t.kana += run % 2 == 0 && (c == 0xA4 || c == 0xA5);
            run++;
            continue;
        }
        t.runs += run > 0;
        t.odd_runs += run % 2;
        t.umlauts += run == 1 && is_ascii_letter(c);
        run = 0;
    }
    return t;
}

/* Half the letters must be of the other script: a German text with all its umlauts has a tenth. */
static const char *by_letters(struct span s)
{
    struct tally t = tally_of(span_cut(s, 0, LOOK_MAX));
    if (t.high >= 8 && t.shifted * 5 > t.high) return "shift_jis";
    if (t.high < 8 || t.high * 2 < t.letters || t.umlauts * 4 > t.runs) return NULL;
    if (t.odd_runs * 20 <= t.runs) return t.kana * 8 > t.high / 2 ? "euc-jp" : "gb18030";
    return t.low_half > t.high_half ? "koi8-r" : "windows-1251";
}

/* ---- does the text confirm it? ---- */

/* The letters that most of a text in these languages is made of. Read by another set it is made of
 * any. */
static const struct {
    const char *guess, *common;
    size_t percent; /* of the letters beyond ASCII, at least */
} tongues[] = {
    {"windows-1251", "оеаинтсрвлкі", 50},
    {"koi8-r", "оеаинтсрвлкі", 50},
    {"gb18030",
        "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也"
        "能下过子说新经三方后多定行学日月期开重",
        12},
    {"euc-jp", "のはをにがとでたしてるいなれさも", 25},
    {"shift_jis", "のはをにがとでたしてるいなれさも", 25},
};

/* Of a text in Latin letters few are not ASCII's. */
static bool is_latin(struct span text)
{
    enum { SOME = 8, FEW = 5 };
    size_t plain = 0, marked = 0;
    for (size_t i = 0; i < text.n;) {
        uint32_t c = utf8_next(text, &i);
        marked += c >= 0x80;
        plain += c < 0x80 && is_ascii_letter((unsigned char)c);
    }
    return marked < SOME || marked * FEW <= plain + marked;
}

static bool is_made_of(struct span text, const char *common, size_t percent)
{
    struct span list = span_of(common);
    size_t letters = 0, known = 0;
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        if (utf8_next(text, &i) < 0x80) continue;
        letters++;
        known += span_find(list, span_cut(text, from, i)) >= 0;
    }
    return known * 100 >= letters * percent;
}

bool wire_guess_holds(struct arena *a, struct span text, const char *guess)
{
    text = span_cut(text, 0, LOOK_MAX);
    if (strcmp(guess, "windows-1252") == 0) return is_latin(text);
    for (size_t i = 0; i < COUNT(tongues); i++)
        if (strcmp(tongues[i].guess, guess) == 0)
            return is_made_of(text_casefold(a, text), tongues[i].common, tongues[i].percent);
    return true; /* told by its marks: zeros, escapes, bytes that are nearly all UTF-8 */
}

static bool is_seven_bit_japanese(struct span s)
{
    return span_find(s, S("\033$B")) >= 0 || span_find(s, S("\033$@")) >= 0;
}

/* A few bytes are damaged or were set in by another system; of another charset nearly all above
 * 0x7F would be wrong. */
static bool is_mostly_utf8(struct span s)
{
    size_t good = 0, bad = 0;
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = utf8_next(s, &i);
        good += c >= 0x80 && i - from > 1;
        bad += c == 0xFFFD && i - from == 1;
    }
    return good > bad;
}

static struct span mended_utf8(struct arena *a, struct span s)
{
    struct buf b;
    struct span one;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        bool broken = utf8_next(s, &i) == 0xFFFD && i - from == 1;
        if (broken && charset_to_utf8(a, span_cut(s, from, i), S("windows-1252"), &one))
            buf_put(&b, one);
        else
            buf_put(&b, span_cut(s, from, i));
    }
    return buf_span(&b);
}

struct span wire_text(struct arena *a, struct span bytes, struct span told, const char **guess_out)
{
    struct span text;
    *guess_out = NULL;
    if (told.n && charset_to_utf8(a, bytes, told, &text)) return text;
    struct span mark = charset_sniff(bytes);
    if (mark.n && !span_starts(bytes, S("<")) && charset_to_utf8(a, bytes, mark, &text))
        return text;
    const char *guess = utf16_by_zeros(bytes);
    if (!guess && is_seven_bit_japanese(bytes)) guess = "iso-2022-jp";
    if (!guess && utf8_valid(bytes)) return bytes;
    if (!guess && is_mostly_utf8(bytes)) {
        *guess_out = "utf-8 with single bytes of windows-1252";
        return mended_utf8(a, bytes);
    }
    if (!guess) guess = by_letters(bytes);
    if (!guess) guess = "windows-1252";
    *guess_out = guess;
    if (charset_to_utf8(a, bytes, span_of(guess), &text)) return text;
    *guess_out = "windows-1252";
    must(charset_to_utf8(a, bytes, S("windows-1252"), &text));
    return text;
}
