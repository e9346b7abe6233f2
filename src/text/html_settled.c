/* html_settled: is markup what the sanitiser would give back unchanged? Knows the plain shapes of
 * the wire alone (paragraphs, headings, lists, quotations, tables, places of pictures; in them
 * marks, links, breaks); of all else it says no, and the sanitiser decides. One pass, no memory:
 * what comes out of a reader is cleaned again by who takes it, and nearly all of it is of this
 * kind. */
#include "html_builder.h"

#include <string.h>

#include "html_chars.h"

struct settling {
    struct span s;
    size_t i;
    unsigned figures;
};

static bool takes(struct settling *t, const char *literal)
{
    size_t n = strlen(literal);
    if (t->s.n - t->i < n || memcmp(t->s.p + t->i, literal, n) != 0) return false;
    t->i += n;
    return true;
}

/* ---- a line: text, and what may stand in it ---- */

enum { MARKS = TAG_A - TAG_EM + 1 };

struct settling_line {
    enum html_tag open[MARKS]; /* outermost first, each once */
    size_t depth;
    unsigned breaks; /* in a row */
    bool is_blank;   /* no text since it began or was broken */
    bool is_seen;    /* text, or the end of a mark around some, stands before: what may end here */
};

static void see(struct settling_line *l)
{
    l->is_blank = false;
    l->is_seen = true;
    l->breaks = 0;
}

/* What stands up to the next "<", "&" or ">". */
static bool takes_text(struct settling *t, struct settling_line *l)
{
    struct span piece = span_cut(t->s, 0, html_piece_end(t->s, t->i));
    while (t->i < piece.n) {
        if (piece.p[t->i] == ' ') {
            if (!l->is_seen) return false;
            l->is_seen = false;
            t->i++;
            continue;
        }
        enum html_char kind = html_next_char(piece, &t->i);
        if (kind != CHAR_VISIBLE && (kind != CHAR_NBSP || l->is_blank)) return false;
        t->i = html_run_end(piece, t->i);
        see(l);
    }
    return true;
}

static bool takes_escaped(struct settling *t, struct settling_line *l)
{
    if (!takes(t, "&amp;") && !takes(t, "&lt;") && !takes(t, "&gt;")) return false;
    see(l);
    return true;
}

/* The value of an attribute and the quote behind it: printable ASCII. */
static bool takes_value(struct settling *t, struct span *value_out)
{
    size_t from = t->i;
    for (; t->i < t->s.n && t->s.p[t->i] != '"'; t->i++) {
        unsigned char c = (unsigned char)t->s.p[t->i];
        if (c < ' ' || c >= 0x7F || c == '<' || c == '>') return false;
        if (c == '&' && !span_starts(span_cut(t->s, t->i, t->s.n), S("&amp;"))) return false;
    }
    *value_out = span_cut(t->s, from, t->i);
    return takes(t, "\"");
}

/* <a href="…" rel="nofollow noopener">, behind its "<a". */
static bool takes_link(struct settling *t)
{
    struct span href;
    return takes(t, " href=\"") && takes_value(t, &href) && span_find_char(href, ' ') < 0 &&
           href.n <= HTML_LINK_MAX && url_is_safe_link(href) &&
           takes(t, " rel=\"nofollow noopener\">");
}

/* Behind "<". A mark is written when text comes: nothing but text, or one more, stands behind it.
 */
static bool takes_mark(struct settling *t, struct settling_line *l)
{
    static const char *const begins[MARKS] = {"em>", "strong>", "sub>", "sup>", "a"};
    size_t k = 0;
    while (k < MARKS && !takes(t, begins[k])) k++;
    enum html_tag tag = TAG_EM + k;
    if (k == MARKS || (tag == TAG_A && !takes_link(t))) return false;
    for (size_t i = 0; i < l->depth; i++)
        if (l->open[i] == tag) return false;
    l->open[l->depth++] = tag;
    l->is_seen = false;
    l->breaks = 0;
    return true;
}

static bool takes_mark_end(struct settling *t, struct settling_line *l)
{
    static const char *const ends[MARKS] = {"em>", "strong>", "sub>", "sup>", "a>"};
    return l->is_seen && l->depth && takes(t, ends[l->open[--l->depth] - TAG_EM]);
}

static bool takes_break(struct settling_line *l)
{
    if (!l->is_seen && l->breaks == 0) return false;
    l->is_seen = false;
    l->is_blank = true;
    return ++l->breaks <= HTML_BREAKS_MAX;
}

/* Up to the end tag of what the line stands in. */
static bool takes_line(struct settling *t)
{
    struct settling_line l = {.is_blank = true};
    while (t->i < t->s.n) {
        char c = t->s.p[t->i];
        bool ends = c == '<' && t->i + 1 < t->s.n && t->s.p[t->i + 1] == '/';
        if (ends && l.depth == 0) return l.is_seen;
        bool goes_on = ends               ? takes(t, "</") && takes_mark_end(t, &l)
                       : takes(t, "<br>") ? takes_break(&l)
                       : takes(t, "<")    ? takes_mark(t, &l)
                       : c == '&'         ? takes_escaped(t, &l)
                                          : c != '>' && takes_text(t, &l);
        if (!goes_on) return false;
    }
    return false;
}

/* ---- blocks ---- */

/* "<li>" begun: a line and "</li>", as often as they come. */
static bool takes_lines(struct settling *t, const char *begin, const char *end)
{
    do
        if (!takes_line(t) || !takes(t, end)) return false;
    while (takes(t, begin));
    return true;
}

/* An empty one holds its place in the row. */
static bool takes_cells(struct settling *t)
{
    bool any = false;
    for (;; any = true) {
        bool heads = takes(t, "<th>");
        const char *end = heads ? "</th>" : "</td>";
        if (!heads && !takes(t, "<td>")) return any;
        if (!takes(t, end) && !(takes_line(t) && takes(t, end))) return false;
    }
}

static bool takes_rows(struct settling *t)
{
    bool any = false;
    for (; takes(t, "<tr>"); any = true)
        if (!takes_cells(t) || !takes(t, "</tr>")) return false;
    return any;
}

static bool takes_table(struct settling *t)
{
    bool any = false;
    if (takes(t, "<caption>") && !(takes_line(t) && takes(t, "</caption>"))) return false;
    if (takes(t, "<thead>")) {
        if (!takes_rows(t) || !takes(t, "</thead>")) return false;
        any = true;
    }
    for (; takes(t, "<tbody>"); any = true)
        if (!takes_rows(t) || !takes(t, "</tbody>")) return false;
    return any && takes(t, "</table>");
}

/* Nothing of such a value is folded or cut. */
static bool takes_words(struct settling *t)
{
    enum { WORDS_MAX = 900 }; /* bytes: safely below what html_media.c keeps of one */
    struct span words;
    return takes_value(t, &words) && words.n <= WORDS_MAX && html_is_run(words) &&
           !span_ends(words, S(" "));
}

/* A picture's place, behind "<figure". Which embeds are known is not known here. */
static bool takes_figure(struct settling *t)
{
    if (!takes(t, " data-picture=\"") || !takes_words(t)) return false;
    if (takes(t, " data-alt=\"") && !takes_words(t)) return false;
    if (takes(t, " data-caption=\"") && !takes_words(t)) return false;
    return takes(t, "></figure>") && ++t->figures <= HTML_FIGURES_MAX;
}

static bool takes_block(struct settling *t)
{
    if (takes(t, "<p>")) return takes_line(t) && takes(t, "</p>");
    if (takes(t, "<h2>")) return takes_line(t) && takes(t, "</h2>");
    if (takes(t, "<h3>")) return takes_line(t) && takes(t, "</h3>");
    if (takes(t, "<h4>")) return takes_line(t) && takes(t, "</h4>");
    if (takes(t, "<ul><li>")) return takes_lines(t, "<li>", "</li>") && takes(t, "</ul>");
    if (takes(t, "<ol><li>")) return takes_lines(t, "<li>", "</li>") && takes(t, "</ol>");
    if (takes(t, "<blockquote><p>"))
        return takes_lines(t, "<p>", "</p>") && takes(t, "</blockquote>");
    if (takes(t, "<figure")) return takes_figure(t);
    return takes(t, "<table>") ? takes_table(t) : takes(t, "<hr>");
}

bool html_is_settled(struct span markup)
{
    struct settling t = {.s = markup};
    if (markup.n >= HTML_CLEAN_MAX || !utf8_valid(markup)) return false;
    while (t.i < markup.n)
        if (!takes_block(&t)) return false;
    return true;
}
