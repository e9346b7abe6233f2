/* newsroom_history: what each revision of a page changed against the one before it, word by word,
 * as far as the feed's policy, the story's switch and C11 let it be told. It is worked out here and
 * not where pages are made, so that words which may not be told are in no table that the web can
 * read. A pure function of the page's set, like the rest of the view. */
#include "newsroom.h"

enum {
    HISTORY_COMPARED_MAX = 10,     /* newest revisions: who reads more than ten steps back? */
    HISTORY_CONTEXT = 12,          /* unchanged words shown on either side of a change */
    HISTORY_BYTES_MAX = 256 << 10, /* of pieces in one page's row; beyond it only counts are told */
};

struct told {   /* one revision */
    bool words; /* its words may be shown */
    bool is_present;
    struct diff_words text;
};

/* ---- words ---- */
/* Headline and paragraphs, each ended by a word of its own. Where the desk has given a headline the
 * wire's was not public. */
static struct span text_of(struct newsroom *n, const struct story *s, bool with_headline)
{
    struct buf b;
    struct html rest = s->body, block;
    buf_init(&b, n->job, 0);
    if (with_headline) buf_put(&b, s->headline);
    buf_lit(&b, " \n ");
    while ((block = html_next_block(&rest)).s.n) {
        buf_put(&b, html_to_text(n->job, block.s));
        buf_lit(&b, " \n ");
    }
    return buf_span(&b);
}

static bool has_local_headline(const struct decided *d)
{
    for (size_t i = 0; i < d->set.act_count; i++)
        if (d->set.acts[i].kind == ACT_HEADLINE) return true;
    return false;
}

/* ---- pieces ---- */
static struct span joined(
    struct newsroom *n, const struct diff_words *w, uint32_t from, uint32_t to)
{
    struct buf b;
    buf_init(&b, n->job, 0);
    for (uint32_t i = from; i < to; i++) {
        if (i > from) buf_char(&b, ' ');
        buf_put(&b, w->words[i]);
    }
    return buf_span(&b);
}

struct pieces {
    struct view_piece *list;
    size_t n, cap, bytes;
};

static void add_piece(struct newsroom *n, struct pieces *p, enum piece_kind kind, struct span text)
{
    *ARENA_PUSH(n->job, p->list, p->n, p->cap) = (struct view_piece){kind, text};
    p->bytes += text.n;
}

/* What both have is shown near a change only. */
static void add_same(struct newsroom *n, struct pieces *p, const struct diff_words *w,
    const struct diff_run *r, bool is_first, bool is_last)
{
    uint32_t from = r->from, end = r->from + r->count;
    uint32_t head = is_first ? 0 : HISTORY_CONTEXT, tail = is_last ? 0 : HISTORY_CONTEXT;
    if (r->count <= head + tail + 1) {
        add_piece(n, p, PIECE_SAME, joined(n, w, from, end));
        return;
    }
    if (head) add_piece(n, p, PIECE_SAME, joined(n, w, from, from + head));
    add_piece(n, p, PIECE_GAP, S(""));
    if (tail) add_piece(n, p, PIECE_SAME, joined(n, w, end - tail, end));
}

static struct pieces pieces_of(struct newsroom *n, const struct diff_run *runs, size_t count,
    const struct told *old, const struct told *new)
{
    struct pieces p = {0};
    for (size_t i = 0; i < count; i++) {
        const struct diff_run *r = &runs[i];
        if (r->kind == DIFF_SAME)
            add_same(n, &p, &new->text, r, i == 0, i + 1 == count);
        else if (r->kind == DIFF_IN)
            add_piece(n, &p, PIECE_IN, joined(n, &new->text, r->from, r->from + r->count));
        else if (old->words)
            add_piece(n, &p, PIECE_OUT, joined(n, &old->text, r->from, r->from + r->count));
    }
    return p;
}

static uint32_t words_in(const struct diff_words *w, const struct diff_run *r)
{
    uint32_t n = 0;
    for (uint32_t i = r->from; i < r->from + r->count; i++) n += !span_eq(w->words[i], S("\n"));
    return n;
}

static void compare(struct newsroom *n, const struct told *old, const struct told *new, bool tells,
    size_t *room, struct view_revision *out)
{
    struct diff_run *runs;
    size_t count;
    out->compared = diff_tokens(n->job, old->text.numbers, old->text.count, new->text.numbers,
        new->text.count, &runs, &count);
    out->too_different = !out->compared;
    for (size_t i = 0; i < count; i++) {
        if (runs[i].kind == DIFF_IN) out->words_in += words_in(&new->text, &runs[i]);
        if (runs[i].kind == DIFF_OUT) out->words_out += words_in(&old->text, &runs[i]);
    }
    if (!tells || !out->compared || !(out->words_in + out->words_out)) return;
    struct pieces p = pieces_of(n, runs, count, old, new);
    if (p.bytes > *room) return;
    *room -= p.bytes;
    out->pieces = p.list;
    out->piece_count = (uint32_t)p.n;
}

/* ---- what may be told ---- */
static bool may_tell(const struct verdict *w, const struct revision *r)
{
    return !r->taken_back && !r->ends && (!r->corrected || w->history == HISTORY_CORRECTED);
}

static void put_notes(const struct decided *d, struct view *v)
{
    const struct verdict *w = &d->verdict;
    for (size_t i = w->revision_count; i-- > 0;) {
        const struct story *s = d->set.versions[w->revisions[i].version].story;
        bool newest = s->change == CHANGE_CORRECTION && w->is_corrected;
        if (newest && !w->revisions[i].corrected) v->revisions[i].note = w->correction_note;
        if (w->history >= HISTORY_CHANGES && may_tell(w, &w->revisions[i]) && s->change_note.n)
            v->revisions[i].note = s->change_note;
    }
}

void newsroom_history(struct newsroom *n, const struct decided *d, struct view *v)
{
    const struct verdict *w = &d->verdict;
    size_t count = w->revision_count, room = HISTORY_BYTES_MAX;
    put_notes(d, v);
    if (w->history == HISTORY_NONE || count < 2) return;
    size_t first = count > HISTORY_COMPARED_MAX ? count - HISTORY_COMPARED_MAX - 1 : 0;
    struct told *list = ARENA_ARRAY(n->job, struct told, count);
    struct map *known = map_new(n->job);
    bool with_headline = !has_local_headline(d);
    for (size_t i = first; i < count; i++) {
        const struct revision *r = &w->revisions[i];
        list[i] = (struct told){.words = w->history >= HISTORY_FULL && may_tell(w, r),
            .is_present = r->version == w->shown};
        diff_cut(n->job, known, text_of(n, d->set.versions[r->version].story, with_headline),
            &list[i].text);
    }
    for (size_t i = count - 1; i > first; i--)
        compare(n, &list[i - 1], &list[i], list[i].words || list[i].is_present, &room,
            &v->revisions[i]);
}
