/* quarantine_place: a place in bytes that strangers wrote, shown on a terminal: bounded, and
 * nothing of it can move the cursor or turn the text. */
#include "quarantine.h"

enum {
    LINES_AROUND = 6, /* above the place, and below */
    LINE_SHOWN = 150, /* characters of a line: two lines of a terminal */
};

static const struct {
    uint32_t from, to;
} hidden[] = {{0x80, 0x9F}, {0x61C, 0x61C}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
    {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}},
  wide[] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
      {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};

#define IN(ranges, c) is_in((const uint32_t *)(ranges), COUNT(ranges), c)
static bool is_in(const uint32_t *pairs, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (c >= pairs[2 * i] && c <= pairs[2 * i + 1]) return true;
    return false;
}

/* One character, and by how many columns of a terminal it moves. */
static size_t put_one(struct buf *b, struct span s, size_t *i)
{
    size_t from = *i, before = b->n;
    uint32_t c = utf8_next(s, i);
    bool broken = c == 0xFFFD && *i == from + 1;
    if (broken || c < 0x20 || c == 0x7F)
        buf_printf(b, "\\x%02X", (unsigned char)s.p[from]);
    else if (IN(hidden, c))
        buf_printf(b, "\\u{%X}", c);
    else
        buf_put(b, span_cut(s, from, *i));
    if (b->p[before] == '\\') return b->n - before;
    return IN(wide, c) ? 2 : 1;
}

void put_for_terminal(struct buf *b, struct span s)
{
    for (size_t i = 0; i < s.n;) put_one(b, s, &i);
}

/* The next line, without its end: LF, CR LF, or CR alone (XML 1.0, 2.11). */
static bool next_line(struct span *rest, struct span *line)
{
    size_t n = 0;
    if (!rest->n) return false;
    while (n < rest->n && rest->p[n] != '\n' && rest->p[n] != '\r') n++;
    *line = span_cut(*rest, 0, n);
    size_t end = n + 1 < rest->n && rest->p[n] == '\r' && rest->p[n + 1] == '\n' ? n + 2 : n + 1;
    *rest = span_cut(*rest, end < rest->n ? end : rest->n, rest->n);
    return true;
}

/* A window of the line that holds the column; returns where on the terminal that is. */
static size_t put_window(struct buf *b, struct span line, uint32_t column)
{
    size_t i = 0, at = 0, shown = 0;
    uint32_t number = 1, from = column > LINE_SHOWN / 2 ? column - LINE_SHOWN / 2 : 1;
    for (; number < from && i < line.n; number++) utf8_next(line, &i);
    size_t width = number > 1;
    if (number > 1) buf_lit(b, "…");
    for (; i < line.n && shown < LINE_SHOWN; number++, shown++) {
        if (number == column) at = width;
        width += put_one(b, line, &i);
    }
    if (i < line.n) buf_lit(b, "…");
    return number <= column ? width : at;
}

static bool has_line(struct span text, uint32_t wanted)
{
    struct span line;
    uint32_t n = 0;
    while (n < wanted && next_line(&text, &line)) n++;
    return wanted && n == wanted;
}

void put_place(struct buf *b, struct span text, uint32_t line, uint32_t column)
{
    bool is_there = has_line(text, line);
    uint32_t middle = is_there ? line : LINES_AROUND + 1, number = 0;
    struct span shown;
    while (number < middle + LINES_AROUND && next_line(&text, &shown)) {
        if (++number + LINES_AROUND < middle) continue;
        bool is_it = is_there && number == line;
        buf_printf(b, "%6u | ", number);
        size_t at = put_window(b, shown, is_it ? column : 1);
        buf_char(b, '\n');
        if (is_it) buf_printf(b, "       | %*s^\n", (int)at, "");
    }
    if (text.n) buf_lit(b, "       | …\n");
}

void put_unread(struct buf *b, const struct quarantined *q)
{
    put_for_terminal(b, q->name);
    if (q->line) buf_printf(b, ":%u:%u", q->line, q->column);
    buf_lit(b, ": ");
    put_for_terminal(b, q->why);
}
