/* newsml_1: what the files of the NewsML 1 reader share. Private to wire. */
#ifndef WIRE_NEWSML_1_H
#define WIRE_NEWSML_1_H

#include "reader.h"

struct n1 {
    struct arena *a;
    struct wire_result *out;
    struct when sent;
    struct span line, number; /* of the message: NewsService, TransmissionId */
    struct story *s;          /* the item being read */
    struct xml_node *item;    /* its NewsItem */
    struct xml_node *text;    /* the DataContent that is its body, or NULL */
    const struct xml_node
        *main; /* the innermost NewsComponent of the text, or of the first medium */
};

struct span n1_name(const struct xml_node *n); /* @FormalName, trimmed; empty: none, or n is NULL */
/* The component around a node, inside the item being read; NULL: none. */
const struct xml_node *n1_component(const struct n1 *g, const struct xml_node *n);
/* The next node of this item in document order, NewsItems inside it left out; from NULL the first.
 */
struct xml_node *n1_walk(const struct n1 *g, const struct xml_node *n);
bool n1_told(struct span word, const char *const *words, size_t count); /* one of these, any case */
/* A reference to another item, without its revision. */
struct span n1_guid_of_reference(struct span urn);

/* newsml_1.c: statuses, as NewsManagement and an inner NITF write them. */
void n1_state(struct n1 *g, const struct xml_node *at, struct span word);
void n1_hold(struct n1 *g, const struct xml_node *at, const char *why);

/* newsml_1_meta.c: NewsLines and metadata, from the text's component outwards */
void n1_read_meta(struct n1 *g);

/* newsml_1_body.c */
/* The text of a component with this role beside the one of the body; NULL: none. */
struct xml_node *n1_beside(const struct n1 *g, const char *role);
struct html n1_body_of(struct n1 *g, struct xml_node *data); /* any DataContent, cleaned */
void n1_find_text(struct n1 *g); /* fills text, main and the story's kind */
void n1_read_body(struct n1 *g); /* after the headline is known */
void n1_read_media(struct n1 *g);

#endif
