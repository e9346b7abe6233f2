/* press_machines.h: what pages know of the site for machines alone; part of press.h. */
#ifndef PRESS_MACHINES_H
#define PRESS_MACHINES_H

#include "base.h"

struct press_file { /* of the folder public/, as it is: "ads.txt", ".well-known/security.txt" */
    struct span name, bytes;
};
struct press_organisation { /* the publisher in structured data; links: URLs, or paths */
    bool is_news;
    struct span legal_name, founded, email, telephone, contact_page, address;
    struct span principles, corrections, ethics, fact_checking, ownership, masthead, feedback;
    const struct span *same_as;
    uint32_t same_as_count;
};
/* What a program asks of a list, as it was written; empty: not asked. Press says what is wrong. */
struct page_filter {
    struct span section, tag, author, agency, language, words, since, until, cursor;
    struct span slug, include, fields; /* of wp-json */
    size_t limit, offset;              /* limit 0: not asked */
    uint64_t number;                   /* a post's; 0: none */
    uint32_t width;                    /* oEmbed's maxwidth; 0: any */
    bool embed, is_xml, is_wrong;      /* is_wrong: what was asked cannot be understood */
};

#endif
