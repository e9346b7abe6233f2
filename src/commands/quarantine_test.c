/* A place in what strangers wrote, as a terminal shows it. */
#include "quarantine.h"

#include "tap.h"

static struct arena *a;

static struct span safe(struct span s)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_for_terminal(&b, s);
    return buf_span(&b);
}

static struct span place(struct span text, uint32_t line, uint32_t column)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_place(&b, text, line, column);
    return buf_span(&b);
}

static void nothing_moves_the_cursor(void)
{
    check_span(safe(S("Größe 東 <b>")), S("Größe 東 <b>"), "words stay");
    check_span(safe(S("\x1b[2J\a\r\n\t\x7f")), S("\\x1B[2J\\x07\\x0D\\x0A\\x09\\x7F"),
        "control characters are told by their numbers");
    check_span(safe(S("\xC2\x9B"
                      "1m")),
        S("\\u{9B}1m"), "those of ISO 6429's second half too");
    check_span(safe(S("a\xE2\x80\xAE"
                      "b")),
        S("a\\u{202E}b"), "and what turns the text");
    check_span(safe(S("a\xFF\xC3")), S("a\\xFF\\xC3"), "and bytes that are no UTF-8");
}

static void carets(void)
{
    check_span(place(S("<a>\n  <b>\n</a>"), 3, 3),
        S("     1 | <a>\n     2 |   <b>\n     3 | </a>\n       |   ^\n"), "under its column");
    check_span(place(S("a\x1bz"), 1, 3), S("     1 | a\\x1Bz\n       |      ^\n"),
        "behind what is told by numbers");
    check_span(place(S("東x"), 1, 2), S("     1 | 東x\n       |   ^\n"), "behind wide characters");
    check_span(place(S("ab"), 1, 9), S("     1 | ab\n       |   ^\n"), "behind the line's end");
    check_span(place(S("a\r\nb\rc"), 3, 1), S("     1 | a\n     2 | b\n     3 | c\n       | ^\n"),
        "each sort of line end is one");
    check_span(place(S("a\nb"), 7, 1), S("     1 | a\n     2 | b\n"), "a line that is not there");
    check_span(place(S(""), 1, 1), S(""), "nothing");
}

static void bounds(void)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (int i = 0; i < 100000; i++) buf_char(&b, i == 70000 ? '#' : 'x');
    struct span got = place(buf_span(&b), 1, 70001);
    check(got.n < 400 && span_find_char(got, '#') > 0, "of a long line a window around the place");
    struct span caret = span_cut(got, (size_t)span_find_char(got, '\n') + 1, got.n);
    /* "…" is three bytes and one column */
    check(span_find_char(caret, '^') == span_find_char(got, '#') - 2, "and the caret under it");
    b.n = 0;
    for (int i = 0; i < 100000; i++) buf_lit(&b, "y\n");
    check(place(buf_span(&b), 50000, 1).n < 400, "of many lines those around it");
    check(place(buf_span(&b), 0, 0).n < 400, "or the first, where no place is told");
}

int main(void)
{
    a = arena_new(64 << 20);
    nothing_moves_the_cursor();
    carets();
    bounds();
    arena_free(a);
    return tap_end();
}
