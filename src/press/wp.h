/* wp.h: private to press. What the files of /wp-json share: wp.c answers, wp_post.c says what a
 * post, a term and a picture are there, wp_names.c knows which number is whose. */
#ifndef PRESS_WP_H
#define PRESS_WP_H

#include "ask.h"
#include "json_words.h"

#define WP "/wp-json/wp/v2"

struct wp {
    const struct press *press;
    struct arena *a;
    struct json_out *o;
    struct reader *r;
    struct page *out;
    const struct page_filter *f;
};

/* ---- wp_names.c: numbers of names: they follow from the name ---- */
/* Labels of the newest stories; each once. */
struct labels {
    struct view_tag *list;
    size_t count, cap;
};
uint64_t wp_category_number(struct span section);
uint64_t wp_tag_number(struct span slug);
uint64_t wp_author_number(struct span name);
/* Also by the number that the category had on the site before. NULL: there is none. */
const struct press_section *wp_section_numbered(const struct wp *x, uint64_t number);
/* Tags or authors of the newest `from` stories; in x->a. */
enum result wp_recent_labels(
    const struct wp *x, bool authors, size_t from, struct labels *l) CHECKED;
/* ERR_ABSENT: none of the newest stories has it. */
enum result wp_label_numbered(
    const struct wp *x, bool authors, uint64_t number, struct view_tag *out) CHECKED;

/* ---- wp_post.c: each puts one object; what it hangs on is noted in x->out ---- */
struct span wp_as_html(const struct wp *x, struct span text);
struct span wp_address(const struct wp *x, struct span path); /* absolute */
enum result wp_put_category(const struct wp *x, const struct press_section *s) CHECKED;
enum result wp_put_tag(const struct wp *x, struct view_tag tag) CHECKED;
/* The first picture of a story that has one. Its number is its post's. */
void wp_put_media(const struct wp *x, const struct view *v, uint64_t number);
enum result wp_put_post(const struct wp *x, struct view *v) CHECKED; /* v with its body */

#endif
