/* anpa1312_text.c: the text of an ANPA message. Owns the marks of its lines: ^ begins a line that
 * is more than text (slug, headline, byline, words to editors) and < or = ends it, a tab begins a
 * paragraph, BS a row of a table with ; between cells. Linear. Never fails. */
#include "anpa1312.h"

#include <string.h>

enum { BS = 8, DLE = 0x10, HEAD_MAX = 100 }; /* lines of a head: COPY_HEAD_LINES and blank ones */

struct text {
    struct anpa *g;
    bool in_table, in_paragraph, had_text; /* had_text: the lines above it are over */
    bool had_slug, after_byline;
    struct span caret; /* a line with ^ of which the end may be in the next line */
};

/* ---- blocks ---- */

static void close_block(struct text *t)
{
    if (t->in_paragraph) buf_lit(&t->g->body, "</p>\n");
    if (t->in_table) buf_lit(&t->g->body, "</table>\n");
    t->in_paragraph = t->in_table = false;
}

static void put_block(struct text *t, const char *open, struct span words, const char *shut)
{
    close_block(t);
    buf_str(&t->g->body, open);
    html_put(&t->g->body, words);
    buf_str(&t->g->body, shut);
}

/* { is one half in typesetters' copy, _ alone a blank. Elsewhere both may be themselves. */
static void put_cell(struct buf *b, struct span cell, const char *tag)
{
    buf_printf(b, "<%s>", tag);
    if (span_eq(cell, S("_")))
        buf_lit(b, "\xE2\x80\x93");
    else if (span_ends(cell, S("{"))) {
        html_put(b, span_cut(cell, 0, cell.n - 1));
        buf_lit(b, "\xC2\xBD");
    } else if (!span_eq(cell, S("^")))
        html_put(b, cell);
    buf_printf(b, "</%s>", tag);
}

static void put_row(struct text *t, struct span line)
{
    struct buf *b = &t->g->body;
    char *p = arena_cstr(t->g->a, line);
    for (size_t i = 0; i < line.n; i++)
        if (p[i] == DLE) p[i] = ' ';
    struct span rest = line_plain(t->g->a, (struct span){p, line.n}), cell;
    const char *tag = span_starts(rest, S("^")) ? "th" : "td";
    if (!t->in_table) close_block(t);
    buf_str(b, t->in_table ? "<tr>" : "<table><tr>");
    t->in_table = true;
    while (span_next(&rest, ';', &cell)) put_cell(b, span_trim(cell), tag);
    buf_lit(b, "</tr>\n");
}

/* ---- lines with a caret ---- */

static bool starts_with(struct span line, const char *const *heads, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_starts_nocase(line, span_of(heads[i]))) return true;
    return false;
}

static bool is_editors_note(struct span line)
{
    static const char *const heads[] = {
        "Eds:", "Eds.:", "Eds ", "Editors:", "Editor's note", "Editors' note", "Editors note"};
    return starts_with(line, heads, COUNT(heads));
}

/* "AP Photo XNP101, XNP102", "With QNS Graphic": the agency's letters, then what there is. */
static bool is_photo_line(struct span line)
{
    static const char *const kinds[] = {"Photo", "Video", "Graphic", "Audio", "LaserPhoto"};
    if (span_starts(line, S("With "))) line = span_cut(line, 5, line.n);
    size_t letters = 0;
    while (letters < line.n && line.p[letters] >= 'A' && line.p[letters] <= 'Z') letters++;
    if (letters < 2 || letters > 6 || letters == line.n || line.p[letters] != ' ') return false;
    struct span rest = span_cut(line, letters + 1, line.n);
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (span_starts(rest, span_of(kinds[i]))) return true;
    return false;
}

/* "^$adv16-17<", "^ADV 12<", "^For release Sunday, Sept. 16<": copy sent ahead. */
bool anpa_is_advance(struct arena *a, struct span line)
{
    static const char *const heads[] = {"$adv", "adv for", "advance for", "for release", "hfr"};
    if (starts_with(line, heads, COUNT(heads)) || copy_is_embargo(a, line)) return true;
    struct span rest = span_cut(line, 3, line.n);
    while (rest.n && rest.p[0] == ' ') rest = span_cut(rest, 1, rest.n);
    return span_starts_nocase(line, S("adv")) && rest.n && rest.p[0] >= '0' && rest.p[0] <= '9';
}

/* The line under a byline: "Associated Press=", "AP Sports Writer=". */
static bool is_credit(struct span line)
{
    static const char *const words[] = {
        "Press", "Writer", "Reuters", "Kyodo", "Correspondent", "Editor", "News"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (span_find(line, span_of(words[i])) >= 0) return line.n < 80;
    return false;
}

static void advance(struct text *t, struct span line)
{
    struct story *s = t->g->s;
    story_add_note(t->g->a, s, S("advance"), line, false);
    if (!copy_embargo(t->g->a, s, line, t->g->m->line) && s->embargo.kind == WHEN_ABSENT)
        s->embargo = (struct when){.kind = WHEN_EMPTY};
}

static void editors_note(struct text *t, struct span words)
{
    if (copy_say(t->g->a, t->g->s, words, COPY_NOTE, t->g->m->line))
        put_block(t, "<p>", words, "</p>\n");
}

/* "BC-LT--Argentina-Cancer Beauty,466": the slug in full, and the count of words. */
static struct span without_count(struct span slug)
{
    size_t i = slug.n;
    while (i && slug.p[i - 1] >= '0' && slug.p[i - 1] <= '9') i--;
    return i && i < slug.n && slug.p[i - 1] == ',' ? span_cut(slug, 0, i - 1) : slug;
}

/* Above the text each line has its turn: slug, headline, what stands behind the headline. */
static void head_line(struct text *t, struct span line, char end)
{
    struct story *s = t->g->s;
    if (!t->had_slug) {
        if (line.p[0] == '*') return; /* the number of a page in the agency's own system */
        t->had_slug = true;
        t->g->slug = without_count(line);
    } else if (copy_is_byline(line) && !s->byline.n) {
        s->byline = line;
        t->after_byline = true;
    } else if (t->after_byline && end == '=' && is_credit(line) && !s->creditline.n) {
        s->creditline = line;
    } else if (!s->headline.n) {
        s->headline = line;
    } else if (end == '<' && !s->abstract.n) {
        s->abstract = line;
    } else {
        put_block(t, end == '=' ? "<h3>" : "<p>", line, end == '=' ? "</h3>\n" : "</p>\n");
    }
}

/* Below the first paragraph capitals may head a part of the text. */
static bool is_key(struct text *t, struct span line)
{
    return t->had_text ? copy_is_order(t->g->a, line) : copy_is_key(t->g->a, line);
}

static void caret_line(struct text *t, struct span line)
{
    char end = 0;
    line = line_plain(t->g->a, line);
    while (line.n && strchr("<=", line.p[line.n - 1])) {
        end = line.p[line.n - 1];
        line = span_trim(span_cut(line, 0, line.n - 1));
    }
    if (!line.n) return;
    if (is_editors_note(line)) {
        editors_note(t, line);
    } else if (is_photo_line(line) && !t->had_text) {
        story_add_note(t->g->a, t->g->s, S("pictures"), line, false);
    } else if (anpa_is_advance(t->g->a, line)) {
        advance(t, line);
    } else if (t->had_slug && is_key(t, line)) {
        bool order = copy_say(t->g->a, t->g->s, line, COPY_LINE, t->g->m->line);
        if (!t->g->s->headline.n) t->g->s->headline = line;
        if (order) put_block(t, "<p>", line, "</p>\n");
    } else if (!t->had_text) {
        head_line(t, line, end);
    } else {
        put_block(t, "<h3>", line, "</h3>\n");
    }
}

/* "*9006< ^AP-Top-…": two in one line. */
static void caret_lines(struct text *t, struct span line)
{
    while (line.n) {
        ptrdiff_t next = -1;
        for (size_t i = 1; i < line.n && next < 0; i++)
            if (line.p[i] == '^' && (line.p[i - 1] == ' ' || line.p[i - 1] == '<'))
                next = (ptrdiff_t)i;
        caret_line(t, span_cut(line, 1, next < 0 ? line.n : (size_t)next));
        line = span_cut(line, next < 0 ? line.n : (size_t)next, line.n);
    }
}

/* ---- lines of text ---- */

static struct span without_end(struct span words)
{
    while (words.n && strchr("<=", words.p[words.n - 1]))
        words = span_trim(span_cut(words, 0, words.n - 1));
    return words;
}

static void text_line(struct text *t, struct span line)
{
    struct span words = without_end(line_plain(t->g->a, line));
    if (!words.n) return;
    close_block(t);
    buf_lit(&t->g->body, "<p>");
    html_put(&t->g->body, words);
    t->in_paragraph = t->had_text = true;
}

static void more(struct text *t, struct span line)
{
    if (!t->in_paragraph) {
        text_line(t, line);
        return;
    }
    buf_char(&t->g->body, ' ');
    html_put(&t->g->body, without_end(line_plain(t->g->a, line)));
}

/* ---- a caret line over more lines ---- */

static bool is_ended(struct span line)
{
    line = span_trim(line);
    return span_ends(line, S("<")) || span_ends(line, S("="));
}

static void end_caret(struct text *t)
{
    struct span line = t->caret;
    t->caret = (struct span){0};
    if (line.n) caret_lines(t, line);
}

/* Was line broken off the open caret line? Takes it in then; both lie in the message side by side.
 */
static bool goes_on(struct text *t, struct span line)
{
    struct span open = t->caret, last = open;
    if (!open.n || is_ended(open)) return false;
    for (size_t i = open.n; i > 0; i--)
        if (open.p[i - 1] == '\n' || open.p[i - 1] == '\r') {
            last = span_cut(open, i, open.n);
            break;
        }
    bool note = is_editors_note(span_cut(open, 1, open.n));
    if (!note && !line_wraps(last, line)) return false;
    t->caret.n = (size_t)(line.p + line.n - open.p);
    return true;
}

/* ---- messages without carets and tabs (Kyodo, older Reuters) ---- */

static bool is_marked_up(struct span text)
{
    struct lines l = lines_of(text, 1);
    struct span line;
    while (lines_next(&l, &line))
        if (line.n && (line.p[0] == '^' || line.p[0] == '\t' || line.p[0] == BS)) return true;
    return false;
}

static bool is_sign_off(struct span line)
{
    line = span_trim(line);
    return span_starts(line, S("==")) || span_eq_nocase(line, S("reuter")) ||
           span_eq_nocase(line, S("reuters"));
}

/* A line above the text that says something of it; false: it belongs to the headline. */
static bool say_line(struct text *t, struct span words, uint32_t line)
{
    struct anpa *g = t->g;
    if (anpa_is_advance(g->a, words)) {
        advance(t, words);
        return true;
    }
    if (!copy_is_key(g->a, words)) return false;
    if (copy_say(g->a, g->s, words, COPY_LINE, line)) put_block(t, "<p>", words, "</p>\n");
    return true;
}

/* Of the lines up to a + or to the first indented one: the slug may stand there once more, and what
 * says something of the text. Gives the text below them. */
static struct span head_lines(struct text *t, struct copy_head *h)
{
    struct anpa *g = t->g;
    struct lines l = lines_of(g->m->text, g->m->text_line);
    struct span line, said = {0};
    for (size_t count = 0; lines_next(&l, &line); count++) {
        bool last = span_ends(span_trim(line), S("+"));
        if (span_starts(line, S("   ")) && !line_is_blank(line)) {
            l.rest = (struct span){line.p, g->m->text.n - (size_t)(line.p - g->m->text.p)};
            break;
        }
        if (count < HEAD_MAX) {
            struct span words = line_plain(g->a, line);
            if (last) words = span_trim(span_cut(words, 0, words.n - 1));
            bool slug = !h->count && g->keyword.n && span_starts(words, g->keyword);
            if (words.n && say_line(t, words, l.number))
                said = words;
            else if (!slug)
                copy_head_add(g->a, h, words);
        }
        if (last) break;
    }
    if (!h->count) copy_head_add(g->a, h, said);
    return l.rest;
}

static void plain_text(struct text *t)
{
    struct anpa *g = t->g;
    struct copy_head h = {.count = 0};
    struct span text = head_lines(t, &h), line;
    struct buf headline;
    buf_init(&headline, g->a, STORY_TEXT_MAX);
    for (size_t i = 0; i < h.count; i++)
        if (i && copy_is_byline(h.part[i])) {
            g->s->byline = h.part[i];
        } else {
            if (headline.n) buf_char(&headline, ' ');
            buf_put(&headline, h.part[i]);
        }
    g->s->headline = span_trim(buf_span(&headline));
    for (struct lines k = lines_of(text, 1); lines_next(&k, &line);)
        if (is_sign_off(line) && line_is_blank(k.rest))
            text = span_cut(text, 0, (size_t)(line.p - text.p));
    copy_paragraphs(&g->body, g->a, text);
}

void anpa_read_text(struct anpa *g)
{
    struct text t = {.g = g};
    struct lines l = lines_of(g->m->text, g->m->text_line);
    struct span line;
    if (!is_marked_up(g->m->text)) {
        plain_text(&t);
        return;
    }
    while (g->body.n <= WIRE_BODY_RAW_MAX && lines_next(&l, &line)) {
        char mark = line.n ? line.p[0] : 0;
        bool marked = mark == '^' || mark == '\t' || mark == BS, blank = line_is_blank(line);
        if (!marked && !blank && goes_on(&t, line)) continue;
        end_caret(&t);
        if (mark == '^')
            t.caret = line;
        else if (mark == '\t')
            text_line(&t, line);
        else if (mark == BS)
            put_row(&t, line);
        else if (!blank)
            more(&t, line);
    }
    end_caret(&t);
    close_block(&t);
}
