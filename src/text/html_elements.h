/* html_elements: private to text. What each element of HTML, XHTML and NITF is to us. */
#ifndef HTML_ELEMENTS_H
#define HTML_ELEMENTS_H

#include "html_tokens.h"

/* The tags that the sanitiser writes, then what becomes of all others. */
enum html_tag {
    TAG_P,
    TAG_DIV,
    TAG_H2,
    TAG_H3,
    TAG_H4,
    TAG_PRE,
    TAG_BLOCKQUOTE,
    TAG_UL,
    TAG_OL,
    TAG_LI,
    TAG_DL,
    TAG_DT,
    TAG_DD,
    TAG_TABLE,
    TAG_CAPTION,
    TAG_THEAD,
    TAG_TBODY,
    TAG_TR,
    TAG_TD,
    TAG_TH,
    TAG_BR,
    TAG_HR,
    TAG_EM,
    TAG_STRONG,
    TAG_SUB,
    TAG_SUP,
    TAG_A,
    TAG_INLINE, /* dropped, its content kept as if it were not there; every unknown element */
    TAG_BLOCK,  /* dropped, its content kept apart from what stands around */
    TAG_EMPTY,  /* has no content and is dropped (img, meta …) */
    TAG_DROP,   /* dropped with all that it holds */
    TAG_ROOT,   /* what holds the rest; no element */
};

struct html_element {
    const char *name; /* as it comes, in lower case */
    enum html_tag tag;
    enum html_mode mode; /* of what follows its start tag in HTML; HTML_DATA: markup */
};

/* Any case. Never NULL: unknown names are TAG_INLINE. */
const struct html_element *html_element(struct span name);
struct span html_tag_name(enum html_tag tag); /* as it is written; only of tags up to TAG_A */

/* Tokens without what TAG_DROP elements hold: the one place that decides what a reader never sees.
 * Gives TEXT, START and END only. */
struct html_walk {
    struct html_tokens tokens;
    const struct html_element *element; /* of START and END */
    const struct html_element *dropping;
    uint32_t depth;   /* elements of dropping's name that are open */
    bool sees_aside;  /* also gives the start tags of what is dropped, and all of a figure … */
    bool is_aside;    /* … with this set */
    bool ends_figure; /* the outermost figure ends here */
};
void html_walk_init(struct html_walk *w, struct arena *a, struct span markup);
bool html_walk_next(struct html_walk *w); /* fills tokens.token and element; false at the end */
/* The element that has just begun is dropped with all it holds, to the end where nothing ends it.
 */
void html_walk_drop(struct html_walk *w);

#endif
