/* write_ninjs: what the two writers of ninjs share: ours for the house (write_ninjs.c), and the one
 * for partners, which keeps to IPTC's schema (write_ninjs_3.c). Private to wire. */
#ifndef WIRE_WRITE_NINJS_H
#define WIRE_WRITE_NINJS_H

#include "reader.h"

/* Names of ours where the schema wants a URI and the wire has none: behind it what it is, and the
 * wire's own name, percent-encoded. Our reader takes it off again. */
#define WRAPPED "urn:x-broadsheet:"
#define WRAPPED_GUID WRAPPED "guid:" /* an identifier that is no URI */
#define WRAPPED_FILE WRAPPED "file:" /* the file of a rendition, delivered beside the item */
#define WRAPPED_PART WRAPPED "part:" /* what stands in an item and has no identifier */

void ninjs_put_text(struct json_out *o, const char *key, struct span s); /* where there is any */
void ninjs_put_number(struct json_out *o, const char *key, uint32_t v);  /* but 0 */
void ninjs_put_utc(struct json_out *o, const char *key, struct when t);  /* WHEN_UTC alone */
/* s where it is a URI, else wrapped with prefix, one of the above. A wire's own name that looks
 * like one of ours is wrapped too: else our reader would take off what no writer of ours put on. */
void ninjs_put_uri(struct json_out *o, const char *key, const char *prefix, struct span s);
/* The same for the house, whose reader takes any name: s as it is, where there is any. */
void ninjs_put_name(struct json_out *o, const char *key, const char *prefix, struct span s);
/* An object of headlines, descriptions, bodies; none where value is empty. type may be NULL. */
void ninjs_put_value(struct json_out *o, const char *role, const char *type, struct span value);
/* Subjects, genres, places … each in its list; with keywords as subjects with their own rel. */
void ninjs_put_matters(struct json_out *o, const struct story *s, bool with_keywords);
/* Urgency, language, headlines, slugline, byline. */
void ninjs_put_names(struct json_out *o, const struct story *s);
void ninjs_put_descriptions(struct json_out *o, const struct story *s);
void ninjs_put_standard(struct json_out *o);
void ninjs_put_body(struct json_out *o, const struct story *s);
bool ninjs_is_self(const struct picture *p); /* an item's own renditions */

#endif
