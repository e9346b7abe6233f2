/* newsroom_timeline: since which revision each paragraph of the present text has stood there, and
 * with which words it begins. Told is only what is shown now: a word that a correction, the desk or
 * a kill has taken away stands in no entry, whatever the feed's history policy is (C11). A pure
 * function of the page's set, like the rest of the view. */
#include "newsroom.h"

enum {
    TIMELINE_LEAD_POINTS = 160,     /* code points of a paragraph: two lines on a phone */
    TIMELINE_PARAGRAPHS_MAX = 1000, /* of the present text */
    TIMELINE_REVISIONS_MAX = 40,    /* newest; each is read again at each decision */
};

struct paragraph {
    struct span text;
    size_t since; /* the revision */
};

/* As one line: what differs in white space alone is the same paragraph. */
static struct span line_of(struct newsroom *n, struct html block)
{
    return text_fold(n->job, html_to_text(n->job, block.s));
}

static struct map *lines_of(struct newsroom *n, const struct story *s)
{
    struct map *known = map_new(n->job);
    struct html rest = s->body, block;
    while ((block = html_next_block(&rest)).s.n) *map_at(known, line_of(n, block)) = known;
    return known;
}

/* Whole words, with an ellipsis where some are left out. */
static struct span lead_of(struct newsroom *n, struct span line)
{
    struct span head = utf8_head(line, TIMELINE_LEAD_POINTS);
    if (head.n == line.n) return line;
    size_t end = head.n;
    while (end > head.n / 2 && head.p[end - 1] != ' ') end--;
    if (end == head.n / 2) end = head.n; /* a script without spaces */
    return arena_printf(n->job, "%.*s\xe2\x80\xa6", FMT(span_trim(span_cut(head, 0, end))));
}

/* What stood there without a break until now. A revision whose words are never told again, or whose
 * right ends by itself, is a break: nothing is dated to it or to what was before. */
static bool is_break(const struct revision *r)
{
    return r->taken_back || r->ends;
}

struct present {
    struct paragraph *list;
    size_t count, headline_since;
};

static void step_back(
    struct newsroom *n, const struct story *s, size_t i, const struct view *v, struct present *now)
{
    struct map *known = lines_of(n, s);
    for (size_t k = 0; k < now->count; k++)
        if (now->list[k].since == i + 1 && map_get(known, now->list[k].text))
            now->list[k].since = i;
    if (now->headline_since == i + 1 && span_eq(s->headline, v->headline)) now->headline_since = i;
}

static void tell(struct newsroom *n, const struct present *now, struct view *v)
{
    for (size_t k = 0; k < now->count; k++) {
        struct view_revision *r = &v->revisions[now->list[k].since];
        if (r->kept++ == 0) r->lead = lead_of(n, now->list[k].text);
    }
    struct view_revision *r = &v->revisions[now->headline_since];
    if (!r->lead.n) r->lead = v->headline;
}

void newsroom_timeline(struct newsroom *n, const struct decided *d, struct view *v)
{
    const struct verdict *w = &d->verdict;
    if (w->history == HISTORY_NONE || v->revision_count < 2) return;
    size_t last = v->revision_count - 1, oldest = 0;
    if (w->revisions[last].version != w->shown) return;
    struct present now = {ARENA_ARRAY(n->job, struct paragraph, TIMELINE_PARAGRAPHS_MAX), 0, last};
    struct html rest = v->body, block;
    while (now.count < TIMELINE_PARAGRAPHS_MAX && (block = html_next_block(&rest)).s.n) {
        struct span line = line_of(n, block);
        if (line.n) now.list[now.count++] = (struct paragraph){line, last};
    }
    if (last > TIMELINE_REVISIONS_MAX) oldest = last - TIMELINE_REVISIONS_MAX;
    for (size_t i = last; i-- > oldest && !is_break(&w->revisions[i]);)
        step_back(n, d->set.versions[w->revisions[i].version].story, i, v, &now);
    tell(n, &now, v);
}
