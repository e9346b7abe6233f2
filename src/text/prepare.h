/* Between the files of src/text that read XML and charsets. Private to src/text. */
#ifndef TEXT_PREPARE_H
#define TEXT_PREPARE_H

#include "text.h"

void xml_prepare(void); /* takes a random salt for expat's tables; called by charset_prepare */
/* Real files use HTML's named references without a DTD: known ones become characters, unknown ones
 * text ("&amp;name;"). CDATA, comments, processing instructions and the DOCTYPE stay as they are. s
 * itself where there is nothing to do. */
struct span xml_name_entities(struct arena *a, struct span s);

#endif
