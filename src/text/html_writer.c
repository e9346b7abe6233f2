/* html_writer: the builder's stack of blocks, and every byte of cleaned markup.
 * Tags are written late: a block's when something is to be seen in it, so that what is empty never
 * comes out; an inline's when text comes, so that crossing tags come out nested. That the result,
 * cleaned again, gives the same bytes rests on this: all that is decided is decided by what is
 * seen. Knows not why a block begins or ends. */
#include "html_builder.h"

#include "html_chars.h"

enum {
    NEAR_MAX = 64 << 10
}; /* bytes below the cap: words are written one by one, for a space
      before what is cut must not stay */

/* ---- writing ---- */

static void put_tag(struct html_builder *b, const char *open, enum html_tag tag)
{
    buf_str(&b->out, open);
    buf_put(&b->out, html_tag_name(tag));
}

static void put_end(struct html_builder *b, enum html_tag tag)
{
    put_tag(b, "</", tag);
    buf_char(&b->out, '>');
}

/* A block's tag was written: what waited to be written before text is void. */
void html_block_edge(struct html_builder *b)
{
    b->line_start = true;
    b->space = false;
    b->breaks = 0;
    b->held.n = 0;
}

void html_close_inlines(struct html_builder *b, size_t down_to)
{
    while (b->open_count > down_to) put_end(b, b->open[--b->open_count].tag);
}

static void put_span_attr(struct html_builder *b, const char *name, uint32_t n)
{
    if (n > 1) buf_printf(&b->out, " %s=\"%u\"", name, n);
}

bool html_write_blocks(struct html_builder *b)
{
    b->is_full = b->is_full || b->out.n >= HTML_CLEAN_MAX;
    if (b->is_full || top_of(b)->is_written) return !b->is_full;
    html_close_inlines(b, 0);
    size_t i = b->top;
    while (!b->blocks[i - 1].is_written) i--;
    for (; i <= b->top; i++) {
        struct html_block *block = &b->blocks[i];
        put_tag(b, "<", block->tag);
        put_span_attr(b, "colspan", block->colspan);
        put_span_attr(b, "rowspan", block->rowspan);
        buf_char(&b->out, '>');
        block->is_written = true;
    }
    size_t held = b->held.n; /* the first white space of a pre may be an indent */
    html_block_edge(b);
    b->held.n = held;
    return true;
}

static void write_inline(struct html_builder *b, struct html_inline *in)
{
    put_tag(b, "<", in->tag);
    if (in->tag == TAG_A) {
        buf_lit(&b->out, " href=\"");
        html_put(&b->out, in->href);
        buf_lit(&b->out, "\" rel=\"nofollow noopener\"");
    }
    buf_char(&b->out, '>');
    in->written++;
    b->open[b->open_count].tag = in->tag;
    b->open[b->open_count++].id = in->id;
}

/* The inlines to be in force for text here, outermost first, each kind once. */
static size_t wanted_inlines(struct html_builder *b, struct html_inline *wanted[])
{
    size_t n = 0;
    unsigned seen = 0;
    for (size_t i = 0; i < b->inline_count; i++) {
        struct html_inline *in = &b->inlines[i];
        unsigned bit = 1u << (in->tag - TAG_EM);
        bool is_open = false;
        for (size_t k = 0; k < b->open_count; k++) is_open = is_open || b->open[k].id == in->id;
        bool used_up = in->tag == TAG_A && !is_open && in->written == HTML_LINK_PARTS_MAX;
        if (in->is_hidden || used_up || (seen & bit)) continue;
        seen |= bit;
        wanted[n++] = in;
    }
    return n;
}

/* What waits between the last text and the next. In a pre that begins, only the last line's indent.
 */
static void write_waiting(struct html_builder *b)
{
    if (top_of(b)->tag == TAG_PRE) {
        struct span held = buf_span(&b->held);
        while (b->line_start && span_find_char(held, '\n') >= 0)
            held = span_cut(held, (size_t)span_find_char(held, '\n') + 1, held.n);
        buf_put(&b->out, held);
        b->held.n = 0;
    } else if (b->breaks > 0) {
        for (; b->breaks > 0; b->breaks--) buf_lit(&b->out, "<br>");
    } else if (b->space) {
        buf_char(&b->out, ' ');
    }
    b->space = b->line_start = false;
}

/* ---- the stack of blocks ---- */

void html_push(struct html_builder *b, enum html_tag tag)
{
    must(b->top < HTML_BLOCKS_MAX);
    if (tag == TAG_CAPTION)
        top_of(b)->has_caption = true;
    else
        top_of(b)->has_rows = true;
    b->blocks[++b->top] = (struct html_block){.tag = tag};
}

void html_break_line(struct html_builder *b)
{
    if (top_of(b)->tag == TAG_PRE)
        buf_char(&b->held, '\n');
    else if (is_text_block(top_of(b)->tag))
        b->space = !b->line_start && b->breaks == 0;
    else if (!b->line_start && b->breaks == 0)
        b->breaks = 1;
}

void html_write_figure(struct html_builder *b, const struct html_figure *f)
{
    struct buf one;
    buf_init(&one, b->arena, 0);
    html_put_figure(&one, f);
    if (b->is_full || b->figures == HTML_FIGURES_MAX || b->out.n + one.n >= HTML_CLEAN_MAX) return;
    b->figures++;
    buf_put(&b->out, buf_span(&one));
}

/* A block of the top has ended: what stood in it comes now. */
static void write_figures(struct html_builder *b)
{
    for (uint32_t i = 0; b->top == 0 && i < b->waiting; i++)
        html_write_figure(b, &b->figures_waiting[i]);
    if (b->top == 0) b->waiting = 0;
}

void html_pop(struct html_builder *b)
{
    struct html_block block = *top_of(b);
    while (b->inline_count > 0 && b->inlines[b->inline_count - 1].depth >= b->top)
        b->inline_count--;
    if (block.is_written) {
        html_close_inlines(b, 0);
        put_end(b, block.tag);
        html_block_edge(b);
        b->top--;
        write_figures(b);
        return;
    }
    b->top--;
    if (block.tag == TAG_PRE) b->held.n = 0;
    if (top_of(b)->tag != TAG_ROOT)
        html_break_line(b); /* what was empty still parts the text around it */
}

void html_pop_to(struct html_builder *b, size_t depth)
{
    while (b->top > depth) html_pop(b);
}

/* Where only items, rows or cells may stand, the one that flow content needs. */
void html_imply_holder(struct html_builder *b)
{
    for (;;) {
        enum html_tag tag = top_of(b)->tag;
        if (is_list(tag))
            html_push(b, TAG_LI);
        else if (tag == TAG_DL)
            html_push(b, TAG_DD);
        else if (tag == TAG_TABLE)
            html_push(b, TAG_TBODY);
        else if (is_section(tag))
            html_push(b, TAG_TR);
        else if (tag == TAG_TR)
            html_push(b, TAG_TD);
        else
            return;
    }
}

/* Makes ready for something to be seen. false: full. */
static bool begin_content(struct html_builder *b)
{
    html_imply_holder(b);
    if (top_of(b)->tag == TAG_ROOT) {
        html_push(b, b->divs > 0 || b->p_cut ? TAG_DIV : TAG_P);
        top_of(b)->is_implied = true;
    }
    if (!html_write_blocks(b)) return false;
    struct html_inline *wanted[TAG_A - TAG_EM + 1];
    size_t n = wanted_inlines(b, wanted), same = 0;
    while (same < n && same < b->open_count && b->open[same].id == wanted[same]->id) same++;
    html_close_inlines(b, same);
    write_waiting(b);
    for (size_t i = same; i < n; i++) write_inline(b, wanted[i]);
    return true;
}

/* ---- text ---- */

static void put_char(struct html_builder *b, struct span c)
{
    switch (c.p[0]) {
    case '&': buf_lit(&b->out, "&amp;"); break;
    case '<': buf_lit(&b->out, "&lt;"); break;
    case '>': buf_lit(&b->out, "&gt;"); break;
    default: buf_put(&b->out, c);
    }
}

/* Visible characters only. Near the cap each is looked at alone: where the text is cut must not
 * depend on how it came in pieces, or cleaning again would cut elsewhere. */
static void put_visible(struct html_builder *b, struct span s)
{
    if (s.n == 0 || !begin_content(b)) return;
    bool is_near = b->out.n + s.n * 5 >= HTML_CLEAN_MAX;
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        if (is_near) {
            html_next_char(s, &i);
            if (from > 0 && b->out.n >= HTML_CLEAN_MAX) return;
        } else {
            i = html_piece_end(s, i);
        }
        put_char(b, span_cut(s, from, i));
    }
}

static void put_space(struct html_builder *b, struct span c)
{
    bool in_pre = top_of(b)->tag == TAG_PRE;
    if (in_pre)
        buf_char(&b->held, c.p[0] == '\r' ? '\n' : c.p[0] == '\f' ? ' ' : c.p[0]);
    else if (!b->line_start && b->breaks == 0)
        b->space = true;
}

void html_builder_text(struct html_builder *b, struct span s)
{
    for (size_t i = 0; i < s.n && !b->is_full;) {
        size_t from = i, end = i, at = i;
        enum html_char kind = CHAR_VISIBLE;
        bool in_pre = top_of(b)->tag == TAG_PRE;
        bool at_start = b->line_start || b->breaks > 0 || !top_of(b)->is_written;
        bool by_runs = !in_pre && b->out.n + (s.n - i) * 5 < HTML_CLEAN_MAX - NEAR_MAX;
        while (i < s.n) {
            at = i;
            kind = html_next_char(s, &i);
            bool leads = kind == CHAR_NBSP && at_start && end == from && !in_pre;
            if (kind == CHAR_SPACE || kind == CHAR_DROPPED || leads) break;
            if (by_runs) i = html_run_end(s, i);
            end = i;
        }
        put_visible(b, span_cut(s, from, end));
        while (kind == CHAR_SPACE && !in_pre && i < s.n && html_is_space(s.p[i])) i++;
        if (kind == CHAR_SPACE && end < i) put_space(b, span_cut(s, at, i));
    }
}
