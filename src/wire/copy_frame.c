/* copy_frame.c: the control characters that part the messages of a telegraphic wire, and the parts
 * of one. Linear. Never fails: a part that is missing is empty. */
#include "copy.h"

enum { SOH = 1, STX = 2, ETX = 3, EOT = 4, DEL = 0x7F };

static ptrdiff_t find(struct span s, char c, size_t from)
{
    ptrdiff_t at = from > s.n ? -1 : span_find_char(span_cut(s, from, s.n), c);
    return at < 0 ? -1 : at + (ptrdiff_t)from;
}

static uint32_t lines_before(struct span s, size_t end)
{
    uint32_t n = 0;
    for (size_t i = 0; i < end && i < s.n; i++)
        n += s.p[i] == '\n' || (s.p[i] == '\r' && !(i + 1 < s.n && s.p[i + 1] == '\n'));
    return n;
}

static bool is_padding(char c)
{
    return (unsigned char)c <= ' ' || c == DEL;
}

static bool is_blank(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_padding(s.p[i])) return false;
    return true;
}

/* Behind EOT, or below the trailer's line: another message, of which the frame was lost? */
static bool has_stray(struct span tail, struct span behind)
{
    struct lines l = lines_of(tail, 1);
    struct span line;
    size_t count = 0;
    while (lines_next(&l, &line)) count += !is_blank(line);
    return count > 1 || !is_blank(behind);
}

/* s begins behind SOH and ends before the next one. */
static void cut(struct span s, struct message *m)
{
    size_t head = 0;
    while (head < s.n && s.p[head] != '\n' && s.p[head] != '\r' && s.p[head] != STX) head++;
    ptrdiff_t stx = find(s, STX, 0), etx = find(s, ETX, stx < 0 ? head : (size_t)stx),
              eot = find(s, EOT, etx < 0 ? head : (size_t)etx);
    size_t end = eot < 0 ? s.n : (size_t)eot, text_end = etx < 0 ? end : (size_t)etx,
           text = stx < 0 ? head : (size_t)stx + 1;
    m->head = span_cut(s, 0, head);
    m->slug = stx < 0 ? (struct span){0} : span_cut(s, head, (size_t)stx);
    m->text = span_cut(s, text, text_end);
    m->tail = etx < 0 ? (struct span){0} : span_cut(s, (size_t)etx + 1, end);
    m->text_line = m->line + lines_before(s, text);
    m->has_text = stx >= 0;
    m->has_end = etx >= 0;
    m->ended = eot >= 0;
    m->stray = has_stray(m->tail, span_cut(s, end, s.n));
}

bool message_next(struct span *rest, struct message *m)
{
    ptrdiff_t soh = span_find_char(*rest, SOH);
    if (soh < 0) return false;
    for (ptrdiff_t i = 0; !m->head.p && i < soh; i++)
        if (!is_padding(rest->p[i])) return false;
    m->line += lines_before(*rest, (size_t)soh);
    *rest = span_cut(*rest, (size_t)soh + 1, rest->n);
    soh = span_find_char(*rest, SOH);
    cut(span_cut(*rest, 0, soh < 0 ? rest->n : (size_t)soh), m);
    m->ended |= soh >= 0;
    return true;
}

static bool is_whole(const struct message *m, struct when (*time)(struct span line))
{
    struct lines l = lines_of(m->tail, 1);
    struct span line;
    if (!m->has_end || m->ended) return m->has_end;
    if (!lines_next(&l, &line) || !l.rest.n) return false;
    return time(span_trim(line)).kind != WHEN_UNREADABLE;
}

void copy_charset(struct arena *a, struct story *s, const struct raw *r, uint32_t line)
{
    if (r->guess) story_fault(a, s, line, 1, "no charset is told: read as %s", r->guess);
    if (r->unsure) copy_hold(a, s, line, "its letters are not those of that charset's languages");
}

void message_finish(struct arena *a, struct story *s, const struct message *m, const struct raw *r,
    struct when (*time)(struct span line))
{
    if (!is_whole(m, time))
        copy_hold(a, s, m->line, "the message has no end: it was cut off on the way");
    if (m->stray) copy_hold(a, s, m->line, "behind its end stands what is no message");
    copy_charset(a, s, r, m->line);
}
