/* html_builder: private to text. Events of any markup, in any order, into clean HTML. */
#ifndef HTML_BUILDER_H
#define HTML_BUILDER_H

#include "html_elements.h"

enum {
    /* Bytes written when the rest is cut; end tags come on top, below the 2 MB of a story's body.
     */
    HTML_CLEAN_MAX = (2 << 20) - (32 << 10),
    /* Lists, quotes and tables inside one another; sane stories have four. */
    HTML_CONTAINERS_MAX = 64,
    /* The innermost table still gets its section, row, cell and paragraph. */
    HTML_BLOCKS_MAX = HTML_CONTAINERS_MAX + 4,
    HTML_INLINES_MAX = 32,    /* open em, a … at once; more are overlooked */
    HTML_LINK_MAX = 2048,     /* bytes; browsers and servers take no longer ones */
    HTML_LINK_PARTS_MAX = 20, /* one <a> around many blocks becomes at most so many links */
    HTML_SPAN_MAX = 100,      /* columns or rows of one cell */
    HTML_BREAKS_MAX = 2,      /* <br> in a row */
    HTML_FIGURES_MAX = 200,   /* of one text: as many as a story has pictures */
    HTML_WAITING_MAX = 40,    /* figures inside one block, a gallery's say, that wait for its end */
};

/* The attributes that count; spans may be empty. */
struct html_given {
    struct span href, colspan, rowspan;
};

struct html_block {
    enum html_tag tag;
    bool is_written;
    bool is_implied;            /* stands around loose text */
    bool has_caption, has_rows; /* of a table */
    uint32_t colspan, rowspan;
};

struct html_inline {
    enum html_tag tag;
    struct span href;
    size_t depth; /* of the block that it was opened in, and ends with */
    uint32_t id;
    uint32_t written; /* how often */
    bool is_hidden;   /* a link that is not allowed: only waits for its end tag */
};

struct html_builder {
    struct arena *arena;
    struct buf out;
    size_t top, inline_count;
    struct {
        enum html_tag tag;
        uint32_t id;
    } open[TAG_A - TAG_EM + 1]; /* inlines whose tags are written and not closed, outermost first */
    size_t open_count;
    uint32_t last_id;
    uint32_t divs;   /* open elements of TAG_BLOCK */
    bool p_cut;      /* a block ended the paragraph that this loose text belonged to */
    bool line_start; /* nothing was written since a block's tag or a <br> */
    bool space;      /* white space waits to be written */
    uint32_t breaks; /* so many <br> wait */
    struct buf held; /* white space that waits inside <pre> */
    bool is_full;
    uint32_t figures, waiting; /* so many are written, and wait */
    /* Filled as far as the counts above say. */
    struct html_block blocks[HTML_BLOCKS_MAX + 1]; /* [0] is the root */
    struct html_inline inlines[HTML_INLINES_MAX];
    struct html_figure figures_waiting[HTML_WAITING_MAX];
};

void html_builder_init(struct html_builder *b, struct arena *a);
void html_builder_start(struct html_builder *b, enum html_tag tag, const struct html_given *given);
void html_builder_end(struct html_builder *b, enum html_tag tag);
void html_builder_text(struct html_builder *b, struct span text); /* valid UTF-8, decoded */
/* Between two blocks of the top: at once where none is written, else behind the one that is. Its
 * spans live as long as the builder. */
void html_builder_figure(struct html_builder *b, const struct html_figure *f);
struct html html_builder_finish(struct html_builder *b);

/* Would html_clean give markup back as it is? false: it is not known here (html_settled.c). */
bool html_is_settled(struct span markup);

/* ---- html_writer.c, for html_builder.c alone: the stack of blocks, and what is written when ----
 */

void html_push(struct html_builder *b, enum html_tag tag);
void html_pop(struct html_builder *b);
void html_pop_to(struct html_builder *b, size_t depth);
void html_imply_holder(
    struct html_builder *b); /* where only items, rows or cells may stand, one of them */
void html_break_line(struct html_builder *b); /* what comes now is parted from what was */
bool html_write_blocks(
    struct html_builder *b); /* the start tags that wait; false: full, nothing written */
void html_close_inlines(struct html_builder *b, size_t down_to);
void html_block_edge(struct html_builder *b); /* a block's tag was written */
void html_write_figure(struct html_builder *b, const struct html_figure *f);

static inline struct html_block *top_of(struct html_builder *b)
{
    return &b->blocks[b->top];
}

static inline bool is_heading(enum html_tag tag)
{
    return tag == TAG_H2 || tag == TAG_H3 || tag == TAG_H4;
}

static inline bool is_list(enum html_tag tag)
{
    return tag == TAG_UL || tag == TAG_OL;
}

static inline bool is_cell(enum html_tag tag)
{
    return tag == TAG_TD || tag == TAG_TH;
}

static inline bool is_section(enum html_tag tag)
{
    return tag == TAG_THEAD || tag == TAG_TBODY;
}

/* Holds text and inlines only. */
static inline bool is_text_block(enum html_tag tag)
{
    return tag == TAG_P || tag == TAG_DIV || tag == TAG_PRE || is_heading(tag) || tag == TAG_DT ||
           tag == TAG_CAPTION;
}

#endif
