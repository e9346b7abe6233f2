/* html_chars: private to text. What a character is to cleaned markup and plain text. */
#ifndef HTML_CHARS_H
#define HTML_CHARS_H

#include <string.h>

#include "text.h"

enum html_char {
    CHAR_VISIBLE,
    CHAR_SPACE,  /* folds: white space of HTML (HTML 4.6.1) */
    CHAR_NBSP,   /* U+00A0 and the spaces of fixed width: kept in markup, fold in plain text */
    CHAR_DROPPED /* controls and noncharacters: never come out */
};

/* Whether only the code point tells; most text never needs it decoded. */
static inline bool html_is_odd_lead(unsigned char c)
{
    return c == 0xC2 || c == 0xE1 || c == 0xE2 || c == 0xE3 || c == 0xEF || c >= 0xF0;
}

static inline enum html_char html_code_point_kind(uint32_t c)
{
    if (c >= 0x80 && c < 0xA0) return CHAR_DROPPED;
    if (c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
        c == 0x202F || c == 0x205F || c == 0x3000)
        return CHAR_NBSP;
    if ((c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE || c == 0xFEFF) return CHAR_DROPPED;
    return CHAR_VISIBLE;
}

/* The kind of the character at *i, behind which *i is moved. s is valid UTF-8. */
static inline enum html_char html_next_char(struct span s, size_t *i)
{
    unsigned char c = (unsigned char)s.p[*i];
    if (c > ' ' && c < 0x7F) return ++*i, CHAR_VISIBLE;
    if (c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r') return ++*i, CHAR_SPACE;
    if (c < 0x80) return ++*i, CHAR_DROPPED;
    if (html_is_odd_lead(c)) return html_code_point_kind(utf8_next(s, i));
    *i += c < 0xE0 ? 2 : 3;
    if (*i > s.n) *i = s.n;
    return CHAR_VISIBLE;
}

/* ---- eight bytes at a time: most of a text is plain, and a branch a byte is what costs ---- */

#define HTML_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t html_eight(struct span s, size_t i)
{
    uint64_t eight;
    memcpy(&eight, s.p + i, sizeof eight);
    return eight;
}

/* Not 0: one of the eight bytes is 0. */
static inline uint64_t html_zeros(uint64_t x)
{
    return (x - HTML_EACH(1)) & ~x & HTML_EACH(0x80);
}

/* Are they all printable ASCII? Else a top bit is set, in the byte itself or by what is added or
 * taken. */
static inline bool html_eight_print(uint64_t x)
{
    return ((x | (x + HTML_EACH(1)) | (x - HTML_EACH(' '))) & HTML_EACH(0x80)) == 0;
}

/* Do they all come out as they stand? No control, no odd lead (below 0xE0 that is 0xC2 alone), no
 * two spaces side by side. */
static inline bool html_eight_run(uint64_t x)
{
    uint64_t controls =
        ((x - HTML_EACH(' ')) & ~x & HTML_EACH(0x80)) | html_zeros(x ^ HTML_EACH(0x7F));
    uint64_t leads = (x & x << 1 & x << 2 & HTML_EACH(0x80)) | html_zeros(x ^ HTML_EACH(0xC2));
    uint64_t off = x ^ HTML_EACH(' '); /* 0 where a space is: only there no top bit comes of it */
    uint64_t spaces = ~(((off & HTML_EACH(0x7F)) + HTML_EACH(0x7F)) | off) & HTML_EACH(0x80);
    return (controls | leads | (spaces & spaces << 8)) == 0;
}

static inline bool html_goes_on(unsigned char c)
{
    return c < 0x80 ? c >= ' ' && c < 0x7F : !html_is_odd_lead(c);
}

/* From i, behind a visible character, over what comes out as it stands: printable ASCII with single
 * spaces inside, and what is visible by its first byte. To guess wrong at every word costs more
 * than all else, so a space turns no branch. */
static inline size_t html_run_end(struct span s, size_t i)
{
    size_t from = i;
    char before = 'x';
    while (i + 8 <= s.n && (s.p[i] | before) != ' ' && html_eight_run(html_eight(s, i))) {
        i += 8;
        before = s.p[i - 1];
    }
    for (; i < s.n && html_goes_on((unsigned char)s.p[i]) && (s.p[i] | before) != ' '; i++)
        before = s.p[i];
    return i > from && before == ' ' ? i - 1 : i;
}

static inline bool html_is_escaped(char c)
{
    return c == '&' || c == '<' || c == '>';
}

/* Is one of the eight to be escaped? "<" and ">" differ in one bit. */
static inline bool html_is_one_escaped(uint64_t x)
{
    const uint64_t differs = HTML_EACH('<' ^ '>');
    return html_zeros(x ^ HTML_EACH('&')) | html_zeros((x | differs) ^ HTML_EACH('<' | '>'));
}

/* Behind the character at i, or the text from it on that needs no escaping. */
static inline size_t html_piece_end(struct span s, size_t i)
{
    if (html_is_escaped(s.p[i])) return i + 1;
    while (i + 8 <= s.n && !html_is_one_escaped(html_eight(s, i))) i += 8;
    while (i < s.n && !html_is_escaped(s.p[i])) i++;
    return i;
}

/* Is it one such run, which folding would leave as it is? */
static inline bool html_is_run(struct span s)
{
    return s.n && s.p[0] != ' ' && html_goes_on((unsigned char)s.p[0]) && html_run_end(s, 1) == s.n;
}

#endif
