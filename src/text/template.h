/* template: private to text. What template.c compiles, template_record.c keeps and
 * template_render.c puts together. */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include "text.h"

enum {
    TEMPLATE_SECTIONS_MAX = 32, /* open at once in one file; bounds the stack of rendering */
    TEMPLATE_PARTIALS_MAX = 16, /* inside one another; what is deeper stays empty */
    TEMPLATE_STEPS_MAX =
        10 << 20,                 /* operations of one page, 20 times the largest sitemap's: a theme
                                     whose partials multiply gives a cut page, not a stuck thread */
    TEMPLATE_PAGE_MAX = 64 << 20, /* bytes; a sitemap may have 50 MB */
};

enum template_op_kind {
    OP_LITERAL,  /* text as it stands */
    OP_TEXT,     /* {{name}} */
    OP_HTML,     /* {{{name}}}, {{&name}} */
    OP_SECTION,  /* {{#name}}: up to end */
    OP_INVERTED, /* {{^name}}: up to end */
    OP_END,      /* {{/name}} */
    OP_PARTIAL,  /* {{>name}} */
};

struct template_op {
    enum template_op_kind kind;
    struct span text;   /* the literal, or the name */
    struct span rest;   /* of a dotted name what follows the first part; text is that part */
    struct span indent; /* of a partial alone on its line: what stood before it */
    uint32_t hash;      /* of text */
    bool is_alone;      /* a partial alone on its line */
    uint32_t end;       /* of a section: its OP_END */
    size_t at;          /* the tag's place in the source */
    const struct template *partial;
};

struct template
{
    const char *name;
    struct span source;
    struct template_op *ops;
    size_t count, cap;
};

struct templates {
    struct arena *a;
    struct map *by_name;
    bool is_linked;
};

uint32_t template_hash(struct span name);
/* NULL: r has no such name. */
const struct value *record_find(const struct record *r, struct span name, uint32_t hash);

#endif
