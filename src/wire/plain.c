/* plain.c: plain text as wires and press offices send it, to a story: labelled lines, an embargo,
 * the headline, a byline, the text, and below its end words for editors. Owns what plain text must
 * have about it to be taken for wire copy where nobody told so. Linear. Never fatal. */
#include "copy.h"

#include <string.h>

#include "clock.h"

enum {
    TOP_LINES = 12, /* lines at the head in which labels are looked for */
    LABEL_MAX = 24, /* bytes of "notes to editors" before its colon, with room */
    LEAD_MAX = 160, /* bytes at the head of a paragraph in which its dateline must be over */
};

/* ---- labels ---- */

enum label {
    LABEL_NONE,
    LABEL_HEADLINE,
    LABEL_SLUG,
    LABEL_BYLINE,
    LABEL_DATELINE,
    LABEL_EMBARGO,
    LABEL_EXPIRES,
    LABEL_URGENCY,
    LABEL_ID,
    LABEL_VERSION,
    LABEL_CREATED,
    LABEL_LANGUAGE,
    LABEL_COPYRIGHT,
    LABEL_CREDIT,
    LABEL_STATUS,
    LABEL_SUMMARY,
    LABEL_KEYWORDS,
    LABEL_USAGE,
    LABEL_NOTE,
    LABEL_CHANGE,
};

static const struct {
    const char *name;
    enum label label;
} labels[] = {
    {"headline", LABEL_HEADLINE},
    {"title", LABEL_HEADLINE},
    {"titel", LABEL_HEADLINE},
    {"titre", LABEL_HEADLINE},
    {"slug", LABEL_SLUG},
    {"slugline", LABEL_SLUG},
    {"stichwort", LABEL_SLUG},
    {"byline", LABEL_BYLINE},
    {"author", LABEL_BYLINE},
    {"autor", LABEL_BYLINE},
    {"dateline", LABEL_DATELINE},
    {"embargo", LABEL_EMBARGO},
    {"embargoed until", LABEL_EMBARGO},
    {"sperrfrist", LABEL_EMBARGO},
    {"expires", LABEL_EXPIRES},
    {"urgency", LABEL_URGENCY},
    {"priority", LABEL_URGENCY},
    {"id", LABEL_ID},
    {"guid", LABEL_ID},
    {"item id", LABEL_ID},
    {"story id", LABEL_ID},
    {"version", LABEL_VERSION},
    {"date", LABEL_CREATED},
    {"time", LABEL_CREATED},
    {"created", LABEL_CREATED},
    {"language", LABEL_LANGUAGE},
    {"copyright", LABEL_COPYRIGHT},
    {"credit", LABEL_CREDIT},
    {"source", LABEL_CREDIT},
    {"status", LABEL_STATUS},
    {"summary", LABEL_SUMMARY},
    {"keywords", LABEL_KEYWORDS},
    {"tags", LABEL_KEYWORDS},
    {"usage", LABEL_USAGE},
    {"usage terms", LABEL_USAGE},
    {"note to editors", LABEL_NOTE},
    {"notes to editors", LABEL_NOTE},
    {"editor's note", LABEL_NOTE},
    {"editors' note", LABEL_NOTE},
    {"editors", LABEL_NOTE},
    {"eds", LABEL_NOTE},
    {"correction", LABEL_CHANGE},
    {"update", LABEL_CHANGE},
};

static enum label label_of(struct span line, struct span *value_out)
{
    ptrdiff_t colon = span_find_char(line, ':');
    if (colon <= 0 || colon > LABEL_MAX) return LABEL_NONE;
    struct span name = span_trim(span_cut(line, 0, (size_t)colon));
    *value_out = span_trim(span_cut(line, (size_t)colon + 1, line.n));
    for (size_t i = 0; i < COUNT(labels); i++)
        if (span_eq_nocase(name, span_of(labels[i].name))) return labels[i].label;
    return LABEL_NONE;
}

static struct when time_of(struct span text)
{
    struct when t = when_iso(text);
    return t.kind == WHEN_UNREADABLE ? when_rfc822(text) : t;
}

static void add_keywords(struct arena *a, struct story *s, struct span list)
{
    struct span word;
    while (span_next(&list, ',', &word)) story_add_keyword(a, s, word);
}

static void set_status(struct arena *a, struct story *s, struct span word, uint32_t line)
{
    char *small = arena_cstr(a, word);
    for (size_t i = 0; i < word.n; i++)
        if (small[i] >= 'A' && small[i] <= 'Z') small[i] = (char)(small[i] | 0x20);
    s->status_literal = word;
    s->status = story_status_of((struct span){small, word.n});
    if (s->status == STATUS_UNKNOWN) story_fault(a, s, line, 1, "unknown status");
}

static void take_label(struct arena *a, struct story *s, enum label label, struct span v,
    struct span whole, uint32_t line)
{
    uint64_t n = 0;
    switch (label) {
    case LABEL_NONE: break;
    case LABEL_HEADLINE: s->headline = v; break;
    case LABEL_SLUG: s->slugline = v; break;
    case LABEL_BYLINE: s->byline = v; break;
    case LABEL_DATELINE: s->dateline = v; break;
    case LABEL_EMBARGO: when_merge(a, s, &s->embargo, time_of(v), line, 1, "the embargo"); break;
    case LABEL_EXPIRES: when_merge(a, s, &s->expires, time_of(v), line, 1, "the expiry"); break;
    case LABEL_URGENCY:
        if (span_to_u64(v, &n) && n >= 1 && n <= 9) s->urgency = (uint32_t)n;
        break;
    case LABEL_ID: s->guid = v; break;
    case LABEL_VERSION: s->version = v; break;
    case LABEL_CREATED: s->version_created = time_of(v); break;
    case LABEL_LANGUAGE: s->language = v; break;
    case LABEL_COPYRIGHT: s->copyright = v; break;
    case LABEL_CREDIT: s->creditline = v; break;
    case LABEL_STATUS: set_status(a, s, v, line); break;
    case LABEL_SUMMARY: s->abstract = v; break;
    case LABEL_KEYWORDS: add_keywords(a, s, v); break;
    case LABEL_USAGE: story_add_usage(a, s, v); break;
    case LABEL_NOTE: copy_say(a, s, v, COPY_NOTE, line); break;
    case LABEL_CHANGE: copy_say(a, s, whole, COPY_LINE, line); break;
    }
}

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
        enum label label = seen < TOP_LINES ? label_of(line, &value) : LABEL_NONE;
        labelled += label != LABEL_NONE;
        title |= label == LABEL_HEADLINE;
        copy |= (seen > 0 && seen < TOP_LINES && has_dateline(line)) || has_credits(line);
        seen++;
    }
    return seen > 1 && (copy || (title && labelled > 1));
}

/* ---- the top: what is said of the text ---- */

/* Moves *text behind labelled lines, embargoes and orders at its head; true: there was one. */
static bool read_top(struct arena *a, struct story *s, struct span *text, struct buf *body)
{
    struct lines l = lines_of(*text, 1);
    struct span line, value;
    bool any = false;
    while (lines_next(&l, &line)) {
        struct span words = line_plain(a, span_cut(line, 0, STORY_TEXT_MAX));
        enum label label = label_of(words, &value);
        if (label != LABEL_NONE) {
            take_label(a, s, label, value, words, l.number);
        } else if (words.n && copy_is_order(a, words)) {
            copy_say(a, s, words, COPY_LINE, l.number);
            copy_block(body, a, words);
        } else if (words.n && copy_embargo(a, s, words, l.number)) {
            story_add_note(a, s, S("embargo"), words, false);
        } else if (words.n && span_eq_nocase(words, S("for immediate release"))) {
            story_add_note(a, s, S("head"), words, false);
        } else if (words.n) {
            break;
        }
        any |= words.n > 0;
        *text = l.rest;
    }
    return any;
}

/* The first block, where it is short: headline, then byline or a second line. A long one has its
 * headline in the first line. */
static void read_headline(struct arena *a, struct story *s, struct span *text)
{
    struct lines l = lines_of(*text, 1);
    struct span line, first_rest = {0};
    struct copy_head h = {.count = 0};
    while (lines_next(&l, &line) && !line_is_blank(line)) {
        copy_head_add(a, &h, line);
        if (!first_rest.p) first_rest = l.rest;
        if (h.count > 4) break;
    }
    if (!h.count) return;
    s->headline = h.part[0];
    *text = h.count > 4 ? first_rest : l.rest;
    for (size_t i = 1; i < h.count && h.count <= 4; i++)
        if (copy_is_byline(h.part[i]) && !s->byline.n)
            s->byline = h.part[i];
        else if (!s->abstract.n)
            s->abstract = h.part[i];
        else
            story_add_note(a, s, S("head"), h.part[i], false);
}

/* A byline may have a line of its own above the text. */
static void read_byline(struct arena *a, struct story *s, struct span *text)
{
    struct lines l = lines_of(*text, 1);
    struct span line;
    while (lines_next(&l, &line) && line_is_blank(line)) *text = l.rest;
    struct span words = line_plain(a, span_cut(line, 0, 400));
    if (s->byline.n || !text->n || !copy_is_byline(words)) return;
    s->byline = words;
    *text = l.rest;
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
    if (label_of(line, &value) == LABEL_NOTE) return true;
    line = span_trim(line);
    for (size_t i = 0; i < COUNT(heads); i++)
        if (span_eq_nocase(line, span_of(heads[i]))) return true;
    return false;
}

static void add_notes(struct arena *a, struct story *s, struct span text)
{
    struct lines l = lines_of(text, 1);
    struct span line;
    for (int i = 0; i < COPY_NOTES_MAX && lines_next(&l, &line);)
        if (!line_is_blank(line)) {
            story_add_note(a, s, S("editors"), line_plain(a, line), false);
            i++;
        }
}

bool plain_fill(struct arena *a, struct story *s, struct span text)
{
    struct buf body;
    struct span line;
    buf_init(&body, a, 0);
    text = span_cut(text, 0, WIRE_BODY_RAW_MAX);
    bool said = read_top(a, s, &text, &body);
    if (!s->headline.n) read_headline(a, s, &text);
    said |= read_top(a, s, &text, &body);
    read_byline(a, s, &text);
    struct lines l = lines_of(text, 1);
    struct span story = text;
    while (lines_next(&l, &line)) {
        if (!is_end(line) && !begins_notes(line)) continue;
        story = span_cut(text, 0, (size_t)(line.p - text.p));
        add_notes(a, s, is_end(line) ? l.rest : span_cut(text, story.n, text.n));
        break;
    }
    copy_paragraphs(&body, a, story);
    s->body = html_clean(a, buf_span(&body));
    return said;
}

void plain_read(struct arena *a, const struct raw *r, struct wire_result *out)
{
    struct story *s = story_new(a);
    s->kind = KIND_TEXT;
    struct span text = r->text;
    if (span_starts(text, S("\xEF\xBB\xBF"))) text = span_cut(text, 3, text.n);
    plain_fill(a, s, text);
    if (!s->guid.n) {
        s->guid = copy_guid(a, s, "text", (struct span){0}, s->version_created);
        story_fault(a, s, 1, 1, "the text has no identifier: known by its content");
    }
    if (r->guess) story_fault(a, s, 1, 1, "no charset is told: read as %s", r->guess);
    reader_accept(a, out, s, 1, 1);
}
