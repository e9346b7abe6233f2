/* query: what a reader typed -> an FTS5 expression. Words are ANDed; "a phrase" stays together; a
 * trailing * asks for a beginning. Every word ends as an FTS5 string that holds only folded letters
 * and spaces: no operator of FTS5 can be spoken from outside. Never fails: what makes no sense is a
 * word like others, or nothing. */
#include "inside.h"

enum {
    QUERY_WORDS_MAX = 12,
    QUERY_BYTES_MAX = 1000, /* longer than any question; site cuts at 200 */
    QUERY_PREFIX_MIN = 2,   /* letters before a *: one letter would read half the index */
};

static bool is_quote(uint32_t c)
{
    return c == '"' || c == 0x201C || c == 0x201D || c == 0x201E || c == 0xAB || c == 0xBB;
}

/* The next word or quoted phrase of *rest. */
static bool next_word(struct span *rest, struct span *word_out)
{
    size_t from = 0, i = 0;
    bool quoted = false;
    while (i < rest->n) {
        size_t at = i;
        uint32_t c = utf8_next(*rest, &i);
        bool ends = is_quote(c) || (c == ' ' && !quoted);
        if (ends && (at > from || quoted)) {
            *word_out = span_cut(*rest, from, at);
            *rest = span_cut(*rest, is_quote(c) && !quoted ? at : i, rest->n);
            return true;
        }
        if (ends) {
            quoted = is_quote(c);
            from = i;
        }
    }
    *word_out = span_cut(*rest, from, rest->n);
    *rest = (struct span){NULL, 0};
    return word_out->n > 0;
}

static bool put_word(struct buf *b, struct arena *a, struct span word)
{
    struct buf folded;
    bool star = span_ends(word, S("*"));
    buf_init(&folded, a, 0);
    bool lone_cjk = fold_put(&folded, a, word, true);
    struct span s = span_trim(buf_span(&folded));
    if (!s.n) return false;
    buf_str(b, b->n ? " AND \"" : "\"");
    buf_put(b, s);
    buf_char(b, '"');
    if (lone_cjk || (star && utf8_count(s) >= QUERY_PREFIX_MIN)) buf_lit(b, " *");
    return true;
}

struct span search_expression(struct arena *a, struct span words)
{
    struct buf b;
    struct span rest = text_casefold(a, span_cut(words, 0, QUERY_BYTES_MAX)), word;
    buf_init(&b, a, 0);
    for (int n = 0; n < QUERY_WORDS_MAX && next_word(&rest, &word);)
        if (put_word(&b, a, word)) n++;
    return buf_span(&b);
}
