/* html_builder: start tags, end tags and text, in any order, into clean HTML.
 * Owns: what may stand in what, and every byte of cleaned markup. Knows neither tokens nor XML
 * trees. Tags are written late: a block's when something is to be seen in it, so that what is empty
 * never comes out; an inline's when text comes, so that crossing tags come out nested. That the
 * result, cleaned again, gives the same bytes rests on this: all that is decided is decided by what
 * is seen. Loose text gets a <p> at the top, but a <div> inside another block or after a block that
 * cut its paragraph: the number of <p> stays the source's. Never fails: what is over a limit is
 * left out. */
#include "html_builder.h"

#include <string.h>

#include "html_chars.h"

static struct html_block *top_of(struct html_builder *b)
{
    return &b->blocks[b->top];
}

static bool is_heading(enum html_tag tag)
{
    return tag == TAG_H2 || tag == TAG_H3 || tag == TAG_H4;
}

static bool is_list(enum html_tag tag)
{
    return tag == TAG_UL || tag == TAG_OL;
}

static bool is_cell(enum html_tag tag)
{
    return tag == TAG_TD || tag == TAG_TH;
}

static bool is_section(enum html_tag tag)
{
    return tag == TAG_THEAD || tag == TAG_TBODY;
}

/* Holds text and inlines only. */
static bool is_text_block(enum html_tag tag)
{
    return tag == TAG_P || tag == TAG_DIV || tag == TAG_PRE || is_heading(tag) || tag == TAG_DT ||
           tag == TAG_CAPTION;
}

static bool is_inline(enum html_tag tag)
{
    return tag >= TAG_EM && tag <= TAG_A;
}

/* ---- writing ---- */

static void put_tag(struct html_builder *b, const char *open, enum html_tag tag)
{
    buf_str(&b->out, open);
    buf_str(&b->out, html_tag_name(tag));
}

static void put_end(struct html_builder *b, enum html_tag tag)
{
    put_tag(b, "</", tag);
    buf_char(&b->out, '>');
}

/* A block's tag was written: what waited to be written before text is void. */
static void block_edge(struct html_builder *b)
{
    b->line_start = true;
    b->space = false;
    b->breaks = 0;
    b->held.n = 0;
}

static void close_inlines(struct html_builder *b, size_t down_to)
{
    while (b->open_count > down_to) put_end(b, b->open[--b->open_count].tag);
}

static void put_span_attr(struct html_builder *b, const char *name, uint32_t n)
{
    if (n > 1) buf_printf(&b->out, " %s=\"%u\"", name, n);
}

static void write_blocks(struct html_builder *b)
{
    if (top_of(b)->is_written) return;
    close_inlines(b, 0);
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
    block_edge(b);
    b->held.n = held;
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

static void push(struct html_builder *b, enum html_tag tag)
{
    must(b->top < HTML_BLOCKS_MAX);
    if (tag == TAG_CAPTION)
        top_of(b)->has_caption = true;
    else
        top_of(b)->has_rows = true;
    b->blocks[++b->top] = (struct html_block){.tag = tag};
}

static void break_line(struct html_builder *b)
{
    if (top_of(b)->tag == TAG_PRE)
        buf_char(&b->held, '\n');
    else if (is_text_block(top_of(b)->tag))
        b->space = !b->line_start && b->breaks == 0;
    else if (!b->line_start && b->breaks == 0)
        b->breaks = 1;
}

static void pop(struct html_builder *b)
{
    struct html_block block = *top_of(b);
    while (b->inline_count > 0 && b->inlines[b->inline_count - 1].depth >= b->top)
        b->inline_count--;
    if (block.is_written) {
        close_inlines(b, 0);
        put_end(b, block.tag);
        block_edge(b);
        b->top--;
        return;
    }
    b->top--;
    if (block.tag == TAG_PRE) b->held.n = 0;
    if (top_of(b)->tag != TAG_ROOT)
        break_line(b); /* what was empty still parts the text around it */
}

static void pop_to(struct html_builder *b, size_t depth)
{
    while (b->top > depth) pop(b);
}

/* Where only items, rows or cells may stand, the one that flow content needs. */
static void imply_holder(struct html_builder *b)
{
    for (;;) {
        enum html_tag tag = top_of(b)->tag;
        if (is_list(tag))
            push(b, TAG_LI);
        else if (tag == TAG_DL)
            push(b, TAG_DD);
        else if (tag == TAG_TABLE)
            push(b, TAG_TBODY);
        else if (is_section(tag))
            push(b, TAG_TR);
        else if (tag == TAG_TR)
            push(b, TAG_TD);
        else
            return;
    }
}

/* Makes ready for something to be seen. false: full. */
static bool begin_content(struct html_builder *b)
{
    b->is_full = b->is_full || b->out.n >= HTML_CLEAN_MAX;
    if (b->is_full) return false;
    imply_holder(b);
    if (top_of(b)->tag == TAG_ROOT) {
        push(b, b->divs > 0 || b->p_cut ? TAG_DIV : TAG_P);
        top_of(b)->is_implied = true;
    }
    write_blocks(b);
    struct html_inline *wanted[TAG_A - TAG_EM + 1];
    size_t n = wanted_inlines(b, wanted), same = 0;
    while (same < n && same < b->open_count && b->open[same].id == wanted[same]->id) same++;
    close_inlines(b, same);
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
            i++;
            while (i < s.n && s.p[from] != '&' && s.p[from] != '<' && s.p[from] != '>' &&
                   s.p[i] != '&' && s.p[i] != '<' && s.p[i] != '>')
                i++;
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
        while (i < s.n) {
            at = i;
            kind = html_next_char(s, &i);
            bool leads = kind == CHAR_NBSP && at_start && end == from && !in_pre;
            if (kind == CHAR_SPACE || kind == CHAR_DROPPED || leads) break;
            end = i;
        }
        put_visible(b, span_cut(s, from, end));
        if (kind == CHAR_SPACE && end < i) put_space(b, span_cut(s, at, i));
    }
}

/* ---- inlines ---- */

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7F;
}

/* The link as it may be written, or the empty span. */
static struct span clean_link(struct arena *a, struct span href)
{
    struct span empty = {"", 0};
    href = span_trim(href);
    if (href.n == 0 || href.n > HTML_LINK_MAX) return empty;
    char kept[HTML_LINK_MAX];
    size_t n = 0;
    for (size_t i = 0; i < href.n;) {
        size_t from = i;
        enum html_char kind = html_next_char(href, &i);
        if (kind == CHAR_DROPPED || is_control(href.p[from])) continue;
        memcpy(kept + n, href.p + from, i - from);
        n += i - from;
    }
    struct span link = span_trim((struct span){kept, n});
    return url_is_safe_link(link) ? arena_keep(a, link) : empty;
}

static void end_inline(struct html_builder *b, enum html_tag tag)
{
    for (size_t i = b->inline_count; i-- > 0;) {
        if (b->inlines[i].tag != tag) continue;
        memmove(
            &b->inlines[i], &b->inlines[i + 1], sizeof b->inlines[0] * (b->inline_count - i - 1));
        b->inline_count--;
        return;
    }
}

static void start_inline(struct html_builder *b, enum html_tag tag, const struct html_given *given)
{
    if (tag == TAG_A) end_inline(b, TAG_A);
    if (b->inline_count == HTML_INLINES_MAX) return;
    struct html_inline in = {.tag = tag, .id = ++b->last_id};
    in.depth = b->top - (top_of(b)->is_implied ? 1 : 0);
    if (tag == TAG_A) {
        in.href = clean_link(b->arena, given->href);
        in.is_hidden = in.href.n == 0;
    }
    b->inlines[b->inline_count++] = in;
}

/* ---- blocks ---- */

/* A paragraph, heading, caption or term ends where a block begins. */
static void end_text_block(struct html_builder *b, enum html_tag by)
{
    struct html_block *block = top_of(b);
    if (!is_text_block(block->tag)) return;
    if (block->tag == TAG_P && !block->is_implied) b->p_cut = by != TAG_P;
    pop(b);
}

/* The edge of an element that is not written itself. */
static void edge_of_unwritten(struct html_builder *b, enum html_tag by)
{
    enum html_tag tag = top_of(b)->tag;
    if (tag == TAG_P || tag == TAG_DIV)
        end_text_block(b, by);
    else if (tag != TAG_ROOT)
        break_line(b);
}

static void start_flow(struct html_builder *b, enum html_tag tag)
{
    struct html_block *block = top_of(b);
    bool is_text = is_text_block(tag);
    bool holds = block->tag == TAG_CAPTION || block->tag == TAG_DT ||
                 (is_heading(block->tag) && !block->is_written);
    bool is_deep = b->top >= HTML_CONTAINERS_MAX;
    if ((holds && is_text && !is_heading(tag)) || (is_deep && !is_text)) {
        edge_of_unwritten(b, tag);
        return;
    }
    end_text_block(b, tag);
    if (tag == TAG_P) b->p_cut = false;
    imply_holder(b);
    push(b, tag);
}

static void start_rule(struct html_builder *b)
{
    end_text_block(b, TAG_HR);
    imply_holder(b);
    b->is_full = b->is_full || b->out.n >= HTML_CLEAN_MAX;
    if (b->is_full) return;
    if (b->top > 0) write_blocks(b);
    close_inlines(b, 0);
    buf_lit(&b->out, "<hr>");
    block_edge(b);
}

/* Depth of the innermost block that holds such items; 0: none before a border. */
static size_t find_holder(struct html_builder *b, bool (*holds)(enum html_tag))
{
    for (size_t i = b->top; i > 0; i--) {
        enum html_tag tag = b->blocks[i].tag;
        if (holds(tag)) return i;
        if (is_cell(tag) || tag == TAG_BLOCKQUOTE) return 0;
    }
    return 0;
}

static bool is_dl(enum html_tag tag)
{
    return tag == TAG_DL;
}

static void start_item(struct html_builder *b, enum html_tag tag)
{
    bool in_list = tag == TAG_LI;
    size_t holder = find_holder(b, in_list ? is_list : is_dl);
    if (holder == 0) {
        start_flow(b, in_list ? TAG_UL : TAG_DL);
        holder = find_holder(b, in_list ? is_list : is_dl);
        if (holder == 0) return; /* too deep */
    }
    pop_to(b, holder);
    push(b, tag);
}

static size_t find_table(struct html_builder *b)
{
    size_t i = b->top;
    while (i > 0 && b->blocks[i].tag != TAG_TABLE) i--;
    return i;
}

/* Ends what is open in the table at depth down to a row, a section or the table itself. */
static void pop_to_table_part(struct html_builder *b, size_t table, bool keep_row)
{
    while (b->top > table) {
        enum html_tag tag = top_of(b)->tag;
        if (is_section(tag) || (keep_row && tag == TAG_TR)) return;
        pop(b);
    }
}

static void start_cell(struct html_builder *b, enum html_tag tag, const struct html_given *given)
{
    if (top_of(b)->tag == TAG_TABLE) push(b, TAG_TBODY);
    if (top_of(b)->tag != TAG_TR) push(b, TAG_TR);
    push(b, tag);
    uint64_t n;
    if (span_to_u64(given->colspan, &n) && n <= HTML_SPAN_MAX) top_of(b)->colspan = (uint32_t)n;
    if (span_to_u64(given->rowspan, &n) && n <= HTML_SPAN_MAX) top_of(b)->rowspan = (uint32_t)n;
    b->is_full = b->is_full || b->out.n >= HTML_CLEAN_MAX;
    if (!b->is_full) write_blocks(b); /* an empty cell holds its place in the row */
}

static void start_table_part(
    struct html_builder *b, enum html_tag tag, const struct html_given *given)
{
    size_t table = find_table(b);
    if (table == 0) {
        edge_of_unwritten(b, tag);
        return;
    }
    bool is_late = b->blocks[table].has_rows;
    if (tag == TAG_CAPTION && (is_late || b->blocks[table].has_caption)) {
        edge_of_unwritten(b, tag);
        return;
    }
    if (is_section(tag) || tag == TAG_CAPTION) {
        pop_to(b, table);
        push(b, tag == TAG_THEAD && is_late ? TAG_TBODY : tag);
        return;
    }
    pop_to_table_part(b, table, is_cell(tag));
    if (is_cell(tag)) {
        start_cell(b, tag, given);
        return;
    }
    if (top_of(b)->tag == TAG_TABLE) push(b, TAG_TBODY);
    push(b, TAG_TR);
}

static void start_break(struct html_builder *b)
{
    if (top_of(b)->tag == TAG_PRE)
        buf_char(&b->held, '\n');
    else if (!b->line_start && b->breaks < HTML_BREAKS_MAX)
        b->breaks++;
}

void html_builder_start(struct html_builder *b, enum html_tag tag, const struct html_given *given)
{
    if (b->is_full) return;
    if (is_inline(tag)) {
        start_inline(b, tag, given);
        return;
    }
    switch (tag) {
    case TAG_BR: start_break(b); break;
    case TAG_HR: start_rule(b); break;
    case TAG_LI:
    case TAG_DT:
    case TAG_DD: start_item(b, tag); break;
    case TAG_CAPTION:
    case TAG_THEAD:
    case TAG_TBODY:
    case TAG_TR:
    case TAG_TD:
    case TAG_TH: start_table_part(b, tag, given); break;
    case TAG_BLOCK:
        edge_of_unwritten(b, tag);
        b->divs++;
        break;
    case TAG_INLINE:
    case TAG_EMPTY:
    case TAG_DROP: break;
    default: start_flow(b, tag);
    }
}

/* ---- end tags ---- */

static bool ends(enum html_tag end, enum html_tag block)
{
    return end == block || (is_heading(end) && is_heading(block)) ||
           (is_list(end) && is_list(block)) || (is_cell(end) && is_cell(block)) ||
           (is_section(end) && is_section(block));
}

/* May an end tag not reach over this block? */
static bool is_border(enum html_tag end, enum html_tag block)
{
    if (end == TAG_TABLE) return false;
    if (is_cell(end) || is_section(end) || end == TAG_TR) return block == TAG_TABLE;
    if (end == TAG_LI && is_list(block)) return true;
    if ((end == TAG_DT || end == TAG_DD) && block == TAG_DL) return true;
    return is_cell(block);
}

static void end_block(struct html_builder *b, enum html_tag tag)
{
    bool was_cut = b->p_cut;
    if (tag == TAG_P) b->p_cut = false;
    for (size_t i = b->top; i > 0; i--) {
        if (ends(tag, b->blocks[i].tag)) {
            pop_to(b, i - 1);
            return;
        }
        if (is_border(tag, b->blocks[i].tag)) break;
    }
    if (tag == TAG_P && was_cut && top_of(b)->tag == TAG_DIV)
        pop(b);
    else if (top_of(b)->tag != TAG_P || top_of(b)->is_implied)
        edge_of_unwritten(b, TAG_P);
}

void html_builder_end(struct html_builder *b, enum html_tag tag)
{
    if (b->is_full) return;
    if (is_inline(tag)) {
        end_inline(b, tag);
    } else if (tag == TAG_BLOCK) {
        if (b->divs > 0) b->divs--;
        edge_of_unwritten(b, TAG_P);
    } else if (tag == TAG_BR) {
        start_break(b);
    } else if (tag < TAG_BR) {
        end_block(b, tag);
    }
}

/* ---- from beginning to end ---- */

void html_builder_init(struct html_builder *b, struct arena *a)
{
    memset(b, 0, sizeof *b);
    b->arena = a;
    b->blocks[0] = (struct html_block){.tag = TAG_ROOT, .is_written = true};
    b->line_start = true;
    buf_init(&b->out, a, 0);
    buf_init(&b->held, a, 0);
}

struct html html_builder_finish(struct html_builder *b)
{
    pop_to(b, 0);
    return (struct html){buf_span(&b->out)};
}
