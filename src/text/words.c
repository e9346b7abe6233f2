/* words: the words of a text as rules look for them, and whether some of them stand in another's.
 * Scripts with capitals put spaces between words, and only there whole words can be asked for. */
#include "text.h"

#include <utf8proc.h>

enum { DOT_ABOVE = 0x307, ZERO_SPACE = 0x200B, NON_JOINER = 0x200C };

static utf8proc_category_t category(uint32_t c)
{
    return utf8proc_category((utf8proc_int32_t)c);
}

/* Vowel signs and stretchings of Arabic are written or not as it pleases; so are characters that
 * show nothing. Capital İ is folded to an i with a dot above. */
static bool is_dropped(uint32_t c, uint32_t last)
{
    if (c == DOT_ABOVE) return last == 'i';
    if (c == 0x640 || (c >= 0x64B && c <= 0x65F) || c == 0x670) return true;
    if (c >= 0x6D6 && c <= 0x6ED) return category(c) == UTF8PROC_CATEGORY_MN;
    return c != ZERO_SPACE && c != NON_JOINER && category(c) == UTF8PROC_CATEGORY_CF;
}

static bool is_gap(uint32_t c)
{
    if (c == ZERO_SPACE || c == NON_JOINER) return true;
    utf8proc_category_t k = category(c);
    return (k >= UTF8PROC_CATEGORY_PC && k <= UTF8PROC_CATEGORY_ZP) || k == UTF8PROC_CATEGORY_CC;
}

struct span text_words(struct arena *a, struct span s)
{
    struct buf b;
    struct span t = text_casefold(a, s);
    uint32_t last = 0;
    bool gap = false;
    buf_init(&b, a, t.n);
    for (size_t i = 0; i < t.n;) {
        uint32_t c = utf8_next(t, &i);
        if (c >= 0x80 && is_dropped(c, last)) continue;
        last = c;
        if (is_gap(c)) {
            gap = b.n > 0;
            continue;
        }
        if (gap) buf_char(&b, ' ');
        gap = false;
        buf_utf8(&b, c);
    }
    return buf_span(&b);
}

static bool is_spaced_letter(uint32_t c)
{
    utf8proc_category_t k = category(c);
    return k == UTF8PROC_CATEGORY_LU || k == UTF8PROC_CATEGORY_LL || k == UTF8PROC_CATEGORY_LT ||
           k == UTF8PROC_CATEGORY_ND;
}

/* Can a word end between the bytes before this one and it? */
static bool is_word_edge(struct span s, size_t at)
{
    if (at == 0 || at >= s.n) return true;
    size_t before = at - 1, after = at;
    while (before && ((unsigned char)s.p[before] & 0xC0) == 0x80) before--;
    return !is_spaced_letter(utf8_next(s, &before)) || !is_spaced_letter(utf8_next(s, &after));
}

bool text_has_words(struct span words, struct span phrase, bool open_head, bool open_tail)
{
    for (size_t at = 0; phrase.n;) {
        ptrdiff_t found = span_find(span_cut(words, at, words.n), phrase);
        if (found < 0) return false;
        size_t from = at + (size_t)found;
        if ((open_head || is_word_edge(words, from)) &&
            (open_tail || is_word_edge(words, from + phrase.n)))
            return true;
        at = from + 1;
    }
    return false;
}
