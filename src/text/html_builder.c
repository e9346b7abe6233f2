/* html_builder: start tags and end tags, in any order, into clean HTML.
 * Owns: what may stand in what, and what is implied where it may not. Knows neither tokens nor XML
 * trees, and writes through html_writer.c. Loose text gets a <p> at the top, but a <div> inside
 * another block or after a block that cut its paragraph: the number of <p> stays the source's.
 * Never fails: what is over a limit is left out. */
#include "html_builder.h"

#include <string.h>

#include "html_chars.h"

static inline bool is_inline(enum html_tag tag)
{
    return tag >= TAG_EM && tag <= TAG_A;
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
    html_pop(b);
}

/* The edge of an element that is not written itself. */
static void edge_of_unwritten(struct html_builder *b, enum html_tag by)
{
    enum html_tag tag = top_of(b)->tag;
    if (tag == TAG_P || tag == TAG_DIV)
        end_text_block(b, by);
    else if (tag != TAG_ROOT)
        html_break_line(b);
}

static void start_flow(struct html_builder *b, enum html_tag tag)
{
    struct html_block *block = top_of(b);
    bool is_text = is_text_block(tag);
    bool holds = block->tag == TAG_CAPTION || block->tag == TAG_DT;
    bool is_deep = b->top >= HTML_CONTAINERS_MAX;
    if ((holds && is_text && !is_heading(tag)) || (is_deep && !is_text)) {
        edge_of_unwritten(b, tag);
        return;
    }
    end_text_block(b, tag);
    if (tag == TAG_P) b->p_cut = false;
    html_imply_holder(b);
    html_push(b, tag);
}

static void start_rule(struct html_builder *b)
{
    end_text_block(b, TAG_HR);
    html_imply_holder(b);
    if (!html_write_blocks(b)) return;
    html_close_inlines(b, 0);
    buf_lit(&b->out, "<hr>");
    html_block_edge(b);
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
    html_pop_to(b, holder);
    html_push(b, tag);
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
        html_pop(b);
    }
}

static void start_cell(struct html_builder *b, enum html_tag tag, const struct html_given *given)
{
    if (top_of(b)->tag == TAG_TABLE) html_push(b, TAG_TBODY);
    if (top_of(b)->tag != TAG_TR) html_push(b, TAG_TR);
    html_push(b, tag);
    uint64_t n;
    if (span_to_u64(given->colspan, &n) && n <= HTML_SPAN_MAX) top_of(b)->colspan = (uint32_t)n;
    if (span_to_u64(given->rowspan, &n) && n <= HTML_SPAN_MAX) top_of(b)->rowspan = (uint32_t)n;
    html_write_blocks(b); /* at once: an empty cell holds its place in the row */
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
        html_pop_to(b, table);
        html_push(b, tag == TAG_THEAD && is_late ? TAG_TBODY : tag);
        return;
    }
    pop_to_table_part(b, table, is_cell(tag));
    if (is_cell(tag)) {
        start_cell(b, tag, given);
        return;
    }
    if (top_of(b)->tag == TAG_TABLE) html_push(b, TAG_TBODY);
    html_push(b, TAG_TR);
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
            html_pop_to(b, i - 1);
            return;
        }
        if (is_border(tag, b->blocks[i].tag)) break;
    }
    if (tag == TAG_P && was_cut && top_of(b)->tag == TAG_DIV)
        html_pop(b);
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

/* ---- figures ---- */

/* Nothing that waits for the next text is touched: a text is the same with and without them. */
void html_builder_figure(struct html_builder *b, const struct html_figure *f)
{
    if (b->is_full) return;
    if (b->top == 0 || !b->blocks[1].is_written)
        html_write_figure(b, f);
    else if (b->waiting < HTML_WAITING_MAX)
        b->figures_waiting[b->waiting++] = *f;
}

/* ---- from beginning to end ---- */

void html_builder_init(struct html_builder *b, struct arena *a)
{
    memset(b, 0, offsetof(struct html_builder, blocks));
    b->arena = a;
    b->blocks[0] = (struct html_block){.tag = TAG_ROOT, .is_written = true};
    b->line_start = true;
    buf_init(&b->out, a, 0);
    buf_init(&b->held, a, 0);
}

struct html html_builder_finish(struct html_builder *b)
{
    html_pop_to(b, 0);
    return (struct html){buf_span(&b->out)};
}
