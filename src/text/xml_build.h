/* xml_build: private to text. The tree that both readers of XML make (xml.c by expat, xml_plain.c
 * by itself), and its bounds. */
#ifndef TEXT_XML_BUILD_H
#define TEXT_XML_BUILD_H

#include "text.h"

#include "place.h"

enum {
    XML_DEPTH_MAX = 128,    /* NewsML with NITF inside needs 30 */
    XML_NODES_MAX = 500000, /* 500 items of a package, each with 1000 nodes */
    XML_ATTRS_MAX = 256,    /* an element of a wire has at most 20 */
    XML_BINDINGS_MAX = 128, /* prefixes at once: a feed has about ten */
};

/* A name as it is written, cut once. */
struct xml_name {
    struct span prefix, local;
    bool declares; /* xmlns, xmlns:prefix */
};

struct xml_binding {
    struct span prefix, uri;
    size_t depth; /* of the element that declares it */
};

struct xml_build {
    struct arena *a;
    struct xml_binding bindings[XML_BINDINGS_MAX];
    size_t binding_count, depth, nodes;
    struct xml_node *top, *in;
    struct place place;
};

void xml_build_init(struct xml_build *b, struct arena *a, struct span bytes);
struct xml_name xml_name_cut(struct span written);
/* A child of b->in, empty; NULL: there are too many. */
struct xml_node *xml_node_add(struct xml_build *b);
/* One attribute more of n, whose array has the room; or a binding, where it declares one. */
void xml_attr_add(
    struct xml_build *b, struct xml_node *n, const struct xml_name *name, struct span value);
/* Once all attributes are there: the namespaces of the element and of them. */
void xml_spaces_find(struct xml_build *b, struct xml_node *n, struct span prefix);
void xml_node_end(struct xml_build *b); /* b->in is over, with what it declared */

/* Reads what nearly every wire sends: UTF-8 without a DTD of its own, processing instructions or
 * names beyond ASCII. NULL: it is something else, or broken: expat is to judge. */
struct xml_node *xml_read_plain(struct arena *a, struct span text);
/* Parses text, which is UTF-8 whatever it declares; NULL: refused. */
struct xml_node *xml_read_by_expat(struct arena *a, struct span text, struct reject *reject);

#endif
