/* newsml_g2: what the files of the NewsML-G2 reader share. Private to wire. */
#ifndef WIRE_NEWSML_G2_H
#define WIRE_NEWSML_G2_H

#include "reader.h"

struct g2 {
    struct arena *a;
    struct wire_result *out;
    const struct xml_node *header; /* of the message, or NULL */
    struct when sent;
    bool is_test;        /* the message's header carries the test signal */
    struct map *aliases; /* alias -> URI, from the catalogs inside message and item; remote ones are
                            never fetched */
    struct story *s;     /* the item being read */
};

/* Is code in the scheme that IPTC knows by this alias and URI? An alias that a catalog binds
 * elsewhere is not. */
bool g2_in_scheme(const struct g2 *g, struct span code, const char *alias, const char *uri);
struct span g2_code(const struct xml_node *n); /* qcode, uri or literal; empty: none */

/* newsml_g2_meta.c */
void g2_read_management(
    struct g2 *g, const struct xml_node *item, const struct xml_node *meta); /* itemMeta */
void g2_read_content(
    struct g2 *g, const struct xml_node *item, const struct xml_node *meta); /* contentMeta */
void g2_read_rights(struct g2 *g, const struct xml_node *item);
void g2_read_hops(struct g2 *g, const struct xml_node *in); /* hopHistory */
/* Status by code: STATUS_UNKNOWN for a code or scheme that is not known. */
enum story_status g2_status(const struct g2 *g, struct span code);

/* newsml_g2_body.c */
void g2_read_body(struct g2 *g, struct xml_node *item);        /* contentSet */
void g2_read_media(struct g2 *g, const struct xml_node *item); /* remoteContent, groupSet */

#endif
