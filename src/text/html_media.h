/* html_media: private to text. Pictures and embeds of a story's markup, as its elements come. */
#ifndef HTML_MEDIA_H
#define HTML_MEDIA_H

#include "html_builder.h"

/* An element's attributes, of either sort of markup. */
struct html_source {
    const struct html_token *token;
    const struct xml_node *node;
};
struct span html_source_attr(const struct html_source *e, const char *name);

/* A word of an attribute whose value is a set of words, letter case ignored (html_clean.c). */
bool html_has_word(struct span words, struct span word);

struct html_media {
    struct html_builder *to;
    struct arena *arena;
    bool is_strict;                     /* only what we have written ourselves counts */
    bool in_figure, in_caption, is_raw; /* is_raw: what comes is the text of a script or frame */
    bool has_media;                     /* the figure has given something */
    struct html_figure picture;         /* waits for its caption; name empty: none */
    struct buf caption, words;          /* of the figure */
    struct span post;                   /* the last address of a known provider that was linked */
    uint32_t quotes;                    /* open quotations that are posts */
};

void html_media_init(
    struct html_media *m, struct html_builder *to, struct arena *a, bool is_strict);
void html_media_start(struct html_media *m, struct span name, const struct html_source *e);
void html_media_end(struct html_media *m, struct span name);
void html_media_text(struct html_media *m, struct span text); /* of a figure */
void html_media_close(struct html_media *m);                  /* the outermost figure has ended */

#endif
