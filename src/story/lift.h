/* lift: fields that stand in the text. Private to story. */
#ifndef STORY_LIFT_H
#define STORY_LIFT_H

#include "story.h"

bool lift_is_byline(struct span line); /* "By Joseph Ax", "Von Ada Kai und Tom Lind, dpa" */
/* "WINNIPEG, Nov 30 (Reuters) - Grain …": the place, a part of text; empty: no dateline, or one
 * that could be something else. agency_out: one that is known by its name, or empty. */
struct span lift_place(struct span text, struct span *agency_out);

#endif
