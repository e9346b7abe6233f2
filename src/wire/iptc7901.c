/* iptc7901.c: IPTC 7901 (the telegraphic format of 1979) to stories, one message or many in a file.
 * Owns the frame of control characters, with and without which messages come, the header line, the
 * lines above the text, the notebook below it, and the trailer. The format has no status and no
 * version: what an agency orders stands in words. Never fatal. */
#include "copy.h"

#include <string.h>

/* ---- the header line: source and number, priority, category, words, what else ---- */

struct header {
    struct span service, number, category, rest;
    uint32_t priority;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct span take_run(struct span *s, bool (*is)(char), size_t max)
{
    size_t i = 0;
    while (i < s->n && i < max && is(s->p[i])) i++;
    struct span run = span_cut(*s, 0, i);
    *s = span_cut(*s, i, s->n);
    return run;
}

static void skip_spaces(struct span *s)
{
    while (s->n && (s->p[0] == ' ' || s->p[0] == '\t')) *s = span_cut(*s, 1, s->n);
}

/* "eca0003 3 i 380  dpa 0045". Some write a space before the number ("bsf 025"), some no category.
 */
static bool read_header(struct span line, struct header *out)
{
    struct span s = line;
    *out = (struct header){0};
    skip_spaces(&s);
    out->service = take_run(&s, is_letter, 5);
    skip_spaces(&s);
    out->number = take_run(&s, is_digit, 6);
    if (!out->service.n || !out->number.n) return false;
    skip_spaces(&s);
    struct span before = s, priority = take_run(&s, is_digit, 5);
    if (priority.n == 1 && priority.p[0] != '0')
        out->priority = (uint32_t)(priority.p[0] - '0');
    else
        s = before;
    skip_spaces(&s);
    out->category = take_run(&s, is_letter, 3);
    skip_spaces(&s);
    struct span words = take_run(&s, is_digit, 6);
    skip_spaces(&s);
    out->rest = s;
    return out->number.n >= 3 && out->priority && out->category.n && words.n;
}

/* ---- the frame ---- */

/* Where all control characters were lost on the way: the first line with words behind the header is
 * the keywords, a line that is nothing but a time ends the text, and another header line begins the
 * next message. false: there is no header line. */
static bool bare_next(struct span *rest, struct message *m)
{
    struct lines l = lines_of(*rest, m->line);
    struct span line = {0};
    struct header h;
    *m = (struct message){0};
    while (lines_next(&l, &line) && line_is_blank(line)) continue;
    m->line = l.number;
    m->head = line;
    if (!read_header(line, &h)) return false;
    while (lines_next(&l, &line) && line_is_blank(line)) continue;
    m->slug = line;
    m->text_line = l.number + 1;
    m->text = *rest = l.rest;
    while (lines_next(&l, &line)) {
        if (read_header(line, &h)) {
            l.rest = (struct span){line.p, (size_t)(rest->p + rest->n - line.p)};
            break;
        }
        if (m->has_end && !line_is_blank(line)) m->stray = true;
        if (m->has_end || copy_time(span_trim(line)).kind == WHEN_UNREADABLE) continue;
        m->text.n = (size_t)(line.p - m->text.p);
        m->tail = line;
        m->has_end = m->ended = true;
    }
    if (!m->has_end) m->text.n = rest->n - l.rest.n;
    m->after = l.number;
    *rest = l.rest;
    return true;
}

static size_t line_end(struct span s)
{
    size_t i = 0;
    while (i < s.n && s.p[i] != '\n' && s.p[i] != '\r') i++;
    return i;
}

bool iptc7901_is(const struct raw *r)
{
    struct header h;
    struct span rest = r->text, line = {0};
    struct message m = {.line = 1};
    if (r->told) return true;
    if (message_next(&rest, &m))
        return m.has_text || read_header(span_cut(m.head, 0, line_end(m.head)), &h);
    struct lines l = lines_of(r->text, 1);
    while (lines_next(&l, &line) && line_is_blank(line)) continue;
    return read_header(line, &h);
}

/* ---- the lines above the text ---- */

struct reading {
    struct arena *a;
    struct story *s;
    const struct message *m;
    struct buf body; /* markup */
    uint32_t line;
};

/* Is the very next block the rest of a head: short lines, of which one ends with "="? */
static bool head_follows(struct span text)
{
    struct lines l = lines_of(text, 1);
    struct span line;
    while (lines_next(&l, &line) && l.number <= 6) {
        if (l.number > 1 && line_is_blank(line)) return false;
        if (span_ends(span_trim(line), S("="))) return true;
    }
    return false;
}

/* The block ends with "=". Without one: before the first indented line, or with the first block,
 * where it is short and no sentence. */
static size_t head_end(struct span text)
{
    struct lines l = lines_of(text, 1);
    struct span line;
    size_t count = 0;
    bool sentence = false;
    while (lines_next(&l, &line) && count <= COPY_HEAD_LINES) {
        struct span t = span_trim(line);
        size_t start = (size_t)(line.p - text.p), end = (size_t)(l.rest.p - text.p);
        if (line_is_blank(line)) {
            if (count && head_follows(l.rest)) continue;
            if (count) return count <= 6 && !sentence ? end : 0;
            continue;
        }
        if (span_ends(t, S("="))) return end;
        if (count && span_starts(line, S("  "))) return start;
        count++;
        sentence = span_ends(t, S("."));
    }
    return 0;
}

/* An order stands in front of the body, where the desk looks for it. */
static void say(struct reading *r, struct span part)
{
    if (!copy_say(r->a, r->s, part, COPY_LINE, r->line)) return;
    buf_lit(&r->body, "<p>");
    html_put(&r->body, part);
    buf_lit(&r->body, "</p>\n");
}

/* The headline is the last line that is neither in brackets nor a byline; what stands above it is
 * the take key, what stands below it in brackets speaks of pictures. */
static void read_head(struct reading *r, struct span block)
{
    struct copy_head h = {.count = 0};
    struct lines l = lines_of(block, r->m->text_line);
    struct span line;
    size_t title = COPY_HEAD_LINES;
    while (lines_next(&l, &line)) {
        line = span_trim(line_plain(r->a, line));
        if (span_ends(line, S("="))) line = span_trim(span_cut(line, 0, line.n - 1));
        if (span_starts(line, S("="))) line = span_trim(span_cut(line, 1, line.n));
        copy_head_add(r->a, &h, line);
    }
    for (size_t i = 0; i < h.count; i++)
        if (h.part[i].p[0] != '(' && !copy_is_embargo(r->a, h.part[i]) &&
            (title == COPY_HEAD_LINES || !copy_is_byline(h.part[i])))
            title = i;
    for (size_t i = 0; i < h.count; i++) {
        if (i == title && copy_is_order(r->a, h.part[i])) say(r, h.part[i]);
        if (i == title)
            r->s->headline = h.part[i];
        else if (i > title && copy_is_byline(h.part[i]) && !r->s->byline.n)
            r->s->byline = h.part[i];
        else
            say(r, h.part[i]);
    }
}

/* ---- below the text: the notebook, for editors only ---- */

static bool has_any(struct span line, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_find_nocase(line, span_of(words[i])) >= 0) return true;
    return false;
}

static bool begins_notebook(struct span line)
{
    static const char *const heads[] = {"notebook", "notizblock", "notepad"},
                             *const calls[] = {
                                 "notes to editors", "note to editors", "notes for editors"};
    static const char *const words[] = {
        "not intended for publication", "not for publication", "nicht zur Veröffentlichung"};
    line = span_trim(line);
    for (size_t i = 0; i < COUNT(calls); i++)
        if (span_starts_nocase(line, span_of(calls[i]))) return true;
    if (line.n > 120) return false;
    if (line.n > 2 && line.p[0] == '#' && has_any(line, heads, COUNT(heads))) return true;
    return has_any(line, words, COUNT(words));
}

/* Where the notebook begins: at its heading, or at the stars above its first line. */
static size_t notebook_at(struct span text)
{
    struct lines l = lines_of(text, 1);
    struct span line;
    size_t stars = text.n;
    while (lines_next(&l, &line)) {
        if (line_is_blank(line)) continue;
        size_t at = (size_t)(line.p - text.p);
        if (begins_notebook(line)) return stars < at ? stars : at;
        stars = span_starts(span_trim(line), S("* * *")) ? at : text.n;
    }
    return text.n;
}

/* A correction names what it corrects by dpa's identifier, which its other formats have. */
static void link_corrected(struct reading *r, struct span block)
{
    ptrdiff_t at = span_find(block, S("urn:newsml:"));
    if (at < 0 || r->s->change_note.n == 0) return;
    size_t end = (size_t)at;
    while (end < block.n && !strchr(" \t\r\n()\"", block.p[end])) end++;
    story_add_link(r->a, r->s, S("replaces"), span_cut(block, (size_t)at, end), (struct span){0});
}

static void read_notebook(struct reading *r, struct span text)
{
    struct lines l = lines_of(text, 1);
    struct span line, block = {0};
    int notes = 0;
    while (notes < COPY_NOTES_MAX) {
        bool more = lines_next(&l, &line);
        if (more && !line_is_blank(line)) {
            if (!block.n) block = line;
            block.n = (size_t)(line.p + line.n - block.p);
            continue;
        }
        if (block.n) {
            story_add_note(r->a, r->s, S("notebook"), line_plain(r->a, block), false);
            link_corrected(r, block);
            notes++;
        }
        block = (struct span){0};
        if (!more) return;
    }
}

/* ---- one message ---- */

static struct span slug_of(struct arena *a, struct span lines)
{
    struct span slug = line_plain(a, lines);
    while (slug.n && (slug.p[slug.n - 1] == '/' || slug.p[slug.n - 1] == ' ')) slug.n--;
    return slug;
}

static void read_trailer(struct reading *r)
{
    struct lines l = lines_of(r->m->tail, 1);
    struct span line;
    while (lines_next(&l, &line)) {
        line = span_trim(line_plain(r->a, line));
        if (!line.n) continue;
        r->s->version_created = copy_time(line);
        return;
    }
}

/* "dpa 0107" is how editors know a message: the agency's own number, else the line's. */
static struct span number_of(struct arena *a, const struct header *h)
{
    struct span rest = h->rest, word, name = {0}, number = {0};
    while (span_next(&rest, ' ', &word)) {
        struct span digits = word;
        if (!word.n) continue;
        bool all_digits = take_run(&digits, is_digit, 6).n == word.n;
        if (all_digits) number = word;
        if (!number.n) name = word;
    }
    if (!number.n || !name.n || name.n > 12)
        return arena_printf(a, "%.*s%.*s", FMT(h->service), FMT(h->number));
    return arena_printf(a, "%.*s%.*s", FMT(name), FMT(number));
}

/* The desk finds a message by its number where letters and digits are one word; orders write two.
 */
static void name_numbers(struct reading *r)
{
    struct span text = html_to_text(r->a, r->s->body.s), word, last = {0};
    text = span_cut(arena_printf(r->a, "%.*s %.*s", FMT(r->s->headline), FMT(text)), 0, 1000);
    for (int i = 0; i < COPY_NOTES_MAX && span_next(&text, ' ', &word);) {
        struct span digits = word, run = take_run(&digits, is_digit, 6), letters = last;
        bool name = last.n >= 2 && take_run(&letters, is_letter, 6).n == last.n;
        if (name && run.n >= 3) {
            story_add_note(
                r->a, r->s, S("names"), arena_printf(r->a, "%.*s%.*s", FMT(last), FMT(run)), false);
            i++;
        }
        last = word;
    }
}

static void read_message(
    struct arena *a, const struct raw *raw, const struct message *m, struct wire_result *out)
{
    struct header h;
    struct reading r = {.a = a, .s = story_new(a), .m = m, .line = m->line};
    struct story *s = r.s;
    buf_init(&r.body, a, 0);
    s->kind = KIND_TEXT;
    if (!read_header(line_plain(a, m->head), &h))
        story_fault(a, s, m->line, 1, "the header line is not as IPTC 7901 has it");
    s->urgency = h.priority;
    story_set_serial(a, s, h.service, h.number);
    s->slugline = slug_of(a, m->slug);
    if (h.category.n)
        story_add_subject(
            a, s, SUBJECT_TOPIC, arena_printf(a, "iptc7901:%.*s", FMT(h.category)), S(""));
    size_t text = head_end(m->text), notes = text + notebook_at(span_cut(m->text, text, m->text.n));
    read_head(&r, span_cut(m->text, 0, text));
    copy_paragraphs(&r.body, a, span_cut(m->text, text, notes));
    s->body = html_clean(a, buf_span(&r.body));
    read_trailer(&r);
    read_notebook(&r, span_cut(m->text, notes, m->text.n));
    if (s->kind == KIND_ADVISORY) name_numbers(&r);
    s->guid = copy_guid(a, s, "iptc7901", number_of(a, &h), s->version_created);
    message_finish(a, s, m, raw, copy_time);
    reader_accept(a, out, s, m->line, 1);
}

/* What stands behind the last one and is none is not lost: it holds the last. */
static void read_bare(struct arena *a, const struct raw *r, struct wire_result *out)
{
    struct message m = {.line = 1};
    struct span rest = r->text;
    if (!bare_next(&rest, &m)) {
        reader_refuse(a, out, m.line, 1, "there is no message in it: no SOH, no header line");
        return;
    }
    do {
        read_message(a, r, &m, out);
        m.line = m.after;
    } while (out->count <= WIRE_ITEMS_MAX && bare_next(&rest, &m));
}

void iptc7901_read(struct arena *a, const struct raw *r, struct wire_result *out)
{
    struct message m = {.line = 1};
    struct span rest = r->text;
    if (!message_next(&rest, &m)) {
        read_bare(a, r, out);
        return;
    }
    do read_message(a, r, &m, out);
    while (out->count <= WIRE_ITEMS_MAX && message_next(&rest, &m));
}
