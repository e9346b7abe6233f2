/* entities: private to text. Decoding of HTML's character references into a buffer. */
#ifndef ENTITIES_H
#define ENTITIES_H

#include "text.h"

/* Appends s with its references decoded. in_attribute: a legacy name without ";" before "=", a
 * letter or a digit stays as it stands ("?a=1&copy=2"), HTML 13.2.5.73. */
void entities_put(struct buf *b, struct span s, bool in_attribute);

#endif
