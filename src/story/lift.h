/* lift: fields that stand in the text. Private to story. */
#ifndef STORY_LIFT_H
#define STORY_LIFT_H

#include "story.h"

bool lift_is_byline(struct span line); /* "By Joseph Ax", "Von Ada Kai und Tom Lind, dpa" */

#endif
