/* copy_head.c: the lines above a text, with what was broken or bracketed joined again. Each line
 * costs its own bytes, however many there are. Never fails. */
#include "copy.h"

static int depth_of(struct span s)
{
    int depth = 0;
    for (size_t i = 0; i < s.n; i++) depth += s.p[i] == '(' ? 1 : s.p[i] == ')' ? -1 : 0;
    return depth;
}

/* The last part grows in place: a line of two bytes must not cost what stands above it. */
static void join(struct arena *a, struct copy_head *h, struct span line)
{
    struct span *last = &h->part[h->count - 1];
    if (last->n >= STORY_TEXT_MAX) return;
    if (!h->last.p) {
        buf_init(&h->last, a, 0);
        buf_put(&h->last, *last);
    }
    buf_char(&h->last, ' ');
    buf_put(&h->last, line);
    *last = buf_span(&h->last);
    h->line = line;
    h->depth += depth_of(line);
}

/* A bracket that is open takes the next line in; so does a line that was full. */
void copy_head_add(struct arena *a, struct copy_head *h, struct span line)
{
    bool full = h->count == COPY_HEAD_LINES;
    bool bracket = h->count && h->part[h->count - 1].p[0] == '(';
    bool open = bracket && h->depth > 0;
    if ((full || open) && h->part[h->count - 1].n >= STORY_TEXT_MAX) return;
    line = line_plain(a, span_cut(line, 0, 2 * STORY_TEXT_MAX));
    if (!line.n) return;
    bool goes_on = h->count && !bracket && line.p[0] != '(' && line_wraps(h->line, line);
    if (open || (goes_on && !copy_is_byline(line)) || full) {
        join(a, h, line);
        return;
    }
    h->part[h->count++] = h->line = line;
    h->last = (struct buf){0};
    h->depth = depth_of(line);
}

bool copy_is_byline(struct span part)
{
    static const char *const heads[] = {
        "By ", "BY ", "Von ", "Par ", "PAR ", "Por ", "POR ", "Door ", "Av ", "Af "};
    if (part.n > 300 || span_ends(part, S("."))) return false;
    for (size_t i = 0; i < COUNT(heads); i++)
        if (span_starts(part, span_of(heads[i]))) return true;
    return false;
}
