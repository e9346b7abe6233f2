/* page: what the files of the reader of web pages share. Private to wire. */
#ifndef WIRE_PAGE_H
#define WIRE_PAGE_H

#include "feed.h"
#include "ninjs.h"

/* page.c */
struct span page_canonical(struct arena *a, struct span page); /* the address it calls its own */
struct span page_text(
    struct span page); /* what is in its first <article>; empty: none, or endless */
bool page_has_type(const struct json *v, const char *const *names, size_t count); /* its @type */

/* page_article.c: reads the article and adds it; page is where its text stands if it has none */
void page_read_article(
    struct arena *a, const struct json *article, struct span page, struct wire_result *out);

#endif
