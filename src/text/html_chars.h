/* html_chars: private to text. What a character is to cleaned markup and plain text. */
#ifndef HTML_CHARS_H
#define HTML_CHARS_H

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

/* From i, behind a visible character, over what comes out as it stands: printable ASCII, with
 * single spaces inside. One branch a byte, which a space does not turn: to guess wrong at every
 * word costs more than all else. */
static inline size_t html_run_end(struct span s, size_t i)
{
    size_t from = i;
    char before = 'x';
    while (i < s.n && s.p[i] >= ' ' && s.p[i] < 0x7F && (s.p[i] | before) != ' ') before = s.p[i++];
    return i > from && before == ' ' ? i - 1 : i;
}

#endif
