/* xml_out: private to press. Elements of XML 1.0, escaped; what XML cannot hold is left out. */
#ifndef XML_OUT_H
#define XML_OUT_H

#include "base.h"

struct xml_out {
    struct buf *b;
    struct arena *a;
};
void xml_put(struct xml_out *o, struct span text);
void xml_element(struct xml_out *o, const char *name, struct span text);   /* none for no text */
void xml_put_attr(struct xml_out *o, const char *name, struct span value); /* likewise */
void xml_time(struct xml_out *o, const char *name, int64_t ms);            /* RFC 3339, UTC */

#endif
