/* plain.c: plain text as wires and press offices send it, to a story: labelled lines, an embargo,
 * the headline, a byline, the text, and below its end words for editors. Owns what plain text must
 * have about it to be taken for wire copy where nobody told so. Linear. Never fatal. */
#include "plain.h"

#include <string.h>

enum {
    TOP_LINES = 12,    /* lines at the head in which labels are looked for */
    LABELS_MAX = 1000, /* labelled and blank lines above a text */
    ALONE_MAX = 120,   /* bytes of a line that is no paragraph of text */
    LEAD_MAX = 160,    /* bytes at the head of a paragraph in which its dateline must be over */
};

/* ---- is it wire copy at all? ---- */

/* Words of a place and a date: capitals, numbers, months behind a number, small words between. */
static bool is_place(struct span head)
{
    static const char *const small[] = {"de", "la", "le", "les", "du", "des", "sur", "am", "an",
        "der", "of", "the", "el", "del", "di", "da", "do", "en", "im", "in", "und", "et", "y"};
    struct span word;
    bool after_number = false;
    size_t words = 0;
    while (span_next(&head, ' ', &word)) {
        if (!word.n) continue;
        bool lower = word.p[0] >= 'a' && word.p[0] <= 'z', known = after_number;
        for (size_t i = 0; i < COUNT(small); i++) known |= span_eq(word, span_of(small[i]));
        if (lower && !known) return false;
        after_number = word.p[0] >= '0' && word.p[0] <= '9';
        words++;
    }
    return words > 0 && words <= 8;
}

static bool is_agency(struct span name)
{
    for (size_t i = 0; i < name.n; i++) {
        bool letter = (name.p[i] | 0x20) >= 'a' && (name.p[i] | 0x20) <= 'z';
        if (!letter && !(name.p[i] & 0x80) && !strchr(" /-&", name.p[i])) return false;
    }
    return name.n >= 2 && name.n <= 24;
}

/* "BERLIN, Jan 23 (Reuters) - ", "Paris (AFP) – ": a place in front, the agency in brackets, a
 * dash behind. */
static bool has_dateline(struct span line)
{
    static const char *const dashes[] = {"- ", "_ ", "\xE2\x80\x93", "\xE2\x80\x94", "-- "};
    line = span_cut(span_trim(line), 0, LEAD_MAX);
    ptrdiff_t open = span_find_char(line, '('), shut = span_find(line, S(") "));
    if (open < 3 || shut < open) return false;
    if (!is_place(span_cut(line, 0, (size_t)open)) ||
        !is_agency(span_cut(line, (size_t)open + 1, (size_t)shut)))
        return false;
    struct span behind = span_cut(line, (size_t)shut + 2, line.n);
    for (size_t i = 0; i < COUNT(dashes); i++)
        if (span_starts(behind, span_of(dashes[i]))) return true;
    return false;
}

static bool has_credits(struct span line)
{
    line = span_trim(line);
    return span_starts(line, S("(Reporting by ")) || span_starts(line, S("Reporting by "));
}

static bool is_text(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < ' ' && !strchr("\t\n\r\f", c)) return false;
        if (c == 0) return false;
    }
    return s.n > 0;
}

bool plain_is(const struct raw *r)
{
    struct lines l = lines_of(r->text, 1);
    struct span line, value;
    size_t seen = 0, labelled = 0;
    bool title = false, copy = false;
    if (r->told) return true;
    if (r->text.n > WIRE_BODY_RAW_MAX || !is_text(r->text)) return false;
    while (lines_next(&l, &line)) {
        if (line_is_blank(line)) continue;
        enum label label = seen < TOP_LINES ? plain_label(line, &value) : LABEL_NONE;
        labelled += label != LABEL_NONE;
        title |= label == LABEL_HEADLINE;
        copy |= (seen > 0 && seen < TOP_LINES && has_dateline(line)) || has_credits(line);
        seen++;
    }
    return seen > 1 && (copy || (title && labelled > 1));
}

/* ---- the top: what is said of the text ---- */

/* Of a line at the head: is there another label right above or below it? */
static bool has_label_beside(struct plain *p, const struct lines *behind, bool above)
{
    struct lines l = *behind;
    struct span line, value;
    if (above) return true;
    return lines_next(&l, &line) &&
           plain_label(line_plain(p->a, span_cut(line, 0, STORY_TEXT_MAX)), &value) != LABEL_NONE;
}

/* Moves *text behind labelled lines, embargoes and orders at its head; true: there was one.
 * "Update: The harbour closes at noon." is text for readers, where no other label stands beside it.
 */
static bool read_top(struct plain *p, struct span *text)
{
    struct lines l = lines_of(*text, 1);
    struct span line, value;
    bool any = false, above = false;
    while (lines_next(&l, &line)) {
        if (l.number > LABELS_MAX) {
            copy_hold(p->a, p->s, l.number, "more lines above the text than are read");
            break;
        }
        struct span words = line_plain(p->a, span_cut(line, 0, STORY_TEXT_MAX));
        enum label label = plain_label(words, &value);
        if (label == LABEL_CHANGE && !has_label_beside(p, &l, above)) break;
        if (label != LABEL_NONE)
            plain_take(p, label, value, words, l.number);
        else if (words.n && !plain_say(p, words, l.number))
            break;
        above = label != LABEL_NONE;
        any |= words.n > 0;
        *text = l.rest;
    }
    return any;
}

/* What the lines of the first block are: all of a short one is the head, of a long one what stands
 * above the last line that says something of the text, or the first line alone. */
struct head {
    struct copy_head h;
    size_t count; /* of its parts, those that are the head */
    struct span behind;
    bool said;
};

/* had: the headline is known, so that the block may be prose: "Source: the harbour office" may be a
 * line of it, and one begins with any word where the one above was full. */
static bool says(struct plain *p, struct span words, struct span above, uint32_t line, bool had)
{
    struct span value;
    enum label label = plain_label(words, &value);
    bool strong = label == LABEL_EMBARGO || label == LABEL_STATUS || label == LABEL_EXPIRES ||
                  label == LABEL_NOTE || label == LABEL_USAGE;
    if (label == LABEL_CHANGE) copy_say(p->a, p->s, words, COPY_LINE, line);
    if (label == LABEL_CHANGE) return false;
    if (label != LABEL_NONE && (strong || !had)) {
        plain_take(p, label, value, words, line);
        return true;
    }
    return !(had && line_wraps(above, words)) && plain_say(p, words, line);
}

static struct head head_of(struct plain *p, struct span text, bool had)
{
    enum { SHORT = 4, LINES = 100 }; /* parts of a short block; an open bracket takes lines in */
    struct lines l = lines_of(text, 1);
    struct span line, above = {0};
    struct head g = {.behind = text};
    while (
        g.h.count <= SHORT && l.number < LINES && lines_next(&l, &line) && !line_is_blank(line)) {
        struct span words = line_plain(p->a, span_cut(line, 0, STORY_TEXT_MAX));
        bool said = g.h.count && says(p, words, above, l.number, had);
        if (!said) copy_head_add(p->a, &g.h, line);
        if (said || g.h.count == 1) {
            g.count = g.h.count;
            g.behind = l.rest;
        }
        g.said |= said;
        above = words;
    }
    if (g.h.count <= SHORT) {
        g.count = g.h.count;
        g.behind = l.rest;
    }
    return g;
}

/* Headline, then byline or a second line. Where the headline is known, only a block that says
 * something of the text is a head, and its other lines are text. */
static bool read_headline(struct plain *p, struct span *text)
{
    struct story *s = p->s;
    bool had = s->headline.n > 0;
    struct head g = head_of(p, *text, had);
    if (!g.count || (had && !g.said)) return false;
    *text = g.behind;
    if (!s->headline.n) s->headline = g.h.part[0];
    for (size_t i = 0; i < g.count; i++)
        if (span_eq(g.h.part[i], s->headline))
            continue;
        else if (copy_is_byline(g.h.part[i]) && !s->byline.n)
            s->byline = g.h.part[i];
        else if (had)
            copy_block(&p->body, p->a, g.h.part[i]);
        else if (!s->abstract.n)
            s->abstract = g.h.part[i];
        else
            story_add_note(p->a, s, S("head"), g.h.part[i], false);
    return g.said;
}

/* A byline may have a line of its own above the text. */
static void read_byline(struct plain *p, struct span *text)
{
    struct lines l = lines_of(*text, 1);
    struct span line;
    while (lines_next(&l, &line) && line_is_blank(line)) *text = l.rest;
    struct span words = line_plain(p->a, span_cut(line, 0, 400));
    if (p->s->byline.n || !text->n || !copy_is_byline(words)) return;
    p->s->byline = words;
    *text = l.rest;
}

/* A line that is a block, and no sentence of a text. */
static bool stands_alone(const struct lines *behind, struct span words)
{
    struct lines l = *behind;
    struct span line;
    return words.n <= ALONE_MAX && !span_ends(words, S(".")) &&
           (!lines_next(&l, &line) || line_is_blank(line));
}

static bool is_shout(struct span words)
{
    struct span first = copy_word(&words);
    for (size_t i = 0; i < first.n; i++)
        if (first.p[i] >= 'a' && first.p[i] <= 'z') return false;
    return first.n >= 4 && first.n + words.n <= ALONE_MAX;
}

/* A line that the one above did not break off; begins: nor is it of the same block, but for labels.
 * true: it is labelled. */
static bool hear_line(struct plain *p, struct span words, const struct lines *l, bool begins)
{
    struct span value;
    enum label label = plain_label(words, &value);
    bool known =
        label == LABEL_STATUS && story_status_of(text_casefold(p->a, value)) != STATUS_UNKNOWN;
    if (label == LABEL_EMBARGO || (label == LABEL_STATUS && (begins || known)))
        plain_take(p, label, value, words, l->number);
    else if (label == LABEL_CHANGE && l->number == 1)
        copy_say(p->a, p->s, words, COPY_LINE, l->number);
    else if (is_shout(words) || (begins && stands_alone(l, words)))
        plain_hear(p, words, l->number);
    return label != LABEL_NONE;
}

/* Below "Dear all,", or a long list of who sends it, an embargo or a status may stand. It stays in
 * the text. */
static void ask_below(struct plain *p, struct span text)
{
    struct lines l = lines_of(text, 1);
    struct span line, above = {0};
    bool begins = true;
    for (size_t seen = 0; seen < TOP_LINES && l.number < LABELS_MAX && lines_next(&l, &line);) {
        struct span words = line_plain(p->a, span_cut(line, 0, STORY_TEXT_MAX));
        bool fresh = begins || !line_wraps(above, words);
        begins = !words.n || (fresh && hear_line(p, words, &l, begins));
        above = words;
        seen += words.n > 0;
    }
}

/* ---- the end ---- */

static bool is_end(struct span line)
{
    static const char *const ends[] = {
        "-30-", "- 30 -", "###", "# # #", "ends", "-ends-", "- ends -", "(ends)", "end"};
    line = span_trim(line);
    for (size_t i = 0; i < COUNT(ends); i++)
        if (span_eq_nocase(line, span_trim(span_of(ends[i])))) return true;
    return false;
}

static bool begins_notes(struct span line)
{
    struct span value;
    static const char *const heads[] = {"note to editors", "notes to editors", "notes for editors",
        "editor's notes", "redaktionelle hinweise", "hinweis an die redaktionen"};
    if (plain_label(line, &value) == LABEL_NOTE) return true;
    line = span_trim(line);
    for (size_t i = 0; i < COUNT(heads); i++)
        if (span_eq_nocase(line, span_of(heads[i]))) return true;
    return false;
}

/* Behind the end too an embargo is one. "Not for publication: …" says it of a telephone there. */
static void hear_note(struct plain *p, struct span words, uint32_t line)
{
    struct span value;
    enum label label = plain_label(words, &value);
    if (label == LABEL_EMBARGO || label == LABEL_STATUS)
        plain_take(p, label, value, words, line);
    else if (!span_starts_nocase(words, S("not for")))
        plain_hear(p, words, line);
}

static void add_notes(struct plain *p, struct span text)
{
    struct lines l = lines_of(text, 1);
    struct span line;
    for (int i = 0; i < COPY_NOTES_MAX && lines_next(&l, &line);)
        if (!line_is_blank(line)) {
            struct span words = line_plain(p->a, line);
            story_add_note(p->a, p->s, S("editors"), words, false);
            hear_note(p, words, l.number);
            i++;
        }
}

bool plain_fill(struct plain *p, struct span text)
{
    struct arena *a = p->a;
    struct span line;
    if (text.n > WIRE_BODY_RAW_MAX) copy_hold(a, p->s, 1, "the text is longer than is read");
    text = span_cut(text, 0, WIRE_BODY_RAW_MAX);
    bool said = read_top(p, &text);
    said |= read_headline(p, &text);
    said |= read_top(p, &text);
    read_byline(p, &text);
    said |= read_top(p, &text);
    struct lines l = lines_of(text, 1);
    struct span story = text;
    while (lines_next(&l, &line)) {
        if (!is_end(line) && !begins_notes(line)) continue;
        story = span_cut(text, 0, (size_t)(line.p - text.p));
        add_notes(p, is_end(line) ? l.rest : span_cut(text, story.n, text.n));
        said = true;
        break;
    }
    ask_below(p, story);
    copy_paragraphs(&p->body, a, story);
    p->s->body = html_clean(a, buf_span(&p->body));
    return said;
}

void plain_read(struct arena *a, const struct raw *r, struct wire_result *out)
{
    struct story *s = story_new(a);
    struct plain p = plain_of(a, s);
    s->kind = KIND_TEXT;
    struct span text = r->text;
    if (span_starts(text, S("\xEF\xBB\xBF"))) text = span_cut(text, 3, text.n);
    plain_fill(&p, text);
    if (!s->guid.n) {
        s->guid = copy_guid(a, s, "text", (struct span){0}, s->version_created);
        story_fault(a, s, 1, 1, "the text has no identifier: known by its content");
    }
    copy_charset(a, s, r, 1);
    reader_accept(a, out, s, 1, 1);
}
