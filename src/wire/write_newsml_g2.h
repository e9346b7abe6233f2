/* write_newsml_g2.h: what the files that write NewsML-G2 share. Private to the floor. */
#ifndef WRITE_NEWSML_G2_H
#define WRITE_NEWSML_G2_H

#include "wire.h"

struct xml_out {
    struct buf *b;
    const struct story *s;
};

/* ---- elements: escaped; one without a value is not written ---- */
void g2_open_tag(struct xml_out *o, const char *name);
void g2_close_tag(struct xml_out *o, const char *name);
void g2_attr(struct xml_out *o, const char *name, struct span value);
void g2_attr_number(struct xml_out *o, const char *name, uint32_t value);
void g2_element(struct xml_out *o, const char *name, struct span text);
void g2_element_role(struct xml_out *o, const char *name, struct span role, struct span text);
void g2_element_code(struct xml_out *o, const char *name, struct span code);
void g2_element_time(struct xml_out *o, const char *name, struct when t);

/* ---- parts of an item ---- */
void g2_put_item_meta(struct xml_out *o);
void g2_put_content_meta(struct xml_out *o);
void g2_put_rights(struct xml_out *o);
void g2_put_hops(struct xml_out *o);

#endif
